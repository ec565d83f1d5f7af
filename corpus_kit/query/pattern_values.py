"""The text of a pattern and the values in it: literal words, wildcards, regular expressions, roots."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import cache, lru_cache
from typing import Literal, NamedTuple, NoReturn

import polars as pl

from corpus_kit.corpus.definitions import Expanded
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_limits import PatternCost
from corpus_kit.query.pattern_names import NO_NAMES, Names
from corpus_kit.query.pattern_tree import MAX_REPEAT, Value
from corpus_kit.safe_text import pointed
from corpus_kit.text.arabic import LETTERS
from corpus_kit.text.normalization import normalize
from corpus_kit.text.roots import asked_roots, fold_letters, fold_root

__all__ = ["LABEL", "MAX_DEPTH", "PatternText", "Piece", "Wildcard", "Written", "WrittenItem", "labels_of"]

MAX_DEPTH = 50

LABEL = re.compile(r"(?<![^\s(|])(?:([A-Za-z_]\w*):(@[0-9]?)?|(@[0-9]?))(?=\[)", re.ASCII)
_ANCHORS = {"@": "target", "@0": "target", "@9": "keyword"}
_ENDS_VALUE = "&|()[]{}"
_SPACE = re.compile(r"\s*")
_ALEF_IN_ROOT = re.compile("(?<!-)ا(?!-)")
_NO_TEXT = pl.Series([""])


class Wildcard(Enum):
    """A wildcard of a word, and the regular expression that it stands for."""

    ANY = ".*"
    ONE = "."


Piece = str | Wildcard


class WrittenItem(NamedTuple):
    """An item of a pattern as it is written, without its labels."""

    text: str
    kind: Literal["word", "gap", "place", "other"]


class Written(NamedTuple):
    """A pattern as it is written, in the parts that it is read as.

    Attributes:
        text: Its expression, without the strategy before it and the clauses after it, macros replaced.
        own: The parts of the text (begin, end) that are no plain words: what is written so in this language alone.
        items: What follows one another; nothing if there are alternatives.
    """

    text: str
    own: tuple[tuple[int, int], ...]
    items: tuple[WrittenItem, ...]

    @property
    def words(self) -> str:
        """The text with spaces for what is no plain word."""
        signs = list(self.text)
        for begin, end in self.own:
            signs[begin:end] = " " * (end - begin)
        return "".join(signs)


class PatternText:
    """The text of a pattern, from the place that is read next; reads the values in it."""

    def __init__(
        self, text: str, *, exact: bool, unit: str = "word", names: Names = NO_NAMES, expanded: Expanded | None = None
    ) -> None:
        self.given = text
        self.text = text if expanded is None else expanded.text
        self._places = None if expanded is None or not expanded.macros else expanded.places
        self.names = names
        self.at = 0
        self.depth = 0
        self.exact = exact
        self.attribute = "form" if unit == "word" else unit  # what plain words are compared with
        self.profile = "repair" if exact else "search"
        self.cost = PatternCost(text)
        named = [label for found in LABEL.finditer(self.text) for label in labels_of(found)]
        self.labels = list(dict.fromkeys(named))  # of all tokens of the pattern
        self.bound: list[str] = []  # of those that were read
        self.used: dict[str, int] = {}  # where each label that is asked for is named first
        self.lists: set[str] = set()  # that are named
        self.in_constraint = False
        self.ends_value = _ENDS_VALUE
        self.structure = ""  # the one whose tag is read
        self.is_understood = False  # whether an error is about what it means, not about how it is written
        self.is_recorded = False  # whether the next two are kept
        self.own: list[tuple[int, int]] = []  # see `Written`
        self.rows: dict[int, list[list[WrittenItem]]] = {}  # sequences of items, by how many brackets are around them
        self.expression = (0, len(self.text))
        self._regexes: dict[tuple[str, bool], Value] = {}  # those that were found valid

    # ---- text

    def fail(self, what: str, at: int | None = None) -> NoReturn:
        """Raise the error for this place, or for another one."""
        place = self.at if at is None else at
        if self._places is not None:  # of what macros were replaced in
            place = self._places[min(place, len(self._places) - 1)]
        end = "" if what.endswith("?") else "."
        error = InputError(f"pattern {self.given!r:.200} has an error at character {place + 1}: {what}{end}")
        error.add_note(pointed(self.given, place))
        raise error

    def refuse(self, what: str, at: int | None = None) -> NoReturn:
        """Raise the error for what can be read, but names what is not there or says what cannot be."""
        self.is_understood = True
        self.fail(what, at)

    def written(self, depth: int = 0) -> Written:
        """Return the expression that was read in its parts; the items are those in so many brackets."""
        begin, end = self.expression
        rows = self.rows.get(depth, [])
        if len(rows) == 1 == len(rows[0]) and rows[0][0].kind == "other" and rows[0][0].text.startswith("("):
            return self.written(depth + 1)
        own = tuple((max(a, begin) - begin, min(b, end) - begin) for a, b in self.own if a < end and b > begin)
        return Written(self.text[begin:end], own, tuple(rows[0]) if len(rows) == 1 else ())

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

    def check_repeat(self, low: int, high: int | None, written: str) -> None:
        """Refuse a repeat {low,high} that is larger than a search allows, or none; None is any number."""
        most = low if high is None else high
        if not low <= most <= MAX_REPEAT or high == 0:
            self.refuse(
                f"a repeat must be from 0 up to {MAX_REPEAT:,} times, the lower number first, got {written}; "
                "*, + and {2,} have no limit"
            )

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
                _compile(expression)
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


def labels_of(found: re.Match[str]) -> list[str]:
    """Return the labels that are written before a token: a name, @ or a number after @.

    >>> [labels_of(found) for found in LABEL.finditer("a:[] @[] b:@9[] @3[]")]
    [['a'], ['target'], ['b', 'keyword'], ['anchor3']]
    """
    anchor = found[2] or found[3]
    return [*filter(None, [found[1]]), *([_ANCHORS.get(anchor, f"anchor{anchor[1:]}")] if anchor else [])]


@cache
def _folded_letters() -> dict[int, int]:
    """Return the letters and digits that the profile `search` replaces by another one."""
    digits = [*range(0x0660, 0x066A), *range(0x06F0, 0x06FA)]
    pairs = ((code_point, normalize(chr(code_point), "search")) for code_point in [*sorted(LETTERS), *digits])
    return {code_point: ord(form) for code_point, form in pairs if len(form) == 1 and ord(form) != code_point}


@lru_cache(maxsize=256)  # as many as the relations of a word sketch have
def _compile(regex: str) -> None:
    """Raise the error of Polars if it cannot read a regular expression; one that it can read is tried once."""
    _NO_TEXT.str.contains(regex)


def _regex_error(error: BaseException) -> tuple[str, int]:
    """Return the reason that the regex engine gives, and the distance of the place from the opening sign."""
    lines = str(error).splitlines()
    reasons = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    reason = reasons[0] if reasons else lines[0].removeprefix("regex error: ")
    carets = [line for line in lines if line.strip() and set(line) <= {" ", "^"}]
    # the engine prints the expression indented by four columns, and carets below the place
    return reason, 1 + carets[0].index("^") - 4 if carets else 0
