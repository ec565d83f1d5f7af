"""frequency: how often each word of a corpus occurs, or what a pattern finds in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import boolean, proportion, threshold
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.metadata import exactly
from corpus_kit.analysis.bootstrap import (
    Bootstrap,
    Replicates,
    bootstrap_options,
    bootstrap_record,
    expect_few_draws,
    intervals,
)
from corpus_kit.analysis.cells import Cells, cells_of, occurrences_of, patterns_of, record_of_patterns, words_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.group_batches import dispersion_by_group
from corpus_kit.analysis.occurrences import Occurrences
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.spread import renumber, spread_of
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid
from corpus_kit.measures.dispersion import Spread
from corpus_kit.measures.rates import effective_counts, poisson_interval
from corpus_kit.query.patterns import Pattern
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

__all__ = ["frequency"]

_INTERVAL = ("per_million_low", "per_million_high", "n_bootstrap")
_COLUMNS = ("period", "word", "spelling", "count", "documents", "per_million", "dispersion", *_INTERVAL)
_TOTALS = ("period", "pattern", "count", "documents", "per_million", *_INTERVAL[:2], "words", "dispersion")
_BYTES_OF_A_TOTAL = 250


def frequency(
    corpus: CorpusView,
    *,
    pattern: str | Sequence[str] | Mapping[str, str] | None = None,
    total: bool = False,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    by: str | None = None,
    every: str | None = None,
    week_start: str = "monday",
    date: str = "date",
    dispersion: str | None = "deviation_of_proportions",
    min_count: int = 1,
    min_documents: int = 0,
    stopwords: Collection[str] = (),
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
    join: Join = False,
) -> pl.DataFrame:
    """Count the words of a corpus, or what a pattern finds in it.

    With another `unit` than words, their stems, lemmas or likeliest roots are counted, each word once; they are in the
    column `word`. A word that has none keeps its place, here and in every function with `unit`: it is one of the words
    of rates, sizes, windows and n-grams, and has no row. Numbers, hashtags and mentions are their own stem and lemma;
    they have no root, nor have names and particles.

    Args:
        corpus: A Corpus or a subcorpus.
        pattern: A pattern as in `ck.kwic`: its hits are counted in place of all words, with a row for each distinct
            word or sequence of words that it finds, in the form of `profile`. Rates remain per million words of
            the texts. Its plain words are of `unit`, too: with unit="lemma", ``قال`` is ``[lemma=قال]``. With
            total=True it may be a list of patterns, or a dict of patterns by their names.
        total: Whether to return one row for all hits of a pattern, in place of one for each word that it finds: of the
            corpus, or of each group and period, also those without a hit. The interval of its rate needs no bootstrap,
            and min_count, min_documents and stopwords, which choose words, do not apply.
        unit: What is counted: "word", or of each word the "stem", "lemma" or "root", after `corpus.annotate()`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling, or
            for stems and lemmas as they were annotated. Roots are always in their own spelling (سءل, قول).
        exact: Whether the pattern is compared in repaired spelling, as in `ck.kwic`.
        clitics: Whether the pattern also finds words with clitics attached, as in `ck.kwic`; of words only.
        within: The unit of text that a hit does not cross: "sentence", "paragraph" or "document".
        by: A metadata column; words are counted separately for each of its values.
        every: Count each period separately, in each group if there are groups: "day", "week", "month", "quarter",
            "year", "decade", "century", "hijri_month", "hijri_year" or "hijri_century", as in `ck.trend`. Documents
            without a date are left out, with a warning.
        week_start: The first day of a week: "monday", "sunday" or "saturday".
        date: The metadata column of dates.
        dispersion: A measure of `ck.measures.dispersion`, over the documents of the corpus or group; None leaves it
            out, which is faster. `ck.dispersion` has more measures, and parts other than documents.
        min_count: The lowest count of a row that is kept; with `by` or `every`, the count in the group or period.
        min_documents: In how many documents a word must occur; with `by` or `every`, of the group or period.
        stopwords: Words (with unit="lemma", lemmas) to leave out, in any spelling that `profile` folds; the sizes of
            rates include them.
        n_bootstrap: Replicates of the bootstrap over documents, such as 1,000, for an interval of the rate; 0 for
            none.
        confidence: The level of confidence of the interval.
        seed: The seed of the draws; the same seed gives the same interval.
        join: Whether names that are written with and without a space are one word: True for those that
            `ck.spaced_spellings` joins, or a collection of names with their spaces (["عبد العزيز", "أبو ظبي"]). Each
            occurrence is then one word of rates and sizes, under the spelling without spaces, which also stands first
            if several spellings are equally frequent. With a pattern and True, hits that differ by spaces, # and _
            only are one row.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] [with `every`, period (Date: its first
        day),] word (String), spelling (String: the most frequent original spelling of the word in the corpus, with
        `by` in all groups together; of equally frequent ones the first in the whole corpus; of a stem or lemma, that
        of the annotation; of what a pattern finds, the most frequent original sequence), count (Int64), documents
        (Int64: number of documents that contain it), per_million (Float64: count per million words of the corpus
        or group) and dispersion (Float64; deviation_of_proportions is 0 for a word that is spread evenly and near 1
        for a word in few documents; null where a measure is not defined). With n_bootstrap, also per_million_low,
        per_million_high (Float64) and n_bootstrap (Int64): documents are drawn with replacement, those of each
        group separately, and the interval contains the share `confidence` of the resulting rates (see
        `corpus_kit.analysis.bootstrap`). Order: count descending, then first occurrence in the whole corpus (with
        `by`, in the group); with `every`, groups by first occurrence and their periods come first.

        With total=True, the columns [the labels,] [period,] pattern (String), count, documents (Int64), per_million,
        per_million_low, per_million_high (Float64: the Poisson interval of effective counts, for which documents are
        the unit, also of a count of 0; null in a period without words), words (Int64: all of the corpus, group or
        period) and dispersion (Float64; null without a hit). Order: patterns as given, groups by first occurrence, all
        periods from the first to the last.

    Raises:
        InputError: If an argument is invalid, `by` is not a metadata column, there are no dates, or the corpus is not
            annotated with the unit.

    References:
        Cochran, W. G. (1977). Sampling Techniques, 3rd ed., ch. 6. Wiley; Fay, M. P. & Feuer, E. J. (1997). Confidence
        intervals for directly standardized rates. Statistics in Medicine 16, 791-801 (the interval of totals:
        `corpus_kit.measures.rates`).

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.frequency(ck.sample_corpus())
        >>> table["count"].sum() == ck.sample_corpus().manifest["counts"]["words"]
        True
        >>> ck.frequency(ck.sample_corpus(), pattern="(رئيس|وزير) []")["count"].sum() == len(
        ...     ck.kwic(ck.sample_corpus(), "(رئيس|وزير) []")
        ... )
        True
        >>> ck.frequency(ck.sample_corpus(), unit="lemma").height < table.height
        True
        >>> ck.frequency(ck.sample_corpus(), join=["عبد الكريم"]).filter(word="عبدالكريم")["count"].to_list()
        [1]
        >>> totals = ck.frequency(ck.sample_corpus(), pattern="هدنة|تهدئة", by="outlet", total=True)
        >>> totals.select("outlet", "count", "documents").head(2).rows()
        [('وكالة مدى', 1, 1), ('المرقاب', 4, 3)]
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    least = threshold(min_count, "min_count")
    normalizer = resolve_profile(profile)
    if dispersion is not None:
        choose(dispersion, measures.FAMILIES["dispersion"], "dispersion")
    in_documents = threshold(min_documents, "min_documents", least=0)
    excluded = stopword_forms(stopwords, normalizer, unit)
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    patterns = _patterns(pattern, unit, corpus, exact=exact, clitics=clitics, within=within)
    if boolean(total, "total"):
        _expect_totals(
            pattern, min_count=least, min_documents=in_documents, stopwords=excluded, n_bootstrap=n_bootstrap, join=join
        )
    elif len(patterns) > 1 or isinstance(pattern, Mapping):
        raise invalid("pattern", "one pattern without total=True", pattern)
    names = names_to_join(join, unit, normalizer, corpus)
    time = {"every": every, "week_start": week_start, "date": date}
    cells = cells_of(corpus, "ck.frequency", by=by, **time, taken=_TOTALS if total else _COLUMNS)
    if total:
        interval = proportion(confidence, "confidence")
        words, joined = words_of(corpus, normalizer, cells.documents), 0
        table = _totals(corpus, patterns, unit, within, cells, words, dispersion, interval)
    else:
        dated = corpus.subcorpus(cells.documents) if cells.undated else corpus
        if not patterns:
            counted = CountedWords(dated, normalizer, unit, names)
        else:
            counted = Occurrences(
                dated, normalizer, *patterns.values(), within=within, unit=unit, names=names, one_spelling=join is True
            )
        table = _words(counted, cells, dispersion, least, in_documents, bootstrap)
        if excluded:
            table = table.filter(~pl.col("word").is_in(sorted(excluded)))
        joined = counted.joined_sequences
    options = {
        "by": by, **(dict.fromkeys(time) if every is None else time), "min_count": min_count,
        "min_documents": in_documents, "stopwords": stopwords, "dispersion": dispersion, **bootstrap_record(bootstrap),
        "pattern": record_of_patterns(patterns) if isinstance(pattern, Mapping) else pattern,
        "total": total, "exact": exact, "clitics": clitics, "within": within,
        **({"confidence": confidence} if total else {}), **({"undated": cells.undated} if every is not None else {}),
        **join_record(join, names, joined), **unit_record(unit, corpus, patterns=patterns.values()),
    }  # fmt: skip
    return attach_of_corpus(table, "ck.frequency", corpus, normalizer, options)


