"""Arrow streams of frames: each is made when it is read, and everything is freed, wherever the reader stops."""

from __future__ import annotations

import ctypes
import errno
import re
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pytest
from arrow_producer import ArrowArray, ArrowSchema, ArrowStream, Producer
from core_calls import collect_garbage
from polars.io.plugins import register_io_source
from polars.testing import assert_frame_equal

from corpus_kit import _core
from corpus_kit._base.columns import frames_stream

pytestmark = pytest.mark.core

SCHEMA = pl.Schema({"n": pl.Int64, "word": pl.String, "spans": pl.List(pl.Struct({"start": pl.UInt32}))})

pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
pointer_of.restype = ctypes.c_void_p
pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


def frame(*numbers: int) -> pl.DataFrame:
    rows = {"n": numbers, "word": [f"كلمة {n}" * n for n in numbers], "spans": [[{"start": n}] * n for n in numbers]}
    return pl.DataFrame(rows, schema=SCHEMA)


class Frames:
    """An iterator that notes how many frames were asked for."""

    def __init__(self, frames: Iterable[Any]) -> None:
        self.asked = 0
        self._frames = iter(frames)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self.asked += 1
        return next(self._frames)


class Table:
    """What other libraries read."""

    def __init__(self, capsule: object) -> None:
        self.capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.capsule


class Reader:
    """A reader that calls the functions of the stream in a capsule, with the GIL or without it."""

    def __init__(self, capsule: object, *, holds: bool = False) -> None:
        self._capsule = capsule
        self._address = pointer_of(capsule, b"arrow_array_stream")
        self._stream = ArrowStream.from_address(self._address)
        self._function = ctypes.PYFUNCTYPE if holds else ctypes.CFUNCTYPE

    def _call(self, name: str, *arguments: int, result: Any = ctypes.c_int) -> Any:
        at = ctypes.cast(getattr(self._stream, name), ctypes.c_void_p).value
        return self._function(result, *[ctypes.c_void_p] * (1 + len(arguments)))(at)(self._address, *arguments)

    def _let_go(self, struct: ctypes.Structure) -> None:
        at = ctypes.cast(struct.release, ctypes.c_void_p).value  # type: ignore[attr-defined]
        self._function(None, ctypes.c_void_p)(at)(ctypes.addressof(struct))

    def schema(self) -> tuple[int, int]:
        """Return the code, and the number of columns."""
        schema = ArrowSchema()
        code = self._call("get_schema", ctypes.addressof(schema))
        width = schema.n_children
        if schema.release:
            self._let_go(schema)
        return code, width

    def next(self) -> tuple[int, int | None]:
        """Return the code, and the rows of the next array; None at the end."""
        array = ArrowArray()
        code = self._call("get_next", ctypes.addressof(array))
        length = array.length if array.release else None
        if array.release:
            self._let_go(array)
        return code, length

    def error(self) -> str | None:
        message = self._call("get_last_error", result=ctypes.c_char_p)
        return None if message is None else message.decode()

    def release(self) -> None:
        self._call("release", result=None)
        assert not self._stream.release


PARTS = {
    "none": [],
    "one": [frame(1, 2, 3)],
    "several": [frame(1), frame(2, 3), frame(0, 4)],
    "without rows": [frame(), frame(1), frame(), frame()],
    "chunks": [pl.concat([frame(1), frame(2, 0)], rechunk=False), frame(3)],
    "slices": [frame(1, 2, 3, 4).slice(1, 2), frame(5, 6)[1:]],
}


@pytest.mark.parametrize("name", PARTS)
def test_frames_come_in_order(name: str) -> None:
    parts = PARTS[name]
    found = pl.DataFrame(Table(frames_stream(SCHEMA, parts)))
    assert_frame_equal(found, pl.concat([frame(), *parts]))


@pytest.mark.parametrize("holds", [False, True])
def test_a_frame_is_made_when_it_is_read(holds: bool) -> None:
    frames = Frames([frame(1), frame(2, 3)])
    reader = Reader(frames_stream(SCHEMA, frames), holds=holds)
    assert [reader.schema(), reader.schema()] == [(0, 3), (0, 3)]
    assert frames.asked == 0
    assert (reader.next(), frames.asked) == ((0, 1), 1)
    assert (reader.next(), frames.asked) == ((0, 2), 2)
    assert reader.error() is None
    assert [reader.next(), reader.next()] == [(0, None)] * 2
    reader.release()


