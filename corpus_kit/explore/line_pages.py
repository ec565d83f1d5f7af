"""The requests of the interactive concordance, and the small page of JSON values that it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit.coding.code_history import CODE_COLUMNS
from corpus_kit.coding.sheet_merge import CONFLICT_COLUMN
from corpus_kit.corpus.view import CorpusView
from corpus_kit.display import html
from corpus_kit.display.isolation import by_direction, has_arabic
from corpus_kit.display.values import Places, named_pieces, plain, text_column, visible
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.explore.given import Given
from corpus_kit.query.cqp import cqp
from corpus_kit.safe_text import Pointed
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.hits import Hits
from corpus_kit.search.kwic import SYNTAXES, kwic

__all__ = [
    "MOST_LINES",
    "WIDEST",
    "Request",
    "context_of",
    "label_name",
    "lines_of",
    "parts_of_problem",
    "read_request",
    "search",
    "sort_choices",
]

MOST_LINES = 200  # on a page
WIDEST = 100  # words on each side of a node
MOST_KEYS = 3  # by which lines are sorted
_LONGEST_PATTERN = 20_000  # those of word sketches have some 7,000
# Code points that are sent. A screen shows fewer of a line, and nobody reads more of a context.
_SIDE, _NODE, _LABEL = 400, 300, 120
_CONTEXT = 20_000
_NEIGHBOURS = ("before1", "before2", "before3", "after1", "after2", "after3", "node", "document")


@dataclass(frozen=True)
class Request:
    """A reader's request. Pages are numbered from 1; `sample` None is for all lines, `variant` "" for all nodes."""

    pattern: str
    sort: tuple[str, ...]
    window: tuple[int, int]
    clitics: bool
    exact: bool
    page_size: int
    page: int = 1
    syntax: str = "native"
    sample: int | None = None
    seed: int = 0
    variant: str = ""

    def finds_the_same_as(self, other: Request) -> bool:
        """Return whether two requests have the same lines in the same order, whatever their windows and pages."""
        names = ("pattern", "sort", "clitics", "exact", "syntax", "sample", "seed", "variant")
        return all(getattr(self, name) == getattr(other, name) for name in names)


def read_request(message: Mapping[str, Any]) -> Request:
    """Return the request in a message from the page.

    Raises:
        InputError: If a value is missing or invalid.
    """
    pattern = text_argument(message.get("pattern"), "pattern")
    if len(pattern) > _LONGEST_PATTERN:
        raise InputError(f"pattern must have at most {_LONGEST_PATTERN:,} characters, got {len(pattern):,}.")
    window, sort = message.get("window"), message.get("sort")
    if not isinstance(window, list) or len(window) != 2:
        raise invalid("window", "a list of two numbers", window)
    if not isinstance(sort, list):
        raise invalid("sort", "a list of sort keys", sort)
    return Request(
        pattern=pattern,
        sort=tuple(text_argument(key, "sort") for key in sort[: MOST_KEYS + 1]),
        window=(
            integer(window[0], "window", least=0, most=WIDEST),
            integer(window[1], "window", least=0, most=WIDEST),
        ),
        clitics=boolean(message.get("clitics"), "clitics"),
        exact=boolean(message.get("exact"), "exact"),
        page_size=integer(message.get("page_size"), "page_size", least=1, most=MOST_LINES),
        page=integer(message.get("page"), "page", least=1, most=1 << 32),
        syntax=choose(message.get("syntax"), SYNTAXES, "syntax"),
        sample=integer(message.get("sample", 0), "sample", least=0, most=1 << 32) or None,
        seed=integer(message.get("seed", 0), "seed", least=0, most=1 << 32),
        variant=text_argument(message.get("variant", ""), "variant"),
    )


def search(given: Given, request: Request, *, metadata: Sequence[str]) -> Concordance:
    """Return the lines of a request: those that were given, or those of a pattern; none if it is empty.

    Of these, those of a variant of the node, and a sample.
    """
    lines = _all_lines(given, request, metadata=metadata)
    if request.variant:
        lines = lines.of_variant(request.variant)
    return lines if request.sample is None else lines.reduce(request.sample, request.seed)


def _all_lines(given: Given, request: Request, *, metadata: Sequence[str]) -> Concordance:
    corpus = given.corpus
    options: dict[str, Any] = {
        "window": request.window, "sort": request.sort, "clitics": request.clitics, "exact": request.exact,
        "within": given.within, "metadata": metadata,
    }  # fmt: skip
    if len(request.sort) > MOST_KEYS:
        raise invalid("sort", f"at most {MOST_KEYS} sort keys", list(request.sort))
    asked = (request.pattern, request.exact, request.clitics, request.syntax)
    if given.lines is not None and given.asks_for_its_lines(*asked):
        checked = kwic(corpus, "ا", sample=0, **{**options, "sort": ()})  # whose keys may be anchors of the lines
        return given.lines.sort_by(request.sort).widen(request.window).with_metadata(checked.metadata)
    if request.pattern.strip():
        return kwic(corpus, cqp(request.pattern) if request.syntax == "cqp" else request.pattern, **options)
    checked = kwic(corpus, "ا", sample=0, **options)  # so that the other arguments are checked
    nothing = Hits(np.empty(0, np.uint32))
    return Concordance(corpus, "", nothing, found=nothing, options={**checked.options, "sample": None})


