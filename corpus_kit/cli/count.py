"""The command that counts at scale, here or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.distribution import how_to_install
from corpus_kit.cli.options import Profile, Progress, Top, Within, as_n, as_profile
from corpus_kit.cli.output import InterruptedCommandError, Shown, deliver, print_heading, say
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.safe_text import one_line
from corpus_kit.scale.locations import Location
from corpus_kit.scale.slurm import SlurmJobs, slurm_script
from corpus_kit.scale.work import manifest_of

__all__ = ["count"]

_SLURM = "With --slurm: "


def count(
    source: Annotated[
        list[str], typer.Argument(help="Files, folders, globs or URLs: .parquet, .jsonl, .txt, also .gz, .bz2, .xz.")
    ],
    out: Annotated[str, typer.Argument(help="The folder of the table, or its URL.")],
    n: Annotated[str, typer.Option("-n", help="Words in an n-gram: 2, or a range such as 1-3.")] = "2",
    text: Annotated[str, typer.Option(help="The text column of tables.")] = "text",
    profile: Profile = "search",
    within: Within = "paragraph",
    min_count: Annotated[int, typer.Option(help="Exclude n-grams below this count.", min=1)] = 1,
    memory: Annotated[
        str | None,
        typer.Option(help="Memory of the count, in each worker process; 2GB, or with --slurm 60 % of a worker's."),
    ] = None,
    tokenizer: Annotated[str, typer.Option(help="standard or whitespace.")] = "standard",
    skip: Annotated[int, typer.Option(help="Words that a skip-gram may skip in all.", min=0)] = 0,
    lines: Annotated[bool, typer.Option("--lines", help="Read each line of a .txt file as a document.")] = False,
    unreadable: Annotated[
        str, typer.Option(help="raise, or skip to leave out files that cannot be read and list them.")
    ] = "raise",
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Resume an interrupted count, or start again and replace it.")
    ] = True,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Use the workers of a Dask scheduler: its address (tcp://...) or its scheduler file."),
    ] = None,
    progress: Progress = None,
    top: Top = 20,
    slurm: Annotated[
        Path | None,
        typer.Option(
            help="Count nothing; write a Python script that counts on a Slurm cluster (- for standard output)."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=f"{_SLURM}replace an existing script.")] = False,
    workers: Annotated[int, typer.Option(help=f"{_SLURM}worker processes in all.", min=1)] = 4,
    workers_per_job: Annotated[int, typer.Option(help=f"{_SLURM}workers in one job.", min=1)] = 1,
    worker_memory: Annotated[str, typer.Option(help=f"{_SLURM}memory of each worker.")] = "4GB",
    walltime: Annotated[str, typer.Option(help=f"{_SLURM}time limit of a job.")] = "04:00:00",
    partition: Annotated[str | None, typer.Option(help=f"{_SLURM}the partition (queue) of the jobs.")] = None,
    account: Annotated[str | None, typer.Option(help=f"{_SLURM}the account to charge.")] = None,
    interface: Annotated[
        str | None, typer.Option(help=f"{_SLURM}the network interface between nodes, such as ib0.")
    ] = None,
    python: Annotated[str, typer.Option(help=f"{_SLURM}the interpreter, a name or a path.")] = "python",
    log_directory: Annotated[Path | None, typer.Option(help=f"{_SLURM}a folder for the logs of jobs.")] = None,
    modules: Annotated[
        list[str] | None, typer.Option(help=f"{_SLURM}an environment module to load; can be repeated.")
    ] = None,
    prologue: Annotated[
        list[str] | None, typer.Option(help=f"{_SLURM}a shell command to run first; can be repeated.")
    ] = None,
    directives: Annotated[
        list[str] | None, typer.Option(help=f"{_SLURM}a further option of sbatch; can be repeated.")
    ] = None,
) -> None:
    """Count n-grams of texts larger than memory, on this machine or on a cluster, into a folder of Parquet files.

    To resume an interrupted count, give the same command again.
    """
    options: dict[str, Any] = {
        "text": text,
        "profile": as_profile(profile),
        "min_count": min_count,
        "tokenizer": tokenizer,
        "skip": skip,
        "within": within,
        "lines": lines,
        "unreadable": unreadable,
        "resume": resume,
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
            log_directory=log_directory,
            modules=modules or (),
            prologue=prologue or (),
            directives=directives or (),
        )
        script = slurm_script(source, out, n=as_n(n), memory=memory, jobs=jobs, **options)
        _write_script(script, slurm, overwrite=overwrite)
        return
    try:
        with _client(scheduler) as client:
            table = ck.scale.count_ngrams(
                source, as_n(n), out, memory=memory or "2GB", client=client, progress=progress, **options
            )
    except KeyboardInterrupt:
        again = "resumes the count" if resume else "starts again"
        raise InterruptedCommandError(f"interrupted; the same command {again}") from None
    _print_count(table)
    print_heading("The most frequent n-grams")
    frequent = _most_frequent(table, top)
    deliver(frequent, None, Shown(top))
    if frequent.height < table.manifest["counts"]["ngrams"]:
        say(f"(showing {frequent.height:,} of {table.manifest['counts']['ngrams']:,} rows)")


def _write_script(script: str, target: Path, *, overwrite: bool) -> None:
    if str(target) == "-":
        say(script, nl=False)
        return
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists already. Give --overwrite to replace it.")
    Location.of(target, argument="--slurm").write([script.encode()], private=True)
    say(f"Wrote {one_line(str(target))}. Its first lines say how to run it.", error=True)


@contextmanager
def _client(scheduler: str | None) -> Iterator[Any]:
    """Connect to the Dask scheduler at an address or in a scheduler file."""
    if scheduler is None:
        yield None
        return
    try:
        from distributed import Client  # optional: the extra `cluster`
    except ImportError:
        raise CorpusKitError(f"--scheduler needs Dask. {how_to_install('cluster')}") from None
    is_file = Path(scheduler).is_file()
    if not is_file and "://" not in scheduler:
        raise InputError(
            f"--scheduler must be an address such as tcp://host:8786 or a scheduler file, got {scheduler!r}."
        )
    try:
        given = {"scheduler_file": scheduler} if is_file else {"address": scheduler}
        client = Client(**given)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise CorpusKitError(f"No scheduler answers at {scheduler}: {error}") from None
    with client:
        yield client


def _print_count(table: ck.scale.NgramTable) -> None:
    """Print what was counted, what was left out, and where the table is."""
    manifest, counts = table.manifest, table.manifest["counts"]
    low, high = table.options["n"]
    rows = [
        ("files", f"{counts['files']:,}"),
        ("documents", f"{counts['documents']:,}"),
        ("words", f"{counts['tokens']:,}"),
        ("n", f"{low}" if low == high else f"{low} to {high}"),
        ("n-grams", f"{counts['ngrams']:,}, with {counts['occurrences']:,} occurrences"),
        ("min_count", f"{table.options['min_count']:,}"),
        *_first_lines("left out", [f"{each['name']}: {each['reason']}" for each in manifest["unreadable"]]),
        *_first_lines("not read", [f"{name}: another kind of file" for name in manifest["source"]["ignored"]]),
        ("table", str(table.location)),
        ("manifest", str(manifest_of(table.location))),
        ("checksum", f"sha256 {manifest['checksum']}"),
    ]
    say("\n".join(f"  {label:<10} {one_line(value)}" for label, value in rows))


def _first_lines(label: str, lines: list[str], most: int = 10) -> list[tuple[str, str]]:
    """Return the first lines, and how many more there are."""
    more = [f"{len(lines) - most:,} more, listed in the manifest"] if len(lines) > most else []
    return [(label, line) for line in [*lines[:most], *more]]


def _most_frequent(table: ck.scale.NgramTable, top: int) -> pl.DataFrame:
    """Return the first rows in the order of ck.ngrams; all rows if `top` is 0."""
    keys, descending = ["count", "n", "ngram"], [True, False, False]
    rows = table.scan()
    if top:
        rows = rows.top_k(top, by=keys, reverse=[not each for each in descending])
    return rows.collect(engine="streaming").sort(keys, descending=descending)
