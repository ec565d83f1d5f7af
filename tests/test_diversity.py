"""ck.diversity: equal to slow twins over lists of words; MTLD factors in the core."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from core_calls import assert_stops_before_its_end, needs_timers
from examples import examples
from grouped_documents import (
    GROUPS,
    NO_WORDS,
    PROFILES,
    SCHEMA,
    Document,
    assert_same_value,
    build,
    documents_of_few_words,
    grouped,
    running_text,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles_statistics import DIVERSITY
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit import _core
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.measures.diversity import previous_occurrence

pytestmark = pytest.mark.interface

RICHNESS = list(ck.measures.FAMILIES["diversity"])
OPTIONS_OF = {"msttr": ["window"], "mattr": ["window"], "hdd": ["sample"], "mtld": ["threshold"]}
NOTHING = {"no documents": "n/a", "no words": "d1"}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    with build(NO_WORDS, tmp_path_factory.mktemp("three") / "c") as corpus:
        yield corpus


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def items(sample: ck.Corpus) -> list[Document]:
    frame = sample.documents.select("id", "text", "outlet").collect()
    return [Document(*row) for row in frame.iter_rows()]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Return six words, with metadata named like result columns and like a column of n-gram ids."""
    frame = pl.DataFrame(
        {
            "text": ["بحر في بحر", "رمل في رمل"],
            **{name: [1, 2] for name in ("outlet", "count", "parts", "types", "juilland_d", "ttr", "dispersion", "w1")},
        }
    )
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("small") / "c", progress=False) as corpus:
        yield corpus


def twin_of_diversity(name: str, words: Sequence[str], options: dict[str, Any]) -> float:
    return DIVERSITY[name](words, **{option: options[option] for option in OPTIONS_OF.get(name, [])})


def check_diversity(corpus: ck.Corpus, documents: Sequence[Document], whole: bool, options: dict[str, Any]) -> None:
    chosen = documents if whole else [document for document in documents if document.kept]
    table = ck.diversity(corpus if whole else corpus.filter(pl.col("kept")), **options)
    by, names = options["by"], options["measure"]
    counts = ["documents", "tokens", "types", "hapaxes"]
    head = {by: SCHEMA[by]} if by else {}
    assert dict(table.schema) == {**head, **dict.fromkeys(counts, pl.Int64), **dict.fromkeys(names, pl.Float64)}
    groups = grouped(chosen, by, documents) if by else {None: list(chosen)}
    assert (table[by].to_list() if by else [None] * table.height) == list(groups)
    for row, group in zip(table.iter_rows(named=True), groups.values(), strict=True):
        words = running_text(group, options["profile"])
        hapaxes = [word for word, count in Counter(words).items() if count == 1]
        assert [row[name] for name in counts] == [len(group), len(words), len(set(words)), len(hapaxes)]
        for name in names:
            expected = twin_of_diversity(name, words, options) if words else math.nan
            assert_same_value(row[name], expected, name, relative=1e-6 if name == "fisher_alpha" else 1e-9)


diversity_options = st.fixed_dictionaries(
    {
        "by": GROUPS,
        "measure": st.lists(st.sampled_from(RICHNESS), min_size=1, max_size=13, unique=True),
        "profile": PROFILES,
        "window": st.sampled_from([1, 2, 3, 5, 8, 100, 2**70]),
        "sample": st.sampled_from([1, 2, 5, 42, 2**70]),
        "threshold": st.sampled_from([0.3, 0.5, 0.72, 0.9]),
    }
)
RICH = {"by": None, "measure": RICHNESS, "profile": "search", "window": 2, "sample": 2, "threshold": 0.72}


@settings(max_examples=examples(40))
@example(documents=NO_WORDS, calls=[(True, RICH), (False, RICH), (True, {**RICH, "by": "outlet"})])
@example(documents=NO_WORDS[1:2], calls=[(True, RICH), (False, RICH), (False, {**RICH, "by": "outlet"})])
@given(
    documents=documents_of_few_words(),
    calls=st.lists(st.tuples(st.booleans(), diversity_options), min_size=1, max_size=6),
)
def test_diversity_equals_its_twin(documents: list[Document], calls: list[tuple[bool, dict[str, Any]]]) -> None:
    with TemporaryDirectory() as folder, build(documents, folder) as corpus:
        for whole, options in calls:
            check_diversity(corpus, documents, whole, options)


