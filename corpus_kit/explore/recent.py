"""Which corpora were explored last, for the page that asks for one."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from corpus_kit._base.cache import cache_folder
from corpus_kit.corpus import storage

__all__ = ["recent_paths", "remember_path"]

_MOST = 8


def recent_paths() -> list[Path]:
    """Return the folders of the corpora that were opened last and are still there, the last one first."""
    try:
        known = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    paths = [Path(path) for path in known if isinstance(path, str)] if isinstance(known, list) else []
    return [path for path in paths if (path / storage.MANIFEST).is_file()][:_MOST]


def remember_path(path: Path) -> None:
    """Put a corpus first; where the cache folder cannot be written, nothing is remembered."""
    path = path.absolute()
    others = [each for each in recent_paths() if each != path]
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_bytes(json.dumps([str(each) for each in [path, *others][:_MOST]]).encode())


def _file() -> Path:
    return cache_folder() / "explored.json"
