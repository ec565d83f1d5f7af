"""The tab of names and speech: actors, who speaks, and what is quoted, found by `ck.news`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call, Count, Equal, Find
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import Control, Tab
from corpus_kit.news.actors import actors
from corpus_kit.news.indirect_quotations import indirect_quotations
from corpus_kit.news.quotations import quotations

__all__ = ["Names"]

_TABLES: dict[str, tuple[Callable[..., Any], Count | None]] = {  # the function, and what is counted
    "actors": (actors, Count("actor", "name")),
    "speakers": (quotations, Count("speaker")),
    "quotations": (quotations, None),
    "indirect": (indirect_quotations, None),
}


class Names(Tab):
    """Names and speakers with their counts, or quotations as they stand. It is computed when it is asked for."""

    name = "names"
    takes_long = True
    finds_in = "surface"
    first_columns = ("name", "speaker", "count", "surface")
    hidden_columns = ("document", "start", "end")
    detail_columns = (
        "id", "words", "style", "depth", "verb_start", "verb_end", "verb_lemma", "speaker_start", "speaker_end",
        "speaker_source", "speaker_rule", "speaker_refers_to", "speaker_refers_to_start", "speaker_refers_to_end",
        "relayed_by", "relayed_by_start", "relayed_by_end", "side", "place", "begins_after", "ends_at", "mark",
        "evidence", "quoted", "continues", "nested_in",
    )  # fmt: skip

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the choice of the table."""
        del corpus
        return (Control("table", "choice", "actors", tuple(_TABLES)),)

    def find(self, typed: str, values: Mapping[str, Any]) -> Find:
        """Return the rows with what was typed in what is counted, or in the text of a quotation."""
        counted = _TABLES[values["table"]][1]
        return Find.words("surface" if counted is None else counted.named or counted.column, typed)

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call:
        """Return the call of a function of `ck.news`."""
        function, counted = _TABLES[values["table"]]
        return Call(function, (selection,), (), (), () if counted is None else (counted,))

    def places(self, call: Call, row: Mapping[str, Any]) -> Call | None:
        """Return the mentions of an actor, or the quotations of a speaker; a quotation is a place itself."""
        counted = next((step.column for step in call.steps if isinstance(step, Count)), None)
        return None if counted is None else replace(call, steps=(Equal(counted, row[counted]),))
