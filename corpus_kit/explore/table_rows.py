"""The rows of a table as what they say: their values, the function that made them, and its options."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.records import as_frame, jsonable, provenance_of
from corpus_kit._base.spreadsheets import unguarded
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, warn
from corpus_kit.query.cqp import cqp
from corpus_kit.search.hits import Hits
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.periods import EVERY, period_of

__all__ = [
    "OPTIONS",
    "Rows",
    "group_column",
    "of_documents",
    "query_of",
    "rows_of",
    "warn_of_other_corpus",
    "warn_of_other_count",
    "written_search",
]

# What can be said of a table whose record is lost: options of the functions that make tables.
OPTIONS = (
    "function", "pattern", "patterns", "syntax", "exact", "clitics", "anchor", "unit", "profile", "within", "window",
    "skip", "join", "by", "every", "week_start", "date", "actors", "actor", "kinds", "metonyms", "anaphors", "place",
    "match", "boilerplate", "collapse_lists", "list_min", "dictionary", "min_words",
)  # fmt: skip
_LOST = "Its record is lost: name the table that it is a row of (of=), or the options that made it"
_NO_GROUPS = frozenset(("document", "id", "tokens", "words", "date", "text", "count", "word", "period"))
_SPECIAL = re.compile(r"[()\[\]{}|\\*?/]")


@dataclass(frozen=True)
class Rows:
    """Rows of a table.

    Attributes:
        frame: The rows.
        function: The public name of the function that made the table; "" if nobody knows.
        options: Its options, as the record has them.
        record: The record; None if it is lost.
        given: The options that the caller said.
    """

    frame: pl.DataFrame
    function: str
    options: Mapping[str, Any]
    record: Mapping[str, Any] | None
    given: Mapping[str, Any]

    def has(self, *columns: str) -> bool:
        """Return whether the table has these columns."""
        return set(columns) <= set(self.frame.columns)

    def each(self) -> Iterator[Rows]:
        """Yield the rows one by one."""
        for number in range(self.frame.height):
            yield self.at(number, 1)

    def at(self, first: int, count: int) -> Rows:
        """Return some of the rows."""
        return Rows(pl.DataFrame(self.frame).slice(first, count), self.function, self.options, self.record, self.given)

    def __getitem__(self, column: str) -> Any:
        """Return the value of a column in the first row."""
        return self.frame.item(0, column)

    def text(self, column: str) -> str:
        """Return the text of a column in the first row.

        Raises:
            InputError: If it has none.
        """
        value = self[column]
        if not isinstance(value, str):
            raise invalid(f"table[{column!r}]", "a text", value)
        return str(unguarded(pl.Series([value]))[0])  # of a file for spreadsheets

    def whole(self, column: str) -> pl.Series:
        """Return a column of whole numbers.

        Raises:
            InputError: If it holds something else.
        """
        values = self.frame[column]
        numbers = values.cast(pl.Int64, strict=False) if values.dtype.is_numeric() else values.clear()
        same = numbers.len() == values.len() and (numbers.cast(values.dtype) == values).fill_null(value=True).all()
        if values.dtype != pl.Null and not same:
            raise invalid(f"table[{column!r}]", "whole numbers", values.head(3).to_list())
        return numbers if same else values.cast(pl.Int64)

    def option(self, name: str, default: Any) -> Any:
        """Return an option of the function that made the table."""
        return self.options.get(name, default)

    def needed(self, name: str, what: str) -> Any:
        """Return an option without which there is no search.

        Raises:
            InputError: If nobody knows it.
        """
        value = self.options.get(name)
        if value is None:
            raise InputError(f"{name} must be {what}, got None. {_LOST} ({name}=).")
        return value

    @property
    def normalizer(self) -> Normalizer | None:
        """The form that was counted.

        Raises:
            InputError: If it is a profile of the user's own, which the record names only.
        """
        name = self.option("profile", "search")
        digest = None if self.record is None or "profile" in self.given else self.record.get("profile_digest")
        try:
            normalizer = resolve_profile(name)
        except InputError:
            if "profile" in self.given:
                raise
            normalizer = None
        if digest is not None and (normalizer is None or normalizer.digest != digest):
            raise InputError(
                f"profile must be the Normalizer that the table was made with, got {name!r}. Its record has the name "
                "only; pass it as profile=."
            )
        return normalizer

    @property
    def key(self) -> str | None:
        """A text that is the same for all rows that were made alike; None if tables were given, which have no name."""
        if self.record is None or any(isinstance(each, pl.DataFrame) for each in self.given.values()):
            return None
        return json.dumps(jsonable(dict(self.options)), sort_keys=True, ensure_ascii=False)

    def described(self) -> dict[str, Any]:
        """Return what the record of the lines says of the rows."""
        options = {name: jsonable(value) for name, value in self.options.items() if not isinstance(value, pl.DataFrame)}
        said: dict[str, Any] = {"function": self.function or None, "options": options, "rows": self.frame.height}
        if self.frame.height == 1:
            said["row"] = {name: jsonable(value) for name, value in self.frame.row(0, named=True).items()}
        return said


def rows_of(table: Any, of: Any, given: Mapping[str, Any]) -> Rows:
    """Return the rows that a user passed.

    Args:
        table: A table, some of its rows, or one row as a mapping.
        of: The table that the rows are of, which has the record; None if they have it themselves.
        given: Options of the function that made them, which count more than the record.

    Raises:
        InputError: If it is anything else.
    """
    for name in given:
        choose(name, OPTIONS, "option")
    source = None if of is None else as_frame(of, "of")
    if source is not None and not isinstance(source, pl.DataFrame):
        raise invalid("of", "the table that the rows are of", of)
    frame = _frame_of(table, source)
    record = provenance_of(frame if source is None else source)
    options = {**(record or {}).get("options", {}), **given}
    function = str(given.get("function") or (record or {}).get("function", ""))
    return Rows(frame, function if "." in function or not function else f"ck.{function}", options, record, given)


def _frame_of(table: Any, source: pl.DataFrame | None) -> pl.DataFrame:
    if isinstance(table, Mapping):
        schema = {} if source is None else dict(source.schema)
        try:
            frame = pl.DataFrame(
                [pl.Series(str(name), [value], schema.get(str(name)), strict=False) for name, value in table.items()]
            )
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
            reason = str(error).partition("\n")[0]
            raise invalid("table", "a row whose values are those of a table", table, f"Polars says: {reason}") from None
    else:
        frame = as_frame(table, "table")
    if not isinstance(frame, pl.DataFrame):
        raise invalid("table", "a table, some of its rows, or one row as a dict", table)
    for name, dtype in frame.schema.items():
        if dtype == pl.Object:
            raise invalid(f"table[{name!r}]", "of a type that Polars has, not Python objects", table)
    return frame


# ------------------------------------------------------------------ documents of a row


def of_documents(corpus: CorpusView, rows: Rows, hits: Hits, *, other_groups: bool = False) -> Hits:
    """Return the hits in the group and the period of a row.

    Args:
        corpus: The corpus.
        rows: One row.
        hits: Hits in all selected documents.
        other_groups: Take the other groups instead, as a reference.

    Raises:
        InputError: If it has a period and nobody knows of which length.
    """
    mask = _in_period(corpus, rows)
    group = _in_group(corpus, rows)
    if group is not None:
        group = ~group if other_groups else group
        mask = group if mask is None else mask & group
    return hits if mask is None else hits.take(np.flatnonzero(mask[corpus.documents_of(hits.first)]))


def group_column(rows: Rows, corpus: CorpusView) -> str | None:
    """Return the column of the groups of a table; None without groups."""
    by = rows.option("by", None)
    if not isinstance(by, str):
        return _likely_group(corpus, rows)
    return f"{by}_" if rows.has(f"{by}_") else by


def _in_group(corpus: CorpusView, rows: Rows) -> Any:
    """Return for each document whether it is in the group of a row; None without groups."""
    by = rows.option("by", None)
    if by is not None and not isinstance(by, str):
        raise invalid("by", "a metadata column", by)
    column = group_column(rows, corpus)
    if column is None:
        return None
    by = column if by is None else by
    if not rows.has(column):
        raise InputError(f"table must have the column {by!r} of its groups, got {', '.join(rows.frame.columns)}.")
    codes = corpus.codes(choose(by, corpus.label_columns(), "by"))
    value, dtype = rows.frame[column].head(1), codes.values.dtype
    code = _codes_of(codes.values, value if value.dtype == dtype else _as_type(value, dtype))
    if not len(code) and value.dtype == pl.String:
        code = _codes_of(codes.values, _as_type(unguarded(value), dtype))
    return np.isin(codes.of_document, code)


def _codes_of(values: pl.Series, value: pl.Series) -> Any:
    """Return the places of a value among others; null is one."""
    return values.eq_missing(value.new_from_index(0, len(values))).arg_true().to_numpy()


def _as_type(value: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return a value as one of a metadata column: from a file it is a text; null if it cannot be one."""
    if value.dtype == pl.String and dtype in (pl.Date, pl.Datetime):
        parsed = value.str.to_date(strict=False) if dtype == pl.Date else value.str.to_datetime(strict=False)
        return parsed.cast(dtype)
    try:
        return value.cast(dtype, strict=False)
    except pl.exceptions.PolarsError:  # of types that have nothing in common
        return pl.Series(value.name, [None], dtype)


