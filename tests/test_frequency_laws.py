"""Frequency laws: fits recover known parameters; vocabulary growth and lexical bundles equal slow twins."""

from __future__ import annotations

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
from oracles_keyness import document_of
from scipy import stats

import corpus_kit as ck
from corpus_kit._base.records import provenance_of

pytestmark = pytest.mark.interface

Frequencies = Sequence[int]

LETTERS = "بتثجحخدرسشصضطعغفقكلمن"  # letters unchanged by every profile


def word(number: int) -> str:
    """Return an invented word, a different one for each number."""
    letters = ""
    while number or not letters:
        number, digit = divmod(number, len(LETTERS))
        letters += LETTERS[digit]
    return "ك" + letters + "م"


def words_of(text: str, profile: str | None = "search") -> list[str]:
    return [form for _, form in document_of(text, profile)]


def build(texts: Sequence[str], folder: str | Path, **columns: Any) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts, **columns}), Path(folder) / "c", progress=False)


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def texts(corpus: ck.Corpus) -> list[str]:
    return list(corpus.documents.select("text").collect()["text"])


TEXTS = [
    "قال الوزير إن الوزيرَ في المدينة. قال: نعم!",
    "في المدينة\nفي المدينة ١٢، في المدينة 12",
    "...",
    "الوزير قال في المدينة قال الوزير",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    with build(TEXTS, tmp_path_factory.mktemp("laws"), outlet=["x", "y", "x", "y"]) as built:
        yield built


def nothing(corpus: ck.Corpus) -> ck.Corpus:
    return corpus.filter(pl.lit(False))


# ----------------------------------------------------------------------------------------------------
# Zipf and Mandelbrot
# ----------------------------------------------------------------------------------------------------


def law(exponent: float, shift: float, types: int) -> Any:
    """Return the probability of each rank."""
    terms = (np.arange(1, types + 1) + shift) ** -exponent
    return terms / terms.sum()


def log_likelihood(frequencies: Frequencies, exponent: float, shift: float) -> float:
    """Return the log-likelihood, computed in logarithms to avoid underflow."""
    ranked = sorted((count for count in frequencies if count), reverse=True)
    logs = [-exponent * math.log(rank + shift) for rank in range(1, len(ranked) + 1)]
    largest = max(logs)
    total = largest + math.log(math.fsum(math.exp(each - largest) for each in logs))
    return math.fsum(count * (each - total) for count, each in zip(ranked, logs, strict=True))


def fitted(frequencies: Frequencies) -> dict[str, Any]:
    return ck.fit_zipf_mandelbrot(pl.DataFrame({"count": list(frequencies)})).row(0, named=True)


def slope(frequencies: Frequencies, exponent: float, shift: float) -> tuple[float, float]:
    """Return the derivatives of the log-likelihood per token by the exponent and by ln(1 + shift)."""
    step, size = 1e-5, sum(frequencies)

    def value(more: float, moved: float) -> float:
        return log_likelihood(frequencies, exponent + more, (1 + shift) * math.exp(moved) - 1) / size

    return (value(step, 0) - value(-step, 0)) / (2 * step), (value(0, step) - value(0, -step)) / (2 * step)


LAWS = [(1.0, 0.0), (1.1, 2.7), (0.8, -0.4), (1.4, 8.0), (2.0, 30.0)]


@pytest.mark.parametrize(("exponent", "shift"), LAWS)
@pytest.mark.parametrize("seed", [0, 1])
def test_law_is_recovered_from_a_sample(exponent: float, shift: float, seed: int) -> None:
    """A million words drawn from a law; all of its 300 words occur."""
    counts = np.random.default_rng(seed).multinomial(10**6, law(exponent, shift, 300))
    fit = fitted(counts.tolist())
    assert fit["exponent"] == pytest.approx(exponent, abs=0.03)
    assert fit["shift"] == pytest.approx(shift, abs=0.03 + 0.06 * (1 + shift))
    assert fit["largest_error"] < 0.005
    assert (fit["tokens"], fit["types"]) == (10**6, 300)


@pytest.mark.parametrize(("exponent", "shift"), LAWS)
def test_law_is_recovered_from_expected_frequencies(exponent: float, shift: float) -> None:
    """The frequencies are those of the law, rounded."""
    fit = fitted(np.rint(10**12 * law(exponent, shift, 500)).astype(int).tolist())
    assert fit["exponent"] == pytest.approx(exponent, abs=1e-4)
    assert fit["shift"] == pytest.approx(shift, abs=1e-3)
    assert fit["largest_error"] < 1e-5


def test_many_rare_words() -> None:
    """As in real text, most words are rare or absent, so the fit is only close to the law."""
    counts = np.random.default_rng(3).multinomial(50_000, law(1.05, 2.0, 20_000))
    fit = fitted(counts.tolist())
    assert fit["types"] == np.count_nonzero(counts)
    assert fit["exponent"] == pytest.approx(1.05, abs=0.15)
    assert -1 < fit["shift"] < 8


REAL: list[Callable[[ck.Corpus], ck.Corpus]] = [
    lambda corpus: corpus,
    lambda corpus: corpus.filter(pl.col("outlet") == "العنقود"),
    lambda corpus: corpus.filter(pl.col("document") == 0),
]


@pytest.mark.parametrize("part", REAL)
def test_fit_of_the_sample_is_optimal(corpus: ck.Corpus, part: Callable[[ck.Corpus], ck.Corpus]) -> None:
    """No nearby parameters are more likely, and the slope is 0."""
    chosen = part(corpus)
    frequencies = ck.frequency(chosen)["count"].to_list()
    fit = ck.fit_zipf_mandelbrot(chosen).row(0, named=True)
    exponent, shift = fit["exponent"], fit["shift"]
    assert fit["log_likelihood"] == pytest.approx(log_likelihood(frequencies, exponent, shift), rel=1e-12)
    for near in (0.3, 0.05, 0.003):
        for more in (-near, 0, near):
            for moved in (-near, 0, near):
                other = log_likelihood(frequencies, exponent + more, (1 + shift) * math.exp(moved) - 1)
                assert other <= fit["log_likelihood"] + 1e-9 * abs(other)
    assert slope(frequencies, exponent, shift) == pytest.approx((0, 0), abs=2e-6)
    zipf = log_likelihood(frequencies, 1, 0)
    assert zipf < fit["log_likelihood"]


def drawn(exponent: float, shift: float, types: int, tokens: int, seed: int) -> list[int]:
    """Return frequencies of words drawn from a law; some words may be absent."""
    counts: list[int] = np.random.default_rng(seed).multinomial(tokens, law(exponent, shift, types)).tolist()
    return counts


DRAWN = st.builds(
    drawn,
    exponent=st.floats(0.6, 1.6),
    shift=st.floats(-0.6, 8),
    types=st.integers(100, 400),
    tokens=st.integers(2000, 20_000),
    seed=st.integers(0, 10**6),
)


@given(counts=DRAWN, exponent=st.floats(0.01, 5), shift=st.floats(-0.99, 100))
@settings(max_examples=examples(60))
def test_no_other_parameters_are_better(counts: list[int], exponent: float, shift: float) -> None:
    fit = fitted(counts)
    other = log_likelihood(counts, exponent, shift)
    assert other <= fit["log_likelihood"] + 1e-9 * abs(other)


@given(counts=DRAWN, data=st.data())
@settings(max_examples=examples(40))
def test_statistics_of_the_fit(counts: list[int], data: st.DataObject) -> None:
    """Order and zeros do not matter; expected frequencies add up to the tokens; the error is of cumulative sums."""
    there = sorted((count for count in counts if count), reverse=True)
    fit = fitted(counts)
    assert fitted(data.draw(st.permutations([*counts, 0]))) == fit
    assert (fit["tokens"], fit["types"]) == (sum(there), len(there))
    expected = fit["scale"] * (np.arange(1, len(there) + 1) + fit["shift"]) ** -fit["exponent"]
    assert expected.sum() == pytest.approx(sum(there))
    difference = np.abs(np.cumsum(there) - np.cumsum(expected)).max() / sum(there)
    assert fit["largest_error"] == pytest.approx(difference, abs=1e-9)
    assert fit["log_likelihood"] == pytest.approx(log_likelihood(there, fit["exponent"], fit["shift"]), rel=1e-9)
    at = fit["largest_error_rank"]
    assert abs(sum(there[:at]) - expected[:at].sum()) / sum(there) == pytest.approx(difference, abs=1e-9)
    distances = [abs(math.log(f / e)) for f, e in zip(there, expected, strict=True)]
    weights = [1 / rank for rank in range(1, len(there) + 1)]
    mean = sum(w * d for w, d in zip(weights, distances, strict=True)) / sum(weights)
    assert fit["typical_error"] == pytest.approx(math.exp(mean) - 1, abs=1e-9)
    assert fit["head_ratio"] == pytest.approx(sum(there[:10]) / expected[:10].sum())
    lowest = [place for place, count in enumerate(there) if count == there[-1]]
    assert fit["tail_ratio"] == pytest.approx(there[-1] * len(lowest) / expected[lowest].sum())


def test_misfit_shows_where_the_law_fails() -> None:
    """A law of two slopes: it is too high in the middle and too low at an end, wherever r² is near 1."""
    ranks = np.arange(1, 20_001)
    counts = np.rint(1e7 * np.where(ranks < 1000, ranks**-0.8, 1000**1.2 * ranks**-2.0)).astype(int)
    fit = fitted(counts[counts > 0].tolist())
    line = stats.linregress(np.log(ranks), np.log(counts))
    assert line.rvalue**2 > 0.95
    assert fit["typical_error"] > 0.1
    assert not 0.9 < fit["tail_ratio"] < 1.1
    exact = fitted(np.rint(10**12 * law(1.1, 2.7, 500)).astype(int).tolist())
    assert exact["typical_error"] < 1e-4
    assert (exact["head_ratio"], exact["tail_ratio"]) == pytest.approx((1, 1), abs=1e-4)


def test_a_few_words() -> None:
    """The optimiser gives no warnings."""
    fit = fitted([16, 4, 1, 1, 1, 1])
    assert (fit["exponent"], fit["shift"]) == pytest.approx((1.138, -0.659), abs=0.001)


def geometric(counts: Frequencies) -> float:
    """Return the log-likelihood of the geometric law, the limit of the law as both parameters grow."""
    ranked = np.array(sorted(counts, reverse=True))
    ranks = np.arange(len(ranked))

    def loss(rate: float) -> float:
        return float(ranked.sum() * np.log(np.exp(-rate * ranks).sum()) + rate * (ranked @ ranks))

    return -min(loss(rate) for rate in np.geomspace(1e-5, 10, 2000))


STEEP: list[list[int]] = [[2**power for power in range(20)], list(range(1, 101)), [887, 846, 602, 565, 246, 8, 3, 1]]


@pytest.mark.parametrize("counts", STEEP)
def test_geometric_frequencies_are_refused(counts: list[int]) -> None:
    """They fall geometrically or faster: larger parameters always fit better, so there is no optimum."""
    try:
        fit = fitted(counts)
    except ck.CorpusKitError:
        return
    assert fit["log_likelihood"] >= geometric(counts)


@pytest.mark.parametrize("counts", [[2, 1, 1], [5, 1, 1, 1], [1000, 7, 7, 7], [10**6, 1, 1]])
def test_single_outlier_is_refused(counts: list[int]) -> None:
    """All others have one frequency: the fit improves as the exponent approaches 0 and the shift -1."""
    with pytest.raises(ck.CorpusKitError):
        fitted(counts)


def test_fit_of_a_corpus_equals_that_of_its_table(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("outlet") == "المرقاب")
    for chosen in (corpus, part):
        for profile in ("search", None):
            table = ck.frequency(chosen, profile=profile)
            assert ck.fit_zipf_mandelbrot(chosen, profile=profile).equals(ck.fit_zipf_mandelbrot(table))
    pairs = ck.ngrams(corpus, 2, min_count=1)
    assert ck.fit_zipf_mandelbrot(pairs)["types"].item() == pairs.height
    small_numbers = pl.DataFrame({"count": [9, 3, 2, 1]})
    assert ck.fit_zipf_mandelbrot(small_numbers.cast(pl.UInt8)).equals(ck.fit_zipf_mandelbrot(small_numbers))


def test_fit_columns(corpus: ck.Corpus) -> None:
    numbers = ["exponent", "shift", "scale", "log_likelihood", "largest_error"]
    expected = dict.fromkeys(numbers, pl.Float64) | {"largest_error_rank": pl.Int64}
    expected |= dict.fromkeys(["typical_error", "head_ratio", "tail_ratio"], pl.Float64)
    expected |= {"tokens": pl.Int64, "types": pl.Int64}
    for source in (corpus, ck.frequency(corpus)):
        table = ck.fit_zipf_mandelbrot(source)
        assert list(table.schema.items()) == list(expected.items())
        assert table.height == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pl.DataFrame({"count": [3, 2]}), "^source must hold at least 3 words .*got 2 with 2"),
        (pl.DataFrame({"count": [3, 2, 0]}), "^source must hold .*got 2 with 2"),
        (pl.DataFrame({"count": [4, 4, 4]}), "^source must hold .*got 3 with 1"),
        (pl.DataFrame({"count": pl.Series([], dtype=pl.Int64)}), "^source must hold .*got 0"),
        (pl.DataFrame({"count": [3, 2, -1]}), "^source must be .*got -1"),
        (pl.DataFrame({"count": [3, 2, None, 1]}), "^source must be .*got None"),
        (pl.DataFrame({"count": [3.0, 2.0, 1.0]}), "^source must be .*integer column count"),
        (pl.DataFrame({"count": ["3", "2", "1"]}), "^source must be .*integer column count"),
        (pl.DataFrame({"frequency": [3, 2, 1]}), "^source must be .*columns are: frequency"),
        ([3, 2, 1], "^source must be "),
        (None, "^source must be .*got None"),
        ("c", "^source must be .*got 'c'"),
    ],
)
def test_bad_frequencies(source: Any, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.fit_zipf_mandelbrot(source)


# ----------------------------------------------------------------------------------------------------
# Growth of a vocabulary
# ----------------------------------------------------------------------------------------------------


def slow_order(documents: int, seed: int | None) -> list[int]:
    """Return the order of the documents: by a SplitMix64 hash of their number."""
    mask = 2**64 - 1

    def hashed(number: int) -> int:
        z = (number * 0x9E3779B97F4A7C15 + (seed or 0) * 0xD1342543DE82EF95 + 1) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    return list(range(documents)) if seed is None else sorted(range(documents), key=hashed)


def slow_growth(documents: Sequence[Sequence[str]], points: int, seed: int | None) -> list[tuple[int, int, int]]:
    """Read word by word; at each point count the types so far."""
    text = [form for number in slow_order(len(documents), seed) for form in documents[number]]
    places = sorted({round(len(text) ** (step / (points - 1))) for step in range(points)})
    rows = []
    for place in places:
        counts = Counter(text[:place])
        rows.append((place, len(set(text[:place])), sum(count == 1 for count in counts.values())))
    return rows


@pytest.mark.parametrize("seed", [None, 0, 1, 10**30])
@pytest.mark.parametrize("points", [2, 3, 12])
def test_growth_of_the_sample_equals_the_twin(
    corpus: ck.Corpus, texts: list[str], points: int, seed: int | None
) -> None:
    chosen = corpus.filter(pl.col("document") % 3 == 1)
    for part, some in ((corpus, texts), (chosen, texts[1::3])):
        table = ck.vocabulary_growth(part, points=points, seed=seed)
        assert table.rows() == slow_growth([words_of(text) for text in some], points, seed)


PIECES = ["مئة", "مئه", "مِئة", "إلى", "الى", "في", "قال", "١٢", "12", "،", "\u064e"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=9).map(lambda some: " ".join([*some, ".!"]))


@given(
    some=st.lists(TEXT, min_size=1, max_size=6),
    points=st.integers(2, 30),
    seed=st.none() | st.integers(0, 2**70),
    profile=st.sampled_from(["search", "dediac", None]),
)
@settings(max_examples=examples(40))
def test_growth_equals_the_twin(some: list[str], points: int, seed: int | None, profile: str | None) -> None:
    documents = [words_of(text, profile) for text in some]
    with TemporaryDirectory() as folder, build(some, folder) as corpus:
        if not any(documents):
            with pytest.raises(ck.InputError, match=r"^corpus must contain words"):
                ck.vocabulary_growth(corpus, points=points, seed=seed, profile=profile)
            return
        table = ck.vocabulary_growth(corpus, points=points, seed=seed, profile=profile)
    # a point may be off by one token, where the logarithmic scale falls between two
    expected = {place: (types, once) for place, types, once in every_place(documents, seed)}
    assert table.rows() == [(place, *expected[place]) for place in table["tokens"]]
    size = sum(map(len, documents))
    assert table["tokens"].to_list() == sorted({*table["tokens"], 1, size})
    assert table.height <= points
    for place, step in zip(scale(size, points), range(points), strict=True):
        assert abs(place - size ** (step / (points - 1))) < 0.5001


def every_place(documents: Sequence[Sequence[str]], seed: int | None) -> Iterator[tuple[int, int, int]]:
    text = [form for number in slow_order(len(documents), seed) for form in documents[number]]
    counts: Counter[str] = Counter()
    for place, form in enumerate(text, start=1):
        counts[form] += 1
        yield place, len(counts), sum(count == 1 for count in counts.values())


def scale(size: int, points: int) -> list[int]:
    return [round(size ** (step / (points - 1))) for step in range(points)]


def test_last_row_is_the_whole_corpus(corpus: ck.Corpus) -> None:
    """The order of the documents changes the path, but not the end."""
    frequency = ck.frequency(corpus)["count"]
    whole = (int(frequency.sum()), len(frequency), int((frequency == 1).sum()))
    tables = [ck.vocabulary_growth(corpus, points=20, seed=seed) for seed in (None, 0, 1, 2)]
    assert all(table.row(-1) == whole for table in tables)
    assert all(table["tokens"].equals(tables[0]["tokens"]) for table in tables)
    assert len({tuple(table["types"]) for table in tables}) == 4
    for table in tables:
        assert table["types"].is_sorted()
        assert (table["hapaxes"] <= table["types"]).all()
        assert (table["types"] <= table["tokens"]).all()
        assert table.row(0) == (1, 1, 1)
        assert table.schema == {"tokens": pl.Int64, "types": pl.Int64, "hapaxes": pl.Int64}
    assert ck.vocabulary_growth(corpus, points=20, seed=1).equals(tables[2])


def test_more_points_than_words(tmp_path: Path) -> None:
    with build(["نهر بحر نهر", "سفينة"], tmp_path) as corpus:
        table = ck.vocabulary_growth(corpus, points=1000)
        assert table.rows() == [(1, 1, 1), (2, 2, 2), (3, 2, 1), (4, 3, 2)]
        one = ck.vocabulary_growth(corpus.filter(pl.col("document") == 1), points=5)
    assert one.rows() == [(1, 1, 1)]


# ----------------------------------------------------------------------------------------------------
# Heaps
# ----------------------------------------------------------------------------------------------------


def text_by_heaps(scale: float, exponent: float, size: int, length: int = 500) -> list[str]:
    """Return documents whose vocabulary grows by the law: a new word when it is due, else a known one."""
    words: list[str] = []
    types = 0
    for place in range(1, size + 1):
        if not types or scale * place**exponent >= types + 1:
            words.append(word(types))
            types += 1
        else:
            words.append(words[place * 7919 % len(words)])
    return [" ".join(words[begin : begin + length]) for begin in range(0, size, length)]


HEAPS = [(3.0, 0.6), (1.0, 0.8), (10.0, 0.4), (0.7, 0.95)]


@pytest.mark.parametrize(("scale", "exponent"), HEAPS)
def test_known_growth_is_recovered(tmp_path: Path, scale: float, exponent: float) -> None:
    texts = text_by_heaps(scale, exponent, 20_000)
    with build(texts, tmp_path) as corpus:
        fit = ck.fit_heaps(corpus).row(0, named=True)
    assert fit["exponent"] == pytest.approx(exponent, abs=0.01)
    assert fit["scale"] == pytest.approx(scale, rel=0.05)
    assert 0.9995 < fit["r_squared"] <= 1
    assert fit["tokens"] == 20_000
    assert fit["types"] == pytest.approx(scale * 20_000**exponent, rel=0.01)


def slope_of(growth: pl.DataFrame) -> float:
    return float(stats.linregress(np.log(growth["tokens"]), np.log(growth["types"])).slope)


@pytest.mark.parametrize("options", [{}, {"points": 30, "seed": 5}, {"points": 5}, {"profile": None}])
def test_fit_is_least_squares(corpus: ck.Corpus, options: dict[str, Any]) -> None:
    """Points before the first hundredth of the tokens are left out."""
    for part in (corpus, corpus.filter(pl.col("outlet") == "العنقود")):
        growth = ck.vocabulary_growth(part, **options)
        size, types = growth.select("tokens", "types").row(-1)
        used = growth.filter(pl.col("tokens") * 100 >= size)
        line = stats.linregress(np.log(used["tokens"]), np.log(used["types"]))
        fit = ck.fit_heaps(part, **options).row(0, named=True)
        away = np.abs(np.log(used["types"]) - line.intercept - line.slope * np.log(used["tokens"]))
        late = used.filter(pl.col("tokens") >= size / 10)
        assert fit == {
            "typical_error": pytest.approx(math.exp(away.mean()) - 1),
            "largest_error": pytest.approx(math.exp(away.max()) - 1),
            "last_exponent": None if late.height < 2 else pytest.approx(slope_of(late)),
            "scale": pytest.approx(math.exp(line.intercept)),
            "exponent": pytest.approx(line.slope),
            "r_squared": pytest.approx(line.rvalue**2),
            "points": used.height,
            "tokens": size,
            "types": types,
        }


def test_heaps_columns(corpus: ck.Corpus) -> None:
    numbers = dict.fromkeys(
        ["scale", "exponent", "r_squared", "typical_error", "largest_error", "last_exponent"], pl.Float64
    )
    expected = numbers | dict.fromkeys(["points", "tokens", "types"], pl.Int64)
    assert list(ck.fit_heaps(corpus).schema.items()) == list(expected.items())


def test_every_word_is_new(tmp_path: Path) -> None:
    with build([" ".join(map(word, range(400)))], tmp_path) as corpus:
        fit = ck.fit_heaps(corpus).row(0, named=True)
    assert (fit["scale"], fit["exponent"], fit["r_squared"]) == pytest.approx((1, 1, 1))


@pytest.mark.parametrize(
    "types",
    [
        3,
        7,
    ],
)
def test_vocabulary_that_does_not_grow(tmp_path: Path, types: int) -> None:
    """All words have occurred by the first hundredth of the tokens: a level line through all points."""
    with build([" ".join(map(word, range(types)))] * 300, tmp_path) as corpus:
        fit = ck.fit_heaps(corpus).row(0, named=True)
    assert fit["exponent"] == pytest.approx(0, abs=1e-12)
    assert (fit["scale"], fit["r_squared"]) == pytest.approx((types, 1))


@pytest.mark.parametrize("points", [2, 3])
def test_fit_needs_two_points(corpus: ck.Corpus, points: int) -> None:
    """Too few points are refused, or more are used."""
    try:
        fit = ck.fit_heaps(corpus, points=points).row(0, named=True)
    except ck.InputError:
        return
    assert fit["points"] >= 2


@pytest.mark.parametrize("function", [ck.vocabulary_growth, ck.fit_heaps])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": 1}, "^points must be .*got 1"),
        ({"points": 0}, "^points must be .*got 0"),
        ({"points": 2.5}, r"^points must be .*got 2\.5"),
        ({"points": True}, "^points must be .*got True"),
        ({"points": None}, "^points must be .*got None"),
        ({"seed": -1}, r"^seed must be .*got -1"),
        ({"seed": 1.5}, r"^seed must be .*got 1\.5"),
        ({"seed": True}, "^seed must be .*got True"),
        ({"seed": "1"}, "^seed must be .*got '1'"),
        ({"profile": "serach"}, "^profile must be .*Did you mean 'search"),
    ],
)
def test_bad_growth_arguments(
    small: ck.Corpus, function: Callable[..., pl.DataFrame], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ck.InputError, match=message):
        function(small, **options)


