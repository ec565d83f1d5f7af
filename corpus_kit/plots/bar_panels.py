"""Small multiples of a table with several groups, and the bars of a comparison: what both sides have apart."""

from __future__ import annotations

import polars as pl

from corpus_kit._base.metadata import as_text
from corpus_kit.analysis.groups import groups_of
from corpus_kit.display.values import MISSING, plain
from corpus_kit.plots.look import say, titled
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import BarPanel, BarPanels, Hue, PanelBar, cut_to

__all__ = ["comparison_bars", "group_name", "group_panels", "grouped_by", "joined", "panel_numbers"]

_SIDES: dict[str, Hue] = {"target": "blue", "reference": "orange"}


def grouped_by(frame: pl.DataFrame, word: str) -> str | None:
    """Return the column of labels of a table of several groups, which was made with `by`; None of one group.

    It is the first column, before the words, if a label is there repeatedly (the key words of two groups may all
    differ), or a word is. The record of the table says it, too, but to trust it takes as long as to compare all cells.

    >>> grouped_by(pl.DataFrame({"outlet": ["a", "b"], "word": ["x", "x"]}), "word")
    'outlet'
    >>> grouped_by(pl.DataFrame({"outlet": ["a", "a", "b"], "word": ["x", "y", "z"]}), "word")
    'outlet'
    >>> grouped_by(pl.DataFrame({"outlet": ["a", "a"], "word": ["x", "y"]}), "word") is None
    True
    """
    if not frame.columns.index(word):
        return None
    first = frame.columns[0]
    n_labels = frame[first].unique().len()
    return first if n_labels > 1 and (n_labels < frame.height or bool(frame[word].is_duplicated().any())) else None


def panel_numbers(frame: pl.DataFrame, by: str) -> tuple[pl.Series, pl.Series]:
    """Return the number of the group of each row, as the column `panel`, and the labels of the groups, in its order."""
    groups = groups_of(frame[by].alias("label"), frame.height)
    return pl.Series("panel", groups.of_document), groups.labels


def group_panels(rows: pl.DataFrame, labels: pl.Series, most: int) -> list[tuple[str, pl.DataFrame]]:
    """Return name and rows of the first groups that have rows.

    Args:
        rows: Rows of a table, with the column `panel` of `panel_numbers`.
        labels: The labels of the groups.
        most: The number of groups.
    """
    shown = rows["panel"].unique().sort().head(most)
    return [(group_name(labels, number), rows.filter(panel=number)) for number in shown.to_list()]


def group_name(labels: pl.Series, number: int) -> str:
    """Return the name of a group: null is a dash, and a blank name is in quotation marks, or nobody would see it."""
    if labels.dtype.is_nested() or labels.dtype == pl.Binary:
        return plain(labels[number])
    text = labels[number : number + 1].to_frame().select(as_text(pl.first(), labels.dtype)).item()
    if text is None:
        return MISSING
    return str(text) if str(text).strip() else f"«{text}»"


def comparison_bars(
    panels: list[tuple[str, pl.DataFrame]],
    of: tuple[int, int],
    effect: str,
    top: int,
    things: str,
    titles: dict[str, str],
    language: str,
) -> BarPanels:
    """Return bars of the words of both sides, those of the target first, with the interval of the log ratio.

    Args:
        panels: The name of each panel, and its rows: word, direction, x (the effect), row (its number in the table)
            and, of log_ratio, low and high, the strongest first.
        of: How many groups and words the table has.
        effect: The effect size that is drawn.
        top: The number of bars of a panel.
        things: What the words are, for the line below.
        titles: What the legend says of each side.
        language: Of the axis, the legend and the line below.
    """
    drawn = []
    for name, rows in panels:
        sides = {side: rows.filter(pl.col("direction") == side) for side in _SIDES}
        few = min(sides["reference"].height, top // 2)
        parts = [sides["target"].head(top - few)]
        parts.append(sides["reference"].head(top - parts[0].height))
        bars = [
            PanelBar(
                row["word"], row["x"], say(titles[row["direction"]], language), low=row["low"], high=row["high"],
                row=row["row"],
            )
            for part in parts
            for row in part.iter_rows(named=True)
        ]  # fmt: skip
        drawn.append(BarPanel(cut_to(name, BarPanels.WIDTH), bars))
    shown = sum(len(panel.bars) for panel in drawn)
    with_interval = any(bar.low is not None for panel in drawn for bar in panel.bars)
    axis = titled(effect, "with its interval", language) if with_interval else say(effect, language)
    notes = [shown_of(len(drawn), of[0], "groups", language), shown_of(shown, of[1], things, language)]
    legend = {say(titles[side], language): hue for side, hue in _SIDES.items()}
    there = {bar.group for panel in drawn for bar in panel.bars}
    return BarPanels(
        drawn,
        axis,
        "decimal",
        {title: hue for title, hue in legend.items() if title in there},
        note=joined(notes, language),
    )


def joined(notes: list[str], language: str) -> str:
    """Return several notes as one line.

    >>> joined(["", "12 of 14 groups are shown"], "en")
    '12 of 14 groups are shown'
    """
    return ("؛ " if language == "ar" else "; ").join(filter(None, notes))
