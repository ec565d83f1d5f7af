"""The corpus folder: written completely or not at all, and checked when opened."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from campaign.forged import forge
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._base import folders
from corpus_kit._base.file_locks import locked
from corpus_kit._base.folders import leftovers, put_in_place
from corpus_kit.corpus import files, storage, writing
from corpus_kit.corpus.writing import check_target, leftovers_of, new_folder
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
        mapped = storage.map_array(path, np.uint32)
        assert mapped.dtype == np.uint32
        assert mapped.tolist() == flat == np.load(path).tolist()


def test_a_mapped_array_is_read_only(tmp_path: Path) -> None:
    storage.write_array(tmp_path / "a.npy", np.arange(3, dtype=np.uint32))
    with pytest.raises(ValueError, match="read-only"):
        storage.map_array(tmp_path / "a.npy", np.uint32)[0] = 1


def test_the_header_leaves_room_for_any_length() -> None:
    """The header is written for length 0 first and rewritten at the end; it must not grow."""
    assert {len(storage.array_header(np.uint32, length)) for length in (0, 1, 10**6, 2**62)} == {128}


def test_only_the_array_that_was_written_is_read() -> None:
    data = storage.array_header(np.uint32, 2) + np.arange(2, dtype=np.uint32).tobytes()
    assert storage.array_in(memoryview(data), np.uint32, 2).tolist() == [0, 1]
    for wrong in (data[:-1], data + b"0000", data[:50], b"", data.replace(b"'<u4'", b"'<i4'"), b"X" + data[1:]):
        with pytest.raises(ValueError, match="does not hold"):
            storage.array_in(memoryview(wrong), np.uint32)
    with pytest.raises(ValueError, match="3 items"):
        storage.array_in(memoryview(data), np.uint32, 3)


TEXTS = pl.DataFrame({"text": ["قال الوزير: نعم.", "غادر الوفد."]})


def make(path: Path, *, texts: pl.DataFrame = TEXTS, overwrite: bool = False) -> Path:
    return ck.Corpus.build(texts, path, overwrite=overwrite, progress=False).path


class Stop(BaseException):
    """Raised in place of KeyboardInterrupt."""


def build_until(path: Path, error: BaseException) -> None:
    with new_folder(path, overwrite=False) as new:
        (new.folder / "half").write_text("x")
        raise error


@pytest.mark.parametrize("error", [Stop(), KeyboardInterrupt(), ValueError("x")])
def test_a_failed_build_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        build_until(tmp_path / "corpus", error)
    assert list(tmp_path.iterdir()) == []


def test_failed_build_keeps_the_existing_corpus(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    with pytest.raises(Stop), new_folder(target, overwrite=True):
        raise Stop
    ck.Corpus.open(target).verify()
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_overwrite_replaces_and_cleans_up(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    (target / "extra").write_text("old")
    make(target, texts=TEXTS.head(1), overwrite=True)
    assert len(ck.Corpus.open(target)) == 1
    assert not (target / "extra").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_overwrite_follows_a_symbolic_link(tmp_path: Path) -> None:
    target = make(tmp_path / "real" / "corpus")
    link = tmp_path / "link"
    link.symlink_to(target)
    make(link, texts=TEXTS.head(1), overwrite=True)
    assert link.is_symlink()
    assert len(ck.Corpus.open(target)) == len(ck.Corpus.open(link)) == 1
    assert sorted(path.name for path in (*tmp_path.iterdir(), *target.parent.iterdir())) == ["corpus", "link", "real"]
    assert len(ck.Corpus.open(link).add(TEXTS)) == 3
    assert len(ck.Corpus.open(target)) == 3


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No space left on device"):
        build_until(tmp_path / "corpus", OSError(28, "No space left on device"))
    assert list(tmp_path.iterdir()) == []


def test_obstacles_at_the_target_are_named(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    with pytest.raises(CorpusError, match="is a corpus already"):
        check_target(target, overwrite=False)
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusError, match="is a file"):
        check_target(tmp_path / "file", overwrite=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("x")
    with pytest.raises(CorpusError, match="not a corpus"):
        check_target(tmp_path / "full", overwrite=True)
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty")
    ck.Corpus.open(tmp_path / "empty").verify()


def test_parents_are_created(tmp_path: Path) -> None:
    make(tmp_path / "a" / "b" / "corpus")
    assert (tmp_path / "a" / "b" / "corpus" / storage.MANIFEST).is_file()


def test_parent_that_is_a_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusError, match="cannot write to"):
        make(tmp_path / "file" / "corpus")


# --------------------------------------------------------------- the manifest


def test_opening_what_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no corpus"):
        ck.Corpus.open(tmp_path / "nothing")
    with pytest.raises(CorpusError, match=r"has no manifest\.json"):
        ck.Corpus.open(tmp_path)
    target = make(tmp_path / "corpus")
    forge(target, lambda manifest: manifest.update(format_version=99, library_version="9.9"))
    with pytest.raises(CorpusError, match=r"format version 99 \(written by corpus_kit 9\.9\)"):
        ck.Corpus.open(target)
    for content in ("{", "[]", "{}", "null", "[" * 100_000, '{"format_version": 1e999}'):
        (target / storage.MANIFEST).write_text(content)
        with pytest.raises(CorpusError, match=r"cannot be read|has format version"):
            ck.Corpus.open(target)


def test_a_changed_manifest_is_refused(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    path = target / storage.MANIFEST
    written = path.read_text(encoding="utf-8")
    path.write_text(json.dumps(json.loads(written)), encoding="utf-8", newline="\r\n")  # another layout is no change
    ck.Corpus.open(target).verify()
    path.write_text(written.replace('"words": 5', '"words": 6'), encoding="utf-8")
    with pytest.raises(CorpusError, match="it was changed since it was written"):
        ck.Corpus.open(target)


WRONG: list[tuple[str, Any]] = [
    ("id", "x"),
    ("id", None),
    ("checksum", 5),
    ("created", []),
    ("counts", {}),
    ("counts", {"documents": -1, "tokens": 1, "words": 1, "types": 1}),
    ("counts", {"documents": True, "tokens": 1, "words": 1, "types": 1}),
    ("counts", {"documents": 1, "tokens": 1, "words": 1, "types": 1, "other": 1}),
    ("counts", {"documents": 2**64, "tokens": 1, "words": 1, "types": 1}),
    ("profile", {"name": 1}),
    ("options", None),
    ("source", "x"),
    ("source", {"source": "x", "skipped": {"x": 1}, "ignored": {"count": 0}, "notices": {}, "renamed": {}}),
    ("files", []),
    ("files", {"../x": 1}),
    ("sha256", {"/dev/zero": "0" * 64}),
    ("added", [1]),
    ("annotation", {"name": "x", "file": "../../thesis.doc"}),
    ("annotation", {"name": "x", "file": "/etc/passwd"}),
    ("annotation", {"name": "x", "file": "annotations-0123456789ab.parquet"}),  # which is not listed
    ("more", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_forged_manifest_is_refused(tmp_path: Path, name: str, value: object) -> None:
    target = make(tmp_path / "corpus")
    forge(target, lambda manifest: manifest.update({name: value}))
    with pytest.raises(CorpusError, match=r"manifest of .* is damaged"):
        ck.Corpus.open(target)


def test_a_manifest_that_lacks_an_entry_is_refused(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    kept = (target / storage.MANIFEST).read_bytes()
    for name in ck.Corpus.open(target).manifest:
        forge(target, lambda manifest, name=name: manifest.pop(name))
        if name != "manifest_sha256":  # which is made anew
            with pytest.raises(CorpusError, match=f"lacks '{name}'|cannot be read"):
                ck.Corpus.open(target)
        (target / storage.MANIFEST).write_bytes(kept)


def test_no_manifest_leads_out_of_the_folder(tmp_path: Path) -> None:
    """The annotations of a hostile corpus are a file of somebody else; annotating removed it."""
    thesis = tmp_path / "thesis.parquet"
    target = make(tmp_path / "corpus")
    for name in (str(thesis), "../thesis.parquet", "annotations-0123456789ab.parquet/../../thesis.parquet"):
        TEXTS.write_parquet(thesis)

        def point(manifest: dict[str, Any], name: str = name) -> None:
            manifest["annotation"] = {"name": "x", "file": name}
            manifest["files"][name] = thesis.stat().st_size
            manifest["sha256"][name] = "0" * 64

        forge(target, point)
        with pytest.raises(CorpusError, match="is damaged"):
            ck.Corpus.open(target)
        assert thesis.exists()


# ---------------------------------------------------- replacing, leftovers


@pytest.mark.parametrize("name", ["a[b]{a,b}c*d?e", "year=2020", "**"])
def test_a_path_may_have_wildcards(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    TEXTS.write_csv(folder / f"{name}.csv")
    for source in (folder, folder / f"{name}.csv", str(folder / "*.csv")):
        corpus = ck.Corpus.build(source, folder / "corpus", overwrite=True, annotate=source == folder, progress=False)
        assert len(corpus) == 2
        assert len(corpus.add(TEXTS.select("text", id=pl.lit("z") + pl.col("text")), id="id", progress=False)) == 4
        shutil.rmtree(corpus.path)


def test_a_corpus_appears_with_its_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(folder: Path, path: Path, *, replace: bool) -> None:
        put_in_place(folder, path, replace=replace)
        seen.append(ck.Corpus.open(path).is_annotated)

    monkeypatch.setattr(writing, "put_in_place", look)
    corpus = ck.Corpus.build(TEXTS, tmp_path / "corpus", annotate=True, progress=False)
    corpus.add(TEXTS.select("text", id=pl.lit("z") + pl.col("text")), id="id", progress=False)
    assert seen == [True, True]
    assert corpus.is_annotated
    corpus.verify()


def test_a_corpus_that_is_replaced_once_it_is_built_is_the_one_that_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make(tmp_path / "other", texts=TEXTS.head(1))

    def replace(folder: Path, path: Path, *, replace: bool) -> None:
        put_in_place(folder, path, replace=replace)
        put_in_place(other, path, replace=True)

    monkeypatch.setattr(writing, "put_in_place", replace)
    corpus = ck.Corpus.build(TEXTS, tmp_path / "corpus", progress=False)
    assert len(ck.Corpus.open(corpus.path)) == 1
    with pytest.warns(UserWarning, match="was replaced"):
        assert ck.frequency(corpus)["count"].sum() == 5


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_corpus_that_another_program_builds_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    """It appears after this program has looked, and before it moves its own folder there."""
    other, path = make(tmp_path / "other", texts=TEXTS.head(1)), tmp_path / "corpus"
    is_empty = folders._is_empty

    def appear(place: Path) -> bool:
        if other.exists():
            other.rename(path)
            return True
        return is_empty(place)

    path.mkdir()
    monkeypatch.setattr(folders, "_is_empty", appear)
    if overwrite:
        corpus = ck.Corpus.build(TEXTS, path, overwrite=True, progress=False)
        assert len(ck.Corpus.open(path)) == len(corpus) == 2
    else:
        path.rmdir()
        monkeypatch.setattr(folders, "flush", lambda _: other.rename(path))
        with pytest.raises(CorpusError, match=r"already exists|overwrite"):
            ck.Corpus.build(TEXTS, path, progress=False)
        assert len(ck.Corpus.open(path)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["corpus"]


def test_a_corpus_that_is_replaced_while_it_is_opened_is_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, new = make(tmp_path / "corpus"), make(tmp_path / "new", texts=TEXTS.head(1))
    open_folder = files.open_folder

    def replace(place: Path, path: Path, check: str) -> files.CorpusFiles:
        put_in_place(new, path, replace=True)
        return open_folder(place, path, check)

    with monkeypatch.context() as patched:
        patched.setattr(files, "open_folder", replace)
        corpus = ck.Corpus.open(target)
    assert len(corpus) == 1
    with warnings.catch_warnings(action="error"):  # it was not replaced since
        assert not ck.frequency(corpus).is_empty()

    def vanish(_: Path, path: Path, __: str) -> files.CorpusFiles:
        patched.undo()
        shutil.rmtree(path)
        make(path)
        raise CorpusError("a file is missing")

    with monkeypatch.context() as patched:
        patched.setattr(files, "open_folder", vanish)
        assert len(ck.Corpus.open(target)) == 2


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    token = "0123456789abcdef"
    (tmp_path / f".corpus.{token}.building").mkdir()
    (tmp_path / f".corpus.{token}.lock").touch()
    (target / f".annotations.{token}.building").mkdir()
    (tmp_path / ".corpus.notes").mkdir()  # is not ours
    (tmp_path / ".corpus.0123.building").mkdir()  # nor this
    with locked(tmp_path / ".corpus.fedcba9876543210.lock", create=True):  # is of a process that is alive
        (tmp_path / ".corpus.fedcba9876543210.building").mkdir()
        assert [path.name for path in leftovers_of(target)] == [
            f".corpus.{token}.building", f".corpus.{token}.lock", f".annotations.{token}.building"
        ]  # fmt: skip
        ck.Corpus.open(target).annotate()
        assert leftovers_of(target) == []
    assert [path.name for path in leftovers_of(target)] == [
        ".corpus.fedcba9876543210.building", ".corpus.fedcba9876543210.lock"
    ]  # fmt: skip
    make(target, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".corpus.0123.building", ".corpus.notes", "corpus"]


def test_where_folders_cannot_be_exchanged_they_are_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(folders, "exchange", unsupported)
    target = make(tmp_path / "corpus")
    make(target, texts=TEXTS.head(1), overwrite=True)
    assert len(ck.Corpus.open(target)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_process_that_died_between_two_moves_is_finished(tmp_path: Path) -> None:
    target = make(tmp_path / "corpus")
    new = make(tmp_path / "new", texts=TEXTS.head(1))
    token = "0123456789abcdef"

    def stop_between() -> None:
        (tmp_path / f".corpus.{token}.lock").touch()
        target.rename(tmp_path / f".corpus.{token}.old")
        shutil.copytree(new, tmp_path / f".corpus.{token}.building")

    stop_between()
    assert len(ck.Corpus.open(target)) == 1
    leftovers(target, remove=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "new"]
    stop_between()
    assert len(ck.Corpus.build(TEXTS, target, overwrite=True)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "new"]
    stop_between()
    shutil.rmtree(tmp_path / f".corpus.{token}.building")
    assert len(ck.Corpus.open(target)) == 2  # the old one


def test_a_corpus_that_somebody_is_moving_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = make(tmp_path / "corpus")
    old, lock = (tmp_path / f".corpus.0123456789abcdef.{purpose}" for purpose in ("old", "lock"))
    monkeypatch.setattr(files, "_PATIENCE", 0.05)
    monkeypatch.setattr(folders, "_PATIENCE", 0.02)
    with locked(lock, create=True):
        target.rename(old)
        with pytest.raises(CorpusError, match="is being replaced by another program"):
            ck.Corpus.open(target)
        old.rename(target)
    assert len(ck.Corpus.open(target)) == 2


def test_all_is_on_disk_before_the_old_corpus_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was flushed when two names are exchanged is what a power cut leaves: it is the whole corpus."""
    target = make(tmp_path / "corpus")
    flushed: dict[int, bytes | None] = {}
    order: list[str] = []
    sync, exchange = os.fsync, folders.exchange

    def record(file: int) -> None:
        status = os.fstat(file)
        content = None if stat.S_ISDIR(status.st_mode) else Path(f"/proc/self/fd/{file}").read_bytes()
        flushed[status.st_ino] = content
        order.append("sync")
        sync(file)

    def cut_the_power(one: bytes, other: bytes) -> None:
        new, after = Path(os.fsdecode(one)), tmp_path / "after"
        for path in [new, *sorted(new.rglob("*"))]:
            place = after / path.relative_to(new)
            assert path.stat().st_ino in flushed, f"{path.name} is not on disk"
            content = flushed[path.stat().st_ino]
            place.mkdir(exist_ok=True) if content is None else place.write_bytes(content)
        ck.Corpus.open(after).verify()
        order.append("exchange")
        exchange(one, other)

    monkeypatch.setattr(os, "fsync", record)
    monkeypatch.setattr(folders, "exchange", cut_the_power)
    make(target, texts=TEXTS.head(1), overwrite=True)
    assert "exchange" in order
    assert order[-1] == "sync"  # of the folder above
    ck.Corpus.open(target).annotate()
    after = ck.Corpus.open(target)
    for name in (after.manifest["annotation"]["file"], storage.MANIFEST, *target.glob("checksums-*")):
        assert (target / name).stat().st_ino in flushed


BUILD = """
import sys, time, polars as pl, corpus_kit as ck
from corpus_kit.corpus import building

def wait(*_):
    print("building", flush=True)
    time.sleep(60)

building.write_manifest = wait
ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), sys.argv[1], progress=False)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_terminated_build_leaves_nothing(tmp_path: Path, number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUILD, str(tmp_path / "corpus")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"building\n"
        assert len(list(tmp_path.iterdir())) == 2  # the folder and its lock
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == -number
    assert list(tmp_path.iterdir()) == []
