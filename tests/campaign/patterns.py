"""Patterns of every size and kind, and of none: what a search finds, what it refuses, how long it takes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import polars as pl
from oracles_patterns import Pattern, hits, is_refused, text_of

import corpus_kit as ck

from .part import BrokenPromiseError, Part, Refused, attempt
from .pattern_texts import LARGE, spoilt
from .pattern_trees import Vocabulary, length, tree

_SECONDS = 2.0  # of processor time
_DOCUMENTS = 4  # that the slow twin searches
_SIZES = [3, 30, 300, 2_000, 20_000, 100_000]

Rows = list[tuple[int, int, int]]  # document, start and end of each hit


@dataclass
class Prepared:
    """The sample corpus, and what the twin needs of it."""

    corpus: ck.Corpus
    vocabulary: Vocabulary
    texts: list[str]
    stems: dict[str, str]
    lemmas: dict[str, str]
    ngrams: Counter[str]


def prepare(_: Path) -> Prepared:
    """Open the sample corpus."""
    corpus = ck.sample_corpus()
    words = corpus.vocabulary.filter(pl.col("kind") == "word").collect()
    surfaces = corpus.tokens.filter(pl.col("kind") == "word").collect()["token"].to_list()
    ngrams = ck.ngrams(corpus, (1, 2), min_count=1)
    return Prepared(
        corpus,
        Vocabulary(words["surface"].to_list(), list(pairwise(surfaces))),
        corpus.documents.collect()["text"].to_list(),
        dict(words.select("word", "stem").iter_rows()),
        dict(words.select("word", "lemma").iter_rows()),
        Counter(dict(ngrams.select("ngram", "count").iter_rows())),
    )


def case(prepared: Prepared, random: Random) -> str:
    """Search for one pattern."""
    options: dict[str, Any] = {
        "exact": random.random() < 0.2,
        "clitics": random.random() < 0.2,
        "within": random.choice(["sentence", "paragraph", "paragraph", "document"]),
    }
    kind = random.random()
    if kind < 0.6:
        return _compared_with_the_twin(prepared, random, options)
    if kind < 0.75:
        found = _search(prepared.corpus, spoilt(random, prepared.vocabulary), options)
        return "spoilt: refused" if isinstance(found, Refused) else "spoilt: answered"
    return _large(prepared, random, options)


def _search(corpus: ck.Corpus, pattern: str, options: dict[str, Any]) -> ck.Concordance | Refused:
    """Return the hits, or how the pattern was refused; both must be quick."""
    done = f"kwic({pattern[:200]!r}, of {len(pattern):,} characters, {options})"
    begun = process_time()
    found = attempt(lambda: ck.kwic(corpus, pattern, **options), done)
    taken = process_time() - begun
    if taken > _SECONDS:
        raise BrokenPromiseError(f"{taken:.1f} seconds for {done}")
    if isinstance(found, Refused) and (
        len(found.message) > 1500 or not re.match("pattern |The search ", found.message)
    ):
        raise BrokenPromiseError(f"a message of {len(found.message)} characters, {found.message[:300]!r}, for {done}")
    return found


def _rows(found: ck.Concordance) -> Rows:
    return found.frame.select("document", "start", "end").rows()


def _compared_with_the_twin(prepared: Prepared, random: Random, options: dict[str, Any]) -> str:
    pattern = tree(random, prepared.vocabulary)
    text = text_of(pattern)
    found = _search(prepared.corpus, text, options)
    refused = is_refused(pattern, options["exact"])
    if isinstance(found, Refused):
        if not refused and length(pattern) < 2_000:
            raise BrokenPromiseError(f"refused {text!r} {options}: {found.message}")
        return "refused"
    if refused:
        raise BrokenPromiseError(f"not refused: {text!r} {options}")
    if length(pattern) > 1_000:  # the twin would take long
        return "answered"
    first = random.randrange(len(prepared.texts) - _DOCUMENTS)
    end = first + _DOCUMENTS
    rows = [row for row in _rows(found) if first <= row[0] < end]
    part = _search(prepared.corpus.filter(pl.col("document").is_between(first, end - 1)), text, options)
    if isinstance(part, Refused) or _rows(part) != rows:
        raise BrokenPromiseError(f"a part of the corpus gives other hits: {text!r} {options}, documents from {first}")
    expected = _twin(prepared, first, pattern, options)
    if expected is None:
        return "answered"
    if expected != rows:
        raise BrokenPromiseError(f"{text!r} {options}, documents from {first}: found {rows}, expected {expected}")
    return "as the twin"


def _twin(prepared: Prepared, first: int, pattern: Pattern, options: dict[str, Any]) -> Rows | None:
    """Return what the twin finds; None where engines of regular expressions differ, as the twin says."""
    texts = prepared.texts[first : first + _DOCUMENTS]
    found = [
        hits(texts, pattern, **options, stems=prepared.stems, lemmas=prepared.lemmas, empty_turns_go_on=goes_on)
        for goes_on in (False, True)
    ]
    if found[0] != found[1]:
        return None
    spans = [ck.tokens([text]).select("start", "end").rows() for text in texts]
    return [
        (first + document, spans[document][begin][0], spans[document][end - 1][1]) for document, begin, end in found[0]
    ]


def _large(prepared: Prepared, random: Random, options: dict[str, Any]) -> str:
    name = random.choice(list(LARGE))
    pattern = LARGE[name](random, prepared.vocabulary, random.choice(_SIZES))
    found = _search(prepared.corpus, pattern, options)
    if isinstance(found, Refused):
        return f"{name}: refused"
    plain = options == {"exact": False, "clitics": False, "within": "paragraph"}
    if plain and name in ("words", "numbers", "phrases"):
        _expect_as_many(prepared, pattern, len(found))
    return f"{name}: answered"


def _expect_as_many(prepared: Prepared, pattern: str, found: int) -> None:
    """Compare the hits of words, or of pairs of words, with the table of n-grams."""
    alternatives = {" ".join(ck.normalize(each.split(" "), "search")) for each in pattern.split("|")}
    tokens = ck.tokens(pl.Series(sorted(alternatives)))
    if tokens.height != sum(each.count(" ") + 1 for each in alternatives) or (tokens["kind"] != "word").any():
        return  # a word of several tokens is a phrase
    expected = sum(prepared.ngrams[each] for each in alternatives)
    if expected != found:
        raise BrokenPromiseError(f"{found} hits of {pattern[:200]!r} …, but {expected} n-grams")


PART = Part(
    name="patterns",
    promise="A pattern finds what the language says, or is refused with a reason, in two seconds of processor time and "
    "a gigabyte on the sample corpus, however large or strange it is.",
    prepare=prepare,
    case=case,
    quick=0,
    slow=30,
    seconds=30.0,
)
