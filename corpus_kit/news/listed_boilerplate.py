"""Boilerplate that is known by a listed phrase: how credits, captions, links and footers begin."""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Integers
from corpus_kit.news.boilerplate_spans import CREDIT, LABEL_MARKS, Spans, kinds_of
from corpus_kit.news.page_lines import Flags, Page

__all__ = ["find_listed"]

_CREDIT_WORDS = 8  # after the phrase; more are a sentence
_SENTENCE_WORDS = 4  # a line of a credit phrase and more words than this that ends in a full stop is a sentence
_INLINE_WORDS = 25  # boilerplate within a line of text, after its phrase
_ENDING_WORDS = 6  # the holder of rights after a credit phrase at the end of a line
_BRACKETS, _CLOSING = "([", ")]"
_SURE = 0.9  # of the occurrences of a phrase in a source must be boilerplate, so that the others are
_RULES = "/|*=_"  # marks that set a part of a page off from the text before it
_BUTTONS = 3  # in a row, so that they are buttons and not names of services in a text
_BUTTON_MARKS = "|/•-–—·+"  # may stand between buttons


def find_listed(spans: Spans, longest: int) -> None:
    """Add the lines and parts of lines that begin with a listed phrase, the surest first.

    Args:
        spans: What was found so far.
        longest: The most words of a line that is boilerplate by its opening.
    """
    _buttons(spans)
    _lines(spans, longest)
    _controls(spans)
    _bracketed_credits(spans)
    _credits_at_ends(spans, longest)
    _within_lines(spans, longest)


def _lines(spans: Spans, longest: int) -> None:
    """Add lines that begin with a listed phrase."""
    page = spans.page
    whole = (page.free_first == page.line_first) & (page.free_end == page.line_end)
    lines = np.flatnonzero((page.line_sizes > 0) & whole & ~page.is_headline)
    kind = _kinds(spans, page.line_words[lines], longest, alone=True)
    lines, kind = lines[kind >= 0], kind[kind >= 0]
    announced = (page.line_number[lines] > 0) & page.signs(page.line_end[lines - 1] - 1, ":")
    announced &= page.vocabulary.is_address[page.types[page.line_first[lines]]]  # an address of the sentence above
    spans.add_lines(lines[~announced], kind[~announced], "opening")
    spans.add_rest(page.line_words[lines[announced]], kind[announced], "opening")


def _controls(spans: Spans) -> None:
    """Add controls of pages at the beginning of lines, and those in Latin letters anywhere, with brackets."""
    page = spans.page
    phrases = page.lexicon.used_as("controls")
    starts = page.starts_of(phrases) if phrases else np.zeros(0, np.int64)
    number, end = page.match(phrases, starts)
    line = page.line_of[starts]
    latin = np.array([*(all(map(str.isascii, phrase.words)) for phrase in phrases), False], bool)
    good = (number >= 0) & page.free[starts] & ~page.is_headline[line]
    good &= (starts == page.line_words[line]) | latin[number]
    starts, end, line, kind = starts[good], end[good], line[good], kinds_of(phrases)[number[good]]
    first, stop = page.words[starts].astype(np.int64), page.words[end - 1] + 1
    bracket = page.signs(np.maximum(first - 1, 0), _BRACKETS) & (first > page.line_first[line])
    first = np.where(starts == page.line_words[line], page.line_first[line], first - bracket)
    closing = page.signs(np.minimum(stop, len(page.types) - 1), _CLOSING) & (stop < page.line_end[line])
    stop = np.where(page.line_words_end[line] > end, stop + (bracket & closing), page.line_end[line])
    spans.add(line, first, stop, kind, "opening")


