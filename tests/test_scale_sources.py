"""Which files a count reads, splits or rejects; test_scale_pieces.py tests reading the pieces."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st
from object_store import ObjectStore, object_store

from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers.limits import Limits
from corpus_kit.scale import credentials, pieces
from corpus_kit.scale.locations import Location
from corpus_kit.scale.pieces import read_piece
from corpus_kit.scale.sources import ENDINGS, SourcePlan, plan_source

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LIMITS = st.integers(1, 200) | st.just(64 << 20)
PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as running:
        yield running


def short(value: object) -> str | None:
    """Return a parameter's name in the test id: bytes of compressed files differ from run to run."""
    return "content" if isinstance(value, bytes) else None


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def upload(store: ObjectStore, name: str, content: str | bytes) -> Location:
    place = store.location(name)
    place.write([content.encode() if isinstance(content, str) else content])
    return place


def parquet(frame: pl.DataFrame, **options: Any) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, **options)
    return buffer.getvalue()


def json_lines(*texts: str | None) -> str:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


def read(plan: SourcePlan, **options: Any) -> list[str | None]:
    texts: list[str | None] = []
    for partition in plan.partitions:
        for piece in partition.pieces:
            for series in read_piece(piece, **options):
                assert series.name == "text"
                assert series.dtype == pl.String
                assert 0 < len(series) <= 65_536
                texts += series.to_list()
    return texts


def read_all(source: Any, *, partition_bytes: int = 64 << 20, max_bytes: int = 8 << 20, **options: Any) -> Any:
    storage_options = options.pop("storage_options", None)
    plan = plan_source(source, partition_bytes=partition_bytes, storage_options=storage_options, **options)
    return read(plan, max_bytes=max_bytes, **options)


def names(plan: SourcePlan) -> list[str]:
    return [file.name for file in plan.files]


# Which files


def test_folders_are_read_recursively_in_sorted_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "b-c.txt", ".hidden.txt", ".git/x.txt", "notes.doc", "b/_SUCCESS"):
        write(tmp_path / name, f"خبر {name}")
    plan = plan_source(tmp_path)
    assert names(plan) == ["a.txt", "b/1.txt", "b/2.txt", "b-c.txt"]
    assert sorted(plan.ignored) == ["b/_SUCCESS", "notes.doc"]
    assert read(plan) == [f"خبر {name}" for name in names(plan)]
    assert [file.documents for file in plan.files] == [1, 1, 1, 1]
    assert [file.bytes for file in plan.files] == [(tmp_path / name).stat().st_size for name in names(plan)]


def test_every_extension_is_read(tmp_path: Path) -> None:
    for ending in ENDINGS:
        packing = Path(ending).suffix if ending.count(".") > 1 else ""
        plain = ending.removesuffix(packing)
        content = parquet(pl.DataFrame({"text": [ending]})) if ending == ".parquet" else json_lines(ending).encode()
        content = ending.encode() if plain == ".txt" else content
        write(tmp_path / f"1{ending}", PACK[packing](content) if packing else content)
        assert read_all(tmp_path / f"1{ending}") == [ending]
    assert sorted(read_all(tmp_path)) == sorted(ENDINGS)


def test_globs_lists_and_file_urls(tmp_path: Path) -> None:
    for name in ("a/1.txt", "a/2.txt", "b/c/3.txt", "b/c/4.jsonl"):
        write(tmp_path / name, json_lines(name) if name.endswith("l") else name)
    assert read_all(f"{tmp_path}/a/*.txt") == ["a/1.txt", "a/2.txt"]
    assert read_all(f"{tmp_path}/**/*.txt") == ["a/1.txt", "a/2.txt", "b/c/3.txt"]
    assert read_all(tmp_path.as_uri()) == ["a/1.txt", "a/2.txt", "b/c/3.txt", "b/c/4.jsonl"]
    assert read_all([tmp_path / "b", f"{tmp_path}/a/2*"]) == ["b/c/3.txt", "b/c/4.jsonl", "a/2.txt"]
    assert read_all([tmp_path / "b/c/4.jsonl", tmp_path / "a"]) == ["b/c/4.jsonl", "a/1.txt", "a/2.txt"]


