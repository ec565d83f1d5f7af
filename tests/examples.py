"""Number of examples of Hypothesis tests: a fifth in `make test`; another share with CORPUS_KIT_EXAMPLES.

all: what the tests ask for; many: half of it, and at most 100; few: a twentieth; two: two; none: no Hypothesis test.
"""

from __future__ import annotations

import os

_CHOICE = os.environ.get("CORPUS_KIT_EXAMPLES", "")
_SHARE = {"all": 1.0, "many": 0.5, "few": 0.05, "two": 0.0}.get(_CHOICE, 0.2)
_FEWEST = 2 if _CHOICE == "two" else 5  # the first is the smallest that there is
_MOST = 100 if _CHOICE == "many" else None  # a mistake that the first hundred do not show is seldom in later ones


def are_left_out() -> bool:
    """Return whether no Hypothesis test is run."""
    return _CHOICE == "none"


def examples(number: int) -> int:
    """Return how many of these examples to run."""
    wanted = max(min(number, _FEWEST), round(number * _SHARE))
    return wanted if _MOST is None else min(wanted, _MOST)
