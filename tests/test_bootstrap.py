"""The bootstrap over documents: equal to a slow twin; draws, coverage of the intervals, bad input."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_keyness import document_of, value_of
from scipy import stats

import corpus_kit as ck
from corpus_kit._base.hashing import draws
from corpus_kit._base.records import provenance_of
from corpus_kit.analysis import bootstrap as resampling
from corpus_kit.analysis.bootstrap import Bootstrap, Replicates, intervals
from corpus_kit.analysis.counted_words import CountedWords, DocumentRows

pytestmark = pytest.mark.interface

Words = list[str]
Interval = tuple[float, float]

OUTLET = pl.col("outlet")
SIDE = pl.col("side")
BOUNDS = ["per_million_low", "per_million_high"]


# ----------------------------------------------------------------------------------------------------
# The twin: lists of words, Counters, loops
# ----------------------------------------------------------------------------------------------------


def words_of(text: str, profile: str | None = "search") -> Words:
    return [word for _, word in document_of(text, profile)]


def slow_draws(n: int, replicate: int, seed: int) -> list[int]:
    """SplitMix64 in Python integers; the upper half of each hash selects one of n."""
    mask, times = 2**64 - 1, [0] * n
    for number in range(n):
        z = ((number + (replicate << 32)) * 0x9E3779B97F4A7C15 + seed * 0xD1342543DE82EF95 + 1) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        times[((z ^ (z >> 31)) >> 32) * n >> 32] += 1
    return times


def slow_replicates(documents: Sequence[Words], n_bootstrap: int, seed: int, side: int = 0) -> Iterator[Counter[str]]:
    """Draw documents, concatenate their words, count."""
    for replicate in range(side * n_bootstrap, (side + 1) * n_bootstrap):
        times = draws(len(documents), replicate, seed).tolist()
        yield Counter(word for words, often in zip(documents, times, strict=True) for word in words * often)


def slow_quantile(values: Sequence[float], share: float) -> float:
    """Interpolate linearly, ignoring NaN; between a finite and an infinite value the result is infinite."""
    ordered = sorted(value for value in values if not math.isnan(value))
    if not ordered:
        return math.nan
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    part = place - below
    if part == 0 or ordered[below] == ordered[below + 1]:
        return ordered[below]
    return ordered[below] * (1 - part) + ordered[below + 1] * part


def slow_interval(values: Sequence[float], confidence: float) -> Interval:
    tail = (1 - confidence) / 2
    return slow_quantile(values, tail), slow_quantile(values, 1 - tail)


def slow_rates(
    documents: Sequence[Words], least: int, *, n_bootstrap: int, seed: int = 0, confidence: float = 0.95
) -> dict[str, Interval]:
    """Return the interval of the rate of each word that is frequent enough; one document has none."""
    drawn = slow_replicates(documents, n_bootstrap, seed) if sum(map(bool, documents)) > 1 else []
    replicates = [(each, each.total()) for each in drawn]
    counts = Counter(word for words in documents for word in words)
    return {
        word: slow_interval([per_million(each[word], size) for each, size in replicates], confidence)
        for word, count in counts.items()
        if count >= least
    }


def per_million(count: int, size: int) -> float:
    return count / size * 1e6 if size else math.nan


def slow_keyness_intervals(
    target: Sequence[Words],
    reference: Sequence[Words],
    words: Sequence[str],
    measure: str,
    *,
    n_bootstrap: int,
    seed: int = 0,
    confidence: float = 0.95,
    k: float = 1.0,
    tests: int = 1,
) -> dict[str, Interval]:
    sides = [
        list(slow_replicates(documents, n_bootstrap, seed, side)) for side, documents in ((0, target), (1, reference))
    ]

    def value(word: str, here: Counter[str], there: Counter[str]) -> float:
        if not here or not there:  # no measure is defined for a corpus without words
            return math.nan
        if not here[word] and not there[word]:  # a replicate without the word shows no difference
            return -math.log(here.total() + there.total()) if measure == "bic" else WITHOUT_DIFFERENCE[measure]
        found = value_of(measure, here[word], there[word], here.total(), there.total(), confidence, tests, k)
        return math.nan if found is None else found

    return {
        word: slow_interval([value(word, *pair) for pair in zip(*sides, strict=True)], confidence) for word in words
    }


def intervals_of(table: pl.DataFrame, low: str, high: str) -> dict[str, Interval]:
    """Return the intervals, with null as NaN."""
    rows = table.select("word", pl.col(low, high).fill_null(math.nan)).iter_rows()
    return {word: (one, other) for word, one, other in rows}


def assert_same(found: dict[str, Interval], expected: dict[str, Interval]) -> None:
    assert found.keys() == expected.keys()
    for word, bounds in expected.items():
        for one, other in zip(found[word], bounds, strict=True):
            same = math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(one) and math.isnan(other))
            assert same, (word, found[word], bounds)


def build(texts: Sequence[str], folder: str | Path, **columns: Any) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts, **columns}), Path(folder) / "c", progress=False)


def file_bytes(table: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    table.write_ipc(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def documents(corpus: ck.Corpus) -> list[tuple[str, Words]]:
    """Return the outlet and the words of each item of the sample."""
    return [
        (outlet, words_of(text)) for outlet, text in corpus.documents.select("outlet", "text").collect().iter_rows()
    ]


@pytest.fixture
def _threads() -> Iterator[None]:
    yield
    ck.set_threads(None)


# ----------------------------------------------------------------------------------------------------
# frequency equals the twin
# ----------------------------------------------------------------------------------------------------

DRAWN: list[dict[str, Any]] = [
    {"n_bootstrap": 40},
    {"n_bootstrap": 7, "seed": 12345678901234567890123, "confidence": 0.5},
    {"n_bootstrap": 1, "seed": 3},
]


@pytest.mark.parametrize("options", DRAWN)
@pytest.mark.parametrize("least", [1, 6])
def test_rates_of_the_sample_equal_the_twin(
    corpus: ck.Corpus, documents: list[tuple[str, Words]], options: dict[str, Any], least: int
) -> None:
    table = ck.frequency(corpus, min_count=least, **options)
    expected = slow_rates([words for _, words in documents], least, **options)
    assert_same(intervals_of(table, *BOUNDS), expected)


@pytest.mark.parametrize("least", [1, 4])
def test_rates_by_a_column_equal_the_twin(corpus: ck.Corpus, documents: list[tuple[str, Words]], least: int) -> None:
    """Each outlet is resampled separately, also in a subcorpus."""
    options: dict[str, Any] = {"n_bootstrap": 12, "seed": 4, "confidence": 0.8}
    odd = pl.col("document") % 2 == 1
    for part, chosen in ((corpus, documents), (corpus.filter(odd), documents[1::2])):
        table = ck.frequency(part, by="outlet", min_count=least, **options)
        for outlet in {outlet for outlet, _ in documents}:
            expected = slow_rates([words for label, words in chosen if label == outlet], least, **options)
            assert_same(intervals_of(table.filter(outlet == OUTLET), *BOUNDS), expected)


def test_rates_of_a_subcorpus_equal_the_twin(corpus: ck.Corpus, documents: list[tuple[str, Words]]) -> None:
    table = ck.frequency(corpus.filter(OUTLET == "العنقود"), n_bootstrap=25, seed=9)
    expected = slow_rates([words for outlet, words in documents if outlet == "العنقود"], 1, n_bootstrap=25, seed=9)
    assert_same(intervals_of(table, *BOUNDS), expected)


# Few pieces, so that words repeat; some are spellings of the same word, and some documents have no words.
TEXT = st.lists(
    st.sampled_from(["مئة", "مئه", "مِئة", "إلى", "الى", "قال", "١٢", "12", "،", "!", "\u064e"]), max_size=7
).map(lambda some: " ".join([*some, "."]))


@given(
    texts=st.lists(st.tuples(TEXT, st.sampled_from(["a", "b", None])), min_size=1, max_size=7),
    n_bootstrap=st.integers(1, 9),
    seed=st.integers(0, 2**70),
    confidence=st.sampled_from([0.1, 0.5, 0.95]),
    profile=st.sampled_from(["search", "dediac", None]),
    least=st.integers(1, 3),
)
@settings(max_examples=examples(20))
def test_rates_equal_the_twin(
    texts: list[tuple[str, str | None]],
    n_bootstrap: int,
    seed: int,
    confidence: float,
    profile: str | None,
    least: int,
) -> None:
    options: dict[str, Any] = {"n_bootstrap": n_bootstrap, "seed": seed, "confidence": confidence}
    columns = {"label": pl.Series([label for _, label in texts], dtype=pl.String)}
    found = [words_of(text, profile) for text, _ in texts]
    with TemporaryDirectory() as folder, build([text for text, _ in texts], folder, **columns) as corpus:
        whole = ck.frequency(corpus, profile=profile, min_count=least, **options)
        grouped = ck.frequency(corpus, by="label", profile=profile, min_count=least, **options)
    assert_same(intervals_of(whole, *BOUNDS), slow_rates(found, least, **options))
    for label in ("a", "b", None):
        part = [words for words, (_, other) in zip(found, texts, strict=True) if other == label]
        table = grouped.filter(pl.col("label").eq_missing(label))
        assert_same(intervals_of(table, *BOUNDS), slow_rates(part, least, **options))


# ----------------------------------------------------------------------------------------------------
# keyness equals the twin
# ----------------------------------------------------------------------------------------------------

# each measure with its value for equal rates; that of bic depends on the sizes
WITHOUT_DIFFERENCE = {
    "log_likelihood": 0, "log_ratio": 0, "conservative_log_ratio": 0, "simple_maths": 1, "weighted_log_odds": 0,
    "difference_coefficient": 0, "chi_squared": 0, "npmi": 0, "odds_ratio": 1, "mi": 0,
    "dice": 0,
}  # fmt: skip
MEASURES = ["log_likelihood", "log_ratio", "conservative_log_ratio", "simple_maths", "bic", "weighted_log_odds",
            "difference_coefficient", "chi_squared", "npmi"]  # fmt: skip


def assert_keyness_equals_twin(
    table: pl.DataFrame, target: Sequence[Words], reference: Sequence[Words], names: Sequence[str], **options: Any
) -> None:
    for name in names:
        expected = slow_keyness_intervals(target, reference, table["word"].to_list(), name, **options)
        assert_same(intervals_of(table, f"{name}_bootstrap_low", f"{name}_bootstrap_high"), expected)


@pytest.mark.slow
def test_two_outlets_equal_the_twin(corpus: ck.Corpus, documents: list[tuple[str, Words]]) -> None:
    """Subcorpora of one corpus; conservative_log_ratio corrects for all words of the table."""
    names = ("المرقاب", "العنقود")
    sides = [[words for outlet, words in documents if outlet == name] for name in names]
    options: dict[str, Any] = {"n_bootstrap": 24, "seed": 8, "confidence": 0.9, "k": 50.0}
    parts = [corpus.filter(name == OUTLET) for name in names]
    table = ck.keyness(*parts, measure=MEASURES, min_count=12, variants=False, **options)
    assert table.height > 20
    assert_keyness_equals_twin(table, *sides, MEASURES, tests=table.height, **options)
    # words of the other direction are not in the table, but count as tests
    one = ck.keyness(*parts, measure=MEASURES, min_count=12, variants=False, direction="target", **options)
    assert 0 < one.height < table.height
    assert one.drop("variants", strict=False).equals(table.filter(pl.col("direction") == "target"))


def test_two_corpora_equal_the_twin(tmp_path: Path, documents: list[tuple[str, Words]], corpus: ck.Corpus) -> None:
    """Corpora number their words independently, and each has words that the other lacks."""
    texts = corpus.documents.select("text").collect()["text"].to_list()
    options: dict[str, Any] = {"n_bootstrap": 15, "seed": 2}
    names = ["log_ratio", "log_likelihood", "simple_maths"]
    with build(texts[:24], tmp_path / "one") as one, build(texts[150:170], tmp_path / "two") as two:
        table = ck.keyness(one, two, measure=names, min_count=7, **options)
    assert (table["target_count"] == 0).any()
    assert (table["reference_count"] == 0).any()
    sides = [[words for _, words in documents[begin:end]] for begin, end in ((0, 24), (150, 170))]
    assert_keyness_equals_twin(table, *sides, names, **options)


WITH_A_WORD = st.tuples(st.sampled_from(["مئة", "قال", "في"]), TEXT).map(" ".join)


@given(
    texts=st.tuples(
        st.tuples(WITH_A_WORD, st.just("t")),
        st.tuples(WITH_A_WORD, st.just("r")),
        st.lists(st.tuples(WITH_A_WORD, st.sampled_from(["t", "r", "both", "none"])), max_size=5),
    ).flatmap(lambda parts: st.permutations([*parts[:2], *parts[2]])),
    names=st.lists(st.sampled_from(MEASURES), min_size=1, max_size=3, unique=True),
    n_bootstrap=st.integers(1, 6),
    seed=st.integers(0, 100),
)
@settings(max_examples=examples(16))
def test_keyness_equals_the_twin(texts: list[tuple[str, str]], names: list[str], n_bootstrap: int, seed: int) -> None:
    options: dict[str, Any] = {"n_bootstrap": n_bootstrap, "seed": seed, "confidence": 0.6}
    sides = [[words_of(text) for text, side in texts if side in (name, "both")] for name in ("t", "r")]
    with TemporaryDirectory() as folder:
        kinds = [side for _, side in texts]
        with build([text for text, _ in texts], folder, side=kinds) as corpus:
            parts = [corpus.filter(SIDE.is_in([name, "both"])) for name in ("t", "r")]
            table = ck.keyness(*parts, measure=names, min_documents=0, **options)
    assert_keyness_equals_twin(table, *sides, names, tests=table.height, **options)


FEW = ["قال نهر", "قال قال سفينة", "نهر نهر", "بحر نهر قال", "سفينة"]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Return five documents; some replicates lack سفينة in the target, others in the reference."""
    with build(FEW, tmp_path_factory.mktemp("few"), side=["t", "t", "t", "r", "r"]) as built:
        yield built


