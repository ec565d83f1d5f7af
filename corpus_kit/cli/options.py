"""Arguments and options that several commands share, and the values that they are read from."""

from __future__ import annotations

import datetime
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import typer

import corpus_kit as ck
from corpus_kit.errors import InputError, choose

__all__ = [
    "Cite",
    "Columns",
    "Containing",
    "CorpusPath",
    "Definitions",
    "Language",
    "NotContaining",
    "Output",
    "Profile",
    "Progress",
    "Structures",
    "Syntax",
    "Top",
    "Where",
    "Within",
    "as_day_or_column",
    "as_join",
    "as_n",
    "as_names",
    "as_number",
    "as_pairs",
    "as_profile",
    "as_reader",
    "as_truth",
    "as_window",
]

CorpusPath = Annotated[Path, typer.Argument(metavar="CORPUS", help="The folder of a corpus.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write the whole table to a .csv, .xlsx, .docx, .parquet, ... file, with its record."
    ),
]
Top = Annotated[int, typer.Option("--top", help="Rows to print; 0 prints all.", min=0, metavar="<int>")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--columns", help="Only these columns, separated by commas; can be repeated.", metavar="NAME,..."),
]
Profile = Annotated[str, typer.Option("--profile", help="Normalisation profile: search, dediac, repair, ... or none.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="Only documents with COLUMN=VALUE, COLUMN=A|B, COLUMN=LOW..HIGH, COLUMN!=VALUE, COLUMN<VALUE, ..., or "
        "COLUMN= (without a value); can be repeated.",
        metavar="CONDITION",
    ),
]
Containing = Annotated[
    list[str] | None,
    typer.Option(
        "--containing", help="Only documents in which this pattern occurs; can be repeated.", metavar="PATTERN"
    ),
]
NotContaining = Annotated[
    list[str] | None,
    typer.Option(
        "--not-containing", help="Only documents in which this pattern does not occur; can be repeated.",
        metavar="PATTERN",
    ),
]  # fmt: skip
Syntax = Annotated[
    str | None,
    typer.Option(
        "--syntax", help="The language of patterns: native, or cqp for queries of CQP. [default: native]",
        metavar="<str>",
    ),
]  # fmt: skip
Definitions = Annotated[
    list[str] | None,
    typer.Option(
        "--definitions", help="A TOML file of word lists and macros for patterns, or CQP's macros; can be repeated.",
        metavar="FILE",
    ),
]  # fmt: skip
Structures = Annotated[
    list[str] | None,
    typer.Option(
        "--structure",
        help="A structure for patterns: a .parquet, .csv, ... table with document, start and end, such as that of "
        "quotations; can be repeated.",
        metavar="NAME=FILE",
    ),
]
Within = Annotated[
    str, typer.Option("--within", help="Boundary of hits, windows and n-grams: sentence, paragraph or document.")
]
Cite = Annotated[bool, typer.Option("--cite", help="Print the sentence that cites the table, too.")]
Language = Annotated[str, typer.Option("--language", help="The language of heads, notes and citations: en or ar.")]
Progress = Annotated[
    bool | None,
    typer.Option("--progress/--no-progress", help="Show a progress bar; the default is on a terminal only."),
]

_READERS = {"json": "json_file", "vrt": "vertical", "xlsx": "spreadsheet"}  # formats whose readers have another name
_WITH_OPTIONS = [name for name in ck.readers.__all__ if name.islower() and name != "register"]


def as_profile(name: str) -> str | None:
    """Return the profile of an option; "none" means no normalisation.

    >>> as_profile("search"), as_profile("none")
    ('search', None)
    """
    return None if name == "none" else name


def as_n(text: str) -> int | tuple[int, int]:
    """Return the value of -n: one number, or two with a hyphen between.

    >>> as_n("2"), as_n("2-4")
    (2, (2, 4))
    """
    try:
        numbers = [int(part) for part in text.split("-")]
        return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])
    except (ValueError, IndexError):
        raise InputError(f"-n must be a number from 1 to 8 or a range such as 2-4, got {text!r}.") from None


def as_window(text: str) -> int | tuple[int, int] | str:
    """Return the value of --window: one number, two with a comma between, or a unit of text.

    >>> as_window("5"), as_window("3,0"), as_window("sentence")
    (5, (3, 0), 'sentence')
    """
    try:
        numbers = [int(each) for each in text.split(",")]
    except ValueError:
        return text  # a unit of text, which the library checks
    if len(numbers) > 2:
        raise InputError(
            f"--window must be a number, two separated by a comma, or a unit of text such as sentence, got {text!r}."
        )
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def as_number(text: str) -> int | str:
    """Return a number, or a text that is none.

    >>> as_number("10"), as_number("document")
    (10, 'document')
    """
    return int(text) if text.isascii() and text.isdigit() else text


def as_names(texts: list[str], *, can_be_none: bool = False) -> list[str] | str | None:
    """Return the values of an option that can be repeated; a single one is itself, and "none" may be None.

    >>> as_names(["mi", "dice"]), as_names(["mi"]), as_names(["none"], can_be_none=True)
    (['mi', 'dice'], 'mi', None)
    """
    if can_be_none and texts == ["none"]:
        return None
    return texts[0] if len(texts) == 1 else texts


def as_join(texts: list[str]) -> bool | list[str]:
    """Return the value of --join: names, or whether the rule of the library joins them.

    >>> as_join(["true"]), as_join(["عبد العزيز"])
    (True, ['عبد العزيز'])
    """
    return {"true": True, "false": False}.get(texts[0], texts) if len(texts) == 1 else texts


def as_truth(text: str) -> bool | str:
    """Return the value of an option that is true, false or a name.

    >>> as_truth("true"), as_truth("members")
    (True, 'members')
    """
    return {"true": True, "false": False}.get(text, text)


def as_pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """Return the values of an option that is NAME=VALUE and can be repeated.

    >>> as_pairs(["Quelle=outlet"], "--rename")
    {'Quelle': 'outlet'}
    """
    pairs = [text.partition("=") for text in texts or []]
    for name, equals, value in pairs:
        if not name or not equals:
            raise InputError(f"{option} must be NAME=VALUE, got {name + equals + value!r}.")
    return {name: value for name, _, value in pairs}


def as_reader(name: str | None, options: list[str] | None) -> Any:
    """Return the value of --format: a name, or the reader of that name with the options of --option.

    >>> as_reader("tei", None), as_reader("openiti", ["divisions=1"]).__name__
    ('tei', 'openiti(divisions=1)')
    """
    given = as_pairs(options, "--option")
    if not given:
        return name
    make = getattr(ck.readers, choose(_READERS.get(name or "", name), _WITH_OPTIONS, "--format"))
    known = {name: str(each.annotation) for name, each in signature(make).parameters.items()}
    return make(**{each: _as_value(value, known[choose(each, known, "--option")]) for each, value in given.items()})


def _as_value(text: str, kind: str) -> bool | int | str:
    if "str" in kind:
        return text
    if text.isascii() and text.isdigit():
        return int(text)
    return {"true": True, "false": False}.get(text.lower(), text)


def as_day_or_column(text: str) -> datetime.date | str | None:
    """Return the value of an option that is a day, the name of a column, or "none".

    >>> as_day_or_column("2014-10-29"), as_day_or_column("published"), as_day_or_column("none")
    (datetime.date(2014, 10, 29), 'published', None)
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None if text == "none" else text
