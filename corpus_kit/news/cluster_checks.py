"""Checks of clusters of near-duplicates: do the documents resemble each other, and may they be other than copies?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import threshold as count_threshold
from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, warn
from corpus_kit.news.arguments import table_from
from corpus_kit.news.duplicate_search import DuplicateSearch, publication_dates
from corpus_kit.news.shingles import Alike, Words, first_with_same, shared_shingles, shingle_sets
from corpus_kit.text.normalization import Normalizer

__all__ = ["DOUBTS", "DOUBT_DTYPE", "cluster_checks", "warn_of_losses"]


DOUBTS = ("unlike", "short", "recurring")
DOUBT_DTYPE = pl.Enum(DOUBTS)
_COLUMNS = (
    "cluster", "size", "document", "id", "texts", "least_similarity", "median_similarity", "days", "short_documents",
    "doubt",
)  # fmt: skip
_SHORT = 20  # shingles; by reading, half of a shorter text can be a formula (docs/news/near_duplicates.md)
_INSIDE = 0.5  # Jaccard similarity below which a short text is a part of another one, if it is a near-duplicate
_DAYS = 7  # by reading, pairs further apart are mostly regular notices


def cluster_checks(
    corpus: CorpusView,
    clusters: pl.DataFrame,
    *,
    n: int = 5,
    profile: str | Normalizer | None = "search",
    threshold: float = 0.5,
    measure: str = "containment",
    date: str | None = "date",
    short: int = 20,
    max_days: int = 7,
) -> pl.DataFrame:
    """Return for each cluster of near-duplicates how alike its documents are, and what to doubt.

    Each document is compared with the longest one of its cluster (that with most distinct shingles).

    Args:
        corpus: A Corpus or a subcorpus.
        clusters: A table of `ck.news.duplicate_clusters`, or some of its rows (columns cluster and document).
        n: Words in a shingle, as in the search.
        profile: The form that is compared, as in the search.
        threshold: The similarity below which a document is unlike the longest one.
        measure: The similarity: "containment" or "jaccard".
        date: The metadata column of dates; None, or a corpus without the column "date", has none.
        short: A document with fewer distinct shingles is short.
        max_days: The most days that copies of one report lie apart.

    Returns:
        A DataFrame with a row for each cluster, the largest first, then by cluster:

        - cluster (UInt32 or as given), size (UInt32): its documents.
        - document (UInt32), id (String): the longest document.
        - texts (UInt32): documents with different sets of shingles.
        - least_similarity, median_similarity (Float64): of the others to the longest one; null if there is no other.
        - days (Int64): from the earliest to the latest; null if fewer than two have dates.
        - short_documents (UInt32): those that are short and only a part of the longest one (Jaccard similarity below
          0.5), which may be a formula that many texts have.
        - doubt (Enum): the first that holds, else null: "unlike" (a document is below the threshold), "short" (half of
          the documents or more are), "recurring" (more than max_days, and texts that differ: often regular notices,
          such as weather reports and telegrams, of which no one is a copy).

    Raises:
        InputError: If an argument is invalid, or clusters are not of this corpus.

    Examples:
        >>> import corpus_kit as ck
        >>> import polars as pl
        >>> corpus = ck.sample_corpus()
        >>> checks = ck.news.cluster_checks(corpus, ck.news.duplicate_clusters(corpus))
        >>> checks.select("cluster", "size", "texts", pl.col("least_similarity").round(2), "days", "doubt").row(0)
        (0, 3, 3, 0.95, 0, None)
    """
    expect_corpus(corpus)
    search = DuplicateSearch.of(threshold, n, measure, "exact", profile, 1, 1, None, 0)
    least, most = count_threshold(short, "short"), count_threshold(max_days, "max_days", least=0)
    dates = publication_dates(corpus, date)
    table = _checked(corpus, clusters)
    document = table["document"].to_numpy()
    there, row = np.unique(document, return_inverse=True)
    counted = CountedWords(corpus, search.normalizer)
    chosen = np.searchsorted(counted.documents, there)
    words = Words(counted.running(chosen), counted.sizes[chosen], len(counted.words))
    sets = shingle_sets(words, search.n)
    same_as = first_with_same(sets, np.ones(len(there), bool))
    table = table.with_columns(
        row=row, text=same_as[row], shingles=sets.sizes[row], date=dates.gather(document)
    ).with_columns(longest=pl.col("row").sort_by(-pl.col("shingles"), "document").first().over("cluster"))
    one, other = table["row"].to_numpy(), table["longest"].to_numpy()
    shared = shared_shingles(sets, one, other)
    similarity, jaccard = (
        _similarity(sets.sizes[one], sets.sizes[other], shared, each) for each in (search.measure, "jaccard")
    )
    span = pl.col("date").max() - pl.col("date").min()
    is_longest = pl.col("row") == pl.col("longest")
    is_short = ~is_longest & (pl.col("shingles") < least) & (pl.col("jaccard") < _INSIDE)
    frame = (
        table.with_columns(similarity=similarity, jaccard=jaccard)
        .group_by("cluster")
        .agg(
            size=pl.len().cast(pl.UInt32),
            longest=pl.col("longest").first(),
            texts=pl.col("text").n_unique().cast(pl.UInt32),
            least_similarity=pl.col("similarity").filter(~is_longest).min(),
            median_similarity=pl.col("similarity").filter(~is_longest).median(),
            days=pl.when(pl.col("date").count() > 1).then(span.dt.total_days()),
            short_documents=is_short.sum().cast(pl.UInt32),
        )
        .sort("size", "cluster", descending=[True, False])
    )
    doubt = (
        pl.when(pl.col("least_similarity") < search.threshold).then(pl.lit("unlike"))
        .when(2 * pl.col("short_documents") >= pl.col("size")).then(pl.lit("short"))
        .when((pl.col("days") > most) & (pl.col("texts") > 1)).then(pl.lit("recurring"))
    )  # fmt: skip
    longest = there[frame["longest"].to_numpy()].astype(np.uint32)
    frame = frame.with_columns(document=longest, doubt=doubt.cast(DOUBT_DTYPE))
    frame = frame.with_columns(corpus.ids(longest)).select(_COLUMNS)
    options = {
        "n": search.n, "threshold": search.threshold, "measure": search.measure, "date": date, "short": least,
        "max_days": most, "subcorpus": corpus.selection,
        "profile": None if search.normalizer is None else search.normalizer.name,
    }  # fmt: skip
    return attach(
        frame,
        "ck.news.cluster_checks",
        options,
        corpus=corpus,
        profile_digest=None if search.normalizer is None else search.normalizer.digest,
    )


def _checked(corpus: CorpusView, clusters: object) -> pl.DataFrame:
    """Return cluster and document (UInt32) of each row."""
    table = table_from(clusters, "clusters", "ck.news.duplicate_clusters", ("cluster", "document"))
    given = table["document"]
    if not (given.dtype.is_integer() or given.dtype == pl.Null):
        raise InputError(f"clusters must be a table with row numbers in document, got {given.dtype}.")
    selected = pl.Series(corpus.selected_documents()).cast(pl.Int64)
    unknown = given.filter(~given.cast(pl.Int64).is_in(selected.implode()).fill_null(False))
    if len(unknown):
        raise InputError(f"clusters must be documents of this corpus or subcorpus, got {unknown[0]} in document.")
    return pl.DataFrame({"cluster": table["cluster"], "document": given.cast(pl.UInt32)}).unique(maintain_order=True)


def _similarity(one: Integers, other: Integers, shared: Integers, measure: str) -> npt.NDArray[np.float64]:
    whole = one + other - shared if measure == "jaccard" else np.minimum(one, other)
    return np.asarray(shared / np.maximum(whole, 1), np.float64)


def warn_of_losses(found: Alike, rank: Integers, dropped: Array, dates: pl.Series) -> None:
    """Warn if documents are left out that may be no copies of those that stay.

    Args:
        found: The pairs of similar sets, and the documents with the same set.
        rank: The order in which documents are preferred.
        dropped: Which documents are left out.
        dates: The date of each document.
    """
    best = np.full(len(rank), len(rank))  # the document that stays for each text
    np.minimum.at(best, found.same_as, rank)
    by_rank = np.argsort(rank)
    of, by = np.concatenate([found.first, found.second]), np.concatenate([found.second, found.first])
    shared = np.tile(found.shared, 2)
    gone = dropped[by_rank[np.minimum(best, len(rank) - 1)]]
    open_pair = gone[of] & ~gone[by]
    of, by, shared = of[open_pair], by[open_pair], shared[open_pair]
    order = np.lexsort((best[by], -shared, of))
    of, first = np.unique(of[order], return_index=True)
    stays, in_both = np.full(len(rank), -1), np.zeros(len(rank), np.int64)
    in_both[of] = shared[order][first]
    stays[of] = by_rank[best[by[order][first]]]
    stays = stays[found.same_as]
    lost = np.flatnonzero(dropped & (stays >= 0))  # without those that are identical with one that stays
    jaccard = _similarity(found.sizes[lost], found.sizes[stays[lost]], in_both[found.same_as[lost]], "jaccard")
    short = (found.sizes[lost] < _SHORT) & (jaccard < _INSIDE)
    apart = (dates.gather(lost) - dates.gather(stays[lost])).dt.total_days().abs().fill_null(0).to_numpy() > _DAYS
    if (short | apart).any():
        warn(
            f"Corpus.deduplicate: of {np.count_nonzero(dropped):,} documents left out as near-duplicates, "
            f"{np.count_nonzero(short | apart):,} may be no copies: {np.count_nonzero(apart):,} are more than {_DAYS} "
            f"days from the text that stays (regular notices?), {np.count_nonzero(short):,} are texts of fewer than "
            f"{_SHORT} shingles inside longer ones. ck.news.cluster_checks shows such clusters.",
            stacklevel=None,
        )
