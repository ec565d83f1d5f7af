"""The parser that reads a pattern into a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import polars as pl

from corpus_kit.errors import nearest
from corpus_kit.query.condition_parser import OF_HITS, THIS, ConditionParser, condition_of, is_of_token
from corpus_kit.query.pattern_tree import (
    Alternatives,
    Boundary,
    Compare,
    Condition,
    Constraint,
    Labelled,
    Look,
    Node,
    Region,
    Repeat,
    Sequence,
    Test,
    Value,
    any_times,
    comparisons,
    with_merged_alternatives,
)
from corpus_kit.query.pattern_values import LABEL, Piece, Wildcard, WrittenItem, labels_of
from corpus_kit.text.normalization import normalize
from corpus_kit.text.roots import asked_roots
from corpus_kit.text.tokenization import COUNTED_KINDS, Tokenizer

__all__ = ["LETTERS", "PLAIN_WORD", "PatternParser"]

_SPECIAL = "()[]{}|"
_WHOLE_WORDS = "brackets hold whole words; insert a space here, or write one word as a /regular expression/"
_REPEATS = "a repeat is written {2}, {0,3}, {,3} or {2,}"
_COUNT = re.compile(r"\{\s*([0-9]{0,9})\s*(,?)\s*([0-9]{0,9})\s*\}")
_PLAIN_PIECE = re.compile(r"[^\s()\[\]{}|\\*?][^\s()\[\]{}|\\*?<]*")
PLAIN_WORD = re.compile(r"[^\s()\[\]{}|\\*?]+")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.]*)(?=[\s>=!])", re.ASCII)
_REGION = re.compile(r"/(region)\[\s*([A-Za-z_][\w.]*)(?=[\s\]=!])", re.ASCII)
_LOOK = re.compile(r"\(\?<?[=!]")
_ESCAPED_KEYWORD = re.compile(r"\\(?:within|expand|cut|not|MU)(?!\S)")
LETTERS = "\u0621-\u063a\u0641-\u064a"  # words of these alone are one token each
_LETTERS_ALONE = re.compile(f"[{LETTERS}]+")


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
    high: int | None
    lazy: bool


@dataclass(frozen=True)
class _Seen:
    """A token next to a place, as a word that is not split yet or as a test."""

    item: _Unsplit
    ahead: bool
    negated: bool
    at: int


_Unsplit = Test | Labelled | Boundary | Region | _Seen | _Word | _Several | _OneOf | _Again


class PatternParser(ConditionParser):
    """A recursive-descent parser of one pattern.

    Attributes:
        items: What follows one another in the brackets around a whole expression; empty if there are none.
    """

    items: tuple[Node, ...] = ()
    _word_at = -1  # where the last plain word begins
    _outermost = (0, 0)  # where the last bracket that is in no other one opened, and where it closed

    def read(self) -> Node:
        """Return the tree of the whole pattern.

        Raises:
            InputError: If the pattern has an error, or is too large.
        """
        self.skip_space()
        begin = self.at
        root = self._alternatives()
        if self.at < len(self.text) and not self.ends_expression():  # only a closing bracket ends alternatives early
            self.unopened(self.text[self.at])
        if self._outermost == (begin, len(self.text[: self.at].rstrip())) and isinstance(root, _Several):
            self.items = tuple(map(self.whole, root.parts))
        return self.whole(root)

    # ---- sequences

    def _alternatives(self) -> _Unsplit:
        branches = [self._sequence()]
        while self.take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _OneOf(tuple(branches))

    def _sequence(self) -> _Unsplit:
        begin = self.at
        parts: list[_Unsplit] = []
        row: list[WrittenItem] = []
        self.skip_space()
        while (sign := self.peek()) and sign not in ")|" and not self.ends_expression():
            item = self.at
            parts.append(self.item())
            if self.is_recorded:
                row.append(self.written_item(item, parts[-1]))
            self.skip_space()
        self.rows.setdefault(self.depth, []).append(row)
        if self.at == begin or not self.text[begin : self.at].strip():
            self.fail("an alternative or a bracket is empty; write a word", begin)
        return parts[0] if len(parts) == 1 else _Several(tuple(parts))

    def written_item(self, begin: int, item: _Unsplit) -> WrittenItem:
        """Return how an item is written that was read just now."""
        label = LABEL.match(self.text, begin)
        text = self.text[label.end() if label else begin : self.at]
        if self._word_at == begin:
            if _ESCAPED_KEYWORD.match(text):
                self.own.append((begin, begin + 1))
            return WrittenItem(text, "word")
        is_group = text.startswith("(") and not _LOOK.match(text)
        if not is_group or isinstance(item, _Again):
            self.own.append((begin, self.at))
        if isinstance(item, Boundary | _Seen):
            return WrittenItem(text, "place")
        body = item.body if isinstance(item, _Again) else item
        return WrittenItem(text, "gap" if body == Test(None) else "other")

    def ends_expression(self) -> bool:
        """Whether something else than items of the expression follows, such as ``::``."""
        return False

    def item(self) -> _Unsplit:
        """Read one item, with its repeat."""
        sign = self.peek()
        if look := _LOOK.match(self.text, self.at):
            return self._look(look)
        if sign == "(":
            return self._repeated(self._group())
        if self.text.startswith("[:", self.at):
            return self._zero_width()
        if sign == "[":
            return self._repeated(self.bracket())
        if sign == "<" and (tag := _TAG.match(self.text, self.at)):
            return self._boundary(tag)
        if label := LABEL.match(self.text, self.at):
            return self._repeated(self._labelled(label))
        if sign == "/" and (region := _REGION.match(self.text, self.at)):
            return self._repeated(self._region(region))
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
        if not self.depth:
            self._outermost = opened, self.at
        after = self.peek()
        if after and not after.isspace() and after not in "?*+{()[/|":
            self.fail(_WHOLE_WORDS)
        return inner

    def _repeated(self, body: _Unsplit) -> _Unsplit:
        """Return an item with the repeat after it, if there is one."""
        found = self._with_repeat(body)
        if isinstance(found, _Again) and found is not body and self.peek() and self.peek() in "?*+{":
            self.refuse("an item has one repeat; put it into brackets to repeat it again, or a space before a sign")
        return found

    def _with_repeat(self, body: _Unsplit) -> _Unsplit:
        sign = self.peek()
        lazy = body == Test(None)
        if sign and sign in "?*+":
            self.at += 1
            return _Again(body, int(sign == "+"), 1 if sign == "?" else None, lazy)
        if sign != "{":
            return body
        if self.text.find("}", self.at) < 0:
            self.unclosed("{")
        match = _COUNT.match(self.text, self.at)
        if not match or not (match[1] or match[3]):
            self.fail(_REPEATS)
        low = int(match[1] or 0)
        high = low if not match[2] else int(match[3]) if match[3] else None
        if not match[2] and match[3]:
            self.fail(_REPEATS)
        self.check_repeat(low, high, match[0])
        self.at = match.end()
        return _Again(body, low, high, lazy)

    # ---- labels, structures, and what is next to a place

    def _labelled(self, label: re.Match[str]) -> Test | Labelled:
        names = labels_of(label)
        if label[1] in (*OF_HITS, THIS):
            self.refuse(f"{label[1]!r} is what every hit has; choose another name for the label")
        self.at = label.end()
        found = self.bracket(tuple(names))
        self.bound += names
        return found

    def _boundary(self, tag: re.Match[str]) -> Boundary:
        begin = self.at
        self.cost.add_tests()
        self.at = tag.end()
        structure, condition = self.region_condition(tag[2], begin + len(tag[1]) + 1, closing=">")
        if tag[1] and condition is not None:
            self.fail("what a region fulfils stands at its beginning, as in <quotation kind=direct>", begin)
        return Boundary(structure, begins=not tag[1], condition=condition)

    def _region(self, found: re.Match[str]) -> Region:
        self.cost.add_tests()
        self.at = found.end()
        return Region(*self.region_condition(found[2], found.start(2), closing="]"))

    def region_condition(self, name: str, at: int, *, closing: str) -> tuple[str, Condition | None]:
        """Read what the attributes of a structure fulfil, after its name and up to the closing sign."""
        structures = self.names.structures
        attribute = None if name in structures else self.structure_attribute(name)  # <quotation_speaker="X">
        if attribute is None and name not in structures:
            self.no_structure(name, at)
        if self.text.find(closing, self.at) < 0:
            self.fail(f"{closing!r} is missing after {name!r}")
        structure = name if attribute is None else attribute.partition(".")[0]
        self.ends_value += closing
        self.structure = structure
        self.skip_space()
        condition: Condition | None = None
        if attribute is not None and self.peek() == closing:
            condition = Compare(attribute, Value("", "begins"))  # whatever its value is
        elif attribute is not None:
            condition = self._of_region(self.comparison_with(attribute), at)
        elif self.peek() != closing:
            condition = self._of_region(self.condition(at), at)
        self.structure = ""
        self.ends_value = self.ends_value[:-1]
        self.skip_space()
        if not self.take(closing):
            self.fail(f"expected &, | or {closing!r}, got {self.peek()!r}")
        return structure, condition

    def _of_region(self, asked: Constraint, at: int) -> Condition:
        if not is_of_token(asked) or self._other_attributes(asked):
            self.refuse(f"a region is chosen by its own attributes: those of {self.structure}", at)
        return condition_of(asked)

    def _other_attributes(self, asked: Constraint) -> list[str]:
        compared = comparisons([condition_of(asked)])
        return [each.attribute for each in compared if each.attribute.partition(".")[0] != self.structure]

    def no_structure(self, name: str, at: int, hint: str = "") -> NoReturn:
        """Raise the error for a structure that the corpus does not have."""
        structures = list(self.names.structures)
        known = f"Structures are {', '.join(structures)}." if structures else "The corpus has none."
        self.refuse(f"there is no structure {name!r}. {nearest(name, structures) or known} {hint}".rstrip(" ."), at)

    def _look(self, look: re.Match[str]) -> _Unsplit:
        opened = self.at
        self.at = look.end()
        self.deeper(opened)
        item = self._sequence()
        if not self.take(")"):
            self.unclosed("(", opened)
        self.depth -= 1
        return _Seen(item, ahead="<" not in look[0], negated="!" in look[0], at=opened)

    def _zero_width(self) -> _Unsplit:
        opened = self.at
        self.at += 2
        self.ends_value += ":"
        test = self.token(self.condition(opened))
        self.ends_value = self.ends_value[:-1]
        if not self.text.startswith(":]", self.at):
            self.fail("expected :], which ends a test of the next token")
        self.at += 2
        return _Seen(test, ahead=True, negated=False, at=opened)

    # ---- words

    def _word(self) -> _Unsplit:
        begin = self._word_at = self.at
        self.at = self._end_of_plain(begin)
        plain = self.text[begin : self.at]
        self.cost.add_tests()
        after = self.peek()
        if plain and (not after or after in " |)<"):  # as most words; < begins a structure
            return _Word(plain)
        rest = self.pieces(until=_ends_word)
        after = self.peek()
        if after == "(":
            self.fail(_WHOLE_WORDS)
        if after == "{":
            self.fail(f"a repeat goes after a bracket: ({self.text[begin : self.at]:.100}){{...}}")
        if not rest and plain:
            return _Word(plain)
        pieces = [plain, *rest] if plain else rest
        if plain and isinstance(rest[0], str):  # what begins with an escaped sign
            pieces = [plain + rest[0], *rest[1:]]
        if any(isinstance(piece, Wildcard) for piece in pieces):
            return Test(self._of_wildcards(pieces, begin))
        return _Word("".join(map(str, pieces)))

    def _end_of_plain(self, at: int) -> int:
        """Return where the letters of a word end, also before a structure that begins or ends there: قال</s>."""
        while piece := _PLAIN_PIECE.match(self.text, at):
            at = piece.end()
            if (tag := _TAG.match(self.text, at)) and tag[2] in self.names.structures:
                break
        return at

    def _regex_word(self) -> Test:
        opened = self.at
        self.at += 1
        self.cost.add_tests()
        regex = self.until("/", opened)
        if self.attribute == "root":
            self._flags("root")
            return Test(Compare("root", self.root_regex(regex, opened)))
        return Test(Compare(*self.flagged(self.attribute, regex, opened)))

    def _of_wildcards(self, pieces: list[Piece], begin: int) -> Condition:
        if self.attribute == "root":
            return self.any_root(self.root_values(pieces, begin))
        return Compare(self.attribute, self.wildcards(pieces, self.profile))

    def whole(self, root: _Unsplit) -> Node:
        """Return the tree with each word as a test for each of its tokens."""
        tests = self._tests_of_words(list(dict.fromkeys(word.literal for word in _words(root))))

        return _one(self._split(root, tests))

    def _split(self, node: _Unsplit, tests: dict[str, list[Node]]) -> list[Node]:
        """Return the items of a node, with these tests of its words."""
        if isinstance(node, _Word):
            self.cost.add_tests(max(len(tests[node.literal]) - 1, 0))
            return tests[node.literal]
        if isinstance(node, Test | Labelled | Boundary | Region):
            return [node]
        if isinstance(node, _Seen):
            return [self._next_to(node, self._split(node.item, tests))]
        if isinstance(node, _Again):
            body = _one(self._split(node.body, tests))
            if node.high is None:
                return [any_times(body, node.low, lazy=node.lazy)]
            return [Repeat(body, node.low, node.high, node.lazy)]
        if isinstance(node, _OneOf):
            return [Alternatives(tuple(_one(self._split(branch, tests)) for branch in node.branches))]
        parts: list[Node] = []
        for part in node.parts:
            found = self._split(part, tests)
            parts += found if isinstance(part, _Word) else [_one(found)]
        return [_one(parts)]

    def _next_to(self, seen: _Seen, tests: list[Node]) -> Look:
        """Return the place next to a token, from the test of that token."""
        [test, *more] = [with_merged_alternatives(test) for test in tests]
        if more or not isinstance(test, Test):
            self.fail("a look to the side is at one word or one [...] without a label", seen.at)
        return Look(test, seen.ahead, seen.negated)

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
        some = pl.Series([each for each in literals if self.names.given or _has_space(each)], dtype=pl.String)
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


def _one(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


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
    elif isinstance(node, _Seen):
        yield from _words(node.item)
    elif isinstance(node, _Several | _OneOf):
        for part in node.parts if isinstance(node, _Several) else node.branches:
            yield from _words(part)
