"""Files and frames to documents, in batches of bounded size, with a report of everything that was left out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers.layout import Columns, Layout
from corpus_kit.readers.report import Example, FileRecord, Ledger, ReadReport, Tally
from corpus_kit.readers.sources import SourceFile, list_files, reading, reason_of
from corpus_kit.readers.structure import find_structure
from corpus_kit.readers.tables import Table, file_table, frame_table
from corpus_kit.readers.texts import MAX_TEXT_BYTES, Ignored, Opened, Texts, Unreadable, read_texts

__all__ = ["DocumentReader", "Example", "FileRecord", "ReadReport", "Tally"]

Frame = pl.DataFrame | pl.LazyFrame
Source = str | Path | Frame | Sequence[str | Path | Frame]


class DocumentReader:
    """Reads documents from files or frames; iterate over it to get them in batches.

    source: a file, a folder (read recursively in sorted order, hidden files left out), a glob, a DataFrame, a
        LazyFrame, or a list of these. Files are known by their endings: .txt; .zip, .tar, .tar.gz, .tgz, .tar.bz2
        and .tar.xz of .txt files; .csv, .tsv; .jsonl, .ndjson; .parquet; .ipc, .arrow, .feather.
    text: the column of tables and frames that holds the text, kept exactly as it is.
    id: the column of ids, turned into strings. Without it the id is the path of a .txt file, path:line with `lines`,
        path:row (from 0) in table files, and the row number in frames (which runs on over several frames). Paths are
        relative to the folder given, or to the one that several sources share.
    date: the column of dates: dates, datetimes (cut to the day) or strings in ISO form. It becomes `date`. One that
        cannot be understood is null and counted in the report.
    metadata: the columns to keep; all by default. Texts from .txt files have `file` and, with `lines`, `line`.
        A column used as id or date is kept beside it only if named here.
    lines: make each line of a .txt file a document. Empty lines are none.
    progress: show progress; None shows it on a terminal or in a notebook.
    first_row: the number of the first row of frames, for ids.

    Yields DataFrames of at most 4,096 documents and, unless a single text is longer, 16 MiB of text, all with the
    columns of `schema`: id String; date Date (if asked for); the metadata; text String; headline Struct(start, end:
    UInt32), null where there is none; paragraphs List of such structs. Offsets count code points of `text`; see
    `corpus_kit.readers.structure` for what a headline and a paragraph are. Headlines are looked for in .txt documents
    only; a table's column `headline` is used where it equals the first paragraph of the text.

    Several sources are put together: a column that one of them lacks is null there. Where types differ, whole numbers
    become Int64, and anything that meets text becomes String; other differences are an error. A metadata column named
    document, text, id, date, headline, paragraphs, tokens or words is kept under that name with an underscore added;
    the report says so.

    What cannot be a document is skipped and counted in `report`: a null, blank or overlong text (256 MiB), a text
    with NUL, an empty or unreadable file or member of an archive. Where such a file is the only source it is an error.

    Raises InputError for wrong arguments. Raises SourceError where there is nothing to read, a file is named that
    does not exist or is of an unknown ending, a column is missing, a table or archive is damaged, or ids are null or
    not unique.

    >>> import polars as pl
    >>> reader = DocumentReader(pl.DataFrame({"text": ["خبر\\nقصير", " "], "page": [1, 2]}))
    >>> for batch in reader:
    ...     print(batch.select("id", "page", "text").rows(), batch["paragraphs"][0].to_list())
    [('0', 1, 'خبر\\nقصير')] [{'start': 0, 'end': 3}, {'start': 4, 'end': 8}]
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
        metadata: Sequence[str] | None = None,
        lines: bool = False,
        progress: bool | None = None,
        first_row: int = 0,
    ) -> None:
        self._asked = Columns(
            _column_name(text, "text"),
            None if id is None else _column_name(id, "id"),
            None if date is None else _column_name(date, "date"),
            _column_names(metadata),
            lines,
        )
        self._progress = progress
        self._first_row = first_row
        self._sources = _as_list(source)
        paths = [item for item in self._sources if isinstance(item, str | Path)]
        self._listing = list_files(paths)
        # One path and nothing else, and not that of a folder: what would be skipped elsewhere is then an error.
        self._single = len(self._sources) == len(paths) == len(self._listing.named) == 1
        if self._single and self._listing.unreadable:
            name, reason = self._listing.unreadable[0]
            raise SourceError(f"cannot read {name!r}: {reason}")
        self._plan: _Plan | None = None
        self._report: ReadReport | None = None

    @property
    def schema(self) -> pl.Schema:
        """The columns of every batch. Opens all table files; reads JSON Lines whole."""
        return self._planned().layout.schema

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
        with closing(_Progress(plan, self._progress)) as progress:
            for block in self._blocks(plan, ledger, progress):
                self._check_ids(block, ids, plan)
                yield from batches.add(block.frame)
            progress.finish()
            yield from batches.rest()
        report = ledger.report(self._description(ledger), plan.layout.renamed)
        if not ledger.documents and any(part.file for part in plan.parts):
            _nothing(report)
        self._report = report

    # What there is to read

    def _planned(self) -> _Plan:
        """Open all tables and settle the columns of the batches; done once."""
        if self._plan is None:
            opening = Ledger()
            for name in self._listing.ignored:
                opening.ignore(name)
            for name, reason in self._listing.unreadable:
                opening.skip("unreadable file", [Example(name, detail=reason)])
            parts = [part for part in self._parts(opening) if part is not None]
            if not parts:
                _nothing(opening.report(self._description(opening), {}))
            has_texts = any(part.file and part.table is None for part in parts)
            layout = Layout.settle(self._asked, [part.table for part in parts if part.table], has_texts=has_texts)
            self._plan = _Plan(parts, layout, opening)
        return self._plan

    def _parts(self, opening: Ledger) -> Iterator[_Part | None]:
        """What there is to read, in the order of the sources."""
        files = iter(self._listing.files)
        file = next(files, None)
        number = 0
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
        if file.kind == "text":
            return _Part(file, None)
        try:
            file.path.open("rb").close()
        except OSError as error:
            self._unreadable(
                Unreadable(file.name, "unreadable file", reason_of(error), error), opening, alone=self._single
            )
            return None
        return _Part(file, None if file.kind == "archive" else file_table(file))

    def _unreadable(self, problem: Unreadable, ledger: Ledger, *, alone: bool) -> None:
        """Enter a file or member without a text; if it is all there is to read, say so as an error."""
        if alone:
            detail = f": {problem.detail}" if problem.detail else ""
            raise SourceError(f"cannot read {problem.name!r}: {problem.reason}{detail}") from problem.cause
        ledger.skip(problem.reason, [Example(problem.name, detail=problem.detail)])

    def _description(self, ledger: Ledger) -> str:
        rows = iter(ledger.frame_rows)
        names = [
            f"{type(source).__name__} of {next(rows, 0):,} rows" if isinstance(source, Frame) else str(source)
            for source in self._sources
        ]
        shown = ", ".join(names[:5])
        return shown if len(names) <= 5 else f"{shown} and {len(names) - 5:,} more"

    # Documents

    def _blocks(self, plan: _Plan, ledger: Ledger, progress: _Progress | None = None) -> Iterator[_Block]:
        """Yield all documents, checked but for the uniqueness of their ids, in blocks of no certain size."""
        pages = _Pages(plan.layout, self.max_documents, self.max_bytes)
        frame_rows = self._first_row  # row numbers run on over the frames
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
    ) -> Iterator[_Block]:
        number = ledger.file(file.name, file.bytes, table.sha256) if file else None
        columns = layout.of_table(table)
        for batch in table.batches(columns.read):
            rows = pl.int_range(first, first + batch.frame.height, eager=True)
            first += batch.frame.height
            with reading(table.name):
                block = _Block(
                    columns.documents(batch.frame, rows.cast(pl.String) if file is None else _named(table.name, rows)),
                    _origin(table.name, rows, number, len(rows)),
                    headlines=columns.headlines(batch.frame),
                    dates=columns.dates(batch.frame),
                    problems=batch.problems,
                )
            yield block

    def _of_texts(self, part: _Part, pages: _Pages, ledger: Ledger) -> Iterator[_Block]:
        assert part.file is not None
        number = -1
        for event in read_texts(part.file, lines=self._asked.lines):
            if isinstance(event, Opened):
                number = ledger.file(part.file.name, part.file.bytes, event.sha256)
            elif isinstance(event, Ignored):
                ledger.ignore(event.name)
            elif isinstance(event, Unreadable):
                self._unreadable(event, ledger, alone=self._single and part.file.kind == "text")
            else:
                if event.line in (None, 1):
                    ledger.encoding(number, event.encoding, event.name)
                if event.line is None:
                    pages.add(event, number)
                    if pages.full:
                        yield from self._finished(pages, ledger)
                else:
                    yield self._checked(_block_of_lines(pages.layout, event, number), ledger)

    def _finished(self, pages: _Pages, ledger: Ledger) -> Iterator[_Block]:
        """Turn the pages gathered so far into a block."""
        if pages.names:
            only_page = self._single and self._listing.files[0].kind == "text"
            yield self._checked(pages.take(), ledger, alone=only_page, guess_headline=True)

    def _checked(self, block: _Block, ledger: Ledger, *, alone: bool = False, guess_headline: bool = False) -> _Block:
        """Skip what is no document, find headline and paragraphs of the rest, and count."""

        def skip(reason: str, mask: pl.Series) -> None:
            count = int(mask.sum())
            if count and alone:
                raise SourceError(f"cannot read {block.where(0).source!r}: {reason}")
            if count:
                ledger.skip(reason, (block.where(row) for row in mask.arg_true().head(_EXAMPLES)), count)
                block.keep(~mask)

        if block.problems:
            for reason in dict.fromkeys(block.problems.values()):
                bad = np.zeros(block.height, dtype=np.bool_)
                bad[[row for row, found in block.problems.items() if found == reason]] = True
                skip(reason, pl.Series(bad))
        skip("no text", block.texts.is_null())
        skip("NUL character", block.texts.str.contains("\0", literal=True))
        skip("text too long", block.texts.str.len_bytes() > MAX_TEXT_BYTES)
        headline, paragraphs = find_structure(block.texts, guess_headline=guess_headline, headlines=block.headlines)
        block.frame = block.frame.with_columns(headline, paragraphs)
        skip("blank text", (paragraphs.list.len() == 0) & headline.is_null())
        self._check_dates(block, ledger)
        for file, count in block.origin["file"].value_counts().iter_rows():
            ledger.count(file, count)
        return block

    def _check_dates(self, block: _Block, ledger: Ledger) -> None:
        if block.dates is None:
            return
        bad = block.frame["date"].is_null() & (block.dates.str.strip_chars() != "").fill_null(False)
        if bad.any():
            given = block.dates
            examples = (replace(block.where(row), detail=given[row]) for row in bad.arg_true().head(_EXAMPLES))
            ledger.notice("date not understood", examples, int(bad.sum()))

    def _check_ids(self, block: _Block, ids: UniqueIds, plan: _Plan) -> None:
        column = block.frame["id"]
        if column.null_count():
            row = int(column.is_null().arg_true()[0])
            raise SourceError(f"the id is null in {block.place(row)}; every document needs one")
        for suspect in ids.suspects(column):
            places = list(islice(self._places(plan, suspect), 2))
            if len(places) > 1:
                raise SourceError(f"the id {suspect!r} is not unique: {places[0]} and {places[1]}")

    def _places(self, plan: _Plan, id: str) -> Iterator[str]:
        """Read again to find where an id stands: only hashes of ids are held in memory."""
        for block in self._blocks(plan, Ledger()):
            for row in (block.frame["id"] == id).arg_true():
                yield block.place(row)


