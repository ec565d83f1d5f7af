"""The folder in which the library keeps what it made once."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from corpus_kit._base.arguments import path_argument

__all__ = ["CACHE_VARIABLE", "cache_folder"]

CACHE_VARIABLE = "CORPUS_KIT_CACHE"


def cache_folder() -> Path:
    """Return the folder that CORPUS_KIT_CACHE names, or else the user's cache folder.

    Raises:
        InputError: If the variable names the home folder of a user that does not exist.
    """
    given = os.environ.get(CACHE_VARIABLE)
    return (
        path_argument(given, CACHE_VARIABLE) if given else platformdirs.user_cache_path("corpus-kit", appauthor=False)
    )
