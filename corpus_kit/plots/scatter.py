"""Scatter plots of words: points, and names where there is room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from corpus_kit import measures
from corpus_kit.plots.arguments import wrong_table
from corpus_kit.plots.pictures import AREA, Axis, Hue, Line, Point, Rule, Scatter, place_names

__all__ = ["COMPARING", "scatter", "word_column"]

# Measures that compare two sides.
COMPARING = {*measures.FAMILIES["keyness"], *measures.FAMILIES["association"], "log_likelihood_four_cells"}
COMPARING -= {"log_ratio_interval"}

_WORDS = ("word", "ngram", "lemma", "collocate")


def scatter(
    rows: pl.DataFrame,
    x: Axis,
    y: Axis,
    named: pl.DataFrame,
    *,
    groups: Mapping[str, tuple[str, Hue]] | None = None,
    lines: Sequence[Line] = (),
    rules: Sequence[Rule] = (),
) -> Scatter:
    """Return the picture of words as points.

    Args:
        rows: The columns x, y and, where there are groups, group. Of points at one place of the picture and of
            one group, one is kept.
        x: The horizontal axis.
        y: The vertical axis.
        named: The columns word, x and y of the words to name, the most important first. A name without room is
            left out.
        groups: What the legend says of each group, and its colour. The first group is drawn on top.
        lines: Curves, for instance of a fitted law.
        rules: Straight lines.
    """
    groups = groups or {}
    if "group" not in rows.columns:
        rows = rows.with_columns(group=pl.lit(""))
    points: dict[tuple[int, int, str], Point] = {}
    width, height = 2 * AREA[0], 2 * AREA[1]  # half a pixel: closer points look like one
    for a, b, group in rows.select("x", "y", "group").iter_rows():
        place = (round(x.part(a) * width), round(y.part(b) * height), group)
        points.setdefault(place, Point(a, b, groups[group][0] if group in groups else ""))
    order = {title: -place for place, (title, _) in enumerate(groups.values())}
    shown = sorted(points.values(), key=lambda point: order.get(point.group, 0))
    names = place_names(list(named.select("word", "x", "y").iter_rows()), [(each.x, each.y) for each in shown], x, y)
    return Scatter(shown, x, y, names, dict(groups.values()), list(lines), list(rules))


def word_column(frame: pl.DataFrame, function: str) -> str:
    """Return the name of the column that holds the words of a table."""
    for name in _WORDS:
        if frame.schema.get(name) == pl.String:
            return name
    raise wrong_table(frame, function, "without word")
