"""The index of a corpus of about 100 million tokens: the time and memory of queries. Linux only.

Usage: large_index.py FOLDER [--size 1050] [--processes 5] [--again 5]
       large_index.py --corpus PATH

The corpus is built in FOLDER from generated news (a quarter of an hour and 4 GB of disk); existing texts and an
existing corpus are used again. With --corpus an existing corpus is read. Every query then runs in processes of its own,
and a Markdown table with the targets is printed. It has three times:

    cold    in a new process, after the files of the corpus were dropped from the page cache
    first   in a new process, with the files in the page cache
    again   in the same process

Each is a median over the processes; `again` is first the median of the calls in one process. Importing the libraries
and collecting garbage come before, and opening is timed separately. Targets for warm memory are compared with `again`;
`first` includes what a process does once.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.benchmarks.runner import describe_machine
from corpus_kit.errors import CorpusKitError
from corpus_kit.machine.threads import threads
from corpus_kit.versions import versions

PIECE = 50.0  # megabytes of text generated at once
SOME_HITS = 100_000
LINES = 50
LIMIT = 600  # seconds

# The words of queries: "first" and "second", the most frequent ones, and "some", with about SOME_HITS hits.
Words = dict[str, str]
Question = Callable[[ck.Corpus, Words], int]  # returns the number of hits or rows
Answer = dict[str, Any]


def _search(pattern: str, **options: Any) -> Question:
    def question(corpus: ck.Corpus, words: Words) -> int:
        found = ck.kwic(corpus, pattern.format(**words), **options)
        found.page(1, LINES)
        return len(found)

    return question


QUESTIONS: dict[str, tuple[str, Question]] = {
    "page": ("first page of {first}", _search("{first}")),
    "some": ("first page of {some}", _search("{some}")),
    "sorted": ("first page of {first}, sorted", _search("{first}", sort="after1")),
    "three": ("first page of {first}, sorted by three keys", _search("{first}", sort=["after1", "before1", "after2"])),
    "phrase": ("phrase: {first} {second}", _search("{first} {second}")),
    "turned": ("phrase: {second} {first}", _search("{second} {first}")),
    "gap": ("pattern: {first} []{{1,2}} {second}", _search("{first} []{{1,2}} {second}")),
    "collocates": ("collocates of {first}", lambda corpus, words: len(ck.collocations(corpus, words["first"]))),
}
# Milliseconds.
TARGETS: dict[str, dict[str, float]] = {
    "open": {"first": 20},
    "page": {"cold": 60, "again": 20},
    "phrase": {"again": 60},
    "turned": {"again": 60},
    "collocates": {"again": 200},
}
MEMORY_TARGET = 200.0  # MB of anonymous memory
TOGETHER = ["page", "phrase", "collocates"]  # in one process, to measure its memory


# ------------------------------------------------------------------------------------- the corpus


def build(folder: Path, megabytes: float) -> Path:
    """Return the corpus in this folder; it is built if it does not exist."""
    corpus = folder / "corpus"
    if (corpus / "manifest.json").is_file():
        return corpus
    ck.Corpus.build(list(pieces(folder / f"texts-{megabytes:g}", megabytes)), corpus, progress=False)
    return corpus


def pieces(folder: Path, megabytes: float) -> Iterator[Path]:
    """Yield Parquet files of generated news, each with its own seed, so that only one is in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while megabytes > 0:
        number += 1
        path = folder / f"{number:03}.parquet"
        if not path.is_file():
            print(f"generating {path}", file=sys.stderr)
            unfinished = path.with_suffix(".part")
            generated_texts(min(PIECE, megabytes), seed=number).to_frame("text").write_parquet(unfinished)
            unfinished.rename(path)
        yield path
        megabytes -= PIECE


def query_words(path: Path) -> Answer:
    """Return the words of queries, and the description of the corpus for the table."""
    frequency = ck.frequency(ck.Corpus.open(path), dispersion=None)
    near = (frequency["count"] - SOME_HITS).abs().arg_min()
    assert near is not None, "a corpus without words"
    first, second, some = (frequency["word"][row] for row in (0, 1, near))
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    return {
        "words": {"first": first, "second": second, "some": some},
        "documents": manifest["counts"]["documents"],
        "words_in_all": manifest["counts"]["words"],
        "tokens": manifest["counts"]["tokens"],
        "format": manifest["format_version"],
        "bytes": sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
    }


# ------------------------------------------------------------------------------------- one process


def forget_files(path: Path) -> None:
    """Drop these files from the page cache."""
    for file in path.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)


def anonymous_memory() -> float:
    """Return RssAnon in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise CorpusKitError("/proc/self/status has no RssAnon")


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the milliseconds of a call, and its result."""
    start = time.perf_counter()
    result = call()
    return 1e3 * (time.perf_counter() - start), result


