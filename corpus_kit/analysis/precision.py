"""`ck.precision`: how often a table is right, from the verdicts of readers on a sample of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import names, proportion
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.metadata import exactly, listed
from corpus_kit._base.records import as_frame, attach
from corpus_kit.analysis.validate import NOTE, SPAN, STRATUM, STRATUM_ROWS
from corpus_kit.coding.join_codes import code_texts, joined_codes, table_of_file
from corpus_kit.errors import InputError, invalid, nearest, shown
from corpus_kit.measures import krippendorff_alpha, percent_agreement
from corpus_kit.measures.proportions import wilson

__all__ = ["precision"]

Sheet = pl.DataFrame | str | PathLike[str]

_RIGHT = ("right", "correct", "yes", "true", "1", "1.0", "y", "صحيح", "صحيحة", "صح", "صواب", "نعم", "✓", "✔")
_WRONG = ("wrong", "incorrect", "no", "false", "0", "0.0", "n", "خطأ", "خطا", "خاطئ", "خاطئة", "لا", "✗", "✘")
_UNDECIDED = ("?", "؟", "doubtful", "undecided", "unsure", "غير واضح")
_VERDICTS = {
    **dict.fromkeys(_RIGHT, "right"), **dict.fromkeys(_WRONG, "wrong"), **dict.fromkeys(_UNDECIDED, "undecided"),
}  # fmt: skip


def precision(
    sheets: Sheet | Sequence[Sheet],
    *,
    questions: str | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Compute how often a table is right, from a sheet of `ck.validate` that readers have filled in.

    Args:
        sheets: The sheet, a file (.csv, .tsv, .parquet, .xlsx, .xls, .ods) or a table; or a list of the sheets of
            several readers, who judged the same items.
        questions: The columns with the verdicts. None takes those between after and note, where `ck.validate` puts
            them. A verdict is right, yes, true, 1, ✓ or صحيح; wrong, no, false, 0, ✗ or خطأ; or ?, doubtful,
            undecided. An empty cell is not judged; blank rows are left out.
        by: Columns of the sheet whose values get rows of their own; None takes the strata.
        confidence: Confidence level of the intervals.

    Returns:
        A DataFrame with a row for each question and all items together, whose stratum (or `by`) is null, then one for
        each value in the order of the sheet: question (String), stratum or the columns of `by` (String), rows (Int64:
        the items of the stratum in the table; null with `by`), judged, right (Int64), precision, precision_low,
        precision_high (Float64; null where nothing is judged), undecided, empty (Int64: items without a verdict),
        agreement, alpha (Float64: the share of pairs of readers' verdicts that agree, and Krippendorff's alpha; null
        with one sheet).

    Note:
        An item of stratum h has the weight w = N_h / n_h, N_h the items of the stratum in the table and n_h those
        judged, so that strata count by their size in the table. precision = sum of w over the right items / sum of w
        over the judged ones. The interval is Wilson's for this share of n_eff = (sum w)^2 / sum w^2 items (Kish 1965);
        within a stratum, and where allocation is proportional, it is Wilson's of the plain counts. Of several readers
        more than half decide; where they do not, the item is undecided. Undecided items count neither as right nor as
        wrong: discuss them, and state how many there were.

    Raises:
        InputError: If an argument is invalid, if a sheet cannot be read, lacks a column, has a row without an item or
            two rows for one, if a verdict is none of these, or if the sheets share no item.

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22, 209-212.
        Kish, L. (1965). Survey Sampling, sections 8.2 and 11.7. Krippendorff, K. (2011). Computing Krippendorff's
        alpha-reliability.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> sheet = pl.DataFrame({
        ...     "id": ["a", "b", "c"], "start": [0, 0, 0], "end": [9, 9, 9], "verdict": ["right", "wrong", "yes"],
        ... })
        >>> ck.precision(sheet, questions="verdict").select("judged", "right", "precision").row(0)
        (3, 2, 0.6666666666666666)
    """
    level = proportion(confidence, "confidence")
    given = list(sheets) if isinstance(sheets, list | tuple) else [sheets]
    if not given:
        raise invalid("sheets", "a sheet or a list of sheets", sheets)
    tables = [_table(sheet) for sheet in given]
    asked = _questions(tables[0], questions)
    columns = [STRATUM] if by is None else names(by, "by")
    _check(tables, asked, [] if by is None else columns)
    first = _with_strata(tables[0])
    parts = [
        _question(first, question, _verdicts(tables, question), columns, level=level, has_sizes=by is None)
        for question in asked
    ]
    options = {"questions": asked, "by": None if by is None else columns, "confidence": level, "readers": len(tables)}
    return attach(pl.concat(parts), "ck.precision", options)


