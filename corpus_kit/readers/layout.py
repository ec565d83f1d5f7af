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
from corpus_kit.readers.dates import DateForm
from corpus_kit.readers.limits import LIMITS, Limits, beyond
from corpus_kit.readers.structure import PARAGRAPHS, SPAN, SPANS, TOKENS
from corpus_kit.readers.tables import Table, TableBatch

__all__ = ["OWN", "Columns", "Layout", "TableColumns", "check_table", "common_type", "converted"]

# The names of our own columns; a metadata column with such a name is renamed.
OWN = ("document", "text", "id", "date", "headline", "paragraphs", "spans", "tokens", "words")
_ROW = "\0row"  # no column has this name
_DATE_END = "date_end"  # the last day of a period, such as a year
_FOLDER = "folder"  # of a text, where texts are in several


@dataclass(frozen=True)
class Columns:
    """The arguments of a reader.

    Attributes:
        text: The column of texts.
        id: That of ids.
        date: That of dates.
        headline: That of headlines.
        metadata: The columns to keep; None keeps all.
        rename: New names of columns that are kept.
        date_format: The form of dates that are text or numbers.
        lines: Whether each line of a text file is a document.
        limits: What reading may take.
    """

    text: str = "text"
    id: str | None = None
    date: str | None = None
    headline: str | None = None
    metadata: list[str] | None = None
    rename: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    lines: bool = False
    limits: Limits = LIMITS

    def of_table(self, table: Table) -> _Named:
        """Return which columns of a table are used as what."""
        if not table.has_texts:
            return _Named(self.text, self.id, self.date, self.headline)
        there = [name if name in table.schema else None for name in (self.id, self.date, self.headline)]
        date = there[1] or ("date" if self.date is None and _is_date(table.schema.get("date")) else None)
        return _Named(None, there[0], date, there[2])


@dataclass(frozen=True)
class _Named:
    """The columns of a table that are used as text, id, date and headline; None where there is none."""

    text: str | None
    id: str | None
    date: str | None
    headline: str | None


