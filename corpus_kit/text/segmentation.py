"""Clitics: `segment`, and the `Segmenter` behind it.

**What is cut off.** Arabic writes short words together with the next one: و and ف (and), the prepositions ب ل ك, the
future particle س; and pronouns together with the one before. Joined, the pieces are the word. The article is not
cut off; after ل its alef is not written, so that للحشد is ل and لحشد.

**How.** Lists of closed classes (closed_classes.py) decide first. They name the function words, which stay whole,
and define how conjunctions, prepositions and pronouns combine with them (وفيها, بأنه). Any other word is cut as its
likeliest reading says (`corpus_kit.text.readings`): a cut is judged by the readings of what is left, and by how likely
the word is without a cut. So وقال is cut, since قال is a frequent verb, but not وزير or بنود, which are forms of
frequent nouns; and بليون is a word of its own, since ليون is rare compared with it.

**Counts.** The general vocabulary is the large Arabic list of wordfreq (R. Speer, wordfreq, 2022,
doi:10.5281/zenodo.7199437), which gives the relative frequency *f* of 0.6 million spellings, 1e-8 at least, taken as
counts in a corpus of 100 million words. The user's own counts are added to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import Any

import polars as pl

from corpus_kit.text.clitics import Segmentation, closed_words, unsegmented
from corpus_kit.text.readings import Reader
from corpus_kit.text.word_counts import HasVocabulary, check_counts, counts_of_vocabulary
from corpus_kit.text.words import ARABIC_WORD, PLAIN, plain_series, plain_spelling, word_series

__all__ = ["Segmenter", "cut_as_plain", "segment"]

_REMEMBERED = 1 << 18  # words whose segmentation a Segmenter keeps


class Segmenter:
    """A segmenter of words, with the general vocabulary and counts of one's own.

    `segment` keeps the results of up to 262,144 words.

    Args:
        counts: How often each spelling occurs in one's own texts, or None. Marks do not matter.

    Raises:
        InputError: If the counts are not those of str, or not non-negative integers.

    Examples:
        >>> Segmenter().segment("وبمدرستها")
        Segmentation(proclitics=('و', 'ب'), stem='مدرست', enclitics=('ها',), base='مدرسة')
    """

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        if counts:
            check_counts(counts)
        self._counts = counts
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._segment)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._counts)

    def segment(self, word: str) -> Segmentation:
        """Return the parts of one word.

        Args:
            word: A word. Unless it consists of Arabic letters and marks alone (as a number, a hashtag or a Latin
                word does not), it stays whole.

        Raises:
            InputError: If `word` holds an unpaired surrogate.

        Examples:
            >>> Segmenter().segment("السعودية").proclitics
            ()
        """
        return self._remembered(word)

    def _segment(self, word: str) -> Segmentation:
        spelling = plain_spelling(word)
        if not ARABIC_WORD.fullmatch(spelling):
            return unsegmented(word)
        plain = closed_words().get(spelling) or next(self._split(pl.Series([spelling])))
        return plain if spelling == word else cut_as_plain(word, plain)

    def segment_all(self, words: pl.Series) -> Iterator[Segmentation]:
        """Return the parts of many words in order, much faster than one by one; no results are kept.

        Args:
            words: A String series without nulls.

        Examples:
            >>> [word.stem for word in Segmenter().segment_all(pl.Series(["وقال", "قال"]))]
            ['قال', 'قال']
        """
        plain = plain_series(words)
        is_arabic = plain.str.contains(f"^{ARABIC_WORD.pattern}$")
        split = self._split(plain.filter(is_arabic))
        for word, spelling, whether in zip(words.to_list(), plain.to_list(), is_arabic.to_list(), strict=True):
            if not whether:
                yield unsegmented(word)
            else:
                parts = next(split)
                yield parts if word == spelling else cut_as_plain(word, parts)

    def pieces(self, words: pl.Series) -> list[list[str]]:
        """Return the pieces of many words in order, faster than their parts.

        Args:
            words: A String series without nulls.
        """
        plain = plain_series(words)
        is_arabic = plain.str.contains(f"^{ARABIC_WORD.pattern}$")
        arabic = plain.filter(is_arabic)
        found = [[word] for word in words.to_list()]
        rows = is_arabic.arg_true().to_list()
        for row, spelling, first, front, back in zip(rows, arabic.to_list(), *self._cuts(arabic), strict=True):
            if front or back:
                word, end = found[row][0], len(spelling) - back
                proclitics = tuple(filter(None, (spelling[:first], spelling[first:front])))
                enclitics = (spelling[end:],) if back else ()
                parts = Segmentation(proclitics, spelling[front:end], enclitics, "")
                found[row] = (parts if word == spelling else cut_as_plain(word, parts)).pieces
        return found

    def _cuts(self, words: pl.Series) -> tuple[list[int], list[int], list[int]]:
        return self._reader.cuts(words) if len(words) else ([], [], [])

    def _split(self, words: pl.Series) -> Iterator[Segmentation]:
        """Return the parts of words in plain spelling."""
        if words.is_empty():
            return
        found = self._reader.read(words).select("first", "front", "back", "base")
        for word, (first, front, back, base) in zip(words.to_list(), found.iter_rows(), strict=True):
            end = len(word) - back
            proclitics = tuple(filter(None, (word[:first], word[first:front])))
            yield Segmentation(proclitics, word[front:end], (word[end:],) if back else (), base)


def cut_as_plain(word: str, plain: Segmentation) -> Segmentation:
    """Cut a word with marks where its plain spelling is cut; what is before a letter goes with the one before it.

    A ligature in one code point cannot be cut: a clitic in it stays with the piece after or before it.
    """
    if not plain.proclitics and not plain.enclitics:
        return Segmentation((), word, (), plain.base)
    offsets = PLAIN.with_offsets(word)[1].tolist()
    last = len(offsets) - sum(map(len, plain.enclitics))  # where the stem ends in the plain spelling
    before = _possible_cuts(accumulate(map(len, plain.proclitics)), offsets)
    after = _possible_cuts(accumulate(map(len, plain.enclitics[:-1]), initial=last) if plain.enclitics else (), offsets)
    pieces = tuple(word[start:end] for start, end in pairwise([0, *before, *after, len(word)]))
    stem = len(before)
    return Segmentation(pieces[:stem], pieces[stem], pieces[stem + 1 :], plain.base)


def _possible_cuts(cuts: Iterable[int], offsets: Sequence[int]) -> list[int]:
    """Return the cuts of the plain spelling as offsets in the word, without those inside a code point."""
    return [offsets[cut] for cut in cuts if offsets[cut] > offsets[cut - 1]]


def segment(words: Any, vocabulary: Mapping[str, int] | HasVocabulary | None = None) -> list[list[str]]:
    """Cut clitics off words: conjunctions, prepositions, the future particle, pronouns.

    Args:
        words: A list of str, a Series of strings or another Arrow column of them, one word each, as `tokenize`
            returns them. Marks and tatweel stay with the letter before them. What does not consist of Arabic letters
            alone stays whole.
        vocabulary: None for the general vocabulary of wordfreq; or counts to add to it: a Mapping from words to
            counts, or a Corpus. How they decide is in the docstring of `corpus_kit.text.readings`.

    Returns:
        For each word its pieces; joined, they are the word.

    Raises:
        InputError: If `words` is not a list of str or holds a null, or `vocabulary` has no counts.

    Note:
        On news sentences of the treebank UD Arabic PUD (7,488 words) 99.1 % of the words are cut as there.

    References:
        N. Habash (2010). Introduction to Arabic Natural Language Processing, chapter 4 (on clitics).

    Examples:
        >>> segment(["وبالسعودية", "فيها", "للحشد", "لكن", "وَالسُّعُودِيَّة"])
        [['و', 'ب', 'السعودية'], ['في', 'ها'], ['ل', 'لحشد'], ['لكن'], ['وَ', 'السُّعُودِيَّة']]
    """
    series = word_series(words)
    segmenter = Segmenter(counts_of_vocabulary(vocabulary))
    types = series.unique(maintain_order=True)
    found = dict(zip(types.to_list(), segmenter.pieces(types), strict=True))
    return [found[word].copy() for word in series.to_list()]
