"""Structures: parts of texts that queries ask for by name, such as sentences, headlines and quotations.

A corpus has sentences, paragraphs and documents, headlines if its sources have them, and the kinds of spans that its
sources mark; `with_structures` adds tables of spans, such as quotations, boilerplate or a sheet of codes. A region is
one of the parts, as a range of tokens. A token that overlaps a span belongs to it, also if only a part of the token
lies in the span; a span without tokens (blank, or excluded) makes no region. A span with tokens on both sides of an
excluded part is one region of what is left.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.metadata import as_text, listed, type_name, unstorable
from corpus_kit._base.records import as_frame, jsonable
from corpus_kit.corpus.checked import CheckedArray, IndexTexts, TokenTexts
from corpus_kit.corpus.layers import OF_TYPES, LayerColumn
from corpus_kit.corpus.spans import checked_spans
from corpus_kit.errors import InputError, invalid, nearest, shown
from corpus_kit.readers.structure import LAYER_NAME
from corpus_kit.text.token_flags import BARRIERS

__all__ = [
    "ALIASES",
    "HEADLINE",
    "Owners",
    "SpanTable",
    "Structure",
    "StructureNames",
    "coded",
    "codes_of_regions",
    "column_of",
    "expect_free",
    "expect_in_texts",
    "of_documents",
    "of_spans",
    "of_units",
    "span_table",
    "spans_of_sources",
    "unknown_structure",
    "with_labels",
]

SENTENCE, PARAGRAPH, TEXT, HEADLINE = "s", "p", "text", "headline"
ALIASES = {"sentence": SENTENCE, "paragraph": PARAGRAPH, "document": TEXT}
_UNITS = {SENTENCE: "sentence", PARAGRAPH: "paragraph"}
_BUILT_IN = (SENTENCE, PARAGRAPH, TEXT, HEADLINE, *ALIASES)
_LABELS = ("match", "matchend", "target", "keyword", "collocate")  # of tokens of a hit, as constraints name them
_OF_TOKENS = ("form", "surface", "word", "folded", "kind", "stem", "lemma", "root", "pos", OF_TYPES)
_NAMED = "a name of ASCII letters, digits and _, which begins with a letter"
_SPAN = ("document", "start", "end")
_TO_THE_END = 2**32 - 1  # the end of a span of a whole text; no text is so long
_FLAGS = 2**22  # that are looked at in one step
_INSIDE = ""  # the value of a token inside a region, where no attribute is asked for


# ------------------------------------------------------------------------------------- structures


class Owners(NamedTuple):
    """Regions as ranges that do not overlap, ascending: of several, the one that begins last has their tokens.

    Attributes:
        first: The first token of each range (UInt32).
        end: The token after its last one (UInt32).
        region: The region that has it (Int64).
    """

    first: Array
    end: Array
    region: Integers


@dataclass(frozen=True, eq=False)
class Structure:
    """The regions of a structure in the tokens of a corpus, without excluded tokens, whatever documents are selected.

    Attributes:
        name: Its name: that of a structure, not of an alias of it.
        first: The first token of each region, ascending; of equal ones the shorter region comes first (UInt32).
        end: The token after the last one of each (UInt32). No region is empty; they may overlap.
        attributes: The names of its attributes.
        texts: Returns the values of an attribute (String); null for none. Regions take theirs by `rows`.
        rows: The row of each region in these values; None if each has its own.
        key: What its values depend on beside the corpus: the SHA-256 of a table; "" for a structure of the corpus.
    """

    name: str
    first: Array
    end: Array
    attributes: tuple[str, ...] = ()
    texts: Callable[[str], pl.Series] | None = None
    rows: Array | None = None
    key: str = ""

    def __len__(self) -> int:
        """Return the number of regions."""
        return len(self.first)

    def values(self, attribute: str) -> pl.Series:
        """Return the value of an attribute for each region (String); null for none.

        Raises:
            InputError: If there is no such attribute.
        """
        if attribute not in self.attributes or self.texts is None:
            hint = nearest(attribute, self.attributes)
            has = f"It has {listed(self.attributes)}." if self.attributes else "It has none."
            raise invalid(f"attribute of {self.name}", "one that the structure has", attribute, f"{has} {hint}".strip())
        texts = self.texts(attribute)
        return texts if self.rows is None else texts.gather(self.rows)

    def where(self, mask: Array) -> Structure:
        """Return the structure with some of its regions, those for which a mask is true."""
        kept = np.flatnonzero(mask)
        rows = kept if self.rows is None else self.rows[kept]
        return replace(self, first=self.first[kept], end=self.end[kept], rows=rows)

    @cached_property
    def is_disjoint(self) -> bool:
        """Whether no two regions overlap."""
        return bool((self.first[1:] >= self.end[:-1]).all())

    @cached_property
    def owners(self) -> Owners:
        """Which region counts for each token of the regions: of several the one that begins last."""
        if self.is_disjoint:
            return Owners(self.first, self.end, np.arange(len(self), dtype=np.int64))
        begins = np.append(True, self.first[1:] >= np.maximum.accumulate(self.end)[:-1])  # none before reaches into it
        alone = begins & np.append(begins[1:], True)
        rows = np.flatnonzero(~alone)
        begin, stop, region = _pieces(self.first[rows].tolist(), self.end[rows].tolist())
        first = np.concatenate((self.first[alone], begin))
        order = np.argsort(first, kind="stable")
        return Owners(
            first[order],
            np.concatenate((self.end[alone], stop))[order],
            np.concatenate((np.flatnonzero(alone), rows[region]))[order],
        )

    def region_at(self, tokens: Array) -> Integers:
        """Return the region in which each of some tokens lies, the one that begins last; -1 outside all (Int64)."""
        owners = self.owners
        if len(tokens) > len(owners.first) and bool((tokens[1:] >= tokens[:-1]).all()):
            return self._region_of_ascending(tokens)
        place = np.searchsorted(owners.first, tokens.astype(np.uint32), "right").astype(np.int64) - 1
        is_inside = place >= 0
        is_inside[is_inside] = owners.end[place[is_inside]] > tokens[is_inside]
        found = np.full(len(tokens), -1, np.int64)
        found[is_inside] = owners.region[place[is_inside]]
        return found

    def _region_of_ascending(self, tokens: Array) -> Integers:
        """Return the same for ascending tokens, with fewer look-ups if there are more of them than regions."""
        owners = self.owners
        begin, stop = (np.searchsorted(tokens, bounds.astype(tokens.dtype)) for bounds in (owners.first, owners.end))
        lengths = np.empty(2 * len(begin) + 1, np.int64)  # of the gap before each range, and of the range
        lengths[0::2] = np.append(begin, len(tokens)) - np.append(0, stop)
        lengths[1::2] = stop - begin
        regions = np.full(len(lengths), -1, np.int64)
        regions[1::2] = owners.region
        return np.repeat(regions, lengths)


def _pieces(firsts: list[int], ends: list[int]) -> Owners:
    """Cut overlapping regions, in their order, into ranges of which each has the region that begins last."""
    begin: list[int] = []
    stop: list[int] = []
    region: list[int] = []
    opened: list[int] = []  # the regions that have begun, the last one on top
    at = 0  # up to where tokens are given to regions

    def give(up_to: int) -> None:
        nonlocal at
        while opened and at < up_to:
            top = opened[-1]
            here = min(ends[top], up_to)
            if here > at:
                begin.append(at)
                stop.append(here)
                region.append(top)
                at = here
            if ends[top] <= up_to:
                opened.pop()
            else:
                break

    for number, first in enumerate(firsts):
        give(first)
        at = first
        opened.append(number)
    give(max(ends, default=0))
    return Owners(np.array(begin, np.uint32), np.array(stop, np.uint32), np.array(region, np.int64))


def of_units(flags: Array, name: str) -> Structure:
    """Return the sentences ("s") or the paragraphs ("p") of a corpus.

    Args:
        flags: The flags of all tokens.
        name: "s" or "p".
    """
    bits = np.uint8(BARRIERS[_UNITS[name]])
    parts = [np.zeros(0, np.uint32)]
    for begin in range(0, len(flags), _FLAGS):  # what is made of a part is small
        places = np.flatnonzero((flags[begin : begin + _FLAGS] & bits) != 0)
        parts.append((places + begin).astype(np.uint32))
    first = np.concatenate(parts)
    return Structure(name, first, np.append(first[1:], np.uint32(len(flags)))[: len(first)])


def of_documents(ends: Array, attributes: Iterable[str]) -> Structure:
    """Return the documents of a corpus that have tokens, with their metadata as attributes, which have no values yet.

    Args:
        ends: The index of the token after the last one of each document.
        attributes: The columns of metadata.
    """
    end = ends.astype(np.uint32)
    first = np.concatenate((np.zeros(1, np.uint32), end))[: len(end)]
    rows = np.flatnonzero(end > first)
    return Structure(TEXT, first[rows], end[rows], tuple(attributes), rows=rows)


def with_labels(documents: Structure, labels: Callable[[str], pl.Series]) -> Structure:
    """Return the documents of a corpus with the values of their metadata.

    What is kept with a corpus must not lead back to it, or its files stay open; so this is made for each use.

    Args:
        documents: From `of_documents`.
        labels: Returns a column of metadata, for all documents.
    """
    return replace(documents, texts=lambda name: _text(labels(name)))


# ----------------------------------------------------------------------------- spans of the texts


@dataclass(frozen=True, eq=False)
class SpanTable:
    """Spans of texts that are a structure.

    Attributes:
        name: Its name.
        spans: document (UInt32), start, end (Int64, code points of the text as read), ordered by them.
        columns: The columns that are its attributes, in the order of the spans.
        digest: The SHA-256 of the spans and all attributes, whatever the order of rows and columns; "" if they are part
            of the corpus.
    """

    name: str
    spans: pl.DataFrame
    columns: pl.DataFrame
    digest: str = ""

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of its attributes."""
        return tuple(self.columns.columns)

    @cached_property
    def record(self) -> dict[str, object]:
        """What a result says of it: the number of spans and their SHA-256."""
        return {"spans": self.spans.height, "sha256": self.digest}


