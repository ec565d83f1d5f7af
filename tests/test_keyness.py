"""ck.keyness: equal to a slow twin; filters, corrections, words planted in the sample, bad input."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracles_keyness import Row, Side, document_of, in_order_of_occurrence, place_of, slow_holm, slow_keyness, value_of
from polars.testing import assert_frame_equal
from sample_reading import TEXTS
from scipy import stats

import corpus_kit as ck
from corpus_kit._base.records import provenance_of

pytestmark = pytest.mark.interface

KEYNESS = [name for name in ck.measures.FAMILIES["keyness"] if name != "log_ratio_interval"]
ASSOCIATION = [name for name in ck.measures.FAMILIES["association"] if name not in KEYNESS]
FOUR_CELLS = "log_likelihood_four_cells"  # log_likelihood of the family association
DISPERSION = list(ck.measures.FAMILIES["dispersion"])

IN_TARGET, IN_REFERENCE = pl.col("side").is_in(["t", "both"]), pl.col("side").is_in(["r", "both"])
OUTLET = pl.col("outlet")


# ----------------------------------------------------------------------------------------------------
# Equal to the twin
# ----------------------------------------------------------------------------------------------------

# Few pieces, so that words repeat; several are spellings of the same word.
WORDS = ["مئة", "مئه", "مِئة", "إلى", "الى", "الي", "في", "قال", "١٢", "12", "#وسم", "@مدى", "News", "news"]
TEXT = st.lists(st.sampled_from([*WORDS, "،", "!", "\n", "\u064e"]), max_size=9).map(
    lambda some: " ".join([*some, "."])
)
WITH_A_WORD = st.tuples(TEXT, st.sampled_from(WORDS)).map(" ".join)
DOCUMENTS = st.builds(
    lambda *parts: [*parts[:2], *parts[2]],
    st.tuples(st.just("t"), WITH_A_WORD),
    st.tuples(st.just("r"), WITH_A_WORD),
    st.lists(st.tuples(st.sampled_from(["t", "r", "both", "none"]), TEXT), max_size=6),
).flatmap(st.permutations)

OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "measure": st.lists(st.sampled_from([*KEYNESS, *ASSOCIATION]), min_size=1, max_size=3, unique=True),
        "min_count": st.integers(1, 4),
        "direction": st.sampled_from(["both", "target", "reference"]),
        "test": st.sampled_from(["log_likelihood", "chi_squared", "fisher_exact_two_sided"]),
        "correction": st.sampled_from(["holm", "bonferroni", "benjamini_hochberg", None]),
        "confidence": st.sampled_from([0.5, 0.99]),
        "k": st.sampled_from([0.5, 100.0]),
        "stopwords": st.sampled_from([["إلى"], ["ميّت", "الي", "قَالَ"], {"في"}]),
    },
)
FILTERS = st.fixed_dictionaries(
    {"min_documents": st.integers(0, 3)},  # the default warns of sides with one document
    optional={
        "dispersion": st.sampled_from(DISPERSION),
        # no word of a few tokens has exactly this value
        "min_dispersion": st.sampled_from([0.1234567, 0.4142136]),
        "max_dispersion": st.sampled_from([0.3141593, 0.7320508]),
        "variants": st.booleans(),
    },
)
PROFILES = st.sampled_from(["search", "dediac", None])


def frame_of(documents: Sequence[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(documents, schema=["side", "text"], orient="row")


def build(documents: Sequence[tuple[str, str]], folder: str | Path) -> ck.Corpus:
    return ck.Corpus.build(frame_of(documents), folder, progress=False)


def side_of(documents: Sequence[tuple[str, str]], side: str, profile: str | None = "search") -> Side:
    return Side.of_documents(document_of(text, profile) for place, text in documents if place in (side, "both"))


def forms(stopwords: Sequence[str], profile: str | None) -> set[str]:
    return {word if profile is None else ck.normalize(word, profile) for word in stopwords}


def close(one: Any, other: Any, *, relative: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=relative, abs_tol=0 if relative > 1e-9 else 1e-10)
    return type(one) is type(other) and one == other


def assert_equals_twin(table: pl.DataFrame, expected: list[Row], measure: str = "log_likelihood") -> None:
    """Assert that values equal the twin's, and are sorted by direction, the first measure, the count and the text.

    The rows of the twin are in the order of the text. The expected order uses the values of the table, so that
    differences in the last digit do not change it.
    """
    found = {row["word"]: row for row in table.to_dicts()}
    assert found.keys() == {row["word"] for row in expected}
    assert table.height == len(expected)
    for row in expected:
        ours = dict(found[row["word"]])
        spelling = ours.pop("spelling")
        assert "variants" not in row or spelling == row["variants"][0]["surface"]
        assert ours.keys() == row.keys()
        for name, value in row.items():
            # near 0, the last digit of the statistic affects the eighth of the p-value
            relative = 1e-6 if name.startswith("p_") else 1e-9
            assert close(ours[name], value, relative=relative), (row["word"], name, ours[name], value)

    ordered = sorted(expected, key=lambda row: place_of(found[row["word"]], measure))
    assert table["word"].to_list() == [row["word"] for row in ordered]


def first_measure(options: dict[str, Any]) -> str:
    return str(options.get("measure", ["log_likelihood"])[0])


@given(documents=DOCUMENTS, options=OPTIONS, filters=FILTERS, profile=PROFILES)
@settings(max_examples=examples(50))
def test_subcorpora_of_one_corpus_equal_the_twin(
    documents: list[tuple[str, str]], options: dict[str, Any], filters: dict[str, Any], profile: str | None
) -> None:
    given_options = options | filters | {"stop_forms": forms(options.get("stopwords", ()), profile)}
    given_options.pop("stopwords", None)
    order = in_order_of_occurrence(document_of(text, profile) for _, text in documents)
    sides = side_of(documents, "t", profile), side_of(documents, "r", profile)
    expected = slow_keyness(*sides, *order, **given_options)
    with TemporaryDirectory() as folder, build(documents, f"{folder}/c") as corpus:
        table = ck.keyness(corpus.filter(IN_TARGET), corpus.filter(IN_REFERENCE), profile=profile, **options, **filters)
    assert_equals_twin(table, expected, first_measure(options))
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["shared_documents"] == sum(side == "both" for side, _ in documents)


@given(documents=DOCUMENTS, others=DOCUMENTS, options=OPTIONS, filters=FILTERS)
@settings(max_examples=examples(30))
def test_two_corpora_equal_the_twin(
    documents: list[tuple[str, str]],
    others: list[tuple[str, str]],
    options: dict[str, Any],
    filters: dict[str, Any],
) -> None:
    """Parts of two corpora, which number their words independently."""
    assume(documents != others)
    given_options = options | filters | {"stop_forms": forms(options.get("stopwords", ()), "search")}
    given_options.pop("stopwords", None)
    order = in_order_of_occurrence(*([document_of(text) for _, text in each] for each in (documents, others)))
    expected = slow_keyness(side_of(documents, "t"), side_of(others, "r"), *order, **given_options)
    with (
        TemporaryDirectory() as folder,
        build(documents, f"{folder}/one") as one,
        build(others, f"{folder}/two") as two,
    ):
        table = ck.keyness(one.filter(IN_TARGET), two.filter(IN_REFERENCE), **options, **filters)
    assert_equals_twin(table, expected, first_measure(options))


@given(documents=DOCUMENTS, options=OPTIONS, more=st.integers(0, 20))
@settings(max_examples=examples(30))
def test_tables_of_frequency_equal_the_twin(
    documents: list[tuple[str, str]], options: dict[str, Any], more: int
) -> None:
    with TemporaryDirectory() as folder, build(documents, f"{folder}/c") as corpus:
        tables = [ck.frequency(corpus.filter(part)) for part in (IN_TARGET, IN_REFERENCE)]
        mixed = ck.keyness(corpus.filter(IN_TARGET), tables[1], **options)
    size = int(tables[1]["count"].sum()) + more
    given_options = options | {"stop_forms": forms(options.get("stopwords", ()), "search")}
    given_options.pop("stopwords", None)
    words = list(dict.fromkeys(word for table in tables for word in table["word"]))
    expected = slow_keyness(Side.of_table(tables[0]), Side.of_table(tables[1], size), words, **given_options)
    table = ck.keyness(*tables, reference_size=size, **options)
    assert_equals_twin(table, expected, first_measure(options))
    if not more:
        # a table has one spelling of a word; and ties may change the order
        assert_frame_equal(mixed.drop("spelling").sort("word"), table.drop("spelling").sort("word"))


def test_outlets_of_the_sample_equal_the_twin(corpus: ck.Corpus) -> None:
    outlets = dict(zip(*corpus.documents.select("id", "outlet").collect(), strict=True))
    documents = [("t" if outlets[name] == "صدى الميناء" else "r", text) for name, text in TEXTS.items()]
    order = in_order_of_occurrence(document_of(text) for _, text in documents)
    options: dict[str, Any] = {"min_count": 4, "min_documents": 2, "direction": "target"}
    expected = slow_keyness(side_of(documents, "t"), side_of(documents, "r"), *order, **options)
    assert_equals_twin(ck.keyness(*outlet_and_rest(corpus, "صدى الميناء"), **options), expected)


# ----------------------------------------------------------------------------------------------------
# Contents of the table
# ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture
def threads() -> Iterator[None]:
    yield
    ck.set_threads(None)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Return a corpus where مئة is in one document of the target, الى in each, and قال in all documents."""
    documents = [
        ("t", "مئة مئه مِئة قال إلى"),
        ("t", "قال الى الى"),
        ("t", "قال إلى النهر"),
        ("r", "قال مئة سفينة سفينة"),
        ("r", "قال سفينة البحر"),
        ("r", "قال البحر البحر البحر"),
        ("both", "!"),
        ("none", "بعيد"),
    ]
    with build(documents, tmp_path_factory.mktemp("keyness") / "c") as built:
        yield built


