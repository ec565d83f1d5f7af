"""All there is to read, opened in order: texts that are read later, and tables whose columns are known.

What readers make of files is written aside (`spool`), since its columns are known only at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from traceback import walk_tb
from typing import Any, NoReturn

import numpy as np
import polars as pl

from corpus_kit.errors import SourceError, shown
from corpus_kit.readers.archives import Head, Member, Wanted, holds, read_companions, read_members
from corpus_kit.readers.dates import DateForm
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Skipped
from corpus_kit.readers.file_tables import TablesWithoutTexts
from corpus_kit.readers.formats import Format
from corpus_kit.readers.layout import Columns, Layout, check_table
from corpus_kit.readers.limits import Budget
from corpus_kit.readers.packing import PACKINGS, unpacked
from corpus_kit.readers.recoding import recoded
from corpus_kit.readers.registry import recognized_head
from corpus_kit.readers.report import COMPANION_FILE, MOST_FILES, Example, Ledger
from corpus_kit.readers.sources import (
    Listing,
    SourceFile,
    ending_of,
    reading,
    reason_of,
    split_companions,
    writing,
)
from corpus_kit.readers.spool import Spool, check
from corpus_kit.readers.tables import NotUtf8Error, Table, frame_table
from corpus_kit.readers.texts import Ignored, Passed, Unreadable, digest

__all__ = ["Frame", "Part", "Plan", "Planner", "Records", "no_documents", "unreadable_error"]

Frame = pl.DataFrame | pl.LazyFrame
_SPOOLED = "documents"  # what messages call those of several files
_SURROGATE = "unpaired surrogate"


@dataclass(frozen=True)
class Records:
    """An iterable of rows (dicts), of texts with their metadata, or of documents, which is read once."""

    items: Iterable[Any]
    name: str


@dataclass(frozen=True)
class Part:
    """A file or a frame, or documents of several files.

    Attributes:
        file: The file as it was found; None for frames and documents.
        table: Its table; None for a file that is read as texts.
        form: How its dates are read; None if it has none.
        format: The format of the file.
        unpacked: The file that is read, where it was packed.
    """

    file: SourceFile | None = None
    table: Table | None = None
    form: DateForm | None = None
    format: Format | None = None
    unpacked: SourceFile | None = None

    @property
    def is_frame(self) -> bool:
        """Whether it is a frame."""
        return self.file is None and self.table is not None and not self.table.has_texts


@dataclass(frozen=True)
class Plan:
    """All there is to read, the columns of the documents, and what was skipped before reading began."""

    parts: list[Part]
    layout: Layout
    opening: Ledger

    @property
    def has_files(self) -> bool:
        """Whether there is more than frames."""
        return not all(part.is_frame for part in self.parts)

    @property
    def file_bytes(self) -> int | None:
        """Bytes of all files that are still to be read; None if there are only frames."""
        return sum(part.file.bytes for part in self.parts if part.file) if self.has_files else None


class Planner:
    """Opens sources.

    Args:
        asked: The arguments of the reader.
        formats: The formats by ending or name.
        asked_format: The format of all files but archives; None leaves it to their endings and first bytes.
        scratch: A folder for what is written aside.
        ledger: Where what cannot be read is recorded.
        first_row: The number of the first document of an iterable.
        is_single: Whether one file is all there is, so that what would be skipped among others is an error.
        is_strict: Whether every file that cannot be read is an error.
        advance: Called with the bytes of each file that readers have read.
    """

    def __init__(
        self,
        asked: Columns,
        formats: dict[str, Format],
        asked_format: Format | None,
        scratch: Callable[[], Path],
        ledger: Ledger,
        *,
        first_row: int,
        is_single: bool,
        is_strict: bool,
        advance: Callable[[int], None],
    ) -> None:
        self._asked = asked
        self._formats = formats
        self._asked_format = asked_format
        self._scratch = scratch
        self._ledger = ledger
        self._next_row = first_row
        self._is_single = is_single
        self._is_strict = is_strict
        self._advance = advance
        self._spool: Spool | None = None
        self._without_texts = TablesWithoutTexts()
        self._has_tables = False
        self._written = 0  # files in the scratch folder

    def parts(self, sources: list[str | Path | Frame | Records], listing: Listing) -> Iterator[Part]:
        """Yield files and frames in the order of the sources."""
        files = iter(listing.files)
        file = next(files, None)
        number = 0  # of the source among those that are paths
        for source in sources:
            if isinstance(source, Frame):
                yield from self._spooled()
                yield from self._dated(Part(table=frame_table(source, type(source).__name__)))
                continue
            if isinstance(source, Records):
                yield from self._spooled()
                yield from self._dated(Part(table=self._records(source)))
                continue
            while file and file.source == number:
                yield from self._opened(file)
                file = next(files, None)
            number += 1
        yield from self._spooled()
        refused = self._without_texts.settle(self._ledger)
        if refused and not self._has_tables:
            raise SourceError(f"{refused} Leave the file out of the source if it holds no texts.") from refused

    def _spooled(self) -> Iterator[Part]:
        """Yield the documents that readers have made since the last other part."""
        spool, self._spool = self._spool, None
        if spool is not None and not spool.is_empty:
            yield from self._dated(Part(table=spool.table(_SPOOLED)))

    def _records(self, records: Records) -> Table:
        """Return the table of what an iterable yields."""
        spool: Spool | None = None
        for number, record in enumerate(records.items):
            is_document = isinstance(record, Document)
            if spool is None:
                spool = Spool(self._new_path(), has_texts=is_document)
            elif spool.has_texts != is_document:
                raise SourceError(
                    f"source must yield documents or rows, not both, got {shown(record)} as number {number:,}"
                )
            try:
                if isinstance(record, Document):
                    check(record)
                    spool.add(record, records.name, record.id or str(self._next_row), None)
                    self._next_row += 1
                else:
                    spool.add_row(_row(record, self._asked.text))
            except UnicodeEncodeError:
                self._ledger.skip(_SURROGATE, [Example(records.name, number)])
            except ValueError as error:
                raise SourceError(
                    f"source must yield rows of a table, but number {number:,} is none: {error}"
                ) from error
        if spool is None:
            raise SourceError("source must yield at least one row or document, got none")
        return spool.table(records.name)

    def _opened(self, file: SourceFile) -> Iterator[Part]:
        if not file.bytes:
            self._unreadable(Unreadable(file.name, "empty file"))
            return
        form = self._formats[file.ending]
        if form.read_texts and not form.is_archive and not form.packing:  # of which there may be many
            if self._spool is not None:
                yield from self._spooled()
            self._without_texts.saw(file.name)
            yield Part(file, None, None, form)
            return
        part: Part | None = None
        with self._skipping(file.name):
            if form.is_archive and holds(file, self._more_than_text()):
                yield from self._members(file)
            elif form.read_documents is not None:
                self._documents(file, form)
            else:
                part = self._table_or_texts(file, form)
        if part is not None:
            yield from self._spooled()
            yield from self._dated(part)

    @contextmanager
    def _skipping(self, name: str, *, alone: bool | None = None) -> Iterator[None]:
        """Record a file that cannot be read, unless it is all there is."""
        try:
            yield
        except OSError as error:
            self._unreadable(Unreadable(name, "unreadable file", reason_of(error), error), alone=alone)
        except SourceError as error:
            if self._is_strict or (self._is_single if alone is None else alone):
                raise
            self._unreadable(Unreadable(name, "unreadable file", _detail(name, error), error), alone=alone)

    def _table_or_texts(self, file: SourceFile, form: Format) -> Part:
        source = file
        if form.packing:
            source = unpacked(file, form.packing, self._new_path())
        if form.open_table is None:
            if form.is_archive or form.packing:  # others are read at once, so that errors are found then
                source.path.open("rb").close()
            return Part(file, None, None, form, source)
        source.path.open("rb").close()
        table = self._table(form.open_table, source)
        if form.packing:
            table = replace(table, sha256=digest(file.path))
        return Part(file, table, None, form, source)

    def _table(self, open_table: Callable[[SourceFile], Table], source: SourceFile) -> Table:
        """Open a table; if it is text in another encoding than UTF-8, through a file aside."""
        try:
            return open_table(source)
        except SourceError as error:
            if not isinstance(error.__cause__, NotUtf8Error):
                raise
            try:
                plain, encoding = recoded(source, self._new_path())
            except SourceError:  # none that is known: the byte that is wrong says more
                raise error from error.__cause__
        if encoding.guessed:
            self._ledger.notice(f"encoding guessed as {encoding.name}", [Example(source.name)])
        return replace(open_table(plain), sha256=digest(source.path))

    def _dated(self, part: Part, *, alone: bool | None = None) -> Iterator[Part]:
        """Look at all dates of a table, to decide how they are read."""
        table = part.table
        if table is None:
            yield part
            return
        if part.file is not None and not self._has_text(table, alone=alone):
            return
        check_table(self._asked, table)
        self._has_tables = self._has_tables or not table.has_texts
        name = self._asked.of_table(table).date
        if name is None:
            yield part
            return
        values: pl.Series | None = None
        if part.file is None:
            values = _distinct(table, name)
        else:
            with self._skipping(part.file.name, alone=alone):
                values = _distinct(table, name)
        if values is not None:
            form = DateForm.decide(values, self._asked.date_format, f"column {name!r} of {table.name!r}")
            for notice in form.notices:
                self._ledger.notice(notice, [Example(table.name)])
            yield replace(part, form=form)

    def _has_text(self, table: Table, *, alone: bool | None) -> bool:
        """Return whether a file has the column of texts; among others that have, it may lack it."""
        text = self._asked.of_table(table).text
        if text is None or text in table.schema or self._is_strict or (self._is_single if alone is None else alone):
            return True
        try:
            check_table(self._asked, table)
        except SourceError as error:
            with self._skipping(table.name, alone=alone):
                self._without_texts.add(table, error)
        return False

    # ---------------------------------------------------------------- what readers make

    def _documents(self, file: SourceFile, form: Format) -> None:
        number = self._ledger.file(file.name, file.bytes, digest(file.path))
        source = unpacked(file, form.packing, self._new_path()) if form.packing else file
        self._read(form, File(file.name, source.path, limits=file.limits), number)
        if source is not file:
            source.path.unlink()
        self._advance(file.bytes)

    def _read(self, form: Format, file: File, number: int, *, alone: bool | None = None) -> None:
        """Add what a reader yields to the spool; `alone` is that of `_unreadable`."""
        assert form.read_documents is not None
        self._without_texts.saw(file.name)
        held: Document | None = None
        count = problems = 0
        for event in self._events(form, file):
            if not isinstance(event, Document):
                problems += isinstance(event, Skipped | Unreadable)
                self._record(file.name, event, alone=alone)
                continue
            if held is not None:
                self._add(held, file.name, self._id_of(held, file.name, count), number)
            held = event
            count += 1
        if file.encoding is not None:
            self._ledger.encoding(number, file.encoding, file.name)
        if held is not None:
            is_only = count == 1 and held.id is None
            self._add(held, file.name, file.name if is_only else self._id_of(held, file.name, count), number)
        elif not problems:
            self._unreadable(Unreadable(file.name, "file without documents"), alone=alone)

    def _id_of(self, document: Document, file: str, count: int) -> str:
        """Return the id of a document: its own one if id="id" was asked for, else with that of its file before it."""
        return document.id if document.id and self._asked.id == "id" else f"{file}:{document.id or count}"

    def _events(self, form: Format, file: File) -> Iterator[Event | Unreadable]:
        """Yield what a reader yields, checked, up to where it fails."""
        assert form.read_documents is not None
        count = 0
        try:
            events = form.read_documents(file)
            if not isinstance(events, Iterable):
                raise ValueError(f"a reader must yield documents and what it leaves out, got {shown(events)}")
            for event in events:
                if not isinstance(event, Event):
                    raise ValueError(f"a reader must yield documents and what it leaves out, got {shown(event)}")
                if isinstance(event, LeftOut | Notice) and not (type(event.count) is int and event.count >= 0):
                    raise ValueError(f"a count must be an integer of at least 0, got {shown(event.count)}")
                if isinstance(event, Document):
                    try:
                        check(event)
                    except UnicodeEncodeError:
                        event = Skipped(_SURROGATE, str(count + 1))
                    count += 1
                yield event
        except MemoryError:
            raise
        except (Exception, pl.exceptions.PanicException) as error:
            said = _told(error, form.read_documents)
            detail = said if not count else f"after document {count:,}: {said}"
            yield Unreadable(file.name, "unreadable file", detail, _as_exception(error))

    def _add(self, document: Document, source: str, name: str, number: int) -> None:
        if self._spool is None:
            self._spool = Spool(self._new_path())
        self._spool.add(document, source, name, number)

    def _record(self, name: str, event: Event | Unreadable, *, alone: bool | None) -> None:
        if isinstance(event, Unreadable):
            self._unreadable(event, alone=alone)
        elif isinstance(event, Skipped):
            place = f"{name}:{event.where}" if event.where else name
            self._unreadable(Unreadable(place, event.reason, event.detail), alone=False)
        elif isinstance(event, LeftOut):
            self._ledger.leave_out(event.kind, [Example(name, detail=event.detail)], event.count)
        elif isinstance(event, Notice):
            self._ledger.notice(event.kind, [Example(name, detail=event.detail)], event.count)

    # ---------------------------------------------------------------- archives

    def _form_of(self, name: str, head: Head) -> Format | None:
        """Return the format of a member of an archive, given its name and what returns its first bytes."""
        ending = ending_of(name, self._formats)
        asked = self._asked_format
        if asked is not None and not asked.is_archive:
            return self._form_as_asked(asked, name, ending)
        if ending in ("", ".txt"):
            ending = recognized_head(head()) or ending
        return self._formats.get(ending)

    def _form_as_asked(self, asked: Format, name: str, ending: str) -> Format | None:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in asked.companions:
            return None
        if ending and ending not in asked.endings:
            if self._formats[ending].is_archive:
                return self._formats[ending]
            if suffix in PACKINGS:
                return self._formats[asked.name + suffix]
        return asked

    def _more_than_text(self) -> Wanted:
        """Return what says whether an archive has more than texts; of several .txt members the first is looked into."""
        looked = False

        def is_more(name: str, head: Head) -> bool:
            nonlocal looked
            is_text = ending_of(name, self._formats) == ".txt"
            form = self._form_of(name, bytes if is_text and looked else head)
            looked = looked or is_text
            return form is not None and (form.name != "text" or bool(form.packing))

        return is_more

    def _members(self, file: SourceFile) -> Iterator[Part]:
        """Read an archive that has more than texts."""
        number = self._ledger.file(file.name, file.bytes, digest(file.path))
        forms: list[Format | None] = []  # that of the member at hand

        def is_wanted(name: str, head: Head) -> bool:
            forms[:] = [self._form_of(name, head)]
            return forms[0] is not None

        budget = Budget(file.limits, file.bytes)  # for what members unpack to
        companions: dict[tuple[str, ...], dict[str, bytes]] = {}  # by their endings
        ignored: list[str] = []
        read: list[tuple[str, tuple[str, ...]]] = []
        try:
            for member in read_members(file, is_wanted):
                if isinstance(member, Ignored):
                    ignored.append(member.name)
                elif isinstance(member, Passed):
                    self._ledger.leave_out(member.kind, [Example(member.name)])
                elif isinstance(member, Unreadable):
                    self._unreadable(member, alone=False)
                elif isinstance(member, Member):
                    [form] = forms
                    assert form is not None
                    endings = form.companions
                    if endings:
                        read.append((member.name, endings))
                        if endings not in companions:
                            companions[endings] = read_companions(file, endings)
                    yield from self._member(file, member, form, number, budget, companions.get(endings, {}))
        finally:
            belonging, others = split_companions(ignored, read)
            for name in others:
                self._ledger.ignore(name)
            for name in belonging:
                self._ledger.leave_out(COMPANION_FILE, [Example(name)])
        self._advance(file.bytes)

    def _member(
        self,
        archive: SourceFile,
        member: Member,
        form: Format,
        number: int,
        budget: Budget,
        companions: Mapping[str, bytes],
    ) -> Iterator[Part]:
        name, data = member.name, member.take()
        if not data:
            self._unreadable(Unreadable(name, "empty file"), alone=False)
            return
        if form.is_archive:
            self._unreadable(Unreadable(name, "archive in an archive"), alone=False)
            return
        if form.open_table is None and not form.packing:
            inner = File(name, data=data, limits=archive.limits, companions=companions)
            self._read(self._as_documents(form), inner, number, alone=False)
            return
        file: SourceFile | None = None
        table: Table | None = None
        with self._skipping(name, alone=False):
            file = self._aside(archive, name, data, form, budget)
            del data
            table = self._table(form.open_table, file) if form.open_table else None
        if table is not None:
            yield from self._spooled()
            yield from self._dated(Part(file, table, None, form, file), alone=False)
        elif file is not None and form.open_table is None:
            inner = File(name, file.path, limits=archive.limits, companions=companions)
            self._read(self._as_documents(form), inner, number, alone=False)
        if table is None and file is not None:
            file.path.unlink()

    def _as_documents(self, form: Format) -> Format:
        return form if form.read_documents else replace(form, read_documents=self._text)

    def _aside(self, archive: SourceFile, name: str, data: bytes, form: Format, budget: Budget) -> SourceFile:
        """Write a member into a file of its own, unpacked if it is packed once more."""
        # programs that look at the ending of the file find that of the member
        path = self._new_path().with_suffix(PurePosixPath(name.removesuffix(form.packing)).suffix.lower())
        with writing(path):
            path.write_bytes(data)
        file = replace(archive, path=path, name=name, ending=ending_of(name, self._formats), bytes=len(data))
        if form.packing:
            try:
                file = unpacked(file, form.packing, self._new_path().with_suffix(path.suffix), budget)
            finally:
                path.unlink()
        return file

    def _text(self, file: File) -> Iterator[Event]:
        """Read a text file in an archive."""
        text = file.text()
        if not self._asked.lines:
            yield Document(text, headline="guess")
            return
        empty = 0
        for line, each in enumerate(text.splitlines(), start=1):
            empty += not each
            if each:
                yield Document(each, id=str(line), metadata={"file": file.name, "line": line})
        if empty:
            yield LeftOut("empty line", empty)

    # ---------------------------------------------------------------- errors

    def _new_path(self) -> Path:
        self._written += 1
        return self._scratch() / f"{self._written:06}"

    def _unreadable(self, problem: Unreadable, *, alone: bool | None = None) -> None:
        """Record a file or member without a text; if it is all there is to read, raise an error."""
        if self._is_strict or (self._is_single if alone is None else alone):
            raise unreadable_error(problem)
        self._ledger.skip(problem.reason, [Example(problem.name, problem.line, problem.detail)], most=MOST_FILES)


def _detail(name: str, error: SourceError) -> str:
    """Return what an error says beside the name of the file."""
    return reason_of(error).removeprefix(f"cannot read {name!r}: ")


def _told(error: BaseException, reader: Any) -> str:
    """Return why a file could not be read; of a function of the user also the line that failed."""
    reason = reason_of(error)
    code = getattr(reader, "__code__", None)
    if code is None or reader.__module__.partition(".")[0] == __name__.partition(".")[0]:
        return reason
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == code.co_filename]
    kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
    place = f" ({Path(code.co_filename).name}:{lines[-1]})" if lines else ""
    return f"{kind}{reason}{place}"


def _row(record: object, text: str) -> Mapping[str, Any]:
    """Return a record as a row: it is one, or a text with its metadata."""
    if isinstance(record, Mapping):
        row = record
    elif isinstance(record, tuple | list) and len(record) == 2 and isinstance(record[1], Mapping):
        row = {text: record[0], **record[1]}
    else:
        hint = ". Paths are given in a list" if isinstance(record, str | Path) else ""
        raise ValueError(f"it must be a dict or a text with a dict, got {shown(record)}{hint}")
    return {name: _storable(value) for name, value in row.items()}


def _storable(value: Any) -> Any:
    """Return a value of a row as one that can be stored: nested ones in their JSON form, those of libraries as ours."""
    items = value if isinstance(value, list) else [[]] if isinstance(value, Mapping) else []
    if any(isinstance(each, list | Mapping) for each in items):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, np.generic):
        return value.item()
    to_python = getattr(value, "to_pydatetime", None)  # of pandas
    return to_python() if isinstance(value, datetime) and to_python else value


def unreadable_error(problem: Unreadable) -> SourceError:
    """Return the error for a file or member without a text."""
    detail = f": {problem.detail}" if problem.detail else ""
    error = SourceError(f"cannot read {problem.name!r}: {problem.reason}{detail}")
    error.__cause__ = problem.cause
    return error


def no_documents(report: object) -> NoReturn:
    """Raise the error for sources without documents."""
    raise SourceError(f"no documents: {report}".replace("\n", "; "))


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else ValueError(str(error))


def _distinct(table: Table, name: str) -> pl.Series:
    """Return the distinct values of a column."""
    found: list[pl.Series] = []
    held = 0
    with reading(table.name):
        for batch in table.batches([name]):
            column = batch.frame[name].alias("")
            if column.dtype == pl.Datetime:
                column = column.dt.date()
            found.append(column.unique())
            held += len(found[-1])
            if held > 1 << 20 and len(found) > 1:
                found = [pl.concat(found).unique()]
                held = 0
    return pl.concat(found).unique().sort() if found else pl.Series("", [], dtype=table.schema[name])
