"""What a search pattern means, and where it occurs in a corpus.

A pattern is one word or a phrase of words with single spaces between them. In a
word, ``*`` stands for any number of letters and ``?`` for exactly one; ``\\*``
and ``\\?`` are the characters themselves. Words are compared in their folded
form (profile `search`), so that every spelling of a word is found; with
``exact=True`` they are compared in the repaired spelling.

The words of a phrase follow one another as in an n-gram: punctuation and marks alone
between them are passed over, a paragraph's end is not. So a phrase is found as often as
`ngrams` counts it. A punctuation mark in the pattern must stand exactly there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from corpus_kit.errors import InputError
from corpus_kit.normalization import normalize
from corpus_kit.storage import Array
from corpus_kit.tokenization import BEGINS_PARAGRAPH, COUNTED_KINDS, tokens

if TYPE_CHECKING:
    from corpus_kit.corpus import Corpus

_WILDCARD = re.compile(r"\\([*?\\])|([*?])")


@dataclass(frozen=True)
class Element:
    """One word of a pattern, in the form that is compared."""

    text: str  # as given by the user
    form: str  # literal form, or a regular expression where `wildcard` is set
    wildcard: bool
    counted: bool  # a word, not punctuation


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern: its elements, and whether they are compared in exact spelling."""

    text: str
    elements: tuple[Element, ...]
    exact: bool

    @property
    def profile(self) -> str:
        return "repair" if self.exact else "search"

    @property
    def column(self) -> str:
        """The column of the vocabulary that is compared."""
        return "word" if self.exact else "folded"


class Hits(NamedTuple):
    """Where a pattern occurs: the first token of each hit and the token after its last, as indices into all tokens."""

    first: Array
    end: Array


def parse_pattern(pattern: str, *, exact: bool = False) -> Pattern:
    """Parse a pattern.

    Raises InputError for an empty pattern, for one that is not a str, and for one of bare
    wildcards, which would match every word.

    >>> [element.form for element in parse_pattern("الدولة الإسلامية").elements]
    ['الدوله', 'الاسلاميه']
    """
    if not isinstance(pattern, str):
        raise InputError(f"a pattern is a str, not {type(pattern).__name__}: {pattern!r:.60}")
    pieces = pattern.split()
    if not pieces:
        raise InputError(f"the pattern {pattern!r} is empty; give a word, a phrase, or a word with * or ?")
    try:
        pattern.encode()
    except UnicodeEncodeError:
        raise InputError(f"the pattern {pattern!r:.60} holds an unpaired surrogate, which is not text") from None
    profile = "repair" if exact else "search"
    elements = [element for piece in pieces for element in _elements(piece, profile)]
    if not elements:
        raise InputError(
            f"the pattern {pattern!r} holds nothing that is compared: marks and tatweel alone are folded away"
        )
    if all(element.wildcard and set(element.text) <= {"*"} for element in elements):
        raise InputError(f"the pattern {pattern!r} matches every word; add at least one letter")
    return Pattern(pattern, tuple(elements), exact)


def _elements(piece: str, profile: str) -> list[Element]:
    """One element for a word with wildcards; otherwise one for each token of the piece."""
    parts = _literal_parts(piece)
    if any(isinstance(part, _Any) for part in parts):
        return [Element(piece, _expression(parts, profile), wildcard=True, counted=True)]
    literal = "".join(str(part) for part in parts)
    found = tokens([literal])
    forms = normalize(found["token"], profile)
    counted = found["kind"].is_in(COUNTED_KINDS)
    return [
        Element(token, form, wildcard=False, counted=is_counted)
        for token, form, is_counted in zip(found["token"], forms, counted, strict=True)
        if form
    ]


@dataclass(frozen=True)
class _Any:
    """A wildcard."""

    expression: str


def _literal_parts(piece: str) -> list[str | _Any]:
    """Split a piece at its wildcards; escaped ones are literal."""
    parts: list[str | _Any] = []
    literal = ""
    position = 0
    for match in _WILDCARD.finditer(piece):
        literal += piece[position : match.start()]
        position = match.end()
        if match[1]:
            literal += match[1]
        else:
            parts += [literal, _Any(".*" if match[2] == "*" else ".")]
            literal = ""
    return [part for part in [*parts, literal + piece[position:]] if part != ""]


def _expression(parts: list[str | _Any], profile: str) -> str:
    inner = "".join(
        part.expression if isinstance(part, _Any) else re.escape(normalize(part, profile)) for part in parts
    )
    return f"(?s)^{inner}$"


