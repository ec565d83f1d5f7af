"""What a benchmark is: a task, the ways to do it, and when two results are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus_kit import machine
from corpus_kit._normalize import INSTRUCTIONS
from corpus_kit.errors import CorpusKitError

__all__ = ["DifferentResultError", "Task", "Way", "compare_counts", "compare_texts", "ways_by_instructions"]

# Takes the texts and gets ready, outside the clock; gives the call that is timed.
Make = Callable[[Any], Callable[[], Any]]
# What two ways must agree on: a list of str, or a frame (ngram, count[, documents]).
Canonical = Callable[[Any], Any]


class DifferentResultError(CorpusKitError):
    """A peer's result differs from corpus-kit's: a time without the same work would mean nothing."""


@dataclass(frozen=True)
class Way:
    """One way to do a task.

    name: as the table shows it.
    role: "ours"; "peer"; "context", which does other work than the rest of the task and is only shown.
    make: see Make. None for a peer that lives in an environment of its own.
    takes: what `make` is given: "list" (of str) or "series".
    modules: what must be there to import.
    package: the distribution whose version is reported.
    compared: False for a peer of which another result is to be expected; the note says why.
    environment: "" for this Python, else the name of an environment of `peers.ENVIRONMENTS`.
    note: what the reader must know, in a few words.
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

    name: for --only and for files, such as "ngrams-2"; its group is the part before the first "-".
    title: for the table.
    text: which of the prepared texts is read (see `prepare.VARIANTS`).
    ways: ours first; the first is what all peers are compared with.
    canonical: a result in the form in which results are compared.
    total: numbers of a result that are quick to get; they are compared on the whole text.
    counted: what the one number of `total` counts, such as "hits", if the report is to show it for each way.
    in_quick: part of the short run.
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
        return self.name.partition("-")[0]

    def way(self, name: str) -> Way:
        return next(way for way in self.ways if way.name == name)


def ways_by_instructions(make: Make, takes: str = "series") -> tuple[Way, ...]:
    """The same way with each set of vector instructions but the fastest, which it has without being told."""
    return tuple(
        Way(f"corpus-kit, {name}", "ours", _forced(make, name), takes, note=f"{name} instructions")
        for name in INSTRUCTIONS[:-1]
    )


def _forced(make: Make, name: str) -> Make:
    def made(texts: Any) -> Callable[[], Any]:
        call = make(texts)

        def run() -> Any:
            machine.set_instructions(name)
            try:
                return call()
            finally:
                machine.set_instructions(None)

        return run

    return made


def compare_texts(task: str, expected_of: str, expected: list[str], found_of: str, found: list[str]) -> None:
    """Raise DifferentResultError at the first text that differs.

    >>> compare_texts("fold", "ours", ["a"], "theirs", ["a"])
    """
    if len(expected) != len(found):
        raise DifferentResultError(f"{task}: {found_of} gives {len(found)} texts, {expected_of} gives {len(expected)}")
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
    """Raise DifferentResultError at the first n-gram whose counts differ; both sorted by n-gram."""
    if found.equals(expected):
        return
    values = [name for name in expected.columns if name != "ngram"]
    if found.columns != expected.columns:
        raise DifferentResultError(f"{task}: {found_of} gives {found.columns}, {expected_of} gives {expected.columns}")
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
        f"{task}: {found_of} gives some n-grams more than once, such as "
        f"{found.filter(pl.col('ngram').is_duplicated())['ngram'].head(1).to_list()}"
    )
