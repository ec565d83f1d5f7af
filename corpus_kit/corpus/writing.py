"""Writing a corpus: whole or not at all, on disk before an older one gives way, one writer at a time."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.file_locks import Lock, locked
from corpus_kit._base.files import move, sync_folder, write_json
from corpus_kit._base.folders import (
    building_folder,
    flush_file,
    leftovers,
    make_folder,
    put_in_place,
    real_path,
    recover,
    unfinished_in,
)
from corpus_kit.corpus import storage
from corpus_kit.corpus.blocks import Digests, digests_of
from corpus_kit.corpus.files import CorpusFiles, close_mapped, open_folder
from corpus_kit.corpus.manifest import (
    checksums_of,
    needed_files,
    sealed,
    with_file,
    without_file,
    written_manifest,
)
from corpus_kit.errors import CorpusError

__all__ = [
    "Change",
    "NewFolder",
    "Part",
    "annotating",
    "annotations_folder",
    "changed",
    "check_target",
    "leftovers_of",
    "new_folder",
    "part",
    "replaced_error",
    "write_annotations",
    "write_manifest",
]

_ANNOTATIONS = "annotations"  # within a corpus, beside which new ones are written
_AT_ONCE = 8  # files
_SOON_FLUSHED = 1 << 24  # bytes of a corpus that are written to disk in one go, when it is put in place
_SEAL_AT_END = 128  # bytes of a manifest, whose last entry is its checksum


# ------------------------------------------------------------- a whole corpus


class NewFolder:
    """A folder in which a corpus is built, beside the path where it will be.

    Args:
        folder: The folder.
        path: The path, which may be a symbolic link.
        overwrite: Whether to replace a corpus there.
    """

    def __init__(self, folder: Path, path: Path, *, overwrite: bool) -> None:
        self.folder = folder
        self._path = path
        self._overwrite = overwrite

    def annotate(self, annotate: Callable[[CorpusFiles], pl.DataFrame], record: dict[str, Any]) -> None:
        """Add annotations of the types, so that the corpus has them from the beginning.

        Args:
            annotate: Returns the annotations of a corpus.
            record: What the manifest says of them.
        """
        self.change(lambda aside, built: _annotated(aside, built, annotate(built), record))

    def change(self, make: Callable[[Path, CorpusFiles], Change]) -> None:
        """Change the complete corpus, so that it is so from the beginning.

        Args:
            make: Writes new files to a folder aside.
        """
        built = open_folder(self.folder, self.folder)  # at its path is none yet, or the one that it replaces
        with building_folder(self.folder / _ANNOTATIONS) as aside:
            _changed(self.folder, aside, built, make(aside, built)).close()
        built.close()

    def publish(self, replaced: str | None = None) -> CorpusFiles:
        """Put the complete corpus in place, and return it open.

        It is opened before, since another program may replace it at any time after.

        Args:
            replaced: The `manifest_sha256` of the corpus that it replaces; None for any, or for none.

        Raises:
            CorpusError: If another program put a corpus there meanwhile.
        """
        place = real_path(self._path)
        with _turn(place, replaced):
            check_target(self._path, overwrite=self._overwrite)
            files = None if sys.platform == "win32" else open_folder(self.folder, self._path)
            if sys.platform == "win32":  # which moves no folder with open files
                close_mapped(place)
            try:
                put_in_place(self.folder, place, replace=self._overwrite)
            except OSError as error:
                check_target(self._path, overwrite=self._overwrite)  # which another program may have put there now
                if not self._overwrite or error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                put_in_place(self.folder, place, replace=True)
            return files or open_folder(place, self._path)


@contextmanager
def new_folder(path: Path, *, overwrite: bool) -> Iterator[NewFolder]:
    """Provide a folder for a new corpus. If it is not published, `path` is unchanged and nothing is left behind."""
    check_target(path, overwrite=overwrite)
    place = real_path(path)  # a link stays
    try:
        with ExitStack() as stack:
            try:
                make_folder(place.parent)
                folder = stack.enter_context(building_folder(place))
            except OSError as error:
                raise CorpusError(f"cannot write to {place.parent}: {error.strerror}") from error
            yield NewFolder(folder, path, overwrite=overwrite)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars has its own error for some files
        error = error if isinstance(error, OSError) else OSError(str(error).partition("\n")[0])
        raise CorpusError(f"building {path} failed: {_reason(error)}. Nothing was left behind.") from error


def _reason(error: BaseException) -> str:
    """Return in one line what went wrong; Windows does not say who has a file open."""
    is_open = sys.platform == "win32" and isinstance(error, PermissionError)
    return storage.reason(error) + ("; if the corpus is open in another program, close it there" if is_open else "")


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise CorpusError if a build must not replace what is at this path."""
    try:
        recover(path)
        if not path.exists() and not path.is_symlink():
            return
    except OSError as error:  # such as a name that is too long, or a folder without permission
        raise CorpusError(f"cannot write to {path}: {error.strerror}") from error
    if not path.is_dir():
        raise CorpusError(f"{path} is a file; a corpus is a folder. Choose another path.")
    try:
        if not any(path.iterdir()):
            return
    except OSError as error:
        raise CorpusError(f"cannot write to {path}: {error.strerror}") from error
    if not (path / storage.MANIFEST).is_file():
        raise CorpusError(f"{path} is not empty and not a corpus. Choose another path.")
    if not overwrite:
        raise CorpusError(
            f"{path} is a corpus already. Open it with Corpus.open, choose another path, or pass overwrite=True."
        )


