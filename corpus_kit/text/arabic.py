"""The code points of Arabic text and what they are: the single source of truth.

The tables of the normaliser and, through ext/generate_tables.py, those of the tokeniser are made from this file. Code
points are numbers; ``UNICODE_VERSION`` is the version of the Unicode Standard that they follow. Words of closed
classes are in closed_classes.py.
"""

from __future__ import annotations

UNICODE_VERSION = "17.0"

# ----------------------------------------------------------------------------------------------------
# Normalisation
# ----------------------------------------------------------------------------------------------------
#
# normalization.py describes how the tables are used, in what order and under which option.


def _ranges(*ranges: tuple[int, int]) -> frozenset[int]:
    """Return the code points of inclusive ranges."""
    return frozenset(code_point for first, last in ranges for code_point in range(first, last + 1))


# Letters of the Arabic script (general category Lo), without presentation forms and tatweel.
LETTERS = _ranges(
    (0x0620, 0x063F), (0x0641, 0x064A), (0x066E, 0x066F), (0x0671, 0x06D3), (0x06D5, 0x06D5), (0x06EE, 0x06EF),
    (0x06FA, 0x06FC), (0x06FF, 0x06FF), (0x0750, 0x077F), (0x0870, 0x0887), (0x0889, 0x088F), (0x08A0, 0x08C8),
    (0x10EC2, 0x10EC4), (0x10EC6, 0x10EC7),
)  # fmt: skip

ALEF, HAMZA = 0x0627, 0x0621
BEH, TEH, FEH, KAF, LAM, HEH, WAW, YEH = 0x0628, 0x062A, 0x0641, 0x0643, 0x0644, 0x0647, 0x0648, 0x064A
TATWEEL, DAGGER_ALEF, ALEF_MAKSURA, TEH_MARBUTA, ALEF_WASLA = 0x0640, 0x0670, 0x0649, 0x0629, 0x0671
ALEF_WITH_HAMZA_OR_MADDA = frozenset({0x0622, 0x0623, 0x0625})
ALEF_WAVY = frozenset({0x0672, 0x0673})
ALEFS = {ALEF} | ALEF_WITH_HAMZA_OR_MADDA | {ALEF_WASLA} | ALEF_WAVY
COMBINING_HAMZAS = frozenset({0x0654, 0x0655})
HAMZA_SEATS = {0x0624: WAW, 0x0626: YEH}  # waw and yeh with hamza, and the seat alone
FARSI_LETTERS = {0x06CC: YEH, 0x06A9: KAF}

# The tashkeel of everyday texts: fathatan to sukun.
CORE_MARKS = _ranges((0x064B, 0x0652))
# All marks that are read with a letter or written over it; without the hamzas U+0654 and U+0655 and without
# the dagger alef U+0670, which have options of their own. U+06E5 and U+06E6 are small letters.
EXTENDED_MARKS = CORE_MARKS | _ranges(
    (0x0610, 0x061A), (0x0653, 0x0653), (0x0656, 0x065F), (0x06D6, 0x06DC), (0x06DF, 0x06E8), (0x06EA, 0x06ED),
    (0x0897, 0x089F), (0x08CA, 0x08E1), (0x08E3, 0x08FF), (0x10EFC, 0x10EFF),
)  # fmt: skip
# The signs of printed Qurans: pauses, small letters, ends of verses, as listed in the Unicode charts as Quranic
# annotation signs; the open tanwin U+08F0-08F2 and the other vowel signs are tashkeel and are not among them.
QURANIC_SIGNS = _ranges(
    (0x0615, 0x061A), (0x06D6, 0x06ED), (0x0898, 0x089F), (0x08CA, 0x08E2), (0x10EFC, 0x10EFF),
)  # fmt: skip

