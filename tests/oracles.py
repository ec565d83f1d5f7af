"""Slow, obvious twins of the fast code: written for reading, held equal to it by the tests."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import corpus_kit

COUNTED = frozenset({"word", "number", "hashtag", "mention"})

T = TypeVar("T")


# ----------------------------------------------------------------------------------------------------
# Normalisation
# ----------------------------------------------------------------------------------------------------
#
# end of normalisation
#


# ----------------------------------------------------------------------------------------------------
# Tokens and sentences
# ----------------------------------------------------------------------------------------------------
#
# end of tokens and sentences
#


# ----------------------------------------------------------------------------------------------------
# Counting
# ----------------------------------------------------------------------------------------------------


def slow_select(
    type_ids: Sequence[int],
    flags: Sequence[int],
    counts: Sequence[int],
    forms: Sequence[int | None],
    *,
    barrier_bit: int,
    chosen: Sequence[int] | None = None,
) -> tuple[list[int], list[int], list[int], list[int]]:
    """Ids, barriers, document ends and positions of the tokens whose type has a form."""
    ids: list[int] = []
    barriers: list[int] = []
    ends: list[int] = []
    positions: list[int] = []
    position = 0
    for document, count in enumerate(counts):
        barrier = True
        for _ in range(count):
            form = forms[type_ids[position]]
            if flags[position] & barrier_bit:
                barrier = True
            if form is not None and (chosen is None or chosen[document]):
                ids.append(form)
                barriers.append(int(barrier))
                positions.append(position)
                barrier = False
            position += 1
        ends.append(len(ids))
    return ids, barriers, ends, positions


def runs(tokens: Sequence[T], barriers: Sequence[int]) -> list[list[T]]:
    """The stretches of tokens between barriers."""
    stretches: list[list[T]] = []
    for token, barrier in zip(tokens, barriers, strict=True):
        if barrier or not stretches:
            stretches.append([])
        stretches[-1].append(token)
    return stretches


def slow_ngrams(tokens: Sequence[T], n: int, skip: int = 0) -> list[tuple[T, ...]]:
    """All n-grams of one stretch that skip at most `skip` tokens, in text order."""
    found = []
    for start in range(len(tokens)):
        following = range(start + 1, min(start + n + skip, len(tokens)))
        for rest in itertools.combinations(following, n - 1):
            found.append((tokens[start], *(tokens[position] for position in rest)))
    return found


def slow_count_ngrams(
    documents: Sequence[Sequence[Sequence[T]]],
    low: int,
    high: int,
    *,
    skip: int = 0,
    min_count: int = 1,
    labels: Sequence[object] | None = None,
) -> list[tuple[object, tuple[T, ...], int, int]]:
    """Rows (label, n-gram, count, documents) of documents that are lists of stretches.

    Count descending, then n, then first occurrence.
    """
    count: Counter[tuple[object, tuple[T, ...]]] = Counter()
    documents_of: dict[tuple[object, tuple[T, ...]], set[int]] = {}
    for number, stretches in enumerate(documents):
        label = labels[number] if labels is not None else None
        for stretch in stretches:
            # By start, then by length: a Counter keeps the order of first occurrence of each length.
            for n in range(low, high + 1):
                for ngram in slow_ngrams(stretch, n, skip):
                    count[label, ngram] += 1
                    documents_of.setdefault((label, ngram), set()).add(number)
    rows = [
        (label, ngram, number, len(documents_of[label, ngram]))
        for (label, ngram), number in count.items()
        if number >= min_count
    ]
    return sorted(rows, key=lambda row: (-row[2], len(row[1])))


def slow_postings(ids: Sequence[int], n_types: int) -> list[list[int]]:
    """The positions of each type."""
    return [[position for position, other in enumerate(ids) if other == type_id] for type_id in range(n_types)]


#
# end of counting
#


# ----------------------------------------------------------------------------------------------------
# Readers
# ----------------------------------------------------------------------------------------------------
#
# end of readers
#


# ----------------------------------------------------------------------------------------------------
# Concordance
# ----------------------------------------------------------------------------------------------------

LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")


@dataclass(frozen=True)
class Line:
    """One line of a concordance."""

    document: int
    position: int
    before: str
    node: str
    after: str
    start: int
    end: int


def concordance(texts: list[str], forms: list[str], window: tuple[int, int], fold: Callable[[str], str]) -> list[Line]:
    """Every place where these folded words follow one another in a paragraph, by going through each text."""
    lines = []
    for document, text in enumerate(texts):
        tokens = corpus_kit.tokens([text]).rows(named=True)
        words = [i for i, token in enumerate(tokens) if token["kind"] in COUNTED]
        for k in range(len(words) - len(forms) + 1):
            run = words[k : k + len(forms)]
            if [fold(tokens[i]["token"]) for i in run] != forms:
                continue
            start, end = tokens[run[0]]["start"], tokens[run[-1]]["end"]
            if LINE_BREAKS & set(text[start:end]):
                continue
            first, last = context(words, k, k + len(forms), window, len(tokens))
            while last < len(tokens) and last > run[-1] + 1 and tokens[last]["kind"] not in COUNTED:
                if tokens[last]["start"] != tokens[last - 1]["end"]:
                    break
                last += 1
            lines.append(
                Line(
                    document,
                    tokens[run[0]]["position"],
                    joined(text, tokens[first : run[0]]),
                    joined(text, tokens[run[0] : run[-1] + 1]),
                    joined(text, tokens[run[-1] + 1 : last]),
                    start,
                    end,
                )
            )
    return lines


def context(words: list[int], first: int, end: int, window: tuple[int, int], n_tokens: int) -> tuple[int, int]:
    """Token bounds of the context: as many words as asked, or all up to the edge of the document."""
    if window[0] == 0:
        before = words[first]
    else:
        before = words[first - window[0]] if first >= window[0] else 0
    if window[1] == 0:
        after = words[end - 1] + 1
    else:
        after = words[end + window[1] - 1] + 1 if end + window[1] <= len(words) else n_tokens
    return before, after


def joined(text: str, tokens: list[dict[str, Any]]) -> str:
    """Tokens with one space where the text has anything but nothing between them."""
    out = ""
    for previous, token in zip([None, *tokens], tokens, strict=False):
        gap = text[previous["end"] : token["start"]] if previous else ""
        out += " " if any(character.isspace() for character in gap) else ""
        out += token["token"]
    return out


#
# end of concordance
#
