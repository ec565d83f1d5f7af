"""A text file for each document, and a table of their metadata: what most other programs read."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from corpus_kit._base.files import DEVICES
from corpus_kit._base.metadata import exactly, stored_names
from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.formats import write_table
from corpus_kit.export.output import Output
from corpus_kit.export.texts import text_batches, text_option
from corpus_kit.export.token_batches import metadata_names

__all__ = ["FileNames", "write_text_files"]

_LONGEST = 200  # bytes of a name without its ending; file systems hold 255, some of UTF-16
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029]')  # what Windows or a shell would misread
_OPTION = re.compile("[-=+@'\uff0d\uff1d\uff0b\uff20]")  # at its beginning, for a shell or a spreadsheet


def write_text_files(corpus: CorpusView, output: Output, *, text: str = "cleaned") -> None:
    """Write texts/ID.txt for each document, in UTF-8, and metadata.csv with the names of the files.

    Args:
        corpus: The corpus.
        output: The folder.
        text: "cleaned" without the spans that `exclude` left out, or "whole".
    """
    whole = text_option(text)
    folder = output.path / "texts"
    folder.mkdir()
    columns = metadata_names(corpus, id=True)
    new = stored_names(columns, own=("file",))
    names, tables = FileNames(), []
    for frame in text_batches(corpus, columns, whole=whole):
        files = []
        for id, content in zip(frame["id"], frame["text"], strict=True):
            files.append(f"{names.of(id)}.txt")
            (folder / files[-1]).write_bytes(content.encode())
        listed = frame.select(exactly(*columns)).rename(new)
        tables.append(listed.insert_column(0, pl.Series("file", files)))
    output.note("names of files that differ from ids", names.n_changed)
    table = pl.concat(tables) if tables else pl.DataFrame(schema={"file": pl.String, "id": pl.String})
    path = output.path / "metadata.csv"
    with path.open("wb") as file:
        output.remark(*(f"metadata.csv: {change}" for change in write_table(table, file, path)))


class FileNames:
    """Names of files for ids: safe on every system, and each for one id only, also where case does not count.

    Attributes:
        n_changed: How many names are not the ids themselves.
    """

    def __init__(self) -> None:
        self.n_changed = 0
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def of(self, id: str) -> str:
        """Return the name for an id, without its ending.

        >>> names = FileNames()
        >>> [names.of(id) for id in ("خبر", "../a/B.txt", "_a_b", "con", "خبر")]
        ['خبر', '_a_B', '_a_b-2', 'con_', 'خبر-2']
        """
        name = _safe(id)
        key, number = _key(name), 1
        if key in self._taken:
            number = self._next.get(key, 2)
            while _key(f"{name}-{number}") in self._taken:
                number += 1
            self._next[key] = number + 1
            name = f"{name}-{number}"
        self._taken.add(_key(name))
        self.n_changed += name != id
        return name


def _safe(id: str) -> str:
    name = _UNSAFE.sub("_", id.removesuffix(".txt"))
    name = "".join(sign for sign in name if unicodedata.category(sign) != "Cf" or sign in "\u200c\u200d")
    name = name.encode()[:_LONGEST].decode(errors="ignore").strip(" .")
    name = f"_{name}" if _OPTION.match(name) else name
    return f"{name}_" if not name or name.split(".")[0].lower() in DEVICES else name


def _key(name: str) -> str:
    """Return what is equal for names that some file system takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
