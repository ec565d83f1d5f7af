"""The shapes (`sealed`) of the files that a count writes: the manifest of a table, the plan and records of a count."""

from __future__ import annotations

import re
from typing import Any

from corpus_kit.scale.part_checks import BLOCK
from corpus_kit.scale.runs import RUN
from corpus_kit.scale.sealed import HEX, misfit

__all__ = ["BUCKET", "FORMAT", "MANIFEST", "OPTIONS", "PARTITION", "PLAN", "WORK_FORMAT"]

FORMAT = 2
"""The format of a table and its manifest."""
WORK_FORMAT = 2
"""The format of a work folder."""


def _is_range(value: object) -> bool:
    """Return whether a value is the shortest and the greatest length of n-grams."""
    is_pair = isinstance(value, list) and len(value) == 2 and not misfit(value, [int])
    return is_pair and 1 <= value[0] <= value[1]  # type: ignore[index]


def _is_pair_of_texts(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and not misfit(value, [str])


def _is_piece(value: object) -> bool:
    """Return whether a value is a piece of a file: its number, its kind, start, stop and bytes of text."""
    return (
        isinstance(value, list)
        and len(value) == 5
        and value[1] in ("parquet", "json", "text")
        and not misfit([value[0], *value[2:]], [int])
    )


OPTIONS: dict[str, Any] = {
    "n": _is_range,
    "min_count": int,
    "skip": int,
    "within": str,
    "profile": (None, {"name": str, "digest": str}),
    "tokenizer": str,
    "text": str,
    "lines": bool,
    "unreadable": str,
}
"""The options of a count."""
_FILE: dict[str, Any] = {"name": str, "bytes": int, "fingerprint": str, "documents": (None, int)}

BUCKET: dict[str, Any] = {
    "number": int,
    "name": re.compile(r"part-[0-9]{5}\.parquet"),
    "rows": int,
    "count": int,
    "content": int,
    "bytes": int,
    "sha256": HEX,
    "mark": str,
    "blocks": [BLOCK],
}
"""A part of a table."""

PARTITION: dict[str, Any] = {
    "number": int,
    "documents": int,
    "tokens": int,
    "runs": [RUN],
    "unreadable": [_is_pair_of_texts],
    "worker": str,
}
"""The record of a counted partition."""

PLAN: dict[str, Any] = {
    "format": int,
    "library_version": str,
    "options": OPTIONS,
    "bucket_bits": int,
    "files": [_FILE],
    "ignored": [str],
    "text_bytes": int,
    "partitions": [[_is_piece]],
}
"""The plan of a count."""

MANIFEST: dict[str, Any] = {
    "format": int,
    "library_version": str,
    "versions": {"corpus_kit": str, "unicode": str, "tokenizer": (int, str), "hash": (int, str)},
    "created": str,
    "checksum": HEX,
    "options": OPTIONS,
    "counts": dict.fromkeys(["files", "documents", "tokens", "ngrams", "occurrences", "unreadable"], int),
    "unreadable": [{"name": str, "reason": str}],
    "source": {"files": [_FILE], "ignored": [str]},
    "workers": [str],
    "parts": [BUCKET],
}
"""The manifest of a table."""
