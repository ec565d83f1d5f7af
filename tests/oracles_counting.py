"""Slow, obvious counting of n-grams that the tests compare the fast one with."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import corpus_kit

COUNTED = frozenset({"word", "number", "hashtag", "mention"})

T = TypeVar("T")


def slow_select(
    type_ids: Sequence[int],
    flags: Sequence[int],
    counts: Sequence[int],
    forms: Sequence[int | None],
    *,
    barrier_bit: int,
    chosen: Sequence[int] | None = None,
) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return ids, barriers, document ends and positions of the tokens whose type has a form."""
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
    """Return the runs of tokens between barriers."""
    stretches: list[list[T]] = []
    for token, barrier in zip(tokens, barriers, strict=True):
        if barrier or not stretches:
            stretches.append([])
        stretches[-1].append(token)
    return stretches


def slow_ngrams(tokens: Sequence[T], n: int, skip: int = 0) -> list[tuple[T, ...]]:
    """Return all n-grams of one run that skip at most `skip` tokens, in text order."""
    found = []
    for start in range(len(tokens)):
        following = range(start + 1, min(start + n + skip, len(tokens)))
        found += [
            (tokens[start], *(tokens[position] for position in rest))
            for rest in itertools.combinations(following, n - 1)
        ]
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
    """Return rows (label, n-gram, count, documents); documents are lists of runs.

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
    """Return the positions of each type."""
    return [[position for position, other in enumerate(ids) if other == type_id] for type_id in range(n_types)]


def slow_text_documents(
    texts: Sequence[str | None], *, profile: str | None, tokenizer: str, within: str
) -> list[list[list[str]]]:
    """Return the counted forms of each text, in runs that n-grams do not cross."""
    frame = corpus_kit.tokens(list(texts))
    documents: list[list[list[str]]] = []
    for number, text in enumerate(texts):
        stretches: list[list[str]] = [[]]
        if text is not None and tokenizer == "whitespace":
            forms = text.split() if profile is None else corpus_kit.normalize(text.split(), profile=profile)
            stretches[0] += [form for form in forms if form]
        elif text is not None:
            end, sentence = 0, 0
            for token in frame.filter(document=number).iter_rows(named=True):
                new_paragraph = len(text[end : token["start"]].splitlines()) > 1 or "\n" in text[end : token["start"]]
                new_sentence = token["sentence"] != sentence
                if (within != "document" and new_paragraph) or (within == "sentence" and new_sentence):
                    stretches.append([])
                end, sentence = token["end"], token["sentence"]
                form = token["token"] if profile is None else corpus_kit.normalize(token["token"], profile=profile)
                if token["kind"] in COUNTED and form:
                    stretches[-1].append(form)
        documents.append(stretches)
    return documents


def slow_character_documents(texts: Sequence[str | None], *, profile: str | None, within: str) -> list[list[list[str]]]:
    """Return the characters of the normalised texts in runs, with white space as one space."""
    documents: list[list[list[str]]] = []
    for text in texts:
        stretches = []
        if text is not None:
            normalised = text if profile is None else corpus_kit.normalize(text, profile=profile)
            paragraphs = [" ".join(line.split()) for line in normalised.split("\n")]
            if within == "document":
                paragraphs = ["".join(paragraphs)]
            for paragraph in paragraphs:
                stretches += [list(part) for part in (paragraph.split() if within == "token" else [paragraph])]
        documents.append(stretches)
    return documents
