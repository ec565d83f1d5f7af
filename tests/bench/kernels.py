"""The kernels timed by the suite and the regression gate, through the public interface only.

For the gate it is also a program: ``python kernels.py texts FILE`` writes the text; ``python kernels.py time FILE
NAME ...`` prints the fastest time of each kernel in seconds as JSON, null for one that this version does not have.
"""

from __future__ import annotations

import atexit
import inspect
import itertools
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

import corpus_kit as ck

MEGABYTES = 3.0
FEWEST_CALLS, SECONDS = 5, 0.15  # of one kernel in one process; more processes say more than more calls

Make = Callable[[pl.Series, Path], Callable[[], Any]]


def _ngrams(n: int | tuple[int, int], *, strings: bool = False, **options: Any) -> Make:
    options = {"profile": None, "tokenizer": "whitespace", **options}
    count: Callable[..., Any] = ck.count_ngrams
    if not strings:
        # Versions before count_ngram_ids have an option of count_ngrams.
        count = getattr(ck, "count_ngram_ids", partial(ck.count_ngrams, output="ids"))
    return lambda texts, _: lambda: count(texts, n, **options)


def _strings(texts: pl.Series, _: Path) -> Callable[[], Any]:
    each = texts.to_list()
    return lambda: [ck.normalize(text, "search") for text in each]


def _list(texts: pl.Series, _: Path) -> Callable[[], Any]:
    each = texts.to_list()
    return lambda: ck.normalize(each, "search")


def _offsets(texts: pl.Series, _: Path) -> Callable[[], Any]:
    each, program = texts.to_list(), ck.Normalizer.preset("search")
    return lambda: [program.with_offsets(text) for text in each]


def _ids(tokenizer: str) -> Make:
    def make(texts: pl.Series, _: Path) -> Callable[[], Any]:
        from corpus_kit.text.tokenization import Tokenizer  # missing in older versions

        return lambda: Tokenizer(tokenizer).add(texts)

    return make


def _file(texts: pl.Series, folder: Path) -> Path:
    path = folder / "texts.parquet"
    texts.to_frame("text").write_parquet(path)
    return path


def _build(texts: pl.Series, folder: Path) -> Callable[[], Any]:
    source, numbers = _file(texts, folder), itertools.count()
    return lambda: ck.Corpus.build(source, folder / f"corpus-{next(numbers)}", progress=False)


def _at_scale(texts: pl.Series, folder: Path) -> Callable[[], Any]:
    source, numbers = _file(texts, folder), itertools.count()
    options: dict[str, Any] = {"memory": "64MB", "progress": False}
    return lambda: ck.scale.count_ngrams(source, (1, 3), folder / f"pairs-{next(numbers)}", **options)


_BUILT: list[tuple[pl.Series, Path]] = []  # texts and their corpus, which is built once in a process


def _corpus(texts: pl.Series) -> ck.Corpus:
    """Return the corpus of these texts, opened anew: with nothing that was worked out for another kernel."""
    for known, path in _BUILT:
        if known is texts:
            return ck.Corpus.open(path)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _BUILT.append((texts, folder / "corpus"))
    return ck.Corpus.build(texts.to_frame("text"), folder / "corpus", progress=False)


def _of_corpus(question: Callable[[ck.Corpus], Any]) -> Make:
    def make(texts: pl.Series, _: Path) -> Callable[[], Any]:
        corpus = _corpus(texts)
        return lambda: question(corpus)

    return make


def _frequency(corpus: ck.Corpus) -> pl.DataFrame:
    plain = {"dispersion": None} if "dispersion" in inspect.signature(ck.frequency).parameters else {}
    return ck.frequency(corpus, **plain)


def _keyness(corpus: ck.Corpus) -> pl.DataFrame:
    even = pl.col("document") % 2 == 0
    return ck.keyness(corpus.filter(even), corpus.filter(~even))


def _keyness_by(texts: pl.Series, folder: Path) -> Callable[[], Any]:
    frame = texts.to_frame("text").with_columns(group=(pl.int_range(pl.len()) % 12).cast(pl.String))
    corpus = ck.Corpus.build(frame, folder / "corpus", progress=False)
    return lambda: ck.keyness(corpus, by="group", min_documents=1)


def _segment(texts: pl.Series, _: Path) -> Callable[[], Any]:
    words = sorted({word for text in texts for word in text.split()})[:5000]
    return lambda: ck.segment(words)


KERNELS: dict[str, Make] = {
    "normalize, str": _strings,
    "normalize, list of str": _list,
    "normalize, column": lambda texts, _: lambda: ck.normalize(texts, "search"),
    "normalize, offsets": _offsets,
    "tokens, standard": _ids("standard"),
    "tokens, white space": _ids("whitespace"),
    "n-grams, n = 1": _ngrams(1),
    "n-grams, n = 2": _ngrams(2),
    "n-grams, n = 3": _ngrams(3),
    "n-grams, n = 1 to 3, documents, strings": _ngrams((1, 3), strings=True),
    "n-grams, full rules": _ngrams(2, profile="search", tokenizer="standard"),
    "n-grams, at scale": _at_scale,
    "build": _build,
    "frequency": _of_corpus(_frequency),
    "keyness": _of_corpus(_keyness),
    "keyness of 12 groups": _keyness_by,
    "collocations": _of_corpus(lambda corpus: ck.collocations(corpus, "في")),
    "collocations of a corpus": _of_corpus(lambda corpus: ck.ngram_collocations(corpus, min_documents=2)),
    "concordance": _of_corpus(lambda corpus: ck.kwic(corpus, "في", sort="after1").lines(0, 100)),
    "phrase": _of_corpus(lambda corpus: ck.kwic(corpus, "في من").lines(0, 100)),
    "pattern with a gap": _of_corpus(lambda corpus: ck.kwic(corpus, "في []{0,2} من").lines(0, 100)),
    "positions of many types": _of_corpus(lambda corpus: len(ck.kwic(corpus, "و*"))),
    "types that contain": _of_corpus(lambda corpus: len(ck.kwic(corpus, "*قال*"))),
    "types of an expression": _of_corpus(lambda corpus: len(ck.kwic(corpus, "/.*(قال|كتب).*/"))),
    "clitics": _segment,
}


def seconds_of(name: str, texts: pl.Series) -> float | None:
    """Return the time of the fastest call after a first one: other processes can only slow a call down."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            call = KERNELS[name](texts, Path(folder))
            call()
        except (AttributeError, ImportError, TypeError, ValueError):  # an older version without it
            return None
        seconds: list[float] = []
        while len(seconds) < FEWEST_CALLS or sum(seconds) < SECONDS:
            start = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    what, path, *names = sys.argv[1:]
    if what == "texts":
        from corpus_kit.benchmarks.generated import generated_texts  # not needed for timing

        generated_texts(MEGABYTES).to_frame("text").write_parquet(path)
    else:
        texts = pl.read_parquet(path)["text"]
        print(json.dumps({name: seconds_of(name, texts) for name in names}))


if __name__ == "__main__":
    main()
