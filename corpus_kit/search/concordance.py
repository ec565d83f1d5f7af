"""The lines of a concordance, put together from tokens when they are looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, names
from corpus_kit._base.arrays import Array, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.recorded_frame import recorded
from corpus_kit._base.records import record_of_call
from corpus_kit.corpus.checked import TokenTexts
from corpus_kit.corpus.layers import column_called
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.display.values import lines_caption
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.hit_list import HitList
from corpus_kit.search.hits import Hits, variants
from corpus_kit.search.order import SortedHits, sort_keys
from corpus_kit.text.token_flags import BARRIERS, UNITS

__all__ = ["LINE_COLUMNS", "Concordance", "window_argument"]

LINE_COLUMNS = ("document", "id", "position", "before", "node", "after", "start", "end")

_MANY = 10_000  # lines whose memory is reckoned before they are made
_BYTES_OF_A_LINE, _BYTES_OF_A_WORD = 150, 24  # working memory
_WIDEST = 1 << 32  # words; no document has more


def window_argument(window: object, name: str = "window") -> tuple[int, int]:
    """Return words before and after a node, given as one number or as a pair.

    >>> window_argument(5), window_argument((0, 3))
    ((5, 5), (0, 3))
    """
    pair = window if isinstance(window, tuple | list) else (window, window)
    try:
        before, after = (integer(words, name, least=0) for words in pair)
    except ValueError:
        raise invalid(name, "a non-negative integer or a pair of them (before, after)", window) from None
    return min(before, _WIDEST), min(after, _WIDEST)


class Concordance(HitList):
    """The lines of a concordance, from `ck.kwic`.

    Lines are sorted and put together when they are looked at: `frame` holds all of them,
    `lines(start, stop)` and `page(page)` some, which takes less time. A notebook shows the first hundred,
    right to left.

    The hits of the lines are a value: `a | b`, `a & b` and `a - b` are lists too, as are what `reduce`, `thin`, `find`
    and `at` return; `group` and `tabulate` count and list what their tokens are, and `save` keeps them.
    """

    def __init__(
        self, corpus: CorpusView, pattern: str, hits: Hits | SortedHits, *, found: Hits, options: dict[str, Any]
    ) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.options = options
        self._hits = hits  # in the order of the lines
        self._found = found  # all hits, before thinning and sampling

    def __len__(self) -> int:
        return len(self._hits)

    @property
    def total(self) -> int:
        """The number of hits in the corpus, before thinning and sampling."""
        return len(self._found)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All lines: document, id, position, before, node, after, start, end, metadata, and columns of layers."""
        return self.with_provenance(self._lines(slice(None)))

    def lines(self, start: int = 0, stop: int | None = None) -> pl.DataFrame:
        """Return the lines from `start` up to `stop`, with the columns of `frame`.

        Args:
            start: The first line, from 0; negative numbers count from the end.
            stop: The line after the last one; None for the end.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.kwic(ck.sample_corpus(), "في").lines(10, 15).height
            5
        """
        start = integer(start, "start")
        stop = None if stop is None else integer(stop, "stop")
        if "frame" in self.__dict__:
            return self.with_provenance(self.frame[start:stop])
        return self.with_provenance(self._lines(slice(start, stop)))

    def page(self, page: int, size: int = 50) -> pl.DataFrame:
        """Return a page of lines, with the columns of `frame`.

        Args:
            page: The number of the page, from 1. A page beyond the last one is empty.
            size: Lines on a page.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.kwic(ck.sample_corpus(), "في").page(2, size=20).height
            20
        """
        before = integer(page, "page", least=1) - 1
        size = integer(size, "size", least=1)
        return self.lines(before * size, (before + 1) * size)

    def rows(self, rows: Sequence[int] | Array) -> Concordance:
        """Return the lines with these numbers, in the order of the numbers.

        Args:
            rows: Numbers of lines, from 0.

        Raises:
            InputError: If there is no such line.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "في")
            >>> lines.rows([7, 2]).frame["position"].to_list() == lines.frame["position"].gather([7, 2]).to_list()
            True
        """
        found = np.asarray(rows)
        if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
            raise invalid("rows", "a list of integers", rows)
        if found.size and (found.min() < 0 or found.max() >= len(self)):
            raise invalid("rows", f"integers from 0 and below {len(self):,}, the number of lines", rows)
        options = {**self.options, "rows": len(found), "sort": []}
        hits = self._hits.take(slice(None)).take(found.astype(np.int64))
        return Concordance(self.corpus, self.pattern, hits, found=self._found, options=options)

    def widen(self, window: int | tuple[int, int]) -> Concordance:
        """Return the same lines, in the same order, with more or less context.

        Args:
            window: Words before and after the node: one number, or (before, after).

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "التحالف", window=2).widen(20)
            >>> lines.options["window"]
            [20, 20]
        """
        options = {**self.options, "window": list(window_argument(window))}
        return Concordance(self.corpus, self.pattern, self._hits, found=self._found, options=options)

    def with_metadata(self, metadata: Sequence[str]) -> Concordance:
        """Return the same lines with other metadata columns.

        Args:
            metadata: The names of columns, as `ck.kwic` takes them.

        Raises:
            InputError: If the corpus lacks one of them.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.kwic(ck.sample_corpus(), "هدنة").with_metadata(["outlet"]).frame.columns[-1]
            'outlet'
        """
        options = {**self.options, "metadata": names(metadata, "metadata")}
        return Concordance(self.corpus, self.pattern, self._hits, found=self._found, options=options)

    def sort_by(self, sort: str | Sequence[str] | None) -> Concordance:
        """Return the same lines, of a sample the same sample, in another order.

        Args:
            sort: A sort key or a list of them, as in `ck.kwic`; None for the order of the text.

        Raises:
            InputError: If a key is unknown.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "في", sample=50)
            >>> lines.sort_by(["after1", "-date"]).sort, len(lines.sort_by("node"))
            (['after1', '-date'], 50)
        """
        keys = sort_keys(sort, self.corpus, list(self.hits.anchors))
        options = {**self.options, "sort": [key.text for key in keys]}
        lines = SortedHits(self.corpus, self.hits, keys) if keys else self.hits
        return Concordance(self.corpus, self.pattern, lines, found=self._found, options=options)

    def context(self, line: int, within: str = "paragraph") -> pl.DataFrame:
        """Return one line with the whole sentence, paragraph or document around it, as it is in the text.

        Args:
            line: The number of the line, from 0, in the order of the lines.
            within: The unit of text to show: "sentence", "paragraph" or "document".

        Returns:
            One row with the columns of `frame`. Line breaks and spaces are those of the text.

        Raises:
            InputError: If there is no such line or unit.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "التحالف")
            >>> row = lines.context(0, "document").row(0, named=True)
            >>> len(row["before"]) == row["start"]
            True
        """
        line = integer(line, "line", least=0)
        choose(within, UNITS, "within")
        if line >= len(self):
            raise invalid("line", f"below {len(self):,}, the number of lines", line, "Lines are numbered from 0.")
        self.corpus.check_open()
        with reading(self.corpus.path):
            hit = self._hits.take(slice(line, line + 1))
            row = self._lines_of(hit)
            documents = self.corpus.all_documents().filter(pl.col("document") == row.item(0, "document"))
            text = documents.select("text").collect().item()
            low, high = self._unit_around(hit, within, len(text))
        start, end = row.item(0, "start"), row.item(0, "end")
        return row.with_columns(
            before=pl.lit(text[low:start]), node=pl.lit(text[start:end]), after=pl.lit(text[end:high])
        )

    @cached_property
    def variants(self) -> pl.DataFrame:
        """The spellings of the node: surface (String), count, documents (Int64).

        All hits are counted, also if lines were thinned or sampled. The spelling of a phrase is its
        text, with the signs between its words. Ordered by count, descending, then by first occurrence.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.kwic(ck.sample_corpus(), "التحالف").variants.columns
            ['surface', 'count', 'documents']
        """
        self.corpus.check_open()
        with reading(self.corpus.path):
            return self.with_provenance(variants(self.corpus, self._found))

    def code(
        self,
        path: str | os.PathLike[str],
        columns: str | Sequence[str] = ("code", "note"),
        *,
        codes: pl.DataFrame | None = None,
        refresh: bool = True,
    ) -> pl.DataFrame:
        """Update a sheet for coding by hand, and return the lines with the codes that it holds.

        The sheet is a .csv, .tsv or .parquet file with a row for each line: id, position, before, node,
        after, and the columns to fill in (String). Fill them in with any program and run the notebook
        again. Codes are found by id and position, so that they survive another order, another window,
        another sample, and a corpus that grows. New lines are added to the sheet; rows of lines that are
        no longer shown stay in it, and so do columns of your own. Others may write it at the same time.

        Args:
            path: The sheet; it is created if it does not exist.
            columns: A column, or several, to fill in. A sheet that lacks one gets it.
            codes: Codes that were given in another program, from `ck.read_codes`, or a table with the columns
                id, start, end, code, and perhaps coder. They fill cells that are empty: of an only coder those
                of the first of `columns`, of several coders a column named after each. Several codes of a
                coder for one line are joined by |. A warning counts those that belong to no line, and the
                lines that have another code, which stays.
            refresh: Whether to write the sheet; False only reads it.

        Returns:
            `frame` with the columns of codes; null if nothing was filled in. If a line was coded in
            several ways with `ck.explore`, the column code_conflict (String) has the codes that are not
            in the sheet.

        Raises:
            InputError: If the sheet cannot be read or written, if it has two rows for a line, or if the
                node of a row differs from the word in the corpus (the sheet was made for other texts).

        Examples:
            >>> import corpus_kit as ck, tempfile
            >>> lines = ck.kwic(ck.sample_corpus(), "في", sample=10)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     lines.code(f"{folder}/codes.csv", "stance")["stance"].null_count()
            10
        """
        from corpus_kit.coding.code_matching import (  # no line of a page needs it
            columns_of_coders,
            filled,
            matched,
            warn_of_codes,
        )
        from corpus_kit.coding.coding import with_codes  # no line of a page needs it

        if codes is None:
            return self.with_provenance(with_codes(self.frame, path, columns, refresh=refresh))
        found = matched(self.frame, codes)
        wanted = names(columns, "columns")
        of_coders = columns_of_coders(found, wanted or ["code"])
        wanted += [column for column in of_coders.values() if column not in wanted]
        coded = with_codes(
            self.frame, path, wanted, refresh=refresh, fill=lambda sheet: filled(sheet, found, of_coders)
        )
        warn_of_codes(coded, found, of_coders)
        return self.with_provenance(coded)

    def match_codes(self, codes: pl.DataFrame) -> pl.DataFrame:
        """Return the codes of another program with the lines that they belong to, as `code` puts them there.

        Args:
            codes: As in `code`.

        Returns:
            The codes with their columns, a row for each line that one belongs to, and position (UInt32), which
            with the id names the line, and match (String): "exact" if the code has the offsets of the node,
            "overlapping" if it overlaps it. Both are null for a code that belongs to no line.

        Raises:
            InputError: If `codes` is no such table.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "هدنة")
            >>> codes = lines.frame.head(2).select("id", "start", pl.col("end") + 5, code=pl.lit("for"))
            >>> lines.match_codes(codes)["match"].to_list()
            ['overlapping', 'overlapping']
        """
        from corpus_kit.coding.code_matching import matched  # no line of a page needs it

        return self.with_provenance(matched(self.frame, codes))

    @property
    def sort(self) -> list[str]:
        """The keys that the lines are sorted by; none for the order of the text."""
        return list(self.options["sort"])

    @property
    def metadata(self) -> list[str]:
        """The metadata columns shown with each line."""
        return list(self.options["metadata"])

    @property
    def layer_columns(self) -> list[str]:
        """The columns of layers of tokens shown with each line."""
        return list(self.options.get("show", ()))

    @property
    def caption(self) -> str:
        """The pattern and the number of lines; of a sample also that of all hits."""
        return lines_caption(self.pattern, len(self), self.total, "en")

    @cached_property
    def hint(self) -> str:
        """Why nothing was found, and what to write instead; "" if something was found, or nobody knows.

        Of a pattern such as "…" in quotation marks, that finds something else here than in other tools, it says how
        many hits it would have.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.kwic(ck.sample_corpus(), '"إمارة السهل"').hint
            "A phrase is written without quotation marks, which are signs of the text. 'إمارة السهل' has 70 hits."
        """
        from corpus_kit.search.hints import misread, why_nothing  # no line of a page needs it

        if not self.pattern or "exact" not in self.options or {"of", "lines_of"} & self.options.keys():
            return ""
        corpus, options = self.corpus, self.options
        corpus.check_open()
        how = {name: options[name] for name in ("exact", "clitics")}
        try:
            parsed = parse_pattern(self.pattern, names=names_of(corpus), **how)
        except InputError:  # saved hits of a corpus with structures, lists or macros that this one lacks
            return ""
        if self.total:
            return misread(corpus, parsed, self.total, within=options["within"])
        return why_nothing(corpus, parsed, within=options["within"])

    def __repr__(self) -> str:
        from corpus_kit.display.show import show  # no line of a page needs it

        return str(show(self))

    def _repr_html_(self) -> str:
        from corpus_kit.display.show import show  # no line of a page needs it

        return show(self).html

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return `frame` to a library that reads Arrow data, such as pandas, pyarrow or DuckDB."""
        return self.frame.__arrow_c_stream__(requested_schema)

    def anchor_places(self, start: int = 0, stop: int | None = None) -> list[list[tuple[str, int, int]]]:
        """Return where the tokens with anchors and labels are in the nodes of lines.

        Args:
            start: The first line, from 0.
            stop: The line after the last one; None for the end.

        Raises:
            InputError: If a number is no integer.

        Returns:
            For each line its anchors in the order of the text: name, start and end in `node` (code points). One that a
            line lacks, or that lies outside its node, is left out.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "هدنة @[]")
            >>> [name for name, start, end in lines.anchor_places(0, 1)[0]]
            ['target']
        """
        start = integer(start, "start")
        stop = None if stop is None else integer(stop, "stop")
        hits = self._hits.take(slice(start, stop))
        places: list[list[tuple[str, int, int]]] = [[] for _ in range(len(hits))]
        if not hits.anchors:
            return places
        self.corpus.check_open()
        node, end = hits.spans()
        with reading(self.corpus.path):
            for name, tokens in hits.anchors.items():
                rows = np.flatnonzero((tokens >= node) & (tokens < end))
                token = tokens[rows].astype(np.int64)
                ends = self._join("", node[rows], token + 1).str.len_chars()
                lengths = self._join("", token, token + 1).str.len_chars()
                for row, last, length in zip(rows.tolist(), ends, lengths, strict=True):
                    places[row].append((name, last - length, last))
        return [sorted(each, key=lambda place: place[1:]) for each in places]

    @property
    def all_hits(self) -> Hits:
        """Where the pattern occurs, before thinning and sampling."""
        return self._found

    def with_provenance(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Attach to a table made from these lines the call that made it, which `ck.save` records."""
        if not isinstance(frame, pl.DataFrame):
            raise invalid("frame", "a DataFrame", frame)
        return recorded(frame, self._record)

    @cached_property
    def _record(self) -> dict[str, Any]:
        options = {"pattern": self.pattern, **self.options, "hits": self.total, "subcorpus": self.corpus.selection}
        function = "ck.lines" if "lines_of" in self.options else "ck.kwic"  # those behind a table
        return record_of_call(function, options, corpus=self.corpus)

    # ------------------------------------------------------------------ lines from tokens

    @property
    def _tokens(self) -> TokenTexts:
        return self.corpus.token_texts

    def _lines(self, rows: slice) -> pl.DataFrame:
        self.corpus.check_open()
        with reading(self.corpus.path):
            hits = self._hits.take(rows)
            if len(hits) > _MANY:
                self._expect_room(hits)
            return self._lines_of(hits)

    def _expect_room(self, hits: Hits) -> None:
        """Refuse lines that need more working memory than one call may use."""
        corpus = self.corpus
        begin, end = corpus.document_bounds(corpus.documents_of(hits.first))
        words = int(np.minimum(end - begin, sum(self.options["window"])).sum()) + int((hits.end - hits.first).sum())
        needed = len(hits) * _BYTES_OF_A_LINE + words * _BYTES_OF_A_WORD
        narrow = "Take some of them (page, lines, reduce, thin), or a smaller window"
        expect_memory(needed, f"A table of {len(hits):,} lines", narrow)

    def _lines_of(self, hits: Hits) -> pl.DataFrame:
        corpus = self.corpus
        before, after = self.options["window"]
        frame = corpus.lines(hits.first, hits.ends, (before, after))
        if not self.options["metadata"] and not self.layer_columns:
            return frame
        documents = frame["document"].to_numpy()
        labels = (corpus.labels(name, selected=False).gather(documents) for name in self.options["metadata"])
        return frame.hstack([*labels, *(self._of_layer(name, *hits.spans()) for name in self.layer_columns)])

    def _of_layer(self, name: str, node: Array, end: Array) -> pl.Series:
        """Return the values of the tokens of each node in a column of a layer."""
        column = self.corpus.layer_column(str(column_called(name, self.corpus.layers)))
        rows = pl.Series("row", np.repeat(np.arange(len(node)), end - node))
        values = pl.DataFrame([rows, column.at(ranges(node, end)).alias(name)])
        value = pl.col(name)
        joined = pl.when(value.is_not_null().any()).then(value.fill_null("_").str.join(" "))
        return values.group_by("row", maintain_order=True).agg(joined)[name]

    def _join(self, name: str, first: Array, last: Array) -> pl.Series:
        return series_from_core(name, self._tokens.join(first, last, self.corpus.surfaces))

    def _unit_around(self, hit: Hits, unit: str, length: int) -> tuple[int, int]:
        """Find the code points where the sentence, paragraph or document around a hit begins and ends."""
        corpus = self.corpus
        node, end = hit.spans()
        (low,), (high,) = corpus.document_bounds(corpus.documents_of(node))
        barriers = BARRIERS[unit]
        begins = np.flatnonzero(corpus.flags_between(low, high) & barriers) + low if barriers else np.array([low])
        before, after = begins[begins <= node[0]], begins[begins >= end[0]]
        is_first = unit == "document" or not len(before) or before[-1] == low
        first = 0 if is_first else int(corpus.starts_of(before[-1:])[0])
        last = int(corpus.starts_of(after[:1])[0]) if len(after) else length
        return first, last
