"""JSON in windows: whatever is drawn, and wherever it is cut, it is what Python reads at once."""

from __future__ import annotations

import codecs
import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit.errors import SourceError
from corpus_kit.readers import json_files, json_streams
from corpus_kit.readers.json_files import json_file
from corpus_kit.readers.json_streams import LongArray, read_json
from corpus_kit.readers.limits import LIMITS, Limits
from corpus_kit.readers.reader import DocumentReader

pytestmark = pytest.mark.hypothesis

Value = Any
SIGNS = st.text('ab"\\[]{},:\n\u0628\U0001f600', max_size=8)
PLAIN = st.one_of(SIGNS, st.integers(), st.floats(), st.booleans(), st.none())
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(SIGNS, inner, max_size=6),
    max_leaves=40,
)
FIELDS = st.fixed_dictionaries(
    {"text": st.text("خبر عاجل", min_size=1, max_size=12)},
    optional={
        "id": st.integers() | st.text("12", max_size=3),
        "tags": st.lists(SIGNS, max_size=3),
        "pieces": st.lists(st.just({"type": "bold", "text": "خبر"}) | SIGNS, max_size=3),
        "author": st.dictionaries(st.sampled_from("ab"), PLAIN, max_size=2),
        "n": st.integers() | st.floats(),
        "name": SIGNS,
    },
)
RECORDS = st.lists(FIELDS, max_size=12)
CHATS = st.lists(st.fixed_dictionaries({"name": SIGNS, "messages": RECORDS, "type": st.just("x")}), max_size=4)
SHAPES = st.one_of(
    RECORDS,
    st.fixed_dictionaries({"status": PLAIN, "data": RECORDS, "name": SIGNS}),
    st.fixed_dictionaries({"about": SIGNS, "chats": st.fixed_dictionaries({"list": CHATS})}),
    st.lists(st.text("خبر", min_size=1), max_size=20),
    st.integers(0, 9).map(lambda n: {"text": ["خبر"] * n, "id": list(range(n))}),
    st.integers(1, 9).map(lambda n: [["text", "id"], *(["خبر", row] for row in range(n))]),
    RECORDS.map(lambda rows: {f"k{number}": row for number, row in enumerate(rows)}),
)
FORMS: list[Callable[[Value], str]] = [
    lambda value: json.dumps(value, ensure_ascii=False),
    lambda value: json.dumps(value, indent=1),
    lambda value: json.dumps(value, separators=(",", ":")),
    lambda value: json.dumps(value).replace('"id"', '"text"'),  # keys that are repeated
    lambda value: json.dumps(value).replace('"name"', r'"\ud800"').replace(": []", r': "\udc00"'),
]


def set_windows(patch: pytest.MonkeyPatch, window: int, piece: int) -> None:
    patch.setattr(json_streams, "_WINDOW", window)
    patch.setattr(json_streams, "_PIECE", piece)


class Seen:
    """A watch that keeps what it saw."""

    def __init__(self) -> None:
        self.items: list[Value] = []

    def add(self, items: list[Value]) -> None:
        self.items += items


def unrolled(value: Value) -> Value:
    """Return a value with all items of its long arrays."""
    if isinstance(value, dict):
        return {key: unrolled(each) for key, each in value.items()}
    if isinstance(value, LongArray):
        items = [unrolled(each) for each in value.each()]
        assert isinstance(value.watch, Seen | None)
        assert value.watch is None or [unrolled(each) for each in value.watch.items] == items
        assert len(value) == len(items)
        return items
    return [unrolled(each) for each in value] if isinstance(value, list) else value


def read_value(path: Path, text: str, encoding: str = "utf-8", limits: Limits = LIMITS) -> Value:
    path.write_bytes(text.encode(encoding))
    return read_json(path, limits, Seen)[0]


@settings(max_examples=examples(300), deadline=None)
@given(VALUES, st.sampled_from(FORMS), st.integers(1, 40), st.integers(1, 40), st.integers(1, 30))
def test_a_value_in_windows_is_that_of_python(tmp_path_factory, value, form, window, piece, head):
    path = tmp_path_factory.getbasetemp() / "value.json"
    text = form(value)
    with pytest.MonkeyPatch.context() as patch:
        set_windows(patch, window, piece)
        patch.setattr(json_streams, "_HEAD", head)
        # NaN is not equal to itself, so the texts are compared
        assert json.dumps(unrolled(read_value(path, text))) == json.dumps(json.loads(text))


def outcome(path: Path, **options: Value) -> Value:
    try:
        reader = DocumentReader(path, progress=False, format=json_file(**options))
        frame = pl.concat(list(reader))
    except SourceError as error:
        return str(error)
    return frame.schema, frame.rows(), reader.report.notices, reader.report.skipped


@settings(max_examples=examples(250), deadline=None)
@given(SHAPES, st.sampled_from(FORMS), st.integers(1, 200), st.integers(1, 60), st.booleans())
def test_a_file_in_windows_gives_the_documents_of_the_whole_one(tmp_path_factory, value, form, window, piece, flatten):
    path = tmp_path_factory.getbasetemp() / "shape.json"
    path.write_text(form(value), "utf-8")
    whole = outcome(path, flatten=flatten)
    with pytest.MonkeyPatch.context() as patch:
        set_windows(patch, window, piece)
        assert str(outcome(path, flatten=flatten)) == str(whole)


