"""The interactive concordance as a widget: what the page asks is checked here, answered here, and kept here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import anywidget
import polars as pl
import traitlets

from corpus_kit._arguments import is_text, whole_number
from corpus_kit.concordance import Concordance
from corpus_kit.corpus_view import CorpusView
from corpus_kit.display import html, show
from corpus_kit.display._values import visible
from corpus_kit.display.explorer_lines import (
    Request,
    context_of,
    documents_with_hits,
    lines_of,
    number,
    read_request,
    search,
    sort_choices,
)
from corpus_kit.errors import CorpusKitError, InputError, choose
from corpus_kit.provenance import attach

__all__ = ["ConcordanceExplorer"]

_HERE = Path(__file__).parent
_PAGE_SIZES = (10, 20, 50, 100)
_REMEMBERED = 2_000  # lines that were shown and may still be coded
_LISTED_CODES = 50  # codes in use, offered where any can be written
_LONGEST_MESSAGE = 1_000  # code points
_COLUMNS = ("code", "note")

# JupyterLab takes a saved output for the widget also where there is no kernel, and has nothing to show then. So a
# second output holds the table; it takes the place of the first where that is neither the widget nor a table.
_FIRST = ".jp-OutputArea-child:not(:has(.ck-explorer,.jp-RenderedHTMLCommon))"
_STILL = (
    f"<style>{_FIRST}:has(+.jp-OutputArea-child .ck-still){{display:none}}"
    f"{_FIRST}+.jp-OutputArea-child .ck-still{{display:block!important}}</style>"
    '<div class="ck-still" style="display:none"><p dir="rtl" lang="ar" style="text-align:right">'
    'شغّل الخلية لتبحث في الأسطر وترمّزها. · <bdi lang="en">Run the cell to search and code the lines.</bdi></p>'
)


class ConcordanceExplorer(anywidget.AnyWidget):
    """A concordance in which one searches, sorts, reads on and codes. `ck.explore` makes it.

    The texts and the codes stay in Python: the page in the browser gets only the lines that it shows.
    """

    _esm = _HERE / "widget.js"
    _css = _HERE / "widget.css"
    _setup = traitlets.Dict().tag(sync=True)  # what does not change: sort keys, columns, codes
    _page = traitlets.Dict().tag(sync=True)  # the lines that are shown, and what was asked for

    def __init__(
        self,
        corpus: CorpusView,
        request: Request,
        *,
        codes: tuple[str, ...] | None,
        sheet: str | os.PathLike[str] | None,
        metadata: str | Sequence[str] | None,
        within: str,
    ) -> None:
        from corpus_kit.line_codes import LineCodes

        self._corpus = corpus
        self._within = within
        self._allowed = codes
        self._line_codes = LineCodes(sheet)
        self._metadata = [metadata] if isinstance(metadata, str) else list(metadata or ())
        self._wanted = self._found = request  # what the controls say, and what the lines were found for
        self._problem = ""
        self._lines = search(corpus, request, within=within, metadata=self._metadata)
        self._metadata = self._lines.metadata
        if self._is_coding and set(self._metadata) & set(_COLUMNS):
            raise InputError("metadata= cannot show the columns code and note while lines are coded; see codes=")
        self._documents = documents_with_hits(self._lines)
        self._shown: dict[tuple[str, int], dict[str, Any]] = {}
        self._serial = 0
        super().__init__(_setup=self._what_does_not_change(), _page=self._make_page())
        self.on_msg(self._received)

    # ---------------------------------------------------------------------------- for the user

    @property
    def concordance(self) -> Concordance:
        """The lines that are shown, of all pages, in their order."""
        return self._lines

    @property
    def frame(self) -> pl.DataFrame:
        """The lines with their codes: the columns of `Concordance.frame`, code and note (String, null where none).

        Without the last two where coding is left out.
        """
        lines = self._lines
        return lines.with_provenance(self._coded(lines.frame) if self._is_coding else lines.frame)

    @property
    def codes(self) -> pl.DataFrame:
        """All lines that have a code or a note, whatever was searched for when they were coded.

        The columns are id (String), position (UInt32), before, node, after (as they were shown when the line
        was first coded), code and note (String). The order is that of the sheet: new lines come last.
        """
        self._line_codes.refresh()
        sheet = self._line_codes.path
        options = {"codes": self._allowed, "sheet": None if sheet is None else sheet.name}
        return attach(self._line_codes.frame, "ck.explore", options, corpus_id=self._corpus.id)

    def search(self, pattern: str) -> None:
        """Search for another pattern, as if it were typed into the box.

        Raises InputError for a pattern that cannot be read, or is no text.

        >>> import corpus_kit as ck
        >>> lines = ck.explore(ck.sample_corpus(), "هدنة")
        >>> lines.search("التحالف")
        >>> lines.concordance.pattern
        'التحالف'
        """
        if not isinstance(pattern, str):
            raise InputError(f"search takes a pattern, not {type(pattern).__name__}: {pattern!r:.60}")
        self._find(replace(self._wanted, pattern=pattern, page=1))
        self._publish()

    def assign(self, line: int, code: str | None, *, note: str | None = None) -> None:
        """Code a line, as if it were done on the page.

        Arguments:
            line: its number in the order of the lines, from 0.
            code: one of the codes; None takes the code away.
            note: a remark; None leaves what there is, "" takes it away.

        Raises InputError for a line that is not there, a code that is not allowed, and a sheet that cannot
        be written.
        """
        if not self._is_coding:
            raise InputError("lines cannot be coded here: codes=() left coding out")
        line = whole_number(line, "line", least=0, what="the line")
        if line >= len(self._lines):
            raise InputError(f"line {line} of {len(self._lines):,}: lines are counted from 0")
        row = self._lines.lines(line, line + 1).row(0, named=True)
        self._line_codes.set(row, "code", self._allowed_code(code))
        if note is not None:
            self._line_codes.set(row, "note", note)
        self._publish()

    def __repr__(self) -> str:
        coded = f", {len(self._line_codes):,} coded" if self._is_coding else ""
        return f"<ConcordanceExplorer {self._lines.pattern!r}: {len(self._lines):,} lines{coded}>"

    # ------------------------------------------------------------------------- where it is shown

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": self._still_text(), "text/html": self._still_html()}, metadata

    def _ipython_display_(self, **kwargs: Any) -> None:
        publish = import_module("IPython.display").publish_display_data
        data, metadata = self._repr_mimebundle_(**kwargs) or ({}, {})
        publish(data, metadata)
        publish({"text/html": f"{_STILL}{self._still_html()}</div>", "text/plain": ""})

    def _still_text(self) -> str:
        return str(show(self._lines, max_rows=self._wanted.page_size)) if len(self._lines) else repr(self)

    def _still_html(self) -> str:
        """The page as a table that nobody can click."""
        lines = self._lines
        if not lines.pattern:
            return '<p dir="rtl" lang="ar">كشاف سياقي: لم يُبحث عن شيء بعد.</p>'
        frame, labels = self._page_frame(), lines.metadata
        if "code" in frame.columns and len(self._line_codes):
            labels = [*labels, *_COLUMNS]
        return html.concordance_html(
            frame, caption=lines.caption, sort=lines.sort, labels=labels, max_rows=None, total=len(lines)
        )

    # ---------------------------------------------------------------------- what the page asks

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take what the browser sets of a widget's state; the lines are not among it, they are made here only."""
        own = ("_page", "_setup", "_esm", "_css")
        super().set_state({name: value for name, value in sync_data.items() if name not in own})

    def _received(self, _widget: object, message: object, _buffers: object) -> None:
        """Answer a message. What is wrong with it, or with the texts, is told on the page."""
        kinds = {"show": self._show, "open": self._open, "code": self._code}
        try:
            if not isinstance(message, Mapping):
                raise InputError(f"the page sent no message, but {message!r:.60}")
            kinds[choose(message.get("kind"), kinds, "message")](message)
        except CorpusKitError as error:
            self._publish(notice=str(error))

    def _show(self, message: Mapping[str, Any]) -> None:
        asked = _asked(message)
        try:
            request = read_request(message)
        except InputError as error:
            self._publish(answers=asked, notice=str(error))
            return
        try:
            self._find(request)
        except CorpusKitError as error:
            self._wanted, self._problem = request, str(error)
        self._publish(answers=asked)

    def _open(self, message: Mapping[str, Any]) -> None:
        client, asked = _asked(message)
        answer: dict[str, Any] = {"kind": "opened", "client": client, "number": asked}
        try:
            line = number(message.get("line"), "line", 0, 1 << 32)
            rows = self._lines.lines(line, line + 1).select("id", "position").rows()
            if rows != [(message.get("id"), message.get("position"))]:
                raise InputError("this line is no longer shown")
            answer |= context_of(self._lines, line, str(message.get("unit")))
        except CorpusKitError as error:
            answer["problem"] = visible(str(error))
        self.send(answer)

    def _code(self, message: Mapping[str, Any]) -> None:
        key = (message.get("id"), message.get("position"))
        if not self._is_coding or type(key[0]) is not str or type(key[1]) is not int or key not in self._shown:
            raise InputError(f"the page sent a code for a line that was not shown: {key!r:.60}")
        line = self._shown[key]
        column, value = choose(message.get("column"), _COLUMNS, "column of codes"), message.get("value")
        if column == "code":
            value = self._allowed_code(value)
        self._line_codes.refresh()
        now = self._line_codes.value(line, column)
        if now != message.get("was"):
            raise InputError(
                f"this line was coded elsewhere meanwhile: its {column} is {now or 'empty'!r:.60} now. "
                "Nothing was overwritten; code it again if it is to be changed"
            )
        self._line_codes.set(line, column, value)
        self._publish()

    def _allowed_code(self, code: Any) -> Any:
        """A code that may be given; where any may be, the codes themselves check that it is a text."""
        return choose(code, self._allowed, "code") if self._allowed and code is not None else code

    # ------------------------------------------------------------------------- what it is sent

    @property
    def _is_coding(self) -> bool:
        return self._allowed != ()

    def _find(self, request: Request) -> None:
        """Make the lines of a request the current ones; those that are there already are not searched for again."""
        if not request.finds_the_same_as(self._found):
            lines = search(self._corpus, request, within=self._within, metadata=self._metadata)
            self._documents = documents_with_hits(lines)
            self._lines = lines
        elif request.window != self._found.window:
            self._lines = self._lines.widen(request.window)
        self._wanted = self._found = request
        self._problem = ""

    def _coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        self._line_codes.refresh()
        return self._line_codes.of(frame)

    def _page_number(self) -> tuple[int, int]:
        """The page that is shown, and how many there are."""
        pages = max(-(-len(self._lines) // self._wanted.page_size), 1)
        return min(self._wanted.page, pages), pages

    def _page_frame(self) -> pl.DataFrame:
        frame = self._lines.page(self._page_number()[0], self._wanted.page_size)
        return self._coded(frame) if self._is_coding else frame

    def _publish(self, *, answers: tuple[str, int] | None = None, notice: str = "") -> None:
        self._page = self._make_page(answers, notice)

    def _make_page(self, answers: tuple[str, int] | None = None, notice: str = "") -> dict[str, Any]:
        """All that the page shows, and nothing else of the corpus."""
        self._serial += 1
        wanted, (page, pages) = self._wanted, self._page_number()
        lines, problem, notice = self._page_lines(page, notice)
        return {
            "serial": self._serial,
            "answers": None if answers is None else list(answers),
            "pattern": wanted.pattern,
            "sort": list(wanted.sort),
            "window": list(wanted.window),
            "clitics": wanted.clitics,
            "exact": wanted.exact,
            "page_size": wanted.page_size,
            "page": page,
            "pages": pages,
            "first": (page - 1) * wanted.page_size,
            "of": visible(self._lines.pattern),
            "count": len(self._lines),
            "documents": self._documents,
            "lines": lines,
            "coded": len(self._line_codes),
            "in_use": self._codes_in_use(),
            "problem": visible(problem[:_LONGEST_MESSAGE]),
            "notice": visible(notice[:_LONGEST_MESSAGE]),
        }

    def _page_lines(self, page: int, notice: str) -> tuple[list[dict[str, Any]], str, str]:
        """The lines of a page; what is wrong with the search or the corpus; what is to be said of the codes."""
        try:
            frame = self._lines.page(page, self._wanted.page_size)
        except CorpusKitError as error:  # the corpus was closed, or has grown
            return [], str(error), notice
        self._remember(frame)
        if self._is_coding:
            try:
                if self._line_codes.refresh():
                    notice = notice or "the sheet of codes was changed elsewhere; its codes are shown"
                frame = self._line_codes.of(frame)
            except InputError as error:
                notice = notice or str(error)
        return lines_of(frame, self._lines.sort, self._lines.metadata), self._problem, notice

    def _remember(self, frame: pl.DataFrame) -> None:
        """Keep what a sheet says of these lines, for when they are coded."""
        for row in frame.select("id", "position", "before", "node", "after").iter_rows(named=True):
            self._shown.pop((row["id"], row["position"]), None)
            self._shown[row["id"], row["position"]] = row
        while len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]

    def _codes_in_use(self) -> list[str]:
        """The codes that were written so far, where any can be written; so that one is not spelled in two ways."""
        if self._allowed is not None:
            return []
        counted = self._line_codes.frame["code"].drop_nulls().value_counts(sort=True)
        codes: list[str] = counted["code"].head(_LISTED_CODES).to_list()
        return codes

    def _what_does_not_change(self) -> dict[str, Any]:
        return {
            "sort_choices": sort_choices(self._corpus, self._wanted.sort),
            "labels": [visible(name) for name in self._metadata],
            "codes": None if self._allowed is None else list(self._allowed),
            "coding": self._is_coding,
            "page_sizes": sorted({*_PAGE_SIZES, self._wanted.page_size}),
        }


def _asked(message: Mapping[str, Any]) -> tuple[str, int]:
    """Who asks, and which of its questions this is."""
    client, asked = message.get("client"), message.get("number")
    if type(client) is not str or not client or len(client) > 64 or not is_text(client):
        raise InputError(f"the page sent client={client!r:.60}, which is no name")
    return client, number(asked, "number", 0, 1 << 53)
