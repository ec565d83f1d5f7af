"""Naming choices: which label a text uses for an actor that has several, by source and over time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from os import PathLike

import numpy as np
import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.arrays import Floats
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.hashing import draws
from corpus_kit._base.records import attach
from corpus_kit.analysis.bootstrap import Bootstrap, bootstrap_options, bootstrap_record, expect_few_draws
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid
from corpus_kit.measures.proportions import clustered_wilson, wilson
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.label_counts import (
    count_by_document,
    groups_by,
    in_periods,
    label_mentions,
    one_group,
    totals_of_cells,
    with_group_names,
)

__all__ = ["labels"]


Ends = tuple[Floats, Floats]  # of intervals

_CELLS = 1 << 22  # documents times replicates held at once: 32 MiB
INTERVALS = ("clustered", "wilson", "bootstrap")
_COUNTS = ("count", "documents", "total", "share", "share_low", "share_high")
_QUOTED = ("quoted", "quoted_share", "quoted_share_low", "quoted_share_high")
_COLUMNS = ("actor", "label", *_COUNTS, *_QUOTED, "hidden")


def labels(
    corpus: CorpusView,
    actors: Gazetteer | pl.DataFrame | str | PathLike[str] | None = None,
    *,
    actor: str | Sequence[str] | None = None,
    by: str | None = None,
    every: str | None = None,
    week_start: str = "monday",
    date: str = "date",
    boilerplate: pl.DataFrame | None = None,
    place: str | Sequence[str] = ("headline", "body"),
    match: str | Sequence[str] = "name",
    interval: str | None = None,
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Count the labels used for each actor, and their shares among all labels of the actor.

    A label is a key of the actor's `labels` in the gazetteer; a name that is in none of them is a label of its own. If
    one name contains another, the longer one is the mention.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        actors: A Gazetteer, the path of a TOML file, a table of `ck.news.actors` (each listed name is then a label), or
            None for the built-in states.
        actor: The id of one actor, or of several; None takes all.
        by: A metadata column, such as that of the source: shares are computed within each of its values.
        every: "day", "week", "month", "quarter", "year", "decade" (1990 to 1999), "century" (1900 to 1999),
            "hijri_month", "hijri_year" or "hijri_century" (301 to 400 AH): shares are computed within each period, by
            the date of the documents. Documents without a date are left out, with a warning.
        week_start: The first day of a week: "monday" (ISO 8601), "sunday" or "saturday".
        date: The metadata column of dates.
        boilerplate: A table of `ck.news.boilerplate`; without it no place is known to be boilerplate.
        place: Where mentions count: "headline", "body", "boilerplate", or several of them.
        match: Which mentions count: "name", "anaphor" (التنظيم for a group named before; each is a label of its own),
            "metonym" (a capital for its state), "form" (المملكة, of a table made with `home`), or several of them.
            Forms of state that nothing decides are left out; the record counts them as `undecided`.
        interval: "clustered" (the default), "wilson" or "bootstrap" (the default with n_bootstrap). Mentions in one
            document are not independent. "clustered" is Wilson's interval with the effective number of mentions (see
            `measures.proportions.clustered_wilson`). "wilson" takes all mentions as independent and is too narrow if
            documents keep to one label. "bootstrap" resamples the documents that mention the actor; of a share of 0
            or 1, and of one document, all replicates are equal, and the interval is the clustered one.
        n_bootstrap: Replicates of the bootstrap, such as 1,000.
        confidence: Confidence level of the intervals, between 0 and 1.
        seed: Seed of the bootstrap.

    Returns:
        A DataFrame with the columns [by, under its own name,] [period (Date, its first day),] actor, label (String),
        count (Int64, mentions), documents (Int64, documents with the label), total (Int64, mentions of the actor under
        any label in this group and period), share, share_low, share_high (Float64, count / total and its interval),
        quoted (Int64, mentions alone in quotation marks), quoted_share, quoted_share_low, quoted_share_high (Float64,
        quoted / count and its interval; null if count is 0), hidden (Int64, mentions after a proclitic). A group that
        mentions the actor has a row for each of its labels, used or not; a group that does not mention it has none.
        Order: groups by first occurrence, periods by time, actors and labels as listed.

    Raises:
        InputError: If an argument is invalid, a name has two labels, or dates are missing.

    Examples:
        >>> import corpus_kit as ck
        >>> from corpus_kit.samples import sample_actors
        >>> table = ck.news.labels(ck.sample_corpus(), sample_actors(), actor="group", by="outlet")
        >>> table.filter(outlet="المرقاب").select("label", "count", "total", "quoted").rows()
        [('self', 20, 35, 10), ('agency', 15, 35, 0), ('hostile', 0, 35, 0)]
    """
    expect_corpus(corpus)
    method, bootstrap = _interval_options(interval, n_bootstrap, seed, confidence)
    grouping = one_group(corpus) if by is None else groups_by(corpus, by, _COLUMNS)
    if every is not None:
        grouping = in_periods(corpus, grouping, every, week_start, date, "ck.news.labels")
    counted = label_mentions(corpus, actors, actor, boilerplate=boilerplate, place=place, match=match)
    cells = count_by_document(counted, grouping, "ck.news.labels")
    table = _shares(cells, method, proportion(confidence, "confidence"), bootstrap)
    options = {
        **counted.record, "by": by, "every": every, "week_start": week_start if every == "week" else None,
        "date": date if every else None, "undated_documents": grouping.undated, "interval": method,
        "confidence": confidence, **bootstrap_record(bootstrap), "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(with_group_names(table, grouping, _COLUMNS), "ck.news.labels", options, corpus=corpus)


def _interval_options(
    interval: str | None, n_bootstrap: object, seed: object, confidence: object
) -> tuple[str, Bootstrap | None]:
    """Return the method, and the options of the bootstrap if it is the method."""
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    method = ("clustered" if bootstrap is None else "bootstrap") if interval is None else interval
    choose(method, INTERVALS, "interval")
    if method == "bootstrap" and bootstrap is None:
        raise invalid("n_bootstrap", "positive with interval='bootstrap'", n_bootstrap, "1,000 is usual.")
    if method != "bootstrap" and bootstrap is not None:
        raise invalid("interval", "None or 'bootstrap' with n_bootstrap", interval)
    return method, bootstrap


def _shares(cells: pl.DataFrame, method: str, confidence: float, bootstrap: Bootstrap | None) -> pl.DataFrame:
    """Return the table of `labels`, with the numbers of groups in place of their names."""
    table = totals_of_cells(cells)
    numbers = {name: cells[name].to_numpy() for name in ("count", "total", "quoted", "cell")}
    pairs = {"share": ("count", "total"), "quoted_share": ("quoted", "count")}
    if method == "wilson":
        found = [wilson(table[of], table[among], confidence) for of, among in pairs.values()]
    else:
        found = [
            clustered_wilson(numbers[of], numbers[among], numbers["cell"], table.height, confidence)
            for of, among in pairs.values()
        ]
    if bootstrap is not None:
        drawn = _drawn(cells, confidence, bootstrap)
        varies = [_varies(cells, table, of, among) for of, among in pairs.values()]
        found = [_chosen_ends(*each) for each in zip(varies, drawn, found, strict=True)]
    ends = {
        f"{name}_{end}": value
        for name, both in zip(pairs, found, strict=True)
        for end, value in zip(("low", "high"), both, strict=True)
    }
    return table.with_columns(
        share=pl.col("count") / pl.col("total"),
        quoted_share=pl.when(pl.col("count") > 0).then(pl.col("quoted") / pl.col("count")),
        **{name: nan_as_null(values) for name, values in ends.items()},
    )


def _varies(cells: pl.DataFrame, table: pl.DataFrame, of: str, among: str) -> pl.Series:
    """Return for which rows replicates can differ: not for none or all of the mentions, or those of one document."""
    documents = cells.group_by("cell", maintain_order=True).agg((pl.col(among) > 0).sum())[among]
    return (table[of] > 0) & (table[of] < table[among]) & (documents > 1)


def _chosen_ends(varies: pl.Series, drawn: Ends, other: Ends) -> Ends:
    """Return intervals of the bootstrap where replicates can differ, and the others elsewhere."""
    low, high = (np.where(varies.to_numpy(), one, two) for one, two in zip(drawn, other, strict=True))
    return low, high


def _drawn(cells: pl.DataFrame, confidence: float, bootstrap: Bootstrap) -> tuple[Ends, Ends]:
    """Return percentile intervals of share and quoted share of each cell; groups are resampled separately."""
    tail = (1 - confidence) / 2
    ends: list[Floats] = []
    keys = [name for name in ("group", "period", "actor_order") if name in cells.columns]
    expect_few_draws(bootstrap, cells.n_unique(keys))
    for side, (_, block) in enumerate(cells.group_by(keys, maintain_order=True)):
        shape = (block["label_order"].n_unique(), -1)  # each label has the same documents, in the same order
        count, quoted = (block[name].to_numpy().reshape(shape).astype(np.float64) for name in ("count", "quoted"))
        replicates = _replicates(count, quoted, side * bootstrap.replicates, bootstrap)
        ends.append(np.stack([_quantiles(values, tail) for values in replicates]))
    if not ends:
        return ((np.empty(0),) * 2,) * 2
    (low, high), (quoted_low, quoted_high) = np.concatenate(ends, axis=2)
    return (low, high), (quoted_low, quoted_high)


def _replicates(count: Floats, quoted: Floats, first: int, bootstrap: Bootstrap) -> tuple[Floats, Floats]:
    """Return shares and quoted shares of each label (rows) in each replicate (columns).

    count, quoted: By label and document. first: number of the first replicate, which its draws depend on.
    """
    n_documents = count.shape[1]
    shares, quoted_shares = [], []
    step = max(1, _CELLS // n_documents)
    for begin in range(0, bootstrap.replicates, step):
        numbers = range(first + begin, first + min(begin + step, bootstrap.replicates))
        weights = np.stack([draws(n_documents, number, bootstrap.seed) for number in numbers], axis=1)
        drawn, drawn_quoted = count @ weights, quoted @ weights  # integers, which floats hold exactly
        shares.append(drawn / drawn.sum(axis=0))
        with np.errstate(invalid="ignore"):  # undefined for a label that no drawn document has
            quoted_shares.append(drawn_quoted / drawn)
    return np.concatenate(shares, axis=1), np.concatenate(quoted_shares, axis=1)


def _quantiles(values: Floats, tail: float) -> Floats:
    """Return low and high of each row, ignoring undefined values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of rows without a defined value
        return np.asarray(np.nanquantile(values, [tail, 1 - tail], axis=1))
