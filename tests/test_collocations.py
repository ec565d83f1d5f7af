"""ck.collocations: equal to a slow twin and to n-grams; collocations planted in the sample are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import oracles_collocations as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import CorpusError, InputError

pytestmark = pytest.mark.interface

MEASURES = list(ck.measures.FAMILIES["association"])


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    ck.set_threads(None)


def build(texts: list[str], folder: str | Path) -> ck.Corpus:
    """Build a corpus in which every other document belongs to part 1."""
    frame = pl.DataFrame({"text": texts, "part": [number % 2 for number in range(len(texts))]})
    return ck.Corpus.build(frame, folder, progress=False)


def record(table: pl.DataFrame) -> dict[str, Any]:
    found = provenance_of(table)
    assert found is not None
    options: dict[str, Any] = found["options"]
    return options


# ----------------------------------------------------------------------------------------------------
# The twin
# ----------------------------------------------------------------------------------------------------
WORDS = ["ورد", "وَرد", "وَرْدٌ", "ارض", "أرض", "بحر", "بحـر", "وبحر", "12", "١٢", "#ورد", "@بحر"]
SIGNS = ["،", ".", ".", "؟", "!", "«", "»", "…", "🙂", "-"]
MARKS = ["\u064b", "\u064b", "ـ"]  # on their own, words without a form
GAPS = [" ", " ", " ", " ", "", "\n", "\n\n", "\u2028", "  "]
ONE_WORD = ["ورد", "وَرد", "أرض", "بحر", "12", "#ورد", "و*", "?رض", "*ر*", "#*", "غائب"]
PHRASES = ["ورد ارض", "ورد ورد", "ورد بحر ورد", "بحر ارض بحر", "و* بحر", "ورد *", "* *ر", "بحر 12"]


@st.composite
def corpora(draw: st.DrawFn) -> list[str]:
    """Draw texts of a few pieces, so that words repeat."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
    pieces = st.one_of(*[st.sampled_from(words)] * 3, st.sampled_from(SIGNS), st.sampled_from(MARKS))
    texts = draw(
        st.lists(st.lists(st.tuples(pieces, st.sampled_from(GAPS)), min_size=1, max_size=22), min_size=1, max_size=5)
    )
    return ["".join(piece + gap for piece, gap in text) for text in texts]


measures_of_choice = st.lists(st.sampled_from(MEASURES), min_size=1, max_size=3, unique=True)
stopwords_of_choice = st.lists(st.sampled_from(["وَرد", "أرض", "12", "غائب"]), max_size=2, unique=True)
profiles = st.sampled_from(["search", "search", None, "dediac"])
WITHIN = st.sampled_from(["sentence", "paragraph", "document"])
PARTS = st.sampled_from([None, None, 0, 1])

windows = st.fixed_dictionaries(
    {
        "window": st.one_of(
            st.integers(1, 4),
            st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any),
            st.sampled_from([[1, 0], (0, 1), 10**6, 2**70]),
        ),
        "within": WITHIN,
        "expectation": st.sampled_from(["textual", "textual", "span_factor"]),
    }
)
units = st.fixed_dictionaries({"window": st.sampled_from(["sentence", "paragraph", "document"])})
with_a_pattern = st.tuples(
    st.one_of(windows, windows, units),
    st.fixed_dictionaries(
        {
            "measure": measures_of_choice,
            "min_count": st.sampled_from([1, 1, 1, 2, 3]),
            "min_documents": st.sampled_from([0, 1, 1, 2]),
            "profile": profiles,
            "exact": st.booleans(),
            "stopwords": stopwords_of_choice,
        }
    ),
).map(lambda both: both[0] | both[1])
without_one = st.fixed_dictionaries(
    {
        "n": st.integers(2, 4),
        "skip": st.sampled_from([0, 0, 1, 3]),
        "within": WITHIN,
        "measure": measures_of_choice,
        "min_count": st.sampled_from([1, 1, 2]),
        "min_documents": st.sampled_from([0, 1, 1]),
        "profile": profiles,
        "stopwords": stopwords_of_choice,
    }
)


def pair(window: Any) -> tuple[int, int]:
    return (window, window) if isinstance(window, int) else tuple(window)


def twin_of(texts: list[str], part: int | None, pattern: str | None, options: dict[str, Any]) -> oracle.Table:
    """Return the expected table, in order of first occurrence."""
    profile = options["profile"]
    everything = [oracle.document_of(text) for text in texts]
    documents = [document for number, document in enumerate(everything) if part is None or number % 2 == part]
    if pattern is None:
        return oracle.ngrams_table(documents, options["n"], options["skip"], within=options["within"], profile=profile)
    within = options.get("within", "paragraph")
    hits = [oracle.hits_in(document, pattern, exact=options["exact"], within=within) for document in documents]
    order = oracle.words_in_order(everything, profile)
    if isinstance(options["window"], str):
        return oracle.units_table(documents, hits, options["window"], profile=profile, order=order)
    return oracle.windows_table(
        documents,
        hits,
        pair(options["window"]),
        within=options["within"],
        profile=profile,
        expectation=options["expectation"],
        order=order,
    )


