"""The interactive concordance as a widget: it checks the messages of the page, answers them, and keeps the codes."""

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

from corpus_kit._base.arguments import integer, is_text, text_argument
from corpus_kit._base.records import attach
from corpus_kit.display import html
from corpus_kit.display.show import show
from corpus_kit.display.values import lines_caption, visible
from corpus_kit.errors import CorpusKitError, InputError, choose, invalid, warn
from corpus_kit.explore.given import Given
from corpus_kit.explore.line_codes import CODE_COLUMNS, CONFLICT_COLUMN, LineCodes
from corpus_kit.explore.lines import (
    Request,
    context_of,
    documents_with_hits,
    label_name,
    lines_of,
    parts_of_problem,
    read_request,
    search,
    sort_choices,
)
from corpus_kit.explore.words import say, words_of_the_page
from corpus_kit.query.cqp import CqpQuery
from corpus_kit.search.concordance import LINE_COLUMNS, Concordance

__all__ = ["ConcordanceExplorer"]

_HERE = Path(__file__).parent
_PAGE_SIZES = (10, 20, 50, 100)
_REMEMBERED = 2_000  # lines that were shown and can still be coded
_LISTED_CODES = 50  # codes in use that are offered if any code can be written
_SHOWN_CONFLICTS = 5  # of a code or a note
_LONGEST_MESSAGE = 1_000  # code points

# JupyterLab takes a saved output for the widget even without a kernel, and then has nothing to show. So a second
# output holds the table. It replaces the first one if that is neither the widget nor a table.
_FIRST = ".jp-OutputArea-child:not(:has(.ck-explorer,.jp-RenderedHTMLCommon))"
_STILL = (
    f"<style>{_FIRST}:has(+.jp-OutputArea-child .ck-still){{display:none}}"
    f"{_FIRST}+.jp-OutputArea-child .ck-still{{display:block!important}}</style>"
    '<div class="ck-still" style="display:none">'
)
_DIRECTIONS = {"en": "ltr", "ar": "rtl"}


