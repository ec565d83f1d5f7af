"""kwic: every occurrence of a pattern with the words around it, in the original spelling."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._arguments import integer, whole_number
from corpus_kit._columns import series_from_core
from corpus_kit._concordance import TokenArrays, numbers
from corpus_kit._random import hashed
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import BARRIERS, UNITS
from corpus_kit.matching import Hits, find, variants
from corpus_kit.patterns import parse_pattern
from corpus_kit.provenance import attach
from corpus_kit.storage import Array, reading

__all__ = ["Concordance", "kwic"]

_NEIGHBOUR = re.compile(r"(before|after)([1-9][0-9]?)")
_NO_TYPE = 0xFFFFFFFF
_LAST = np.uint64(0xFFFFFFFF)  # the rank of what is not there: after everything else
_WIDEST = 1 << 32  # words; no document has more


def kwic(
    corpus: CorpusView,
    pattern: str,
    *,
    window: int | tuple[int, int] = 8,
    sort: str | Sequence[str] | None = None,
    sample: int | None = None,
    seed: int = 0,
    thin: int = 1,
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    metadata: str | Sequence[str] | None = None,
) -> Concordance:
    """Find a pattern and show each hit in context (keyword in context).

    Arguments:
        corpus: a Corpus or a subcorpus.
        pattern: a word, a phrase, wildcards, alternatives, gaps, regular expressions, attributes; the
            language of patterns is described in docs/searching.md and in `corpus_kit.patterns`.
        window: words before and after the node; one number or (before, after). Signs between them are
            shown too, but no more than 16 tokens for each word asked for.
        sort: a key or several: "before1", "before2", ... and "after1", ... (the words next to the
            node, compared in folded form), "node", "document", or a metadata column. A key that begins
            with "-" sorts in descending order. What is not there comes last. None keeps the order of
            the text; ties keep it too.
        sample: take this many lines at random; all lines when there are no more.
        seed: of the sample; the same seed gives the same lines, and a larger sample holds the smaller.
        thin: keep every thin-th line in the order of the text, beginning with the first; before sampling.
        exact: compare the repaired spelling in place of the folded form.
        clitics: find words with proclitics and enclitics too (needs `corpus.annotate()`).
        within: the unit of text that a hit may not leave: "sentence", "paragraph" or "document".
        metadata: columns of the documents to show with each line.

    Returns a Concordance; its `frame` has the columns document (UInt32, row number), id (String),
    position (UInt32, the node's first token within the document), before, node, after (String,
    original spelling), start, end (UInt32, code points of the node in the document's text), and the
    metadata columns. `variants` counts the spellings of the node.

    Raises InputError for a pattern that cannot be read (with the place), an unknown sort key or
    column, a negative window or sample.

    >>> import corpus_kit as ck
    >>> lines = ck.kwic(ck.sample_corpus(), "التحالف", window=3, sort="after1")
    >>> lines.frame["node"].is_not_null().all()
    True
    """
    expect_corpus(corpus, "kwic")
    parsed = parse_pattern(pattern, exact=exact, clitics=clitics)
    before, after = _window(window)
    choose(within, UNITS, "within")
    if sample is not None:
        sample = whole_number(sample, "sample", least=0, what="lines")
    seed = whole_number(seed, "seed", least=0, what="any kind")
    thin = whole_number(thin, "thin", least=1, what="lines")
    keys = _sort_keys(sort, corpus)
    shown = _metadata(metadata, corpus)
    with reading(corpus.path):
        hits = find(corpus, parsed, within=within)
    chosen = hits if thin == 1 else hits.take(slice(None, None, thin))
    if sample is not None and sample < len(chosen):
        chosen = chosen.take(_sample(chosen.first, sample, seed))
    options = {
        "window": [before, after], "sort": [key.text for key in keys], "sample": sample, "seed": seed, "thin": thin,
        "exact": exact, "clitics": clitics, "within": within, "metadata": shown,
    }  # fmt: skip
    if keys:
        with reading(corpus.path):
            chosen = _sorted(corpus, chosen, keys)
    return Concordance(corpus, pattern, chosen, found=hits, options=options)


class Concordance:
    """The lines of a concordance.

    Lines are put together when they are looked at: `frame` holds all of them, `lines(start, stop)` and
    `page(number)` some. In a notebook the first hundred are shown right to left.
    """

    def __init__(self, corpus: CorpusView, pattern: str, hits: Hits, *, found: Hits, options: dict[str, Any]) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.options = options
        self._hits = hits  # in the order of the lines
        self._found = found  # all, before thinning and sampling

    def __len__(self) -> int:
        return len(self._hits)

    @property
    def total(self) -> int:
        """Hits in the corpus, before thinning and sampling."""
        return len(self._found)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All lines: document, id, position, before, node, after, start, end, and metadata."""
        return self.with_provenance(self._lines(self._hits))

    def lines(self, start: int = 0, stop: int | None = None) -> pl.DataFrame:
        """The lines from `start` to `stop` (not included), with the columns of `frame`."""
        start = integer(start, "start")
        stop = None if stop is None else integer(stop, "stop")
        if "frame" in self.__dict__:
            return self.with_provenance(self.frame[start:stop])
        return self.with_provenance(self._lines(self._hits.take(slice(start, stop))))

    def page(self, number: int, size: int = 50) -> pl.DataFrame:
        """A page of lines; pages are counted from 1, and one beyond the last is empty.

        >>> import corpus_kit as ck
        >>> ck.kwic(ck.sample_corpus(), "في").page(2, size=20).height
        20
        """
        number = whole_number(number, "number", least=1, what="the page") - 1
        size = whole_number(size, "size", least=1, what="lines")
        return self.lines(number * size, (number + 1) * size)

    def widen(self, window: int | tuple[int, int]) -> Concordance:
        """The same lines, in the same order, with more (or less) context.

        >>> import corpus_kit as ck
        >>> lines = ck.kwic(ck.sample_corpus(), "التحالف", window=2).widen(20)
        >>> lines.options["window"]
        [20, 20]
        """
        options = {**self.options, "window": list(_window(window))}
        return Concordance(self.corpus, self.pattern, self._hits, found=self._found, options=options)

    def context(self, line: int, unit: str = "paragraph") -> pl.DataFrame:
        """One line with the whole sentence, paragraph or document around it, as it stands in the text.

        `line` counts from 0 in the order of the lines. The table has one row, with the columns of
        `frame`; line breaks and spaces are those of the text.

        >>> import corpus_kit as ck
        >>> lines = ck.kwic(ck.sample_corpus(), "التحالف")
        >>> row = lines.context(0, "document").row(0, named=True)
        >>> len(row["before"]) == row["start"]
        True
        """
        choose(unit, UNITS, "unit")
        line = whole_number(line, "line", least=0, what="the line")
        if line >= len(self):
            raise InputError(f"line {line} of {len(self):,}: lines are counted from 0")
        row = self._lines(self._hits.take(slice(line, line + 1)))
        with reading(self.corpus.path):
            document = row.item(0, "document")
            documents = self.corpus.documents.filter(pl.col("document") == document)
            text = documents.select("text").collect().item()
            low, high = self._unit_around(self._hits.take(slice(line, line + 1)), unit, len(text))
        start, end = row.item(0, "start"), row.item(0, "end")
        return row.with_columns(
            before=pl.lit(text[low:start]), node=pl.lit(text[start:end]), after=pl.lit(text[end:high])
        )

    @cached_property
    def variants(self) -> pl.DataFrame:
        """How often each spelling of the node occurs: surface (String), count, documents (Int64).

        Counted are all hits, also where lines were thinned or sampled. The spelling of a phrase is its
        text, with the signs between its words. Order: count descending, then first occurrence.

        >>> import corpus_kit as ck
        >>> ck.kwic(ck.sample_corpus(), "التحالف").variants.columns
        ['surface', 'count', 'documents']
        """
        self.corpus.check_open()
        with reading(self.corpus.path):
            return self.with_provenance(variants(self.corpus, self._found))

    def code(
        self, path: str | os.PathLike[str], columns: Sequence[str] = ("code", "note"), *, refresh: bool = True
    ) -> pl.DataFrame:
        """Bring a sheet for coding by hand up to date, and return the lines with the codes that it holds.

        The sheet is a .csv, .tsv or .parquet file with a row for each line: id, position, before, node,
        after, and the columns to be filled in (String). Fill them in with any program and run the notebook
        again: codes are found by id and position, so they survive another order, another window, another
        sample, and a corpus that grows. Lines that are new are added; rows of lines that are no longer
        shown stay in the sheet, and so do columns of yours.

        Arguments:
            path: the sheet; it is made where it is not there.
            columns: the columns to fill in. A sheet that lacks one gets it.
            refresh: write the sheet; False only reads it.

        Returns `frame` with these columns; null where nothing was filled in.

        Raises InputError for a sheet that cannot be read, in which a line stands twice, or whose node at some
        place is another word than the corpus has there (it was made for other texts).

        >>> import corpus_kit as ck, tempfile
        >>> lines = ck.kwic(ck.sample_corpus(), "في", sample=10)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lines.code(f"{folder}/codes.csv", ["stance"])["stance"].null_count()
        10
        """
        from corpus_kit.coding import with_codes

        return self.with_provenance(with_codes(self.frame, path, columns, refresh=refresh))

    @property
    def sort(self) -> list[str]:
        """The keys the lines are sorted by; none for the order of the text."""
        return list(self.options["sort"])

    @property
    def metadata(self) -> list[str]:
        """The columns of the documents that stand beside each line."""
        return list(self.options["metadata"])

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

    @property
    def all_hits(self) -> Hits:
        """Where the pattern occurs, before thinning and sampling."""
        return self._found

    def with_provenance(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Attach to a table made of these lines what made it, as `ck.save` records it."""
        options = {"pattern": self.pattern, **self.options, "hits": self.total, "subcorpus": self.corpus.selection}
        return attach(frame, "ck.kwic", options, corpus_id=self.corpus.id)

    # ------------------------------------------------------------------ lines from tokens

    @property
    def _tokens(self) -> TokenArrays:
        return self.corpus.token_texts

    def _lines(self, hits: Hits) -> pl.DataFrame:
        self.corpus.check_open()
        with reading(self.corpus.path):
            return self._lines_of(hits)

    def _lines_of(self, hits: Hits) -> pl.DataFrame:
        corpus = self.corpus
        node, end = hits.spans()
        documents = _documents(corpus, node)
        low, high = corpus.document_bounds(documents)
        words_before, words_after = self.options["window"]
        first = series_from_core("", self._tokens.context(low, node, words_before, True)).to_numpy()
        last = series_from_core("", self._tokens.context(end, high, words_after, False)).to_numpy()
        frame = pl.DataFrame(
            {
                "document": _numbers(documents),
                "id": corpus.ids(documents),
                "position": _numbers(node - low),
                "before": self._join(first, node),
                "node": self._join(node, end),
                "after": self._join(end, last),
                "start": _numbers(corpus.token_starts[node]),
                "end": self._ends(end - 1),
            }
        )
        labels = (corpus.labels(name, selected=False).gather(documents) for name in self.options["metadata"])
        return frame.with_columns(*labels)

    def _join(self, first: Array, last: Array) -> pl.Series:
        return series_from_core("", self._tokens.join(first, last, self.corpus.surfaces))

    def _ends(self, last: Array) -> pl.Series:
        """Code point after the last token of each node."""
        return _numbers(self.corpus.token_starts[last]) + self._join(last, last + 1).str.len_chars()

    def _unit_around(self, hit: Hits, unit: str, length: int) -> tuple[int, int]:
        """Code points where the sentence, paragraph or document around a hit begins and ends."""
        corpus = self.corpus
        node, end = hit.spans()
        (low,), (high,) = corpus.document_bounds(_documents(corpus, node))
        barriers = BARRIERS[unit]
        begins = np.flatnonzero(corpus.token_flags[low:high] & barriers) + low if barriers else np.array([low])
        before, after = begins[begins <= node[0]], begins[begins >= end[0]]
        first = (
            0 if unit == "document" or not len(before) or before[-1] == low else int(corpus.token_starts[before[-1]])
        )
        last = int(corpus.token_starts[after[0]]) if len(after) else length
        return first, last


def _numbers(values: Array) -> pl.Series:
    """A UInt32 column. Polars would load another part of numpy for it, which takes longer than a page of lines."""
    return series_from_core("", numbers(np.ascontiguousarray(values, np.uint32)))


# ------------------------------------------------------------------------------------------ order


class _Key(NamedTuple):
    """A sort key as it was given, its name, and its direction."""

    text: str
    name: str
    descending: bool


def _sort_keys(sort: str | Sequence[str] | None, corpus: CorpusView) -> tuple[_Key, ...]:
    if sort is not None and not isinstance(sort, str | Sequence):
        raise InputError(f"sort= takes a key or a list of keys, not {type(sort).__name__}: {sort!r:.60}")
    keys = () if sort is None else (sort,) if isinstance(sort, str) else tuple(sort)
    found = []
    for key in keys:
        name = key.removeprefix("-") if isinstance(key, str) else key
        if not isinstance(name, str) or not (_NEIGHBOUR.fullmatch(name) or name in ("node", "document")):
            columns = corpus.label_columns()
            if name not in columns:
                raise InputError(
                    f"unknown sort key {key!r}. Allowed: before1 to before99, after1 to after99, node, document, "
                    f"and the columns {', '.join(columns)}; with - before them in descending order"
                )
        found.append(_Key(key, name, key.startswith("-")))
    if len({key.name for key in found}) < len(found):
        raise InputError(f"a sort key stands twice: {', '.join(keys)}")
    return tuple(found)


def _metadata(metadata: str | Sequence[str] | None, corpus: CorpusView) -> list[str]:
    if metadata is None:
        return []
    if not isinstance(metadata, str | Sequence):
        raise InputError(f"metadata= takes a column or a list of columns, not {type(metadata).__name__}")
    names = [metadata] if isinstance(metadata, str) else list(metadata)
    for name in names:
        choose(name, corpus.label_columns(), "metadata column")
    if len(set(names)) < len(names):
        raise InputError(f"a metadata column stands twice: {', '.join(names)}")
    return [name for name in names if name not in ("document", "id")]  # which are shown anyway


def _sorted(corpus: CorpusView, hits: Hits, keys: tuple[_Key, ...]) -> Hits:
    """The hits, which are in the order of the text, in the order of the keys; ties keep theirs."""
    node, end = hits.spans()
    documents = _documents(corpus, node)
    low, high = corpus.document_bounds(documents)
    order: Array | None = None
    for key in reversed(keys):
        match = _NEIGHBOUR.fullmatch(key.name)
        if match and match[1] == "before":
            ranks = _neighbours(corpus, low, node, int(match[2]), before=True)
        elif match:
            ranks = _neighbours(corpus, end, high, int(match[2]), before=False)
        elif key.name == "node":
            ranks = _node_ranks(corpus, hits)
        elif key.name == "document":
            ranks = documents.astype(np.uint64)
        else:
            ranks = _label_ranks(corpus, key.name)[documents]
        if key.descending:
            ranks = np.where(ranks == _LAST, _LAST, _LAST - np.uint64(1) - ranks)
        # rank and place in one number: no two are equal, so any way to sort them gives the same order
        numbered = (ranks if order is None else ranks[order]) << np.uint64(32)
        numbered |= np.arange(len(hits), dtype=np.uint64)
        numbered.sort()
        places = (numbered & _LAST).view(np.int64)
        order = places if order is None else order[places]
    return hits if order is None else hits.take(order)


def _neighbours(corpus: CorpusView, first: Array, last: Array, k: int, *, before: bool) -> Array:
    """Rank, by its folded form, of the k-th word before or after each hit; _LAST where the document has none."""
    types = series_from_core("", corpus.token_texts.neighbours(first, last, k, before)).to_numpy()
    ranks = np.full(len(types), _LAST)
    there = types != _NO_TYPE
    ranks[there] = corpus.type_ranks[types[there]]
    return ranks


def _node_ranks(corpus: CorpusView, hits: Hits) -> Array:
    """Ranks of the nodes by their folded forms."""
    if hits.ends is None:
        ranks: Array = corpus.type_ranks[corpus.token_types[hits.first]].astype(np.uint64)
        return ranks
    first, end = hits.spans()
    folded = series_from_core("", corpus.token_texts.join(first, end, corpus.folded_forms))
    return folded.rank("dense").to_numpy().astype(np.uint64)


def _label_ranks(corpus: CorpusView, column: str) -> Array:
    """Ranks of the values of a metadata column, of all documents; _LAST for null."""
    labels = corpus.labels(column, selected=False)
    if labels.dtype.is_nested():
        raise InputError(f"lines cannot be sorted by the column {column!r}, which holds {labels.dtype}")
    if isinstance(labels.dtype, pl.Enum | pl.Categorical):
        labels = labels.cast(pl.String)
    ranks: Array = labels.rank("dense").fill_null(int(_LAST)).to_numpy().astype(np.uint64)
    return ranks


def _documents(corpus: CorpusView, tokens: Array) -> Array:
    """The document of each of these tokens."""
    ends = corpus.document_ends
    if len(tokens) <= len(ends) or (tokens[1:] < tokens[:-1]).any():
        return np.searchsorted(ends, tokens.astype(ends.dtype), "right")  # of two types, numpy would convert `ends`
    # fewer look-ups where there are more hits than documents
    before = np.searchsorted(tokens, ends.astype(tokens.dtype), "left")
    return np.repeat(np.arange(len(ends)), np.diff(before, prepend=0))


# -------------------------------------------------------------------------------------- arguments


def _window(window: int | tuple[int, int]) -> tuple[int, int]:
    pair = window if isinstance(window, tuple | list) else (window, window)
    try:
        before, after = (whole_number(n, "window", least=0, what="words") for n in pair)
    except ValueError:
        raise InputError(f"window= takes a number of words from 0 or a pair (before, after), not {window!r}") from None
    return min(before, _WIDEST), min(after, _WIDEST)


def _sample(positions: Array, size: int, seed: int) -> Array:
    """Indices of a random sample, in order.

    Each hit gets a hash of its position and the seed, and the
    hits of the smallest hashes are taken: the same on every machine and version, and a larger sample
    of the same seed contains the smaller one.
    """
    return np.sort(np.lexsort((positions, hashed(positions, seed)))[:size])
