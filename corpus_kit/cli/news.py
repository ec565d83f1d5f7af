"""Commands on news: a first report, and each analysis as the twin of its function."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

import corpus_kit as ck
from corpus_kit.cli.options import (
    Containing,
    Definitions,
    Language,
    NotContaining,
    Progress,
    Structures,
    Syntax,
    Top,
    Where,
    as_day_or_column,
)
from corpus_kit.cli.output import Shown, deliver, print_heading, save
from corpus_kit.cli.selection import Deduplicate, Exclude, Selection, selected
from corpus_kit.cli.twins import twin
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.errors import InputError, choose

__all__ = [
    "actors",
    "article_days",
    "boilerplate",
    "bursts",
    "dates",
    "duplicate_clusters",
    "edits",
    "frame_rates",
    "frames",
    "indirect_quotations",
    "label_log_odds",
    "labels",
    "name_chains",
    "near_duplicates",
    "network",
    "news",
    "nodes",
    "passages",
    "quotations",
    "speech",
    "structure",
]

_TITLES = {
    "structure": "1a. Structure",
    "boilerplate": "1b. Boilerplate",
    "quotations": "2. Quotations",
    "actors": "3. Actors",
    "labels": "4. Labels",
    "dates": "5. Dates",
    "network": "6. Network",
    "frames": "7. Frames and themes",
    "ngrams": "8. N-grams",
}

structure = twin(ck.news.structure)
boilerplate = twin(ck.news.boilerplate)
quotations = twin(ck.news.quotations)
speech = twin(ck.news.speech)
indirect_quotations = twin(ck.news.indirect_quotations)
name_chains = twin(ck.news.name_chains)
actors = twin(ck.news.actors)
labels = twin(
    ck.news.labels,
)
label_log_odds = twin(ck.news.label_log_odds)
near_duplicates = twin(ck.news.near_duplicates, left_out=("max_pairs",))
duplicate_clusters = twin(ck.news.duplicate_clusters)
edits = twin(ck.news.edits)
passages = twin(ck.news.passages)
dates = twin(ck.news.dates)
article_days = twin(ck.news.article_days)
bursts = twin(ck.news.bursts)
network = twin(ck.news.network)
nodes = twin(ck.news.nodes)
frames = twin(ck.news.frames)
frame_rates = twin(ck.news.frame_rates)


def news(
    source: Annotated[str, typer.Argument(help="The folder of a corpus, or a source as for build.")],
    actors: Annotated[
        Path | None,
        typer.Option(help="A TOML file of actors, added to the built-in states; see docs/news/actors.md."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="The metadata column that names the source of each document: its labels are counted apart."),
    ] = None,
    date: Annotated[
        str,
        typer.Option(help="The column of publication dates; or a day, such as 2014-10-29, for all documents; or none."),
    ] = "date",
    metonyms: Annotated[bool, typer.Option("--metonyms", help="Count a capital as its state.")] = False,
    anaphors: Annotated[
        bool, typer.Option("--anaphors/--no-anaphors", help="Count titles and short forms that refer to an actor.")
    ] = True,
    home: Annotated[
        str | None,
        typer.Option(help="Whom المملكة alone refers to: the id of a state, or a metadata column with ids."),
    ] = None,
    collapse_lists: Annotated[
        bool, typer.Option("--collapse-lists", help="Exclude sentences that enumerate actors from the network.")
    ] = False,
    dictionary: Annotated[
        Path | None, typer.Option(help="A TOML file of frames or themes that replaces the built-in ones.")
    ] = None,
    where: Where = None,
    containing: Containing = None,
    not_containing: NotContaining = None,
    deduplicate: Deduplicate = False,
    exclude: Exclude = None,
    syntax: Syntax = None,
    definitions: Definitions = None,
    structure: Structures = None,
    top: Top = 20,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A folder for the whole tables, as .csv with their records.")
    ] = None,
    language: Language = "en",
    progress: Progress = None,
) -> None:
    """Print a first report on news: boilerplate, quotations, actors, labels, dates, network and frames."""
    published = as_day_or_column(date)
    choose(language, LANGUAGES, "--language")
    if output:
        _make_folder(output)  # before what may take minutes
    with tempfile.TemporaryDirectory(prefix="corpus-kit-") as folder:
        is_corpus = (Path(source) / "manifest.json").is_file()
        built = ck.Corpus.open(source) if is_corpus else ck.Corpus.build(source, Path(folder) / "corpus")
        asked = (where, containing, deduplicate, exclude, not_containing, syntax, definitions, structure)
        opened = selected(built, Selection(*asked))
        tables = ck.news.report(
            opened,
            actors,
            by=by,
            date=published,
            metonyms=metonyms,
            anaphors=anaphors,
            home=home,
            collapse_lists=collapse_lists,
            dictionary=dictionary,
            progress=progress,
        )
        for name, title in _TITLES.items():
            if output:
                save(tables[name], opened, output / f"{name}.csv")
            else:
                print_heading(title)
                deliver(tables[name], opened, Shown(top, language=language))
        opened.close()


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--output must be a folder, got {str(path)!r}: {error.strerror}.") from error
