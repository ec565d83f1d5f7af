"""The optional libraries that draw, loaded when a plot is made."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from corpus_kit.errors import CorpusKitError

__all__ = ["load_altair", "load_matplotlib"]

_OLDEST = (3, 11)


def load_altair() -> Any:
    """Return Altair.

    Raises:
        CorpusKitError: If it is not installed.
    """
    try:
        return import_module("altair")
    except ImportError:
        raise CorpusKitError('Plots need Altair. Install it with pip install "corpus-kit[notebooks]".') from None


def load_matplotlib() -> Any:
    """Return matplotlib.

    Raises:
        CorpusKitError: If it is not installed, or too old to shape Arabic.
    """
    try:
        matplotlib = import_module("matplotlib")
    except ImportError:
        raise CorpusKitError(
            'backend="matplotlib" needs matplotlib. Install it with pip install "corpus-kit[notebooks]".'
        ) from None
    found = tuple(int(part) for part in matplotlib.__version__.split(".")[:2])
    if found < _OLDEST:
        raise CorpusKitError(
            f"matplotlib {matplotlib.__version__} does not join Arabic letters. "
            'Install version 3.11 or newer with pip install "matplotlib>=3.11".'
        )
    return matplotlib
