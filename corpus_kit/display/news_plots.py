"""Plots of the analyses of news, reached as ``ck.plot``."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus_kit.display.charts import BLUE, INK, check_top, label_text, load_altair, styled
from corpus_kit.errors import InputError
from corpus_kit.provenance import frame_of

if TYPE_CHECKING:
    import altair as alt

__all__ = ["bursts", "copies", "frame_rates", "labels", "network"]

_CELL = (112, 42)  # pixels
_SCHEME = "blues"
_RATE = "share of the documents of the period"
_BAND = "#E69F00"  # Okabe and Ito's orange
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


def frame_rates(frame: pl.DataFrame, *, dimension: str | None = None, title: str | None = None) -> alt.LayerChart:
    """A heat map of `ck.news.frame_rates`: the rate of each category per million words, with its interval.

    frame: a table of ck.news.frame_rates. dimension: the one that is shown; without it the table's only one.
    title: a line above the plot.

    Returns an Altair chart. Raises InputError for another table, or where `dimension` has to be given.
    """
    frame = frame_of(frame, "plot.frame_rates")
    _need(frame, ("dimension", "category", "count", "per_million", "low", "high"), "ck.news.frame_rates")
    if dimension is not None:
        frame = frame.filter(pl.col("dimension") == dimension)
    _only_one(frame, "dimension")
    groups = frame.columns[: frame.columns.index("dimension")]
    return _heat_map(frame, groups, "category", ("per_million", "low", "high"), percent=False, title=title)


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
    cells = [
        {
            "row": " · ".join(label_text(row[group]) for group in groups) or "\u2014",
            "column": label_text(row[column]),
            "value": float(row[middle]),
            "shown": _number(row[middle], percent=percent),
            "interval": _interval(row, low, high, percent=percent),
            "dark": bool(largest and row[middle] > 0.55 * largest),
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
    colour = altair.Color("value:Q", scale=altair.Scale(scheme=_SCHEME, domain=[0, largest or 1]), legend=None)
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


def _number(value: float | int, *, percent: bool) -> str:
    return f"{value:.0%}" if percent else f"{value:,.0f}"


def _interval(row: dict[str, Any], low: str | None, high: str | None, *, percent: bool) -> str:
    if low is None or high is None or row[low] is None:
        return ""
    return f"{_number(row[low], percent=percent)} to {_number(row[high], percent=percent)}"


# ---------------------------------------------------------------------------------------- bursts


def bursts(frame: pl.DataFrame, *, title: str | None = None) -> alt.LayerChart:
    """The series of `ck.news.bursts`: the rate of each period with its interval, bursts as bands.

    frame: a table of ck.news.bursts of one pattern. title: a line above the plot.

    Returns an Altair chart; time runs from left to right. Raises InputError for another table.
    """
    frame = frame_of(frame, "plot.bursts")
    _need(frame, ("period", "rate", "rate_low", "rate_high", "burst"), "ck.news.bursts")
    for name in ("pattern", "by"):
        if name in frame.columns:
            _only_one(frame, name)
    if not frame.height:
        raise InputError("the table has no rows to plot")
    altair = load_altair()
    points = frame.select(
        pl.col("period").dt.strftime("%Y-%m-%d"), "rate", low="rate_low", high="rate_high", burst="burst"
    ).to_dicts()
    periods = [point["period"] for point in points]
    every = max(1, len(periods) // 6)
    x = altair.X(
        "period:O",
        sort=periods,
        title=None,
        axis=altair.Axis(labelAngle=0, values=periods[::every], labelFontSize=11),
        scale=altair.Scale(paddingInner=0),
    )
    base = altair.Chart(altair.Data(values=points)).encode(x=x)
    y = altair.Y("rate:Q", title=_RATE, axis=altair.Axis(format="%", tickCount=5))
    band = base.transform_filter("datum.burst").mark_rect(color=_BAND, opacity=0.35, width={"band": 1})
    interval = base.mark_rule(color=BLUE, opacity=0.55).encode(y=altair.Y("low:Q", title=_RATE), y2="high:Q")
    line = base.transform_filter("isValid(datum.rate)").mark_line(color=BLUE, point={"color": BLUE}).encode(y=y)
    width = max(420, 22 * len(periods))
    drawn: alt.LayerChart = styled(altair.layer(band, interval, line).properties(width=width, height=220), title)
    return drawn


# --------------------------------------------------------------------------------------- network


def network(
    edges: pl.DataFrame, nodes: pl.DataFrame | None = None, *, top: int = 60, title: str | None = None
) -> alt.LayerChart:
    """The graph of `ck.news.network`: wider lines are heavier edges, larger circles stronger nodes.

    edges: a table of ck.news.network. nodes: a table of ck.news.nodes; colours then are communities and
        names those of the actors.
    top: edges to show, the heaviest. title: a line above the plot.

    Places are found by forces between the nodes (Fruchterman & Reingold 1991), from a fixed beginning, so
    that the same table gives the same picture; distances mean little.

    Returns an Altair chart. Raises InputError for other tables.
    """
    edges = frame_of(edges, "plot.network")
    _need(edges, ("source", "target", "weight"), "ck.news.network")
    check_top(top)
    shown = edges.sort("weight", "source", "target", descending=[True, False, False]).head(top)
    if not shown.height:
        raise InputError("the table has no edges to plot")
    altair = load_altair()
    places = _places(shown)
    told = {} if nodes is None else {row["actor"]: row for row in frame_of(nodes, "plot.network").iter_rows(named=True)}
    strength: dict[str, int] = dict.fromkeys(places, 0)
    lines = []
    for source, target, weight in shown.select("source", "target", "weight").iter_rows():
        strength[source] += weight
        strength[target] += weight
        (x, y), (x2, y2) = places[source], places[target]
        lines.append({"x": x, "y": y, "x2": x2, "y2": y2, "weight": weight})
    community = {actor: int(told.get(actor, {}).get("community") or 0) for actor in places}
    circles = [
        {
            "x": x,
            "y": y,
            "name": label_text(told.get(actor, {}).get("name", actor)),
            "strength": strength[actor],
            "community": community[actor],
        }
        for actor, (x, y) in places.items()
    ]
    numbers = sorted(set(community.values()))
    colour = altair.Scale(domain=numbers, range=[_COLOURS[place % len(_COLOURS)] for place in range(len(numbers))])
    free = altair.Axis(labels=False, grid=False, domain=False, title=None)
    x, y = (altair.X("x:Q", axis=free), altair.Y("y:Q", axis=free))
    rules = (
        altair.Chart(altair.Data(values=lines))
        .mark_rule(color="#888888", opacity=0.5)
        .encode(
            x=x, y=y, x2="x2:Q", y2="y2:Q",
            strokeWidth=altair.StrokeWidth("weight:Q", scale=altair.Scale(range=[0.5, 6]), legend=None),
        )
    )  # fmt: skip
    base = altair.Chart(altair.Data(values=circles)).encode(x=x, y=y)
    dots = base.mark_circle(opacity=1).encode(
        size=altair.Size("strength:Q", scale=altair.Scale(range=[60, 700]), legend=None),
        color=altair.Color("community:O", scale=colour, legend=None),
    )
    texts = base.mark_text(dy=-21, fontSize=13, color=INK).encode(text="name:N")
    drawn: alt.LayerChart = styled(altair.layer(rules, dots, texts).properties(width=560, height=420), title)
    return drawn


def _places(edges: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Where each node stands; the nodes in order of their names, so that nothing depends on the order of the rows."""
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(pl.concat([edges["source"], edges["target"]]).unique().sort().to_list())
    graph.add_weighted_edges_from(edges.select("source", "target", "weight").sort("source", "target").iter_rows())
    placed = networkx.spring_layout(graph, weight="weight", seed=1, iterations=200, k=1.6 / max(len(graph), 1) ** 0.5)
    return {name: (round(float(x), 4), round(float(y), 4)) for name, (x, y) in placed.items()}


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
