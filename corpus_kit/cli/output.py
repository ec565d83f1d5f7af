"""What commands print and write: tables, corpus cards, headings."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import polars as pl
import typer
from rich.cells import cell_len, set_cell_size

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit._base.shares import listening
from corpus_kit.corpus.view import CorpusView
from corpus_kit.display.card import card_text
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.display.spelled import key_column
from corpus_kit.display.text import table_text
from corpus_kit.errors import choose
from corpus_kit.safe_text import one_line, printable

__all__ = [
    "InterruptedCommandError",
    "Shown",
    "cite",
    "deliver",
    "erased",
    "expect_showable",
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
    if os.environ.get("NO_COLOR"):
        style = {}
    typer.echo(typer.style(shown, **style) if style else shown, err=error, nl=nl)


class Shown(NamedTuple):
    """How a table is shown: the rows to print, the columns, the file to write, a citation, the language."""

    top: int = 20
    columns: list[str] | None = None
    output: Path | None = None
    cite: bool = False
    language: str = "en"


def expect_showable(shown: Shown) -> None:
    """Raise InputError if a table cannot be shown or written as it was asked for."""
    choose(shown.language, LANGUAGES, "--language")
    if shown.output:
        from corpus_kit.export.save import expect_target  # keeps exports away from info

        expect_target(shown.output)


def deliver(table: pl.DataFrame, corpus: ck.Corpus | None, shown: Shown) -> None:
    """Write a table to a file, or print its first rows as `ck.show` does."""
    names = _columns(table, shown.columns) if shown.columns else table.columns
    if shown.output:
        save(table.select(names), corpus, shown.output)
    else:
        key = key_column(table)
        is_spelled = not shown.columns or (key in names and "spelling" not in names)
        if key and is_spelled and shown.columns:  # what is shown in place of the key stands behind it
            names.insert(names.index(key) + 1, "spelling")
        layout = {"spelled": is_spelled, "language": shown.language, **terminal()}
        printed, rows, each = _groups_first(table, shown.top)
        say(table_text(printed.select(names), max_rows=rows or None, **layout))
        if each:
            say(f"(the first {each} of each group; --top prints more)")
    cite(table, shown)


def _groups_first(table: pl.DataFrame, top: int) -> tuple[pl.DataFrame, int, int]:
    """Return a table that is sorted by group with the first rows of each group first, their number, and that of each.

    Any other table is returned as it is, and one of periods, which stay together.
    """
    by = (provenance_of(table) or {}).get("options", {}).get("by")
    if not isinstance(by, str) or by not in table.columns or "period" in table.columns or table.height <= top:
        return table, top, 0
    groups = table[by].n_unique()
    each = max(top // groups, 1)
    if groups == 1 or groups >= table.height or not top or table[by].rle_id().n_unique() > groups:
        return table, top, 0
    is_first = table.select(pl.int_range(pl.len()).over(by) < each).to_series()
    return table.filter(is_first).vstack(table.filter(~is_first)), min(top, int(is_first.sum())), each


def _columns(table: pl.DataFrame, asked: list[str]) -> list[str]:
    """Return the columns of --columns; a comma separates them, unless it is part of a name."""
    split = [part for each in asked for part in ([each] if each in table.columns else each.split(","))]
    return list(dict.fromkeys(choose(each, table.columns, "--columns") for each in split))


def cite(table: Any, shown: Shown) -> None:
    """Print the sentence that cites a table, if it was asked for."""
    if shown.cite:
        say(("" if shown.output else "\n") + ck.cite(table, language=shown.language))


_timer: list[str] = []  # the line of a step, if it is on the terminal


def erased() -> str:
    """Return what erases the line of a step, before something else is written."""
    size = cell_len(_timer.pop()) if _timer else 0
    return f"\r{' ' * size}\r" if size else ""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say on a terminal what is done, for how long and, where it is told, which share of it.

    What takes less than a second leaves no trace.
    """
    if not sys.stderr.isatty():
        yield
        return
    done, share = Event(), 0.0
    _timer.clear()
    line = printable(one_line(title))

    def hear(heard: float) -> None:
        nonlocal share
        share = heard

    def report() -> None:
        seconds = 0
        while not done.wait(1):
            seconds += 1
            tail = f" … {seconds} s" + (f", {share:.0%}" if share else "")
            room = max(shutil.get_terminal_size((80, 24)).columns - 1 - cell_len(tail), 0)  # a line is written over
            new = set_cell_size(line, min(room, cell_len(line))) + tail
            _timer[:] = [set_cell_size(new, max(map(cell_len, (new, *_timer))))]
            typer.echo(f"\r{_timer[0]}", err=True, nl=False)
        if _timer:
            typer.echo(erased(), err=True, nl=False)

    reporter = Thread(target=report, daemon=True)
    reporter.start()
    try:
        with listening(hear):
            yield
    finally:
        done.set()
        reporter.join()


def save(table: pl.DataFrame, corpus: ck.Corpus | None, output: Path) -> None:
    """Write a table and its record, and report both on standard error."""
    target = one_line(str(output))
    with step(f"Writing {target}"):
        ck.save(table, output, corpus)
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