OF_CERTAINTY = {"log_likelihood", "log_likelihood_williams", "simple_log_likelihood", "chi_squared",
                "chi_squared_yates", "fisher_exact_two_sided", "fisher_exact_left", "fisher_exact_right", "t_score",
                "z_score"}  # fmt: skip


def assert_same(table: pl.DataFrame, expected: oracle.Table, pattern: str | None, measures: list[str]) -> None:
    """Assert the same rows and values, and the right order."""
    text = pl.String
    named = (
        {"collocate": text, "spelling": text}
        if pattern is not None
        else {"ngram": text, "spelling": text, "node": text, "collocate": text}
    )
    measures = [*measures, "log_dice"] if set(measures) <= OF_CERTAINTY else measures
    count_of_node = {} if pattern is not None else {"node_count": pl.Int64}
    assert dict(table.schema) == {
        **named,
        "direction": pl.Enum(["attracted", "neutral", "repelled"]),
        "count": pl.Int64,
        "expected": pl.Float64,
        **count_of_node,
        "collocate_count": pl.Int64,
        "documents": pl.Int64,
        **dict.fromkeys(measures, pl.Float64),
    }
    rank = {" ".join(words): place for place, words in enumerate(expected.cells)}
    cells_of = {" ".join(words): cells for words, cells in expected.cells.items()}
    label = "collocate" if pattern is not None else "ngram"
    rows = table.rows(named=True)
    assert sorted(row[label] for row in rows) == sorted(cells_of)
    for row in rows:
        cells = cells_of[row[label]]
        assert (row["count"], row["collocate_count"], row["documents"]) == (cells.joint, cells.column, cells.documents)
        assert row["expected"] == pytest.approx(cells.row * cells.column / cells.total, rel=1e-12)
        assert row["direction"] == oracle.direction(cells)
        if pattern is None:
            assert row["ngram"] == f"{row['node']} {row['collocate']}"
            assert row["node_count"] == cells.row
        for measure in measures:
            told = float("nan") if row[measure] is None else row[measure]
            assert told == pytest.approx(oracle.value(measure, cells), rel=1e-9, abs=1e-9, nan_ok=True), measure
    keys = [
        (row[measures[0]] is None, -(row[measures[0]] or 0.0), -row["count"], rank[row[label]])  #
        for row in rows
    ]
    assert keys == sorted(keys)


def collocations(corpus: ck.Corpus, pattern: str | None, **options: Any) -> pl.DataFrame:
    """Return the collocations of a pattern; without one, those of all n-grams."""
    return ck.ngram_collocations(corpus, **options) if pattern is None else ck.collocations(corpus, pattern, **options)


def check(corpus: ck.Corpus, texts: list[str], part: int | None, pattern: str | None, options: dict[str, Any]) -> None:
    chosen = corpus if part is None else corpus.filter(pl.col("part") == part)
    whole = twin_of(texts, part, pattern, options)
    least = options.get("min_documents", 1)
    expected = whole.kept(options["min_count"], options["stopwords"], options["profile"], least)
    if whole.too_many_words or expected.too_little_room:
        message = "more than the corpus has" if whole.too_many_words else "Not all occurrences of"
        with pytest.raises(InputError, match=message):
            collocations(chosen, pattern, **options)
        return
    table = collocations(chosen, pattern, **options)
    assert_same(table, expected, pattern, options["measure"])
    told = record(table)
    assert told["total"] == expected.total
    if pattern is not None:
        assert (told["hits"], told["row"]) == (expected.hits, expected.row)


def check_all(texts: list[str], calls: list[tuple[int | None, str | None, dict[str, Any]]]) -> None:
    with TemporaryDirectory() as folder, build(texts, folder) as corpus:
        for part, pattern, options in calls:
            check(corpus, texts, part, pattern, options)


PLAIN = {"measure": ["mi"], "min_count": 1, "profile": "search", "exact": False, "stopwords": []}
WINDOW = {**PLAIN, "window": 2, "within": "paragraph", "expectation": "textual"}


@settings(max_examples=examples(30))
@example(texts=["\u064b"], calls=[(None, "ورد", WINDOW), (None, "ورد", {**PLAIN, "window": "sentence"})])
@example(texts=["ورد"], calls=[(0, "ورد", WINDOW), (1, "ورد", WINDOW), (1, "ورد", {**PLAIN, "window": "document"})])
@given(
    texts=corpora(),
    calls=st.lists(st.tuples(PARTS, st.sampled_from(ONE_WORD), with_a_pattern), min_size=1, max_size=5),
)
def test_words_around_a_word(texts: list[str], calls: list[tuple[int | None, str | None, dict[str, Any]]]) -> None:
    check_all(texts, calls)