@contextmanager
def _turn(path: Path, expected: str | None) -> Iterator[None]:
    """Let one writer at a time change the corpus at a path, by a lock on its manifest, which each of them replaces.

    Args:
        path: The path.
        expected: The `manifest_sha256` of the corpus that must still be there; None for any, or for none.

    Raises:
        CorpusError: If it is no longer there.
    """
    while True:
        before = storage.stamp(path)
        if before is None:
            recover(path)
            before = storage.stamp(path)
        if before is None:
            break
        with ExitStack() as stack:
            with suppress(FileNotFoundError):
                stack.enter_context(_lock(path))
            if storage.stamp(path) != before:  # it was replaced while we waited
                continue
            if expected is not None and not _is_there(path, expected):
                break
            yield
            return
    if expected is not None:
        raise replaced_error(path)
    yield


@contextmanager
def _lock(path: Path, *, wait: bool = True) -> Iterator[Lock]:
    """Hold the lock of those who change a corpus: on Windows, which replaces no open file, beside it."""
    beside = sys.platform == "win32"
    file = path.with_name(f".{path.name}.lock") if beside else path / storage.MANIFEST
    with locked(file, create=beside, wait=wait) as lock:
        yield lock
        lock.release()
    if beside:
        with suppress(OSError):  # Windows removes no file that somebody else has open, to lock it next
            file.unlink()


def _is_there(path: Path, expected: str) -> bool:
    """Return whether the corpus at a path has this `manifest_sha256`."""
    try:
        return expected.encode() in (path / storage.MANIFEST).read_bytes()[-_SEAL_AT_END:]
    except OSError:
        return False


def replaced_error(path: Path) -> CorpusError:
    """Return the error of a program that would change a corpus that is no longer the one it opened."""
    return CorpusError(
        f"the corpus at {path} was replaced, moved or removed since it was opened. Open it again with Corpus.open."
    )


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """Write the checksums of all other files, and then the manifest, which lists them with their sizes and SHA-256."""
    paths = {name: folder / name for name in sorted(storage.FILES)}
    if sum(path.stat().st_size for path in paths.values()) < _SOON_FLUSHED:
        digests = {name: digests_of(path) for name, path in paths.items()}
    else:
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # some are read while the device writes others
            digests = dict(zip(paths, pool.map(_completed, paths.values()), strict=True))
    content = {**content, "files": {}, "sha256": {}}
    for name, found in digests.items():
        content = with_file(content, name, found.size, found.sha256)
    aside = folder / "checksums"
    content = _with_checksums(aside, content, np.concatenate([digests[name].blocks for name in paths]))
    aside.replace(folder / checksums_of(content))
    write_json(folder / storage.MANIFEST, sealed(content))


def _completed(path: Path) -> Digests:
    """Write a complete file to disk and return its digests."""
    flush_file(path)
    return digests_of(path)


def _with_checksums(path: Path, content: dict[str, Any], blocks: Array) -> dict[str, Any]:
    """Write the checksums of blocks, and return a manifest that lists them by the name that they will have."""
    storage.write_array(path, blocks)
    found = digests_of(path)
    return with_file(content, f"checksums-{found.sha256[:12]}.npy", found.size, found.sha256)


# ------------------------------------------------------- annotations, layers of tokens


class Part(NamedTuple):
    """A new file of a corpus, complete but not yet there: where it is, and its digests."""

    path: Path
    digests: Digests


class Change(NamedTuple):
    """What becomes of a corpus: its manifest, but for the list of files, and its new files by name."""

    manifest: dict[str, Any]
    parts: dict[str, Part]


def part(path: Path, kind: str) -> tuple[str, Part]:
    """Return a complete file as a part of a corpus, with its name: it begins with `kind` and holds a digest."""
    found = digests_of(path)
    suffix = "parquet" if path.suffix == ".parquet" else "npy"
    return f"{kind}-{found.sha256[:12]}.{suffix}", Part(path, found)


@contextmanager
def annotating(path: Path, expected: str | None = None) -> Iterator[None]:
    """Raise errors while a corpus is annotated as CorpusError.

    Args:
        path: Its path.
        expected: Its `manifest_sha256`: if another corpus is there by now, the files of this one are gone.
    """
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        if expected is not None and not _is_there(path, expected):
            raise replaced_error(path) from error
        raise CorpusError(f"annotating {path} failed: {_reason(error)}. The corpus is unchanged.") from error


