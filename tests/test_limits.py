"""Limits of integers and memory in the core: a clear error, no lost data, no leaks."""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from arrow_producer import Chunk, Producer, offsets

import corpus_kit as ck
from corpus_kit import _core
from corpus_kit._base.columns import series_from_core
from corpus_kit._core import TypeTable
from corpus_kit.errors import InputError
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.tokenization import Tokenizer

pytestmark = pytest.mark.core

TESTS = Path(__file__).parent
MEBIBYTE = 1 << 20
ROWS = 4100  # of a mebibyte each, or a few bytes less


def sparse(dtype: str, length: int) -> npt.NDArray[np.generic]:
    """Return an array of zeros that takes no memory unless written to."""
    itemsize = np.dtype(dtype).itemsize
    reserve = getattr(mmap, "MAP_NORESERVE", 0)
    memory = mmap.mmap(-1, length * itemsize, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | reserve)
    return np.frombuffer(memory, dtype)


def memory_used() -> int:
    """Return the peak memory of this process in bytes."""
    resource = pytest.importorskip("resource")
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) << 10


# ------------------------------------------------------------------------- columns of more than 4 GiB


def over_four_gibibytes(text: str, last: str) -> pl.Series:
    """Return a column in which nearly all views point to one text of a mebibyte."""
    repeats = MEBIBYTE // len(text.encode())
    two = pl.Series("text", [text * repeats, last])
    column = two.gather([0] * ROWS + [1])
    assert column.str.len_bytes().cast(pl.Int64).sum() > 1 << 32
    return column


@pytest.mark.slow
def test_column_over_four_gibibytes_is_normalised() -> None:
    before = memory_used()
    column = over_four_gibibytes("\u064e\u0651", "قَلَمٌ")
    result = ck.normalize(column, "dediac")
    assert result.len() == ROWS + 1
    assert result.unique(maintain_order=True).to_list() == ["", "قلم"]
    assert result[-1] == "قلم"
    assert memory_used() - before < 3 << 30


@pytest.mark.slow
@pytest.mark.no_sanitizer  # it takes long there, and shorter columns go the same ways
@pytest.mark.parametrize("tokenizer", ["standard", "whitespace"])
def test_column_over_four_gibibytes_is_tokenised_and_counted(tokenizer: str) -> None:
    before = memory_used()
    column = over_four_gibibytes("كتاب", "قلم جديد")
    batch = Tokenizer(tokenizer=tokenizer).add(column)
    assert batch.counts.tolist() == [1] * ROWS + [2]
    assert batch.type_ids.tolist() == [0] * ROWS + [1, 2]
    assert batch.starts.tolist() == [0] * ROWS + [0, 4]
    counted = ck.count_ngrams(column, (1, 2), profile=None, tokenizer=tokenizer)
    assert counted["count"].to_list() == [ROWS, 1, 1, 1]
    assert counted["ngram"].to_list()[1:] == ["قلم", "جديد", "قلم جديد"]
    assert memory_used() - before < 3 << 30


class SparseProducer(Producer):
    """A producer that also accepts addresses as buffers."""

    def room(self, data: bytes) -> int:
        if isinstance(data, np.ndarray):
            self.kept.append(data)
            return int(data.ctypes.data)
        return super().room(data)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs memory that is only promised")
def test_offsets_beyond_four_gibibytes_are_followed() -> None:
    """Three nulls of 1.5 GiB, which are not read, followed by a word."""
    size, word = 3 << 29, "كتاب".encode()
    data = sparse("uint8", 3 * size + 4096)
    data[3 * size : 3 * size + len(word)] = np.frombuffer(word, np.uint8)
    ends = struct.pack("<5q", 0, size, 2 * size, 3 * size, 3 * size + len(word))
    chunk = Chunk(4, [b"\x08", ends, data], null_count=3)  # type: ignore[list-item]
    table = TypeTable()
    columns = table.tokenize(SparseProducer(b"U", [chunk]).capsule(), "standard")
    assert series_from_core("", table.surfaces()).to_list() == ["كتاب"]
    assert series_from_core("", columns[3]).to_list() == [0, 0, 0, 1]
    result = core_program(Normalizer.preset("search")).column(SparseProducer(b"U", [chunk]).capsule())
    assert series_from_core("", result).to_list() == [None, None, None, "كتاب"]


