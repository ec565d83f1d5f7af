"""ck.news.near_duplicates, duplicate_clusters, Corpus.deduplicate: compared with slow twins and the sample."""

from __future__ import annotations

import itertools
import re
import tempfile
import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
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
from corpus_kit.errors import CorpusError, InputError
from corpus_kit.news import linkage, minhash, shingles
from corpus_kit.news.duplicate_search import PAIR, all_pairs, clusters_of, left_out, linking_pairs
from corpus_kit.news.shingles import Alike, Words

pytestmark = pytest.mark.interface

ALIKE: dict[str, Any] = {"measure": "jaccard", "threshold": 0.8, "min_shingles": 1}  # texts of any length


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
    first, second, shared = all_pairs(found)
    return list(
        zip(*(each.tolist() for each in (first, second, shared, found.sizes[first], found.sizes[second])), strict=True)
    )


@st.composite
def text_families(draw: st.DrawFn) -> list[list[int]]:
    """Return short texts, many of them copies of others with an insertion, deletion or substitution."""
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


@settings(max_examples=examples(250))
@given(text_families(), st.integers(1, 6), THRESHOLDS, MEASURES, st.sampled_from([0, 1, 3, 64]), st.integers(1, 4))
@example([[1, 2], [1, 2], [2, 1], []], 3, 0.8, "jaccard", 64, 1)
@example([[1, 2, 3]], 10**12, 0.8, "jaccard", 64, 1)
def test_join_finds_all_pairs(
    texts: list[list[int]], n: int, threshold: float, measure: str, hash_bits: int, least: int
) -> None:
    sets = shingles.shingle_sets(words_of_numbers(texts), n, hash_bits=hash_bits)
    assert sets.sizes.tolist() == [len(oracle.shingles(text, n)) for text in texts]
    found = shingles.alike(sets, sets.sizes >= least, threshold, measure)
    assert found_pairs(found) == [tuple(pair) for pair in oracle.pairs(texts, n, threshold, measure, least)]


@settings(max_examples=examples(40))
@given(text_families(), st.integers(1, 4), THRESHOLDS, MEASURES)
def test_small_chunks_give_the_same_pairs(texts: list[list[int]], n: int, threshold: float, measure: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shingles, "_WORK", 3)
        patch.setattr(shingles, "_BLOCK", 4)
        sets = shingles.shingle_sets(words_of_numbers(texts), n)
        found = shingles.alike(sets, sets.sizes > 0, threshold, measure)
        linked = shingles.alike(sets, sets.sizes > 0, threshold, measure, linking_pairs)
    expected = oracle.pairs(texts, n, threshold, measure)
    assert found_pairs(found) == [tuple(pair) for pair in expected]
    clusters = [
        components(each.first.tolist() + list(range(len(texts))), each.second.tolist() + each.same_as.tolist())
        for each in (found, linked)
    ]
    assert clusters == [oracle.components([(pair.first, pair.second) for pair in expected])] * 2
    assert len(linked.first) < len(texts) + 1


def components(first: list[int], second: list[int]) -> list[list[int]]:
    """Return clusters as lists of documents."""
    cluster, document = clusters_of(np.array(first), np.array(second))
    parts = pl.DataFrame({"cluster": cluster, "document": document}).partition_by("cluster", maintain_order=True)
    return [part["document"].to_list() for part in parts]


@pytest.mark.parametrize("hash_bits", [0, 4, 8, 16, 64])
def test_hash_collisions_change_nothing(hash_bits: int) -> None:
    random = np.random.default_rng(5)
    texts = [random.integers(0, 30, 40).tolist() for _ in range(30)]
    texts += [text[5:] + random.integers(0, 30, 5).tolist() for text in texts]
    sets = shingles.shingle_sets(words_of_numbers(texts), 3, hash_bits=hash_bits)
    found = found_pairs(shingles.alike(sets, sets.sizes > 0, 0.5, "jaccard"))
    assert found == [tuple(pair) for pair in oracle.pairs(texts, 3, 0.5, "jaccard")]
    assert len(found) == 30


WORDS = ["ورد", "وَرد", "وُرُد", "أرض", "ارض", "بحر", "12", "١٢", "#ورد"]
SIGNS = ["،", ".", "؟", "\u064b", "ـ", "\n\n"]


