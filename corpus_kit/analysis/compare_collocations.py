"""compare_collocations: whose company differs, that of one word in two corpora or that of two words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach, corpus_facts
from corpus_kit.analysis.asked_units import warn_of_other_words
from corpus_kit.analysis.collocations import pairs_of, window_argument
from corpus_kit.analysis.comparison import Asked, asked_options, compared, comparison_table
from corpus_kit.analysis.comparison_sides import Pair, Side, align
from corpus_kit.analysis.cooccurrence import PairTable
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.analysis.unexpected_hits import warn_of_hits
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid, shown
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import Pattern, parse_pattern
from corpus_kit.search.hints import why_nothing
from corpus_kit.search.hits import Hits
from corpus_kit.search.matching import find
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

__all__ = ["compare_collocations"]


def compare_collocations(
    target: CorpusView,
    reference: CorpusView,
    pattern: str | tuple[str, str] | list[str],
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    window: int | tuple[int, int] | str = 5,
    measure: str | Sequence[str] = ("log_likelihood", "log_ratio"),
    direction: str = "both",
    min_count: int = 5,
    min_documents: int | None = None,
    stopwords: Collection[str] = (),
    test: str = "log_likelihood",
    correction: str | None = "holm",
    confidence: float = 0.95,
    join: Join = False,
) -> pl.DataFrame:
    """Compare the collocates of a word in two corpora, or those of two words.

    The words in the windows around the hits of the pattern in the target are compared with those around its hits in
    the reference, as `ck.keyness` compares two corpora: a is how often a collocate occurs in the windows of the
    target, of c words in all; b and d are those of the reference. So a collocate whose share of the company is the
    same on both sides is equal, however often the node itself occurs.

    To compare two nodes, give two patterns, and the same corpus twice:
    ``compare_collocations(corpus, corpus, ("رجل", "امرأة"))``.

    Args:
        target: A Corpus or a subcorpus.
        reference: Another one, or the same.
        pattern: A pattern as in `ck.kwic`; or two, that of the target and that of the reference.
        unit: What nodes and collocates are: "word", "stem", "lemma" or "root", as in `ck.collocations`.
        profile: The form of the collocates: the name of a preset, a Normalizer, or None for the original spelling.
        exact: Whether patterns are compared in repaired spelling, as in `ck.kwic`.
        clitics: Whether patterns also find words with clitics attached, as in `ck.kwic`; of words only.
        within: The unit of text that hits and windows do not cross: "sentence", "paragraph" or "document".
        window: Words before and after the node, as one number or as (before, after); or "sentence", "paragraph" or
            "document": then the units that contain a hit are compared, not words.
        measure: Names of measures, as in `ck.keyness`. The table is sorted by the first.
        direction: "both", "target" (more frequent in the company there) or "reference".
        min_count: The lowest count of a collocate that is kept, on both sides together.
        min_documents: In how many documents a collocate must occur with the node, on the side where it is more
            frequent. None is 2, so that the company of one document is hidden; 1 shows it.
        stopwords: Collocates to leave out, in any spelling that `profile` folds; they keep their place in windows.
        test: The test of the p-values, as in `ck.keyness`.
        correction: The correction for testing all collocates of the table at once, as in `ck.keyness`.
        confidence: The level of confidence of the interval of the log ratio.
        join: Whether names that are written with and without a space are one collocate on both sides, as in
            `ck.collocations`.

    Returns:
        A DataFrame with the columns collocate (String), spelling (String: its most frequent original spelling in both
        corpora together),
        direction (Enum: target, equal, reference), target_count, reference_count (Int64: how often it occurs in
        windows), target_per_million, reference_per_million (Float64:
        per million words in windows, or units), target_documents, reference_documents (Int64: in how many documents
        both occur together), the measures, log_ratio, log_ratio_low, log_ratio_high, bic, p_value, p_adjusted
        (Float64; null where a measure is not defined), target_log_dice, reference_log_dice (Float64: how strong the
        attraction is on each side, as in `ck.collocations`; null where both do not occur together). Order: that of
        `ck.keyness`, the company of the target first. Hits and sizes are in the record that `ck.save` writes.

    Raises:
        InputError: If an argument is invalid, or a pattern has no hit with words around it on its side.

    Note:
        A collocate may be typical of one side because the word itself is more frequent in that corpus, whatever it
        stands beside: compare target_log_dice with reference_log_dice, which take its frequency into account. Tests
        assume that words are drawn one by one; words of a text are not, so look at the documents. Where the windows
        of two nodes overlap, the words in both count on both sides.

    References:
        Church, K., Gale, W., Hanks, P. & Hindle, D. (1991). Using statistics in lexical analysis. In: Lexical
        Acquisition: Exploiting On-Line Resources to Build a Lexicon, 115-164. (The words that tell two nodes apart.)
        Gries, S. Th. & Stefanowitsch, A. (2004). Extending collostructional analysis: a corpus-based perspective on
        'alternations'. International Journal of Corpus Linguistics 9, 97-129. (The same table of four cells.)
        Rayson, P. & Garside, R. (2000), Hardie, A. (2014): see `ck.measures.keyness`.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> table = ck.compare_collocations(corpus, corpus, ("إمارة السهل", "تنظيم السهل"), min_count=10)
        >>> table.columns[:4]
        ['collocate', 'spelling', 'direction', 'target_count']
    """
    corpora = expect_corpus(target, "target"), expect_corpus(reference, "reference")
    for corpus in corpora:
        unit = expect_unit(unit, corpus)
    asked = asked_options(
        measure=measure, direction=direction, test=test, correction=correction, confidence=confidence,
        min_count=min_count, min_documents=min_documents,
    ).of_corpora  # fmt: skip
    choose(within, UNITS, "within")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    shape = window_argument(window, within)
    joined, sequences = names_to_join(join, unit, normalizer, *corpora), 0
    parsed, sides, pairs, texts = [], [], [], []
    for name, corpus, each in zip(("target", "reference"), corpora, _two_patterns(pattern), strict=True):
        parsed.append(parse_pattern(each, unit=unit, exact=exact, clitics=clitics, names=names_of(corpus)))
        warn_of_other_words(corpus, parsed[-1:], unit, "ck.compare_collocations")
        with reading(corpus.path):
            hits = find(corpus, parsed[-1], within=within)
            if len(hits):  # without, `_side` says why
                warn_of_hits(corpus, parsed[-1], len(hits), unit=unit, within=within)
            counted = CountedWords(corpus, normalizer, unit, joined)
            pairs.append(pairs_of(corpus, hits, counted, shape, within))
            sequences += counted.joined_sequences
            texts.append(counted)
        sides.append(_side(name, corpus, parsed[-1], hits, pairs[-1], unit, within))
    with reading(corpora[0].path), reading(corpora[1].path):
        table, tests = _table(align(*sides), pairs, texts, asked, left_out, normalizer)
    shared = {id(corpus): corpus for corpus in corpora}.values()
    options = {
        "pattern": pattern, "measure": list(asked.names), "within": within, "window": window, "exact": exact,
        "clitics": clitics, "direction": direction, "min_count": asked.least, "min_documents": asked.in_documents,
        "stopwords": stopwords, "test": test, "correction": correction, "confidence": confidence, "tests": tests,
        "profile": None if normalizer is None else normalizer.name,
        "target": sides[0].record, "reference": sides[1].record, **join_record(join, joined, sequences),
        **unit_record(unit, *shared, patterns=parsed),
    }  # fmt: skip
    return attach(
        table,
        "ck.compare_collocations",
        options,
        corpus=corpora[0] if corpora[0].id == corpora[1].id else None,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


def _two_patterns(pattern: object) -> tuple[str, str]:
    """Return the pattern of the target and that of the reference."""
    given = (pattern, pattern) if isinstance(pattern, str) else pattern
    if not isinstance(given, tuple | list) or len(given) != 2 or not all(isinstance(each, str) for each in given):
        raise invalid("pattern", "a pattern, or two: that of target and that of reference", pattern)
    return given[0], given[1]


def _side(
    name: str, corpus: CorpusView, pattern: Pattern, hits: Hits, pairs: PairTable, unit: str, within: str
) -> Side:
    """Return the collocates of a pattern in a corpus as a side of a comparison."""
    if not pairs.joint.any():
        found = f"{len(hits):,} hit{'' if len(hits) == 1 else 's'}" + (" without a word around" if len(hits) else "")
        why = "" if len(hits) else why_nothing(corpus, pattern, unit=unit, within=within)
        raise InputError(
            f"pattern must have hits with words around them in {name}, got {found} of {shown(pattern.text)}."
            + (f" {why}" if why else "")
        )
    assert isinstance(pairs.row, int)  # of one node
    record = {
        "corpus_id": corpus.id, "corpus": corpus_facts(corpus), "subcorpus": corpus.selection, "pattern": pattern.text,
        "hits": len(hits), "row": pairs.row, "total": pairs.total,
    }  # fmt: skip
    return Side(pairs.label("collocate"), pairs.joint, pairs.row, record, unit, documents=pairs.documents)


def _spellings(words: pl.Series, texts: Sequence[CountedWords]) -> pl.Series:
    """Return the most frequent original spelling of words in the texts of both sides together."""
    asked = words.alias("word").to_frame()
    sides = [
        pl.DataFrame(
            {
                "word": counted.words.gather(counted.original.form),
                "spelling": counted.original.texts,
                "count": counted.spelling_counts,
            }
        ).join(asked, on="word", how="semi", maintain_order="left")
        for counted in texts
    ]
    both = pl.concat(sides).group_by("word", "spelling", maintain_order=True).agg(pl.col("count").sum())
    best = both.sort("count", descending=True, maintain_order=True).unique("word", keep="first")
    return asked.join(best, on="word", how="left", maintain_order="left")["spelling"]


def _table(
    pair: Pair,
    pairs: Sequence[PairTable],
    texts: Sequence[CountedWords],
    asked: Asked,
    left_out: frozenset[str],
    normalizer: Normalizer | None,
) -> tuple[pl.DataFrame, int]:
    """Return the table, and the number of tests."""
    columns, tests = compared(pair, pair.rows(asked.least, left_out, normalizer), asked)
    strength: dict[str, Any] = {
        f"{name}_log_dice": nan_as_null(_log_dice(of_side, side.own_ids(columns["word"])))
        for name, side, of_side in zip(("target", "reference"), (pair.target, pair.reference), pairs, strict=True)
    }
    spellings = _spellings(pair.words.gather(columns["word"]), texts)
    table = comparison_table(pair.words, columns, spellings)
    return table.rename({"word": "collocate"}).with_columns(**strength), tests


def _log_dice(pairs: PairTable, ids: Integers) -> Floats:
    """Return the log Dice of some collocates; NaN of one that does not occur, whose id is -1."""
    there = np.flatnonzero(ids >= 0)
    there = there[pairs.joint[ids[there]] > 0]
    rows = ids[there]
    node = np.full(len(rows), float(pairs.row if pairs.node is None else pairs.node))
    total = np.full(len(rows), float(pairs.total))
    values = np.full(len(ids), np.nan)
    joint, column = pairs.joint[rows].astype(np.float64), pairs.column[rows].astype(np.float64)
    values[there] = measures.FAMILIES["association"]["log_dice"].formula(joint, node, column, total)
    return values