@contextmanager
def annotations_folder(path: Path) -> Iterator[Path]:
    """Provide a folder for what will become part of the corpus at a path; nothing of it remains."""
    leftovers(path, remove=True)
    with building_folder(path / _ANNOTATIONS) as aside:
        yield aside


def write_annotations(files: CorpusFiles, frame: pl.DataFrame, record: dict[str, Any]) -> CorpusFiles:
    """Add annotations of the types to a corpus, or replace them.

    Args:
        files: The corpus.
        frame: The annotations.
        record: What the manifest says of them.

    Returns:
        The annotated corpus.

    Raises:
        CorpusError: If they cannot be written, or another program changed the corpus; it is unchanged then.
    """
    path, expected = files.path, files.manifest["manifest_sha256"]
    with annotating(path, expected), _turn(path, expected), annotations_folder(path) as aside:
        return _changed(path, aside, files, _annotated(aside, files, frame, record))


def _annotated(aside: Path, files: CorpusFiles, frame: pl.DataFrame, record: dict[str, Any]) -> Change:
    """Write annotations of the types to a folder aside."""
    table = aside / "annotations.parquet"
    frame.write_parquet(table, compression="zstd", compression_level=1)
    name, written = part(table, "annotations")
    return Change({**files.manifest, "annotation": {**record, "file": name}}, {name: written})


def changed(aside: Path, files: CorpusFiles, change: Change) -> CorpusFiles:
    """Change a corpus: its new files and its checksums become part of it when the manifest is renamed into place.

    Args:
        aside: The folder of the new files.
        files: The corpus.
        change: What becomes of it.

    Raises:
        CorpusError: If another program changed it meanwhile.
        OSError: If it cannot be written.
    """
    with _turn(files.path, files.manifest["manifest_sha256"]):
        return _changed(files.path, aside, files, change)


def _changed(folder: Path, aside: Path, files: CorpusFiles, change: Change) -> CorpusFiles:
    checksums, written = aside / "checksums", aside / "manifest"
    content, needed = change.manifest, needed_files(change.manifest)
    for name in [each for each in content["files"] if each not in needed]:
        content = without_file(content, name)
    for name, each in change.parts.items():
        content = with_file(content, name, each.digests.size, each.digests.sha256)
    blocks = {name: checks for name, checks in files.blocks.items() if name in needed}
    blocks |= {name: each.digests.blocks for name, each in change.parts.items()}
    content = _with_checksums(checksums, content, np.concatenate([blocks[name] for name in sorted(blocks)]))
    write_json(written, sealed(content))
    for path in (*(each.path for each in change.parts.values()), checksums):
        flush_file(path)
    for name, each in change.parts.items():
        _put(each.path, folder / name)
    _put(checksums, folder / checksums_of(content))
    sync_folder(folder)
    move(written, folder / storage.MANIFEST, replace=True)
    sync_folder(folder)
    opened = open_folder(folder, files.path)
    for file in _unlisted(folder, opened.manifest):
        with suppress(OSError):
            file.unlink()
    return opened


def _put(path: Path, target: Path) -> None:
    """Move a file to the name that its content has; on Windows one that is there may be open, and the same."""
    if sys.platform == "win32" and target.exists() and digests_of(target).sha256 == digests_of(path).sha256:
        return
    move(path, target, replace=True)


def _unlisted(path: Path, manifest: dict[str, Any]) -> list[Path]:
    """Return files of annotations, layers and checksums that the manifest does not list, such as older ones."""
    pattern = "|".join(storage.REPLACED_PATTERNS)
    names = sorted(os.listdir(path))  # noqa: PTH208 (names only)
    return [path / name for name in names if re.fullmatch(pattern, name) and name not in manifest["files"]]


# ------------------------------------------------------------- what was left behind


def leftovers_of(path: Path, *, remove: bool = False) -> list[Path]:
    """Return what programs that were killed left behind: of a corpus, or of all corpora in a folder.

    What belongs to a program that is still running is not among them.

    Args:
        path: A corpus, or a folder.
        remove: Remove it.

    Raises:
        OSError: If the folder cannot be read.
    """
    path = real_path(path)
    if not path.is_dir() or os.path.lexists(path / storage.MANIFEST):
        return _leftovers_of_corpus(path, remove=remove)
    corpora = [each for each in sorted(path.iterdir()) if os.path.lexists(each / storage.MANIFEST)]
    names = {each.name for each in corpora} | unfinished_in(path)
    return [found for name in sorted(names) for found in _leftovers_of_corpus(path / name, remove=remove)]


def _leftovers_of_corpus(path: Path, *, remove: bool) -> list[Path]:
    found = leftovers(path, remove=remove) + leftovers(path / _ANNOTATIONS, remove=remove)
    if not os.path.lexists(path / storage.MANIFEST):
        return found
    with suppress(OSError, CorpusError), _lock(path, wait=False) as lock:
        if lock.is_held and lock.is_at_its_path():  # otherwise somebody may be annotating it
            unlisted = _unlisted(path, written_manifest((path / storage.MANIFEST).read_bytes(), path))
            found += unlisted
            for each in unlisted if remove else []:
                each.unlink()
    return found
