"""JSON of any size as a stream for a parser: neither nesting nor a string without end can fill the memory."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from types import TracebackType

from corpus_kit.readers.limits import Limits
from corpus_kit.readers.texts import too_long

__all__ = ["JsonStream"]

_DEEPEST = 1_000  # levels; the parser holds a path for each
_BRACKETS = re.compile(rb"[\[\]{}]")
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")
_OTHERS = bytes(set(range(256)) - set(b'"[]{}'))


class JsonStream:
    """The bytes of a JSON file after its byte order mark, to be used in a `with` statement.

    Args:
        path: The file.
        limits: What it may take.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._stream = path.open("rb")
        self._limits = limits
        self._depth = 0
        self._escape = b""  # a backslash, whose sign is still to come
        self._string = 0  # bytes of the string that is not at its end, with its mark; 0 outside strings
        head = self._stream.read(len(codecs.BOM_UTF8))
        self._stream.seek(len(codecs.BOM_UTF8) if head == codecs.BOM_UTF8 else 0)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._stream.close()
            raise ValueError("it is UTF-16; large JSON files must be UTF-8")

    def __enter__(self) -> JsonStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises ValueError if there are too many levels, or a string is too long."""
        data = self._stream.read(size)
        plain = self._escape + data
        self._escape = b"\\" * ((len(plain) - len(plain.rstrip(b"\\"))) % 2)
        plain = plain[: len(plain) - len(self._escape)].replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = plain.translate(None, _OTHERS).split(b'"')
        is_inside = self._string > 0
        self._look(b"".join(parts[is_inside::2]))
        if len(parts) > 1 or not is_inside:
            ends_inside = is_inside ^ (len(parts) % 2 == 0)
            self._string = len(plain) - plain.rfind(b'"') if ends_inside else 0
        else:
            self._string += len(data)
        if self._string > self._limits.text_bytes:
            raise ValueError(f"a string has {too_long(self._string, self._limits.text_bytes)}")
        return data

    def _look(self, outside: bytes) -> None:
        """Follow the brackets outside strings."""
        opened, closed = (sum(map(outside.count, signs)) for signs in (_OPENING, _CLOSING))
        if self._depth + opened > _DEEPEST:
            depth = self._depth
            for bracket in _BRACKETS.findall(outside):
                depth += 1 if bracket in _OPENING else -1
                if depth > _DEEPEST:
                    raise ValueError(f"it is not JSON that can be read: it has more than {_DEEPEST:,} levels")
        self._depth += opened - closed