def outlet_and_rest(corpus: ck.Corpus, outlet: str) -> tuple[ck.Corpus, ck.Corpus]:
    return corpus.filter(pl.col("outlet") == outlet), corpus.filter(pl.col("outlet") != outlet)


def counts_of(**counts: Any) -> pl.DataFrame:
    return pl.DataFrame({"word": list(counts), "count": list(counts.values())}, strict=False)


def row_of(table: pl.DataFrame, word: str) -> Row:
    return table.row(by_predicate=pl.col("word") == ck.normalize(word), named=True)


def options_of(table: pl.DataFrame) -> dict[str, Any]:
    record = provenance_of(table)
    assert record is not None
    assert record["function"] == "ck.keyness"
    options: dict[str, Any] = record["options"]
    return options


def file_bytes(table: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    table.write_ipc(file)
    return file.getvalue()


COUNTS: dict[str, Any] = {
    "word": pl.String,
    "spelling": pl.String,
    "direction": pl.Enum(["target", "equal", "reference"]),
    "target_count": pl.Int64,
    "reference_count": pl.Int64,
    "target_per_million": pl.Float64,
    "reference_per_million": pl.Float64,
}
OF_DOCUMENTS: dict[str, Any] = {"target_documents": pl.Int64, "reference_documents": pl.Int64}
SPREAD: dict[str, Any] = {"target_dispersion": pl.Float64, "reference_dispersion": pl.Float64}
STATISTICS: dict[str, Any] = dict.fromkeys(
    ["log_likelihood", "log_ratio", "log_ratio_low", "log_ratio_high", "bic", "p_value", "p_adjusted"], pl.Float64
)
VARIANTS: dict[str, Any] = {
    "variants": pl.List(pl.Struct({"surface": pl.String, "target": pl.Int64, "reference": pl.Int64}))
}


@pytest.mark.parametrize("rows", ["some", "none"])
def test_columns(corpus: ck.Corpus, rows: str) -> None:
    sides = outlet_and_rest(corpus, "المرقاب")
    least: dict[str, Any] = {"min_count": 1 if rows == "some" else 10**6}
    whole = ck.keyness(*sides, **least)
    assert (whole.height > 0) == (rows == "some")
    assert list(whole.schema.items()) == list((COUNTS | OF_DOCUMENTS | SPREAD | STATISTICS | VARIANTS).items())
    less = ck.keyness(*sides, dispersion=None, variants=False, correction=None, **least)
    expected = COUNTS | OF_DOCUMENTS | STATISTICS
    del expected["p_adjusted"]
    assert list(less.schema.items()) == list(expected.items())
    tables = [ck.frequency(side) for side in sides]
    for given_sides in (tables, [sides[0], tables[1]], [tables[0], sides[1]]):
        assert list(ck.keyness(*given_sides, **least).schema.items()) == list((COUNTS | STATISTICS).items())
    chosen = ck.keyness(*tables, measure=["bic", "mi"], **least)
    names = ["bic", "mi", "log_ratio", "log_ratio_low", "log_ratio_high", "p_value", "p_adjusted"]
    assert chosen.columns == [*COUNTS, *names]


def test_words_absent_from_one_side_are_included(small: ck.Corpus) -> None:
    table = ck.keyness(small.filter(IN_TARGET), small.filter(IN_REFERENCE), min_documents=1)
    here, there = row_of(table, "إلى"), row_of(table, "سفينة")
    assert (here["target_count"], here["reference_count"], here["direction"]) == (4, 0, "target")
    assert (there["target_count"], there["reference_count"], there["direction"]) == (0, 3, "reference")
    assert (here["reference_documents"], here["reference_dispersion"]) == (0, None)
    assert (there["target_documents"], there["target_dispersion"]) == (0, None)
    assert "بعيد" not in table["word"]  # a word of the corpus that is on neither side
    assert here["log_ratio"] == pytest.approx(math.log2((4 / 11) / (0.5 / 11)))


def test_directions(small: ck.Corpus) -> None:
    table = ck.keyness(small.filter(IN_TARGET), small.filter(IN_REFERENCE), min_documents=1)
    assert dict(table.select("word", "direction").iter_rows()) == {
        "الي": "target", "مئه": "target", "النهر": "target",
        "قال": "equal",
        "سفينه": "reference", "البحر": "reference",
    }  # fmt: skip
    for direction in ("target", "reference"):
        part = ck.keyness(small.filter(IN_TARGET), small.filter(IN_REFERENCE), direction=direction, min_documents=1)
        assert_frame_equal(part, table.filter(pl.col("direction") == direction))
    assert table["direction"].to_list() == ["target"] * 3 + ["equal"] + ["reference"] * 2


def test_direction_is_exact() -> None:
    """Rates that are equal as floats, and counts whose products need more than 64 bits."""
    large = 10**15
    for more, direction in ((-1, "reference"), (0, "equal"), (1, "target")):
        table = ck.keyness(counts_of(a=3 * large + more), counts_of(a=3 * large), target_size=9 * large,
                           reference_size=9 * large)  # fmt: skip
        assert table["direction"].to_list() == [direction]


def test_swapping_the_sides(corpus: ck.Corpus) -> None:
    target, reference = outlet_and_rest(corpus, "العنقود")
    names = ["log_likelihood", "log_ratio", "conservative_log_ratio"]
    options: dict[str, Any] = {"measure": names, "min_documents": 1}
    table = ck.keyness(target, reference, **options).sort("word")
    swapped = ck.keyness(reference, target, **options).sort("word")
    for name in ("count", "per_million", "documents", "dispersion"):
        assert swapped[f"target_{name}"].equals(table[f"reference_{name}"])
        assert swapped[f"reference_{name}"].equals(table[f"target_{name}"])
    for name in ("log_likelihood", "bic", "p_value", "p_adjusted"):
        np.testing.assert_allclose(swapped[name], table[name], rtol=1e-9, atol=1e-9)
    signed = {"log_ratio": "log_ratio", "log_ratio_low": "log_ratio_high", "log_ratio_high": "log_ratio_low"}
    for name, other in (signed | {"conservative_log_ratio": "conservative_log_ratio"}).items():
        np.testing.assert_allclose(swapped[name], -table[other], rtol=1e-9, atol=1e-9)
    turned = {"target": "reference", "reference": "target", "equal": "equal"}
    assert swapped["direction"].to_list() == [turned[direction] for direction in table["direction"]]
    for ours, theirs in zip(table["variants"], swapped["variants"], strict=True):
        counts = [{name: variant[turned.get(name, name)] for name in variant} for variant in theirs]
        assert sorted(counts, key=str) == sorted(ours, key=str)


def test_corpus_against_itself(corpus: ck.Corpus) -> None:
    table = ck.keyness(corpus, corpus, min_documents=1)
    assert table["direction"].unique().to_list() == ["equal"]
    assert table["log_likelihood"].unique().to_list() == [0.0]
    assert table["log_ratio"].unique().to_list() == [0.0]
    assert table["p_value"].unique().to_list() == [1.0]
    assert table["p_adjusted"].unique().to_list() == [1.0]
    assert table["target_count"].equals(table["reference_count"].rename("target_count"))
    assert table["word"].to_list() == ck.frequency(corpus)["word"].to_list()  # by count, then by first occurrence
    options = options_of(table)
    assert options["shared_documents"] == len(corpus) == 240
    assert ck.keyness(corpus, corpus, direction="target").is_empty()


@pytest.mark.parametrize("measure", ["log_likelihood", "conservative_log_ratio", "ell", "log_ratio"])
def test_ties_keep_the_order_of_the_text(measure: str) -> None:
    """Even if counts differ: both sides have ten words, so that 3 and 1 tie with 1 and 3."""
    target, reference = counts_of(x=3, y=1, z=3, rest=3), counts_of(x=1, y=3, z=1, rest=5)
    table = ck.keyness(target, reference, measure=measure)
    tied = table.filter(pl.col("word") != "rest")
    assert tied["word"].to_list() == ["x", "z", "y"]  # the last is key in the reference
    assert tied[measure].n_unique() == (2 if measure == "log_ratio" else 1)


@pytest.mark.usefixtures("threads")
def test_any_number_of_threads_gives_the_same_bytes(corpus: ck.Corpus, tmp_path: Path) -> None:
    results = []
    for number in (1, 2, 1):
        ck.set_threads(number)
        with ck.Corpus.open(corpus.path) as opened:  # without cached values
            target, reference = outlet_and_rest(opened, "بريد الساحل")
            one = ck.keyness(target, reference, measure=["conservative_log_ratio", "mi"], min_documents=2)
            with ck.Corpus.open(corpus.path) as other:
                two = ck.keyness(target, other, max_dispersion=0.9)
        path = ck.save(one, tmp_path / "table.parquet")
        results.append((file_bytes(one), file_bytes(two), path.read_bytes()))
    assert results[0] == results[1] == results[2]


def test_another_process_gives_the_same_bytes(corpus: ck.Corpus) -> None:
    """The order of sets of strings differs between processes."""
    code = (
        "import corpus_kit as ck, polars as pl, hashlib, io, sys\n"
        f"corpus, file = ck.Corpus.open({str(corpus.path)!r}), io.BytesIO()\n"
        "part = pl.col('outlet') == 'المرقاب'\n"
        "ck.keyness(corpus.filter(part), corpus.filter(~part), stopwords={'في', 'إلى', 'على'}).write_ipc(file)\n"
        "print(hashlib.sha256(file.getvalue()).hexdigest())\n"
    )
    sides = outlet_and_rest(corpus, "المرقاب")
    ours = hashlib.sha256(file_bytes(ck.keyness(*sides, stopwords={"في", "إلى", "على"}))).hexdigest()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == ours


def test_corpus_opened_twice_is_the_same_corpus(corpus: ck.Corpus) -> None:
    target, reference = outlet_and_rest(corpus, "المرقاب")
    overlap = OUTLET.is_in(["المرقاب", "العنقود"])
    with ck.Corpus.open(corpus.path) as again:
        apart = ck.keyness(target, again.filter(OUTLET != "المرقاب"))
        shared = ck.keyness(target, again.filter(overlap))
    assert_frame_equal(apart, ck.keyness(target, reference), check_exact=True)
    assert options_of(apart) == options_of(ck.keyness(target, reference))
    assert options_of(shared)["shared_documents"] == 32


# ----------------------------------------------------------------------------------------------------
# Filters
# ----------------------------------------------------------------------------------------------------


def words_of(small: ck.Corpus, **options: Any) -> set[str]:
    options = {"min_documents": 1} | options
    return set(ck.keyness(small.filter(IN_TARGET), small.filter(IN_REFERENCE), **options)["word"])


def test_filters_apply_to_the_side_where_a_word_is_key(small: ck.Corpus) -> None:
    everything = {"الي", "مئه", "النهر", "قال", "سفينه", "البحر"}
    assert words_of(small) == everything
    assert words_of(small, min_count=4) == {"الي", "مئه", "قال", "البحر"}  # of both sides together
    # مئة is in two documents, but in only one on the side where it is key
    assert words_of(small, min_documents=None) == {"الي", "قال", "سفينه", "البحر"}
    assert words_of(small, min_documents=3) == {"الي", "قال"}
    # DP in the target: قال 0.12, الى 0.23, مئة 0.55, النهر 0.73; in the reference: قال 0.03, البحر 0.36, سفينة 0.36
    assert words_of(small, max_dispersion=0.2) == {"قال"}
    assert words_of(small, max_dispersion=0.5) == {"قال", "الي", "سفينه", "البحر"}
    assert words_of(small, min_dispersion=0.5) == {"مئه", "النهر"}
    assert words_of(small, min_dispersion=0.2, max_dispersion=0.7) == {"الي", "مئه", "سفينه", "البحر"}
    assert words_of(small, min_dispersion=0.5, dispersion="range_proportion") == {"الي", "قال", "سفينه", "البحر"}
    assert words_of(small, min_dispersion=0) == everything  # 0 is a valid bound


def test_direction_does_not_change_the_correction(corpus: ck.Corpus) -> None:
    sides = outlet_and_rest(corpus, "المرقاب")
    for correction in ("holm", "bonferroni", "benjamini_hochberg"):
        options: dict[str, Any] = {"correction": correction, "measure": ["log_ratio", "conservative_log_ratio"]}
        both = ck.keyness(*sides, **options)
        for direction in ("target", "reference"):
            part = ck.keyness(*sides, direction=direction, **options)
            assert_frame_equal(part, both.filter(pl.col("direction") == direction), check_exact=True)
            assert options_of(part)["tests"] == both.height


def test_other_filters_change_the_number_of_tests(corpus: ck.Corpus) -> None:
    sides = outlet_and_rest(corpus, "المرقاب")
    few = ck.keyness(*sides, min_count=5, correction="bonferroni")
    assert options_of(few)["tests"] == few.height
    assert few["p_adjusted"].to_list() == pytest.approx([min(1, p * few.height) for p in few["p_value"]])


@pytest.mark.parametrize("stopwords", [["إلى", "قال"], {"الى", "قَالَ"}, ("الي", "قــال"), {"إلَى": 1, "قال": 2}])
def test_stop_words_in_any_spelling(small: ck.Corpus, stopwords: Any) -> None:
    sides = small.filter(IN_TARGET), small.filter(IN_REFERENCE)
    table = ck.keyness(*sides, stopwords=stopwords, correction=None, min_documents=1)
    whole = ck.keyness(*sides, correction=None, min_documents=1)
    # they still count in the sizes
    assert_frame_equal(table, whole.filter(~pl.col("word").is_in(["الي", "قال"])), check_exact=True)
    for profile in ("search", None):
        tables = [ck.frequency(side, profile=profile) for side in sides]
        left = set(ck.keyness(*tables, stopwords=stopwords)["word"])
        assert {ck.normalize(word) for word in left} == {"مئه", "النهر", "سفينه", "البحر"}, profile


def test_stop_words_in_the_original_spelling(small: ck.Corpus) -> None:
    sides = small.filter(IN_TARGET), small.filter(IN_REFERENCE)
    assert {"الى", "إلى"} & set(ck.keyness(*sides, profile=None, stopwords=["إلى"], min_documents=1)["word"]) == {"الى"}


@pytest.mark.parametrize("dispersion", DISPERSION)
def test_dispersion_of_absent_words_is_null(small: ck.Corpus, dispersion: str) -> None:
    sides = small.filter(IN_TARGET), small.filter(IN_REFERENCE)
    table = ck.keyness(*sides, dispersion=dispersion, min_documents=1)
    for side in ("target", "reference"):
        absent = table[f"{side}_count"] == 0
        assert table[f"{side}_dispersion"].is_null().to_list() == absent.to_list()


# ----------------------------------------------------------------------------------------------------
# Measures, tests and corrections
# ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(corpus: ck.Corpus) -> tuple[pl.DataFrame, pl.DataFrame]:
    target, reference = outlet_and_rest(corpus, "النافذة السابعة")
    return ck.frequency(target), ck.frequency(reference)


@pytest.mark.parametrize("name", [*KEYNESS, *ASSOCIATION, FOUR_CELLS])
def test_every_measure(tables: tuple[pl.DataFrame, pl.DataFrame], name: str) -> None:
    table = ck.keyness(*tables, measure=name, confidence=0.9, k=50)
    a, b = table["target_count"], table["reference_count"]
    c, d = (int(each["count"].sum()) for each in tables)
    measure = ck.measures.association.log_likelihood if name == FOUR_CELLS else getattr(ck.measures, name)
    options: dict[str, dict[str, Any]] = {
        "simple_maths": {"k": 50},
        "conservative_log_ratio": {"confidence": 0.9, "comparisons": table.height},
    }
    if name in (*ASSOCIATION, FOUR_CELLS):
        expected = measure(o11=a, r1=c, c1=a + b, n=c + d)
    else:
        expected = measure(a=a, b=b, c=c, d=d, **options.get(name, {}))
    assert table[name].equals(expected.fill_nan(None).alias(name))
    assert table.height == len({*tables[0]["word"], *tables[1]["word"]})
    assert table[name].is_nan().sum() == 0
    assert table.columns == [*COUNTS, *dict.fromkeys([name, *list(STATISTICS)[1:]])]
    places = [place_of(row, name) for row in table.iter_rows(named=True)]
    assert places == sorted(places)


def test_undefined_values_are_null_and_come_last() -> None:
    table = ck.keyness(counts_of(a=90, b=2, c=1), counts_of(a=80, b=3, d=4), measure="ell")
    assert table["word"].to_list() == ["a", "c", "d", "b"]  # the first two are key in the target
    assert table["ell"].is_null().to_list() == [False, True, False, False]
    assert ck.keyness(counts_of(a=1, b=1), counts_of(b=1), measure="percent_diff")["percent_diff"][0] == math.inf


@pytest.mark.parametrize("test", ["log_likelihood", "chi_squared", "fisher_exact_two_sided"])
def test_p_values(tables: tuple[pl.DataFrame, pl.DataFrame], test: str) -> None:
    table = ck.keyness(*tables, measure=test, test=test)
    expected = table[test] if test.startswith("fisher") else stats.chi2.sf(table[test], 1)
    np.testing.assert_allclose(table["p_value"], expected, rtol=1e-6)
    np.testing.assert_allclose(table["p_adjusted"], slow_holm(table["p_value"].to_list()), rtol=1e-12)


def test_intervals(tables: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    widths = []
    for confidence in (0.5, 0.95, 0.999):
        table = ck.keyness(*tables, confidence=confidence)
        low, high = ck.measures.log_ratio_interval(
            a=table["target_count"],
            b=table["reference_count"],
            c=int(tables[0]["count"].sum()),
            d=int(tables[1]["count"].sum()),
            confidence=confidence,
        )
        assert table["log_ratio_low"].equals(low.alias("log_ratio_low"))
        assert table["log_ratio_high"].equals(high.alias("log_ratio_high"))
        widths.append((high - low).to_list())
    assert all(narrow < middle < wide for narrow, middle, wide in zip(*widths, strict=True))


# ----------------------------------------------------------------------------------------------------
# Tables of frequencies
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["word", "ngram", "lemma"])
@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int32, pl.UInt64, pl.Float32, pl.Float64, pl.Decimal(10, 2)])
def test_tables_from_other_sources(label: str, dtype: Any) -> None:
    target = pl.DataFrame({"rank": [1, 2], "count": [3, 1], label: ["ا", "ب"]}, schema_overrides={"count": dtype})
    reference = pl.DataFrame({"lemma": ["ج", "ا"], "count": [4, 0]})
    given_target = target.clone()
    table = ck.keyness(target, reference, target_size=10)
    assert table["word"].to_list() == ["ا", "ب", "ج"]
    assert table["target_count"].to_list() == [3, 1, 0]
    assert table["target_per_million"].to_list() == pytest.approx([300_000, 100_000, 0])
    assert table["reference_per_million"].to_list() == pytest.approx([0, 0, 1_000_000])
    assert_frame_equal(target, given_target)


