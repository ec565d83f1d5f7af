"""Commands that look at words in context or compare parts of a corpus: kwic, collocations, keyness."""

from __future__ import annotations

from typing import Annotated

import typer

import corpus_kit as ck
from corpus_kit.cli.options import (
    Clitics,
    Containing,
    CorpusPath,
    Exact,
    Measures,
    Output,
    Profile,
    Stopwords,
    Top,
    Unit,
    Where,
    Within,
    as_profile,
    as_window,
)
from corpus_kit.cli.output import deliver, measures_of, save, say, terminal
from corpus_kit.cli.selection import open_corpus, others, select
from corpus_kit.display.text import concordance_text

__all__ = ["collocations", "keyness", "kwic", "ngram_collocations"]

_ASSOCIATION = ("log_dice", "mi", "log_likelihood")


def kwic(
    corpus: CorpusPath,
    pattern: Annotated[
        str, typer.Argument(help="A word, a phrase, wildcards * and ?, a|b, []{0,3}, /regex/, [lemma=...].")
    ],
    exact: Exact = False,
    clitics: Clitics = False,
    within: Within = "paragraph",
    window: Annotated[int, typer.Option(help="Words before and after.", min=0)] = 8,
    sort: Annotated[
        list[str] | None,
        typer.Option(
            help="A sort key: before1, after1, node, document or a column; - before it: descending; can be repeated."
        ),
    ] = None,
    sample: Annotated[int | None, typer.Option(help="Keep this many lines, drawn at random.", min=0)] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random sample.", min=0)] = 0,
    thin: Annotated[int, typer.Option(help="Keep every THIN-th line.", min=1)] = 1,
    metadata: Annotated[
        list[str] | None, typer.Option(help="A metadata column to add to each line; can be repeated.")
    ] = None,
    show: Annotated[
        list[str] | None, typer.Option(help="A column of a layer of tokens to add to each line; can be repeated.")
    ] = None,
    variants: Annotated[bool, typer.Option("--variants", help="Count the spellings found instead.")] = False,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Show what a pattern finds in context."""
    opened = open_corpus(corpus, where, containing)
    lines = ck.kwic(
        opened,
        pattern,
        window=window,
        sort=sort or None,
        sample=sample,
        seed=seed,
        thin=thin,
        exact=exact,
        clitics=clitics,
        within=within,
        metadata=metadata or None,
        show=show or None,
    )
    if variants:
        deliver(lines.variants, opened, top, output)
    elif output:
        save(lines.frame, opened, output)
    else:
        found, more = lines.lines(0, top or None), lines.layer_columns
        say(concordance_text(found, labels=more, max_rows=None, total=len(lines), **terminal()))


def collocations(
    corpus: CorpusPath,
    pattern: Annotated[str, typer.Argument(help="A pattern as for kwic.")],
    unit: Unit = "word",
    profile: Profile = "search",
    exact: Exact = False,
    clitics: Clitics = False,
    within: Within = "paragraph",
    window: Annotated[
        str, typer.Option(help="Words on each side: 5, or 3,0 (before,after); or sentence, paragraph, document.")
    ] = "5",
    measure: Measures = None,
    expectation: Annotated[str, typer.Option(help="Expected counts: textual or span_factor.")] = "textual",
    min_count: Annotated[int, typer.Option(help="Exclude collocates below this count.", min=1)] = 5,
    stopwords: Stopwords = False,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Find the collocates of a word or pattern."""
    opened = open_corpus(corpus, where, containing)
    table = ck.collocations(
        opened,
        pattern,
        unit=unit,
        profile=as_profile(profile),
        exact=exact,
        clitics=clitics,
        within=within,
        window=as_window(window),
        measure=measure or _ASSOCIATION,
        expectation=expectation,
        min_count=min_count,
        stopwords=ck.stopwords() if stopwords else (),
    )
    columns = ["collocate", "count", "expected", "documents", *measures_of(table)]
    deliver(table, opened, top, output, columns=columns)


def ngram_collocations(
    corpus: CorpusPath,
    n: Annotated[int, typer.Option("-n", help="Words in an n-gram.", min=2)] = 2,
    unit: Unit = "word",
    profile: Profile = "search",
    within: Within = "paragraph",
    measure: Measures = None,
    min_count: Annotated[int, typer.Option(help="Exclude n-grams below this count.", min=1)] = 5,
    stopwords: Stopwords = False,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Find the n-grams whose words occur together more often than by chance."""
    opened = open_corpus(corpus, where, containing)
    table = ck.ngram_collocations(
        opened,
        n,
        unit=unit,
        profile=as_profile(profile),
        within=within,
        measure=measure or _ASSOCIATION,
        min_count=min_count,
        stopwords=ck.stopwords() if stopwords else (),
    )
    deliver(table, opened, top, output, columns=["ngram", "count", "expected", "documents", *measures_of(table)])


def keyness(
    corpus: CorpusPath,
    target: Annotated[
        list[str],
        typer.Option(help="The target: documents with COLUMN=VALUE; can be repeated.", metavar="COLUMN=VALUE"),
    ],
    reference: Annotated[
        list[str] | None,
        typer.Option(
            help="The reference: documents with COLUMN=VALUE; can be repeated. Without it, all other documents.",
            metavar="COLUMN=VALUE",
        ),
    ] = None,
    unit: Unit = "word",
    profile: Profile = "search",
    measure: Measures = None,
    min_count: Annotated[int, typer.Option(help="Exclude words below this count in both together.", min=1)] = 1,
    min_documents: Annotated[int, typer.Option(help="Exclude words in fewer documents.", min=0)] = 0,
    max_dispersion: Annotated[
        float | None, typer.Option(help="Exclude words above this deviation of proportions.")
    ] = None,
    direction: Annotated[str, typer.Option(help="both, target or reference.")] = "both",
    correction: Annotated[
        str, typer.Option(help="Of p-values: holm, bonferroni, benjamini_hochberg or none.")
    ] = "holm",
    stopwords: Stopwords = False,
    where: Where = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Find the words that are typical of some documents, compared with others."""
    opened = open_corpus(corpus, where)
    chosen = select(opened, target, "--target")
    compared = select(opened, reference, "--reference") if reference else others(opened, chosen)
    table = ck.keyness(
        chosen,
        compared,
        measure=measure or ("log_likelihood", "log_ratio"),
        min_count=min_count,
        min_documents=min_documents,
        max_dispersion=max_dispersion,
        direction=direction,
        correction=None if correction == "none" else correction,
        unit=unit,
        profile=as_profile(profile),
        stopwords=ck.stopwords() if stopwords else (),
    )
    columns = ["word", "direction", "target_count", "reference_count", *measures_of(table), "p_adjusted"]
    deliver(table, opened, top, output, columns=[*columns, "target_dispersion"])