@settings(max_examples=examples(20))
@given(
    st.lists(st.lists(st.sampled_from(WORDS * 3 + SIGNS), min_size=1, max_size=12), min_size=1, max_size=6),
    st.integers(1, 4),
    THRESHOLDS,
    MEASURES,
    st.sampled_from(["search", "repair"]),
)
def test_corpus_equals_the_oracle(texts: list[list[str]], n: int, threshold: float, measure: str, profile: str) -> None:
    joined = [" ".join(text) for text in texts]
    if not any(text.strip() for text in joined):
        return
    corpus = build(joined)
    words = oracle.words_of(corpus, profile)
    options: dict[str, Any] = {
        "n": n, "threshold": threshold, "measure": measure, "profile": profile, "min_shingles": 1,
    }  # fmt: skip
    expected = oracle.pairs([*words.values()], n, threshold, measure)
    table = ck.news.near_duplicates(corpus, **options)
    columns = (*PAIR, "shared", "first_shingles", "second_shingles", "jaccard", "containment")
    assert table.select(columns).rows() == [(*pair, pair.jaccard, pair.containment) for pair in expected]
    for name, groups in (
        ("single", oracle.components([(pair.first, pair.second) for pair in expected])),
        ("complete", oracle.complete_clusters(expected)),
    ):
        clusters = ck.news.duplicate_clusters(corpus, linkage=name, **options)
        assert_frame_equal(clusters, ck.news.duplicate_clusters(corpus, table, linkage=name))
        members = clusters.group_by("cluster", maintain_order=True).agg("document")["document"].to_list()
        assert members == groups
        checks = ck.news.cluster_checks(
            corpus, clusters, date=None, **{each: options[each] for each in ("n", "profile", "threshold", "measure")}
        ).sort("cluster")
        assert_checks([*words.values()], groups, n, measure, checks)
    lengths = dict(corpus.documents.select("document", "words").collect().iter_rows())
    for keep in ("first", "longest"):
        order = sorted(words, key=lambda document: (-lengths[document] if keep == "longest" else 0, document))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Corpus.deduplicate: .* may be no copies")
            left = corpus.deduplicate(keep=keep, **options).selected_documents().tolist()
        assert left == oracle.kept([*words.values()], order, n, threshold, measure)
        assert ck.news.near_duplicates(corpus.filter(pl.col("document").is_in(left)), **options).height == 0


def assert_checks(texts: list[list[str]], groups: list[list[int]], n: int, measure: str, checks: pl.DataFrame) -> None:
    for group, row in zip(groups, checks.iter_rows(named=True), strict=True):
        sets = {document: oracle.shingles(texts[document], n) for document in group}
        longest = max(group, key=lambda document: (len(sets[document]), -document))
        others = [document for document in group if document != longest]
        near = [
            getattr(oracle.Pair(0, 1, len(sets[each] & sets[longest]), len(sets[each]), len(sets[longest])), measure)
            for each in others
        ]
        assert row["document"] == longest
        assert (row["size"], row["texts"]) == (len(group), len({frozenset(each) for each in sets.values()}))
        assert (row["least_similarity"], row["median_similarity"]) == pytest.approx((min(near), np.median(near)))
        inside = [2 * len(sets[each] & sets[longest]) < len(sets[each] | sets[longest]) for each in others]
        assert row["short_documents"] == sum(inside)  # all texts are short


