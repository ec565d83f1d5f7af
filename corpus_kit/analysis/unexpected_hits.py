"""The warning of a pattern that finds nothing, or hardly what it means; what it takes is loaded where it may be due."""

from __future__ import annotations

import re

from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import Pattern

__all__ = ["warn_of_hits"]

_ARABIC_WORDS = re.compile("[\u0621-\u064a ]+")  # which mean the same in every tool


def warn_of_hits(
    corpus: CorpusView, pattern: Pattern, hits: int, *, unit: str = "word", within: str = "paragraph"
) -> None:
    """Warn that a pattern finds nothing, and why; or that what it finds is hardly what it means in another tool."""
    if not hits or not _ARABIC_WORDS.fullmatch(pattern.text):
        from corpus_kit.search.hints import warn_of_pattern  # slow to load

        warn_of_pattern(corpus, pattern, hits, unit=unit, within=within)
