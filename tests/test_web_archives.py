"""The reader of WARC and WET: records, encodings of HTTP, damage, limits."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

pytest.importorskip("trafilatura")
pytest.importorskip("warcio")

from test_web_pages import FIRST, SECOND, THIRD, TITLE, document, of, page

from corpus_kit.errors import InputError
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Skipped
from corpus_kit.readers.limits import Limits
from corpus_kit.readers.web_archives import warc

TEXT = "\n".join([TITLE, "", FIRST, SECOND, THIRD])


class Archive:
    """A web archive that a test writes: warcio's own writer leaves temporary files open."""

    def __init__(self, *, compressed: bool = True) -> None:
        self.data = b""
        self._compressed = compressed

    def add(
        self,
        data: bytes,
        kind: str = "response",
        *,
        url: str = "https://mada.example/17",
        type: str | None = "text/html; charset=utf-8",
        status: str = "200 OK",
        http: tuple[tuple[str, str], ...] = (),
        id: str = "a",
        **headers: str,
    ) -> int:
        """Write a record; return where it begins."""
        begin = len(self.data)
        if kind in ("response", "revisit"):
            answer = [*http, *([("Content-Type", type)] if type else [])]
            data = f"HTTP/1.1 {status}\r\n{_header(answer)}\r\n".encode() + data
            type = "application/http; msgtype=response"
        known = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{id}>", "WARC-Date": "2024-05-03T01:30:00Z"}
        known |= {"WARC-Target-URI": url, "Content-Type": type or "", "Content-Length": str(len(data))}
        known |= {name.replace("_", "-"): value for name, value in headers.items()}
        record = f"WARC/1.0\r\n{_header(known.items())}\r\n".encode() + data + b"\r\n\r\n"
        self.data += gzip.compress(record) if self._compressed else record
        return begin


def _header(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in pairs if value)


def read(data: bytes, **options: Any) -> list[Event]:
    """Read an archive."""
    limits = options.pop("limits", Limits())
    return list(warc(**options)(File("crawl.warc.gz", data=data, limits=limits)))


def left_out(events: list[Event]) -> dict[str, int]:
    """Return what was left out beside the words of pages."""
    return {left.kind: left.count for left in of(LeftOut, events) if left.kind != "words beside the article"}


@pytest.mark.parametrize("compressed", [True, False])
def test_pages_become_documents(compressed: bool) -> None:
    archive = Archive(compressed=compressed)
    archive.add(b"software: crawler", "warcinfo", url="", type="application/warc-fields")
    archive.add(b"", "request", type="application/http")
    archive.add(page().encode(), id="17")
    archive.add(
        "نص بلا وسوم".encode("cp1256"),
        url="https://mada.example/robots",
        type="text/plain",
        id="18",
    )
    archive.add(b"GIF89a", url="https://mada.example/a.gif", type="image/gif")
    archive.add(b"PNG", url="https://mada.example/a.png", type=None)
    archive.add("غير موجود".encode(), url="https://mada.example/x", status="404 Not Found")
    archive.add(b"", "revisit")
    archive.add(b"93.1.1.1", "resource", url="dns:mada.example", type="text/dns")
    events = read(archive.data)
    first, second = of(Document, events)
    assert (first.id, first.text) == ("17", TEXT)
    assert first.headline == (0, len(TITLE))
    assert first.metadata["url"] == "https://mada.example/17"  # and not the canonical one
    assert first.metadata["captured"] == datetime(2024, 5, 3, 1, 30)
    assert first.metadata["site"] == "جريدة المدى"
    assert (second.id, second.text) == ("18", "نص بلا وسوم")
    assert left_out(events) == {
        "warcinfo record": 1,
        "request record": 1,
        "response of type image/gif": 1,
        "response of type unknown": 1,
        "response with status 404": 1,
        "page captured again without a change": 1,
        "resource record of no web address": 1,
    }
    assert not of(Skipped, events)


def test_texts_of_common_crawl() -> None:
    archive = Archive()
    archive.add(
        TEXT.encode(),
        "conversion",
        type="text/plain",
        WARC_Identified_Content_Language="ara,eng",
        id="a",
    )
    found = document(read(archive.data))
    assert (found.id, found.text) == ("a", TEXT)
    assert found.metadata["language"] == "ara,eng"


