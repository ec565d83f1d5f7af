"""Roots as annotations hold them, and as people write them.

A stored root has ء for a hamza on any seat, its true weak letter (و or ي, never ا or ى), and nothing between its
letters: كتب, سءل, قول, رمي.
"""

from __future__ import annotations

import re
from itertools import product

import polars as pl

from corpus_kit.errors import InputError, shown
from corpus_kit.text.words import plain_spelling

__all__ = ["asked_roots", "fold_letters", "fold_root", "fold_roots"]

_BETWEEN = re.compile("[\\s\\-\u2010-\u2013]+")  # white space and hyphens
_LETTERS = str.maketrans(dict.fromkeys("أإآؤئ", "ء") | {"ى": "ي", "ی": "ي", "ک": "ك"})
_ROOT = re.compile("[ءبتثجحخدذرزسشصضطظعغفقكلمنهويا]{2,5}")
_WEAK = ("و", "ي")


def fold_letters(text: str) -> str:
    """Return the letters of a root, or of an expression for roots, in the spelling in which they are compared.

    >>> fold_letters("سأل|قر[أؤ]")
    'سءل|قر[ءء]'
    """
    return text.translate(_LETTERS)


def fold_root(root: str) -> str:
    """Return a root in the spelling in which roots are compared.

    >>> fold_root("ق-ر-أ"), fold_root("رمى"), fold_root("قول")
    ('قرء', 'رمي', 'قول')
    """
    return fold_letters(_BETWEEN.sub("", plain_spelling(root)))


def fold_roots(roots: pl.Series) -> pl.Series:
    """Return many roots in the spelling in which they are compared; there are far fewer than words."""
    distinct = roots.drop_nulls().unique()
    folded = pl.Series([fold_root(root) for root in distinct], dtype=pl.String)
    return roots.replace(distinct, folded)


def asked_roots(text: str, name: str = "root") -> tuple[str, ...]:
    """Return the roots that somebody may mean, in the spelling in which they are compared.

    An ا that is not the first letter, and a final ى, stand for و and for ي; a first ا is a hamza without its sign.
    A root of two letters is one whose second letter is doubled.

    Args:
        text: A root; spaces and hyphens may be between its letters.
        name: What it is, for the message.

    Raises:
        InputError: If it cannot be a root.

    Examples:
        >>> asked_roots("ك ت ب"), asked_roots("أكل"), asked_roots("قال"), asked_roots("مدّ")
        (('كتب',), ('ءكل',), ('قول', 'قيل'), ('مد', 'مدد'))
    """
    plain = _BETWEEN.sub("", plain_spelling(text))
    if plain[:1] == "ا":
        plain = f"ء{plain[1:]}"
    if plain[-1:] == "ى":
        plain = f"{plain[:-1]}ا"
    letters = fold_letters(plain)
    if not _ROOT.fullmatch(letters):
        raise InputError(
            f"{name} must be three to five Arabic letters, such as كتب, ك-ت-ب or سأل, got {shown(text)}. "
            "A doubled letter may be written once: مد is مدد."
        )
    found = list(map("".join, product(*(_WEAK if letter == "ا" else letter for letter in letters))))
    return tuple(spelling for root in found for spelling in ([root, root + root[-1]] if len(root) == 2 else [root]))
