"""Texts that are hardly patterns, and patterns that are too large, or nearly."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from oracles_patterns import text_of

from .pattern_trees import Vocabulary, item, tree, wild

__all__ = ["LARGE", "spoilt"]

_STRANGE = [
    *'()[]{}|/"\\*?+,=!&#@. \n\t\0', "{2}", "{1,}", "{,0}", "{99999999999}", "{٢}", "[]", "()", "//", "/(/", "[lemma=",
    "(?i)", "\ud800", "\u200f", "\ufeff", "\u0301" * 50, "ﷺ", "🙂", "\U0010ffff", "[kind=wrod]", "\\d", "\\p{Arabic}",
    "(?x)", "\u064b",
]  # fmt: skip

# A pattern of so many items.
Large = Callable[[Random, Vocabulary, int], str]
_Item = Callable[[Random, Vocabulary], str]


def spoilt(random: Random, vocabulary: Vocabulary) -> str:
    """Return a pattern with some characters removed, repeated, exchanged, or put in."""
    letters = list(text_of(tree(random, vocabulary)))
    for _ in range(random.randint(1, 6)):
        place = random.randrange(len(letters) + 1)
        match random.randrange(4):
            case 0:
                del letters[place : place + random.randint(1, 3)]
            case 1:
                letters[place:place] = letters[place : place + 9] * random.choice([1, 2, 300])
            case 2:
                letters[place : place + 1] = random.choice(_STRANGE)
            case _:
                letters[place:place] = random.choice(_STRANGE)
    return "".join(letters)


def _word(random: Random, vocabulary: Vocabulary) -> str:
    word = random.choice(vocabulary.words)
    return word if random.random() < 0.6 else f"{word}{random.choice('ابتث')}{random.randrange(999)}"


def _number(random: Random, _: Vocabulary) -> str:
    return str(random.randrange(10**6))


def _pair(random: Random, vocabulary: Vocabulary) -> str:
    return " ".join(random.choice(vocabulary.pairs))


def _with_gap(random: Random, vocabulary: Vocabulary) -> str:
    gap = random.choice(["", "", "[] ", "[]{0,9} ", "(في)? "])
    return f"{_word(random, vocabulary)} {gap}{_word(random, vocabulary)}"


def _wildcard(random: Random, vocabulary: Vocabulary) -> str:
    return text_of(wild(random, random.choice(vocabulary.words)))


def _wildcards(random: Random, vocabulary: Vocabulary) -> str:
    return f"{_wildcard(random, vocabulary)} {_wildcard(random, vocabulary)}"


def _item(random: Random, vocabulary: Vocabulary) -> str:
    return text_of(item(random, vocabulary))


def _tree(random: Random, vocabulary: Vocabulary) -> str:
    return f"({text_of(tree(random, vocabulary, 2))})"


def _regex(random: Random, vocabulary: Vocabulary) -> str:
    """Return a regular expression of random pieces and repeats, some of them huge."""

    def piece(depth: int) -> str:
        kind = random.random()
        if depth == 0 or kind < 0.3:
            letter = random.choice(random.choice(vocabulary.words))
            escape = "\\" + random.choice("bsx.*d")
            return random.choice([letter, ".", "[ا-ي]", "[^ا]", r"\w", r"\pL", "(ال|م)", escape])
        if kind < 0.6:
            return "".join(piece(depth - 1) for _ in range(random.randint(2, 3)))
        if kind < 0.75:
            return "(" + "|".join(piece(depth - 1) for _ in range(random.randint(2, 4))) + ")"
        high = random.choice([1, 2, 5, 30, 100, 1000, 100_000])
        return f"({piece(depth - 1)})" + random.choice(["?", "*", "+", f"{{{high}}}", f"{{0,{high}}}", f"{{{high},}}"])

    return f"/{piece(random.randint(1, 5))}/"


def _frequent(random: Random, vocabulary: Vocabulary) -> str:
    word = random.choice(vocabulary.words)
    bounds = random.choice(["", "", "?", "*", "+", "{3}", "{0,100}", "{50,100}"])
    return (
        random.choice(["[]", f"[word!={word}]", "[kind!=url]", "[kind=word]", "/.*ا.*/", f"(* {word}|[] [])"]) + bounds
    )


def _frequent_phrase(random: Random, vocabulary: Vocabulary) -> str:
    return f"{_frequent(random, vocabulary)} {_frequent(random, vocabulary)} {random.choice(vocabulary.words)}"


def _attribute(random: Random, vocabulary: Vocabulary) -> str:
    return f"[{random.choice(['surface', 'stem', 'lemma', 'word'])}={random.choice(vocabulary.words)}] []"


def _condition(random: Random, vocabulary: Vocabulary) -> str:
    return f"word{random.choice(['=', '!='])}{random.choice(vocabulary.words)}"


def _list_of(item: _Item, sign: str = "|", most: int = 100_000) -> Large:
    """Return a maker of many items, at most as many as are made in a moment."""
    return lambda random, vocabulary, size: sign.join(item(random, vocabulary) for _ in range(min(size, most)))


def _conditions(random: Random, vocabulary: Vocabulary, size: int) -> str:
    return f"[{_list_of(_condition, random.choice(['&', '|', '&!', ' & ']))(random, vocabulary, size)}]"


def _nested(random: Random, vocabulary: Vocabulary, size: int) -> str:
    pattern = random.choice(vocabulary.words)
    for _ in range(min(size, random.choice([5, 20, 60]))):
        other = random.choice([random.choice(vocabulary.words), "[]", "(ا|ب ت)", "/.*ا.*/"])
        repeat = random.choice(["", "?", "+", "{2}", "{1,3}", "{0,100}"])
        way = random.choice(["({0} {1}){2}", "({1}|{0}){2}", "{1} ({0}){2}"])
        pattern = way.format(pattern, other, repeat)
    return pattern


def _one_word(random: Random, vocabulary: Vocabulary, size: int) -> str:
    word = random.choice(vocabulary.words)
    return random.choice([word, "ا", "!", "🙂", "\u064b", "*ا", "?", "\\ا", "a1", "(", "[", "[]", "[!", "{"]) * size


def _gaps(random: Random, vocabulary: Vocabulary, size: int) -> str:
    first, last = random.choice(vocabulary.words), random.choice(vocabulary.words)
    return f"{first} {'[]{0,100} ' * size}{last}"


def _one_regex(random: Random, vocabulary: Vocabulary, size: int) -> str:
    return f"/{'|'.join(random.choice(vocabulary.words) for _ in range(size))}/"


LARGE: dict[str, Large] = {
    "words": _list_of(_word),
    "numbers": _list_of(_number),
    "phrase": _list_of(_word, " "),
    "phrases": _list_of(_pair),
    "phrases with gaps": _list_of(_with_gap),
    "wildcards": _list_of(_wildcard, most=20_000),
    "phrases of wildcards": _list_of(_wildcards, most=20_000),
    "regexes": _list_of(_regex, most=5_000),
    "sequence of regexes": _list_of(_regex, " ", most=5_000),
    "frequent": _list_of(_frequent, " "),
    "frequent phrases": _list_of(_frequent_phrase),
    "items": _list_of(_item, most=20_000),
    "trees": _list_of(_tree, most=5_000),
    "attributes": _list_of(_attribute),
    "conditions": _conditions,
    "nested": _nested,
    "one regex": _one_regex,
    "one word": _one_word,
    "gaps": _gaps,
}
