"""Files and frames to documents, in batches of bounded size, with a report of everything that was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NoReturn

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer, names
from corpus_kit._base.columns import ArrowArray, ArrowStream, arrow_frame
from corpus_kit.errors import InputError, SourceError, invalid
from corpus_kit.readers.batches import Batcher, UniqueIds
from corpus_kit.readers.blocks import Block, Pages, block_of_lines, numbered_ids, origins
from corpus_kit.readers.formats import FORMATS, Format, format_of
from corpus_kit.readers.layout import Columns, Layout
from corpus_kit.readers.limits import Limits
from corpus_kit.readers.progress import Progress
from corpus_kit.readers.report import MOST_EXAMPLES, Example, FileRecord, Ledger, ReadReport, Tally
from corpus_kit.readers.sources import SourceFile, list_files, reading, reason_of
from corpus_kit.readers.structure import count_line_breaks, find_structure, not_alone
from corpus_kit.readers.tables import Table, frame_table
from corpus_kit.readers.texts import Ignored, Opened, Passed, Texts, Unreadable

__all__ = ["MOST_ROWS", "DocumentReader", "Example", "FileRecord", "ReadReport", "Tally"]

MOST_ROWS = 1 << 62  # at which the rows of frames begin to be numbered, so that all numbers fit into 64 bits

Frame = pl.DataFrame | pl.LazyFrame
ArrowTable = ArrowStream | ArrowArray  # of another library
Source = str | Path | Frame | ArrowTable | Sequence[str | Path | Frame | ArrowTable]


class DocumentReader:
    r"""Documents of files or frames; iterate over it to get them in batches.

    A batch is a DataFrame of at most 4,096 documents and, unless a single text is longer, 16 MiB of text, with the
    columns of `schema`: id String; date Date (if `date` is given); the metadata; text String; headline Struct(start,
    end: UInt32), null if there is none; paragraphs List of such structs. Offsets count code points of `text`.
    `corpus_kit.readers.structure` defines headlines and paragraphs. Headlines are looked for in .txt documents only;
    the column `headline` of a table is used if it equals the first paragraph of the text.

    Several sources are joined: a column that one of them lacks is null there. If types differ, integers become Int64,
    and text with anything else becomes String; other differences are an error. A metadata column named document, text,
    id, date, headline, paragraphs, tokens or words, without a name, or with one that Polars takes for a pattern ("*",
    "^a.*$") gets an underscore at its end; the report lists it. Types that cannot be stored are an error (objects of
    Python, extension types, structs without fields), and so are dates outside the years 1 to 9999.

    What cannot be a document is skipped and counted in `report`: a null, blank or overlong text (256 MiB or ten million
    lines), a text with a NUL character, an empty or unreadable file or member of an archive. If such a file is the only
    source, it is an error. Documents, what was skipped, ignored and left out are together all that was there.

    Args:
        source: A file, a folder (read recursively in sorted order, without hidden files), a glob, a DataFrame, a
            LazyFrame, a table of another library that exports Arrow data (it is read into memory), or a list of
            these. The ending says what a file is: .txt; .zip, .tar, .tar.gz, .tgz, .tar.bz2
            and .tar.xz with .txt files; .csv, .tsv; .jsonl, .ndjson; .parquet; .ipc, .arrow, .feather.
        text: The text column of tables and frames; texts are kept exactly as they are.
        id: The column of ids, which become strings. Without it the id is the path of a .txt file, path:line with
            `lines`, path:row (from 0) in tables, and the row number in frames (continued over several frames). Paths
            are relative to the folder given, or to the one that several sources share.
        date: The column of dates: dates, datetimes (cut to the day) or strings in ISO form. It becomes `date`. A date
            that cannot be read is null and counted in the report.
        metadata: A column to keep, or several; None keeps all. Texts from .txt files have `file` and, with `lines`,
            `line`. The columns of ids and dates are kept a second time only if named here.
        lines: Make each line of a .txt file a document; empty lines are skipped.
        progress: Show progress; None shows it on a terminal or in a notebook.
        first_row: The number of the first row of frames, for ids.
        limits: What reading may take, where it is to differ from `corpus_kit.readers.limits.Limits`.

    Raises:
        InputError: If an argument is invalid.
        SourceError: If there is nothing to read, a given file does not exist or has an unknown ending, a column is
            missing, a table or archive is damaged, or ids are null or not unique.

    Examples:
        >>> import polars as pl
        >>> reader = DocumentReader(pl.DataFrame({"text": ["خبر\nقصير", " "], "page": [1, 2]}))
        >>> for batch in reader:
        ...     print(batch.select("id", "page", "text").rows(), batch["paragraphs"][0].to_list())
        [('0', 1, 'خبر\nقصير')] [{'start': 0, 'end': 3}, {'start': 4, 'end': 8}]
        >>> print(reader.report)
        1 document from DataFrame of 2 rows
        skipped, blank text: 1, e.g. DataFrame:1
    """

    max_documents = 4096
    max_bytes = 16 << 20

    def __init__(
        self,
        source: Source,
        *,
        text: str = "text",
        id: str | None = None,
        date: str | None = None,
        metadata: str | Sequence[str] | None = None,
        lines: bool = False,
        progress: bool | None = None,
        first_row: int = 0,
        limits: Mapping[str, int | str] | None = None,
    ) -> None:
        self._limits = Limits.of(limits)
        self._asked = Columns(
            _column_name(text, "text"),
            None if id is None else _column_name(id, "id"),
            None if date is None else _column_name(date, "date"),
            None if metadata is None else names(metadata, "metadata"),
            boolean(lines, "lines"),
            self._limits,
        )
        self._progress = None if progress is None else boolean(progress, "progress")
        self._first_row = integer(first_row, "first_row", least=0, most=MOST_ROWS)
        self._sources = _as_list(source)
        paths = [item for item in self._sources if isinstance(item, str | Path)]
        self._listing = list_files(paths, FORMATS, self._limits)
        # a single file, given by its own path: what would be skipped among others is then an error
        self._single = len(self._sources) == len(paths) == len(self._listing.named) == 1
        if self._single and self._listing.unreadable:
            name, reason = self._listing.unreadable[0]
            raise SourceError(f"cannot read {name!r}: {reason}")
        self._plan: _Plan | None = None
        self._report: ReadReport | None = None

    @property
    def schema(self) -> pl.Schema:
        """The columns of every batch. Opens all tables; reads JSON Lines to their end."""
        return self._planned().layout.schema

    @property
    def renamed(self) -> dict[str, str]:
        """The columns of the source that are kept under another name, with that name."""
        return dict(self._planned().layout.renamed)

    @property
    def report(self) -> ReadReport:
        """What was read and skipped. Raises InputError before the iteration is complete."""
        if self._report is None:
            raise InputError("the report is complete only after the iteration over the reader")
        return self._report

    def __iter__(self) -> Iterator[pl.DataFrame]:
        self._report = None
        plan = self._planned()
        ledger = plan.opening.copy()
        ids = UniqueIds()
        batches = Batcher(self.max_documents, self.max_bytes)
        with closing(Progress(plan.file_bytes, self._progress)) as progress:
            for block in self._blocks(plan, ledger, progress):
                self._check_ids(block, ids, plan)
                yield from batches.add(block.frame)
            progress.finish()
            yield from batches.rest()
        report = ledger.report(self._description(ledger), plan.layout.renamed)
        if not ledger.documents and plan.file_bytes is not None:
            _no_documents(report)
        self._report = report

    # ------------------------------------------------------------------ what there is to read

    def _planned(self) -> _Plan:
        """Open all tables and settle the columns of the batches; done once."""
        if self._plan is None:
            opening = Ledger()
            for name in self._listing.ignored:
                opening.ignore(name)
            for name in self._listing.hidden:
                opening.leave_out("hidden", [Example(name)])
            for name, reason in self._listing.unreadable:
                opening.skip("unreadable file", [Example(name, detail=reason)])
            parts = [part for part in self._parts(opening) if part is not None]
            if not parts:
                _no_documents(opening.report(self._description(opening), {}))
            has_texts = any(part.table is None for part in parts)
            layout = Layout.settle(self._asked, [part.table for part in parts if part.table], has_texts=has_texts)
            self._plan = _Plan(parts, layout, opening)
        return self._plan

    def _parts(self, opening: Ledger) -> Iterator[_Part | None]:
        """Yield files and frames in the order of the sources."""
        files = iter(self._listing.files)
        file = next(files, None)
        number = 0  # of the source among those that are paths
        for source in self._sources:
            if isinstance(source, Frame):
                yield _Part(None, frame_table(source, type(source).__name__))
                continue
            while file and file.source == number:
                yield self._opened(file, opening)
                file = next(files, None)
            number += 1

    def _opened(self, file: SourceFile, opening: Ledger) -> _Part | None:
        if not file.bytes:
            self._unreadable(Unreadable(file.name, "empty file"), opening, alone=self._single)
            return None
        form = format_of(file)
        if form.read_texts and not form.is_archive:  # read at once, so that errors are found then
            return _Part(file, None)
        try:
            file.path.open("rb").close()
        except OSError as error:
            problem = Unreadable(file.name, "unreadable file", reason_of(error), error)
            self._unreadable(problem, opening, alone=self._single)
            return None
        return _Part(file, form.open_table(file) if form.open_table else None)

    def _unreadable(self, problem: Unreadable, ledger: Ledger, *, alone: bool) -> None:
        """Record a file or member without a text; if it is all there is to read, raise an error."""
        if alone:
            detail = f": {problem.detail}" if problem.detail else ""
            raise SourceError(f"cannot read {problem.name!r}: {problem.reason}{detail}") from problem.cause
        ledger.skip(problem.reason, [Example(problem.name, problem.line, problem.detail)])

    def _description(self, ledger: Ledger) -> str:
        rows = iter(ledger.frame_rows)
        described = [
            f"{type(source).__name__} of {next(rows, 0):,} rows" if isinstance(source, Frame) else str(source)
            for source in self._sources
        ]
        shown = ", ".join(described[:5])
        return shown if len(described) <= 5 else f"{shown} and {len(described) - 5:,} more"

    # ------------------------------------------------------------------ documents

    def _blocks(self, plan: _Plan, ledger: Ledger, progress: Progress | None = None) -> Iterator[Block]:
        """Yield all documents, checked except for the uniqueness of their ids, in blocks of any size."""
        pages = Pages(plan.layout, self.max_documents, self.max_bytes)
        frame_rows = self._first_row  # row numbers are continued over the frames
        for part in plan.parts:
            if progress:
                progress.start(part.file.bytes if part.file else 0)
            if part.table is None:
                yield from self._of_texts(part, pages, ledger)
                continue
            yield from self._finished(pages, ledger)
            first = 0 if part.file else frame_rows
            rows = first
            for block in self._of_table(part.file, part.table, plan.layout, ledger, first):
                rows += block.height
                if progress:
                    progress.advance(block)
                yield self._checked(block, ledger)
            if part.file is None:
                ledger.frame_rows.append(rows - first)
                frame_rows = rows
        yield from self._finished(pages, ledger)

    def _of_table(
        self, file: SourceFile | None, table: Table, layout: Layout, ledger: Ledger, first: int
    ) -> Iterator[Block]:
        number = ledger.file(file.name, file.bytes, table.sha256) if file else None
        for kind, detail in table.notices:
            ledger.notice(kind, [Example(table.name, detail=detail)])
        columns = layout.of_table(table)
        for batch in table.batches(columns.read):
            rows = pl.int_range(first, first + batch.frame.height, eager=True)
            first += batch.frame.height
            with reading(table.name):
                ids = rows.cast(pl.String) if file is None else numbered_ids(table.name, rows)
                block = Block(
                    columns.documents(batch.frame, ids),
                    origins(table.name, rows, number, len(rows)),
                    headlines=columns.headlines(batch.frame),
                    dates=columns.dates(batch.frame),
                    problems=batch.problems,
                )
            for row, kind in batch.notices.items():
                ledger.notice(kind, [block.where(row)])
            if batch.empty_lines:
                ledger.leave_out("empty line", [], batch.empty_lines)
            yield block

    def _of_texts(self, part: _Part, pages: Pages, ledger: Ledger) -> Iterator[Block]:
        file, form = part.file, part.format
        assert file is not None
        assert form.read_texts is not None
        number = -1
        begun = ""  # the file or member whose lines are read
        for event in form.read_texts(file, lines=self._asked.lines):
            if isinstance(event, Opened):
                number = ledger.file(file.name, file.bytes, event.sha256)
            elif isinstance(event, Ignored):
                ledger.ignore(event.name)
            elif isinstance(event, Passed):
                ledger.leave_out(event.kind, [Example(event.name)])
            elif isinstance(event, Unreadable):
                self._unreadable(event, ledger, alone=self._single and not form.is_archive and event.line is None)
            elif event.line is None:
                ledger.encoding(number, event.encoding, event.name)
                pages.add(event, number)
                del event  # the text is in the pages; work on it needs the memory
                if pages.is_full:
                    yield from self._finished(pages, ledger)
            else:
                if event.line == 1 or event.name != begun:
                    ledger.encoding(number, event.encoding, event.name)
                begun = event.name
                yield self._lines(event, pages.layout, number, ledger)

    def _lines(self, event: Texts, layout: Layout, number: int, ledger: Ledger) -> Block:
        block = block_of_lines(layout, event, number)
        empty = len(event.texts) - block.height
        if empty:
            ledger.leave_out("empty line", [], empty)
        return self._checked(block, ledger)

    def _finished(self, pages: Pages, ledger: Ledger) -> Iterator[Block]:
        """Turn the pages gathered so far into a block."""
        if len(pages):
            alone = self._single and not format_of(self._listing.files[0]).is_archive
            yield self._checked(pages.take(), ledger, alone=alone, guess_headline=True)

    def _checked(self, block: Block, ledger: Ledger, *, alone: bool = False, guess_headline: bool = False) -> Block:
        """Skip what cannot be a document, find headline and paragraphs of the rest, and count."""

        def skip(reason: str, mask: pl.Series) -> None:
            count = int(mask.sum())
            if count and alone:
                raise SourceError(f"cannot read {block.where(0).source!r}: {reason}")
            if count:
                ledger.skip(reason, (block.where(row) for row in mask.arg_true().head(MOST_EXAMPLES)), count)
                block.keep(~mask)

        if block.problems:
            for reason in dict.fromkeys(block.problems.values()):
                bad = np.zeros(block.height, dtype=np.bool_)
                bad[[row for row, found in block.problems.items() if found == reason]] = True
                skip(reason, pl.Series(bad))
        if block.texts.null_count():
            skip("no text", block.texts.is_null())
        skip("text too long", self._too_long(block.texts))
        skip("NUL character", not_alone(block.texts).str.contains("\0", literal=True)[: block.height])
        headline, paragraphs = find_structure(block.texts, guess_headline=guess_headline, headlines=block.headlines)
        block.frame = block.frame.with_columns(headline, paragraphs)
        skip("blank text", (paragraphs.list.len() == 0) & headline.is_null())
        self._check_dates(block, ledger)
        for file, count in block.origin["file"].value_counts().iter_rows():
            ledger.count(file, count)
        return block

    def _too_long(self, texts: pl.Series) -> pl.Series:
        """Return whether each text has too many bytes or lines."""
        several = not_alone(texts)
        sizes = several.str.len_bytes()[: len(texts)]
        too_long = sizes > self._limits.text_bytes
        suspects = (~too_long & (sizes > self._limits.text_lines)).arg_true()
        breaks = count_line_breaks(not_alone(several.gather(suspects)))[: len(suspects)]
        return too_long.scatter(suspects.filter(breaks >= self._limits.text_lines), True)

    def _check_dates(self, block: Block, ledger: Ledger) -> None:
        if block.dates is None:
            return
        bad = block.frame["date"].is_null() & (block.dates.str.strip_chars() != "").fill_null(False)
        if bad.any():
            given = block.dates
            examples = (replace(block.where(row), detail=given[row]) for row in bad.arg_true().head(MOST_EXAMPLES))
            ledger.notice("date not understood", examples, int(bad.sum()))

    def _check_ids(self, block: Block, ids: UniqueIds, plan: _Plan) -> None:
        column = block.frame["id"]
        if column.null_count():
            row = int(column.is_null().arg_true()[0])
            raise SourceError(f"the id is null in {block.place(row)}; every document needs one")
        for suspect in ids.suspects(column):
            places = list(islice(self._places(plan, suspect), 2))
            if len(places) > 1:
                raise SourceError(f"the id {suspect!r} is not unique: {places[0]} and {places[1]}")

    def _places(self, plan: _Plan, id: str) -> Iterator[str]:
        """Read everything again to find where an id occurs, since memory holds only hashes of ids."""
        for block in self._blocks(plan, Ledger()):
            for row in (block.frame["id"] == id).arg_true():
                yield block.place(row)


@dataclass(frozen=True)
class _Part:
    """A file or a frame; a text file or archive has no table."""

    file: SourceFile | None
    table: Table | None

    @property
    def format(self) -> Format:
        assert self.file is not None
        return format_of(self.file)


@dataclass(frozen=True)
class _Plan:
    """All there is to read, the columns of the documents, and what was skipped before reading began."""

    parts: list[_Part]
    layout: Layout
    opening: Ledger

    @property
    def file_bytes(self) -> int | None:
        """Bytes of all files; None if there are only frames."""
        sizes = [part.file.bytes for part in self.parts if part.file]
        return sum(sizes) if sizes else None


def _column_name(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(name, "the name of a column", value)
    return value


def _as_list(source: object) -> list[str | Path | Frame]:
    given = source if isinstance(source, Sequence) and not isinstance(source, str | bytes) else [source]
    items: list[str | Path | Frame] = []
    for item in given:
        source = item if isinstance(item, str | Path | Frame) else arrow_frame(item, "source")
        if source is None:
            raise invalid("source", "a path, a glob, a DataFrame or other Arrow table, a LazyFrame, or a list", item)
        items.append(source)
    if not items:
        raise invalid("source", "a list of at least one path, glob, DataFrame or LazyFrame", source)
    return items


def _no_documents(report: ReadReport) -> NoReturn:
    raise SourceError(f"no documents: {report}".replace("\n", "; "))
