"""A table of the explorer as a file that the browser saves: with the heads of the page, all rows and all digits."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit.display.columns import explain_in, owner
from corpus_kit.display.spelled import spelling_first
from corpus_kit.display.values import visible
from corpus_kit.display.wording import in_words
from corpus_kit.errors import InputError, choose, hearing
from corpus_kit.explore.words import say
from corpus_kit.export.formats import write_table

__all__ = ["expect_format", "file_of"]

# The most rows of a file that is made while somebody waits.
_FORMATS = {"csv": 500_000, "xlsx": 100_000}
_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def expect_format(kind: object, rows: int, language: str) -> str:
    """Return the format of a file with so many rows.

    Raises:
        InputError: If it is neither "csv" nor "xlsx", or the rows are too many to be made while somebody waits.
    """
    ending = choose(kind, _FORMATS, "format")
    if rows > _FORMATS[ending]:
        raise InputError(say("too_many_rows", language, rows=f"{rows:,}", most=f"{_FORMATS[ending]:,}"))
    return ending


def file_of(frame: pl.DataFrame, name: str, ending: str, *, language: str, most_bytes: int) -> dict[str, Any]:
    r"""Return a table as a file: its name, its type, and its bytes in base64, as `ck.save` writes them.

    Args:
        frame: The table, with all rows.
        name: The name of the file, without its ending.
        ending: What `expect_format` returned.
        language: That of the heads and of the library's own values, "en" or "ar".
        most_bytes: How large a file can be sent.

    Raises:
        InputError: If the file is too large to be sent.

    >>> file = file_of(pl.DataFrame({"word": ["في"], "count": [659]}), "w", "csv", language="ar", most_bytes=1000)
    >>> from base64 import b64decode
    >>> file["name"], b64decode(file["data"]).decode("utf-8-sig")
    ('w.csv', 'الكلمة,التكرار\nفي,659\n')
    """
    buffer = BytesIO()
    with hearing():  # what a format cannot hold is in the record of `ck.save`
        write_table(_with_heads(frame, language), buffer, Path(f"{name}.{ending}"))
    data = buffer.getvalue()
    if len(data) > most_bytes:
        raise InputError(say("too_large", language, size=f"{len(data) / 1e6:,.1f}", most=f"{most_bytes / 1e6:,.0f}"))
    return {"name": visible(f"{name}.{ending}"), "type": _TYPES[ending], "data": b64encode(data).decode("ascii")}


def _with_heads(frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return a table with the heads of the page; a head that two columns have is followed by their names."""
    shown, _ = spelling_first(in_words(frame, language))
    meanings = {name: explain_in(name, language, owner(name, frame)) for name in shown.columns}
    heads = {name: name if meaning is None else meaning.label for name, meaning in meanings.items()}
    twice = {head for head, number in Counter(heads.values()).items() if number > 1}
    return shown.rename({name: f"{head} ({name})" if head in twice else head for name, head in heads.items()})
