"""Files of the Leipzig Corpora Collection: sentences, with the addresses and dates of where they are from."""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any

from corpus_kit.readers.documents import Document, Event, File, Notice, Reader, Skipped

__all__ = ["leipzig"]

_SENTENCES = "sentences.txt"


def leipzig() -> Reader:
    r"""Return a reader of the file of sentences of a corpus from Leipzig, such as ara_news_2022_1M-sentences.txt.

    A document is a sentence; its id is its number. Columns: url and date, from the files of the same corpus beside it
    that end in sources.txt and inv_so.txt; of several sources of a sentence the first. A notice tells if these files
    are absent.

    Examples:
        >>> data = "1\tقالت الوزيرة نعم.\n2\tوغادرت.\n".encode()
        >>> _, *sentences = leipzig()(File("ara_news_2022_10K-sentences.txt", data=data))
        >>> [(sentence.id, sentence.text) for sentence in sentences]
        [('1', 'قالت الوزيرة نعم.'), ('2', 'وغادرت.')]
    """

    def leipzig_reader(file: File) -> Iterator[Event]:
        sources = _Sources(file)
        if sources.are_absent:
            yield Notice("sentences without a file of their sources beside", 1, file.name)
        if sources.misread:
            yield Notice("date not understood", len(sources.misread), sources.misread[0])
        for number, line in _lines(file):
            id, tab, sentence = line.partition("\t")
            if tab and id.isdecimal() and sentence.strip():
                yield Document(sentence, id, sources.of(int(id)))
            elif line.strip():
                yield Skipped("line that is no number and sentence", f"line {number:,}", line[:100])

    leipzig_reader.__name__ = "leipzig()"
    return leipzig_reader


def _lines(file: File) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers, without reading all of it."""
    most = file.limits.text_bytes
    with file.open() as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="\n") as text:
        number = 0
        while line := text.readline(most):
            number += 1
            if len(line) == most:
                raise ValueError(f"a line of more than {most:,} characters")
            yield number, line.rstrip("\r\n")


class _Sources:
    """The sources of the sentences of a file."""

    def __init__(self, file: File) -> None:
        name = file.name.rpartition("/")[2]
        before = name.removesuffix(_SENTENCES) if name.endswith(_SENTENCES) else None
        sources = None if before is None else file.beside(f"{before}sources.txt")
        pairs = None if before is None else file.beside(f"{before}inv_so.txt")
        self.are_absent = sources is None or pairs is None
        self.misread: list[str] = []  # dates of sources that are none
        self._known: dict[int, dict[str, Any]] = {}
        self._of = array("I")  # the source of each sentence; 0 is none
        if sources is not None and pairs is not None:
            self._read(sources, pairs)

    def _read(self, sources: File, pairs: File) -> None:
        for _, line in _lines(sources):
            id, url, day = (*line.split("\t"), "", "")[:3]
            if id.isdecimal():
                found = _date(day)
                self._known[int(id)] = {"url": url, "date": found}
                if found is None and day.strip():
                    self.misread.append(f"{day} of {url}")
        most = max(pairs.size, 10_000_000)  # sentences are numbered from 1, so that a larger number is damage
        for _, line in _lines(pairs):
            source, _, sentence = line.partition("\t")
            if not (source.isdecimal() and sentence.isdecimal()) or int(sentence) > most or int(source) >= 2**32:
                continue
            number = int(sentence)
            if number >= len(self._of):
                self._of.frombytes(bytes(self._of.itemsize * (max(number + 1, 2 * len(self._of)) - len(self._of))))
            self._of[number] = self._of[number] or int(source)

    def of(self, sentence: int) -> dict[str, Any]:
        """Return the columns of a sentence."""
        return self._known.get(self._of[sentence], {}) if sentence < len(self._of) else {}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
