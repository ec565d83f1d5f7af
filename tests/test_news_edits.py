"""ck.news.edits and substitutions: properties of a correct alignment, and the edits planted in the sample."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import oracles_news_near_duplicates as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sample_reading import facts

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.duplicate_search import PAIR
from corpus_kit.news.edits import differences

pytestmark = pytest.mark.interface


def build(texts: Sequence[str], **columns: Sequence[Any]) -> ck.Corpus:
    frame = pl.DataFrame({"text": texts, **columns}, strict=False)
    dated = "date" if "date" in columns else None
    return ck.Corpus.build(frame, tempfile.mkdtemp(), date=dated, progress=False)


def pairs_of(*couples: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(couples, schema=dict.fromkeys(PAIR, pl.UInt32), orient="row")


# ----------------------------------------------------------------------------------------------------
# The alignment
# ----------------------------------------------------------------------------------------------------
ITEMS = st.lists(st.integers(0, 4), max_size=25)


@st.composite
def texts_and_revisions(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    first = draw(ITEMS)
    second = list(first)
    for _ in range(draw(st.integers(0, 3))):
        low, high = sorted(draw(st.tuples(st.integers(0, len(second)), st.integers(0, len(second)))))
        second[low:high] = draw(st.lists(st.integers(0, 4), max_size=4))
    return first, second


@settings(max_examples=examples(300))
@given(st.one_of(st.tuples(ITEMS, ITEMS), texts_and_revisions()))
@example(([], []))
@example(([1], []))
@example(([1, 2], [2, 1]))
@example(([1] * 20, [1] * 7))
def test_runs_are_the_complement_of_a_longest_common_subsequence(texts: tuple[list[int], list[int]]) -> None:
    first, second = texts
    runs = differences(first, second)
    made: list[int] = []
    at_first = at_second = aligned = 0
    for begin, end, other_begin, other_end in runs:
        assert first[at_first:begin] == second[at_second:other_begin]  # aligned words are equal
        assert (at_first, at_second) == (0, 0) or begin > at_first  # runs are maximal
        assert end > begin or other_end > other_begin
        aligned += begin - at_first
        made += first[at_first:begin] + second[other_begin:other_end]
        at_first, at_second = end, other_end
    assert first[at_first:] == second[at_second:]
    assert made + first[at_first:] == second  # the edits turn the first into the second
    assert aligned + len(first) - at_first == oracle.longest_common_subsequence(first, second)
    assert runs == differences(list(first), list(second))


def test_long_texts() -> None:
    first = list(range(3000))
    second = [item for item in first if item % 7] + [9999]
    assert differences(first, second)[-1] == (3000, 3000, 2571, 2572)
    assert len(differences(first, second)) == 430
    runs = differences(first, first[::-1])
    assert sum(end - begin for begin, end, _, _ in runs) == 2999  # one item is aligned


WORDS = ["وصل", "الوفد", "أمس", "إلى", "الى", "الميناء", "12"]


@settings(max_examples=examples(15))
@given(st.lists(st.lists(st.sampled_from([*WORDS, "،", "\n\n"]), max_size=12), min_size=2, max_size=4), st.data())
def test_edits_turn_the_first_text_into_the_second(texts: list[list[str]], data: st.DataObject) -> None:
    corpus = build([" ".join(["قال", *text, "نعم"]) for text in texts])
    profile = data.draw(st.sampled_from(["repair", "search"]))
    words = oracle.words_of(corpus, profile)
    couples = [(i, j) for i in range(len(texts)) for j in range(len(texts)) if i < j]
    table = ck.news.edits(corpus, pairs_of(*couples), profile=profile)
    contents = corpus.documents.collect()["text"].to_list()
    for first, second in couples:
        rows = table.filter(first_document=first, second_document=second).rows(named=True)
        made, rest = [], list(words[first])
        for row in rows:
            before = len(oracle_words(contents[first][: row["first_start"]], profile))
            done = len(words[first]) - len(rest)
            made += rest[: before - done] + row["second_words"].split()
            rest = rest[before - done + len(row["first_words"].split()) :]
            check_row(row, contents, profile)
        assert made + rest == words[second]


def oracle_words(text: str, profile: str) -> list[str]:
    tokens = ck.tokens([text])
    words = tokens.filter(pl.col("kind").cast(pl.String).is_in(["word", "number", "hashtag", "mention"]))["token"]
    return [ck.normalize(word, profile) for word in words]


def check_row(row: dict[str, Any], contents: list[str], profile: str) -> None:
    for side in ("first", "second"):
        text = contents[row[f"{side}_document"]][row[f"{side}_start"] : row[f"{side}_end"]]
        assert " ".join(text.split()) == row[f"{side}_surface"]
        assert " ".join(oracle_words(text, profile)) == row[f"{side}_words"]
    expected = {(True, True): "substitution", (False, True): "insertion", (True, False): "deletion"}
    assert row["kind"] == expected[bool(row["first_words"]), bool(row["second_words"])]


# ----------------------------------------------------------------------------------------------------
# The sample
# ----------------------------------------------------------------------------------------------------
def from_originals(corpus: ck.Corpus, *kinds: str) -> pl.DataFrame:
    """Select the pairs whose first document is the original."""
    rows = corpus.documents.select("document", "id").collect()
    of_id = dict(rows.select("id", "document").iter_rows())
    copies = [row for row in facts("near_duplicates") if row["kind"] in kinds]
    return pairs_of(*((of_id[row["original"]], of_id[row["copy"]]) for row in copies))


def test_finds_exactly_the_planted_edits(body: ck.Corpus) -> None:
    table = ck.news.edits(body, from_originals(body, "light", "heavy", "identical"))
    assert table["kind"].unique().to_list() == ["substitution"]
    found = table.select(
        "first_id", "first_start", "first_end", "first_surface",
        "second_id", "second_start", "second_end", "second_surface",
    ).rows()  # fmt: skip
    expected = [tuple(row.values()) for row in facts("edits")]
    assert len(found) == 40
    assert sorted(found) == sorted(expected)
    assert table["first_words"].equals(table["first_surface"])


def test_truncated_copies_miss_their_end(body: ck.Corpus) -> None:
    table = ck.news.edits(body, from_originals(body, "truncated"), context=2)
    assert table["kind"].to_list() == ["deletion"] * 6
    words = body.tokens.filter(pl.col("kind").cast(pl.String).is_in(["word", "number"]))
    ends = dict(words.group_by("document").agg(pl.col("end").max()).collect().iter_rows())
    for row in table.iter_rows(named=True):
        assert row["second_start"] == row["second_end"] == ends[row["second_document"]]
        assert row["first_end"] == ends[row["first_document"]]
        assert len(oracle_words(row["context_before"], "repair")) == 2
        assert row["context_after"] == ""
        assert row["second_surface"] == row["second_words"] == ""


def test_columns_and_order(body: ck.Corpus) -> None:
    pairs = ck.news.near_duplicates(body, threshold=0.65, measure="containment")
    table = ck.news.edits(body, pairs)
    assert table.schema == {
        "first_document": pl.UInt32, "second_document": pl.UInt32, "first_id": pl.String, "second_id": pl.String,
        "kind": pl.Enum(["substitution", "insertion", "deletion"]),
        "first_start": pl.UInt32, "first_end": pl.UInt32, "first_surface": pl.String, "first_words": pl.String,
        "second_start": pl.UInt32, "second_end": pl.UInt32, "second_surface": pl.String, "second_words": pl.String,
        "context_before": pl.String, "context_after": pl.String, "cluster": pl.UInt32,
    }  # fmt: skip
    assert table.equals(table.sort(*PAIR, "first_start", "second_start"))
    clusters = ck.news.duplicate_clusters(body, pairs)
    result = table.join(clusters, left_on="first_document", right_on="document", how="left", maintain_order="left")
    assert result["cluster"].equals(result["cluster_right"], check_names=False)
    assert_frame_equal(ck.news.edits(body, threshold=0.65, measure="containment"), table)
    assert_frame_equal(ck.news.edits(body, pairs.select("second_document", "first_document")), table)
    part = body.filter(pl.col("document").is_in([*pairs.row(0)[:2], *pairs.row(-1)[:2]]))
    few = pairs.head(1).vstack(pairs.tail(1))
    expected = table.join(few, on=PAIR, how="semi").drop("cluster")
    assert_frame_equal(ck.news.edits(part, few).drop("cluster"), expected)


def test_substitutions_are_counted_by_cluster(body: ck.Corpus) -> None:
    """الصحافيين is الصحفيين in six copies of five originals: five clusters."""
    pairs = from_originals(body, "light", "heavy")
    table = ck.news.substitutions(body, ck.news.edits(body, pairs))
    expected: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in facts("edits"):
        key = min(row["surface"], row["copy_surface"]), max(row["surface"], row["copy_surface"])
        expected.setdefault(key, []).append((row["original"], row["copy"]))
    assert table.height == len(expected)
    for row in table.iter_rows(named=True):
        couples = expected[min(row["before"], row["after"]), max(row["before"], row["after"])]
        assert row["clusters"] == len({original for original, _ in couples})
        assert row["pairs"] == len(set(couples))
        assert row["documents"] == len({name for couple in couples for name in couple})
        assert row["forward"] + row["backward"] + row["undated"] >= row["clusters"]
    assert table.select("before", "after", "clusters", "pairs").row(0) == ("الصحافيين", "الصحفيين", 5, 6)
    spelling = table.filter((pl.col("before") == "الأميركية") | (pl.col("after") == "الأميركية")).row(0, named=True)
    assert {spelling["before"], spelling["after"]} == {"الأميركية", "الأمريكية"}
    assert (spelling["clusters"], spelling["pairs"]) == (3, 3)
    assert table.equals(table.sort("clusters", "pairs", "before", "after", descending=[True, True, False, False]))
    few = ck.news.substitutions(body, ck.news.edits(body, pairs), min_clusters=3)
    assert_frame_equal(few, table.filter(pl.col("clusters") >= 3))


# ----------------------------------------------------------------------------------------------------
# Small corpora
# ----------------------------------------------------------------------------------------------------
def test_kinds_and_offsets() -> None:
    texts = ["وصل الوفد، أمس، إلى الميناء.", "وصل الوفد الى الميناء: القديم", "قد وصل الوفد أمس إلى الميناء"]
    corpus = build(texts)
    table = ck.news.edits(corpus, pairs_of((0, 1), (0, 2)), context=2)
    table = table.vstack(ck.news.edits(corpus, pairs_of((1, 0)), context=2))
    result = table.select(*PAIR, "kind", "first_surface", "second_surface").rows()
    assert result == [
        (0, 1, "substitution", "أمس، إلى", "الى"),
        (0, 1, "insertion", "", "القديم"),
        (0, 2, "insertion", "", "قد"),
        (1, 0, "substitution", "الى", "أمس، إلى"),
        (1, 0, "deletion", "القديم", ""),
    ]
    places = table.select("first_start", "first_end", "second_start", "second_end").rows()
    assert places == [(11, 19, 10, 13), (27, 27, 23, 29), (0, 0, 0, 2), (10, 13, 11, 19), (23, 29, 27, 27)]
    assert table.select("context_before", "context_after").rows()[:3] == [
        ("وصل الوفد", "الميناء"), ("إلى الميناء", ""), ("", "وصل الوفد"),
    ]  # fmt: skip
    assert table["first_words"][0] == "أمس إلى"
    folded = ck.news.edits(corpus, pairs_of((0, 1)), profile="search")
    assert folded.select("kind", "first_words", "second_words").rows() == [
        ("deletion", "امس", ""), ("insertion", "", "القديم"),
    ]  # fmt: skip
    assert ck.news.edits(corpus, pairs_of((0, 1)), context=0)["context_before"].to_list() == ["", ""]


def test_documents_without_words_or_without_edits() -> None:
    corpus = build(["...", "وصل الوفد", "وصل الوفد!", "؟"])
    table = ck.news.edits(corpus, pairs_of((0, 1), (1, 2), (2, 3), (0, 3)))
    assert table.select(*PAIR, "kind", "first_start", "first_end", "second_start", "second_end").rows() == [
        (0, 1, "insertion", 0, 0, 0, 9), (2, 3, "deletion", 0, 9, 0, 0),
    ]  # fmt: skip
    none = ck.news.edits(corpus, pairs_of())
    assert none.height == 0
    assert none.schema == table.schema
    empty = corpus.filter(pl.col("document") > 9)
    assert ck.news.edits(empty).schema == table.schema
    counted = ck.news.substitutions(empty)
    assert counted.height == 0
    assert counted.schema == {
        "before": pl.String, "after": pl.String, "clusters": pl.Int64, "pairs": pl.Int64, "documents": pl.Int64,
        "forward": pl.Int64, "backward": pl.Int64, "undated": pl.Int64,
    }  # fmt: skip


def test_direction_follows_the_dates() -> None:
    old, new = "غادر الوفد اليوم", "غادر الوفد أمس"
    corpus = build(
        [old, new, new, old, new, old],
        date=[date(2026, 1, day) if day else None for day in (1, 2, 1, 2, 1, None)],
    )
    table = ck.news.edits(corpus, pairs_of((0, 1), (2, 3)))
    row = ck.news.substitutions(corpus, table).row(0)
    assert row == ("أمس", "اليوم", 2, 2, 4, 1, 1, 0)  # equally frequent in both directions: ordered by code points
    table = ck.news.edits(corpus, pairs_of((1, 0), (4, 5)))
    assert ck.news.substitutions(corpus, table).row(0) == ("اليوم", "أمس", 2, 2, 4, 1, 0, 1)
    assert ck.news.substitutions(corpus, table, date=None).row(0) == ("أمس", "اليوم", 2, 2, 4, 0, 0, 2)
    one = ck.news.edits(corpus, pairs_of((0, 1), (0, 2), (0, 4), (1, 3)))  # one cluster
    assert ck.news.substitutions(corpus, one).row(0) == ("اليوم", "أمس", 1, 4, 5, 1, 0, 1)


def test_runs_repeat_and_are_recorded(body: ck.Corpus) -> None:
    first, second = ck.news.edits(body), ck.news.edits(body)
    assert_frame_equal(first, second)
    result = provenance_of(first)
    assert result is not None
    assert result["function"] == "ck.news.edits"
    assert result["options"]["profile"] == "repair"
    assert result["options"]["pairs"] == 24
    assert result["options"]["subcorpus"] == body.selection
    counted = provenance_of(ck.news.substitutions(body, first))
    assert counted is not None
    assert counted["options"]["edits"] == first.height
    assert_frame_equal(ck.news.substitutions(body), ck.news.substitutions(body, first))


# ----------------------------------------------------------------------------------------------------
# Invalid arguments
# ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"context": -1}, "context must be a non-negative integer, got -1"),
        ({"context": "3"}, "context must be a non-negative integer, got '3'"),
        ({"profile": "repaired"}, "profile must be .*'repaired'.* Did you mean 'repair'"),
        ({"threshold": 0}, "threshold must be a number above 0 and at most 1, got 0"),
        ({"n": 0}, "n must be an integer of at least 1, got 0"),
        ({"measure": "containement"}, "measure must be .* Did you mean 'containment'"),
        ({"pairs": pairs_of((0, 1), (2, 3), (1, 0))}, r"pairs must be different pairs, got \(0, 1\)"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        ck.news.edits(ck.sample_corpus(), **options)


def test_other_tables(body: ck.Corpus) -> None:
    table = ck.news.edits(body)
    wrong: list[tuple[Any, str]] = [
        ("edits", "got 'edits'"),
        (ck.news.near_duplicates(body), "without the columns kind, first_words, second_words, cluster"),
        (table.with_columns(first_words=pl.lit(1)), "got Int32 in first_words"),
        (table.with_columns(first_document=pl.lit(999)), "got 999 in first_document"),
    ]
    for value, message in wrong:
        with pytest.raises(InputError, match=f"^edits must be .*{message}"):
            ck.news.substitutions(body, value)
    with pytest.raises(InputError, match=r"^min_clusters must be an integer of at least 1, got 0"):
        ck.news.substitutions(body, table, min_clusters=0)
    with pytest.raises(InputError, match=r"^date must be .*Did you mean 'date'"):
        ck.news.substitutions(body, table, date="dates")


# ----------------------------------------------------------------------------------------------------
# Real articles
# ----------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_substitutions_in_real_articles(shared: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    frame = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet")
    frame = frame.filter(pl.col("content").str.strip_chars() != "").select(
        "content", "source", date=pl.col("date_extracted").str.slice(0, 10).str.to_date(strict=False)
    )
    corpus = ck.Corpus.build(
        frame, tmp_path_factory.mktemp("articles") / "c", text="content", date="date", progress=False
    )
    pairs = ck.news.near_duplicates(corpus, threshold=0.5, measure="containment", min_shingles=20)
    edits = ck.news.edits(corpus, pairs)
    counted = {
        frozenset((before, after)): (clusters, pairs)
        for before, after, clusters, pairs in ck.news.substitutions(corpus, edits)
        .select("before", "after", "clusters", "pairs")
        .iter_rows()
    }
    assert {couple: counted.get(frozenset(couple)) for couple in FOUND} == FOUND


FOUND = {  # clusters and pairs
    ("اليوم", "أمس"): (159, 790),
    ("الأمريكية", "الأميركية"): (55, 125),
    ("سوريا", "سورية"): (31, 87),
    ("الدولة الإسلامية", "داعش"): (14, 21),
}