# Canonical combining classes of the marks of the script (first, last, class).
_COMBINING_CLASSES = (
    (0x0610, 0x0617, 230),
    (0x0618, 0x0618, 30),
    (0x0619, 0x0619, 31),
    (0x061A, 0x061A, 32),
    (0x064B, 0x064B, 27),
    (0x064C, 0x064C, 28),
    (0x064D, 0x064D, 29),
    (0x064E, 0x064E, 30),
    (0x064F, 0x064F, 31),
    (0x0650, 0x0650, 32),
    (0x0651, 0x0651, 33),
    (0x0652, 0x0652, 34),
    (0x0653, 0x0654, 230),
    (0x0655, 0x0656, 220),
    (0x0657, 0x065B, 230),
    (0x065C, 0x065C, 220),
    (0x065D, 0x065E, 230),
    (0x065F, 0x065F, 220),
    (0x0670, 0x0670, 35),
    (0x06D6, 0x06DC, 230),
    (0x06DF, 0x06E2, 230),
    (0x06E3, 0x06E3, 220),
    (0x06E4, 0x06E4, 230),
    (0x06E7, 0x06E8, 230),
    (0x06EA, 0x06EA, 220),
    (0x06EB, 0x06EC, 230),
    (0x06ED, 0x06ED, 220),
    (0x0897, 0x0898, 230),
    (0x0899, 0x089B, 220),
    (0x089C, 0x089F, 230),
    (0x08CA, 0x08CE, 230),
    (0x08CF, 0x08D3, 220),
    (0x08D4, 0x08E1, 230),
    (0x08E3, 0x08E3, 220),
    (0x08E4, 0x08E5, 230),
    (0x08E6, 0x08E6, 220),
    (0x08E7, 0x08E8, 230),
    (0x08E9, 0x08E9, 220),
    (0x08EA, 0x08EC, 230),
    (0x08ED, 0x08EF, 220),
    (0x08F0, 0x08F0, 27),
    (0x08F1, 0x08F1, 28),
    (0x08F2, 0x08F2, 29),
    (0x08F3, 0x08F5, 230),
    (0x08F6, 0x08F6, 220),
    (0x08F7, 0x08F8, 230),
    (0x08F9, 0x08FA, 220),
    (0x08FB, 0x08FF, 230),
    (0x10EFA, 0x10EFB, 220),
    (0x10EFD, 0x10EFF, 220),
)  # fmt: skip
COMBINING_CLASSES: dict[int, int] = {
    code_point: number for first, last, number in _COMBINING_CLASSES for code_point in range(first, last + 1)
}
# Canonical decompositions of the script: all of them.
DECOMPOSITIONS: dict[int, tuple[int, int]] = {
    0x0622: (0x0627, 0x0653),
    0x0623: (0x0627, 0x0654),
    0x0624: (0x0648, 0x0654),
    0x0625: (0x0627, 0x0655),
    0x0626: (0x064A, 0x0654),
    0x06C0: (0x06D5, 0x0654),
    0x06C2: (0x06C1, 0x0654),
    0x06D3: (0x06D2, 0x0654),
}