def test_short_texts_and_texts_without_repetition(tmp_path: Path) -> None:
    documents = [
        Document("d0", "بحر رمل في", "distinct"),
        Document("d1", "بحر", "one"),
        Document("d2", "... !", "none"),
        Document("d3", "بحر بحر", "same"),
    ]
    with build(documents, tmp_path) as corpus:
        table = ck.diversity(corpus, by="outlet", measure=RICHNESS)
    rows = {row["outlet"]: row for row in table.iter_rows(named=True)}
    for row in rows.values():  # shorter than the window and the sample
        assert (row["msttr"], row["mattr"], row["hdd"]) == (None, None, None)
    for outlet in ("distinct", "one"):
        assert (rows[outlet]["fisher_alpha"], rows[outlet]["mtld"], rows[outlet]["yule_i"]) == (math.inf,) * 3
    assert (rows["one"]["herdan_c"], rows["one"]["maas"], rows["one"]["simpson_d"]) == (None, None, None)
    assert [rows["none"][name] for name in table.columns[1:5]] == [1, 0, 0, 0]
    assert all(rows["none"][name] is None for name in RICHNESS)
    assert rows["same"]["simpson_d"] == 1.0


@pytest.mark.parametrize("nothing", NOTHING)
def test_diversity_of_an_empty_corpus(three: ck.Corpus, nothing: str) -> None:
    chosen = three.filter(pl.col("id") == NOTHING[nothing])
    documents = len(chosen)
    row = (documents, 0, 0, 0, *[None] * len(RICHNESS))
    assert ck.diversity(chosen, measure=RICHNESS).rows() == [row]
    table = ck.diversity(chosen, by="outlet", measure=RICHNESS)
    assert table.schema == ck.diversity(three, by="outlet", measure=RICHNESS).schema
    assert table.rows() == [("b", *row)] * documents


@pytest.mark.parametrize("by", [None, "outlet", "id"])
def test_diversity_equals_the_scalar_measures(sample: ck.Corpus, items: list[Document], by: str | None) -> None:
    options = {"window": 60, "sample": 30, "threshold": 0.8}
    table = ck.diversity(sample, by=by, measure=RICHNESS, **options)  # type: ignore[arg-type]
    groups = grouped(items, by, items) if by else {None: items}
    for row, group in zip(table.iter_rows(named=True), groups.values(), strict=True):
        words = running_text(group)
        for name in RICHNESS:
            measure = getattr(ck.measures, name)
            if name == "fisher_alpha":
                value = measure(len(set(words)), len(words))
            else:
                value = measure(words, **{option: options[option] for option in OPTIONS_OF.get(name, [])})
            assert_same_value(row[name], value, name)


@pytest.mark.parametrize("by", ["outlet", "date"])
def test_diversity_by_a_column_equals_filtered_corpora(sample: ck.Corpus, by: str) -> None:
    table = ck.diversity(sample, by=by, measure=RICHNESS)
    assert table["documents"].sum() == len(sample)
    assert table["tokens"].sum() == sample.manifest["counts"]["words"]
    for number, label in enumerate(table[by].head(20).to_list()):
        part = ck.diversity(sample.filter(pl.col(by) == label), measure=RICHNESS)
        assert_frame_equal(table[number : number + 1].drop(by), part, rel_tol=1e-12, abs_tol=1e-12)


