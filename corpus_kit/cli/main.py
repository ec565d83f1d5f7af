"""The corpus-kit command: one function for each subcommand, in a module of its group."""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from corpus_kit._version import __version__
from corpus_kit.cli.output import InterruptedCommandError, say
from corpus_kit.errors import CorpusKitError
from corpus_kit.safe_text import printable, redacted

__all__ = ["app", "main"]

_SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,  # it would take [lemma=...] in a help text for markup
    "context_settings": {"help_option_names": ["-h", "--help"]},
}

# The module of each command, in the order of `corpus-kit --help`. A module is imported when its command is asked for.
_HOMES = {
    **dict.fromkeys(("build", "add", "annotate", "info", "clean"), "corpus"),
    **dict.fromkeys(("frequency", "ngrams"), "analyses"),
    "count": "count",
    **dict.fromkeys(
        (
            *("kwic", "collocations", "compare-collocations", "ngram-collocations", "keyness", "trend"),
            *("trend-tests", "dispersion", "diversity", "readability", "lexical-bundles", "spaced-spellings"),
        ),
        "analyses",
    ),
    **dict.fromkeys(
        (
            *("news", "structure", "boilerplate", "quotations", "indirect-quotations", "actors", "labels"),
            *("label-log-odds", "near-duplicates", "duplicate-clusters", "edits", "dates", "bursts"),
            *("network", "nodes", "frames", "frame-rates"),
        ),
        "news",
    ),
    "export": "export",
    "sample": "corpus",
    "demo": "demo",
    "lab": "lab",
    "bench": "bench",
}

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


class _Commands(TyperGroup):
    """The commands, each made when it is asked for, so that one does not wait for the imports of the others."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Click's signature)
        return list(_HOMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in _HOMES:
            return None
        module = import_module(f"corpus_kit.cli.{_HOMES[cmd_name]}")
        alone = typer.Typer(**_SETTINGS)
        alone.command(cmd_name)(_interruptible(getattr(module, cmd_name.replace("-", "_"))))
        return get_command(alone)


app = typer.Typer(
    name="corpus-kit",
    help="Build Arabic corpora, count in them and search them.",
    cls=_Commands,
    no_args_is_help=True,
    **_SETTINGS,
)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        say(f"corpus-kit {__version__}")
        raise typer.Exit


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
