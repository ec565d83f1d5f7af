"""The campaign with few cases in `make test`, with more of them among the slow tests."""

from __future__ import annotations

import pytest
from campaign.part import Part
from campaign.parts import PARTS
from campaign.runner import run

PARTS_BY_NAME = pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])


@PARTS_BY_NAME
def test_promises_hold(part: Part) -> None:
    counts = run(part, range(part.quick))
    assert not counts.broken, "\n".join(counts.broken)


@pytest.mark.slow
@PARTS_BY_NAME
def test_promises_hold_in_more_cases(part: Part) -> None:
    counts = run(part, range(part.quick, part.quick + part.slow))
    print(counts)
    assert not counts.broken, "\n".join(counts.broken)
