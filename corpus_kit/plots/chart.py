"""A chart: live in a notebook, an image where there is no kernel, a figure for a paper."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cached_property
from html import escape
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.distribution import how_to_install
from corpus_kit._base.files import write_whole
from corpus_kit.errors import CorpusKitError, InputError, choose
from corpus_kit.plots.alternative_text import alternative_text
from corpus_kit.plots.draw_matplotlib import draw
from corpus_kit.plots.live import chart_words, picture_data, rows_behind
from corpus_kit.plots.look import theme_of
from corpus_kit.plots.pictures import Picture
from corpus_kit.plots.png import HIGHEST_PPI, in_few_colours, png, resolution_of_images

__all__ = ["Chart"]

_KINDS = ("png", "svg", "pdf")
_DIRECTIONS = {"en": "ltr", "ar": "rtl"}

# JupyterLab takes a saved output for the widget even without a kernel, and then has nothing to show. So a second output
# holds the image. It replaces the first one if that is neither the widget nor an image.
_FIRST = ".jp-OutputArea-child:not(:has(.ck-chart,.jp-RenderedImage))"
_STILL = (
    f"<style>{_FIRST}:has(+.jp-OutputArea-child .ck-still-chart){{display:none}}"
    f"{_FIRST}+.jp-OutputArea-child .ck-still-chart{{display:block!important}}</style>"
    '<div class="ck-still-chart" style="display:none">'
)


class Chart:
    """A chart of `ck.plot`: live in a notebook, an image where there is no kernel, a figure for a paper.

    In a notebook the pointer or the arrow keys show what is behind a mark, dragging selects marks, and a click or Enter
    opens one. Nothing is loaded from the network, and no word of a corpus can become markup.

    Attributes:
        picture: What is drawn, whatever draws it.
        table: The table that it was made of; of concordances, their lines.
        on_open: A function that gets the rows behind a mark that is opened (a DataFrame). What it returns is shown
            below the chart. None does nothing.
        on_select: A function that gets the rows behind the marks that are selected (a DataFrame).

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> chart = ck.plot.frequency(ck.frequency(corpus), top=10)
        >>> chart.on_open = lambda rows: ck.kwic(corpus, rows["word"][0])
        >>> chart
        Chart(Bars, table of 7,951 rows)
        >>> chart.selected.height
        0
    """

    def __init__(self, picture: Picture, table: pl.DataFrame, *, title: str | None, theme: str, language: str) -> None:
        self.picture = picture
        self.table = table
        self.on_open: Callable[[pl.DataFrame], Any] | None = None
        self.on_select: Callable[[pl.DataFrame], Any] | None = None
        self._title, self._theme, self._language = title, theme, language
        self._selected: Sequence[int] = ()
        self._below: Any = None  # the place below the chart, once it is displayed

    def __repr__(self) -> str:
        return f"Chart({type(self.picture).__name__}, table of {self.table.height:,} rows)"

    @cached_property
    def figure(self) -> Any:
        """The chart as a matplotlib figure, which can be changed; images and files are made of it.

        Raises:
            CorpusKitError: If matplotlib is not installed, or older than 3.11.
        """
        return draw(self.picture, self._title, theme_of(self._theme))

    @cached_property
    def widget(self) -> Any:
        """The chart as a widget (anywidget), for a dashboard.

        Raises:
            CorpusKitError: If anywidget is not installed.
        """
        if find_spec("anywidget") is None:
            raise CorpusKitError(f"Live charts need anywidget. {how_to_install('notebooks')}")
        widgets = import_module("corpus_kit.plots.widget")  # loads anywidget, which is optional
        return widgets.ChartWidget(self.data(), self._open, self._select)

    @property
    def selected(self) -> pl.DataFrame:
        """The rows of the table behind the marks that are selected, in its order; empty without a selection."""
        return self.table[rows_behind(self.picture, self._selected, self.table)]

    def data(self) -> dict[str, Any]:
        """Return what the page draws, as JSON values: picture, direction, theme and words."""
        return {
            "picture": picture_data(self.picture, self.table, title=self._title, language=self._language),
            "direction": _DIRECTIONS[self._language],
            "theme": None if self._theme == "auto" else self._theme,
            "say": chart_words(self._language),
        }

    def save(self, path: str | os.PathLike[str], *, ppi: int = 144) -> None:
        """Write the chart to a file; the same chart gives the same bytes.

        Args:
            path: A file that ends in .png, .svg or .pdf; one that is there is replaced.
            ppi: Pixels per inch of a .png, 1 to 600.

        Raises:
            InputError: If the path has another ending, or `ppi` is invalid.
            CorpusKitError: If matplotlib is not installed, or older than 3.11.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.plot.frequency(ck.frequency(ck.sample_corpus())).save("words.svg")  # doctest: +SKIP
        """
        kind = Path(path).suffix.removeprefix(".").lower()
        if kind not in _KINDS:
            raise InputError(f"path must end in .png, .svg or .pdf, got {str(path)!r}.")
        write_whole(Path(path), self.image(kind, ppi=ppi))

    def image(self, kind: str, *, ppi: int = 144) -> bytes:
        """Return what `save` writes.

        Args:
            kind: "png", "svg" or "pdf".
            ppi: Pixels per inch of a PNG, 1 to 600.

        Raises:
            InputError: If an argument is invalid.
            CorpusKitError: If matplotlib is not installed, or older than 3.11.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.plot.frequency(ck.frequency(ck.sample_corpus()), top=3).image("png", ppi=20)[1:4]
            b'PNG'
        """
        choose(kind, _KINDS, "kind")
        integer(ppi, "ppi", least=1, most=HIGHEST_PPI)
        if kind == "png":
            return png(self, ppi=ppi)
        target = BytesIO()
        self.figure.savefig(target, format=kind)
        return target.getvalue()

    # ------------------------------------------------------------------------------- notebooks

    def _repr_mimebundle_(self, *_: Any, **__: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a notebook shows and stores: the widget, where there is a kernel, and always the image."""
        data, metadata = self._image_bundle()
        if _is_live():
            live = self.widget._repr_mimebundle_()
            data = {**(live[0] if live else {}), **data, "text/plain": repr(self)}
        return data, metadata

    def _ipython_display_(self) -> None:
        display = import_module("IPython.display")
        data, metadata = self._repr_mimebundle_()
        display.publish_display_data(data, metadata)
        if not _is_live():
            return
        if image := data.get("image/png"):
            encoded, how = b64encode(image).decode(), metadata["image/png"]
            said = " ".join(f'{name}="{escape(str(value))}"' for name, value in how.items())
            picture = f'<img {said} src="data:image/png;base64,{encoded}">'
            display.publish_display_data({"text/html": f"{_STILL}{picture}</div>", "text/plain": ""})
        self._below = display.display({"text/plain": ""}, raw=True, display_id=True)

    def _image_bundle(self) -> tuple[dict[str, Any], dict[str, Any]]:
        ppi = resolution_of_images() or 144
        try:
            image = in_few_colours(png(self, ppi=ppi))
        except CorpusKitError as error:
            return {"text/plain": f"<Chart: {error}>"}, {}
        width, height = (int.from_bytes(image[at : at + 4]) * 72 // ppi for at in (16, 20))
        said = alternative_text(self.picture, title=self._title, language=self._language)
        how = {"alt": said, "width": width, "height": height}
        return {"image/png": image, "text/plain": repr(self)}, {"image/png": how}

    def _open(self, mark: int) -> None:
        if self.on_open is None:
            return
        shown = self.on_open(self.table[rows_behind(self.picture, [mark], self.table)])
        if shown is not None and self._below is not None:
            self._below.update(shown)

    def _select(self, marks: Sequence[int]) -> None:
        self._selected = marks
        if self.on_select is not None:
            self.on_select(self.selected)


def _is_live() -> bool:
    """Return whether charts are shown as widgets: if there is a kernel and anywidget, and images are not asked for."""
    if resolution_of_images() is not None or find_spec("anywidget") is None or "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return getattr(shell, "kernel", None) is not None
