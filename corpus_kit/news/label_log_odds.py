"""Labels that are typical of a group of documents: weighted log-odds ratios."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from statistics import NormalDist

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import proportion
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid, one_of, warn
from corpus_kit.measures.evaluation import upper_quantile
from corpus_kit.news.arguments import bounded_number
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.label_counts import (
    Grouping,
    LabelMentions,
    count_by_document,
    groups_by,
    label_mentions,
    totals_of_cells,
    with_group_names,
)

__all__ = ["label_log_odds"]


_COLUMNS = ("actor", "label", "count", "total", "reference_count", "reference_total")
_ODDS = ("log_odds", "log_odds_low", "log_odds_high", "z")


def label_log_odds(
    corpus: CorpusView,
    actors: Gazetteer | pl.DataFrame | str | PathLike[str] | None = None,
    *,
    actor: str | Sequence[str] | None = None,
    by: str,
    reference: object = None,
    prior: float | None = None,
    boilerplate: pl.DataFrame | None = None,
    place: str | Sequence[str] = ("headline", "body"),
    match: str | Sequence[str] = "name",
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Find the labels of an actor that are typical of each group: log-odds with an informative Dirichlet prior.

    The odds of a label in a group are compared with those in all other groups, or in the group `reference`. The prior
    shrinks the odds of a group with few mentions towards those of the whole corpus.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        actors: As in `ck.news.labels`.
        actor: As in `ck.news.labels`.
        by: The metadata column of the groups, such as that of the source.
        reference: A value of that column; None compares each group with all others together.
        prior: The weight of the prior in mentions: the prior is the shares of the labels in the whole corpus times this
            number. None takes the number of mentions, so that the prior is the counts in the whole corpus.
        boilerplate: As in `ck.news.labels`.
        place: As in `ck.news.labels`.
        match: As in `ck.news.labels`.
        confidence: Confidence level of the intervals, between 0 and 1.

    Returns:
        A DataFrame with the columns [by, under its own name,] actor, label (String), count, total (Int64, mentions in
        the group under this label, and under any), reference_count, reference_total (Int64, the same in the reference),
        log_odds (Float64, natural logarithm of the ratio of the odds, each with the prior), log_odds_low, log_odds_high
        (Float64, log_odds ± the normal quantile of `confidence` times its standard error), z (Float64, log_odds divided
        by its standard error). All are null if the actor has one label only, or the label is never used. The standard
        error takes mentions as independent, which those in one document are not: use z as a rank, the interval as the
        least width, and take certainty from the intervals of `ck.news.labels`. Order: groups by first occurrence,
        actors as listed, z descending with nulls last, labels as listed.

    Raises:
        InputError: If an argument is invalid, or a named actor is mentioned in one group only.

    References:
        Monroe, B. L., Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words: lexical feature selection and evaluation
        for identifying the content of political conflict. Political Analysis 16, 372-403.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> from corpus_kit.samples import sample_actors
        >>> table = ck.news.label_log_odds(ck.sample_corpus(), sample_actors(), actor="group", by="outlet")
        >>> table.filter(outlet="بريد الساحل").select("label", "count", pl.col("z").round(2)).row(0)
        ('hostile', 26, 4.36)
    """
    expect_corpus(corpus)
    weight = None if prior is None else bounded_number(prior, "prior", above=0)
    level = proportion(confidence, "confidence")
    columns = (*_COLUMNS, *_ODDS)
    grouping = groups_by(corpus, by, columns)
    counted = label_mentions(corpus, actors, actor, boilerplate=boilerplate, place=place, match=match)
    cells = count_by_document(counted, grouping, "ck.news.label_log_odds")
    sides = _sides(cells, counted, grouping, by, reference)
    table = _log_odds(sides, weight, level).sort(
        ["group", "actor_order", "z", "label_order"], descending=[False, False, True, False], nulls_last=True
    )
    if table.height and table["log_odds"].null_count() == table.height:
        warn(
            "ck.news.label_log_odds: no actor has two labels that are used, so that log_odds is null in all rows; the "
            "labels of an actor are compared with one another, such as those of an actor in ck.news.labels",
            stacklevel=None,
        )
    options = {
        **counted.record, "by": by, "reference": reference, "prior": prior, "confidence": level,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(with_group_names(table, grouping, columns), "ck.news.label_log_odds", options, corpus=corpus)


def _sides(cells: pl.DataFrame, counted: LabelMentions, grouping: Grouping, by: str, reference: object) -> pl.DataFrame:
    """Return the counts of each label in each group, in the reference, and in the whole corpus."""
    totals = totals_of_cells(cells)
    of_label = pl.col("count").sum().over("actor_order", "label_order")
    of_actor = pl.col("count").sum().over("actor_order")
    table = totals.with_columns(all_count=of_label, all_total=of_actor)
    if reference is None:
        table = table.with_columns(
            reference_count=pl.col("all_count") - pl.col("count"), reference_total=pl.col("all_total") - pl.col("total")
        )
    else:
        reference_group = _reference_group(grouping, reference)
        beside = table.filter(group=reference_group).select(
            "label_order", reference_count=pl.col("count"), reference_total=pl.col("total")
        )
        table = table.filter(pl.col("group") != reference_group).join(beside, on="label_order", how="left")
        table = table.with_columns(pl.col("reference_count", "reference_total").fill_null(0))
    compared = table.filter(pl.col("reference_total") > 0)
    alone = [actor for actor in cells["actor"].unique(maintain_order=True) if actor not in set(compared["actor"])]
    if alone:
        _reject_or_warn_of_lone(alone, bool(counted.asked), by, reference)
    return compared


def _reject_or_warn_of_lone(alone: list[str], asked: bool, by: str, reference: object) -> None:
    """Raise if the caller named these actors; otherwise warn that they are left out."""
    groups = "two groups" if reference is None else f"{reference!r} and another group"
    if asked:
        raise InputError(f"actor must be mentioned in {groups} of {by!r}, got {', '.join(map(repr, alone))}.")
    are = "actors are" if len(alone) > 1 else "actor is"
    warn(
        f"ck.news.label_log_odds: {len(alone):,} {are} not mentioned in {groups} of {by!r} and left out",
        stacklevel=4,
    )


def _reference_group(grouping: Grouping, reference: object) -> int:
    """Return the number of the group that the caller named."""
    assert grouping.names is not None
    present = grouping.documents["group"].unique().sort()
    names = [str(name) for name in grouping.names.gather(present)]
    try:
        named = str(reference)
    except Exception:  # of what is nested too deeply or has too many digits
        raise invalid("reference", one_of(names), reference) from None
    return int(present[names.index(choose(named, names, "reference"))])


def _log_odds(table: pl.DataFrame, weight: float | None, confidence: float) -> pl.DataFrame:
    """Add log_odds with its interval, and z."""
    a, b, c, d = (
        table[name].to_numpy().astype(np.float64) for name in ("count", "reference_count", "total", "reference_total")
    )
    all_total = table["all_total"].to_numpy().astype(np.float64)
    prior_total = all_total if weight is None else np.full(table.height, weight)
    prior = table["all_count"].to_numpy() / all_total * prior_total
    z = measures.weighted_log_odds(a, b, c, d, prior=prior, prior_total=prior_total) if table.height else np.empty(0)
    with np.errstate(all="ignore"):
        error = np.sqrt(1 / (a + prior) + 1 / (b + prior))
    log_odds, half = z * error, NormalDist().inv_cdf(upper_quantile(confidence)) * error
    values = zip(_ODDS, (log_odds, log_odds - half, log_odds + half, z), strict=True)
    return table.with_columns(nan_as_null(value).alias(name) for name, value in values)
