"""`ck.lines` in a new corpus of generated news: from a row of a table to its lines.

    pytest tests/bench/bench_lines.py --benchmark-columns=min,median

The corpus is that of `bench_queries.py`, and so are CORPUS_KIT_QUERIES_TOKENS and CORPUS_KIT_QUERIES_CORPUS.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from bench_queries import generated

import corpus_kit as ck

ROWS: dict[str, Callable[[ck.Corpus, str], pl.DataFrame]] = {
    "word": lambda c, word: ck.frequency(c).filter(word=word),
    "word in a group": lambda c, word: ck.frequency(c, by="source").filter(word=word).head(1),
    "lemma": lambda c, _: ck.frequency(c, unit="lemma").head(1),
    "n-gram": lambda c, _: ck.ngrams(c, 2).head(1),
    "skip-gram": lambda c, _: ck.ngrams(c, 2, skip=2, min_count=5).head(1),
    "collocate": lambda c, word: ck.collocations(c, word).sort("count", descending=True).head(1),
    "collocate in a sentence": lambda c, word: ck.collocations(c, word, window="sentence").head(1),
    "document": lambda c, _: c.documents.select("document").head(1).collect(),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    built = os.environ.get("CORPUS_KIT_QUERIES_CORPUS")
    return ck.Corpus.open(built) if built else generated(tmp_path_factory.mktemp("lines"))


@pytest.mark.parametrize("name", ROWS)
def test_lines_of_a_row(benchmark: Any, corpus: ck.Corpus, name: str) -> None:
    words = ck.frequency(corpus)
    row = ROWS[name](corpus, words["word"][min(50, words.height - 1)])
    found = benchmark(lambda: ck.lines(row, corpus))
    benchmark.extra_info["lines"] = len(found)
