"""The slow twin of the pattern language: patterns as trees, written out by `text_of` and found by `hits`.

The twin does not parse. A test makes a tree, writes it in the language, and compares what the library finds with
what the twin finds from the tree, which reveals mistakes of the parser as well as of the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from itertools import product
from typing import TypeAlias

import corpus_kit as ck

COUNTED = frozenset({"word", "number", "hashtag", "mention"})
SIGNS = ("punctuation", "symbol", "emoji", "url", "email")
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
MANY = 100  # upper bound of an unbounded repeat


# ----------------------------------------------------------------------------------------------------
# Trees
# ----------------------------------------------------------------------------------------------------


class Wildcard(Enum):
    """A wildcard."""

    ANY = "*"
    ONE = "?"


ANY, ONE = Wildcard.ANY, Wildcard.ONE


@dataclass(frozen=True)
class Word:
    """A plain word: its text without escapes, possibly several tokens."""

    text: str


@dataclass(frozen=True)
class Wild:
    """A word of literal parts and wildcards. As the value of a test it can be entirely literal."""

    parts: tuple[str | Wildcard, ...]


@dataclass(frozen=True)
class Regex:
    """A regular expression, between slashes as an item and between quotes as a value."""

    source: str


@dataclass(frozen=True)
class Test:
    """One test: a name, a value, and whether the operator is != instead of =."""

    __test__ = False  # tells pytest that this is not a test class

    name: str
    value: Wild | Regex
    negated: bool = False


@dataclass(frozen=True)
class Not:
    part: Expression


@dataclass(frozen=True)
class And:
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Expression, ...]


Expression: TypeAlias = Test | Not | And | Or


@dataclass(frozen=True)
class Attribute:
    """Square brackets; without an expression they match any word."""

    expression: Expression | None = None


@dataclass(frozen=True)
class Sequence:
    """A sequence; inside another tree it is written in round brackets."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True)
class Alternatives:
    options: tuple[Pattern, ...]


@dataclass(frozen=True)
class Repeat:
    """A repeated tree; `high` is None without an upper bound."""

    body: Pattern
    low: int
    high: int | None


@dataclass(frozen=True)
class Piece:
    """A token of a plain word in the compared form; made only by the twin itself."""

    form: str
    is_word: bool


Leaf: TypeAlias = Word | Wild | Regex | Attribute | Piece
Pattern: TypeAlias = Leaf | Sequence | Alternatives | Repeat


def gap(low: int, high: int | None) -> Repeat:
    """Return a gap of any words."""
    return Repeat(Attribute(), low, high)


def leaves(pattern: Pattern) -> Iterator[Leaf]:
    """Yield the items of a pattern."""
    match pattern:
        case Sequence(parts) | Alternatives(parts):
            for part in parts:
                yield from leaves(part)
        case Repeat(body):
            yield from leaves(body)
        case _:
            yield pattern


def finds_signs(expression: Expression) -> bool:
    """Whether an expression that mentions kinds may hold for a sign, whatever else is true; or mentions their pos."""
    tests = list(tests_of(expression))
    if any(names_signs(test) for test in tests):
        return True
    others = list(dict.fromkeys(test for test in tests if test.name != "kind"))
    return len(others) < len(set(tests)) and any(
        holds_with(expression, kind, dict(zip(others, chosen, strict=True)))
        for kind in SIGNS
        for chosen in product((False, True), repeat=len(others))
    )


