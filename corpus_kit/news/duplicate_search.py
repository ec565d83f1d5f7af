"""The search for near-duplicates, and the clusters that their pairs form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import integer, share
from corpus_kit._base.arrays import Integers, ranges
from corpus_kit._base.shares import part
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_labels
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, warn
from corpus_kit.machine.memory import expect_memory
from corpus_kit.news.arguments import table_from
from corpus_kit.news.minhash import alike_by_bands, expected_recall, usual_bands
from corpus_kit.news.shingles import Alike, Pairs, Words, alike, shingle_sets, together
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = [
    "MEASURES",
    "METHODS",
    "PAIR",
    "DuplicateSearch",
    "all_pairs",
    "at_most",
    "check_number",
    "checked_pairs",
    "clusters_of",
    "left_out",
    "linking_pairs",
    "listed_pairs",
    "number_of_pairs",
    "pair_labels",
    "publication_dates",
]


MEASURES = ("jaccard", "containment")
METHODS = ("exact", "minhash")
PAIR = ("first_document", "second_document")
_PAIR_BYTES = 64  # of a pair that is listed
_MOST_HASHES = 2**16
_SHORT_SHARE = 0.1  # of the documents, from which a warning says that they are left out


class DuplicateSearch(NamedTuple):
    """The checked options of a search for near-duplicates."""

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
    ) -> DuplicateSearch:
        """Check the options of `near_duplicates`; the first that is invalid raises an InputError."""
        lowest = share(threshold, "threshold")
        chosen, how = choose(measure, MEASURES, "measure"), choose(method, METHODS, "method")
        if how == "minhash" and chosen != "jaccard":
            raise invalid("measure", "'jaccard' with method='minhash'", chosen, "MinHash estimates no other measure.")
        hashes = integer(n_hashes, "n_hashes", least=1, most=_MOST_HASHES)
        cut = usual_bands(lowest, hashes) if bands is None else integer(bands, "bands", least=1, most=hashes)
        return cls(
            threshold=lowest,
            n=integer(n, "n", least=1),
            measure=chosen,
            method=how,
            normalizer=resolve_profile(profile),
            min_shingles=integer(min_shingles, "min_shingles", least=1),
            n_hashes=hashes,
            bands=cut,
            seed=integer(seed, "seed", least=0),
        )

    def run(
        self, corpus: CorpusView, gather: Callable[[Iterable[Pairs]], Pairs]
    ) -> tuple[npt.NDArray[np.uint32], Alike, dict[str, Any]]:
        """Search a corpus.

        Args:
            corpus: The corpus or subcorpus.
            gather: Joins the pairs, which are found piece by piece.

        Returns:
            The row numbers of the documents, the similar sets among them (documents there are indices into these), and
            the record of the search.
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
            with part(0.1, 0.7):  # of the time of a large corpus
                sets = shingle_sets(words, self.n)
            with part(0.7, 1):
                found = alike(sets, sets.sizes >= self.min_shingles, self.threshold, self.measure, gather)
        n_short = int(np.count_nonzero((found.sizes > 0) & (found.sizes < self.min_shingles)))
        if n_short > _SHORT_SHARE * len(found.sizes):
            warn(
                f"Near-duplicates: {n_short:,} of {len(found.sizes):,} documents have fewer than {self.min_shingles} "
                "shingles and were compared with none. A lower min_shingles compares them, best with "
                "measure='jaccard'.",
                stacklevel=None,
            )
        return counted.documents, found, record | {"documents_left_out": n_short}


def publication_dates(corpus: CorpusView, date: object) -> pl.Series:
    """Return the date of every document (Date); all null if there is no column of dates.

    Args:
        corpus: The corpus.
        date: The metadata column, or None. The default column "date" need not exist.

    Raises:
        InputError: If there is no such column, or it does not hold dates.
    """
    if date is None or (isinstance(date, str) and date == "date" and "date" not in corpus.label_columns()):
        return pl.Series("date", [None], dtype=pl.Date).new_from_index(0, len(corpus.document_ends))
    column = choose(date, corpus.label_columns(), "date")
    dates = corpus.labels(column, selected=False)
    if dates.dtype not in (pl.Date, pl.Datetime, pl.Null):
        raise invalid(
            "date", "None or a metadata column of dates", column,
            f"It holds {dates.dtype}; build the corpus with date={column!r} to have its dates parsed.",
        )  # fmt: skip
    return dates.cast(pl.Date).alias("date")


def pair_labels(corpus: CorpusView, by: object, taken: tuple[str, ...]) -> pl.Series:
    """Return the labels of `by` for all documents.

    Args:
        corpus: The corpus.
        by: The metadata column.
        taken: Names that the columns first_<name> of the result have already.
    """
    if isinstance(by, str) and by in taken:
        raise invalid("by", f"another column, since the result has a column first_{by}", by)
    return corpus_labels(corpus, by, ())