def span_table(name: str, table: object, n_documents: int) -> SpanTable:
    """Return the structure that a table holds; its columns other than document, start and end are attributes.

    Args:
        name: Its name.
        table: A DataFrame with the columns document, start and end, or a concordance or a sheet of codes. A row without
            start and end is about the whole text of its document.
        n_documents: How many documents the whole corpus has.

    Raises:
        InputError: If it is not a table of spans of these documents, or has a column that is no text.
    """
    frame = as_frame(table, name)
    spans = checked_spans(_with_whole_texts(frame), n_documents, name)
    others = {column: _attribute(frame[column], name) for column in frame.columns if column not in _SPAN}
    columns = pl.DataFrame([column.alias(str(number)) for number, column in enumerate(others.values())])
    both = pl.concat([spans, columns], how="horizontal") if others else spans
    # Rows that differ in attributes only are ordered by these, so that neither the digest nor the region whose value
    # counts depends on their order.
    is_single = not spans.is_duplicated().any()
    ties = () if is_single else (str(number) for number in np.argsort(list(others), kind="stable"))
    ordered = both.sort(*_SPAN, *ties, maintain_order=True)
    ordered_columns = pl.DataFrame([ordered[str(number)].alias(each) for number, each in enumerate(others)])
    made = SpanTable(name, ordered.select(_SPAN), ordered_columns)
    return replace(made, digest=_digest(made))


