"""Texts for the benchmarks: real articles if they are available, otherwise generated ones of about the same size."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from corpus_kit.benchmarks.generated import generated_texts


@pytest.fixture(scope="session")
def articles_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Parquet file with the column `content`."""
    given = os.environ.get("CORPUS_KIT_SHARED")
    shared = Path(given) if given else Path(__file__).parents[3] / "shared"
    real = shared / "data" / "saudinewsnet-part1.parquet"
    if real.is_file():
        return real
    path = tmp_path_factory.mktemp("articles") / "generated.parquet"
    generated_texts(60).to_frame("content").write_parquet(path)
    return path


@pytest.fixture(scope="session")
def articles(articles_file: Path) -> pl.Series:
    return pl.read_parquet(articles_file, columns=["content"])["content"].fill_null("")