def _table(sheet: Any) -> pl.DataFrame:
    """Return a sheet, with one row for each item."""
    table = as_frame(sheet, "sheets")
    if isinstance(table, str | PathLike):
        table = table_of_file(Path(table), "sheets")
    if not isinstance(table, pl.DataFrame):
        raise invalid("sheets", "files or tables", sheet)
    _expect(table, SPAN)
    table = table.filter(~pl.all_horizontal(pl.all().is_null()))  # spreadsheets end in blank rows
    place = table.select(pl.col("id"), *(_whole(table[name]) for name in SPAN[1:]))
    bad = table.filter(pl.any_horizontal(place.select(pl.all().is_null())))
    if bad.height:
        raise InputError(f"sheets must have an id, a start and an end in each row, got {bad.select(SPAN).row(0)}.")
    twice = table.filter(table.select(exactly(name) for name in SPAN).is_duplicated())
    if twice.height:
        raise InputError(f"sheets must have one row for each item, got {twice.select(SPAN).row(0)} more than once.")
    return table


def _whole(column: pl.Series) -> pl.Series:
    """Return the whole numbers of a column, null for all else."""
    readable = column.dtype.is_numeric() or column.dtype in (pl.String, pl.Null)
    return (column if readable else pl.Series(column.name, [None] * len(column))).cast(pl.Int64, strict=False)


def _expect(table: pl.DataFrame, columns: Iterable[str]) -> None:
    for name in columns:
        if name not in table.columns:
            hint = nearest(name, table.columns) or f"It has {listed(table.columns)}."
            raise InputError(f"sheets must be tables with the column {name!r}. {hint}")


def _questions(table: pl.DataFrame, questions: str | Sequence[str] | None) -> list[str]:
    if questions is not None:
        return names(questions, "questions")
    found = []
    if {"after", NOTE} <= set(table.columns):
        found = table.columns[table.columns.index("after") + 1 : table.columns.index(NOTE)]
    if not found:
        raise InputError("sheets must have a column of verdicts between after and note. questions= names another.")
    return found


def _check(tables: list[pl.DataFrame], questions: list[str], by: list[str]) -> None:
    if not questions or len(set(questions)) < len(questions):
        raise invalid("questions", "at least one column, each once", questions)
    taken = [name for name in by if name == "question" or name in _SCHEMA]
    if taken or len(set(by)) < len(by):
        raise invalid("by", "columns, each once, with names that the result does not have", by)
    for table in tables:
        _expect(table, questions)
    _expect(tables[0], by)
    for name in [*by, STRATUM]:
        if name in tables[0].columns and tables[0][name].dtype.is_nested():
            raise InputError(f"sheets must have texts or numbers in the column {name!r}.")


def _with_strata(table: pl.DataFrame) -> pl.DataFrame:
    """Return a sheet with its strata; one that has none is one stratum, and sizes that it has not are null."""
    usual = {STRATUM: "–", STRATUM_ROWS: None}
    table = table.with_columns(pl.lit(usual[name]).alias(name) for name in usual if name not in table.columns)
    sizes = _whole(table[STRATUM_ROWS])
    return table.with_columns(pl.col(STRATUM).cast(pl.String), sizes.set(sizes < 1, None))


def _verdicts(tables: list[pl.DataFrame], question: str) -> pl.DataFrame:
    """Return the verdict of each reader on each item of the first sheet: right, wrong, undecided or null."""
    known = [table.with_columns(_known(table, question)) for table in tables]
    if len(known) == 1:
        return known[0].select(exactly(question).alias("0"))
    readers = [f"reader{number}" for number in range(1, len(known) + 1)]
    joined, found, _ = joined_codes(known, readers, question, list(SPAN))
    key = joined.select(*SPAN, *found)
    mine = known[0].select(pl.col("id").cast(pl.String), pl.col("start", "end").cast(pl.UInt32))
    return mine.join(key, on=SPAN, how="left", maintain_order="left").select(found)


