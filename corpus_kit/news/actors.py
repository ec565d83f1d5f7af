"""Where a text mentions the actors of a gazetteer, also behind proclitics and by anaphors."""

from __future__ import annotations

from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.arrays import Integers
from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.news.doubtful_names import resolve_doubts
from corpus_kit.news.gazetteer import Gazetteer, gazetteer_of
from corpus_kit.news.name_matches import SHOWN_PROCLITICS, Booleans, Matches, Meanings, NameSearch
from corpus_kit.news.name_trie import ANAPHOR, MATCHES, NOBODY, NameTrie, Reading
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.running_text import PLACE_DTYPE, documents_of, original_text, places_of, token_ends

__all__ = ["MATCHES", "MATCH_DTYPE", "actors", "mention_tokens", "mentions_of"]

MATCH_DTYPE = pl.Enum(MATCHES)

_COLUMNS: dict[str, Any] = {
    "document": pl.UInt32,
    "id": pl.String,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "position": pl.UInt32,
    "tokens": pl.UInt32,
    "surface": pl.String,
    "proclitic": pl.String,
    "actor": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "match": MATCH_DTYPE,
    "ambiguous": pl.Boolean,
    "quoted": pl.Boolean,
    "place": PLACE_DTYPE,
}
_REQUIRED = ("document", "start", "end", "actor")


