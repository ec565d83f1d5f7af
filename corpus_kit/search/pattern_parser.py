"""The parser that reads a pattern into a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from corpus_kit.search.pattern_tree import Alternatives, Compare, Condition, Node, Repeat, Sequence, Test, Value
from corpus_kit.search.pattern_values import PatternText, Piece, Wildcard
from corpus_kit.text.normalization import normalize
from corpus_kit.text.roots import asked_roots
from corpus_kit.text.tokenization import COUNTED_KINDS, Tokenizer

__all__ = ["PLAIN_WORD", "PatternParser"]

MAX_REPEAT = 100

_SPECIAL = "()[]{}|"
_WHOLE_WORDS = "brackets hold whole words; insert a space here, or write one word as a /regular expression/"
_REPEATS = "a repeat is written {2}, {0,3}, {,3} or {2,}"
_COUNT = re.compile(r"\{\s*([0-9]{0,9})\s*(,?)\s*([0-9]{0,9})\s*\}")
PLAIN_WORD = re.compile(r"[^\s()\[\]{}|\\*?]+")
_LETTERS_ALONE = re.compile("[\u0621-\u063a\u0641-\u064a]+")


@dataclass(frozen=True)
class _Word:
    """A plain word as it is written, until all words of the pattern are split into tokens, at once."""

    literal: str


@dataclass(frozen=True)
class _Several:
    """Items that follow one another, with words that are not split yet."""

    parts: tuple[_Unsplit, ...]


@dataclass(frozen=True)
class _OneOf:
    """Alternatives with words that are not split yet."""

    branches: tuple[_Unsplit, ...]


@dataclass(frozen=True)
class _Again:
    """A repeat of what has words that are not split yet."""

    body: _Unsplit
    low: int
    high: int
    lazy: bool


_Unsplit = Test | _Word | _Several | _OneOf | _Again


class PatternParser(PatternText):
    """A recursive-descent parser of one pattern."""

    def read(self) -> Node:
        """Return the tree of the whole pattern.

        Raises:
            InputError: If the pattern has an error, or is too large.
        """
        root = self._alternatives()
        if self.at < len(self.text):  # only a closing bracket ends alternatives early
            self.unopened(self.text[self.at])
        return self._split(root)

    # ---- sequences

    def _alternatives(self) -> _Unsplit:
        branches = [self._sequence()]
        while self.take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _OneOf(tuple(branches))

    def _sequence(self) -> _Unsplit:
        begin = self.at
        parts: list[_Unsplit] = []
        self.skip_space()
        while (sign := self.peek()) and sign not in ")|":
            parts.append(self._item(sign))
            self.skip_space()
        if self.at == begin or not self.text[begin : self.at].strip():
            self.fail("an alternative or a bracket is empty; write a word", begin)
        return parts[0] if len(parts) == 1 else _Several(tuple(parts))

    def _item(self, sign: str) -> _Unsplit:
        if sign == "(":
            return self._repeated(self._group())
        if sign == "[":
            return self._repeated(self.bracket())
        if sign == "/":
            return self._repeated(self._regex_word())
        if sign == "{":
            self.fail("a repeat {...} goes right after ), ] or /; write \\{ for the sign itself")
        if sign in "]}":
            self.unopened(sign)
        return self._word()

    def _group(self) -> _Unsplit:
        opened = self.at
        self.at += 1
        self.deeper(opened)
        inner = self._alternatives()
        if not self.take(")"):
            self.unclosed("(", opened)
        self.depth -= 1
        after = self.peek()
        if after and not after.isspace() and after not in "?*+{()[/|":
            self.fail(_WHOLE_WORDS)
        return inner

    def _repeated(self, body: _Unsplit) -> _Unsplit:
        sign = self.peek()
        lazy = body == Test(None)
        if sign and sign in "?*+":
            self.at += 1
            return _Again(body, int(sign == "+"), 1 if sign == "?" else MAX_REPEAT, lazy)
        if sign != "{":
            return body
        if self.text.find("}", self.at) < 0:
            self.unclosed("{")
        match = _COUNT.match(self.text, self.at)
        if not match or not (match[1] or match[3]):
            self.fail(_REPEATS)
        low = int(match[1] or 0)
        high = low if not match[2] else int(match[3] or MAX_REPEAT)
        if not match[2] and match[3]:
            self.fail(_REPEATS)
        if not low <= high or not 1 <= high <= MAX_REPEAT:
            self.fail(f"a repeat must be from 0 up to {MAX_REPEAT} times, the lower number first, got {match[0]}")
        self.at = match.end()
        return _Again(body, low, high, lazy)

    # ---- words

    def _word(self) -> _Unsplit:
        begin = self.at
        plain = PLAIN_WORD.match(self.text, begin)
        if plain:
            self.at = plain.end()
        self.cost.add_tests()
        after = self.peek()
        if plain and (not after or after in " |)"):  # as most words
            return _Word(plain[0])
        rest = self.pieces(until=_ends_word)
        after = self.peek()
        if after == "(":
            self.fail(_WHOLE_WORDS)
        if after == "{":
            self.fail(f"a repeat goes after a bracket: ({self.text[begin : self.at]:.100}){{...}}")
        if not rest and plain:
            return _Word(plain[0])
        pieces = [plain[0], *rest] if plain else rest
        if plain and isinstance(rest[0], str):  # what begins with an escaped sign
            pieces = [plain[0] + rest[0], *rest[1:]]
        if any(isinstance(piece, Wildcard) for piece in pieces):
            return Test(self._of_wildcards(pieces, begin))
        return _Word("".join(map(str, pieces)))

    def _regex_word(self) -> Test:
        opened = self.at
        self.at += 1
        self.cost.add_tests()
        regex = self.until("/", opened)
        is_root = self.attribute == "root"
        value = self.root_regex(regex, opened) if is_root else self.regex(regex, opened, folded=not self.exact)
        return Test(Compare(self.attribute, value))

    def _of_wildcards(self, pieces: list[Piece], begin: int) -> Condition:
        if self.attribute == "root":
            return self.any_root(self.root_values(pieces, begin))
        return Compare(self.attribute, self.wildcards(pieces, self.profile))

    def _split(self, root: _Unsplit) -> Node:
        """Return the tree with each word as a test for each of its tokens."""
        tests = self._tests_of_words(list(dict.fromkeys(word.literal for word in _words(root))))

        def one(parts: list[Node]) -> Node:
            return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

        def split(node: _Unsplit) -> list[Node]:
            if isinstance(node, _Word):
                self.cost.add_tests(max(len(tests[node.literal]) - 1, 0))
                return tests[node.literal]
            if isinstance(node, Test):
                return [node]
            if isinstance(node, _Again):
                return [Repeat(one(split(node.body)), node.low, node.high, node.lazy)]
            if isinstance(node, _OneOf):
                return [Alternatives(tuple(one(split(branch)) for branch in node.branches))]
            parts: list[Node] = []
            for part in node.parts:
                found = split(part)
                parts += found if isinstance(part, _Word) else [one(found)]
            return [one(parts)]

        return one(split(root))

    def _tests_of_words(self, literals: list[str]) -> dict[str, list[Node]]:
        """Return a test for each token of each word: signs attached to it are tokens of their own."""
        if self.attribute == "root":
            name = f"each word of the pattern {self.text!r:.200}"
            return {each: [Test(self.any_root(list(map(Value, asked_roots(each, name)))))] for each in literals}
        alone = [literal for literal in literals if _LETTERS_ALONE.fullmatch(literal)]  # one token, as most words are
        tests: dict[str, list[Node]] = {
            literal: [Test(Compare(self.attribute, Value(form)))]
            for literal, form in zip(alone, normalize(alone, self.profile), strict=True)
        }
        others = [literal for literal in literals if literal not in tests]
        if not others:
            return tests
        whole = self._undivided(others)
        tokenizer = Tokenizer()
        batch = tokenizer.add(pl.Series(others, dtype=pl.String), starts=False)
        self.cost.add_tests(max(len(batch.type_ids) - len(others), 0))
        types = tokenizer.types()
        forms = normalize(types["surface"], self.profile)
        test_of_type = [
            [Test(Compare(self.attribute, Value(form)), words_only=is_counted)] if form else []
            for form, is_counted in zip(forms, types["kind"].is_in(COUNTED_KINDS), strict=True)
        ]
        ids, offsets = batch.type_ids.tolist(), batch.offsets.tolist()
        for literal, begin, end in zip(others, offsets, offsets[1:], strict=False):
            tests[literal] = [test for number in ids[begin:end] for test in test_of_type[number]]
        for literal, test in whole.items():
            if _has_space(literal):
                tests[literal] = [test]
            elif len(tests[literal]) > 1:
                self.cost.add_tests()
                tests[literal] = [Alternatives((Sequence(tuple(tests[literal])), test))]
        return tests

    def _undivided(self, literals: list[str]) -> dict[str, Test]:
        """Return the test for each word as one token, where it has white space or a source may give such a token."""
        some = pl.Series([each for each in literals if self.given or _has_space(each)], dtype=pl.String)
        if some.is_empty():
            return {}
        tokenizer = Tokenizer()
        ids = tokenizer.number(some)
        kinds = tokenizer.types()["kind"].gather(ids)
        return {
            literal: Test(Compare(self.attribute, Value(form)), words_only=is_counted)
            for literal, form, is_counted in zip(
                some, normalize(some, self.profile), kinds.is_in(COUNTED_KINDS), strict=True
            )
            if form
        }


def _has_space(literal: str) -> bool:
    """Whether there is white space between letters or signs of a word, which a backslash brings there."""
    return len(literal.split()) > 1


def _ends_word(sign: str) -> bool:
    return sign.isspace() or sign in _SPECIAL


def _words(node: _Unsplit) -> Iterator[_Word]:
    """Yield the words of a tree, in order."""
    if isinstance(node, _Word):
        yield node
    elif isinstance(node, _Again):
        yield from _words(node.body)
    elif not isinstance(node, Test):
        for part in node.parts if isinstance(node, _Several) else node.branches:
            yield from _words(part)