def chunks(data: bytes) -> bytes:
    """Return bytes as HTTP sends them in chunks."""
    parts = [data[at : at + 700] for at in range(0, len(data), 700)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def deflated(data: bytes) -> bytes:
    """Return bytes deflated without a header, as old servers send them."""
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("data", "http"),
    [
        (chunks(page().encode()), (("Transfer-Encoding", "chunked"),)),
        (page().encode(), (("Transfer-Encoding", "chunked"),)),  # the crawler undid it
        (gzip.compress(page().encode()), (("Content-Encoding", "gzip"),)),
        (page().encode(), (("Content-Encoding", "gzip"),)),  # likewise
        (page().encode(), (("Content-Encoding", "br"),)),
        (page().encode(), (("Content-Encoding", "deflate"),)),
        (page().encode(), (("Content-Encoding", "zstd"),)),
        (zlib.compress(page().encode()), (("Content-Encoding", "deflate"),)),
        (deflated(page().encode()), (("Content-Encoding", "deflate"),)),
        (chunks(gzip.compress(page().encode())), (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))),
        (chunks(gzip.compress(page().encode())), (("Transfer-Encoding", "gzip, chunked"),)),
        (page().encode(), (("Content-Encoding", "utf-8"),)),  # which is none, and browsers pass over it
    ],
)
def test_encodings_of_http(data: bytes, http: tuple[tuple[str, str], ...]) -> None:
    archive = Archive()
    archive.add(data, http=http)
    assert document(read(archive.data)).text == TEXT


def test_zstd() -> None:
    zstandard = pytest.importorskip("zstandard")
    archive = Archive()
    archive.add(zstandard.compress(page().encode()), http=(("Content-Encoding", "zstd"),))
    assert document(read(archive.data)).text == TEXT


def test_damaged_compression_loses_one_page() -> None:
    pytest.importorskip("zstandard")
    archive = Archive()
    archive.add(b"(\xb5/\xfd" + b"\xff" * 99, http=(("Content-Encoding", "zstd"),))
    archive.add(page().encode(), url="https://mada.example/18")
    events = read(archive.data)
    assert document(events).text == TEXT
    assert [skipped.detail for skipped in of(Skipped, events)] == ["damaged compression"]


def test_an_encoding_that_cannot_be_undone() -> None:
    archive = Archive()
    archive.add(b"\x1b\x00", http=(("Content-Encoding", "compress"),))
    archive.add(page().encode(), url="https://mada.example/18")
    events = read(archive.data)
    assert document(events).text == TEXT
    assert [(skipped.reason, skipped.detail) for skipped in of(Skipped, events)] == [
        ("page that cannot be read", "content encoding 'compress'")
    ]


def test_pages_that_were_cut_short_are_told() -> None:
    archive = Archive()
    archive.add(gzip.compress(page().encode())[:-30], http=(("Content-Encoding", "gzip"),), id="1")
    archive.add(page().encode(), url="https://mada.example/18", id="2", WARC_Truncated="length")
    events = read(archive.data)
    assert [each.id for each in of(Document, events)] == ["1", "2"]
    assert [(each.kind, each.detail) for each in of(Notice, events)] == [
        ("page that was cut short when it was archived", "1 https://mada.example/17"),
        ("page that was cut short when it was archived", "2 https://mada.example/18"),
    ]


def test_the_type_that_the_crawler_found_where_the_server_names_none() -> None:
    archive = Archive()
    archive.add(page().encode(), type=None, WARC_Identified_Payload_Type="text/html")
    archive.add(b"%PDF", url="https://mada.example/18", type=None, WARC_Identified_Payload_Type="application/pdf")
    events = read(archive.data)
    assert document(events).text == TEXT
    assert left_out(events) == {"response of type application/pdf": 1}


def test_a_charset_of_http() -> None:
    archive = Archive()
    archive.add(page().replace('charset="utf-8"', "").encode("cp1256"), type='text/html; charset="windows-1256"')
    assert document(read(archive.data)).text == TEXT


def test_captures_without_a_change_are_counted() -> None:
    archive = Archive()
    archive.add(page().encode())
    archive.add(page().encode())
    archive.add(page().encode(), url="https://mada.example/other")
    archive.add(page("<p>وأضيف إلى الخبر سطر جديد بعد ساعة من نشره.</p>").encode())
    events = read(archive.data)
    assert len(of(Document, events)) == 3
    assert left_out(events) == {"page captured again without a change": 1}


