"""`corpus-kit bench`: run, print, write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from corpus_kit._base.arguments import path_argument
from corpus_kit.benchmarks.chart import write_chart
from corpus_kit.benchmarks.report import terminal_table, write_results
from corpus_kit.benchmarks.runner import Options, run
from corpus_kit.errors import CorpusKitError, invalid

__all__ = ["Options", "run_and_write"]

_NARROWEST = 130  # columns of the table; a narrower terminal wraps its lines


def run_and_write(options: Options, folder: Path, *, tell: Callable[[str], None]) -> list[Path]:
    """Run the benchmarks, print the table to standard output, and write results, tables and the plot to a folder.

    Args:
        options: What to run.
        folder: The folder to write to.
        tell: Called with a line of progress, and with the reason if the plot cannot be drawn.

    Returns:
        The paths of the files.
    """
    folder = path_argument(folder, "output")
    if folder.exists() and not folder.is_dir():
        raise invalid("--output", "a folder", str(folder))
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
