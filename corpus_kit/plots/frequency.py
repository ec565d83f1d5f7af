"""A bar chart of the most frequent words or n-grams."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit._base.records import table_of
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import Look, expect_each_once, expect_finite, expect_rows, plot, top_argument
from corpus_kit.plots.bar_panels import group_name, group_panels, joined, panel_numbers
from corpus_kit.plots.look import say, titled
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import BarPanel, BarPanels, Bars, PanelBar, cut_to

__all__ = ["frequency"]

_LABELS = ("word", "ngram", "node", "collocate")
_TOTALS = {"pattern", "per_million", "per_million_low", "per_million_high", "words"}
_PANELS = 12


@plot
def frequency(table: pl.DataFrame, *, top: int = 20, **look: Unpack[Look]) -> Bars | BarPanels:
    """Draw bars of the most frequent words or n-grams, the longest at the top, growing from the right.

    Of totals (``ck.frequency(total=True)``), bars are rates with their intervals, since groups have different sizes: a
    panel for each pattern, a bar for each group. `ck.plot.trend` draws those of periods.

    Args:
        table: A table of `ck.frequency`, `ck.ngrams` or the like: a String column (word or ngram, otherwise the
            first one) and `count`, with each text once; or totals.
        top: The number of bars. Of equal counts, those that come first in the table are shown.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table lacks these columns, has a text twice or has no rows.

    Examples:
        >>> import corpus_kit as ck
        >>> chart = ck.plot.frequency(ck.frequency(ck.sample_corpus()), top=10, title="أكثر الكلمات")
        >>> chart.table.height, len(chart.picture.labels)
        (7951, 10)
        >>> totals = ck.frequency(ck.sample_corpus(), pattern=["هدنة", "تهدئة"], by="outlet", total=True)
        >>> chart = ck.plot.frequency(totals, language="ar")
    """
    frame = table_of(table)
    top = top_argument(top)
    if set(frame.columns) >= _TOTALS and "period" not in frame.columns:
        return _totals(frame, top, look["language"])
    label = _label_column(frame)
    expect_each_once(frame[label].drop_nulls(), label)
    rows = frame.select(spelled_text(frame, label).alias("label"), "count", row=pl.int_range(pl.len())).drop_nulls()
    shown = rows.sort("count", descending=True, maintain_order=True).head(top)
    expect_rows(shown)
    expect_finite(rows, ["count"])
    counts, language = shown["count"].to_list(), look["language"]
    return Bars(
        shown["label"].to_list(),
        counts,
        [f"{count:,}" for count in counts],
        say("count", language),
        "count",
        shown["row"].to_list(),
        note=shown_of(shown.height, rows.height, "n-grams" if label == "ngram" else "words", language),
    )


def _totals(frame: pl.DataFrame, top: int, language: str) -> BarPanels:
    """Return the rates of patterns: a panel for each and a bar for each group; without groups, a bar for each."""
    grouped = frame.columns.index("pattern") > 0
    rates = ("per_million", "per_million_low", "per_million_high")
    expect_finite(frame.drop_nulls(rates), rates)
    numbers, patterns = panel_numbers(frame, "pattern")
    bars, labels = panel_numbers(frame, frame.columns[0])
    rows = frame.select(bar=bars, panel=numbers if grouped else pl.lit(0), value="per_million",
                        low="per_million_low", high="per_million_high", row=pl.int_range(pl.len()))  # fmt: skip
    rows = rows.drop_nulls("value").sort("value", descending=True, maintain_order=True)
    expect_rows(rows, "a row with words")
    drawn = []
    for name, part in group_panels(rows, patterns, _PANELS):
        strongest = part.head(top).select("bar", "value", "low", "high", "row").iter_rows()
        each = [
            PanelBar(group_name(labels, bar), value, low=low, high=high, row=row)
            for bar, value, low, high, row in strongest
        ]
        drawn.append(BarPanel(cut_to(name, BarPanels.WIDTH) if grouped else "", each))
    shown = sum(len(panel.bars) for panel in drawn)
    notes = [shown_of(len(drawn), len(patterns), "patterns", language)] if grouped else []
    notes.append(shown_of(shown, frame.height, "rows", language))
    axis = titled("per_million", "with its interval", language)
    return BarPanels(drawn, axis, "decimal", note=joined(notes, language), from_right=True)


def _label_column(frame: pl.DataFrame) -> str:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if "count" not in frame.columns or not frame.schema["count"].is_numeric() or not texts:
        columns = ", ".join(f"{name} ({dtype})" for name, dtype in frame.schema.items())
        raise InputError(
            f"table must have a String column and a numeric column 'count', got the columns: {columns or 'none'}."
        )
    return next((name for name in _LABELS if name in texts), texts[0])
