"""Rates over time: five patterns by source and week, their tests and totals, in a corpus that is open.

Real articles if they are available, otherwise generated ones, dated and divided into 14 sources by their row.
`CORPUS_KIT_TREND_CORPUS=folder` measures a built corpus with the columns date and source.

    pytest tests/bench/bench_trend.py --benchmark-columns=min,median
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck

PATTERNS = ["في", "السعودية", "وزير|رئيس", "قال []", "النفط"]
CALLS: dict[str, Callable[[ck.Corpus], pl.DataFrame]] = {
    "trend": lambda corpus: ck.trend(corpus, PATTERNS, by="source", every="day"),
    "trend tests": lambda corpus: ck.trend_tests(corpus, PATTERNS, by="source", every="day"),
    "totals": lambda corpus: ck.frequency(corpus, pattern=PATTERNS, by="source", every="day", total=True),
    "frequency by period": lambda corpus: ck.frequency(corpus, by="source", every="day", dispersion=None),
}


@pytest.fixture(scope="module")
def corpus(articles_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    built = os.environ.get("CORPUS_KIT_TREND_CORPUS")
    if built:
        return ck.Corpus.open(built)
    row = pl.int_range(pl.len())
    day = pl.date(2015, 7, 1) + pl.duration(days=row % 30)
    articles = pl.read_parquet(articles_file, columns=["content"])
    articles = articles.with_columns(date=day, source=pl.format("source {}", row % 14))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "not all of the source was read")  # some articles are empty
        return ck.Corpus.build(
            articles, tmp_path_factory.mktemp("trend") / "corpus", text="content", date="date", progress=False
        )


@pytest.mark.parametrize("name", CALLS)
def test_trend(benchmark: Any, corpus: ck.Corpus, name: str) -> None:
    table = benchmark.pedantic(CALLS[name], (corpus,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["documents"] = len(corpus)
    benchmark.extra_info["rows"] = table.height
