"""Names that are also something else - another place, an adjective, a common word - and how the context decides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.gazetteer import OtherPlace
from corpus_kit.news.name_matches import (
    CONJUNCTIONS,
    CONTEXT,
    PROCLITICS,
    Booleans,
    Matches,
    NameSearch,
    next_words,
)
from corpus_kit.news.name_trie import ANAPHOR, FORM, NOBODY
from corpus_kit.news.running_text import documents_of
from corpus_kit.text.arabic import QUOTATION_PAIRS, TOGGLING_QUOTATION_MARK
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["documents_with", "resolve_doubts"]

_FEMININE = "(?:ات|ة[\u064b-\u0652]*)$"
_COMMAS = ["،", ",", "؛"]
_OPENING = [*(opening for opening, _ in QUOTATION_PAIRS), TOGGLING_QUOTATION_MARK]
_VERB = "^[وف]?[تي]"
_ARTICLE = "^(?:[وفبك]?ال|[وف]?لل).."  # of a word with the article


def resolve_doubts(search: NameSearch, matches: Matches) -> Matches:
    """Return matches with the readings that the context decides for, without those that it decides against."""
    matches = _read_by_context(search, matches)
    matches = matches.take(~_are_adjectives(search, matches) & ~_are_other_things(search, matches))
    _read_as_parts_of_names(search, matches)
    return _without_common_words(search, matches)


class _WordsBefore:
    """The token before each of some tokens in the same sentence.

    Attributes:
        exists: Whether there is one.
        form: The form of it that is compared.
        surface: Its spelling.
        is_word: Whether it is a word, not a sign.
    """

    def __init__(self, corpus: CorpusView, keys: pl.Series, tokens: Integers) -> None:
        self.exists = _goes_on(corpus, tokens)
        types = corpus.token_types[np.maximum(tokens - 1, 0)]
        self.form = keys.gather(types)
        self.surface = corpus.type_column("surface").gather(types)
        self.is_word = corpus.counted_types[types]

    def among(self, words: Iterable[str]) -> Booleans:
        """Return whether it is one of these words, with or without a proclitic."""
        return np.asarray(self.exists & self.form.is_in(_with_proclitics(words)).to_numpy(), bool)

    def matches(self, expression: str) -> Booleans:
        """Return whether it is a word that a regular expression matches."""
        return np.asarray(self.exists & self.is_word & self.form.str.contains(expression).to_numpy(), bool)

    def are_feminine(self, words: Iterable[str]) -> Booleans:
        """Return whether it is a feminine noun or a plural of things: by its ending, or as one of these words."""
        ends = self.exists & self.is_word & self.surface.str.contains(_FEMININE).to_numpy()
        with_ha = self.matches("ه$") & ~self.matches(_VERB)  # ة without dots, not a pronoun (تستحقه)
        return np.asarray(ends | with_ha | self.among(words), bool)


def _goes_on(corpus: CorpusView, tokens: Integers) -> Booleans:
    """Return whether there is a token before each in the same sentence."""
    return np.asarray(corpus.token_flags[tokens] & (BEGINS_SENTENCE | BEGINS_PARAGRAPH) == 0, bool)


def _after_marks(search: NameSearch, tokens: Integers) -> Integers:
    """Return the opening quotation mark before each token, if it has one and goes on a sentence, or the token."""
    before = np.maximum(tokens - 1, 0)
    marks = search.corpus.type_column("surface").is_in(_OPENING).to_numpy()
    return np.where(_goes_on(search.corpus, tokens) & marks[search.corpus.token_types[before]], before, tokens)


def _with_proclitics(words: Iterable[str]) -> list[str]:
    return [proclitic + word for proclitic in PROCLITICS for word in sorted(words)]


def _words_before(search: NameSearch, matches: Matches, rows: Integers) -> _WordsBefore:
    return _WordsBefore(search.corpus, search.keys, matches.first[rows])


def _read_by_context(search: NameSearch, matches: Matches) -> Matches:
    """Return the matches, read as another actor if the word before or the text says so: العاصمة عمان is the city."""
    gazetteer, meanings = search.trie.gazetteer, search.meanings
    row_of_id = {actor.id: row for row, actor in enumerate(gazetteer.actors)}
    for key, other in gazetteer.doubts.by_context.items():
        rows = search.rows_of(matches, key)
        rows = rows[matches.ambiguous[rows]]
        if not len(rows):
            continue
        by_word = _words_before(search, matches, rows).among(other.after)
        rows = rows[by_word | _in_texts_about(search, matches, rows, other)]
        spelling = search.trie.number_of.get(key, -1)
        reading = meanings.of_actor(spelling, row_of_id.get(other.id, NOBODY)) if len(rows) else -1
        if reading >= 0:
            matches.reading[rows], matches.ambiguous[rows] = reading, False
            matches.decided[rows] = CONTEXT
    return matches


def _in_texts_about(search: NameSearch, matches: Matches, rows: Integers, other: OtherPlace) -> Booleans:
    """Return whether matches are in texts about another place, and not in a list of states."""
    documents = documents_of(search.corpus, matches.first[rows])
    about = np.isin(documents, documents_with(search, other.words))
    about &= ~np.isin(documents, documents_with(search, other.unless))
    return np.asarray(about & ~_are_joined(search, matches, rows, np.sort(matches.last)), bool)


def _are_joined(search: NameSearch, matches: Matches, rows: Integers, ends: Integers) -> Booleans:
    """Return whether some matches are joined to a name that ends at one of the tokens `ends`: النيجر، ومالي."""
    commas = search.keys.is_in(_COMMAS).to_numpy()
    before = np.maximum(matches.first[rows] - 1, 0)
    before -= commas[search.corpus.token_types[before]] & (before > 0)
    return np.isin(matches.proclitic[rows], CONJUNCTIONS) & _are_among(before, ends)


def _are_among(numbers: Integers, ascending: Integers) -> Booleans:
    """Return whether numbers are among ascending ones."""
    if not len(ascending):
        return np.zeros(len(numbers), bool)
    place = np.minimum(np.searchsorted(ascending, numbers), len(ascending) - 1)
    return np.asarray(ascending[place] == numbers, bool)


def documents_with(search: NameSearch, words: Iterable[str]) -> Integers:
    """Return the documents that have one of some words, with or without a proclitic."""
    types = np.flatnonzero(search.keys.is_in(_with_proclitics(words)).to_numpy())
    return np.unique(documents_of(search.corpus, search.corpus.positions_of(types).astype(np.int64))).astype(np.int64)


def _are_adjectives(search: NameSearch, matches: Matches) -> Booleans:
    """Return, for each match, whether it is an adjective that is spelled like a name (الحدود السعودية, ليرة سورية)."""
    doubts = search.trie.gazetteer.doubts
    found = np.zeros(len(matches.first), bool)
    ends_of_names = np.sort(matches.last[search.meanings.actor[matches.reading] != NOBODY])
    for key in doubts.after_definite:
        rows = search.rows_of(matches, key)
        before = _words_before(search, matches, rows)
        definite = (before.matches(_ARTICLE) & ~before.among(doubts.not_definite)) | before.among(doubts.also_definite)
        # المصرية والسعودية are adjectives, الخليج والسعودية a name; after ب ل ك there is no adjective
        bare = matches.proclitic[rows] == 0
        joined = np.isin(matches.proclitic[rows], CONJUNCTIONS) & before.matches("ه$")
        found[rows] = definite & (bare | joined) & ~_are_among(matches.first[rows] - 1, ends_of_names)
    for key, words in doubts.indefinite.items():
        rows = search.rows_of(matches, key)
        rows = rows[matches.proclitic[rows] == 0]
        before = _words_before(search, matches, rows)
        found[rows] = before.are_feminine(doubts.feminine) & ~before.among(words)
    return found


def _are_other_things(search: NameSearch, matches: Matches) -> Booleans:
    """Return, for each match, whether it is something else by the word after it, or by a word in its document."""
    corpus, doubts = search.corpus, search.trie.gazetteer.doubts
    found = np.zeros(len(matches.first), bool)
    for key, words in doubts.not_before.items():
        rows = search.rows_of(matches, key)
        form, exists = _words_after(search, matches, rows)
        found[rows] = exists & form.is_in(sorted(words)).to_numpy()
    for key, words in doubts.other_place.items():
        rows = search.rows_of(matches, key)
        if len(rows):
            found[rows] = np.isin(documents_of(corpus, matches.first[rows]), documents_with(search, words))
    return found


def _words_after(search: NameSearch, matches: Matches, rows: Integers) -> tuple[pl.Series, Booleans]:
    """Return the form of the word after each of some matches, and whether it is in the same sentence."""
    after, exists = next_words(search.corpus, matches.last[rows], search.hyphens)
    return search.keys.gather(search.corpus.token_types[after]), exists


def _read_as_parts_of_names(search: NameSearch, matches: Matches) -> None:
    """Give the matches in names of something else (طيران الإمارات) the reading that mentions nobody."""
    trie, meanings = search.trie, search.meanings
    doubts = trie.gazetteer.doubts
    is_city = np.array([actor.kind == "city" for actor in trie.gazetteer.actors] + [False], bool)  # [-1]: nobody
    listed = ~trie.own[matches.spelling] & ~is_city[meanings.actor[matches.reading]]
    rows = np.flatnonzero(listed & (matches.proclitic == 0))  # متحف بألمانيا is a museum in Germany
    before = _WordsBefore(search.corpus, search.keys, _after_marks(search, matches.first[rows]))  # شركة «مصر للبترول»
    inside = before.among(doubts.heads)
    perhaps = np.flatnonzero(before.among(doubts.heads_before_li))
    form, exists = _words_after(search, matches, rows[perhaps])
    inside[perhaps] |= exists & form.str.starts_with("لل").to_numpy()
    matches.reading[rows[inside]] = len(meanings.listed) - 1
    matches.ambiguous[rows[inside]] = False


def _without_common_words(search: NameSearch, matches: Matches) -> Matches:
    """Return the matches without common words that nothing in their document makes a name."""
    trie, meanings, corpus = search.trie, search.meanings, search.corpus
    doubts = trie.gazetteer.doubts
    alike = search.keys.gather(corpus.token_types[matches.first]).is_in(sorted(doubts.spelled_alike)).to_numpy()
    doubtful = alike & (matches.first == matches.last) & ~trie.own[matches.spelling]
    for key, words in doubts.common_words.items():
        rows = search.rows_of(matches, key)
        if len(rows):
            doubtful[rows] |= ~_words_before(search, matches, rows).among(words)
    if not doubtful.any():
        return matches
    rows = np.flatnonzero(doubtful)
    doubtful[rows] = ~_are_joined(search, matches, rows, np.sort(matches.last[~doubtful]))
    actor = meanings.actor[matches.reading]
    named = documents_of(corpus, matches.first).astype(np.int64) * len(trie.gazetteer) + actor
    by_name = ~np.isin(meanings.match[matches.reading], (ANAPHOR, FORM))
    certain = named[~doubtful & (actor != NOBODY) & by_name]
    return matches.take(~doubtful | ((actor != NOBODY) & _are_among(named, np.sort(certain))))
