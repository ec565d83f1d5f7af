"""Readability: how hard an Arabic text is to read, from counts of words, sentences, letters and syllables.

Both measures take a text and the number of its sentences; without it, sentences are counted as `ck.sentences` does.
**Words** are tokens of the kind word that contain a letter, so not numbers, URLs, hashtags and the like. **Letters**
are those of any script; marks and tatweel (ـ) are not letters.

Both are formulas over the surface of a text: they know neither how common a word is nor what a sentence means. Use them
to compare texts of the same kind, not to grade a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from unicodedata import normalize

import numpy as np

from corpus_kit._base.arguments import integer, is_text
from corpus_kit.errors import invalid
from corpus_kit.text import arabic
from corpus_kit.text.token_flags import BEGINS_SENTENCE
from corpus_kit.text.tokenization import Tokenizer

__all__ = ["aari", "osman"]

# Everything on a letter or that lengthens it. Small waw and yeh (ۥ ۦ) are letters in Unicode, marks here.
_SKIPPED = arabic.EXTENDED_MARKS | {arabic.TATWEEL}
_SHORT_VOWELS = "\u064e\u064f\u0650"  # fatha, damma, kasra
_STRESS = "\u064b\u064c\u064d\u0651"  # the three tanwin, shadda
# A short vowel before ا, و or ي, with any other marks between: shadda is typed before or after its vowel.
_LONG_VOWEL = re.compile(f"[{_SHORT_VOWELS}](?=[{''.join(map(chr, sorted(_SKIPPED)))}]*[اوي])")
_SILENT = "اى"
_FASEEH_LETTERS = "ءئؤذظ"
_FASEEH_ENDINGS = ("وا", "ون")

_HARD = 5  # a hard word has more letters than this
_COMPLEX = 4  # a complex word has more syllables than this


class _Word(NamedTuple):
    """What the formulas count in a word type of the text."""

    letters: str
    vowels: int  # marks of short vowels
    long: int  # of these, the ones before ا و ي
    stress: int  # tanwin and shadda
    times: int  # how often the word occurs

    @property
    def sounded(self) -> int:
        """Number of letters except ا and ى, which approximate the syllables of a text without marks."""
        return sum(letter not in _SILENT for letter in self.letters)


class _Counts(NamedTuple):
    """The words of a text and the number of its sentences."""

    words: list[_Word]
    n_words: int
    n_sentences: int


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
    counts = _count(text, sentences)
    words = counts.words
    hard = _total(words, (len(word.letters) > _HARD for word in words))
    syllables, complex_words, faseeh = _syllables(counts)
    return (
        200.791
        - 1.015 * counts.n_words / counts.n_sentences
        - 24.181 * (hard + syllables + complex_words + faseeh) / counts.n_words
    )


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
    counts = _count(text, sentences)
    letters = _total(counts.words, (len(word.letters) for word in counts.words))
    return 3.28 * letters + 1.43 * letters / counts.n_words + 1.24 * counts.n_words / counts.n_sentences


def _count(text: str, sentences: int | None) -> _Counts:
    """Count the words and sentences of a text."""
    if not isinstance(text, str) or not is_text(text):
        raise invalid("text", "a str without unpaired surrogates", text)
    if sentences is not None:
        sentences = integer(sentences, "sentences", least=1, most=2**53)
    tokenizer = Tokenizer()
    batch = tokenizer.add([text], starts=False)
    times = np.bincount(batch.type_ids, minlength=len(tokenizer)).tolist()
    words = list(_words(tokenizer.types().rows(), times))
    if not words:
        raise invalid("text", "a text with at least one word", text)
    if sentences is None:
        sentences = int(np.count_nonzero(batch.flags & BEGINS_SENTENCE))
    return _Counts(words, sum(word.times for word in words), sentences)


def _words(types: Iterable[tuple[str, str]], times: Iterable[int]) -> Iterator[_Word]:
    """Return the words among the types of a text that contain a letter."""
    for (surface, kind), occurrences in zip(types, times, strict=True):
        # ا and a combining hamza are two code points but one letter, which is pronounced.
        word = normalize("NFC", surface)
        letters = "".join(filter(_is_letter, word))
        if kind == "word" and letters:
            vowels = sum(mark in _SHORT_VOWELS for mark in word)
            stress = sum(mark in _STRESS for mark in word)
            yield _Word(letters, vowels, len(_LONG_VOWEL.findall(word)), stress, occurrences)


def _is_letter(character: str) -> bool:
    """Return whether it is a letter; for Arabic letters, independently of the Unicode version of Python."""
    code_point = ord(character)
    return code_point in arabic.LETTERS or (character.isalpha() and code_point not in _SKIPPED)


def _syllables(counts: _Counts) -> tuple[int, int, int]:
    """Return the syllables, complex words and faseeh words of a text: D, G and H."""
    words = counts.words
    marked = _total(words, (word.vowels > 0 for word in words))
    if 2 * marked >= counts.n_words:
        of_words = [word.vowels + word.long + 2 * word.stress for word in words]
        syllables = _total(words, of_words)
        complex_words = _total(words, (word.vowels + word.stress > _COMPLEX for word in words))
    else:
        of_words = [word.sounded - 2 for word in words]
        # 2 once for the text, not for each word, as in the program and the example of the paper.
        syllables = max(_total(words, (word.sounded for word in words)) - 2, 0)
        complex_words = 0
    faseeh = (number > _COMPLEX and _is_faseeh(word) for number, word in zip(of_words, words, strict=True))
    return syllables, complex_words, _total(words, faseeh)


def _is_faseeh(word: _Word) -> bool:
    return any(letter in _FASEEH_LETTERS for letter in word.letters) or word.letters.endswith(_FASEEH_ENDINGS)


def _total(words: list[_Word], values: Iterable[int]) -> int:
    """Return the sum of a value of each word over all its occurrences."""
    return sum(word.times * value for word, value in zip(words, values, strict=True))