DAMAGED = [
    '[{"text": "a"}, {"text": "b"}',
    '[{"text": "a"} {"text": "b"}]',
    '[{"text": "a"},\n{"text" "b"}]',
    '{"a": 1, "b": [{"text": "c"}]',
    '{"a": 1, b: [{"text": "c"}]}',
    '{"a": [{"text": "c"}] "b": 1}',
    '{"a" [{"text": "c"}]}',
    '[{"text": "a}]',
    '[{"text": "a\nb"}]',
    '[{"text": "a", "n": 01}]',
    '[{"text": "\\x"}]',
    '[{"text": "a"}] ]',
    '[{"text": "a", "n": tru}, 1]',
    '[{"text": "a"}, nul',
    '[1e5, -, "a long text after it"]',
    "",
    " \n",
]


@pytest.mark.parametrize("text", DAMAGED)
def test_what_is_damaged_is_refused_with_the_place_that_python_names(tmp_path, monkeypatch, text):
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(text)
    for window, piece in ((1 << 20, 1 << 20), (30, 7), (1, 1)):
        set_windows(monkeypatch, window, piece)
        with pytest.raises(ValueError, match="it is not JSON") as caught:
            read_value(tmp_path / "x.json", text)
        assert str(expected.value) in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256"])
def test_encodings_are_found(tmp_path, monkeypatch, encoding):
    set_windows(monkeypatch, 30, 7)
    rows = [{"text": "وصلت السفينة إلى الميناء"}] * 20
    text = json.dumps(rows, ensure_ascii=False)
    data = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    (tmp_path / "x.json").write_bytes(data + text.encode(encoding))
    value, found, _ = read_json(tmp_path / "x.json", LIMITS, Seen)
    assert (unrolled(value), found.guessed) == (rows, encoding == "cp1256")


def test_bytes_that_are_no_text_are_named(tmp_path, monkeypatch):
    set_windows(monkeypatch, 30, 7)
    (tmp_path / "x.json").write_bytes(b'[{"text": "' + b"a" * 100 + b"\xff\x81" + b'"}]')
    with pytest.raises(ValueError, match="not UTF-8 at byte 111"):
        read_json(tmp_path / "x.json", LIMITS, Seen)


def test_a_string_without_end_is_refused_before_it_is_held(tmp_path, monkeypatch):
    set_windows(monkeypatch, 100, 50)
    limits = Limits(text_bytes=500)
    path = tmp_path / "x.json"
    assert read_value(path, '["' + '","'.join(["ب" * 40] * 100) + '"]', limits=limits)
    for text in ('["' + "ب" * 5_000 + '"]', '["' + "b" * 5_000, '{"a": "' + "b" * 5_000):
        with pytest.raises(ValueError, match=r"a string has more than 500 bytes, at line 1 column \d"):
            read_value(path, text, limits=limits)


def test_levels_are_counted_where_python_does_not(tmp_path):
    limit = sys.getrecursionlimit()
    text = '[{"text": "a", "n": ' + "[" * 50_000 + "]" * 50_000 + "}]"
    for recursion in (limit, 1_000_000):
        sys.setrecursionlimit(recursion)
        try:
            with pytest.raises(ValueError, match="levels"):
                read_value(tmp_path / "x.json", text)
        finally:
            sys.setrecursionlimit(limit)


def test_an_object_that_is_no_array_but_without_end_is_refused(tmp_path, monkeypatch):
    set_windows(monkeypatch, 100, 50)
    monkeypatch.setattr(json_streams, "_HELD", 1_000)
    with pytest.raises(ValueError, match="what it holds must be in an array"):
        read_value(tmp_path / "x.json", json.dumps({f"k{number}": number for number in range(200)}))


def test_an_array_in_a_record_is_no_longer_than_a_row(tmp_path, monkeypatch):
    set_windows(monkeypatch, 100, 50)
    monkeypatch.setattr(json_streams, "_HEAD", 10)
    monkeypatch.setattr(Limits, "row_bytes", 1_000)
    [record] = read_value(tmp_path / "x.json", json.dumps([{"text": "a", "n": list(range(600))}]))
    with pytest.raises(ValueError, match=r"an array in a record has 2,\d+ characters, more than 1,000, at line 1 "):
        json.dumps(record)


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    set_windows(monkeypatch, 1 << 15, 1 << 14)
    monkeypatch.setattr(json_streams, "_HEAD", 1 << 12)
    monkeypatch.setattr(Limits, "row_bytes", 10_000)  # which is no limit of the records together
    monkeypatch.setattr(json_files, "digest", lambda _: "")  # which takes 2 MB, however large a file is
    path = tmp_path / "x.json"
    record = json.dumps({"text": "وصلت السفينة. " * 100, "tags": ["أ", "ب"]}, ensure_ascii=False)

    def peak(count: int) -> int:
        path.write_text('{"chats": [{"messages": [' + ",".join([record] * count) + "]}]}", "utf-8")
        tracemalloc.start()
        try:
            assert sum(frame.height for frame in DocumentReader(path, progress=False)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(400) < 1.2 * peak(100)  # 1 MB in one line
