"""The line below a plot: what it leaves out, or what its numbers are."""

from __future__ import annotations

import polars as pl

from corpus_kit._base.records import provenance_of
from corpus_kit.plots.look import say

__all__ = ["in_each_cell", "intervals", "percent", "shown_of"]


def shown_of(shown: int, total: int, things: str, language: str) -> str:
    """Return the note of a plot that shows some of the rows of a table; an empty text if it shows all.

    Args:
        shown: The number of things that are drawn.
        total: The number of those that there are.
        things: What they are, in the English plural: "words", "edges". `look.say` has the Arabic; since an adjective
            follows it, it must be a plural of things, not of persons.
        language: Of the note, "en" or "ar".

    >>> shown_of(60, 2310, "edges", "en")
    '60 of 2,310 edges are shown'
    >>> shown_of(60, 60, "edges", "en")
    ''
    """
    if shown >= total:
        return ""
    if language == "ar":
        return f"{say(things, language)} المعروضة: {shown:,} من أصل {total:,}"
    return f"{shown:,} of {total:,} {things} {'is' if shown == 1 else 'are'} shown"


def intervals(mark: str, table: pl.DataFrame, language: str) -> str:
    """Return the note on what draws intervals, with the confidence if the record of the table has it.

    >>> intervals("bands", pl.DataFrame(), "en"), intervals("bands", pl.DataFrame(), "ar")
    ('bands: intervals', 'الأشرطة: فترات الثقة')
    """
    record = provenance_of(table)
    confidence = None if record is None else record["options"].get("confidence")
    of = percent(confidence) if isinstance(confidence, float) else ""
    if language == "ar":
        return f"{say(mark, language)}: فترات الثقة {of}".rstrip()
    return f"{mark}: {of} intervals" if of else f"{mark}: intervals"


def percent(part: float) -> str:
    """Return a part of one as a percentage of two digits.

    >>> percent(0.1234), percent(0.0045), percent(1.5)
    ('12%', '0.45%', '150%')
    """
    return f"{float(f'{100 * part:.2g}'):g}%"


def in_each_cell(number: str, *, intervals: bool, language: str) -> str:
    """Return the note of a heat map, which has no axis that could say what its numbers are.

    >>> in_each_cell("share of documents", intervals=True, language="en")
    'in each cell: share of documents, and its interval'
    """
    if language == "ar":
        return f"في كل خلية: {number}{'، وفترة الثقة' if intervals else ''}"
    return f"in each cell: {number}{', and its interval' if intervals else ''}"
