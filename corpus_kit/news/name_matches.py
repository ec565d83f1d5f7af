"""Every place where a spelling of a gazetteer occurs, also behind proclitics, and what it means there.

Types are matched first: for each distinct word, which names it begins and with which proclitic. Names of several words
are then followed from those words through the tokens, all at once. So the cost does not grow with the number of names.
"""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.actor_names import Key, folded, is_hyphen
from corpus_kit.news.name_trie import NO_MENTION, NameTrie, Reading
from corpus_kit.news.running_text import documents_of
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = [
    "CONJUNCTIONS",
    "DECISIONS",
    "PROCLITICS",
    "SHOWN_PROCLITICS",
    "Booleans",
    "Matches",
    "Meanings",
    "NameSearch",
    "next_words",
]

Booleans = npt.NDArray[np.bool_]

# One conjunction and one preposition; س is a particle of verbs. The shorter reading is tried first.
PROCLITICS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "فك")
# ل and the article merge in writing: للأردن, وللأردن.
_MERGED = ("لل", "ولل", "فلل")
# (what comes before the name, what it is replaced by, the proclitic that is shown)
_FORMS = (
    *((proclitic, "", proclitic) for proclitic in PROCLITICS),
    *((merged, article, merged[:-1]) for merged in _MERGED for article in ("ال", "الل")),
)
SHOWN_PROCLITICS = tuple(dict.fromkeys(shown for _, _, shown in _FORMS))
CONJUNCTIONS = [SHOWN_PROCLITICS.index(each) for each in ("و", "ف")]

# What decides which actor a match refers to: it is the only one with the name, or the first of several in the order of
# ranks, unless something of the text or the user's `home` decides.
DECISIONS = ("name", "precedence", "vowels", "context", "nearest", "home", "none")
NAME, PRECEDENCE, VOWELS, CONTEXT, NEAREST, HOME, NONE = range(len(DECISIONS))

_VOWEL_SIGNS = "\u064b-\u0652\u0670"
_FATHATAN = "\u064b"
_TATWEEL = "\u0640"


class Matches(NamedTuple):
    """Where spellings occur and what each means there.

    Attributes:
        first: The first token.
        last: The last token.
        proclitic: A row of `SHOWN_PROCLITICS`.
        spelling: A row of the spellings of the trie.
        reading: A row of `Meanings.listed`.
        ambiguous: Whether the name is that of another actor, too.
        decided: What decided, a row of `DECISIONS`.
    """

    first: Integers
    last: Integers
    proclitic: Integers
    spelling: Integers
    reading: Integers
    ambiguous: Booleans
    decided: Integers

    def take(self, rows: Any) -> Matches:
        """Return some of the matches, by number or by a mask."""
        return Matches(*(column[rows] for column in self))


class _Beginnings(NamedTuple):
    """How types begin names, ordered by type: the proclitic (row of `SHOWN_PROCLITICS`), the node of the first word."""

    type: Integers
    proclitic: Integers
    node: Integers


class NameSearch:
    """The search for the names of a trie in one corpus.

    Attributes:
        corpus: The corpus.
        trie: The names.
        keys: For each type, the form that is compared.
        hyphens: For each type, whether it is a hyphen or a dash.
        meanings: What the spellings mean.
    """

    def __init__(self, corpus: CorpusView, trie: NameTrie) -> None:
        self.corpus, self.trie = corpus, trie
        self.keys = corpus.derive("actor keys", lambda: folded(corpus.type_column("surface")).alias("word"))
        self.hyphens: Booleans = is_hyphen(self.keys).to_numpy()
        self.meanings = Meanings(trie)

    def rows_of(self, matches: Matches, key: Key) -> Integers:
        """Return the rows of the matches of one spelling."""
        return np.flatnonzero(matches.spelling == self.trie.number_of.get(key, -1))

    def matches(self) -> Matches:
        """Return every place where a spelling occurs; they may overlap."""
        corpus, trie = self.corpus, self.trie
        beginnings = self._beginnings()
        first = self._places_of(np.unique(beginnings.type))
        of_type = corpus.token_types[first].astype(np.int64)
        low, high = (np.searchsorted(beginnings.type, of_type, side) for side in ("left", "right"))
        row = ranges(low, high)
        first = np.repeat(first, high - low)
        last, node = first.copy(), beginnings.node[row]
        word_of_type = self._word_numbers()
        found = []
        while True:
            spelling = trie.spelling_at[node]
            ends = spelling >= 0
            found.append((first[ends], last[ends], row[ends], spelling[ends]))
            if not len(first):
                break
            last, on = next_words(corpus, last, self.hyphens)
            node = np.where(on, trie.step(node, word_of_type[corpus.token_types[last]]), -1)
            goes_on = node >= 0
            first, last, row, node = (column[goes_on] for column in (first, last, row, node))
        first, last, row, spelling = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return self.meanings.read(corpus, first, last, beginnings.proclitic[row], spelling)

    def _places_of(self, types: Integers) -> Integers:
        """Return the tokens of some types in the selected documents."""
        corpus = self.corpus
        tokens = corpus.positions_of(types).astype(np.int64)
        chosen = corpus.document_mask()
        return tokens if chosen is None else tokens[chosen[documents_of(corpus, tokens)] != 0]

    def _beginnings(self) -> _Beginnings:
        types = self.keys.to_frame().with_row_index("type")
        firsts = pl.DataFrame({"word": list(self.trie.firsts), "node": list(self.trie.firsts.values())})
        found = [types.join(firsts, on="word").with_columns(form=pl.lit(0))]
        # a word that is itself a listed name is not read as a proclitic and another name
        others = types.filter(~pl.col("word").is_in(self.trie.single))
        for number, (before, instead, _) in enumerate(_FORMS[1:], start=1):
            rest = others.filter(pl.col("word").str.starts_with(before)).with_columns(
                word=instead + pl.col("word").str.slice(len(before))
            )
            found.append(rest.join(firsts, on="word").with_columns(form=pl.lit(number)))
        ordered = pl.concat(found).sort("type", "form")
        shown = np.array([SHOWN_PROCLITICS.index(each) for _, _, each in _FORMS], np.int64)
        return _Beginnings(
            ordered["type"].to_numpy().astype(np.int64), shown[ordered["form"].to_numpy()], ordered["node"].to_numpy()
        )

    def _word_numbers(self) -> Integers:
        """Return, for each type, the number of its form among the words of the trie, or -1."""
        numbers = pl.DataFrame({"word": list(self.trie.words), "number": list(self.trie.words.values())})
        joined = self.keys.to_frame().join(numbers, on="word", how="left", maintain_order="left")
        return joined["number"].fill_null(-1).to_numpy().astype(np.int64)


