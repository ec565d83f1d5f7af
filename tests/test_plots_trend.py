"""ck.plot.trend: what its panels show, what it leaves out and says, where names are written."""

from __future__ import annotations

import datetime
import json
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit import plots
from corpus_kit.display.isolation import isolate, without_isolates
from corpus_kit.errors import InputError
from corpus_kit.plots.pictures import Traces, spread_out

pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")


def picture_of(table: pl.DataFrame, **options: Any) -> Traces:
    picture: Traces = plots.trend.__wrapped__(table, **{"language": "en", **options})
    return picture


def table_of(groups: int, patterns: int, periods: int = 3, **columns: Any) -> pl.DataFrame:
    """Return a table in which later groups have more documents and later patterns more hits."""
    rows = [
        {"source": f"s{g}", "pattern": f"p{p}", "period": datetime.date(2026, 1 + t, 1), "documents": g + 1,
         "hits": p, "rate": 100.0 * p, "rate_low": 50.0 * p, "rate_high": 100.0 * p + 50}
        for p in range(patterns) for g in range(groups) for t in range(periods)
    ]  # fmt: skip
    return pl.DataFrame(rows).with_columns(**columns)


def test_one_panel_of_patterns() -> None:
    table = ck.trend(ck.sample_corpus(), ["المسيرات", "غائبة"], every="month")
    picture = picture_of(table)
    [panel] = picture.panels
    assert [trace.name for trace in panel.traces] == ["المسيرات", "غائبة"]
    assert panel.traces[0].rates == table["rate"].head(7).to_list()
    assert panel.traces[1].rates == [0.0] * 7  # periods without a hit are at 0
    assert picture.periods[:2] == ["2026-01", "2026-02"]
    assert (picture.rate, picture.number) == ("occurrences per million words", "count")
    assert without_isolates(picture.note) == "bands: 95% intervals · hollow points: partial periods"
    assert panel.traces[0].partial == (0, 6)
    assert picture.highest <= 2 * max(panel.traces[0].rates)  # type: ignore[type-var, operator]


TWELVE = "المجموعات المعروضة: 12 من أصل 14"


@pytest.mark.parametrize(
    ("groups", "patterns", "options", "panels", "lines", "note"),
    [
        (1, 1, {}, 1, 1, "s0"),
        (4, 1, {}, 1, 4, "p0"),
        (5, 1, {}, 5, 1, "occurrences per million words · p0"),
        (2, 2, {}, 2, 2, "occurrences per million words"),
        (14, 3, {"top": 6}, 6, 3, "occurrences per million words · 6 of 14 groups are shown"),
        (1, 8, {}, 1, 6, "s0 · 6 of 8 patterns are shown"),
        (
            14,
            8,
            {"language": "ar"},
            12,
            6,
            "التكرار لكل مليون كلمة · الأنماط المعروضة: 6 من أصل 8 · المجموعات المعروضة: 12 من أصل 14",
        ),
    ],
)
def test_what_is_drawn_and_what_is_left_out(
    groups: int, patterns: int, options: Any, panels: int, lines: int, note: str
) -> None:
    picture = picture_of(table_of(groups, patterns, rate=pl.col("rate") + 1), **options)
    assert len(picture.panels) == panels
    assert {len(panel.traces) for panel in picture.panels} == {lines}
    bands = "الأشرطة: فترات الثقة" if options.get("language") == "ar" else "bands: intervals"
    assert without_isolates(picture.note) == f"{note} · {bands}"
    if panels > 1:  # those with most documents, in the order of the table
        assert [panel.title for panel in picture.panels] == [f"s{groups - panels + each}" for each in range(panels)]
    if patterns > lines:
        assert [trace.name for trace in picture.panels[0].traces] == [
            f"p{patterns - lines + each}" for each in range(lines)
        ]


def test_gaps_and_values_alone() -> None:
    rates = pl.Series("rate", [1.0, None, 2.0, 3.0, None])
    table = table_of(1, 1, 5, rate=rates, rate_low=rates, rate_high=rates, documents=pl.Series([1, 0, 1, 1, 0]))
    [trace] = picture_of(table).panels[0].traces
    assert trace.rates == rates.to_list()
    assert (trace.alone, trace.end) == ([0], (3, 3.0))
    empty = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("rate", "rate_low", "rate_high"))
    picture = picture_of(empty)
    assert picture.labels(picture.panels[0]) == []
    assert picture.highest == 1.0


def test_both_libraries_name_lines_at_their_ends() -> None:
    table = table_of(2, 2, source=pl.col("source").replace({"s0": "بريد", "s1": "صدى"}))
    spec = json.dumps(plots.trend(table).data(), ensure_ascii=False)
    figure = plots.trend(table, backend="matplotlib")
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts.count("p0") == texts.count("p1") == 2
    assert {isolate("بريد"), isolate("صدى")} <= set(texts)
    assert all(name in spec for name in ('"p0"', '"p1"', isolate("بريد")))
    first, second = figure.axes
    assert first.get_position().x0 > second.get_position().x1  # the first is at the right


places = st.lists(st.floats(0, 100), max_size=8)


@given(places, st.sampled_from([1.0, 5.0, 12.0]))
def test_names_do_not_overlap(wanted: list[float], gap: float) -> None:
    found = spread_out(wanted, gap, 0, 100)
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    ordered = [found[place] for place in order]
    assert all(later - earlier >= gap - 1e-6 for earlier, later in pairwise(ordered))
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in found)
    if all(b - a >= gap for a, b in pairwise(sorted(wanted))):
        assert found == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (ck.frequency, "table must be a DataFrame"),
        (pl.DataFrame({"word": ["x"]}), r"table must be a table of ck\.trend, got one without pattern"),
        (table_of(1, 1).head(0), "table must have rows to plot, got none"),
        (pl.concat([table_of(1, 1)] * 2), "table must have each period of a pattern and group once"),
        (table_of(1, 1, hits=pl.lit("x")), "table must have numbers in the column hits"),
    ],
)
def test_other_tables(table: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        plots.trend(table)
