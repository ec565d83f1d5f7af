"""Naming choices: which label a text uses for an actor that has several, by source and over time."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import measures
from corpus_kit._random import draws
from corpus_kit._statistics import nan_as_null, positive_share
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose
from corpus_kit.grouping import groups_of
from corpus_kit.measures.proportions import clustered_wilson, wilson
from corpus_kit.news.actor_matching import MATCHES, mentions_of
from corpus_kit.news.gazetteer import Actor, Gazetteer, gazetteer_of, keys_of
from corpus_kit.news.periods import EVERY, WEEK_STARTS, period_of
from corpus_kit.news.running_text import PLACES, document_dates, document_sources
from corpus_kit.provenance import attach, provenance_of
from corpus_kit.resampling import Bootstrap, bootstrap_options, bootstrap_record

__all__ = ["label_log_odds", "labels"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CELLS = 1 << 22  # documents times replicates that are held at once: 32 MiB

INTERVALS = ("clustered", "wilson", "bootstrap")

_COUNTS = ("count", "documents", "total", "share", "share_low", "share_high")
_QUOTED = ("quoted", "quoted_share", "quoted_low", "quoted_high")
_COLUMNS = ("actor", "label", *_COUNTS, *_QUOTED, "hidden")
_LOG_ODDS = ("actor", "label", "count", "total", "reference_count", "reference_total", "log_odds", "z")


def labels(
    corpus: CorpusView,
    actors: Gazetteer | pl.DataFrame | str | PathLike[str] | None = None,
    *,
    actor: str | Sequence[str] | None = None,
    by: str | None = None,
    every: str | None = None,
    week_start: str = "monday",
    date: str = "date",
    furniture: pl.DataFrame | None = None,
    place: str | Sequence[str] = ("headline", "body"),
    match: str | Sequence[str] = "name",
    interval: str | None = None,
    confidence: float = 0.95,
    n_bootstrap: int = 0,
    seed: int = 0,
) -> pl.DataFrame:
    """Count which label is used for each actor, and its share among all labels of the actor.

    A label is a key of the actor's `labels` in the gazetteer; a name that is in none of them is a label of its own.
    Where one name contains another, the longer one is what is mentioned.

    Args:
        corpus: a Corpus, a subcorpus or a cleaned view.
        actors: a Gazetteer, the path of a TOML file, a table of mentions (of `ck.news.actors`; each listed name is
            then a label), or None: the built-in states.
        actor: the id of one actor, or of several; None: all.
        by: a metadata column, such as that of the source: shares are those within each of its values.
        every: "day", "week" or "month": shares are those within each period, by the date of the documents. Documents
            without a date are left out, with a warning.
        week_start: the day on which a week begins: "monday" (ISO 8601), "sunday" or "saturday".
        date: the metadata column of the date.
        furniture: a table of `ck.news.furniture`; without it no place is known to be furniture.
        place: where mentions count: "headline", "body", "furniture", or several of them.
        match: which mentions count: "name", "anaphor" (التنظيم for a group named before; each is a label of its own),
            "metonym" (a capital for its state), or several of them.
        interval: "clustered" (the default), "wilson" or "bootstrap" (the default where n_bootstrap is given).
            Mentions of one document are not independent; "clustered" is Wilson's interval with the effective
            number of mentions (see `measures.proportions.clustered_wilson`), "wilson" takes every mention as
            independent and is too narrow wherever documents keep to a label, "bootstrap" draws the documents that
            mention the actor, and knows nothing of what no document does: a share of 0 has the interval 0 to 0.
        confidence: of the intervals, between 0 and 1.
        n_bootstrap: replicates of the bootstrap, such as 1,000.
        seed: of its draws.

    Returns:
        A DataFrame with the columns [by, named as its column,] [period (Date, its first day),] actor, label (String),
        count (Int64, mentions), documents (Int64, those with the label), total (Int64, mentions of the actor under
        any label, in this group and period), share, share_low, share_high (Float64, count / total and its interval),
        quoted (Int64, mentions that stand alone in quotation marks), quoted_share, quoted_low, quoted_high (Float64,
        quoted / count and its interval; null where count is 0), hidden (Int64, mentions behind a proclitic).
        A group that mentions the actor has a row for each of its labels, also for those that it does not use;
        a group that does not mention it has none. Order: groups by first occurrence, periods by time, actors and
        labels as they are listed.

    Raises:
        InputError: an unknown column, actor (the nearest is named) or option; a name that is in two labels of an
            actor; dates that are needed and are not there.

    >>> import corpus_kit as ck
    >>> from corpus_kit.samples import sample_actors
    >>> table = ck.news.labels(ck.sample_corpus(), sample_actors(), actor="group", by="outlet")
    >>> table.filter(outlet="المرقاب").select("label", "count", "total", "quoted").rows()
    [('self', 20, 35, 10), ('agency', 15, 35, 0), ('hostile', 0, 35, 0)]
    """
    expect_corpus(corpus, "news.labels")
    method, bootstrap = _interval_options(interval, n_bootstrap, seed, confidence)
    grouping = _whole(corpus) if by is None else _groups(corpus, by, "news.labels", _COLUMNS)
    if every is not None:
        grouping = _in_periods(corpus, grouping, every, week_start, date, "news.labels")
    counted = _counted(corpus, actors, actor, furniture=furniture, place=place, match=match)
    cells = _cells(counted, grouping, "news.labels")
    table = _shares(cells, method, positive_share(confidence, "confidence"), bootstrap)
    options = {
        **counted.record, "by": by, "every": every, "week_start": week_start if every == "week" else None,
        "date": date if every else None, "undated_documents": grouping.undated, "interval": method,
        "confidence": confidence, **bootstrap_record(bootstrap), "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(_named(table, grouping, _COLUMNS), "ck.news.labels", options, corpus_id=corpus.id)


def label_log_odds(
    corpus: CorpusView,
    actors: Gazetteer | pl.DataFrame | str | PathLike[str] | None = None,
    *,
    actor: str | Sequence[str] | None = None,
    by: str,
    reference: object = None,
    prior: float | None = None,
    furniture: pl.DataFrame | None = None,
    place: str | Sequence[str] = ("headline", "body"),
    match: str | Sequence[str] = "name",
) -> pl.DataFrame:
    """Say which labels of an actor are typical of each group: log-odds with an informative Dirichlet prior.

    The odds of a label in a group are set beside those in all other groups, or in the group `reference`. The prior
    draws the odds of a group with few mentions towards those of the whole corpus.

    Args:
        corpus: a Corpus, a subcorpus or a cleaned view.
        actors, actor, furniture, place, match: as of `ck.news.labels`.
        by: the metadata column of the groups, such as that of the source.
        reference: a value of that column; None: each group beside all others together.
        prior: how many mentions the prior weighs: it is the shares of the labels in the whole corpus, times this
            number. None: as many as there are, that is the counts of the whole corpus.

    Returns:
        A DataFrame with the columns [by, named as its column,] actor, label (String), count, total (Int64, mentions
        in the group under this label, and under any), reference_count, reference_total (Int64, the same beside it),
        log_odds (Float64, natural logarithm of the ratio of the odds, each with the prior), z (Float64: log_odds by
        its standard error). Both are null where the actor has one label only, or a label is never used. z takes
        mentions as independent of one another, which those of one document are not: read it as a rank, and take
        certainty from the intervals of `ck.news.labels`. Order: groups by first occurrence, actors as listed, z
        descending with nulls last, labels as listed.

    Raises:
        InputError: as `ck.news.labels`; an unknown reference; a named actor that is mentioned in one group only.

    Source: Monroe, B. L., Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words: lexical feature selection and
    evaluation for identifying the content of political conflict. Political Analysis 16, 372-403.

    >>> import corpus_kit as ck, polars as pl
    >>> from corpus_kit.samples import sample_actors
    >>> table = ck.news.label_log_odds(ck.sample_corpus(), sample_actors(), actor="group", by="outlet")
    >>> table.filter(outlet="بريد الساحل").select("label", "count", pl.col("z").round(2)).row(0)
    ('hostile', 26, 4.36)
    """
    expect_corpus(corpus, "news.label_log_odds")
    weight = None if prior is None else _prior(prior)
    grouping = _groups(corpus, by, "news.label_log_odds", _LOG_ODDS)
    counted = _counted(corpus, actors, actor, furniture=furniture, place=place, match=match)
    cells = _cells(counted, grouping, "news.label_log_odds")
    sides = _sides(cells, counted, grouping, by, reference)
    table = _log_odds(sides, weight).sort(
        ["group", "actor_order", "z", "label_order"], descending=[False, False, True, False], nulls_last=True
    )
    options = {
        **counted.record, "by": by, "reference": reference, "prior": prior, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(_named(table, grouping, _LOG_ODDS), "ck.news.label_log_odds", options, corpus_id=corpus.id)


# ------------------------------------------------------------------------------------- options


def _interval_options(
    interval: str | None, n_bootstrap: object, seed: object, confidence: object
) -> tuple[str, Bootstrap | None]:
    """The method, and how often to draw where it is the bootstrap."""
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    method = ("clustered" if bootstrap is None else "bootstrap") if interval is None else interval
    choose(method, INTERVALS, "interval")
    if method == "bootstrap" and bootstrap is None:
        raise InputError("interval='bootstrap' draws documents: say how often, as in n_bootstrap=1000")
    if method != "bootstrap" and bootstrap is not None:
        raise InputError(f"interval={method!r} draws nothing: leave n_bootstrap= out, or take interval='bootstrap'")
    return method, bootstrap


def _several(value: object, argument: str, allowed: Sequence[str], what: str) -> tuple[str, ...]:
    """One name, or several different ones, of those that are allowed."""
    if not isinstance(value, str | Sequence):
        raise InputError(f"{argument}= takes a name or a list of names, not {type(value).__name__}: {value!r:.60}")
    names = (value,) if isinstance(value, str) else tuple(value)
    if not names:
        raise InputError(f"{argument}= is empty; it takes one or more of: {', '.join(allowed)}")
    chosen = tuple(choose(name, allowed, what) for name in names)
    if len(set(chosen)) < len(chosen):
        raise InputError(f"{argument}= holds a name twice: {', '.join(chosen)}")
    return chosen


def _prior(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < float("inf"):
        raise InputError(f"prior= takes a number of mentions above 0, or None for all there are, not {value!r:.60}")
    return float(value)


# ---------------------------------------------------------------------------------- groups


class _Grouping(NamedTuple):
    """To which group each document of the corpus belongs.

    documents: document, group (number, from 0), and period where there are periods; of the selected documents that
    are counted. names: the value of each group, None where there is one group only. undated: documents left out.
    """

    documents: pl.DataFrame
    names: pl.Series | None
    undated: int


def _whole(corpus: CorpusView) -> _Grouping:
    """All documents in one group."""
    documents = pl.DataFrame({"document": corpus.selected_documents()})
    return _Grouping(documents.with_columns(group=pl.lit(0, pl.UInt32)), None, 0)


def _groups(corpus: CorpusView, by: object, what: str, taken: Sequence[str]) -> _Grouping:
    """The groups of a metadata column, numbered by first occurrence in the corpus."""
    values = document_sources(corpus, by, what)
    if by in (*taken, "period"):
        raise InputError(f"by={by!r} is also a column of the result; rename it before you build the corpus")
    grouped = groups_of(values, len(values))
    selected = corpus.selected_documents()
    documents = pl.DataFrame({"document": selected, "group": grouped.of_document[selected]})
    return _Grouping(documents, grouped.labels, 0)


def _in_periods(
    corpus: CorpusView, grouping: _Grouping, every: str, week_start: str, date: str, what: str
) -> _Grouping:
    """The same groups, each in periods; documents without a date are left out."""
    choose(every, EVERY, "period every=")
    choose(week_start, WEEK_STARTS, "week_start")
    dates = document_dates(corpus, date, what).gather(corpus.selected_documents())
    documents = grouping.documents.with_columns(period=period_of(dates, every, week_start))
    dated = documents.filter(pl.col("period").is_not_null())
    return _Grouping(dated, grouping.names, documents.height - dated.height)


def _named(table: pl.DataFrame, grouping: _Grouping, columns: Sequence[str]) -> pl.DataFrame:
    """The columns of a result, with the values of the groups in place of their numbers."""
    head = ["period"] if "period" in table.columns else []
    result = table.select(*head, *columns)
    if grouping.names is None:
        return result
    return result.insert_column(0, grouping.names.gather(table["group"]))


# -------------------------------------------------------------------------------- mentions


class _Counted(NamedTuple):
    """The mentions that count, and the labels of the actors.

    mentions: document, actor, label, quoted, hidden (Boolean). listed: actor, label, actor_order, label_order.
    asked: the actors that the caller named. record: the options, for the record of a result.
    """

    mentions: pl.DataFrame
    listed: pl.DataFrame
    asked: list[str]
    record: dict[str, Any]


def _counted(
    corpus: CorpusView,
    actors: Any,
    actor: str | Sequence[str] | None,
    *,
    furniture: pl.DataFrame | None,
    place: str | Sequence[str],
    match: str | Sequence[str],
) -> _Counted:
    places = _several(place, "place", PLACES, "place")
    matches = _several(match, "match", MATCHES, "kind of mention")
    if isinstance(actors, pl.DataFrame):
        mentions = mentions_of(corpus, actors, furniture=furniture)
        chosen = _chosen(actor, mentions["actor"].unique(maintain_order=True).to_list())
        names = _names_of_mentions(mentions.filter(pl.col("actor").is_in(chosen)), matches)
    else:
        actors = gazetteer_of(actors)
        chosen = _chosen(actor, [each.id for each in actors])
        names = _names_of_gazetteer([actors[id] for id in chosen], matches)
        kinds = {"metonyms": "metonym" in matches, "anaphors": "anaphor" in matches}
        mentions = mentions_of(corpus, actors, furniture=furniture, **kinds)
    counted = mentions.filter(pl.col("match").cast(pl.String).is_in(matches) & pl.col("place").is_in(places))
    found = counted.select("document", "actor", "name", "quoted", hidden=pl.col("proclitic").str.len_bytes() > 0).join(
        names.select("actor", "name", "label"), on=["actor", "name"], how="inner", maintain_order="left"
    )
    listed = (
        names.select("actor", "label")
        .unique(maintain_order=True)
        .with_columns(actor_order=pl.col("actor").rle_id(), label_order=pl.int_range(pl.len(), dtype=pl.UInt32))
    )
    made_of = provenance_of(actors) if isinstance(actors, pl.DataFrame) else actors
    record = {"actors": made_of, "actor": actor, "place": list(places), "match": list(matches)}
    return _Counted(found, listed, [] if actor is None else chosen, record)


def _chosen(actor: str | Sequence[str] | None, known: list[str]) -> list[str]:
    """The actors that count, in the order in which they are listed."""
    if actor is None:
        return known
    asked = _several(actor, "actor", known, "actor")
    return [id for id in known if id in asked]


_NAMES = {"actor": pl.String, "name": pl.String, "label": pl.String}


def _names_of_mentions(mentions: pl.DataFrame, matches: Sequence[str]) -> pl.DataFrame:
    """The names in a table of mentions, in order of first mention, actor by actor; each is its own label."""
    names = mentions.filter(pl.col("match").cast(pl.String).is_in(matches)).select("actor", "name")
    order = names["actor"].unique(maintain_order=True)
    rows = names.unique(maintain_order=True).with_columns(label=pl.col("name"))
    return rows.sort(pl.col("actor").cast(pl.Enum(order)), maintain_order=True)


def _names_of_gazetteer(actors: Sequence[Actor], matches: Sequence[str]) -> pl.DataFrame:
    """The names of each actor and the label of each: actor, name, label; labels in their order."""
    rows: list[tuple[str, str, str]] = []
    for actor in actors:
        lists = {"name": actor.names, "metonym": actor.metonyms, "anaphor": actor.anaphors}
        names = [name for match in matches for name in lists[match]]
        label_of = _label_of_names(actor.id, actor.labels, names)
        rows += [(actor.id, name, label) for name, label in label_of.items()]
    return pl.DataFrame(rows, schema=_NAMES, orient="row")


def _label_of_names(actor: str, table: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, str]:
    """The label of each of these names: that of the table, or the name itself. Labels of the table come first.

    Raises InputError where a name has two labels; spellings that matching takes as one are one name.
    """
    if not table and len(names) == 1:
        return {names[0]: names[0]}
    label_of_key: dict[tuple[str, ...], str] = {}
    label_of: dict[str, str] = {}
    for label, listed in table.items():
        for name, key in zip(listed, keys_of(listed), strict=True):
            if label_of_key.setdefault(key, label) != label:
                raise InputError(
                    f"labels of actor {actor!r} overlap: {name!r} is a name of {label_of_key[key]!r} and of {label!r}; "
                    "a name has one label"
                )
            if name in names:
                label_of[name] = label
    for name, key in zip(names, keys_of(names), strict=True):
        if key not in label_of_key and name in table:
            raise InputError(
                f"labels of actor {actor!r} overlap: the name {name!r} is in none of them, so it is a label of its "
                f"own, but there is a label {name!r}; list the name there, or rename the label"
            )
        label_of.setdefault(name, label_of_key.setdefault(key, name))
    return label_of


# ------------------------------------------------------------------------------------ counts


def _cells(counted: _Counted, grouping: _Grouping, what: str) -> pl.DataFrame:
    """For each document that mentions an actor and each label of the actor: how often.

    Columns: group, [period,] actor, label, actor_order, label_order, document, count, quoted, hidden, total (of
    all labels in the document), cell (the number of group, period, actor and label, from 0). Sorted by all of these.
    """
    mentions = counted.mentions.join(grouping.documents, on="document", how="inner")
    _warn_of_unmentioned(counted, mentions, what)
    keys = [name for name in grouping.documents.columns if name != "document"]
    found = mentions.group_by(*keys, "document", "actor", "label").agg(
        count=pl.len().cast(pl.Int64), quoted=pl.col("quoted").sum().cast(pl.Int64),
        hidden=pl.col("hidden").sum().cast(pl.Int64),
    )  # fmt: skip
    documents = found.group_by(*keys, "document", "actor").agg(total=pl.col("count").sum())
    ordered = [*keys, "actor_order", "label_order", "document"]
    return (
        documents.join(counted.listed, on="actor", how="inner")
        .join(found, on=[*keys, "document", "actor", "label"], how="left")
        .with_columns(pl.col("count", "quoted", "hidden").fill_null(0))
        .sort(ordered)
        .with_columns(cell=pl.struct(ordered[:-1]).rle_id())
    )


def _warn_of_unmentioned(counted: _Counted, mentions: pl.DataFrame, what: str) -> None:
    """Say which of the actors that the caller named have no mention that counts."""
    mentioned = set(mentions["actor"].unique())
    absent = [actor for actor in counted.asked if actor not in mentioned]
    if absent:
        warnings.warn(f"{what}: no mention that counts of actor {', '.join(absent)}", stacklevel=4)


_SUMS = ("count", "total", "quoted", "hidden")


def _totals(cells: pl.DataFrame) -> pl.DataFrame:
    """One row for each cell: the sums over its documents, and how many of them have the label."""
    kept = [name for name in cells.columns if name not in (*_SUMS, "document", "cell")]
    return cells.group_by("cell", maintain_order=True).agg(
        pl.col(kept).first(), pl.col(_SUMS).sum(), documents=(pl.col("count") > 0).sum().cast(pl.Int64)
    )


def _shares(cells: pl.DataFrame, method: str, confidence: float, bootstrap: Bootstrap | None) -> pl.DataFrame:
    """The table of `labels`, with numbers of groups."""
    table = _totals(cells)
    numbers = {name: cells[name].to_numpy() for name in ("count", "total", "quoted", "cell")}
    low, high, quoted_low, quoted_high = (np.empty(0),) * 4
    if bootstrap is not None:
        low, high, quoted_low, quoted_high = _drawn(cells, confidence, bootstrap)
    elif method == "clustered":
        low, high = clustered_wilson(numbers["count"], numbers["total"], numbers["cell"], table.height, confidence)
        quoted_low, quoted_high = clustered_wilson(
            numbers["quoted"], numbers["count"], numbers["cell"], table.height, confidence
        )
    else:
        low, high = wilson(table["count"], table["total"], confidence)
        quoted_low, quoted_high = wilson(table["quoted"], table["count"], confidence)
    ends = {"share_low": low, "share_high": high, "quoted_low": quoted_low, "quoted_high": quoted_high}
    return table.with_columns(
        share=pl.col("count") / pl.col("total"),
        quoted_share=pl.when(pl.col("count") > 0).then(pl.col("quoted") / pl.col("count")),
        **{name: nan_as_null(values) for name, values in ends.items()},
    )


def _drawn(cells: pl.DataFrame, confidence: float, bootstrap: Bootstrap) -> tuple[Floats, Floats, Floats, Floats]:
    """Percentile intervals of share and quoted share of each cell; each group of documents is drawn apart."""
    tail = (1 - confidence) / 2
    ends: list[Floats] = []
    keys = [name for name in ("group", "period", "actor_order") if name in cells.columns]
    for side, (_, block) in enumerate(cells.group_by(keys, maintain_order=True)):
        shape = (block["label_order"].n_unique(), -1)  # sorted by label, then document: the same documents for each
        count, quoted = (block[name].to_numpy().reshape(shape).astype(np.float64) for name in ("count", "quoted"))
        replicates = _replicates(count, quoted, side * bootstrap.replicates, bootstrap)
        ends.append(np.stack([_quantiles(values, tail) for values in replicates]))
    if not ends:
        return (np.empty(0),) * 4
    (low, high), (quoted_low, quoted_high) = np.concatenate(ends, axis=2)
    return low, high, quoted_low, quoted_high


def _replicates(count: Floats, quoted: Floats, first: int, bootstrap: Bootstrap) -> tuple[Floats, Floats]:
    """Shares and quoted shares of each label (a row), in replicates (the columns) of documents (columns of `count`)."""
    n_documents = count.shape[1]
    shares, quoted_shares = [], []
    step = max(1, _CELLS // n_documents)
    for begin in range(0, bootstrap.replicates, step):
        numbers = range(first + begin, first + min(begin + step, bootstrap.replicates))
        weights = np.stack([draws(n_documents, number, bootstrap.seed) for number in numbers], axis=1)
        drawn, drawn_quoted = count @ weights, quoted @ weights  # whole numbers, which floats hold exactly
        shares.append(drawn / drawn.sum(axis=0))
        with np.errstate(invalid="ignore"):  # a label that no drawn document has is quoted in no share of its mentions
            quoted_shares.append(drawn_quoted / drawn)
    return np.concatenate(shares, axis=1), np.concatenate(quoted_shares, axis=1)


def _quantiles(values: Floats, tail: float) -> Floats:
    """Low and high of each row; values that are not defined are passed over."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a row that has none
        return np.asarray(np.nanquantile(values, [tail, 1 - tail], axis=1))


