"""Substitutions: which words stand for which others in near-duplicates."""

from __future__ import annotations

import polars as pl

from corpus_kit._base.arguments import threshold
from corpus_kit._base.records import attach
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.news.arguments import table_from
from corpus_kit.news.duplicate_search import PAIR, checked_pairs, publication_dates
from corpus_kit.news.edits import edits as find_edits

__all__ = ["substitutions"]


_COLUMNS = ("kind", "first_words", "second_words", "cluster")


def substitutions(
    corpus: CorpusView,
    edits: pl.DataFrame | None = None,
    *,
    date: str | None = "date",
    min_clusters: int = 1,
) -> pl.DataFrame:
    """Count which words replace which in near-duplicates: the same story under a different label.

    Both directions are one row. `before` is the word that is in the earlier text in more clusters; if these are equally
    many, or no dates differ, it is the first of both in the order of code points.

    Args:
        corpus: A Corpus or a subcorpus.
        edits: A table of `ck.news.edits`, or some of its rows. None computes it with the defaults.
        date: The metadata column of dates; None, or a corpus without the column "date", has none.
        min_clusters: The lowest number of clusters of a row.

    Returns:
        A DataFrame, ordered by clusters and pairs, both descending, then before and after:

        - before, after (String): the words in the form that `edits` compared.
        - clusters (Int64): clusters of near-duplicates with this substitution; only clusters are independent.
        - pairs, documents (Int64): pairs with it, and documents in these pairs.
        - forward, backward, undated (Int64): clusters in which a text with `before` is earlier than one with `after`,
          in which it is later, and in which dates are equal or missing. A cluster can be in several.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> table = ck.news.substitutions(corpus, ck.news.edits(corpus, threshold=0.6, measure="containment"))
        >>> table.select("before", "after", "clusters").row(0)
        ('الصحافيين', 'الصحفيين', 5)
    """
    expect_corpus(corpus)
    dates = publication_dates(corpus, date)
    least = threshold(min_clusters, "min_clusters")
    table = find_edits(corpus) if edits is None else _checked_edits(corpus, edits)
    swapped = table.filter(pl.col("kind").cast(pl.String) == "substitution")
    one, other = pl.col("first_words"), pl.col("second_words")
    days = (dates.gather(swapped["second_document"]) - dates.gather(swapped["first_document"])).dt.total_days()
    directed = swapped.select(
        "cluster",
        *PAIR,
        low=pl.min_horizontal(one, other),
        high=pl.max_horizontal(one, other),
        # 1: the lower of both words is in the earlier text
        direction=(days.sign().fill_null(0) * pl.when(one < other).then(1).otherwise(-1)).cast(pl.Int64),
    )
    in_clusters = {name: _clusters(sign) for name, sign in (("up", 1), ("down", -1), ("undated", 0))}
    counts = directed.group_by("low", "high").agg(
        clusters=pl.col("cluster").n_unique(),
        pairs=pl.struct(PAIR).n_unique(),
        documents=pl.concat([pl.col(name) for name in PAIR]).n_unique(),
        **in_clusters,
    )
    up = pl.col("up") >= pl.col("down")
    frame = (
        counts.filter(pl.col("clusters") >= least)
        .select(
            pl.when(up).then("low").otherwise("high").alias("before"),
            pl.when(up).then("high").otherwise("low").alias("after"),
            pl.col("clusters", "pairs", "documents").cast(pl.Int64),
            pl.max_horizontal("up", "down").cast(pl.Int64).alias("forward"),
            pl.min_horizontal("up", "down").cast(pl.Int64).alias("backward"),
            pl.col("undated").cast(pl.Int64),
        )
        .sort("clusters", "pairs", "before", "after", descending=[True, True, False, False])
    )
    options = {
        "edits": table.height, "substitutions": swapped.height, "date": date, "min_clusters": least,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(frame, "ck.news.substitutions", options, corpus=corpus)


def _clusters(direction: int) -> pl.Expr:
    """Return how many clusters have an edit in this direction."""
    return pl.col("cluster").filter(pl.col("direction") == direction).n_unique()


def _checked_edits(corpus: CorpusView, edits: object) -> pl.DataFrame:
    """Return a table of edits that a user passed, checked against the corpus."""
    table = table_from(edits, "edits", "ck.news.edits", (*PAIR, *_COLUMNS))
    for name in ("first_words", "second_words", "kind"):
        texts = (pl.String, pl.Categorical, pl.Enum) if name == "kind" else (pl.String,)
        if table[name].dtype not in texts:
            raise InputError(f"edits must be a table of ck.news.edits, got {table[name].dtype} in {name}.")
    checked_pairs(corpus, table, "edits", "ck.news.edits")
    return table
