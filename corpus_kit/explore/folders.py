"""What the start page lists, so that no path must be typed: folders and files by their names; none is opened."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

from corpus_kit._base.arguments import is_text, path_argument
from corpus_kit.corpus import storage
from corpus_kit.errors import InputError
from corpus_kit.readers.registry import formats_by_ending
from corpus_kit.readers.sources import clean_name, ending_of, is_hidden
from corpus_kit.safe_text import one_line

__all__ = ["first_folder", "listing_of", "typed_path"]

_MOST_FOLDERS = 10_000  # that are listed
_MOST_FILES = 200
_MOST_ENTRIES = 2_000  # of a folder that is counted, with all below it
_ADDRESS = "file://"
_PATIENCE = 0.7  # seconds for all counts of a listing


def typed_path(typed: object) -> Path:
    """Return the path that a person chose, typed or pasted, with quotation marks or as the address of a file.

    Raises:
        InputError: If there is none, or no file can have it.
    """
    name = typed if isinstance(typed, str) else ""
    if not os.path.lexists(name):  # quotation marks and spaces may be parts of a name
        name = name.strip()
        if name[:1] == name[-1:] and name[:1] in ("'", '"'):
            name = name[1:-1]
    if not name:
        raise InputError("Type the name of a folder or a file.")
    if name.startswith(_ADDRESS):
        name = url2pathname(name.removeprefix(_ADDRESS).removeprefix("localhost"))
    path = path_argument(name, "path")
    return Path(os.path.realpath(path)) if ".." in path.parts else path


def first_folder() -> Path:
    """Return the folder that is listed first: the current one if it is in the home folder, else that."""
    home, current = Path.home(), Path.cwd()
    return current if current.is_relative_to(home) else home


def listing_of(path: Path) -> dict[str, Any]:
    """Return what the page shows of a folder, as JSON values.

    Hidden entries and files that no reader reads are left out. A path is None where it cannot be opened: its bytes are
    not UTF-8.

    Args:
        path: The folder; of a file, its folder is listed.

    Raises:
        OSError: If it cannot be listed.
    """
    path = path if path.is_dir() or not path.is_file() else path.parent
    endings, limit = formats_by_ending(), time.monotonic() + _PATIENCE
    folders, files = _entries(path, endings)
    rows: list[dict[str, Any]] = []
    for entry in folders[:_MOST_FOLDERS]:
        row: dict[str, Any] = {"name": _shown(entry.name), "path": _sent(entry.path), "kind": "folder"}
        if time.monotonic() < limit:
            if _is_corpus(Path(entry.path)):
                row["kind"] = "corpus"
            else:
                row["files"], row["more"] = _count(entry.path, endings, limit)
        rows.append(row)
    rows += [
        {"name": _shown(entry.name), "path": _sent(entry.path), "kind": "file"} for entry in files[:_MOST_FILES]
    ]  # fmt: skip
    count, more = _count(os.fspath(path), endings, time.monotonic() + _PATIENCE)
    return {
        "path": _sent(os.fspath(path)),
        "above": [[_shown(each.name or str(each)), _sent(os.fspath(each))] for each in reversed((path, *path.parents))],
        "places": [[kind, _shown(name), _sent(os.fspath(place))] for kind, name, place in _places()],
        "kind": "corpus" if _is_corpus(path) else "folder",
        "rows": rows,
        "left_out": len(folders) + len(files) - len(rows),
        "folders": len(folders),
        "files": count,
        "more": more,
    }


def _entries(path: Path, endings: Container[str]) -> tuple[list[os.DirEntry[str]], list[os.DirEntry[str]]]:
    """Return the folders and the readable files of a folder, by their names."""
    folders, files = [], []
    with os.scandir(path) as entries:
        for entry in entries:
            if is_hidden(entry.name):
                continue
            if _is(entry, "is_dir"):
                folders.append(entry)
            elif _is_read(entry, endings):
                files.append(entry)
    return (sorted(each, key=lambda entry: (entry.name.casefold(), entry.name)) for each in (folders, files))  # type: ignore[return-value]


def _count(path: str, endings: Container[str], limit: float) -> tuple[int | None, bool]:
    """Return how many files would be read, with those in folders below, and whether there may be more.

    None stands for a folder that cannot be listed. Links are followed as `list_files` follows them.
    """
    count, seen, waiting, known = 0, 0, [path], set[tuple[int, int]]()
    while waiting:
        folder = waiting.pop()
        try:
            status = os.stat(folder)  # noqa: PTH116  # a link may lead back
            if (status.st_dev, status.st_ino) in known:
                continue
            known.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                for entry in entries:
                    seen += 1
                    if seen > _MOST_ENTRIES or time.monotonic() > limit:
                        return count, True
                    if is_hidden(entry.name):
                        continue
                    if _is(entry, "is_dir"):
                        waiting.append(entry.path)
                    else:
                        count += _is_read(entry, endings)
        except OSError:
            if folder == path:
                return None, False
    return count, False


def _is_read(entry: os.DirEntry[str], endings: Any) -> bool:
    return bool(ending_of(entry.name, endings)) and _is(entry, "is_file")


def _is(entry: os.DirEntry[str], kind: str) -> bool:
    try:
        return bool(getattr(entry, kind)())
    except OSError:  # a link in a circle
        return False


def _is_corpus(path: Path) -> bool:
    try:
        return (path / storage.MANIFEST).is_file()
    except OSError:
        return False


def _places() -> Iterator[tuple[str, str, Path]]:
    """Yield where to begin: the home folder, the current one, drives; each as its kind, its name and its path."""
    home, current = Path.home(), Path.cwd()
    yield "home", home.name, home
    if current != home:
        yield "current", current.name or str(current), current
    for drive in _drives():
        yield "drive", drive.name or str(drive), drive


def _drives(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the drives of Windows, or what is mounted for the user elsewhere."""
    if system == "win32":
        letters = [f"{letter}:\\" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        return [Path(letter) for letter in letters if os.path.isdir(letter)]  # noqa: PTH112  # no error of an empty drive
    user = environment.get("USER", "")
    above = [Path("/Volumes")] if system == "darwin" else [Path("/media") / user, Path("/run/media") / user]
    found: list[Path] = []
    for folder in above:
        try:
            found += sorted(each for each in folder.iterdir() if each.is_dir() and not is_hidden(each.name))
        except OSError:
            continue
    return found


def _shown(name: str) -> str:
    return one_line(clean_name(name))


def _sent(path: str) -> str | None:
    return path if is_text(path) else None