@settings(max_examples=examples(30))
@example(texts=["ا ب ا ب ا ج"], calls=[(None, "ا ب ا", WINDOW), (None, "ا ب ا", {**PLAIN, "window": "sentence"})])
@example(texts=["ج! ورد! ارض، د"], calls=[(None, "ورد ارض", {**WINDOW, "within": "sentence"})])
@given(
    texts=corpora(),
    calls=st.lists(st.tuples(PARTS, st.sampled_from(PHRASES), with_a_pattern), min_size=1, max_size=5),
)
def test_words_around_a_phrase(texts: list[str], calls: list[tuple[int | None, str | None, dict[str, Any]]]) -> None:
    check_all(texts, calls)


@settings(max_examples=examples(30))
@given(
    texts=corpora(),
    calls=st.lists(st.tuples(PARTS, st.none(), without_one), min_size=1, max_size=5),
)
def test_ngrams(texts: list[str], calls: list[tuple[int | None, str | None, dict[str, Any]]]) -> None:
    check_all(texts, calls)


# ----------------------------------------------------------------------------------------------------
# By hand
# ----------------------------------------------------------------------------------------------------
def counts(texts: list[str], folder: Path, pattern: str, **options: Any) -> dict[str, int]:
    with build(texts, folder) as corpus:
        table = ck.collocations(corpus, pattern, **{"min_count": 1, "profile": None, **options})
    return dict(table.select("collocate", "count").iter_rows())


@pytest.mark.parametrize(
    ("text", "pattern", "options", "expected"),
    [
        # a token in two windows counts once; punctuation does not count
        ("ا ب ج، ب د", "ب", {"window": 1}, {"ا": 1, "ج": 1, "د": 1}),
        ("ا ب ج ب د", "ب", {"window": 2}, {"ا": 1, "ج": 1, "د": 1}),
        # overlapping hits: none of their tokens is in a window
        ("ج ا ب ا ب ا ج ا", "ا ب ا", {"window": 1}, {"ج": 2}),
        ("ج ا ب ا ب ا ج ا", "ا ب ا", {"window": 2}, {"ج": 2, "ا": 1}),
        # a hit next to a hit; one side only
        ("ب ب ا ب", "ب", {"window": (0, 1)}, {"ا": 1}),
        ("ب ب ا ب", "ب", {"window": [1, 0]}, {"ا": 1}),
        # boundaries that windows do not cross
        ("ا! ب! ج\nد ب", "ب", {"window": 3, "within": "sentence"}, {"د": 1}),
        ("ا! ب! ج\nد ب", "ب", {"window": 3}, {"ا": 1, "ج": 1, "د": 1}),
        ("ا! ب! ج\nد ب ه", "ب", {"window": 2, "within": "document"}, {"ا": 1, "ج": 1, "د": 1, "ه": 1}),
        # units: repetitions of a word in one do not count
        ("ا ب ا! ا ج! ب", "ب", {"window": "sentence"}, {"ا": 1}),
        ("ا ب ا! ا ج! ب", "ب", {"window": "document"}, {"ا": 1, "ج": 1}),
        # stop words occupy positions
        ("ا في ب في ج", "ب", {"window": 1, "stopwords": ["في"]}, {}),
        ("ا في ب في ج", "ب", {"window": 2, "stopwords": ["في"]}, {"ا": 1, "ج": 1}),
        # the spelling of the pattern and of the collocates
        ("أب ب أبّ\nاب ب", "ب", {"window": 1}, {"أب": 1, "أبّ": 1, "اب": 1}),
        ("أب ب أبّ\nاب ب", "ب", {"window": 1, "profile": "search"}, {"اب": 3}),
        ("ا أب ب\nج اب د", "أب", {"window": 1}, {"ا": 1, "ب": 1, "ج": 1, "د": 1}),
        ("ا أب ب\nج اب د", "أب", {"window": 1, "exact": True}, {"ا": 1, "ب": 1}),
        # punctuation as the node
        ("ا، ب. ج، د", "،", {"window": 1}, {"ا": 1, "ب": 1, "ج": 1, "د": 1}),
    ],
)
def test_by_hand(tmp_path: Path, text: str, pattern: str, options: dict[str, Any], expected: dict[str, int]) -> None:
    assert counts([text], tmp_path, pattern, **options) == expected


def test_both_expectations(tmp_path: Path) -> None:
    """Ten words, three of them hits; ب occurs three times, twice in the windows, which have six words in all."""
    with build(["ا ب ج ا ب د ه", "ا ه ب"], tmp_path) as corpus:
        table = ck.collocations(corpus, "ا", window=1, min_count=1, measure="log_dice")
        row = table.row(by_predicate=pl.col("collocate") == "ب", named=True)
        assert (row["count"], row["collocate_count"], row["expected"], row["documents"]) == (2, 3, 4 * 3 / 7, 1)
        assert row["log_dice"] == pytest.approx(13.415037, abs=1e-6)  # 14 + log2(2 * 2 / (3 + 3))
        assert (record(table)["hits"], record(table)["row"], record(table)["total"]) == (3, 4, 7)
        table = ck.collocations(corpus, "ا", window=1, min_count=1, measure="dice", expectation="span_factor")
        row = table.row(by_predicate=pl.col("collocate") == "ب", named=True)
        assert (row["count"], row["collocate_count"], row["expected"]) == (2, 3, 3 * 2 * 3 / 10)
        assert row["dice"] == 2 * 2 / (3 + 3)
        assert (record(table)["hits"], record(table)["row"], record(table)["total"]) == (3, 6, 10)


