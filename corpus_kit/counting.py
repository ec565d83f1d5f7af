"""Counting words and n-grams: of texts, of a corpus, or of arrays of tokens that are there already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting, measures
from corpus_kit._columns import series_from_core, text_series, text_stream
from corpus_kit._statistics import dispersion_by_group, nan_as_null, spread_of
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords, forms_of, tokens_of
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import (
    BARRIERS,
    BEGINS_WORD,
    UNITS,
    Forms,
    Integers,
    TokenArrays,
    forms_of_tokenizer,
    forms_of_types,
    select,
)
from corpus_kit.grouping import Groups, corpus_labels, groups_of, labels_of
from corpus_kit.machine import threads
from corpus_kit.ngram_options import NgramOptions, check_tokenizer, ngram_options
from corpus_kit.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.occurrences import Occurrences
from corpus_kit.patterns import parse_pattern
from corpus_kit.provenance import attach
from corpus_kit.resampling import Bootstrap, Replicates, bootstrap_options, bootstrap_record, intervals
from corpus_kit.scale.table import NgramTable
from corpus_kit.storage import reading
from corpus_kit.tokenization import Tokenizer

__all__ = ["count_ngrams", "frequency", "ngrams"]

_TOTAL = "\0total"  # no column of a user has this name
_COLUMNS = ("ngram", "n", "count", "documents")
_FREQUENCY_COLUMNS = (
    "word",
    "count",
    "documents",
    "per_million",
    "dispersion",
    "per_million_low",
    "per_million_high",
    "n_bootstrap",
)

# -------------------------------------------------------------- arrays to a table


def count_token_arrays(
    tokens: TokenArrays,
    forms: Forms,
    *,
    options: NgramOptions,
    by: Iterable[Any] | pl.Series | None = None,
    separator: str = " ",
) -> pl.DataFrame | tuple[pl.DataFrame, pl.Series]:
    """Count the n-grams of tokens that are there as arrays; see count_ngrams for the result.

    Every array may be read-only and mapped from a file. by: a label for each document,
    also for those that are not chosen. Raises InputError if there are too many tokens.
    """
    groups = None if by is None else groups_of(by, len(tokens.counts), _COLUMNS)
    try:
        selected = select(tokens, forms, BARRIERS[options.within])
        columns = _counting.count_ngrams(
            selected.ids,
            selected.barriers,
            selected.document_ends,
            low=options.low,
            high=options.high,
            skip=options.skip,
            min_count=options.min_count,
            barrier_bits=selected.barrier_bits,
            n_types=len(forms.words),
            groups=None if groups is None else groups.of_document,
            n_groups=0 if groups is None else len(groups.labels),
            document_frequency=options.document_frequency,
            with_ids=options.output == "ids",
            threads=threads(),
        )
    except OverflowError as error:
        raise InputError(str(error)) from None
    n, place, count, documents, group = columns
    lengths = series_from_core("n", n)
    head = [] if groups is None or group is None else [groups.labels.gather(series_from_core("group", group))]
    tail = [series_from_core("count", count)]
    if documents is not None:
        tail.append(series_from_core("documents", documents))
    if options.output == "ids":
        words = [series_from_core(f"w{number}", part) for number, part in enumerate(place, start=1)]
        return pl.DataFrame([*head, lengths, *words, *tail]), forms.words.alias("word")
    strings = _counting.ngram_strings(
        selected.ids,
        lengths.to_numpy(),
        series_from_core("first", place).to_numpy(),
        text_stream(forms.words),
        separator=separator.encode(),
        threads=threads(),
    )
    return pl.DataFrame([*head, series_from_core("ngram", strings), lengths, *tail])


# ------------------------------------------------------------------- texts to a table


@overload
def count_ngrams(
    texts: Iterable[str | None] | pl.Series | CorpusView,
    n: int | tuple[int, int],
    *,
    min_count: int = ...,
    profile: str | Normalizer | None = ...,
    tokenizer: str = ...,
    unit: str = ...,
    skip: int = ...,
    within: str = ...,
    by: Iterable[Any] | pl.Series | str | None = ...,
    document_frequency: bool = ...,
    output: Literal["strings"] = ...,
) -> pl.DataFrame: ...


@overload
def count_ngrams(
    texts: Iterable[str | None] | pl.Series | CorpusView,
    n: int | tuple[int, int],
    *,
    min_count: int = ...,
    profile: str | Normalizer | None = ...,
    tokenizer: str = ...,
    unit: str = ...,
    skip: int = ...,
    within: str = ...,
    by: Iterable[Any] | pl.Series | str | None = ...,
    document_frequency: bool = ...,
    output: Literal["ids"],
) -> tuple[pl.DataFrame, pl.Series]: ...


def count_ngrams(
    texts: Iterable[str | None] | pl.Series | CorpusView,
    n: int | tuple[int, int],
    *,
    min_count: int = 1,
    profile: str | Normalizer | None = "search",
    tokenizer: str = "standard",
    unit: str = "token",
    skip: int = 0,
    within: str = "paragraph",
    by: Iterable[Any] | pl.Series | str | None = None,
    document_frequency: bool = True,
    output: str = "strings",
) -> pl.DataFrame | tuple[pl.DataFrame, pl.Series]:
    """Count the n-grams of texts: runs of n words, or of n characters.

    Counted are tokens of the kinds word, number, hashtag and mention; punctuation and
    symbols are neither counted nor a barrier. The tokens are those of the text as it is;
    then each distinct one is normalised. A token whose form is empty (a mark alone) is
    not counted. A profile may put white space into a form (ligatures="expand"): it is
    still one token, and its spaces stand in the n-gram.

    Args:
        texts: a list of str or a String Series; each element is a document. A null or
            an empty text is a document without tokens. Or a Corpus; its tokens are
            there already.
        n: the number of tokens, 1 to 8, or (low, high) for all from low to high.
        min_count: the lowest count of a row that is kept; with by= it holds for the
            count in the group.
        profile: a preset's name, a Normalizer, or None for the text as it is.
        tokenizer: "standard", or "whitespace": everything between white space is a
            token and counts. Not used with unit="character".
        unit: "token" or "character". Character n-grams are those of the normalised
            text, of all its characters (code points), with a space for each run of
            white space; they are joined without a separator.
        skip: skip-grams: how many tokens (0 to 15) may be skipped between the first
            and the last in all. An n-gram found in several ways in one place is counted
            as often. (Guthrie et al. 2006, A closer look at skip-gram modelling.)
        within: what an n-gram does not cross: "sentence", "paragraph" (line breaks
            separate paragraphs), "document", or with unit="character" also "token":
            white space, which is then not counted. With tokenizer="whitespace" only
            the elements of texts separate.
        by: a label for each text, a list or a Series of any type, or the name of a
            metadata column of a Corpus: n-grams are counted for each label apart, and
            null is a label like any other.
        document_frequency: whether to count documents too.
        output: "strings", or "ids" to leave the words as numbers.

    Returns:
        A DataFrame with the columns [the labels, named "by" or as their Series,] ngram
        (String, tokens joined by one space), n (UInt8), count (Int64) and documents
        (Int64: in how many texts; absent where not asked for). Order: count descending,
        then n, then first occurrence.

        With output="ids": (DataFrame, Series). In place of ngram the frame has w1, w2,
        ... (UInt32, null beyond n): rows of the Series "word".

    Raises:
        InputError: an argument that cannot be; more than 4,294,967,295 tokens or n-grams.

    >>> import corpus_kit as ck
    >>> ck.count_ngrams(["الكتابُ الجديد", "هذا الكتاب الجديد"], 2).rows()
    [('الكتاب الجديد', 2, 2, 2), ('هذا الكتاب', 2, 1, 1)]
    """
    options = ngram_options(
        n,
        min_count=min_count,
        unit=unit,
        skip=skip,
        within=within,
        document_frequency=document_frequency,
        output=output,
    )
    check_tokenizer(tokenizer, "paragraph" if unit == "character" else within)
    normalizer = resolve_profile(profile)
    given = {
        "n": n,
        "min_count": min_count,
        "tokenizer": tokenizer,
        "unit": unit,
        "skip": skip,
        "within": within,
        "by": by,
        "document_frequency": document_frequency,
        "output": output,
        "profile": None if normalizer is None else normalizer.name,
    }
    result = _counted_ngrams(texts, normalizer, options, tokenizer=tokenizer, unit=unit, by=by)
    frame = result if isinstance(result, pl.DataFrame) else result[0]
    if isinstance(texts, CorpusView):
        attach_of_corpus(frame, "ck.count_ngrams", texts, normalizer, given)
    else:
        digest = None if normalizer is None else normalizer.digest
        attach(frame, "ck.count_ngrams", given, profile_digest=digest)
    return result


def _counted_ngrams(
    texts: Iterable[str | None] | pl.Series | CorpusView,
    normalizer: Normalizer | None,
    options: NgramOptions,
    *,
    tokenizer: str,
    unit: str,
    by: Iterable[Any] | pl.Series | str | None,
) -> pl.DataFrame | tuple[pl.DataFrame, pl.Series]:
    if isinstance(texts, CorpusView):
        if tokenizer == "standard" and unit == "token":
            labels = None if by is None else corpus_labels(texts, by, _COLUMNS)
            with reading(texts.path):
                return count_token_arrays(tokens_of(texts), forms_of(texts, normalizer), options=options, by=labels)
        by = None if by is None else texts.labels(corpus_labels(texts, by, _COLUMNS).name)
        with reading(texts.path):
            texts = texts.documents.select("text").collect()["text"]
    series = text_series(texts)
    if by is not None:
        by = labels_of(by, len(series), _COLUMNS)  # a mistake is told before the work
    if unit == "character":
        if tokenizer == "whitespace" and options.within != "token":
            options = replace(options, within="document")
        tokens, forms = _characters(series, normalizer, apart=options.within == "token")
        return count_token_arrays(tokens, forms, options=options, by=by, separator="")
    counter = Tokenizer(tokenizer=tokenizer)
    batch = counter.add(series, starts=False)
    forms = forms_of_tokenizer(counter, normalizer)
    del counter  # its table of types is large
    return count_token_arrays(TokenArrays(batch.type_ids, batch.flags, batch.counts), forms, options=options, by=by)


def _characters(series: pl.Series, normalizer: Normalizer | None, *, apart: bool) -> tuple[TokenArrays, Forms]:
    """The characters of the normalised texts; `apart` makes white space a barrier."""
    splitter = Tokenizer(tokenizer="character")
    batch = splitter.add(series if normalizer is None else normalize_series(series, normalizer), starts=False)
    types = splitter.types()
    if not apart:
        forms = forms_of_types(types, normalizer=None, kinds=None)
        return TokenArrays(batch.type_ids, batch.flags, batch.counts), forms
    blank = types["surface"].str.strip_chars() == ""
    spaces = blank.to_numpy()
    forms = forms_of_types(
        types.with_columns(surface=pl.when(~blank).then("surface").otherwise(pl.lit(""))), normalizer=None, kinds=None
    )
    flags = batch.flags | np.where(spaces, BEGINS_WORD, 0).astype(np.uint8)[batch.type_ids]
    return TokenArrays(batch.type_ids, flags, batch.counts), forms


# ------------------------------------------------------------------- corpus to a table


def ngrams(
    corpus: CorpusView | NgramTable | str | Path,
    n: int | tuple[int, int] = 2,
    *,
    min_count: int = 2,
    by: str | None = None,
    profile: str | Normalizer | None = "search",
    skip: int = 0,
    within: str = "paragraph",
) -> pl.DataFrame:
    """Count the n-grams of a corpus.

    Args:
        corpus: a Corpus or a subcorpus; or a table of `ck.scale.count_ngrams`, or the path of its folder, which was
            counted with the same profile, skip and within.
        n: the number of words, 1 to 8, or (low, high) for all from low to high.
        min_count: the lowest count of a row that is kept; with by= it holds for the count in the group.
        by: a metadata column: n-grams are counted for each of its values apart.
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.
        skip: skip-grams: how many words (0 to 15) may be skipped in all.
        within: what an n-gram does not cross: "sentence", "paragraph" or "document".

    Returns:
        A DataFrame with the columns [the labels, named as their column,] ngram (String, words joined by one
        space), n (UInt8), count (Int64) and documents (Int64). Order: count descending, then n, then first
        occurrence; of a table, which knows no first occurrence, by bytes.

    Raises:
        InputError: an argument that cannot be, a metadata column that is not there, or a table that was counted
            otherwise.
        CorpusError: a path at which there is no table.

    >>> import corpus_kit as ck
    >>> ck.ngrams(ck.sample_corpus(), n=2).columns
    ['ngram', 'n', 'count', 'documents']
    """
    options = ngram_options(n, min_count=min_count, skip=skip, within=within)
    normalizer = resolve_profile(profile)
    given = {"n": n, "min_count": min_count, "by": by, "skip": skip, "within": within}
    if isinstance(corpus, NgramTable | str | Path):
        return _ngrams_of_table(corpus, options, normalizer, given)
    expect_corpus(corpus, "ngrams")
    labels = None if by is None else corpus_labels(corpus, by, _COLUMNS)
    with reading(corpus.path):
        table = count_token_arrays(tokens_of(corpus), forms_of(corpus, normalizer), options=options, by=labels)
    assert isinstance(table, pl.DataFrame)  # output="strings"
    return attach_of_corpus(table, "ck.ngrams", corpus, normalizer, given)


def _ngrams_of_table(
    table: NgramTable | str | Path, options: NgramOptions, normalizer: Normalizer | None, given: dict[str, Any]
) -> pl.DataFrame:
    if given["by"] is not None:
        raise InputError(f"by={given['by']!r}: a table of n-grams has no documents and no metadata; take a Corpus")
    opened = table if isinstance(table, NgramTable) else NgramTable.open(table)
    record = {**given, "profile": None if normalizer is None else normalizer.name}
    digest = None if normalizer is None else normalizer.digest
    return attach(
        opened.select(options, normalizer), "ck.ngrams", record, corpus_id=opened.id, profile_digest=digest
    )  # fmt: skip


def frequency(
    corpus: CorpusView,
    *,
    by: str | None = None,
    pattern: str | None = None,
    profile: str | Normalizer | None = "search",
    min_count: int = 1,
    dispersion: str | None = "deviation_of_proportions",
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
) -> pl.DataFrame:
    """Count the words of a corpus, or what a pattern finds in it.

    Args:
        corpus: a Corpus or a subcorpus.
        by: a metadata column: words are counted for each of its values apart.
        pattern: count the hits of this pattern, as in `ck.kwic`: a row for each distinct word or sequence of words
            that it finds, in the form of `profile`. Rates stay those per million words of the texts.
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.
        min_count: the lowest count of a row that is kept; with by= it holds for the count in the group.
        dispersion: a dispersion measure of `ck.measures`, over the documents of the corpus or group; None leaves it
            out, which is faster. `ck.dispersion` has more measures and other parts.
        n_bootstrap: replicates of the bootstrap over documents, such as 1,000, for an interval of the rate; 0 for none.
        confidence, seed: of the interval, and of the draws; the same seed gives the same interval.
        exact, clitics, within: how the pattern is compared, and what a hit may not leave, as in `ck.kwic`.

    Returns:
        A DataFrame with the columns [the labels, named as their column,] word (String), count (Int64), documents
        (Int64: in how many documents), per_million (Float64: count per million words of the corpus or
        group) and dispersion (Float64; deviation_of_proportions is 0 for a word that is spread evenly and
        near 1 for one in few documents; null where a measure is not defined). With n_bootstrap also
        per_million_low, per_million_high (Float64) and n_bootstrap (Int64): documents are drawn with replacement,
        those of each group apart, and the interval holds `confidence` of the rates that come of it
        (`corpus_kit.resampling`). Order: count descending, then first occurrence in the whole corpus (with
        by=, in the group).

    Raises:
        InputError: an argument that cannot be, or a metadata column that is not there.

    >>> import corpus_kit as ck
    >>> table = ck.frequency(ck.sample_corpus())
    >>> table["count"].sum() == ck.sample_corpus().manifest["counts"]["words"]
    True
    >>> ck.frequency(ck.sample_corpus(), pattern="(رئيس|وزير) []")["count"].sum() == len(
    ...     ck.kwic(ck.sample_corpus(), "(رئيس|وزير) []")
    ... )
    True
    """
    expect_corpus(corpus, "frequency")
    least = ngram_options(1, min_count=min_count).min_count
    normalizer = resolve_profile(profile)
    if dispersion is not None:
        choose(dispersion, measures.FAMILIES["dispersion"], "dispersion measure")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    labels = None if by is None else corpus_labels(corpus, by, _FREQUENCY_COLUMNS)
    counted = _counted(corpus, normalizer, pattern, exact=exact, clitics=clitics, within=within)
    if labels is None:
        table = _frequency(counted, dispersion, least, bootstrap).with_columns(pl.lit(counted.size).alias(_TOTAL))
    else:
        table = _frequency_by_group(counted, groups_of(labels, len(labels)), dispersion, least, bootstrap)
    head = [] if labels is None else [labels.name]
    columns = [*head, "word", "count", "documents", "per_million", *(["dispersion"] if dispersion else [])]
    columns += ["per_million_low", "per_million_high", "n_bootstrap"] if bootstrap else []
    table = (
        table.filter(pl.col("count") > 0)
        .with_columns(per_million=pl.col("count") / pl.col(_TOTAL) * 1e6)
        .filter(pl.col("count") >= least)
        .sort("count", descending=True, maintain_order=True)
        .select(columns)
    )
    options = {
        "by": by, "min_count": min_count, "dispersion": dispersion, **bootstrap_record(bootstrap),
        "pattern": pattern, "exact": exact, "clitics": clitics, "within": within,
    }  # fmt: skip
    return attach_of_corpus(table, "ck.frequency", corpus, normalizer, options)


def _counted(
    corpus: CorpusView, normalizer: Normalizer | None, pattern: str | None, *, exact: bool, clitics: bool, within: str
) -> CountedWords:
    """All words, or the hits of a pattern."""
    choose(within, UNITS, "within")
    if pattern is not None:
        return Occurrences(corpus, normalizer, parse_pattern(pattern, exact=exact, clitics=clitics), within=within)
    if exact or clitics or within != "paragraph":
        raise InputError("exact=, clitics= and within= say how a pattern is compared; give pattern= with them")
    return CountedWords(corpus, normalizer)


def _frequency(counted: CountedWords, dispersion: str | None, least: int, bootstrap: Bootstrap | None) -> pl.DataFrame:
    columns = [counted.words, pl.Series("count", counted.frequency), pl.Series("documents", counted.document_frequency)]
    if dispersion is not None:
        values = getattr(measures, dispersion).formula(spread_of(counted))
        columns.append(nan_as_null(values).alias("dispersion"))
    if bootstrap:
        everyone, words = np.arange(len(counted.documents)), np.flatnonzero(counted.frequency >= least)
        low, high = np.full(len(counted.words), np.nan), np.full(len(counted.words), np.nan)
        low[words], high[words] = _rate_intervals(counted, everyone, words, bootstrap)
        columns += _interval_columns(low, high, bootstrap)
    return pl.DataFrame(columns)


def _frequency_by_group(
    counted: CountedWords, groups: Groups, dispersion: str | None, least: int, bootstrap: Bootstrap | None
) -> pl.DataFrame:
    """Rows by group, within it by first occurrence."""
    n_groups = len(groups.labels)
    group, word, count, documents = counted.by_group(groups.of_document, n_groups)
    columns = [
        groups.labels.gather(group),
        counted.words.gather(word),
        pl.Series("count", count),
        pl.Series("documents", documents),
    ]
    of_selected = groups.of_document[counted.documents].astype(np.int64)
    sizes = np.bincount(of_selected, weights=counted.sizes, minlength=n_groups).astype(np.int64)
    columns.append(pl.Series(_TOTAL, sizes[group]))
    if dispersion is not None:
        found = dispersion_by_group(counted, dispersion, of_selected, n_groups)
        values = np.empty(len(word))
        # both hold each pair of group and word once
        values[np.lexsort((word, group))] = found[2][np.lexsort((found[1], found[0]))]
        columns.append(nan_as_null(values).alias("dispersion"))
    if bootstrap:
        low, high = np.full(len(word), np.nan), np.full(len(word), np.nan)
        for number in range(n_groups):
            rows = np.flatnonzero((group == number) & (count >= least))
            chosen = np.flatnonzero(of_selected == number)
            low[rows], high[rows] = _rate_intervals(counted, chosen, word[rows].astype(np.int64), bootstrap)
        columns += _interval_columns(low, high, bootstrap)
    return pl.DataFrame(columns)


def _rate_intervals(
    counted: CountedWords, documents: Integers, words: Integers, bootstrap: Bootstrap
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    replicates = Replicates(counted, documents, bootstrap)
    return intervals(lambda count, size: count / size * 1e6, (replicates,), (words,), bootstrap.confidence)


def _interval_columns(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], bootstrap: Bootstrap
) -> list[pl.Series]:
    times = pl.Series("n_bootstrap", np.full(len(low), bootstrap.replicates))
    return [nan_as_null(low).alias("per_million_low"), nan_as_null(high).alias("per_million_high"), times]


def attach_of_corpus(
    table: pl.DataFrame, function: str, corpus: CorpusView, normalizer: Normalizer | None, options: dict[str, Any]
) -> pl.DataFrame:
    """Note on a table which call made it, from which corpus and with which profile."""
    profile = None if normalizer is None else normalizer.name
    return attach(
        table,
        function,
        {**options, "profile": profile, "subcorpus": corpus.selection},
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )
