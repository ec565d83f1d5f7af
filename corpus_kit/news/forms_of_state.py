"""Which state a form of state alone (المملكة) refers to: one that the text names with it, or the home of the text."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid, nearest, shown, warn
from corpus_kit.news.actor_names import Key
from corpus_kit.news.doubtful_names import documents_with
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.name_matches import HOME, NEAREST, NONE, PROCLITICS, Booleans, Matches, NameSearch, next_words
from corpus_kit.news.name_trie import FORM, NOBODY
from corpus_kit.news.running_text import documents_of
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["decide_forms", "home_of_documents"]

_ARTICLE = "ال"
_BESIDE = 6  # words from a form to the name of another state (سفير المملكة لدى الأردن)
_IN = "في"  # رئاسة الجمهورية في العراق: of the same state
_AT = "لدى"  # سفير المملكة المغربية لدى المملكة: of another state
_ENOUGH = 2  # full names; one may be in passing
_AS_OFTEN = 2  # full names of another state for each name of the home


def home_of_documents(corpus: CorpusView, gazetteer: Gazetteer, home: object) -> Integers:
    """Return the home of each document of the corpus, as a row of the gazetteer; `NOBODY` for none.

    Args:
        corpus: A corpus.
        gazetteer: The actors.
        home: None, the id of an actor, or the name of a metadata column with ids; an id takes precedence.

    Raises:
        InputError: If it is something else, or the column has a value that is no id.
    """
    if home is None:
        return np.full(corpus.total_documents, NOBODY, np.int64)
    row_of_id = {actor.id: row for row, actor in enumerate(gazetteer.actors)}
    if isinstance(home, str) and home in row_of_id:
        return np.full(corpus.total_documents, row_of_id[home], np.int64)
    columns = corpus.label_columns()
    if not isinstance(home, str) or home not in columns:
        near = nearest(home, [*columns, *row_of_id])
        raise invalid("home", "the id of an actor, a metadata column with ids or None", home, near)
    values = corpus.labels(home, selected=False)
    chosen = values.gather(corpus.selected_documents()).drop_nulls()
    _expect_ids(home, chosen, gazetteer)
    if chosen.is_empty():
        warn(f"home={shown(home)} has no values in these documents.", stacklevel=None)
    rows = pl.Series(list(row_of_id.values()), dtype=pl.Int64)
    found = values.cast(pl.String).replace_strict(list(row_of_id), rows, default=NOBODY, return_dtype=pl.Int64)
    return found.fill_null(NOBODY).to_numpy()


def _expect_ids(home: str, values: pl.Series, gazetteer: Gazetteer) -> None:
    """Check the values of a column for ids."""
    if values.is_empty():
        return
    if values.dtype != pl.String and not isinstance(values.dtype, pl.Categorical | pl.Enum):
        raise invalid("home", "a column with ids of actors", home, f"It holds {values.dtype}.")
    ids = values.cast(pl.String)
    unknown = next((id for id in ids.unique(maintain_order=True) if id not in gazetteer), None)
    if unknown is not None:
        rows = int((ids == unknown).sum())
        near = nearest(unknown, [actor.id for actor in gazetteer])
        raise InputError(
            f"home must be a column with ids of actors; {home!r} has {shown(unknown)} in {rows:,} documents."
            + (f" {near}" if near else "")
        )


def decide_forms(
    search: NameSearch, forms: Matches, named: Matches, every: Matches, home: Integers
) -> tuple[Integers, Integers]:
    """Return the reading of each form of state, and what decided (a row of `DECISIONS`).

    A full name is a name with the form in it or before it (المملكة المغربية, مملكة البحرين); the nearest is the last
    one before the form, or else the first after it.

    If the home of the document has the form, the form refers to it, unless the nearest full name of another actor
    occurs twice and more than twice as often as all names of the home, and no word shows that the text speaks of the
    home. Otherwise the nearest full name decides if it occurs before the form, or twice, and no other actor with this
    form is named more often.

    A form never refers to an actor named soon after it: سفير المملكة لدى الأردن is not an ambassador of Jordan. Nor
    does one after سفير المملكة المغربية لدى refer to Morocco, nor then any other form in a document with such a home.

    Args:
        search: The search.
        forms: The matches of forms.
        named: The names that are mentions, in the order of the text.
        every: All matches: a home is also named by its adjective.
        home: The home of each document, as a row of the gazetteer.
    """
    reading, decided = forms.reading.copy(), np.full(len(forms.first), NONE, np.int64)
    if not len(forms.first):
        return reading, decided
    documents = documents_of(search.corpus, forms.first).astype(np.int64)
    own = home[documents]
    names = _names_in_documents(search, every, documents)
    speaks_of_home = _speak_of_home(search, documents, own)
    alone = ~_are_within(forms.first, named)
    for spelling in np.unique(forms.spelling[alone]).tolist():
        rows = np.flatnonzero((forms.spelling == spelling) & alone)
        reading_of = _readings_of_form(search, spelling)
        has_home = reading_of[own[rows]] >= 0
        others = _without_home(_full_names(search, named, search.trie.spellings[spelling], reading_of), home)
        nearest, before = _nearest(search, forms.first[rows], documents[rows], others, named, has_home)
        times = _Counts(others.document, others.actor, len(search.trie.gazetteer)).count(documents[rows], nearest)
        outweighed = (times >= _ENOUGH) & (times > _AS_OFTEN * names.count(documents[rows], own[rows]))
        at_home = has_home & (~outweighed | speaks_of_home[rows])
        in_text = (before | (times >= _ENOUGH)) & ~names.exceeded(documents[rows], nearest, reading_of)
        by_text = (nearest != NOBODY) & np.where(has_home, ~at_home, in_text)
        actor = np.where(at_home, own[rows], np.where(by_text, nearest, NOBODY))
        reading[rows] = np.where(actor != NOBODY, reading_of[actor], reading[rows])
        decided[rows] = np.where(at_home, HOME, np.where(by_text, NEAREST, NONE))
    return reading, decided


class _FullNames(NamedTuple):
    """Full names in the order of the text: the first token, the document and the actor."""

    first: Integers
    document: Integers
    actor: Integers


def _readings_of_form(search: NameSearch, spelling: int) -> Integers:
    """Return, for each actor, its reading of a form, or -1; the last row is that of `NOBODY`."""
    found = np.full(len(search.trie.gazetteer) + 1, -1, np.int64)
    for number, reading in enumerate(search.trie.readings[spelling]):
        if reading.match == FORM:
            found[reading.actor] = search.meanings.of_spelling[spelling] + number
    return found


def _full_names(search: NameSearch, named: Matches, form: Key, reading_of: Integers) -> _FullNames:
    """Return the names of actors with a form that have it in them or before them."""
    corpus, trie = search.corpus, search.trie
    bare = (form[0].removeprefix(_ARTICLE), *form[1:])
    inside = np.array([key[: len(form)] in (form, bare) and key != form for key in trie.spellings], bool)
    before = search.keys.is_in([proclitic + bare[0] for proclitic in PROCLITICS]).to_numpy()
    actor = search.meanings.actor[named.reading]
    begins = corpus.token_flags[named.first] & np.uint8(BARRIERS["sentence"]) != 0
    full = inside[named.spelling] | (before[corpus.token_types[np.maximum(named.first - 1, 0)]] & ~begins)
    rows = np.flatnonzero(full & (reading_of[actor] >= 0))
    return _FullNames(named.first[rows], documents_of(corpus, named.first[rows]).astype(np.int64), actor[rows])


def _without_home(full: _FullNames, home: Integers) -> _FullNames:
    """Return the full names of other actors than the home of the document."""
    keep = full.actor != home[full.document]
    return _FullNames(*(column[keep] for column in full))


def _nearest(
    search: NameSearch, first: Integers, documents: Integers, full: _FullNames, named: Matches, has_home: Booleans
) -> tuple[Integers, Booleans]:
    """Return the actor of the full name nearest to each form, or `NOBODY`, and whether it is before the form."""
    if not len(full.first):
        return np.full(len(first), NOBODY, np.int64), np.zeros(len(first), bool)
    at = np.searchsorted(full.first, first)
    before, after = np.maximum(at - 1, 0), np.minimum(at, len(full.first) - 1)
    is_before = np.asarray((at > 0) & (full.document[before] == documents), bool)
    is_after = full.document[after] == documents
    actor = np.where(is_before, full.actor[before], np.where(is_after, full.actor[after], NOBODY))
    pairs = documents * len(search.trie.gazetteer) + actor
    soon, sent_there = _are_named_beside(search, first, actor, named)
    actor[soon | sent_there | has_home & np.isin(pairs, pairs[sent_there])] = NOBODY
    return actor, is_before


def _names_in_documents(search: NameSearch, matches: Matches, documents: Integers) -> _Counts:
    """Count names in some documents, not forms of state; of several that end at the same token one counts."""
    meanings, n_actors = search.meanings, len(search.trie.gazetteer)
    wanted = np.zeros(search.corpus.total_documents, bool)
    wanted[documents] = True
    actor = meanings.actor[matches.reading]
    rows = np.flatnonzero((actor != NOBODY) & (meanings.match[matches.reading] != FORM))
    in_documents = documents_of(search.corpus, matches.last[rows]).astype(np.int64)
    rows, in_documents = rows[wanted[in_documents]], in_documents[wanted[in_documents]]
    _, once = np.unique(matches.last[rows] * n_actors + actor[rows], return_index=True)
    return _Counts(in_documents[once], actor[rows][once], n_actors)


def _are_within(first: Integers, named: Matches) -> Booleans:
    """Return whether tokens are within names: the first of المملكة المغربية is no form of state alone."""
    if not len(named.first):
        return np.zeros(len(first), bool)
    at = np.searchsorted(named.first, first, "right") - 1
    return np.asarray((at >= 0) & (named.last[at] >= first), bool)


def _speak_of_home(search: NameSearch, documents: Integers, own: Integers) -> Booleans:
    """Return whether these documents have a word that shows that they speak of their home."""
    gazetteer = search.trie.gazetteer
    found = np.zeros(len(documents), bool)
    for row in np.unique(own[own != NOBODY]).tolist():
        words = gazetteer.doubts.home_words.get(gazetteer.actors[row].id, ())
        found |= (own == row) & np.isin(documents, documents_with(search, words))
    return found


def _are_named_beside(
    search: NameSearch, first: Integers, actors: Integers, named: Matches
) -> tuple[Booleans, Booleans]:
    """Return whether actors are named soon after forms, but not with في, and whether before لدى and them.

    Only names in the same sentence count.
    """
    corpus = search.corpus
    after, _ = next_words(corpus, first, search.hyphens)
    in_it = (search.keys.gather(corpus.token_types[after]) == _IN).to_numpy()
    at_it = (search.keys.gather(corpus.token_types[np.maximum(first - 1, 0)]) == _AT).to_numpy()
    begins, ends = _sentences_near(corpus, first)
    actor_of_names = search.meanings.actor[named.reading]
    soon, sent_there = np.zeros(len(first), bool), np.zeros(len(first), bool)
    low, high = (np.searchsorted(named.first, tokens) for tokens in (begins, ends))
    for step in range(int((high - low).max(initial=0))):
        near = np.minimum(low + step, len(named.first) - 1)
        same = (low + step < high) & (actor_of_names[near] == actors)
        is_later = named.first[near] > first
        soon |= same & is_later & ~in_it
        sent_there |= same & ~is_later & at_it
    return soon, sent_there


def _sentences_near(corpus: CorpusView, tokens: Integers) -> tuple[Integers, Integers]:
    """Return the begin and end of the part of its sentence that is near each token."""
    barrier, final = np.uint8(BARRIERS["sentence"]), len(corpus.token_types) - 1
    begins, ends = tokens.copy(), tokens + 1
    goes_back, goes_on = np.ones(len(tokens), bool), np.ones(len(tokens), bool)
    for _ in range(_BESIDE):
        goes_back &= corpus.token_flags[begins] & barrier == 0
        begins -= goes_back
        goes_on &= (ends <= final) & (corpus.token_flags[np.minimum(ends, final)] & barrier == 0)
        ends += goes_on
    return begins, ends


class _Counts:
    """How often documents name actors."""

    def __init__(self, documents: Integers, actors: Integers, n_actors: int) -> None:
        self._n_actors = n_actors
        self._codes, self._counts = np.unique(documents * n_actors + actors, return_counts=True)

    def count(self, documents: Integers, actors: Integers) -> Integers:
        """Return how often each document names an actor; 0 for nobody."""
        if not len(self._codes):
            return np.zeros(len(documents), np.int64)
        codes = documents * self._n_actors + actors
        place = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        found = (self._codes[place] == codes) & (actors != NOBODY)
        return np.where(found, self._counts[place], 0)

    def exceeded(self, documents: Integers, actors: Integers, reading_of: Integers) -> Booleans:
        """Return whether each document names another actor with the form more often than this one."""
        number = self.count(documents, actors)
        candidates = np.flatnonzero(reading_of[:-1] >= 0)
        more: Any = np.zeros(len(documents), bool)
        for candidate in candidates.tolist():
            more |= self.count(documents, np.full(len(documents), candidate, np.int64)) > number
        return np.asarray(more, bool)
