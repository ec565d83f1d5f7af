"""Spans that sources mark: in the corpus, moved by headlines, and as the place of rows of tables."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus.spans import located
from corpus_kit.errors import InputError, SourceError

pytestmark = pytest.mark.interface

Document, Span = ck.readers.Document, ck.readers.Span
BOOK = Document(
    "باب السفر\nوصلت القافلة.\nباب العودة\nعادت القافلة ليلا.",
    id="kitab",
    metadata={"title": "كتاب الرحلة"},
    spans=[
        Span("page", 0, 20, "1"),
        Span("page", 20, 53, "2"),
        Span("chapter", 0, 24, "السفر"),
        Span("chapter", 24, 53, "العودة"),
        Span("person", 10, 15),
    ],
)
PLAIN = Document("ذهب الوفد.", id="plain", metadata={"title": "ذهب الوفد."})


def build(folder: Path, documents: list[Any], **options: Any) -> ck.Corpus:
    return ck.Corpus.build(documents, folder / "corpus", progress=False, overwrite=True, **options)


def test_spans_of_a_corpus(tmp_path: Path) -> None:
    corpus = build(tmp_path, [PLAIN, BOOK])
    spans = corpus.spans()
    assert spans.schema == {
        "document": pl.UInt32, "kind": pl.String, "start": pl.UInt32, "end": pl.UInt32, "value": pl.String
    }  # fmt: skip
    assert spans.rows() == sorted(
        ((1, each.kind, each.start, each.end, each.value) for each in BOOK.spans), key=lambda row: (row[0], row[2:4])
    )
    assert corpus.spans("page")["value"].to_list() == ["1", "2"]
    assert corpus.spans("person").rows() == [(1, "person", 10, 15, None)]
    assert ck.Corpus.open(tmp_path / "corpus").spans().equals(spans)
    assert corpus.filter(pl.col("id") == "plain").spans().height == 0
    assert corpus.filter(pl.col("id") != "plain").spans("page").height == 2


def test_kinds_that_are_not_there(tmp_path: Path) -> None:
    corpus = build(tmp_path, [BOOK])
    with pytest.raises(InputError, match=r"kind must be .*'chapter', .*got 'pages'.*Did you mean 'page'"):
        corpus.spans("pages")
    bare = build(tmp_path / "bare", [PLAIN])
    assert bare.spans().height == 0
    with pytest.raises(InputError, match="kind must be left out, got 'page': the sources of this corpus mark no spans"):
        bare.spans("page")
    with pytest.raises(InputError, match="kind must be left out"):
        bare.locate(ck.kwic(bare, "الوفد"), "page")


def test_hits_and_their_places(tmp_path: Path) -> None:
    corpus = build(tmp_path, [PLAIN, BOOK])
    hits = ck.kwic(corpus, "القافلة|الوفد")
    for table in (hits, hits.frame):
        found = corpus.locate(corpus.locate(table, "page"), "chapter")
        assert found.select("document", "node", "page", "chapter").rows() == [
            (0, "الوفد", None, None),
            (1, "القافلة", "1", "السفر"),
            (1, "القافلة", "2", "العودة"),
        ]
        assert found.drop("page", "chapter").equals(hits.frame)
    with pytest.raises(InputError, match="table must have no column 'page' yet"):
        corpus.locate(found, "page")
    with pytest.raises(InputError, match="document and start, but start is missing"):
        corpus.locate(pl.DataFrame({"document": [1]}), "page")


def test_spans_can_be_excluded(tmp_path: Path) -> None:
    corpus = build(tmp_path, [PLAIN, BOOK])
    body = corpus.exclude(corpus.spans("chapter").head(1))
    assert ck.kwic(body, "القافلة").frame.height == 1
    assert body.tokens.collect().filter(pl.col("document") == 1)["token"][0] == "باب"
    assert body.tokens.collect().filter(pl.col("document") == 1)["start"].min() == 24


# ------------------------------------------------------------------------- beside headlines


def test_a_headline_moves_spans(tmp_path: Path) -> None:
    corpus = build(tmp_path, [PLAIN, BOOK], headline="title")
    texts = corpus.documents.collect()["text"].to_list()
    assert texts == [PLAIN.text, f"كتاب الرحلة\n\n{BOOK.text}"]
    for document, kind, start, end, value in corpus.spans().iter_rows():
        [own] = [each for each in BOOK.spans if (each.kind, each.value) == (kind, value)]
        assert texts[document][start:end] == BOOK.text[own.start : own.end]
    assert corpus.documents.collect()["headline"].to_list() == [{"start": 0, "end": 10}, {"start": 0, "end": 11}]
    assert corpus.locate(ck.kwic(corpus, "كتاب"), "page")["page"].to_list() == [None]
    assert corpus.locate(ck.kwic(corpus, "عادت"), "page")["page"].to_list() == ["2"]


def test_a_headline_moves_given_tokens(tmp_path: Path) -> None:
    tokens = ck.readers.Tokens([(0, 5), (6, 10)], [0], {"pos": ["X", "VERB"]})
    given = Document("أ.ف.ب قالت", id="a", metadata={"title": "خبر"}, tokens=tokens)
    corpus = build(tmp_path, [given], headline="title")
    frame, text = corpus.tokens.collect(), corpus.documents.collect()["text"][0]
    assert text == "خبر\n\nأ.ف.ب قالت"
    assert frame["token"].to_list()[-2:] == ["أ.ف.ب", "قالت"]
    for start, end, token in frame.select("start", "end", "token").iter_rows():
        assert text[start:end] == token


def test_a_headline_that_a_reader_states_stays(tmp_path: Path) -> None:
    stated = Document(
        "خبر عاجل\nوصل الوفد.", headline=(0, 8), metadata={"title": "عنوان آخر"}, spans=[Span("p", 9, 13)]
    )
    corpus = build(tmp_path, [stated], headline="title")
    assert corpus.documents.collect()["text"].to_list() == [stated.text]
    assert corpus.documents.collect()["headline"].to_list() == [{"start": 0, "end": 8}]
    assert corpus.spans().rows() == [(0, "p", 9, 13, None)]


# ------------------------------------------------------------------------- growing, tables with spans


def test_growing_keeps_spans(tmp_path: Path) -> None:
    corpus = build(tmp_path, [PLAIN])
    corpus.add([BOOK], progress=False)
    assert corpus.spans("page").select("document", "value").rows() == [(1, "1"), (1, "2")]
    corpus.add(pl.DataFrame({"text": ["غادر."]}), progress=False)
    assert corpus.spans("page").select("document", "value").rows() == [(1, "1"), (1, "2")]


def test_documents_of_a_corpus_can_be_a_source(tmp_path: Path) -> None:
    corpus = build(tmp_path, [PLAIN, BOOK])
    frame = corpus.documents.collect().select("id", "text", "spans")
    again = build(tmp_path / "again", frame, id="id")  # type: ignore[arg-type]
    assert again.spans().equals(corpus.spans())


@pytest.mark.parametrize(
    ("span", "message"),
    [
        (Span("page", 0, 99), "a span must lie in the text of 10 code points, got page from 0 to 99"),
        (Span("page", 5, 4), "a span must lie"),
        (Span("page", -1, 4), "a span must lie"),
        (Span("a page", 0, 4), "the kind of a span must be ASCII letters"),
        (("page", 0, 4), "the kind of a span must be"),
    ],
)
def test_spans_that_do_not_fit(tmp_path: Path, span: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        build(tmp_path, [Document("ذهب الوفد.", spans=[span])])


# ------------------------------------------------------------------------- an obvious twin

spans = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(0, 6), st.none() | st.sampled_from("abcdef")),
    max_size=8,
)
places = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 15)), max_size=8)


def slow_places(marked: list[tuple[int, int, int, str | None]], rows: list[tuple[int, int]]) -> list[str | None]:
    """Return for each row the value of the span that begins last before it, if the row is within."""
    found: list[str | None] = []
    for document, start in rows:
        last = None
        for span in marked:
            if span[0] == document and span[1] <= start < span[1] + span[2] and (last is None or span[1] >= last[1]):
                last = span
        found.append(None if last is None else last[3])
    return found


@settings(max_examples=examples(200))
@given(spans, places)
def test_places_equal_a_loop(marked: list[tuple[int, int, int, str | None]], rows: list[tuple[int, int]]) -> None:
    marked = sorted(marked, key=lambda span: (span[0], span[1], span[1] + span[2]))
    table = pl.DataFrame(rows, schema={"document": pl.Int64, "start": pl.Int64}, orient="row")
    frame = pl.DataFrame(
        [(document, start, start + length, value) for document, start, length, value in marked],
        schema={"document": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "value": pl.String},
        orient="row",
    )
    found = located(table, frame, "page")
    assert found["page"].to_list() == slow_places(marked, rows)
    assert found.drop("page").equals(table)


texts = st.lists(st.tuples(st.text("اب \n", min_size=1, max_size=12).filter(str.strip), spans), min_size=1, max_size=3)


@settings(max_examples=examples(25))
@given(texts, st.booleans())
def test_spans_come_back(given_texts: list[tuple[str, list[Any]]], titled: bool) -> None:
    documents, expected = [], []
    for number, (text, marked) in enumerate(given_texts):
        own = [
            Span("k", min(start, len(text)), min(start + length, len(text)), value)
            for _, start, length, value in marked
        ]
        documents.append(Document(text, id=str(number), metadata={"title": "عنوان"}, spans=own))
        expected += sorted((number, text[each.start : each.end], each.value or "") for each in own)
    headline = "title" if titled else None
    with tempfile.TemporaryDirectory() as name, build(Path(name), documents, headline=headline) as corpus:
        found = corpus.documents.collect()["text"].to_list()
        rows = [(row, found[row][start:end], value or "") for row, _, start, end, value in corpus.spans().iter_rows()]
    assert sorted(rows) == sorted(expected)
