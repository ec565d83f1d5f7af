"""Word lists, breakdowns by a metadata column, samples and counted phrases, in a corpus that is open.

Real articles if they are available, otherwise generated ones, divided into 12 sources by their row.
`CORPUS_KIT_LISTS_CORPUS=folder` measures a built corpus with the columns date and source.

    pytest tests/bench/bench_lists.py --benchmark-columns=min,median
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

WORD = "في"
CALLS: dict[str, Callable[[ck.Corpus], Any]] = {
    "hits by source": lambda corpus: ck.frequency(corpus, pattern=WORD, by="source", total=True),
    "hits by source, no dispersion": lambda corpus: ck.frequency(
        corpus, pattern=WORD, by="source", total=True, dispersion=None
    ),
    "sample of 100": lambda corpus: ck.kwic(corpus, WORD, sample=100),
    "counted phrases": lambda corpus: ck.kwic(corpus, f"{WORD} []").variants,
    "word list": lambda corpus: ck.frequency(corpus, dispersion=None),
    "word list, dispersion": ck.frequency,
    "word list of a source": lambda corpus: ck.frequency(corpus.filter(source=_first_source(corpus))),
    "filter": lambda corpus: corpus.filter(source=_first_source(corpus)),
}


def _first_source(corpus: ck.Corpus) -> str:
    return str(corpus.labels("source").head(1).item())


@pytest.fixture(scope="module")
def corpus(articles_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    built = os.environ.get("CORPUS_KIT_LISTS_CORPUS")
    if built:
        return ck.Corpus.open(built)
    articles = pl.read_parquet(articles_file, columns=["content"])
    articles = articles.with_columns(source=pl.format("source {}", pl.int_range(pl.len()) % 12))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "not all of the source was read")  # some articles are empty
        return ck.Corpus.build(articles, tmp_path_factory.mktemp("lists") / "corpus", text="content", progress=False)


@pytest.mark.parametrize("name", CALLS)
def test_list(benchmark: Any, corpus: ck.Corpus, name: str) -> None:
    result = benchmark.pedantic(CALLS[name], (corpus,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["documents"] = len(corpus)
    benchmark.extra_info["rows"] = len(result)
