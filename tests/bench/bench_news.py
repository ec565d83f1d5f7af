"""The analyses of news over whole articles: the real ones where they are, otherwise generated news.

Each benchmark notes the rows that come out and the peak memory of the process so far.

    pytest tests/bench/bench_news.py --benchmark-columns=min,median
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck

ANALYSES: dict[str, Callable[[ck.Corpus], pl.DataFrame]] = {
    "furniture": lambda corpus: ck.news.furniture(corpus, by=source_of(corpus)),
    "quotations": ck.news.quotations,
    "statements": ck.news.statements,
    "actors": ck.news.actors,
    "copies": ck.news.copies,
    "copies, minhash": lambda corpus: ck.news.copies(corpus, method="minhash"),
    "copies, containment 0.5": lambda corpus: ck.news.copies(corpus, measure="containment", threshold=0.5),
    "edits": ck.news.edits,
    "dates": lambda corpus: ck.news.dates(corpus, date=None),
    "network": ck.news.network,
    "frames": ck.news.frames,
}


def source_of(corpus: ck.Corpus) -> str | None:
    return "source" if "source" in corpus.label_columns() else None


@pytest.fixture(scope="module")
def corpus(articles_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    return ck.Corpus.build(articles_file, tmp_path_factory.mktemp("news") / "corpus", text="content", progress=False)


@pytest.mark.parametrize("name", ANALYSES)
def test_news(benchmark: Any, corpus: ck.Corpus, name: str) -> None:
    table = benchmark.pedantic(ANALYSES[name], (corpus,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["documents"] = len(corpus)
    benchmark.extra_info["rows"] = table.height
    benchmark.extra_info["peak MB so far"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
