"""thesaurus: words that keep the same company."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Array
from corpus_kit.analysis.asked_vectors import AskedVectors
from corpus_kit.analysis.context_vectors import ContextVectors
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView

__all__ = ["thesaurus"]

_SHOWN = 5  # shared collocates of a row


def thesaurus(
    corpus: CorpusView,
    word: str,
    *,
    unit: str | None = None,
    exact: bool = False,
    within: str = "paragraph",
    window: int = 2,
    min_count: int = 20,
    neighbours: int = 50,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Find the words that keep the same company as a word: its neighbours in distribution.

    Each word is a vector with a value for each word near it: their positive pointwise mutual information,
    log2(P(w, c) / (P(w) P(c))) where that is positive, with the frequencies of contexts to the power of 0.75, so that
    rare contexts weigh less. Words are compared by the cosine of their vectors. Nothing is trained or drawn at random.

    Neighbours are synonyms, opposites and words of the same kind alike: what they share is context, not meaning. The
    first call counts all pairs of near words of the corpus, which takes seconds for ten million words; calls for other
    words with the same options take a fraction of a second.

    Args:
        corpus: A Corpus or a subcorpus.
        word: One word. With unit="lemma" or "stem", a word that is none stands for its own, with a warning.
        unit: What is compared: "word", "stem" or "lemma", as in `ck.frequency`; None for the lemma where the corpus
            has lemmas, otherwise the word. Words that have none are no contexts, but keep their place in windows.
        exact: Whether words, stems and lemmas are compared in repaired spelling, otherwise in folded form.
        within: The unit of text that windows do not cross: "sentence", "paragraph" or "document".
        window: How many words before and after a word are its contexts, 1 to 50.
        min_count: The lowest frequency of words that are compared, and of contexts. Rarer words have too few contexts
            for their similarity to mean much; they keep their place in windows.
        neighbours: The most rows.
        stopwords: Words that are not shown, in any spelling; they are contexts all the same.

    Returns:
        A DataFrame with the columns word (String), spelling (String: its most frequent original spelling in the
        corpus), similarity (Float64: the cosine, from 0 to 1), count (Int64: how often it occurs), shared (Int64: how
        many contexts both have with positive PPMI), collocates (String: the five of these that add most to the
        similarity). Words without a shared context are left out. Order: similarity descending, then count descending,
        then the order of the vocabulary.

    Warns:
        UserWarning: If the word does not occur, or too rarely.

    Raises:
        InputError: If an argument is invalid, or the pairs need more memory than one call may use.

    References:
        Levy, O., Goldberg, Y. & Dagan, I. (2015). Improving distributional similarity with lessons learned from word
        embeddings. TACL 3, 211-225. (PPMI, smoothing of contexts.)
        Lin, D. (1998). Automatic retrieval and clustering of similar words. Proceedings of COLING-ACL, 768-774.
        (Thesauri from distribution.)

    Examples:
        >>> import corpus_kit as ck
        >>> ck.thesaurus(ck.sample_corpus(), "هدنة", min_count=5, neighbours=3).columns
        ['word', 'spelling', 'similarity', 'count', 'shared', 'collocates']
    """
    asked = AskedVectors.of(corpus, unit, exact, window, within, min_count, stopwords, "ck.thesaurus")
    most = integer(neighbours, "neighbours", least=1)
    with reading(corpus.path):
        number = asked.number_of(word, "word")
        table = _NO_WORDS if number is None else _neighbours(asked, number, most)
    return asked.attached(table, {"word": word, "neighbours": most})


_NO_WORDS = pl.DataFrame(
    schema={
        "word": pl.String, "spelling": pl.String, "similarity": pl.Float64, "count": pl.Int64, "shared": pl.Int64,
        "collocates": pl.String,
    }
)  # fmt: skip


def _neighbours(asked: AskedVectors, number: int, most: int) -> pl.DataFrame:
    vectors = asked.vectors
    similarity, shared = vectors.similarities(number)
    others = asked.kept(np.flatnonzero((shared > 0) & (np.arange(len(shared)) != number)))
    frequency = asked.counted.frequency[vectors.words[others]]
    order = np.lexsort((others, -frequency, -similarity[others]))[:most]
    others = others[order]
    ids, vector = vectors.words[others], vectors.dense(number)
    collocates = [_strongest(asked, vectors, vector, int(each)) for each in others]
    columns = {
        "word": asked.counted.named(ids),
        "spelling": asked.counted.spelled(ids),
        "similarity": np.minimum(similarity[others], 1.0),
        "count": frequency[order],
        "shared": shared[others],
        "collocates": collocates,
    }
    return pl.DataFrame(columns, schema=_NO_WORDS.schema)


def _strongest(asked: AskedVectors, vectors: ContextVectors, vector: Array, other: int) -> str:
    """Return the shared contexts that add most to a similarity."""
    row = vectors.row(other)
    contexts = vectors.contexts[row]
    products = vector[contexts] * vectors.ppmi[row]
    best = np.argsort(-products, kind="stable")[:_SHOWN]
    return "، ".join(asked.counted.spelled(vectors.words[contexts[best[products[best] > 0]]]).to_list())
