"""Arguments and options that several commands share, and the values that they are read from."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from corpus_kit.errors import InputError

__all__ = [
    "By",
    "Clitics",
    "Containing",
    "CorpusPath",
    "Exact",
    "Measures",
    "Output",
    "Profile",
    "Progress",
    "Stopwords",
    "Top",
    "Unit",
    "Where",
    "Within",
    "as_day",
    "as_n",
    "as_profile",
    "as_window",
]

CorpusPath = Annotated[Path, typer.Argument(metavar="CORPUS", help="The folder of a corpus.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write the whole table to a .csv, .xlsx, .docx, .parquet, ... file, with its record."
    ),
]
Top = Annotated[int, typer.Option("--top", help="Rows to print; 0 prints all.", min=0)]
Profile = Annotated[str, typer.Option("--profile", help="Normalisation profile: search, dediac, repair, ... or none.")]
Unit = Annotated[str, typer.Option("--unit", help="What is counted: word, stem, lemma or root; see annotate.")]
By = Annotated[str | None, typer.Option("--by", help="Count separately for each value of this metadata column.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only documents with COLUMN=VALUE; can be repeated.", metavar="COLUMN=VALUE"),
]
Containing = Annotated[
    list[str] | None,
    typer.Option("--containing", help="Only documents in which this pattern occurs; can be repeated."),
]
Exact = Annotated[bool, typer.Option("--exact", help="Match the repaired spelling instead of the folded form.")]
Clitics = Annotated[bool, typer.Option("--clitics", help="Also match words with clitics; see annotate.")]
Within = Annotated[
    str, typer.Option("--within", help="Boundary of hits, windows and n-grams: sentence, paragraph or document.")
]
Measures = Annotated[
    list[str] | None,
    typer.Option("--measure", help="A measure of corpus_kit.measures; can be repeated; rows are sorted by the first."),
]
Stopwords = Annotated[bool, typer.Option("--stopwords", help="Exclude the library's stop words.")]
Progress = Annotated[
    bool | None,
    typer.Option("--progress/--no-progress", help="Show a progress bar; the default is on a terminal only."),
]


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


def as_day(text: str | None) -> datetime.date | None:
    """Return the value of --date, a day in ISO format.

    >>> as_day("2014-10-29")
    datetime.date(2014, 10, 29)
    """
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--date must be a day such as 2014-10-29, got {text!r}.") from None
