"""The corpus-kit command: one function for each subcommand, in a module of its group."""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from corpus_kit._version import __version__
from corpus_kit.cli.bench import bench
from corpus_kit.cli.corpus import add, annotate, build, clean, info, sample
from corpus_kit.cli.count import count
from corpus_kit.cli.counting import frequency, ngrams
from corpus_kit.cli.demo import demo
from corpus_kit.cli.export import export
from corpus_kit.cli.lab import lab
from corpus_kit.cli.news import news
from corpus_kit.cli.output import InterruptedCommandError, say
from corpus_kit.cli.search import collocations, keyness, kwic, ngram_collocations
from corpus_kit.errors import CorpusKitError
from corpus_kit.safe_text import printable, redacted

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
        say(f"corpus-kit {__version__}")
        raise typer.Exit


# In the order of `corpus-kit --help`.
_COMMANDS: list[Callable[..., None]] = [
    *(build, add, annotate, info, clean),
    *(frequency, ngrams, count),
    *(kwic, collocations, ngram_collocations, keyness, news),
    export,
    *(sample, demo, lab, bench),
]

_INTERRUPTED = 130  # the status of a program that Ctrl-C ended


def _interruptible(command: Callable[..., None]) -> Callable[..., None]:
    """Let Ctrl-C end a command with a message; Typer would end it without a word."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            raise InterruptedCommandError("interrupted") from None

    return run


for _command in _COMMANDS:
    app.command()(_interruptible(_command))


def main() -> None:
    """Run the command; errors of the library end it with one line instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # the encoding of the terminal may lack Arabic
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        as_usual = warnings.formatwarning
        # where in the code it was given is of no use to who types a command
        warnings.formatwarning = lambda message, *_, **__: f"warning: {printable(redacted(str(message)))}\n"
        try:
            sys.exit(_run())
        finally:
            warnings.formatwarning = as_usual


def _run() -> int:
    """Run the command and return its status; whatever ends it is printed as everything else."""
    try:
        # Typer would print its own messages, which quote arguments, as they are.
        status = int(app(prog_name="corpus-kit", standalone_mode=False) or 0)
        if status == _INTERRUPTED:  # before a command began
            raise InterruptedCommandError("interrupted")
        return status
    except CorpusKitError as error:
        say(f"error: {error}", error=True, fg="red")
        return 1
    except (InterruptedCommandError, KeyboardInterrupt) as error:
        say(str(error) or "interrupted", error=True, fg="red")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has gone. Flushing standard output at exit would raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        show = getattr(error, "show", None)  # of a wrong use of the command
        if callable(show):
            lines = io.StringIO()
            show(file=lines)
            say(lines.getvalue(), error=True, nl=False)
            return int(getattr(error, "exit_code", 1))
        say(redacted("".join(traceback.format_exception(error))), error=True, nl=False)
        return 1
