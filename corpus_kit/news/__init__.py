"""Analyses of news: each a function from a corpus to a documented table. Used as ``ck.news``.

Rules and dictionaries here are starting points, to be validated on one's own texts. They describe
texts; they do not judge persons. Names are loaded when they are first used.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Where each public name is defined.
_HOMES: dict[str, str] = {
    "furniture": "page_furniture",
    "quotations": "quoted_speech",
    "statements": "indirect_speech",
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
    "actor_lists": "cooccurrence",
    "write_graphml": "cooccurrence",
    "frames": "framing",
    "frame_rates": "framing",
    "frame_entries": "framing",
    "FrameDictionary": "dictionaries",
    "coding_sheet": "frame_coding",
    "agreement": "frame_coding",
    "dictionary_precision": "frame_coding",
    "report": "all_tables",
    "structure": "all_tables",
}

__all__ = [*_HOMES]

if TYPE_CHECKING:
    from corpus_kit.news.actor_matching import actors as actors
    from corpus_kit.news.all_tables import report as report
    from corpus_kit.news.all_tables import structure as structure
    from corpus_kit.news.burst_detection import bursts as bursts
    from corpus_kit.news.cooccurrence import actor_lists as actor_lists
    from corpus_kit.news.cooccurrence import graph as graph
    from corpus_kit.news.cooccurrence import network as network
    from corpus_kit.news.cooccurrence import nodes as nodes
    from corpus_kit.news.cooccurrence import write_graphml as write_graphml
    from corpus_kit.news.copy_edits import edits as edits
    from corpus_kit.news.copy_edits import substitutions as substitutions
    from corpus_kit.news.date_expressions import dates as dates
    from corpus_kit.news.dictionaries import FrameDictionary as FrameDictionary
    from corpus_kit.news.frame_coding import agreement as agreement
    from corpus_kit.news.frame_coding import coding_sheet as coding_sheet
    from corpus_kit.news.frame_coding import dictionary_precision as dictionary_precision
    from corpus_kit.news.framing import frame_entries as frame_entries
    from corpus_kit.news.framing import frame_rates as frame_rates
    from corpus_kit.news.framing import frames as frames
    from corpus_kit.news.gazetteer import Gazetteer as Gazetteer
    from corpus_kit.news.indirect_speech import statements as statements
    from corpus_kit.news.naming import label_log_odds as label_log_odds
    from corpus_kit.news.naming import labels as labels
    from corpus_kit.news.page_furniture import furniture as furniture
    from corpus_kit.news.quoted_speech import quotations as quotations
    from corpus_kit.news.text_reuse import copies as copies
    from corpus_kit.news.text_reuse import copy_clusters as copy_clusters


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        near = get_close_matches(name, _HOMES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"module 'corpus_kit.news' has no attribute {name!r}{hint}")
    value = getattr(import_module(f"corpus_kit.news.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
