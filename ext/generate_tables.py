"""Write ext/core/code_points.h from corpus_kit/text/arabic.py and the Unicode data.

    python ext/generate_tables.py            write the header
    python ext/generate_tables.py --check    fail if the header is out of date

The Unicode data are those of the package unicodedata2, in the version that arabic.py requires, and not Python's own, so
that the header is the same on every machine.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import unicodedata2

ROOT = Path(__file__).resolve().parents[1]
HEADER = ROOT / "ext" / "core" / "code_points.h"

BLOCK_BITS = 7
CODE_POINTS = 0x110000

# Roles of marks in a sentence: the upper four bits of the entry of a code point.
ROLES = (
    "none",
    "end",
    "full_stop",
    "ellipsis",
    "quotation_opens",
    "quotation_closes",
    "quotation_toggles",
    "bracket_closes",
    "apostrophe",
    "continues",
)


def load_inventory() -> ModuleType:
    """Import corpus_kit/text/arabic.py alone, without the dependencies of the package."""
    spec = importlib.util.spec_from_file_location("arabic", ROOT / "corpus_kit" / "text" / "arabic.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expand(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code_point for first, last in ranges for code_point in range(first, last + 1)}


def token_classes(arabic: ModuleType) -> list[str]:
    """Return the class of every code point, by the rules of arabic.TOKEN_CLASSES."""
    breaks, spaces = expand(arabic.LINE_BREAKS), expand(arabic.TOKEN_SPACES)
    visible, selectors = expand(arabic.VISIBLE_FORMATS), expand(arabic.VARIATION_SELECTORS)
    arabic_script, emoji = expand(arabic.ARABIC_BLOCKS), expand(arabic.TOKEN_EMOJI)

    def class_of(code_point: int) -> str:
        category = unicodedata2.category(chr(code_point))
        if code_point in breaks:
            return "break"
        if code_point in spaces or category == "Zs":
            return "space"
        if code_point in emoji:
            return "emoji"
        if category in ("Cc", "Cs"):
            return "control"
        if code_point in selectors or (category == "Cf" and code_point not in visible):
            return "format"
        if category[0] == "L" or category == "Nl":
            return "arabic" if code_point in arabic_script else "letter"
        return {"M": "mark", "P": "punctuation"}.get(category[0], "digit" if category == "Nd" else "symbol")

    return [class_of(code_point) for code_point in range(CODE_POINTS)]


def sentence_roles(arabic: ModuleType) -> dict[int, str]:
    marks = {
        "end": arabic.SENTENCE_ENDS,
        "full_stop": arabic.FULL_STOP,
        "ellipsis": arabic.ELLIPSIS,
        "quotation_opens": "".join(pair[0] for pair in arabic.QUOTATION_PAIRS),
        "quotation_closes": "".join(pair[1] for pair in arabic.QUOTATION_PAIRS),
        "quotation_toggles": arabic.TOGGLING_QUOTATION_MARK,
        "bracket_closes": "".join(pair[1] for pair in arabic.BRACKET_PAIRS),
        "apostrophe": arabic.APOSTROPHES,
        "continues": arabic.SENTENCE_CONTINUERS,
    }
    roles = {ord(mark): role for role, text in marks.items() for mark in text}
    if len(roles) != sum(map(len, marks.values())):
        raise ValueError("arabic.py gives two roles in a sentence to one mark")
    return roles


PLAIN_BOUNDS = ("FIRST", "LAST", "NEXT_FIRST", "NEXT_LAST")


def two_bytes(offset: int) -> int:
    """Return the UTF-8 of a code point in U+0600 to U+06FF as an integer."""
    return int.from_bytes(chr(0x600 + offset).encode(), "big")


# Function of the tokeniser for the first byte of a token.
STEPS = ("rules", "space", "arabic", "letter", "url_letter", "sign")


def first_steps(arabic: ModuleType, classes: list[str]) -> list[int]:
    """Return the step for every byte; tokens that need look-ahead or are rare are left to the rules."""
    url_letters = {case for prefix in arabic.URL_PREFIXES for case in (prefix[0], prefix[0].upper())}

    def step_of(byte: int) -> str:
        if 0xD8 <= byte <= 0xDB:
            return "arabic"
        if byte >= 0x80 or chr(byte) in "#@":
            return "rules"
        if classes[byte] == "letter":
            return "url_letter" if chr(byte) in url_letters else "letter"
        return "space" if byte == 0x20 else "sign" if classes[byte] in ("punctuation", "symbol") else "rules"

    return [STEPS.index(step_of(byte)) for byte in range(256)]


def two_levels(values: list[int]) -> tuple[list[int], list[int]]:
    """Return a two-level table: the index of blocks and the distinct blocks, in order of first use."""
    size = 1 << BLOCK_BITS
    blocks: dict[tuple[int, ...], int] = {}
    index = [
        blocks.setdefault(tuple(values[start : start + size]), len(blocks)) for start in range(0, len(values), size)
    ]
    if len(blocks) > 256:
        raise ValueError(f"{len(blocks)} distinct blocks do not fit an index of bytes")
    return index, [value for block in blocks for value in block]


def lengths_by_last_byte(texts: Iterable[str]) -> list[int]:
    masks = [0] * 256
    for data in map(str.encode, texts):
        if len(data) > 31:
            raise ValueError(f"{len(data)} bytes are too long for an abbreviation")
        masks[data[-1]] |= 1 << len(data)
    return masks


def longest_runs(flags: list[int], count: int) -> list[tuple[int, int]]:
    """Return the bounds (inclusive) of the longest runs of ones, in order."""
    edges = [place for place, (a, b) in enumerate(pairwise([0, *flags, 0])) if a != b]
    runs = sorted(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[0] - run[1])
    return sorted((first, end - 1) for first, end in runs[:count])


def c_array(name: str, values: list[int], type_: str = "uint8_t") -> list[str]:
    rows = [values[start : start + 32] for start in range(0, len(values), 32)]
    body = ["    " + ", ".join(map(str, row)) + "," for row in rows]
    return [f"static const {type_} {name}[{len(values)}] = {{", *body, "};", ""]


def c_strings(name: str, texts: Iterable[str]) -> list[str]:
    """Return an array of strings with lengths; bytes are octal, independent of the encoding of the source."""
    body = [
        f'    {{{len(data)}, "' + "".join(f"\\{byte:03o}" for byte in data) + '"},' for data in map(str.encode, texts)
    ]
    return [
        f"static const ck_literal {name}[] = {{",
        *body,
        "};",
        f"enum {{ {name}_COUNT = sizeof({name}) / sizeof({name}[0]) }};",
        "",
    ]


def c_enum(prefix: str, names: Iterable[str]) -> list[str]:
    body = [f"  {prefix}{name.upper()} = {code}," for code, name in enumerate(names)]
    return ["enum {", *body, "};", ""]


def ascii_set(text: str) -> list[int]:
    return [int(chr(code_point) in text) for code_point in range(128)]


def render() -> str:
    """Return the text of the header."""
    arabic = load_inventory()
    if not unicodedata2.unidata_version.startswith(arabic.UNICODE_VERSION):
        raise ValueError(f"arabic.py follows Unicode {arabic.UNICODE_VERSION}, but {unicodedata2.unidata_version=}")
    class_codes = {name: code for code, name in enumerate(arabic.TOKEN_CLASSES)}
    role_codes = {name: code for code, name in enumerate(ROLES)}
    classes, roles = token_classes(arabic), sentence_roles(arabic)
    entries = [class_codes[name] | role_codes[roles.get(c, "none")] << 4 for c, name in enumerate(classes)]
    index, blocks = two_levels(entries)
    two_byte_words = [int(classes[code_point] in ("arabic", "mark")) for code_point in range(0x600, 0x700)]
    plain = [offset for run in longest_runs(two_byte_words, 2) for offset in run]
    if index[0] != 0:
        raise ValueError("the entries of ASCII are not the first block")
    lines = [
        "/* Generated by ext/generate_tables.py from corpus_kit/text/arabic.py and the Unicode data; do not edit. */",
        "/* clang-format off */",
        "#ifndef CK_CODE_POINTS_H",
        "#define CK_CODE_POINTS_H",
        "",
        "#include <stdint.h>",
        "",
        f'#define CK_UNICODE_VERSION "{unicodedata2.unidata_version}"',
        "",
        "/* Kinds of tokens. */",
        *c_enum("CK_KIND_", arabic.TOKEN_KINDS),
        "/* Classes of code points: the lower four bits of an entry. */",
        *c_enum("CK_CLASS_", arabic.TOKEN_CLASSES),
        "/* Roles in a sentence: the upper four bits. */",
        *c_enum("CK_ROLE_", ROLES),
        "/* Function of the tokeniser for the first byte of a token. */",
        *c_enum("CK_STEP_", STEPS),
        "enum {",
        f"  CK_TEXT_STYLE = 0x{arabic.TEXT_STYLE:04X},",
        f"  CK_EMOJI_STYLE = 0x{arabic.EMOJI_STYLE:04X},",
        f"  CK_KEYCAP = 0x{arabic.KEYCAP:04X},",
        f"  CK_ZERO_WIDTH_JOINER = 0x{arabic.ZERO_WIDTH_JOINER:04X},",
        f"  CK_MODIFIER_FIRST = 0x{arabic.EMOJI_MODIFIERS[0]:04X},",
        f"  CK_MODIFIER_LAST = 0x{arabic.EMOJI_MODIFIERS[1]:04X},",
        f"  CK_REGION_FIRST = 0x{arabic.REGIONAL_INDICATORS[0]:04X},",
        f"  CK_REGION_LAST = 0x{arabic.REGIONAL_INDICATORS[1]:04X},",
        f"  CK_TAG_FIRST = 0x{arabic.EMOJI_TAGS[0]:04X},",
        f"  CK_TAG_LAST = 0x{arabic.EMOJI_TAGS[1]:04X},",
        "  /* the two longest ranges of CK_ARABIC_WORD, as big-endian UTF-8 */",
        *(f"  CK_PLAIN_{name} = 0x{two_bytes(offset):04X}," for name, offset in zip(PLAIN_BOUNDS, plain, strict=True)),
        f"  CK_TATWEEL = 0x{arabic.TATWEEL:04X},",
        f"  CK_ARABIZI_FIRST = 0x{ord(arabic.ARABIZI_DIGITS[0]):02X},",
        f"  CK_ARABIZI_LAST = 0x{ord(arabic.ARABIZI_DIGITS[1]):02X},",
        f"  CK_BLOCK_BITS = {BLOCK_BITS}",
        "};",
        "",
        "typedef struct {",
        "  uint8_t length;",
        "  const char *bytes;",
        "} ck_literal;",
        "",
        *c_strings("CK_ABBREVIATIONS", arabic.ABBREVIATIONS),
        "/* Indexed by the last byte of a word: bit n is set if an abbreviation of n bytes ends with it. */",
        *c_array("CK_ABBREVIATION_LENGTHS", lengths_by_last_byte(arabic.ABBREVIATIONS), "uint32_t"),
        *c_strings("CK_ABBREVIATION_PREFIXES", arabic.ABBREVIATION_PREFIXES),
        *c_strings("CK_URL_PREFIXES", arabic.URL_PREFIXES),
        *c_strings("CK_NUMBER_SUFFIXES", arabic.NUMBER_SUFFIXES),
        *c_array("CK_NUMBER_SIGNS", [ord(sign) for sign in arabic.NUMBER_SIGNS], "uint32_t"),
        f"enum {{ CK_NUMBER_SIGNS_COUNT = {len(arabic.NUMBER_SIGNS)} }};",
        "",
        *c_array("CK_ARABIZI_VOWEL", ascii_set(arabic.ARABIZI_VOWELS)),
        *c_array("CK_URL_SIGN", ascii_set(arabic.URL_SIGNS)),
        *c_array("CK_URL_NOT_LAST", ascii_set(arabic.URL_NOT_LAST)),
        "/* U+0600 to U+06FF: 1 for Arabic letters and marks. */",
        *c_array("CK_ARABIC_WORD", two_byte_words),
        *c_array("CK_STEP", first_steps(arabic, classes)),
        *c_array("CK_CODE_POINT_INDEX", index),
        *c_array("CK_CODE_POINT_BLOCKS", blocks),
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    text = render()
    if "--check" in sys.argv[1:]:
        if not HEADER.exists() or HEADER.read_text(encoding="utf-8") != text:
            sys.exit(f"{HEADER.relative_to(ROOT)} is out of date: run ext/generate_tables.py")
    else:
        HEADER.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
