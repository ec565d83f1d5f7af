"""Where hits must lie: how far one that begins at a token may reach, by ``within``, ``not within`` and ``::``."""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import AllOf, Constraint, Is, Pattern, Scope, comparisons, takes_a_region
from corpus_kit.search.structure_scopes import outside_of, regions_where, rows_of
from corpus_kit.search.word_ranks import word_ranks

_SIGNS = 16  # that a text of few words may have
_TOKENS_AT_ONCE = 1 << 20

_BYTES_OF_WORDS, _BYTES_OF_REGIONS = 88, 32

__all__ = ["bytes_of_limits", "documents_of", "latest_ends_of", "names_its_unit"]


def names_its_unit(pattern: Pattern) -> bool:
    """Whether a pattern says itself where its hits lie, so that `within` of the call does not matter."""
    return any(scope.structure and not scope.negated for scope in pattern.scopes) or takes_a_region(pattern.root)


def documents_of(corpus: CorpusView, pattern: Pattern) -> tuple[Array | None, Constraint | None]:
    """Return which documents fulfil what a pattern asks of their metadata, and what else it asks of its labels.

    Hits do not cross documents, so that ``match.text.source = "..."`` chooses documents before anything is searched.

    Returns:
        1 for each selected document that may have hits, 0 for the others (UInt8), None for all; and the rest of the
        constraint.
    """
    mask, constraint = corpus.document_mask(), pattern.constraint
    parts = constraint.parts if isinstance(constraint, AllOf) else () if constraint is None else (constraint,)
    others: list[Constraint] = []
    for part in parts:
        if not (isinstance(part, Is) and part.label == "match" and not part.offset and _is_of_texts(part)):
            others.append(part)
            continue
        found = regions_where(corpus, "text", part.condition, exact=pattern.exact)
        allowed = np.zeros(corpus.total_documents, np.uint8)
        allowed[corpus.documents_of(found.first)] = 1
        mask = allowed if mask is None else mask & allowed
    return mask, AllOf(tuple(others)) if len(others) > 1 else next(iter(others), None)


def _is_of_texts(constraint: Is) -> bool:
    attributes = [each.attribute for each in comparisons([constraint.condition])]
    return all(each.startswith(("text.", "document.")) for each in attributes)


def bytes_of_limits(pattern: Pattern) -> int:
    """Return the bytes of working memory that `latest_ends_of` needs for each token."""
    return max(
        (_BYTES_OF_WORDS if scope.structure is None else _BYTES_OF_REGIONS for scope in pattern.scopes), default=0
    )


def latest_ends_of(corpus: CorpusView, pattern: Pattern, starts: Array) -> Integers:
    """Return the token at which a hit from each of some tokens ends at the latest (Int64); 0 where none may begin.

    Args:
        corpus: The corpus.
        pattern: The pattern, with scopes.
        starts: The tokens, ascending (UInt32).
    """
    latest = np.full(len(starts), corpus.n_tokens, np.int64)
    for scope in pattern.scopes:
        latest = np.minimum(latest, _latest_ends(corpus, scope, starts, pattern))
    return latest


def _latest_ends(corpus: CorpusView, scope: Scope, starts: Array, pattern: Pattern) -> Integers:
    if scope.structure is None:
        return _after_words(corpus, starts, scope.number, counts_signs=not pattern.has_words)
    regions = regions_where(corpus, scope.structure, scope.condition, exact=pattern.exact)
    first, end = outside_of(corpus, regions) if scope.negated else rows_of(corpus, regions, scope.number)
    if not len(first):
        return np.zeros(len(starts), np.int64)
    place = np.searchsorted(first, starts.astype(first.dtype), "right") - 1  # of two dtypes, numpy would copy `first`
    latest: Integers = np.where((place >= 0) & (starts < end[place]), end[place], 0)
    return latest


def _after_words(corpus: CorpusView, starts: Array, number: int, *, counts_signs: bool) -> Integers:
    """Return from each token on the end of a text of at most so many words, within its document."""
    first = starts.astype(np.int64)
    end: Integers = corpus.document_bounds(corpus.documents_of(starts))[1]
    if counts_signs:
        return np.minimum(first + number, end)
    words, types = corpus.folded_words, corpus.token_types

    def read(rows: Array, length: int) -> Array:
        """Look for the word that is one too many in so many tokens from each row on; return the rows without it."""
        some, last = first[rows], end[rows]
        stop = np.minimum(some + length, last)
        tokens = ranges(some, stop)
        row, is_word = np.repeat(np.arange(len(some)), stop - some), words[types[tokens]]
        before = np.concatenate(([0], np.cumsum(is_word)))
        begins = np.concatenate(([0], np.cumsum(stop - some)))[:-1]
        beyond = np.flatnonzero(is_word & (before[:-1] - before[begins][row] == number))
        end[rows[row[beyond]]] = tokens[beyond]
        goes_on = stop < last
        goes_on[row[beyond]] = False
        return np.asarray(rows[goes_on])

    open_rows, length = np.arange(len(first)), 2 * number + _SIGNS
    while len(open_rows):
        if len(open_rows) * length > len(types):
            ranks = word_ranks(corpus, words)
            some = first[open_rows]
            end[open_rows] = ranks.last_with(ranks[some] + number, some, end[open_rows])
            break
        step = max(_TOKENS_AT_ONCE // length, 1)
        open_rows = np.concatenate(
            [read(open_rows[begin : begin + step], length) for begin in range(0, len(open_rows), step)]
        )
        length *= 2
    return end