# Invisible characters: bidi controls, zero-width characters, the soft hyphen. U+200C (ZWNJ) separates letters
# and has an option of its own; U+200D (ZWJ) stays between emoji.
ZWNJ, ZWJ, EMOJI_SELECTOR = 0x200C, 0x200D, 0xFE0F
CONTROLS = _ranges(
    (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200B), (0x200D, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x2064), (0x2066, 0x206F), (0xFEFF, 0xFEFF),
)  # fmt: skip
# All of category Zs except U+0020.
ODD_SPACES = _ranges(
    (0x00A0, 0x00A0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip
# The characters that an emoji sequence may join with ZWJ (a superset of Extended_Pictographic and the skin tones).
JOINED_EMOJI = _ranges(
    (0x2194, 0x21AA), (0x231A, 0x23FA), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B55),
    (0x1F000, 0x1FAFF),
)  # fmt: skip

# Arabic-Indic and extended (Persian, Urdu) digits.
DIGITS: dict[int, int] = {zero + value: 0x30 + value for zero in (0x0660, 0x06F0) for value in range(10)}

# Simple lower case of Latin: Basic Latin, Latin-1, Latin Extended-A, -B and Additional.
_UPPER_BEFORE_LOWER = (  # runs in which each capital stands before its small letter
    (0x0100, 0x012E), (0x0132, 0x0136), (0x0139, 0x0147), (0x014A, 0x0176), (0x0179, 0x017D), (0x0182, 0x0184),
    (0x0187, 0x0187), (0x018B, 0x018B), (0x0191, 0x0191), (0x0198, 0x0198), (0x01A0, 0x01A4), (0x01A7, 0x01A7),
    (0x01AC, 0x01AC), (0x01AF, 0x01AF), (0x01B3, 0x01B5), (0x01B8, 0x01B8), (0x01BC, 0x01BC), (0x01C5, 0x01C5),
    (0x01C8, 0x01C8), (0x01CB, 0x01DB), (0x01DE, 0x01EE), (0x01F2, 0x01F4), (0x01F8, 0x021E), (0x0222, 0x0232),
    (0x023B, 0x023B), (0x0241, 0x0241), (0x0246, 0x024E), (0x1E00, 0x1E94), (0x1EA0, 0x1EFE),
)  # fmt: skip
_LOWER_ELSEWHERE = {
    0x0130: 0x0069, 0x0178: 0x00FF, 0x0181: 0x0253, 0x0186: 0x0254, 0x0189: 0x0256, 0x018A: 0x0257, 0x018E: 0x01DD,
    0x018F: 0x0259, 0x0190: 0x025B, 0x0193: 0x0260, 0x0194: 0x0263, 0x0196: 0x0269, 0x0197: 0x0268, 0x019C: 0x026F,
    0x019D: 0x0272, 0x019F: 0x0275, 0x01A6: 0x0280, 0x01A9: 0x0283, 0x01AE: 0x0288, 0x01B1: 0x028A, 0x01B2: 0x028B,
    0x01B7: 0x0292, 0x01C4: 0x01C6, 0x01C7: 0x01C9, 0x01CA: 0x01CC, 0x01F1: 0x01F3, 0x01F6: 0x0195, 0x01F7: 0x01BF,
    0x0220: 0x019E, 0x023A: 0x2C65, 0x023D: 0x019A, 0x023E: 0x2C66, 0x0243: 0x0180, 0x0244: 0x0289, 0x0245: 0x028C,
    0x1E9E: 0x00DF,
}  # fmt: skip
LOWER_CASE: dict[int, int] = {
    **{upper: upper + 0x20 for upper in _ranges((0x41, 0x5A), (0xC0, 0xD6), (0xD8, 0xDE))},
    **{upper: upper + 1 for first, last in _UPPER_BEFORE_LOWER for upper in range(first, last + 1, 2)},
    **_LOWER_ELSEWHERE,
}

# Presentation forms to letters: the compatibility decompositions of U+FB50-FDFF and U+FE70-FEFF, without the
# space that Unicode puts under an isolated mark, and without the word ligatures. One item for each code point from
# the key on; "+" joins the letters of a ligature and "*n" repeats an item for n code points (the forms of a letter).
_PRESENTATION_RUNS = {
    0xFB50: (
        "671*2 67B*4 67E*4 680*4 67A*4 67F*4 679*4 6A4*4 6A6*4 684*4 683*4 686*4 687*4 68D*2 68C*2 68E*2 "
        "688*2 698*2 691*2 6A9*4 6AF*4 6B3*4 6B1*4 6BA*2 6BB*4 6C0*2 6C1*4 6BE*4 6D2*2 6D3*2"
    ),
    0xFBD3: (
        "6AD*4 6C7*2 6C6*2 6C8*2 6C7+674 6CB*2 6C5*2 6C9*2 6D0*4 649*2 626+627*2 626+6D5*2 626+648*2 "
        "626+6C7*2 626+6C6*2 626+6C8*2 626+6D0*3 626+649*3 6CC*4 626+62C 626+62D 626+645 626+649 626+64A "
        "628+62C 628+62D 628+62E 628+645 628+649 628+64A 62A+62C 62A+62D 62A+62E 62A+645 62A+649 62A+64A "
        "62B+62C 62B+645 62B+649 62B+64A 62C+62D 62C+645 62D+62C 62D+645 62E+62C 62E+62D 62E+645 633+62C "
        "633+62D 633+62E 633+645 635+62D 635+645 636+62C 636+62D 636+62E 636+645 637+62D 637+645 638+645 "
        "639+62C 639+645 63A+62C 63A+645 641+62C 641+62D 641+62E 641+645 641+649 641+64A 642+62D 642+645 "
        "642+649 642+64A 643+627 643+62C 643+62D 643+62E 643+644 643+645 643+649 643+64A 644+62C 644+62D "
        "644+62E 644+645 644+649 644+64A 645+62C 645+62D 645+62E 645+645 645+649 645+64A 646+62C 646+62D "
        "646+62E 646+645 646+649 646+64A 647+62C 647+645 647+649 647+64A 64A+62C 64A+62D 64A+62E 64A+645 "
        "64A+649 64A+64A 630+670 631+670 649+670 64C+651 64D+651 64E+651 64F+651 650+651 651+670 626+631 "
        "626+632 626+645 626+646 626+649 626+64A 628+631 628+632 628+645 628+646 628+649 628+64A 62A+631 "
        "62A+632 62A+645 62A+646 62A+649 62A+64A 62B+631 62B+632 62B+645 62B+646 62B+649 62B+64A 641+649 "
        "641+64A 642+649 642+64A 643+627 643+644 643+645 643+649 643+64A 644+645 644+649 644+64A 645+627 "
        "645+645 646+631 646+632 646+645 646+646 646+649 646+64A 649+670 64A+631 64A+632 64A+645 64A+646 "
        "64A+649 64A+64A 626+62C 626+62D 626+62E 626+645 626+647 628+62C 628+62D 628+62E 628+645 628+647 "
        "62A+62C 62A+62D 62A+62E 62A+645 62A+647 62B+645 62C+62D 62C+645 62D+62C 62D+645 62E+62C 62E+645 "
        "633+62C 633+62D 633+62E 633+645 635+62D 635+62E 635+645 636+62C 636+62D 636+62E 636+645 637+62D "
        "638+645 639+62C 639+645 63A+62C 63A+645 641+62C 641+62D 641+62E 641+645 642+62D 642+645 643+62C "
        "643+62D 643+62E 643+644 643+645 644+62C 644+62D 644+62E 644+645 644+647 645+62C 645+62D 645+62E "
        "645+645 646+62C 646+62D 646+62E 646+645 646+647 647+62C 647+645 647+670 64A+62C 64A+62D 64A+62E "
        "64A+645 64A+647 626+645 626+647 628+645 628+647 62A+645 62A+647 62B+645 62B+647 633+645 633+647 "
        "634+645 634+647 643+644 643+645 644+645 646+645 646+647 64A+645 64A+647 640+64E+651 640+64F+651 "
        "640+650+651 637+649 637+64A 639+649 639+64A 63A+649 63A+64A 633+649 633+64A 634+649 634+64A 62D+649 "
        "62D+64A 62C+649 62C+64A 62E+649 62E+64A 635+649 635+64A 636+649 636+64A 634+62C 634+62D 634+62E "
        "634+645 634+631 633+631 635+631 636+631 637+649 637+64A 639+649 639+64A 63A+649 63A+64A 633+649 "
        "633+64A 634+649 634+64A 62D+649 62D+64A 62C+649 62C+64A 62E+649 62E+64A 635+649 635+64A 636+649 "
        "636+64A 634+62C 634+62D 634+62E 634+645 634+631 633+631 635+631 636+631 634+62C 634+62D 634+62E "
        "634+645 633+647 634+647 637+645 633+62C 633+62D 633+62E 634+62C 634+62D 634+62E 637+645 638+645 "
        "627+64B*2"
    ),
    0xFD50: (
        "62A+62C+645 62A+62D+62C*2 62A+62D+645 62A+62E+645 62A+645+62C 62A+645+62D 62A+645+62E 62C+645+62D*2 "
        "62D+645+64A 62D+645+649 633+62D+62C 633+62C+62D 633+62C+649 633+645+62D*2 633+645+62C 633+645+645*2 "
        "635+62D+62D*2 635+645+645 634+62D+645*2 634+62C+64A 634+645+62E*2 634+645+645*2 636+62D+649 "
        "636+62E+645*2 637+645+62D*2 637+645+645 637+645+64A 639+62C+645 639+645+645*2 639+645+649 "
        "63A+645+645 63A+645+64A 63A+645+649 641+62E+645*2 642+645+62D 642+645+645 644+62D+645 644+62D+64A "
        "644+62D+649 644+62C+62C*2 644+62E+645*2 644+645+62D*2 645+62D+62C 645+62D+645 645+62D+64A "
        "645+62C+62D 645+62C+645 645+62E+62C 645+62E+645"
    ),
    0xFD92: (
        "645+62C+62E 647+645+62C 647+645+645 646+62D+645 646+62D+649 646+62C+645*2 646+62C+649 646+645+64A "
        "646+645+649 64A+645+645*2 628+62E+64A 62A+62C+64A 62A+62C+649 62A+62E+64A 62A+62E+649 62A+645+64A "
        "62A+645+649 62C+645+64A 62C+62D+649 62C+645+649 633+62E+649 635+62D+64A 634+62D+64A 636+62D+64A "
        "644+62C+64A 644+645+64A 64A+62D+64A 64A+62C+64A 64A+645+64A 645+645+64A 642+645+64A 646+62D+64A "
        "642+645+62D 644+62D+645 639+645+64A 643+645+64A 646+62C+62D 645+62E+64A 644+62C+645 643+645+645 "
        "644+62C+645 646+62C+62D 62C+62D+64A 62D+62C+64A 645+62C+64A 641+645+64A 628+62D+64A 643+645+645 "
        "639+62C+645 635+645+645 633+62E+64A 646+62C+64A"
    ),
    0xFE70: "64B 640+64B 64C",
    0xFE74: "64D",
    0xFE76: (
        "64E 640+64E 64F 640+64F 650 640+650 651 640+651 652 640+652 621 622*2 623*2 624*2 625*2 626*4 627*2 "
        "628*4 629*2 62A*4 62B*4 62C*4 62D*4 62E*4 62F*2 630*2 631*2 632*2 633*4 634*4 635*4 636*4 637*4 "
        "638*4 639*4 63A*4 641*4 642*4 643*4 644*4 645*4 646*4 647*4 648*2 649*2 64A*4 644+622*2 644+623*2 "
        "644+625*2 644+627*2"
    ),
}


def _presentation_forms() -> dict[int, tuple[int, ...]]:
    forms: dict[int, tuple[int, ...]] = {}
    for code_point, run in _PRESENTATION_RUNS.items():
        for item in run.split():
            letters, _, times = item.partition("*")
            for _ in range(int(times or 1)):
                forms[code_point] = tuple(int(letter, 16) for letter in letters.split("+"))
                code_point += 1
    return forms


PRESENTATION_FORMS = _presentation_forms()

# Ligatures for whole words, and the words: U+FDF0-FDFC as Unicode decomposes them; the others have no
# decomposition, and the words are those of the character's name.
WORD_LIGATURES: dict[int, str] = {
    0xFBC3: "جل وعلا",
    0xFBC4: "دامت بركاتهم",
    0xFBC5: "رحمة الله تعالى عليه",
    0xFBC6: "رحمة الله عليهم",
    0xFBC7: "رحمة الله عليهما",
    0xFBC8: "رحمهم الله تعالى",
    0xFBC9: "رحمهما الله",
    0xFBCA: "رحمهما الله تعالى",
    0xFBCB: "رضي الله تعالى عنهم",
    0xFBCC: "حفظه الله",
    0xFBCD: "حفظه الله تعالى",
    0xFBCE: "حفظهم الله تعالى",
    0xFBCF: "حفظهما الله تعالى",
    0xFBD0: "صلى الله تعالى عليه وسلم",
    0xFBD1: "عجل الله فرجه الشريف",
    0xFBD2: "عليه الرحمة",
    0xFD40: "رحمه الله",
    0xFD41: "رضي الله عنه",
    0xFD42: "رضي الله عنها",
    0xFD43: "رضي الله عنهم",
    0xFD44: "رضي الله عنهما",
    0xFD45: "رضي الله عنهن",
    0xFD46: "صلى الله عليه وآله",
    0xFD47: "عليه السلام",
    0xFD48: "عليهم السلام",
    0xFD49: "عليهما السلام",
    0xFD4A: "عليه الصلاة والسلام",
    0xFD4B: "قدس سره",
    0xFD4C: "صلى الله عليه وآله وسلم",
    0xFD4D: "عليها السلام",
    0xFD4E: "تبارك وتعالى",
    0xFD4F: "رحمهم الله",
    0xFD90: "رحمة الله عليه",
    0xFD91: "رحمة الله عليها",
    0xFDC8: "رحمه الله تعالى",
    0xFDC9: "رضي الله تعالى عنه",
    0xFDCA: "رضي الله تعالى عنها",
    0xFDCB: "رضي الله تعالى عنهما",
    0xFDCC: "صلى الله عليه وعلى آله وسلم",
    0xFDCD: "عجل الله تعالى فرجه الشريف",
    0xFDCE: "كرم الله وجهه",
    0xFDCF: "سلامه علينا",
    0xFDF0: "صلے",
    0xFDF1: "قلے",
    0xFDF2: "الله",
    0xFDF3: "اكبر",
    0xFDF4: "محمد",
    0xFDF5: "صلعم",
    0xFDF6: "رسول",
    0xFDF7: "عليه",
    0xFDF8: "وسلم",
    0xFDF9: "صلى",
    0xFDFA: "صلى الله عليه وسلم",
    0xFDFB: "جل جلاله",
    0xFDFC: "ریال",
    0xFDFD: "بسم الله الرحمن الرحيم",
    0xFDFE: "سبحانه وتعالى",
    0xFDFF: "عز وجل",
    0x10ED1: "عليها الصلاة والسلام",
    0x10ED2: "عليهم الصلاة والسلام",
    0x10ED3: "عليهما الصلاة والسلام",
    0x10ED4: "قدس الله سره",
    0x10ED5: "قدس سرهم",
    0x10ED6: "قدس سرهما",
    0x10ED7: "قدست أسرارهم",
    0x10ED8: "نور الله مرقده",
}
# In Arabic texts U+FD3F opens and U+FD3E closes.
ORNATE_BRACKETS = {0xFD3E: ")", 0xFD3F: "("}

# Letters of other orthographies (Persian, Urdu, Kurdish, Pashto, Sindhi, Uyghur, Maghribi hands ...) and the Arabic
# letter that each resembles. Only for texts where they stand for the Arabic letter: in names they are distinctive.
LOOKALIKES: dict[int, int] = {
    0x0620: 0x064A,  # ؠ ي kashmiri yeh
    0x063B: 0x0643,  # ػ ك keheh with two dots above
    0x063C: 0x0643,  # ؼ ك keheh with three dots below
    0x063D: 0x064A,  # ؽ ي farsi yeh with inverted v
    0x063E: 0x064A,  # ؾ ي farsi yeh with two dots above
    0x063F: 0x064A,  # ؿ ي farsi yeh with three dots above
    0x066E: 0x0628,  # ٮ ب dotless beh
    0x066F: 0x0642,  # ٯ ق dotless qaf
    0x0679: 0x062A,  # ٹ ت tteh
    0x067A: 0x062A,  # ٺ ت tteheh
    0x067B: 0x0628,  # ٻ ب beeh
    0x067C: 0x062A,  # ټ ت teh with ring
    0x067D: 0x062A,  # ٽ ت teh with three dots above downwards
    0x067E: 0x0628,  # پ ب peh
    0x067F: 0x062A,  # ٿ ت teheh
    0x0680: 0x0628,  # ڀ ب beheh
    0x0681: 0x062D,  # ځ ح hah with hamza above
    0x0682: 0x062D,  # ڂ ح hah with two dots vertical above
    0x0683: 0x062C,  # ڃ ج nyeh
    0x0684: 0x062C,  # ڄ ج dyeh
    0x0685: 0x062E,  # څ خ hah with three dots above
    0x0686: 0x062C,  # چ ج tcheh
    0x0687: 0x062C,  # ڇ ج tcheheh
    0x0688: 0x062F,  # ڈ د ddal
    0x0689: 0x062F,  # ډ د dal with ring
    0x068A: 0x062F,  # ڊ د dal with dot below
    0x068B: 0x062F,  # ڋ د dal with dot below and small tah
    0x068C: 0x0630,  # ڌ ذ dahal
    0x068D: 0x062F,  # ڍ د ddahal
    0x068E: 0x0630,  # ڎ ذ dul
    0x068F: 0x0630,  # ڏ ذ dal with three dots above downwards
    0x0690: 0x062F,  # ڐ د dal with four dots above
    0x0691: 0x0631,  # ڑ ر rreh
    0x0692: 0x0631,  # ڒ ر reh with small v
    0x0693: 0x0631,  # ړ ر reh with ring
    0x0694: 0x0631,  # ڔ ر reh with dot below
    0x0695: 0x0631,  # ڕ ر reh with small v below
    0x0696: 0x0632,  # ږ ز reh with dot below and dot above
    0x0697: 0x0632,  # ڗ ز reh with two dots above
    0x0698: 0x0632,  # ژ ز jeh
    0x0699: 0x0632,  # ڙ ز reh with four dots above
    0x069A: 0x0633,  # ښ س seen with dot below and dot above
    0x069B: 0x0633,  # ڛ س seen with three dots below
    0x069C: 0x0633,  # ڜ س seen with three dots below and three dots above
    0x069D: 0x0635,  # ڝ ص sad with two dots below
    0x069E: 0x0635,  # ڞ ص sad with three dots above
    0x069F: 0x0638,  # ڟ ظ tah with three dots above
    0x06A0: 0x0639,  # ڠ ع ain with three dots above
    0x06A1: 0x0641,  # ڡ ف dotless feh
    0x06A2: 0x0641,  # ڢ ف feh with dot moved below
    0x06A3: 0x0641,  # ڣ ف feh with dot below
    0x06A4: 0x0641,  # ڤ ف veh
    0x06A5: 0x0641,  # ڥ ف feh with three dots below
    0x06A6: 0x0641,  # ڦ ف peheh
    0x06A7: 0x0642,  # ڧ ق qaf with dot above
    0x06A8: 0x0642,  # ڨ ق qaf with three dots above
    0x06A9: 0x0643,  # ک ك keheh
    0x06AA: 0x0643,  # ڪ ك swash kaf
    0x06AB: 0x0643,  # ګ ك kaf with ring
    0x06AC: 0x0643,  # ڬ ك kaf with dot above
    0x06AD: 0x0643,  # ڭ ك ng
    0x06AE: 0x0643,  # ڮ ك kaf with three dots below
    0x06AF: 0x0643,  # گ ك gaf
    0x06B0: 0x0643,  # ڰ ك gaf with ring
    0x06B1: 0x0643,  # ڱ ك ngoeh
    0x06B2: 0x0643,  # ڲ ك gaf with two dots below
    0x06B3: 0x0643,  # ڳ ك gueh
    0x06B4: 0x0643,  # ڴ ك gaf with three dots above
    0x06B5: 0x0644,  # ڵ ل lam with small v
    0x06B6: 0x0644,  # ڶ ل lam with dot above
    0x06B7: 0x0644,  # ڷ ل lam with three dots above
    0x06B8: 0x0644,  # ڸ ل lam with three dots below
    0x06B9: 0x0646,  # ڹ ن noon with dot below
    0x06BA: 0x0646,  # ں ن noon ghunna
    0x06BB: 0x0646,  # ڻ ن rnoon
    0x06BC: 0x0646,  # ڼ ن noon with ring
    0x06BD: 0x0646,  # ڽ ن noon with three dots above
    0x06BE: 0x0647,  # ھ ه heh doachashmee  # noqa: RUF003
    0x06BF: 0x062C,  # ڿ ج tcheh with dot above
    0x06C0: 0x0647,  # ۀ ه heh with yeh above
    0x06C1: 0x0647,  # ہ ه heh goal
    0x06C2: 0x0647,  # ۂ ه heh goal with hamza above
    0x06C3: 0x0629,  # ۃ ة teh marbuta goal
    0x06C4: 0x0648,  # ۄ و waw with ring
    0x06C5: 0x0648,  # ۅ و kirghiz oe
    0x06C6: 0x0648,  # ۆ و oe
    0x06C7: 0x0648,  # ۇ و u
    0x06C8: 0x0648,  # ۈ و yu
    0x06C9: 0x0648,  # ۉ و kirghiz yu
    0x06CA: 0x0648,  # ۊ و waw with two dots above
    0x06CB: 0x0648,  # ۋ و ve
    0x06CC: 0x064A,  # ی ي farsi yeh
    0x06CD: 0x064A,  # ۍ ي yeh with tail
    0x06CE: 0x064A,  # ێ ي yeh with small v
    0x06CF: 0x0648,  # ۏ و waw with dot above
    0x06D0: 0x064A,  # ې ي e
    0x06D1: 0x064A,  # ۑ ي yeh with three dots below
    0x06D2: 0x064A,  # ے ي yeh barree
    0x06D3: 0x0626,  # ۓ ئ yeh barree with hamza above
    0x06D5: 0x0647,  # ە ه ae  # noqa: RUF003
    0x06EE: 0x062F,  # ۮ د dal with inverted v
    0x06EF: 0x0631,  # ۯ ر reh with inverted v
    0x06FA: 0x0634,  # ۺ ش sheen with dot below
    0x06FB: 0x0636,  # ۻ ض dad with dot below
    0x06FC: 0x063A,  # ۼ غ ghain with dot below
    0x06FF: 0x0647,  # ۿ ه heh with inverted v
    0x0763: 0x0643,  # ݣ ك keheh with three dots above
}
#
# end of normalisation
#

# ----------------------------------------------------------------------------------------------------
# Tokens and sentences
# ----------------------------------------------------------------------------------------------------
# The kinds of tokens. Their order is their code in the core and in stored corpora.
TOKEN_KINDS = ("word", "number", "punctuation", "symbol", "url", "email", "hashtag", "mention", "emoji")

# The kinds that counts, rates, sizes and n-grams are made of.
COUNTED_KINDS = ("word", "number", "hashtag", "mention")

# The tokeniser's classes of code points, in the order of their codes. Each follows from the general
# category, except where one of the lists below says otherwise.
TOKEN_CLASSES = (
    "control",  # Cc; separates as a space does and belongs to no token
    "space",
    "break",  # a line end: it separates paragraphs
    "arabic",  # letters of the Arabic script, tatweel included
    "letter",  # letters of other scripts (L, Nl)
    "mark",  # combining marks of any script (M)
    "digit",  # decimal digits of any script (Nd)
    "punctuation",  # P
    "symbol",  # S, No, private use, unassigned
    "emoji",
    "format",  # Cf, variation selectors: invisible; kept inside a word, skipped elsewhere
)

# \n, vertical tab, form feed, \r, next line, line separator, paragraph separator.
LINE_BREAKS = ((0x000A, 0x000D), (0x0085, 0x0085), (0x2028, 0x2029))

# With LINE_BREAKS and the category Zs these are exactly the white space of str.split().
TOKEN_SPACES = ((0x0009, 0x0009), (0x001C, 0x001F))

# The blocks of the Arabic script.
ARABIC_BLOCKS = (
    (0x0600, 0x06FF),
    (0x0750, 0x077F),
    (0x0870, 0x08FF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFE),
    (0x10EC0, 0x10EFF),
    (0x1EE00, 0x1EEFF),
)

# Of category Cf, but visible: signs before numbers, the end of an ayah, the pound and piastre marks.
VISIBLE_FORMATS = ((0x0600, 0x0605), (0x06DD, 0x06DD), (0x0890, 0x0891), (0x08E2, 0x08E2))

# Of category Mn, but invisible.
VARIATION_SELECTORS = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))

