"""What the columns of tables mean: `ck.columns`, from columns.toml, which has all texts in English and Arabic."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.records import as_frame, provenance_of
from corpus_kit.display.values import is_concordance
from corpus_kit.errors import choose, invalid, nearest

__all__ = [
    "LANGUAGES",
    "Explained",
    "columns",
    "explain",
    "explain_in",
    "made_by",
    "measures_of",
    "owner",
    "words_of_values",
]

LANGUAGES = ("en", "ar")
_OF_LINES = ("ck.kwic", "ck.lines")  # which tables that are made from lines have as their record, too
_OF_DOCUMENTS = {"document", "id", "tokens", "words"}  # what each table of documents has
_TEXTS = ("column", "label", "unit", "explanation", "formula")


class Explained(NamedTuple):
    """What a column means."""

    label: str
    explanation: str
    unit: str | None
    formula: str | None
    detail: int  # columns of a higher level give way first where a terminal is too narrow


def columns(table: Any = None, *, language: str = "en") -> pl.DataFrame:
    """Explain columns: what they mean, what they count, which measure they are.

    Args:
        table: A table, whose columns are explained in their order; a function that returns one, or its name such as
            "ck.frequency"; the name of a column; None for all columns of the library.
        language: The language of labels, units and explanations: "en" or "ar".

    Returns:
        A DataFrame with the columns column, label, unit, explanation (String), formula (String: the measure that
        documents it, as in `ck.measures`) and functions (List(String): whose tables have the column in this meaning).
        A column that means different things has a row for each. Of a table, a column that is none of the library, such
        as metadata, has nulls.

    Raises:
        InputError: If an argument is invalid, or there is no such column or function.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.columns("log_dice")["formula"].to_list()
        ['ck.measures.log_dice']
        >>> ck.columns(ck.vocabulary_growth)["label"].to_list()
        ['running words', 'distinct words', 'words seen once']
    """
    choose(language, LANGUAGES, "language")
    schema: dict[str, pl.DataType] = {**{name: pl.String() for name in _TEXTS}, "functions": pl.List(pl.String)}
    return pl.DataFrame([*_rows(table, language)], schema, orient="row")


def _rows(table: Any, language: str) -> Iterator[tuple[Any, ...]]:
    if table is None:
        for name in _names():
            yield from _meanings(name, language)
    elif isinstance(table, str) and explain(table, language) is not None:
        yield from _meanings(table, language)
    elif isinstance(table, str) or inspect.isroutine(table):
        function = _function(table)
        for name in _tables()[function]:
            yield _row(name, language, function)
    else:
        held = as_frame(table, "table")
        frame = held.to_frame() if isinstance(held, pl.Series) else held
        if not isinstance(frame, pl.DataFrame):
            raise invalid("table", "a table, a function, a name or None", table)
        for name in frame.columns:
            yield _row(name, language, owner(name, frame))


def _row(name: str, language: str, function: str | None) -> tuple[Any, ...]:
    found = explain_in(name, language, function)
    if found is None:
        return (name, None, None, None, None, [])
    same = [other for other in _functions(name) if explain(name, language, other) == found]
    return (name, found.label, found.unit, found.explanation, found.formula, same)


def _meanings(name: str, language: str) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each meaning of a column, with the functions whose tables have it in this meaning."""
    users: dict[Explained | None, list[str]] = {explain(name, language): []}
    for function in _functions(name):
        users.setdefault(explain(name, language, function), []).append(function)
    for found, functions in users.items():
        if found is not None and (functions or len(users) == 1):
            yield (name, found.label, found.unit, found.explanation, found.formula, functions)


def explain(name: str, language: str, function: str | None = None) -> Explained | None:
    """Return what a column means; None for one that is none of the library.

    Args:
        name: The column.
        language: "en" or "ar".
        function: Whose table it is, such as "ck.keyness", since some columns mean different things.

    >>> explain("log_ratio_low", "en").explanation
    'The lower end of the interval of log_ratio.'
    >>> explain("outlet", "en") is None
    True
    """
    entry, base = _entry(name)
    if entry is None:
        return None
    entry = {**entry, **entry.get("in", {}).get(function, {})}
    label, explanation = entry[language]
    unit, detail = entry.get("unit") or None, entry.get("detail", 0)
    unit = _content()["unit"][unit] if unit and language == "ar" else unit
    if base is not None:
        inner = explain(base, language, function) or Explained("…", "", None, None, 0)
        of = {"label": inner.label, "name": "…" if base == "*" else base}
        label, explanation = label.format(**of), explanation.format(**of)
        unit, detail = unit or inner.unit, max(detail, inner.detail)
    return Explained(label, explanation, unit, _formula(name, entry), detail)


def explain_in(name: str, language: str, function: str | None) -> Explained | None:
    """Return what a column of a table means; None for one that users have added, such as metadata.

    Args:
        name: The column.
        language: "en" or "ar".
        function: Whose table it is; None if that is not known.

    >>> explain_in("source", "en", "ck.news.network").label, explain_in("source", "en", "ck.frequency")
    ('source', None)
    >>> explain_in("count", "en", "Corpus.documents") is None  # metadata of this name
    True
    """
    entries, names = _content()["column"], (name, _entry(name)[1])
    theirs = function in _tables() or any(entries.get(each, {}).get("own") for each in names)
    is_own = any(each in _tables().get(function or "", ()) for each in names)
    return None if theirs and not is_own else explain(name, language, function)


