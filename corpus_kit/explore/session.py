"""What an explorer knows and answers, whatever shows its page: a widget in a notebook or a page of a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit._base.shares import listening
from corpus_kit.coding.project import CodingProject
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.display.columns import explain_in, words_of_values
from corpus_kit.display.values import visible
from corpus_kit.errors import CorpusKitError, InputError, choose, hearing, invalid
from corpus_kit.explore.calls import Call, Count
from corpus_kit.explore.chart_answers import ChartAnswers
from corpus_kit.explore.coding_answers import CodingAnswers
from corpus_kit.explore.concordance_view import ConcordanceView, asked
from corpus_kit.explore.copy_answers import CopyAnswers
from corpus_kit.explore.facets import facets_of, values_of
from corpus_kit.explore.given import Given, given_lines, restricted
from corpus_kit.explore.line_pages import Request, parts_of_problem
from corpus_kit.explore.messages import in_language
from corpus_kit.explore.row_names import name_of_rows
from corpus_kit.explore.saving import expect_format, file_of
from corpus_kit.explore.searches import Opened, Search, Source, search_of
from corpus_kit.explore.selection import EVERYTHING, Selection, read_selection
from corpus_kit.explore.sketch_cards import cards_of
from corpus_kit.explore.table_pages import MOST_ROWS, Table, Tables, columns_of, rows_of
from corpus_kit.explore.table_requests import LONGEST_FIND, TableRequest, TableRequests
from corpus_kit.explore.tabs.collocates import Collocates
from corpus_kit.explore.tabs.copies import Copies
from corpus_kit.explore.tabs.keywords import KeyWords
from corpus_kit.explore.tabs.names import Names
from corpus_kit.explore.tabs.ngrams import Ngrams
from corpus_kit.explore.tabs.sketch import Sketch
from corpus_kit.explore.tabs.tab import Control, Tab, read_controls
from corpus_kit.explore.tabs.texts import Texts
from corpus_kit.explore.tabs.trends import Trends
from corpus_kit.explore.tabs.words import Words
from corpus_kit.explore.text_answers import TextAnswers
from corpus_kit.explore.trace import Step, Trace
from corpus_kit.explore.trace_answers import TraceAnswers
from corpus_kit.explore.trace_files import ANYWHERE, Place
from corpus_kit.explore.words import say, words_of_the_page
from corpus_kit.search.hints import finds_nothing

__all__ = ["Session"]

_LONGEST_MESSAGE = 1_000  # code points
_QUICK_ROWS = 100  # of a table that takes long, which are made first; the page asks for as many
_SMALL = 5  # a least frequency that is lowered at once; others in steps, since their tables may take long
_LARGEST_FILE = 64_000_000  # bytes


class Session:
    """An explorer without a page: it answers messages, one at a time.

    Args:
        given: What is explored.
        request: The first request of the concordance.
        codes: The codes to choose from; None allows any, () leaves coding out.
        sheet: The file of the codes; None keeps them in memory.
        coder: The name under which codes are noted.
        metadata: The columns to show with each line.
        language: "en" or "ar".
        tab: The tab that is shown first.
        project: The coding project, or its folder; None if there is none yet.
        person: Who codes in the project, or decides; None lets the page ask.
        publish: Called with the page of the concordance whenever it changes; all pages show it.
        send: Called with an answer, which names the page that it is for.
        largest_file: The bytes that can be sent in one answer.
        tables: The tables of the corpus, which other sessions share; None for its own.
        reference: The folder of another corpus, with which key words can be compared; None for none.

    Attributes:
        concordance: The tab of the concordance.
        coding: The tab of a coding project.
        page: What the concordance shows, as JSON values.
        trace: The steps of the session.
        setup: What a page is told once: words, tabs, controls.
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
        tab: str,
        project: CodingProject | str | os.PathLike[str] | None = None,
        person: str | None = None,
        publish: Callable[[dict[str, Any]], None],
        send: Callable[[dict[str, Any]], None],
        largest_file: int = _LARGEST_FILE,
        tables: Tables | None = None,
        reference: Path | None = None,
    ) -> None:
        assert isinstance(given.corpus, Corpus)  # the only view that users can have
        self._language, self._send, self._publish_page, self._corpus = language, send, publish, given.corpus
        self._largest_file = largest_file
        self.trace = Trace()
        self.concordance = ConcordanceView(
            given, request, codes=codes, sheet=sheet, coder=coder, metadata=metadata, language=language,
            publish=self._publish, send=send,
        )  # fmt: skip
        self._selection = EVERYTHING  # in which the concordance searches
        self._lines: Step | None = None  # that made the lines, which stay while a search fails
        self._source = Source(lambda part: restricted(given, part))  # of the lines of the concordance
        tabs: list[Tab] = [
            Texts(), Words(), Ngrams(), Collocates(), Sketch(), KeyWords(reference), Trends(), Names(), Copies(),
        ]  # fmt: skip
        self._tabs = {each.name: each for each in tabs}
        self._tables = Tables(given.corpus) if tables is None else tables
        self._calls: dict[str, Call] = {}  # the last one that each tab showed
        self._requests = TableRequests(self._tabs, self._tables)
        self._charts = ChartAnswers(self._requests, self._tables, self.trace, self._show_lines, language)
        self._steps = TraceAnswers(self.trace, self._tables, self.concordance.line_codes, language)
        self._texts = TextAnswers(given.corpus, self.concordance, self._requests.frame, language)
        self._copies = CopyAnswers(given.corpus, self._frames, language)
        self.coding = CodingAnswers(
            given.corpus, self.concordance, self._search, self._tables.documents,
            lambda made, state: self.trace.add("coding", made, state), language, project=project, coder=person,
        )  # fmt: skip
        self.setup = self._constants(tab)
        self.page = self._noted(self.concordance.page)
        self.trace.keep()  # it was asked for in Python

    # ------------------------------------------------------------------------------- messages

    def receive(self, message: object) -> None:
        """Answer a message of the page. Errors are shown there."""
        answers = {
            "view": self._view, "row": self._row, "facet": self._facet,
            "cards": self._cards, "save": self._save, **self._charts.answers, **self._steps.answers,
            **self._texts.answers, **self._copies.answers, **self.coding.answers,
        }  # fmt: skip
        kind = message.get("kind") if isinstance(message, Mapping) else None
        self.trace.asked()
        try:
            if not isinstance(message, Mapping):
                raise invalid("message", "a mapping", message)
            if isinstance(kind, str) and kind in answers:
                self._answer(message, answers[kind])
            else:
                heard = self._select(read_selection(message.get("selection"))) if kind == "show" else []
                self.concordance.receive(message)
                if heard:
                    self.concordance.publish(notice=" ".join(heard))
                is_used = kind in ("open", "code") or (kind == "show" and self.concordance.wanted.page > 1)
                if is_used and self._lines is not None:
                    self.trace.keep(self._lines, coded=kind == "code")
        except CorpusKitError as error:
            self.concordance.publish(notice=str(error))
        except MemoryError:
            self.concordance.publish(notice=say("memory", self._language))

    def _answer(self, message: Mapping[str, Any], make: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        client, number = asked(message)
        answer: dict[str, Any] = {"problem": say("failed", self._language)}  # if this fails in another way
        try:
            answer = make(message)
            if "notes" in answer:
                answer["notes"] = [self._said(note, message) for note in answer["notes"]]
        except CorpusKitError as error:
            answer = {"problem": self._said(str(error), message), "place": parts_of_problem(error)}
        except MemoryError:
            answer = {"problem": say("memory", self._language)}
        finally:
            self._send({"kind": message["kind"], "client": client, "number": number, **answer})

    def _said(self, text: str, message: Mapping[str, Any]) -> str:
        """Return what the library says to a message, in the language of the page and with the names of controls."""
        name = message.get("tab")
        tab = self._tabs.get(name) if isinstance(name, str) else None
        controls = [] if tab is None else [each.name for each in tab.controls(self._corpus)]
        labels = {facet["name"]: facet["head"] for facet in self.setup["facets"]}
        labels |= {each: self.setup["say"][each] for each in controls if each in self.setup["say"]}
        return in_language(visible(text[:_LONGEST_MESSAGE]), self._language, labels)

    # --------------------------------------------------------------------------------- tables

    def _view(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rows of a table that a page shows."""
        request = self._requests.read(message)
        tab, selection, call = request.tab, request.selection, request.call
        answer: dict[str, Any] = {
            "documents": len(self._tables.documents(selection)),
            "chosen": {
                name: len(self._tables.documents(value))
                for name, value in request.values.items()
                if isinstance(value, Selection)
            },
        }
        if lack := tab.lack(self._corpus):
            return {**answer, "missing": True, "lack": lack}
        if call is None:
            return {**answer, "missing": True}
        if tab.takes_long and not (boolean(message.get("run", False), "run") or self._tables.has(call)):
            return {**answer, "missing": True, "long": True}
        first = integer(message.get("first", 0), "first", least=0, most=1 << 32)
        count = integer(message.get("count", MOST_ROWS), "count", least=1, most=MOST_ROWS)
        go_on = boolean(message.get("go_on", False), "go_on")
        with listening(self._progress(message)):
            made, is_whole = self._first_rows(tab, call, first + count, go_on=go_on)
        self._calls[tab.name] = call
        if not go_on:  # which a page asks for by itself
            self.trace.add(tab.name, call, request.state)
        if first:
            self.trace.keep()  # somebody turns rows
        columns = columns_of(
            made, hidden=tab.hidden_columns, first=tab.first(request.values), detail=tab.detail_columns,
            counted=any(isinstance(step, Count) for step in call.steps), language=self._language,
        )  # fmt: skip
        names = [each["name"] for each in columns]
        absent = self._not_there(request, made)
        notes = [*made.notes, *absent, *self._left_out(request, made.frame)]
        return {
            **answer,
            **({} if absent else self._lower(request, made)),
            "columns": columns,
            "first": first,
            "total": made.frame.height,
            "goes_on": not is_whole,
            "rows": rows_of(made, names, first, count, self._language),
            "tokens": self._tokens(tab, selection, made.frame),
            "notes": [*self._tables.notes(selection), *notes],
            "code": visible(call.code()),
        }

    def _first_rows(self, tab: Tab, call: Call, rows: int, *, go_on: bool = False) -> tuple[Table, bool]:
        """Return a table that has at least some first rows, and whether it has all."""
        return self._tables.first_rows(call, tab.quick(call, _QUICK_ROWS), rows, go_on=go_on)

    def _tokens(self, tab: Tab, selection: Selection, frame: pl.DataFrame) -> list[int] | None:
        """Return how many tokens the rows count, and how many words the documents have; None of other tables."""
        if not tab.counts_tokens:
            return None
        return [int(frame["count"].sum()), self._n_words(selection)]

    def _n_words(self, selection: Selection) -> int:
        return int(self._tables.documents(selection).labels("words").sum())

    def _not_there(self, request: TableRequest, made: Table) -> list[str]:
        """Return why the words that all rows of a table would have are not found; nothing if they are."""
        searched = None if made.frame.height else request.tab.searched(request.selection, request.values)
        if searched is None:
            return []
        try:
            return [note for note in self._tables.table(searched).notes if finds_nothing(note)]
        except InputError as error:  # what was typed cannot be a root, for instance
            return [str(error)]

    def _left_out(self, request: TableRequest, frame: pl.DataFrame) -> list[str]:
        """Return a note on the words that are in no row of a table of all types: those that are nothing when folded."""
        counted = self._tokens(request.tab, request.selection, frame)
        if counted is None or request.call is None or request.call.steps or request.tab.leaves_out(request.values):
            return []
        number = counted[1] - counted[0]
        name = "no_letters" if request.values["unit"] == "word" else f"no_{request.values['unit']}"
        return [say(name, self._language, number=f"{number:,}")] if number else []

    def _lower(self, request: TableRequest, made: Table) -> dict[str, Any]:
        """Return which control hides all rows of a table, and a lower value for it; nothing if there is none."""
        is_searched = request.message.get("find", "").strip() or request.message.get("only")
        if (
            made.frame.height
            or is_searched
            or any(map(finds_nothing, made.notes))
            or not self._n_words(request.selection)
        ):
            return {}
        values = request.values
        for control in request.tab.controls(self._corpus):
            value = values[control.name]
            if control.hides and control.is_there(values) and value > control.least:
                lower = control.least if value <= _SMALL else max(value // 4, control.least)
                return {"lower": {"control": control.name, "value": value, "to": lower}}
        return {}

    def _save(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the table that a page shows, or the lines of the concordance, as a file."""
        name = message.get("tab")
        table = None if name == "concordance" else self._requests.frame(message)
        rows = len(self.concordance.lines) if table is None else table.height
        ending = expect_format(message.get("format"), rows, self._language)
        if table is None:
            lines = self.concordance.lines.frame
            table = self.concordance.coded(lines) if self.concordance.is_coding else lines
        file = file_of(
            table, f"{self._corpus.path.name}-{name}", ending, language=self._language, most_bytes=self._largest_file
        )
        self.trace.keep()
        return file

    def _progress(self, message: Mapping[str, Any]) -> Callable[[float], None]:
        """Return what tells the page which share of its table is made, in whole percents."""
        client, number = asked(message)
        told: list[int] = []

        def tell(share: float) -> None:
            percent = int(100 * share)
            if told[-1:] != [percent]:
                told.append(percent)
                self._send({"kind": "progress", "client": client, "number": number, "percent": percent})

        return tell

    def _row(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let the concordance show the lines behind a row of a table."""
        request, call = self._requests.read(message), self._requests.call(message)
        row = integer(message.get("row"), "row", least=0)
        frame = self._first_rows(request.tab, call, row + 1)[0].frame
        if row >= frame.height:
            raise InputError("This row is no longer shown.")
        self.trace.add(request.tab.name, call, request.state)
        places = self._show_lines(request, frame[row : row + 1], Opened(call, row))
        code = f"{call.code()}[{row}]" if places is None else places.code()
        return {"code": visible(f"ck.lines({code}, {request.selection.code()})")}

    def _cards(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return a word sketch as cards; none where the table has no relations."""
        request = self._requests.read(message)
        table = self._tables.table(request.call) if request.call is not None and request.tab.cards else None
        if table is None or "relation" not in table.frame.columns:
            return {"cards": []}
        return {"cards": cards_of(table, self._language)}

    def _frames(self, message: Mapping[str, Any]) -> tuple[Call, pl.DataFrame, pl.DataFrame]:
        """Return the call of a message, its table, and the table before its steps, if it has been made."""
        call = self._requests.call(message)
        if not self._tables.has(call):
            raise InputError("There is no table yet.")
        self.trace.keep()
        return call, self._tables.table(call).frame, self._tables.table(replace(call, steps=())).frame

    def _show_lines(self, request: TableRequest, row: pl.DataFrame, opened: Opened | None) -> Call | None:
        """Let the concordance show the lines behind rows; return the call of the places that a row counts, if it does.

        `opened` says which rows they are; None if they are of a table that no call makes.
        """
        self.trace.keep()
        tab, selection, call = request.tab, request.selection, request.call
        places = tab.places(call, row.row(0, named=True)) if call is not None and row.height == 1 else None
        rows = row if places is None else self._tables.table(places).frame
        name = name_of_rows(request, row, self._language)
        with hearing() as heard:
            given = given_lines(self._tables.documents(selection), rows, name)
            self.concordance.explore(given)
        opened = opened if places is None else Opened(places, None)
        asked = request.again if given.name else None
        self._selection, self._source = selection, Source(lambda part: given_lines(part, rows, name), opened, asked)
        self.concordance.publish(notice="\n".join(heard))
        return places

    # ---------------------------------------------------------------------------------- trace

    def table(self, tab: str) -> Call:
        """Return the call whose table a tab shows: the last one, or that of its controls as they are at first.

        Raises:
            InputError: If there is no such tab, or something must be entered in it first.
        """
        shown = self._tabs[choose(tab, self._tabs, "tab")]
        controls = shown.controls(self._corpus)
        call = self._calls.get(tab) or shown.call(EVERYTHING, read_controls(controls, {}))
        if call is None:
            raise InputError(f"There is no table yet in the tab {tab!r}: enter what to look for.")
        return call

    def frame(self, call: Call) -> pl.DataFrame:
        """Return the table of a call."""
        return self._tables.table(call).frame

    @property
    def code(self) -> str:
        """The line of Python that makes the concordance; "" if nothing is searched for."""
        made = self._search()
        return "" if made is None else made.code()

    def script(self, place: Place = ANYWHERE) -> str:
        """Return the steps as a script; `place` is where it will be."""
        return self._steps.script(place)

    def notebook(self, place: Place = ANYWHERE) -> str:
        """Return the steps as a notebook; `place` is where it will be."""
        return self._steps.notebook(place)

    def _publish(self, page: dict[str, Any]) -> None:
        self.page = self._noted(page)
        self._publish_page(self.page)

    def _noted(self, page: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the concordance with its line of Python, which is a step of the session."""
        made = self._search()
        if made is None:
            return {**page, "code": "", "source": self._source.asked}
        selection, source = self._selection, self._source
        request = replace(self.concordance.wanted, page=1)

        def show() -> None:
            with hearing() as heard:
                self.concordance.find(source.given_in(self._tables.documents(selection)), request)
            self._selection, self._source = selection, source
            self.concordance.publish(notice=" ".join(heard))

        state = {"tab": "concordance", "selection": selection.message()}
        self.trace.add("concordance", made, state, show)
        self._lines = self.trace.current
        return {**page, "code": visible(made.code()), "source": source.asked}

    def _search(self) -> Search | None:
        shown = self.concordance.shown
        if shown is None:
            return None
        metadata = tuple(self.concordance.lines.metadata)
        try:
            return search_of(*shown, metadata, self._selection, self._source.opened, self._tables.documents)
        except CorpusKitError:  # the corpus was closed or replaced, which the page says
            return None

    # ------------------------------------------------------------------------------ selection

    def _select(self, selection: Selection) -> list[str]:
        """Let the concordance search the documents of a selection, and return what there is to say of it."""
        if selection == self._selection:
            return []
        with hearing() as heard:
            given = self._source.given_in(self._tables.documents(selection))
        self._selection = selection  # which has documents: nothing changes if it cannot be
        self.concordance.take(given)
        return heard

    def _facet(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a metadata column with the number of documents of each."""
        part = self._tables.documents(read_selection(message.get("selection")))
        first = integer(message.get("first", 0), "first", least=0, most=1 << 32)
        count = integer(message.get("count", MOST_ROWS), "count", least=1, most=MOST_ROWS)
        find = text_argument(message.get("find", ""), "find")[:LONGEST_FIND]
        return values_of(part, text_argument(message.get("column"), "column"), find, first, count)

    # ---------------------------------------------------------------------------------- setup

    def _constants(self, tab: str) -> dict[str, Any]:
        corpus = self._corpus
        return {
            **self.concordance.constants(),
            "tab": choose(tab, ("concordance", *self._tabs, "coding"), "tab"),
            "tabs": [
                {
                    "name": each.name,
                    "finds": each.finds_in is not None,
                    "plots": list(each.plots),
                    "opens": each.opens,
                    "follow": list(each.follow),
                    "cards": list(each.cards),
                    "controls": [self._control(control) for control in each.controls(corpus)],
                }
                for each in self._tabs.values()
            ],
            "concordance_place": list(self._tabs).index("ngrams") + 1,
            "documents": len(corpus),
            "facets": facets_of(corpus, self._language),
            "language": self._language,
            "say": words_of_the_page(self._language),
        }

    def _control(self, control: Control) -> dict[str, Any]:
        """Return a control as the page gets it: columns with their heads."""
        if control.kind == "choice":
            called = words_of_values(control.name, control.values_of or None) if self._language == "ar" else {}
            return {**asdict(control), "heads": {name: visible(text) for name, text in called.items()}}
        columns = [name for name in control.choices if name] if control.kind == "column" else []
        function = control.values_of or "Corpus.documents"
        meanings = {name: explain_in(name, self._language, function) for name in columns}
        heads = {name: visible(name if known is None else known.label) for name, known in meanings.items()}
        return {**asdict(control), "heads": heads}
