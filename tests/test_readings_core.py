"""The core's readings of words, equal to a slow twin, and tables that are damaged or enormous."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_readings import (
    CODES,
    NEVER,
    NO_STEM,
    Affix,
    Choice,
    Entry,
    Letters,
    Lexeme,
    Reading,
    Stem,
    Tables,
    core_affixes,
    core_choice,
    core_lexemes,
    core_morphology,
    core_stems,
    letters_of,
    slow_choice,
    slow_readings,
)
from test_limits import sparse
from test_robust_core import misaligned

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core

pytestmark = pytest.mark.core

LONGEST, MOST_AFFIXES, ALIKE = 48, 64, 256


def core(tables: Tables, *stems: Sequence[Stem]) -> tuple[_core.Morphology, tuple[_core.Stems, ...]]:
    morphology = core_morphology(tables)
    return morphology, tuple(_core.Stems(morphology, *core_stems(part)) for part in stems)


def read(words: Sequence[Letters], tables: Tables, *stems: Sequence[Stem]) -> list[list[Reading]]:
    columns = _core.read_words(*letters_of(words), *core(tables, *stems))
    word, *rest, cost = (series_from_core("", column).to_numpy() for column in columns)
    found: list[list[Reading]] = [[] for _ in words]
    for row, *reading in zip(word, *rest, cost.view(np.int32), strict=True):
        found[row].append(Reading(*map(int, reading)))
    return found


def choose(words: Sequence[Letters], tables: Tables, lexemes: Sequence[Lexeme], *stems: Sequence[Stem]) -> list[Choice]:
    columns = core_choice(*letters_of(words), *core(tables, *stems), *core_lexemes(lexemes))
    return [Choice(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


# ------------------------------------------------------------------------------------------------ beside the twin

letters = st.integers(1, 5)
costs = st.sampled_from([0, 1, 63, 64, 65, 200, 1279, 1280, 2500])
entries = st.builds(Entry, st.integers(0, 2), costs, st.sampled_from([0, 17, 33]), st.sampled_from([0, 0, 0, 1]))
affixes = st.lists(
    st.builds(Affix, st.lists(letters, max_size=2).map(tuple), st.lists(entries, max_size=3).map(tuple)),
    max_size=6,
    unique_by=lambda affix: affix.letters,
).map(lambda some: [*(affix for affix in some if affix.letters), Affix((), (Entry(), Entry(1, 64, 17)))])
stem_lists = st.lists(
    st.builds(Stem, st.lists(letters, max_size=4).map(tuple), st.integers(0, 4), st.integers(0, 2), costs), max_size=12
)
lexeme_lists = st.lists(
    st.builds(Lexeme, st.sampled_from([0, 10, -500, 700, 2**31 - 1, -(2**31)]), st.integers(0, 2)), max_size=4
)
words = st.lists(st.lists(st.integers(0, 5), max_size=7).map(tuple), min_size=1, max_size=8)
cells = st.lists(
    st.lists(st.lists(st.sampled_from([0, 3, 100, NEVER]), min_size=2, max_size=2), min_size=2, max_size=2),
    min_size=2,
    max_size=2,
)
all_tables = st.builds(
    Tables,
    affixes,
    affixes,
    cells,
    st.fixed_dictionaries({code: st.sampled_from([1, 1, 1, 4, 0]) for code in range(1, 6)}),
    st.dictionaries(st.tuples(letters, letters, st.booleans()), costs, max_size=12),
)


@settings(max_examples=examples(200), deadline=None)
@given(words, all_tables, stem_lists, stem_lists, lexeme_lists)
def test_equal_to_the_twin(
    words: list[Letters], tables: Tables, stems: list[Stem], own: list[Stem], lexemes: list[Lexeme]
) -> None:
    for parts in ((stems,), (stems, own)):
        joined = [stem for part in parts for stem in part]
        assert read(words, tables, *parts) == [slow_readings(word, tables, joined) for word in words]
        expected = [slow_choice(word, tables, joined, lexemes) for word in words]
        assert choose(words, tables, lexemes, *parts) == expected


def test_many_readings_of_a_word() -> None:
    """More than any list of few groups: stems alike, each with many entries, and as many lemmas."""
    tables = Tables(
        fronts=[Affix((), tuple(Entry(0, cost, cost % 3) for cost in range(5)))],
        backs=[Affix((), tuple(Entry(0, 7 * cost, cost) for cost in range(4)))],
        fold=dict.fromkeys(range(1, CODES), 1),
        spelling={(1, code, False): code for code in range(2, CODES)},
    )
    stems = [Stem((1 + number % 63, 1 + number // 63), number, 0, 1000 - number) for number in range(150)]
    lexemes = [Lexeme(number * 5, number * 31 % 97) for number in range(150)]
    (found,) = read([(1, 1)], tables, stems)
    assert found == slow_readings((1, 1), tables, stems)
    assert len(found) == 150 * 20
    assert choose([(1, 1)], tables, lexemes, stems) == [slow_choice((1, 1), tables, stems, lexemes)]


# ------------------------------------------------------------------------------------------------ what is chosen


def test_cuts_then_lemmas_then_readings() -> None:
    tables = Tables(fronts=[Affix((), (Entry(cuts=0),)), Affix((1,), (Entry(cuts=17), Entry(cuts=33)))])
    stems = [Stem((1, 2), 0), Stem((2,), 1), Stem((2,), 2), Stem((2,), 3)]
    word = [(1, 2)]
    # alone the first is likeliest, but the others are so together
    assert choose(word, tables, [Lexeme(0, 0), *[Lexeme(64, 9)] * 3], stems) == [Choice(1, 1, 1, 0)]
    # of three with the same cut two have one lemma, and of these the later is the likelier
    assert choose(word, tables, [Lexeme(0, 0), Lexeme(30, 1), Lexeme(60, 2), Lexeme(50, 2)], stems) == [
        Choice(3, 3, 1, 0)
    ]
    assert choose(word, tables, [Lexeme(-64, 0), Lexeme(0, 1), Lexeme(64, 2), Lexeme(64, 2)], stems) == [
        Choice(0, 0, 0, 0)
    ]


def test_of_equal_readings_the_first_is_chosen() -> None:
    tables = Tables(fronts=[Affix((1,), (Entry(cuts=17),)), Affix(())])
    stems = [Stem((2,), 0), Stem((1, 2), 1), Stem((1, 2), 1)]
    assert choose([(1, 2)], tables, [Lexeme(), Lexeme(64)], stems) == [Choice(1, 1, 1, 0)]  # the empty affix is first


def test_what_is_far_less_likely_is_not_chosen_but_counts() -> None:
    stems = [Stem((1,), 0), *[Stem((1,), 1)] * 3]
    (found,) = choose([(1,)], Tables(), [Lexeme(-1280, 0), Lexeme(0, 1)], stems)
    assert found == Choice(0, 0, 0, 0)
    assert choose([(1,)], Tables(), [Lexeme(64, 0), Lexeme(0, 1)], stems) == [Choice(1, 1, 0, 0)]


@pytest.mark.parametrize("weight", [-(2**31), 2**31 - 1])
def test_extreme_weights(weight: int) -> None:
    stems = [Stem((1,), 0, 0, 0x7FFE), Stem((1,), 1, 0, -0x8000)]
    expected = Choice(1, 1, 0, 0) if weight > 0 else Choice(0, 0, 0, 0)
    assert choose([(1,)], Tables(), [Lexeme(weight), Lexeme(0, 1)], stems) == [expected]


def test_powers_of_zero_leave_the_likeliest() -> None:
    morphology, stems = core(Tables(), [Stem((1,), 0), Stem((1,), 1)])
    weights, lemmas, powers = core_lexemes([Lexeme(9, 0), Lexeme(3, 1)])
    columns = core_choice(*letters_of([(1,)]), morphology, stems, weights, lemmas, powers * np.uint32(0))
    assert [column.tolist() for column in columns] == [[1], [1], [0], [0]]


def test_costs_below_zero_are_added_like_others() -> None:
    tables = Tables(fold={1: 1, 2: 1}, spelling={(1, 2, False): -70})
    assert read([(1,)], tables, [Stem((1,), 0), Stem((2,), 1, 0, -5)]) == [
        [Reading(0, 0, 0, 0, 0), Reading(1, 1, 0, 0, -75)]
    ]


# ------------------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize(
    ("length", "found"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False), (300, False)]
)
def test_words_and_stems_of_more_than_48_letters_are_not_read(length: int, found: bool) -> None:
    word = tuple(1 + place % 3 for place in range(length))
    assert bool(read([word], Tables(), [Stem(word)])[0]) is found
    front = Tables(fronts=[Affix(()), Affix(word[:1]), Affix(word[:-1])])
    assert len(read([word], front, [Stem(word[1:]), Stem(word[-1:]), Stem(word)])[0]) == 3 * found


def test_stems_of_every_length_are_found() -> None:
    stems = [
        Stem(tuple(1 + (place * place + length) % 5 for place in range(length))) for length in range(1, LONGEST + 1)
    ]
    assert read([stem.letters for stem in stems], Tables(), stems) == [
        [Reading(number, 0, 0, 0, 0)] for number in range(LONGEST)
    ]


def test_codes_are_taken_modulo_64() -> None:
    assert read([(65,), (1,), (64,), (0,)], Tables(), [Stem((129,)), Stem((0,))])[:3] == [
        *[[Reading(0, 0, 0, 0, 0)]] * 2,
        [],
    ]


def test_more_than_64_fronts_or_backs_of_a_word_are_an_error() -> None:
    tables = Tables(fold=dict.fromkeys(range(1, CODES), 1))
    many = [Affix((1 + number % 63, 1 + number // 63)) for number in range(MOST_AFFIXES)]
    stems, word = [Stem((2,))], [(1, 1, 1)]
    for side in ("fronts", "backs"):
        assert len(read(word, tables._replace(**{side: many}), stems)[0]) == MOST_AFFIXES  # type: ignore[arg-type]
        more = tables._replace(**{side: [*many, Affix((63, 63))]})  # type: ignore[arg-type]
        with pytest.raises(OverflowError, match="a word must have at most 64 fronts"):
            read(word, more, stems)
        with pytest.raises(OverflowError, match="a word must have at most 64 fronts"):
            choose(word, more, [], stems)


def test_of_stems_that_fold_alike_256_are_found() -> None:
    tables = Tables(fold=dict.fromkeys(range(1, CODES), 1))
    stems = [Stem((1 + number % 63, 1 + number // 63), number) for number in range(ALIKE + 50)]
    (found,) = read([(5, 5)], tables, [*stems, Stem((5,)), *stems])
    assert [reading.stem for reading in found] == list(range(ALIKE))
    (found,) = read([(5, 5)], tables, stems[:3], stems)
    assert len(found) == 3 + ALIKE


def test_the_lengths_of_tables_are_limited() -> None:
    parts = core_affixes([Affix((1,))] * 65_535)
    affixes = _core.Affixes(*parts)
    assert parts[2][-1] == 65_535
    for more in (
        _core.Affixes(*core_affixes([Affix((1,), ())] * 65_536)),
        _core.Affixes(*core_affixes([Affix((1,), (Entry(),) * 65_536)])),
    ):
        for fronts, backs in ((affixes, more), (more, affixes)):
            with pytest.raises(OverflowError, match=r"must be at most 65,535, got 65536$"):
                _core.Morphology(fronts, backs, *VALID["tables"][2:])


@pytest.mark.skipif(sys.platform == "win32", reason="needs memory that is only promised")
def test_more_words_than_numbers_are_refused() -> None:
    starts = sparse("uint32", 2**32 + 1)
    with pytest.raises(OverflowError, match="words must be at most 4,294,967,295, got 4294967296"):
        _core.read_words(np.zeros(0, np.uint8), starts, MORPHOLOGY, STEMS)  # type: ignore[arg-type]


def test_nothing_at_all() -> None:
    nothing: list[Any] = [np.zeros(shape).tolist() for shape in ((1, 0, 3), (1, 3, 0))]
    for tables in (Tables(), Tables(fronts=[]), Tables(backs=[]), *(Tables(cells=cells) for cells in nothing)):
        for stems in ([], [Stem(())], [Stem((1,))]):
            expected = [slow_readings(word, tables, stems) for word in [(), (1,)]]
            assert read([(), (1,)], tables, stems) == expected
            assert choose([(), (2,)], tables, [], stems) == [Choice(NO_STEM, 0, 0, 0)] * 2
    assert read([], Tables(), []) == []
    assert choose([], Tables(), [], []) == []


# ------------------------------------------------------------------------------------------------ damaged tables


@pytest.mark.parametrize(
    ("starts", "there"), [([0, 4, 3], False), ([3, 2, 3], True), ([2**32 - 1, 2**32 - 1, 3], False)]
)
def test_letters_out_of_bounds_are_not_there(starts: list[int], there: bool) -> None:
    """Words, then stems, of which at most the second is there."""
    good, damaged = letters_of([(1, 2), (2,)]), np.array(starts, np.uint32)
    words = _core.read_words(good[0], damaged, MORPHOLOGY, STEMS)[0]
    assert series_from_core("", words).to_list() == [1, 1] * there
    stems = _core.Stems(MORPHOLOGY, good[0], damaged, *core_stems([Stem(()), Stem(())])[2:])
    found = _core.read_words(*good, MORPHOLOGY, (stems,))[1]
    assert series_from_core("", found).to_list() == [1] * there


def affixes_with(**changed: Sequence[int]) -> _core.Affixes:
    names = ["letters", "starts", "entries", "groups", "costs", "cuts", "needs"]
    arguments = dict(zip(names, core_affixes([Affix(()), Affix((1,))]), strict=True))
    arguments |= {name: np.array(value, arguments[name].dtype) for name, value in changed.items()}
    return _core.Affixes(*arguments.values())


@pytest.mark.parametrize(
    ("changed", "fronts"),
    [
        ({}, [0, 1]),
        ({"entries": [0, 1, 3]}, [0]),
        ({"entries": [0, 1, 2**32 - 1]}, [0]),
        ({"entries": [2**32 - 1, 0, 2]}, [0, 1]),
        ({"entries": [1, 0, 0]}, []),
        ({"starts": [0, 0, 2]}, [0]),
        ({"starts": [1, 0, 1]}, [1]),
        ({"starts": [0, 1, 1]}, [1, 0]),
        ({"groups": [255, 0]}, [1]),
        ({"needs": [0, 2]}, [0, 1]),
        ({"needs": [0, 255]}, [0]),
        ({"cuts": [255, 255]}, [0, 1]),
    ],
)
def test_damaged_affixes_do_not_exist(changed: dict[str, Sequence[int]], fronts: list[int]) -> None:
    arguments = VALID["tables"]
    morphology = _core.Morphology(affixes_with(**changed), *arguments[1:])
    stems = (_core.Stems(morphology, *core_stems([Stem((1, 2)), Stem((2,))])),)
    columns = _core.read_words(*letters_of([(1, 2)]), morphology, stems)
    assert sorted(series_from_core("", columns[3]).to_list()) == sorted(fronts)
    core_choice(*letters_of([(1, 2)]), morphology, stems, *core_lexemes([Lexeme()]))


def test_stems_of_no_class_or_lexeme() -> None:
    stems = [Stem((1,), 0, 1), Stem((1,), 2**32 - 1, 0), Stem((1,), 0, 2**16 - 1)]
    assert read([(1,)], Tables(), stems) == [[Reading(1, 2**32 - 1, 0, 0, 0)]]
    assert choose([(1,)], Tables(), [Lexeme()], stems) == [Choice(NO_STEM, 0, 0, 0)]


# ------------------------------------------------------------------------------------------------ arguments

Calls = dict[str, Callable[..., object]]
FOLD = np.arange(CODES, dtype=np.uint8)
MISSPELT = np.zeros((2, CODES, CODES), np.int16)
CELLS = np.zeros((1, 1, 1), np.int16)
AFFIXES = _core.Affixes(*core_affixes([Affix(())]))
MORPHOLOGY = _core.Morphology(AFFIXES, AFFIXES, CELLS, FOLD, MISSPELT)
STEMS = (_core.Stems(MORPHOLOGY, *core_stems([Stem((1, 2)), Stem((2,)), Stem((2,))])),)
VALID: dict[str, list[Any]] = {
    "affixes": core_affixes([Affix((1,)), Affix((2,), (Entry(), Entry()))]),
    "tables": [AFFIXES, AFFIXES, CELLS, FOLD, MISSPELT],
    "stems": [MORPHOLOGY, *core_stems([Stem((1,))])],
    "read": [*letters_of([(1, 2), (2,)]), MORPHOLOGY, STEMS],
    "choose": [
        *np.array([[0, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0], [5, 6, 4]], np.uint32),
        2,
        MORPHOLOGY,
        *core_lexemes([Lexeme()]),
    ],
}
CALLS: Calls = {
    "affixes": _core.Affixes,
    "tables": _core.Morphology,
    "stems": _core.Stems,
    "read": _core.read_words,
    "choose": _core.best_readings,
}
EACH = [(name, place) for name, arguments in VALID.items() for place in range(len(arguments))]


def with_argument(name: str, place: int, value: object) -> object:
    arguments = list(VALID[name])
    arguments[place] = value
    return CALLS[name](*arguments)


@pytest.mark.parametrize(("name", "place"), EACH)
def test_wrong_types_are_rejected(name: str, place: int) -> None:
    right = VALID[name][place]
    for value in (None, object()) if isinstance(right, int) else (None, 1, object()):
        with pytest.raises(TypeError):
            with_argument(name, place, value)
    if not isinstance(right, np.ndarray):
        return
    for array in (right.astype(np.float64), np.stack([right, right]), np.repeat(right, 4, axis=-1)[..., ::2]):
        with pytest.raises(ValueError, match=r"Buffer|buffer|contiguous"):
            with_argument(name, place, array)


@pytest.mark.parametrize(("name", "place"), EACH)
def test_lengths_that_differ_are_rejected(name: str, place: int) -> None:
    right = VALID[name][place]
    if not isinstance(right, np.ndarray) or right is CELLS or place == 0 or (name, place) in {("stems", 1)}:
        return
    for array in (right[:-1], np.concatenate([right, right])):
        if name == "read" and place == 1 and len(array):
            continue  # fewer words, or words twice
        with pytest.raises(ValueError, match="must have"):
            with_argument(name, place, array)


@pytest.mark.parametrize(("name", "place"), EACH)
def test_misaligned_arrays_are_rejected(name: str, place: int) -> None:
    right = VALID[name][place]
    if not isinstance(right, np.ndarray) or right.itemsize == 1:
        return
    array: Any = np.frombuffer(misaligned("B", right.nbytes), right.dtype, right.size).reshape(right.shape)
    with pytest.raises(ValueError, match="must be aligned"):
        with_argument(name, place, array)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: with_argument("read", 3, ()), "tables must be one or two, got 0"),
        (lambda: with_argument("read", 3, STEMS * 3), "tables must be one or two, got 3"),
        (lambda: with_argument("read", 2, core_morphology(Tables())), "tables must be Stems made with the same"),
        (lambda: with_argument("choose", 0, np.array([0, 1, 0], np.uint32)), "words must ascend .* 2, got 0 at 2"),
        (lambda: with_argument("choose", 0, np.array([1, 0, 0], np.uint32)), "words must ascend .* 2, got 0 at 1"),
        (lambda: with_argument("choose", 5, 1), "words must ascend and be less than 1, got 1 at 1"),
        (lambda: with_argument("choose", 2, np.array([0, 1, 0], np.uint32)), "entries of the tables, got 1 and 0 at 1"),
        (lambda: with_argument("choose", 3, np.array([0, 0, 65536], np.uint32)), "got 0 and 65536 at 2"),
        (lambda: with_argument("read", 1, np.zeros(0, np.uint32)), "starts of words must have an item more"),
        (lambda: with_argument("tables", 3, FOLD + np.uint8(1)), "fold must be 0 for 0 and .*, got 1 for 0"),
        (lambda: with_argument("tables", 3, FOLD * np.uint8(2)), "fold must be 0 .*, got 64 for 32"),
    ],
)
def test_wrong_values_are_rejected(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("value", [None, 1, "stems"])
def test_tables_must_be_stems(value: object) -> None:
    with pytest.raises(TypeError):
        with_argument("read", 3, (value,))


def test_read_only_and_memory_mapped_arrays(tmp_path: Path) -> None:
    def mapped(array: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
        path = tmp_path / f"{name}.npy"
        np.save(path, array)
        kept: npt.NDArray[Any] = np.load(path, mmap_mode="r")
        return kept

    expected = series_from_core("", _core.best_readings(*VALID["choose"])).to_list()
    assert expected == [0, 2]
    for name in ("affixes", "tables", "stems", "choose"):
        arguments = [
            mapped(value, f"{name}{place}") if isinstance(value, np.ndarray) else value
            for place, value in enumerate(VALID[name])
        ]
        found: Any = CALLS[name](*arguments)
    assert series_from_core("", found).to_list() == expected


def test_fold_is_copied() -> None:
    fold = FOLD.copy()
    morphology = _core.Morphology(AFFIXES, AFFIXES, CELLS, fold, MISSPELT)
    fold[:] = 255
    stems = (_core.Stems(morphology, *core_stems([Stem((1,))])),)
    fold[:] = 0
    columns = _core.read_words(*letters_of([(1,)]), morphology, stems)
    assert series_from_core("", columns[1]).to_list() == [0]


def test_tables_keep_their_arrays() -> None:
    made = core(Tables(), [Stem((1, 2)) for _ in range(100)])
    for _ in range(3):
        np.full(1000, 255, np.uint8)
    assert len(made[1][0]) == 100
    assert len(series_from_core("", _core.read_words(*letters_of([(1, 2)]), *made)[0])) == 100


@pytest.mark.parametrize("made", [AFFIXES, MORPHOLOGY, STEMS[0]], ids=["Affixes", "Morphology", "Stems"])
def test_none_can_be_pickled_or_copied(made: object) -> None:
    for call in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="arrays and cannot be pickled"):
            call(made)


def test_threads_share_tables() -> None:
    tables = Tables(fronts=[Affix(()), Affix((1,), (Entry(0, 5, 17),))], fold=dict.fromkeys(range(1, CODES), 1))
    words = [(1 + number % 5, 1 + number % 7, 2) for number in range(2000)]
    stems = [Stem(word[number % 2 :], number) for number, word in enumerate(words[:35])]
    made = core(tables, stems)
    lexemes = core_lexemes([Lexeme(number) for number in range(35)])

    def work(_: int) -> list[list[int]]:
        chosen = core_choice(*letters_of(words), *made, *lexemes)
        columns = _core.read_words(*letters_of(words), *made)
        return [*map(list, chosen), *(series_from_core("", column).to_list() for column in columns)]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(8)))
    assert results == [work(0)] * 8
