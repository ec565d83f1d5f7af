"""Number of examples of Hypothesis tests: a part in `make test`; all, few, two or none with CORPUS_KIT_EXAMPLES."""

from __future__ import annotations

import os

_CHOICE = os.environ.get("CORPUS_KIT_EXAMPLES", "")
_SHARE = {"all": 1.0, "few": 0.05, "two": 0.0}.get(_CHOICE, 0.2)
_FEWEST = 2 if _CHOICE == "two" else 5  # the first is the smallest that there is


def are_left_out() -> bool:
    """Return whether no Hypothesis test is run."""
    return _CHOICE == "none"


def examples(number: int) -> int:
    """Return how many of these examples to run."""
    return max(min(number, _FEWEST), round(number * _SHARE))