@pytest.mark.parametrize(
    ("name", "n_bootstrap"),
    [
        ("odds_ratio", 20),
        ("odds_ratio", 21),
        ("mi", 20),
        ("mi", 21),
    ],
)
def test_bounds_near_infinite_values(few: ck.Corpus, name: str, n_bootstrap: int) -> None:
    """odds_ratio and mi are infinite where a word is missing on one side.

    A quantile at a finite value is that value; between a finite and an infinite value it is infinite.
    """
    documents = [[words_of(text) for text in side] for side in (FEW[:3], FEW[3:])]
    for seed in range(40):
        options: dict[str, Any] = {"n_bootstrap": n_bootstrap, "confidence": 0.5, "seed": seed}
        table = ck.keyness(few.filter(SIDE == "t"), few.filter(SIDE == "r"), measure=name, variants=False, **options)
        assert_keyness_equals_twin(table, *documents, [name], **options)


def test_measure_not_based_on_rates(few: ck.Corpus) -> None:
    """dice differs between pairs of equal rates; for an absent word it is 0."""
    documents = [[words_of(text) for text in side] for side in (FEW[:3], FEW[3:])]
    options: dict[str, Any] = {"n_bootstrap": 20, "seed": 1}
    table = ck.keyness(few.filter(SIDE == "t"), few.filter(SIDE == "r"), measure="dice", variants=False, **options)
    assert_keyness_equals_twin(table, *documents, ["dice"], **options)


