"""Arrow streams in the core: corrupt ones are rejected, unusual but valid ones are read."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
import pytest
from arrow_producer import LAYOUTS, Chunk, Producer, encode, offsets, validity, views
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core
from corpus_kit._core import Program, TypeTable, number_forms

pytestmark = [pytest.mark.core, pytest.mark.interface]


def normalize(capsule: object) -> list[str | None]:
    return series_from_core("", Program(early={}, late={}, marks={}).column(capsule)).to_list()


def read_as_vocabulary(capsule: object) -> object:
    ids = np.zeros(1, np.uint32)
    return _core.ngram_strings(ids, np.ones(1, np.uint8), np.zeros(1, np.uint64), capsule)


def read_as_words_of_a_run(capsule: object, words: int = 1) -> object:
    one, ranks = np.ones(1, np.uint32), np.arange(words, dtype=np.uint32)
    return _core.RunRows(ranks[:1], [(1, ranks[:1], None, one, one)], capsule, ranks, bucket_bits=0)


def number(capsule: object, kinds: int = 1) -> object:
    return TypeTable().number(capsule, np.zeros(kinds, np.uint8))


READERS: list[Callable[[object], object]] = [
    normalize,
    lambda capsule: TypeTable().tokenize(capsule, "standard"),
    lambda capsule: TypeTable().tokenize(capsule, "character"),
    number_forms,
    number,
    read_as_vocabulary,
    read_as_words_of_a_run,
    _core.word_ranks,
]

some_texts = st.lists(st.none() | st.text("aب\u064b🙂", max_size=20), max_size=20)


@given(some_texts, some_texts, st.sampled_from(LAYOUTS), st.integers(0, 17), st.booleans())
def test_all_layouts_offsets_and_validity_bitmaps(
    first: list[str | None], second: list[str | None], layout: bytes, filler: int, count_is_known: bool
) -> None:
    chunks = []
    for texts in (first, second):
        chunk = encode(layout, [None if text is None else text.encode() for text in texts], filler)
        chunks.append(replace(chunk, null_count=texts.count(None) if count_is_known else -1))
    assert normalize(Producer(layout, chunks).capsule()) == first + second
    tokens = TypeTable().tokenize(Producer(layout, chunks).capsule(), "character")
    assert series_from_core("", tokens[3]).sum() == sum(len(text or "") for text in first + second)
    numbers, forms = (series_from_core("", column) for column in number_forms(Producer(layout, chunks).capsule()))
    assert forms.gather(numbers.replace(2**32 - 1, None)).to_list() == [text or None for text in first + second]
    ids = TypeTable().number(Producer(layout, chunks).capsule(), np.ones(len(first + second), np.uint8))
    assert series_from_core("", ids).to_list() == numbers.to_list()


LONG = "كتاب كتاب كتاب".encode()


def with_views(*rows: bytes, sizes: bytes | None = struct.pack("<q", len(LONG)), data: bytes | None = LONG) -> Chunk:
    return Chunk(len(rows), [None, b"".join(rows), data, sizes])


def a_view(length: int, buffer: int, start: int) -> bytes:
    return struct.pack("<i4sii", length, LONG[:4], buffer, start)


def with_offsets(*ends: int, wide: bool = True, data: bytes | None = LONG) -> Chunk:
    return Chunk(len(ends) - 1, [None, struct.pack(f"<{len(ends)}{'q' if wide else 'i'}", *ends), data])


def with_junk(layout: bytes, texts: list[bytes | None], junk: bytes, filler: int) -> Chunk:
    """Return a chunk whose nulls have values: as views any 16 bytes, as offsets any text."""
    marked = encode(layout, [junk if text is None else text for text in texts], filler)
    buffers = list(marked.buffers or [])
    buffers[0] = validity(texts, filler)
    if layout == b"vu":
        rows = bytearray(buffers[1] or b"")
        for row, text in enumerate(texts, filler):
            if text is None:
                rows[16 * row : 16 * row + 16] = junk.ljust(16, b"\xff")[:16]
        buffers[1] = bytes(rows)
    return replace(marked, buffers=buffers, null_count=-1)


def results(producer: Producer) -> list[object]:
    """Return what the readers of a column with nulls make of it."""
    table = TypeTable()
    tokens = table.tokenize(producer.capsule(), "standard", threads=3, grain=1)
    rows = sum(chunk.length for chunk in producer.chunks)
    numbers = table.number(producer.capsule(), np.zeros(rows, np.uint8))
    columns = [*tokens, table.surfaces(), numbers, *number_forms(producer.capsule())]
    return [normalize(producer.capsule()), *(series_from_core("", column).to_list() for column in columns if column)]


@given(
    st.lists(some_texts, max_size=3),
    st.sampled_from(LAYOUTS),
    st.binary(max_size=16) | st.builds(a_view, st.integers(13, 2**31 - 1), st.integers(-1, 9), st.integers(-1, 9)),
    st.integers(0, 17),
)
def test_what_is_under_nulls_does_not_matter(
    parts: list[list[str | None]], layout: bytes, junk: bytes, filler: int
) -> None:
    encoded = [[None if text is None else text.encode() for text in texts] for texts in parts]
    plain = Producer(layout, [encode(layout, texts) for texts in encoded])
    odd = Producer(layout, [with_junk(layout, texts, junk, filler) for texts in encoded])
    assert results(replace(odd)) == results(replace(plain, chunks=[replace(c, null_count=-1) for c in plain.chunks]))
    if any(None in texts for texts in parts):
        with pytest.raises(ValueError, match="vocabulary has no word in row"):
            _core.word_ranks(odd.capsule())


def test_lengths_under_nulls_reserve_no_memory() -> None:
    rows = 100_000
    views = struct.pack("<i", 2) + "ب".encode().ljust(12, b"\0") + a_view(2**31 - 1, 0, 0) * (rows - 1)
    chunk = Chunk(rows, [b"\1" + bytes(rows // 8), views, struct.pack("<0q")], null_count=rows - 1)
    assert normalize(Producer(b"vu", [chunk]).capsule()) == ["ب"] + [None] * (rows - 1)
    for threads in (1, 3):
        tokens = TypeTable().tokenize(Producer(b"vu", [chunk]).capsule(), "standard", threads=threads)
        assert series_from_core("", tokens[3]).sum() == 1


@pytest.mark.parametrize(
    ("layout", "values"),
    [(b"vu", a_view(2**31 - 1, 0, 0) * 100_000), (b"u", struct.pack("<ii", 0, 2**31 - 1) * 50_000 + bytes(4))],
)
def test_impossible_lengths_are_corrupt_and_reserve_no_memory(layout: bytes, values: bytes) -> None:
    chunk = Chunk(100_000, [None, values, LONG, *([struct.pack("<q", len(LONG))] if layout == b"vu" else [])])
    with pytest.raises(ValueError, match="row 0"):
        TypeTable().tokenize(Producer(layout, [chunk]).capsule(), "standard")


def test_overlapping_views() -> None:
    rows = [a_view(len(LONG) - 2 * start, 0, 2 * start) for start in range(3)] * 50
    texts = [LONG[2 * start :].decode() for start in range(3)] * 50
    chunk = with_views(*rows)
    assert normalize(Producer(b"vu", [chunk, chunk]).capsule()) == texts * 2
    tokens = TypeTable().tokenize(Producer(b"vu", [chunk, chunk]).capsule(), "standard", threads=3, grain=1)
    assert series_from_core("", tokens[3]).to_list() == [3] * 300
    ranks = series_from_core("", _core.word_ranks(Producer(b"vu", [with_views(*rows[:3])]).capsule())).to_list()
    assert ranks == [sorted(texts[:3]).index(text) for text in texts[:3]]


def test_empty_chunks_have_no_buffers() -> None:
    for layout in LAYOUTS:
        empty = Chunk(0, [None, None, None])
        chunks = [empty, encode(layout, [b"ab", None]), empty, empty, encode(layout, [b"c"]), empty]
        chunks = [replace(chunk, null_count=-1) for chunk in chunks]
        assert normalize(Producer(layout, chunks).capsule()) == ["ab", None, "c"]
        assert normalize(Producer(layout, [empty]).capsule()) == normalize(Producer(layout, []).capsule()) == []


GOOD = with_views(a_view(len(LONG), 0, 0))
CORRUPT: list[tuple[bytes, Chunk, str]] = [
    (b"vu", with_views(a_view(13, 1, 0)), "row .*buffer"),
    (b"vu", with_views(a_view(13, -1, 0)), "row .*buffer"),
    (b"vu", with_views(a_view(13, 0, -1)), "row .*buffer"),
    (b"vu", with_views(a_view(13, 0, len(LONG) - 12)), "ends outside"),
    (b"vu", with_views(a_view(2**31 - 1, 0, 2**31 - 1)), "ends outside"),
    (b"vu", with_views(a_view(13, 0, 0), sizes=struct.pack("<q", -1)), "ends outside"),
    (b"vu", with_views(a_view(13, 0, 0), data=None), "ends outside"),
    (b"vu", with_views(a_view(13, 0, 0), sizes=None), "sizes of its data buffers are missing"),
    (b"vu", replace(GOOD, n_buffers=2), "row .*buffer"),
    (b"vu", replace(GOOD, n_buffers=3), "row .*buffer"),
    (b"vu", replace(GOOD, n_buffers=1), "1 buffers"),
    (b"vu", replace(GOOD, n_buffers=-1), "-1 buffers"),
    (b"vu", replace(GOOD, buffers=None, n_buffers=4), "4 buffers"),
    (b"vu", replace(GOOD, null_count=1), "1 nulls without a validity buffer"),
    (b"vu", Chunk(1, [None, None, LONG, b"\0" * 8]), "values are missing"),
    (b"vu", replace(GOOD, n_children=1), "children"),
    (b"vu", replace(GOOD, dictionary=True), "dictionary"),
    (b"vu", replace(GOOD, length=-1), "length -1"),
    (b"vu", replace(GOOD, offset=-1), "offset -1"),
    (b"vu", replace(GOOD, offset=2**63 - 1), "length 1 at offset 9223372036854775807"),
    (b"vu", replace(GOOD, length=2**63 - 1), "length 9223372036854775807"),
    (b"U", with_offsets(-1, 3), "row .*offsets"),
    (b"U", with_offsets(3, 2), "row .*offsets"),
    (b"U", with_offsets(0, 2**31 - 1, 3), "row .*offsets"),
    (b"U", with_offsets(0, 3, data=None), "row .*offsets"),
    (b"u", with_offsets(0, 4, -(2**31), wide=False), "row .*offsets"),
    (b"u", with_offsets(0, 2**31 - 1, 3, wide=False), "row .*offsets"),
    (b"u", replace(with_offsets(0, 3, wide=False), n_buffers=2), "2 buffers"),
    (b"u", replace(with_offsets(0, 3, wide=False), n_buffers=4), "4 buffers"),
    (b"U", Chunk(1, [None, None, LONG]), "values are missing"),
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("layout", "chunk", "message"), CORRUPT)
def test_corrupt_array_is_rejected(
    reader: Callable[[object], object], layout: bytes, chunk: Chunk, message: str
) -> None:
    first = encode(layout, [b"ab"])
    producer = Producer(layout, [first, chunk])
    rows = 1 + max(0, min(chunk.length, 2))  # some check it first
    if reader is read_as_words_of_a_run:
        reader = partial(read_as_words_of_a_run, words=rows)
    elif reader is number:
        reader = partial(number, kinds=rows)
    with pytest.raises(ValueError, match=message):
        reader(producer.capsule())
    assert sorted(producer.released) == ["array", "array", "schema", "stream"]


def test_row_number_counts_earlier_chunks() -> None:
    producer = Producer(b"vu", [views([b"a"] * 7), with_views(a_view(2, 0, 0), a_view(-1, 0, 0))])
    with pytest.raises(OverflowError, match=r"row 8 .* 4294967295 bytes"):
        normalize(producer.capsule())


def test_text_over_two_gibibytes_is_rejected() -> None:
    for length in (-(2**31), -1):  # Polars reads the length of a view as unsigned
        with pytest.raises(OverflowError, match=f"row 0 .* {length % 2**32} bytes"):
            normalize(Producer(b"vu", [with_views(a_view(length, 0, 0))]).capsule())
    with pytest.raises(OverflowError, match=r"row 0 .* 2147483648 bytes"):
        normalize(Producer(b"U", [with_offsets(0, 2**31)]).capsule())


def test_too_many_rows_in_total_are_rejected() -> None:
    huge = Chunk(2**58, [None, b"\0" * 16], null_count=0)
    producer = Producer(b"vu", [huge] * 40)
    with pytest.raises(ValueError, match="length 288230376151711744"):
        normalize(producer.capsule())


@pytest.mark.parametrize("reader", READERS)
def test_other_types_and_failing_producers_raise(reader: Callable[[object], object]) -> None:
    for producer, error, message in (
        (Producer(b"vz", [GOOD]), TypeError, "type 'vz'"),
        (Producer(b"i", [GOOD]), TypeError, "type 'i'"),
        (Producer(None, [GOOD]), TypeError, "none"),
        (Producer(b"\xff" * 60, [GOOD]), TypeError, "\ufffd"),
        (Producer(b"vu", [GOOD], dictionary=True), TypeError, "dictionary"),
        (Producer(b"vu", [GOOD], n_children=1), TypeError, "children"),
        (Producer(b"vu", [], schema_fails=True, reason=b"no schema"), RuntimeError, "no schema"),
        (Producer(b"vu", [], schema_fails=True), RuntimeError, "no reason given"),
        (Producer(b"vu", [GOOD], next_fails=True, reason=b"the end is missing"), RuntimeError, "the end is missing"),
        (Producer(b"vu", [GOOD], next_fails=True), RuntimeError, "no reason given"),
        # messages cut inside a letter or not in UTF-8 are still shown
        (Producer(b"vu", [GOOD], next_fails=True, reason="ا!".encode() * 90), RuntimeError, "could not be read: ا!ا"),
        (Producer(b"vu", [GOOD], next_fails=True, reason=b"\xe9t\xe9"), RuntimeError, "\ufffdt\ufffd"),
    ):
        with pytest.raises(error, match=message):
            reader(producer.capsule())
        released = producer.released
        assert released.count("stream") == 1
        assert released.count("schema") == (not producer.schema_fails)
        assert released.count("array") == len(producer.chunks) - len(producer.left)


@pytest.mark.parametrize("reader", READERS)
def test_stream_can_be_read_only_once(reader: Callable[[object], object]) -> None:
    producer = Producer(b"vu", [views(["كتاب".encode()])])
    for capsule in (producer.capsule(), pl.Series(["كتاب"]).__arrow_c_stream__()):
        reader(capsule)
        with pytest.raises(ValueError, match=r"Arrow stream .*read"):
            reader(capsule)
    assert producer.released.count("stream") == 1


# One sequence for each kind of error (Unicode 17.0, table 3-7), and the nearest valid ones.
WRONG = [
    b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xc2", b"\xc2a", b"\xc2\xc2", b"\xdf\xe0",
    b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xe1\x80", b"\xe1\x80a", b"\xe1a", b"\xed\xa0\x80", b"\xed\xbf\xbf",
    b"\xef\xbf",
    b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf0\x9f\x99", b"\xf0\x9f\x99a", b"\xf1\x80", b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff",
]  # fmt: skip
RIGHT = ["\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "filler", ["a", *(pytest.param(filler, marks=pytest.mark.no_sanitizer) for filler in ["ب", "€", "🙂"]), "aب"]
)
def test_utf8_is_checked_at_every_position(filler: str) -> None:
    before = [(filler * 24).encode()[:length].decode(errors="ignore").encode() for length in range(20)]
    texts = [start + piece + end.encode() for start in before for piece in WRONG for end in ("", "a" * 8, "ب" * 7)]
    for text in texts:
        with pytest.raises(UnicodeDecodeError) as caught:
            text.decode()
        message = f"row 1 is not valid UTF-8: byte 0x{text[caught.value.start]:02X} at position {caught.value.start}"
        for layout in (b"vu", b"u"):
            with pytest.raises(ValueError, match=message):
                normalize(Producer(layout, [encode(layout, [b"a", text])]).capsule())
    good = [start.decode() + piece + end for start in before for piece in RIGHT for end in ("", "a" * 8, "ب" * 7)]
    assert normalize(Producer(b"vu", [views([text.encode() for text in good])]).capsule()) == good


@given(
    st.lists(st.sampled_from([b"a", b"\x80", b"\xd8", b"\xd8\xa8", b"\xe2\x82\xac", b"\xf0\x9f", b"\xc1"]), max_size=40)
)
def test_utf8_validity_matches_python(pieces: list[bytes]) -> None:
    text = b"".join(pieces)
    try:
        expected = text.decode()
    except UnicodeDecodeError as error:
        with pytest.raises(ValueError, match=f"at position {error.start}$"):
            normalize(Producer(b"U", [offsets([text])]).capsule())
    else:
        assert normalize(Producer(b"U", [offsets([text])]).capsule()) == [expected]