def next_words(corpus: CorpusView, tokens: Integers, hyphens: Booleans) -> tuple[Integers, Booleans]:
    """Return the token after each, beyond a hyphen, and whether it is in the same sentence."""
    final = len(corpus.token_types) - 1
    barrier = BEGINS_SENTENCE | BEGINS_PARAGRAPH

    def within(after: Integers) -> Booleans:
        return np.asarray((after <= final) & (corpus.token_flags[np.minimum(after, final)] & barrier == 0), bool)

    after = tokens + 1
    on = within(after)
    beyond = on & hyphens[corpus.token_types[np.minimum(after, final)]]
    after = after + beyond
    on &= ~beyond | within(after)
    return np.minimum(after, final), on


class Meanings:
    """What the spellings of a trie mean.

    Attributes:
        listed: All readings; those of a spelling are adjacent, the one that counts first. The last is nobody's.
        match: The match of each reading.
        actor: The actor of each reading.
        of_spelling: The row of the first reading of each spelling.
    """

    def __init__(self, trie: NameTrie) -> None:
        self._readings = trie.readings
        self._own = trie.own
        self.listed = [*(reading for each in trie.readings for reading in each), NO_MENTION]
        self.match = np.array([reading.match for reading in self.listed], np.int64)
        self.actor = np.array([reading.actor for reading in self.listed], np.int64)
        counts = np.array([len(each) for each in trie.readings], np.int64)
        self.of_spelling = np.cumsum(counts) - counts
        self._ambiguous = np.array([_several(each) for each in trie.readings], bool)
        self._has_choice = counts > 1

    def read(
        self, corpus: CorpusView, first: Integers, last: Integers, proclitic: Integers, spelling: Integers
    ) -> Matches:
        """Return what occurs at these places: the reading that counts, or the one that the vowel signs agree with."""
        reading, ambiguous = self.of_spelling[spelling], self._ambiguous[spelling]
        decided = np.where(ambiguous, PRECEDENCE, NAME)
        types, number = np.unique(corpus.token_types[first], return_inverse=True)
        surfaces = corpus.type_column("surface").gather(types)
        vocalised = (first == last) & surfaces.str.contains(f"[{_VOWEL_SIGNS}]").to_numpy()[number]
        for row in np.flatnonzero(vocalised & self._has_choice[spelling]).tolist():
            reading[row], still = self._by_vowels(int(spelling[row]), surfaces[int(number[row])])
            decided[row] = VOWELS if ambiguous[row] and not still else decided[row]
            ambiguous[row] = still
        # names of places have no tanwin: سوريًا is the adjective
        tanwin = surfaces.str.contains(_FATHATAN, literal=True).to_numpy()[number]
        keep = ~(vocalised & tanwin & ~self._own[spelling])
        return Matches(first, last, proclitic, spelling, reading, ambiguous, decided).take(keep)

    def _by_vowels(self, spelling: int, surface: str) -> tuple[int, bool]:
        """Return the reading whose vowel signs agree best with those of a word, and whether others agree as well."""
        readings = self._readings[spelling]
        scores = [_agreement(surface, reading.name) for reading in readings]
        best = [row for row, score in enumerate(scores) if score == max(scores)]
        return int(self.of_spelling[spelling]) + best[0], _several([readings[row] for row in best])

    def of_actor(self, spelling: int, actor: int) -> int:
        """Return the reading of a spelling that is an actor's, or -1."""
        rows = [row for row, reading in enumerate(self._readings[spelling]) if reading.actor == actor]
        return int(self.of_spelling[spelling]) + rows[0] if rows else -1


def _several(readings: list[Reading]) -> bool:
    """Return whether the mentions among some readings are of more than one actor."""
    return len({reading.actor for reading in readings if reading.is_mention}) > 1


def _agreement(surface: str, name: str) -> int:
    """Count the vowel signs that two spellings share, less those that differ on a letter where both have some."""
    written, listed = _signs_of_letters(surface), _signs_of_letters(name)
    pairs = zip(written[-len(listed) :], listed, strict=False)
    return sum(len(a & b) if a & b else -len(b) for a, b in pairs if a and b)


def _signs_of_letters(word: str) -> list[frozenset[str]]:
    """Return the vowel signs of each letter."""
    signs: list[set[str]] = []
    for character in unicodedata.normalize("NFC", word):
        if "\u064b" <= character <= "\u0652" or character == "\u0670":
            if signs:
                signs[-1].add(character)
        elif character != _TATWEEL:
            signs.append(set())
    return [frozenset(each) for each in signs]
