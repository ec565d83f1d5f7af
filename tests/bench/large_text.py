"""News of any size as Parquet: articles re-sampled so that new words and n-grams keep appearing.

    python tests/bench/large_text.py OUT.parquet --gigabytes 1 [--articles FILE.parquet --text content]

A document is a chain of passages, each a sequence of words from a random position in the articles. So words and short
n-grams recur as often as in the articles, and new ones keep appearing: where two passages meet, where a word is
replaced by another one, and where two words are joined. Without --articles the passages come from generated news
(corpus_kit.benchmarks.generated). Everything is drawn by hashing integers: the same articles, size and seed give the
same texts.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.hashing import hashed
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.text.tokenization import Tokenizer

_DOCUMENTS = 2_000  # in a batch, about 6 MB
_LENGTHS = (40, 75, 105, 130, 155, 180, 205, 240, 290, 350, 450, 820)  # words; one for each twelfth of the documents
_PASSAGE = 24  # words at most, three at least
_PARAGRAPH = 58  # words
_REPLACED = 100  # per 1,000 words
_JOINED = 4  # per 1,000 words
_GENERATED_MEGABYTES = 60

Ints = npt.NDArray[np.int64]


class Articles:
    """The types of the articles, and the type of each token."""

    def __init__(self, texts: pl.Series) -> None:
        tokenizer = Tokenizer(tokenizer="whitespace")
        self.running = tokenizer.add(texts, starts=False).type_ids
        self.types = tokenizer.surfaces()


def documents(articles: Articles, number: int, seed: int) -> pl.Series:
    """Return the texts of batch `number`."""

    def draw(purpose: int, count: int, below: int) -> Ints:
        places = np.arange(count, dtype=np.uint64) + np.uint64(number << 32)
        return (hashed(places, seed * 16 + purpose) % np.uint64(below)).astype(np.int64)

    lengths = np.array(_LENGTHS)[draw(1, _DOCUMENTS, len(_LENGTHS))]
    total = int(lengths.sum())
    passages = 3 + draw(2, total, _PASSAGE - 2)  # more than needed
    passage = np.repeat(np.arange(total), passages)[:total]
    within = np.arange(total) - (np.cumsum(passages) - passages)[passage]
    n_running = len(articles.running)
    at = (draw(3, total, n_running)[passage] + within) % n_running
    kind = draw(4, total, 1000)
    elsewhere = draw(5, total, n_running)
    at = np.where(kind < _REPLACED, elsewhere, at)
    words = articles.types.gather(articles.running[at])
    made = np.flatnonzero(kind >= 1000 - _JOINED)
    second = articles.types.gather(articles.running[elsewhere[made]])
    words = words.scatter(made, words.gather(made).str.head(4) + second.str.tail(4))
    document = np.repeat(np.arange(_DOCUMENTS), lengths)
    place = np.arange(total) - (np.cumsum(lengths) - lengths)[document]
    after = pl.Series(np.where((place % _PARAGRAPH == _PARAGRAPH - 1), "\n", " "))
    table = pl.DataFrame({"document": document, "word": words + after})
    joined = table.group_by("document", maintain_order=True).agg(pl.col("word").str.join("").str.strip_chars())
    return joined["word"].alias("text")


def batches(articles: Articles, size: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield tables of id and text, `size` bytes of UTF-8 in all, exceeded by less than a document."""
    number = written = 0
    while written < size:
        texts = documents(articles, number, seed)
        sizes = texts.str.len_bytes().to_numpy().cumsum()
        texts = texts.head(int(np.searchsorted(sizes, size - written)) + 1)
        first = number * _DOCUMENTS
        yield pl.DataFrame([pl.int_range(first, first + len(texts), eager=True).cast(pl.String).alias("id"), texts])
        written += int(texts.str.len_bytes().sum())
        number += 1


def write(path: Path, articles: pl.Series | None, gigabytes: float, seed: int = 1) -> None:
    """Write the file; an existing one is replaced at the end."""
    words = Articles(generated_texts(_GENERATED_MEGABYTES) if articles is None else articles)
    frames = batches(words, int(gigabytes * 1e9), seed)
    schema = pl.Schema({"id": pl.String(), "text": pl.String()})
    source = pl.io.plugins.register_io_source(lambda *_: frames, schema=schema, is_pure=False)
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    source.sink_parquet(aside, compression="zstd", compression_level=1, row_group_size=_DOCUMENTS * 5)
    aside.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--articles", type=Path, help="Parquet with articles")
    parser.add_argument("--text", default="text", help="the column of --articles that holds the text")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    articles = None
    if given.articles:
        articles = pl.read_parquet(given.articles, columns=[given.text])[given.text].drop_nulls()
    write(given.out, articles, given.gigabytes, given.seed)


if __name__ == "__main__":
    main()
