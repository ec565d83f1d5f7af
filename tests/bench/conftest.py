"""Texts for the benchmarks: the real articles where they are, otherwise generated ones of the same size."""

from __future__ import annotations

import os
import random
from pathlib import Path

import polars as pl
import pytest

_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآؤئء"


def generated_articles(count: int, *, words: int = 330, seed: int = 1) -> pl.DataFrame:
    """Invented articles with a Zipf-like vocabulary, about as long as news items."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices(_LETTERS, k=chance.randint(2, 8))) for _ in range(200_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    texts = []
    for _ in range(count):
        picked = chance.choices(vocabulary, weights, k=words)
        paragraphs = [" ".join(picked[i : i + 35]) + "." for i in range(0, words, 35)]
        texts.append("\n\n".join(paragraphs))
    return pl.DataFrame({"source": [f"outlet{i % 7}" for i in range(count)], "content": texts})


@pytest.fixture(scope="session")
def articles_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Parquet file with the columns source and content."""
    given = os.environ.get("CORPUS_KIT_SHARED")
    shared = Path(given) if given else Path(__file__).parents[3] / "shared"
    real = shared / "data" / "saudinewsnet-part1.parquet"
    if real.is_file():
        return real
    path = tmp_path_factory.mktemp("articles") / "generated.parquet"
    generated_articles(20_000).write_parquet(path)
    return path


@pytest.fixture(scope="session")
def articles(articles_file: Path) -> pl.Series:
    return pl.read_parquet(articles_file, columns=["content"])["content"].fill_null("")
