"""The vocabulary of dates: the roles of each type of a corpus, from text/calendar.toml and lexicons/dates.toml.

Each type is classified once. It has *roles*: the weekday الاثنين has the role "weekday" with the value 0; الأول is the
end of the month تشرين الأول, an ordinal, and the end of أمس الأول. Its neighbours decide which role a token has.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.calendars import ARABIC_REGIONS, calendar_names, month_names
from corpus_kit.text.normalization import normalize

__all__ = ["CalendarWords", "Roles", "calendar_words", "lexicon"]

Roles: TypeAlias = dict[str, Any]

_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ل", "ك")
_SIGNS = ("/", "-", "–", ".", "،", ",", "(", ")", "\\", '"', "«", "»")
_NO_NUMBER = -1
_PLAIN_LISTS = (
    "last", "next", "this", "narrated", "year", "this_year", "month", "of", "and_so", "lead", "beside", "since",
    "ahead", "starting", "past_before_verb", "hijri_era", "christian_era",
)  # fmt: skip


class CalendarWords(NamedTuple):
    """The roles of the types of a corpus.

    of_type maps each type to a row of `roles`; numbers are values, or -1. The first row of roles is that of all other
    words, the last that of places outside a sentence.
    """

    of_type: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int64]
    roles: list[Roles]

    def having(self, *names: str) -> npt.NDArray[np.bool_]:
        """Return for each row of roles whether it has one of these."""
        return np.array([any(name in each for name in names) for each in self.roles])


@cache
def lexicon() -> dict[str, Any]:
    """Return the content of dates.toml."""
    text = files("corpus_kit.news").joinpath("lexicons/dates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def calendar_words(corpus: CorpusView) -> CalendarWords:
    """Return the roles of the types of a corpus; computed once."""
    return corpus.derive("calendar words", lambda: _classify(corpus))


def _classify(corpus: CorpusView) -> CalendarWords:
    forms = _forms()
    folded, word = corpus.type_column("folded"), corpus.type_column("word")
    roles: list[Roles] = [{}, *forms.values()]
    table = pl.DataFrame({"folded": list(forms), "row": np.arange(1, len(roles))}, schema_overrides={"row": pl.Int32})
    known = folded.alias("folded").to_frame().join(table, on="folded", how="left", maintain_order="left")["row"]
    of_type = known.fill_null(0).to_numpy().copy()
    _set_apart_other_spellings(of_type, roles, word)
    for row, others in (({"coming": True}, _future_verbs(folded)), ({"article": True}, folded.str.starts_with("ال"))):
        of_type[(of_type == 0) & others.to_numpy()] = len(roles)
        roles.append(row)
    is_number = (corpus.type_column("kind") == "number").to_numpy()
    values = folded.cast(pl.Int64, strict=False).fill_null(_NO_NUMBER).to_numpy()
    dotted = is_number & folded.str.contains(r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}$").to_numpy()
    for number in np.flatnonzero(dotted).tolist():  # few: 12.3.2026 is one token
        of_type[number] = len(roles)
        roles.append({"dotted": [int(part) for part in folded[number].split(".")]})
    roles.append({"outside": True})
    return CalendarWords(of_type, np.where(is_number, values, _NO_NUMBER), roles)


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


def _future_verbs(folded: pl.Series) -> pl.Series:
    """Return whether words begin like future verbs, with سي or ست, also after و or ف."""
    bare = folded.str.replace("^[وف]", "")
    begins = bare.str.contains("^س[يت]") & (bare.str.len_chars() >= 5)
    nouns = [_fold(each) for each in lexicon()["tense"]["not_future"]]
    return begins & ~bare.str.contains("^(?:" + "|".join(nouns) + ")")


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


def _add_cues(forms: dict[str, Roles]) -> None:
    cues = lexicon()["cues"]
    for name in _PLAIN_LISTS:
        for word in cues[name]:
            _add(forms, word, prepositions=name in ("lead", "month"), **{name: True})
    weekdays, months = lexicon()["weekdays"], lexicon()["months"]
    lists = {
        "no_weekday": weekdays["not_after"],
        "two_after": weekdays["two_not_after"],
        "two_before": weekdays["two_not_before"],
        "repeated": weekdays["repeated_after"],
        "before_unsure": months["before_unsure"],
        "named": months["names_after"],
        "part_of_month": lexicon()["days"]["not_after"],
    }
    for name, words in lists.items():
        for word in words:
            _add(forms, word, prepositions=name in ("named", "part_of_month"), **{name: True})


def _add_signs(forms: dict[str, Roles]) -> None:
    for sign in _SIGNS:
        forms.setdefault(_fold(sign) or sign, {})["sign"] = sign


def _add_tenses(forms: dict[str, Roles]) -> None:
    tense = lexicon()["tense"]
    for perfect in tense["past"]:
        feminine = (perfect[:-1] if perfect.endswith("ى") else perfect) + "ت"
        for form in (perfect, feminine):
            _add(forms, form, past=True)
    for stem in tense["coming"]:
        for form in (f"ي{stem}", f"ت{stem}"):
            _add(forms, form, coming=True)
            for ending in ("ان", "ون"):
                _add(forms, form + ending, coming=True)
    for word in tense["coming_words"]:
        _add(forms, word, coming=True)
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
    for word, number in relative["numbers"].items():
        _add(forms, word, conjunctions=False, number=number)
    for name in (
        "two_before",
        "two_before_after",
        "two_after",
        "ago",
        "from_another_day",
        "today_not_after",
        "today_not_before",
    ):
        for word in relative[name]:
            _add(forms, word, **{f"{name}_day" if name.startswith("two") else name: True})


def _add_ordinals(forms: dict[str, Roles]) -> None:
    days = lexicon()["days"]
    for number, word in enumerate(days["ordinals"], start=1):
        _add(forms, word, prepositions=True, ordinal=number)
    _add(forms, days["eleventh"], prepositions=True, ordinal=1, half=True)
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
    flags = {role: True for role, names in (("unsure", "unsure"), ("as_spelt", "as_spelt")) if name in months[names]}
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
