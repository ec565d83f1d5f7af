"""The core under strain: signals in every kernel, several threads, a fork, memory, arrays that do not fit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from core_calls import assert_keeps_no_memory, assert_stops_before_its_end, needs_timers

from corpus_kit import _counting
from corpus_kit._columns import series_from_core, text_stream
from corpus_kit._concordance import Surfaces, TokenArrays
from corpus_kit._tokenize import TypeTable
from corpus_kit.normalization import Normalizer, _program

Call = Callable[[], object]


def stream(*texts: str | None) -> object:
    return text_stream(pl.Series(texts, dtype=pl.String))


def values(capsules: tuple[object, object]) -> list[object]:
    return series_from_core("", capsules).to_list()


# ------------------------------------------------------------------------------------------- signals


@lru_cache
def long_text() -> str:
    return "أَحمد ﷺ 🙂 http://a.b كتاب! " * 1_000_000


@lru_cache
def many_ids() -> npt.NDArray[np.uint32]:
    return ((np.arange(16_000_000, dtype=np.uint32) * 7919) % 50_021).astype(np.uint32)


def ones() -> npt.NDArray[np.uint8]:
    return np.ones(len(many_ids()), np.uint8)


def document_ends() -> npt.NDArray[np.uint64]:
    return np.arange(16, len(many_ids()) + 1, 16, dtype=np.uint64)


def first_tokens() -> npt.NDArray[np.uint64]:
    return np.arange(len(many_ids()), dtype=np.uint64) << np.uint64(32)


def tokens_without_words() -> TokenArrays:
    return TokenArrays(np.zeros(100_000, np.uint32), np.zeros(100_000, np.uint8), np.zeros(1, np.uint8))


def spans(size: int = 20_000) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return np.zeros(size, np.int64), np.full(size, 100_000, np.int64)


# Each is ready to run: nothing of Python's is left to be done in the call.
KERNELS: dict[str, Callable[[], Call]] = {
    "standard": lambda: partial(TypeTable().tokenize, stream(long_text()), "standard"),
    "whitespace": lambda: partial(TypeTable().tokenize, stream(long_text()), "whitespace"),
    "character": lambda: partial(TypeTable().tokenize, stream(long_text()), "character"),
    "column": lambda: partial(_program(Normalizer.preset("social")).column, stream(long_text())),
    "text": lambda: partial(_program(Normalizer.preset("social")).text, long_text()),
    "select": lambda: partial(
        _counting.select,
        many_ids(),
        ones(),
        np.full(len(many_ids()) // 16, 16, np.uint32),
        np.arange(60_000, dtype=np.uint32),
    ),
    "count_ngrams": lambda: partial(
        _counting.count_ngrams, many_ids(), ones(), document_ends(), low=1, high=2, document_frequency=False
    ),
    "count_types": lambda: partial(_counting.count_types, many_ids(), document_ends(), 60_000),
    "postings": lambda: partial(_counting.postings, many_ids(), 60_000),
    "count_ngrams by two": lambda: partial(
        _counting.count_ngrams, many_ids(), ones(), document_ends(), low=1, high=2, with_ids=True, threads=2
    ),
    "ngram_strings": lambda: partial(
        _counting.ngram_strings, many_ids(), ones(), first_tokens(), stream(*map(str, range(60_000)))
    ),
    "context before": lambda: partial(tokens_without_words().context, *spans(), 10**6, True),
    "context after": lambda: partial(tokens_without_words().context, *spans(), 10**6, False),
    "neighbours before": lambda: partial(tokens_without_words().neighbours, *spans(), 10**6, True),
    "neighbours after": lambda: partial(tokens_without_words().neighbours, *spans(), 10**6, False),
    "join": lambda: partial(tokens_without_words().join, *spans(5000), Surfaces(stream("ا"))),
}


@needs_timers
@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_answers_a_signal_before_its_end(name: str) -> None:
    call = KERNELS[name]()
    assert_stops_before_its_end(call)


# ------------------------------------------------------------------------------- threads and processes


def test_threads_share_what_does_not_change() -> None:
    surfaces = Surfaces(stream("كتاب", "قلم"))
    types = np.tile(np.array([0, 1], np.uint32), 5000)
    tokens = TokenArrays(types, np.zeros(10_000, np.uint8), np.ones(2, np.uint8))
    first, last = np.zeros(300, np.int64), np.arange(300, dtype=np.int64)

    def work(_: int) -> list[object]:
        return [
            values(tokens.join(first, last, surfaces)),
            values(tokens.context(first, last, 3, True)),
            values(tokens.neighbours(first, last, 2, True)),
        ]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(12)))
    assert results == [work(0)] * 12
    assert results[0][0][4] == "كتاب قلم كتاب قلم"  # type: ignore[index]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_after_use_goes_on() -> None:
    script = """
