"""Stress tests of the core: signals in every kernel, threads, fork, memory, mismatched arrays."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from core_calls import assert_keeps_no_memory, assert_stops_before_its_end, needs_timers
from oracles_readings import Affix, Lexeme, Stem, Tables, core_lexemes, core_morphology, core_stems

from corpus_kit import _core
from corpus_kit._base.columns import frame_from_core, series_from_core, text_stream
from corpus_kit._core import SearchProgram, SearchText, Texts, TokenArrays, TypeTable, in_documents
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import Normalizer

pytestmark = pytest.mark.core

Call = Callable[[], object]


def stream(*texts: str | None) -> object:
    return text_stream(pl.Series(texts, dtype=pl.String))


def mapped(*texts: str) -> Texts:
    """Return texts laid out as in the files of an index."""
    pieces = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, pieces)], dtype=np.uint64)
    return Texts(np.frombuffer(b"".join(pieces), np.uint8), offsets)


def program(*steps: tuple[int, int, int], words_only: bool = True) -> SearchProgram:
    """Return a program of steps (kind, x, y) followed by ACCEPT."""
    kind, x, y = (np.array(part) for part in zip(*steps, (3, 0, 0), strict=True))
    only = np.full(len(kind), words_only, np.uint8)
    return SearchProgram(kind.astype(np.uint8), only, x.astype(np.uint32), y.astype(np.uint32))


def values(capsules: tuple[object, object]) -> list[object]:
    return series_from_core("", capsules).to_list()


# ------------------------------------------------------------------------------------------- signals


@lru_cache
def long_text() -> str:
    return "أَحمد ﷺ 🙂 http://a.b كتاب! " * 1_000_000


@lru_cache
def many_ids() -> npt.NDArray[np.uint32]:
    return ((np.arange(40_000_000, dtype=np.uint32) * 7919) % 50_021).astype(np.uint32)


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


def rows_of(table: object) -> list[tuple[Any, ...]]:
    return frame_from_core(table).rows()  # type: ignore[arg-type]


def lines_of(tokens: TokenArrays, first: npt.NDArray[np.uint32], window: int = 1, **changed: Any) -> object:
    """Return the lines of single tokens of one document of 100,000 tokens, which all begin at 0."""
    n_tokens = int(changed.pop("n_tokens", 100_000))
    options = {
        "end": None, "before": window, "after": window, "document_ends": np.array([n_tokens], np.uint64),
        "starts": np.zeros(n_tokens, np.uint32), "texts": mapped("ا"), "ids": mapped("d"),
    }  # fmt: skip
    return tokens.lines(first, **{**options, **changed})


def neighbours_of_many(before: bool) -> Call:
    """Return a call that reads a document of 100,000 tokens for each of many nodes."""
    nodes = np.full(20_000, 99_999 if before else 0, np.uint32)
    end = np.array([100_000], np.uint64)
    return partial(tokens_without_words().neighbour_ranks, nodes, end, ONE, 10**6, before)


def make_run(*arguments: Any, **named: Any) -> tuple[Any, ...]:
    return _core.RunRows(*arguments, **named).pack()


def run_of_pairs(size: int, *, bucket_bits: int = 0, **changed: object) -> Call:
    """Return a call that makes a run of word pairs; every second of the 2,000 words sorts before the space."""
    words = pl.Series([f"{number // 2:04}" + "\x01" * (number % 2) for number in range(2000)])
    row = np.arange(size, dtype=np.uint32)
    ones = np.ones(size, np.uint32)
    arguments = {
        "ids": np.stack([row // 2000, row % 2000], axis=1).ravel(),
        "levels": [(2, changed.pop("start", row * 2), None, ones, ones)],
        "vocabulary": text_stream(words),
        "ranks": np.arange(2000, dtype=np.uint32),
    }
    return partial(make_run, bucket_bits=bucket_bits, **{**arguments, **changed})


def merge_of_pairs(size: int, runs: int) -> Call:
    """Return a call that merges such a run with itself."""
    piece = series_from_core("", run_of_pairs(size)()[0]).to_numpy()  # type: ignore[index]
    return partial(_core.merge_runs, [piece] * runs, np.full(runs, size, np.uint64))


TEST, SPLIT = 0, 1
# One word and up to fifty more; and ten thousand words, all of which are visited for each possible start.
OPTIONAL = program((TEST, 0, 0), *(step for n in range(50) for step in ((SPLIT, 2 * n + 2, 101), (TEST, 0, 0))))
MANY_TESTS = program(*[(TEST, 0, 0)] * 10_000)


def many_tokens(times: int = 1) -> SearchText:
    """Return tokens that are all words in one unit of text."""
    types = np.tile(many_ids(), times)
    words = np.ones(60_000, np.uint8)
    return SearchText(types, np.zeros(len(types), np.uint8), np.array([len(types)], np.uint64), words, 1, 0)


LEXEMES = core_lexemes([Lexeme()])


def many_letters(words: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32]]:
    return np.ones(2 * words, np.uint8), np.arange(0, 2 * words + 1, 2, dtype=np.uint32)


def many_readings(size: int) -> list[Any]:
    """Return the columns of two readings of each word, and the number of words."""
    words = np.arange(size, dtype=np.uint32) // np.uint32(2)
    return [words, *(np.zeros(size, np.uint32) for _ in range(4)), size // 2]


def many_stems(size: int = 3_000_000) -> list[npt.NDArray[Any]]:
    return [*many_letters(size), *(np.zeros(size, kind) for kind in (np.uint16, np.uint32, np.int16))]


def tables_of(fronts: Sequence[Affix] = Tables().fronts) -> tuple[_core.Morphology, tuple[_core.Stems]]:
    morphology = core_morphology(Tables(fronts))
    return morphology, (_core.Stems(morphology, *core_stems([Stem((1, 1))])),)


def alike() -> tuple[_core.Morphology, tuple[_core.Stems]]:
    """Return tables in which a word of two letters 1 has 256 readings."""
    morphology = core_morphology(Tables())
    return morphology, (_core.Stems(morphology, *many_stems(256)),)


# Each is prepared: the call itself does no work in Python.
KERNELS: dict[str, Callable[[], Call]] = {
    "standard": lambda: partial(TypeTable().tokenize, stream(long_text()), "standard"),
    "whitespace": lambda: partial(TypeTable().tokenize, stream("كتاب ا " * 9_000_000), "whitespace"),
    "character": lambda: partial(TypeTable().tokenize, stream(long_text()), "character"),
    "number": lambda: partial(
        TypeTable().number,
        text_stream(pl.arange(3_000_000, eager=True).cast(pl.String)),
        np.zeros(3_000_000, np.uint8),
    ),
    "column": lambda: partial(core_program(Normalizer.preset("social")).column, stream(long_text())),
    "text": lambda: partial(core_program(Normalizer.preset("social")).text, long_text()),
    "select": lambda: partial(
        _core.select,
        many_ids(),
        ones(),
        np.full(len(many_ids()) // 16, 16, np.uint32),
        np.arange(60_000, dtype=np.uint32),
    ),
    "count_ngrams": lambda: partial(
        _core.count_ngrams, many_ids(), ones(), document_ends(), low=1, high=2, document_frequency=False
    ),
    "count_types": lambda: partial(_core.count_types, many_ids(), document_ends(), 60_000),
    "postings": lambda: partial(_core.postings, many_ids(), 60_000),
    "count_ngrams by two": lambda: partial(
        _core.count_ngrams, many_ids(), ones(), document_ends(), low=1, high=2, with_ids=True, threads=2
    ),
    "ngram_strings": lambda: partial(
        _core.ngram_strings, many_ids(), ones(), first_tokens(), stream(*map(str, range(60_000)))
    ),
    "word_ranks": lambda: partial(_core.word_ranks, text_stream(pl.arange(3_000_000, eager=True).cast(pl.String))),
    "make_run": lambda: run_of_pairs(3_900_000),
    "merge_runs": lambda: merge_of_pairs(1_000_000, 4),
    "lines": lambda: partial(lines_of, tokens_without_words(), np.full(20_000, 50_000, np.uint32), 10**6),
    "neighbours before": lambda: neighbours_of_many(True),
    "neighbours after": lambda: neighbours_of_many(False),
    "join": lambda: partial(tokens_without_words().join, *spans(5000), mapped("ا")),
    "gather": lambda: partial(mapped(*map(str, range(60_000))).gather, many_ids()),
    "starts": lambda: partial(many_tokens().starts, OPTIONAL, np.arange(len(many_ids()), dtype=np.uint32), True),
    "starts, of plain tests": lambda: partial(
        many_tokens().starts, MANY_TESTS, np.arange(10**6, dtype=np.uint32), True
    ),
    "hits": lambda: partial(many_tokens().hits, OPTIONAL, np.arange(len(many_ids()), dtype=np.uint32)),
    "hits, of plain tests": lambda: partial(many_tokens().hits, MANY_TESTS, np.arange(10**6, dtype=np.uint32)),
    "scan": lambda: partial(many_tokens(4).scan, 0),
    "in_documents": lambda: partial(
        in_documents,
        np.arange(len(many_ids()), dtype=np.uint32),
        document_ends(),
        np.ones(len(many_ids()) // 16, np.uint8),
    ),
    "read_words": lambda: partial(_core.read_words, *many_letters(50_000), *alike()),
    "best_readings": lambda: partial(_core.best_readings, *many_readings(20_000_000), *ONE_READING[:1], *LEXEMES),
    "Stems": lambda: partial(_core.Stems, alike()[0], *many_stems(8_000_000)),
}


@pytest.mark.slow
@needs_timers
@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_can_be_interrupted(name: str) -> None:
    call = KERNELS[name]()
    assert_stops_before_its_end(call)


# ------------------------------------------------------------------------------- threads and processes


def test_threads_share_immutable_objects() -> None:
    surfaces = mapped("كتاب", "قلم")
    types = np.tile(np.array([0, 1], np.uint32), 5000)
    flags = np.zeros(10_000, np.uint8)
    tokens = TokenArrays(types, flags, np.ones(2, np.uint8))
    searched = SearchText(types, flags, np.array([10_000], np.uint64), np.ones(2, np.uint8), 1, 0)
    places = np.arange(10_000, dtype=np.uint32)
    first, last = np.zeros(300, np.int64), np.arange(300, dtype=np.int64)

    def work(_: int) -> list[object]:
        return [
            values(tokens.join(first, last, surfaces)),
            rows_of(lines_of(tokens, places[:300], 3, n_tokens=10_000, texts=surfaces)),
            values(tokens.neighbour_ranks(places, END * 10_000, types[:2], 2, True, threads=2, grain=1000)),
            values(surfaces.gather(types)),
            values(searched.starts(OPTIONAL, places, True)),
            *map(values, searched.hits(OPTIONAL, places)),
            values(searched.scan(0)),
        ]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(12)))
    assert results == [work(0)] * 12
    assert results[0][0][4] == "كتاب قلم كتاب قلم"  # type: ignore[index]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork_after_use() -> None:
    script = """
