"""The corpus-kit command."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit.display.card import card_html, card_text
from corpus_kit.display.fonts import can_embed_faces
from corpus_kit.display.html import concordance_html, heading, image, page_html, table_html
from corpus_kit.display.text import concordance_text, table_text
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.export import write_whole
from corpus_kit.provenance import provenance_of
from corpus_kit.samples import build_sample
from corpus_kit.scale.locations import Location
from corpus_kit.scale.slurm import SlurmJobs, slurm_script
from corpus_kit.scale.work import manifest_of, work_of

app = typer.Typer(
    name="corpus-kit",
    help="Arabic corpora: build them, count in them, search them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

CorpusPath = Annotated[Path, typer.Argument(metavar="CORPUS", help="The folder of a corpus.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write the whole table to a .csv, .parquet, .jsonl or .xlsx file, with its record."
    ),
]
Top = Annotated[int, typer.Option("--top", help="Rows to show on the terminal; 0 shows all.", min=0)]
Profile = Annotated[str, typer.Option("--profile", help="Normalisation: search, dediac, repair, ... or none.")]
By = Annotated[str | None, typer.Option("--by", help="Count for each value of this metadata column.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only documents with COLUMN=VALUE; may stand several times.", metavar="COLUMN=VALUE"),
]

Exact = Annotated[bool, typer.Option("--exact", help="Compare the repaired spelling, not the folded form.")]
Clitics = Annotated[bool, typer.Option("--clitics", help="Find words with clitics too; see annotate.")]
Within = Annotated[str, typer.Option("--within", help="What a hit may not leave: sentence, paragraph or document.")]
Containing = Annotated[
    list[str] | None,
    typer.Option("--containing", help="Only documents in which a pattern occurs; may stand several times."),
]

Measures = Annotated[
    list[str] | None,
    typer.Option("--measure", help="A measure of corpus_kit.measures; may stand several times; sorts by the first."),
]
Stopwords = Annotated[bool, typer.Option("--stopwords", help="Leave out the library's stop words.")]


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    if version:
        typer.echo(f"corpus-kit {ck.__version__}")
        raise typer.Exit


@app.command()
def build(
    source: Annotated[
        str, typer.Argument(help="A file, a folder or a glob: .txt, .zip, .tar, .csv, .jsonl, .parquet, .ipc.")
    ],
    corpus: CorpusPath,
    text: Annotated[str, typer.Option(help="Name of the text column of tables.")] = "text",
    id: Annotated[str | None, typer.Option(help="Name of the column of ids.")] = None,
    date: Annotated[str | None, typer.Option(help="Name of the column of dates.")] = None,
    metadata: Annotated[
        list[str] | None, typer.Option(help="A column to keep; may stand several times. All without it.")
    ] = None,
    profile: Annotated[str, typer.Option(help="Normalisation of the vocabulary.")] = "repair",
    lines: Annotated[bool, typer.Option("--lines", help="A .txt file holds one document a line.")] = False,
    annotate: Annotated[bool, typer.Option("--annotate", help="Add segments, stems and lemmas of the words.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a corpus that is there already.")] = False,
    memory: Annotated[str, typer.Option(help="What the index may take while it is made.")] = "2GB",
    progress: Annotated[bool | None, typer.Option(help="Show a progress bar; by default on a terminal.")] = None,
) -> None:
    """Build a corpus from files."""
    built = ck.Corpus.build(
        source,
        corpus,
        text=text,
        id=id,
        date=date,
        metadata=metadata or None,
        profile=_profile(profile),
        lines=lines,
        annotate=annotate,
        overwrite=overwrite,
        memory=memory,
        progress=progress,
    )
    _print_card(built)


@app.command()
def add(
    source: Annotated[str, typer.Argument(help="A file, a folder or a glob, as for build.")],
    corpus: CorpusPath,
    text: Annotated[str, typer.Option(help="Name of the text column of tables.")] = "text",
    id: Annotated[str | None, typer.Option(help="Name of the column of ids.")] = None,
    date: Annotated[str | None, typer.Option(help="Name of the column of dates.")] = None,
    metadata: Annotated[
        list[str] | None, typer.Option(help="A column to keep; may stand several times. All without it.")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="A .txt file holds one document a line.")] = False,
    memory: Annotated[str, typer.Option(help="What the index may take while it is made.")] = "2GB",
    progress: Annotated[bool | None, typer.Option(help="Show a progress bar; by default on a terminal.")] = None,
) -> None:
    """Add documents to a corpus."""
    opened = ck.Corpus.open(corpus)
    _print_card(
        opened.add(
            source,
            text=text,
            id=id,
            date=date,
            metadata=metadata or None,
            lines=lines,
            memory=memory,
            progress=progress,
        )
    )


@app.command()
def annotate(corpus: CorpusPath) -> None:
    """Add segments, stems and lemmas to the words of a corpus, for searches with --clitics and [lemma=...]."""
    _print_card(ck.Corpus.open(corpus).annotate())


@app.command()
def info(
    corpus: CorpusPath,
    verify: Annotated[bool, typer.Option("--verify", help="Read every file and compare it with its checksum.")] = False,
) -> None:
    """Say what a corpus is and what it was built from."""
    opened = ck.Corpus.open(corpus)
    if verify:
        opened.verify()
    _print_card(opened)
    if verify:
        typer.echo("  verified   every file is as it was written")


@app.command()
def frequency(
    corpus: CorpusPath,
    by: By = None,
    pattern: Annotated[str | None, typer.Option(help="Count what this pattern finds, as in kwic.")] = None,
    min_count: Annotated[int, typer.Option(help="Leave out words below this count.", min=1)] = 1,
    profile: Profile = "search",
    exact: Exact = False,
    clitics: Clitics = False,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Count words, or what a pattern finds."""
    opened = _open(corpus, where, containing)
    table = ck.frequency(
        opened,
        by=by,
        pattern=pattern,
        min_count=min_count,
        profile=_profile(profile),
        exact=exact,
        clitics=clitics,
    )
    _deliver(table, opened, top, output)