@pytest.mark.parametrize("function", [ck.vocabulary_growth, ck.fit_heaps])
def test_corpus_without_words(small: ck.Corpus, function: Callable[..., pl.DataFrame]) -> None:
    for part in (nothing(small), small.filter(pl.col("document") == 2)):
        with pytest.raises(ck.InputError, match=r"^corpus must contain words"):
            function(part)


def test_too_few_words_for_heaps(tmp_path: Path) -> None:
    texts = ["نهر بحر نهر نهر بحر نهر نهر بحر سفينة", "نهر"]
    with build(texts, tmp_path) as corpus:
        with pytest.raises(ck.InputError, match=r"^corpus must contain at least 10 words, got 9"):
            ck.fit_heaps(corpus.filter(pl.col("document") == 0))
        assert ck.fit_heaps(corpus)["tokens"].item() == 10


# ----------------------------------------------------------------------------------------------------
# Lexical bundles
# ----------------------------------------------------------------------------------------------------


def stretches(text: str, within: str) -> list[list[str]]:
    """Return the words of a text, one list for each sentence, paragraph or document."""
    found: dict[tuple[int, int], list[str]] = {}
    for sentence, start, token, kind in ck.tokens([text]).select("sentence", "start", "token", "kind").iter_rows():
        paragraph = text.count("\n", 0, start)
        place = {"sentence": (paragraph, sentence), "paragraph": (paragraph, 0), "document": (0, 0)}[within]
        if kind in {"word", "number", "hashtag", "mention"}:
            found.setdefault(place, []).append(ck.normalize(token))
    return list(found.values())


