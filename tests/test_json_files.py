"""JSON files that are one value: where their records are, what is wrong with others, and large ones."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_kit.errors import SourceError
from corpus_kit.readers import json_files
from corpus_kit.readers.json_files import json_file
from corpus_kit.readers.json_streams import JsonStream
from corpus_kit.readers.limits import LIMITS, Limits
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


def drain(stream: JsonStream, *sizes: int) -> None:
    chance = random.Random(2)
    while stream.read(chance.choice(sizes)):
        pass


@pytest.fixture(params=["whole", "streamed"])
def path(request, tmp_path, monkeypatch):
    """A file that is parsed whole, or streamed as a large one is."""
    if request.param == "streamed":
        pytest.importorskip("ijson")
        monkeypatch.setattr(json_files, "_WHOLE", 0)
    return tmp_path / "x.json"


def test_messages_whose_text_is_written_twice_are_records_once(path):
    frame, _ = read(path, TELEGRAM)
    assert frame["text"].to_list() == ["وصل الوفد", "خبر عاجل"]


def test_an_array_of_texts_is_a_column_of_texts(path):
    assert read(path, ["وصل الوفد", "غادر"])[0]["text"].to_list() == ["وصل الوفد", "غادر"]


def test_an_array_that_was_taken_without_looking_at_all_others_is_noted(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "_WHOLE", 0)
    _, report = read(tmp_path / "x.json", TELEGRAM)
    [(kind, tally)] = report.notices.items()
    assert (kind, tally.examples[0].detail) == ("records are the first array of objects", "messages")


def test_json_lines_may_have_the_ending_of_json(path):
    assert read(path, '{"text": "وصل"}\n{"text": "غادر"}\n')[0]["id"].to_list() == ["x.json:0", "x.json:1"]


def test_what_is_nested_without_end_is_refused(path):
    for value in ("[" * 100_000, '[{"text": "نص", "a": ' + "[" * 100_000 + "]" * 100_000 + "}]"):
        with pytest.raises(SourceError, match="levels"):
            read(path, value)


def test_a_key_with_an_unpaired_surrogate_makes_its_row_none(tmp_path):
    frame, report = read(tmp_path / "x.json", r'[{"text": "أول", "\ud800": 1}, {"text": "ثان"}]')
    assert frame["text"].to_list() == ["ثان"]
    assert report.skipped["unpaired surrogate"].count == 1


@pytest.mark.parametrize(
    "value",
    [
        {"title": "عنوان", "text": LONG, "tags": ["سياسة", "مصر"], "comments": [{"text": "تعليق"}]},
        {"title": "عنوان", "text": LONG},
    ],
)
def test_an_object_with_a_text_is_one_record(tmp_path, value):
    frame, _ = read(tmp_path / "x.json", value)
    assert frame.select("text", "title").rows() == [(LONG, "عنوان")]


def test_lists_in_records_are_no_rivals_of_their_texts(tmp_path):
    frame, _ = read(tmp_path / "x.json", [{"text": "تغريدة قصيرة", "hashtags": ["سياسة", "مصر"]}])
    assert frame.select("text", "hashtags").rows() == [("تغريدة قصيرة", '["سياسة", "مصر"]')]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [{"text": "نص واحد"}], "b": [{"text": "نص آخر"}]}, r"texts are at 'a' \(7 .*and 'b' \(6 .*records='a'"),
        ({"text": "نص قصير", "tags": ["سياسة", "مصر"]}, r"texts are at 'tags' \(8 .*and '' \(7 "),
        ({"text": ["نص", "آخر"], "k": [1]}, "arrays have different lengths: 'text' 2, 'k' 1"),
        ({}, "no array of objects or texts"),
        ([1, 2], "no array of objects or texts"),
    ],
)
def test_an_unclear_shape_is_an_error_that_says_what_there_is(tmp_path, value, message):
    with pytest.raises(SourceError, match=message):
        read(tmp_path / "x.json", value)


def test_a_missing_column_is_an_error_of_the_public_class(tmp_path):
    with pytest.raises(SourceError, match=r"text must be a column of 'x\.json'") as caught:
        read(tmp_path / "x.json", [{"body": "نص طويل"}])
    assert type(caught.value) is SourceError


def test_a_repeated_key_is_noted(tmp_path):
    frame, report = read(tmp_path / "x.json", '[{"text": "أول", "text": "ثان"}]')
    assert frame["text"].to_list() == ["ثان"]
    assert report.notices["key repeated in an object"].count == 1


def test_records_at_a_path(path):
    frame, _ = read(path, {"data": {"items": [{"text": "نص"}]}}, format=json_file(records="data.items"))
    assert frame["text"].to_list() == ["نص"]


def test_the_stream_follows_levels_and_strings_however_it_is_cut(tmp_path):
    chance = random.Random(1)

    def text() -> str:
        return "".join(chance.choices('ab"\\[]{}\n', k=chance.randint(0, 12)))

    def value(depth: int) -> object:
        kind = chance.random()
        if depth > 5 or kind < 0.4:
            return text()
        if kind < 0.7:
            return [value(depth + 1) for _ in range(chance.randint(0, 4))]
        return {text(): value(depth + 1) for _ in range(chance.randint(0, 4))}

    path = tmp_path / "x.json"
    for _ in range(200):
        path.write_text("[" * 990 + json.dumps(value(0)) + "[" * 10, "utf-8")  # at its end it has exactly 1,000 levels
        with JsonStream(path, LIMITS) as stream:
            drain(stream, 1, 2, 3, 5, 7)
        path.write_text(path.read_text("utf-8") + "[", "utf-8")
        with JsonStream(path, LIMITS) as stream, pytest.raises(ValueError, match="1,000 levels"):
            drain(stream, 1, 2, 3, 5, 7)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_string_beyond_the_limit_is_refused_before_it_is_held(tmp_path, size):
    path = tmp_path / "x.json"
    for content, is_long in (('["' + "ب" * 400 + '"]', True), ('["' + '","'.join(["ب" * 40] * 10) + '"]', False)):
        path.write_text(content, "utf-8")
        with JsonStream(path, Limits(text_bytes=500)) as stream:
            if is_long:
                with pytest.raises(ValueError, match="a string has"):
                    drain(stream, size)
            else:
                drain(stream, size)


def test_utf_16_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "_WHOLE", 0)
    (tmp_path / "x.json").write_bytes('[{"text": "نص"}]'.encode("utf-16"))
    with pytest.raises(SourceError, match="UTF-16"):
        list(DocumentReader(tmp_path / "x.json", progress=False))


def test_rows_with_long_texts_come_in_batches_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "BATCH_BYTES", 1_000)
    sizes: list[int] = []
    frame = json_files.rows_frame
    monkeypatch.setattr(json_files, "rows_frame", lambda rows, *rest: sizes.append(len(rows)) or frame(rows, *rest))
    read(tmp_path / "x.json", [{"text": LONG}] * 10)
    assert max(sizes) == 2


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