def test_log_dice_can_exceed_14(tmp_path: Path) -> None:
    with build(["ب ا ب"], tmp_path) as corpus:
        table = ck.collocations(corpus, "ا", window=1, min_count=1, measure=["log_dice", "dice"])
    assert table["dice"].to_list() == [4 / 3]
    assert table["log_dice"][0] > 14


def test_phrase_across_two_sentences(tmp_path: Path) -> None:
    """A phrase that crosses the end of a sentence counts for both sentences."""
    with build(["ج ا! ب د! ه و"], tmp_path) as corpus:
        table = ck.collocations(corpus, "ا ب", window="sentence", min_count=1)
    assert set(table["collocate"]) == {"ج", "د"}
    assert (record(table)["hits"], record(table)["row"], record(table)["total"]) == (1, 2, 3)


def test_ngrams_by_hand(tmp_path: Path) -> None:
    with build(["ا ب ج. ا ب\nا د", "ا، ب ج"], tmp_path) as corpus:
        table = ck.ngram_collocations(corpus, min_count=2, measure=["log_dice", "mi"])
        assert table.drop("mi", "spelling").rows() == [
            ("ب ج", "ب", "ج", "attracted", 2, 2 * 2 / 7, 2, 2, 2, 14.0),
            ("ا ب", "ا", "ب", "attracted", 3, 4 * 3 / 7, 4, 3, 2, pytest.approx(13.777608, abs=1e-6)),
        ]
        table = ck.ngram_collocations(corpus, n=3, min_count=1, min_documents=1, measure="mi")
        assert table.select("ngram", "node", "collocate", "count", "node_count").rows() == [
            ("ب ج ا", "ب ج", "ا", 1, 1),
            ("ج ا ب", "ج ا", "ب", 1, 1),
            ("ا ب ج", "ا ب", "ج", 2, 2),
        ]
        stopped = ck.ngram_collocations(corpus, n=3, min_count=1, min_documents=1, measure="mi", stopwords=["ج"])
        assert stopped.height == 0


# ----------------------------------------------------------------------------------------------------
# Identities
# ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def frequent(sample: ck.Corpus) -> list[str]:
    """Return words of all frequencies."""
    words = ck.frequency(sample, min_count=3)["word"].to_list()
    return words[:20] + words[20::60]


def test_right_neighbours_are_bigrams(sample: ck.Corpus, frequent: list[str]) -> None:
    bigrams = ck.ngrams(sample, n=2, min_count=1, within="paragraph").with_columns(
        pl.col("ngram").str.split(" ").alias("words")
    )
    for word in frequent:
        for side, window in ((1, (0, 1)), (0, (1, 0))):
            table = ck.collocations(sample, word, window=window, min_count=1, measure="mi")
            pairs = bigrams.filter(pl.col("words").list.get(1 - side) == word, pl.col("words").list.get(side) != word)
            expected = pairs.select(pl.col("words").list.get(side).alias("collocate"), "count", "documents")
            found = table.select("collocate", "count", "documents")
            assert_frame_equal(found.sort("collocate"), expected.sort("collocate"))


@pytest.mark.parametrize("window", [1, 5, (3, 0), (0, 2)])
def test_counts_add_up_to_the_windows(sample: ck.Corpus, frequent: list[str], window: Any) -> None:
    for word in frequent:
        table = ck.collocations(sample, word, window=window, min_count=1, measure="mi")
        told = record(table)
        assert table["count"].sum() == told["row"] <= told["hits"] * sum(pair(window))
        words = sample.manifest["counts"]["words"]
        assert told["total"] == words - told["hits"]


@pytest.mark.parametrize("expectation", ["textual", "span_factor"])
def test_expected_and_direction_follow_from_the_counts(
    sample: ck.Corpus, frequent: list[str], expectation: str
) -> None:
    for word in frequent[1::3]:
        table = ck.collocations(sample, word, window=2, min_count=1, measure="mi", expectation=expectation)
        told = record(table)
        for row in table.iter_rows(named=True):
            assert row["expected"] == told["row"] * row["collocate_count"] / told["total"]
            above = row["count"] * told["total"] - told["row"] * row["collocate_count"]
            assert row["direction"] == ("attracted" if above > 0 else "repelled" if above < 0 else "neutral")
            assert (row["mi"] > 0) == (above > 0) or above == 0


