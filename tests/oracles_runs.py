"""Slow, obvious twins of sorted runs: the hash by definition, the letter code, the layout, merging with a dict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

SIXTY_FOUR_BITS = 2**64 - 1
MOST_BYTES = 2**30  # maximum code length of a text
MOST = 2**63 - 1  # maximum count


class Row(NamedTuple):
    """A row of a run."""

    text: bytes
    count: int  # type: ignore[assignment]  # not the method of tuples
    documents: int


class Merged(NamedTuple):
    """A row of a merged bucket."""

    text: bytes
    n: int
    count: int  # type: ignore[assignment]  # not the method of tuples
    documents: int


class DamagedError(ValueError):
    """Raised for a piece that no encoder writes."""


# ----------------------------------------------------------------------------------------------------
# The hash, version 1
# ----------------------------------------------------------------------------------------------------


def _mix(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & SIXTY_FOUR_BITS
    z = (z ^ z >> 27) * 0x94D049BB133111EB & SIXTY_FOUR_BITS
    return z ^ z >> 31


def slow_hash_word(word: bytes) -> int:
    """Hash the length, then eight bytes at a time."""
    value = len(word) * 0x9E3779B97F4A7C15 & SIXTY_FOUR_BITS
    for begin in range(0, len(word), 8):
        value = _mix(value ^ int.from_bytes(word[begin : begin + 8], "little"))
    return value


def slow_content(rows: Iterable[Merged]) -> int:
    """Return the sum of the hashes of rows: of the text as one word, then of the counts."""
    total = 0
    for row in rows:
        value = slow_hash_word(row.text)
        for number in (row.count, row.documents):
            value = _mix((value * 0xD1342543DE82EF95 + number) & SIXTY_FOUR_BITS)
        total += value
    return total & SIXTY_FOUR_BITS


def slow_hash(text: bytes) -> int:
    """Return the hash of an n-gram, word by word."""
    value = 0
    for word in text.split(b" "):
        value = _mix((value * 0xD1342543DE82EF95 + slow_hash_word(word)) & SIXTY_FOUR_BITS)
    return value


def slow_bucket(text: bytes, bucket_bits: int, hash_bits: int = 64) -> int:
    """Return the highest bits of the hash; those after the first `hash_bits` are zero."""
    kept = slow_hash(text) >> (64 - hash_bits) << (64 - hash_bits)
    return kept >> (64 - bucket_bits)


# ----------------------------------------------------------------------------------------------------
# The code of letters
# ----------------------------------------------------------------------------------------------------

CODES = [  # first and last code point, first byte of their codes, number of further bytes
    (0x0, 0x7F, 0x00, 0),
    (0x80, 0x61F, 0x80, 1),
    (0x620, 0x67F, 0x86, 0),
    (0x680, 0x77F, 0xE6, 1),
    (0x780, 0xFFFF, 0xE7, 2),
    (0x10000, 0x10FFFF, 0xE8, 2),
]


@cache
def _code_of(letter: str) -> bytes:
    first, _, begin, more = next(row for row in CODES if ord(letter) <= row[1])
    return ((begin << 8 * more) + ord(letter) - first).to_bytes(1 + more, "big")


def slow_code(text: bytes) -> bytes:
    """Return the code of UTF-8."""
    return b"".join(map(_code_of, text.decode()))


@lru_cache(20_000)
def slow_text(code: bytes) -> bytes:
    """Return the UTF-8 of a code; raise DamagedError if it is not a code."""
    text = b""
    while code:
        first, last, begin, more = max(row for row in CODES if row[2] <= code[0])
        if len(code) <= more:
            raise DamagedError("cut off")
        point = int.from_bytes(code[: 1 + more], "big") - (begin << 8 * more) + first
        if point > last or 0xD800 <= point < 0xE000:
            raise DamagedError("no code point")
        text += chr(point).encode()
        code = code[1 + more :]
    return text


# ----------------------------------------------------------------------------------------------------
# The layout
# ----------------------------------------------------------------------------------------------------


def number(value: int) -> bytes:
    """Encode an integer in groups of seven bits, the lowest first; all but the last have the eighth bit set."""
    groups = [value & 127]
    while value := value >> 7:
        groups.append(value & 127)
    return bytes([*(group | 128 for group in groups[:-1]), groups[-1]])


def _shared(one: bytes, other: bytes) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


def slow_bucket_bytes(rows: Iterable[Row]) -> bytes:
    """Return the bytes of one bucket; its rows are sorted here."""
    written, before = b"", b""
    for row in sorted(rows):
        code = slow_code(row.text)
        shared, fewer = _shared(before, code), row.count - row.documents
        rest = code[shared:]
        written += number(shared) + number(len(rest)) + rest + number(2 * row.count + (fewer > 0))
        written += number(fewer) if fewer else b""
        before = code
    return written


class Run(NamedTuple):
    """Packed rows: bytes, end of each bucket, rows per bucket."""

    written: bytes
    ends: list[int]
    rows: list[int]


def slow_run(rows: Iterable[Row], bucket_bits: int, hash_bits: int = 64) -> Run:
    """Return the run of some rows, bucket by bucket."""
    buckets: list[list[Row]] = [[] for _ in range(1 << bucket_bits)]
    for row in rows:
        buckets[slow_bucket(row.text, bucket_bits, hash_bits)].append(row)
    written, ends = b"", []
    for bucket in buckets:
        written += slow_bucket_bytes(bucket)
        ends.append(len(written))
    return Run(written, ends, [len(bucket) for bucket in buckets])


class _Reader:
    def __init__(self, piece: bytes) -> None:
        self.left = piece

    def bytes(self, length: int) -> bytes:
        if length > len(self.left):
            raise DamagedError("too short")
        taken, self.left = self.left[:length], self.left[length:]
        return taken

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.bytes(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if value > SIXTY_FOUR_BITS or shift > 70:
                raise DamagedError("a number of more than 64 bits")
            if byte < 128:
                return value


def slow_rows(piece: bytes, n_rows: int) -> list[Row]:
    """Return the rows of a piece; raise DamagedError if it breaks a rule of the layout."""
    reader = _Reader(piece)
    rows: list[Row] = []
    code = b""
    for _ in range(n_rows):
        before = code
        shared, length = reader.number(), reader.number()
        if shared > len(before) or shared + length > MOST_BYTES:
            raise DamagedError("shares more than there is")
        code = before[:shared] + reader.bytes(length)
        if code <= before or _shared(before, code) != shared:
            raise DamagedError("out of order, empty, or shares more than it says")
        twice = reader.number()
        fewer = reader.number() if twice & 1 else 0
        count = twice >> 1
        if fewer >= count:
            raise DamagedError("in no document")
        rows.append(Row(slow_text(code), count, count - fewer))
    if reader.left:
        raise DamagedError("too long")
    return rows


# ----------------------------------------------------------------------------------------------------
# Merging
# ----------------------------------------------------------------------------------------------------


def slow_merge(tables: Sequence[Iterable[Row]], min_count: int = 1) -> list[Merged]:
    """Return the sums over all tables in byte order."""
    sums: dict[bytes, tuple[int, int]] = {}
    for table in tables:
        for text, count, documents in table:
            before = sums.get(text, (0, 0))
            sums[text] = (before[0] + count, before[1] + documents)
    return [
        Merged(text, text.count(b" ") + 1, count, documents)
        for text, (count, documents) in sorted(sums.items())
        if count >= min_count
    ]
