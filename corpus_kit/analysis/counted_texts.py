"""Texts that `ck.ArabicVectorizer` counts: as tokens, as the forms of these, and as terms by its rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arguments import boolean, names, share, threshold
from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import series_from_core, text_series
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.analysis.term_counts import Entries, entries_of_ngrams, entries_of_words, ngram_terms, word_terms
from corpus_kit.corpus.annotation import annotate_types, reader_of
from corpus_kit.corpus.units import expect_unit, unit_texts
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.text.forms import NO_FORM, DocumentTokens, Forms, Selected, forms_of_texts, forms_of_types, select
from corpus_kit.text.ngram_options import NgramOptions, ngram_options
from corpus_kit.text.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.text.readings import Reader
from corpus_kit.text.roots import fold_roots
from corpus_kit.text.token_flags import BARRIERS
from corpus_kit.text.tokenization import KINDS, Tokenizer

__all__ = ["CountedTexts", "Learned", "Rules", "columns_of", "given_terms", "kinds_argument"]

_ROUNDING = 1e-9  # of a share times a number of texts: 0.1 of 30 is 3


class Rules(NamedTuple):
    """The checked arguments."""

    shape: NgramOptions
    unit: str
    normalizer: Normalizer | None
    kinds: tuple[str, ...]
    left_out: frozenset[str]
    min_count: int
    min_documents: int | float
    max_documents: int | float | None
    binary: bool
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, given: Any) -> Rules:
        """Return the arguments of an `ArabicVectorizer`, checked."""
        shape = ngram_options(given.n, within=given.within)
        unit, normalizer = expect_unit(given.unit), resolve_profile(given.profile)
        return cls(
            shape,
            unit,
            normalizer,
            kinds_argument(given.kinds),
            stopword_forms(given.stopwords, normalizer, unit),
            threshold(given.min_count, "min_count"),
            _limit(given.min_documents, "min_documents"),
            None if given.max_documents is None else _limit(given.max_documents, "max_documents"),
            boolean(given.binary, "binary"),
            _number_type(given.dtype),
        )

    @property
    def is_of_words(self) -> bool:
        return self.shape.high == 1

    def filter(self, n_texts: int) -> pl.Expr:
        """Return which rows of count and documents are kept, of so many texts."""
        low, high = self.min_documents, self.max_documents
        least = math.ceil(low * n_texts - _ROUNDING) if isinstance(low, float) else low
        keeps = (pl.col("count") >= self.min_count) & (pl.col("documents") >= least)
        if high is None:
            return keeps
        most = math.floor(high * n_texts + _ROUNDING) if isinstance(high, float) else high
        if most < least:
            raise InputError(f"max_documents must be at least min_documents, got {most:,} texts and {least:,}.")
        return keeps & (pl.col("documents") <= most)


def _limit(value: object, name: str) -> int | float:
    return share(value, name) if isinstance(value, float | np.floating) else threshold(value, name)


def kinds_argument(kinds: object) -> tuple[str, ...]:
    chosen = names(kinds, "kinds")
    if not chosen:
        raise invalid("kinds", "at least one kind of token", kinds)
    return tuple(choose(kind, KINDS, "kinds") for kind in chosen)


def _number_type(dtype: Any) -> np.dtype[Any]:
    try:
        found: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise invalid("dtype", "a type of numbers of NumPy", dtype) from None
    if found.kind not in "iuf":
        raise invalid("dtype", "a type of numbers of NumPy", dtype)
    return found


def given_terms(vocabulary: Iterable[str] | Mapping[str, int], rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the terms of a vocabulary in the order of its columns, and the words of each."""
    listed: Iterable[str]
    if isinstance(vocabulary, Mapping):
        columns = list(vocabulary.values())
        if sorted(columns) != list(range(len(columns))):
            raise InputError(f"vocabulary must map terms to the columns 0 to {len(columns) - 1:,}, each once.")
        listed = sorted(vocabulary, key=vocabulary.__getitem__)
    else:
        listed = sorted(vocabulary) if isinstance(vocabulary, set | frozenset) else vocabulary
    given = text_series(listed, argument="vocabulary")
    if given.null_count() or not len(given):
        raise invalid("vocabulary", "terms, at least one and none of them None", vocabulary)
    spelled = given.str.split(" ")
    lengths = spelled.list.len()
    if (lengths > rules.shape.high).any() or (lengths < rules.shape.low).any():
        term = given.filter((lengths > rules.shape.high) | (lengths < rules.shape.low))[0]
        raise invalid("vocabulary", f"terms of {rules.shape.low} to {rules.shape.high} words", term, "See n.")
    words = spelled.explode()
    if rules.unit == "root":
        words = fold_roots(words)
    elif rules.normalizer is not None:
        words = normalize_series(words, rules.normalizer)
    rows = pl.DataFrame({"row": np.repeat(np.arange(len(given)), lengths), "word": words})
    folded = rows.group_by("row", maintain_order=True).agg("word")["word"]
    terms = pl.DataFrame({"term": folded.list.join(" "), "n": lengths.cast(pl.UInt8)})
    if terms["term"].is_duplicated().any():
        term = terms["term"].filter(terms["term"].is_duplicated())[0]
        raise invalid("vocabulary", "different terms", term, "Several of its terms are counted in this form.")
    places = range(rules.shape.high)
    return terms, pl.DataFrame({f"w{place + 1}": folded.list.get(place, null_on_oob=True) for place in places})


