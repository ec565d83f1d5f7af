"""Lines above or below the text that are boilerplate by their place: captions, feet of authors, addresses."""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import CAPTION, FOOTER, NAVIGATION, Spans, kinds_of
from corpus_kit.news.page_lines import Flags, Page

__all__ = ["find_addresses", "find_code", "find_feet", "find_short_lines", "find_tails_of_footers"]

_SHORT = 12  # words of a line that may be boilerplate by its place
_TEXT = 20  # words of a line that is text for sure
_BLOCK = 3  # the most short lines above or below a text that are captions
_HABIT = 0.05  # of the short lines in this place must begin as captions do, so that all are
_LEAST_HABIT = 3  # lines
_CODE_WORDS = 15
_CODE_BRACES = 2
_ADDRESS_WORDS = 2  # beside the addresses in a line
_TEXT_MARKS = "!?؟…:؛-–—−ـ/|_"  # noqa: RUF001  # a line with one of these after its first word is none by its place


def find_short_lines(spans: Spans) -> None:
    """Add short lines above or below the text: what authors are, and captions in the sources that have them there.

    What authors are is known by a listed phrase. Captions are known by those among them that begin with a listed
    phrase: if a source has enough of these in a place, all short lines in that place are captions.
    """
    page = spans.page
    line = np.flatnonzero(_free_lines(page) & (page.line_sizes > 0))
    short = (page.line_sizes[line] <= _SHORT) & ~_has_formula(page, line)
    short &= ~_have_marks(spans, page.words[page.line_words[line]], page.line_end[line])
    text = page.line_sizes[line] >= _TEXT
    for step in (1, -1):
        number, distance = _beside_text(page.line_document[line], short, text, step)
        if step < 0:
            _add_feet(spans, line, number, distance)
        _add_where_usual(spans, line[(distance >= 1) & (distance <= _BLOCK)])


def find_feet(spans: Spans) -> None:
    """Add what authors are, and captions, at the end of the last line of a text, after its last sentence."""
    page = spans.page
    phrases = page.lexicon.used_as("below")
    starts = page.starts_of(phrases)
    line = page.line_of[starts]
    rest = page.line_words_end[line] - starts
    last = np.zeros(len(page.documents), np.int64)
    words = np.flatnonzero(page.free_words())
    last[page.line_document[page.line_of[words]]] = words
    good = (
        page.are_free(starts)
        & page.opens[starts]
        & (starts > page.line_words[line])
        & (rest <= _SHORT)
        & ~page.is_headline[line]
    )
    good &= last[page.line_document[line]] == page.line_words_end[line] - 1
    good &= spans.has_final_mark(page.words[starts - 1], page.words[starts])
    starts = starts[good]  # few; what follows looks at all tokens up to the end of the line
    number, _ = page.match(phrases, starts)
    good = (number >= 0) & ~_have_marks(spans, page.words[starts], page.line_end[line[good]])
    starts, kind = starts[good], kinds_of(phrases)[number[good]]
    _, first = np.unique(page.line_of[starts], return_index=True)
    spans.add_rest(starts[first], kind[first], "form")


def _beside_text(document: Integers, short: Flags, text: Flags, step: int) -> tuple[Integers, Integers]:
    """Return, for each line, the line of text beside its block of short lines, and its distance from it or 0.

    A block begins with the first line of a document (step 1), or ends with the last (-1).
    """
    place = np.arange(len(document))
    order = place[::step]
    edge = np.diff(document[order], prepend=-1) != 0  # the first line of a document, in this direction
    begin = np.maximum.accumulate(np.where(edge, place, 0))
    others = np.cumsum(~short[order])
    within = short[order] & (others == (others - ~short[order])[begin])  # all lines from the edge on are short
    after = np.append(np.where(within, len(place), place), len(place))
    stop = np.minimum(np.minimum.accumulate(after[::-1])[::-1][:-1], len(place) - 1)  # the next line of another kind
    good = within & text[order][stop] & (document[order][stop] == document[order])
    beside, distance = np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    beside[order], distance[order] = order[stop], np.where(good, stop - place, 0)
    return beside, distance


def _add_feet(spans: Spans, line: Integers, beside: Integers, distance: Integers) -> None:
    """Add blocks of short lines below the text of which the first begins with a listed phrase."""
    page = spans.page
    first = np.flatnonzero((distance == 1) & spans.ends_finally(line[beside]))
    phrases = page.lexicon.used_as("below")
    number, _ = page.match(phrases, page.line_words[line[first]])
    kind = np.full(len(page.documents), -1)
    kind[page.line_document[line[first[number >= 0]]]] = kinds_of(phrases)[number[number >= 0]]
    kind = kind[page.line_document[line]]
    foot = (distance >= 1) & (distance <= _BLOCK) & (kind >= 0)
    spans.add_lines(line[foot], kind[foot], "form")


