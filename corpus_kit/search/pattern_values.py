"""The text of a pattern and the values in it: literal words, wildcards, regular expressions, conditions in brackets."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import NoReturn

import polars as pl

from corpus_kit.corpus.layers import OF_TYPES, Layers, column_called, names_of_columns
from corpus_kit.errors import InputError, choose
from corpus_kit.search.pattern_limits import PatternCost
from corpus_kit.search.pattern_tree import (
    ANNOTATED,
    Both,
    Compare,
    Condition,
    Either,
    Negation,
    Test,
    Value,
    is_of_layer,
)
from corpus_kit.text.arabic import LETTERS
from corpus_kit.text.normalization import normalize
from corpus_kit.text.roots import asked_roots, fold_letters, fold_root
from corpus_kit.text.tokenization import KINDS

__all__ = ["ATTRIBUTES", "MAX_DEPTH", "PatternText", "Piece", "Wildcard"]

MAX_DEPTH = 50

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?", re.ASCII)
_OF_EVERY_TOKEN = ("surface", "word", "folded", "kind")
ATTRIBUTES = (*_OF_EVERY_TOKEN, *ANNOTATED)
_OF_SIGNS = ("punct", "sym")  # parts of speech
_SPACE = re.compile(r"\s*")
_BETWEEN_SLASHES = re.compile(r"/(?:\\.|[^/\\])+/(?=\s*[\]&|)])")
_ALEF_IN_ROOT = re.compile("(?<!-)ا(?!-)")
_NO_TEXT = pl.Series([""])


class Wildcard(Enum):
    """A wildcard of a word, and the regular expression that it stands for."""

    ANY = ".*"
    ONE = "."


Piece = str | Wildcard


class PatternText:
    """The text of a pattern, from the place that is read next; reads the conditions that hold for one token."""

    def __init__(
        self, text: str, *, exact: bool, unit: str = "word", layers: Layers | None = None, given: bool = False
    ) -> None:
        self.text = text
        self.given = given
        self.layers = layers or {}
        self.at = 0
        self.depth = 0
        self.exact = exact
        self.attribute = "form" if unit == "word" else unit  # what plain words are compared with
        self.profile = "repair" if exact else "search"
        self.cost = PatternCost(text)
        self._regexes: dict[tuple[str, bool], Value] = {}  # those that were found valid

    # ---- text

    def fail(self, what: str, at: int | None = None) -> NoReturn:
        """Raise the error for this place, or for another one."""
        place = (self.at if at is None else at) + 1
        end = "" if what.endswith("?") else "."
        raise InputError(f"pattern {self.text!r:.200} has an error at character {place}: {what}{end}")

    def unopened(self, sign: str) -> NoReturn:
        """Raise the error for a closing sign."""
        self.fail(f"{sign!r} was never opened; write \\{sign} for the sign itself")

    def unclosed(self, sign: str, at: int | None = None) -> NoReturn:
        """Raise the error for an opening sign."""
        self.fail(f"{sign!r} is never closed; write \\{sign} for the sign itself", at)

    def peek(self) -> str:
        """Return the next character, or nothing."""
        return self.text[self.at : self.at + 1]

    def skip_space(self) -> None:
        """Go on after white space."""
        match = _SPACE.match(self.text, self.at)
        assert match  # it also matches no space
        self.at = match.end()

    def take(self, sign: str) -> bool:
        """Go on after this sign if it is the next one."""
        if self.peek() != sign:
            return False
        self.at += 1
        return True

    def deeper(self, opened: int) -> None:
        """Count an opening bracket."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"brackets are nested more than {MAX_DEPTH} deep", opened)

    # ---- values

    def pieces(self, until: Callable[[str], bool]) -> list[Piece]:
        """Read the literal pieces of a word and the wildcards between them."""
        parts: list[Piece] = []
        literal: list[str] = []
        while (sign := self.peek()) and not until(sign):
            self.at += 1
            if sign == "\\":
                escaped = self.peek()
                if not escaped:
                    self.fail("a backslash at the end; it makes the next character literal", self.at - 1)
                literal.append(escaped)
                self.at += 1
            elif sign in "*?":
                parts += ["".join(literal), Wildcard.ONE if sign == "?" else Wildcard.ANY]
                literal = []
            else:
                literal.append(sign)
        return [part for part in [*parts, "".join(literal)] if part != ""]

    def wildcards(self, pieces: list[Piece], profile: str | None) -> Value:
        """Return the value of pieces with wildcards, the literal ones in the form that is compared."""
        value = _of_pieces([piece if isinstance(piece, Wildcard) else normalize(piece, profile) for piece in pieces])
        self.cost.add_value(value)
        return value

    def until(self, end: str, opened: int) -> str:
        """Read up to the closing sign; a backslash before that sign is removed, any other stays."""
        inner: list[str] = []
        while (sign := self.peek()) != end:
            if not sign:
                self.unclosed(end, opened)
            self.at += 1
            if sign == "\\" and self.peek():
                sign = end if self.peek() == end else sign + self.peek()
                self.at += 1
            inner.append(sign)
        self.at += 1
        return "".join(inner)

    def regex(self, regex: str, at: int, *, folded: bool) -> Value:
        """Check a regular expression and return its value, with letters folded one for one."""
        if not regex:
            self.fail("the regular expression is empty", at)
        if value := self._regexes.get((regex, folded)):
            return value
        if folded:
            self._refuse_folded_away(regex, at)
        used = f"(?i){regex.translate(_folded_letters())}" if folded else regex
        value = Value(used, "regex")
        self.cost.add_value(value)
        for expression in (regex, value.expression):
            try:
                _NO_TEXT.str.contains(expression)
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
                reason, place = _regex_error(error)
                self.fail(f"the regular expression {regex!r:.100} is invalid: {reason}", at + place)
        self._regexes[regex, folded] = value
        return value

    def _refuse_folded_away(self, regex: str, at: int) -> None:
        """Refuse marks and tatweel: no folded form has one, so the expression would find nothing."""
        if removed := {sign for sign in set(regex) if sign > "\u007f" and not normalize(sign, "search")}:
            place, sign = next((place, sign) for place, sign in enumerate(regex, start=at + 1) if sign in removed)
            self.fail(f"{sign!r} is folded away; leave it out of the regular expression, or use exact=True", place)

    # ---- attributes

    def bracket(self) -> Test:
        """Read a condition in square brackets."""
        opened = self.at
        self.at += 1
        self.skip_space()
        if self.take("]"):
            self.cost.add_tests()
            return Test(None)
        condition = self._either(opened)
        if not self.take("]"):
            self._expected_closing("[", opened)
        return Test(condition, words_only=not _finds_signs(condition))

    def _expected_closing(self, sign: str, opened: int) -> NoReturn:
        if self.peek():
            self.fail(f"expected &, | or {']' if sign == '[' else ')'}, got {self.peek()!r}")
        self.unclosed(sign, opened)

    def _either(self, opened: int) -> Condition:
        parts = [self._both(opened)]
        while self.take("|"):
            parts.append(self._both(opened))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, opened: int) -> Condition:
        parts = [self._not(opened)]
        while self.take("&"):
            parts.append(self._not(opened))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _not(self, opened: int) -> Condition:
        self.skip_space()
        begin = self.at
        negations = 0
        while self.take("!"):
            negations += 1
            self.skip_space()
        if self.take("("):
            self.deeper(begin)
            condition = self._either(opened)
            if not self.take(")"):
                self._expected_closing("(", begin)
            self.depth -= 1
        else:
            condition = self._compare(opened)
        self.skip_space()
        return Negation(condition) if negations % 2 else condition

    def _compare(self, opened: int) -> Condition:
        name = _NAME.match(self.text, self.at)
        if not name:
            if not self.peek():
                self.unclosed("[", opened)
            self.fail(f"expected an attribute: {', '.join(self._attributes())}")
        attribute = self._attribute(name[0])
        self.at = name.end()
        self.skip_space()
        negated = self.take("!")
        if not self.take("="):
            self.fail(f"expected = or != after {attribute}")
        self.skip_space()
        self.cost.add_tests()
        if attribute != "root":
            return Compare(attribute, self._value(attribute), negated)
        condition = self.any_root(self._roots())
        return Negation(condition) if negated else condition

    def _attributes(self) -> list[str]:
        """Return the names of all attributes."""
        return list(dict.fromkeys([*ATTRIBUTES, *names_of_columns(self.layers)]))

    def _attribute(self, name: str) -> str:
        """Return the attribute of this name: of every token, of a layer or, if none has it, of the vocabulary."""
        of_types = name.removeprefix(f"{OF_TYPES}.")
        if of_types in ATTRIBUTES and (of_types != name or name in _OF_EVERY_TOKEN):
            return of_types
        column = column_called(name, self.layers)
        try:
            return column or choose(name, self._attributes(), "attribute")
        except InputError as error:
            self.fail(str(error).rstrip("."))

    def _quoted_regex(self, attribute: str) -> str | None:
        """Read a regular expression in quotation marks or, where no other value can be meant, between slashes."""
        begin = self.at
        if self.take('"'):
            return self.until('"', begin)
        if (attribute in ANNOTATED or is_of_layer(attribute)) and _BETWEEN_SLASHES.match(self.text, begin):
            self.at += 1
            return self.until("/", begin)
        return None

    def _value(self, attribute: str) -> Value:
        begin = self.at
        folds = attribute == "folded" or ((attribute in ANNOTATED or is_of_layer(attribute)) and not self.exact)
        regex = self._quoted_regex(attribute)
        if regex is not None:
            value = self.regex(regex, begin, folded=folds)
        else:
            pieces = self.pieces(until=lambda sign: sign.isspace() or sign in "&|()[]{}")
            if not pieces:
                self.fail(f"expected a value after {attribute}=", begin)
            profile = "search" if folds else None
            if any(isinstance(piece, Wildcard) for piece in pieces):
                value = self.wildcards(pieces, profile)
            else:
                value = Value(normalize("".join(map(str, pieces)), profile))
        if attribute == "kind":
            self._check_kind(value, begin)
        return value

    def _roots(self) -> list[Value]:
        """Read a root; white space may be between its letters."""
        begin = self.at
        regex = self._quoted_regex("root")
        if regex is not None:
            return [self.root_regex(regex, begin)]
        pieces = self.pieces(until=lambda sign: sign in "&|()[]{}")
        if not any(isinstance(piece, Wildcard) or piece.strip() for piece in pieces):
            self.fail("expected a value after root=", begin)
        return self.root_values(pieces, begin)

    def root_values(self, pieces: list[Piece], at: int) -> list[Value]:
        """Return the values of a root, or of one with wildcards; it is any of them."""
        if any(isinstance(piece, Wildcard) for piece in pieces):
            folded = [piece if isinstance(piece, Wildcard) else fold_root(piece) for piece in pieces]
            for piece in folded:
                if not isinstance(piece, Wildcard):
                    self._refuse_alef(piece, at)
            value = _of_pieces(folded)
            self.cost.add_value(value)
            return [value]
        try:
            return [Value(root) for root in asked_roots("".join(map(str, pieces)))]
        except InputError as error:
            self.fail(str(error).rstrip("."), at)

    def root_regex(self, regex: str, at: int) -> Value:
        """Check a regular expression for roots and return its value."""
        self._refuse_folded_away(regex, at)
        self._refuse_alef(regex, at)
        return self.regex(fold_letters(regex), at, folded=False)

    def _refuse_alef(self, text: str, at: int) -> None:
        if _ALEF_IN_ROOT.search(text):
            self.fail("'ا' is no letter of a root; write ء, و or ي", at)

    def any_root(self, values: list[Value]) -> Condition:
        """Return the condition that a token has one of these roots."""
        self.cost.add_tests(len(values) - 1)
        compares = [Compare("root", value) for value in values]
        return compares[0] if len(compares) == 1 else Either(tuple(compares))

    def _check_kind(self, value: Value, at: int) -> None:
        if value.fits(pl.Series(KINDS)).any():
            return
        try:
            choose(value.text, KINDS, "kind")
        except InputError as error:
            self.fail(str(error).rstrip("."), at)


def _of_pieces(pieces: list[Piece]) -> Value:
    """Return the value of folded pieces; with one * at an end, it needs no regular expression."""
    kept = [
        piece
        for piece, before in zip(pieces, [None, *pieces], strict=False)
        if piece != "" and not (piece is before is Wildcard.ANY)
    ]
    match kept:
        case [str(text), Wildcard.ANY]:
            return Value(text, "begins")
        case [Wildcard.ANY, str(text)]:
            return Value(text, "ends")
        case [Wildcard.ANY, str(text), Wildcard.ANY]:
            return Value(text, "contains")
    expressions = [piece.value if isinstance(piece, Wildcard) else re.escape(piece) for piece in kept]
    return Value("".join(expressions), "regex")


def _finds_signs(condition: Condition) -> bool:
    """Whether a condition is also for tokens that are no words: it mentions kinds, or the part of speech of signs."""
    if isinstance(condition, Negation):
        return _finds_signs(condition.of)
    if isinstance(condition, Compare):
        is_pos = condition.attribute.endswith(".pos") and not condition.negated
        return condition.attribute == "kind" or (is_pos and condition.value.text.lower() in _OF_SIGNS)
    return any(map(_finds_signs, condition.parts))


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
