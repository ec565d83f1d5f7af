"""Where the mentions and hits of lexicons are that tables of actors and frames counted."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_kit._base.records import as_frame
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.explore.table_rows import Rows
from corpus_kit.news.cooccurrence_counts import count_cooccurrences
from corpus_kit.news.frames import dictionary_of, frames, hits_of
from corpus_kit.news.gazetteer import gazetteer_of
from corpus_kit.news.label_counts import label_mentions

__all__ = ["frame_hits", "labelled_mentions", "mentions_together"]

_PLACES, _MATCHES = ("headline", "body"), ("name",)


def labelled_mentions(corpus: CorpusView, rows: Rows) -> pl.DataFrame:
    """Return the mentions that a table of `ck.news.labels` or `label_log_odds` counted: document, start, end, label."""
    counted = label_mentions(
        corpus,
        _actors(rows),
        rows.option("actor", None),
        boilerplate=_spans(rows),
        place=rows.option("place", _PLACES),
        match=rows.option("match", _MATCHES),
    )
    return counted.mentions


def mentions_together(corpus: CorpusView, rows: Rows) -> pl.DataFrame:
    """Return the mentions that a table of `ck.news.network` or `nodes` counted, as `Cooccurrences` has them."""
    options = {
        "within": rows.option("within", "sentence"), "collapse_lists": rows.option("collapse_lists", None) or False,
        "list_min": rows.option("list_min", 4), "kinds": rows.option("kinds", None), "boilerplate": _spans(rows),
        "metonyms": rows.option("metonyms", False), "anaphors": rows.option("anaphors", True), "min_weight": 1,
        "by": None,
    }  # fmt: skip
    return count_cooccurrences(corpus, _actors(rows), options, taken=()).mentions


def frame_hits(corpus: CorpusView, rows: Rows) -> pl.DataFrame:
    """Return the hits that a table of `ck.news.frame_rates` or `frame_entries` counted."""
    given = as_frame(rows.given.get("dictionary"), "dictionary")
    if isinstance(given, pl.DataFrame):
        return hits_of(corpus, given, "dictionary")
    dictionary = dictionary_of(given, or_hits=True)
    _expect_same(rows, "dictionary", dictionary, "a FrameDictionary, the path of one, or hits of ck.news.frames")
    return frames(corpus, dictionary, profile=rows.normalizer)


def _actors(rows: Rows) -> Any:
    """Return the actors that a table was made of: the given ones, or the built-in states if it was of these."""
    given = as_frame(rows.given.get("actors"), "actors")
    if isinstance(given, pl.DataFrame):
        return given
    actors = gazetteer_of(given)
    _expect_same(rows, "actors", actors, "a Gazetteer, the path of one, or a table of ck.news.actors")
    return actors


def _expect_same(rows: Rows, name: str, used: Any, kinds: str) -> None:
    """Raise an InputError if the table was made of another lexicon than the one at hand."""
    if rows.record is None:
        return
    recorded = rows.record["options"].get(name)  # a table of mentions or hits has no digest
    if isinstance(recorded, dict) and recorded.get("digest") == used.digest:
        return
    raise InputError(f"{name} must be what the table was made of, got another one. Pass it as {name}=: {kinds}.")


def _spans(rows: Rows) -> pl.DataFrame | None:
    """Return the boilerplate that was left out.

    Raises:
        InputError: If there was some, and it is not given.
    """
    given = as_frame(rows.given.get("boilerplate"), "boilerplate")
    if given is not None:
        return given  # type: ignore[no-any-return]  # what is no table is refused by whom it is for
    if rows.option("boilerplate", None) is not None:
        raise InputError("boilerplate must be the spans that the table was made without, got None. Pass boilerplate=.")
    return None