def _buttons(spans: Spans) -> None:
    """Add rows of buttons, among them openings of the kind "share", at the beginning or end of lines."""
    page = spans.page
    openings = [phrase for phrase in page.lexicon.used_as("openings") if phrase.kind == "share"]
    buttons = [*openings, *page.lexicon.used_as("buttons")]
    if not buttons:
        return
    starts = page.starts_of(buttons)
    number, stop = page.match(buttons, starts)
    known = (number >= 0) & page.free[starts] & ~page.is_headline[page.line_of[starts]]
    rows: list[list[int]] = []  # the first word, the end, the number of buttons, the phrase of the first
    for start, end, phrase in zip(*(each[known].tolist() for each in (starts, stop, number)), strict=True):
        if rows and start < rows[-1][1]:
            continue
        if rows and start == rows[-1][1] and _only_button_marks(page, start):
            rows[-1][1:3] = [end, rows[-1][2] + 1]
        else:
            rows.append([start, end, 1, phrase])
    first, end, count, phrases = np.array(rows, np.int64).reshape(-1, 4).T
    line = page.line_of[first]
    good = (count >= _BUTTONS) & ((first == page.line_words[line]) | (end == page.line_words_end[line]))
    spans.add_words(first[good], end[good] - 1, kinds_of(buttons)[phrases[good]], "opening")


def _only_button_marks(page: Page, word: int) -> bool:
    """Return whether nothing but marks that separate buttons is between the word before and a word of the same line."""
    if page.line_of[word - 1] != page.line_of[word]:
        return False
    between = np.arange(page.words[word - 1] + 1, page.words[word])
    return bool(page.signs(between, _BUTTON_MARKS).all())


def _kinds(spans: Spans, starts: Integers, longest: int, *, alone: bool) -> Integers:
    """Return the kind of the rest of a line from each of these words on, by the longest phrase there; -1 for text.

    Args:
        spans: What was found so far.
        starts: The words.
        longest: The most words after the phrase.
        alone: Whether a phrase may be all of the line.
    """
    page = spans.page
    line = page.line_of[starts]
    kind, reach = np.full(len(starts), -1), np.zeros(len(starts), np.int64)
    for use in ("alone", "labels", "openings"):
        phrases = page.lexicon.used_as(use)
        number, end = page.match(phrases, starts)
        its_kind = kinds_of(phrases)[number]
        rest = page.line_words_end[line] - end
        credit = its_kind == CREDIT
        marked = _has_label_mark(spans, end, line)
        if use == "alone":
            good = (rest == 0) & alone & ~((end - starts == 1) & _is_item(page, line))
        elif use == "labels":
            good = marked | (alone & (rest == 0) & (end - starts > 1))
        else:
            good = ~(credit & ~marked & (rest > _SENTENCE_WORDS) & spans.ends_finally(line))
        good &= (number >= 0) & (rest <= np.where(credit, _CREDIT_WORDS, longest)) & (end >= reach)
        kind, reach = np.where(good, its_kind, kind), np.where(good, end, reach)
    return kind


def _is_item(page: Page, line: Integers) -> Flags:
    """Return whether each line begins with a star or bullet and ends in a word: a heading or an item of a list."""
    is_word = page.vocabulary.is_word[page.types[page.line_end[line] - 1]]
    return np.asarray(page.signs(page.line_first[line], "*•") & is_word, bool)


def _has_label_mark(spans: Spans, end: Integers, line: Integers) -> Flags:
    """Return whether a colon or the like follows the word before each `end` in the same line."""
    page = spans.page
    after = page.words[np.maximum(end, 1) - 1] + 1
    inside = after < page.line_end[line]
    return np.asarray(inside & page.signs(np.where(inside, after, 0), LABEL_MARKS), bool)


def _bracketed_credits(spans: Spans) -> None:
    """Add credits in brackets within lines: "(تصوير: سعيد)"."""
    page = spans.page
    phrases = [phrase for phrase in page.lexicon.used_as("labels", "openings") if phrase.kind == "credit"]
    starts = page.starts_of(phrases) if phrases else np.zeros(0, np.int64)
    number, end = page.match(phrases, starts)
    line = page.line_of[starts]
    good = (number >= 0) & page.signs(page.words[starts] - 1, _BRACKETS) & (starts > page.line_words[line])
    good &= page.free[starts] & ~page.is_headline[line] & _has_label_mark(spans, end, line)
    starts, end, line = starts[good], end[good], line[good]
    closing = np.append(page.places_of(_CLOSING), len(page.types))
    stop = closing[np.searchsorted(closing, page.words[starts])]
    good = (stop < page.line_end[line]) & (page.word_at(stop) - end <= _CREDIT_WORDS) & (page.word_at(stop) > end)
    starts, stop, line = starts[good], stop[good], line[good]
    spans.add(line, page.words[starts] - 1, stop + 1, CREDIT, "opening")