def _known(table: pl.DataFrame, question: str) -> pl.Series:
    column = table[question]
    texts = code_texts(column.cast(pl.String) if column.dtype == pl.Boolean else column).str.to_lowercase()
    verdicts = texts.replace_strict(_VERDICTS, default=None, return_dtype=pl.String)
    bad = table.with_columns(texts).filter(verdicts.is_null() & texts.is_not_null())
    if bad.height:
        place = ":".join(map(str, bad.select(SPAN).row(0)))
        value = f"{shown(bad[question][0])} ({place})"
        raise InputError(f"{question} must be right, wrong, ? or empty in each row, got {value}.")
    return verdicts


def _majority(verdicts: pl.DataFrame) -> pl.Series:
    """Return the verdict of more than half of the readers who gave one; undecided without one, null if none did."""
    given = pl.sum_horizontal(pl.all().is_not_null())
    right, wrong = (pl.sum_horizontal((pl.all() == verdict).fill_null(False)) for verdict in ("right", "wrong"))
    chosen = pl.when(given == 0).then(None).when(2 * right > given).then(pl.lit("right"))
    chosen = chosen.when(2 * wrong > given).then(pl.lit("wrong"))
    return verdicts.select(chosen.otherwise(pl.lit("undecided")).alias("verdict")).to_series()


def _question(
    sheet: pl.DataFrame, question: str, verdicts: pl.DataFrame, by: list[str], *, level: float, has_sizes: bool
) -> pl.DataFrame:
    """Return the rows of one question."""
    verdict = _majority(verdicts)
    judged = verdict.is_in(["right", "wrong"])
    sizes = pl.DataFrame({"judged": judged, "stratum": sheet[STRATUM], "rows": sheet[STRATUM_ROWS]}).select(
        weight=(pl.col("rows").fill_null(1) / pl.col("judged").sum().over("stratum"))
    )
    weights = sizes["weight"] if sheet[STRATUM_ROWS].null_count() == 0 else pl.repeat(1.0, sheet.height, eager=True)
    groups = sheet.select(pl.col(name).cast(pl.String) for name in by)
    whole = [(dict.fromkeys(by), np.arange(sheet.height))]
    each = groups.with_row_index("rows").group_by(by, maintain_order=True).agg("rows").to_dicts() if by else []
    parts = [(row, np.array(row.pop("rows"))) for row in each]
    rows = [
        {"question": question, **values, **_rate(sheet[index], verdict[index], weights[index], verdicts[index], level)}
        for values, index in whole + parts
    ]
    schema = {"question": pl.String, **dict.fromkeys(by, pl.String), **_SCHEMA}
    table = pl.DataFrame(rows, schema=schema)
    floats = [name for name, dtype in _SCHEMA.items() if dtype == pl.Float64]
    table = table.with_columns(nan_as_null(table[name].to_numpy()).alias(name) for name in floats)
    return table if has_sizes else table.with_columns(rows=pl.lit(None, pl.Int64))


_SCHEMA: dict[str, Any] = {
    "rows": pl.Int64, "judged": pl.Int64, "right": pl.Int64, "precision": pl.Float64, "precision_low": pl.Float64,
    "precision_high": pl.Float64, "undecided": pl.Int64, "empty": pl.Int64, "agreement": pl.Float64,
    "alpha": pl.Float64,
}  # fmt: skip


def _rate(
    sheet: pl.DataFrame, verdict: pl.Series, weights: pl.Series, verdicts: pl.DataFrame, level: float
) -> dict[str, Any]:
    """Return the figures of some items."""
    judged, right = verdict.is_in(["right", "wrong"]), verdict == "right"
    weight, is_right = weights.filter(judged).to_numpy(), right.filter(judged).to_numpy()
    share, low, high = np.nan, np.nan, np.nan
    if len(weight):
        share = weight[is_right].sum() / weight.sum()
        effective = weight.sum() ** 2 / (weight**2).sum()
        low, high = wilson(share * effective, effective, level)
    agreed, alpha = np.nan, np.nan
    if verdicts.width > 1 and verdicts.select(pl.sum_horizontal(pl.all().is_not_null()) > 1).to_series().any():
        codes = verdicts.get_columns()
        agreed, alpha = percent_agreement(codes), krippendorff_alpha(codes)
    sizes = sheet.select(STRATUM, STRATUM_ROWS).unique()
    return {
        "rows": None if sizes[STRATUM_ROWS].null_count() else sizes[STRATUM_ROWS].sum(),
        "judged": judged.sum(), "right": right.sum(), "precision": share, "precision_low": low, "precision_high": high,
        "undecided": (verdict == "undecided").sum(), "empty": verdict.null_count(),
        "agreement": agreed, "alpha": alpha,
    }  # fmt: skip
