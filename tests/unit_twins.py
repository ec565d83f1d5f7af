"""Corpora for tests of units, and their slow twins: corpora in whose texts each word is replaced by its unit.

What a function counts by a unit is what it counts of words in the twin. A word that does not have the unit is the
word NONE there, which is counted with the others and then left out of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.corpus import annotation
from corpus_kit.corpus.annotation import annotate_vocabulary
from corpus_kit.text.roots import fold_root

NONE = "zzz"
COUNTED = {"word", "number", "hashtag", "mention"}
CONSONANTS = frozenset("بتثجحخدذرزسشصضطظعغفقكلمنهوي")

Lists = Callable[[str], list[str] | None]


def invented_roots(word: str) -> list[str] | None:
    """Return roots that stand in for those of an annotator: two for long words, none for short ones."""
    letters = [letter for letter in ck.normalize(word).replace("ال", "") if letter in CONSONANTS]
    if len(letters) < 3:
        return None if len(letters) < 2 else []
    first, last = "".join(letters[:3]), "".join(letters[-3:])
    return [first] if first == last else [first, last]


@contextmanager
def changed_annotations(change: Callable[[pl.DataFrame, pl.Series], pl.DataFrame]) -> Iterator[None]:
    """Let annotations be what a function makes of them and of the kinds of the types."""

    def changed(vocabulary: pl.DataFrame, annotator: Any) -> pl.DataFrame:
        return change(annotate_vocabulary(vocabulary, annotator), vocabulary["kind"].cast(pl.String))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(annotation, "annotate_vocabulary", changed)
        yield


def lists_annotated(name: str, lists: Lists) -> AbstractContextManager[None]:
    """Let annotations have a column of lists, as a function of the lemma gives it for words."""

    def with_lists(found: pl.DataFrame, kinds: pl.Series) -> pl.DataFrame:
        column = [lists(lemma) if kind == "word" else None for lemma, kind in zip(found["lemma"], kinds, strict=True)]
        return found.with_columns(pl.Series(name, column, dtype=pl.List(pl.String)))

    return changed_annotations(with_lists)


def roots_annotated(roots: Lists = invented_roots) -> AbstractContextManager[None]:
    """Let annotations have the column root, as a function of the lemma gives it for words."""
    return lists_annotated("root", roots)


def units_of_tokens(corpus: ck.Corpus, unit: str, profile: str | None = "search") -> pl.DataFrame:
    """Return the tokens that are counted, with the unit of each (null if it has none) in the column unit."""
    types = corpus.vocabulary.select("type", unit).collect()
    tokens = corpus.tokens.collect().join(types, on="type", how="left", maintain_order="left")
    column = tokens[unit]
    texts = column.list.first() if unit == "root" else column
    fold = fold_root if unit == "root" else lambda text: ck.normalize(text, profile)
    named = [None if text is None else fold(text) for text in texts]
    tokens = tokens.with_columns(
        unit=pl.Series([text or None for text in named], dtype=pl.String),
        form=pl.Series(ck.normalize(tokens["token"].to_list(), profile), dtype=pl.String),
    )
    return tokens.filter(pl.col("kind").cast(pl.String).is_in(sorted(COUNTED)), pl.col("form") != "")


def twin_of(
    corpus: ck.Corpus, unit: str, folder: Path, *, profile: str | None = "search", nameless: str = NONE
) -> ck.Corpus:
    """Build the corpus in which each word is its unit.

    Args:
        corpus: A whole corpus.
        unit: The unit.
        folder: Where to build it.
        profile: The form that is counted.
        nameless: What stands for a word without the unit.
    """
    documents = corpus.documents.collect()
    found = dict.fromkeys(documents["document"], ())
    groups = units_of_tokens(corpus, unit, profile).group_by("document", maintain_order=True)
    found |= {number: rows.select("start", "end", "unit").rows() for (number,), rows in groups}
    texts = []
    for number, text in documents.select("document", "text").iter_rows():
        pieces, at = [], 0
        for start, end, name in found[number]:
            pieces += [text[at:start], f" {nameless} " if name is None else name]
            at = end
        texts.append("".join([*pieces, text[at:]]))
    kept = [name for name in ("id", "date", "outlet", "group") if name in documents.columns]
    table = documents.select(kept).with_columns(text=pl.Series(texts))
    date = "date" if "date" in kept else None
    return ck.Corpus.build(table, folder, date=date, progress=False)


def without_none(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of a twin without the words that do not have the unit."""
    texts = [name for name in ("word", "ngram", "collocate", "term") if name in table.columns]
    return table.filter(~pl.col(texts[0]).str.contains(rf"(^| ){NONE}( |$)"))
