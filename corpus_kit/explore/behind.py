"""What is behind the rows of one table: what all of them share is found once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.analysis.joined_spellings import Names, joined_texts, with_one_spelling
from corpus_kit.analysis.spaced_spellings import names_to_join
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, warn
from corpus_kit.explore.mention_places import frame_hits, labelled_mentions, mentions_together
from corpus_kit.explore.table_rows import (
    Rows,
    query_of,
)
from corpus_kit.explore.word_places import (
    Words,
    joined_words,
)
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.hits import Hits
from corpus_kit.search.kwic import kwic
from corpus_kit.search.matching import find
from corpus_kit.search.token_values import FOLDED, SURFACE, Label, asked, spans_of, texts_of_spans
from corpus_kit.text.forms import NO_FORM

__all__ = ["LOST_PATTERN", "Behind", "again"]

LOST_PATTERN = "the pattern whose hits the table is about"


class Behind:
    """What is behind the rows of one table: what all of them share is found once."""

    def __init__(self, corpus: CorpusView, rows: Rows, side: str | None) -> None:
        self.corpus, self.rows, self.side = corpus, rows, side
        self._found: dict[str, Hits] = {}

    def hits(self, pattern: str) -> Hits:
        """Return all hits of a pattern, as the function that made the table finds them."""
        if pattern not in self._found:
            rows, corpus = self.rows, self.corpus
            query = query_of(pattern, rows.option("syntax", "native"))
            options = {name: bool(rows.option(name, False)) for name in ("exact", "clitics")}
            unit = expect_unit(rows.option("unit", "word"), corpus)
            parsed = parse_pattern(query, unit=unit, names=names_of(corpus), **options)
            with reading(corpus.path):
                self._found[pattern] = find(corpus, parsed, within=rows.option("within", None) or "paragraph")
        return self._found[pattern]

    @cached_property
    def names(self) -> Names | None:
        """The names that are one word, if any are."""
        join = self.rows.option("join", False)
        return names_to_join(join, self.rows.option("unit", "word"), self.rows.normalizer, self.corpus)

    def words_within(self, within: str) -> Words:
        """Return the words that were counted; no joined name crosses such a unit of text."""
        unit = expect_unit(self.rows.option("unit", "word"), self.corpus)
        return joined_words(self.corpus, self.rows.normalizer, unit, self.names, within)

    @cached_property
    def words(self) -> Words:
        """The words that were counted, alone or in windows."""
        return self.words_within("paragraph")

    @cached_property
    def words_of_ngrams(self) -> Words:
        """The words that were counted in n-grams."""
        return self.words if self.names is None else self.words_within(self.within_ngrams)

    @property
    def within_ngrams(self) -> str:
        """The unit of text that n-grams do not cross."""
        default = "sentence" if self.rows.function == "ck.lexical_bundles" else "paragraph"
        return str(self.rows.option("within", default))

    @cached_property
    def labelled(self) -> pl.DataFrame:
        """The mentions that tables of labels count."""
        return self._last("labels", lambda: labelled_mentions(self.corpus, self.rows))

    @cached_property
    def mentioned(self) -> pl.DataFrame:
        """The mentions that networks count."""
        return self._last("network", lambda: mentions_together(self.corpus, self.rows))

    @cached_property
    def framed(self) -> pl.DataFrame:
        """The hits that rates of frames count."""
        return self._last("frames", lambda: frame_hits(self.corpus, self.rows))

    def _last(self, what: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return what `make` finds in all texts, which takes long: of the last table it is kept for its other rows."""
        key = self.rows.key
        if key is None:
            return make()
        kept: dict[tuple[Any, ...], pl.DataFrame] = self.corpus.derive_from_tokens(("ck.lines", what), dict)
        whole = (key, (self.corpus.selection or {}).get("sha256"))
        found = kept.get(whole)
        if found is None:
            found = make()
            kept.clear()
            kept[whole] = found
        return found

    @cached_property
    def listed(self) -> tuple[Concordance, pl.DataFrame]:
        """The lines that `Concordance.group` or `tabulate` counted, and their values."""
        return _listed(self.corpus, self.rows)

    @cached_property
    def expressions(self) -> tuple[Hits, pl.Series]:
        """The hits of the pattern whose expressions were counted, and the expression of each."""
        return _expressions(self)

    def reference(self) -> bool:
        """Return whether the lines of two sides are those of the reference."""
        if self.side is not None:
            return self.side == "reference"
        target, reference = (self.rows.options.get(each) for each in ("target", "reference"))
        if not isinstance(target, Mapping) or not isinstance(reference, Mapping):
            return False
        here = (self.corpus.selection or {}).get("sha256"), self.corpus.id
        target_is, reference_is = (
            ((each.get("subcorpus") or {}).get("sha256"), each.get("corpus_id")) == here for each in (target, reference)
        )
        return reference_is and not target_is


