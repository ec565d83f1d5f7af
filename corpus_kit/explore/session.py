"""What an explorer knows and answers, whatever shows its page: a widget in a notebook or a page of a server."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, integer, names, text_argument
from corpus_kit._base.shares import listening
from corpus_kit.coding.project import CodingProject
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.display.columns import explain_in, words_of_values
from corpus_kit.display.values import shortened, visible
from corpus_kit.errors import CorpusKitError, InputError, choose, hearing, invalid
from corpus_kit.explore.calls import Call, OneOf, Sort
from corpus_kit.explore.coding_answers import CodingAnswers
from corpus_kit.explore.concordance_view import ConcordanceView, asked
from corpus_kit.explore.copy_answers import CopyAnswers
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.facets import facets_of, values_of
from corpus_kit.explore.given import Given, given_lines, restricted
from corpus_kit.explore.line_pages import Request
from corpus_kit.explore.saving import expect_format, file_of
from corpus_kit.explore.searches import Opened, Search, search_of
from corpus_kit.explore.selection import EVERYTHING, Selection, read_selection
from corpus_kit.explore.sketch_cards import cards_of
from corpus_kit.explore.table_pages import MOST_ROWS, Tables, columns_of, rows_of
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
from corpus_kit.explore.trace import Trace
from corpus_kit.explore.trace_files import ANYWHERE, Place, notebook_of, script_of
from corpus_kit.explore.words import say, words_of_the_page
from corpus_kit.plots.chart import Chart
from corpus_kit.plots.live import rows_behind

__all__ = ["Session"]

_LONGEST_MESSAGE = 1_000  # code points
_LONGEST_FIND = 200
_LONGEST_CODE = 2_000  # of a step in the list
_MOST_CHOSEN = 1_000  # words of a selection in a chart
_MOST_MARKS = 20_000
_FORMATS = {"png": "image/png", "svg": "image/svg+xml"}
_MOST_WORDS = 50  # whose collocates are in a network
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
        self._opened: Opened | None = None  # the row whose lines the concordance was given
        self._given_in: Callable[[Corpus], Given] = lambda part: restricted(given, part)  # in other documents
        tabs: list[Tab] = [
            Texts(), Words(), Ngrams(), Collocates(), Sketch(), KeyWords(), Trends(), Names(), Copies(),
        ]  # fmt: skip
        self._tabs = {each.name: each for each in tabs}
        self._tables = Tables(given.corpus) if tables is None else tables
        self._calls: dict[str, Call] = {}  # the last one that each tab showed
        self._texts = TextAnswers(given.corpus, self.concordance, self._table, language)
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
            "view": self._view, "row": self._row, "facet": self._facet, "trace": self._answer_trace,
            "chart": self._chart, "mark": self._mark, "marks": self._marks, "image": self._image,
            "cards": self._cards, "save": self._save,
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
                if kind in ("open", "code") or (kind == "show" and self.concordance.wanted.page > 1):
                    self.trace.keep(coded=kind == "code")
        except CorpusKitError as error:
            self.concordance.publish(notice=str(error))
        except MemoryError:
            self.concordance.publish(notice=say("memory", self._language))

    def _answer(self, message: Mapping[str, Any], make: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        client, number = asked(message)
        answer: dict[str, Any] = {"problem": say("failed", self._language)}  # if this fails in another way
        try:
            answer = make(message)
        except CorpusKitError as error:
            answer = {"problem": visible(str(error)[:_LONGEST_MESSAGE])}
        except MemoryError:
            answer = {"problem": say("memory", self._language)}
        finally:
            self._send({"kind": message["kind"], "client": client, "number": number, **answer})

    # --------------------------------------------------------------------------------- tables

    def _view(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rows of a table that a page shows."""
        tab, selection, values, call = self._asked_table(message)
        answer: dict[str, Any] = {
            "documents": len(self._tables.documents(selection)),
            "chosen": {
                name: len(self._tables.documents(value))
                for name, value in values.items()
                if isinstance(value, Selection)
            },
        }
        if call is None:
            return {**answer, "missing": True}
        if tab.takes_long and not (boolean(message.get("run", False), "run") or self._tables.has(call)):
            return {**answer, "missing": True, "long": True}
        first = integer(message.get("first", 0), "first", least=0, most=1 << 32)
        count = integer(message.get("count", MOST_ROWS), "count", least=1, most=MOST_ROWS)
        with listening(self._progress(message)):
            made = self._tables.table(call)
        self._calls[tab.name] = call
        self.trace.add(tab.name, call, self._state_of(message, selection, tab))
        if first:
            self.trace.keep()  # somebody turns rows
        columns = columns_of(
            made, hidden=tab.hidden_columns, first=tab.first_columns, detail=tab.detail_columns,
            language=self._language,
        )  # fmt: skip
        names = [each["name"] for each in columns]
        return {
            **answer,
            "columns": columns,
            "first": first,
            "total": made.frame.height,
            "rows": rows_of(made, names, first, count, self._language),
            "tokens": self._tokens(tab, selection, made.frame),
            "notes": [visible(note[:_LONGEST_MESSAGE]) for note in (*self._tables.notes(selection), *made.notes)],
            "code": visible(call.code()),
        }

    def _tokens(self, tab: Tab, selection: Selection, frame: pl.DataFrame) -> list[int] | None:
        """Return how many tokens the rows count, and how many words the documents have; None of other tables."""
        if not tab.counts_tokens:
            return None
        return [int(frame["count"].sum()), int(self._tables.documents(selection).labels("words").sum())]

    def _save(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the table that a page shows, or the lines of the concordance, as a file."""
        name = message.get("tab")
        table = None if name == "concordance" else self._table(message)
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

    def _asked_table(self, message: Mapping[str, Any]) -> tuple[Tab, Selection, dict[str, Any], Call | None]:
        """Return the tab of a message, its documents, the values of its controls, and the call for them."""
        tab = self._tabs[choose(message.get("tab"), self._tabs, "tab")]
        selection = read_selection(message.get("selection"))
        request = message.get("request", {})
        values = read_controls(tab.controls(self._corpus), request)
        call = tab.call(selection, values)
        return tab, selection, values, None if call is None else self._with_steps(tab, call, values, message)

    def _with_steps(self, tab: Tab, call: Call, values: Mapping[str, Any], message: Mapping[str, Any]) -> Call:
        steps: list[Any] = []
        only = names(message.get("only", []), "only")
        if only and tab.finds_in is not None:
            steps.append(OneOf(tab.finds_in, tuple(only[:_MOST_CHOSEN])))
        typed = text_argument(message.get("find", ""), "find").strip()
        if len(typed) > _LONGEST_FIND:
            raise InputError(f"find must have at most {_LONGEST_FIND} characters, got {len(typed):,}.")
        if typed and tab.finds_in is not None:
            steps.append(tab.find(typed, values))
        sort = message.get("sort")
        if sort is not None:
            if not isinstance(sort, list) or len(sort) != 2:
                raise invalid("sort", "a column and whether its order is descending", sort)
            steps.append(Sort(text_argument(sort[0], "sort"), boolean(sort[1], "sort")))
        return replace(call, steps=(*call.steps, *steps))

    def _row(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let the concordance show the lines behind a row of a table."""
        tab, selection, _, call = self._asked_table(message)
        if call is None:
            raise InputError("There is no table yet.")
        frame = self._tables.table(call).frame
        row = integer(message.get("row"), "row", least=0)
        if row >= frame.height:
            raise InputError("This row is no longer shown.")
        self.trace.add(tab.name, call, self._state_of(message, selection, tab))
        places = self._show_lines(tab, selection, call, frame[row : row + 1], Opened(call, row))
        code = f"{call.code()}[{row}]" if places is None else places.code()
        return {"code": visible(f"ck.lines({code}, {selection.code()})")}

    def _table(self, message: Mapping[str, Any]) -> pl.DataFrame:
        """Return the table of a message, with what its steps do."""
        _, _, _, call = self._asked_table(message)
        if call is None:
            raise InputError("There is no table yet.")
        return self._tables.table(call).frame

    def _cards(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return a word sketch as cards; none where the table has no relations."""
        tab, _, _, call = self._asked_table(message)
        table = self._tables.table(call) if call is not None and tab.cards else None
        if table is None or "relation" not in table.frame.columns:
            return {"cards": []}
        return {"cards": cards_of(table, self._language)}

    def _frames(self, message: Mapping[str, Any]) -> tuple[Call, pl.DataFrame, pl.DataFrame]:
        """Return the call of a message, its table, and the table before its steps, if it has been made."""
        _, _, _, call = self._asked_table(message)
        if call is None or not self._tables.has(call):
            raise InputError("There is no table yet.")
        self.trace.keep()
        return call, self._tables.table(call).frame, self._tables.table(replace(call, steps=())).frame

    def _show_lines(
        self, tab: Tab, selection: Selection, call: Call, row: pl.DataFrame, opened: Opened | None
    ) -> Call | None:
        """Let the concordance show the lines behind rows; return the call of the places that a row counts, if it does.

        `opened` says which rows they are; None if they are of a table that no call makes.
        """
        self.trace.keep()
        places = tab.places(call, row.row(0, named=True)) if row.height == 1 else None
        rows = row if places is None else self._tables.table(places).frame
        with hearing() as heard:
            given = given_lines(self._tables.documents(selection), rows)
            self.concordance.explore(given)
        self._selection, self._given_in = selection, lambda part: given_lines(part, rows)
        self._opened = opened if places is None else Opened(places, None)
        self.concordance.publish(notice="\n".join(heard))
        return places

    # --------------------------------------------------------------------------------- charts

    def _chart(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the picture of a plot of a table; of a network, the words whose collocates it has."""
        drawing, words = self._asked_drawing(message)
        grow = message.get("grow")
        if grow is not None:
            circles = getattr(self._tables.chart(drawing, self._language).picture, "circles", ())
            mark = integer(grow, "grow", least=0)
            if mark >= len(circles):
                raise InputError("This word is no longer shown.")
            if circles[mark].id in words:
                raise InputError(say("has_grown", self._language))
            drawing, words = self._asked_drawing({**message, "words": [*words, circles[mark].id]})
        chart = self._tables.chart(drawing, self._language)
        self.trace.draw(message["plot"], drawing, words)
        return {
            "plot": message["plot"],
            "words": words,
            "picture": chart.data()["picture"],
            "code": visible(drawing.code()),
        }

    def _mark(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let the concordance show the lines behind a mark of a picture."""
        chart, rows = self._rows_behind(message, [integer(message.get("mark"), "mark", least=0)])
        self._show_lines_behind(message, chart, rows[:1])
        return {}

    def _marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Do something with the marks of a picture that are selected: show their lines, or tell their words."""
        given = message.get("marks")
        if not isinstance(given, list) or not 0 < len(given) <= _MOST_MARKS:
            raise invalid("marks", f"a list of 1 to {_MOST_MARKS:,} marks", given)
        do = choose(message.get("do"), ("lines", "only"), "do")
        chart, rows = self._rows_behind(message, [integer(each, "marks", least=0) for each in given])
        if do == "lines":
            self._show_lines_behind(message, chart, rows)
            return {}
        column = self._asked_table(message)[0].finds_in
        if column is None or column not in chart.table.columns:
            raise InputError(say("no_words_chosen", self._language))
        words = chart.table[rows][column].drop_nulls().unique(maintain_order=True)
        if len(words) > _MOST_CHOSEN:
            raise InputError(f"marks must have at most {_MOST_CHOSEN:,} words, got {len(words):,}.")
        return {"only": words.to_list()}

    def _rows_behind(self, message: Mapping[str, Any], marks: Sequence[int]) -> tuple[Chart, list[int]]:
        chart = self._tables.chart(self._asked_drawing(message)[0], self._language)
        rows = rows_behind(chart.picture, marks, chart.table)
        if not rows:
            raise InputError("There are no lines behind this.")
        return chart, rows

    def _show_lines_behind(self, message: Mapping[str, Any], chart: Chart, rows: list[int]) -> None:
        """Let the concordance show the lines behind rows of the table of a chart."""
        drawing, _ = self._asked_drawing(message)
        tab, selection, _, call = self._asked_table(message)
        if call is None:
            return
        is_whole = chart.table.equals(self._tables.table(drawing.table).frame)
        numbers = rows[0] if len(rows) == 1 else tuple(rows)
        self._show_lines(tab, selection, call, chart.table[rows], Opened(drawing.table, numbers) if is_whole else None)

    def _image(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return a chart as a file, in base64."""
        drawing, _ = self._asked_drawing(message)
        kind = choose(message.get("format"), _FORMATS, "format")
        image = self._tables.chart(drawing, self._language).image(kind)
        self.trace.keep()
        return {"name": f"{message['plot']}.{kind}", "type": _FORMATS[kind], "base64": b64encode(image).decode()}

    def _asked_drawing(self, message: Mapping[str, Any]) -> tuple[Drawing, list[str]]:
        tab, _, _, call = self._asked_table(message)
        if call is None:
            raise InputError(say("nothing_drawn", self._language))
        plot = choose(message.get("plot"), tab.plots, "plot")
        words = names(message.get("words", []), "words")[:_MOST_WORDS]
        return tab.drawing(plot, call, words), words

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
        return self._written(script_of, place)

    def notebook(self, place: Place = ANYWHERE) -> str:
        """Return the steps as a notebook; `place` is where it will be."""
        return self._written(notebook_of, place)

    def _written(self, write: Callable[..., str], place: Place) -> str:
        sheet = self.concordance.line_codes.path
        sheet = sheet if sheet is not None and sheet.exists() else None
        return write(self.trace.steps, self._corpus, place=place, sheet=sheet, language=self._language)

    def _publish(self, page: dict[str, Any]) -> None:
        self.page = self._noted(page)
        self._publish_page(self.page)

    def _noted(self, page: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the concordance with its line of Python, which is a step of the session."""
        made = self._search()
        if made is None:
            return {**page, "code": ""}
        selection, opened, given_in = self._selection, self._opened, self._given_in
        request = replace(self.concordance.wanted, page=1)

        def show() -> None:
            with hearing() as heard:
                self.concordance.find(given_in(self._tables.documents(selection)), request)
            self._selection, self._opened, self._given_in = selection, opened, given_in
            self.concordance.publish(notice=" ".join(heard))

        state = {"tab": "concordance", "selection": selection.message()}
        self.trace.add("concordance", made, state, show)
        return {**page, "code": visible(made.code())}

    def _search(self) -> Search | None:
        shown = self.concordance.shown
        if shown is None:
            return None
        metadata = tuple(self.concordance.lines.metadata)
        try:
            return search_of(*shown, metadata, self._selection, self._opened, self._tables.documents)
        except CorpusKitError:  # the corpus was closed or replaced, which the page says
            return None

    def _state_of(self, message: Mapping[str, Any], selection: Selection, tab: Tab) -> dict[str, Any]:
        """Return what the page must show to have a table again."""
        values: dict[str, Any] = {
            name: value.message() if isinstance(value, Selection) else value
            for name, value in read_controls(tab.controls(self._corpus), message.get("request", {})).items()
        }
        find, sort = message.get("find", ""), message.get("sort")
        only = message.get("only", [])
        return {
            "tab": tab.name, "selection": selection.message(), "values": values, "find": find, "sort": sort,
            "only": only,
        }  # fmt: skip

    def _answer_trace(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Do what the page asks with the list of steps, and return the list, a program or what a step showed."""
        do = choose(message.get("do"), ("list", "keep", "remove", "open", "script", "notebook"), "do")
        if do == "script":
            return {"text": self.script(), "name": "session.py"}
        if do == "notebook":
            return {"text": self.notebook(), "name": "session.ipynb"}
        if do == "keep":
            self.trace.keep()
        elif do != "list":
            number = integer(message.get("step"), "step", least=0, most=1 << 32)
            step = self.trace.step(number)
            if do == "open":
                self.trace.keep()  # what it is left for
                step.is_kept = True
                if step.shows is not None:
                    step.shows()
                selection = read_selection(step.state["selection"])
                return {
                    "state": {**step.state, "chart": step.chart},
                    "documents": len(self._tables.documents(selection)),
                }
            self.trace.remove(number)
        current = self.trace.current
        return {
            "steps": [
                {
                    "number": step.number,
                    "tab": step.tab,
                    "code": [visible(shortened(each.code(), _LONGEST_CODE)) for each in step.all_made],
                    "current": step is current,
                }
                for step in self.trace.steps
            ]
        }

    # ------------------------------------------------------------------------------ selection

    def _select(self, selection: Selection) -> list[str]:
        """Let the concordance search the documents of a selection, and return what there is to say of it."""
        if selection == self._selection:
            return []
        with hearing() as heard:
            given = self._given_in(self._tables.documents(selection))
        self._selection = selection  # which has documents: nothing changes if it cannot be
        self.concordance.take(given)
        return heard

    def _facet(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a metadata column with the number of documents of each."""
        part = self._tables.documents(read_selection(message.get("selection")))
        first = integer(message.get("first", 0), "first", least=0, most=1 << 32)
        count = integer(message.get("count", MOST_ROWS), "count", least=1, most=MOST_ROWS)
        find = text_argument(message.get("find", ""), "find")[:_LONGEST_FIND]
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
        if control.values_of:
            called = words_of_values(control.name, control.values_of) if self._language == "ar" else {}
            return {**asdict(control), "heads": {name: visible(text) for name, text in called.items()}}
        columns = [name for name in control.choices if name] if control.kind == "column" else []
        meanings = {name: explain_in(name, self._language, None) for name in columns}
        heads = {name: visible(name if known is None else known.label) for name, known in meanings.items()}
        return {**asdict(control), "heads": heads}
