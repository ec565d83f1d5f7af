"""What can be asked of hits by name: attributes of their tokens, of tokens near them, and metadata of their documents.

::

    source, text.source            metadata of the document
    lemma                          an attribute of the node, that is of all tokens of the hit
    match, matchend                the first token of the hit, the last one
    target, keyword, a             the token with this anchor or label
    match[-1], matchend[2]         the token so many tokens before or after it, signs counted, as in CQP
    before1, after2                the word so many words before or after the hit, without signs, as in `sort`
    match[-3]..matchend            the tokens from one to the other
    PLACE.lemma                    an attribute of the tokens there: PLACE is one of those above
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.metadata import type_name
from corpus_kit.corpus.checked import CheckedArray, IndexTexts
from corpus_kit.corpus.layers import column_called, names_of_columns
from corpus_kit.corpus.units import annotation, texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, nearest, shown
from corpus_kit.machine.memory import expect_memory
from corpus_kit.machine.threads import threads
from corpus_kit.query.condition_parser import ATTRIBUTES
from corpus_kit.search.hits import NO_TOKEN, Hits
from corpus_kit.text.normalization import resolve_profile
from corpus_kit.text.roots import fold_roots
from corpus_kit.text.tokenization import KINDS

__all__ = [
    "FOLDED",
    "SURFACE",
    "Asked",
    "Attribute",
    "Label",
    "Spans",
    "Spot",
    "asked",
    "attribute_called",
    "expect_room",
    "items_of",
    "spans_of",
    "texts_of_spans",
]

_SPOT = r"[^\W\d]\w*(?:\[[+-]?\d{1,6}\])?"
_PLACE = re.compile(rf"({_SPOT})(?:\.\.({_SPOT}))?(?:\.(\w+(?:\.\w+)?))?")
_PARTS = re.compile(r"(\w+)(?:\[([+-]?\d+)\])?")
_NEIGHBOUR = re.compile(r"(before|after)([1-9][0-9]?)")
_BYTES_OF_A_TOKEN = 100  # working memory to look it up, with others of its hit
_EDGES = ("match", "matchend")
FOLDED = "folded"  # how the text of a place is compared
SURFACE = "surface"  # how it is shown
NO_KEY = np.uint32(0xFFFFFFFF)
_EVERYWHERE = ("s", "p", "text")  # structures that have all tokens; the attributes of texts are metadata
_TEXT = "text."  # before the name of a column of metadata


class Spot(NamedTuple):
    """A token near a hit.

    Attributes:
        anchor: "match", "matchend", "before", "after", or the name of an anchor.
        offset: Tokens after it; for "before" and "after" words away from the hit.
    """

    anchor: str
    offset: int


@dataclass(frozen=True)
class Asked:
    """Tokens of each hit, and what is asked of them.

    Attributes:
        name: As it was given.
        first: The first token.
        last: The last token; None if it is one token.
        attribute: The attribute; None for the text.
    """

    name: str
    first: Spot
    last: Spot | None
    attribute: str | None


@dataclass(frozen=True)
class Label:
    """A column of metadata, with the name that was given for it."""

    name: str
    column: str


def asked(name: str, corpus: CorpusView, hits: Hits, argument: str) -> Asked | Label:
    """Return what a name asks for.

    Raises:
        InputError: If there is no such place, attribute or column, or a column does not hold single values.
    """
    columns = corpus.label_columns()
    column = name if name in columns else name.removeprefix(_TEXT)
    if column in columns and (column == name or name.startswith(_TEXT)):
        return _label(name, column, corpus, argument)
    if _attribute_name(name, corpus) is not None:
        return Asked(name, Spot("match", 0), Spot("matchend", 0), name)
    found = _PLACE.fullmatch(name)
    spot = _PARTS.match(found[1]) if found else None
    if found is None or spot is None or not _is_place(spot[1], hits):
        raise _unknown(name, corpus, hits, argument)
    attribute = found[3]
    if attribute is not None and _attribute_name(attribute, corpus) is None:
        choose(attribute, _attributes(corpus), f"the attribute in {argument}={shown(name)}")
    if found[1] == "node" and found[2] is None:
        return Asked(name, Spot("match", 0), Spot("matchend", 0), attribute)
    last = None if found[2] is None else _spot(found[2], hits, name, argument)
    return Asked(name, _spot(found[1], hits, name, argument), last, attribute)


def _is_place(anchor: str, hits: Hits) -> bool:
    return anchor in ("node", *_EDGES, *hits.anchors) or _NEIGHBOUR.fullmatch(anchor) is not None


def _spot(text: str, hits: Hits, name: str, argument: str) -> Spot:
    found = _PARTS.fullmatch(text)
    assert found
    anchor, offset = found[1], int(found[2] or 0)
    if neighbour := _NEIGHBOUR.fullmatch(anchor):
        if found[2] is None:
            return Spot(neighbour[1], int(neighbour[2]))
    elif anchor in (*_EDGES, *hits.anchors):
        return Spot(anchor, offset)
    hint = "The node may have several tokens: match is the first, matchend the last." if anchor == "node" else ""
    raise invalid(argument, f"made of places such as {', '.join([*_EDGES, *hits.anchors, 'before1'])}", name, hint)


def _label(name: str, column: str, corpus: CorpusView, argument: str) -> Label:
    dtype = corpus.labels_type(column)
    if dtype.is_nested():
        raise InputError(
            f"{argument} must be a column of single values, got {shown(column)}, which holds {type_name(dtype)}."
        )
    return Label(name, column)


def _unknown(name: str, corpus: CorpusView, hits: Hits, argument: str) -> InputError:
    places = ["node", *_EDGES, *hits.anchors]
    first, dot, _ = name.partition(".")
    if dot and first != "text":
        hint = nearest(first, places)
    else:
        hint = nearest(name, [*corpus.label_columns(), *places, *_attributes(corpus)])
    expected = "a column of metadata, an attribute of the node, or PLACE.ATTRIBUTE such as 'node.lemma'"
    more = "" if hits.anchors else " A label in the pattern makes another one."
    return invalid(argument, expected, name, hint or f"Places are {', '.join(places)}, match[-1] and before1.{more}")


# ------------------------------------------------------------------ attributes


@dataclass(frozen=True)
class Attribute:
    """An attribute of tokens.

    An item is what a token is for the attribute: its type, or its code in a layer or structure.

    Attributes:
        n_items: How many items there are.
        texts: Returns the values of items (UInt32), which are grouped by; null for none.
        codes: The item of each token; None if it is the type.
        types: The type of each token, if that is the item.
        keys: The number of the value of each item (UInt32), where the index has them; equal values have equal numbers,
            below n_items, and items without a value NO_KEY.
        written: Returns the values of items as they are written, where `texts` are folded.
        is_distinct: Whether each item has a value of its own.
    """

    n_items: int
    texts: Callable[[Array], pl.Series]
    types: Array | None = None
    codes: CheckedArray | None = None
    keys: Array | None = None
    written: Callable[[Array], pl.Series] | None = None
    is_distinct: bool = False

    @property
    def as_written(self) -> Attribute:
        """The attribute of how the values are written."""
        assert self.written is not None
        return Attribute(self.n_items, self.written, self.types, is_distinct=self.keys is not None)

    def items(self, tokens: Array) -> Array:
        """Return the item of each token (UInt32)."""
        if self.types is not None:
            return self.types[tokens]
        assert self.codes is not None
        return self.codes.items(tokens).astype(np.uint32)

    def values(self, items: Array) -> pl.Series:
        """Return the values of items; null where they are n_items, which stands for no token."""
        none = np.flatnonzero(items == self.n_items)
        if not len(none):
            return self.texts(items)
        found = self.texts(np.delete(items, none))
        if len(none) == 1:  # as of one key; nothing is copied
            row = int(none[0])
            return pl.concat([found[:row], pl.Series([None], dtype=found.dtype).alias(found.name), found[row:]])
        place = np.full(len(items), len(found))
        place[items != self.n_items] = np.arange(len(found))
        return found.extend_constant(None, 1).gather(place)


def attribute_called(name: str, corpus: CorpusView) -> Attribute:
    """Return an attribute that the corpus has, by a name as patterns have it.

    Raises:
        InputError: If the corpus is not annotated with it.
    """
    full = _attribute_name(name, corpus)
    assert full is not None
    if "." in full or full in _structures(corpus):
        return _of_column(corpus, full)
    n_types, types = corpus.n_types, corpus.token_types
    match full:
        case "folded":
            folded, surfaces = _gathered(corpus.folded_forms), _gathered(corpus.surfaces)
            return Attribute(n_types, folded, types, keys=corpus.type_ranks, written=surfaces)
        case "surface":
            return Attribute(n_types, _gathered(corpus.surfaces), types)
        case "kind":
            return Attribute(n_types, lambda items: pl.Series(KINDS).gather(corpus.type_kinds[items]), types)
        case "word":
            return Attribute(n_types, corpus.type_column("word").gather, types)
    column = annotation(corpus, full, f"the attribute {full!r}")
    if full == "root":
        return Attribute(n_types, lambda items: fold_roots(column.gather(items).list.first()), types)
    if full == "pos":
        return Attribute(n_types, lambda items: column.gather(items).list.first(), types)
    folded = texts_of_unit(corpus, full, resolve_profile("search"), full).gather
    return Attribute(n_types, folded, types, written=column.gather)


def _of_column(corpus: CorpusView, name: str) -> Attribute:
    """Return an attribute of a layer or of a structure, which has a code for each token."""
    column = corpus.layer_column(name) if name in names_of_columns(corpus.layers) else corpus.structure_column(name)
    is_bare = name in corpus.structures  # a token is inside of it or not
    values = pl.Series([None, name], dtype=pl.String) if is_bare else column.values
    keys = np.arange(len(values), dtype=np.uint32)
    keys[0] = NO_KEY
    return Attribute(len(keys), values.gather, codes=column.codes, keys=keys)


def _structures(corpus: CorpusView) -> list[str]:
    """Return the names of structures, which say what lies inside, and of their attributes."""
    structures = {name: each for name, each in corpus.structures.items() if name not in _EVERYWHERE}
    return [*structures, *(f"{name}.{attribute}" for name, each in structures.items() for attribute in each)]


def _gathered(texts: IndexTexts) -> Callable[[Array], pl.Series]:
    return lambda items: series_from_core("", texts.gather(np.ascontiguousarray(items, np.uint32)))


def _attribute_name(name: str, corpus: CorpusView) -> str | None:
    """Return the full name of an attribute: of a layer, of the vocabulary, or of a structure; None if there is none."""
    of_types = name.removeprefix("type.")
    if name in ("surface", "word", "folded", "kind") or (of_types in ATTRIBUTES and of_types != name):
        return of_types
    column = column_called(name, corpus.layers)
    if column is not None or name in ATTRIBUTES:
        return column or name
    return name if name in _structures(corpus) else None


def _attributes(corpus: CorpusView) -> list[str]:
    return list(dict.fromkeys([*ATTRIBUTES, *names_of_columns(corpus.layers), *_structures(corpus)]))


# ---------------------------------------------------------------- their tokens


class Spans(NamedTuple):
    """Tokens of each hit.

    Attributes:
        first: The first token of each hit (Int64).
        end: The token after the last one; `first` where there is none.
    """

    first: Array
    end: Array

    @property
    def are_single(self) -> bool:
        """Whether no hit has more than one token."""
        return bool((self.end - self.first <= 1).all())


def items_of(
    corpus: CorpusView, hits: Hits, wanted: Asked, attribute: Attribute, documents: Callable[[], Array]
) -> Array | None:
    """Return the item of the token of each hit that was asked for (UInt32), n_items for none.

    Args:
        corpus: The corpus.
        hits: The hits, in the order of the text.
        wanted: What was asked for.
        attribute: The attribute.
        documents: Returns the document of each hit, where that is needed.

    Returns:
        The items; None if hits may have several tokens there.
    """
    if wanted.last is not None and (hits.ends is not None or wanted.last.offset or wanted.first.offset):
        return None
    spot = wanted.first
    if attribute.types is not None and spot.anchor in ("before", "after"):
        return _neighbours(corpus, hits, spot)
    if spot == Spot("match", 0):
        return attribute.items(hits.first)
    first, end = spans_of(corpus, hits, Asked(wanted.name, spot, None, None), documents())
    return np.where(end > first, attribute.items(np.minimum(first, corpus.n_tokens - 1)), np.uint32(attribute.n_items))


def _neighbours(corpus: CorpusView, hits: Hits, spot: Spot) -> Array:
    """Return the type of the k-th word before or after each hit, the number of types for none."""
    before = spot.anchor == "before"
    nodes = np.ascontiguousarray(hits.first if before else hits.end - np.uint32(1))
    n_types, counted = corpus.n_types, corpus.counted_types
    types = corpus.derive(
        "counted types, numbered", lambda: np.where(counted, np.arange(n_types, dtype=np.uint32), NO_KEY)
    )
    found = corpus.token_texts.neighbour_ranks(
        nodes, corpus.document_ends, types, spot.offset, before, threads=threads()
    )
    of_hits: Array = series_from_core("", found).to_numpy()
    return np.minimum(of_hits, np.uint32(n_types))


def spans_of(corpus: CorpusView, hits: Hits, wanted: Asked, documents: Array) -> Spans:
    """Return the tokens of hits that were asked for.

    Args:
        corpus: The corpus.
        hits: The hits, in any order.
        wanted: What was asked for.
        documents: The document of each hit.
    """
    low, high = corpus.document_bounds(documents)
    first = _tokens_at(corpus, hits, wanted.first, low, high)
    if wanted.last is None:
        is_there = (low <= first) & (first < high)
        first = np.where(is_there, first, low)
        return Spans(first, first + is_there)
    last = _tokens_at(corpus, hits, wanted.last, low, high)
    is_there = (first <= last) & (first < high) & (last >= low) & (first > _NOWHERE // 2)
    first = np.where(is_there, np.maximum(first, low), low)
    return Spans(first, np.where(is_there, np.minimum(last + 1, high), first))


_NOWHERE = np.int64(-(1 << 60))  # outside every document


def _tokens_at(corpus: CorpusView, hits: Hits, spot: Spot, low: Array, high: Array) -> Array:
    """Return a token of each hit, which may lie outside its document, and no token of the corpus."""
    match spot.anchor:
        case "match":
            return hits.first.astype(np.int64) + spot.offset
        case "matchend":
            return hits.end.astype(np.int64) + (spot.offset - 1)
        case "before":
            return _words_away(corpus, hits.first.astype(np.int64), -1, spot.offset, low, high)
        case "after":
            return _words_away(corpus, hits.end.astype(np.int64) - 1, 1, spot.offset, low, high)
    tokens = hits.anchors[spot.anchor]
    return np.where(tokens == NO_TOKEN, _NOWHERE, tokens.astype(np.int64) + spot.offset)


def _words_away(corpus: CorpusView, tokens: Array, step: int, number: int, low: Array, high: Array) -> Array:
    """Return the word so many words before or after these tokens, within their documents."""
    counted, types = corpus.counted_types, corpus.token_types
    found = tokens.copy()
    for _ in range(number):
        found += step
        rows = np.arange(len(found))
        while len(rows):  # those that are not at a word yet
            here = found[rows]
            inside = (low[rows] <= here) & (here < high[rows])
            found[rows[~inside]] = _NOWHERE
            rows, here = rows[inside], here[inside]
            rows = rows[~counted[types[here]]]
            found[rows] += step
    return found


def expect_room(spans: Spans) -> None:
    """Refuse tokens that need more working memory than one call may use."""
    n_tokens = int((spans.end - spans.first).sum())
    if not spans.are_single:
        expect_memory(
            n_tokens * _BYTES_OF_A_TOKEN,
            f"To look up {n_tokens:,} tokens of {len(spans.first):,} hits",
            "Ask for fewer tokens of each hit, or take some of the hits (reduce, thin)",
        )


def texts_of_spans(corpus: CorpusView, attribute: str, spans: Spans, *, written: bool) -> pl.Series:
    """Return the values of the tokens of each hit, joined by spaces with _ for a token without one.

    Args:
        corpus: The corpus.
        attribute: The name of the attribute.
        spans: The tokens.
        written: Whether to return values as they are written, where they are folded to be compared.

    Returns:
        A String column; null where there are no tokens, or none of them has a value.
    """
    expect_room(spans)
    found = attribute_called(attribute, corpus)
    values = found.written if written and found.written else found.texts
    is_there = spans.end > spans.first
    full = _attribute_name(attribute, corpus)
    if (full == SURFACE or (full == FOLDED and written)) and not spans.are_single:  # with the spaces of the text
        joined_texts = corpus.token_texts.join(spans.first, spans.end, corpus.surfaces)
        texts_joined = series_from_core("value", joined_texts)
        return texts_joined if is_there.all() else texts_joined.set(pl.Series(~is_there), None)
    rows = pl.Series("row", np.repeat(np.arange(len(is_there)), spans.end - spans.first))
    of_tokens = values(found.items(ranges(spans.first, spans.end))).alias("value")
    table = pl.DataFrame([rows, of_tokens])
    if not spans.are_single:
        joined = pl.when(pl.col("value").is_not_null().any()).then(pl.col("value").fill_null("_").str.join(" "))
        table = table.group_by("row", maintain_order=True).agg(joined)
    place = np.full(len(is_there), table.height)
    place[table["row"].to_numpy()] = np.arange(table.height)
    return table["value"].extend_constant(None, 1).gather(place)
