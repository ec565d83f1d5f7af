"""Bars of the strongest collocates: of one node, of several groups, or of two sides."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit import measures
from corpus_kit._base.records import table_of
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import choose
from corpus_kit.plots.arguments import Look, expect_finite, expect_rows, plot, top_argument, wrong_table
from corpus_kit.plots.bar_panels import comparison_bars, group_panels, grouped_by, joined, panel_numbers
from corpus_kit.plots.look import say, titled
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import BarPanel, BarPanels, Bars, PanelBar, cut_to
from corpus_kit.plots.scatter import COMPARING

__all__ = ["collocations"]


@plot
def collocations(
    table: pl.DataFrame,
    *,
    measure: str | None = None,
    top: int | None = None,
    panels: int = 12,
    **look: Unpack[Look],
) -> Bars | BarPanels:
    """Draw bars of the strongest collocates, the strongest at the top, growing from the right, with their counts.

    Of a table with several groups (`by`), a panel is drawn for each. Of a table of `ck.compare_collocations`, bars are
    log ratios with their intervals: collocates that are more frequent in the company of the target grow to the right
    and come first, below them those of the reference grow to the left.

    Args:
        table: A table of `ck.collocations`, `ck.ngram_collocations` or `ck.compare_collocations`.
        measure: The column that is shown; None takes the first measure of the table, by which it is sorted. Of a
            comparison, the column by whose highest values (by absolute value) collocates are chosen.
        top: The number of bars: those of the largest values above 0. Of equal values, those that come first in
            the table are shown. None is 20, of each group 8.
        panels: The number of groups that are shown, the first of the table that have a value above 0; a line below
            says how many there are in all.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is not one of collocations, the measure is unknown, or no value is above 0.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> pairs = ck.collocations(corpus, "هدنة")
        >>> chart = ck.plot.collocations(pairs, measure="mi", top=8, language="ar")
        >>> chart = ck.plot.collocations(ck.collocations(corpus, "السهل", by="outlet"))
    """
    frame = table_of(table)
    most, wanted = top_argument(panels, "panels"), None if top is None else top_argument(top)
    language = look["language"]
    if {"collocate", "target_count", "reference_count"} <= set(frame.columns):
        return _sides(frame, measure, wanted or 20, language)
    names = [name for name in frame.columns if name in measures.FAMILIES["association"]]
    label = "ngram" if "ngram" in frame.columns else "collocate"
    absent = [name for name in (label, "count") if name not in frame.columns] + ([] if names else ["a measure"])
    if absent:
        raise wrong_table(frame, "ck.collocations", f"without {', '.join(absent)}")
    expect_finite(frame, ["count"])
    value = names[0] if measure is None else choose(measure, names, "measure")
    axis = titled(say(value, language, "ck.collocations"), "beside each bar: times together", language)
    by = grouped_by(frame, label)
    if by is not None:
        return _groups(frame, by, label, value, wanted or 8, most, axis, language)
    rows = _strongest(frame, label, value)
    expect_rows(rows, f"a row whose {value} is above 0")
    shown = rows.head(wanted or 20)
    counts = [f"{count:,}" for count in shown["count"]]
    note = shown_of(shown.height, rows.height, "n-grams" if label == "ngram" else "collocates", language)
    values, places = shown["value"].to_list(), shown["row"].to_list()
    return Bars(shown["label"].to_list(), values, counts, axis, "decimal", places, note=note)


def _strongest(frame: pl.DataFrame, label: str, value: str, panel: pl.Series | None = None) -> pl.DataFrame:
    """Return label, count, value, panel and row of the rows whose value is above 0, the largest first."""
    number = pl.lit(0) if panel is None else panel
    return (
        frame.select(
            spelled_text(frame, label).alias("label"),
            "count",
            pl.col(value).alias("value"),
            panel=number,
            row=pl.int_range(pl.len()),
        )
        .filter(pl.col("value") > 0, pl.col("value").is_finite())
        .sort("value", descending=True, maintain_order=True)
    )


def _groups(
    frame: pl.DataFrame, by: str, label: str, value: str, top: int, most: int, axis: str, language: str
) -> BarPanels:
    """Return a panel for each group."""
    numbers, labels = panel_numbers(frame, by)
    rows = _strongest(frame, label, value, numbers)
    expect_rows(rows, f"a row whose {value} is above 0")
    drawn = []
    for name, part in group_panels(rows, labels, most):
        strongest = part.head(top).iter_rows(named=True)
        bars = [PanelBar(row["label"], row["value"], shown=f"{row['count']:,}", row=row["row"]) for row in strongest]
        drawn.append(BarPanel(cut_to(name, BarPanels.WIDTH), bars))
    things = "n-grams" if label == "ngram" else "collocates"
    shown = sum(len(panel.bars) for panel in drawn)
    notes = [shown_of(len(drawn), len(labels), "groups", language), shown_of(shown, rows.height, things, language)]
    return BarPanels(drawn, axis, "decimal", note=joined(notes, language), from_right=True)


def _sides(frame: pl.DataFrame, measure: str | None, top: int, language: str) -> BarPanels:
    """Return the bars of a comparison."""
    needed = ("direction", "log_ratio", "log_ratio_low", "log_ratio_high")
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise wrong_table(frame, "ck.compare_collocations", f"without {', '.join(absent)}")
    known = [name for name in frame.columns if name in COMPARING]
    by = known[0] if measure is None else choose(measure, known, "measure")
    rows = frame.select(
        spelled_text(frame, "collocate").alias("word"),
        pl.col("direction").cast(pl.String),
        x="log_ratio",
        low="log_ratio_low",
        high="log_ratio_high",
        y=pl.col(by).abs(),
        row=pl.int_range(pl.len()),
    )
    rows = rows.filter(pl.col("y").is_not_null(), pl.col("direction") != "equal")
    rows = rows.sort("y", descending=True, maintain_order=True)
    expect_rows(rows)
    titles = {"target": "more in target", "reference": "more in reference"}
    return comparison_bars([("", rows)], (1, rows.height), "log_ratio", top, "collocates", titles, language)
