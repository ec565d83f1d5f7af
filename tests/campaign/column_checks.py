"""What must hold for columns that users bring, through every function that takes one."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

import corpus_kit as ck
from corpus_kit._base.spreadsheets import guarded
from corpus_kit.errors import CorpusKitError

from .column_tables import DATE, DOCUMENT_COLUMNS, ID, LINE_COLUMNS, TEXT, WORD, source
from .part import BrokenPromiseError, Refused, attempt


@cache
def actors() -> ck.news.Gazetteer:
    """Return the states of the texts; the built-in list would take most of the time of a case."""
    rows = "".join(f'[[actor]]\nid = "{id}"\nkind = "state"\nnames = ["{name}"]\n' for id, name in STATES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "actors.toml")
        path.write_text(rows, encoding="utf-8")
        return ck.news.Gazetteer.read(path, base=None)


STATES = (("FR", "فرنسا"), ("DE", "ألمانيا"))
GROUPED: dict[str, Callable[[ck.Corpus, str], pl.DataFrame]] = {
    "frequency": lambda corpus, by: ck.frequency(corpus, by=by),
    "frequency with intervals": lambda corpus, by: ck.frequency(corpus, by=by, n_bootstrap=5),
    "ngrams": lambda corpus, by: ck.ngrams(corpus, by=by, min_count=1),
    "count_ngram_ids": lambda corpus, by: ck.count_ngram_ids(corpus, 2, by=by)[0],
    "count_ngrams of characters": lambda corpus, by: ck.count_ngrams(corpus, 3, by=by, level="character"),
    "dispersion": lambda corpus, by: ck.dispersion(corpus, by=by),
    "diversity": lambda corpus, by: ck.diversity(corpus, by=by),
    "bursts": lambda corpus, by: ck.news.bursts(corpus, WORD, by=by, s=1.1),
    "labels": lambda corpus, by: ck.news.labels(corpus, actors(), by=by, every="month"),
    "label_log_odds": lambda corpus, by: ck.news.label_log_odds(corpus, actors(), by=by),
    "network": lambda corpus, by: ck.news.network(corpus, actors(), by=by),
    "nodes": lambda corpus, by: ck.news.nodes(corpus, actors(), by=by),
    "frame_rates": lambda corpus, by: ck.news.frame_rates(corpus, by=by, every="month", n_bootstrap=5),
    "near_duplicates": lambda corpus, by: ck.news.near_duplicates(corpus, by=by, threshold=0.01, n=1, min_shingles=1),
}
# Functions that take a column of labels which is not part of the result.
USING: dict[str, Callable[[ck.Corpus, str], Any]] = {
    "boilerplate": lambda corpus, by: ck.news.boilerplate(corpus, by=by, min_documents=2, min_words=1),
    "dispersion over parts": lambda corpus, by: ck.dispersion(corpus, parts=by),
    "plot.dispersion": lambda corpus, by: ck.plot.dispersion(ck.kwic(corpus, WORD), by=by),
}
ENDINGS = (".csv", ".tsv", ".jsonl", ".xlsx", ".html", ".parquet", ".ipc")


def require(holds: object, what: str) -> None:
    """Break the promise unless something holds."""
    if not holds:
        raise BrokenPromiseError(what[:2_000])


def same(one: pl.Series, other: pl.Series) -> bool:
    """Return whether two columns have the same type and values, whatever their names; NaN is NaN."""
    return one.dtype == other.dtype and one.alias("").equals(other.alias(""), null_equal=True)


def groups_of(column: pl.Series) -> pl.Series:
    """Return the place of the first row with the same value as text, null for null."""
    value = column.alias("") if column.dtype != pl.Object else pl.Series([0] * len(column))  # no corpus takes objects
    rows = [value[row : row + 1] for row in range(len(value))]
    first = [next(place for place in range(row + 1) if rows[place].equals(rows[row])) for row in range(len(value))]
    return pl.Series(
        [None if rows[row].null_count() else str(place) for row, place in enumerate(first)], dtype=pl.String
    )


class Checked:
    """A corpus with columns of a user, beside columns of plain names that group the documents alike.

    Args:
        folder: An empty folder.
        columns: The columns of the user.
        step: What is asked of one column at a time is asked of every step-th.
    """

    def __init__(self, folder: Path, columns: dict[str, pl.Series], step: int = 1) -> None:
        self.folder = folder
        self.groups = {
            f"\N{ARABIC LETTER BEH}{place}": groups_of(values) for place, values in enumerate(columns.values())
        }
        frame = source({**columns, **self.groups})
        self.corpus = ck.Corpus.build(frame, folder / "corpus", text=TEXT, id=ID, date=DATE, progress=False)
        renamed = self.corpus.manifest["source"]["renamed"]
        self.kept = {name: renamed.get(name, name) for name in columns}
        self.columns = {self.kept[name]: values for name, values in columns.items()}
        self.twin = dict(zip(self.columns, self.groups, strict=True))
        self.line = [name for name in self.columns if name not in LINE_COLUMNS]
        self.plain = ck.kwic(self.corpus, WORD).frame
        self._step = step

    def some(self, names: Iterable[str]) -> list[str]:
        """Return the columns about which it is asked one at a time."""
        return [*names][:: self._step]

    def values(self, name: str) -> pl.Series:
        """Return a column as a corpus keeps it: one without values is text."""
        given = self.columns[name]
        return given.cast(pl.String) if given.dtype == pl.Null else given

    def check_documents(self) -> None:
        """The documents have every column as it was given, under its name or one that says what it was."""
        for name, kept in self.kept.items():
            is_hers = kept.startswith(name) and not kept.removeprefix(name).strip("_")
            odd = name in (*DOCUMENT_COLUMNS, "", "*") or (name.startswith("^") and name.endswith("$"))
            require(is_hers and (kept != name) == odd, f"the column {name!r:.60} is kept as {kept!r:.60}")
        documents = self.corpus.documents.collect()
        require(len(set(documents.columns)) == len(DOCUMENT_COLUMNS) + 2 * len(self.columns), str(documents.columns))
        for name in self.columns:
            found, expected = documents[name], self.values(name)
            require(same(found, expected), f"documents[{name!r:.60}] is {found} instead of {expected}")
        for name in self.some(self.columns):
            found = self.corpus.labels(name)
            require(same(found, documents[name]), f"labels({name!r:.60}) is {found}")

    def check_filter(self) -> None:
        """A filter by a column selects what its values say."""
        for name in self.some(self.columns):
            part = self.corpus.filter(cs.by_name(name).is_null())
            require(len(part) == self.columns[name].null_count(), f"filter by {name!r:.60}: {len(part)} documents")

    def check_lines(self) -> None:
        """Lines keep their own columns, and show the others as they are; names of their own are refused."""
        for name in set(self.columns) & set(LINE_COLUMNS):
            refused = attempt(partial(ck.kwic, self.corpus, WORD, metadata=name), f"kwic(metadata={name!r})")
            require(isinstance(refused, Refused) and repr(name) in refused.message, f"kwic({name!r}): {refused}")
        lines = ck.kwic(self.corpus, WORD, metadata=self.line)
        require(lines.metadata == self.line, f"metadata is {lines.metadata}")
        self._check_line_columns(lines.frame, self.line)
        some = self.some(self.line)
        self._check_line_columns(ck.kwic(self.corpus, WORD, metadata=some).page(1, 1), some)
        for name in some:
            attempt(lambda name=name: ck.kwic(self.corpus, WORD, sort=name).frame, f"sort={name!r:.60}")  # type: ignore[misc]

    def _check_line_columns(self, frame: pl.DataFrame, names: Sequence[str]) -> None:
        own = frame.select(LINE_COLUMNS)
        require(own.equals(self.plain.head(frame.height)), f"own columns changed: {own}")
        require(frame.columns[len(LINE_COLUMNS) :][: len(names)] == list(names), f"columns are {frame.columns}")
        for name in names:
            expected = self.values(name).gather(own["document"])
            require(same(frame[name], expected), f"lines[{name!r:.60}] is {frame[name]} instead of {expected}")

    def check_coding(self) -> None:
        """The interactive concordance and sheets have the lines, the metadata and the codes."""
        some = [name for name in self.some(self.line) if name not in ("code", "note")]
        explorer = ck.explore(self.corpus, WORD, metadata=some, sheet=self.folder / "explored.csv")
        explorer.assign(0, "مع", note="ملاحظة")
        frame = explorer.frame
        self._check_line_columns(frame, some)
        require(frame["code"].to_list()[0] == "مع", f"codes are {frame['code']}")
        page = json.loads(json.dumps(explorer.get_state()["_page"]))
        require(all(len(line["labels"]) == len(some) for line in page["lines"]), "the page lacks labels")
        require(explorer._repr_mimebundle_(), "the interactive concordance cannot be shown")
        unread = [*some, *({"code"} & set(self.line))]
        read_only = ck.explore(self.corpus, WORD, metadata=unread, codes=())
        self._check_line_columns(read_only.frame, unread)
        json.dumps(read_only.get_state()["_page"])
        lines = ck.kwic(self.corpus, WORD, metadata=some)
        for _ in range(2):
            self._check_line_columns(lines.code(self.folder / "sheet.csv"), some)

    def check_files(self) -> None:
        """Tables can be shown, and saved in every format; names and types survive where the format has them."""
        lines = ck.kwic(self.corpus, WORD, metadata=self.line)
        shown = ck.show(lines)
        require("\x1b" not in str(shown) + shown.html, f"an escape sequence is shown as it is: {shown}")
        require("<b>x" not in shown.html, f"markup is shown as it is: {shown.html}")
        for ending in ENDINGS:
            _check_file(ck.save(lines, self.folder / f"lines{ending}"), ending, lines.frame)
        documents = self.corpus.documents.collect()
        str(ck.show(documents))
        _check_file(ck.save(documents, self.folder / "documents.csv"), ".csv", documents)

    def check_grouped(self, function: str, name: str) -> str:
        """Groups by a column are those of the plain column with the same groups, with the values as labels."""
        call, twin = GROUPED[function], self.twin[name]
        done = f"{function}(by={name!r:.60}) of {self.columns[name].dtype}"
        plain, found = call(self.corpus, twin), attempt(lambda: call(self.corpus, name), done)
        if isinstance(found, Refused):
            own = {*plain.columns, *OWN.get(function, ()), "period"}
            if function == "near_duplicates":
                own = {column.removeprefix("first_") for column in own}
            require(name in own and repr(name) in found.message, f"{done}: {found}")
            return "refused"
        prefixes = ("first_", "second_") if function == "near_duplicates" else ("",)
        labels = [f"{prefix}{twin}" for prefix in prefixes]
        label = f"{name}_" if function in ("network", "nodes") and name in plain.columns else name
        expected = dict(zip(labels, (f"{prefix}{label}" for prefix in prefixes), strict=True))
        require(found.columns == [expected.get(column, column) for column in plain.columns], f"{done}: {found.columns}")
        for column in plain.columns:
            values = found[expected.get(column, column)]
            if column in labels:
                rows = plain[column].cast(pl.UInt32)
                given = self.columns[name]
                given = given.cast(pl.String) if given.dtype == pl.Null else given
                require(
                    same(values, given.gather(rows)), f"{done}: labels are {values} instead of {given.gather(rows)}"
                )
            else:
                require(same(values, plain[column]), f"{done}: {column} is {values} instead of {plain[column]}")
        return "right"

    def check_using(self, function: str, name: str) -> None:
        """A result without the labels is that of the plain column with the same groups."""
        done = f"{function}(by={name!r:.60}) of {self.columns[name].dtype}"
        found = attempt(lambda: USING[function](self.corpus, name), done)
        require(not isinstance(found, Refused), f"{done}: {found}")
        if isinstance(found, pl.DataFrame):
            expected = USING[function](self.corpus, self.twin[name])
            require(found.equals(expected), f"{done}: {found} instead of {expected}")


# Columns that a table may have, beside those of the calls above.
OWN = {
    "frequency": ("per_million_low", "per_million_high", "n_bootstrap"),
    **dict.fromkeys(("ngrams", "count_ngram_ids", "count_ngrams of characters"),
                    ("ngram", "n", "count", "documents", *(f"w{place}" for place in range(1, 9)))),
    "near_duplicates": ("first_document", "first_id", "first_shingles"),
}  # fmt: skip


def _check_file(path: Path, ending: str, frame: pl.DataFrame) -> None:
    if ending == ".parquet":
        require(pl.read_parquet(path).equals(frame, null_equal=True), f"{ending}: other values")
    elif ending == ".ipc":
        require(pl.read_ipc(path).equals(frame, null_equal=True), f"{ending}: other values")
    elif ending in (".csv", ".tsv"):
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="," if ending == ".csv" else "\t"))
        columns = (guarded(frame.clear())[0] if ending == ".csv" else frame).columns
        require(rows[0] == columns and len(rows) == frame.height + 1, f"{ending}: {rows[0]}")
        require("decimal.Decimal" not in text and "datetime." not in text, f"{ending}: objects of Python: {text:.500}")
    elif ending == ".jsonl":
        rows_of_objects = [json.loads(line) for line in path.read_bytes().decode().rstrip("\n").split("\n")]
        require(all(list(row) == frame.columns for row in rows_of_objects), f"{ending}: other names")
        require(len(rows_of_objects) == frame.height, f"{ending}: {len(rows_of_objects)} rows")


def quietly(check: Callable[[], Any]) -> Any:
    """Run a check without warnings, such as those of groups without a burst."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return check()
        except CorpusKitError as error:
            raise BrokenPromiseError(f"refused: {type(error).__name__}: {error}") from error
