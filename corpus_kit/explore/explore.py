"""`ck.explore`: the concordance in which one searches, sorts, reads and codes with mouse and keyboard."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from corpus_kit._base.arguments import boolean, integer, is_text, names, text_argument
from corpus_kit._base.distribution import how_to_install
from corpus_kit._base.records import as_frame
from corpus_kit.coding.line_codes import coder_name
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.errors import CorpusKitError, InputError, choose, invalid
from corpus_kit.explore.given import Given, given_table
from corpus_kit.explore.line_pages import MOST_LINES, WIDEST, Request
from corpus_kit.query.cqp import CqpQuery
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.kwic import SYNTAXES
from corpus_kit.text.token_flags import UNITS

if TYPE_CHECKING:
    from corpus_kit.coding.project import CodingProject
    from corpus_kit.explore.explorer import ConcordanceExplorer

__all__ = ["allowed_codes", "explore"]

_NEEDED = ("anywidget", "ipywidgets", "traitlets")
_MOST_CODES = 50


def explore(
    corpus: CorpusView | Concordance,
    pattern: str | pl.DataFrame = "",
    *,
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    syntax: Literal["native", "cqp"] = "native",
    window: int | tuple[int, int] | None = None,
    metadata: str | Sequence[str] | None = None,
    sort: str | Sequence[str] | None = None,
    page_size: int = 20,
    codes: Sequence[str] | None = None,
    sheet: str | os.PathLike[str] | None = None,
    coder: str | None = None,
    project: CodingProject | str | os.PathLike[str] | None = None,
    tab: str | None = None,
    language: str = "en",
) -> ConcordanceExplorer:
    """Search, sort, read and code the lines of a concordance in a notebook.

    Make the call the last line of a cell. It needs the package anywidget (in the extra `notebooks`) and no network.
    Where nothing can be clicked, for instance on a page made of the notebook, the first lines are shown as a table.

    Args:
        corpus: A corpus or a subcorpus; or a concordance, whose lines are shown: of a sample the lines of the sample.
        pattern: The first search, in the language of `ck.kwic`; "" leaves the search box empty. Or a table of this
            corpus: the places of one with the columns document, start and end, such as quotations and actors, are the
            lines; the words of one of `ck.frequency`, `ck.ngrams`, `ck.keyness` or `ck.collocations`, or the patterns
            of one of `ck.trend`, are a list to choose from, up to 200, with the lines of the first.
        exact: Compare the repaired spelling instead of the folded form.
        clitics: Find words with proclitics and enclitics too; needs `corpus.annotate()`.
        within: The unit of text that a hit does not leave: "sentence", "paragraph" or "document".
        syntax: The language of the pattern: "native", or "cqp" for queries of the Corpus Query Processor. On the page
            a box chooses it.
        window: Words before and after the node, up to 100: one number, or (before, after). None takes 8, or that of
            the concordance; so do `metadata` and `sort`.
        metadata: A column of the documents, or several, to show with each line.
        sort: Up to three sort keys of `ck.kwic`; None keeps the order of the text.
        page_size: The number of lines on a page, 1 to 200.
        codes: The codes to choose from. None lets the coder write any code, () leaves coding out.
        sheet: A .csv, .tsv or .parquet file for the codes, as in `Concordance.code`. Its codes are shown, and every
            change is written to it at once, merged with what others have written. None keeps the codes in memory.
        coder: The name under which the history of the sheet notes the codes; None takes that of the user.
        project: A project from `ck.coding_project`, or its folder, in which `coder` codes in the tab "coding"; None
            for the name lets the page ask. Whoever is not one of its coders decides about disagreements. The lines of
            the concordance are then not coded unless `codes` or `sheet` is given.
        tab: The tab that is shown first: "concordance", "coding", or one of the tables, such as "words". None takes
            "coding" if there is a project, else "concordance".
        language: The language of all that the page says: "en" or "ar".

    Returns:
        A ConcordanceExplorer. Its `concordance` is the Concordance that is shown, `frame` has its lines with the
        columns code and note (String), and `codes` is the table of all coded lines: id (String), position (UInt32),
        before, node, after, code, note (String).

    Raises:
        InputError: If an argument is invalid, the sheet cannot be read, or the project was made for other texts.
        CorpusKitError: If anywidget is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> lines = ck.explore(ck.sample_corpus(), "هدنة", codes=["for", "against"])
        >>> lines.assign(0, "for", note="quoted")
        >>> lines.codes.select("node", "code", "note").rows()
        [('هدنة', 'for', 'quoted')]
        >>> ck.explore(ck.kwic(ck.sample_corpus(), "في", sample=50))
        <ConcordanceExplorer 'في': 50 of 659 lines, 0 coded>
        >>> ck.explore(ck.sample_corpus(), ck.news.quotations(ck.sample_corpus())).concordance.pattern
        'ck.news.quotations'
    """
    given = _given(corpus, pattern, exact=exact, clitics=clitics, within=within, syntax=syntax)
    if sort is None and given.lines is not None:
        sort = given.lines.sort
    if window is None:
        window = 8 if given.lines is None else tuple(min(words, WIDEST) for words in given.lines.options["window"])
    if metadata is None and given.lines is not None:
        metadata = given.lines.metadata
    request = Request(
        pattern=given.pattern,
        sort=_sort_keys(sort),
        window=_window(window),
        clitics=given.clitics,
        exact=given.exact,
        syntax=given.syntax,
        page_size=integer(page_size, "page_size", least=1, most=MOST_LINES),
    )
    columns = [] if metadata is None else names(metadata, "metadata")
    allowed = () if project is not None and codes is None and sheet is None else allowed_codes(codes)
    person, coder = None if coder is None else coder_name(coder), coder_name(coder)
    choose(language, LANGUAGES, "language")
    if sheet is not None and allowed == ():
        raise invalid("sheet", "None if codes=() leaves coding out", sheet)
    try:
        from corpus_kit.explore.explorer import ConcordanceExplorer  # needs anywidget, which is optional
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        raise CorpusKitError(f"ck.explore needs anywidget. {how_to_install('notebooks')}") from None
    if tab is None:
        tab = "concordance" if project is None else "coding"
    return ConcordanceExplorer(
        given, request, codes=allowed, sheet=sheet, coder=coder, metadata=columns, tab=tab, language=language,
        project=project, person=person,
    )  # fmt: skip


def _given(corpus: object, pattern: object, *, exact: bool, clitics: bool, within: str, syntax: str) -> Given:
    """Return what is explored: a corpus with a pattern or a table, or a concordance."""
    exact, clitics = boolean(exact, "exact"), boolean(clitics, "clitics")
    choose(syntax, SYNTAXES, "syntax")
    if isinstance(corpus, Concordance):
        asked = (pattern, exact, clitics, within, syntax)
        if not isinstance(pattern, str) or asked != ("", False, False, "paragraph", "native"):
            raise InputError(
                "pattern, exact, clitics, within and syntax must be left out: those of the concordance count."
            )
        defaults = {"exact": False, "clitics": False, "within": "paragraph", "syntax": "native"}
        # of combined lists that differ, an option is None
        how: dict[str, Any] = {name: corpus.options.get(name) or default for name, default in defaults.items()}
        return Given(corpus.corpus, str(corpus.pattern), lines=corpus, **how)
    view, pattern = expect_corpus(corpus), as_frame(pattern, "pattern")
    if not isinstance(pattern, pl.DataFrame):
        text = text_argument(pattern, "pattern")
        syntax = "cqp" if isinstance(text, CqpQuery) else syntax
        return Given(view, str(text), exact=exact, clitics=clitics, within=within, syntax=syntax)
    choose(within, UNITS, "within")
    return given_table(view, pattern, exact=exact, clitics=clitics, within=within)


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


def allowed_codes(codes: object) -> tuple[str, ...] | None:
    """Return the codes to choose from, checked; None if any can be written, () if coding is left out."""
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
