"""ck.explore: the concordance in which one searches, sorts, reads on and codes with the mouse and the keyboard."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus_kit._arguments import is_text
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.display.explorer_lines import MOST_LINES, WIDEST, Request, number
from corpus_kit.errors import CorpusKitError, InputError

if TYPE_CHECKING:
    from corpus_kit.display.explorer import ConcordanceExplorer

__all__ = ["explore"]

_NEEDED = ("anywidget", "ipywidgets", "traitlets")
_MOST_CODES = 50


def explore(
    corpus: CorpusView,
    pattern: str = "",
    *,
    window: int | tuple[int, int] = 8,
    sort: str | Sequence[str] | None = None,
    page_size: int = 20,
    codes: Sequence[str] | None = None,
    sheet: str | os.PathLike[str] | None = None,
    metadata: str | Sequence[str] | None = None,
    clitics: bool = False,
    exact: bool = False,
    within: str = "paragraph",
) -> ConcordanceExplorer:
    """Search, sort, read and code the lines of a concordance in a notebook.

    The last line of a cell shows it. It needs the package anywidget ("corpus-kit[notebooks]") and no network.
    Where nothing can be clicked (a notebook that is only looked at, a page made of it) the first lines are
    shown as a table.

    Arguments:
        corpus: a Corpus or a subcorpus.
        pattern: what to search for at first, in the language of `ck.kwic`; "" leaves the search box empty.
        window: words before and after the node, up to 100; one number or (before, after).
        sort: one key or two of `ck.kwic`; None keeps the order of the text.
        page_size: lines of a page, up to 200.
        codes: what a line can be coded as; None lets the coder write any code, () leaves coding out.
        sheet: a .csv, .tsv or .parquet file for the codes, as `Concordance.code` has it. What it holds is
            shown, and every change is written to it at once. None keeps the codes in memory.
        metadata: columns of the documents to show with each line.
        clitics: find words with proclitics and enclitics too (needs `corpus.annotate()`).
        exact: compare the repaired spelling in place of the folded form.
        within: the unit of text that a hit may not leave: "sentence", "paragraph" or "document".

    Returns a ConcordanceExplorer. Its `concordance` is the Concordance that is shown, `frame` has its lines
    with the columns code and note (String), and `codes` is the table of all coded lines: id (String),
    position (UInt32), before, node, after, code, note (String).

    Raises InputError for arguments that `ck.kwic` does not take, for codes that are no texts and for a sheet
    that cannot be read, CorpusKitError where anywidget is missing.

    >>> import corpus_kit as ck
    >>> lines = ck.explore(ck.sample_corpus(), "هدنة", codes=["for", "against"])
    >>> lines.assign(0, "for", note="quoted")
    >>> lines.codes.select("node", "code", "note").rows()
    [('هدنة', 'for', 'quoted')]
    """
    expect_corpus(corpus, "explore")
    keys = (sort,) if isinstance(sort, str) else () if sort is None else sort
    request = Request(_pattern(pattern), _keys(keys), _window(window), bool(clitics), bool(exact), _size(page_size))
    allowed = _codes(codes)
    if sheet is not None and allowed == ():
        raise InputError("sheet= is for codes, and codes=() leaves coding out")
    try:
        from corpus_kit.display.explorer import ConcordanceExplorer
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        raise CorpusKitError(
            'ck.explore needs anywidget, which is not installed: pip install "corpus-kit[notebooks]"'
        ) from None
    return ConcordanceExplorer(corpus, request, codes=allowed, sheet=sheet, metadata=metadata, within=within)


def _pattern(pattern: object) -> str:
    if not isinstance(pattern, str):
        raise InputError(f"pattern= takes a text, not {type(pattern).__name__}: {pattern!r:.60}")
    return pattern


def _keys(sort: object) -> tuple[str, ...]:
    if not isinstance(sort, list | tuple) or not all(isinstance(key, str) for key in sort):
        raise InputError(f"sort= takes a key or a list of keys, not {type(sort).__name__}: {sort!r:.60}")
    return tuple(sort)


def _window(window: object) -> tuple[int, int]:
    pair = window if isinstance(window, tuple | list) else (window, window)
    if len(pair) != 2:
        raise InputError(f"window= takes a number of words or a pair (before, after), not {window!r:.60}")
    return number(pair[0], "window", 0, WIDEST), number(pair[1], "window", 0, WIDEST)


def _size(page_size: object) -> int:
    return number(page_size, "page_size", 1, MOST_LINES)


def _codes(codes: object) -> tuple[str, ...] | None:
    if codes is None:
        return None
    if not isinstance(codes, list | tuple):
        raise InputError(f"codes= takes a list of texts, not {type(codes).__name__}: {codes!r:.60}")
    for code in codes:
        if not isinstance(code, str) or not code.strip() or code != code.strip() or not is_text(code):
            raise InputError(f"codes= takes texts that are not empty, without space around them, not {code!r:.60}")
    if len(set(codes)) < len(codes):
        raise InputError(f"a code stands twice: {', '.join(codes)}")
    if len(codes) > _MOST_CODES:
        raise InputError(f"codes= takes up to {_MOST_CODES} codes, not {len(codes)}; None lets the coder write any")
    return tuple(codes)
