"""Pictures as Altair charts. Vega lays out every text left to right, so each Arabic label is isolated."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from corpus_kit.display.isolation import label_text
from corpus_kit.plots.libraries import load_altair
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
)
from corpus_kit.plots.png import png_bundle

__all__ = ["draw"]

_ROW = 26  # pixels of a bar and its gap
_CELL = (112, 42)  # pixels
# Pixels between a panel and the line below it; other panels have the numbers and the title of an axis there.
_NOTE_BELOW: dict[type, int] = {HeatMap: 10, Graph: 10}
_FORMATS: dict[Number, str] = {"count": ",d", "decimal": ",~r", "percent": "%"}


def draw(picture: Any, title: str | None, theme: Theme) -> Any:
    """Return the chart of a picture."""
    chart = _DRAWN[type(picture)](picture, load_altair(), theme)
    if title is not None:
        chart = chart.properties(title=label_text(title))
    if picture.note:
        chart = _with_note(chart, picture, load_altair(), theme)
    chart = styled(chart, theme)
    # Past Altair, which takes every assignment for a property of the chart.
    kind: Any = type(chart)
    object.__setattr__(chart, "__class__", _picture_class(kind))
    return chart


@cache
def _picture_class(kind: Any) -> type:
    """Return a class of charts that a notebook shows as an image, unless the user has chosen another renderer.

    Altair itself shows a page with scripts from the network, in which a word of a corpus could become markup.
    """

    class Picture(kind):  # type: ignore[misc]
        def _repr_mimebundle_(self, *include: Any, **exclude: Any) -> Any:
            if load_altair().renderers.active not in ("", "default"):
                return super()._repr_mimebundle_(*include, **exclude)
            return png_bundle(self)

    Picture.__name__ = Picture.__qualname__ = kind.__name__
    Picture.__doc__ = kind.__doc__
    return Picture


def _with_note(chart: Any, picture: Any, altair: Any, theme: Theme) -> Any:
    """Return a chart with a line below it, at the right."""
    note, below = label_text(picture.note), _NOTE_BELOW.get(type(picture), 40)
    style = {"fontSize": 11, "color": theme.ink}
    if not isinstance(chart, altair.LayerChart):
        below = altair.TitleParams(note, orient="bottom", anchor="end", fontWeight="normal", offset=8, **style)
        return altair.vconcat(chart).properties(title=below)
    mark = altair.Chart(altair.Data(values=[{}])).mark_text(
        text=note, align="right", baseline="top", x="width", y={"expr": f"height + {below}"}, **style
    )
    noted = chart.copy(deep=False)
    noted.layer = [*chart.layer, mark]
    return noted


def styled(chart: Any, theme: Theme) -> Any:
    """Return a chart with what all charts share: background, inks, one font, fine grid lines."""
    fonts = ", ".join(f"'{name}'" for name in FONTS)
    return (
        chart.properties(background=theme.ground, padding=14)
        .configure(font=f"{fonts}, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=theme.ink, titleColor=theme.ink, labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
            gridColor=theme.grid, domainColor=theme.quiet, ticks=False, labelLimit=320,
        )
        .configure_title(color=theme.ink, fontSize=16, anchor="end", offset=12)
        .configure_legend(labelColor=theme.ink, titleColor=theme.ink, labelFontSize=12, labelLimit=320)
    )  # fmt: skip


def _bars(picture: Bars, altair: Any, theme: Theme) -> Any:
    values = [
        {"label": label_text(label), "value": value, "shown": shown}
        for label, value, shown in zip(picture.labels, picture.values, picture.shown, strict=True)
    ]
    base = altair.Chart(_data(values, altair)).encode(
        y=altair.Y(
            "label:N", sort=None, title=None, axis=altair.Axis(orient="right", labelFontSize=15, labelPadding=8)
        ),
        # From zero, with room for the number beside the longest bar.
        x=altair.X(
            "value:Q",
            title=label_text(picture.axis),
            scale=altair.Scale(reverse=True, domain=[0, max(picture.values) * 1.12], nice=False),
            axis=altair.Axis(
                format=_FORMATS[picture.number],
                grid=True,
                **_ticks(max(picture.values), picture.number, 5),
            ),
        ),
    )
    bars = base.mark_bar(color=theme.blue, height={"band": 0.72})
    numbers = base.mark_text(align="right", dx=-5, fontSize=11, color=theme.ink).encode(text="shown:N")
    return altair.layer(bars, numbers).properties(width=520, height=_ROW * len(values))


def _ticks(high: float, number: Number, count: int) -> dict[str, Any]:
    """Return where ticks are from 0 to `high`: few counts have a tick each, since the label of a half is a whole."""
    few = number == "count" and high < count
    return {"values": list(range(int(high) + 1))} if few else {"tickCount": count}


def _bar_panels(picture: BarPanels, altair: Any, theme: Theme) -> Any:
    rows = []
    for row in picture.rows:
        height = _ROW * max(len(each.bars) for each in row)
        charts = [_panel_of_bars(each, picture, height, altair, theme) for each in row]
        wide = {"width": picture.width + picture.label_width, "height": height}
        gap = altair.Chart(altair.Data(values=[{}])).mark_point(opacity=0).properties(**wide)
        missing = min(len(picture.panels), picture.COLUMNS) - len(row)  # the first panel is at the right in each row
        rows.append(altair.hconcat(*[gap] * missing, *reversed(charts), spacing=24))
    return altair.vconcat(*rows, spacing=18)


def _panel_of_bars(content: BarPanel, picture: BarPanels, height: int, altair: Any, theme: Theme) -> Any:
    low, high = picture.bounds
    names = [label_text(name) for name in picture.groups]
    colours = [getattr(theme, hue) for hue in picture.groups.values()]
    values = [
        {
            "place": place, "label": label_text(bar.label), "value": bar.value, "low": bar.low, "high": bar.high,
            "group": label_text(bar.group), "shown": label_text(bar.shown), "zero": 0,
        }
        for place, bar in enumerate(content.bars)
    ]  # fmt: skip
    scale = {"domain": [low, high], "nice": False, "reverse": picture.from_right}
    axis = {"format": _FORMATS[picture.number], "tickCount": 4, "grid": True}
    labels = [row["label"] for row in values]
    # Two words of a panel may look alike, so that places are what is drawn.
    y = altair.Y(
        "place:O",
        title=None,
        axis={
            "orient": "right",
            "labelFontSize": 14,
            "labelPadding": 8,
            "minExtent": picture.label_width,
            "labelExpr": f"{json.dumps(labels)}[datum.value]",
        },
        scale={"domain": list(range(height // _ROW))},
    )
    base = altair.Chart(_data(values, altair)).encode(y=y)
    colour = altair.Color(
        "group:N",
        title=None,
        scale={"domain": names, "range": colours},
        legend={"orient": "top", "symbolOpacity": 1, "symbolType": "square"},
    )
    below = content is picture.rows[-1][0]  # what all panels share is written once
    x = altair.X("value:Q", title=label_text(picture.axis) if below else None, scale=scale, axis=axis)
    bars = _marked(base, "bar", height={"band": 0.64}, opacity=0.75, color=theme.blue)
    layers = [bars.encode(x=x, x2="zero:Q", **({"color": colour} if names else {}))]
    if any(bar.low is not None for bar in content.bars):
        layers.append(_marked(base, "rule", color=theme.ink).encode(x=altair.X("low:Q", scale=scale), x2="high:Q"))
    if any(bar.shown for bar in content.bars):
        aligned = {"align": "right", "dx": -5} if picture.from_right else {"align": "left", "dx": 5}
        text = _marked(base, "text", fontSize=10, color=theme.ink, **aligned)
        layers.append(text.encode(x=altair.X("value:Q", scale=scale), text="shown:N"))
    chart = altair.layer(*layers).properties(width=picture.width, height=height)
    title = {"text": label_text(content.title), "fontSize": 13, "anchor": "end", "offset": 6}
    return chart.properties(title=title) if content.title else chart


def _heat_map(picture: HeatMap, altair: Any, theme: Theme) -> Any:
    cells = [
        {
            "row": label_text(cell.row),
            "column": label_text(cell.column),
            "value": cell.value,
            "shown": cell.shown,
            "interval": label_text(cell.interval),
            "dark": cell.dark,
        }
        for cell in picture.cells
    ]
    columns = [label_text(column) for column in picture.columns]
    base = altair.Chart(_data(cells, altair)).encode(
        x=altair.X(
            "column:N",
            sort=columns[::-1],  # the first one at the right
            title=None,
            axis=altair.Axis(orient="top", labelAngle=0, labelFontSize=13, labelLimit=_CELL[0]),
        ),
        y=altair.Y("row:N", sort=None, title=None, axis=altair.Axis(orient="right", labelFontSize=13, labelPadding=8)),
    )
    steps = [picture.largest * step / (len(theme.steps) - 1) for step in range(len(theme.steps))]
    colour = altair.Color("value:Q", scale=altair.Scale(domain=steps, range=list(theme.steps)), legend=None)
    ink = altair.condition("datum.dark", altair.value(theme.strong_ink), altair.value(theme.ink))
    layers = [
        base.mark_rect(stroke=theme.ground, strokeWidth=2).encode(color=colour),
        base.mark_text(fontSize=13, dy=-6 if picture.intervals else 0).encode(text="shown:N", color=ink),
    ]
    if picture.intervals:
        layers.append(base.mark_text(fontSize=10, dy=10).encode(text="interval:N", color=ink))
    return altair.layer(*layers).properties(width=_CELL[0] * len(columns), height=_CELL[1] * len(picture.rows))


def _series(picture: Series, altair: Any, theme: Theme) -> Any:
    names = {label_text(name): getattr(theme, hue) for name, hue in picture.legend.items()}
    points = [
        {
            "period": period.name,
            "documents": period.documents,
            "hits": period.hits,
            "rate": period.rate,
            "low": period.low,
            "high": period.high,
            "burst": period.burst,
            "burst_name": [*names][-1],
        }
        for period in picture.periods
    ]
    periods = [period.name for period in picture.periods]
    width = picture.width
    dated = altair.Axis(labelAngle=0, values=picture.named, labelFontSize=11, labelPadding=6)
    scale = altair.Scale(paddingInner=0)
    bare = altair.X("period:O", sort=periods, title=None, axis=None, scale=scale)
    base = altair.Chart(_data(points, altair)).encode(x=bare)
    band = base.transform_filter("datum.burst").mark_rect(
        color=theme.band, opacity=theme.band_opacity, width={"band": 1}
    )
    hues = altair.Scale(domain=list(names), range=list(names.values()))
    above = altair.Legend(orient="top", title=None, symbolType="square", symbolStrokeWidth=0, symbolOpacity=0.75)
    band = band.encode(color=altair.Color("burst_name:N", scale=hues, legend=above))
    rate = label_text(picture.rate)
    interval = base.mark_rule(color=theme.blue, opacity=0.45).encode(y=altair.Y("low:Q", title=rate), y2="high:Q")
    # The line is interrupted at periods without documents.
    line = base.mark_line(color=theme.blue, point={"color": theme.blue, "size": 36}, invalid="break-paths-show-domains")
    axis = altair.Axis(format=_FORMATS[picture.number], tickCount=5)
    line = line.encode(y=altair.Y("rate:Q", title=rate, axis=axis))
    upper = altair.layer(band, interval, line).properties(width=width, height=220)
    counted = base.encode(x=altair.X("period:O", sort=periods, title=None, axis=dated, scale=scale))
    few = altair.Axis(tickCount=3, format=",d", tickMinStep=1)
    documents = label_text(picture.documents)
    all_documents = counted.mark_bar(color=theme.grey, width={"band": 0.7}).encode(
        y=altair.Y("documents:Q", title=documents, axis=few)
    )
    with_pattern = counted.mark_bar(color=theme.blue, width={"band": 0.7}).encode(y=altair.Y("hits:Q", title=documents))
    lower = altair.layer(all_documents, with_pattern).properties(width=width, height=64)
    return altair.vconcat(upper, lower, spacing=10)


def _traces(picture: Traces, altair: Any, theme: Theme) -> Any:
    charts = [_panel_of_traces(picture, panel, altair, theme) for panel in picture.panels]
    if len(charts) == 1:
        return charts[0]
    columns = picture.columns
    rows = [charts[first : first + columns][::-1] for first in range(0, len(charts), columns)]
    width, height = picture.size
    blank = altair.Chart(altair.Data(values=[{}])).mark_point(opacity=0).properties(width=width, height=height)
    rows[-1] = [blank] * (columns - len(rows[-1])) + rows[-1]
    flat = [chart for row in rows for chart in row]
    return altair.concat(*flat, columns=columns, spacing={"row": 24, "column": 18}, align="all")


def _panel_of_traces(picture: Traces, panel: TracePanel, altair: Any, theme: Theme) -> Any:
    width, height = picture.size
    last, highest = len(picture.periods) - 1, picture.highest
    ends = (0, last) if last else (-0.5, 0.5)
    pixel = (ends[1] - ends[0]) / width
    names = json.dumps(picture.periods, ensure_ascii=False)
    dated = {
        "values": [picture.periods.index(name) for name in picture.named], "labelExpr": f"{names}[datum.value]",
        "labelAngle": 0, "grid": False, "labelFontSize": 11, "labelPadding": 6,
    }  # fmt: skip
    x = altair.X("period:Q", title=None, axis=dated, scale={"domain": list(ends), "nice": False})
    rates = {"format": _FORMATS[_of_size(picture)], "tickCount": 5 if len(picture.panels) == 1 else 3}
    title = label_text(picture.rate) if len(picture.panels) == 1 else None
    y = altair.Y("rate:Q", title=title, axis=rates, scale={"domain": [0, highest], "nice": False})
    points, alone, hollow, leaders, texts = [], [], [], [], []
    for trace in panel.traces:
        colour = {"line": trace.colour, "colour": theme.communities[trace.colour]}
        of_trace = [
            {"period": place, "rate": rate, "low": low, "high": None if high is None else min(high, highest), **colour}
            for place, (rate, low, high) in enumerate(zip(trace.rates, trace.low, trace.high, strict=True))
        ]
        points += of_trace
        alone += [of_trace[place] for place in trace.alone]
        hollow += [of_trace[place] for place in trace.partial]
    for trace, place in picture.labels(panel) if picture.is_named else ():
        end, colour = trace.end or (0, 0.0), {"line": trace.colour, "colour": theme.communities[trace.colour]}
        leaders.append({"period": end[0], "rate": end[1], **colour})
        leaders.append({"period": ends[1] + (picture.LEADER - 3) * pixel, "rate": place, **colour})
        at = ends[1] + picture.LEADER * pixel
        texts.append({"period": at, "rate": place, "name": label_text(trace.name)})
    coloured = {"x": x, "color": altair.Color("colour:N", scale=None), "detail": "line:N"}
    low = altair.Y("low:Q", title=title)
    broken = {"invalid": "break-paths-show-domains"}  # at periods without documents
    base = altair.Chart(_data(points, altair)).encode(**coloured)
    layers = [_marked(base, "area", opacity=0.13, line=False, **broken).encode(y=low, y2="high:Q")]
    if alone:
        rules = altair.Chart(_data(alone, altair)).encode(**coloured)
        layers.append(_marked(rules, "rule", opacity=0.4, strokeWidth=2).encode(y=low, y2="high:Q"))
        layers.append(_marked(rules, "circle", size=14, opacity=1).encode(y=y))
    layers.append(
        _marked(
            base, "line", strokeWidth=2, strokeJoin="round", point={"size": 14} if last < 60 else False, **broken
        ).encode(y=y)
    )
    if hollow:
        rings = altair.Chart(_data(hollow, altair)).encode(**coloured)
        layers.append(_marked(rings, "point", size=32, opacity=1, fill=theme.ground, strokeWidth=1.5).encode(y=y))
    if texts:
        lead = altair.Chart(_data(leaders, altair)).encode(**coloured)
        layers.append(_marked(lead, "line", strokeWidth=1, opacity=0.7).encode(y=y))
        text = _marked(altair.Chart(_data(texts, altair)), "text", align="left", fontSize=11, color=theme.ink)
        layers.append(text.encode(x=x, y=y, text="name:N"))
    chart = altair.layer(*layers).properties(width=width, height=height)
    if len(picture.panels) == 1:
        return chart
    above = {"text": label_text(panel.title), "fontSize": 12, "fontWeight": "normal", "offset": 6}
    return chart.properties(title=above)


def _marked(chart: Any, kind: str, **style: Any) -> Any:
    """Return a chart with a mark as a dict, as are axes and scales of panels.

    Altair's classes hold up to a hundred properties that are not set, all copied each time charts are combined.
    """
    marked = chart.copy(deep=False)
    marked.mark = {"type": kind, **style}
    return marked


def _data(rows: list[dict[str, Any]], altair: Any) -> Any:
    """Return data that charts share: Altair copies lists, value by value, each time it combines or changes charts."""
    return altair.Data(values=tuple(rows))


def _of_size(picture: Traces) -> Number:
    """Return the format of the numbers of an axis, with decimals where counts would all be the same."""
    return "decimal" if picture.number == "count" and picture.highest < 8 else picture.number


def _graph(picture: Graph, altair: Any, theme: Theme) -> Any:
    lines = [
        {"x": link.start[0], "y": link.start[1], "x2": link.end[0], "y2": link.end[1], "weight": link.weight}
        for link in picture.links
    ]
    circles = [
        {
            "x": circle.at[0],
            "y": circle.at[1],
            "name": label_text(circle.name),
            "strength": circle.strength,
            "community": circle.community,
        }
        for circle in picture.circles
    ]
    numbers = sorted({circle.community for circle in picture.circles})
    colours = [theme.communities[place % len(theme.communities)] for place in range(len(numbers))]
    free = altair.Axis(labels=False, grid=False, domain=False, title=None)
    width, height = picture.size
    x = altair.X("x:Q", axis=free, scale=altair.Scale(domain=[0, width], nice=False))
    y = altair.Y("y:Q", axis=free, scale=altair.Scale(domain=[0, height], nice=False))
    heaviest = max(link.weight for link in picture.links)
    rules = (
        altair.Chart(_data(lines, altair))
        .mark_rule(color=theme.quiet, opacity=0.5)
        .encode(
            x=x,
            y=y,
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=altair.StrokeWidth(
                "weight:Q", scale=altair.Scale(domain=[0, heaviest], range=list(picture.LINK_WIDTHS)), legend=None
            ),
        )
    )
    strongest = max(circle.strength for circle in picture.circles)
    base = altair.Chart(_data(circles, altair)).encode(x=x, y=y)
    dots = base.mark_circle(opacity=1, stroke=theme.ground, strokeWidth=1.5).encode(
        size=altair.Size(
            "strength:Q",
            scale=altair.Scale(domain=[0, strongest], range=list(picture.CIRCLE_AREAS)),
            legend=None,
        ),
        color=altair.Color("community:O", scale=altair.Scale(domain=numbers, range=colours), legend=None),
    )
    names = _haloed(base.encode(text="name:N"), theme, dy=-picture.NAME_ABOVE)
    return altair.layer(rules, dots, *names).properties(width=width, height=height)


def _scatter(picture: Scatter, altair: Any, theme: Theme) -> Any:
    x, y = _axis("x", picture.x, altair), _axis("y", picture.y, altair)
    colour = _legend(picture, altair, theme)
    layers = []
    for rule in picture.rules:
        value, channel = (rule.x, x) if rule.x is not None else (rule.y, y)
        layers.append(
            altair.Chart(altair.Data(values=[{channel.shorthand[0]: value}]))
            .mark_rule(color=theme.quiet, strokeDash=[4, 4])
            .encode(**{channel.shorthand[0]: channel})
        )
    if picture.points:
        points = [{"x": point.x, "y": point.y, "group": label_text(point.group)} for point in picture.points]
        dots = altair.Chart(_data(points, altair)).mark_circle(size=26, opacity=0.7, color=theme.blue)
        layers.append(dots.encode(x=x, y=y, **({"color": colour} if picture.groups else {})))
    for line in picture.lines:
        curve = [{"x": at, "y": up, "group": label_text(line.name)} for at, up in line.points]
        chart = altair.Chart(_data(curve, altair)).mark_line(strokeWidth=2, clip=True)
        layers.append(chart.encode(x=x, y=y, color=colour))
    names = [{"x": name.x, "y": name.y, "name": label_text(name.text)} for name in picture.names]
    named = altair.Chart(_data(names, altair)).encode(x=x, y=y, text="name:N")
    layers += _haloed(named, theme) if names else []
    return altair.layer(*layers).properties(width=AREA[0], height=AREA[1])


def _strips(picture: Strips, altair: Any, theme: Theme) -> Any:
    labels = [label_text(strip.label) for strip in picture.strips]
    ticks = [
        {"label": label, "place": place}
        for label, strip in zip(labels, picture.strips, strict=True)
        for place in strip.places
    ]
    axis = altair.Axis(orient="right", labelFontSize=14, labelPadding=8, grid=False)
    y = altair.Y("label:N", sort=labels, title=None, axis=axis, scale=altair.Scale(domain=labels))
    ground = altair.Chart(altair.Data(values=[{"label": label} for label in labels])).encode(y=y)
    ground = ground.mark_bar(color=theme.grid, height={"band": 0.8}).encode(x=altair.datum(0), x2=altair.datum(1))
    marks = altair.Chart(_data(ticks, altair)).mark_tick(color=theme.blue, thickness=1.5, height={"band": 0.8})
    marks = marks.encode(
        x=altair.X(
            "place:Q",
            title=label_text(picture.axis),
            scale=altair.Scale(domain=[0, 1], nice=False),
            axis=altair.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=False),
        ),
        y=y,
    )
    return altair.layer(ground, marks).properties(width=AREA[0], height=34 * len(labels))


def _axis(channel: str, axis: Axis, altair: Any) -> Any:
    kind = {"linear": "linear", "log": "log", "root": "sqrt"}[axis.scale]
    make = altair.X if channel == "x" else altair.Y
    linear = axis.scale == "linear" and axis.low == 0
    ticks = {"tickCount": 7} if not linear else _ticks(axis.high, axis.number, 7)
    if axis.ticks:
        ticks = {"values": list(axis.ticks)}
    return make(
        f"{channel}:Q",
        title=label_text(axis.title),
        scale=altair.Scale(type=kind, domain=[axis.low, axis.high], nice=False, clamp=True),
        axis=altair.Axis(format=_FORMATS[axis.number], grid=True, **ticks),
    )


def _legend(picture: Scatter, altair: Any, theme: Theme) -> Any:
    names = [label_text(name) for name in [*picture.groups, *(line.name for line in picture.lines)]]
    colours = picture.colours(theme)
    return altair.Color(
        "group:N",
        title=None,
        scale=altair.Scale(domain=names, range=colours),
        legend=altair.Legend(orient="top", symbolOpacity=1, symbolType="circle" if picture.points else "stroke")
        if any(names)
        else None,
    )


def _haloed(base: Any, theme: Theme, **style: Any) -> list[Any]:
    """Return texts and, below them, a halo in the background colour, so that they are readable on lines and points."""
    return [
        base.mark_text(fontSize=NAME_SIZE, stroke=theme.ground, strokeWidth=4, color=theme.ground, **style),
        base.mark_text(fontSize=NAME_SIZE, color=theme.ink, **style),
    ]


_DRAWN: dict[type, Callable[[Any, Any, Theme], Any]] = {
    Bars: _bars,
    BarPanels: _bar_panels,
    HeatMap: _heat_map,
    Series: _series,
    Graph: _graph,
    Scatter: _scatter,
    Strips: _strips,
    Traces: _traces,
}
