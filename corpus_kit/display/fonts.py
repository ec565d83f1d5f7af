"""The Arabic fonts of the extra ``notebooks``, for machines without one."""

from __future__ import annotations

import base64
from contextlib import suppress
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from corpus_kit._base.distribution import how_to_install
from corpus_kit.errors import CorpusKitError

__all__ = ["can_embed_faces", "embedded_faces", "font_faces", "font_files", "font_folders"]

_PACKAGES = ("fontpkg_ibm_plex_sans_arabic", "fontpkg_amiri")
# Arabic and its supplements and presentation forms.
_ARABIC = "U+0600-06FF, U+0750-077F, U+0870-08FF, U+FB50-FDFF, U+FE70-FEFC"
_MIXED = "Corpus Kit Arabic"
# Family, weight, style, file. The last face of a family is tried first: Plex, then Amiri for what it lacks.
_FACES = (
    ("Amiri", 400, "normal", "Amiri-Regular.ttf"),
    ("Amiri", 700, "normal", "Amiri-Bold.ttf"),
    ("Amiri", 400, "italic", "Amiri-Italic.ttf"),
    ("Amiri", 700, "italic", "Amiri-BoldItalic.ttf"),
    ("IBM Plex Sans Arabic", 400, "normal", "IBMPlexSansArabic-Regular.ttf"),
    ("IBM Plex Sans Arabic", 700, "normal", "IBMPlexSansArabic-Bold.ttf"),
    (_MIXED, 400, "normal", "Amiri-Regular.ttf"),
    (_MIXED, 700, "normal", "Amiri-Bold.ttf"),
    (_MIXED, 400, "normal", "IBMPlexSansArabic-Regular.ttf"),
    (_MIXED, 700, "normal", "IBMPlexSansArabic-Bold.ttf"),
)


def font_folders() -> list[Path]:
    """Return the folders of the font files that are installed. Without any, the fonts of the system are used."""
    found = []
    for package in _PACKAGES:
        with suppress(ImportError):
            found.append(Path(str(files(package))) / "files")
    return found


def font_files() -> dict[str, Path]:
    """Return the font files that are installed, by name."""
    names = {name for *_, name in _FACES}
    return {path.name: path for folder in font_folders() for path in folder.iterdir() if path.name in names}


def font_faces() -> str:
    """Return the @font-face rules, with addresses relative to the style sheet."""
    installed = font_files()
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {slant}; font-display: block; '
        f'src: url("fonts/{name}") format("truetype");'
        f"{f' unicode-range: {_ARABIC};' if family == _MIXED else ''} }}\n"
        for family, weight, slant, name in _FACES
        if name in installed
    )


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
        raise CorpusKitError(f"Fonts in a page need {missing.name}. {how_to_install('notebooks')}") from None
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