# ---------------------------------------------------------------------------------- log-odds


def _sides(cells: pl.DataFrame, counted: _Counted, grouping: _Grouping, by: str, reference: object) -> pl.DataFrame:
    """The counts of each label in each group, beside those of the reference, and in the whole corpus."""
    totals = _totals(cells)
    of_label = pl.col("count").sum().over("actor_order", "label_order")
    of_actor = pl.col("count").sum().over("actor_order")
    table = totals.with_columns(all_count=of_label, all_total=of_actor)
    if reference is None:
        table = table.with_columns(
            reference_count=pl.col("all_count") - pl.col("count"), reference_total=pl.col("all_total") - pl.col("total")
        )
    else:
        number = _reference_group(grouping, by, reference)
        beside = table.filter(group=number).select(
            "label_order", reference_count=pl.col("count"), reference_total=pl.col("total")
        )
        table = table.filter(pl.col("group") != number).join(beside, on="label_order", how="left")
        table = table.with_columns(pl.col("reference_count", "reference_total").fill_null(0))
    compared = table.filter(pl.col("reference_total") > 0)
    alone = [actor for actor in cells["actor"].unique(maintain_order=True) if actor not in set(compared["actor"])]
    if alone:
        _tell_of_lone(alone, bool(counted.asked), by, reference)
    return compared


