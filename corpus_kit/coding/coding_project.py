"""`ck.coding_project`: several coders code lines or documents, agree, decide, and learn how common codes are."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, integer, path_argument, text_argument
from corpus_kit._base.locks import locked
from corpus_kit.coding.population import placed_units
from corpus_kit.coding.project import CodingProject
from corpus_kit.coding.project_folder import (
    ORDERS,
    Design,
    codebook_argument,
    coders_argument,
    expect_same,
    read_design,
    read_sample,
    share_argument,
    write_design,
    write_sample,
)
from corpus_kit.coding.project_units import Units, units_of
from corpus_kit.coding.unit_sample import ALLOCATIONS, drawn_first, joined, with_coders
from corpus_kit.errors import InputError, choose, invalid

__all__ = ["coding_project"]

_SEEDS = 2**63 - 1  # TOML has no larger integers


def coding_project(
    folder: str | os.PathLike[str],
    corpus: Any = None,
    *,
    codes: Sequence[str] | Mapping[str, str] | None = None,
    coders: Sequence[str] | None = None,
    question: str | None = None,
    sample: int | None = None,
    by: str | None = None,
    allocation: str | None = None,
    overlap: float | None = None,
    blind: bool | None = None,
    order: str | None = None,
    seed: int | None = None,
) -> CodingProject:
    """Create or open a project in which several coders code lines or whole documents.

    A project is a folder: `project.toml` says what was asked of whom, `sample.parquet` which units were drawn, with
    which probability and for whom, and each coder has a sheet, NAME.csv, that of `Concordance.code`. Several coders
    and programs may work in it at once. A folder that has a project is opened; what it was made with is then left out
    or the same, but for `codes` and `question`, which may change, and for coders who join.

    Args:
        folder: The folder; it is created if it does not exist.
        corpus: A concordance, whose lines are the units, or a corpus or subcorpus, whose documents are. None opens a
            project without its texts, which `rank`, `extend`, `accuracy`, `prevalence` and `concordance` need.
        codes: The codebook: a list of codes, or a mapping from codes to descriptions. None lets coders give any code.
        coders: The names of the coders. They name sheets and columns. A coder who joins later is named after those with
            whom the project was made, and codes what all code and a share of what `extend` adds.
        question: What the coders are asked.
        sample: The number of units to be coded, drawn at random; all if there are no more. None takes all.
        by: A metadata column; the sample is drawn from each of its values, at least two units of each. Units without a
            value are a stratum of their own. None draws from all together.
        allocation: How many units each stratum gives: "proportional" to its size (the default) or "equal".
        overlap: The share of the units that all coders code, a random one, from 0 to 1; the others go to one coder
            each, in turn. 1, the default, has all coded by everyone.
        blind: Whether coders see their own codes only, until they have coded a unit; True by default.
        order: The order in which a coder sees the units: "random" (the default), each coder another one, so that what
            is coded first is a random sample, too; or "corpus".
        seed: A non-negative integer, 0 by default; the same seed draws the same units.

    Returns:
        A CodingProject.

    Raises:
        InputError: If an argument is invalid or differs from what the project was made with, if there is nothing to
            code, or if the folder cannot be read or written.

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> lines = ck.kwic(ck.sample_corpus(), "في")
        >>> folder = tempfile.mkdtemp()
        >>> project = ck.coding_project(
        ...     folder, lines, codes=["place", "time"], coders=["sara", "ali"], sample=20, by="outlet", overlap=0.5
        ... )
        >>> project.progress().select("coder", "units", "coded").rows()
        [('sara', 15, 0), ('ali', 15, 0)]
        >>> project.give("sara", project.lines("sara").row(0, named=True), "time")
        >>> ck.coding_project(folder).progress()["coded"].to_list()
        [1, 0]
    """
    path = path_argument(folder, "folder")
    units = None if corpus is None else units_of(corpus)
    given = {
        "coders": None if coders is None else coders_argument(coders),
        "by": None if by is None else text_argument(by, "by"),
        "allocation": None if allocation is None else choose(allocation, ALLOCATIONS, "allocation"),
        "overlap": None if overlap is None else share_argument(overlap, "overlap"),
        "blind": None if blind is None else boolean(blind, "blind"),
        "order": None if order is None else choose(order, ORDERS, "order"),
        "seed": None if seed is None else integer(seed, "seed", least=0, most=_SEEDS),
    }
    editable = {
        "codes": None if codes is None else codebook_argument(codes),
        "question": None if question is None else text_argument(question, "question"),
    }
    size = None if sample is None else integer(sample, "sample", least=1)
    try:
        path.mkdir(parents=True, exist_ok=True) if units is not None else None
    except OSError as error:
        raise InputError(f"cannot make the folder {str(path)!r}: {error.strerror or error}.") from None
    if not path.is_dir():
        raise InputError(f"folder must have a coding project, got {str(path)!r}. Pass corpus= to make one.")
    design = read_design(path)
    if design is None or _changed(path, design, given, editable) is not None:  # else it may be read only
        with locked(path / ".project.lock", f"the coding project {str(path)!r}"):
            design = read_design(path)
            if design is None:
                design = _created(path, units, given | editable, size)
            elif (changed := _changed(path, design, given, editable)) is not None:
                design, with_new = changed
                write_sample(path, with_new)  # before the design: who is killed in between does it again
                write_design(path, design)
    project = CodingProject(path, design, units)
    if size is not None and not project.sample["batch"].max() and project.sample.height != min(size, design.population):
        hint = "CodingProject.extend adds units."
        raise invalid("sample", f"{project.sample.height:,}, with which the project was made", size, hint)
    return project


def _changed(
    path: Path, design: Design, given: Mapping[str, Any], editable: Mapping[str, Any]
) -> tuple[Design, pl.DataFrame] | None:
    """Return the design and the sample as they are to be, with coders who join; None if they are so."""
    coders = given["coders"] or design.coders
    if coders[: len(design.coders)] != design.coders:
        hint = "Name all of them, and new ones after them."
        raise invalid("coders", f"{design.coders!r:.60}, with whom the project was made", coders, hint)
    expect_same(design, {**given, "coders": None})
    values = {name: value for name, value in editable.items() if value is not None}
    wanted = replace(design, coders=coders_argument(coders), **values)
    sample = read_sample(path)
    with_new = joined(sample, coders, design.overlap)
    return None if wanted == design and with_new.equals(sample) else (wanted, with_new)


def _created(path: Path, units: Units | None, given: Mapping[str, Any], size: int | None) -> Design:
    """Draw the sample of a new project, write it, and return the design."""
    if units is None:
        raise InputError(f"folder must have a coding project, got {str(path)!r}. Pass corpus= to make one.")
    if given["coders"] is None:
        raise invalid("coders", "a list of names", None)
    chosen = {name: value for name, value in given.items() if value is not None}
    population = units.frame
    if not population.height:
        raise InputError("corpus must have lines or documents to code, and there are none.")
    design = Design(
        **{"codes": {}, **chosen},
        unit=units.unit,
        pattern=units.pattern,
        corpus=units.corpus.id,
        population=population.height,
        digest=units.digest,
    )
    sample = drawn_first(placed_units(units, design), population.height if size is None else size, design.allocation)
    sample = with_coders(sample, design.coders, design.overlap).with_columns(batch=pl.lit(0, pl.Int64))
    write_sample(path, sample)
    write_design(path, design)
    return design
