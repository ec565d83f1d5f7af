"""`ck.explore`: the concordance in which one searches, sorts, reads and codes with mouse and keyboard."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus_kit._base.arguments import boolean, integer, is_text, names, text_argument
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import CorpusKitError, InputError, invalid
from corpus_kit.explore.line_codes import coder_name
from corpus_kit.explore.lines import MOST_LINES, WIDEST, Request

if TYPE_CHECKING:
    from corpus_kit.explore.explorer import ConcordanceExplorer

__all__ = ["explore"]

_NEEDED = ("anywidget", "ipywidgets", "traitlets")
_MOST_CODES = 50


def explore(
    corpus: CorpusView,
    pattern: str = "",
    *,
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    window: int | tuple[int, int] = 8,
    metadata: str | Sequence[str] | None = None,
    sort: str | Sequence[str] | None = None,
    page_size: int = 20,
    codes: Sequence[str] | None = None,
    sheet: str | os.PathLike[str] | None = None,
    coder: str | None = None,
) -> ConcordanceExplorer:
    """Search, sort, read and code the lines of a concordance in a notebook.

    Make the call the last line of a cell. It needs the package anywidget (in the extra `notebooks`) and no network.
    Where nothing can be clicked, for instance on a page made of the notebook, the first lines are shown as a table.

    Args:
        corpus: A corpus or a subcorpus.
        pattern: The first search, in the language of `ck.kwic`; "" leaves the search box empty.
        exact: Compare the repaired spelling instead of the folded form.
        clitics: Find words with proclitics and enclitics too; needs `corpus.annotate()`.
        within: The unit of text that a hit does not leave: "sentence", "paragraph" or "document".
        window: Words before and after the node, up to 100: one number, or (before, after).
        metadata: A column of the documents, or several, to show with each line.
        sort: One or two sort keys of `ck.kwic`; None keeps the order of the text.
        page_size: The number of lines on a page, 1 to 200.
        codes: The codes to choose from. None lets the coder write any code, () leaves coding out.
        sheet: A .csv, .tsv or .parquet file for the codes, as in `Concordance.code`. Its codes are shown, and every
            change is written to it at once, merged with what others have written. None keeps the codes in memory.
        coder: The name under which the history of the sheet notes the codes; None takes that of the user.

    Returns:
        A ConcordanceExplorer. Its `concordance` is the Concordance that is shown, `frame` has its lines with the
        columns code and note (String), and `codes` is the table of all coded lines: id (String), position (UInt32),
        before, node, after, code, note (String).

    Raises:
        InputError: If an argument is invalid, or the sheet cannot be read.
        CorpusKitError: If anywidget is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> lines = ck.explore(ck.sample_corpus(), "هدنة", codes=["for", "against"])
        >>> lines.assign(0, "for", note="quoted")
        >>> lines.codes.select("node", "code", "note").rows()
        [('هدنة', 'for', 'quoted')]
    """
    expect_corpus(corpus)
    request = Request(
        pattern=text_argument(pattern, "pattern"),
        sort=_sort_keys(sort),
        window=_window(window),
        clitics=boolean(clitics, "clitics"),
        exact=boolean(exact, "exact"),
        page_size=integer(page_size, "page_size", least=1, most=MOST_LINES),
    )
    columns = [] if metadata is None else names(metadata, "metadata")
    allowed = _codes(codes)
    coder = coder_name(coder)
    if sheet is not None and allowed == ():
        raise invalid("sheet", "None if codes=() leaves coding out", sheet)
    try:
        from corpus_kit.explore.explorer import ConcordanceExplorer  # needs anywidget, which is optional
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        raise CorpusKitError(
            'ck.explore needs anywidget. Install it with pip install "corpus-kit[notebooks]".'
        ) from None
    return ConcordanceExplorer(
        corpus, request, codes=allowed, sheet=sheet, coder=coder, metadata=columns, within=within
    )


def _sort_keys(sort: object) -> tuple[str, ...]:
    if sort is None:
        return ()
    keys = [sort] if isinstance(sort, str) else sort
    if not isinstance(keys, list | tuple) or not all(isinstance(key, str) for key in keys):
        raise invalid("sort", "a sort key or a list of sort keys", sort)
    return tuple(keys)


def _window(window: object) -> tuple[int, int]:
    pair = window if isinstance(window, tuple | list) else (window, window)
    if len(pair) != 2:
        raise invalid("window", "a number of words or a pair (before, after)", window)
    before, after = (integer(words, "window", least=0, most=WIDEST) for words in pair)
    return before, after


def _codes(codes: object) -> tuple[str, ...] | None:
    if codes is None:
        return None
    if not isinstance(codes, list | tuple):
        raise invalid("codes", "a list of texts, () or None", codes)
    for code in codes:
        if not isinstance(code, str) or not code.strip() or code != code.strip() or not is_text(code):
            raise invalid("codes", "a list of texts that are not empty and have no spaces around them", code)
    if len(set(codes)) < len(codes):
        raise invalid("codes", "a list of different texts", codes)
    if len(codes) > _MOST_CODES:
        raise InputError(
            f"codes must be at most {_MOST_CODES} texts, got {len(codes)}. None lets the coder write any code."
        )
    return tuple(codes)
