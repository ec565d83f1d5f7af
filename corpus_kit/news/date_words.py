"""The vocabulary of dates: the roles of each type of a corpus, from text/calendar.toml and lexicons/dates.toml.

Each type is classified once. It has *roles*: the weekday الاثنين has the role "weekday" with the value 0; الأول is the
end of the month تشرين الأول, an ordinal, and the end of أمس الأول. Its neighbours decide which role a token has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.calendars import ARABIC_REGIONS, calendar_names, month_names
from corpus_kit.text.normalization import normalize
from corpus_kit.text.readings import readings

__all__ = ["AFTER", "ANCHORS", "BEFORE", "CalendarWords", "Roles", "calendar_words", "lexicon"]

Roles: TypeAlias = dict[str, Any]

BEFORE, AFTER = 14, 10  # tokens of context before and after an anchor
# What dates are read from; numeric dates from their year.
ANCHORS = ("weekday", "month_name", "month_of", "relative", "unit", "counted_unit", "dotted", "the_month")

_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ل", "ك")
_FIRST_YEAR = 1300  # of numeric dates, Hijri
_SIGNS = ("/", "-", "–", ".", "،", ",", "(", ")", "\\", ":", '"', "«", "»", "“", "”")
_OBJECTS = ("", "ه", "ها", "هم")
_NO_NUMBER = -1
_READ_AT_ONCE = 1 << 13  # words; the readings of all at once would need most of the memory
_SURELY = 0.75  # سيرجي, a name, could be a verb
_PLAIN_LISTS = (
    "last", "next", "this", "narrated", "year", "this_year", "month", "of", "and_so", "lead", "beside", "since",
    "ahead", "starting", "past_before_verb", "hijri_era", "christian_era", "to", "of_week", "week", "willing",
    "night_of", "the_month", "or", "son", "same", "on", "in", "that", "calendar_year", "stamp",
)  # fmt: skip


class CalendarWords(NamedTuple):
    """The roles of the types of a corpus.

    of_type maps each type to a row of `roles`; numbers are values, or -1. The first row of roles is that of all other
    words, the last that of places outside a sentence.
    """

    of_type: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int32]
    roles: list[Roles]

    def having(self, *names: str) -> npt.NDArray[np.bool_]:
        """Return for each row of roles whether it has one of these."""
        return self.rows(lambda roles: any(name in roles for name in names))

    def rows(self, has: Callable[[Roles], bool]) -> npt.NDArray[np.bool_]:
        """Return for each row of roles whether this holds."""
        return np.array([has(each) for each in self.roles], bool)


@cache
def lexicon() -> dict[str, Any]:
    """Return the content of dates.toml."""
    text = files("corpus_kit.news").joinpath("lexicons/dates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def calendar_words(corpus: CorpusView) -> CalendarWords:
    """Return the roles of the types of a corpus; computed once."""
    return corpus.derive_from_tokens("calendar words", lambda: _classify(corpus))


def _classify(corpus: CorpusView) -> CalendarWords:
    folded, word = corpus.type_column("folded"), corpus.type_column("word")
    known = folded.alias("folded").to_frame().join(_numbered_forms(), on="folded", how="left", maintain_order="left")
    occurring, places = np.unique(np.append(0, known["row"].fill_null(0).to_numpy()), return_inverse=True)
    of_type = places[1:].astype(np.int32)
    of_forms = list(_forms().values())
    roles: list[Roles] = [{}, *(of_forms[row - 1] for row in occurring[1:].tolist())]
    _set_apart_other_spellings(of_type, roles, word)
    of_type[_nouns_like_perfects(folded, word)] = 0
    is_number = (corpus.type_column("kind") == "number").to_numpy()
    values = folded.cast(pl.Int64, strict=False).fill_null(_NO_NUMBER).to_numpy()
    dotted = is_number & folded.str.contains(r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}$").to_numpy()
    for number in np.flatnonzero(dotted).tolist():  # few: 12.3.2026 is one token
        of_type[number] = len(roles)
        roles.append({"dotted": [int(part) for part in folded[number].split(".")]})
    anchors = np.array([any(name in each for name in ANCHORS) for each in roles])[of_type]
    near = _types_near(corpus, anchors | (is_number & (values >= _FIRST_YEAR)))
    for row, others in (*_verb_forms(word, near), ({"article": True}, folded.str.contains("^ف?ال"))):
        of_type[(of_type == 0) & others.to_numpy()] = len(roles)
        roles.append(row)
    roles.append({"outside": True})
    numbers = np.where(is_number & (values < 1 << 31), values, _NO_NUMBER).astype(np.int32)
    return CalendarWords(of_type, numbers, roles)


def _set_apart_other_spellings(of_type: npt.NDArray[np.int32], roles: list[Roles], word: pl.Series) -> None:
    """Give types such as أب, which folds to the same as آب, roles of their own: a month after a day only."""
    listed = lexicon()["months"]["as_spelt"]
    right = {before + name for name in listed for before in _CONJUNCTIONS}
    strict = np.array([each.get("as_spelt", False) for each in roles])
    rows: dict[int, int] = {}
    for number in np.flatnonzero(strict[of_type]).tolist():
        if word[number] not in right:
            row = int(of_type[number])
            if row not in rows:
                rows[row] = len(roles)
                roles.append({**roles[row], "needs_day": True})
            of_type[number] = rows[row]


def _nouns_like_perfects(folded: pl.Series, word: pl.Series) -> npt.NDArray[np.bool_]:
    """Return which types are nouns such as إقامتها, which fold to the same as the perfect أقامتها."""
    tense = lexicon()["tense"]
    stems = [perfect.removesuffix("ى") for role in ("past", "said") for perfect in tense[role] if perfect[0] == "أ"]
    forms = [before + _fold(stem + "ت" + end) for stem in stems for before in _CONJUNCTIONS for end in _OBJECTS]
    nouns: npt.NDArray[np.bool_] = (folded.is_in(forms) & word.str.contains("^[وف]?إ")).to_numpy()
    return nouns


def _types_near(corpus: CorpusView, anchors: npt.NDArray[np.bool_]) -> pl.Series:
    """Return which types occur near one of these types; only those are read as verbs."""
    tokens = corpus.token_types
    places = np.flatnonzero(anchors[tokens])
    near = np.zeros(len(anchors), bool)
    for step in range(-BEFORE, AFTER + 1):
        near[tokens[np.clip(places + step, 0, len(tokens) - 1)]] = True
    return pl.Series(near)


def _verb_forms(word: pl.Series, near: pl.Series) -> Iterator[tuple[Roles, pl.Series]]:
    """Yield the roles of verb forms near dates, and whether words are such a form and hardly anything else.

    Futures such as سيلتقي or وستبدأ, presents such as يعيش, and perfects of which she is the subject: استعادت.
    """
    spelt = "^[وف]?س?[أينت].{2}|..ت(?:ه|ها|هم)?$"
    words = word.filter(near & word.str.contains(spelt)).unique(maintain_order=True)
    columns = ("word", "segments", "tense", "probability")
    blocks = (words.slice(begin, _READ_AT_ONCE) for begin in range(0, max(len(words), 1), _READ_AT_ONCE))
    known = pl.concat([readings(block).select(columns) for block in blocks])
    future = pl.col("segments").list.contains("س")
    present = pl.col("tense").is_in(["indicative", "subjunctive", "jussive"]) & ~future
    for name, reading in (("future", future), ("present", present), ("did", pl.col("tense") == "perfect")):
        likely = known.filter(reading).group_by("word").agg(pl.col("probability").sum())
        roles = {"coming": True, "future": True} if name == "future" else {name: True}
        yield roles, word.is_in(likely.filter(pl.col("probability") >= _SURELY)["word"].implode())


def _fold(word: str) -> str:
    folded: str = normalize(word, "search")
    return folded


@cache
def _forms() -> dict[str, Roles]:
    """Return each folded form and its roles."""
    forms: dict[str, Roles] = {}
    for add in (_add_cues, _add_signs, _add_tenses, _add_relative, _add_ordinals, _add_months, _add_weekdays):
        add(forms)
    for form, roles in forms.items():
        if form.startswith("ال"):
            roles["article"] = True
    return forms


@cache
def _numbered_forms() -> pl.DataFrame:
    """Return each folded form and its number, from 1."""
    folded = pl.Series("folded", list(_forms()), dtype=pl.String)
    return pl.DataFrame([folded, pl.Series("row", np.arange(1, len(folded) + 1, dtype=np.int32))])


def _add(
    forms: dict[str, Roles], word: str, *, prepositions: bool = False, conjunctions: bool = True, **roles: Any
) -> None:
    """Give a word roles, also after و ف (and ب ل ك)."""
    form = _fold(word)
    for conjunction in _CONJUNCTIONS if conjunctions else ("",):
        for preposition in _PREPOSITIONS if prepositions else ("",):
            hidden = preposition == "ل" and form.startswith("ال")  # after ل the article loses its alef
            spelt = conjunction + preposition + (form[1:] if hidden else form)
            forms.setdefault(spelt, {}).update(roles)
            if conjunction:
                forms[spelt]["joins"] = True


def _add_cues(forms: dict[str, Roles]) -> None:
    cues = lexicon()["cues"]
    for name in _PLAIN_LISTS:
        for word in cues[name]:
            _add(forms, word, prepositions=name in ("lead", "month", "night_of"), **{name: True})
    for word in (*cues["year"], *cues["this_year"]):
        _add(forms, word, prepositions=True, year_name=True)
    weekdays, months = lexicon()["weekdays"], lexicon()["months"]
    lists = {
        "no_weekday": weekdays["not_after"],
        "two_after": weekdays["two_not_after"],
        "two_before": weekdays["two_not_before"],
        "two_parts": weekdays["two_parts"],
        "hours": weekdays["hours"],
        "repeated": weekdays["repeated_after"],
        "fixed": weekdays["fixed"],
        "first_name": weekdays["first_names"],
        "before_unsure": months["before_unsure"],
        "named": months["names_after"],
        "born": months["born"],
        "publication": weekdays["papers"],
        "worship": weekdays["worship"],
        "after_event": weekdays["after_event"],
        "name_title": weekdays["titles"],
        "city_before": months["city_before"],
        "no_month": months["not_before"],
        "part_of_month": lexicon()["days"]["not_after"],
        "usual": months["usual"],
        "especially": months["especially"],
        "not_expected": lexicon()["tense"]["not_expected"],
        "exactly": months["exactly"],
        "honoured": months["honoured"],
        "compared": months["compared"],
        "months": months["plural"],
        "like": months["like"],
    }
    for name, words in lists.items():
        for word in words:
            _add(forms, word, prepositions=name in ("no_weekday", "named", "part_of_month", "worship"), **{name: True})


def _add_signs(forms: dict[str, Roles]) -> None:
    forms.setdefault("--", {})["sign"] = "-"
    for sign in _SIGNS:
        forms.setdefault(_fold(sign) or sign, {})["sign"] = sign
    forms.setdefault("", {})["sign"] = "–"  # a tatweel alone, which folds to nothing: 2 ـ 4 شوال


def _add_tenses(forms: dict[str, Roles]) -> None:
    tense = lexicon()["tense"]
    for role in ("past", "said"):
        for perfect in tense[role]:
            bare = perfect.removesuffix("ى")
            for form in (perfect, bare + "وا", *(bare + "ت" + end for end in _OBJECTS)):
                _add(forms, form, **{role: True})
    for stem in tense["coming"]:
        for form in (f"ي{stem}", f"ت{stem}"):
            _add(forms, form, coming=True)
            for ending in ("ان", "ون"):
                _add(forms, form + ending, coming=True)
    for word in tense["no_verbs"]:
        forms[_fold(word)].pop("coming", None)
    for word in tense["coming_words"]:
        _add(forms, word, coming=True, future=True)
    for word in tense["delivery"]:
        _add(forms, word, coming=True, future=True, delivery=True)
    for word in tense["coming_without_to"]:
        _add(forms, word, coming_without_to=True)


def _add_relative(forms: dict[str, Roles]) -> None:
    relative = lexicon()["relative"]
    for word, days in relative["days"].items():
        _add(forms, word, relative=days)
    for word, days in relative["unit"].items():
        _add(forms, word, conjunctions=False, unit=days)
    for word, days in relative["counted_unit"].items():
        _add(forms, word, conjunctions=False, counted_unit=days)
    for word, years in relative["years"].items():
        _add(forms, word, conjunctions=False, years=years)
    for word, number in relative["numbers"].items():
        _add(forms, word, conjunctions=False, number=number)
    for name in (
        "two_before",
        "two_before_after",
        "two_after",
        "ago",
        "from_another_day",
        "another_day",
        "only",
        "today_not_after",
        "today_not_before",
        "today_after",
        "today_beside",
        "nowadays_after",
        "what",
        "night",
        "long_ago",
        "as_if",
        "loosely",
        "after_lead",
        "before_weekday",
    ):
        for word in relative[name]:
            _add(forms, word, **{f"{name}_day" if name.startswith("two") else name: True})
    for word in relative["this"]:
        _add(forms, word, this_day=True)


def _add_ordinals(forms: dict[str, Roles]) -> None:
    days = lexicon()["days"]
    for word in days["first_day"]:
        _add(forms, word, prepositions=True, first_day=True)
    for number, word in enumerate(days["ordinals"], start=1):
        _add(forms, word, prepositions=True, ordinal=number)
    for word in days["first_of_ten"]:
        _add(forms, word, prepositions=True, ordinal=1, half=True)
    _add(forms, days["ten_more"], conjunctions=False, ten_more=True)
    for number, words in days["tens"].items():
        for word in words:
            _add(forms, word, prepositions=True, tens=int(number))
            forms.setdefault("و" + _fold(word), {})["and_tens"] = int(number)


def _add_months(forms: dict[str, Roles]) -> None:
    for region in (*ARABIC_REGIONS, "hijri"):
        calendar = "hijri" if region == "hijri" else "gregorian"
        for number, names in enumerate(month_names(region), start=1):
            for name in names:
                _add_month(forms, name, (calendar, number))


def _add_month(forms: dict[str, Roles], name: str, month: tuple[str, int]) -> None:
    months = lexicon()["months"]
    flags = {
        role: True
        for role, names in (
            ("unsure", "unsure"),
            ("as_spelt", "as_spelt"),
            ("needs_frame", "frame_after"),
            ("habitual", "habitual"),
        )
        if name in months[names]
    }
    prepositions = name not in months["no_preposition"]
    first, _, second = name.partition(" ")
    if not second:
        _add(forms, name, prepositions=prepositions, month_name=month, **flags)
        return
    _add(forms, first, prepositions=True)
    for before in _CONJUNCTIONS:
        for preposition in _PREPOSITIONS:
            forms[before + preposition + _fold(first)].setdefault("month_of", {})[_fold(second)] = month
    forms.setdefault(_fold(second), {})["ends"] = _fold(second)


def _add_weekdays(forms: dict[str, Roles]) -> None:
    for number, names in enumerate(calendar_names()["weekdays"]["arabic"]):
        for name in names:
            _add(forms, name, prepositions=True, weekday=number)
            if name in lexicon()["weekdays"]["family_names"]:
                forms[_fold(name)]["family_name"] = True
