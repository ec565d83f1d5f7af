"""The compiled tokeniser: equal to its twin, robust, and independent of chunking."""

from __future__ import annotations

import copy
import importlib.util
import signal
import threading
from pathlib import Path

import numpy as np
import oracles_tokenization as oracles
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus_kit._base.columns import series_from_core
from corpus_kit._core import UNICODE_VERSION, TypeTable
from corpus_kit.text import arabic

pytestmark = pytest.mark.core

MODES = ("standard", "whitespace", "character")

# Characters that trigger the rules, so that generated texts contain them often.
PIECES = [
    *"ابدكمهـوَّﷺﻼ",
    *"aFhtpw@#_.,:;!?…؟؛،«»“”\"'’()[]﴿﴾-+%$€/٫٬",  # noqa: RUF001
    *"0159٠٣٥۶०²½Ⅷ",  # noqa: RUF001
    *" \n\r\t\v\f\x00\x07\x1c\x1f\x85\xa0\u2003\u2028\u2029\u3000",
    *"\u200c\u200d\u200f\u202b\u2060\ufeff\u00ad\u0301\u0670\u20e3\ufe0e\ufe0f\u06dd\ue000\u0378",
    *"漢字éßяקא\U0001f600\U0001f44d\U0001f3fd\U0001f1f8\U0001f1e6❤✈→©\U000e0067\U000e007f\U00010380\U0001ee00",
    "https://", "http://", "www.", "a.b@c.org", "x@y.", "@user", "#وسم_1", "...", "أ.د.", "هـ.", "Dr.", "don't", "F-16",
    "كتاب", "الرَّجُلُ", "\r\n", "٣٫١٤", "1,234.5", "كوفيد19", "رx27", "7abibi", "3'al", "9a7", "5km", "2nd", "4x4s", "5ر3",
    "https://t.co/a", "HTTP://www.", "http", "/كتاب", "#وسم", "#part", "..", "\n9.", "د .", "ـ .", "ب ",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=20)


def run(table: TypeTable, series: pl.Series, mode: str) -> tuple[np.ndarray, ...]:
    columns = table.tokenize(series.__arrow_c_stream__(), mode)
    return tuple(series_from_core("", column).to_numpy() for column in columns)


def types_of(table: TypeTable, start: int = 0) -> list[tuple[str, str]]:
    surfaces = series_from_core("s", table.surfaces(start)).to_list()
    kinds = series_from_core("k", table.kinds(start)).to_list()
    return [(surface, arabic.TOKEN_KINDS[kind]) for surface, kind in zip(surfaces, kinds, strict=True)]


def resolved(values: list[str | None] | pl.Series, mode: str = "standard") -> list[list[tuple[str, str, int, int]]]:
    """Return (surface, kind, start, flags) of the tokens of each text."""
    table = TypeTable()
    series = values if isinstance(values, pl.Series) else pl.Series(values, dtype=pl.String)
    ids, starts, flags, counts = run(table, series, mode)
    types = types_of(table)
    rows = [(*types[i], s, f) for i, s, f in zip(ids.tolist(), starts.tolist(), flags.tolist(), strict=True)]
    ends = np.cumsum(counts).tolist()
    assert not ends or ends[-1] == len(rows)
    return [rows[end - count : end] for end, count in zip(ends, counts.tolist(), strict=True)]


def expected(text: str, tokens: list[oracles.OracleToken]) -> list[tuple[str, str, int, int]]:
    return [(text[t.start : t.end], t.kind, t.start, t.flags) for t in tokens]


