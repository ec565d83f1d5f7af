"""The documents that a command works on: `--where`, `--containing`, `--deduplicate`, `--exclude`."""

from __future__ import annotations

import calendar
import datetime
import re
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.metadata import as_text, exactly, listed, type_name
from corpus_kit.cli.options import Containing, Where
from corpus_kit.cli.output import step
from corpus_kit.errors import InputError, choose
from corpus_kit.news.structure import headlines

__all__ = ["SELECTION", "Deduplicate", "Exclude", "Selection", "open_selected", "others", "select", "selected"]

_EXCLUDED = ("boilerplate", "headlines", "quotations")

Deduplicate = Annotated[
    bool, typer.Option("--deduplicate", help="Keep one document of each cluster of near-duplicates.")
]
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
}


class Selection(NamedTuple):
    """What was typed of these options."""

    where: list[str] | None = None
    containing: list[str] | None = None
    deduplicate: bool | None = None
    exclude: list[str] | None = None


def open_selected(path: str | Path, selection: Selection) -> ck.Corpus:
    """Open a corpus and select its documents, then the parts of their texts."""
    opened = ck.Corpus.open(path)
    return selected(opened, selection)


def selected(corpus: ck.Corpus, selection: Selection) -> ck.Corpus:
    """Return the documents that were selected: conditions first, then duplicates, then parts of texts."""
    corpus = select(corpus, selection.where or [], "--where")
    for pattern in selection.containing or []:
        corpus = corpus.containing(pattern)
    if selection.deduplicate:
        with step("Finding near-duplicates"):
            corpus = corpus.deduplicate()
    for each in selection.exclude or []:
        part, _, column = each.partition("=")
        choose(part, _EXCLUDED, "--exclude")
        if column and part != "boilerplate":
            raise InputError(f"--exclude must be boilerplate=COLUMN or a name, got {each!r}.")
        with step(f"Finding {part}"):
            corpus = corpus.exclude(_spans(corpus, part, column))
    return corpus


def _spans(corpus: ck.Corpus, part: str, column: str) -> pl.DataFrame:
    if part == "headlines":
        return headlines(corpus)
    return ck.news.quotations(corpus) if part == "quotations" else ck.news.boilerplate(corpus, by=column or None)


# ------------------------------------------------------------------------------- conditions

_OPERATORS = re.compile(r"(<=|>=|!=|=|<|>)")


def select(corpus: ck.Corpus, conditions: list[str], option: str) -> ck.Corpus:
    """Return the documents that meet all conditions of an option, as `condition` reads them."""
    for condition in conditions:
        column, operator, value = _split(corpus, condition, option)
        corpus = corpus.filter(_predicate(corpus.labels(column), operator, value, option))
        if not len(corpus):
            known = corpus.labels(column, selected=False)
            texts = known.to_frame().select(as_text(exactly(column), known.dtype)).to_series()
            values = listed(texts.unique().drop_nulls().sort().head(20))
            raise InputError(f"No document has {condition}. Values of {column}: {values}.")
    return corpus


def others(corpus: ck.Corpus, part: ck.Corpus) -> ck.Corpus:
    """Return the documents of a corpus that are not in a part of it."""
    return corpus.filter(~pl.col("document").is_in(part.selected_documents().tolist()))


def _split(corpus: ck.Corpus, condition: str, option: str) -> tuple[str, str, str]:
    """Return column, operator and value; a name of a column may hold an operator, too."""
    found = [each for each in _OPERATORS.finditer(condition) if each.start()]
    if not found:
        raise InputError(
            f"{option} must be COLUMN=VALUE, COLUMN=LOW..HIGH, COLUMN=A|B, COLUMN!=VALUE, COLUMN<=VALUE or the like, "
            f"got {condition!r}."
        )
    known = corpus.label_columns()
    sign = next((each for each in found if condition[: each.start()] in known), found[0])
    column = choose(condition[: sign.start()], known, option)
    dtype = corpus.labels(column).dtype
    if dtype.is_nested() or dtype == pl.Binary:
        raise InputError(f"{option} must be a column of single values, got {column!r}, a {type_name(dtype)}.")
    return column, sign[0], condition[sign.end() :]


def _predicate(labels: pl.Series, operator: str, value: str, option: str) -> pl.Expr:
    """Return the expression of a condition.

    A value that the column has is meant as it is; otherwise ``A|B`` is a list, ``LOW..HIGH`` a range with both ends,
    each of which can be left out, and a year or a month stands for its days. Documents without a value have
    COLUMN= and COLUMN!=VALUE.
    """
    column, dtype = exactly(labels.name), labels.dtype
    texts = as_text(column, dtype)
    if operator not in ("=", "!="):
        return _compared(labels, operator, value, option)
    if value == "":
        equal = column.is_null() | (texts == "")
    elif (labels.to_frame().select(texts).to_series() == value).any():
        equal = texts == value
    elif "|" in value:
        equal = pl.any_horizontal(_predicate(labels, "=", each, option) for each in value.split("|"))
    elif ".." in value:
        low, _, high = value.partition("..")
        equal = column.is_not_null()
        for sign, bound in ((">=", low), ("<=", high)):
            equal = equal & _compared(labels, sign, bound, option) if bound else equal
    elif dtype.is_temporal() and _DAY.fullmatch(value):
        equal = _compared(labels, ">=", value, option) & _compared(labels, "<=", value, option)
    else:
        equal = texts == value
    return equal if operator == "=" else ~equal.fill_null(False)


def _compared(labels: pl.Series, operator: str, value: str, option: str) -> pl.Expr:
    """Return whether values lie on one side of a bound."""
    column, bound = exactly(labels.name), _bound(labels, operator, value, option)
    if isinstance(bound, datetime.date):
        column = column.cast(pl.Date)  # of a moment, its day
    compare = {"<": column.lt, "<=": column.le, ">": column.gt, ">=": column.ge}[operator]
    return compare(pl.lit(bound))


_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def _bound(labels: pl.Series, operator: str, value: str, option: str) -> Any:
    """Return a bound in the type of a column; of a year or a month the first day, or the last with ``<=`` and ``>``."""
    if labels.dtype.is_numeric():
        try:
            return float(value)
        except ValueError:
            raise InputError(f"{option} must compare {labels.name!r} with a number, got {value!r}.") from None
    if labels.dtype not in (pl.Date, pl.Datetime):
        return value
    found = _DAY.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        first = datetime.date(year, month, day)
    except ValueError:
        raise InputError(
            f"{option} must compare {labels.name!r} with a day, month or year such as 2026-01-31 or 2026, "
            f"got {value!r}."
        ) from None
    if operator in (">=", "<") or found[3]:
        return first
    last_month = month if found[2] else 12
    return datetime.date(year, last_month, calendar.monthrange(year, last_month)[1])
