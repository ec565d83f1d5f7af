"""What is public, as lines of text: names, arguments, columns, commands, errors, extras.

``python tests/public_interface.py`` writes tests/public/interface.txt anew. Its lines are sorted, one thing a line, so
that a diff says what changed: a line that is gone or different can break somebody's program, a new one cannot.
tests/public/VERSION.txt is the interface of the last release, with which CHANGELOG.md is compared.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
import tempfile
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import typer

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "tests" / "public"
PRESENT = FOLDER / "interface.txt"
COMMAND = "python tests/public_interface.py"
# Objects of these classes come from functions; how they are made is not public.
MADE_BY_FUNCTIONS = {"Corpus", "Concordance", "DocumentTermMatrix", "CodingProject", "NgramTable", "Chart", "Shown",
                     "ConcordanceExplorer", "HiddenMarkovTagger", "SentenceTagger", "ConlluFile", "RunReport",
                     "ReadReport"}  # fmt: skip


def interface() -> list[str]:
    """Return all lines but those of columns, which need calls."""
    from corpus_kit import errors

    found = [line for full, obj in documented_names().items() for line in of_name(full, obj)]
    found += [f"ck.{each} is a subclass of {base}" for each, base in bases(errors)]
    found += [*of_commands(), *of_extras(), *of_environment()]
    return sorted(set(found))


def documented_names() -> dict[str, Any]:
    """Return the public names, which are those of the reference (docs/_extensions/names.py)."""
    path = PROJECT / "docs" / "_extensions" / "names.py"
    specification = importlib.util.spec_from_file_location("names_of_the_reference", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return {name.replace("corpus_kit.", "ck.", 1): obj for name, obj in module.documented_names().items()}


def of_name(name: str, obj: Any) -> Iterator[str]:
    """Yield what is public of a function, class, property or module."""
    name = re.sub(r"\b(explore\.explorer|display\.show|annotators\.\w+|text\.namespace)\.(?=[A-Z])", "", name)
    if obj is None:  # a module
        yield f"{name}: module"
    elif isinstance(obj, property | cached_property):
        function = obj.fget if isinstance(obj, property) else obj.func
        yield f"{name}: property{of_result(function)}"
    elif inspect.isclass(obj):
        yield f"{name}: class"
        if obj.__name__ not in MADE_BY_FUNCTIONS and not issubclass(obj, Exception):
            yield from of_arguments(name, inspect.signature(obj))
    elif callable(obj):
        yield f"{name}: function{of_result(obj)}"
        yield from of_arguments(name, inspect.signature(obj))
    else:
        yield f"{name}: {type(obj).__name__}"


_ANY_NUMBER = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def of_result(function: Any) -> str:
    """Return the annotation of a result."""
    annotation = inspect.signature(function).return_annotation
    return "" if annotation is inspect.Signature.empty else f" -> {written(annotation)}"


def of_arguments(name: str, signature: inspect.Signature) -> Iterator[str]:
    """Yield a line for each argument: its place, if it can be given without its name, its annotation and default."""
    given = [each for each in signature.parameters.values() if each.name not in ("self", "cls")]
    for place, each in enumerate(given, 1):
        kind = {each.KEYWORD_ONLY: "by name", each.VAR_KEYWORD: "all others", each.VAR_POSITIONAL: "any number"}
        kind_of_this = kind.get(each.kind, f"place {place}") + (" only" if each.kind == each.POSITIONAL_ONLY else "")
        annotation = "" if each.annotation is each.empty else f": {written(each.annotation)}"
        default = "" if each.default is each.empty else f" = {value(each.default)}"
        required = ", required" if each.default is each.empty and each.kind not in _ANY_NUMBER else ""
        yield f"{name} argument {each.name} ({kind_of_this}{required}){annotation}{default}"


def written(annotation: Any) -> str:
    """Return an annotation as it is written in the source."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return " ".join(text.replace("corpus_kit.", "").split())


def value(default: Any) -> str:
    """Return a default as it is written; what has no such form, by its type."""
    if isinstance(default, Enum):
        return str(default)
    return default.__name__ if inspect.isclass(default) or callable(default) else " ".join(repr(default).split())


def bases(module: Any) -> Iterator[tuple[str, str]]:
    """Yield the errors and their bases."""
    for each in vars(module).values():
        if inspect.isclass(each) and issubclass(each, Exception) and each.__module__ == module.__name__:
            yield from ((each.__name__, base.__name__) for base in each.__bases__)


