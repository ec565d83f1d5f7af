"""ck.news.labels: the sample, a slow twin, the reference document, coverage of the intervals, invalid input."""

from __future__ import annotations

import datetime
import json
import math
import re
import tempfile
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import oracles_news_labels as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_news_bursts import period as first_day
from polars.testing import assert_frame_equal
from sample_reading import OUTLET, facts

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.measures.proportions import clustered_wilson, wilson
from corpus_kit.news.actor_names import Actor
from corpus_kit.news.actors import mentions_of
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.samples import sample_actors
from corpus_kit.text.periods import EVERY

pytestmark = pytest.mark.interface

LABEL_OF = {"إمارة السهل": "self", "تنظيم السهل": "agency", "ميليشيا السهل": "hostile"}
LABELS = ["self", "agency", "hostile"]
PLANTED = {  # self, agency, hostile
    "mada": (0, 54, 0),
    "mirqab": (20, 15, 0),
    "mina": (25, 10, 0),
    "barid": (0, 8, 26),
    "unqud": (0, 17, 17),
    "maraya": (9, 25, 1),
    "nafidha": (18, 17, 0),
}
SCHEMA = {
    "outlet": pl.String,
    "period": pl.Date,
    "actor": pl.String,
    "label": pl.String,
    **dict.fromkeys(["count", "documents", "total"], pl.Int64),
    **dict.fromkeys(["share", "share_low", "share_high"], pl.Float64),
    "quoted": pl.Int64,
    **dict.fromkeys(["quoted_share", "quoted_share_low", "quoted_share_high"], pl.Float64),
    "hidden": pl.Int64,
}


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.read(sample_actors())


@pytest.fixture(scope="module")
def outlets(corpus: ck.Corpus) -> dict[str, str]:
    """Return the name of each outlet by the prefix of its ids."""
    frame = corpus.documents.select("id", "outlet").collect()
    return {OUTLET[id]: outlet for id, outlet in frame.iter_rows()}


def build(frame: pl.DataFrame, folder: str | Path, **options: Any) -> ck.Corpus:
    return ck.Corpus.build(frame, Path(folder) / "corpus", progress=False, **options)


def options_of(table: pl.DataFrame) -> dict[str, Any]:
    found = provenance_of(table)
    assert found is not None
    options: dict[str, Any] = found["options"]
    return options


# ---- the sample's planted truth ----------------------------------------------------------------------


def test_labels_of_each_outlet(corpus: ck.Corpus, gazetteer: Gazetteer, outlets: dict[str, str]) -> None:
    table = ck.news.labels(corpus, gazetteer, actor="group", by="outlet")
    for outlet, planted in PLANTED.items():
        rows = table.filter(outlet=outlets[outlet])
        assert rows["label"].to_list() == LABELS
        assert tuple(rows["count"]) == planted
        assert rows["total"].to_list() == [sum(planted)] * 3
        assert rows["share"].to_list() == [count / sum(planted) for count in planted]
    assert table.height == 21
    assert table["outlet"].unique(maintain_order=True).to_list() == list(
        corpus.documents.collect()["outlet"].unique(maintain_order=True)
    )


