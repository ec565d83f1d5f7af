"""What a new process waits for: imports, opening a corpus, and the first call of each kind beside later ones.

Usage: first_use.py CORPUS [--word الصين] [--processes 5] [--beside CHECKOUT ...]

Each call runs in processes of its own, with the files in the page cache; the least of each time is printed, since other
programs only add to it:

    import     `import corpus_kit`, with Polars and NumPy
    open       `Corpus.open`, with the import of what it needs
    first      the first call, with the import of what it needs
    again      the same call later
    all        from the start of Python to the end of the first call
    CPU        processor time of all threads: of the first call, and of the same call later

With --beside, other checkouts (with a compiled core) take turns with this one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

CALLS = {
    "page of a word": "ck.kwic(corpus, {word!r}).page(1)",
    "page of a rare word": "ck.kwic(corpus, {rare!r}).page(1)",
    "page of a phrase": "ck.kwic(corpus, 'في ' + {word!r}).page(1)",
    "page of an infix": "ck.kwic(corpus, '*' + {word!r}.removeprefix('ال') + '*').page(1)",
    "page of a regular expression": "ck.kwic(corpus, '/.*' + {word!r}.removeprefix('ال') + '.?/').page(1)",
    "sorted page": "ck.kwic(corpus, {word!r}, sort=['after1', 'before1']).page(1)",
    "collocates": "ck.collocations(corpus, {word!r})",
    "collocates of a rare word": "ck.collocations(corpus, {rare!r}, min_count=1)",
    "hits by source": "ck.frequency(corpus, pattern={frequent!r}, by={column!r}, total=True)",
    "word list": "ck.frequency(corpus, dispersion=None)",
    "word list with dispersion": "ck.frequency(corpus)",
    "first word of a sentence": "ck.kwic(corpus, '<s> ' + {word!r}).page(1)",
    "two words within a sentence": "ck.kwic(corpus, 'في []{{0,3}} ' + {word!r} + ' within s').page(1)",
    "whole sentences": "ck.kwic(corpus, '/region[s]').page(1)",
    "labels": "ck.kwic(corpus, 'a:[] ' + {word!r} + ' b:[] :: a.folded = b.folded').page(1)",
    "metadata in a query": "ck.kwic(corpus, {word!r} + ' :: match.text.{column} = \"{value}\"').page(1)",
    "grouped by the next word": "ck.kwic(corpus, {word!r}).group('matchend[1].folded')",
    "tabulated": "ck.kwic(corpus, {word!r}).tabulate('match[-1].word', 'matchend[1].word')",
    "trend": "ck.trend(corpus, {word!r}, every='month')",
    "keyness": "ck.keyness(corpus.filter({column}={value!r}), corpus.filter(pl.col({column!r}) != {value!r}))",
}
AGAIN = 10
STEPS = "import", "open", "first", "again", "CPU of first", "CPU of again"
LIMIT = 600  # seconds
PROCESS = """
import sys, time
call, path, again = sys.argv[1:]
clocks = time.perf_counter, time.process_time
times = [[clock() for clock in clocks]]
def done():
    times.append([clock() for clock in clocks])
import corpus_kit as ck
done()
import polars as pl
corpus = ck.Corpus.open(path)
done()
for _ in range(2 + int(again)):
    exec(call)
    done()
wall, used = ([after - before for before, after in zip(each, each[1:])] for each in zip(*times))
print(*wall[:3], min(wall[3:], default=0), used[2], min(used[3:], default=0))
"""


def process(checkout: Path, call: str, corpus: Path) -> dict[str, float]:
    """Return the milliseconds of the steps of a new process."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    times = []
    for again in (AGAIN, -1):  # the second ends with the first call
        command = [sys.executable, "-P", "-W", "ignore", "-c", PROCESS, call, str(corpus), str(again)]
        start = time.perf_counter()
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
        times.append(1e3 * (time.perf_counter() - start))
        if run.returncode:
            raise SystemExit(f"{call} failed: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
        if again == AGAIN:
            steps = [1e3 * float(step) for step in run.stdout.split()]
    return {**dict(zip(STEPS, steps, strict=True)), "all": times[1]}


def measure(corpus: Path, words: dict[str, str], checkouts: list[Path], processes: int, only: list[str]) -> str:
    """Return a Markdown table with the least of each time."""
    steps = (*STEPS, "all")
    lines = [f"| call | checkout | {' | '.join(steps)} |", "|---|---|" + "---:|" * len(steps)]
    for name, call in CALLS.items():
        if only and name not in only:
            continue
        found: dict[Path, list[dict[str, float]]] = {checkout: [] for checkout in checkouts}
        for _ in range(processes):
            for checkout in checkouts:
                found[checkout].append(process(checkout, call.format(**words), corpus))
        for checkout, times in found.items():
            least = [min(each[step] for each in times) for step in times[0]]
            lines.append(f"| {name} | {checkout.name} | {' | '.join(f'{each:.1f}' for each in least)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--word", default="الصين", help="a middling word that begins with ال")
    parser.add_argument("--rare", default="الزنجبيل", help="a word with a few hits")
    parser.add_argument("--frequent", default="من", help="a word of which there are very many")
    parser.add_argument("--processes", type=int, default=5)
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="other checkouts, with a compiled core")
    parser.add_argument("--column", default="source", help="a column of metadata")
    parser.add_argument("--value", default="okaz", help="a value of it")
    parser.add_argument("--only", nargs="*", default=[], help=f"some of the calls: {', '.join(CALLS)}")
    given = parser.parse_args(arguments)
    own = Path(__file__).resolve().parents[2]
    words = {name: getattr(given, name) for name in ("word", "rare", "frequent", "column", "value")}
    print(json.dumps(words, ensure_ascii=False), f"least of {given.processes} processes, milliseconds", end="\n\n")
    print(measure(given.corpus, words, [*given.beside, own], given.processes, given.only))


if __name__ == "__main__":
    main()