def _likely_group(corpus: CorpusView, rows: Rows) -> str | None:
    """Return the column of groups of a table whose record is lost: a metadata column that no function has itself."""
    if rows.record is not None or "by" in rows.given:
        return None
    columns = set(corpus.label_columns()) - _NO_GROUPS
    return next((name for name in rows.frame.columns if name in columns), None)


def _in_period(corpus: CorpusView, rows: Rows) -> Any:
    """Return for each document whether it is dated, and in the period of a row if it has one; None without periods."""
    every = rows.option("every", None)
    has_period = rows.has("period") and group_column(rows, corpus) != "period"
    if every is None and (rows.record is not None or not has_period):
        return None
    every = choose(rows.needed("every", "the length of the periods"), EVERY, "every")
    week_start, date = rows.option("week_start", None) or "monday", rows.option("date", None) or "date"
    choose(date, corpus.label_columns(), "date")
    if corpus.labels_type(date) not in (pl.Date, pl.Datetime, pl.Null):
        raise invalid("date", "a column of dates", date)

    def periods() -> pl.Series:
        dates = corpus.labels(date, selected=False)
        return period_of(dates.dt.date() if dates.dtype == pl.Datetime else dates.cast(pl.Date), every, week_start)

    of_document = corpus.derive(("periods of documents", date, every, week_start), periods)
    if not has_period:
        return of_document.is_not_null().to_numpy()
    period = _as_type(rows.frame["period"].head(1), pl.Date())  # from pandas it is a time, from a file a text
    if period.null_count():
        raise invalid("table['period']", "a date", rows["period"])
    return (of_document == period.item()).fill_null(value=False).to_numpy()


