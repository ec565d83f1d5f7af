"""Texts for the benchmarks: real articles if they are available, otherwise generated ones of about the same size."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from corpus_kit.benchmarks.generated import generated_texts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cwb", type=Path, help="the folder of CWB's programs (bench_queries.py)")


@pytest.fixture(scope="session")
def cwb(request: pytest.FixtureRequest) -> Path | None:
    """Return the folder of CWB's programs; None without the option and CORPUS_KIT_CWB."""
    given = request.config.getoption("--cwb") or os.environ.get("CORPUS_KIT_CWB")
    return Path(given).expanduser().resolve() if given else None


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
