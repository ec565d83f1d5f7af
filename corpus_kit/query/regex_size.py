"""How large a regular expression becomes when it is compiled, told from its text.

The engine refuses what takes more than ten megabytes, but only after it has compiled it, and what has many repeats is
slow long before. So the size is estimated first, in one pass over the text: an upper bound of what `regex` (Rust) needs
for each piece, times the repeats around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

__all__ = ["RegexSize", "regex_size"]


class RegexSize(NamedTuple):
    """What a regular expression is made of.

    Attributes:
        size: Bytes of the compiled expression, about.
        choices: Repeats of all kinds, each as often as it is repeated itself, and alternatives inside a repeat. How
            many states are followed at once may grow with them.
    """

    size: int
    choices: int


# Bytes that the engine needs for one of each, measured.
_LITERAL, _ANY, _RANGE, _JOINT = 80, 1_050, 110, 60
_CLASSES = {"w": 51_000, "W": 51_000, "d": 6_000, "D": 7_000, "s": 2_000, "S": 2_500, "p": 45_000, "P": 45_000}
_NO_CHARACTER = "bBAz<>"  # what \b and the like match

_COUNT = re.compile(r"\{\s*([0-9]*)\s*(,?)\s*([0-9]*)\s*\}")
_GROUP = re.compile(r"\?(?:P?<[^>]*>|([a-zA-Z]*)(?:-([a-zA-Z]*))?(:|(?=\))))")
_ESCAPE = re.compile(r"\\(?:[pPxuU]\{[^}]*\}|[pP].|.)", re.DOTALL)


@dataclass
class _Piece:
    """A part of an expression; `bars` are the alternatives in it that no repeat surrounds yet."""

    size: int = 0
    choices: int = 0
    bars: int = 0

    def add(self, other: _Piece) -> None:
        self.size += other.size
        self.choices += other.choices
        self.bars += other.bars

    def repeated(self, low: int, high: int | None) -> _Piece:
        """Return the piece repeated from `low` up to `high` times, or without an upper bound."""
        times = max(low, 1) if high is None else high
        options = 1 if high is None else high - min(low, high)
        inside = self.bars if times > 1 or high is None else 0
        return _Piece(
            self.size * times + _JOINT * options, (self.choices + inside) * times + options, self.bars - inside
        )


@dataclass
class _Group:
    """An open bracket: what is finished in it, its last piece, which a repeat would follow, and the flag x."""

    verbose: bool
    done: _Piece = field(default_factory=_Piece)
    last: _Piece = field(default_factory=_Piece)

    def put(self, piece: _Piece) -> None:
        self.done.add(self.last)
        self.last = piece

    def closed(self) -> _Piece:
        self.put(_Piece())
        return self.done


@lru_cache(maxsize=256)  # as many as the relations of a word sketch have
def regex_size(expression: str) -> RegexSize:
    """Estimate the size of a regular expression in the syntax of Rust's `regex`; one that is invalid has some size too.

    >>> regex_size("(و|ف)?قال").choices, regex_size("(a{10}){10,20}")
    (1, RegexSize(size=17800, choices=10))
    """
    groups = [_Group(verbose=False)]
    at = 0
    while at < len(expression):
        sign, group = expression[at], groups[-1]
        at += 1
        if sign == "(":
            at, verbose, opened = _open(expression, at, verbose=group.verbose)
            if opened:
                groups.append(_Group(verbose))
            else:
                group.verbose = verbose
        elif sign == ")":
            if len(groups) > 1:
                inner = groups.pop().closed()
                inner.size += _JOINT
                groups[-1].put(inner)
        elif sign == "|":
            group.put(_Piece(_JOINT, 0, 1))
        elif sign in "?*+":
            group.last = group.last.repeated(int(sign == "+"), 1 if sign == "?" else None)
        elif sign == "{" and (count := _COUNT.match(expression, at - 1)):
            at = count.end()
            low = _number(count[1] or "0")
            high = low if not count[2] else _number(count[3]) if count[3] else None
            group.last = group.last.repeated(low, high)
        elif group.verbose and sign.isspace():
            continue
        elif group.verbose and sign == "#":
            end = expression.find("\n", at)
            at = len(expression) if end < 0 else end
        elif sign == "[":
            at, size = _character_class(expression, at)
            group.put(_Piece(size))
        elif sign == "\\":
            at, size = _escape(expression, at - 1)
            group.put(_Piece(size))
        else:
            group.put(_Piece(_ANY if sign == "." else _LITERAL))
    while len(groups) > 1:
        inner = groups.pop().closed()
        groups[-1].put(inner)
    whole = groups[0].closed()
    return RegexSize(whole.size, whole.choices)


def _number(digits: str) -> int:
    return int(digits[:9])  # one more digit is more than any limit


def _open(expression: str, at: int, *, verbose: bool) -> tuple[int, bool, bool]:
    """Read what follows an opening bracket: return its end, the flag x, and whether it opens a group."""
    found = _GROUP.match(expression, at)
    if not found:
        return at, verbose, True
    if "x" in (found[1] or ""):
        verbose = True
    if "x" in (found[2] or ""):
        verbose = False
    if found[3] == "":  # (?x) holds for the rest of the group around it
        return found.end() + 1, verbose, False
    return found.end(), verbose, True


def _escape(expression: str, at: int) -> tuple[int, int]:
    """Return the end and the size of an escape that begins at a backslash."""
    found = _ESCAPE.match(expression, at)
    if not found:
        return at + 1, 0
    name = found[0][1]
    return found.end(), _JOINT if name in _NO_CHARACTER else _CLASSES.get(name, _LITERAL)


def _character_class(expression: str, at: int) -> tuple[int, int]:
    """Return the end and the size of a class in square brackets, after the first one; classes may be nested."""
    depth, size, begin = 1, 0, at
    while at < len(expression) and depth:
        sign = expression[at]
        if sign == "^" and expression[at - 1] == "[":
            size += _ANY
        elif sign == "\\":
            at, escaped = _escape(expression, at)
            size += escaped
            continue
        elif sign == "[":
            depth += 1
            begin = at + 1
        elif sign == "]" and at > begin and expression[begin:at] != "^":  # the first one is a literal
            depth -= 1
        else:
            size += _RANGE
        at += 1
    return at, size
