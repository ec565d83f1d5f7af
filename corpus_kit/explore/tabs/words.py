"""The tab of words: how often each occurs, in how many documents, how evenly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus_kit.analysis.frequency import frequency
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import Control, Tab, stopwords_control, stopwords_option, unit_control
from corpus_kit.plots.frequency import frequency as frequency_bars
from corpus_kit.plots.frequency_dispersion import frequency_dispersion
from corpus_kit.plots.zipf import zipf

__all__ = ["Words"]


class Words(Tab):
    """All words of the documents, the most frequent first."""

    name = "words"
    finds_in = "word"
    first_columns = ("word", "count")
    counts_tokens = True
    plots = ("frequency", "zipf", "frequency_dispersion")

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return what is counted, how spellings are compared, the least frequency, and whether function words count."""
        return (
            unit_control(corpus),
            Control("exact", "check", False),
            Control("min_count", "number", 1, least=1, hides=True),
            stopwords_control(),
        )

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call:
        """Return the call of `ck.frequency`."""
        options: dict[str, Any] = {}
        if values["unit"] != "word":
            options["unit"] = values["unit"]
        elif values["exact"]:
            options["profile"] = "repair"
        if values["min_count"] > 1:
            options["min_count"] = values["min_count"]
        options |= stopwords_option(values)
        return Call(frequency, (selection,), (), tuple(options.items()))

    def leaves_out(self, values: Mapping[str, Any]) -> bool:
        """Return whether rare words or function words are left out."""
        return values["min_count"] > 1 or bool(stopwords_option(values))

    def drawing(self, plot: str, call: Call, words: Sequence[str]) -> Drawing:
        """Return bars of the first words, the law of frequencies of all, or frequency and dispersion."""
        del words
        if plot == "zipf":
            return Drawing(zipf, replace(call, steps=()))
        return Drawing(frequency_bars if plot == "frequency" else frequency_dispersion, call)
