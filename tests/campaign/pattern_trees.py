"""Random patterns that the slow twin can search too, as trees."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from oracles_patterns import (
    ANY,
    ONE,
    Alternatives,
    And,
    Attribute,
    Expression,
    Not,
    Or,
    Pattern,
    Regex,
    Repeat,
    Sequence,
    Test,
    Wild,
    Wildcard,
    Word,
    pieces_of,
)

_REGEXES = ["ال.*", "(و|ف)?قال.*", "[ابتث].{2,5}", ".*[ةه]", "م.?.?", "[0-9]+", "(كا|كن)ت?", "[^ا].*ا[^ا]*", "س(ت|ي).+"]
_KINDS = ["word", "number", "punctuation", "symbol", "url", "hashtag", "emoji"]
_BOUNDS = [(0, 1), (0, None), (1, None), (2, None), (1, 1), (2, 2), (0, 2), (1, 3), (2, 4), (0, 30)]
_SIGNS = ["،", ".", "!", "«", "د.", "كلمة،ثم", "3.5", "٣", "#وسم", "🙂", "a-b"]


@dataclass(frozen=True)
class Vocabulary:
    """Words of the corpus, and pairs of words that follow one another."""

    words: list[str]
    pairs: list[tuple[str, str]]


def tree(random: Random, vocabulary: Vocabulary, depth: int = 3) -> Pattern:
    """Return a random tree of a few items."""
    kind = random.random()
    if depth == 0 or kind < 0.25:
        return item(random, vocabulary)
    if kind < 0.4:
        return Sequence(tuple(map(Word, random.choice(vocabulary.pairs))))
    if kind < 0.6:
        return Sequence(tuple(tree(random, vocabulary, depth - 1) for _ in range(random.randint(2, 3))))
    if kind < 0.8:
        return Alternatives(tuple(tree(random, vocabulary, depth - 1) for _ in range(random.randint(2, 5))))
    if kind < 0.88:
        return Repeat(Attribute(), *random.choice(_BOUNDS))
    return Repeat(tree(random, vocabulary, depth - 1), *random.choice(_BOUNDS))


def length(pattern: Pattern) -> int:
    """Return the number of items of a pattern with its repeats written out."""
    match pattern:
        case Sequence(parts) | Alternatives(parts):
            return sum(map(length, parts))
        case Repeat(body, _, high):
            return length(body) * (100 if high is None else high)
        case Word(text):
            return max(len(pieces_of(text, False)), 1)
    return 1


def item(random: Random, vocabulary: Vocabulary) -> Pattern:
    """Return a word, a wildcard, a regular expression or a condition."""
    word = random.choice(vocabulary.words)
    choice = random.randrange(12)
    if choice < 5:
        return Word(word)
    if choice == 5:
        return Word(random.choice(_SIGNS))
    if choice < 8:
        return wild(random, word)
    if choice == 8:
        return Regex(random.choice(_REGEXES))
    return Attribute(_expression(random, vocabulary, 2))


def wild(random: Random, word: str) -> Wild:
    """Return a piece of a word between wildcards."""
    first = random.randrange(len(word))
    piece = word[first : first + random.randint(1, 4)]
    ends: list[list[str | Wildcard]] = [[*random.choice([[], [ANY], [ONE], [ANY, ONE]])] for _ in range(2)]
    if not any(ends):
        ends[random.randrange(2)] = [ANY]
    if random.random() < 0.2:
        ends[1] = [*ends[1], "ا", ANY]
    return Wild((*ends[0], piece, *ends[1]))


def _expression(random: Random, vocabulary: Vocabulary, depth: int) -> Expression:
    kind = random.random()
    if depth and kind < 0.15:
        return Not(_expression(random, vocabulary, depth - 1))
    if depth and kind < 0.4:
        parts = tuple(_expression(random, vocabulary, depth - 1) for _ in range(random.randint(2, 3)))
        return And(parts) if random.random() < 0.5 else Or(parts)
    if kind < 0.6:
        return Test("kind", Wild((random.choice(_KINDS),)), random.random() < 0.3)
    name = random.choice(["surface", "word", "folded", "folded", "stem", "lemma"])
    word = random.choice(vocabulary.words)
    values: list[Wild | Regex] = [Wild((word,)), wild(random, word), Regex(random.choice(_REGEXES))]
    return Test(name, random.choice(values), random.random() < 0.3)
