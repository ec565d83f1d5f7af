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
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.file_locks import locked
from corpus_kit._base.files import sync_folder, write_json
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
from corpus_kit.corpus.files import CorpusFiles, open_folder
from corpus_kit.corpus.manifest import (
    annotations_of,
    checksums_of,
    sealed,
    with_file,
    without_file,
    written_manifest,
)
from corpus_kit.errors import CorpusError

__all__ = [
    "NewFolder",
    "check_target",
    "leftovers_of",
    "new_folder",
    "replaced_error",
    "write_annotations",
    "write_manifest",
]

_ANNOTATIONS = "annotations"  # within a corpus, beside which new ones are written
_AT_ONCE = 8  # files
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
        built = open_folder(self.folder, self._path)
        with building_folder(self.folder / _ANNOTATIONS) as aside:
            _annotated(self.folder, aside, built, annotate(built), record).close()
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
            try:
                put_in_place(self.folder, place, replace=self._overwrite)
            except OSError as error:
                check_target(self._path, overwrite=self._overwrite)  # which another program may have put there now
                if not self._overwrite or error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                put_in_place(self.folder, place, replace=True)
            return files or open_folder(place, self._path)  # Windows moves no folder with open files


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
        raise CorpusError(f"building {path} failed: {error.strerror or error}. Nothing was left behind.") from error


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
    # Windows replaces no file that is open
    file = path.with_name(f".{path.name}.lock") if sys.platform == "win32" else path / storage.MANIFEST
    while True:
        before = storage.stamp(path)
        if before is None:
            recover(path)
            before = storage.stamp(path)
        if before is None:
            break
        with ExitStack() as stack:
            with suppress(FileNotFoundError):
                stack.enter_context(locked(file, create=sys.platform == "win32"))
            if storage.stamp(path) != before:  # it was replaced while we waited
                continue
            if expected is not None and expected.encode() not in (path / storage.MANIFEST).read_bytes()[-_SEAL_AT_END:]:
                break
            yield
            return
    if expected is not None:
        raise replaced_error(path)
    yield


def replaced_error(path: Path) -> CorpusError:
    """Return the error of a program that would change a corpus that is no longer the one it opened."""
    return CorpusError(
        f"the corpus at {path} was replaced, moved or removed since it was opened. Open it again with Corpus.open."
    )


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """Write the checksums of all other files, and then the manifest, which lists them with their sizes and SHA-256."""
    paths = {name: folder / name for name in sorted(storage.FILES)}
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


# ---------------------------------------------------------------- annotations


def write_annotations(files: CorpusFiles, frame: pl.DataFrame, record: dict[str, Any]) -> CorpusFiles:
    """Add annotations of the types to a corpus, or replace them.

    They are written to a file of a new name, as are the checksums; both become part of the corpus when the manifest
    that lists them is renamed into place.

    Args:
        files: The corpus.
        frame: The annotations.
        record: What the manifest says of them.

    Returns:
        The annotated corpus.

    Raises:
        CorpusError: If they cannot be written, or another program changed the corpus; it is unchanged then.
    """
    path = files.path
    try:
        leftovers(path, remove=True)
        with _turn(path, files.manifest["manifest_sha256"]), building_folder(path / _ANNOTATIONS) as aside:
            return _annotated(path, aside, files, frame, record)
    except (OSError, pl.exceptions.ComputeError) as error:
        raise CorpusError(f"annotating {path} failed: {storage.reason(error)}. The corpus is unchanged.") from error


def _annotated(
    folder: Path, aside: Path, files: CorpusFiles, frame: pl.DataFrame, record: dict[str, Any]
) -> CorpusFiles:
    """Annotate the corpus in a folder; what is new is first written to another one."""
    table, checksums, written = aside / "table", aside / "checksums", aside / "manifest"
    frame.write_parquet(table, compression="zstd", compression_level=1)
    found = digests_of(table)
    name = f"annotations-{found.sha256[:12]}.parquet"
    old = {annotations_of(files.manifest), checksums_of(files.manifest)} - {None}
    content = files.manifest
    for each in old:
        content = without_file(content, str(each))
    content = with_file({**content, "annotation": {**record, "file": name}}, name, found.size, found.sha256)
    parts = {each: checks for each, checks in files.blocks.items() if each not in old} | {name: found.blocks}
    content = _with_checksums(checksums, content, np.concatenate([parts[each] for each in sorted(parts)]))
    write_json(written, sealed(content))
    for part in (table, checksums):
        flush_file(part)
    table.replace(folder / name)
    checksums.replace(folder / checksums_of(content))
    sync_folder(folder)
    written.replace(folder / storage.MANIFEST)
    sync_folder(folder)
    opened = open_folder(folder, files.path)
    for file in _unlisted(folder, opened.manifest):
        with suppress(OSError):
            file.unlink()
    return opened


def _unlisted(path: Path, manifest: dict[str, Any]) -> list[Path]:
    """Return files of annotations and checksums that the manifest does not list, such as older ones."""
    pattern = f"{storage.ANNOTATIONS_PATTERN}|{storage.CHECKSUMS_PATTERN}"
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
    with suppress(OSError, CorpusError), locked(path / storage.MANIFEST, wait=False) as lock:
        if lock.is_held and lock.is_at_its_path():  # otherwise somebody may be annotating it
            unlisted = _unlisted(path, written_manifest((path / storage.MANIFEST).read_bytes(), path))
            found += unlisted
            for each in unlisted if remove else []:
                each.unlink()
    return found
