"""Analyses of news: each a function from a corpus to a documented table. Used as ``ck.news``.

Rules and dictionaries here are starting points, to be validated on one's own texts. They describe
texts; they do not judge persons. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Where each public name is defined.
_HOMES: dict[str, str] = {
    "furniture": "page_furniture",
    "quotations": "quoted_speech",
    "statements": "quoted_speech",
    "actors": "actor_matching",
    "Gazetteer": "gazetteer",
    "labels": "naming",
    "label_log_odds": "naming",
    "copies": "text_reuse",
    "copy_clusters": "text_reuse",
    "edits": "copy_edits",
    "substitutions": "copy_edits",
    "dates": "date_expressions",
    "bursts": "burst_detection",
    "network": "cooccurrence",
    "nodes": "cooccurrence",
    "graph": "cooccurrence",
    "frames": "framing",
    "frame_rates": "framing",
    "FrameDictionary": "framing",
}

__all__ = [*_HOMES]

if TYPE_CHECKING:
    pass


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'corpus_kit.news' has no attribute {name!r}")
    value = getattr(import_module(f"corpus_kit.news.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
