"""Pictures as matplotlib figures, for papers: sizes in inches, text as shapes in SVG and PDF.

matplotlib 3.11 is the first version that shapes and orders Arabic letters itself. Nothing global is changed:
figures are made without pyplot, and settings hold only while one is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from corpus_kit.display.fonts import font_folders
from corpus_kit.display.isolation import label_text
from corpus_kit.plots.libraries import load_matplotlib
from corpus_kit.plots.look import FONTS, Theme
from corpus_kit.plots.pictures import (
    AREA,
    NAME_SIZE,
    Axis,
    BarPanel,
    BarPanels,
    Bars,
    Graph,
    HeatMap,
    Number,
    Scatter,
    Series,
    Strips,
    TracePanel,
    Traces,
    cut_to,
)
from corpus_kit.plots.png import FIGURE_PIXELS_PER_INCH as _PER_INCH
from corpus_kit.plots.png import png

__all__ = ["draw", "figure_class", "settings"]

_POINTS = 72 / _PER_INCH  # in a pixel
_MARGIN = 0.16  # inches around everything
_ROW = 26
_CELL = (112, 42)
# Metadata with the date and the program, without which the same figure gives the same file.
_DATED = {"png": ("Software",), "svg": ("Date",), "pdf": ("CreationDate", "Producer"), "ps": ("CreationDate",)}


def draw(picture: Any, title: str | None, theme: Theme) -> Any:
    """Return the figure of a picture."""
    matplotlib = load_matplotlib()
    with matplotlib.rc_context(settings(theme)):
        figure = figure_class()(facecolor=theme.ground)
        panels = _DRAWN[type(picture)](picture, figure, theme)
        if title is not None:
            _write_title(panels[0], title)
        if picture.note:
            _write_note(panels[-1], picture.note)
        _fit(figure, panels)
    return figure


@cache
def _register_fonts() -> tuple[str, ...]:
    """Register the packaged fonts with matplotlib, once. Return the names of those that are there, in order."""
    manager = import_module("matplotlib.font_manager").fontManager
    for folder in font_folders():
        for path in sorted(folder.glob("*.ttf")):
            manager.addfont(path)
    known = set(manager.get_font_names())
    return tuple(name for name in FONTS if name in known)


def settings(theme: Theme) -> dict[str, Any]:
    """Return the settings of matplotlib while a figure is drawn."""
    return {
        "font.family": list(_register_fonts()),
        "font.size": 12 * _POINTS,
        "text.color": theme.ink,
        "text.parse_math": False,  # a $ in a text is a $
        "axes.unicode_minus": True,
        "axes.facecolor": theme.ground,
        "axes.edgecolor": theme.quiet,
        "axes.labelcolor": theme.ink,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "grid.color": theme.grid,
        "grid.linewidth": 0.8,
        "legend.frameon": False,
    }


@cache
def figure_class() -> Any:
    """Return a class of figures that a notebook shows without pyplot, and whose files are the same bytes each time."""
    matplotlib = load_matplotlib()
    figure = import_module("matplotlib.figure").Figure

    class PaperFigure(figure):  # type: ignore[misc, valid-type]
        def savefig(self, fname: Any, **options: Any) -> None:
            kind = str(options.get("format") or Path(str(fname)).suffix.removeprefix(".")).lower()
            if kind in _DATED:
                options.setdefault("metadata", dict.fromkeys(_DATED[kind]))
            with matplotlib.rc_context({"svg.hashsalt": "corpus-kit"}):  # otherwise ids are random
                super().savefig(fname, **options)

        def _repr_png_(self) -> bytes:
            return png(self)

    return PaperFigure


# ------------------------------------------------------------------------------------------- panels


def _panel(figure: Any, width: float, height: float, *, above: float = 0, across: float = 0) -> Any:
    """Return axes of a size in pixels, placed `above` and `across` so many pixels."""
    panel = figure.add_axes((0, 0, 1, 1), label=f"{above},{across}")
    panel.set_gid(f"{width},{height},{above},{across}")
    figure.set_size_inches(max((width + across) / _PER_INCH, 1), max((height + above) / _PER_INCH, 1))
    panel.set_axisbelow(True)
    panel.tick_params(length=0, labelfontfamily=list(_register_fonts()))
    return panel


def _fit(figure: Any, panels: Sequence[Any]) -> None:
    """Make the figure as large as the panels with their labels and titles."""
    sizes = [tuple(float(number) / _PER_INCH for number in panel.get_gid().split(",")) for panel in panels]
    for panel in panels:
        panel.set_gid(None)
    width = max(size[0] + size[3] for size in sizes)
    height = max(size[1] + size[2] for size in sizes)
    left = bottom = 0.0
    for _ in range(2):  # once to measure labels and titles, once to make room for them
        figure.set_size_inches(width, height)
        for panel, (wide, high, above, across) in zip(panels, sizes, strict=True):
            panel.set_position(((left + across) / width, (bottom + above) / height, wide / width, high / height))
        figure.draw_without_rendering()
        room = figure.get_tightbbox()
        left, bottom = left - room.x0 + _MARGIN, bottom - room.y0 + _MARGIN
        width, height = room.width + 2 * _MARGIN, room.height + 2 * _MARGIN
    figure.set_size_inches(width, height)
    for panel, (wide, high, above, across) in zip(panels, sizes, strict=True):
        panel.set_position(((left + across) / width, (bottom + above) / height, wide / width, high / height))


def _write_title(panel: Any, title: str) -> None:
    room = panel.get_tightbbox()
    box = panel.get_window_extent()
    over = max((room.y1 - box.y1) / panel.figure.dpi * 72, 0)  # points that labels or a legend take above the panel
    panel.set_title(label_text(title), loc="right", fontsize=16 * _POINTS, fontweight="bold", pad=over + 8)


def _write_note(panel: Any, note: str) -> None:
    under = panel.get_window_extent().y0 - panel.get_tightbbox().y0  # what labels and the title of an axis take
    panel.annotate(
        label_text(note), (1, 0), (0, -72 * under / panel.figure.dpi - 8), xycoords="axes fraction",
        textcoords="offset points", ha="right", va="top", fontsize=11 * _POINTS, annotation_clip=False,
    )  # fmt: skip


def _bars(picture: Bars, figure: Any, theme: Theme) -> list[Any]:
    places = range(len(picture.labels))
    panel = _panel(figure, 520, _ROW * len(places))
    panel.barh(places, picture.values, height=0.72, color=theme.blue)
    panel.set_xlim(max(picture.values) * 1.12, 0)
    panel.set_ylim(len(places) - 0.5, -0.5)
    _labels_at_right(panel, picture.labels, size=15)
    panel.spines["left"].set_visible(False)
    panel.grid(axis="x")
    _numbers(panel.xaxis, picture.number)
    panel.set_xlabel(label_text(picture.axis))
    for place, (value, shown) in enumerate(zip(picture.values, picture.shown, strict=True)):
        panel.annotate(
            label_text(shown), (value, place), (-4, 0), textcoords="offset points",
            ha="right", va="center", fontsize=11 * _POINTS,
        )  # fmt: skip
    return [panel]


def _bar_panels(picture: BarPanels, figure: Any, theme: Theme) -> list[Any]:
    pitch = picture.width + picture.label_width + 24
    panels: list[Any] = []
    above, low_row = 0.0, len(picture.rows) - 1
    for number, row in reversed(list(enumerate(picture.rows))):  # from the bottom up
        height = _ROW * max(len(each.bars) for each in row)
        for place, each in enumerate(row):
            across = pitch * (min(len(picture.panels), picture.COLUMNS) - 1 - place)
            panel = _panel(figure, picture.width, height, above=above, across=across)
            _draw_bars(panel, each, picture, height // _ROW, theme)
            panels.append((number, place, panel))
        above += height + 62
    panels = [panel for _, _, panel in sorted(panels, key=lambda each: each[:2])]
    below = panels[low_row * picture.COLUMNS]
    below.set_xlabel(label_text(picture.axis), loc="right")
    if picture.groups:
        patch = import_module("matplotlib.patches").Patch
        handles = [patch(color=getattr(theme, hue), label=label_text(name)) for name, hue in picture.groups.items()]
        over = (24 if picture.panels[0].title else 4) / _PER_INCH
        moved = import_module("matplotlib.transforms").ScaledTranslation(0, over, figure.dpi_scale_trans)
        panels[0].legend(
            handles=handles, loc="lower right", bbox_to_anchor=(1, 1), bbox_transform=panels[0].transAxes + moved,
            ncols=2, borderaxespad=0,
        )  # fmt: skip
    return [panels[0], *(panel for panel in panels[1:] if panel is not below), *([below] if len(panels) > 1 else [])]


def _draw_bars(panel: Any, content: BarPanel, picture: BarPanels, rows: int, theme: Theme) -> None:
    low, high = picture.bounds
    for place, bar in enumerate(content.bars):
        colour = getattr(theme, picture.groups.get(bar.group, "blue"))
        panel.barh(place, bar.value, height=0.64, color=colour, alpha=0.75)
        if bar.low is not None and bar.high is not None:
            panel.hlines(place, bar.low, bar.high, color=theme.ink, linewidth=1)
        if bar.shown:
            panel.annotate(
                label_text(bar.shown), (bar.value, place), (-4 if picture.from_right else 4, 0),
                textcoords="offset points", ha="right" if picture.from_right else "left", va="center",
                fontsize=10 * _POINTS,
            )  # fmt: skip
    panel.set_xlim(*((high, low) if picture.from_right else (low, high)))
    panel.set_ylim(rows - 0.5, -0.5)
    _labels_at_right(panel, [bar.label for bar in content.bars], size=14)
    panel.spines["left"].set_visible(False)
    panel.grid(axis="x")
    if low < 0:
        panel.axvline(0, color=theme.quiet, linewidth=0.8)
    _numbers(panel.xaxis, picture.number, ticks=4)
    panel.text(1, 1, label_text(content.title), transform=panel.transAxes, ha="right", va="bottom", fontweight="bold",
               fontsize=13 * _POINTS)  # fmt: skip


def _heat_map(picture: HeatMap, figure: Any, theme: Theme) -> list[Any]:
    panel = _panel(figure, _CELL[0] * len(picture.columns), _CELL[1] * len(picture.rows))
    colours = import_module("matplotlib.colors").LinearSegmentedColormap.from_list("steps", theme.steps)
    for cell in picture.cells:
        at, down = picture.columns.index(cell.column), picture.rows.index(cell.row)
        panel.add_patch(_rectangle(at - 0.5, down - 0.5, 1, 1, colours(cell.value / picture.largest), theme.ground))
        ink = theme.strong_ink if cell.dark else theme.ink
        lift = 0.14 if picture.intervals else 0
        style = {"ha": "center", "va": "center", "color": ink}
        panel.text(at, down - lift, cell.shown, fontsize=13 * _POINTS, **style)
        panel.text(at, down + 0.24, label_text(cell.interval), fontsize=10 * _POINTS, **style)
    panel.set_xlim(len(picture.columns) - 0.5, -0.5)
    panel.set_ylim(len(picture.rows) - 0.5, -0.5)
    panel.xaxis.tick_top()
    names = [label_text(cut_to(name, _CELL[0], 13)) for name in picture.columns]
    panel.set_xticks(range(len(names)), names, fontsize=13 * _POINTS)
    _labels_at_right(panel, picture.rows, size=13)
    for spine in panel.spines.values():
        spine.set_visible(False)
    return [panel]


def _series(picture: Series, figure: Any, theme: Theme) -> list[Any]:
    places = range(len(picture.periods))
    width = picture.width
    upper = _panel(figure, width, 220, above=74)
    lower = _panel(figure, width, 64)
    rates = [float("nan") if period.rate is None else period.rate for period in picture.periods]
    for place, period in enumerate(picture.periods):
        if period.burst:
            upper.axvspan(place - 0.5, place + 0.5, color=theme.band, alpha=theme.band_opacity, linewidth=0)
        if period.low is not None and period.high is not None:
            upper.vlines(place, period.low, period.high, color=theme.blue, alpha=0.45, linewidth=1)
    upper.plot(places, rates, color=theme.blue, marker="o", markersize=4, linewidth=1.4)
    upper.set_ylim(0, None)
    upper.set_ylabel(label_text(picture.rate))
    _numbers(upper.yaxis, picture.number)
    upper.grid(axis="y")
    upper.set_xticks([])
    lower.bar(places, [period.documents for period in picture.periods], width=0.7, color=theme.grey)
    lower.bar(places, [period.hits for period in picture.periods], width=0.7, color=theme.blue)
    lower.set_ylabel(label_text(picture.documents))
    _numbers(lower.yaxis, "count", ticks=3)
    lower.grid(axis="y")
    names = [period.name for period in picture.periods]
    shown = [names.index(name) for name in picture.named]
    lower.set_xticks(shown, picture.named, fontsize=11 * _POINTS)
    patch = import_module("matplotlib.patches").Patch
    opacity = {"band": theme.band_opacity}
    handles = [
        patch(color=getattr(theme, hue), alpha=opacity.get(hue, 1), linewidth=0, label=label_text(name))
        for name, hue in picture.legend.items()
    ]
    upper.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.3)
    for panel in (upper, lower):
        panel.set_xlim(-0.5, len(places) - 0.5)
        panel.spines["right"].set_visible(False)
    return [upper, lower]


def _traces(picture: Traces, figure: Any, theme: Theme) -> list[Any]:
    width, height = picture.size
    columns = picture.columns
    n_rows = -(-len(picture.panels) // columns)
    panels = []
    for number, panel in enumerate(picture.panels):
        row, column = divmod(number, columns)
        above = (n_rows - 1 - row) * (height + picture.ROW_GAP)
        beside = (columns - 1 - column) * (width + picture.beside)  # the first one at the right
        axes = _panel(figure, width, height, above=above, across=beside)
        _panel_of_traces(axes, picture, panel, theme)
        panels.append(axes)
    right = (n_rows - 1) * columns
    return [*panels[:right], *panels[right + 1 :], panels[right]]  # the last one is that above the note


def _panel_of_traces(axes: Any, picture: Traces, panel: TracePanel, theme: Theme) -> None:
    last, highest = len(picture.periods) - 1, picture.highest
    width = picture.size[0]
    ends = (0, last) if last else (-0.5, 0.5)
    pixel = (ends[1] - ends[0]) / width
    places = range(last + 1)
    for trace in panel.traces:
        colour = theme.communities[trace.colour]
        rate, low, high = (np.array(values, np.float64) for values in (trace.rates, trace.low, trace.high))
        axes.fill_between(places, low, np.minimum(high, highest), color=colour, alpha=0.13, linewidth=0)
        axes.vlines(trace.alone, low[trace.alone], np.minimum(high, highest)[trace.alone], color=colour, alpha=0.4)
        axes.plot(trace.alone, rate[trace.alone], "o", color=colour, markersize=2.6, clip_on=False)
        marker = {"marker": "o", "markersize": 2.6} if last < 60 else {}
        axes.plot(places, rate, color=colour, linewidth=1.4, clip_on=False, **marker)
        hollow = {"markersize": 5, "markerfacecolor": theme.ground, "markeredgewidth": 1.2, "zorder": 4}
        if trace.partial:
            axes.plot(trace.partial, rate[list(trace.partial)], "o", color=colour, clip_on=False, **hollow)
    for trace, place in picture.labels(panel) if picture.is_named else ():
        end, colour = trace.end or (0, 0.0), theme.communities[trace.colour]
        at = ends[1] + picture.LEADER * pixel
        axes.plot((end[0], at - 3 * pixel), (end[1], place), color=colour, linewidth=0.8, alpha=0.7, clip_on=False)
        axes.text(at, place, label_text(trace.name), ha="left", va="center", fontsize=11 * _POINTS)
    axes.set_xlim(*ends)
    axes.set_ylim(0, highest)
    axes.spines["right"].set_visible(False)
    axes.grid(axis="y")
    decimal = picture.number == "count" and highest < 8  # where counts would all be the same
    _numbers(axes.yaxis, "decimal" if decimal else picture.number, ticks=6 if len(picture.panels) == 1 else 4)
    shown = [picture.periods.index(name) for name in picture.named]
    axes.set_xticks(shown, picture.named, fontsize=11 * _POINTS)
    if len(picture.panels) == 1:
        axes.set_ylabel(label_text(picture.rate))
    else:
        axes.annotate(
            label_text(panel.title), (1, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
            ha="right", va="bottom", fontsize=12 * _POINTS,
        )  # fmt: skip


def _graph(picture: Graph, figure: Any, theme: Theme) -> list[Any]:
    panel = _panel(figure, *picture.size)
    heaviest = max(link.weight for link in picture.links)
    thin, thick = picture.LINK_WIDTHS
    for link in picture.links:
        wide = thin + (thick - thin) * link.weight / heaviest
        panel.plot(*zip(link.start, link.end, strict=True), color=theme.quiet, alpha=0.5, linewidth=wide * _POINTS,
                   solid_capstyle="butt", zorder=1)  # fmt: skip
    strongest = max(circle.strength for circle in picture.circles)
    small, large = picture.CIRCLE_AREAS
    numbers = sorted({circle.community for circle in picture.circles})
    for circle in picture.circles:
        colour = theme.communities[numbers.index(circle.community) % len(theme.communities)]
        area = small + (large - small) * circle.strength / strongest
        panel.scatter(*circle.at, s=area * _POINTS**2, color=colour, edgecolor=theme.ground, linewidth=1, zorder=2)
        _name(panel, circle.name, circle.at[0], circle.at[1] + picture.NAME_ABOVE, theme)
    panel.set_xlim(0, picture.size[0])
    panel.set_ylim(0, picture.size[1])
    panel.axis("off")
    return [panel]


def _scatter(picture: Scatter, figure: Any, theme: Theme) -> list[Any]:
    panel = _panel(figure, *AREA)
    _scale(panel.xaxis, panel.set_xscale, panel.set_xlim, picture.x)
    _scale(panel.yaxis, panel.set_yscale, panel.set_ylim, picture.y)
    panel.grid()
    panel.spines["right"].set_visible(False)
    for rule in picture.rules:
        line = panel.axvline if rule.x is not None else panel.axhline
        line(rule.x if rule.x is not None else rule.y, color=theme.quiet, linewidth=0.8, linestyle=(0, (4, 4)))
    colours = picture.colours(theme)
    for group, colour in zip(picture.groups or [""], colours or [theme.blue], strict=False):
        dots = [point for point in picture.points if point.group == group]
        panel.scatter([dot.x for dot in dots], [dot.y for dot in dots], s=26 * _POINTS**2, alpha=0.7, color=colour,
                      linewidth=0, label=label_text(group))  # fmt: skip
    for line, colour in zip(picture.lines, colours[len(picture.groups) :], strict=True):
        at, up = zip(*line.points, strict=True)
        panel.plot(at, up, color=colour, linewidth=1.6, label=label_text(line.name))
    for name in picture.names:
        _name(panel, name.text, name.x, name.y, theme)
    if picture.groups or picture.lines:
        legend = panel.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, handletextpad=0.4, borderaxespad=0.3)
        for handle in legend.legend_handles:
            handle.set_alpha(1)
        for text in legend.get_texts():
            text.set_fontsize(12 * _POINTS)
    return [panel]


def _strips(picture: Strips, figure: Any, theme: Theme) -> list[Any]:
    panel = _panel(figure, AREA[0], 34 * len(picture.strips))
    for place, strip in enumerate(picture.strips):
        panel.add_patch(_rectangle(0, place - 0.4, 1, 0.8, theme.grid, theme.grid))
        panel.vlines(strip.places, place - 0.4, place + 0.4, color=theme.blue, linewidth=1.2)
    panel.set_xlim(0, 1)
    panel.set_ylim(len(picture.strips) - 0.5, -0.5)
    _labels_at_right(panel, [strip.label for strip in picture.strips], size=14)
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1])
    _numbers(panel.xaxis, "percent")
    panel.set_xlabel(label_text(picture.axis))
    for side in ("left", "right"):
        panel.spines[side].set_visible(False)
    return [panel]


# ------------------------------------------------------------------------------------------- pieces


def _rectangle(x: float, y: float, width: float, height: float, colour: Any, edge: str) -> Any:
    patches = import_module("matplotlib.patches")
    return patches.Rectangle((x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=1.4)


def _labels_at_right(panel: Any, labels: Sequence[str], *, size: int) -> None:
    panel.yaxis.tick_right()
    shown = [label_text(cut_to(label, BarPanels.LONGEST_LABEL, size)) for label in labels]
    panel.set_yticks(range(len(labels)), shown, fontsize=size * _POINTS)


def _name(panel: Any, name: str, x: float, y: float, theme: Theme) -> None:
    edge = import_module("matplotlib.patheffects").withStroke(linewidth=3, foreground=theme.ground)
    panel.text(x, y, label_text(name), ha="center", va="center", fontsize=NAME_SIZE * _POINTS, path_effects=[edge],
               zorder=5)  # fmt: skip


def _scale(axis: Any, set_scale: Any, set_limits: Any, given: Axis) -> None:
    if given.scale == "log":
        set_scale("log")
    elif given.scale == "root":
        set_scale("function", functions=(lambda v: np.sqrt(np.clip(v, 0, None)), np.square))
    set_limits(given.low, given.high)
    _numbers(axis, given.number)
    if given.ticks:
        axis.set_ticks(given.ticks)
        axis.set_ticks([], minor=True)
    axis.set_label_text(label_text(given.title))


def _numbers(axis: Any, number: Number, *, ticks: int = 6) -> None:
    """Format the numbers of an axis as the live chart does."""
    ticker = import_module("matplotlib.ticker")
    written = {
        "count": lambda value, _: f"{value:,.0f}",
        "decimal": lambda value, _: f"{round(value, 10):,g}".replace("-", "\u2212"),
        "percent": lambda value, _: f"{value:.0%}",
    }[number]
    if isinstance(axis.get_major_locator(), ticker.AutoLocator):
        axis.set_major_locator(ticker.MaxNLocator(ticks, integer=number == "count"))
    axis.set_major_formatter(ticker.FuncFormatter(written))


_DRAWN: dict[type, Callable[[Any, Any, Theme], list[Any]]] = {
    Bars: _bars,
    BarPanels: _bar_panels,
    HeatMap: _heat_map,
    Series: _series,
    Graph: _graph,
    Scatter: _scatter,
    Strips: _strips,
    Traces: _traces,
}
