"""Plots of results, right to left, as Altair charts; reached as ``ck.plot``.

Needs the extra ``notebooks``. Vega starts every text from left to right, so
each label is isolated (`isolate`); a font for Arabic comes with the extra, so
that a PNG is right on a machine that has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from corpus_kit import measures
from corpus_kit.display._values import isolate
from corpus_kit.display.charts import BLUE, INK, check_top, label_text, load_altair, png, styled, use_png_renderer
from corpus_kit.display.news_plots import bursts, copies, frame_rates, labels, network
from corpus_kit.errors import InputError, choose
from corpus_kit.provenance import frame_of

if TYPE_CHECKING:
    import altair as alt

__all__ = [
    "bursts",
    "collocations",
    "copies",
    "frame_rates",
    "frequency",
    "isolate",
    "labels",
    "network",
    "png",
    "use_png_renderer",
]

_LABELS = ("word", "ngram", "node", "collocate")
_ROW = 26  # pixels of a bar and its gap


def frequency(frame: pl.DataFrame, *, top: int = 20, title: str | None = None) -> alt.LayerChart:
    """Bars of the most frequent words or n-grams, the longest at the top, growing from the right.

    frame: a table of `ck.frequency`, `ck.ngrams` or the like: a String column (word or ngram, else
        the first one) and `count`; each text once.
    top: bars to show; of equal counts those that come first in the table.
    title: a line above the plot.

    Returns an Altair chart; `png` turns it into an image.
    Raises InputError for a table that lacks these columns, holds a text twice or has no rows;
    CorpusKitError where Altair is not installed.
    """
    frame = frame_of(frame, "plot.frequency")
    label = _label_column(frame)
    check_top(top)
    rows = frame.select(pl.col(label).alias("label"), "count").drop_nulls()
    repeated = rows.filter(pl.col("label").is_duplicated())
    if repeated.height:
        raise InputError(
            f"each {label} may stand once in the table, but {repeated['label'][0]!r} stands more often; "
            "filter the table to one group first"
        )
    rows = rows.sort("count", descending=True, maintain_order=True).head(top)
    if not rows.height:
        raise InputError("the table has no rows to plot")
    rows = rows.with_columns(value="count", shown=pl.col("count").map_elements("{:,}".format, return_dtype=pl.String))
    return _bars(rows, axis="count", form=",d", title=title)


def collocations(
    frame: pl.DataFrame, *, measure: str | None = None, top: int = 20, title: str | None = None
) -> alt.LayerChart:
    """Bars of the strongest collocates, the strongest at the top, growing from the right; beside each its count.

    frame: a table of `ck.collocations`.
    measure: the column that is shown; without it the first measure of the table, by which it is sorted.
    top: bars to show: those of the largest values above 0; of equal ones those that come first in the table.
    title: a line above the plot.

    Returns an Altair chart; `png` turns it into an image.
    Raises InputError for a table that is none of collocations, an unknown measure, or no value above 0;
    CorpusKitError where Altair is not installed.
    """
    frame = frame_of(frame, "plot.collocations")
    names = [name for name in frame.columns if name in measures.FAMILIES["contingency"]]
    label = "ngram" if "ngram" in frame.columns else "collocate"
    if label not in frame.columns or "count" not in frame.columns or not names:
        raise InputError(
            "a collocation plot needs a table of ck.collocations: collocate, count and a measure; "
            f"this table has: {', '.join(frame.columns) or 'no columns'}"
        )
    value = names[0] if measure is None else choose(measure, names, "measure")
    check_top(top)
    rows = (
        frame.select(pl.col(label).alias("label"), "count", pl.col(value).alias("value"))
        .filter(pl.col("value") > 0, pl.col("value").is_finite())
        .sort("value", descending=True, maintain_order=True)
        .head(top)
    )
    if not rows.height:
        raise InputError(f"the table has no row whose {value} is above 0")
    rows = rows.with_columns(shown=pl.col("count").map_elements("{:,}".format, return_dtype=pl.String))
    return _bars(rows, axis=f"{value} (beside each bar: times together)", form="~s", title=title)


def _bars(rows: pl.DataFrame, *, axis: str, form: str, title: str | None) -> alt.LayerChart:
    """Horizontal bars that grow from the right: label, value, and what is written beside each (shown)."""
    altair = load_altair()
    values = [
        {"label": label_text(text), "value": value, "shown": shown}
        for text, value, shown in rows.select("label", "value", "shown").iter_rows()
    ]
    base = altair.Chart(altair.Data(values=values)).encode(
        y=altair.Y(
            "label:N", sort=None, title=None, axis=altair.Axis(orient="right", labelFontSize=15, labelPadding=8)
        ),
        # From zero, with room for the number beyond the longest bar.
        x=altair.X(
            "value:Q",
            title=axis,
            scale=altair.Scale(reverse=True, domain=[0, max(row["value"] for row in values) * 1.12], nice=False),
            axis=altair.Axis(format=form, tickCount=5, grid=True, **({"tickMinStep": 1} if form == ",d" else {})),
        ),
    )
    bars = base.mark_bar(color=BLUE, height={"band": 0.72})
    numbers = base.mark_text(align="right", dx=-5, fontSize=11, color=INK).encode(text="shown:N")
    chart: alt.LayerChart = styled(altair.layer(bars, numbers).properties(width=520, height=_ROW * len(values)), title)
    return chart


def _label_column(frame: pl.DataFrame) -> str:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if "count" not in frame.columns or not frame.schema["count"].is_numeric() or not texts:
        raise InputError(
            "a frequency plot needs a String column and a numeric column 'count'; "
            f"this table has: {', '.join(f'{name} ({dtype})' for name, dtype in frame.schema.items()) or 'no columns'}"
        )
    return next((name for name in _LABELS if name in texts), texts[0])