def _expressions(behind: Behind) -> tuple[Hits, pl.Series]:
    """Return the hits of the pattern of `ck.frequency`, and the expression that each was counted as."""
    corpus, rows = behind.corpus, behind.rows
    hits = behind.hits(rows.needed("pattern", LOST_PATTERN))
    first, end = hits.spans()
    with reading(corpus.path):
        numbers, some = (series_from_core("", each).to_numpy() for each in corpus.token_texts.number(first, end))
        texts = _words_of_spans(corpus, rows, first[some], end[some])
    names = behind.names
    if names is not None:
        texts = joined_texts(texts, names)
        if rows.option("join", False) is True:
            texts = with_one_spelling(texts, np.bincount(numbers, minlength=len(some)))
    return hits, texts.gather(numbers)


def _words_of_spans(corpus: CorpusView, rows: Rows, first: Array, end: Array) -> pl.Series:
    """Return the words of runs of tokens in the form that was counted; of those without words the text."""
    forms = forms_of(corpus, rows.normalizer, rows.option("unit", "word"))
    assert forms.of_type is not None  # a corpus has types that are not counted
    numbers = forms.of_type[corpus.types_at(ranges(first, end))]
    is_word = numbers != NO_FORM
    run = np.repeat(np.arange(len(first)), end - first)[is_word]
    words = pl.DataFrame({"run": run, "word": forms.named(numbers[is_word])})
    joined = words.group_by("run", maintain_order=True).agg(
        pl.when(pl.col("word").null_count() == 0).then(pl.col("word").str.join(" "))
    )
    text = series_from_core("text", corpus.token_texts.join(first, end, corpus.surfaces))
    without = np.ones(len(first), bool)
    without[run] = False
    shown = pl.when(pl.Series(without)).then(pl.Series("text", text))
    found = pl.DataFrame({"run": np.arange(len(first))}).join(joined, on="run", how="left", maintain_order="left")
    return found.select(shown.otherwise(pl.col("word")).alias("word")).to_series()


def again(corpus: CorpusView, rows: Rows) -> Concordance:
    """Return the lines that a table of `Concordance` was made of, searched for again."""
    options = rows.options
    if "of" in options or "lines_of" in options:
        raise InputError("table must be made of the lines of one search, got one of a combined list of lines.")
    query = query_of(rows.needed("pattern", LOST_PATTERN), options.get("syntax"))
    how = {name: options[name] for name in ("exact", "clitics", "within", "thin", "sample", "seed") if name in options}
    found = kwic(corpus, query, **how)
    if "lines" in options and options["lines"] != len(found):
        was = options["lines"]
        warn(f"ck.lines: the table was made of {was:,} lines, and the search has {len(found):,}", stacklevel=None)
    return found


def _listed(corpus: CorpusView, rows: Rows) -> tuple[Concordance, pl.DataFrame]:
    found = again(corpus, rows)
    names = rows.option("by", None) if rows.function == "Concordance.group" else rows.option("what", None)
    keys = [name for name in names or () if rows.has(name)]
    if not keys:
        raise InputError(
            f"table must have the columns that lines were grouped by, got {', '.join(rows.frame.columns)}."
        )
    is_folded = rows.function == "Concordance.group"  # which compares what tabulate shows as it is written
    hits = found.hits
    documents = corpus.documents_of(hits.first)
    columns = []
    with reading(corpus.path):
        for each in (asked(name, corpus, hits, "table") for name in keys):
            if isinstance(each, Label):
                values = corpus.labels(each.column, selected=False).gather(documents)
            else:
                name = each.attribute or (FOLDED if is_folded else SURFACE)
                spans = spans_of(corpus, hits, each, documents)
                values = texts_of_spans(corpus, name, spans, written=not is_folded and name != FOLDED)
            columns.append(values.alias(each.name))
    return found, pl.DataFrame(columns)
