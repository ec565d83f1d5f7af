"""What a page says of itself in a few words and numbers: when it was published, how often it was read, its tags.

Such lines are known by their form: nothing but listed words and numbers, nothing but hashtags or links, the signature
of a post, the initials of editors, a line that begins with ©.
"""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import CREDIT, FOOTER, NAVIGATION, RELATED, SHARE, Spans
from corpus_kit.news.page_lines import Flags, Page

__all__ = ["find_stamps"]

_LINE_WORDS = 12
_STAMP_WORDS = 14  # of a date of publication with all it says
_DASHES = "-–—"
_RIGHTS = "©"
_TAGS = 2  # in a line; one is a title
_INVITATION_WORDS = 20
_SIGNED_WORDS, _SIGNED_LINES = 15, 2  # below a text
_NAMES = 9  # words after an agency


def find_stamps(spans: Spans) -> None:
    """Add what a page says of itself that is a line of its own, or begins or ends one."""
    _add_counters(spans)
    _add_stamps(spans)
    _add_tags(spans)
    _add_invitations(spans)
    _add_signatures(spans)


def _lines(page: Page) -> Integers:
    """Return the short lines with a word that are no headline."""
    good = (page.line_sizes > 0) & (page.line_sizes <= _LINE_WORDS) & ~page.is_headline
    return np.flatnonzero(good & (page.free_first == page.line_first) & (page.free_end == page.line_end))


def _count(page: Page, first: Integers, end: Integers, of_type: Flags) -> Integers:
    """Return how many words of some runs are of these types."""
    words = ranges(first, end)
    run = np.repeat(np.arange(len(first)), end - first)
    return np.bincount(run[of_type[page.word_types[words]]], minlength=len(first))


def _in_lines(page: Page, line: Integers, of_type: Flags) -> Integers:
    """Return how many words of some lines are of these types."""
    return _count(page, page.line_words[line], page.line_words_end[line], of_type)


def _have_sign(page: Page, line: Integers, marks: str) -> Flags:
    """Return whether some lines have one of these marks."""
    first, end = page.line_first[line], page.line_end[line]
    run = np.repeat(np.arange(len(line)), end - first)
    return np.bincount(run[page.signs(ranges(first, end), marks)], minlength=len(line)) > 0


def _add_counters(spans: Spans) -> None:
    """Add lines of listed words and numbers: "12 تعليقا", "منذ 3 ساعات", "آخر تحديث 10:30"."""
    page, vocabulary = spans.page, spans.page.vocabulary
    line = _lines(page)
    line = line[_in_lines(page, line, vocabulary.is_number) > 0]
    listed = _in_lines(page, line, vocabulary.is_counter)
    known = _in_lines(page, line, vocabulary.is_counter | vocabulary.is_number | vocabulary.is_time)
    spans.add_lines(line[(known == page.line_sizes[line]) & (listed > 0)], FOOTER, "form")


def _add_stamps(spans: Spans) -> None:
    """Add dates of publication and the like that begin or end a line of text, after the listed phrase."""
    page, vocabulary = spans.page, spans.page.vocabulary
    phrases = page.lexicon.used_as("stamps")
    if not phrases:
        return
    starts = page.starts_of(phrases)
    starts = starts[page.free[starts] & ((starts == page.line_words[page.line_of[starts]]) | page.opens[starts])]
    number, end = page.match(phrases, starts)
    starts, end = starts[number >= 0], end[number >= 0]
    line = page.line_of[starts]
    goes_on = vocabulary.is_number | vocabulary.is_time | vocabulary.is_counter
    stop, last = end.copy(), page.line_words_end[line]
    for _ in range(_STAMP_WORDS):
        more = stop < last
        more[more] = goes_on[page.word_types[stop[more]]]
        stop += more
    good = (_count(page, end, stop, vocabulary.is_number) > 0) & ~page.is_headline[line]
    good &= (starts == page.line_words[line]) | (stop == last)
    starts, stop, line = (each[good] for each in (starts, stop, line))
    _, first = np.unique(line, return_index=True)
    spans.add_words(starts[first], stop[first] - 1, FOOTER, "opening")


