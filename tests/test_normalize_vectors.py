"""Every vector variant of the normaliser returns the same bytes as the scalar one, for any tables and text.

A block ends at the first unit that needs the slow path, compacts what is kept, and can begin anywhere in a text. So
each special unit is placed at every position of texts up to several blocks long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import polars as pl
import pytest
from arrow_producer import Producer, encode
from core_calls import assert_keeps_no_memory, assert_stops_before_its_end, needs_timers
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_normalization import normalize_by_tables, normalize_slowly

import corpus_kit as ck
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import INSTRUCTIONS, Program
from corpus_kit.errors import InputError
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import PRESETS, Normalizer, normalize

pytestmark = pytest.mark.core

VECTORS = [pytest.param(name, id=name) for name in INSTRUCTIONS if name != "scalar"]

# What a block can contain: letters, marks and digits of both halves of the Arabic block; ASCII; U+0080-00FF; other
# 2-byte leads; 3 and 4 bytes; letters that expand to two; what is removed or depends on its neighbours.
SPECIAL = [
    *"أةىA5٥ـ۵ێک«é\u00a0\u07caԱ”ﻻﷺ€😀",
    *"\u064b\u0651\u0653\u0654\u0670\u06d6\u0600\u06ff\u0610\u08f0\u200f\u200c\x00\x7f",
    "لا\u0654",
    "👩\u200d🚀",
    "ل\u0651\u0654ه",
    "\u064e\u064f\u0650" * 3,
    "ػ١٢٣",
    "aAzZ",
    "ﻼﻻ" * 5,
]
FILLERS = ["ب", "a", "بa", "ب\u064e", "بت ثج\n", "ک", "«ب»", "ﻻ", "😀"]


def column(core: Program, series: pl.Series, **options: Any) -> list[str | None]:
    return series_from_core(series.name, core.column(text_stream(series), **options)).to_list()


def all_forms(core: Program, texts: list[str], instructions: str) -> list[Any]:
    """Return what the core makes of the texts as a column, as strings, and with offsets."""
    with_offsets = [core.text_with_offsets(text, instructions=instructions) for text in texts]
    offsets = [memoryview(places).cast("q").tolist() for _, places in with_offsets]
    results = core.texts(list(texts), instructions=instructions)
    assert results == [result for result, _ in with_offsets]
    assert results == column(core, pl.Series(texts, dtype=pl.String), instructions=instructions)
    assert results == [core.text(text, instructions=instructions) for text in texts]
    return [results, offsets]


def places() -> list[str]:
    texts = [filler * length for filler in FILLERS for length in range(0, 150, 7)]
    for filler in ("ب", "a"):
        for length in (*range(13, 18), *range(28, 36), *range(60, 68), *range(125, 130)):
            texts += [filler * length + special + filler * 40 for special in SPECIAL]
    return texts


# What no preset does: Latin to Latin-1 and beyond, Arabic to ASCII, U+0080-00FF, other scripts, several letters.
ODD_TABLES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "latin": {"early": {0x61: [0xE9], 0x41: [], 0xE9: [0x61], 0xAB: [0x628], 0xBB: [], 0xA0: [0x20], 0x20: [0xA0]}},
    "latin only": {"early": {0x61: [0x62], 0x41: [], 0xE9: [0xEA], 0xAB: [0x22], 0xBB: [], 0xA0: [0x20]}},
    "arabic": {
        "early": {0x628: [0x62], 0x62A: [0xE9], 0x62B: [0x7FF], 0x62C: [0x800], 0x62D: [0x1F642], 0x6A9: [0x643]}
    },
    "everything is removed": {"early": {code: [] for code in (*range(0x80), *range(0x600, 0x700))}},
    "everything doubles": {"early": {code: [code, code] for code in (*range(0x80), *range(0x600, 0x700))}},
    "every letter changes": {"late": {code: [0x6FF - (code & 0x7F)] for code in range(0x600, 0x680)}},
}


def odd(name: str) -> Program:
    return Program(**{"early": {}, "late": {}, "marks": {}, **ODD_TABLES[name]})


@pytest.mark.parametrize("instructions", VECTORS)
@pytest.mark.parametrize("preset", PRESETS)
def test_presets_at_every_place(preset: str, instructions: str) -> None:
    core, texts = core_program(Normalizer.preset(preset)), places()
    assert all_forms(core, texts, instructions) == all_forms(core, texts, "scalar")


@pytest.mark.slow
@pytest.mark.parametrize("instructions", VECTORS)
@pytest.mark.parametrize("name", ODD_TABLES)
def test_odd_tables_at_every_place(name: str, instructions: str) -> None:
    core, texts = odd(name), places()
    tables = {"early": {}, "late": {}, **ODD_TABLES[name]}
    expected = [normalize_by_tables(text, tables["early"], tables["late"]) for text in texts]
    assert all_forms(core, texts, instructions) == [[text for text, _ in expected], [list(p) for _, p in expected]]


CHARS = st.one_of(
    st.sampled_from("بتثجحخدذرزسلهاي"),
    st.sampled_from("بتثجحخدذرزسلهاي"),
    st.sampled_from("aZ 5\n"),
    st.sampled_from("".join(SPECIAL)),
    st.integers(0x600, 0x6FF).map(chr),
    st.integers(0, 0xFF).map(chr),
    st.characters(exclude_categories=["Cs"]),
)
TEXTS = st.tuples(st.sampled_from(FILLERS), st.integers(0, 70), st.text(CHARS, max_size=130)).map(
    lambda parts: parts[0] * parts[1] + parts[2]
)
LETTERS = st.one_of(st.integers(0x600, 0x6FF), st.integers(0, 0xFF), st.sampled_from([0x7FF, 0x800, 0x1F642]))
EARLY = st.dictionaries(LETTERS, st.lists(LETTERS, max_size=3), max_size=40)


@settings(max_examples=examples(150))
@given(EARLY, st.lists(TEXTS, min_size=1, max_size=4))
def test_any_tables_equal_their_twin(early: dict[int, list[int]], texts: list[str]) -> None:
    core = Program(early=early, late={}, marks={})
    expected = [normalize_by_tables(text, early, {}) for text in texts]
    for instructions in INSTRUCTIONS:
        assert all_forms(core, texts, instructions) == [[text for text, _ in expected], [p for _, p in expected]]


@settings(max_examples=examples(150))
@given(st.sampled_from(PRESETS), st.sampled_from([None, 1, 2, 3]), st.lists(TEXTS, min_size=1, max_size=4))
def test_presets_equal_their_twin(preset: str, elongation: int | None, texts: list[str]) -> None:
    normalizer = Normalizer.preset(preset).replace(elongation=elongation)
    expected = [normalize_slowly(text, normalizer.options) for text in texts]
    for instructions in INSTRUCTIONS:
        found = all_forms(core_program(normalizer), texts, instructions)
        assert found == [[text for text, _ in expected], [list(sources) for _, sources in expected]]


# The shortest invalid sequences of each kind, and code points without their first or last bytes.
WRONG = [
    *(b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xd8", b"\xd8a", b"\xd8\xd8", b"\xe0\x9f\xbf", b"\xe2\x80"),
    *(b"\xed\xa0\x80", b"\xef\xbf", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff"),
    *("ب€😀".encode()[:length] for length in (1, 3, 4, 6, 7, 8)),
    *("😀€ب".encode()[length:] for length in (1, 2, 3, 5, 6, 8)),
    *("😀".encode() + b"\x80", "€".encode() + b"\x80", "ب".encode() + b"\x80"),
]


@pytest.mark.parametrize("instructions", VECTORS)
def test_invalid_utf8_is_located(instructions: str) -> None:
    core = odd("nothing")

    def error_of(text: bytes, instructions: str) -> str:
        with pytest.raises(ValueError, match="not valid UTF-8") as caught:
            core.column(Producer(b"U", [encode(b"U", [text])]).capsule(), instructions=instructions)
        return str(caught.value)

    for filler in ("a", "ب", "€", "😀"):
        for length in (*range(4), 9, 15, 16, 20, 21, *range(28, 34), *range(60, 66), 127, 128):
            for wrong in WRONG:
                for end in ("", "بa€" * 30):
                    text = (filler * length).encode() + wrong + end.encode()
                    found = error_of(text, instructions)
                    assert found == error_of(text, "scalar")
                    with pytest.raises(UnicodeDecodeError) as wanted:
                        text.decode()
                    assert f"at position {wanted.value.start}" in found


@given(st.text(st.sampled_from("aب€😀\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff\x7f\x80"), max_size=300))
def test_valid_utf8_passes(text: str) -> None:
    for instructions in INSTRUCTIONS:
        assert column(odd("nothing"), pl.Series([text]), instructions=instructions) == [text]


@given(
    st.lists(st.none() | st.sampled_from(["", "أ", "كِتاب طويل", "ﷺ" * 30, "x" * 13, "A" * 12]), max_size=90),
    st.integers(0, 90),
    st.integers(0, 20),
    st.sampled_from([0, 1, 40, 200]),
)
def test_threads_change_nothing(texts: list[str | None], cut: int, skip: int, block_limit: int) -> None:
    core = core_program(Normalizer.preset("search").replace(ligatures="expand"))
    whole = pl.Series("t", texts, dtype=pl.String)
    series = whole[:cut].append(whole[cut:]).slice(skip)
    expected = [None if text is None else core.text(text) for text in texts[skip:]]
    assert column(core, series, block_limit=block_limit) == expected


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 5, 64])
@pytest.mark.parametrize("block_limit", [0, 100_000])
def test_large_columns_with_threads(threads: int, block_limit: int) -> None:
    core = core_program(Normalizer.preset("search"))
    some = ["", "أ", None, "كِتاب طويل جدًا", "ﷺ " * 20, "x" * 13, "الأُمّة " * 400]
    series = pl.Series(some * 1500 + ["كلمة"] * 1001)
    expected = [None if text is None else core.text(text) for text in some] * 1500 + ["كلمه"] * 1001
    found = series_from_core("", core.column(text_stream(series), threads=threads, block_limit=block_limit))
    assert found.to_list() == expected
    assert found.null_count() == 1500
    assert found.slice(5, 4000).to_list() == expected[5:4005]
    assert found.sort().equals(pl.Series(expected).sort())


@pytest.mark.parametrize("threads", [1, 5])
def test_first_invalid_row_is_reported(threads: int) -> None:
    texts = [b"x" * 8_000 if row % 200 else b"\xd8" * 8_000 for row in range(1, 900)]
    with pytest.raises(ValueError, match="row 199 is not"):
        odd("nothing").column(Producer(b"vu", [encode(b"vu", list(texts))]).capsule(), threads=threads)


def test_output_buffer_grows() -> None:
    # the result exceeds the text by more than an eighth, so the buffer must grow
    core = odd("everything doubles")
    for length in (1, 60, 70, 100, 300, 5000, 100_000):
        text = "با" * length
        result, offsets = core.text_with_offsets(text)
        assert result == "".join(2 * letter for letter in text)
        assert memoryview(offsets).cast("q").tolist() == [index for index in range(2 * length) for _ in range(2)]
        assert column(core, pl.Series([text, "b", text]), threads=2) == [result, "bb", result]


def test_narrower_results_are_canonical_strings() -> None:
    core = Program(early={0x628: [0x62], 0x62A: [0xE9], 0x1F642: []}, late={}, marks={})
    for times in (1, 10, 200, 1000):
        for text, expected in (("ب", "b"), ("ت", "é"), ("ب🙂", "b"), ("جa🙂", "جa")):
            result = core.text(text * times)
            assert result == expected * times
            assert hash(result) == hash(expected * times)
            assert result.encode() == expected.encode() * times


def test_lists_of_strings() -> None:
    class Word(str):
        __slots__ = ()

    assert normalize(["أ", None, Word("إ"), "", "ب" * 500]) == ["ا", None, "ا", "", "ب" * 500]
    assert type(normalize([Word("إ")])[0]) is str
    assert normalize([]) == []
    with pytest.raises(InputError, match=r"^obj\[1\] must be a str or None"):
        normalize(["أ", 5])  # type: ignore[list-item]
    with pytest.raises(InputError, match="unpaired surrogate"):
        normalize(["أ", None, "\ud800"])


def test_instructions_can_be_forced() -> None:
    used: list[Any] = []

    class Spy:
        def text(self, text: str, *, instructions: str) -> str:
            used.append(instructions)
            return text

    spied = Normalizer(alef="all")
    vars(spied)["_core"] = Spy()
    try:
        for name in INSTRUCTIONS:
            ck.set_instructions(name)
            normalize("أ", spied)
    finally:
        ck.set_instructions(None)
    normalize("أ", spied)
    assert used == [*INSTRUCTIONS, INSTRUCTIONS[-1]]
    for wrong in ("mmx", "", 3):
        with pytest.raises(ValueError, match="instructions must be"):
            core_program(Normalizer.preset("search")).text("أ", instructions=wrong)  # type: ignore[arg-type]


def test_expressions_and_series_agree_with_any_number_of_threads() -> None:
    frame = pl.DataFrame({"t": ["الأُمّة", None, "ﷺ"] * 50_000})
    expected = ["الامه", None, "ﷺ"] * 50_000
    query = frame.lazy().select(normalize(pl.col("t"))).collect
    for number in (1, 3):
        ck.set_threads(number)
        try:
            assert normalize(frame["t"]).to_list() == expected
            assert query(engine="in-memory")["t"].to_list() == expected
            assert query(engine="streaming")["t"].to_list() == expected
        finally:
            ck.set_threads(None)


# ---------------------------------------------------------------------------- memory and signals

SEARCH, SOCIAL = core_program(Normalizer.preset("search")), core_program(Normalizer.preset("social"))
WORDS = [f"كَلِمةٌ طويلة {number} «ﷺ»" for number in range(20_000)]
SERIES = pl.Series([*WORDS, None] * 4)
LONG = "".join(WORDS)


def rejected(call: Callable[[], object]) -> Callable[[], object]:
    def run() -> None:
        with pytest.raises(ValueError, match="surrogate"):
            call()

    return run


PATHS: dict[str, Callable[[], object]] = {
    "several threads": lambda: SEARCH.column(text_stream(SERIES), threads=3),
    "small blocks": lambda: SEARCH.column(text_stream(SERIES), threads=3, block_limit=10_000),
    "buffer grows": lambda: odd("everything doubles").column(text_stream(SERIES), threads=2),
    "a list": lambda: SEARCH.texts([*WORDS, None]),
    "a list with a surrogate": rejected(lambda: SEARCH.texts([*WORDS, "\ud800"])),
    "offsets, runs shortened": lambda: SOCIAL.text_with_offsets(LONG),
    "offsets, buffer grows": lambda: odd("everything doubles").text_with_offsets(LONG),
    "offsets, a surrogate": rejected(lambda: SOCIAL.text_with_offsets(LONG + "\ud800")),
}


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.parametrize("name", PATHS)
def test_no_path_leaks_memory(name: str) -> None:
    assert_keeps_no_memory(PATHS[name])


@needs_timers
@pytest.mark.parametrize("instructions", INSTRUCTIONS)
def test_signal_stops_all_threads(instructions: str) -> None:
    series = pl.Series(["أَحمد ﷺ 🙂 " * 1000]).extend_constant("أَحمد ﷺ 🙂 " * 1000, 4000)
    streams = [text_stream(series) for _ in range(3)]
    assert_stops_before_its_end(map(partial(SEARCH.column, threads=3, instructions=instructions), streams).__next__)
