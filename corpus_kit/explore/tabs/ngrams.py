"""The tab of n-grams: sequences of words, all of them or those with a word (clusters)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus_kit.analysis.collocations import collocations
from corpus_kit.analysis.ngrams import first_ngrams, ngrams
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call, Find
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import Control, Tab, stopwords_control, stopwords_option, unit_control
from corpus_kit.text.normalization import normalize

__all__ = ["Ngrams"]

_LENGTHS = ("2", "3", "4", "5", "2-3", "2-4", "2-5", "3-5")
_PLACES = {"anywhere": "(?:^| ){}(?: |$)", "first": "^{}(?: |$)", "last": "(?:^| ){}$"}


class Ngrams(Tab):
    """The n-grams of the documents, the most frequent first."""

    name = "ngrams"
    finds_in = "ngram"
    first_columns = ("ngram", "count")

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the length, the word that n-grams contain and where, what is counted, and the least frequency."""
        return (
            Control("n", "choice", "2", _LENGTHS),
            Control("with_word", "pattern", ""),
            Control("place", "choice", "anywhere", tuple(_PLACES)),
            unit_control(corpus),
            Control("skip", "number", 0, most=5),
            Control("min_count", "number", 2, least=1, hides=True),
            stopwords_control(),
        )

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call:
        """Return the call of `ck.ngrams`."""
        low, _, high = values["n"].partition("-")
        options: dict[str, Any] = {"unit": values["unit"]} if values["unit"] != "word" else {}
        if values["skip"] > 0:
            options["skip"] = values["skip"]
        if values["min_count"] != 2:
            options["min_count"] = values["min_count"]
        options |= stopwords_option(values)
        length = (int(low), int(high)) if high else int(low)
        steps = (_with_word(values),) if values["with_word"] else ()
        return Call(ngrams, (selection,), (length,), tuple(options.items()), steps)

    def searched(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call for the collocates of the word that n-grams contain, which warns if there is none."""
        if not values["with_word"] or (values["skip"] and len(values["with_word"].split()) > 1):
            return None
        pattern = re.sub(r"([^\w\s*?])", r"\\\1", values["with_word"])
        return Call(collocations, (selection,), (pattern,), (("unit", values["unit"]),))

    def quick(self, call: Call, rows: int) -> Call | None:
        """Return the call for the most frequent n-grams; what is found or sorted needs all of them."""
        return None if call.steps else replace(call, function=first_ngrams, options=(*call.options, ("rows", rows)))


def _with_word(values: Mapping[str, Any]) -> Find:
    """Return the rows with a word or phrase; * is any letters of a word, ? one."""
    word = str(normalize(values["with_word"], "search")) if values["unit"] == "word" else values["with_word"]
    parts = re.split(r"([*?])", " ".join(word.split()))
    letters = "".join({"*": "[^ ]*", "?": "[^ ]"}.get(part, re.escape(part)) for part in parts)
    return Find("ngram", _PLACES[values["place"]].format(letters.replace("\\ ", " ")))
