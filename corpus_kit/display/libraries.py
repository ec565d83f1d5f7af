"""The optional libraries that draw, loaded when a plot is made."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from corpus_kit.errors import CorpusKitError

__all__ = ["load_altair", "load_matplotlib"]

_OLDEST = (3, 11)


def load_altair() -> Any:
    """The library, or a CorpusKitError that says how to install it."""
    try:
        return import_module("altair")
    except ImportError:
        raise CorpusKitError('plots need Altair, which is not installed: pip install "corpus-kit[notebooks]"') from None


def load_matplotlib() -> Any:
    """The library, or a CorpusKitError that says how to install it, also where it is too old for Arabic."""
    try:
        matplotlib = import_module("matplotlib")
    except ImportError:
        raise CorpusKitError(
            'this plot needs matplotlib, which is not installed: pip install "corpus-kit[notebooks]"'
        ) from None
    found = tuple(int(part) for part in matplotlib.__version__.split(".")[:2])
    if found < _OLDEST:
        raise CorpusKitError(
            f"matplotlib {matplotlib.__version__} does not join Arabic letters; 3.11 or newer does: "
            'pip install "matplotlib>=3.11"'
        )
    return matplotlib
