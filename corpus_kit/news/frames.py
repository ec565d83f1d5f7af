"""Frames: hits of a dictionary that lists the words of each category.

A dictionary lists words; it does not read. Counts of its words describe texts. How well they stand for what is meant
must be checked on one's own texts: see `coding_sheet` and `agreement`.
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, invalid
from corpus_kit.news.arguments import table_from
from corpus_kit.news.frame_dictionary import ENTRY_KINDS, FrameDictionary
from corpus_kit.news.frame_matching import Matches, match
from corpus_kit.news.running_text import PLACE_DTYPE, documents_of, original_text, places_of, token_ends
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["Dictionary", "dictionary_of", "dictionary_record", "frame_entries", "frames", "hits_of"]


Dictionary = FrameDictionary | str | PathLike[str]
_COLUMNS: dict[str, Any] = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "position": pl.UInt32,
    "tokens": pl.UInt32, "surface": pl.String, "dimension": pl.String, "category": pl.String, "entry": pl.String,
    "proclitic": pl.String, "paragraph": pl.UInt32, "sentence": pl.UInt32, "place": PLACE_DTYPE,
}  # fmt: skip
_HITS = pl.Schema(_COLUMNS)
_FORMS = 10  # spellings shown of an entry


def frames(
    corpus: CorpusView,
    dictionary: Dictionary | None = None,
    *,
    profile: str | Normalizer | None = "search",
    boilerplate: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the words of a dictionary of frames, one row a hit.

    A word counts once in a category; a word in two categories is two rows. The rules are in docs/news/frames.md. Warns
    of wildcards that no word of the corpus matches.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        dictionary: A `FrameDictionary`, the path of one (.toml or .dic), or None for the built-in one, which has
            adjectives of means (military, police, intelligence, economic, diplomatic) and of level (international,
            regional, local).
        profile: The form in which words and entries are compared: the name of a preset, a Normalizer, or None for the
            original spelling. The preset "search" treats أ إ آ as ا, ى as ي, and ة as ه.
        boilerplate: A table of `ck.news.boilerplate`; hits in it have the place "boilerplate". To leave them out, take
            ``corpus.exclude(boilerplate)``.

    Returns:
        A DataFrame in the order of the text: document (UInt32, row number), id (String), start, end (UInt32, code
        points of the document's text, including clitics), position (UInt32, the first token within the document),
        tokens (UInt32, tokens of the hit), surface (String), dimension, category, entry (String, as listed), proclitic
        (String: the conjunction and preposition before the word, without the article; empty if there is none),
        paragraph, sentence (UInt32, within the document, from 0), place (Enum: headline, body, boilerplate).

    Raises:
        InputError: If an argument is invalid, or the dictionary cannot be read.

    Examples:
        >>> import corpus_kit as ck
        >>> hits = ck.news.frames(ck.sample_corpus())
        >>> hits.select("surface", "dimension", "category", "proclitic").row(1)
        ('والشرطية', 'means', 'police', 'و')
    """
    expect_corpus(corpus)
    lists, normalizer = dictionary_of(dictionary), resolve_profile(profile)
    boilerplate = as_frame(boilerplate, "boilerplate")
    if boilerplate is not None:
        merged_spans(boilerplate, corpus.total_documents, "boilerplate")  # to fail before the work is done
    with reading(corpus.path):
        table = _hits(corpus, lists, match(corpus, lists, normalizer), boilerplate)
    options = {
        **dictionary_record(lists, normalizer),
        "boilerplate": None if boilerplate is None else boilerplate.height,
        "subcorpus": corpus.selection,
    }
    return attach(table, "ck.news.frames", options, corpus=corpus)


def frame_entries(
    corpus: CorpusView, dictionary: Dictionary | None = None, *, profile: str | Normalizer | None = "search"
) -> pl.DataFrame:
    """Count what each entry of a dictionary matches, to find entries that match nothing, or the wrong words.

    Args:
        corpus: As in `ck.news.frames`.
        dictionary: As in `ck.news.frames`.
        profile: As in `ck.news.frames`.

    Returns:
        A DataFrame with a row for each entry that is not an exclusion, in the order of the dictionary: dimension,
        category, entry (String), kind (Enum: word, phrase, adjective), count, documents (Int64), forms (List(String):
        up to ten spellings as found, with clitics, the most frequent first).

    Raises:
        InputError: If an argument is invalid, or the dictionary cannot be read.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.frame_entries(ck.sample_corpus())
        >>> table.filter(category="police").select("entry", "count", "forms").row(0)
        ('شرطي', 3, ['والشرطية', 'شرطية', 'وشرطية'])
    """
    expect_corpus(corpus)
    lists, normalizer = dictionary_of(dictionary), resolve_profile(profile)
    with reading(corpus.path):
        found = match(corpus, lists, normalizer)
        hits = pl.DataFrame(
            {
                "row": found.entry,
                "document": documents_of(corpus, found.first),
                "surface": original_text(corpus, found.first, found.end),
            },
            schema_overrides={"row": pl.UInt32},
        )
    spellings = hits.group_by("row", "surface", maintain_order=True).agg(pl.len().alias("n"))
    ordered = spellings.sort("n", descending=True, maintain_order=True)
    forms = ordered.group_by("row", maintain_order=True).agg(forms=pl.col("surface").head(_FORMS))
    totals = hits.group_by("row", maintain_order=True).agg(
        count=pl.len().cast(pl.Int64), documents=pl.col("document").n_unique().cast(pl.Int64)
    )
    entries = lists.table().with_columns(pl.col("kind").cast(pl.Enum(ENTRY_KINDS))).with_row_index("row")
    table = (
        entries.filter(~pl.col("excluded"))
        .join(totals, on="row", how="left", maintain_order="left")
        .join(forms, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("count", "documents").fill_null(0), pl.col("forms").fill_null([]))
        .drop("row", "excluded")
    )
    options = {**dictionary_record(lists, normalizer), "subcorpus": corpus.selection}
    return attach(table, "ck.news.frame_entries", options, corpus=corpus)


