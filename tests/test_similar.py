"""Similar texts: the fast search equals the textbook's table of distances."""

from __future__ import annotations

import polars as pl
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit._base.similar import edit_distances, most_similar


def distance(a: str, b: str) -> int:
    """The twin: the recursive definition, line by line."""
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other)))
        above = row
    return above[-1]


WORDS = st.text("ابت", min_size=0, max_size=7)


@settings(max_examples=examples(300))
@given(text=WORDS, texts=st.lists(WORDS | st.none(), max_size=12), most=st.integers(0, 3))
def test_it_finds_what_the_table_finds(text: str, texts: list[str | None], most: int) -> None:
    places, distances = edit_distances(text, pl.Series(texts, dtype=pl.String), most)
    expected = [(place, distance(text, other)) for place, other in enumerate(texts) if other is not None]
    if most >= len(text):
        expected = []
    assert list(zip(places, distances, strict=True)) == [(place, far) for place, far in expected if far <= most]


def test_long_and_empty_texts_are_similar_to_none() -> None:
    texts = pl.Series(["خبر", "", None, "خ" * 5000])
    assert most_similar("", texts) is None
    assert most_similar("خ" * 5000, texts) is None
    assert most_similar("خبز", texts) == 0
    assert most_similar("خبر", pl.Series([], dtype=pl.String)) is None
