"""`ck.validate`: a stratified sample of a table of spans, in context, as a sheet to be judged by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, names
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.hashing import hashed
from corpus_kit._base.metadata import exactly
from corpus_kit._base.records import attach, provenance_of, table_of
from corpus_kit.corpus.files import open_corpus
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid

__all__ = ["ALLOCATIONS", "NOTE", "SPAN", "STRATUM", "STRATUM_ROWS", "validate"]

ALLOCATIONS = ("proportional", "equal")
SPAN = ("id", "start", "end")
NOTE, STRATUM, STRATUM_ROWS = "note", "stratum", "stratum_rows"

_PLACE = ("document", "start", "end")
_CONTEXT = ("before", "node", "after")
_OWN = {*SPAN, "document", "surface", *_CONTEXT, NOTE, STRATUM, STRATUM_ROWS}  # the sheet has its own
_USUAL_STRATA = ("tier", "speaker_source", "rule", "kind", "category")
_LONGEST_WORD = 40  # code points; of the text that is cut for words of context
_LINE_BREAK = " ¶ "
_WORD = re.compile(r"\S+")


def validate(
    table: pl.DataFrame,
    *,
    corpus: CorpusView | None = None,
    n: int = 60,
    by: str | Sequence[str] | None = None,
    allocation: str = "proportional",
    questions: str | Sequence[str] = "verdict",
    context: int = 40,
    seed: int = 0,
) -> pl.DataFrame:
    """Draw a stratified sample of a table of spans, with their context, to be judged by hand.

    Save the sheet (`ck.save`), write right or wrong into its empty columns, and let `ck.precision` compute how often
    the table is right, with intervals. A second reader takes a copy.

    The rows of each stratum are put in random order, and the strata are interleaved, so that the first rows of a sheet
    are a stratified sample too: whoever stops earlier loses nothing, and a larger sample begins with the smaller one.

    Args:
        table: A table with the columns document (or id), start and end, such as those of `ck.news.quotations`,
            `ck.news.boilerplate`, `ck.news.dates` or `ck.kwic`, all or some of its rows. Rows of one span are one item.
        corpus: The corpus of the table. None takes the open corpus that the record of the table names.
        n: The number of items; all of them if there are no more.
        by: The columns of the table, or metadata of the corpus, whose values make the strata. None takes the first of
            tier, speaker_source, rule, kind and category that the table has; () makes no strata.
        allocation: "proportional" draws from each stratum in proportion to its size, "equal" the same number from
            each, as far as it has them, so that rare ones can be judged too.
        questions: What is to be judged, each a column of that name: "verdict", or several, such as
            ["is_speech", "speaker_right"].
        context: Words before and after.
        seed: Seed of the sample.

    Returns:
        A DataFrame in the order in which items were drawn: id (String), start, end (UInt32: code points), before, node,
        after (String: ¶ stands for a line break), the questions and note (String, empty), the columns of the table that
        hold texts, dates or true and false, stratum (String: the values that make it, joined by |), stratum_rows
        (UInt32: the items of the stratum in the table).

    Raises:
        InputError: If an argument is invalid, the table has no spans of the corpus, or no open corpus is that of the
            table.

    References:
        Cochran, W. G. (1977). Sampling Techniques, 3rd ed., chapter 5 (stratified random sampling).

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> table = ck.news.boilerplate(corpus, by="outlet")
        >>> sheet = ck.validate(table, n=20, by="kind", seed=1)
        >>> sheet["stratum"].value_counts(sort=True).rows()
        [('share', 6), ('footer', 4), ('caption', 4), ('credit', 3), ('related', 3)]
        >>> judged = sheet.with_columns(verdict=pl.lit("right"))
        >>> ck.precision(judged).select("stratum", "judged", "precision_low").row(0)
        (None, 20, 0.837...)
    """
    rows = table_of(table)
    view = _corpus_of(rows, corpus)
    count = integer(n, "n", least=1)
    window = integer(context, "context", least=0)
    start = integer(seed, "seed", least=0)
    choose(allocation, ALLOCATIONS, "allocation")
    asked = names(questions, "questions")
    strata = _strata(rows, view, by)
    items = _with_strata(_items(rows, view, strata), view, strata)
    _check_questions(asked, items)
    labels = _labels(items, strata)
    drawn, sizes = _drawn(items, labels, allocation, count, start)
    sheet = _sheet(items[drawn], view, window, asked).with_columns(
        labels.gather(drawn).alias(STRATUM), pl.Series(STRATUM_ROWS, sizes[drawn], pl.UInt32)
    )
    options = {
        "n": count, "by": strata, "allocation": allocation, "questions": asked, "context": window, "seed": start,
        "items": items.height, "table": provenance_of(rows),
    }  # fmt: skip
    return attach(sheet, "ck.validate", options, corpus=view)


def _check_questions(questions: list[str], items: pl.DataFrame) -> None:
    taken = {*SPAN, *_CONTEXT, NOTE, STRATUM, STRATUM_ROWS, *items.columns}
    for number, name in enumerate(questions):
        if name in taken or name in questions[:number]:
            raise invalid("questions", "names that no other column has", name, f"{name + '_right'!r} would do.")
    if not questions:
        raise invalid("questions", "at least one name", questions)


def _corpus_of(table: pl.DataFrame, corpus: object) -> CorpusView:
    """Return the corpus of a table: the one that was given, or an open one with the id in its record."""
    if corpus is not None:
        return expect_corpus(corpus)
    record = provenance_of(table) or {}
    files = open_corpus(record.get("corpus_id"))
    if files is None:
        raise InputError("corpus must be the corpus of the table, got None, and no open corpus is that of its record.")
    return CorpusView(files)


def _items(table: pl.DataFrame, corpus: CorpusView, strata: list[str]) -> pl.DataFrame:
    """Return one row for each span, with document (row number), start, end, and the columns that are shown."""
    frame = table if "document" in table.columns or "id" not in table.columns else _with_documents(table, corpus)
    absent = [name for name in _PLACE if name not in frame.columns]
    if absent:
        raise InputError(f"table must be a table of spans with the columns {', '.join(_PLACE)}, got no {absent[0]!r}.")
    if any(not (frame[name].dtype.is_integer() or frame[name].dtype == pl.String) for name in _PLACE):
        raise InputError(f"table must have whole numbers in {', '.join(_PLACE)}.")
    frame = frame.with_columns(pl.col(_PLACE).cast(pl.Int64, strict=False))  # a .csv file has texts
    place = frame.select(_PLACE)
    size = corpus.total_documents
    bad = place.filter(
        pl.any_horizontal(pl.col(_PLACE).is_null(), pl.col(_PLACE) < 0)
        | (pl.col("document") >= size)
        | (pl.col("start") > pl.col("end"))
    )
    if bad.height:
        hint = " Leave out the rows without a span: table.drop_nulls('start')." if None in bad.row(0)[1:] else ""
        raise InputError(f"table must have spans of the {size:,} documents of the corpus, got {bad.row(0)}.{hint}")
    if frame.is_empty():
        raise InputError("table must have rows to draw from, got none.")
    shown = frame.select(*_PLACE, *(exactly(name) for name in _shown(frame, strata)))
    if not shown.select(_PLACE).is_duplicated().any():
        return shown
    values = pl.exclude(_PLACE).cast(pl.String).drop_nulls().unique(maintain_order=True)
    return shown.group_by(_PLACE, maintain_order=True).agg(values.str.join(" | "))


def _with_documents(table: pl.DataFrame, corpus: CorpusView) -> pl.DataFrame:
    ids = corpus.labels("id", selected=False)
    known = pl.DataFrame({"id": ids, "document": np.arange(len(ids), dtype=np.uint32)})
    return table.with_columns(pl.col("id").cast(pl.String)).join(known, on="id", how="left", maintain_order="left")


def _shown(table: pl.DataFrame, strata: list[str]) -> list[str]:
    """Return the columns of a table that help to judge a row, and those that make strata."""
    kinds = (pl.String, pl.Enum, pl.Categorical, pl.Boolean, pl.Date, pl.Datetime)
    helps = {name for name, dtype in table.schema.items() if isinstance(dtype, kinds) and not _are_numbers(table[name])}
    return [name for name in table.columns if name in (helps | {*strata}) - _OWN]


def _are_numbers(column: pl.Series) -> bool:
    """Return whether a column of texts has only numbers, as a .csv file has."""
    if column.dtype != pl.String or column.null_count() == len(column):
        return False
    return column.cast(pl.Float64, strict=False).null_count() == column.null_count()


def _strata(table: pl.DataFrame, corpus: CorpusView, by: str | Sequence[str] | None) -> list[str]:
    own = {name for name, dtype in table.schema.items() if dtype.is_nested() or dtype in (pl.Binary, pl.Object)} | _OWN
    if by is None:
        return [name for name in _USUAL_STRATA if name in table.columns and name not in own][:1]
    wanted = names(by, "by")
    allowed = [name for name in dict.fromkeys([*table.columns, *corpus.label_columns()]) if name not in own]
    for number, name in enumerate(wanted):
        choose(name, allowed, "by")
        if name in wanted[:number]:
            raise invalid("by", "different columns", wanted)
    return wanted


def _with_strata(items: pl.DataFrame, corpus: CorpusView, strata: list[str]) -> pl.DataFrame:
    """Return the items with the metadata of their documents that make strata."""
    added = [name for name in strata if name not in items.columns]
    return items.with_columns(corpus.labels(name, selected=False).gather(items["document"]) for name in added)


def _labels(items: pl.DataFrame, strata: list[str]) -> pl.Series:
    """Return the stratum of each item."""
    if not strata:
        return pl.repeat("–", items.height, dtype=pl.String, eager=True)
    texts = [items[name].cast(pl.String).fill_null("–").alias(str(number)) for number, name in enumerate(strata)]
    return pl.DataFrame(texts).select(pl.concat_str(pl.all(), separator=" | ")).to_series()


def _drawn(items: pl.DataFrame, labels: pl.Series, allocation: str, n: int, seed: int) -> tuple[Integers, Integers]:
    """Return the rows that are drawn, in their order, and for each row the size of its stratum.

    The rows of a stratum of size N get the ranks 0, 1, … in random order. Sorted by (rank + u) / N, u a random number
    below 1 of the stratum, the first n rows have n N / total of each stratum, up to one; sorted by rank, as many.
    """
    document, begin, end = (items[name].to_numpy() for name in _PLACE)
    dice = hashed(hashed((document << 32) + begin, seed) + end.astype(np.uint64), seed)
    stratum = labels.rank("dense").to_numpy().astype(np.int64) - 1
    order = np.lexsort((dice, stratum))
    sizes = np.bincount(stratum)
    rank = np.empty(len(stratum), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place: Floats = rank.astype(np.float64)
    if allocation == "proportional":
        phase = hashed(np.arange(len(sizes)), seed) / 2.0**64
        place = (rank + phase[stratum]) / sizes[stratum]
    return np.lexsort((dice, place))[:n], sizes[stratum]


def _sheet(items: pl.DataFrame, corpus: CorpusView, window: int, questions: list[str]) -> pl.DataFrame:
    """Return the columns of the sheet up to the strata."""
    documents = items["document"].to_numpy()
    with reading(corpus.path):
        rows = pl.Series(np.unique(documents), dtype=pl.UInt32)
        texts = corpus.all_documents().filter(pl.col("document").is_in(rows.implode())).select("document", "text")
        text_of = dict(texts.collect().iter_rows())
    lines = [_line(text_of[row], begin, end, window) for row, begin, end in items.select(_PLACE).iter_rows()]
    nothing = {name: pl.Series(name, [None] * items.height, pl.String) for name in (*questions, NOTE)}
    columns: list[Any] = [
        corpus.ids(documents),
        *(items[name].cast(pl.UInt32) for name in ("start", "end")),
        *(pl.Series(name, column, pl.String) for name, column in zip(_CONTEXT, zip(*lines, strict=True), strict=True)),
        *nothing.values(),
        *(items[name] for name in items.columns[3:]),
    ]
    return pl.DataFrame(columns)


def _line(text: str, start: int, end: int, window: int) -> tuple[str, str, str]:
    """Return a span of a text and so many words before and after it."""
    if end > len(text):
        raise InputError(f"table must have spans of the texts of the corpus, got one that ends at {end:,}.")
    reach = window * _LONGEST_WORD
    before, after = text[max(0, start - reach) : start], text[end : end + reach]
    first = [word.start() for word in _WORD.finditer(before)][-window:] if window else []
    last = [word.end() for word in _WORD.finditer(after)][:window]
    cut = before[first[0] :] if first else "", text[start:end], after[: last[-1]] if last else ""
    return tuple(_LINE_BREAK.join(part.split("\n")) for part in cut)  # type: ignore[return-value]
