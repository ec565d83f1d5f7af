"""The units of a coding project in the corpus that is explored: the project is opened, its texts and contexts found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import polars as pl

from corpus_kit.coding.coding_project import coding_project
from corpus_kit.coding.project import CodingProject
from corpus_kit.coding.project_folder import Design
from corpus_kit.coding.project_units import units_of
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.corpus.storage import reading
from corpus_kit.errors import CorpusKitError, InputError, hearing, invalid
from corpus_kit.explore.calls import Call
from corpus_kit.explore.project_calls import Units
from corpus_kit.explore.reading import HitsOfDocument, Reading
from corpus_kit.explore.selection import EVERYTHING
from corpus_kit.query.cqp import cqp
from corpus_kit.search.hits import Hits
from corpus_kit.search.kwic import kwic

__all__ = ["Contexts", "Source", "opened_project", "texts_of"]

_NODE_TOKENS = 1_000  # of a node that are marked
Source = tuple[Units, Callable[[], Any]]  # the units as a value, and what makes them


def opened_project(project: CodingProject | str | os.PathLike[str], corpus: Corpus) -> CodingProject:
    """Return a project that is about texts of a corpus.

    Args:
        project: The project, or its folder.
        corpus: The corpus that is explored.

    Raises:
        InputError: If there is no project, or it was made for other texts.
    """
    if not isinstance(project, CodingProject | str | os.PathLike):
        raise invalid("project", "a coding project or its folder", project)
    opened = project if isinstance(project, CodingProject) else coding_project(project)
    if opened.design.corpus == corpus.id:
        return opened
    # Built again, or another one: the library compares what is coded.
    units = corpus if opened.design.unit == "document" else kwic(corpus, _pattern(opened.design))
    if opened.sample.join(units_of(units).frame, on=["id", "position"], how="semi").is_empty():
        raise InputError(
            f"project must be about texts of this corpus, got {opened.folder.name!r}, none of whose units is here."
        )
    return coding_project(opened.folder, units)


def texts_of(project: CodingProject, corpus: Corpus, known: Sequence[Source]) -> tuple[CodingProject, Units | None]:
    """Return a project with its texts, which classifiers need, and the units as a value if they can be named.

    Args:
        project: The project.
        corpus: The corpus that is explored.
        known: Lines or documents that are tried first.

    Raises:
        InputError: If the units that the sample was drawn from are not found in this corpus.
    """
    for value, make in (*known, *_searches(project.design, corpus)):
        try:
            with hearing():
                units = make()
                if units_of(units).unit == project.design.unit and units_of(units).digest == project.design.digest:
                    return coding_project(project.folder, units), value
        except CorpusKitError:  # this way of reading the pattern is not allowed here
            continue
    if project.has_texts:
        return project, None
    raise InputError(
        "The lines or documents that the sample was drawn from are not those of this corpus, or of this search. "
        "Search for them as when the project was made, or open the explorer with project=ck.coding_project(folder, "
        "lines)."
    )


def _pattern(design: Design) -> str:
    """Return the pattern of a project, a query of CQP as such."""
    try:
        return cqp(design.pattern) if '"' in design.pattern else design.pattern
    except CorpusKitError:
        return design.pattern


def _searches(design: Design, corpus: Corpus) -> Iterator[Source]:
    if design.unit == "document":
        yield EVERYTHING, lambda: corpus
        return
    for clitics, exact in product((False, True), repeat=2):
        options = tuple((name, True) for name, is_on in (("exact", exact), ("clitics", clitics)) if is_on)
        call = Call(kwic, (EVERYTHING,), (_pattern(design),), options)
        yield call, lambda call=call: call.run(lambda _: corpus)  # type: ignore[misc]


class Contexts:
    """What surrounds the units of a project in their texts.

    Args:
        corpus: The corpus that is explored.
        language: "en" or "ar".
    """

    def __init__(self, corpus: Corpus, language: str) -> None:
        self._corpus = corpus
        self._reading = Reading(corpus, language)

    def around(self, id: str, position: int, node: str, *, is_document: bool) -> dict[str, Any]:
        """Return the paragraph of a line with its node marked, or the beginning of a document.

        Args:
            id: The id of the document.
            position: The number of the first token of the node in its document.
            node: The node.
            is_document: Whether the unit is the document.

        Returns:
            document (its row number), paragraphs as the reading view takes them, and whether there is `more` of the
            text. {} if the document is not in the corpus.
        """
        document = self._document(id)
        if document is None:
            return {}
        (begin,), (end,) = self._corpus.document_bounds(np.array([document], np.uint32))
        token = int(begin) + position
        if is_document or token >= end:
            hits = HitsOfDocument(self._corpus, Hits(np.empty(0, np.uint32)), document)
            part = self._reading.around(document, 0, hits)
            more = self._reading.head(document)["length"] > part["end"]
            return {"document": document, "paragraphs": part["paragraphs"], "more": more}
        starts = self._corpus.starts_of(np.arange(token, min(token + _NODE_TOKENS, int(end)), dtype=np.int64))
        length = max(int(np.searchsorted(starts, int(starts[0]) + len(node))), 1)
        hit = Hits(np.array([token], np.uint32), np.array([token + length], np.uint32))
        part = self._reading.around(document, int(starts[0]), HitsOfDocument(self._corpus, hit, document))
        marked = [each for each in part["paragraphs"] if any(number >= 0 for _, number in each["pieces"])]
        return {"document": document, "paragraphs": marked, "more": True}

    def _document(self, id: str) -> int | None:
        corpus = self._corpus
        corpus.check_open()
        with reading(corpus.path):
            found = corpus.documents.filter(pl.col("id") == id).select("document").collect()
        return None if found.is_empty() else int(found.item(0, 0))
