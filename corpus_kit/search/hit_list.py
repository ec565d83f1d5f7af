"""A hit list as a value: sets, samples, queries within it, its own breakdown, and saving it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit._base.arrays import distinct
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.records import attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import annotator_of
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_names import layers_of, names_of, record_of_names
from corpus_kit.query.pattern_tree import Pattern, Scope, Test
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.grouping import grouped, tabulated
from corpus_kit.search.hit_sets import at_anchor, common, inside, missing, united
from corpus_kit.search.hits import Hits, rows_of_variant
from corpus_kit.search.matching import find
from corpus_kit.search.order import SortedHits, sample_rows
from corpus_kit.search.saved_hits import SavedHits, tokens_of, write_hits
from corpus_kit.text.token_flags import UNITS

__all__ = ["HitList"]

_OPERATIONS: dict[str, tuple[str, Callable[[Hits, Hits], Hits]]] = {
    "union": ("\u222a", united), "intersection": ("\u2229", common), "difference": ("\u2216", missing),
}  # fmt: skip
_BYTES_OF_A_REGION = 200  # working memory
_AROUND = "hit_around"  # the structure that hits are while a query within them runs
_OF_LINES = ("window", "sort", "metadata", "show")  # options that say how lines are shown
_OF_PATTERN = ("exact", "clitics", "within", "syntax")
_OF_NAMES = ("annotator", "syntax", "structures", "definitions", "layers")  # what the record of a pattern adds


class HitList:
    """The hits of a concordance as a value; `Concordance` shows them."""

    corpus: CorpusView
    pattern: str
    options: dict[str, Any]
    _hits: Hits | SortedHits  # in the order of the lines
    _found: Hits  # all hits, before thinning and sampling

    if TYPE_CHECKING:

        def __init__(
            self, corpus: CorpusView, pattern: str, hits: Hits | SortedHits, *, found: Hits, options: dict[str, Any]
        ) -> None: ...

        def sort_by(self, sort: str | list[str] | None) -> Self: ...

    @property
    def hits(self) -> Hits:
        """The hits of the lines, in the order of the text."""
        return self._hits.in_text_order if isinstance(self._hits, SortedHits) else self._hits

    @property
    def hits_of_lines(self) -> Hits:
        """The hits in the order of the lines."""
        return self._hits.take(slice(None))

    @property
    def anchors(self) -> list[str]:
        """The anchors and labels of the pattern, such as "target", whose tokens the hits know."""
        return list(self.hits.anchors)

    # ------------------------------------------------------------------ sets

    def __or__(self, other: object) -> Self:
        """Return the hits that are in this list, in the other one, or in both."""
        return self._with(other, "union")

    def __and__(self, other: object) -> Self:
        """Return the hits that are in both lists."""
        return self._with(other, "intersection")

    def __sub__(self, other: object) -> Self:
        """Return the hits of this list that are not in the other one."""
        return self._with(other, "difference")

    def _with(self, other: object, operation: str) -> Self:
        if not isinstance(other, HitList):
            return NotImplemented  # type: ignore[no-any-return]  # Python then raises TypeError
        if tokens_of(self.corpus) != tokens_of(other.corpus):
            raise InputError(
                "both hit lists must be of the same corpus, with the same spans excluded. Search both patterns in it."
            )
        sign, combined = _OPERATIONS[operation]
        hits = combined(self.hits, other.hits)
        corpus = self.corpus
        if operation == "union":
            corpus = _with_documents(corpus, other.corpus)
        pattern = f"{_operand(self)} {sign} {_operand(other)}"
        differing = {name: None for name in _OF_PATTERN if self.options.get(name) != other.options.get(name)}
        options = {**self.options, **differing, "of": operation, "lists": [_record(self), _record(other)]}
        return self._made(hits, pattern, options, corpus)

    def _made(self, hits: Hits, pattern: str, options: dict[str, Any], corpus: CorpusView | None = None) -> Self:
        """Return a list of other hits, all of them, in the order of the text."""
        options = {**options, "sort": [], "sample": None, "seed": 0, "thin": 1}
        return type(self)(self.corpus if corpus is None else corpus, pattern, hits, found=hits, options=options)

    # ------------------------------------------------------------------ fewer lines

    def reduce(self, n: int, seed: int = 0) -> Self:
        """Return a random sample of the lines, in their order; all of them if there are fewer.

        Args:
            n: The number of lines.
            seed: The seed of the sample. A larger sample with the same seed contains the smaller one.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "في")
            >>> len(lines.reduce(20)), len(lines.reduce(20) - lines.reduce(50))
            (20, 0)
        """
        n, seed = integer(n, "n", least=0), integer(seed, "seed", least=0)
        hits = self.hits
        if n < len(hits):
            hits = hits.take(sample_rows(hits.first, n, seed))
        return self._fewer(hits, {"sample": n, "seed": seed}, f"reduce({n}, seed={seed})")

    def thin(self, n: int) -> Self:
        """Return every n-th line, in the order of the text and beginning with the first.

        Args:
            n: 1 for all lines.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "في")
            >>> len(lines.thin(10)) == -(-len(lines) // 10)
            True
        """
        n = integer(n, "n", least=1)
        return self._fewer(self.hits.take(slice(None, None, n)), {"thin": n}, f"thin({n})")

    def of_variant(self, surface: str) -> Self:
        """Return the lines whose node is spelled like this, in their order.

        Args:
            surface: A spelling of the node, as in `variants`.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "قال*")
            >>> surface, count, _ = lines.variants.row(0)
            >>> len(lines.of_variant(surface)) == count
            True
        """
        surface = text_argument(surface, "surface")
        self.corpus.check_open()
        with reading(self.corpus.path):
            hits = self.hits.take(rows_of_variant(self.corpus, self.hits, surface))
        steps = [*self.options.get("steps", []), f"of_variant({surface!r})"]
        options = {**self.options, "steps": steps, "sort": []}
        return type(self)(self.corpus, self.pattern, hits, found=self._found, options=options).sort_by(
            self.options["sort"]
        )

    def _fewer(self, hits: Hits, change: dict[str, Any], step: str) -> Self:
        is_first = self.options.get("sample") is None and self.options.get("thin", 1) == 1
        is_first = is_first and not self.options.get("steps")
        steps = {} if is_first else {"steps": [*self.options.get("steps", []), step]}
        options = {**self.options, **(change if is_first else {}), **steps}
        lines = type(self)(self.corpus, self.pattern, hits, found=self._found, options={**options, "sort": []})
        return lines.sort_by(self.options["sort"])

    # ------------------------------------------------------------------ other hits

    def find(self, pattern: str, *, exact: bool = False, clitics: bool = False, within: str = "paragraph") -> Self:
        """Return the hits of a pattern inside these hits.

        Args:
            pattern: As in `ck.kwic`; here it may also be any word, such as ``[]`` or ``[]{2}``.
            exact: As in `ck.kwic`.
            clitics: As in `ck.kwic`.
            within: As in `ck.kwic`.

        Returns:
            The hits of the pattern of which all tokens lie in one of these hits, with the options of these lines.

        Raises:
            InputError: If the pattern has an error, or an argument is invalid.

        Examples:
            >>> import corpus_kit as ck
            >>> phrases = ck.kwic(ck.sample_corpus(), "في []{0,2}")
            >>> len(phrases.find("المدينة")) <= len(ck.kwic(ck.sample_corpus(), "المدينة"))
            True
        """
        corpus = self.corpus
        expect_corpus(corpus)
        parsed = parse_pattern(pattern, exact=exact, clitics=clitics, names=names_of(corpus), anywhere=False)
        choose(within, UNITS, "within")
        with reading(corpus.path):
            hits = inside(self._find(parsed, within), self.hits)
        kept = {name: value for name, value in self.options.items() if name not in _OF_NAMES}
        options = {**kept, "exact": exact, "clitics": clitics, "within": within}
        if parsed.uses_annotations:
            options["annotator"] = annotator_of(corpus)
        options |= record_of_names(corpus, [parsed], layers_of(corpus, self.options.get("show", ())))
        return self._made(
            hits, f"{pattern} \u2282 {_operand(self)}", {**options, "of": "query", "lists": [_record(self)]}
        )

    def _find(self, pattern: Pattern, within: str) -> Hits:
        """Return the hits of a pattern, of which those inside these hits are all that can be found there."""
        if isinstance(pattern.root, Test) and not pattern.root.matches_every_word and pattern.at_most is None:
            return find(self.corpus, pattern, within=within)
        # a hit that would leave one of these may have a shorter one in its place
        needed = len(self.hits) * _BYTES_OF_A_REGION
        expect_memory(needed, f"A query within {len(self.hits):,} hits", "Take some of them (reduce, thin)")
        around = _AROUND
        while around in self.corpus.structures:
            around += "_"
        corpus = self.corpus.with_structures(**{around: self._spans()})
        corpus = corpus.subcorpus(distinct(corpus.documents_of(self.hits.first)))
        return find(corpus, replace(pattern, scopes=(*pattern.scopes, Scope(around))), within=within)

    def _spans(self) -> pl.DataFrame:
        """Return the places of the hits: document, start, end (code points)."""
        corpus = self.corpus
        first, end = self.hits.spans()
        starts = corpus.starts_of(end - 1)
        ends = series_from_core("end", corpus.token_texts.ends(end - 1, starts, corpus.surfaces))
        documents = pl.Series("document", corpus.documents_of(first)).cast(pl.UInt32)
        return pl.DataFrame([documents, pl.Series("start", corpus.starts_of(first)), ends])

    def at(self, anchor: str) -> Self:
        """Return a list whose nodes are the tokens with an anchor or a label.

        Args:
            anchor: "target" (@ in the pattern), "keyword" (@9), the name of a label, "match" (the first token of
                each hit) or "matchend" (the last one).

        Returns:
            The tokens, each once, in the order of the text, with the options of these lines.

        Warns:
            UserWarning: If hits have no such token, or several have the same; it says how many.

        Raises:
            InputError: If the hits have no such anchor.

        Examples:
            >>> import corpus_kit as ck
            >>> phrases = ck.kwic(ck.sample_corpus(), "وزير []")
            >>> phrases.at("matchend").group("node.folded").columns
            ['node.folded', 'spelling', 'count', 'documents', 'total', 'share']
        """
        hits = at_anchor(self.hits, anchor)
        options = {**self.options, "of": "anchor", "anchor": anchor, "lists": [_record(self)]}
        return self._made(hits, f"{_operand(self)} \u2192 {anchor}", options)

    # ------------------------------------------------------------------ its own breakdown

    def group(self, *by: str, min_count: int = 1) -> pl.DataFrame:
        """Count the lines by what their tokens and documents are: CQP's `group`.

        Args:
            *by: One or several keys: a column of metadata ("source", or "text.source"), an attribute of the node
                ("lemma"), or PLACE.ATTRIBUTE. Attributes are those of patterns: word, surface, folded, kind, stem,
                lemma, root, pos, columns of layers (gold.pos) and of structures (quotation.speaker); of types with
                several roots or parts of speech the likeliest one counts. Places are "node" (all tokens of the hit),
                "match" (its first one), "matchend" (its last one), "target" and other anchors and labels, "before1",
                "after2" (words near it, without signs, as in `sort`), "match[-1]", "matchend[2]" (tokens, signs
                counted, as in CQP), and "match[-2]..match[-1]" from one to the other. A place alone is compared in
                folded form.
            min_count: Only rows with at least so many lines. `total` and `share` do not change.

        Returns:
            A row for each combination that occurs: a column for each key under its name, null where a line has none
            (no word before it, no lemma); after a key that is folded its most frequent spelling among these lines,
            `spelling` (of several folded keys: NAME.spelling); count, documents (Int64); total (Int64): with one key
            all lines, with several those that agree in all keys but the last; share (Float64): count divided by
            total. Ordered by count, descending, then by first occurrence.

        Raises:
            InputError: If a key is unknown, is given twice, or the corpus is not annotated with it.

        References:
            Evert, S. and The CWB Development Team (2022). CQP Interface and Query Language Manual, 3.5, section 3.5.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "في")
            >>> lines.group("outlet").columns
            ['outlet', 'count', 'documents', 'total', 'share']
            >>> lines.group("before1.folded", min_count=2)["count"].min() >= 2
            True
        """
        min_count = integer(min_count, "min_count", least=1)
        expect_corpus(self.corpus)
        with reading(self.corpus.path):
            table = grouped(self.corpus, self.hits, by, min_count)
        return self._attached(table, "Concordance.group", {"by": list(by), "min_count": min_count})

    def tabulate(self, *what: str) -> pl.DataFrame:
        """Return what the tokens and documents of each line are: CQP's `tabulate`.

        Args:
            *what: What to return, as for `group`, and "document" and "id". A place alone is its text as it is.

        Returns:
            A row for each line, in the order of the lines, with a column for each under its name (String, of metadata
            their type): stems and lemmas as annotated, the values of several tokens joined by spaces, with _ for a
            token without one; null where a line has none.

        Raises:
            InputError: If a name is unknown, is given twice, or the corpus is not annotated with it.

        References:
            Evert, S. and The CWB Development Team (2022). CQP Interface and Query Language Manual, 3.5, section 3.5.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.kwic(ck.sample_corpus(), "التحالف")
            >>> lines.tabulate("id", "match[-1]", "node.folded").columns
            ['id', 'match[-1]', 'node.folded']
        """
        expect_corpus(self.corpus)
        with reading(self.corpus.path):
            table = tabulated(self.corpus, self._hits.take(slice(None)), what)
        return self._attached(table, "Concordance.tabulate", {"what": list(what)})

    def _attached(self, table: pl.DataFrame, function: str, options: dict[str, Any]) -> pl.DataFrame:
        record = {**_record(self), **options, "hits": len(self.hits), "subcorpus": self.corpus.selection}
        return attach(table, function, record, corpus=self.corpus)

    # ------------------------------------------------------------------ saving it

    def save(self, name: str, *, folder: str | os.PathLike[str] | None = None, overwrite: bool = False) -> Path:
        """Save the hits with the corpus under a name; `Corpus.load_hits` returns them.

        They are a file NAME.parquet (document, position, end, anchors) in a folder beside that of the corpus,
        CORPUS.hits, so that building the corpus again and verifying it leave them alone; move both together. The file
        is complete or absent.

        Args:
            name: The name: letters of any script, digits, spaces, and . - _ inside it.
            folder: Another folder, such as that of a project, if the corpus is not yours.
            overwrite: Replace other hits of this name.

        Returns:
            The path of the file.

        Raises:
            InputError: If the name is invalid, has other hits, or the file cannot be written.

        Examples:
            >>> import corpus_kit as ck, tempfile
            >>> corpus = ck.sample_corpus()
            >>> lines = ck.kwic(corpus, "التحالف", sort="after1")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = lines.save("coalition", folder=folder)
            ...     corpus.load_hits("coalition", folder=folder).frame.equals(lines.frame)
            True
        """
        saved = SavedHits(self.pattern, self._found, self.hits, self.options)
        return write_hits(self.corpus, name, saved, folder=folder, overwrite=boolean(overwrite, "overwrite"))


def _operand(lines: HitList) -> str:
    """Return the pattern of a list as a part of that of another one."""
    is_simple = "of" not in lines.options and not set(lines.pattern) & set(" |")
    return lines.pattern if is_simple else f"({lines.pattern})"


def _record(lines: HitList) -> dict[str, Any]:
    """Return what the record of a result says of the list that it was made from."""
    options = {name: value for name, value in lines.options.items() if name not in _OF_LINES}
    return {"pattern": lines.pattern, **options, "lines": len(lines.hits)}


def _with_documents(corpus: CorpusView, other: CorpusView) -> CorpusView:
    """Return the view of the documents of both."""
    both = np.union1d(corpus.selected_documents(), other.selected_documents())
    if len(both) == len(corpus):
        return corpus
    return other if len(both) == len(other) else corpus.subcorpus(both, "or those of another subcorpus")
