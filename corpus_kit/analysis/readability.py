"""readability: how hard the documents of a corpus are to read, each of them or by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import proportion
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.groups import Groups, corpus_groups
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.measures.proportions import mean_interval
from corpus_kit.measures.readability import WordTotals, readability_of
from corpus_kit.text.token_flags import BEGINS_SENTENCE

__all__ = ["readability"]

_COUNTS = ("sentences", "words", "letters")


def readability(
    corpus: CorpusView,
    *,
    by: str | None = None,
    measure: str | Sequence[str] = ("osman", "lix"),
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Measure how hard each document of a corpus is to read, or the documents of each group.

    Words are tokens of the kind word with a letter, sentences those of `ck.sentences`, as in `ck.measures.readability`,
    which has the formulas and says what they are worth for Arabic. They compare texts of the same kind, prepared in the
    same way: exclude boilerplate, headlines and what has no full stops (`corpus.exclude`), and do not compare vocalised
    texts with others.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        by: A metadata column; None gives a row for each document.
        measure: Names of measures of `ck.measures.readability`: "osman" (higher is easier), "lix" (higher is harder),
            "aari" (higher is harder, and mostly the length of the text).
        confidence: Confidence level of the intervals of groups.

    Returns:
        Without `by`, a DataFrame with a row for each document: document (UInt32), id (String), sentences, words,
        letters (Int64), and the measures (Float64; null for a document without words). With `by`, a row for each
        group: the label, named after its column, documents (Int64: those with words, of which the values are means),
        sentences, words, letters (Int64: in all of them), and of each measure the mean of the documents, NAME_low and
        NAME_high (Float64: mean ± t s / √n, with Student's t for n - 1 degrees of freedom; null for fewer than two
        documents). Each document has the same weight, however long. Order: documents as in the corpus, groups by first
        occurrence.

    Raises:
        InputError: If an argument is invalid.

    References:
        El-Haj, M. & Rayson, P. (2016). OSMAN - A novel Arabic readability metric. LREC 2016, 250-255; Björnsson, C.-H.
        (1968). Läsbarhet. Liber. Student (1908). The probable error of a mean. Biometrika 6, 1-25.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> table = ck.readability(ck.sample_corpus(), by="outlet")
        >>> table.select("outlet", "documents", "words", pl.col("osman").round(1)).row(0)
        ('وكالة مدى', 48, 4463, 71.7)
    """
    corpus = expect_corpus(corpus)
    names = choose_measures(measure, measures.FAMILIES["readability"])
    level = proportion(confidence, "confidence")
    groups = None if by is None else corpus_groups(corpus, by, _columns_by_group(names))
    documents = corpus.selected_documents()
    with reading(corpus.path):
        sentences, totals = _totals(corpus, documents)
    counts = dict(zip(_COUNTS, (sentences, totals.words, totals.letters), strict=True))
    values = {name: readability_of(name, totals, sentences) for name in names}
    if groups is None:
        columns = {"document": pl.Series(documents, dtype=pl.UInt32), "id": corpus.ids(documents)}
        table = pl.DataFrame({**columns, **counts, **{name: nan_as_null(found) for name, found in values.items()}})
    else:
        table = _by_group(groups, documents, counts, values, level)
    options = {"by": by, "measure": list(names), "confidence": level, "subcorpus": corpus.selection}
    return attach(table, "ck.readability", options, corpus=corpus)


def _columns_by_group(names: Sequence[str]) -> list[str]:
    return ["documents", *_COUNTS, *(f"{name}{end}" for name in names for end in ("", "_low", "_high"))]


def _totals(corpus: CorpusView, documents: Integers) -> tuple[Integers, WordTotals]:
    """Return the sentences of each document, and what the formulas count in it."""
    first, end = corpus.document_bounds(documents)
    begins = np.concatenate(([0], np.cumsum((corpus.token_flags & BEGINS_SENTENCE) != 0)))
    types = corpus.derive("readability of types", lambda: _of_types(corpus))
    sentences: Integers = begins[end] - begins[first]
    return sentences, types.of_texts(corpus.token_types, first, end)


def _of_types(corpus: CorpusView) -> WordTotals:
    return WordTotals.of_types(zip(corpus.type_column("surface"), corpus.type_column("kind"), strict=True))


def _by_group(
    groups: Groups, documents: Integers, counts: dict[str, Integers], values: dict[str, Floats], level: float
) -> pl.DataFrame:
    """Return a row for each group that has documents, by first occurrence in the corpus."""
    numbers, group = np.unique(groups.of_document[documents], return_inverse=True)
    has_words = counts["words"] > 0

    def summed(of_document: Integers) -> Integers:
        total: Integers = np.bincount(group, of_document, len(numbers)).astype(np.int64)
        return total

    columns = {groups.labels.name: groups.labels.gather(numbers), "documents": summed(has_words.astype(np.int64))}
    columns |= {name: summed(of_document) for name, of_document in counts.items()}
    for name, of_document in values.items():
        found = mean_interval(of_document[has_words], group[has_words], len(numbers), level)
        ends = zip(("", "_low", "_high"), found, strict=True)
        columns |= {f"{name}{end}": nan_as_null(value) for end, value in ends}
    return pl.DataFrame(columns)
