"""What a format is: how files are read, as texts, as a table, or as documents; `registry` has all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from corpus_kit.readers.documents import Reader
from corpus_kit.readers.sources import SourceFile
from corpus_kit.readers.tables import Table
from corpus_kit.readers.texts import Event

__all__ = ["Format"]


class TextReader(Protocol):
    """Yields the texts of a file, and what of it cannot be read."""

    def __call__(self, file: SourceFile, *, lines: bool) -> Iterator[Event]: ...


@dataclass(frozen=True)
class Format:
    """How files of one format are read.

    Attributes:
        name: What `format=` calls it.
        endings: The endings of its files.
        read_texts: What reads them as texts,
        open_table: or as a table,
        read_documents: or as documents with metadata.
        is_archive: Whether they hold other files.
        companions: Endings of files beside them that belong to them and are no documents.
        packing: The ending of files that are packed once more, such as ".gz"; "" if they are not.
    """

    name: str
    endings: tuple[str, ...] = ()
    read_texts: TextReader | None = None
    open_table: Callable[[SourceFile], Table] | None = None
    read_documents: Reader | None = None
    is_archive: bool = False
    companions: tuple[str, ...] = ()
    packing: str = ""
