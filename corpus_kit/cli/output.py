"""What commands print and write: tables, corpus cards, headings."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.display.card import card_text
from corpus_kit.display.text import table_text
from corpus_kit.safe_text import one_line, printable

__all__ = [
    "InterruptedCommandError",
    "deliver",
    "measures_of",
    "print_card",
    "print_heading",
    "save",
    "say",
    "terminal",
]


class InterruptedCommandError(Exception):
    """Ctrl-C ended a command; the message says so."""


def say(text: str, *, error: bool = False, nl: bool = True, **style: Any) -> None:
    """Print a text; every command prints through this, so that no text of elsewhere reaches the terminal as it is.

    Args:
        text: What to print; what a terminal would obey becomes an escape.
        error: Whether to print to standard error.
        nl: Whether to end the line.
        style: How to print it, as `typer.style` takes it.
    """
    shown = printable(text)
    typer.echo(typer.style(shown, **style) if style else shown, err=error, nl=nl)


def deliver(
    table: pl.DataFrame, corpus: ck.Corpus | None, top: int, output: Path | None, *, columns: list[str] | None = None
) -> None:
    """Write a table to a file, or print its first rows.

    A terminal is narrow: only `columns` are printed. A file gets all.
    """
    if output:
        save(table, corpus, output)
        return
    if columns is not None:
        table = table.select([column for column in columns if column in table.columns])
    say(table_text(table, max_rows=top or None, **terminal()))


def save(table: pl.DataFrame, corpus: ck.Corpus | None, output: Path) -> None:
    """Write a table and its record, and report both on standard error."""
    ck.save(table, output, corpus)
    target = one_line(str(output))
    say(f"Wrote {table.height:,} rows to {target} and how they were made to {target}.json.", error=True)


def measures_of(table: pl.DataFrame) -> list[str]:
    """Return the measures in a table, according to its record."""
    record = provenance_of(table)
    return list(record["options"]["measure"]) if record else []


def terminal() -> dict[str, Any]:
    """Return the layout of text: for the terminal that it goes to, or plain for a file or a pipe."""
    return {"width": shutil.get_terminal_size((100, 24)).columns, "terminal": sys.stdout.isatty()}


def print_heading(text: str) -> None:
    """Print a heading after an empty line."""
    say(f"\n{one_line(text)}", bold=True)


def print_card(corpus: ck.Corpus) -> None:
    """Print what a corpus is and what it was built from."""
    say(card_text(corpus.card))
