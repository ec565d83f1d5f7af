"""Commands that count, search and compare: each is the twin of the function of its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit.cli.output import cite, deliver, say, step, terminal
from corpus_kit.cli.selection import Selection, open_selected, select
from corpus_kit.cli.twins import Call, twin
from corpus_kit.cli.wording import as_typed
from corpus_kit.display.text import concordance_text
from corpus_kit.display.values import label_columns, lines_caption
from corpus_kit.errors import InputError
from corpus_kit.safe_text import one_line
from corpus_kit.scale.locations import Location
from corpus_kit.scale.work import manifest_of, work_of

__all__ = [
    "collocations",
    "compare_collocations",
    "dispersion",
    "diversity",
    "fit_heaps",
    "fit_zipf_mandelbrot",
    "frequency",
    "hits",
    "keyness",
    "kwic",
    "lexical_bundles",
    "ngram_collocations",
    "ngrams",
    "readability",
    "shared_collocates",
    "sketch_difference",
    "spaced_spellings",
    "thesaurus",
    "trend",
    "trend_tests",
    "vocabulary_growth",
    "word_sketch",
]

frequency = twin(ck.frequency)

dispersion = twin(ck.dispersion)

diversity = twin(ck.diversity)

readability = twin(ck.readability)

vocabulary_growth = twin(ck.vocabulary_growth)

fit_heaps = twin(ck.fit_heaps)

fit_zipf_mandelbrot = twin(ck.fit_zipf_mandelbrot)

trend = twin(ck.trend)

trend_tests = twin(ck.trend_tests)

spaced_spellings = twin(ck.spaced_spellings)

lexical_bundles = twin(ck.lexical_bundles)

ngram_collocations = twin(
    ck.ngram_collocations,
)

collocations = twin(
    ck.collocations,
)

word_sketch = twin(ck.word_sketch)

sketch_difference = twin(ck.sketch_difference)

thesaurus = twin(ck.thesaurus)

shared_collocates = twin(ck.shared_collocates)


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
    opens=_table_or_corpus,
)


# ----------------------------------------------------------------------------------- concordances


def _breakdown(lines: ck.Concordance, call: Call) -> tuple[pl.DataFrame, ...]:
    """Return the table of --group or --tabulate, if one was asked for."""
    group, what = call.extra["group"], call.extra["tabulate"]
    if group and what:
        raise InputError("--group counts lines and --tabulate lists them: give one of the two.")
    return (lines.group(*group),) if group else (lines.tabulate(*what),) if what else ()


def _print_found(call: Call) -> None:
    with step("Searching"):
        lines = ck.kwic(call.corpus, **call.options)
    if name := call.extra["save"]:
        path = lines.save(name, overwrite=bool(call.extra["overwrite"]))
        say(f"Saved the hits of {len(lines):,} lines as {one_line(name)} in {one_line(str(path.parent))}.", error=True)
    elif call.extra["overwrite"]:
        raise InputError("--overwrite replaces the hits of --save, which must be given.")
    _print_lines(lines, call)


def _print_lines(lines: ck.Concordance, call: Call) -> None:
    if sheet := call.extra["sheet"]:
        coded = lines.code(sheet, call.extra["coder"] or ("code", "note"))
        say(f"{one_line(str(sheet))} has {coded.height:,} lines to code.", error=True)
    elif call.extra["coder"]:
        raise InputError("--coder names a column of --sheet, which must be given.")
    if table := _breakdown(lines, call):
        deliver(table[0], call.corpus, call.shown)
    elif call.extra["variants"] or call.shown.output or call.shown.columns:
        deliver(lines.variants if call.extra["variants"] else lines.frame, call.corpus, call.shown)
    else:
        layout = {
            "labels": label_columns(lines),
            "hint": as_typed(lines.hint),
            "language": call.shown.language,
            **terminal(),
        }
        if len(lines) < lines.total:
            say(one_line(lines_caption(lines.pattern, len(lines), lines.total, call.shown.language)))
        say(concordance_text(lines.lines(0, call.shown.top or None), max_rows=None, total=len(lines), **layout))
        cite(lines, call.shown)


_LINES: dict[str, Any] = {
    "variants": Annotated[bool, typer.Option("--variants", help="Count the spellings found instead.")],
    "group": Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="Count the lines instead, by a column of metadata or by PLACE.ATTRIBUTE, such as outlet, "
            "node.lemma, before1.word or target.pos; can be repeated.",
        ),
    ],
    "tabulate": Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="List these of each line instead, as for --group; can be repeated."),
    ],
    "sheet": Annotated[
        Path | None,
        typer.Option("--sheet", help="Also write the lines to a .csv or .tsv sheet to be coded, or add new ones."),
    ],
    "coder": Annotated[
        list[str] | None,
        typer.Option("--coder", metavar="NAME", help="A column of the sheet to fill in; can be repeated."),
    ],
}

kwic = twin(
    ck.kwic,
    extra={
        **_LINES,
        "save": Annotated[
            str | None,
            typer.Option("--save", metavar="NAME", help="Also save the hits with the corpus, for corpus-kit hits."),
        ],
        "overwrite": Annotated[bool, typer.Option("--overwrite", help="Replace other hits of that name.")],
    },
    run=_print_found,
)


def _saved_hits(
    corpus: ck.Corpus,
    *,
    window: int | tuple[int, int] | None = None,
    sort: str | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Return the saved hit lists.

    Args:
        corpus: A corpus.
        window: Words before and after the node, as in `ck.kwic`; None takes those of the lines that were saved.
        sort: The order of the lines, by sort keys of `ck.kwic`; None keeps that of the lines that were saved.
    """
    raise NotImplementedError(window, sort)  # _print_saved does it; this has the options


def _print_saved(call: Call) -> None:
    """List the hit lists that were saved, or show the lines of one."""
    name = call.extra["name"]
    if name is None:
        if call.options or any(call.extra.values()):
            raise InputError("NAME must be given with options of lines; without it, the saved hits are listed.")
        deliver(call.corpus.saved_hits(), call.corpus, call.shown)
        return
    lines = call.corpus.load_hits(name)
    if "window" in call.options:
        lines = lines.widen(call.options["window"])
    if "sort" in call.options:
        lines = lines.sort_by(call.options["sort"])
    _print_lines(lines, call)


hits = twin(
    _saved_hits,
    name="hits",
    extra={
        "name": Annotated[str | None, typer.Argument(metavar="NAME", help="The name; all are listed without it.")],
        **_LINES,
    },
    run=_print_saved,
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
    return chosen, select(call.corpus, reference, "--reference") if reference else call.corpus.others(chosen)


def _print_key_words(call: Call) -> None:
    if "by" in call.options and any(call.extra.values()):
        raise InputError("--by compares each group with the rest: leave out --target and --reference.")
    sides = (call.corpus,) if "by" in call.options else _sides(call)
    with step("Computing keyness"):
        table = ck.keyness(*sides, **call.options)
    deliver(table, call.corpus, call.shown)


keyness = twin(
    ck.keyness,
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
    left_out=("reference",),
    extra=_SIDES,
    run=_print_company,
)
