"""The documents that a command works on: `--where`, `--containing` and the like."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.metadata import listed, type_name
from corpus_kit.cli.options import Containing, Definitions, NotContaining, Structures, Syntax, Where, as_pairs
from corpus_kit.cli.output import step
from corpus_kit.coding.join_codes import table_of_file
from corpus_kit.corpus.filtering import filtered_documents, predicates_of
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.news.structure import headlines
from corpus_kit.search.kwic import SYNTAXES

__all__ = [
    "SELECTION",
    "Deduplicate",
    "Exclude",
    "Selection",
    "as_pattern",
    "open_selected",
    "select",
    "selected",
]

_EXCLUDED = ("boilerplate", "headlines", "quotations")

Deduplicate = Annotated[bool, typer.Option("--deduplicate", help="Leave out near-duplicates of documents that stay.")]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="<str>",
        help="Leave out parts of the texts: boilerplate (boilerplate=COLUMN: what repeats in one value of it), "
        "headlines or quotations; can be repeated.",
    ),
]

# The options of every command that counts or searches: their annotations.
SELECTION: dict[str, Any] = {
    "where": Where,
    "containing": Containing,
    "deduplicate": Deduplicate,
    "exclude": Exclude,
    "not_containing": NotContaining,
    "syntax": Syntax,
    "definitions": Definitions,
    "structure": Structures,
}


class Selection(NamedTuple):
    """What was typed of these options."""

    where: list[str] | None = None
    containing: list[str] | None = None
    deduplicate: bool | None = None
    exclude: list[str] | None = None
    not_containing: list[str] | None = None
    syntax: str | None = None
    definitions: list[str] | None = None
    structure: list[str] | None = None


def open_selected(path: str | Path, selection: Selection) -> ck.Corpus:
    """Open a corpus and select its documents, then the parts of their texts."""
    opened = ck.Corpus.open(path)
    return selected(opened, selection)


def selected(corpus: ck.Corpus, selection: Selection) -> ck.Corpus:
    """Return the documents that were selected: conditions first, then duplicates, then parts of texts.

    What patterns may name comes before all of it: word lists, macros and structures.
    """
    choose(selection.syntax or "native", SYNTAXES, "--syntax")
    for file in selection.definitions or []:
        corpus = corpus.with_definitions(file)
    if selection.structure:
        corpus = corpus.with_structures(**_structures(selection.structure))
    corpus = select(corpus, selection.where or [], "--where")
    for pattern in selection.containing or []:
        with step("Searching"):
            corpus = corpus.containing(as_pattern(pattern, selection.syntax))
    for pattern in selection.not_containing or []:
        with step("Searching"):
            corpus = corpus.containing(as_pattern(pattern, selection.syntax), invert=True)
    if selection.deduplicate:
        with step("Finding near-duplicates"):
            corpus = corpus.deduplicate()
    for each in selection.exclude or []:
        part, _, column = each.partition("=")
        choose(part, _EXCLUDED, "--exclude")
        if column and part != "boilerplate":
            raise InputError(f"--exclude must be boilerplate=COLUMN or a name, got {each!r}.")
        if column:
            choose(column, corpus.label_columns(), "the column of --exclude")
        with step(f"Finding {part}"):
            corpus = corpus.exclude(_spans(corpus, part, column))
    return corpus


def as_pattern(pattern: str, syntax: str | None) -> str:
    """Return a pattern in the language of --syntax.

    >>> type(as_pattern("[pos=NOUN]", None)).__name__, type(as_pattern('"قال"', "cqp")).__name__
    ('str', 'CqpQuery')
    """
    return ck.cqp(pattern) if syntax == "cqp" else pattern


def _structures(given: list[str]) -> dict[str, pl.DataFrame]:
    """Return the tables of --structure by their names."""
    named = as_pairs(given, "--structure")
    if len(named) < len(given):
        raise InputError("--structure must be given once for each name.")
    return {name: _places(table_of_file(Path(file), f"--structure {name}"), name) for name, file in named.items()}


def _places(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return a table whose places are numbers; those of a sheet are texts."""
    for column in {"document", "start", "end"} & set(table.columns):
        texts = table[column]
        if texts.dtype == pl.String:
            numbers = texts.cast(pl.Int64, strict=False)
            if lost := texts.filter(numbers.is_null() & texts.is_not_null()).to_list():
                raise invalid(f"--structure {name}", f"a table with integers in the column {column!r}", lost[0])
            table = table.with_columns(numbers)
    return table


def _spans(corpus: ck.Corpus, part: str, column: str) -> pl.DataFrame:
    if part == "headlines":
        return headlines(corpus)
    return ck.news.quotations(corpus) if part == "quotations" else ck.news.boilerplate(corpus, by=column or None)


# ------------------------------------------------------------------------------- conditions

_OPERATORS = re.compile(r"(<=|>=|!=|=|<|>)")
_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_COMPARABLE = (pl.Date, pl.Datetime)
_PARTS_OF_DAYS = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")


class _Condition(NamedTuple):
    """A condition as it was typed, and what its column holds."""

    text: str
    option: str
    operator: str
    value: str
    labels: pl.Series  # of all documents


def select(corpus: ck.Corpus, conditions: list[str], option: str) -> ck.Corpus:
    """Return the documents that meet all conditions of an option.

    ``COLUMN=VALUE`` is ``corpus.filter(COLUMN=VALUE)``, ``COLUMN=A|B`` a list, ``COLUMN=LOW..HIGH`` a pair, each end of
    which can be left out, and ``COLUMN=`` None. A value that the column has is meant as it is. ``!=`` selects all other
    documents, those without a value too; ``<``, ``<=``, ``>`` and ``>=`` compare numbers and dates.
    """
    chosen = corpus
    for condition in conditions:
        read = _read(corpus, condition, option)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that no document meets it is an error here
            chosen = _meeting(chosen, read)
            if len(chosen):
                continue
            meets_alone = len(_meeting(corpus, read)) > 0
        if meets_alone:
            raise InputError(f"No document has {' and '.join(conditions)} together.")
        raise InputError(f"No document has {condition}. {_values_of(read.labels)}")
    return chosen


