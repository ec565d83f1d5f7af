"""Texts that differ from another one by a few letters, found among hundreds of thousands."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array

__all__ = ["edit_distances", "most_similar"]

_LONGEST = 100  # characters that are compared: the time is quadratic, and distances are bytes


def most_similar(text: str, texts: pl.Series) -> int | None:
    """Return the place of the text that differs least, by up to three letters; None if there is none.

    >>> most_similar("okas", pl.Series(["sabq", "okaz"]))
    1
    """
    places, distances = edit_distances(text, texts, most=min(3, len(text) // 2))
    return int(places[distances.argmin()]) if len(places) else None


def edit_distances(text: str, texts: pl.Series, most: int) -> tuple[Array, Array]:
    """Return which texts differ from a text by at most some edits, and by how many.

    An edit inserts, deletes or replaces a letter. A text within `most` edits lacks at most so many of the letters, and
    has at least one of `most` + 1 parts as it is, wherever the text is cut. So only such texts are compared: of 260,000
    words some hundreds.

    Args:
        text: A text.
        texts: What it is compared with (String).
        most: The most edits, fewer than the letters of `text`.

    Returns:
        The places of the texts, ascending (Int64), and their distances (Int64).

    References:
        Levenshtein, V. I. (1966). Binary codes capable of correcting deletions, insertions and reversals. Soviet
        Physics Doklady 10 (8), 707-710.
        Navarro, G. (2001). A guided tour to approximate string matching. ACM Computing Surveys 33 (1), 31-88.
        (Partitioning into exact search.)

    >>> [column.tolist() for column in edit_distances("كتاب", pl.Series(["كاتب", "كتب", "كتابة", "قلم"]), 1)]
    [[1, 2], [1, 1]]
    """
    if not 0 < len(text) <= _LONGEST or most >= len(text):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    cuts = [len(text) * part // (most + 1) for part in range(most + 2)]
    parts = list(dict.fromkeys(text[first:end] for first, end in pairwise(cuts)))
    near = texts.str.len_chars().is_between(len(text) - most, len(text) + most) & texts.str.contains_any(parts)
    near_places = near.fill_null(False).arg_true()
    distinct = sorted(set(text))
    shared = pl.sum_horizontal(pl.col("text").str.contains(letter, literal=True).cast(pl.UInt8) for letter in distinct)
    has_letters = texts.gather(near_places).alias("text").to_frame().select(shared >= len(distinct) - most).to_series()
    near_places = near_places.filter(has_letters)
    distances = _distances(text, texts.gather(near_places))
    kept = distances <= most
    places: Array = near_places.to_numpy().astype(np.int64)
    return places[kept], distances[kept]


def _distances(text: str, texts: pl.Series) -> Array:
    """Return the edit distance of each of some texts, none of which is null, column by column of all their tables."""
    if texts.is_empty():
        return np.zeros(0, np.int64)
    lengths = texts.str.len_chars().to_numpy().astype(np.int64)
    width = int(lengths.max())
    padded = "".join(texts.str.pad_end(width, "\0"))
    letters = np.frombuffer(padded.encode("utf-32-le"), np.uint32).reshape(len(texts), width).T
    row = [np.full(len(texts), column, np.uint8) for column in range(width + 1)]
    for line, letter in enumerate(text, start=1):
        above, row = row, [np.full(len(texts), line, np.uint8)]
        for column, others in enumerate(letters, start=1):
            changed = above[column - 1] + (others != ord(letter))
            row.append(np.minimum(np.minimum(above[column], row[-1]) + 1, changed))
    found: Array = np.array(row)[lengths, np.arange(len(texts))].astype(np.int64)
    return found
