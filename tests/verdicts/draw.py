"""Draw the quotations and mentions of real articles that are read by hand, and show them.

``python tests/verdicts/draw.py quotations CORPUS`` prints them with their context, to be read; the verdicts go to
``quotations.csv`` and ``actors.csv`` beside this file, without any text. `real_corpus` builds the corpus.

The sample is stratified and systematic: rows are ordered by their strata and every k-th is drawn, from a start that
depends on the seed. So each stratum has its share, and the plain rate is an estimate for all rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

import corpus_kit as ck
from corpus_kit._base.hashing import hashed

SIZE = 60
SEED = 2027
TIERS = ("explicit", "carried")


def real_corpus(articles: Path, folder: Path) -> ck.Corpus:
    """The corpus of the articles, with their newspaper as `source`."""
    return ck.Corpus.build(articles, folder, text="content", date="date_extracted", metadata=["source"], progress=False)


def systematic(rows: pl.DataFrame, strata: list[str], seed: int = SEED) -> pl.DataFrame:
    """Sixty rows, in order of the strata, evenly spaced."""
    ordered = rows.sort(*strata, "document", "start")
    step = ordered.height / SIZE
    first = float(hashed(np.array([0]), seed)[0]) / 2**64 * step
    return ordered[[int(first + k * step) for k in range(SIZE)]]


def speech(corpus: ck.Corpus) -> pl.DataFrame:
    """Speech with a speaker."""
    found = ck.news.quotations(corpus).filter(pl.col("speaker_source").cast(pl.String).is_in(TIERS))
    return _with_source(corpus, found)


def quotations(corpus: ck.Corpus) -> pl.DataFrame:
    """Speech with a speaker, by tier and newspaper."""
    return systematic(speech(corpus), ["speaker_source", "source"])


def mentions(corpus: ck.Corpus) -> pl.DataFrame:
    """Mentions of states."""
    return _with_source(corpus, ck.news.actors(corpus).with_columns(hidden=pl.col("proclitic") != ""))


def actors(corpus: ck.Corpus) -> pl.DataFrame:
    """Mentions of states, by whether they have a proclitic and by newspaper."""
    return systematic(mentions(corpus), ["hidden", "source"])


def _with_source(corpus: ck.Corpus, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(corpus.labels("source", selected=False).gather(rows["document"]))


def _print(corpus: ck.Corpus, rows: pl.DataFrame) -> None:
    texts = corpus.documents.select("document", "text").filter(pl.col("document").is_in(rows["document"].implode()))
    text_of = dict(texts.collect().iter_rows())
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        text, start, end = text_of[row["document"]], row["start"], row["end"]
        found = {name: row[name] for name in ("actor", "kind", "verb", "speaker", "speaker_source") if name in row}
        print(f"{number} {row['id']} {start} {end} {found}")
        print(f"   {text[max(0, start - 350) : start]}⟦{text[start:end]}⟧{text[end : end + 120]}".replace("\n", " / "))


if __name__ == "__main__":
    which, path = sys.argv[1:]
    opened = ck.Corpus.open(path)
    _print(opened, {"quotations": quotations, "actors": actors}[which](opened))
