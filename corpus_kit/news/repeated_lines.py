"""Lines that repeat: a headline that occurs again below itself, and lines that many documents of a source share.

Near-duplicates of an article share its lines, too. So repetition is counted not in documents, but in the different
texts that a line occurs in.
"""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import HEADLINE, REPEATED, Spans
from corpus_kit.news.page_lines import Flags, Page, looked_up
from corpus_kit.news.word_runs import Hashes, distinct

__all__ = ["find_repeated_headlines", "find_repeated_lines"]

_HEADLINE_WORDS = 3
_LINE_WORDS = 2
_OWN_SHARE = 0.2  # of a document's words must be in lines that do not repeat; otherwise it is no evidence
_SHINGLE = 3  # words by which texts are compared
_NO_BODY = np.uint64(2**64 - 1)
_BODY_LINE = 12  # words; the first line as long as this ends the head of a document, where datelines are
_DATELINE_WORDS = 8
_SEPARATORS = "-–—−ـ/:(،,"  # noqa: RUF001


def find_repeated_headlines(spans: Spans) -> None:
    """Add second lines that repeat the first."""
    page = spans.page
    line = np.flatnonzero((page.line_number == 1) & ~page.is_headline)
    line = line[_is_free(page, line) & (page.line_sizes[line] >= _HEADLINE_WORDS)]
    same = _line_hashes(page, line) == _line_hashes(page, line - 1)
    spans.add_lines(line[same], HEADLINE, "repeated")


def find_repeated_lines(spans: Spans) -> None:
    """Add whole lines that many documents of a source share, unless these are near-duplicates of each other."""
    page = spans.page
    numbers = np.bincount(page.line_of[np.flatnonzero(page.is_number)], minlength=len(page.line_first))
    named = page.line_sizes > numbers
    line = np.flatnonzero((page.line_sizes >= _LINE_WORDS) & named & ~page.is_headline)
    line = line[_is_free(page, line)]
    document = page.line_document[line]
    key = _line_hashes(page, line)
    often = distinct(key, document) >= spans.least[document]
    line, document, key = line[often], document[often], key[often]
    if not len(line):
        return
    body = _bodies(page, line, document)
    has_body = body[document] != _NO_BODY
    bodies = np.zeros(len(line), np.int64)
    bodies[has_body] = distinct(key[has_body], body[document[has_body]])
    _, group = np.unique(key, return_inverse=True)
    most = np.zeros(group.max() + 1, np.int64)
    np.maximum.at(most, group, bodies)
    dateline = np.bincount(group, weights=_is_dateline(page, line)) >= 0.5 * np.bincount(group)
    in_formula = np.bincount(page.line_of[np.flatnonzero(page.in_formula)], minlength=len(page.line_first))
    formula = in_formula[line] == page.line_sizes[line]
    good = (most[group] >= spans.least[document]) & ~dateline[group] & ~formula
    spans.add_lines(line[good], REPEATED, "repeated")


def _is_free(page: Page, line: Integers) -> Flags:
    whole = (page.free_first == page.line_first) & (page.free_end == page.line_end)
    return np.asarray(whole[line], bool)


def _line_hashes(page: Page, line: Integers) -> Hashes:
    return page.runs.of(page.line_words[line], page.line_words_end[line])


def _bodies(page: Page, repeated: Integers, document: Integers) -> Hashes:
    """Return a number for the text of each document that is its own: mostly the same for near-duplicates.

    It is the least hash of its runs of three words (a min-hash sketch of one value, Broder 1997), without lines that
    repeat. A document with little text of its own has none.
    """
    of_repeated = np.zeros(len(page.line_first), bool)
    of_repeated[repeated] = True
    wanted = np.zeros(len(page.documents), bool)
    wanted[document] = True
    line = np.flatnonzero(wanted[page.line_document])  # of these documents
    first = ranges(page.line_words[line], page.line_words_end[line])
    first = first[page.free[first]]
    size = np.bincount(page.line_document[page.line_of[first]], minlength=len(page.documents))
    first = first[~of_repeated[page.line_of[first]]]
    own_size = np.bincount(page.line_document[page.line_of[first]], minlength=len(page.documents))
    wanted &= own_size >= np.maximum(_OWN_SHARE * size, 1)
    first = first[wanted[page.line_document[page.line_of[first]]]]
    end = np.minimum(first + _SHINGLE, page.line_words_end[page.line_of[first]])
    body = np.full(len(page.documents), _NO_BODY)
    np.minimum.at(body, page.line_document[page.line_of[first]], page.exact_runs.of(first, end))
    return body


def _is_dateline(page: Page, line: Integers) -> Flags:
    """Return whether each line looks like a dateline or a byline: short, above the text, with a dash or a date."""
    is_body = np.flatnonzero((page.line_sizes >= _BODY_LINE) & ~page.is_headline)
    body_document, first = np.unique(page.line_document[is_body], return_index=True)
    head_end = np.full(len(page.documents), 2)
    head_end[body_document] = page.line_number[is_body[first]]
    in_head = page.line_number[line] < head_end[page.line_document[line]]
    tokens = ranges(page.line_first[line], page.line_end[line])
    of_line = np.repeat(np.arange(len(line)), page.line_end[line] - page.line_first[line])
    separated = np.bincount(of_line, weights=page.signs(tokens, _SEPARATORS), minlength=len(line)) > 0
    days = np.flatnonzero(looked_up(page.vocabulary.is_dateline, page.word_types))
    dated = np.bincount(page.line_of[days], minlength=len(page.line_first))
    short = page.line_sizes[line] <= _DATELINE_WORDS
    return np.asarray(in_head & short & (separated | (dated[line] > 0)), bool)