def columns_of(terms: pl.DataFrame) -> dict[str, int]:
    return dict(zip(terms["term"].to_list(), range(terms.height), strict=True))


class CountedTexts:
    """Texts as tokens, and the forms that are counted.

    Attributes:
        size: The number of texts.
        learned: What finds the unit of a word with the counts of the texts of `fit`; None if words are counted.
    """

    def __init__(self, texts: Any, rules: Rules, learned: Learned | None = None) -> None:
        tokenizer = Tokenizer()
        batch = tokenizer.add(text_series(texts, argument="X"), starts=False)
        self._rules = rules
        self._tokens = DocumentTokens(batch.type_ids, batch.flags, batch.counts)
        self.size = len(batch.counts)
        types = tokenizer.types()
        self.learned = learned
        if rules.unit != "word" and learned is None:
            self.learned = Learned(types, np.bincount(batch.type_ids, minlength=len(types)))
        self._forms = _forms(types, rules, self.learned)

    @cached_property
    def selected(self) -> Selected:
        """The tokens that are counted, as ids of words."""
        return select(self._tokens, self._forms, BARRIERS[self._rules.shape.within])

    @property
    def words(self) -> pl.Series:
        """The distinct words, of which ids are the rows."""
        return self._forms.words

    def terms(self, keeps: pl.Expr) -> pl.DataFrame:
        """Return the terms that are kept, with the ids of their words in w1, w2, ..."""
        if not self._rules.is_of_words:
            return ngram_terms(self._tokens, self._forms, self._rules.shape, self._rules.left_out, keeps)
        columns = _core.count_types(self.selected.ids, self.selected.document_ends, n_types=len(self.words))
        frequency, documents = (series_from_core("", column).to_numpy() for column in columns)
        return word_terms(self.words, frequency, documents, self._rules.left_out, keeps)

    def words_of(self, terms: pl.DataFrame) -> pl.DataFrame:
        """Return the words of terms, in columns w1, w2, ..."""
        places = [name for name in terms.columns if name not in ("term", "n", "count", "documents")]
        return pl.DataFrame([self.words.gather(terms[place]).alias(place) for place in places])

    def entries(self, terms: pl.DataFrame) -> Entries:
        """Return the counts of terms of `terms`."""
        if not self._rules.is_of_words:
            return entries_of_ngrams(terms, self._tokens, self._forms, self._rules.shape)
        columns = _core.count_by_document(self.selected.ids, self.selected.document_ends, n_types=len(self.words))
        starts, words, counts = (series_from_core("", column).to_numpy() for column in columns)
        rows = np.repeat(np.arange(self.size), np.diff(starts.astype(np.int64)))
        return entries_of_words(terms, rows, words, counts, len(self.words))

    def entries_of(self, words: pl.DataFrame, columns: Mapping[str, int]) -> Entries:
        """Return the counts of given terms.

        Args:
            words: Their words, in columns w1, w2, ...
            columns: The column of each term.
        """
        here = self._words_of(columns) if self._rules.is_of_words else self._ngrams_of(words)
        entries = self.entries(here)
        return entries._replace(columns=here["row"].to_numpy()[entries.columns])

    def _words_of(self, columns: Mapping[str, int]) -> pl.DataFrame:
        """Return which terms are words of the texts, in time that grows with the texts alone: row, w1."""
        found = [columns.get(word) for word in self.words]
        numbers = {"row": pl.Series(found, dtype=pl.Int64), "w1": np.arange(len(found), dtype=np.uint32)}
        return pl.DataFrame(numbers).drop_nulls()

    def _ngrams_of(self, words: pl.DataFrame) -> pl.DataFrame:
        """Return which terms have only words of the texts: row, and the ids of their words in w1, w2, ..."""
        ids = pl.DataFrame({"word": self.words, "id": np.arange(len(self.words), dtype=np.uint32)}).drop_nulls()
        found = [
            words.select(word=place).join(ids, on="word", how="left", maintain_order="left")["id"].alias(place)
            for place in words.columns
        ]
        terms = pl.DataFrame([pl.Series("row", np.arange(words.height)), *found])
        is_here = [terms[place].is_not_null() | words[place].is_null() for place in words.columns]
        return terms.filter(pl.all_horizontal(is_here))

    def listed(self) -> list[str]:
        """Return the terms of all texts, each as often as it occurs."""
        shape, words = self._rules.shape, self.words.to_list()
        ids, barriers = self.selected.ids.tolist(), self.selected.barriers & self.selected.barrier_bits
        ends = {*np.flatnonzero(barriers).tolist(), *self.selected.document_ends.tolist()}
        found = []
        for n in range(shape.low, shape.high + 1):
            for start in range(len(ids) - n + 1):
                term = [words[word] for word in ids[start : start + n]]
                crosses = any(start + place in ends for place in range(1, n))
                if not crosses and None not in term and not self._rules.left_out.intersection(term):
                    found.append(" ".join(term))
        return found