# -------------------------------------------------------------------------------- numbers that are too large


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs memory that is only promised")
def test_text_over_two_gibibytes_is_refused_with_its_row() -> None:
    size = (1 << 31) + 8
    zeros = sparse("uint8", size)
    view = struct.pack("<I4sii", size, b"\0\0\0\0", 0, 0)
    good = struct.pack("<i", 2) + "ب".encode().ljust(12, b"\0")
    as_views = Chunk(2, [None, good + view, zeros, struct.pack("<q", size)])  # type: ignore[list-item]
    as_offsets = Chunk(2, [None, struct.pack("<3q", 0, 1, size), zeros])  # type: ignore[list-item]
    for layout, chunk, length in ((b"vu", as_views, size), (b"U", as_offsets, size - 1)):
        for read in (
            lambda stream: TypeTable().tokenize(stream, "standard"),
            lambda stream: core_program(Normalizer.preset("search")).column(stream),
        ):
            with pytest.raises(OverflowError, match=f"row 1 .* {length} bytes; .* at most 2,147,483,647"):
                read(SparseProducer(layout, [chunk]).capsule())


@pytest.mark.skipif(sys.platform == "win32", reason="needs memory that is only promised")
def test_too_many_tokens_for_32_bits_are_refused() -> None:
    number = (1 << 32) + 1
    tokens, flags = sparse("uint32", number), sparse("uint8", number)
    ends, counts = np.array([number], np.uint64), np.array([1], np.uint32)
    forms = np.zeros(1, np.uint32)
    calls: list[Callable[[], object]] = [
        lambda: _core.count_ngrams(tokens, flags, ends, low=1, high=2),  # type: ignore[arg-type]
        lambda: _core.select(tokens, flags, counts, forms),  # type: ignore[arg-type]
        lambda: _core.postings(tokens, 1),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(OverflowError, match=r"4,294,967,295"):
            call()
    few, ends = np.zeros(1, np.uint32), np.array([1], np.uint64)
    with pytest.raises(OverflowError, match=r"^n_types .*4,294,967,295"):
        _core.count_types(few, ends, 1 << 32)
    with pytest.raises(OverflowError, match=r"^n_types .*4,294,967,295"):
        _core.postings(few, 1 << 32)
    with pytest.raises(OverflowError, match=r"^n_types .*4294967296"):
        _core.count_by_document(few, ends, 1 << 32)


SKIP_GRAMS = """
import numpy as np
from test_limits import sparse
from corpus_kit import _core
number = (1 << 28) + 9  # sixteen pairs begin with nearly each of them
barriers = sparse("uint8", number).copy()
barriers[0] = 1
try:
    _core.count_ngrams(
        sparse("uint32", number), barriers, np.array([number], np.uint64), low=2, high=2, skip=15,
        document_frequency=False,
    )
except OverflowError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.skipif(sys.platform == "win32", reason="needs memory that is only promised")
def test_too_many_skip_grams_for_32_bits_are_refused() -> None:
    """In a separate process, since the token list takes three gigabytes."""
    assert (
        in_a_process(SKIP_GRAMS)
        == "the number of skip-grams must be at most 4,294,967,295, got 4294967304 of 2 tokens\n"
    )


@pytest.mark.parametrize("mode", ["standard", "whitespace", "character"])
def test_full_type_table_raises_and_stays_usable(mode: str) -> None:
    tokenizer = Tokenizer(tokenizer=mode)
    tokenizer._table = TypeTable(max_types=3)
    letters = ["ا ب", "ا" if mode == "character" else "ج"]
    first = tokenizer.add(letters).type_ids.tolist()
    assert len(tokenizer) == 3
    with pytest.raises(InputError, match=r"more than 3 distinct tokens"):
        tokenizer.add(["ا د ذ", "ر"])
    assert len(tokenizer) == 3
    assert tokenizer.add(letters).type_ids.tolist() == first


# ------------------------------------------------------------------------------- wrong bytes, several threads


@pytest.mark.parametrize("bad", [[0], [4000], [5999], [17, 5999], [2999, 3000], [5, 2000, 4000, 5900]])
def test_first_invalid_row_is_reported_with_any_number_of_threads(bad: list[int]) -> None:
    texts: list[bytes | None] = ["كتاب جديد في المدرسة، قال أحمد. ".encode() * 20] * 6000
    for row in bad:
        texts[row] = b"a long text before the place: \xff"
    chunk = offsets(texts)
    message = f"row {bad[0]} is not valid UTF-8: byte 0xFF at position 30"
    program = core_program(Normalizer.preset("search"))
    for number in range(1, 9):
        table = TypeTable()
        for function, arguments in (
            (table.tokenize, ["standard"]),
            (table.tokenize, ["whitespace"]),
            (program.column, []),
        ):
            threads = {"threads": number} if "threads" in (function.__doc__ or "").splitlines()[0] else {}
            with pytest.raises(ValueError, match=message):
                function(Producer(b"U", [chunk]).capsule(), *arguments, **threads)  # type: ignore[operator]
        assert len(table) == 0


# --------------------------------------------------------------------------------- memory that runs out


def in_a_process(script: str, **environment: str) -> str:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", "")])
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path, "CORPUS_KIT_BLOCK_CACHE": "0", **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, (result.returncode, result.stderr[-4000:])
    return result.stdout


# Calls for the tests below: only functions of the core, since Polars aborts if it gets no memory.
CALLS = """
import ctypes, gc
import numpy as np
import polars as pl
from oracles_readings import *
from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import Texts, TokenArrays
from corpus_kit._core import SearchCodes, SearchProgram, SearchRegions, SearchText, in_documents
from corpus_kit._core import TypeTable
from corpus_kit.text.folding_tables import core_program, core_tables
from corpus_kit.text.normalization import Normalizer
from corpus_kit._core import Program

gc.collect()
gc.freeze()  # what was imported need not be gone through again after every call

def threads(function, number):
    return {"threads": number} if "threads" in function.__doc__.splitlines()[0] else {}

SIZE = 60_000
words = [f"كَلِمة{number}" for number in range(20_000)]
texts = pl.Series([" ".join(words[row % 19_000 : row % 19_000 + 12]) + " ﷺ أَُ!" for row in range(SIZE)] + [None])
vocabulary = pl.Series(words)
ids = (np.arange(400_000, dtype=np.uint32) * 7919 % 5003).astype(np.uint32)
flags = np.zeros(len(ids), np.uint8)
flags[::100] = 3
ends = np.arange(100, len(ids) + 1, 100, dtype=np.uint64)
groups = np.arange(len(ends), dtype=np.uint32) % 3
firsts = np.arange(len(ids) - 3, dtype=np.uint64) << np.uint64(32)
twos = np.full(len(firsts), 2, np.uint8)
spans = np.arange(0, 300_000, 3, dtype=np.int64)
hits = np.arange(0, 300_000, 90, dtype=np.uint32)
forms = np.arange(5003, dtype=np.uint32)
listed_from, listed = (series_from_core("", column).to_numpy() for column in _core.postings(ids, 5003))
some = np.arange(0, 5003, 600, dtype=np.uint32)
tokens = TokenArrays(ids, flags, np.ones(5003, np.uint8))
pieces = [word.encode() for word in words[:5003]]
surfaces = Texts(np.frombuffer(b"".join(pieces), np.uint8), np.cumsum([0, *map(len, pieces)], dtype=np.uint64))
of_documents = Texts(np.full(len(ends), 97, np.uint8), np.arange(len(ends) + 1, dtype=np.uint64))
places = np.arange(len(ids), dtype=np.uint32)
searched = SearchText(ids, flags, ends, np.full(5003, 3, np.uint8), 1, 0)
# a hundred words, and up to a hundred more; three words
search = SearchProgram(
    np.array([0] * 100 + [1, 0] * 100 + [3], np.uint8),
    np.ones(301, np.uint8),
    np.array([1] * 100 + [part for step in range(101, 300, 2) for part in (step, 1)] + [0], np.uint32),
    np.full(301, 300, np.uint32),
)
some_words = SearchProgram(
    np.array([0, 0, 0, 3], np.uint8), np.ones(4, np.uint8), np.zeros(4, np.uint32), np.zeros(4, np.uint32)
)
# a label, some words, and one of the same type where a region ends
begins = places[::3].copy()
regions = SearchRegions(begins, begins + np.uint32(2))
codes = SearchCodes(forms, True)
labels = SearchProgram(
    np.array([0, 5, 1, 0, 2, 0, 6, 4, 3], np.uint8), np.ones(9, np.uint8),
    np.array([0, 0, 5, 0, 2, 0, 0, 0, 0], np.uint32), np.array([0, 0, 3, 0, 0, 0, 0, 0, 0], np.uint32),
    assertions=np.array([1, 0, 0, 1], np.uint32), checks=np.array([3, 0, 2**32 - 2, 0, 0, 0, 0, 0], np.uint32),
    check_ends=np.array([1], np.uint32), regions=[regions], codes=[codes], n_slots=1,
)
# 60,000 pairs, all different; of the other words every second one ends with what comes before the space
row = np.arange(60_000, dtype=np.uint32)
pairs, whole = [row // 12, row % 12 << 28], np.ones(len(row), np.uint32)
others = [words[number // 2] + "\\x01" * (number % 2) for number in range(len(words))]

def made(words, **options):
    ranks = series_from_core("", _core.word_ranks(text_stream(pl.Series(words)))).to_numpy()
    rows = _core.RunRows(ids, [(2, *pairs, whole, whole)], text_stream(pl.Series(words)), ranks, **options)
    return rows.pack()

runs = [series_from_core("", made(written, bucket_bits=0)[0]).to_numpy() for written in (words, others, words)]
program = core_program(Normalizer.preset("search"))
composing = core_program(Normalizer.preset("repair"))
tables = core_tables(Normalizer.preset("repair"))
text = " ".join(words) + " 🙂"  # of four bytes a code point: such results are made in memory of the core's own

coded = [(1 + row % 40, 1 + row // 40 % 40, 1 + row // 1600) for row in range(60_000)]
letters = letters_of((1 + row % 3, *word) for row, word in enumerate(coded))
stems = core_stems([Stem(word, row % 50) for row, word in enumerate(coded)])
lexemes = core_lexemes([Lexeme(row, row % 7) for row in range(50)])
read = [np.arange(60_000, dtype=np.uint32) // np.uint32(3), *(np.zeros(60_000, np.uint32) for _ in range(4))]

def reading():
    morphology = core_morphology(Tables(fronts=[Affix(()), Affix((1,))]))
    return morphology, (_core.Stems(morphology, *stems),)

def tokenized(mode, number, texts=texts):
    table = TypeTable()
    try:
        result = table.tokenize(text_stream(texts), mode, **threads(table.tokenize, number))
    except MemoryError:
        assert len(table) == 0
        raise
    return [*result, table.surfaces(), table.kinds()]

def numbered():
    table = TypeTable()
    try:
        return [table.number(text_stream(vocabulary), flags[: len(words)]), table.surfaces()]
    except MemoryError:
        assert len(table) in (0, len(words))
        raise

def counted(**options):
    options = {"low": 1, "high": 2, "threads": 3, **options}
    return _core.count_ngrams(ids, flags & 1, ends, **options)

CALLS = {
    "standard": lambda: tokenized("standard", 1),
    "standard, threads": lambda: tokenized("standard", 3),
    "whitespace, threads": lambda: tokenized("whitespace", 3),
    "characters": lambda: tokenized("character", 1, texts.head(5_000)),  # of some eighty each
    "number": lambda: numbered(),
    "normalize": lambda: [program.column(text_stream(texts))],
    "normalize, threads": lambda: [program.column(text_stream(texts), **threads(program.column, 3))],
    "normalize, composed": lambda: [composing.column(text_stream(texts), block_limit=100_000)],
    "text": lambda: [program.text(text)],
    "text with offsets": lambda: [program.text_with_offsets(text)],
    "program": lambda: [Program(**tables).text("أَحمد")],
    "count": lambda: counted(),
    "count, ids": lambda: counted(with_ids=True, min_count=2),
    "count, groups": lambda: counted(groups=groups, n_groups=3),
    "skip-grams": lambda: counted(skip=2),
    "select": lambda: _core.select(
        ids, flags, np.full(len(ends), 100, np.uint32), np.arange(5003, dtype=np.uint32), with_positions=True
    ),
    "types": lambda: _core.count_types(ids, ends, 5003),
    "types by first": lambda: _core.count_by_first(ids, ends, 5003),
    "types by group": lambda: _core.count_types(ids, ends, 5003, groups=groups, n_groups=3),
    "forms": lambda: _core.count_forms(ids, ends, forms, 5003, thresholds=np.full(5003, 0.01)),
    "forms, threads": lambda: _core.count_forms(ids, ends, forms, 5003, threads=3, grain=100),
    "sequences": lambda: tokens.number(spans, spans + 2),
    "types by document": lambda: _core.count_by_document(ids, ends, 5003),
    "collocates": lambda: _core.count_collocates(ids, flags, ends, forms, 5003, hits, hits + 2, before=5, after=5),
    "collocates, threads": lambda: _core.count_collocates(
        ids, flags, ends, forms, 5003, hits, hits + 2, before=5, after=5, threads=3, grain=100
    ),
    "postings": lambda: _core.postings(ids, 5003),
    "positions, merged": lambda: [_core.positions_of(listed_from, listed, some)],
    "positions, sorted": lambda: [_core.positions_of(listed_from, listed, forms)],
    "strings": lambda: [_core.ngram_strings(ids, twos, firsts, text_stream(vocabulary))],
    "ranks": lambda: [_core.word_ranks(text_stream(vocabulary))],
    "run": lambda: made(words, bucket_bits=4),
    "run, sorted by bytes": lambda: made(others, bucket_bits=4),
    "runs, merged": lambda: _core.merge_runs(runs, np.full(3, len(row), np.uint64)),
    "lines": lambda: [
        tokens.lines(hits, hits + 2, 5, 5, document_ends=ends, starts=ids, texts=surfaces, ids=of_documents)
    ],
    "count in documents": lambda: [_core.count_in_documents(hits, ends)],
    "neighbours": lambda: [tokens.neighbour_ranks(hits, ends, forms, 2, False)],
    "neighbours, threads": lambda: [tokens.neighbour_ranks(hits, ends, forms, 2, True, threads=3, grain=100)],
    "join": lambda: [tokens.join(spans, spans + 5, surfaces)],
    "gather": lambda: [surfaces.gather(ids)],
    "search texts": lambda: [surfaces.search(pieces[7][:2]), surfaces.search(b"", ends=True)],
    "starts": lambda: [searched.starts(search, places[:50_000], True)],
    "starts, plain": lambda: [searched.starts(some_words, places, True)],
    "hits": lambda: searched.hits(search, places[:50_000]),
    "hits, plain": lambda: searched.hits(some_words, places),
    "labelled": lambda: searched.labelled(labels, places[:300]),
    "scan": lambda: [searched.scan(1)],
    "in documents": lambda: [in_documents(places, ends, (groups == 1).astype(np.uint8))],
    "tables of readings": lambda: [len(reading()[1][0])],
    "readings": lambda: _core.read_words(*letters, *reading()),
    "best readings": lambda: [_core.best_readings(*read, 20_000, reading()[0], *lexemes)],
}

def plain(result):
    columns = []
    for column in result:
        if isinstance(column, tuple) and len(column) == 2 and type(column[0]).__name__ == "PyCapsule":
            columns.append(series_from_core("", column))
        elif isinstance(column, tuple) and type(column[0]) is tuple:
            columns.extend(plain(column))
        else:
            columns.append(column)
    return columns

def same(left, right):
    return len(left) == len(right) and all(
        a.equals(b, null_equal=True) if isinstance(a, pl.Series) else a == b for a, b in zip(left, right)
    )
"""

ONE_AFTER_THE_OTHER = (
    CALLS
    + """
from core_calls import allocated
fail_at = ctypes.CDLL(None).failing_malloc_at
fail_at.restype = fail_at.argtypes = None
fail_at.restype, fail_at.argtypes = ctypes.c_long, [ctypes.c_long]
for name, call in CALLS.items():
    expected = plain(call())
    gc.collect()
    before = allocated()
    at = step = 0
    while True:
        fail_at(at)
        try:
            result = call()
        except MemoryError as error:
            failed = fail_at(-1)
            assert failed, name
            result = None
        else:
            failed = fail_at(-1)
            assert same(plain(result), expected), (name, at)
            result = None
        if not failed:
            break
        # all of the first ones, then fewer and fewer: growing arrays ask again and again
        step += 1
        at += 1 + max(0, step - 40) // 2
    assert at > 0 or name == "text", name  # a str is made in its own place, whose memory is Python's
    gc.collect()
    assert allocated() - before < 300_000, (name, allocated() - before)
    print(at, name)
"""
)


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs glibc and LD_PRELOAD")
def test_every_allocation_of_the_core_can_fail(tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler is installed")
    library = tmp_path / "failing_malloc.so"
    source = TESTS / "c" / "failing_malloc.c"
    command = [compiler, "-std=c11", "-D_GNU_SOURCE", "-O1", "-fno-optimize-sibling-calls", "-shared", "-fPIC"]
    subprocess.run([*command, str(source), "-o", str(library)], check=True)
    outcomes_by_name = in_a_process(ONE_AFTER_THE_OTHER, LD_PRELOAD=str(library)).splitlines()
    assert len(outcomes_by_name) == CALLS.count("lambda:")


LITTLE_MEMORY = (
    CALLS
    + """
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_AS)
page = resource.getpagesize()

def size_now():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * page

for name, call in CALLS.items():
    expected = plain(call())
    outcomes = []
    for mebibytes in (1, 3, 8, 24, 64, 128, 1024):
        gc.collect()
        resource.setrlimit(resource.RLIMIT_AS, (size_now() + (mebibytes << 20), hard))
        try:
            result = call()
            outcome = "done"
        except MemoryError:
            result, outcome = None, "no memory"
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        assert result is None or same(plain(result), expected), (name, mebibytes)
        outcomes.append(outcome)
    assert outcomes[-1] == "done", name
    assert same(plain(call()), expected), name
    print(outcomes.count("no memory"), name)
"""
)


# One arena, and freed memory is returned to the system at once, so that each call must allocate again.
AT_ONCE = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
    "MALLOC_TOP_PAD_": "0",
}


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs limits of the address space")
def test_low_memory_raises_memory_error() -> None:
    outcomes_by_name = dict(line.split(" ", 1)[::-1] for line in in_a_process(LITTLE_MEMORY, **AT_ONCE).splitlines())
    assert len(outcomes_by_name) == CALLS.count("lambda:")
    # these always need more than what is free
    hungry = ("standard", "standard, threads", "whitespace, threads", "characters", "normalize", "normalize, threads")
    assert all(int(outcomes_by_name[name]) > 0 for name in hungry), outcomes_by_name
