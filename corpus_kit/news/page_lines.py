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
from corpus_kit.news.word_runs import Powers, Runs, mixed
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE
from corpus_kit.text.tokenization import KINDS

__all__ = ["Flags", "Page", "Vocabulary"]

Flags = npt.NDArray[np.bool_]

_NUMBER = -1  # replaces the folded form of every number
_FULL_STOPS = ".۔"  # noqa: RUF001
_LARGEST_FORM = 1 << 33  # more than there are folded forms, so that a form and a source are one number


class Vocabulary:
    """What pages ask of types and headlines, looked up once for all pages of a corpus.

    Attributes:
        corpus, lexicon: Where the types are from, and the phrases that are looked for.
        is_word, is_number: Of each type: whether it counts as a word, whether it is a number.
        forms: The folded form of each type as a number.
        listed: The number of the folded form of each type in the lexicon, or 0.
    """

    def __init__(self, corpus: CorpusView, lexicon: Lexicon) -> None:
        self.corpus, self.lexicon = corpus, lexicon
        self._folded = corpus.type_column("folded")
        self.is_word = corpus.counted_types & (self._folded.str.len_bytes() > 0).to_numpy()
        self.is_number = corpus.type_kinds == KINDS.index("number")
        self.forms = corpus.type_ranks.astype(np.int64)
        listed = self._folded.replace_strict(lexicon.numbers, default=0, return_dtype=pl.UInt32)
        self.listed = listed.to_numpy()
        headline = corpus.all_documents().select(pl.col("headline").struct.unnest()).collect()
        self._headline = [headline[name].fill_null(0).to_numpy() for name in ("start", "end")]
        self._signs: dict[str, Flags] = {}

    def headlines(self, documents: Integers) -> tuple[Integers, Integers]:
        """Return where the headline of each document begins and ends; 0 and 0 if it has none."""
        start, end = (each[documents] for each in self._headline)
        return start, end

    def signs(self, marks: str) -> Flags:
        """Return whether each type is one of these marks, or a run that begins with one."""
        if marks not in self._signs:
            first = self.corpus.type_column("surface").str.head(1)
            self._signs[marks] = first.is_in(list(marks)).to_numpy() & ~self.is_word
        return self._signs[marks]

    @cached_property
    def is_full_stop(self) -> Flags:
        """Whether each type is one full stop."""
        return np.asarray(self.corpus.type_column("surface").is_in(list(_FULL_STOPS)).to_numpy(), bool)

    def forms_in(self, forms: frozenset[str]) -> Flags:
        """Return whether each type has one of these folded forms."""
        return np.asarray(self._folded.is_in(sorted(forms)).to_numpy(), bool)

    @cached_property
    def is_latin(self) -> Flags:
        """Whether each type is written in Latin letters."""
        return np.asarray(self._folded.str.contains("^[a-z]").to_numpy(), bool)

    @cached_property
    def is_foreign(self) -> Flags:
        """Whether each type has no Arabic letter."""
        return np.asarray(~self._folded.str.contains(r"\p{Arabic}").to_numpy() | self.is_number, bool)

    @cached_property
    def is_dateline(self) -> Flags:
        """Whether each type is a word of a dateline."""
        return self.forms_in(self.lexicon.dateline)

    @cached_property
    def is_holder(self) -> Flags:
        """Whether a holder of rights may begin with each type."""
        return np.asarray(self.is_latin | self.forms_in(self.lexicon.holders), bool)

    @cached_property
    def is_address(self) -> Flags:
        """Whether each type is an address."""
        return np.asarray(np.isin(self.corpus.type_kinds, [KINDS.index("url"), KINDS.index("email")]), bool)

    @cached_property
    def is_account(self) -> Flags:
        """Whether each type is an address or the name of an account."""
        return np.asarray(self.is_address | (self.corpus.type_kinds == KINDS.index("mention")), bool)


