"""What all plots share: one look, fonts with Arabic, pictures made offline."""

from __future__ import annotations

import functools
import struct
import zlib
from contextlib import suppress
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from corpus_kit.display._values import has_arabic, isolate
from corpus_kit.errors import CorpusKitError, InputError

__all__ = [
    "BLUE",
    "INK",
    "check_top",
    "label_text",
    "load_altair",
    "png",
    "register_fonts",
    "styled",
    "use_png_renderer",
]

_INSTALL = 'pip install "corpus-kit[notebooks]"'
# The renderer misplaces a glyph where a font makes two of one letter. Amiri does so when it lengthens a lam
# before kaf (in "لكن", "المملكة"), and then draws the letters over each other; Noto's fonts do it for every dot.
# IBM Plex does not, so it comes first; Amiri serves for the signs that others lack.
_FONT = "'IBM Plex Sans Arabic', 'Segoe UI', 'Geeza Pro', Arial, 'DejaVu Sans', Amiri, sans-serif"
_FONT_PACKAGES = ("fontpkg_ibm_plex_sans_arabic", "fontpkg_amiri")
_PNG = b"\x89PNG\r\n\x1a\n"  # how every such file begins
_RENDERER = "corpus-kit png"
BLUE = "#0072B2"  # Okabe and Ito's blue: distinct for every kind of colour vision
INK = "#222222"


def png(chart: Any, *, ppi: int = 144) -> bytes:
    """The PNG of a chart, made without a browser and without the network.

    ppi: pixels per inch; 72 is one pixel for each unit of the chart.
    """
    load_altair()
    register_fonts()
    target = BytesIO()
    chart.save(target, format="png", ppi=ppi)
    return packed(target.getvalue())


def packed(picture: bytes) -> bytes:
    """The same picture in a file a third as large: the renderer packs its pixels in haste."""
    chunks, pixels, place = [], b"", len(_PNG)
    while place < len(picture):
        size = int.from_bytes(picture[place : place + 4])
        kind, data = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + size]
        place += size + 12  # with the size, the kind and the checksum
        if kind == b"IDAT":
            pixels += data
        elif kind == b"IEND":
            chunks += [(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)), (kind, data)]
        else:
            chunks.append((kind, data))
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def use_png_renderer(*, ppi: int = 144) -> None:
    """Let notebooks show and store charts as PNG: offline, in every viewer, always the same."""
    alt = load_altair()
    register_fonts()
    alt.renderers.enable("png", ppi=ppi)
    render = alt.renderers.get()

    def packed_png(spec: dict[str, Any], **options: Any) -> Any:
        shown = render(spec, **options)
        bundle = shown[0] if isinstance(shown, tuple) else shown
        bundle["image/png"] = packed(bundle["image/png"])
        return shown

    alt.renderers.register(_RENDERER, packed_png)
    alt.renderers.enable(_RENDERER)


def label_text(text: Any) -> str:
    """A label as the renderer is to show it: one with an Arabic letter is turned, or it would begin at its end."""
    shown = "\u2014" if text is None else str(text)
    return isolate(shown) if has_arabic(shown) else shown


def check_top(top: object) -> None:
    """Raise InputError unless it is a number of things to show."""
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        raise InputError(f"top= takes a whole number from 1, not {top!r}")


def styled(chart: Any, title: str | None) -> Any:
    """What all plots share: a light ground of their own, readable inks, one font, fine grid lines."""
    if title is not None:
        chart = chart.properties(title=label_text(title))
    return (
        chart.properties(background="#ffffff", padding=14)
        .configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=INK, labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
            gridColor="#e4e4e4", domainColor="#888888", ticks=False, labelLimit=320,
        )
        .configure_title(color=INK, fontSize=16, anchor="end", offset=12)
    )  # fmt: skip


def load_altair() -> Any:
    try:
        return import_module("altair")
    except ImportError:
        raise CorpusKitError(f"plots need Altair, which is not installed: {_INSTALL}") from None


@functools.cache
def register_fonts() -> None:
    """Make the packaged fonts known to the renderer; without them the system's fonts serve."""
    try:
        renderer = import_module("vl_convert")
    except ImportError:
        raise CorpusKitError(f"PNG images need vl-convert, which is not installed: {_INSTALL}") from None
    for package in _FONT_PACKAGES:
        with suppress(ImportError):
            renderer.register_font_directory(str(Path(str(files(package))) / "files"))
