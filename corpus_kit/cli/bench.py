"""The command that runs the benchmarks."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from corpus_kit.cli.output import say

__all__ = ["bench"]


def bench(
    texts: Annotated[Path | None, typer.Option(help="A Parquet file of texts; without it, text is generated.")] = None,
    column: Annotated[str, typer.Option(help="The text column of that file.")] = "text",
    size: Annotated[float | None, typer.Option(help="Megabytes of generated text; 30, or 1 with --quick.")] = None,
    only: Annotated[
        str | None, typer.Option(help="Tasks to run, separated by commas: normalize, ngrams-2, corpus, ...")
    ] = None,
    repeat: Annotated[int | None, typer.Option(help="Processes for each way; 3, or 1 with --quick.")] = None,
    limit: Annotated[
        float | None, typer.Option(help="Time limit of a process in seconds; 60, or 20 with --quick.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of corpus-kit and of its peers.")] = None,
    instructions: Annotated[
        str | None, typer.Option(help="Vector instructions: scalar, sse2, avx2, avx512 or neon.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Run a few tasks once, on little text.")] = False,
    environments: Annotated[
        bool | None,
        typer.Option(
            help="Create environments for camel-tools, tashaphyne and farahidi in the cache; not with --quick."
        ),
    ] = None,
    with_conc: Annotated[
        bool, typer.Option("--with-conc", help="Also run conc, in an environment of its own (large: it needs spaCy).")
    ] = False,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("bench-results"),
) -> None:
    """Time every kernel and its peers on the same text, after comparing their results."""
    from corpus_kit.benchmarks.command import Options, run_and_write  # slow to load

    # SIGTERM ends the run as Ctrl-C does, so that child processes and temporary files go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = Options(texts, column, size, only, repeat, limit, threads, instructions, quick, environments, with_conc)
    written = run_and_write(options, output, tell=lambda line: say(line, error=True))
    say(f"\nWrote {', '.join(map(str, written))}.", error=True)
