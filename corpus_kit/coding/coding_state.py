"""What a page shows of a coding project, as values of JSON: next units, progress, agreement, disagreements.

The page tells what it wants by plain values, too; `InputError` says what is wrong with them.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.coding.project import CodingProject

__all__ = ["coding_queue", "coding_summary", "disagreement_page"]

_MOST = 200  # rows of a page
_REPLICATES = 200  # of the bootstrap, which a page waits for


def coding_queue(project: CodingProject, coder: str, *, skip: int = 0, count: int = 1) -> dict[str, Any]:
    """Return the next units that a coder has not coded.

    Args:
        project: The project.
        coder: The name of the coder.
        skip: How many of them to pass over; a coder may come back to them.
        count: How many units.

    Returns:
        question, codes (a list of code and description), coder, blind, unit, units, coded, and `next`: a list of units
        with id, position, before, node, after, note, and in a project that is not blind `others`, the codes of the
        other coders by name. It is empty if all is coded.

    Raises:
        InputError: If the coder is unknown, or a number is invalid.

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> lines = ck.kwic(ck.sample_corpus(), "هدنة")
        >>> project = ck.coding_project(tempfile.mkdtemp(), lines, coders=["sara"], sample=5)
        >>> state = coding_queue(project, "sara")
        >>> state["units"], state["coded"], state["next"][0]["node"]
        (5, 0, 'هدنة')
    """
    skip, count = integer(skip, "skip", least=0), integer(count, "count", least=1, most=_MOST)
    lines = project.lines(coder)
    left = lines.filter(pl.col("code").is_null())
    others = [name for name in project.coders if name in lines.columns and name != coder]
    rows = []
    for row in left.slice(min(skip, left.height), count).iter_rows(named=True):
        unit = {name: row[name] for name in ("id", "position", "before", "node", "after", "note")}
        rows.append(unit if project.design.blind else unit | {"others": {name: row[name] for name in others}})
    return {
        "question": project.design.question,
        "codes": [{"code": code, "description": said} for code, said in project.codebook.items()],
        "coder": coder,
        "blind": project.design.blind,
        "unit": project.design.unit,
        "units": lines.height,
        "coded": lines.height - left.height,
        "next": rows,
    }


def coding_summary(project: CodingProject) -> dict[str, Any]:
    """Return progress and agreement.

    Args:
        project: The project.

    Returns:
        progress: the rows of `CodingProject.progress`; agreement: the row of `CodingProject.agreement` about all codes,
        with intervals from 200 replicates; None with one coder; disagreements: how many units are disputed and nobody
        has decided about; decisions: how many units have each `decision` of `CodingProject.codes`.
    """
    decisions = project.codes(warnings=False)["decision"].drop_nulls().value_counts(sort=True)
    counts = dict(decisions.sort("decision").rows())
    several = len(project.coders) > 1
    return {
        "progress": project.progress().to_dicts(),
        "agreement": project.agreement(n_bootstrap=_REPLICATES, each=False).row(0, named=True) if several else None,
        "disagreements": counts.get("disputed", 0),
        "decisions": counts,
    }


def disagreement_page(
    project: CodingProject, coder: str | None = None, *, first: int = 0, count: int = 50
) -> dict[str, Any]:
    """Return some of the units to which coders gave different codes.

    Args:
        project: The project.
        coder: Who looks, as in `CodingProject.disagreements`.
        first: The first row, from 0.
        count: How many rows.

    Returns:
        total, and rows: id, position, before, node, after, codes (by coder), decided.
    """
    first, count = integer(first, "first", least=0), integer(count, "count", least=1, most=_MOST)
    found = project.disagreements(coder)
    rows = [
        {name: row[name] for name in ("id", "position", "before", "node", "after", "decided")}
        | {"codes": {name: row[name] for name in project.coders if row[name] is not None}}
        for row in found.slice(min(first, found.height), count).iter_rows(named=True)
    ]
    return {"total": found.height, "rows": rows}
