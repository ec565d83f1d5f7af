"""Damaged tables of n-grams and damaged half-finished counts: the right rows, or an error that names the place."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.scale.sealed import sealed

from .damage import damage, edited
from .part import BrokenPromiseError, Part, Refused, attempt

_WORDS = ["قال", "الوزير", "نعم", "لا", "في", "من", "كتاب", "جديد", "هدنة", "مدينة"]
_N = (1, 2)


def _sorted(rows: pl.LazyFrame) -> pl.DataFrame:
    return rows.collect().sort("n", "ngram")


# What is asked of a table; each answer is compared with that of the whole one.
_QUESTIONS: dict[str, Callable[[ck.scale.NgramTable], Any]] = {
    "rows": lambda table: _sorted(table.scan()),
    "streamed": lambda table: table.scan().collect(engine="streaming").sort("n", "ngram"),
    "ngrams": lambda table: ck.ngrams(table, n=2, min_count=1),
    "some": lambda table: _sorted(table.scan().filter(pl.col("count") > 3)),
    "column": lambda table: table.scan().select(pl.col("count").sum()).collect(),
    "length": lambda table: table.scan().select(pl.len()).collect(),
    "first": lambda table: table.scan().head(5).collect(),
    "top": lambda table: table.scan().top_k(5, by=["count", "n", "ngram"]).collect(engine="streaming"),
    "groups": lambda table: table.scan().group_by("n").agg(pl.col("documents").sum()).collect().sort("n"),
    "twice": lambda table: _sorted(pl.concat([table.scan(), table.scan()])),
    "joined": lambda table: _sorted(
        table.scan().join(table.scan().filter(n=1).select("ngram"), on="ngram", how="semi")
    ),
}


@dataclass(frozen=True)
class Prepared:
    """A table, a half-finished count of it, and the answers."""

    folder: Path
    source: Path
    whole: Path
    half: Path
    answers: dict[str, Any]
    counting: Any


def prepare(folder: Path) -> Prepared:
    """Count a small source once to the end, and once until half of the buckets are merged."""
    counting: Any = import_module("corpus_kit.scale.count_ngrams")
    counting.cut_of = lambda *_: (1500, 3)
    rng = Random(1)
    source = folder / "source"
    source.mkdir()
    for number in range(4):
        texts = [" ".join(rng.choices(_WORDS, k=rng.randrange(3, 15))) for _ in range(12)]
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in texts)
        (source / f"{number}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "whole").mkdir()
    (folder / "half").mkdir()
    table = _count(source, folder / "whole")
    merge = counting.merge_bucket

    def halfway(bucket: int, plan: Any) -> Any:
        if bucket >= 4:
            raise RuntimeError("halfway")
        return merge(bucket, plan)

    counting.merge_bucket = halfway
    try:
        _count(source, folder / "half")
    except RuntimeError:
        counting.merge_bucket = merge
    answers = {name: ask(table) for name, ask in _QUESTIONS.items()}
    return Prepared(folder, source, folder / "whole", folder / "half", answers, counting)


def _count(source: Path, folder: Path, *, resume: bool = True) -> ck.scale.NgramTable:
    return ck.scale.count_ngrams(source, _N, folder / "out", memory="64MB", resume=resume, progress=False)


def case(prepared: Prepared, rng: Random) -> str:
    """Damage a table before it is opened or while it is, or a half-finished count."""
    place = prepared.folder / "case"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a table without a manifest is opened with a warning
            kind = rng.choice([_before, _while_open, _while_open, _hostile, _half, _half])
            return kind(prepared, place, rng)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _before(prepared: Prepared, place: Path, rng: Random) -> str:
    shutil.copytree(prepared.whole, place)
    done = damage(place, rng)
    for _ in range(rng.choice([0, 0, 1])):
        done += f", {_again(place, rng)}"
    name = rng.choice([*_QUESTIONS, "verify"])
    outcome = attempt(lambda: ck.scale.NgramTable.open(place / "out"), done)
    if isinstance(outcome, Refused):
        _names_a_place(outcome, place, done)
        return "refused"
    table = outcome
    if table.id is None:  # without its manifest nothing can be checked, as a warning has said
        attempt(lambda: _answer(table, name), f"{done}: {name}")
        return "without a manifest"
    return _asked(prepared, place, name, lambda: _answer(table, name), done)


def _again(place: Path, rng: Random) -> str:
    files = [path for path in place.rglob("*") if path.is_file() and path.stat().st_size < 2**20]
    return damage(place, rng, sorted(files)) if files else "nothing"


def _while_open(prepared: Prepared, place: Path, rng: Random) -> str:
    """Damage parts of a table that is open, perhaps after a query, perhaps with a query already made."""
    shutil.copytree(prepared.whole, place)
    table = ck.scale.NgramTable.open(place / "out")
    if rng.random() < 0.5:
        _answer(table, rng.choice(list(_QUESTIONS)))
    held = table.scan() if rng.random() < 0.5 else None
    done = f"while open {damage(place, rng)}"
    if held is not None:
        return _asked(prepared, place, "rows", lambda: _sorted(held), f"{done}, with a query made before")
    name = rng.choice([*_QUESTIONS, "verify"])
    return _asked(prepared, place, name, lambda: _answer(table, name), done)


def _hostile(prepared: Prepared, place: Path, rng: Random) -> str:
    """Edit the manifest and give it a checksum that fits, as somebody would who means harm."""
    shutil.copytree(prepared.whole, place)
    path = place / "out.manifest.json"
    content = json.loads(path.read_bytes())
    del content["seal"]
    changed, what = edited(content, rng)
    if not isinstance(changed, dict):
        return "left"
    try:
        path.write_bytes(sealed(changed))
    except UnicodeEncodeError:  # a surrogate
        return "left"
    name = rng.choice([*_QUESTIONS, "verify", "repr"])
    if what.startswith("options"):
        name = "rows"  # which n-grams ck.ngrams may be asked for depends on these
    return _asked(prepared, place, name, lambda: _answer(ck.scale.NgramTable.open(place / "out"), name), f"{what}")


def _half(prepared: Prepared, place: Path, rng: Random) -> str:
    """Resume a count whose files were damaged; after an error, count again."""
    shutil.copytree(prepared.half, place)
    done = f"half-finished, {damage(place, rng)}"
    first = attempt(lambda: _count(prepared.source, place), done)
    if isinstance(first, Refused):
        _names_a_place(first, place, done)
        first = _count(prepared.source, place, resume=False)
        outcome = "counted again"
    else:
        outcome = "resumed"
    _compare(prepared, "rows", _answer(first, "rows"), done)
    left = sorted(path.name for path in place.iterdir())
    if left != ["out", "out.manifest.json"]:
        raise BrokenPromiseError(f"left after {done}: {left}")
    return outcome


def _answer(table: ck.scale.NgramTable, name: str) -> Any:
    if name == "verify":
        return table.verify()
    return repr(table) if name == "repr" else _QUESTIONS[name](table)


def _asked(prepared: Prepared, place: Path, name: str, ask: Callable[[], Any], done: str) -> str:
    answer = attempt(ask, f"{done}: {name}")
    if isinstance(answer, Refused):
        _names_a_place(answer, place, done)
        return "refused"
    if name not in ("verify", "repr"):
        _compare(prepared, name, answer, done)
    return "right"


def _compare(prepared: Prepared, name: str, answer: Any, done: str) -> None:
    if not answer.equals(prepared.answers[name]):
        raise BrokenPromiseError(f"wrong rows after {done}: {name}")


def _names_a_place(refused: Refused, place: Path, done: str) -> None:
    if refused.kind not in ("CorpusError", "SourceError") or str(place) not in refused.message:
        raise BrokenPromiseError(f"an error that names no place after {done}: {refused}")


PART = Part(
    name="scale",
    promise="A damaged table of n-grams or half-finished count gives the right rows, or an error that says where.",
    prepare=prepare,
    case=case,
    quick=8,
    slow=50,
)