@pytest.mark.parametrize("holds", [False, True])
def test_the_frames_of_another_thread(holds: bool) -> None:
    """A reader that holds the GIL while it asks lets it go while the frame is made."""

    def source() -> Iterator[pl.DataFrame]:
        for number in (1, 2):
            made: list[pl.DataFrame] = []
            thread = threading.Thread(target=lambda made=made, number=number: made.append(frame(number)))
            thread.start()
            thread.join()
            yield made[0]

    reader = Reader(frames_stream(SCHEMA, source()), holds=holds)
    assert [reader.next()[1] for _ in range(3)] == [1, 1, None]


def test_a_reader_that_holds_the_gil_beside_a_source_in_python() -> None:
    """Polars asks such a source in a thread of its own, which needs the GIL, and has its own streams wait with it."""

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from (frame(1), frame(2))

    batches = register_io_source(source, schema=SCHEMA).collect_batches(chunk_size=1, lazy=True)
    reader = Reader(frames_stream(SCHEMA, batches), holds=True)
    assert [reader.next()[1] for _ in range(3)] == [1, 1, None]


@pytest.mark.parametrize("read", [0, 1, 2, 3])
@pytest.mark.parametrize("releases", [False, True])
def test_all_is_freed_wherever_a_reader_stops(read: int, releases: bool) -> None:
    frames = Frames([frame(1), frame(2)])
    alive = weakref.ref(frames)
    capsule = frames_stream(SCHEMA, frames)
    reader = Reader(capsule)
    del frames
    assert [reader.next()[1] for _ in range(read)] == [1, 1, None][:read]
    if releases:
        reader.release()
        collect_garbage()
        assert alive() is None
    del reader, capsule
    collect_garbage()
    assert alive() is None


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ValueError("الملف تالف"), errno.EIO, "الملف تالف"),
        (KeyboardInterrupt(), errno.EIO, "KeyboardInterrupt"),
        (MemoryError("all of it"), errno.ENOMEM, "all of it"),
        (RuntimeError("a\0b\ud800"), errno.EIO, "a?b?"),
        (UnspeakableError(), errno.EIO, "an error without a message"),
    ],
)
def test_errors_of_frames_are_those_of_the_stream(error: BaseException, code: int, message: str) -> None:
    def source() -> Iterator[pl.DataFrame]:
        yield frame(1)
        raise error

    reader = Reader(frames_stream(SCHEMA, source()))
    assert reader.next() == (0, 1)
    for _ in range(2):
        assert reader.next() == (code, None)
        assert reader.error() == message
    reader.release()


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (frame(1).select("n"), "frames must have the columns .*'word'.* got {'n': Int64}"),
        (frame(1).with_columns(pl.col("n").cast(pl.String)), "got {'n': String, "),
        (3, "'int' object has no attribute 'schema'"),
    ],
)
def test_other_frames_are_refused(part: Any, message: str) -> None:
    reader = Reader(frames_stream(SCHEMA, [frame(1), part]))
    assert reader.next() == (0, 1)
    assert reader.next() == (errno.EIO, None)
    assert re.search(message, str(reader.error()))


def test_streams_of_frames_that_fail() -> None:
    good, bad = Producer(b"u", []), Producer(b"u", [], next_fails=True, reason=b"broken")
    reader = Reader(_core.frame_stream(Table(good.capsule()), iter([Table(bad.capsule())])))
    assert reader.schema()[0] == 0
    assert reader.next() == (errno.EIO, None)
    assert reader.error() == "broken"
    del reader
    collect_garbage()
    assert "stream" in good.released
    assert "stream" in bad.released
    failing = Reader(_core.frame_stream(Table(Producer(b"u", [], schema_fails=True).capsule()), []))
    assert failing.schema()[0] == errno.EIO
    assert failing.error() == "the frame cannot be read"


def test_bad_arguments() -> None:
    with pytest.raises(AttributeError, match="__arrow_c_stream__"):
        _core.frame_stream(3, [])
    with pytest.raises(TypeError, match="iter"):
        _core.frame_stream(frame(), 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="PyCapsule"):
        _core.frame_stream(Table(object()), [])
