"""What the explorer answers about charts of its tables: pictures, the lines behind their marks, files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corpus_kit._base.arguments import integer, names
from corpus_kit.display.values import visible
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.searches import Opened
from corpus_kit.explore.table_pages import Tables
from corpus_kit.explore.table_requests import MOST_CHOSEN, ShowLines, TableRequest, TableRequests
from corpus_kit.explore.trace import Trace
from corpus_kit.explore.words import say
from corpus_kit.plots.chart import Chart
from corpus_kit.plots.live import rows_behind

__all__ = ["ChartAnswers"]

_MOST_MARKS = 20_000
_FORMATS = {"png": "image/png", "svg": "image/svg+xml"}
_MOST_WORDS = 50  # whose collocates are in a network


class ChartAnswers:
    """Answers messages about charts.

    Args:
        requests: Reads which table a message is about.
        tables: The tables of the corpus, and their charts.
        trace: The steps of the session.
        show_lines: Shows the lines behind rows.
        language: "en" or "ar".

    Attributes:
        answers: What returns the answer to a message, by its kind.
    """

    def __init__(
        self, requests: TableRequests, tables: Tables, trace: Trace, show_lines: ShowLines, language: str
    ) -> None:
        self._requests, self._tables, self._trace = requests, tables, trace
        self._show_lines, self._language = show_lines, language
        self.answers: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "chart": self.chart, "mark": self.mark, "marks": self.marks, "image": self.image,
        }  # fmt: skip

    def chart(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the picture of a plot of a table; of a network, the words whose collocates it has."""
        _, drawing, words = self._asked(message)
        grow = message.get("grow")
        if grow is not None:
            circles = getattr(self._tables.chart(drawing, self._language).picture, "circles", ())
            mark = integer(grow, "grow", least=0)
            if mark >= len(circles):
                raise InputError("This word is no longer shown.")
            if circles[mark].id in words:
                raise InputError(say("has_grown", self._language))
            _, drawing, words = self._asked({**message, "words": [*words, circles[mark].id]})
        chart = self._tables.chart(drawing, self._language)
        self._trace.draw(message["plot"], drawing, words)
        return {
            "plot": message["plot"],
            "words": words,
            "picture": chart.data()["picture"],
            "code": visible(drawing.code()),
        }

    def mark(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let the concordance show the lines behind a mark of a picture, of all the rows that its tip names."""
        request, drawing, _ = self._asked(message)
        chart, rows = self._rows_behind(drawing, [integer(message.get("mark"), "mark", least=0)])
        self._show_lines_behind(request, drawing, chart, rows)
        return {}

    def marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Do something with the marks of a picture that are selected: show their lines, or tell their words."""
        given = message.get("marks")
        if not isinstance(given, list) or not 0 < len(given) <= _MOST_MARKS:
            raise invalid("marks", f"a list of 1 to {_MOST_MARKS:,} marks", given)
        do = choose(message.get("do"), ("lines", "only"), "do")
        request, drawing, _ = self._asked(message)
        chart, rows = self._rows_behind(drawing, [integer(each, "marks", least=0) for each in given])
        if do == "lines":
            self._show_lines_behind(request, drawing, chart, rows)
            return {}
        column = request.tab.finds_in
        if column is None or column not in chart.table.columns:
            raise InputError(say("no_words_chosen", self._language))
        words = chart.table[rows][column].drop_nulls().unique(maintain_order=True)
        if len(words) > MOST_CHOSEN:
            raise InputError(f"marks must have at most {MOST_CHOSEN:,} words, got {len(words):,}.")
        return {"only": words.to_list()}

    def image(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return a chart as a file, in base64."""
        _, drawing, _ = self._asked(message)
        kind = choose(message.get("format"), _FORMATS, "format")
        image = self._tables.chart(drawing, self._language).image(kind)
        self._trace.keep()
        return {"name": f"{message['plot']}.{kind}", "type": _FORMATS[kind], "base64": b64encode(image).decode()}

    def _asked(self, message: Mapping[str, Any]) -> tuple[TableRequest, Drawing, list[str]]:
        """Return the table that a message is about, the plot of it, and the words that were added to that."""
        request = self._requests.read(message)
        if request.call is None:
            raise InputError(say("nothing_drawn", self._language))
        plot = choose(message.get("plot"), request.tab.plots, "plot")
        words = names(message.get("words", []), "words")[:_MOST_WORDS]
        return request, request.tab.drawing(plot, request.call, words), words

    def _rows_behind(self, drawing: Drawing, marks: Sequence[int]) -> tuple[Chart, list[int]]:
        chart = self._tables.chart(drawing, self._language)
        rows = rows_behind(chart.picture, marks, chart.table)
        if not rows:
            raise InputError("There are no lines behind this.")
        return chart, rows

    def _show_lines_behind(self, request: TableRequest, drawing: Drawing, chart: Chart, rows: list[int]) -> None:
        """Let the concordance show the lines behind rows of the table of a chart."""
        is_whole = chart.table.equals(self._tables.table(drawing.table).frame)
        numbers = rows[0] if len(rows) == 1 else tuple(rows)
        self._show_lines(request, chart.table[rows], Opened(drawing.table, numbers) if is_whole else None)
