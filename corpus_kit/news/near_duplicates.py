"""Near-duplicates: pairs of documents that share much of their wording, and the clusters that they form."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose
from corpus_kit.news.cluster_checks import warn_of_losses
from corpus_kit.news.duplicate_search import (
    DuplicateSearch,
    all_pairs,
    at_most,
    check_number,
    checked_pairs,
    clusters_of,
    left_out,
    linking_pairs,
    listed_pairs,
    number_of_pairs,
    pair_labels,
    publication_dates,
)
from corpus_kit.news.linkage import LINKAGES, linked_documents, linked_pairs, single_links
from corpus_kit.news.shingles import together
from corpus_kit.text.normalization import Normalizer

__all__ = ["KEPT", "dropped_duplicates", "duplicate_clusters", "near_duplicates"]


KEPT = ("first", "longest")
_TAKEN = ("document", "id", "shingles")  # first_document, first_id, first_shingles are columns of the result


def near_duplicates(
    corpus: CorpusView,
    *,
    n: int = 5,
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    threshold: float = 0.5,
    measure: str = "containment",
    method: str = "exact",
    n_hashes: int = 128,
    bands: int | None = None,
    date: str | None = "date",
    min_shingles: int = 20,
    max_pairs: int = 10_000_000,
    seed: int = 0,
) -> pl.DataFrame:
    """Return pairs of documents that share much of their wording.

    Each document is treated as the set of its shingles, runs of n counted words in the form that `profile` gives them.
    Shingles cross sentences, paragraphs and the spans that `Corpus.exclude` took out, but never documents. A document
    of fewer than n words has one shingle, all its words; a document without words has none and is in no pair.

    Args:
        corpus: A Corpus or a subcorpus. Exclude boilerplate first (`Corpus.exclude`): it makes texts alike.
        n: Words in a shingle.
        profile: The form that is compared: the name of a preset, a Normalizer, or None for the original spelling.
        by: A metadata column, such as the outlet, to be shown for both documents.
        threshold: The lowest value of the measure, above 0 and at most 1.
        measure: "containment", the shared shingles divided by those of the text that has fewer, which also finds a
            text that was cut, and a short text inside a long one; or "jaccard", the shared shingles divided by those
            in either text (Broder 1997), which with threshold=0.8 finds texts that are the same but for a few words.
        method: "exact" finds all pairs, by a prefix-filter join (Bayardo, Ma and Srikant 2007; Xiao et al. 2011).
            "minhash" compares only documents that agree in a band of MinHash values (Leskovec, Rajaraman and Ullman
            2014, chapter 3), which needs less memory: the pairs that it returns have exact values, and a pair of
            Jaccard similarity s is found with probability 1 - (1 - s^rows)^bands. It needs measure="jaccard".
        n_hashes: MinHash values of each document, at most 65,536; for method="minhash".
        bands: Bands into which these are cut; None takes the fewest that find 99 of 100 pairs at the threshold. The
            record of the table holds bands, rows and expected_recall at the threshold.
        date: The metadata column of dates, from which `days` is computed. With None, or if a corpus has no column
            "date", days is null.
        min_shingles: Documents with fewer distinct shingles are left out, since a few words are contained in many
            texts that have nothing else in common. The record of the table says how many; a warning says so if they
            are a tenth of all. Use 1 for posts and other short texts, with measure="jaccard".
        max_pairs: The most rows that the result may have. k identical documents are k (k - 1) / 2 pairs;
            `duplicate_clusters` and `Corpus.deduplicate` do not list pairs.
        seed: Seed of the random hash functions; for method="minhash".

    Returns:
        A DataFrame, ordered by first_document, then second_document:

        - first_document, second_document (UInt32): row numbers, first_document < second_document.
        - first_id, second_id (String).
        - first_<by>, second_<by> (as the column), across (Boolean: whether they differ); only with `by`.
        - shared, first_shingles, second_shingles (Int64): distinct shingles in both, and in each.
        - jaccard, containment (Float64).
        - days (Int64): from the date of the first document to that of the second; null if one has no date.

    Raises:
        InputError: If an argument is invalid, or there are more than max_pairs pairs.

    References:
        Broder, A. Z. (1997). On the resemblance and containment of documents. Proceedings of Compression and Complexity
        of Sequences, 21-29. Bayardo, R. J., Ma, Y. & Srikant, R. (2007). Scaling up all pairs similarity search. WWW
        2007, 131-140. Xiao, C. et al. (2011). Efficient similarity joins for near-duplicate detection. ACM Transactions
        on Database Systems 36(3). Leskovec, J., Rajaraman, A. & Ullman, J. D. (2014). Mining of Massive Datasets, 2nd
        ed., chapter 3.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.near_duplicates(ck.sample_corpus(), by="outlet")
        >>> table.select("first_id", "second_id", "across", "shared", "containment").row(0)
        ('mada-2026-01-05-1', 'unqud-2026-01-05-2', True, 125, 1.0)
    """
    expect_corpus(corpus)
    search = DuplicateSearch.of(threshold, n, measure, method, profile, min_shingles, n_hashes, bands, seed)
    most = integer(max_pairs, "max_pairs", least=0)
    labels = None if by is None else pair_labels(corpus, by, _TAKEN)
    dates = publication_dates(corpus, date)
    documents, found, record = search.run(corpus, lambda pieces: together(at_most(most, pieces)))
    check_number(number_of_pairs(found), most)
    one, other, shared = all_pairs(found)
    first, second = documents[one], documents[other]
    sizes = found.sizes[one], found.sizes[other]
    columns: dict[str, Any] = {
        "first_document": first,
        "second_document": second,
        "first_id": corpus.ids(first),
        "second_id": corpus.ids(second),
    }
    if labels is not None:
        columns[f"first_{by}"], columns[f"second_{by}"] = labels.gather(first), labels.gather(second)
        columns["across"] = columns[f"first_{by}"].ne_missing(columns[f"second_{by}"])
    columns |= {
        "shared": shared,
        "first_shingles": sizes[0],
        "second_shingles": sizes[1],
        "jaccard": shared / (sizes[0] + sizes[1] - shared),
        "containment": shared / np.minimum(*sizes),
        "days": (dates.gather(second) - dates.gather(first)).dt.total_days(),
    }
    options = {**record, "by": by, "date": date, "max_pairs": most, "subcorpus": corpus.selection}
    return attach(
        pl.DataFrame(columns),
        "ck.news.near_duplicates",
        options,
        corpus=corpus,
        profile_digest=None if search.normalizer is None else search.normalizer.digest,
    )


def duplicate_clusters(
    corpus: CorpusView,
    pairs: pl.DataFrame | None = None,
    *,
    linkage: str = "complete",
    n: int = 5,
    profile: str | Normalizer | None = "search",
    threshold: float = 0.5,
    measure: str = "containment",
    method: str = "exact",
    n_hashes: int = 128,
    bands: int | None = None,
    date: str | None = "date",
    min_shingles: int = 20,
    seed: int = 0,
) -> pl.DataFrame:
    """Return clusters of documents that are near-duplicates of each other.

    Documents that are similar to no other are in no cluster. Documents with the same shingles count as one text, so
    that thousands of identical ones cost no more than two. `ck.news.cluster_checks` says which clusters to look at.

    Args:
        corpus: A Corpus or a subcorpus.
        pairs: A table of `ck.news.near_duplicates`, or some of its rows (columns first_document and second_document);
            the options of the search then have no effect. None searches.
        linkage: "complete" puts two documents into one cluster only if they are a pair, so that no chain is formed.
            The most similar (by Jaccard similarity; of equal pairs, the first) are put together first, then clusters
            of which all documents are pairs. "single" joins all that pairs link, directly or through others: in long
            chains, the ends have nothing in common. It lists no pairs, and so needs the least memory.
        n: As in `ck.news.near_duplicates`.
        profile: As in `ck.news.near_duplicates`.
        threshold: As in `ck.news.near_duplicates`.
        measure: As in `ck.news.near_duplicates`.
        method: As in `ck.news.near_duplicates`.
        n_hashes: As in `ck.news.near_duplicates`.
        bands: As in `ck.news.near_duplicates`.
        date: The metadata column of dates; None, or a corpus without the column "date", has none.
        min_shingles: As in `ck.news.near_duplicates`.
        seed: As in `ck.news.near_duplicates`.

    Returns:
        A DataFrame, ordered by cluster, then document:

        - cluster (UInt32): numbered from 0, in the order of the lowest row number in each.
        - document (UInt32), id (String).
        - size (UInt32): documents in the cluster.
        - first_published (Boolean): true for one document of each cluster, the one with the earliest date; of several,
          or if none has a date, the one with the lowest row number.
        - days (Int64): since the first published; null if either has no date.

    Raises:
        InputError: If an argument is invalid, pairs are not of this corpus, or there are so many pairs that complete
            linkage would need more memory than one call may use.

    References:
        Sørensen, T. (1948). A method of establishing groups of equal amplitude in plant sociology. Biologiske Skrifter
        5(4). Nguyen, T.-D., Schmidt, B. & Kwoh, C.-K. (2014). SparseHC: a memory-efficient online hierarchical
        clustering algorithm. Procedia Computer Science 29, 8-19.

    Examples:
        >>> import corpus_kit as ck
        >>> clusters = ck.news.duplicate_clusters(ck.sample_corpus())
        >>> clusters["cluster"].n_unique(), clusters["first_published"].sum()
        (18, 18)
    """
    expect_corpus(corpus)
    chosen = choose(linkage, LINKAGES, "linkage")
    dates = publication_dates(corpus, date)
    if pairs is None:
        search = DuplicateSearch.of(threshold, n, measure, method, profile, min_shingles, n_hashes, bands, seed)
        documents, found, record = search.run(corpus, linking_pairs if chosen == "single" else listed_pairs)
        one, other = linked_documents(found) if chosen == "complete" else single_links(found)
        rows = documents.astype(np.int64)
        first, second = rows[one], rows[other]
    else:
        table = as_frame(pairs, "pairs")
        first, second = checked_pairs(corpus, table, "pairs", "ck.news.near_duplicates")
        record = {"pairs": len(first)}
        if chosen == "complete":
            first, second = linked_pairs(first, second, table)
    record["linkage"] = chosen
    cluster, document = clusters_of(first, second)
    frame = pl.DataFrame({"cluster": cluster, "document": document}).with_columns(
        corpus.ids(document),
        size=pl.len().over("cluster").cast(pl.UInt32),
        date=dates.gather(document),
    )
    order = ("cluster", "date", "document")
    earliest = frame.sort(order, nulls_last=True).group_by("cluster", maintain_order=True).first()
    frame = frame.with_columns(
        first_published=pl.col("document").is_in(earliest["document"].implode()),
        days=(pl.col("date") - earliest["date"].gather(frame["cluster"])).dt.total_days(),
    ).drop("date")
    options = {**record, "date": date, "subcorpus": corpus.selection}
    return attach(frame, "ck.news.duplicate_clusters", options, corpus=corpus)


def dropped_duplicates(
    corpus: CorpusView,
    keep: object,
    *,
    n: object,
    profile: str | Normalizer | None,
    threshold: object,
    measure: object,
    method: object,
    date: str | None,
    min_shingles: object,
) -> pl.Series:
    """Return the documents that `Corpus.deduplicate`, which has these options, leaves out: row numbers, ascending."""
    expect_corpus(corpus)
    chosen = choose(keep, KEPT, "keep")
    dates = publication_dates(corpus, date)
    search = DuplicateSearch.of(threshold, n, measure, method, profile, min_shingles, 128, None, 0)
    documents, found, _ = search.run(corpus, listed_pairs)
    order = pl.DataFrame({"document": documents}).with_columns(date=dates.gather(documents), words=pl.lit(0))
    if chosen == "longest":
        with reading(corpus.path):
            order = order.with_columns(corpus.documents.select("words").collect()["words"])
    best = order.with_row_index("row").sort("words", "date", "row", descending=[True, False, False], nulls_last=True)
    rank = np.empty(len(documents), np.int64)
    rank[best["row"].to_numpy()] = np.arange(len(documents))
    dropped = left_out(found, rank, search.threshold, search.measure)
    warn_of_losses(found, rank, dropped, order["date"])
    return pl.Series("document", documents[dropped])
