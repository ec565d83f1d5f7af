"""Plots of results, right to left; reached as ``ck.plot``.

Each takes a table of the library and gives an Altair chart, or with ``backend="matplotlib"`` a figure for a
paper (``figure.savefig("words.svg")``). Both show the same. Needs the extra ``notebooks``; a font for Arabic
comes with it, so that a picture is right on a machine that has none.

Arguments that all plots share:

backend: "altair" or "matplotlib" (3.11 or newer).
theme: "light" or "dark". Colours are told apart by every kind of colour vision.
language: of the words that the plot itself writes on its axes: "en" or "ar".
title: a line above the plot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from corpus_kit import measures
from corpus_kit.display._values import isolate
from corpus_kit.display.charts import check_look, check_top, draw, expect_each_once
from corpus_kit.display.look import say
from corpus_kit.display.news_plots import bursts, copies, frame_rates, labels, network
from corpus_kit.display.pictures import Bars, Number
from corpus_kit.display.png import png, use_png_renderer
from corpus_kit.display.word_plots import dispersion, frequency_dispersion, growth, keyness, scaling, zipf
from corpus_kit.errors import InputError, choose
from corpus_kit.provenance import frame_of

__all__ = [
    "bursts",
    "collocations",
    "copies",
    "dispersion",
    "frame_rates",
    "frequency",
    "frequency_dispersion",
    "growth",
    "isolate",
    "keyness",
    "labels",
    "network",
    "png",
    "scaling",
    "use_png_renderer",
    "zipf",
]

_LABELS = ("word", "ngram", "node", "collocate")


def frequency(
    frame: pl.DataFrame,
    *,
    top: int = 20,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """Bars of the most frequent words or n-grams, the longest at the top, growing from the right.

    frame: a table of `ck.frequency`, `ck.ngrams` or the like: a String column (word or ngram, else
        the first one) and `count`; each text once.
    top: bars to show; of equal counts those that come first in the table.
    title, backend, theme, language: see `ck.plot`.

    Returns an Altair chart or a matplotlib figure; `png` turns either into an image.
    Raises InputError for a table that lacks these columns, holds a text twice or has no rows;
    CorpusKitError where the library that draws is not installed.

    >>> import corpus_kit as ck
    >>> chart = ck.plot.frequency(ck.frequency(ck.sample_corpus()), top=10, title="أكثر الكلمات")
    >>> chart.to_dict()["height"]
    260
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.frequency")
    label = _label_column(frame)
    check_top(top)
    rows = frame.select(pl.col(label).alias("label"), "count").drop_nulls()
    expect_each_once(rows["label"], label)
    rows = rows.sort("count", descending=True, maintain_order=True).head(top)
    if not rows.height:
        raise InputError("the table has no rows to plot")
    rows = rows.with_columns(value="count")
    picture = _bars(rows, axis=say("count", language), number="count")
    return draw(picture, title=title, backend=backend, theme=theme)


def collocations(
    frame: pl.DataFrame,
    *,
    measure: str | None = None,
    top: int = 20,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """Bars of the strongest collocates, the strongest at the top, growing from the right; beside each its count.

    frame: a table of `ck.collocations`.
    measure: the column that is shown; without it the first measure of the table, by which it is sorted.
    top: bars to show: those of the largest values above 0; of equal ones those that come first in the table.
    title, backend, theme, language: see `ck.plot`.

    Returns an Altair chart or a matplotlib figure; `png` turns either into an image.
    Raises InputError for a table that is none of collocations, an unknown measure, or no value above 0;
    CorpusKitError where the library that draws is not installed.

    >>> import corpus_kit as ck
    >>> pairs = ck.collocations(ck.sample_corpus(), "هدنة")
    >>> chart = ck.plot.collocations(pairs, measure="mi", top=8, language="ar")
    """
    check_look(backend, theme, language)
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
    beside = say("beside each bar: times together", language)
    picture = _bars(rows, axis=f"{say(value, language)} ({beside})", number="decimal")
    return draw(picture, title=title, backend=backend, theme=theme)


def _bars(rows: pl.DataFrame, *, axis: str, number: Number) -> Bars:
    """Bars of the columns label and value; beside each its count."""
    shown: Callable[[int], str] = "{:,}".format
    return Bars(
        rows["label"].to_list(), rows["value"].to_list(), [shown(count) for count in rows["count"]], axis, number
    )


def _label_column(frame: pl.DataFrame) -> str:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if "count" not in frame.columns or not frame.schema["count"].is_numeric() or not texts:
        raise InputError(
            "a frequency plot needs a String column and a numeric column 'count'; "
            f"this table has: {', '.join(f'{name} ({dtype})' for name, dtype in frame.schema.items()) or 'no columns'}"
        )
    return next((name for name in _LABELS if name in texts), texts[0])
