"""keyness: which words are typical of a corpus, compared with another, or of each group, compared with the rest."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import boolean
from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.metadata import exactly
from corpus_kit._base.records import attach
from corpus_kit.analysis.bootstrap import (
    bootstrap_record,
    expect_few_draws,
)
from corpus_kit.analysis.comparison import Asked, asked_options, compared, comparison_table
from corpus_kit.analysis.comparison_sides import Pair, align, side_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.furniture import A_FORMULA, FIRST_ROWS, LONG_ENOUGH, once_or_twice_in_each
from corpus_kit.analysis.group_sides import GroupSides
from corpus_kit.analysis.joined_spellings import Names
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid, shown, warn
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["keyness"]

_A_LINE = 3  # words
_ROWS = 1 << 17  # of the groups that are made a table together


def keyness(
    target: CorpusView | pl.DataFrame,
    reference: CorpusView | pl.DataFrame | None = None,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    measure: str | Sequence[str] = ("log_likelihood", "log_ratio"),
    direction: str = "both",
    dispersion: str | None = "deviation_of_proportions",
    min_dispersion: float | None = None,
    max_dispersion: float | None = None,
    min_count: int = 1,
    min_documents: int | None = None,
    stopwords: Collection[str] = (),
    test: str = "log_likelihood",
    correction: str | None = "holm",
    k: float = 1.0,
    variants: bool = True,
    target_size: int | None = None,
    reference_size: int | None = None,
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
    join: Join = False,
) -> pl.DataFrame:
    """Compare the frequency of every word in a target with that in a reference, or in each group with that in the rest.

    The table has the words of both sides, including those that occur on one side only. A key word of the target may
    be the house spelling of an outlet, or part of a line at the end of each of its pages: look at `variants` and at
    the dispersion before you take it for a theme. If three or more of the first words are clearly such a line, once in
    each of the same number of documents, a warning names them.

    Args:
        target: A Corpus, a subcorpus, or a table of frequencies: a DataFrame with a text column (word, ngram or
            lemma), in which each text occurs once, and `count`.
        reference: What it is compared with, in one of the same forms. Left out with `by`.
        unit: What is counted of a corpus: "word", "stem", "lemma" or "root", as in `ck.frequency`.
        profile: The form that is counted of a corpus: the name of a preset, a Normalizer, or None for the original
            spelling. A table is taken as it is.
        by: A metadata column of the target, in place of a reference: each of its groups is compared with all other
            documents of the target, in one table. Null is a group like any other.
        measure: Names of measures of `ck.measures.keyness` and `ck.measures.association` (there, the word is the
            column and the target the row). "log_likelihood" is that of the two cells of the word;
            "log_likelihood_four_cells" is that of `ck.measures.association`. The table is sorted by the first. The
            log ratio, which says how large a difference is, is always there.
        direction: "both", "target" (more frequent there) or "reference". With `by`, "target" is much faster where
            there are many groups.
        dispersion: A measure of dispersion over the documents, for each side; None leaves it out.
        min_dispersion: The lowest dispersion, on the side where the word is key.
        max_dispersion: The highest dispersion, on the side where the word is key. (An even spread is 0 for
            deviation_of_proportions, 1 for juilland_d.)
        min_count: The lowest count of a word that is kept, on both sides together.
        min_documents: In how many documents a word must occur on the side where it is key. None is 2, so that words
            of one document are hidden; 1 shows them. Tables of frequencies have no documents.
        stopwords: Words (with unit="lemma", lemmas) to leave out, in any spelling that `profile` folds; the sizes of
            both sides include them.
        test: The test of the p-values: "log_likelihood" or "chi_squared" (one degree of freedom), or
            "fisher_exact_two_sided" (slow).
        correction: The correction for testing all words of the table at once, with `by` all words of the comparison
            of each group: "holm", "bonferroni", "benjamini_hochberg", or None. Words that the filters leave out do
            not count as tests; words of the other direction do.
        k: The constant of simple_maths.
        variants: Whether to add the spellings that each word covers (corpora only).
        target_size: Tokens in the corpus of a target table; by default, the sum of its counts.
        reference_size: Tokens in the corpus of a reference table; by default, the sum of its counts.
        n_bootstrap: Replicates of the bootstrap over documents, such as 1,000, for an interval of each measure
            (corpora only); 0 for none. It takes time; filters such as min_count make it faster.
        confidence: The level of confidence of the interval of the log ratio, of conservative_log_ratio, which takes
            all words of the table (with `by`, of the group) as its comparisons, and of the bootstrap.
        seed: The seed of the draws; the same seed gives the same intervals.
        join: Whether names that are written with and without a space are one word of both sides (corpora only), as in
            `ck.frequency`; with True, those that `ck.spaced_spellings` joins in either corpus.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] word (String), spelling (String: its most
        frequent original spelling on both sides together, as in `ck.frequency`; of a table, that in its column
        spelling; absent if no side has spellings), direction (Enum: target, equal, reference), target_count,
        reference_count (Int64), target_per_million, reference_per_million (Float64); for corpora target_documents,
        reference_documents (Int64), target_dispersion, reference_dispersion (Float64, null where the word does not
        occur); the measures, log_ratio, log_ratio_low, log_ratio_high, bic, p_value, p_adjusted (Float64; null where
        a measure is not defined); with n_bootstrap for each measure <measure>_bootstrap_low, <measure>_bootstrap_high
        (Float64), and n_bootstrap (Int64); for corpora variants (List of Struct: surface, target, reference: the
        counts of each original spelling, the most frequent first). Order: [groups by first occurrence;] first the
        words that are key in the target, then those of equal rates, then those of the reference; in each part the
        strongest first: the first measure descending (of the reference ascending, unless the measure has no
        direction, as log_likelihood), nulls last, then count descending, then first occurrence.

    Raises:
        InputError: If an argument is invalid, a side is empty, or counts are negative, not whole or larger than
            their corpus; with `by`, if there is one group only, or the table would be too large.

    Note:
        Documents that are on both sides make their rates more alike, so that differences look smaller than they
        are. The record of the table counts them as `shared_documents`, and all tests as `tests`. Tests, and the
        interval of the log ratio, take words as drawn one by one; those of a text are not, so p-values, also adjusted
        ones, are too low, for frequent words that come in clusters as for those of few documents: look at the
        documents and the dispersion, or let `n_bootstrap` draw documents (how much: docs/measures/keyness.md).

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> table = ck.keyness(corpus, by="outlet", direction="target", min_documents=5)
        >>> table.columns[:4], table["outlet"].n_unique()
        (['outlet', 'word', 'spelling', 'direction'], 7)
        >>> outlet = pl.col("outlet") == "وكالة مدى"
        >>> two = ck.keyness(corpus.filter(outlet), corpus.filter(~outlet), direction="target", min_documents=5)
        >>> two.equals(table.filter(outlet).drop("outlet"))
        True
    """
    boolean(variants, "variants")
    bounds = low, high = _bounds(dispersion, min_dispersion, max_dispersion)
    asked = asked_options(
        measure=measure, direction=direction, test=test, correction=correction, confidence=confidence,
        min_count=min_count, min_documents=min_documents, k=k, n_bootstrap=n_bootstrap, seed=seed, bounds=bounds,
        variants=variants,
    )  # fmt: skip
    normalizer = resolve_profile(profile)
    unit = expect_unit(unit)
    left_out = stopword_forms(stopwords, normalizer, unit)
    if join is not False and (isinstance(target, pl.DataFrame) or isinstance(reference, pl.DataFrame)):
        raise invalid("join", "False unless both sides are corpora", join)
    corpora = [side for side in (target, reference) if isinstance(side, CorpusView)]
    joined = names_to_join(join, unit, normalizer, *corpora)
    options: dict[str, Any] = {"unit": unit, "normalizer": normalizer, "dispersion": dispersion, "names": joined}
    if by is None:
        if reference is None:
            raise invalid("reference", "a Corpus or a table of frequencies", reference, "Or name groups with by=.")
        sizes = target_size, reference_size
        table, found = _of_two(target, reference, sizes, asked, left_out, **options)
    else:
        _expect_groups_alone(by, reference=reference, target_size=target_size, reference_size=reference_size)
        table, found = _of_groups(target, by, asked, left_out, **options)
    if isinstance(target, CorpusView) and target.excluded_spans is None and "target_documents" in table.columns:
        words = found["target"]["words"] if by is None else found["words"]
        if words >= LONG_ENOUGH * len(target):
            _warn_of_furniture(table, by)
    record = {
        "by": by, "measure": list(asked.names), "min_count": asked.least, "dispersion": dispersion,
        "min_dispersion": low, "max_dispersion": high, "direction": direction, "test": test,
        "correction": correction, "k": asked.k, "confidence": confidence, "variants": variants, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, **bootstrap_record(asked.bootstrap),
        **join_record(join, joined, found.pop("joined_sequences")), **found,
    }  # fmt: skip
    digest = None if normalizer is None or not corpora else normalizer.digest
    whole = corpora[0] if len({corpus.id for corpus in corpora}) == 1 else None
    return attach(table, "ck.keyness", record, corpus=whole, profile_digest=digest)


# ------------------------------------------------------------------------------- what is compared


def _of_two(
    target: CorpusView | pl.DataFrame,
    reference: CorpusView | pl.DataFrame,
    sizes: tuple[int | None, int | None],
    asked: Asked,
    left_out: frozenset[str],
    *,
    unit: str,
    normalizer: Normalizer | None,
    dispersion: str | None,
    names: Names | None,
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Compare two corpora or tables; return the table, and what the record says of both."""
    options: dict[str, Any] = {"unit": unit, "normalizer": normalizer, "dispersion": dispersion, "names": names}
    sides = [
        side_of(given, name, size=size, variants=asked.variants, **options)
        for given, name, size in zip((target, reference), ("target", "reference"), sizes, strict=True)
    ]
    pair = align(*sides)
    if pair.of_corpora:
        if asked.in_documents is None:
            _warn_of_few_documents(pair, asked.of_corpora)
        asked = asked.of_corpora
    else:
        _expect_no_documents(
            min_documents=asked.in_documents or None,
            min_dispersion=asked.low,
            max_dispersion=asked.high,
            n_bootstrap=asked.bootstrap and asked.bootstrap.replicates,
        )
    columns, tests = compared(pair, pair.rows(asked.least, left_out, normalizer), asked)
    table = comparison_table(pair.words, columns, pair.spellings(columns["word"]))
    if asked.variants and pair.of_corpora:
        table = table.with_columns(variants=pair.variants(columns["word"]))
    corpora = [side.corpus for side in sides if side.corpus is not None]
    counted_by = unit_record(unit, *corpora)
    if isinstance(counted_by.get("annotator"), list) and pair.of_corpora:
        warn(
            f"ck.keyness: target and reference were annotated by different annotators, so that their {unit}s may "
            "differ for that reason alone",
            stacklevel=None,
        )
    found = {
        "min_documents": asked.in_documents or 0, "tests": tests,
        "target": pair.target.record, "reference": pair.reference.record,
        "joined_sequences": sum(side.counted.joined_sequences for side in sides if side.counted is not None),
        "shared_documents": pair.shared_documents, **counted_by,
    }  # fmt: skip
    return table, found