def _patterns(pattern: object, unit: str, corpus: CorpusView, **options: Any) -> dict[str, Pattern]:
    """Return the patterns whose hits are counted, by their names; none for all words."""
    if pattern is not None:
        return patterns_of(corpus, pattern, "ck.frequency", unit=unit, **options)
    choose(options["within"], UNITS, "within")
    for name, default in (("exact", False), ("clitics", False), ("within", "paragraph")):
        value = options[name] if name == "within" else boolean(options[name], name)
        if value != default:
            raise invalid(name, f"{default!r} without a pattern", value)
    return {}


def _expect_totals(pattern: object, **chosen: Any) -> None:
    """Refuse totals without a pattern, and what chooses words."""
    if pattern is None:
        raise invalid("total", "False without a pattern", True)
    for name, default in (("min_count", 1), ("min_documents", 0), ("n_bootstrap", 0), ("join", False)):
        if chosen[name] != default:
            raise invalid(name, f"{default} with total=True", chosen[name])
    if len(chosen["stopwords"]):
        raise invalid("stopwords", "empty with total=True", chosen["stopwords"])


def _totals(
    corpus: CorpusView,
    patterns: Mapping[str, Pattern],
    unit: str,
    within: str,
    cells: Cells,
    words: Integers,
    dispersion: str | None,
    confidence: float,
) -> pl.DataFrame:
    """Return a row for each pattern, group and period."""
    cells.expect_memory(len(patterns), _BYTES_OF_A_TOTAL)
    labels, periods, frames = cells.label_columns(), cells.period_columns(), []
    for name, pattern in patterns.items():
        occurrences = occurrences_of(corpus, pattern, within, cells.documents, unit=unit)
        counts = effective_counts(occurrences, words, cells.cell, len(cells), confidence)
        low, high = poisson_interval(counts, confidence)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = cells.total(occurrences) / counts.words
        columns = {
            "pattern": pl.Series([name]).new_from_index(0, len(cells)),
            "count": pl.Series(cells.total(occurrences).astype(np.int64)),
            "documents": pl.Series(cells.total(occurrences > 0).astype(np.int64)),
            "per_million": nan_as_null(rate * 1e6),
            "per_million_low": nan_as_null(low * 1e6 + 0.0),  # + 0.0 turns -0.0 into 0.0
            "per_million_high": nan_as_null(high * 1e6),
            "words": pl.Series(counts.words.astype(np.int64)),
        }
        if dispersion is not None:
            columns["dispersion"] = nan_as_null(_dispersion_of_totals(cells, words, occurrences, dispersion))
        frames.append(pl.DataFrame([*labels, *periods, *(column.alias(each) for each, column in columns.items())]))
    return pl.concat(frames)


