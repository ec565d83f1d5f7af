"""Charts and figures as PNG images, made without a browser and without the network."""

from __future__ import annotations

import functools
import struct
import sys
import zlib
from importlib import import_module
from io import BytesIO
from typing import Any

from corpus_kit.display.fonts import font_folders
from corpus_kit.display.libraries import load_altair
from corpus_kit.errors import CorpusKitError, InputError

__all__ = ["FIGURE_PIXELS_PER_INCH", "packed", "png", "png_bundle", "register_fonts", "use_png_renderer"]

FIGURE_PIXELS_PER_INCH = 100  # of a matplotlib figure, so that it is as large as the chart of the same picture
_PNG = b"\x89PNG\r\n\x1a\n"  # how every such file begins
_RENDERER = "corpus-kit png"
_HIGHEST_PPI = 600  # what a printer takes
_MOST_PIXELS = 120_000_000  # the renderer ends the whole process where its memory does not suffice


def _check_size(width: float, height: float, ppi: object) -> None:
    """Raise InputError for a picture that cannot be made. Sizes are in units of 1/72 inch."""
    if isinstance(ppi, bool) or not isinstance(ppi, int) or not 1 <= ppi <= _HIGHEST_PPI:
        raise InputError(f"ppi= takes a whole number from 1 to {_HIGHEST_PPI}, not {ppi!r}")
    pixels = width * height * (ppi / 72) ** 2
    if pixels > _MOST_PIXELS:
        raise InputError(
            f"this plot is too large for a picture of {ppi} pixels per inch: {pixels / 1e6:,.0f} megapixels, "
            f"up to {_MOST_PIXELS / 1e6:,.0f} can be made. Plot fewer rows, or take a smaller ppi="
        )


def _size_of(spec: dict[str, Any]) -> tuple[float, float]:
    """The size of what a chart draws in, without what is written around it."""
    parts = [_size_of(part) for part in spec.get("vconcat", ())]
    if parts:
        return max(width for width, _ in parts), sum(height for _, height in parts)
    width, height = spec.get("width"), spec.get("height")
    return width if isinstance(width, int | float) else 0, height if isinstance(height, int | float) else 0


def png(chart: Any, *, ppi: int = 144) -> bytes:
    """The PNG of a plot, made without a browser and without the network.

    chart: an Altair chart or a matplotlib figure.
    ppi: pixels per inch, up to 600; 72 is one pixel for each unit of an Altair chart. Both kinds of one plot are
        about the same size.

    Raises InputError for anything else, and for a picture of more than 120 megapixels; CorpusKitError where the
    renderer is not installed.
    """
    figures = sys.modules.get("matplotlib.figure")  # there is no figure where it was not loaded
    if figures is not None and isinstance(chart, figures.Figure):
        width, height = chart.get_size_inches()
        _check_size(72 * width, 72 * height, ppi)
        return packed(_figure_png(chart, ppi))
    if not isinstance(chart, load_altair().TopLevelMixin):
        raise InputError(f"png takes an Altair chart or a matplotlib figure, not {type(chart).__name__}: {chart!r:.60}")
    register_fonts()
    _check_size(*_size_of(chart.to_dict(validate=False)), ppi)
    target = BytesIO()
    chart.save(target, format="png", ppi=ppi)
    return packed(target.getvalue())


def png_bundle(chart: Any, *, ppi: int = 144) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook shows and stores of a chart: its PNG, and the size it has on the page."""
    try:
        picture = png(chart, ppi=ppi)
    except CorpusKitError as error:
        return {"text/plain": f"<{type(chart).__name__}: {error}>"}, {}
    size = {
        "width": int.from_bytes(picture[16:20]) * 72 // ppi,
        "height": int.from_bytes(picture[20:24]) * 72 // ppi,
    }
    return {"image/png": picture}, {"image/png": size}


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
    """Let a notebook show all charts of Altair as PNG, its own too: offline, in every viewer, always the same.

    The plots of corpus-kit are shown so in any case; after this call they have `ppi` pixels per inch.
    """
    alt = load_altair()
    _check_size(0, 0, ppi)
    register_fonts()
    alt.renderers.enable("png", ppi=ppi)
    render = alt.renderers.get()

    def packed_png(spec: dict[str, Any], **options: Any) -> Any:
        _check_size(*_size_of(spec), ppi)
        shown = render(spec, **options)
        bundle = shown[0] if isinstance(shown, tuple) else shown
        bundle["image/png"] = packed(bundle["image/png"])
        return shown

    alt.renderers.register(_RENDERER, packed_png)
    alt.renderers.enable(_RENDERER)


@functools.cache
def register_fonts() -> None:
    """Make the packaged fonts known to the renderer; without them the system's fonts serve."""
    try:
        renderer = import_module("vl_convert")
    except ImportError:
        raise CorpusKitError(
            'PNG images need vl-convert, which is not installed: pip install "corpus-kit[notebooks]"'
        ) from None
    for folder in font_folders():
        renderer.register_font_directory(str(folder))


def _figure_png(figure: Any, ppi: int) -> bytes:
    """The PNG of a figure, the same bytes each time."""
    target = BytesIO()
    figure.savefig(target, format="png", dpi=ppi * FIGURE_PIXELS_PER_INCH / 72)
    return target.getvalue()
