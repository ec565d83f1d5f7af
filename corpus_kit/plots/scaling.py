"""Time or memory by the size of the text."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.plots.arguments import Look, expect_columns, expect_numbers, expect_rows, plot
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Axis, Line, Rule, Scatter

__all__ = ["scaling"]

_AXES = {"seconds": "seconds", "megabytes": "megabytes of memory"}
_MOST_LINES = 3  # that colour-blind readers can tell apart


@plot
def scaling(
    table: pl.DataFrame,
    *,
    value: str = "seconds",
    by: str | None = None,
    limit: float | None = None,
    **look: Unpack[Look],
) -> Scatter:
    """Draw how time or memory grows with the size of the text: a line through the measurements.

    Args:
        table: A row for each measurement, with the columns gigabytes (of text) and seconds or megabytes (of
            memory).
        value: The column to show: "seconds" or "megabytes".
        by: A column with at most three values, each of which gets a line.
        limit: A value at which a straight line is drawn, such as the memory that was allowed.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table lacks these columns, has no rows or more than three values of `by`.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> measured = pl.DataFrame({"gigabytes": [0.1, 1.0, 5.0], "megabytes": [310, 390, 395]})
        >>> chart = ck.plot.scaling(measured, value="megabytes", limit=500)
    """
    choose(value, _AXES, "value")
    if by is not None and not isinstance(by, str):
        raise invalid("by", "the name of a column or None", by)
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float)):
        raise invalid("limit", "a number or None", limit)
    numbers = ["gigabytes", value]
    frame = expect_columns(table, numbers, "your measurements")
    expect_numbers(frame, numbers)
    if by is not None:
        choose(by, frame.columns, "by")
    rows = frame.select(
        pl.col(numbers).cast(pl.Float64),
        line=pl.lit("") if by is None else pl.col(by).cast(pl.String),
        row=pl.int_range(pl.len()),
    )
    rows = rows.filter(pl.all_horizontal(pl.col(numbers).is_finite())).sort("gigabytes", maintain_order=True)
    expect_rows(rows, "rows with a size and a measurement")
    lines = _lines(rows, numbers)
    highest = max([up for line in lines for _, up in line.points] + ([] if limit is None else [float(limit)]))
    language = look["language"]
    x = Axis(say("gigabytes of text", language), 0.0, float(rows["gigabytes"][-1]) * 1.02 or 1.0)
    y = Axis(say(_AXES[value], language), 0.0, highest * 1.05 or 1.0, number="count")
    note = shown_of(rows.height, frame.height, "rows", language)
    return Scatter([], x, y, lines=lines, rules=[] if limit is None else [Rule(y=float(limit))], note=note)


def _lines(rows: pl.DataFrame, numbers: list[str]) -> list[Line]:
    found = rows["line"].unique(maintain_order=True).to_list()
    if len(found) > _MOST_LINES:
        raise InputError(f"by must be a column with at most {_MOST_LINES} values, got {len(found)}.")
    parts = [(name, rows.filter(pl.col("line").eq_missing(name))) for name in found]
    return [Line(str(name), list(part.select(numbers).iter_rows()), part["row"].to_list()) for name, part in parts]
