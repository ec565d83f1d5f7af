"""How large a pattern may be: what it costs is counted while it is read, and one that is too large refused at once.

The limits leave room for lexicons (a pattern of 20,000 words, or of 20,000 phrases) and keep every search of a small
corpus below a second or two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from corpus_kit.errors import InputError, invalid
from corpus_kit.query.pattern_tree import Alternatives, Node, Region, Repeat, Sequence, Test, Value
from corpus_kit.query.regex_size import regex_size

__all__ = ["MOST_STEPS", "PatternCost", "check_labels", "check_length", "check_steps", "program_length"]

_MOST_CHARACTERS = 1_000_000
_MOST_TESTS = 50_000
_MOST_WILDCARDS = 5_000
_WILDCARDS_OF_A_REGEX = 5  # a regular expression takes the time of five words like ال*
_LARGEST_REGEX = 10_000_000
_LARGEST_WITH_CHOICES = 2_000_000  # beyond it, what has many choices takes seconds for a few thousand words
_MOST_CHOICES = 100
MOST_STEPS = 10_000
_LONGEST_PHRASE = 100
_MOST_LABELS = 50  # the core keeps 64 places of a hit, some of which are those where regions begin
_STEPS_OF_A_PLACE = 8  # at most, of a label or what is next to a place
_STEPS_OF_A_REGION = 16


def check_length(text: str) -> None:
    """Refuse a pattern of more characters than a lexicon has."""
    if len(text) > _MOST_CHARACTERS:
        hint = f"It has {len(text):,}; search for parts of it."
        raise invalid("pattern", f"at most {_MOST_CHARACTERS:,} characters long", text, hint)


def check_labels(pattern: str, labels: Collection[str]) -> None:
    """Refuse more labels than the search keeps for each hit."""
    if len(labels) > _MOST_LABELS:
        raise invalid("pattern", f"one with at most {_MOST_LABELS} labels", pattern, f"It has {len(labels):,}.")


@dataclass
class PatternCost:
    """Counts what a pattern is made of while it is read; each method refuses what is too much.

    Attributes:
        pattern: The text of the pattern, for messages.
    """

    pattern: str
    _tests: int = 0
    _wildcards: int = 0
    _size: int = 0
    _known: set[Value] = field(default_factory=set)

    def add_tests(self, number: int = 1) -> None:
        """Count words and conditions."""
        self._tests += number
        if self._tests > _MOST_TESTS:
            raise self._too_large(f"{_MOST_TESTS:,} words and conditions", "search for parts of it")

    def add_value(self, value: Value) -> None:
        """Count a wildcard or a regular expression; a regular expression is not compiled before."""
        if value in self._known:
            return
        self._known.add(value)
        self._wildcards += _WILDCARDS_OF_A_REGEX if value.is_regex else 1
        if self._wildcards > _MOST_WILDCARDS:
            regexes = _MOST_WILDCARDS // _WILDCARDS_OF_A_REGEX
            limit = f"{_MOST_WILDCARDS:,} words with one wildcard or {regexes:,} regular expressions"
            raise self._too_large(limit, "search for parts of it, or write words out")
        if value.is_regex:
            self._add_regex(value.text)

    def _add_regex(self, regex: str) -> None:
        size, choices = regex_size(regex) if len(regex) < _LARGEST_REGEX // 50 else (_LARGEST_REGEX + 1, 0)
        self._size += size
        if choices > _MOST_CHOICES and size > _LARGEST_WITH_CHOICES:
            raise InputError(
                f"pattern {self.pattern!r:.200} has the regular expression {regex!r:.100}, in which {choices:,} "
                f"repeats and alternatives take {_megabytes(size)} when they are written out; with more than "
                f"{_MOST_CHOICES} it must take at most {_megabytes(_LARGEST_WITH_CHOICES)}. Use smaller numbers in "
                "{...}."
            )
        if self._size > _LARGEST_REGEX:
            raise InputError(
                f"pattern {self.pattern!r:.200} has regular expressions, such as {regex!r:.100}, that take "
                f"{_megabytes(self._size)} when their repeats are written out, but must take at most "
                f"{_megabytes(_LARGEST_REGEX)} together. Use smaller numbers in {{...}}, or fewer of them: "
                "\\w and \\p{...} are a thousand times as large as a letter."
            )

    def _too_large(self, limit: str, advice: str) -> InputError:
        return invalid("pattern", f"made of at most {limit}", self.pattern, f"It has more; {advice}.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def check_steps(pattern: str, root: Node) -> None:
    """Refuse a pattern that is too large with its repeats written out; phrases in its alternatives do not count."""
    branches = root.branches if isinstance(root, Alternatives) else (root,)
    steps = [program_length(branch) + 1 for branch in branches if not (len(branches) > 1 and _is_phrase(branch))]
    if sum(steps) > MOST_STEPS:
        hint = f"It has {sum(steps):,}; use smaller numbers in {{...}}, or fewer words in one phrase or bracket."
        raise invalid("pattern", f"at most {MOST_STEPS:,} steps long, repeats written out", pattern, hint)


def _is_phrase(node: Node) -> bool:
    """Whether a node is a word, or words that follow one another."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    return len(parts) <= _LONGEST_PHRASE and all(isinstance(part, Test) for part in parts)


def program_length(node: Node) -> int:
    """Return how many steps the program of a node has (programs.py)."""
    if isinstance(node, Test):
        return 1
    if isinstance(node, Repeat):
        if node.high is None:
            return (node.low + 1) * program_length(node.body) + 2
        return node.high * program_length(node.body) + node.high - node.low
    if isinstance(node, Sequence):
        return sum(map(program_length, node.parts))
    if isinstance(node, Alternatives):
        return sum(map(program_length, node.branches)) + 2 * (len(node.branches) - 1)
    return _STEPS_OF_A_REGION if isinstance(node, Region) else _STEPS_OF_A_PLACE
