"""Commands on sheets that people fill in: metadata of documents, codes of several coders, verdicts of readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.metadata import type_name
from corpus_kit._base.records import attach
from corpus_kit.cli.options import Cite, Columns, CorpusPath, Language, Output, Top
from corpus_kit.cli.output import Shown, deliver, expect_showable, print_card
from corpus_kit.cli.twins import twin
from corpus_kit.coding.join_codes import table_of_file
from corpus_kit.errors import InputError

__all__ = ["agreement", "documents", "join_codes", "metadata", "precision", "validate"]

Sheets = Annotated[list[Path], typer.Argument(metavar="SHEET...", help="A sheet for each coder: .csv, .xlsx, ...")]
Coder = Annotated[
    list[str] | None,
    typer.Option("--coder", metavar="NAME", help="The name of a coder, in the order of the sheets; can be repeated."),
]
Code = Annotated[str | None, typer.Option("--code", help="The column with the codes. [default: code]")]


def _documents(corpus: ck.Corpus) -> pl.DataFrame:
    table = corpus.documents.select(corpus.label_columns()).collect()
    return attach(table, "Corpus.documents", {}, corpus=corpus)


documents = twin(_documents, name="documents")


def metadata(
    corpus: CorpusPath,
    table: Annotated[Path, typer.Argument(help="A .csv, .xlsx, .parquet, ... file with a row for each document.")],
    on: Annotated[str, typer.Option(help="The column of both by which rows find their documents.")] = "id",
    date: Annotated[str | None, typer.Option(help="The column of the file that becomes the date.")] = None,
    date_format: Annotated[str | None, typer.Option(help='How its dates are written: "dmy", "hijri", ...')] = None,
) -> None:
    """Add metadata of a file to the documents of a corpus, or change them."""
    opened = ck.Corpus.open(corpus)
    rows = _as_in(opened, table_of_file(table, "table"))
    if date is None and "date" in rows.columns and rows["date"].dtype != pl.Date:
        date = "date"  # a sheet has dates as texts or times
    print_card(opened.with_metadata(rows, on, date=date, date_format=date_format))


def _as_in(corpus: ck.Corpus, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a sheet, with the types that its columns have in the corpus; without what only it can know."""
    known = {name: corpus.labels(name).dtype for name in corpus.label_columns() if name in rows.columns}
    unknown = [name for name, dtype in known.items() if dtype.is_nested() or name in ("document", "tokens", "words")]
    for name, dtype in known.items():
        if name not in (*unknown, "date"):
            typed = rows[name].cast(dtype, strict=False)
            if lost := rows[name].filter(typed.is_null() & rows[name].is_not_null()).to_list():
                raise InputError(f"table must have {type_name(dtype)} in the column {name!r}, got {lost[0]!r}.")
            rows = rows.with_columns(typed)
    return rows.drop(unknown)


def join_codes(
    sheets: Sheets,
    coder: Coder = None,
    code: Code = None,
    item: Annotated[
        list[str] | None, typer.Option("--item", help="A column that says what was coded; can be repeated.")
    ] = None,
    top: Top = 20,
    columns: Columns = None,
    output: Output = None,
    language: Language = "en",
) -> None:
    """Join the sheets of several coders to one table."""
    shown = Shown(top, columns, output, language=language)
    expect_showable(shown)
    deliver(ck.join_codes(sheets, coders=coder or None, code=code, item=item or None), None, shown)


def agreement(
    sheets: Sheets,
    coder: Coder = None,
    code: Code = None,
    level: Annotated[
        str, typer.Option(help="The level of the codes: nominal, ordinal, interval or ratio.")
    ] = "nominal",
    order: Annotated[
        list[str] | None, typer.Option("--order", help="The codes from the lowest to the highest; can be repeated.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Of kappa: unweighted, linear or quadratic; by default what suits the level.")
    ] = None,
    n_bootstrap: Annotated[int, typer.Option(help="Replicates of the intervals; 0 computes none.")] = 1000,
    confidence: Annotated[float, typer.Option(help="Confidence level of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Seed of the replicates.")] = 0,
    columns: Columns = None,
    output: Output = None,
    cite: Cite = False,
    language: Language = "en",
) -> None:
    """Measure how far coders agree: Krippendorff's alpha, Cohen's kappa and plain agreement."""
    shown = Shown(0, columns, output, cite, language)
    expect_showable(shown)
    table = ck.news.agreement(
        sheets if len(sheets) > 1 else sheets[0],
        coders=coder or None,
        code=code,
        level=level,
        order=order or None,
        weights=weights,
        n_bootstrap=n_bootstrap,
        confidence=confidence,
        seed=seed,
    )
    deliver(table, None, shown)


def validate(
    corpus: CorpusPath,
    table: Annotated[Path, typer.Argument(help="A table of spans that another command wrote: .csv, .parquet, ...")],
    n: Annotated[int, typer.Option(help="The number of items.")] = 60,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="A column whose values make strata; can be repeated.")
    ] = None,
    allocation: Annotated[str, typer.Option(help="proportional, or equal: as many items of each stratum.")] = (
        "proportional"
    ),
    question: Annotated[
        list[str] | None, typer.Option("--question", help="What is judged, a column; can be repeated.")
    ] = None,
    context: Annotated[int, typer.Option(help="Words before and after.")] = 40,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    top: Top = 20,
    columns: Columns = None,
    output: Output = None,
    language: Language = "en",
) -> None:
    """Draw a stratified sample of a table as a sheet to be judged by hand."""
    shown = Shown(top, columns, output, language=language)
    expect_showable(shown)
    opened = ck.Corpus.open(corpus)
    sheet = ck.validate(
        table_of_file(table, "table"), corpus=opened, n=n, by=by or None, allocation=allocation,
        questions=question or "verdict", context=context, seed=seed,
    )  # fmt: skip
    deliver(sheet, opened, shown)


def precision(
    sheets: Annotated[list[Path], typer.Argument(metavar="SHEET...", help="A sheet for each reader: .csv, .xlsx, ...")],
    question: Annotated[
        list[str] | None, typer.Option("--question", help="A column with verdicts; can be repeated.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option("--by", help="A column of the sheet; can be repeated.")] = None,
    confidence: Annotated[float, typer.Option(help="Confidence level of the intervals.")] = 0.95,
    columns: Columns = None,
    output: Output = None,
    cite: Cite = False,
    language: Language = "en",
) -> None:
    """Compute from a judged sheet how often a table is right."""
    shown = Shown(0, columns, output, cite, language)
    expect_showable(shown)
    deliver(ck.precision(list(sheets), questions=question or None, by=by or None, confidence=confidence), None, shown)
