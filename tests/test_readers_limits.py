"""What reading a source may take: each limit refuses with its name, and what is healthy is read beside it."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_kit.errors import SourceError
from corpus_kit.readers import decoding
from corpus_kit.readers.reader import DocumentReader


def read(path: Path, **options: Any) -> pl.DataFrame:
    """Return the documents of a file."""
    return pl.concat(DocumentReader(path, progress=False, **options))


def tar_of(members: list[tarfile.TarInfo]) -> bytes:
    """Return a compressed archive of members, each as many letters as it says."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for info in members:
            archive.addfile(info, io.BytesIO(b"x" * info.size))
    return data.getvalue()


def member(name: str, size: int = 0, **attributes: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    return info


def test_the_size_of_a_long_header_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(tar_of([member("x.txt", 3, pax_headers={"comment": "y" * 300_000})]))
    with pytest.raises(
        SourceError, match=r"header_bytes must be at most 262,144, got 30[0-9],[0-9]{3}\..*header_bytes"
    ):
        read(path)
    assert read(path, limits={"header_bytes": 400_000}).height == 1


@pytest.mark.slow
def test_members_without_text_are_counted_against_the_size(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    folder = member("d/", type=tarfile.DIRTYPE).tobuf()
    path.write_bytes(gzip.compress(folder * 500))
    with pytest.raises(SourceError, match="no documents"):
        read(path)
    path.write_bytes(gzip.compress(folder * 500) * 100)
    with pytest.raises(SourceError, match="expansion must be at most 100 times"):
        read(path)


def test_many_small_texts_are_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_kit.readers.limits._FREE", 1 << 20)
    path = tmp_path / "x.tar.gz"
    path.write_bytes(tar_of([member(f"{row}.txt", 1) for row in range(1_000)]))
    assert read(path, limits={"expansion": 1}).height == 1_000


@pytest.mark.slow
def test_objects_with_a_key_of_their_own_each(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps({"text": "x", f"k{row % 4_000}": 1}) + "\n" for row in range(12_000)))
    with pytest.raises(SourceError, match="expansion must be at most 100 times"):
        read(path)
    assert read(path, metadata="k1").height == 12_000


def test_a_damaged_table_does_not_cost_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, damaged = tmp_path / "whole.ipc", tmp_path / "damaged.ipc"
    pl.DataFrame({"text": ["خبر"]}).write_ipc(whole)
    damaged.write_bytes(whole.read_bytes()[:-40])
    read(whole)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("another process"))
    for _ in range(2):
        with pytest.raises(SourceError):
            read(damaged)
        assert read(whole).height == 1


@pytest.mark.slow
def test_rows_that_cannot_be_decoded_are_not_lost_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame({"text": ["خبر", None, "نبأ"] * 20, "day": pl.Series([1, None, 2] * 20, dtype=pl.Date)})
    frame.write_parquet(path, compression="uncompressed", statistics=False)
    data = path.read_bytes()
    refused = 0
    for at in range(40, 150):  # in the pages
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        reader = DocumentReader(path, progress=False)
        try:
            list(reader)
        except SourceError as error:
            refused += "rows from row 0 on can be decoded" in str(error)
        else:
            assert reader.report.documents + sum(tally.count for tally in reader.report.skipped.values()) == 60
    assert refused


# ------------------------------------------------------------------------------- the process that decodes


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_decoding_that_comes_to_a_standstill_is_an_error(tmp_path: Path) -> None:
    """As a damaged file can make the threads of Polars wait for each other, the reader of a pipe waits for ever."""
    os.mkfifo(tmp_path / "pipe.parquet")
    request = {"format": "parquet", "path": str(tmp_path / "pipe.parquet"), "columns": None, "most_columns": 9}
    with pytest.raises(ValueError, match="damaged: decoding it came to a standstill"):
        list(decoding.ask({**request, "memory": 1 << 30}))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_the_process_ends_with_the_one_that_asks() -> None:
    program = (
        "import os, signal\n"
        "from corpus_kit.readers import decoding\n"
        "with decoding._processes.at_work() as process:\n"
        "    print(process.popen.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (child,) = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split()
    assert any(not Path(f"/proc/{child}").exists() or time.sleep(0.1) for _ in range(100))