def test_counts_equal_the_planted_mentions(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    table = ck.news.labels(corpus, gazetteer, actor="group")
    for label, surface in zip(LABELS, LABEL_OF, strict=True):
        planted = [row for row in facts("labels") if row["label"] == surface]
        row = table.filter(label=label).row(0, named=True)
        assert row["count"] == len(planted)
        assert row["documents"] == len({fact["id"] for fact in planted})
        assert row["quoted"] == sum(fact["quoted"] for fact in planted)
        assert row["hidden"] == sum(fact["proclitic"] != "" for fact in planted)
    assert table["hidden"].sum() > 0


def test_one_outlet_switches_its_label(corpus: ck.Corpus, gazetteer: Gazetteer, outlets: dict[str, str]) -> None:
    table = ck.news.labels(corpus, gazetteer, actor="group", by="outlet", every="month")
    own = table.filter(outlet=outlets["unqud"]).pivot("label", index="period", values="share")
    assert own["period"].to_list() == [datetime.date(2026, month, 1) for month in range(1, 8)][: own.height]
    after = own["period"] >= datetime.date(2026, 4, 1)
    assert own["agency"].to_list() == (~after).cast(pl.Float64).to_list()
    assert own["hostile"].to_list() == after.cast(pl.Float64).to_list()
    for other in set(PLANTED) - {"unqud"}:  # and no other outlet switches permanently
        shares = table.filter(outlet=outlets[other], label="hostile")["share"]
        assert set(shares) != {0.0, 1.0}


def test_one_outlet_puts_the_self_designation_in_quotation_marks(
    corpus: ck.Corpus, gazetteer: Gazetteer, outlets: dict[str, str]
) -> None:
    table = ck.news.labels(corpus, gazetteer, actor="group", by="outlet")
    row = table.filter(outlet=outlets["mirqab"], label="self").row(0, named=True)
    assert (row["count"], row["quoted"], row["quoted_share"]) == (20, 10, 0.5)
    assert row["quoted_share_low"] < 0.5 < row["quoted_share_high"]
    assert table["quoted"].sum() == 10
    unused = table.filter(pl.col("count") == 0)
    assert unused.height
    assert unused.select(pl.col("quoted_share", "quoted_share_low", "quoted_share_high").null_count()).row(0) == (
        (unused.height,) * 3
    )


def test_weekly_counts_equal_the_sample_truth(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    table = ck.news.labels(corpus, gazetteer, actor="group", every="week", week_start="sunday")
    week_of = {row["id"]: row["week"] for row in facts("items")}
    planted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in facts("labels"):
        if row["label"] in LABEL_OF:
            planted[week_of[row["id"]]][LABEL_OF[row["label"]]] += 1
    first = datetime.date(2026, 1, 4)
    assert table["period"].unique().sort().to_list() == [
        first + datetime.timedelta(weeks=week - 1) for week in sorted(planted)
    ]
    for period, label, count in table.select("period", "label", "count").iter_rows():
        assert count == planted[(period - first).days // 7 + 1][label]
    iso = ck.news.labels(corpus, gazetteer, actor="group", every="week")
    assert set(iso["period"].dt.weekday()) == {1}
    assert iso["count"].sum() == table["count"].sum()


def test_anaphors_are_counted_separately(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    names = ck.news.labels(corpus, gazetteer, actor="group")
    assert names["label"].to_list() == LABELS
    anaphors = mentions_of(corpus, gazetteer).filter(actor="group", match="anaphor").height
    both = ck.news.labels(corpus, gazetteer, actor="group", match=["name", "anaphor"])
    assert both["label"].to_list() == [*LABELS, "التنظيم"]
    assert both["count"].to_list() == [*names["count"], anaphors]
    assert both["total"][0] == names["total"][0] + anaphors


def test_anaphors_in_a_text_that_names_the_actor(tmp_path: Path, gazetteer: Gazetteer) -> None:
    text = "دخل تنظيم السهل البلدة. ونفى التنظيم ذلك، وقال بيان للتنظيم إنه لم يدخلها."
    corpus = build(pl.DataFrame({"text": [text]}), tmp_path)
    counts = {
        match: ck.news.labels(corpus, gazetteer, actor="group", match=match)["count"].to_list()
        for match in ("name", "anaphor")
    }
    assert counts == {"name": [0, 1, 0], "anaphor": [2]}
    both = ck.news.labels(corpus, gazetteer, actor="group", match=["anaphor", "name"])
    assert both.select("label", "count", "hidden").rows() == [
        *[("self", 0, 0), ("agency", 1, 0), ("hostile", 0, 0), ("التنظيم", 2, 1)],
    ]


def test_headlines_are_counted_separately(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    table = ck.news.labels(corpus, gazetteer, actor="group", place="headline")
    assert table.select("label", "count").rows() == [("self", 0), ("agency", 0), ("hostile", 1)]


@pytest.mark.filterwarnings("ignore:.* not mentioned in two groups")
def test_log_odds_say_when_there_is_nothing_to_compare(corpus: ck.Corpus) -> None:
    """Of the built-in states, each has one label that is used."""
    with pytest.warns(UserWarning, match="no actor has two labels that are used"):
        table = ck.news.label_log_odds(corpus, by="outlet")
    assert table["log_odds"].null_count() == table.height > 0


def test_log_odds_find_typical_labels(corpus: ck.Corpus, gazetteer: Gazetteer, outlets: dict[str, str]) -> None:
    table = ck.news.label_log_odds(corpus, gazetteer, actor="group", by="outlet")
    counts = {outlet: dict(zip(LABELS, planted, strict=True)) for outlet, planted in PLANTED.items()}
    for outlet, planted in counts.items():
        rows = table.filter(outlet=outlets[outlet])
        expected = oracle.log_odds(counts, LABELS, outlet, None, None)
        for row in rows.to_dicts():
            assert row["count"] == planted[row["label"]]
            assert row["count"] + row["reference_count"] == sum(each[row["label"]] for each in counts.values())
            assert row["total"] + row["reference_total"] == 262
            result = expected[row["label"]]
            assert result is not None
            assert (row["log_odds"], row["z"]) == pytest.approx(result, rel=1e-9)
            half = 1.959964 * row["log_odds"] / row["z"]
            ends = row["log_odds"] - half, row["log_odds"] + half
            assert (row["log_odds_low"], row["log_odds_high"]) == pytest.approx(ends, rel=1e-6)
        assert rows["z"].is_sorted(descending=True)
    first = {outlet: table.filter(outlet=outlets[outlet])["label"][0] for outlet in ("mada", "mina", "barid")}
    assert first == {"mada": "agency", "mina": "self", "barid": "hostile"}
    beside = ck.news.label_log_odds(corpus, gazetteer, actor="group", by="outlet", reference=outlets["mada"], prior=20)
    assert outlets["mada"] not in beside["outlet"].to_list()
    assert beside.height == 18
    expected = oracle.log_odds(counts, LABELS, "barid", "mada", 20)
    for row in beside.filter(outlet=outlets["barid"]).to_dicts():
        assert (row["log_odds"], row["z"]) == pytest.approx(expected[row["label"]], rel=1e-9)
        assert (row["reference_count"], row["reference_total"]) == (counts["mada"][row["label"]], 54)


def test_names_are_the_labels_of_built_in_states(corpus: ck.Corpus) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = ck.news.labels(corpus)
    assert table.filter(pl.col("count") > 0, actor="SA")["label"].to_list() == ["السعودية"]
    assert table.group_by("actor").agg(pl.col("count").sum() == pl.col("total").first())["count"].all()
    mentions = ck.news.actors(corpus, anaphors=False)
    assert table["count"].sum() == mentions.height
    assert table["hidden"].sum() == (mentions["proclitic"] != "").sum()


# ---- the twin --------------------------------------------------------------------------------------

DAYS = [datetime.date(2026, 1, 4), datetime.date(2026, 1, 5), datetime.date(2026, 2, 1), None]
SOURCES = ["ب", "ا", None]
N_DOCUMENTS = 9


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    """Build nine documents of twenty words, from three sources (one null) and four days (one null)."""
    rows = {
        "text": [" ".join(["كلمة"] * 20)] * N_DOCUMENTS,
        "source": [SOURCES[number % 3] for number in range(N_DOCUMENTS)],
        "date": [DAYS[number % 4] for number in range(N_DOCUMENTS)],
    }
    frame = pl.DataFrame(rows, schema_overrides={"date": pl.Date})
    return build(frame, tmp_path_factory.mktemp("small"), date="date")


@st.composite
def mention_tables(draw: st.DrawFn) -> pl.DataFrame:
    """Return at least one mention; each is a word of a document, and two actors have three names."""
    places = [(document, word) for document in range(N_DOCUMENTS) for word in range(20)]
    spots = sorted(draw(st.sets(st.sampled_from(places), min_size=1, max_size=40)))
    columns = {
        "document": [document for document, _ in spots],
        "start": [5 * word for _, word in spots],
        "end": [5 * word + 4 for _, word in spots],
    }
    choices = {
        "actor": ["A", "B"],
        "name": ["س", "ص", "ع"],
        "quoted": [True, False, False],
        "proclitic": ["", "", "و"],
        "match": ["name", "name", "name", "anaphor"],
        "place": ["headline", "body", "body", "boilerplate"],
    }
    for name, values in choices.items():
        columns[name] = [draw(st.sampled_from(values)) for _ in spots]
    return pl.DataFrame(columns)


@given(
    mention_tables(),
    st.sampled_from([None, "source"]),
    st.sampled_from([None, *EVERY]),
    st.sampled_from(["monday", "sunday", "saturday"]),
    st.sampled_from(["clustered", "wilson", "bootstrap"]),
    st.sampled_from([0.95, 0.8]),
    st.sampled_from([["name"], ["name", "anaphor"]]),
    st.sampled_from([["body"], ["headline", "body"], ["headline", "body", "boilerplate"]]),
    st.booleans(),
)
@settings(max_examples=examples(50))
def test_equal_to_the_twin(
    small: ck.Corpus,
    mentions: pl.DataFrame,
    by: str | None,
    every: str | None,
    week_start: str,
    interval: str,
    confidence: float,
    match: list[str],
    place: list[str],
    part: bool,
) -> None:
    corpus = small.filter(pl.col("document") != 4) if part else small
    draws = {"n_bootstrap": 7, "seed": 3} if interval == "bootstrap" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # in undated documents
        table = ck.news.labels(
            corpus, mentions, by=by, every=every, week_start=week_start, interval=interval,
            confidence=confidence, match=match, place=place, **draws,
        )  # fmt: skip
    documents = corpus.documents.collect().to_dicts()
    group_of = {row["document"]: row["source"] if by else None for row in documents}
    period_of = {
        row["document"]: first_day(row["date"], every, week_start) if every else None
        for row in documents
        if row["date"] or not every
    }
    every_source = dict.fromkeys(SOURCES if by else [None])
    ordered = {document: group for source in every_source for document, group in group_of.items() if group == source}
    here = [row | {"label": row["name"]} for row in mentions.to_dicts() if row["document"] in group_of]
    here = [row for row in here if row["match"] in match]
    listed: dict[str, list[str]] = {}
    for row in here:
        own = listed.setdefault(row["actor"], [])
        own += [row["label"]] if row["label"] not in own else []
    counted = [row for row in here if row["place"] in place]
    expected = oracle.labels(counted, listed, ordered, period_of, interval, confidence, **draws)
    assert table.height == len(expected)
    for row, result in zip(table.to_dicts(), expected, strict=True):
        if by:
            assert row[by] == result["group"]
        if every:
            assert row["period"] == result["period"]
        for name in ("actor", "label", "count", "documents", "total", "quoted", "hidden"):
            assert row[name] == result[name], name
        for name in ("share", "share_low", "share_high", "quoted_share", "quoted_share_low", "quoted_share_high"):
            assert (row[name] is None) == (result[name] is None), name
            if result[name] is not None:
                assert row[name] == pytest.approx(result[name], abs=1e-9), name


@given(mention_tables(), st.sampled_from([None, 0.5, 30]), st.sampled_from([None, "ا"]))
@settings(max_examples=examples(30))
def test_log_odds_equal_the_twin(
    small: ck.Corpus, mentions: pl.DataFrame, prior: float | None, reference: str | None
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # actors that occur in one group only
        table = ck.news.label_log_odds(
            small, mentions, by="source", prior=prior, reference=reference, place=["headline", "body", "boilerplate"]
        )
    source_of = {row["document"]: row["source"] for row in small.documents.collect().to_dicts()}
    names = mentions.filter(match="name")
    for actor in ("A", "B"):
        counts: dict[Any, dict[str, int]] = defaultdict(Counter)
        for document, name in names.filter(actor=actor).select("document", "name").iter_rows():
            counts[source_of[document]][name] += 1
        rows = table.filter(actor=actor).to_dicts()
        usable = len(counts) > 1 and (reference is None or reference in counts)
        groups = [group for group in SOURCES if group in counts and usable]
        if reference is not None:
            groups = [group for group in groups if group != reference]
        labels = names.filter(actor=actor)["name"].unique().to_list()
        assert len(rows) == len(groups) * len(labels)
        for group in groups:
            expected = oracle.log_odds(counts, labels, group, reference, prior)
            for row in [row for row in rows if row["source"] == group]:
                result = expected[row["label"]]
                found = (row["log_odds"], row["z"])
                assert found == (None, None) if result is None else found == pytest.approx(result, abs=1e-9)


# ---- intervals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published_values(successes: int, trials: int, low: float, high: float) -> None:
    """Newcombe (1998), Table I, method 3."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from([0.5, 0.95, 0.999]))
def test_wilson_solves_its_equation(successes: int, more: int, confidence: float) -> None:
    trials = successes + more
    low, high = wilson(successes, trials, confidence)
    assert (low, high) == pytest.approx(oracle.wilson(successes, trials, confidence), abs=1e-9)
    assert 0 <= low <= successes / trials <= high <= 1
    mirrored = wilson(trials - successes, trials, confidence)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_wilson_of_arrays_and_zero_trials() -> None:
    low, high = wilson(np.array([0, 5, 5]), 5)
    assert str(low[0]) == "0.0"  # not -0.0
    assert (high[1:] == 1.0).all()
    assert all(math.isnan(end) for end in wilson(0, 0))
    assert np.isnan(wilson(pl.Series([1, None]), 3)[0]).tolist() == [False, True]
    for successes, trials in ((3, 2), (-1, 2), (float("inf"), float("inf"))):
        with pytest.raises(InputError, match="successes"):
            wilson(successes, trials)
    with pytest.raises(InputError, match="confidence"):
        wilson(1, 2, 1.0)
    with pytest.raises(InputError, match=r"^successes and trials must be of one shape"):
        wilson([1, 2], [3, 4, 5])


def test_groups_without_trials_and_invalid_clusters() -> None:
    low, high = clustered_wilson([0, 1, 0], [0, 1, 0], np.array([0, 1, 2]), 4)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False, True, True]
    assert (low[1], high[1]) == pytest.approx(wilson(1, 1))
    assert [len(ends) for ends in clustered_wilson([], [], np.zeros(0, int), 0)] == [0, 0]
    with pytest.raises(InputError, match=r"^successes must be from 0 to trials"):
        clustered_wilson([3], [2], np.array([0]), 1)


def test_clusters_of_one_trial_give_the_plain_interval() -> None:
    """The effective number of trials is then the number of trials, except for the penalty of Student's t."""
    x = np.array([1] * 300 + [0] * 700)
    low, high = clustered_wilson(x, np.ones(1000), np.zeros(1000, int), 1)
    assert (low[0], high[0]) == pytest.approx(wilson(300, 1000), abs=1e-3)


def simulated(n_documents: int, share: float, spread: float, runs: int, seed: int) -> tuple[float, float]:
    """Return how often the clustered interval and Wilson's contain the true share.

    Each document has 1 to 12 mentions and its own share; `spread` is the correlation of two mentions in a document.
    """
    random = np.random.default_rng(seed)
    trials = np.minimum(random.geometric(0.45, size=(runs, n_documents)), 12)
    own = random.beta(share * (1 / spread - 1), (1 - share) * (1 / spread - 1), size=trials.shape)
    successes = random.binomial(trials, own)
    groups = np.repeat(np.arange(runs), n_documents)
    low, high = clustered_wilson(successes.ravel(), trials.ravel(), groups, runs)
    narrow_low, narrow_high = wilson(successes.sum(axis=1), trials.sum(axis=1))
    return (
        float(np.mean((low <= share) & (share <= high))),
        float(np.mean((narrow_low <= share) & (share <= narrow_high))),
    )


@pytest.mark.parametrize("n_documents", [10, 30, 100])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_coverage_of_clustered_intervals(n_documents: int, share: float) -> None:
    """If documents keep to one label, Wilson's 95 % interval over mentions covers the share in about 75 % of cases."""
    clustered, narrow = simulated(n_documents, share, 0.7, 1000, 1)
    assert 0.91 <= clustered <= 0.99
    assert narrow <= 0.91
    spread_thin, plain = simulated(n_documents, share, 0.001, 1000, 2)  # mentions are practically independent
    assert 0.93 <= spread_thin <= 0.995
    assert plain >= 0.92


def test_interval_methods(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    chosen = {"actor": "group", "by": "outlet"}
    default = ck.news.labels(corpus, gazetteer, **chosen)
    assert_frame_equal(default, ck.news.labels(corpus, gazetteer, interval="clustered", **chosen))
    narrow = ck.news.labels(corpus, gazetteer, interval="wilson", **chosen)
    low, high = wilson(narrow["count"], narrow["total"])
    assert (narrow["share_low"].to_list(), narrow["share_high"].to_list()) == (low.tolist(), high.tolist())
    drawn = ck.news.labels(corpus, gazetteer, n_bootstrap=50, seed=1, **chosen)
    assert_frame_equal(drawn, ck.news.labels(corpus, gazetteer, n_bootstrap=50, seed=1, interval="bootstrap", **chosen))
    assert not drawn.equals(ck.news.labels(corpus, gazetteer, n_bootstrap=50, seed=2, **chosen))
    for table in (default, narrow, drawn):
        inside = (pl.col("share_low") <= pl.col("share")) & (pl.col("share") <= pl.col("share_high"))
        assert table.select(inside.all()).item()
    never = pl.col("count") == 0
    assert drawn.filter(never)["share_high"].equals(default.filter(never)["share_high"])  # no replicate can differ
    assert default.filter(never)["share_high"].min() > 0.0  # type: ignore[operator]
    wide = ck.news.labels(corpus, gazetteer, confidence=0.99, **chosen)
    assert (wide["share_high"] >= default["share_high"]).all()
    assert (options_of(drawn)["interval"], options_of(drawn)["n_bootstrap"]) == ("bootstrap", 50)


# ---- which text is counted -------------------------------------------------------------------------


def test_subcorpus_and_cleaned_view(corpus: ck.Corpus, gazetteer: Gazetteer, outlets: dict[str, str]) -> None:
    whole = ck.news.labels(corpus, gazetteer, actor="group", by="outlet")
    name = outlets["barid"]
    part = ck.news.labels(corpus.filter(pl.col("outlet") == name), gazetteer, actor="group", by="outlet")
    assert_frame_equal(part, whole.filter(outlet=name))
    mentions = mentions_of(corpus, gazetteer)
    headlines = corpus.documents.select("document", pl.col("headline").struct.unnest()).collect()
    cleaned = corpus.exclude(headlines)
    assert_frame_equal(
        ck.news.labels(cleaned, gazetteer, actor="group"),
        ck.news.labels(corpus, gazetteer, actor="group", place="body"),
    )
    of_table = ck.news.labels(cleaned, mentions, actor="group", by="outlet")
    assert_frame_equal(of_table, ck.news.labels(corpus, mentions, actor="group", by="outlet", place="body"))


def test_boilerplate_comes_from_its_table(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    """Mentions in spans declared as boilerplate are counted only there."""
    mentions = mentions_of(corpus, gazetteer, anaphors=False).filter(actor="group")
    spans = mentions.filter(pl.int_range(pl.len()) % 3 == 0).select("document", "start", "end")
    total = {
        place: ck.news.labels(corpus, gazetteer, actor="group", boilerplate=spans, place=place)["count"].sum()
        for place in (("headline", "body"), ("boilerplate",), ("headline", "body", "boilerplate"))
    }
    assert list(total.values()) == [262 - spans.height, spans.height, 262]
    assert ck.news.labels(corpus, gazetteer, boilerplate=spans.clear(), place="boilerplate").height == 0


def test_undated_documents_are_skipped_and_counted(small: ck.Corpus) -> None:
    mentions = pl.DataFrame({"document": [0, 3, 7], "start": 0, "end": 4, "actor": "A", "name": "س"})
    with pytest.warns(UserWarning, match=r"news\.labels: 2 of 9 documents have no date"):
        table = ck.news.labels(small, mentions, every="month")
    assert table.select("period", "count").rows() == [(datetime.date(2026, 1, 1), 1)]
    assert options_of(table)["undated_documents"] == 2
    assert ck.news.labels(small, mentions)["count"].to_list() == [3]


def test_null_sources_are_a_group(small: ck.Corpus) -> None:
    mentions = pl.DataFrame({"document": [0, 2, 5], "start": 0, "end": 4, "actor": "A", "name": "س"})
    table = ck.news.labels(small, mentions, by="source")
    assert table.select("source", "count").rows() == [("ب", 1), (None, 2)]


def test_empty_results_have_all_columns(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    nothing = corpus.filter(pl.col("outlet") == "no such outlet")
    none_here = corpus.filter(pl.col("document") == 0)
    rivers = Gazetteer((Actor("X", "organisation", ("زمردة",)),))
    for part, actors in ((nothing, gazetteer), (none_here, rivers), (corpus, mentions_of(corpus, rivers))):
        for draws in ({}, {"n_bootstrap": 3}, {"interval": "wilson"}):
            table = ck.news.labels(part, actors, by="outlet", every="month", **draws)
            assert (table.height, dict(table.schema)) == (0, SCHEMA)
        odds = ck.news.label_log_odds(part, actors, by="outlet")
        assert (odds.height, odds.columns[:3]) == (0, ["outlet", "actor", "label"])
        assert odds.schema["z"] == pl.Float64
    for match in ("name", "anaphor"):  # a name that never occurs, and no anaphor
        with pytest.warns(UserWarning, match="no counted mention of actor X"):
            assert ck.news.labels(corpus, rivers, actor="X", match=match).height == 0


def test_one_document(tmp_path: Path, gazetteer: Gazetteer) -> None:
    text = "دخل تنظيم السهل البلدة، وانسحبت ميليشيا السهل، ثم عاد تنظيم السهل."
    corpus = build(pl.DataFrame({"text": [text], "source": ["ا"]}), tmp_path)
    table = ck.news.labels(corpus, gazetteer, actor="group", by="source")
    assert table.select("label", "count", "total").rows() == [("self", 0, 3), ("agency", 2, 3), ("hostile", 1, 3)]
    ends = table.filter(label="agency").select("share_low", "share_high").row(0)
    assert ends == pytest.approx(wilson(2 / 3, 1))  # a document is one decision
    with pytest.raises(InputError, match=r"^actor must be mentioned in two groups of 'source', got 'group'"):
        ck.news.label_log_odds(corpus, gazetteer, actor="group", by="source")
    with pytest.warns(UserWarning, match="1 actor is not mentioned"):
        assert ck.news.label_log_odds(corpus, gazetteer, by="source").height == 0


def test_identical_documents_do_not_narrow_the_interval(tmp_path: Path, gazetteer: Gazetteer) -> None:
    text = "هاجم تنظيم السهل القرية. ونفى تنظيم السهل ذلك."
    corpus = build(pl.DataFrame({"text": [text] * 5}), tmp_path)
    table = ck.news.labels(corpus, gazetteer, actor="group")
    assert table.select("count", "documents", "share").rows() == [(0, 0, 0.0), (10, 5, 1.0), (0, 0, 0.0)]
    assert table["share_high"][0] == pytest.approx(wilson(0, 5)[1])


def test_runs_repeat(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    chosen: dict[str, Any] = {"by": "outlet", "every": "month", "n_bootstrap": 5}
    first = ck.news.labels(corpus, gazetteer, **chosen)
    ck.set_threads(1)
    try:
        assert_frame_equal(first, ck.news.labels(corpus, gazetteer, **chosen))
    finally:
        ck.set_threads(None)
    assert dict(first.schema) == SCHEMA
    assert first["actor"].unique(maintain_order=True).is_in(["group", "banks", "passages"]).any()


# ---- labels of names -----------------------------------------------------------------------------


def group(labels: dict[str, tuple[str, ...]], *names: str, **more: Any) -> Gazetteer:
    return Gazetteer((Actor("G", "organisation", names, labels=labels, **more),))


def test_actors_keep_the_order_of_the_gazetteer(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    table = ck.news.labels(corpus, sample_actors(), actor=["passages", "group"])
    assert table["actor"].unique(maintain_order=True).to_list() == ["group", "passages"]
    assert_frame_equal(table.filter(actor="group"), ck.news.labels(corpus, gazetteer, actor="group"))


def test_names_without_a_label_are_labels(corpus: ck.Corpus) -> None:
    actors = group({"منطقة": ("إمارة السهل", "ميليشيا السهل")}, *LABEL_OF)
    table = ck.news.labels(corpus, actors)
    assert table.select("label", "count").rows() == [("منطقة", 72 + 44), ("تنظيم السهل", 146)]
    unlabelled = ck.news.labels(corpus, group({}, *LABEL_OF))
    assert unlabelled["label"].to_list() == list(LABEL_OF)
    assert unlabelled["count"].to_list() == [72, 146, 44]


def test_spellings_of_one_name_are_one_label(corpus: ck.Corpus) -> None:
    table = ck.news.labels(corpus, group({}, "إمارة السهل", "امارة السهل", "تنظيم السهل"))
    assert table.select("label", "count").rows() == [("إمارة السهل", 72), ("تنظيم السهل", 146)]
    gathered = ck.news.labels(corpus, group({"x": ("امارة السهل",)}, "إمارة السهل", "امارة السهل", "تنظيم السهل"))
    assert gathered.select("label", "count").rows() == [("x", 72), ("تنظيم السهل", 146)]


def test_longest_name_wins(tmp_path: Path) -> None:
    text = "قاتل تنظيم إمارة السهل في الشمال، وفي الجنوب قاتلت إمارة السهل وحدها."
    corpus = build(pl.DataFrame({"text": [text]}), tmp_path)
    table = ck.news.labels(corpus, group({}, "إمارة السهل", "تنظيم إمارة السهل"))
    assert table.select("label", "count").rows() == [("إمارة السهل", 1), ("تنظيم إمارة السهل", 1)]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"a": ("إمارة السهل",), "b": ("إمارة السهل",)}, "'إمارة السهل' is a name of 'a' and of 'b'"),
        ({"a": ("إمارة السهل",), "b": ("امارة السهل",)}, "'امارة السهل' is a name of 'a' and of 'b'"),
        ({"تنظيم السهل": ("إمارة السهل",)}, "'تنظيم السهل' is a name in no label"),
    ],
)
def test_overlapping_labels(corpus: ck.Corpus, labels: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(InputError, match=f"^Labels of actor 'G' overlap.*{message}"):
        ck.news.labels(corpus, group(labels, "إمارة السهل", "امارة السهل", "تنظيم السهل"))


def test_overlapping_labels_in_a_file(corpus: ck.Corpus, tmp_path: Path) -> None:
    lines = ['[[actor]]\nid = "G"\nkind = "organisation"\nnames = ["س", "ص"]\n', '[actor.labels]\na = ["س"]\n']
    file = tmp_path / "actors.toml"
    for last in ('b = ["س"]', 'a = ["ص"]'):  # a name in two labels, a label twice
        file.write_text("".join([*lines, last]), encoding="utf-8")
        with pytest.raises(InputError, match=r"actors\.toml"):
            ck.news.labels(corpus, file)


# ---- invalid input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"actor": "gruop"}, "actor must be .* got 'gruop'. Did you mean 'group'"),
        ({"actor": ["group", "group"]}, "actor must be a list of different names"),
        ({"actor": []}, "actor must be a name or a list of different names, got "),
        ({"actor": 5}, "actor must be a name or a list of different names, got 5"),
        ({"by": "outlt"}, "by must be .* Did you mean 'outlet'"),
        ({"by": 5}, "by must be .* got 5"),
        ({"every": "years"}, "every must be one of 'day', 'week', .*, got 'years'. Did you mean 'year'"),
        ({"every": "week", "week_start": "friday"}, "week_start must be .* got 'friday'"),
        ({"every": "day", "date": "outlet"}, "date must be .*'outlet'.* String"),
        ({"every": "day", "date": "dat"}, "date must be .*Did you mean 'date'"),
        ({"place": "boddy"}, "place must be .* got 'boddy'. Did you mean 'body'"),
        ({"place": []}, "place must be a name or a list of different names"),
        ({"match": "nam"}, "match must be .* got 'nam'. Did you mean 'name'"),
        ({"interval": "wald"}, "interval must be .* got 'wald'"),
        ({"interval": "bootstrap"}, "n_bootstrap must be positive with interval='bootstrap', got 0"),
        (
            {"interval": "wilson", "n_bootstrap": 10},
            "interval must be None or 'bootstrap' with n_bootstrap, got 'wilson'",
        ),
        ({"n_bootstrap": -1}, "n_bootstrap must be"),
        ({"confidence": 1.5}, "confidence must be .* got 1.5"),
        ({"seed": 0.5, "n_bootstrap": 10}, "seed must be"),
        ({"boilerplate": "lines"}, "boilerplate must be a DataFrame"),
    ],
)
def test_invalid_options(corpus: ck.Corpus, gazetteer: Gazetteer, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        ck.news.labels(corpus, gazetteer, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "outlt"}, "by must be .* Did you mean 'outlet'"),
        ({"by": None}, "by must be .* got None"),
        ({"by": "outlet", "reference": "وكالة مدا"}, "reference must be .* Did you mean 'وكالة مدى'"),
        ({"by": "outlet", "prior": 0}, "prior must be a number above 0, got 0"),
        ({"by": "outlet", "prior": float("nan")}, "prior must be a number above 0, got nan"),
        ({"by": "outlet", "actor": "bank"}, "actor must be .* Did you mean 'banks'"),
    ],
)
def test_invalid_options_of_log_odds(
    corpus: ck.Corpus, gazetteer: Gazetteer, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        ck.news.label_log_odds(corpus, gazetteer, **options)


def test_groups_without_a_mention_are_named(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    mentions = mentions_of(corpus, gazetteer)
    quiet = mentions.join(corpus.documents.filter(outlet="العنقود").collect(), on="document", how="anti")
    with pytest.warns(UserWarning, match=r"1 of 7 groups of outlet have no mention of group, and no row \(العنقود\)"):
        table = ck.news.labels(corpus, quiet, actor="group", by="outlet")
    assert table["outlet"].n_unique() == 6


@pytest.mark.filterwarnings("ignore:.*have no mention of group")
def test_reference_without_the_actor(corpus: ck.Corpus, gazetteer: Gazetteer) -> None:
    quiet = corpus.documents.collect()["id"][0]
    mentions = mentions_of(corpus, gazetteer).filter(pl.col("id") != quiet)
    with pytest.raises(InputError, match=r"^actor must be mentioned in .* and another group"):
        ck.news.label_log_odds(corpus, mentions, actor="group", by="id", reference=quiet)


def test_invalid_actors(corpus: ck.Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
        ck.news.labels("corpus")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^actors must be"):
        ck.news.labels(corpus, 5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot read"):
        ck.news.labels(corpus, tmp_path / "no.toml")
    with pytest.raises(InputError, match="actor"):
        ck.news.labels(corpus, pl.DataFrame({"document": [0], "start": [0], "end": [4]}))


def test_group_column_named_like_a_result_column(tmp_path: Path) -> None:
    corpus = build(pl.DataFrame({"text": ["خبر"], "label": ["ا"], "z": ["ب"]}), tmp_path)
    with pytest.raises(InputError, match=r"^by must be .*'label'"):
        ck.news.labels(corpus, by="label")
    with pytest.raises(InputError, match=r"^by must be .*'z'"):
        ck.news.label_log_odds(corpus, by="z")
    with pytest.raises(InputError, match=r"^date must be"):
        ck.news.labels(corpus, every="day")


# ---- the reference document ------------------------------------------------------------------------


def test_the_reference_document(shared: Path) -> None:
    seed = shared / "seed"
    expected = json.loads((seed / "expected.json").read_text(encoding="utf-8"))
    text = (seed / "article.txt").read_text(encoding="utf-8")
    lines = [match.span() for match in re.finditer(r".+", text)]
    boilerplate = pl.DataFrame([{"document": 0, "start": lines[n][0], "end": lines[n][1]} for n in (1, 2, -1)])
    assert (len(lines), boilerplate.height) == (expected["nonblank_lines"], len(expected["furniture"]))
    actors = Gazetteer.read(seed / "actors.toml")
    with tempfile.TemporaryDirectory() as folder:
        corpus = ck.Corpus.build(seed / "article.txt", Path(folder) / "seed", progress=False)
        counts = {}
        for place in ("body", "headline", "boilerplate"):
            for match in ("name", "anaphor"):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # with none
                    table = ck.news.labels(
                        corpus, actors, actor="IS", boilerplate=boilerplate, place=place, match=match
                    )
                counts[place, match] = {row["label"]: row["count"] for row in table.to_dicts()}
        words = corpus.tokens.collect()["token"]
        corpus.close()
    body = expected["naming_body"]
    name, bare, anaphor, hostile = (body[key] for key in body)
    result = {"تنظيم الدولة الإسلامية": name, "الدولة الإسلامية": bare, "داعش": hostile}
    assert counts["body", "name"] == result
    assert counts["body", "anaphor"] == {"التنظيم": anaphor}
    headline = expected["naming_headline"]["الدولة الإسلامية (bare)"]
    used = {label: count for label, count in counts["headline", "name"].items() if count}
    assert used == {"الدولة الإسلامية": headline}
    assert counts["boilerplate", "name"] == {}
    assert counts["boilerplate", "anaphor"] == expected["naming_furniture"]
    # the trap: the adjective has one token more than the names, not counting the headline
    assert words.is_in(["الإسلامية"]).sum() == name + bare + headline + 1


# ---- real articles -------------------------------------------------------------------------------

ISLAMIC_STATE = """
[[actor]]
id = "ISLAMIC_STATE"
kind = "organisation"
names = ["تنظيم الدولة الإسلامية", "تنظيم الدولة", "الدولة الإسلامية", "تنظيم داعش", "داعش"]
anaphors = ["التنظيم"]

[actor.labels]
self = ["تنظيم الدولة الإسلامية", "تنظيم الدولة", "الدولة الإسلامية"]
acronym = ["تنظيم داعش", "داعش"]
"""


@pytest.mark.slow
def test_real_articles(shared: Path, tmp_path: Path) -> None:
    """Shares of the self-style name and of quotation marks around the acronym, as measured on all 31,030 articles."""
    articles = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["source", "content"])
    articles = articles.filter(pl.col("content").fill_null("").str.strip_chars() != "")
    actors = tmp_path / "actors.toml"
    actors.write_text(ISLAMIC_STATE, encoding="utf-8")
    corpus = build(articles, tmp_path, text="content")
    with pytest.warns(UserWarning, match=r"1 of 12 groups of source have no mention of ISLAMIC_STATE"):
        table = ck.news.labels(corpus, actors, actor="ISLAMIC_STATE", by="source")
    corpus.close()
    own = {source: (count, round(100 * share)) for source, count, share in table.filter(label="self").select(
        "source", "count", "share").iter_rows()}  # fmt: skip
    quoted = {
        source: round(100 * share)
        for source, share in table.filter(label="acronym").select("source", "quoted_share").iter_rows()
    }
    print("self-style name (mentions, per cent)", own, "acronym in quotation marks (per cent)", quoted)
    assert 1 <= own["aawsat"][1] <= 2
    assert 9 <= own["aleqtisadiya"][1] <= 16
    assert 29 <= own["3alyoum"][1] <= 39
    assert 48 <= quoted["aleqtisadiya"] <= 54
    assert 6 <= quoted["okaz"] <= 12
    of = {row["source"]: row for row in table.filter(label="self").to_dicts()}
    assert of["aawsat"]["share_high"] < of["aleqtisadiya"]["share_low"] < of["aleqtisadiya"]["share_high"]
    assert of["aleqtisadiya"]["share"] < of["3alyoum"]["share_low"]