def slow_bundles(
    texts: Sequence[str], n: int, min_per_million: float, min_documents: int, within: str = "sentence"
) -> dict[str, tuple[int, int, float]]:
    """Return count, documents and rate of each n-gram that reaches both thresholds."""
    counts, documents, size = Counter[str](), Counter[str](), 0
    for text in texts:
        parts = stretches(text, within)
        found = [" ".join(part[begin : begin + n]) for part in parts for begin in range(len(part) - n + 1)]
        counts.update(found)
        documents.update(set(found))
        size += sum(map(len, parts))
    return {
        bundle: (count, documents[bundle], count * 10**6 / size)
        for bundle, count in counts.items()
        if count * 10**6 / size >= min_per_million and documents[bundle] >= min_documents
    }


def assert_bundles_equal(table: pl.DataFrame, expected: dict[str, tuple[int, int, float]], n: int) -> None:
    """The bundles of the twin are in the order of the text."""
    order = sorted(expected, key=lambda bundle: -expected[bundle][0])
    assert table["ngram"].to_list() == order
    assert table["n"].to_list() == [n] * len(order)
    for bundle, count, documents, rate in table.drop("n", "spelling").iter_rows():
        assert (count, documents, rate) == (*expected[bundle][:2], pytest.approx(expected[bundle][2]))