_EXAMPLES = 20


@dataclass(frozen=True)
class _Part:
    """A file or a frame; a text file or archive has no table."""

    file: SourceFile | None
    table: Table | None


@dataclass(frozen=True)
class _Plan:
    """All there is to read, the columns of the documents, and what was skipped before reading began."""

    parts: list[_Part]
    layout: Layout
    opening: Ledger


class _Block:
    """Documents and, for each, where it comes from: `origin` has the source, the row or line, and the file's number."""

    def __init__(
        self,
        frame: pl.DataFrame,
        origin: pl.DataFrame,
        *,
        headlines: pl.Series | None = None,
        dates: pl.Series | None = None,
        problems: dict[int, str] | None = None,
        unit: str = "row",
    ) -> None:
        self.frame = frame
        self.origin = origin
        self.headlines = headlines
        self.dates = dates
        self.problems = problems or {}
        self._unit = unit

    @property
    def height(self) -> int:
        return self.frame.height

    @property
    def texts(self) -> pl.Series:
        return self.frame["text"]

    def keep(self, mask: pl.Series) -> None:
        self.frame = self.frame.filter(mask)
        self.origin = self.origin.filter(mask)
        self.headlines = None if self.headlines is None else self.headlines.filter(mask)
        self.dates = None if self.dates is None else self.dates.filter(mask)

    def where(self, row: int) -> Example:
        source, number, _ = self.origin.row(row)
        return Example(source, number)

    def place(self, row: int) -> str:
        where = self.where(row)
        return where.source if where.row is None else f"{self._unit} {where.row:,} of {where.source}"


