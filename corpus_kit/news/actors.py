"""Where a text mentions the actors of a gazetteer, also behind proclitics and by anaphors."""

from __future__ import annotations

from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.arrays import Integers
from corpus_kit._base.records import as_frame, attach, provenance_of
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.news.doubtful_names import resolve_doubts
from corpus_kit.news.forms_of_state import decide_forms, home_of_documents
from corpus_kit.news.gazetteer import Gazetteer, gazetteer_of
from corpus_kit.news.name_matches import (
    DECISIONS,
    NEAREST,
    NONE,
    SHOWN_PROCLITICS,
    Booleans,
    Matches,
    Meanings,
    NameSearch,
)
from corpus_kit.news.name_trie import ANAPHOR, FORM, MATCHES, NOBODY, NameTrie, Reading
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.running_text import PLACE_DTYPE, documents_of, original_text, places_of, token_ends

__all__ = ["MATCHES", "MATCH_DTYPE", "actors", "count_undecided", "mention_tokens", "mentions_of"]

MATCH_DTYPE = pl.Enum(MATCHES)
DECISION_DTYPE = pl.Enum(DECISIONS)

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
    "decided_by": DECISION_DTYPE,
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
    home: str | None = None,
    boilerplate: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the mentions of states and other actors, also behind proclitics.

    A name is found as listed, or behind و or ف, ب ل ك, or both (لل for a name with the article), unless the whole
    word is itself a listed name. The article is never added. The longest name counts, and no two mentions overlap.

    A form of state alone (المملكة, الجمهورية, السلطنة) is a row, too. It refers to the `home` of the document if that
    has this form, unless the document is about another state with it: a full name of that one (المملكة المغربية, مملكة
    البحرين) is the nearest, and occurs twice and more than twice as often as names of the home. Without such a home it
    refers to the nearest full name, the last one before it or else the first of several after it, unless another state
    with this form is named more often. Where nothing decides, its actor is null.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        gazetteer: A Gazetteer, the path of a TOML file (see `Gazetteer.read`), or None for the built-in states.
        metonyms: Whether metonyms count: capitals and seats of government for their states.
        anaphors: Whether anaphors count. An anaphor is a mention only in a document that also has a full name of its
            actor. If several actors share it, it refers to the one whose full name came last before it (or first
            after it, if none came before), and is `ambiguous`.
        home: Whom a form of state refers to in these texts: the id of an actor ("SA" for newspapers of Saudi Arabia),
            or the name of a metadata column that holds ids or nulls, if documents have different homes.
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
        - actor, kind (String): id and kind of the actor; null if decided_by is none
        - name (String): the name as listed
        - match (Enum): name, metonym, anaphor or form
        - ambiguous (Boolean): whether the listed name is that of another actor, too; of a form, whether nothing decides
        - decided_by (Enum): name (it is of this actor only), precedence (it is of several; states and their capitals
          come before cities), vowels (its vowel signs), context (a word before it, such as العاصمة عمان, or a word of
          the document), nearest (the nearest full name in the document), home, or none
        - quoted (Boolean): whether the mention is all there is between two quotation marks
        - place (Enum): headline, body or boilerplate

    Raises:
        InputError: If an argument is invalid, or the file of actors is.

    Warns:
        UserWarning: If the column `home` has no values in these documents.

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
        corpus,
        gazetteer_of(gazetteer, "gazetteer"),
        metonyms=metonyms,
        anaphors=anaphors,
        home=home,
        boilerplate=boilerplate,
    )


