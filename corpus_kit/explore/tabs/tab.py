"""What a tab of the explorer is: controls, the call that they make, and how its table is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.corpus.units import UNITS_COUNTED
from corpus_kit.display.columns import explain_in
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.explore.calls import Call, Find, FindAnywhere
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.selection import Selection, read_selection
from corpus_kit.text.normalization import normalize
from corpus_kit.text.stopwords import stopwords

__all__ = [
    "Control", "Tab", "group_control", "pattern_controls", "pattern_options", "read_controls",
    "stopwords_control", "stopwords_option", "unit_control",
]  # fmt: skip

_LONGEST_TEXT = 2_000
_MOST_GROUPS = 1_000  # that are told apart by the values of a column
_OWN = ("document", "id", "tokens", "words")


@dataclass(frozen=True)
class Control:
    """A control of a tab: its value is an argument of the call, or part of one.

    Attributes:
        name: The name of the value in a request; the page writes `NAME` and `NAME_title` of `words.py` beside it.
        kind: How it is entered. A "pattern" is a search box with Arabic, a "selection" the documents of a comparison; a
            "column" is a choice whose values the page calls as the heads of tables do.
        default: The value at first.
        choices: Of a "choice", its values. The page writes `choice_VALUE` if there are such words, else the value.
        least: Of a "number", the least value.
        most: Of a "number", the largest value.
        only_if: The name of another control and the value with which this one is there; () is always.
        unless: The name of another control and the value with which this one is not there; () is none.
        values_of: Of a "choice", the function whose column of this name says what the values are called; of a "column",
            the function whose table has the columns, "" for those of documents.
        hides: Of a "number", whether rows of less are left out, so that a lower one may show some.
    """

    name: str
    kind: Literal["choice", "column", "number", "check", "text", "pattern", "selection"]
    default: Any
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 1_000_000
    only_if: tuple[str, Any] | tuple[()] = ()
    unless: tuple[str, Any] | tuple[()] = ()
    values_of: str = ""
    hides: bool = False

    def is_there(self, values: Mapping[str, Any]) -> bool:
        """Return whether the control is there with these values of the others."""
        shown = not self.only_if or values[self.only_if[0]] == self.only_if[1]
        return shown and not (self.unless and values[self.unless[0]] == self.unless[1])


class Tab:
    """A tab whose content is one table.

    Subclasses set `name` and give the controls and the call. They hold nothing: all of a request is in its values.
    """

    name: ClassVar[str]
    finds_in: ClassVar[str | None] = None  # the column that the find box filters; None for no find box
    first_columns: ClassVar[tuple[str, ...]] = ()  # that a narrow page shows; also those of `first`
    hidden_columns: ClassVar[tuple[str, ...]] = ()
    detail_columns: ClassVar[tuple[str, ...]] = ()  # that a page shows when all columns are asked for
    counts_tokens: ClassVar[bool] = False  # rows are types: the page says how many tokens they have
    takes_long: ClassVar[bool] = False  # the table is made when a button is pressed
    plots: ClassVar[tuple[str, ...]] = ()  # names; the page writes `plot_NAME` of `words.py`
    opens: ClassVar[Literal["lines", "text", "copies"]] = "lines"  # what a row opens
    # What a button makes of the row that is chosen, whose word becomes the value of a control: (control, the value with
    # which the button is there, the value that it gets, the control that gets the word); () is none.
    follow: ClassVar[tuple[str, str, str, str] | tuple[()]] = ()

    # The control and the value with which cards can be shown in place of the table, and the control that cards give way
    # to if it has a value; () is never.
    cards: ClassVar[tuple[str, str, str] | tuple[()]] = ()

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the controls, in their order."""
        raise NotImplementedError

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call for the values of the controls; None if something must be entered first."""
        raise NotImplementedError

    def quick(self, call: Call, rows: int) -> Call | None:
        """Return a call that makes the first rows of a table alone, or None; for a table that takes long."""
        del call, rows
        return None

    def find(self, typed: str, values: Mapping[str, Any]) -> Find | FindAnywhere:
        """Return which rows the find box asks for: folded as the words are, where they are folded."""
        assert self.finds_in is not None
        is_folded = values.get("unit", "word") == "word" and not values.get("exact", False)
        return Find.words(self.finds_in, str(normalize(typed, "search")) if is_folded else typed)

    def lack(self, corpus: Corpus) -> str:
        """Return what the corpus lacks for this tab (the page says `missing_LACK` of `words.py`), or ""."""
        del corpus
        return ""

    def leaves_out(self, values: Mapping[str, Any]) -> bool:
        """Return whether words are left out of a table whose rows are types, as the controls say."""
        del values
        return True

    def searched(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return a call that warns if what all rows have does not occur; None if nothing was asked for so.

        It is for calls that do not warn themselves.
        """
        del selection, values
        return None

    def places(self, call: Call, row: Mapping[str, Any]) -> Call | None:
        """Return the call for the places that a row counts; None if the row itself says where its lines are."""
        del call, row
        return None

    def first(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the columns that a narrow page shows: also the groups and the measure that were chosen."""
        chosen = (values.get(name, "") for name in ("by", "measure"))
        return (*self.first_columns, *filter(None, chosen))

    def about(self, call: Call) -> tuple[str, ...]:
        """Return the words that all rows of the table are about, by which lines behind a row are called with it."""
        del call
        return ()

    def drawing(self, plot: str, call: Call, words: Sequence[str]) -> Drawing:
        """Return a plot of the table of a call.

        Args:
            plot: One of `plots`.
            call: The call, with what was filtered and sorted.
            words: Of a network, the words whose collocates were added.
        """
        raise NotImplementedError


def unit_control(corpus: Corpus) -> Control:
    """Return the control of what is counted; lemmas and the like only where the corpus has them."""
    return Control("unit", "choice", "word", tuple(UNITS_COUNTED) if corpus.is_annotated else ("word",))


def group_control(corpus: Corpus, function: str) -> Control:
    """Return the control of the metadata column whose values are counted apart; "" for none.

    A column with the name of one of the table cannot be part of that: the function refuses it.
    """
    columns = [
        name for name in corpus.label_columns()
        if name not in _OWN and explain_in(name, "en", function) is None and _has_groups(corpus, name)
    ]  # fmt: skip
    return Control("by", "column", "", ("", *columns))


def _has_groups(corpus: Corpus, name: str) -> bool:
    dtype = corpus.labels_type(name)
    if dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Boolean) and not dtype.is_integer():
        return False
    return 1 < len(corpus.codes(name).values) <= _MOST_GROUPS


def pattern_controls(corpus: Corpus) -> tuple[Control, ...]:
    """Return the controls of how a pattern is compared; clitics only where the corpus knows them."""
    exact = Control("exact", "check", False)
    return (exact, Control("clitics", "check", False, only_if=("unit", "word"))) if corpus.is_annotated else (exact,)


def pattern_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of what a pattern's words are and how they are compared."""
    options = {"unit": values["unit"]} if values["unit"] != "word" else {}
    clitics = values.get("clitics", False) and values["unit"] == "word"
    return {**options, **{name: True for name, is_set in (("exact", values["exact"]), ("clitics", clitics)) if is_set}}


def stopwords_control() -> Control:
    """Return the control that leaves function words out; most of them have no root."""
    return Control("stopwords", "check", False, unless=("unit", "root"))


def stopwords_option(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the option that leaves function words out, as a call of `ck.stopwords`."""
    return {"stopwords": Call(stopwords, ())} if values["stopwords"] and values["unit"] != "root" else {}


def read_controls(controls: Sequence[Control], message: object) -> dict[str, Any]:
    """Return the values of the controls in a request; what is missing has its default.

    Raises:
        InputError: If a value is not one that its control can have.
    """
    if not isinstance(message, Mapping):
        raise invalid("request", "a mapping", message)
    return {each.name: _read(each, message.get(each.name, each.default)) for each in controls}


def _read(control: Control, value: Any) -> Any:
    if control.kind in ("choice", "column"):
        return choose(value, control.choices, control.name)
    if control.kind == "number":
        return integer(value, control.name, least=control.least, most=control.most)
    if control.kind == "check":
        return boolean(value, control.name)
    if control.kind == "selection":
        return read_selection(value)
    text = text_argument(value, control.name).strip()
    if len(text) > _LONGEST_TEXT:
        raise InputError(f"{control.name} must have at most {_LONGEST_TEXT:,} characters, got {len(text):,}.")
    return text
