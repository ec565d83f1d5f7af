"""The Arabic fonts that come with the extra ``notebooks``, for machines that have none."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files
from pathlib import Path

__all__ = ["font_folders"]

_PACKAGES = ("fontpkg_ibm_plex_sans_arabic", "fontpkg_amiri")


def font_folders() -> list[Path]:
    """The folders of font files that are installed; without any the system's fonts serve."""
    found = []
    for package in _PACKAGES:
        with suppress(ImportError):
            found.append(Path(str(files(package))) / "files")
    return found