def _origin(source: str | list[str], rows: pl.Series | None, file: int | list[int] | None, height: int) -> pl.DataFrame:
    def column(value: Any, dtype: pl.DataType) -> pl.Series:
        if isinstance(value, list):
            return pl.Series(value, dtype=dtype)
        return pl.repeat(value, height, dtype=dtype, eager=True)

    numbers = column(None, pl.Int64()) if rows is None else rows.cast(pl.Int64)
    return pl.DataFrame({"source": column(source, pl.String()), "row": numbers, "file": column(file, pl.UInt32())})


def _named(name: str, numbers: pl.Series) -> pl.Series:
    """Ids made of a path and a number."""
    return pl.select(pl.concat_str(pl.lit(f"{name}:"), numbers.cast(pl.String))).to_series()


def _block_of_lines(layout: Layout, event: Texts, file: int) -> _Block:
    texts = pl.Series(event.texts, dtype=pl.String)
    first = event.line or 1
    filled = texts != ""
    numbers = pl.int_range(first, first + len(texts), eager=True).filter(filled)
    texts = texts.filter(filled)
    origin = _origin(event.name, numbers, file, len(texts))
    frame = layout.of_texts(_named(event.name, numbers), origin["source"], numbers, texts)
    return _Block(frame, origin, unit="line")


