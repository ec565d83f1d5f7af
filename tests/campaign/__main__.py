"""`python -m tests.campaign --hours 2`: run every part of the campaign and print its counts."""

from __future__ import annotations

import argparse
import itertools
import sys
from time import monotonic

from .parts import PARTS
from .runner import Counts, run


def main() -> int:
    """Run the parts, an equal share of the time each, and return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--hours", type=float, default=0.05, help="time for all parts together")
    parser.add_argument("--part", action="append", choices=[part.name for part in PARTS], help="only this part")
    parser.add_argument("--seed", type=int, default=0, help="other numbers, other cases")
    parser.add_argument("--cases", type=int, help="cases a part, instead of a time")
    parser.add_argument("--case", type=int, help="only the case of this number")
    given = parser.parse_args()
    parts = [part for part in PARTS if not given.part or part.name in given.part]
    broken = 0
    for part in parts:
        begun = monotonic()
        if given.case is not None:
            counts = run(part, [given.case], given.seed)
        elif given.cases is not None:
            counts = run(part, range(given.cases), given.seed)
        else:
            counts = run(part, itertools.count(), given.seed, given.hours * 3600 / len(parts))
        _report(part.name, part.promise, counts, monotonic() - begun)
        broken += len(counts.broken)
    return int(broken > 0)


def _report(name: str, promise: str, counts: Counts, seconds: float) -> None:
    print(f"{name}: {promise}\n  {counts} ({seconds:,.0f} s)")
    for line in counts.broken:
        print(f"  {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
