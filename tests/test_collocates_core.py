"""count_collocates and count_by_document of the core: slow twins, bad arrays, threads, signals, memory."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from core_calls import assert_ctrl_c_stops, assert_keeps_no_memory, assert_stops_before_its_end, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from test_limits import sparse
from test_robust_core import Call, failing, misaligned

from corpus_kit import _core
from corpus_kit._base.columns import Capsules, series_from_core

pytestmark = pytest.mark.core

NO_FORM = 0xFFFFFFFF


def values(columns: Sequence[Capsules]) -> list[list[int]]:
    return [series_from_core("", column).to_list() for column in columns]


# ----------------------------------------------------------------------------------------------------
# Twins
# ----------------------------------------------------------------------------------------------------
class Job(NamedTuple):
    """Arguments of count_collocates: forms of types, or None; hits as (first, end)."""

    types: list[int]
    flags: list[int]
    sizes: list[int]  # tokens of each document
    forms: list[int | None]
    hits: list[tuple[int, int]]
    before: int = 1
    after: int = 1
    barrier: int = 0
    n_forms: int = 4


def slow_collocates(job: Job) -> list[list[int]]:
    """Return the forms around hits and in them, with counts, documents and in_hits, from sets of positions."""
    form_of = [job.forms[type_id] for type_id in job.types]
    document_of = [number for number, size in enumerate(job.sizes) for _ in range(size)]

    def joined(position: int) -> bool:
        """Return whether a token begins where the one before it ends."""
        return document_of[position - 1] == document_of[position] and not job.flags[position] & job.barrier

    taken = {i for first, end in job.hits for i in range(first, end)}
    near: set[int] = set()
    for first, end in job.hits:
        left = []
        i = first
        while i > 0 and joined(i):
            i -= 1
            if form_of[i] is not None:
                left.append(i)
        right = []
        i = end
        while i < len(form_of) and joined(i):
            if form_of[i] is not None:
                right.append(i)
            i += 1
        near |= {*left[: job.before], *right[: job.after]}
    near -= taken
    forms = sorted({form for i in near | taken if (form := form_of[i]) is not None})
    return [
        forms,
        [sum(form_of[i] == form for i in near) for form in forms],
        [len({document_of[i] for i in near if form_of[i] == form}) for form in forms],
        [sum(form_of[i] == form for i in taken) for form in forms],
    ]


def arrays(job: Job) -> dict[str, Any]:
    """Return the arguments of count_collocates."""
    return {
        "type_ids": np.array(job.types, np.uint32),
        "flags": np.array(job.flags, np.uint8),
        "document_ends": np.cumsum(job.sizes, dtype=np.uint64),
        "form_of_type": np.array([NO_FORM if form is None else form for form in job.forms], np.uint32),
        "n_forms": job.n_forms,
        "first": np.array([first for first, _ in job.hits], np.uint32),
        "end": np.array([end for _, end in job.hits], np.uint32),
        "before": job.before,
        "after": job.after,
        "barrier_bit": job.barrier,
    }


def collocates(job: Job, **changed: Any) -> list[list[int]]:
    return values(_core.count_collocates(**{**arrays(job), **changed}))


def dense(columns: list[list[int]], n_forms: int) -> list[list[int]]:
    """Return counts, documents and in_hits with a row for each form, also for those that do not occur."""
    rows = {form: row for form, *row in zip(*columns, strict=True)}
    return [[rows.get(form, [0, 0, 0])[number] for form in range(n_forms)] for number in range(3)]


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    forms = draw(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=6))
    sizes = draw(st.lists(st.integers(0, 14), max_size=5))
    total = sum(sizes)
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    hits = set()
    for start, size in zip(starts, sizes, strict=True):
        if size:
            firsts = draw(st.lists(st.integers(start, start + size - 1), max_size=4))
            hits |= {(first, min(start + size, first + draw(st.integers(1, 3)))) for first in firsts}
    ordered: list[tuple[int, int]] = []
    for first, end in sorted(hits):
        if not ordered or end >= ordered[-1][1]:  # no hit is inside another, unless both have the same start
            ordered.append((first, end))
    return Job(
        draw(st.lists(st.integers(0, len(forms) - 1), min_size=total, max_size=total)),
        draw(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3]), min_size=total, max_size=total)),
        sizes,
        forms,
        ordered,
        draw(st.integers(0, 5) | st.just(2**64 - 1)),
        draw(st.integers(0, 5) | st.just(2**64 - 1)),
        draw(st.sampled_from([0, 1, 2, 3])),
    )


@example(Job([0, 1, 0, 1, 0], [0] * 5, [5], [0, 1], [(0, 3), (2, 5)], 3, 3))
@example(Job([0, 1, 2], [0] * 3, [3], [0, 1, None], [(2, 3)]))  # a hit without a countable token
@example(Job([0, 1], [0] * 2, [2], [0, 1], [(0, 2)], 9, 9))  # the hit is the whole document
@example(Job([0] * 6, [0, 0, 1, 0, 1, 0], [6], [3], [(3, 4)], 5, 5, 1))  # barriers at both ends of the hit
@example(Job([0] * 6, [0, 0, 0, 1, 0, 0], [6], [3], [(2, 4)], 5, 5, 1))  # and inside it
@given(jobs())
def test_collocates_equal_sets_of_positions(job: Job) -> None:
    assert collocates(job) == slow_collocates(job)


@given(jobs())
def test_two_sided_windows_combine_one_sided_ones(job: Job) -> None:
    """Their counts are the sum of both sides, less the tokens that are on both."""
    both, left, right = (
        dense(collocates(job._replace(before=before, after=after)), job.n_forms)
        for before, after in ((job.before, job.after), (job.before, 0), (0, job.after))
    )
    assert both[2] == left[2] == right[2]
    for together, one, other in zip(both[0], left[0], right[0], strict=True):
        assert max(one, other) <= together <= one + other


def by_document(ids: list[int], sizes: list[int], chosen: list[int] | None = None, n_types: int = 6) -> Any:
    mask = None if chosen is None else np.array(chosen, np.uint8)
    ends = np.cumsum(sizes, dtype=np.uint64)
    return values(_core.count_by_document(np.array(ids, np.uint32), ends, n_types, documents=mask))


@given(st.lists(st.tuples(st.lists(st.integers(0, 5), max_size=12), st.sampled_from([0, 1, 1, 255])), max_size=7))
def test_rows_of_documents_equal_counters(documents: list[tuple[list[int], int]]) -> None:
    ids = [token for tokens, _ in documents for token in tokens]
    sizes = [len(tokens) for tokens, _ in documents]
    for chosen in (None, [mask for _, mask in documents]):
        rows: list[tuple[int, int]] = []
        starts = [0]
        for tokens, mask in documents:
            if chosen is None or mask:
                rows += Counter(tokens).items()  # by first occurrence
                starts.append(len(rows))
        assert by_document(ids, sizes, chosen) == [starts, [t for t, _ in rows], [count for _, count in rows]]


def test_rows_of_large_documents() -> None:
    """More types than fit in a page; rows add up to the counts of all documents together."""
    random = np.random.default_rng(5)
    ids = (30_000 * random.random(400_000) ** 3).astype(np.uint32)
    ends = np.array([0, 5, 150_000, 150_000, 399_999, 400_000], np.uint64)
    starts, types, counts = (
        series_from_core("", column).to_numpy() for column in _core.count_by_document(ids, ends, 30_000)
    )
    assert starts[0] == 0
    assert starts[-1] == len(types) == len(counts)
    begin = 0
    for number, end in enumerate(ends.astype(int).tolist()):
        row = slice(int(starts[number]), int(starts[number + 1]))
        expected = Counter(ids[begin:end].tolist())
        assert list(zip(types[row].tolist(), counts[row].tolist(), strict=True)) == list(expected.items())
        begin = end
    total = np.zeros(30_000, np.int64)
    np.add.at(total, types, counts)
    assert total.tolist() == values(_core.count_types(ids, ends, 30_000))[0]


# ----------------------------------------------------------------------------------------------------
# Edges
# ----------------------------------------------------------------------------------------------------
EMPTY = Job([], [], [], [], [], n_forms=0)
FIVE = Job([0, 1, 2, 1, 0], [0] * 5, [2, 3], [0, 1, 2], [], 9, 9, n_forms=3)


def test_empty_input() -> None:
    assert collocates(EMPTY) == [[], [], [], []]
    assert collocates(EMPTY._replace(sizes=[0, 0], forms=[None], n_forms=2)) == [[], [], [], []]
    assert collocates(FIVE) == [[], [], [], []]
    assert by_document([], [], n_types=0) == [[0], [], []]
    assert by_document([], [0, 0, 0]) == [[0, 0, 0, 0], [], []]
    assert by_document([1, 2], [2], [0]) == [[0], [], []]
    assert by_document([1, 2, 1], [0, 2, 0, 1], [1, 0, 1, 1]) == [[0, 0, 0, 1], [1], [1]]


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ([(0, 1)], [[0, 1, 0], [0, 1, 0], [1, 0, 0]]),
        ([(4, 5)], [[0, 1, 1], [0, 1, 1], [1, 0, 0]]),
        ([(0, 2)], [[0, 0, 0], [0, 0, 0], [1, 1, 0]]),
        ([(2, 5)], [[0, 0, 0], [0, 0, 0], [1, 1, 1]]),
        ([(1, 2), (2, 3)], [[2, 1, 0], [2, 1, 0], [0, 1, 1]]),
        ([(0, 1), (4, 5)], [[0, 2, 1], [0, 2, 1], [2, 0, 0]]),
    ],
)
def test_hits_at_the_ends_of_documents(hits: list[tuple[int, int]], expected: list[list[int]]) -> None:
    assert dense(collocates(FIVE._replace(hits=hits)), 3) == expected


def test_empty_window_counts_only_tokens_in_hits() -> None:
    assert collocates(FIVE._replace(hits=[(3, 4)], before=0, after=0)) == [[1], [0], [0], [1]]


def test_read_only_arrays_are_accepted() -> None:
    job = FIVE._replace(hits=[(2, 3)])
    given = arrays(job)
    for array in given.values():
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    assert values(_core.count_collocates(**given)) == slow_collocates(job)
    mask = np.array([0, 1], np.uint8)
    mask.flags.writeable = False
    rows = _core.count_by_document(given["type_ids"], given["document_ends"], 3, documents=mask)
    assert values(rows) == [[0, 3], [2, 1, 0], [1, 1, 1]]


@pytest.mark.skipif(sys.platform == "win32", reason="needs memory that is only promised")
def test_tokens_beyond_32_bits() -> None:
    """Windows and rows are counted in 32 bits; positions of hits may be larger."""
    number = (1 << 32) - 1
    types, flags = sparse("uint32", number), sparse("uint8", number)
    given = {
        **arrays(FIVE._replace(forms=[0], before=3, after=100)),
        "type_ids": types,
        "flags": flags,
        "document_ends": np.array([5, number - 4, number], np.uint64),
        "first": np.array([0, number - 8, number - 2], np.uint32),
        "end": np.array([1, number - 7, number], np.uint32),
    }
    assert values(_core.count_collocates(**given)) == [[0], [4 + 3 + 3 + 2], [3], [4]]
    number += 1
    types, flags = sparse("uint32", number), sparse("uint8", number)
    ends = np.array([number], np.uint64)
    with pytest.raises(OverflowError, match="number of tokens must be at most 4,294,967,295"):
        _core.count_collocates(**{**given, "type_ids": types, "flags": flags, "document_ends": ends})
    with pytest.raises(OverflowError, match="4,294,967,295"):
        _core.count_by_document(types, ends, 1)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------
# Bad arrays
# ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hits": [(6, 1)]}, "hit 0 is 6 to 1, after .* 0 to 0, in 5 tokens"),
        ({"hits": [(1, 1)]}, "hit 0 is 1 to 1"),
        ({"hits": [(2, 1)]}, "hit 0 is 2 to 1"),
        ({"hits": [(4, 6)]}, "hit 0 is 4 to 6"),
        ({"hits": [(5, 6)]}, "hit 0 is 5 to 6"),
        ({"hits": [(2**32 - 2, 2**32 - 1)]}, "hit 0 is 4294967294 to 4294967295"),
        ({"hits": [(0, 1), (3, 4), (2, 3)]}, "hit 2 is 2 to 3, after .* 3 to 4"),
        ({"hits": [(2, 5), (3, 4)]}, "hit 1 is 3 to 4, after .* 2 to 5"),
        ({"hits": [(1, 3)]}, "hit 0 is .* document"),
        ({"hits": [(0, 5)]}, "hit 0 is .* document"),
        ({"hits": [(0, 1), (1, 4)]}, "hit 1 is .* document"),
        ({"sizes": [2, 2]}, "the documents end at 4, but there are 5 tokens"),
        ({"sizes": [2, 4]}, "document 1 ends at 6, .* 2 .* 5"),
        ({"sizes": []}, "the documents end at 0, but there are 5 tokens"),
        ({"hits": [(1, 2)], "types": [3, 1, 2, 1, 0]}, "token 0 has the type 3 of 3 types, or a form beyond 3 forms"),
        ({"hits": [(3, 4)], "types": [0, 1, 2, 1, NO_FORM]}, "token 4 has the type 4294967295 of 3 types"),
        ({"hits": [(1, 2)], "types": [0, 9, 2, 1, 0]}, "token 1 has the type 9"),
        ({"hits": [(3, 4)], "forms": [0, 1, 3]}, "token 2 has the type 2 of 3 types, or a form beyond 3 forms"),
        ({"hits": [(2, 3)], "forms": [0, 1, NO_FORM - 1]}, "token 2 has the type 2"),
        ({"hits": [(2, 3)], "forms": []}, "of 0 types"),
        ({"hits": [(2, 3)], "n_forms": 0}, "beyond 0 forms"),
    ],
)
def test_invalid_hits_and_types(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        collocates(FIVE._replace(**changed))


def test_decreasing_document_ends_are_refused() -> None:
    for ends in ([3, 2, 5], [2**64 - 1, 5]):
        given = np.array(ends, np.uint64)
        with pytest.raises(ValueError, match=r"document [01] ends at"):
            collocates(FIVE, document_ends=given)
        with pytest.raises(ValueError, match=r"document [01] ends at"):
            _core.count_by_document(np.zeros(5, np.uint32), given, 1)


def test_tokens_outside_windows_are_not_checked() -> None:
    """Types are checked when they are read: the rest of a large corpus stays on disk."""
    job = FIVE._replace(types=[0, 1, 9, 1, 0], hits=[(0, 1)])
    assert collocates(job) == [[0, 1], [0, 1], [0, 1], [1, 0]]


TOO_LONG = np.zeros(6, np.uint32)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"flags": np.zeros(4, np.uint8)}, ValueError, "^flags .*type_ids"),
        ({"flags": np.zeros(0, np.uint8)}, ValueError, "^flags "),
        ({"end": TOO_LONG}, ValueError, "^end .*first"),
        ({"first": TOO_LONG}, ValueError, "^end .*first"),
        ({"n_forms": 1 << 32}, OverflowError, "^n_forms .*4,294,967,294"),
        ({"n_forms": -1}, OverflowError, "negative"),
        ({"before": -1}, OverflowError, "negative"),
        ({"after": 2**64}, OverflowError, "too (large|big)"),
        ({"barrier_bit": 256}, OverflowError, "too large"),
        ({"before": "1"}, TypeError, "integer"),
        ({"type_ids": None}, TypeError, "type_ids"),
        ({"flags": None}, TypeError, "flags"),
        ({"document_ends": None}, TypeError, "document_ends"),
        ({"form_of_type": None}, TypeError, "form_of_type"),
        ({"first": None}, TypeError, "first"),
        ({"end": None}, TypeError, "end"),
        ({"type_ids": np.zeros(5, np.int32)}, ValueError, "mismatch"),
        ({"type_ids": np.zeros(5, np.uint64)}, ValueError, "mismatch"),
        ({"type_ids": np.zeros(5, ">u4" if sys.byteorder == "little" else "<u4")}, ValueError, "endian"),
        ({"type_ids": np.zeros(10, np.uint32)[::2]}, ValueError, "contiguous"),
        ({"type_ids": np.zeros((5, 1), np.uint32)}, ValueError, "dimensions"),
        ({"flags": np.zeros(5, np.int8)}, ValueError, "mismatch"),
        ({"document_ends": np.array([5], np.int64)}, ValueError, "mismatch"),
        ({"form_of_type": np.zeros(3, np.int64)}, ValueError, "mismatch"),
        ({"first": np.zeros(0, np.int64)}, ValueError, "mismatch"),
        ({"end": np.zeros(0, np.int32)}, ValueError, "mismatch"),
        ({"type_ids": [0, 1, 2, 1, 0]}, TypeError, "buffer|bytes-like"),
        ({"type_ids": misaligned("I"), "flags": np.zeros(16, np.uint8)}, ValueError, "must be aligned"),
        ({"document_ends": misaligned("Q")}, ValueError, "must be aligned"),
        ({"form_of_type": misaligned("I")}, ValueError, "must be aligned"),
        ({"first": misaligned("I"), "end": misaligned("I")}, ValueError, "must be aligned"),
        ({"first": np.zeros(16, np.uint32), "end": misaligned("I")}, ValueError, "must be aligned"),
    ],
)
def test_bad_arrays_for_collocates(changed: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        collocates(FIVE, **changed)


IDS = np.array([0, 1, 0], np.uint32)
ENDS = np.array([1, 3], np.uint64)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: _core.count_by_document(IDS, ENDS, 1), ValueError, "token 1 has the id 1, but there are 1 types"),
        (lambda: _core.count_by_document(IDS, ENDS, 0), ValueError, "token 0 has the id 0"),
        (lambda: _core.count_by_document(IDS + NO_FORM, ENDS, 2), ValueError, "token 0 has the id 4294967295"),
        (lambda: _core.count_by_document(IDS, ENDS, 1 << 32), OverflowError, "^n_types .*4294967296"),
        (lambda: _core.count_by_document(IDS, ENDS, -1), OverflowError, "negative"),
        (lambda: _core.count_by_document(IDS, ENDS[:1], 2), ValueError, "documents end at 1, but there are 3"),
        (lambda: _core.count_by_document(IDS[:2], ENDS, 2), ValueError, "document 1 ends at 3"),
        (lambda: _core.count_by_document(IDS, ENDS[:0], 2), ValueError, "documents end at 0"),
        (
            lambda: _core.count_by_document(IDS, ENDS, 2, documents=np.ones(3, np.uint8)),
            ValueError,
            "^documents .*document_ends",
        ),
        (
            lambda: _core.count_by_document(IDS, ENDS, 2, documents=np.ones(0, np.uint8)),
            ValueError,
            "^documents ",
        ),
        (
            lambda: _core.count_by_document(IDS, ENDS, 2, documents=np.ones(2, np.int8)),
            ValueError,
            "mismatch",
        ),
        (lambda: _core.count_by_document(IDS.astype(np.int64), ENDS, 2), ValueError, "mismatch"),
        (lambda: _core.count_by_document(IDS, ENDS.astype(np.int64), 2), ValueError, "mismatch"),
        (lambda: _core.count_by_document(IDS[::2], ENDS[:1] + 1, 2), ValueError, "contiguous"),
        (lambda: _core.count_by_document(None, ENDS, 2), TypeError, "ids"),  # type: ignore[arg-type]
        (lambda: _core.count_by_document(IDS, None, 2), TypeError, "document_ends"),  # type: ignore[arg-type]
        (lambda: _core.count_by_document(misaligned("I"), ENDS, 2), ValueError, "must be aligned"),  # type: ignore[arg-type]
        (lambda: _core.count_by_document(IDS, misaligned("Q"), 2), ValueError, "must be aligned"),  # type: ignore[arg-type]
    ],
)
def test_bad_arrays_for_rows(call: Call, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_ids_in_excluded_documents_are_not_checked() -> None:
    assert by_document([9, 1, 2], [1, 2], [0, 1]) == [[0, 2], [1, 2], [1, 1]]


# ----------------------------------------------------------------------------------------------------
# Signals, threads, memory
# ----------------------------------------------------------------------------------------------------
@lru_cache
def many_ids() -> npt.NDArray[np.uint32]:
    return ((np.arange(40_000_000, dtype=np.uint32) * 7919) % 50_021).astype(np.uint32)


def ends_of_many() -> npt.NDArray[np.uint64]:
    return np.arange(16, len(many_ids()) + 1, 16, dtype=np.uint64)


def many_windows(step: int, width: int) -> Call:
    first = np.arange(3, len(many_ids()), step, dtype=np.uint32)
    return partial(
        _core.count_collocates,
        many_ids(),
        np.zeros(len(many_ids()), np.uint8),
        ends_of_many(),
        np.arange(50_021, dtype=np.uint32),
        50_021,
        first,
        first + 1,
        before=width,
        after=width,
    )


def a_mask(value: int) -> npt.NDArray[np.uint8]:
    return np.full(len(many_ids()) // 16, value, np.uint8)


# Arguments are prepared beforehand, so that no call does work in Python.
KERNELS: dict[str, Callable[[], Call]] = {
    "collocates, a hit in each document": lambda: many_windows(16, 20),
    "collocates, hits side by side": lambda: many_windows(1, 5),
    "by document": lambda: partial(_core.count_by_document, many_ids(), ends_of_many(), 50_021),
    "by document, all chosen": lambda: partial(
        _core.count_by_document, many_ids(), ends_of_many(), 50_021, documents=a_mask(1)
    ),
}


@needs_timers
@pytest.mark.parametrize("name", KERNELS)
def test_signals_interrupt_a_call(name: str) -> None:
    call = KERNELS[name]()
    assert_stops_before_its_end(call)


@needs_timers
@pytest.mark.parametrize("name", KERNELS)
def test_ctrl_c_raises_keyboard_interrupt(name: str) -> None:
    assert_ctrl_c_stops(KERNELS[name]())


def test_concurrent_calls() -> None:
    """Arrays are only read, and each call has its own memory."""
    random = np.random.default_rng(3)
    size = 60_000
    job = Job(
        random.integers(0, 90, size).tolist(),
        (random.random(size) < 0.1).astype(int).tolist(),
        [100] * (size // 100),
        [None if type_id % 9 == 0 else type_id % 30 for type_id in range(90)],
        [(first, first + 2) for first in range(0, size, 20)],
        3,
        2,
        1,
        30,
    )
    given = arrays(job)
    expected = slow_collocates(job)
    rows = by_document(job.types, job.sizes, n_types=90)

    def work(_: int) -> list[Any]:
        found = _core.count_collocates(**given)
        return [values(found), values(_core.count_by_document(given["type_ids"], given["document_ends"], 90))]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(12))) == [[expected, rows]] * 12


SIZE = 20_000
ALL_IDS = np.arange(SIZE, dtype=np.uint32)
FLAGS = np.zeros(SIZE, np.uint8)
END = np.array([SIZE], np.uint64)
FIRST = np.arange(0, SIZE, 7, dtype=np.uint32)  # the last token is a hit


def windows(form_of_type: npt.NDArray[np.uint32] = ALL_IDS, first: npt.NDArray[np.uint32] = FIRST) -> object:
    return _core.count_collocates(
        ALL_IDS, FLAGS, END, form_of_type, SIZE, first, first + 1, before=3, after=3, barrier_bit=1
    )


PATHS: dict[str, Call] = {
    "collocates": windows,
    "collocates, a wrong form": failing(lambda: windows(ALL_IDS + 1)),
    "collocates, too few types": failing(lambda: windows(ALL_IDS[:-1], FIRST[-1:])),
    "collocates, a wrong hit": failing(lambda: windows(ALL_IDS, FIRST[::-1].copy())),
    "by document": lambda: _core.count_by_document(ALL_IDS, END, SIZE),
    "by document, none chosen": lambda: _core.count_by_document(ALL_IDS, END, SIZE, documents=FLAGS[:1]),
    "by document, a wrong id": failing(lambda: _core.count_by_document(ALL_IDS, END, SIZE - 1)),
    "by document, a wrong end": failing(lambda: _core.count_by_document(ALL_IDS, END - 1, SIZE)),
}


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.parametrize("name", PATHS)
def test_no_memory_leaks(name: str) -> None:
    call = PATHS[name]
    assert_keeps_no_memory(call)