@pytest.mark.parametrize("name", ["log_ratio", "log_likelihood", "bic", "chi_squared"])
def test_replicates_without_words_are_left_out(tmp_path: Path, name: str) -> None:
    """A replicate may consist of documents without words, which ck.measures cannot compare."""
    texts = ["نهر بحر بحر", "!", "نهر", "نهر نهر بحر"]
    options: dict[str, Any] = {"n_bootstrap": 30, "seed": 1}
    with build(texts, tmp_path, side=["t", "t", "r", "r"]) as corpus:
        sides = corpus.filter(SIDE == "t"), corpus.filter(SIDE == "r")
        table = ck.keyness(*sides, measure=name, variants=False, min_documents=1, **options)
    words = [words_of(text) for text in texts]
    assert not all(slow_replicates(words[:2], 30, 1))
    assert_keyness_equals_twin(table, words[:2], words[2:], [name], **options)


def test_rates_skip_replicates_without_words(tmp_path: Path) -> None:
    with build(["نهر بحر", "بحر نهر", "!"], tmp_path) as corpus:
        table = ck.frequency(corpus, n_bootstrap=200)
    assert not all(slow_replicates([["نهر", "بحر"], ["نهر", "بحر"], []], 200, 0))
    assert intervals_of(table, *BOUNDS) == {"نهر": (5e5, 5e5), "بحر": (5e5, 5e5)}


