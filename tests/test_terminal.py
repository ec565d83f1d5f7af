"""What commands write to a terminal: names and texts of elsewhere, other encodings, errors of any kind."""

from __future__ import annotations

import errno
import io
import os
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.cli import main as command
from corpus_kit.cli.output import InterruptedCommandError, say

HOSTILE = "خبر\x1b]0;x\x07\x9b1m\u202e\u2067"
SHOWN = "خبر\\x1b]0;x\\x07\\x9b1m\\u202e\\u2067"


class Stream(io.TextIOWrapper):
    def __init__(self, encoding: str, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def written(self) -> str:
        # What Python takes for ASCII, the command takes for a wrong setting.
        encoding = "utf-8" if self.encoding == "ascii" else self.encoding
        return self.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


def run(*arguments: object, encoding: str = "utf-8", terminal: bool = False) -> tuple[int, str, str]:
    out, err = Stream(encoding, terminal), Stream(encoding, terminal)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["corpus-kit", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            command.main()
    return int(end.value.code or 0), out.written, err.written


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    source = folder / f"{HOSTILE}.jsonl"
    frame = pl.DataFrame({"text": ["قال الوزير نعم", "قال لا"], "outlet": [HOSTILE, "b"], f"x{HOSTILE}": ["a", "b"]})
    frame.write_ndjson(source)
    ck.Corpus.build(source, folder / HOSTILE, progress=False).close()
    return folder / HOSTILE


@pytest.mark.parametrize("terminal", [False, True])
def test_names_and_metadata_are_shown_as_text(corpus: Path, terminal: bool) -> None:
    status, out, _ = run("info", corpus, terminal=terminal)
    assert status == 0
    assert f"Corpus {SHOWN}\n" in out
    assert f"source     {SHOWN}.jsonl\n" in out
    _, out, _ = run("kwic", corpus, "قال", "--metadata", "outlet", "--metadata", f"x{HOSTILE}", terminal=terminal)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert out.count("\u2067") == out.count("\u2069")
    assert bool(out.count("\u2067")) == terminal


def test_errors_are_shown_as_text(corpus: Path) -> None:
    status, out, err = run("info", f"{HOSTILE}\nx\udcff")
    assert (status, out) == (1, "")
    assert err.startswith("error: path must be a path whose bytes are UTF-8, got ")
    assert "\\udcff" in err
    assert err.count("\n") == 1
    _, _, err = run("info", corpus.with_name(f"{HOSTILE}\nx"))
    assert err == f"error: there is no corpus at {corpus.parent}/{SHOWN}\\nx\n"
    _, _, err = run("frequency", corpus, "--where", "outlet=z")
    assert SHOWN in err
    _, _, err = run("frequency", corpus, "--by", HOSTILE)
    assert "\x1b" not in err


@pytest.mark.parametrize("arguments", [[HOSTILE], ["info", "a", HOSTILE], ["info", f"--{HOSTILE}"]])
def test_a_wrong_use_is_shown_as_text(arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("Usage: corpus-kit")
    assert "\x1b" not in err
    assert "\u202e" not in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1256", "cp437"])
def test_terminals_without_arabic(corpus: Path, encoding: str) -> None:
    status, out, _ = run("frequency", corpus, encoding=encoding)
    assert status == 0
    assert "count" in out
    status, _, err = run("kwic", corpus, "[", encoding=encoding)
    assert status == 1
    assert err.startswith("error: pattern")


def test_an_error_of_another_library_is_shown_as_text(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"{HOSTILE} https://me:hunter2@host")

    monkeypatch.setattr(ck.Corpus, "open", fail)
    status, _, err = run("annotate", corpus)
    assert status == 1
    assert err.startswith("Traceback (most recent call last)")
    assert f"ValueError: {SHOWN} https://***@host" in err


def test_warnings_are_shown_as_text(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(*_: object, **__: object) -> None:
        text = warnings.formatwarning(f"{HOSTILE} https://me:hunter2@host", UserWarning, "a.py", 1)
        sys.stderr.write(text)  # as Python does where no test catches warnings
        raise ck.CorpusError("closed")

    monkeypatch.setattr(ck.Corpus, "open", warn)
    before = warnings.formatwarning
    _, _, err = run("annotate", corpus)
    assert f"warning: {SHOWN} https://***@host" in err
    assert "\x1b" not in err
    assert warnings.formatwarning is before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InterruptedCommandError("interrupted; and more")])
def test_an_interrupt_is_one_line(corpus: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def interrupt(*_: object, **__: object) -> Any:
        raise error

    monkeypatch.setattr(ck.Corpus, "open", interrupt)
    assert run("annotate", corpus) == (130, "", f"{error or 'interrupted'}\n" if str(error) else "interrupted\n")


def test_an_interrupt_before_a_command_begins_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "app", lambda **_: 130)
    assert run("info", "x") == (130, "", "interrupted\n")


def test_streams_that_are_closed_or_full(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    monkeypatch.setattr(sys, "argv", ["corpus-kit", "frequency", str(corpus), "-o", str(tmp_path / "t.csv")])
    with pytest.raises(SystemExit) as end:
        command.main()
    sys.stdout.close()
    sys.stderr.close()
    monkeypatch.undo()
    assert (end.value.code, (tmp_path / "t.csv").exists()) == (0, True)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(command, "app", fail)
    monkeypatch.setattr(command, "_discard_output", lambda: None)
    assert run("info", "x") == (1, "", "error: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize("is_plain", [True, False])
def test_no_color(is_plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1" if is_plain else "")
    monkeypatch.setattr("typer.echo", lambda text, **_: shown.append(text))
    shown: list[str] = []
    say("x", fg="red")
    assert ("\x1b" in shown[0]) != is_plain


def test_reports_and_displays_are_text(tmp_path: Path) -> None:
    reader = import_module("corpus_kit.readers.reader").DocumentReader
    (tmp_path / "source").mkdir()
    for name in (f"{HOSTILE}\n1.txt", f"{HOSTILE}.doc", os.fsdecode(b"a\x9b\xff.txt")):
        (tmp_path / "source" / name).write_text(" " if "1" in name else "خبر", encoding="utf-8")
    report = reader(tmp_path / "source", progress=False)
    list(report)
    text = str(report.report)
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert text.count("\n") == len(text.splitlines()) - 1
    shown = str(ck.show(pl.DataFrame({HOSTILE: [HOSTILE]}), caption=f"{HOSTILE}\nx"))
    assert "\x1b" not in shown
    assert shown.startswith(f"{SHOWN}\\nx\n")
