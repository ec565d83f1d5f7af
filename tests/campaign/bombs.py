"""Small files that ask for much: gigabytes when unpacked, millions of members, columns, rows or lines.

Each must be read or refused within the limits of time and memory that hold for every case. A file is made from a short
piece that is repeated, so that making it costs little.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, cast

import polars as pl

from corpus_kit.readers.reader import DocumentReader

from .part import BrokenPromiseError, Part, Refused, attempt

Bomb = tuple[str, bytes]
_MIB = 1 << 20
_PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
_FILLINGS = [
    b"\0",
    b" ",
    b"\n",
    b"a",
    "م".encode(),
    "خبر ".encode(),
    b"a\n",
    b'"',
    b",",
    "\u0301".encode(),
    b"\r",
    "\u2028".encode(),
]


def prepare(folder: Path) -> Path:
    """Return the folder for the files."""
    return folder


# ------------------------------------------------------------------------------- packing


@lru_cache(maxsize=8)
def _packed(packer: str, filling: bytes, size: int) -> bytes:
    return _PACKERS[packer](filling * (size // len(filling)))


def _stream(packer: str, filling: bytes, size: int) -> bytes:
    """Return a compressed stream of at least so many bytes: a compressed piece, repeated, is one, too."""
    piece = min(size, 8 * _MIB)
    return _packed(packer, filling, piece) * max(1, size // piece)


@lru_cache(maxsize=8)
def _deflated_piece(filling: bytes, size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(filling * (size // len(filling))) + packer.flush(zlib.Z_FULL_FLUSH)


def _deflated(filling: bytes, size: int) -> bytes:
    piece = min(size, 8 * _MIB)
    return _deflated_piece(filling, piece) * max(1, size // piece) + b"\x03\x00"


def _tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def _size(rng: Random) -> int:
    return rng.choice([1, 8, 64, 250, 500, 2000]) * _MIB


# ------------------------------------------------------------------------------- archives


def tar_text(rng: Random) -> Bomb:
    """A text that is long when it is unpacked."""
    packer, size = rng.choice(list(_PACKERS)), _size(rng)
    head = _PACKERS[packer](_tar_header(rng.choice(["x.txt", "x.bin", ".x"]), size))
    return f"x.tar.{packer}", head + _stream(packer, rng.choice(_FILLINGS), size)


def tar_header(rng: Random) -> Bomb:
    """A header that is as long: of pax, for a long name or link, or for all members."""
    kind = rng.choice([tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
    size = rng.choice([1 << 14, 1 << 17, 250_000, _MIB, 64 * _MIB, 2000 * _MIB]) // 512 * 512
    filling = rng.choice([b"\0", b"1", b"11 ab=cdef\n", b"9", b"30 path=/" + b"a" * 20 + b"\n"])
    head = gzip.compress(_tar_header("x", size, kind))
    body = _stream("gz", filling, size) if size > _MIB else gzip.compress((filling * (size // len(filling) + 1))[:size])
    times = rng.choice([1, 1, 50])
    return "x.tar.gz", (head + body) * times + gzip.compress(_tar_header("x.txt", 3) + b"abc".ljust(512, b"\0"))


def tar_members(rng: Random) -> Bomb:
    """Many members, empty or small."""
    count = rng.choice([10_000, 100_000, 400_000])
    names = rng.choice([["x.txt"], [".x"], ["x.doc"], ["d/"], [f"{row}.txt" for row in range(500)]])
    kind = tarfile.DIRTYPE if names == ["d/"] else tarfile.REGTYPE
    group = b"".join(_tar_header(name, 0, kind) for name in names) * max(1, 500 // len(names))
    piece = gzip.compress(group)
    return "x.tar.gz", piece * (count // 500)


def tar_sparse(rng: Random) -> Bomb:
    """Members that are holes."""
    data = io.BytesIO()
    for row in range(rng.choice([1, 40])):
        info = tarfile.TarInfo(f"{row}.txt")
        info.type = tarfile.GNUTYPE_SPARSE
        header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        real = rng.choice([1, 200 * _MIB, 255 * _MIB, 2**33 - 1])
        header[386:398] = b"%011o\0" % 0
        header[398:410] = b"%011o\0" % rng.choice([0, 5, 512])
        header[483:495] = b"%011o\0" % real
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        data.write(header)
    return "x.tar", data.getvalue() + bytes(1024)


def tar_sparse_map(rng: Random) -> Bomb:
    """A map of holes that is long."""
    name = "GNUSparseFile.0/x.txt"
    records = [b"GNU.sparse.major=1", b"GNU.sparse.minor=0", b"GNU.sparse.name=x.txt", b"GNU.sparse.realsize=1000"]
    body = b"".join(_record(record) for record in records)
    entries = rng.choice([10, 100_000, 10**8])
    lines = b"%d\n" % entries + b"1\n" * min(entries * 2, 40 * _MIB)
    content = _tar_header("p", len(body), tarfile.XHDTYPE) + body.ljust(-(-len(body) // 512) * 512, b"\0")
    content += _tar_header(name, len(lines)) + lines
    return "x.tar.gz", gzip.compress(content, 1)


def _record(text: bytes) -> bytes:
    length = len(text) + 3
    while len(b"%d %s\n" % (length, text)) != length:
        length += 1
    return b"%d %s\n" % (length, text)


def tar_backwards(rng: Random) -> Bomb:
    """A member that ends before it begins."""
    body = _record(b"size=" + rng.choice([b"-512", b"-1024", b"-9999999", b"99999999999999999999"]))
    content = _tar_header("p", len(body), tarfile.XHDTYPE) + body.ljust(512, b"\0") + _tar_header("x.txt", 0)
    return "x.tar", content * rng.choice([1, 20])


def layers(rng: Random) -> Bomb:
    """Compressed again and again."""
    data = _stream("gz", b"\0", 500 * _MIB)
    for _ in range(rng.randrange(4)):
        data = gzip.compress(data)
    return rng.choice(["x.tar.gz", "x.tgz", "x.tar", "x.zip"]), data


def window(rng: Random) -> Bomb:
    """A dictionary of more than a gigabyte."""
    # Compressing with it would need the memory itself, so its size is changed afterwards: a byte of the block's header.
    content = _tar_header("x.txt", 5) + b"hello".ljust(512, b"\0")
    data = bytearray(lzma.compress(content, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]))
    at = data.index(b"\x21\x01", 12)
    data[at + 2] = rng.choice([32, 37])  # 256 MB, 1.5 GB
    header = data[12 : 12 + 4 * (data[12] + 1)]
    data[12 + len(header) - 4 : 12 + len(header)] = struct.pack("<I", zlib.crc32(header[:-4]))
    return "x.tar.xz", bytes(data)


def zip_text(rng: Random) -> Bomb:
    """A member that is long when it is unpacked, or longer than it says; or many that share their bytes."""
    size = _size(rng)
    method = rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
    filling = rng.choice(_FILLINGS)
    packed = (
        _deflated(filling, size) if method == zipfile.ZIP_DEFLATED else _packed("bz2", filling, min(size, 8 * _MIB))
    )
    stated = rng.choice([size, size, 10, 0xFFFFFFFF])
    count = rng.choice([1, 1, 5, 2000])
    shared = rng.random() < 0.5 or count == 2000
    return "x.zip", _zip([f"{row}.txt" for row in range(count)], packed, stated, method, shared=shared)


def zip_members(rng: Random) -> Bomb:
    """Many members, with names of any kind."""
    name = rng.choice(
        ["{}.txt", "{}/", "a/.{}", "\x1b[31m{}.txt", "{}\n.txt", "../{}.txt", "{}\0.txt", "x.txt", "{}" * 900]
    )
    names = [name.replace("{}", str(row)) for row in range(rng.choice([1000, 8000]))]
    return "x.zip", _zip(names, b"", 0, zipfile.ZIP_STORED, shared=True)


def _zip(names: list[str], packed: bytes, size: int, method: int, *, shared: bool) -> bytes:
    """Return an archive whose members all have the same bytes, stored once or for each."""
    data = bytearray()
    places: list[int] = []
    for name in names:
        if not places or not shared:
            places.append(len(data))
            label = name.encode()
            fields = (b"PK\3\4", 20, 0x800, method, 0, 0, 0, len(packed), size, len(label), 0)
            data += struct.pack("<4s5H3L2H", *fields) + label + packed
        else:
            places.append(places[0])
    start = len(data)
    for name, place in zip(names, places, strict=True):
        label = name.encode()
        entry = (b"PK\1\2", 20, 20, 0x800, method, 0, 0, 0, len(packed), size, len(label), 0, 0, 0, 0, 0, place)
        data += struct.pack("<4s6H3L5H2L", *entry) + label
    count = min(len(names), 0xFFFF)
    return bytes(data) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(data) - start, start, 0)


# ------------------------------------------------------------------------------- tables


def json_keys(rng: Random) -> Bomb:
    """Many keys: in one object or in many, new or repeated."""
    count = rng.choice([100, 4_000, 60_000])
    if rng.random() < 0.3:
        return "x.jsonl", json.dumps({"text": "x", **{f"k{row}": row for row in range(count)}}).encode()
    same = rng.random() < 0.3
    lines = (f'{{"text": "x", "k{row % 7 if same else row % count}": 1}}\n' for row in range(60_000))
    return "x.jsonl", "".join(lines).encode()


def json_depth(rng: Random) -> Bomb:
    """Brackets within brackets."""
    depth = rng.choice([150, 900, 1_000, 100_000, _MIB])
    opened, closed = rng.choice([("[", "]"), ('{"a":', "}"), ('[[{"a":', "}]]")])
    return "x.jsonl", ('{"text": "x", "n": ' + opened * depth + "1" + closed * depth + "}\n").encode()


def json_lines(rng: Random) -> Bomb:
    """Lines of one kind: empty, tiny, with large numbers, with escapes."""
    line = rng.choice(
        [
            "",
            "{}",
            '{"text": "x"}',
            '{"text": "x", "n": ' + "9" * 4000 + "}",
            '{"text": "' + "\\ud83d" * 500 + '"}',
            '{"a": 1, "a": 2, "text": "x"}',
            " " * 100,
            '{"text": 1e999}',
        ]
    )
    return "x.jsonl", (line + "\n").encode() * min(200_000, 2 * _MIB // (len(line) + 1))


def csv_columns(rng: Random) -> Bomb:
    """Many columns."""
    count = rng.choice([1_000, 4_900, 100_000, 500_000])
    names = rng.choice([["text", *(f"c{row}" for row in range(count))], ["text"] * count, [""] * count])
    row = ",".join(["x"] * rng.choice([1, len(names)]))
    return "x.csv", (",".join(names) + "\n" + f"{row}\n" * max(1, min(300, _MIB // len(row)))).encode()


def csv_rows(rng: Random) -> Bomb:
    """Rows of one kind."""
    row = rng.choice(
        [
            "\n",
            "\r\n",
            "\r",
            ",\n",
            ",,,,\n",
            '""\n',
            '"\n',
            '"',
            '"""\n',
            "x\n",
            "x\r",
            "x,y,z\n",
            "\0\n",
            '"x\n' + "y" * 900 + '"\n',
        ]
    )
    return "x.csv", ("text,n\n" + row * (_MIB // len(row))).encode()


def parquet_rows(rng: Random) -> Bomb:
    """Rows that take no room in the file: repeated texts, nulls, a thousand columns of nulls."""
    data = io.BytesIO()
    kind = rng.randrange(5)
    if kind == 0:
        text, rows = rng.choice([("خبر " * 50_000, 20), ("خبر " * 50_000, 900), ("x" * 3 * _MIB, 100)])
        frame = pl.select(text=pl.repeat(text, rows))
    elif kind == 1:
        frame = pl.select(text=pl.repeat(rng.choice([None, "x", ""]), rng.choice([1_000, 3_000_000]), dtype=pl.String))
    elif kind == 2:
        frame = pl.DataFrame({"text": ["x"] * 200}).with_columns(
            pl.lit(None, pl.Int64).alias(f"c{n}") for n in range(rng.choice([900, 8_000]))
        )
    elif kind == 3:
        frame = pl.DataFrame({"text": ["x"], "many": [[0] * rng.choice([1_000, 5_000_000])]})
    else:
        frame = pl.select(text=pl.repeat("x", 2_000), other=pl.repeat("y" * rng.choice([10, 100_000]), 2_000))
    size = rng.choice([None, 10, 1_000]) if frame.height <= 4_000 and frame.width < 1_000 else None
    frame.write_parquet(data, compression=rng.choice(["zstd", "snappy", "gzip"]), row_group_size=size)
    return "x.parquet", data.getvalue()


def parquet_numbers(rng: Random) -> Bomb:
    """A file whose numbers lie: sizes and counts in the headers of its pages or in its footer."""
    data = io.BytesIO()
    pl.DataFrame({"text": [f"خبر {row}" for row in range(500)], "n": range(500)}).write_parquet(
        data, compression="zstd"
    )
    damaged = bytearray(data.getvalue())
    for _ in range(rng.choice([1, 2])):
        at = rng.choice([rng.randrange(4, 40), len(damaged) - rng.randrange(8, 400)])
        large = rng.choice([2**31 - 1, 2**30, 10**6, 2**40, 2**62])
        zigzag, varint = large << 1, bytearray()
        while zigzag >= 128:
            varint.append(zigzag & 127 | 128)
            zigzag >>= 7
        varint.append(zigzag)
        damaged[at : at + rng.choice([0, 1, 2, 3])] = varint
    length = int.from_bytes(data.getvalue()[-8:-4], "little") + rng.choice([0, len(damaged) - len(data.getvalue())])
    damaged[-8:-4] = length.to_bytes(4, "little")
    return "x.parquet", bytes(damaged)


def ipc_rows(rng: Random) -> Bomb:
    """Rows that take little room."""
    data = io.BytesIO()
    kind = rng.randrange(4)
    if kind == 0:
        frame = pl.DataFrame({"text": ["خبر " * rng.choice([100, 2_000_000])] * rng.choice([1, 8])})
    elif kind == 1:
        frame = pl.select(text=pl.repeat(rng.choice([None, "x"]), 2_000_000, dtype=pl.String))
    elif kind == 2:
        frame = pl.DataFrame({"text": ["x"]}).with_columns(
            pl.lit(1).alias(f"c{n}") for n in range(rng.choice([900, 6_000]))
        )
    else:
        frame = pl.select(text=pl.repeat("x", 100_000), n=pl.repeat(None, 100_000))
    frame.write_ipc(data, compression=cast("Any", rng.choice(["zstd", "lz4"])))
    return "x.ipc", data.getvalue()


def ipc_numbers(rng: Random) -> Bomb:
    """A file whose numbers lie."""
    data = io.BytesIO()
    pl.DataFrame({"text": ["خبر", None, "x"] * 20, "n": range(60)}).write_ipc(
        data, compression=cast("Any", rng.choice(["zstd", "lz4", "uncompressed"]))
    )
    damaged = bytearray(data.getvalue())
    for _ in range(rng.choice([1, 1, 3])):
        at = rng.randrange(8, len(damaged) - 16) // 8 * 8
        damaged[at : at + 8] = struct.pack("<q", rng.choice([2**62, 2**40, 2**33, 2**31, 10**9, 10**6, -1, -(2**40)]))
    return "x.arrow", bytes(damaged)


# ------------------------------------------------------------------------------- texts


def plain_text(rng: Random) -> Bomb:
    """A text of one letter, of line breaks, of marks."""
    filling = rng.choice(_FILLINGS)
    return "x.txt", filling * (rng.choice([1, 4, 24]) * _MIB // len(filling))


def wide_text(rng: Random) -> Bomb:
    """The same in UTF-16 and Windows-1256."""
    filling = rng.choice(_FILLINGS).decode()
    return "x.txt", (filling * (4 * _MIB // len(filling))).encode(
        rng.choice(["utf-16", "utf-16-be", "cp1256"]), "ignore"
    )


_BOMBS: list[Callable[[Random], Bomb]] = [
    tar_text, tar_header, tar_members, tar_sparse, tar_sparse_map, tar_backwards, layers, window,
    zip_text, zip_members, json_keys, json_depth, json_lines, csv_columns, csv_rows,
    parquet_rows, parquet_numbers, ipc_rows, ipc_numbers, plain_text, wide_text,
]  # fmt: skip


def _read(path: Path, *, lines: bool) -> int:
    return sum(batch.height for batch in DocumentReader(path, progress=False, lines=lines))


def case(folder: Path, rng: Random) -> str:
    """Read one bomb."""
    make = rng.choice(_BOMBS)
    name, data = make(rng)
    path = folder / name
    path.write_bytes(data)
    size = len(data)
    lines = rng.random() < 0.2 and size < 5 * _MIB  # each line is a document, and that is no expansion
    del data
    try:
        found = attempt(lambda: _read(path, lines=lines), f"reading {make.__name__} of {size:,} bytes")
    finally:
        path.unlink()
    if not isinstance(found, Refused):
        return "read"
    if found.kind != "SourceError" or not found.message:
        raise BrokenPromiseError(f"{make.__name__} was refused with {found}")
    return "refused"


PART = Part(
    name="bombs",
    promise="A small file that expands is read or refused within ten seconds and a gigabyte.",
    prepare=prepare,
    case=case,
    quick=0,
    slow=12,
)
