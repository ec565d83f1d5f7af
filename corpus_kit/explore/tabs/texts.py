"""The tab of texts: the documents with their metadata and sizes; a row opens the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call, Chain, FindAnywhere
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import Control, Tab

__all__ = ["DOCUMENTS", "Texts"]

# The table of documents without their texts, which are never read for it.
DOCUMENTS = Chain(
    (("documents", None), ("drop", ("text", "headline", "paragraphs", "spans")), ("collect", ())),
    (("drop", (("strict", False),)),),
)


class Texts(Tab):
    """All documents, in their order."""

    name = "texts"
    finds_in = "id"  # and in all other columns of texts
    first_columns = ("id", "date", "words")
    hidden_columns = ("document", "tokens")
    opens = "text"

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return no controls."""
        del corpus
        return ()

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call:
        """Return the call of the documents of a selection."""
        del values
        return Call(DOCUMENTS, (selection,))

    def find(self, typed: str, values: Mapping[str, Any]) -> FindAnywhere:
        """Return the documents in whose id or metadata something occurs, however it is spelled."""
        del values
        return FindAnywhere.words(typed)
