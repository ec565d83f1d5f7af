"""What commands print and write: tables, corpus cards, headings."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import polars as pl
import typer
from rich.cells import cell_len

import corpus_kit as ck
from corpus_kit.corpus.view import CorpusView
from corpus_kit.display.card import card_text
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.display.text import table_text
from corpus_kit.errors import choose
from corpus_kit.safe_text import one_line, printable

__all__ = [
    "InterruptedCommandError",
    "Shown",
    "deliver",
    "print_card",
    "print_heading",
    "save",
    "say",
    "step",
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


class Shown(NamedTuple):
    """How a table is shown: the rows to print, the file to write in their place, a citation, the language."""

    top: int = 20
    output: Path | None = None
    cite: bool = False
    language: str = "en"


def deliver(table: pl.DataFrame, corpus: ck.Corpus | None, shown: Shown) -> None:
    """Write a table to a file, or print its first rows as `ck.show` does."""
    language = choose(shown.language, LANGUAGES, "--language")
    if shown.output:
        with step(f"Writing {one_line(str(shown.output))}"):
            save(table, corpus, shown.output)
    else:
        say(table_text(table, max_rows=shown.top or None, spelled=True, language=language, **terminal()))
    if shown.cite:
        say(f"\n{ck.cite(table, language=language)}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say on a terminal what is done and for how long; what takes less than a second leaves no trace."""
    if not sys.stderr.isatty():
        yield
        return
    done = Event()
    line = printable(one_line(title))

    def report() -> None:
        shown, seconds = "", 0
        while not done.wait(1):
            seconds += 1
            shown = f"{line} … {seconds} s"
            typer.echo(f"\r{shown}", err=True, nl=False)
        if shown:
            typer.echo(f"\r{' ' * cell_len(shown)}\r", err=True, nl=False)

    reporter = Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()


def save(table: pl.DataFrame, corpus: ck.Corpus | None, output: Path) -> None:
    """Write a table and its record, and report both on standard error."""
    ck.save(table, output, corpus)
    target = one_line(str(output))
    say(f"Wrote {table.height:,} rows to {target} and how they were made to {target}.json.", error=True)


def terminal() -> dict[str, Any]:
    """Return the layout of text: for the terminal that it goes to, or plain for a file or a pipe."""
    return {"width": shutil.get_terminal_size((100, 24)).columns, "terminal": sys.stdout.isatty()}


def print_heading(text: str) -> None:
    """Print a heading after an empty line."""
    say(f"\n{one_line(text)}", bold=True)


def print_card(corpus: CorpusView) -> None:
    """Print what a corpus is and what it was built from."""
    say(card_text(corpus.card))
