"""Readability: how hard an Arabic text is to read, from counts of words, sentences, letters and syllables.

All measures take a text and the number of its sentences; without it, sentences are counted as `ck.sentences` does.
**Words** are tokens of the kind word that contain a letter, so not numbers, URLs, hashtags and the like. **Letters**
are those of any script; marks and tatweel (ـ) are not letters.

They are formulas over the surface of a text: they know neither how common a word is nor what a sentence means. Use them
to compare texts of the same kind, not to grade a text. `ck.readability` computes them for all documents of a corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import is_normalized, normalize

import numpy as np

from corpus_kit._base.arguments import integer, is_text
from corpus_kit._base.arrays import Floats, Integers, Numbers
from corpus_kit.errors import invalid
from corpus_kit.text import arabic
from corpus_kit.text.token_flags import BEGINS_SENTENCE
from corpus_kit.text.tokenization import Tokenizer

__all__ = ["aari", "lix", "osman"]

# Everything on a letter or that lengthens it. Small waw and yeh (ۥ ۦ) are letters in Unicode, marks here.
_SKIPPED = arabic.EXTENDED_MARKS | {arabic.TATWEEL}
_SHORT_VOWELS = "\u064e\u064f\u0650"  # fatha, damma, kasra
_STRESS = "\u064b\u064c\u064d\u0651"  # the three tanwin, shadda
# A short vowel before ا, و or ي, with any other marks between: shadda is typed before or after its vowel.
_LONG_VOWEL = re.compile(f"[{_SHORT_VOWELS}](?=[{''.join(map(chr, sorted(_SKIPPED)))}]*[اوي])")
_SILENT = "اى"
_FASEEH_LETTERS = frozenset("ءئؤذظ")
_FASEEH_ENDINGS = ("وا", "ون")

_HARD = 5  # a hard word has more letters than this
_LONG = 6  # a long word has more letters than this
_COMPLEX = 4  # a complex word has more syllables than this


@dataclass(frozen=True, eq=False)
class WordTotals:
    """What the formulas count, of types (`of_types`), or summed over the tokens of texts: a number for each.

    Attributes:
        words: Words with a letter.
        letters: Their letters.
        hard: Words of more than 5 letters.
        long: Words of more than 6 letters.
        sounded: Letters except ا and ى, which approximate the syllables of a text without marks.
        marked: Words with a mark of a short vowel.
        syllables: Syllables by marks.
        complex: Words of more than 4 marks.
        faseeh: Words of more than 4 syllables by marks that have a sign of what is faseeh.
        faseeh_by_letters: The same, with syllables by letters.
    """

    words: Integers
    letters: Integers
    hard: Integers
    long: Integers
    sounded: Integers
    marked: Integers
    syllables: Integers
    complex: Integers
    faseeh: Integers
    faseeh_by_letters: Integers

    @classmethod
    def of_types(cls, types: Iterable[tuple[str, str]]) -> WordTotals:
        """Return what is counted of each type, given as surface and kind; types that are no words count 0."""
        rows = [_NOTHING if kind != "word" else _of_word(surface) for surface, kind in types]
        table = np.array(rows, np.int32).reshape(-1, len(_NOTHING))
        return cls(*np.ascontiguousarray(table.T))  # gathered for each token: small, one after another

    def of_texts(self, type_ids: Numbers, first: Integers, end: Integers) -> WordTotals:
        """Return the sums over the tokens of texts.

        Args:
            type_ids: The type of each token.
            first: The first token of each text.
            end: The token after its last.
        """
        return WordTotals(*(_sums(of_type[type_ids], first, end) for of_type in vars(self).values()))


def _sums(values: Integers, first: Integers, end: Integers) -> Integers:
    total = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, dtype=np.int64, out=total[1:])
    summed: Integers = total[end] - total[first]
    return summed


def osman(text: str, sentences: int | None = None) -> float:
    """Return OSMAN, the reading ease of an Arabic text; harder texts have lower values.

    200.791 - 1.015 A/B - 24.181 (C/A + D/A + G/A + H/A), where A is the number of words, B of sentences, C of hard
    words (more than 5 letters), D of syllables, G of complex words (more than 4 syllables) and H of faseeh words: words
    of more than 4 syllables that contain ء ئ ؤ ذ or ظ, or end in وا or ون.

    A text in which at least half of the words have a fatha, damma or kasra is read by its **marks**:

    - D: each of these marks is a short syllable and counts 1, or 2 before ا, و or ي (a long syllable). Each tanwin and
      each shadda is a stress syllable and counts 2.
    - G: words with more than 4 of all these marks, each counted once.
    - H: words with more than 4 syllables, counted as for D, and one of the signs above.

    Any other text is read by its **letters**, ignoring marks:

    - D: all letters except ا and ى, less 2 for the whole text; at least 0.
    - G: 0, as there are no marks to count.
    - H: words with more than 4 syllables, here the letters except ا and ى less 2, and one of the signs.

    It shows which of two texts of the same kind has the longer words and sentences. Text without marks, such as news,
    does not show its syllables: D is then the length of words in letters, G is void, and each letter of a Latin word is
    a syllable. Compare such texts with each other, not with vocalised texts. In texts of a few words the 2 that is
    subtracted once has weight: a text repeated twice, with twice the sentences, scores 24.181/A lower. With marks both
    score the same.

    Where the sources disagree, limits and factors are those of the paper, and marks and letters are counted as in the
    authors' program OsmanReadability. The example on p. 4, printed as 97.617, gives 97.619 for one sentence.

    - The program has the factor 24.18143403, and in some versions at least 5 letters and at least 4 syllables; textstat
      has more than 5 syllables.
    - The program reads by marks as soon as one word has a short vowel, and so finds hardly any syllables in the fifth
      of news articles that have such a mark somewhere. Hence "half of the words" here.
    - The program looks for وا and ون before a space that is not there; textstat finds them anywhere.
    - In text without short vowels the program counts other marks, digits and signs as letters.

    Args:
        text: One text, with or without marks.
        sentences: Number of its sentences, at least 1; None to count them as `ck.sentences` does.

    Returns:
        A float without unit or limits. Of 20,000 news articles nine in ten are between 21 and 82.

    Raises:
        InputError: If text is not a str or has no words, or sentences is not a positive integer.

    References:
        M. El-Haj and P. Rayson (2016), OSMAN - A Novel Arabic Readability Metric, Proceedings of LREC 2016, pp.
        250-255 (L16-1038). Limits and factors are those of the paper, and marks and letters are counted as in the
        authors' program OsmanReadability. The example of p. 4, printed as 97.617, gives 97.619 for one sentence.
        Where the sources disagree:

    Examples:
        >>> round(osman("ذهب هند وأحمد الى المدرسة. هند تحب الرسم والمطالعة", sentences=1), 3)
        97.619
        >>> round(osman("زار الولد جده."), 3), round(osman("زَارَ الوَلَدُ جَدَّهُ."), 3)
        (141.324, 109.082)
    """
    return _of_text("osman", text, sentences)


def lix(text: str, sentences: int | None = None) -> float:
    """Return LIX, Björnsson's readability index; harder texts have higher values.

    A/B + 100 C/A, where A is the number of words, B of sentences and C of long words (more than 6 letters).

    It asks for no syllables and is used for many languages. Its bands (below 30 easy, above 50 hard) are those of
    Swedish and hold for no Arabic text: Arabic writes no short vowels but writes articles, conjunctions, prepositions
    and pronouns together with their words. Within Arabic it orders texts of one kind by long sentences and long words.
    Marks do not change it.

    Args:
        text: One text.
        sentences: Number of its sentences, at least 1; None to count them as `ck.sentences` does.

    Returns:
        A float above 0, without unit or upper limit.

    Raises:
        InputError: If text is not a str or has no words, or sentences is not a positive integer.

    References:
        Björnsson, C.-H. (1968), Läsbarhet, Stockholm: Liber; Björnsson, C.-H. (1983), Readability of Newspapers in 11
        Languages, Reading Research Quarterly 18(4), pp. 480-497.

    Examples:
        >>> round(lix("ذهب هند وأحمد الى المدرسة. هند تحب الرسم والمطالعة"), 2)
        26.72
    """
    return _of_text("lix", text, sentences)


def aari(text: str, sentences: int | None = None) -> float:
    """Return AARIBase, the raw value of the Automatic Arabic Readability Index; harder texts have higher values.

    3.28 L + 1.43 L/A + 1.24 A/B, where L is the number of letters in words, without marks, A of words and B of
    sentences.

    As L is the number of all letters, the value mostly measures the length of the text: over 20,000 news articles its
    correlation with the number of words is 0.997. Compare passages of the same number of words, for example the first
    100 of each text. The index was developed on Jordanian schoolbooks for grades 1 to 10; for news it gives an order,
    not a grade, and converting it to a grade is not part of this function. Marks do not change it.

    Programs agree on the formula and differ in what a character is: textacy counts marks too, Wordless counts letters
    and digits and takes numbers for words. Here it is a letter, as in `osman`.

    Args:
        text: One text.
        sentences: Number of its sentences, at least 1; None to count them as `ck.sentences` does.

    Returns:
        A float above 0, without unit or upper limit.

    Raises:
        InputError: If text is not a str or has no words, or sentences is not a positive integer.

    References:
        A. Al-Tamimi, M. Jaradat, N. Aljarrah and S. Ghanim (2014), AARI: Automatic Arabic Readability Index, The
        International Arab Journal of Information Technology 11(4), pp. 370-378. Programs agree on the formula and
        differ in what a character is: textacy counts marks too, Wordless counts letters and digits and takes
        numbers for words. Here it is a letter, as in OSMAN.

    Examples:
        >>> round(aari("ذهب الولد الى الحقل. رأى طائرا."), 2)
        88.16
    """
    return _of_text("aari", text, sentences)


# ---------------------------------------------------------------------------------------------- formulas


def readability_of(measure: str, totals: WordTotals, sentences: Integers) -> Floats:
    """Return a measure of each text, from what is counted in it; NaN for a text without words."""
    with np.errstate(all="ignore"):
        values = _FORMULAS[measure](totals, totals.words.astype(np.float64), sentences)
        return np.where(totals.words > 0, values, np.nan)


def _osman(totals: WordTotals, words: Floats, sentences: Integers) -> Floats:
    # 2 once for the text, not for each word, as in the program and the example of the paper
    by_letters = np.maximum(totals.sounded - 2, 0) + totals.faseeh_by_letters
    by_marks = totals.syllables + totals.complex + totals.faseeh
    spoken = np.where(2 * totals.marked >= totals.words, by_marks, by_letters)
    values: Floats = 200.791 - 1.015 * words / sentences - 24.181 * (totals.hard + spoken) / words
    return values


def _aari(totals: WordTotals, words: Floats, sentences: Integers) -> Floats:
    values: Floats = 3.28 * totals.letters + 1.43 * totals.letters / words + 1.24 * words / sentences
    return values


def _lix(totals: WordTotals, words: Floats, sentences: Integers) -> Floats:
    values: Floats = words / sentences + 100 * totals.long / words
    return values


_FORMULAS = {"osman": _osman, "lix": _lix, "aari": _aari}


def _of_text(measure: str, text: str, sentences: int | None) -> float:
    if not isinstance(text, str) or not is_text(text):
        raise invalid("text", "a str without unpaired surrogates", text)
    if sentences is not None:
        sentences = integer(sentences, "sentences", least=1, most=2**53)
    tokenizer = Tokenizer()
    batch = tokenizer.add([text], starts=False)
    ends = np.array([0]), np.array([len(batch.type_ids)])
    totals = WordTotals.of_types(tokenizer.types().rows()).of_texts(batch.type_ids, *ends)
    if not totals.words[0]:
        raise invalid("text", "a text with at least one word", text)
    if sentences is None:
        sentences = int(np.count_nonzero(batch.flags & BEGINS_SENTENCE))
    return float(readability_of(measure, totals, np.array([sentences]))[0])


# ------------------------------------------------------------------------------------------------- words

_NOTHING = (0,) * 10


class _LetterTable(dict[int, int | None]):
    """Maps letters to themselves and other characters to None, for `str.translate`."""

    def __missing__(self, code_point: int) -> int | None:
        # of Arabic letters independently of the Unicode version of Python
        is_letter = code_point in arabic.LETTERS or (chr(code_point).isalpha() and code_point not in _SKIPPED)
        found = self[code_point] = code_point if is_letter else None
        return found


_LETTERS = _LetterTable()


def _of_word(surface: str) -> tuple[int, ...]:
    """Return the numbers of a word, in the order of `WordTotals`."""
    # ا and a combining hamza are two code points but one letter, which is pronounced
    word = surface if is_normalized("NFC", surface) else normalize("NFC", surface)
    letters = word.translate(_LETTERS)
    n = len(letters)
    if not n:
        return _NOTHING
    vowels = stress = long = 0
    if n < len(word):
        vowels = sum(map(word.count, _SHORT_VOWELS))
        stress = sum(map(word.count, _STRESS))
        long = len(_LONG_VOWEL.findall(word))
    sounded = n - sum(map(letters.count, _SILENT))
    syllables = vowels + long + 2 * stress
    is_faseeh = letters.endswith(_FASEEH_ENDINGS) or not _FASEEH_LETTERS.isdisjoint(letters)
    return (
        1, n, n > _HARD, n > _LONG, sounded, vowels > 0, syllables, vowels + stress > _COMPLEX,
        is_faseeh and syllables > _COMPLEX, is_faseeh and sounded - 2 > _COMPLEX,
    )  # fmt: skip
