"""Threads within one call: the same bytes for any number, also with forks, interrupts and other callers."""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from core_calls import allocated, collect_garbage, wait_for_a_signal
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit import _core
from corpus_kit.text.tokenization import Tokenizer

pytestmark = pytest.mark.core

MOST = 5

WORDS = [
    "كتاب", "كتابٌ", "الكتاب", "وَالْكِتَابِ", "مدرسة", "المدرسة", "أحمد", "إلى", "آخر", "قال", "قالت", "في", "من", "على",
    "هذا", "هٰذا", "ﷺ", "ﻻ", "كــبير", "يوم", "اليوم", "٢٠٢٦", "3.14", "#وسم_طويل", "@name", "https://a.example/ب?ج=1",
    "name@mail.example", "🙂", "👨\u200d👩\u200d👧", "covid19", "F16", "don't", "والاستقلالية", "فسيكفيكهم", "الله",
]  # fmt: skip
SIGNS = ["", "", "", "", "،", ".", "؟", " «", "»", ":", "\n", "\n\n", "!!!", "…"]


@lru_cache
def texts(megabytes: int = 8) -> pl.Series:
    """Return invented texts, enough for every thread; some null or empty, one very long."""
    source = random.Random(7)
    words = WORDS + [word + ending for word in WORDS[:16] for ending in ("ها", "هم", "نا", "كم", "ات", "ون")]
    pieces = [" ".join(source.choices(words, k=12)) + source.choice(SIGNS) for _ in range(3000)]
    rows: list[str | None] = []
    size = 0
    while size < megabytes << 20:
        text = " ".join(source.choices(pieces, k=source.choice([1, 2, 5, 20])))
        rows += [text, None, ""] if len(rows) % 97 == 0 else [text]
        size += len(text.encode())
    rows[len(rows) // 3] = " ".join(pieces)
    return pl.Series("text", rows)


@lru_cache
def labels() -> pl.Series:
    return pl.Series("label", [f"l{row * 7919 % 5}" for row in range(len(texts()))])


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    ck.set_threads(None)


def token_batches() -> list[pl.DataFrame]:
    """Use one tokeniser twice: its table continues where the first call ended."""
    tokenizer, half = Tokenizer(), len(texts()) // 3
    batches = [tokenizer.add(texts()[:half]), tokenizer.add(texts()[half:])]
    return [
        *(pl.DataFrame({"type": batch.type_ids, "start": batch.starts, "flags": batch.flags}) for batch in batches),
        *(pl.DataFrame({"tokens": batch.counts}) for batch in batches),
        tokenizer.types(),
    ]


def counted_ids() -> list[pl.DataFrame]:
    ids, words = ck.count_ngram_ids(texts(), (1, 3))
    return [ids, words.to_frame()]


def normalized(profile: str) -> list[pl.DataFrame]:
    return [ck.normalize(texts(), profile).to_frame()]


Call = Callable[[], list[pl.DataFrame]]
# Public functions that run on several threads.
CALLS: dict[str, Call] = {
    "normalize": lambda: normalized("search"),
    "normalize, with marks and runs": lambda: normalized("social"),
    "normalize, composed": lambda: normalized("repair"),
    "tokens": lambda: [ck.tokens(texts())],
    "batches": token_batches,
    "words": lambda: [ck.count_ngrams(texts(), 1)],
    "n-grams": lambda: [ck.count_ngrams(texts(), (1, 3), min_count=2)],
    "n-grams of white space": lambda: [ck.count_ngrams(texts(), 2, profile=None, tokenizer="whitespace")],
    "n-grams by label": lambda: [ck.count_ngrams(texts(), (1, 2), by=labels(), min_count=2)],
    "n-grams in sentences": lambda: [ck.count_ngrams(texts(), (2, 5), within="sentence", min_count=3)],
    "n-grams without documents": lambda: [ck.count_ngrams(texts(), (1, 2), document_frequency=False)],
    "skip-grams": lambda: [ck.count_ngrams(texts(2), 3, skip=2, min_count=2)],
    "ids": counted_ids,
    "characters": lambda: [ck.count_ngrams(texts(2), (1, 4), level="character", min_count=2)],
    "characters in words": lambda: [ck.count_ngrams(texts(2), 3, level="character", within="token")],
}  # fmt: skip


def assert_equal(several: list[pl.DataFrame], one: list[pl.DataFrame]) -> None:
    for left, right in zip(several, one, strict=True):
        assert_frame_equal(left, right, check_exact=True)


@lru_cache(maxsize=1)  # restored for the next test
def with_one_thread(name: str) -> list[pl.DataFrame]:
    ck.set_threads(1)
    return CALLS[name]()


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 3, MOST])
@pytest.mark.parametrize("name", CALLS)
def test_number_of_threads_changes_nothing(name: str, number: int) -> None:
    expected = with_one_thread(name)
    assert expected[0].height > 30
    ck.set_threads(number)
    assert_equal(CALLS[name](), expected)


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_fewer_texts_than_threads(rows: int) -> None:
    few = pl.Series("text", [" ".join(["كتاب جديد."] * 100_000)] * rows, dtype=pl.String)
    results = []
    for number in (1, MOST):
        ck.set_threads(number)
        results.append([ck.normalize(few, "search").to_frame(), ck.tokens(few), ck.count_ngrams(few, (1, 2))])
    assert_equal(*results)


