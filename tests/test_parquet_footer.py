"""Parquet footers: equal to what DuckDB reads; damaged ones raise SourceError."""

from __future__ import annotations

import io
import pickle
import re
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus_kit.errors import SourceError
from corpus_kit.readers.parquet_footer import ColumnChunk, Footer, LocalFile, read_footer

ROWS = 23
FRAME = pl.DataFrame(
    {
        "id": range(ROWS),
        "text": [None if row % 7 == 3 else f"خبر رقم {row} من الأخبار" * (row % 5) for row in range(ROWS)],
        "place": [{"city": f"مدينة {row % 3}", "codes": [row, row + 1]} for row in range(ROWS)],
        "tags": [["سياسة", "اقتصاد"][: row % 3] for row in range(ROWS)],
        "desk": pl.Series(["محليات", "رياضة"] * 11 + [None], dtype=pl.Categorical),
    }
)


def footer_of(path: Path) -> Footer:
    return read_footer(LocalFile(path, path.name))


def read_by_duckdb(path: Path) -> list[tuple[int, dict[str, ColumnChunk]]]:
    """Return the row groups and their columns from DuckDB's rows, one per leaf of the schema."""
    rows = duckdb.sql(
        "select row_group_id, row_group_num_rows, path_in_schema, dictionary_page_offset, data_page_offset, "
        "total_compressed_size, total_uncompressed_size "
        f"from parquet_metadata('{path}') order by row_group_id, column_id"
    ).fetchall()
    groups: dict[int, tuple[int, dict[str, ColumnChunk]]] = {}
    for group, count, leaf, dictionary, data, compressed, uncompressed in rows:
        name = leaf.split(", ")[0]
        start = min(dictionary, data) if dictionary else data
        columns = groups.setdefault(group, (count, {}))[1]
        before = columns.get(name, ColumnChunk(0, 0, start, start))
        columns[name] = ColumnChunk(
            before.compressed_bytes + compressed,
            before.uncompressed_bytes + uncompressed,
            min(before.start, start),
            max(before.stop, start + compressed),
        )
    return list(groups.values())


def write_with_duckdb(frame: pl.DataFrame, path: Path, options: str) -> None:
    frame = frame.cast({pl.Categorical: pl.String})
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.parquet"
        frame.write_parquet(source)
        duckdb.sql(f"copy (from '{source}') to '{path}' (format parquet, {options})")


@pytest.mark.parametrize("compression", ["zstd", "snappy", "uncompressed"])
@pytest.mark.parametrize("row_group_size", [1, 5, 100])
def test_files_of_polars(tmp_path: Path, compression: Any, row_group_size: int) -> None:
    path = tmp_path / "news.parquet"
    FRAME.write_parquet(path, compression=compression, row_group_size=row_group_size)
    footer = footer_of(path)
    assert footer.rows == ROWS
    assert footer.columns == tuple(FRAME.columns)
    assert [(group.rows, group.columns) for group in footer.row_groups] == read_by_duckdb(path)
    assert pickle.loads(pickle.dumps(footer)) == footer


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_files_of_duckdb_with_several_row_groups(tmp_path: Path, version: str) -> None:
    frame = pl.concat([FRAME] * 300)
    path = tmp_path / "news.parquet"
    write_with_duckdb(frame, path, f"row_group_size 2048, parquet_version {version}")
    footer = footer_of(path)
    assert footer.rows == len(frame)
    assert len(footer.row_groups) > 2
    assert [(group.rows, group.columns) for group in footer.row_groups] == read_by_duckdb(path)


def test_empty_file_and_long_footer(tmp_path: Path) -> None:
    path = tmp_path / "none.parquet"
    FRAME.clear().write_parquet(path)
    assert footer_of(path).rows == 0
    assert footer_of(path).columns == tuple(FRAME.columns)
    wide = pl.DataFrame({f"عمود {number}": [number] for number in range(1500)})
    path = tmp_path / "wide.parquet"
    wide.write_parquet(path)
    assert footer_of(path).columns == tuple(wide.columns)
    assert path.stat().st_size - footer_of(path).start > 65_536  # longer than the first read


def test_the_bytes_of_a_column_lie_before_the_footer(tmp_path: Path) -> None:
    path = tmp_path / "news.parquet"
    FRAME.write_parquet(path, compression="uncompressed", statistics=False, row_group_size=5)
    footer = footer_of(path)
    data = path.read_bytes()
    for number, group in enumerate(footer.row_groups):
        chunk = group.columns["text"]
        texts = FRAME["text"][number * 5 : number * 5 + 5].drop_nulls()
        assert 4 <= chunk.start < chunk.stop <= footer.start
        assert all(text.encode() in data[chunk.start : chunk.stop] for text in texts)


