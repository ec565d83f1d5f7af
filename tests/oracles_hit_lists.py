"""Slow, obvious twins of hit lists: sets of Python, and breakdowns counted token by token."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.text.normalization import normalize
from corpus_kit.text.roots import fold_roots

COUNTED = ("word", "number", "hashtag", "mention")
Span = tuple[int, int]  # the first token of the corpus, and the one after the last


class Tokens:
    """The tokens of a corpus as Python objects, one after another, with the attributes of their types."""

    def __init__(self, corpus: ck.Corpus) -> None:
        tokens = corpus.tokens.select("document", "type", "kind").collect()
        types = corpus.all_types().collect()
        rows = [types.row(type_, named=True) for type_ in range(types.height)]
        self.document = tokens["document"].to_list()
        self.kind = tokens["kind"].cast(pl.String).to_list()
        self.type = tokens["type"].to_list()
        self.rows = [rows[type_] for type_ in self.type]
        self.begins = {document: place for place, document in reversed(list(enumerate(self.document)))}
        self.ends = {document: place + 1 for place, document in enumerate(self.document)}
        self.labels = corpus.all_documents().collect().to_dict(as_series=False)

    def value(self, place: int, attribute: str, *, written: bool = False) -> Any:
        """Return what is compared of a token, or how it is written."""
        row = self.rows[place]
        if attribute == "folded":
            return row["surface" if written else "folded"]
        if attribute == "kind":
            return self.kind[place]
        value = row[attribute]
        if attribute == "root":
            return None if not value else fold_roots(pl.Series([value[0]])).item()
        if attribute == "pos":
            return value[0] if value else None
        if attribute in ("stem", "lemma") and value is not None and not written:
            return normalize(value, "search")
        return value

    def span(self, hit: Span, anchors: dict[str, int | None], place: str) -> list[int]:
        """Return the tokens of a hit that a place names, those of its document only."""
        low, high = self.begins[self.document[hit[0]]], self.ends[self.document[hit[0]]]
        if place == "node":
            return list(range(*hit))
        ends = [self._spot(hit, anchors, spot, low, high) for spot in place.split("..")]
        if None in ends:
            return []
        first, last = ends[0], ends[-1]
        assert first is not None
        assert last is not None
        return [token for token in range(first, last + 1) if low <= token < high]

    def _spot(self, hit: Span, anchors: dict[str, int | None], spot: str, low: int, high: int) -> int | None:
        neighbour = re.fullmatch(r"(before|after)(\d+)", spot)
        if neighbour:
            is_before = neighbour[1] == "before"
            ahead = range(hit[0] - 1, low - 1, -1) if is_before else range(hit[1], high)
            words = [place for place in ahead if self.kind[place] in COUNTED]
            number = int(neighbour[2])
            return words[number - 1] if number <= len(words) else None
        found = re.fullmatch(r"(\w+)(?:\[(-?\d+)\])?", spot)
        assert found
        base = {"match": hit[0], "matchend": hit[1] - 1, **anchors}[found[1]]
        return None if base is None else base + int(found[2] or 0)


Key = tuple[str, str | None]  # a place and an attribute; a column of metadata has the place ""


def group(
    tokens: Tokens, hits: Sequence[Span], anchors: Sequence[dict[str, int | None]], keys: list[Key]
) -> pl.DataFrame:
    """Count hits by keys, one by one, without the spellings."""
    counts: Counter[tuple[Any, ...]] = Counter()
    documents: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for hit, own in zip(hits, anchors, strict=True):
        row = tuple(_value(tokens, hit, own, key) for key in keys)
        counts[row] += 1  # a dict keeps the order of first occurrence
        documents[row].add(tokens.document[hit[0]])
    totals: Counter[tuple[Any, ...]] = Counter()
    for row, count in counts.items():
        totals[row[:-1]] += count
    rows = sorted(counts, key=lambda row: -counts[row])  # stable
    return pl.DataFrame(
        {
            **{f"key{number}": [row[number] for row in rows] for number in range(len(keys))},
            "count": [counts[row] for row in rows],
            "documents": [len(documents[row]) for row in rows],
            "total": [totals[row[:-1]] for row in rows],
            "share": [counts[row] / totals[row[:-1]] for row in rows],
        }
    )


def _value(tokens: Tokens, hit: Span, anchors: dict[str, int | None], key: Key) -> Any:
    place, attribute = key
    if not place:
        assert attribute
        return tokens.labels[attribute][tokens.document[hit[0]]]
    values = [tokens.value(token, attribute or "folded") for token in tokens.span(hit, anchors, place)]
    if all(value is None for value in values):
        return None
    return " ".join("_" if value is None else value for value in values)