def _with_enums(hits: pl.DataFrame) -> pl.DataFrame:
    """Return hits with the enums that other libraries know as categories or texts."""
    enums = [name for name, dtype in _HITS.items() if dtype == pl.Enum]
    texts = [name for name in enums if hits.schema[name] in (pl.String, pl.Categorical)]
    try:
        return hits.with_columns(pl.col(name).cast(pl.String).cast(_HITS[name]) for name in texts)
    except pl.exceptions.PolarsError:  # other values: `hits_of` says what is wrong
        return hits


def hits_of(corpus: CorpusView, hits: pl.DataFrame, name: str = "hits") -> pl.DataFrame:
    """Return a table of hits that a user passed, checked against the corpus.

    Args:
        corpus: The corpus.
        hits: The table.
        name: The argument, for messages.

    Raises:
        InputError: If it lacks a column, or its words are not in the corpus.
    """
    hits = _with_enums(table_from(hits, name, "ck.news.frames", _HITS))
    for column, dtype in _HITS.items():
        if hits[column].dtype != dtype:
            raise InputError(
                f"{name} must be a table of ck.news.frames, got {hits[column].dtype} in {column} (not {dtype})."
            )
        if hits[column].null_count():
            raise InputError(f"{name} must be a table of ck.news.frames, got null in {column}.")
    documents, positions = (hits[column].to_numpy().astype(np.int64) for column in ("document", "position"))
    known = np.isin(documents, corpus.selected_documents())
    low, high = (
        corpus.document_bounds(np.where(known, documents, 0)) if len(corpus.document_ends) else (documents, documents)
    )
    first = low + positions
    known &= (first < high) & (first + hits["tokens"].to_numpy() <= high)
    known[known] = corpus.token_starts[first[known]] == hits["start"].to_numpy()[known]
    if not known.all():
        row = hits.row(int(np.argmin(known)), named=True)
        raise InputError(
            f"{name} must be hits in this corpus; {row['surface']!r} is not at token {row['position']} of document "
            f"{row['document']}. Pass ck.news.frames of the same corpus."
        )
    return hits


def dictionary_of(given: object, name: str = "dictionary", *, or_hits: bool = False) -> FrameDictionary:
    """Return the dictionary that an argument means."""
    if given is None:
        return FrameDictionary.builtin()
    if isinstance(given, FrameDictionary):
        return given
    if isinstance(given, str | PathLike):
        return FrameDictionary.read(given)
    hits = "hits of ck.news.frames, " if or_hits else ""
    raise invalid(name, f"{hits}a FrameDictionary, the path of one, or None", given)


def dictionary_record(dictionary: FrameDictionary, normalizer: Normalizer | None) -> dict[str, Any]:
    """Return what the record of a table says of the dictionary."""
    return {"dictionary": dictionary, "profile": None if normalizer is None else normalizer.name}


def _hits(
    corpus: CorpusView, dictionary: FrameDictionary, found: Matches, boilerplate: pl.DataFrame | None
) -> pl.DataFrame:
    """Return the table of `frames`."""
    first, end = found.first, found.end
    documents = documents_of(corpus, first)
    low, _ = corpus.document_bounds(documents)
    starts = corpus.token_starts[first]
    entries = dictionary.table()[found.entry]
    columns = {
        "document": documents,
        "id": corpus.ids(documents),
        "start": starts,
        "end": token_ends(corpus, end - 1),
        "position": first - low,
        "tokens": end - first,
        "surface": original_text(corpus, first, end),
        **{name: entries[name] for name in ("dimension", "category", "entry")},
        "proclitic": found.proclitic,
        "paragraph": _number_within(corpus, BEGINS_PARAGRAPH, low, first),
        "sentence": _number_within(corpus, BEGINS_SENTENCE | BEGINS_PARAGRAPH, low, first),
        "place": places_of(corpus, documents, starts, boilerplate),
    }
    return pl.DataFrame(columns).cast(_HITS)


def _number_within(corpus: CorpusView, flags: int, low: Integers, tokens: Integers) -> Integers:
    """Return the number of the unit of each token within its document, whose first token is low."""
    begins = np.cumsum((corpus.token_flags & flags) > 0, dtype=np.int64)
    number: Integers = begins[tokens] - begins[low]
    return number