def _add_tags(spans: Spans) -> None:
    """Add lines of nothing but hashtags, two or more, and links to posts that a sentence above does not announce."""
    page, vocabulary = spans.page, spans.page.vocabulary
    line = _lines(page)
    line = line[page.line_sizes[line] >= _TAGS]
    tags = _in_lines(page, line, vocabulary.is_hashtag) == page.line_sizes[line]
    spans.add_lines(line[tags], RELATED, "form")
    line = np.flatnonzero((page.line_sizes == 0) & (page.line_number > 0) & ~page.is_headline)
    line = line[vocabulary.is_post[page.types[page.line_first[line]]] & ~page.signs(page.line_first[line] - 1, ":")]
    spans.add_lines(line[page.free_first[line] == page.line_first[line]], NAVIGATION, "form")


def _add_invitations(spans: Spans) -> None:
    """Add invitations to follow the page: a line, or the last sentence of one, that names a channel."""
    page = spans.page
    phrases = page.lexicon.invitations
    if not phrases:
        return
    starts = page.starts_of(phrases)
    line = page.line_of[starts]
    stop = page.line_words_end[line]
    good = page.free[starts] & ~page.is_headline[line] & (stop - starts <= _INVITATION_WORDS)
    good &= (starts == page.line_words[line]) | page.opens[starts]
    starts, line, stop = (each[good] for each in (starts, line, stop))
    number, end = page.match(phrases, starts)
    good = (number >= 0) & (_count(page, end, stop, page.vocabulary.is_channel) > 0)
    starts, line = starts[good], line[good]
    _, first = np.unique(line, return_index=True)
    spans.add_rest(starts[first], SHARE, "opening")


def _add_signatures(spans: Spans) -> None:
    """Add signatures of posts ("— name (@account) date"), lines after ©, and who made a report below its text."""
    page, vocabulary = spans.page, spans.page.vocabulary
    line = _lines(page)
    post = line[page.signs(page.line_first[line], _DASHES)]
    spans.add_lines(post[_in_lines(page, post, vocabulary.is_account) > 0], CREDIT, "form")
    rights = line[page.signs(page.line_first[line], _RIGHTS)]
    dated = _in_lines(page, rights, vocabulary.is_number) > 0
    spans.add_lines(rights, np.where(dated, FOOTER, CREDIT), "form")
    for _ in range(_SIGNED_LINES):
        last = page.last_lines()
        last = last[(page.line_number[last] > 0) & (page.free_first[last] == page.line_first[last])]
        last = last[(page.line_sizes[last] <= _SIGNED_WORDS) & (page.free_end[last] == page.line_end[last])]
        good = _are_initials(page, last) | _are_makers(page, last) | _are_dates(page, last)
        spans.add_lines(last[good], CREDIT, "form")


def _are_initials(page: Page, line: Integers) -> Flags:
    """Return whether lines are initials of editors: "م.ع/ س.ح (رويترز)", or an agency, a slash and a few names."""
    vocabulary, size = page.vocabulary, page.line_sizes[line]
    initials = _in_lines(page, line, vocabulary.is_initial)
    known = _in_lines(page, line, vocabulary.is_initial | vocabulary.is_holder | vocabulary.is_number)
    slashed = (initials > 1) & (known == size) & _have_sign(page, line, "/")
    ruled = page.signs(page.line_first[line], "=ـ-") & (initials == size)
    agencies = [phrase for phrase in page.lexicon.used_as("alone") if phrase.kind == "credit"]
    number, end = page.match(agencies, page.line_words[line])
    named = (number >= 0) & (end < page.line_words_end[line]) & (size <= _NAMES)
    after = page.words[np.maximum(end, 1) - 1].astype(np.int64) + 1
    named &= page.signs(np.minimum(after, len(page.types) - 1), "/")
    return np.asarray(slashed | ruled | named, bool)


def _are_makers(page: Page, line: Integers) -> Flags:
    """Return whether lines are in brackets and begin as what an author is: "(إعداد ... - تحرير ...)"."""
    phrases = [phrase for phrase in page.lexicon.used_as("below") if phrase.kind == "credit"]
    number, _ = page.match(phrases, page.line_words[line])
    bracketed = page.signs(page.line_first[line], "([") & page.signs(page.line_end[line] - 1, ")]")
    return np.asarray((number >= 0) & bracketed, bool)


def _are_dates(page: Page, line: Integers) -> Flags:
    """Return whether lines are a date or time alone, with two numbers or more."""
    numbers = _in_lines(page, line, page.vocabulary.is_number)
    known = _in_lines(page, line, page.vocabulary.is_number | page.vocabulary.is_time)
    return np.asarray((numbers > 1) & (known == page.line_sizes[line]), bool)
