"""Copies of the notebooks of the project in a folder of the user, who may change them.

Notebooks are compared by what a person writes: the cells and their sources. A notebook that was only run has other
outputs and counts as unchanged. A hidden file in the folder records what was written there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from corpus_kit._base.files import write_whole
from corpus_kit._version import __version__
from corpus_kit.errors import CorpusKitError, InputError

__all__ = ["Copied", "bundled_notebooks", "copy_notebooks"]

RECORD = ".corpus-kit-notebooks.json"


@dataclass
class Copied:
    """What `copy_notebooks` did, as names of files in the folder."""

    written: list[str] = field(default_factory=list)
    """Notebooks that were copied, for the first time or in a newer version."""
    kept: list[str] = field(default_factory=list)
    """Notebooks that were kept, since the user has changed them."""
    beside: list[str] = field(default_factory=list)
    """Newer versions of notebooks that were kept, copied under names with the version."""


def bundled_notebooks() -> dict[str, bytes]:
    """Return the notebooks of this version, by name.

    Raises:
        CorpusKitError: If the installation has none.

    >>> next(iter(bundled_notebooks()))
    '00_quickstart.ipynb'
    """
    package = Path(__file__).parents[1]
    # A wheel has them in the package (setup.py), the repository beside it.
    for folder in (package / "notebooks", package.parent / "notebooks"):
        found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        if found:
            return {path.name: path.read_bytes() for path in found}
    raise CorpusKitError(f"There are no notebooks in {str(package / 'notebooks')!r}. Install corpus-kit again.")


def copy_notebooks(folder: Path, notebooks: dict[str, bytes], *, version: str = __version__) -> Copied:
    """Copy notebooks into a folder, but never over one that the user has changed.

    An unchanged copy is replaced by a newer version. Beside a changed one, the newer version is written once, under a
    name with the version. A deleted copy is written again.

    Args:
        folder: The folder, which is created if necessary.
        notebooks: The notebooks by name, as `bundled_notebooks` returns them.
        version: The version, for the names of newer notebooks.

    Returns:
        What was done.

    Raises:
        InputError: If the folder is a file or cannot be written.
    """
    _make(folder)
    record = _read_record(folder / RECORD)
    before = dict(record)
    done = Copied()
    for name, content in notebooks.items():
        state = _state(folder / name, content, record.get(name))
        if state == "ours":
            _write(folder / name, content, record, done.written)
        elif state == "changed":
            done.kept.append(name)
            if record.get(name) != _digest(content):
                _put_beside(folder, name, content, version, record, done)
        elif state == "same":
            record[name] = _digest(content)
    if record != before:
        write_whole(folder / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    return done


def _put_beside(folder: Path, name: str, content: bytes, version: str, record: dict[str, str], done: Copied) -> None:
    """Write a newer notebook beside one that was kept, unless it has been there before."""
    other = f"{Path(name).stem}-{version}.ipynb"
    if record.get(other) != _digest(content) and _state(folder / other, content, record.get(other)) == "ours":
        _write(folder / other, content, record, done.beside)


def _state(path: Path, content: bytes, written: str | None) -> str:
    """Return the state of a path: "same" as the content, "ours" (absent, or as we wrote it), or "changed"."""
    try:
        present = _digest(path.read_bytes())
    except FileNotFoundError:
        return "changed" if path.is_symlink() else "ours"
    except OSError:  # a folder, or a file without permission to read
        return "changed"
    if present == _digest(content):
        return "same"
    return "ours" if present == written else "changed"


def _write(path: Path, content: bytes, record: dict[str, str], done: list[str]) -> None:
    write_whole(path, content)
    record[path.name] = _digest(content)
    done.append(path.name)


def _digest(content: bytes) -> str:
    """Return the SHA-256 of the cells and sources of a notebook; of the bytes if it is not a notebook."""
    try:
        cells = [[cell["cell_type"], _source(cell["source"])] for cell in json.loads(content)["cells"]]
        content = json.dumps(cells).encode()
    except (ValueError, TypeError, KeyError):
        pass
    return hashlib.sha256(content).hexdigest()


def _source(source: str | list[str]) -> str:
    """Return a source as one text; a file has it whole or as a list of lines."""
    return source if isinstance(source, str) else "".join(source)


def _read_record(path: Path) -> dict[str, str]:
    """Return what was written. An unreadable record counts as empty, so that every notebook counts as changed."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in read.items()} if isinstance(read, dict) else {}


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"folder must be a folder, got the file {str(folder)!r}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot create the folder {str(folder)!r}: {error.strerror or error}.") from error
