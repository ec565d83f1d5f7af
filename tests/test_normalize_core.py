"""The core's Program on its own: columns of every shape, limits, invalid tables, threads."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import Program
from corpus_kit.text import arabic
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import Normalizer

pytestmark = pytest.mark.core

TEXTS = ["", "كتاب", None, "كَتَبَ الرَّجُلُ", "ﷺ", "a" * 40, None, "اللللله أكبر \u200f١٢٣", "🙂" * 9, "ا\u0654"]


def program(**tables: Any) -> Program:
    return Program(**{"early": {}, "late": {}, "marks": {}, **tables})


def column(core: Program, series: pl.Series, block_limit: int = 0) -> pl.Series:
    return series_from_core(series.name, core.column(text_stream(series), block_limit=block_limit))


def test_empty_program_changes_nothing() -> None:
    for text in TEXTS:
        if text is not None:
            assert program().text(text) == text
            assert program().text_with_offsets(text)[0] == text
    assert column(program(), pl.Series(TEXTS)).to_list() == TEXTS


@pytest.mark.parametrize("block_limit", [1, 13, 64, 0])
def test_small_blocks(block_limit: int) -> None:
    core = core_program(Normalizer.preset("social").replace(ligatures="expand"))
    expected = [None if text is None else core.text(text) for text in TEXTS]
    assert column(core, pl.Series(TEXTS), block_limit).to_list() == expected


@given(st.lists(st.sampled_from(TEXTS), max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_chunks_and_slices_change_nothing(texts: list[str | None], cut: int, skip: int) -> None:
    core = core_program(Normalizer.preset("search"))
    whole = pl.Series("t", texts, dtype=pl.String)
    chunked = whole[:cut].append(whole[cut:])
    expected = [None if text is None else core.text(text) for text in texts]
    assert column(core, chunked).to_list() == expected
    assert column(core, chunked.slice(skip)).to_list() == expected[skip:]


def test_the_worst_expansion_fits() -> None:
    core = program(early={0x61: [0x1F642] * 255, 0xFDFA: [0x10FFFF] * 255})
    for text, out in (("a", "\U0001f642"), ("ﷺ", "\U0010ffff")):
        for times in (1, 2, 100):
            assert core.text(text * times) == out * 255 * times
            assert column(core, pl.Series([text * times])).to_list() == [out * 255 * times]
    offsets = core.text_with_offsets("xaa")[1]
    assert list(memoryview(offsets).cast("q")) == [0] + [1] * 255 + [2] * 255


def test_latin_text_can_become_any_script() -> None:
    core = program(early={0x61: [0x628], 0x62: [0x1F642], 0x63: []})
    assert core.text("abcé") == "ب🙂é"
    assert column(core, pl.Series(["abcé"])).to_list() == ["ب🙂é"]


@pytest.mark.parametrize("rest", ["", "x", "x" * 500])
def test_composition_can_add_bytes(rest: str) -> None:
    # "a" and a mark, one byte each, become four bytes; the rest needs space as well
    for mark in (0x301, 0x62):
        core = program(marks={mark: 230}, pairs=[(0x10FFFF, 0x61, mark)])
        text = f"a{chr(mark)}" * 100 + rest
        assert column(core, pl.Series([text])).item() == core.text(text) == "\U0010ffff" * 100 + rest
    core = program(late={0xE9: [0x1F642]}, marks={0x62: 230}, pairs=[(0xE9, 0x61, 0x62)])
    assert column(core, pl.Series(["ab" * 100 + rest])).item() == "\U0001f642" * 100 + rest


def test_cyclic_tables_are_detected() -> None:
    # a letter composes with a mark to itself, and LATE maps the letter to one that composes with the mark again
    pairs = [(0x13, 0x13, 0x301), (0x12, 0x13, 0x301)]
    core = program(late={0x13: [0x12]}, marks={0x301: 220, 0x302: 200}, pairs=pairs)
    with pytest.raises(OverflowError, match="without end"):
        core.text("\x12\u0302\u0301")


def test_composing_marks_one_by_one_is_fast() -> None:
    # Each round composes one mark with the alef and folds it; a full pass per mark would take minutes.
    core = core_program(Normalizer(composition="nfc", alef="hamza", hamza="keep"))
    text = "ا" + "\u0653\u0654" * 100_000 + "\u064e"
    assert core.text(text) == "ا\u064e"
    result, offsets = core.text_with_offsets("ب" + text)
    assert (result, list(memoryview(offsets).cast("q"))) == ("با\u064e", [0, 1, 200_002])
    assert column(core, pl.Series([text])).item() == "ا\u064e"


@pytest.mark.parametrize("length", [1, 31, 32, 33, 34, 500])
def test_mark_reordering_is_stable(length: int) -> None:
    marks = {0x64E: 30, 0x650: 32, 0x651: 33, 0x610: 230, 0x611: 230, 0x654: 230}
    core = program(marks=marks, pairs=[(0x623, 0x627, 0x654)], late={}, groups={})
    run = [list(marks)[(7 * k * k + k) % 5] for k in range(length)]
    expected = sorted(run, key=marks.__getitem__)
    assert core.text("ب" + "".join(map(chr, run)) + "ت") == "ب" + "".join(map(chr, expected)) + "ت"


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"early": {0x110000: []}}, "code point"),
        ({"early": {0x61: [0xD800]}}, "code point"),
        ({"late": {-1: []}}, "code point"),
        ({"early": {0x61: [0x62] * 256}}, "at most 255"),
        ({"late": {0x61: [0x62, 0x63]}}, "^late "),
        ({"late": {0x61: [0x62], 0x62: [0x63]}}, "^late .*own result"),
        ({"late": {0x61: []}, "groups": {"hamzas": [0x654]}}, "^late "),
        ({"marks": {0x64E: 0}}, "combining class"),
        ({"marks": {0x64E: 255}}, "combining class"),
        ({"pairs": [(0x623, 0x627, 0x654)]}, "compose"),
        ({"groups": {"vowels": [0x61]}}, "group.*'vowels'"),
        ({"groups": {"loose": [0x61]}}, "^loose .*U\\+0061"),
        ({"groups": {"final": [0x61]}}, "^final .*U\\+0061"),
        ({"groups": {"final": [0x627, 0x628]}}, "^final "),
        ({"elongation": -1}, "^elongation "),
    ],
)
def test_invalid_tables_are_rejected(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        program(**tables)


def test_non_text_input_is_rejected() -> None:
    with pytest.raises(TypeError):
        program().text(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="strings"):
        program().column(pl.Series([1, 2]).__arrow_c_stream__())
    stream = text_stream(pl.Series(["a"]))
    program().column(stream)
    with pytest.raises((ValueError, RuntimeError)):
        program().column(object())
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(program())


@pytest.mark.parametrize("text", ["\ud800", "كتاب\udfff", "\U0001f642\udc00", "ا\u064e\ud800", "\ud800\u0654"])
def test_unpaired_surrogate_is_rejected(text: str) -> None:
    core = core_program(Normalizer.preset("search"))
    for call in (core.text, core.text_with_offsets):
        with pytest.raises(ValueError, match="unpaired surrogate"):
            call(text)


def test_threads_share_a_program() -> None:
    core = core_program(Normalizer.preset("social"))
    series = pl.Series([text for text in TEXTS if text is not None] * 500)
    expected = column(core, series)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: column(core, series), range(12)))
    assert all(result.equals(expected) for result in results)


def test_long_text_spans_several_signal_checks() -> None:
    core = core_program(Normalizer.preset("search"))
    text = "أَحمد ﷺ 🙂 " * 500_000
    expected = core.text("أَحمد ﷺ 🙂 ") * 500_000
    assert core.text(text) == expected
    assert column(core, pl.Series([text])).item() == expected


def test_inventory_classes_are_disjoint() -> None:
    assert not arabic.LETTERS & arabic.COMBINING_CLASSES.keys()
    assert not arabic.CONTROLS & arabic.ODD_SPACES
