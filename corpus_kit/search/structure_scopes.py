"""Regions of structures in queries: which fulfil a condition, how far hits may reach in them, hits widened to them.

A hit that begins at a token may reach up to the end of the region that has this token and ends last; `within 2 s` lets
it reach into the next sentence.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers
from corpus_kit.corpus.structures import Structure, codes_of_regions
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import Both, Compare, Condition, Either, Expansion, Negation
from corpus_kit.search.hits import Hits
from corpus_kit.search.word_ranks import word_ranks
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = ["expanded", "folded_values", "outside_of", "regions_where", "rows_of"]


# -------------------------------------------------------------------------------------- regions


def regions_where(corpus: CorpusView, name: str, condition: Condition | None, *, exact: bool = False) -> Structure:
    """Return the regions of a structure whose attributes fulfil a condition.

    Args:
        corpus: The corpus.
        name: The structure.
        condition: What the attributes fulfil, each alone (speaker) or with the structure (quotation.speaker); None for
            all regions. As of a token, a region without a value fulfils only what is negated.
        exact: Whether values are compared as they are, not in folded form.

    Raises:
        InputError: If there is no such structure, or it has no such attribute.
    """
    structure = corpus.structure(name)
    return (
        structure if condition is None else structure.where(_fulfilled(corpus, structure, condition, name, exact=exact))
    )


def _fulfilled(corpus: CorpusView, structure: Structure, condition: Condition, name: str, *, exact: bool) -> Array:
    """Return for each region whether it fulfils a condition (bool)."""
    if isinstance(condition, Negation):
        return ~_fulfilled(corpus, structure, condition.of, name, exact=exact)
    if isinstance(condition, Both | Either):
        parts = [_fulfilled(corpus, structure, part, name, exact=exact) for part in condition.parts]
        joined: Array = (np.logical_and if isinstance(condition, Both) else np.logical_or).reduce(parts)
        return joined
    return _compared(corpus, structure, condition, name, exact=exact)


def _compared(corpus: CorpusView, structure: Structure, compare: Compare, name: str, *, exact: bool) -> Array:
    attribute = compare.attribute.removeprefix(f"{name}.").removeprefix(f"{structure.name}.")
    column = f"{structure.name}.{attribute}"
    codes, values = corpus.derive_from_column(
        column, "codes of regions", lambda: codes_of_regions(structure, attribute)
    )
    texts = values if exact else folded_values(corpus, column, values)
    fits: Array = compare.value.fits(texts).fill_null(value=False).to_numpy()[codes]
    return ~fits if compare.negated else fits


def folded_values(corpus: CorpusView, column: str, values: pl.Series) -> pl.Series:
    """Return the values of a column of a layer or of a structure in folded form, which are kept."""
    search = Normalizer.preset("search")
    return corpus.derive_from_column(column, "folded values", lambda: normalize_series(values, search))


def _maximal(structure: Structure) -> tuple[Array, Array]:
    """Return the regions that lie in no other one, each once: first and end both ascend (UInt32 or Int64)."""
    if structure.is_disjoint:
        return structure.first, structure.end  # not copied
    first, end = structure.first.astype(np.int64), structure.end.astype(np.int64)
    is_longest = np.append(first[1:] != first[:-1], True)[: len(first)]  # of those that begin at one token
    first, end = first[is_longest], end[is_longest]
    reaches_on = np.append(True, end[1:] > np.maximum.accumulate(end)[:-1])[: len(end)]
    return first[reaches_on], end[reaches_on]


def rows_of(corpus: CorpusView, structure: Structure, number: int) -> tuple[Array, Array]:
    """Return the bounds of hits that lie in `number` regions in a row of one document.

    Returns:
        First tokens and ends, both ascending (UInt32 or Int64). A hit that begins at a token may reach to the end that
        belongs to the last first token that is not after it, if that end is after the token: where no region is, it is
        not.
    """
    first, end = _maximal(structure)
    if number == 1 or not len(first):
        return first, end
    following = np.append(first[1:], corpus.n_tokens)
    document_ends = corpus.document_bounds(corpus.documents_of(first.astype(np.uint32)))[1]
    last_of_document = np.searchsorted(first, document_ends, "left") - 1
    last = np.minimum(np.arange(len(first)) + min(number, len(first)) - 1, last_of_document)
    gaps = end[end < following]  # between regions, which hits may span, but not begin in
    order = np.argsort(np.concatenate((first, gaps)), kind="stable")
    return np.concatenate((first, gaps))[order], np.concatenate((end[last], gaps))[order]


def outside_of(corpus: CorpusView, structure: Structure) -> tuple[Array, Array]:
    """Return the bounds of hits that lie outside all regions, in the same way."""
    first, end = _maximal(structure)
    begin, stop = np.append(0, end), np.append(first, corpus.n_tokens)
    kept = begin < stop
    return begin[kept], stop[kept]


# -------------------------------------------------------------------------------------- expansion


def expanded(corpus: CorpusView, hits: Hits, expansion: Expansion, *, in_words: bool = True) -> Hits:
    """Return hits widened to the regions in which they begin and end, or by some words.

    Of several regions that have a token, the one that begins last counts, as for values of attributes. A hit that
    begins (ends) in no region keeps its beginning (its end), as in CQP. With a number above one, the regions before
    (after) are taken, too. Words are counted as in windows of `ck.kwic`; signs between them come along, those beyond
    the last one do not. A hit does not leave its document. Hits that become the same are one, the first of them; they
    are in the order of the text.

    Args:
        corpus: The corpus.
        hits: The hits.
        expansion: To what, or by how many words, and on which sides.
        in_words: Whether a number counts words, as in queries that are about words, and not tokens.

    Raises:
        InputError: If there is no such structure.
    """
    first, end = hits.spans()
    if not len(first):
        return hits
    low, high = corpus.document_bounds(corpus.documents_of(hits.first))
    number = min(expansion.number, corpus.n_tokens)
    if expansion.structure is None and not in_words:
        first = np.maximum(first - number, low) if expansion.left else first
        end = np.minimum(end + number, high) if expansion.right else end
    elif expansion.structure is None:
        if expansion.left:
            first = _words_before(corpus, low, first, number)
        if expansion.right:
            end = _words_after(corpus, end, high, number)
    else:
        structure = corpus.structure(expansion.structure)
        if expansion.left:
            first = _region_first(structure, first, low, number)
        if expansion.right:
            end = _region_end(structure, end, high, number)
    return _distinct(hits, first, end)


def _words_before(corpus: CorpusView, low: Integers, first: Integers, number: int) -> Integers:
    ranks = word_ranks(corpus, corpus.folded_words)
    rank = np.maximum(ranks[first] - number, ranks[low])
    return np.where(rank < ranks[first], ranks.last_with(rank, low, first), first)


def _words_after(corpus: CorpusView, end: Integers, high: Integers, number: int) -> Integers:
    ranks = word_ranks(corpus, corpus.folded_words)
    rank = np.minimum(ranks[end] + number, ranks[high])
    return np.where(rank > ranks[end], ranks.last_with(rank - 1, end, high) + 1, end)


def _region_first(structure: Structure, first: Integers, low: Integers, number: int) -> Integers:
    region = structure.region_at(first)
    rows = np.flatnonzero(region >= 0)
    first_of_document = np.searchsorted(structure.first, low[rows].astype(np.uint32), "left")
    widened = first.copy()
    widened[rows] = structure.first[np.maximum(region[rows] - (number - 1), first_of_document)]
    return widened


def _region_end(structure: Structure, end: Integers, high: Integers, number: int) -> Integers:
    region = structure.region_at(end - 1)
    rows = np.flatnonzero(region >= 0)
    last_of_document = np.searchsorted(structure.first, high[rows].astype(np.uint32), "left") - 1
    widened = end.copy()
    reached = structure.end[np.minimum(region[rows] + min(number, len(structure)) - 1, last_of_document)]
    widened[rows] = np.maximum(reached, end[rows])
    return widened


def _distinct(hits: Hits, first: Integers, end: Integers) -> Hits:
    """Return hits with other bounds, in order, each once."""
    order = np.lexsort((end, first))
    is_new = np.append(True, (np.diff(first[order]) != 0) | (np.diff(end[order]) != 0))
    rows = order[is_new]
    return replace(hits.take(rows), first=first[rows].astype(np.uint32), ends=end[rows].astype(np.uint32))
