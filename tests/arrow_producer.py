"""A producer of Arrow streams written with ctypes, so that every field of the C structs can be set to a wrong value."""

from __future__ import annotations

import ctypes
import struct
from collections import deque
from dataclasses import dataclass, field

import numpy as np


class ArrowSchema(ctypes.Structure):
    pass


class ArrowArray(ctypes.Structure):
    pass


class ArrowStream(ctypes.Structure):
    pass


RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowSchema))
RELEASE_ARRAY = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArray))
RELEASE_STREAM = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowStream))
GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ArrowStream), ctypes.POINTER(ArrowSchema))
GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ArrowStream), ctypes.POINTER(ArrowArray))
GET_ERROR = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(ArrowStream))

ArrowSchema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", RELEASE_SCHEMA),
    ("private_data", ctypes.c_void_p),
]
ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.c_void_p),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", RELEASE_ARRAY),
    ("private_data", ctypes.c_void_p),
]
ArrowStream._fields_ = [
    ("get_schema", GET_SCHEMA),
    ("get_next", GET_NEXT),
    ("get_last_error", GET_ERROR),
    ("release", RELEASE_STREAM),
    ("private_data", ctypes.c_void_p),
]

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


@dataclass
class Chunk:
    """An array to export; `buffers` are bytes, or None for a null pointer."""

    length: int
    buffers: list[bytes | None] | None
    null_count: int = 0
    offset: int = 0
    n_buffers: int | None = None
    n_children: int = 0
    dictionary: bool = False


# The capsules own nothing, so this keeps the last producers alive.
LAST: deque[Producer] = deque(maxlen=8)


@dataclass
class Producer:
    """A stream that records what is released."""

    format: bytes | None
    chunks: list[Chunk]
    dictionary: bool = False
    n_children: int = 0
    schema_fails: bool = False
    next_fails: bool = False
    reason: bytes | None = None
    released: list[str] = field(default_factory=list)

    def capsule(self) -> object:
        LAST.append(self)
        self.kept: list[object] = []
        self.left = list(self.chunks)
        self.callbacks = (
            RELEASE_SCHEMA(lambda schema: self.release("schema", schema.contents)),
            RELEASE_ARRAY(lambda array: self.release("array", array.contents)),
            RELEASE_STREAM(lambda stream: self.release("stream", stream.contents)),
        )
        self.error = ctypes.create_string_buffer(self.reason) if self.reason is not None else None
        self.stream = ArrowStream(
            GET_SCHEMA(self.get_schema),
            GET_NEXT(self.get_next),
            GET_ERROR(lambda _: ctypes.addressof(self.error) if self.error else None),
            self.callbacks[2],
        )
        capsule: object = new_capsule(ctypes.addressof(self.stream), b"arrow_array_stream", None)
        return capsule

    def release(self, what: str, struct: ctypes.Structure) -> None:
        self.released.append(what)
        ctypes.memset(ctypes.addressof(struct) + type(struct).release.offset, 0, ctypes.sizeof(ctypes.c_void_p))

    def get_schema(self, _: object, out: object) -> int:
        if self.schema_fails:
            return 5
        schema = out.contents  # type: ignore[attr-defined]
        schema.format = self.format
        schema.dictionary = 1 if self.dictionary else None
        schema.n_children = self.n_children
        schema.release = self.callbacks[0]
        return 0

    def get_next(self, _: object, out: object) -> int:
        if not self.left:
            return 5 if self.next_fails else 0
        chunk = self.left.pop(0)
        array = out.contents  # type: ignore[attr-defined]
        array.length, array.null_count, array.offset = chunk.length, chunk.null_count, chunk.offset
        buffers = [None if data is None else self.room(data) for data in chunk.buffers or []]
        array.n_buffers = len(buffers) if chunk.n_buffers is None else chunk.n_buffers
        if chunk.buffers is not None:
            addresses = (ctypes.c_void_p * len(buffers))(*buffers)
            self.kept.append(addresses)
            array.buffers = ctypes.addressof(addresses)
        array.n_children, array.dictionary = chunk.n_children, 1 if chunk.dictionary else None
        array.release = self.callbacks[1]
        return 0

    def room(self, data: bytes) -> int:
        # exactly as long as the data, so that AddressSanitizer detects any read past the end
        memory = (ctypes.c_char * max(len(data), 17)).from_buffer_copy(data.rjust(17, b"\xff"))
        self.kept.append(memory)
        return ctypes.addressof(memory) + max(17 - len(data), 0)


def views(texts: list[bytes | None], *, filler: int = 0) -> Chunk:
    """Return string views, preceded by `filler` rows that the offset skips."""
    rows = [b"\xff\xff\xff\xffleft out"] * filler
    data = b""
    for text in (text or b"" for text in texts):
        if len(text) <= 12:
            rows.append(struct.pack("<i", len(text)) + text.ljust(12, b"\0"))
        else:
            rows.append(struct.pack("<i4sii", len(text), text[:4], 0, len(data)))
            data += text
    encoded = b"".join(row.ljust(16, b"\0") for row in rows)
    return Chunk(len(texts), [validity(texts, filler), encoded, data, struct.pack("<q", len(data))], offset=filler)


def offsets(texts: list[bytes | None], *, filler: int = 0, wide: bool = True) -> Chunk:
    """Return offsets into one buffer."""
    ends = [0] * (filler + 1)
    for text in texts:
        ends.append(ends[-1] + len(text or b""))
    packed = struct.pack(f"<{len(ends)}{'q' if wide else 'i'}", *ends)
    return Chunk(len(texts), [validity(texts, filler), packed, b"".join(t or b"" for t in texts)], offset=filler)


def validity(texts: list[bytes | None], filler: int) -> bytes | None:
    if None not in texts:
        return None
    bits = [False] * filler + [text is not None for text in texts]
    return np.packbits(bits, bitorder="little").tobytes()


def encode(layout: bytes, texts: list[bytes | None], filler: int = 0) -> Chunk:
    return views(texts, filler=filler) if layout == b"vu" else offsets(texts, filler=filler, wide=layout == b"U")


LAYOUTS = [b"vu", b"U", b"u"]
