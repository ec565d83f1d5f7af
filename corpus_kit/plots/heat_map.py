"""Heat maps: cells with their number and its interval, a row for each source or period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from corpus_kit.display.columns import words_of_values
from corpus_kit.display.isolation import joined
from corpus_kit.display.values import MISSING
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import expect_numbers, expect_rows
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import in_each_cell
from corpus_kit.plots.period_names import named_periods
from corpus_kit.plots.pictures import Cell, HeatMap, Mark

__all__ = ["heat_map"]

_MOST_ROWS = 700  # a picture of more than 32,767 pixels is too high for what draws and shows it
_DARK = 0.67  # share of the largest value above which the ink of dark cells is more readable


def heat_map(
    rows: pl.DataFrame,
    groups: Sequence[str],
    column: str,
    value: str,
    *,
    intervals: bool = True,
    percent: bool = False,
    every: str | None = None,
    function: str | None = None,
    places: Sequence[int] | None = None,
    language: str,
) -> HeatMap:
    """Return the picture of a long table.

    Args:
        rows: A row for each cell.
        groups: The columns that name the row of a cell, such as outlet and period.
        column: The column that names the column of a cell.
        value: The column with the number of a cell.
        intervals: Whether `<value>_low` and `<value>_high` are shown below the number.
        percent: Whether numbers are shown as percentages.
        every: The length of the periods, if it is known.
        function: Whose table it is, for the line below the map that says what the numbers are.
        places: The number that each row has in the user's table; None if it is the same.
        language: Of that line, of the word between the ends of an interval, and of values that the library writes.
    """
    expect_rows(rows)
    in_all = rows.select(groups).n_unique()
    if in_all > _MOST_ROWS:
        raise InputError(f"table must have at most {_MOST_ROWS} groups to plot, got {in_all:,}. Filter it first.")
    low, high = (f"{value}_low", f"{value}_high") if intervals else (None, None)
    expect_numbers(rows, [name for name in (value, low, high) if name is not None])
    largest = float(rows[value].cast(pl.Float64).max() or 0)  # type: ignore[arg-type]
    days = rows["period"] if rows.schema.get("period") == pl.Date else pl.Series([], dtype=pl.Date)
    periods = named_periods(days, every, language)
    words = words_of_values(column, function) if language == "ar" else {}
    cells = [
        Cell(
            row=_row_label({group: row[group] for group in groups}, periods),
            column=MISSING if row[column] is None else words.get(str(row[column]), str(row[column])),
            value=float(row[value] or 0),
            shown=MISSING if row[value] is None else _number(row[value], percent=percent),
            interval=_interval(row, low, high, percent=percent, to=say("to", language)),
            dark=bool(largest and (row[value] or 0) > _DARK * largest),
            mark=Mark((place if places is None else places[place],), ""),
        )
        for place, row in enumerate(rows.iter_rows(named=True))
    ]
    names, columns = (list(dict.fromkeys(getattr(cell, key) for cell in cells)) for key in ("row", "column"))
    has_intervals = any(cell.interval for cell in cells)
    note = in_each_cell(say(value, language, function), intervals=has_intervals, language=language)
    return HeatMap(names, columns, cells, intervals=intervals, note=note)


def _row_label(values: dict[str, Any], periods: dict[date, str]) -> str:
    """Return groups and period in one line, right to left if one of them is Arabic."""
    shown = []
    for group, value in values.items():
        if isinstance(value, date):
            shown.append(periods[value] if group == "period" else f"{value:%Y-%m-%d}")
        else:
            shown.append(MISSING if value is None else str(value))
    return joined(shown) or MISSING


def _number(value: float | int, *, percent: bool) -> str:
    return f"{value:.0%}" if percent else f"{value:,.0f}"


def _interval(row: dict[str, Any], low: str | None, high: str | None, *, percent: bool, to: str) -> str:
    if low is None or high is None or row[low] is None:
        return ""
    return f"{_number(row[low], percent=percent)} {to} {_number(row[high], percent=percent)}"
