"""JSON values of any size: what is short is parsed at once, by Python's own parser; of long arrays the first items.

A value that does not fit into a window of the file is *opened*: its members are read one after another. Of an opened
array that is long only the first items are held, and the file is read again for all of them. So neither the size of a
file nor its being one line matters to the memory, only that of its records.
"""

from __future__ import annotations

import codecs
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from corpus_kit.readers.encodings import Encoding, detect
from corpus_kit.readers.json_lines import GROUP, check_levels
from corpus_kit.readers.limits import Limits

__all__ = ["LOOKED_AT", "ExtraDataError", "LongArray", "Watch", "read_json"]

LOOKED_AT = 1_000  # items of an array that are held,
_HEAD = 256 << 10  # or as many as have so many characters
_WINDOW = 4 << 20  # characters of a value that is parsed at once
_PIECE = 1 << 20  # bytes
_HELD = 64 << 20  # characters of an opened object that are no texts
_CUT = 16  # characters from the end of the text, in which an error may be one of the cut, and a number go on
_UNFINISHED = "Unterminated string"  # what Python says of a string that is cut
_SPACES = re.compile(r"[ \t\n\r]*")
_COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*(?=[^ \t\n\r])")
_NAME = 256  # characters at the beginning that may be those of an assignment
_ASSIGNMENT = re.compile(r"[A-Za-z_$][\w$.]*[ \t]*=")  # before the value, in archives of Twitter

_TOO_DEEP = "it is not JSON that can be read: it has too many levels"


class ExtraDataError(ValueError):
    """A file goes on after an object, as JSON Lines do."""


class Watch(Protocol):
    """What looks at all items of a long array when it is read for the first time."""

    def add(self, items: list[Any]) -> None:
        """Look at some items."""


class _File(NamedTuple):
    path: Path
    limits: Limits
    encoding: Encoding
    watch: Callable[[], Watch] | None
    repeated: list[str] | None  # keys that occur twice in an object; None if nobody asks


class _Place(NamedTuple):
    byte: int  # where reading begins,
    characters: int  # and characters to pass over there
    before: int  # characters of the file before the place


class LongArray(list[Any]):
    """An array of which the first items are held: indices and slices are of these, all else is of all items.

    Attributes:
        watch: What has looked at all items.
    """

    def __init__(self, head: list[Any], count: int, size: int, file: _File, place: _Place, watch: Watch | None) -> None:
        super().__init__(head)
        self._count = count
        self._size = size
        self._file = file._replace(watch=None, repeated=None)
        self._place = place
        self.watch = watch

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        """Yield the items for somebody who holds them all. Raises ValueError if they are more than a row may have."""
        most = self._file.limits.row_bytes
        if self._size > most:
            where = _where(self._file, self._place.before)
            raise ValueError(f"an array in a record has {self._size:,} characters, more than {most:,}, at {where}")
        return self.each()

    def each(self) -> Iterator[Any]:
        """Yield the items one by one."""
        return chain.from_iterable(self.groups())

    def groups(self) -> Iterator[list[Any]]:
        """Yield the items in lists of at most `GROUP`."""
        with _Stream(self._file, self._place) as stream:
            yield from stream.groups()


def read_json(path: Path, limits: Limits, watch: Callable[[], Watch]) -> tuple[Any, Encoding, list[str]]:
    """Return the value of a file, its encoding, and the keys that occur twice in an object, of which the last counts.

    Args:
        path: The file.
        limits: What it may take.
        watch: Makes what looks at the items of a long array.

    Raises:
        ExtraDataError: If it goes on after an object.
        ValueError: If it is not JSON, or cannot be read in bounded memory; the message names the place.
    """
    file = _File(path, limits, Encoding("utf-8"), watch, [])
    try:
        value = _only_value(file)
    except ExtraDataError:
        raise
    except ValueError:
        with path.open("rb") as stream:
            encoding = detect(iter(lambda: stream.read(_PIECE), b""))
        if encoding == file.encoding:
            raise
        file = file._replace(encoding=encoding, repeated=[])
        value = _only_value(file)
    return value, file.encoding, file.repeated or []