def _with_whole_texts(frame: Any) -> Any:
    """Return a table in which spans without a place, such as codes of whole documents, are those of whole texts."""
    if not isinstance(frame, pl.DataFrame) or not set(_SPAN) <= set(frame.columns):
        return frame
    is_whole = pl.col("start").is_null() & pl.col("end").is_null()
    return frame.with_columns(
        pl.when(is_whole).then(value).otherwise(pl.col(column)).alias(column)
        for column, value in (("start", 0), ("end", _TO_THE_END))
        if frame[column].dtype.is_integer() or frame[column].dtype == pl.Null
    )


def _attribute(column: pl.Series, name: str) -> pl.Series:
    """Return a column of a table as text."""
    reason = unstorable(column.dtype)
    if reason:
        raise InputError(f"{name} must be a table of values, got {reason}, in the column {shown(column.name)}.")
    return _text(column)


def _text(column: pl.Series) -> pl.Series:
    """Return values as `ck.save` writes them in a CSV file: lists and structs as JSON, bytes in hexadecimal."""
    dtype, column = column.dtype, column.alias("")  # Polars takes some names for patterns
    if dtype == pl.String:
        return column
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    if dtype.is_nested():
        texts = [
            None if each is None else json.dumps(each, ensure_ascii=False, default=jsonable)
            for each in column.to_list()
        ]
        return pl.Series("", texts, pl.String)
    try:
        return column.to_frame().select(as_text(pl.first(), dtype)).to_series().cast(pl.String)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"column must be of values that can be text, got {type_name(dtype)}: {error}.") from None