@dataclass
class Layout:
    """The columns of the documents of all sources together."""

    asked: Columns
    metadata: dict[str, pl.DataType] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    has_date: bool = False
    has_folders: bool = False
    has_spans: bool = False
    has_tokens: bool = False

    @classmethod
    def settle(
        cls,
        asked: Columns,
        tables: list[Table],
        forms: list[DateForm | None],
        *,
        has_texts: bool,
        has_folders: bool = False,
    ) -> Layout:
        """Join the columns of all sources.

        Args:
            asked: The arguments of the reader.
            tables: All tables.
            forms: How the dates of each are read; None where there is no column of dates.
            has_texts: Whether there are text files, too.
            has_folders: Whether files are in several folders: the folder of a text is then a column.

        Raises:
            SourceError: If a column is missing, has an unsuitable type, or has incompatible types in two sources.
            InputError: If `metadata` names the text column, or `rename` cannot be done.
        """
        if asked.metadata is not None and asked.text in asked.metadata and not all(one.has_texts for one in tables):
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
        for table, form in zip(tables, forms, strict=True):
            layout._merge({name: table.schema[name] for name in _kept(asked, table, form)}, table.name, origins)
            if form is not None and form.has_end:
                layout._merge({_DATE_END: pl.Date()}, table.name, origins)
        if has_folders and (has_texts or any(map(_has_files, tables))) and not any(map(_has_folders, tables)):
            layout._merge({_FOLDER: pl.String()}, "text files", origins)
            layout.has_folders = _FOLDER in layout.metadata
        layout.has_date = asked.date is not None or any(form is not None for form in forms)
        layout.has_spans = any(one.has_spans or _gives_spans(one) for one in tables)
        layout.has_tokens = any(one.has_tokens for one in tables)
        layout._check_asked(tables)
        layout._rename()
        return layout

    @property
    def schema(self) -> pl.Schema:
        """The columns of the batches."""
        date = {"date": pl.Date()} if self.has_date else {}
        metadata = {self.renamed.get(name, name): dtype for name, dtype in self.metadata.items()}
        spans = {"spans": SPANS} if self.has_spans else {}
        tokens = {"given_tokens": TOKENS} if self.has_tokens else {}
        own = {"text": pl.String(), "headline": SPAN, "paragraphs": PARAGRAPHS}
        return pl.Schema({"id": pl.String(), **date, **metadata, **own, **spans, **tokens})

    @property
    def unstructured(self) -> list[str]:
        """The columns without headline and paragraphs."""
        return [name for name in self.schema if name not in ("headline", "paragraphs")]

    def of_table(self, table: Table, form: DateForm | None) -> TableColumns:
        """Return how the rows of a table become documents."""
        named = self.asked.of_table(table)
        kept = _kept(self.asked, table, form)
        has_folders = self.has_folders and _has_files(table)
        metadata = [
            (
                _folder_of(pl.col("file"))
                if name == _FOLDER and has_folders
                else converted(name, table.schema[name] if name in kept else None, dtype)
            ).alias(self.renamed.get(name, name))
            for name, dtype in self.metadata.items()
            if not (name == _DATE_END and form is not None and form.has_end)
        ]
        # a column of this name is the headline of a text that begins with it
        has_headline = table.schema.get("headline") == pl.String() and named.text != "headline"
        stated = "headline" if has_headline and named.headline is None else None
        spans = "spans" if _gives_spans(table) else None
        used = [named.text, named.id, named.date, named.headline, stated, spans, *kept, "file" if has_folders else None]
        return TableColumns(
            self, table, list(dict.fromkeys(name for name in used if name is not None)), named, form, metadata,
            stated, spans,
        )  # fmt: skip

    def of_texts(self, ids: pl.Series, files: pl.Series, lines: pl.Series | None, texts: pl.Series) -> pl.DataFrame:
        """Return documents made from texts of text files, still without headline and paragraphs."""
        own = {"file": files, "line": lines}
        if self.has_folders:
            own[_FOLDER] = files.to_frame("file").select(_folder_of(pl.col("file"))).to_series()
        columns = [ids.alias("id")]
        if self.has_date:
            columns.append(pl.repeat(None, len(ids), dtype=pl.Date, eager=True).alias("date"))
        for name, dtype in self.metadata.items():
            given = own.get(name)
            column = pl.repeat(None, len(ids), dtype=dtype, eager=True) if given is None else given.cast(dtype)
            columns.append(column.alias(self.renamed.get(name, name)))
        return pl.DataFrame([*columns, texts.alias("text"), *self.without_structure(len(ids))])

    def without_structure(self, height: int) -> list[pl.Series]:
        """Return the columns of spans and tokens, if there are any, for documents without them."""
        columns = []
        if self.has_spans:
            columns.append(pl.repeat([], height, dtype=SPANS, eager=True).alias("spans"))
        if self.has_tokens:
            columns.append(pl.repeat(None, height, dtype=TOKENS, eager=True).alias("given_tokens"))
        return columns

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
        for argument, value in (("id", self.asked.id), ("date", self.asked.date), ("headline", self.asked.headline)):
            if value is None:
                continue
            if not tables:
                raise SourceError(
                    f"{argument} must be left out if there are only text files, got {shown(value)}. It names a column."
                )
            if argument == "id" and value == "id" and any(table.has_texts for table in tables):
                continue  # the ids that documents have in their files
            if value not in there:
                _check_name(value, list(there), argument)

    def _rename(self) -> None:
        # a column without values has no type; it would most likely hold text
        self.metadata = {name: pl.String() if dtype == pl.Null else dtype for name, dtype in self.metadata.items()}
        wanted = {name: self.asked.rename.get(name, name) for name in self.metadata}
        for old in self.asked.rename:
            _check_name(old, list(self.metadata), "rename")
        twice = next((new for new in wanted.values() if list(wanted.values()).count(new) > 1), None)
        if twice is not None:
            raise InputError(f"rename must give each column a name of its own, got {shown(twice)} for two of them.")
        stored = stored_names(wanted.values(), OWN)
        self.renamed = {name: stored[new] for name, new in wanted.items() if stored[new] != name}


