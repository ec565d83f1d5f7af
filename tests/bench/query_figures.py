"""The tasks of a query engine in this checkout and in another one, in turns.

Usage: query_figures.py CORPUS [--beside CHECKOUT] [--processes 3] [--budget 1.0] [--only NAME ...] [--output FILE.json]

Each checkout (with a compiled core) answers all tasks in processes of its own, in turns. A process makes each call
once, then again within the budget. The table has the least of all processes, since other programs only add to it:

    first   the first call in a process that has made the calls of the rows above; milliseconds
    again   later calls; milliseconds
    CPU     of later calls, all threads; milliseconds

A dash is what a checkout cannot do.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CALLS = 15
LIMIT = 1800  # seconds
Times = dict[str, dict[str, float]]


def process(corpus_path: Path, words: dict[str, str] | None, only: list[str], budget: float) -> Any:
    """Return the words of queries, or, with words, the milliseconds of each task."""
    from query_tasks import TASKS, query_words  # imports the corpus_kit of the checkout of this process

    import corpus_kit as ck

    corpus = ck.Corpus.open(corpus_path)
    if words is None:
        return query_words(corpus)
    times: Times = {}
    for name, task in TASKS.items():
        if (only and name not in only) or (task.lemmas and not corpus.has_annotation("lemma")):
            continue
        try:
            times[name] = _times(task.ready(corpus, words), budget)
        except (ck.CorpusKitError, AttributeError) as error:  # what an older checkout does not have
            print(f"{name}: {type(error).__name__}", file=sys.stderr)
    return times


def _times(call: Any, budget: float) -> dict[str, float]:
    runs: list[tuple[float, float]] = []
    begin = time.perf_counter()
    while len(runs) <= CALLS and (len(runs) < 3 or time.perf_counter() - begin < budget):
        cpu, start = time.process_time(), time.perf_counter()
        result = call()
        runs.append((1e3 * (time.perf_counter() - start), 1e3 * (time.process_time() - cpu)))
        rows = len(result)
        del result
    later = runs[1:]
    return {"first": runs[0][0], "again": min(run[0] for run in later), "cpu": min(run[1] for run in later),
            "rows": rows}  # fmt: skip


def ask(checkout: Path, request: dict[str, Any]) -> Any:
    """Return the answer of a new process in a checkout."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(checkout), str(Path(__file__).parent)])}
    command = [sys.executable, "-P", "-W", "ignore", str(Path(__file__).resolve()), "--request", json.dumps(request)]
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
    if run.returncode:
        raise SystemExit(f"a process in {checkout} failed")
    return json.loads(run.stdout.splitlines()[-1])


def measure(corpus: Path, checkouts: list[Path], processes: int, budget: float, only: list[str]) -> list[Times]:
    """Return for each checkout the least of each time."""
    request = {"corpus": str(corpus), "only": only, "budget": budget}
    words = ask(checkouts[-1], {**request, "words": None})
    least: list[Times] = [{} for _ in checkouts]
    for turn in range(processes):
        for checkout, found in zip(checkouts, least, strict=True):
            print(f"turn {turn + 1} of {processes}: {checkout.name}; load {os.getloadavg()[0]:.0f}", file=sys.stderr)
            for name, times in ask(checkout, {**request, "words": words}).items():
                before = found.setdefault(name, times)
                found[name] = {kind: min(before[kind], value) for kind, value in times.items()}
    return least


def table(least: list[Times]) -> str:
    """Return the Markdown table; with two checkouts the last column is how many times faster this one is."""
    kinds = ("first", "again", "cpu")
    names = ["before", "now"][-len(least) :]
    heads = ["task", *(f"{kind}, {name}" for kind in kinds for name in names), "before / now"]
    lines = [f"| {' | '.join(heads)} |", f"|---{'|---:' * (len(heads) - 1)}|"]
    for task in least[-1]:
        rows = least[-1][task]["rows"]  # a checkout that finds something else does not know the query
        can = [task in of and of[task]["rows"] == rows for of in least]
        cells = [
            f"{of[task][kind]:.2f}" if it_can else "–" for kind in kinds for of, it_can in zip(least, can, strict=True)
        ]
        both = len(least) > 1 and all(can)
        ratio = f"{least[0][task]['again'] / least[1][task]['again']:.1f}" if both else ""
        lines.append(f"| {' | '.join([task, *cells, ratio])} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--beside", type=Path, help="another checkout, with a compiled core")
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for the calls of a task in a process")
    parser.add_argument("--only", nargs="*", default=[], help="names of tasks")
    parser.add_argument("--output", type=Path, help="a file for all times as JSON")
    parser.add_argument("--request", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.request:
        request = json.loads(given.request)
        print(json.dumps(process(Path(request["corpus"]), request["words"], request["only"], request["budget"])))
        return
    if given.corpus is None:
        parser.error("give a corpus")
    checkouts = [Path(__file__).resolve().parents[2]]
    if given.beside:
        checkouts.insert(0, given.beside.resolve())
    least = measure(given.corpus, checkouts, given.processes, given.budget, given.only)
    if given.output:
        given.output.write_text(json.dumps(least, indent=1), encoding="utf-8")
    print(table(least))


if __name__ == "__main__":
    main()