def _dispersion_of_totals(cells: Cells, words: Integers, occurrences: Integers, measure: str) -> Floats:
    """Return the dispersion of a pattern over the documents of each cell; NaN without a hit."""
    has_words = words > 0
    if not has_words.all():  # documents without words are no parts
        words, occurrences = words[has_words], occurrences[has_words]
    cell = cells.cell if len(words) == len(has_words) else cells.cell[has_words]
    found = np.flatnonzero(occurrences)
    held, number = renumber(cell[found], len(cells))
    spread = Spread(
        number,
        found,
        occurrences[found].astype(np.float64),
        words.astype(np.float64),
        len(held),
        (held, cell),
    )
    values = np.full(len(cells), np.nan)
    if len(held):
        values[held] = measures.FAMILIES["dispersion"][measure].formula(spread)
    return values


def _words(
    counted: CountedWords,
    cells: Cells,
    dispersion: str | None,
    least: int,
    in_documents: int,
    bootstrap: Bootstrap | None,
) -> pl.DataFrame:
    """Return a row for each word that occurs so often, in each group and period."""
    if cells.labels is None and cells.periods is None:
        table = _frequency(counted, dispersion, least, bootstrap)
    else:
        table = _frequency_by_group(counted, cells, dispersion, least, bootstrap)
    head = [] if cells.labels is None else [cells.labels.name]
    head += [] if cells.periods is None else ["period"]
    columns = [*head, "word", "spelling", "count", "documents", "per_million", *(["dispersion"] if dispersion else [])]
    count, documents = table["count"].to_numpy(), table["documents"].to_numpy()
    rows = np.flatnonzero(
        (count >= max(least, 1)) & (documents >= in_documents) & table["word"].is_not_null().to_numpy()
    )
    if cells.periods is None:
        rows = rows[np.argsort(-count[rows], kind="stable")]
    rate = pl.col("count") / pl.col("per_million") * 1e6  # it has been the size until here
    names = columns + list(_INTERVAL if bootstrap else ())
    return table[rows].select(rate.alias(name) if name == "per_million" else exactly(name) for name in names)