class ConcordanceExplorer(anywidget.AnyWidget):
    """A concordance in which one searches, sorts, reads and codes; `ck.explore` makes it.

    Texts and codes stay in Python: the browser gets only the lines that it shows.
    """

    _esm = _HERE / "widget.js"
    _css = _HERE / "widget.css"
    _setup = traitlets.Dict().tag(sync=True)  # constant: sort keys, columns, codes, words of the page
    _page = traitlets.Dict().tag(sync=True)  # the lines that are shown, and the request

    def __init__(
        self,
        given: Given,
        request: Request,
        *,
        codes: tuple[str, ...] | None,
        sheet: str | os.PathLike[str] | None,
        coder: str | None,
        metadata: Sequence[str],
        language: str,
    ) -> None:
        self._given = given
        self._corpus = given.corpus
        self._allowed = codes
        self._language = language
        self._line_codes = LineCodes(sheet, coder)
        self._wanted = self._found = request  # what the controls show, and what the lines were found for
        self._problem, self._place = "", list[str]()
        self._lines = search(given, request, metadata=metadata)
        self._metadata = self._lines.metadata
        if self._is_coding and set(self._metadata) & {*CODE_COLUMNS, CONFLICT_COLUMN}:
            hint = "Or rename them before the corpus is built."
            without = "without the columns code, note and code_conflict unless codes=()"
            raise invalid("metadata", without, self._metadata, hint)
        self._documents = documents_with_hits(self._lines)
        self._shown: dict[tuple[str, int], dict[str, Any]] = {}
        self._serial = 0
        super().__init__(_setup=self._constants(), _page=self._make_page())
        self.on_msg(self._received)

    # ------------------------------------------------------------------------- public interface

    @property
    def concordance(self) -> Concordance:
        """The Concordance that is shown, with the lines of all pages."""
        return self._lines

    @property
    def frame(self) -> pl.DataFrame:
        """The lines with their codes: the columns of `Concordance.frame`, and code and note (String).

        Lines without a code have null. If coding is left out, there are no columns code and note. If others gave these
        lines other codes, the column code_conflict (String) has them, until one of them was decided for.
        """
        lines = self._lines
        return lines.with_provenance(self._coded(lines.frame) if self._is_coding else lines.frame)

    @property
    def codes(self) -> pl.DataFrame:
        """All lines with a code or a note, whatever the search when they were coded.

        The columns are id (String), position (UInt32), before, node, after (as shown when the line was first coded),
        code and note (String), and code_conflict (String) as long as there are conflicts. The order is that of the
        sheet; new lines come last.
        """
        self._line_codes.refresh()
        sheet = self._line_codes.path
        options = {"codes": self._allowed, "sheet": None if sheet is None else sheet.name}
        return attach(self._line_codes.frame, "ck.explore", options, corpus=self._corpus)

    @property
    def conflicts(self) -> pl.DataFrame:
        """The codes that others gave to lines that had a code they had not seen, and that nobody has decided about.

        The columns are id (String), position (UInt32), column ("code" or "note"), value (that of the sheet), coder (who
        gave it; null if it was written by a spreadsheet), other_value, other_coder (String), and when (Datetime in UTC:
        the time of the other). To decide, code the line again.
        """
        self._line_codes.refresh()
        return self._line_codes.conflicts

    @property
    def history(self) -> pl.DataFrame:
        """Every change of a code or a note, the oldest first.

        The columns are when (Datetime in UTC), coder, kind, id (String), position (UInt32), node, column, value and was
        (String). The kind is "given" (coded here or in another program), "conflict" (given, but not in the sheet),
        "found" (written into the sheet by a spreadsheet) or "restored" (a spreadsheet had lost it).
        """
        return self._line_codes.history

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
        syntax = "cqp" if isinstance(pattern, CqpQuery) else self._wanted.syntax
        self._find(replace(self._wanted, pattern=str(text_argument(pattern, "pattern")), syntax=syntax, page=1))
        self._publish()

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
        if not self._is_coding:
            raise InputError("Lines cannot be coded here, since codes=() leaves coding out.")
        line = integer(line, "line", least=0)
        if line >= len(self._lines):
            raise invalid("line", f"below {len(self._lines):,}, the number of lines", line)
        row = self._lines.lines(line, line + 1).row(0, named=True)
        values = {"code": self._allowed_code(code)} | ({} if note is None else {"note": note})
        refused = self._line_codes.set(row, values)
        self._publish(notice=" ".join(map(str, refused)))
        for each in refused:
            warn(f"Line {line:,}, {row['id']}:{row['position']}: {each}", stacklevel=2)

    def __repr__(self) -> str:
        coded = f", {len(self._line_codes):,} coded" if self._is_coding else ""
        conflicts = self._line_codes.conflicts.height
        coded += f", {conflicts:,} in conflict" if conflicts else ""
        number, total = len(self._lines), self._lines.total
        lines = f"{number:,} lines" if number == total else f"{number:,} of {total:,} lines"
        return f"<ConcordanceExplorer {self._lines.pattern!r}: {lines}{coded}>"

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
        size = self._wanted.page_size
        return str(show(self._lines, max_rows=size, language=self._language)) if len(self._lines) else repr(self)

    def _paragraph(self, name: str) -> str:
        direction = _DIRECTIONS[self._language]
        return f'<p dir="{direction}" lang="{self._language}">{say(name, self._language)}</p>'

    def _still_html(self) -> str:
        """Return the page as a static table."""
        lines = self._lines
        if not lines.pattern:
            return self._paragraph("not_searched")
        frame, labels = self._page_frame(), lines.metadata
        if self._is_coding and len(self._line_codes):
            labels = [*labels, *CODE_COLUMNS, *({CONFLICT_COLUMN} & set(frame.columns))]
        caption = lines_caption(lines.pattern, len(lines), lines.total, self._language)
        return html.concordance_html(
            frame, caption=caption, sort=lines.sort, labels=labels, anchors=self._anchors(), max_rows=None,
            total=len(lines), language=self._language,
        )  # fmt: skip

    # -------------------------------------------------------------------- messages from the page

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Set the state that a browser may set. The lines are not part of it: only Python makes them."""
        own = ("_page", "_setup", "_esm", "_css")
        super().set_state({name: value for name, value in sync_data.items() if name not in own})

    def _received(self, _widget: object, message: object, _buffers: object) -> None:
        """Answer a message. Errors are shown on the page."""
        kinds = {"show": self._show, "open": self._open, "code": self._code}
        try:
            if not isinstance(message, Mapping):
                raise invalid("message", "a mapping", message)
            kinds[choose(message.get("kind"), kinds, "kind")](message)
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
            self._wanted, self._problem, self._place = request, str(error), parts_of_problem(error)
        self._publish(answers=asked)

    def _open(self, message: Mapping[str, Any]) -> None:
        client, asked = _asked(message)
        answer: dict[str, Any] = {"kind": "opened", "client": client, "number": asked}
        try:
            line = integer(message.get("line"), "line", least=0, most=1 << 32)
            rows = self._lines.lines(line, line + 1).select("id", "position").rows()
            if rows != [(message.get("id"), message.get("position"))]:
                raise InputError("This line is no longer shown.")
            answer |= context_of(self._lines, line, str(message.get("within")))
        except CorpusKitError as error:
            answer["problem"] = visible(str(error))
        self.send(answer)

    def _code(self, message: Mapping[str, Any]) -> None:
        key = (message.get("id"), message.get("position"))
        if not self._is_coding or type(key[0]) is not str or type(key[1]) is not int or key not in self._shown:
            raise InputError(f"The page sent a code for a line that it does not show: {key!r:.60}.")
        line = self._shown[key]
        column, value = choose(message.get("column"), CODE_COLUMNS, "column"), message.get("value")
        if column == "code":
            value = self._allowed_code(value)
        refused = self._line_codes.set(line, {column: value}, {column: message.get("was")})
        self._publish(notice=" ".join(map(str, refused)))

    def _allowed_code(self, code: Any) -> Any:
        """Return a code if it is allowed. If any code is, `LineCodes` checks that it is a text."""
        return choose(code, self._allowed, "code") if self._allowed and code is not None else code

    # ---------------------------------------------------------------------- state of the page

    @property
    def _is_coding(self) -> bool:
        return self._allowed != ()

    def _find(self, request: Request) -> None:
        """Make the lines of a request the current ones, without another search if it would find the same."""
        if not request.finds_the_same_as(self._found):
            lines = search(self._given, request, metadata=self._metadata)
            self._documents = documents_with_hits(lines)
            self._lines = lines
        elif request.window != self._found.window:
            self._lines = self._lines.widen(request.window)
        self._wanted = self._found = request
        self._problem, self._place = "", []

    def _coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        self._line_codes.refresh()
        return self._with_codes(frame)

    def _with_codes(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return lines with their codes, whatever names their metadata has."""
        coded = self._line_codes.of(frame.select(LINE_COLUMNS))
        return frame.hstack(coded.select(*CODE_COLUMNS, *({CONFLICT_COLUMN} & set(coded.columns))))

    def _page_number(self) -> tuple[int, int]:
        """Return the number of the page that is shown, and the number of pages."""
        pages = max(-(-len(self._lines) // self._wanted.page_size), 1)
        return min(self._wanted.page, pages), pages

    def _anchors(self) -> list[list[tuple[str, int, int]]]:
        """Return where anchors and labels are in the nodes of the page."""
        first = (self._page_number()[0] - 1) * self._wanted.page_size
        return self._lines.anchor_places(first, first + self._wanted.page_size)

    def _page_frame(self) -> pl.DataFrame:
        frame = self._lines.page(self._page_number()[0], self._wanted.page_size)
        return self._coded(frame) if self._is_coding else frame

    def _publish(self, *, answers: tuple[str, int] | None = None, notice: str = "") -> None:
        self._page = self._make_page(answers, notice)

    def _make_page(self, answers: tuple[str, int] | None = None, notice: str = "") -> dict[str, Any]:
        """Return all that the page shows, and nothing else of the corpus."""
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
            "syntax": wanted.syntax,
            "page_size": wanted.page_size,
            "page": page,
            "pages": pages,
            "first": (page - 1) * wanted.page_size,
            "of": visible(self._lines.pattern),
            "count": len(self._lines),
            "total": self._lines.total,
            "hint": visible(self._hint()[:_LONGEST_MESSAGE]),
            "documents": self._documents,
            "lines": lines,
            "coded": len(self._line_codes),
            "in_use": self._codes_in_use(),
            "problem": visible(problem[:_LONGEST_MESSAGE]),
            "place": self._place if problem else [],
            "notice": visible(notice[:_LONGEST_MESSAGE]),
        }

    def _page_lines(self, page: int, notice: str) -> tuple[list[dict[str, Any]], str, str]:
        """Return the lines of a page, the error of the search or the corpus, and a notice about the codes."""
        try:
            frame, anchors = self._lines.page(page, self._wanted.page_size), self._anchors()
        except CorpusKitError as error:  # the corpus was closed, or documents were added
            return [], str(error), notice
        self._remember(frame)
        if self._is_coding:
            try:
                if self._line_codes.refresh():
                    notice = notice or self._changed_elsewhere()
                frame = self._with_codes(frame)
            except InputError as error:
                notice = notice or str(error)
        shown = lines_of(frame, self._lines.sort, self._metadata, coded=self._is_coding, anchors=anchors)
        for line in shown if self._is_coding else []:
            line["conflicts"] = self._conflicts_of(line)
        return shown, self._problem, notice

    def _changed_elsewhere(self) -> str:
        notice, lost = say("changed", self._language), self._line_codes.lost
        return f"{notice} {say('lost', self._language, number=f'{lost:,}')}" if lost else notice

    def _hint(self) -> str:
        """Return why nothing was found; "" if something was, or the corpus cannot be read any more."""
        try:
            return "" if self._problem else self._lines.hint
        except CorpusKitError:
            return ""

    def _conflicts_of(self, line: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the codes and notes that are in conflict with those of a line, as the browser expects them."""
        unknown = say("spreadsheet", self._language)
        return [
            {"column": column, "value": other.value, "coder": visible(other.coder or unknown)}
            for column in CODE_COLUMNS
            for other in self._line_codes.others(line, column)[:_SHOWN_CONFLICTS]
        ]

    def _remember(self, frame: pl.DataFrame) -> None:
        """Keep the fields that a sheet holds of these lines, for when they are coded."""
        for row in frame.select("id", "position", "before", "node", "after").iter_rows(named=True):
            self._shown.pop((row["id"], row["position"]), None)
            self._shown[row["id"], row["position"]] = row
        while len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]

    def _codes_in_use(self) -> list[str]:
        """Return the codes in use if any can be written, so that one code is not spelled in two ways."""
        if self._allowed is not None:
            return []
        counted = self._line_codes.frame["code"].drop_nulls().value_counts(sort=True)
        codes: list[str] = counted["code"].head(_LISTED_CODES).to_list()
        return codes

    def _constants(self) -> dict[str, Any]:
        return {
            "sort_choices": sort_choices(self._corpus, [*self._wanted.sort, *self._lines.anchors]),
            "labels": [label_name(html.label_head(name, self._language)) for name in self._metadata],
            "codes": None if self._allowed is None else list(self._allowed),
            "coding": self._is_coding,
            "page_sizes": sorted({*_PAGE_SIZES, self._wanted.page_size}),
            "words": [[visible(shown), pattern] for shown, pattern in self._given.words],
            "total_words": self._given.total_words,
            "words_syntax": self._given.words_syntax,
            "language": self._language,
            "say": words_of_the_page(self._language),
            "heads": {name: list(texts) for name, texts in html.heads_of_lines(self._language).items()},
        }


def _asked(message: Mapping[str, Any]) -> tuple[str, int]:
    """Return the client that sends a message, and the number of the message."""
    client = message.get("client")
    if not isinstance(client, str) or not 0 < len(client) <= 64 or not is_text(client):
        raise invalid("client", "a name", client)
    return client, integer(message.get("number"), "number", least=0, most=1 << 53)