def test_expectations_share_their_counts(sample: ck.Corpus, frequent: list[str]) -> None:
    """The node is never next to itself here, so that only expected values differ."""
    for word in frequent[3::4]:
        tables = [
            ck.collocations(sample, word, window=1, min_count=1, measure="mi", expectation=expectation)
            .filter(pl.col("collocate") != word)
            .select("collocate", "count", "collocate_count", "documents")
            for expectation in ("textual", "span_factor")
        ]
        assert_frame_equal(tables[0].sort("collocate"), tables[1].sort("collocate"))


def test_wider_windows_include_narrower_ones(sample: ck.Corpus, frequent: list[str]) -> None:
    for word in frequent[::5]:
        before = pl.DataFrame(schema={"collocate": pl.String, "narrow": pl.Int64})
        for window in (1, 2, 5, 10**9):
            table = ck.collocations(sample, word, window=window, min_count=1, measure="mi", within="document")
            both = before.join(table.select("collocate", "count"), on="collocate", how="left")
            assert both["count"].null_count() == 0
            assert (both["count"] >= both["narrow"]).all()
            before = table.select("collocate", narrow="count")


def test_parts_of_a_corpus_add_up(sample: ck.Corpus, frequent: list[str]) -> None:
    outlets = sample.documents.select("outlet").unique().collect()["outlet"].to_list()
    for word in frequent[:3]:
        whole = ck.collocations(sample, word, min_count=1, measure="mi")
        parts = [
            ck.collocations(sample.filter(pl.col("outlet") == outlet), word, min_count=1, measure="mi")
            for outlet in outlets
        ]
        summed = pl.concat(parts).group_by("collocate").agg(pl.col("count", "documents").sum())
        assert_frame_equal(summed.sort("collocate"), whole.select(summed.columns).sort("collocate"))


@pytest.mark.filterwarnings("ignore:.*lines of web pages")
def test_min_count_and_stopwords_only_remove_rows(sample: ck.Corpus) -> None:
    calls: list[tuple[str | None, dict[str, Any]]] = [
        ("السهل", {}),
        ("السهل", {"window": "paragraph"}),
        (None, {"n": 2}),
        (None, {"n": 3, "skip": 1}),
    ]
    for pattern, options in calls:
        whole = collocations(sample, pattern, min_count=1, **options)
        few = collocations(sample, pattern, min_count=3, stopwords=["في", "إلى"], **options)
        kept = whole.filter(pl.col("count") >= 3, ~pl.col("collocate").is_in(["في", "الي"]))
        if "node" in whole.columns:
            stopped = pl.col("ngram").str.split(" ").list.set_intersection(["في", "الي"])
            kept = kept.filter(stopped.list.len() == 0)
        assert few.height > 0
        assert_frame_equal(few, kept)


def test_measures_do_not_change_other_columns(sample: ck.Corpus) -> None:
    every = ck.collocations(sample, "إمارة السهل", measure=MEASURES, min_count=2)
    assert every.columns[-len(MEASURES) :] == list(MEASURES)
    for measure in MEASURES:
        table = ck.collocations(sample, "إمارة السهل", measure=measure, min_count=2)
        assert_frame_equal(table.sort("collocate"), every.select(table.columns).sort("collocate"))
        assert table[measure].drop_nulls().is_sorted(descending=True)


# ----------------------------------------------------------------------------------------------------
# The sample
# ----------------------------------------------------------------------------------------------------
PLANTED = ck.sample_truth()["collocations"].rows(named=True)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["node"])
@pytest.mark.parametrize("measure", ["log_likelihood", "log_dice"])
def test_planted_collocations_are_found(sample: ck.Corpus, planted: dict[str, Any], measure: str) -> None:
    """The collocate is planted directly after the node."""
    collocate = ck.normalize(planted["collocate"], "search")
    after = ck.collocations(sample, planted["node"], window=(0, 1), measure=measure)
    first = after.row(0, named=True)
    assert (first["collocate"], first["count"], first["documents"]) == (collocate, planted["count"], planted["items"])
    assert first["direction"] == "attracted"
    for options in ({}, {"window": 3}, {"within": "sentence"}, {"expectation": "span_factor"}, {"window": "sentence"}):
        table = ck.collocations(sample, planted["node"], measure=measure, **options)
        row = table.with_row_index().row(by_predicate=pl.col("collocate") == collocate, named=True)
        assert row["index"] == 0, options
        assert row["count"] >= planted["count"]
        assert row["documents"] >= planted["items"]
    back = ck.collocations(sample, planted["collocate"], window=(1, 0), measure=measure)
    assert back["collocate"][0] == ck.normalize(planted["node"], "search")


