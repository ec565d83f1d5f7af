"""A slow twin of the readings of words, and its tables as arrays of the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core

CODES, NEVER, NO_STEM = 64, 0x7FFF, 2**32 - 1
MATTERS = 20 * 64  # a reading that is 2^20 times less likely than the likeliest is not chosen
POWERS = [round(2**31 * 2 ** (-part / 64)) for part in range(64)]
Letters = tuple[int, ...]
AS_WRITTEN = {code: code for code in range(1, CODES)}


class Entry(NamedTuple):
    """One meaning of an affix."""

    group: int = 0
    cost: int = 0
    cuts: int = 0
    needs: int = 0


class Affix(NamedTuple):
    letters: Letters
    entries: tuple[Entry, ...] = (Entry(),)


class Stem(NamedTuple):
    letters: Letters
    lexeme: int = 0
    class_: int = 0
    cost: int = 0


class Lexeme(NamedTuple):
    weight: int = 0
    lemma: int = 0


class Tables(NamedTuple):
    """What readings are made of; `spelling` is the cost of (written, true, last letter of a stem before an affix)."""

    fronts: Sequence[Affix] = (Affix(()),)
    backs: Sequence[Affix] = (Affix(()),)
    cells: Sequence[Sequence[Sequence[int]]] = (((0,),),)
    fold: Mapping[int, int] = AS_WRITTEN
    spelling: Mapping[tuple[int, int, bool], int] = MappingProxyType({})


class Reading(NamedTuple):
    stem: int
    lexeme: int
    front: int
    back: int
    cost: int


class Choice(NamedTuple):
    stem: int
    lexeme: int
    front: int
    back: int


# ------------------------------------------------------------------------------------------------ the twin


def numbered(affixes: Sequence[Affix]) -> Iterator[tuple[Letters, list[tuple[int, Entry]]]]:
    """Yield the affixes with their entries and the numbers of these, the empty ones first."""
    entries = [entry for affix in affixes for entry in affix.entries]
    numbers = iter(range(len(entries)))
    rows = [(affix.letters, [(next(numbers), entry) for entry in affix.entries]) for affix in affixes]
    yield from sorted(rows, key=lambda row: bool(row[0]))


def spelling_cost(tables: Tables, written: Letters, right: Letters, before_affix: bool = False) -> int | None:
    """Return what it costs to write `right` so, or None if they are different words."""
    if len(written) != len(right):
        return None
    cost = 0
    for place, (one, other) in enumerate(zip(written, right, strict=True), start=1):
        if not tables.fold.get(one) or tables.fold.get(one) != tables.fold.get(other):
            return None
        cost += tables.spelling.get((one, other, before_affix and place == len(right)), 0)
    return cost


def slow_readings(word: Letters, tables: Tables, stems: Sequence[Stem]) -> list[Reading]:
    """Return the readings of a word: every front, every back, every stem."""
    found = []
    for front, front_entries in numbered(tables.fronts):
        for back, back_entries in numbered(tables.backs):
            end = len(word) - len(back)
            if end <= len(front):
                continue
            costs = [spelling_cost(tables, word[: len(front)], front), spelling_cost(tables, word[end:], back)]
            for number, stem in enumerate(stems):
                cost = spelling_cost(tables, word[len(front) : end], stem.letters, bool(back))
                if cost is None or costs[0] is None or costs[1] is None or stem.class_ >= len(tables.cells):
                    continue
                for f, one in front_entries:
                    for b, other in back_entries:
                        fits = cell(tables, stem.class_, one.group, other.group)
                        if fits == NEVER or one.needs not in (0, stem.letters[0]):
                            continue
                        total = cost + costs[0] + costs[1] + stem.cost + one.cost + other.cost + fits
                        found.append(Reading(number, stem.lexeme, f, b, total))
    return found


def cell(tables: Tables, class_: int, front: int, back: int) -> int:
    groups = tables.cells[class_]
    return groups[front][back] if front < len(groups) and back < len(groups[front]) else NEVER


def slow_choice(word: Letters, tables: Tables, stems: Sequence[Stem], lexemes: Sequence[Lexeme]) -> Choice:
    """Return the likeliest reading: of the cut, then of the lemma, whose readings are likeliest together."""
    readings = [each for each in slow_readings(word, tables, stems) if each.lexeme < len(lexemes)]
    if not readings:
        return Choice(NO_STEM, 0, 0, 0)
    total = {each: each.cost + lexemes[each.lexeme].weight for each in readings}
    least = min(total.values())
    cuts = [[entry.cuts for affix in side for entry in affix.entries] for side in (tables.fronts, tables.backs)]

    def cut(reading: Reading) -> tuple[int, int]:
        return cuts[0][reading.front], cuts[1][reading.back]

    def lemma(reading: Reading) -> int:
        return lexemes[reading.lexeme].lemma

    for key in (cut, lemma):
        sums: dict[Any, int] = {key(each): 0 for each in readings if total[each] - least < MATTERS}
        for part in sums:
            share = (total[each] - least for each in readings if key(each) == part)
            sums[part] = sum(POWERS[difference % 64] >> difference // 64 for difference in share)
        best = max(sums, key=lambda part: sums[part])
        readings = [each for each in readings if key(each) == best]
    return Choice(*min(readings, key=lambda each: total[each])[:4])


# ------------------------------------------------------------------------------------------------ as arrays


def letters_of(words: Iterable[Letters]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32]]:
    """Return words as letters and starts."""
    words = list(words)
    letters = np.array([letter for word in words for letter in word], np.uint8)
    return letters, np.cumsum([0, *map(len, words)], dtype=np.uint32)


def core_affixes(affixes: Sequence[Affix]) -> list[npt.NDArray[Any]]:
    """Return the arguments of `Affixes`."""
    entries = np.array([entry for affix in affixes for entry in affix.entries], np.int64).reshape(-1, 4)
    kinds = (np.uint8, np.int16, np.uint8, np.uint8)
    columns = [entries[:, column].astype(kind) for column, kind in enumerate(kinds)]
    ends = np.cumsum([0, *(len(affix.entries) for affix in affixes)], dtype=np.uint32)
    return [*letters_of(affix.letters for affix in affixes), ends, *columns]


def core_morphology(tables: Tables) -> _core.Morphology:
    fold = np.zeros(CODES, np.uint8)
    misspelt = np.zeros((2, CODES, CODES), np.int16)
    for code, folded in tables.fold.items():
        fold[code] = folded
    for (written, right, last), cost in tables.spelling.items():
        misspelt[int(last), written, right] = cost
    cells = np.array(tables.cells, np.int16)
    cells = cells if cells.ndim == 3 else np.zeros((len(cells), 0, 0), np.int16)
    fronts, backs = (_core.Affixes(*core_affixes(affixes)) for affixes in (tables.fronts, tables.backs))
    return _core.Morphology(fronts, backs, cells, fold, misspelt)


def core_stems(stems: Sequence[Stem]) -> list[npt.NDArray[Any]]:
    """Return the arguments of `Stems` after the morphology."""
    columns = [np.array([stem[column] for stem in stems]) for column in (2, 1, 3)]
    kinds = (np.uint16, np.uint32, np.int16)
    return [
        *letters_of(stem.letters for stem in stems),
        *(column.astype(kind) for column, kind in zip(columns, kinds, strict=True)),
    ]


def core_lexemes(lexemes: Sequence[Lexeme]) -> list[npt.NDArray[Any]]:
    """Return the last arguments of `best_readings`."""
    return [
        np.array([lexeme.weight for lexeme in lexemes], np.int32),
        np.array([lexeme.lemma for lexeme in lexemes], np.uint32),
        np.array(POWERS, np.uint32),
    ]


def core_choice(
    letters: npt.NDArray[Any],
    starts: npt.NDArray[Any],
    morphology: _core.Morphology,
    stems: tuple[_core.Stems, ...],
    *lexemes: npt.NDArray[Any],
) -> list[npt.NDArray[np.uint32]]:
    """Return stem, lexeme, front and back of the best reading of each word; if it has none, `NO_STEM` and zeros."""
    columns = _core.read_words(letters, starts, morphology, stems)
    words, *others, costs = (series_from_core("", column).to_numpy() for column in columns)
    best = _core.best_readings(words, *others[1:], costs, len(starts) - 1, morphology, *lexemes)  # type: ignore[call-arg,arg-type]
    numbers = series_from_core("", best).to_numpy()
    found = numbers != NO_STEM
    chosen = [np.full(len(numbers), none, np.uint32) for none in (NO_STEM, 0, 0, 0)]
    for array, column in zip(chosen, others, strict=True):
        array[found] = column[numbers[found]]
    return chosen
