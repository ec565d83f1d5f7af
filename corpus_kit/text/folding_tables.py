"""The tables that a normaliser compiles to: what each step does to a code point, and the core's program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from corpus_kit._core import Program
from corpus_kit.text import arabic

if TYPE_CHECKING:
    from corpus_kit.text.uthmani_program import UthmaniProgram

__all__ = ["Plan", "core_program", "core_tables", "digest_of", "plan_of"]

Table: TypeAlias = dict[int, tuple[int, ...]]

_REMEMBERED = 64  # normalisers whose tables are kept


class _Normalizer(Protocol):
    """What the tables need of a `Normalizer`, which is hashable."""

    def __hash__(self) -> int: ...
    @property
    def version(self) -> str: ...
    @property
    def options(self) -> dict[str, Any]: ...
    @property
    def steps(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Plan:
    """The tables of a normaliser: what each step does to a code point, before and after composition."""

    early_steps: tuple[tuple[str, Table], ...]
    late_steps: tuple[tuple[str, Table], ...]
    early: Table
    late: Table

    def trace(self, code_point: int) -> tuple[tuple[int, ...], list[str]]:
        """Return what becomes of one code point by itself, and the steps that changed it."""
        current: tuple[int, ...] = (code_point,)
        steps = []
        for name, table in (*self.early_steps, *self.late_steps):
            changed = _apply(table, current)
            if changed != current and name not in steps:
                steps.append(name)
            current = changed
        return current, steps


@lru_cache(maxsize=_REMEMBERED)
def plan_of(normalizer: _Normalizer) -> Plan:
    """Return the tables of a normaliser's steps, singly and merged."""
    options = normalizer.options
    on = {option: options[option] for option in normalizer.steps}
    marks = {"core": arabic.CORE_MARKS, "extended": arabic.EXTENDED_MARKS}.get(on.get("marks", ""), frozenset[int]())
    early_marks, late_marks = _split_at_composition(_drop(marks))
    early_signs, late_signs = _split_at_composition(_drop(arabic.QURANIC_SIGNS if "quranic" in on else ()))
    early = {
        "presentation": arabic.PRESENTATION_FORMS,
        "ligatures": _ligatures(),
        "controls": _drop(arabic.CONTROLS),
        "zwnj": _drop([arabic.ZWNJ]),
        "spaces": _fold(arabic.ODD_SPACES, 0x20),
        "tatweel": _drop([arabic.TATWEEL]),
        "marks": early_marks,
        "quranic": early_signs,
    }
    late = {
        "marks": late_marks,
        "quranic": late_signs,
        "dagger": _dagger_alef(on.get("dagger", "drop")),
        "lookalikes": _to(arabic.LOOKALIKES),
        "farsi": _to(arabic.FARSI_LETTERS),
        "hamza": _hamza(on.get("hamza", "seat")),
        "alef": _fold(_alefs(on.get("alef", "all")), arabic.ALEF),
        "maksura": _fold([arabic.ALEF_MAKSURA], arabic.YEH),
        "teh_marbuta": _fold([arabic.TEH_MARBUTA], arabic.HEH),
        "digits": _to(arabic.DIGITS),
        "case": _to(arabic.LOWER_CASE),
    }
    early_steps = tuple((name, table) for name, table in early.items() if name in on)
    late_steps = tuple((name, table) for name, table in late.items() if name in on)
    return Plan(early_steps, late_steps, _merge(early_steps), _merge(late_steps))


def core_tables(normalizer: _Normalizer) -> dict[str, Any]:
    """Return the arguments of the core's Program."""
    plan = plan_of(normalizer)
    options = normalizer.options
    composed = options["composition"] == "nfc"
    drops_controls = options["controls"] == "drop"
    groups: dict[str, Iterable[int]] = {}
    loose = arabic.COMBINING_HAMZAS if options["hamza"] == "marks" else frozenset[int]()
    if loose:
        groups |= {"loose": loose}
    if options["alef"] == "all":
        groups |= {"alefs": arabic.ALEFS, "hamzas": arabic.COMBINING_HAMZAS}
    if options["elongation"] is not None:
        groups |= {
            "letters": arabic.LETTERS,
            "transparent": {arabic.TATWEEL, *arabic.COMBINING_CLASSES},
            "lam": [arabic.LAM],
            "heh": [arabic.HEH],
            "final": [arabic.ALEF],
            "before_lam": arabic.ALEFS,
            "proclitics": [arabic.WAW, arabic.FEH, arabic.BEH, arabic.TEH, arabic.LAM, arabic.KAF],
        }
    if drops_controls:
        groups |= {"emoji": arabic.JOINED_EMOJI, "selectors": [arabic.EMOJI_SELECTOR]}
    return {
        # the core itself decides about ZWJ, which stays between emoji, and about marks that may compose
        "early": {code_point: result for code_point, result in plan.early.items() if code_point != arabic.ZWJ},
        "late": {code_point: result for code_point, result in plan.late.items() if code_point not in loose},
        "marks": arabic.COMBINING_CLASSES if composed or "hamzas" in groups or loose else {},
        "pairs": [(letter, *parts) for letter, parts in arabic.DECOMPOSITIONS.items()] if composed else [],
        "groups": groups,
        "joiner": arabic.ZWJ if drops_controls else -1,
        "elongation": options["elongation"] or 0,
    }


