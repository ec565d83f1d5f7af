"""All analyses of this package over one corpus, as the tables of a first report."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from os import PathLike

import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.records import attach, provenance_of
from corpus_kit.analysis.ngrams import ngrams
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.actors import actors as find_actors
from corpus_kit.news.boilerplate import boilerplate as find_boilerplate
from corpus_kit.news.dates import dates
from corpus_kit.news.frame_dictionary import FrameDictionary
from corpus_kit.news.frames import dictionary_of, frames
from corpus_kit.news.gazetteer import Gazetteer, gazetteer_of
from corpus_kit.news.labels import labels
from corpus_kit.news.network import network
from corpus_kit.news.quotations import quotations
from corpus_kit.news.structure import headlines, structure
from corpus_kit.readers.progress import progress_bar

__all__ = ["report"]


def report(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | None = None,
    *,
    by: str | None = None,
    date: str | datetime.date | None = "date",
    metonyms: bool = False,
    anaphors: bool = True,
    home: str | None = None,
    collapse_lists: bool = False,
    dictionary: FrameDictionary | str | PathLike[str] | None = None,
    progress: bool | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the tables of a first report: who speaks, who is named how, when, with whom, in which frames.

    Boilerplate is found first. Quotations, dates, network, frames and n-grams are those of the body: the texts without
    boilerplate and headlines. Actors are those of the whole text, with the place of each; labels those of headlines
    and body.

    Args:
        corpus: A Corpus or a subcorpus.
        actors: A Gazetteer or the path of a TOML file; None for the built-in states.
        by: The metadata column that names the source of each document: lines that repeat in one source are boilerplate,
            and labels are counted for each.
        date: The metadata column of publication dates, or one date for all documents. With None, or the default in a
            corpus without a column "date", relative dates stay unresolved.
        metonyms: Whether a capital is a mention of its state where the gazetteer lists it as a metonym.
        anaphors: Whether expressions such as التنظيم are mentions of the actor that the text has named.
        home: The state that المملكة alone refers to in these texts, as in `ck.news.actors`.
        collapse_lists: Whether to leave sentences that enumerate actors out of the network.
        dictionary: A dictionary of frames, as in `ck.news.frames`; None for the built-in ones of frames and themes.
        progress: Show a progress bar; None shows it on a terminal or in a notebook.

    Returns:
        A dict of DataFrames in this order: structure, boilerplate, quotations, actors, labels, dates, network,
        frames, ngrams. Each is the result of the function of that name; labels has only the actors for which more
        than one label is used.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> tables = ck.news.report(ck.sample_corpus(), by="outlet")
        >>> list(tables)
        ['structure', 'boilerplate', 'quotations', 'actors', 'labels', 'dates', 'network', 'frames', 'ngrams']
    """
    expect_corpus(corpus)
    shown = None if progress is None else boolean(progress, "progress")
    gazetteer = gazetteer_of(actors)
    dictionaries = [FrameDictionary.builtin(name) for name in ("frames", "themes")]
    if dictionary is not None:
        dictionaries = [dictionary_of(dictionary)]
    has_no_dates = isinstance(date, str) and date == "date" and date not in corpus.label_columns()
    found = find_boilerplate(corpus, by=by)
    body = corpus.exclude(found).exclude(headlines(corpus))
    mentions = find_actors(corpus, gazetteer, metonyms=metonyms, anaphors=anaphors, home=home, boilerplate=found)
    tables: dict[str, Callable[[], pl.DataFrame]] = {
        "structure": lambda: structure(corpus, boilerplate=found),
        "boilerplate": lambda: found,
        "quotations": lambda: quotations(body, actors=mentions),
        "actors": lambda: mentions,
        "labels": lambda: _of_several(labels(corpus, gazetteer, by=by, boilerplate=found)),
        "dates": lambda: dates(body, date=None if has_no_dates else date, by=by),
        "network": lambda: network(body, mentions, collapse_lists=collapse_lists),
        "frames": lambda: _frames(body, dictionaries),
        "ngrams": lambda: ngrams(body, n=(1, 3)),
    }
    bar = progress_bar(shown, total=len(tables), description="Reporting", unit="table")
    result = {}
    for name, make in tables.items():
        result[name] = make()
        bar.update(1)
    bar.close()
    return result


def _frames(body: CorpusView, dictionaries: list[FrameDictionary]) -> pl.DataFrame:
    """Return the hits of dictionaries, in the order of the text."""
    hits = [frames(body, dictionary) for dictionary in dictionaries]
    if len(hits) == 1:
        return hits[0]
    made = [provenance_of(each) for each in hits]
    table = pl.concat(hits).sort("document", "start", maintain_order=True)
    return attach(table, "ck.news.frames", {"dictionaries": [each["options"] for each in made if each]}, corpus=body)


def _of_several(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the actors for which more than one label is used."""
    used = table.filter(pl.col("count") > 0).select("actor", "label").unique()
    several = used.group_by("actor").len().filter(pl.col("len") > 1)["actor"]
    return table.filter(pl.col("actor").is_in(several.implode()))
