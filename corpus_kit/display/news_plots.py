"""Plots of the analyses of news, reached as ``ck.plot``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from corpus_kit.display.charts import BLUE, INK, check_top, label_text, load_altair, styled
from corpus_kit.errors import InputError, choose
from corpus_kit.provenance import frame_of

if TYPE_CHECKING:
    import altair as alt

__all__ = ["bursts", "copies", "frame_rates", "labels", "network"]

_CELL = (112, 42)  # pixels
# Blues of ColorBrewer: the lightest is nearly white, so that 0 looks empty
_BLUES = ["#f1f6fb", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b"]
_DARK = 0.67  # from this part of the scale on, white is the more readable ink
_BAND = "#E69F00"  # Okabe and Ito's orange
_GREY = "#c9c9c9"
_SPACE = (620, 440)  # pixels of a network, before its names are moved apart
_PULL = 0.03  # between nodes without an edge, by the heaviest edge
_RADIUS, _ABOVE = 14, 22  # of the largest circle; of a name above the middle of its circle
_VALUES = ("rate", "document_share", "share")  # of frame_rates
# Okabe and Ito's colours for communities; beyond eight they come again
_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#888888"]


# ------------------------------------------------------------------------------------- heat maps


def labels(frame: pl.DataFrame, *, title: str | None = None) -> alt.LayerChart:
    """A heat map of `ck.news.labels`: the share of each label, by source or period, with its interval.

    frame: a table of ck.news.labels of one actor, made with by= or every=, or both.
    title: a line above the plot.

    Returns an Altair chart. Raises InputError for another table or one of several actors.
    """
    frame = frame_of(frame, "plot.labels")
    _need(frame, ("label", "actor", "count", "share", "share_low", "share_high"), "ck.news.labels")
    _only_one(frame, "actor")
    rows = frame.filter(pl.col("share").is_not_null())
    groups = frame.columns[: frame.columns.index("actor")]
    return _heat_map(rows, groups, "label", ("share", "share_low", "share_high"), percent=True, title=title)


def frame_rates(
    frame: pl.DataFrame, *, dimension: str | None = None, value: str = "rate", title: str | None = None
) -> alt.LayerChart:
    """A heat map of `ck.news.frame_rates`: a number of each category, by source or period, with its interval.

    frame: a table of ck.news.frame_rates. dimension: the one that is shown; without it the table's only one.
    value: "rate" (hits in a million words), "document_share" (of the documents, those with a hit) or "share"
        (of the hits of the dimension: the profile).
    title: a line above the plot.

    A cell without a number (the share of a source without a hit) is a dash.

    Returns an Altair chart. Raises InputError for another table, or where `dimension` has to be given.
    """
    choose(value, _VALUES, "value")
    frame = frame_of(frame, "plot.frame_rates")
    numbers = (value, f"{value}_low", f"{value}_high")
    _need(frame, ("dimension", "category", "count", *numbers), "ck.news.frame_rates")
    if dimension is not None:
        choose(dimension, frame["dimension"].unique().sort().to_list(), "dimension")
        frame = frame.filter(pl.col("dimension") == dimension)
    _only_one(frame, "dimension")
    groups = frame.columns[: frame.columns.index("dimension")]
    return _heat_map(frame, groups, "category", numbers, percent=value != "rate", title=title)


def copies(frame: pl.DataFrame, *, by: str, title: str | None = None) -> alt.LayerChart:
    """A matrix of `ck.news.copies`: pairs of copies between each two sources.

    frame: a table of ck.news.copies made with by=. by: the same column.
    title: a line above the plot.

    A pair counts in both of its cells, so the matrix is symmetric; on the diagonal are pairs within one source.

    Returns an Altair chart. Raises InputError for another table.
    """
    frame = frame_of(frame, "plot.copies")
    first, second = f"first_{by}", f"second_{by}"
    _need(frame, (first, second, "jaccard"), f"ck.news.copies with by={by!r}")
    pairs = frame.select(pl.col(first).alias("row"), pl.col(second).alias("column"))
    turned = pairs.filter(pl.col("row") != pl.col("column")).select(row="column", column="row")
    names = pl.concat([pairs["row"], pairs["column"]]).unique().sort().to_frame("row")
    cells = names.join(names.rename({"row": "column"}), how="cross").join(
        pl.concat([pairs, turned]).group_by("row", "column").len("count"), on=["row", "column"], how="left"
    )
    cells = cells.with_columns(pl.col("count").fill_null(0)).sort("row", "column")
    return _heat_map(cells, ["row"], "column", ("count", None, None), percent=False, title=title)


def _heat_map(
    rows: pl.DataFrame,
    groups: list[str],
    column: str,
    value: tuple[str, str | None, str | None],
    *,
    percent: bool,
    title: str | None,
) -> alt.LayerChart:
    """Cells of colour with their number and interval; columns run from the right."""
    altair = load_altair()
    if not rows.height:
        raise InputError("the table has no rows to plot")
    middle, low, high = value
    largest = float(rows[middle].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    # periods of a month are named by it, others by their first day
    days = rows["period"].unique() if rows.schema.get("period") == pl.Date else pl.Series([], dtype=pl.Date)
    months = len(days) > 1 and bool((days.dt.day() == 1).all())
    cells = [
        {
            "row": _row_label([row[group] for group in groups], months=months),
            "column": label_text(row[column]),
            "value": float(row[middle] or 0),
            "shown": "\u2014" if row[middle] is None else _number(row[middle], percent=percent),
            "interval": _interval(row, low, high, percent=percent),
            "dark": bool(largest and (row[middle] or 0) > _DARK * largest),
        }
        for row in rows.iter_rows(named=True)
    ]
    names, columns = (list(dict.fromkeys(cell[key] for cell in cells)) for key in ("row", "column"))
    base = altair.Chart(altair.Data(values=cells)).encode(
        x=altair.X(
            "column:N",
            sort=columns[::-1],  # the first one at the right
            title=None,
            axis=altair.Axis(orient="top", labelAngle=0, labelFontSize=13, labelLimit=_CELL[0]),
        ),
        y=altair.Y("row:N", sort=None, title=None, axis=altair.Axis(orient="right", labelFontSize=13, labelPadding=8)),
    )
    steps = [(largest or 1) * step / (len(_BLUES) - 1) for step in range(len(_BLUES))]
    colour = altair.Color("value:Q", scale=altair.Scale(domain=steps, range=_BLUES), legend=None)
    ink = altair.condition("datum.dark", altair.value("#ffffff"), altair.value(INK))
    has_interval = low is not None
    layers = [
        base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(color=colour),
        base.mark_text(fontSize=13, dy=-6 if has_interval else 0).encode(text="shown:N", color=ink),
    ]
    if has_interval:
        layers.append(base.mark_text(fontSize=10, dy=10).encode(text="interval:N", color=ink))
    chart = altair.layer(*layers).properties(width=_CELL[0] * len(columns), height=_CELL[1] * len(names))
    drawn: alt.LayerChart = styled(chart, title)
    return drawn


def _row_label(values: list[Any], *, months: bool) -> str:
    """Groups and period in one line; it runs from the right where one of them is Arabic."""
    shown = []
    for value in values:
        if isinstance(value, date):
            text = f"{value:%Y-%m}" if months else f"{value:%Y-%m-%d}"
            shown.append(f"\u2066{text}\u2069" if len(values) > 1 else text)
        else:
            shown.append(label_text(value))
    return label_text(" · ".join(shown)) if len(shown) > 1 else "".join(shown) or "\u2014"


def _number(value: float | int, *, percent: bool) -> str:
    return f"{value:.0%}" if percent else f"{value:,.0f}"


def _interval(row: dict[str, Any], low: str | None, high: str | None, *, percent: bool) -> str:
    if low is None or high is None or row[low] is None:
        return ""
    return f"{_number(row[low], percent=percent)} to {_number(row[high], percent=percent)}"


# ---------------------------------------------------------------------------------------- bursts


def bursts(frame: pl.DataFrame, *, title: str | None = None) -> alt.VConcatChart:
    """The series of `ck.news.bursts`: the rate of each period with its interval, bursts as bands.

    frame: a table of ck.news.bursts of one pattern, and of one source where it has by=.
    title: a line above the plot.

    Below the rates stand the documents of each period, and in blue those that hold the pattern: the numbers
    from which the rates come.

    Returns an Altair chart; time runs from left to right. Raises InputError for another table.
    """
    frame = frame_of(frame, "plot.bursts")
    _need(frame, ("period", "documents", "hits", "rate", "rate_low", "rate_high", "burst"), "ck.news.bursts")
    for name in frame.columns[: frame.columns.index("period")]:
        _only_one(frame, name)
    if not frame.height:
        raise InputError("the table has no rows to plot")
    altair = load_altair()
    points = frame.select(
        pl.col("period").dt.strftime("%Y-%m-%d"),
        "documents",
        "hits",
        "rate",
        low="rate_low",
        high="rate_high",
        burst="burst",
    ).to_dicts()
    periods = [point["period"] for point in points]
    every = max(1, -(-len(periods) // 7))
    width = max(420, 22 * len(periods))
    dated = altair.Axis(labelAngle=0, values=periods[::every], labelFontSize=11, labelPadding=6)
    scale = altair.Scale(paddingInner=0)
    bare = altair.X("period:O", sort=periods, title=None, axis=None, scale=scale)
    base = altair.Chart(altair.Data(values=points)).encode(x=bare)
    band = base.transform_filter("datum.burst").mark_rect(color=_BAND, opacity=0.35, width={"band": 1})
    words = _is_per_million(frame)
    label = "per million words" if words else "share of documents"
    axis = altair.Axis(format=",d" if words else "%", tickCount=5)
    interval = base.mark_rule(color=BLUE, opacity=0.45).encode(y=altair.Y("low:Q", title=label), y2="high:Q")
    # the line stops where a period has no documents
    line = base.mark_line(color=BLUE, point={"color": BLUE, "size": 36}, invalid="break-paths-show-domains")
    line = line.encode(y=altair.Y("rate:Q", title=label, axis=axis))
    upper = altair.layer(band, interval, line).properties(width=width, height=220)
    counted = base.encode(x=altair.X("period:O", sort=periods, title=None, axis=dated, scale=scale))
    few = altair.Axis(tickCount=3, format=",d", tickMinStep=1)
    every_one = counted.mark_bar(color=_GREY, width={"band": 0.7}).encode(
        y=altair.Y("documents:Q", title="documents", axis=few)
    )
    with_it = counted.mark_bar(color=BLUE, width={"band": 0.7}).encode(y=altair.Y("hits:Q", title="documents"))
    lower = altair.layer(every_one, with_it).properties(width=width, height=64)
    drawn: alt.VConcatChart = styled(altair.vconcat(upper, lower, spacing=10), title)
    return drawn


def _is_per_million(frame: pl.DataFrame) -> bool:
    """Whether the rates are those of unit="words": the share of documents is what the table's own counts give."""
    shares = frame.filter(pl.col("documents") > 0).select(pl.col("rate") - pl.col("hits") / pl.col("documents"))
    return bool((shares["rate"].abs() > 1e-9).any())


