"""Copies of the project's notebooks in a folder of the user's, who may change them.

What counts is what a person writes: the cells and their sources. A notebook that was only run has other outputs
and is still ours. A hidden file in the folder says what was written there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from corpus_kit._version import __version__
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.export import write_whole

__all__ = ["Copied", "bundled_notebooks", "copy_notebooks"]

RECORD = ".corpus-kit-notebooks.json"


@dataclass
class Copied:
    """What `copy_notebooks` did: names of files in the folder."""

    written: list[str] = field(default_factory=list)
    """Copied now, for the first time or in a newer version."""
    kept: list[str] = field(default_factory=list)
    """Left as they are, since the user has changed them."""
    beside: list[str] = field(default_factory=list)
    """Newer versions of notebooks that were kept, written under names with the version."""


def bundled_notebooks() -> dict[str, bytes]:
    """The notebooks of this version, by name.

    Raises CorpusKitError where the installation has none.

    >>> next(iter(bundled_notebooks()))
    '00_quickstart.ipynb'
    """
    package = Path(__file__).parents[1]
    # A wheel holds them in the package (setup.py); in the repository they stand beside it.
    for folder in (package / "notebooks", package.parent / "notebooks"):
        found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        if found:
            return {path.name: path.read_bytes() for path in found}
    raise CorpusKitError(f"this installation has no notebooks at {package / 'notebooks'}; install corpus-kit again")


def copy_notebooks(folder: Path, notebooks: dict[str, bytes], *, version: str = __version__) -> Copied:
    """Copy notebooks into a folder, and never over one that the user has changed.

    A copy that the user has not changed is replaced by a newer one. Of a notebook that the user has changed, the newer
    one is put beside it, once, under a name with the version. A copy that the user has deleted is written again.

    folder: made where it is absent.
    notebooks: what to write, by name, as `bundled_notebooks` gives it.
    version: what the names of newer ones hold.

    Returns what was done. Raises InputError for a folder that is a file, or that cannot be written.
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
    """Put a newer notebook beside one that was kept, unless it has been there before."""
    other = f"{Path(name).stem}-{version}.ipynb"
    if record.get(other) != _digest(content) and _state(folder / other, content, record.get(other)) == "ours":
        _write(folder / other, content, record, done.beside)


def _state(path: Path, content: bytes, written: str | None) -> str:
    """What stands at a path: "same" as the content, "ours" to write (absent, or as we wrote it), or "changed"."""
    try:
        present = _digest(path.read_bytes())
    except FileNotFoundError:
        return "changed" if path.is_symlink() else "ours"
    except OSError:  # a folder, or a file that may not be read
        return "changed"
    if present == _digest(content):
        return "same"
    return "ours" if present == written else "changed"


def _write(path: Path, content: bytes, record: dict[str, str], done: list[str]) -> None:
    write_whole(path, content)
    record[path.name] = _digest(content)
    done.append(path.name)


def _digest(content: bytes) -> str:
    """The SHA-256 of what a person writes in a notebook; of the bytes where they are none."""
    try:
        cells = [[cell["cell_type"], _source(cell["source"])] for cell in json.loads(content)["cells"]]
        content = json.dumps(cells).encode()
    except (ValueError, TypeError, KeyError):
        pass
    return hashlib.sha256(content).hexdigest()


def _source(source: str | list[str]) -> str:
    """A source as one text; a file holds it whole or by lines."""
    return source if isinstance(source, str) else "".join(source)


def _read_record(path: Path) -> dict[str, str]:
    """What was written; a record that cannot be read counts as none, so that nothing is taken for ours."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in read.items()} if isinstance(read, dict) else {}


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{str(folder)!r} is a file; FOLDER takes a folder for the notebooks, which may be new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {str(folder)!r}: {error.strerror or error}") from error
