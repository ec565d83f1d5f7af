"""The corpus-kit command: one function for each subcommand, in a module of its group."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from corpus_kit._version import __version__
from corpus_kit.cli.bench import bench
from corpus_kit.cli.corpus import add, annotate, build, info, sample
from corpus_kit.cli.count import count
from corpus_kit.cli.counting import frequency, ngrams
from corpus_kit.cli.demo import demo
from corpus_kit.cli.lab import lab
from corpus_kit.cli.news import news
from corpus_kit.cli.search import collocations, keyness, kwic, ngram_collocations
from corpus_kit.errors import CorpusKitError

__all__ = ["app", "main"]

app = typer.Typer(
    name="corpus-kit",
    help="Build Arabic corpora, count in them and search them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # it would take [lemma=...] in a help text for markup
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"corpus-kit {__version__}")
        raise typer.Exit


# In the order of `corpus-kit --help`.
_COMMANDS: list[Callable[..., None]] = [
    *(build, add, annotate, info),
    *(frequency, ngrams, count),
    *(kwic, collocations, ngram_collocations, keyness, news),
    *(sample, demo, lab, bench),
]
for _command in _COMMANDS:
    app.command()(_command)


def main() -> None:
    """Run the command; errors of the library end it with one line instead of a traceback."""
    try:
        app(prog_name="corpus-kit")
    except CorpusKitError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.secho("interrupted", fg="red", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of the pipe has gone. Flushing standard output at exit would raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
