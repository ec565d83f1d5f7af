"""The encoding of a text file: determined if possible, otherwise guessed and marked as a guess.

The rules, in this order:

1. A byte order mark determines UTF-8 or UTF-16, little or big endian. The mark is not part of the text.
2. *UTF-16 without a mark* is guessed if the bytes at odd (or even) positions look like the high bytes of Arabic
   and ASCII: nine of ten are 00 or 06, there is no 00 among the other bytes, and nine of ten decoded characters are
   Arabic, printable ASCII or white space. (Arabic in UTF-16 is often valid UTF-8 by accident, full of control
   characters; hence this rule comes before the next one, and applies only if the bytes 00 or 06 occur.)
3. Valid UTF-8 is UTF-8.
4. *Windows-1256* (cp1256) is guessed if there are no control characters, most letters are Arabic, accented Latin
   letters hardly ever touch Arabic ones (they would in ISO 8859-6), and most bytes beyond ASCII are not valid UTF-8
   (they would be in a damaged UTF-8 file).
5. Anything else is an error; the message names the first byte that is not UTF-8.

Guesses use the first MiB of the part in question; the whole file is always checked to decode.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Encoding", "EncodingError", "decode", "detect"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_JUDGED_BYTES = 1 << 20
_CONTROLS = "it contains control characters"

_PLAIN_CHARACTER = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc\\s\u0020-\u007e]")
# The Arabic and the accented Latin letters of Windows-1256.
_ARABIC_LETTER = "[\u0621-\u063a\u0641-\u064a\u0679-\u06d2]"
_LATIN_LETTER = "[A-Za-z\u00e0-\u00f6\u00f8-\u00fc\u0152\u0153\u0192]"
_ACCENTED_LETTER = "[\u00e0-\u00f6\u00f8-\u00fc\u0152\u0153\u0192]"
_ARABIC_TOUCHES_ACCENTED = re.compile(f"{_ARABIC_LETTER}{_ACCENTED_LETTER}|{_ACCENTED_LETTER}{_ARABIC_LETTER}")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class EncodingError(ValueError):
    """Bytes in an unknown encoding; `position` is that of the first invalid byte."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Encoding:
    """An encoding, the length of the byte order mark to skip, and whether it was guessed."""

    name: str
    mark: int = 0
    guessed: bool = False


def decode(data: bytes) -> tuple[str, Encoding]:
    """Decode bytes; return the text, without a byte order mark, and the encoding.

    Raises:
        EncodingError: If they are not UTF-8, UTF-16 or Windows-1256.

    >>> decode("خبر".encode("utf-8"))
    ('خبر', Encoding(name='utf-8', mark=0, guessed=False))
    >>> decode("خبر جديد".encode("cp1256"))
    ('خبر جديد', Encoding(name='cp1256', mark=0, guessed=True))
    """
    if not data.startswith(tuple(mark for mark, _ in _MARKS)) and not _utf16_without_mark(data[:_JUDGED_BYTES]):
        try:  # most texts, without decoding them twice
            return data.decode("utf-8"), Encoding("utf-8")
        except UnicodeDecodeError:
            pass
    encoding = detect([data])
    return codecs.decode(memoryview(data)[encoding.mark :], encoding.name), encoding


def detect(chunks: Iterable[bytes]) -> Encoding:
    """Return the encoding of a file given in pieces; at most two pieces are in memory at a time.

    Raises:
        EncodingError: If the bytes are not UTF-8, UTF-16 or Windows-1256.

    >>> detect(["خ".encode("utf-16")[:3], "خ".encode("utf-16")[3:]])
    Encoding(name='utf-16-le', mark=2, guessed=False)
    """
    pieces = iter(chunks)
    first = next(pieces, b"")
    while len(first) < 4 and (more := next(pieces, b"")):
        first += more  # a byte order mark may be split
    for mark, name in _MARKS:
        if first.startswith(mark):
            _check(name, first[len(mark) :], pieces, offset=len(mark))
            return Encoding(name, len(mark))
    utf16 = _utf16_without_mark(first[:_JUDGED_BYTES])
    if utf16:
        _check(utf16, first, pieces)
        return Encoding(utf16, guessed=True)
    return _utf8_or_cp1256(first, pieces)