def test_name_that_looks_like_a_glob(tmp_path: Path) -> None:
    write(tmp_path / "[1].txt", "نعم")
    write(tmp_path / "1.txt", "لا")
    assert read_all(tmp_path / "[1].txt") == ["نعم"]


def test_duplicate_files_are_rejected(tmp_path: Path) -> None:
    write(tmp_path / "a/1.txt", "خبر")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a/1.txt")
    for again in (tmp_path / "a/1.txt", f"{tmp_path}/a/*", tmp_path / "link.txt"):
        with pytest.raises(InputError, match=r"^source must be .*\.txt' twice"):
            plan_source([tmp_path / "a", again])


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("none", SourceError, "'.*none'"),
        ("*.parquet", SourceError, r"no file matches '.*\*\.parquet'"),
        ("other", SourceError, r"'.*other' has no files to read; 1 files have other endings\. .* \.parquet"),
        ("other/1.csv", SourceError, r"cannot read '.*1\.csv': .*\.parquet, \.jsonl"),
        ([], InputError, r"^source must be .* got \[\]"),
        (5, InputError, "^source must be .* got 5"),
        ([5], InputError, "^source must be .* got 5"),
        ("", InputError, "^source must be .* got ''"),
    ],
)
def test_sources_without_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Any, error: type[Exception], message: str
) -> None:
    write(tmp_path / "other/1.csv", "text\nخبر\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        plan_source(source)


@pytest.mark.parametrize("value", [0, -1, 1.5, None, True])
def test_invalid_sizes(tmp_path: Path, value: Any) -> None:
    write(tmp_path / "1.txt", "خبر")
    with pytest.raises(InputError, match=r"^partition_bytes must be"):
        plan_source(tmp_path, partition_bytes=value)
    piece = plan_source(tmp_path).partitions[0].pieces[0]
    with pytest.raises(InputError, match=r"^max_bytes must be"):
        list(read_piece(piece, max_bytes=value))


def test_empty_files_have_no_documents(tmp_path: Path) -> None:
    for name in ("1.txt", "2.jsonl", "3.jsonl.gz", "4.txt.xz", "5.json.bz2", "blank.jsonl"):
        write(tmp_path / name, "\n \n" if name == "blank.jsonl" else b"")
    write(tmp_path / "packed.jsonl.gz", gzip.compress(b""))
    write(tmp_path / "rows.parquet", parquet(pl.DataFrame({"text": ["خبر"]}).clear()))
    plan = plan_source(tmp_path)
    assert len(plan.files) == 8
    assert read(plan) == []
    assert [file.documents for file in plan.files if file.name != "blank.jsonl"] == [0, 0, 0, 0, 0, None, 0]
    assert plan_source(tmp_path / "1.txt", lines=True).partitions == ()


def test_plan_can_be_pickled_and_detects_changed_files(tmp_path: Path) -> None:
    file = write(tmp_path / "1.jsonl", json_lines("خبر"))
    plan = plan_source(tmp_path)
    assert pickle.loads(pickle.dumps(plan)) == plan == plan_source(tmp_path)
    write(file, json_lines("نبأ"))
    os.utime(file, ns=(1, 1))
    assert plan_source(tmp_path).files != plan.files


# Partitions


def test_small_files_are_grouped_and_large_ones_split(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path / f"{number:02}.txt", "x" * 100)
    write(tmp_path / "large.jsonl", json_lines(*["ا" * 20] * 100))
    write(tmp_path / "packed.jsonl.gz", gzip.compress(json_lines(*["ا" * 20] * 100).encode()))
    plan = plan_source(tmp_path, partition_bytes=1000)
    assert [partition.number for partition in plan.partitions] == list(range(len(plan.partitions)))
    sizes = [sum(piece.text_bytes for piece in partition.pieces) for partition in plan.partitions]
    assert max(sizes) <= 1000
    assert sizes[:3] == [1000, 1000, 1000]
    assert sum(sizes) == plan.text_bytes
    assert (
        len([piece for part in plan.partitions for piece in part.pieces if piece.location.name == "large.jsonl"]) == 6
    )
    packed = [piece for part in plan.partitions for piece in part.pieces if piece.location.name == "packed.jsonl.gz"]
    assert len(packed) == 1


def test_parquet_is_split_at_row_groups_and_large_ones_by_rows(tmp_path: Path) -> None:
    texts = [f"{row:04}" * 25 for row in range(100)]
    write(tmp_path / "1.parquet", parquet(pl.DataFrame({"text": texts}), row_group_size=10, compression="zstd"))

    def ranges(limit: int) -> list[list[tuple[int, int]]]:
        plan = plan_source(tmp_path, partition_bytes=limit)
        assert read(plan) == texts
        return [[(piece.start, piece.stop) for piece in partition.pieces] for partition in plan.partitions]

    assert ranges(1 << 20) == [[(0, 100)]]
    assert ranges(4_000) == [[(0, 30)], [(30, 60)], [(60, 90)], [(90, 100)]]
    assert ranges(700)[:3] == [[(0, 5)], [(5, 10)], [(10, 15)]]
    assert ranges(1) == [[(row, row + 1)] for row in range(100)]


def test_estimated_text_size(tmp_path: Path) -> None:
    texts = [f"خبر {row} " * 50 for row in range(500)]
    size = sum(len(text.encode()) for text in texts)
    write(tmp_path / "p/1.parquet", parquet(pl.DataFrame({"text": texts, "other": texts})))
    write(tmp_path / "j/1.jsonl", json_lines(*texts))
    write(tmp_path / "t/1.txt", "\n".join(texts))
    for name in ("p", "j", "t"):
        assert size <= plan_source(tmp_path / name).text_bytes <= 1.1 * size
    write(tmp_path / "dictionary/1.parquet", parquet(pl.DataFrame({"text": ["خبر"] * 1000})))
    assert plan_source(tmp_path / "dictionary").text_bytes >= 16_000


# Unreadable files


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.parquet", b"", "it is not a Parquet file"),
        ("bad.parquet", parquet(pl.DataFrame({"text": ["خبر"]}))[:-3], "it is not a Parquet file"),
        ("bad.jsonl", b'{"text": "a"}\n[1]\n', "line 2 is not a JSON object but"),
        ("bad.json", b'[{"text": "a"}]', "line 1 is not a JSON object but"),
        ("bad.jsonl", b'{"text": "a"}\n\n{"text": \n', "line 3 is not JSON"),
        ("bad.jsonl", '{"text": "خبر"}'.encode("cp1256"), r"not UTF-8 at byte 10"),
        ("bad.jsonl.gz", b"no gzip", "Not a gzipped file"),
        ("bad.jsonl.gz", gzip.compress(b'{"text": "a"}\n')[:-9], "ended before"),
        ("bad.txt.bz2", b"no bzip2", "Invalid data stream"),
        ("bad.txt.xz", b"no xz", "not supported by decoder"),
    ],
    ids=short,
)
def test_damaged_file_is_named_or_skipped_on_request(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    write(tmp_path / "1.txt", "خبر")
    write(tmp_path / name, content)
    with pytest.raises(SourceError, match=rf"cannot read '.*{name}': .*{message}"):
        plan_source(tmp_path)
    skipped: list[tuple[str, str]] = []
    plan = plan_source(tmp_path, unreadable=lambda *what: skipped.append(what))
    assert read(plan) == ["خبر"]
    assert [file for file, _ in skipped] == [name]
    assert not skipped[0][1].startswith("cannot read")


def test_broken_symlink(tmp_path: Path) -> None:
    write(tmp_path / "1.txt", "خبر")
    (tmp_path / "2.txt").symlink_to(tmp_path / "none")
    with pytest.raises(SourceError, match=r"cannot read '2\.txt': No such file"):
        plan_source(tmp_path)
    skipped: list[str] = []
    assert read(plan_source(tmp_path, unreadable=lambda name, _: skipped.append(name))) == ["خبر"]
    assert skipped == ["2.txt"]


@pytest.mark.slow
def test_one_corrupt_file_among_a_thousand(tmp_path: Path) -> None:
    for number in range(1000):
        write(tmp_path / f"{number:04}.jsonl", json_lines(str(number)))
    write(tmp_path / "0500.jsonl", "{")
    with pytest.raises(SourceError, match=r"0500\.jsonl"):
        plan_source(tmp_path)
    skipped: list[str] = []
    plan = plan_source(tmp_path, unreadable=lambda name, _: skipped.append(name))
    assert skipped == ["0500.jsonl"]
    assert read(plan) == [str(number) for number in range(1000) if number != 500]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "1.parquet",
            parquet(pl.DataFrame({"id": [1], "texts": ["خبر"]})),
            r"text must be one of the columns \(id, texts\), got 'text'\. Did you mean 'texts'",
        ),
        (
            "1.jsonl",
            '{"id": 1}\n{"texts": "خبر"}\n',
            r"keys .*\(id, texts\).* mean 'texts'",
        ),
        ("1.jsonl.gz", gzip.compress(b'{"id": 1}\n'), r"text must be one of the keys .*\(id\), got 'text'\."),
        ("1.parquet", parquet(pl.DataFrame({"text": [1]})), "'text' must be String or Categorical, got Int64"),
        (
            "1.parquet",
            parquet(pl.DataFrame({"text": [["خبر"]]})),
            r"'text' must be String .*, got List\(String\)",
        ),
    ],
    ids=short,
)
def test_file_without_the_text_column_is_always_rejected(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    write(tmp_path / "0.txt", "خبر")
    write(tmp_path / name, content)
    for unreadable in (None, lambda *_: None):
        with pytest.raises(SourceError, match=rf"cannot read '.*{name}'.*{message}"):
            plan_source(tmp_path, unreadable=unreadable)


def test_late_key_and_long_first_line(tmp_path: Path) -> None:
    late = write(tmp_path / "late.jsonl", '{"id": 1}\n' * 10 + json_lines("خبر"))
    assert read_all(late) == [None] * 10 + ["خبر"]
    long = write(tmp_path / "long.jsonl", json_lines("ا" * 70_000))
    assert read_all(long) == ["ا" * 70_000]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (b"[1, 2]\n", "is not a JSON object but"),
        (b'{"text": "a"\n', "is not JSON"),
        (b'{"text": "\xff"}\n', r"not UTF-8 at byte {at:,}"),
    ],
)
def test_damage_found_while_reading_is_located(tmp_path: Path, damage: bytes, message: str) -> None:
    before = json_lines(*["خبر"] * 10_000).encode()
    path = write(tmp_path / "1.jsonl", before + damage + before)
    whole, cut = plan_source(path), plan_source(path, partition_bytes=1_000)
    message = message.format(at=len(before) + damage.find(b"\xff"))
    place = "" if b"\xff" in damage else r"line 10,001 "
    with pytest.raises(SourceError, match=rf"cannot read '.*1\.jsonl': {place}{message}"):
        read(whole)
    place = "" if b"\xff" in damage else rf"the line at byte {len(before):,} "
    with pytest.raises(SourceError, match=rf"cannot read '.*1\.jsonl': {place}{message}"):
        read(cut)


