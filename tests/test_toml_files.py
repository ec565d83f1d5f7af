"""Files that people write by hand: no pipe is waited for, no device read without end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit._base.files import open_regular, read_toml, read_whole

pytestmark = pytest.mark.interface

READERS: dict[str, Callable[[Path], object]] = {
    "boilerplate": lambda path: ck.news.boilerplate(_corpus(), lexicon=path),
    "quotations": lambda path: ck.news.quotations(_corpus(), lexicon=path),
    "actors": lambda path: ck.news.actors(_corpus(), path),
    "frames": ck.news.FrameDictionary.read,
}
DAMAGED = {
    "nested": b"a = " + b"[" * 2_000 + b"]" * 2_000,
    "digits": b"a = " + b"9" * 5_000,
    "deep key": b".".join([b"a"] * 100_000) + b" = 1",
    "deep key of texts": b" . ".join([b'"a"'] * 100_000) + b" = 1",
    "not UTF-8": b"\xff",
}


def _corpus() -> ck.Corpus:
    return ck.sample_corpus().filter(pl.col("document") < 2)


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_damaged_lexicons_are_refused(read: Callable[[Path], object], content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_bytes(content)
    with pytest.raises(ck.InputError, match=r"words\.toml"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_pipes_and_devices_are_refused(read: Callable[[Path], object], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "device.toml").symlink_to("/dev/zero")
    for name in ("pipe.toml", "device.toml"):
        with pytest.raises(ck.InputError, match="not a regular file"):
            read(tmp_path / name)
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "pipe.toml")


def test_files_too_large_to_be_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.touch()
    os.truncate(path, 2**26 + 1)
    with pytest.raises(OSError, match="larger than 64 MiB"):
        read_whole(path)


def test_dots_in_texts_are_no_deep_key() -> None:
    text = "نعم. لا. " * 500 + "…" + "." * 500
    assert read_toml(f"# {text}\na = ['{text}', \"{text}\"]".encode()) == {"a": [text, text]}