# ----------------------------------------------------------------------------------------------------
# MinHash
# ----------------------------------------------------------------------------------------------------
@settings(max_examples=examples(100))
@given(text_families(), st.integers(1, 4), THRESHOLDS, st.integers(1, 8), st.integers(0, 3), st.integers(1, 3))
def test_minhash_has_no_false_pairs_and_finds_identical_texts(
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


def test_minhash_recall_follows_the_curve() -> None:
    """Of 400 pairs of Jaccard similarity 0.5, one band of two values finds a quarter, eight bands nine of ten."""
    texts = [[row * 100 + place for place in range(30)] for row in range(400)]
    texts += [text[:20] + [50_000 + item for item in text[20:]] for text in texts]
    words = words_of_numbers(texts)
    for n_hashes, bands in ((2, 1), (16, 8), (6, 6)):
        expected = 400 * minhash.expected_recall(0.5, n_hashes, bands)
        found = minhash.alike_by_bands(words, 1, least=1, threshold=0.5, n_hashes=n_hashes, bands=bands, seed=1)
        assert abs(len(found.first) - expected) < 4 * np.sqrt(400 * 0.25)


def test_default_bands_are_the_fewest_that_suffice() -> None:
    for threshold in (0.3, 0.5, 0.8, 0.95):
        bands = minhash.usual_bands(threshold, 128)
        assert minhash.expected_recall(threshold, 128, bands) >= 0.99
        larger = 128 // bands + 1
        assert minhash.expected_recall(threshold, 128, 128 // larger) < 0.99
    assert minhash.usual_bands(0.01, 16) == 16  # 0.99 is out of reach
    assert minhash.usual_bands(1.0, 128) == 1


def test_minhash_of_the_sample(body: ck.Corpus) -> None:
    exact = ck.news.near_duplicates(body, **ALIKE)
    table = ck.news.near_duplicates(body, method="minhash", **ALIKE)
    assert_frame_equal(table, exact)
    result = record(table)
    assert (result["bands"], result["rows"], result["seed"]) == (21, 6, 0)
    assert result["expected_recall"] > 0.998
    assert "bands" not in record(exact)
    assert ck.news.near_duplicates(body, method="minhash", bands=1, seed=3, **ALIKE).height < exact.height
    clusters = ck.news.duplicate_clusters(body, method="minhash", **ALIKE)
    assert_frame_equal(clusters, ck.news.duplicate_clusters(body, **ALIKE))


# ----------------------------------------------------------------------------------------------------
# The sample
# ----------------------------------------------------------------------------------------------------
def planted(*kinds: str) -> dict[frozenset[str], tuple[int, float, float]]:
    return {
        frozenset((row["first"], row["second"])): (row["shared"], row["jaccard"], row["containment"])
        for row in facts("pairs")
        if row["kind"] in kinds
    }


def values(table: pl.DataFrame) -> dict[frozenset[str], tuple[int, float, float]]:
    columns = ("first_id", "second_id", "shared", "jaccard", "containment")
    return {frozenset(row[:2]): row[2:] for row in table.select(columns).iter_rows()}


def test_finds_exactly_the_planted_copies(body: ck.Corpus) -> None:
    table = ck.news.near_duplicates(body, **ALIKE)
    expected = planted("identical", "light")
    assert table.height == len(expected) == 24
    found = values(table)
    assert set(found) == set(expected)
    assert all(found[pair] == pytest.approx(expected[pair], abs=1e-12) for pair in expected)


def test_containment_finds_heavily_edited_and_truncated_copies(body: ck.Corpus) -> None:
    table = ck.news.near_duplicates(body)
    expected = planted("identical", "light", "heavy", "truncated")
    assert table.height == len(expected) == 42
    found = values(table)
    assert set(found) == set(expected)
    assert all(found[pair] == pytest.approx(expected[pair], abs=1e-12) for pair in expected)
    whole = values(ck.news.near_duplicates(body, threshold=1, measure="containment"))
    assert set(whole) == set(planted("identical", "truncated"))


def test_independent_reports_are_not_copies(body: ck.Corpus) -> None:
    found = values(ck.news.near_duplicates(body, threshold=1e-6, measure="containment"))
    assert not set(planted("independent")) & set(found)


def test_boilerplate_lowers_similarity(body: ck.Corpus) -> None:
    """With headlines and boilerplate the same pairs are found, but only 5 of 12 identical bodies have similarity 1."""
    found, clean = (values(ck.news.near_duplicates(corpus, **ALIKE)) for corpus in (ck.sample_corpus(), body))
    assert set(found) == set(clean)
    identical = [pair for pair, (_, jaccard, _) in clean.items() if jaccard == 1]
    assert len(identical) == 12
    assert sum(found[pair][1] == 1 for pair in identical) == 5
    assert min(found[pair][1] for pair in identical) < 0.95


def test_columns_and_order(body: ck.Corpus) -> None:
    table = ck.news.near_duplicates(body, by="outlet", threshold=0.5, measure="containment")
    assert table.schema == {
        "first_document": pl.UInt32, "second_document": pl.UInt32, "first_id": pl.String, "second_id": pl.String,
        "first_outlet": pl.String, "second_outlet": pl.String, "across": pl.Boolean, "shared": pl.Int64,
        "first_shingles": pl.Int64, "second_shingles": pl.Int64, "jaccard": pl.Float64, "containment": pl.Float64,
        "days": pl.Int64,
    }  # fmt: skip
    assert table.equals(table.sort(PAIR))
    assert (table["first_document"] < table["second_document"]).all()
    documents = body.documents.select("document", "id", "outlet", "date").collect()
    for side in ("first", "second"):
        named = table.select(document=f"{side}_document").join(
            documents, on="document", how="left", maintain_order="left"
        )
        assert named["id"].equals(table[f"{side}_id"], null_equal=True)
        assert named["outlet"].equals(table[f"{side}_outlet"])
    dates = documents["date"]
    days = dates.gather(table["second_document"]) - dates.gather(table["first_document"])
    assert table["days"].to_list() == days.dt.total_days().to_list()
    assert table["across"].to_list() == (table["first_outlet"] != table["second_outlet"]).to_list()
    assert_frame_equal(table.drop(pl.selectors.ends_with("_outlet"), "across"), ck.news.near_duplicates(
        body, threshold=0.5, measure="containment"
    ))  # fmt: skip


def test_clusters_of_the_sample(body: ck.Corpus) -> None:
    families: dict[str, set[str]] = {}
    for row in facts("near_duplicates"):
        families.setdefault(row["original"], {row["original"]}).add(row["copy"])
    clusters = ck.news.duplicate_clusters(body)
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
    left = body.deduplicate()
    dropped = set(body.documents.collect()["id"]) - set(left.documents.collect()["id"])
    assert dropped == {row["copy"] for row in facts("near_duplicates")}
    assert len(left) == 210
    assert left.selection is not None
    assert "deduplicate(threshold=0.5" in left.selection["filters"][0]
    assert "left out 30 copies" in left.selection["filters"][0]
    assert left.selection["without"] == body.selection["without"]  # type: ignore[index]
    assert ck.news.near_duplicates(left).height == 0
    assert len(left.deduplicate()) == 210
    assert set(left.deduplicate(**ALIKE).documents.collect()["id"]) == set(left.documents.collect()["id"])


def test_a_caption_takes_no_article_away() -> None:
    """By containment, a caption of six words links articles that quote it: nothing but the caption is left out."""
    caption = "وزير الصحة خلال لقائه الوفد الزائر"
    articles = [f"{start} {caption} {LONG.replace('ال', start)}" for start in ("أمس", "غدا", "صباح", "مساء")]
    corpus = build([caption, *articles])
    options: dict[str, Any] = {"min_shingles": 1}
    chain = ck.news.duplicate_clusters(corpus, linkage="single", **options)
    assert chain["size"].to_list() == [5] * 5
    checks = ck.news.cluster_checks(corpus, chain).row(0, named=True)
    assert (checks["document"], checks["texts"], checks["short_documents"], checks["doubt"]) == (1, 5, 4, "unlike")
    pair = ck.news.duplicate_clusters(corpus, **options)
    assert pair["document"].to_list() == [0, 1]
    assert ck.news.cluster_checks(corpus, pair)["doubt"].to_list() == ["short"]
    for keep in ("first", "longest"):
        with pytest.warns(UserWarning, match=r"^Corpus.deduplicate: of 1 .* 1 may be no copies: 0 .* 1 are texts"):
            assert corpus.deduplicate(keep=keep, **options).selected_documents().tolist() == [1, 2, 3, 4]
    with pytest.warns(UserWarning, match=r"^Near-duplicates: 5 of 5 documents have fewer than 20 shingles"):
        assert len(corpus.deduplicate()) == 5


def test_regular_notices_are_doubtful() -> None:
    notice = " ".join(f"كلمة{number}" for number in range(40))
    texts = [f"{notice} {day}" for day in ("السبت", "الأحد", "الاثنين")]
    corpus = build([*texts, texts[0]], date=[date(2026, 1, day) for day in (1, 9, 20, 30)])
    clusters = ck.news.duplicate_clusters(corpus)
    checks = ck.news.cluster_checks(corpus, clusters)
    assert checks.schema == {
        "cluster": pl.UInt32, "size": pl.UInt32, "document": pl.UInt32, "id": pl.String, "texts": pl.UInt32,
        "least_similarity": pl.Float64, "median_similarity": pl.Float64, "days": pl.Int64,
        "short_documents": pl.UInt32, "doubt": pl.Enum(["unlike", "short", "recurring"]),
    }  # fmt: skip
    assert checks.select("size", "texts", "days", "doubt").row(0) == (4, 3, 29, "recurring")
    assert ck.news.cluster_checks(corpus, clusters, max_days=29)["doubt"].to_list() == [None]
    undated = ck.news.cluster_checks(corpus, clusters, date=None)
    assert undated.select("days", "doubt").row(0) == (None, None)
    same = clusters.filter(pl.col("document").is_in([0, 3]))  # one text, printed again
    assert ck.news.cluster_checks(corpus, same)["doubt"].to_list() == [None]
    none = ck.news.cluster_checks(corpus, clusters.clear())
    assert none.schema == checks.schema
    with pytest.warns(UserWarning, match=r"of 3 documents .* 2 may be no copies: 2 are more than 7 days"):
        assert len(corpus.deduplicate()) == 1
    with pytest.raises(InputError, match=r"^clusters must be documents of this corpus or subcorpus, got 4"):
        ck.news.cluster_checks(corpus, pl.DataFrame({"cluster": [0], "document": [4]}))
    with pytest.raises(InputError, match=r"^clusters must be a table of ck.news.duplicate_clusters, got"):
        ck.news.cluster_checks(corpus, clusters.drop("cluster"))


def test_the_ends_of_a_chain_stay() -> None:
    """Each text resembles the next; what is left out resembles a text that stays."""
    words = [f"كلمة{number}" for number in range(60)]
    corpus = build([" ".join(words[first : first + 40]) for first in range(0, 20, 5)])
    options: dict[str, Any] = {"n": 1, "threshold": 0.7, "measure": "jaccard"}
    pairs = ck.news.near_duplicates(corpus, **options).select(PAIR).rows()
    assert pairs == [(0, 1), (1, 2), (2, 3)]
    left = corpus.deduplicate(**options)
    assert left.selected_documents().tolist() == [0, 2]
    single = ck.news.duplicate_clusters(corpus, linkage="single", **options)
    assert single["cluster"].to_list() == [0] * 4
    complete = ck.news.duplicate_clusters(corpus, **options)
    assert complete.select("cluster", "document").rows() == [(0, 0), (0, 1), (1, 2), (1, 3)]


def test_texts_that_wait_for_each_other() -> None:
    """Containment has circles, which the longest text breaks: what goes is contained in what stays, no pair stays."""
    sizes = np.array([10, 9, 8])
    pairs = {(0, 1): 8, (0, 2): 7, (1, 2): 7}
    one, other = np.array([*pairs]).T
    found = Alike(one, other, np.array([*pairs.values()]), sizes, np.arange(3))
    for rank in itertools.permutations(range(3)):
        dropped = left_out(found, np.array(rank), 0.8, "containment")
        stay = np.flatnonzero(~dropped).tolist()
        assert not [pair for pair in pairs if set(pair) <= set(stay)]
        for gone in np.flatnonzero(dropped).tolist():
            assert any(pairs[min(gone, each), max(gone, each)] / sizes[gone] >= 0.8 for each in stay)


def test_a_table_of_pairs_gives_the_same_clusters(body: ck.Corpus) -> None:
    table = ck.news.near_duplicates(body, threshold=0.65, measure="containment", by="outlet")
    clusters = ck.news.duplicate_clusters(body, threshold=0.65, measure="containment")
    assert_frame_equal(ck.news.duplicate_clusters(body, table), clusters)
    turned = table.select(first_document="second_document", second_document="first_document").reverse()
    assert_frame_equal(ck.news.duplicate_clusters(body, turned), clusters)
    part = ck.news.duplicate_clusters(body, table.filter("across").head(1))
    assert part["size"].to_list() == [2, 2]


# ----------------------------------------------------------------------------------------------------
# Small corpora
# ----------------------------------------------------------------------------------------------------
LONG = "وصل الوفد إلى المدينة صباح اليوم وعقد لقاء مع المجلس المحلي ثم غادر مساء"


def test_short_documents_are_one_shingle() -> None:
    corpus = build(["قال نعم", "قَالَ: نعم!", "قال نعم ثم لا", "قال", "...", LONG])
    table = ck.news.near_duplicates(corpus, **ALIKE)
    assert table.select(*PAIR, "shared", "jaccard").rows() == [(0, 1, 1, 1.0)]
    result = record(table)
    assert result["documents"] == 6
    assert result["documents_without_words"] == 1
    assert result["documents_of_one_shorter_shingle"] == 4
    assert result["documents_left_out"] == 0
    with pytest.warns(UserWarning, match=r"^Near-duplicates: 4 of 6 documents have fewer than 2 shingles"):
        least = ck.news.near_duplicates(corpus, min_shingles=2)
    assert least.height == 0
    assert record(least)["documents_left_out"] == 4


def test_shingles_stay_within_documents() -> None:
    words = LONG.split()
    caption = "شرح الصورة"
    texts = [LONG, "\n\n".join([" ".join(words[:6]), " ".join(words[6:])]),
             "\n\n".join([" ".join(words[:6]), caption, " ".join(words[6:])])]  # fmt: skip
    corpus = build(texts)
    assert values_of_pairs(ck.news.near_duplicates(corpus, **ALIKE)) == {(0, 1): 1.0}
    start = texts[2].index(caption)
    span = pl.DataFrame({"document": [2], "start": [start], "end": [start + len(caption)]})
    assert values_of_pairs(ck.news.near_duplicates(corpus.exclude(span), **ALIKE)) == {
        (0, 1): 1.0,
        (0, 2): 1.0,
        (1, 2): 1.0,
    }
    halves = build([" ".join(words[:7]), " ".join(words[7:]), LONG, LONG + " " + LONG])
    found = ck.news.near_duplicates(halves, threshold=1, min_shingles=1)
    assert found.select(*PAIR, "shared", "second_shingles").rows() == [
        (0, 2, 3, 10), (0, 3, 3, 14), (1, 2, 3, 10), (1, 3, 3, 14), (2, 3, 10, 14),
    ]  # fmt: skip


def values_of_pairs(table: pl.DataFrame) -> dict[tuple[int, int], float]:
    return {(first, second): value for first, second, value in table.select(*PAIR, "jaccard").iter_rows()}


def test_subcorpus_compares_only_its_documents(body: ck.Corpus) -> None:
    part = body.filter(pl.col("outlet") != "وكالة مدى")
    rows = part.selected_documents().tolist()
    whole = ck.news.near_duplicates(body)
    expected = whole.filter(pl.col("first_document").is_in(rows) & pl.col("second_document").is_in(rows))
    assert_frame_equal(ck.news.near_duplicates(part), expected)
    alike = expected.filter(pl.col("jaccard") >= 0.8)
    assert ck.news.near_duplicates(part, method="minhash", **ALIKE).equals(alike)
    assert record(ck.news.near_duplicates(part))["subcorpus"]["documents"] == len(part)
    with pytest.raises(InputError, match=r"^pairs must be pairs of documents of this corpus"):
        ck.news.duplicate_clusters(part, whole)


def test_identical_documents() -> None:
    corpus = build([LONG] * 2000, day=[0] * 2000)
    with pytest.raises(InputError, match=r"^max_pairs must be at least 1,999,000.* got 1000000"):
        ck.news.near_duplicates(corpus, max_pairs=1_000_000, **ALIKE)
    few = corpus.filter(pl.col("document") < 30)
    for method in ("exact", "minhash"):
        table = ck.news.near_duplicates(few, max_pairs=435, method=method, **ALIKE)
        assert table.height == 435
        assert table["jaccard"].unique().to_list() == [1.0]
        assert table["days"].null_count() == 435
    clusters = ck.news.duplicate_clusters(corpus, **ALIKE)
    assert clusters["size"].unique().to_list() == [2000]
    assert clusters.filter("first_published")["document"].to_list() == [0]
    assert len(corpus.deduplicate(**ALIKE)) == 1
    assert len(corpus.deduplicate(method="minhash", **ALIKE)) == 1


def test_reference_document_has_no_duplicates(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "c", progress=False)
    assert ck.news.near_duplicates(corpus, threshold=0.01).height == 0
    assert len(corpus.deduplicate()) == 1
    assert ck.news.edits(corpus).height == ck.news.substitutions(corpus).height == 0


def test_near_duplicate_groups_of_identical_documents() -> None:
    other = LONG + " أمس"
    corpus = build([LONG, other, LONG, "لا شيء", other, LONG])
    table = ck.news.near_duplicates(corpus, **ALIKE | {"threshold": 0.85})
    assert table.select(PAIR).rows() == [
        (a, b) for a in (0, 1, 2, 4, 5) for b in (0, 1, 2, 4, 5) if a < b
    ]  # fmt: skip
    assert table.filter(first_document=1)["shared"].to_list() == [10, 11, 10]
    assert ck.news.near_duplicates(corpus, **ALIKE | {"threshold": 0.95}).height == 4


def test_no_pairs() -> None:
    for corpus in (build([LONG]), build(["...", "!"]), build([LONG, LONG]).filter(pl.col("document") > 5)):
        for method in ("exact", "minhash"):
            table = ck.news.near_duplicates(corpus, method=method, **ALIKE)
            assert table.height == 0
            assert table.schema == ck.news.near_duplicates(ck.sample_corpus()).schema
            clusters = ck.news.duplicate_clusters(corpus, method=method, **ALIKE)
            assert clusters.height == 0
            assert clusters.schema == ck.news.duplicate_clusters(ck.sample_corpus()).schema
        assert_frame_equal(ck.news.duplicate_clusters(corpus, table), clusters)
        assert_frame_equal(ck.news.duplicate_clusters(corpus, table, linkage="single"), clusters)
        assert len(corpus.deduplicate(**ALIKE)) == len(corpus)


def test_dates_of_clusters() -> None:
    days = [date(2026, 3, 3), date(2026, 3, 1), None, date(2026, 3, 1)]
    corpus = build([LONG] * 4, date=days)
    table = ck.news.near_duplicates(corpus, **ALIKE)
    assert table["days"].to_list() == [-2, None, -2, None, 0, None]
    clusters = ck.news.duplicate_clusters(corpus, **ALIKE)
    assert clusters["first_published"].to_list() == [False, True, False, False]
    assert clusters["days"].to_list() == [2, 0, None, 0]
    assert ck.news.near_duplicates(corpus, **ALIKE, date=None)["days"].null_count() == 6
    assert ck.news.duplicate_clusters(corpus, **ALIKE, date=None)["first_published"].to_list() == [
        True,
        False,
        False,
        False,
    ]
    assert corpus.deduplicate(**ALIKE).selected_documents().tolist() == [1]
    assert corpus.deduplicate(**ALIKE, date=None).selected_documents().tolist() == [0]
    part = corpus.filter(pl.col("date").is_null() | (pl.col("document") == 0))
    assert part.deduplicate(**ALIKE).selected_documents().tolist() == [0]


def test_deduplicate_can_keep_the_longest() -> None:
    texts = [LONG, LONG + " أمس", "لا شيء", LONG + " غدا"]
    corpus = build(texts, date=[date(2026, 1, day) for day in (1, 3, 1, 2)])
    assert corpus.deduplicate(**ALIKE).selected_documents().tolist() == [0, 2]
    assert corpus.deduplicate(**ALIKE, keep="longest").selected_documents().tolist() == [2, 3]
    hidden = pl.DataFrame({"document": [3], "start": [len(LONG)], "end": [len(texts[3])]})
    assert corpus.exclude(hidden).deduplicate(**ALIKE, keep="longest").selected_documents().tolist() == [1, 2]


def test_null_is_an_ordinary_label() -> None:
    corpus = build([LONG] * 3, outlet=[None, None, "a"])
    assert ck.news.near_duplicates(corpus, **ALIKE, by="outlet")["across"].to_list() == [False, True, True]


def test_runs_repeat(body: ck.Corpus) -> None:
    first, second = (ck.news.near_duplicates(body, by="outlet", method=method) for method in ("exact", "exact"))
    assert first.equals(second)
    assert record(first) == record(second)
    before = first.clone()
    ck.set_threads(1)
    try:
        assert_frame_equal(ck.news.near_duplicates(body, by="outlet"), before)
    finally:
        ck.set_threads(None)


def test_complete_linkage_asks_for_memory(body: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = ck.news.near_duplicates(body)
    monkeypatch.setattr(linkage, "_LINK_BYTES", 10**15)
    with pytest.raises(InputError, match=r"^Complete linkage of 42 pairs needs .* linkage='single', or raise"):
        ck.news.duplicate_clusters(body, pairs)
    assert ck.news.duplicate_clusters(body, pairs, linkage="single").height == 48
    with pytest.raises(InputError, match=r"^linkage must be 'complete' or 'single', got 'star'"):
        ck.news.duplicate_clusters(body, linkage="star")


# ----------------------------------------------------------------------------------------------------
# Invalid arguments
# ----------------------------------------------------------------------------------------------------
INVALID = [
    *(({"threshold": bad}, f"threshold must be a number above 0 and at most 1, got {bad!r}")
      for bad in (0, -0.5, 1.01, float("nan"), float("inf"), "0.8", None, True, [0.8])),
    *(({"n": bad}, f"n must be an integer of at least 1, got {bad!r}") for bad in (0, -1, 2.5, "5", None, True)),
    ({"method": "minhash"}, "measure must be 'jaccard' with method='minhash', got 'containment'"),
    ({"measure": "jacard"}, "measure must be 'jaccard' or 'containment', got 'jacard'. Did you mean 'jaccard'?"),
    ({"measure": None}, "measure must be"),
    ({"method": "lsh"}, "method must be 'exact' or 'minhash', got 'lsh'"),
    ({"method": "minhash", "measure": "containment"}, "measure must be 'jaccard' with method='minhash'"),
    ({"profile": "serach"}, "profile must be"),
    ({"min_shingles": 0}, "min_shingles must be"),
    ({"n_hashes": 0}, "n_hashes must be"),
    ({"bands": 0}, "bands must be an integer from 1 to 128, got 0"),
    ({"bands": 129}, "bands must be an integer from 1 to 128, got 129"),
    ({"seed": 0.5}, "seed must be a non-negative integer, got 0.5"),
    ({"seed": -1}, "seed must be a non-negative integer, got -1"),
    ({"date": "dat"}, "date must be one of"),
    ({"date": "outlet"}, "date must be None or a metadata column of dates, got 'outlet'. It holds String"),
    ({"date": 5}, "date must be"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), INVALID)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    corpus = ck.sample_corpus()
    for function in (ck.news.near_duplicates, ck.news.duplicate_clusters):
        with pytest.raises(InputError, match=f"^{re.escape(message)}"):
            function(corpus, **options)
    if not set(options) & {"n_hashes", "bands", "seed"}:
        with pytest.raises(InputError, match=f"^{re.escape(message)}"):
            corpus.deduplicate(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "outlt"}, "by must be .*Did you mean 'outlet'"),
        ({"by": 5}, "by must be .*got 5"),
        ({"by": "id"}, "by must be .*first_id"),
        ({"max_pairs": -1}, "max_pairs must be a non-negative integer, got -1"),
        ({"max_pairs": 3}, "max_pairs must be at least .*, got 3"),
    ],
)
def test_invalid_arguments_of_pairs(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        ck.news.near_duplicates(ck.sample_corpus(), **options)


def pair(first: Any, second: Any) -> pl.DataFrame:
    return pl.DataFrame({"first_document": [first], "second_document": [second]})


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([(0, 1)], "a table of ck.news.near_duplicates, got"),
        (pl.DataFrame({"first_document": [0]}), ".* without the column second_document"),
        (pl.DataFrame(), ".* without the columns first_document, second_document"),
        (pair("0", 1), ".* in first_document, got String"),
        (pair(0.0, 1), ".* got Float64"),
        (pair(0, 240), ".* got 240 in second_document"),
        (pair(-1, 2), ".* got -1 in first_document"),
        (pair(None, 2), ".* got None in first_document"),
        (pair(3, 3), "pairs of two documents, got document 3 twice"),
    ],
)
def test_invalid_pairs(pairs: Any, message: str) -> None:
    for function in (ck.news.duplicate_clusters, ck.news.edits):
        with pytest.raises(InputError, match=f"^pairs must be {message}"):
            function(ck.sample_corpus(), pairs)