def _tell_of_lone(alone: list[str], asked: bool, by: str, reference: object) -> None:
    """Refuse what the caller asked for and has no groups to compare; where all actors were asked for, count them."""
    beside = "in two groups at least" if reference is None else f"in {reference!r} and in another group"
    told = f"label_log_odds compares groups, and needs mentions {beside}"
    if asked:
        raise InputError(f"{told}: by={by!r} has them not for actor {', '.join(alone)}")
    warnings.warn(f"{told}: by={by!r} has them not for {len(alone):,} actors, which are left out", stacklevel=4)


def _reference_group(grouping: _Grouping, by: str, reference: object) -> int:
    """The number of the group that the caller named."""
    assert grouping.names is not None
    present = grouping.documents["group"].unique().sort()
    names = [str(name) for name in grouping.names.gather(present)]
    return int(present[names.index(choose(str(reference), names, f"reference (a value of {by!r})"))])


def _log_odds(table: pl.DataFrame, weight: float | None) -> pl.DataFrame:
    """Add the log-odds and their z scores."""
    a, b, c, d = (
        table[name].to_numpy().astype(np.float64) for name in ("count", "reference_count", "total", "reference_total")
    )
    all_total = table["all_total"].to_numpy().astype(np.float64)
    prior_total = all_total if weight is None else np.full(table.height, weight)
    prior = table["all_count"].to_numpy() / all_total * prior_total
    z = measures.weighted_log_odds(a, b, c, d, prior=prior, prior_total=prior_total) if table.height else np.empty(0)
    with np.errstate(all="ignore"):
        log_odds = z * np.sqrt(1 / (a + prior) + 1 / (b + prior))
    return table.with_columns(log_odds=nan_as_null(log_odds), z=nan_as_null(z))
