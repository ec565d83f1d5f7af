"""The tasks of a query engine (`query_tasks.py`) in an open corpus; beside CQP where its programs are given.

    pytest tests/bench/bench_queries.py --benchmark-columns=min,median
    pytest tests/bench/bench_queries.py --cwb /opt/cwb/bin -k beside

The corpus is generated: news with the statistics of real ones and 12 sources, the same bytes everywhere.
`CORPUS_KIT_QUERIES_TOKENS` is its size, 300,000 by default; `CORPUS_KIT_QUERIES_CORPUS=FOLDER` takes a built corpus
with the column source. `--cwb FOLDER`, or CORPUS_KIT_CWB, is the folder of cwb-encode, cwb-makeall and cqp. With it
both engines get the same words, their hits are compared, then both answer in turns, and `extra_info` has the
milliseconds of CQP and the ratio. Encoding takes minutes for 100 million tokens: CORPUS_KIT_CWB_INDEX=FOLDER keeps it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from cqp_peer import NAME, Cqp, encode, programs_in, run_program, word_tokens
from query_tasks import TASKS, Task, Words, query_words

import corpus_kit as ck
from corpus_kit._base.arrays import Array
from corpus_kit.benchmarks.generated import generated_texts

TOKENS = 300_000
BYTES_OF_A_TOKEN = 9.6  # of the generated text
SOURCES = 12
TURNS = 7  # of ours and CQP


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    built = os.environ.get("CORPUS_KIT_QUERIES_CORPUS")
    return ck.Corpus.open(built) if built else generated(tmp_path_factory.mktemp("queries"))


def generated(folder: Path, tokens: int | None = None) -> ck.Corpus:
    """Return a corpus of about so many tokens, with lemmas and sources of very different sizes."""
    tokens = int(os.environ.get("CORPUS_KIT_QUERIES_TOKENS", TOKENS)) if tokens is None else tokens
    texts = generated_texts(tokens * BYTES_OF_A_TOKEN / 1e6)
    source = pl.int_range(pl.len()).hash(seed=1) % (pl.int_range(pl.len()) % SOURCES + 1)
    table = pl.DataFrame({"text": texts}).with_columns(source=pl.format("source {}", source))
    return ck.Corpus.build(table, folder / "corpus", progress=False).annotate()


@pytest.fixture(scope="module")
def words(corpus: ck.Corpus) -> Words:
    return query_words(corpus)


@pytest.fixture(scope="module")
def tokens(corpus: ck.Corpus) -> Array:
    return word_tokens(corpus)


@pytest.fixture(scope="module")
def cqp(cwb: Path | None, corpus: ck.Corpus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cqp]:
    if cwb is None:
        pytest.skip("needs CWB: --cwb FOLDER")
    kept = os.environ.get("CORPUS_KIT_CWB_INDEX")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("cwb")
    with Cqp(programs_in(cwb), encode(cwb, corpus, folder)) as running:
        yield running


def _task(name: str, corpus: ck.Corpus) -> Task:
    if TASKS[name].lemmas and not corpus.has_annotation("lemma"):
        pytest.skip("needs an annotated corpus")
    return TASKS[name]


@pytest.mark.parametrize("name", TASKS)
def test_task(benchmark: Any, corpus: ck.Corpus, words: Words, name: str) -> None:
    result = benchmark.pedantic(_task(name, corpus).ready(corpus, words), rounds=5, warmup_rounds=1)
    benchmark.extra_info.update(tokens=len(corpus.token_types), rows=len(result))


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.query])
def test_beside_cqp(benchmark: Any, corpus: ck.Corpus, words: Words, tokens: Array, cqp: Cqp, name: str) -> None:
    task = _task(name, corpus)
    benchmark.extra_info["hits"] = same_starts(task, corpus, words, tokens, cqp)
    ours = task.ready(corpus, words)
    commands = [each.format(**words) for each in task.commands]
    if task.again:
        commands.insert(0, f"A = {_query(task, words)};")
    ours()
    theirs = []

    def turn() -> None:
        start = time.perf_counter()
        cqp.answer(*commands)
        theirs.append(1e3 * (time.perf_counter() - start))

    benchmark.pedantic(ours, setup=turn, rounds=TURNS)  # CQP answers before each call of ours
    # Least against least: other programs only add to either.
    least = 1e3 * benchmark.stats.stats.min
    benchmark.extra_info.update(cqp=min(theirs), times_faster=min(theirs) / least)


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.program])
def test_beside_program(benchmark: Any, corpus: ck.Corpus, words: Words, cqp: Cqp, cwb: Path, name: str) -> None:
    task = _task(name, corpus)
    assert task.program is not None
    if not (cwb / task.program).is_file():
        pytest.skip(f"needs {task.program}")
    registry = encode(cwb, corpus, cqp.registry.parent)
    start = time.perf_counter()
    lines = run_program(cwb / task.program, "-r", str(registry), *task.commands, NAME).splitlines()
    theirs = 1e3 * (time.perf_counter() - start)
    result = benchmark.pedantic(task.ready(corpus, words), rounds=TURNS, warmup_rounds=1)
    assert len(lines) == len(result)
    benchmark.extra_info.update(cwb=theirs, times_faster=theirs / (1e3 * benchmark.stats.stats.min))


def _query(task: Task, words: Words) -> str:
    assert task.query is not None
    return task.query.format(**words)


def same_starts(task: Task, corpus: ck.Corpus, words: Words, tokens: Array, cqp: Cqp) -> int:
    """Return the number of hits; both engines must find hits that begin with the same words.

    Their ends may differ: CQP takes the shortest hit from each start, ours the first in order of preference.
    """
    assert task.pattern is not None
    ours = np.unique(ck.kwic(corpus, task.pattern.format(**words)).all_hits.first)
    first, _ = cqp.hits(_query(task, words))
    theirs = np.unique(tokens[first])
    if not np.array_equal(ours, theirs):
        lost, more = np.setdiff1d(theirs, ours), np.setdiff1d(ours, theirs)
        pytest.fail(f"{_query(task, words)}: {len(lost)} hits only of CQP, {len(more)} only of ours, "
                    f"the first at token {min([*lost[:1], *more[:1]])}")  # fmt: skip
    return len(ours)