def process(request: Answer) -> Answer:
    """Open the corpus and run the queries, each once and then again."""
    path = Path(request["corpus"])
    if request["mode"] == "words":
        return query_words(path)
    _ = ck.Corpus, ck.kwic, ck.collocations  # names are loaded when they are first used
    gc.collect()  # otherwise the first query collects the objects of all imports
    if request["cold"]:
        forget_files(path)
    before = anonymous_memory()
    milliseconds, corpus = timed(lambda: ck.Corpus.open(path))
    answer: Answer = {"open": milliseconds, "before": before, "memory": [anonymous_memory()], "questions": {}}
    for name in request["questions"]:
        _, question = QUESTIONS[name]
        times = []
        for _ in range(1 + request["again"]):
            milliseconds, count = timed(partial(question, corpus, request["words"]))
            times.append(milliseconds)
            answer["memory"].append(anonymous_memory())
        answer["questions"][name] = {"first": times[0], "again": times[1:], "count": count}
    return answer


# ------------------------------------------------------------------------------------- all processes


def ask(path: Path, mode: str, **request: Any) -> Answer:
    """Return the answer of a new process."""
    command = [sys.executable, str(Path(__file__).resolve()), "--request"]
    command.append(json.dumps({"corpus": str(path), "mode": mode, **request}))
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False)
    if run.returncode:
        raise CorpusKitError(f"a process failed: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
    answer: Answer = json.loads(run.stdout.splitlines()[-1])
    return answer


def measure(path: Path, words: Words, processes: int, again: int) -> Answer:
    """Return the medians of each query in milliseconds, its number of hits, and the peak memory of TOGETHER."""
    found: dict[str, dict[str, list[float]]] = {}

    def note(name: str, kind: str, value: float) -> None:
        found.setdefault(name, {}).setdefault(kind, []).append(value)

    kinds = ("cold", "first") if hasattr(os, "posix_fadvise") else ("first",)
    for turn in range(processes):
        for name in QUESTIONS:
            for kind in kinds:
                print(f"turn {turn + 1} of {processes}: {name}, {kind}", file=sys.stderr)
                calls = again if kind == "first" else 0
                answer = ask(path, "ask", words=words, questions=[name], cold=kind == "cold", again=calls)
                note("open", kind, answer["open"])
                note(name, kind, answer["questions"][name]["first"])
                note(name, "count", answer["questions"][name]["count"])
                if calls:
                    note(name, "again", statistics.median(answer["questions"][name]["again"]))
    together = ask(path, "ask", words=words, questions=TOGETHER, cold=False, again=again)
    medians = {name: {kind: statistics.median(times) for kind, times in of.items()} for name, of in found.items()}
    return {"medians": medians, "before": together["before"], "memory": max(together["memory"])}


def report(info: Answer, measured: Answer, processes: int) -> str:
    """Return the Markdown table with the targets, and its origin."""
    lines = [
        "| | hits or rows | cold, ms | first, ms | again, ms | target | met |",
        "|---|---:|---:|---:|---:|---|---|",
    ]
    for name, values in measured["medians"].items():
        title = "open" if name == "open" else QUESTIONS[name][0].format(**info["words"])
        target = TARGETS.get(name, {})
        wanted = ", ".join(f"{kind} < {limit:g} ms" for kind, limit in target.items())
        met = "" if not target else _yes(all(values[kind] < limit for kind, limit in target.items() if kind in values))
        count = f"{values['count']:,.0f}" if "count" in values else ""
        times = [f"{values[kind]:.1f}" if kind in values else "" for kind in ("cold", "first", "again")]
        lines.append(f"| {' | '.join([title, count, *times, wanted, met])} |")
    memory = f"{measured['memory']:.0f} MB ({measured['before']:.0f} MB before the corpus is opened)"
    wanted, met = f"< {MEMORY_TARGET:g} MB", _yes(measured["memory"] < MEMORY_TARGET)
    lines.append(f"| anonymous memory: page, phrase and collocates | {memory} | | | | {wanted} | {met} |")
    return "\n".join(lines) + "\n\n" + origin(info, processes)


def _yes(met: bool) -> str:
    return "yes" if met else "no"


def origin(info: Answer, processes: int) -> str:
    machine = describe_machine({**os.environ, "CORPUS_KIT_THREADS": str(threads())})
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    installed = versions()
    return (
        f"{info['documents']:,} documents, {info['words_in_all']:,} words, {info['tokens']:,} tokens, "
        f"{info['bytes'] / 1e6:,.0f} MB on disk (format {info['format']}). {machine['processor']}, "
        f"{machine['processors']} processors, {machine['threads']} threads, {memory:.0f} GB of memory. "
        f"corpus-kit {installed['corpus_kit']}, Python {installed['python']}, polars {installed['polars']}, "
        f"numpy {installed['numpy']}. Pages of {LINES} lines; medians of {processes} processes each."
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="the folder for texts and corpus, which are kept")
    parser.add_argument("--corpus", type=Path, help="an existing corpus")
    parser.add_argument("--size", type=float, default=1050, help="megabytes of text; 1050 give 109 million tokens")
    parser.add_argument("--processes", type=int, default=5, help="processes for each query, cold and warm")
    parser.add_argument("--again", type=int, default=5, help="further calls in each process")
    parser.add_argument("--request", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.request:
        print(json.dumps(process(json.loads(given.request))))
        return 0
    if (given.folder is None) == (given.corpus is None):
        parser.error("give a folder to build in, or --corpus")
    try:
        path = given.corpus or build(given.folder, given.size)
        info = ask(path, "words")
        print(report(info, measure(path, info["words"], given.processes, given.again), given.processes))
    except (CorpusKitError, OSError, subprocess.TimeoutExpired) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
