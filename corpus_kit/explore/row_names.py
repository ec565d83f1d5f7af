"""What lines are called that no pattern in a search box finds: by the rows of the table that they are behind."""

from __future__ import annotations

import polars as pl

from corpus_kit.display.isolation import joined
from corpus_kit.display.values import shortened
from corpus_kit.explore.table_pages import rows_of, table_of
from corpus_kit.explore.table_requests import TableRequest
from corpus_kit.explore.words import words_of_the_page

__all__ = ["name_of_rows"]

_NAMED = 3  # rows; of more, it is said how many there are
_LONGEST = 60  # code points of a text of a row


def name_of_rows(request: TableRequest, rows: pl.DataFrame, language: str) -> str:
    """Return what the lines behind rows of a table are called: by what a narrow page shows of a row, without numbers.

    Args:
        request: What asked for the table.
        rows: The rows.
        language: "en" or "ar".
    """
    tab = request.tab
    columns = dict.fromkeys(name for name in tab.first(request.values) if name in rows.columns)
    texts = [name for name in columns if not rows.schema[name].is_numeric()]
    about = tab.about(request.call) if request.call is not None else ()
    head = table_of(rows.head(_NAMED), ())
    names = [
        joined([*about, *(shortened(text, _LONGEST) for text in row if text)])
        for row in rows_of(head, texts, 0, _NAMED, language)
    ]
    words = words_of_the_page(language)
    listed = words["comma"].join(dict.fromkeys(filter(None, names)) or [words[f"tab_{tab.name}"]])
    more = rows.height - _NAMED
    return words["and_more"].format(names=listed, number=f"{more:,}") if more > 0 else listed
