"""The interactive concordance as a widget: it checks the messages of the page, answers them, and keeps the codes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import anywidget
import polars as pl
import traitlets

from corpus_kit._base.arguments import integer, path_argument
from corpus_kit._base.files import write_whole
from corpus_kit._base.records import attach
from corpus_kit.coding.line_codes import CODE_COLUMNS, CONFLICT_COLUMN
from corpus_kit.display import html
from corpus_kit.display.show import show
from corpus_kit.display.values import lines_caption
from corpus_kit.errors import InputError, invalid, warn
from corpus_kit.explore.given import Given
from corpus_kit.explore.line_pages import Request
from corpus_kit.explore.page_files import page_script, page_style
from corpus_kit.explore.session import Session
from corpus_kit.explore.trace_files import Place
from corpus_kit.explore.words import say
from corpus_kit.search.concordance import Concordance

__all__ = ["ConcordanceExplorer"]

# JupyterLab takes a saved output for the widget even without a kernel, and then has nothing to show. So a second
# output holds the table. It replaces the first one if that is neither the widget nor a table.
_FIRST = ".jp-OutputArea-child:not(:has(.ck-explorer,.jp-RenderedHTMLCommon))"
_STILL = (
    f"<style>{_FIRST}:has(+.jp-OutputArea-child .ck-still){{display:none}}"
    f"{_FIRST}+.jp-OutputArea-child .ck-still{{display:block!important}}</style>"
    '<div class="ck-still" style="display:none">'
)
_LARGEST_STATE = 200_000  # code points
_LARGEST_FILE = 2_000_000  # bytes; Jupyter drops messages beyond 3 MB in three seconds
_DIRECTIONS = {"en": "ltr", "ar": "rtl"}


class ConcordanceExplorer(anywidget.AnyWidget):
    """A concordance in which one searches, sorts, reads and codes; `ck.explore` makes it.

    Texts and codes stay in Python: the browser gets only the lines that it shows.
    """

    _esm = page_script()
    _css = page_style()
    _setup = traitlets.Dict().tag(sync=True)  # constant: tabs, sort keys, columns, codes, words of the page
    _page = traitlets.Dict().tag(sync=True)  # the lines that are shown, and the request
    _state = traitlets.Dict().tag(sync=True)  # the page's own: which tab, which documents, what its controls show

    def __init__(self, given: Given, request: Request, *, language: str, **options: Any) -> None:
        self._language = language
        self._session = Session(
            given,
            request,
            language=language,
            publish=self._show_page,
            send=lambda message: self.send(message),
            largest_file=_LARGEST_FILE,
            **options,
        )
        self._view = self._session.concordance
        super().__init__(_setup=self._session.setup, _page=self._session.page, _state={})
        self.on_msg(self._received)

    def _show_page(self, page: dict[str, Any]) -> None:
        self._page = page

    def _send_answer(self, answer: dict[str, Any]) -> None:
        self.send(answer)

    # ------------------------------------------------------------------------- public interface

    @property
    def concordance(self) -> Concordance:
        """The Concordance that is shown, with the lines of all pages."""
        return self._view.lines

    @property
    def frame(self) -> pl.DataFrame:
        """The lines with their codes: the columns of `Concordance.frame`, and code and note (String).

        Lines without a code have null. If coding is left out, there are no columns code and note. If others gave these
        lines other codes, the column code_conflict (String) has them, until one of them was decided for.
        """
        lines = self._view.lines
        return lines.with_provenance(self._view.coded(lines.frame) if self._view.is_coding else lines.frame)

    @property
    def codes(self) -> pl.DataFrame:
        """All lines with a code or a note, whatever the search when they were coded.

        The columns are id (String), position (UInt32), before, node, after (as shown when the line was first coded),
        code and note (String), and code_conflict (String) as long as there are conflicts. The order is that of the
        sheet; new lines come last.
        """
        self._view.line_codes.refresh()
        sheet = self._view.line_codes.path
        options = {"codes": self._view.allowed, "sheet": None if sheet is None else sheet.name}
        return attach(self._view.line_codes.frame, "ck.explore", options, corpus=self._view.lines.corpus)

    @property
    def conflicts(self) -> pl.DataFrame:
        """The codes that others gave to lines that had a code they had not seen, and that nobody has decided about.

        The columns are id (String), position (UInt32), column ("code" or "note"), value (that of the sheet), coder (who
        gave it; null if it was written by a spreadsheet), other_value, other_coder (String), and when (Datetime in UTC:
        the time of the other). To decide, code the line again.
        """
        self._view.line_codes.refresh()
        return self._view.line_codes.conflicts

    @property
    def history(self) -> pl.DataFrame:
        """Every change of a code or a note, the oldest first.

        The columns are when (Datetime in UTC), coder, kind, id (String), position (UInt32), node, column, value and was
        (String). The kind is "given" (coded here or in another program), "conflict" (given, but not in the sheet),
        "found" (written into the sheet by a spreadsheet) or "restored" (a spreadsheet had lost it).
        """
        return self._view.line_codes.history

    @property
    def table(self) -> pl.DataFrame:
        """The table of the tab that the page shows, with its record.

        In the concordance these are the lines, as in `frame`; in the coding tab, how far each coder is.

        Raises:
            InputError: If something must be entered first.

        Examples:
            >>> import corpus_kit as ck
            >>> explorer = ck.explore(ck.sample_corpus(), tab="words")
            >>> explorer.table["word"][0], explorer.code
            ('في', 'ck.frequency(corpus)')
        """
        if self._tab == "coding":
            return self._session.coding.table()
        return self.frame if self._tab == "concordance" else self._session.frame(self._session.table(self._tab))

    @property
    def code(self) -> str:
        """The line of Python that makes `table`; "" if nothing has been searched for.

        In it, `corpus` is the corpus that the explorer was given.
        """
        if self._tab == "coding":
            return self._session.coding.code()
        return self._session.code if self._tab == "concordance" else self._session.table(self._tab).code()

    @property
    def _tab(self) -> str:
        names = ["concordance", "coding", *(str(each["name"]) for each in self._setup["tabs"])]
        return next((name for name in names if name == self._state.get("tab")), str(self._setup["tab"]))

    def script(self) -> str:
        """Return the session as a script that makes its tables and concordances again.

        Its steps are what was looked at, each once and in order: of several requests of one tab in a row, each shown
        for less than three seconds, the last. Tables are printed, charts saved beside the place where it runs.

        Examples:
            >>> import corpus_kit as ck
            >>> script = ck.explore(ck.sample_corpus(), "هدنة", sort="after1").script()
            >>> script.splitlines()[-2]
            'lines_1 = ck.kwic(corpus, "هدنة", sort="after1")'
        """
        return self._session.script()

    def save_session(self, path: str | os.PathLike[str]) -> None:
        """Save the session as a script (.py) or a notebook without outputs (.ipynb), in place of a file of this name.

        The corpus and the sheet of codes are found from where the file is, if they lie beside or below it.

        Args:
            path: The file.

        Raises:
            InputError: If the path has another ending, or the file cannot be written.
        """
        file = path_argument(path, "path")
        if file.suffix not in (".py", ".ipynb"):
            raise invalid("path", "a file that ends in .py or .ipynb", file.name)
        write = self._session.script if file.suffix == ".py" else self._session.notebook
        write_whole(file, write(Place(file.absolute().parent)).encode())

    def search(self, pattern: str) -> None:
        """Search for another pattern, as if it were typed into the search box.

        Args:
            pattern: What to search for, in the language of `ck.kwic`, or of CQP if the box on the page says so; a
                query from `ck.cqp` ticks it.

        Raises:
            InputError: If the pattern has an error.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.explore(ck.sample_corpus(), "هدنة")
            >>> lines.search("التحالف")
            >>> lines.concordance.pattern
            'التحالف'
        """
        self._view.search_for(pattern)
        self._session.trace.keep()

    def assign(self, line: int, code: str | None, *, note: str | None = None) -> None:
        """Code a line, as if it were done on the page.

        Args:
            line: The number of the line, from 0, in the order of the lines.
            code: One of the codes; None removes the code.
            note: A remark; None keeps the present one, "" removes it.

        A code that somebody else gave to the line since the codes were last shown or read here is not overwritten:
        a warning says so, and both are kept (see `conflicts`).

        Raises:
            InputError: If there is no such line, the code is not one of the codes, or the sheet cannot be written.

        Examples:
            >>> import corpus_kit as ck
            >>> lines = ck.explore(ck.sample_corpus(), "هدنة", codes=["for", "against"])
            >>> lines.assign(0, "against")
            >>> lines
            <ConcordanceExplorer 'هدنة': 16 lines, 1 coded>
        """
        if not self._view.is_coding:
            raise InputError("Lines cannot be coded here, since codes=() leaves coding out.")
        line = integer(line, "line", least=0)
        if line >= len(self._view.lines):
            raise invalid("line", f"below {len(self._view.lines):,}, the number of lines", line)
        row = self._view.lines.lines(line, line + 1).row(0, named=True)
        for each in self._view.assign(line, code, note):
            warn(f"Line {line:,}, {row['id']}:{row['position']}: {each}", stacklevel=2)

    def __repr__(self) -> str:
        coded = f", {len(self._view.line_codes):,} coded" if self._view.is_coding else ""
        conflicts = self._view.line_codes.conflicts.height
        coded += f", {conflicts:,} in conflict" if conflicts else ""
        number, total = len(self._view.lines), self._view.lines.total
        lines = f"{number:,} lines" if number == total else f"{number:,} of {total:,} lines"
        return f"<ConcordanceExplorer {self._view.lines.pattern!r}: {lines}{coded}>"

    # ---------------------------------------------------------------------------------- display

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
        publish({"text/html": f"{_STILL}{self._paragraph('run')}{self._still_html()}</div>", "text/plain": ""})

    def _still_text(self) -> str:
        size = self._view.wanted.page_size
        return (
            str(show(self._view.lines, max_rows=size, language=self._language)) if len(self._view.lines) else repr(self)
        )

    def _paragraph(self, name: str) -> str:
        direction = _DIRECTIONS[self._language]
        return f'<p dir="{direction}" lang="{self._language}">{say(name, self._language)}</p>'

    def _still_html(self) -> str:
        """Return the page as a static table."""
        lines = self._view.lines
        if not lines.pattern:
            return self._paragraph("not_searched")
        frame, labels = self._view.page_frame(), lines.metadata
        if self._view.is_coding and len(self._view.line_codes):
            labels = [*labels, *CODE_COLUMNS, *({CONFLICT_COLUMN} & set(frame.columns))]
        caption = lines_caption(lines.pattern, len(lines), lines.total, self._language)
        return html.concordance_html(
            frame, caption=caption, sort=lines.sort, labels=labels, anchors=self._view.anchors(), max_rows=None,
            total=len(lines), language=self._language,
        )  # fmt: skip

    # -------------------------------------------------------------------- messages from the page

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Set the state that a browser may set: its own. Only Python makes the lines."""
        state = sync_data.get("_state")
        is_state = isinstance(state, dict) and len(str(state)) <= _LARGEST_STATE
        own = ("_page", "_setup", "_esm", "_css", *(() if is_state else ("_state",)))
        super().set_state({name: value for name, value in sync_data.items() if name not in own})

    def _received(self, _widget: object, message: object, _buffers: object) -> None:
        self._session.receive(message)
