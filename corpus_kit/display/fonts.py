"""The Arabic fonts of the extra ``notebooks``, for machines without one."""

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
    """Return the folders of the font files that are installed. Without any, the fonts of the system are used."""
    found = []
    for package in _PACKAGES:
        with suppress(ImportError):
            found.append(Path(str(files(package))) / "files")
    return found


def can_embed_faces() -> bool:
    """Return whether `embedded_faces` has what it needs."""
    return bool(find_spec("fontTools") and find_spec("fontpkg_amiri"))


def embedded_faces(text: str) -> str:
    """Return style rules with Amiri, regular and bold, cut down to the letters of a text.

    Raises:
        CorpusKitError: If the fonts or fontTools are not installed.
    """
    try:
        subset = import_module("fontTools.subset")
        ttf = import_module("fontTools.ttLib")
        folder = Path(str(files("fontpkg_amiri"))) / "files"
    except ImportError as missing:
        raise CorpusKitError(
            f'Fonts in a page need {missing.name}. Install it with pip install "corpus-kit[notebooks]".'
        ) from None
    rules = []
    for weight, name in (("normal", "Amiri-Regular.ttf"), ("bold", "Amiri-Bold.ttf")):
        options = subset.Options()
        options.layout_features = ["*"]  # without them letters would not join
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
