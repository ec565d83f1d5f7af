"""Captions above a text that are written without a space before its first word: "… وزير التعليمافتتح الوزير".

Such a token is two words of the corpus: the last of the caption, and one with which texts of the source begin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import CAPTION, Spans
from corpus_kit.news.page_lines import Page

__all__ = ["find_glued_captions"]

_LONGEST = 25  # words of a caption
_RARE = 3  # occurrences of a token that two words were written as, at most
_KNOWN = 3  # occurrences of the last word of a caption elsewhere, at least
_DOCUMENTS = 3  # of a source must begin with the first word of the text
_TEXT = 8  # words after it in its line, at least
_LETTERS = 3  # of either word, at least


def find_glued_captions(spans: Spans) -> None:
    """Add captions that begin a text and end within a token, in the sources that have some."""
    page = spans.page
    line = _first_lines(page)
    document = page.line_document[line]
    rows, words, cuts = _split(page, line)
    sources = page.sources[document[rows]]
    usual = np.bincount(sources, minlength=1)[sources] >= spans.least[document[rows]]
    rows, words, cuts = (each[usual] for each in (rows, words, cuts))
    line = line[rows]
    spans.add(line, page.line_first[line], page.token_of(words) + 1, CAPTION, "form", cut=cuts)


def _first_lines(page: Page) -> Integers:
    """Return the first line with a word of each document, if it is no headline and nothing was found in it."""
    line = np.flatnonzero((page.line_sizes > 0) & ~page.is_headline)
    line = line[np.diff(page.line_document[line], prepend=-1) != 0]
    return np.asarray(line[page.free_first[line] == page.line_first[line]], np.int64)


def _split(page: Page, line: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the places of lines with a token of two words in their first sentence, the token's word, the cut.

    The cut is the number of letters of the second word. Of several such tokens in a line the first counts.
    """
    starts = page.line_words[line]
    opened = np.append(np.flatnonzero(page.opens), len(page.words))
    ends = opened[np.searchsorted(opened, starts, "right")]
    ends = np.maximum(np.minimum(ends, np.minimum(starts + _LONGEST, page.line_words_end[line] - _TEXT)), starts)
    words = ranges(starts, ends)
    rows = np.repeat(np.arange(len(line)), ends - starts)
    types, place = np.unique(page.word_types[words], return_inverse=True)
    rare = (page.corpus.type_occurrences(types) <= _RARE)[place]
    words, rows = words[rare], rows[rare]
    surfaces = page.corpus.type_column("surface")
    openers = _openers(page, line, surfaces)
    sources = page.sources[page.line_document[line]]
    parts: list[tuple[int, int, str, int]] = []  # the row, the word, the first part, the letters of the second
    tokens = surfaces.gather(page.word_types[words]).to_list()
    for row, word, token in zip(rows.tolist(), words.tolist(), tokens, strict=True):
        parts.extend(
            (row, word, token[:-letters], letters)
            for letters in range(len(token) - _LETTERS, _LETTERS - 1, -1)
            if (int(sources[row]), token[-letters:]) in openers
        )
    known = _known(page, surfaces, {first for _, _, first, _ in parts})
    found = np.array([(row, word, letters) for row, word, first, letters in parts if first in known], np.int64)
    found = found.reshape(-1, 3)
    return tuple(found[np.unique(found[:, 0], return_index=True)[1]].T)


def _openers(page: Page, line: Integers, surfaces: pl.Series) -> set[tuple[int, str]]:
    """Return the words with which enough of these lines of a source begin, with the source."""
    size = len(surfaces)
    keys = page.sources[page.line_document[line]] * size + page.word_types[page.line_words[line]]
    keys, counts = np.unique(keys, return_counts=True)
    keys = keys[counts >= _DOCUMENTS]
    words = surfaces.gather(_types(keys % size)).to_list()
    sources = (keys // size).tolist()
    return {(source, word) for source, word in zip(sources, words, strict=True) if len(word) >= _LETTERS}


def _known(page: Page, surfaces: pl.Series, words: set[str]) -> set[str]:
    """Return those of some words that the corpus has often enough."""
    types = np.flatnonzero(surfaces.is_in(sorted(words)).to_numpy())
    types = types[page.corpus.type_occurrences(types) >= _KNOWN]
    return set(surfaces.gather(_types(types)).to_list())


def _types(numbers: Integers) -> npt.NDArray[np.uint32]:
    return numbers.astype(np.uint32)
