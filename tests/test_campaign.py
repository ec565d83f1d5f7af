"""The campaign: its quickest parts with few cases in `make test`, all with more of them among the slow tests."""

from __future__ import annotations

import pytest
from campaign.part import Part
from campaign.parts import PARTS
from campaign.runner import run

QUICK = [part for part in PARTS if part.quick]


@pytest.mark.parametrize("part", QUICK, ids=[part.name for part in QUICK])
def test_promises_hold(part: Part) -> None:
    counts = run(part, range(part.quick))
    assert not counts.broken, "\n".join(counts.broken)


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_promises_hold_in_more_cases(part: Part) -> None:
    counts = run(part, range(part.quick, part.quick + part.slow))
    print(counts)
    assert not counts.broken, "\n".join(counts.broken)
