"""A coding project as a value: where it is, what it was made of, and which of its tables is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_kit.explore.calls import Call
from corpus_kit.explore.literals import literal
from corpus_kit.explore.searches import GivenLines, PartOfLines, RowLines, Search
from corpus_kit.explore.selection import Selection

__all__ = ["ProjectCall", "Units"]

Units = Search | Selection  # the lines of a search, or the documents of a selection


def _written_path(path: Path) -> str:
    return literal(str(path))


@dataclass(frozen=True)
class ProjectCall:
    """A call of `ck.coding_project`, and of a method of what it returns.

    Attributes:
        folder: The folder of the project.
        units: Whose lines or documents are coded.
        options: The arguments by name.
        method: The method whose table is shown; "" for the project itself.
        arguments: The arguments of the method.
    """

    folder: Path
    units: Units
    options: tuple[tuple[str, Any], ...] = ()
    method: str = ""
    arguments: tuple[Any, ...] = ()

    def code(
        self,
        name: Callable[[Selection], str] = Selection.code,
        table: Callable[[Call], str] = Call.code,
        path: Callable[[Path], str] = _written_path,
    ) -> str:
        """Return the calls in Python; `name`, `table` and `path` give the expressions for what they take.

        >>> from corpus_kit.explore.selection import EVERYTHING
        >>> ProjectCall(Path("rain"), EVERYTHING, (("coders", ["sara"]),), "prevalence").code()
        'ck.coding_project("rain", corpus, coders=["sara"]).prevalence()'
        """
        values = [path(self.folder), self._units(name, table)]
        values += [f"{option}={_written(value)}" for option, value in self.options]
        return f"ck.coding_project({', '.join(values)})" + (f".{self.call_of_method()}" if self.method else "")

    def call_of_method(self) -> str:
        """Return the call of the method, which is `progress` where no table was asked for."""
        return f"{self.method or 'progress'}({', '.join(map(literal, self.arguments))})"

    def _units(self, name: Callable[[Selection], str], table: Callable[[Call], str]) -> str:
        units = self.units
        if isinstance(units, Selection):
            return name(units)
        if isinstance(units, Call):
            return table(units)
        if isinstance(units, RowLines | PartOfLines):
            return units.code(name, table)
        assert isinstance(units, GivenLines)
        return "lines"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
    return literal(value)
