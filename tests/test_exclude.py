"""Corpus.exclude: every analysis sees the remaining tokens, at their original offsets."""

from __future__ import annotations

import pickle

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck

pytestmark = pytest.mark.interface

TEXT = "عاد الوفد أمس. بقي الوفد هنا\n\nشرح الصورة: الوفد\n\nغادر الوفد. أرسل كلمة"
OTHER = "الوفد وحده"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    frame = pl.DataFrame({"text": [TEXT, OTHER, "لا شيء"], "outlet": ["a", "b", "b"]})
    return ck.Corpus.build(frame, tmp_path_factory.mktemp("exclude") / "corpus", progress=False)


def spans(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["document", "start", "end"], orient="row")


def caption(text: str = TEXT) -> tuple[int, int, int]:
    start = text.index("شرح")
    return 0, start, text.index("\n", start)


def slow(corpus: ck.Corpus, rows: list[tuple[int, int, int]]) -> pl.DataFrame:
    """Return the tokens that overlap no span, comparing each with each."""
    kept = [
        not any(
            token["document"] == document and token["start"] < end and token["end"] > start and start < end
            for document, start, end in rows
        )
        for token in corpus.tokens.collect().iter_rows(named=True)
    ]
    return corpus.tokens.collect().filter(pl.Series(kept, dtype=pl.Boolean))


PLACE = st.tuples(st.integers(0, 2), st.integers(0, 70), st.integers(0, 70)).map(lambda s: (s[0], *sorted(s[1:])))


@given(st.lists(PLACE, max_size=8))
def test_overlapping_tokens_are_excluded(corpus: ck.Corpus, rows: list[tuple[int, int, int]]) -> None:
    left = corpus.exclude(
        pl.DataFrame(rows, schema=dict.fromkeys(["document", "start", "end"], pl.Int64), orient="row")
    )
    expected = slow(corpus, rows)
    columns = ["document", "type", "token", "kind", "start", "end"]
    assert left.tokens.select(columns).collect().equals(expected.select(columns))
    texts = left.documents.collect()["text"].to_list()
    assert [token for text in texts for token in ck.tokenize(text)] == expected["token"].to_list()
    parts: list[list[str]] = [[] for _ in texts]
    for document, start, end, whole_start, whole_end in left.offset_map().iter_rows():
        assert texts[document][start:end] == corpus.text(document)[whole_start:whole_end]
        parts[document].append(texts[document][start:end])
    assert ["\n".join(part) for part in parts] == texts
    counts = expected.group_by("token").len().sort("token").rows()
    assert left.vocabulary.select("surface", "count").collect().sort("surface").rows() == counts
    assert ck.frequency(left, profile=None)["count"].sum() == expected.filter(pl.col("kind") == "word").height
    sizes = dict(expected.group_by("document").len().iter_rows())
    assert left.documents.select("tokens").collect()["tokens"].to_list() == [sizes.get(row, 0) for row in range(3)]


def test_searches_and_counts_skip_excluded_tokens(corpus: ck.Corpus) -> None:
    left = corpus.exclude(spans(caption()))
    assert [len(ck.kwic(each, "الوفد")) for each in (corpus, left)] == [5, 4]
    found = ck.kwic(left, "غادر الوفد").frame
    assert TEXT[found["start"][0] : found["end"][0]] == "غادر الوفد"
    assert found["before"][0] == ck.kwic(left, "غادر").frame["before"][0]
    assert "شرح" not in " ".join(ck.kwic(left, "الوفد", window=20).frame["after"])
    counts = dict(ck.frequency(left).select("word", "count").iter_rows())
    assert counts["الوفد"] == 4
    assert "شرح" not in counts


def test_words_around_a_gap_are_not_adjacent(corpus: ck.Corpus) -> None:
    start = TEXT.index("الوفد أمس")
    left = corpus.exclude(spans((0, start, start + len("الوفد"))))
    pairs = ck.ngrams(left, min_count=1)["ngram"].to_list()
    assert "عاد امس" not in pairs
    assert "عاد الوفد" not in pairs
    assert "بقي الوفد" in pairs
    assert left.tokens.collect().filter(document=0)["sentence"].to_list()[:3] == [0, 1, 1]


def test_documents_have_what_is_left_of_their_text(corpus: ck.Corpus) -> None:
    left = corpus.exclude(spans((1, 0, len(OTHER))))
    frame = left.documents.collect()
    assert frame["text"].to_list() == [TEXT, "", "لا شيء"]
    assert left.text(1) == left.with_whole_texts().documents.collect()["text"][1] == OTHER
    assert left.documents.filter(pl.col("text") == "").select("document").collect().item() == 1
    assert left.offset_map().rows() == [(0, 0, len(TEXT), 0, len(TEXT)), (2, 0, 6, 0, 6)]
    assert frame["words"].to_list()[1:] == [0, 2]
    assert frame.columns == corpus.documents.collect_schema().names()
    assert left.documents.filter(pl.col("document") == 2).select("words").collect().item() == 2
    assert len(left) == 3
    part = left.filter(pl.col("outlet") == "b")
    assert (part.n_documents, part.total_documents) == (2, 3)


