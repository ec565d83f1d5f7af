"""The plot of a concordance in the explorer: where in each document its lines are."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_kit._base.arrays import Array
from corpus_kit.display.values import shortened, visible
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.hits import hits_per_document

__all__ = ["MOST_STRIPS", "strips_of"]

MOST_STRIPS = 50  # documents that are sent at once
_PLACES = 400  # in a document that can be told apart
_LONGEST_NAME = 120  # code points


def strips_of(lines: Concordance, first: int, count: int) -> dict[str, Any]:
    """Return the documents with most lines, and where in each the lines are.

    Args:
        lines: The concordance.
        first: The first document to return, those with most lines first, then in the order of the corpus.
        count: How many.

    Returns:
        The number of documents with lines, and of each asked for: its row number, its id, its words (all tokens), its
        lines, and its marks: place (from 0 to 399 of 400), the number of the first line there in the order of the
        text, and how many lines are there.
    """
    corpus, hits = lines.corpus, lines.hits
    counts = hits_per_document(corpus, hits)
    with_lines = np.flatnonzero(counts)
    order = with_lines[np.argsort(-counts[with_lines], kind="stable")]
    shown = order[first : first + min(count, MOST_STRIPS)].astype(np.uint32)
    begins, ends = corpus.document_bounds(shown)
    names: list[str] = corpus.ids(shown).to_list() if len(shown) else []
    most = int(counts[order[0]]) if len(order) else 0
    strips = [
        {
            "document": int(document),
            "name": visible(shortened(name, _LONGEST_NAME)),
            "tokens": int(end - begin),
            "count": int(counts[document]),
            "marks": _marks(hits.first, int(begin), int(end)),
        }
        for document, name, begin, end in zip(shown, names, begins, ends, strict=True)
    ]
    return {"first": first, "total": len(order), "most": most, "strips": strips}


def _marks(first: Array, begin: int, end: int) -> list[list[int]]:
    low, high = (int(np.searchsorted(first, first.dtype.type(token))) for token in (begin, end))
    places = (first[low:high].astype(np.int64) - begin) * _PLACES // max(end - begin, 1)
    distinct, rows, counts = np.unique(places, return_index=True, return_counts=True)
    return [list(mark) for mark in zip(distinct.tolist(), (rows + low).tolist(), counts.tolist(), strict=True)]
