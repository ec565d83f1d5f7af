"""Pictures as live charts: the data, the words and the style that `page/charts.js` draws them with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.records import provenance_of
from corpus_kit.display.columns import LANGUAGES, explain
from corpus_kit.display.isolation import joined, label_text, without_isolates
from corpus_kit.display.page_files import joined_modules
from corpus_kit.display.values import counts_things, format_column, interval_decimals, shortened
from corpus_kit.plots.look import THEMES, Theme, say
from corpus_kit.plots.pictures import (
    Axis,
    BarPanels,
    Bars,
    Graph,
    HeatMap,
    Mark,
    Picture,
    Scatter,
    Series,
    Strips,
    Traces,
)
from corpus_kit.safe_text import one_line

__all__ = ["CHART_MODULES", "chart_script", "chart_style", "chart_words", "picture_data", "rows_behind"]

_FOLDER = Path(__file__).parent / "page"
CHART_MODULES = (_FOLDER / "charts.js",)  # what draws pictures; after display/page/base.js

_COUNTED = ("count", "hits", "occurrences")  # whose sum a tip shows where rows differ
_MOST_COLUMNS = 8  # of a table that a tip has
_ALWAYS = ("count", "hits", "occurrences", "p_adjusted")  # even where a narrow table leaves them out
_STRIP_TICKS = 1000  # places of a strip that can be told apart
_BESIDE = 6  # words of a line that a tip shows on each side of the node
_LONGEST_NAME = 500  # code points of a tip
_PLACE = " place"  # a column of its own
# The theme of JupyterLab, that of VS Code, and the one that was asked for, which wins.
_THEMED = '[data-jp-theme-light="{0}"] .ck-chart, .vscode-{1} .ck-chart, .ck-chart.ck-{1}.ck-{1}'
_WORDS = {
    "chart": ("Chart", "رسم بياني"),
    "chart_keys": (
        "Arrow keys show what is there, Enter opens it, the space bar selects it.",
        "مفاتيح الأسهم تعرض ما في الرسم، ومفتاح الإدخال يفتحه، ومفتاح المسافة يحدده.",
    ),
    "chart_selected": ("selected: {number}", "المحدَّد: {number}"),
    "chart_several": ("at this place: {number}", "في هذا الموضع: {number}"),
    "chart_clear": ("Clear", "إلغاء التحديد"),
}


def chart_words(language: str) -> dict[str, str]:
    """Return the words that the script writes, for its option `say`.

    >>> chart_words("en")["chart"]
    'Chart'
    """
    return {name: words[LANGUAGES.index(language)] for name, words in _WORDS.items()}


@cache
def chart_script() -> str:
    """Return the script of a chart of its own as one module."""
    return joined_modules([*CHART_MODULES, _FOLDER / "live.js"])


@cache
def chart_style() -> str:
    """Return the style sheet of charts: the colours of both themes as variables, then the rules."""
    light, dark = (_variables(THEMES[name]) for name in ("light", "dark"))
    return "\n".join(
        [
            f".ck-chart {{ {light} }}",
            f"@media (prefers-color-scheme: dark) {{ .ck-chart {{ {dark} }} }}",
            f"{_THEMED.format('true', 'light')} {{ {light} }}",
            f"{_THEMED.format('false', 'dark')} {{ {dark} }}",
            (_FOLDER / "charts.css").read_text(encoding="utf-8"),
        ]
    )


def _variables(theme: Theme) -> str:
    plain = ("ground", "ink", "quiet", "grid", "grey", "blue", "orange", "band")
    values = {name: getattr(theme, name) for name in plain}
    values |= {"bandopacity": str(theme.band_opacity), "strong": theme.strong_ink}
    values |= {f"step{place}": colour for place, colour in enumerate(theme.steps)}
    values |= {f"community{place}": colour for place, colour in enumerate(theme.communities)}
    return " ".join(f"--ck-c-{name}: {value};" for name, value in values.items())


def picture_data(
    picture: Picture, table: pl.DataFrame | None = None, *, title: str | None = None, language: str = "en"
) -> dict[str, Any]:
    """Return what `drawPicture` of the script draws: JSON values only, in which all texts are isolated.

    Args:
        picture: The picture.
        table: The table that it was made of, from which tips are written.
        title: A line above it.
        language: Of the names of columns in tips, "en" or "ar".

    Returns:
        A dict with kind (the name of the class), title, note, legend, heads (the labels of columns in tips), marks (for
        each mark its name, its values, its first row in the table and, if it is one of several rows, how many) and
        what each kind of picture has of its own, in which `m` is the number of a mark.

    >>> data = picture_data(Bars(["news"], [3.0], ["3"], "count", "count", [0]), pl.DataFrame({"count": [3]}))
    >>> data["heads"], data["marks"]
    (['occurrences'], [['news', ['3'], 0]])
    """
    marks = _Marks(table, language)
    own = _DATA[type(picture)](picture, marks)
    return {
        "kind": type(picture).__name__,
        "title": "" if title is None else label_text(title),
        "note": label_text(picture.note) if picture.note else "",
        "legend": own.pop("legend", []),
        **own,
        **marks.data(),
    }


def rows_behind(picture: Picture, marks: Iterable[int], table: pl.DataFrame | None = None) -> list[int]:
    """Return the rows of the table that are behind marks, by the numbers of the marks, in order and each once.

    >>> rows_behind(Bars(["a", "b"], [3.0, 2.0], ["3", "2"], "count", "count", [4, 7]), [1, 0])
    [4, 7]
    """
    every = _Marks(table, "en", with_tips=False)
    _DATA[type(picture)](picture, every)
    wanted = {number for number in marks if type(number) is int and 0 <= number < len(every.found)}
    return sorted({row for number in wanted for row in every.found[number].rows})


class _Marks:
    """Collects the marks of a picture in the order in which they are drawn, and writes their tips."""

    def __init__(self, table: pl.DataFrame | None, language: str, *, with_tips: bool = True) -> None:
        self.table, self.language, self.with_tips = table, language, with_tips
        self.found: list[Mark] = []

    def add(self, mark: Mark | None) -> int | None:
        """Return the number of a mark; None without one."""
        if mark is None:
            return None
        self.found.append(mark)
        return len(self.found) - 1

    def row(self, row: int | None, name: str) -> int | None:
        """Return the number of the mark of one row."""
        return None if row is None else self.add(Mark((row,), name))

    def data(self) -> dict[str, Any]:
        heads: list[str] = []
        columns = self._columns([mark for mark in self.found if mark.tip is None])
        heads += columns
        own = dict.fromkeys(head for mark in self.found for head, _ in mark.tip or ())
        heads += [head for head in own if head not in columns]
        values = iter(zip(*columns.values(), strict=True)) if columns else None
        marks = []
        for mark in self.found:
            if mark.tip is None:
                texts = [] if values is None else list(next(values))
            else:
                said = dict(mark.tip)
                texts = [said.get(head, "") for head in heads]
            marks.append(
                [
                    _named(mark.name),
                    [label_text(text) if text else "" for text in texts],
                    mark.rows[0] if mark.rows else None,
                    *([len(mark.rows)] if mark.tip is None and len(mark.rows) > 1 else []),
                ]
            )
        return {"heads": [_named(head) for head in heads], "marks": marks}

    def _columns(self, marks: Sequence[Mark]) -> dict[str, list[str]]:
        """Return the texts of the columns that tips show, by their labels: those in which all rows of a mark agree."""
        table = self.table
        if table is None or not marks or not self.with_tips or any(not mark.rows for mark in marks):
            return {}
        record = provenance_of(table)
        function = (
            None if record is None else f"ck.{record['function'].removeprefix('corpus_kit.').removeprefix('ck.')}"
        )
        names = [name for name in _numbers(table) if name in _ALWAYS or _detail(name, function) == 0][:_MOST_COLUMNS]
        rows = table.select([*names, *(each for name in names for each in _ends(table, name))])
        rows = rows.select(pl.all().gather([mark.rows[0] for mark in marks]))
        decimals = interval_decimals(rows)
        several = _distinct(table.select(names), marks)
        shown: dict[str, list[str]] = {}
        for name in names:
            texts = ["" if text is None else text for text in format_column(rows[name], decimals.get(name))]
            if ends := _ends(table, name):
                low, high = (format_column(rows[each], decimals.get(each)) for each in ends)
                to = say("to", self.language)
                texts = [
                    text if one is None or two is None else f"{text} ({one} {to} {two})"
                    for text, one, two in zip(texts, low, high, strict=True)
                ]
            for place, different in zip(several[_PLACE], several[name] > 1, strict=True):
                texts[place] = (
                    self._total(name, marks[place])
                    if different
                    else texts[place] and say("{value} each", self.language).format(value=texts[place])
                )
            shown[say(name, self.language, function)] = texts
        return shown

    def _total(self, name: str, mark: Mark) -> str:
        """Return the sum of a column of counts in the rows of a mark; "" of another column."""
        assert self.table is not None
        if name not in _COUNTED:
            return ""
        total = self.table[name].gather(list(mark.rows)).sum()
        return say("{total} in all", self.language).format(total=f"{total:,}")


def _distinct(table: pl.DataFrame, marks: Sequence[Mark]) -> pl.DataFrame:
    """Return how many values each column has in the rows of a mark, for the marks of several rows."""
    several = [(place, mark.rows) for place, mark in enumerate(marks) if len(mark.rows) > 1]
    places = pl.Series(_PLACE, [place for place, rows in several for _ in rows], dtype=pl.Int64)
    behind = table.select(pl.all().gather(pl.Series([row for _, rows in several for row in rows], dtype=pl.Int64)))
    return behind.with_columns(places).group_by(_PLACE, maintain_order=True).agg(pl.all().n_unique())


def _numbers(table: pl.DataFrame) -> list[str]:
    """Return the columns of amounts, without the ends of intervals."""
    amounts = [name for name, dtype in table.schema.items() if dtype.is_float() or counts_things(name, dtype)]
    ends = {f"{name}_{end}" for name in amounts for end in ("low", "high")}
    return [name for name in amounts if name not in ends]


def _ends(table: pl.DataFrame, name: str) -> list[str]:
    both = [f"{name}_low", f"{name}_high"]
    return both if all(each in table.columns and table.schema[each].is_numeric() for each in both) else []


def _detail(name: str, function: str | None) -> int:
    found = explain(name, "en", function)
    return 0 if found is None else found.detail


def _named(text: str) -> str:
    """Return a name in a tip: a label, which is shortened."""
    if len(text) > _LONGEST_NAME:
        text = shortened(without_isolates(one_line(text)), _LONGEST_NAME)
    return label_text(text)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


# -------------------------------------------------------------------------------------- kinds


def _bars(picture: Bars, marks: _Marks) -> dict[str, Any]:
    for place, label in enumerate(picture.labels):
        marks.add(Mark((picture.rows[place],) if picture.rows else (), label))
    return {
        "labels": [label_text(label) for label in picture.labels],
        "values": picture.values,
        "shown": [label_text(text) for text in picture.shown],
        "axis": label_text(picture.axis),
        "number": picture.number,
    }


def _bar_panels(picture: BarPanels, marks: _Marks) -> dict[str, Any]:
    panels = [
        {
            "title": label_text(panel.title) if panel.title else "",
            "bars": [
                {
                    "label": label_text(bar.label),
                    "value": bar.value,
                    "shown": label_text(bar.shown) if bar.shown else "",
                    "low": bar.low,
                    "high": bar.high,
                    "hue": picture.groups.get(bar.group, "blue"),
                    "m": marks.row(bar.row, joined([bar.label, panel.title])),
                }
                for bar in panel.bars
            ],
        }
        for panel in picture.panels
    ]
    return {
        "panels": panels,
        "bounds": list(picture.bounds),
        "axis": label_text(picture.axis),
        "number": picture.number,
        "fromRight": picture.from_right,
        "legend": [[label_text(name), hue, "bar"] for name, hue in picture.groups.items()],
    }


def _heat_map(picture: HeatMap, marks: _Marks) -> dict[str, Any]:
    rows, columns = ({name: place for place, name in enumerate(names)} for names in (picture.rows, picture.columns))
    cells = []
    for cell in picture.cells:
        mark = cell.mark and Mark(cell.mark.rows, joined([cell.row, cell.column]), cell.mark.tip)
        cells.append(
            {
                "row": rows[cell.row],
                "column": columns[cell.column],
                "part": min(max(cell.value / picture.largest, 0.0), 1.0),
                "shown": label_text(cell.shown),
                "interval": label_text(cell.interval) if cell.interval else "",
                "dark": cell.dark,
                "m": marks.add(mark),
            }
        )
    return {
        "rows": [label_text(name) for name in picture.rows],
        "columns": [label_text(name) for name in picture.columns],
        "cells": cells,
        "intervals": picture.intervals,
    }


def _series(picture: Series, marks: _Marks) -> dict[str, Any]:
    periods = [
        {
            "name": period.name,
            "documents": period.documents,
            "hits": period.hits,
            **{name: _finite(getattr(period, name)) for name in ("rate", "low", "high")},
            "burst": bool(period.burst),
            "m": marks.row(period.row, period.name),
        }
        for period in picture.periods
    ]
    return {
        "periods": periods,
        "rate": label_text(picture.rate),
        "number": picture.number,
        "documents": label_text(picture.documents),
        "legend": [[label_text(name), hue, "bar"] for name, hue in picture.legend.items()],
    }


def _graph(picture: Graph, marks: _Marks) -> dict[str, Any]:
    heaviest = max((link.weight for link in picture.links), default=1)
    strongest = max((circle.strength for circle in picture.circles), default=1)
    numbers = sorted({circle.community for circle in picture.circles})
    circles = [
        {
            "at": list(circle.at),
            "name": label_text(circle.name),
            "part": circle.strength / strongest,
            "community": numbers.index(circle.community) % len(THEMES["light"].communities),
            "m": marks.add(circle.mark),
        }
        for circle in picture.circles
    ]
    links = [
        {"start": list(link.start), "end": list(link.end), "part": link.weight / heaviest, "m": marks.add(link.mark)}
        for link in picture.links
    ]
    return {"circles": circles, "links": links, "size": list(picture.size)}


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "title": label_text(axis.title), "low": axis.low, "high": axis.high, "scale": axis.scale,
        "number": axis.number, "ticks": list(axis.ticks),
    }  # fmt: skip


def _scatter(picture: Scatter, marks: _Marks) -> dict[str, Any]:
    places = {name: place for place, name in enumerate(picture.groups)}
    points = [[point.x, point.y, places.get(point.group, 0), marks.add(point.mark)] for point in picture.points]
    lines = []
    for line, hue in zip(picture.lines, picture.line_hues, strict=True):
        own = [marks.row(row, line.name) for row in line.rows]
        lines.append({"points": [list(at) for at in line.points], "hue": hue, "marks": own})
    legend = [[label_text(name), hue, "dots"] for name, hue in picture.groups.items()]
    legend += [
        [label_text(line.name), hue, "line"]
        for line, hue in zip(picture.lines, picture.line_hues, strict=True)
        if line.name
    ]
    return {
        "points": points,
        "x": _axis(picture.x),
        "y": _axis(picture.y),
        "names": [[label_text(name.text), name.x, name.y] for name in picture.wanted or picture.names],
        "groups": [[label_text(name), hue] for name, hue in picture.groups.items()],
        "lines": lines,
        "rules": [{"x": rule.x, "y": rule.y} for rule in picture.rules],
        "legend": legend,
    }


def _strips(picture: Strips, marks: _Marks) -> dict[str, Any]:
    strips = []
    for strip in picture.strips:
        places = np.array(strip.places, np.float64)
        bins = np.floor(places * _STRIP_TICKS).astype(np.int64)  # lines at one place are one tick
        starts = np.flatnonzero(np.diff(bins, prepend=-1)) if len(bins) else np.array([], np.int64)
        ends = [*starts[1:].tolist(), len(bins)]
        here = [strip.rows[start:end] for start, end in zip(starts.tolist(), ends, strict=True)] if strip.rows else []
        numbers = [marks.add(_mark_of_lines(rows, strip.label, marks)) for rows in here]
        shown = [round(float(place), 5) for place in places[starts]]
        strips.append({"label": label_text(strip.label), "places": shown, "marks": numbers})
    return {"strips": strips, "axis": label_text(picture.axis)}


def _mark_of_lines(rows: Sequence[int], label: str, marks: _Marks) -> Mark:
    """Return the mark of concordance lines at one place: the first line, and how many there are."""
    table = marks.table
    tip: tuple[tuple[str, str], ...] = ((say("lines", marks.language), f"{len(rows):,}"),)
    if table is None or not marks.with_tips or not {"before", "node", "after"} <= set(table.columns):
        return Mark(tuple(rows), label, tip)
    line = table.row(rows[0], named=True)
    before, after = ((line[side] or "").split() for side in ("before", "after"))
    text = " ".join([*before[-_BESIDE:], f"«{line['node']}»", *after[:_BESIDE]])
    if line.get("id") is not None:
        tip = ((say("id", marks.language), shortened(str(line["id"]), 60)), *tip)
    return Mark(tuple(rows), text, tip)


def _traces(picture: Traces, marks: _Marks) -> dict[str, Any]:
    panels = []
    for panel in picture.panels:
        traces = []
        for trace in panel.traces:
            rows = trace.rows or [None] * len(trace.rates)
            there = [None if rate is None else row for rate, row in zip(trace.rates, rows, strict=True)]
            named = [joined([trace.name, panel.title, period]) for period in picture.periods]
            traces.append(
                {
                    "name": label_text(trace.name),
                    **{name: [_finite(value) for value in getattr(trace, name)] for name in ("rates", "low", "high")},
                    "colour": trace.colour,
                    "partial": list(trace.partial),
                    "marks": [marks.row(row, name) for row, name in zip(there, named, strict=True)],
                }
            )
        panels.append({"title": label_text(panel.title) if panel.title else "", "traces": traces})
    return {
        "panels": panels,
        "periods": picture.periods,
        "rate": label_text(picture.rate),
        "number": picture.number,
        "highest": picture.highest,
        "named": picture.is_named,
    }


_DATA: dict[type, Callable[[Any, _Marks], dict[str, Any]]] = {
    Bars: _bars,
    BarPanels: _bar_panels,
    HeatMap: _heat_map,
    Series: _series,
    Graph: _graph,
    Scatter: _scatter,
    Strips: _strips,
    Traces: _traces,
}
