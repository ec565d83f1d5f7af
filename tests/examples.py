"""Number of examples of Hypothesis tests: a part in `make test`, all of them with CORPUS_KIT_EXAMPLES=all."""

from __future__ import annotations

import os

_SHARE = 1.0 if os.environ.get("CORPUS_KIT_EXAMPLES") == "all" else 0.2
_FEWEST = 5


def examples(number: int) -> int:
    """Return how many of these examples to run."""
    return max(min(number, _FEWEST), round(number * _SHARE))
