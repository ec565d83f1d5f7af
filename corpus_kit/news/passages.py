"""Passages: runs of words that two documents share, word for word."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Integers
from corpus_kit._base.records import attach
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.duplicate_search import pair_labels, publication_dates
from corpus_kit.news.running_text import original_text, selected_tokens, token_ends
from corpus_kit.news.shared_runs import shared_runs
from corpus_kit.news.shingles import Words
from corpus_kit.text.forms import NO_FORM
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["passages"]


_TAKEN = ("document", "id", "share", "start", "end")  # first_document, ... are columns of the result


def passages(
    corpus: CorpusView,
    *,
    min_words: int = 15,
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    max_documents: int = 10,
    date: str | None = "date",
    max_rows: int = 1_000_000,
) -> pl.DataFrame:
    """Return the passages that two documents share word for word: quotations, statements, reused text.

    A passage is a run of counted words, of at least min_words, that is the same in two documents in the form of
    `profile` and cannot be made longer in either direction. Passages cross sentences, paragraphs and the spans that
    `Corpus.exclude` took out, but never documents. All of them are found, by a join of runs of min_words words and
    their extension; hashes only bring equal runs together.

    Two rules keep the table readable. Of words that a document repeats, the first occurrence counts: a passage must
    have min_words words that occur there for the first time in both documents. (A refrain is one row for two
    documents, not one for each two occurrences; what a document shares with itself is not listed.) And of what very
    many documents have, a formula, only max_documents may.

    Args:
        corpus: A Corpus or a subcorpus. Exclude boilerplate first (`Corpus.exclude`); for passages in texts that are
            otherwise different, leave out copies (`Corpus.deduplicate`) or filter by first_share and second_share.
        min_words: The fewest words of a passage.
        profile: The form that is compared: the name of a preset, a Normalizer, or None for the original spelling.
        by: A metadata column, such as the outlet, to be shown for both documents.
        max_documents: A passage must have min_words words that no more documents than this have. A standing formula
            has none, whatever its length: the title of a minister, a verse.
        date: The metadata column of dates, from which `days` is computed. With None, or if a corpus has no column
            "date", days is null.
        max_rows: The most rows that the result may have.

    Returns:
        A DataFrame, ordered by first_document, second_document, then by place:

        - first_document, second_document (UInt32): row numbers, first_document < second_document.
        - first_id, second_id (String).
        - first_<by>, second_<by> (as the column), across (Boolean: whether they differ); only with `by`.
        - words (Int64): the words of the passage.
        - documents (Int64): the documents that have its rarest min_words words, of all that are searched: 2 if
          these two alone have them.
        - surface (String): the passage in the first document, white space as one space.
        - first_share, second_share (Float64): the passage, of the words of each document.
        - first_start, first_end, second_start, second_end (UInt32): code points of each text as read.
        - days (Int64): from the date of the first document to that of the second; null if one has no date.

    Raises:
        InputError: If an argument is invalid, or there are more than max_rows passages.

    References:
        Smith, D. A., Cordell, R. & Mullen, A. (2015). Computational methods for uncovering reprinted texts in
        antebellum newspapers. American Literary History 27(3), E1-E15. Büchler, M., Burns, P. R., Müller, M., Franzini,
        E. & Franzini, G. (2014). Towards a historical text re-use detection. Text Mining, Springer, 221-238.

    Examples:
        >>> import corpus_kit as ck
        >>> alone = ck.sample_corpus().deduplicate()
        >>> table = ck.news.passages(alone, min_words=6, by="outlet")
        >>> table.select("first_id", "second_id", "across", "words", "documents").row(0)
        ('mada-2026-01-05-1', 'mada-2026-02-09-1', False, 6, 2)
    """
    expect_corpus(corpus)
    normalizer = resolve_profile(profile)
    least = integer(min_words, "min_words", least=2)
    widest = integer(max_documents, "max_documents", least=2)
    most = integer(max_rows, "max_rows", least=0)
    labels = None if by is None else pair_labels(corpus, by, _TAKEN)
    dates = publication_dates(corpus, date)
    counted = CountedWords(corpus, normalizer)
    sizes = counted.sizes
    found = shared_runs(Words(counted.ids, sizes, len(counted.words)), least, widest, most)
    ends = np.cumsum(sizes)
    rows = [np.searchsorted(ends, place, "right") for place in (found.first, found.second)]
    first, second = (counted.documents[row] for row in rows)
    columns: dict[str, Any] = {
        "first_document": first.astype(np.uint32),
        "second_document": second.astype(np.uint32),
        "first_id": corpus.ids(first),
        "second_id": corpus.ids(second),
    }
    if labels is not None:
        columns[f"first_{by}"], columns[f"second_{by}"] = labels.gather(first), labels.gather(second)
        columns["across"] = columns[f"first_{by}"].ne_missing(columns[f"second_{by}"])
    tokens = _tokens(corpus, normalizer)
    columns |= {"words": found.words, "documents": found.documents}
    columns["surface"] = original_text(corpus, tokens[found.first], tokens[found.first + found.words - 1] + 1)
    columns |= {f"{name}_share": found.words / sizes[row] for name, row in zip(("first", "second"), rows, strict=True)}
    for name, place in (("first", found.first), ("second", found.second)):
        columns[f"{name}_start"] = corpus.token_starts[tokens[place]].astype(np.uint32)
        columns[f"{name}_end"] = token_ends(corpus, tokens[place + found.words - 1]).astype(np.uint32)
    columns["days"] = (dates.gather(second) - dates.gather(first)).dt.total_days()
    options = {
        "min_words": least, "profile": None if normalizer is None else normalizer.name, "by": by,
        "max_documents": widest, "date": date, "max_rows": most, "documents": len(sizes),
        "subcorpus": corpus.selection,
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    return attach(pl.DataFrame(columns), "ck.news.passages", options, corpus=corpus, profile_digest=digest)


def _tokens(corpus: CorpusView, normalizer: Normalizer | None) -> Integers:
    """Return the token of each counted word of the selected documents."""
    tokens = selected_tokens(corpus)
    with reading(corpus.path):
        of_type = forms_of(corpus, normalizer).of_type
        is_counted = corpus.counted_types if of_type is None else of_type != NO_FORM
        return tokens[is_counted[corpus.token_types[tokens]]]
