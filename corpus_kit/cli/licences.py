"""The command that lists licences."""

from __future__ import annotations

import corpus_kit as ck
from corpus_kit.cli.options import Columns, Language, Output, Top
from corpus_kit.cli.output import Shown, deliver, expect_showable

__all__ = ["licences"]


def licences(top: Top = 0, columns: Columns = None, output: Output = None, language: Language = "en") -> None:
    """List the licences of what is bundled with the library and of what it needs."""
    shown = Shown(top, columns, output, language=language)
    expect_showable(shown)
    deliver(ck.licences(), None, shown)