def _warn_of_few_documents(pair: Pair, asked: Asked) -> None:
    """Say which side has too few documents for any of its words to be shown."""
    least = asked.in_documents or 0
    for name, side in (("target", pair.target), ("reference", pair.reference)):
        assert side.counted is not None  # both are corpora
        documents = int((side.counted.sizes > 0).sum())
        if asked.direction in ("both", name) and documents < least:
            had = f"{documents:,} document{'s' if documents > 1 else ''} with words"
            warn(
                f"ck.keyness: {name} has {had}, and min_documents={least:,} hides all words that are key there; "
                "min_documents=1 shows them",
                stacklevel=None,
            )


def _expect_groups_alone(by: object, **given: object) -> None:
    """Refuse, beside `by`, what belongs to a reference or to tables."""
    for name, value in given.items():
        if value is not None:
            raise invalid(name, f"None with by={by!r}, which compares each group with the rest of target", value)


def _of_groups(
    target: CorpusView | pl.DataFrame,
    by: str,
    asked: Asked,
    left_out: frozenset[str],
    *,
    unit: str,
    normalizer: Normalizer | None,
    dispersion: str | None,
    names: Names | None,
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Compare each group of a corpus with the rest; return what `_of_two` does."""
    if not isinstance(target, CorpusView):
        raise invalid("target", "a Corpus with by=, which names a column of its documents", target)
    corpus, asked, is_default = expect_corpus(target, "target"), asked.of_corpora, asked.in_documents is None
    expect_unit(unit, corpus)
    counted = CountedWords(corpus, normalizer, unit, names)
    # words that a group does not contain are key in the rest: they need no row, and are tests all the same
    all_words = asked.direction != "target" or asked.low is not None or asked.high is not None
    groups = GroupSides(
        corpus,
        counted,
        by,
        _taken(asked.names),
        least=asked.least,
        least_documents=asked.in_documents or 0,
        left_out=left_out,
        dispersion=dispersion,
        variants=asked.variants,
        all_words=all_words,
    )
    if asked.bootstrap is not None:
        expect_few_draws(asked.bootstrap, 2 * len(groups))
        groups.expect_few_replicates(asked.bootstrap.replicates)
    _warn_of_groups(groups, by, asked, is_default=is_default)
    tables: list[pl.DataFrame] = []
    pieces: list[dict[str, Array]] = []
    tests = rows = 0
    for number, pair in groups.pairs():
        piece, of_group = compared(pair, np.arange(len(pair.target.count)), asked)
        ids = pair.target.own_ids(piece["word"])
        pieces.append(piece | {"word": ids, "group": np.full(len(ids), number)})
        if asked.variants:
            pieces[-1]["spelled"] = groups.spelled(number, ids)
        tests, rows = tests + of_group, rows + len(ids)
        if rows >= _ROWS:  # small groups together, large ones before their arrays leave the cache
            tables.append(_table_of_groups(groups, counted, pieces))
            pieces, rows = [], 0
    tables += [_table_of_groups(groups, counted, pieces)] if pieces else []
    table = pl.concat(tables)
    found = {
        "min_documents": asked.in_documents, "tests": tests, "groups": len(groups), "words": counted.size,
        "subcorpus": corpus.selection, "joined_sequences": counted.joined_sequences, "shared_documents": 0,
        **unit_record(unit, corpus),
    }  # fmt: skip
    return table, found


def _table_of_groups(groups: GroupSides, counted: CountedWords, pieces: list[dict[str, Array]]) -> pl.DataFrame:
    """Return the table of some groups, one after another, from what `compared` returned for each."""
    columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    label, spelled, ids = groups.labels.gather(columns.pop("group")), columns.pop("spelled", None), columns["word"]
    table = comparison_table(counted.words, columns, counted.spellings.gather(ids))
    if spelled is not None:
        table = table.with_columns(variants=groups.variants(ids, spelled))
    return table.insert_column(0, label)


def _taken(names: tuple[str, ...]) -> list[str]:
    """Return the columns that no column of labels may have the name of."""
    sides = ("count", "per_million", "documents", "dispersion")
    return [
        *("word", "spelling", "direction", "variants", "n_bootstrap"),
        *("log_ratio", "log_ratio_low", "log_ratio_high", "bic", "p_value", "p_adjusted"),
        *(f"{side}_{name}" for name in sides for side in ("target", "reference")),
        *(f"{name}{end}" for name in names for end in ("", "_bootstrap_low", "_bootstrap_high")),
    ]


def _warn_of_groups(groups: GroupSides, by: str, asked: Asked, *, is_default: bool) -> None:
    """Say which groups have no words, and which have too few documents for the words of any to be shown by default."""
    if len(groups.without_words):
        warn(f"ck.keyness: {_named(groups, groups.without_words, by)} no words, and so no rows", stacklevel=None)
    least = asked.in_documents or 0
    few = groups.numbers[[groups.documents_with_words(number) < least for number in groups.numbers.tolist()]]
    if len(few) and is_default and asked.direction != "reference":
        warn(
            f"ck.keyness: {_named(groups, few, by)} fewer than {least:,} documents with words, and "
            f"min_documents={least:,} hides all words that are key there; min_documents=1 shows them",
            stacklevel=None,
        )


def _warn_of_furniture(table: pl.DataFrame, by: str | None) -> None:
    """Name the first words of targets that are a line of pages: three or more, each once in as many documents."""
    labels = [] if by is None else [exactly(by)]
    tops = table.filter(pl.col("direction") == "target")
    tops = tops.group_by(*labels, maintain_order=True).head(FIRST_ROWS) if labels else tops.head(FIRST_ROWS)
    rows = tops.filter(once_or_twice_in_each("target_count", "target_documents"))
    rows = rows.filter(pl.len().over(*labels, "target_documents") >= _A_LINE)
    if rows.height:
        first = ", ".join(rows["spelling"].head(3).to_list()) + (", …" if rows.height > 3 else "")
        where = f"the first {FIRST_ROWS} rows" + ("" if by is None else " of each group")
        cleaned = "corpus.exclude(ck.news.boilerplate(corpus" + ("))" if by is None else f", by={by!r}))")
        warn(
            f"ck.keyness: {rows.height} of {where} ({first}) occur equally often in the same number of documents, at "
            f"least {A_FORMULA}, as the words of a line of web pages do; {cleaned} removes such lines, stopwords=[…] "
            "hides other words",
            stacklevel=None,
        )


def _named(groups: GroupSides, numbers: Integers, by: str) -> str:
    """Return the beginning of a sentence: how many groups have something, and which are the first."""
    labels = (groups.labels[number] for number in numbers[:3].tolist())
    first = ", ".join(shown(label if isinstance(label, str | int | None) else str(label)) for label in labels)
    first += ", …" if len(numbers) > 3 else ""
    noun, verb = ("groups", "have") if len(numbers) > 1 else ("group", "has")
    return f"{len(numbers):,} {noun} of {by} ({first}) {verb}"


# ---------------------------------------------------------------------------------- arguments


def _bounds(dispersion: object, low: object, high: object) -> tuple[float | None, float | None]:
    """Return the bounds of the measure of dispersion."""
    bounds = _bound(low, "min_dispersion"), _bound(high, "max_dispersion")
    if dispersion is not None:
        choose(dispersion, measures.FAMILIES["dispersion"], "dispersion")
        return bounds
    for name, bound in zip(("min_dispersion", "max_dispersion"), bounds, strict=True):
        if bound is not None:
            raise invalid(name, "None with dispersion=None", bound)
    return bounds


def _bound(value: object, name: str) -> float | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or math.isnan(_as_float(value)):
        raise invalid(name, "a number", value)
    return _as_float(value)


def _as_float(value: Any) -> float:
    """Return a number as a float; one beyond all floats is no bound, and NaN."""
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _expect_no_documents(**given: object) -> None:
    """Refuse what needs the documents of both sides."""
    for name, value in given.items():
        if value is not None:
            raise invalid(name, "left out unless both sides are corpora, which have documents", value)
