"""ck.keyness(by=): equal to the loop that compares each group with the rest; bad groups get a sentence."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
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

pytestmark = pytest.mark.interface

DISPERSION = list(ck.measures.FAMILIES["dispersion"])


def build(documents: Sequence[tuple[Any, str]], folder: str | Path) -> ck.Corpus:
    frame = pl.DataFrame(documents, schema={"side": pl.String, "text": pl.String}, orient="row")
    return ck.Corpus.build(frame, folder, progress=False)


def options_of(table: pl.DataFrame) -> dict[str, Any]:
    record = provenance_of(table)
    assert record is not None
    assert record["function"] == "ck.keyness"
    options: dict[str, Any] = record["options"]
    return options


def quietly(call: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Return a table without the warnings of groups with few documents."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def loop(corpus: ck.Corpus, by: str, **options: Any) -> tuple[pl.DataFrame, int]:
    """Return the twin: each group compared with the rest, one after another; and the number of tests."""
    tables, tests = [], 0
    labels = corpus.documents.select(by).collect().to_series()
    for label in labels.unique(maintain_order=True):
        chosen = pl.col(by).eq_missing(pl.lit(label, dtype=labels.dtype))
        table = ck.keyness(corpus.filter(chosen), corpus.filter(~chosen), **options)
        tests += options_of(table)["tests"]
        tables.append(table.select(pl.lit(label, dtype=labels.dtype).alias(by), pl.all()))
    return pl.concat(tables), tests


# ----------------------------------------------------------------------------------------------------
# Equal to the loop
# ----------------------------------------------------------------------------------------------------

WORDS = ["مئة", "مئه", "مِئة", "إلى", "الى", "في", "في", "قال", "قال", "١٢", "12", "#وسم", "News"]
TEXT = st.lists(st.sampled_from([*WORDS, "،", "\n"]), min_size=1, max_size=14).map(lambda some: " ".join(["و", *some]))
GROUPS = st.sampled_from(["أ", "ب", "ج", None])
DOCUMENTS = st.lists(st.tuples(GROUPS, TEXT), min_size=2, max_size=12).filter(
    lambda documents: len({group for group, _ in documents}) > 1
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "measure": st.sampled_from(
            ["log_ratio", ["bic", "log_dice"], ["ell", "percent_diff"], ["conservative_log_ratio", "mi"]]
        ),
        "direction": st.sampled_from(["both", "target", "target", "reference"]),
        "min_count": st.integers(1, 4),
        "min_documents": st.sampled_from([0, 1, 2, 3]),
        "dispersion": st.sampled_from([*DISPERSION, None, "deviation_of_proportions"]),
        "correction": st.sampled_from(["holm", "bonferroni", "benjamini_hochberg", None]),
        "test": st.sampled_from(["log_likelihood", "chi_squared"]),
        "stopwords": st.sampled_from([["إلى"], ["قَالَ", "12"]]),
        "profile": st.sampled_from(["search", None]),
        "variants": st.booleans(),
    },
)
BOUNDS = st.fixed_dictionaries(
    {}, optional={"min_dispersion": st.sampled_from([0.1, 0.5]), "max_dispersion": st.sampled_from([0.4, 0.9])}
)


@settings(max_examples=examples(60), deadline=None)
@given(documents=DOCUMENTS, options=OPTIONS, bounds=BOUNDS)
def test_groups_equal_the_loop(documents: list[tuple[Any, str]], options: dict[str, Any], bounds: Any) -> None:
    if options.get("dispersion", "") is not None:
        options |= bounds
    with TemporaryDirectory() as folder, build(documents, f"{folder}/c") as corpus:
        table = quietly(lambda: ck.keyness(corpus, by="side", **options))
        expected = []
        tests = quietly(lambda: expected.append(loop(corpus, "side", **options)) or pl.DataFrame())
        del tests
    assert_frame_equal(table, expected[0][0], check_exact=True)
    assert options_of(table)["tests"] == expected[0][1]


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"direction": "target", "min_documents": 5, "measure": ["conservative_log_ratio", "log_likelihood"]},
        {"direction": "reference", "max_dispersion": 0.9, "min_count": 3},
        {"direction": "target", "min_dispersion": 0.5, "min_documents": 0},
        {"min_count": 15, "n_bootstrap": 20, "seed": 3, "variants": False},
    ],
)
@pytest.mark.parametrize("by", ["outlet", "date"])
def test_the_sample_equals_the_loop(corpus: ck.Corpus, by: str, options: dict[str, Any]) -> None:
    part = corpus if by == "outlet" else corpus.filter(pl.col("document") < 24)
    table = quietly(lambda: ck.keyness(part, by=by, **options))
    found: list[tuple[pl.DataFrame, int]] = []
    quietly(lambda: found.append(loop(part, by, **options)) or pl.DataFrame())
    assert_frame_equal(table, found[0][0], check_exact=True)
    record = options_of(table)
    assert record["tests"] == found[0][1]
    assert (record["by"], record["groups"]) == (by, part.documents.select(by).collect().to_series().n_unique())


@pytest.mark.parametrize("dispersion", DISPERSION)
def test_every_dispersion_of_the_rest(corpus: ck.Corpus, dispersion: str) -> None:
    """The default is computed from sums over the documents, the others from the documents themselves."""
    table = ck.keyness(corpus, by="outlet", dispersion=dispersion, variants=False, correction=None)
    expected, _ = loop(corpus, "outlet", dispersion=dispersion, variants=False, correction=None)
    assert_frame_equal(table, expected, check_exact=True)


def test_units_and_excluded_spans(corpus: ck.Corpus) -> None:
    body = corpus.exclude(ck.news.boilerplate(corpus, by="outlet"))
    options: dict[str, Any] = {"unit": "lemma", "min_count": 4}
    assert_frame_equal(ck.keyness(body, by="outlet", **options), loop(body, "outlet", **options)[0], check_exact=True)


def test_null_is_a_group_like_any_other(tmp_path: Path) -> None:
    documents = [(None, "بحر بحر"), ("أ", "نهر بحر"), (None, "بحر سماء"), ("أ", "نهر نهر")]
    with build(documents, tmp_path / "c") as built:
        table = ck.keyness(built, by="side")
    assert table.columns[:3] == ["side", "word", "spelling"]
    assert table.select("side", "word", "direction").rows() == [
        (None, "بحر", "target"), (None, "نهر", "reference"), ("أ", "نهر", "target"), ("أ", "بحر", "reference"),
    ]  # fmt: skip


def test_positive_words_come_before_negative_ones(corpus: ck.Corpus) -> None:
    table = ck.keyness(corpus, by="outlet", measure="log_ratio")
    for _, part in table.group_by("outlet"):
        codes = part["direction"].to_physical()
        assert codes.is_sorted()
        assert part.filter(pl.col("direction") == "target")["log_ratio"].is_sorted(descending=True)
        assert part.filter(pl.col("direction") == "reference")["log_ratio"].is_sorted()  # the strongest first


def test_a_p_value_has_its_effect_and_range_beside_it(corpus: ck.Corpus) -> None:
    table = ck.keyness(corpus, by="outlet", measure="log_likelihood", dispersion=None)
    assert {"log_ratio", "log_ratio_low", "log_ratio_high", "target_documents", "reference_documents"} <= set(
        table.columns
    )


def test_any_number_of_threads_gives_the_same_table(corpus: ck.Corpus) -> None:
    tables = []
    for number in (1, 2):
        ck.set_threads(number)
        with ck.Corpus.open(corpus.path) as opened:
            tables.append(ck.keyness(opened, by="outlet"))
    ck.set_threads(None)
    assert_frame_equal(*tables, check_exact=True)


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    documents = [("أ", "بحر نهر"), ("أ", "بحر نهر"), ("ب", "جبل"), ("ب", "جبل"), ("ج", "!"), ("د", "سهل سهل بحر")]
    with build(documents, tmp_path_factory.mktemp("by") / "c") as built:
        yield built


def test_groups_without_words_and_of_one_document_are_named(small: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match=r"1 group of side") as caught:
        table = ck.keyness(small, by="side")
    messages = [str(each.message) for each in caught]
    assert any("1 group of side ('ج') has no words" in message for message in messages)
    assert any("1 group of side ('د') has fewer than 2 documents" in message for message in messages)
    assert all(each.filename == __file__ for each in caught)
    assert table["side"].unique(maintain_order=True).to_list() == ["أ", "ب", "د"]
    assert "target" not in table.filter(side="د")["direction"]
    with pytest.warns(UserWarning, match="no words"):
        shown = ck.keyness(small, by="side", min_documents=1)
    assert shown.filter(side="د").row(0)[1:4] == ("سهل", "سهل", "target")


@pytest.mark.parametrize("side", ["target", "reference"])
def test_sides_of_one_document_are_named(small: ck.Corpus, side: str) -> None:
    one, two = small.filter(pl.col("side") == "د"), small.filter(pl.col("side") == "أ")
    with pytest.warns(UserWarning, match=f"^ck.keyness: {side} has 1 document .*min_documents=1 shows"):
        ck.keyness(*((one, two) if side == "target" else (two, one)))


def test_tables_of_frequencies_need_no_documents(small: ck.Corpus) -> None:
    one, two = small.filter(pl.col("side") == "د"), small.filter(pl.col("side") == "أ")
    table = ck.keyness(ck.frequency(one), ck.frequency(two))
    assert set(table["word"]) == {"سهل", "بحر", "نهر"}


BAD: list[tuple[Callable[[ck.Corpus], object], str]] = [
    (lambda c: ck.keyness(c), "^reference must be .*got None"),
    (lambda c: ck.keyness(c, c, by="side"), "^reference must be None with by='side'"),
    (lambda c: ck.keyness(ck.frequency(c), by="side"), "^target must be a Corpus with by="),
    (lambda c: ck.keyness(c, by="sides"), "^by must be .*Did you mean 'side'"),
    (lambda c: ck.keyness(c, by=["side"]), "^by must be "),  # type: ignore[arg-type]
    (lambda c: ck.keyness(c, by="text"), "^by must be "),
    (lambda c: ck.keyness(c, by="side", target_size=5), "^target_size must be None with by="),
    (lambda c: ck.keyness(c, by="side", reference_size=5), "^reference_size must be None with by="),
    (lambda c: ck.keyness(c.filter(pl.col("side") == "أ"), by="side"), "^by must be .*at least two groups.*'أ'"),
    (lambda c: ck.keyness(c.filter(pl.col("side") == "ج"), by="side"), "^target must contain words.* 1 documents"),
    (lambda c: ck.keyness(c.filter(pl.lit(False)), by="side"), "^target must contain words.* 0 documents"),
    (lambda c: ck.keyness(c, by="side", unit="lemma"), "annotate"),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input(small: ck.Corpus, call: Callable[[ck.Corpus], object], message: str) -> None:
    with pytest.raises(ck.CorpusKitError, match=message):
        call(small)


def test_a_column_named_like_one_of_the_table(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["بحر", "نهر"], "direction": ["x", "y"], "label": ["x", "y"]})
    with ck.Corpus.build(frame, tmp_path / "c", progress=False) as built:
        with pytest.raises(ck.InputError, match=r"^by must be"):
            ck.keyness(built, by="direction")
        assert ck.keyness(built, by="label", min_documents=1).height == 4


def test_ten_thousand_groups(tmp_path: Path) -> None:
    """A table of all words of each is refused; that of the words that are key in each is not."""
    texts = [f"قال و{number % 700} ذهب و{number % 900}" for number in range(10_000)]
    frame = pl.DataFrame({"text": texts, "label": range(10_000)})
    with ck.Corpus.build(frame, tmp_path / "c", progress=False) as built:
        ck.set_memory_limit("1GB")
        try:
            with pytest.raises(ck.InputError, match=r"10,000 groups.*direction='target'"):
                ck.keyness(built, by="label")
        finally:
            ck.set_memory_limit(None)
        few = built.filter(pl.col("document") < 500)
        table = ck.keyness(few, by="label", direction="target", min_documents=1)
        assert table["label"].n_unique() == 500
        with pytest.raises(ck.InputError, match=r"^n_bootstrap must be"):
            ck.keyness(built, by="label", direction="target", n_bootstrap=1000)


def test_joined_names(corpus: ck.Corpus) -> None:
    """Names that are written with and without a space are one word of all groups."""
    part = corpus.filter(pl.col("document") < 60)
    options: dict[str, Any] = {"join": ["تنظيم السهل", "عبد الكريم"], "min_documents": 1, "min_count": 2}
    table = ck.keyness(part, by="outlet", **options)
    assert_frame_equal(table, loop(part, "outlet", **options)[0], check_exact=True)
    joined = table.filter(word="تنظيمالسهل")
    assert joined["spelling"].unique().to_list() == ["تنظيم السهل"]
    assert options_of(table)["joined_sequences"] > 10


def test_words_of_a_line_of_pages_are_named() -> None:
    corpus = ck.sample_corpus()
    with pytest.warns(UserWarning, match=r"rows of each group \(الشبكات, .* equally often .*, by='outlet'\)\)"):
        ck.keyness(corpus, by="outlet", variants=False, dispersion=None)
    body = corpus.exclude(ck.news.boilerplate(corpus, by="outlet"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ck.keyness(body, by="outlet", variants=False, dispersion=None)
        outlet = pl.col("outlet") == "وكالة مدى"  # whose pages have no line of three words
        ck.keyness(corpus.filter(outlet), corpus.filter(~outlet), variants=False, dispersion=None)
