"""Number of examples of Hypothesis tests: a part in `make test`, all of them or few with CORPUS_KIT_EXAMPLES."""

from __future__ import annotations

import os

_SHARE = {"all": 1.0, "few": 0.05}.get(os.environ.get("CORPUS_KIT_EXAMPLES", ""), 0.2)
_FEWEST = 5


def examples(number: int) -> int:
    """Return how many of these examples to run."""
    return max(min(number, _FEWEST), round(number * _SHARE))