def _forms(types: pl.DataFrame, rules: Rules, learned: Learned | None) -> Forms:
    """Return what types are counted as; other units than words are found with the counts of what was learned."""
    forms = forms_of_types(types, normalizer=rules.normalizer, kinds=rules.kinds)
    if learned is None or forms.of_type is None:
        return forms
    texts = unit_texts(annotate_types(types, learned.reader, [rules.unit]), rules.unit, rules.normalizer)
    return forms_of_texts(texts, np.asarray(forms.of_type != NO_FORM))


class Learned:
    """The counts of the texts of `fit`, with which units are found.

    A pickle has the counts only. The reader is made of them once in a process, also for copies, and for other
    estimators that were fitted to the same texts.

    Args:
        types: surface and kind of each type.
        counts: How often each occurs.
    """

    def __init__(self, types: pl.DataFrame, counts: Integers) -> None:
        self.types = types.with_columns(count=pl.Series(counts))

    @cached_property
    def reader(self) -> Reader:
        """A reader with these counts."""
        return _reader(self)

    @cached_property
    def _digest(self) -> bytes:
        surfaces, kinds, counts = self.types["surface"], self.types["kind"].to_physical(), self.types["count"]
        lengths = surfaces.str.len_bytes()
        found = sha256("".join(surfaces).encode())
        for numbers in (lengths, kinds, counts):
            found.update(numbers.to_numpy().tobytes())
        return found.digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Learned) and self._digest == other._digest

    def __getstate__(self) -> dict[str, Any]:
        return {"types": self.types}


@lru_cache(maxsize=4)
def _reader(learned: Learned) -> Reader:
    return reader_of(learned.types)
