"""N-gram counts from a text column, beside Polars' own on the same white space tokens.

Polars splits at one space, which is the fastest it can do; so that it finds the same tokens, white
space in the text is reduced to single spaces beforehand, for both.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck

Count = Callable[[pl.Series, int], pl.DataFrame]


def single_spaced(texts: pl.Series) -> pl.Series:
    return texts.str.extract_all(r"\S+").list.join(" ").fill_null("").alias("text")


def ours_ids(texts: pl.Series, n: int) -> pl.DataFrame:
    frame, _ = ck.count_ngrams(texts, n, profile=None, tokenizer="whitespace", document_frequency=False, output="ids")
    return frame


def ours_strings(texts: pl.Series, n: int) -> pl.DataFrame:
    return ck.count_ngrams(texts, n, profile=None, tokenizer="whitespace", document_frequency=False)


def ours_search(texts: pl.Series, n: int) -> pl.DataFrame:
    return ck.count_ngrams(texts, n)


def polars_words(texts: pl.Series) -> pl.DataFrame:
    frame = texts.to_frame("text").with_row_index("d")
    return frame.filter(pl.col("text") != "").select("d", w0=pl.col("text").str.split(" ")).explode("w0")


def polars_group_by(words: pl.DataFrame, n: int) -> pl.DataFrame:
    following = [pl.col("w0").shift(-k).alias(f"w{k}") for k in range(1, n)]
    query = words.lazy().with_columns(*following)
    if n > 1:
        query = query.filter(pl.col("d").shift(1 - n) == pl.col("d"))
    return query.group_by([f"w{k}" for k in range(n)]).agg(count=pl.len()).collect()


def polars_codes(texts: pl.Series, n: int) -> pl.DataFrame:
    words = polars_words(texts).with_columns(pl.col("w0").cast(pl.Categorical).to_physical())
    return polars_group_by(words, n)


def polars_strings(texts: pl.Series, n: int) -> pl.DataFrame:
    return polars_group_by(polars_words(texts), n)


WAYS: dict[str, Count] = {
    "ours_ids": ours_ids,
    "ours_strings": ours_strings,
    "ours_search": ours_search,
    "polars_codes": polars_codes,
    "polars_strings": polars_strings,
}


def of_text(frame: pl.DataFrame) -> pl.DataFrame:
    """N-grams as strings with their counts, in an order that does not depend on who counted."""
    if "ngram" not in frame.columns:
        frame = frame.select(pl.concat_str(pl.exclude("count"), separator=" ").alias("ngram"), "count")
    return frame.select("ngram", pl.col("count").cast(pl.Int64)).sort("ngram")


def apart(way: str, articles: Path, n: int) -> dict[str, float]:
    """Seconds, and the peak of memory, of a process of its own (the libraries and the text included)."""
    run = subprocess.run(
        [sys.executable, __file__, way, str(articles), str(n)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(run.stdout))


@pytest.fixture(scope="module")
def texts(articles: pl.Series) -> pl.Series:
    return single_spaced(articles)


@pytest.fixture(scope="module")
def spaced_file(texts: pl.Series, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ngrams") / "spaced.parquet"
    texts.to_frame("text").write_parquet(path)
    return path


def test_ways_agree(benchmark: Any, texts: pl.Series) -> None:
    """No time counts unless the results are equal."""
    expected = of_text(polars_strings(texts, 2))
    assert of_text(ours_strings(texts, 2)).equals(expected)
    for way in (ours_ids, polars_codes):
        counts = [frame["count"].cast(pl.Int64).sort() for frame in (way(texts, 2), expected)]
        assert counts[0].equals(counts[1])
    benchmark.pedantic(lambda: None)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("way", WAYS)
def test_ngrams(benchmark: Any, texts: pl.Series, way: str, n: int) -> None:
    assert benchmark.pedantic(WAYS[way], (texts, n), rounds=5, warmup_rounds=1).height


@pytest.mark.parametrize("n", [1, 2, 3])
def test_ratio_to_polars(benchmark: Any, spaced_file: Path, n: int) -> None:
    """Medians of processes that take turns, so that all meet the same noise."""
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(3):
        for way, measured in runs.items():
            measured.append(apart(way, spaced_file, n))
    seconds = {way: statistics.median(run["seconds"] for run in measured) for way, measured in runs.items()}
    peaks = {way: statistics.median(run["peak_mib"] for run in measured) for way, measured in runs.items()}
    best = min(("polars_codes", "polars_strings"), key=lambda way: seconds[way])
    benchmark.extra_info |= {
        "seconds": seconds,
        "peak_mib": peaks,
        "ratio_ids": seconds[best] / seconds["ours_ids"],
        "ratio_strings": seconds[best] / seconds["ours_strings"],
        "ratio_search": seconds[best] / seconds["ours_search"],
        "ratio_memory": min(peaks["polars_codes"], peaks["polars_strings"]) / peaks["ours_ids"],
    }
    print(json.dumps({"n": n, **benchmark.extra_info}, indent=1))
    benchmark.pedantic(lambda: None)


def peak_mib() -> float:
    """The peak of this program alone: on Linux, ru_maxrss begins with that of the program that started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    way, path, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
    column = pl.read_parquet(path)["text"]
    WAYS[way](column, n)  # what is loaded, started or asked of the system on the first call is not counted
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        frame = WAYS[way](column, n)
        seconds.append(time.perf_counter() - start)
        del frame
    print(json.dumps({"seconds": statistics.median(seconds), "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
