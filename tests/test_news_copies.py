"""ck.news.copies, copy_clusters and Corpus.deduplicate: held equal to slow twins and to what the sample holds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import oracles_news_copies as oracle
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sample_reading import facts

import corpus_kit as ck
from corpus_kit.errors import CorpusError, InputError
from corpus_kit.news import minhash, shingles, text_reuse
from corpus_kit.news.shingles import Words
from corpus_kit.provenance import provenance_of


def build(texts: Sequence[str], folder: str | Path | None = None, **columns: Sequence[Any]) -> ck.Corpus:
    frame = pl.DataFrame({"text": texts, **columns}, strict=False)
    dated = "date" if "date" in columns else None
    return ck.Corpus.build(frame, folder or tempfile.mkdtemp(), date=dated, progress=False)


def record(table: pl.DataFrame) -> dict[str, Any]:
    found = provenance_of(table)
    assert found is not None
    options: dict[str, Any] = found["options"]
    return options


def couples(table: pl.DataFrame) -> set[tuple[str, str]]:
    return set(table.select("first_id", "second_id").iter_rows())


# ----------------------------------------------------------------------------------------------------
# The twin
# ----------------------------------------------------------------------------------------------------
def words_of_numbers(texts: Sequence[Sequence[int]]) -> Words:
    ids = np.array([item for text in texts for item in text], np.uint32)
    return Words(ids, np.array([len(text) for text in texts], np.int64), int(ids.max(initial=0)) + 1)


def found_pairs(found: shingles.Alike) -> list[tuple[int, int, int, int, int]]:
    first, second, shared = text_reuse._all_pairs(found)
    return list(
        zip(*(each.tolist() for each in (first, second, shared, found.sizes[first], found.sizes[second])), strict=True)
    )


@st.composite
def text_families(draw: st.DrawFn) -> list[list[int]]:
    """Texts of few words, many of which are others with a piece put in, left out or changed."""
    letters = st.integers(0, draw(st.sampled_from([0, 1, 3, 12])))
    texts = draw(st.lists(st.lists(letters, max_size=14), min_size=1, max_size=4))
    for _ in range(draw(st.integers(0, 8))):
        text = draw(st.sampled_from(texts))
        low, high = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        texts.append(text[:low] + draw(st.lists(letters, max_size=3)) + text[high:])
    return texts


THRESHOLDS = st.one_of(
    st.sampled_from([0.8, 0.5, 1.0, 1 / 3, 2 / 3, 0.1, 0.6, 0.7, 1e-9, 5e-324]), st.floats(0, 1, exclude_min=True)
)
MEASURES = st.sampled_from(["jaccard", "containment"])


@settings(max_examples=250)
@given(text_families(), st.integers(1, 6), THRESHOLDS, MEASURES, st.sampled_from([0, 1, 3, 64]), st.integers(1, 4))
@example([[1, 2], [1, 2], [2, 1], []], 3, 0.8, "jaccard", 64, 1)
@example([[1, 2, 3]], 10**12, 0.8, "jaccard", 64, 1)
def test_the_join_finds_all_pairs(
    texts: list[list[int]], n: int, threshold: float, measure: str, hash_bits: int, least: int
) -> None:
    sets = shingles.shingle_sets(words_of_numbers(texts), n, hash_bits=hash_bits)
    assert sets.sizes.tolist() == [len(oracle.shingles(text, n)) for text in texts]
    found = shingles.alike(sets, sets.sizes >= least, threshold, measure)
    assert found_pairs(found) == [tuple(pair) for pair in oracle.pairs(texts, n, threshold, measure, least)]


@settings(max_examples=40)
@given(text_families(), st.integers(1, 4), THRESHOLDS, MEASURES)
def test_work_in_small_pieces_gives_the_same(texts: list[list[int]], n: int, threshold: float, measure: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shingles, "_WORK", 3)
        patch.setattr(shingles, "_BLOCK", 4)
        sets = shingles.shingle_sets(words_of_numbers(texts), n)
        found = shingles.alike(sets, sets.sizes > 0, threshold, measure)
        linked = shingles.alike(sets, sets.sizes > 0, threshold, measure, text_reuse._linking)
    expected = oracle.pairs(texts, n, threshold, measure)
    assert found_pairs(found) == [tuple(pair) for pair in expected]
    clusters = [
        components(each.first.tolist() + list(range(len(texts))), each.second.tolist() + each.same_as.tolist())
        for each in (found, linked)
    ]
    assert clusters == [oracle.components([(pair.first, pair.second) for pair in expected])] * 2
    assert len(linked.first) < len(texts) + 1


def components(first: list[int], second: list[int]) -> list[list[int]]:
    """Those of text_reuse, as lists of documents."""
    cluster, document = text_reuse.clusters_of(np.array(first), np.array(second))
    parts = pl.DataFrame({"cluster": cluster, "document": document}).partition_by("cluster", maintain_order=True)
    return [part["document"].to_list() for part in parts]


@pytest.mark.parametrize("hash_bits", [0, 4, 8, 16, 64])
def test_hashes_that_collide_change_nothing(hash_bits: int) -> None:
    random = np.random.default_rng(5)
    texts = [random.integers(0, 30, 40).tolist() for _ in range(30)]
    texts += [text[5:] + random.integers(0, 30, 5).tolist() for text in texts]
    sets = shingles.shingle_sets(words_of_numbers(texts), 3, hash_bits=hash_bits)
    found = found_pairs(shingles.alike(sets, sets.sizes > 0, 0.5, "jaccard"))
    assert found == [tuple(pair) for pair in oracle.pairs(texts, 3, 0.5, "jaccard")]
    assert len(found) == 30


WORDS = ["ورد", "وَرد", "وُرُد", "أرض", "ارض", "بحر", "12", "١٢", "#ورد"]
SIGNS = ["،", ".", "؟", "\u064b", "ـ", "\n\n"]


@settings(max_examples=20)
@given(
    st.lists(st.lists(st.sampled_from(WORDS * 3 + SIGNS), min_size=1, max_size=12), min_size=1, max_size=6),
    st.integers(1, 4),
    THRESHOLDS,
    MEASURES,
    st.sampled_from(["search", "repair"]),
)
def test_of_a_corpus(texts: list[list[str]], n: int, threshold: float, measure: str, profile: str) -> None:
    joined = [" ".join(text) for text in texts]
    if not any(text.strip() for text in joined):
        return
    corpus = build(joined)
    words = oracle.words_of(corpus, profile)
    expected = oracle.pairs([*words.values()], n, threshold, measure)
    table = ck.news.copies(corpus, n=n, threshold=threshold, measure=measure, profile=profile)
    columns = ("first", "second", "shared", "first_shingles", "second_shingles", "jaccard", "containment")
    assert table.select(columns).rows() == [(*pair, pair.jaccard, pair.containment) for pair in expected]
    options: dict[str, Any] = {"n": n, "threshold": threshold, "measure": measure, "profile": profile}
    clusters = ck.news.copy_clusters(corpus, **options)
    assert_frame_equal(clusters, ck.news.copy_clusters(corpus, table))
    members = clusters.group_by("cluster", maintain_order=True).agg("document")["document"].to_list()
    assert members == oracle.components([(pair.first, pair.second) for pair in expected])
    assert len(corpus.deduplicate(**options)) == len(corpus) - clusters.height + len(members)


# ----------------------------------------------------------------------------------------------------
# MinHash
# ----------------------------------------------------------------------------------------------------
@settings(max_examples=100)
@given(text_families(), st.integers(1, 4), THRESHOLDS, st.integers(1, 8), st.integers(0, 3), st.integers(1, 3))
def test_minhash_gives_no_wrong_pair_and_all_identical_ones(
    texts: list[list[int]], n: int, threshold: float, bands: int, seed: int, least: int
) -> None:
    found = found_pairs(
        minhash.alike_by_bands(
            words_of_numbers(texts), n, least=least, threshold=threshold, n_hashes=8, bands=bands, seed=seed
        )
    )
    exact = [tuple(pair) for pair in oracle.pairs(texts, n, threshold, "jaccard", least)]
    assert found == [pair for pair in exact if pair in set(found)]
    assert {pair for pair in exact if pair[2] == pair[3] == pair[4]} <= set(found)


def test_minhash_finds_as_many_as_the_curve_says() -> None:
    """Of 400 pairs of Jaccard similarity 0.5, one band of two values finds a quarter, eight bands nine of ten."""
    texts = [[row * 100 + place for place in range(30)] for row in range(400)]
    texts += [text[:20] + [50_000 + item for item in text[20:]] for text in texts]
    words = words_of_numbers(texts)
    for n_hashes, bands in ((2, 1), (16, 8), (6, 6)):
        expected = 400 * minhash.expected_recall(0.5, n_hashes, bands)
        found = minhash.alike_by_bands(words, 1, least=1, threshold=0.5, n_hashes=n_hashes, bands=bands, seed=1)
        assert abs(len(found.first) - expected) < 4 * np.sqrt(400 * 0.25)


def test_the_usual_bands_are_the_fewest_that_suffice() -> None:
    for threshold in (0.3, 0.5, 0.8, 0.95):
        bands = minhash.usual_bands(threshold, 128)
        assert minhash.expected_recall(threshold, 128, bands) >= 0.99
        larger = 128 // bands + 1
        assert minhash.expected_recall(threshold, 128, 128 // larger) < 0.99
    assert minhash.usual_bands(0.01, 16) == 16  # 99 of 100 are out of reach
    assert minhash.usual_bands(1.0, 128) == 1


def test_minhash_of_the_sample(body: ck.Corpus) -> None:
    exact = ck.news.copies(body)
    table = ck.news.copies(body, method="minhash")
    assert_frame_equal(table, exact)
    told = record(table)
    assert (told["bands"], told["rows"], told["seed"]) == (21, 6, 0)
    assert told["expected_recall"] > 0.998
    assert "bands" not in record(exact)
    assert ck.news.copies(body, method="minhash", bands=1, seed=3).height < exact.height
    assert_frame_equal(ck.news.copy_clusters(body, method="minhash"), ck.news.copy_clusters(body))


# ----------------------------------------------------------------------------------------------------
# What is planted in the sample
# ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def body() -> ck.Corpus:
    """The sample without headlines and furniture."""
    corpus = ck.sample_corpus()
    documents = corpus.documents.select("document", "id", "headline").collect()
    furniture = ck.sample_truth()["furniture"].join(documents.select("document", "id"), on="id")
    headlines = documents.select("document", pl.col("headline").struct.unnest())
    return corpus.without(pl.concat([furniture.select("document", "start", "end"), headlines]))


def planted(*kinds: str) -> dict[frozenset[str], tuple[int, float, float]]:
    return {
        frozenset((row["first"], row["second"])): (row["shared"], row["jaccard"], row["containment"])
        for row in facts("pairs")
        if row["kind"] in kinds
    }


def values(table: pl.DataFrame) -> dict[frozenset[str], tuple[int, float, float]]:
    columns = ("first_id", "second_id", "shared", "jaccard", "containment")
    return {frozenset(row[:2]): row[2:] for row in table.select(columns).iter_rows()}


def test_the_planted_copies_are_found_and_nothing_else(body: ck.Corpus) -> None:
    table = ck.news.copies(body)
    expected = planted("identical", "light")
    assert table.height == len(expected) == 24
    found = values(table)
    assert set(found) == set(expected)
    assert all(found[pair] == pytest.approx(expected[pair], abs=1e-12) for pair in expected)


def test_heavy_and_truncated_copies_are_found_by_containment(body: ck.Corpus) -> None:
    table = ck.news.copies(body, threshold=0.65, measure="containment")
    expected = planted("identical", "light", "heavy", "truncated")
    assert table.height == len(expected) == 42
    found = values(table)
    assert set(found) == set(expected)
    assert all(found[pair] == pytest.approx(expected[pair], abs=1e-12) for pair in expected)
    whole = values(ck.news.copies(body, threshold=1, measure="containment"))
    assert set(whole) == set(planted("identical", "truncated"))


def test_independent_reports_are_no_copies(body: ck.Corpus) -> None:
    found = values(ck.news.copies(body, threshold=1e-6, measure="containment"))
    assert not set(planted("independent")) & set(found)


def test_furniture_lowers_the_values(body: ck.Corpus) -> None:
    """With headlines and furniture the same pairs are found here, but 5 of 12 identical bodies are wholly alike."""
    found, clean = values(ck.news.copies(ck.sample_corpus())), values(ck.news.copies(body))
    assert set(found) == set(clean)
    identical = [pair for pair, (_, jaccard, _) in clean.items() if jaccard == 1]
    assert len(identical) == 12
    assert sum(found[pair][1] == 1 for pair in identical) == 5
    assert min(found[pair][1] for pair in identical) < 0.95


def test_columns_and_order(body: ck.Corpus) -> None:
    table = ck.news.copies(body, by="outlet", threshold=0.5, measure="containment")
    assert table.schema == {
        "first": pl.UInt32, "second": pl.UInt32, "first_id": pl.String, "second_id": pl.String,
        "first_outlet": pl.String, "second_outlet": pl.String, "across": pl.Boolean, "shared": pl.Int64,
        "first_shingles": pl.Int64, "second_shingles": pl.Int64, "jaccard": pl.Float64, "containment": pl.Float64,
        "days": pl.Int64,
    }  # fmt: skip
    assert table.equals(table.sort("first", "second"))
    assert (table["first"] < table["second"]).all()
    documents = body.documents.select("document", "id", "outlet", "date").collect()
    for side in ("first", "second"):
        told = table.select(document=side).join(documents, on="document", how="left", maintain_order="left")
        assert told["id"].equals(table[f"{side}_id"], null_equal=True)
        assert told["outlet"].equals(table[f"{side}_outlet"])
    dates = documents["date"]
    days = dates.gather(table["second"]) - dates.gather(table["first"])
    assert table["days"].to_list() == days.dt.total_days().to_list()
    assert table["across"].to_list() == (table["first_outlet"] != table["second_outlet"]).to_list()
    assert_frame_equal(table.drop(pl.selectors.ends_with("_outlet"), "across"), ck.news.copies(
        body, threshold=0.5, measure="containment"
    ))  # fmt: skip


def test_clusters_of_the_sample(body: ck.Corpus) -> None:
    families: dict[str, set[str]] = {}
    for row in facts("copies"):
        families.setdefault(row["original"], {row["original"]}).add(row["copy"])
    clusters = ck.news.copy_clusters(body, threshold=0.65, measure="containment")
    assert clusters.schema == {
        "cluster": pl.UInt32, "document": pl.UInt32, "id": pl.String, "size": pl.UInt32,
        "first_published": pl.Boolean, "days": pl.Int64,
    }  # fmt: skip
    found = {frozenset(part["id"]) for part in clusters.partition_by("cluster")}
    assert found == {frozenset(family) for family in families.values()}
    assert set(clusters.filter("first_published")["id"]) == set(families)  # the agency's are the originals
    assert clusters["cluster"].unique(maintain_order=True).to_list() == list(range(len(families)))
    assert clusters.equals(clusters.sort("cluster", "document"))
    assert (clusters["size"] == clusters.select(pl.len().over("cluster"))["len"]).all()
    assert clusters["days"].min() == 0


def test_deduplicate_keeps_the_originals(body: ck.Corpus) -> None:
    options: dict[str, Any] = {"threshold": 0.65, "measure": "containment"}
    left = body.deduplicate(**options)
    dropped = set(body.documents.collect()["id"]) - set(left.documents.collect()["id"])
    assert dropped == {row["copy"] for row in facts("copies")}
    assert len(left) == 210
    assert left.selection is not None
    assert "deduplicate(threshold=0.65" in left.selection["filters"][0]
    assert "left out 30 copies" in left.selection["filters"][0]
    assert left.selection["without"] == body.selection["without"]  # type: ignore[index]
    assert ck.news.copies(left, **options).height == 0
    assert len(left.deduplicate(**options)) == 210
    assert set(left.deduplicate().documents.collect()["id"]) == set(left.documents.collect()["id"])


def test_a_table_of_pairs_gives_the_same_clusters(body: ck.Corpus) -> None:
    table = ck.news.copies(body, threshold=0.65, measure="containment", by="outlet")
    clusters = ck.news.copy_clusters(body, threshold=0.65, measure="containment")
    assert_frame_equal(ck.news.copy_clusters(body, table), clusters)
    turned = table.select(first="second", second="first").reverse()
    assert_frame_equal(ck.news.copy_clusters(body, turned), clusters)
    part = ck.news.copy_clusters(body, table.filter("across").head(1))
    assert part["size"].to_list() == [2, 2]


# ----------------------------------------------------------------------------------------------------
# Small corpora
# ----------------------------------------------------------------------------------------------------
LONG = "وصل الوفد إلى المدينة صباح اليوم وعقد لقاء مع المجلس المحلي ثم غادر مساء"


def test_short_documents_are_one_shingle() -> None:
    corpus = build(["قال نعم", "قَالَ: نعم!", "قال نعم ثم لا", "قال", "...", LONG])
    table = ck.news.copies(corpus)
    assert table.select("first", "second", "shared", "jaccard").rows() == [(0, 1, 1, 1.0)]
    told = record(table)
    assert told["documents"] == 6
    assert told["documents_without_words"] == 1
    assert told["documents_of_one_shorter_shingle"] == 4
    assert told["documents_left_out"] == 0
    least = ck.news.copies(corpus, min_shingles=2)
    assert least.height == 0
    assert record(least)["documents_left_out"] == 4


def test_shingles_cross_paragraphs_and_gaps_but_not_documents() -> None:
    words = LONG.split()
    caption = "شرح الصورة"
    texts = [LONG, "\n\n".join([" ".join(words[:6]), " ".join(words[6:])]),
             "\n\n".join([" ".join(words[:6]), caption, " ".join(words[6:])])]  # fmt: skip
    corpus = build(texts)
    assert values_of_pairs(ck.news.copies(corpus)) == {(0, 1): 1.0}
    start = texts[2].index(caption)
    span = pl.DataFrame({"document": [2], "start": [start], "end": [start + len(caption)]})
    assert values_of_pairs(ck.news.copies(corpus.without(span))) == {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0}
    halves = build([" ".join(words[:7]), " ".join(words[7:]), LONG, LONG + " " + LONG])
    found = ck.news.copies(halves, measure="containment", threshold=1)
    assert found.select("first", "second", "shared", "second_shingles").rows() == [
        (0, 2, 3, 10), (0, 3, 3, 14), (1, 2, 3, 10), (1, 3, 3, 14), (2, 3, 10, 14),
    ]  # fmt: skip


def values_of_pairs(table: pl.DataFrame) -> dict[tuple[int, int], float]:
    return {(first, second): value for first, second, value in table.select("first", "second", "jaccard").iter_rows()}


def test_a_subcorpus_knows_only_its_documents(body: ck.Corpus) -> None:
    part = body.filter(pl.col("outlet") != "وكالة مدى")
    rows = part.selected_documents().tolist()
    whole = ck.news.copies(body)
    expected = whole.filter(pl.col("first").is_in(rows) & pl.col("second").is_in(rows))
    assert_frame_equal(ck.news.copies(part), expected)
    assert ck.news.copies(part, method="minhash").equals(expected)
    assert record(ck.news.copies(part))["subcorpus"]["documents"] == len(part)
    with pytest.raises(InputError, match="no document of this corpus or subcorpus"):
        ck.news.copy_clusters(part, whole)


def test_identical_documents() -> None:
    corpus = build([LONG] * 2000, day=[0] * 2000)
    with pytest.raises(InputError, match="1,999,000 pairs of copies or more, and max_pairs=1,000,000"):
        ck.news.copies(corpus, max_pairs=1_000_000)
    few = corpus.filter(pl.col("document") < 30)
    for method in ("exact", "minhash"):
        table = ck.news.copies(few, max_pairs=435, method=method)
        assert table.height == 435
        assert table["jaccard"].unique().to_list() == [1.0]
        assert table["days"].null_count() == 435
    clusters = ck.news.copy_clusters(corpus)
    assert clusters["size"].unique().to_list() == [2000]
    assert clusters.filter("first_published")["document"].to_list() == [0]
    assert len(corpus.deduplicate()) == 1
    assert len(corpus.deduplicate(method="minhash")) == 1


def test_the_reference_document_is_like_no_other(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "c", progress=False)
    assert ck.news.copies(corpus, threshold=0.01).height == 0
    assert len(corpus.deduplicate()) == 1
    assert ck.news.edits(corpus).height == ck.news.substitutions(corpus).height == 0


def test_groups_of_identical_documents_that_are_alike() -> None:
    other = LONG + " أمس"
    corpus = build([LONG, other, LONG, "لا شيء", other, LONG])
    table = ck.news.copies(corpus, threshold=0.85)
    assert table.select("first", "second").rows() == [
        (a, b) for a in (0, 1, 2, 4, 5) for b in (0, 1, 2, 4, 5) if a < b
    ]  # fmt: skip
    assert table.filter(first=1)["shared"].to_list() == [10, 11, 10]
    assert ck.news.copies(corpus, threshold=0.95).height == 4


def test_nothing_to_find() -> None:
    for corpus in (build([LONG]), build(["...", "!"]), build([LONG, LONG]).filter(pl.col("document") > 5)):
        for method in ("exact", "minhash"):
            table = ck.news.copies(corpus, method=method)
            assert table.height == 0
            assert table.schema == ck.news.copies(ck.sample_corpus()).schema
            clusters = ck.news.copy_clusters(corpus, method=method)
            assert clusters.height == 0
            assert clusters.schema == ck.news.copy_clusters(ck.sample_corpus()).schema
        assert_frame_equal(ck.news.copy_clusters(corpus, table), clusters)
        assert len(corpus.deduplicate()) == len(corpus)


def test_dates_of_clusters() -> None:
    days = [date(2026, 3, 3), date(2026, 3, 1), None, date(2026, 3, 1)]
    corpus = build([LONG] * 4, date=days)
    table = ck.news.copies(corpus)
    assert table["days"].to_list() == [-2, None, -2, None, 0, None]
    clusters = ck.news.copy_clusters(corpus)
    assert clusters["first_published"].to_list() == [False, True, False, False]
    assert clusters["days"].to_list() == [2, 0, None, 0]
    assert ck.news.copies(corpus, date=None)["days"].null_count() == 6
    assert ck.news.copy_clusters(corpus, date=None)["first_published"].to_list() == [True, False, False, False]
    assert corpus.deduplicate().selected_documents().tolist() == [1]
    assert corpus.deduplicate(date=None).selected_documents().tolist() == [0]
    undated = corpus.filter(pl.col("date").is_null() | (pl.col("document") == 0))
    assert undated.deduplicate().selected_documents().tolist() == [0]


def test_the_longest_of_a_cluster_can_be_kept() -> None:
    texts = [LONG, LONG + " أمس", "لا شيء", LONG + " غدا"]
    corpus = build(texts, date=[date(2026, 1, day) for day in (1, 3, 1, 2)])
    assert corpus.deduplicate().selected_documents().tolist() == [0, 2]
    assert corpus.deduplicate(keep="longest").selected_documents().tolist() == [2, 3]
    hidden = pl.DataFrame({"document": [3], "start": [len(LONG)], "end": [len(texts[3])]})
    assert corpus.without(hidden).deduplicate(keep="longest").selected_documents().tolist() == [1, 2]


def test_null_is_a_label_like_any_other() -> None:
    corpus = build([LONG] * 3, outlet=[None, None, "a"])
    assert ck.news.copies(corpus, by="outlet")["across"].to_list() == [False, True, True]


def test_runs_repeat(body: ck.Corpus) -> None:
    first, second = (ck.news.copies(body, by="outlet", method=method) for method in ("exact", "exact"))
    assert first.equals(second)
    assert record(first) == record(second)
    before = first.clone()
    ck.set_threads(1)
    try:
        assert_frame_equal(ck.news.copies(body, by="outlet"), before)
    finally:
        ck.set_threads(None)


# ----------------------------------------------------------------------------------------------------
# What cannot be
# ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "message"),
    [
        *(({"threshold": bad}, "threshold= takes a number above 0 and at most 1")
          for bad in (0, -0.5, 1.01, float("nan"), float("inf"), "0.8", None, True, [0.8])),
        *(({"n": bad}, "n= takes a number of words from 1") for bad in (0, -1, 2.5, "5", None, True)),
        ({"measure": "jacard"}, "unknown measure 'jacard'; did you mean 'jaccard'"),
        ({"measure": None}, "unknown measure None"),
        ({"method": "lsh"}, "unknown method 'lsh'"),
        ({"method": "minhash", "measure": "containment"}, 'method="minhash" takes measure="jaccard"'),
        ({"profile": "serach"}, "did you mean 'search'"),
        ({"min_shingles": 0}, "min_shingles= takes a number of shingles from 1"),
        ({"n_hashes": 0}, "n_hashes= takes a number of hash functions from 1"),
        ({"bands": 0}, "bands= takes a number of bands from 1"),
        ({"bands": 129}, "bands=129, but there are only n_hashes=128"),
        ({"seed": 0.5}, "seed= takes a whole number"),
        ({"date": "dat"}, "unknown metadata column 'dat'; did you mean 'date'"),
        ({"date": "outlet"}, "'outlet', which holds String"),
        ({"date": 5}, "unknown metadata column 5"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be(options: dict[str, Any], message: str) -> None:
    corpus = ck.sample_corpus()
    for function in (ck.news.copies, ck.news.copy_clusters):
        with pytest.raises(InputError) as caught:
            function(corpus, **options)
        assert message in str(caught.value)
    if not set(options) & {"n_hashes", "bands", "seed"}:
        with pytest.raises(InputError) as caught:
            corpus.deduplicate(**options)
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "outlt"}, "unknown metadata column 'outlt'; did you mean 'outlet'"),
        ({"by": 5}, "by= takes the name of a metadata column"),
        ({"by": "id"}, "by='id': first_id is a column of the result already"),
        ({"max_pairs": -1}, "max_pairs= takes a number of pairs from 0"),
        ({"max_pairs": 3}, "pairs of copies or more, and max_pairs=3; ck.news.copy_clusters and Corpus.deduplicate"),
    ],
)
def test_arguments_of_copies_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        ck.news.copies(ck.sample_corpus(), **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([(0, 1)], "as a table of ck.news.copies, not list"),
        (pl.DataFrame({"first": [0]}), "there is no column second among first"),
        (pl.DataFrame(), "there is no column first and no second among none"),
        (pl.DataFrame({"first": ["0"], "second": [1]}), "first of pairs is the row number of a document, not String"),
        (pl.DataFrame({"first": [0.0], "second": [1]}), "not Float64"),
        (pl.DataFrame({"first": [0], "second": [240]}), "second of pairs holds 240, which is no document"),
        (pl.DataFrame({"first": [-1], "second": [2]}), "first of pairs holds -1"),
        (pl.DataFrame({"first": [None], "second": [2]}), "first of pairs holds None"),
        (pl.DataFrame({"first": [3], "second": [3]}), "not twice of 3"),
    ],
)
def test_pairs_that_are_none(pairs: Any, message: str) -> None:
    for function in (ck.news.copy_clusters, ck.news.edits):
        with pytest.raises(InputError) as caught:
            function(ck.sample_corpus(), pairs)
        assert message in str(caught.value)


def test_no_corpus() -> None:
    for function in (ck.news.copies, ck.news.copy_clusters, ck.news.edits, ck.news.substitutions):
        with pytest.raises(InputError, match="takes a Corpus"):
            function("corpus")  # type: ignore[arg-type]
    corpus = build([LONG])
    corpus.close()
    with pytest.raises(CorpusError, match="closed"):
        corpus.deduplicate()
    with pytest.raises(InputError, match=r"unknown keep 'last'\. Allowed: first, longest"):
        ck.sample_corpus().deduplicate(keep="last")


# ----------------------------------------------------------------------------------------------------
# Real articles
# ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def articles(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    frame = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet")
    frame = frame.filter(pl.col("content").str.strip_chars() != "").select("content", "source")
    folder = tmp_path_factory.mktemp("articles") / "corpus"
    return ck.Corpus.build(frame, folder, text="content", progress=False)


@pytest.mark.slow
def test_copies_of_real_articles(articles: ck.Corpus) -> None:
    table = ck.news.copies(articles, by="source")
    assert len(articles) == 20_093
    assert (table.height, table["across"].sum()) == (2533, 2040)
    assert ck.news.copies(articles, min_shingles=20, threshold=0.5, measure="containment").height == 12_377
    assert len(articles.deduplicate()) == len(articles) - 1637


@pytest.mark.slow
@pytest.mark.parametrize(("threshold", "measure"), [(0.8, "jaccard"), (0.5, "containment")])
def test_real_articles_by_an_inverted_index(articles: ck.Corpus, threshold: float, measure: str) -> None:
    """Four thousand articles of three outlets, with a count over an index of tuples of words."""
    part = articles.filter(pl.col("source").is_in(["alriyadh", "okaz", "aljazirah"]), pl.col("document") % 2 == 0)
    words = oracle.words_of(part, "search")
    rows = [*words]
    expected = oracle.pairs_by_index([*words.values()], 5, threshold, measure)
    table = ck.news.copies(part, threshold=threshold, measure=measure)
    columns = ("first", "second", "shared", "first_shingles", "second_shingles")
    assert table.select(columns).rows() == [(rows[pair[0]], rows[pair[1]], *pair[2:]) for pair in expected]
    assert table.height > 50


@pytest.mark.slow
def test_recall_of_minhash_on_real_articles(articles: ck.Corpus) -> None:
    exact = couples(ck.news.copies(articles))
    for seed in (0, 1):
        found = couples(ck.news.copies(articles, method="minhash", seed=seed))
        assert found <= exact
        assert len(found) >= 0.995 * len(exact)
    low = couples(ck.news.copies(articles, threshold=0.5))
    found = couples(ck.news.copies(articles, threshold=0.5, method="minhash"))
    assert found <= low
    assert len(found) >= 0.99 * len(low)
