"""A bar chart of the most frequent words or n-grams."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit._base.records import table_of
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import Look, expect_each_once, expect_rows, plot, top_argument
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Bars

__all__ = ["frequency"]

_LABELS = ("word", "ngram", "node", "collocate")


@plot
def frequency(table: pl.DataFrame, *, top: int = 20, **look: Unpack[Look]) -> Bars:
    """Draw bars of the most frequent words or n-grams, the longest at the top, growing from the right.

    Args:
        table: A table of `ck.frequency`, `ck.ngrams` or the like: a String column (word or ngram, otherwise the
            first one) and `count`, with each text once.
        top: The number of bars. Of equal counts, those that come first in the table are shown.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table lacks these columns, has a text twice or has no rows.

    Examples:
        >>> import corpus_kit as ck
        >>> chart = ck.plot.frequency(ck.frequency(ck.sample_corpus()), top=10, title="أكثر الكلمات")
        >>> chart.to_dict()["height"]
        260
    """
    frame = table_of(table)
    top = top_argument(top)
    label = _label_column(frame)
    expect_each_once(frame[label].drop_nulls(), label)
    rows = frame.select(spelled_text(frame, label).alias("label"), "count").drop_nulls()
    shown = rows.sort("count", descending=True, maintain_order=True).head(top)
    expect_rows(shown)
    counts, language = shown["count"].to_list(), look["language"]
    return Bars(
        shown["label"].to_list(),
        counts,
        [f"{count:,}" for count in counts],
        say("count", language),
        "count",
        note=shown_of(shown.height, rows.height, "n-grams" if label == "ngram" else "words", language),
    )


def _label_column(frame: pl.DataFrame) -> str:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if "count" not in frame.columns or not frame.schema["count"].is_numeric() or not texts:
        columns = ", ".join(f"{name} ({dtype})" for name, dtype in frame.schema.items())
        raise InputError(
            f"table must have a String column and a numeric column 'count', got the columns: {columns or 'none'}."
        )
    return next((name for name in _LABELS if name in texts), texts[0])
