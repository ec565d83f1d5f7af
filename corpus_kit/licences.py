"""The licences of what the package holds of others, and of what it needs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files
from typing import Any

import polars as pl

from corpus_kit._base.records import attach

__all__ = ["licences"]

_SCHEMA = dict.fromkeys(("name", "version", "licence", "part", "purpose", "licence_text"), pl.String)
_SPDX = re.compile(r"[A-Za-z0-9.+-]*[0-9][A-Za-z0-9.+-]*|MIT|ISC|Zlib|\(|\)|AND|OR|WITH")  # words of an expression


def licences() -> pl.DataFrame:
    """Return a table of the licences of everything that is bundled or needed.

    Returns:
        A row for each part, with name, version (null where it is not installed), licence (an SPDX expression; null
        where nothing says it), part ("bundled": a part of this package; "required"; or the extra that brings it),
        purpose, and licence_text, where its text is: a file of this package or of the installed distribution. What
        required distributions need in turn is listed if it is installed. All are String.

    Examples:
        >>> licences().filter(part="bundled").select("name", "version", "licence").rows()[::2]
        [('CLDR', '47', 'Unicode-3.0'), ('mazini', '0.2.2', 'CC-BY-4.0')]
    """
    listed = _listed()
    rows = [_bundled_row(each) for each in listed["bundled"]]
    needed = _needed(listed["required"])
    rows += [_row(name, "required", purpose, listed["known"]) for name, purpose in sorted(needed.items())]
    for extra, purposes in listed["extras"].items():
        rows += [_row(name, extra, purpose, listed["known"]) for name, purpose in sorted(purposes.items())]
    return attach(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), "ck.licences", {})


@cache
def _listed() -> dict[str, Any]:
    """Return what licences.toml lists."""
    return tomllib.loads((files("corpus_kit") / "licences.toml").read_text(encoding="utf-8"))


def _bundled_row(part: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the row of a part of this package."""
    text = f"corpus_kit/{part['text']}"
    return part["name"], part["version"], part["licence"], "bundled", part["purpose"], text


def _row(name: str, part: str, purpose: str, known: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the row of a distribution."""
    found = _installed(name)
    if found is None:
        return name, None, known.get(name), part, purpose, None
    return name, found.version, _licence(found, known.get(name)), part, purpose, _text(found)


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _licence(found: Distribution, known: str | None) -> str | None:
    """Return the SPDX expression of the metadata, what is known, or the name in the metadata if it is an expression."""
    expressions = found.metadata.get_all("License-Expression")
    if expressions:
        return str(expressions[0])
    given = str((found.metadata.get_all("License") or [""])[0])
    is_expression = len(given) < 100 and all(_SPDX.fullmatch(word) for word in re.findall(r"[()]|[^\s()]+", given))
    return known or (given if given and is_expression else None)


def _text(found: Distribution) -> str | None:
    """Return the first file of an installed distribution that has its licence, as its list of files names it."""
    names = sorted(str(path) for path in found.files or [] if ".dist-info/" in str(path))
    return next((name for name in names if re.search(r"licen[cs]e|copying|notice", name, re.IGNORECASE)), None)


def _needed(required: Mapping[str, str]) -> dict[str, str]:
    """Return the purposes of distributions, with those of what they need in turn where it is installed."""
    found, waiting = dict(required), list(required)
    while waiting:
        name = waiting.pop()
        for other in _requirements(name):
            if other not in found and _installed(other) is not None:
                found[other] = f"needed by {name}"
                waiting.append(other)
    return found


def _requirements(name: str) -> Iterator[str]:
    """Yield the names of what an installed distribution requires, without its extras."""
    installed = _installed(name)
    for text in sorted((installed and installed.requires) or []):
        requirement, _, marker = text.partition(";")
        if "extra" not in marker:
            words = re.match(r"[\w.-]+", requirement)
            if words:
                yield re.sub(r"[-_.]+", "-", words[0]).lower()
