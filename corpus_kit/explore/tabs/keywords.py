"""The tab of key words: those that are more frequent in some documents than in others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus_kit.analysis.keyness import keyness
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.selection import EVERYTHING, Selection, Values
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

_MOST_TOKENS = 5_000_000  # of a corpus whose groups are compared before they are asked for: a second
_MEASURES = (
    "log_likelihood", "log_ratio", "bic", "odds_ratio", "percent_diff", "relative_risk", "difference_coefficient",
    "ell", "simple_maths", "weighted_log_odds", "conservative_log_ratio",
)  # fmt: skip


class KeyWords(Tab):
    """The key words of the documents compared with others, or those of each of their groups.

    Args:
        reference: The folder of another corpus to compare with; None for none.
    """

    name = "keywords"
    finds_in = "word"
    first_columns = ("word",)
    plots = ("keyness",)
    detail_columns = (
        "direction", "target_per_million", "reference_per_million", "reference_documents",
        "target_dispersion", "reference_dispersion", "log_ratio_low", "log_ratio_high", "bic", "p_value", "p_adjusted",
        "variants",
    )  # fmt: skip

    def __init__(self, reference: Path | None = None) -> None:
        self._reference = None if reference is None else Selection(elsewhere=str(reference))

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return what the documents are compared with, or groups of them, the measure, and what is shown.

        At first, the texts of each folder are compared with the rest, or of one folder each file, whose words then
        need no second document. In a large corpus nothing is compared unasked, which would take long.
        """
        groups = group_control(corpus, "ck.keyness")
        is_alone, is_small = self._reference is None, corpus.n_tokens <= _MOST_TOKENS
        by = next((name for name in ("folder", "file") if is_alone and is_small and name in groups.choices), "")
        fewest = 1 if len(corpus) == 1 or _are_files(corpus) else 2
        against = ("others", "corpus", "chosen")
        return (
            replace(groups, default=by),
            Control(
                "against",
                "choice",
                "others" if is_alone else "other_corpus",
                against if is_alone else ("other_corpus", *against),
                only_if=("by", ""),
            ),
            Control("reference", "selection", None, only_if=("against", "chosen")),
            Control("measure", "column", _MEASURES[0], _MEASURES, values_of="ck.keyness"),
            Control("direction", "choice", "target", ("target", "reference", "both")),
            unit_control(corpus),
            Control("min_documents", "number", fewest, least=1, hides=True),
            stopwords_control(),
        )

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call of `ck.keyness`; None if all documents would be compared with none."""
        by = "" if _is_one_group(selection, values["by"]) else values["by"]
        if by:
            sources: tuple[Selection, ...] = (selection,)
        else:
            references = {"others": selection.others(), "corpus": EVERYTHING, "chosen": values["reference"]}
            if self._reference is not None:
                references["other_corpus"] = self._reference
            sources = (selection, references["others" if values["by"] else values["against"]])
            if selection == EVERYTHING and sources[1] in (EVERYTHING, EVERYTHING.others()):
                return None
        options: dict[str, Any] = {"by": by} if by else {}
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


def _are_files(corpus: Corpus) -> bool:
    """Return whether each document is a file, all in one folder."""
    columns = corpus.label_columns()
    if "file" not in columns or "folder" in columns:
        return False
    return len(corpus.codes("file").values) == len(corpus)


def _is_one_group(selection: Selection, by: str) -> bool:
    """Return whether one value of a column is selected, and nothing else: a group, whose rest is not selected."""
    chosen = dict(selection.columns).get(by)
    is_one = isinstance(chosen, Values) and len(chosen.values) == 1
    return is_one and replace(selection, columns=()) == EVERYTHING and len(selection.columns) == 1
