"""Furniture of pages among the first rows of a table: words that their documents have once each, as a line has them."""

from __future__ import annotations

import polars as pl

__all__ = ["A_FORMULA", "FIRST_ROWS", "LONG_ENOUGH", "once_or_twice_in_each"]

# Words of news are repeated in a text that has them, in some texts more than in others. Of words in so many documents,
# few are once in each, or twice in each, and those are what a page has once or twice; now and then a text mentions one
# of them. In texts shorter than these (in words) every word is there once.
A_FORMULA = 20
FIRST_ROWS = 20
LONG_ENOUGH = 50
_MENTIONED = 0.02


def once_or_twice_in_each(count: str, documents: str) -> pl.Expr:
    """Return whether rows occur as a formula of a page does, in many documents.

    Args:
        count: The column of counts.
        documents: The column of documents.
    """
    times, held = pl.col(count), pl.col(documents)
    return ((times == 2 * held) | (times <= held * (1 + _MENTIONED))) & (held >= A_FORMULA)