def test_exclude_combines_with_filters(corpus: ck.Corpus) -> None:
    left = corpus.exclude(spans(caption()))
    assert left.is_subcorpus
    assert left.id == corpus.id
    for part in (
        left.filter(pl.col("outlet") == "a"),
        corpus.filter(pl.col("outlet") == "a").exclude(spans(caption())),
    ):
        assert len(part) == 1
        assert len(ck.kwic(part, "الوفد")) == 3
        assert part.selection is not None
        assert part.selection["without"]["spans"] == 1
    assert len(left.containing("شرح")) == 0
    with pytest.raises(ck.InputError, match=r"^annotate needs the whole corpus"):
        left.annotate()


def test_spans_are_cut_at_the_end_of_the_document(corpus: ck.Corpus) -> None:
    far = corpus.exclude(spans((0, 0, 2**62), (2, 0, 1), (1, 2**40, 2**62)))
    whole = corpus.tokens.collect()
    assert far.tokens.filter(pl.col("document") == 1).collect().equals(whole.filter(document=1))
    assert far.tokens.filter(pl.col("document") == 0).collect().height == 0
    assert far.tokens.filter(pl.col("document") == 2).collect().height == whole.filter(document=2).height - 1


def test_exclusions_accumulate(corpus: ck.Corpus) -> None:
    once = corpus.exclude(spans(caption(), (1, 0, 5)))
    twice = corpus.exclude(spans((1, 0, 5))).exclude(spans(caption()))
    assert once.selection == twice.selection
    assert once.tokens.collect().equals(twice.tokens.collect())


def test_card_and_repr_show_exclusions(corpus: ck.Corpus) -> None:
    left = corpus.exclude(spans(caption()))
    assert "without 1 spans" in repr(left)
    assert "1 spans of their texts" in left._repr_html_()


def test_cleaned_corpus_can_be_pickled(corpus: ck.Corpus) -> None:
    left = corpus.exclude(spans(caption()))
    again = pickle.loads(pickle.dumps(left))
    assert again.tokens.collect().equals(left.tokens.collect())
    assert again.selection == left.selection


@pytest.mark.parametrize("size", [1, 60, 700])
def test_tokens_are_looked_up_in_pieces(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    corpus = ck.sample_corpus()
    excluded = spans(*((row, 7 * row % 90, 100 + 11 * row % 80) for row in range(0, len(corpus), 3)), (4, 0, 5))
    expected = corpus.exclude(excluded)
    tables = [getattr(expected, name).collect() for name in ("tokens", "documents", "vocabulary")]
    monkeypatch.setattr("corpus_kit.corpus.spans._TOKENS_AT_ONCE", size)
    again = corpus.exclude(excluded)
    for name, table in zip(("tokens", "documents", "vocabulary"), tables, strict=True):
        assert getattr(again, name).collect().equals(table)


def test_exclusion_that_needs_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = ck.sample_corpus()
    monkeypatch.setattr("corpus_kit.corpus.spans._BYTES_OF_A_TOKEN", 10**12)
    with pytest.raises(ck.InputError, match=r"^A corpus of [0-9,]+ tokens with spans excluded needs [0-9,.]+ GB"):
        corpus.exclude(spans((0, 0, 5)))


def test_empty_exclusions(corpus: ck.Corpus) -> None:
    left = corpus.exclude(spans((0, 3, 3)))
    assert left.tokens.collect().drop("sentence").equals(corpus.tokens.collect().drop("sentence"))
    everything = corpus.exclude(spans(*((row, 0, 1000) for row in range(3))))
    assert everything.tokens.collect().height == 0
    assert ck.frequency(everything).height == 0
    assert len(ck.kwic(everything, "الوفد")) == 0


@pytest.mark.parametrize(
    ("given_spans", "message"),
    [
        (None, "^spans must be a DataFrame"),
        (pl.DataFrame({"document": [0], "start": [0]}), "^spans must be .* it has document, start"),
        (pl.DataFrame({"document": [0], "start": ["a"], "end": [1]}), "^spans must be .*'start'"),
        (spans((3, 0, 1)), "^spans must be .*documents 0 to 2"),
        (spans((0, 5, 1)), "^spans must be .*start=5, end=1"),
        (spans((0, -1, 1)), "^spans must be .*start=-1"),
        (
            pl.DataFrame({"document": [2**63], "start": [0], "end": [1]}, schema_overrides={"document": pl.UInt64}),
            "^spans must be .*document=None",
        ),
        (pl.DataFrame({"document": [0, None], "start": [0, 1], "end": [1, 2]}), "^spans must be .*document=None"),
    ],
)
def test_bad_spans(corpus: ck.Corpus, given_spans: pl.DataFrame, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        corpus.exclude(given_spans)