@app.command()
def ngrams(
    corpus: Annotated[
        str, typer.Argument(metavar="CORPUS", help="The folder of a corpus, or the folder or URL of a table of count.")
    ],
    n: Annotated[str, typer.Option("-n", help="Words in an n-gram: 2, or a range such as 2-4.")] = "2",
    by: By = None,
    min_count: Annotated[int, typer.Option(help="Leave out n-grams below this count.", min=1)] = 2,
    within: Annotated[
        str, typer.Option(help="What n-grams may not leave: sentence, paragraph or document.")
    ] = "paragraph",
    profile: Profile = "search",
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Count sequences of words."""
    opened = _ngram_table(corpus, where, containing) or _open(Path(corpus), where, containing)
    table = ck.ngrams(opened, n=_orders(n), min_count=min_count, by=by, within=within, profile=_profile(profile))
    _deliver(table, opened if isinstance(opened, ck.Corpus) else None, top, output)


_OF_JOBS = "For Slurm: "


@app.command()
def count(
    source: Annotated[
        list[str], typer.Argument(help="Files, folders, globs or URLs: .parquet, .jsonl, .txt, also .gz, .bz2, .xz.")
    ],
    out: Annotated[str, typer.Argument(help="The folder of the table, or its URL.")],
    n: Annotated[str, typer.Option("-n", help="Words in an n-gram: 2, or a range such as 1-3.")] = "2",
    text: Annotated[str, typer.Option(help="Name of the text column of tables.")] = "text",
    profile: Profile = "search",
    min_count: Annotated[int, typer.Option(help="Leave out n-grams below this count.", min=1)] = 1,
    memory: Annotated[
        str | None,
        typer.Option(help="What the count may take, in each worker process; 2GB, or for Slurm 60 % of a worker's."),
    ] = None,
    tokenizer: Annotated[str, typer.Option(help="standard, or whitespace.")] = "standard",
    skip: Annotated[int, typer.Option(help="Words that a skip-gram may pass over in all.", min=0)] = 0,
    within: Annotated[
        str, typer.Option(help="What n-grams may not leave: sentence, paragraph or document.")
    ] = "paragraph",
    lines: Annotated[bool, typer.Option("--lines", help="A .txt file holds one document a line.")] = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Leave out files that cannot be read, and say which.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Count from the beginning, in place of what is there (resume=False).")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Use the workers of a Dask scheduler: its address (tcp://...) or its scheduler file."),
    ] = None,
    progress: Annotated[bool | None, typer.Option(help="Show a progress bar; by default on a terminal.")] = None,
    top: Top = 20,
    slurm: Annotated[
        Path | None,
        typer.Option(
            help="Count nothing; write a Python script that counts on a Slurm cluster, - for standard output."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=f"{_OF_JOBS}replace a script that is there.")] = False,
    workers: Annotated[int, typer.Option(help=f"{_OF_JOBS}worker processes in all.", min=1)] = 4,
    workers_per_job: Annotated[int, typer.Option(help=f"{_OF_JOBS}how many of them share a job.", min=1)] = 1,
    worker_memory: Annotated[str, typer.Option(help=f"{_OF_JOBS}memory of each.")] = "4GB",
    walltime: Annotated[str, typer.Option(help=f"{_OF_JOBS}how long a job may run.")] = "04:00:00",
    partition: Annotated[str | None, typer.Option(help=f"{_OF_JOBS}the partition (queue) of the jobs.")] = None,
    account: Annotated[str | None, typer.Option(help=f"{_OF_JOBS}the account that pays.")] = None,
    interface: Annotated[
        str | None, typer.Option(help=f"{_OF_JOBS}the network interface between nodes, such as ib0.")
    ] = None,
    python: Annotated[str, typer.Option(help=f"{_OF_JOBS}the interpreter, a name or a path.")] = "python",
    logs: Annotated[Path | None, typer.Option(help=f"{_OF_JOBS}a folder for what jobs print.")] = None,
    module: Annotated[
        list[str] | None, typer.Option(help=f"{_OF_JOBS}an environment module to load; may stand several times.")
    ] = None,
    prologue: Annotated[
        list[str] | None, typer.Option(help=f"{_OF_JOBS}a line of shell to run first; may stand several times.")
    ] = None,
    directive: Annotated[
        list[str] | None, typer.Option(help=f"{_OF_JOBS}an option of sbatch; may stand several times.")
    ] = None,
) -> None:
    """Count the n-grams of texts larger than memory, here or on a cluster, into a folder of Parquet files.

    A count that is cut off goes on where it was when the same command is given again.
    """
    options: dict[str, Any] = {
        "text": text,
        "profile": _profile(profile),
        "min_count": min_count,
        "tokenizer": tokenizer,
        "skip": skip,
        "within": within,
        "lines": lines,
        "unreadable": "skip" if skip_unreadable else "raise",
        "resume": not anew,
    }
    if slurm is not None:
        jobs = SlurmJobs(
            workers=workers,
            workers_per_job=workers_per_job,
            worker_memory=worker_memory,
            walltime=walltime,
            partition=partition,
            account=account,
            interface=interface,
            python=python,
            log_directory=logs,
            modules=module or (),
            prologue=prologue or (),
            directives=directive or (),
        )
        script = slurm_script(source, out, n=_orders(n), memory=memory, jobs=jobs, **options)
        _write_script(script, slurm, overwrite=overwrite)
        return
    try:
        with _client(scheduler) as client:
            table = ck.scale.count_ngrams(
                source, _orders(n), out, memory=memory or "2GB", client=client, progress=progress, **options
            )
    except KeyboardInterrupt:
        again = "begins anew" if anew else "goes on from there"
        typer.secho(f"interrupted; the same command {again}", fg="red", err=True)
        raise typer.Exit(130) from None
    _print_count(table)
    _heading("The most frequent n-grams")
    frequent = _most_frequent(table, top)
    _deliver(frequent, None, top, None)
    if frequent.height < table.manifest["counts"]["ngrams"]:
        typer.echo(f"(showing {frequent.height:,} of {table.manifest['counts']['ngrams']:,} rows)")


def _write_script(script: str, target: Path, *, overwrite: bool) -> None:
    if str(target) == "-":
        typer.echo(script, nl=False)
        return
    if target.exists() and not overwrite:
        raise InputError(f"{target} is there already; --overwrite replaces it")
    write_whole(target, script.encode())
    typer.echo(f"Wrote {target}. Its first lines say how to run it.", err=True)


@contextmanager
def _client(scheduler: str | None) -> Iterator[Any]:
    """A client of the Dask scheduler at an address, or of the one that a scheduler file names."""
    if scheduler is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise CorpusKitError("--scheduler needs Dask. Install it with pip install 'corpus-kit[cluster]'") from None
    is_file = Path(scheduler).is_file()
    if not is_file and "://" not in scheduler:
        raise InputError(f"--scheduler takes an address as tcp://host:8786 or a scheduler file, not {scheduler!r}")
    try:
        given = {"scheduler_file": scheduler} if is_file else {"address": scheduler}
        client = Client(**given)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise CorpusKitError(f"no scheduler answers at {scheduler}: {error}") from None
    with client:
        yield client


def _print_count(table: ck.scale.NgramTable) -> None:
    """What was counted and left out, and where it lies."""
    manifest, counts = table.manifest, table.manifest["counts"]
    low, high = table.options["n"]
    rows = [
        ("files", f"{counts['files']:,}"),
        ("documents", f"{counts['documents']:,}"),
        ("words", f"{counts['tokens']:,}"),
        ("n", f"{low}" if low == high else f"{low} to {high}"),
        ("n-grams", f"{counts['ngrams']:,}, which occur {counts['occurrences']:,} times"),
        ("min_count", f"{table.options['min_count']:,}"),
        *_rows_of("left out", [f"{each['name']}: {each['reason']}" for each in manifest["unreadable"]]),
        *_rows_of("not read", [f"{name}: another kind of file" for name in manifest["source"]["ignored"]]),
        ("table", str(table.location)),
        ("manifest", str(manifest_of(table.location))),
        ("checksum", f"sha256 {manifest['checksum']}"),
    ]
    typer.echo("\n".join(f"  {what:<10} {value}" for what, value in rows))


def _rows_of(what: str, lines: list[str], most: int = 10) -> list[tuple[str, str]]:
    """The first lines, and how many more there are."""
    more = [f"{len(lines) - most:,} more, which the manifest names"] if len(lines) > most else []
    return [(what, line) for line in [*lines[:most], *more]]


def _most_frequent(table: ck.scale.NgramTable, top: int) -> pl.DataFrame:
    """The first rows of the order that ck.ngrams has; 0: all rows."""
    keys, descending = ["count", "n", "ngram"], [True, False, False]
    rows = table.scan()
    if top:
        rows = rows.top_k(top, by=keys, reverse=[not each for each in descending])
    return rows.collect(engine="streaming").sort(keys, descending=descending)


def _ngram_table(path: str, where: list[str] | None, containing: list[str] | None) -> ck.scale.NgramTable | None:
    """The table of n-grams at a path, if there is one."""
    location = Location.of(path)
    traces = (manifest_of(location), work_of(location))
    has_parts = any(name.endswith(".parquet") for name in location.children())
    if (location / "manifest.json").exists() or not (has_parts or any(trace.exists() for trace in traces)):
        return None
    if where or containing:
        raise InputError("a table of n-grams has no documents that --where or --containing could choose; take a corpus")
    return ck.scale.NgramTable.open(path)


@app.command()
def kwic(
    corpus: CorpusPath,
    pattern: Annotated[
        str, typer.Argument(help="A word, a phrase, wildcards * and ?, a|b, []{0,3}, /regex/, [lemma=...].")
    ],
    window: Annotated[int, typer.Option(help="Words before and after.", min=0)] = 8,
    sort: Annotated[
        list[str] | None,
        typer.Option(help="before1, after1, node, document or a column; - before it: descending; several times."),
    ] = None,
    sample: Annotated[int | None, typer.Option(help="Take this many lines at random.", min=0)] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.", min=0)] = 0,
    thin: Annotated[int, typer.Option(help="Keep every THIN-th line.", min=1)] = 1,
    exact: Exact = False,
    clitics: Clitics = False,
    within: Within = "paragraph",
    metadata: Annotated[list[str] | None, typer.Option(help="A column to write with each line; several times.")] = None,
    variants: Annotated[bool, typer.Option("--variants", help="Count the spellings that were found instead.")] = False,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Show what a pattern finds in context."""
    opened = _open(corpus, where, containing)
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
    )
    if variants:
        _deliver(lines.variants, opened, top, output)
    elif output:
        _save(lines.frame, opened, output)
    else:
        typer.echo(concordance_text(lines.lines(0, top or None), max_rows=None, total=len(lines), **_terminal()))