def _digest(table: SpanTable) -> str:
    digest = hashlib.sha256()
    for column in _SPAN:
        digest.update(table.spans[column].to_numpy().astype("<i8").tobytes())
    for name in sorted(table.attributes):
        digest.update(json.dumps([name, table.columns[name].to_list()], ensure_ascii=False).encode("utf-8"))
    return digest.hexdigest()


def spans_of_sources(documents: pl.LazyFrame) -> dict[str, SpanTable]:
    """Return the spans that the documents of a corpus have: headlines, and the kinds that its sources mark.

    A kind whose name another structure has gets an underscore at its end.

    Args:
        documents: The table of all documents, as it was built.
    """
    columns = documents.collect_schema().names()
    tables: dict[str, SpanTable] = {}
    headline = documents.select("document", pl.col("headline").struct.unnest()).drop_nulls().collect()
    if headline.height:
        tables[HEADLINE] = SpanTable(HEADLINE, _spans(headline), pl.DataFrame())
    if "spans" in columns:
        marked = documents.select("document", "spans").filter(pl.col("spans").list.len() > 0).explode("spans")
        found = marked.select("document", pl.col("spans").struct.unnest()).collect().sort(_SPAN, maintain_order=True)
        for kind in found["kind"].unique().sort().to_list():
            rows = found.filter(pl.col("kind") == kind)
            name = f"{kind}_" if kind in _BUILT_IN else kind
            tables[name] = SpanTable(name, _spans(rows), rows.select("value"))
    return tables


def _spans(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col("document").cast(pl.UInt32), pl.col("start", "end").cast(pl.Int64))


class Tokens(Protocol):
    """What spans are looked up in: the tokens of a view of a corpus, as `CorpusView` has them."""

    @property
    def token_texts(self) -> TokenTexts:
        """The tokens as the core joins them to text."""

    @property
    def surfaces(self) -> IndexTexts:
        """The spelling of each type."""

    def starts_of(self, tokens: Array) -> Array:
        """Return the first code point of each of these tokens."""

    def document_bounds(self, documents: Array) -> tuple[Array, Array]:
        """Return the first token and the end of each of these documents."""