# Shown as pictures without a variation selector (emoji-data.txt of Unicode 17.0, property Emoji); in the
# blocks of pictures also unassigned code points. Any other sign, such as an arrow, is an emoji only before U+FE0F.
# fmt: off
TOKEN_EMOJI = (
    (0x231A, 0x231B), (0x2328, 0x2328), (0x23CF, 0x23CF), (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x25FD, 0x25FE),
    (0x2600, 0x2604), (0x260E, 0x260E), (0x2611, 0x2611), (0x2614, 0x2615), (0x2618, 0x2618), (0x261D, 0x261D),
    (0x2620, 0x2620), (0x2622, 0x2623), (0x2626, 0x2626), (0x262A, 0x262A), (0x262E, 0x262F), (0x2638, 0x263A),
    (0x2640, 0x2640), (0x2642, 0x2642), (0x2648, 0x2653), (0x265F, 0x2660), (0x2663, 0x2663), (0x2665, 0x2666),
    (0x2668, 0x2668), (0x267B, 0x267B), (0x267E, 0x267F), (0x2692, 0x2697), (0x2699, 0x2699), (0x269B, 0x269C),
    (0x26A0, 0x26A1), (0x26A7, 0x26A7), (0x26AA, 0x26AB), (0x26B0, 0x26B1), (0x26BD, 0x26BE), (0x26C4, 0x26C5),
    (0x26C8, 0x26C8), (0x26CE, 0x26CF), (0x26D1, 0x26D1), (0x26D3, 0x26D4), (0x26E9, 0x26EA), (0x26F0, 0x26F5),
    (0x26F7, 0x26FA), (0x26FD, 0x26FD), (0x2702, 0x2702), (0x2705, 0x2705), (0x2708, 0x270D), (0x270F, 0x270F),
    (0x2712, 0x2712), (0x2714, 0x2714), (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728),
    (0x2733, 0x2734), (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755),
    (0x2757, 0x2757), (0x2763, 0x2764), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF),
    (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF),
    (0x1F170, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F1E6, 0x1F1FF),
    (0x1F201, 0x1F202), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A), (0x1F250, 0x1F251),
    (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F7E0, 0x1F7F0), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF),
)
# fmt: on
EMOJI_MODIFIERS = (0x1F3FB, 0x1F3FF)  # skin tones
REGIONAL_INDICATORS = (0x1F1E6, 0x1F1FF)  # two of them are a flag
EMOJI_TAGS = (0xE0020, 0xE007F)  # the flags of regions
TEXT_STYLE, EMOJI_STYLE, KEYCAP, ZERO_WIDTH_JOINER = 0xFE0E, 0xFE0F, 0x20E3, 0x200D

