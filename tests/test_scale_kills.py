"""A count that is killed at any step that changes files: the next run has the same rows and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.scale.locations import Location

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")

counting = import_module("corpus_kit.scale.count_ngrams")
work = import_module("corpus_kit.scale.work")

TEXTS = ["قال الوزير نعم", "قال الوزير لا", "غادر الوفد", "قال نعم"]


class KilledError(BaseException):
    """The process is killed: nothing that it would do next has any effect."""


class Steps:
    """Counts the calls that change files, and from one of them on lets none happen."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.last: int | None = None
        self.log: list[tuple[str, str]] = []
        for name in ("rename", "replace", "unlink", "rmdir", "mkdir", "fsync", "link", "truncate"):
            patch.setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self.count += 1
            if self.last is not None and self.count > self.last:
                raise KilledError
            path = str(Path(f"/proc/self/fd/{given[0]}").readlink() if name == "fsync" else given[-1])
            self.log.append((name, path))
            return call(*given, **named)

        return counted


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(counting, "cut_of", lambda *_: (60, 1))
    monkeypatch.setattr(counting, "threads", lambda: 1)
    monkeypatch.setattr(work, "_is_alive", lambda _: False)  # this process stands for one that was killed
    folder = tmp_path / "source"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


def count(source: Path, folder: Path, **options: Any) -> ck.scale.NgramTable:
    return ck.scale.count_ngrams(source, options.pop("n", 2), folder / "out", progress=False, **options)


def rows(table: ck.scale.NgramTable) -> pl.DataFrame:
    return table.scan().collect().sort("ngram")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def kills(call: Callable[[Path], object], before: Path, place: Path, every: int) -> Iterator[int]:
    """Kill a call at each step in turn, each time with the folder as it was before."""
    last = 0
    while True:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(before, place)
        with pytest.MonkeyPatch.context() as patch:
            steps = Steps(patch)
            steps.last = last
            try:
                call(place)
            except KilledError:
                pass
            else:
                return
        yield last
        last += every


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 17])
@pytest.mark.parametrize("replaces", [False, True])
def test_a_kill_at_any_step_loses_nothing(source: Path, tmp_path: Path, replaces: bool, every: int) -> None:
    expected = rows(count(source, tmp_path / "expected"))
    before = tmp_path / "before"
    before.mkdir()
    if replaces:
        count(source, before, n=1)
    options: dict[str, Any] = {"resume": not replaces}
    for step in kills(lambda place: count(source, place, **options), before, tmp_path / "place", every):
        place = tmp_path / "place"
        begun = not replaces or (place / "out.counting" / "plan.json").exists()
        begun = begun or ck.scale.NgramTable.open(place / "out").options["n"] == [2, 2]
        assert rows(count(source, place, resume=begun)).equals(expected), step
        assert names(place) == ["out", "out.manifest.json"], step
        assert ck.scale.NgramTable.open(place / "out").verify() is None


@pytest.mark.slow
def test_a_kill_while_resuming_loses_nothing(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = rows(count(source, tmp_path / "expected"))
    before = tmp_path / "before"
    with monkeypatch.context() as patch:
        patch.setattr(counting, "merge_bucket", None)
        with pytest.raises(TypeError):
            count(source, before)
    for step in kills(lambda place: count(source, place), before, tmp_path / "place", 1):
        assert rows(count(source, tmp_path / "place")).equals(expected), step
        assert names(tmp_path / "place") == ["out", "out.manifest.json"], step


def test_a_replaced_table_is_readable_or_said_to_be_unfinished(source: Path, tmp_path: Path) -> None:
    """Whoever opens the table after a kill gets the old one, the new one, or is told to run the count again."""
    before = tmp_path / "before"
    before.mkdir()
    old, new = rows(count(source, before, n=1)), rows(count(source, tmp_path / "new"))
    seen = set()
    for _ in kills(lambda place: count(source, place, resume=False), before, tmp_path / "place", 2):
        try:
            found = rows(ck.scale.NgramTable.open(tmp_path / "place" / "out"))
        except ck.CorpusError as error:
            seen.add(str(error).rpartition("out ")[2])
        else:
            assert found.equals(old) or found.equals(new)
            seen.add("old" if found.equals(old) else "new")
    assert seen - {"new"} == {"old", "is not finished. Run the same count again to resume it."}


def test_what_takes_the_place_of_a_table_is_on_disk_before(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(source, tmp_path, n=1)
    steps = Steps(monkeypatch)
    count(source, tmp_path, resume=False)
    log, out = steps.log, str(tmp_path / "out")
    gone = log.index(("unlink", f"{out}.manifest.json"))
    synced = {path for name, path in log[:gone] if name == "fsync"}
    asides = {path for path in synced if path.endswith(".part")}
    for part in ("part-00000.parquet", "part-00001.parquet", "manifest.json"):
        assert any(f"/.{part}." in path for path in asides), part
    assert {f"{out}.counting/parts", f"{out}.counting"} <= synced
    placed = log.index(("replace", f"{out}.manifest.json"))
    assert ("fsync", str(tmp_path)) in log[placed:]
    assert [name for name, path in log[placed:] if path == str(tmp_path)] == ["fsync"]


def test_a_full_disk_while_the_table_is_put_in_place(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.rename

    def refuse(source: Any, target: Any) -> None:
        if str(target).endswith("/out"):
            raise OSError(28, "No space left on device")
        whole(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refuse)
        with pytest.raises(ck.CorpusError, match=r"cannot move the table to .*/out: No space left"):
            count(source, tmp_path)
    assert rows(count(source, tmp_path)).height == 5
    assert names(tmp_path) == ["out", "out.manifest.json", "source"]


def test_a_table_behind_a_symbolic_link_is_replaced_where_it_is(source: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "pairs")
    for n in (1, 2):
        table = ck.scale.count_ngrams(source, n, tmp_path / "link", resume=False, progress=False)
        assert table.location == Location.of(tmp_path / "disk" / "pairs")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "disk") == ["pairs", "pairs.manifest.json"]
    assert ck.scale.NgramTable.open(tmp_path / "link").id == table.id