import os, sys
import numpy as np
import polars as pl
from corpus_kit import _counting
from corpus_kit._tokenize import TypeTable
from corpus_kit.normalization import Normalizer, _program
table, core = TypeTable(), _program(Normalizer.preset("search"))
table.tokenize(pl.Series(["ا ب"]).__arrow_c_stream__(), "standard")
streams = [pl.Series(["ب ج"]).__arrow_c_stream__() for _ in range(2)]
child = os.fork()
table.tokenize(streams[bool(child)], "standard")
_counting.postings(np.arange(100_000, dtype=np.uint32), 100_000)
good = len(table) == 3 and core.text("أَحمد") == "احمد"
if not child:
    os._exit(good)
sys.exit(not (good and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# -------------------------------------------------------------------------------------------- memory


def failing(call: Call) -> Call:
    def fails() -> None:
        with pytest.raises((ValueError, TypeError, OverflowError)):
            call()

    return fails


def fresh_table(stop_after: int) -> None:
    TypeTable(max_types=stop_after).tokenize(stream(" ".join(map(str, range(20_000)))), "standard")


IDS = np.arange(20_000, dtype=np.uint32)
ENDS = np.array([len(IDS)], np.uint64)
BARRIERS = np.zeros(len(IDS), np.uint8)
BARRIERS[0] = 1
ONES = np.ones(len(IDS), np.uint8)
WORDS = [f"كلمة طويلة {n}" for n in range(20_000)]
KEYS = np.arange(len(IDS), dtype=np.uint64) << np.uint64(32)
GROUPS = np.zeros(1, np.uint32)
PATHS: dict[str, Call] = {
    "tokenize": lambda: fresh_table(30_000),
    "tokenize, too many types": failing(lambda: fresh_table(19_999)),
    "normalize": lambda: _program(Normalizer.preset("search")).column(stream(*WORDS, None)),
    "normalize, with offsets": lambda: _program(Normalizer.preset("search")).text_with_offsets("".join(WORDS)),
    "normalize, a surrogate": failing(lambda: _program(Normalizer.preset("search")).text("".join(WORDS) + "\ud800")),
    "a program": lambda: _program.__wrapped__(Normalizer.preset("search")),  # type: ignore[attr-defined]
    "count": lambda: _counting.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, groups=GROUPS, n_groups=1),
    "count with gaps": lambda: _counting.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, skip=2, min_count=2),
    "count, a wrong group": failing(
        lambda: _counting.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, groups=GROUPS + 1, n_groups=1)
    ),
    "select": lambda: _counting.select(IDS, BARRIERS, np.array([len(IDS)], np.uint32), IDS, with_positions=True),
    "select, a wrong type": failing(
        lambda: _counting.select(IDS, BARRIERS, np.array([len(IDS)], np.uint32), IDS[1:], with_positions=True)
    ),
    "ids": lambda: _counting.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, with_ids=True, threads=3, grain=1),
    "strings": lambda: _counting.ngram_strings(IDS, ONES, KEYS, stream(*WORDS)),
    "strings, a missing word": failing(lambda: _counting.ngram_strings(IDS, ONES, KEYS, stream(*WORDS[1:]))),
    "strings, a null": failing(lambda: _counting.ngram_strings(IDS, ONES, KEYS, stream(*WORDS[1:], None))),
    "types": lambda: _counting.count_types(IDS, ENDS, len(IDS)),
    "types by group": lambda: _counting.count_types(IDS, ENDS, len(IDS), groups=GROUPS, n_groups=1),
    "types by group, a wrong id": failing(
        lambda: _counting.count_types(IDS, ENDS, len(IDS) - 1, groups=GROUPS, n_groups=1)
    ),
    "postings": lambda: _counting.postings(IDS, len(IDS)),
    "postings, a wrong id": failing(lambda: _counting.postings(IDS, len(IDS) - 1)),
    "surfaces": lambda: Surfaces(stream(*WORDS)),
    "surfaces, not of strings": failing(lambda: Surfaces(pl.Series([1]).__arrow_c_stream__())),
}