@pytest.mark.slow
@pytest.mark.parametrize("within", ["sentence", "paragraph", "document"])
@pytest.mark.parametrize(("n", "rate", "documents"), [(4, 20, 5), (3, 300.5, 1), (2, 0, 20), (1, 1000, 3), (7, 0, 2)])
def test_bundles_of_the_sample_equal_the_twin(
    corpus: ck.Corpus, texts: list[str], n: int, rate: float, documents: int, within: str
) -> None:
    part = corpus.filter(pl.col("outlet") == "بريد الساحل")
    of_part = part.documents.select("text").collect()["text"].to_list()
    for chosen, some in ((corpus, texts), (part, of_part)):
        table = ck.lexical_bundles(chosen, n, min_per_million=rate, min_documents=documents, within=within)
        expected = slow_bundles(some, n, rate, documents, within)
        assert expected
        # words are in the order of the corpus, also in a subcorpus
        if n > 1 or chosen is corpus:
            assert_bundles_equal(table, expected, n)
        else:
            assert set(table["ngram"]) == set(expected)


def test_defaults(corpus: ck.Corpus, texts: list[str]) -> None:
    assert_bundles_equal(ck.lexical_bundles(corpus), slow_bundles(texts, 4, 20, 5), 4)


def test_values_equal_to_a_threshold_are_kept(tmp_path: Path) -> None:
    """قال نهر: 4 times in 15 words, in 2 documents."""
    texts = ["قال نهر. قال نهر. قال نهر. بحر سفينة", "قال نهر. وزير مدينة. طريق جسر. قال"]
    with build(texts, tmp_path) as corpus:
        assert sum(len(words_of(text)) for text in texts) == 15

        def bundles(rate: float, documents: int) -> list[str]:
            table = ck.lexical_bundles(corpus, 2, min_per_million=rate, min_documents=documents)
            return table["ngram"].to_list()

        exact = 4 / 15 * 1e6
        assert bundles(exact, 2) == ["قال نهر"]
        assert bundles(math.nextafter(exact, math.inf), 2) == []
        assert bundles(exact, 3) == []
        assert len(bundles(0, 1)) == 4