def _frequency(counted: CountedWords, dispersion: str | None, least: int, bootstrap: Bootstrap | None) -> pl.DataFrame:
    columns = [counted.words, counted.spellings]
    columns += [pl.Series("count", counted.frequency), pl.Series("documents", counted.document_frequency)]
    columns.append(pl.Series("per_million", np.full(len(counted.words), counted.size)))
    if dispersion is not None:
        values = measures.FAMILIES["dispersion"][dispersion].formula(spread_of(counted))
        columns.append(nan_as_null(values).alias("dispersion"))
    if bootstrap:
        everyone, words = np.arange(len(counted.documents)), np.flatnonzero(counted.frequency >= least)
        low, high = np.full(len(counted.words), np.nan), np.full(len(counted.words), np.nan)
        low[words], high[words] = _rate_intervals(counted, everyone, words, bootstrap)
        columns += _interval_columns(low, high, bootstrap)
    return pl.DataFrame(columns)


def _frequency_by_group(
    counted: CountedWords, cells: Cells, dispersion: str | None, least: int, bootstrap: Bootstrap | None
) -> pl.DataFrame:
    """Return rows by group, within it by first occurrence; with periods, the most frequent words of each first."""
    numbers, of_selected = renumber(cells.cell, len(cells))  # the cells with documents
    n_groups = max(len(numbers), 1)
    of_document = np.zeros(cells.total_documents, np.uint32)
    of_document[cells.documents] = of_selected
    group, word, count, documents = counted.by_group(of_document, n_groups)
    columns = [
        *cells.label_columns(numbers[group]),
        *cells.period_columns(numbers[group]),
        counted.words.gather(word),
        counted.spellings.gather(word),
        pl.Series("count", count),
        pl.Series("documents", documents),
    ]
    sizes = np.bincount(of_selected, weights=counted.sizes, minlength=n_groups).astype(np.int64)
    columns.append(pl.Series("per_million", sizes[group]))
    if dispersion is not None:
        found = dispersion_by_group(counted, dispersion, of_selected, n_groups)
        values = np.empty(len(word))
        # both sides hold each pair of group and word once; what was found is in their order
        values[np.argsort(group.astype(np.int64) * len(counted.words) + word)] = found
        columns.append(nan_as_null(values).alias("dispersion"))
    if bootstrap:
        low, high = np.full(len(word), np.nan), np.full(len(word), np.nan)
        kept = np.flatnonzero(count >= least)
        numbers, first = np.unique(group[kept], return_index=True)  # rows are group after group
        expect_few_draws(bootstrap, len(numbers))
        order = np.argsort(of_selected, kind="stable")
        members = np.searchsorted(of_selected[order], [numbers, numbers + 1])
        ends = [*first[1:].tolist(), len(kept)]
        for here, after, begin, end in zip(first.tolist(), ends[: len(first)], *members.tolist(), strict=True):
            rows = kept[here:after]
            ids = word[rows].astype(np.int64)
            low[rows], high[rows] = _rate_intervals(counted, order[begin:end], ids, bootstrap)
        columns += _interval_columns(low, high, bootstrap)
    table = pl.DataFrame(columns)
    return table if cells.periods is None else table[np.lexsort((-count, group))]


def _rate_intervals(
    counted: CountedWords, documents: Integers, words: Integers, bootstrap: Bootstrap
) -> tuple[Floats, Floats]:
    replicates = Replicates(counted, documents, bootstrap)
    return intervals(lambda count, size: count / size * 1e6, (replicates,), (words,), bootstrap.confidence)


def _interval_columns(low: Floats, high: Floats, bootstrap: Bootstrap) -> list[pl.Series]:
    times = pl.Series("n_bootstrap", np.full(len(low), bootstrap.replicates))
    return [nan_as_null(low).alias("per_million_low"), nan_as_null(high).alias("per_million_high"), times]