# --------------------------------------------------------------------------------------- network


def network(
    edges: pl.DataFrame, nodes: pl.DataFrame | None = None, *, top: int = 60, title: str | None = None
) -> alt.LayerChart:
    """The graph of `ck.news.network`: wider lines are heavier edges, larger circles stronger nodes.

    edges: a table of ck.news.network. nodes: a table of ck.news.nodes; colours then are communities and
        names those of the actors.
    top: edges to show, the heaviest. title: a line above the plot.

    Places are found by forces between the nodes (Fruchterman & Reingold 1991), from a fixed beginning, so
    that the same table gives the same picture, and moved apart where names would cover each other. Distances
    mean little. Actors without an edge are not drawn.

    Returns an Altair chart. Raises InputError for other tables.
    """
    edges = frame_of(edges, "plot.network")
    _need(edges, ("source", "target", "weight"), "ck.news.network")
    check_top(top)
    shown = edges.sort("weight", "source", "target", descending=[True, False, False]).head(top)
    if not shown.height:
        raise InputError("the table has no edges to plot")
    altair = load_altair()
    told: dict[str, dict[str, Any]] = {}
    if nodes is not None:
        nodes = frame_of(nodes, "plot.network")
        _need(nodes, ("actor", "community"), "ck.news.nodes")
        told = {row["actor"]: row for row in nodes.iter_rows(named=True)}
    strength: dict[str, int] = {}
    for source, target, weight in shown.select("source", "target", "weight").iter_rows():
        strength[source] = strength.get(source, 0) + weight
        strength[target] = strength.get(target, 0) + weight
    names = {actor: str(told.get(actor, {}).get("name") or actor) for actor in strength}
    places, (width, height) = _apart(_places(shown), names)
    lines = []
    for source, target, weight in shown.select("source", "target", "weight").iter_rows():
        (x, y), (x2, y2) = places[source], places[target]
        lines.append({"x": x, "y": y, "x2": x2, "y2": y2, "weight": weight})
    community = {actor: int(told.get(actor, {}).get("community") or 0) for actor in places}
    circles = [
        {
            "x": x,
            "y": y,
            "name": label_text(names[actor]),
            "strength": strength[actor],
            "community": community[actor],
        }
        for actor, (x, y) in places.items()
    ]
    numbers = sorted(set(community.values()))
    colour = altair.Scale(domain=numbers, range=[_COLOURS[place % len(_COLOURS)] for place in range(len(numbers))])
    free = altair.Axis(labels=False, grid=False, domain=False, title=None)
    x = altair.X("x:Q", axis=free, scale=altair.Scale(domain=[0, width], nice=False))
    y = altair.Y("y:Q", axis=free, scale=altair.Scale(domain=[0, height], nice=False))
    rules = (
        altair.Chart(altair.Data(values=lines))
        .mark_rule(color="#888888", opacity=0.5)
        .encode(
            x=x, y=y, x2="x2:Q", y2="y2:Q",
            strokeWidth=altair.StrokeWidth("weight:Q", scale=altair.Scale(range=[0.75, 6]), legend=None),
        )
    )  # fmt: skip
    base = altair.Chart(altair.Data(values=circles)).encode(x=x, y=y)
    dots = base.mark_circle(opacity=1, stroke="#ffffff", strokeWidth=1.5).encode(
        size=altair.Size("strength:Q", scale=altair.Scale(range=[80, 620]), legend=None),
        color=altair.Color("community:O", scale=colour, legend=None),
    )
    # the same words twice: a white edge keeps them readable on lines
    halo = base.mark_text(dy=-_ABOVE, fontSize=13, stroke="#ffffff", strokeWidth=4).encode(text="name:N")
    texts = base.mark_text(dy=-_ABOVE, fontSize=13, color=INK).encode(text="name:N")
    chart = altair.layer(rules, dots, halo, texts).properties(width=width, height=height)
    drawn: alt.LayerChart = styled(chart, title)
    return drawn


