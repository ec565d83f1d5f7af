"""ck.collocations(by=): equal to the loop over the groups; bad groups get a sentence."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of

pytestmark = [pytest.mark.interface, pytest.mark.filterwarnings("ignore:pattern .* finds nothing")]


def build(documents: list[tuple[Any, str]], folder: str | Path) -> ck.Corpus:
    frame = pl.DataFrame(documents, schema={"side": pl.String, "text": pl.String}, orient="row")
    return ck.Corpus.build(frame, folder, progress=False)


def record(table: pl.DataFrame) -> dict[str, Any]:
    found = provenance_of(table)
    assert found is not None
    options: dict[str, Any] = found["options"]
    return options


def assert_equals_the_loop(corpus: ck.Corpus, by: str, pattern: str, **options: Any) -> None:
    """Compare with the twin: a table for each group, one after another."""
    labels = corpus.documents.select(by).collect().to_series()
    tables, groups = [], []
    for label in labels.unique(maintain_order=True):
        own = corpus.filter(pl.col(by).eq_missing(pl.lit(label, dtype=labels.dtype)))
        table = ck.collocations(own, pattern, **options)
        common = {name: record(table)[name] for name in ("hits", "row", "total")}
        groups += [{"group": label if label is None else str(label), **common}] if common["hits"] else []
        tables.append(table.select(pl.lit(label, dtype=labels.dtype).alias(by), pl.all()))
    table = ck.collocations(corpus, pattern, by=by, **options)
    # of all groups together
    assert_frame_equal(table.drop("spelling"), pl.concat(tables).drop("spelling"), check_exact=True)
    whole = ck.collocations(corpus, pattern, **options | {"min_count": 1, "min_documents": 0})
    spelled = table.select("collocate", "spelling").join(whole, on="collocate", how="left", maintain_order="left")
    assert spelled["spelling"].equals(spelled["spelling_right"].alias("spelling"))
    if groups:
        assert record(table)["groups"] == groups


@pytest.mark.parametrize("options", [{}, {"n": 3, "skip": 1, "min_documents": 1, "stopwords": ["في"]}])
def test_ngrams_of_groups_equal_the_loop(options: dict[str, Any]) -> None:
    corpus = ck.sample_corpus().filter(pl.col("document") < 120)
    options |= {"min_count": 2, "measure": ["mi", "log_likelihood"]}
    table = ck.ngram_collocations(corpus, by="outlet", **options)
    tables, totals = [], []
    for label in corpus.documents.select("outlet").collect()["outlet"].unique(maintain_order=True):
        own = ck.ngram_collocations(corpus.filter(outlet=label), **options)
        tables.append(own.select(pl.lit(label).alias("outlet"), pl.all()))
        totals.append({"group": label, "total": record(own)["total"]})
    assert_frame_equal(table.drop("spelling"), pl.concat(tables).drop("spelling"), check_exact=True)
    assert record(table)["groups"] == totals
    whole = ck.ngram_collocations(corpus, **options | {"min_count": 1, "min_documents": 0})
    spelled = table.select("ngram", "spelling").join(whole, on="ngram", how="left", maintain_order="left")
    assert spelled["spelling"].equals(spelled["spelling_right"].alias("spelling"))


def test_ngrams_of_groups_say_what_misleads() -> None:
    corpus = ck.sample_corpus()
    with pytest.warns(UserWarning, match=r"rows of each group \(.* equally often"):
        ck.ngram_collocations(corpus, by="outlet")
    body = corpus.exclude(ck.news.boilerplate(corpus, by="outlet"))
    with pytest.warns(UserWarning, match=r"\d+ groups of date have fewer than 2 documents, and min_documents=2 hides"):
        ck.ngram_collocations(body, by="date")


@pytest.mark.parametrize(
    "call",
    [
        lambda corpus, by: ck.keyness(corpus, by=by),
        lambda corpus, by: ck.collocations(corpus, "هدنة", by=by),
        lambda corpus, by: ck.news.labels(corpus, by=by),
    ],
)
def test_several_columns_get_the_call_that_joins_them(call: Any) -> None:
    with pytest.raises(ck.InputError, match=r"^by must be one metadata column, got .*with_metadata.*'outlet', 'date'"):
        call(ck.sample_corpus(), ["outlet", "date"])


def test_joined_columns_are_groups(tmp_path: Path) -> None:
    """The call that the message names."""
    with build([("أ", "ورد بحر"), ("ب", "بحر"), (None, "ورد")], tmp_path / "c") as corpus:
        corpus.with_metadata(corpus.documents.select("id", both=pl.concat_str("side", "id", separator=" ")))
        assert ck.frequency(corpus, by="both")["both"].to_list() == ["أ 0", "أ 0", "ب 1", None]


WORDS = ["ورد", "وَرد", "ارض", "أرض", "بحر", "وبحر", "12", "#ورد", "،", ".", "\n"]
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)
DOCUMENTS = st.lists(st.tuples(st.sampled_from(["أ", "ب", None]), TEXT), min_size=1, max_size=8)
WINDOWS = st.fixed_dictionaries(
    {"window": st.sampled_from([1, 3, (0, 2)])}, optional={"within": st.sampled_from(["sentence", "document"])}
)
UNITS = st.fixed_dictionaries({"window": st.sampled_from(["sentence", "paragraph", "document"])})
OPTIONS = st.fixed_dictionaries(
    {"min_count": st.sampled_from([1, 1, 2])},
    optional={
        "min_documents": st.sampled_from([0, 2]),
        "measure": st.sampled_from(["log_likelihood", "log_dice", ["mi", "t_score"]]),
        "stopwords": st.just(["أرض"]),
        "profile": st.sampled_from(["search", None]),
    },
)


@settings(max_examples=examples(50), deadline=None)
@given(
    documents=DOCUMENTS,
    pattern=st.sampled_from(["ورد", "بحر ورد", "و*", "غائب"]),
    shape=st.one_of(WINDOWS, UNITS),
    options=OPTIONS,
)
def test_groups_equal_the_loop(
    documents: list[tuple[Any, str]], pattern: str, shape: dict[str, Any], options: dict[str, Any]
) -> None:
    with TemporaryDirectory() as folder, build(documents, f"{folder}/c") as corpus:
        assert_equals_the_loop(corpus, "side", pattern, **shape, **options)
        part = corpus.filter(pl.col("document") % 3 != 1)
        if len(part):
            assert_equals_the_loop(part, "side", pattern, **shape, **options)


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"window": 2, "within": "sentence", "expectation": "span_factor", "min_count": 2, "min_documents": 2},
        {"window": "sentence", "measure": "z_score"},
        {"unit": "lemma", "window": (3, 0)},
        {"clitics": True},
    ],
)
def test_the_sample_equals_the_loop(corpus: ck.Corpus, options: dict[str, Any]) -> None:
    assert_equals_the_loop(corpus, "outlet", "هدنة" if "unit" in options else "هدنة|السهل", **options)


def test_dates_of_a_part_of_the_sample_equal_the_loop(corpus: ck.Corpus) -> None:
    assert_equals_the_loop(corpus.exclude(ck.news.boilerplate(corpus)), "date", "هدنة", min_count=1)


def test_columns(corpus: ck.Corpus) -> None:
    table = ck.collocations(corpus, "السهل", by="outlet", measure="log_likelihood")
    assert table.columns == [
        *("outlet", "collocate", "spelling", "direction", "count", "expected", "collocate_count", "documents"),
        *("log_likelihood", "log_dice"),
    ]
    nothing = ck.collocations(corpus, "غائب", by="outlet", measure="log_likelihood")
    assert nothing.schema == table.schema
    assert nothing.height == 0


def test_bad_input(corpus: ck.Corpus, tmp_path: Path) -> None:
    with pytest.raises(ck.InputError, match=r"^by must be .*Did you mean 'outlet'"):
        ck.collocations(corpus, "هدنة", by="outlets")
    for value in (-1, 1.5, "x"):
        with pytest.raises(ck.InputError, match=r"^min_documents must be"):
            ck.collocations(corpus, "هدنة", min_documents=value)  # type: ignore[arg-type]
        with pytest.raises(ck.InputError, match=r"^min_documents must be"):
            ck.ngram_collocations(corpus, min_documents=value)  # type: ignore[arg-type]
    frame = pl.DataFrame({"text": ["قال زيد"] * 4, "count": [1, 1, 2, None], "label": [1, 1, 2, None]})
    with ck.Corpus.build(frame, tmp_path / "c", progress=False) as built:
        with pytest.raises(ck.InputError, match=r"^by must be"):
            ck.collocations(built, "قال", by="count")
        table = ck.collocations(built, "قال", by="label", min_count=1)
        assert table.select("label", "count").rows() == [(1, 2), (2, 1), (None, 1)]
        assert ck.collocations(built.filter(pl.lit(False)), "قال", by="label").height == 0
