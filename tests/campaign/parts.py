"""All parts of the campaign, in the order in which they run."""

from __future__ import annotations

from . import bombs, columns, core, files, folders, kills, patterns, scale, sheets, states, terminals, writers
from .part import Part

PARTS: list[Part] = [
    folders.PART,
    kills.PART,
    writers.PART,
    states.PART,
    files.PART,
    bombs.PART,
    core.PART,
    patterns.PART,
    columns.PART,
    sheets.PART,
    scale.PART,
    terminals.PART,
]
