"""Texts of pieces: no split loses or repeats a document, and both JSON Lines parsers agree."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_scale_sources import LIMITS, PACK, TEXTS, parquet, read, read_all, write

from corpus_kit.readers.json_lines import as_text, json_objects
from corpus_kit.scale.pieces import FastJson, portions, read_piece
from corpus_kit.scale.sources import plan_source

# Any split


ROWS_OF_LINES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12)
    | st.sampled_from(["", " ", "خبر", "نبأ عاجل"]),
    max_size=20,
)


@given(
    lines=ROWS_OF_LINES,
    ends=st.lists(st.sampled_from(["\n", "\r\n", "\n\n", "\r"]), min_size=1),
    limit=LIMITS,
    block=st.integers(1, 50),
    is_ended=st.booleans(),
    mark=st.booleans(),
)
def test_lines_of_text_for_any_cut(
    lines: list[str], ends: list[str], limit: int, block: int, is_ended: bool, mark: bool
) -> None:
    content = "".join(line + ends[number % len(ends)] for number, line in enumerate(lines))
    content = content if is_ended else content.rstrip("\r\n")
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "1.txt", content.encode("utf-8-sig" if mark else "utf-8"))
        expected = [
            line for line in content.replace("\r", "\n").split("\n") if pl.Series([line]).str.contains(r"\S")[0]
        ]
        assert read_all(path, partition_bytes=limit, max_bytes=block, lines=True) == expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1256"])
@pytest.mark.parametrize("packing", ["", ".gz"])
def test_lines_of_text_in_other_encodings(tmp_path: Path, encoding: str, packing: str) -> None:
    lines = [f"هذا خبر رقم {number} من أخبار اليوم" for number in range(300)]
    content = "\r\n".join(lines).encode(encoding)
    path = write(tmp_path / f"1.txt{packing}", PACK[packing](content) if packing else content)
    for limit in (100, 1000, 1 << 20):
        plan = plan_source(path, lines=True, partition_bytes=limit)
        assert read(plan, lines=True, max_bytes=500) == lines
        is_cut = encoding == "cp1256" and not packing and limit < len(content)
        assert (len(plan.partitions) > 1) == is_cut
    assert read_all(path) == ["\r\n".join(lines)]


VALUES = st.one_of(
    TEXTS,
    st.none(),
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(TEXTS, max_size=2),
    st.dictionaries(TEXTS, st.integers(), max_size=2),
)
KEYS = st.sampled_from(["text", "title", "te", "text ", "نص"])


@st.composite
def json_line(draw: st.DrawFn) -> str:
    """Return a line of JSON in one of many forms: repeated keys, escapes, or blank."""
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(
                [
                    "",
                    " ",
                    "\t",
                    "{}",
                    '{"text": "\\ud83d\\ude00"}',
                    '{"text":null,"text":"ب"}',
                    '{"te\\u0078t": "مفتاح"}',
                    '{"text": "\\ud800"}',
                    '{"x": "\\uDC00", "text": "ب"}',
                    '{"text" : {"text": "داخل"}}',
                    '{"x": "\\"text\\":", "text": "قيمة"}',
                ]
            )
        )
    pairs = draw(st.lists(st.tuples(KEYS, VALUES), max_size=3))
    is_ascii = draw(st.booleans())
    written = (
        f"{json.dumps(key, ensure_ascii=is_ascii)}:{json.dumps(value, ensure_ascii=is_ascii)}" for key, value in pairs
    )
    return "{" + ", ".join(written) + "}"


def texts_by_python(content: bytes, text: str) -> list[str | None]:
    return [None if row is None else as_text(row.get(text)) for row in json_objects(io.BytesIO(content))]


@given(
    lines=st.lists(json_line(), max_size=15),
    end=st.sampled_from(["\n", "\r\n"]),
    limit=LIMITS,
    block=st.integers(1, 400),
    is_ended=st.booleans(),
    mark=st.booleans(),
    text=st.sampled_from(["text", "نص"]),
)
@settings(max_examples=examples(300))
def test_json_lines_for_any_cut(
    lines: list[str], end: str, limit: int, block: int, is_ended: bool, mark: bool, text: str
) -> None:
    lines.append(json.dumps({text: "آخر"}))  # a file without the key would be rejected
    content = (end.join(lines) + (end if is_ended else "")).encode("utf-8-sig" if mark else "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "1.jsonl", content)
        assert read_all(path, partition_bytes=limit, max_bytes=block, text=text) == texts_by_python(content, text)
        packed = write(Path(folder) / "2.jsonl.gz", gzip.compress(content))
        assert read_all(packed, partition_bytes=limit, max_bytes=block, text=text) == texts_by_python(content, text)


@given(lines=st.lists(json_line(), min_size=1, max_size=6), text=st.sampled_from(["text", "نص"]))
@settings(max_examples=examples(500))
@example(lines=['{"text": "أ"}', '{"text": "ب", "text": "ج"}', "{}"], text="text")
@example(lines=['{"text": "أ", "text": null}', '{"x": 1}'], text="text")
@example(lines=['{"text": 1.50}'], text="text")
@example(lines=['{"te\\u0078t": "أ"}', '{"text": "ب", "text": "ج"}'], text="text")
@example(lines=['{"x": "\\uD800", "text": "ب"}'], text="text")
@example(lines=['{"x": "\\ud800", "text": "ب"}'], text="text")
@example(lines=['{"\\u0646\\u0635": "أ"}', '{"نص": "ب", "نص": "ج"}'], text="نص")
def test_fast_parser_agrees_or_gives_up(lines: list[str], text: str) -> None:
    block = "\n".join(lines).encode()
    fast = FastJson(text).texts(block)
    assert fast is None or fast.to_list() == texts_by_python(block, text)


@pytest.mark.parametrize("is_ascii", [True, False])
def test_the_fast_parser_is_used(is_ascii: bool) -> None:
    rows = [{"id": number, "text": f"«خبر» {number}\n"} for number in range(50)] + [{"id": 1}]
    block = "\n".join(json.dumps(row, ensure_ascii=is_ascii) for row in rows).encode()
    fast = FastJson("text").texts(block)
    assert fast is not None
    assert fast.to_list() == [row.get("text") for row in rows]


@given(content=st.lists(json_line().map(str.encode) | st.binary(max_size=12), max_size=5).map(b"\n".join))
@settings(max_examples=examples(300))
def test_both_parsers_reject_the_same_input(content: bytes) -> None:
    fast = FastJson("text").texts(content)
    if fast is not None:
        assert fast.to_list() == texts_by_python(content, "text")


@given(
    texts=st.lists(st.none() | TEXTS, max_size=40), group=st.integers(1, 15), limit=LIMITS, block=st.integers(1, 500)
)
@settings(max_examples=examples(60))
def test_parquet_for_any_cut(texts: list[str | None], group: int, limit: int, block: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        frame = pl.DataFrame({"id": range(len(texts)), "text": texts}, schema={"id": pl.Int64, "text": pl.String})
        frame.write_parquet(Path(folder) / "1.parquet", row_group_size=group)
        frame.reverse().write_parquet(Path(folder) / "2.parquet", row_group_size=group + 1)
        assert read_all(folder, partition_bytes=limit, max_bytes=block) == [*texts, *reversed(texts)]


@given(texts=st.lists(st.none() | TEXTS, max_size=40), limit=st.integers(1, 100))
def test_portions_respect_the_size_limit(texts: list[str | None], limit: int) -> None:
    found = list(portions(pl.Series(texts, dtype=pl.String), limit))
    assert [text for portion in found for text in portion] == texts
    for portion in found:
        size = sum(len((text or "").encode()) for text in portion)
        assert size <= limit or len(portion) == 1
    assert all(len(portion) for portion in found)


def test_portions_respect_the_row_limit(tmp_path: Path) -> None:
    write(tmp_path / "1.txt", "خ\n" * 150_000)
    piece = plan_source(tmp_path, lines=True).partitions[0].pieces[0]
    assert [len(series) for series in read_piece(piece, lines=True)] == [65_536, 65_536, 18_928]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["سياسة", "رياضة"])])
def test_texts_with_few_distinct_values(tmp_path: Path, dtype: Any) -> None:
    texts = ["سياسة", None, "رياضة"] * 50
    write(tmp_path / "1.parquet", parquet(pl.DataFrame({"text": pl.Series(texts, dtype=dtype)}), row_group_size=40))
    for limit in (100, 1 << 20):
        assert read_all(tmp_path, partition_bytes=limit) == texts
    write(tmp_path / "1.parquet", parquet(pl.DataFrame({"text": [None, None]})))
    assert read_all(tmp_path) == [None, None]


@pytest.mark.slow
def test_row_groups_beyond_the_memory_are_read_by_ranges(tmp_path: Path) -> None:
    texts = [f"{row}" * 40 for row in range(3_000)]
    write(tmp_path / "1.parquet", parquet(pl.DataFrame({"text": texts}), row_group_size=3_000))
    for block in (10, 1_000, 40_000, 1 << 20):
        assert read_all(tmp_path, max_bytes=block) == texts