def test_encoding_that_changes_within_a_file(tmp_path: Path) -> None:
    head = "خبر\n".encode() * 200_000
    path = write(tmp_path / "1.txt", head + "خبر\n".encode("cp1256"))
    for limit in (100_000, 64 << 20):
        with pytest.raises(SourceError, match=rf"1\.txt': not UTF-8 at byte {len(head):,} .*first MiB"):
            read_all(path, partition_bytes=limit, lines=True)
    damaged = write(tmp_path / "2.txt", b"\x00\xff\x01\xfe" * 50)
    for lines in (True, False):
        with pytest.raises(SourceError, match=r"2\.txt': not UTF-8"):
            read_all(damaged, lines=lines)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
@pytest.mark.parametrize("shift", range(4))
def test_encoding_is_detected_from_the_first_mib(tmp_path: Path, encoding: str, shift: int) -> None:
    """Even if the first MiB ends within a letter or a surrogate pair."""
    letters = "خ" * 31 if encoding == "cp1256" else "خ" * 30 + "\U0001f4f0"
    times = (1 << 20) // len(letters.encode(encoding)) + 100
    texts = ["x" * shift + letters * times, "خبر", *["خبر من الأخبار"] * 5_000]
    path = write(tmp_path / "1.txt", "\n".join(texts).encode(encoding))
    assert path.stat().st_size > 1 << 20
    assert read_all(path, partition_bytes=100_000, lines=True) == texts


