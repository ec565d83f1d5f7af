"""The corpus-kit command: one function for each subcommand, in a module of its group."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from corpus_kit._version import __version__
from corpus_kit.cli.commands import COMMANDS
from corpus_kit.cli.output import InterruptedCommandError, erased, say
from corpus_kit.cli.wording import as_typed, as_usage, expect_options
from corpus_kit.errors import CorpusKitError, InputError, nearest
from corpus_kit.safe_text import one_line, printable, redacted

__all__ = ["app", "main"]

_SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,  # it would take [lemma=...] in a help text for markup
    "context_settings": {"help_option_names": ["-h", "--help"]},
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


class _Command(TyperCommand):
    """A command that takes an option once, unless it can be repeated; else the last one would win without a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        expect_options(name for each in self.params for name in (*each.opts, *each.secondary_opts))
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for option, times in Counter(order).items():
            if times > 1 and not getattr(option, "multiple", False) and not getattr(option, "is_flag", False):
                raise InputError(f"{option.opts[-1]} must be given once, got it {times:,} times.")
        return super().parse_args(ctx, args)


class _Commands(TyperGroup):
    """The commands, each made when it is asked for, so that one does not wait for the imports of the others."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            hint = nearest(cmd_name, COMMANDS) or "corpus-kit --help lists the commands."
            ctx.fail(f"There is no command {one_line(cmd_name)!r}. {hint}")
        module = import_module(f"corpus_kit.cli.{COMMANDS[cmd_name][0]}")
        alone = typer.Typer(**_SETTINGS)
        alone.command(cmd_name, cls=_Command)(_interruptible(getattr(module, cmd_name.replace("-", "_"))))
        return get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        room = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _short(name, text, room)) for name, (_, text) in COMMANDS.items()])


def _short(name: str, text: str, room: int) -> str:
    return TyperCommand(name, help=text).get_short_help_str(room)


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
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started the command, who still gets the files it writes
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        if isinstance(stream, io.TextIOWrapper):  # the encoding of the terminal may lack Arabic
            stream.reconfigure(errors="backslashreplace")
            if sys.platform == "win32" and not os.environ.get("PYTHONIOENCODING"):  # files and pipes get cp1252 there
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with warnings.catch_warnings():
        as_usual = warnings.formatwarning
        # where in the code it was given is of no use to who types a command
        warnings.formatwarning = lambda message, *_, **__: (
            f"{erased()}warning: {printable(redacted(as_typed(str(message))))}\n"
        )
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
        say(f"error: {as_typed(str(error))}", error=True, fg="red")
        for note in getattr(error, "__notes__", []):  # the pattern, with a caret below the place of the error
            say(note, error=True)
        return 1
    except (InterruptedCommandError, KeyboardInterrupt) as error:
        say(str(error) or "interrupted", error=True, fg="red")
        return _INTERRUPTED
    except BrokenPipeError:
        _discard_output()  # the reader of the pipe has gone
        return 1
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _UNWRITABLE and error.filename is None:
            _discard_output()
            say(f"error: cannot write to standard output: {error.strerror}", error=True, fg="red")
            return 1
        show = getattr(error, "show", None)  # of a wrong use of the command
        if callable(show):
            lines = io.StringIO()
            show(file=lines)
            say(as_usage(lines.getvalue()), error=True, nl=False)
            return int(getattr(error, "exit_code", 1))
        say(redacted("".join(traceback.format_exception(error))), error=True, nl=False)
        return 1


_UNWRITABLE = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF)


def _discard_output() -> None:
    """Send what is left of standard output to nowhere; flushing it at exit would raise again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
