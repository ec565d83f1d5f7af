"""Slow, obvious twins of structures and scopes: loops over tokens, with a list of regions for each."""

from __future__ import annotations

from typing import NamedTuple

import corpus_kit as ck


class Region(NamedTuple):
    """A region as the twins have it: its tokens, its document and the row of its span."""

    first: int
    end: int
    row: int


def tokens_of(corpus: ck.Corpus) -> list[tuple[int, int, int, int, bool]]:
    """Return document, start, end, sentence and whether it is counted, of each token."""
    table = corpus.with_whole_texts().tokens if corpus.excluded_spans is None else corpus.tokens
    rows = table.select("document", "start", "end", "sentence", "kind").collect().rows()
    return [(*row[:4], row[4] in ("word", "number", "hashtag", "mention")) for row in rows]


def regions(corpus: ck.Corpus, spans: list[tuple[int, int, int]]) -> list[Region]:
    """Return the tokens that overlap each span, in order; spans without tokens have no region."""
    tokens = tokens_of(corpus)
    found = []
    for row, (document, start, end) in enumerate(spans):
        inside = [
            place
            for place, (of, begin, stop, _, _) in enumerate(tokens)
            if of == document and begin < end and stop > start and start < end
        ]
        if inside:
            found.append(Region(inside[0], inside[-1] + 1, row))
    return sorted(found, key=lambda region: region[:2])


def owner(found: list[Region], token: int) -> Region | None:
    """Return the region of a token: of several the one that begins last."""
    of_token = [region for region in found if region.first <= token < region.end]
    return of_token[-1] if of_token else None


def reach(corpus: ck.Corpus, found: list[Region], token: int, number: int) -> int | None:
    """Return how far a hit that begins at a token may go within some regions in a row; None if it may not begin."""
    maximal = sorted(
        {
            (a.first, a.end)
            for a in found
            if not any((b.first, b.end) != (a.first, a.end) and b.first <= a.first and a.end <= b.end for b in found)
        }
    )
    at = [place for place, (first, end) in enumerate(maximal) if first <= token < end]
    if not at:
        return None
    document = [of for of, *_ in tokens_of(corpus)]
    row = [end for first, end in maximal[at[-1] : at[-1] + number] if document[first] == document[token]]
    return row[-1]
