"""A search for all date expressions of some tokens; date_reading.py has the rules, date_resolution.py says the days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.date_context import Context
from corpus_kit.news.date_expressions import NONE, Expression, joined_neighbours
from corpus_kit.news.date_reading import (
    ALL_YEARS,
    NEWS_YEARS,
    SURNAME,
    earlier_days,
    read,
    read_numeric,
    read_of_month,
    read_short,
)
from corpus_kit.news.date_words import AFTER, ANCHORS, BEFORE, CalendarWords, Roles, calendar_words
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["Finder"]

_WORDS, _NUMERIC, _SHORT, _OF_MONTH = range(4)  # how a date begins
_PLACE = 5  # tokens, at most, before the date of a dateline without a year
_OPENING = 40  # tokens that open a document: اليوم without a verb is today there, and datelines are there
_NEAR_OPENING = 170  # tokens; news has its اليوم there, essays have theirs anywhere
_SENTENCE = 100  # tokens, at most, before a date of the same year that can name it
_DATES_BEFORE = 5  # expressions, at most, before a day of the same month, the last of which with a month names it
_PROGRAMME = 3  # weekdays of a programme, at least
_YEARS_AHEAD = {0: "this", 1: "next", -1: "last"}  # العام المقبل 2015 is said in 2014
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
        kinds = {
            _NUMERIC: self.numeric_dates(),
            _SHORT: np.union1d(self.short_dates(), self.short_datelines()),
            _OF_MONTH: self.days_of_month(),
        }
        anchors = np.unique(np.concatenate([np.flatnonzero(anchor[self.codes]), *kinds.values()]))
        readers = np.full(len(anchors), _WORDS)
        for kind, places in reversed(kinds.items()):
            readers[np.searchsorted(anchors, places)] = kind
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
                if reader == _SHORT
                else read_of_month(context)
            )
            if expression is not None and expression.first >= done:
                found += [each for each in earlier_days(context, expression) if each.first >= done]
                found.append(expression)
                done = expression.end
        found = self.without_surnames(self.without_named_days(found))
        dated = self.with_same_year([self.with_year_of_line(each) for each in found])
        dated = self.with_days_alone(self.without_programmes(dated))
        joined = joined_neighbours(dated, self.sentences, self.codes, self.words.roles)
        return self.with_calendars(joined)

    def with_calendars(self, found: list[Expression]) -> list[Expression]:
        """Give a day of this month, that no weekday explains, the calendar of its document.

        It is the one of which the document names days or months, if of one only (Ramadan is named by all); if of none,
        the Gregorian one, unless the corpus has days of the other.
        """
        explained = {each.beside for each in found if each.kind == "weekday"}
        bare = [each.calendar == "either" and not each.month and each.direction != "" for each in found]
        if not any(bare):
            return found
        documents = self.corpus.documents_of(self.tokens[np.array([each.first for each in found], np.int64)]).tolist()
        named: dict[int, set[str]] = {}
        for document, each in zip(documents, found, strict=True):
            if each.month and (each.kind != "month" or "habitual" not in self.roles(each.end - 1)):
                named.setdefault(document, set()).add(each.calendar)
        has_hijri = any(each.kind == "hijri" for each in found)
        default = set() if has_hijri else {"gregorian"}
        dated = list(found)
        for number, (document, each) in enumerate(zip(documents, found, strict=True)):
            calendars = named.get(document, default)
            if bare[number] and number not in explained and len(calendars) == 1:
                (calendar,) = calendars
                kind = "hijri" if calendar == "hijri" else each.kind
                dated[number] = each if calendar == "either" else replace(each, calendar=calendar, kind=kind)
        return dated

    def without_named_days(self, found: list[Expression]) -> list[Expression]:
        """Leave a day open that is a name in its document: after قوى 14 آذار also دعت 14 آذار, but not في 14 آذار."""
        is_named = [
            each.day > 0 and each.month > 0 and each.direction == "none" and "named" in self.roles(each.first - 1)
            for each in found
        ]
        if not any(is_named):
            return found
        documents = self.corpus.documents_of(self.tokens[np.array([each.first for each in found], np.int64)]).tolist()
        keys = [
            (document, each.calendar, each.month, each.day) for document, each in zip(documents, found, strict=True)
        ]
        named = {key for key, is_name in zip(keys, is_named, strict=True) if is_name}
        framed = ("in", "lead", "to", "since", "of", "ahead", "weekday", "beside")
        return [
            replace(each, direction="none", cue=NONE)
            if key in named
            and each.year is None
            and each.years is None
            and not any(role in self.roles(each.first - 1) for role in framed)
            else each
            for key, each in zip(keys, found, strict=True)
        ]

    def without_surnames(self, found: list[Expression]) -> list[Expression]:
        """Leave out weekdays that are surnames, and those right after a verb in the same document: وقال الخميس."""
        if not any(each.direction == SURNAME for each in found):
            return found
        documents = self.corpus.documents_of(self.tokens[np.array([each.first for each in found], np.int64)]).tolist()
        named = {
            (document, each.weekday)
            for document, each in zip(documents, found, strict=True)
            if each.direction == SURNAME
        }
        return [
            each
            for document, each in zip(documents, found, strict=True)
            if each.direction != SURNAME
            and not (
                each.kind == "weekday"
                and each.cue == each.first - 1
                and each.direction == "last"
                and (document, each.weekday) in named
            )
        ]

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

    def with_days_alone(self, found: list[Expression]) -> list[Expression]:
        """Leave اليوم open of which only a verb says that it is today, deep in a text that tells no other day."""
        if not any(each.direction == "alone" for each in found):
            return found
        documents = self.corpus.documents_of(self.tokens[np.array([each.first for each in found], np.int64)]).tolist()
        telling = {"relative": ("",), "weekday": ("last", "before", "coming", "next", "near", "this")}
        numbered = list(zip(documents, found, strict=True))
        told = {document for document, each in numbered if each.direction in telling.get(each.kind, ())}
        return [
            each
            if each.direction != "alone"
            else replace(each, direction="", cue=NONE)
            if document in told or self.is_within(each, _NEAR_OPENING)
            else replace(each, direction="none")
            for document, each in numbered
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
            if each.direction == "same" and not each.month:
                before = next((one for one in reversed(dated[-_DATES_BEFORE:]) if one.month), each)
                near = before.month > 0 and self.paragraphs[before.first] == key[0]
                kind = "hijri" if before.calendar == "hijri" else "day"
                month = replace(before, first=each.first, end=each.end, kind=kind, day=each.day)
                each = month if near else replace(each, direction="none")
            elif each.direction == "same":
                before = dated[-1] if dated else each
                near = before.calendar == each.calendar and self.paragraphs[before.first] == key[0]
                year = before.year if near and before.year is not None else self.year_named_before(each)
                each = replace(each, year=year, direction="" if year is not None else "none")
            dated.append(each)
        return dated

    def year_named_before(self, each: Expression) -> int | None:
        """Return the last year that the sentence names before a date, as in عام 1991."""
        begin = int(np.searchsorted(self.sentences, self.sentences[each.first]))
        begin = max(begin, each.first - _SENTENCE)
        numbers = self.numbers[begin : each.first].tolist()
        roles = [self.words.roles[code] for code in self.codes[begin : each.first].tolist()]
        named = [number for number, word in zip(numbers[1:], roles, strict=False) if "year_name" in word]
        return next((number for number in reversed(named) if number in ALL_YEARS), None)

    def years_called_this(self) -> list[tuple[int, int]]:
        """Return documents with the year that their words call this one: العام الحالي 2014, العام المقبل (2015)."""
        n = len(self.codes)
        numbers = np.flatnonzero((self.numbers >= NEWS_YEARS.start) & (self.numbers < NEWS_YEARS.stop))
        years: list[tuple[int, int]] = []
        for place in numbers[numbers > 2].tolist():
            before = place - 2 if self.roles(place - 1).get("sign") == "(" else place - 1
            after = self.roles(place + 1).get("sign") if place + 1 < n else None
            if after in ("/", "-", "–") or self.sentences[before - 1] != self.sentences[place]:
                continue  # a school year
            ahead = next((step for step, role in _YEARS_AHEAD.items() if role in self.roles(before)), None)
            if ahead is not None and "year_name" in self.roles(before - 1):
                years.append((place, int(self.numbers[place]) - ahead))
        documents = self.corpus.documents_of(self.tokens[np.array([place for place, _ in years], np.int64)])
        return [(document, year) for document, (_, year) in zip(documents.tolist(), years, strict=True)]

    def documents_of_year(self, years: dict[int, int]) -> list[int]:
        """Return the documents, of these, whose words name the year that is given for them."""
        bounds = self.corpus.document_bounds(np.array(list(years), np.int64))
        first, end = (np.searchsorted(self.tokens, bound) for bound in bounds)
        return [
            document
            for (document, year), one, other in zip(years.items(), first.tolist(), end.tolist(), strict=True)
            if (self.numbers[one:other] == year).any()
        ]

    def roles(self, place: int) -> Roles:
        """Return the roles of a token."""
        return self.words.roles[int(self.codes[place])]

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
        weekday, beside = self.words.having("weekday"), self.words.having("beside")
        second = np.flatnonzero(slash[self.codes[: max(n - 1, 0)]])
        second = second[second > 1]
        day, month = self.numbers[second - 1], self.numbers[second + 1]
        after = np.minimum(second + 2, n - 1)
        is_short = (np.minimum(day, month) >= 1) & (np.maximum(day, month) <= 31) & (np.minimum(day, month) <= 12)
        named = np.where(beside[self.codes[second - 2]], second - 3, second - 2)  # الاثنين الموافق 10/5
        is_short &= weekday[self.codes[named]] & (self.sentences[named] == self.sentences[second + 1])
        is_short &= ~((slash[self.codes[after]]) & (after > second + 1))
        places: Integers = second[is_short] - 1
        return places

    def short_datelines(self) -> Integers:
        """Return where two numbers with a dash begin in a dateline, as in الكويت - 18 - 1 (كونا) --."""
        dash = self.words.rows(lambda roles: roles.get("sign") in ("-", "–"))[self.codes]
        opens = self.words.rows(lambda roles: roles.get("sign") == "(")[self.codes]
        closes = self.words.rows(lambda roles: roles.get("sign") == ")")[self.codes]
        n = len(self.codes)
        if n < 8:
            return np.zeros(0, np.int64)
        pattern = (dash, None, dash, None, opens, None, closes, dash)
        signs = [row[step : n - 7 + step] for step, row in enumerate(pattern) if row is not None]
        day = np.flatnonzero(np.logical_and.reduce(signs)) + 1
        is_date = (self.numbers[day] >= 1) & (self.numbers[day] <= 31)
        is_date &= (self.numbers[day + 2] >= 1) & (self.numbers[day + 2] <= 12)
        day = day[is_date]
        places: Integers = day[self.tokens[day] - self.first_tokens(day) <= _PLACE]
        return places

    def days_of_month(self) -> Integers:
        """Return the places of الجاري and the like after a day, as in في 20 الجاري."""
        known = self.words.having("last", "next", "this")
        of, ordinal = self.words.having("of"), self.words.having("ordinal", "tens", "ten_more", "and_tens")
        places: Integers = np.flatnonzero(known[self.codes[2:]]) + 2
        before = np.where(of[self.codes[places - 1]], places - 2, places - 1)
        number = self.numbers[before]
        is_day = ((number >= 1) & (number <= 31)) | (ordinal[self.codes[before]] & (before < places - 1))
        places = places[is_day]
        folded = self.corpus.type_column("folded")
        types = self.corpus.token_types[self.tokens[places]].tolist()
        is_singular = np.array([not folded[each].endswith(("ه", "ة", "ين")) for each in types], bool)
        days: Integers = places[is_singular]
        return days

    def contexts(self, anchors: Integers) -> Iterator[Context]:
        """Yield the context of each of these tokens in its sentence."""
        steps = np.arange(-BEFORE, AFTER + 1)
        for begin in range(0, len(anchors), 1 << 12):
            some = anchors[begin : begin + (1 << 12)]
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

    def is_within(self, each: Expression, tokens: int) -> bool:
        """Return whether an expression begins within so many tokens of its document."""
        return bool(self.tokens[each.first] - self.first_tokens(np.array([each.first]))[0] < tokens)

    def is_dateline(self, each: Expression) -> bool:
        """Return whether a date opens an article, as in بيروت في 5 أيار (وكالات) or in a line of its own."""
        if not each.day or each.kind not in ("day", "numeric", "hijri"):
            return False
        begin = max(each.first - _DATELINE, 0)
        same = np.flatnonzero(self.paragraphs[begin : each.first] == self.paragraphs[each.first])
        if len(same) > each.first - begin - (begin > 0) or not self.is_within(each, _OPENING):
            return False  # the paragraph begins earlier
        before = [self.words.roles[code] for code in self.codes[each.first - len(same) : each.first].tolist()]
        if each.year is not None and any("stamp" in roles for roles in before[:2]) and before[-1].get("sign") == ":":
            return True  # نشر في: 30/06/2019
        if any(role in roles for roles in before for role in ("past", "said", "did", "coming", "present")):
            return False
        if each.end >= len(self.codes) or self.paragraphs[each.end] != self.paragraphs[each.first]:
            is_alone = all("weekday" in roles or "lead" in roles or "sign" in roles for roles in before)
            return each.year is not None and (is_alone or self.is_within(each, len(same) + 1))
        sign = self.roles(each.end).get("sign")
        return len(same) > 0 and (sign in ("/", "-", "–", "(") or (sign == ":" and each.year is not None))

    def begins_with_to(self, first: int, end: int) -> bool:
        """Return whether one of these tokens begins with the letter ل; called for few tokens."""
        folded = self.corpus.type_column("folded")
        types = self.corpus.token_types[self.tokens[first:end]]
        return any(folded[int(each)].startswith("ل") for each in types)
