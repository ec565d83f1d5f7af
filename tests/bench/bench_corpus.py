"""Build of a corpus, frequency list, bigrams and concordance, beside conc where it is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import corpus_kit as ck

WORD = "في"
BUILD = """
import json, pathlib, sys, time
import corpus_kit as ck
start = time.perf_counter()
corpus = ck.Corpus.build(sys.argv[1], sys.argv[2], text="content", progress=False)
seconds = time.perf_counter() - start
# not ru_maxrss, which begins with the peak of the parent
peak = next(line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"seconds": seconds, "peak_mib": int(peak.split()[1]) / 1024}))
"""


def build_apart(articles: Path, folder: Path) -> dict[str, float]:
    """Build in a process of its own, so that its peak of memory is its own."""
    command = [sys.executable, "-c", BUILD, str(articles), str(folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


@pytest.fixture(scope="session")
def corpus(articles_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    return ck.Corpus.build(articles_file, tmp_path_factory.mktemp("bench") / "corpus", text="content", progress=False)


def test_build(benchmark: Any, articles_file: Path, tmp_path: Path) -> None:
    numbers = iter(range(1000))

    def build() -> ck.Corpus:
        return ck.Corpus.build(articles_file, tmp_path / str(next(numbers)), text="content", progress=False)

    benchmark.extra_info |= build_apart(articles_file, tmp_path / "apart")
    benchmark.pedantic(build, rounds=5)


def test_build_beside_conc(benchmark: Any, articles_file: Path, tmp_path: Path) -> None:
    """The ratio of the two builds, in one run, each in a process of its own."""
    python = os.environ.get("CORPUS_KIT_CONC_PYTHON")
    if not python:
        pytest.skip("set CORPUS_KIT_CONC_PYTHON to the Python of an environment with conc 0.1.13")
    script = Path(__file__).with_name("peer_conc.py")
    run = subprocess.run([python, str(script), str(articles_file), WORD], capture_output=True, text=True, check=True)
    line = next(line for line in run.stdout.splitlines() if line.startswith("MEASURES "))
    conc = json.loads(line.removeprefix("MEASURES "))
    numbers = iter(range(1000))
    ours = benchmark.pedantic(lambda: build_apart(articles_file, tmp_path / str(next(numbers))), rounds=3)
    benchmark.extra_info |= {
        "conc": conc,
        "ours": ours,
        "ratio_build": conc["build"] / ours["seconds"],
        "ratio_memory": conc["peak_mib"] / ours["peak_mib"],
    }


def test_frequency(benchmark: Any, corpus: ck.Corpus) -> None:
    assert benchmark(ck.frequency, corpus).height


def test_bigrams(benchmark: Any, corpus: ck.Corpus) -> None:
    assert benchmark(ck.ngrams, corpus, n=2).height


def test_concordance_page_of_a_frequent_word(benchmark: Any, corpus: ck.Corpus) -> None:
    word = ck.frequency(corpus)["word"][0]
    page = benchmark(lambda: ck.kwic(corpus, word).lines(0, 100))
    assert page.height == 100


def test_whole_concordance_of_a_frequent_word(benchmark: Any, corpus: ck.Corpus) -> None:
    word = ck.frequency(corpus)["word"][0]
    frame = benchmark(lambda: ck.kwic(corpus, word).frame)
    assert frame.height


def test_sorted_concordance_page_of_a_frequent_word(benchmark: Any, corpus: ck.Corpus) -> None:
    word = ck.frequency(corpus)["word"][0]
    page = benchmark(lambda: ck.kwic(corpus, word, sort=("after1", "before1")).lines(0, 100))
    assert page.height == 100
