"""Analyses of news: each a function from a corpus to a documented table. Used as ``ck.news``.

Rules and dictionaries are starting points, to be validated on one's own texts. They describe texts; they do not
judge persons. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily
from corpus_kit.text.periods import period_names as period_names

# Where each public name is defined.
_HOMES: dict[str, str] = {
    "boilerplate": "boilerplate",
    "quotations": "quotations",
    "indirect_quotations": "indirect_quotations",
    "name_chains": "name_chains",
    "speech": "speech",
    "actors": "actors",
    "Gazetteer": "gazetteer",
    "labels": "labels",
    "label_log_odds": "label_log_odds",
    "near_duplicates": "near_duplicates",
    "duplicate_clusters": "near_duplicates",
    "cluster_checks": "cluster_checks",
    "passages": "passages",
    "edits": "edits",
    "substitutions": "substitutions",
    "side_by_side": "side_by_side",
    "dates": "dates",
    "article_days": "article_days",
    "bursts": "bursts",
    "network": "network",
    "nodes": "nodes",
    "graph": "graph",
    "actor_lists": "actor_lists",
    "write_graphml": "graphml",
    "frames": "frames",
    "frame_rates": "frame_rates",
    "frame_entries": "frames",
    "FrameDictionary": "frame_dictionary",
    "coding_sheet": "coding_sheet",
    "agreement": "agreement",
    "dictionary_precision": "dictionary_precision",
    "report": "report",
    "structure": "structure",
}

__all__ = [*_HOMES, "period_names"]

if TYPE_CHECKING:
    from corpus_kit.news.actor_lists import actor_lists as actor_lists
    from corpus_kit.news.actors import actors as actors
    from corpus_kit.news.agreement import agreement as agreement
    from corpus_kit.news.article_days import article_days as article_days
    from corpus_kit.news.boilerplate import boilerplate as boilerplate
    from corpus_kit.news.bursts import bursts as bursts
    from corpus_kit.news.cluster_checks import cluster_checks as cluster_checks
    from corpus_kit.news.coding_sheet import coding_sheet as coding_sheet
    from corpus_kit.news.dates import dates as dates
    from corpus_kit.news.dictionary_precision import dictionary_precision as dictionary_precision
    from corpus_kit.news.edits import edits as edits
    from corpus_kit.news.frame_dictionary import FrameDictionary as FrameDictionary
    from corpus_kit.news.frame_rates import frame_rates as frame_rates
    from corpus_kit.news.frames import frame_entries as frame_entries
    from corpus_kit.news.frames import frames as frames
    from corpus_kit.news.gazetteer import Gazetteer as Gazetteer
    from corpus_kit.news.graph import graph as graph
    from corpus_kit.news.graphml import write_graphml as write_graphml
    from corpus_kit.news.indirect_quotations import indirect_quotations as indirect_quotations
    from corpus_kit.news.label_log_odds import label_log_odds as label_log_odds
    from corpus_kit.news.labels import labels as labels
    from corpus_kit.news.name_chains import name_chains as name_chains
    from corpus_kit.news.near_duplicates import duplicate_clusters as duplicate_clusters
    from corpus_kit.news.near_duplicates import near_duplicates as near_duplicates
    from corpus_kit.news.network import network as network
    from corpus_kit.news.nodes import nodes as nodes
    from corpus_kit.news.passages import passages as passages
    from corpus_kit.news.quotations import quotations as quotations
    from corpus_kit.news.report import report as report
    from corpus_kit.news.side_by_side import side_by_side as side_by_side
    from corpus_kit.news.speech import speech as speech
    from corpus_kit.news.structure import structure as structure
    from corpus_kit.news.substitutions import substitutions as substitutions

load_lazily(__name__, _HOMES)
