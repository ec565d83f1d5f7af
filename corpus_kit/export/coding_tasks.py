"""What coders in other programs are given: texts of documents or lines of a concordance, with the codes they have.

Offsets stay those of the corpus: a text is written with the same number of code points, whatever its line breaks are.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import polars as pl

from corpus_kit._base.arguments import names
from corpus_kit._base.files import beside, durable, move, sync_folder
from corpus_kit._base.metadata import exactly, stored_names
from corpus_kit._base.records import jsonable
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.search.concordance import Concordance

__all__ = [
    "HIT",
    "MARKERS",
    "OWN_KEYS",
    "Mark",
    "Task",
    "Tasks",
    "codebook_argument",
    "documents_of",
    "flat",
    "json_bytes",
    "plain",
    "written_aside",
]

HIT = "(hit)"  # stands for the code of a node that has none yet
MARKERS = ("⟦", "⟧")  # around the node of a line that is coded as a whole
OWN_KEYS = (  # mean something to the programs, so that no metadata may have these names
    *("text", "label", "labels", "entities", "cats", "relations", "Comments", "meta"),
    *("code", "data", "annotations", "completions", "predictions", "annotator"),
    *("document_id", "text_start", "start", "end"),
)
TASKS = ("spans", "categories")

_SPAN = ("document", "start", "end")
_COMPUTED = ("document", "id", "tokens", "words", "spans")
_SCHEMA = {"document": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "code": pl.String, "coder": pl.String}
_FLAT = "texts: carriage returns and control characters written as spaces or line breaks, so that offsets stay"
_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f]")
_CONTROLS = {code: " " for code in range(32) if chr(code) not in "\t\n\r"} | {13: "\n"}


class Mark(NamedTuple):
    """A code of a part of a text; of the whole if start and end are None."""

    start: int | None
    end: int | None
    code: str
    coder: str | None


@dataclass(frozen=True)
class Task:
    """A text to be coded.

    Attributes:
        document: The row of its document.
        id: The id of its document.
        text: What is shown of it.
        start: The place of this text in the document.
        node: The place of the node in the document, if this is a line.
        marks: The codes that it has, with places in the document.
        metadata: Columns of the document.
    """

    document: int
    id: str
    text: str
    start: int = 0
    node: tuple[int, int] | None = None
    marks: Sequence[Mark] = ()
    metadata: dict[str, Any] = field(default_factory=dict)

    def shown(self, task: str) -> str:
        """Return the text as it is shown: of a line that is coded as a whole, with marks around the node."""
        if self.node is None or task == "spans":
            return self.text
        first, end = (place - self.start for place in self.node)
        return f"{self.text[:first]}{MARKERS[0]}{self.text[first:end]}{MARKERS[1]}{self.text[end:]}"

    def spans(self) -> list[Mark]:
        """Return the codes with places in the shown text; the node of a line has `HIT` if it has none."""
        marks = list(self.marks)
        if self.node is not None and not marks:
            marks = [Mark(*self.node, HIT, None)]
        moved = []
        for mark in marks:
            if mark.start is None or mark.end is None:
                moved.append(mark)
            else:
                moved.append(mark._replace(start=mark.start - self.start, end=mark.end - self.start))
        return moved

    def data(self, task: str) -> dict[str, Any]:
        """Return what is written beside the codes: the text, the keys by which codes find their way back, metadata."""
        node = {} if self.node is None else {"start": self.node[0], "end": self.node[1]}
        place = {"document_id": self.id, "text_start": self.start, **node}
        return {"text": self.shown(task), **place} | {name: plain(value) for name, value in self.metadata.items()}


class Tasks:
    """The tasks of a corpus or a concordance.

    Args:
        source: The corpus, a task for each document; or the concordance, a task for each line.
        codes: Codes that the texts have, as in `codes_argument`; those of a concordance have the offsets of its nodes.
        task: "spans" to mark parts of texts, "categories" to code texts or lines as a whole, None for "spans" of a
            corpus and "categories" of a concordance.
        within: How much of its document a line shows, "paragraph" or "document".
        metadata: Columns of documents; None for all.
        takes_both: Whether codes of spans and of whole documents have a place.

    Attributes:
        changes: What became different in what was written, and how often.
    """

    def __init__(
        self,
        source: CorpusView | Concordance,
        codes: pl.DataFrame | None,
        *,
        task: str | None,
        within: str,
        metadata: str | Sequence[str] | None,
        takes_both: bool = False,
    ) -> None:
        self.lines = source.frame if isinstance(source, Concordance) else None
        self.corpus = source.corpus if isinstance(source, Concordance) else expect_corpus(source, "source")
        self.task = choose(task or ("spans" if self.lines is None else "categories"), TASKS, "task")
        self.codes = codes_argument(codes, self.corpus)
        self.changes: Counter[str] = Counter()
        self._within = choose(within, ("paragraph", "document"), "within")
        self.columns = metadata_columns(self.corpus, metadata)
        schema = self.corpus.all_documents().collect_schema()
        self.types = {new: schema[name] for name, new in self.columns.items()}
        self._expect_fit(takes_both)

    def _expect_fit(self, takes_both: bool) -> None:
        """Raise InputError if there are codes that the tasks have no place for."""
        if takes_both and self.lines is None:
            return
        if self.lines is not None:
            odd = self.codes.join(self.lines.select("document", "start", "end"), how="anti", on=_SPAN)
            expected, hint = "those of nodes of these lines", "Lines.code(sheet) returns such a table."
        elif self.task == "spans":
            odd = self.codes.filter(pl.col("start").is_null())
            expected, hint = "those of spans", "task='categories' exports those of whole documents."
        else:
            odd = self.codes.filter(pl.col("start").is_not_null())
            expected, hint = "those of whole documents", "task='spans' exports those of spans."
        if odd.height:
            raise InputError(f"codes must be {expected}, got {odd.height:,} others of {self.codes.height:,}. {hint}")

    def code_names(self, codebook: Sequence[str]) -> list[str]:
        """Return the codes that coders choose from: those of a codebook, and those that texts have."""
        return list(dict.fromkeys([*codebook, *self.codes["code"].unique().sort()]))

    def __iter__(self) -> Iterator[Task]:
        """Yield the tasks, those of lines in the order of the documents."""
        marks = self.codes.partition_by("document", as_dict=True)
        wanted = None if self.lines is None else self.lines.partition_by("document", as_dict=True)
        for row in documents_of(self.corpus, self.columns, None if wanted is None else [key[0] for key in wanted]):
            text, found = flat(row["text"]), marks.get((row["document"],))
            if text != row["text"]:
                self.changes[_FLAT] += 1
            given = [] if found is None else [Mark(*each) for each in found.drop("document").iter_rows()]
            for mark in given:
                if mark.end is not None and mark.end > len(text):
                    raise invalid("codes", f"within the {len(text):,} code points of {row['id']!r}", mark.end)
            labels = {new: row[name] for name, new in self.columns.items()}
            task = Task(row["document"], row["id"], text, marks=given, metadata=labels)
            if wanted is None:
                yield task
            else:
                yield from self._lines_of(task, wanted[row["document"],], row)

    def _lines_of(self, task: Task, lines: pl.DataFrame, row: dict[str, Any]) -> Iterator[Task]:
        units = sorted((each["start"], each["end"]) for each in [row["headline"], *row["paragraphs"]] if each)
        begins = [start for start, _ in units]
        for start, end in lines.select("start", "end").sort("start").iter_rows():
            low, high = 0, len(task.text)
            if self._within == "paragraph" and units:
                low = min(start, units[max(bisect_right(begins, start) - 1, 0)][0])
                high = max(end, units[max(bisect_right(begins, end - 1) - 1, 0)][1])
            marks = [mark for mark in task.marks if (mark.start, mark.end) == (start, end)]
            yield Task(task.document, task.id, task.text[low:high], low, (start, end), marks, task.metadata)


def documents_of(corpus: CorpusView, columns: Iterable[str], rows: list[int] | None = None) -> Iterator[dict[str, Any]]:
    """Yield documents as read, with headline, paragraphs and some columns; all that are selected, or some rows."""
    scan = corpus.with_whole_texts().documents
    if rows is not None:
        scan = scan.filter(pl.col("document").is_in(pl.Series(rows, dtype=pl.UInt32).implode()))
    wanted = scan.select(exactly("document", "id", "text", "headline", "paragraphs", *columns))
    for batch in wanted.collect_batches(maintain_order=True):
        yield from batch.iter_rows(named=True)


def flat(text: str) -> str:
    r"""Return a text whose line breaks and control characters no program changes, with as many code points.

    >>> flat("خبر\r\nقال\rثم") == "خبر \nقال\nثم"
    True
    """
    return text.replace("\r\n", " \n").translate(_CONTROLS) if _CONTROL.search(text) else text


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: dates in ISO 8601, lists as they are."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else jsonable(value)


def metadata_columns(corpus: CorpusView, metadata: str | Sequence[str] | None) -> dict[str, str]:
    """Return the columns of documents that are exported, and the names that they get beside those of `OWN_KEYS`."""
    free = [name for name in corpus.label_columns() if name not in _COMPUTED]
    if metadata is None:
        chosen = free
    else:
        chosen = [choose(name, free, "metadata") for name in names(metadata, "metadata")]
    return stored_names(chosen, OWN_KEYS)


def codes_argument(codes: pl.DataFrame | None, corpus: CorpusView) -> pl.DataFrame:
    """Return codes as a table of document, start, end, code and coder, in this order.

    Args:
        codes: A table with the columns document (row number) or id, code, perhaps coder, and start and end (code
            points), which are null or absent for codes of whole documents. Rows without a code are left out.
        corpus: The corpus of the documents.

    Raises:
        InputError: If it is no such table, or names documents or places that there are not.
    """
    if codes is None:
        return pl.DataFrame(schema=_SCHEMA)
    if not isinstance(codes, pl.DataFrame):
        raise invalid("codes", "a DataFrame", codes)
    if "code" not in codes.columns or not {"document", "id"} & set(codes.columns):
        raise InputError("codes must be a table with the columns code, and document or id.")
    if ("start" in codes.columns) != ("end" in codes.columns):
        raise InputError("codes must be a table with both start and end, or with neither, got one of them.")
    given = codes.filter(pl.col("code").is_not_null())
    if "document" not in given.columns:
        known = pl.DataFrame([corpus.labels("document", selected=False), corpus.labels("id", selected=False)])
        given = given.join(known, on="id", how="left", maintain_order="left")
    absent = [name for name in _SCHEMA if name not in given.columns]
    given = given.with_columns(pl.lit(None, _SCHEMA[name]).alias(name) for name in absent)
    try:
        given = given.select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
    except pl.exceptions.PolarsError:
        raise InputError("codes must have offsets that are whole numbers, and codes that are texts.") from None
    _expect_places(given, corpus)
    return given.unique(maintain_order=True).sort("document", "start", "end", "code", "coder")


def _expect_places(codes: pl.DataFrame, corpus: CorpusView) -> None:
    rows = pl.Series(corpus.selected_documents()).implode()
    odd = codes.filter(~pl.col("document").is_in(rows).fill_null(False))
    if odd.height:
        raise InputError(f"codes must be of documents of this corpus, got {odd.height:,} of others.")
    odd = codes.filter(
        (pl.col("start").is_null() != pl.col("end").is_null()) | (pl.col("start") >= pl.col("end")).fill_null(False)
    )
    if odd.height:
        raise InputError(f"codes must have a start below their end, got {odd.row(0)[1:3]}.")
    if codes.filter(pl.col("code").is_in(["", HIT])).height:
        raise InputError(f"codes must not be empty or {HIT!r}, which stands for lines without one.")


def codebook_argument(codebook: object) -> list[str]:
    """Return the names of codes: given as a list, or as a table of `ck.read_codebook`."""
    if isinstance(codebook, pl.DataFrame) and "code" in codebook.columns:
        codebook = codebook["code"].drop_nulls().cast(pl.String).to_list()
    found = names(codebook, "codebook")
    if any(not name or name == HIT for name in found):
        raise invalid("codebook", f"names of codes, not empty and not {HIT!r}", found)
    return found


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """Open a file that gets this path when the block ends, so that it is complete or as it was.

    Raises:
        InputError: If it cannot be written.
    """
    aside = beside(path, "part")
    try:
        with durable(aside, path) as file:
            yield file
        move(aside, path, replace=True)
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
