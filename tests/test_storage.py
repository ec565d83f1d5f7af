"""The corpus folder: written completely or not at all, and checked when opened."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit.corpus import storage
from corpus_kit.errors import CorpusError

pytestmark = pytest.mark.interface


@given(pieces=st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=20), max_size=5))
def test_array_written_in_pieces_is_mapped_as_one(
    pieces: list[list[int]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sub" / "a.npy"
        with storage.ArrayWriter(path, np.uint32) as writer:
            for piece in pieces:
                writer.write(np.array(piece, dtype=np.uint32))
        flat = [value for piece in pieces for value in piece]
        mapped = storage.map_array(path)
        assert mapped.dtype == np.uint32
        assert mapped.tolist() == flat == np.load(path).tolist()


def test_a_mapped_array_is_read_only(tmp_path: Path) -> None:
    storage.write_array(tmp_path / "a.npy", np.arange(3))
    with pytest.raises(ValueError, match="read-only"):
        storage.map_array(tmp_path / "a.npy")[0] = 1


def test_the_header_leaves_room_for_any_length(tmp_path: Path) -> None:
    """The header is written for length 0 first and rewritten at the end; it must not grow."""
    sizes = set()
    for length in (0, 1, 10**6, 2**62):
        with (tmp_path / "a.npy").open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "<u4", "fortran_order": False, "shape": (length,)})
            sizes.add(file.tell())
    assert len(sizes) == 1


class Stop(BaseException):
    """Raised in place of KeyboardInterrupt."""


def build_until(path: Path, error: BaseException) -> None:
    with storage.new_folder(path, overwrite=False) as folder:
        (folder / "half").write_text("x")
        raise error


@pytest.mark.parametrize("error", [Stop(), KeyboardInterrupt(), ValueError("x")])
def test_a_failed_build_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        build_until(tmp_path / "corpus", error)
    assert list(tmp_path.iterdir()) == []


def test_failed_build_keeps_the_existing_corpus(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus", {"v": 1})
    with pytest.raises(Stop), storage.new_folder(target, overwrite=True):
        raise Stop
    assert storage.read_manifest(target)["v"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_overwrite_replaces_and_cleans_up(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus", {"v": 1})
    (target / "extra").write_text("old")
    make(target, {"v": 2}, overwrite=True)
    assert storage.read_manifest(target)["v"] == 2
    assert not (target / "extra").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No space left on device"):
        build_until(tmp_path / "corpus", OSError(28, "No space left on device"))
    assert list(tmp_path.iterdir()) == []


def test_obstacles_at_the_target_are_named(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus", {})
    with pytest.raises(CorpusError, match="is a corpus already"):
        storage.check_target(target, overwrite=False)
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusError, match="is a file"):
        storage.check_target(tmp_path / "file", overwrite=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("x")
    with pytest.raises(CorpusError, match="not a corpus"):
        storage.check_target(tmp_path / "full", overwrite=True)
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty", {})
    assert storage.read_manifest(tmp_path / "empty")


def test_empty_target_is_accepted_and_parents_are_created(tmp_path: Path) -> None:
    make(tmp_path / "a" / "b" / "corpus", {})
    assert (tmp_path / "a" / "b" / "corpus" / storage.MANIFEST).is_file()


def test_parent_that_is_a_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusError, match="cannot write to"):
        make(tmp_path / "file" / "corpus", {})


def test_opening_a_damaged_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no corpus"):
        storage.read_manifest(tmp_path / "nothing")
    with pytest.raises(CorpusError, match=r"has no manifest\.json"):
        storage.read_manifest(tmp_path)
    target = make(tmp_path / "corpus", {})
    (target / "data.bin").write_bytes(b"12")
    with pytest.raises(CorpusError, match=r"data\.bin has 2 bytes instead of 3"):
        storage.read_manifest(target)
    (target / "data.bin").unlink()
    with pytest.raises(CorpusError, match=r"data\.bin is missing"):
        storage.read_manifest(target)
    make(target, {"format_version": 99, "library_version": "9.9"}, overwrite=True)
    with pytest.raises(CorpusError, match=r"format version 99 \(written by corpus_kit 9\.9\)"):
        storage.read_manifest(target)
    for content in ("{", "[]", "{}", "null"):
        (target / storage.MANIFEST).write_text(content)
        with pytest.raises(CorpusError, match="cannot be read"):
            storage.read_manifest(target)


def make(path: Path, manifest: dict[str, Any], *, overwrite: bool = False) -> Path:
    """Create a folder that passes as a corpus."""
    with storage.new_folder(path, overwrite=overwrite) as folder:
        (folder / "data.bin").write_bytes(b"123")
        storage.write_manifest(folder, {"format_version": storage.FORMAT_VERSION, **manifest})
    assert json.loads((path / storage.MANIFEST).read_text())["files"] == {"data.bin": 3}
    return path
