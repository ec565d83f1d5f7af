"""The concordance of the explorer: it checks the messages of the page, answers them, and keeps the codes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer, is_text, text_argument
from corpus_kit.coding.line_codes import CODE_COLUMNS, CONFLICT_COLUMN, LineCodes, Refused
from corpus_kit.display import html
from corpus_kit.display.values import shortened, visible
from corpus_kit.errors import CorpusKitError, InputError, choose, invalid
from corpus_kit.explore.given import Given
from corpus_kit.explore.line_pages import (
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
from corpus_kit.explore.messages import in_language
from corpus_kit.explore.words import say
from corpus_kit.query.cqp import CqpQuery
from corpus_kit.search.concordance import LINE_COLUMNS

__all__ = ["ConcordanceView", "asked"]

_PAGE_SIZES = (10, 20, 50, 100)
_REMEMBERED = 2_000  # lines that were shown and can still be coded
_LISTED_CODES = 50  # codes in use that are offered if any code can be written
_SHOWN_CONFLICTS = 5  # of a code or a note
_LONGEST_MESSAGE = 1_000  # code points
_LONGEST_PATTERN = 80  # code points of a search that is named


class ConcordanceView:
    """What the concordance shows: lines of a search, one page at a time, and their codes.

    Args:
        given: What is explored.
        request: The first request.
        codes: The codes to choose from; None allows any, () leaves coding out.
        sheet: The file of the codes; None keeps them in memory.
        coder: The name under which codes are noted.
        metadata: The columns to show with each line.
        language: "en" or "ar".
        publish: Called with a page whenever it changes.
        send: Called with a message for one page.

    Attributes:
        lines: The lines that are shown, of all pages.
        page: What the page shows, as JSON values.
    """

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
        publish: Callable[[dict[str, Any]], None],
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        self._given = given
        self._allowed = codes
        self._language = language
        self._publish_page, self._send = publish, send
        self.line_codes = LineCodes(sheet, coder)
        self.wanted = request  # what the controls show
        self._found: Request | None = request  # what the lines were found for; None if they are outdated
        self._problem, self._place = "", list[str]()
        self.lines = search(given, request, metadata=metadata)
        self._called = self.lines.pattern  # what the page calls the lines
        self._metadata = self.lines.metadata
        if self.is_coding and set(self._metadata) & {*CODE_COLUMNS, CONFLICT_COLUMN}:
            hint = "Or rename them before the corpus is built."
            without = "without the columns code, note and code_conflict unless codes=()"
            raise invalid("metadata", without, self._metadata, hint)
        self._documents = documents_with_hits(self.lines)
        self._shown: dict[tuple[str, int], dict[str, Any]] = {}
        self._serial = 0
        self.page = self._make_page()

    # ------------------------------------------------------------------------ what Python can do

    @property
    def is_coding(self) -> bool:
        """Whether lines can be coded."""
        return self._allowed != ()

    @property
    def allowed(self) -> tuple[str, ...] | None:
        """The codes to choose from; None if any can be written, () if none can."""
        return self._allowed

    def search_for(self, pattern: str) -> None:
        """Search for another pattern; a query of CQP says so itself."""
        syntax = "cqp" if isinstance(pattern, CqpQuery) else self.wanted.syntax
        text = str(text_argument(pattern, "pattern"))
        self._find(replace(self.wanted, pattern=text, syntax=syntax, page=1, variant=""))
        self.publish()

    def assign(self, line: int, code: str | None, note: str | None) -> list[Refused]:
        """Code a line, and return what was refused."""
        row = self.lines.lines(line, line + 1).row(0, named=True)
        values = {"code": self._allowed_code(code)} | ({} if note is None else {"note": note})
        refused = self.line_codes.set(row, values)
        self.publish(notice=" ".join(map(str, refused)))
        return refused

    def take(self, given: Given) -> None:
        """Search in what is given from now on: other documents, for instance. The next request searches anew."""
        self._given, self._found = given, None

    def explore(self, given: Given) -> None:
        """Show the lines of what is given: those behind a row of a table, for instance."""
        request = replace(
            self.wanted, pattern=given.pattern, page=1, exact=given.exact, clitics=given.clitics, syntax=given.syntax,
            sample=None, variant="",
        )  # fmt: skip
        self.find(given, request)

    def find(self, given: Given, request: Request) -> None:
        """Show the lines of a request in what is given; if that fails, what is shown stays."""
        before = self._given, self._found
        self.take(given)
        try:
            self._find(request)
        except CorpusKitError:
            self._given, self._found = before
            raise

    @property
    def called(self) -> str:
        """What the page calls the lines that are shown: by their pattern, or by the rows that they are behind."""
        return shortened(self._called, _LONGEST_PATTERN)

    @property
    def shown(self) -> tuple[Given, Request] | None:
        """What was given and the request whose lines are shown; None if they are not those that were asked for."""
        return None if self._problem or self._found is None else (self._given, self._found)

    def turn_to(self, line: int) -> None:
        """Show the page with a line."""
        self.wanted = self._found = replace(self.wanted, page=line // self.wanted.page_size + 1)
        self.publish()

    # -------------------------------------------------------------------- messages from the page

    def receive(self, message: Mapping[str, Any]) -> None:
        """Answer a message of the page.

        Raises:
            CorpusKitError: If the message makes no sense.
        """
        kinds = {"show": self._show, "open": self._open, "code": self._code}
        kinds[choose(message.get("kind"), kinds, "kind")](message)

    def _show(self, message: Mapping[str, Any]) -> None:
        answers = asked(message)
        try:
            request = read_request(message)
        except InputError as error:
            self.publish(answers=answers, notice=str(error))
            return
        try:
            self._find(request)
        except CorpusKitError as error:
            self.wanted, self._problem, self._place = request, str(error), parts_of_problem(error)
        self.publish(answers=answers)

    def _open(self, message: Mapping[str, Any]) -> None:
        client, number = asked(message)
        answer: dict[str, Any] = {"kind": "opened", "client": client, "number": number}
        try:
            line, _ = self._line_of(message)
            answer |= context_of(self.lines, line, str(message.get("within")))
        except CorpusKitError as error:
            answer["problem"] = self._said(str(error))
        self._send(answer)

    def _line_of(self, message: Mapping[str, Any]) -> tuple[int, int]:
        """Return the number of the line that a message names, and its document."""
        line = integer(message.get("line"), "line", least=0, most=1 << 32)
        rows = self.lines.lines(line, line + 1).select("id", "position", "document").rows()
        if [row[:2] for row in rows] != [(message.get("id"), message.get("position"))]:
            raise InputError("This line is no longer shown.")
        return line, rows[0][2]

    def document_of(self, message: Mapping[str, Any]) -> int:
        """Return the document of the line that a message names.

        Raises:
            InputError: If this line is no longer shown.
        """
        return self._line_of(message)[1]

    def _code(self, message: Mapping[str, Any]) -> None:
        key = (message.get("id"), message.get("position"))
        if not self.is_coding or type(key[0]) is not str or type(key[1]) is not int or key not in self._shown:
            raise InputError(f"The page sent a code for a line that it does not show: {key!r:.60}.")
        line = self._shown[key]
        column, value = choose(message.get("column"), CODE_COLUMNS, "column"), message.get("value")
        if column == "code":
            value = self._allowed_code(value)
        refused = self.line_codes.set(line, {column: value}, {column: message.get("was")})
        self.publish(notice=" ".join(map(str, refused)))

    def _allowed_code(self, code: Any) -> Any:
        """Return a code if it is allowed. If any code is, `LineCodes` checks that it is a text."""
        return choose(code, self._allowed, "code") if self._allowed and code is not None else code

    # ---------------------------------------------------------------------- state of the page

    def _find(self, request: Request) -> None:
        """Make the lines of a request the current ones, without another search if it would find the same."""
        if self._found is None or not request.finds_the_same_as(self._found):
            lines = search(self._given, request, metadata=self._metadata)
            self._documents = documents_with_hits(lines)
            self.lines = lines
            self._called = (not request.pattern and self._given.name) or lines.pattern
        elif request.window != self._found.window:
            self.lines = self.lines.widen(request.window)
        self.wanted = self._found = request
        self._problem, self._place = "", []

    def coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return lines with their codes, those that others have written by now, too."""
        self.line_codes.refresh()
        return self._with_codes(frame)

    def _with_codes(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return lines with their codes, whatever names their metadata has."""
        coded = self.line_codes.of(frame.select(LINE_COLUMNS))
        return frame.hstack(coded.select(*CODE_COLUMNS, *({CONFLICT_COLUMN} & set(coded.columns))))

    def _page_number(self) -> tuple[int, int]:
        """Return the number of the page that is shown, and the number of pages."""
        pages = max(-(-len(self.lines) // self.wanted.page_size), 1)
        return min(self.wanted.page, pages), pages

    def anchors(self) -> list[list[tuple[str, int, int]]]:
        """Return where anchors and labels are in the nodes of the page."""
        first = (self._page_number()[0] - 1) * self.wanted.page_size
        return self.lines.anchor_places(first, first + self.wanted.page_size)

    def page_frame(self) -> pl.DataFrame:
        """Return the lines of the page, with their codes."""
        frame = self.lines.page(self._page_number()[0], self.wanted.page_size)
        return self.coded(frame) if self.is_coding else frame

    def publish(self, *, answers: tuple[str, int] | None = None, notice: str = "") -> None:
        """Make the page anew, and show it."""
        self.page = self._make_page(answers, notice)
        self._publish_page(self.page)

    def _make_page(self, answers: tuple[str, int] | None = None, notice: str = "") -> dict[str, Any]:
        """Return all that the page shows, and nothing else of the corpus."""
        self._serial += 1
        wanted, given, (page, pages) = self.wanted, self._given, self._page_number()
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
            "sample": wanted.sample or 0,
            "seed": wanted.seed,
            "variant": wanted.variant,
            "page_size": wanted.page_size,
            "page": page,
            "pages": pages,
            "first": (page - 1) * wanted.page_size,
            "of": visible(self.called),
            "name": visible(given.name),
            "query": given.query,
            "count": len(self.lines),
            "total": self.lines.total,
            "hint": self._said(self._hint()),
            "documents": self._documents,
            "lines": lines,
            "coded": len(self.line_codes),
            "in_use": self._codes_in_use(),
            "problem": self._said(problem),
            "place": self._place if problem else [],
            "notice": self._said(notice),
        }

    def _said(self, text: str) -> str:
        """Return what the library says, in the language of the page."""
        return in_language(visible(text[:_LONGEST_MESSAGE]), self._language)

    def _page_lines(self, page: int, notice: str) -> tuple[list[dict[str, Any]], str, str]:
        """Return the lines of a page, the error of the search or the corpus, and a notice about the codes."""
        try:
            frame, anchors = self.lines.page(page, self.wanted.page_size), self.anchors()
        except CorpusKitError as error:  # the corpus was closed, or documents were added
            return [], str(error), notice
        self._remember(frame)
        if self.is_coding:
            try:
                if self.line_codes.refresh():
                    notice = notice or self._changed_elsewhere()
                frame = self._with_codes(frame)
            except InputError as error:
                notice = notice or str(error)
        shown = lines_of(frame, self.lines.sort, self._metadata, coded=self.is_coding, anchors=anchors)
        for line in shown if self.is_coding else []:
            line["conflicts"] = self._conflicts_of(line)
        return shown, self._problem, notice

    def _changed_elsewhere(self) -> str:
        notice, lost = say("changed", self._language), self.line_codes.lost
        return f"{notice} {say('lost', self._language, number=f'{lost:,}')}" if lost else notice

    def _hint(self) -> str:
        """Return why nothing was found; "" if something was, or the corpus cannot be read any more."""
        try:
            return "" if self._problem else self.lines.hint
        except CorpusKitError:
            return ""

    def _conflicts_of(self, line: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the codes and notes that are in conflict with those of a line, as the browser expects them."""
        unknown = say("spreadsheet", self._language)
        return [
            {"column": column, "value": other.value, "coder": visible(other.coder or unknown)}
            for column in CODE_COLUMNS
            for other in self.line_codes.others(line, column)[:_SHOWN_CONFLICTS]
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
        counted = self.line_codes.frame["code"].drop_nulls().value_counts(sort=True)
        codes: list[str] = counted["code"].head(_LISTED_CODES).to_list()
        return codes

    def constants(self) -> dict[str, Any]:
        """Return what the page is told once: sort keys, columns, codes, the words of a table."""
        return {
            "sort_choices": sort_choices(self._given.corpus, [*self.wanted.sort, *self.lines.anchors]),
            "labels": [label_name(html.label_head(name, self._language)) for name in self._metadata],
            "codes": None if self._allowed is None else list(self._allowed),
            "coding": self.is_coding,
            "annotated": self._given.corpus.is_annotated,
            "page_sizes": sorted({*_PAGE_SIZES, self.wanted.page_size}),
            "words": [[visible(shown), pattern] for shown, pattern in self._given.words],
            "total_words": self._given.total_words,
            "words_syntax": self._given.words_syntax,
            "heads": {name: list(texts) for name, texts in html.heads_of_lines(self._language).items()},
        }


def asked(message: Mapping[str, Any]) -> tuple[str, int]:
    """Return the client that sends a message, and the number of the message."""
    client = message.get("client")
    if not isinstance(client, str) or not 0 < len(client) <= 64 or not is_text(client):
        raise invalid("client", "a name", client)
    return client, integer(message.get("number"), "number", least=0, most=1 << 53)
