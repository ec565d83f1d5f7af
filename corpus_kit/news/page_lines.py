"""Pages as lines of words, for `boilerplate`: which words they have, and which parts are not yet found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.boilerplate_lexicon import Lexicon, Phrase
from corpus_kit.news.running_text import selected_tokens
from corpus_kit.news.word_runs import Powers, Runs, mixed
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE
from corpus_kit.text.tokenization import KINDS

__all__ = ["Flags", "Page"]

Flags = npt.NDArray[np.bool_]

_NUMBER = -1  # replaces the folded form of every number


class Page:
    """The selected documents as lines of words.

    Tokens, words, lines and documents are numbered from 0 within the selection. A *word* is a token that analyses
    count and whose folded form is not empty.

    Attributes:
        sources: The source of each document.
        tokens, types, flags: Of each token: its number in the corpus, its type, its flags.
        line_first, line_end: The tokens of each line.
        line_document, line_number: The document of each line, and its number in it.
        is_headline: Whether each line is part of a headline.
        words, word_types, is_number: Of each word: its token, its type, whether it is a number.
        units, exact: Of each word: a hash that is the same for all numbers, and one that is not.
        runs, powers: Hashes of runs of `units`, and the powers that other runs can share.
        line_words, line_words_end, line_sizes: The words of each line, and how many they are.
        line_of: The line of each word.
        opens: Whether a sentence begins at each word, or at signs before it.
        free_first, free_end: The tokens of each line that are not yet boilerplate, which is taken from the edges of
            lines only.
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
        """Return whether each line lies in a headline that the corpus knows."""
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
        self.exact = mixed(forms)[self.word_types]
        forms[kinds == KINDS.index("number")] = _NUMBER
        self.units = mixed(forms)[self.word_types]
        self.powers = Powers.up_to(len(self.units))
        self.runs = Runs(self.units, self.powers)
        numbers = self.lexicon.numbers
        listed = folded.replace_strict(numbers, default=0, return_dtype=pl.UInt32).to_numpy()
        self._listed = listed[self.word_types]
        self.line_words = np.searchsorted(self.words, self.line_first)
        self.line_words_end = np.searchsorted(self.words, self.line_end)
        self.line_sizes = self.line_words_end - self.line_words
        self.line_of = np.repeat(np.arange(len(self.line_first)), self.line_sizes)
        begun = np.cumsum((self.flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH)) > 0)[self.words]
        self.opens = np.diff(begun, prepend=0) > 0

    # ------------------------------------------------------------------ looking at the text

    def signs(self, tokens: Integers, marks: str) -> Flags:
        """Return whether each token is one of these marks, or a run that begins with one."""
        if marks not in self._signs:
            first = self.corpus.type_column("surface").str.head(1)
            self._signs[marks] = first.is_in(list(marks)).to_numpy() & ~self._is_word
        return np.asarray(self._signs[marks][self.types[tokens]], bool)

    def words_in(self, forms: frozenset[str]) -> Flags:
        """Return whether each word has one of these folded forms."""
        return np.asarray(self.corpus.type_column("folded").is_in(sorted(forms)).to_numpy()[self.word_types], bool)

    def latin_words(self) -> Flags:
        """Return whether each word is written in Latin letters."""
        latin = self.corpus.type_column("folded").str.contains("^[a-z]").to_numpy()
        return np.asarray(latin[self.word_types], bool)

    def match(self, phrases: Sequence[Phrase], starts: Integers) -> tuple[Integers, Integers]:
        """Return the longest phrase that begins at each of these words within its line: its number (or -1), its end."""
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
        """Return the words with which one of these phrases may begin."""
        firsts = sorted({self.lexicon.numbers[phrase.words[0]] for phrase in phrases})
        return np.flatnonzero(np.isin(self._listed, firsts))

    @cached_property
    def in_formula(self) -> Flags:
        """Whether each word belongs to a formula that the lexicon keeps."""
        inside = np.zeros(len(self.words), bool)
        if self.lexicon.formulas:
            starts = self.starts_of(self.lexicon.formulas)
            number, end = self.match(self.lexicon.formulas, starts)
            inside[ranges(starts[number >= 0], end[number >= 0])] = True
        return inside

    def free_words(self) -> Flags:
        """Return whether each word is not yet boilerplate."""
        return (self.words >= self.free_first[self.line_of]) & (self.words < self.free_end[self.line_of])