@app.command()
def collocations(
    corpus: CorpusPath,
    pattern: Annotated[
        str | None, typer.Argument(help="A pattern as for kwic; without it, n-grams of the corpus.")
    ] = None,
    window: Annotated[
        str, typer.Option(help="Words on each side: 5, or 3,0 (before,after); or sentence, paragraph, document.")
    ] = "5",
    measure: Measures = None,
    within: Annotated[
        str, typer.Option(help="What windows and n-grams may not leave: sentence, paragraph or document.")
    ] = "paragraph",
    expectation: Annotated[str, typer.Option(help="textual or span_factor.")] = "textual",
    min_count: Annotated[int, typer.Option(help="Leave out pairs below this count.", min=1)] = 5,
    n: Annotated[int, typer.Option("-n", help="Without a pattern: words in an n-gram.", min=2)] = 2,
    profile: Profile = "search",
    exact: Exact = False,
    clitics: Clitics = False,
    stopwords: Stopwords = False,
    where: Where = None,
    containing: Containing = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Find the words that keep company with a word, or with one another."""
    opened = _open(corpus, where, containing)
    table = ck.collocations(
        opened,
        pattern,
        window=_window(window),
        measure=measure or ("log_dice", "mi", "log_likelihood_ratio"),
        within=within,
        expectation=expectation,
        min_count=min_count,
        n=n,
        profile=_profile(profile),
        exact=exact,
        clitics=clitics,
        stopwords=ck.stopwords() if stopwords else (),
    )
    label = "collocate" if pattern else "ngram"
    shown = [label, "count", "expected", "documents", *_statistics_of(table)]
    _deliver(table, opened, top, output, shown=shown)


@app.command()
def keyness(
    corpus: CorpusPath,
    target: Annotated[
        list[str], typer.Option(help="The target: documents with COLUMN=VALUE; may stand several times.")
    ],
    reference: Annotated[
        list[str] | None, typer.Option(help="The reference: COLUMN=VALUE; all other documents without it.")
    ] = None,
    measure: Measures = None,
    min_count: Annotated[int, typer.Option(help="Leave out words below this count on both sides together.", min=1)] = 1,
    min_documents: Annotated[int, typer.Option(help="Documents that a key word must stand in.", min=0)] = 0,
    max_dispersion: Annotated[
        float | None, typer.Option(help="Leave out key words above this deviation of proportions.")
    ] = None,
    direction: Annotated[str, typer.Option(help="both, target or reference.")] = "both",
    correction: Annotated[str, typer.Option(help="holm, bonferroni, benjamini_hochberg or none.")] = "holm",
    profile: Profile = "search",
    stopwords: Stopwords = False,
    where: Where = None,
    top: Top = 20,
    output: Output = None,
) -> None:
    """Find the words that are typical of some documents, beside others."""
    opened = _open(corpus, where)
    chosen = _where(opened, target, "--target")
    others = _where(opened, reference, "--reference") if reference else _rest(opened, chosen)
    table = ck.keyness(
        chosen,
        others,
        measure=measure or ("log_likelihood", "log_ratio"),
        min_count=min_count,
        min_documents=min_documents,
        max_dispersion=max_dispersion,
        direction=direction,
        correction=None if correction == "none" else correction,
        profile=_profile(profile),
        stopwords=ck.stopwords() if stopwords else (),
    )
    shown = ["word", "direction", "target_count", "reference_count", *_statistics_of(table), "p_adjusted"]
    _deliver(table, opened, top, output, shown=[*shown, "target_dispersion"])


# What a terminal has room for; a file gets all columns.
_NEWS = {
    "structure": ("1a. Structure", ("id", "headline_words", "furniture", "paragraphs", "sentences", "words", "types")),
    "furniture": ("1b. Furniture", ("document", "start", "end", "kind", "glued", "surface")),
    "quotations": (
        "2. Quotations",
        ("document", "start", "end", "kind", "verb", "speaker", "speaker_source", "actor", "surface"),
    ),
    "actors": ("3. Actors", ("document", "start", "end", "actor", "match", "proclitic", "place", "surface")),
    "labels": ("4. Labels", ("place", "actor", "label", "count", "total", "share", "quoted", "hidden")),
    "dates": ("5. Dates", ("document", "start", "end", "kind", "date", "surface")),
    "network": ("6. Network", ("source", "target", "weight", "documents")),
    "frames": ("7. Frames and themes", ("document", "start", "end", "dimension", "category", "proclitic", "surface")),
    "ngrams": ("8. N-grams", ("ngram", "n", "count", "documents")),
}


@app.command()
def news(
    source: Annotated[str, typer.Argument(help="The folder of a corpus, or what build reads: a file, a folder, ...")],
    actors: Annotated[
        Path | None, typer.Option(help="A TOML file of actors, beside the built-in states; see docs/news/actors.md.")
    ] = None,
    dictionary: Annotated[
        Path | None, typer.Option(help="A TOML file of frames or themes, in place of the built-in ones.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="The metadata column that names the source of each document.")] = None,
    date: Annotated[
        str | None,
        typer.Option(help="The publication date of all documents, as 2014-10-29, in place of the column date."),
    ] = None,
    metonyms: Annotated[bool, typer.Option("--metonyms", help="Take a capital for its state.")] = False,
    collapse_lists: Annotated[
        bool, typer.Option("--collapse-lists", help="Leave sentences that enumerate actors out of the network.")
    ] = False,
    where: Where = None,
    top: Top = 20,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A folder for the whole tables, as .csv with their records.")
    ] = None,
) -> None:
    """Print the tables of a first report on news: furniture, quotations, actors, labels, dates, network, frames."""
    published = _day(date)
    with tempfile.TemporaryDirectory(prefix="corpus-kit-") as folder:
        there = (Path(source) / "manifest.json").is_file()
        built = ck.Corpus.open(source) if there else ck.Corpus.build(source, Path(folder) / "corpus")
        opened = _where(built, where or [], "--where")
        tables = ck.news.report(
            opened,
            actors,
            by=by,
            date=published or "date",
            metonyms=metonyms,
            collapse_lists=collapse_lists,
            dictionary=dictionary,
        )
        for name, (title, shown) in _NEWS.items():
            if output:
                output.mkdir(parents=True, exist_ok=True)
                _save(tables[name], opened, output / f"{name}.csv")
            else:
                _heading(title)
                _deliver(tables[name], opened, top, None, shown=list(shown))
        opened.close()


def _day(date: str | None) -> datetime.date | None:
    try:
        return None if date is None else datetime.date.fromisoformat(date)
    except ValueError:
        raise InputError(f"--date takes a day as 2014-10-29, not {date!r}") from None


@app.command()
def sample(
    corpus: Annotated[Path | None, typer.Argument(help="Where to put it; without it, the cache folder.")] = None,
) -> None:
    """Build the bundled sample of invented news items."""
    _print_card(ck.sample_corpus() if corpus is None else build_sample(corpus))


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("corpus-demo.html"),
) -> None:
    """Build the bundled sample, show words, bigrams and a concordance, and write them as one page."""
    corpus = ck.sample_corpus()
    words = ck.frequency(corpus)
    pairs = ck.ngrams(corpus, n=2)
    lines = ck.kwic(corpus, "إمارة السهل", window=6, sort="before1")
    _print_card(corpus)
    _heading("The most frequent words (folded forms)")
    typer.echo(table_text(words, max_rows=10, **_terminal()))
    _heading("The most frequent bigrams")
    typer.echo(table_text(pairs, max_rows=10, **_terminal()))
    _heading(f"Concordance of {lines.pattern}")
    typer.echo(concordance_text(lines.lines(0, 10), total=len(lines), **_terminal()))
    page = page_html(
        "corpus-kit: the bundled sample",
        [
            "240 news items; all of it is invented. Every number can be made again with the commands of corpus-kit.",
            card_html(corpus),
            heading("Words"),
            table_html(words, caption="الكلمات الأكثر تكرارا", max_rows=15),
            heading("Bigrams"),
            table_html(pairs, caption="الثنائيات الأكثر تكرارا", max_rows=15),
            heading("Concordance"),
            concordance_html(lines.frame, caption=lines.caption, sort=lines.sort),
            *_demo_plots(corpus),
        ],
        fonts=can_embed_faces(),
    )
    write_whole(output, page.encode())
    typer.echo(f"\nWrote {output}. Open it in a browser. The notebooks: corpus-kit lab")


def _demo_plots(corpus: ck.Corpus) -> list[Any]:
    """Two plots as pictures, where the extra "notebooks" is installed."""
    outlet = "مرايا الشرق"
    there = pl.col("outlet") == outlet
    keys = ck.keyness(corpus.filter(there), corpus.filter(~there), min_count=3)
    waves = ck.kwic(corpus, "المسيرات")
    try:
        plots = [
            ("Key words", ck.plot.keyness(keys, title=f"ما يميز {outlet}"), f"Key words of {outlet}"),
            ("Dispersion", ck.plot.dispersion(waves, by="outlet", title="أين ترد المسيرات؟"), "Where a word occurs"),
        ]
        return [part for name, plot, alt in plots for part in (heading(name), image(ck.plot.png(plot), alt=alt))]
    except CorpusKitError:
        return []


@app.command()
def lab(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where to put the notebooks; those you changed are kept.")
    ] = Path("corpus-kit-notebooks"),
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; without it, the next free one.", min=0, max=65535)
    ] = None,
    ip: Annotated[
        str | None, typer.Option(help="The address to listen on; without it, this machine alone can connect.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")] = False,
) -> None:
    """Start JupyterLab with the notebooks, and with Arabic set right to left."""
    from corpus_kit.lab.server import start  # here, since the other commands do not need it

    start(folder, port=port, ip=ip, browser=not no_browser, tell=lambda line: typer.echo(line, err=True))


@app.command()
def bench(
    texts: Annotated[Path | None, typer.Option(help="A Parquet file of texts; without it, text is generated.")] = None,
    column: Annotated[str, typer.Option(help="Its column.")] = "text",
    size: Annotated[float | None, typer.Option(help="Megabytes of generated text; 30, or 1 with --quick.")] = None,
    only: Annotated[
        str | None, typer.Option(help="What to run, parted by commas: normalize, ngrams-2, corpus, ...")
    ] = None,
    repeat: Annotated[int | None, typer.Option(help="Processes for each way; 3, or 1 with --quick.")] = None,
    limit: Annotated[
        float | None, typer.Option(help="Seconds that a process may take; 60, or 20 with --quick.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads for corpus-kit and for its peers.")] = None,
    instructions: Annotated[str | None, typer.Option(help="Force scalar, sse2, avx2, avx512 or neon.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("bench-results"),
    quick: Annotated[bool, typer.Option("--quick", help="A few tasks on little text, once.")] = False,
    environments: Annotated[
        bool | None,
        typer.Option(help="Make environments for camel-tools, tashaphyne and farahidi, in the cache; unless --quick."),
    ] = None,
    with_conc: Annotated[
        bool, typer.Option("--with-conc", help="Run conc too, in an environment of its own (large: it needs spaCy).")
    ] = False,
) -> None:
    """Measure every kernel beside its peers, on the same text, after comparing what they give."""
    from corpus_kit.benchmarks.command import Options, run_and_write  # here, since the other commands do not need it

    # as Ctrl-C does, so that what was started and written aside goes with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = Options(texts, column, size, only, repeat, limit, threads, instructions, quick, environments, with_conc)
    written = run_and_write(options, output, tell=lambda line: typer.echo(line, err=True))
    typer.echo(f"\nWrote {', '.join(map(str, written))}.", err=True)


def _open(path: Path, where: list[str] | None, containing: list[str] | None = None) -> ck.Corpus:
    corpus = _where(ck.Corpus.open(path), where or [], "--where")
    for pattern in containing or []:
        corpus = corpus.containing(pattern)
    return corpus


def _where(corpus: ck.Corpus, conditions: list[str], option: str) -> ck.Corpus:
    """The documents for which all conditions COLUMN=VALUE hold."""
    for condition in conditions:
        column, equals, value = condition.partition("=")
        if not equals:
            raise InputError(f"{option} takes COLUMN=VALUE, not {condition!r}")
        labels = corpus.labels(column)
        corpus = corpus.filter(pl.col(column).cast(pl.String) == value)
        if not len(corpus):
            known = ", ".join(labels.cast(pl.String).unique().drop_nulls().sort().head(20))
            raise InputError(f"no document has {column}={value}. There are: {known}")
    return corpus


def _rest(corpus: ck.Corpus, part: ck.Corpus) -> ck.Corpus:
    """The documents that are not in a part."""
    return corpus.filter(~pl.col("document").is_in(part.selected_documents().tolist()))


def _window(window: str) -> int | tuple[int, int] | str:
    try:
        numbers = [int(each) for each in window.split(",")]
    except ValueError:
        return window  # a unit of text
    if len(numbers) > 2:
        raise InputError(f"--window takes one number, two parted by a comma, or a unit of text, not {window!r}")
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _profile(name: str) -> str | None:
    return None if name == "none" else name


def _orders(n: str) -> int | tuple[int, int]:
    try:
        numbers = [int(part) for part in n.split("-")]
        return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])
    except (ValueError, IndexError):
        raise InputError(f"-n takes a number from 1 to 8 or a range such as 2-4, not {n!r}") from None


def _deliver(
    table: pl.DataFrame, corpus: ck.Corpus | None, top: int, output: Path | None, *, shown: list[str] | None = None
) -> None:
    """Write a table to a file, or show it; a terminal is narrow, so there only the columns `shown`."""
    if output:
        _save(table, corpus, output)
        return
    if shown is not None:
        table = table.select([column for column in shown if column in table.columns])
    typer.echo(table_text(table, max_rows=top or None, **_terminal()))


def _statistics_of(table: pl.DataFrame) -> list[str]:
    """The measures that were asked for, by the record of the table."""
    record = provenance_of(table)
    return list(record["options"]["measure"]) if record else []


def _save(table: pl.DataFrame, corpus: ck.Corpus | None, output: Path) -> None:
    ck.save(table, output, corpus)
    typer.echo(f"Wrote {table.height:,} rows to {output} and how they were made to {output}.json.", err=True)


def _terminal() -> dict[str, Any]:
    """How text is laid out: for the terminal it goes to, or plainly for a file or a pipe."""
    return {"width": shutil.get_terminal_size((100, 24)).columns, "terminal": sys.stdout.isatty()}


def _heading(text: str) -> None:
    typer.secho(f"\n{text}", bold=True)


def _print_card(corpus: ck.Corpus) -> None:
    typer.echo(card_text(corpus))


def main() -> None:
    """Run the command; the library's own errors end it with one line, not with a traceback."""
    try:
        app(prog_name="corpus-kit")
    except CorpusKitError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.secho("interrupted", fg="red", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # the reader of a pipe has gone; nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
