"""Time and memory of counting at scale by size of the text, compared with counting in memory, Polars and two workers.

    python tests/bench/scale_curve.py FOLDER [--gigabytes 0.1 0.3 1 3 5] [--articles FILE.parquet --text content]
                                      [--memory 400MB] [--runs 3] [--largest-in-memory 1]

Texts are made by large_text.py and kept in FOLDER. Each measurement is a process of its own; ways take turns. The
result is the median of the runs, and its ratio to the count in memory of the same size, with reading the file. Polars
splits at white space only, so a count in memory does the same (profile=None, tokenizer="whitespace"); for these two,
reading is not timed. The result is written to FOLDER/scale_curve.csv.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from large_text import write

import corpus_kit as ck

N = 2


def spilled(source: Path, out: Path, memory: str) -> int:
    """Count with `ck.scale.count_ngrams` on this machine."""
    table = ck.scale.count_ngrams(source, N, out, memory=memory, progress=False)
    return int(table.manifest["counts"]["ngrams"])


def on_two_workers(source: Path, out: Path, memory: str) -> int:
    """Count on two processes of Dask; starting and stopping them is not timed."""
    from distributed import Client, LocalCluster  # imported here, since its memory must not count in other ways

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=0, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(2)
        client.run(_loaded)
        with _Clock.running():
            table = ck.scale.count_ngrams(source, N, out, memory=memory, client=client, progress=False)
        _Clock.megabytes = max(client.run(_peak).values())
    return int(table.manifest["counts"]["ngrams"])


def in_memory(source: Path, _out: Path, _memory: str) -> int:
    """Count the same column with `ck.count_ngrams`; its table stays in memory."""
    return ck.count_ngrams(pl.read_parquet(source, columns=["text"])["text"], N).height


def in_memory_whitespace(source: Path, _out: Path, _memory: str) -> int:
    """Count with `ck.count_ngram_ids` as Polars does below, with ids; reading is not timed."""
    texts = pl.read_parquet(source, columns=["text"])["text"]
    options: dict[str, Any] = {"profile": None, "tokenizer": "whitespace", "document_frequency": False}
    with _Clock.running():
        return ck.count_ngram_ids(texts, N, **options)[0].height


def polars(source: Path, _out: Path, _memory: str) -> int:
    """Count with Polars on codes of words, its fastest way; reading is not timed."""
    texts = pl.read_parquet(source, columns=["text"])["text"]
    with _Clock.running():
        return _counted_by_polars(texts)


def _counted_by_polars(texts: pl.Series) -> int:
    frame = texts.str.replace_all("\n", " ", literal=True).to_frame().with_row_index("document")
    words = frame.select("document", a=pl.col("text").str.split(" ")).explode("a")
    words = words.with_columns(pl.col("a").cast(pl.Categorical).to_physical())
    pairs = words.lazy().with_columns(b=pl.col("a").shift(-1))
    pairs = pairs.filter(pl.col("document").shift(-1) == pl.col("document"))
    return pairs.group_by("a", "b").agg(pl.len()).collect().height


WAYS: dict[str, Callable[[Path, Path, str], int]] = {
    "local": spilled,
    "two workers": on_two_workers,
    "in memory": in_memory,
    "in memory, white space": in_memory_whitespace,
    "Polars": polars,
}


class _Clock:
    """Time and memory measured by the way itself, if its process also does other work."""

    seconds: float | None = None
    megabytes: float | None = None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        cls.seconds = time.perf_counter() - begin


def _peak() -> float:
    """Return the peak memory of this process in MB; getrusage would include that of the parent."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    kibibytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return kibibytes * 1024 / 1e6


def _loaded() -> None:
    """Load the library, which a worker does once."""
    ck.count_ngrams(["كتاب جديد"], 2)


def measure(way: str, source: Path, memory: str) -> None:
    """Run one way in this process and print its time and memory as JSON."""
    out = source.with_suffix(".out")
    _remove(out)
    _loaded()
    begin = time.perf_counter()
    ngrams = WAYS[way](source, out, memory)
    seconds = time.perf_counter() - begin
    _remove(out)
    print(
        json.dumps({"seconds": _Clock.seconds or seconds, "megabytes": _Clock.megabytes or _peak(), "ngrams": ngrams})
    )


def _remove(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(f"{out}.counting", ignore_errors=True)
    Path(f"{out}.manifest.json").unlink(missing_ok=True)


def _in_a_process(way: str, source: Path, memory: str) -> dict[str, float]:
    command = [sys.executable, __file__, str(source), "--way", way, "--memory", memory]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return result


def curve(folder: Path, sizes: list[float], ways: list[str], given: argparse.Namespace) -> pl.DataFrame:
    """Return the medians of all ways and sizes."""
    articles = None if given.articles is None else pl.read_parquet(given.articles)[given.text].drop_nulls()
    rows = []
    for size in sizes:
        source = folder / f"text-{size:g}.parquet"
        if not source.exists():
            write(source, articles, size)
        chosen = [way for way in ways if size <= given.largest_in_memory or way in ("local", "two workers")]
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in chosen}
        for _ in range(given.runs if size <= given.largest_in_memory else 1):
            for way in chosen:
                runs[way].append(_in_a_process(way, source, given.memory))
                print(size, way, runs[way][-1], file=sys.stderr, flush=True)
        for way in chosen:
            middle = {key: median(run[key] for run in runs[way]) for key in runs[way][0]}
            rows.append({"gigabytes": size, "way": way, "runs": len(runs[way]), **middle})
    table = pl.DataFrame(rows)
    base = table.filter(way="in memory").select("gigabytes", base="seconds")
    return (
        table.join(base, on="gigabytes", how="left").with_columns(ratio=pl.col("seconds") / pl.col("base")).drop("base")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder for texts and result; with --way, a file of texts")
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.1, 0.3, 1.0, 3.0, 5.0])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--memory", default="400MB")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--largest-in-memory", type=float, default=1.0, help="gigabytes; beyond, each way runs once")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--way", choices=WAYS, help="measure one way in this process")
    given = parser.parse_args()
    if given.way:
        measure(given.way, given.folder, given.memory)
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    table = curve(given.folder, given.gigabytes, given.ways, given)
    table.write_csv(given.folder / "scale_curve.csv")
    print(table)


if __name__ == "__main__":
    main()