@settings(max_examples=examples(600))
@example("a\ufe0f'b #\ufe0f\u20e3 1\ufe0f\u20e3! ")
@example("مa@b.cd شاهدhttp://x.y/(ا). \u0301www.a")
@example('a."b". c.5 ب.5 5.ب "x... y" ...z')
@example("\u200fكلمة\n\u200fكلمة.\x00ب")
@example("a.b@c.org\u0301https://ا")
@example("#وسمhttps://t.co/a#وسم www.x.y/2.ا http://x/#ا_b##ب www.ا.ب/#ب.ا https://x/aHTTP://y #ww.x@www.y")
@example("7abi 3'ali 7'www.x 2'a@b.cd 9AB 5km 5KMs 4x4s 3éa 2aé 27ab 6a٣ 8_ab 1ر2ر3 ٣ر٤ 5ر")
@example("د . ب. ود . ـ . هـ . 5 . ب.. ج ٣م . ب ..\n9. أ\n10 . أ\n5\u200f.ب 3.ب «ا.. ب» ...")
@given(texts)
def test_standard_equals_its_twin(text: str) -> None:
    assert resolved([text])[0] == expected(text, oracles.oracle_tokens(text))


@settings(max_examples=examples(300))
@example("\u200fكلمة\n\u200fكلمة. ب")
@given(texts)
def test_character_equals_its_twin(text: str) -> None:
    rows = resolved([text], "character")[0]
    tokens = oracles.oracle_characters(text)
    assert rows == [
        (" " if text[t.start].isspace() else text[t.start], t.kind, t.start, t.flags) for t in tokens
    ]  # fmt: skip


@settings(max_examples=examples(300))
@given(texts)
def test_whitespace_is_str_split(text: str) -> None:
    rows = resolved([text], "whitespace")[0]
    assert [row[0] for row in rows] == text.split()
    assert {row[1] for row in rows} <= {"word"}
    assert [row[3] for row in rows] == [3] * (len(rows) > 0) + [0] * (len(rows) - 1)
    assert all(text[start : start + len(surface)] == surface for surface, _, start, _ in rows)


