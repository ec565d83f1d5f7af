"""Files that are packed once more: what is in them, where it comes from, damage and bombs."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_kit.errors import SourceError
from corpus_kit.readers import limits
from corpus_kit.readers.reader import DocumentReader, ReadReport

pytestmark = pytest.mark.interface

TEXTS = ["وصل الوفد إلى المدينة.", "غادر الوفد أمس."]
FRAME = pl.DataFrame({"text": TEXTS, "n": [1, 2]})
PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def read(source: Any, **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    reader = DocumentReader(source, progress=False, **options)
    return pl.concat(list(reader)), reader.report


def content(ending: str, folder: Path) -> bytes:
    """Return the table, or its texts, as a file of this ending."""
    path = folder / f"plain{ending}"
    if ending in (".csv", ".tsv"):
        FRAME.write_csv(path, separator="," if ending == ".csv" else "\t")
    elif ending == ".jsonl":
        FRAME.write_ndjson(path)
    elif ending == ".json":
        path.write_text(json.dumps(FRAME.to_dicts()), "utf-8")
    elif ending == ".parquet":
        FRAME.write_parquet(path)
    elif ending == ".txt":
        path.write_text("\n\n".join(TEXTS), "utf-8")
    else:
        path.write_text("1\n00:00:01,000 --> 00:00:02,000\nوصل الوفد.\n\n", "utf-8")
    data = path.read_bytes()
    path.unlink()
    return data


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".json", ".parquet"])
def test_tables(tmp_path: Path, ending: str, packing: str) -> None:
    data = PACK[packing](content(ending, tmp_path))
    name = f"news{ending}{packing}"
    (tmp_path / name).write_bytes(data)
    for source in (tmp_path / name, tmp_path):
        frame, report = read(source)
        rows = frame.select("id", "text", pl.col("n").cast(pl.Int64)).rows()  # a .csv file has no numbers
        assert rows == [(f"{name}:0", TEXTS[0], 1), (f"{name}:1", TEXTS[1], 2)]
        [file] = report.files
        assert (file.path, file.bytes, file.sha256) == (name, len(data), hashlib.sha256(data).hexdigest())
        assert file.documents == 2


@pytest.mark.parametrize("packing", PACK)
def test_texts(tmp_path: Path, packing: str) -> None:
    data = PACK[packing](content(".txt", tmp_path))
    name = f"News.TXT{packing.upper()}"
    (tmp_path / name).write_bytes(data)
    frame, report = read(tmp_path)
    assert frame.select("id", "file", "text").rows() == [(name, name, "\n\n".join(TEXTS))]
    [file] = report.files
    assert (file.bytes, file.sha256, file.encoding) == (len(data), hashlib.sha256(data).hexdigest(), "utf-8")
    lines, _ = read(tmp_path / name, lines=True)
    assert lines.select("id", "line", "text").rows() == [(f"{name}:1", 1, TEXTS[0]), (f"{name}:3", 3, TEXTS[1])]


def test_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "x.txt.gz").write_bytes(gzip.compress(TEXTS[0].encode("utf-16")))
    frame, report = read(tmp_path)
    assert frame["text"].to_list() == TEXTS[:1]
    assert report.files[0].encoding == "utf-16-le"


def test_several_members_follow_one_another(tmp_path: Path) -> None:
    data = content(".jsonl", tmp_path)
    half = data.index(b"\n") + 1
    for packing, pack in PACK.items():
        (tmp_path / f"x.jsonl{packing}").write_bytes(pack(data[:half]) + pack(data[half:]))
    frame, _ = read(tmp_path)
    assert frame["text"].to_list() == TEXTS * len(PACK)


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_damage(tmp_path: Path, ending: str, packing: str) -> None:
    data = PACK[packing](content(ending, tmp_path) * 200)
    path = tmp_path / f"x{ending}{packing}"
    (tmp_path / "y.txt").write_text("عاد الوفد.", "utf-8")
    flipped = bytes([*data[:-9], data[-9] ^ 1, *data[-8:]])
    for bad in (data[: len(data) // 2], TEXTS[0].encode(), flipped):
        path.write_bytes(bad)
        with pytest.raises(SourceError, match=rf"^cannot read '{path.name}': "):
            read(path)
        frame, report = read(tmp_path)
        assert frame["id"].to_list() == ["y.txt"]  # nothing of what precedes the damage
        assert [each.source for each in report.skipped["unreadable file"].examples] == [path.name]


@pytest.mark.parametrize("packing", PACK)
def test_empty_files(tmp_path: Path, packing: str) -> None:
    (tmp_path / "y.txt").write_text("عاد الوفد.", "utf-8")
    (tmp_path / f"x.txt{packing}").write_bytes(b"")
    (tmp_path / f"z.txt{packing}").write_bytes(PACK[packing](b""))
    frame, report = read(tmp_path)
    assert frame["id"].to_list() == ["y.txt"]
    assert {reason: [each.source for each in tally.examples] for reason, tally in report.skipped.items()} == {
        "empty file": [f"x.txt{packing}"],
        "blank text": [f"z.txt{packing}"],
    }


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, packing: str) -> None:
    monkeypatch.setattr(limits, "_FREE", 0)
    path = tmp_path / f"x{ending}{packing}"
    path.write_bytes(PACK[packing](b"text\n" + b"x" * (8 << 20)))
    with pytest.raises(SourceError, match=rf"'{path.name}': expansion must be at most 100 times"):
        read(path)
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 1 << 20


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for ending in (".csv", ".txt"):
        path = tmp_path / f"x{ending}.gz"
        path.write_bytes(gzip.compress(content(ending, tmp_path)))
        read(path)
        path.write_bytes(gzip.compress(content(ending, tmp_path))[:-3])
        with pytest.raises(SourceError):
            read(path)
    assert list((tmp_path / "temporary").iterdir()) == []
