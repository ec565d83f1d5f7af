"""The lines of the concordance as a value: those of a pattern, those behind a row of a table, or lines given before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import CorpusKitError, hearing
from corpus_kit.explore.calls import Call
from corpus_kit.explore.given import Given
from corpus_kit.explore.line_pages import Request
from corpus_kit.explore.literals import literal
from corpus_kit.explore.selection import Selection
from corpus_kit.query.cqp import cqp
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.kwic import kwic

__all__ = ["GivenLines", "Opened", "PartOfLines", "RowLines", "Search", "Source", "search_of"]

_DEFAULTS = {
    "exact": False, "clitics": False, "within": "paragraph", "window": (8, 8), "metadata": (), "show": (),
    "sort": (), "thin": 1, "sample": None, "seed": 0,
}  # fmt: skip
_OWN = ("node",)  # structures that the patterns of collocates ask for, and only the explorer knows


@dataclass(frozen=True)
class Opened:
    """The row of a table whose lines the concordance shows, whatever is searched in them then.

    Attributes:
        table: The call that makes the table.
        row: The number of the row, from 0, or those of several; None for all rows.
    """

    table: Call
    row: int | tuple[int, ...] | None


@dataclass(frozen=True)
class Source:
    """What the concordance searches in, and how it was given it.

    Attributes:
        given_in: Returns what is given in some documents of the corpus.
        opened: The row whose lines were given; None if they are no row's.
        asked: The message that opened the row, which a page keeps for a session that does not know it; None for none.
    """

    given_in: Callable[[Corpus], Given]
    opened: Opened | None = None
    asked: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RowLines:
    """The lines behind a row of a table, as `ck.lines` finds them, and what is done with them.

    Attributes:
        table: The call that makes the table.
        row: The number of the row, from 0, or those of several; None for all rows.
        selection: The documents whose lines are shown.
        methods: The methods of the concordance that are called, each with its arguments.
    """

    table: Call
    row: int | tuple[int, ...] | None
    selection: Selection
    methods: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def code(self, name: Callable[[Selection], str] = Selection.code, table: Callable[[Call], str] = Call.code) -> str:
        """Return the calls in Python; `name` and `table` give the expressions for documents and for a table.

        >>> from corpus_kit.analysis.frequency import frequency
        >>> from corpus_kit.explore.selection import EVERYTHING
        >>> RowLines(Call(frequency, (EVERYTHING,)), 5, EVERYTHING, (("sort_by", ("before1",)),)).code()
        'ck.lines(ck.frequency(corpus)[5], corpus).sort_by("before1")'
        """
        return f"ck.lines({table(self.table)}{_rows(self.row)}, {name(self.selection)}){_written(self.methods)}"


def _rows(row: int | tuple[int, ...] | None) -> str:
    """Return what takes rows of a table in Python; neighbours as a slice.

    >>> _rows(5), _rows((3, 7, 9)), _rows((3, 4, 5)), _rows(None)
    ('[5]', '[[3, 7, 9]]', '[3:6]', '')
    """
    if not isinstance(row, tuple):
        return "" if row is None else f"[{row}]"
    is_slice = row == tuple(range(row[0], row[-1] + 1))
    return f"[{row[0]}:{row[-1] + 1}]" if is_slice else f"[{list(row)}]"


@dataclass(frozen=True)
class PartOfLines:
    """Some lines of a search: those of a spelling, or a sample.

    Attributes:
        search: The call of `ck.kwic`.
        methods: The methods of the concordance that are called, each with its arguments.
    """

    search: Call
    methods: tuple[tuple[str, tuple[Any, ...]], ...]

    def code(self, name: Callable[[Selection], str] = Selection.code, table: Callable[[Call], str] = Call.code) -> str:
        """Return the calls in Python; `name` gives the expression for documents, `table` for what is searched for.

        >>> from corpus_kit.explore.selection import EVERYTHING
        >>> PartOfLines(Call(kwic, (EVERYTHING,), ("في",)), (("reduce", (50, 0)),)).code()
        'ck.kwic(corpus, "في").reduce(50, 0)'
        """
        return (self.search.code(name) if table is Call.code else table(self.search)) + _written(self.methods)


@dataclass(frozen=True)
class GivenLines:
    """Lines that were made outside the explorer, and that no line of Python makes again from here.

    Attributes:
        made_by: The function that they are of.
    """

    made_by: str

    def code(self, name: Callable[[Selection], str] = Selection.code) -> str:
        """Return what stands in place of a line of Python."""
        del name
        return f"# lines that ck.explore was given ({literal(self.made_by)})"


Search = Call | RowLines | PartOfLines | GivenLines
Methods = tuple[tuple[str, tuple[Any, ...]], ...]


def _written(methods: Methods) -> str:
    return "".join(f".{method}({', '.join(map(literal, arguments))})" for method, arguments in methods)


def search_of(
    given: Given,
    request: Request,
    metadata: tuple[str, ...],
    selection: Selection,
    opened: Opened | None,
    documents: Callable[[Selection], Corpus],
) -> Search | None:
    """Return the lines of a request as a value; None if nothing is searched for.

    Args:
        given: What is explored.
        request: The request.
        metadata: The columns that are shown with each line.
        selection: The documents that are searched.
        opened: The row whose lines were given; None if they are no row's.
        documents: Returns the documents of a selection.
    """
    how = {"exact": request.exact, "clitics": request.clitics, "within": given.within}
    shown = {"window": request.window, "metadata": metadata, "sort": request.sort}
    if given.lines is not None and given.asks_for_its_lines(
        request.pattern, request.exact, request.clitics, request.syntax
    ):
        if opened is not None:
            return RowLines(opened.table, opened.row, selection, _methods(request, metadata))
        drawn = ("sample", "seed") if given.lines.options.get("sample") is not None else ()
        kept = {name: given.lines.options.get(name) for name in ("show", "thin", *drawn)}
        call = _kwic(selection, request.pattern, request.syntax, {**how, **shown, **kept})
        return _part(call, request) if _finds(call, given.lines, documents) else GivenLines(given.lines.pattern)
    if not request.pattern.strip():
        return None
    if given.corpus.structures_record(_OWN) != documents(selection).structures_record(_OWN):
        return GivenLines(request.pattern)
    return _part(_kwic(selection, request.pattern, request.syntax, {**how, **shown}), request)


def _part(call: Call, request: Request) -> Search:
    methods = _narrowing(request)
    return PartOfLines(call, methods) if methods else call


def _narrowing(request: Request) -> Methods:
    """Return what a request does with lines to show some of them."""
    variant = (("of_variant", (request.variant,)),) if request.variant else ()
    return variant if request.sample is None else (*variant, ("reduce", (request.sample, request.seed)))


def _methods(request: Request, metadata: tuple[str, ...]) -> Methods:
    """Return what a request does with lines that are found otherwise than by its pattern."""
    methods = [("sort_by", request.sort), ("widen", request.window), ("with_metadata", metadata)]
    defaults = [_DEFAULTS[name] for name in ("sort", "window", "metadata")]
    return tuple(
        (name, (_shortest(value),))
        for (name, value), default in zip(methods, defaults, strict=True)
        if value != default
    )


def _kwic(selection: Selection, pattern: str, syntax: str, options: dict[str, Any]) -> Call:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    written = tuple(
        (name, _shortest(values[name]))
        for name, default in _DEFAULTS.items()
        if name in values and values[name] not in (default, None)
    )
    return Call(kwic, (selection,), (cqp(pattern) if syntax == "cqp" else pattern,), written)


def _shortest(value: Any) -> Any:
    """Return how a value is given most briefly: one key as a text, several as a list, equal windows as a number."""
    if not isinstance(value, tuple):
        return value
    return value[0] if len(value) == 1 or (value[0] == value[1] and isinstance(value[0], int)) else value


def _finds(call: Call, lines: Concordance, documents: Callable[[Selection], Corpus]) -> bool:
    """Return whether a search finds the lines that were given: they may be a part of them, or united with others."""
    try:
        with hearing():
            found = call.run(documents).sort_by(None).hits
    except CorpusKitError:
        return False
    given = lines.sort_by(None).hits
    return np.array_equal(found.first, given.first) and np.array_equal(found.end, given.end)