def _add_where_usual(spans: Spans, lines: Integers) -> None:
    """Add the lines of the sources in which enough of them begin as captions do; of several in a text, one must."""
    page = spans.page
    document = page.line_document[lines]
    source = page.sources[document]
    number, _ = page.match(page.lexicon.used_as("short"), page.line_words[lines])
    listed = np.bincount(source, weights=number >= 0)
    usual = (listed >= _LEAST_HABIT) & (listed >= _HABIT * np.bincount(source))
    sure = (np.bincount(document, weights=number >= 0) > 0) | (np.bincount(document) == 1)  # and not verse
    free = page.free_end[lines] == page.line_end[lines]
    spans.add_lines(lines[usual[source] & sure[document] & free], CAPTION, "form")


def find_addresses(spans: Spans) -> None:
    """Add lines below the text with addresses or accounts and at most a few words."""
    page = spans.page
    is_account = page.vocabulary.is_account
    accounts = np.concatenate(([0], np.cumsum(is_account[page.types])))
    others = np.concatenate(([0], np.cumsum(~is_account[page.word_types])))
    words = others[page.line_words_end] - others[page.line_words]
    has = (accounts[page.line_end] > accounts[page.line_first]) & (page.line_number > 0)
    line = np.flatnonzero(_free_lines(page) & has & (words <= _ADDRESS_WORDS))
    last = np.zeros(len(page.documents), np.int64)
    text = np.flatnonzero(page.line_sizes >= _TEXT)
    last[page.line_document[text]] = page.line_number[text]
    announced = page.signs(page.line_end[line - 1] - 1, ":")  # by the text
    spans.add_lines(line[~announced & (page.line_number[line] > last[page.line_document[line]])], FOOTER, "form")


def find_tails_of_footers(spans: Spans) -> None:
    """Add the few words without a final mark that follow a footer at the end of a text."""
    page = spans.page
    footer = spans.lines_of(FOOTER)
    last = np.full(len(page.documents), len(page.line_first))
    last[page.line_document[footer]] = footer  # ascending, so that the last is written last
    line = np.flatnonzero(_free_lines(page) & (page.line_sizes > 0))
    line = line[line > last[page.line_document[line]]]
    document = page.line_document[line]
    words = np.bincount(document, weights=page.line_sizes[line], minlength=len(last))
    ended = np.bincount(document, weights=spans.ends_finally(line) | _has_formula(page, line), minlength=len(last)) > 0
    spans.add_lines(line[((words <= _SHORT) & ~ended)[document]], FOOTER, "form")


def find_code(spans: Spans) -> None:
    """Add code of pages (scripts and styles) that was left in texts, with the few words after it in its line."""
    page = spans.page
    brace = np.concatenate(([0], np.cumsum(page.signs(np.arange(len(page.tokens)), "{"))))
    foreign = page.vocabulary.is_foreign[page.word_types]
    line_begins = np.diff(page.line_of, prepend=-1) > 0
    first = np.flatnonzero(foreign & (line_begins | ~np.append(False, foreign)[:-1]))
    stops = np.append(np.flatnonzero(~foreign | line_begins), len(foreign))
    end = stops[np.searchsorted(stops, first, "right")]
    stop = np.minimum(np.append(page.words, len(page.tokens))[end], page.line_end[page.line_of[first]])
    good = (end - first >= _CODE_WORDS) & (brace[stop] - brace[page.words[first]] >= _CODE_BRACES)
    first, end = first[good], end[good]
    rest = page.line_words_end[page.line_of[first]] - end
    tail = (rest <= 2 * _SHORT) & ~spans.ends_finally(page.line_of[first])
    last = np.where(tail, page.line_words_end[page.line_of[first]], end) - 1
    keep = page.are_free(first) & ~page.is_headline[page.line_of[first]]
    spans.add_words(first[keep], last[keep], NAVIGATION, "form")


def _free_lines(page: Page) -> Flags:
    whole = (page.free_first == page.line_first) & (page.free_end == page.line_end)
    return np.asarray(whole & ~page.is_headline, bool)


def _have_marks(spans: Spans, first: Integers, end: Integers) -> Flags:
    """Return whether runs of tokens have a sign of running text, a list or a dateline, a number, or end finally."""
    page = spans.page
    tokens = ranges(first, end)
    run = np.repeat(np.arange(len(first)), end - first)
    marked = page.signs(tokens, _TEXT_MARKS) | page.vocabulary.is_number[page.types[tokens]]
    word = page.words[np.searchsorted(page.words, end) - 1]
    return np.asarray(
        (np.bincount(run, weights=marked, minlength=len(first)) > 0) | spans.has_final_mark(word, end), bool
    )


def _has_formula(page: Page, line: Integers) -> Flags:
    words = ranges(page.line_words[line], page.line_words_end[line])
    of_line = np.repeat(np.arange(len(line)), page.line_sizes[line])
    return np.bincount(of_line, weights=page.in_formula[words], minlength=len(line)) > 0