def test_rate_equal_to_its_threshold_is_kept(tmp_path: Path) -> None:
    with build(["قال " * 41 + "نهر " * 39], tmp_path) as corpus:
        table = ck.lexical_bundles(corpus, 1, min_per_million=512_500, min_documents=1)
    assert table["per_million"].to_list() == [512_500]


def test_bundles_do_not_cross_boundaries(tmp_path: Path) -> None:
    expected = {
        "sentence": ["قال نهر", "بحر سفينه"],
        "paragraph": ["قال نهر", "نهر بحر", "بحر سفينه"],
        "document": ["قال نهر", "نهر بحر", "بحر سفينه", "سفينه وزير"],
    }
    with build(["قال نهر. بحر سفينة\nوزير"], tmp_path) as corpus:
        for within, bundles in expected.items():
            table = ck.lexical_bundles(corpus, 2, min_per_million=0, min_documents=1, within=within)
            assert table["ngram"].to_list() == bundles


def test_bundles_by_another_profile(small: ck.Corpus) -> None:
    """The original spelling distinguishes الوزيرَ from الوزير, and 12 from ١٢."""
    options: dict[str, Any] = {"min_per_million": 0, "min_documents": 1}
    assert "الوزيرَ في" in ck.lexical_bundles(small, 2, profile=None, **options)["ngram"]
    assert "المدينه 12" in ck.lexical_bundles(small, 2, **options)["ngram"]


