"""The vector instructions that the compiled core uses."""

from __future__ import annotations

import os

from corpus_kit import _core
from corpus_kit.errors import choose

__all__ = ["instructions", "set_instructions"]

# The current choice. It is kept because reading the environment takes longer than normalising a word.
_instructions: str | None = None


def instructions() -> str:
    """Return the vector instructions that the core uses.

    This is the name given to `set_instructions`, else the environment variable CORPUS_KIT_INSTRUCTIONS (as it was
    when first read, or at the last call of `set_instructions`), else the fastest that this processor supports.

    Returns:
        "scalar", "sse2", "avx2", "avx512" or "neon".

    Raises:
        InputError: If the environment variable names instructions that this processor does not support.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.instructions() in {"scalar", "sse2", "avx2", "avx512", "neon"}
        True
    """
    global _instructions
    if _instructions is None:
        _instructions = _usual_instructions()
    return _instructions


def set_instructions(name: str | None) -> None:
    """Set the vector instructions that the core uses in this process.

    Args:
        name: Instructions that this processor supports ("scalar" always is), or None for the environment's
            choice or else the fastest.

    Raises:
        InputError: If `name` is anything else.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_instructions("scalar")
        >>> ck.normalize("أحمد", "search")
        'احمد'
        >>> ck.set_instructions(None)
    """
    global _instructions
    _instructions = None if name is None else choose(name, list(_core.INSTRUCTIONS), "name")


def _usual_instructions() -> str:
    text = os.environ.get("CORPUS_KIT_INSTRUCTIONS", "").strip()
    if text:
        return choose(text, list(_core.INSTRUCTIONS), "CORPUS_KIT_INSTRUCTIONS")
    return _core.INSTRUCTIONS[-1]
