"""What all plots share: the arguments for their looks, and checks of the tables they are given."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypedDict, Unpack

import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.records import table_of
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.plots import draw_matplotlib
from corpus_kit.plots.chart import Chart
from corpus_kit.plots.look import LANGUAGES, SHOWN_THEMES, theme_of
from corpus_kit.plots.pictures import Picture

__all__ = [
    "Look",
    "expect_columns",
    "expect_each_once",
    "expect_finite",
    "expect_numbers",
    "expect_one",
    "expect_rows",
    "expect_texts",
    "plot",
    "single_row",
    "top_argument",
    "wrong_table",
]

_MOST_ROWS = 2**32 - 1  # that Polars counts
_BACKENDS = ("live", "matplotlib")

P = ParamSpec("P")


class Look(TypedDict, total=False):
    """The arguments that all plots share. `plot` fills in the defaults."""

    title: str | None
    backend: str
    theme: str
    language: str


# name: (default, description)
_LOOK: dict[str, tuple[str | None, str]] = {
    "title": (None, "A line above the plot."),
    "backend": ("live", '"live" returns a `Chart`, "matplotlib" the figure of it, as `chart.figure` does.'),
    "theme": ("auto", '"light", "dark", or "auto": a live chart has that of the page, an image is light.'),
    "language": ("en", 'The language of the axes: "en" or "ar".'),
}
_RETURNS = "A `Chart`: live in a notebook, otherwise an image; `save` writes a file. Or a matplotlib figure."
_NOT_INSTALLED = 'CorpusKitError: With backend="matplotlib", if it is not installed or older than 3.11.'


def plot(make: Callable[P, Picture]) -> Callable[P, Any]:
    """Make a plot of a function that returns a picture and takes `**look`.

    The plot has the arguments of the function, with those of `Look` and their descriptions in place of `**look`,
    and makes a chart of the picture or draws it with matplotlib.
    """
    given = inspect.signature(make)
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [each for each in given.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    shared = [
        inspect.Parameter(name, keyword, default=default, annotation="str | None" if default is None else "str")
        for name, (default, _) in _LOOK.items()
    ]
    signature = inspect.Signature([*own, *shared], return_annotation="Any")

    @wraps(make)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{make.__name__}() {error}") from None
        bound.apply_defaults()
        look = {name: bound.arguments[name] for name in _LOOK}
        _check_look(**look)
        picture = make(*bound.args, **bound.kwargs)
        if look["backend"] == "matplotlib":
            return draw_matplotlib.draw(picture, look["title"], theme_of(look["theme"]))
        return Chart(
            picture, _table(bound.args[0]), title=look["title"], theme=look["theme"], language=look["language"]
        )

    draw.__signature__ = signature  # type: ignore[attr-defined]
    draw.__annotations__ = {each.name: each.annotation for each in own} | dict.fromkeys(_LOOK, "str") | {"return": Any}
    draw.__doc__ = _with_look(make.__doc__ or "")
    return draw


def _check_look(**look: Unpack[Look]) -> None:
    title = look["title"]
    if title is not None and not isinstance(title, str):
        raise invalid("title", "a str or None", title)
    choose(look["language"], LANGUAGES, "language")
    choose(look["theme"], SHOWN_THEMES, "theme")
    if look["backend"] == "altair":
        raise InputError(
            'backend must be "live" or "matplotlib", got "altair": charts are no longer drawn with Altair. '
            "Leave it out for a live chart; chart.save writes PNG, SVG and PDF."
        )
    choose(look["backend"], _BACKENDS, "backend")


def _table(given: Any) -> pl.DataFrame:
    """Return the table that a plot was made of, which its function has checked; of concordances, all their lines."""
    lines = [each.frame for each in (given if isinstance(given, list | tuple) else [given]) if hasattr(each, "frame")]
    return pl.concat(lines, how="diagonal_relaxed") if lines else table_of(given)


def _with_look(docstring: str) -> str:
    """Return a docstring with the shared arguments in place of `**look`, and with what every plot returns."""
    if not docstring:  # under python -OO
        return ""
    entries = "\n".join(f"    {name}: {text}" for name, (_, text) in _LOOK.items())
    # From 3.13 on, Python takes the indentation away itself.
    with_arguments = re.sub(r"^ *\*\*look: .*$", entries, inspect.cleandoc(docstring), flags=re.MULTILINE)
    before, raises, after = re.split(r"(^Raises:\n(?:    .*(?:\n|$))+)", with_arguments, maxsplit=1, flags=re.MULTILINE)
    raises = raises.rstrip("\n")
    return f"{before}Returns:\n    {_RETURNS}\n\n{raises}\n    {_NOT_INSTALLED}\n{after}"


def expect_columns(table: Any, columns: Sequence[str], function: str, name: str = "table") -> pl.DataFrame:
    """Return the DataFrame of a table.

    Args:
        table: What the user passed.
        columns: The columns that it must have.
        function: Who returns such tables, such as "ck.keyness".
        name: The argument, for the message.
    """
    frame = table_of(table, name)
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise wrong_table(frame, function, f"without {', '.join(absent)}", name)
    return frame


def wrong_table(frame: pl.DataFrame, function: str, what: str, name: str = "table") -> InputError:
    """Return the error for a table that another function returned."""
    columns = ", ".join(frame.columns) or "none"
    return InputError(f"{name} must be a table of {function}, got one {what}. Its columns: {columns}.")


def expect_numbers(frame: pl.DataFrame, columns: Sequence[str], name: str = "table") -> None:
    """Raise InputError unless columns of a table are numeric."""
    for column in columns:
        if not frame.schema[column].is_numeric():
            raise InputError(f"{name} must have numbers in the column {column}, got {frame.schema[column]}.")


def expect_finite(frame: pl.DataFrame, columns: Sequence[str], name: str = "table", *, least: float | None = 0) -> None:
    """Raise InputError unless columns of a table hold finite numbers, of at least `least` if that is not None."""
    expect_numbers(frame, columns, name)
    for column in columns:
        values = frame[column]
        is_right = values.is_finite() if least is None else values.is_finite() & (values >= least)
        wrong = values.filter(~is_right.fill_null(value=False))
        if len(wrong):
            wanted = "finite numbers" if least is None else f"finite numbers of at least {least:g}"
            raise InputError(f"{name} must have {wanted} in the column {column}, got {wrong[0]}.")


def expect_texts(frame: pl.DataFrame, columns: Sequence[str], name: str = "table") -> None:
    """Raise InputError unless columns of a table hold texts, all of them."""
    for column in columns:
        if frame.schema[column] != pl.String or frame[column].null_count():
            raise InputError(f"{name} must have a text in each row of the column {column}, got others.")


def expect_rows(frame: pl.DataFrame, what: str = "rows to plot") -> None:
    """Raise InputError for a table without rows."""
    if not frame.height:
        raise InputError(f"table must have {what}, got none.")


def expect_each_once(texts: pl.Series, column: str) -> None:
    """Raise InputError for a table of several groups, in which a text occurs more than once."""
    repeated = texts.filter(texts.is_duplicated())
    if len(repeated):
        raise InputError(
            f"table must have each {column} once, got {repeated[0]!r} several times. Filter it to one group first."
        )


def expect_one(frame: pl.DataFrame, column: str) -> None:
    """Raise InputError for a table with several values in a column that a plot shows one of."""
    values = frame[column].alias("").unique(maintain_order=True)  # Polars takes some names for patterns
    found = (values if values.dtype.is_nested() else values.sort()).to_list()
    if len(found) > 1:
        listed = ", ".join(map(str, found[:5])) + (", …" if len(found) > 5 else "")
        raise InputError(f"table must have one {column}, got {len(found)} ({listed}). Filter it to one first.")


def single_row(fit: Any, columns: Sequence[str], function: str) -> list[float]:
    """Return the numbers of the table of a fitted law, which has one row."""
    frame = expect_columns(fit, columns, function, "fit")
    if frame.height != 1:
        raise wrong_table(frame, function, f"of {frame.height:,} rows instead of one", "fit")
    expect_numbers(frame, columns, "fit")
    row = frame.select(pl.col(columns).cast(pl.Float64))
    if not row.select(pl.all_horizontal(pl.all().is_finite().fill_null(False))).item():
        raise InputError(f"fit must have finite numbers in {', '.join(columns)}, got {row.row(0)}.")
    return list(row.row(0))


def top_argument(top: object, name: str = "top") -> int:
    """Return how many rows of a table, or groups, are drawn at most.

    >>> top_argument(20), top_argument(10**400) == 2**32 - 1
    (20, True)
    """
    return min(integer(top, name, least=1), _MOST_ROWS)