def _credits_at_ends(spans: Spans, longest: int) -> None:
    """Add alternative texts that run into a credit: "... مصدر الصورة Getty"."""
    page = spans.page
    phrases = page.lexicon.used_as("endings")
    if not phrases:
        return
    starts = page.starts_of(phrases)
    line = page.line_of[starts]
    inside = (starts > page.line_words[line]) & ~page.is_headline[line] & (page.free_end[line] > page.words[starts])
    starts = starts[inside]
    number, end = page.match(phrases, starts)
    line = page.line_of[starts]
    rest = page.line_words_end[line] - end
    good = (number >= 0) & (rest >= 1) & (rest <= _ENDING_WORDS) & ~spans.ends_finally(line)
    starts, end, line, number = (each[good] for each in (starts, end, line, number))
    good = page.vocabulary.is_holder[page.word_types[end]] | page.signs(page.words[end - 1] + 1, LABEL_MARKS + "،,")
    starts, line, number = (each[good] for each in (starts, line, number))
    line, first = np.unique(line, return_index=True)
    starts, kind = starts[first], kinds_of(phrases)[number[first]]
    opened = np.cumsum(page.opens)
    one_sentence = opened[starts] == opened[page.line_words[line]]
    whole = one_sentence & (page.line_sizes[line] <= longest)
    spans.add_lines(line[whole], kind[whole], "opening")
    spans.add_rest(starts[~whole], kind[~whole], "opening")


def _within_lines(spans: Spans, longest: int) -> None:
    """Add listed phrases that open the last words of a line, after the end of a sentence or in brackets."""
    page = spans.page
    starts = page.starts_of(page.lexicon.used_as("openings", "labels"))
    line = page.line_of[starts]
    free = (starts > page.line_words[line]) & ~page.is_headline[line] & page.free[starts]
    starts = starts[free]
    kind = _kinds(spans, starts, min(longest, _INLINE_WORDS), alone=False)
    bracket = page.signs(page.words[starts] - 1, _BRACKETS)
    slash = page.signs(page.words[starts] - 1, _RULES)
    good = (kind >= 0) & (page.opens[starts] | slash | (bracket & (kind == CREDIT)))
    starts, kind = starts[good], kind[good]
    _, first = np.unique(page.line_of[starts], return_index=True)
    spans.add_rest(starts[first], kind[first], "opening")
    _sure_in_source(spans, longest)


def _sure_in_source(spans: Spans, longest: int) -> None:
    """Add openings wherever they occur in the texts of a source in which nearly all of them are boilerplate."""
    page = spans.page
    phrases = page.lexicon.used_as("openings")
    starts = page.starts_of(phrases)
    number, _ = page.match(phrases, starts)
    starts, number = starts[number >= 0], number[number >= 0]
    document = page.line_document[page.line_of[starts]]
    _, group = np.unique(page.sources[document] * (len(phrases) + 1) + number, return_inverse=True)
    found = np.bincount(group, weights=~page.free[starts])
    sure = (found >= _SURE * np.bincount(group))[group] & (found[group] >= spans.least[document])
    starts = starts[sure & page.free[starts] & ~page.is_headline[page.line_of[starts]]]
    kind = _kinds(spans, starts, min(longest, _INLINE_WORDS), alone=False)
    starts, kind = starts[kind >= 0], kind[kind >= 0]
    _, first = np.unique(page.line_of[starts], return_index=True)
    spans.add_rest(starts[first], kind[first], "opening")
