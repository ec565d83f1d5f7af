"""Commands that count in a corpus: words and n-grams."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import corpus_kit as ck
from corpus_kit.cli.options import (
    By,
    Clitics,
    Containing,
    CorpusPath,
    Exact,
    Output,
    Profile,
    Top,
    Unit,
    Where,
    Within,
    as_n,
    as_profile,
)
from corpus_kit.cli.output import deliver
from corpus_kit.cli.selection import open_corpus
from corpus_kit.errors import InputError
from corpus_kit.scale.locations import Location
from corpus_kit.scale.work import manifest_of, work_of

__all__ = ["frequency", "ngrams"]


def frequency(
    corpus: CorpusPath,
    pattern: Annotated[str | None, typer.Option(help="Count what this pattern finds, as in kwic.")] = None,
    unit: Unit = "word",
    profile: Profile = "search",
    exact: Exact = False,
    clitics: Clitics = False,
    by: By = None,
    min_count: Annotated[int, typer.Option(help="Exclude words below this count.", min=1)] = 1,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Count words, or what a pattern finds."""
    opened = open_corpus(corpus, where, containing)
    table = ck.frequency(
        opened,
        by=by,
        pattern=pattern,
        min_count=min_count,
        unit=unit,
        profile=as_profile(profile),
        exact=exact,
        clitics=clitics,
    )
    deliver(table, opened, top, output)


def ngrams(
    corpus: Annotated[
        str, typer.Argument(metavar="CORPUS", help="The folder of a corpus, or the folder or URL of a table of count.")
    ],
    n: Annotated[str, typer.Option("-n", help="Words in an n-gram: 2, or a range such as 2-4.")] = "2",
    unit: Unit = "word",
    profile: Profile = "search",
    within: Within = "paragraph",
    by: By = None,
    min_count: Annotated[int, typer.Option(help="Exclude n-grams below this count.", min=1)] = 2,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Count sequences of words."""
    opened = _ngram_table(corpus, where, containing) or open_corpus(Path(corpus), where, containing)
    table = ck.ngrams(
        opened, n=as_n(n), min_count=min_count, by=by, within=within, unit=unit, profile=as_profile(profile)
    )
    deliver(table, opened if isinstance(opened, ck.Corpus) else None, top, output)


def _ngram_table(path: str, where: list[str] | None, containing: list[str] | None) -> ck.scale.NgramTable | None:
    """Return the table of n-grams at a path, if there is one."""
    location = Location.of(path)
    traces = (manifest_of(location), work_of(location))
    has_parts = any(name.endswith(".parquet") for name in location.children())
    if (location / "manifest.json").exists() or not (has_parts or any(trace.exists() for trace in traces)):
        return None
    if where or containing:
        raise InputError("--where and --containing select documents of a corpus; a table of n-grams has none.")
    return ck.scale.NgramTable.open(path)
