"""Actor networks counted with plain loops over texts, without code from the library."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from typing import Any

from corpus_kit import Corpus

Mention = dict[str, Any]
Place = tuple[int, int]  # a document and the offset of a token in it
COUNTED = {"word", "number", "hashtag", "mention"}
JOINING = re.compile(r"(?:\s|[،,«»“”‹›\"]|(?<!\w)و(?!\w))*")  # noqa: RUF001


@cache
def tokens_of(corpus: Corpus) -> list[Mention]:
    return corpus.tokens.collect().to_dicts()


@cache
def texts_of(corpus: Corpus) -> dict[int, str]:
    return dict(corpus.documents.select("document", "text").collect().iter_rows())


def units_of(corpus: Corpus, unit: str, hidden: list[tuple[int, int, int]] | None = None) -> dict[Place, Any]:
    """Return the unit of each token outside the hidden spans (document, start, end).

    A line is a paragraph; a sentence and a paragraph begin after each gap.
    """
    texts = texts_of(corpus)
    where: dict[Place, Any] = {}
    gaps: Counter[int] = Counter()
    for token in tokens_of(corpus):
        document, start, end = token["document"], token["start"], token["end"]
        if any(each == document and start < stop and end > begin for each, begin, stop in hidden or []):
            gaps[document] += 1
            continue
        paragraph = (document, texts[document].count("\n", 0, start), gaps[document])
        units = {"document": (document,), "paragraph": paragraph, "sentence": (*paragraph, token["sentence"])}
        where[document, start] = units[unit]
    return where


def lists_of(corpus: Corpus, mentions: list[Mention], list_min: int) -> list[list[Mention]]:
    """Return runs of mentions of one kind in a sentence, separated only by commas, و and quotation marks."""
    texts = texts_of(corpus)
    sentence = units_of(corpus, "sentence")
    runs: list[list[Mention]] = []
    for mention in sorted(mentions, key=lambda each: (each["document"], each["start"], each["end"], each["actor"])):
        if runs and _joined(texts, sentence, runs[-1][-1], mention):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return [run for run in runs if len({each["actor"] for each in run}) >= list_min]


def _joined(texts: dict[int, str], sentence: dict[Place, Any], one: Mention, other: Mention) -> bool:
    if one["document"] != other["document"] or one["kind"] != other["kind"] or other["start"] < one["end"]:
        return False
    if sentence[one["document"], one["start"]] != sentence[other["document"], other["start"]]:
        return False
    between = texts[one["document"]][one["end"] : other["start"]]
    padded = re.sub(r"([«»“”‹›\"،,])", r" \1 ", between)  # noqa: RUF001
    said = other["proclitic"].startswith("و") or any(each in between for each in "،,و")
    return said and JOINING.fullmatch(padded) is not None


def count(
    corpus: Corpus,
    mentions: list[Mention],
    unit: str,
    *,
    collapse: str | None = None,
    list_min: int = 4,
    hidden: list[tuple[int, int, int]] | None = None,
) -> dict[tuple[str, str], tuple[int, int, int, int, int]]:
    """Return weight, documents, source_units, target_units and units of each co-occurring pair of actors."""
    where = units_of(corpus, unit, hidden)
    kept = [each for each in mentions if (each["document"], each["start"]) in where]
    left_out: set[Any] = set()
    if collapse is not None:
        sentence = units_of(corpus, "sentence")
        members = [each for run in lists_of(corpus, kept, list_min) for each in run]
        if collapse == "members":
            kept = [each for each in kept if each not in members]
        else:
            left_out = {sentence[each["document"], each["start"]] for each in members}
            kept = [each for each in kept if sentence[each["document"], each["start"]] not in left_out]
            where = {place: of for place, of in where.items() if sentence[place] not in left_out}
    actors: dict[Any, set[str]] = defaultdict(set)
    for each in kept:
        actors[where[each["document"], each["start"]]].add(each["actor"])
    words = [(token["document"], token["start"]) for token in tokens_of(corpus) if token["kind"] in COUNTED]
    units = {where[place] for place in words if place in where} | set(actors)
    frequency = Counter(actor for each in actors.values() for actor in each)
    meetings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, together in actors.items():
        for pair in itertools.combinations(sorted(together), 2):
            meetings[pair].append(place[0])
    return {
        (one, other): (len(found), len(set(found)), frequency[one], frequency[other], len(units))
        for (one, other), found in meetings.items()
    }


# ------------------------------------------------------------------------------- centralities


def shortest_paths(size: int, edges: list[tuple[int, int, int]]) -> dict[tuple[int, int], list[list[int]]]:
    """Return all shortest paths between nodes by trying every path; the length of an edge is 1 / weight."""
    length = {frozenset(edge[:2]): Fraction(1, edge[2]) for edge in edges}
    found: dict[tuple[int, int], list[list[int]]] = {}
    for one, other in itertools.combinations(range(size), 2):
        best: Fraction | None = None
        rest = [node for node in range(size) if node not in (one, other)]
        for middle in itertools.chain.from_iterable(itertools.permutations(rest, k) for k in range(len(rest) + 1)):
            path = [one, *middle, other]
            steps = [length.get(frozenset(step)) for step in itertools.pairwise(path)]
            if None in steps:
                continue
            total = sum(step for step in steps if step is not None)
            if best is None or total < best:
                best, found[one, other] = Fraction(total), [path]
            elif total == best:
                found[one, other].append(path)
    return found


def betweenness(size: int, edges: list[tuple[int, int, int]]) -> list[float]:
    shares = [Fraction(0)] * size
    for paths in shortest_paths(size, edges).values():
        for node in (node for path in paths for node in path[1:-1]):
            shares[node] += Fraction(1, len(paths))
    pairs = (size - 1) * (size - 2) // 2
    return [float(share / pairs) if pairs else 0.0 for share in shares]


def closeness(size: int, edges: list[tuple[int, int, int]]) -> list[float]:
    length = {frozenset(edge[:2]): Fraction(1, edge[2]) for edge in edges}
    far: dict[int, list[Fraction]] = defaultdict(list)
    for (one, other), paths in shortest_paths(size, edges).items():
        total = Fraction(sum(length[frozenset(step)] for step in itertools.pairwise(paths[0])))
        far[one].append(total)
        far[other].append(total)
    return [float(len(far[node]) ** 2 / sum(far[node]) / (size - 1)) if far[node] else 0.0 for node in range(size)]


def pagerank(size: int, edges: list[tuple[int, int, int]]) -> list[float]:
    """Iterate a random walk that jumps anywhere with probability 0.15, and always from nodes without edges."""
    weight: dict[int, dict[int, int]] = {node: {} for node in range(size)}
    for one, other, each in edges:
        weight[one][other] = weight[other][one] = each
    rank = [1 / size] * size
    for _ in range(500):
        lost = sum(rank[node] for node in range(size) if not weight[node])
        rank = [
            0.15 / size
            + 0.85 * (lost / size + sum(rank[near] * each / sum(weight[near].values()) for near, each in to.items()))
            for to in weight.values()
        ]
    return rank
