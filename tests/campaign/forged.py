"""Corpora that were changed by somebody who knows every checksum, for tests of what comes after them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from corpus_kit.corpus import storage
from corpus_kit.corpus.blocks import digests_of
from corpus_kit.corpus.manifest import checksums_of, sealed


def forge(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest of a corpus in place, with a new checksum of its own."""
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (path / storage.MANIFEST).write_text(json.dumps(sealed(manifest)), encoding="utf-8")


def record_files(path: Path) -> None:
    """Write the manifest and the checksums anew for the files as they are."""

    def record(manifest: dict[str, Any]) -> None:
        checksums = checksums_of(manifest)
        digests = {name: digests_of(path / name) for name in sorted(manifest["files"]) if name != checksums}
        storage.write_array(path / checksums, np.concatenate([each.blocks for each in digests.values()]))
        digests[checksums] = digests_of(path / checksums)
        for name, found in digests.items():
            manifest["files"][name], manifest["sha256"][name] = found.size, found.sha256

    forge(path, record)
