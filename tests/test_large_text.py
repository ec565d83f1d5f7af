"""Texts for measuring counts at scale: of the requested size, and the same each time."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from large_text import Articles, batches, write

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts


@pytest.fixture(scope="module")
def articles() -> pl.Series:
    return generated_texts(1)


def test_file_has_the_requested_size_and_is_deterministic(articles: pl.Series, tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / f"{name}.parquet", articles, 0.004)
    first, second = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in "ab")
    assert first.equals(second)
    size = first["text"].str.len_bytes().sum()
    assert 0 <= size - 4_000_000 < first["text"].str.len_bytes().max()
    assert first["id"].is_unique().all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_other_seeds_give_other_texts(articles: pl.Series) -> None:
    one, other = (next(batches(Articles(articles), 10_000, seed))["text"].to_list() for seed in (1, 2))
    assert not set(one) & set(other)


def test_words_recur_and_new_ngrams_keep_appearing(articles: pl.Series) -> None:
    texts = pl.concat(list(batches(Articles(articles), 12_000_000, 1)))["text"]
    half, whole = (ck.count_ngrams(part, 2).height for part in (texts.head(len(texts) // 2), texts))
    assert whole > 1.3 * half
    known = set(ck.count_ngrams(articles, 1)["ngram"])
    words = ck.count_ngrams(texts, 1)
    assert words.filter(pl.col("ngram").is_in(known))["count"].sum() > 0.97 * words["count"].sum()
    assert not set(words["ngram"]) <= known
