"""What of this machine the library may use: how many threads, which vector instructions, what of its memory.

None of these changes a result: any number of threads and any instructions give the same bytes.
"""

from __future__ import annotations

import ctypes
import os

from corpus_kit import _normalize
from corpus_kit._arguments import integer
from corpus_kit.errors import InputError, choose

__all__ = ["instructions", "release_memory", "set_instructions", "set_threads", "threads"]

MOST_THREADS = 64

# What the user has set; None: the environment decides, then the machine.
_set_threads: int | None = None
# What is set, or was found to be usual: asking the environment takes longer than a word takes to normalise.
_instructions: str | None = None


def threads() -> int:
    """How many threads one call may use.

    The number given to `set_threads`, else the environment variable CORPUS_KIT_THREADS, else
    POLARS_MAX_THREADS, else the processors that this process may run on; at most 64. A call on
    little text uses fewer. Expressions use one: Polars calls them from threads of its own.

    Raises:
        InputError: an environment variable holds no number of threads.

    >>> import corpus_kit as ck
    >>> ck.set_threads(2)
    >>> ck.threads()
    2
    >>> ck.set_threads(None)
    """
    if _set_threads is not None:
        return _set_threads
    for variable in ("CORPUS_KIT_THREADS", "POLARS_MAX_THREADS"):
        text = os.environ.get(variable, "").strip()
        if text and not (text.isdecimal() and int(text)):
            raise InputError(f"{variable}={text!r}, but it is a number of threads: 1 or more")
        if text:
            return min(int(text), MOST_THREADS)
    return min(_processors(), MOST_THREADS)


def set_threads(number: int | None) -> None:
    """Set how many threads one call may use, in this process.

    Args:
        number: 1 to 64, or None for what the environment and the machine say.

    Raises:
        InputError: any other value.

    >>> import corpus_kit as ck
    >>> ck.set_threads(1)
    >>> ck.threads()
    1
    >>> ck.set_threads(None)
    """
    global _set_threads
    if number is not None:
        number = integer(number, "number")
        if not 1 <= number <= MOST_THREADS:
            raise InputError(f"number={number}, but it is a number of threads: 1 to {MOST_THREADS}")
    _set_threads = number


def instructions() -> str:
    """The vector instructions that the core uses: "scalar", "sse2", "avx2", "avx512" or "neon".

    What was given to `set_instructions`, else the environment variable CORPUS_KIT_INSTRUCTIONS
    (as it was when first looked at, or when `set_instructions` was last called), else the fastest
    that this processor has.

    Raises:
        InputError: the environment variable names none, or one that this processor lacks.

    >>> import corpus_kit as ck
    >>> ck.instructions() in {"scalar", "sse2", "avx2", "avx512", "neon"}
    True
    """
    global _instructions
    if _instructions is None:
        _instructions = _usual_instructions()
    return _instructions


def _usual_instructions() -> str:
    text = os.environ.get("CORPUS_KIT_INSTRUCTIONS", "").strip()
    if text:
        return choose(text, list(_normalize.INSTRUCTIONS), "CORPUS_KIT_INSTRUCTIONS")
    return _normalize.INSTRUCTIONS[-1]


def set_instructions(name: str | None) -> None:
    """Force the vector instructions that the core uses, in this process.

    Args:
        name: one that this processor has ("scalar" always), or None for the fastest.

    Raises:
        InputError: another name.

    >>> import corpus_kit as ck
    >>> ck.set_instructions("scalar")
    >>> ck.normalize("أحمد", "search")
    'احمد'
    >>> ck.set_instructions(None)
    """
    global _instructions
    _instructions = None if name is None else choose(name, list(_normalize.INSTRUCTIONS), "instructions")


def _processors() -> int:
    """Those that this process may run on, where the system says so."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def release_memory() -> None:
    """Give memory that was freed back to the machine, where the C library can (glibc).

    It keeps what was freed in pieces, for whoever asks next: of the tokens of many texts, a hundred megabytes and more.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)