def test_overlong_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "LIMITS", Limits(text_bytes=1_000))
    write(tmp_path / "1.txt", "x" * 3_000)
    write(tmp_path / "2.txt.gz", gzip.compress(b"x" * 3_000))
    for name in ("1.txt", "2.txt.gz"):
        with pytest.raises(SourceError, match=r"longer than 1,000 bytes; lines=True reads its lines as documents"):
            read_all(tmp_path / name)
        with pytest.raises(SourceError, match=r"a line is longer than"):
            read_all(tmp_path / name, lines=True, max_bytes=100, partition_bytes=1 << 20)


def test_a_parquet_file_with_damaged_pages(tmp_path: Path) -> None:
    data = bytearray(parquet(pl.DataFrame({"text": [f"خبر {row}" for row in range(1000)]}), compression="zstd"))
    data[10:2000] = bytes(len(data[10:2000]))
    path = write(tmp_path / "1.parquet", bytes(data))
    with pytest.raises(SourceError, match=r"cannot read '.*1\.parquet'"):
        read_all(path)


def test_file_deleted_before_reading(tmp_path: Path) -> None:
    for name, content in (("1.parquet", parquet(pl.DataFrame({"text": ["خبر"]}))), ("1.txt", b"x"), ("1.jsonl", b"{}")):
        path = write(tmp_path / name, content)
        plan = plan_source(path)
        path.unlink()
        with pytest.raises(SourceError, match=rf"there is no file '.*{name}'"):
            read(plan)


