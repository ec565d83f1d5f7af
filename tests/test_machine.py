"""Threads, instructions, freed memory: the setting, else the environment, else what the machine has."""

from __future__ import annotations

import os
import signal
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit.machine.block_cache import keeping_no_blocks
from corpus_kit.text.folding_tables import core_program


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in ("CORPUS_KIT_THREADS", "POLARS_MAX_THREADS", "CORPUS_KIT_INSTRUCTIONS", "CORPUS_KIT_BLOCK_CACHE"):
        monkeypatch.delenv(variable, raising=False)
    yield
    ck.set_threads(None)
    ck.set_instructions(None)
    ck.set_block_cache(None)


def test_threads_default_to_the_machine() -> None:
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert ck.threads() == min(allowed or 1, 64)


@pytest.mark.parametrize("variable", ["CORPUS_KIT_THREADS", "POLARS_MAX_THREADS"])
def test_threads_from_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "3")
    assert ck.threads() == 3
    monkeypatch.setenv(variable, "1000")
    assert ck.threads() == 64
    ck.set_threads(2)
    assert ck.threads() == 2


def test_own_variable_takes_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "5")
    monkeypatch.setenv("CORPUS_KIT_THREADS", "4")
    assert ck.threads() == 4
    monkeypatch.setenv("CORPUS_KIT_THREADS", " ")
    assert ck.threads() == 5


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "٣٫٥"])
def test_invalid_threads_in_the_environment(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CORPUS_KIT_THREADS", text)
    with pytest.raises(ck.InputError, match=r"^CORPUS_KIT_THREADS must be"):
        ck.threads()


@pytest.mark.parametrize("number", [0, -1, 65, 1.5, "2", True])
def test_invalid_threads(number: object) -> None:
    with pytest.raises(ck.InputError, match=r"^number must be"):
        ck.set_threads(number)  # type: ignore[arg-type]


def test_fastest_instructions_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ck.instructions() == _core.INSTRUCTIONS[-1]
    monkeypatch.setenv("CORPUS_KIT_INSTRUCTIONS", "scalar")
    ck.set_instructions(None)
    assert ck.instructions() == "scalar"
    ck.set_instructions(_core.INSTRUCTIONS[-1])
    assert ck.instructions() == _core.INSTRUCTIONS[-1]


def test_invalid_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ck.InputError, match=r"^name must be .*'scaler'.*'scalar'"):
        ck.set_instructions("scaler")
    monkeypatch.setenv("CORPUS_KIT_INSTRUCTIONS", "mmx")
    ck.set_instructions(None)
    with pytest.raises(ck.InputError, match=r"^CORPUS_KIT_INSTRUCTIONS must be .* 'mmx'"):
        ck.instructions()


@pytest.mark.parametrize("instructions", _core.INSTRUCTIONS)
@pytest.mark.parametrize("threads", [1, 3])
def test_results_do_not_depend_on_the_machine(instructions: str, threads: int) -> None:
    ck.set_threads(threads)
    ck.set_instructions(instructions)
    assert ck.normalize(["قَالَ الأمينُ", None], "search") == ["قال الامين", None]
    assert ck.count_ngrams(["نعم لا نعم لا"] * 3, 2, tokenizer="whitespace").rows() == [
        ("نعم لا", 2, 6, 3),
        ("لا نعم", 2, 3, 3),
    ]


# ------------------------------------------------------------------------------------------- freed memory

glibc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the allocator must say how large a block is")
MEGABYTE = 10**6