def test_encrypted_files_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "secret.parquet"
    with duckdb.connect() as connection:
        connection.execute("set force_mbedtls_unsafe = 'true'")  # not used for security here
        connection.execute("pragma add_parquet_key('key', '0123456789112345')")
        options = "format parquet, encryption_config {footer_key: 'key'}"
        connection.execute(f"copy (select 'سر' as text) to '{path}' ({options})")
    with pytest.raises(SourceError, match=r"secret\.parquet.*encrypted Parquet files cannot be read"):
        footer_of(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"\0" * 5000, "نص طويل بما يكفي".encode()])
def test_not_a_parquet_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.parquet"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"cannot read '.*other\.parquet': it is not a Parquet file"):
        footer_of(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read 'none\.parquet': No such file"):
        footer_of(tmp_path / "none.parquet")


# Damage


def sample() -> bytes:
    buffer = io.BytesIO()
    FRAME.write_parquet(buffer, row_group_size=9)
    return buffer.getvalue()


SAMPLE = sample()
FOOTER_START = len(SAMPLE) - 8 - int.from_bytes(SAMPLE[-8:-4], "little")


class Bytes:
    """An in-memory file, so that thousands of damaged files are read quickly."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def size(self) -> int:
        return len(self.data)

    def read(self, start: int, stop: int) -> bytes:
        return self.data[start:stop]

    def __str__(self) -> str:
        return "damaged.parquet"


def footer_or_error(data: bytes) -> Footer | None:
    """Return the footer of a damaged file, None if it raises SourceError; other errors fail the test."""
    try:
        return read_footer(Bytes(data))
    except SourceError:
        return None


def with_footer(footer: bytes) -> bytes:
    return b"PAR1" + bytes(100) + footer + len(footer).to_bytes(4, "little") + b"PAR1"


@given(length=st.integers(0, len(SAMPLE) - 1))
def test_truncated_file(length: int) -> None:
    assert footer_or_error(SAMPLE[:length]) is None


def test_every_flipped_bit_of_the_first_and_last_bytes_of_a_footer() -> None:
    for at in [*range(FOOTER_START, FOOTER_START + 150), *range(len(SAMPLE) - 8, len(SAMPLE))]:
        for bit in range(8):
            data = bytearray(SAMPLE)
            data[at] ^= 1 << bit
            footer = footer_or_error(bytes(data))
            assert footer is None or footer.rows == sum(group.rows for group in footer.row_groups)


@given(changes=st.lists(st.tuples(st.integers(FOOTER_START, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1))
def test_changed_footer_bytes(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SAMPLE)
    for at, value in changes:
        data[at] = value
    footer = footer_or_error(bytes(data))
    if footer is not None:
        for group in footer.row_groups:
            assert group.columns.keys() == set(footer.columns)
            assert all(0 <= chunk.start <= chunk.stop <= footer.start for chunk in group.columns.values())


@given(cut=st.integers(FOOTER_START, len(SAMPLE) - 8), more=st.integers(1, 60))
def test_missing_footer_bytes(cut: int, more: int) -> None:
    inner = SAMPLE[FOOTER_START:-8]
    shorter = inner[: cut - FOOTER_START] + inner[cut - FOOTER_START + more :]
    footer_or_error(with_footer(shorter))


@given(footer=st.binary(max_size=300))
@example(b"\x1c" * 10_000)  # structs in structs
@example(b"\x19\x19" * 10_000)  # lists in lists
@example(b"\x19\xfc\xff\xff\xff\xff\x7f")  # a list of two billion structs
@example(b"\x1b\xff\xff\xff\xff\x0f\x11")  # a map with as many booleans
@example(b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7f")  # a very long string
@example(b"\x16" + b"\xff" * 30)  # an unterminated number
@example(b"\x1e\x00")  # an unknown type
def test_arbitrary_bytes_as_a_footer(footer: bytes) -> None:
    assert footer_or_error(with_footer(footer)) is None


def test_long_list_of_booleans_is_rejected() -> None:
    # A list of 100,000 booleans of one byte each, all of them present.
    assert footer_or_error(with_footer(b"\x19\xf1\xa0\x8d\x06" + b"\x01" * 100_000 + b"\x00")) is None


def test_column_beyond_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "short.parquet"
    path.write_bytes(SAMPLE[:4] + SAMPLE[FOOTER_START:])
    with pytest.raises(SourceError, match="its footer is damaged: a column ends after the file"):
        footer_of(path)


def test_error_for_a_length_beyond_the_file(tmp_path: Path) -> None:
    path = tmp_path / "long.parquet"
    path.write_bytes(SAMPLE[:-8] + (10**9).to_bytes(4, "little") + b"PAR1")
    with pytest.raises(SourceError, match=re.escape("its length is 1,000,000,000 in a file of")):
        footer_of(path)