def words_of_values(name: str, function: str | None) -> dict[str, str]:
    """Return the Arabic words of the values that the library writes into a column of a table; none for others.

    >>> words_of_values("kind", "ck.news.actors")["state"], words_of_values("kind", None)
    ('دولة', {})
    """
    if explain_in(name, "ar", function) is None:
        return {}
    entry = _content()["column"].get(name, {})
    words: dict[str, str] = {**entry, **entry.get("in", {}).get(function, {})}.get("values", {})
    return words


def _entry(name: str) -> tuple[dict[str, Any] | None, str | None]:
    """Return the entry of a column and, of one that is made of another column, that other one."""
    entries = _content()["column"]
    if "*" not in name and name in entries:
        return entries[name], None
    for pattern in _patterns():
        start, _, end = pattern.partition("*")
        base = name[len(start) : len(name) - len(end)]
        if name.startswith(start) and name.endswith(end) and (base == "*" or _entry(base)[0] is not None):
            return entries[pattern], base
    return None, None


def _formula(name: str, entry: dict[str, Any]) -> str | None:
    """Return the full name of the measure; of log_likelihood, that of keyness has the short one."""
    families = entry.get("family", "").split()
    if families and name == "log_likelihood" and "keyness" not in families:
        return f"ck.measures.{families[0]}.{name}"
    formula = entry.get("formula") or (name if families else None)
    return formula and f"ck.measures.{formula}"


def made_by(frame: pl.DataFrame) -> str | None:
    """Return the function that made a table, if that is known: from its record, or since its first columns tell."""
    record = provenance_of(frame)
    recorded = str(record["function"]) if record else None
    if recorded is not None and recorded not in _OF_LINES:
        return recorded
    if is_concordance(frame):
        return recorded or "ck.kwic"
    tables = ((function, names[:4]) for function, names in _tables().items() if not function.startswith("ck."))
    return next((function for function, first in tables if frame.columns[: len(first)] == first), recorded)


def owner(name: str, frame: pl.DataFrame) -> str | None:
    """Return the function whose column a column of a table is: of its groups, that of documents.

    A column that was taken from another table, as in a sheet of `ck.validate`, belongs to the function of that one.

    >>> import corpus_kit as ck
    >>> table = ck.frequency(ck.sample_corpus(), by="date")
    >>> owner("date", table), owner("count", table)
    ('Corpus.documents', 'ck.frequency')
    >>> sheet = ck.validate(ck.news.dates(ck.sample_corpus()), n=2)
    >>> owner("cue", sheet), owner("verdict", sheet)
    ('ck.news.dates', 'ck.validate')
    """
    record = provenance_of(frame)
    if record and isinstance(source := record["options"].get("table"), dict):
        of_source, own = (_tables().get(each["function"], ()) for each in (source, record))
        if name in of_source and name not in own:
            return str(source["function"])
    is_group = record is not None and record["options"].get("by") == name
    is_of_documents = record is None and _OF_DOCUMENTS.issubset(frame.columns)
    return "Corpus.documents" if is_group or is_of_documents else made_by(frame)


def measures_of(frame: pl.DataFrame) -> list[str]:
    """Return the measures that were asked for when a table was made, as its record says."""
    record = provenance_of(frame)
    measures = record["options"].get("measure") if record else None
    return [measures] if isinstance(measures, str) else list(measures or [])


def _function(given: str | Callable[..., Any]) -> str:
    """Return the name of a function in columns.toml."""
    known = _tables()
    if not isinstance(given, str):  # a method may be that of a base class
        owner, _, own = given.__qualname__.rpartition(".")
        places = [name for name in known if name.rpartition(".")[2] == own and name.startswith("ck.") != bool(owner)]
        in_news = (given.__module__ or "").startswith("corpus_kit.news.")
        given = next((name for name in places if name.startswith("ck.news.") == in_news), given.__qualname__)
    for name in (given, f"ck.{given}", given.replace("corpus_kit.", "ck.", 1)):
        if name in known:
            return name
    options = [*_names(), *known]
    raise invalid("table", "a column or a function of the library that returns a table", given, nearest(given, options))


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(files("corpus_kit.display").joinpath("columns.toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> list[str]:
    """Return the names with a star, the most specific first."""
    return sorted((name for name in _content()["column"] if "*" in name), key=len, reverse=True)


@cache
def _tables() -> dict[str, list[str]]:
    """Return the columns of the table of each function."""
    entries = _content()["column"]
    families: dict[str, list[str]] = {}
    for name, entry in entries.items():
        for family in entry.get("family", "").split():
            families.setdefault(f"@{family}", []).append(name)
    return {
        function: list(dict.fromkeys(name for word in line.split() for name in families.get(word, [word])))
        for function, line in _content()["table"].items()
    }


@cache
def _names() -> list[str]:
    """Return all columns: those with a text of their own, then those that are made of others."""
    own = [name for name in _content()["column"] if "*" not in name]
    return list(dict.fromkeys([*own, *(name for line in _tables().values() for name in line), *_patterns()]))


def _functions(name: str) -> list[str]:
    return [function for function, line in _tables().items() if name in line]
