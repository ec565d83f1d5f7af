"""A search for all date expressions of some tokens; date_reading.py has the rules, date_resolution.py says the days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.date_expressions import NONE, Expression, joined_neighbours
from corpus_kit.news.date_reading import (
    ALL_YEARS,
    NEWS_YEARS,
    Context,
    earlier_days,
    read,
    read_numeric,
    read_short,
)
from corpus_kit.news.date_words import AFTER, ANCHORS, BEFORE, CalendarWords, calendar_words
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["Finder"]

_WORDS, _NUMERIC, _SHORT = range(3)  # how a date begins
_OPENING = 40  # tokens that open a document: اليوم without a verb is today there, and datelines are there
_PROGRAMME = 3  # weekdays of a programme, at least
_DATELINE = 8  # tokens of a paragraph before the date of its dateline, at most


class Finder:
    """A search for all dates in some tokens."""

    def __init__(self, corpus: CorpusView, tokens: Integers) -> None:
        self.corpus = corpus
        self.tokens = tokens
        self.words: CalendarWords = calendar_words(corpus)
        types = corpus.token_types[tokens]
        self.codes = self.words.of_type[types]
        self.numbers = self.words.numbers[types]
        flags = corpus.token_flags[tokens]
        self.sentences = np.cumsum((flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH)) != 0, dtype=np.int32)
        self.paragraphs = np.cumsum((flags & BEGINS_PARAGRAPH) != 0, dtype=np.int32)
        self.glued = (flags & GLUED) != 0

    def all(self) -> list[Expression]:
        """Return all expressions in the order of the text, without overlap."""
        anchor = self.words.having(*ANCHORS)
        numeric, short = self.numeric_dates(), self.short_dates()
        anchors = np.union1d(np.flatnonzero(anchor[self.codes]), np.union1d(numeric, short))
        readers = np.where(np.isin(anchors, numeric), _NUMERIC, np.where(np.isin(anchors, short), _SHORT, _WORDS))
        found: list[Expression] = []
        done = 0
        for context, reader in zip(self.contexts(anchors), readers.tolist(), strict=True):
            if context.anchor < done:
                continue
            expression = (
                read(context, self.begins_with_to)
                if reader == _WORDS
                else read_numeric(context)
                if reader == _NUMERIC
                else read_short(context)
            )
            if expression is not None and expression.first >= done:
                found += [each for each in earlier_days(context, expression) if each.first >= done]
                found.append(expression)
                done = expression.end
        dated = self.with_same_year([self.with_year_of_line(each) for each in found])
        dated = self.without_programmes(dated)
        return joined_neighbours(dated, self.sentences, self.codes, self.words.roles)

    def without_programmes(self, found: list[Expression]) -> list[Expression]:
        """Leave the days of a programme open: three weekdays of a paragraph without any word that places them."""
        weekdays: dict[int, set[int]] = {}
        bare = [each.kind == "weekday" and each.direction == "last" and each.cue == NONE for each in found]
        for each, is_bare in zip(found, bare, strict=True):
            if is_bare:
                weekdays.setdefault(int(self.paragraphs[each.first]), set()).add(each.weekday)
        return [
            replace(each, direction="none")
            if is_bare and len(weekdays[int(self.paragraphs[each.first])]) >= _PROGRAMME
            else each
            for each, is_bare in zip(found, bare, strict=True)
        ]

    def with_year_of_line(self, each: Expression) -> Expression:
        """Give a date without a year the year with which its paragraph begins, as chronicles have it: 1928 - ..."""
        if not each.month or each.year is not None or each.years is not None or each.calendar != "gregorian":
            return each
        if self.is_year_after_stop(each.end):
            return replace(each, end=each.end + 2, year=int(self.numbers[each.end + 1]), direction="", cue=NONE)
        begin = int(np.searchsorted(self.paragraphs, self.paragraphs[each.first]))
        year = int(self.numbers[begin])
        is_chronicle = year in ALL_YEARS and begin + 1 < len(self.codes)
        if is_chronicle and self.words.roles[self.codes[begin + 1]].get("sign") in ("-", "–", "("):
            return replace(each, year=year, direction="", cue=NONE)
        return each

    def is_year_after_stop(self, place: int) -> bool:
        """Return whether a full stop and a year are here that have changed places: في أبريل .2013 و..."""
        if place + 1 >= len(self.codes) or self.words.roles[self.codes[place]].get("sign") != ".":
            return False
        return bool(not self.glued[place] and self.glued[place + 1] and self.numbers[place + 1] in NEWS_YEARS)

    def with_same_year(self, found: list[Expression]) -> list[Expression]:
        """Give dates "of the same year" that of the date before them in the paragraph; without one, none.

        A month without a word that tells its year is the one of this name that the paragraph has named before.
        """
        dated: list[Expression] = []
        named: dict[tuple[int, str, int], Expression] = {}
        for each in found:
            key = int(self.paragraphs[each.first]), each.calendar, each.month
            if each.kind == "month" and each.years is None and each.direction == "unsaid" and key in named:
                each = replace(each, direction=named[key].direction, years=named[key].years)
            elif each.kind == "month" and (each.years is not None or each.direction in ("last", "next", "this")):
                named[key] = each
            if each.direction == "same":
                before = dated[-1] if dated else each
                near = before.calendar == each.calendar and self.paragraphs[before.first] == key[0]
                year = before.year if near and before.year is not None else self.year_named_before(each)
                each = replace(each, year=year, direction="" if year is not None else "none")
            dated.append(each)
        return dated

    def year_named_before(self, each: Expression) -> int | None:
        """Return the last year that the sentence names before a date, as in عام 1991."""
        begin = int(np.searchsorted(self.sentences, self.sentences[each.first]))
        numbers = self.numbers[begin : each.first].tolist()
        roles = [self.words.roles[code] for code in self.codes[begin : each.first].tolist()]
        named = [number for number, word in zip(numbers[1:], roles, strict=False) if "year_name" in word]
        return next((number for number in reversed(named) if number in ALL_YEARS), None)

    def numeric_dates(self) -> Integers:
        """Return where three numbers with the same separator begin; one of them has four digits."""
        n = len(self.codes)
        if n < 5:
            return np.zeros(0, np.int64)
        signs = self.words.rows(lambda roles: roles.get("sign") in ("/", "-", "\\"))
        second = np.flatnonzero(signs[self.codes[: n - 3]])
        second = second[second > 0]
        same = (self.codes[second] == self.codes[second + 2]) & (
            self.sentences[second - 1] == self.sentences[second + 3]
        )
        parts = [self.numbers[second + step] for step in (-1, 1, 3)]
        counted = same & np.logical_and.reduce([part > 0 for part in parts])
        counted &= (parts[0] >= 1000) | (parts[2] >= 1000)
        counted &= np.logical_and.reduce([self.glued[second + step] for step in range(4)]) | (parts[1] <= 12)
        places: Integers = second[counted] - 1
        return places

    def short_dates(self) -> Integers:
        """Return where two numbers with a slash begin after a weekday, as in الثلاثاء 7/10."""
        n = len(self.codes)
        slash = self.words.rows(lambda roles: roles.get("sign") == "/")
        weekday = self.words.having("weekday")
        second = np.flatnonzero(slash[self.codes[: max(n - 1, 0)]])
        second = second[second > 1]
        day, month = self.numbers[second - 1], self.numbers[second + 1]
        after = np.minimum(second + 2, n - 1)
        is_short = (np.minimum(day, month) >= 1) & (np.maximum(day, month) <= 31) & (np.minimum(day, month) <= 12)
        is_short &= weekday[self.codes[second - 2]] & (self.sentences[second - 2] == self.sentences[second + 1])
        is_short &= ~((slash[self.codes[after]]) & (after > second + 1))
        places: Integers = second[is_short] - 1
        return places

    def contexts(self, anchors: Integers) -> Iterator[Context]:
        """Yield the context of each of these tokens in its sentence."""
        steps = np.arange(-BEFORE, AFTER + 1)
        for begin in range(0, len(anchors), 1 << 16):
            some = anchors[begin : begin + (1 << 16)]
            places = np.clip(some[:, None] + steps, 0, len(self.codes) - 1)
            inside = (self.sentences[places] == self.sentences[some][:, None]) & (places - some[:, None] == steps)
            codes = np.where(inside, self.codes[places], len(self.words.roles) - 1).tolist()
            numbers = np.where(inside, self.numbers[places], -1).tolist()
            opens = (self.tokens[some] - self.first_tokens(some) < _OPENING).tolist()
            for anchor, is_early, row, values in zip(some.tolist(), opens, codes, numbers, strict=True):
                yield Context(anchor, is_early, row, values, self.words.roles)

    def first_tokens(self, places: Integers) -> Integers:
        """Return the first token of the document of each of these tokens."""
        documents = self.corpus.documents_of(self.tokens[places])
        return self.corpus.document_bounds(documents)[0]

    def is_dateline(self, each: Expression) -> bool:
        """Return whether a date opens an article, as in بيروت في 5 أيار (وكالات) or in a line of its own."""
        if not each.day or each.kind not in ("day", "numeric", "hijri"):
            return False
        place = np.array([each.first])
        if self.tokens[each.first] - self.first_tokens(place)[0] >= _OPENING:
            return False
        begin = max(each.first - _DATELINE, 0)
        same = np.flatnonzero(self.paragraphs[begin : each.first] == self.paragraphs[each.first])
        if len(same) > each.first - begin - (begin > 0):
            return False  # the paragraph begins earlier
        before = [self.words.roles[code] for code in self.codes[each.first - len(same) : each.first].tolist()]
        if any(role in roles for roles in before for role in ("past", "said", "did", "coming", "present")):
            return False
        if each.end >= len(self.codes) or self.paragraphs[each.end] != self.paragraphs[each.first]:
            return each.year is not None
        return len(same) > 0 and self.words.roles[self.codes[each.end]].get("sign") in ("/", "-", "–", "(")

    def begins_with_to(self, first: int, end: int) -> bool:
        """Return whether one of these tokens begins with the letter ل; called for few tokens."""
        folded = self.corpus.type_column("folded")
        types = self.corpus.token_types[self.tokens[first:end]]
        return any(folded[int(each)].startswith("ل") for each in types)
