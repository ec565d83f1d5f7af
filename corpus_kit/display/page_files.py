"""Scripts of pages: modules joined into one that needs no other file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["joined_modules"]

_BASE = Path(__file__).parent / "page" / "base.js"
_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def joined_modules(paths: Iterable[Path]) -> str:
    """Return modules as one, after `page/base.js`; no two of them have a name in common.

    Args:
        paths: The files, each after those that it imports from.
    """
    parts = (path.read_text(encoding="utf-8") for path in (_BASE, *paths))
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)