def _only_value(file: _File) -> Any:
    with _Stream(file, _Place(file.encoding.mark, 0, 0)) as stream:
        try:
            return stream.only_value()
        except RecursionError as error:
            raise ValueError(_TOO_DEEP) from error


class _Stream:
    """The text of a file from a place on, of which a window is held, to be used in a `with` statement."""

    def __init__(self, file: _File, place: _Place) -> None:
        self._file = file
        self._repeated = [] if file.repeated is None else file.repeated
        self._decode = json.JSONDecoder(object_pairs_hook=None if file.repeated is None else self._as_object).raw_decode
        self._decoder = codecs.getincrementaldecoder(file.encoding.name)()
        self._bytes = file.path.open("rb")
        self._bytes.seek(place.byte)
        self._text = ""
        self._at = 0  # what is before it in the text has been read
        self._before = place.before - place.characters  # characters of the file before the text
        self._marks: list[tuple[int, int]] = []  # characters and bytes of the file before each piece
        self._is_all = False  # whether the text goes to the end of the file
        while len(self._text) < place.characters and self._fill():
            pass
        self._at = place.characters

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._bytes.close()

    def only_value(self) -> Any:
        """Return the value, after which there must be nothing else."""
        self._sign()
        while len(self._text) < self._at + _NAME and self._fill():
            pass
        assignment = _ASSIGNMENT.match(self._text, self._at)
        if assignment:
            self._at = assignment.end()
        value = self.value()
        if assignment:
            self._take(";")
        if self._sign():
            error = self._error("Extra data")
            raise ExtraDataError(str(error)) if isinstance(value, dict) and not assignment else error
        return value

    def value(self) -> Any:
        """Return the value that begins here; it is opened if it does not fit into the window."""
        sign = self._sign()
        left = most = self._file.limits.text_bytes
        while True:
            found = self._parsed(sign)
            if found is not _CUT_OFF:
                return found
            held = len(self._text) - self._at
            if sign in "{[" and held >= _WINDOW:
                return self._object() if sign == "{" else self._array()
            before = self._bytes.tell()
            self._fill(min(max(_PIECE, held), left + 1))
            left -= self._bytes.tell() - before
            if left < 0:
                raise ValueError(f"a string has more than {most:,} bytes, at {self._where()}")

    def groups(self) -> Iterator[list[Any]]:
        """Yield the items of the array that begins here."""
        group: list[Any] = []
        self._take("[")
        goes_on = not self._take("]")
        repeated = self._repeated
        decode, comma = self._decode, _COMMA.match
        while goes_on:
            known = len(repeated)
            try:
                item, end = decode(self._text, self._at)
                follows = comma(self._text, end)
            except (ValueError, RecursionError):  # it may be cut
                follows = None
                self._fill()
            if follows:
                self._at = follows.end()
            else:  # the array ends here, or the text that is held
                del repeated[known:]
                if group:
                    yield group
                    group = []
                item = self.value()
                goes_on = self._goes_on("]")
                self._sign()  # the next item begins
            group.append(item)
            if len(group) == GROUP:
                yield group
                group = []
        if group:
            yield group

    def _parsed(self, sign: str) -> Any:
        """Return the value if all of it is held."""
        known = len(self._repeated)
        try:
            found, end = self._decode(self._text, self._at)
        except RecursionError as error:
            raise ValueError(_TOO_DEEP) from error
        except json.JSONDecodeError as error:
            is_cut = error.msg.startswith(_UNFINISHED) or error.pos > len(self._text) - _CUT
            if self._is_all or not is_cut:
                raise self._error(error.msg, error.pos) from error
        except ValueError as error:
            raise self._error("a number has thousands of digits") from error
        else:
            if self._is_all or sign in '"[{' or end < len(self._text) - _CUT:
                self._at = end
                return found
        del self._repeated[known:]
        return _CUT_OFF

    def _object(self) -> dict[str, Any]:
        """Return the object that begins here, its values one by one."""
        pairs: list[tuple[str, Any]] = []
        held = texts = 0
        self._at += 1
        goes_on = not self._take("}")
        while goes_on:
            if self._sign() != '"':
                raise self._error("Expecting property name enclosed in double quotes")
            start = self._before + self._at
            key = self.value()
            if not self._take(":"):
                raise self._error("Expecting ':' delimiter")
            value = self.value()
            if isinstance(value, str):
                texts += len(value)
            elif not isinstance(value, LongArray):
                held += self._before + self._at - start
            if held > _HELD or texts > self._file.limits.row_bytes:
                raise ValueError(
                    f"an object has too much in it to be read whole, at {self._where()}; "
                    "what it holds must be in an array"
                )
            pairs.append((key, value))
            goes_on = self._goes_on("}")
        return self._as_object(pairs)

    def _array(self) -> list[Any]:
        """Return the array that begins here, or what stands for it if it is long."""
        place = self._place()
        head: list[Any] = []
        count = 0
        watch = self._file.watch() if self._file.watch else None
        for group in self.groups():
            if watch:
                watch.add(group)
            size = self._before + self._at - place.before
            most = LOOKED_AT if size <= _HEAD else max(2, len(group) * _HEAD // size)
            if len(head) == count < most:
                head += group[: most - count]
            count += len(group)
        if len(head) == count:
            return head
        size = self._before + self._at - place.before
        return LongArray(head, count, size, self._file, place, watch)

    def _as_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            self._repeated.append(next(key for key in keys if keys.count(key) > 1))
        return found

    # ------------------------------------------------------------------ signs

    def _sign(self) -> str:
        """Pass over white space; return the character that follows, nothing at the end of the file."""
        while True:
            spaces = _SPACES.match(self._text, self._at)
            assert spaces
            self._at = spaces.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _take(self, sign: str) -> bool:
        """Pass over this sign, if it comes next."""
        found = self._sign() == sign
        self._at += found
        return found

    def _goes_on(self, closing: str) -> bool:
        """Pass over a comma or the end of an array or object; return whether it was a comma."""
        if self._take(","):
            return True
        if self._take(closing):
            return False
        raise self._error("Expecting ',' delimiter")

    # ------------------------------------------------------------------ text

    def _fill(self, size: int = 0) -> bool:
        """Read on; return whether there was more."""
        pending = len(self._decoder.getstate()[0])
        self._marks.append((self._before + len(self._text), self._bytes.tell() - pending))
        data = self._bytes.read(size or _PIECE)
        self._is_all = not data
        self._before += self._at
        self._text = self._text[self._at :] + self._decoder.decode(data, self._is_all)
        self._at = 0
        check_levels(self._text)
        return not self._is_all

    def _place(self) -> _Place:
        before = self._before + self._at
        characters, byte = self._marks[bisect_right(self._marks, before, key=lambda mark: mark[0]) - 1]
        return _Place(byte, before - characters, before)

    def _error(self, message: str, position: int | None = None) -> ValueError:
        return ValueError(f"it is not JSON: {message}: {self._where(position)}")

    def _where(self, position: int | None = None) -> str:
        return _where(self._file, self._before + (self._at if position is None else position))


def _where(file: _File, character: int) -> str:
    """Return a place in a file, for messages."""
    line, left = 1, character
    begins = 0
    with file.path.open(encoding=file.encoding.name, newline="") as stream:
        stream.seek(file.encoding.mark)
        while left and (text := stream.read(min(left, _PIECE))):
            line += text.count("\n")
            if "\n" in text:
                begins = character - left + text.rindex("\n") + 1
            left -= len(text)
    return f"line {line} column {character - begins + 1} (char {character})"


_CUT_OFF: Any = object()  # stands for a value of which a part is not held