@pytest.mark.filterwarnings("ignore:not all of the source was read")
def test_corpora_are_identical_to_the_byte(tmp_path: Path) -> None:
    source = pl.DataFrame({"text": texts(), "label": labels()})
    manifests = []
    for number in range(1, MOST + 1):
        ck.set_threads(number)
        corpus = ck.Corpus.build(source, tmp_path / str(number), progress=False)
        assert corpus.manifest["sha256"]
        when = ("created", "manifest_sha256")  # which covers the time, too
        manifests.append({name: value for name, value in corpus.manifest.items() if name not in when})
        corpus.close()
    assert manifests == manifests[:1] * MOST


# ----------------------------------------------------------------------------------- how many threads


TASKS = Path("/proc/self/task")
needs_tasks = pytest.mark.skipif(not TASKS.is_dir(), reason="needs /proc/self/task")

COUNT_TASKS = """
import os, sys, threading, time
import polars as pl
import corpus_kit as ck
from corpus_kit.text.tokenization import Tokenizer

def tasks():
    return len(os.listdir("/proc/self/task"))

texts = pl.Series([" ".join(["كِتاب جديد في المدرسة، قال أحمد."] * 40)] * 20_000)
CALLS = {
    "normalize": lambda: ck.normalize(texts, "search"),
    "tokenize": lambda: Tokenizer().add(texts),
    "tokenize at white space": lambda: Tokenizer(tokenizer="whitespace").add(texts),
    "count": lambda: ck.count_ngrams(texts, (1, 2), profile=None, tokenizer="whitespace"),
}
for name, call in CALLS.items():
    call()  # Polars makes its own threads
    time.sleep(0.2)
    before, most, over = tasks(), 0, threading.Event()

    def watch():
        global most
        while not over.is_set():
            most = max(most, tasks())
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(100):  # a thread may come and go between two looks of the watcher
        call()
        if number >= 2 and most - before - 1 >= int(sys.argv[1]):
            break
    over.set()
    watcher.join()
    print(most - before - 1, name)
    for _ in range(100):  # none is left; the system may take a moment
        if tasks() == before:
            break
        time.sleep(0.05)
    assert tasks() == before, (tasks(), before)
"""


