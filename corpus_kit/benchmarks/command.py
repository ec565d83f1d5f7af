"""The command `corpus-kit bench`: run, show, write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from corpus_kit._arguments import path_argument
from corpus_kit.benchmarks.chart import write_chart
from corpus_kit.benchmarks.report import terminal_table, write_results
from corpus_kit.benchmarks.runner import Options, run
from corpus_kit.errors import CorpusKitError

__all__ = ["Options", "run_and_write"]

_NARROWEST = 130  # columns of the terminal table; a narrower terminal wraps it


def run_and_write(options: Options, folder: Path, *, tell: Callable[[str], None]) -> list[Path]:
    """Run, print the table to standard output, and write results, tables and the plot to a folder.

    Returns the paths of the files. A plot that cannot be drawn is told of; the rest is there.
    """
    folder = path_argument(folder, "output")
    if folder.exists() and not folder.is_dir():
        raise CorpusKitError(f"--output {folder} is a file; it takes a folder")
    report = run(options, tell=tell)
    console = Console()
    if console.width < _NARROWEST:
        console = Console(width=_NARROWEST)
    console.print(terminal_table(report))
    written = write_results(report, folder)
    try:
        written += write_chart(report, folder)
    except CorpusKitError as error:
        tell(f"no plot: {error}")
    return written
