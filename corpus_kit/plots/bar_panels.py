"""Small multiples of a table with several groups, and the bars of a comparison: what both sides have apart."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from corpus_kit._base.metadata import as_text
from corpus_kit.display.values import MISSING, plain
from corpus_kit.plots.arguments import expect_rows
from corpus_kit.plots.look import say, titled
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import BarPanel, BarPanels, Hue, PanelBar

__all__ = ["comparison_bars", "group_panels", "grouped_by", "joined"]

_SIDES: dict[str, Hue] = {"target": "blue", "reference": "orange"}


def grouped_by(frame: pl.DataFrame, word: str) -> str | None:
    """Return the column of labels of a table that was made with `by`: the one before a word that is there repeatedly.

    >>> grouped_by(pl.DataFrame({"outlet": ["a", "b"], "word": ["x", "x"]}), "word")
    'outlet'
    >>> grouped_by(pl.DataFrame({"outlet": ["a", "a"], "word": ["x", "y"]}), "word") is None
    True
    """
    place = frame.columns.index(word)
    return frame.columns[0] if place and bool(frame[word].is_duplicated().any()) else None


def group_panels(frame: pl.DataFrame, by: str, most: int) -> tuple[Iterator[tuple[str, pl.DataFrame]], int, int]:
    """Return name and rows of the first groups of a table, in its order; how many these are; and how many there are."""
    labels = frame[by].alias("label")
    numbers = pl.DataFrame({"label": labels.unique(maintain_order=True)}).with_row_index("group")
    group = labels.to_frame().join(numbers, on="label", how="left", maintain_order="left", nulls_equal=True)["group"]
    shown = numbers.head(most)
    parts = ((_name(shown["label"], row), frame.filter(group == row)) for row in range(shown.height))
    return parts, shown.height, numbers.height


def _name(labels: pl.Series, row: int) -> str:
    if labels.dtype.is_nested() or labels.dtype == pl.Binary:
        return plain(labels[row])
    text = labels[row : row + 1].to_frame().select(as_text(pl.first(), labels.dtype)).item()
    return MISSING if text is None else str(text)


def comparison_bars(
    panels: Iterator[tuple[str, pl.DataFrame]],
    n_panels: tuple[int, int],
    effect: str,
    top: int,
    things: str,
    titles: dict[str, str],
    language: str,
) -> BarPanels:
    """Return bars of the words of both sides, those of the target first, with the interval of the log ratio.

    Args:
        panels: The name of each panel, and its rows: word, direction, y, the effect and, of log_ratio, low and high.
        n_panels: How many panels are drawn, and how many groups there are.
        effect: The effect size that is drawn.
        top: The number of bars of a panel.
        things: What the words are, for the line below.
        titles: What the legend says of each side.
        language: Of the axis, the legend and the line below.
    """
    drawn, shown, total = [], 0, 0
    for name, rows in panels:
        sides = {side: rows.filter(pl.col("direction") == side) for side in _SIDES}
        total += sum(side.height for side in sides.values())
        few = min(sides["reference"].height, top // 2)
        parts = [sides["target"].head(top - few)]
        parts.append(sides["reference"].head(top - parts[0].height))
        bars = [
            PanelBar(row["word"], row["x"], say(titles[row["direction"]], language), low=row["low"], high=row["high"])
            for part in parts
            for row in part.iter_rows(named=True)
        ]
        shown += len(bars)
        drawn.append(BarPanel(name, bars))
    drawn = [panel for panel in drawn if panel.bars]
    expect_rows(pl.DataFrame({"panel": range(len(drawn))}))
    with_interval = any(bar.low is not None for panel in drawn for bar in panel.bars)
    axis = titled(effect, "with its interval", language) if with_interval else say(effect, language)
    notes = [shown_of(*n_panels, "groups", language), shown_of(shown, total, things, language)]
    return BarPanels(
        drawn,
        axis,
        "decimal",
        {say(titles[side], language): hue for side, hue in _SIDES.items()},
        note=joined(notes, language),
    )


def joined(notes: list[str], language: str) -> str:
    """Return several notes as one line.

    >>> joined(["", "12 of 14 groups are shown"], "en")
    '12 of 14 groups are shown'
    """
    return ("؛ " if language == "ar" else "; ").join(filter(None, notes))
