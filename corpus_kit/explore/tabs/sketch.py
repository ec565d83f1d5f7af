"""The tab of word sketches: collocates by grammatical relation, words in like contexts, what two words share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus_kit.analysis.collocations import collocations
from corpus_kit.analysis.shared_collocates import shared_collocates
from corpus_kit.analysis.sketch_relations import kind_of_queries, read_relations
from corpus_kit.analysis.thesaurus import thesaurus
from corpus_kit.analysis.word_sketch import sketch_difference, word_sketch
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call, Equal, Find
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import Control, Tab, stopwords_control, stopwords_option
from corpus_kit.query.pattern_names import names_of
from corpus_kit.text.normalization import normalize

__all__ = ["Sketch"]

_TABLES = ("sketch", "thesaurus", "shared")
_WINDOW = 2  # of `ck.thesaurus` and `ck.shared_collocates`


class Sketch(Tab):
    """The sketch of a word or the difference between two, the thesaurus of a word, or the collocates that two share."""

    name = "sketch"
    finds_in = "collocate"
    first_columns = ("relation", "collocate", "word", "log_dice", "difference", "similarity", "shared_by")
    detail_columns = ("node_count", "collocate_count", "query", "other_query")
    cards = ("table", "sketch", "relation")
    follow = ("table", "thesaurus", "shared", "other")

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the table, the words, what is counted, the relation, and the least frequencies."""
        units = ("lemma", "word", "stem") if corpus.is_annotated else ("word",)
        return (
            Control("table", "choice", "sketch", _TABLES),
            Control("word", "pattern", ""),
            Control("other", "pattern", "", unless=("table", "thesaurus")),
            Control("unit", "choice", units[0], units),
            Control(
                "relation", "choice", "", ("", *_headings(corpus)), only_if=("table", "sketch"),
                values_of="ck.word_sketch",
            ),
            Control("min_count", "number", 5, least=1, hides=True, only_if=("table", "sketch")),
            Control("min_frequency", "number", 20, least=1, hides=True, unless=("table", "sketch")),
            stopwords_control(),
        )  # fmt: skip

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call for the table; None without the words that it needs."""
        table, words = values["table"], tuple(filter(None, (values["word"], values["other"])))
        if not values["word"] or (table == "shared" and len(words) < 2):
            return None
        options: dict[str, Any] = {"unit": values["unit"]}
        least, usual = (values["min_count"], 5) if table == "sketch" else (values["min_frequency"], 20)
        if least != usual:
            options["min_count"] = least
        given = tuple({**options, **stopwords_option(values)}.items())
        if table == "thesaurus":
            return Call(thesaurus, (selection,), words[:1], given)
        if table == "shared":
            return Call(shared_collocates, (selection,), words, given)
        steps = (Equal("relation", values["relation"]),) if values["relation"] else ()
        return Call(word_sketch if len(words) == 1 else sketch_difference, (selection,), words, given, steps)

    def find(self, typed: str, values: Mapping[str, Any]) -> Find:
        """Return the rows with what was typed: words, stems and lemmas are folded in all of these tables."""
        column = "word" if values["table"] == "thesaurus" else "collocate"
        return Find.words(column, str(normalize(typed, "search")))

    def about(self, call: Call) -> tuple[str, ...]:
        """Return the words whose table it is."""
        return tuple(map(str, call.arguments))

    def places(self, call: Call, row: Mapping[str, Any]) -> Call | None:
        """Return the collocate beside the word that has it; rows of the other tables say where their lines are."""
        if call.function is not shared_collocates:
            return None
        word, other = call.arguments
        options = {"unit": dict(call.options)["unit"], "window": _WINDOW, "min_count": 1}
        node = other if row["shared_by"] == "other" else word
        steps = (Equal("collocate", row["collocate"]),)
        return Call(collocations, call.sources, (node,), tuple(options.items()), steps)


def _headings(corpus: Corpus) -> tuple[str, ...]:
    """Return the headings of the library's own relations that the corpus is annotated for."""

    def read() -> tuple[str, ...]:
        relations, _ = read_relations(None, names_of(corpus), kind=kind_of_queries(corpus), exact=False)
        headings = [heading for relation in relations for heading in relation.headings if heading is not None]
        return tuple(dict.fromkeys(headings))

    return corpus.derive(("ck.explore", "headings of sketches"), read)
