"""keyness: which words are typical of a target corpus, beside a reference corpus."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import measures
from corpus_kit._arguments import whole_number
from corpus_kit._statistics import (
    chosen_measures,
    nan_as_null,
    sign_of_difference,
    spread_of,
    stopword_forms,
)
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.corrections import CORRECTIONS
from corpus_kit.counted import CountedWords, forms_of
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import NO_FORM
from corpus_kit.measures._evaluation import positive
from corpus_kit.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.provenance import attach, provenance_of
from corpus_kit.resampling import Bootstrap, Replicates, bootstrap_options, bootstrap_record, intervals

__all__ = ["keyness"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_TESTS = ("log_likelihood", "chi_squared", "fisher_exact_two_sided")
_MEASURES = tuple(name for name in measures.FAMILIES["keyness"] if name != "log_ratio_interval")
_CONTINGENCY = measures.FAMILIES["contingency"]
# Measures that have no one value for all pairs of equal rates; of a word that is nowhere they have one themselves.
_OF_FREQUENCY = (
    *("dice", "log_dice", "min_sensitivity", "mi2", "mi3", "ell"),
    *("fisher_exact_left", "fisher_exact_right", "fisher_exact_two_sided"),
)
_LABELS = ("word", "ngram", "lemma")
_DIRECTIONS = pl.Series(["target", "equal", "reference"], dtype=pl.Enum(["target", "equal", "reference"]))


def keyness(
    target: CorpusView | pl.DataFrame,
    reference: CorpusView | pl.DataFrame,
    *,
    measure: str | Sequence[str] = ("log_likelihood", "log_ratio"),
    profile: str | Normalizer | None = "search",
    min_count: int = 1,
    min_documents: int = 0,
    dispersion: str | None = "deviation_of_proportions",
    min_dispersion: float | None = None,
    max_dispersion: float | None = None,
    direction: str = "both",
    test: str = "log_likelihood",
    correction: str | None = "holm",
    confidence: float = 0.95,
    k: float = 1.0,
    variants: bool = True,
    stopwords: Collection[str] = (),
    target_size: int | None = None,
    reference_size: int | None = None,
    n_bootstrap: int = 0,
    seed: int = 0,
) -> pl.DataFrame:
    """Compare the frequency of every word in a target with that in a reference.

    Words of either side are there, also those that the other side lacks. A key word of the
    target may be the house spelling of an outlet, or a line that stands at the end of each of
    its pages: look at `variants` and at the dispersion before you take it for a theme.

    Args:
        target, reference: a Corpus, a subcorpus, or a table of frequencies: a DataFrame with a
            text column (word, ngram or lemma) and `count`, each text once.
        measure: names of `ck.measures` of the families keyness and contingency (there the word is
            the column and the target the row). The table is sorted by the first.
        profile: the form that is counted of a corpus: a preset's name, a Normalizer, or None for
            the original spelling. A table is taken as it is.
        min_count: the lowest count, of both sides together, of a word that is kept.
        min_documents: in how many documents a word must stand, on the side where it is key.
        dispersion: a dispersion measure over documents, for each side; None leaves it out.
        min_dispersion, max_dispersion: bounds of it, on the side where the word is key. (0 is even
            for deviation_of_proportions, 1 is even for juilland_d.)
        direction: "both", "target" (more frequent there) or "reference".
        test: the test that gives the p-values: "log_likelihood" or "chi_squared" (one degree of freedom),
            or "fisher_exact_two_sided" (slow).
        correction: for testing all words of the table at once: "holm", "bonferroni",
            "benjamini_hochberg", or None. Words that the filters leave out are not counted among
            the tests; those of the other direction are.
        confidence: of the interval of the log ratio, of conservative_log_ratio, which takes all words of the
            table as its comparisons, and of the bootstrap.
        k: the constant of simple_maths.
        variants: add the spellings that each word covers (corpora only).
        stopwords: words to leave out, in any spelling that `profile` folds; they still count for the sizes.
        target_size, reference_size: words in the corpus of a table; without them the sum of its counts.
        n_bootstrap: replicates of the bootstrap over documents, such as 1,000, for an interval of each measure
            (corpora only); 0 for none. It takes time; a filter such as min_count makes it shorter.
        seed: of the draws; the same seed gives the same intervals.

    Returns:
        A DataFrame with the columns word (String), direction (Enum: target, equal, reference), target_count,
        reference_count (Int64), target_per_million, reference_per_million (Float64); for corpora
        target_documents, reference_documents (Int64), target_dispersion, reference_dispersion (Float64, null
        where the word does not occur); the measures, log_ratio_low, log_ratio_high, bic, p_value, p_adjusted
        (Float64; null where a measure is not defined); with n_bootstrap for each measure
        <measure>_bootstrap_low, <measure>_bootstrap_high (Float64), and n_bootstrap (Int64); for corpora
        variants (List of Struct: surface, target, reference: the counts of each original spelling, the most
        frequent first). Order: the first measure descending, nulls last, then count descending, then first
        occurrence.

        Documents that are on both sides draw their rates together, so that differences look smaller than
        they are; the record of the table counts them as `shared_documents`.

    Raises:
        InputError: an empty side, counts that are negative, not whole or more than their corpus, an unknown
            measure (the nearest is named), an argument that cannot be.

    >>> import corpus_kit as ck, polars as pl
    >>> corpus = ck.sample_corpus()
    >>> outlet = pl.col("outlet") == "وكالة مدى"
    >>> table = ck.keyness(corpus.filter(outlet), corpus.filter(~outlet), direction="target", min_documents=5)
    >>> table.columns[:4]
    ['word', 'direction', 'target_count', 'reference_count']
    """
    names = chosen_measures(measure, [*_MEASURES, *_CONTINGENCY])
    least = whole_number(min_count, "min_count", least=1, what="occurrences")
    in_documents = whole_number(min_documents, "min_documents", least=0, what="documents")
    choose(direction, ["both", "target", "reference"], "direction")
    choose(test, _TESTS, "test")
    if correction is not None:
        choose(correction, CORRECTIONS, "correction")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    constant = positive("k", k)
    low, high = _bound(min_dispersion, "min_dispersion"), _bound(max_dispersion, "max_dispersion")
    if dispersion is not None:
        choose(dispersion, measures.FAMILIES["dispersion"], "dispersion")
    elif low is not None or high is not None:
        raise InputError("min_dispersion= and max_dispersion= need a measure: dispersion=None leaves it out")
    normalizer = resolve_profile(profile)
    sides = (
        _side(target, "target", target_size, normalizer, dispersion, variants),
        _side(reference, "reference", reference_size, normalizer, dispersion, variants),
    )
    pair = _aligned(*sides)
    needs_corpora = {
        "min_documents": in_documents or None,
        "min_dispersion": low,
        "max_dispersion": high,
        "n_bootstrap": n_bootstrap or None,
    }
    for name, value in needs_corpora.items():
        if value is not None and not pair.of_corpora:
            raise InputError(f"{name}={value} needs documents: give two corpora, not tables of frequencies")
    rows = pair.rows(least, stopword_forms(stopwords, normalizer), normalizer)
    rows = _filtered(pair, rows, in_documents, low, high)
    counts = _distinct_counts(pair, rows)
    values = _statistics(counts, names, test, confidence, constant)
    order = _order(counts, values[names[0]], direction)
    shown, place = rows[order], counts.place[order]
    columns = _counts(pair, shown, counts.direction[place]) | {
        name: nan_as_null(column[place]) for name, column in values.items()
    }
    if correction is not None:
        columns["p_adjusted"] = pl.Series(CORRECTIONS[correction](values["p_value"], np.bincount(counts.place))[place])
    if bootstrap is not None:
        columns |= _bootstrap(pair, shown, names, bootstrap, constant, tests=len(rows))
    if variants and pair.of_corpora:
        columns["variants"] = _variants(pair, shown)
    frame = pl.DataFrame(columns)
    options = {
        "measure": list(names), "min_count": least, "min_documents": in_documents, "dispersion": dispersion,
        "min_dispersion": low, "max_dispersion": high, "direction": direction, "test": test,
        "correction": correction, "k": constant, "confidence": confidence, "variants": variants, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "tests": len(rows),
        "target": pair.target.record, "reference": pair.reference.record,
        "shared_documents": _shared_documents(pair), **bootstrap_record(bootstrap),
    }  # fmt: skip
    ids = {side.corpus.id for side in sides if side.corpus is not None}
    digest = None if normalizer is None or not ids else normalizer.digest
    return attach(frame, "ck.keyness", options, corpus_id=ids.pop() if len(ids) == 1 else None, profile_digest=digest)


def _bound(value: object, argument: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating) or math.isnan(value):
        raise InputError(f"{argument}= takes a number, not {value!r:.60}")
    return float(value)


# --------------------------------------------------------------------------------- the two sides


@dataclass(eq=False)
class _Side:
    """A corpus or a table as counts of words."""

    words: pl.Series
    count: Integers
    size: int
    record: dict[str, Any]
    corpus: CorpusView | None = None
    counted: CountedWords | None = None
    documents: Integers | None = None
    dispersion: Floats | None = None
    surfaces: pl.DataFrame | None = None  # word (its row), surface, count
    rows: Integers | None = None  # where the words of `counted` stand in `words`; None: in the same place

    def own(self, rows: Integers) -> Integers:
        """Rows of `words` as ids of `counted`, -1 for a word that it lacks."""
        if self.rows is None:
            return rows
        ids = np.full(len(self.words), -1)
        ids[self.rows] = np.arange(len(self.rows))
        return ids[rows]


def _side(
    given: CorpusView | pl.DataFrame,
    name: str,
    size: int | None,
    normalizer: Normalizer | None,
    dispersion: str | None,
    variants: bool,
) -> _Side:
    if isinstance(given, pl.DataFrame):
        return _side_of_table(given, name, size)
    if not isinstance(given, CorpusView):
        raise InputError(f"{name}= takes a Corpus or a table of frequencies, not {type(given).__name__}: {given!r:.60}")
    if size is not None:
        raise InputError(f"{name}_size= goes with a table of frequencies; a corpus knows its size")
    corpus = expect_corpus(given, "keyness")
    counted = CountedWords(corpus, normalizer)
    if not counted.size:
        raise InputError(f"{name}= holds no words ({len(corpus):,} documents); check its filter")
    side = _Side(
        counted.words,
        counted.frequency,
        counted.size,
        {"corpus_id": corpus.id, "subcorpus": corpus.selection, "words": counted.size},
        corpus,
        counted,
        counted.document_frequency,
    )
    if dispersion is not None:
        values = getattr(measures, dispersion).formula(spread_of(counted))
        side.dispersion = np.where(counted.frequency > 0, values, np.nan)
    if variants:
        side.surfaces = _surface_counts(corpus, normalizer)
    return side


def _side_of_table(frame: pl.DataFrame, name: str, size: int | None) -> _Side:
    label = next((column for column in _LABELS if frame.schema.get(column) == pl.String), None)
    if label is None or "count" not in frame.columns:
        columns = ", ".join(f"{column} ({dtype})" for column, dtype in frame.schema.items()) or "none"
        raise InputError(f"{name}= needs a String column word, ngram or lemma, and count; its columns are: {columns}")
    words, count = frame[label], frame["count"]
    if words.null_count() or count.null_count():
        raise InputError(f"{name}= holds nulls in {label} or count")
    if not count.dtype.is_numeric():
        raise InputError(f"{name}= takes whole numbers as count, but the column has the type {count.dtype}")
    whole = count.cast(pl.Int64, strict=False)
    bad = frame.filter((whole != count).fill_null(True) | (count < 0))
    if bad.height:
        raise InputError(f"{name}= has the count {bad['count'][0]} for {bad[label][0]!r}; counts are whole, from 0")
    twice = words.filter(words.is_duplicated())
    if len(twice):
        raise InputError(f"{name}= holds {twice[0]!r} more than once; give one row for each {label}")
    if count.cast(pl.Float64).sum() >= 2**63:
        raise InputError(f"{name}= holds counts that sum to 2^63 or more")
    total, largest = int(whole.sum()), int(whole.max() or 0)  # type: ignore[arg-type]
    words_in_corpus = total if size is None else whole_number(size, f"{name}_size", least=1, what="words")
    if not total:
        raise InputError(f"{name}= is empty: its counts sum to 0")
    if words_in_corpus < largest:
        row = whole.arg_max()
        raise InputError(f"{name}_size={words_in_corpus}, but {words[row]!r} alone occurs {largest} times")  # type: ignore[index]
    record = {"rows": frame.height, "words": words_in_corpus, "made_by": provenance_of(frame)}
    return _Side(words.alias("word"), whole.to_numpy(), words_in_corpus, record)


def _surface_counts(corpus: CorpusView, normalizer: Normalizer | None) -> pl.DataFrame:
    """How often each type of the corpus occurs in its documents, with the number of the word that it is counted as."""

    of_type = forms_of(corpus, normalizer).of_type
    assert of_type is not None  # a corpus has punctuation, which is not counted
    counts, _ = corpus.type_counts()
    surfaces = corpus.type_column("surface")
    types = np.flatnonzero(of_type != NO_FORM)
    return pl.DataFrame(
        {"word": of_type[types].astype(np.int64), "surface": surfaces.gather(types), "count": counts.gather(types)}
    )


@dataclass(eq=False)
class _Pair:
    """Both sides over one list of words: row i of each array is word i."""

    words: pl.Series
    target: _Side
    reference: _Side

    @property
    def of_corpora(self) -> bool:
        return self.target.corpus is not None and self.reference.corpus is not None

    @property
    def of_one_corpus(self) -> bool:
        """Whether both are parts of one corpus, so that they have the same types."""
        target, reference = self.target.corpus, self.reference.corpus
        return target is not None and reference is not None and target.shares_types(reference)

    def rows(self, least: int, left_out: frozenset[str], normalizer: Normalizer | None) -> Integers:
        """The words that occur often enough, without stop words."""
        total = self.target.count + self.reference.count
        kept = total >= least
        if left_out:
            # a table may hold words in their original spelling
            words = self.words if normalizer is None or self.of_corpora else normalize_series(self.words, normalizer)
            kept &= ~words.is_in(sorted(left_out)).to_numpy()
        return np.flatnonzero(kept)


def _aligned(target: _Side, reference: _Side) -> _Pair:
    """Number the words of both sides together: those of the target first, then the others of the reference."""
    if target.words is reference.words:  # subcorpora of one corpus
        return _Pair(target.words, target, reference)
    words = pl.concat([target.words, reference.words]).unique(maintain_order=True)
    numbers = pl.DataFrame({"word": words, "row": np.arange(len(words))})
    for side in (target, reference):
        row = side.words.to_frame("word").join(numbers, on="word", how="left", maintain_order="left")["row"].to_numpy()
        side.count = _spread_out(side.count, row, len(words), 0)
        side.documents = None if side.documents is None else _spread_out(side.documents, row, len(words), 0)
        side.dispersion = None if side.dispersion is None else _spread_out(side.dispersion, row, len(words), np.nan)
        if side.surfaces is not None:
            side.surfaces = side.surfaces.with_columns(word=pl.Series(row[side.surfaces["word"].to_numpy()]))
        side.words, side.rows = words, row
    return _Pair(words, target, reference)


def _spread_out(values: Any, row: Integers, length: int, missing: float) -> Any:
    result = np.full(length, missing, dtype=values.dtype)
    result[row] = values
    return result


def _shared_documents(pair: _Pair) -> int | None:
    """How many documents are on both sides; None where that cannot be known."""
    target, reference = pair.target.corpus, pair.reference.corpus
    if target is None or reference is None:
        return None
    if target.id != reference.id:
        return 0
    return len(np.intersect1d(target.selected_documents(), reference.selected_documents(), assume_unique=True))


# ------------------------------------------------------------------------------------ columns


@dataclass(eq=False)
class _DistinctCounts:
    """The distinct pairs of counts, on which alone all statistics depend: far fewer than words.

    a, b: counts in the target and the reference; c, d: the sizes of the two. place: for each word its pair.
    """

    a: Integers
    b: Integers
    c: int
    d: int
    place: Integers

    @cached_property
    def direction(self) -> Integers:
        """0 where the target has the higher rate, 2 where the reference has it, 1 where they are the same."""
        return 1 - sign_of_difference(self.a, self.c, self.b, self.d)


def _distinct_counts(pair: _Pair, rows: Integers) -> _DistinctCounts:
    target, reference = pair.target, pair.reference
    both = np.stack([target.count[rows], reference.count[rows]])
    width = int(both[1].max(initial=0)) + 1
    if int(both[0].max(initial=0)) < 2**62 // width:  # one number for both, which is faster to sort
        codes, place = np.unique(both[0] * width + both[1], return_inverse=True)
        distinct = np.stack([codes // width, codes % width])
    else:
        distinct, place = np.unique(both, axis=1, return_inverse=True)
    return _DistinctCounts(distinct[0], distinct[1], target.size, reference.size, place.reshape(-1))


def _filtered(pair: _Pair, rows: Integers, documents: int, low: float | None, high: float | None) -> Integers:
    """The words that pass on the side where they are key; those that are key on neither, on one of both."""
    if not documents and low is None and high is None:
        return rows
    counts = _distinct_counts(pair, rows)
    direction = counts.direction[counts.place]
    kept = np.ones(len(rows), bool)

    def keep(passes: Callable[[_Side], npt.NDArray[np.bool_]]) -> None:
        here, there = passes(pair.target), passes(pair.reference)
        np.logical_and(kept, np.choose(direction, [here, here | there, there]), out=kept)

    # a comparison with NaN, of a word that does not occur, is false
    if documents:
        keep(lambda side: side.documents[rows] >= documents)  # type: ignore[index]
    if low is not None:
        keep(lambda side: side.dispersion[rows] >= low)  # type: ignore[index]
    if high is not None:
        keep(lambda side: side.dispersion[rows] <= high)  # type: ignore[index]
    return rows[kept]


def _order(counts: _DistinctCounts, key: Floats, direction: str) -> Integers:
    """Words of one direction, or of both, by the key descending, count descending, first occurrence."""
    total = counts.a + counts.b
    ranked = np.lexsort((-total, -key))  # NaN comes last
    rank = np.empty(len(ranked), np.uint16 if len(ranked) < 2**16 else np.int64)  # 16 bits are sorted by radix
    # pairs that tie share a rank, so that their words stand by first occurrence
    key, total = key[ranked], total[ranked]
    same_key = (key[1:] == key[:-1]) | (np.isnan(key[1:]) & np.isnan(key[:-1]))
    differs = ~same_key | (total[1:] != total[:-1])
    rank[ranked] = np.concatenate(([0], np.cumsum(differs)))[: len(ranked)]
    order: Integers = np.argsort(rank[counts.place], kind="stable")
    if direction == "both":
        return order
    wanted = counts.direction == {"target": 0, "reference": 2}[direction]
    kept: Integers = order[wanted[counts.place[order]]]
    return kept


def _counts(pair: _Pair, rows: Integers, direction: Integers) -> dict[str, Any]:
    """Counts and rates of the words in these rows, and on which side they are more frequent."""
    target, reference = pair.target, pair.reference
    a, b = target.count[rows], reference.count[rows]
    columns: dict[str, Any] = {
        "word": pair.words.gather(rows),
        "direction": _DIRECTIONS.gather(direction),
        "target_count": a,
        "reference_count": b,
        "target_per_million": a / target.size * 1e6,
        "reference_per_million": b / reference.size * 1e6,
    }
    if pair.of_corpora:
        named = (("target", target), ("reference", reference))
        columns |= {f"{name}_documents": side.documents[rows] for name, side in named}  # type: ignore[index]
        columns |= {
            f"{name}_dispersion": nan_as_null(side.dispersion[rows])
            for name, side in named
            if side.dispersion is not None
        }
    return columns


def _value(name: str, a: Floats, c: Floats, b: Floats, d: Floats, *, confidence: float, k: float, tests: int) -> Floats:
    """A measure by name; one of the contingency family has the target as its row and the word as its column."""
    options: dict[str, dict[str, Any]] = {
        "conservative_log_ratio": {"confidence": confidence, "comparisons": max(tests, 1)},
        "simple_maths": {"k": k},
    }
    formula = getattr(measures, name).formula
    values: Floats = (
        formula(a, c, a + b, c + d) if name in _CONTINGENCY else formula(a, b, c, d, **options.get(name, {}))
    )
    return values


def _statistics(
    counts: _DistinctCounts, names: tuple[str, ...], test: str, confidence: float, k: float
) -> dict[str, Floats]:
    """The columns of statistics, with a value for each pair of counts."""
    a, b = counts.a.astype(np.float64), counts.b.astype(np.float64)
    c, d = np.full_like(a, counts.c), np.full_like(b, counts.d)

    def value(name: str) -> Floats:
        return _value(name, a, c, b, d, confidence=confidence, k=k, tests=len(counts.place))

    low, high = measures.log_ratio_interval.formula(a, b, c, d, confidence=confidence)  # type: ignore[attr-defined]
    columns = {name: value(name) for name in names}
    columns |= {"log_ratio_low": low, "log_ratio_high": high}
    columns.setdefault("bic", value("bic"))
    return columns | {"p_value": _p_values(value(test), test)}


def _bootstrap(
    pair: _Pair, rows: Integers, names: tuple[str, ...], bootstrap: Bootstrap, k: float, *, tests: int
) -> dict[str, pl.Series]:
    """The interval of each measure, from documents drawn on each side apart."""
    replicates, words = [], []
    for number, side in enumerate((pair.target, pair.reference)):
        assert side.counted is not None  # both are corpora
        replicates.append(Replicates(side.counted, np.arange(len(side.counted.documents)), bootstrap, side=number))
        words.append(side.own(rows))
    columns: dict[str, pl.Series] = {}
    for name in names:
        statistic = partial(_value, name, confidence=bootstrap.confidence, k=k, tests=tests)
        if name not in _OF_FREQUENCY:
            statistic = partial(_replicate, statistic)
        low, high = intervals(statistic, tuple(replicates), tuple(words), bootstrap.confidence)
        columns |= {f"{name}_bootstrap_low": nan_as_null(low), f"{name}_bootstrap_high": nan_as_null(high)}
    return columns | {"n_bootstrap": pl.Series(np.full(len(rows), bootstrap.replicates))}


def _replicate(value: Callable[..., Floats], a: Floats, c: Floats, b: Floats, d: Floats) -> Floats:
    """A measure in replicates. One without the word on either side shows no difference: the rates count as equal.

    Left out, or with half an occurrence for none, they would hide that a word stands in few documents only.
    """
    nowhere = (a == 0) & (b == 0)
    return value(np.where(nowhere, c * 1e-3, a), c, np.where(nowhere, d * 1e-3, b), d)


def _p_values(statistic: Floats, test: str) -> Floats:
    """The chance of a difference at least as large if there were none."""
    if test.startswith("fisher"):
        return statistic
    # the tail of chi-squared with one degree of freedom, which is the square of a normal variable
    return np.fromiter(map(math.erfc, np.sqrt(statistic / 2)), np.float64, len(statistic))


def _variants(pair: _Pair, rows: Integers) -> pl.Series:
    """The spellings of each word with their counts on both sides, the most frequent first."""
    both = _surfaces_of_both(pair)
    place = np.full(len(pair.words), -1)  # of each word in the table
    place[rows] = np.arange(len(rows))
    both = both.with_columns(place=pl.Series(place[both["word"].to_numpy()])).filter(pl.col("place") >= 0)
    total = (both["target"] + both["reference"]).to_numpy()
    where = both["place"].to_numpy()
    order = np.lexsort((-total, where))  # stable: of equal counts the first to occur comes first
    spellings = both.select(pl.struct("surface", "target", "reference").alias("variants")).to_series()
    grouped = (
        pl.DataFrame({"place": pl.Series(where[order]).set_sorted(), "variants": spellings.gather(order)})
        .group_by("place", maintain_order=True)
        .agg("variants")
    )
    return grouped["variants"]  # every word of the table has a spelling


def _surfaces_of_both(pair: _Pair) -> pl.DataFrame:
    """Each spelling once: word (its row), surface, target, reference (counts)."""
    target, reference = pair.target.surfaces, pair.reference.surfaces
    assert target is not None
    assert reference is not None
    if pair.of_one_corpus:
        counts = {name: side["count"] for name, side in (("target", target), ("reference", reference))}
        return target.select("word", "surface").with_columns(**counts).filter(pl.sum_horizontal(*counts) > 0)
    both = pl.concat(
        [
            target.select("word", "surface", target="count", reference=pl.lit(0, pl.Int64)),
            reference.select("word", "surface", target=pl.lit(0, pl.Int64), reference="count"),
        ]
    )
    # filtered last, so that ties are ordered as in subcorpora of one corpus
    grouped = both.group_by("word", "surface", maintain_order=True).agg(pl.col("target", "reference").sum())
    return grouped.filter(pl.col("target") + pl.col("reference") > 0)
