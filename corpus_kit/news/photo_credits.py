"""Credits of pictures that are set off from the text, and the captions before them.

On paper a credit is below its picture. In a scraped text it is in brackets or quotation marks after the last sentence
of the caption, or a few Latin words between Arabic ones.
"""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import CAPTION, CREDIT, Spans
from corpus_kit.news.page_lines import Flags, Page, have_any

__all__ = ["find_photo_credits"]

_OPENING, _CLOSING = '([«“”"', ')]»“”"'  # quotation marks are often typed the wrong way round
_DASHES = "-–—"
_CAPTION_WORDS = 45  # of a document for each of its credits, if it is nothing but captions
_CAPTION_LINES = 3
_SENTENCE_WORDS = 30  # of a caption that text follows
_SET_OFF_WORDS = 3  # in brackets at the end of a text
_NAMED = 3  # words before a credit that may make it part of a sentence: وكالة الأنباء الألمانية (د ب أ)
_TEXT_WORDS = 20  # of a line that is text for sure
_LATIN_WORDS = 8  # of a credit; more are a caption


def find_photo_credits(spans: Spans) -> None:
    """Add agencies in brackets or quotation marks with the captions before them, and credits in Latin letters.

    A short document that ends in such credits is captions. Within a text, so is the sentence before a credit.
    """
    _add_latin(spans)
    _add_addresses(spans)
    _add_credited_lines(spans)
    page = spans.page
    first, end = _agencies_in_brackets(spans)
    line = page.line_of[first]
    document = page.line_document[line]
    last = np.isin(line, page.last_lines()) & (end == page.word_at(page.free_end[line]))
    captions = _are_captions(page, document, np.unique(document[last]))
    lines = np.flatnonzero(captions[page.line_document] & ~page.is_headline & (page.free_first < page.free_end))
    spans.add(lines, page.free_first[lines], page.free_end[lines], CAPTION, "form")
    left = page.free[first]
    first, end, line, last = (each[left] for each in (first, end, line, last))
    begin = np.maximum(_sentence_before(page, first), np.append(0, end)[:-1])  # after the credit before it
    caption = ~last & (begin < first) & (first - begin <= _SENTENCE_WORDS)
    spans.add_words(np.where(caption, begin, first), end - 1, np.where(caption, CAPTION, CREDIT), "form")
    _add_last_brackets(spans)


def _add_credited_lines(spans: Spans) -> None:
    """Add lines beside a text that end in an agency, in brackets or after a dash, and have no other mark: captions."""
    page = spans.page
    phrases = [phrase for phrase in page.lexicon.used_as("alone") if phrase.kind == "credit"]
    starts = page.starts_of(phrases) if phrases else np.zeros(0, np.int64)
    number, end = page.match(phrases, starts)
    line = page.line_of[starts]
    good = (number >= 0) & (end == page.line_words_end[line]) & page.free[starts] & ~page.is_headline[line]
    starts, end, line = (each[good] for each in (starts, end, line))
    begin = page.line_words[line]
    size = starts - begin
    last = page.line_end[line] - 1
    bracketed = page.signs(page.words[starts] - 1, "(") & page.signs(last, ")")
    dashed = page.words[end - 1] == last
    dashed &= (
        page.signs(page.words[starts] - 1, _DASHES)
        & (page.line_number[line] > 0)
        & ~_are_unfinished(spans, line - 1, line)
    )
    good = (size > _NAMED) & (size <= _SENTENCE_WORDS) & page.free[begin] & (bracketed | dashed)
    good &= ~have_any(np.flatnonzero(page.opens), begin + 1, starts)
    good &= ~spans.has_final_mark(page.words[begin], page.words[starts])
    for place in range(1, _NAMED + 1):
        good &= ~page.vocabulary.is_holder[page.word_types[np.maximum(starts - place, begin)]]
    good &= _have_text(page)[page.line_document[line]]
    _, first = np.unique(line[good], return_index=True)
    spans.add_lines(line[good][first], CAPTION, "form")


def _have_text(page: Page) -> Flags:
    """Return whether each document has a line that is text."""
    text = np.flatnonzero(page.line_sizes >= _TEXT_WORDS)
    return np.isin(np.arange(len(page.documents)), page.line_document[text])


def _are_unfinished(spans: Spans, other: Integers, line: Integers) -> Flags:
    """Return whether each of some lines is not of the document of another line, or does not end finally."""
    page = spans.page
    other = np.maximum(other, 0)
    same = np.asarray((page.line_document[other] == page.line_document[line]) & (page.line_sizes[other] > 0), bool)
    same[same] = spans.ends_finally(other[same])
    return np.asarray(~same, bool)


def _agencies_in_brackets(spans: Spans) -> tuple[Integers, Integers]:
    """Return the first word and the end of agencies in brackets or quotation marks after a sentence or a text."""
    page = spans.page
    phrases = [phrase for phrase in page.lexicon.used_as("alone") if phrase.kind == "credit"]
    if not phrases:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = page.starts_of(phrases)
    number, end = page.match(phrases, starts)
    good = (number >= 0) & page.free[starts] & ~page.is_headline[page.line_of[starts]]
    first, end = starts[good], end[good]
    first, end = (each[_in_brackets(page, first, end)] for each in (first, end))
    line = page.line_of[first]
    ends_text = (end == page.word_at(page.free_end[line])) & np.isin(line, page.last_lines())
    for place in range(1, _NAMED + 1):
        before = np.maximum(first - place, page.line_words[line])
        ends_text &= ~page.vocabulary.is_holder[page.word_types[before]] | (before == first)
    ends_text &= first - _sentence_before(page, first) > _NAMED
    good = ends_text | (first == page.line_words[line]) | _after_sentence(spans, first)
    after = np.minimum(page.words[end - 1].astype(np.int64) + 2, len(page.types) - 1)
    good &= ~((first == page.line_words[line]) & page.signs(after, _DASHES) & (after < page.line_end[line]))  # dateline
    return first[good], end[good]


