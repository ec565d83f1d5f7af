"""Pages as lines of words, for `boilerplate`: which words they have, and which parts are not yet found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.boilerplate_lexicon import Lexicon, Phrase
from corpus_kit.news.reporting_verbs import lexicon_of
from corpus_kit.news.word_runs import Runs, mixed
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE
from corpus_kit.text.tokenization import KINDS

__all__ = ["Flags", "Page", "Vocabulary", "have_any", "looked_up", "places_of"]

Flags = npt.NDArray[np.bool_]

_NUMBER = -1  # replaces the folded form of every number
_FULL_STOPS = ".۔"  # noqa: RUF001
_BLOCK = 1 << 20  # tokens that are looked up together: indices are copied as 64-bit numbers


def looked_up(table: Array, numbers: Array) -> Array:
    """Return table[numbers] in little memory."""
    result = np.empty(len(numbers), table.dtype)
    for low in range(0, len(numbers), _BLOCK):
        result[low : low + _BLOCK] = table[numbers[low : low + _BLOCK]]
    return result


def places_of(flags: Flags, dtype: npt.DTypeLike) -> Array:
    """Return the places that are true, in little memory."""
    result = np.empty(np.count_nonzero(flags), dtype)
    end = 0
    for low in range(0, len(flags), _BLOCK):
        places = np.flatnonzero(flags[low : low + _BLOCK])
        result[end : end + len(places)] = places + low
        end += len(places)
    return result


def _parts(column: Array, low: Integers, high: Integers) -> Array:
    """Return what a column has from each low up to high."""
    begins = np.append(True, low[1:] != high[:-1])[: len(low)]  # those that do not follow the one before
    ends = np.append(begins, True)[1:]
    parts = [column[first:end] for first, end in zip(low[begins], high[ends], strict=True)]
    return parts[0] if len(parts) == 1 else np.concatenate([column[:0], *parts])


def have_any(places: Array, first: Array, end: Array) -> Flags:
    """Return whether one of some ascending places is in each of the ranges first to end."""
    return np.asarray(np.searchsorted(places, end) > np.searchsorted(places, first), bool)


class Vocabulary:
    """What pages ask of types and headlines, looked up once for all pages of a corpus.

    Attributes:
        corpus, lexicon: Where the types are from, and the phrases that are looked for.
        is_word, is_number: Of each type: whether it counts as a word, whether it is a number.
        exact, units: A hash of the folded form of each type, and one that is the same for all numbers.
        listed: The number of the folded form of each type in the lexicon, or 0.
    """

    def __init__(self, corpus: CorpusView, lexicon: Lexicon) -> None:
        self.corpus, self.lexicon = corpus, lexicon
        self._folded = corpus.type_column("folded")
        self.is_word = corpus.counted_types & (self._folded.str.len_bytes() > 0).to_numpy()
        self.is_number = corpus.type_kinds == KINDS.index("number")
        forms = corpus.type_ranks.astype(np.int64)
        self.exact = mixed(forms)
        self.units = mixed(np.where(self.is_number, _NUMBER, forms))
        listed = self._folded.replace_strict(lexicon.numbers, default=0, return_dtype=pl.UInt32)
        self.listed = listed.to_numpy().astype(np.min_scalar_type(len(lexicon.numbers)))
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
            types, first = self._first_of_signs
            self._signs[marks] = np.zeros(len(self.is_word), bool)
            self._signs[marks][types[np.isin(first, [ord(mark) for mark in marks])]] = True
        return self._signs[marks]

    @cached_property
    def _first_of_signs(self) -> tuple[Integers, Integers]:
        """The types that are no words, and the code point with which each begins."""
        types = np.flatnonzero(~self.is_word)
        surfaces = self.corpus.type_column("surface").gather(types)
        return types, np.array([ord(surface[0]) for surface in surfaces.to_list()], np.int64)

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
    def is_surname(self) -> Flags:
        """Whether each type is written as names of families are: العتيبي."""
        return np.asarray(self.corpus.type_column("surface").str.contains("^ال.{3,}ي$").to_numpy(), bool)

    @cached_property
    def is_reporting_verb(self) -> Flags:
        """Whether each type is a form of a verb that reports speech."""
        return self.forms_in(frozenset(lexicon_of(None).forms))

    @cached_property
    def is_and(self) -> Flags:
        """Whether each type begins with و."""
        return np.asarray(self._folded.str.starts_with("و").to_numpy(), bool)

    @cached_property
    def is_dateline(self) -> Flags:
        """Whether each type is a word of a dateline."""
        return self.forms_in(self.lexicon.dateline)

    @cached_property
    def is_counter(self) -> Flags:
        """Whether each type is a word that, with numbers, is a line of the page: views, comments, an update."""
        return self.forms_in(self.lexicon.counters)

    @cached_property
    def is_time(self) -> Flags:
        """Whether each type is another word of such a line: a day, a month, an hour."""
        return self.forms_in(self.lexicon.times) | self.is_dateline

    @cached_property
    def is_channel(self) -> Flags:
        """Whether each type names where a page can be followed."""
        return self.forms_in(self.lexicon.channels)

    @cached_property
    def is_hashtag(self) -> Flags:
        """Whether each type is a hashtag."""
        return np.asarray(self.corpus.type_kinds == KINDS.index("hashtag"), bool)

    @cached_property
    def is_post(self) -> Flags:
        """Whether each type is the address of a post or film that a page shows."""
        posts = r"^(https?://)?(www\.|pic\.|m\.)?(twitter|x|t|youtube|youtu|instagram|facebook|tiktok)\.(com|co|be)/"
        return np.asarray(self.is_address & self.corpus.type_column("surface").str.contains(posts).to_numpy(), bool)

    @cached_property
    def is_initial(self) -> Flags:
        """Whether each type is one or two Arabic letters."""
        return np.asarray(self._folded.str.contains(r"^\p{Arabic}{1,2}$").to_numpy() & ~self.is_number, bool)

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
        types, flags: Of each token: its type, its flags.
        line_first, line_end: The tokens of each line.
        line_document, line_number: The document of each line, and its number in it.
        is_headline: Whether each line is part of a headline.
        words, word_types, is_number: Of each word: its token, its type, whether it is a number.
        line_words, line_words_end, line_sizes: The words of each line, and how many they are.
        line_of: The line of each word.
        opens: Whether a sentence begins at each word, or at signs before it.
        free_first, free_end: The tokens of each line that are not yet boilerplate at its edges.
        free: Whether each word is not yet boilerplate.
    """

    def __init__(self, vocabulary: Vocabulary, documents: Integers, sources: Integers) -> None:
        self.corpus, self.lexicon, self.vocabulary = vocabulary.corpus, vocabulary.lexicon, vocabulary
        self.documents, self.sources = documents, sources
        low, high = self.corpus.document_bounds(documents)
        self.document_ends = np.cumsum(high - low)
        self.types = _parts(self.corpus.token_types, low, high)
        self.flags = _parts(self.corpus.token_flags, low, high)
        self._read_lines()
        self._read_words()
        self.free_first, self.free_end = self.line_first.copy(), self.line_end.copy()
        self.free = np.ones(len(self.words), bool)

    def _read_lines(self) -> None:
        self.line_first = np.flatnonzero(self.flags & BEGINS_PARAGRAPH)
        self.line_end = np.append(self.line_first, len(self.types))[1:]
        self.line_document = np.searchsorted(self.document_ends, self.line_first, "right")
        first = np.searchsorted(self.line_document, np.arange(len(self.documents)))
        self.line_number = np.arange(len(self.line_first)) - first[self.line_document]
        start, end = self.vocabulary.headlines(self.documents[self.line_document])
        place = self.corpus.token_starts[self.corpus_tokens(self.line_first)]
        self.is_headline = np.asarray((place >= start) & (place < end), bool)

    def _read_words(self) -> None:
        vocabulary = self.vocabulary
        is_word = looked_up(vocabulary.is_word, self.types)
        self.words: Array = places_of(is_word, np.int32 if len(is_word) < 1 << 31 else np.int64)
        self.word_types = self.types[is_word]
        self.is_number = looked_up(vocabulary.is_number, self.word_types)
        self.line_words, self.line_words_end = self.word_at(self.line_first), self.word_at(self.line_end)
        self.line_sizes = self.line_words_end - self.line_words
        self.line_of: Array = np.repeat(np.arange(len(self.line_first), dtype=np.int32), self.line_sizes)
        self._listed = np.append(looked_up(vocabulary.listed, self.word_types), vocabulary.listed[:1] * 0)
        opened = self.word_at(np.flatnonzero(self.flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH)))
        self.opens = np.zeros(len(self.words), bool)
        self.opens[opened[opened < len(self.words)]] = True

    def word_at(self, tokens: Array) -> Integers:
        """Return the first word at or after each token."""
        return np.searchsorted(self.words, np.asarray(tokens, self.words.dtype))  # of another type they are copied

    def token_of(self, words: Array) -> Integers:
        """Return the token of each word; for the number after the last, the end of the page."""
        inside = words < len(self.words)
        return np.where(inside, self.words[np.where(inside, words, 0)], len(self.types))

    def corpus_tokens(self, tokens: Array) -> Integers:
        """Return the number in the corpus of each token."""
        document = np.searchsorted(self.document_ends, tokens, "right")
        end_in_corpus = self.corpus.document_bounds(self.documents[document])[1]
        return np.asarray(tokens - self.document_ends[document] + end_in_corpus, np.int64)

    @cached_property
    def runs(self) -> Runs:
        """Hashes of runs of words with their source, in which all numbers are one word."""
        types, units = self.word_types, self.vocabulary.units  # not the page: it would not be freed with its last name
        line_of, salts = self.line_of, mixed(self.sources)[self.line_document]
        return Runs(lambda words: units[types[words]], lambda words: salts[line_of[words]])

    @cached_property
    def exact_runs(self) -> Runs:
        """Hashes of runs of words alone, in which numbers differ."""
        types, exact = self.word_types, self.vocabulary.exact
        return Runs(lambda words: exact[types[words]])

    # ------------------------------------------------------------------ looking at the text

    def signs(self, tokens: Integers, marks: str) -> Flags:
        """Return whether each token is one of these marks, or a run that begins with one."""
        return self.vocabulary.signs(marks)[self.types[tokens]]

    def places_of(self, marks: str) -> Integers:
        """Return the tokens that are one of these marks, or a run that begins with one."""
        return np.flatnonzero(looked_up(self.vocabulary.signs(marks), self.types))

    def match(self, phrases: Sequence[Phrase], starts: Integers) -> tuple[Integers, Integers]:
        """Return the longest phrase that begins at each of these words within its line: its number (or -1), its end."""
        numbers = self.lexicon.numbers
        found, end = np.full(len(starts), -1), starts.copy()
        if not phrases:
            return found, end
        is_first = np.zeros(len(numbers) + 1, bool)
        begins = np.array([numbers[phrase.words[0]] for phrase in phrases])
        is_first[begins] = True
        candidates = np.flatnonzero(is_first[self._listed[starts]])
        word = starts[candidates]
        left = self.line_words_end[self.line_of[word]] - word
        listed = self._listed  # with one more at the end: a phrase may reach beyond the last word
        order = np.argsort(listed[word], kind="stable")
        first_words = listed[word[order]].astype(np.int64)
        low, high = (np.searchsorted(first_words, begins, side) for side in ("left", "right"))
        there_at_all = np.flatnonzero(high > low).tolist()
        for number in sorted(there_at_all, key=lambda each: len(phrases[each].words)):
            phrase = phrases[number]
            there = order[low[number] : high[number]]
            there = there[left[there] >= len(phrase.words)]
            for place, each in enumerate(phrase.words[1:], start=1):
                there = there[listed[word[there] + place] == numbers[each]]
            found[candidates[there]], end[candidates[there]] = number, word[there] + len(phrase.words)
        return found, end

    def starts_of(self, phrases: Sequence[Phrase]) -> Integers:
        """Return the words with which one of these phrases may begin."""
        is_first = np.zeros(len(self.lexicon.numbers) + 1, bool)
        is_first[[self.lexicon.numbers[phrase.words[0]] for phrase in phrases]] = True
        return np.flatnonzero(looked_up(is_first, self._listed))

    def last_lines(self) -> Integers:
        """Return the last line of each document in which a word or more is left, if it is no headline, ascending."""
        left = (self.free_first < self.free_end) & (self.line_sizes > 0)
        while True:
            line = np.flatnonzero(left)
            document = self.line_document[line]
            line = line[np.append(document[1:] != document[:-1], True)[: len(line)]]
            wordless = line[self.word_at(self.free_first[line]) >= self.word_at(self.free_end[line])]
            if not len(wordless):
                return np.asarray(line[~self.is_headline[line]], np.int64)
            left[wordless] = False

    @cached_property
    def in_formula(self) -> Flags:
        """Whether each word belongs to a formula that the lexicon keeps."""
        inside = np.zeros(len(self.words), bool)
        if self.lexicon.formulas:
            starts = self.starts_of(self.lexicon.formulas)
            number, end = self.match(self.lexicon.formulas, starts)
            inside[ranges(starts[number >= 0], end[number >= 0])] = True
        return inside
