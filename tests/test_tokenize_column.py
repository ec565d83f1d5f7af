"""A column split among several threads: tokens and type table are the same as with one."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import TypeTable

pytestmark = pytest.mark.core

MODES = ["standard", "whitespace", "character"]
LETTERS = "ابجد كتاب، 12٣ـ\u064b\u200c.\n#@a_bكم؟ "

texts = st.lists(st.one_of(st.none(), st.text(LETTERS, max_size=30)), max_size=12)


def tokenized(table: TypeTable, series: pl.Series, mode: str, **options: Any) -> list[list[int] | None]:
    columns = table.tokenize(text_stream(series), mode, **options)
    return [None if column is None else series_from_core("", column).to_list() for column in columns]


def types(table: TypeTable) -> list[tuple[str, int]]:
    surfaces, kinds = (series_from_core("", column).to_list() for column in (table.surfaces(), table.kinds()))
    return list(zip(surfaces, kinds, strict=True))


@given(st.lists(texts, min_size=1, max_size=3), st.sampled_from(MODES), st.integers(2, 6))
def test_threads_change_nothing(batches: list[list[str | None]], mode: str, threads: int) -> None:
    alone, together = TypeTable(), TypeTable()
    for batch in batches:  # the second call finds types in the table
        series = pl.Series(batch, dtype=pl.String)
        expected = tokenized(alone, series, mode)
        assert tokenized(together, series, mode, threads=threads, grain=1) == expected
        assert types(together) == types(alone)
        bare = tokenized(TypeTable(), series, mode, threads=threads, grain=1, starts=False)
        assert bare[1] is None
        assert bare[2:] == expected[2:]


@given(st.lists(texts, min_size=1, max_size=4), st.integers(2, 5))
def test_chunks_and_slices(parts: list[list[str | None]], threads: int) -> None:
    series = pl.concat([pl.Series(part, dtype=pl.String) for part in parts], rechunk=False)[1:]
    expected = tokenized(TypeTable(), series.rechunk(), "standard")
    assert tokenized(TypeTable(), series, "standard", threads=threads, grain=1) == expected


@pytest.mark.parametrize("threads", [1, 2, 5, 64])
def test_full_table_is_unchanged(threads: int) -> None:
    table = TypeTable(max_types=6)
    series = pl.Series([f"كلمة{'ا' * number}" for number in range(4)])
    tokenized(table, series, "whitespace", threads=threads, grain=1)
    before = types(table)
    with pytest.raises(OverflowError, match="more than 6 distinct tokens"):
        tokenized(table, pl.Series(list("ابتثجح")), "whitespace", threads=threads, grain=1)
    assert types(table) == before
    assert tokenized(table, series, "whitespace", threads=threads, grain=1)[0] == [0, 1, 2, 3]


def test_rows_of_very_different_length() -> None:
    series = pl.Series(["", "ا ب " * 5000, None, "", "ب ج", "ا " * 10, ""])
    expected = tokenized(TypeTable(), series, "standard")
    for threads in range(2, 9):
        assert tokenized(TypeTable(), series, "standard", threads=threads, grain=1) == expected
