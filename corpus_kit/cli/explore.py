"""The command that shows the explorer in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from corpus_kit._base.arguments import path_argument
from corpus_kit.cli.options import as_pairs, as_reader
from corpus_kit.cli.output import say
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.errors import InputError, choose
from corpus_kit.explore.shortcut import make_shortcut
from corpus_kit.safe_text import one_line

__all__ = ["explore"]


def explore(
    context: typer.Context,
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="A corpus; or texts to build one of: a folder, a table, ... Without it, the page asks.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The folder for the corpus that is built; without it, SOURCE-corpus."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="The text column of tables.")] = None,
    id: Annotated[str | None, typer.Option(help="The column of document ids.")] = None,
    date: Annotated[str | None, typer.Option(help="The column of dates.")] = None,
    date_format: Annotated[
        str | None, typer.Option(help='How dates are written: "dmy", "hijri", "%d/%m/%Y", ...')
    ] = None,
    headline: Annotated[
        str | None, typer.Option(help="The column of headlines, which are put before the texts.")
    ] = None,
    metadata: Annotated[
        list[str] | None, typer.Option(help="A column to keep; can be repeated. Without it, all columns are kept.")
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option("--rename", metavar="OLD=NEW", help="Another name for a column; can be repeated."),
    ] = None,
    format: Annotated[
        str | None, typer.Option(help="What reads all files, whatever their endings, such as tei.")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Read each line of a .txt file as a document.")] = False,
    annotate: Annotated[bool, typer.Option("--annotate", help="Add segments, stems and lemmas of the words.")] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the corpus again, even if it is up to date.")
    ] = False,
    reference: Annotated[
        Path | None, typer.Option(help="A corpus or texts with which key words are compared: a reference corpus.")
    ] = None,
    codes: Annotated[
        list[str] | None,
        typer.Option(help="Code lines with this code; can be repeated. With --sheet alone, any code can be written."),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(help="A .csv, .tsv or .parquet file that keeps the codes; without it, CORPUS-codes.csv."),
    ] = None,
    coder: Annotated[str | None, typer.Option(help="The name under which codes are noted.")] = None,
    project: Annotated[
        Path | None, typer.Option(help="The folder of a coding project, in which --coder codes or decides.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="The language of the page: en or ar; without it, that of the system.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; without it, the next free one is used.", min=0, max=65535)
    ] = None,
    ip: Annotated[
        str | None, typer.Option(help="The address to listen on; without it, only this machine can connect.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only print the address.")
    ] = True,
    shortcut: Annotated[
        bool, typer.Option("--shortcut", help="Make an icon that starts the explorer; it keeps --language.")
    ] = False,
) -> None:
    """Search, count and read a corpus in a browser; texts become a corpus first."""
    if shortcut:
        _make_shortcut(context, language)
        return
    if reference is not None and source is None:
        raise InputError("--reference needs SOURCE; without it, the page asks for both.")
    from corpus_kit.explore.opening import Source  # loads what builds a corpus
    from corpus_kit.explore.start import start  # likewise

    given = {
        "text": text, "id": id, "date": date, "date_format": date_format, "headline": headline,
        "metadata": metadata or None, "rename": as_pairs(rename, "--rename") or None, "format": as_reader(format, None),
        "lines": lines or None,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    if source is None:
        _expect_none({**options, "output": output, "annotate": annotate, "rebuild": rebuild})
    start(
        None
        if source is None
        else Source(
            path_argument(source, "source"),
            output=output and path_argument(output, "output"),
            options=options,
            annotate=annotate,
            rebuild=rebuild,
            reference=reference and path_argument(reference, "reference"),
        ),
        port=port,
        ip=ip,
        browser=browser,
        language=language,
        codes=codes or (None if sheet or (coder and not project) else ()),
        sheet=sheet,
        coder=coder,
        project=project and path_argument(project, "project"),
        echo=lambda line: say(one_line(line), error=True),
    )


def _expect_none(given: Mapping[str, object]) -> None:
    """Raise InputError if an option is given that says how texts are read, but no texts."""
    name = next((name for name, value in given.items() if value), None)
    if name is not None:
        raise InputError(f"--{name.replace('_', '-')} needs SOURCE; without it, the page asks what to open.")


def _make_shortcut(context: typer.Context, language: str | None) -> None:
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    others = [name for name in given if name not in ("shortcut", "language")]
    if others:
        raise InputError(f"--shortcut must be alone or with --language, got {others[0]} too. The page asks for texts.")
    arguments = () if language is None else ("--language", choose(language, LANGUAGES, "language"))
    say(one_line(f"The explorer can be started from {make_shortcut(arguments)}"))
