"""Web archives: WARC, as crawlers write it, and WET, the plain texts of Common Crawl.

warcio reads the records. A record is in memory for as long as it is read, and its header, its page and what the whole
archive expands to are limited. What is damaged is skipped up to the next record.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from importlib import import_module
from typing import IO, Any

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Skipped, needed
from corpus_kit.readers.encodings import decode
from corpus_kit.readers.limits import Budget, Limits
from corpus_kit.readers.web_pages import LARGEST_PAGE, PageOptions, read_page

__all__ = ["warc"]

_WHAT = "Web archives"
_CHUNK = 64 << 10
_GZIP = b"\x1f\x8b\x08"
_HEADER_BYTES = 1 << 20  # of a record and its HTTP header
_MOST_KINDS = 50  # of what is left out; what comes then is counted as one
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<(?:!doctype|html|head|\?xml)\b", re.IGNORECASE)  # of a page
_NOT_UNDONE = frozenset({"compress", "x-compress", "sdch", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm"})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def warc(*, whole: bool = False, comments: bool = False, tables: bool = True, favor: str = "balanced") -> Reader:
    """Return a reader of web archives: .warc, .warc.gz, and .wet of Common Crawl.

    Documents are the pages that a server answered with (HTML and plain text), and the texts that another program made
    of pages. Their id is that of the record. Columns: those of `html`, `url`, and `captured` in UTC. Other records,
    other types and answers such as 404 are left out and counted; so are pages captured again without a change.

    Args:
        whole: As in `html`, as are the others.
        comments: Whether to keep what readers wrote below the article, after it.
        tables: Whether to keep tables of the article.
        favor: What to prefer in doubt.

    Examples:
        >>> warc().__name__
        'warc()'
    """
    options = PageOptions.of(whole, comments, tables, favor)

    def warc_reader(file: File) -> Iterator[Event]:
        archive = _Archive(file.limits, options)
        with file.open() as stream:
            yield from archive.read(stream, file.size)

    warc_reader.__name__ = options.call("warc")
    return warc_reader


class _DamageError(Exception):
    """What ends a record, or the way to it, in a few words.

    Attributes:
        start: Where the record begins in the file.
        is_last: Whether nothing may be read after it.
    """

    def __init__(self, reason: str, start: int, *, is_last: bool = False) -> None:
        super().__init__(reason)
        self.start = start
        self.is_last = is_last


class _Archive:
    """Reads the records of an archive."""

    def __init__(self, limits: Limits, options: PageOptions) -> None:
        self._limits = limits
        self._options = options
        self._left_out: Counter[str] = Counter()
        self._seen: set[bytes] = set()  # digests of an address and its page
        self._records = 0

    def read(self, stream: IO[bytes], size: int) -> Iterator[Event]:
        """Yield the documents of an archive, and what is none."""
        compressed = stream.read(len(_GZIP)) == _GZIP
        records = _compressed_records if compressed else _plain_records
        next_start = _next_member if compressed else _next_record
        budget = Budget(self._limits, size)
        start: int | None = 0
        while start is not None:
            try:
                for record in records(stream, start, budget):
                    self._records += 1
                    yield from self._record(record)
            except _DamageError as damage:
                start = None if damage.is_last else next_start(stream, damage.start + 1)
                if start is None and not self._records:
                    raise ValueError(f"no web archive: {damage}") from None
                yield Skipped("damaged record of a web archive", f"byte {damage.start:,}", str(damage))
            else:
                start = None
        if not self._records:
            raise ValueError("empty" if not size else "no web archive: it has no record")
        yield from (LeftOut(kind, count) for kind, count in sorted(self._left_out.items()))

    def _record(self, record: Any) -> Iterator[Event]:
        headers, kind = record.rec_headers, record.rec_type
        url = headers.get_header("WARC-Target-URI") or ""
        id = (headers.get_header("WARC-Record-ID") or "").strip("<>").removeprefix("urn:uuid:") or url or None
        content = _content_type(record)
        objection = _objection(record, kind, content, url)
        if objection:
            self._leave_out(objection)
            return
        most = min(LARGEST_PAGE if content in _PAGES else self._limits.text_bytes, self._limits.text_bytes)
        try:
            data, is_cut = _payload(record, most)
        except ValueError as error:
            yield Skipped("page that cannot be read", id or "", str(error))
            return
        if not _is_whole(record):
            yield Skipped("record that is cut short", id or "", url)
            return
        digest = blake2b(url.encode() + b"\0" + data, digest_size=8).digest()
        if digest in self._seen:
            self._leave_out("page captured again without a change")
            return
        self._seen.add(digest)
        yield from self._page(data, record, content, url, id)
        if is_cut or headers.get_header("WARC-Truncated"):
            yield Notice("page that was cut short when it was archived", 1, f"{id or ''} {url}".strip())

    def _page(self, data: bytes, record: Any, content: str, url: str, id: str | None) -> Iterator[Event]:
        captured = _captured(record)
        known: dict[str, Any] = {"url": url} if captured is None else {"url": url, "captured": captured}
        if content in _PAGES:
            charset = _parameter(_type_header(record), "charset")
            yield from read_page(
                data, self._options, charset=charset, url=url, captured=captured, id=id, metadata=known
            )
            return
        try:
            text, _ = decode(data)
        except ValueError as error:
            yield Skipped("page that cannot be read", id or "", str(error))
            return
        language = record.rec_headers.get_header("WARC-Identified-Content-Language")
        if text.strip():
            yield Document(text, id, {**known, "language": language} if language else known)
        else:
            yield Skipped("page without text", id or "", url)

    def _leave_out(self, kind: str) -> None:
        known = kind in self._left_out or len(self._left_out) < _MOST_KINDS
        self._left_out[kind if known else "record of another kind"] += 1


def _objection(record: Any, kind: str, content: str, url: str) -> str:
    """Return what a record is if it is no document."""
    if kind == "revisit":
        return "page captured again without a change"
    if kind not in ("response", "resource", "conversion"):
        return f"{kind[:40]} record"
    if not url.startswith(("http:", "https:")):  # what a crawler says of a page, or a name server
        return f"{kind} record of no web address"
    if kind == "response" and record.http_headers is None:
        return "response without an HTTP header"
    status = record.http_headers.get_statuscode() if kind == "response" else "200"
    if not status.startswith("2"):
        return f"response with status {status[:3]}"
    if content not in _PAGES and content != "text/plain":
        return f"response of type {content[:60] or 'unknown'}"
    return ""


def _type_header(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else None
    found = (headers or record.rec_headers).get_header("Content-Type")
    return str(found or "")


def _content_type(record: Any) -> str:
    stated = _type_header(record).partition(";")[0].strip().lower()
    if record.rec_type == "response" and stated in ("", "application/octet-stream"):
        return (record.rec_headers.get_header("WARC-Identified-Payload-Type") or stated).strip().lower()
    return stated


def _parameter(header: str, name: str) -> str | None:
    for part in header.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip("\"'") or None
    return None


def _captured(record: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


# What a record holds.


def _payload(record: Any, most: int) -> tuple[bytes, bool]:
    """Return the page that a record holds, without the encodings in which HTTP sent it, and whether it is cut short.

    Raises:
        ValueError: If it is longer than `most`, or is in an encoding that cannot be undone.
    """
    too_long = f"more than {most:,} bytes"
    if record.length is not None and record.length > most + _HEADER_BYTES:  # a chunk is read at once
        raise ValueError(too_long)
    stream = record.raw_stream
    encodings = [*_encodings(record, "Content-Encoding"), *_encodings(record, "Transfer-Encoding")]
    if "chunked" in encodings:
        stream = needed("warcio.bufferedreaders", _WHAT).ChunkedDataReader(stream)
    data = bytes(stream.read(most + 1))
    is_cut = False
    for encoding in reversed(encodings):
        if len(data) <= most and not _BEGINNING.match(data):  # many crawlers store what they undid, with its header
            data, ends_early = _decompressed(data, encoding, most + 1)
            is_cut = is_cut or ends_early
    if len(data) > most:
        raise ValueError(too_long)
    return data, is_cut


def _encodings(record: Any, header: str) -> list[str]:
    found = (record.http_headers.get_header(header) or "") if record.http_headers is not None else ""
    return [name for name in found.lower().replace(" ", "").split(",") if name]


def _decompressed(data: bytes, encoding: str, most: int) -> tuple[bytes, bool]:
    """Return bytes without a compression of HTTP, at most so many, and whether more should follow."""
    if encoding in ("gzip", "x-gzip"):
        return _inflated(data, 31, most) if data.startswith(_GZIP) else (data, False)
    if encoding == "deflate":
        return _inflated(data, 15 if data[:1] in (b"\x78", b"\x58", b"\x38") else -15, most)
    if encoding == "br":
        return _unbrotli(data, most), False
    if encoding == "zstd":
        zstandard = needed("zstandard", "Pages in zstd")
        try:
            with zstandard.ZstdDecompressor().stream_reader(data) as stream:
                return bytes(stream.read(most)), False
        except zstandard.ZstdError:
            raise ValueError("damaged compression") from None
    if encoding in _NOT_UNDONE:
        raise ValueError(f"content encoding {encoding[:20]!r}")
    return data, False  # names of character sets and the like, which browsers pass over


def _inflated(data: bytes, window: int, most: int) -> tuple[bytes, bool]:
    inflate = zlib.decompressobj(window)
    try:
        inflated = inflate.decompress(data, most)
    except zlib.error:
        raise ValueError("damaged compression") from None
    return inflated, not inflate.eof and len(inflated) < most


def _unbrotli(data: bytes, most: int) -> bytes:
    try:
        brotli = import_module("brotli")  # optional even where the readers are installed
    except ImportError:
        raise ValueError('compressed with brotli; install it with pip install "brotli>=1.2"') from None
    try:
        return bytes(brotli.Decompressor().process(data, output_buffer_limit=most))
    except TypeError:  # older ones cannot be limited
        raise ValueError('compressed with brotli; install it with pip install "brotli>=1.2"') from None
    except brotli.error:
        raise ValueError("damaged compression") from None


def _is_whole(record: Any) -> bool:
    """Read the rest of a record and return whether it is as long as it says."""
    _drain(record)
    return record.length is None or record.raw_stream.tell() == record.length


def _drain(record: Any) -> None:
    while record.raw_stream.read(_CHUNK):
        pass


# Records, one after another.


class _Bytes:
    """Bytes for warcio to read, with a limit for headers."""

    def __init__(self, read: Callable[[int], bytes], tell: Callable[[], int]) -> None:
        self._read = read
        self.tell = tell
        self.left: int | None = None  # None for any number

    def read(self, size: int = _CHUNK) -> bytes:
        """Return some bytes."""
        data = self._read(size)
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                raise ValueError(f"a header of more than {_HEADER_BYTES:,} bytes")
        return data


def _records(source: _Bytes, start: Callable[[Any], int]) -> Iterator[Any]:
    """Yield the records of a source; `start` says where the one begins that cannot be read.

    Raises:
        _DamageError: If a header cannot be read.
    """
    archive = needed("warcio.archiveiterator", _WHAT).ArchiveIterator(source)
    while True:
        source.left = _HEADER_BYTES
        try:
            with contextlib.redirect_stderr(io.StringIO()):  # warcio prints warnings
                record = next(archive, None)
        except _DamageError:
            raise
        except Exception as error:  # whatever damage makes warcio raise
            raise _DamageError(_reason(error), start(archive)) from None
        if record is None:
            return
        source.left = None
        yield record
        _drain(record)


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:100]


def _plain_records(stream: IO[bytes], start: int, budget: Budget) -> Iterator[Any]:  # noqa: ARG001  # nothing expands
    stream.seek(start)
    yield from _records(_Bytes(stream.read, stream.tell), lambda archive: int(archive.offset))


def _compressed_records(stream: IO[bytes], start: int, budget: Budget) -> Iterator[Any]:
    members = _Members(stream, start, budget)
    while members.advance():
        source = _Bytes(members.read, lambda: 0)
        yield from _records(source, lambda _: members.start)
        source.left = None
        while source.read():  # what warcio leaves of the member
            pass


class _Members:
    """The members of a gzip file, of which each holds a record."""

    def __init__(self, stream: IO[bytes], start: int, budget: Budget) -> None:
        stream.seek(start)
        self.start = start
        self._stream = stream
        self._budget = budget
        self._pending = b""  # read, but not inflated
        self._inflate = zlib.decompressobj(31)

    def advance(self) -> bool:
        """Go to the next member; return whether there is one."""
        self._pending = (self._pending or self._stream.read(_CHUNK)).lstrip(b"\0")
        self.start = self._stream.tell() - len(self._pending)
        self._inflate = zlib.decompressobj(31)
        return bool(self._pending)

    def read(self, size: int) -> bytes:
        """Return some bytes of the member; none at its end.

        Raises:
            _DamageError: If it is damaged or cut short, or the file expands to too much.
        """
        while not self._inflate.eof:
            self._pending = self._pending or self._stream.read(_CHUNK)
            if not self._pending:
                raise _DamageError("the file ends within a record", self.start)
            try:
                data = self._inflate.decompress(self._pending, size)
            except zlib.error as error:
                raise _DamageError(_reason(error), self.start) from None
            self._pending = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            if data:
                self._spend(len(data))
                return data
        return b""

    def _spend(self, amount: int) -> None:
        try:
            self._budget.spend(amount)
        except ValueError as error:
            raise _DamageError(str(error), self.start, is_last=True) from None


def _next_member(stream: IO[bytes], start: int) -> int | None:
    """Return where the next member with a record begins."""
    for place in _places(stream, start, _GZIP):
        stream.seek(place)
        with contextlib.suppress(zlib.error):
            if zlib.decompressobj(31).decompress(stream.read(_CHUNK), 16).startswith(b"WARC/"):
                return place
    return None


def _next_record(stream: IO[bytes], start: int) -> int | None:
    """Return where the next record begins that is not compressed."""
    mark = b"\r\n\r\nWARC/1."
    place = next(_places(stream, start, mark), None)
    return None if place is None else place + 4


def _places(stream: IO[bytes], start: int, mark: bytes) -> Iterator[int]:
    """Yield the places of some bytes from a place on."""
    before = b""
    while True:
        stream.seek(start)
        chunk = stream.read(_CHUNK)
        if not chunk:
            return
        data, first = before + chunk, start - len(before)
        at = data.find(mark)
        while at >= 0:
            yield first + at
            at = data.find(mark, at + 1)
        before = data[-(len(mark) - 1) :]
        start += len(chunk)