@pytest.mark.filterwarnings("ignore:.*lines of web pages")
def test_planted_collocations_rank_high(sample: ck.Corpus) -> None:
    phrases = {ck.normalize(f"{row['node']} {row['collocate']}", "search") for row in PLANTED}
    for measure in ("log_likelihood", "log_dice"):
        table = ck.ngram_collocations(sample, measure=measure)
        assert phrases <= set(table["ngram"].head(table.height // 4))
        planted = table.filter(pl.col("ngram").is_in(phrases))
        assert planted["count"].to_list() == [15] * len(phrases)


# ----------------------------------------------------------------------------------------------------
# Defaults
# ----------------------------------------------------------------------------------------------------
def test_a_list_of_a_corpus_begins_with_words(sample: ck.Corpus) -> None:
    """Lines of pages are named, with the call that removes them; then the list has none."""
    message = r"15 of the first 20 rows \(لمتابعة أخبارنا, .*corpus\.exclude\(ck\.news\.boilerplate\(corpus\)\)"
    with pytest.warns(UserWarning, match=message) as caught:
        ck.ngram_collocations(sample)
    assert caught[0].filename == __file__
    body = sample.exclude(ck.news.boilerplate(sample, by="outlet"))
    table = ck.ngram_collocations(body)  # without a warning
    assert table["ngram"].head(3).to_list() == ["تنظيم السهل", "اماره السهل", "ميليشيا السهل"]
    assert record(table)["min_documents"] == 2
    rare = ck.ngram_collocations(body, measure="log_dice")
    assert rare["log_dice"].head(5).to_list() == [14.0] * 5  # why log_dice is not the first measure here
    assert rare["count"].head(5).max() < table["count"].head(5).min()  # type: ignore[operator]


def test_a_line_that_a_page_has_twice_is_named(tmp_path: Path) -> None:
    """Or once, while a text or two mention it; a name is in its texts now once, now several times."""
    words = [" ".join(f"{chr(0x0628 + (7 * k + n) % 20)}{chr(0x0628 + k)}" for k in range(26)) for n in range(25)]
    texts = [f"تابع المنصة\n{text} {text}\nتابع المنصة\nاقرأ المزيد" for text in words]
    texts = [text + "\n" + "خالد سعيد " * (1 + n % 3) for n, text in enumerate(texts)]
    with (
        build(texts, tmp_path / "c") as corpus,
        pytest.warns(UserWarning, match=r"rows \(تابع المنصة, اقرأ المزيد\) occur equally often"),
    ):
        ck.ngram_collocations(corpus, min_count=20)


def test_short_texts_have_no_lines(tmp_path: Path) -> None:
    """In a post every n-gram occurs once."""
    with build([f"صباح الخير يا {number}" for number in range(60)], tmp_path / "c") as corpus:
        assert ck.ngram_collocations(corpus)["count"][0] == 60


@pytest.mark.parametrize("measure", sorted(OF_CERTAINTY))
def test_a_measure_of_certainty_has_one_of_strength_beside_it(sample: ck.Corpus, measure: str) -> None:
    table = ck.collocations(sample, "هدنة", measure=measure)
    assert table.columns[-3:] == ["documents", measure, "log_dice"]
    assert ck.collocations(sample, "هدنة", measure=[measure, "mi"]).columns[-2:] == [measure, "mi"]


def test_min_documents(sample: ck.Corpus) -> None:
    whole = ck.collocations(sample, "هدنة", min_count=1)
    assert_frame_equal(
        ck.collocations(sample, "هدنة", min_count=1, min_documents=4), whole.filter(pl.col("documents") >= 4)
    )


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    with build(["ورد بحر ورد بحر ورد", "ارض"], tmp_path_factory.mktemp("small") / "c") as corpus:
        yield corpus


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("ورد", {"window": 0}, "^window must be .*got 0"),
        ("ورد", {"window": (0, 0)}, r"^window must be .*got \(0, 0\)"),
        ("ورد", {"window": -1}, r"^window must be .*got -1"),
        ("ورد", {"window": (1, -2)}, r"^window must be .*got \(1, \-2\)"),
        ("ورد", {"window": 2.5}, r"^window must be .*got 2\.5"),
        ("ورد", {"window": True}, "^window must be .*got True"),
        ("ورد", {"window": None}, "^window must be .*got None"),
        ("ورد", {"window": (1, 2, 3)}, r"^window must be .*got \(1, 2, 3\)"),
        ("ورد", {"window": ()}, r"^window must be .*got \(\)"),
        ("ورد", {"window": "sentense"}, "^window must be .*Did you mean 'sentence"),
        ("ورد", {"window": "token"}, "^window must be .*got 'token'"),
        ("ورد", {"measure": "logdice"}, "^measure must be .*Did you mean 'log_dice"),
        ("ورد", {"measure": ["mi", "likelihood_ratio"]}, "^measure must be .*Did you mean 'log_likelihood"),
        ("ورد", {"measure": "log_ratio_collocations"}, "^measure must be .*Did you mean 'log_ratio_collocation"),
        ("ورد", {"measure": []}, "^measure must be "),
        ("ورد", {"measure": ["mi", "mi"]}, "^measure must be "),
        ("ورد", {"measure": None}, "^measure must be .*got None"),
        ("", {}, "pattern .*''"),
        (" \n", {}, "pattern"),
        ("*", {}, r"pattern .*'\*'"),
        ("* **", {}, "pattern"),
        ("\u064b", {}, "pattern"),
        (5, {}, "^pattern must be .*got 5"),
        (["ورد"], {}, "^pattern must be "),
        ("ورد", {"within": "line"}, "^within must be .*got 'line'"),
        ("ورد", {"within": "sentences"}, "^within must be .*Did you mean 'sentence"),
        ("ورد", {"expectation": "span"}, "^expectation must be .*got 'span'"),
        ("ورد", {"expectation": "textuel"}, "^expectation must be .*Did you mean 'textual"),
        ("ورد", {"window": "sentence", "within": "sentence"}, "^within must be .*got 'sentence'"),
        ("ورد", {"window": "document", "expectation": "span_factor"}, "^expectation must be .*got 'span_factor'"),
        ("ورد", {"min_count": 0}, "^min_count must be .*got 0"),
        ("ورد", {"min_count": 1.5}, r"^min_count must be .*got 1\.5"),
        ("ورد", {"stopwords": "في"}, "^stopwords must be .*got 'في'"),
        ("ورد", {"stopwords": [3]}, "^stopwords must be "),
        ("ورد", {"profile": "serach"}, "^profile must be .*Did you mean 'search"),
        (None, {"n": 1}, "^n must be .*got 1"),
        (None, {"n": 9}, "^n must be .*got 9"),
        (None, {"n": (2, 3)}, r"^n must be .*got \(2, 3\)"),
        (None, {"n": True}, "^n must be .*got True"),
        (None, {"skip": -1}, r"^skip must be .*got -1"),
        (None, {"skip": 16}, "^skip must be .*got 16"),
        (None, {"within": "token"}, "^within must be .*got 'token'"),
        (None, {"min_count": 0}, "^min_count must be .*got 0"),
        (None, {"measure": "keyness"}, "^measure must be .*got 'keyness'"),
        (
            "ورد",
            {"expectation": "span_factor", "window": 2, "min_count": 1},
            r"^expectation must be .*got 'span_factor'.* 3 hits times 4 words .* \(6\)",
        ),
    ],
)
def test_bad_input(small: ck.Corpus, pattern: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        collocations(small, pattern, **options)


def test_windows_that_are_too_wide_for_span_factor(tmp_path: Path) -> None:
    """The window has three of four words, so it must contain the word that occurs three times at least twice."""
    with build(["ورد بحر", "بحر بحر"], tmp_path) as corpus:
        with pytest.raises(InputError, match=r"^expectation must be .*'بحر'"):
            ck.collocations(corpus, "ورد", window=(1, 2), expectation="span_factor", min_count=1)
        given: dict[str, Any] = {"window": (1, 2), "expectation": "span_factor", "min_count": 1}
        for options in ({"stopwords": ["بحر"]}, {"min_count": 2}):  # words that are not shown do not matter
            assert ck.collocations(corpus, "ورد", **(given | options)).height == 0


def test_corpus_is_required(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
        ck.collocations(["ورد بحر"], "ورد")  # type: ignore[arg-type]
    corpus = build(["ورد بحر"], tmp_path)
    corpus.close()
    for pattern in ("ورد", None):
        with pytest.raises(CorpusError, match="is closed"):
            collocations(corpus, pattern)


@pytest.mark.parametrize("options", [{}, {"window": (1, 0)}, {"window": "sentence"}, {"expectation": "span_factor"}])
def test_no_hits_give_the_same_columns(small: ck.Corpus, options: dict[str, Any]) -> None:
    filled = ck.collocations(small, "ارض" if options.get("window") == "sentence" else "بحر", min_count=1, window=1)
    nothing = ck.collocations(small, "غائب", **options)
    assert nothing.height == 0
    assert nothing.schema == filled.schema
    assert (record(nothing)["hits"], record(nothing)["row"]) == (0, 0)
    empty = ck.collocations(small.filter(pl.col("part") > 5), "ورد", **options)
    assert empty.schema == filled.schema
    assert empty.height == record(empty)["total"] == 0


def test_no_ngrams_give_the_same_columns(small: ck.Corpus) -> None:
    filled = ck.ngram_collocations(small, min_count=1, min_documents=1)
    assert filled.height > 0
    calls: list[dict[str, Any]] = [{"n": 8}, {"min_count": 2**70}, {"min_count": 1, "stopwords": ["ورد"]}]
    for options in calls:
        nothing = ck.ngram_collocations(small, **options)
        assert nothing.height == 0
        assert nothing.schema == filled.schema
    assert ck.ngram_collocations(small.filter(pl.col("part") > 5)).schema == filled.schema
    with pytest.warns(UserWarning, match="^ck.ngram_collocations: the corpus has 1 document,.*min_documents=1 shows"):
        nothing = ck.ngram_collocations(small.filter(pl.col("document") == 0))
    assert nothing.schema == filled.schema


# ----------------------------------------------------------------------------------------------------
# Determinism
# ----------------------------------------------------------------------------------------------------
CALLS: dict[str, Callable[[ck.Corpus], pl.DataFrame]] = {
    "windows": lambda corpus: ck.collocations(corpus, "ورد", window=3),
    "a phrase": lambda corpus: ck.collocations(corpus, "ورد *", window=(2, 1), within="sentence", min_count=1),
    "sentences": lambda corpus: ck.collocations(corpus, "ورد", window="sentence"),
    "documents": lambda corpus: ck.collocations(corpus, "و*", window="document"),
    "bigrams": lambda corpus: ck.ngram_collocations(corpus),
    "skip-grams": lambda corpus: ck.ngram_collocations(corpus, n=3, skip=1, profile=None, min_count=2),
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Return a corpus with enough words for two threads."""
    words = [*WORDS, *[f"كلمة{number}" for number in range(90)], "بحر.", "أرض،"]
    texts = [
        " ".join(words[(place * place + document * 31) % (len(words) - place % 7)] for place in range(60))
        for document in range(3000)
    ]
    with build(texts, tmp_path_factory.mktemp("large") / "c") as corpus:
        yield corpus


@pytest.mark.parametrize("name", CALLS)
def test_results_are_deterministic(large: ck.Corpus, name: str) -> None:
    part = large.filter(pl.col("part") == 1)
    assert large.manifest["counts"]["words"] > 150_000
    for corpus in (large, part):
        tables = []
        for number in (1, 2, 2):
            ck.set_threads(number)
            tables.append(CALLS[name](corpus))
        assert tables[0].height > 10
        assert all(table.equals(tables[0]) for table in tables)
        assert all(record(table) == record(tables[0]) for table in tables)


def test_provenance_has_the_common_values(small: ck.Corpus) -> None:
    table = ck.collocations(small, "ورد", window=(1, 0), min_count=1, stopwords=["ارض"], measure="mi")
    found = provenance_of(table)
    assert found is not None
    assert (found["function"], found["corpus_id"]) == ("ck.collocations", small.id)
    assert found["profile_digest"] == ck.Normalizer.preset("search").digest
    assert found["options"] == {
        "pattern": "ورد",
        "unit": "word",
        "measure": ["mi"],
        "within": "paragraph",
        "min_count": 1,
        "min_documents": 1,
        "by": None,
        "stopwords": ["ارض"],
        "profile": "search",
        "subcorpus": None,
        "window": [1, 0],
        "expectation": "textual",
        "exact": False,
        "clitics": False,
        "join": False,
        "hits": 3,
        "row": 2,
        "total": 3,
    }
    table = ck.ngram_collocations(small, min_count=1, profile=None)
    assert record(table)["total"] == 4
    assert record(table)["n"] == 2
    assert record(table)["skip"] == 0


def test_wildcard_equals_the_sum_of_its_words(sample: ck.Corpus) -> None:
    """If no two of them are adjacent."""
    words = ck.frequency(sample)["word"]
    forms = words.filter(words.str.starts_with("مدرس")).to_list()
    assert len(forms) > 2
    options: dict[str, Any] = {"window": (0, 2), "min_count": 1, "measure": "mi"}
    together = ck.collocations(sample, "مدرس*", **options)
    tables = [ck.collocations(sample, form, **options) for form in forms]
    assert record(together)["hits"] == sum(record(table)["hits"] for table in tables)
    summed = pl.concat(tables).group_by("collocate").agg(pl.col("count").sum())
    assert_frame_equal(summed.sort("collocate"), together.select("collocate", "count").sort("collocate"))


# ----------------------------------------------------------------------------------------------------
# Known faults
# ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", ["sentence", "paragraph", "document"])
def test_punctuation_as_the_node_with_units(tmp_path: Path, unit: str) -> None:
    assert counts(["ا، ب", "ج د"], tmp_path, "،", window=unit) == {"ا": 1, "ب": 1}


def test_phrase_around_an_isolated_mark(tmp_path: Path) -> None:
    with build(["ج ورد \u064b ارض د"], tmp_path) as corpus:
        assert "ورد ارض" in ck.ngrams(corpus, n=2, min_count=1)["ngram"]
        assert set(ck.collocations(corpus, "ورد ارض", window=1, min_count=1)["collocate"]) == {"ج", "د"}


def test_punctuation_must_follow_even_if_it_is_the_rarest_token(tmp_path: Path) -> None:
    """In both texts another mark separates the word from the full stop."""
    with build(["قال ! ."], tmp_path / "a") as corpus:
        assert record(ck.collocations(corpus, "قال ."))["hits"] == 0
    with build(["قال قال ! ."], tmp_path / "b") as corpus:
        assert record(ck.collocations(corpus, "قال ."))["hits"] == 0