def test_one_document_has_no_interval(tmp_path: Path) -> None:
    """Whatever is drawn is that document: its rate is not certain."""
    with build(["نهر بحر", "!"], tmp_path) as corpus:
        table = ck.frequency(corpus, n_bootstrap=30)
    assert table.select(BOUNDS).null_count().row(0) == (2, 2)


def test_zero_has_an_interval(corpus: ck.Corpus) -> None:
    """A word that no document has may be expected in up to 3.69 of as many documents (Garwood 1936)."""
    counted = CountedWords(corpus.filter(OUTLET == "المرقاب"), ck.Normalizer.preset("search"))
    never = np.flatnonzero(counted.frequency == 0)[:3]
    ids = np.concatenate([never, [int(counted.frequency.argmax())], [-1]])
    for level, most in ((0.95, 3.6888794541), (0.9, 2.9957322736)):
        options = Bootstrap(20, 0, level)
        group = Replicates(counted, np.arange(len(counted.documents)), options)
        low, high = intervals(lambda count, size: count / size * 1e6, (group,), (ids,), level)
        upper = most / counted.sizes.sum() * 1e6
        assert low[[0, 1, 2, 4]].tolist() == [0] * 4
        assert high[[0, 1, 2, 4]] == pytest.approx([upper] * 4)
        assert 0 < low[3] < high[3]