def tests_of(expression: Expression) -> Iterator[Test]:
    match expression:
        case Test():
            yield expression
        case Not(part):
            yield from tests_of(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from tests_of(part)


def names_signs(test: Test) -> bool:
    signs = isinstance(test.value, Wild) and test.value.parts in (("PUNCT",), ("SYM",))
    return test.name.endswith("pos") and test.name != "type.pos" and signs and not test.negated


def holds_with(expression: Expression, kind: str, others: dict[Test, bool]) -> bool:
    match expression:
        case Test("kind", value, negated):
            return value_fits(value, kind, None) != negated
        case Test():
            return others[expression]
        case Not(part):
            return not holds_with(part, kind, others)
        case And(parts):
            return all(holds_with(part, kind, others) for part in parts)
        case Or(parts):
            return any(holds_with(part, kind, others) for part in parts)


# ----------------------------------------------------------------------------------------------------
# Writing
# ----------------------------------------------------------------------------------------------------


def text_of(pattern: Pattern) -> str:
    """Return the pattern as a user writes it."""
    match pattern:
        case Sequence(items):
            return " ".join(_item_text(item) for item in items)
        case Alternatives(options):
            # Nested alternatives need brackets; a sequence does not.
            return "|".join(f"({text_of(o)})" if isinstance(o, Alternatives) else text_of(o) for o in options)
        case _:
            return _item_text(pattern)


def _item_text(item: Pattern) -> str:
    match item:
        case Word(text):
            return escaped(text, "()[]{}|*?\\/")
        case Wild():
            return _wild_text(item, "()[]{}|*?\\/")
        case Regex(source):
            return f"/{source}/"
        case Attribute(expression):
            return f"[{_expression_text(expression)}]" if expression else "[]"
        case Repeat(body, low, high):
            atom = _item_text(body) if isinstance(body, Regex | Attribute) else f"({text_of(body)})"
            return atom + repeat_text(low, high)
        case Sequence() | Alternatives():
            return f"({text_of(item)})"
        case Piece():
            raise TypeError("a piece is no part of the language")


def escaped(text: str, signs: str) -> str:
    return "".join("\\" + letter if letter in signs else letter for letter in text)


def _wild_text(wild: Wild, signs: str) -> str:
    return "".join(part.value if isinstance(part, Wildcard) else escaped(part, signs) for part in wild.parts)


def repeat_text(low: int, high: int | None) -> str:
    match low, high:
        case 0, 1:
            return "?"
        case 0, None:
            return "*"
        case 1, None:
            return "+"
        case _, None:
            return f"{{{low},}}"
        case 0, _:
            return f"{{,{high}}}"
    return f"{{{low}}}" if low == high else f"{{{low},{high}}}"


def _expression_text(expression: Expression) -> str:
    match expression:
        case Test(name, value, negated):
            sign = "!=" if negated else "="
            if isinstance(value, Regex):
                return f'{name}{sign}"{escaped(value.source, chr(34))}"'
            return name + sign + _wild_text(value, '()[]{}|*?\\/&!="')
        case Not(part):
            return "!" + _part_text(part)
        case And(parts):
            return " & ".join(_part_text(part) for part in parts)
        case Or(parts):
            return " | ".join(_part_text(part) for part in parts)


def _part_text(part: Expression) -> str:
    return f"({_expression_text(part)})" if isinstance(part, And | Or) else _expression_text(part)


# ----------------------------------------------------------------------------------------------------
# What the language refuses
# ----------------------------------------------------------------------------------------------------


def may_be_nothing(pattern: Pattern, exact: bool = False) -> bool:
    """Whether the pattern also matches a sequence of no tokens."""
    match pattern:
        case Sequence(items):
            return all(may_be_nothing(item, exact) for item in items)
        case Alternatives(options):
            return any(may_be_nothing(option, exact) for option in options)
        case Repeat(body, low):
            return low == 0 or may_be_nothing(body, exact)
        case Word(text):
            return not pieces_of(text, exact)
    return False


def is_any_word(leaf: Leaf) -> bool:
    """Return whether an item matches any word."""
    match leaf:
        case Attribute(expression):
            return expression is None
        case Wild(parts):
            return set(parts) == {ANY}
        case Regex(source):
            return source == ".*"
    return False


def is_refused(pattern: Pattern, exact: bool = False) -> bool:
    """Return whether a well-formed pattern can match nothing, or matches any words."""
    return may_be_nothing(pattern, exact) or all(is_any_word(leaf) for leaf in leaves(pattern))


# ----------------------------------------------------------------------------------------------------
# Tokens
# ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """A token with everything a pattern can test."""

    surface: str
    kind: str
    word: str
    folded: str
    form: str  # whichever of the two words are compared by
    stem: str
    lemma: str
    pos: tuple[str, ...]
    is_word: bool
    begins: bool  # a unit that matches cannot cross
    layers: Mapping[str, str | None] = field(default_factory=dict)  # by the name that a pattern uses


def read(
    text: str,
    *,
    exact: bool,
    within: str,
    stems: dict[str, str] | None,
    lemmas: dict[str, str] | None,
    tags: Mapping[str, list[str] | None] | None,
) -> list[Token]:
    """Return the tokens of a document. Stems and lemmas belong to repaired spellings; others are their own."""
    tokens: list[Token] = []
    end, sentence = 0, None
    for row in ck.tokens([text]).rows(named=True):
        new_paragraph = not tokens or bool(LINE_BREAKS & set(text[end : row["start"]]))
        new_sentence = new_paragraph or row["sentence"] != sentence
        word, folded = ck.normalize(row["token"], "repair"), ck.normalize(row["token"], "search")
        form = word if exact else folded
        stem, lemma = (stems or {}).get(word, word), (lemmas or {}).get(word, word)
        tokens.append(
            Token(
                row["token"],
                row["kind"],
                word,
                folded,
                form,
                stem if exact else ck.normalize(stem, "search"),
                lemma if exact else ck.normalize(lemma, "search"),
                tuple(tag if exact else ck.normalize(tag, "search") for tag in (tags or {}).get(word) or ()),
                is_word=row["kind"] in COUNTED and form != "",
                begins={"sentence": new_sentence, "paragraph": new_paragraph, "document": not tokens}[within],
            )
        )
        end, sentence = row["end"], row["sentence"]
    return tokens


# ----------------------------------------------------------------------------------------------------
# One item and one token
# ----------------------------------------------------------------------------------------------------


@cache
def pieces_of(text: str, exact: bool) -> list[Piece]:
    """Return the items of a plain word: its tokens, without those whose form is empty."""
    rows = ck.tokens([text]).rows(named=True)
    pieces = [
        Piece(ck.normalize(row["token"], "repair" if exact else "search"), row["kind"] in COUNTED) for row in rows
    ]
    return [piece for piece in pieces if piece.form]


@cache
def fold_letters(source: str) -> str:
    """Return a regular expression with each Arabic letter folded."""
    return "".join(
        ck.normalize(letter, "search") if letter.isalpha() and letter > "\u0600" else letter for letter in source
    )


def value_fits(value: Wild | Regex, text: str, profile: str | None) -> bool:
    """Return whether a value matches the whole text; the profile is that of the text."""
    if isinstance(value, Regex):
        if profile == "search":
            return re.fullmatch(fold_letters(value.source), text, re.IGNORECASE) is not None
        return re.fullmatch(value.source, text) is not None
    source = ""
    for part in value.parts:
        if isinstance(part, Wildcard):
            source += ".*" if part is ANY else "."
        else:
            source += re.escape(part if profile is None else ck.normalize(part, profile))
    return re.fullmatch(source, text, re.DOTALL) is not None


def expression_holds(expression: Expression, token: Token, exact: bool) -> bool:
    match expression:
        case Test(name, value, negated) if name in token.layers:
            text = token.layers[name]
            if text is None:
                return negated
            return (
                value_fits(value, text if exact else ck.normalize(text, "search"), None if exact else "search")
                != negated
            )
        case Test(name, value, negated):
            name = name.removeprefix("type.")
            if name == "pos":
                profile = None if exact else "search"
                return any(value_fits(value, tag, profile) for tag in token.pos) != negated
            folded = name == "folded" or (name in ("stem", "lemma") and not exact)
            return value_fits(value, getattr(token, name), "search" if folded else None) != negated
        case Not(part):
            return not expression_holds(part, token, exact)
        case And(parts):
            return all(expression_holds(part, token, exact) for part in parts)
        case Or(parts):
            return any(expression_holds(part, token, exact) for part in parts)


def is_words_only(item: Leaf) -> bool:
    match item:
        case Piece(_, is_word):
            return is_word
        case Attribute(expression):
            return expression is None or not finds_signs(expression)
    return True


def item_matches(item: Leaf, token: Token, *, exact: bool, clitics: bool) -> bool:
    if is_words_only(item) and not token.is_word:
        return False
    forms = [token.form, token.stem] if clitics and is_words_only(item) else [token.form]
    match item:
        case Piece(form):
            return form in forms
        case Wild() | Regex():
            return any(value_fits(item, form, "repair" if exact else "search") for form in forms)
        case Attribute(expression):
            return expression is None or expression_holds(expression, token, exact)
        case Word():
            raise TypeError("a plain word is matched piece by piece")


# ----------------------------------------------------------------------------------------------------
# Many items and many tokens
# ----------------------------------------------------------------------------------------------------

# State of a match: the next token, and whether the previous item is words-only (None: no item yet).
State: TypeAlias = tuple[int, bool | None]


class Matcher:
    """Finds the ends of patterns that begin at a token of one document."""

    def __init__(self, tokens: list[Token], *, exact: bool, clitics: bool, empty_turns_go_on: bool) -> None:
        self.tokens = tokens
        self.exact, self.clitics, self.empty_turns_go_on = exact, clitics, empty_turns_go_on
        self.known: dict[tuple[Pattern, State], list[State]] = {}  # memoisation

    def ends(self, pattern: Pattern, state: State) -> list[State]:
        """Return all states after the pattern, each once, the preferred first.

        The rest of the match depends only on the state, so a state already reached by a preferred path is skipped.
        """
        if (pattern, state) not in self.known:
            self.known[pattern, state] = list(dict.fromkeys(self._ends(pattern, state)))
        return self.known[pattern, state]

    def _ends(self, pattern: Pattern, state: State) -> list[State]:
        match pattern:
            case Word(text):
                return self.ends(Sequence(tuple(pieces_of(text, self.exact))), state)
            case Sequence(items):
                if not items:
                    return [state]
                rest = Sequence(items[1:])
                return [end for after in self.ends(items[0], state) for end in self.ends(rest, after)]
            case Alternatives(options):
                return [end for option in options for end in self.ends(option, state)]
            case Repeat():
                return self._repeated(pattern, state)
            case _:
                return self._one_token(pattern, state)

    def _repeated(self, repeat: Repeat, state: State) -> list[State]:
        body, low, high = repeat.body, repeat.low, MANY if repeat.high is None else repeat.high
        one_less = Repeat(body, max(low - 1, 0), high - 1)
        on: list[State] = []
        if high > 0:
            for after in self.ends(body, state):
                on += [after] if after == state and not self.empty_turns_go_on else self.ends(one_less, after)
        stop = [state] if low == 0 else []
        is_gap = body == Attribute()
        return stop + on if is_gap else on + stop

    def _one_token(self, item: Leaf, state: State) -> list[State]:
        place, before = state
        if before is not None:
            if before and is_words_only(item):
                while place < len(self.tokens) and not self.tokens[place].is_word and not self.tokens[place].begins:
                    place += 1
            if place < len(self.tokens) and self.tokens[place].begins:
                return []
        if place == len(self.tokens):
            return []
        if not item_matches(item, self.tokens[place], exact=self.exact, clitics=self.clitics):
            return []
        return [(place + 1, is_words_only(item))]


def hits(
    texts: list[str],
    pattern: Pattern,
    *,
    exact: bool = False,
    within: str = "paragraph",
    stems: dict[str, str] | None = None,
    lemmas: dict[str, str] | None = None,
    tags: Mapping[str, list[str] | None] | None = None,
    clitics: bool = False,
    empty_turns_go_on: bool = False,
    layers: list[list[dict[str, str | None]]] | None = None,
) -> list[tuple[int, int, int]]:
    """Return document, first token and end token of every hit, counted within the document.

    stems, lemmas: by word in repaired spelling; other words are their own.
    tags: the possible parts of speech of words, likewise; other words have none.
    layers: what layers say of each token of each document.
    empty_turns_go_on: whether a repeat continues after an empty iteration. Regular expression engines
        differ in this, which in rare cases changes the preferred match.
    """
    found = []
    for document, text in enumerate(texts):
        tokens = read(text, exact=exact, within=within, stems=stems, lemmas=lemmas, tags=tags)
        if layers is not None:
            tokens = [replace(token, layers=said) for token, said in zip(tokens, layers[document], strict=True)]
        matcher = Matcher(tokens, exact=exact, clitics=clitics, empty_turns_go_on=empty_turns_go_on)
        spans = []
        for first in range(len(tokens)):
            ends = matcher.ends(pattern, (first, None))
            if ends:
                spans.append((first, ends[0][0]))
        for first, end in spans:
            if not any(other < first and end <= other_end for other, other_end in spans):
                found.append((document, first, end))
    return found
