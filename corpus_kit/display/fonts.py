"""The Arabic fonts that come with the extra ``notebooks``, for machines that have none."""

from __future__ import annotations

import base64
from contextlib import suppress
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from corpus_kit.errors import CorpusKitError

__all__ = ["can_embed_faces", "embedded_faces", "font_folders"]

_PACKAGES = ("fontpkg_ibm_plex_sans_arabic", "fontpkg_amiri")


def font_folders() -> list[Path]:
    """The folders of font files that are installed; without any the system's fonts serve."""
    found = []
    for package in _PACKAGES:
        with suppress(ImportError):
            found.append(Path(str(files(package))) / "files")
    return found


def can_embed_faces() -> bool:
    """Whether what `embedded_faces` needs is installed."""
    return bool(find_spec("fontTools") and find_spec("fontpkg_amiri"))


def embedded_faces(text: str) -> str:
    """Style rules that bring Amiri with them, regular and bold: only the letters that a text needs.

    Raises CorpusKitError where the fonts, or fontTools to cut them, are not installed.
    """
    try:
        subset = import_module("fontTools.subset")
        ttf = import_module("fontTools.ttLib")
        folder = Path(str(files("fontpkg_amiri"))) / "files"
    except ImportError as missing:
        raise CorpusKitError(
            f'fonts in a page need {missing.name}, which is not installed: pip install "corpus-kit[notebooks]"'
        ) from None
    rules = []
    for weight, name in (("normal", "Amiri-Regular.ttf"), ("bold", "Amiri-Bold.ttf")):
        options = subset.Options()
        options.layout_features = ["*"]  # or letters would not join as the face has them
        options.drop_tables += ["meta"]
        font = ttf.TTFont(folder / name, recalcTimestamp=False)  # the same bytes each time
        cutter = subset.Subsetter(options)
        cutter.populate(text=text)
        cutter.subset(font)
        font.flavor = "woff"
        target = BytesIO()
        font.save(target)
        data = base64.b64encode(target.getvalue()).decode("ascii")
        rules.append(
            f"@font-face {{ font-family: Amiri; font-weight: {weight}; "
            f"src: url(data:font/woff;base64,{data}) format('woff'); }}"
        )
    return "\n".join(rules) + "\n"