def test_no_bundles(small: ck.Corpus) -> None:
    schema = {
        "ngram": pl.String,
        "spelling": pl.String,
        "n": pl.UInt8,
        "count": pl.Int64,
        "documents": pl.Int64,
        "per_million": pl.Float64,
    }
    for part in (small, nothing(small)):
        table = ck.lexical_bundles(part)
        assert (table.height, table.schema) == (0, schema)
    assert ck.lexical_bundles(small, 2, min_per_million=0, min_documents=1).schema == schema


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "^n must be .*got 0"),
        ({"n": 9}, "^n must be .*got 9"),
        ({"n": (2, 3)}, r"^n must be .*got \(2, 3\)"),
        ({"n": 2.0}, r"^n must be .*got 2\.0"),
        ({"n": True}, "^n must be .*got True"),
        ({"min_per_million": -1}, r"^min_per_million must be .*got -1"),
        ({"min_per_million": math.nan}, "^min_per_million must be .*got nan"),
        ({"min_per_million": math.inf}, "^min_per_million must be .*got inf"),
        ({"min_per_million": "20"}, "^min_per_million must be .*got '20'"),
        ({"min_per_million": True}, "^min_per_million must be .*got True"),
        ({"min_per_million": None}, "^min_per_million must be .*got None"),
        ({"min_documents": 0}, "^min_documents must be .*got 0"),
        ({"min_documents": 1.5}, r"^min_documents must be .*got 1\.5"),
        ({"within": "token"}, "^within must be .*got 'token'"),
        ({"within": "sentense"}, "^within must be .*Did you mean 'sentence"),
        ({"profile": "serach"}, "^profile must be .*Did you mean 'search"),
    ],
)
def test_bad_bundle_arguments(small: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.lexical_bundles(small, **options)


# ----------------------------------------------------------------------------------------------------
# All of them
# ----------------------------------------------------------------------------------------------------

CALLS: list[tuple[str, Callable[[ck.Corpus], pl.DataFrame], dict[str, Any]]] = [
    ("ck.fit_zipf_mandelbrot", ck.fit_zipf_mandelbrot, {}),
    ("ck.fit_heaps", lambda corpus: ck.fit_heaps(corpus, points=9, seed=3), {"points": 9, "seed": 3}),
    ("ck.vocabulary_growth", lambda corpus: ck.vocabulary_growth(corpus, points=9), {"points": 9, "seed": None}),
    (
        "ck.lexical_bundles",
        lambda corpus: ck.lexical_bundles(corpus, 3, min_per_million=50, min_documents=2),
        {"n": 3, "min_per_million": 50.0, "min_documents": 2, "within": "sentence"},
    ),
]


@pytest.mark.parametrize(("name", "call", "options"), CALLS, ids=[name for name, _, _ in CALLS])
def test_provenance(
    corpus: ck.Corpus, name: str, call: Callable[[ck.Corpus], pl.DataFrame], options: dict[str, Any]
) -> None:
    part = corpus.filter(pl.col("outlet") == "المرقاب")
    for chosen in (corpus, part):
        record = provenance_of(call(chosen))
        assert record is not None
        assert (record["function"], record["corpus_id"]) == (name, corpus.id)
        assert record["profile_digest"] == ck.Normalizer.preset("search").digest
        noted = record["options"]
        assert {key: noted[key] for key in options} == options
        assert (noted["profile"], noted["subcorpus"]) == ("search", chosen.selection)
    assert part.selection is not None


def test_provenance_of_other_sources(corpus: ck.Corpus) -> None:
    record = provenance_of(ck.fit_zipf_mandelbrot(pl.DataFrame({"count": [16, 4, 1, 1, 1, 1]})))
    assert record is not None
    assert record["function"] == "ck.fit_zipf_mandelbrot"
    assert record["options"] == {"rows": 6, "made_by": None}
    assert (record["corpus_id"], record["profile_digest"]) == (None, None)
    bundles = provenance_of(ck.lexical_bundles(corpus, profile=None))
    assert bundles is not None
    assert (bundles["options"]["profile"], bundles["profile_digest"]) == (None, None)
    assert bundles["options"]["words"] == ck.frequency(corpus)["count"].sum()


@pytest.mark.parametrize("function", [ck.fit_heaps, ck.vocabulary_growth, ck.lexical_bundles])
@pytest.mark.parametrize("given_", [TEXTS, pl.DataFrame({"count": [3, 2, 1]}), "c", None])
def test_corpus_is_required(function: Callable[..., pl.DataFrame], given_: Any) -> None:
    with pytest.raises(ck.InputError, match=r"^corpus must be a Corpus"):
        function(given_)