def test_column_removed_before_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "1.parquet", parquet(pl.DataFrame({"text": ["خبر"]})))
    plan = plan_source(path)
    write(path, parquet(pl.DataFrame({"other": ["خبر"]})))
    with pytest.raises(SourceError, match="the column 'text' has gone"):
        read(plan)


# In an object store


def test_folders_and_globs_in_a_store(store: ObjectStore) -> None:
    bucket = store.with_new_bucket()
    for name in ("news/b/2.txt", "news/b/1.txt", "news/a.txt", "news/b-c.txt", "news/.x.txt", "news/.git/1.txt"):
        upload(bucket, name, name)
    upload(bucket, "news/c.csv", "text")
    options: dict[str, Any] = {"storage_options": bucket.storage_options}
    inside = ["news/a.txt", "news/b/1.txt", "news/b/2.txt", "news/b-c.txt"]
    plan = plan_source(f"{bucket.url}/news", **options)
    assert names(plan) == [f"{bucket.url}/{name}" for name in inside]
    assert plan.ignored == (f"{bucket.url}/news/c.csv",)
    assert read(plan) == inside
    with credentials.lent(bucket.storage_options):
        assert pickle.loads(pickle.dumps(plan)) == plan
    assert read_all(f"{bucket.url}/news/*/*.txt", **options) == ["news/b/1.txt", "news/b/2.txt"]
    assert read_all(f"{bucket.url}/**/*.txt", **options) == inside
    assert read_all(f"{bucket.url}/*", **options) == inside
    assert read_all([f"{bucket.url}/news/b", f"{bucket.url}/news/a.txt"], **options) == [*inside[1:3], inside[0]]
    with pytest.raises(InputError, match=r"^source must be .*'s3://.*/news/b/1\.txt' twice"):
        plan_source([f"{bucket.url}/news/b", f"{bucket.url}/news/b/1.txt"], **options)
    for missing, message in (("none", "no such file or folder"), ("none/*.txt", "no file matches")):
        with pytest.raises(SourceError, match=message):
            plan_source(f"{bucket.url}/{missing}", **options)
    with pytest.raises(SourceError, match=r"c\.csv': unknown file ending"):
        plan_source(f"{bucket.url}/news/c.csv", **options)


def test_local_and_remote_files_in_one_list(store: ObjectStore, tmp_path: Path) -> None:
    bucket = store.with_new_bucket()
    upload(bucket, "1.jsonl", json_lines("هناك"))
    write(tmp_path / "1.txt", "هنا")
    write(tmp_path / "2.txt", "هنا أيضا")
    source = [tmp_path / "1.txt", bucket.url, tmp_path / "2.txt"]
    assert read_all(source, storage_options=bucket.storage_options) == ["هنا", "هناك", "هنا أيضا"]


