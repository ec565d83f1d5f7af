"""The tokens that can be in the n-grams of a table, and how frequent its first rows are likely to be.

An n-gram is at most as frequent as its rarest word, and as its rarest pair of neighbours. What is too rare for the
table is left out before n-grams are counted, as are stop words; what is counted is counted exactly.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from corpus_kit import _core
from corpus_kit._base.arrays import Numbers
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.counted_words import CountedTokens, CountedWords, counted_tokens
from corpus_kit.analysis.ngram_arrays import count_token_arrays_as_ids, without_nameless
from corpus_kit.analysis.stopword_forms import ngram_ids_kept
from corpus_kit.corpus.view import CorpusView
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import BREAK, NO_FORM, DocumentTokens
from corpus_kit.text.ngram_options import NgramOptions
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["likely_count", "possible_tokens"]

_COUNTERS = 20  # the binary logarithm of the number of counters of pairs in the core
_WORTH_PAIRS = 2  # times the mean of these counters: a least count below which most pairs would be kept
_FEW = 10  # words that are rarer are so few among all that leaving them out is not worth a count
_SAMPLE = 500_000  # tokens in which it is estimated how frequent the first rows are
_WORTH = 4  # times as many tokens as in the sample, below which all are counted as quickly
_DOUBLE, _CAREFUL = 2, 0.7  # the estimate is of twice as many rows, and taken as lower than it is


def possible_tokens(
    corpus: CorpusView, normalizer: Normalizer | None, unit: str, options: NgramOptions, left_out: Collection[str]
) -> CountedTokens:
    """Return the tokens of a corpus without those that no n-gram of the table can contain.

    Args:
        corpus: The corpus.
        normalizer: The normaliser, or None.
        unit: What is counted.
        options: Which n-grams are counted. Skip-grams can pass over any word, and of those within documents, which
            have no barriers, all tokens are returned.
        left_out: Stop words, in the form that is counted.
    """
    counted = counted_tokens(corpus, normalizer, unit, None, options.within)
    can_end = options.skip == 0 and BARRIERS[options.within] != 0
    if not can_end or (options.min_count < _FEW and not left_out):
        return counted
    words = CountedWords(corpus, normalizer, unit)
    possible = np.ones(words.n_words, bool)
    if options.min_count >= _FEW:
        possible = words.frequency >= options.min_count
    if left_out:
        possible &= ~words.words.is_in(sorted(left_out)).fill_null(value=False).to_numpy()
    of_type = counted.forms.of_type
    assert of_type is not None  # a corpus has punctuation, which is not counted
    with_breaks = of_type.copy()
    is_word = np.flatnonzero(of_type != NO_FORM)
    with_breaks[is_word[~possible[of_type[is_word]]]] = BREAK
    return counted._replace(tokens=_possible(counted.tokens, with_breaks, options))


def _possible(tokens: DocumentTokens, of_type: Numbers, options: NgramOptions) -> DocumentTokens:
    """Return the tokens in runs of words, and where few pairs of words are frequent, of pairs, that are long enough."""
    bits = BARRIERS[options.within]
    parts_pairs = options.low > 1 and options.min_count >= _WORTH_PAIRS * len(tokens.type_ids) >> _COUNTERS
    _, barriers, ends, places = _core.select(
        tokens.type_ids, tokens.flags, tokens.counts, of_type, barrier_bit=bits, documents=tokens.chosen,
        shortest=options.low, least=options.min_count if parts_pairs else 0, with_positions=True, threads=threads(),
    )  # fmt: skip
    counts = np.diff(series_from_core("", ends).to_numpy(), prepend=np.uint64(0)).astype(np.uint32)
    assert places is not None  # they were asked for
    flags = np.where(series_from_core("", barriers).to_numpy(), bits, 0).astype(np.uint8)
    return DocumentTokens(tokens.type_ids[series_from_core("", places).to_numpy()], flags, counts, tokens.chosen)


def likely_count(
    corpus: CorpusView,
    normalizer: Normalizer | None,
    unit: str,
    options: NgramOptions,
    left_out: Collection[str],
    rows: int,
) -> int | None:
    """Return a count that probably more than `rows` n-grams reach, from a part of the documents.

    None if the documents are so few, or n-grams so rare, that all are counted as quickly.
    """
    documents = corpus.selected_documents()
    of_document = corpus.token_counts()
    n_tokens = int(of_document[documents].sum(dtype=np.int64))
    if options.skip or n_tokens < _WORTH * _SAMPLE:
        return None
    sample = documents[:: n_tokens // _SAMPLE]
    chosen = np.zeros(len(of_document), np.uint8)
    chosen[sample] = 1
    within = replace(options, min_count=2, document_frequency=False)
    tokens, forms, *_ = possible_tokens(corpus, normalizer, unit, within, left_out)
    table, words = count_token_arrays_as_ids(tokens._replace(chosen=chosen), forms, options=within)
    table = ngram_ids_kept(without_nameless(table, words), words, 1, left_out)
    if table.height <= _DOUBLE * rows:
        return None
    share = int(of_document[sample].sum(dtype=np.int64)) / n_tokens
    return max(options.min_count, int(_CAREFUL * table["count"][_DOUBLE * rows] / share))
