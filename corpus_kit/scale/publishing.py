"""A finished table is put in its place in steps, of which each is one rename; a kill between them loses nothing.

When all parts are written, the manifest is written into the work folder. From then on the table is complete, and
whoever comes next does the steps that are left: the old manifest and the old table give way, the parts and the manifest
take their places. Whatever is not yet in its place is in the work folder, so nothing is left behind elsewhere.
"""

from __future__ import annotations

import shutil
from typing import Any

from corpus_kit._base.files import move, sync_folder
from corpus_kit.errors import CorpusError
from corpus_kit.scale.locations import Location
from corpus_kit.scale.sealed import sealed
from corpus_kit.scale.work import WorkFolder, manifest_of

__all__ = ["complete", "is_complete", "publish"]


def publish(work: WorkFolder, manifest: dict[str, Any], parts: set[str]) -> None:
    """Put the table of a count in its place.

    Args:
        work: The work folder, which this run has locked.
        manifest: The manifest.
        parts: The names of the parts.

    Raises:
        CorpusError: If files cannot be moved or written; the next run continues.
    """
    if work.out.is_local:
        _own_manifest(work).write([sealed(manifest)], durable=True)
        complete(work)
        return
    for name in work.out.children():
        if name not in parts:  # a part of the table that is replaced, which had more buckets
            (work.out / name).delete()
    manifest_of(work.out).write([sealed(manifest)])


def is_complete(work: WorkFolder) -> bool:
    """Return whether a run ended after its table was complete and before it was in its place."""
    return work.out.is_local and _own_manifest(work).exists()


def complete(work: WorkFolder) -> None:
    """Do the steps that are left until the table is in its place."""
    out, parts, old = work.out.path, (work.location / "parts").path, (work.location / "old").path
    manifest = manifest_of(work.out)
    manifest.delete()
    try:
        if parts.exists():
            if out.exists():
                shutil.rmtree(old, ignore_errors=True)
                move(out, old)
            sync_folder(parts)
            move(parts, out)
            sync_folder(out.parent)
        move(_own_manifest(work).path, manifest.path, replace=True)
        sync_folder(out.parent)
    except OSError as error:
        raise CorpusError(f"cannot move the table to {work.out}: {error.strerror}") from error


def _own_manifest(work: WorkFolder) -> Location:
    return work.location / "manifest.json"
