"""Cache folders of a test's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus_kit._base.cache import cache_folder

__all__ = ["own_cache"]


def own_cache(folder: Path) -> Path:
    """Return this folder, made if need be, with nothing but the compiled lexicon.

    Compiling it takes longer than most tests; those of the lexicon do that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for compiled in cache_folder().glob("lexicon-*.npz"):
        if not (folder / compiled.name).exists():
            shutil.copy(compiled, folder)
    return folder