def more_threads(environment: dict[str, str], before: str, expected: int) -> dict[str, int]:
    """Return the maximum number of additional threads of each kind of call, in a new process.

    Calls are repeated until `expected` are seen, at least three times: more than that are seen if there are more.
    """
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    result = subprocess.run(
        [sys.executable, "-c", before + COUNT_TASKS, str(expected)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    lines = [line.split(" ", 1) for line in result.stdout.splitlines()]
    return {name: int(number) for number, name in lines}


@pytest.mark.slow
@pytest.mark.no_sanitizer
@needs_tasks
@pytest.mark.parametrize(
    ("environment", "before", "allowed"),
    [
        ({"CORPUS_KIT_THREADS": "3"}, "", 3),
        ({"POLARS_MAX_THREADS": "2"}, "", 2),
        ({"POLARS_MAX_THREADS": "4", "CORPUS_KIT_THREADS": "2"}, "", 2),
        ({"POLARS_MAX_THREADS": "2", "CORPUS_KIT_THREADS": "2"}, "import corpus_kit as ck; ck.set_threads(4)\n", 4),
    ],
)
def test_thread_limits_are_respected(environment: dict[str, str], before: str, allowed: int) -> None:
    more = more_threads(environment, before, allowed - 1)
    assert set(more.values()) == {allowed - 1}, more


# ------------------------------------------------------------------------------------- fork and processes


FORK = """
import os, signal, sys, threading
import numpy as np
import polars as pl
import corpus_kit as ck
from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import TypeTable
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import Normalizer

ck.set_threads(4)
texts = pl.Series([" ".join(["كِتاب جديد في المدرسة، قال أحمد."] * 40)] * 5_000)
ids = (np.arange(2_000_000, dtype=np.uint32) * 7919 % 5003).astype(np.uint32)
barriers = np.zeros(len(ids), np.uint8)
barriers[0] = 1
ends = np.array([len(ids)], np.uint64)
program = core_program(Normalizer.preset("search"))

def work():
    # what needs no threads of Polars, which a fork leaves behind: a Series, the core, an array
    table = TypeTable()
    tokens = table.tokenize(text_stream(texts), "standard")
    counts = _core.count_ngrams(ids, barriers, ends, low=1, high=2)
    return (
        ck.normalize(texts, "search").head(3).to_list(),
        len(table), len(series_from_core("", tokens[0])), series_from_core("", counts[2]).head(5).to_list(),
        ck.normalize("أَحمد", "search"), ck.tokenize("قال أحمد."),
    )

expected = work()
over = threading.Event()
failures = []

def go_on():
    while not over.is_set():
        if work() != expected:
            failures.append("another thread")

others = [threading.Thread(target=go_on) for _ in range(2)]
for other in others:
    other.start()
for _ in range(6):
    child = os.fork()
    if not child:
        signal.alarm(60)  # a child that hangs ends by itself
        os._exit(work() == expected)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 1:
        failures.append("a child")
over.set()
for other in others:
    other.join()
sys.exit(str(failures) if failures else 0)
"""

POOL = """
import multiprocessing, warnings
import corpus_kit as ck

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # Polars and Python speak against fork in general
    ck.set_threads(3)
    long = " ".join(["كِتاب جديد في المدرسة، قال أحمد."] * 100_000)
    expected = ck.normalize(long, "search"), ck.tokenize(long)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        forms = pool.map_async(ck.normalize, [long] * 4).get(timeout=120)
        tokens = pool.map_async(ck.tokenize, [long] * 4).get(timeout=120)
    assert forms == [expected[0]] * 4
    assert tokens == [expected[1]] * 4
"""


@pytest.mark.slow
@pytest.mark.no_sanitizer  # AddressSanitizer's allocator can be forked while locked, and then hangs
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("script", [FORK, POOL], ids=["fork", "multiprocessing"])
def test_fork_during_other_calls(script: str) -> None:
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr


# ----------------------------------------------------------------------------------------- interruption


@lru_cache
def much_text() -> pl.Series:
    """Return about a gigabyte of text; most rows share the same few buffers."""
    return texts().gather(list(range(len(texts()))) * 100)


LONG_CALLS: dict[str, Callable[[], object]] = {
    "normalize": lambda: ck.normalize(much_text(), "social"),
    "tokenize": lambda: Tokenizer().add(much_text()),
    "tokenize at white space": lambda: Tokenizer(tokenizer="whitespace").add(much_text()),
    "count": lambda: ck.count_ngrams(much_text(), (1, 5), profile=None, tokenizer="whitespace", min_count=2),
}


def counting() -> Callable[[], object]:
    """Return a call that only counts: the calls above would reach the count too late."""
    ids = (np.arange(60_000_000, dtype=np.uint32) * 7919 % 1_000_003).astype(np.uint32)
    barriers = np.zeros(len(ids), np.uint8)
    barriers[::1000] = 1
    ends = np.arange(1000, len(ids) + 1, 1000, dtype=np.uint64)
    return lambda: _core.count_ngrams(ids, barriers, ends, low=1, high=5, threads=ck.threads())


def interrupted_after(call: Callable[[], object], seconds: float) -> float:
    """Return the seconds from Ctrl-C, sent after a delay, to KeyboardInterrupt; infinity if the call ended before."""
    sent, has_ended = 0.0, False

    def send() -> None:
        nonlocal sent
        sent = time.monotonic()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def run() -> None:
        nonlocal has_ended
        call()
        has_ended = True
        wait_for_a_signal()

    timer = threading.Timer(seconds, send)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run()
        return math.inf if has_ended else time.monotonic() - sent
    finally:
        timer.cancel()
        timer.join()


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs pthread_kill")
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("name", [*LONG_CALLS, "count alone"])
def test_ctrl_c_is_answered_within_half_a_second(name: str, number: int) -> None:
    ck.set_threads(number)
    much_text()
    call = LONG_CALLS[name] if name in LONG_CALLS else counting()
    for seconds in (0.05, 0.2, 0.5):
        # the best of a few: the machine may be busy
        assert any(interrupted_after(call, seconds) < 0.5 for _ in range(3))
    assert ck.tokenize("قال أحمد.") == ["قال", "أحمد", "."]


# ------------------------------------------------------------------------------------- memory, many callers


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.parametrize("name", ["normalize", "batches", "n-grams of white space", "n-grams by label", "skip-grams"])
def test_many_calls_leak_no_memory(name: str) -> None:
    ck.set_threads(4)
    for _ in range(3):
        CALLS[name]()
    collect_garbage()
    before = allocated()
    for _ in range(25):
        CALLS[name]()
    collect_garbage()
    # a call allocates megabytes; a thread's arena may keep a few small blocks
    assert allocated() - before < 1 << 20


def test_concurrent_callers() -> None:
    names = ["normalize", "batches", "n-grams of white space"]
    ck.set_threads(1)
    expected = {name: CALLS[name]() for name in names}
    ck.set_threads(3)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda name: (name, CALLS[name]()), names * 3))
    for name, result in results:
        assert_equal(result, expected[name])
