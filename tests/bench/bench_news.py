"""The analyses of news over whole articles: real ones if they are available, otherwise generated news.

Each benchmark records the number of rows and the peak memory of the process so far.

    pytest tests/bench/bench_news.py --benchmark-columns=min,median
"""

from __future__ import annotations

import resource
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck


def _both(corpus: ck.Corpus) -> pl.DataFrame:
    """One after the other on a corpus of which nothing is known yet: the second uses what the first has found."""
    ck.news.quotations(corpus)
    return ck.news.indirect_quotations(corpus)


ANALYSES: dict[str, Callable[[ck.Corpus], pl.DataFrame]] = {
    "boilerplate": lambda corpus: ck.news.boilerplate(corpus, by=source_of(corpus)),
    "quotations": ck.news.quotations,
    "indirect quotations": ck.news.indirect_quotations,
    "quotations, then indirect quotations": lambda corpus: _both(ck.Corpus.open(corpus.path)),
    "speech": ck.news.speech,
    "name chains": ck.news.name_chains,
    "actors": ck.news.actors,
    "near-duplicates": ck.news.near_duplicates,
    "near-duplicates, minhash": lambda corpus: ck.news.near_duplicates(corpus, method="minhash", measure="jaccard"),
    "near-duplicates, jaccard": lambda corpus: ck.news.near_duplicates(
        corpus, measure="jaccard", threshold=0.8, min_shingles=1
    ),
    "passages": ck.news.passages,
    "edits": ck.news.edits,
    "dates": lambda corpus: ck.news.dates(corpus, date=None),
    "network": ck.news.network,
    "frames": ck.news.frames,
}


def source_of(corpus: ck.Corpus) -> str | None:
    return "source" if "source" in corpus.label_columns() else None


@pytest.fixture(scope="module")
def corpus(articles_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "not all of the source was read")  # some articles are empty
        path = tmp_path_factory.mktemp("news") / "corpus"
        return ck.Corpus.build(articles_file, path, text="content", progress=False)


@pytest.mark.parametrize("name", ANALYSES)
def test_news(benchmark: Any, corpus: ck.Corpus, name: str) -> None:
    table = benchmark.pedantic(ANALYSES[name], (corpus,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["documents"] = len(corpus)
    benchmark.extra_info["rows"] = table.height
    benchmark.extra_info["peak MB so far"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
