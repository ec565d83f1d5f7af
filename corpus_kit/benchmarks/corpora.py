"""A corpus: built from a file, counted, searched; compared with conc, the closest peer, on request.

conc tokenises with spaCy, by other rules, so its counts differ. It runs on the same articles with the same queries, but
its results are not compared. The report shows the number of hits of each search.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.benchmarks.tasks import Make, Task, Way

__all__ = ["SEARCHES", "TASKS", "WORD"]

WORD = "في"
# The pattern of a search, and its replacement in texts without it, such as generated news. conc_peer.py repeats them.
SEARCHES = {
    "corpus-word": ("في", "في"),
    "corpus-name": ("السعودية", "حتى"),
    "corpus-rarer": ("داعش", "أمام"),
    "corpus-phrase": ("في المملكة", "على أن"),
    "corpus-pair": ("من خلال", "في من"),
}
_PAGE = 20  # lines


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
    """Compare one half of the documents with the other, with the columns that conc has: counts, documents, measures."""
    even = pl.col("document") % 2 == 0
    return ck.keyness(corpus.filter(even), corpus.filter(~even), dispersion=None, variants=False)


def _search(name: str) -> Make:
    """Return the first page, sorted by the three words after the node, five words on each side, as in conc."""

    def make(texts: pl.Series) -> Callable[[], Any]:
        wanted, instead = SEARCHES[name]
        pattern = wanted if texts.str.contains(wanted, literal=True).any() else instead

        def question(corpus: ck.Corpus) -> tuple[pl.DataFrame, int]:
            lines = ck.kwic(corpus, pattern, window=5, sort=("after1", "after2", "after3"), exact=True)
            return lines.lines(0, _PAGE), lines.total

        return _opened(question)(texts)

    return make


def _rows(result: Any) -> list[int]:
    return [len(result)]


def _hits(result: Any) -> list[int]:
    return [result[1]]


def _task(
    name: str,
    title: str,
    make: Make,
    *,
    total: Callable[[Any], list[int]] = _rows,
    counted: str = "",
    in_quick: bool = False,
) -> Task:
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
    return Task(
        name, title, "raw", ways, lambda result: [repr(result)], total, in_quick=in_quick, counted=counted
    )  # fmt: skip


def _search_task(name: str, kind: str) -> Task:
    wanted, instead = SEARCHES[name]
    title = f"Concordance of {kind}, sorted: {wanted}" + (f" (generated news: {instead})" if instead != wanted else "")
    return _task(name, title, _search(name), total=_hits, counted="hits")


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
    _search_task("corpus-word", "the most frequent word"),
    _search_task("corpus-name", "a frequent name"),
    _search_task("corpus-rarer", "a rarer name"),
    _search_task("corpus-phrase", "a phrase"),
    _search_task("corpus-pair", "a frequent pair"),
    _task("corpus-keyness", "Keyness of two halves, all words", _opened(_keyness)),
    _task(
        "corpus-collocates", f"Collocates of {WORD}, five words each side",
        _opened(lambda corpus: ck.collocations(corpus, WORD, within="document")),
    ),
)  # fmt: skip