def test_bounds_are_null_without_any_value(tmp_path: Path) -> None:
    """The only replicate has no words: the bounds are null, not NaN."""
    seed = next(seed for seed in range(1000) if draws(3, 0, seed).tolist() == [0, 0, 3])
    with build(["نهر بحر", "بحر نهر", "!"], tmp_path) as corpus:
        table = ck.frequency(corpus, n_bootstrap=1, seed=seed)
    assert table.select(BOUNDS).null_count().row(0) == (2, 2)


# ----------------------------------------------------------------------------------------------------
# Seeds, threads, portions, records
# ----------------------------------------------------------------------------------------------------


def tables(corpus: ck.Corpus, **options: Any) -> list[pl.DataFrame]:
    sides = corpus.filter(OUTLET == "بريد الساحل"), corpus.filter(OUTLET != "بريد الساحل")
    return [
        ck.frequency(corpus, min_count=3, **options),
        ck.frequency(corpus, by="outlet", min_count=3, **options),
        ck.keyness(*sides, measure=["log_ratio", "simple_maths"], min_count=10, **options),
    ]


@pytest.mark.usefixtures("_threads")
def test_same_seed_gives_the_same_bytes(corpus: ck.Corpus) -> None:
    first = [file_bytes(table) for table in tables(corpus, n_bootstrap=20, seed=5)]
    for number in (None, 1, 2):
        ck.set_threads(number)
        assert [file_bytes(table) for table in tables(corpus, n_bootstrap=20, seed=5)] == first
    other = [file_bytes(table) for table in tables(corpus, n_bootstrap=20, seed=6)]
    assert all(one != two for one, two in zip(first, other, strict=True))


