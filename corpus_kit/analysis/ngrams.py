"""Counting the n-grams of texts or of a corpus."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import path_argument, threshold
from corpus_kit._base.columns import ArrowArray, ArrowStream, text_series
from corpus_kit._base.records import attach
from corpus_kit.analysis.corpus_forms import forms_of, joins_of, tokens_of
from corpus_kit.analysis.frequent_ngrams import likely_count, possible_tokens
from corpus_kit.analysis.groups import Labels, corpus_labels, labels_of
from corpus_kit.analysis.joined_spellings import join_spellings
from corpus_kit.analysis.ngram_arrays import NGRAM_COLUMNS, count_token_arrays, count_token_arrays_as_ids
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.spellings import original_spellings
from corpus_kit.analysis.stopword_forms import ngram_ids_kept, ngrams_kept, stopword_forms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.scale.ngram_table import NgramTable
from corpus_kit.text.forms import DocumentTokens, Forms, forms_of_tokenizer, forms_of_types, select
from corpus_kit.text.ngram_options import NgramOptions, check_tokenizer, ngram_options
from corpus_kit.text.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.text.token_flags import BARRIERS, BEGINS_WORD
from corpus_kit.text.tokenization import Tokenizer

__all__ = ["count_ngram_ids", "count_ngrams", "first_ngrams", "ngrams"]

Texts = Iterable[str | None] | pl.Series | ArrowStream | ArrowArray | CorpusView

# ------------------------------------------------------------------- texts to a table


def count_ngrams(
    texts: Texts,
    n: int | tuple[int, int],
    *,
    level: str = "word",
    profile: str | Normalizer | None = "search",
    tokenizer: str = "standard",
    within: str = "paragraph",
    skip: int = 0,
    by: Labels | str | None = None,
    min_count: int = 1,
    min_documents: int = 1,
    stopwords: Collection[str] = (),
    document_frequency: bool = True,
) -> pl.DataFrame:
    """Count the n-grams of texts: sequences of n words, or of n characters.

    Words, numbers, hashtags and mentions are counted; punctuation and symbols are neither counted nor a barrier.
    Texts are tokenised as they are; then each distinct token is normalised. A token whose form is empty (a mark
    alone) is not counted. A profile may write white space into a form (ligatures="expand"): it is still one token,
    and the n-gram contains its spaces.

    Args:
        texts: A list of str, a String Series or another Arrow column of strings (pyarrow, pandas, DuckDB, ...), in
            which each element is a document, and a null or an empty text a document without tokens; or a Corpus,
            which is tokenised already.
        n: The number of words or characters, 1 to 8, or (low, high) for all lengths from low to high.
        level: "word" or "character". N-grams of characters are those of the normalised text, with all its
            characters (code points) and one space for each run of white space; they are joined without a
            separator.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the text as it is.
        tokenizer: "standard", or "whitespace": whatever is between white space is a token and is counted. It has no
            effect on n-grams of characters.
        within: The unit of text that an n-gram does not cross: "sentence", "paragraph" (line breaks separate
            paragraphs) or "document"; with level="character" also "token": white space, which is then not
            counted. With tokenizer="whitespace", only the elements of `texts` are separated.
        skip: For skip-grams, the number of tokens (0 to 15) that may be skipped in all between the first and the
            last. An n-gram that is found in several ways at one place counts as often.
        by: A label for each text, as a list or a Series of any type, or the name of a metadata column of a Corpus:
            n-grams are counted separately for each label, and null is a label like any other.
        min_count: The lowest count of a row that is kept; with `by`, the count in the group.
        min_documents: In how many texts an n-gram must occur; with `by`, texts of the group.
        stopwords: Words, in any spelling that `profile` folds; n-grams of words that contain one are not shown.
        document_frequency: Whether documents are counted, too.

    Returns:
        A DataFrame with the columns [the labels, named "by" or after their Series,] ngram (String, words joined by
        one space), n (UInt8), count (Int64) and documents (Int64: number of texts that contain it; absent with
        document_frequency=False). Order: count descending, then n, then first occurrence.

    Raises:
        InputError: If an argument is invalid, there are more than 4,294,967,295 tokens or n-grams, or they need more
            memory than `corpus_kit.memory_limit`; `ck.scale.count_ngrams` counts on disk.

    References:
        Guthrie, D., Allison, B., Liu, W., Guthrie, L. & Wilks, Y. (2006). A closer look at skip-gram modelling.
        Proceedings of LREC 2006, 1222-1225.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.count_ngrams(["الكتابُ الجديد", "هذا الكتاب الجديد"], 2).rows()
        [('الكتاب الجديد', 2, 2, 2), ('هذا الكتاب', 2, 1, 1)]
    """
    source = _source(
        texts, n, level=level, profile=profile, tokenizer=tokenizer, within=within, skip=skip, by=by,
        min_count=min_count, min_documents=min_documents, stopwords=stopwords, document_frequency=document_frequency,
    )  # fmt: skip
    with source.reading():
        table = count_token_arrays(
            source.tokens, source.forms, options=source.options, by=source.by, separator=source.separator
        )
    return source.attach(ngrams_kept(table, source.min_documents, source.left_out), "ck.count_ngrams")


def count_ngram_ids(
    texts: Texts,
    n: int | tuple[int, int],
    *,
    level: str = "word",
    profile: str | Normalizer | None = "search",
    tokenizer: str = "standard",
    within: str = "paragraph",
    skip: int = 0,
    by: Labels | str | None = None,
    min_count: int = 1,
    min_documents: int = 1,
    stopwords: Collection[str] = (),
    document_frequency: bool = True,
) -> tuple[pl.DataFrame, pl.Series]:
    """Count the n-grams of texts and leave their words as ids, which take less memory than strings.

    Args:
        texts: As in `count_ngrams`.
        n: As in `count_ngrams`.
        level: As in `count_ngrams`.
        profile: As in `count_ngrams`.
        tokenizer: As in `count_ngrams`.
        within: As in `count_ngrams`.
        skip: As in `count_ngrams`.
        by: As in `count_ngrams`.
        min_count: As in `count_ngrams`.
        min_documents: As in `count_ngrams`.
        stopwords: As in `count_ngrams`.
        document_frequency: As in `count_ngrams`.

    Returns:
        The table of `count_ngrams`, with the columns w1, w2, … (UInt32, null beyond n) in place of ngram; and the
        Series "word" (String), whose rows these ids are.

    Raises:
        InputError: If an argument is invalid, there are more than 4,294,967,295 tokens or n-grams, or they need more
            memory than `corpus_kit.memory_limit`; `ck.scale.count_ngrams` counts on disk.

    Examples:
        >>> import corpus_kit as ck
        >>> table, words = ck.count_ngram_ids(["الكتابُ الجديد", "هذا الكتاب الجديد"], 2)
        >>> table.rows()
        [(2, 0, 1, 2, 2), (2, 2, 0, 1, 1)]
        >>> words.to_list()
        ['الكتاب', 'الجديد', 'هذا']
    """
    source = _source(
        texts, n, level=level, profile=profile, tokenizer=tokenizer, within=within, skip=skip, by=by,
        min_count=min_count, min_documents=min_documents, stopwords=stopwords, document_frequency=document_frequency,
    )  # fmt: skip
    with source.reading():
        table, words = count_token_arrays_as_ids(source.tokens, source.forms, options=source.options, by=source.by)
    table = ngram_ids_kept(table, words, source.min_documents, source.left_out)
    return source.attach(table, "ck.count_ngram_ids"), words


@dataclass(frozen=True, eq=False)
class _Source:
    """What is counted of texts, as arrays, and what the record of the table says."""

    tokens: DocumentTokens
    forms: Forms
    options: NgramOptions
    by: pl.Series | None
    separator: str
    corpus: CorpusView | None
    is_mapped: bool  # whether the tokens are files of the corpus
    normalizer: Normalizer | None
    min_documents: int
    left_out: Collection[str]  # stop words, in the form that is counted
    record: dict[str, Any]

    def reading(self) -> AbstractContextManager[None]:
        """Report damage of the files that are read while tokens are counted."""
        return reading(self.corpus.path) if self.corpus is not None and self.is_mapped else nullcontext()

    def attach(self, table: pl.DataFrame, function: str) -> pl.DataFrame:
        if self.corpus is not None:
            return attach_of_corpus(table, function, self.corpus, self.normalizer, self.record)
        profile = None if self.normalizer is None else self.normalizer.name
        digest = None if self.normalizer is None else self.normalizer.digest
        return attach(table, function, {**self.record, "profile": profile}, profile_digest=digest)


def _source(
    texts: Texts,
    n: int | tuple[int, int],
    *,
    level: str,
    profile: str | Normalizer | None,
    tokenizer: str,
    within: str,
    skip: int,
    by: Labels | str | None,
    min_count: int,
    min_documents: int,
    stopwords: Collection[str],
    document_frequency: bool,
) -> _Source:
    """Check the arguments of a count, and tokenise the texts."""
    options = ngram_options(
        n, min_count=min_count, level=level, skip=skip, within=within, document_frequency=document_frequency
    )
    check_tokenizer(tokenizer, "paragraph" if level == "character" else within)
    normalizer = resolve_profile(profile)
    in_documents = threshold(min_documents, "min_documents", least=0)
    if in_documents > 1 and not document_frequency:
        raise invalid("min_documents", "1 with document_frequency=False", min_documents)
    left_out = stopword_forms(stopwords, normalizer)
    if left_out and level == "character":
        raise invalid("stopwords", "empty with level='character'", stopwords)
    kept = (in_documents, left_out)
    record = {
        "n": n, "min_count": min_count, "min_documents": in_documents, "stopwords": stopwords, "tokenizer": tokenizer,
        "level": level, "skip": skip, "within": within, "by": by, "document_frequency": document_frequency,
    }  # fmt: skip
    corpus = texts if isinstance(texts, CorpusView) else None
    labels: pl.Series | None
    if corpus is not None and tokenizer == "standard" and level == "word":
        labels = None if by is None else corpus_labels(corpus, by, NGRAM_COLUMNS)
        with reading(corpus.path):
            tokens, forms = tokens_of(corpus), forms_of(corpus, normalizer)
        return _Source(tokens, forms, options, labels, " ", corpus, True, normalizer, *kept, record)
    if corpus is not None:
        labels = None if by is None else corpus.labels(corpus_labels(corpus, by, NGRAM_COLUMNS).name)
        with reading(corpus.path):
            series = corpus.documents.select("text").collect()["text"]
    else:
        series = text_series(texts)
        labels = None if by is None else labels_of(by, len(series), NGRAM_COLUMNS)  # errors before the work
    if level == "character":
        if tokenizer == "whitespace" and within != "token":
            options = replace(options, within="document")
        tokens, forms = _characters(series, normalizer, apart=within == "token")
    else:
        tokens, forms = _words(series, normalizer, tokenizer)
    separator = "" if level == "character" else " "
    return _Source(tokens, forms, options, labels, separator, corpus, False, normalizer, *kept, record)


def _words(series: pl.Series, normalizer: Normalizer | None, tokenizer: str) -> tuple[DocumentTokens, Forms]:
    counter = Tokenizer(tokenizer=tokenizer)
    batch = counter.add(series, starts=False)
    return DocumentTokens(batch.type_ids, batch.flags, batch.counts), forms_of_tokenizer(counter, normalizer)


def _characters(series: pl.Series, normalizer: Normalizer | None, *, apart: bool) -> tuple[DocumentTokens, Forms]:
    """Split the normalised texts into characters; `apart` makes white space a barrier that is not counted."""
    splitter = Tokenizer(tokenizer="character")
    batch = splitter.add(series if normalizer is None else normalize_series(series, normalizer), starts=False)
    types = splitter.types()
    if not apart:
        forms = forms_of_types(types, normalizer=None, kinds=None)
        return DocumentTokens(batch.type_ids, batch.flags, batch.counts), forms
    blank = types["surface"].str.strip_chars() == ""
    spaces = blank.to_numpy()
    forms = forms_of_types(
        types.with_columns(surface=pl.when(~blank).then("surface").otherwise(pl.lit(""))), normalizer=None, kinds=None
    )
    flags = batch.flags | np.where(spaces, BEGINS_WORD, 0).astype(np.uint8)[batch.type_ids]
    return DocumentTokens(batch.type_ids, flags, batch.counts), forms


# ------------------------------------------------------------------- corpus to a table


def ngrams(
    corpus: CorpusView | NgramTable | str | Path,
    n: int | tuple[int, int] = 2,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    within: str = "paragraph",
    skip: int = 0,
    by: str | None = None,
    min_count: int = 2,
    min_documents: int = 1,
    stopwords: Collection[str] = (),
    join: Join = False,
) -> pl.DataFrame:
    """Count the n-grams of a corpus.

    Args:
        corpus: A Corpus or a subcorpus; or a table of `ck.scale.count_ngrams`, or the path of its folder, which was
            counted with the same profile, skip and within.
        n: The number of words, 1 to 8, or (low, high) for all lengths from low to high.
        unit: What is counted: "word", "stem", "lemma" or "root", as in `ck.frequency`; of a table of n-grams, words.
            An n-gram with a word that has none is not shown.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        within: The unit of text that an n-gram does not cross: "sentence", "paragraph" or "document".
        skip: For skip-grams, the number of words (0 to 15) that may be skipped in all.
        by: A metadata column; n-grams are counted separately for each of its values.
        min_count: The lowest count of a row that is kept; with `by`, the count in the group.
        min_documents: In how many documents an n-gram must occur; with `by`, documents of the group.
        stopwords: Words (with unit="lemma", lemmas), in any spelling that `profile` folds; n-grams that contain one
            are not shown.
        join: Whether names that are written with and without a space are one word of an n-gram, as in `ck.frequency`;
            of a corpus only.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] ngram (String, words joined by one
        space), spelling (String: the most frequent sequence of original spellings that it stands for in the corpus,
        with `by` in all groups together; of equally frequent ones the first), n (UInt8), count (Int64) and documents
        (Int64: number of documents that contain it). Order: count descending, then n, then first occurrence. A table
        of `ck.scale.count_ngrams` records neither spellings nor first occurrences: there is no column spelling, and
        the last key of the order is bytes.

    Raises:
        InputError: If an argument is invalid, `by` is not a metadata column, the corpus is not annotated with the
            unit, the table was counted with other options, or counting would need more memory than
            `corpus_kit.memory_limit`; `ck.scale.count_ngrams` counts on disk.
        CorpusError: If there is no table at the path.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.ngrams(ck.sample_corpus(), n=2).columns
        ['ngram', 'spelling', 'n', 'count', 'documents']
    """
    options = ngram_options(n, min_count=min_count, skip=skip, within=within)
    normalizer = resolve_profile(profile)
    in_documents = threshold(min_documents, "min_documents", least=0)
    left_out = stopword_forms(stopwords, normalizer, expect_unit(unit))
    given: dict[str, Any] = {"n": n, "min_count": min_count, "by": by, "skip": skip, "within": within}
    given |= {"min_documents": in_documents, "stopwords": stopwords}
    if isinstance(corpus, NgramTable | str | Path):
        if expect_unit(unit) != "word":
            raise invalid("unit", "'word' for a table of n-grams, which has no annotations", unit)
        if join is not False:
            raise invalid("join", "False for a table of n-grams, which was counted without", join)
        return _ngrams_of_table(corpus, options, normalizer, {**given, "unit": unit}, left_out)
    unit = expect_unit(unit, expect_corpus(corpus))
    labels = None if by is None else corpus_labels(corpus, by, ("spelling", *NGRAM_COLUMNS))
    names = names_to_join(join, unit, normalizer, corpus)
    with reading(corpus.path):
        joined = None
        if names is None:
            tokens, forms, original, _ = possible_tokens(corpus, normalizer, unit, options, left_out)
        else:
            tokens, forms = tokens_of(corpus), forms_of(corpus, normalizer, unit)
            original = original_spellings(corpus, forms, normalizer, unit)
            spelled = select(tokens, Forms(original.of_type, original.texts), BARRIERS[within])
            joined, original = join_spellings(joins_of(corpus, normalizer, names), spelled, original)
        table = count_token_arrays(tokens, forms, options=options, by=labels, original=original, joined=joined)
    table = ngrams_kept(table, in_documents, left_out)
    sequences = 0 if joined is None else len(joined.places.first)
    record = {**given, **join_record(join, names, sequences), **unit_record(unit, corpus)}
    return attach_of_corpus(table, "ck.ngrams", corpus, normalizer, record)


def first_ngrams(
    corpus: CorpusView,
    n: int | tuple[int, int] = 2,
    *,
    rows: int,
    unit: str = "word",
    skip: int = 0,
    min_count: int = 2,
    stopwords: Collection[str] = (),
) -> pl.DataFrame | None:
    """Return the first rows of `ngrams` with these arguments, exactly, in a part of the time.

    It counts the n-grams that reach a count that enough of them are likely to reach, and if too few do, again.

    Args:
        corpus: The corpus.
        n: As in `ngrams`.
        rows: How many rows; there are fewer only if the whole table has fewer.
        unit: As in `ngrams`.
        skip: As in `ngrams`.
        min_count: As in `ngrams`.
        stopwords: As in `ngrams`.

    Returns:
        The rows; None where the whole table is made as quickly.
    """
    options = ngram_options(n, min_count=min_count, skip=skip)
    normalizer = resolve_profile("search")
    left_out = stopword_forms(stopwords, normalizer, unit)
    with reading(corpus.path):
        least = likely_count(corpus, normalizer, unit, options, left_out, rows)
    while least is not None:
        table = ngrams(corpus, n, unit=unit, skip=skip, min_count=least, stopwords=stopwords)
        if table.height >= rows or least == options.min_count:
            return table.head(rows)
        least = max(options.min_count, least // 4)
    return None


def _ngrams_of_table(
    table: NgramTable | str | Path,
    options: NgramOptions,
    normalizer: Normalizer | None,
    given: dict[str, Any],
    left_out: Collection[str],
) -> pl.DataFrame:
    if given["by"] is not None:
        raise invalid("by", "None for a table of n-grams, which has no metadata", given["by"])
    if isinstance(table, str):
        path_argument(table, "corpus")
    opened = table if isinstance(table, NgramTable) else NgramTable.open(table)
    record = {**given, "profile": None if normalizer is None else normalizer.name}
    digest = None if normalizer is None else normalizer.digest
    selected = ngrams_kept(opened.select(options, normalizer), given["min_documents"], left_out)
    return attach(selected, "ck.ngrams", record, corpus_id=opened.id, profile_digest=digest)
