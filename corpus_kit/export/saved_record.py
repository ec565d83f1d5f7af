"""The record beside a file that `ck.save` wrote, read back."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.files import read_whole
from corpus_kit.errors import InputError, invalid, warn

__all__ = ["saved_record"]


def saved_record(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Return how the table in a file was made, as `ck.save` wrote it down; None if it is not recorded.

    Args:
        path: The file, or its record (`words.csv` or `words.csv.json`).

    Raises:
        InputError: If there is no record, or it cannot be read.

    Warns:
        UserWarning: If the file was changed since.
    """
    given = path_argument(path, "table")
    beside = given if given.suffix.lower() == ".json" else given.with_name(given.name + ".json")
    damaged = invalid("table", "a file with the record that ck.save wrote", beside.name)
    try:
        saved = json.loads(read_whole(beside))
        made, digest = saved["made_by"], str(saved["sha256"])
    except FileNotFoundError as error:
        message = f"table must be a table, or a file that ck.save wrote with its record, got no file {beside.name!r}."
        raise InputError(message) from error
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged from error
    if not (made is None or _is_record(made)):
        raise damaged
    table = beside.with_suffix("")
    if not table.is_file() or _digest(table) != digest:
        warn(f"{table.name} was changed or moved since {beside.name} was written.", stacklevel=None)
    return None if made is None else dict(made)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_record(made: Any) -> bool:
    """Return whether a value has the parts of a record that a sentence is made of."""
    if not isinstance(made, dict) or not isinstance(made.get("options"), dict):
        return False
    steps = made.get("then", [])
    if not isinstance(steps, list) or "corpus_id" not in made:
        return False
    texts = [made.get("function"), made.get("version"), made["corpus_id"] or "", *steps]
    return all(isinstance(each, str) for each in texts)
