"""Slow, obvious twins of frames (word by word) and of Krippendorff's alpha (pair by pair)."""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import Any

import wordfreq

import corpus_kit as ck
from corpus_kit.news.frame_dictionary import FrameDictionary, FrameEntry

Row = tuple[int, int, int, str, str, str, str]  # document, start, end, dimension, category, entry, proclitic
COUNTED = {"word", "number", "hashtag", "mention"}


def frames(texts: list[str], dictionary: FrameDictionary) -> list[Row]:
    """Return the hits of a dictionary in texts, with the profile `search`."""
    listed = {
        ck.normalize(words[0])
        for entry in dictionary.entries
        for words in entry.alternatives
        if len(words) == 1 and "*" not in words[0]
    }
    found = []
    for document, text in enumerate(texts):
        for dimension, categories in dictionary.categories.items():
            for category in categories:
                entries = [
                    (number, entry)
                    for number, entry in enumerate(dictionary.entries)
                    if (entry.dimension, entry.category) == (dimension, category)
                ]
                order = list(dictionary.categories).index(dimension), categories.index(category)
                for start, end, entry, proclitic in _hits(text, entries, listed):
                    found.append((document, start, end, order, dimension, category, entry, proclitic))
    ordered = sorted(found, key=lambda row: (row[0], row[1], row[2], row[3]))
    return [(row[0], row[1], row[2], *row[4:]) for row in ordered]  # type: ignore[misc]


def _hits(text: str, entries: list[tuple[int, FrameEntry]], listed: set[str]) -> list[tuple[int, int, str, str]]:
    """Return the hits of one category: the best at each word from the first on, continuing after its end."""
    table = ck.tokens([text])
    words = [row for row in table.iter_rows(named=True) if row["kind"] in COUNTED]
    found, place = [], 0
    while place < len(words):
        options: list[tuple[tuple[Any, ...], int, FrameEntry, str]] = []
        for number, entry in entries:
            for items in entry.alternatives:
                run = words[place : place + len(items)]
                if len(run) < len(items) or "\n" in text[run[0]["start"] : run[-1]["end"]]:
                    continue
                ways = [reading(row["token"], item, k == 0, listed) for k, (row, item) in enumerate(zip(run, items))]  # noqa: B905
                if any(way is None for way in ways):
                    continue
                cut, proclitic = ways[0]  # type: ignore[misc]
                finer = ("*" in items[0], -len(items[0]), cut) if len(items) == 1 else ()
                options.append(((-len(items), *finer, not entry.excluded, number), len(items), entry, proclitic))
        if not options:
            place += 1
            continue
        _, length, entry, proclitic = min(options, key=lambda option: option[0])
        if not entry.excluded:
            found.append((words[place]["start"], words[place + length - 1]["end"], entry.text, proclitic))
        place += length
    return found


def reading(token: str, item: str, is_first: bool, listed: set[str]) -> tuple[int, str] | None:
    """Return the number of letters before the item in a word and the proclitic; None if it does not match."""
    form, text, plain = normal(token), normal(item.removesuffix("*")), normal(token, "dediac")
    if text.removeprefix("ال") not in form:
        return None  # whatever precedes it
    ways = []
    for conjunction in ("", "و", "ف") if is_first else ("",):
        for preposition in ("", "ب", "ل", "ك") if is_first else ("",):
            for article in ("", "ال"):
                proclitic, noun = conjunction + preposition, text.removeprefix("ال")
                if text != noun and not article:
                    continue
                letters = proclitic + article
                if preposition == "ل" and article:
                    letters = proclitic + ("" if noun.startswith("ل") else "ل")
                whole, cut = letters + noun, len(letters) - (2 if text != noun else 0)
                if form != whole and not (item.endswith("*") and form.startswith(whole)):
                    continue
                if cut != 0 and not plain.startswith(letters):
                    continue
                if proclitic and (form in listed or not _is_cut(plain, proclitic)):
                    continue
                ways.append((cut, letters, proclitic))
    if not ways:
        return None
    cut, _, proclitic = min(ways)
    return cut, proclitic


normal = cache(ck.normalize)


@cache
def _general_words() -> set[str]:
    return set().union(*wordfreq.get_frequency_list("ar", "large"))


@cache
def _is_cut(word: str, proclitic: str) -> bool:
    pieces = ck.segment([word])[0]
    before, taken = "", list(pieces)
    while taken[:-1] and len(before) < len(proclitic):
        before += taken.pop(0)
    if before == proclitic:
        return not (taken[:-1] and taken[0] in ("س", "ب", "ل", "ك") and len(taken[0]) == 1)
    return len(pieces) == 1 and word not in _general_words()


# ------------------------------------------------------------------------------------------ agreement


def alpha(codes: list[list[Any]], level: str) -> float:
    """Compute Krippendorff's alpha by definition: the mean difference within units relative to that of all codes."""
    units = [[code for code in unit if code is not None] for unit in zip(*codes, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [code for unit in units for code in unit]
    n = len(pooled)
    if not n:
        return float("nan")

    def difference(c: Any, k: Any) -> float:
        if level == "nominal":
            return float(c != k)
        if level == "interval":
            return float((c - k) ** 2)
        if level == "ratio":
            return float(((c - k) / (c + k)) ** 2) if c + k else 0.0
        low, high = min(c, k), max(c, k)
        between = sum(low <= code <= high for code in pooled)
        return float((between - (pooled.count(c) + pooled.count(k)) / 2) ** 2) if c != k else 0.0

    observed = sum(difference(c, k) / (len(unit) - 1) for unit in units for c, k in permutations(unit, 2)) / n
    expected = sum(difference(c, k) for c, k in permutations(pooled, 2)) / (n * (n - 1))
    return 1 - observed / expected if expected else float("nan")


DISAGREEMENT = {
    "unweighted": lambda i, j: float(i != j),
    "linear": lambda i, j: float(abs(i - j)),
    "quadratic": lambda i, j: float((i - j) ** 2),
}


def kappa(codes: list[list[int | None]], weights: str) -> float:
    """Return the mean of Cohen's kappa over all pairs of coders for which it is defined."""
    found = []
    for place, one in enumerate(codes):
        for two in codes[:place]:
            units = [(i, j) for i, j in zip(one, two, strict=True) if i is not None and j is not None]
            value = kappa_of_counts({unit: units.count(unit) for unit in units}, weights)
            if value == value:
                found.append(value)
    return sum(found) / len(found) if found else float("nan")


def kappa_of_counts(counts: dict[Any, int], weights: str = "linear") -> float:
    """Return Cohen's kappa of pairs of codes with their counts: observed and expected disagreement, unit by unit."""
    differ = DISAGREEMENT[weights]
    n = sum(counts.values())
    observed = sum(times * differ(*unit) for unit, times in counts.items())
    expected = sum(
        here * there * differ(first, second)
        for (first, _), here in counts.items()
        for (_, second), there in counts.items()
    )
    return 1 - n * observed / expected if expected else float("nan")
