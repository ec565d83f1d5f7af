"""What a new process waits for: imports, opening a corpus, and the first call of each kind beside later ones.

Usage: first_use.py CORPUS [--word الصين] [--processes 5] [--beside CHECKOUT ...]

Each call runs in processes of its own, with the files in the page cache; the least of each time is printed, since other
programs only add to it:

    import     `import corpus_kit`, with Polars and NumPy
    open       `Corpus.open`, with the import of what it needs
    first      the first call, with the import of what it needs
    again      the same call later
    all        from the start of Python to the end of the first call

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
    "word list": "ck.frequency(corpus, dispersion=None)",
}
AGAIN = 10
LIMIT = 600  # seconds
PROCESS = """
import sys, time
call, path, again = sys.argv[1:]
times = [time.perf_counter()]
import corpus_kit as ck
times.append(time.perf_counter())
corpus = ck.Corpus.open(path)
for _ in range(2 + int(again)):
    times.append(time.perf_counter())
    exec(call)
times.append(time.perf_counter())
steps = [after - before for before, after in zip(times, times[1:])]
print(*steps[:3], min(steps[3:], default=0))
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
    return {**dict(zip(("import", "open", "first", "again"), steps, strict=True)), "all": times[1]}


def measure(corpus: Path, words: dict[str, str], checkouts: list[Path], processes: int) -> str:
    """Return a Markdown table with the least of each time."""
    lines = ["| call | checkout | import | open | first | again | all |", "|---|---|---:|---:|---:|---:|---:|"]
    for name, call in CALLS.items():
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
    parser.add_argument("--processes", type=int, default=5)
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="other checkouts, with a compiled core")
    given = parser.parse_args(arguments)
    own = Path(__file__).resolve().parents[2]
    words = {"word": given.word, "rare": given.rare}
    print(json.dumps(words, ensure_ascii=False), f"least of {given.processes} processes, milliseconds", end="\n\n")
    print(measure(given.corpus, words, [*given.beside, own], given.processes))


if __name__ == "__main__":
    main()
