"""Columns of sources: headlines, new names, dates; and sources that are iterables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_structure import structure_of

import corpus_kit as ck
from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers.reader import DocumentReader, ReadReport

pytestmark = pytest.mark.interface

Document = ck.readers.Document


def read(source: Any, **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    reader = DocumentReader(source, progress=False, **options)
    batches = list(reader)
    for batch in batches:
        assert batch.schema == reader.schema
    return pl.concat(batches), reader.report


def headlines(frame: pl.DataFrame) -> list[str | None]:
    """Return the headlines as they are in the texts."""
    spans = zip(frame["text"].to_list(), frame["headline"].to_list(), strict=True)
    return [None if span is None else text[span["start"] : span["end"]] for text, span in spans]


# ------------------------------------------------------------------------- headlines


def test_headlines_are_put_before_texts() -> None:
    frame, report = read(
        pl.DataFrame(
            {
                "title": ["وصول الوفد", " عودة\n الوفد ", None, "  ", "غادر."],
                "text": ["وصل أمس.", "عودة الوفد\nعاد اليوم.", "ذهب.", "نام.", "غادر."],
            }
        ),
        headline="title",
    )
    assert frame["text"].to_list() == [
        "وصول الوفد\n\nوصل أمس.",
        "عودة الوفد\nعاد اليوم.",  # it begins with it
        "ذهب.",
        "نام.",
        "غادر.",
    ]
    assert headlines(frame) == ["وصول الوفد", "عودة الوفد", None, None, "غادر."]
    assert frame["title"].to_list()[1] == " عودة\n الوفد "  # the column stays as it was
    assert not report.skipped


def test_words_of_a_headline_are_counted_once(tmp_path: Path) -> None:
    frame = pl.DataFrame({"title": ["وصول الوفد", "عودة الوفد"], "text": ["وصل.", "عودة الوفد\n\nعاد."]})
    corpus = ck.Corpus.build(frame, tmp_path / "corpus", headline="title", progress=False)
    assert corpus.tokens.collect()["token"].to_list() == ["وصول", "الوفد", "وصل", ".", "عودة", "الوفد", "عاد", "."]


titles = st.none() | st.text("اب .\n\t\u2028", max_size=6)
bodies = st.text("اب .\n\u2028", max_size=12).filter(str.strip)


@settings(max_examples=examples(150))
@given(st.lists(st.tuples(titles, bodies), min_size=1, max_size=4))
def test_headlines_equal_a_loop(rows: list[tuple[str | None, str]]) -> None:
    frame, _ = read(pl.DataFrame(rows, schema={"title": pl.String, "text": pl.String}, orient="row"), headline="title")
    expected = []
    for given_title, text in rows:
        title = " ".join((given_title or "").split())
        spans = structure_of(text, page=False)[1]
        first = text[slice(*spans[0])] if spans else ""
        letters = [re.sub(r"[\W_]|\u0640|[\u064b-\u065f]", "", each) for each in (title, first)]
        is_first = title == first or (letters[0] != "" and letters[0] == letters[1])
        expected.append(
            (
                text if not title or is_first or not first else f"{title}\n\n{text}",
                first if is_first and title else title or None,
            )
        )
    assert frame["text"].to_list() == [text for text, _ in expected]
    assert headlines(frame) == [title for _, title in expected]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"headline": "titel"}, "headline must be a column.*'titel'.*Did you mean 'title'"),
        ({"headline": "n"}, "the headline column 'n' has the type Int64, not String"),
        ({"headline": 3}, "headline must be the name of a column"),
    ],
)
def test_headlines_that_are_none(options: dict[str, Any], message: str) -> None:
    frame = pl.DataFrame({"title": ["خبر"], "n": [1], "text": ["وصل."]})
    with pytest.raises((SourceError, InputError), match=message):
        read(frame, **options)


# ------------------------------------------------------------------------- new names

OUTLETS = pl.DataFrame({"Quelle": ["مدى"], "Seite": [3], "text": ["وصل."], "id": ["a"]})


def test_columns_get_new_names(tmp_path: Path) -> None:
    frame, report = read(OUTLETS, rename={"Quelle": "outlet", "Seite": "page"}, id="id")
    assert frame.drop("headline", "paragraphs").columns == ["id", "outlet", "page", "text"]
    assert frame.select("outlet", "page").rows() == [("مدى", 3)]
    assert dict(report.renamed) == {"Quelle": "outlet", "Seite": "page"}
    corpus = ck.Corpus.build(OUTLETS, tmp_path / "corpus", rename={"Quelle": "outlet"}, id="id", progress=False)
    corpus.add(OUTLETS.with_columns(pl.lit("b").alias("id")), rename={"Quelle": "outlet"}, id="id", progress=False)
    assert corpus.documents.select("outlet", "Seite").collect().rows() == [("مدى", 3)] * 2


def test_names_can_be_exchanged_and_kept_few() -> None:
    frame, _ = read(OUTLETS, rename={"Quelle": "Seite", "Seite": "Quelle"}, id="id")
    assert frame.select("Quelle", "Seite").rows() == [(3, "مدى")]
    frame, _ = read(OUTLETS, rename={"Quelle": "outlet"}, metadata="Quelle")
    assert [name for name in frame.columns if name not in ("id", "text", "headline", "paragraphs")] == ["outlet"]
    frame, _ = read(OUTLETS, rename={"Quelle": "words"}, id="id")
    assert frame["words_"].to_list() == ["مدى"]


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        ({"Quele": "outlet"}, "rename must be a column.*'Quele'.*Did you mean 'Quelle'"),
        ({"Quelle": "Seite"}, "rename must give each column a name of its own, got 'Seite' for two of them"),
        ({"Quelle": 3}, "rename must be a dict of names"),
        ([("Quelle", "outlet")], "rename must be a dict of names"),
    ],
)
def test_names_that_do_not_fit(rename: Any, message: str) -> None:
    with pytest.raises((SourceError, InputError), match=message):
        read(OUTLETS, rename=rename, id="id")


# ------------------------------------------------------------------------- dates


def days(values: list[Any], **options: Any) -> list[date | None]:
    frame = pl.DataFrame({"text": ["نص."] * len(values), "day": values})
    return read(frame, date="day", **options)[0]["date"].to_list()


def test_dates_of_a_column() -> None:
    assert days(["05/03/2026", "13/03/2026"]) == [date(2026, 3, 5), date(2026, 3, 13)]  # the whole column decides
    assert days(["05/03/2026", "03/13/2026"]) == [date(2026, 5, 3), date(2026, 3, 13)]
    with pytest.raises(SourceError, match=r"date_format.*dmy.*mdy"):
        days(["05/03/2026", "06/03/2026"])
    assert days(["05/03/2026", "06/03/2026"], date_format="mdy") == [date(2026, 5, 3), date(2026, 6, 3)]
    assert days(["05.03.26"], date_format="%d.%m.%y") == [date(2026, 3, 5)]
    assert days([datetime(2026, 3, 5, 23)]) == [date(2026, 3, 5)]


def test_dates_that_are_not_understood_are_counted() -> None:
    frame = pl.DataFrame({"text": ["أ.", "ب.", "ج."], "day": ["2026-03-05", "غدا", " "]})
    found, report = read(frame, date="day")
    assert found["date"].to_list() == [date(2026, 3, 5), None, None]
    assert [str(each) for each in report.notices["date not understood"].examples] == ["DataFrame:1 (غدا)"]


def test_hijri_dates_and_years_are_kept_beside_what_they_become() -> None:
    frame = pl.DataFrame({"text": ["أ."], "day": ["1447-09-01"]})
    found, _ = read(frame, date="day", date_format="hijri")
    assert found.select("date", "day").rows() == [(date(2026, 2, 18), "1447-09-01")]
    found, _ = read(pl.DataFrame({"text": ["أ."], "died": [303]}), date="died", date_format="hijri")
    assert found["date"].dt.year().to_list() == [915]
    assert found["died"].to_list() == [303]


def test_each_file_has_its_own_way_of_writing_dates(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,day\nوصل.,31/12/2025\n", "utf-8")
    (tmp_path / "b.csv").write_text("text,day\nعاد.,2026-01-02\n", "utf-8")
    assert read(tmp_path, date="day")[0]["date"].to_list() == [date(2025, 12, 31), date(2026, 1, 2)]


# ------------------------------------------------------------------------- iterables

ROWS: list[dict[str, Any]] = [
    {"text": "وصل الوفد.", "n": 1, "day": date(2026, 3, 1), "tags": ["أ", "ب"]},
    {"text": "عاد.", "n": 2.5, "more": "x", "tags": []},
    {"text": None, "n": None},
]


class Lazily:
    """An iterable that is no list."""

    def __iter__(self) -> Iterator[Any]:
        return iter(ROWS)


@pytest.mark.parametrize(
    "source",
    [ROWS, tuple(ROWS), iter(ROWS), (row for row in ROWS), Lazily(), [(row["text"], {**row}) for row in ROWS]],
    ids=["list", "tuple", "iterator", "generator", "iterable", "texts with metadata"],
)
def test_rows(source: Any) -> None:
    if isinstance(source, list) and isinstance(source[0], tuple):
        source = [(text, {name: value for name, value in row.items() if name != "text"}) for text, row in source]
    frame, report = read(source, date="day")
    assert frame.select("id", "date", "text", "n", "more", "tags").rows() == [
        ("0", date(2026, 3, 1), "وصل الوفد.", 1.0, None, ["أ", "ب"]),
        ("1", None, "عاد.", 2.5, "x", []),
    ]
    assert report.skipped["no text"].count == 1
    assert report.documents == 2
    assert "file" not in frame.columns


def test_options_hold_for_rows() -> None:
    rows = [{"body": "وصل.", "title": "خبر", "key": "a", "x": 1}, {"body": "عاد.", "title": None, "key": "b", "x": 2}]
    frame, _ = read(iter(rows), text="body", id="key", headline="title", rename={"x": "page"}, metadata=["x", "title"])
    assert frame.select("id", "text", "page", "title").rows() == [
        ("a", "خبر\n\nوصل.", 1, "خبر"),
        ("b", "عاد.", 2, None),
    ]
    pairs = [("وصل.", {"n": 1}), ["عاد.", {"n": 2}]]
    assert read(pairs, text="body")[0].select("text", "n").rows() == [("وصل.", 1), ("عاد.", 2)]


def test_documents() -> None:
    given = [
        Document("خبر عاجل\nوصل الوفد.", metadata={"n": 1}, headline=(0, 8)),
        Document("عنوان\n\nعاد.", id="b", headline="guess"),
        Document("غادر.", metadata={"date": "2026-03-01"}),
    ]
    frame, report = read(iter(given))
    assert frame.select("id", "text", "n", "date").rows() == [
        ("0", given[0].text, 1, None),
        ("b", given[1].text, None, None),
        ("2", given[2].text, None, date(2026, 3, 1)),
    ]
    assert headlines(frame) == ["خبر عاجل", "عنوان", None]
    assert report.documents == 3


def test_iterables_beside_other_sources(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ذهب.", "utf-8")
    sources = [pl.DataFrame({"text": ["وصل."]}), tmp_path / "a.txt", iter(ROWS[:2]), pl.DataFrame({"text": ["غادر."]})]
    frame, _ = read(sources)
    assert frame.select("id", "text").rows() == [
        ("0", "وصل."), ("a.txt", "ذهب."), ("1", "وصل الوفد."), ("2", "عاد."), ("3", "غادر.")
    ]  # fmt: skip


def test_rows_are_read_once_and_in_batches(tmp_path: Path) -> None:
    taken = 0

    def rows() -> Iterator[Mapping[str, Any]]:
        nonlocal taken
        for number in range(9000):
            taken += 1
            yield {"text": f"نص {number}", "n": number if number < 8500 else str(number)}

    corpus = ck.Corpus.build(rows(), tmp_path / "corpus", progress=False)
    assert taken == len(corpus) == 9000
    assert corpus.documents.select("n").collect()["n"].to_list() == [str(number) for number in range(9000)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (iter([]), "source must yield at least one row or document, got none"),
        (iter(["نص"]), "number 0 is none: it must be a dict or a text with a dict, got 'نص'"),
        (iter([{"text": "نص"}, 3]), "number 1 is none"),
        (iter([{"text": "نص"}, Document("نص")]), "source must yield documents or rows, not both.*number 1"),
        (iter([{"text": "نص", "x": object()}]), "the value of 'x' must be text, a number, a date or a list"),
        (iter([{"text": "نص", 3: 1}]), "the name of a column must be a str .*got 3"),
        (iter([{"body": "نص"}]), "text must be a column.*There are: body"),
        (iter([Document(b"x")]), "the text of a document must be a str"),  # type: ignore[arg-type]
        (iter([Document("نص", id=3)]), "the id of a document must be a str"),  # type: ignore[arg-type]
        (iter([Document("نص", headline=(0, 9))]), "a span must lie in the text of 2 code points, got headline"),
        ({"text": ["نص"]}, "source must be"),
        ({"نص"}, "source must be"),
        (b"x", "source must be"),
        (3, "source must be"),
    ],
)
def test_what_is_no_source(source: Any, message: str) -> None:
    with pytest.raises((SourceError, InputError), match=message):
        read(source)


def test_unpaired_surrogates_are_skipped() -> None:
    rows = [{"text": "وصل."}, {"text": "\ud800"}, {"text": "عاد.", "x": ["\udc00"]}]
    frame, report = read(rows)
    assert frame["text"].to_list() == ["وصل."]
    assert report.skipped["unpaired surrogate"].count == 2
    frame, report = read([Document("وصل."), Document("\ud800"), Document("عاد.", metadata={"x": "\udc00"})])
    assert frame["text"].to_list() == ["وصل."]
    assert report.skipped["unpaired surrogate"].count == 2


def test_ids_that_occur_twice() -> None:
    with pytest.raises(SourceError, match="the id 'a' is not unique"):
        read(iter([Document("وصل.", id="a"), Document("عاد.", id="a")]))
    with pytest.raises(SourceError, match="the id 'a' is not unique"):
        read(iter([{"text": "وصل.", "k": "a"}, {"text": "عاد.", "k": "a"}]), id="k")
