"""shared_collocates: which company two words share, and which only one of them keeps."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from corpus_kit.analysis.asked_vectors import AskedVectors
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView

__all__ = ["shared_collocates"]

_SHARED_BY = pl.Enum(["both", "word", "other"])


def shared_collocates(
    corpus: CorpusView,
    word: str,
    other: str,
    *,
    unit: str | None = None,
    exact: bool = False,
    within: str = "paragraph",
    window: int = 2,
    min_count: int = 20,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Show why two words are similar or not: the collocates that they share, and those that only one has.

    The collocates are the contexts of `ck.thesaurus`, with the same options: words near one of the two that are
    nearer to it than by chance (positive PPMI).

    Args:
        corpus: A Corpus or a subcorpus.
        word: One word.
        other: Another one.
        unit: As in `ck.thesaurus`.
        exact: As in `ck.thesaurus`.
        within: As in `ck.thesaurus`.
        window: As in `ck.thesaurus`.
        min_count: The lowest frequency of words and contexts in the corpus.
        stopwords: Collocates that are not shown, in any spelling.

    Returns:
        A DataFrame with the columns collocate (String), spelling (String), shared_by (Enum: both, word, other),
        count, other_count (Int64: how often it is near the word and near the other one), ppmi, other_ppmi (Float64, in
        bits; 0 where it is not nearer than by chance). Order: shared ones by the product of both, then those of the
        word and those of the other one by their PPMI, all descending, then the order of the vocabulary.

    Warns:
        UserWarning: If a word does not occur, or too rarely.

    Raises:
        InputError: If an argument is invalid, or the pairs need more memory than one call may use.

    References:
        Levy, O., Goldberg, Y. & Dagan, I. (2015). Improving distributional similarity with lessons learned from word
        embeddings. TACL 3, 211-225.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.shared_collocates(ck.sample_corpus(), "هدنة", "تنظيم", min_count=5)
        >>> table.columns
        ['collocate', 'spelling', 'shared_by', 'count', 'other_count', 'ppmi', 'other_ppmi']
    """
    asked = AskedVectors.of(corpus, unit, exact, window, within, min_count, stopwords, "ck.shared_collocates")
    with reading(corpus.path):
        numbers = [asked.number_of(each, name) for each, name in ((word, "word"), (other, "other"))]
        table = _collocates(asked, *numbers)
    return asked.attached(table, {"word": word, "other": other})


def _collocates(asked: AskedVectors, word: int | None, other: int | None) -> pl.DataFrame:
    vectors = asked.vectors
    values, counts = [], []
    for number in (word, other):
        count = np.zeros(len(vectors.words), np.int64)
        if number is not None:
            row = vectors.row(number)
            count[vectors.contexts[row]] = vectors.counts[row]
        values.append(np.zeros(len(vectors.words)) if number is None else vectors.dense(number))
        counts.append(count)
    chosen = asked.kept(np.flatnonzero((values[0] > 0) | (values[1] > 0)))
    one, two = (each[chosen] for each in values)
    kind = np.where((one > 0) & (two > 0), 0, np.where(one > 0, 1, 2))
    order = np.lexsort((chosen, -np.where(kind == 0, one * two, one + two), kind))
    chosen, ids = chosen[order], vectors.words[chosen[order]]
    return pl.DataFrame(
        {
            "collocate": asked.counted.named(ids),
            "spelling": asked.counted.spelled(ids),
            "shared_by": pl.Series(_SHARED_BY.categories).gather(kind[order]).cast(_SHARED_BY),
            "count": counts[0][chosen],
            "other_count": counts[1][chosen],
            "ppmi": one[order],
            "other_ppmi": two[order],
        }
    )
