r"""The language of search patterns, and the parser that reads a pattern into a tree.

====================  ==========================================================================
``السعودية``          a word, in any spelling that folds to the same (profile `search`)
``رئيس الوزراء``      a phrase: words that follow one another; signs between them are skipped
``ال*ية``, ``?قال``   ``*`` is any number of letters, ``?`` exactly one
``a b|c``             one or the other, each a whole sequence; ``(a|b) c`` groups them
``/(و|ف)?قال/``       a regular expression for a whole word
``[]``                any word; ``[]{0,3}`` a gap of up to three
``[lemma=قال]``       a token with this attribute: word, surface, folded, kind, stem or lemma
``(a)?``              repeats: ``?``, ``*``, ``+``, ``{2}``, ``{1,3}`` after ``)``, ``]`` or ``/``
``\*``                a backslash makes the next character literal
====================  ==========================================================================

The page "Searching Arabic" (docs/searching.md) explains what matches and why. `matching` finds where a
pattern occurs in a corpus.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

import polars as pl

from corpus_kit._base.arguments import boolean, is_text
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.search.pattern_tree import (
    Alternatives,
    Both,
    Compare,
    Condition,
    Either,
    Negation,
    Node,
    Pattern,
    Repeat,
    Sequence,
    Test,
    Value,
    matches_empty,
)
from corpus_kit.text.arabic import LETTERS
from corpus_kit.text.normalization import normalize
from corpus_kit.text.tokenization import COUNTED_KINDS, KINDS, tokens

__all__ = ["ATTRIBUTES", "Pattern", "parse_pattern"]

ATTRIBUTES = ("surface", "word", "folded", "kind", "stem", "lemma")
MAX_REPEAT = 100
MAX_DEPTH = 50

_SPECIAL = "()[]{}|"
_WHOLE_WORDS = "brackets hold whole words; insert a space here, or write one word as a /regular expression/"
_REPEATS = "a repeat is written {2}, {0,3}, {,3} or {2,}"
_NAME = re.compile(r"[A-Za-z_]+")
_COUNT = re.compile(r"\{\s*([0-9]{0,9})\s*(,?)\s*([0-9]{0,9})\s*\}")
_LETTERS_ALONE = re.compile("[\u0621-\u063a\u0641-\u064a]+")
_SPACE = re.compile(r"\s*")


def parse_pattern(pattern: str, *, exact: bool = False, clitics: bool = False) -> Pattern:
    """Read a pattern into a tree.

    Args:
        pattern: A pattern in the language of this module.
        exact: Compare words in the repaired spelling, not in folded form.
        clitics: Find words with proclitics and enclitics too.

    Raises:
        InputError: If the pattern has an error (the message names the place), if it can match no token
            at all, such as ``[]{0,3}``, or if it matches every word, such as ``*``.

    Examples:
        >>> [test.condition.value.text for test in parse_pattern("الدولة الإسلامية").tests]
        ['الدوله', 'الاسلاميه']
    """
    if not isinstance(pattern, str):
        raise invalid("pattern", "a str", pattern)
    if not pattern.strip():
        raise invalid("pattern", "a word, a phrase, or a word with * or ?", pattern)
    if not is_text(pattern):
        raise invalid("pattern", "text without unpaired surrogates", pattern)
    parsed = Pattern(
        pattern, _Parser(pattern, exact=boolean(exact, "exact")).read(), exact, boolean(clitics, "clitics")
    )
    if not parsed.tests:
        hint = "Marks and tatweel alone are folded away."
        raise invalid("pattern", "at least one letter, digit or sign", pattern, hint)
    if matches_empty(parsed.root):
        raise invalid("pattern", "built around at least one required word", pattern, "All of it is optional.")
    if all(test.matches_every_word for test in parsed.tests):
        hint = "It matches every word; add at least one letter."
        raise invalid("pattern", "more specific", pattern, hint)
    return parsed


class _Parser:
    """A recursive-descent parser of one pattern."""

    def __init__(self, text: str, *, exact: bool) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.exact = exact
        self.profile = "repair" if exact else "search"

    def read(self) -> Node:
        root = self._alternatives()
        if self.at < len(self.text):  # only a closing bracket ends alternatives early
            self._unopened(self.text[self.at])
        return root

    # ---- text

    def _fail(self, what: str, at: int | None = None) -> NoReturn:
        place = (self.at if at is None else at) + 1
        raise InputError(f"pattern {self.text!r:.200} has an error at character {place}: {what}.")

    def _unopened(self, sign: str) -> NoReturn:
        self._fail(f"{sign!r} was never opened; write \\{sign} for the sign itself")

    def _unclosed(self, sign: str, at: int | None = None) -> NoReturn:
        self._fail(f"{sign!r} is never closed; write \\{sign} for the sign itself", at)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match  # it also matches no space
        self.at = match.end()

    def _take(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self.at += 1
        return True

    def _deeper(self, opened: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(f"brackets are nested more than {MAX_DEPTH} deep", opened)

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
            self._fail("an alternative or a bracket is empty; write a word", begin)
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
            self._unopened(sign)
        return self._word()

    def _group(self) -> Node:
        opened = self.at
        self.at += 1
        self._deeper(opened)
        inner = self._alternatives()
        if not self._take(")"):
            self._unclosed("(", opened)
        self.depth -= 1
        after = self._peek()
        if after and not after.isspace() and after not in "?*+{()[/|":
            self._fail(_WHOLE_WORDS)
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
            self._unclosed("{")
        match = _COUNT.match(self.text, self.at)
        if not match or not (match[1] or match[3]):
            self._fail(_REPEATS)
        low = int(match[1] or 0)
        high = low if not match[2] else int(match[3] or MAX_REPEAT)
        if not match[2] and match[3]:
            self._fail(_REPEATS)
        if not low <= high or not 1 <= high <= MAX_REPEAT:
            self._fail(f"a repeat must be from 0 up to {MAX_REPEAT} times, the lower number first, got {match[0]}")
        self.at = match.end()
        return Repeat(body, low, high, lazy)

    # ---- words

    def _word(self) -> list[Node]:
        begin = self.at
        parts = self._literal_parts(until=lambda sign: sign.isspace() or sign in _SPECIAL)
        after = self._peek()
        if after == "(":
            self._fail(_WHOLE_WORDS)
        if after == "{":
            self._fail(f"a repeat goes after a bracket: ({self.text[begin : self.at]}){{...}}")
        if any(isinstance(part, _Wildcard) for part in parts):
            return [Test(Compare("form", self._wildcards(parts, self.profile, begin)))]
        return self._tokens("".join(map(str, parts)))

    def _literal_parts(self, until: Callable[[str], bool]) -> list[str | _Wildcard]:
        """Read the literal pieces of a word and the wildcards between them."""
        parts: list[str | _Wildcard] = []
        literal: list[str] = []
        while (sign := self._peek()) and not until(sign):
            self.at += 1
            if sign == "\\":
                escaped = self._peek()
                if not escaped:
                    self._fail("a backslash at the end; it makes the next character literal", self.at - 1)
                literal.append(escaped)
                self.at += 1
            elif sign in "*?":
                parts += ["".join(literal), _ONE if sign == "?" else _ANY]
                literal = []
            else:
                literal.append(sign)
        return [part for part in [*parts, "".join(literal)] if part != ""]

    def _wildcards(self, parts: list[str | _Wildcard], profile: str | None, at: int) -> Value:
        """Return a regular expression, its literal pieces in the form that is compared."""
        pieces = [
            part.expression if isinstance(part, _Wildcard) else re.escape(normalize(part, profile)) for part in parts
        ]
        value = Value("".join(pieces), is_regex=True)
        try:
            pl.Series([""]).str.contains(value.expression)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            self._fail(f"the word has too many wildcards ({_regex_error(error)[0]})", at)
        return value

    def _tokens(self, literal: str) -> list[Node]:
        """Return a test for each token of a plain word: signs attached to it are tokens of their own."""
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
        """Read up to the closing sign; a backslash before that sign is removed, any other stays."""
        inner: list[str] = []
        while (sign := self._peek()) != end:
            if not sign:
                self._unclosed(end, opened)
            self.at += 1
            if sign == "\\" and self._peek():
                sign = end if self._peek() == end else sign + self._peek()
                self.at += 1
            inner.append(sign)
        self.at += 1
        return "".join(inner)

    def _regex(self, regex: str, at: int, *, folded: bool) -> str:
        """Check a regular expression and return it, with letters folded one for one."""
        if not regex:
            self._fail("the regular expression is empty", at)
        if folded:
            self._refuse_folded_away(regex, at)
        used = f"(?i){regex.translate(_folded_letters())}" if folded else regex
        for expression in (regex, Value(used, is_regex=True).expression):
            try:
                pl.Series([""]).str.contains(expression)
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
                reason, place = _regex_error(error)
                self._fail(f"the regular expression {regex!r:.100} is invalid: {reason}", at + place)
        return used

    def _refuse_folded_away(self, regex: str, at: int) -> None:
        """Refuse marks and tatweel: no folded form has one, so the expression would find nothing."""
        for place, sign in enumerate(regex, start=at + 1):
            if sign > "\u007f" and not normalize(sign, "search"):
                self._fail(f"{sign!r} is folded away; leave it out of the regular expression, or use exact=True", place)

    # ---- attributes

    def _bracket(self) -> Test:
        opened = self.at
        self.at += 1
        self._skip_space()
        if self._take("]"):
            return Test(None)
        condition = self._either(opened)
        if not self._take("]"):
            self._expected_closing("[", opened)
        return Test(condition, words_only=not _mentions_kind(condition))

    def _expected_closing(self, sign: str, opened: int) -> NoReturn:
        if self._peek():
            self._fail(f"expected &, | or {']' if sign == '[' else ')'}, got {self._peek()!r}")
        self._unclosed(sign, opened)

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
                self._expected_closing("(", begin)
            self.depth -= 1
        else:
            condition = self._compare(opened)
        self._skip_space()
        return Negation(condition) if negations % 2 else condition

    def _compare(self, opened: int) -> Compare:
        name = _NAME.match(self.text, self.at)
        if not name:
            if not self._peek():
                self._unclosed("[", opened)
            self._fail(f"expected an attribute: {', '.join(ATTRIBUTES)}")
        try:
            attribute = choose(name[0], ATTRIBUTES, "attribute")
        except InputError as error:
            self._fail(str(error).rstrip("."))
        self.at = name.end()
        self._skip_space()
        negated = self._take("!")
        if not self._take("="):
            self._fail(f"expected = or != after {attribute}")
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
                self._fail(f"expected a value after {attribute}=", begin)
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
            self._fail(str(error).rstrip("."), at)


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
    """Return the letters and digits that the profile `search` replaces by another one."""
    digits = [*range(0x0660, 0x066A), *range(0x06F0, 0x06FA)]
    pairs = ((code_point, normalize(chr(code_point), "search")) for code_point in [*sorted(LETTERS), *digits])
    return {code_point: ord(form) for code_point, form in pairs if len(form) == 1 and ord(form) != code_point}


def _regex_error(error: BaseException) -> tuple[str, int]:
    """Return the reason that the regex engine gives, and the distance of the place from the opening sign."""
    lines = str(error).splitlines()
    reasons = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    reason = reasons[0] if reasons else lines[0].removeprefix("regex error: ")
    carets = [line for line in lines if line.strip() and set(line) <= {" ", "^"}]
    # the engine prints the expression indented by four columns, and carets below the place
    return reason, 1 + carets[0].index("^") - 4 if carets else 0