def _actors(
    corpus: CorpusView,
    gazetteer: Gazetteer,
    *,
    metonyms: bool,
    anaphors: bool,
    home: str | None,
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    trie = NameTrie(gazetteer, metonyms=boolean(metonyms, "metonyms"), anaphors=boolean(anaphors, "anaphors"))
    with reading(corpus.path):
        found, readings = _find_mentions(corpus, trie, home_of_documents(corpus, gazetteer, home))
        table = _table(corpus, gazetteer, found, readings, boilerplate)
    options = {
        "gazetteer": gazetteer, "metonyms": metonyms, "anaphors": anaphors, "home": home,
        "forms": _decisions_of_forms(table),
        "boilerplate": None if boilerplate is None else boilerplate.height, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(table, "ck.news.actors", options, corpus=corpus)


def _decisions_of_forms(table: pl.DataFrame) -> dict[str, int]:
    """Count what decided whom forms of state refer to."""
    counts = dict(table.filter(match="form")["decided_by"].cast(pl.String).value_counts().iter_rows())
    return {decision: counts.get(decision, 0) for decision in ("home", "nearest", "none")}


def count_undecided(actors: object, mentions: pl.DataFrame) -> int:
    """Return how many forms of state `mentions_of` left out, since nothing decides to whom they refer.

    Args:
        actors: What it was given.
        mentions: What it returned.
    """
    if isinstance(actors, pl.DataFrame):
        return int(_undecided(actors).sum())
    record = provenance_of(mentions)
    return 0 if record is None else int(record["options"]["forms"]["none"])


def _undecided(mentions: pl.DataFrame) -> pl.Series:
    """Return, for each row of a table, whether nothing decides to whom it refers, so that its actor is null."""
    text = pl.String | pl.Enum | pl.Categorical
    if not {"actor", "decided_by"} <= set(mentions.columns) or not isinstance(mentions["decided_by"].dtype, text):
        return pl.repeat(value=False, n=mentions.height, dtype=pl.Boolean, eager=True)
    return mentions["actor"].is_null() & (mentions["decided_by"].cast(pl.String) == "none").fill_null(value=False)


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
        The columns of `ck.news.actors`, without the forms of state that are not decided.

    Raises:
        InputError: If an argument is invalid, or a table is not one of mentions in this corpus.
    """
    expect_corpus(corpus)
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    if not isinstance(actors, pl.DataFrame):
        found = _actors(
            corpus, gazetteer_of(actors), metonyms=metonyms, anaphors=anaphors, home=None, boilerplate=boilerplate
        )
        return found.filter(pl.col("actor").is_not_null())
    with reading(corpus.path):
        return _given(corpus, actors.filter(~_undecided(actors)), boilerplate)


def mention_tokens(corpus: CorpusView, mentions: pl.DataFrame) -> tuple[Integers, Integers]:
    """Return the first token of each mention and the token after its last, as token numbers of the corpus."""
    first = corpus.document_bounds(mentions["document"].to_numpy())[0] + mentions["position"].to_numpy()
    return first, first + mentions["tokens"].to_numpy()


# ------------------------------------------------------------------------------ which matches are mentions


def _find_mentions(corpus: CorpusView, trie: NameTrie, home: Integers) -> tuple[Matches, list[Reading]]:
    """Return the mentions in the order of the text, and the reading of each."""
    if not trie.spellings:
        nothing = np.zeros(0, np.int64)
        return Matches(nothing, nothing, nothing, nothing, nothing, nothing.astype(bool), nothing), []
    search = NameSearch(corpus, trie)
    every = search.matches()
    found = _mentions(search, resolve_doubts(search, every), every, home)
    return found, [search.meanings.listed[row] for row in found.reading.tolist()]


def _mentions(search: NameSearch, matches: Matches, every: Matches, home: Integers) -> Matches:
    """Return the longest matches from the beginning of the text on; anaphors only with an antecedent.

    search: The search. matches: What the context decides for. every: All matches. home: That of each document.
    """
    meanings = search.meanings
    # of two that are equally long: the user's names, then the shorter proclitic
    order = (matches.proclitic, ~search.trie.own[matches.spelling], -matches.last, matches.first)
    matches = matches.take(np.lexsort(order))
    anaphors, forms = (meanings.match[matches.reading] == match for match in (ANAPHOR, FORM))
    if anaphors.any() or forms.any():
        named = _longest(matches.take(~anaphors & ~forms), meanings)
        matches.reading[anaphors] = _antecedents(search, matches.take(anaphors), named)
        matches.decided[anaphors] = NEAREST
        reading, decided = decide_forms(search, matches.take(forms), named, every, home)
        matches.reading[forms], matches.decided[forms], matches.ambiguous[forms] = reading, decided, decided == NONE
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
    known = (found.decided != NONE).tolist()
    actors = [
        gazetteer.actors[reading.actor] if is_known else None for reading, is_known in zip(readings, known, strict=True)
    ]
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
            "actor": [actor and actor.id for actor in actors],
            "kind": [actor and actor.kind for actor in actors],
            "name": [reading.name for reading in readings],
            "match": [MATCHES[reading.match] for reading in readings],
            "ambiguous": found.ambiguous,
            "decided_by": [DECISIONS[row] for row in found.decided.tolist()],
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
        "ambiguous": pl.lit(value=False), "decided_by": pl.lit("name"),
        "quoted": pl.Series(_quoted(corpus, first, end - 1)),
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
