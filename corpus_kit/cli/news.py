"""Commands on news: a first report, and each analysis as the twin of its function."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

import corpus_kit as ck
from corpus_kit.cli.options import Containing, Language, Progress, Top, Where, as_day
from corpus_kit.cli.output import Shown, deliver, print_heading, save
from corpus_kit.cli.selection import Deduplicate, Selection, selected
from corpus_kit.cli.twins import twin

__all__ = [
    "actors",
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
    "near_duplicates",
    "network",
    "news",
    "nodes",
    "quotations",
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

structure = twin(ck.news.structure, help="Count headlines, paragraphs, sentences and page furniture.")
boilerplate = twin(ck.news.boilerplate, help="Find page furniture: lines that repeat, and what belongs to the page.")
quotations = twin(ck.news.quotations, help="Find quotations and their speakers.")
indirect_quotations = twin(ck.news.indirect_quotations, help="Find reported speech without quotation marks.")
actors = twin(ck.news.actors, help="Find the names of actors.")
labels = twin(
    ck.news.labels,
    help="Count by which names actors are called.",
)
label_log_odds = twin(ck.news.label_log_odds, help="Compare by which names groups of documents call actors.")
near_duplicates = twin(
    ck.news.near_duplicates, help="Find pairs of documents with nearly the same text.", left_out=("max_pairs",)
)
duplicate_clusters = twin(ck.news.duplicate_clusters, help="Find clusters of documents with nearly the same text.")
edits = twin(ck.news.edits, help="Show what differs between near-duplicates.")
dates = twin(ck.news.dates, help="Find and resolve dates.")
bursts = twin(ck.news.bursts, help="Find when a pattern is unusually frequent.")
network = twin(ck.news.network, help="Count which actors are named together.")
nodes = twin(ck.news.nodes, help="Measure the place of each actor in the network.")
frames = twin(ck.news.frames, help="Find the words of a dictionary of frames.")
frame_rates = twin(ck.news.frame_rates, help="Count how often the frames of a dictionary occur.")


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
    containing: Containing = None,
    deduplicate: Deduplicate = False,
    top: Top = 20,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A folder for the whole tables, as .csv with their records.")
    ] = None,
    language: Language = "en",
    progress: Progress = None,
) -> None:
    """Print a first report on news: boilerplate, quotations, actors, labels, dates, network and frames."""
    published = as_day(date)
    with tempfile.TemporaryDirectory(prefix="corpus-kit-") as folder:
        is_corpus = (Path(source) / "manifest.json").is_file()
        built = ck.Corpus.open(source) if is_corpus else ck.Corpus.build(source, Path(folder) / "corpus")
        opened = selected(built, Selection(where, containing, deduplicate))
        tables = ck.news.report(
            opened,
            actors,
            by=by,
            date=published or "date",
            metonyms=metonyms,
            collapse_lists=collapse_lists,
            dictionary=dictionary,
            progress=progress,
        )
        for name, title in _TITLES.items():
            if output:
                output.mkdir(parents=True, exist_ok=True)
                save(tables[name], opened, output / f"{name}.csv")
            else:
                print_heading(title)
                deliver(tables[name], opened, Shown(top, language=language))
        opened.close()
