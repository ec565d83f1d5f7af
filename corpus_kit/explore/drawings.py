"""A plot of a table as a value: it is drawn for the page, and written as the Python that repeats it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus_kit.explore.calls import Call
from corpus_kit.explore.literals import literal
from corpus_kit.explore.selection import Selection
from corpus_kit.plots.chart import Chart

__all__ = ["Drawing"]


@dataclass(frozen=True)
class Drawing:
    """A plot of `ck.plot` of the table of a call.

    Attributes:
        plot: The function.
        table: The call that makes the table.
        options: The arguments by name.
    """

    plot: Callable[..., Chart]
    table: Call
    options: tuple[tuple[str, Any], ...] = ()

    def draw(self, table: pl.DataFrame, language: str) -> Chart:
        """Return the chart of the table."""
        return self.plot(table, language=language, **dict(self.options))

    def code(
        self, name: Callable[[Selection], str] = Selection.code, table: Callable[[Call], str] | None = None
    ) -> str:
        """Return the plot in Python; `name` and `table` give the expressions for documents and for the table.

        >>> from corpus_kit.analysis.frequency import frequency
        >>> from corpus_kit.explore.selection import EVERYTHING
        >>> from corpus_kit.plots.zipf import zipf
        >>> Drawing(zipf, Call(frequency, (EVERYTHING,))).code()
        'ck.plot.zipf(ck.frequency(corpus))'
        """
        options = [f"{option}={literal(value)}" for option, value in self.options]
        plotted = self.table.code(name) if table is None else table(self.table)
        return f"ck.plot.{self.plot.__name__}({', '.join([plotted, *options])})"
