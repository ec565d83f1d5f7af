"""Names that are also something else - another place, an adjective, a common word - and how the context decides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.name_matches import CONJUNCTIONS, PROCLITICS, Booleans, Matches, NameSearch
from corpus_kit.news.name_trie import ANAPHOR, NOBODY
from corpus_kit.news.running_text import documents_of
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["resolve_doubts"]

_ARTICLE = "^(?:[وفبك]?ال|[وف]?لل).."  # of a word with the article


def resolve_doubts(search: NameSearch, matches: Matches) -> Matches:
    """Return matches with the readings that the context decides for, without those that it decides against."""
    matches = _read_by_word_before(search, matches)
    matches = matches.take(~_are_adjectives(search, matches))
    return _without_common_words(search, matches)


class _WordsBefore:
    """The token before each of some tokens in the same sentence.

    Attributes:
        exists: Whether there is one.
        form: The form of it that is compared.
        is_word: Whether it is a word, not a sign.
    """

    def __init__(self, corpus: CorpusView, keys: pl.Series, tokens: Integers) -> None:
        self.exists = np.asarray(corpus.token_flags[tokens] & (BEGINS_SENTENCE | BEGINS_PARAGRAPH) == 0, bool)
        types = corpus.token_types[np.maximum(tokens - 1, 0)]
        self.form = keys.gather(types)
        self.is_word = corpus.counted_types[types]

    def among(self, words: Iterable[str]) -> Booleans:
        """Return whether it is one of these words, with or without a proclitic."""
        listed = [proclitic + word for proclitic in PROCLITICS for word in sorted(words)]
        return np.asarray(self.exists & self.form.is_in(listed).to_numpy(), bool)

    def matches(self, expression: str) -> Booleans:
        """Return whether it is a word that a regular expression matches."""
        return np.asarray(self.exists & self.is_word & self.form.str.contains(expression).to_numpy(), bool)


def _words_before(search: NameSearch, matches: Matches, rows: Integers) -> _WordsBefore:
    return _WordsBefore(search.corpus, search.keys, matches.first[rows])


def _read_by_word_before(search: NameSearch, matches: Matches) -> Matches:
    """Return the matches, read as another actor if the word before says so: العاصمة عمان is the city."""
    gazetteer, meanings = search.trie.gazetteer, search.meanings
    row_of_id = {actor.id: row for row, actor in enumerate(gazetteer.actors)}
    for key, (id, words) in gazetteer.doubts.by_word_before.items():
        rows = search.rows_of(matches, key)
        rows = rows[matches.ambiguous[rows] & _words_before(search, matches, rows).among(words)]
        spelling = search.trie.number_of.get(key, -1)
        reading = meanings.of_actor(spelling, row_of_id.get(id, NOBODY)) if len(rows) else -1
        if reading >= 0:
            matches.reading[rows], matches.ambiguous[rows] = reading, False
    return matches


def _are_adjectives(search: NameSearch, matches: Matches) -> Booleans:
    """Return, for each match, whether it is an adjective that is spelled like a name (الحدود السعودية, ليرة سورية)."""
    doubts = search.trie.gazetteer.doubts
    found = np.zeros(len(matches.first), bool)
    ends_of_names = matches.last[search.meanings.actor[matches.reading] != NOBODY]
    for key in doubts.after_definite:
        rows = search.rows_of(matches, key)
        before = _words_before(search, matches, rows)
        definite = (before.matches(_ARTICLE) & ~before.among(doubts.not_definite)) | before.among(doubts.also_definite)
        # المصرية والسعودية are adjectives, الخليج والسعودية a name; after ب ل ك there is no adjective
        bare = matches.proclitic[rows] == 0
        joined = np.isin(matches.proclitic[rows], CONJUNCTIONS) & before.matches("ه$")
        found[rows] = definite & (bare | joined) & ~np.isin(matches.first[rows] - 1, ends_of_names)
    for key, words in doubts.indefinite.items():
        rows = search.rows_of(matches, key)
        rows = rows[matches.proclitic[rows] == 0]
        before = _words_before(search, matches, rows)
        found[rows] = before.matches("") & ~before.matches("^[وف]?[تي].*[^ه]$") & ~before.among(words)
    return found


def _without_common_words(search: NameSearch, matches: Matches) -> Matches:
    """Return the matches without common words that nothing in their document makes a name."""
    trie, meanings, corpus = search.trie, search.meanings, search.corpus
    doubts = trie.gazetteer.doubts
    alike = search.keys.gather(corpus.token_types[matches.first]).is_in(sorted(doubts.spelled_alike)).to_numpy()
    doubtful = alike & (matches.first == matches.last) & ~trie.own[matches.spelling]
    for key, words in doubts.common_words.items():
        rows = search.rows_of(matches, key)
        doubtful[rows] |= ~_words_before(search, matches, rows).among(words)
    if not doubtful.any():
        return matches
    actor = meanings.actor[matches.reading]
    named = documents_of(corpus, matches.first).astype(np.int64) * len(trie.gazetteer) + actor
    certain = named[~doubtful & (actor != NOBODY) & (meanings.match[matches.reading] != ANAPHOR)]
    return matches.take(~doubtful | ((actor != NOBODY) & np.isin(named, certain)))