# How a URL begins, in upper or lower case.
URL_PREFIXES = ("https://", "http://", "ftp://", "www.")
# The characters of a URL besides letters, marks and digits of any script (an address may be in Arabic).
URL_SIGNS = "!#$%&'()*+,-./:;=?@[]_~"
# A URL does not end with these, except a closing bracket that was opened inside.
URL_NOT_LAST = ".,:;!?)]'"

# Part of a number when between two digits. Arab agencies write the decimal sign as reh: 5ر32.
NUMBER_SIGNS = ".,٫٬ر"

# The digits that stand for Arabic letters in Latin letters (7abibi, 3arab, 2albi): they may begin a word.
ARABIZI_DIGITS = ("2", "9")
ARABIZI_VOWELS = "aiou"  # between two digits one of these makes a word: 9a7; but 4x4, 5e6, 2h30
# What follows a digit directly and does not make a word of it: endings of ordinals, times, units.
# fmt: off
NUMBER_SUFFIXES = (
    "st", "nd", "rd", "th", "am", "pm", "sec", "secs", "min", "mins", "hr", "hrs", "hour", "hours", "day", "days",
    "week", "weeks", "month", "months", "yr", "yrs", "year", "years",
    "nm", "mm", "cm", "dm", "km", "in", "ft", "yd", "mi", "sqm", "mm2", "cm2", "cm3", "km2", "kmh", "kph", "mph",
    "inch", "inches", "foot", "feet", "mile", "miles", "meter", "meters", "metre", "metres",
    "gram", "grams", "kilo", "kilos", "liter", "liters", "litre", "litres", "mg", "kg", "oz", "lb", "lbs", "ml", "cl",
    "dl", "gal", "kb", "mb", "gb", "tb", "kbps", "mbps", "gbps", "mp", "px", "pt", "em", "dpi", "fps", "rpm",
    "hz", "khz", "mhz", "ghz", "mv", "kv", "mw", "kw", "gw", "kwh", "mwh", "db", "hp",
    "bn", "mn", "tn", "mln", "bln", "million", "billion", "usd", "eur", "gbp", "sar", "aed", "egp", "kwd",
)
# fmt: on