import os, signal, sys
import numpy as np
import polars as pl
from corpus_kit import _core
from corpus_kit._core import TypeTable
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import Normalizer
table, core = TypeTable(), core_program(Normalizer.preset("search"))
table.tokenize(pl.Series(["ا ب"]).__arrow_c_stream__(), "standard")
streams = [pl.Series(["ب ج"]).__arrow_c_stream__() for _ in range(2)]
child = os.fork()
signal.alarm(0 if child else 60)
table.tokenize(streams[bool(child)], "standard")
_core.postings(np.arange(100_000, dtype=np.uint32), 100_000)
good = len(table) == 3 and core.text("أَحمد") == "احمد"
if not child:
    os._exit(good)
sys.exit(not (good and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# -------------------------------------------------------------------------------------------- memory


def failing(call: Call) -> Call:
    def fails() -> None:
        with pytest.raises((ValueError, TypeError, OverflowError, IndexError)):
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
FIRST = np.arange(len(IDS), dtype=np.int64)
MAPPED = mapped(*WORDS)
CUT = Texts(np.frombuffer("".join(WORDS).encode(), np.uint8)[1:], np.arange(len(IDS) + 1, dtype=np.uint64))
WORD_TOKENS = TokenArrays(IDS, BARRIERS, ONES)
MERGED = merge_of_pairs(20_000, 3)
ONE_MORE = np.array([0, 0, 1], np.uint64)
ONE_READING = tables_of()
SEARCHED = SearchText(IDS, BARRIERS, ENDS, ONES, 1, 1)
PATHS: dict[str, Call] = {
    "tokenize": lambda: fresh_table(30_000),
    "tokenize, too many types": failing(lambda: fresh_table(19_999)),
    "number": lambda: TypeTable().number(stream(*WORDS), BARRIERS),
    "number, too many types": failing(lambda: TypeTable(max_types=19_999).number(stream(*WORDS), BARRIERS)),
    "normalize": lambda: core_program(Normalizer.preset("search")).column(stream(*WORDS, None)),
    "normalize, with offsets": lambda: core_program(Normalizer.preset("search")).text_with_offsets("".join(WORDS)),
    "normalize, a surrogate": failing(
        lambda: core_program(Normalizer.preset("search")).text("".join(WORDS) + "\ud800")
    ),
    "a program": lambda: core_program.__wrapped__(Normalizer.preset("search")),  # type: ignore[attr-defined]
    "count": lambda: _core.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, groups=GROUPS, n_groups=1),
    "count with gaps": lambda: _core.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, skip=2, min_count=2),
    "count, a wrong group": failing(
        lambda: _core.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, groups=GROUPS + 1, n_groups=1)
    ),
    "select": lambda: _core.select(IDS, BARRIERS, np.array([len(IDS)], np.uint32), IDS, with_positions=True),
    "select, a wrong type": failing(
        lambda: _core.select(IDS, BARRIERS, np.array([len(IDS)], np.uint32), IDS[1:], with_positions=True)
    ),
    "ids": lambda: _core.count_ngrams(IDS, BARRIERS, ENDS, low=1, high=3, with_ids=True, threads=3, grain=1),
    "strings": lambda: _core.ngram_strings(IDS, ONES, KEYS, stream(*WORDS)),
    "strings, a missing word": failing(lambda: _core.ngram_strings(IDS, ONES, KEYS, stream(*WORDS[1:]))),
    "strings, a null": failing(lambda: _core.ngram_strings(IDS, ONES, KEYS, stream(*WORDS[1:], None))),
    "ranks": lambda: _core.word_ranks(stream(*WORDS)),
    "ranks, a null": failing(lambda: _core.word_ranks(stream(*WORDS, None))),
    "run": lambda: run_of_pairs(20_000, bucket_bits=3)(),
    "run, a wrong id": failing(lambda: run_of_pairs(20_000, ids=np.full(40_000, 2000, np.uint32))()),
    "run, a wrong rank": failing(lambda: run_of_pairs(20_000, ranks=np.zeros(2000, np.uint32))()),
    "run, a pair twice": failing(lambda: run_of_pairs(20_000, ids=np.arange(40_000, dtype=np.uint32) % 2000)()),
    "merge": lambda: MERGED(),
    "merge, damaged at its end": failing(lambda: _core.merge_runs(MERGED.args[0], MERGED.args[1] + ONE_MORE)),
    "types": lambda: _core.count_types(IDS, ENDS, len(IDS)),
    "types by group": lambda: _core.count_types(IDS, ENDS, len(IDS), groups=GROUPS, n_groups=1),
    "types by group, a wrong id": failing(
        lambda: _core.count_types(IDS, ENDS, len(IDS) - 1, groups=GROUPS, n_groups=1)
    ),
    "postings": lambda: _core.postings(IDS, len(IDS)),
    "positions": lambda: _core.positions_of(np.arange(len(IDS) + 1, dtype=np.uint64), IDS, IDS),
    "positions, a wrong type": failing(
        lambda: _core.positions_of(np.arange(len(IDS) + 1, dtype=np.uint64), IDS, IDS + 1)
    ),
    "postings, a wrong id": failing(lambda: _core.postings(IDS, len(IDS) - 1)),
    "gather": lambda: MAPPED.gather(IDS),
    "gather, a missing text": failing(lambda: MAPPED.gather(IDS + 1)),
    "gather, a text that is cut": failing(lambda: CUT.gather(IDS)),
    "bytes": lambda: [MAPPED.bytes_of(row) for row in range(20_000)],
    "join": lambda: WORD_TOKENS.join(FIRST, FIRST + 1, MAPPED),
    "join, a text that is cut": failing(lambda: WORD_TOKENS.join(FIRST, FIRST + 1, CUT)),
    "starts": lambda: SEARCHED.starts(OPTIONAL, IDS, True),
    "starts, a wrong anchor": failing(lambda: SEARCHED.starts(OPTIONAL, IDS + 1, True)),
    "hits": lambda: SEARCHED.hits(OPTIONAL, IDS),
    "hits, a wrong start": failing(lambda: SEARCHED.hits(OPTIONAL, IDS + 1)),
    "hits, a wrong program": failing(lambda: SEARCHED.hits(program((TEST, 8, 0)), IDS)),
    "scan": lambda: SEARCHED.scan(0),
    "scan, a wrong type": failing(lambda: SearchText(IDS, BARRIERS, ENDS, ONES[1:], 1, 1).scan(0)),
    "in_documents": lambda: in_documents(IDS, ENDS, ONES[:1]),
    "a search": lambda: [SearchText(IDS, BARRIERS, ENDS, ONES, 1, 1), program(*[(TEST, 0, 0)] * 10_000)],
    "readings": lambda: _core.read_words(*many_letters(300), *alike()),
    "best readings": lambda: _core.best_readings(*many_readings(20_000), *ONE_READING[:1], *LEXEMES),
    "best readings, a wrong word": failing(
        lambda: _core.best_readings(*many_readings(20_000)[:5], 9, *ONE_READING[:1], *LEXEMES)
    ),
    "stems": lambda: _core.Stems(ONE_READING[0], *many_stems(20_000)),
    "a morphology, a wrong fold": failing(lambda: core_morphology(Tables(fold={1: 64}))),
    "readings, too many affixes": failing(lambda: _core.read_words(*many_letters(2), *tables_of([Affix(())] * 65))),
}


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.parametrize("name", PATHS)
def test_no_path_leaks_memory(name: str) -> None:
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
        lambda: _core.postings(misaligned("I"), 1),
        lambda: _core.count_types(ONE, misaligned("Q"), 1),
        lambda: _core.ngram_strings(ONE, np.ones(8, np.uint8), misaligned("Q"), stream("ا")),
        lambda: TokenArrays(misaligned("I"), np.zeros(16, np.uint8), FLAG),
        lambda: lines_of(tokens(), misaligned("I"), n_tokens=1),
        lambda: tokens().neighbour_ranks(misaligned("I"), END, ONE, 1, False),
        lambda: tokens().neighbour_ranks(ONE, misaligned("Q"), ONE, 1, False),
        lambda: tokens().join(misaligned("q"), misaligned("q"), mapped("ا")),
        lambda: Texts(FLAG, misaligned("Q")),
        lambda: mapped("ا").gather(misaligned("I")),
        lambda: run_of_pairs(1, ids=misaligned("I"))(),
        lambda: run_of_pairs(16, start=misaligned("I"))(),
        lambda: _core.merge_runs([b""] * 8, misaligned("Q")),
    ],
)
def test_misaligned_arrays_are_rejected(call: Call) -> None:
    with pytest.raises(ValueError, match="must be aligned"):
        call()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: TokenArrays(None, None, None), TypeError),  # type: ignore[arg-type]
        (lambda: lines_of(tokens(), None, n_tokens=1), TypeError),  # type: ignore[arg-type]
        (lambda: lines_of(tokens(), ONE, n_tokens=1, texts=None), TypeError),
        (lambda: tokens().neighbour_ranks(ONE, None, ONE, 1, True), TypeError),  # type: ignore[arg-type]
        (lambda: tokens().neighbour_ranks(ONE, END, ONE[:0], 1, True), ValueError),
        (lambda: tokens().neighbour_ranks(ONE, END, ONE, -1, True), ValueError),
        (lambda: tokens().neighbour_ranks(ONE + 1, END, ONE, 1, True), ValueError),
        (lambda: tokens().join(NOWHERE, NOWHERE, None), TypeError),  # type: ignore[arg-type]
        (lambda: TokenArrays(ONE.astype(np.int32), FLAG, FLAG), ValueError),  # type: ignore[arg-type]
        (lambda: TokenArrays(np.zeros((1, 1), np.uint32), FLAG, FLAG), ValueError),
        (lambda: TokenArrays(np.zeros(4, np.uint32)[::2], FLAG, FLAG), ValueError),
        (lambda: TokenArrays(ONE, FLAG[:0], FLAG), ValueError),
        (lambda: lines_of(tokens(), ONE + 1, n_tokens=1), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, end=ONE + 2), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, end=ONE), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, end=ONE[:0]), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, before=-1), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, after=-1), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, starts=ONE[:0]), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, ids=mapped()), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, texts=mapped()), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, document_ends=END + 1), ValueError),
        (lambda: lines_of(tokens(), ONE, n_tokens=1, document_ends=END - 1), ValueError),
        (lambda: lines_of(TokenArrays(ONE + 9, FLAG, FLAG), ONE, n_tokens=1), ValueError),
        (lambda: _core.count_in_documents(ONE + 1, END), ValueError),
        (lambda: _core.count_in_documents(None, END), TypeError),  # type: ignore[arg-type]
        (lambda: tokens().join(NOWHERE, NOWHERE, mapped()), ValueError),
        (lambda: TokenArrays(ONE + 9, FLAG, FLAG).join(NOWHERE, NOWHERE + 1, mapped("a")), ValueError),
        (lambda: tokens().ends(NOWHERE, ONE, None), TypeError),  # type: ignore[arg-type]
        (lambda: tokens().ends(NOWHERE, ONE[:0], mapped("a")), ValueError),
        (lambda: tokens().ends(NOWHERE, ONE, mapped()), ValueError),
        (lambda: tokens().ends(NOWHERE + 1, ONE, mapped("a")), ValueError),
        (lambda: tokens().ends(NOWHERE - 1, ONE, mapped("a")), ValueError),
        (lambda: TokenArrays(ONE + 9, FLAG, FLAG).ends(NOWHERE, ONE, mapped("a")), ValueError),
        (lambda: mapped("a").find(ONE, None), TypeError),  # type: ignore[arg-type]
        (lambda: mapped("a").find(ONE, ["a"]), TypeError),  # type: ignore[list-item]
        (lambda: mapped("a").find(ONE + 1, [b"a"]), ValueError),
        (lambda: mapped("a").search(None), TypeError),  # type: ignore[arg-type]
        (lambda: mapped("a").search("a"), TypeError),  # type: ignore[arg-type]
        (lambda: mapped("a").search(b"a", begins=True, ends=True), ValueError),
        (lambda: Texts(FLAG, END[:0]), ValueError),
        (lambda: Texts(None, END), TypeError),  # type: ignore[arg-type]
        (lambda: Texts(FLAG, None), TypeError),  # type: ignore[arg-type]
        (lambda: Texts(FLAG.astype(np.int8), END), ValueError),  # type: ignore[arg-type]
        (lambda: Texts(FLAG, END.astype(np.int64)), ValueError),  # type: ignore[arg-type]
        (lambda: mapped("a").gather(None), TypeError),  # type: ignore[arg-type]
        (lambda: mapped("a").gather(NOWHERE), ValueError),  # type: ignore[arg-type]
        (lambda: mapped("a").gather(ONE + 1), ValueError),
        (lambda: mapped().gather(ONE), ValueError),
        (lambda: mapped("a").gather(ONE + (2**32 - 2)), ValueError),
        (lambda: mapped("a").bytes_of(1), IndexError),
        (lambda: mapped().bytes_of(0), IndexError),
        (lambda: mapped("a").bytes_of(-1), OverflowError),
        (lambda: mapped("a").bytes_of(2**64), OverflowError),
        (lambda: pickle.dumps(mapped("a")), TypeError),
        (lambda: copy.copy(mapped("a")), TypeError),
        (lambda: _core.postings(np.zeros(2, np.int64), 1), ValueError),  # type: ignore[arg-type]
        (lambda: _core.postings(np.zeros(4, np.uint32)[::2], 1), ValueError),
        (lambda: _core.count_types(ONE, END, 1, documents=np.ones(2, np.uint8)), ValueError),
    ],
)
def test_mismatched_arrays_are_rejected(call: Call, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_empty_and_extreme_arguments() -> None:
    empty = TokenArrays(ONE[:0], FLAG[:0], FLAG[:0])
    assert rows_of(lines_of(empty, ONE[:0], n_tokens=0, texts=mapped())) == []
    assert values(_core.count_in_documents(ONE[:0], END[:0])) == []
    assert values(_core.count_in_documents(ONE[:0], END)) == [0]
    assert values(empty.join(NOWHERE, NOWHERE, mapped())) == [""]
    widest = 2**63 - 1
    assert rows_of(lines_of(tokens(), ONE, widest, n_tokens=1)) == [(0, "d", 0, "", "ا", "", 0, 1)]
    assert values(tokens().neighbour_ranks(ONE, END, ONE, widest, False)) == [2**32 - 1]
    assert values(tokens().neighbour_ranks(ONE, END, ONE, 0, False)) == [0]
    assert values(tokens().neighbour_ranks(ONE[:0], END[:0], ONE, 1, False)) == []
    assert values(core_program(Normalizer.preset("search")).column(stream("أ", None), block_limit=2**40)) == ["ا", None]


# --------------------------------------------------------------------------------------------- texts


def test_memory_mapped_texts() -> None:
    texts = ["كتاب", "", "قلم", "a" * 100, "", "🙂"]
    several = mapped(*texts)
    assert len(several) == 6
    assert [several.bytes_of(row).decode() for row in range(6)] == texts
    assert values(several.gather(np.array([5, 0, 2**32 - 1, 3, 3, 1], np.uint32))) == [
        "🙂", "كتاب", None, "a" * 100, "a" * 100, "",
    ]  # fmt: skip
    assert values(several.gather(ONE[:0])) == []
    assert len(mapped()) == 0
    assert values(mapped("", "").gather(ONE)) == [""]
    assert mapped("", "").bytes_of(1) == b""


LETTERS = np.frombuffer("كتاب".encode(), np.uint8)


@pytest.mark.parametrize(
    ("ends", "row", "message"),
    [
        ([0, 9], 0, "text 0 .* at 0 to 9 of 8 bytes"),
        ([0, 4, 2], 1, "text 1 .* at 4 to 2 of 8 bytes"),
        ([0, 2, 2**64 - 1, 8], 1, "text 1 .* at 2 to 18446744073709551615 of 8 bytes"),
        ([0, 2, 2**64 - 1, 8], 2, "text 2 .* at 18446744073709551615 to 8 of 8 bytes"),
        ([9, 9], 0, "text 0 .* at 9 to 9 of 8 bytes"),
        ([2**63, 2**63], 0, "text 0 .* at 9223372036854775808 to"),
    ],
)
def test_text_bounds_outside_the_buffer_are_reported(ends: list[int], row: int, message: str) -> None:
    several = Texts(LETTERS, np.array(ends, np.uint64))
    rows = np.array([row], np.uint32)
    arrays = TokenArrays(rows, FLAG, np.ones(len(several), np.uint8))
    calls: list[Call] = [
        lambda: several.bytes_of(row),
        lambda: several.gather(rows),
        lambda: arrays.join(NOWHERE, NOWHERE + 1, several),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize("ends", [[0, 2, 9], [0, 2**64 - 1, 8], [2**63, 8, 8], [0, 5, 2]])
def test_a_pass_over_texts_outside_the_buffer_is_reported(ends: list[int]) -> None:
    several = Texts(LETTERS, np.array(ends, np.uint64))
    for options in ({"begins": True}, {"ends": True}):
        with pytest.raises(ValueError, match=r"text \d .* of 8 bytes"):
            several.search(b"a", **options)
    several = Texts(LETTERS, np.array([0, 2, 4], np.uint64))
    with pytest.raises(ValueError, match="no text has byte 6 of 8"):
        several.search(LETTERS[6:].tobytes())


def test_invalid_utf8_is_reported_but_readable_as_bytes() -> None:
    cut = Texts(LETTERS, np.array([0, 3, 8], np.uint64))
    arrays = TokenArrays(np.array([0, 1], np.uint32), np.array([0, 4], np.uint8), np.ones(2, np.uint8))
    assert [cut.bytes_of(row) for row in (0, 1)] == [LETTERS[:3].tobytes(), LETTERS[3:].tobytes()]
    with pytest.raises(ValueError, match="not valid UTF-8"):
        cut.gather(ONE)
    with pytest.raises(ValueError, match="not valid UTF-8"):
        arrays.join(NOWHERE, NOWHERE + 1, cut)
    assert values(arrays.join(NOWHERE, NOWHERE + 2, cut)) == ["كتاب"]


def test_texts_keep_their_buffers_alive() -> None:
    def made() -> Texts:
        return Texts(LETTERS.copy(), np.array([0, 2, 8], np.uint64))

    kept = [made() for _ in range(100)]
    assert {bytes(texts.bytes_of(1)) for texts in kept} == {LETTERS[2:].tobytes()}
