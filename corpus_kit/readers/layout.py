"""The columns of documents, settled from the arguments and the columns of all sources before anything is read."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from corpus_kit._base.metadata import (
    as_text,
    exactly,
    holds_times,
    listed,
    stored_names,
    type_name,
    unreadable,
    unstorable,
)
from corpus_kit.errors import InputError, SourceError, nearest, shown
from corpus_kit.readers.limits import LIMITS, Limits, beyond
from corpus_kit.readers.structure import PARAGRAPHS, SPAN
from corpus_kit.readers.tables import Table

__all__ = ["Columns", "Layout", "TableColumns", "common_type", "converted"]

# The names of our own columns; a metadata column with such a name is renamed.
_OWN = ("document", "text", "id", "date", "headline", "paragraphs", "tokens", "words")
# A day, alone or with a time, which is cut off.
_ISO_DAY = (
    r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})"
    r"(?:[T ][0-9]{2}(?::?[0-9]{2}){0,2}(?:[.,][0-9]+)?\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?\s*$"
)


@dataclass(frozen=True)
class Columns:
    """The arguments of a reader: the columns of text, id and date, the metadata to keep (None: all), and limits."""

    text: str = "text"
    id: str | None = None
    date: str | None = None
    metadata: list[str] | None = None
    lines: bool = False
    limits: Limits = LIMITS


@dataclass
class Layout:
    """The columns of the documents of all sources together."""

    asked: Columns
    metadata: dict[str, pl.DataType] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def settle(cls, asked: Columns, tables: list[Table], *, has_texts: bool) -> Layout:
        """Join the columns of all sources.

        Raises:
            SourceError: If a column is missing, has an unsuitable type, or has incompatible types in two sources.
            InputError: If `metadata` names the text column.
        """
        if asked.metadata is not None and asked.text in asked.metadata and tables:
            raise InputError(
                f"metadata must be columns other than the text column, got {shown(asked.text)}. Texts are always kept."
            )
        layout = cls(asked)
        origins: dict[str, str] = {}
        if has_texts:
            own: dict[str, pl.DataType] = {"file": pl.String()}
            if asked.lines:
                own["line"] = pl.UInt32()
            layout._merge(own, "text files", origins)
        for table in tables:
            _check(asked, table)
            layout._merge({name: table.schema[name] for name in _kept(asked, table)}, table.name, origins)
        layout._check_asked(tables)
        layout._rename()
        return layout

    @property
    def schema(self) -> pl.Schema:
        """The columns of the batches."""
        date = {"date": pl.Date()} if self.asked.date is not None else {}
        metadata = {self.renamed.get(name, name): dtype for name, dtype in self.metadata.items()}
        return pl.Schema(
            {"id": pl.String(), **date, **metadata, "text": pl.String(), "headline": SPAN, "paragraphs": PARAGRAPHS}
        )

    def of_table(self, table: Table) -> TableColumns:
        """Return how the rows of a table become documents."""
        asked = self.asked
        kept = _kept(asked, table)
        metadata = [
            converted(name, table.schema[name] if name in kept else None, dtype).alias(self.renamed.get(name, name))
            for name, dtype in self.metadata.items()
        ]
        date = [_date(exactly(asked.date), table.schema[asked.date])] if asked.date is not None else []
        has_headline = table.schema.get("headline") == pl.String() and asked.text != "headline"
        used = [asked.text, asked.id, asked.date, "headline" if has_headline else None, *kept]
        return TableColumns(
            table.name,
            list(dict.fromkeys(name for name in used if name is not None)),
            table.schema,
            [*date, *metadata, exactly(asked.text).cast(pl.String).alias("text")],
            asked.id,
            asked.date if asked.date is not None and table.schema[asked.date] == pl.String() else None,
            "headline" if has_headline else None,
        )

    def of_texts(self, ids: pl.Series, files: pl.Series, lines: pl.Series | None, texts: pl.Series) -> pl.DataFrame:
        """Return documents made from texts of text files, still without headline and paragraphs."""
        own = {"file": files, "line": lines}
        columns = [ids.alias("id")]
        if self.asked.date is not None:
            columns.append(pl.repeat(None, len(ids), dtype=pl.Date, eager=True).alias("date"))
        for name, dtype in self.metadata.items():
            given = own.get(name)
            column = pl.repeat(None, len(ids), dtype=dtype, eager=True) if given is None else given.cast(dtype)
            columns.append(column.alias(self.renamed.get(name, name)))
        return pl.DataFrame([*columns, texts.alias("text")])

    def _merge(self, columns: dict[str, pl.DataType], source: str, origins: dict[str, str]) -> None:
        for name, dtype in columns.items():
            if self.asked.metadata is not None and name not in self.asked.metadata:
                continue
            reason = unstorable(dtype)
            if reason is not None:
                raise SourceError(
                    f"column {shown(name)} of {source!r} holds {reason}; list the columns to keep in metadata"
                )
            if "\0" in name:
                raise SourceError(
                    f"column {shown(name)} of {source!r} has a NUL character in its name, which would end programs "
                    "that read Arrow data; rename it, or list the columns to keep in metadata"
                )
            before = self.metadata.get(name)
            common = dtype if before is None else common_type(before, dtype)
            if common is None:
                raise SourceError(
                    f"column {shown(name)} has the type {type_name(dtype)} in {source!r} but {type_name(before)} "
                    f"in {origins[name]!r}; give both the same type, or list the columns to keep in metadata"
                )
            self.metadata[name] = common
            origins.setdefault(name, source)
        if len(self.metadata) > self.asked.limits.columns:
            error = beyond("columns", self.asked.limits, len(self.metadata), "List those to keep in metadata")
            raise SourceError(f"too many columns with those of {source!r}: {error}")

    def _check_asked(self, tables: list[Table]) -> None:
        there = {name: None for table in tables for name in table.schema} | dict.fromkeys(self.metadata)
        for name in self.asked.metadata or []:
            _check_name(name, list(there), "metadata")
        if not tables:
            for argument, value in (("id", self.asked.id), ("date", self.asked.date)):
                if value is not None:
                    raise SourceError(
                        f"{argument} must be left out if there are only text files, got {shown(value)}. "
                        "It names a column."
                    )

    def _rename(self) -> None:
        # a column without values has no type; it would most likely hold text
        self.metadata = {name: pl.String() if dtype == pl.Null else dtype for name, dtype in self.metadata.items()}
        self.renamed = {name: new for name, new in stored_names(self.metadata, _OWN).items() if new != name}


@dataclass(frozen=True)
class TableColumns:
    """How the rows of one table become documents."""

    table: str
    read: list[str]
    """The columns to read."""
    _schema: dict[str, pl.DataType]
    _expressions: list[pl.Expr]
    _id: str | None
    _date: str | None
    _headline: str | None

    def documents(self, frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
        """Return the documents, still without headline and paragraphs; `ids` are used if there is no column of ids."""
        for name in self.read:
            if holds_times(self._schema[name]) and unreadable(frame[name]):
                raise SourceError(
                    f"column {shown(name)} of {self.table!r} holds dates outside the years 1 to 9999, or durations of "
                    "millions of years; make them null, or list the columns to keep in metadata"
                )
        if self._id is not None:
            ids = frame.select(as_text(exactly(self._id), self._schema[self._id])).to_series()
        return pl.DataFrame([ids.alias("id"), *frame.select(self._expressions).get_columns()])

    def dates(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the dates as given, if they are strings."""
        return None if self._date is None else frame[self._date]

    def headlines(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the headlines that the table gives."""
        return frame[self._headline] if self._headline else None


def _kept(asked: Columns, table: Table) -> list[str]:
    """Return the columns of a table that are kept as metadata."""
    if asked.metadata is not None:
        return [name for name in table.schema if name in asked.metadata]
    return [name for name in table.schema if name not in (asked.text, asked.id, asked.date)]


def _check(asked: Columns, table: Table) -> None:
    """Raise SourceError unless the named columns exist and have suitable types."""
    columns = list(table.schema)
    _check_name(asked.text, columns, "text", table.name)
    dtype = table.schema[asked.text]
    if not _is_text(dtype) and dtype != pl.Null:
        raise SourceError(
            f"cannot read {table.name!r}: the text column {shown(asked.text)} has the type {type_name(dtype)}, "
            "not String"
        )
    if asked.id is not None:
        _check_name(asked.id, columns, "id", table.name)
        dtype = table.schema[asked.id]
        if dtype.is_nested() or dtype == pl.Binary or unstorable(dtype) is not None:
            raise SourceError(
                f"cannot read {table.name!r}: the id column {shown(asked.id)} has the type {type_name(dtype)}, "
                "not String or integer"
            )
    if asked.date is not None:
        _check_name(asked.date, columns, "date", table.name)
        dtype = table.schema[asked.date]
        if dtype not in (pl.Date, pl.Datetime, pl.String, pl.Null):
            raise SourceError(
                f"cannot read {table.name!r}: the date column {shown(asked.date)} has the type {type_name(dtype)}, "
                "not Date, Datetime or String (in ISO form)"
            )


def _check_name(name: str, columns: list[str], argument: str, table: str | None = None) -> None:
    """Raise SourceError if there is no such column."""
    if name in columns:
        return
    where = "" if table is None else f" of {table!r}"
    hint = nearest(name, columns)
    raise SourceError(
        f"{argument} must be a column{where}, got {shown(name)}. There are: {listed(columns)}."
        + (f" {hint}" if hint else "")
    )


def converted(name: str, found: pl.DataType | None, dtype: pl.DataType) -> pl.Expr:
    """Return the values of a column in the type that they have in the corpus; null if the table lacks it."""
    if found is None:
        return pl.lit(None, dtype)
    return as_text(exactly(name), found) if dtype == pl.String else exactly(name).cast(dtype)


def _date(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        day = column.str.extract(_ISO_DAY).str.replace_all("-", "", literal=True)
        return day.str.to_date("%Y%m%d", strict=False).alias("date")
    if dtype == pl.Datetime:
        return column.dt.date().alias("date")
    return column.cast(pl.Date).alias("date")


def _is_text(dtype: pl.DataType) -> bool:
    return dtype == pl.String or dtype == pl.Categorical or dtype == pl.Enum


def common_type(one: pl.DataType, other: pl.DataType) -> pl.DataType | None:
    """Return the type that holds the values of both, or None."""
    if one == other or other == pl.Null:
        return one
    if one == pl.Null:
        return other
    if _is_text(one) or _is_text(other):
        opposite = other if _is_text(one) else one
        unwritable = opposite.is_nested() or opposite in (pl.Binary, pl.Object)
        return None if unwritable else pl.String()
    if one.is_integer() and other.is_integer():
        wide = (pl.UInt64, pl.Int128, pl.UInt128)
        return None if one in wide or other in wide else pl.Int64()
    if one.is_float() and other.is_float():
        return pl.Float64()
    return None
