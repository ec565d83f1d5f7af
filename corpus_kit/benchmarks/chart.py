"""The plot of a benchmark: a row for each task, speed on a logarithmic scale."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path
from typing import Any

from corpus_kit import plots
from corpus_kit._base.files import write_whole
from corpus_kit.benchmarks.report import summary
from corpus_kit.errors import CorpusKitError

__all__ = ["speed_chart", "write_chart"]

# Okabe and Ito's palette, distinct for every kind of colour vision; shapes repeat the distinction.
_OURS, _PEER, _OTHER = "corpus-kit", "best peer", "other peers"
_COLOURS = {_OURS: "#0072B2", _PEER: "#D55E00", _OTHER: "#999999"}
_SHAPES = {_OURS: "circle", _PEER: "diamond", _OTHER: "square"}
_INK = "#222222"
_FONT = "'IBM Plex Sans Arabic', Arial, 'DejaVu Sans', sans-serif"


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
    """Return an Altair chart of a report.

    Raises:
        CorpusKitError: If Altair is not installed or nothing was measured.
    """
    try:
        altair = import_module("altair")
    except ImportError:
        raise CorpusKitError("The plot needs Altair. Install it with pip install 'corpus-kit[bench]'.") from None
    points = _points(report)
    if not points:
        raise CorpusKitError("There is nothing to plot: nothing was measured.")
    tasks = [task["title"] for task in report["tasks"] if any(point["task"] == task["title"] for point in points)]
    speeds = [point["speed"] for point in points]
    base = altair.Chart(altair.Data(values=points)).encode(
        y=altair.Y("task:N", sort=tasks, title=None, axis=altair.Axis(labelFontSize=12, labelPadding=10)),
        x=altair.X(
            "speed:Q",
            title="MB of text a second (log scale; further right is faster)",
            # room for the names at both ends
            scale=altair.Scale(type="log", domain=[min(speeds) / 3, max(speeds) * 3], nice=False),
            axis=altair.Axis(format=",~g", grid=True, values=_ticks(min(speeds) / 3, max(speeds) * 3)),
        ),
    )
    marks = base.mark_point(filled=True, opacity=1, strokeWidth=2).encode(
        color=altair.Color("kind:N", title=None, scale=_scale(altair, _COLOURS), legend=altair.Legend(orient="top")),
        shape=altair.Shape("kind:N", title=None, scale=_scale(altair, _SHAPES)),
        size=altair.Size("kind:N", legend=None, scale=_scale(altair, {_OURS: 130, _PEER: 110, _OTHER: 36})),
    )
    layers = [base.mark_rule(color="#cccccc").encode(x="min(speed):Q", x2="max(speed):Q"), marks]
    for kind, faster, side in ((_OURS, True, 1), (_OURS, False, -1), (_PEER, True, -1), (_PEER, False, 1)):
        # Above the line, so that the line does not cross the text.
        style = {"align": "left" if side > 0 else "right", "dx": 5 * side, "dy": -10, "fontSize": 11}
        layers.append(
            base.mark_text(color=_INK, fontWeight="bold" if kind == _OURS else "normal", **style)
            .encode(text="label:N")
            .transform_filter(f"datum.kind === '{kind}' && datum.faster === {'true' if faster else 'false'}")
        )
    machine = report["machine"]
    subtitle = (
        f"{machine['processor']}, {machine['threads']} threads, {machine['instructions']}; {report['text']['name']}"
    )
    return (
        altair.layer(*layers)
        .properties(
            width=640, height=34 * len(tasks), background="#ffffff", padding=16,
            title=altair.TitleParams("corpus-kit and its peers", subtitle=subtitle, anchor="start", offset=10),
        )
        .configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK, titleColor=_INK, labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
            gridColor="#e8e8e8", domainColor="#888888", ticks=False, labelLimit=420,
        )
        .configure_title(color=_INK, fontSize=16, subtitleColor="#555555", subtitleFontSize=12)
        .configure_legend(labelColor=_INK, labelFontSize=12)
    )  # fmt: skip


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten in the range; only the powers if it spans two orders or more."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 100 else (1,)
    return [step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high]


def _scale(altair: Any, values: dict[str, Any]) -> Any:
    return altair.Scale(domain=list(values), range=list(values.values()))


def write_chart(report: dict[str, Any], folder: Path) -> list[Path]:
    """Write speed.png and speed.svg and return their paths."""
    chart = speed_chart(report)
    write_whole(folder / "speed.png", plots.png(chart))
    svg = folder / "speed.svg"
    chart.save(str(svg), format="svg")
    return [folder / "speed.png", svg]
