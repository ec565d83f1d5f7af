"""JSON files that are one value: where their records are, what is wrong with others, and large ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_kit.errors import SourceError
from corpus_kit.readers import json_files, json_streams
from corpus_kit.readers.json_files import json_file
from corpus_kit.readers.reader import DocumentReader, ReadReport

LONG = "وصل الوفد إلى المدينة بعد رحلة طويلة. " * 10
TELEGRAM = {
    "name": "قناة الأخبار",
    "messages": [
        {"id": 1, "text": "وصل الوفد", "text_entities": [{"type": "plain", "text": "وصل الوفد"}]},
        {"id": 2, "text": [{"type": "bold", "text": "خبر"}, " عاجل"], "text_entities": []},
    ],
}


def read(path: Path, value: object, **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    content = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    path.write_bytes(content.encode())
    reader = DocumentReader(path, progress=False, **options)
    return pl.concat(list(reader)), reader.report


@pytest.fixture(params=["whole", "streamed"])
def path(request, tmp_path, monkeypatch):
    """A file that is parsed whole, or streamed as a large one is."""
    if request.param == "streamed":
        monkeypatch.setattr(json_streams, "_WINDOW", 8)
        monkeypatch.setattr(json_streams, "_PIECE", 16)
    return tmp_path / "x.json"


def test_messages_whose_text_is_written_twice_are_records_once(path):
    frame, _ = read(path, TELEGRAM)
    assert frame["text"].to_list() == ["وصل الوفد", "خبر عاجل"]


def test_an_array_of_texts_is_a_column_of_texts(path):
    assert read(path, ["وصل الوفد", "غادر"])[0]["text"].to_list() == ["وصل الوفد", "غادر"]


def test_json_lines_may_have_the_ending_of_json(path):
    assert read(path, '{"text": "وصل"}\n{"text": "غادر"}\n')[0]["id"].to_list() == ["x.json:0", "x.json:1"]


def test_what_is_nested_without_end_is_refused(path):
    for value in ("[" * 100_000, '[{"text": "نص", "a": ' + "[" * 100_000 + "]" * 100_000 + "}]"):
        with pytest.raises(SourceError, match="levels"):
            read(path, value)


def test_a_key_with_an_unpaired_surrogate_makes_its_row_none(path):
    frame, report = read(path, r'[{"text": "أول", "\ud800": 1}, {"text": "ثان"}]')
    assert frame["text"].to_list() == ["ثان"]
    assert report.skipped["unpaired surrogate"].count == 1


@pytest.mark.parametrize(
    "value",
    [
        {"title": "عنوان", "text": LONG, "tags": ["سياسة", "مصر"], "comments": [{"text": "تعليق"}]},
        {"title": "عنوان", "text": LONG},
        {"title": "عنوان", "text": LONG, "tags": ["سياسة", "مصر"] * 200},
    ],
)
def test_an_object_with_a_text_is_one_record(path, value):
    frame, _ = read(path, value)
    assert frame.select("text", "title").rows() == [(LONG, "عنوان")]


def test_lists_in_records_are_no_rivals_of_their_texts(path):
    frame, _ = read(path, [{"text": "تغريدة قصيرة", "hashtags": ["سياسة", "مصر"]}])
    assert frame.select("text", "hashtags").rows() == [("تغريدة قصيرة", '["سياسة", "مصر"]')]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [{"text": "نص واحد"}], "b": [{"text": "نص آخر"}]}, r"texts are at 'a' and 'b'; .*records='a'"),
        ([[1, "نص قصير"], [2, "نص آخر"]], "nor one of rows, of which the first names the columns"),
        ({"text": ["نص", "آخر"], "k": [1]}, "arrays have different lengths: 'text' 2, 'k' 1"),
        ({}, "no array of objects or texts"),
        ([1, 2], "no array of objects or texts"),
    ],
)
def test_an_unclear_shape_is_an_error_that_says_what_there_is(path, value, message):
    with pytest.raises(SourceError, match=message):
        read(path, value)


def test_a_missing_column_is_an_error_of_the_public_class(tmp_path):
    with pytest.raises(SourceError, match=r"text must be a column of 'x\.json'") as caught:
        read(tmp_path / "x.json", [{"body": "نص طويل"}])
    assert type(caught.value) is SourceError


def test_a_repeated_key_is_noted(path):
    frame, report = read(path, '[{"text": "أول", "text": "ثان"}]')
    assert frame["text"].to_list() == ["ثان"]
    assert report.notices["key repeated in an object"].count == 1


def test_records_at_a_path(path):
    frame, _ = read(path, {"data": {"items": [{"text": "نص"}]}}, format=json_file(records="data.items"))
    assert frame["text"].to_list() == ["نص"]


def test_exports_of_telegram(tmp_path: Path) -> None:
    pieces = ["وصل أمس ", {"type": "bold", "text": "الوفد"}]
    entities = [{"type": "plain", "text": "وصل أمس "}, {"type": "bold", "text": "الوفد"}]
    messages = [{"id": 1, "type": "message", "text": pieces, "text_entities": entities}]
    one, several = (
        {"name": "قناة", "messages": messages},
        {"name": "أخرى", "messages": [{"id": 1, "text": "عاد الوفد مساء إلى العاصمة."}]},
    )
    for number, value in enumerate((one, {"about": "x", "chats": {"list": [one, several]}})):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
        frame = pl.concat(DocumentReader(path, progress=False))
        assert (
            frame.select("name", "text").rows()
            == [("قناة", "وصل أمس الوفد"), ("أخرى", "عاد الوفد مساء إلى العاصمة.")][: number + 1]
        )


def test_records_must_name_something(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"old": [{"text": "وصل."}]}', "utf-8")
    with pytest.raises(SourceError, match="it has nothing at 'new', which records names"):
        DocumentReader(path, format=json_file(records="new"), progress=False).schema  # noqa: B018


TWO = [{"id": 1, "text": "وصل الوفد"}, {"id": 2, "text": "غادر الوفد"}]
TWEETS = [{"tweet": {"full_text": row["text"], "entities": {"hashtags": [{"text": "سياسة"}]}}} for row in TWO]
PLACES = [{"type": "Feature", "properties": {"about": row["text"]}, "geometry": {"at": [1, 2]}} for row in TWO]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"id": [1, 2], "text": [row["text"] for row in TWO]}, "text"),
        ({key: {str(number): row[key] for number, row in enumerate(TWO)} for key in TWO[0]}, "text"),
        ({str(number): row for number, row in enumerate(TWO)}, "text"),
        ({"posts": {f"-M{number}": row for number, row in enumerate(TWO)}}, "text"),
        ({"columns": ["id", "text"], "index": [0, 1], "data": [list(row.values()) for row in TWO]}, "text"),
        ([["id", "text"], *(list(row.values()) for row in TWO)], "text"),
        ({"a.b": {"c.d": TWO}}, "text"),
        ([*TWO, None], "text"),
        ({"data": {"posts": [{**row, "media": [{"url": "https://example.org/" + "a" * 99}]} for row in TWO]}}, "text"),
        ([{**row, "tags": [{"name": "سياسة"}] * 50} for row in TWO], "text"),
        ([{**row, "comments": [{"text": "شكرا على هذا الخبر المهم"}]} for row in TWO], "text"),
        ("window.YTD.tweets.part0 = " + json.dumps(TWEETS), "tweet.full_text"),
        ("window.YTD.tweets.part0 = " + json.dumps(TWEETS, indent=1) + ";\n", "tweet.full_text"),
        ({"type": "FeatureCollection", "features": PLACES}, "properties.about"),
    ],
)
def test_shapes_that_programs_write(path, value, text):
    frame, report = read(path, value, text=text)
    assert frame["text"].to_list() == [row["text"] for row in TWO]
    assert set(report.skipped) <= {"no text"}


def test_fields_around_records_keep_one_name_for_all(path):
    value = [{"name": "صحيفة", "items": [{"name": "سارة", "text": "وصل الوفد"}, {"text": "غادر الوفد"}]}]
    frame, _ = read(path, value)
    assert frame.select("name", "outer_name").rows() == [("سارة", "صحيفة"), (None, "صحيفة")]


def test_a_row_with_more_values_than_names_is_named(path, monkeypatch):
    monkeypatch.setattr(json_streams, "_HEAD", 1)
    monkeypatch.setattr(json_files, "LOOKED_AT", 2)
    with pytest.raises(SourceError, match="a row has 3 values, more than the 2 names of its columns"):
        read(path, [["id", "text"], [1, "وصل الوفد"], [2, "غادر", "الوفد"]])