def matching_types(corpus: Corpus, pattern: Pattern, element: Element) -> Array:
    """Ids of the types that one element matches, sorted (UInt32)."""
    vocabulary = corpus._vocabulary
    forms = vocabulary[pattern.column]
    matches = forms.str.contains(element.form) if element.wildcard else forms == element.form
    found = matches.arg_true().to_numpy()
    return found[_is_word(corpus, pattern)[found]] if element.counted else found


def _is_word(corpus: Corpus, pattern: Pattern) -> Array:
    """For each type, whether it is a word in the form that is compared: of a kind that counts, and not empty."""
    key = ("is word", pattern.column)
    if key not in corpus.derived:
        corpus.derived[key] = corpus.counted_types() & (corpus._vocabulary[pattern.column] != "").to_numpy()
    is_word: Array = corpus.derived[key]
    return is_word


def find(corpus: Corpus, pattern: Pattern) -> Hits:
    """All hits of a pattern in the selected documents, in the order of the text."""
    types = [matching_types(corpus, pattern, element) for element in pattern.elements]
    totals = [_postings_size(corpus, ids) for ids in types]
    rarest = int(np.argmin(totals))
    if totals[rarest] == 0:
        return Hits(np.zeros(0, np.int64), np.zeros(0, np.int64))
    anchor = _postings(corpus, types[rarest])
    first = last = anchor
    walker = _Walker(corpus, pattern)
    between_words = [one.counted and other.counted for one, other in pairwise(pattern.elements)]
    for k in range(rarest + 1, len(types)):
        last, kept = walker.step(last, types[k], forward=True, over_punctuation=between_words[k - 1])
        first = first[kept]
    for k in range(rarest - 1, -1, -1):
        first, kept = walker.step(first, types[k], forward=False, over_punctuation=between_words[k])
        last = last[kept]
    hits = Hits(first, last + 1)
    return _in_selection(corpus, hits) if corpus.is_subcorpus else hits


def _postings_size(corpus: Corpus, types: Array) -> int:
    offsets = corpus._offsets
    return int((offsets[types + 1] - offsets[types]).sum())


def _postings(corpus: Corpus, types: Array) -> Array:
    """Positions of all tokens of these types, sorted."""
    offsets = corpus._offsets
    lists = [corpus._positions[int(offsets[t]) : int(offsets[t + 1])] for t in types.tolist()]
    merged = lists[0] if len(lists) == 1 else np.sort(np.concatenate(lists))
    return merged.astype(np.int64)


class _Walker:
    """Goes from tokens to their neighbours, all at once."""

    def __init__(self, corpus: Corpus, pattern: Pattern) -> None:
        self.types, self.flags = corpus._types, corpus._flags
        self.is_word = _is_word(corpus, pattern)

    def step(self, tokens: Array, wanted: Array, *, forward: bool, over_punctuation: bool) -> tuple[Array, Array]:
        """The neighbours of these tokens that have a wanted type, and which tokens had one."""
        is_wanted = np.zeros(len(self.is_word), bool)
        is_wanted[wanted] = True
        kept = np.arange(len(tokens))
        current = tokens
        arrived: list[Array] = []
        origins: list[Array] = []
        while len(current):
            current, inside = self._next(current, forward)
            kept = kept[inside]
            types = self.types[current]
            passed = ~self.is_word[types] if over_punctuation else np.zeros(len(types), bool)
            found = is_wanted[types] & ~passed
            arrived.append(current[found])
            origins.append(kept[found])
            current, kept = current[passed], kept[passed]
        where = np.concatenate(origins) if origins else kept
        order = np.argsort(where, kind="stable")
        return (np.concatenate(arrived) if arrived else current)[order], where[order]

    def _next(self, tokens: Array, forward: bool) -> tuple[Array, Array]:
        """The tokens one further on, where that is in the same paragraph."""
        if forward:
            following = tokens + 1
            inside = following < len(self.types)
            inside[inside] = (self.flags[following[inside]] & BEGINS_PARAGRAPH) == 0
            return following[inside], inside
        inside = (self.flags[tokens] & BEGINS_PARAGRAPH) == 0
        return tokens[inside] - 1, inside


def _in_selection(corpus: Corpus, hits: Hits) -> Hits:
    selected = np.zeros(len(corpus._ends), bool)
    selected[corpus.selected_documents()] = True
    kept = selected[np.searchsorted(corpus._ends, hits.first, "right")]
    return Hits(hits.first[kept], hits.end[kept])


def describe_matches(corpus: Corpus, pattern: Pattern) -> pl.DataFrame:
    """The types that each element of a pattern matches: element, surface, count."""
    frames = [
        corpus._vocabulary[matching_types(corpus, pattern, element)].select(
            pl.lit(element.text).alias("element"), "surface", "count"
        )
        for element in pattern.elements
    ]
    return pl.concat(frames)
