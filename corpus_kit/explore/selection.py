"""Which documents the explorer shows: conditions on metadata and a pattern, as a value that is also Python."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus_kit._base.arguments import boolean, text_argument
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import InputError, invalid
from corpus_kit.explore.literals import literal

__all__ = ["EVERYTHING", "Range", "Selection", "Values", "read_selection"]

_MOST_COLUMNS = 20
_MOST_VALUES = 10_000
_LONGEST_PATTERN = 2_000

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Selection:
    """Documents of a corpus.

    Attributes:
        columns: Conditions on metadata as `Corpus.filter` takes them: name and a tuple (low, high), a list of values as
            a frozen list (`Values`), or one value.
        containing: A pattern that occurs in the documents; "" for none.
        inverted: Whether the other documents are meant.
        elsewhere: The folder of another corpus, whose documents are meant; "" for none. No message of a page names it.
    """

    columns: tuple[tuple[str, Values | Range], ...] = ()
    containing: str = ""
    inverted: bool = False
    elsewhere: str = ""

    def of(self, corpus: Corpus) -> Corpus:
        """Return the documents of a corpus that are meant."""
        corpus = Corpus.open(self.elsewhere) if self.elsewhere else corpus
        part = corpus.filter(**{name: value.given for name, value in self.columns}) if self.columns else corpus
        part = part.containing(self.containing) if self.containing else part
        return corpus.others(part) if self.inverted else part

    def code(self, corpus: str = "corpus") -> str:
        """Return the Python expression for these documents.

        >>> Selection((("outlet", Values(("وكالة مدى",))), ("date", Range("2026-03-01", None))), "هدنة").code()
        'corpus.filter(outlet="وكالة مدى", date=("2026-03-01", None)).containing("هدنة")'
        """
        code = corpus = f"ck.Corpus.open({literal(self.elsewhere)})" if self.elsewhere else corpus
        if self.columns:
            code += f".filter({_arguments({name: value.given for name, value in self.columns})})"
        if self.containing:
            code += f".containing({literal(self.containing)})"
        return f"{corpus}.others({code})" if self.inverted else code

    def message(self) -> dict[str, Any]:
        """Return the selection as `read_selection` takes it from a message of the page."""
        columns = [
            {"name": name, "values": list(value.values)}
            if isinstance(value, Values)
            else {"name": name, "from": value.low, "to": value.high}
            for name, value in self.columns
        ]
        return {"columns": columns, "containing": self.containing, "inverted": self.inverted}

    def others(self) -> Selection:
        """Return the documents that are not meant."""
        return replace(self, inverted=not self.inverted)


@dataclass(frozen=True)
class Values:
    """One of several values; None is for documents without one."""

    values: tuple[Value, ...]

    @property
    def given(self) -> Any:
        """As `Corpus.filter` takes it."""
        return self.values[0] if len(self.values) == 1 else list(self.values)


@dataclass(frozen=True)
class Range:
    """Values from `low` to `high`, both included; None leaves an end open."""

    low: Value
    high: Value

    @property
    def given(self) -> tuple[Value, Value]:
        """As `Corpus.filter` takes it."""
        return (self.low, self.high)


EVERYTHING = Selection()


def read_selection(message: object) -> Selection:
    """Return the selection in a message of the page: {"columns": [{"name", "values"} or {"name", "from", "to"}], …}.

    Raises:
        InputError: If a value is missing or invalid. Whether the corpus has these columns and values is not checked.
    """
    if message is None:
        return EVERYTHING
    if not isinstance(message, Mapping):
        raise invalid("selection", "a mapping", message)
    columns = message.get("columns", [])
    if not isinstance(columns, list) or len(columns) > _MOST_COLUMNS:
        raise invalid("columns", f"a list of at most {_MOST_COLUMNS} conditions", columns)
    pattern = text_argument(message.get("containing", ""), "containing").strip()
    if len(pattern) > _LONGEST_PATTERN:
        raise InputError(f"containing must have at most {_LONGEST_PATTERN:,} characters, got {len(pattern):,}.")
    conditions = tuple(map(_condition, columns))
    if len({name for name, _ in conditions}) < len(conditions):
        raise invalid("columns", "conditions on different columns", columns)
    return Selection(conditions, pattern, boolean(message.get("inverted", False), "inverted"))


def _condition(message: object) -> tuple[str, Values | Range]:
    if not isinstance(message, Mapping):
        raise invalid("columns", "a list of mappings", message)
    name = text_argument(message.get("name"), "name")
    if "values" in message:
        values = message["values"]
        if not isinstance(values, list) or not 0 < len(values) <= _MOST_VALUES:
            raise invalid("values", f"a list of 1 to {_MOST_VALUES:,} values", values)
        return name, Values(tuple(map(_value, values)))
    return name, Range(_value(message.get("from")), _value(message.get("to")))


def _value(value: object) -> Value:
    if value is None or isinstance(value, bool | int | float):
        return value
    return text_argument(value, "values")


def _arguments(columns: Mapping[str, Any]) -> str:
    """Return arguments by name; those whose names are no identifiers are in a dictionary."""
    plain = {name: literal(value) for name, value in columns.items()}
    named = [f"{name}={value}" for name, value in plain.items() if _is_argument(name)]
    rest = [f"{literal(name)}: {value}" for name, value in plain.items() if f"{name}={value}" not in named]
    return ", ".join([*named, *([f"**{{{', '.join(rest)}}}"] if rest else [])])


def _is_argument(name: str) -> bool:
    """Return whether Python takes a name as that of an argument, letter by letter: it composes those of identifiers."""
    is_free = name.isidentifier() and not keyword.iskeyword(name) and name != "__debug__"
    return is_free and unicodedata.normalize("NFKC", name) == name