@pytest.mark.no_sanitizer
@pytest.mark.parametrize("name", PATHS)
def test_no_path_keeps_memory(name: str) -> None:
    call = PATHS[name]
    assert_keeps_no_memory(call)


# -------------------------------------------------------------------------------------------- arrays


def misaligned(dtype: str, size: int = 8) -> memoryview:
    return memoryview(bytes(8 * size + 1))[1:].cast("B").cast(dtype)


ONE = np.zeros(1, np.uint32)
FLAG = np.ones(1, np.uint8)
END = np.ones(1, np.uint64)
NOWHERE = np.zeros(1, np.int64)


def tokens() -> TokenArrays:
    return TokenArrays(ONE, FLAG, FLAG)


@pytest.mark.parametrize(
    "call",
    [
        lambda: _counting.postings(misaligned("I"), 1),
        lambda: _counting.count_types(ONE, misaligned("Q"), 1),
        lambda: _counting.ngram_strings(ONE, np.ones(8, np.uint8), misaligned("Q"), stream("ا")),
        lambda: TokenArrays(misaligned("I"), np.zeros(16, np.uint8), FLAG),
        lambda: tokens().context(misaligned("q"), misaligned("q"), 1, True),
        lambda: tokens().neighbours(misaligned("q"), misaligned("q"), 1, False),
    ],
)
def test_an_array_between_two_items_is_refused(call: Call) -> None:
    with pytest.raises(ValueError, match="begins at an address"):
        call()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: TokenArrays(None, None, None), TypeError),  # type: ignore[arg-type]
        (lambda: tokens().context(None, None, 1, True), TypeError),  # type: ignore[arg-type]
        (lambda: tokens().neighbours(NOWHERE, None, 1, True), TypeError),  # type: ignore[arg-type]
        (lambda: tokens().join(NOWHERE, NOWHERE, None), TypeError),  # type: ignore[arg-type]
        (lambda: TokenArrays(ONE.astype(np.int32), FLAG, FLAG), ValueError),  # type: ignore[arg-type]
        (lambda: TokenArrays(np.zeros((1, 1), np.uint32), FLAG, FLAG), ValueError),
        (lambda: TokenArrays(np.zeros(4, np.uint32)[::2], FLAG, FLAG), ValueError),
        (lambda: TokenArrays(ONE, FLAG[:0], FLAG), ValueError),
        (lambda: tokens().context(NOWHERE, NOWHERE + 2, 1, True), ValueError),
        (lambda: tokens().context(NOWHERE - 1, NOWHERE, 1, True), ValueError),
        (lambda: tokens().context(NOWHERE + 1, NOWHERE, 1, True), ValueError),
        (lambda: tokens().context(NOWHERE[:0], NOWHERE, 1, True), ValueError),
        (lambda: tokens().join(NOWHERE, NOWHERE, Surfaces(stream())), ValueError),
        (lambda: TokenArrays(ONE + 9, FLAG, FLAG).join(NOWHERE, NOWHERE + 1, Surfaces(stream("a"))), ValueError),
        (lambda: _counting.postings(np.zeros(2, np.int64), 1), ValueError),  # type: ignore[arg-type]
        (lambda: _counting.postings(np.zeros(4, np.uint32)[::2], 1), ValueError),
        (lambda: _counting.count_types(ONE, END, 1, documents=np.ones(2, np.uint8)), ValueError),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call: Call, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_empty_and_widest_arguments() -> None:
    empty = TokenArrays(ONE[:0], FLAG[:0], FLAG[:0])
    assert values(empty.context(NOWHERE[:0], NOWHERE[:0], 1, True)) == []
    assert values(empty.join(NOWHERE, NOWHERE, Surfaces(stream()))) == [""]
    widest = 2**63 - 1
    assert values(tokens().context(NOWHERE, NOWHERE + 1, widest, True)) == [0]
    assert values(tokens().context(NOWHERE, NOWHERE + 1, widest, False)) == [1]
    assert values(tokens().neighbours(NOWHERE, NOWHERE + 1, widest, False)) == [2**32 - 1]
    assert values(_program(Normalizer.preset("search")).column(stream("أ", None), block_limit=2**40)) == ["ا", None]
