"""A corpus: built from a file, counted, searched; beside conc, the closest peer, where it is asked for.

conc finds its words with spaCy, by other rules, so its counts are others. It is shown beside ours for
the same articles and the same questions, and its results are not compared.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.benchmarks.tasks import Make, Task, Way

__all__ = ["TASKS", "WORD"]

WORD = "في"


def _build(texts: pl.Series) -> Callable[[], ck.Corpus]:
    texts.to_frame("text").write_parquet("texts.parquet")
    numbers = itertools.count()
    return lambda: ck.Corpus.build("texts.parquet", f"corpus-{next(numbers)}", progress=False, overwrite=True)


def _opened(question: Callable[[ck.Corpus], Any]) -> Make:
    def make(texts: pl.Series) -> Callable[[], Any]:
        folder = Path("corpus")
        corpus = ck.Corpus.build(texts.to_frame("text"), folder, progress=False, overwrite=True)
        return lambda: question(corpus)

    return make


def _keyness(corpus: ck.Corpus) -> pl.DataFrame:
    """One half of the documents beside the other, with no more than conc gives: counts, documents, measures."""
    even = pl.col("document") % 2 == 0
    return ck.keyness(corpus.filter(even), corpus.filter(~even), dispersion=None, variants=False)


def _rows(result: Any) -> list[int]:
    return [len(result)]


def _task(name: str, title: str, make: Make, *, in_quick: bool = False) -> Task:
    ways = (
        Way("corpus-kit", "ours", make),
        Way(
            "conc",
            "peer",
            None,
            "list",
            package="conc",
            compared=False,
            environment="conc",
            note="spaCy's words, other counts: not compared",
        ),
    )
    return Task(name, title, "raw", ways, lambda result: [repr(result)], _rows, in_quick=in_quick)


TASKS = (
    _task("corpus-build", "Build a corpus", _build, in_quick=True),
    _task(
        "corpus-frequency", "Frequency list with document frequency",
        _opened(lambda corpus: ck.frequency(corpus, dispersion=None)),
    ),
    _task("corpus-bigrams", "Bigrams of a corpus", _opened(lambda corpus: ck.ngrams(corpus, n=2))),
    _task(
        "corpus-concordance", f"Concordance of {WORD}, first 20 lines",
        _opened(lambda corpus: ck.kwic(corpus, WORD).lines(0, 20)),
    ),
    _task("corpus-keyness", "Keyness of two halves, all words", _opened(_keyness)),
    _task(
        "corpus-collocates", f"Collocates of {WORD}, five words each side",
        _opened(lambda corpus: ck.collocations(corpus, WORD, within="document")),
    ),
)  # fmt: skip
