"""What the interactive concordance is given to show: a corpus, a concordance, places in texts, or a list of words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.records import provenance_of
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import UNITS_COUNTED
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid
from corpus_kit.query.cqp import cqp
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.hits import Hits
from corpus_kit.search.kwic import kwic

__all__ = ["SPAN_COLUMNS", "Given", "given_words", "lines_of_spans"]

SPAN_COLUMNS = frozenset(("document", "start", "end"))
_WORD_COLUMNS = ("word", "ngram", "collocate", "pattern")
_MOST_WORDS = 200  # to choose from
_SPECIAL = re.compile(r"[()\[\]{}|\\*?/]")


@dataclass(frozen=True)
class Given:
    """What is explored.

    Attributes:
        corpus: The corpus that is searched.
        pattern: The first search.
        exact: As in `ck.kwic`.
        clitics: As in `ck.kwic`.
        within: As in `ck.kwic`.
        syntax: The language of the pattern, as in `ck.kwic`.
        lines: The lines that are shown as long as the search is the first one; None for all hits.
        words: What is shown of each word to choose from, and the pattern that finds it.
        total_words: How many words the table has; only the first are to choose from.
        words_syntax: The language of the patterns of words.
    """

    corpus: CorpusView
    pattern: str
    exact: bool
    clitics: bool
    within: str
    syntax: str = "native"
    lines: Concordance | None = None
    words: tuple[tuple[str, str], ...] = ()
    total_words: int = 0
    words_syntax: str = "native"

    def asks_for_its_lines(self, pattern: str, exact: bool, clitics: bool, syntax: str) -> bool:
        """Return whether a search is the one whose lines were given; those of a combined list have no other pattern."""
        is_made = pattern == "" or (self.lines is not None and "of" in self.lines.options)
        given = (self.exact, self.clitics, self.syntax)
        return pattern == self.pattern and (is_made or (exact, clitics, syntax) == given)


def lines_of_spans(corpus: CorpusView, table: pl.DataFrame, *, within: str) -> Concordance:
    """Return the places of a table as the lines of a concordance, in the order of the text.

    The node is made of the tokens that a place overlaps. Of places that begin with the same token only the longest is
    a line, since a code belongs to a position. Places of documents outside a subcorpus are left out.

    Args:
        corpus: The corpus that the table is of.
        table: A table with the columns document, start and end (code points of its text).
        within: What the lines note.

    Raises:
        InputError: If a column is missing or holds something else.
    """
    merged_spans(table, corpus.total_documents, "pattern")  # checks the columns and the values
    places = table.select(sorted(SPAN_COLUMNS)).cast(pl.Int64).unique().sort("document", "start", "end")
    places = places.filter(pl.col("document").is_in(pl.Series(corpus.selected_documents()).cast(pl.Int64).implode()))
    with reading(corpus.path):
        first, end = _tokens_of(corpus, places)
    kept = pl.DataFrame({"first": first, "end": end}).filter(pl.col("end") > pl.col("first"))
    longest = kept.group_by("first").agg(pl.col("end").max()).sort("first").cast(pl.UInt32)
    hits = Hits(longest["first"].to_numpy(), longest["end"].to_numpy())
    record = provenance_of(table)
    options = {
        "window": [8, 8], "sort": [], "sample": None, "seed": 0, "thin": 1, "exact": False, "clitics": False,
        "within": within, "metadata": [], "show": [],
    }  # fmt: skip
    return Concordance(corpus, record["function"] if record else "table", hits, found=hits, options=options)


def _tokens_of(corpus: CorpusView, places: pl.DataFrame) -> tuple[Integers, Integers]:
    """Return the first token of each place, and the one after its last; equal if it has none."""
    documents, start, end = (places[name].to_numpy() for name in ("document", "start", "end"))
    if not len(documents):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    low, high = corpus.document_bounds(documents)
    starts = corpus.token_starts
    begins, ends = np.zeros(len(documents), np.int64), np.zeros(len(documents), np.int64)
    of_document = np.flatnonzero(np.diff(documents, prepend=-1))
    for here, after in zip(of_document, [*of_document[1:], len(documents)], strict=True):
        own = starts[low[here] : high[here]]
        begins[here:after] = low[here] + np.maximum(np.searchsorted(own, start[here:after], "right") - 1, 0)
        ends[here:after] = low[here] + np.searchsorted(own, end[here:after], "left")
    has_tokens = begins < high  # the token that begins before a place may end before it, too
    first = np.where(has_tokens, begins, 0)
    last = series_from_core("", corpus.token_texts.ends(first, corpus.starts_of(first), corpus.surfaces)).to_numpy()
    begins += has_tokens & (last <= start)
    return begins, ends


def given_words(corpus: CorpusView, table: pl.DataFrame, *, exact: bool, clitics: bool, within: str) -> Given:
    """Return the first words of a table to choose from, what is shown of each and the pattern that finds its lines.

    Raises:
        InputError: If the table has no column of words.
    """
    column = next((name for name in _WORD_COLUMNS if name in table.columns), None)
    if column is None or table.schema[column] != pl.String:
        expected = "a pattern, a table with the columns document, start and end, or one of words"
        columns = ", ".join(table.columns) or "none"
        raise InputError(f"pattern must be {expected}, got a table with other columns: {columns}.")
    options = (provenance_of(table) or {"options": {}})["options"]
    unit = options.get("unit", "word")
    if unit not in UNITS_COUNTED:
        raise invalid("pattern", f"a table of {', '.join(UNITS_COUNTED)}", unit)
    known = table.filter(pl.col(column).is_not_null())
    distinct = known.unique(column, keep="first", maintain_order=True)
    named = distinct.head(_MOST_WORDS)
    shown = named["spelling"] if named.schema.get("spelling") == pl.String else named[column]
    counts = named["count"] if "count" in named.columns else [None] * named.height
    node = options.get("pattern")
    is_cqp = options.get("syntax") == "cqp"
    if column == "collocate" and isinstance(node, str):
        query = cqp(node) if is_cqp else node
        parsed = parse_pattern(query, exact=exact, clitics=clitics, names=names_of(corpus))
        if is_cqp or parsed.has_clauses or parsed.strategy != "preferred":  # it cannot be a part of another pattern
            hits = kwic(corpus, query, exact=exact, clitics=clitics, within=within, window=0).frame
            corpus = corpus.with_structures(node=hits.select(sorted(SPAN_COLUMNS)))
            options = {**options, "pattern": "/region[node]"}
    words = tuple(
        (text if count is None else f"{text} ({count:,})", _pattern(word, unit, column, options))
        for text, word, count in zip(shown, named[column], counts, strict=True)
    )
    return Given(
        corpus, words[0][1] if words else "", exact=exact, clitics=clitics, within=within,
        syntax=(syntax := "cqp" if is_cqp and column == "pattern" else "native"), words=words,
        total_words=distinct.height, words_syntax=syntax,
    )  # fmt: skip


def _pattern(word: str, unit: str, column: str, options: dict[str, object]) -> str:
    """Return the pattern that finds a word, an n-gram, a collocate beside its node, or what a pattern finds."""
    if column == "pattern":
        return word
    parts = [_SPECIAL.sub(r"\\\g<0>", part) for part in word.split()]
    found = " ".join(parts if unit == "word" else (f"[{unit}={part}]" for part in parts))
    node, window = options.get("pattern"), options.get("window")
    node = "|".join(dict.fromkeys(node)) if isinstance(node, list | tuple) else node  # of compared collocations
    if column != "collocate" or not isinstance(node, str) or not isinstance(window, int | list):
        return found
    before, after = window if isinstance(window, list) else (window, window)
    sides = ((before, f"{found}{_gap(before)}({node})"), (after, f"({node}){_gap(after)}{found}"))
    return "|".join(side for words, side in sides if words)


def _gap(window: int) -> str:
    """Return what is between a node and a word in a window of so many words; a pattern has gaps of up to 100."""
    return f" []{{0,{min(window - 1, 100)}}} " if window > 1 else " "
