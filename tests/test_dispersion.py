"""ck.dispersion and the column dispersion of ck.frequency: equal to slow twins over lists of words."""

from __future__ import annotations

import inspect
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from grouped_documents import (
    GROUPS,
    NO_WORDS,
    PROFILES,
    SCHEMA,
    Document,
    assert_same_value,
    build,
    build_texts,
    documents_of_few_words,
    grouped,
    running_text,
    words_of,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles_statistics import DISPERSION, DISTANCE
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import CorpusError, InputError

pytestmark = pytest.mark.interface

OVER_PARTS = list(ck.measures.FAMILIES["dispersion"])
SPREAD = [*OVER_PARTS, *ck.measures.FAMILIES["distances"]]
RICHNESS = list(ck.measures.FAMILIES["diversity"])
OUTLET = pl.col("outlet")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    ck.set_threads(None)


# ----------------------------------------------------------------------------------------------------
# Dispersion
# ----------------------------------------------------------------------------------------------------
class TooFewWordsError(Exception):
    """There are fewer words than parts."""


def cut(documents: Sequence[Document], parts: str | int, profile: str | None) -> list[list[str]]:
    """Return the words of each part, without empty parts."""
    if isinstance(parts, int):
        words = running_text(documents, profile)
        if len(words) < parts:
            raise TooFewWordsError
        pieces = [words[start:end] for start, end in pairwise(len(words) * k // parts for k in range(parts + 1))]
    elif parts == "document":
        pieces = [list(words_of(document.text, profile)) for document in documents]
    else:
        pieces = [running_text(group, profile) for group in grouped(documents, parts, documents).values()]
    return [piece for piece in pieces if piece]


def slow_dispersion(chosen: Sequence[Document], every: Sequence[Document], options: dict[str, Any]) -> list[list[Any]]:
    by, profile = options["by"], options["profile"]
    in_order = dict.fromkeys(running_text(every, profile))
    stopwords = {word if profile is None else ck.normalize(word, profile) for word in options["stopwords"]}
    rows = []
    for label, group in grouped(chosen, by, every).items() if by else [(None, chosen)]:
        pieces = cut(group, options["parts"], profile)
        words = running_text(group, profile)
        counts = {word: words.count(word) for word in in_order if word in words and word not in stopwords}
        for word in sorted(counts, key=lambda word: -counts[word]):  # the sort is stable
            if counts[word] < options["min_count"]:
                continue
            values = [
                DISPERSION[name](word, pieces) if name in DISPERSION else DISTANCE[name](word, words)
                for name in options["measure"]
            ]
            holding = sum(word in piece for piece in pieces)
            rows.append([*([label] if by else []), word, counts[word], holding, *values])
    return rows


def check_dispersion(corpus: ck.Corpus, documents: Sequence[Document], whole: bool, options: dict[str, Any]) -> None:
    chosen = documents if whole else [document for document in documents if document.kept]
    part = corpus if whole else corpus.filter(pl.col("kept"))
    try:
        expected = slow_dispersion(chosen, documents, options)
    except TooFewWordsError:
        with pytest.raises(InputError, match=rf"^parts must be .*got {options['parts']}"):
            ck.dispersion(part, **options)
        return
    table = ck.dispersion(part, **options)
    assert table.schema["spelling"] == pl.String
    table = table.drop("spelling")
    by = options["by"]
    head = {by: SCHEMA[by]} if by else {}
    kept = {"word": pl.String, "count": pl.Int64, "parts": pl.Int64}
    assert dict(table.schema) == {**head, **kept, **dict.fromkeys(options["measure"], pl.Float64)}
    first = len(head) + len(kept)
    assert [list(row[:first]) for row in table.iter_rows()] == [row[:first] for row in expected]
    for actual, row in zip(table.iter_rows(), expected, strict=True):
        for name, one, other in zip(options["measure"], actual[first:], row[first:], strict=True):
            assert_same_value(one, other, f"{name}: {row[:first]}")


dispersion_options = st.fixed_dictionaries(
    {
        "by": GROUPS,
        "parts": st.one_of(st.sampled_from(["document", "document", "outlet", "year", "id"]), st.integers(2, 6)),
        "measure": st.lists(st.sampled_from(SPREAD), min_size=1, max_size=6, unique=True),
        "profile": PROFILES,
        "min_count": st.sampled_from([1, 1, 1, 2, 3]),
        "stopwords": st.sampled_from([[], [], ["إلَى"], {"12", "مدينه"}, ("غائب", "\u064b")]),
    }
)
PLAIN = {"by": None, "parts": "document", "measure": SPREAD, "profile": "search", "min_count": 1, "stopwords": []}


@settings(max_examples=examples(30))
@example(documents=NO_WORDS, calls=[(True, PLAIN), (False, {**PLAIN, "parts": "year"}), (True, {**PLAIN, "parts": 2})])
@example(documents=NO_WORDS, calls=[(True, {**PLAIN, "by": "outlet"}), (False, {**PLAIN, "by": "id", "parts": "year"})])
@example(documents=NO_WORDS[1:], calls=[(True, PLAIN), (False, PLAIN), (True, {**PLAIN, "by": "year"})])
@example(documents=NO_WORDS[1:2], calls=[(False, PLAIN), (False, {**PLAIN, "by": "outlet"})])
@given(
    documents=documents_of_few_words(),
    calls=st.lists(st.tuples(st.booleans(), dispersion_options), min_size=1, max_size=6),
)
def test_dispersion_equals_its_twin(documents: list[Document], calls: list[tuple[bool, dict[str, Any]]]) -> None:
    with TemporaryDirectory() as folder, build(documents, folder) as corpus:
        for whole, options in calls:
            check_dispersion(corpus, documents, whole, options)


@settings(max_examples=examples(25))
@example(documents=NO_WORDS, whole=True, by="outlet", profile="search", least=1)
@example(documents=NO_WORDS[1:], whole=True, by=None, profile="search", least=1)
@example(documents=NO_WORDS[1:2], whole=False, by="outlet", profile="search", least=1)
@given(
    documents=documents_of_few_words(),
    whole=st.booleans(),
    by=GROUPS,
    profile=PROFILES,
    least=st.sampled_from([1, 1, 2]),
)
def test_frequency_dispersion_column(
    documents: list[Document], whole: bool, by: str | None, profile: str | None, least: int
) -> None:
    """Same rows and values; with `by`, in another order."""
    with TemporaryDirectory() as folder, build(documents, folder) as corpus:
        chosen = corpus if whole else corpus.filter(pl.col("kept"))
        options: dict[str, Any] = {"by": by, "profile": profile, "min_count": least}
        table = ck.dispersion(chosen, measure=OVER_PARTS, **options)
        for measure in OVER_PARTS:
            frequency = ck.frequency(chosen, dispersion=measure, **options)
            found = frequency.drop("per_million").rename({"documents": "parts", "dispersion": measure})
            expected = table.select(found.columns)
            if by:
                found, expected = (each.sort(by, "word") for each in (found, expected))
            assert_frame_equal(found, expected, rel_tol=1e-12, abs_tol=1e-12)
        default = ck.frequency(chosen, **options)
        assert default.equals(ck.frequency(chosen, dispersion="deviation_of_proportions", **options))


def column(table: pl.DataFrame, name: str) -> dict[str, Any]:
    return dict(table.select("word", name).iter_rows())


@pytest.mark.parametrize(
    ("parts", "holding"),
    [
        ("document", {"ا": 3, "ب": 2, "ج": 1}),
        ("outlet", {"ا": 2, "ب": 1, "ج": 1}),
        ("year", {"ا": 2, "ب": 1, "ج": 1}),
        (2, {"ا": 2, "ب": 2, "ج": 1}),
        (4, {"ا": 4, "ب": 2, "ج": 1}),
        (8, {"ا": 5, "ب": 2, "ج": 1}),
    ],
)
def test_parts_by_hand(tmp_path: Path, parts: str | int, holding: dict[str, int]) -> None:
    """Documents with words: ا ب | ا ج | ا ا ب ا; outlets: a, null, a; years: null, 1, null."""
    documents = [
        Document("d0", "ا ب.", "a"),
        Document("d1", "ا ج.", None, 1),
        Document("d2", "...", "z", 9),
        Document("d3", "ا ا ب ا!", "a"),
    ]
    with build(documents, tmp_path) as corpus:
        table = ck.dispersion(corpus, parts=parts, measure="range_proportion")
    size = parts if isinstance(parts, int) else {"document": 3, "outlet": 2, "year": 2}[parts]
    assert column(table, "count") == {"ا": 5, "ب": 2, "ج": 1}
    assert column(table, "parts") == holding
    assert column(table, "range_proportion") == {word: count / size for word, count in holding.items()}


@pytest.mark.parametrize("parts", [2, 3, 7, 10])
def test_equal_parts_differ_by_at_most_one_word(tmp_path: Path, parts: int) -> None:
    """Ten words, all different: for a word in a part of n words the divergence is log2(10 / n)."""
    words = ["ا", "ب", "ج", "د", "ه", "و", "ز", "ح", "ط", "ي"]
    with build_texts([" ".join(words[:3]), " ".join(words[3:])], tmp_path) as corpus:
        table = ck.dispersion(corpus, parts=parts, measure="kullback_leibler_divergence")
    sizes = [round(10 / 2**value) for value in table["kullback_leibler_divergence"]]
    assert set(sizes) <= {10 // parts, -(-10 // parts)}
    assert sum(1 / size for size in sizes) == pytest.approx(parts)


def test_proportional_word_is_perfectly_even(tmp_path: Path) -> None:
    """في makes up a third of each document; غريب occurs in only one."""
    texts = ["في بحر رمل", "بحر في رمل في بحر بحر", "رمل رمل رمل رمل بحر بحر في في في", "في غريب غريب"]
    even = {name: 0.0 if name.startswith(("dev", "kull")) else 1.0 for name in OVER_PARTS}
    with build_texts(texts, tmp_path) as corpus:
        word = ck.dispersion(corpus, measure=OVER_PARTS).row(by_predicate=pl.col("word") == "في", named=True)
        rest = ck.dispersion(corpus, measure=OVER_PARTS).row(by_predicate=pl.col("word") == "غريب", named=True)
    for name, value in even.items():
        assert word[name] == pytest.approx(value, abs=1e-12), name
        assert abs(rest[name] - value) > 0.2, name


def test_measures_undefined_for_one_part(tmp_path: Path) -> None:
    with build_texts(["في بحر في"], tmp_path) as corpus:
        table = ck.dispersion(corpus, measure=SPREAD)
    missing = {name for name in SPREAD if table[name].null_count()}
    assert missing == {"juilland_d", "carroll_d2", "deviation_of_proportions_norm", "burch_da"}
    assert all(table[name].null_count() == table.height for name in missing)


def test_stopwords_count_in_sizes(tmp_path: Path) -> None:
    with build_texts(["إلى بحر", "الي الى رمل بحر"], tmp_path) as corpus:
        for options in ({}, {"parts": 2}, {"by": "id"}):
            every = ck.dispersion(corpus, measure=SPREAD, **options)
            left = ck.dispersion(corpus, measure=SPREAD, stopwords=["إلَى"], **options)
            assert left.height < every.height
            assert left.equals(every.filter(pl.col("word") != "الي"))


def test_custom_profile(tmp_path: Path) -> None:
    kept = ck.Normalizer.preset("search").replace(digits="keep")
    with build_texts(["١٢ 12 مَدينة", "مدينة ١٢"], tmp_path) as corpus:
        table = ck.dispersion(corpus, profile=kept)
        assert column(table, "count") == {"١٢": 2, ck.normalize("مدينة", kept): 2, "12": 1}
        assert provenance_of(table)["profile_digest"] == kept.digest  # type: ignore[index]
        assert ck.diversity(corpus, profile=kept, measure="ttr")["types"].to_list() == [3]
        assert ck.diversity(corpus, measure="ttr")["types"].to_list() == [2]


# ----------------------------------------------------------------------------------------------------
# Nothing to count
# ----------------------------------------------------------------------------------------------------
NOTHING = {"no documents": "n/a", "no words": "d1"}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    with build(NO_WORDS, tmp_path_factory.mktemp("three") / "c") as corpus:
        yield corpus


@pytest.mark.parametrize("by", [None, "outlet", "year", "id"])
@pytest.mark.parametrize("nothing", NOTHING)
def test_dispersion_of_an_empty_corpus_has_no_rows(three: ck.Corpus, nothing: str, by: str | None) -> None:
    chosen = three.filter(pl.col("id") == NOTHING[nothing])
    for parts in ("document", "outlet"):
        table = ck.dispersion(chosen, by=by, parts=parts, measure=SPREAD)
        assert table.equals(ck.dispersion(three, by=by, parts=parts, measure=SPREAD).clear())
        assert provenance_of(table) is not None
    for measure in OVER_PARTS:
        assert ck.frequency(chosen, by=by, dispersion=measure).height == 0


@pytest.mark.parametrize("nothing", NOTHING)
def test_empty_corpus_has_no_equal_parts(three: ck.Corpus, nothing: str) -> None:
    with pytest.raises(InputError, match=r"^parts must be .*got 2"):
        ck.dispersion(three.filter(pl.col("id") == NOTHING[nothing]), parts=2)


@pytest.mark.parametrize("measure", OVER_PARTS)
def test_groups_without_words_have_no_rows(three: ck.Corpus, measure: str) -> None:
    """d1 and d2 have no words; in the subcorpus one group also has no documents."""
    for chosen in (three, three.filter(pl.col("kept"))):
        for by, parts in (("outlet", "document"), ("outlet", "year"), ("id", "document")):
            table = ck.dispersion(chosen, by=by, parts=parts, measure=measure)
            assert table["word"].to_list() == [ck.normalize("مدينة")]
        assert ck.frequency(chosen, by="outlet", dispersion=measure)["outlet"].to_list() == ["a"]


# ----------------------------------------------------------------------------------------------------
# The sample: scalar measures, and identities
# ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def items(sample: ck.Corpus) -> list[Document]:
    frame = sample.documents.select("id", "text", "outlet").collect()
    return [Document(*row) for row in frame.iter_rows()]


@pytest.mark.parametrize("parts", ["document", "outlet", 10])
def test_dispersion_equals_the_scalar_measures(sample: ck.Corpus, items: list[Document], parts: str | int) -> None:
    table = ck.dispersion(sample, parts=parts, measure=SPREAD)
    running = running_text(items)
    assert table["word"].to_list() == [word for word, _ in Counter(running).most_common()]
    pieces = cut(items, parts, "search")
    counts, sizes = [Counter(piece) for piece in pieces], [len(piece) for piece in pieces]
    for row in table[:400:20].vstack(table[400::211]).iter_rows(named=True):
        word = row["word"]
        positions = [place for place, other in enumerate(running) if other == word]
        assert row["count"] == len(positions)
        for name in SPREAD:
            measure = getattr(ck.measures, name)
            over_parts = name in OVER_PARTS
            value = measure([each[word] for each in counts], sizes) if over_parts else measure(positions, len(running))
            assert_same_value(row[name], value, name)


def test_counts_and_ranges_agree(sample: ck.Corpus) -> None:
    table = ck.dispersion(sample, measure=["range_proportion", "average_reduced_frequency"])
    frequency = ck.frequency(sample)
    assert table["word"].to_list() == frequency["word"].to_list()
    assert table["parts"].to_list() == frequency["documents"].to_list()
    ranges = (table["range_proportion"] * len(sample)).round()
    assert ranges.cast(pl.Int64).to_list() == frequency["documents"].to_list()
    assert table["count"].sum() == sample.manifest["counts"]["words"]
    reduced = table["average_reduced_frequency"]
    assert ((reduced >= 1 - 1e-9) & (reduced <= table["count"] + 1e-9)).all()
    by_outlet = ck.dispersion(sample, by="outlet", measure="range_proportion")
    summed = by_outlet.group_by("word").agg(pl.col("count", "parts").sum())
    assert_frame_equal(summed.sort("word"), table.select("word", "count", "parts").sort("word"))


def test_distances_do_not_depend_on_parts(sample: ck.Corpus) -> None:
    names = ["word", "count", *ck.measures.FAMILIES["distances"]]
    tables = [ck.dispersion(sample, parts=parts, measure=names[2:]) for parts in ("document", "outlet", 2, 1000)]
    for table in tables[1:]:
        assert table.select(names).equals(tables[0].select(names))


def test_parts_by_id_equal_documents(sample: ck.Corpus) -> None:
    for options in ({}, {"by": "outlet", "min_count": 2}):
        one = ck.dispersion(sample, parts="document", measure=OVER_PARTS, **options)  # type: ignore[arg-type]
        assert_frame_equal(one, ck.dispersion(sample, parts="id", measure=OVER_PARTS, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("parts", ["document", "date", "outlet", 7])
def test_dispersion_by_a_column_equals_filtered_corpora(sample: ck.Corpus, parts: str | int) -> None:
    table = ck.dispersion(sample, by="outlet", parts=parts, measure=SPREAD, min_count=2)
    outlets = sample.documents.select("outlet").collect()["outlet"].unique(maintain_order=True).to_list()
    assert table["outlet"].unique(maintain_order=True).to_list() == outlets
    for outlet in outlets:
        part = ck.dispersion(sample.filter(outlet == OUTLET), parts=parts, measure=SPREAD, min_count=2)
        rows = table.filter(outlet == OUTLET).drop("outlet", "spelling")
        assert_frame_equal(rows, part.drop("spelling"), rel_tol=1e-9, abs_tol=1e-9)


def test_measures_do_not_change_other_columns(sample: ck.Corpus) -> None:
    every = ck.dispersion(sample, measure=SPREAD, parts=5)
    assert every.columns[4:] == SPREAD
    for name in SPREAD:
        assert ck.dispersion(sample, measure=name, parts=5).equals(
            every.select("word", "spelling", "count", "parts", name)
        )
    assert ck.dispersion(sample).columns[4:] == [
        "deviation_of_proportions",
        "juilland_d",
        "average_reduced_frequency",
    ]
    rich = ck.diversity(sample, measure=RICHNESS)
    assert rich.columns[4:] == RICHNESS
    for name in RICHNESS:
        assert ck.diversity(sample, measure=[name]).row(0)[-1] == rich[name][0]
    assert ck.diversity(sample).columns[4:] == ["ttr", "mattr", "hdd", "yule_k"]


def test_min_count_only_removes_rows(sample: ck.Corpus) -> None:
    for by in (None, "outlet"):
        whole = ck.dispersion(sample, by=by, measure=SPREAD)
        few = ck.dispersion(sample, by=by, measure=SPREAD, min_count=4)
        assert 0 < few.height < whole.height
        assert few.equals(whole.filter(pl.col("count") >= 4))


# ----------------------------------------------------------------------------------------------------
# Determinism and provenance
# ----------------------------------------------------------------------------------------------------
CALLS: dict[str, Callable[[ck.Corpus], pl.DataFrame]] = {
    "dispersion": lambda c: ck.dispersion(c, measure=SPREAD),
    "dispersion by": lambda c: ck.dispersion(c, by="outlet", parts="date", measure=SPREAD, profile=None),
    "dispersion in 9": lambda c: ck.dispersion(c, parts=9, measure=SPREAD, min_count=2, profile="dediac"),
    "frequency": lambda c: ck.frequency(c, dispersion="burch_da"),
    "frequency by": lambda c: ck.frequency(c, by="outlet", dispersion="juilland_d"),
    "diversity": lambda c: ck.diversity(c, measure=RICHNESS),
    "diversity by": lambda c: ck.diversity(c, by="id", measure=RICHNESS),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if " by" in name else name for name in CALLS]
)
def test_results_are_reproducible(sample: ck.Corpus, name: str) -> None:
    """With any number of threads, from a pickle, from the reopened corpus; for the corpus and a subcorpus."""
    for corpus in (sample, sample.filter(pl.col("document") % 3 != 1)):
        first = CALLS[name](corpus)
        record = provenance_of(first)
        assert record is not None
        for threads in (1, 2, None):
            ck.set_threads(threads)
            again = CALLS[name](corpus)
            assert again.equals(first)
            assert provenance_of(again) == record
        with pickle.loads(pickle.dumps(corpus)) as other:
            unpickled = CALLS[name](other)
            assert unpickled.equals(first)
            assert provenance_of(unpickled) == record
    with ck.Corpus.open(sample.path) as other:
        assert CALLS[name](other).equals(CALLS[name](sample))


def test_dispersion_has_provenance(sample: ck.Corpus) -> None:
    part = sample.filter(pl.col("document") < 9)
    table = ck.dispersion(
        part,
        by="outlet",
        parts=np.int64(3),  # type: ignore[arg-type]
        measure=("burch_da", "average_waiting_time"),
        min_count=2,
        stopwords={"من", "في"},
        profile="dediac",
    )
    assert provenance_of(table) == {
        "function": "ck.dispersion",
        "options": {
            "unit": "word",
            "by": "outlet",
            "parts": 3,
            "measure": ["burch_da", "average_waiting_time"],
            "min_count": 2,
            "min_documents": 1,
            "stopwords": ["في", "من"],
            "join": False,
            "profile": "dediac",
            "subcorpus": part.selection,
        },
        "corpus_id": sample.id,
        "profile_digest": ck.Normalizer.preset("dediac").digest,
        "version": ck.__version__,
        "corpus": {"name": "sample", "documents": 240, "tokens": 25_835, "words": 22_804},
    }


@pytest.mark.parametrize("function", [ck.dispersion, ck.diversity, ck.frequency])
def test_provenance_has_every_option(sample: ck.Corpus, function: Callable[..., pl.DataFrame]) -> None:
    record = provenance_of(function(sample))
    assert record is not None
    # bootstrap options are recorded only if used
    given = set(inspect.signature(function).parameters) - {"corpus", "n_bootstrap", "confidence", "seed"}
    assert given <= set(record["options"])


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parts": 1}, "^parts must be .*got 1"),
        ({"parts": 0}, "^parts must be .*got 0"),
        ({"parts": -3}, r"^parts must be .*got -3"),
        ({"parts": True}, "^parts must be .*got True"),
        ({"parts": 2.5}, r"^parts must be .*got 2\.5"),
        ({"parts": None}, "^parts must be .*got None"),
        ({"parts": ["outlet"]}, "^parts must be "),
        ({"parts": 7}, "^parts must be .*got 7"),
        ({"parts": 10**30}, "^parts must be .*got 1000000000000000000000000000000"),
        ({"parts": 4, "by": "outlet"}, "^parts must be .*got 4"),
        ({"parts": "outlets"}, "^parts must be .*Did you mean 'outlet"),
        ({"parts": "documents"}, "^parts must be .*Did you mean 'document"),
        ({"parts": "text"}, "^parts must be .*got 'text'"),
        ({"by": "outlets"}, "^by must be .*Did you mean 'outlet"),
        ({"by": "text"}, "^by must be .*got 'text'"),
        ({"by": 3}, "^by must be .*got 3"),
        ({"by": ["outlet"]}, "^by must be "),
        ({"by": "count"}, "^by must be .*got 'count'"),
        ({"by": "parts"}, "^by must be .*got 'parts'"),
        ({"by": "juilland_d"}, "^by must be .*got 'juilland_d'"),
        ({"measure": "juiland_d"}, "^measure must be .*Did you mean 'juilland_d"),
        ({"measure": ["juilland_d", "average_waiting"]}, "^measure must be .*Did you mean 'average_waiting_time"),
        ({"measure": "ttr"}, "^measure must be .*got 'ttr'"),
        ({"measure": [None]}, "^measure must be "),
        ({"measure": []}, "^measure must be "),
        ({"measure": ""}, "^measure must be .*got ''"),
        ({"measure": ["burch_da", "juilland_d", "burch_da"]}, "^measure must be "),
        ({"measure": None}, "^measure must be .*got None"),
        ({"measure": {"juilland_d"}}, "^measure must be "),
        ({"min_count": 0}, "^min_count must be .*got 0"),
        ({"min_count": 1.5}, r"^min_count must be .*got 1\.5"),
        ({"min_count": True}, "^min_count must be .*got True"),
        ({"stopwords": "في"}, "^stopwords must be .*got 'في'"),
        ({"stopwords": None}, "^stopwords must be .*got None"),
        ({"stopwords": [3]}, "^stopwords must be "),
        ({"profile": "serach"}, "^profile must be .*Did you mean 'search"),
    ],
)
def test_bad_arguments_of_dispersion(small: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.dispersion(small, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dispersion": "juiland_d"}, "^dispersion must be .*Did you mean 'juilland_d"),
        ({"dispersion": "average_waiting_time"}, "^dispersion must be .*got 'average_waiting_time'"),
        ({"dispersion": ["juilland_d"]}, "^dispersion must be "),
        ({"dispersion": ""}, "^dispersion must be .*got ''"),
        ({"by": "dispersion"}, "^by must be .*got 'dispersion'"),
    ],
)
def test_bad_arguments_of_frequency(small: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.frequency(small, **options)


@pytest.mark.parametrize("name", ["juilland_d", "ttr", "types", "w1"])
def test_metadata_names_that_do_not_clash_with_results(small: ck.Corpus, name: str) -> None:
    calls: list[Callable[[], pl.DataFrame]] = [
        lambda: ck.dispersion(small, parts=name, measure="burch_da"),
        lambda: ck.dispersion(small, by=name, measure="burch_da"),
        lambda: ck.frequency(small, by=name),
    ]
    if name != "types":
        calls.append(lambda: ck.diversity(small, by=name, measure="mattr"))
    tables = [call() for call in calls]
    assert tables[0].equals(ck.dispersion(small, parts="outlet", measure="burch_da"))
    for table in tables[1:]:
        assert set(table[name]) == {1, 2}


@pytest.mark.parametrize("function", [ck.dispersion, ck.diversity])
def test_open_corpus_is_required(function: Callable[..., pl.DataFrame], tmp_path: Path) -> None:
    for other in (["بحر"], "بحر", None, pl.DataFrame({"text": ["بحر"]})):
        with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
            function(other)
    corpus = build_texts(["بحر"], tmp_path)
    corpus.close()
    with pytest.raises(CorpusError, match="closed"):
        function(corpus)
