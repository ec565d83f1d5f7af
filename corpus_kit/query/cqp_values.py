"""Regular expressions of CQP as the engine of this library reads them, and what CQP computes from values, as one.

CQP compares with PCRE, as a whole: "..." is for a complete value. Here a value is compared by a look-up where the
expression is plain text, perhaps with ``.*`` at an end, and else by the crate `regex`, whose syntax differs in details.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from corpus_kit.query.pattern_tree import Value
from corpus_kit.text.arabic import LETTERS
from corpus_kit.text.normalization import normalize

__all__ = [
    "engine_regex",
    "number_regex",
    "of_each_member",
    "of_one_member",
    "plain_value",
    "unfolded",
    "without_marks",
]

_PIECE = re.compile(
    r"\\(?:[pPxuUo]\{[^}]*\}|[pP].|.)"  # an escaped sign, or a class such as \pL
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"  # a class in brackets
    r"|\{\d+(?:,\d*)?\}"  # a repeat
    r"|.",
    re.DOTALL,
)
_IN_CLASS = re.compile(r"\\(?:[pPxuU]\{[^}]*\}|[pP].|.)|\[:\^?\w+:\]|.", re.DOTALL)
_META = frozenset(".[]{}()*+?|^$\\")
_MARKS = "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_ANY = [".", "*"]


def plain_value(regex: str) -> Value | None:
    r"""Return what a regular expression is compared as if it needs no engine: plain text, with .* at an end or not.

    >>> plain_value("قال.*"), plain_value("2\\.5"), plain_value("(و|ف)قال")
    (Value(text='قال', match='begins'), Value(text='2.5', match='is'), None)
    """
    pieces = _PIECE.findall(regex)
    before, after = pieces[:2] == _ANY, pieces[-2:] == _ANY
    core = pieces[2 if before else 0 : len(pieces) - (2 if after else 0)]
    text = _literal(core) if core else None
    if not text:
        return None
    if before:
        return Value(text, "contains" if after else "ends")
    return Value(text, "begins" if after else "is")


def _literal(pieces: list[str]) -> str | None:
    signs = [piece[1:] if piece[0] == "\\" and _is_sign(piece[1:]) else piece for piece in pieces]
    is_plain = all(
        len(sign) == 1 and (sign not in _META or len(piece) > 1) for sign, piece in zip(signs, pieces, strict=True)
    )
    return "".join(signs) if is_plain else None  # fmt: skip


def _is_sign(sign: str) -> bool:
    """Whether an escaped character stands for itself: it is neither a letter nor a digit."""
    return len(sign) == 1 and not (sign.isascii() and sign.isalnum())


def engine_regex(regex: str) -> str:
    r"""Return an expression of PCRE in the syntax of the engine, where the two differ.

    >>> engine_regex(r"[a[&]\<x{,2}")
    '[a\\[\\&]<x\\{,2}'
    """
    return "".join(map(_piece, _PIECE.findall(regex)))


def _piece(piece: str) -> str:
    if piece[0] == "\\" and _is_sign(piece[1:]):
        return re.escape(piece[1:])
    if piece == "{":
        return r"\{"
    return _class(piece) if _is_class(piece) else piece


def _is_class(piece: str) -> bool:
    return piece[0] == "[" and len(piece) > 1


def _class(piece: str, *, more: str = "") -> str:
    """Return a class in brackets without what is an operation on sets for the engine."""
    head = "[^" if piece.startswith("[^") else "["
    inner = piece[len(head) : -1]
    parts = [inner[:1], *_IN_CLASS.findall(inner[1:])] if inner.startswith("]") else _IN_CLASS.findall(inner)
    literal = "".join("\\" + each if each in _OF_SETS else each for each in parts)
    return f"{head}{literal}{more}]"


_OF_SETS = frozenset("[]&~")


@cache
def _variants() -> dict[str, str]:
    """Return for each letter and digit all those that fold to the same."""
    signs = [
        *map(chr, sorted(LETTERS)),
        *map(chr, range(0x0660, 0x066A)),
        *map(chr, range(0x06F0, 0x06FA)),
        *"0123456789",
    ]
    alike: dict[str, list[str]] = defaultdict(list)
    for sign in signs:
        alike[normalize(sign, "search")].append(sign)
    return {sign: "".join(alike[normalize(sign, "search")]) for sign in signs}  # fmt: skip


def without_marks(regex: str) -> str:
    """Return an expression without vowel signs and tatweel, which no folded form has."""
    return re.sub(f"[{_MARKS}]", "", regex)


def unfolded(regex: str) -> str:
    """Return an expression that also matches other spellings of its letters, with any vowel signs.

    For values that the corpus does not have in folded form, such as those of layers.

    >>> unfolded("ab")
    '(?i)ab'
    >>> bool(re.fullmatch(unfolded("اكل"), "أَكَلَ"))
    True
    """
    variants = _variants()

    def spelt(piece: str) -> str:
        if _is_class(piece):
            inner = "".join(variants.get(sign, "") for sign in piece)
            return _class(piece, more=inner)
        return f"(?:[{variants[piece]}][{_MARKS}]*)" if piece in variants and piece > "\u007f" else _piece(piece)

    return "(?i)" + "".join(map(spelt, _PIECE.findall(without_marks(regex))))


def of_one_member(regex: str) -> str:
    """Return the expression for a set written as ``|a|b|`` of which one member matches.

    >>> bool(re.fullmatch(of_one_member("N.*"), "|V|Noun|")), bool(re.fullmatch(of_one_member("V.*n"), "|V|Noun|"))
    (True, False)
    """
    return rf"(?:.*\|)?(?:{_of_member(regex)})(?:\|.*)?"


def of_each_member(regex: str) -> str:
    """Return the expression for a set written as ``|a|b|`` of which every member matches.

    >>> bool(re.fullmatch(of_each_member("N.*"), "|N|Noun|")), bool(re.fullmatch(of_each_member("N.*"), "|V|Noun|"))
    (True, False)
    """
    member = _of_member(regex)
    return rf"\|?(?:(?:{member})(?:\|(?:{member}))*)?\|?"


def _of_member(regex: str) -> str:
    """Return an expression that does not go on from one member of a set to the next."""
    pieces = _PIECE.findall(engine_regex(regex))
    return "".join(
        r"[^|]" if piece == "." else _class(piece, more="|") if piece.startswith("[^") else piece for piece in pieces
    )


def number_regex(operator: str, number: int, *, unit: str | None = None) -> str:
    r"""Return an expression for the numbers that compare so with a number, written in digits; or for so many of a unit.

    >>> number_regex(">=", 16, unit=".")
    '(?:.){16,}'
    >>> [n for n in range(1200) if re.fullmatch(number_regex(">", 997), str(n))][:3]
    [998, 999, 1000]
    >>> [n for n in range(1200) if re.fullmatch(number_regex("<=", 3), str(n))]
    [0, 1, 2, 3]
    """
    low, high = {
        "=": (number, number),
        "!=": (number, number),
        "<": (0, number - 1),
        "<=": (0, number),
        ">": (number + 1, None),
        ">=": (number, None),
    }[operator]
    low = max(low, 0)
    if high is not None and high < low:
        return r"[^\s\S]"  # nothing
    if unit is not None:
        return f"(?:{unit}){{{low},{'' if high is None else high}}}"
    return f"0*(?:{'|'.join(_from(low) if high is None else _up_to(low, high))})"


def _from(low: int) -> list[str]:
    """Return expressions for all numbers from one on."""
    digits = str(low)
    higher = [
        f"{digits[:place]}[{int(digit) + 1}-9][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit < "9"
    ]
    return [digits, *higher, f"[1-9][0-9]{{{len(digits)},}}"]


def _up_to(low: int, high: int) -> list[str]:
    if low == high:
        return [str(low)]
    digits = str(high)
    lower = [
        f"{digits[:place]}[{'1' if not place and len(digits) > 1 else '0'}-{int(digit) - 1}]"
        f"[0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit > ("1" if not place and len(digits) > 1 else "0")
    ]
    shorter = [f"[0-9]{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    return [digits, *lower, *shorter]