class _Pages:
    """Gathers texts that are a whole file each."""

    def __init__(self, layout: Layout, max_documents: int, max_bytes: int) -> None:
        self.layout = layout
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._clear()

    def _clear(self) -> None:
        self.names: list[str] = []
        self._files: list[int] = []
        self._texts: list[str] = []
        self._bytes = 0

    def add(self, event: Texts, file: int) -> None:
        for text in event.texts:
            self.names.append(event.name)
            self._files.append(file)
            self._texts.append(text)
            self._bytes += 2 * len(text)  # near enough for Arabic

    @property
    def full(self) -> bool:
        return len(self.names) >= self._max_documents or self._bytes >= self._max_bytes

    def take(self) -> _Block:
        origin = _origin(self.names, None, self._files, len(self.names))
        names = origin["source"]
        frame = self.layout.of_texts(names, names, None, pl.Series(self._texts, dtype=pl.String))
        self._clear()
        return _Block(frame, origin)


class UniqueIds:
    """Finds ids that may have come before, from eight bytes for each."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.uint64]] = []  # sorted hashes; each run is longer than the next

    def suspects(self, ids: pl.Series) -> list[str]:
        """Return the ids of this batch whose hash has come before, in it or in an earlier one; take them all in."""
        hashes = ids.hash().to_numpy()
        seen = pl.Series(hashes).is_duplicated().to_numpy()
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            seen = seen | (run[at] == hashes)
        if len(hashes):
            self._add(np.sort(hashes))
        return ids.filter(pl.Series(seen, dtype=pl.Boolean)).unique(maintain_order=True).to_list()

    def _add(self, run: npt.NDArray[np.uint64]) -> None:
        while self._runs and len(self._runs[-1]) <= len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)


class Batcher:
    """Cuts frames and puts them together to batches of bounded size."""

    def __init__(self, max_documents: int, max_bytes: int) -> None:
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._held: list[pl.DataFrame] = []
        self._documents = 0
        self._bytes = 0

    def add(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        sizes = frame["text"].str.len_bytes().to_numpy()
        start = 0
        while start < frame.height:
            ahead = np.cumsum(sizes[start : start + self._max_documents - self._documents], dtype=np.int64)
            fits = int(np.searchsorted(ahead, self._max_bytes - self._bytes, side="right"))
            if not self._held:
                fits = max(fits, 1)  # a single text may be longer than the bound
            if fits:
                self._held.append(frame.slice(start, fits))
                self._documents += fits
                self._bytes += int(ahead[fits - 1])
                start += fits
            if start < frame.height or self._documents == self._max_documents:
                yield from self.rest()

    def rest(self) -> Iterator[pl.DataFrame]:
        if self._held:
            batch = pl.concat(self._held, rechunk=True)
            self._held, self._documents, self._bytes = [], 0, 0
            yield batch


class _Progress:
    """A bar of bytes read, or of rows where there are only frames."""

    def __init__(self, plan: _Plan, shown: bool | None) -> None:
        self._bar: Any = None
        self._left = 0
        self._rows = not any(part.file for part in plan.parts)
        if shown is False:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a notebook lacks widgets
            from tqdm.auto import tqdm  # type: ignore[import-untyped]
        self._bar = tqdm(
            total=None if self._rows else sum(part.file.bytes for part in plan.parts if part.file),
            desc="Reading",
            unit="row" if self._rows else "B",
            unit_scale=not self._rows,
            disable=None if shown is None else False,
            leave=False,
        )

    def start(self, size: int) -> None:
        """Begin the next file; the one before it is done."""
        self._update(self._left)
        self._left = size

    def finish(self) -> None:
        """All files are done; a bar that ends short of its total would turn red in a notebook."""
        self.start(0)

    def advance(self, block: _Block) -> None:
        """Take the size of a block for what was read of the file: near enough, and never beyond its end."""
        if self._rows:
            self._update(block.height)
        elif self._bar is not None:
            done = min(self._left, int(block.texts.str.len_bytes().sum()))
            self._left -= done
            self._update(done)

    def _update(self, amount: int) -> None:
        if self._bar is not None and amount:
            self._bar.update(amount)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _column_name(value: object, argument: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{argument}= takes the name of a column, not {type(value).__name__}: {value!r:.60}")
    return value


def _column_names(metadata: object) -> list[str] | None:
    if metadata is None:
        return None
    if not isinstance(metadata, list | tuple):
        what = "the string" if isinstance(metadata, str) else f"{type(metadata).__name__}:"
        raise InputError(f"metadata= takes a list of column names, not {what} {metadata!r:.60}")
    return [_column_name(name, "metadata") for name in metadata]


def _as_list(source: object) -> list[str | Path | Frame]:
    given = list(source) if isinstance(source, Sequence) and not isinstance(source, str | bytes) else [source]
    items: list[str | Path | Frame] = []
    for item in given:
        if not isinstance(item, str | Path | pl.DataFrame | pl.LazyFrame):
            raise InputError(
                "source= takes a path, a glob, a Polars DataFrame or LazyFrame, or a list of these, "
                f"not {type(item).__name__}: {item!r:.60}"
            )
        items.append(item)
    if not items:
        raise InputError("source= is an empty list; it takes paths, globs or frames")
    return items


def _nothing(report: ReadReport) -> NoReturn:
    raise SourceError(f"no documents: {report}".replace("\n", "; "))
