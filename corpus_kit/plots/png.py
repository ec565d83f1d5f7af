"""Plots as PNG images, drawn without a browser and without the network."""

from __future__ import annotations

import struct
import sys
import zlib
from importlib import import_module
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_kit._base.arguments import integer
from corpus_kit.errors import InputError, invalid

__all__ = [
    "FIGURE_PIXELS_PER_INCH",
    "HIGHEST_PPI",
    "in_few_colours",
    "png",
    "resolution_of_images",
    "use_png_renderer",
    "written",
]

FIGURE_PIXELS_PER_INCH = 100  # of a figure: a pixel of a picture is a hundredth of an inch
_PNG = b"\x89PNG\r\n\x1a\n"  # the signature of the format
_HEAD = (
    ">IIBBBBB"  # width, height, bits of a sample, type of colours, and three methods, of which the last is interlacing
)
HIGHEST_PPI = 600  # the resolution of printers
_MOST_PIXELS = 120_000_000
_images: dict[str, int | None] = {"ppi": None}  # of charts that are shown as images only


def png(chart: Any, *, ppi: int = 144) -> bytes:
    """Return a plot as a PNG image, drawn without a browser and without the network.

    Args:
        chart: A chart of `ck.plot` or a matplotlib figure.
        ppi: Pixels per inch, 1 to 600. At 72, one unit of a chart is one pixel.

    Returns:
        The bytes of the file.

    Raises:
        InputError: If an argument is invalid, or the image would have more than 120 megapixels.
        CorpusKitError: If matplotlib is not installed, or older than 3.11.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.plot.png(ck.plot.frequency(ck.frequency(ck.sample_corpus())), ppi=72)[1:4]
        b'PNG'
    """
    resolution = integer(ppi, "ppi", least=1, most=HIGHEST_PPI)
    figure = getattr(chart, "figure", None)  # of a chart; a figure of matplotlib has itself there
    figures = sys.modules.get("matplotlib.figure")  # if it was not loaded, there is no figure
    if figures is None or not isinstance(figure, figures.Figure):
        raise invalid("chart", "a chart of ck.plot or a matplotlib figure", chart)
    width, height = figure.get_size_inches()
    pixels = width * height * (resolution * FIGURE_PIXELS_PER_INCH / 72) ** 2
    if pixels > _MOST_PIXELS:
        raise InputError(
            f"chart must be at most {_MOST_PIXELS / 1e6:,.0f} megapixels large, got {pixels / 1e6:,.0f} at ppi={ppi}. "
            "Plot fewer rows or choose a smaller ppi."
        )
    return _figure_png(figure, resolution)


def in_few_colours(picture: bytes) -> bytes:
    """Return a PNG of at most 256 colours, about half as large, for a notebook, which holds many.

    Of the colours at the edges of letters and lines, those that are nearly the same become one.
    """
    image = import_module("PIL.Image")  # comes with matplotlib
    opened = image.open(BytesIO(picture))
    if opened.mode == "P":
        return picture
    few = opened.convert("RGB").quantize(256, method=image.Quantize.MEDIANCUT, dither=image.Dither.NONE)
    return written(np.asarray(few.convert("RGBA")))


def use_png_renderer(*, ppi: int = 144) -> None:
    """Show all charts of a notebook as PNG images, which look the same in every viewer and make a smaller notebook.

    Without this call they are live where there is a kernel, and images elsewhere.

    Args:
        ppi: Pixels per inch, 1 to 600.

    Raises:
        InputError: If `ppi` is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.plot.use_png_renderer()  # doctest: +SKIP
    """
    _images["ppi"] = integer(ppi, "ppi", least=1, most=HIGHEST_PPI)


def resolution_of_images() -> int | None:
    """Return the pixels per inch of charts that are shown as images only; None if they are live."""
    return _images["ppi"]


def _figure_png(figure: Any, ppi: int) -> bytes:
    """Return the PNG of a figure, the same bytes each time."""
    target, resolution = BytesIO(), ppi * FIGURE_PIXELS_PER_INCH / 72
    figure.savefig(target, format="png", dpi=resolution)
    # Pillow, with which matplotlib has written it, since its rows have filters of all kinds
    pixels = np.asarray(import_module("PIL.Image").open(target).convert("RGBA"))
    return written(pixels, struct.pack(">IIB", *[round(resolution / 0.0254)] * 2, 1))


def written(pixels: NDArray[np.uint8], resolution: bytes | None = None) -> bytes:
    """Return the PNG of pixels (height, width, 4), with a palette and one byte a pixel if they have few colours."""
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
