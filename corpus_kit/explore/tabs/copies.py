"""The tab of copies: pairs and clusters of documents that share much of their wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call, FindAnywhere
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import Control, Tab, group_control
from corpus_kit.news.near_duplicates import duplicate_clusters, near_duplicates

__all__ = ["Copies"]

_FUNCTIONS: dict[str, Callable[..., Any]] = {"pairs": near_duplicates, "clusters": duplicate_clusters}


class Copies(Tab):
    """Pairs of near-duplicates, or their clusters. They are found when they are asked for; a row opens both texts."""

    name = "copies"
    takes_long = True
    opens = "copies"
    finds_in = "id"  # of either document, and in the column that is shown for both
    first_columns = ("cluster", "id", "size", "first_id", "second_id")
    hidden_columns = ("document", "first_document", "second_document")
    detail_columns = ("shared", "first_shingles", "second_shingles")

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the table, the measure, how similar copies are, how long they are, and a column shown for both."""
        group = group_control(corpus, "ck.news.near_duplicates")
        return (
            Control("table", "choice", "pairs", tuple(_FUNCTIONS)),
            Control(
                "measure", "column", "containment", ("containment", "jaccard"), values_of="ck.news.near_duplicates"
            ),
            Control("similar", "number", 50, least=1, most=100),
            Control("min_shingles", "number", 20, least=1),
            replace(group, only_if=("table", "pairs")),
        )

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call:
        """Return the call of `ck.news.near_duplicates` or `ck.news.duplicate_clusters`."""
        options: dict[str, Any] = {}
        if values["by"] and values["table"] == "pairs":
            options["by"] = values["by"]
        if values["similar"] != 50:
            options["threshold"] = values["similar"] / 100
        if values["measure"] != "containment":
            options["measure"] = values["measure"]
        if values["min_shingles"] != 20:
            options["min_shingles"] = values["min_shingles"]
        return Call(_FUNCTIONS[values["table"]], (selection,), (), tuple(options.items()))

    def find(self, typed: str, values: Mapping[str, Any]) -> FindAnywhere:
        """Return the rows of which either id, or the column shown for both documents, has what was typed."""
        del values
        return FindAnywhere.words(typed)
