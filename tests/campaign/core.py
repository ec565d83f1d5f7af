"""Hostile input for the compiled core, beside its slow twins.

Columns of every layout whose buffers are damaged, texts that are hardly texts, counts and searches over arrays and
programs that contradict themselves, damaged runs. Each call gives what the twin gives, or an error that the core raises
on purpose; what a damaged column says of a row, its error says, too.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import numpy as np
import polars as pl
from arrow_producer import LAYOUTS, Chunk, Producer, encode, validity
from oracles_counting import slow_count_ngrams
from oracles_normalization import normalize_slowly
from oracles_runs import DamagedError, Merged, slow_bucket_bytes, slow_merge, slow_rows
from oracles_runs import Row as RunRow
from oracles_search import Either, Node, Repeat, Row, Text, Token, hits, listed, slow_hits, slow_starts, starts_of
from oracles_tokenization import OracleToken, oracle_characters, oracle_tokens

import corpus_kit as ck
from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit.errors import InputError
from corpus_kit.text import arabic
from corpus_kit.text.folding_tables import core_program
from corpus_kit.text.normalization import PRESETS

from .part import BrokenPromiseError, Part

T = TypeVar("T")

_NUMBERS = [0, 1, -1, 2, 12, 13, 2**15, 2**31 - 1, -(2**31)]
_LARGE = [-1, -(2**63), 2**63 - 1, 2**59]
_PIECES = [
    *"ابدكمهـوَّﷺﻼللاه", *"aFhtpw@#_.,:;!?…؟«»\"'’()[]﴿﴾-+%$/٫٬", *"0159٠٣۶²½Ⅷ",  # noqa: RUF001
    *" \n\r\t\v\f\x00\x00\x07\x1c\x85\xa0\u2003\u2028\u2029\u3000",
    *"\u200c\u200d\u200f\u202b\u2060\ufeff\u00ad\u0301\u0653\u0654\u0670\u20e3\ufe0e\ufe0f\u06dd\ue000\u0378",
    *"漢éßя\U0001f600\U0001f44d\U0001f3fd\U0001f1f8\U0001f1e6❤\U000e0067\U0010ffff\U0010fffe\ufffe\uffff\ud7ff",
    "https://", "www.", "a.b@c.org", "#وسم_1", "...", "أ.د.", "don't", "كتاب", "\r\n", "٣٫١٤", "كوفيد19",
]  # fmt: skip
# surrogates, overlong forms, cut sequences, what is beyond the last code point
_WRONG = [
    b"\x80",
    b"\xc0\x80",
    b"\xc2",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf0\x9f\x99",
    b"\xf4\x90\x80\x80",
    b"\xff",
]


def prepare(folder: Path) -> Path:
    """Return the folder, which stays empty."""
    return folder


def _text(rng: Random, most: int = 30) -> str:
    pieces = [rng.choice(_PIECES) for _ in range(rng.randrange(most))]
    if rng.random() < 0.2:
        pieces.append(chr(rng.choice([rng.randrange(0xD800), rng.randrange(0xE000, 0x110000)])))
    if rng.random() < 0.1:
        long = rng.choice(pieces or ["ب"]) * 300
        pieces.insert(rng.randrange(len(pieces) + 1), long[: rng.choice([63, 64, 300])])
    return "".join(pieces)


def _differ(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise BrokenPromiseError(f"{what}: the core gives {found!r:.300}, the twin {expected!r:.300}")


def _refusal(call: Callable[[], object], what: str) -> str | None:
    """Return the message with which the core refuses a call, None if it does not."""
    try:
        call()
    except (ValueError, OverflowError, TypeError) as error:
        return str(error)
    except Exception as error:
        raise BrokenPromiseError(f"{what}: {type(error).__name__}: {error}") from error
    return None


# ----------------------------------------------------------------------------------- columns


class _CorruptError(Exception):
    """A row that cannot be read."""


def _chunk(layout: bytes, rng: Random) -> Chunk:
    texts: list[bytes | None] = [
        None if rng.random() < 0.2 else _text(rng, 8).encode() for _ in range(rng.choice([0, 1, 3, 9]))
    ]
    for row, text in enumerate(texts):
        if text is not None and rng.random() < 0.02:
            at = rng.randrange(len(text) + 1)
            texts[row] = text[:at] + rng.choice(_WRONG) + text[at:]
    filler = rng.choice([0, 0, 1, 17])
    chunk = replace(encode(layout, texts, filler), null_count=rng.choice([-1, texts.count(None)]))
    buffers = list(chunk.buffers or [])
    if rng.random() < 0.1 and chunk.length:  # other rows are null: what is under nulls does not matter
        marked = [None if rng.random() < 0.5 else b"" for _ in texts]
        buffers[0], chunk = validity(marked, filler), replace(chunk, null_count=-1)
    if rng.random() < 0.4 and buffers[1]:
        buffers[1] = _damaged(layout, buffers[1], rng)
    if rng.random() < 0.05 and layout == b"vu":
        buffers[3] = struct.pack("<q", rng.choice([-1, 0, 5]))
    return replace(chunk, buffers=buffers)


def _damaged(layout: bytes, values: bytes, rng: Random) -> bytes:
    """Return views or offsets of which some are wrong; the last offset, the length of all texts, gets no larger."""
    data = bytearray(values)
    size = 8 if layout == b"U" else 4
    for _ in range(rng.choice([1, 1, 3])):
        at = rng.randrange(len(data) // size) * size
        form, most = "<q" if size == 8 else "<i", 2**31 - 1
        if layout != b"vu" and at == len(data) - size:
            most = struct.unpack_from(form, data, at)[0]
        struct.pack_into(form, data, at, min(most, rng.choice([*_NUMBERS, rng.randrange(40)])))
    return bytes(data)


def _decoded(layout: bytes, chunk: Chunk, row: int) -> str | None:
    """Return a row of a chunk. Raises _CorruptError if it cannot be read."""
    bits, values, data = (chunk.buffers or [])[:3]
    at = chunk.offset + row
    if chunk.null_count and bits is not None and not bits[at // 8] >> at % 8 & 1:
        return None
    assert values is not None
    if layout == b"vu":
        length = struct.unpack_from("<i", values, 16 * at)[0]
        place, start = struct.unpack_from("<ii", values, 16 * at + 8)
        (size,) = struct.unpack("<q", (chunk.buffers or [])[3] or b"")
        if length > 12 and (place or start < 0 or start + length > size):
            raise _CorruptError
        text = values[16 * at + 4 : 16 * at + 4 + length] if length <= 12 else (data or b"")[start : start + length]
    else:
        form, size = ("<q", 8) if layout == b"U" else ("<i", 4)
        start, stop, last = (
            struct.unpack_from(form, values, size * each)[0] for each in (at, at + 1, chunk.offset + chunk.length)
        )
        if start < 0 or stop > last:
            raise _CorruptError
        length, text = stop - start, (data or b"")[start:stop]
    if length < 0:
        raise _CorruptError
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise _CorruptError from None


def _expected(layout: bytes, chunks: list[Chunk]) -> list[str | None] | int:
    """Return all rows, or the number of the first that cannot be read."""
    rows: list[str | None] = []
    for chunk in chunks:
        for row in range(chunk.length):
            try:
                rows.append(_decoded(layout, chunk, row))
            except _CorruptError:
                return len(rows)
    return rows


def columns(rng: Random) -> str:
    """Read a column of damaged chunks in several ways."""
    layout = rng.choice(LAYOUTS)
    chunks = [_chunk(layout, rng) for _ in range(rng.choice([1, 2, 4]))]
    expected: list[str | None] | int | None = _expected(layout, chunks)
    if rng.random() < 0.1:
        chunks.append(replace(encode(layout, [b"x"]), **_wrong_field(rng)))
        expected = None
    for read in (_normalized, _words, _forms, _types):
        producer = Producer(layout, chunks)
        found: list[list[str | None]] = []
        said = _refusal(lambda: found.append(read(producer, rng)), f"reading {layout!r}")  # noqa: B023
        if not isinstance(expected, list):
            row = "" if expected is None else f"row {expected}"
            if said is None or row not in said:
                raise BrokenPromiseError(f"{read.__name__} of {layout!r}: {row} is corrupt, but {said or found}")
        elif said is not None:
            raise BrokenPromiseError(f"{read.__name__} of {layout!r}: refused what is whole: {said}")
        else:
            _differ(read.__name__, found[0], read(_plain(expected), rng))
        taken = len(chunks) - len(producer.left)
        _differ("released", sorted(producer.released), ["array"] * taken + ["schema", "stream"])
    return "read" if isinstance(expected, list) else "refused"


def _wrong_field(rng: Random) -> dict[str, Any]:
    fields: dict[str, list[Any]] = {
        "length": _LARGE, "offset": _LARGE, "n_buffers": [-1, 0, 1, -(2**63)], "n_children": [1, 2**62],
        "dictionary": [True], "buffers": [None],
    }  # fmt: skip
    name = rng.choice(list(fields))
    return {name: rng.choice(fields[name]), **({"n_buffers": 3} if name == "buffers" else {})}


def _plain(rows: list[str | None]) -> Producer:
    chunk = encode(b"U", [None if text is None else text.encode() for text in rows])
    return Producer(b"U", [replace(chunk, null_count=-1)])


def _normalized(producer: Producer, rng: Random) -> list[str | None]:
    core = _core.Program(early={}, late={}, marks={})
    capsules = core.column(producer.capsule(), threads=rng.choice([1, 3]), instructions=rng.choice(_core.INSTRUCTIONS))
    return series_from_core("", capsules).to_list()


def _words(producer: Producer, rng: Random) -> list[str | None]:
    table = _core.TypeTable()
    options: dict[str, Any] = {"threads": rng.choice([1, 3]), "grain": 1}
    ids, _, _, counts = table.tokenize(producer.capsule(), "whitespace", starts=False, **options)
    surfaces = series_from_core("", table.surfaces())
    words = surfaces.gather(series_from_core("", ids)) if len(surfaces) else surfaces
    return [*words.to_list(), str(series_from_core("", counts).to_list())]


def _forms(producer: Producer, _: Random) -> list[str | None]:
    numbers, forms = (series_from_core("", column) for column in _core.number_forms(producer.capsule()))
    return forms.gather(numbers.replace(2**32 - 1, None)).to_list()


def _types(producer: Producer, _: Random) -> list[str | None]:
    table = _core.TypeTable()
    rows = sum(min(max(0, chunk.length), 1000) for chunk in producer.chunks)
    ids = series_from_core("", table.number(producer.capsule(), np.zeros(rows, np.uint8)))
    return series_from_core("", table.surfaces()).gather(ids.replace(2**32 - 1, None)).to_list()


# ----------------------------------------------------------------------------------- texts


def texts(rng: Random) -> str:
    """Normalise and tokenise a text that is hardly one."""
    text = _text(rng)
    other = ck.Normalizer.preset(rng.choice(PRESETS)).options
    mixed = {name: value for name, value in other.items() if rng.random() < 0.5}
    mixed["elongation"] = rng.choice([None, 1, 2])
    normalizer = ck.Normalizer.preset(rng.choice(PRESETS)).replace(**mixed)
    program, instructions = core_program(normalizer), rng.choice(_core.INSTRUCTIONS)
    expected, sources = normalize_slowly(text, normalizer.options)
    found, offsets = program.text_with_offsets(text, instructions=instructions)
    _differ(f"offsets of {text!r}", [found, memoryview(offsets).cast("q").tolist()], [expected, sources])
    rows = [text, None, text]
    column = program.column(text_stream(pl.Series(rows)), instructions=instructions, block_limit=rng.choice([0, 1, 64]))
    _differ(f"column of {text!r}", series_from_core("", column).to_list(), [expected, None, expected])
    _differ(f"tokens of {text!r}", _tokens(text, "standard", rng), [_token(text, t) for t in oracle_tokens(text)])
    characters = [
        (" " if text[token.start].isspace() else text[token.start], *_token(text, token)[1:])
        for token in oracle_characters(text)
    ]
    _differ(f"characters of {text!r}", _tokens(text, "character", rng), characters)
    _differ(f"words of {text!r}", [token[0] for token in _tokens(text, "whitespace", rng)], text.split())
    return "equal"


def _token(text: str, token: OracleToken) -> tuple[str, str, int, int]:
    return text[token.start : token.end], token.kind, token.start, token.flags


def _tokens(text: str, mode: str, rng: Random) -> list[tuple[str, str, int, int]]:
    table = _core.TypeTable()
    stream = text_stream(pl.Series([text]))
    columns = table.tokenize(stream, mode, instructions=rng.choice(_core.INSTRUCTIONS))
    ids, starts, flags = (series_from_core("", column).to_list() for column in columns[:3] if column is not None)
    surfaces, kinds = series_from_core("", table.surfaces()), series_from_core("", table.kinds())
    return [
        (surfaces[type_id], arabic.TOKEN_KINDS[kinds[type_id]], start, flag)
        for type_id, start, flag in zip(ids, starts, flags, strict=True)
    ]


def surrogates(rng: Random) -> str:
    """Pass a text with an unpaired surrogate."""
    text = _text(rng) + chr(rng.randrange(0xD800, 0xE000)) + rng.choice(["", "ب" * 300])
    values: Any = rng.choice([[text], ["ا", None, text]])
    calls: list[Any] = [ck.normalize, ck.tokens, ck.tokenize, _bigrams, ck.sentences]
    call = rng.choice(calls)
    try:
        call(values)
    except InputError:
        return "refused"
    except Exception as error:
        raise BrokenPromiseError(f"{call} of {text!r}: {type(error).__name__}: {error}") from error
    raise BrokenPromiseError(f"{call} takes {text!r}")


def _bigrams(values: Any) -> object:
    return ck.count_ngrams(values, 2)


# ----------------------------------------------------------------------------------- counts


def counts(rng: Random) -> str:
    """Count n-grams of documents, or of arrays that contradict each other."""
    types = rng.choice([1, 2, 5, 50])
    documents = [
        [[rng.randrange(types) for _ in range(rng.randrange(9))] for _ in range(rng.randrange(4))]
        for _ in range(rng.randrange(6))
    ]
    low, skip, least = rng.randrange(1, 5), rng.choice([0, 0, 1, 3]), rng.randrange(1, 4)
    high = low + rng.randrange(3)
    words = pl.Series([f"{number}{_text(rng, 3)}" for number in range(types)], dtype=pl.String)
    ids = [token for document in documents for stretch in document for token in stretch]
    barriers = [place == 0 for document in documents for stretch in document for place in range(len(stretch))]
    ends = np.cumsum([sum(map(len, document)) for document in documents], dtype=np.uint64)
    options: dict[str, Any] = {"skip": skip, "min_count": least, "threads": rng.choice([1, 3]), "grain": 1}
    arrays: list[Any] = [np.array(ids, np.uint32), np.array(barriers, np.uint8), ends]
    if rng.random() < 0.4:
        return _contradiction(arrays, {**options, "low": low, "high": high}, words, rng)
    n, first, count, frequency, _ = _core.count_ngrams(*arrays, low=low, high=high, **options)
    sizes, places = (series_from_core("", column).to_numpy() for column in (n, first))
    strings = _core.ngram_strings(arrays[0], sizes, places, text_stream(words), block_limit=rng.choice([0, 1, 40]))
    assert frequency is not None
    found = list(zip(*(series_from_core("", column).to_list() for column in (strings, count, frequency)), strict=True))
    expected = [
        (" ".join(words[token] for token in ngram), number, in_documents)
        for _, ngram, number, in_documents in slow_count_ngrams(documents, low, high, skip=skip, min_count=least)
    ]
    _differ("n-grams", found, expected)
    return "equal"


def _contradiction(arrays: list[Any], options: dict[str, Any], words: pl.Series, rng: Random) -> str:
    """Count arrays of which some are wrong: nothing but an error on purpose, or a table within its bounds."""
    for _ in range(rng.choice([1, 2])):
        place = rng.randrange(3)
        array = arrays[place].copy()
        if rng.random() < 0.4:
            array = rng.choice([array[:-1], array[::2], np.append(array, array[:1]), array[:0]])
        elif len(array):
            most = np.iinfo(array.dtype).max
            array[rng.randrange(len(array))] = rng.choice([0, most, most - 1, most // 2 + 1, 7])
        arrays[place] = array
    options[rng.choice(list(options))] = rng.choice([0, 1, 9, 255, -1, 2**31, 2**63 - 1])
    options["threads"] = min(max(options["threads"], 1), 3)
    found: list[Any] = []
    said = _refusal(lambda: found.append(_core.count_ngrams(*arrays, **options)), f"counting with {options}")
    if said is None:
        sizes, places = (series_from_core("", column).to_numpy() for column in found[0][:2])
        if len(places) and int(places.max()) >> 32 >= len(arrays[0]):
            raise BrokenPromiseError("an n-gram begins after the last token")
        said = _refusal(lambda: _core.ngram_strings(arrays[0], sizes, places, text_stream(words)), "strings")
    return "counted" if said is None else "refused"


# ----------------------------------------------------------------------------------- searches


def _node(rng: Random, depth: int = 0) -> Node:
    kind = rng.randrange(4 if depth < 3 else 1)
    if kind == 1:
        return Row(tuple(_node(rng, depth + 1) for _ in range(rng.randrange(4))))
    if kind == 2:
        return Either(tuple(_node(rng, depth + 1) for _ in range(rng.randrange(1, 4))))
    if kind == 3:
        low = rng.randrange(3)
        return Repeat(_node(rng, depth + 1), low, low + rng.randrange(3), rng.random() < 0.5)
    return Token(rng.randrange(4), rng.random() < 0.6)


def _searched(rng: Random) -> Text:
    sizes = [rng.randrange(10) for _ in range(rng.randrange(1, 5))]
    tests = [{bit for bit in range(4) if rng.random() < 0.5} for _ in range(rng.randrange(1, 6))]
    stride = rng.randrange(1, 4)
    return Text(
        [rng.randrange(len(tests)) for _ in range(sum(sizes))],
        tests,
        sizes,
        [rng.choice([0, 0, 0, 4, 1, 2, 3]) for _ in range(sum(sizes))],
        rng.randrange(4),
        [0, *rng.sample(range(1, 8 * stride), 3)],
        stride,
    )


def searches(rng: Random) -> str:
    """Search with a pattern, or with a program that is none."""
    text = _searched(rng)
    every = list(range(len(text.types)))
    if rng.random() < 0.5:
        return _nonsense(text, every, rng)
    node, some = _node(rng), sorted(rng.choices(every, k=rng.randrange(6))) if every else []
    _differ(f"hits of {node}", hits(text, node), slow_hits(text, node, every))
    after_word = rng.random() < 0.5
    found = set(starts_of(text, node, some, after_word=after_word))
    _differ(f"starts of {node}", found, set(slow_starts(text, node, some, after_word=after_word)))
    return "equal"


def _nonsense(text: Text, every: list[int], rng: Random) -> str:
    """Run a program of any steps over arrays that may contradict each other: its hits lie within the text."""
    steps = rng.choice([0, 1, 3, 8])
    numbers = [0, 1, 2, 3, 7, 255, 2**31, 2**32 - 1]
    kinds, only = (np.array([rng.choice([0, 1, 2, 3, 3, 9]) for _ in range(steps)], np.uint8) for _ in range(2))
    x, y = (np.array([rng.choice(numbers[: rng.choice([4, 8])]) for _ in range(steps)], np.uint32) for _ in range(2))
    arrays = text.arrays()
    if rng.random() < 0.5:
        place = rng.randrange(len(arrays))
        wrong = arrays[place]
        if isinstance(wrong, np.ndarray):
            arrays[place] = rng.choice([wrong[:-1], wrong[:0], np.append(wrong, wrong[:1]), ~wrong])
        else:
            arrays[place] = rng.choice([0, 255, -1, 2**40])
    starts = np.array([*every, *rng.choices(numbers, k=rng.choice([0, 0, 2]))], np.uint32)

    def run() -> Iterator[int]:
        program, searched = _core.SearchProgram(kinds, only, x, y), _core.SearchText(*arrays)
        first, end = (listed(column) for column in searched.hits(program, starts))
        return iter([*first, *(stop - 1 for stop in end), *listed(searched.starts(program, starts, True))])

    found: list[int] = []
    if _refusal(lambda: found.extend(run()), "a search") is not None:
        return "refused"
    if not all(0 <= place < len(text.types) for place in found):
        raise BrokenPromiseError(f"a search finds {found} in {len(text.types)} tokens")
    return "searched"


# ----------------------------------------------------------------------------------- runs


def runs(rng: Random) -> str:
    """Merge sorted runs, of which some are damaged."""
    tables = []
    for _ in range(rng.randrange(1, 4)):
        names = {" ".join(_word(rng) for _ in range(rng.randrange(1, 4))) for _ in range(rng.randrange(6))}
        tables.append([RunRow(name.encode(), rng.choice([1, 9, 300, 2**40]), 1) for name in names])
    pieces = [(slow_bucket_bytes(table), len(table)) for table in tables]
    if rng.random() < 0.7:
        place = rng.randrange(len(pieces))
        piece, rows = bytearray(pieces[place][0]), pieces[place][1]
        for _ in range(rng.choice([1, 1, 3])):
            at = rng.randrange(len(piece) + 1)
            piece[at : at + rng.choice([0, 1, 1, 1, 5])] = bytes(
                [rng.choice([0, 1, 2, 127, 128, 255])]
            ) * rng.randrange(3)
        pieces[place] = bytes(piece), rows + rng.choice([0, 0, 0, -1, 1]) if rows else rows
    least = rng.choice([1, 1, 2, 300])
    try:
        expected = slow_merge([slow_rows(*piece) for piece in pieces], least)
    except DamagedError:
        expected = None
    found: list[Merged] = []
    said = _refusal(lambda: found.extend(_merged(pieces, least)), "merging runs")
    if said is not None and (expected is None or any(row.n > 8 for row in expected) or "more than 8 words" in said):
        return "refused"
    _differ(f"runs ({said})", found, expected)
    return "equal"


def _word(rng: Random) -> str:
    return rng.choice(["ا", "ب", "كتاب", "كتابان", "a", "z\x01", "\U0010ffff", "漢", "a" * 90])


def _merged(pieces: list[tuple[bytes, int]], least: int) -> list[Merged]:
    given = [piece for piece, _ in pieces]
    *columns, _ = _core.merge_runs(given, np.array([rows for _, rows in pieces], np.uint64), min_count=least)
    text, n, count, documents = (series_from_core("", column) for column in columns)
    rows = zip(text.cast(pl.Binary).to_list(), n.to_list(), count.to_list(), documents.to_list(), strict=True)
    return [Merged(*row) for row in rows]


# ----------------------------------------------------------------------------------- cases

_KINDS = [columns, columns, texts, texts, surrogates, counts, searches, searches, runs]


def case(_: Path, rng: Random) -> str:
    """Run one kind of input."""
    kind = rng.choice(_KINDS)
    return f"{kind.__name__} {kind(rng)}"


PART = Part(
    name="core",
    promise="Whatever the compiled core is given, it gives what its slow twin gives, or an error that says why not.",
    prepare=prepare,
    case=case,
    quick=100,
    slow=1_000,
)
