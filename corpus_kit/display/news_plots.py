"""Plots of the analyses of news, reached as ``ck.plot``."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from corpus_kit.display._values import MISSING, label_text
from corpus_kit.display.charts import check_look, check_top, draw, expect_columns, expect_numbers
from corpus_kit.display.look import say
from corpus_kit.display.pictures import Cell, Circle, Graph, HeatMap, Link, Number, Period, Series, text_width
from corpus_kit.errors import InputError, choose
from corpus_kit.provenance import frame_of

__all__ = ["bursts", "copies", "frame_rates", "labels", "network"]

_DARK = 0.67  # from this part of the scale on, the other ink is the more readable one
_SPACE = (620, 440)  # pixels of a network, before its names are moved apart
_PULL = 0.03  # between nodes without an edge, by the heaviest edge
_RADIUS = 14  # of the largest circle
_VALUES = ("rate", "document_share", "share")  # of frame_rates


# ------------------------------------------------------------------------------------- heat maps


def labels(
    frame: pl.DataFrame,
    *,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """A heat map of `ck.news.labels`: the share of each label, by source or period, with its interval.

    frame: a table of ck.news.labels of one actor, made with by= or every=, or both.
    title, backend, theme, language: see `ck.plot`.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table or one of several actors.
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.labels")
    expect_columns(frame, ("label", "actor", "count", "share", "share_low", "share_high"), "ck.news.labels")
    _only_one(frame, "actor")
    rows = frame.filter(pl.col("share").is_not_null())
    groups = frame.columns[: frame.columns.index("actor")]
    value = ("share", "share_low", "share_high")
    picture = _heat_map(rows, groups, "label", value, percent=True, language=language)
    return draw(picture, title=title, backend=backend, theme=theme)


