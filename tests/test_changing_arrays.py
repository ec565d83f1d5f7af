"""Arrays that another thread, or another process through a mapped file, changes while a kernel reads them.

A kernel may take the old items or the new ones, or notice; it must not write or read outside its arrays.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from time import monotonic
from typing import Any

import numpy as np
import polars as pl
import pytest
from oracles_readings import Affix, Entry, Lexeme, Stem, core_affixes, core_choice, core_lexemes, core_stems, letters_of

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import SearchProgram, SearchRegions, SearchText, Texts, TokenArrays, in_documents
from corpus_kit.text.normalization import Normalizer

pytestmark = pytest.mark.core

# most of what goes wrong is seen by a sanitizer only
SECONDS = 0.1 if "asan" in os.environ.get("LD_PRELOAD", "") else 0.03
N, TYPES, EACH = 20_000, 500, 20
LISTED = np.arange(N // EACH, dtype=np.uint32)
Call = Callable[[], object]


@contextmanager
def changing(array: np.ndarray[Any, Any], wrong: int, places: slice = slice(N // 2, N // 2 + 3)) -> Iterator[None]:
    """Let another thread write `wrong` over some items and the right ones again, over and over."""
    right, over = array[places].copy(), threading.Event()

    def work() -> None:
        while not over.is_set():
            array[places] = wrong
            array[places] = right

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def ids() -> np.ndarray[Any, np.dtype[np.uint32]]:
    return (np.arange(N, dtype=np.uint32) * 7919) % TYPES


def ends() -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.arange(EACH, N + 1, EACH, dtype=np.uint64)


def zeros() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.zeros(N, np.uint8)


def begins() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return (np.arange(N) % EACH == 0).astype(np.uint8)


def words() -> object:
    return text_stream(pl.arange(TYPES, eager=True).cast(pl.String))


def texts() -> Texts:
    return Texts(np.full(1 << 20, 97, np.uint8), np.array([*range(TYPES), 1 << 19], np.uint64))


def lines_of(first: Any, document_ends: Any) -> object:
    tokens, names = TokenArrays(ids(), zeros(), np.ones(TYPES, np.uint8)), np.arange(DOCUMENTS + 1, dtype=np.uint64)
    of_documents = Texts(np.full(DOCUMENTS, 97, np.uint8), names)
    return tokens.lines(first, None, 9, 9, document_ends=document_ends, starts=STARTS, texts=texts(), ids=of_documents)


DOCUMENTS = N // EACH
FEW = slice(DOCUMENTS // 2, DOCUMENTS // 2 + 1)
ONE = np.ones(N, np.uint32)
FORMS = np.arange(TYPES, dtype=np.uint32)
OFFSETS, POSITIONS = (
    series_from_core("", column).to_numpy().copy()
    for column in _core.postings(ids(), TYPES)  # type: ignore[arg-type]
)
LEVELS = [(1, FORMS, None, ONE[:TYPES], ONE[:TYPES])]  # the first tokens are one of each type
PIECE = series_from_core("", _core.RunRows(ids(), LEVELS, words(), FORMS, bucket_bits=0).pack()[0]).to_numpy().copy()
STARTS = np.arange(N, dtype=np.uint32)
TOKENS = np.arange(50)
ANY_WORD = SearchProgram(
    *(np.array(x, kind) for x, kind in (([0, 3], "B"), ([1, 1], "B"), ([0, 0], "I"), ([0, 0], "I")))
)


WORDS = letters_of((1 + row % 3, 1 + row % 31, 1 + row // 31 % 31, 1 + row // 961) for row in range(N))
STEMS = core_stems([Stem((1 + row % 31, 1 + row // 31 % 31, 1 + row // 961), row % 50) for row in range(N)])
AFFIXES = core_affixes([Affix(()), *(Affix((code,), (Entry(0, code, 17), Entry())) for code in range(1, 4))])
FIRSTS = slice(0, 2)
FOLD = np.array([0, 1, 1, *range(3, 64)], np.uint8)
LEXEMES = core_lexemes([Lexeme(row, row % 7) for row in range(50)])


def reading(
    affixes: Any = AFFIXES, stems: Any = STEMS, fold: Any = FOLD
) -> tuple[_core.Morphology, tuple[_core.Stems]]:
    made = _core.Affixes(*affixes)
    cells, misspelt = np.zeros((1, 1, 1), np.int16), np.zeros((2, 64, 64), np.int16)
    morphology = _core.Morphology(made, made, cells, fold, misspelt)
    return morphology, (_core.Stems(morphology, *stems),)


def read_with(**changed: Any) -> object:
    made, few = reading(**changed), WORDS[1][:500]
    columns = _core.read_words(WORDS[0], few, *made)
    return columns, core_choice(WORDS[0], few, *made, *LEXEMES)


def readings_of(name: str) -> Any:
    """Return a column of readings of 2,000 words."""
    return {"words": np.repeat(np.arange(2000, dtype=np.uint32), 3)}.get(name, np.zeros(6000, np.uint32)).copy()


def best(**changed: Any) -> object:
    columns = {name: readings_of(name) for name in ("words", "lexemes", "fronts", "backs", "costs")} | changed
    weights, lemmas, powers = LEXEMES
    given = {"n_words": 2000, "morphology": reading()[0], "weights": weights, "lemmas": lemmas, "powers": powers}
    return _core.best_readings(**{**given, **columns})


def case(array: Any, wrong: int, call: Callable[[Any], object], places: slice | None = None) -> Any:
    return array, wrong, lambda: call(array), places or slice(N // 2, N // 2 + 3)


def ends_of_texts() -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.concatenate((np.zeros(1, np.uint64), ends()))


def spans() -> tuple[Any, Any]:
    return np.zeros(DOCUMENTS, np.int64), np.full(DOCUMENTS, 50, np.int64)


CASES: dict[str, Callable[[], Any]] = {
    "postings": lambda: case(ids(), 1, lambda a: _core.postings(a, TYPES)),
    "postings, types": lambda: case(ids(), 2**32 - 1, lambda a: _core.postings(a, TYPES)),
    "positions_of": lambda: case(
        OFFSETS.copy(), 2**40, lambda a: _core.positions_of(a, POSITIONS, FORMS), slice(9, 10)
    ),
    "count_types": lambda: case(ends(), 2**40, lambda a: _core.count_types(ids(), a, TYPES), FEW),
    "count_by_first": lambda: case(ids(), TYPES, lambda a: _core.count_by_first(a, ends(), TYPES)),
    "count_types by group": lambda: case(
        np.zeros(DOCUMENTS, np.uint32),
        2**31,
        lambda a: _core.count_types(ids(), ends(), TYPES, groups=a, n_groups=1),
        FEW,
    ),
    "count_forms": lambda: case(ids(), TYPES, lambda a: _core.count_forms(a, ends(), FORMS, TYPES, threads=2)),
    "count_forms, ends": lambda: case(
        ends(), 2**40, lambda a: _core.count_forms(ids(), a, FORMS, TYPES, thresholds=np.zeros(TYPES)), FEW
    ),
    "count_groups": lambda: case(
        ids(),
        TYPES,
        lambda a: _core.count_groups(a, ends(), FORMS, TYPES, LISTED, LISTED, np.array([N // EACH], np.uint64)),
    ),
    "sum_groups, forms": lambda: case(
        ids(),
        0,
        lambda a: _core.sum_groups(
            ids(),
            ends(),
            FORMS,
            TYPES,
            LISTED,
            LISTED,
            np.array([N // EACH], np.uint64),
            np.array([N], np.uint64),
            a,
            np.zeros(N),
            np.zeros(N),
        ),
    ),
    "sequences": lambda: case(
        ids(), 2**32 - 1, lambda a: TokenArrays(a, zeros(), np.ones(TYPES, np.uint8)).number(*spans())
    ),
    "count_by_document": lambda: case(
        np.zeros(DOCUMENTS, np.uint8), 1, lambda a: _core.count_by_document(ids(), ends(), TYPES, documents=a), FEW
    ),
    "count_by_document, ends": lambda: case(ends(), 2**40, lambda a: _core.count_by_document(ids(), a, TYPES), FEW),
    "count_ngrams": lambda: case(
        ids(),
        2**32 - 2,
        lambda a: _core.count_ngrams(a, begins(), ends(), low=1, high=3, min_count=2, n_types=TYPES),
    ),
    "count_ngrams, ends": lambda: case(
        ends(), 2**40, lambda a: _core.count_ngrams(ids(), begins(), a, low=1, high=2), FEW
    ),
    "count_ngrams, groups": lambda: case(
        np.zeros(DOCUMENTS, np.uint32),
        2**31,
        lambda a: _core.count_ngrams(ids(), begins(), ends(), low=1, high=2, groups=a, n_groups=1),
        FEW,
    ),
    "ngram_strings": lambda: case(
        np.arange(N, dtype=np.uint64) << np.uint64(32),
        2**63,
        lambda a: _core.ngram_strings(ids(), np.ones(N, np.uint8), a, words()),
    ),
    "select": lambda: case(
        np.full(DOCUMENTS, EACH, np.uint32), 2**31, lambda a: _core.select(ids(), zeros(), a, FORMS), FEW
    ),
    "collocates": lambda: case(
        STARTS.copy(),
        2**31,
        lambda a: _core.count_collocates(
            ids(), zeros(), ends(), FORMS, TYPES, a, STARTS + np.uint32(1), before=2, after=2
        ),
    ),
    "run, ranks": lambda: case(
        FORMS.copy(), 2**31, lambda a: _core.RunRows(ids(), LEVELS, words(), a, bucket_bits=0).pack(), slice(9, 10)
    ),
    "run, counts": lambda: case(
        ONE[:TYPES].copy(),
        0,
        lambda a: _core.RunRows(ids(), [(1, FORMS, None, a, a)], words(), FORMS, bucket_bits=0).pack(),
        slice(9, 10),
    ),
    "merge": lambda: case(
        PIECE.copy(), 255, lambda a: _core.merge_runs([a, a], np.full(2, TYPES, np.uint64)), slice(100, 140)
    ),
    "starts": lambda: case(
        ids(),
        2**31,
        lambda a: SearchText(a, zeros(), ends(), np.ones(TYPES, np.uint8), 1, 0).starts(ANY_WORD, STARTS, True),
    ),
    "hits": lambda: case(
        ids(), 2**31, lambda a: SearchText(a, zeros(), ends(), np.ones(TYPES, np.uint8), 1, 0).hits(ANY_WORD, STARTS)
    ),
    "labelled": lambda: case(
        ids(),
        2**31,
        lambda a: SearchText(a, zeros(), ends(), np.ones(TYPES, np.uint8), 1, 0).labelled(ANY_WORD, STARTS),
    ),
    "labelled, limits": lambda: case(
        STARTS + np.uint32(1),
        2**32 - 1,
        lambda a: SearchText(ids(), zeros(), ends(), np.ones(TYPES, np.uint8), 1, 0).labelled(
            ANY_WORD, STARTS, limits=a
        ),
    ),
    "regions": lambda: case(STARTS.copy(), 0, lambda a: SearchRegions(a, STARTS + np.uint32(1))),
    "in_documents": lambda: case(
        STARTS.copy(), 2**32 - 1, lambda a: in_documents(a, ends(), np.ones(DOCUMENTS, np.uint8))
    ),
    "join": lambda: case(
        ids(),
        TYPES - 1,
        lambda a: TokenArrays(a, zeros(), np.ones(TYPES, np.uint8)).join(*spans(), texts()),
        slice(9, 12),
    ),
    "ends": lambda: case(
        ids(),
        TYPES - 1,
        lambda a: TokenArrays(a, zeros(), np.ones(TYPES, np.uint8)).ends(
            spans()[0], STARTS[: len(spans()[0])], texts()
        ),
        slice(9, 12),
    ),
    "find": lambda: case(ids(), TYPES, lambda a: texts().find(a, [b"b", b""], begins=True)),
    "search texts": lambda: case(np.full(N, 97, np.uint8), 98, lambda a: Texts(a, ends_of_texts()).search(b"aa")),
    "search texts, offsets": lambda: case(
        ends_of_texts(), 2**40, lambda a: Texts(np.full(N, 97, np.uint8), a).search(b"aa"), slice(9, 12)
    ),
    "search ends of texts": lambda: case(
        ends_of_texts(), 2**40, lambda a: Texts(np.full(N, 97, np.uint8), a).search(b"aa", ends=True), slice(9, 12)
    ),
    "lines": lambda: case(STARTS.copy(), 2**32 - 1, lambda a: lines_of(a, ends())),
    "lines, documents": lambda: case(ends(), 2**40, lambda a: lines_of(STARTS, a), FEW),
    "count_in_documents": lambda: case(ends(), 2**40, lambda a: _core.count_in_documents(STARTS, a), FEW),
    "neighbours": lambda: case(
        ends(),
        2**40,
        lambda a: TokenArrays(ids(), zeros(), np.ones(TYPES, np.uint8)).neighbour_ranks(STARTS, a, FORMS, 2, False),
        FEW,
    ),
    "neighbours, nodes": lambda: case(
        STARTS.copy(),
        2**32 - 1,
        lambda a: TokenArrays(ids(), zeros(), np.ones(TYPES, np.uint8)).neighbour_ranks(a, ends(), FORMS, 2, True),
    ),
    "items": lambda: case(np.zeros(N, np.int64), 2**40, lambda a: _core.take(("",), a)),
    "gather": lambda: case(ids(), TYPES, lambda a: texts().gather(a)),
    "words": lambda: case(WORDS[1].copy(), 2**32 - 1, lambda a: _core.read_words(WORDS[0], a, *reading())),
    "letters": lambda: case(WORDS[0].copy(), 255, lambda a: _core.read_words(a, WORDS[1], *reading())),
    "stems": lambda: case(STEMS[1].copy(), 2**32 - 1, lambda a: read_with(stems=(STEMS[0], a, *STEMS[2:]))),
    "stems, letters": lambda: case(STEMS[0].copy(), 255, lambda a: read_with(stems=(a, *STEMS[1:]))),
    "stems, classes": lambda: case(STEMS[2].copy(), 2**16 - 1, lambda a: read_with(stems=(*STEMS[:2], a, *STEMS[3:]))),
    "affixes, letters": lambda: case(AFFIXES[0].copy(), 255, lambda a: read_with(affixes=(a, *AFFIXES[1:])), FIRSTS),
    "affixes": lambda: case(
        AFFIXES[1].copy(), 2**32 - 1, lambda a: read_with(affixes=(AFFIXES[0], a, *AFFIXES[2:])), FIRSTS
    ),
    "affixes, entries": lambda: case(
        AFFIXES[2].copy(), 2**32 - 1, lambda a: read_with(affixes=(*AFFIXES[:2], a, *AFFIXES[3:])), FIRSTS
    ),
    "affixes, groups": lambda: case(
        AFFIXES[3].copy(), 255, lambda a: read_with(affixes=(*AFFIXES[:3], a, *AFFIXES[4:])), FIRSTS
    ),
    "affixes, cuts": lambda: case(
        AFFIXES[5].copy(), 255, lambda a: read_with(affixes=(*AFFIXES[:5], a, AFFIXES[6])), FIRSTS
    ),
    "fold": lambda: case(FOLD.copy(), 255, lambda a: read_with(fold=a), slice(2, 4)),
    **{
        f"readings, {name}": lambda name=name: case(readings_of(name), 2**32 - 1, lambda a: best(**{name: a}))
        for name in ("words", "lexemes", "fronts", "backs", "costs")
    },
    "lemmas": lambda: case(
        LEXEMES[1].copy(),
        2**32 - 1,
        lambda a: best(lemmas=a),
        slice(0, 40),
    ),
    "weights": lambda: case(
        LEXEMES[0].copy(),
        -(2**31),
        lambda a: best(weights=a),
        slice(0, 40),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_kernels_stay_within_arrays_that_change(name: str) -> None:
    array, wrong, call, places = CASES[name]()
    until = monotonic() + SECONDS
    with changing(array, wrong, places):
        while monotonic() < until:
            with suppress(ValueError):
                call()
    assert call() is not None  # with the right items it works


# ------------------------------------------------------------------------------- lists that become shorter


def test_a_list_of_texts_that_is_emptied_meanwhile() -> None:
    texts = ["أَحمد كتاب جديد " * 60_000] * 60
    normalizer = Normalizer.preset("search")
    normalizer(texts[:1])
    emptying = threading.Timer(0.03, texts.clear)
    emptying.start()
    assert len(set(normalizer(texts))) <= 1  # none, if the timer was first
    emptying.join()


def test_levels_that_are_emptied_by_one_of_them() -> None:
    class Level:
        def __iter__(self) -> Iterator[object]:
            levels.clear()
            return iter((1, FORMS[next(places) :][:1], None, ONE[:1], ONE[:1]))

    places = count()
    levels: list[Any] = [Level()] * 50
    rows = _core.RunRows(ids(), levels, words(), FORMS, bucket_bits=0)
    assert series_from_core("", rows.pack()[2]).to_list() == [50]


def test_two_threads_pack_the_rows_once() -> None:
    outcomes: list[object] = []
    for _ in range(20):
        rows = _core.RunRows(ids(), LEVELS, words(), FORMS, bucket_bits=0)

        def pack(rows: _core.RunRows = rows) -> None:
            try:
                outcomes.append(len(rows.pack()))
            except ValueError as error:
                outcomes.append(str(error))

        threads = [threading.Thread(target=pack) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes, key=str) == [3] * 20 + ["the rows were packed before"] * 20
