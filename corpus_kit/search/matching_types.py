"""Which types of a corpus match a test of a pattern."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.search.pattern_tree import Both, Compare, Condition, Either, Negation, Pattern, Test, Value
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = ["is_word", "matching_types"]


def matching_types(corpus: CorpusView, pattern: Pattern, test: Test) -> Array:
    """Return the types that a test matches, ascending (UInt32)."""
    condition = test.condition
    if condition is None:
        return np.flatnonzero(is_word(corpus, pattern)).astype(np.uint32)
    found = _by_bisection(corpus, pattern, condition)
    if found is None:
        found = np.flatnonzero(_holds(corpus, pattern, condition)).astype(np.uint32)
    elif test.words_only and not pattern.exact:
        return found[corpus.counted_types[found]]  # none of them is empty, since a form was given
    return found[is_word(corpus, pattern)[found]] if test.words_only else found


def is_word(corpus: CorpusView, pattern: Pattern) -> Array:
    """Return for each type whether it is of a counted kind and not empty in the form that is compared (bool)."""

    def make() -> Array:
        has_form = (corpus.type_column("word") != "").to_numpy() if pattern.exact else corpus.folded_lengths > 0
        return np.asarray(corpus.counted_types & has_form)

    return corpus.derive(("is word", pattern.exact), make)


def _by_bisection(corpus: CorpusView, pattern: Pattern, condition: Condition) -> Array | None:
    """Find the types with a folded form, or one of several, by bisection; None if the condition is another."""
    if isinstance(condition, Either):
        parts = [_by_bisection(corpus, pattern, part) for part in condition.parts]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        union: Array = np.unique(np.concatenate(known))
        return union
    if not isinstance(condition, Compare) or condition.value.is_regex or condition.negated or not condition.value.text:
        return None
    folded = condition.attribute == "folded" or (condition.attribute == "form" and not pattern.exact)
    if not folded or (pattern.clitics and condition.attribute == "form"):
        return None
    order, texts, form = corpus.type_order, corpus.folded_forms, condition.value.text.encode()

    def text_at(place: int) -> bytes:
        return texts.bytes_of(int(order[place]))

    places = range(len(order))
    low = bisect_left(places, form, key=text_at)
    found: Array = order[low : bisect_right(places, form, lo=low, key=text_at)]
    return found


def _holds(corpus: CorpusView, pattern: Pattern, condition: Condition) -> Array:
    """For each type, whether a condition holds (bool)."""
    if isinstance(condition, Negation):
        return ~_holds(corpus, pattern, condition.of)
    if isinstance(condition, Both | Either):
        combine = np.logical_and if isinstance(condition, Both) else np.logical_or
        held: Array = combine.reduce([_holds(corpus, pattern, part) for part in condition.parts])
        return held
    attribute = condition.attribute
    if attribute == "form":
        found = _compare(_column(corpus, pattern, "word" if pattern.exact else "folded"), condition.value)
        if pattern.clitics:
            found |= _compare(_column(corpus, pattern, "stem"), condition.value)
    else:
        found = _compare(_column(corpus, pattern, attribute), condition.value)
    return ~found if condition.negated else found


def _compare(column: pl.Series, value: Value) -> Array:
    found = column.str.contains(value.expression) if value.is_regex else column == value.text
    return found.fill_null(value=False).to_numpy().copy()


def _column(corpus: CorpusView, pattern: Pattern, attribute: str) -> pl.Series:
    """Return a column of the vocabulary in the form that values are compared with."""
    if attribute not in ("stem", "lemma"):
        return corpus.type_column(attribute).cast(pl.String)
    if not corpus.is_annotated:
        needs = "clitics=True" if attribute == "stem" and pattern.clitics else f"[{attribute}=...]"
        raise InputError(
            f"pattern {pattern.text!r:.200} with {needs} needs the column {attribute!r}, which this corpus does not "
            "have. corpus.annotate() adds it."
        )
    column = corpus.type_column(attribute)
    if pattern.exact:
        return column
    return corpus.derive(("folded", attribute), lambda: normalize_series(column, Normalizer.preset("search")))