@pytest.mark.parametrize("cells", [1, 7, 1000])
def test_batch_size_does_not_matter(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    """Words are processed in batches, which may be as small as one word."""
    part = corpus.filter(pl.col("document") < 60)
    expected = [file_bytes(table) for table in tables(part, n_bootstrap=5)]
    monkeypatch.setattr(resampling, "_CELLS", cells)
    assert [file_bytes(table) for table in tables(part, n_bootstrap=5)] == expected


def test_other_columns_are_unchanged(corpus: ck.Corpus) -> None:
    for drawn, plain in zip(tables(corpus, n_bootstrap=3), tables(corpus), strict=True):
        more = [name for name in drawn.columns if name not in plain.columns]
        assert drawn.drop(more).equals(plain)
        assert all(name == "n_bootstrap" or name.endswith(("_low", "_high")) for name in more)
        assert drawn.schema["n_bootstrap"] == pl.Int64
        assert drawn["n_bootstrap"].unique().to_list() == [3]
        assert all(drawn.schema[name] == pl.Float64 for name in more if name != "n_bootstrap")


def test_column_names(corpus: ck.Corpus) -> None:
    rates, grouped, key = tables(corpus, n_bootstrap=2)
    assert rates.columns[-3:] == grouped.columns[-3:] == [*BOUNDS, "n_bootstrap"]
    bounds = [f"{name}_bootstrap_{end}" for name in ("log_ratio", "simple_maths") for end in ("low", "high")]
    assert key.columns[-6:] == [*bounds, "n_bootstrap", "variants"]


@pytest.mark.parametrize("nothing", ["whole", "filtered"])
def test_tables_without_rows(corpus: ck.Corpus, nothing: str) -> None:
    """An empty subcorpus, and a min_count that no word reaches."""
    part, least = (corpus.filter(pl.lit(False)), 1) if nothing == "whole" else (corpus, 10**6)
    full = ck.frequency(corpus, by="outlet", n_bootstrap=2, min_count=100)
    for by in (None, "outlet"):
        table = ck.frequency(part, by=by, min_count=least, n_bootstrap=2)
        assert table.height == 0
        assert table.schema == (full if by else full.drop("outlet")).schema
    if nothing == "filtered":
        sides = corpus.filter(OUTLET == "بريد الساحل"), corpus.filter(OUTLET != "بريد الساحل")
        assert ck.keyness(*sides, min_count=least, n_bootstrap=2).height == 0


def test_provenance(corpus: ck.Corpus) -> None:
    for table in tables(corpus, n_bootstrap=4, seed=17, confidence=0.8):
        record = provenance_of(table)
        assert record is not None
        options = record["options"]
        assert (options["n_bootstrap"], options["seed"], options["confidence"]) == (4, 17, 0.8)
    for table in tables(corpus):
        record = provenance_of(table)
        assert record is not None
        assert record["options"]["n_bootstrap"] == 0
        assert "seed" not in record["options"]


# ----------------------------------------------------------------------------------------------------
# Meaning of the intervals
# ----------------------------------------------------------------------------------------------------


def test_evenly_and_unevenly_spread_words(tmp_path: Path) -> None:
    """قال makes up a quarter of each document; الزعفران occurs 12 times in one of them only."""
    texts = ["قال نهر بحر سفينة " * times for times in range(3, 15)]
    texts[4] = ("قال " + "الزعفران " * 3) * 4
    with build(texts, tmp_path) as corpus:
        found = intervals_of(ck.frequency(corpus, n_bootstrap=200), *BOUNDS)
    assert found["قال"] == (250_000, 250_000)
    low, high = found["الزعفران"]
    assert low == 0
    assert high > 2 * 12 / (4 * sum(range(3, 15))) * 1e6


def test_planted_words(corpus: ck.Corpus) -> None:
    """الزعفران occurs in one item, نشرتنا once in each of 25; the word that is spread has the narrower interval."""
    table = ck.frequency(corpus, n_bootstrap=400)
    bounds, rates = intervals_of(table, *BOUNDS), dict(table.select("word", "per_million").iter_rows())
    assert bounds["الزعفران"][0] == 0
    assert bounds["نشرتنا"][0] > 0
    width = {word: (bounds[word][1] - bounds[word][0]) / rates[word] for word in ("الزعفران", "نشرتنا", "في")}
    assert width["في"] < width["نشرتنا"] < width["الزعفران"]


def test_word_in_a_single_item_is_not_key(corpus: ck.Corpus) -> None:
    """Its seven occurrences are significant in tests over words; replicates without the item show no difference."""
    side = OUTLET == "النافذة السابعة"
    table = ck.keyness(corpus.filter(side), corpus.filter(~side), n_bootstrap=300, min_count=7, min_documents=1)
    row = table.row(by_predicate=pl.col("word") == "الزعفران", named=True)
    assert row["log_ratio_low"] > 1
    assert row["log_ratio_bootstrap_low"] == 0
    spread = table.row(by_predicate=pl.col("word") == "نشرتنا", named=True)
    assert spread["log_ratio_bootstrap_low"] > 1


def test_interval_contains_the_rate(corpus: ck.Corpus) -> None:
    """The observed rate is within the interval for nearly every word."""
    table = ck.frequency(corpus, n_bootstrap=300, min_count=5)
    held = table.filter(pl.col("per_million").is_between(*map(pl.col, BOUNDS)))
    assert held.height > 0.99 * table.height


def test_higher_confidence_gives_wider_intervals(corpus: ck.Corpus) -> None:
    narrow, middle, wide = (tables(corpus, n_bootstrap=60, confidence=share) for share in (0.5, 0.9, 0.99))
    for inner, outer in ((narrow, middle), (middle, wide)):
        for one, other in zip(inner, outer, strict=True):
            for low in (name for name in one.columns if name.endswith("_low") and name != "log_ratio_low"):
                high = low.removesuffix("low") + "high"
                assert (other[low] <= one[low]).all()
                assert (other[high] >= one[high]).all()
                assert ((other[high] - other[low]) > (one[high] - one[low])).mean() > 0.9


def test_one_replicate_is_its_own_interval(corpus: ck.Corpus) -> None:
    for table in tables(corpus, n_bootstrap=1):
        for low in (name for name in table.columns if name.endswith("_low") and name != "log_ratio_low"):
            assert table[low].equals(table[low.removesuffix("low") + "high"])


class Simulated:
    """Documents as the bootstrap sees them: the count of one word in each, and their lengths."""

    def __init__(self, counts: Any, sizes: Any) -> None:
        self.sizes = sizes
        self.words = pl.Series("word", ["نهر"])
        there = np.flatnonzero(counts)
        starts = np.concatenate([[0], np.cumsum(counts > 0)])
        self.by_document = DocumentRows(starts, np.zeros(len(there), np.uint32), counts[there].astype(np.uint32))


def simulated_rates(trial: int, rate: float, clumping: float) -> tuple[Interval, Interval]:
    """Return two 95 % intervals of a rate: from the bootstrap, and assuming independent words.

    Documents have 50 to 500 words; the rate of each varies around the true one.
    """
    source = np.random.default_rng(trial)
    sizes = source.integers(50, 501, 80)
    counts = source.poisson(sizes * source.gamma(1 / clumping, rate * clumping, len(sizes)))
    simulated: Any = Simulated(counts, sizes)
    replicates = Replicates(simulated, np.arange(len(sizes)), Bootstrap(200, trial, 0.95))
    low, high = intervals(lambda count, size: count / size, (replicates,), (np.zeros(1, np.int64),), 0.95)
    independent = stats.binomtest(int(counts.sum()), int(sizes.sum())).proportion_ci(method="wilson")
    return (low[0], high[0]), (independent.low, independent.high)


@pytest.mark.parametrize(("rate", "clumping"), [(0.01, 0.5), (0.003, 1.0)])
def test_interval_covers_the_true_rate(rate: float, clumping: float) -> None:
    """In about 95 of 100 trials; an interval assuming independent words covers it far less often."""
    both = [simulated_rates(trial, rate, clumping) for trial in range(100)]
    held, naive = (sum(low <= rate <= high for low, high in each) for each in zip(*both, strict=True))
    assert 86 <= held <= 99
    assert naive < 80


def test_undefined_values_are_ignored() -> None:
    """If a statistic is undefined in some replicates, the quantiles are those of the others."""
    sizes = np.array([3, 4, 5, 6])
    simulated: Any = Simulated(np.array([1, 2, 0, 3]), sizes)
    replicates = Replicates(simulated, np.arange(4), Bootstrap(51, 3, 0.5))
    rows = np.zeros(1, np.int64)
    (count,) = replicates.counts(rows)
    low, high = intervals(lambda a, c: np.where(a > 5, a / c, np.nan), (replicates,), (rows,), 0.5)
    values = (count[0] / replicates.sizes)[count[0] > 5]
    assert 0 < len(values) < 51
    assert (low[0], high[0]) == pytest.approx(np.quantile(values, [0.25, 0.75]))
    low, high = intervals(lambda a, c: a + c + np.nan, (replicates,), (rows,), 0.5)
    assert math.isnan(low[0])
    assert math.isnan(high[0])


def test_counts_of_selected_words_and_documents(corpus: ck.Corpus, documents: list[tuple[str, Words]]) -> None:
    """Some documents, and words in any order; -1 stands for an absent word."""
    from corpus_kit.analysis.counted_words import CountedWords
    from corpus_kit.text.normalization import resolve_profile

    counted = CountedWords(corpus, resolve_profile("search"))
    chosen, words = np.array([3, 40, 41, 200]), np.array([700, -1, 0, 5, -1])
    replicates = Replicates(counted, chosen, Bootstrap(6, 1, 0.95), side=2)
    (table,) = replicates.counts(words)
    expected = list(slow_replicates([documents[number][1] for number in chosen], 6, 1, side=2))
    assert replicates.sizes.tolist() == [each.total() for each in expected]
    for row, word in zip(table, words, strict=True):
        assert row.tolist() == [0 if word < 0 else each[counted.words[int(word)]] for each in expected]


# ----------------------------------------------------------------------------------------------------
# The draws
# ----------------------------------------------------------------------------------------------------


@given(n=st.integers(0, 60), replicate=st.integers(0, 2**31), seed=st.integers(0, 2**80))
def test_draws_equal_the_twin(n: int, replicate: int, seed: int) -> None:
    found = draws(n, replicate, seed)
    assert found.tolist() == slow_draws(n, replicate, seed)
    assert (len(found), int(found.sum()), found.dtype) == (n, n, np.int64)


def test_draws_never_change() -> None:
    """Published intervals must stay reproducible."""
    assert draws(12, 0, 0).tolist() == slow_draws(12, 0, 0) == [0, 0, 0, 1, 2, 2, 2, 0, 1, 2, 1, 1]
    assert draws(1, 5, 5).tolist() == [1]


def all_draws(n: int, replicates: int, seed: int) -> Any:
    return np.stack([draws(n, replicate, seed) for replicate in range(replicates)])


@pytest.mark.parametrize("seed", [0, 1, 2**40])
@pytest.mark.parametrize("n", [2, 7, 50, 1000])
def test_documents_are_drawn_equally_often(n: int, seed: int) -> None:
    """Chi-squared test at one in a million."""
    table = all_draws(n, 2000, seed)
    total = table.sum(axis=0)
    assert stats.chi2.sf(((total - 2000) ** 2 / 2000).sum(), n - 1) > 1e-6
    # the number of times a document is drawn is binomial
    often = np.bincount(table.ravel(), minlength=9)
    expected = stats.binom.pmf(np.arange(len(often)), n, 1 / n) * table.size
    assert abs(often - expected).max() < 6 * math.sqrt(table.size)


def test_replicates_are_independent() -> None:
    """No two replicates, seeds or sides correlate more than chance allows."""
    n, replicates = 400, 300
    tables_ = [all_draws(n, replicates, seed) for seed in (0, 1, 2)]
    together = np.concatenate(tables_).astype(float)
    correlation = np.corrcoef(together)
    np.fill_diagonal(correlation, 0)
    # of 400,000 correlations of independent rows the largest is near 5 / sqrt(n)
    assert abs(correlation).max() < 6.5 / math.sqrt(n)
    assert abs(correlation.sum() / correlation.size) < 1e-3
    assert len({row.tobytes() for row in together}) == len(together)


def test_both_sides_of_keyness_are_drawn_independently(tmp_path: Path) -> None:
    """Both sides have the same documents: in joint draws all differences would be 0."""
    texts = ["نهر بحر", "نهر", "بحر بحر", "نهر نهر بحر"]
    with build(texts, tmp_path) as corpus:
        table = ck.keyness(corpus, corpus, n_bootstrap=50, variants=False)
    assert (table["log_ratio"] == 0).all()
    assert (table["log_ratio_bootstrap_low"] < 0).all()
    assert (table["log_ratio_bootstrap_high"] > 0).all()


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------

BAD: list[tuple[dict[str, Any], str]] = [
    ({"n_bootstrap": -1}, r"^n_bootstrap must be .*got -1"),
    ({"n_bootstrap": 2.5}, r"^n_bootstrap must be .*got 2\.5"),
    ({"n_bootstrap": True}, "^n_bootstrap must be .*got True"),
    ({"n_bootstrap": "9"}, "^n_bootstrap must be .*got '9'"),
    ({"n_bootstrap": None}, "^n_bootstrap must be .*got None"),
    ({"seed": -1}, r"^seed must be .*got -1"),
    ({"seed": 1.0}, r"^seed must be .*got 1\.0"),
    ({"seed": None}, "^seed must be .*got None"),
    ({"seed": True}, "^seed must be .*got True"),
    ({"confidence": 0}, "^confidence must be .*got 0"),
    ({"confidence": 1}, "^confidence must be .*got 1"),
    ({"confidence": 95}, "^confidence must be .*got 95"),
    ({"confidence": math.nan}, "^confidence must be .*got nan"),
    ({"confidence": "x"}, "^confidence must be .*got 'x'"),
    ({"confidence": True}, "^confidence must be .*got True"),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_bad_arguments(few: ck.Corpus, options: dict[str, Any], message: str) -> None:
    given_options = {"n_bootstrap": 5} | options
    calls: list[Callable[[], object]] = [
        lambda: ck.frequency(few, **given_options),
        lambda: ck.frequency(few, by="side", **given_options),
        lambda: ck.keyness(few.filter(SIDE == "t"), few.filter(SIDE == "r"), **given_options),
    ]
    for call in calls:
        with pytest.raises(ck.InputError, match=message):
            call()


def test_numbers_of_other_types(few: ck.Corpus) -> None:
    expected = ck.frequency(few, n_bootstrap=5, seed=3, confidence=0.5)
    other = ck.frequency(few, n_bootstrap=np.int32(5), seed=np.uint64(3), confidence=np.float64(0.5))
    assert other.equals(expected)


def test_frequency_tables_are_refused(few: ck.Corpus) -> None:
    table = ck.frequency(few)
    for sides in ((table, table), (few, table), (table, few)):
        with pytest.raises(ck.InputError, match=r"^n_bootstrap must be .*got 5"):
            ck.keyness(*sides, n_bootstrap=5)


@pytest.mark.parametrize("name", [*BOUNDS, "n_bootstrap"])
def test_label_with_the_name_of_a_column_is_refused(tmp_path: Path, name: str) -> None:
    with (
        build(["نهر"], tmp_path, **{name: ["a"]}) as corpus,
        pytest.raises(ck.InputError, match=r"^by must be "),
    ):
        ck.frequency(corpus, by=name, n_bootstrap=2)
