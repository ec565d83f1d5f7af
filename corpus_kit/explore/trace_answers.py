"""What the explorer answers about the steps of its session: the list, what a step showed, programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corpus_kit._base.arguments import integer
from corpus_kit.coding.line_codes import LineCodes
from corpus_kit.display.values import shortened, visible
from corpus_kit.errors import choose
from corpus_kit.explore.selection import read_selection
from corpus_kit.explore.table_pages import Tables
from corpus_kit.explore.trace import Step, Trace
from corpus_kit.explore.trace_files import ANYWHERE, Place, notebook_of, script_of

__all__ = ["TraceAnswers"]

_LONGEST_CODE = 2_000  # code points of a step in the list


class TraceAnswers:
    """Answers messages about the steps of a session.

    Args:
        trace: The steps.
        tables: The tables of the corpus.
        codes: The codes of lines, whose sheet programs read.
        language: "en" or "ar".

    Attributes:
        answers: What returns the answer to a message, by its kind.
    """

    def __init__(self, trace: Trace, tables: Tables, codes: LineCodes, language: str) -> None:
        self._trace, self._tables, self._codes, self._language = trace, tables, codes, language
        self.answers: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"trace": self.answer}

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Do what the page asks with the list of steps, and return the list, a program or what a step showed."""
        do = choose(message.get("do"), ("list", "keep", "remove", "open", "script", "notebook"), "do")
        if do == "script":
            return {"text": self.script(), "name": "session.py"}
        if do == "notebook":
            return {"text": self.notebook(), "name": "session.ipynb"}
        if do == "keep":
            self._trace.keep()
        elif do != "list":
            number = integer(message.get("step"), "step", least=0, most=1 << 32)
            step = self._trace.step(number)
            if do == "open":
                return self._open(step)
            self._trace.remove(number)
        current = self._trace.current
        return {
            "steps": [
                {
                    "number": step.number,
                    "tab": step.tab,
                    "code": [visible(shortened(each.code(), _LONGEST_CODE)) for each in step.all_made],
                    "current": step is current,
                }
                for step in self._trace.steps
            ]
        }

    def _open(self, step: Step) -> dict[str, Any]:
        """Return what a step showed, and let the concordance show it if it was that."""
        self._trace.keep()  # what it is left for
        step.is_kept = True
        if step.shows is not None:
            step.shows()
        selection = read_selection(step.state["selection"])
        return {
            "state": {**step.state, "chart": step.chart},
            "documents": len(self._tables.documents(selection)),
        }

    def script(self, place: Place = ANYWHERE) -> str:
        """Return the steps as a script; `place` is where it will be."""
        return self._written(script_of, place)

    def notebook(self, place: Place = ANYWHERE) -> str:
        """Return the steps as a notebook; `place` is where it will be."""
        return self._written(notebook_of, place)

    def _written(self, write: Callable[..., str], place: Place) -> str:
        sheet = self._codes.path
        sheet = sheet if sheet is not None and sheet.exists() else None
        return write(self._trace.steps, self._tables, place=place, sheet=sheet, language=self._language)
