"""The tab of key words: those that are more frequent in some documents than in others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus_kit.analysis.keyness import keyness
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.selection import EVERYTHING, Selection
from corpus_kit.explore.tabs.tab import (
    Control,
    Tab,
    group_control,
    stopwords_control,
    stopwords_option,
    unit_control,
)
from corpus_kit.plots.keyness import keyness as volcano

__all__ = ["KeyWords"]

_MEASURES = (
    "log_likelihood", "log_ratio", "bic", "odds_ratio", "percent_diff", "relative_risk", "difference_coefficient",
    "ell", "simple_maths", "weighted_log_odds", "conservative_log_ratio",
)  # fmt: skip


class KeyWords(Tab):
    """The key words of the documents compared with others, or those of each of their groups."""

    name = "keywords"
    finds_in = "word"
    first_columns = ("word", "log_ratio")
    plots = ("keyness",)
    detail_columns = (
        "direction", "target_per_million", "reference_per_million", "reference_documents",
        "target_dispersion", "reference_dispersion", "log_ratio_low", "log_ratio_high", "bic", "p_value", "p_adjusted",
        "variants",
    )  # fmt: skip

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return what the documents are compared with, or groups of them, the measure, and what is shown."""
        return (
            group_control(corpus),
            Control("against", "choice", "others", ("others", "corpus", "chosen"), only_if=("by", "")),
            Control("reference", "selection", None, only_if=("against", "chosen")),
            Control("measure", "column", _MEASURES[0], _MEASURES),
            Control("direction", "choice", "target", ("target", "reference", "both")),
            unit_control(corpus),
            Control("min_documents", "number", 2, least=1),
            stopwords_control(),
        )

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call of `ck.keyness`; None if all documents would be compared with none."""
        if values["by"]:
            sources: tuple[Selection, ...] = (selection,)
        else:
            references = {"others": selection.others(), "corpus": EVERYTHING, "chosen": values["reference"]}
            sources = (selection, references[values["against"]])
            if selection == EVERYTHING and sources[1] in (EVERYTHING, EVERYTHING.others()):
                return None
        options: dict[str, Any] = {"by": values["by"]} if values["by"] else {}
        if values["unit"] != "word":
            options["unit"] = values["unit"]
        if values["measure"] != _MEASURES[0]:
            options["measure"] = (values["measure"], *(name for name in _MEASURES[:2] if name != values["measure"]))
        if values["direction"] != "both":
            options["direction"] = values["direction"]
        if values["min_documents"] != 2:
            options["min_documents"] = values["min_documents"]
        options |= stopwords_option(values)
        return Call(keyness, sources, (), tuple(options.items()))

    def drawing(self, plot: str, call: Call, words: Sequence[str]) -> Drawing:
        """Return how large and how certain the differences are."""
        del plot, words
        return Drawing(volcano, call)