def _values_of(labels: pl.Series, most: int = 20) -> str:
    """Return which values a column has, or from where to where they go."""
    known = labels.drop_nulls().unique()
    if not len(known):
        return f"{labels.name} has no values."
    if labels.dtype.is_numeric() or labels.dtype.is_temporal():
        return f"{labels.name} goes from {known.min()!s} to {known.max()!s}."
    texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in known.cast(pl.String).sort()]
    more = f", … ({len(texts):,} in all)" if len(texts) > most else ""
    return f"Values of {labels.name}: {listed(texts[:most])}{more}."


def _read(corpus: ck.Corpus, condition: str, option: str) -> _Condition:
    """Read a condition; a name of a column may hold an operator, too, and spaces may stand around one."""
    found = [each for each in _OPERATORS.finditer(condition) if condition[: each.start()].strip()]
    if not found:
        raise InputError(
            f"{option} must be COLUMN=VALUE, COLUMN=LOW..HIGH, COLUMN=A|B, COLUMN!=VALUE, COLUMN<=VALUE or the like, "
            f"got {condition!r}."
        )
    known = corpus.label_columns()
    sign = next((each for each in found if condition[: each.start()] in known), None)
    sign = sign or next((each for each in found if condition[: each.start()].strip() in known), found[0])
    before = condition[: sign.start()]
    labels = corpus.labels(choose(before if before in known else before.strip(), known, option), selected=False)
    value = condition[sign.end() :]
    if not _is_known(labels, value):
        value = (value.removeprefix("=") if sign[0] == "=" else value).strip()  # == is = of other languages
    return _Condition(condition, option, sign[0], value, labels)


def _is_known(labels: pl.Series, value: str) -> bool:
    return labels.dtype in _TEXTS and bool((labels.cast(pl.String) == value).any())


def _meeting(corpus: ck.Corpus, condition: _Condition) -> ck.Corpus:
    """Return the documents that meet a condition, by what `Corpus.filter` takes for it."""
    labels, operator, value = condition.labels, condition.operator, condition.value
    if operator in ("=", "!="):
        wanted = _wanted(condition)
    else:
        bound = _bound(condition, value)
        wanted = (bound, None) if operator in ("<", ">=") else (None, bound)
    if operator in ("=", "<=", ">="):
        return corpus.filter(**{labels.name: wanted})
    (meets,) = predicates_of(corpus, {labels.name: wanted})
    other = ~meets.fill_null(False)
    if operator != "!=":
        other = other & pl.col(labels.name).is_not_null()
    return corpus.subcorpus(_selected(corpus, other), f"{labels.name}{operator}{value!r}")


def _selected(corpus: ck.Corpus, predicate: pl.Expr) -> Any:
    return np.intersect1d(corpus.selected_documents(), filtered_documents(corpus, [predicate]), assume_unique=True)


def _wanted(condition: _Condition) -> Any:
    """Return what `Corpus.filter` takes for what stands after COLUMN= or COLUMN!=."""
    labels, value = condition.labels, condition.value
    if _is_known(labels, value) and value:
        return value
    if "|" in value:
        return [each for part in value.split("|") for each in _one(condition, part)]
    if ".." in value:
        low, _, high = value.partition("..")
        return tuple(_bound(condition, each) if each.strip() else None for each in (low, high))
    one = _one(condition, value)
    return one if len(one) > 1 else one[0]


def _one(condition: _Condition, value: str) -> list[Any]:
    """Return the values that a value stands for: nothing, for documents without a value or with an empty text."""
    if not value.strip() and not _is_known(condition.labels, value):
        return [None]
    return [None, ""] if value == "" else [_typed(condition, value)]


def _typed(condition: _Condition, value: str) -> Any:
    """Return a value in the type of its column."""
    labels, dtype = condition.labels, condition.labels.dtype
    if dtype in _TEXTS:
        return value
    if dtype == pl.Boolean:
        truth = {"true": True, "false": False}.get(value.strip().lower())
        if truth is None:
            raise InputError(f"{condition.option} must compare {labels.name!r} with true or false, got {value!r}.")
        return truth
    if dtype.is_numeric():
        try:
            return int(value)  # exact, beyond what a float holds
        except ValueError:
            pass
        try:
            return float(value)
        except ValueError:
            raise InputError(f"{condition.option} must compare {labels.name!r} with a number, got {value!r}.") from None
    if dtype in _COMPARABLE:
        digits = "".join(str(int(each)) if each.isdecimal() else each for each in value.strip())
        parts = _PARTS_OF_DAYS.fullmatch(digits)
        return "-".join(each.zfill(2) for each in parts.groups() if each) if parts else digits
    raise InputError(
        f"{condition.option} must be a column of texts, numbers, dates or truth values, got {labels.name!r}, "
        f"a {type_name(dtype)}."
    )


def _bound(condition: _Condition, value: str) -> Any:
    """Return an end of a range; texts have none, since "10" would come before "9"."""
    if not (condition.labels.dtype.is_numeric() or condition.labels.dtype in _COMPARABLE):
        raise InputError(
            f"{condition.option} must be a range of numbers or dates, got {condition.text!r}: "
            f"{condition.labels.name!r} holds {_held(condition.labels.dtype)}."
        )
    return _typed(condition, value)


def _held(dtype: Any) -> str:
    return "texts" if dtype in _TEXTS else type_name(dtype)