def _in_brackets(page: Page, first: Integers, end: Integers) -> Flags:
    """Return whether the tokens around runs of words are brackets or quotation marks."""
    opening, closing = page.words[first].astype(np.int64) - 1, page.words[end - 1].astype(np.int64) + 1
    line = page.line_of[first]
    inside = (opening >= page.line_first[line]) & (closing < page.line_end[line])
    inside[inside] = page.signs(opening[inside], _OPENING) & page.signs(closing[inside], _CLOSING)
    return inside


def _after_sentence(spans: Spans, first: Integers) -> Flags:
    """Return whether a final mark is between each word and the one before it."""
    words = spans.page.words
    return spans.has_final_mark(words[np.maximum(first - 1, 0)], words[first])


def _sentence_before(page: Page, first: Integers) -> Integers:
    """Return the first word of the sentence before each word in its line; the word itself if it is the first."""
    opened = np.flatnonzero(page.opens)
    before = opened[np.maximum(np.searchsorted(opened, first) - 1, 0)]
    good = (before >= page.line_words[page.line_of[first]]) & page.free[before] & (before < first)
    return np.where(good, before, first)


def _are_captions(page: Page, credited: Integers, ending: Integers) -> Flags:
    """Return whether each document has little text for its credits.

    Args:
        page: The page.
        credited: The document of each credit.
        ending: The documents that end in one.
    """
    size = len(page.documents)
    left = np.flatnonzero((page.free_first < page.free_end) & ~page.is_headline)
    lines = np.bincount(page.line_document[left], minlength=size)
    words = np.bincount(page.line_document[left], minlength=size, weights=page.line_sizes[left])
    few = (words <= _CAPTION_WORDS * np.bincount(credited, minlength=size)) & (lines <= _CAPTION_LINES)
    return np.asarray(few & np.isin(np.arange(size), ending), bool)


def _add_last_brackets(spans: Spans) -> None:
    """Add the few words in brackets after the last sentence of texts: the newspaper, the editor, a pen name."""
    page = spans.page
    line = page.last_lines()
    line = line[page.signs(page.free_end[line] - 1, _CLOSING)]
    end = page.word_at(page.free_end[line])
    kept = np.flatnonzero(page.is_number | page.in_formula)
    for size in range(1, _SET_OFF_WORDS + 1):
        first = end - size
        good = first >= page.line_words[line]
        good[good] = _in_brackets(page, first[good], end[good]) & page.free[first[good]]
        above = np.maximum(line - 1, 0)
        whole = (first == page.line_words[line]) & (page.line_number[line] > 0)
        whole &= (page.line_sizes[above] > 0) & spans.ends_finally(above)
        good &= whole | ((first > page.line_words[line]) & _after_sentence(spans, np.maximum(first, 0)))
        good &= ~have_any(kept, first, end)
        spans.add_words(first[good], end[good] - 1, CREDIT, "form")
        line, end = line[~good], end[~good]


def _add_latin(spans: Spans) -> None:
    """Add credits in Latin letters where a line or sentence begins; a longer foreign text is a caption."""
    page, vocabulary = spans.page, spans.page.vocabulary
    phrases = [phrase for phrase in page.lexicon.used_as("alone", "openings") if phrase.kind == "credit"]
    phrases = [phrase for phrase in phrases if all(map(str.isascii, phrase.words))]
    if not phrases:
        return
    starts = page.starts_of(phrases)
    line = page.line_of[starts]
    good = (page.match(phrases, starts)[0] >= 0) & page.free[starts] & ~page.is_headline[line]
    good &= (starts == page.line_words[line]) | _after_sentence(spans, starts)
    starts, line = starts[good], line[good]
    of_lines = ranges(page.line_words[np.unique(line)], page.line_words_end[np.unique(line)])
    arabic, others = (
        np.append(of_lines[~known[page.word_types[of_lines]]], len(page.words))
        for known in (vocabulary.is_foreign, vocabulary.is_latin)
    )
    end = np.minimum(others[np.searchsorted(others, starts)], page.line_words_end[line])
    place = np.searchsorted(arabic, starts)
    begin = np.maximum(np.append(-1, arabic)[place] + 1, page.line_words[line])
    foreign_end = np.minimum(arabic[place], page.line_words_end[line])
    credit = end - starts <= _LATIN_WORDS
    caption = (foreign_end - begin > _LATIN_WORDS) & page.opens[begin]
    begin, new = np.unique(begin[caption], return_index=True)
    spans.add_words(begin, foreign_end[caption][new] - 1, CAPTION, "form")
    left = credit & page.free[starts]
    end, first = np.unique(end[left], return_index=True)
    spans.add_words(starts[left][first], end - 1, CREDIT, "form")


def _add_addresses(spans: Spans) -> None:
    """Add addresses that begin a line and are set off by a dash: where a picture is from."""
    page = spans.page
    line = np.flatnonzero((page.line_end - page.line_first > 2) & ~page.is_headline)
    line = line[page.vocabulary.is_address[page.types[page.line_first[line]]]]
    line = line[page.signs(page.line_first[line] + 1, _DASHES) & (page.free_first[line] == page.line_first[line])]
    first = page.line_first[line]
    spans.add(line, first, first + 1, CREDIT, "form")
