"""Counts of n-grams that are killed, and resumed."""

from __future__ import annotations

import functools
import json
import shutil
import signal
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

import corpus_kit as ck

from .deadly import run
from .part import BrokenPromiseError, Refused, attempt

WORDS = ["قال", "الوزير", "نعم", "لا", "في", "من", "هدنة"]
OLD, NEW = 1, 2  # the n of the tables
NAMES = ["out", "out.manifest.json"]


@dataclass(frozen=True)
class Counts:
    """A source, a table of it, and the rows of the old and of the new one."""

    source: Path
    table: Path
    rows: dict[int, pl.DataFrame]
    calls: int  # that change files, of a count


def prepare(folder: Path) -> Counts:
    """Count a small source."""
    random = Random(1)
    source, table, new = folder / "source", folder / "table", folder / "new"
    for each in (source, table, new):
        each.mkdir()
    for number in range(3):
        lines = [json.dumps({"text": " ".join(random.choices(WORDS, k=9))}) for _ in range(6)]
        (source / f"{number}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = {n: rows_of(count(source, n, place)) for n, place in ((OLD, table), (NEW, new))}
    shutil.rmtree(new)
    new.mkdir()
    calls = run(functools.partial(count, source, NEW, new), folder / "errors")
    return Counts(source, table, rows, calls or 0)


def count(source: Path, n: int, place: Path, *, resume: bool = True) -> ck.scale.NgramTable:
    """Count n-grams in several pieces and buckets."""
    counting: Any = import_module("corpus_kit.scale.count_ngrams")
    counting.cut_of = lambda *_: (300, 2)
    return ck.scale.count_ngrams(source, n, place / "out", memory="64MB", resume=resume, progress=False)


def rows_of(table: ck.scale.NgramTable) -> pl.DataFrame:
    """Return the rows of a table in one order."""
    return table.scan().collect().sort("ngram")


def case(counts: Counts, random: Random, folder: Path) -> str:
    """Kill a count one to three times; what can be read meanwhile is right, and the next count finishes it."""
    place = folder / "place"
    place.mkdir()
    allowed, replaces = [counts.rows[NEW]], random.random() < 0.5
    if replaces:
        shutil.copytree(counts.table, place, dirs_exist_ok=True)
        allowed.append(counts.rows[OLD])
    number = random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    done = f"{number.name} of a count that {'replaces' if replaces else 'is new'}"
    for _ in range(random.choice([1, 1, 2, 3])):
        at = random.randrange(1, 2 * counts.calls + 2)
        done += f", at {at}"
        program = functools.partial(count, counts.source, NEW, place, resume=_has_begun(place, done))
        run(program, folder / "errors", at, number)
        table = attempt(lambda: rows_of(ck.scale.NgramTable.open(place / "out")), done)
        if not isinstance(table, Refused) and not any(table.equals(rows) for rows in allowed):
            raise BrokenPromiseError(f"wrong rows after {done}")
        if isinstance(table, Refused) and not _is_unfinished(place):
            raise BrokenPromiseError(f"no table after {done}, and nothing to finish: {table.message}")
    finished = count(counts.source, NEW, place, resume=_has_begun(place, done))
    finished.verify()
    left = sorted(path.name for path in place.iterdir())
    if left != NAMES or not rows_of(finished).equals(counts.rows[NEW]):
        raise BrokenPromiseError(f"the next count after {done} is wrong, or left {left}")
    return f"{number.name}, counted"


def _is_unfinished(place: Path) -> bool:
    """Whether there is a count to resume, or none that has written anything."""
    return (place / "out.counting").exists() or not (place / "out").exists()


def _has_begun(place: Path, done: str) -> bool:
    """Whether the count is to be resumed: it has a plan, or its table is the new one, or there is none."""
    if (place / "out.counting" / "plan.json").exists() or not (place / "out").exists():
        return True
    table = attempt(lambda: ck.scale.NgramTable.open(place / "out"), done)
    return not isinstance(table, Refused) and table.options["n"] == [NEW, NEW]
