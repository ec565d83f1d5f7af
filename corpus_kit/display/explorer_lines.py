"""What the interactive concordance asks for, and the small page of plain JSON values that it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._arguments import is_text
from corpus_kit.concordance import Concordance, kwic
from corpus_kit.corpus_view import CorpusView
from corpus_kit.display import html
from corpus_kit.display._values import by_direction, has_arabic, plain, text_column, visible
from corpus_kit.errors import InputError
from corpus_kit.matching import Hits

__all__ = ["MOST_LINES", "WIDEST", "Request", "context_of", "lines_of", "read_request", "search", "sort_choices"]

MOST_LINES = 200  # of a page
WIDEST = 100  # words on each side of a node
MOST_KEYS = 2  # that lines are sorted by
_LONGEST_PATTERN = 2_000
# Code points that are sent; a screen shows fewer of a line, and a reader can do with less of a context.
_SIDE, _NODE, _LABEL = 400, 300, 120
_CONTEXT = 20_000
_NEIGHBOURS = ("before1", "before2", "before3", "after1", "after2", "after3", "node", "document")


@dataclass(frozen=True)
class Request:
    """What the reader wants to see. Pages are counted from 1."""

    pattern: str
    sort: tuple[str, ...]
    window: tuple[int, int]
    clitics: bool
    exact: bool
    page_size: int
    page: int = 1

    def finds_the_same_as(self, other: Request) -> bool:
        """Whether two requests have the same lines in the same order; their windows and pages may differ."""
        return all(getattr(self, name) == getattr(other, name) for name in ("pattern", "sort", "clitics", "exact"))


def read_request(message: Mapping[str, Any]) -> Request:
    """The request in a message from the page; raises InputError for what is none."""
    pattern = _value(message, "pattern", str)
    if len(pattern) > _LONGEST_PATTERN:
        raise InputError(f"a pattern has at most {_LONGEST_PATTERN:,} characters here, not {len(pattern):,}")
    window = _value(message, "window", list)
    sort = _value(message, "sort", list)
    if len(window) != 2:
        raise InputError(f"the page sent window={window!r:.60}, which are no two numbers")
    return Request(
        pattern=pattern,
        sort=tuple(_value({"sort": key}, "sort", str) for key in sort[: MOST_KEYS + 1]),
        window=(number(window[0], "window", 0, WIDEST), number(window[1], "window", 0, WIDEST)),
        clitics=_value(message, "clitics", bool),
        exact=_value(message, "exact", bool),
        page_size=number(message.get("page_size"), "page_size", 1, MOST_LINES),
        page=number(message.get("page"), "page", 1, 1 << 32),
    )


def _value(message: Mapping[str, Any], name: str, kind: type) -> Any:
    value = message.get(name)
    if type(value) is not kind or (isinstance(value, str) and not is_text(value)):
        raise InputError(f"the page sent {name}={value!r:.60}, which is no {kind.__name__}")
    return value


def number(value: object, name: str, least: int, most: int) -> int:
    """A whole number within bounds; raises InputError for anything else."""
    if type(value) is not int or not least <= value <= most:
        raise InputError(f"{name}= takes a whole number from {least} to {most:,}, not {value!r:.60}")
    return value


def search(corpus: CorpusView, request: Request, *, within: str, metadata: Sequence[str]) -> Concordance:
    """The lines of a request; none where the pattern is empty."""
    options: dict[str, Any] = {
        "window": request.window, "sort": request.sort, "clitics": request.clitics, "exact": request.exact,
        "within": within, "metadata": metadata,
    }  # fmt: skip
    if len(request.sort) > MOST_KEYS:
        raise InputError(f"sort= takes up to {MOST_KEYS} keys here, not {len(request.sort)}: {', '.join(request.sort)}")
    if request.pattern.strip():
        return kwic(corpus, request.pattern, **options)
    checked = kwic(corpus, "ا", sample=0, **options)  # the other arguments are to be right all the same
    nothing = Hits(np.empty(0, np.uint32))
    return Concordance(corpus, "", nothing, found=nothing, options={**checked.options, "sample": None})


def sort_choices(corpus: CorpusView, keys: Sequence[str]) -> list[str]:
    """The keys that are offered: words near the node, columns of the documents, and those already in use."""
    schema = corpus.documents.collect_schema()
    columns = [name for name in corpus.label_columns() if name != "document" and not schema[name].is_nested()]
    used = [key.removeprefix("-") for key in keys]
    return list(dict.fromkeys([*_NEIGHBOURS, *columns, *used]))


def documents_with_hits(concordance: Concordance) -> int:
    """The number of documents in which there are hits."""
    first = concordance.all_hits.first
    ends = concordance.corpus.document_ends.astype(first.dtype)
    return int(np.count_nonzero(np.diff(np.searchsorted(first, ends, "left"), prepend=0)))


# ------------------------------------------------------------------------------------------ lines


def lines_of(frame: pl.DataFrame, sort: Sequence[str], labels: Sequence[str]) -> list[dict[str, Any]]:
    """The lines of a page, as the page takes them.

    frame: lines of a concordance, with the columns code and note where lines are coded.
    """
    ranks = _ranks(sort)
    told = {name: text_column(frame[name]) for name in labels}
    return [
        _line(row, ranks, [values[place] for values in told.values()])
        for place, row in enumerate(frame.iter_rows(named=True))
    ]


def _line(row: Mapping[str, Any], ranks: Mapping[str, Mapping[int, int]], labels: list[str | None]) -> dict[str, Any]:
    before, node, after = row["before"], row["node"], row["after"]
    if len(before) > _SIDE:
        before = "…" + before[-_SIDE:]
    return {
        "id": row["id"],
        "position": row["position"],
        "name": visible(html.short_name(dict(row))),
        "details": _details(row),
        "before": _pieces(before, ranks["before"], from_end=True),
        "node": visible(_short(node, _NODE)),
        "after": _pieces(_short(after, _SIDE), ranks["after"], from_end=False),
        "labels": [None if label is None else visible(_short(label, _LABEL)) for label in labels],
        "code": row.get("code"),
        "note": row.get("note"),
    }


def _details(row: Mapping[str, Any]) -> str:
    hidden = ("before", "node", "after", "code", "note")
    shown = ((name, value) for name, value in row.items() if name not in hidden and value is not None)
    return "\n".join(f"{name}: {visible(plain(value)):.80}" for name, value in shown)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _ranks(sort: Sequence[str]) -> dict[str, dict[int, int]]:
    """For each side, which sort key (1 is the first) names the n-th word from the node."""
    ranks: dict[str, dict[int, int]] = {"before": {}, "after": {}}
    for rank, key in enumerate(sort, 1):
        match = html.SORT_KEY.fullmatch(key)
        if match:
            ranks[match[1]][int(match[2])] = rank
    return ranks


def _pieces(text: str, ranks: Mapping[int, int], *, from_end: bool) -> list[list[Any]]:
    """A context cut into pieces: text, sort key (0 where none names the word), and 1 where it runs from the left."""
    words = list(html.WORD.finditer(text)) if ranks else []
    if from_end:
        words.reverse()
    pieces: list[tuple[str, int]] = []
    done = 0
    for start, end, rank in sorted((*words[n - 1].span(), rank) for n, rank in ranks.items() if n <= len(words)):
        pieces += [(text[done:start], 0), (text[start:end], rank)]
        done = end
    return [
        [visible(part), rank, int(turned)]
        for piece, rank in [*pieces, (text[done:], 0)]
        for part, turned in by_direction(piece)
    ]


def context_of(concordance: Concordance, line: int, unit: str) -> dict[str, Any]:
    """A line with the paragraph or document around it; what is far from the node is counted, not sent."""
    row = concordance.context(line, unit).row(0, named=True)
    before, node, after = row["before"].lstrip(), row["node"], row["after"].rstrip()
    return {
        "before": visible(before[-_CONTEXT:]),
        "node": visible(node[:_CONTEXT]),
        "after": visible(after[:_CONTEXT]),
        "more_before": max(len(before) - _CONTEXT, 0),
        "more_after": max(len(after) - _CONTEXT, 0),
        "rtl": has_arabic(before[-_CONTEXT:] + node[:_CONTEXT] + after[:_CONTEXT]),
    }
