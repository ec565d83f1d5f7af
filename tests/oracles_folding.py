"""The slow, obvious twins of ck.folding_steps and ck.conflations: word by word, in dictionaries."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import corpus_kit as ck

COUNTED = {"word", "number", "hashtag", "mention"}


def words_of(texts: list[str], profile: ck.Normalizer) -> Counter[str]:
    """Count each word of the texts that has a form."""
    table = ck.tokens(texts)
    return Counter(
        token
        for token, kind in table.select("token", "kind").iter_rows()
        if kind in COUNTED and ck.normalize(token, profile)
    )


def chain(words: Counter[str], profile: ck.Normalizer) -> list[tuple[str, dict[str, str]]]:
    """Return the form of each word in the original text and after each step."""
    steps: list[tuple[str, dict[str, str]]] = [("as read", {word: word for word in words})]
    so_far = ck.Normalizer()
    for step in profile.steps:
        so_far = so_far.replace(**{step: getattr(profile, step)})
        steps.append((step, {word: ck.normalize(word, so_far) for word in words}))
    return steps


def folding_steps(texts: list[str], profile: ck.Normalizer) -> list[tuple[str, int, int, int, int, int]]:
    words = words_of(texts, profile)
    steps = chain(words, profile)
    rows = []
    for (_, before), (step, after) in zip([steps[0], *steps], steps, strict=False):
        spellings: dict[str, set[str]] = defaultdict(set)
        for word, form in after.items():
            spellings[form].add(word)
        rows.append(
            (
                step,
                sum(words[word] for word in words if before[word] != after[word]),
                len(set(after.values())),
                len(set(before.values())) - len(set(after.values())),
                sum(words[word] for word in words if after[word] != word),
                sum(words[word] for word in words if len(spellings[after[word]]) > 1),
            )
        )
    return rows


def conflations(texts: list[str], profile: ck.Normalizer) -> list[tuple[str, str, int, list[dict[str, str | int]]]]:
    words = words_of(texts, profile)
    steps = chain(words, profile)
    rows = []
    for (_, before), (step, after) in pairwise(steps):
        met: dict[str, Counter[str]] = defaultdict(Counter)
        for word, count in words.items():
            met[after[word]][before[word]] += count
        several = [(form, spellings) for form, spellings in met.items() if len(spellings) > 1]
        for form, spellings in sorted(several, key=lambda item: (-item[1].total(), item[0].encode())):
            ordered = sorted(spellings.items(), key=lambda item: (-item[1], item[0].encode()))
            merged: list[dict[str, str | int]] = [{"surface": surface, "count": count} for surface, count in ordered]
            rows.append((step, form, spellings.total(), merged))
    return rows