def of_spans(table: SpanTable, tokens: Tokens) -> Structure:
    """Return the regions of spans: the tokens that overlap each of them.

    Each span is looked up in the starts of the tokens of its document, by halving, so that only few of them are read.
    """
    low, high = tokens.document_bounds(table.spans["document"].to_numpy())
    start, end = table.spans["start"].to_numpy(), table.spans["end"].to_numpy()
    first = _first_not_before(tokens, low, high, start)
    before = np.flatnonzero(first > low)  # the token before may reach into the span
    first[before] -= _ends(tokens, first[before] - 1) > start[before]
    stop = _first_not_before(tokens, first, np.maximum(high, first), end)
    rows = np.flatnonzero((stop > first) & (end > start))
    rows = rows[np.lexsort((stop[rows], first[rows]))]
    return Structure(
        table.name,
        first[rows].astype(np.uint32),
        stop[rows].astype(np.uint32),
        table.attributes,
        lambda name: table.columns[name],
        rows,
        table.digest,
    )


def expect_in_texts(table: SpanTable, tokens: Tokens, lengths: Callable[[Array], Array]) -> None:
    """Raise InputError if a span ends after the text of its document.

    Args:
        table: The spans.
        tokens: The tokens of the whole corpus.
        lengths: Returns the length of the texts of some documents in code points. They are asked for only if a span
            ends after the last token of its document.
    """
    document, end = table.spans["document"].to_numpy(), table.spans["end"].to_numpy()
    low, high = tokens.document_bounds(document)
    reached = np.zeros(len(end), np.int64)
    some = np.flatnonzero(high > low)
    reached[some] = _ends(tokens, high[some] - 1)
    is_whole = (table.spans["start"].to_numpy() == 0) & (end == _TO_THE_END)
    after = np.flatnonzero((end > reached) & ~is_whole)
    if not len(after):
        return
    documents, of_span = np.unique(document[after], return_inverse=True)
    bad = after[end[after] > lengths(documents)[of_span.reshape(-1)]]
    if len(bad):
        row = table.spans.row(int(bad[0]), named=True)
        length = int(lengths(np.array([row["document"]], np.uint32))[0])
        raise InputError(
            f"{table.name} must be spans of the texts of this corpus; the text of document {row['document']} has "
            f"{length:,} characters, and a span goes from {row['start']:,} to {row['end']:,}."
        )


def _first_not_before(tokens: Tokens, low: Array, high: Array, place: Array) -> Integers:
    """Return the first token in each range from `low` up to `high` that does not begin before a place; or its end."""
    first, last = low.astype(np.int64), high.astype(np.int64)
    for _ in range(int((last - first).max(initial=0)).bit_length()):
        middle = (first + last) >> 1
        is_open = first < last
        begins_before = tokens.starts_of(np.where(is_open, middle, 0)) < place
        np.copyto(first, middle + 1, where=is_open & begins_before)
        np.copyto(last, middle, where=is_open & ~begins_before)
    return first


def _ends(tokens: Tokens, places: Integers) -> Integers:
    """Return the code point after each of some tokens (Int64)."""
    starts = tokens.starts_of(places).astype(np.uint32)
    ends = series_from_core("", tokens.token_texts.ends(places, starts, tokens.surfaces))
    return ends.to_numpy().astype(np.int64)


# ------------------------------------------------------------------------------------- as columns


def column_of(structure: Structure, attribute: str, n_tokens: int) -> LayerColumn:
    """Return an attribute of a structure as a column of a layer has its values: a code for each token.

    Args:
        structure: The structure.
        attribute: The attribute; "" for none, where tokens inside have the value "".
        n_tokens: The number of tokens of the corpus.

    Returns:
        The codes, 0 outside all regions and where there is no value; of several regions that have a token, the one that
        begins last gives it its value.
    """
    of_region, values = codes_of_regions(structure, attribute)
    owners = structure.owners
    lengths = np.empty(2 * len(owners.first) + 1, np.int64)  # of the gap before each range, and of the range
    lengths[0::2] = np.append(owners.first, n_tokens).astype(np.int64) - np.append(0, owners.end)
    lengths[1::2] = owners.end.astype(np.int64) - owners.first
    codes = np.zeros(len(lengths), of_region.dtype)
    codes[1::2] = of_region[owners.region]
    return LayerColumn(CheckedArray(np.repeat(codes, lengths)), values)


