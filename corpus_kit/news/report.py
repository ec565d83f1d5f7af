"""All analyses of this package over one corpus, as the tables of a first report."""

from __future__ import annotations

import datetime
from os import PathLike

import polars as pl

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
from corpus_kit.news.running_text import PLACE_DTYPE, PLACES
from corpus_kit.news.structure import headlines, structure

__all__ = ["report"]


def report(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | None = None,
    *,
    by: str | None = None,
    date: str | datetime.date | None = "date",
    metonyms: bool = False,
    anaphors: bool = True,
    collapse_lists: bool = False,
    dictionary: FrameDictionary | str | PathLike[str] | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the tables of a first report: who speaks, who is named how, when, with whom, in which frames.

    Boilerplate is found first. Quotations, dates, network, frames and n-grams are those of the body: the texts without
    boilerplate and headlines. Actors and labels are those of the whole text, with the place of each.

    Args:
        corpus: A Corpus or a subcorpus.
        actors: A Gazetteer or the path of a TOML file; None for the built-in states.
        by: The metadata column that names the source of each document, for lines that repeat in one source.
        date: The metadata column of publication dates, or one date for all documents. With None, or the default in a
            corpus without a column "date", relative dates stay unresolved.
        metonyms: Whether a capital is a mention of its state where the gazetteer lists it as a metonym.
        anaphors: Whether expressions such as التنظيم are mentions of the actor that the text has named.
        collapse_lists: Whether to leave sentences that enumerate actors out of the network.
        dictionary: A dictionary of frames, as in `ck.news.frames`; None for the built-in ones of frames and themes.

    Returns:
        A dict of DataFrames in this order: structure, boilerplate, quotations, actors, labels, dates, network,
        frames, ngrams. Each is the result of the function of that name; labels has a column `place` before the
        others, and only the actors for which more than one label is used.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> tables = ck.news.report(ck.sample_corpus(), by="outlet")
        >>> list(tables)
        ['structure', 'boilerplate', 'quotations', 'actors', 'labels', 'dates', 'network', 'frames', 'ngrams']
    """
    expect_corpus(corpus)
    gazetteer = gazetteer_of(actors)
    dictionaries = [FrameDictionary.builtin(name) for name in ("frames", "themes")]
    if dictionary is not None:
        dictionaries = [dictionary_of(dictionary)]
    found = find_boilerplate(corpus, by=by)
    body = corpus.exclude(found).exclude(headlines(corpus))
    mentions = find_actors(corpus, gazetteer, metonyms=metonyms, anaphors=anaphors, boilerplate=found)
    has_no_dates = isinstance(date, str) and date == "date" and date not in corpus.label_columns()
    return {
        "structure": structure(corpus, boilerplate=found),
        "boilerplate": found,
        "quotations": quotations(body, actors=mentions),
        "actors": mentions,
        "labels": _labels_by_place(corpus, gazetteer, found),
        "dates": dates(body, date=None if has_no_dates else date),
        "network": network(body, mentions, collapse_lists=collapse_lists),
        "frames": _frames(body, dictionaries),
        "ngrams": ngrams(body, n=(1, 3)),
    }


def _frames(body: CorpusView, dictionaries: list[FrameDictionary]) -> pl.DataFrame:
    """Return the hits of dictionaries, in the order of the text."""
    hits = [frames(body, dictionary) for dictionary in dictionaries]
    return hits[0] if len(hits) == 1 else pl.concat(hits).sort("document", "start", maintain_order=True)


def _labels_by_place(corpus: CorpusView, gazetteer: Gazetteer, found: pl.DataFrame) -> pl.DataFrame:
    """Return the labels of the actors that have several, in headlines, bodies and boilerplate."""
    parts = [
        labels(corpus, gazetteer, boilerplate=found, place=place, match=("name", "anaphor")).with_columns(
            pl.lit(place, PLACE_DTYPE).alias("place")
        )
        for place in PLACES
    ]
    table = pl.concat(parts)
    used = table.filter(pl.col("count") > 0).select("actor", "label").unique()
    several = used.group_by("actor").len().filter(pl.col("len") > 1)["actor"]
    return table.filter(pl.col("actor").is_in(several.implode())).select("place", pl.exclude("place"))
