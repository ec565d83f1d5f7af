"""count_forms and TokenArrays.number of the core: slow twins, bad arrays, threads, signals, memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from core_calls import Call, assert_keeps_no_memory, assert_stops_before_its_end, needs_timers
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core

pytestmark = pytest.mark.core

NO_FORM = 0xFFFFFFFF
Documents = list[list[int]]  # the types of their tokens


def values(columns: Any) -> list[Any]:
    return [None if column is None else series_from_core("", column).to_list() for column in columns]


def arrays(documents: Documents) -> tuple[Any, Any]:
    tokens = np.array([type_id for document in documents for type_id in document], np.uint32)
    return tokens, np.cumsum([len(document) for document in documents], dtype=np.uint64)


def counted(texts: Documents, forms: list[int | None], **options: Any) -> list[Any]:
    of_type = np.array([NO_FORM if form is None else form for form in forms], np.uint32)
    return values(_core.count_forms(*arrays(texts), of_type, 4, **options))


def slow_count_forms(
    documents: Documents, forms: list[int | None], chosen: list[int], thresholds: list[float]
) -> list[list[int]]:
    rows = [Counter(form for form in map(forms.__getitem__, document) if form is not None) for document in documents]
    rows = [row if is_chosen else Counter() for row, is_chosen in zip(rows, chosen, strict=True)]
    sizes = [row.total() for row in rows]
    above = [
        [(row[form], size) for row, size in zip(rows, sizes, strict=True) if row[form] and row[form] / size > share]
        for form, share in enumerate(thresholds)
    ]
    return [
        [sum(row[form] for row in rows) for form in range(4)],
        [sum(row[form] > 0 for row in rows) for form in range(4)],
        [sum(count for count, _ in found) for found in above],
        [sum(size for _, size in found) for found in above],
        sizes,
    ]


@given(st.data())
def test_count_forms_equals_its_slow_twin(data: st.DataObject) -> None:
    forms = data.draw(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=6))
    documents = data.draw(st.lists(st.lists(st.integers(0, len(forms) - 1), max_size=12), max_size=6))
    chosen = data.draw(st.lists(st.integers(0, 1), min_size=len(documents), max_size=len(documents)))
    shares = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0, float("nan")])
    thresholds = data.draw(st.lists(shares, min_size=4, max_size=4))
    slow = slow_count_forms(documents, forms, chosen, thresholds)
    for threads in (1, 3):
        options: dict[str, Any] = {"documents": np.array(chosen, np.uint8), "threads": threads, "grain": 1}
        assert counted(documents, forms, thresholds=np.array(thresholds), **options) == slow
        assert counted(documents, forms, **options) == [slow[0], slow[1], None, None, slow[4]]


def test_many_tokens_by_any_number_of_threads() -> None:
    rng = np.random.default_rng(7)
    tokens = (rng.zipf(1.3, 300_000) % 2_000).astype(np.uint32)
    ends = np.append(np.sort(rng.integers(0, 300_000, 900)), 300_000).astype(np.uint64)
    forms = np.arange(2_000, dtype=np.uint32)
    frequency = np.bincount(tokens, minlength=2_000)
    tables = [
        values(_core.count_forms(tokens, ends, forms, 2_000, thresholds=frequency / 300_000, threads=n, grain=1_000))
        for n in (1, 2, 7)
    ]
    assert tables[0] == tables[1] == tables[2]
    assert tables[0][:2] == values(_core.count_types(tokens, ends, 2_000))


IDS, ENDS, FORMS = np.array([0, 1, 1], np.uint32), np.array([1, 3], np.uint64), np.array([0, 1], np.uint32)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: _core.count_forms(IDS, ENDS, FORMS[:1], 2), ValueError, "token 1 has the id 1"),
        (lambda: _core.count_forms(IDS, ENDS, FORMS, 1), ValueError, "type 1 has the form 1, but there are 1 forms"),
        (lambda: _core.count_forms(IDS, ENDS[:1], FORMS, 2), ValueError, "documents end at 1, but there are 3"),
        (lambda: _core.count_forms(IDS, ENDS, FORMS, 1 << 32), OverflowError, "^n_forms "),
        (lambda: _core.count_forms(IDS, ENDS, FORMS, 2, documents=np.zeros(1, np.uint8)), ValueError, "^documents "),
        (lambda: _core.count_forms(IDS, ENDS, FORMS, 2, thresholds=np.zeros(3)), ValueError, "^thresholds "),
        (lambda: token_arrays(IDS).number(np.array([0]), np.array([4])), ValueError, "spans within 3 tokens"),
        (lambda: token_arrays(IDS).number(np.array([0]), np.zeros(0, np.int64)), ValueError, "^last "),
    ],
)
def test_bad_arrays(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# ------------------------------------------------------------------------------------- sequences


def token_arrays(types: Any, flags: Any = None) -> _core.TokenArrays:
    return _core.TokenArrays(types, np.zeros(len(types), np.uint8) if flags is None else flags, np.ones(9, np.uint8))


@given(st.data())
def test_number_equals_its_slow_twin(data: st.DataObject) -> None:
    types = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=30))
    flags = data.draw(st.lists(st.sampled_from([0, 1, 4]), min_size=len(types), max_size=len(types)))
    place = st.integers(0, len(types))
    spans = [sorted(pair) for pair in data.draw(st.lists(st.tuples(place, place), max_size=40))]
    keys = [tuple((types[i], i == first or bool(flags[i] & 4)) for i in range(first, last)) for first, last in spans]
    distinct = list(dict.fromkeys(keys))
    tokens = token_arrays(np.array(types, np.uint32), np.array(flags, np.uint8))
    first, last = np.array(spans, np.int64).reshape(-1, 2).T.copy()
    assert values(tokens.number(first, last)) == [
        [distinct.index(key) for key in keys],
        [keys.index(key) for key in distinct],
    ]


def test_more_sequences_than_the_first_table_holds() -> None:
    first = np.arange(50_000)
    types = np.concatenate([first, first[::-1]]).astype(np.uint32)
    tokens = _core.TokenArrays(types, np.zeros(100_000, np.uint8), np.ones(50_000, np.uint8))
    begins = np.concatenate([first, np.arange(50_000, 99_999)])
    numbers, rows = values(tokens.number(begins, begins + 2))
    assert len(rows) == max(numbers) + 1 == 99_999
    assert numbers == list(range(99_999))


# ------------------------------------------------------------------------------- signals and memory

MANY = (np.arange(4_000_000, dtype=np.uint32) * np.uint32(2_654_435_761)) % np.uint32(1_000)
MANY_ENDS = np.arange(1_000, 4_000_001, 1_000, dtype=np.uint64)
STARTS = np.arange(0, 3_999_000, dtype=np.int64)


def count_many(n: int) -> Call:
    forms = np.arange(1_000, dtype=np.uint32)
    return partial(_core.count_forms, MANY[:n], MANY_ENDS[: n // 1_000], forms, 1_000, thresholds=np.full(1_000, 0.001))


def number_many(n: int) -> Call:
    tokens = _core.TokenArrays(MANY, np.zeros(len(MANY), np.uint8), np.ones(1_000, np.uint8))
    return partial(tokens.number, STARTS[:n], STARTS[:n] + 3)


def count_for_long() -> Call:
    ids = np.zeros(80_000_000, np.uint32)  # pages that are only read take no memory; signals are looked for every 50 ms
    ends, forms = np.arange(1_000, len(ids) + 1, 1_000, dtype=np.uint64), np.arange(1_000, dtype=np.uint32)
    return partial(_core.count_forms, ids, ends, forms, 1_000, thresholds=np.full(1_000, 0.001))


def number_for_long() -> Call:
    tokens = _core.TokenArrays(MANY, np.zeros(len(MANY), np.uint8), np.ones(1_000, np.uint8))
    return partial(tokens.number, STARTS, STARTS + 40)


@needs_timers
@pytest.mark.parametrize("call", [count_for_long, number_for_long], ids=["count", "number"])
def test_signals_interrupt(call: Callable[[], Call]) -> None:
    assert_stops_before_its_end(call())


@pytest.mark.no_sanitizer
@pytest.mark.parametrize("call", [count_many, number_many])
def test_no_memory_is_kept(call: Callable[[int], Call]) -> None:
    assert_keeps_no_memory(lambda: call(20_000)())


# ---------------------------------------------------------------------------------- groups of documents


sum_groups: Any = _core.sum_groups


def group_arguments(tokens: Any, ends: Any, forms: Any, n_forms: int, of_document: Any, n_groups: int) -> list[Any]:
    listed = np.flatnonzero(of_document >= 0)
    listed = listed[np.argsort(of_document[listed], kind="stable")].astype(np.uint32)
    sizes = np.diff(ends, prepend=np.uint64(0)).astype(np.uint32)[listed]
    group_ends = np.searchsorted(of_document[listed], np.arange(n_groups), "right").astype(np.uint64)
    return [tokens, ends, forms, n_forms, listed, sizes, group_ends]


@pytest.mark.parametrize("seed", range(8))
def test_groups_equal_their_slow_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_forms, n_groups, n_documents = int(rng.integers(1, 40)), int(rng.integers(1, 6)), int(rng.integers(1, 60))
    forms = rng.integers(-1, n_forms, n_forms + 3)
    sizes = rng.integers(0, 12, n_documents)
    ends, tokens = np.cumsum(sizes).astype(np.uint64), rng.integers(0, len(forms), sizes.sum()).astype(np.uint32)
    of_document = rng.integers(-1, n_groups, n_documents)  # some are not listed
    cells = np.zeros((n_documents, n_forms), np.int64)
    of_token = forms[tokens]
    np.add.at(cells, (np.repeat(np.arange(n_documents), sizes)[of_token >= 0], of_token[of_token >= 0]), 1)
    of_type = np.where(forms < 0, NO_FORM, forms).astype(np.uint32)
    given = group_arguments(tokens, ends, of_type, n_forms, of_document, n_groups)
    row_ends, *rows = values(_core.count_groups(*given))
    slow: list[Any] = []
    for group in range(n_groups):
        here = cells[of_document == group]
        slow += [
            (form, here[:, form].sum(), (here[:, form] > 0).sum(), sizes[of_document == group][here[:, form] > 0].sum())
            for form in np.flatnonzero(here.sum(axis=0))
        ]
        assert row_ends[group] == len(slow)
    assert list(zip(*rows, strict=True)) == slow

    words = np.array(rows[0], np.uint32)
    own, others = (rng.choice([0.0, 0.2, 0.25, 1 / 3, 1.0], len(words)) for _ in range(2))
    shares = cells / np.maximum(sizes, 1)[:, None]
    expected = []
    for row, group in enumerate(np.repeat(np.arange(n_groups), np.diff(row_ends, prepend=0)).tolist()):
        sums = []
        for chosen, threshold in (
            (of_document == group, own[row]),
            ((of_document >= 0) & (of_document != group), others[row]),
        ):
            above = chosen & (cells[:, words[row]] > 0) & (shares[:, words[row]] > threshold)
            sums += [cells[above, words[row]].sum(), sizes[above].sum()]
        expected.append(tuple(sums))
    found = values(sum_groups(*given, np.array(row_ends, np.uint64), words, own, others))
    assert list(zip(*found, strict=True)) == expected


def test_groups_that_do_not_fit_are_refused() -> None:
    tokens, ends = np.array([0, 1, 1], np.uint32), np.array([2, 3], np.uint64)
    forms, of_document = np.array([0, 1], np.uint32), np.array([0, 1])
    given = group_arguments(tokens, ends, forms, 2, of_document, 2)
    rows = [np.array([2, 3], np.uint64), np.array([0, 1, 1], np.uint32), np.zeros(3), np.zeros(3)]
    assert values(sum_groups(*given, *rows)) == [[1, 1, 1], [2, 2, 1], [0, 1, 1], [0, 1, 2]]
    for place, wrong in (
        (0, np.array([0, 2, 1], np.uint32)),
        (1, np.array([2, 9], np.uint64)),
        (2, np.array([0, 2], np.uint32)),
        (4, np.array([0, 2], np.uint32)),
        (6, np.array([3, 2], np.uint64)),
    ):
        bad = [*given[:place], wrong, *given[place + 1 :]]
        with pytest.raises(ValueError, match=r"type|document|group"):
            _core.count_groups(*bad)
        with pytest.raises(ValueError, match=r"type|document|group"):
            sum_groups(*bad, *rows)
    for place, bad_rows in ((0, np.array([2, 9], np.uint64)), (1, np.array([0, 1, 2], np.uint32))):
        with pytest.raises(ValueError, match=r"group|row"):
            sum_groups(*given, *rows[:place], bad_rows, *rows[place + 1 :])
