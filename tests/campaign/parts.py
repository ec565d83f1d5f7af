"""All parts of the campaign, in the order in which they run."""

from __future__ import annotations

from . import columns, folders, scale, sheets, terminals
from .part import Part

PARTS: list[Part] = [folders.PART, columns.PART, sheets.PART, scale.PART, terminals.PART]
