"""kwic: every occurrence of a word or phrase with the words around it, in the original spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit._columns import series_from_core, text_stream
from corpus_kit._concordance import Surfaces, TokenArrays
from corpus_kit._random import hashed
from corpus_kit.corpus import Corpus, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.patterns import Hits, find, parse_pattern
from corpus_kit.provenance import attach
from corpus_kit.storage import Array, reading

__all__ = ["Concordance", "kwic"]

_SORT_KEY = re.compile(r"(before|after)([1-9][0-9]?)|node|document")
_NO_TYPE = 0xFFFFFFFF
_WIDEST = 1 << 32  # words; no document has more


def kwic(
    corpus: Corpus,
    pattern: str,
    *,
    window: int | tuple[int, int] = 8,
    sort: str | Sequence[str] | None = None,
    sample: int | None = None,
    seed: int = 0,
    exact: bool = False,
) -> Concordance:
    """Find a word or phrase and show it in context (keyword in context).

    Arguments:
        corpus: a Corpus or a subcorpus.
        pattern: a word, a phrase, or words with the wildcards * and ?; see `corpus_kit.patterns`.
        window: words before and after the node; one number or (before, after). Signs between them are
            shown too, but no more than 16 tokens for each word asked for.
        sort: a key or several: "before1", "before2", ... and "after1", ... (the words next to the
            node, compared in folded form), "node", "document". None keeps the order of the text;
            ties keep it too.
        sample: take this many lines at random; all lines when there are no more.
        seed: of the sample; the same seed gives the same lines.
        exact: compare the repaired spelling in place of the folded form.

    Returns a Concordance; its `frame` has the columns document (UInt32, row number), id (String),
    position (UInt32, the node's first token within the document), before, node, after (String,
    original spelling), start, end (UInt32, code points of the node in the document's text).

    Raises InputError for an empty pattern, an unknown sort key, a negative window or sample.

    >>> import corpus_kit as ck
    >>> lines = ck.kwic(ck.sample_corpus(), "التحالف", window=3, sort="after1")
    >>> lines.frame["node"].is_not_null().all()
    True
    """
    expect_corpus(corpus, "kwic")
    parsed = parse_pattern(pattern, exact=exact)
    keys = _sort_keys(sort)
    before, after = _window(window)
    if sample is not None:
        sample = whole_number(sample, "sample", least=0, what="lines")
    seed = whole_number(seed, "seed", least=0, what="any kind")
    with reading(corpus.path):
        hits = find(corpus, parsed)
    total = len(hits.first)
    if sample is not None and sample < total:
        pick = _sample(hits.first, sample, seed)
        hits = Hits(hits.first[pick], hits.end[pick])
    options = {"window": [before, after], "sort": list(keys), "sample": sample, "seed": seed, "exact": exact}
    lines = Concordance(corpus, pattern, hits, total=total, options=options)
    if not keys:
        return lines
    with reading(corpus.path):
        return lines._sorted(keys)


class Concordance:
    """The lines of a concordance.

    Lines are put together when they are looked at: `frame` holds all of them, `lines(start, stop)`
    a page. In a notebook the first hundred are shown right to left.
    """

    def __init__(self, corpus: Corpus, pattern: str, hits: Hits, *, total: int, options: dict[str, Any]) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.total = total  # hits in the corpus, before sampling
        self.options = options
        self._hits = hits

    def __len__(self) -> int:
        return len(self._hits.first)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All lines: document, id, position, before, node, after, start, end."""
        return self._with_provenance(self._lines(self._hits))

    def lines(self, start: int = 0, stop: int | None = None) -> pl.DataFrame:
        """The lines from `start` to `stop` (not included), with the columns of `frame`."""
        if "frame" in self.__dict__:
            return self._with_provenance(self.frame[start:stop])
        return self._with_provenance(self._lines(Hits(self._hits.first[start:stop], self._hits.end[start:stop])))

    @property
    def sort(self) -> list[str]:
        """The keys the lines are sorted by; none for the order of the text."""
        return list(self.options["sort"])

    @property
    def caption(self) -> str:
        """The pattern and the number of lines."""
        return f"{self.pattern} ({len(self):,})"

    def __repr__(self) -> str:
        from corpus_kit.display import show

        return str(show(self))

    def _repr_html_(self) -> str:
        from corpus_kit.display import show

        return show(self).html

    def _with_provenance(self, frame: pl.DataFrame) -> pl.DataFrame:
        options = {"pattern": self.pattern, **self.options, "hits": self.total, "subcorpus": self.corpus.selection}
        return attach(frame, "ck.kwic", options, corpus_id=self.corpus.id)

    # ------------------------------------------------------------------ lines from tokens

    @property
    def _tokens(self) -> TokenArrays:
        return self.corpus._arrays

    def _documents(self, hits: Hits) -> Array:
        return np.searchsorted(self.corpus._ends, hits.first, "right")

    def _lines(self, hits: Hits) -> pl.DataFrame:
        self.corpus._check_open()
        with reading(self.corpus.path):
            return self._lines_of(hits)

    def _lines_of(self, hits: Hits) -> pl.DataFrame:
        corpus = self.corpus
        documents = self._documents(hits)
        low, high = corpus.document_bounds(documents)
        words_before, words_after = self.options["window"]
        first = series_from_core("", self._tokens.context(low, hits.first, words_before, True)).to_numpy()
        last = series_from_core("", self._tokens.context(hits.end, high, words_after, False)).to_numpy()
        return pl.DataFrame(
            {
                "document": pl.Series(documents, dtype=pl.UInt32),
                "id": corpus._ids.gather(documents),
                "position": pl.Series(hits.first - low, dtype=pl.UInt32),
                "before": self._join(first, hits.first),
                "node": self._join(hits.first, hits.end),
                "after": self._join(hits.end, last),
                "start": pl.Series(corpus._starts[hits.first], dtype=pl.UInt32),
                "end": self._ends(hits),
            }
        )

    def _join(self, first: Array, last: Array, column: str = "surface") -> pl.Series:
        corpus = self.corpus
        texts = corpus._surfaces if column == "surface" else Surfaces(text_stream(corpus._vocabulary[column]))
        return series_from_core("", self._tokens.join(first, last, texts))

    def _ends(self, hits: Hits) -> pl.Series:
        """Code point after the last token of each node."""
        last = hits.end - 1
        surfaces = self.corpus._vocabulary["surface"].gather(self.corpus._types[last])
        return pl.Series(self.corpus._starts[last], dtype=pl.UInt32) + surfaces.str.len_chars()

    # ------------------------------------------------------------------ order

    def _sorted(self, keys: tuple[str, ...]) -> Concordance:
        hits = self._hits
        documents = self._documents(hits)
        low, high = self.corpus.document_bounds(documents)
        columns = []
        for key in keys:
            match = _SORT_KEY.fullmatch(key)
            if key == "document":
                columns.append(pl.Series(key, documents))
            elif key == "node":
                columns.append(self._join(hits.first, hits.end, "folded").alias(key))
            elif match and match[1] == "before":
                columns.append(self._neighbour(low, hits.first, int(match[2]), before=True).alias(key))
            elif match:
                columns.append(self._neighbour(hits.end, high, int(match[2]), before=False).alias(key))
        by_keys = pl.arg_sort_by(list(keys), nulls_last=True, maintain_order=True)
        order = pl.DataFrame(columns).select(by_keys).to_series().to_numpy()
        ordered = Hits(hits.first[order], hits.end[order])
        return Concordance(self.corpus, self.pattern, ordered, total=self.total, options=self.options)

    def _neighbour(self, first: Array, last: Array, k: int, *, before: bool) -> pl.Series:
        """Folded form of the k-th word before or after each hit; null where the document has none."""
        types = series_from_core("type", self._tokens.neighbours(first, last, k, before))
        known = types.set(types == _NO_TYPE, None)
        return self.corpus._vocabulary["folded"].gather(known)


def _window(window: int | tuple[int, int]) -> tuple[int, int]:
    pair = window if isinstance(window, tuple | list) else (window, window)
    try:
        before, after = (whole_number(n, "window", least=0, what="words") for n in pair)
    except ValueError:
        raise InputError(f"window= takes a number of words from 0 or a pair (before, after), not {window!r}") from None
    return min(before, _WIDEST), min(after, _WIDEST)


def _sort_keys(sort: str | Sequence[str] | None) -> tuple[str, ...]:
    if sort is not None and not isinstance(sort, str | Sequence):
        raise InputError(f"sort= takes a key or a list of keys, not {type(sort).__name__}: {sort!r:.60}")
    keys = () if sort is None else (sort,) if isinstance(sort, str) else tuple(sort)
    for key in keys:
        if not isinstance(key, str) or not _SORT_KEY.fullmatch(key):
            raise InputError(
                f"unknown sort key {key!r}. Allowed: before1 to before99, after1 to after99, node, document"
            )
    if len(set(keys)) < len(keys):
        raise InputError(f"a sort key stands twice: {', '.join(keys)}")
    return keys


def _sample(positions: Array, size: int, seed: int) -> Array:
    """Indices of a random sample, in order.

    Each hit gets a hash of its position and the seed, and the
    hits of the smallest hashes are taken: the same on every machine and version, and a larger sample
    of the same seed contains the smaller one.
    """
    return np.sort(np.lexsort((positions, hashed(positions, seed)))[:size])
