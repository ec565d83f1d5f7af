"""Commands that are twins of functions of the library: the same arguments, the same defaults, the same numbers.

The options of such a command are read from the signature and the docstring of its function, and only what was typed is
passed on. So a command cannot drift from Python.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit.cli.commands import COMMANDS
from corpus_kit.cli.options import (
    Cite,
    Columns,
    Language,
    Output,
    Top,
    as_day_or_column,
    as_join,
    as_n,
    as_names,
    as_number,
    as_profile,
    as_truth,
    as_window,
)
from corpus_kit.cli.output import Shown, deliver, expect_showable, step
from corpus_kit.cli.selection import SELECTION, Selection, as_pattern, open_selected

__all__ = ["Call", "twin"]


@dataclass(frozen=True)
class Call:
    """What was typed.

    Attributes:
        corpus: The documents that were selected.
        options: The arguments of the function, those that were typed.
        extra: The options that only the command has.
        shown: How the table is shown.
    """

    corpus: ck.Corpus
    options: dict[str, Any]
    extra: dict[str, Any]
    shown: Shown


_CORPUS = Annotated[str, typer.Argument(metavar="CORPUS", help="The folder of a corpus.")]
# The options that say how a table is shown: their annotations and defaults.
_SHOWN: dict[str, tuple[Any, Any]] = {
    "top": (Top, 20),
    "columns": (Columns, None),
    "output": (Output, None),
    "cite": (Cite, False),
    "language": (Language, "en"),
}
_PATTERNS = frozenset(("pattern", "patterns"))  # the arguments that --syntax is about
Compute = Callable[..., pl.DataFrame]


@dataclass(frozen=True)
class _Option:
    """How an argument of a function is typed: the type that Typer reads, and what becomes of it."""

    kind: Any
    convert: Callable[[Any], Any] = lambda typed: typed
    flags: tuple[str, ...] = ()
    help: str | None = None


def twin(
    function: Callable[..., Any],
    *,
    name: str | None = None,
    left_out: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
    run: Callable[[Call], None] | None = None,
    opens: Callable[[str, Selection], Any] = open_selected,
) -> Callable[..., None]:
    """Return the command of a function whose first argument is a corpus, for Typer.

    Args:
        function: The function.
        name: The name of the command; by default that of the function.
        left_out: Arguments of the function that the command does not have.
        extra: Options that only the command has: their annotations for Typer.
        run: What is done in place of computing the table and delivering it.
        opens: What opens the corpus.
    """
    given = dict(list(inspect.signature(function).parameters.items())[1:])
    options = {
        each: option
        for each, parameter in given.items()
        if each not in (*left_out, *SELECTION) and (option := _option_of(parameter)) is not None
    }
    parameters = [
        _parameter("corpus", _CORPUS, inspect.Parameter.empty),
        *_parameters_of(function, options, given),
        *(_parameter(each, annotation) for each, annotation in {**(extra or {}), **SELECTION}.items()),
        *(_parameter(each, annotation, default) for each, (annotation, default) in _SHOWN.items()),
    ]
    compute = run or partial(_compute, function)

    def command(**typed: Any) -> None:
        selection = Selection(**{each: typed.pop(each) for each in SELECTION})
        shown = Shown(**{each: typed.pop(each) for each in _SHOWN})
        expect_showable(shown)  # before what may take minutes
        opened = opens(typed.pop("corpus"), selection)
        more = {each: typed.pop(each) for each in extra or {}}
        asked = {each: options[each].convert(value) for each, value in typed.items() if value not in (None, [])}
        for each in asked.keys() & _PATTERNS:
            asked[each] = _patterns(asked[each], selection.syntax)
        if asked.pop("boilerplate", False):
            with step("Finding boilerplate"):
                by = {"by": asked["by"]} if "by" in asked else {}
                asked["boilerplate"] = ck.news.boilerplate(opened, **by)
        compute(Call(opened, asked, more, shown))

    command.__name__ = name or function.__name__
    command.__doc__ = COMMANDS[command.__name__.replace("_", "-")][1]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what Typer reads
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _patterns(typed: str | list[str], syntax: str | None) -> str | list[str]:
    """Return the patterns that were typed in the language of --syntax."""
    return as_pattern(typed, syntax) if isinstance(typed, str) else [as_pattern(each, syntax) for each in typed]


def _compute(function: Compute, call: Call) -> None:
    with step(f"Computing {function.__name__.replace('_', ' ')}"):
        table = function(call.corpus, **call.options)
    deliver(table, call.corpus, call.shown)


# ------------------------------------------------------------------------- signatures and docstrings


def _parameters_of(
    function: Compute, options: Mapping[str, _Option], given: Mapping[str, inspect.Parameter]
) -> Iterator[inspect.Parameter]:
    """Yield the arguments of a command that the function needs, then its options."""
    texts = _arguments_of(function)
    required = [each for each in options if _is_required(given[each])]
    for each in required:
        yield _parameter(each, _argument(each, options[each], texts.get(each, "")), inspect.Parameter.empty)
    for each, option in options.items():
        if each not in required:
            yield _typed_option(each, option, given[each], texts.get(each, ""))


def _is_required(parameter: inspect.Parameter) -> bool:
    is_positional = parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    return is_positional and parameter.default is inspect.Parameter.empty


def _parameter(name: str, annotation: Any, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _argument(name: str, option: _Option, text: str) -> Any:
    return Annotated[option.kind, typer.Argument(help=option.help or _sentence(text), metavar=name.upper())]


def _typed_option(name: str, option: _Option, parameter: inspect.Parameter, text: str) -> inspect.Parameter:
    is_required = parameter.default is inspect.Parameter.empty
    has_default = not (is_required or parameter.default is None or isinstance(parameter.default, bool))
    help = option.help or _sentence(text).replace("None", "none" if has_default else "leaving it out")
    if has_default and parameter.default != ():
        help += f" [default: {_shown(parameter.default)}]"
    flags = option.flags or (f"--{name.replace('_', '-')}",)
    if option.kind is bool and parameter.default is True:
        flags = (f"{flags[0]}/--no-{flags[0].removeprefix('--')}",)
    kind = option.kind if is_required else option.kind | None
    repeated = " Can be repeated." if option.kind == list[str] else ""
    default = inspect.Parameter.empty if is_required else None
    more: dict[str, Any] = {"metavar": "<str>"} if repeated else {}
    if option.kind in _NUMBERS:
        more = {"metavar": f"<{option.kind.__name__}>", "parser": _NUMBERS[option.kind]}
    return _parameter(name, Annotated[kind, typer.Option(*flags, help=help + repeated, **more)], default)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"it must be an integer, got {text!r}.") from None


def _decimal(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"it must be a number, got {text!r}.") from None


_NUMBERS: dict[Any, Callable[[str], int | float]] = {int: _integer, float: _decimal}  # with any digits


def _shown(default: object) -> str:
    return " ".join(map(str, default)) if isinstance(default, tuple) else str(default)


_ACTORS = _Option(str, help="A TOML file of actors, added to the built-in states; see docs/news/actors.md.")
_SPECIAL = {
    "profile": _Option(str, as_profile, help="Normalisation profile: search, dediac, repair, ... or none."),
    "stopwords": _Option(bool, lambda _: ck.stopwords(), help="Exclude the library's stop words."),
    "boilerplate": _Option(bool, help="Find page furniture first, and tell it from text."),
    "parts": _Option(str, as_number),
    "collapse_lists": _Option(
        str,
        as_truth,
        help="Lists of actors: true leaves out their sentences, members the actors of the list. [default: false]",
    ),
    "join": _Option(
        list[str],
        as_join,
        help="Names that are one word with and without a space; true takes those of spaced-spellings.",
    ),
    "actors": _ACTORS,
    "gazetteer": _ACTORS,
    "dictionary": _Option(str, help="A TOML file of frames or themes that replaces the built-in ones."),
    "lexicon": _Option(str, help="A TOML file in place of the built-in lists."),
    "unit": _Option(str, help="What is counted: word, stem, lemma or root; see annotate."),
    "clitics": _Option(bool, help="Find words with clitics too; see annotate."),
    "within": _Option(str, help="Boundary of hits, windows and n-grams: sentence, paragraph or document."),
}


def _option_of(parameter: inspect.Parameter) -> _Option | None:
    """Return how an argument is typed; None if that is impossible, as of a table."""
    name, annotation = parameter.name, str(parameter.annotation)
    if name in _SPECIAL:
        return _SPECIAL[name]
    if name == "n":
        return _Option(str, as_n, ("-n",))
    if name == "window" and "tuple" in annotation:
        units = ", or sentence, paragraph, document" if "str" in annotation else ""
        return _Option(str, as_window, help=f"Words on each side: 5, or 3,0 (before,after){units}.")
    parts = set(re.sub(r"\[[^\]]*\]", "", annotation).split(" | "))
    can_be_none = "None" in parts and parameter.default is not None
    if parts & {"Sequence", "Collection", "tuple", "list"}:
        return _Option(list[str], partial(as_names, can_be_none=can_be_none))
    if "datetime.date" in parts:
        return _Option(str, as_day_or_column)
    for text, kind in (("bool", bool), ("int", int), ("float", float)):
        if text in parts and "str" not in parts:
            return _Option(kind)
    if parts & {"str", "object", "Literal"}:
        return _Option(str, as_profile if can_be_none else lambda typed: typed)
    return None


def _arguments_of(function: Callable[..., Any]) -> dict[str, str]:
    """Return what the docstring of a function says of each of its arguments; what it says elsewhere is read there."""
    block = re.search(r"^Args:\n(.*?)(?:\n\n|\Z)", inspect.getdoc(function) or "", re.MULTILINE | re.DOTALL)
    entries = re.split(r"^ {4}(\w+): ", block[1], flags=re.MULTILINE)[1:] if block else []
    texts = {name: " ".join(text.split()) for name, text in zip(entries[::2], entries[1::2], strict=True)}
    for name, text in texts.items():
        elsewhere = _ELSEWHERE.fullmatch(text)
        if elsewhere:
            texts[name] = _arguments_of(attrgetter(elsewhere[1])(ck)).get(name, text)
    return texts


_ELSEWHERE = re.compile(r"As in `+ck\.([a-z_.]+)`+\.")


def _sentence(text: str) -> str:
    """Return the first sentence of what a docstring says, without its markup.

    >>> _sentence("The unit that a hit may not cross: `ck.kwic` says more. And more.")
    'The unit that a hit may not cross: ck.kwic says more.'
    """
    first = re.split(r"(?<=[^.]\.) (?=[A-Z`])", text, maxsplit=1)[0]
    return first.replace("``", "").replace("`", "")
