"""The command that makes a first report on news."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

import corpus_kit as ck
from corpus_kit.cli.options import Top, Where, as_day
from corpus_kit.cli.output import deliver, print_heading, save
from corpus_kit.cli.selection import select

__all__ = ["news"]

# The title of each table, and the columns that fit on a terminal; a file gets all.
_TABLES = {
    "structure": (
        "1a. Structure",
        ("id", "headline_words", "boilerplate", "paragraphs", "sentences", "words", "types"),
    ),
    "boilerplate": ("1b. Boilerplate", ("document", "start", "end", "kind", "glued", "surface")),
    "quotations": (
        "2. Quotations",
        ("document", "start", "end", "kind", "verb", "speaker", "speaker_source", "actor", "surface"),
    ),
    "actors": ("3. Actors", ("document", "start", "end", "actor", "match", "proclitic", "place", "surface")),
    "labels": ("4. Labels", ("place", "actor", "label", "count", "total", "share", "quoted", "hidden")),
    "dates": ("5. Dates", ("document", "start", "end", "kind", "date", "surface")),
    "network": ("6. Network", ("source", "target", "weight", "documents")),
    "frames": ("7. Frames and themes", ("document", "start", "end", "dimension", "category", "proclitic", "surface")),
    "ngrams": ("8. N-grams", ("ngram", "n", "count", "documents")),
}


def news(
    source: Annotated[str, typer.Argument(help="The folder of a corpus, or a source as for build.")],
    actors: Annotated[
        Path | None,
        typer.Option(help="A TOML file of actors, added to the built-in states; see docs/news/actors.md."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="The metadata column that names the source of each document.")] = None,
    date: Annotated[
        str | None,
        typer.Option(help="The publication date of all documents, such as 2014-10-29, instead of the column date."),
    ] = None,
    metonyms: Annotated[bool, typer.Option("--metonyms", help="Count a capital as its state.")] = False,
    collapse_lists: Annotated[
        bool, typer.Option("--collapse-lists", help="Exclude sentences that enumerate actors from the network.")
    ] = False,
    dictionary: Annotated[
        Path | None, typer.Option(help="A TOML file of frames or themes that replaces the built-in ones.")
    ] = None,
    where: Where = None,
    top: Top = 20,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A folder for the whole tables, as .csv with their records.")
    ] = None,
) -> None:
    """Print a first report on news: boilerplate, quotations, actors, labels, dates, network and frames."""
    published = as_day(date)
    with tempfile.TemporaryDirectory(prefix="corpus-kit-") as folder:
        is_corpus = (Path(source) / "manifest.json").is_file()
        built = ck.Corpus.open(source) if is_corpus else ck.Corpus.build(source, Path(folder) / "corpus")
        opened = select(built, where or [], "--where")
        tables = ck.news.report(
            opened,
            actors,
            by=by,
            date=published or "date",
            metonyms=metonyms,
            collapse_lists=collapse_lists,
            dictionary=dictionary,
        )
        for name, (title, columns) in _TABLES.items():
            if output:
                output.mkdir(parents=True, exist_ok=True)
                save(tables[name], opened, output / f"{name}.csv")
            else:
                print_heading(title)
                deliver(tables[name], opened, top, None, columns=list(columns))
        opened.close()