def of_commands() -> Iterator[str]:
    """Yield the commands with their arguments and options."""
    from corpus_kit.cli.main import app

    group: Any = typer.main.get_command(app)
    context = type(group).context_class(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"corpus-kit {name}: command"
        arguments = [each.name for each in command.params if each.param_type_name == "argument"]
        for each in command.params:
            is_argument = each.name in arguments
            what = f"argument {arguments.index(each.name) + 1} {each.name}" if is_argument else f"option {typed(each)}"
            kind = "flag" if getattr(each, "is_flag", False) else "value"
            kind += ", can be repeated" if each.multiple or each.nargs == -1 else ""
            kind += ", required" if each.required and not is_argument else ""
            in_help = re.search(r"\[default: (.*)\]", each.help or "")
            known = each.required or each.default in (None, [], (), False)
            default = in_help[1] if in_help else None if known else str(each.default)
            yield f"corpus-kit {name} {what} ({kind})" + (f" = {default}" if default else "")


def typed(option: Any) -> str:
    """Return how an option is typed."""
    return " ".join([*option.opts, *option.secondary_opts])


def of_extras() -> Iterator[str]:
    """Yield the extras, which are installed by name; those for developers are not public."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    yield from (f"extra {name}" for name in project["optional-dependencies"] if name not in ("dev", "docs", "bench"))
    yield f"Python {project['requires-python']}"


def of_environment() -> Iterator[str]:
    """Yield the variables of the environment that the library reads."""
    for path in (PROJECT / "corpus_kit").rglob("*.py"):
        if "benchmarks" not in path.parts:
            yield from (f"environment {name}" for name in re.findall(r"CORPUS_KIT_[A-Z_]+", path.read_text("utf-8")))


def of_table(function: str, table: Any, own: Iterable[str]) -> list[str]:
    """Return a line for each column of a table that a function returned.

    Args:
        function: Its name, such as "ck.frequency" or "ck.Corpus.head".
        table: What it returned: a frame, a lazy one, or an object with one.
        own: Columns that bear names of metadata or of the user's choice.
    """
    frame = table.collect() if isinstance(table, pl.LazyFrame) else getattr(table, "frame", table)
    return sorted(f"{function} column {each}: {dtype}" for each, dtype in frame.schema.items() if each not in own)


def all_lines() -> list[str]:
    """Return the whole interface; the tables are those of `CALLS` in test_column_explanations.py."""
    import test_column_explanations as tables

    found = interface()
    calls: dict[str, Callable[[Path], Any]] = tables.CALLS
    for function, call in calls.items():
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found += of_table(f"ck.{function.removeprefix('ck.')}", call(Path(folder)), tables.OWN)
    return sorted(found)


def stored(name: str = PRESENT.stem) -> list[str]:
    """Return the lines of a stored interface: the present one, or that of a version."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


# ---------------------------------------------------------------------------------------- what CHANGELOG.md must name

_ANNOTATION = re.compile(r"(?<=\)): .*?(?= = |$)")
_IN_CODE = re.compile(r"`([^`]+)`")
BREAKING = ("Changed", "Removed")


def unnamed(before: Iterable[str], after: Iterable[str], section: str) -> list[str]:
    """Return the differences of two interfaces that a section of the changelog does not name.

    What is new is named anywhere in the section. What is gone or different is named below "Changed" or "Removed": it
    can break a program, unless only the annotation of an argument differs. There it is named with its function; what is
    new is named by its function alone. An option is named by itself or by its command. A line names what it has all
    parts of in code, so one line can name many functions, `ck.news`: `speech`, `passages`.

    >>> now = ["ck.kwic: function", "ck.kwic argument top (by name) = 2"]
    >>> unnamed(["ck.kwic: function", "ck.kwic argument top (by name) = 1"], now, "### Added\\n- `ck.kwic`")
    ['changed or removed: ck.kwic argument top (by name) = 1']
    >>> unnamed(["ck.kwic: function", "ck.kwic argument top (by name) = 1"], now, "### Changed\\n- `ck.kwic(top=)`")
    []
    """
    old, new = set(before), set(after)
    bare_old, bare = ({_ANNOTATION.sub("", line) for line in lines} for lines in (old, new))
    gone = {line for line in old - new if _ANNOTATION.sub("", line) not in bare}
    there_before, there_now = ({names_of(line)[0] for line in lines if is_whole(line)} for lines in (old, new))
    gone = {line for line in gone if is_whole(line) or names_of(line)[0] in there_now}
    added = {line for line in new - old if _ANNOTATION.sub("", line) not in bare_old}
    required = {line for line in added if ", required)" in line and names_of(line)[0] in there_before}
    anywhere, breaking = lines_by_words(section, None), lines_by_words(section, BREAKING)
    found = [f"changed or removed: {line}" for line in sorted(gone | required) if not is_named(line, breaking, True)]
    return found + [f"added: {line}" for line in sorted(new - old - required) if not is_named(line, anywhere, False)]


def is_whole(line: str) -> bool:
    """Return whether a line is about a function or command as a whole, not about an argument, option or column."""
    return " argument " not in line and " option " not in line and " column " not in line


def names_of(line: str) -> list[str]:
    """Return the names by which a line may be named, the function or command first."""
    words = line.split()
    if words[0] == "Python":
        return ["Python"]
    if words[0] in ("corpus-kit", "extra", "environment"):
        command = f"{words[0]} {words[1].rstrip(':')}"
        return [command, *(words[3:4] if words[2:3] == ["option"] else [])]
    return [words[0].rstrip(":")]


def lines_by_words(section: str, headings: tuple[str, ...] | None) -> list[set[str]]:
    """Return, for each line of a section, or of what is below some of its headings, the words of its code."""
    found, heading = [], ""
    for line in section.splitlines():
        heading = line.lstrip("# ") if line.startswith("### ") else heading
        if headings is None or heading in headings:
            found.append({word for code in _IN_CODE.findall(line) for word in re.findall(r"[\w-]+", code)})
    return found


def is_named(line: str, lines: list[set[str]], with_details: bool) -> bool:
    """Return whether one of the lines has all parts of a name, and the name of the argument or column if asked for."""
    names = names_of(line)
    detail = re.search(r" (?:argument(?: \d)?|column) (\w+)", line)
    if with_details and detail:
        names = [f"{names[0]} {detail[1]}"]
    for name in names:
        parts = [set() if part in ("ck", "extra", "environment") else {part, part.lower()}
                 for part in re.split(r"[. ]", name)]  # fmt: skip
        if any(all(not part or part & words for part in parts) for words in lines):
            return True
    return False


if __name__ == "__main__":
    PRESENT.write_text("\n".join(all_lines()) + "\n", encoding="utf-8")
    print(f"Wrote {PRESENT.relative_to(PROJECT)}; name in CHANGELOG.md what changed.", file=sys.stderr)