def frame_rates(
    frame: pl.DataFrame,
    *,
    dimension: str | None = None,
    value: str = "rate",
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """A heat map of `ck.news.frame_rates`: a number of each category, by source or period, with its interval.

    frame: a table of ck.news.frame_rates. dimension: the one that is shown; without it the table's only one.
    value: "rate" (hits in a million words), "document_share" (of the documents, those with a hit) or "share"
        (of the hits of the dimension: the profile).
    title, backend, theme, language: see `ck.plot`.

    A cell without a number (the share of a source without a hit) is a dash.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table, or where `dimension`
    has to be given.
    """
    check_look(backend, theme, language)
    choose(value, _VALUES, "value")
    frame = frame_of(frame, "plot.frame_rates")
    numbers = (value, f"{value}_low", f"{value}_high")
    expect_columns(frame, ("dimension", "category", "count", *numbers), "ck.news.frame_rates")
    if dimension is not None:
        choose(dimension, frame["dimension"].unique().sort().to_list(), "dimension")
        frame = frame.filter(pl.col("dimension") == dimension)
    _only_one(frame, "dimension")
    groups = frame.columns[: frame.columns.index("dimension")]
    picture = _heat_map(frame, groups, "category", numbers, percent=value != "rate", language=language)
    return draw(picture, title=title, backend=backend, theme=theme)


def copies(
    frame: pl.DataFrame,
    *,
    by: str,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """A matrix of `ck.news.copies`: pairs of copies between each two sources.

    frame: a table of ck.news.copies made with by=. by: the same column.
    title, backend, theme, language: see `ck.plot`.

    A pair counts in both of its cells, so the matrix is symmetric; on the diagonal are pairs within one source.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table.
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.copies")
    first, second = f"first_{by}", f"second_{by}"
    expect_columns(frame, (first, second, "jaccard"), f"ck.news.copies with by={by!r}")
    pairs = frame.select(pl.col(first).alias("row"), pl.col(second).alias("column"))
    turned = pairs.filter(pl.col("row") != pl.col("column")).select(row="column", column="row")
    names = pl.concat([pairs["row"], pairs["column"]]).unique().sort().to_frame("row")
    cells = names.join(names.rename({"row": "column"}), how="cross").join(
        pl.concat([pairs, turned]).group_by("row", "column").len("count"), on=["row", "column"], how="left"
    )
    cells = cells.with_columns(pl.col("count").fill_null(0)).sort("row", "column")
    picture = _heat_map(cells, ["row"], "column", ("count", None, None), percent=False, language=language)
    return draw(picture, title=title, backend=backend, theme=theme)


def _heat_map(
    rows: pl.DataFrame,
    groups: list[str],
    column: str,
    value: tuple[str, str | None, str | None],
    *,
    percent: bool,
    language: str,
) -> HeatMap:
    """Cells of colour with their number and interval."""
    if not rows.height:
        raise InputError("the table has no rows to plot")
    middle, low, high = value
    expect_numbers(rows, [name for name in value if name is not None])
    largest = float(rows[middle].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    # periods of a month are named by it, others by their first day
    days = rows["period"].unique() if rows.schema.get("period") == pl.Date else pl.Series([], dtype=pl.Date)
    months = len(days) > 1 and bool((days.dt.day() == 1).all())
    cells = [
        Cell(
            row=_row_label([row[group] for group in groups], months=months),
            column=MISSING if row[column] is None else str(row[column]),
            value=float(row[middle] or 0),
            shown=MISSING if row[middle] is None else _number(row[middle], percent=percent),
            interval=_interval(row, low, high, percent=percent, to=say("to", language)),
            dark=bool(largest and (row[middle] or 0) > _DARK * largest),
        )
        for row in rows.iter_rows(named=True)
    ]
    names, columns = (list(dict.fromkeys(getattr(cell, key) for cell in cells)) for key in ("row", "column"))
    return HeatMap(names, columns, cells, intervals=low is not None)


def _row_label(values: list[Any], *, months: bool) -> str:
    """Groups and period in one line; it runs from the right where one of them is Arabic."""
    shown = []
    for value in values:
        if isinstance(value, date):
            text = f"{value:%Y-%m}" if months else f"{value:%Y-%m-%d}"
            shown.append(f"\u2066{text}\u2069" if len(values) > 1 else text)
        else:
            shown.append(label_text(value) if len(values) > 1 else MISSING if value is None else str(value))
    return " · ".join(shown) or MISSING


def _number(value: float | int, *, percent: bool) -> str:
    return f"{value:.0%}" if percent else f"{value:,.0f}"


def _interval(row: dict[str, Any], low: str | None, high: str | None, *, percent: bool, to: str) -> str:
    if low is None or high is None or row[low] is None:
        return ""
    return f"{_number(row[low], percent=percent)} {to} {_number(row[high], percent=percent)}"


# ---------------------------------------------------------------------------------------- bursts


def bursts(
    frame: pl.DataFrame,
    *,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """The series of `ck.news.bursts`: the rate of each period with its interval, bursts as bands.

    frame: a table of ck.news.bursts of one pattern, and of one source where it has by=.
    title, backend, theme, language: see `ck.plot`.

    Below the rates stand the documents of each period, and in blue those that hold the pattern: the numbers
    from which the rates come.

    Returns an Altair chart or a matplotlib figure; time runs from left to right. Raises InputError for another
    table.
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.bursts")
    expect_columns(frame, ("period", "documents", "hits", "rate", "rate_low", "rate_high", "burst"), "ck.news.bursts")
    for name in frame.columns[: frame.columns.index("period")]:
        _only_one(frame, name)
    if not frame.height:
        raise InputError("the table has no rows to plot")
    expect_numbers(frame, ["documents", "hits", "rate", "rate_low", "rate_high"])
    words = _is_per_million(frame)
    number: Number = "count" if words else "percent"
    rows = frame.select(
        pl.col("period").dt.strftime("%Y-%m-%d"), "documents", "hits", "rate", "rate_low", "rate_high", "burst"
    )
    periods = [Period(*row) for row in rows.iter_rows()]
    rate = say("per million words" if words else "share of documents", language)
    picture = Series(periods, rate, number, say("documents", language))
    return draw(picture, title=title, backend=backend, theme=theme)


def _is_per_million(frame: pl.DataFrame) -> bool:
    """Whether the rates are those of unit="words": the share of documents is what the table's own counts give."""
    shares = frame.filter(pl.col("documents") > 0).select(pl.col("rate") - pl.col("hits") / pl.col("documents"))
    return bool((shares["rate"].abs() > 1e-9).any())


# --------------------------------------------------------------------------------------- network


def network(
    edges: pl.DataFrame,
    nodes: pl.DataFrame | None = None,
    *,
    top: int = 60,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """The graph of `ck.news.network`: wider lines are heavier edges, larger circles stronger nodes.

    edges: a table of ck.news.network. nodes: a table of ck.news.nodes; colours then are communities and
        names those of the actors.
    top: edges to show, the heaviest.
    title, backend, theme, language: see `ck.plot`.

    Places are found by forces between the nodes (Fruchterman & Reingold 1991), from a fixed beginning, so
    that the same table gives the same picture, and moved apart where names would cover each other. Distances
    mean little. Actors without an edge are not drawn.

    Returns an Altair chart or a matplotlib figure. Raises InputError for other tables.
    """
    check_look(backend, theme, language)
    edges = frame_of(edges, "plot.network")
    expect_columns(edges, ("source", "target", "weight"), "ck.news.network")
    expect_numbers(edges, ["weight"])
    check_top(top)
    shown = edges.sort("weight", "source", "target", descending=[True, False, False]).head(top)
    if not shown.height:
        raise InputError("the table has no edges to plot")
    told: dict[str, dict[str, Any]] = {}
    if nodes is not None:
        nodes = frame_of(nodes, "plot.network")
        expect_columns(nodes, ("actor", "community"), "ck.news.nodes")
        told = {row["actor"]: row for row in nodes.iter_rows(named=True)}
    rows = list(shown.select("source", "target", "weight").iter_rows())
    strength: dict[str, int] = {}
    for source, target, weight in rows:
        strength[source] = strength.get(source, 0) + weight
        strength[target] = strength.get(target, 0) + weight
    names = {actor: str(told.get(actor, {}).get("name") or actor) for actor in strength}
    places, size = _apart(_places(shown), names)
    links = [Link(places[source], places[target], weight) for source, target, weight in rows]
    circles = [
        Circle(at, names[actor], strength[actor], int(told.get(actor, {}).get("community") or 0))
        for actor, at in places.items()
    ]
    return draw(Graph(circles, links, size), title=title, backend=backend, theme=theme)


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
    above = _RADIUS + Graph.NAME_ABOVE / 2 + 2
    room = np.array([(max(_RADIUS, text_width(names[actor]) / 2) + 4, above) for actor in actors])
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


def _only_one(frame: pl.DataFrame, column: str) -> None:
    found = frame[column].unique().sort().to_list()
    if len(found) > 1:
        listed = ", ".join(map(str, found[:5]))
        raise InputError(f"this plot shows one {column}; the table has {len(found)} ({listed}): filter it to one")
