"""Plots as PNG images, rendered without a browser and without the network."""

from __future__ import annotations

import functools
import struct
import sys
import zlib
from importlib import import_module
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_kit._base.arguments import integer
from corpus_kit.display.fonts import font_folders
from corpus_kit.errors import CorpusKitError, InputError, invalid
from corpus_kit.plots.libraries import load_altair

__all__ = ["FIGURE_PIXELS_PER_INCH", "packed", "png", "png_bundle", "register_fonts", "use_png_renderer"]

FIGURE_PIXELS_PER_INCH = 100  # makes a matplotlib figure as large as the chart of the same picture
_PNG = b"\x89PNG\r\n\x1a\n"  # the signature of the format
_HEAD = (
    ">IIBBBBB"  # width, height, bits of a sample, type of colours, and three methods, of which the last is interlacing
)
_RGBA, _SUB = [8, 6, 0, 0, 0], 1  # what the renderer writes: four samples a pixel, as differences to the pixel before
_RENDERER = "corpus-kit png"
_HIGHEST_PPI = 600  # the resolution of printers
_MOST_PIXELS = 120_000_000  # the renderer aborts the process if it runs out of memory


def _check_size(width: float, height: float, ppi: object) -> None:
    """Raise InputError for an image that is too large. Sizes are in units of 1/72 inch."""
    resolution = integer(ppi, "ppi", least=1, most=_HIGHEST_PPI)
    pixels = width * height * (resolution / 72) ** 2
    if pixels > _MOST_PIXELS:
        raise InputError(
            f"chart must be at most {_MOST_PIXELS / 1e6:,.0f} megapixels large, got {pixels / 1e6:,.0f} at ppi={ppi}. "
            "Plot fewer rows or choose a smaller ppi."
        )


def _size_of(spec: dict[str, Any]) -> tuple[float, float]:
    """Return the size of the panels of a chart, without labels and titles."""
    parts = [_size_of(part) for part in spec.get("vconcat", ())]
    if parts:
        return max(width for width, _ in parts), sum(height for _, height in parts)
    width, height = spec.get("width"), spec.get("height")
    return width if isinstance(width, int | float) else 0, height if isinstance(height, int | float) else 0


def png(chart: Any, *, ppi: int = 144) -> bytes:
    """Return a plot as a PNG image, rendered without a browser and without the network.

    Args:
        chart: An Altair chart or a matplotlib figure.
        ppi: Pixels per inch, 1 to 600. At 72, one unit of an Altair chart is one pixel. Both kinds of one plot are
            about the same size.

    Returns:
        The bytes of the file.

    Raises:
        InputError: If an argument is invalid, or the image would have more than 120 megapixels.
        CorpusKitError: If the renderer is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.plot.png(ck.plot.frequency(ck.frequency(ck.sample_corpus())), ppi=72)[1:4]
        b'PNG'
    """
    figures = sys.modules.get("matplotlib.figure")  # if it was not loaded, there is no figure
    if figures is not None and isinstance(chart, figures.Figure):
        width, height = chart.get_size_inches()
        _check_size(72 * width, 72 * height, ppi)
        return _figure_png(chart, ppi)
    if not isinstance(chart, load_altair().TopLevelMixin):
        raise invalid("chart", "an Altair chart or a matplotlib figure", chart)
    register_fonts()
    _check_size(*_size_of(chart.to_dict(validate=False)), ppi)
    target = BytesIO()
    chart.save(target, format="png", ppi=ppi)
    return packed(target.getvalue())


def png_bundle(chart: Any, *, ppi: int = 144) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook shows and stores of a chart: its PNG and its size on the page."""
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
    """Return an image with the same pixels in a file less than half as large, if the renderer wrote it.

    The renderer writes four bytes a pixel and compresses for speed. A plot rarely has more than 256 colours, so that
    a palette and one byte a pixel will do. Any other image is returned as it is.
    """
    chunks, place = dict[bytes, bytes](), len(_PNG)
    while place < len(picture):
        size, kind = int.from_bytes(picture[place : place + 4]), picture[place + 4 : place + 8]
        chunks[kind] = chunks.get(kind, b"") + picture[place + 8 : place + 8 + size]
        place += size + 12  # the size, the kind and the checksum take 4 bytes each
    width, height, *form = struct.unpack(_HEAD, chunks[b"IHDR"])
    if form != _RGBA:
        return picture
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 4 * width + 1)
    if (rows[:, 0] != _SUB).any():
        return picture
    pixels = np.cumsum(rows[:, 1:].reshape(height, width, 4), axis=1, dtype=np.uint8)
    return _written(pixels, chunks.get(b"pHYs"))


def _written(pixels: NDArray[np.uint8], resolution: bytes | None) -> bytes:
    """Return the PNG of pixels (height, width, 4), with a palette if they have few colours."""
    height, width, _ = pixels.shape
    flat = np.ascontiguousarray(pixels).view(np.uint32).ravel()
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))  # of runs: a plot is mostly ground
    colours, runs = np.unique(flat[starts], return_inverse=True)
    palette = colours.view(np.uint8).reshape(-1, 4)
    opaque = bool((palette[:, 3] == 255).all())
    chunks: dict[bytes, bytes] = {} if resolution is None else {b"pHYs": resolution}
    if len(palette) <= 256:
        colour_type = 3
        samples = np.repeat(runs.astype(np.uint8), np.diff(starts, append=len(flat)))
        chunks |= {b"PLTE": palette[:, :3].tobytes()} | ({} if opaque else {b"tRNS": palette[:, 3].tobytes()})
    else:
        colour_type, samples = (2, pixels[:, :, :3]) if opaque else (6, pixels)
    rows = np.zeros((height, 1 + samples.size // height), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = samples.reshape(height, -1)
    head = struct.pack(_HEAD, width, height, 8, colour_type, 0, 0, 0)
    chunks = {b"IHDR": head, **chunks, b"IDAT": zlib.compress(rows.tobytes(), 9), b"IEND": b""}
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks.items()
    )


def use_png_renderer(*, ppi: int = 144) -> None:
    """Show all Altair charts of a notebook as PNG images, which need no network and look the same in every viewer.

    The plots of corpus-kit are always shown this way. After this call they have `ppi` pixels per inch.

    Args:
        ppi: Pixels per inch, 1 to 600.

    Raises:
        InputError: If `ppi` is invalid.
        CorpusKitError: If Altair or the renderer is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.plot.use_png_renderer()  # doctest: +SKIP
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
    """Register the packaged fonts with the renderer. Without them, the fonts of the system are used."""
    try:
        renderer = import_module("vl_convert")
    except ImportError:
        raise CorpusKitError(
            'PNG images need vl-convert. Install it with pip install "corpus-kit[notebooks]".'
        ) from None
    for folder in font_folders():
        renderer.register_font_directory(str(folder))


def _figure_png(figure: Any, ppi: int) -> bytes:
    """Return the PNG of a figure, the same bytes each time."""
    target, resolution = BytesIO(), ppi * FIGURE_PIXELS_PER_INCH / 72
    figure.savefig(target, format="png", dpi=resolution)
    # Pillow, with which matplotlib has written it, since its rows have filters of all kinds
    pixels = np.asarray(import_module("PIL.Image").open(target).convert("RGBA"))
    return _written(pixels, struct.pack(">IIB", *[round(resolution / 0.0254)] * 2, 1))
