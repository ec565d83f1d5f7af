"""The optional libraries that draw, loaded when a chart is drawn."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from corpus_kit._base.distribution import how_to_install
from corpus_kit.errors import CorpusKitError

__all__ = ["load_matplotlib"]

_OLDEST = (3, 11)


def load_matplotlib() -> Any:
    """Return matplotlib.

    Raises:
        CorpusKitError: If it is not installed, or too old to shape Arabic.
    """
    try:
        matplotlib = import_module("matplotlib")
    except ImportError:
        raise CorpusKitError(f"Images of plots need matplotlib. {how_to_install('notebooks')}") from None
    found = tuple(int(part) for part in matplotlib.__version__.split(".")[:2])
    if found < _OLDEST:
        raise CorpusKitError(
            f"matplotlib {matplotlib.__version__} does not join Arabic letters. "
            'Install version 3.11 or newer with pip install "matplotlib>=3.11".'
        )
    return matplotlib
