"""What the interactive concordance is given to show: a corpus, a concordance, places in texts, or a list of words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from corpus_kit._base.records import provenance_of
from corpus_kit.corpus.units import UNITS_COUNTED
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid
from corpus_kit.explore.lines import MOST_ROWS, lines_of_rows
from corpus_kit.explore.span_places import SPAN_COLUMNS
from corpus_kit.explore.table_rows import Rows, rows_of, written_search
from corpus_kit.query.cqp import cqp
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.kwic import kwic

__all__ = ["Given", "given_lines", "given_table", "restricted"]

_LONGEST_READ = 500  # code points of a pattern that a search box shows
_WORD_COLUMNS = ("word", "ngram", "collocate", "pattern", "term")


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
        name: What the lines are called where no pattern is shown; "" for nothing.
        query: The query that finds lines with a name, if one does.
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
    name: str = ""
    query: str = ""

    def asks_for_its_lines(self, pattern: str, exact: bool, clitics: bool, syntax: str) -> bool:
        """Return whether a search is the one whose lines were given; lists that were made have no other pattern."""
        is_made = pattern == "" or (self.lines is not None and bool({"of", "lines_of"} & self.lines.options.keys()))
        given = (self.exact, self.clitics, self.syntax)
        return pattern == self.pattern and (is_made or (exact, clitics, syntax) == given)


def given_table(
    corpus: CorpusView, table: pl.DataFrame, *, exact: bool = False, clitics: bool = False, within: str = "paragraph"
) -> Given:
    """Return what a table gives to explore: its words to choose from, or the lines behind its rows.

    Raises:
        InputError: If it has neither.
    """
    if not set(table.columns) >= SPAN_COLUMNS and _word_column(table) is not None:
        return given_words(corpus, table, exact=exact, clitics=clitics, within=within)
    try:
        lines = lines_of_rows(rows_of(table, None, {}), corpus)
    except InputError as error:
        raise InputError(f"pattern must be a pattern or a table with lines behind its rows. {error}") from None
    return Given(corpus, "", exact=exact, clitics=clitics, within=within, lines=lines)


def given_lines(corpus: CorpusView, rows: pl.DataFrame, name: str = "") -> Given:
    """Return the lines behind rows of a table: all that was counted, and the search that is nearest to it, if any is.

    Lines that have a name are called by it where their pattern would mislead: a query that a function wrote, such as
    those of word sketches, is too long to be read, and one that was counted in a group or a period finds more.

    Args:
        corpus: The documents whose lines are given.
        rows: The rows.
        name: What the lines are called if no pattern is shown.

    Raises:
        InputError: If there are no lines behind them.
    """
    read = rows_of(rows, None, {})
    lines = lines_of_rows(read, corpus)
    behind = lines.options["lines_of"]["function"] or "table"  # the name of lines that no pattern finds
    pattern = "" if lines.pattern == behind else lines.pattern
    is_part = read.option("by", None) is not None or (read.option("every", None) is not None and read.has("period"))
    is_named = name != "" and (not pattern or is_part or read.has("query") or len(pattern) > _LONGEST_READ)
    return Given(
        corpus, "" if is_named else pattern, exact=False, clitics=False, within=lines.options["within"], lines=lines,
        name=name if is_named else "", query=pattern if is_named and not is_part else "",
    )  # fmt: skip


def restricted(given: Given, corpus: CorpusView) -> Given:
    """Return what is explored in other documents of the same corpus; lines that were given are those in them."""
    lines = given.lines
    if lines is not None:
        mask = corpus.document_mask()
        hits = lines.hits
        if mask is not None:
            hits = hits.take(np.flatnonzero(mask[corpus.documents_of(hits.first)]))
        lines = Concordance(corpus, lines.pattern, hits, found=hits, options=lines.options).sort_by(lines.sort)
    return replace(given, corpus=corpus, lines=lines)


def _word_column(table: pl.DataFrame) -> str | None:
    return next((name for name in _WORD_COLUMNS if table.schema.get(name) == pl.String), None)


def given_words(corpus: CorpusView, table: pl.DataFrame, *, exact: bool, clitics: bool, within: str) -> Given:
    """Return the first words of a table to choose from, what is shown of each and the pattern that finds its lines.

    Raises:
        InputError: If the table has no column of words.
    """
    column = _word_column(table)
    if column is None:
        raise invalid("pattern", "a table with a column of words", table)
    options = (provenance_of(table) or {"options": {}})["options"]
    unit = options.get("unit", "word")
    if unit not in UNITS_COUNTED:
        raise invalid("pattern", f"a table of {', '.join(UNITS_COUNTED)}", unit)
    known = table.filter(pl.col(column).is_not_null())
    distinct = known.unique(column, keep="first", maintain_order=True)
    named = distinct.head(MOST_ROWS)
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
    rows = Rows(named, "", options, None, {})
    written = "query" if named.schema.get("query") == pl.String else column  # a table may say what finds its rows
    words = tuple(
        (text if count is None else f"{text} ({count:,})", written_search(row, written))
        for text, row, count in zip(shown, rows.each(), counts, strict=True)
    )
    return Given(
        corpus, words[0][1] if words else "", exact=exact, clitics=clitics, within=within,
        syntax=(syntax := "cqp" if is_cqp and column == "pattern" else "native"), words=words,
        total_words=distinct.height, words_syntax=syntax,
    )  # fmt: skip