def column(megabytes: int, word: str = "قَالَ ") -> pl.Series:
    return pl.Series([word * (100_000 // len(word.encode()))] * (10 * megabytes))


def test_limit_of_the_block_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ck.block_cache() == 256 << 20
    ck.set_block_cache("1.5GiB")
    assert ck.block_cache() == 3 << 29
    ck.set_block_cache(10**30)
    assert ck.block_cache() == 10**30
    monkeypatch.setenv("CORPUS_KIT_BLOCK_CACHE", " 20MB ")
    ck.set_block_cache(None)
    assert ck.block_cache() == 20 * MEGABYTE
    monkeypatch.setenv("CORPUS_KIT_BLOCK_CACHE", "much")
    with pytest.raises(ck.InputError, match=r"^CORPUS_KIT_BLOCK_CACHE must be a size .* 'much'"):
        ck.set_block_cache(None)
    assert ck.block_cache() == 20 * MEGABYTE
    monkeypatch.delenv("CORPUS_KIT_BLOCK_CACHE")


@pytest.mark.parametrize("limit", [-1, "-1", "lots", 1.5, True, [1]])
def test_invalid_limit_of_the_block_cache(limit: object) -> None:
    with pytest.raises(ck.InputError, match=r"^limit must be"):
        ck.set_block_cache(limit)  # type: ignore[arg-type]


@pytest.mark.core
@glibc
def test_blocks_are_used_again_and_released() -> None:
    ck.set_threads(1)
    texts = column(6)
    ck.release_memory()
    assert _core.kept_bytes() == 0
    result = ck.normalize(texts, "search")
    assert _core.kept_bytes() == 0
    del result
    kept = _core.kept_bytes()
    assert 6 * MEGABYTE <= kept <= 14 * MEGABYTE
    for _ in range(3):
        result = ck.normalize(texts, "search")
        assert _core.kept_bytes() == 0
        del result
        assert _core.kept_bytes() == kept
    ck.release_memory()
    assert _core.kept_bytes() == 0


@pytest.mark.core
def test_nothing_is_kept_without_a_cache() -> None:
    ck.set_block_cache(0)
    ck.normalize(column(4), "search")
    ck.count_ngrams(column(4), 2)
    assert _core.kept_bytes() == 0
    ck.set_block_cache(None)
    with keeping_no_blocks(), keeping_no_blocks():
        ck.normalize(column(4), "search")
        assert _core.kept_bytes() == 0


@pytest.mark.core
@glibc
def test_a_limit_holds_and_newer_blocks_replace_older_ones() -> None:
    ck.set_threads(1)
    ck.set_block_cache("24MB")
    for megabytes in (3, 7, 5, 30, 12, 4, 9):
        ck.normalize(column(megabytes), "dediac")
        assert _core.kept_bytes() <= 24 * MEGABYTE
    kept = _core.kept_bytes()
    result = ck.normalize(column(9), "dediac")
    assert _core.kept_bytes() <= kept - 9 * MEGABYTE
    assert result.len() == 90


@pytest.mark.core
def test_results_do_not_depend_on_what_was_kept() -> None:
    columns = [column(size, word) for size, word in ((5, "قَلَمٌ "), (4, "Kitāb "), (5, "أُمّة"), (3, "ﷺ 😀 "), (4, "لا"))]
    ck.set_block_cache(0)
    expected = [ck.normalize(texts, "search") for texts in columns]
    counts = [ck.count_ngrams(texts.head(3), 2) for texts in columns]
    ck.set_block_cache(None)
    for _ in range(2):
        for texts, wanted, counted in zip(columns, expected, counts, strict=True):
            found = ck.normalize(texts, "search")
            ck.normalize(columns[0], "search")  # must not be written over `found`
            assert found.equals(wanted)
            assert ck.count_ngrams(texts.head(3), 2).equals(counted)


@pytest.mark.core
def test_threads_share_the_block_cache() -> None:
    ck.set_block_cache("40MB")
    columns = [column(size, word) for size, word in ((3, "قَلَمٌ "), (2, "كتاب"), (4, "x "), (2, "أ "))]
    expected = [ck.normalize(texts, "search") for texts in columns]

    def check(number: int) -> bool:
        if number % 9 == 0:
            ck.release_memory()
        found = ck.normalize(columns[number % 4], "search")
        return found.equals(expected[number % 4])

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(check, range(48)))
    assert _core.kept_bytes() <= 40 * MEGABYTE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_uses_its_own_copies() -> None:
    texts = [column(3), column(3, "كتاب ")]
    expected = _normalize_bytes(texts[1])
    _normalize_bytes(texts[0])  # leaves a block to both processes
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(_normalize_bytes(texts[0]) != expected and _normalize_bytes(texts[1]) == expected)
    assert _normalize_bytes(texts[1]) == expected
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert _normalize_bytes(texts[1]) == expected


def _normalize_bytes(texts: pl.Series) -> int:
    """Normalise by the core alone, since Polars' own threads do not survive a fork; return a sum of the result."""
    program = core_program(ck.Normalizer.preset("search"))
    return zlib.crc32("".join(series_from_core("", program.column(text_stream(texts), threads=1)).to_list()).encode())