class Page:
    """Some documents as lines of words.

    Tokens, words, lines and documents are numbered from 0 within them. A *word* is a token that analyses count and
    whose folded form is not empty.

    Attributes:
        documents, sources: The number in the corpus and the source of each document, all documents of a source.
        tokens, types, flags: Of each token: its number in the corpus, its type, its flags.
        line_first, line_end: The tokens of each line.
        line_document, line_number: The document of each line, and its number in it.
        is_headline: Whether each line is part of a headline.
        words, word_types, is_number: Of each word: its token, its type, whether it is a number.
        units, exact: Of each word: a hash with its source that is the same for all numbers, and one of its form alone.
        line_words, line_words_end, line_sizes: The words of each line, and how many they are.
        line_of: The line of each word.
        opens: Whether a sentence begins at each word, or at signs before it.
        free_first, free_end: The tokens of each line that are not yet boilerplate at its edges.
        taken: Whether each word is boilerplate in the middle of a line.
    """

    def __init__(self, vocabulary: Vocabulary, documents: Integers, sources: Integers) -> None:
        self.corpus, self.lexicon, self.vocabulary = vocabulary.corpus, vocabulary.lexicon, vocabulary
        self.documents, self.sources = documents, sources
        low, high = self.corpus.document_bounds(documents)
        self.document_ends = np.cumsum(high - low)
        self.tokens = ranges(low, high)
        self.types = self.corpus.token_types[self.tokens]
        self.flags = self.corpus.token_flags[self.tokens]
        self._read_lines()
        self._read_words()
        self.free_first, self.free_end = self.line_first.copy(), self.line_end.copy()
        self.taken = np.zeros(len(self.words), bool)

    def _read_lines(self) -> None:
        self.line_first = np.flatnonzero(self.flags & BEGINS_PARAGRAPH)
        self.line_end = np.append(self.line_first, len(self.tokens))[1:]
        self.line_document = np.searchsorted(self.document_ends, self.line_first, "right")
        first = np.searchsorted(self.line_document, np.arange(len(self.documents)))
        self.line_number = np.arange(len(self.line_first)) - first[self.line_document]
        start, end = self.vocabulary.headlines(self.documents[self.line_document])
        place = self.corpus.token_starts[self.tokens[self.line_first]]
        self.is_headline = np.asarray((place >= start) & (place < end), bool)

    def _read_words(self) -> None:
        vocabulary = self.vocabulary
        self.words = np.flatnonzero(vocabulary.is_word[self.types])
        self.word_types = self.types[self.words]
        self.is_number = vocabulary.is_number[self.word_types]
        self.line_words = np.searchsorted(self.words, self.line_first)
        self.line_words_end = np.searchsorted(self.words, self.line_end)
        self.line_sizes = self.line_words_end - self.line_words
        self.line_of = np.repeat(np.arange(len(self.line_first)), self.line_sizes)
        forms = vocabulary.forms[self.word_types]
        self.exact = mixed(forms)
        forms[self.is_number] = _NUMBER
        self.units = mixed(forms + self.sources[self.line_document[self.line_of]] * _LARGEST_FORM)
        self._listed = vocabulary.listed[self.word_types]
        begun = np.cumsum((self.flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH)) > 0)[self.words]
        self.opens = np.diff(begun, prepend=0) > 0

    @cached_property
    def powers(self) -> Powers:
        """What the hashes of runs of these words share."""
        return Powers.up_to(len(self.words))

    @cached_property
    def runs(self) -> Runs:
        """Hashes of runs of `units`."""
        return Runs(self.units, self.powers)

    # ------------------------------------------------------------------ looking at the text

    def signs(self, tokens: Integers, marks: str) -> Flags:
        """Return whether each token is one of these marks, or a run that begins with one."""
        return self.vocabulary.signs(marks)[self.types[tokens]]

    def match(self, phrases: Sequence[Phrase], starts: Integers) -> tuple[Integers, Integers]:
        """Return the longest phrase that begins at each of these words within its line: its number (or -1), its end."""
        numbers = self.lexicon.numbers
        found, end = np.full(len(starts), -1), starts.copy()
        if not phrases:
            return found, end
        is_first = np.zeros(len(numbers) + 1, bool)
        is_first[[numbers[phrase.words[0]] for phrase in phrases]] = True
        candidates = np.flatnonzero(is_first[self._listed[starts]])
        word = starts[candidates]
        left = self.line_words_end[self.line_of[word]] - word
        listed = np.append(self._listed, np.zeros(1, self._listed.dtype))  # a phrase may reach beyond the last word
        first_word = listed[word]
        for number, phrase in sorted(enumerate(phrases), key=lambda item: len(item[1].words)):
            there = np.flatnonzero((first_word == numbers[phrase.words[0]]) & (len(phrase.words) <= left))
            for place, each in enumerate(phrase.words[1:], start=1):
                there = there[listed[word[there] + place] == numbers[each]]
            found[candidates[there]], end[candidates[there]] = number, word[there] + len(phrase.words)
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
        return self.are_free(np.arange(len(self.words)))

    def are_free(self, words: Integers) -> Flags:
        """Return whether each of these words is not yet boilerplate."""
        token, line = self.words[words], self.line_of[words]
        return (token >= self.free_first[line]) & (token < self.free_end[line]) & ~self.taken[words]
