"""The optional libraries that draw, loaded when a plot is made."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from corpus_kit.errors import CorpusKitError

__all__ = ["load_altair", "load_matplotlib"]

_OLDEST = (3, 11)
_GRAMMARS = "rfc3987_syntax"


def load_altair() -> Any:
    """Return Altair.

    Raises:
        CorpusKitError: If it is not installed.
    """
    if altair := sys.modules.get("altair"):
        return altair
    try:
        with _loading_fast():
            return import_module("altair")
    except ImportError:
        raise CorpusKitError('Plots need Altair. Install it with pip install "corpus-kit[notebooks]".') from None


@contextmanager
def _loading_fast() -> Iterator[None]:
    """Let Altair load in half a second instead of two.

    Altair loads jsonschema, which loads rfc3987_syntax if it is there (Jupyter brings it) for checks of addresses that
    no chart has. It compiles 38 grammars when it is loaded: here not before it is called. And of all the classes that
    are made meanwhile, nothing can be collected.
    """
    is_waiting = _GRAMMARS not in sys.modules and find_spec(_GRAMMARS) is not None
    if is_waiting:
        sys.modules[_GRAMMARS] = stand_in = ModuleType(_GRAMMARS)
        stand_in.is_valid_syntax = _is_valid_syntax  # type: ignore[attr-defined]
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        if is_waiting:
            del sys.modules[_GRAMMARS]


def _is_valid_syntax(term: str, value: str) -> Any:
    """Return what the function of this name in rfc3987_syntax returns."""
    return import_module("rfc3987_syntax").is_valid_syntax(term, value)


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