def checked_pairs(corpus: CorpusView, pairs: object, name: str, function: str) -> tuple[Integers, Integers]:
    """Return both documents of each pair of a table.

    Args:
        corpus: The corpus or subcorpus of which the documents must be.
        pairs: The table, with the columns first_document and second_document.
        name: The argument, for messages.
        function: The function that returns such tables, for messages.

    Raises:
        InputError: If it is another table, or a row is not of two documents of the corpus.
    """
    table = table_from(pairs, name, function, PAIR)
    selected = pl.Series(corpus.selected_documents()).cast(pl.Int64)
    numbers = []
    for column in PAIR:
        given = table[column]
        if not (given.dtype.is_integer() or given.dtype == pl.Null):
            raise InputError(f"{name} must be a table with row numbers in {column}, got {given.dtype}.")
        unknown = given.filter(~given.cast(pl.Int64).is_in(selected.implode()).fill_null(False))
        if len(unknown):
            raise InputError(
                f"{name} must be pairs of documents of this corpus or subcorpus, got {unknown[0]} in {column}."
            )
        numbers.append(given.cast(pl.Int64).to_numpy())
    first, second = numbers
    if (first == second).any():
        raise InputError(f"{name} must be pairs of two documents, got document {first[first == second][0]} twice.")
    return first, second


def check_number(n_pairs: int, most: int) -> None:
    """Raise an InputError if there are more pairs than allowed."""
    if n_pairs > most:
        raise invalid(
            "max_pairs", f"at least {n_pairs:,}, since there are so many pairs or more", most,
            "ck.news.duplicate_clusters and Corpus.deduplicate do not list pairs.",
        )  # fmt: skip


def at_most(most: int, pieces: Iterable[Pairs]) -> Iterator[Pairs]:
    """Yield the pieces; raise an InputError once they hold more pairs than allowed."""
    n_pairs = 0
    for piece in pieces:
        n_pairs += len(piece.first)
        check_number(n_pairs, most)
        yield piece


def linking_pairs(pieces: Iterable[Pairs]) -> Pairs:
    """Return fewer pairs than documents that link the same documents, directly or through others."""
    links = together([])
    for piece in pieces:
        all_links = together((links, piece))
        cluster, document = clusters_of(all_links.first, all_links.second)
        lowest = document[np.searchsorted(cluster, cluster)].astype(np.int64)
        links = Pairs(lowest, document.astype(np.int64), np.zeros(len(document), np.int64))
    return links


def listed_pairs(pieces: Iterable[Pairs]) -> Pairs:
    """Return all pairs, as long as there is memory for them."""
    found: list[Pairs] = []
    number = 0
    for piece in pieces:
        number += len(piece.first)
        expect_memory(_PAIR_BYTES * number, f"A choice among {number:,} pairs of documents", "Raise the threshold")
        found.append(piece)
    return together(found)


def left_out(found: Alike, rank: Integers, threshold: float, measure: str) -> npt.NDArray[np.bool_]:
    """Return which documents have a near-duplicate that is kept; a document that has none is kept itself.

    Documents are decided in the order of their ranks. By containment, a text that is contained in another one waits for
    that: a long text is no duplicate of a short one inside it, whichever came first.

    Args:
        found: The pairs of similar sets, and the documents with the same set.
        rank: The order in which documents are preferred, from 0.
        threshold: The lowest value of the measure.
        measure: "jaccard" or "containment".
    """
    best = np.full(len(rank), len(rank))  # of the documents with one set
    np.minimum.at(best, found.same_as, rank)
    one, other, shared = found.first, found.second, found.shared
    first_waits, second_waits = (
        (shared / found.sizes[each] >= threshold) | (measure == "jaccard") for each in (one, other)
    )
    both = first_waits & second_waits
    first_waits &= ~both | (best[one] > best[other])
    second_waits &= ~both | (best[other] > best[one])
    of = np.concatenate([one[first_waits], other[second_waits]])
    by = np.concatenate([other[first_waits], one[second_waits]])
    dropped = np.zeros(len(rank), bool)
    while len(of):
        is_free = np.zeros(len(rank), bool)
        is_free[by] = True
        is_free[of] = False
        if not is_free.any():  # each waits for another: the longest is kept, which is contained in none but its equals
            longest = of[np.lexsort((best[of], -found.sizes[of]))[0]]
            is_free[longest] = True
            dropped[by[of == longest]] = True
        dropped[of[is_free[by]]] = True
        is_open = ~(is_free | dropped)
        still = is_open[of] & is_open[by]
        of, by = of[still], by[still]
    return dropped[found.same_as] | (rank > best[found.same_as])


def number_of_pairs(found: Alike) -> int:
    """Return the number of pairs of documents, including pairs with identical sets."""
    documents = np.bincount(found.same_as, minlength=len(found.same_as))
    between = documents[found.first] * documents[found.second]
    return int(between.sum()) + int((documents * (documents - 1) // 2).sum())


def all_pairs(found: Alike) -> tuple[Integers, Integers, Integers]:
    """Return first document, second document and shared shingles of all pairs, in order."""
    by_set = np.argsort(found.same_as, kind="stable")  # grouped by set, ascending within each
    documents = np.bincount(found.same_as, minlength=len(found.same_as))
    end = np.cumsum(documents)
    begin = end - documents
    # documents with the same set: each with those after it
    later = end[found.same_as[by_set]] - np.arange(len(by_set)) - 1
    following = np.arange(len(by_set)) + 1
    one, other = np.repeat(by_set, later), by_set[ranges(following, following + later)]
    # documents of two similar sets: each of one with each of the other
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
    """Return the connected components of a graph of pairs.

    Returns:
        Cluster and document of each document that has a partner, in this order. Clusters are numbered by their lowest
        document.
    """
    from scipy.sparse import coo_array  # slow to import
    from scipy.sparse.csgraph import connected_components  # slow to import

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
