"""Scatter plots of words: points, and names where there is room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from corpus_kit import measures
from corpus_kit.display.isolation import joined
from corpus_kit.plots.arguments import wrong_table
from corpus_kit.plots.pictures import AREA, Axis, Hue, Line, Mark, Named, Point, Rule, Scatter, place_names

__all__ = ["COMPARING", "scatter", "word_column"]

# Measures that compare two sides.
COMPARING = {*measures.FAMILIES["keyness"], *measures.FAMILIES["association"], "log_likelihood_four_cells"}
COMPARING -= {"log_ratio_interval"}

_MOST_WANTED = 200  # names, far more than there is room for
_LISTED = 4  # words at one place of a picture that its tip names
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
        rows: The columns word, x, y, row (its number in the table) and, where there are groups, group. Points at one
            place of the picture and of one group are one point.
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
    at_place: dict[tuple[int, int, str], list[tuple[float, float, str, int]]] = {}
    width, height = 2 * AREA[0], 2 * AREA[1]  # half a pixel: closer points look like one
    for a, b, group, word, row in rows.select("x", "y", "group", "word", "row").iter_rows():
        place = (round(x.part(a) * width), round(y.part(b) * height), group)
        at_place.setdefault(place, []).append((a, b, word, row))
    points = [
        Point(*here[0][:2], groups[group][0] if group in groups else "", _mark(here))
        for (_, _, group), here in at_place.items()
    ]
    order = {title: -place for place, (title, _) in enumerate(groups.values())}
    shown = sorted(points, key=lambda point: order.get(point.group, 0))
    wanted = list(named.select("word", "x", "y").iter_rows())
    names = place_names(wanted, [(each.x, each.y) for each in shown], x, y)
    at_points = [Named(*each) for each in wanted[:_MOST_WANTED]]
    return Scatter(shown, x, y, names, dict(groups.values()), list(lines), list(rules), at_points)


def _mark(here: list[tuple[float, float, str, int]]) -> Mark:
    """Return what is behind the words at one place."""
    more = f"+{len(here) - _LISTED:,}" if len(here) > _LISTED else ""
    return Mark(tuple(row for *_, row in here), joined([*(word for _, _, word, _ in here[:_LISTED]), more]))


def word_column(frame: pl.DataFrame, function: str) -> str:
    """Return the name of the column that holds the words of a table."""
    for name in _WORDS:
        if frame.schema.get(name) == pl.String:
            return name
    raise wrong_table(frame, function, "without word")
