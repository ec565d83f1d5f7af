"""A corpus of a billion tokens: time and memory of building it, and of searches in it. Linux only.

Usage: billion.py FOLDER [--tokens 1000000000] [--again 3] [--only NAME ...] [--annotate]

Texts (billion_text.py) and the corpus are kept in FOLDER and used again; a build takes 30 GB of disk, of which 21 GB
stay. Building runs in a process of its own, and so does every task (those of query_tasks.py and a few more), so that
each has its own peak of memory. What the steps took and two Markdown tables are printed: the files, and the tasks with

    first     the first call in a new process, seconds, and its processor time, all threads
    again     the least of the later calls, and its processor time
    memory    peak of anonymous memory, GB
    mapped    peak of all memory, with pages of the corpus that the system drops if others need room
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from billion_text import write
from large_index import origin
from query_tasks import TASKS, Call, Task, Words, query_words

import corpus_kit as ck
from corpus_kit.errors import CorpusKitError

__all__ = ["MORE_TASKS"]

LIMIT = 7200  # seconds
ENOUGH = 60.0  # seconds, after which a task is not called again
_STATUS = Path("/proc/self/status")

Answer = dict[str, Any]


def _of_subcorpus(corpus: ck.Corpus, words: Words) -> Call:
    return lambda: len(ck.kwic(corpus.filter(source=words["source"]), words["frequent"]).page(1, 50))


MORE_TASKS: dict[str, Task] = {
    "bigrams, 10 times or more": Task(lambda corpus, _: lambda: ck.ngrams(corpus, 2, min_count=10)),
    "page of a subcorpus by source": Task(_of_subcorpus),
    "collocates of a frequent word": Task(lambda corpus, words: lambda: ck.collocations(corpus, words["second"])),
}


# ------------------------------------------------------------------------------------- one process


def _memory() -> dict[str, float]:
    """Return the anonymous memory and the peak of all memory of this process in GB."""
    lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii").splitlines())
    return {name: int(lines[key].split()[0]) * 1024 / 1e9 for name, key in (("own", "RssAnon"), ("all", "VmHWM"))}


@contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Provide the peaks of memory, complete at the end."""
    peak, done = _memory(), threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            found = _memory()
            peak.update({name: max(peak[name], value) for name, value in found.items()})

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _timed(call: Callable[[], Any]) -> Answer:
    cpu, start = time.process_time(), time.perf_counter()
    result = call()
    answer = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    return answer | {"rows": len(result) if hasattr(result, "__len__") else result}


def process(request: Answer) -> Answer:
    """Answer a request: build, annotate, find words for the queries, or run a task."""
    path, kind = Path(request["corpus"]), request["kind"]
    with _watched() as peak:
        if kind == "build":
            answer = _timed(lambda: _built(request["texts"], path))
        elif kind == "annotate":
            answer = _timed(lambda: len(ck.Corpus.open(path).annotate()))
        elif kind == "words":
            corpus = ck.Corpus.open(path)
            answer = {"words": query_words(corpus), "manifest": corpus.manifest}
        else:
            answer = _asked(path, request)
    return answer | {"peak": peak}


def _built(texts: list[str], path: Path) -> ck.Corpus:
    return ck.Corpus.build(texts, path, id="id", date="date", metadata="source", progress=False)


def _asked(path: Path, request: Answer) -> Answer:
    opened = _timed(lambda: ck.Corpus.open(path))
    corpus = ck.Corpus.open(path)
    call = (TASKS | MORE_TASKS)[request["task"]].ready(corpus, request["words"])
    answers = [_timed(call)]
    while len(answers) <= request["again"] and sum(each["seconds"] for each in answers) < ENOUGH:
        answers.append(_timed(call))
    least = min(answers[1:] or answers, key=lambda each: each["seconds"])
    return {"open": opened["seconds"], "first": answers[0], "again": least if answers[1:] else None}