@dataclass(frozen=True)
class TableColumns:
    """How the rows of one table become documents.

    Attributes:
        read: The columns to read.
    """

    _layout: Layout
    _table: Table
    read: list[str]
    _named: _Named
    _form: DateForm | None
    _metadata: list[pl.Expr]
    _stated: str | None
    _spans: str | None

    def documents(self, batch: TableBatch, ids: pl.Series) -> pl.DataFrame:
        """Return the documents, still without headline and paragraphs; `ids` are used if nothing else gives them."""
        frame, schema = batch.frame, self._table.schema
        for name in self.read:
            if holds_times(schema[name]) and unreadable(frame[name]):
                raise SourceError(
                    f"column {shown(name)} of {self._table.name!r} holds dates outside the years 1 to 9999, or "
                    "durations of millions of years; make them null, or list the columns to keep in metadata"
                )
        if self._named.id is not None:
            ids = frame.select(as_text(exactly(self._named.id), schema[self._named.id])).to_series()
        columns = [ids.alias("id")]
        if self._layout.has_date:
            columns += self._dates(frame)
        # the first one gives the others their height
        columns += frame.select(pl.int_range(pl.len()).alias(_ROW), *self._metadata).get_columns()[1:]
        if batch.given is not None:
            texts, structure = batch.given["text"], self._given(batch.given)
        else:
            assert self._named.text is not None
            texts = frame.select(exactly(self._named.text).cast(pl.String)).to_series()
            structure = self._layout.without_structure(frame.height)
            if self._spans:
                structure[0] = frame[self._spans].cast(SPANS)
        return pl.DataFrame([*columns, texts.alias("text"), *structure])

    def _dates(self, frame: pl.DataFrame) -> list[pl.Series]:
        end: pl.Series | None
        if self._form is None or self._named.date is None:
            date, end = pl.repeat(None, frame.height, dtype=pl.Date, eager=True), None
        else:
            date, end = self._form.parse(frame[self._named.date])
        columns = [date.alias("date")]
        if _DATE_END in self._layout.metadata and self._form is not None and self._form.has_end:
            last = pl.repeat(None, frame.height, dtype=pl.Date, eager=True) if end is None else end
            columns.append(last.alias(self._layout.renamed.get(_DATE_END, _DATE_END)))
        return columns

    def _given(self, given: pl.DataFrame) -> list[pl.Series]:
        structure = [given["spans"]] if self._layout.has_spans else []
        return [*structure, given["given_tokens"]] if self._layout.has_tokens else structure

    def dates(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the dates as given, as text; None if they are dates already."""
        if self._named.date is None or self._table.schema[self._named.date].is_temporal():
            return None
        return frame[self._named.date].cast(pl.String)

    def headlines(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the headlines that the table gives of texts that begin with them."""
        return frame[self._stated] if self._stated else None

    def titles(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the headlines that are to be put before the texts."""
        name = self._named.headline
        return None if name is None else frame.select(as_text(exactly(name), self._table.schema[name])).to_series()


def _gives_spans(table: Table) -> bool:
    return not table.has_texts and table.schema.get("spans") == SPANS


def _has_files(table: Table) -> bool:
    """Return whether a table is one of texts that come from files."""
    return table.has_texts and "file" in table.schema


def _has_folders(table: Table) -> bool:
    """Return whether a table has a column `folder` of its own."""
    return _FOLDER in table.schema


def _folder_of(file: pl.Expr) -> pl.Expr:
    """Return the folder of a file below what was given; "." for that itself."""
    return file.str.extract("^(.*)/", 1).fill_null(".")


def _kept(asked: Columns, table: Table, form: DateForm | None) -> list[str]:
    """Return the columns of a table that are kept as metadata."""
    if asked.metadata is not None:
        return [name for name in table.schema if name in asked.metadata]
    named = asked.of_table(table)
    used = [named.text, named.id, None if form is not None and form.keeps_original else named.date]
    used.append("spans" if _gives_spans(table) else None)
    return [name for name in table.schema if name not in used]


def check_table(asked: Columns, table: Table) -> None:
    """Raise SourceError unless the named columns exist and have suitable types."""
    columns, named = list(table.schema), asked.of_table(table)
    if named.text is not None:
        _check_name(named.text, columns, "text", table.name)
        dtype = table.schema[named.text]
        if not _is_text(dtype) and dtype != pl.Null:
            raise SourceError(
                f"cannot read {table.name!r}: the text column {shown(named.text)} has the type {type_name(dtype)}, "
                "not String"
            )
    if named.id is not None:
        _check_name(named.id, columns, "id", table.name)
        dtype = table.schema[named.id]
        if dtype.is_nested() or dtype == pl.Binary or unstorable(dtype) is not None:
            raise SourceError(
                f"cannot read {table.name!r}: the id column {shown(named.id)} has the type {type_name(dtype)}, "
                "not String or integer"
            )
    if named.headline is not None:
        _check_name(named.headline, columns, "headline", table.name)
        dtype = table.schema[named.headline]
        if not _is_text(dtype) and dtype != pl.Null:
            raise SourceError(
                f"cannot read {table.name!r}: the headline column {shown(named.headline)} has the type "
                f"{type_name(dtype)}, not String"
            )
    if named.date is not None:
        _check_name(named.date, columns, "date", table.name)
        dtype = table.schema[named.date]
        if not (_is_date(dtype) or dtype.is_integer() or dtype.is_float() or dtype == pl.Null):
            raise SourceError(
                f"cannot read {table.name!r}: the date column {shown(named.date)} has the type {type_name(dtype)}, "
                "not Date, Datetime, String or a number"
            )


def _is_date(dtype: pl.DataType | None) -> bool:
    return dtype is not None and dtype in (pl.Date, pl.Datetime, pl.String)


def _check_name(name: str, columns: list[str], argument: str, table: str | None = None) -> None:
    """Raise SourceError if there is no such column."""
    if name in columns:
        return
    where = "" if table is None else f" of {table!r}"
    hint = nearest(name, columns)
    error = SourceError(
        f"{argument} must be a column{where}, got {shown(name)}. There are: {listed(columns)}."
        + (f" {hint}" if hint else "")
    )
    error.columns = tuple(columns)
    raise error


def converted(name: str, found: pl.DataType | None, dtype: pl.DataType) -> pl.Expr:
    """Return the values of a column in the type that they have in the corpus; null if the table lacks it."""
    if found is None:
        return pl.lit(None, dtype)
    return as_text(exactly(name), found) if dtype == pl.String else exactly(name).cast(dtype)


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
