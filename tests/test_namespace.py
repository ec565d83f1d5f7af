"""The `arabic` namespace of Polars, in eager, lazy and streaming execution."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_series_equal

import corpus_kit.text.namespace  # noqa: F401
from corpus_kit.errors import InputError

pytestmark = [pytest.mark.core, pytest.mark.interface]

VALUES = ["قال: نعم، 5", None, "", "  ", "#وسم @أحمد 😂 https://x.org", "كلمة"]
TOKENS = [["قال", ":", "نعم", "،", "5"], None, [], [], ["#وسم", "@أحمد", "😂", "https://x.org"], ["كلمة"]]
COUNTS = [3, None, 0, 0, 2, 1]


def frames() -> list[pl.DataFrame]:
    series = pl.Series("text", VALUES)
    chunked = pl.concat([series.slice(i, 2) for i in range(0, len(series), 2)], rechunk=False)
    return [series.to_frame(), chunked.to_frame(), pl.DataFrame({"text": VALUES * 2000})]


@pytest.mark.parametrize("frame", frames())
@pytest.mark.parametrize(
    ("method", "values", "dtype"), [("tokenize", TOKENS, pl.List(pl.String)), ("count_tokens", COUNTS, pl.UInt32)]
)
def test_series_eager_lazy_and_streaming_agree(
    frame: pl.DataFrame, method: str, values: list[object], dtype: pl.DataType
) -> None:
    expected = pl.Series("text", values * (frame.height // len(values)), dtype=dtype)
    expression = getattr(pl.col("text").arabic, method)()
    assert_series_equal(getattr(frame["text"].arabic, method)(), expected)
    assert_series_equal(frame.select(expression)["text"], expected)
    assert frame.lazy().select(expression).collect_schema() == {"text": dtype}
    assert_series_equal(frame.lazy().select(expression).collect()["text"], expected)
    assert_series_equal(frame.lazy().select(expression).collect(engine="streaming")["text"], expected)


@pytest.mark.parametrize("method", ["tokenize", "count_tokens"])
@pytest.mark.parametrize("values", [[], [None, None], [""]])
def test_nothing_to_tokenise(method: str, values: list[str | None]) -> None:
    series = pl.Series("text", values, dtype=pl.String)
    empty = [] if method == "tokenize" else 0
    result = getattr(series.arabic, method)()
    assert result.name == "text"
    assert result.to_list() == [None if value is None else empty for value in values]
    assert result.dtype == (pl.List(pl.String) if method == "tokenize" else pl.UInt32)


def test_in_a_group_and_with_another_name() -> None:
    frame = pl.DataFrame({"by": ["a", "b", "a"], "text": ["نعم لا", "نعم", "لا"]})
    grouped = frame.group_by("by", maintain_order=True).agg(n=pl.col("text").arabic.count_tokens().sum())
    assert grouped.rows() == [("a", 3), ("b", 1)]


def test_non_text_columns_are_rejected() -> None:
    with pytest.raises(InputError, match=r"must be .* got Int64"):
        pl.Series("n", [1]).arabic.tokenize()
    with pytest.raises((InputError, pl.exceptions.ComputeError), match=r"must be .* got Int64"):
        pl.DataFrame({"n": [1]}).select(pl.col("n").arabic.count_tokens())


def test_normalize() -> None:
    pytest.importorskip("corpus_kit._core")
    frame = pl.DataFrame({"text": ["هٰذا أحمد", None]})
    expected = pl.Series("text", ["هذا احمد", None])
    expression = pl.col("text").arabic.normalize()
    assert_series_equal(frame["text"].arabic.normalize("search"), expected)
    assert_series_equal(frame.select(expression)["text"], expected)
    assert_series_equal(frame.lazy().select(expression).collect(engine="streaming")["text"], expected)
