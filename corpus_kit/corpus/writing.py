"""Writing a corpus: whole or not at all, on disk before an older one gives way, one writer at a time."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.files import sync_folder, write_json
from corpus_kit._base.folders import (
    building_folder,
    flush_file,
    leftovers,
    locked,
    put_in_place,
    unfinished_in,
    working_on,
)
from corpus_kit.corpus import storage
from corpus_kit.corpus.blocks import digests_of
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

_SEAL_AT_END = 128  # bytes of a manifest, whose last entry is its checksum


# ------------------------------------------------------------- a whole corpus


class NewFolder:
    """A folder in which a corpus is built, beside the path where it will be."""

    def __init__(self, folder: Path, path: Path, *, overwrite: bool) -> None:
        self.folder = folder
        self._path = path
        self._overwrite = overwrite

    def publish(self, replaced: str | None = None) -> None:
        """Put the complete corpus in place.

        Args:
            replaced: The `manifest_sha256` of the corpus that it replaces; None for any, or for none.

        Raises:
            CorpusError: If another program put a corpus there meanwhile.
        """
        with _turn(self._path, replaced):
            check_target(self._path, overwrite=self._overwrite)
            put_in_place(self.folder, self._path)


@contextmanager
def new_folder(path: Path, *, overwrite: bool) -> Iterator[NewFolder]:
    """Provide a folder for a new corpus. If it is not published, `path` is unchanged and nothing is left behind."""
    check_target(path, overwrite=overwrite)
    place = path.resolve() if path.is_symlink() else path  # the link stays
    try:
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(building_folder(place))
            except OSError as error:
                raise CorpusError(f"cannot write to {place.parent}: {error.strerror}") from error
            yield NewFolder(folder, place, overwrite=overwrite)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars has its own error for some files
        error = error if isinstance(error, OSError) else OSError(str(error).partition("\n")[0])
        raise CorpusError(f"building {path} failed: {error.strerror or error}. Nothing was left behind.") from error


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise CorpusError if a build must not replace what is at this path."""
    try:
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
    lock = path.with_name(f".{path.name}.lock") if sys.platform == "win32" else path / storage.MANIFEST
    while (before := storage.stamp(path)) is not None:
        with ExitStack() as stack:
            with suppress(FileNotFoundError):
                stack.enter_context(locked(lock, create=sys.platform == "win32"))
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
    with ThreadPoolExecutor() as pool:
        digests = dict(zip(paths, pool.map(digests_of, paths.values()), strict=True))
    content = {**content, "files": {}, "sha256": {}}
    for name, found in digests.items():
        content = with_file(content, name, found.size, found.sha256)
    content = _with_checksums(folder, content, np.concatenate([digests[name].blocks for name in paths]))
    write_json(folder / storage.MANIFEST, sealed(content))


def _with_checksums(folder: Path, content: dict[str, Any], blocks: Array, token: str = "") -> dict[str, Any]:
    """Write the checksums of blocks, with a token not yet in place, and return a manifest that lists them."""
    aside = folder / (f".checksums.{token}.part" if token else ".checksums.part")
    storage.write_array(aside, blocks)
    found = digests_of(aside)
    name = f"checksums-{found.sha256[:12]}.npy"
    if not token:
        aside.replace(folder / name)
    return with_file(content, name, found.size, found.sha256)


# ---------------------------------------------------------------- annotations


def write_annotations(
    path: Path, manifest: dict[str, Any], blocks: dict[str, Array], frame: pl.DataFrame, record: dict[str, Any]
) -> None:
    """Add annotations of the types to a corpus, or replace them.

    They are written to a file of a new name, as are the checksums; both become part of the corpus when the manifest
    that lists them is renamed into place.

    Args:
        path: The folder of the corpus.
        manifest: Its manifest.
        blocks: The checksums of the blocks of each of its files.
        frame: The annotations.
        record: What the manifest says of them.

    Raises:
        CorpusError: If they cannot be written, or another program changed the corpus; it is unchanged then.
    """
    try:
        with working_on(path) as token, _turn(path, manifest["manifest_sha256"]):
            table, checksums, written = (
                path / f".{what}.{token}.part" for what in ("annotations", "checksums", "manifest")
            )
            frame.write_parquet(table, compression="zstd", compression_level=1)
            found = digests_of(table)
            name = f"annotations-{found.sha256[:12]}.parquet"
            old = {annotations_of(manifest), checksums_of(manifest)} - {None}
            content = manifest
            for each in old:
                content = without_file(content, str(each))
            content = with_file({**content, "annotation": {**record, "file": name}}, name, found.size, found.sha256)
            parts = {each: checks for each, checks in blocks.items() if each not in old} | {name: found.blocks}
            content = _with_checksums(path, content, np.concatenate([parts[each] for each in sorted(parts)]), token)
            write_json(written, sealed(content))
            for part in (table, checksums):
                flush_file(part)
            table.replace(path / name)
            checksums.replace(path / checksums_of(content))
            sync_folder(path)
            written.replace(path / storage.MANIFEST)
            sync_folder(path)
            for file in _unlisted(path, content):
                with suppress(OSError):
                    file.unlink()
    except (OSError, pl.exceptions.ComputeError) as error:
        raise CorpusError(f"annotating {path} failed: {storage.reason(error)}. The corpus is unchanged.") from error


def _unlisted(path: Path, manifest: dict[str, Any]) -> list[Path]:
    """Return files of annotations and checksums that the manifest does not list, such as older ones."""
    pattern = f"{storage.ANNOTATIONS_PATTERN}|{storage.CHECKSUMS_PATTERN}"
    names = sorted(os.listdir(path))  # noqa: PTH208 (names only)
    return [path / name for name in names if re.fullmatch(pattern, name) and name not in manifest["files"]]


def leftovers_of(path: Path) -> list[Path]:
    """Return what builds that were killed left behind: of a corpus, or of all corpora in a folder.

    What belongs to a process that is still running is not among them.
    """
    if os.path.lexists(path / storage.MANIFEST):
        return _leftovers_of_corpus(path)
    corpora = [each for each in sorted(path.iterdir()) if os.path.lexists(each / storage.MANIFEST)]
    names = {each.name for each in corpora} | unfinished_in(path)
    return [found for name in sorted(names) for found in _leftovers_of_corpus(path / name)]


def _leftovers_of_corpus(path: Path) -> list[Path]:
    found = leftovers(path)
    with suppress(OSError, CorpusError):
        found += _unlisted(path, written_manifest((path / storage.MANIFEST).read_bytes(), path))
    return found
