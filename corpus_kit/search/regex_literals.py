"""What a regular expression requires: texts of which one begins, ends or is in whatever it matches.

A text is found in the index in a fraction of the time in which expressions are tried, so that they are tried only where
one of these texts is. The analysis is that of Cox's trigram index: of each part of the expression it keeps all that it
matches, as long as that is little, and otherwise how that begins and ends and what it contains. It may know less than
there is to know, never more: what it cannot read for certain requires nothing.

References:
    Cox, R. (2012). Regular expression matching with a trigram index. https://swtch.com/~rsc/regexp/regexp4.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

__all__ = ["Required", "required_by"]

_MOST = 64  # texts in a set
_LONGEST = 32  # code points of a text
_LONGEST_EXPRESSION = 10_000  # characters
_MOST_TIMES = 4  # that what is repeated is written out

_RUN = re.compile(r"[^\\.^$|?*+()\[\]{}]+")
_COUNT = re.compile(r"\{\s*([0-9]*)\s*(,?)\s*([0-9]*)\s*\}")
_GROUP = re.compile(r"\?(?:P?<[^>]*>|([imsRU]*)(?:-([imsRU]*))?(:|(?=\))))")
_ESCAPE = re.compile(r"\\(?:([dDsSwW]|[pP](?:\{[^}]*\}|[A-Za-z])|[nrt])|([bB](?!\{)|[Az<>])|([!-/:-;=?@\[-`{-~]))")
_NOT_PLAIN = frozenset("\\-&~")  # what means more than itself in a class

Texts = frozenset[str]
_NOTHING: Texts = frozenset([""])


class Required(NamedTuple):
    """What all texts have that an expression matches as a whole; an empty tuple where nothing is known.

    Attributes:
        begins: They begin with one of these.
        ends: They end with one of these.
        contains: They contain one of these.
        shortest: The least number of their code points.
        longest: The greatest one; None if there is none.
    """

    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    shortest: int = 0
    longest: int | None = None


class _UnreadableError(Exception):
    """The expression has something that this module does not read."""


@dataclass(frozen=True)
class _Part:
    """What a part of an expression matches: one of `exact`, or, if that is None, what begins, ends and has in it.

    `contains` is None if nothing is known; the empty text in another set says as much. It has from `low` up to `high`
    code points, without an upper bound for None.
    """

    exact: Texts | None
    begins: Texts
    ends: Texts
    contains: Texts | None
    low: int = 0
    high: int | None = None

    def then(self, other: _Part) -> _Part:
        """Return what matches this part and then another one."""
        if self.exact is not None and other.exact is not None:
            product = _product(self.exact, other.exact)
            if product is not None:
                return _exactly(product)
        begins = self.begins if self.exact is None else _product(self.exact, other.begins) or self.begins
        ends = other.ends if other.exact is None else _product(self.ends, other.exact) or other.ends
        contains = _best(self.contains, other.contains, _product(self.ends, other.begins))
        high = None if self.high is None or other.high is None else self.high + other.high
        return _Part(None, _shortened(begins), _shortened(ends, at_end=True), contains, self.low + other.low, high)

    def either(self, other: _Part) -> _Part:
        """Return what matches this part or another one."""
        if self.exact is not None and other.exact is not None and len(both := self.exact | other.exact) <= _MOST:
            return _exactly(both)
        contains = None
        if self.contains is not None and other.contains is not None:
            contains = _known(_shortened(self.contains | other.contains))
        begins, ends = _shortened(self.begins | other.begins), _shortened(self.ends | other.ends, at_end=True)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return _Part(None, begins, ends, contains, min(self.low, other.low), high)

    def repeated(self, low: int, high: int | None) -> _Part:
        """Return what matches this part from `low` up to `high` times, or without an upper bound."""
        if high == 0:
            return _EMPTY
        longest = None if self.high is None or high is None else self.high * high
        if low == 0:
            return self.either(_EMPTY) if high == 1 else replace(_ANYTHING, high=longest)
        times = min(low, _MOST_TIMES)
        part = self
        for _ in range(times - 1):
            part = part.then(self)
        if times == high:
            return part
        ends = _shortened(part.ends, at_end=True)
        return _Part(None, _shortened(part.begins), ends, part.contains, self.low * low, longest)


def _exactly(texts: Texts) -> _Part:
    lengths = [len(text) for text in texts]
    return _Part(texts, texts, texts, _known(texts), min(lengths), max(lengths))


def _known(texts: Texts | None) -> Texts | None:
    """Return texts of which one must be contained, None if that is always so."""
    return None if texts is None or "" in texts else texts


def _product(before: Texts, after: Texts) -> Texts | None:
    """Return all texts of one set followed by those of another, None if they are too many or too long."""
    if len(before) * len(after) > _MOST or max(map(len, before)) + max(map(len, after)) > _LONGEST:
        return None
    return frozenset(one + other for one in before for other in after)


def _shortened(texts: Texts, *, at_end: bool = False) -> Texts:
    """Return texts, or beginnings (ends) of them if they are too many or too long."""
    length = max(map(len, texts))
    if len(texts) <= _MOST and length <= _LONGEST:
        return texts
    length = min(length, _LONGEST)
    while True:
        cut = frozenset(text[max(len(text) - length, 0) :] if at_end else text[:length] for text in texts)
        if len(cut) <= _MOST:
            return cut
        length -= 1


def _best(*sets: Texts | None) -> Texts | None:
    """Return the set whose shortest text is the longest; of equal ones, that with fewer texts."""
    known = [texts for texts in map(_known, sets) if texts is not None]
    return max(known, key=lambda texts: (min(map(len, texts)), -len(texts)), default=None)


_EMPTY = _exactly(_NOTHING)
_ANYTHING = _Part(None, _NOTHING, _NOTHING, None)
_ANY_CHARACTER = replace(_ANYTHING, low=1, high=1)


@dataclass
class _Group:
    """An open bracket: alternatives that are finished, the one that is read, its last part, and the flag i."""

    folds: bool
    finished: list[_Part] = field(default_factory=list)
    done: _Part = _EMPTY
    last: _Part = _EMPTY

    def put(self, part: _Part) -> None:
        self.done = self.done.then(self.last)
        self.last = part

    def bar(self) -> None:
        self.put(_EMPTY)
        self.finished.append(self.done)
        self.done = _EMPTY

    def closed(self) -> _Part:
        self.bar()
        whole = self.finished[0]
        for part in self.finished[1:]:
            whole = whole.either(part)
        return whole


def required_by(expression: str) -> Required:
    """Return what all texts have that an expression matches as a whole.

    Args:
        expression: A valid regular expression in the syntax of Rust's `regex`, not anchored.

    Examples:
        >>> required_by("م.*(ون|ين)")
        Required(begins=('م',), ends=('ون', 'ين'), contains=('ون', 'ين'), shortest=3, longest=None)
        >>> required_by("(و|ف)?قالت?").contains
        ('قال',)
        >>> required_by("[^ا]{2,4}")
        Required(begins=(), ends=(), contains=(), shortest=2, longest=4)
    """
    if len(expression) > _LONGEST_EXPRESSION:
        return Required()
    try:
        whole = _read(expression)
    except _UnreadableError:
        return Required()
    return Required(
        _listed(whole.begins, str.startswith),
        _listed(whole.ends, str.endswith),
        _listed(whole.contains, str.__contains__),
        whole.low,
        whole.high,
    )


def _listed(texts: Texts | None, has: Callable[[str, str], bool]) -> tuple[str, ...]:
    """Return the texts without those that have another one, in a fixed order; none if one is empty."""
    if texts is None or "" in texts:
        return ()
    kept: list[str] = []
    for text in sorted(texts, key=lambda text: (len(text), text)):
        if not any(has(text, other) for other in kept):
            kept.append(text)
    return tuple(sorted(kept))


def _read(expression: str) -> _Part:
    groups = [_Group(folds=False)]
    at = 0
    while at < len(expression):
        group = groups[-1]
        if run := _RUN.match(expression, at):
            at = run.end()
            for part in _letters(run[0], folds=group.folds):
                group.put(part)
            continue
        sign = expression[at]
        at += 1
        if sign == "(":
            at, folds, opened = _open(expression, at, folds=group.folds)
            if opened:
                groups.append(_Group(folds))
            else:
                group.folds = folds
                group.put(_EMPTY)
        elif sign == ")":
            if len(groups) == 1:
                raise _UnreadableError
            inner = groups.pop().closed()
            groups[-1].put(inner)
        elif sign == "|":
            group.bar()
        elif sign in "?*+":
            group.last = group.last.repeated(int(sign == "+"), 1 if sign == "?" else None)
        elif sign == "{":
            at, low, high = _count(expression, at - 1)
            group.last = group.last.repeated(low, high)
        elif sign == "[":
            at, part = _character_class(expression, at - 1, folds=group.folds)
            group.put(part)
        elif sign == "\\":
            at, part = _escape(expression, at - 1)
            group.put(part)
        elif sign in "^$":
            group.put(_EMPTY)
        elif sign == ".":
            group.put(_ANY_CHARACTER)
        else:
            raise _UnreadableError
    if len(groups) > 1:
        raise _UnreadableError
    return groups[0].closed()


def _letters(run: str, *, folds: bool) -> list[_Part]:
    """Return the parts of some letters in a row, the last one alone, since a repeat may follow it."""
    if folds and not all(map(_has_no_case, run)):
        return [_exactly(frozenset(sign)) if _has_no_case(sign) else _ANY_CHARACTER for sign in run]
    before = run[:-1]
    pieces = [before[at : at + _LONGEST] for at in range(0, len(before), _LONGEST)]
    return [_exactly(frozenset([piece])) for piece in (*pieces, run[-1])]


def _has_no_case(sign: str) -> bool:
    """Whether only the character itself equals it where case does not matter."""
    return "\u0600" <= sign <= "\u06ff" or (sign < "\u0080" and not sign.isalpha())


def _open(expression: str, at: int, *, folds: bool) -> tuple[int, bool, bool]:
    """Read what follows an opening bracket: return its end, the flag i, and whether it opens a group."""
    if expression[at : at + 1] != "?":
        return at, folds, True
    found = _GROUP.match(expression, at)
    if not found:
        raise _UnreadableError  # among others the flags x, by which white space has no meaning, and u
    if "i" in (found[1] or ""):
        folds = True
    if "i" in (found[2] or ""):
        folds = False
    if found[3] == "":  # (?i) holds for the rest of the group around it
        return found.end() + 1, folds, False
    return found.end(), folds, True


def _count(expression: str, at: int) -> tuple[int, int, int | None]:
    found = _COUNT.match(expression, at)
    if not found or not (found[1] or found[3]) or len(found[0]) > 20:
        raise _UnreadableError
    low = int(found[1] or "0")
    high = low if not found[2] else int(found[3]) if found[3] else None
    return found.end(), low, high


def _escape(expression: str, at: int) -> tuple[int, _Part]:
    found = _ESCAPE.match(expression, at)
    if not found:
        raise _UnreadableError
    kind, _, literal = found.groups()
    return found.end(), _ANY_CHARACTER if kind else _exactly(frozenset([literal])) if literal else _EMPTY


def _character_class(expression: str, at: int, *, folds: bool) -> tuple[int, _Part]:
    """Read a class in square brackets that has no other in it; a short list of characters is known exactly."""
    begin = at + 1 + (expression[at + 1 : at + 2] == "^")
    end = begin
    while (sign := expression[end : end + 1]) != "]" or end == begin:  # the first one is a character
        if sign in ("", "["):
            raise _UnreadableError
        end += 2 if sign == "\\" else 1
    members = frozenset(expression[begin:end])
    is_list = begin == at + 1 and not members & _NOT_PLAIN and len(members) <= _MOST
    if is_list and all(_has_no_case(sign) or not folds for sign in members):
        return end + 1, _exactly(members)
    return end + 1, _ANY_CHARACTER
