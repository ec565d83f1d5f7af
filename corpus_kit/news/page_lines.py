"""Pages as lines of words, for `page_furniture`: the lexicon of phrases, hashes of runs of words, what is found so far.

A run of words is known by a hash of its words, spelled as the profile `search` folds them. All numbers are one word:
footers count issues and name the day.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit.corpus_view import CorpusView
from corpus_kit.errors import InputError, choose
from corpus_kit.news.running_text import selected_tokens
from corpus_kit.normalization import Normalizer, normalize_series
from corpus_kit.storage import reason
from corpus_kit.tokenization import BEGINS_PARAGRAPH, BEGINS_SENTENCE, KINDS, tokenize

__all__ = ["LISTED_KINDS", "Flags", "Hashes", "Integers", "Lexicon", "Page", "Phrase", "Runs", "distinct", "surfaces"]

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

LISTED_KINDS = ("caption", "credit", "related", "share", "footer", "navigation")
_FORMS = ("openings", "labels", "alone", "endings", "controls")
_KEPT = ("formulas", "dateline", "holders")
_NUMBER = -1  # in the place of the folded form of any number


# ------------------------------------------------------------------------------------- the lexicon


class Phrase(NamedTuple):
    """A listed phrase: its folded words, what it tells, and how it is used (the list it is from)."""

    words: tuple[str, ...]
    kind: str
    form: str


@dataclass(frozen=True)
class Lexicon:
    """What a file such as lexicons/furniture.toml holds, folded."""

    phrases: tuple[Phrase, ...]
    formulas: tuple[Phrase, ...]
    dateline: frozenset[str]
    holders: frozenset[str]
    digest: str

    @classmethod
    def read(cls, path: Path) -> Lexicon:
        """Read a lexicon; InputError for what cannot be read, an unknown kind or list, and an empty phrase."""
        try:
            content = path.read_bytes()
            tables = tomllib.loads(content.decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise InputError(f"the lexicon {str(path)!r} cannot be read: {reason(error)}") from None
        kept = _lists(tables.pop("kept", {}), "kept", _KEPT)
        phrases = [
            Phrase(words, choose(kind, LISTED_KINDS, "kind of furniture"), form)
            for kind, table in tables.items()
            for form, listed in _lists(table, kind, _FORMS).items()
            for words in listed
        ]
        if not phrases:
            raise InputError(f"the lexicon {str(path)!r} holds no phrases")
        return cls(
            tuple(phrases),
            tuple(Phrase(words, "", "formulas") for words in kept.get("formulas", [])),
            frozenset(word for words in kept.get("dateline", []) for word in words),
            frozenset(words[0] for words in kept.get("holders", [])),
            hashlib.sha256(content).hexdigest(),
        )

    def of_form(self, *forms: str) -> list[Phrase]:
        """The phrases of some lists."""
        return [phrase for phrase in self.phrases if phrase.form in forms]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """A number from 1 for each word of a phrase or formula."""
        words = dict.fromkeys(word for phrase in (*self.phrases, *self.formulas) for word in phrase.words)
        return {word: number for number, word in enumerate(words, start=1)}


def _lists(table: object, name: str, allowed: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
    """The lists of one table of a lexicon; each phrase as its folded words."""
    if not isinstance(table, Mapping):
        raise InputError(f"[{name}] of a lexicon of furniture is a table of lists, not {type(table).__name__}")
    folded = {}
    for key, phrases in table.items():
        choose(key, allowed, f"list in [{name}]")
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
            raise InputError(f"{key} in [{name}] is a list of phrases, not {phrases!r:.60}")
        folded[key] = [_folded(phrase, f"{key} in [{name}]") for phrase in phrases]
    return folded


def _folded(phrase: str, where: str) -> tuple[str, ...]:
    tokens = pl.Series("word", tokenize(phrase), dtype=pl.String)
    folded = normalize_series(tokens, Normalizer.preset("search")).to_list()
    words = tuple(word for word in folded if any(map(str.isalnum, word)))
    if not words:
        raise InputError(f"{where}: {phrase!r:.60} holds no word")
    return words


# ------------------------------------------------------------------------------------ runs of words


def _mixed(numbers: npt.NDArray[Any]) -> Hashes:
    """A hash of each number (the finaliser of splitmix64)."""
    x = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), np.uint64)


class Runs:
    """Hashes of runs of words: the same for the same words wherever they stand. Each costs a few look-ups.

    A polynomial modulo 2**64 over hashes of the words; running sums give it for any run.
    """

    _BASE = 0x9FB21C651E98DF25

    def __init__(self, units: Hashes, longer: Runs | None = None) -> None:
        """longer: runs of at least as many words, whose powers serve again."""
        self._powers: Hashes = _powers(self._BASE, len(units)) if longer is None else longer._powers
        inverse = pow(self._BASE, -1, 1 << 64)
        self._inverse: Hashes = _powers(inverse, len(units)) if longer is None else longer._inverse
        self._sums = np.zeros(len(units) + 1, np.uint64)
        np.cumsum(units * self._powers[: len(units)], out=self._sums[1:])

    def of(self, first: Integers, end: Integers, source: Integers) -> Hashes:
        """The hash of the words first to end, in a source."""
        run = (self._sums[end] - self._sums[first]) * self._inverse[first]
        return _mixed(run ^ _mixed(source))


def _powers(base: int, length: int) -> Hashes:
    powers = np.full(length + 1, base, np.uint64)
    powers[0] = 1
    return np.asarray(np.multiply.accumulate(powers), np.uint64)


def distinct(keys: Hashes, values: npt.NDArray[Any]) -> Integers:
    """For each item, how many different values go with its key.

    >>> distinct(np.array([7, 7, 9], np.uint64), np.array([1, 2, 1])).tolist()
    [2, 2, 1]
    """
    order = np.lexsort((values, keys))
    sorted_keys, sorted_values = keys[order], values[order]
    new_key = np.append(True, sorted_keys[1:] != sorted_keys[:-1])[: len(keys)]
    new_pair = new_key | np.append(True, sorted_values[1:] != sorted_values[:-1])[: len(keys)]
    of_key = np.cumsum(new_key) - 1
    counts = np.bincount(of_key[new_pair], minlength=1)
    result = np.empty(len(keys), np.int64)
    result[order] = counts[of_key]
    return result


# --------------------------------------------------------------------------------------- the pages


class Page:
    """The selected documents as lines of words.

    Tokens, words, lines and documents are numbered from 0 within the selection. A *word* is a token that analyses
    count and whose folded form is not empty. `free_first` and `free_end` bound the tokens of each line that are not
    yet found to be furniture, which is taken from the edges of lines only.
    """

    def __init__(self, corpus: CorpusView, sources: Integers, lexicon: Lexicon) -> None:
        self.corpus, self.lexicon, self.sources = corpus, lexicon, sources
        self.documents = corpus.selected_documents()
        low, high = corpus.document_bounds(self.documents)
        self.document_ends = np.cumsum(high - low)
        self.tokens = selected_tokens(corpus)
        self.types = corpus.token_types[self.tokens]
        self.flags = corpus.token_flags[self.tokens]
        self._read_lines()
        self._read_words()
        self.free_first, self.free_end = self.line_first.copy(), self.line_end.copy()

    def _read_lines(self) -> None:
        self.line_first = np.flatnonzero(self.flags & BEGINS_PARAGRAPH)
        self.line_end = np.append(self.line_first, len(self.tokens))[1:]
        self.line_document = np.searchsorted(self.document_ends, self.line_first, "right")
        first = np.searchsorted(self.line_document, np.arange(len(self.documents)))
        self.line_number = np.arange(len(self.line_first)) - first[self.line_document]
        self.is_headline = self._headlines()

    def _headlines(self) -> Flags:
        """Whether each line lies in a headline that the corpus knows."""
        spans = self.corpus.all_documents().select(pl.col("headline").struct.unnest()).collect()
        rows = self.documents[self.line_document]
        start, end = (spans[name].gather(rows).fill_null(0).to_numpy() for name in ("start", "end"))
        place = self.corpus.token_starts[self.tokens[self.line_first]]
        return np.asarray((place >= start) & (place < end), bool)

    def _read_words(self) -> None:
        folded = self.corpus.type_column("folded")
        kinds = self.corpus.type_kinds
        self._signs: dict[str, Flags] = {}
        self._is_word = self.corpus.counted_types & (folded.str.len_bytes() > 0).to_numpy()
        self.words = np.flatnonzero(self._is_word[self.types])
        self.word_types = self.types[self.words]
        self.is_number = (kinds == KINDS.index("number"))[self.word_types]
        forms = self.corpus.type_ranks.astype(np.int64)
        self.exact = _mixed(forms)[self.word_types]
        forms[kinds == KINDS.index("number")] = _NUMBER
        self.units = _mixed(forms)[self.word_types]
        self.runs = Runs(self.units)
        numbers = self.lexicon.numbers
        listed = folded.replace_strict(numbers, default=0, return_dtype=pl.UInt32).to_numpy()
        self._listed = listed[self.word_types]
        self.line_words = np.searchsorted(self.words, self.line_first)  # the first word of each line
        self.line_words_end = np.searchsorted(self.words, self.line_end)
        self.line_sizes = self.line_words_end - self.line_words
        self.line_of = np.repeat(np.arange(len(self.line_first)), self.line_sizes)
        begun = np.cumsum((self.flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH)) > 0)[self.words]
        self.opens = np.diff(begun, prepend=0) > 0  # whether a sentence begins at the word, or at signs before it

    # ------------------------------------------------------------------ looking at the text

    def signs(self, tokens: Integers, marks: str) -> Flags:
        """Whether each of these tokens is one of these marks, or a run that begins with one."""
        if marks not in self._signs:
            first = self.corpus.type_column("surface").str.head(1)
            self._signs[marks] = first.is_in(list(marks)).to_numpy() & ~self._is_word
        return np.asarray(self._signs[marks][self.types[tokens]], bool)

    def words_in(self, forms: frozenset[str]) -> Flags:
        """Whether each word has one of these folded forms."""
        return np.asarray(self.corpus.type_column("folded").is_in(sorted(forms)).to_numpy()[self.word_types], bool)

    def latin_words(self) -> Flags:
        """Whether each word is written in Latin letters."""
        latin = self.corpus.type_column("folded").str.contains("^[a-z]").to_numpy()
        return np.asarray(latin[self.word_types], bool)

    def match(self, phrases: Sequence[Phrase], starts: Integers) -> tuple[Integers, Integers]:
        """The longest phrase that begins at each of these words and stays in its line: its number (or -1), its end."""
        numbers = self.lexicon.numbers
        listed = np.append(self._listed, np.zeros(1, self._listed.dtype))  # a phrase may reach beyond the last word
        line_end = self.line_words_end[self.line_of[starts]]
        found, end = np.full(len(starts), -1), starts.copy()
        for number, phrase in sorted(enumerate(phrases), key=lambda item: len(item[1].words)):
            there = np.flatnonzero(
                (listed[starts] == numbers[phrase.words[0]]) & (starts + len(phrase.words) <= line_end)
            )
            for place, word in enumerate(phrase.words[1:], start=1):
                there = there[listed[starts[there] + place] == numbers[word]]
            found[there], end[there] = number, starts[there] + len(phrase.words)
        return found, end

    def starts_of(self, phrases: Sequence[Phrase]) -> Integers:
        """The words with which one of these phrases may begin."""
        firsts = sorted({self.lexicon.numbers[phrase.words[0]] for phrase in phrases})
        return np.flatnonzero(np.isin(self._listed, firsts))

    def free_words(self) -> Flags:
        """Whether each word is not yet found to be furniture."""
        return (self.words >= self.free_first[self.line_of]) & (self.words < self.free_end[self.line_of])


def surfaces(corpus: CorpusView, spans: pl.DataFrame) -> pl.Series:
    """The text of each span (in the order of the text), as it was read: white space is not changed."""
    wanted = spans["document"].unique()
    read = (
        corpus.all_documents().filter(pl.col("document").is_in(wanted.implode())).select("document", "text").collect()
    )
    found: list[str] = []
    texts = read.iter_rows()
    row, text = -1, ""
    for document, start, end in spans.select("document", "start", "end").iter_rows():
        while row < document:
            row, text = next(texts)
        found.append(text[start:end])
    return pl.Series("surface", found, dtype=pl.String)
