"""One process of a benchmark, started by `runner.py`: check the ways of a task, or time one.

Its only argument is a JSON object. Mode "check": task, ways, texts, outputs (a folder). Mode "time": task, way, texts,
repeats, budget. The answer is the last line, after ``MEASURED`` or ``CHECKED``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit.benchmarks.measure import measure
from corpus_kit.benchmarks.prepare import read
from corpus_kit.benchmarks.registry import task_named
from corpus_kit.benchmarks.tasks import Task, Way

__all__ = ["main"]


def _ready(way: Way, texts: pl.Series) -> Any:
    assert way.make is not None, f"{way.name} has an environment of its own"
    return way.make(texts.to_list() if way.takes == "list" else texts)


def _check(task: Task, request: dict[str, Any]) -> dict[str, str]:
    """Write each result in its canonical form; return the reasons of those that failed."""
    texts = read(Path(request["texts"]))
    failed = {}
    for number, name in request["ways"].items():
        try:
            canonical = task.canonical(_ready(task.way(name), texts)())
        except Exception as error:  # a peer may raise anything; the others run on, and the report has the reason
            failed[number] = f"failed: {type(error).__name__}: {error}"
            continue
        frame = canonical if isinstance(canonical, pl.DataFrame) else pl.DataFrame({"text": canonical})
        frame.write_parquet(Path(request["outputs"]) / f"{number}.parquet")
    return failed


def _time(task: Task, request: dict[str, Any]) -> dict[str, Any]:
    call = _ready(task.way(request["way"]), read(Path(request["texts"])))
    measured, result = measure(call, repeats=request["repeats"], budget=request["budget"])
    return {**measured, "totals": task.total(result)}


def main() -> None:
    """Answer the request."""
    request = json.loads(sys.argv[1])
    task = task_named(request["task"])
    if request["mode"] == "check":
        print("CHECKED " + json.dumps(_check(task, request)))
    else:
        print("MEASURED " + json.dumps(_time(task, request)))


if __name__ == "__main__":
    main()