def sort_choices(corpus: CorpusView, keys: Sequence[str]) -> list[str]:
    """Return the sort keys to choose from: words near the node, columns of the documents, and those in use."""
    schema = corpus.documents.collect_schema()
    columns = [
        name
        for name in corpus.label_columns()
        if name != "document" and not schema[name].is_nested() and not name.startswith("-")  # it means descending order
    ]
    used = [key.removeprefix("-") for key in keys]
    return list(dict.fromkeys([*_NEIGHBOURS, *columns, *used]))


def documents_with_hits(concordance: Concordance) -> int:
    """Return the number of documents with hits."""
    first = concordance.hits.first
    ends = concordance.corpus.document_ends.astype(first.dtype)
    return int(np.count_nonzero(np.diff(np.searchsorted(first, ends, "left"), prepend=0)))


# ------------------------------------------------------------------------------------------ lines


def lines_of(
    frame: pl.DataFrame,
    sort: Sequence[str],
    labels: Sequence[str],
    *,
    coded: bool,
    anchors: Sequence[Places] = (),
) -> list[dict[str, Any]]:
    """Return the lines of a page in the form that the browser expects.

    Args:
        frame: The lines of a concordance, with the columns code and note if they have codes.
        sort: The sort keys, whose words are marked.
        labels: The columns to show with each line.
        coded: Whether the columns code and note are codes; otherwise they are labels like any other.
        anchors: For each line the tokens of its node with anchors or labels, from `Concordance.anchor_places`.
    """
    ranks = _ranks(sort)
    shown = {name: text_column(frame[name]) for name in labels}
    return [
        {
            **_line(row, ranks, [values[place] for values in shown.values()], coded=coded),
            "node_pieces": _node_pieces(row["node"], anchors[place] if anchors else ()),
        }
        for place, row in enumerate(frame.iter_rows(named=True))
    ]


def _line(
    row: Mapping[str, Any], ranks: Mapping[str, Mapping[int, int]], labels: list[str | None], *, coded: bool
) -> dict[str, Any]:
    before, node, after = row["before"], row["node"], row["after"]
    if len(before) > _SIDE:
        before = "…" + before[-_SIDE:]
    return {
        "id": row["id"],
        "position": row["position"],
        "name": visible(html.short_name(dict(row))),
        "details": _details(row, coded=coded),
        "before": _pieces(before, ranks["before"], from_end=True),
        "node": visible(_short(node, _NODE)),
        "after": _pieces(_short(after, _SIDE), ranks["after"], from_end=False),
        "labels": [None if label is None else visible(_short(label, _LABEL)) for label in labels],
        **{name: row.get(name) if coded else None for name in CODE_COLUMNS},
    }


def _node_pieces(node: str, anchors: Places) -> list[list[str]]:
    """Return the pieces of a node, each with the names of its anchors or ""; none if it has no anchors."""
    pieces = named_pieces(_short(node, _NODE), anchors) if anchors else []
    return [[visible(piece), name] for piece, name in pieces]


def parts_of_problem(error: BaseException) -> list[str]:
    """Return a pattern in three parts if an error points to a place in it: before it, there, and after it."""
    notes = (note for note in getattr(error, "__notes__", []) if isinstance(note, Pointed))
    return [visible(part) for note in notes for part in note.parts][:3]


def _details(row: Mapping[str, Any], *, coded: bool) -> str:
    hidden = ("before", "node", "after", *((*CODE_COLUMNS, CONFLICT_COLUMN) if coded else ()))
    shown = ((name, value) for name, value in row.items() if name not in hidden and value is not None)
    return "\n".join(f"{label_name(name)}: {visible(plain(value)):.80}" for name, value in shown)


def label_name(name: str) -> str:
    """Return the name of a column as the page shows it."""
    return visible(_short(name, _LABEL))


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _ranks(sort: Sequence[str]) -> dict[str, dict[int, int]]:
    """Return, for each side, the rank of the sort key (from 1) that names the n-th word from the node."""
    ranks: dict[str, dict[int, int]] = {"before": {}, "after": {}}
    for rank, key in enumerate(sort, 1):
        match = html.SORT_KEY.fullmatch(key)
        if match:
            ranks[match[1]][int(match[2])] = rank
    return ranks


def _pieces(text: str, ranks: Mapping[int, int], *, from_end: bool) -> list[list[Any]]:
    """Return the pieces of a context: text, rank of the sort key that names it or 0, and 1 if it is left to right."""
    words = list(html.WORD.finditer(text)) if ranks else []
    if from_end:
        words.reverse()
    pieces: list[tuple[str, int]] = []
    done = 0
    for start, end, rank in sorted((*words[n - 1].span(), rank) for n, rank in ranks.items() if n <= len(words)):
        pieces += [(text[done:start], 0), (text[start:end], rank)]
        done = end
    return [
        [visible(part), rank, int(left_to_right)]
        for piece, rank in [*pieces, (text[done:], 0)]
        for part, left_to_right in by_direction(piece)
    ]


def context_of(concordance: Concordance, line: int, within: str) -> dict[str, Any]:
    """Return a line in its paragraph or document; what is far from the node is counted, not sent."""
    row = concordance.context(line, within).row(0, named=True)
    before, node, after = row["before"].lstrip(), row["node"], row["after"].rstrip()
    return {
        "before": visible(before[-_CONTEXT:]),
        "node": visible(node[:_CONTEXT]),
        "after": visible(after[:_CONTEXT]),
        "more_before": max(len(before) - _CONTEXT, 0),
        "more_after": max(len(after) - _CONTEXT, 0),
        "rtl": has_arabic(before[-_CONTEXT:] + node[:_CONTEXT] + after[:_CONTEXT]),
    }