def _places(edges: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Where each node stands; the nodes in order of their names, so that nothing depends on the order of the rows.

    The forces take the root of the weights: with the weights themselves heavy neighbours fall upon each other.
    A weak pull between all keeps parts that have no edge to the others within the picture.
    """
    import networkx

    names = pl.concat([edges["source"], edges["target"]]).unique().sort().to_list()
    rows = edges.select("source", "target", pl.col("weight").sqrt()).sort("source", "target")
    weak = _PULL * float(rows["weight"].max())  # type: ignore[arg-type]
    graph = networkx.complete_graph(names)
    networkx.set_edge_attributes(graph, weak, "weight")
    graph.add_weighted_edges_from(rows.iter_rows())
    placed = networkx.spring_layout(graph, weight="weight", seed=1, iterations=200, k=2.2 / max(len(graph), 1) ** 0.5)
    return {name: (float(x), float(y)) for name, (x, y) in placed.items()}


def _apart(
    places: dict[str, tuple[float, float]], names: dict[str, str]
) -> tuple[dict[str, tuple[float, float]], tuple[int, int]]:
    """The places in pixels, moved until no circle and no name covers another, and the size that this takes."""
    actors = list(places)
    at = np.array([places[actor] for actor in actors])
    low, span = at.min(axis=0), np.ptp(at, axis=0)
    at = (at - low) / np.where(span > 0, span, 1) * _SPACE
    # half of the room that a node takes: its name is above the circle, so the middle of the room is higher
    room = np.array([(max(_RADIUS, 4.2 * len(names[actor])) + 4, _RADIUS + _ABOVE / 2 + 2) for actor in actors])
    for _ in range(300):
        apart = at[:, None] - at[None]
        overlap = room[:, None] + room[None] - np.abs(apart)
        covered = (overlap > 0.1).all(axis=2)
        np.fill_diagonal(covered, False)
        if not covered.any():
            break
        # along the way that is shorter; of two at one place the first goes back
        along = overlap[..., 0] > overlap[..., 1]
        order = np.sign(np.arange(len(at))[:, None] - np.arange(len(at)))
        way = np.where(apart != 0, np.sign(apart), order[..., None])
        push = np.where(np.stack([~along, along], axis=2) & covered[..., None], way * overlap / 2, 0.0)
        at += 0.5 * push.sum(axis=1)
    at -= (at - room).min(axis=0)
    width, height = (int(value) for value in np.ceil((at + room).max(axis=0)))
    return {actor: (round(float(x), 1), round(float(y), 1)) for actor, (x, y) in zip(actors, at, strict=True)}, (
        width,
        height,
    )


# ------------------------------------------------------------------------------------- arguments


def _need(frame: pl.DataFrame, columns: Collection[str], function: str) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InputError(
            f"this plot needs a table of {function}: there is no {', '.join(absent)} among "
            f"{', '.join(frame.columns) or 'no columns'}"
        )


def _only_one(frame: pl.DataFrame, column: str) -> None:
    found = frame[column].unique().sort().to_list()
    if len(found) > 1:
        listed = ", ".join(map(str, found[:5]))
        raise InputError(f"this plot shows one {column}; the table has {len(found)} ({listed}): filter it to one")