def actors(
    corpus: CorpusView,
    gazetteer: Gazetteer | str | PathLike[str] | None = None,
    *,
    metonyms: bool = False,
    anaphors: bool = True,
    boilerplate: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the mentions of states and other actors, also behind proclitics.

    A name is found as listed, or behind و or ف, ب ل ك, or both (لل for a name with the article), unless the whole
    word is itself a listed name. The article is never added. The longest name counts, and no two mentions overlap.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        gazetteer: A Gazetteer, the path of a TOML file (see `Gazetteer.read`), or None for the built-in states.
        metonyms: Whether metonyms count: capitals and seats of government for their states.
        anaphors: Whether anaphors count. An anaphor is a mention only in a document that also has a full name of its
            actor. If several actors share it, it refers to the one whose full name came last before it (or first
            after it, if none came before), and is `ambiguous`.
        boilerplate: A table of `ck.news.boilerplate`; mentions in its spans get the place "boilerplate".

    Returns:
        A DataFrame, one row a mention, ordered by document and start, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - start, end (UInt32): code points in the text, with the proclitic
        - position (UInt32): first token of the mention within the document
        - tokens (UInt32): number of tokens
        - surface (String): the text of the mention
        - proclitic (String): the proclitic before the name, "" for none
        - actor, kind (String): id and kind of the actor
        - name (String): the name as listed
        - match (Enum): name, metonym or anaphor
        - ambiguous (Boolean): whether the listed name is that of another actor, too
        - quoted (Boolean): whether the mention is all there is between two quotation marks
        - place (Enum): headline, body or boilerplate

    Raises:
        InputError: If an argument is invalid, or the file of actors is.

    References:
        The clitics of Arabic and how to split them: Habash (2010), Introduction to Arabic Natural Language
        Processing, ch. 4.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.actors(ck.sample_corpus())
        >>> table.filter(proclitic="ل").select("surface", "actor").head(2).rows()
        [('للأردن', 'JO'), ('لليونان', 'GR')]
    """
    expect_corpus(corpus)
    boilerplate = as_frame(boilerplate, "boilerplate")
    return _actors(
        corpus, gazetteer_of(gazetteer, "gazetteer"), metonyms=metonyms, anaphors=anaphors, boilerplate=boilerplate
    )


def _actors(
    corpus: CorpusView, gazetteer: Gazetteer, *, metonyms: bool, anaphors: bool, boilerplate: pl.DataFrame | None
) -> pl.DataFrame:
    trie = NameTrie(gazetteer, metonyms=boolean(metonyms, "metonyms"), anaphors=boolean(anaphors, "anaphors"))
    with reading(corpus.path):
        found, readings = _find_mentions(corpus, trie)
        table = _table(corpus, gazetteer, found, readings, boilerplate)
    options = {
        "gazetteer": gazetteer, "metonyms": metonyms, "anaphors": anaphors,
        "boilerplate": None if boilerplate is None else boilerplate.height, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(table, "ck.news.actors", options, corpus=corpus)


def mentions_of(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None,
    *,
    metonyms: bool = False,
    anaphors: bool = True,
    boilerplate: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the mentions that an analysis works on: those of `ck.news.actors`, or those of a given table.

    Args:
        corpus: A corpus.
        actors: A Gazetteer, the path of a TOML file, None for the built-in states, or a DataFrame with the columns
            document, start, end and actor. Of a table, only mentions in selected documents and outside excluded spans
            are kept, and columns of `ck.news.actors` that it lacks are added.
        metonyms: As in `ck.news.actors`; ignored for a table.
        anaphors: As in `ck.news.actors`; ignored for a table.
        boilerplate: As in `ck.news.actors`.

    Returns:
        The columns of `ck.news.actors`.

    Raises:
        InputError: If an argument is invalid, or a table is not one of mentions in this corpus.
    """
    expect_corpus(corpus)
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    if not isinstance(actors, pl.DataFrame):
        return _actors(corpus, gazetteer_of(actors), metonyms=metonyms, anaphors=anaphors, boilerplate=boilerplate)
    with reading(corpus.path):
        return _given(corpus, actors, boilerplate)


def mention_tokens(corpus: CorpusView, mentions: pl.DataFrame) -> tuple[Integers, Integers]:
    """Return the first token of each mention and the token after its last, as token numbers of the corpus."""
    first = corpus.document_bounds(mentions["document"].to_numpy())[0] + mentions["position"].to_numpy()
    return first, first + mentions["tokens"].to_numpy()


# ------------------------------------------------------------------------------ which matches are mentions


def _find_mentions(corpus: CorpusView, trie: NameTrie) -> tuple[Matches, list[Reading]]:
    """Return the mentions in the order of the text, and the reading of each."""
    if not trie.spellings:
        nothing = np.zeros(0, np.int64)
        return Matches(nothing, nothing, nothing, nothing, nothing, nothing.astype(bool)), []
    search = NameSearch(corpus, trie)
    found = _mentions(search, resolve_doubts(search, search.matches()))
    return found, [search.meanings.listed[row] for row in found.reading.tolist()]


def _mentions(search: NameSearch, matches: Matches) -> Matches:
    """Return the longest matches from the beginning of the text on; anaphors only with an antecedent."""
    meanings = search.meanings
    # of two that are equally long: the user's names, then the shorter proclitic
    order = (matches.proclitic, ~search.trie.own[matches.spelling], -matches.last, matches.first)
    matches = matches.take(np.lexsort(order))
    anaphors = meanings.match[matches.reading] == ANAPHOR
    if anaphors.any():
        named = _longest(matches.take(~anaphors), meanings)
        matches.reading[anaphors] = _antecedents(search, matches.take(anaphors), named)
        matches = matches.take(matches.reading >= 0)
    return _longest(matches, meanings)


def _longest(matches: Matches, meanings: Meanings) -> Matches:
    """Return, of ordered matches, those that overlap none before them, without those that mention nobody."""
    kept = []
    end = -1
    for row, (first, last) in enumerate(zip(matches.first.tolist(), matches.last.tolist(), strict=True)):
        if first > end:
            kept.append(row)
            end = last
    found = matches.take(np.array(kept, np.int64))
    return found.take(meanings.actor[found.reading] != NOBODY)


def _antecedents(search: NameSearch, anaphors: Matches, named: Matches) -> Integers:
    """Return, for each anaphor, the reading whose actor was named last before it, or first after it; -1 for none."""
    corpus, meanings = search.corpus, search.meanings
    low, high = corpus.document_bounds(documents_of(corpus, anaphors.first))
    never = np.iinfo(np.int64).max
    chosen = np.full(len(low), -1, np.int64)
    last_before, first_after = np.full(len(low), -1, np.int64), np.full(len(low), never, np.int64)
    actor_named = meanings.actor[named.reading]
    for spelling in np.unique(anaphors.spelling).tolist():
        rows = np.flatnonzero(anaphors.spelling == spelling)
        for number, meaning in enumerate(search.trie.readings[spelling]):
            if meaning.match != ANAPHOR:
                continue
            places = np.concatenate(([-1], named.first[actor_named == meaning.actor], [never]))
            at = np.searchsorted(places, anaphors.first[rows])
            before, after = places[at - 1], places[at]
            before, after = np.where(before >= low[rows], before, -1), np.where(after < high[rows], after, never)
            nearer = (before > last_before[rows]) | ((last_before[rows] < 0) & (after < first_after[rows]))
            chosen[rows[nearer]] = meanings.of_spelling[spelling] + number
            last_before[rows] = np.maximum(last_before[rows], before)
            first_after[rows] = np.minimum(first_after[rows], after)
    return chosen


# --------------------------------------------------------------------------------------------- the table


def _table(
    corpus: CorpusView,
    gazetteer: Gazetteer,
    found: Matches,
    readings: list[Reading],
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    """Return the mentions as the documented columns."""
    documents = documents_of(corpus, found.first)
    low, _ = corpus.document_bounds(documents)
    starts = corpus.token_starts[found.first]
    actors = [gazetteer.actors[reading.actor] for reading in readings]
    return pl.DataFrame(
        {
            "document": documents,
            "id": corpus.ids(documents),
            "start": starts,
            "end": token_ends(corpus, found.last),
            "position": found.first - low,
            "tokens": found.last - found.first + 1,
            "surface": original_text(corpus, found.first, found.last + 1),
            "proclitic": [SHOWN_PROCLITICS[row] for row in found.proclitic.tolist()],
            "actor": [actor.id for actor in actors],
            "kind": [actor.kind for actor in actors],
            "name": [reading.name for reading in readings],
            "match": [MATCHES[reading.match] for reading in readings],
            "ambiguous": found.ambiguous,
            "quoted": _quoted(corpus, found.first, found.last),
            "place": places_of(corpus, documents, starts, boilerplate),
        },
        schema=_COLUMNS,
        strict=False,
    )


def _quoted(corpus: CorpusView, first: Integers, last: Integers) -> Booleans:
    """Return whether each mention is all there is between a pair of quotation marks."""
    marks = pair_marks(corpus)
    if not len(marks.open):
        return np.zeros(len(first), bool)
    place = np.minimum(np.searchsorted(marks.open, first - 1), len(marks.open) - 1)
    return np.asarray((marks.open[place] == first - 1) & (marks.close[place] == last + 1), bool)


# -------------------------------------------------------------------------------- the user's own table


def _given(corpus: CorpusView, table: pl.DataFrame, boilerplate: pl.DataFrame | None) -> pl.DataFrame:
    """Return a table of mentions with all columns, and the positions that the corpus gives them."""
    _check_mentions(corpus, table)
    given = table.with_columns(pl.col("document", "start", "end").cast(pl.UInt32))
    given = given.filter(pl.col("document").is_in(corpus.selected_documents().tolist())).sort(
        "document", "start", "end", maintain_order=True
    )
    first, end = _tokens_of_spans(corpus, given)
    has_tokens = end > first
    given, first, end = given.filter(has_tokens), first[has_tokens], end[has_tokens]
    documents = given["document"].to_numpy()
    surface = original_text(corpus, first, end)
    computed: dict[str, Any] = {
        "id": corpus.ids(documents),
        "position": first - corpus.document_bounds(documents)[0],
        "tokens": end - first,
        "surface": surface,
        "place": places_of(corpus, documents, given["start"].to_numpy(), boilerplate),
    }
    if boilerplate is None and "place" in given.columns:
        del computed["place"]
    given = given.with_columns(**computed)
    defaults: dict[str, Any] = {
        "proclitic": pl.lit(""), "kind": pl.lit(""), "name": pl.col("surface"), "match": pl.lit("name"),
        "ambiguous": pl.lit(value=False), "quoted": pl.Series(_quoted(corpus, first, end - 1)),
    }  # fmt: skip
    given = given.with_columns(**{name: value for name, value in defaults.items() if name not in given.columns})
    return given.select(pl.col(name).cast(dtype) for name, dtype in _COLUMNS.items())


def _check_mentions(corpus: CorpusView, table: pl.DataFrame) -> None:
    if any(name not in table.columns for name in _REQUIRED):
        raise InputError(
            f"actors must be a table with the columns {', '.join(_REQUIRED)}; it has "
            f"{', '.join(table.columns) or 'none'}."
        )
    ids = table["actor"]
    if ids.dtype != pl.String or ids.null_count():
        found = f"{ids.null_count():,} nulls" if ids.dtype == pl.String else str(ids.dtype)
        raise InputError(f"actors must be a table with strings in the column 'actor', got {found}.")
    merged_spans(table, corpus.total_documents, "actors")
    for name, dtype in _COLUMNS.items():
        if name in table.columns:
            try:
                table[name].cast(dtype)
            except pl.exceptions.PolarsError:
                raise InputError(
                    f"actors must be a table whose column {name!r} holds {dtype}, got {table[name].dtype}."
                ) from None


def _tokens_of_spans(corpus: CorpusView, spans: pl.DataFrame) -> tuple[Integers, Integers]:
    """Return the first token and the end of the tokens that lie in each span."""
    low, high = corpus.document_bounds(spans["document"].to_numpy())
    first, end = low.copy(), low.copy()
    starts, ends = spans["start"].to_numpy(), spans["end"].to_numpy()
    for row, (begin, stop) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        of_document = corpus.token_starts[begin:stop]
        first[row] = begin + np.searchsorted(of_document, starts[row])
        end[row] = begin + np.searchsorted(of_document, ends[row])
    return first, end