@pytest.mark.slow
@pytest.mark.parametrize("limit", [100, 1_000, 64 << 20])
def test_remote_files_equal_local_ones(store: ObjectStore, tmp_path: Path, limit: int) -> None:
    bucket = store.with_new_bucket()
    texts = [None if row % 9 == 4 else f"خبر رقم {row}" * (row % 4) for row in range(60)]
    frame = pl.DataFrame({"id": [f"{row}" * 20 for row in range(60)], "text": texts})
    files = {
        "1.parquet": parquet(frame, row_group_size=7),
        "2.jsonl": json_lines(*texts).encode(),
        "3.jsonl.gz": gzip.compress(json_lines(*texts).encode()),
        "4.txt": "نص\r\nآخر\r\n".encode("utf-16"),
        "5.txt.xz": lzma.compress("نص آخر".encode()),
    }
    for name, content in files.items():
        write(tmp_path / name, content)
        upload(bucket, name, content)
    for lines in (True, False):
        here = read_all(tmp_path, partition_bytes=limit, lines=lines)
        there = read_all(bucket.url, partition_bytes=limit, lines=lines, storage_options=bucket.storage_options)
        assert there == here


def test_only_the_text_column_of_remote_parquet_is_downloaded(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = store.with_new_bucket()
    noise = [os.urandom(2_000).hex() for _ in range(400)]
    frame = pl.DataFrame({"before": noise, "text": [f"خبر {row}" for row in range(400)], "after": noise})
    content = parquet(frame, row_group_size=100, compression="uncompressed")
    file = upload(bucket, "1.parquet", content)
    plan = plan_source(file.url, storage_options=bucket.storage_options, partition_bytes=2_500)
    assert len(plan.partitions) == 4
    downloaded = []
    read_bytes = Location.read

    def counting(self: Location, start: int = 0, stop: int | None = None) -> bytes:
        data = read_bytes(self, start, stop)
        downloaded.append(len(data))
        return data

    monkeypatch.setattr(Location, "read", counting)
    assert read(plan) == frame["text"].to_list()
    assert sum(downloaded) < 400_000 < len(content)
    assert not list(Path(tempfile.gettempdir()).glob("corpus-kit-*/part.parquet"))


def test_damaged_and_invalid_files_in_a_store(store: ObjectStore) -> None:
    bucket = store.with_new_bucket()
    upload(bucket, "1.parquet", b"PAR1 nothing PAR1")
    upload(bucket, "2.txt", "خبر")
    options = bucket.storage_options
    with pytest.raises(SourceError, match=r"cannot read 's3://.*/1\.parquet': its footer is damaged"):
        plan_source(bucket.url, storage_options=options)
    skipped: list[str] = []
    plan = plan_source(bucket.url, storage_options=options, unreadable=lambda name, _: skipped.append(name))
    assert skipped == [f"{bucket.url}/1.parquet"]
    assert read(plan) == ["خبر"]
    upload(bucket, "3.parquet", parquet(pl.DataFrame({"text": [1], "x": [2]})))
    with pytest.raises(SourceError, match=r"3\.parquet': the text column 'text' must be .*Int64"):
        plan_source(bucket.url, storage_options=options, unreadable=lambda *_: None)


def test_object_deleted_before_reading(store: ObjectStore) -> None:
    bucket = store.with_new_bucket()
    for name, content in (("1.parquet", parquet(pl.DataFrame({"text": ["خبر"]}))), ("1.jsonl", json_lines("خبر"))):
        file = upload(bucket, name, content)
        plan = plan_source(file.url, storage_options=bucket.storage_options)
        file.delete()
        with pytest.raises(SourceError, match=rf"there is no file 's3://.*{name}'"):
            read(plan)


def test_no_threads_are_left_running(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / f"{number}.jsonl", "{" if number == 3 else json_lines("خبر"))
    before = set(threading.enumerate())
    with pytest.raises(SourceError):
        plan_source(tmp_path)
    assert set(threading.enumerate()) <= before