@pytest.mark.parametrize("compressed", [True, False])
def test_a_damaged_record_is_skipped(compressed: bool) -> None:
    archive = Archive(compressed=compressed)
    archive.add(page().encode(), id="1")
    begin = archive.add(page().encode(), url="https://mada.example/18", id="2")
    archive.add(page().encode(), url="https://mada.example/19", id="3")
    data = bytearray(archive.data)
    if compressed:
        data[begin + 60 : begin + 90] = b"\xff" * 30
    else:
        data[begin : begin + 8] = b"DAMAGED!"
    events = read(bytes(data))
    assert [found.id for found in of(Document, events)] == ["1", "3"]
    (skipped,) = of(Skipped, events)
    assert (skipped.reason, skipped.where) == ("damaged record of a web archive", f"byte {begin:,}")


@pytest.mark.parametrize("compressed", [True, False])
def test_an_archive_that_is_cut_short(compressed: bool) -> None:
    archive = Archive(compressed=compressed)
    archive.add(page().encode())
    begin = archive.add(page().encode(), url="https://mada.example/18")
    middle = (begin + len(archive.data)) // 2 if compressed else len(archive.data) - 200
    events = read(archive.data[:middle])
    assert len(of(Document, events)) == 1
    assert len(of(Skipped, events)) == 1


@pytest.mark.parametrize("compressed", [True, False])
def test_a_wrong_length_loses_one_record(compressed: bool, capfd: pytest.CaptureFixture[str]) -> None:
    archive = Archive(compressed=False)
    archive.add(page().encode(), id="1")
    second = archive.add(page().encode(), url="https://mada.example/18")
    third = archive.add(page().encode(), url="https://mada.example/19", id="3")
    records = [archive.data[:second], archive.data[second:third], archive.data[third:]]
    length = records[1].partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    records[1] = records[1].replace(b"Content-Length: " + length, b"Content-Length: %d" % (int(length) - 100))
    events = read(b"".join(map(gzip.compress, records) if compressed else records))
    ids = [found.id for found in of(Document, events)]
    assert (ids[0], ids[-1]) == ("1", "3")
    assert of(Skipped, events)
    assert "".join(capfd.readouterr()) == ""  # warcio prints warnings


def test_one_member_for_all_records() -> None:
    archive = Archive(compressed=False)
    archive.add(page().encode())
    archive.add(page().encode(), url="https://mada.example/18")
    assert len(of(Document, read(gzip.compress(archive.data)))) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"plain text\r\n" * 9, "no web archive"),
        (gzip.compress(b"plain text", mtime=0), "no web archive"),
        (gzip.compress(b"WARC/1.0\r\nX: " + b"a" * (2 << 20)), "header of more than 1,048,576 bytes"),
        (b"WARC/1.0\r\nX: " + b"a" * (2 << 20), "header of more than 1,048,576 bytes"),
    ],
)
def test_what_is_no_archive(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(data)


def test_bombs() -> None:
    archive = Archive()
    archive.add(gzip.compress(bytes(20 << 20)), http=(("Content-Encoding", "gzip"),))
    archive.add(
        chunks(gzip.compress(bytes(20 << 20))), http=(("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
    )
    archive.add(b" " * (20 << 20), url="https://mada.example/long")
    archive.add(page().encode(), url="https://mada.example/18")
    events = read(archive.data)
    assert document(events).text == TEXT
    assert [skipped.detail for skipped in of(Skipped, events)] == ["more than 10,000,000 bytes"] * 3


def test_an_archive_that_expands_without_end() -> None:
    archive = Archive()
    archive.add(page().encode())
    compressor = zlib.compressobj(wbits=31)
    header = compressor.compress(b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 999999999\r\n\r\n")
    header += compressor.flush(zlib.Z_FULL_FLUSH)
    zeros = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    archive.data += header + 300 * zeros
    events = read(archive.data, limits=Limits(expansion=1))
    assert document(events).text == TEXT
    (skipped,) = of(Skipped, events)
    assert "expansion must be at most 1 times" in skipped.detail


def test_options_are_those_of_pages() -> None:
    archive = Archive()
    archive.add(page().encode())
    assert document(read(archive.data, whole=True)).text.endswith("جميع الحقوق محفوظة")
    with pytest.raises(InputError, match="favor"):
        warc(favor="all")
