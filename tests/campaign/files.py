"""Damaged files of every format: each is read, or refused with an error of the library, and nothing is lost in between.

Where the records of a damaged file can be counted in a slow, obvious way, documents and what was reported as skipped,
ignored or left out must be as many.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import shutil
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import polars as pl

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import SourceError
from corpus_kit.readers.parquet_footer import LocalFile, read_footer
from corpus_kit.readers.reader import DocumentReader, ReadReport

from .part import BrokenPromiseError, Part, Refused, attempt

_TEXTS = [
    "خبر قال الوزير",
    "",
    None,
    "عنوان\n\nقصة طويلة " * 20,
    'قال: "نعم", وذهب\r\n',
    "\u200f٣٫٥ \U0001f600",
    "a,b;c\td",
]
_CODECS = ["utf-16", "utf-16-be", "utf-8-sig", "cp1256", "latin-1"]


@dataclass(frozen=True)
class Seed:
    """A whole file of some format."""

    ending: str
    data: bytes


def prepare(folder: Path) -> tuple[Path, list[Seed]]:
    """Return the folder for damaged files, and whole ones."""
    return folder, [*_text_seeds(), *_archive_seeds(), *_table_seeds()]


def _text_seeds() -> list[Seed]:
    text = "\n".join(each for each in _TEXTS if each)
    return [Seed(".txt", text.encode(codec, "ignore")) for codec in ("utf-8", *_CODECS)]


def _archive_seeds() -> list[Seed]:
    members = [(f"d/{row}.txt", (text or "").encode()) for row, text in enumerate(_TEXTS)]
    members += [("d/", b""), (".hidden.txt", b"x"), ("notes.doc", b"x"), ("n" * 120 + "/خبر.txt", "خبر".encode())]
    seeds = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", method) as archive:
            for name, content in members:
                archive.writestr(name, content)
        seeds.append(Seed(".zip", data.getvalue()))
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w", format=form) as archive:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        seeds.append(Seed(".tar", data.getvalue()))
    packed = seeds[-1].data
    seeds += [Seed(".tar.gz", gzip.compress(packed)), Seed(".tar.bz2", bz2.compress(packed))]
    return [*seeds, Seed(".tar.xz", lzma.compress(packed))]


def _table_seeds() -> list[Seed]:
    rows = 70
    frame = pl.DataFrame(
        {
            "text": [_TEXTS[row % len(_TEXTS)] for row in range(rows)],
            "n": range(rows),
            "share": [row / 7 for row in range(rows)],
            "day": pl.Series(range(rows), dtype=pl.Date),
            "desk": pl.Series(["محليات", "رياضة"] * (rows // 2), dtype=pl.Categorical),
        }
    )
    nested = frame.with_columns(
        tags=pl.Series([["أ", "ب"][: row % 3] for row in range(rows)]),
        place=pl.Series([{"city": "مدينة", "code": row} for row in range(rows)]),
        raw=pl.Series([b"x" * (row % 5) for row in range(rows)]),
    )
    lines = "".join(
        json.dumps(row, default=str, ensure_ascii=bool(n % 2)) + "\n" for n, row in enumerate(frame.rows(named=True))
    )
    seeds = [
        Seed(".csv", frame.write_csv().encode()),
        Seed(".csv", frame.write_csv(quote_style="always", line_terminator="\r\n").encode()),
        Seed(".tsv", frame.write_csv(separator="\t").encode()),
        Seed(".jsonl", lines.encode()),
    ]
    for table in (frame, nested):
        for codec in ("uncompressed", "lz4", "zstd"):
            for level in (pl.CompatLevel.newest(), pl.CompatLevel.oldest()):
                data = io.BytesIO()
                table.write_ipc(data, compression=cast("Any", codec), compat_level=level, record_batch_size=30)
                seeds.append(Seed(".ipc", data.getvalue()))
        for codec in ("uncompressed", "zstd", "snappy", "gzip", "brotli", "lz4"):
            data = io.BytesIO()
            table.write_parquet(data, compression=cast("Any", codec), row_group_size=30, data_page_size=400)
            seeds.append(Seed(".parquet", data.getvalue()))
    return seeds


# ------------------------------------------------------------------------------- damage

_NUMBERS = [0, 1, -1, 2**15, 2**20, 2**31 - 1, 2**31, 2**40, 2**62, -(2**31)]


def _flip(data: bytearray, at: int, rng: Random) -> None:
    data[at] ^= 1 << rng.randrange(8)


def _replace(data: bytearray, at: int, rng: Random) -> None:
    data[at] = rng.choice([0, 10, 13, 34, 44, 92, 127, 128, 255, rng.randrange(256)])


def _cut(data: bytearray, at: int, rng: Random) -> None:
    del data[at : at + rng.choice([1, 2, 8, 50, 1 << 30])]


def _repeat(data: bytearray, at: int, rng: Random) -> None:
    start = rng.randrange(len(data))
    data[at:at] = data[start : start + rng.choice([1, 8, 60, 600])] * rng.choice([1, 1, 2, 50])


def _number(data: bytearray, at: int, rng: Random) -> None:
    form = rng.choice(["<i", "<q", ">q"])
    value = rng.choice(_NUMBERS)
    data[at : at + struct.calcsize(form)] = struct.pack(
        form, value if form != "<i" else max(-(2**31), min(value, 2**31 - 1))
    )


def _insert(data: bytearray, at: int, rng: Random) -> None:
    data[at:at] = rng.choice(
        [b'"', b"\n", b"\r", b"\r\n", b"\0", b",", b"\xff\xfe", b'{"a":', b"[[", b"\x1b[31m", b'""']
    )


_DAMAGE: list[Callable[[bytearray, int, Random], None]] = [_flip, _replace, _cut, _repeat, _number, _insert]


def damaged(seeds: list[Seed], rng: Random) -> Seed:
    """Return a file that is damaged in some way."""
    seed = rng.choice(seeds)
    data = bytearray(seed.data)
    kind = rng.random()
    if kind < 0.05:  # the beginning or the end of another file
        other = rng.choice(seeds).data
        size = rng.randrange(1, 80)
        data = bytearray(other[:size] + data[size:] if rng.random() < 0.5 else data[:-size] + other[-size:])
    elif kind < 0.1:
        other = rng.choice(seeds).data
        data = data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]
    elif kind < 0.13:
        data = bytearray(data.decode("utf-8", "replace").encode(rng.choice(_CODECS), "replace"))
    else:
        for _ in range(rng.choice([1, 1, 1, 2, 4, 16])):
            if not data:
                break
            # what says how the rest is read is at the end of many formats
            at = rng.randrange(len(data)) if rng.random() < 0.6 else max(0, len(data) - 1 - int(rng.expovariate(0.002)))
            rng.choice(_DAMAGE)(data, at, rng)
    ending = seed.ending if rng.random() < 0.97 else rng.choice(seeds).ending
    return Seed(ending, bytes(data))


# ------------------------------------------------------------------------------- slow counts


def records(file: Seed, path: Path, *, lines: bool) -> int | None:
    """Return how many records a file holds, or None where there is no obvious way to count them."""
    if file.ending == ".txt":
        return _lines_of_text(file.data) if lines else 1
    if file.ending == ".zip":
        return None if lines else len(zipfile.ZipFile(path).infolist())
    if file.ending.startswith(".tar"):
        return None if lines else _members(path)
    if file.ending in (".csv", ".tsv"):
        return _rows_of_text(file.data)
    if file.ending == ".jsonl":
        return len(file.data.removesuffix(b"\n").split(b"\n"))
    if file.ending == ".parquet":
        return read_footer(LocalFile(path, path.name)).rows
    if file.ending == ".ipc":
        return _rows_of_ipc(file.data)
    return None


def _lines_of_text(data: bytes) -> int | None:
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        return None
    if "\0" in text or "\x06" in text or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # it may have been read as UTF-16
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return len(whole.removesuffix("\n").split("\n"))


def _members(path: Path) -> int | None:
    try:
        with tarfile.open(path) as archive:
            return len(archive.getmembers())
    except (tarfile.TarError, OSError, EOFError, lzma.LZMAError, ValueError):
        return None


def _rows_of_text(data: bytes) -> int | None:
    try:
        return _rows(data.removeprefix(b"\xef\xbb\xbf").decode())
    except UnicodeDecodeError:
        return None  # it was read in another encoding


def _rows(text: str) -> int:
    """Return the rows after the line of names, character by character."""
    rows, quoted, filled, begun = 0, False, False, False
    for character in text:
        if character == '"':
            quoted = not quoted
        if character == "\n" and not quoted:
            if begun or filled:
                rows += 1
                begun = True
            filled = False
        elif character != "\r" or quoted:
            filled = True
    return rows + filled - 1


def _rows_of_ipc(data: bytes) -> int | None:
    """Return the sum of the lengths of all record batches that the footer lists."""

    def number(form: str, at: int) -> int:
        return int(struct.unpack_from(form, data, at)[0])

    def table(at: int) -> int:
        return at + number("<i", at)

    def field(table: int, name: int) -> int:  # of a table of FlatBuffers
        names = table - number("<i", table)
        offset = number("<H", names + 4 + 2 * name) if 4 + 2 * name < number("<H", names) else 0
        return table + offset if offset else len(data)

    try:
        blocks = table(field(table(len(data) - 10 - number("<i", len(data) - 10)), 3))
        rows = 0
        for block in range(number("<i", blocks)):
            message = number("<q", blocks + 4 + 24 * block)
            message += 8 if number("<i", message) == -1 else 4
            rows += number("<q", field(table(field(table(message), 2)), 0))
    except struct.error:
        return None
    return rows


def told(report: ReadReport) -> int:
    """Return how many records a report tells of."""
    tallies = [report.ignored, *report.skipped.values(), *report.left_out.values()]
    return report.documents + sum(tally.count for tally in tallies)


def read(path: Path, **options: Any) -> ReadReport:
    """Read a file to its end; a file with nothing to read has a report, too."""
    reader = DocumentReader([path, _FRAME], progress=False, **options)
    documents = sum(batch.height for batch in reader)
    if documents != reader.report.documents:
        raise BrokenPromiseError(f"{documents} documents, but the report says {reader.report.documents}")
    return reader.report


DAMAGED = {"damaged from here on", "unreadable file"}
_FRAME = pl.DataFrame({"text": ["x"]})  # beside which a file without documents is no error


def _build(path: Path, folder: Path, **options: Any) -> int:
    """Build a corpus of a file, and return how many documents it has."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "not all of the source was read")
            return Corpus.build([path, _FRAME], folder, progress=False, **options).n_documents
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def case(prepared: tuple[Path, list[Seed]], rng: Random) -> str:
    """Read one damaged file, and build a corpus of some."""
    folder, seeds = prepared
    file = damaged(seeds, rng)
    lines = rng.random() < 0.3
    path = folder / f"x{file.ending}"
    path.write_bytes(file.data)
    done = f"reading {len(file.data)} bytes as {file.ending}"
    try:
        found = attempt(lambda: read(path, lines=lines), done)
        if rng.random() < 0.03:
            built = attempt(lambda: _build(path, folder / "corpus", lines=lines), f"building after {done}")
            if getattr(built, "kind", built) != (found.kind if isinstance(found, Refused) else found.documents):
                raise BrokenPromiseError(f"{done}: {found}, but a corpus of it: {built}")
        if isinstance(found, Refused):
            return "refused" if found.kind == SourceError.__name__ else f"refused as {found.kind}"
        if DAMAGED & found.skipped.keys() and file.ending not in (".txt", ".zip", ".tar"):
            return "reported as damaged"  # what was read before is kept
        if "damaged from here on" in found.skipped:
            return "reported as damaged"
        if "table without the column of texts" in found.skipped:
            return "skipped, since the head is damaged"
        try:
            expected = records(file, path, lines=lines) if file.data else 1
        except Exception as error:
            if "unreadable file" in found.skipped:
                return "reported as damaged"
            raise BrokenPromiseError(f"{done}: read, but {error}") from error
    finally:
        path.unlink()
    if expected is None:
        return "read"
    if told(found) - 1 != expected:
        raise BrokenPromiseError(f"{done}: {expected} records, but the report tells of {told(found) - 1}: {found}")
    return "read and counted"


PART = Part(
    name="files",
    promise="A damaged file is read or refused with a SourceError, and every record is a document or reported.",
    prepare=prepare,
    case=case,
    quick=20,
    slow=150,
)
