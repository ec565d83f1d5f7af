"""Commands that make, extend and describe a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.arguments import path_argument
from corpus_kit._base.folders import real_path
from corpus_kit._base.metadata import type_name
from corpus_kit.cli.options import CorpusPath, Progress, as_pairs, as_profile, as_reader
from corpus_kit.cli.output import print_card, say, step
from corpus_kit.corpus.files import open_files, verify_files
from corpus_kit.corpus.view import CorpusView
from corpus_kit.corpus.writing import leftovers_of
from corpus_kit.errors import InputError
from corpus_kit.safe_text import one_line

__all__ = ["add", "annotate", "build", "clean", "info", "sample"]

Text = Annotated[str, typer.Option(help="The text column of tables.")]
Id = Annotated[str | None, typer.Option(help="The column of document ids.")]
Date = Annotated[str | None, typer.Option(help="The column of dates.")]
Metadata = Annotated[
    list[str] | None, typer.Option(help="A column to keep; can be repeated. Without it, all columns are kept.")
]
Headline = Annotated[str | None, typer.Option(help="The column of headlines, which are put before the texts.")]
DateFormat = Annotated[str | None, typer.Option(help='How dates are written: "dmy", "hijri", "%d/%m/%Y", ...')]
Format = Annotated[str | None, typer.Option(help="What reads all files, whatever their endings, such as tei.")]
Unreadable = Annotated[str, typer.Option(help="Files that cannot be read: skip them with a warning, or raise.")]
Rename = Annotated[
    list[str] | None,
    typer.Option("--rename", metavar="OLD=NEW", help="Another name for a column that is kept; can be repeated."),
]
Option = Annotated[
    list[str] | None,
    typer.Option(
        "--option", metavar="NAME=VALUE", help="An option of the reader of --format, as divisions=1; can be repeated."
    ),
]
Limit = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=VALUE", help="What reading may take, as expansion=1000; can be repeated."),
]
Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...", help="Files, folders and globs: texts, tables, documents, web pages, archives."
    ),
]
Lines = Annotated[bool, typer.Option("--lines", help="Read each line of a .txt file as a document.")]
Memory = Annotated[str, typer.Option(help="Memory for making the index.")]


def build(
    source: Sources,
    corpus: CorpusPath,
    text: Text = "text",
    id: Id = None,
    date: Date = None,
    date_format: DateFormat = None,
    headline: Headline = None,
    metadata: Metadata = None,
    rename: Rename = None,
    format: Format = None,
    option: Option = None,
    unreadable: Unreadable = "skip",
    profile: Annotated[str, typer.Option(help="Normalisation profile of the vocabulary.")] = "repair",
    lines: Lines = False,
    annotate: Annotated[bool, typer.Option("--annotate", help="Add segments, stems and lemmas of the words.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing corpus.")] = False,
    memory: Memory = "2GB",
    limit: Limit = None,
    progress: Progress = None,
) -> None:
    """Build a corpus from files."""
    built = ck.Corpus.build(
        _only(source),
        corpus,
        text=text,
        id=id,
        date=date,
        date_format=date_format,
        headline=headline,
        metadata=metadata or None,
        rename=as_pairs(rename, "--rename"),
        format=as_reader(format, option),
        unreadable=unreadable,
        profile=as_profile(profile),
        lines=lines,
        annotate=annotate,
        overwrite=overwrite,
        memory=memory,
        limits=_limits(limit),
        progress=progress,
    )
    print_card(built)


def add(
    source: Sources,
    corpus: CorpusPath,
    text: Text = "text",
    id: Id = None,
    date: Date = None,
    date_format: DateFormat = None,
    headline: Headline = None,
    metadata: Metadata = None,
    rename: Rename = None,
    format: Format = None,
    option: Option = None,
    unreadable: Unreadable = "skip",
    lines: Lines = False,
    memory: Memory = "2GB",
    limit: Limit = None,
    progress: Progress = None,
) -> None:
    """Add documents to a corpus."""
    opened = ck.Corpus.open(corpus)
    print_card(
        opened.add(
            _only(source),
            text=text,
            id=id,
            date=date,
            date_format=date_format,
            headline=headline,
            metadata=metadata or None,
            rename=as_pairs(rename, "--rename"),
            format=as_reader(format, option),
            unreadable=unreadable,
            lines=lines,
            memory=memory,
            limits=_limits(limit),
            progress=progress,
        )
    )


def _only(sources: list[str]) -> str | list[str]:
    return sources[0] if len(sources) == 1 else sources


def _limits(given: list[str] | None) -> dict[str, int | str]:
    return {name: int(value) if value.isdecimal() else value for name, value in as_pairs(given, "--limit").items()}


def annotate(
    corpus: CorpusPath,
    layer: Annotated[
        str | None,
        typer.Option(help="Instead, add lemma and part of speech of each token in context, as a layer of this name."),
    ] = None,
) -> None:
    """Add segments, stems, lemmas and roots to the words of a corpus, for --clitics, --unit and [lemma=...]."""
    opened = ck.Corpus.open(corpus)
    with step("Annotating"):
        done = opened.annotate() if layer is None else opened.annotate(ck.annotators.hidden_markov(), layer=layer)
    print_card(done)


def clean(
    path: Annotated[Path, typer.Argument(help="A corpus, or a folder of corpora.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
) -> None:
    """Remove what killed builds left behind; what belongs to a running program is kept."""
    folder = path_argument(path, "path")
    try:
        found = leftovers_of(folder, remove=not dry_run)
    except OSError as error:
        raise InputError(f"path must be a folder that can be read, got {str(path)!r}: {error.strerror}.") from error
    if not found and not folder.is_dir():
        raise InputError(f"path must be a folder, got {str(path)!r}.")
    for each in found:
        say(f"{'would remove' if dry_run else 'removed'} {each.relative_to(real_path(folder).parent)}")
    if not found:
        say("nothing is left over")


def info(
    corpus: CorpusPath,
    verify: Annotated[bool, typer.Option("--verify", help="Compare every file with its checksum.")] = False,
) -> None:
    """Show what a corpus contains and what it was built from."""
    opened = CorpusView(open_files(path_argument(corpus, "path")))  # not a Corpus, which loads readers and searches
    if verify:
        with step("Comparing checksums"):
            verify_files(opened.path, opened.manifest)
    print_card(opened)
    for column in opened.label_columns():
        if column not in ("document", "id", "tokens", "words"):
            say(f"  column     {one_line(column)}: {one_line(_content(opened.labels(column)))}")
    if verify:
        say("  verified   every file matches its checksum")


def _content(labels: pl.Series) -> str:
    """Return what a column of metadata holds: how many values, or from where to where they go."""
    known = labels.drop_nulls()
    missing = f", {labels.null_count():,} documents without" if labels.null_count() else ""
    if not len(known):
        return "empty"
    if labels.dtype.is_numeric() or labels.dtype.is_temporal():
        return f"{known.min()!s} to {known.max()!s}{missing}"
    if labels.dtype.is_nested():
        return f"{type_name(labels.dtype)}{missing}"
    number = known.n_unique()
    named = ", ".join(map(str, known.unique().sort().head(_NAMED))) + (", …" if number > _NAMED else "")
    return f"{number:,} value{'s' if number > 1 else ''} ({named}){missing}"


_NAMED = 5  # values of a column


def sample(
    corpus: Annotated[
        Path | None, typer.Argument(help="The folder for the corpus; without it, the cache folder is used.")
    ] = None,
) -> None:
    """Build the bundled sample of invented news items."""
    from corpus_kit.samples.sample_corpus import build_sample  # loads what builds and searches a corpus

    print_card(ck.sample_corpus() if corpus is None else build_sample(corpus))
