"""Packed files that need another library: Zstandard, and packed files of formats that need one."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard
from test_packing import TEXTS, content, read

from corpus_kit.errors import SourceError
from corpus_kit.readers import documents, limits


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json", ".parquet"])
def test_tables(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"x{ending}.zst").write_bytes(zstandard.compress(content(ending, tmp_path)))
    frame, _ = read(tmp_path)
    assert frame.select("text", pl.col("n").cast(pl.Int64)).rows() == [(TEXTS[0], 1), (TEXTS[1], 2)]


def test_texts_and_subtitles(tmp_path: Path) -> None:
    (tmp_path / "x.txt.zst").write_bytes(zstandard.compress(content(".txt", tmp_path)))
    (tmp_path / "y.srt.gz").write_bytes(gzip.compress(content(".srt", tmp_path)))
    frame, report = read(tmp_path)
    assert frame["text"].to_list() == ["\n\n".join(TEXTS), "وصل الوفد."]
    assert sorted(file.path for file in report.files) == ["x.txt.zst", "y.srt.gz"]


def test_damage_and_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.txt.zst"
    data = zstandard.compress(content(".txt", tmp_path) * 200)
    for bad in (data[: len(data) // 2], TEXTS[0].encode()):
        path.write_bytes(bad)
        with pytest.raises(SourceError, match=r"^cannot read 'x\.txt\.zst': "):
            read(path)
    monkeypatch.setattr(limits, "_FREE", 0)
    path.write_bytes(zstandard.compress(bytes(8 << 20)))
    with pytest.raises(SourceError, match=r"'x\.txt\.zst': expansion must be at most 100 times"):
        read(path)


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(documents, "import_module", absent)
    monkeypatch.setattr("sys.version_info", (3, 13))
    path = tmp_path / "x.txt.zst"
    path.write_bytes(b"x")
    with pytest.raises(SourceError, match=r'\.zst files need zstandard.*pip install "arabic-corpus-kit\[formats\]"'):
        read(path)
