"""The tab of collocates: the words beside a word or phrase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus_kit.analysis.collocation_network import collocation_network
from corpus_kit.analysis.collocations import collocations
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import (
    Control,
    Tab,
    pattern_controls,
    pattern_options,
    stopwords_control,
    stopwords_option,
    unit_control,
)
from corpus_kit.plots.collocation_network import collocation_network as network
from corpus_kit.plots.collocations import collocations as bars

__all__ = ["Collocates"]

_USUAL = ("log_dice", "mi", "log_likelihood")  # that `ck.collocations` computes by default
_MEASURES = (*_USUAL, "t_score", "z_score", "mi2", "mi3", "npmi", "dice", "local_mi", "min_sensitivity")
_WINDOW = 5


class Collocates(Tab):
    """The collocates of a pattern, the strongest first."""

    name = "collocates"
    finds_in = "collocate"
    first_columns = ("collocate", "count")
    detail_columns = ("direction", "expected")
    plots = ("collocations", "collocation_network")

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the node and how it is compared, the window, the measure, and the least frequency."""
        return (
            Control("pattern", "pattern", ""),
            unit_control(corpus),
            *pattern_controls(corpus),
            Control("before", "number", _WINDOW, most=20),
            Control("after", "number", _WINDOW, most=20),
            Control("measure", "column", _USUAL[0], _MEASURES, values_of="ck.collocations"),
            Control("min_count", "number", 5, least=1, hides=True),
            stopwords_control(),
        )

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call of `ck.collocations`; None without a pattern."""
        if not values["pattern"]:
            return None
        options = pattern_options(values)
        window = (values["before"], values["after"])
        if window != (_WINDOW, _WINDOW):
            options["window"] = window[0] if window[0] == window[1] else window
        measure = values["measure"]
        if measure != _USUAL[0]:
            options["measure"] = (measure, *(name for name in _USUAL if name != measure))
        if values["min_count"] != 5:
            options["min_count"] = values["min_count"]
        options |= stopwords_option(values)
        return Call(collocations, (selection,), (values["pattern"],), tuple(options.items()))

    def drawing(self, plot: str, call: Call, words: Sequence[str]) -> Drawing:
        """Return bars of the first collocates, or a network of those of the node and of the words that were added."""
        if plot == "collocations":
            return Drawing(bars, call)
        options = dict(call.options)
        if "measure" in options:
            options["measure"] = options["measure"][0]
        nodes = tuple(dict.fromkeys((*call.arguments, *words)))
        return Drawing(network, Call(collocation_network, call.sources, (nodes,), tuple(options.items())))
