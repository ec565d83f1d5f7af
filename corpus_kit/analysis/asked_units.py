"""Words of patterns that were meant to be stems or lemmas, and are not."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import warn
from corpus_kit.query.pattern_tree import comparisons
from corpus_kit.query.patterns import Pattern
from corpus_kit.text.normalization import Normalizer, normalize

__all__ = ["warn_of_other_words"]

_MOST_SHOWN = 3


def warn_of_other_words(corpus: CorpusView, patterns: Iterable[Pattern], unit: str, function: str) -> None:
    """Warn the user of words of the corpus in patterns that are no stems or lemmas of it.

    They find nothing, while their own stem or lemma would. Of roots, what cannot be one is refused when it is read.
    """
    if unit not in ("stem", "lemma"):
        return
    compared = comparisons(test.condition for pattern in patterns for test in pattern.tests)
    asked = [each.value.text for each in compared if each.attribute == unit and each.value.match == "is"]
    if not asked:
        return
    with reading(corpus.path):
        units = texts_of_unit(corpus, unit, Normalizer.preset("search"), f"unit={unit!r}")
        words = pl.Series(list(dict.fromkeys(normalize(asked, "search"))), dtype=pl.String)
        others = words.filter(~words.is_in(units.filter(units.is_in(words.implode())).implode()))
        order = corpus.type_order
        places = corpus.folded_forms.find(order, [word.encode() for word in others], begins=False)
        named = [
            (word, units.gather(order[first:end]).replace("", None).drop_nulls().mode().sort())
            for word, (first, end) in zip(others, places, strict=True)
        ]
    found = [f"{word!r} (but {own[0]!r})" for word, own in named if len(own)]
    if found:
        more = f" and {len(found) - _MOST_SHOWN} more" if found[_MOST_SHOWN:] else ""
        warn(f"{function}: no {unit} of the corpus is {', '.join(found[:_MOST_SHOWN])}{more}", stacklevel=None)