def warn_of_other_corpus(
    corpus: CorpusView, rows: Rows, sides: tuple[Mapping[str, Any], ...] = (), *, counts: bool = True
) -> None:
    """Warn if the table is of other texts, whose numbers are not those of the lines.

    Args:
        corpus: The corpus that was given.
        rows: The rows.
        sides: What the record says of each corpus that the table compares.
        counts: Whether its rows count something in these texts; others are places, of which a part may be wanted.
    """
    if rows.record is None:
        return
    whole = rows.record.get("corpus_id")
    made_of = sides or ({"corpus_id": whole, "subcorpus": rows.options.get("subcorpus")},)
    if all(side.get("corpus_id", whole) not in (None, corpus.id) for side in made_of):
        warn(
            "ck.lines: the table was made of another corpus, whose numbers are not those of the lines",
            stacklevel=None,
        )
    elif counts and ("subcorpus" in rows.options or sides):
        here = _selected(corpus.selection)
        if here not in [_selected(side.get("subcorpus")) for side in made_of]:
            warn(
                "ck.lines: the table was made of other documents of this corpus, or with other spans excluded, so that "
                "its numbers are not those of the lines; pass the subcorpus that it was made of",
                stacklevel=None,
            )


def warn_of_other_count(rows: Rows, lines: int) -> None:
    """Warn if a row without a record has other lines than it counts: it was counted in a way that nobody knows."""
    if rows.record is None and rows.frame.height == 1 and rows.has("count") and rows["count"] != lines:
        warn(
            f"ck.lines: the row counts {rows['count']!r}, and {lines:,} lines were found. {_LOST}",
            stacklevel=None,
        )


def _selected(selection: Any) -> Any:
    """Return what of the record of a subcorpus identifies its documents."""
    return None if selection is None else {name: selection.get(name) for name in ("sha256", "without")}


# ------------------------------------------------------------------ rows as patterns


def query_of(pattern: str, syntax: object) -> str:
    """Return a pattern in its language."""
    return cqp(pattern) if syntax == "cqp" else pattern


def written_search(rows: Rows, column: str) -> str:
    """Return the pattern that finds a word, an n-gram, a collocate beside its node, or what a pattern finds.

    It is what a search box can hold; the lines of a row are what was counted (`word_places`).

    Args:
        rows: One row.
        column: The column of the word.
    """
    text, unit = rows[column] or "", rows.option("unit", "word")
    if column in ("pattern", "query"):
        return _pattern_called(rows, text)
    parts = [_SPECIAL.sub(r"\\\g<0>", part) for part in text.split()]
    found = " ".join(parts if unit == "word" else (f"[{unit}={part}]" for part in parts))
    node, window = rows.option("pattern", None), rows.option("window", None)
    node = "|".join(dict.fromkeys(node)) if isinstance(node, list | tuple) else node  # of compared collocations
    if column != "collocate" or not isinstance(node, str) or not isinstance(window, int | list | tuple):
        return found
    before, after = window if isinstance(window, list | tuple) else (window, window)
    sides = ((before, f"{found}{_gap(before)}({node})"), (after, f"({node}){_gap(after)}{found}"))
    return "|".join(side for words, side in sides if words)


def _pattern_called(rows: Rows, name: str) -> str:
    """Return the pattern of this name; it is its own unless patterns had names."""
    for option in ("patterns", "pattern"):
        named = rows.option(option, None)
        if isinstance(named, Mapping) and name in named:
            return str(named[name])
    return name


def _gap(window: int) -> str:
    """Return what is between a node and a word in a window of so many words; a pattern has gaps of up to 100."""
    return f" []{{0,{min(window - 1, 100)}}} " if window > 1 else " "
