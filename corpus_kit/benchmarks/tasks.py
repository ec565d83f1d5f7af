"""Tasks, the ways to do them, and the comparison of their results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus_kit._core import INSTRUCTIONS
from corpus_kit.errors import CorpusKitError
from corpus_kit.machine.instructions import set_instructions

__all__ = ["DifferentResultError", "Task", "Way", "compare_counts", "compare_texts", "ways_by_instructions"]

# Takes the texts, prepares outside the clock, and returns the call to time.
Make = Callable[[Any], Callable[[], Any]]
# Converts a result to the form in which ways are compared: a list of str, or a table (ngram, count[, documents]).
Canonical = Callable[[Any], Any]


class DifferentResultError(CorpusKitError):
    """A peer's result differs from corpus-kit's, so their times cannot be compared."""


@dataclass(frozen=True)
class Way:
    """One way to do a task.

    Attributes:
        name: Its name in the table.
        role: "ours"; "peer"; or "context" for a way that does other work than the rest and is only shown.
        make: See Make; None for a peer in an environment of its own.
        takes: The argument of `make`: "list" (of str) or "series".
        modules: Modules that must be installed.
        package: The distribution whose version is reported.
        compared: False for a peer whose result is expected to differ; the note says why.
        environment: "" for this Python, otherwise the name of an environment in `peers.ENVIRONMENTS`.
        note: What the reader must know, in a few words.
    """

    name: str
    role: str
    make: Make | None = None
    takes: str = "series"
    modules: tuple[str, ...] = ()
    package: str = ""
    compared: bool = True
    environment: str = ""
    note: str = ""


@dataclass(frozen=True)
class Task:
    """One thing to do with the text.

    Attributes:
        name: For --only and for files, such as "ngrams-2"; its group is the part before the first "-".
        title: For the table.
        text: Which of the prepared texts is read (see `prepare.prepare`).
        ways: Ours first; the first one is what all peers are compared with.
        canonical: Converts a result to the form in which results are compared.
        total: Returns numbers of a result that are quick to get; they are compared on the whole text.
        in_quick: Whether it is part of the short run.
        counted: What the one number of `total` counts, such as "hits", if the report shows it for each way.
    """

    name: str
    title: str
    text: str
    ways: tuple[Way, ...]
    canonical: Canonical
    total: Callable[[Any], list[int]]
    in_quick: bool = False
    counted: str = ""

    @property
    def group(self) -> str:
        """The part of the name before the first "-"."""
        return self.name.partition("-")[0]

    def way(self, name: str) -> Way:
        """Return the way of a name."""
        return next(way for way in self.ways if way.name == name)


def ways_by_instructions(make: Make, takes: str = "series") -> tuple[Way, ...]:
    """Return the same way with each set of vector instructions except the fastest, which is the default."""
    return tuple(
        Way(f"corpus-kit, {name}", "ours", _forced(make, name), takes, note=f"{name} instructions")
        for name in INSTRUCTIONS[:-1]
    )


def _forced(make: Make, name: str) -> Make:
    def made(texts: Any) -> Callable[[], Any]:
        call = make(texts)

        def run() -> Any:
            set_instructions(name)
            try:
                return call()
            finally:
                set_instructions(None)

        return run

    return made


def compare_texts(task: str, expected_of: str, expected: list[str], found_of: str, found: list[str]) -> None:
    """Compare two lists of texts.

    Raises:
        DifferentResultError: At the first text that differs.

    Examples:
        >>> compare_texts("fold", "ours", ["a"], "theirs", ["a"])
    """
    if len(expected) != len(found):
        raise DifferentResultError(
            f"{task}: {found_of} returns {len(found)} texts, {expected_of} returns {len(expected)}"
        )
    for row, (one, other) in enumerate(zip(expected, found, strict=True)):
        if one != other:
            place = next(
                (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
            )
            around = slice(max(place - 10, 0), place + 20)
            raise DifferentResultError(
                f"{task}: {found_of} differs from {expected_of} in text {row} at code point {place}: "
                f"{other[around]!r} instead of {one[around]!r}"
            )


def compare_counts(task: str, expected_of: str, expected: pl.DataFrame, found_of: str, found: pl.DataFrame) -> None:
    """Compare two tables of counts, both sorted by n-gram.

    Raises:
        DifferentResultError: At the first n-gram whose counts differ.
    """
    if found.equals(expected):
        return
    values = [name for name in expected.columns if name != "ngram"]
    if found.columns != expected.columns:
        raise DifferentResultError(
            f"{task}: {found_of} returns {found.columns}, {expected_of} returns {expected.columns}"
        )
    joined = expected.join(found, on="ngram", how="full", suffix=" found", coalesce=True, nulls_equal=True).sort(
        "ngram"
    )
    different = joined.filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name} found")) for name in values))
    if different.height:
        row = different.row(0, named=True)
        here, there = ({name: row[f"{name}{suffix}"] for name in values} for suffix in (" found", ""))
        raise DifferentResultError(
            f"{task}: {found_of} differs from {expected_of} in {different.height:,} n-grams, first in "
            f"{row['ngram']!r}: {here} instead of {there}"
        )
    raise DifferentResultError(
        f"{task}: {found_of} returns some n-grams more than once, such as "
        f"{found.filter(pl.col('ngram').is_duplicated())['ngram'].head(1).to_list()}"
    )