def test_rejects_anything_but_a_corpus() -> None:
    for function in (ck.news.near_duplicates, ck.news.duplicate_clusters, ck.news.edits, ck.news.substitutions):
        with pytest.raises(InputError, match=r"^corpus must be a Corpus, got 'corpus'"):
            function("corpus")  # type: ignore[arg-type]
    corpus = build([LONG])
    corpus.close()
    with pytest.raises(CorpusError, match="closed"):
        corpus.deduplicate()
    with pytest.raises(InputError, match=r"^keep must be 'first' or 'longest', got 'last'"):
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


@pytest.fixture(scope="module")
def copies(articles: ck.Corpus) -> pl.DataFrame:
    return ck.news.near_duplicates(articles, by="source", **ALIKE)


@pytest.mark.slow
def test_copies_of_real_articles(articles: ck.Corpus, copies: pl.DataFrame) -> None:
    assert len(articles) == 20_093
    assert (copies.height, copies["across"].sum()) == (2533, 2040)
    assert ck.news.near_duplicates(articles).height == 12_382
    assert len(articles.deduplicate(**ALIKE)) == len(articles) - 1556  # 1,637 if whole chains went


@pytest.mark.slow
@pytest.mark.parametrize(("threshold", "measure"), [(0.8, "jaccard"), (0.5, "containment")])
def test_real_articles_equal_an_inverted_index(articles: ck.Corpus, threshold: float, measure: str) -> None:
    """Four thousand articles of three outlets, compared with a count over an inverted index of word tuples."""
    part = articles.filter(pl.col("source").is_in(["alriyadh", "okaz", "aljazirah"]), pl.col("document") % 2 == 0)
    words = oracle.words_of(part, "search")
    rows = [*words]
    expected = oracle.pairs_by_index([*words.values()], 5, threshold, measure)
    table = ck.news.near_duplicates(part, threshold=threshold, measure=measure, min_shingles=1)
    columns = (*PAIR, "shared", "first_shingles", "second_shingles")
    assert table.select(columns).rows() == [(rows[pair[0]], rows[pair[1]], *pair[2:]) for pair in expected]
    assert table.height > 50


@pytest.mark.slow
def test_recall_of_minhash_on_real_articles(articles: ck.Corpus, copies: pl.DataFrame) -> None:
    exact = couples(copies)
    found = couples(ck.news.near_duplicates(articles, method="minhash", seed=1, **ALIKE))
    assert found <= exact
    assert len(found) >= 0.995 * len(exact)
    half = ALIKE | {"threshold": 0.5}
    low = couples(ck.news.near_duplicates(articles, **half))
    found = couples(ck.news.near_duplicates(articles, method="minhash", **half))
    assert found <= low
    assert len(found) >= 0.99 * len(low)
