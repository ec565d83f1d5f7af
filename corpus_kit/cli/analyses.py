"""Commands that count, search and compare: each is the twin of the function of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import corpus_kit as ck
from corpus_kit.cli.output import deliver, save, say, step, terminal
from corpus_kit.cli.selection import Selection, open_selected, others, select
from corpus_kit.cli.twins import Call, twin
from corpus_kit.display.text import concordance_text
from corpus_kit.errors import InputError
from corpus_kit.scale.locations import Location
from corpus_kit.scale.work import manifest_of, work_of

__all__ = [
    "collocations",
    "compare_collocations",
    "dispersion",
    "diversity",
    "frequency",
    "keyness",
    "kwic",
    "lexical_bundles",
    "ngram_collocations",
    "ngrams",
    "readability",
    "spaced_spellings",
    "trend",
    "trend_tests",
]

frequency = twin(ck.frequency, help="Count words, or what a pattern finds.")

dispersion = twin(ck.dispersion, help="Measure how evenly words are spread over the documents.")

diversity = twin(ck.diversity, help="Measure how varied the vocabulary is.")

readability = twin(ck.readability, help="Measure how easy the texts are to read.")

trend = twin(ck.trend, help="Follow how often patterns occur over time.")

trend_tests = twin(ck.trend_tests, help="Test whether the rate of patterns changes over time.")

spaced_spellings = twin(ck.spaced_spellings, help="Find names that are written with and without a space.")

lexical_bundles = twin(ck.lexical_bundles, help="Find the sequences of words that recur in many documents.")

ngram_collocations = twin(
    ck.ngram_collocations,
    help="Find the n-grams whose words occur together more often than by chance.",
)

collocations = twin(
    ck.collocations,
    help="Find the collocates of a word or pattern.",
)


# ---------------------------------------------------------------------------------------- n-grams


def _table_or_corpus(path: str, selection: Selection) -> ck.Corpus | ck.scale.NgramTable:
    """Open a corpus, or the table of n-grams at a path, if there is one."""
    location = Location.of(path)
    traces = (manifest_of(location), work_of(location))
    has_parts = any(name.endswith(".parquet") for name in location.children())
    if (location / "manifest.json").exists() or not (has_parts or any(trace.exists() for trace in traces)):
        return open_selected(Path(path), selection)
    if any(selection):
        raise InputError("--where and the like select documents of a corpus; a table of n-grams has none.")
    return ck.scale.NgramTable.open(path)


ngrams = twin(
    ck.ngrams,
    help="Count sequences of words, of a corpus or of a table of count.",
    opens=_table_or_corpus,
)


# ----------------------------------------------------------------------------------- concordances


def _print_lines(call: Call) -> None:
    with step("Searching"):
        lines = ck.kwic(call.corpus, **call.options)
    if call.extra["variants"]:
        deliver(lines.variants, call.corpus, call.shown)
    elif call.shown.output:
        save(lines.frame, call.corpus, call.shown.output)
    else:
        layout = {"labels": lines.layer_columns, "hint": lines.hint, "language": call.shown.language, **terminal()}
        say(concordance_text(lines.lines(0, call.shown.top or None), max_rows=None, total=len(lines), **layout))


kwic = twin(
    ck.kwic,
    help="Show what a pattern finds in context: a word, a phrase, * and ?, a|b, []{0,3}, /regex/, [lemma=...].",
    extra={"variants": Annotated[bool, typer.Option("--variants", help="Count the spellings found instead.")]},
    run=_print_lines,
)


# ---------------------------------------------------------------------------------- two sides

_SIDES = {
    "target": Annotated[
        list[str] | None,
        typer.Option(help="The target: documents as of --where; can be repeated.", metavar="CONDITION"),
    ],
    "reference": Annotated[
        list[str] | None,
        typer.Option(
            help="The reference, likewise. Without it, all documents that are not in the target.", metavar="CONDITION"
        ),
    ],
}


def _sides(call: Call) -> tuple[ck.Corpus, ck.Corpus]:
    target, reference = call.extra["target"], call.extra["reference"]
    if not target:
        raise InputError("--target must be given: the documents that are compared with the others.")
    chosen = select(call.corpus, target, "--target")
    return chosen, select(call.corpus, reference, "--reference") if reference else others(call.corpus, chosen)


def _print_key_words(call: Call) -> None:
    if "by" in call.options and any(call.extra.values()):
        raise InputError("--by compares each group with the rest: leave out --target and --reference.")
    sides = (call.corpus,) if "by" in call.options else _sides(call)
    with step("Computing keyness"):
        table = ck.keyness(*sides, **call.options)
    deliver(table, call.corpus, call.shown)


keyness = twin(
    ck.keyness,
    help="Find the words that are typical of some documents, compared with others, or of each group.",
    left_out=("reference", "target_size", "reference_size"),
    extra=_SIDES,
    run=_print_key_words,
)


def _print_company(call: Call) -> None:
    """Compare two parts of the corpus, or two patterns in all of it."""
    patterns = call.options.pop("pattern")
    is_one = isinstance(patterns, str)
    if not is_one and any(call.extra.values()):
        raise InputError("Two patterns are compared in the same documents: leave out --target and --reference.")
    sides = _sides(call) if is_one else (call.corpus, call.corpus)
    with step("Comparing collocations"):
        table = ck.compare_collocations(*sides, patterns, **call.options)
    deliver(table, call.corpus, call.shown)


compare_collocations = twin(
    ck.compare_collocations,
    help="Find whose company differs: of a pattern in two parts of the corpus, or of two patterns.",
    left_out=("reference",),
    extra=_SIDES,
    run=_print_company,
)