def test_words_on_neither_side_are_left_out() -> None:
    table = ck.keyness(counts_of(a=1, b=0), counts_of(c=0, b=0, a=2))
    assert table["word"].to_list() == ["a"]


def test_tables_of_ngrams(small: ck.Corpus) -> None:
    sides = small.filter(IN_TARGET), small.filter(IN_REFERENCE)
    table = ck.keyness(*(ck.ngrams(side, n=2, min_count=1) for side in sides))
    assert row_of(table, "البحر البحر")["reference_count"] == 2
    assert options_of(table)["target"]["made_by"]["function"] == "ck.ngrams"


def test_large_tables() -> None:
    """More than 65,536 distinct pairs of counts; sizes and products beyond 32 and 64 bits."""
    n = 70_000
    words = pl.Series("word", [f"w{i}" for i in range(n)])
    ramp = pl.Series("count", range(1, n + 1))
    for factor in (1, 2**26):
        target = pl.DataFrame([words, ramp * factor])
        reference = pl.DataFrame([words, ramp.reverse() * factor])
        table = ck.keyness(target, reference, correction="benjamini_hochberg")
        assert table.height == n
        size = int(target["count"].sum())
        for row in table.gather([0, 1, n // 2, n - 1]).iter_rows(named=True):
            number = int(row["word"][1:])
            a, b = (number + 1) * factor, (n - number) * factor
            assert (row["target_count"], row["reference_count"]) == (a, b)
            assert row["log_likelihood"] == pytest.approx(value_of("log_likelihood", a, b, size, size), rel=1e-9)
            assert row["direction"] == ("target" if a > b else "reference")
        for direction in ("target", "reference"):
            assert table.filter(pl.col("direction") == direction)["log_likelihood"].is_sorted(descending=True)
        assert table["direction"].value_counts().sort("direction")["count"].to_list() == [n // 2, n // 2]


# ----------------------------------------------------------------------------------------------------
# Words planted in the sample
# ----------------------------------------------------------------------------------------------------

PLANTED = ck.sample_truth()["keyness"].to_dicts()
KEY = [(row["outlet"], row["term"]) for row in PLANTED if row["kind"] == "key"]


def planted(kind: str) -> tuple[str, str]:
    (row,) = (row for row in PLANTED if row["kind"] == kind)
    return row["outlet"], ck.normalize(row["term"])


@pytest.mark.parametrize(("outlet", "term"), KEY)
def test_planted_words_are_key(corpus: ck.Corpus, outlet: str, term: str) -> None:
    """Boilerplate ranks higher in three outlets; among words in at least five documents they are in the top ten."""
    sides = outlet_and_rest(corpus, outlet)
    options: dict[str, Any] = {"direction": "target", "min_documents": 5, "measure": ["log_likelihood", "log_ratio"]}
    table = ck.keyness(*sides, **options)
    row = row_of(table, term)
    assert table["word"].to_list().index(row["word"]) < 10
    assert (row["target_count"], row["reference_count"]) == (20, 3)
    assert (row["target_documents"], row["reference_documents"]) == (20, 3)
    assert row["log_ratio_low"] > 2
    assert row["p_adjusted"] < 1e-6
    assert row["target_dispersion"] < 0.7
    by_effect = ck.keyness(*sides, direction="target", min_documents=5, measure="conservative_log_ratio")
    assert by_effect["word"].to_list().index(row["word"]) < 10
    for other, other_term in KEY:
        if other != outlet:  # the key word of another outlet is not key here
            assert row_of(ck.keyness(*sides), other_term)["direction"] == "reference"


def test_dispersion_filters_remove_words_in_one_item(corpus: ck.Corpus) -> None:
    outlet, word = planted("one item")
    sides = outlet_and_rest(corpus, outlet)
    plain = ck.keyness(*sides, direction="target", min_documents=1)
    row = row_of(plain, word)
    assert plain["word"].to_list().index(word) < 10
    assert row["p_adjusted"] < 0.01
    assert (row["target_count"], row["target_documents"]) == (7, 1)
    assert row["target_dispersion"] > 0.9
    either: list[dict[str, Any]] = [{}, {"min_documents": 2}, {"min_documents": 1, "max_dispersion": 0.9}]
    for options in either:
        kept = ck.keyness(*sides, direction="target", **options)["word"]
        assert word not in kept
        assert ck.normalize(dict(KEY)[outlet]) in kept


def test_boilerplate_passes_every_filter(corpus: ck.Corpus) -> None:
    """So it must be removed from the texts."""
    outlet, word = planted("boilerplate")
    table = ck.keyness(*outlet_and_rest(corpus, outlet), direction="target", min_documents=20, max_dispersion=0.5)
    assert word in table["word"].head(6)
    assert (row_of(table, word)["target_documents"], row_of(table, word)["reference_count"]) == (25, 0)


def test_word_in_copies_only(corpus: ck.Corpus) -> None:
    outlet, word = planted("copies only")
    row = row_of(ck.keyness(*outlet_and_rest(corpus, outlet)), word)
    assert (row["target_count"], row["reference_count"]) == (4, 8)
    assert row["target_documents"] + row["reference_documents"] == 6


@pytest.mark.parametrize("outlet", [outlet for outlet, _ in KEY])
def test_variants_sum_to_the_counts(corpus: ck.Corpus, outlet: str) -> None:
    sides = outlet_and_rest(corpus, outlet)
    for table in (ck.keyness(*sides), ck.keyness(*sides, min_documents=3, direction="reference")):
        variants = (
            table.select("word", "target_count", "reference_count", "variants").explode("variants").unnest("variants")
        )
        sums = variants.group_by("word", "target_count", "reference_count", maintain_order=True).agg(
            pl.col("target", "reference").sum(), pl.col("surface").n_unique() == pl.len()
        )
        assert sums["word"].equals(table["word"])
        assert sums["target"].equals(sums["target_count"].alias("target"))
        assert sums["reference"].equals(sums["reference_count"].alias("reference"))
        assert sums["surface"].all()
        assert ck.normalize(variants["surface"], "search").equals(variants["word"].alias("surface"))
        totals = table["variants"].list.eval(pl.element().struct["target"] + pl.element().struct["reference"])
        assert totals.equals(totals.list.sort(descending=True))
        assert totals.list.min().min() == 1 or table.is_empty()


def test_variants_show_the_digits_of_outlets(corpus: ck.Corpus) -> None:
    """Two outlets write ١٢. Numbers folded to 12 are not key for them, but variants show which digits they use."""
    sides = outlet_and_rest(corpus, "صدى الميناء")
    table = ck.keyness(*sides)
    row = row_of(table, "١٤٤٧")
    assert row["word"] == "1447"
    assert row["variants"] == [
        {"surface": "1447", "target": 0, "reference": 12},
        {"surface": "١٤٤٧", "target": 5, "reference": 0},
    ]
    raw = ck.keyness(*sides, profile=None).row(by_predicate=pl.col("word") == "١٤٤٧", named=True)
    assert raw["p_value"] < row["p_value"] / 100
    assert raw["variants"] == [{"surface": "١٤٤٧", "target": 5, "reference": 0}]
    numbers = table.filter(pl.col("word").str.contains("^[0-9]+$")).explode("variants").unnest("variants")
    western = numbers.filter(pl.col("surface").str.contains("^[0-9]+$"))
    arabic = numbers.filter(pl.col("surface").str.contains("^[٠-٩]+$"))
    assert arabic["target"].sum() > 2 * western["target"].sum()  # the others are in copies, which keep their digits
    assert western["reference"].sum() > 5 * arabic["reference"].sum()


def test_variants_show_planted_spellings(corpus: ck.Corpus) -> None:
    outlets = dict(zip(*corpus.documents.select("id", "outlet").collect(), strict=True))
    tables = {
        outlet: part.drop("outlet")
        for (outlet,), part in ck.keyness(corpus, by="outlet", min_documents=1)
        .partition_by("outlet", as_dict=True)
        .items()
    }
    spellings = ck.sample_truth()["spellings"].filter(pl.col("kind") != "misspelling")
    assert spellings["kind"].n_unique() == 5
    for name, surface, plain in spellings.select("id", "surface", "plain").iter_rows():
        if "\u200c" not in surface:  # the profile keeps it, since it is distinctive in other languages
            assert ck.normalize(surface) == ck.normalize(plain)
        variants = {row["surface"]: row for row in row_of(tables[outlets[name]], surface)["variants"]}
        assert variants[surface]["target"] > 0, surface


# ----------------------------------------------------------------------------------------------------
# Provenance
# ----------------------------------------------------------------------------------------------------


def test_provenance_of_subcorpora(corpus: ck.Corpus) -> None:
    target, reference = corpus.filter(OUTLET == "العنقود"), corpus.filter(OUTLET.is_in(["العنقود", "المرقاب"]))
    table = ck.keyness(target, reference, stopwords={"في", "إلى"}, min_count=2, direction="target", k=5)
    record = provenance_of(table)
    assert record is not None
    assert (record["function"], record["corpus_id"]) == ("ck.keyness", corpus.id)
    assert record["profile_digest"] == ck.Normalizer.preset("search").digest
    options = record["options"]
    assert options["shared_documents"] == 31
    assert (options["target"]["corpus_id"], options["reference"]["corpus_id"]) == (corpus.id, corpus.id)
    assert options["target"]["words"] == ck.frequency(target)["count"].sum()
    assert options["reference"]["words"] == ck.frequency(reference)["count"].sum()
    assert options["target"]["subcorpus"] == target.selection
    assert options["reference"]["subcorpus"]["documents"] == 63
    assert options["stopwords"] == ["إلى", "في"]
    given_options = ("measure", "min_count", "direction", "test", "correction", "confidence", "k", "profile")
    assert [options[name] for name in given_options] == [
        ["log_likelihood", "log_ratio"], 2, "target", "log_likelihood", "holm", 0.95, 5, "search",
    ]  # fmt: skip
    assert options["tests"] == ck.keyness(target, reference, stopwords={"في", "إلى"}, min_count=2).height
    json.dumps(record)


def test_provenance_of_two_corpora(corpus: ck.Corpus, small: ck.Corpus) -> None:
    record = provenance_of(ck.keyness(corpus, small, profile=None))
    assert record is not None
    assert (record["corpus_id"], record["profile_digest"]) == (None, None)
    options = record["options"]
    assert (options["shared_documents"], options["profile"]) == (0, None)
    assert (options["target"]["corpus_id"], options["target"]["subcorpus"]) == (corpus.id, None)
    assert options["target"]["words"] == corpus.manifest["counts"]["words"]
    assert options["reference"]["corpus_id"] == small.id


def test_provenance_of_tables(small: ck.Corpus) -> None:
    made = ck.frequency(small.filter(IN_TARGET))
    table = ck.keyness(made, counts_of(a=1, b=2), target_size=99)
    options = options_of(table)
    assert options["target"] == {"rows": 4, "words": 99, "made_by": provenance_of(made)}
    assert options["reference"] == {"rows": 2, "words": 3, "made_by": None}
    assert options["shared_documents"] is None
    mixed = provenance_of(ck.keyness(small, counts_of(a=1)))
    assert mixed is not None
    assert (mixed["corpus_id"], mixed["options"]["shared_documents"]) == (small.id, None)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl", ".xlsx"])
def test_table_is_saved_with_its_provenance(corpus: ck.Corpus, tmp_path: Path, ending: str) -> None:
    sides = outlet_and_rest(corpus, "المرقاب")
    table = ck.keyness(*sides, measure=["log_likelihood", "percent_diff"], min_count=3)
    path = ck.save(table, tmp_path / f"keyness{ending}", corpus)
    record = json.loads((tmp_path / f"keyness{ending}.json").read_text(encoding="utf-8"))
    assert record["made_by"] == json.loads(json.dumps(provenance_of(table)))
    assert (record["rows"], record["corpus"]["id"]) == (table.height, corpus.id)
    assert [column["name"] for column in record["columns"]] == table.columns
    changes = " ".join(record["changes"])
    assert ("'variants'" in changes and "JSON" in changes) == (ending in (".csv", ".xlsx"))
    assert ("not finite" in changes) == (ending in (".jsonl", ".xlsx"))
    if ending == ".parquet":
        assert_frame_equal(pl.read_parquet(path), table)
    if ending == ".csv":
        read = pl.read_csv(path, schema_overrides={"word": pl.String})
        variants = [json.loads(cell) for cell in read["variants"]]
        assert variants == table["variants"].to_list()
        assert read["word"].to_list() == table["word"].to_list()
    if ending == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            assert [json.loads(line)["variants"] for line in lines] == table["variants"].to_list()


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """Objects for the calls below."""

    target: ck.Corpus
    reference: ck.Corpus
    a: pl.DataFrame
    b: pl.DataFrame


@pytest.fixture(scope="module")
def given_sides(small: ck.Corpus) -> Given:
    return Given(
        small.filter(IN_TARGET),
        small.filter(IN_REFERENCE),
        counts_of(x=1, y=3),
        pl.DataFrame({"ngram": ["x"], "count": 2}),
    )


def corpora(**options: Any) -> Callable[[Given], object]:
    return lambda g: ck.keyness(g.target, g.reference, **options)


def frames(**options: Any) -> Callable[[Given], object]:
    return lambda g: ck.keyness(g.a, g.b, **options)


def with_counts(**counts: Any) -> Callable[[Given], object]:
    return lambda g: ck.keyness(g.a, counts_of(**counts))


BAD: list[tuple[Callable[[Given], object], str]] = [
    # empty sides
    (lambda g: ck.keyness(g.target.filter(~IN_TARGET), g.reference), "^target must contain words.* 0 documents"),
    (lambda g: ck.keyness(g.target, g.reference.filter(IN_TARGET)), "^reference must contain words.* 1 documents"),
    (with_counts(x=0, y=0), "^reference must contain words"),
    (lambda g: ck.keyness(g.a.clear(), g.b), "^target must contain words"),
    # invalid counts
    (with_counts(x=3, y=-1), "^reference must be .*got -1 for 'y'"),
    (with_counts(x=1.5, y=2.0), r"^reference must be .*got 1\.5 for 'x'"),
    (with_counts(x=math.nan), "^reference must be .*got nan for 'x'"),
    (with_counts(x=math.inf), "^reference must be .*got inf for 'x'"),
    (with_counts(x=None, y=2), "^reference must be .*got 1 in count"),
    (lambda g: ck.keyness(pl.DataFrame({"word": ["x", None], "count": [1, 2]}), g.b), "^target must .* 1 in word"),
    (lambda g: ck.keyness(pl.concat([g.a, g.a]), g.b), "^target must be .*each word, got several for 'x'"),
    (lambda g: ck.keyness(g.a, pl.concat([g.b, g.b])), "^reference must be .*each ngram, got several for 'x'"),
    (lambda g: ck.keyness(g.a.with_columns(pl.col("count").cast(pl.String)), g.b), "^target must be .*String in count"),
    (lambda g: ck.keyness(g.a.with_columns(count=pl.lit(True)), g.b), "^target must be .*Boolean in count"),
    (lambda g: ck.keyness(g.a.drop("count"), g.b), r"^target must be .*word \(String\)"),
    (lambda g: ck.keyness(g.a, g.b.rename({"ngram": "token"})), r"^reference must be .*lemma, .* token \(String\)"),
    (lambda g: ck.keyness(g.a.with_columns(word=pl.lit(1)), g.b), r"^target must be .*String column .* word \(Int"),
    (lambda g: ck.keyness(pl.DataFrame(), g.b), "^target must be .*columns are: none"),
    # sizes
    (frames(target_size=2), "^target_size must be .*got 2"),
    (frames(reference_size=1), "^reference_size must be .*got 1"),
    (frames(target_size=0), "^target_size must be .*got 0"),
    (frames(target_size=9.0), r"^target_size must be .*got 9\.0"),
    (corpora(target_size=100), "^target_size must be .*got 100"),
    (corpora(reference_size=100), "^reference_size must be .*got 100"),
    # names
    (corpora(measure="log_likelyhood"), "^measure must be .*Did you mean 'log_likelihood"),
    (corpora(measure=["mi", "fisher_exact"]), "^measure must be .*Did you mean 'fisher_exact_"),
    (corpora(measure="log_ratio_interval"), "^measure must be .*Did you mean 'log_ratio"),
    (corpora(measure="juilland_d"), "^measure must be .*got 'juilland_d'"),
    (corpora(measure=[]), "^measure must be "),
    (corpora(measure=["mi", "mi"]), "^measure must be "),
    (corpora(measure=3), "^measure must be .*got 3"),
    (corpora(test="chi_square"), "^test must be .*Did you mean 'chi_squared"),
    (corpora(test="mi"), "^test must be .*got 'mi'"),
    (corpora(correction="bonferoni"), "^correction must be .*Did you mean 'bonferroni"),
    (corpora(correction="none"), "^correction must be .*got 'none'"),
    (corpora(direction="targets"), "^direction must be .*Did you mean 'target"),
    (corpora(direction="equal"), "^direction must be .*got 'equal'"),
    (corpora(direction=None), "^direction must be .*got None"),
    (corpora(dispersion="deviation_of_proportion"), "^dispersion must be .*Did you mean 'deviation_of_proportions"),
    (corpora(profile="serach"), "^profile must be .*Did you mean 'search"),
    # numbers
    (corpora(min_count=0), "^min_count must be .*got 0"),
    (corpora(min_count=1.5), r"^min_count must be .*got 1\.5"),
    (corpora(min_count=True), "^min_count must be .*got True"),
    (corpora(min_documents=-1), r"^min_documents must be .*got -1"),
    (corpora(confidence=0), "^confidence must be .*got 0"),
    (corpora(confidence=1), "^confidence must be .*got 1"),
    (corpora(confidence="x"), "^confidence must be .*got 'x'"),
    (corpora(confidence=math.nan), "^confidence must be .*got nan"),
    (corpora(k=0), "^k must be .*got 0"),
    (corpora(k=-1, measure="simple_maths"), "^k must be .*got -1"),
    (corpora(k=math.inf, measure="simple_maths"), "^k must be .*got inf"),
    (corpora(k="x", measure="simple_maths"), "^k must be .*got 'x'"),
    (corpora(min_dispersion="x"), "^min_dispersion must be .*got 'x'"),
    (corpora(max_dispersion=math.nan), "^max_dispersion must be .*got nan"),
    (corpora(dispersion=None, min_dispersion=0.5), r"^min_dispersion must be .*got 0\.5"),
    (corpora(dispersion=None, max_dispersion=0.0), r"^max_dispersion must be .*got 0\.0"),
    # options that need documents
    (frames(min_documents=2), "^min_documents must be .*got 2"),
    (frames(max_dispersion=0.5), r"^max_dispersion must be .*got 0\.5"),
    (frames(min_dispersion=0.0), r"^min_dispersion must be .*got 0\.0"),
    (lambda g: ck.keyness(g.target, g.b, min_documents=2), "^min_documents must be .*got 2"),
    # stop words
    (corpora(stopwords="في"), "^stopwords must be .*got 'في'"),
    (corpora(stopwords=[1]), "^stopwords must be "),
    (corpora(stopwords=None), "^stopwords must be .*got None"),
    # neither a corpus nor a table
    (lambda g: ck.keyness(g.a.lazy().select("word"), g.b), "^target must be "),
    (lambda g: ck.keyness(g.target), "^reference must be .*got None.*by="),
    (lambda g: ck.keyness(g.target, "نص"), "^reference must be .*got 'نص'"),
    (lambda g: ck.keyness(None, g.b), "^target must be .*got None"),
    (lambda g: ck.keyness(g.a["word"], g.b), "^target must be .*got Series"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input(given_sides: Given, call: Callable[[Given], object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call(given_sides)


def test_closed_corpus(tmp_path: Path) -> None:
    corpus = build([("t", "قال الوزير"), ("r", "قال")], tmp_path / "c")
    parts = corpus.filter(IN_TARGET), corpus.filter(IN_REFERENCE)
    table = ck.keyness(*parts, min_documents=1)
    corpus.close()
    for sides in ((corpus, parts[1]), (parts[0], corpus)):
        with pytest.raises(ck.CorpusError, match="closed"):
            ck.keyness(*sides)
    with ck.Corpus.open(tmp_path / "c") as again:
        parts = again.filter(IN_TARGET), again.filter(IN_REFERENCE)
        assert_frame_equal(ck.keyness(*parts, min_documents=1), table)


def test_options_are_keyword_only(given_sides: Given) -> None:
    with pytest.raises(TypeError, match="positional"):
        ck.keyness(given_sides.a, given_sides.b, "log_ratio")  # type: ignore[call-arg]
