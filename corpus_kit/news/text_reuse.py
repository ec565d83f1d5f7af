"""Copies: documents that share much of their wording, and the clusters that they form."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import integer, whole_number
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords, ranges
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import Integers
from corpus_kit.grouping import corpus_labels
from corpus_kit.news.minhash import alike_by_bands, expected_recall, usual_bands
from corpus_kit.news.shingles import Alike, Pairs, Words, alike, shingle_sets, together
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.provenance import attach
from corpus_kit.storage import reading

__all__ = [
    "KEPT",
    "MEASURES",
    "METHODS",
    "checked_pairs",
    "clusters_of",
    "copies",
    "copy_clusters",
    "dropped_copies",
    "publication_dates",
]

MEASURES = ("jaccard", "containment")
METHODS = ("exact", "minhash")
KEPT = ("first", "longest")

_COLUMNS = ("id", "shingles")  # first_id and first_shingles are columns of ours


def copies(
    corpus: CorpusView,
    *,
    threshold: float = 0.8,
    n: int = 5,
    measure: str = "jaccard",
    method: str = "exact",
    by: str | None = None,
    date: str | None = "date",
    profile: str | Normalizer | None = "search",
    min_shingles: int = 1,
    max_pairs: int = 10_000_000,
    n_hashes: int = 128,
    bands: int | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """Find pairs of documents that share much of their wording.

    A document is taken as the set of its shingles: runs of n words that are counted, in the form that `profile`
    gives them. Shingles run across sentences, across paragraphs and across what `Corpus.without` took out, never
    across documents. A document of fewer than n words has one shingle, all its words; one without words has none
    and is in no pair.

    Arguments:
        corpus: a Corpus or a subcorpus. Take page furniture out first (`Corpus.without`): it makes texts alike.
        threshold: the lowest value of the measure, above 0 and at most 1.
        n: words in a shingle.
        measure: "jaccard", shared shingles by those of both texts together (Broder 1997); or "containment", shared
            shingles by those of the text that has fewer, which also finds a short text inside a long one.
        method: "exact" finds all pairs, by a join with prefix filter (Bayardo, Ma and Srikant 2007; Xiao et al.
            2011). "minhash" looks only at documents that agree in a band of MinHash values (Leskovec, Rajaraman and
            Ullman 2014, chapter 3), which needs less memory: the pairs it gives are right, with exact values, and
            each pair of Jaccard similarity s is found with the probability 1 - (1 - s^rows)^bands.
        by: a metadata column, such as the outlet, to be shown for both documents.
        date: the metadata column of dates, from which `days` comes; a corpus without the column "date", or None here,
            has no days.
        profile: the form that is compared: a preset's name, a Normalizer, or None for the original spelling.
        min_shingles: documents with fewer distinct shingles are left out (how many is in the record of the table).
        max_pairs: how many rows the result may have at most. k identical documents are k (k - 1) / 2 pairs;
            `copy_clusters` and `Corpus.deduplicate` need no pairs.
        n_hashes, bands, seed: of "minhash". Values of each document; bands that they are cut into (None takes the
            fewest that find 99 of 100 pairs at the threshold); of the random hash functions. The record says
            `bands`, `rows` and `expected_recall` at the threshold.

    Returns a DataFrame, ordered by first, then second:
        first, second (UInt32): row numbers of the documents, first < second.
        first_id, second_id (String).
        first_<by>, second_<by> (as the column), across (Boolean: they differ); only with by=.
        shared, first_shingles, second_shingles (Int64): distinct shingles in both, and in each.
        jaccard, containment (Float64).
        days (Int64): from the date of the first document to that of the second; null where one has none.

    Raises:
        InputError: an argument that cannot be, a column that is not there, more pairs than max_pairs.

    >>> import corpus_kit as ck
    >>> table = ck.news.copies(ck.sample_corpus(), by="outlet")
    >>> table.select("first_id", "second_id", "across", "shared", "jaccard").row(0)
    ('mada-2026-01-05-1', 'unqud-2026-01-05-2', True, 125, 0.9398496240601504)
    """
    expect_corpus(corpus, "news.copies")
    search = _Search.of(threshold, n, measure, method, profile, min_shingles, n_hashes, bands, seed)
    most = whole_number(max_pairs, "max_pairs", least=0, what="pairs")
    labels = None if by is None else _labels(corpus, by)
    dates = publication_dates(corpus, date, "news.copies")
    documents, found, record = search.run(corpus, lambda pieces: together(_at_most(most, pieces)))
    _check_number(_number_of_pairs(found), most)
    one, other, shared = _all_pairs(found)
    first, second = documents[one], documents[other]
    sizes = found.sizes[one], found.sizes[other]
    columns: dict[str, Any] = {
        "first": first,
        "second": second,
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
        "ck.news.copies",
        options,
        corpus_id=corpus.id,
        profile_digest=None if search.normalizer is None else search.normalizer.digest,
    )


def copy_clusters(
    corpus: CorpusView,
    pairs: pl.DataFrame | None = None,
    *,
    threshold: float = 0.8,
    n: int = 5,
    measure: str = "jaccard",
    method: str = "exact",
    date: str | None = "date",
    profile: str | Normalizer | None = "search",
    min_shingles: int = 1,
    n_hashes: int = 128,
    bands: int | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """Put documents that are copies of one another, directly or by way of others, into clusters.

    Clusters are the connected components of the graph of pairs: two documents of a cluster need not be alike
    themselves. Documents that are like no other are in no cluster. Time and memory grow with the documents, also where
    thousands of them are identical.

    Arguments:
        corpus: a Corpus or a subcorpus.
        pairs: a table of `ck.news.copies`, or a part of it (columns first and second); the options of the search
            then have no effect. None searches.
        date: the metadata column of dates; None, or a corpus without the column "date", has none.
        threshold, n, measure, method, profile, min_shingles, n_hashes, bands, seed: as in `ck.news.copies`.

    Returns a DataFrame, ordered by cluster, then document:
        cluster (UInt32): numbered from 0, in order of the lowest row number in each.
        document (UInt32), id (String).
        size (UInt32): documents in the cluster.
        first_published (Boolean): true for one document of each cluster, the one with the earliest date; of
            several, or where none has a date, the one with the lowest row number.
        days (Int64): since the first published; null where one of both has no date.

    Raises:
        InputError: an argument that cannot be, a column that is not there, pairs that are not of this corpus.

    >>> import corpus_kit as ck
    >>> clusters = ck.news.copy_clusters(ck.sample_corpus(), threshold=0.5, measure="containment")
    >>> clusters["cluster"].n_unique(), clusters["first_published"].sum()
    (18, 18)
    """
    expect_corpus(corpus, "news.copy_clusters")
    dates = publication_dates(corpus, date, "news.copy_clusters")
    if pairs is None:
        search = _Search.of(threshold, n, measure, method, profile, min_shingles, n_hashes, bands, seed)
        documents, found, record = search.run(corpus, _linking)
        one = np.concatenate([found.first, np.arange(len(documents))])
        other = np.concatenate([found.second, found.same_as])
        first, second = documents[one], documents[other]
    else:
        first, second = checked_pairs(corpus, pairs, "news.copy_clusters")
        record = {"pairs": pairs.height}
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
    return attach(frame, "ck.news.copy_clusters", options, corpus_id=corpus.id)


def dropped_copies(corpus: CorpusView, keep: object, **options: Any) -> pl.Series:
    """The documents of clusters (of `copy_clusters`, with these options) but for the one of each that is kept."""
    expect_corpus(corpus, "deduplicate")
    chosen = choose(keep, KEPT, "keep")
    clusters = copy_clusters(corpus, **options)
    if chosen == "first":
        return clusters.filter(~pl.col("first_published"))["document"]
    with reading(corpus.path):
        sizes = corpus.documents.select("document", "words").collect()
    ordered = clusters.join(sizes, on="document", how="left").sort(
        "cluster", "words", "days", "document", descending=[False, True, False, False], nulls_last=True
    )
    return ordered.filter(~pl.col("cluster").is_first_distinct())["document"]


# ------------------------------------------------------------------------------------------ arguments


class _Search(NamedTuple):
    """What is looked for, and how; all checked."""

    threshold: float
    n: int
    measure: str
    method: str
    normalizer: Normalizer | None
    min_shingles: int
    n_hashes: int
    bands: int
    seed: int

    @classmethod
    def of(
        cls,
        threshold: object,
        n: object,
        measure: object,
        method: object,
        profile: str | Normalizer | None,
        min_shingles: object,
        n_hashes: object,
        bands: object,
        seed: object,
    ) -> _Search:
        lowest = _threshold(threshold)
        chosen, how = choose(measure, MEASURES, "measure"), choose(method, METHODS, "method")
        if how == "minhash" and chosen != "jaccard":
            raise InputError('method="minhash" takes measure="jaccard", which MinHash is about, not "containment"')
        hashes = whole_number(n_hashes, "n_hashes", least=1, what="hash functions")
        if bands is None:
            cut = usual_bands(lowest, hashes)
        else:
            cut = whole_number(bands, "bands", least=1, what="bands")
        if cut > hashes:
            raise InputError(f"bands={cut}, but there are only n_hashes={hashes} values to cut into bands")
        return cls(
            threshold=lowest,
            n=whole_number(n, "n", least=1, what="words"),
            measure=chosen,
            method=how,
            normalizer=resolve_profile(profile),
            min_shingles=whole_number(min_shingles, "min_shingles", least=1, what="shingles"),
            n_hashes=hashes,
            bands=cut,
            seed=integer(seed, "seed"),
        )

    def run(
        self, corpus: CorpusView, gather: Callable[[Iterable[Pairs]], Pairs]
    ) -> tuple[npt.NDArray[np.uint32], Alike, dict[str, Any]]:
        """The documents, what is alike among them (as places in these documents), and the record of the search.

        gather: makes one piece of the pairs, which are found piece by piece.
        """
        counted = CountedWords(corpus, self.normalizer)
        words = Words(counted.ids, counted.sizes, len(counted.words))
        record: dict[str, Any] = {
            "threshold": self.threshold, "n": self.n, "measure": self.measure, "method": self.method,
            "profile": None if self.normalizer is None else self.normalizer.name, "min_shingles": self.min_shingles,
            "documents": len(words.sizes),
            "documents_without_words": int(np.count_nonzero(words.sizes == 0)),
            "documents_of_one_shorter_shingle": int(np.count_nonzero((words.sizes > 0) & (words.sizes < self.n))),
        }  # fmt: skip
        if self.method == "minhash":
            found = alike_by_bands(
                words,
                self.n,
                least=self.min_shingles,
                threshold=self.threshold,
                n_hashes=self.n_hashes,
                bands=self.bands,
                seed=self.seed,
                gather=gather,
            )
            record |= {
                "n_hashes": self.n_hashes, "bands": self.bands, "rows": self.n_hashes // self.bands, "seed": self.seed,
                "expected_recall": expected_recall(self.threshold, self.n_hashes, self.bands),
            }  # fmt: skip
        else:
            sets = shingle_sets(words, self.n)
            wanted = sets.sizes >= self.min_shingles
            record["documents_left_out"] = int(np.count_nonzero(~wanted & (sets.sizes > 0)))
            found = alike(sets, wanted, self.threshold, self.measure, gather)
        return counted.documents, found, record


def _threshold(value: object) -> float:
    allowed = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not allowed or not math.isfinite(value) or not 0 < value <= 1:  # type: ignore[arg-type,operator]
        raise InputError(f"threshold= takes a number above 0 and at most 1, not {value!r:.60}")
    return float(value)  # type: ignore[arg-type]


def _labels(corpus: CorpusView, by: object) -> pl.Series:
    if by in _COLUMNS:
        raise InputError(f"by={by!r}: first_{by} is a column of the result already; name another column")
    return corpus_labels(corpus, by, ())


def publication_dates(corpus: CorpusView, date: object, what: str) -> pl.Series:
    """The date of every document of the corpus (Date); null for all where there is no column of dates.

    date: the metadata column, or None. Only "date" need not be there.
    """
    if date is None or (date == "date" and "date" not in corpus.label_columns()):
        return pl.Series("date", [None], dtype=pl.Date).new_from_index(0, len(corpus.document_ends))
    dates = corpus.labels(choose(date, corpus.label_columns(), "metadata column"), selected=False)
    if dates.dtype not in (pl.Date, pl.Datetime, pl.Null):
        raise InputError(
            f"{what} takes the dates from the column {date!r}, which holds {dates.dtype}: build the corpus with "
            f"date={date!r}, or name another column here, or None"
        )
    return dates.cast(pl.Date).alias("date")


def checked_pairs(corpus: CorpusView, pairs: object, what: str) -> tuple[Integers, Integers]:
    """Both documents of each pair of a table; raises InputError where they are no two documents of the corpus."""
    if not isinstance(pairs, pl.DataFrame):
        raise InputError(f"{what} takes pairs as a table of ck.news.copies, not {type(pairs).__name__}: {pairs!r:.60}")
    absent = [name for name in ("first", "second") if name not in pairs.columns]
    if absent:
        raise InputError(
            f"{what} takes pairs as a table of ck.news.copies; there is no column {' and no '.join(absent)} among "
            f"{', '.join(pairs.columns) or 'none'}"
        )
    numbers = []
    selected = pl.Series(corpus.selected_documents())
    for name in ("first", "second"):
        column = pairs[name]
        if not (column.dtype.is_integer() or column.dtype == pl.Null):
            raise InputError(f"{name} of pairs is the row number of a document, not {column.dtype}")
        strange = column.filter(~column.cast(pl.Int64).is_in(selected.cast(pl.Int64).implode()).fill_null(False))
        if len(strange):
            raise InputError(f"{name} of pairs holds {strange[0]}, which is no document of this corpus or subcorpus")
        numbers.append(column.cast(pl.Int64).to_numpy())
    first, second = numbers
    if (first == second).any():
        raise InputError(f"a pair is of two documents, not twice of {first[first == second][0]}")
    return first, second


# ---------------------------------------------------------------------------------- pairs and clusters


def _check_number(n_pairs: int, most: int) -> None:
    if n_pairs > most:
        raise InputError(
            f"there are {n_pairs:,} pairs of copies or more, and max_pairs={most:,}; ck.news.copy_clusters and "
            "Corpus.deduplicate need no pairs"
        )


def _at_most(most: int, pieces: Iterable[Pairs]) -> Iterator[Pairs]:
    """The pieces; raises InputError once they hold more pairs."""
    n_pairs = 0
    for piece in pieces:
        n_pairs += len(piece.first)
        _check_number(n_pairs, most)
        yield piece


def _linking(pieces: Iterable[Pairs]) -> Pairs:
    """Pairs that link the same documents, directly or by way of others; fewer than there are documents."""
    links = together([])
    for piece in pieces:
        all_links = together((links, piece))
        cluster, document = clusters_of(all_links.first, all_links.second)
        lowest = document[np.searchsorted(cluster, cluster)].astype(np.int64)
        links = Pairs(lowest, document.astype(np.int64), np.zeros(len(document), np.int64))
    return links


def _number_of_pairs(found: Alike) -> int:
    """How many pairs of documents there are, with those of the same set."""
    documents = np.bincount(found.same_as, minlength=len(found.same_as))
    between = documents[found.first] * documents[found.second]
    return int(between.sum()) + int((documents * (documents - 1) // 2).sum())


def _all_pairs(found: Alike) -> tuple[Integers, Integers, Integers]:
    """first, second and shared of all pairs of documents, ordered."""
    by_set = np.argsort(found.same_as, kind="stable")  # the documents of each set together, ascending
    documents = np.bincount(found.same_as, minlength=len(found.same_as))
    end = np.cumsum(documents)
    begin = end - documents
    # of the same set: each document with those after it
    later = end[found.same_as[by_set]] - np.arange(len(by_set)) - 1
    following = np.arange(len(by_set)) + 1
    one, other = np.repeat(by_set, later), by_set[ranges(following, following + later)]
    # of two sets that are alike: each document of one with each of the other
    times = documents[found.second]
    counts = documents[found.first] * times
    number = ranges(np.zeros(len(counts), np.int64), counts)
    width = np.repeat(times, counts)
    of_first = by_set[np.repeat(begin[found.first], counts) + number // width]
    of_second = by_set[np.repeat(begin[found.second], counts) + number % width]
    first = np.concatenate([one, np.minimum(of_first, of_second)])
    second = np.concatenate([other, np.maximum(of_first, of_second)])
    shared = np.concatenate([found.sizes[one], np.repeat(found.shared, counts)])
    order = np.lexsort((second, first))
    return first[order], second[order], shared[order]


def clusters_of(first: Integers, second: Integers) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Cluster and document of the connected components of two documents or more, by cluster, then document."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    documents, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    ends = places.reshape(2, -1)
    graph = coo_array((np.ones(len(first), bool), (ends[0], ends[1])), shape=(len(documents),) * 2)
    component = connected_components(graph, directed=False)[1]
    several = np.bincount(component)[component] > 1
    documents, component = documents[several], component[several]
    _, lowest, component = np.unique(component, return_index=True, return_inverse=True)
    by_lowest = np.empty(len(lowest), np.uint32)
    by_lowest[np.argsort(lowest)] = np.arange(len(lowest))
    cluster = by_lowest[component.reshape(-1)]
    order = np.argsort(cluster, kind="stable")
    return cluster[order], documents[order].astype(np.uint32)
