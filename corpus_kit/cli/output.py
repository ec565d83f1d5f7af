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

__all__ = ["deliver", "measures_of", "print_card", "print_heading", "save", "terminal"]


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
    typer.echo(table_text(table, max_rows=top or None, **terminal()))


def save(table: pl.DataFrame, corpus: ck.Corpus | None, output: Path) -> None:
    """Write a table and its record, and report both on standard error."""
    ck.save(table, output, corpus)
    typer.echo(f"Wrote {table.height:,} rows to {output} and how they were made to {output}.json.", err=True)


def measures_of(table: pl.DataFrame) -> list[str]:
    """Return the measures in a table, according to its record."""
    record = provenance_of(table)
    return list(record["options"]["measure"]) if record else []


def terminal() -> dict[str, Any]:
    """Return the layout of text: for the terminal that it goes to, or plain for a file or a pipe."""
    return {"width": shutil.get_terminal_size((100, 24)).columns, "terminal": sys.stdout.isatty()}


def print_heading(text: str) -> None:
    """Print a heading after an empty line."""
    typer.secho(f"\n{text}", bold=True)


def print_card(corpus: ck.Corpus) -> None:
    """Print what a corpus is and what it was built from."""
    typer.echo(card_text(corpus.card))