# Marks that end a sentence, alone or repeated.
SENTENCE_ENDS = "!?؟؛۔‼⁇⁈⁉。！？"  # noqa: RUF001
# A full stop ends a sentence unless it follows an abbreviation, an initial or the number of an item of a list. Two are
# a pause, more are an ellipsis.
FULL_STOP = "."
# Ends a sentence only outside a quotation.
ELLIPSIS = "…"
# After an end mark and its closing marks these continue the sentence: «هل جاء؟»، سأل الرجل.
SENTENCE_CONTINUERS = "،,:;"
QUOTATION_PAIRS = (("«", "»"), ("“", "”"), ("‹", "›"))  # noqa: RUF001
TOGGLING_QUOTATION_MARK = '"'
BRACKET_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("﴿", "﴾"))  # noqa: RUF001
# Part of a word between letters that are not Arabic; they close a quotation only right after another token.
APOSTROPHES = "'’"

# A full stop that touches one of these does not end a sentence. Single letters (د. أ.د. م. ص. ج. ق.م.)
# need no entry: a full stop after one letter never ends a sentence. A conjunction may be joined: ود. سامي.
# Arabic names of Latin letters are initials (جورج دبليو. بوش، بي. بي. سي.); of 600 full stops after one in 20,000
# news articles some 20 end a sentence.
ABBREVIATION_PREFIXES = ("و",)
# fmt: off
ABBREVIATIONS = (
    "هـ", "أد", "مج", "صص", "تح", "بروف",
    "إيه", "ايه", "أيه", "بي", "بى", "سي", "سى", "دي", "دى", "إي", "إف", "اف", "جي", "جى", "إتش", "اتش", "آي", "جيه",
    "كي", "كيه", "إل", "إم", "ام", "إن", "كيو", "آر", "إس", "اس", "تي", "تى", "يو", "دبليو", "إكس", "زد",
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Jr", "Sr", "Gen", "Lt", "Col", "Sgt", "Capt", "Gov", "Sen", "Rep", "Rev",
    "vs", "pp", "Vol", "vol", "Fig", "fig", "ed", "eds", "al", "cf", "ca",
)
# fmt: on
#
# end of tokens and sentences
#
