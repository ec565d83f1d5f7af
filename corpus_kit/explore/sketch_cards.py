"""A word sketch as cards: the first collocates of each relation."""

from __future__ import annotations

from typing import Any

from corpus_kit.explore.table_pages import Table, rows_of

__all__ = ["cards_of"]

_MOST_ROWS = 12  # of a card
_VALUES = ("log_dice", "difference")  # what a row says of its collocate besides its counts
_COUNTS = ("count", "other_count")


def cards_of(table: Table, language: str) -> list[dict[str, Any]]:
    """Return a card for each relation of a table of `ck.word_sketch` or `ck.sketch_difference`.

    Returns:
        For each relation, in the order of the table: its heading as the table has it and as it is called, how many
        rows it has, and the first of them: the number of the row, the collocate, its counts and its score, as texts.
    """
    frame = table.frame
    value = next(name for name in reversed(_VALUES) if name in frame.columns)
    columns = ["relation", "collocate", *(name for name in _COUNTS if name in frame.columns), value]
    numbered = frame.select("relation").with_row_index("row")
    cards = []
    for (relation,), rows in numbered.group_by("relation", maintain_order=True):
        numbers = rows["row"].head(_MOST_ROWS).to_list()
        part = Table(frame[numbers], table.notes, table.decimals)
        shown = rows_of(part, columns, 0, _MOST_ROWS, language)
        cards.append(
            {
                "relation": relation,
                "name": shown[0][0],
                "total": rows.height,
                "rows": [
                    [number, text, counts, score]
                    for number, (_, text, *counts, score) in zip(numbers, shown, strict=True)
                ],
            }
        )
    return cards