def test_diversity_has_provenance(sample: ck.Corpus) -> None:
    table = ck.diversity(sample, measure="mtld", profile=None, window=10, sample=20, threshold=0.5)
    assert provenance_of(table) == {
        "function": "ck.diversity",
        "options": {
            "unit": "word",
            "by": None,
            "measure": ["mtld"],
            "profile": None,
            "window": 10,
            "sample": 20,
            "threshold": 0.5,
            "subcorpus": None,
        },
        "corpus_id": sample.id,
        "profile_digest": None,
        "version": ck.__version__,
        "corpus": {"name": "sample", "documents": 240, "tokens": 25_835, "words": 22_804},
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "^window must be .*got 0"),
        ({"window": 2.5}, r"^window must be .*got 2\.5"),
        ({"window": True}, "^window must be .*got True"),
        ({"sample": 0}, "^sample must be .*got 0"),
        ({"sample": "x"}, "^sample must be .*got 'x'"),
        ({"threshold": 0}, "^threshold must be .*got 0"),
        ({"threshold": 1}, "^threshold must be .*got 1"),
        ({"threshold": "x"}, "^threshold must be .*got 'x'"),
        ({"threshold": math.nan}, "^threshold must be .*got nan"),
        ({"threshold": True}, "^threshold must be .*got True"),
        ({"threshold": None}, "^threshold must be .*got None"),
        ({"by": "outlets"}, "^by must be .*Did you mean 'outlet"),
        ({"by": 3}, "^by must be .*got 3"),
        ({"by": "types"}, "^by must be .*got 'types'"),
        ({"by": "tokens"}, "^by must be .*got 'tokens'"),
        ({"by": "ttr"}, "^by must be .*got 'ttr'"),
        ({"measure": "matr"}, "^measure must be .*Did you mean 'mattr"),
        ({"measure": "juilland_d"}, "^measure must be .*got 'juilland_d'"),
        ({"measure": []}, "^measure must be "),
        ({"measure": ["ttr", "ttr"]}, "^measure must be "),
        ({"measure": None}, "^measure must be .*got None"),
        ({"profile": "serach"}, "^profile must be .*Did you mean 'search"),
    ],
)
def test_bad_arguments_of_diversity(small: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.diversity(small, **options)


# ----------------------------------------------------------------------------------------------------
# The factors in the core
# ----------------------------------------------------------------------------------------------------


def slow_factors(previous: Sequence[int], threshold: float) -> tuple[int, int, int]:
    factors = begin = 0
    for end in range(1, len(previous) + 1):
        types = sum(place < begin for place in previous[begin:end])
        if types / (end - begin) < threshold:
            factors, begin = factors + 1, end
    return factors, len(previous) - begin, sum(place < begin for place in previous[begin:])


def slow_previous(text: Sequence[str]) -> list[int]:
    return [max((place for place in range(end) if text[place] == text[end]), default=-1) for end in range(len(text))]


thresholds = st.one_of(st.floats(0, 1), st.sampled_from([0.5, 0.72, 2 / 3, 1.0, 2.0, -1.0, math.nan, math.inf]))


@given(text=st.text("ابجدهو", max_size=60), threshold=thresholds)
@example(text="ااا", threshold=1.0)
@example(text="اباب", threshold=0.5)
@example(text="ابا", threshold=2 / 3)
def test_factors_of_a_text(text: str, threshold: float) -> None:
    previous = slow_previous(text)
    ids = np.array([ord(letter) - ord("ا") for letter in text], np.int64)
    assert previous_occurrence(ids).tolist() == previous
    assert _core.ratio_factors(np.array(previous, np.int64), threshold) == slow_factors(previous, threshold)


@given(
    previous=st.lists(st.one_of(st.integers(-2, 30), st.integers(-(2**63), 2**63 - 1)), max_size=40),
    threshold=thresholds,
)
def test_factors_of_arbitrary_numbers(previous: list[int], threshold: float) -> None:
    """Numbers that no text produces are handled like others: only their order counts."""
    assert _core.ratio_factors(np.array(previous, np.int64), threshold) == slow_factors(previous, threshold)


def test_factors_of_a_longer_text() -> None:
    """Longer than the work between two checks for signals."""
    ids = np.random.default_rng(5).zipf(1.3, 200_000) % 3000
    found = _core.ratio_factors(previous_occurrence(ids), 0.72)
    factors, begin, seen = 0, 0, set()
    for place, word in enumerate(ids.tolist()):
        seen.add(word)
        if len(seen) / (place + 1 - begin) < 0.72:
            factors, begin, seen = factors + 1, place + 1, set()
    assert found == (factors, len(ids) - begin, len(seen))


def test_factors_accept_read_only_buffers() -> None:
    previous = np.array([-1, 0, 1, -1], np.int64)
    previous.setflags(write=False)
    assert _core.ratio_factors(previous, 0.72) == (1, 2, 2)
    for same in (array("q", previous.tolist()), memoryview(previous.tobytes()).cast("q")):
        assert _core.ratio_factors(same, 0.72) == (1, 2, 2)  # type: ignore[arg-type]
    assert previous.tolist() == [-1, 0, 1, -1]


def test_factors_of_an_empty_text() -> None:
    for threshold in (0.72, 0.0, math.nan):
        assert _core.ratio_factors(np.zeros(0, np.int64), threshold) == (0, 0, 0)
    assert len(previous_occurrence(np.zeros(0, np.int64))) == 0


def misaligned() -> memoryview:
    return memoryview(bytes(65))[1:].cast("B").cast("q")


@pytest.mark.parametrize(
    ("previous", "error", "message"),
    [
        (misaligned(), ValueError, "aligned"),
        (np.zeros(8, np.int32), ValueError, "mismatch"),
        (np.zeros(8, np.uint64), ValueError, "mismatch"),
        (np.zeros(8, np.float64), ValueError, "mismatch"),
        (np.zeros(8, np.dtype(np.int64).newbyteorder()), ValueError, "."),
        (np.zeros((2, 4), np.int64), ValueError, "dimensions"),
        (np.zeros(8, np.int64)[::2], ValueError, "contiguous"),
        (np.zeros(8, np.int64)[::-1], ValueError, "contiguous"),
        ([0, 1], TypeError, "."),
        (None, TypeError, "None"),
    ],
)
def test_bad_arrays(previous: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _core.ratio_factors(previous, 0.72)


def test_threshold_must_be_a_number() -> None:
    with pytest.raises(TypeError):
        _core.ratio_factors(np.zeros(8, np.int64), "0.72")  # type: ignore[arg-type]


@needs_timers
def test_signals_interrupt_factors() -> None:
    call = partial(_core.ratio_factors, np.zeros(150_000_000, np.int64), 0.72)
    assert_stops_before_its_end(call)
