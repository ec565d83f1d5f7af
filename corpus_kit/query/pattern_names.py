"""The names that a pattern may use in a corpus: layers of tokens, structures, word lists and macros."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from corpus_kit.corpus.definitions import Definitions
from corpus_kit.corpus.layers import Layers, annotators_of_layers, column_called
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import Pattern

__all__ = ["NO_NAMES", "Names", "layers_of", "names_of", "record_of_names"]

Structures = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Names:
    """What a corpus adds to the language of patterns.

    Attributes:
        layers: The columns of its layers of tokens, which are attributes.
        structures: Its structures, such as sentences and quotations, with their attributes.
        definitions: Its lists of words, which values name as $verbs, and its macros, which are called as /name[a, b].
        given: Whether sources gave some of its tokens: a word that the tokeniser divides may be one of them.
    """

    layers: Layers = field(default_factory=dict)
    structures: Structures = field(default_factory=dict)
    definitions: Definitions = field(default_factory=Definitions)
    given: bool = False


NO_NAMES = Names()


class _StructuresOf(Mapping[str, tuple[str, ...]]):
    """The structures of a corpus, looked up by a pattern that asks for one: what sources mark is in all documents."""

    def __init__(self, corpus: CorpusView) -> None:
        self._corpus = corpus

    @cached_property
    def _found(self) -> Structures:
        return self._corpus.structures

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def names_of(corpus: CorpusView) -> Names:
    """Return the names of a corpus."""
    return Names(corpus.layers, _StructuresOf(corpus), corpus.definitions, corpus.has_given_tokens)


def layers_of(corpus: CorpusView, columns: Iterable[str]) -> list[str]:
    """Return the layers of columns that lines show."""
    return [str(column_called(name, corpus.layers)).partition(".")[0] for name in columns]


def record_of_names(corpus: CorpusView, patterns: Iterable[Pattern], layers: Iterable[str] = ()) -> dict[str, Any]:
    """Return what a record says of the names that patterns use, so that their hits can be found again.

    Args:
        corpus: The corpus.
        patterns: The patterns.
        layers: Layers that the result shows.
    """
    used = list(patterns)
    asked = list(dict.fromkeys([*(name for each in used for name in each.layers_and_structures), *layers]))
    record: dict[str, Any] = {"syntax": "cqp"} if any(each.syntax == "cqp" for each in used) else {}
    if asked:
        known = corpus.layers
        if of_layers := [name for name in asked if name in known]:
            record["layers"] = annotators_of_layers(corpus.manifest, of_layers)
        if structures := corpus.structures_record([name for name in asked if name not in known]):
            record["structures"] = structures
    lists = {name for each in used for name in each.lists}
    macros = {name for each in used for name in each.macros}
    if lists or macros:
        record["definitions"] = corpus.definitions.record(sorted(lists), sorted(macros))
    return record
