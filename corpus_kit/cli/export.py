"""The command that writes a corpus in the format of another program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from corpus_kit.cli.options import Containing, CorpusPath, Definitions, NotContaining, Structures, Syntax, Where
from corpus_kit.cli.output import say, step
from corpus_kit.cli.selection import Deduplicate, Exclude, Selection, open_selected
from corpus_kit.errors import InputError
from corpus_kit.export.corpus_export import FORMATS
from corpus_kit.safe_text import one_line

__all__ = ["export"]


def export(
    corpus: CorpusPath,
    format: Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file or folder to create.")],
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="An option of the format, such as segments=true; can be repeated."),
    ] = None,
    where: Where = None,
    containing: Containing = None,
    not_containing: NotContaining = None,
    deduplicate: Deduplicate = False,
    exclude: Exclude = None,
    syntax: Syntax = None,
    definitions: Definitions = None,
    structure: Structures = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier export.")] = False,
) -> None:
    """Write a corpus in the format of another program: CWB, R, spaCy, Hugging Face, text files, ..."""
    options = dict(map(_as_option, option or []))
    asked = (where, containing, deduplicate, exclude, not_containing, syntax, definitions, structure)
    selected = open_selected(corpus, Selection(*asked))
    with step(f"Writing {one_line(str(output))}"):
        path = selected.export(output, format, overwrite=overwrite, **options)
    say(f"Wrote {one_line(str(path))}, and how it was made to {one_line(str(path))}.json.", error=True)


def _as_option(text: str) -> tuple[str, Any]:
    """Return the name and the value of an option.

    >>> _as_option("segments=true"), _as_option("name=news")
    (('segments', True), ('name', 'news'))
    """
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier() or name in ("path", "format", "overwrite"):
        raise InputError(f"--option must be NAME=VALUE, got {text!r}.")
    return name, {"true": True, "false": False}.get(value, value)