# ------------------------------------------------------------------------------------- all processes


def ask(path: Path, kind: str, **request: Any) -> Answer:
    """Return the answer of a new process; an error of the library is one, too."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), "--request"]
    command.append(json.dumps({"corpus": str(path), "kind": kind, **request}))
    begin = time.perf_counter()
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", timeout=LIMIT, check=False)
    print(f"{kind} {request.get('task', '')}: {time.perf_counter() - begin:.1f} s", file=sys.stderr, flush=True)
    if run.returncode:
        raise CorpusKitError(f"the process for {kind} {request.get('task', '')} ended with {run.returncode}")
    answer: Answer = json.loads(run.stdout.splitlines()[-1])
    return answer


def _report_of_step(name: str, answer: Answer) -> str:
    if "error" in answer:
        return f"{name}: {answer['error']}"
    peak = answer["peak"]
    return (
        f"{name}: {answer['seconds']:,.0f} s, {answer['cpu']:,.0f} s of CPU, "
        f"{peak['own']:.1f} GB of memory ({peak['all']:.1f} GB with mapped files)"
    )


def report_of_files(path: Path) -> str:
    """Return a table of the files of a corpus by size."""
    sizes = {file.relative_to(path).as_posix(): file.stat().st_size for file in path.rglob("*") if file.is_file()}
    rows = [f"| {name} | {size / 1e9:.3f} |" for name, size in sorted(sizes.items(), key=lambda item: -item[1])]
    return "\n".join(["| file | GB |", "|---|---:|", *rows, f"| all | {sum(sizes.values()) / 1e9:.2f} |"])


def row_of_task(name: str, answer: Answer) -> str:
    """Return a row of the table of tasks."""
    if "error" in answer:
        return f"| {name} | {answer['error']} | | | | | | |"
    first, again, peak = answer["first"], answer["again"], answer["peak"]
    shown = ["", ""] if again is None else [f"{again['seconds']:.3g}", f"{again['cpu']:.3g}"]
    shown = [f"{first['rows']:,}", f"{first['seconds']:.3g}", f"{first['cpu']:.3g}", *shown]
    cells = [name, *shown, f"{peak['own']:.2f}", f"{peak['all']:.2f}"]
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--tokens", type=int, default=1_000_000_000)
    parser.add_argument("--again", type=int, default=3, help="later calls of each task")
    parser.add_argument("--only", nargs="+", choices=[*TASKS, *MORE_TASKS], help="these tasks")
    parser.add_argument("--annotate", action="store_true", help="annotate the corpus, for the tasks with lemmas")
    parser.add_argument("--request", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.request:
        try:
            answer = process(json.loads(given.request))
        except CorpusKitError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer))
        return 0
    if given.folder is None:
        parser.error("give a folder")
    path = given.folder / "corpus"
    if not (path / "manifest.json").is_file():
        texts = [str(file) for file in write(given.folder / "texts", given.tokens)]
        print(_report_of_step("build", ask(path, "build", texts=texts)), flush=True)
    if given.annotate:
        print(_report_of_step("annotate", ask(path, "annotate")), flush=True)
    print(f"\n{report_of_files(path)}\n", flush=True)
    found = ask(path, "words")
    counts = found["manifest"]["counts"]
    print("| | rows | first, s | CPU, s | again, s | CPU, s | memory, GB | mapped, GB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    tasks = [name for name, task in (TASKS | MORE_TASKS).items() if given.annotate or not task.lemmas]
    for name in [each for each in tasks if not given.only or each in given.only]:
        print(row_of_task(name, ask(path, "task", task=name, words=found["words"], again=given.again)), flush=True)
    size = sum(found["manifest"]["files"].values())
    info = {"documents": counts["documents"], "words_in_all": counts["words"], "tokens": counts["tokens"],
            "bytes": size, "format": found["manifest"]["format_version"]}  # fmt: skip
    print(f"\n{origin(info, 1)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
