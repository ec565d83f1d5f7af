r"""The language of search patterns: what a pattern says, as a tree.

==================  ==========================================================================
``السعودية``        a word, in any spelling that folds to the same (profile `search`)
``رئيس الوزراء``    a phrase: words that follow one another; signs between them are passed over
``ال*ية``, ``?قال`` ``*`` is any number of letters, ``?`` exactly one
``a b|c``           one or the other, each a whole sequence; ``(a|b) c`` puts them together
``/(و|ف)?قال/``     a regular expression for a whole word
``[]``              any word; ``[]{0,3}`` a gap of up to three
``[lemma=قال]``     a token with this attribute: word, surface, folded, kind, stem or lemma
``(a)?``            repeats: ``?``, ``*``, ``+``, ``{2}``, ``{1,3}`` after ``)``, ``]`` or ``/``
``\*``              a backslash makes the next character literal
==================  ==========================================================================

The page "Searching Arabic" (docs/searching.md) says what is matched and why. Where a pattern occurs
in a corpus, `matching` finds.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NoReturn

import polars as pl

from corpus_kit._arguments import is_text
from corpus_kit.arabic import LETTERS
from corpus_kit.errors import InputError, choose
from corpus_kit.normalization import normalize
from corpus_kit.tokenization import COUNTED_KINDS, KINDS, tokens

__all__ = [
    "ATTRIBUTES",
    "Alternatives",
    "Both",
    "Compare",
    "Condition",
    "Either",
    "Negation",
    "Node",
    "Pattern",
    "Repeat",
    "Sequence",
    "Test",
    "Value",
    "all_tests",
    "parse_pattern",
]

ATTRIBUTES = ("surface", "word", "folded", "kind", "stem", "lemma")
MAX_REPEAT = 100
MAX_DEPTH = 50

_SPECIAL = "()[]{}|"
_WHOLE = "brackets hold whole words; put a space here, or write a word as a /regular expression/"
_NAME = re.compile(r"[A-Za-z_]+")
_COUNT = re.compile(r"\{\s*([0-9]{0,9})\s*(,?)\s*([0-9]{0,9})\s*\}")
_LETTERS_ALONE = re.compile("[\u0621-\u063a\u0641-\u064a]+")
_SPACE = re.compile(r"\s*")
_ALPHABET = "ابتثجحخدذرزسشصضطظعغفقكلمنهويء" + string.ascii_lowercase + string.digits
# Words of all sorts. A regular expression that matches each of them is taken to match every word.
_PROBES = pl.Series(
    [form for sign in _ALPHABET for form in (sign, f"{sign}كلمه", f"كلمه{sign}", f"#{sign}", sign * 40)]
)


# ------------------------------------------------------------------------------------ conditions


@dataclass(frozen=True)
class Value:
    """What an attribute is compared with: a text, or a regular expression for the whole of it."""

    text: str
    is_regex: bool = False

    @property
    def expression(self) -> str:
        """The regular expression, for all of a value."""
        return f"(?s)^(?:{self.text})$"


@dataclass(frozen=True)
class Compare:
    """An attribute with a value. The attribute "form" is what plain words are compared by: folded, or word if exact."""

    attribute: str
    value: Value
    negated: bool = False


@dataclass(frozen=True)
class Negation:
    of: Condition


@dataclass(frozen=True)
class Both:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    parts: tuple[Condition, ...]


Condition = Compare | Negation | Both | Either


# ----------------------------------------------------------------------------------------- nodes


@dataclass(frozen=True)
class Test:
    """One token. Without a condition: any word.

    words_only: only tokens of the kinds that count match, and signs before one are passed over.
    """

    __test__ = False  # it is no test for pytest

    condition: Condition | None
    words_only: bool = True

    @property
    def matches_every_word(self) -> bool:
        return self.condition is None or (self.words_only and _is_universal(self.condition))


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Alternatives:
    branches: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """As many times as possible, from low to high; a `lazy` one as few as possible."""

    body: Node
    low: int
    high: int
    lazy: bool


Node = Test | Sequence | Alternatives | Repeat


@dataclass(frozen=True)
class Pattern:
    """A pattern that was read.

    exact: words are compared in the repaired spelling, not in folded form.
    clitics: words are found with proclitics and enclitics too.
    """

    text: str
    root: Node
    exact: bool
    clitics: bool

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """The distinct tests, in order."""
        return tuple(dict.fromkeys(all_tests(self.root)))


def all_tests(node: Node) -> Iterator[Test]:
    """The tests of a node, in order."""
    if isinstance(node, Test):
        yield node
    elif isinstance(node, Repeat):
        yield from all_tests(node.body)
    else:
        for part in node.parts if isinstance(node, Sequence) else node.branches:
            yield from all_tests(part)


def parse_pattern(pattern: str, *, exact: bool = False, clitics: bool = False) -> Pattern:
    """Read a pattern.

    Raises InputError, with the place, for what cannot be read; for a pattern that can match nothing at
    all, such as ``[]{0,3}``, and for one that matches every word, such as ``*``.

    >>> [test.condition.value.text for test in parse_pattern("الدولة الإسلامية").tests]
    ['الدوله', 'الاسلاميه']
    """
    if not isinstance(pattern, str):
        raise InputError(f"a pattern is a str, not {type(pattern).__name__}: {pattern!r:.60}")
    if not pattern.strip():
        raise InputError(f"the pattern {pattern!r} is empty; give a word, a phrase, or a word with * or ?")
    if not is_text(pattern):
        raise InputError(f"the pattern {pattern!r:.60} holds an unpaired surrogate, which is not text")
    for name, value in (("exact", exact), ("clitics", clitics)):
        if not isinstance(value, bool):
            raise InputError(f"{name}= takes True or False, not {type(value).__name__}: {value!r:.60}")
    root = _Parser(pattern, exact=exact).read()
    parsed = Pattern(pattern, root, exact, clitics)
    if not parsed.tests:
        raise InputError(
            f"the pattern {pattern!r:.200} holds nothing that is compared: marks and tatweel alone are folded away"
        )
    if _can_be_empty(root):
        raise InputError(f"the pattern {pattern!r:.200} can match nothing at all; add a word that must be there")
    if all(test.matches_every_word for test in parsed.tests):
        raise InputError(f"the pattern {pattern!r:.200} matches every word; add at least one letter")
    return parsed


def _can_be_empty(node: Node) -> bool:
    if isinstance(node, Test):
        return False
    if isinstance(node, Repeat):
        return node.low == 0 or _can_be_empty(node.body)
    if isinstance(node, Sequence):
        return all(map(_can_be_empty, node.parts))
    return any(map(_can_be_empty, node.branches))


def _is_universal(condition: Condition) -> bool:
    """Whether a condition holds for words of all sorts."""
    if isinstance(condition, Both):
        return all(map(_is_universal, condition.parts))
    if isinstance(condition, Either):
        return any(map(_is_universal, condition.parts))
    if isinstance(condition, Negation) or condition.negated or not condition.value.is_regex:
        return False
    return bool(_PROBES.str.contains(condition.value.expression).all())


# ---------------------------------------------------------------------------------------- reading


class _Parser:
    """Reads a pattern from left to right."""

    def __init__(self, text: str, *, exact: bool) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.exact = exact
        self.profile = "repair" if exact else "search"

    def read(self) -> Node:
        root = self._alternatives()
        if self.at < len(self.text):  # only a closing bracket ends alternatives early
            self._fail(f"{self.text[self.at]!r} was never opened; write \\{self.text[self.at]} for the sign itself")
        return root

    # ---- text

    def _fail(self, what: str, at: int | None = None) -> NoReturn:
        place = (self.at if at is None else at) + 1
        raise InputError(f"{what}: at character {place} of the pattern {self.text!r:.200}")

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match  # it matches nothing, too
        self.at = match.end()

    def _take(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self.at += 1
        return True

    def _deeper(self, opened: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(f"more than {MAX_DEPTH} brackets inside one another", opened)

    # ---- sequences

    def _alternatives(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Alternatives(tuple(branches))

    def _sequence(self) -> Node:
        begin = self.at
        parts: list[Node] = []
        self._skip_space()
        while self._peek() and self._peek() not in ")|":
            parts += self._item()
            self._skip_space()
        if self.at == begin or not self.text[begin : self.at].strip():
            self._fail("an empty alternative or bracket; a word must stand there", begin)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _item(self) -> list[Node]:
        sign = self._peek()
        if sign == "(":
            return [self._repeated(self._group())]
        if sign == "[":
            return [self._repeated(self._bracket())]
        if sign == "/":
            return [self._repeated(self._regex_word())]
        if sign == "{":
            self._fail("a repeat {...} goes right after ), ] or /; write \\{ for the sign itself")
        if sign in "]}":
            self._fail(f"{sign!r} was never opened; write \\{sign} for the sign itself")
        return self._word()

    def _group(self) -> Node:
        opened = self.at
        self.at += 1
        self._deeper(opened)
        inner = self._alternatives()
        if not self._take(")"):
            self._fail("'(' is never closed; write \\( for the sign itself", opened)
        self.depth -= 1
        after = self._peek()
        if after and not after.isspace() and after not in "?*+{()[/|":
            self._fail(_WHOLE)
        return inner

    def _repeated(self, body: Node) -> Node:
        sign = self._peek()
        lazy = body == Test(None)
        if sign and sign in "?*+":
            self.at += 1
            return Repeat(body, int(sign == "+"), 1 if sign == "?" else MAX_REPEAT, lazy)
        if sign != "{":
            return body
        if "}" not in self.text[self.at :]:
            self._fail("'{' is never closed; write \\{ for the sign itself")
        match = _COUNT.match(self.text, self.at)
        if not match or not (match[1] or match[3]):
            self._fail("a repeat is written {2}, {0,3}, {,3} or {2,}")
        low = int(match[1] or 0)
        high = low if not match[2] else int(match[3] or MAX_REPEAT)
        if not match[2] and match[3]:
            self._fail("a repeat is written {2}, {0,3}, {,3} or {2,}")
        if not low <= high or not 1 <= high <= MAX_REPEAT:
            self._fail(f"a repeat takes from 0 up to {MAX_REPEAT} times, the lower number first, not {match[0]}")
        self.at = match.end()
        return Repeat(body, low, high, lazy)

    # ---- words

    def _word(self) -> list[Node]:
        begin = self.at
        parts = self._literal_parts(until=lambda sign: sign.isspace() or sign in _SPECIAL)
        after = self._peek()
        if after == "(":
            self._fail(_WHOLE)
        if after == "{":
            self._fail(f"a repeat goes after a bracket: ({self.text[begin : self.at]}){{...}}")
        if any(isinstance(part, _Wildcard) for part in parts):
            return [Test(Compare("form", self._wildcards(parts, self.profile, begin)))]
        return self._tokens("".join(map(str, parts)))

    def _literal_parts(self, until: Callable[[str], bool]) -> list[str | _Wildcard]:
        """The literal pieces of a word and the wildcards between them."""
        parts: list[str | _Wildcard] = []
        literal: list[str] = []
        while (sign := self._peek()) and not until(sign):
            self.at += 1
            if sign == "\\":
                escaped = self._peek()
                if not escaped:
                    self._fail("a backslash ends the pattern; it makes the next character literal", self.at - 1)
                literal.append(escaped)
                self.at += 1
            elif sign in "*?":
                parts += ["".join(literal), _ONE if sign == "?" else _ANY]
                literal = []
            else:
                literal.append(sign)
        return [part for part in [*parts, "".join(literal)] if part != ""]

    def _wildcards(self, parts: list[str | _Wildcard], profile: str | None, at: int) -> Value:
        """A regular expression; literal pieces in the form that is compared."""
        pieces = [
            part.expression if isinstance(part, _Wildcard) else re.escape(normalize(part, profile)) for part in parts
        ]
        value = Value("".join(pieces), is_regex=True)
        try:
            pl.Series([""]).str.contains(value.expression)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            self._fail(f"a word with too many wildcards ({_regex_error(error)[0]})", at)
        return value

    def _tokens(self, literal: str) -> list[Node]:
        """A test for each token of a plain word: signs that are glued to it are tokens of their own."""
        if _LETTERS_ALONE.fullmatch(literal):  # one token, as most words are
            return [Test(Compare("form", Value(normalize(literal, self.profile))))]
        found = tokens([literal])
        forms = normalize(found["token"], self.profile)
        counted = found["kind"].is_in(COUNTED_KINDS)
        return [
            Test(Compare("form", Value(form)), words_only=is_counted)
            for form, is_counted in zip(forms, counted, strict=True)
            if form
        ]

    def _regex_word(self) -> Test:
        opened = self.at
        self.at += 1
        regex = self._until("/", opened)
        return Test(Compare("form", Value(self._regex(regex, opened, folded=not self.exact), is_regex=True)))

    def _until(self, end: str, opened: int) -> str:
        """What stands before the closing sign; a backslash before that sign is taken away, any other stays."""
        inner: list[str] = []
        while (sign := self._peek()) != end:
            if not sign:
                self._fail(f"{end!r} is never closed; write \\{end} for the sign itself", opened)
            self.at += 1
            if sign == "\\" and self._peek():
                sign = end if self._peek() == end else sign + self._peek()
                self.at += 1
            inner.append(sign)
        self.at += 1
        return "".join(inner)

    def _regex(self, regex: str, at: int, *, folded: bool) -> str:
        """A regular expression that can be read; letters folded one for one."""
        if not regex:
            self._fail("an empty regular expression", at)
        if folded:
            self._refuse_folded_away(regex, at)
        used = f"(?i){regex.translate(_folded_letters())}" if folded else regex
        for expression in (regex, Value(used, is_regex=True).expression):
            try:
                pl.Series([""]).str.contains(expression)
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
                reason, place = _regex_error(error)
                self._fail(f"the regular expression {regex!r:.100} cannot be read: {reason}", at + place)
        return used

    def _refuse_folded_away(self, regex: str, at: int) -> None:
        """No folded form has a mark or tatweel, so an expression with one would find nothing."""
        for place, sign in enumerate(regex, start=at + 1):
            if sign > "\u007f" and not normalize(sign, "search"):
                self._fail(f"{sign!r} is folded away; leave it out of the regular expression, or say exact=True", place)

    # ---- attributes

    def _bracket(self) -> Test:
        opened = self.at
        self.at += 1
        self._skip_space()
        if self._take("]"):
            return Test(None)
        condition = self._either(opened)
        if not self._take("]"):
            self._unclosed(opened, "[")
        return Test(condition, words_only=not _mentions_kind(condition))

    def _unclosed(self, opened: int, sign: str) -> NoReturn:
        if self._peek():
            self._fail(f"{self._peek()!r} where &, | or {']' if sign == '[' else ')'} is expected")
        self._fail(f"{sign!r} is never closed; write \\{sign} for the sign itself", opened)

    def _either(self, opened: int) -> Condition:
        parts = [self._both(opened)]
        while self._take("|"):
            parts.append(self._both(opened))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, opened: int) -> Condition:
        parts = [self._not(opened)]
        while self._take("&"):
            parts.append(self._not(opened))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _not(self, opened: int) -> Condition:
        self._skip_space()
        begin = self.at
        negations = 0
        while self._take("!"):
            negations += 1
            self._skip_space()
        if self._take("("):
            self._deeper(begin)
            condition = self._either(opened)
            if not self._take(")"):
                self._unclosed(begin, "(")
            self.depth -= 1
        else:
            condition = self._compare(opened)
        self._skip_space()
        return Negation(condition) if negations % 2 else condition

    def _compare(self, opened: int) -> Compare:
        name = _NAME.match(self.text, self.at)
        if not name:
            if not self._peek():
                self._unclosed(opened, "[")
            self._fail(f"a name is expected: {', '.join(ATTRIBUTES)}")
        try:
            attribute = choose(name[0], ATTRIBUTES, "attribute")
        except InputError as error:
            self._fail(str(error))
        self.at = name.end()
        self._skip_space()
        negated = self._take("!")
        if not self._take("="):
            self._fail(f"= or != is expected after {attribute}")
        self._skip_space()
        return Compare(attribute, self._value(attribute), negated)

    def _value(self, attribute: str) -> Value:
        begin = self.at
        folds = attribute == "folded" or (attribute in ("stem", "lemma") and not self.exact)
        if self._take('"'):
            value = Value(self._regex(self._until('"', begin), begin, folded=folds), is_regex=True)
        else:
            parts = self._literal_parts(until=lambda sign: sign.isspace() or sign in "&|()[]{}")
            if not parts:
                self._fail(f"a value is expected after {attribute}=", begin)
            profile = "search" if folds else None
            if any(isinstance(part, _Wildcard) for part in parts):
                value = self._wildcards(parts, profile, begin)
            else:
                value = Value(normalize("".join(map(str, parts)), profile))
        if attribute == "kind":
            self._check_kind(value, begin)
        return value

    def _check_kind(self, value: Value, at: int) -> None:
        kinds = pl.Series(KINDS)
        found = kinds.str.contains(value.expression) if value.is_regex else kinds == value.text
        if found.any():
            return
        try:
            choose(value.text, KINDS, "kind")
        except InputError as error:
            self._fail(str(error), at)


@dataclass(frozen=True)
class _Wildcard:
    expression: str


_ANY, _ONE = _Wildcard(".*"), _Wildcard(".")


def _mentions_kind(condition: Condition) -> bool:
    if isinstance(condition, Compare):
        return condition.attribute == "kind"
    if isinstance(condition, Negation):
        return _mentions_kind(condition.of)
    return any(map(_mentions_kind, condition.parts))


@cache
def _folded_letters() -> dict[int, int]:
    """The letters and digits that the profile `search` makes another one of."""
    digits = [*range(0x0660, 0x066A), *range(0x06F0, 0x06FA)]
    pairs = ((code_point, normalize(chr(code_point), "search")) for code_point in [*sorted(LETTERS), *digits])
    return {code_point: ord(form) for code_point, form in pairs if len(form) == 1 and ord(form) != code_point}


def _regex_error(error: BaseException) -> tuple[str, int]:
    """What the error of a regular expression says, and how far after its opening sign the place is."""
    lines = str(error).splitlines()
    told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    reason = told[0] if told else lines[0].removeprefix("regex error: ")
    carets = [line for line in lines if line.strip() and set(line) <= {" ", "^"}]
    # the expression stands four columns to the right, above the carets
    return reason, 1 + carets[0].index("^") - 4 if carets else 0