def test_every_code_point_splits_as_in_python() -> None:
    # Words of many lengths, so that every code point is at the edge of a block.
    text = "".join(f"{'ا' * (c % 5)}{chr(c)}b" for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    rows = resolved([text], "whitespace")[0]
    assert [row[0] for row in rows] == text.split()
    assert all(text[start : start + len(surface)] == surface for surface, _, start, _ in rows)


@pytest.mark.slow
@pytest.mark.parametrize("pad", range(3))
def test_every_code_point_equals_the_twin(pad: int) -> None:
    code_points = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    # Short texts, and words that end at or near a 16-byte boundary.
    before, after = "كتابكتاب"[: 6 * (pad > 0)], ["", " كتاب كتاب", "كتاب"][pad]
    samples = [f"{before}ا{char}a{char}1{after}" for char in code_points if c_is_worth_it(char)][
        pad // 2 :: 1 + (pad > 0)
    ]
    for text, rows in zip(samples, resolved(samples), strict=True):
        assert rows == expected(text, oracles.oracle_tokens(text))


def c_is_worth_it(char: str) -> bool:
    """Every code point of the relevant planes, and every 97th of the ideographic and private-use planes."""
    c = ord(char)
    return c < 0x3400 or 0xA000 <= c < 0xAC80 or 0xF900 <= c < 0x12000 or 0x1E000 <= c < 0x20000 or c % 97 == 0


@pytest.mark.parametrize("mode", MODES)
def test_real_articles_equal_the_twin(shared: Path, mode: str) -> None:
    content = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet")["content"].drop_nulls()
    sample = content.gather_every(250).str.slice(0, 3000)
    twin = {"standard": oracles.oracle_tokens, "character": oracles.oracle_characters}.get(mode)
    for text, rows in zip(sample.to_list(), resolved(sample, mode), strict=True):
        if twin is None:
            assert [row[0] for row in rows] == text.split()
        else:
            assert [row[1:] for row in rows] == [(t.kind, t.start, t.flags) for t in twin(text)]


@pytest.mark.parametrize("mode", MODES)
def test_chunks_slices_nulls_and_batches_change_nothing(mode: str) -> None:
    values = ["قال نعم. لا", None, "", "كلمة طويلة جدا هنا وهناك", "  ", "x", None, "٣٫١٤ و5\nنعم"] * 5
    whole = pl.Series(values, dtype=pl.String)
    table = TypeTable()
    reference = run(table, whole, mode)
    assert [int(n) for n in reference[3][[1, 2, 4, 6]]] == [0, 0, 0, 0]
    chunked = pl.concat(
        [pl.Series(values[i : i + 3], dtype=pl.String) for i in range(0, len(values), 3)], rechunk=False
    )
    sliced = pl.Series(["أول", *values, "آخر"], dtype=pl.String).slice(1, len(values))
    for variant in (chunked, sliced):
        other = TypeTable()
        for got, want in zip(run(other, variant, mode), reference, strict=True):
            assert got.tolist() == want.tolist()
        assert types_of(other) == types_of(table)
    in_batches = TypeTable()
    parts = [run(in_batches, whole.slice(i, 7), mode) for i in range(0, len(values), 7)]
    for column, want in zip(zip(*parts, strict=True), reference, strict=True):
        assert np.concatenate(column).tolist() == want.tolist()
    assert types_of(in_batches) == types_of(table)
    assert types_of(table, 2) == types_of(table)[2:]
    assert types_of(table, len(table) + 5) == []


def test_no_texts_give_no_tokens() -> None:
    for series in (pl.Series([], dtype=pl.String), pl.Series([None, None], dtype=pl.String)):
        table = TypeTable()
        ids, starts, flags, counts = run(table, series, "standard")
        assert (len(ids), len(starts), len(flags), len(table)) == (0, 0, 0, 0)
        assert counts.tolist() == [0] * len(series)
        assert types_of(table) == []


@settings(max_examples=examples(50))
@given(st.lists(st.text(alphabet="ابتabc", min_size=1, max_size=24), max_size=60))
def test_ids_follow_first_occurrence_whatever_the_lengths(words: list[str]) -> None:
    table = TypeTable()
    ids, *_ = run(table, pl.Series(words, dtype=pl.String), "whitespace")
    order: dict[str, int] = {}
    assert ids.tolist() == [order.setdefault(word, len(order)) for word in words]
    assert [surface for surface, _ in types_of(table)] == list(order)


def test_a_table_that_grows_keeps_its_ids() -> None:
    words = [f"كلمة{'ا' * (n % 9)}_{n}_ا" for n in range(30_000)]
    table = TypeTable()
    ids, *_ = run(table, pl.Series(words), "whitespace")
    assert ids.tolist() == list(range(30_000))
    again, *_ = run(table, pl.Series(words[::-1]), "whitespace")
    assert again.tolist() == list(range(30_000))[::-1]


def test_one_surface_of_two_kinds_is_two_types() -> None:
    table = TypeTable()
    run(table, pl.Series([". 5"]), "standard")
    run(table, pl.Series([". 5"]), "whitespace")
    assert types_of(table) == [(".", "punctuation"), ("5", "number"), (".", "word"), ("5", "word")]


def test_failed_call_leaves_the_table_unchanged() -> None:
    table = TypeTable(max_types=5000)
    words = [f"كلمة{n}ا طويلة_الاسم_{n}_ا" for n in range(2000)]
    run(table, pl.Series(words), "whitespace")
    before = types_of(table)
    with pytest.raises(OverflowError, match=r"more than 5000 distinct tokens"):
        run(table, pl.Series([f"جديد{n}" for n in range(9000)]), "whitespace")
    assert types_of(table) == before
    ids, *_ = run(table, pl.Series(["كلمة7ا جديد7 طويلة_الاسم_1999_ا جديد9"]), "whitespace")
    assert ids.tolist() == [14, 4000, 3999, 4001]


def test_invalid_arguments_are_rejected() -> None:
    table = TypeTable()
    with pytest.raises(ValueError, match=r"mode .*'words'"):
        table.tokenize(pl.Series(["ا"]).__arrow_c_stream__(), "words")
    with pytest.raises(TypeError, match="expected a column of strings"):
        table.tokenize(pl.Series([1]).__arrow_c_stream__(), "standard")
    with pytest.raises(ValueError, match="PyCapsule"):
        table.tokenize(None, "standard")
    stream = pl.Series(["ا"]).__arrow_c_stream__()
    table.tokenize(stream, "standard")
    with pytest.raises(ValueError, match="max_types"):
        TypeTable(max_types=2**33)
    with pytest.raises(OverflowError):
        table.surfaces(-1)
    with pytest.raises(TypeError, match="cannot be pickled"):
        copy.copy(table)
    assert len(table) == 1


def test_ctrl_c_leaves_the_table_unchanged() -> None:
    table = TypeTable()
    run(table, pl.Series(["ا ب"]), "standard")
    text = pl.Series(["كلمة أخرى " * 4_000_000])

    def stop(*_: object) -> None:
        try:
            table.surfaces()
        except RuntimeError as error:
            raise KeyboardInterrupt from error
        signal.setitimer(signal.ITIMER_REAL, 1e-4)  # it came between two calls

    def tokenize_for_long() -> None:
        signal.setitimer(signal.ITIMER_REAL, 1e-4)
        for _ in range(500):
            run(table, text, "standard")

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            tokenize_for_long()
        assert "in use" in str(caught.value.__cause__)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert types_of(table)[:2] == [("ا", "word"), ("ب", "word")]
    ids, *_ = run(table, pl.Series(["ب ا"]), "standard")
    assert ids.tolist() == [1, 0]


def test_threads_can_share_a_table() -> None:
    table = TypeTable()
    series = [pl.Series([f"كلمة{n % 700} ت{t} {n}" for n in range(5000)]) for t in range(4)]
    results: dict[int, np.ndarray] = {}

    def work(t: int) -> None:
        for _ in range(3):
            results[t] = run(table, series[t], "whitespace")[0]

    threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    surfaces = [surface for surface, _ in types_of(table)]
    assert len(set(surfaces)) == len(surfaces) == 700 + 4 + 5000
    for t in range(4):
        assert [surfaces[i] for i in results[t]] == " ".join(series[t].to_list()).split()


def numbered(table: TypeTable, values: list[str | None] | pl.Series, kinds: list[int]) -> list[int | None]:
    """Return the types of texts; None for 2^32 - 1."""
    series = values if isinstance(values, pl.Series) else pl.Series(values, dtype=pl.String)
    ids = series_from_core("", table.number(series.__arrow_c_stream__(), np.array(kinds, np.uint8)))
    return [None if number == 2**32 - 1 else number for number in ids.to_list()]


rows_of_kinds = st.lists(st.tuples(st.none() | st.text("ابa.5 ", max_size=20), st.integers(0, 15)), max_size=40)


@settings(max_examples=examples(100))
@given(rows_of_kinds, st.integers(0, 40))
def test_numbers_equal_a_dict(rows: list[tuple[str | None, int]], cut: int) -> None:
    table, twin = TypeTable(), dict[tuple[str, int], int]()
    expected = [twin.setdefault(row, len(twin)) if row[0] else None for row in rows]  # type: ignore[arg-type]
    found = []
    for part in (rows[:cut], rows[cut:]):
        found += numbered(table, [text for text, _ in part], [kind for _, kind in part])
    assert found == expected
    kinds = series_from_core("", table.kinds()).to_list()
    assert list(zip(series_from_core("", table.surfaces()).to_list(), kinds, strict=True)) == list(twin)


def test_numbers_and_tokens_share_the_types() -> None:
    table = TypeTable()
    word, mark = arabic.TOKEN_KINDS.index("word"), arabic.TOKEN_KINDS.index("punctuation")
    assert numbered(table, ["قال", "."], [word, mark]) == [0, 1]
    ids, *_ = run(table, pl.Series(["قال الوزير ."]), "standard")
    assert ids.tolist() == [0, 2, 1]
    assert numbered(table, ["الوزير", "."], [word, word]) == [2, 3]


def test_numbers_do_not_depend_on_chunks() -> None:
    values: list[str | None] = ["ا", None, "", "كلمة طويلة جدا هنا", "ا", "5"] * 20
    kinds = [number % 3 for number in range(len(values))]
    whole = pl.Series(values, dtype=pl.String)
    chunked = pl.concat([whole[at : at + 7] for at in range(0, len(values), 7)], rechunk=False)
    sliced = pl.Series(["ب", *values, "ج"], dtype=pl.String).slice(1, len(values))
    expected = numbered(TypeTable(), whole, kinds)
    assert expected[:6] == [0, None, None, 1, 2, 3]
    assert numbered(TypeTable(), chunked, kinds) == numbered(TypeTable(), sliced, kinds) == expected
    assert numbered(TypeTable(), [], []) == []


@pytest.mark.parametrize(
    ("values", "kinds", "message"),
    [
        (["د", "ه", "و"], [0, 0, 0], "more than 4 distinct tokens"),
        (["د", "ا"], [0, 16], "kinds must be less than 16, got 16 in row 1"),
        (["د"], [0, 0], "kinds must have 1 items, as many as the column, got 2"),
        ([], [0], "kinds must have 0 items"),
    ],
)
def test_failed_numbering_leaves_the_table_unchanged(values: list[str | None], kinds: list[int], message: str) -> None:
    table = TypeTable(max_types=4)
    assert numbered(table, ["ا", "ب"], [0, 0]) == [0, 1]
    with pytest.raises((ValueError, OverflowError), match=message):
        numbered(table, values, kinds)
    assert types_of(table) == [("ا", arabic.TOKEN_KINDS[0]), ("ب", arabic.TOKEN_KINDS[0])]
    assert numbered(table, ["ب", "د", "ه"], [0, 0, 0]) == [1, 2, 3]


def test_other_arguments_of_number_are_rejected() -> None:
    table = TypeTable()
    stream, none = pl.Series(["ا"]).__arrow_c_stream__(), np.zeros(1, np.uint8)
    with pytest.raises(TypeError, match="expected a column of strings"):
        table.number(pl.Series([1]).__arrow_c_stream__(), none)
    with pytest.raises(ValueError, match="Buffer dtype mismatch"):
        table.number(stream, none.astype(np.uint32))
    table.number(stream, none)
    with pytest.raises(ValueError, match=r"Arrow stream .*read"):
        table.number(stream, none)
    with pytest.raises(ValueError, match="PyCapsule"):
        table.number(None, none)
    assert len(table) == 1


def test_ctrl_c_while_numbers_are_given() -> None:
    table = TypeTable()
    numbered(table, ["ا", "ب"], [0, 0])
    words = pl.arange(1_000_000, eager=True).cast(pl.String)
    kinds = np.zeros(len(words), np.uint8)

    def stop(*_: object) -> None:
        try:
            table.number(pl.Series(["ا"]).__arrow_c_stream__(), kinds[:1])
        except RuntimeError as error:
            raise KeyboardInterrupt from error
        signal.setitimer(signal.ITIMER_REAL, 1e-4)  # it came between two calls

    def number_for_long() -> None:
        signal.setitimer(signal.ITIMER_REAL, 1e-4)
        for start in range(500):
            table.number((words + f"x{start}").__arrow_c_stream__(), kinds)

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            number_for_long()
        assert "in use" in str(caught.value.__cause__)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert len(table) % len(words) == 2
    assert numbered(table, ["ب", "ا"], [0, 0]) == [1, 0]


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        "a@",
        "a@b.",
        "www.",
        "http://",
        "#1",
        "@_",
        "_\u200c",
        "a_",
        "ا_",
        "1.",
        "((",
        ")",
        "\u200d\u2764",
        "'a",
        "ا1",
    ],
)
def test_long_repetitions_take_linear_time(unit: str) -> None:
    # Quadratic look-ahead would take minutes here instead of milliseconds.
    text = unit * 300_000
    rows = resolved([text])[0]
    assert sum(len(row[0]) for row in rows) + text.count("\u200c") + text.count("\u200d") >= len(text)


@pytest.mark.no_sanitizer
def test_generated_header_is_up_to_date() -> None:
    root = Path(__file__).parents[1]
    unicodedata2 = pytest.importorskip("unicodedata2")
    assert unicodedata2.unidata_version == UNICODE_VERSION
    assert UNICODE_VERSION.startswith(arabic.UNICODE_VERSION)
    spec = importlib.util.spec_from_file_location("generate_tables", root / "ext" / "generate_tables.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert generator.HEADER.read_bytes() == generator.render().encode()