@lru_cache(maxsize=_REMEMBERED)
def core_program(normalizer: _Normalizer) -> Program | UthmaniProgram:
    """Return the compiled form of a normaliser."""
    program = Program(**core_tables(normalizer))
    if normalizer.options["uthmani"] != "modern":
        return program
    from corpus_kit.text.uthmani_program import UthmaniProgram  # slow to load

    return UthmaniProgram(program)


@lru_cache(maxsize=_REMEMBERED)
def digest_of(normalizer: _Normalizer) -> str:
    """Return the SHA-256 (hex) of version, Unicode version, options and tables."""
    tables = core_tables(normalizer)
    canonical = {
        "version": normalizer.version,
        "unicode": arabic.UNICODE_VERSION,
        "options": sorted((option, value) for option, value in normalizer.options.items()),
        "early": sorted((code_point, list(result)) for code_point, result in tables["early"].items()),
        "late": sorted((code_point, list(result)) for code_point, result in tables["late"].items()),
        "marks": sorted(tables["marks"].items()),
        "pairs": sorted(tables["pairs"]),
        "groups": sorted((name, sorted(members)) for name, members in tables["groups"].items()),
        "joiner": tables["joiner"],
        "uthmani": None,
    }
    if normalizer.options["uthmani"] == "modern":
        from corpus_kit.text.uthmani import SPELLING_VERSION  # slow to load

        canonical["uthmani"] = SPELLING_VERSION
    return hashlib.sha256(json.dumps(canonical, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


# ------------------------------------------------------------------------------------- single steps


def _apply(table: Table, code_points: Iterable[int]) -> tuple[int, ...]:
    return tuple(result for code_point in code_points for result in table.get(code_point, (code_point,)))


def _to(table: Mapping[int, int]) -> Table:
    return {code_point: (result,) for code_point, result in table.items()}


def _fold(code_points: Iterable[int], result: int) -> Table:
    return dict.fromkeys(code_points, (result,))


def _drop(code_points: Iterable[int]) -> Table:
    return dict.fromkeys(code_points, ())


def _split_at_composition(table: Table) -> tuple[Table, Table]:
    """Split removals: combining marks go after composition, anything else before it."""
    early = {code_point: result for code_point, result in table.items() if code_point not in arabic.COMBINING_CLASSES}
    return early, {code_point: result for code_point, result in table.items() if code_point not in early}


def _ligatures() -> Table:
    words = {**arabic.WORD_LIGATURES, **arabic.ORNATE_BRACKETS}
    return {code_point: tuple(map(ord, word)) for code_point, word in words.items()}


def _dagger_alef(kind: str) -> Table:
    return _fold([arabic.DAGGER_ALEF], arabic.ALEF) if kind == "alef" else _drop([arabic.DAGGER_ALEF])


def _hamza(kind: str) -> Table:
    if kind == "marks":
        return _drop(arabic.COMBINING_HAMZAS)
    if kind == "bare":
        return _fold([*arabic.HAMZA_SEATS, *arabic.COMBINING_HAMZAS], arabic.HAMZA)
    return {**_to(arabic.HAMZA_SEATS), **_drop(arabic.COMBINING_HAMZAS)}


def _alefs(kind: str) -> frozenset[int]:
    more = {"hamza": (), "wasla": {arabic.ALEF_WASLA}, "all": arabic.ALEFS - {arabic.ALEF}}[kind]
    return arabic.ALEF_WITH_HAMZA_OR_MADDA.union(more)


def _merge(steps: Iterable[tuple[str, Table]]) -> Table:
    """Return one table that has the effect of all steps in turn."""
    tables = [table for _, table in steps]
    changed = frozenset().union(*tables)
    merged: Table = {}
    for number, table in enumerate(tables):
        for code_point, result in table.items():
            if code_point not in merged:
                # later steps are applied only if one of them may change the result, which is rare
                merged[code_point] = result if changed.isdisjoint(result) else _in_turn(tables[number + 1 :], result)
    return {code_point: result for code_point, result in merged.items() if result != (code_point,)}


def _in_turn(tables: Iterable[Table], code_points: tuple[int, ...]) -> tuple[int, ...]:
    for table in tables:
        code_points = _apply(table, code_points)
    return code_points
