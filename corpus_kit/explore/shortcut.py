"""An icon that starts the explorer, for those who do not use a terminal: Linux, macOS, Windows."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus_kit.errors import CorpusKitError

__all__ = ["make_shortcut"]

_MARK = "Made by corpus-kit explore --shortcut"
_LARGEST = 10_000  # bytes of a file that may be one of ours


def make_shortcut(
    arguments: Sequence[str] = (),
    *,
    system: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    python: str = sys.executable,
) -> Path:
    """Write a file that starts the explorer when it is clicked: in the menu of applications, or on the desktop.

    Args:
        arguments: The arguments of the command.
        system: "win32", "darwin", or another one, which is taken for one with the menus of freedesktop.org.
        environment: The variables of the environment.
        python: The path of Python.

    Returns:
        The file.

    Raises:
        CorpusKitError: If there is a file of this name that was not made here, or it cannot be written.
    """
    command = [python, "-m", "corpus_kit", "explore", *arguments]
    home = Path(environment.get("HOME") or Path.home())
    if system == "win32":
        path, text = _desktop(home) / "Corpus Kit.cmd", _batch(command)
    elif system == "darwin":
        path, text = home / "Desktop" / "Corpus Kit.command", _script(command)
    else:
        data = environment.get("XDG_DATA_HOME", "")
        folder = Path(data) if os.path.isabs(data) else home / ".local" / "share"  # noqa: PTH117  # as the standard says
        path, text = folder / "applications" / "corpus-kit.desktop", _entry(command, home)
    _expect_ours(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        if system == "darwin":
            path.chmod(0o755)
    except OSError as error:
        raise CorpusKitError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error
    return path


def _expect_ours(path: Path) -> None:
    try:
        status = path.lstat()
    except OSError:  # there is none
        return
    if stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST:
        try:
            if _MARK.encode() in path.read_bytes():
                return
        except OSError:
            pass
    raise CorpusKitError(f"{str(path)!r} is there already, and not from corpus-kit. Move it, and try again.")


def _desktop(home: Path) -> Path:
    if sys.platform == "win32":  # which may have put it elsewhere, such as into OneDrive
        import winreg  # is there on Windows only

        name = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, name) as key:
            return Path(winreg.ExpandEnvironmentStrings(winreg.QueryValueEx(key, "Desktop")[0]))
    return home / "Desktop"


def _batch(command: Sequence[str]) -> str:
    quoted = " ".join(f'"{each}"' for each in command).replace("%", "%%")
    lines = ["@echo off", f"rem {_MARK}", "chcp 65001 >nul", 'cd /d "%USERPROFILE%"', quoted, "if errorlevel 1 pause"]
    return "\r\n".join([*lines, ""])


def _script(command: Sequence[str]) -> str:
    return f'#!/bin/sh\n# {_MARK}\ncd "$HOME" || exit\nexec {shlex.join(command)}\n'


def _entry(command: Sequence[str], home: Path) -> str:
    """Return a desktop entry. It has a terminal, whose end is the end of the explorer."""
    quoted = " ".join(f'"{_escaped(each, _QUOTED)}"' for each in command).replace("%", "%%")
    lines = [
        "[Desktop Entry]", f"# {_MARK}", "Type=Application", "Name=Corpus Kit", "Name[ar]=مستكشف المدونات",
        "Comment=Explore texts in a browser", "Comment[ar]=استكشاف النصوص في المتصفح",
        f"Exec={_escaped(quoted, _VALUE)}", f"Path={_escaped(str(home), _VALUE)}", "Terminal=true",
        "Icon=accessories-dictionary", "Categories=Education;",
    ]  # fmt: skip
    return "\n".join([*lines, ""])


_QUOTED = {character: f"\\{character}" for character in '"`$\\'}
_VALUE = {"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def _escaped(text: str, how: Mapping[str, str]) -> str:
    return "".join(how.get(character, character) for character in text)
