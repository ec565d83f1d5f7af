"""Files and frames to documents, in batches of bounded size, with a report of everything that was left out."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer, names
from corpus_kit._base.columns import ArrowArray, ArrowStream, arrow_frame
from corpus_kit.errors import InputError, SourceError, choose, invalid
from corpus_kit.readers.batches import Batcher, UniqueIds
from corpus_kit.readers.blocks import Block, Pages, block_of_lines, numbered_ids, origins, with_titles
from corpus_kit.readers.documents import Document, Reader
from corpus_kit.readers.formats import Format
from corpus_kit.readers.json_lines import has_surrogate
from corpus_kit.readers.layout import Columns, Layout, TableColumns
from corpus_kit.readers.limits import Limits
from corpus_kit.readers.plan import Frame, Part, Plan, Planner, Records, no_documents, unreadable_error
from corpus_kit.readers.progress import Progress
from corpus_kit.readers.registry import format_argument, format_choice, recognized_head, shown_endings
from corpus_kit.readers.report import (
    COMPANION_FILE,
    MOST_EXAMPLES,
    MOST_FILES,
    Example,
    FileRecord,
    Ledger,
    ReadReport,
    Tally,
)
from corpus_kit.readers.sources import list_files, reading, reason_of, split_companions, writing
from corpus_kit.readers.structure import count_line_breaks, find_structure, not_alone
from corpus_kit.readers.tables import Table, TableBatch
from corpus_kit.readers.texts import Event, Ignored, Opened, Passed, Texts, Unreadable, digest

__all__ = ["MOST_ROWS", "UNREADABLE", "DocumentReader", "Example", "FileRecord", "ReadReport", "Tally"]

MOST_ROWS = 1 << 62  # at which the rows of frames begin to be numbered, so that all numbers fit into 64 bits

UNREADABLE = ("skip", "raise")
_HEAD = 64  # characters, by which a text is recognised as one of another format
ArrowTable = ArrowStream | ArrowArray  # of another library
Source = str | Path | Frame | ArrowTable | Iterable[Any]


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
        metadata: A column to keep, or several; None keeps all. Texts from .txt files have `file`, with `lines`
            `line`, and if files are in several folders `folder`. The columns of ids and dates are kept a second time
            only if named here.
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
        headline: str | None = None,
        metadata: str | Sequence[str] | None = None,
        rename: Mapping[str, str] | None = None,
        date_format: str | None = None,
        lines: bool = False,
        format: str | Reader | Format | None = None,
        unreadable: str = "skip",
        progress: bool | None = None,
        first_row: int = 0,
        limits: Mapping[str, int | str] | None = None,
    ) -> None:
        self._limits = Limits.of(limits)
        self._asked = Columns(
            _column_name(text, "text"),
            None if id is None else _column_name(id, "id"),
            None if date is None else _column_name(date, "date"),
            None if headline is None else _column_name(headline, "headline"),
            None if metadata is None else names(metadata, "metadata"),
            _renaming(rename),
            None if date_format is None else _column_name(date_format, "date_format"),
            boolean(lines, "lines"),
            self._limits,
        )
        if headline is not None and headline == text:
            raise invalid("headline", "another column than that of texts", headline)
        self._progress = None if progress is None else boolean(progress, "progress")
        self._first_row = integer(first_row, "first_row", least=0, most=MOST_ROWS)
        self._is_strict = choose(unreadable, UNREADABLE, "unreadable") == "raise"
        self._asked_format = format_argument(format)
        self._formats, choice = format_choice(self._asked_format)
        self._sources = _as_list(source)
        paths = [item for item in self._sources if isinstance(item, str | Path)]
        self._listing = list_files(paths, self._formats, self._limits, choose=choice, shown=shown_endings())
        # a single file, given by its own path: what would be skipped among others is then an error
        self._single = len(self._sources) == len(paths) == len(self._listing.named) == 1
        if (self._single or self._is_strict) and self._listing.unreadable:
            name, reason = self._listing.unreadable[0]
            raise SourceError(f"cannot read {name!r}: {reason}")
        self._scratch: Path | None = None
        self._plan: Plan | None = None
        self._report: ReadReport | None = None

    def write_aside(self, folder: Path) -> None:
        """Let what readers make be written into this folder, which the caller removes; by default a temporary one."""
        if self._plan is None:
            self._scratch = folder

    @property
    def files(self) -> dict[str, Path]:
        """The files that there are to read, by the names that a report has for them."""
        return {file.name: file.path for file in self._listing.files}

    @property
    def schema(self) -> pl.Schema:
        """The columns of every batch. Opens all tables; reads JSON Lines, and what readers read, to their end."""
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
                progress.count(block.height)
                yield from batches.add(block.frame)
            progress.finish()
            yield from batches.rest()
        report = ledger.report(self._description(ledger), plan.layout.renamed)
        if not ledger.documents and plan.has_files:
            no_documents(report)
        self._report = report

    # ------------------------------------------------------------------ what there is to read

    def _planned(self) -> Plan:
        """Open all tables and settle the columns of the batches; done once."""
        if self._plan is None:
            opening = self._opening()
            total = sum(file.bytes for file in self._listing.files if self._formats[file.ending].read_documents)
            with closing(Progress(total, self._progress if total else False)) as progress:
                planner = Planner(
                    self._asked,
                    self._formats,
                    self._asked_format,
                    self._scratch_folder,
                    opening,
                    first_row=self._first_row,
                    is_single=self._single,
                    is_strict=self._is_strict,
                    advance=progress.start,
                )
                parts = list(planner.parts(self._sources, self._listing))
            if not parts:
                no_documents(opening.report(self._description(opening), {}))
            tables = [part.table for part in parts if part.table]
            forms = [part.form for part in parts if part.table]
            folders = {file.name.rpartition("/")[0] for file in self._listing.files}
            layout = Layout.settle(
                self._asked, tables, forms, has_texts=len(tables) < len(parts), has_folders=len(folders) > 1
            )
            self._plan = Plan(parts, layout, opening)
        return self._plan

    def _opening(self) -> Ledger:
        """Return a ledger with what is known of the files before any is opened."""
        opening = Ledger()
        read = ((file.name, self._formats[file.ending].companions) for file in self._listing.files)
        companions, others = split_companions(self._listing.companions, read)
        for name in sorted([*self._listing.ignored, *others]):
            opening.ignore(name)
        for name in self._listing.hidden:
            opening.leave_out("hidden", [Example(name)])
        for name in companions:
            opening.leave_out(COMPANION_FILE, [Example(name)])
        for name, reason in self._listing.unreadable:
            opening.skip("unreadable file", [Example(name, detail=reason)], most=MOST_FILES)
        return opening

    def _scratch_folder(self) -> Path:
        if self._scratch is None:
            with writing(Path(tempfile.gettempdir())):
                self._scratch = Path(tempfile.mkdtemp(prefix="corpus-kit-"))
            weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        with writing(self._scratch):
            self._scratch.mkdir(exist_ok=True)
        return self._scratch

    def _unreadable(self, problem: Unreadable, ledger: Ledger, *, alone: bool) -> None:
        """Record a file or member without a text; if it is all there is to read, raise an error."""
        if alone or self._is_strict:
            raise unreadable_error(problem)
        ledger.skip(problem.reason, [Example(problem.name, problem.line, problem.detail)], most=MOST_FILES)

    def _description(self, ledger: Ledger) -> str:
        rows = iter(ledger.frame_rows)
        described = []
        for source in self._sources:
            if isinstance(source, Frame):
                described.append(f"{type(source).__name__} of {next(rows, 0):,} rows")
            else:
                described.append(source.name if isinstance(source, Records) else str(source))
        shown = ", ".join(described[:5])
        return shown if len(described) <= 5 else f"{shown} and {len(described) - 5:,} more"

    # ------------------------------------------------------------------ documents

    def _blocks(self, plan: Plan, ledger: Ledger, progress: Progress | None = None) -> Iterator[Block]:
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
            is_frame = part.is_frame or (part.file is None and not part.table.has_texts)
            first = frame_rows if is_frame else 0
            rows = first
            for block in self._of_table(part, plan.layout, ledger, first):
                rows += block.height
                if progress:
                    progress.advance(block)
                yield self._checked(block, ledger)
            if is_frame:
                ledger.frame_rows.append(rows - first)
                frame_rows = rows
        yield from self._finished(pages, ledger)

    def _of_table(self, part: Part, layout: Layout, ledger: Ledger, first: int) -> Iterator[Block]:
        file, table = part.file, part.table
        assert table is not None
        number = ledger.file(file.name, file.bytes, table.sha256) if file else None
        for kind, detail in table.notices:
            ledger.notice(kind, [Example(table.name, detail=detail)])
        columns = layout.of_table(table, part.form)
        batches = table.batches(columns.read)
        while True:
            try:
                batch = next(batches, None)
            except SourceError as error:
                if self._single or self._is_strict or file is None:
                    raise
                ledger.skip("damaged from here on", [Example(file.name, first, reason_of(error, file.name))])
                return
            if batch is None:
                return
            block = self._block(columns, batch, layout, table, first, number)
            first += batch.frame.height
            for row, kind in batch.notices.items():
                ledger.notice(kind, [block.where(row)])
            if batch.empty_lines:
                ledger.leave_out("empty line", [], batch.empty_lines)
            yield block

    def _block(
        self, columns: TableColumns, batch: TableBatch, layout: Layout, table: Table, first: int, number: int | None
    ) -> Block:
        """Return the documents of a batch of a table."""
        height, given = batch.frame.height, batch.given
        with reading(table.name):
            if given is not None:
                ids = given["id"]
                origin = given.select("source", pl.lit(None, pl.Int64).alias("row"), "file")
            else:
                rows = pl.int_range(first, first + height, eager=True)
                ids = rows.cast(pl.String) if number is None else numbered_ids(table.name, rows)
                origin = origins(table.name, rows, number, height)
            documents = columns.documents(batch, ids).select(layout.unstructured)
            titles = columns.titles(batch.frame)
            headlines, spans = columns.headlines(batch.frame), None if given is None else given["headline"]
            if titles is not None:
                documents, headlines = with_titles(documents, titles, has_headline=spans)
            return Block(
                documents,
                origin,
                headlines=headlines,
                spans=spans,
                guess=None if given is None else given["guess"],
                dates=columns.dates(batch.frame),
                problems=batch.problems,
            )

    def _of_texts(self, part: Part, pages: Pages, ledger: Ledger) -> Iterator[Block]:
        file, form = part.file, part.format
        assert file is not None
        assert form is not None
        number = -1
        begun = ""  # the file or member whose lines are read
        for event in self._events(part, ledger):
            if isinstance(event, Opened):
                number = ledger.file(file.name, file.bytes, digest(file.path) if form.packing else event.sha256)
            elif isinstance(event, Ignored):
                ledger.ignore(event.name)
            elif isinstance(event, Passed):
                ledger.leave_out(event.kind, [Example(event.name)])
            elif isinstance(event, Unreadable):
                self._unreadable(event, ledger, alone=self._single and not form.is_archive and event.line is None)
            elif form.is_archive and recognized_head(event.texts[0][:_HEAD].encode()):
                self._unreadable(Unreadable(event.name, "another format than .txt"), ledger, alone=False)
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

    def _events(self, part: Part, ledger: Ledger) -> Iterator[Event]:
        """Yield what reading texts gives, up to where a file is damaged."""
        assert part.file is not None
        assert part.format is not None
        assert part.format.read_texts is not None
        try:
            yield from part.format.read_texts(part.unpacked or part.file, lines=self._asked.lines)
        except SourceError as error:
            if self._single or self._is_strict:
                raise
            ledger.skip("damaged from here on", [Example(part.file.name, detail=reason_of(error, part.file.name))])

    def _lines(self, event: Texts, layout: Layout, number: int, ledger: Ledger) -> Block:
        block = block_of_lines(layout, event, number)
        empty = len(event.texts) - block.height
        if empty:
            ledger.leave_out("empty line", [], empty)
        return self._checked(block, ledger)

    def _finished(self, pages: Pages, ledger: Ledger) -> Iterator[Block]:
        """Turn the pages gathered so far into a block."""
        if len(pages):
            alone = self._single and not self._formats[self._listing.files[0].ending].is_archive
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
        headline, paragraphs = find_structure(
            block.texts,
            guess_headline=guess_headline if block.guess is None else block.guess,
            headlines=block.headlines,
            given=block.spans,
        )
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

    def _check_ids(self, block: Block, ids: UniqueIds, plan: Plan) -> None:
        column = block.frame["id"]
        if column.null_count():
            row = int(column.is_null().arg_true()[0])
            raise SourceError(f"the id is null in {block.place(row)}; every document needs one")
        for suspect in ids.suspects(column):
            places = list(islice(self._places(plan, suspect), 2))
            if len(places) > 1:
                raise SourceError(f"the id {suspect!r} is not unique: {places[0]} and {places[1]}")

    def _places(self, plan: Plan, id: str) -> Iterator[str]:
        """Read everything again to find where an id occurs, since memory holds only hashes of ids."""
        for block in self._blocks(plan, plan.opening.copy()):
            for row in (block.frame["id"] == id).arg_true():
                yield block.place(row)


def _column_name(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(name, "the name of a column", value)
    return value


def _renaming(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in (*value, *value.values())):
        raise invalid("rename", 'a dict of names of columns, such as {"old": "new"}', value)
    bad = next((new for new in value.values() if "\0" in new or has_surrogate(new)), None)
    if bad is not None:
        raise invalid("rename", "names without NUL characters and unpaired surrogates", bad)
    return dict(value)


def _as_list(source: object) -> list[str | Path | Frame | Records]:
    if isinstance(source, Iterator) and not hasattr(type(source), "__arrow_c_stream__"):
        first = list(islice(source, 1))
        rest = chain(first, source)
        is_paths = bool(first) and isinstance(first[0], Path)  # such as those of Path.glob
        source = list(rest) if is_paths else Records(rest, f"records of {type(source).__name__}")
    if isinstance(source, Sequence) and not isinstance(source, str | bytes):
        if len(source) and isinstance(source[0], Mapping | tuple | Document):
            return [Records(source, f"list of {len(source):,} records")]
        given: Sequence[object] = source
    else:
        given = [source]
    items: list[str | Path | Frame | Records] = []
    for item in given:
        source = item if isinstance(item, str | Path | Frame | Records) else arrow_frame(item, "source")
        if source is None and isinstance(item, Iterable) and not isinstance(item, str | bytes | Mapping | set):
            source = Records(item, f"records of {type(item).__name__}")
        if source is None:
            hint = "Make a table of it: pl.DataFrame(...)." if isinstance(item, Mapping) else ""
            what = "a path, a glob, a DataFrame or other table, an iterable of rows, or a list"
            raise invalid("source", what, item, hint)
        items.append(source)
    if not items:
        raise invalid("source", "a list of at least one path, glob or table", source)
    return items
