"""The names of measures that a user chose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus_kit._base.arguments import names
from corpus_kit.errors import choose, invalid

__all__ = ["choose_measures"]


def choose_measures(measure: str | Sequence[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the names of measures that a user gave: one, or several without repetition.

    >>> choose_measures("mi", ["mi", "dice"])
    ('mi',)
    """
    chosen = names(measure, "measure")
    options = list(allowed)
    for name in chosen:
        choose(name, options, "measure")
    if not chosen:
        raise invalid("measure", "at least one name", measure)
    if len(set(chosen)) < len(chosen):
        raise invalid("measure", "a list of different names", measure)
    return tuple(chosen)