def codes_of_regions(structure: Structure, attribute: str) -> tuple[Array, pl.Series]:
    """Return the code of each region, and the values of the codes, as `column_of` has them for tokens."""
    if attribute:
        return coded(structure.values(attribute))
    return np.ones(len(structure), np.uint8), pl.Series("", [None, _INSIDE], pl.String)


def coded(texts: pl.Series) -> tuple[Array, pl.Series]:
    """Return texts as codes of the smallest type, and the values of the codes, of which the first is null.

    >>> codes, values = coded(pl.Series(["b", None, "a", "b"]))
    >>> codes.tolist(), values.to_list()
    ([1, 0, 2, 1], [None, 'b', 'a'])
    """
    distinct = texts.drop_nulls().unique(maintain_order=True)
    values = pl.concat([pl.Series("", [None], pl.String), distinct.alias("")])
    table = pl.DataFrame({"text": distinct, "code": np.arange(1, len(values), dtype=np.uint32)})
    found = pl.DataFrame({"text": texts}).join(table, on="text", how="left", maintain_order="left")["code"]
    return found.fill_null(0).to_numpy().astype(np.min_scalar_type(len(distinct))), values


# ------------------------------------------------------------------------------------------ names


class StructureNames(Mapping[str, tuple[str, ...]]):
    """The names of the structures of a corpus, with their attributes; only what is asked for is read.

    Args:
        metadata: Returns the attributes of documents.
        tables: The structures that were added.
        of_sources: Returns those that the sources mark.
    """

    def __init__(
        self,
        metadata: Callable[[], Iterable[str]],
        tables: Mapping[str, SpanTable],
        of_sources: Callable[[], Mapping[str, SpanTable]],
    ) -> None:
        self._metadata = metadata
        self._tables = tables
        self._of_sources = of_sources

    def __getitem__(self, name: str) -> tuple[str, ...]:
        """Return the attributes of a structure."""
        name = ALIASES.get(name, name)
        if name in _UNITS:
            return ()
        if name == TEXT:
            return tuple(self._metadata())
        return (self._tables[name] if name in self._tables else self._of_sources()[name]).attributes

    def __iter__(self) -> Iterator[str]:
        """Yield all names: those of every corpus, those that sources mark, and those that were added."""
        return iter([*_UNITS, TEXT, *ALIASES, *self._of_sources(), *self._tables])

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return repr(dict(self))


def unknown_structure(name: object, known: Iterable[str]) -> InputError:
    """Return the error for a structure that a corpus does not have, with the nearest name."""
    names = list(known)
    hint = f"There are: {listed(names)}. {nearest(name, names)}".strip()
    return invalid("structure", "one that the corpus has", name, f"{hint} corpus.with_structures(...) adds one.")


def expect_free(name: str, layers: Mapping[str, Iterable[str]], of_sources: Iterable[str]) -> None:
    """Raise InputError if a table cannot be a structure of this name.

    Args:
        name: The name.
        layers: The columns of each layer of tokens of the corpus.
        of_sources: The structures that its sources mark.
    """
    if not re.fullmatch(LAYER_NAME, name):
        raise invalid("name of a structure", _NAMED, name)
    columns = {column for of_layer in layers.values() for column in of_layer}
    taken = {
        "a structure of every corpus": _BUILT_IN,
        "a kind of spans of its sources": of_sources,
        "a layer of tokens": layers,
        "a column of a layer of tokens": columns,
        "an attribute of tokens": _OF_TOKENS,
        "the label of a token of a hit": _LABELS,
    }
    for what, names in taken.items():
        if name in names:
            raise invalid("name of a structure", "one that means nothing else in a query", name, f"It is {what}.")
