"""The plot of a benchmark: a row for each task, speed on a logarithmic scale."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Any

from corpus_kit import plots
from corpus_kit._base.files import write_whole
from corpus_kit.benchmarks.report import summary
from corpus_kit.errors import CorpusKitError
from corpus_kit.plots.draw_matplotlib import figure_class, settings
from corpus_kit.plots.libraries import load_matplotlib
from corpus_kit.plots.look import THEMES

__all__ = ["speed_chart", "write_chart"]

# Okabe and Ito's palette, distinct for every kind of colour vision; shapes repeat the distinction.
_OURS, _PEER, _OTHER = "corpus-kit", "best peer", "other peers"
_COLOURS = {_OURS: "#0072B2", _PEER: "#D55E00", _OTHER: "#999999"}
_SHAPES = {_OURS: "o", _PEER: "D", _OTHER: "s"}
_SIZES = {_OURS: 64, _PEER: 46, _OTHER: 18}  # square points
_INK = "#222222"


def _points(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a point for corpus-kit (its first way), for the best peer and for each other peer."""
    points, seen = [], set()
    for row in summary(report):
        if row["seconds"] is None or row["role"] == "context" or (row["role"] == "ours" and row["task"] in seen):
            continue
        ours, best = row["role"] == "ours", row["name"] == row["best_peer"]
        seen |= {row["task"]} if ours else set()
        faster = row["ratio"] is None or row["ratio"] >= 1
        points.append(
            {
                "task": row["title"],
                "speed": row["mb_per_second"],
                "kind": _OURS if ours else _PEER if best else _OTHER,
                "label": row["name"] if best else f"{row['ratio']:.1f} ×" if ours and row["ratio"] is not None else "",
                "faster": faster,
            }
        )
    # The side of a label depends on which of the two points is further right.
    leads = {point["task"]: point["faster"] for point in points if point["kind"] == _OURS}
    order = [_OTHER, _PEER, _OURS]  # the last one is drawn on top
    points.sort(key=lambda point: order.index(point["kind"]))
    return [{**point, "faster": leads.get(point["task"], True)} for point in points]


def speed_chart(report: dict[str, Any]) -> Any:
    """Return a matplotlib figure of a report.

    Raises:
        CorpusKitError: If matplotlib is not installed or nothing was measured.
    """
    points = _points(report)
    if not points:
        raise CorpusKitError("There is nothing to plot: nothing was measured.")
    matplotlib = load_matplotlib()
    tasks = [task["title"] for task in report["tasks"] if any(point["task"] == task["title"] for point in points)]
    with matplotlib.rc_context(settings(THEMES["light"])):
        figure = figure_class()(figsize=(10.6, 1.6 + 0.34 * len(tasks)), facecolor="#ffffff", layout="constrained")
        _draw(figure.add_subplot(), points, tasks)
        machine = report["machine"]
        figure.suptitle("corpus-kit and its peers", x=0.01, ha="left", fontsize=11.5, fontweight="bold")
        figure.axes[0].set_title(
            f"{machine['processor']}, {machine['threads']} threads, {machine['instructions']}; "
            f"{report['text']['name']}",
            loc="left", fontsize=8.6, color="#555555", pad=26,
        )  # fmt: skip
    return figure


def _draw(axes: Any, points: list[dict[str, Any]], tasks: list[str]) -> None:
    """Draw a row for each task: its points, the range between them and the names of the first two."""
    speeds = [point["speed"] for point in points]
    low, high = min(speeds) / 3, max(speeds) * 3  # room for the names at both ends
    for place, task in enumerate(tasks):
        of_task = [point["speed"] for point in points if point["task"] == task]
        axes.hlines(place, min(of_task), max(of_task), color="#cccccc", linewidth=0.8, zorder=1)
    for kind in (_OTHER, _PEER, _OURS):  # the last one is drawn on top
        here = [point for point in points if point["kind"] == kind]
        axes.scatter(
            [point["speed"] for point in here], [tasks.index(point["task"]) for point in here], s=_SIZES[kind],
            marker=_SHAPES[kind], color=_COLOURS[kind], linewidth=0, label=kind, zorder=2,
        )  # fmt: skip
    for point in points:
        # Above the line, so that the line does not cross the text; outside the two points.
        side = 1 if (point["kind"] == _OURS) == point["faster"] else -1
        axes.annotate(
            point["label"], (point["speed"], tasks.index(point["task"])), (4 * side, 3), textcoords="offset points",
            ha="left" if side > 0 else "right", va="bottom", fontsize=8, color=_INK,
            fontweight="bold" if point["kind"] == _OURS else "normal",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(len(tasks) - 0.4, -0.8)
    axes.set_xticks(_ticks(low, high))
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.set_yticks(range(len(tasks)), tasks, fontsize=8.6)
    axes.tick_params(length=0)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.set_xlabel("MB of text a second (log scale; further right is faster)", fontsize=8.6)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=8.6, borderaxespad=0, reverse=True)


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten in the range; only the powers if it spans two orders or more."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 100 else (1,)
    return [step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high]


def write_chart(report: dict[str, Any], folder: Path) -> list[Path]:
    """Write speed.png and speed.svg and return their paths."""
    chart, svg = speed_chart(report), BytesIO()
    write_whole(folder / "speed.png", plots.png(chart))
    chart.savefig(svg, format="svg")
    write_whole(folder / "speed.svg", svg.getvalue())
    return [folder / "speed.png", folder / "speed.svg"]
