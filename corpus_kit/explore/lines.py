"""`ck.lines`: the concordance behind a table, or behind one of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, warn
from corpus_kit.explore.behind import Behind
from corpus_kit.explore.row_hits import KINDS
from corpus_kit.explore.table_rows import (
    Rows,
    group_column,
    rows_of,
    warn_of_other_corpus,
    warn_of_other_count,
    written_search,
)
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.hits import Hits

MOST_ROWS = 200  # of a table of words, whose lines are looked for row by row
_SIDES = ("target", "reference", "first", "second", "joined", "spaced")


def lines(
    table: pl.DataFrame | Mapping[str, Any],
    corpus: CorpusView,
    *,
    of: pl.DataFrame | None = None,
    side: str | None = None,
    **options: Any,
) -> Concordance:
    """Return the concordance behind a table, or behind one of its rows: from a number to its lines.

    A row has as many lines as it counts occurrences: the same words are found that were counted, whatever their unit,
    profile, joined names, group, period or window. How the table was made is in its record, which its methods hand on
    (``table.filter(…)``, ``table[3]``).

    =====================================  ====================================================================
    table                                  its lines
    =====================================  ====================================================================
    words, terms, n-grams, bundles         the occurrences; skip-grams by their first and last word
    trend, bursts, frequency of patterns   the hits of the pattern in the group and the period
    keyness                                the word in `corpus`, which is target or reference
    collocations                           each occurrence in a window, as the words from it to the nearest hit (of
                                           several after one hit, the others stand alone); in units of text, the
                                           first one in each; the anchor "collocate" is the word
    shared_collocates                      the occurrences near one of the two words, or near one of them (`side`:
                                           "first", "second"), as those of collocations
    conflations, spaced_spellings          the occurrences of all spellings (`side`: "joined", "spaced")
    quotations, speech, actors, dates, …   the places: any table with document, start and end
    passages, edits, near_duplicates       the shared or differing words, in both texts (`side`: "first", "second")
    labels, nodes, frame_rates, …          the mentions that were counted
    network                                the first mention of the source in each unit of text with both
    documents, clusters, readability, …    how each document begins
    Concordance.group, tabulate, variants  the lines with these values
    a column named query                   the hits of that pattern; of the difference of two sketches those of both
                                           words (`side`: "first", "second")
    =====================================  ====================================================================

    Args:
        table: A table of the library, some of its rows, or one row as ``table.row(3, named=True)`` gives it.
        corpus: The corpus that the table was made of; a warning says if its documents are others.
        of: The table that `table` is a row of, if the row has no record itself, such as a dict.
        side: One side of a table that compares two: "target" or "reference", "first" or "second", "joined" or
            "spaced". None takes both texts or spellings, and of two corpora the one that `corpus` is.
        **options: Options of the function that made the table, where its record is lost (a dict, a table that went
            through pandas), or where a record has only the name: ``function="ck.collocations", pattern="هدنة",
            window=5``, ``every="week"``, ``actors=gazetteer``, ``profile=my_normalizer``, ``boilerplate=spans``.

    Returns:
        A Concordance in the order of the text, as from `ck.kwic`; `widen`, `with_metadata` and `sort_by` show it
        otherwise. Of a table, the lines of all its rows, each place once; of a table whose rows must be looked for one
        by one (words, n-grams, collocates, patterns, actors), those of the first 200 rows, with a warning. Of places
        that begin with one token the longest is a line.

    Raises:
        InputError: If the table has no lines (the message says what to call), if something that made it is not known,
            or an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> table = ck.frequency(corpus, unit="lemma", by="outlet")
        >>> table["count"][7] == len(ck.lines(table[7], corpus))
        True
        >>> collocates = ck.collocations(corpus, "هدنة")
        >>> row = collocates.row(0, named=True)
        >>> row["count"], len(ck.lines(row, corpus, of=collocates))
        (15, 15)
        >>> quotations = ck.news.quotations(corpus)
        >>> len(ck.lines(quotations.filter(speaker_source="none"), corpus)) < len(ck.lines(quotations, corpus))
        True
    """
    view = expect_corpus(corpus)
    if side is not None:
        choose(side, _SIDES, "side")
    return lines_of_rows(rows_of(table, of, options), view, side)


def lines_of_rows(rows: Rows, corpus: CorpusView, side: str | None = None) -> Concordance:
    """Return the lines behind rows; `lines` has the arguments."""
    behind = Behind(corpus, rows, side)
    kind = _kind_of(rows, corpus)
    find_hits, is_whole = KINDS[kind]
    warn_of_other_corpus(corpus, rows, _sides_of(rows), counts=not is_whole)
    with reading(corpus.path):
        hits = find_hits(behind, rows) if is_whole else _united(behind, rows, find_hits)
    if kind in _SEARCHED:
        warn_of_other_count(rows, len(hits))
    shown = written_search(rows.at(0, 1), kind) if kind in _SEARCHED and rows.frame.height == 1 else ""
    within = rows.option("within", "paragraph")
    recorded = {
        "window": [8, 8], "sort": [], "sample": None, "seed": 0, "thin": 1, "exact": False, "clitics": False,
        "within": within, "metadata": [], "show": [], "lines_of": rows.described(),
    }  # fmt: skip
    return Concordance(corpus, shown or rows.function or "table", hits, found=hits, options=recorded)


def _united(behind: Behind, rows: Rows, find_hits: Callable[[Behind, Rows], Hits]) -> Hits:
    """Return the hits of the first rows together."""
    if rows.frame.height > MOST_ROWS:
        warn(
            f"ck.lines: the lines are those of the first {MOST_ROWS} of {rows.frame.height:,} rows; pass the rows that "
            "you want",
            stacklevel=None,
        )
    found = [find_hits(behind, row) for row in rows.at(0, MOST_ROWS).each()]
    if len(found) == 1:
        return found[0]
    none = np.zeros(0, np.uint32)
    first, end = (
        np.concatenate([none, *(hits.first for hits in found)]),
        np.concatenate([none, *(hits.end for hits in found)]),
    )
    _, kept = np.unique(first.astype(np.uint64) << np.uint64(32) | end, return_index=True)
    names = set.intersection(*(set(hits.anchors) for hits in found)) if found else set()
    anchors = {name: np.concatenate([hits.anchors[name] for hits in found])[kept] for name in sorted(names)}
    return Hits(first[kept], end[kept], anchors)


# ------------------------------------------------------------------ which table it is

_SEARCHED = ("pattern", "query", "ngram", "collocate", "word", "term")  # kinds that are the name of their column
_NO_LINES = {
    "ck.news.substitutions": "ck.lines(edits.filter(first_words=…), corpus) shows those of ck.news.edits",
    "ck.news.dictionary_precision": "ck.lines(hits.filter(category=…), corpus) shows those of ck.news.frames",
    "ck.news.agreement": "ck.lines(sheet, corpus) shows those of the sheet",
    "ck.precision": "ck.lines(sheet, corpus) shows those of the sheet",
    "ck.diversity": "it is about all words of its documents, which corpus.filter(…) selects",
    "ck.readability": "it is about all words of its documents, which corpus.filter(…) selects",
    "ck.vocabulary_growth": "it is about all words of the corpus, of which ck.frequency has a row each",
    "ck.fit_heaps": "it is about all words of the corpus, of which ck.frequency has a row each",
    "ck.fit_zipf_mandelbrot": "it is about all words of the corpus, of which ck.frequency has a row each",
    "ck.folding_steps": "ck.conflations has the words that a step conflates, each with its lines",
    "ck.count_ngram_ids": "its words are numbers; ck.count_ngrams and ck.ngrams have their texts",
    "Corpus.saved_hits": "corpus.load_hits(name) returns the lines",
}  # fmt: skip


def _kind_of(rows: Rows, corpus: CorpusView) -> str:
    """Return what rows are, as a key of `KINDS`.

    Raises:
        InputError: If there are no lines behind them.
    """
    for columns in _telling_columns(rows, corpus):
        for kind, (needed, functions) in _COLUMNS.items():
            if columns.issuperset(needed) and (not functions or rows.function in functions):
                return kind
    name = rows.function or "this table"
    reason = _NO_LINES.get(rows.function) or "it has neither words, nor places or documents of a text"
    if not rows.function:
        reason = f"its columns ({', '.join(rows.frame.columns)}) do not say what was counted"
    raise InputError(f"table must be one with lines behind its rows, got one of {name}: {reason}.")


def _telling_columns(rows: Rows, corpus: CorpusView) -> Iterator[set[str]]:
    """Yield the columns that can tell what rows are: without the groups, and first without any metadata.

    Metadata may have the names of the library's own columns: `query`, `term`, `period`. A table with a record has no
    metadata but its groups, unless it is one of documents; of another table nobody knows.
    """
    columns = set(rows.frame.columns) - {group_column(rows, corpus)}
    metadata = set(corpus.label_columns()) - _OF_DOCUMENTS
    if rows.record is None or columns >= _OF_DOCUMENTS:
        yield columns - metadata
    yield columns
    if rows.record is None:
        yield set(rows.frame.columns)


# The columns that tell what rows are, and the functions where these are not enough; the first that fits counts.
_OF_DOCUMENTS = {"document", "id", "tokens", "words"}  # what each table of documents has
_OF_LINES = ("Concordance.group", "Concordance.tabulate")
_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "group": ((), _OF_LINES),
    "spans": (("document", "start", "end"), ()),
    "spans by id": (("id", "start", "end"), ()),
    "positions": (("id", "position"), ()),
    "both texts": (("first_document", "second_document", "first_start", "second_start"), ()),
    "copies": (("first_document", "second_document"), ()),
    "query": (("query",), ()),
    "variants": (("surface", "count", "documents"), ("ck.kwic", "ck.lines")),
    "pattern": (("pattern",), ("ck.trend", "ck.trend_tests", "ck.news.bursts", "ck.frequency", "")),
    "conflation": (("step", "form"), ()),
    "spellings": (("joined", "spaced"), ()),
    "type": (("type", "surface"), ()),
    "frame": (("dimension", "category", "count"), ()),
    "label": (("actor", "label"), ()),
    "edge": (("source", "target", "weight"), ()),
    "node": (("actor", "mentions"), ()),
    "ngram": (("ngram",), ()),
    "shared collocate": (("collocate", "shared_by"), ()),
    "collocate": (("collocate",), ()),
    "term": (("term",), ()),
    "word": (("word",), ()),
    "document": (("document",), ()),
    "document by id": (("id",), ()),
}


def _sides_of(rows: Rows) -> tuple[Mapping[str, Any], ...]:
    """Return what the record says of each corpus that a table compares."""
    sides = (rows.options.get("target"), rows.options.get("reference"))
    return tuple(side for side in sides if isinstance(side, Mapping)) if all(sides) else ()
