"""Adversarial texts: four times the text may take about four times as long, but not sixteen times as long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit._base.columns import text_stream
from corpus_kit._core import TypeTable
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import PRESETS, Normalizer

# Repeated units; a single letter comes first, so that marks have a base.
UNITS = {
    "one token a byte": "a!",
    "hash signs": "#",
    "at signs": "@",
    "dots": "a.a.a.",
    "schemes": "http",
    "addresses": "http://a@b.c)",
    "no white space": "كتاب",
    "marks": "\u064e\u0651",
    "hamzas": "\u0654\u0653",
    "lam": "ل",
    "lam and heh": "للـه",
    "quotation marks": "«\"»'“",
    "tags": "#_ا@",
    "joiners": "🙂\u200d",
    "underscores": "a_",
    "only underscores": "a" + "_" * 97,
    "apostrophes": "a'",
    "abbreviations": "أ.د.",
    "separators in numbers": "1,",
    "wide spaces": "\u2003ب",
    "words without a repetition": "",
}
NORMALIZERS = {name: Normalizer.preset(name) for name in PRESETS} | {
    "composed and folded": Normalizer(composition="nfc", alef="hamza", maksura="yeh"),
    "everything": Normalizer.preset("social").replace(ligatures="expand", composition="nfc"),
}


def tokenizing(mode: str) -> Callable[[str], object]:
    return lambda text: TypeTable().tokenize(text_stream(pl.Series([text])), mode)


def normalizing(name: str, how: str) -> Callable[[str], object]:
    program = core_program(NORMALIZERS[name])
    if how == "column":
        return lambda text: program.column(text_stream(pl.Series([text])))
    return program.text_with_offsets


WAYS: dict[str, Callable[[str], object]] = {
    **{mode: tokenizing(mode) for mode in ("standard", "whitespace", "character")},
    **{f"{name}, {how}": normalizing(name, how) for name in NORMALIZERS for how in ("column", "offsets")},
    "count_ngrams": lambda text: ck.count_ngrams([text], (1, 3)),
}


def distinct_words(count: int) -> str:
    """Return words that occur once each, so that the table of types keeps growing."""
    return " ".join(f"ا{n:x}ب" for n in range(count))


def fastest(way: Callable[[str], object], text: str) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        way(text)
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.parametrize("way", WAYS)
def test_time_is_not_quadratic(benchmark: Any, way: str) -> None:
    for what, unit in UNITS.items():
        text = unit * (250_000 // len(unit.encode())) if unit else distinct_words(20_000)
        text, longer = "ا" + text, "ا" + (text * 4 if unit else distinct_words(80_000))
        short, long = fastest(WAYS[way], text), fastest(WAYS[way], longer)
        benchmark.extra_info[what] = long / short
        assert long < 16 * max(short, 1e-3), (what, short, long)
    benchmark.pedantic(lambda: None)


def test_long_text_without_white_space(benchmark: Any) -> None:
    text = "كتاب" * 6_500_000  # 52 MB
    counts = benchmark.pedantic(ck.count_ngrams, ([text], 1), rounds=1)
    assert counts["count"].to_list() == [1]