def _check(name: str, first: bytes, pieces: Iterable[bytes], *, offset: int = 0) -> None:
    """Raise EncodingError unless all pieces decode."""
    decoder = _Decoder(name, offset)
    decoder.feed(first)
    for piece in pieces:
        decoder.feed(piece)
    decoder.finish()


class _Decoder:
    """An incremental decoder that reports the byte of the file at which it fails."""

    def __init__(self, name: str, offset: int) -> None:
        self._decoder = codecs.getincrementaldecoder(name)()
        self._name = name
        self._position = offset  # of the next byte to come

    def feed(self, piece: bytes) -> None:
        if len(piece) <= _JUDGED_BYTES:
            self._feed(piece)
            return
        whole = memoryview(piece)
        for start in range(0, len(piece), _JUDGED_BYTES):  # so that no second copy of a long text is in memory
            self._feed(whole[start : start + _JUDGED_BYTES])

    def finish(self) -> None:
        self._feed(b"", final=True)

    def _feed(self, piece: bytes | memoryview, *, final: bool = False) -> None:
        held = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            position = self._position - held + error.start
            raise EncodingError(f"not {self._name.upper()} at byte {position:,} ({error.reason})", position) from error
        self._position += len(piece)


def _utf8_or_cp1256(first: bytes, pieces: Iterator[bytes]) -> Encoding:
    decoder = _Decoder("utf-8", 0)
    controls = False  # in the pieces before the last one
    piece = first
    try:
        decoder.feed(first)
        for following in pieces:
            controls = controls or bool(_CONTROL_BYTE.search(piece))
            piece = following
            decoder.feed(piece)
        decoder.finish()
    except EncodingError as error:
        objection = _CONTROLS if controls else _objection_to_cp1256(piece)
        for piece in pieces:
            if not objection and _CONTROL_BYTE.search(piece):
                objection = _CONTROLS
        if objection:
            raise EncodingError(f"{error}, not UTF-16, and not Windows-1256: {objection}", error.position) from error
        return Encoding("cp1256", guessed=True)
    return Encoding("utf-8")


def _objection_to_cp1256(data: bytes) -> str:
    """Return why the bytes cannot be Arabic in Windows-1256; empty if they can."""
    if _CONTROL_BYTE.search(data):
        return _CONTROLS
    data = data[:_JUDGED_BYTES]
    beyond = len(_BEYOND_ASCII.findall(data))
    valid = data.decode("utf-8", "ignore")
    if beyond and 2 * len(_BEYOND_ASCII.findall(valid.encode())) > beyond:
        return "most of it is UTF-8"
    text = data.decode("cp1256")
    arabic = len(re.findall(_ARABIC_LETTER, text))
    if arabic <= len(re.findall(_LATIN_LETTER, text)):
        return "most of its letters would not be Arabic"
    if 100 * len(_ARABIC_TOUCHES_ACCENTED.findall(text)) > arabic:
        return "there would be accented Latin letters inside Arabic words"
    return ""


def _utf16_without_mark(data: bytes) -> str:
    """Return the UTF-16 encoding that the bytes seem to be in, or the empty string."""
    if b"\x00" not in data and b"\x06" not in data:
        return ""
    data = data[: len(data) // 2 * 2]
    sides = {"utf-16-le": (data[1::2], data[::2]), "utf-16-be": (data[::2], data[1::2])}
    for name, (high, low) in sides.items():
        likely = high.count(0x00) + high.count(0x06)
        if not data or 10 * likely < 9 * len(high) or 0 in low:
            continue
        text = data.decode(name, "replace")
        if 10 * len(_PLAIN_CHARACTER.findall(text)) >= 9 * len(text):
            return name
    return ""
