"""The folder of a coding project: `project.toml` for people, the sample, and a sheet for each coder.

Beside `project.toml` there are `sample.parquet` (what was drawn, with which probability, and for whom), `NAME.csv` for
each coder, `decided.csv` once a disagreement was decided, and the locks and histories of the sheets. Files are written
aside and renamed, `project.toml` last, so that a folder without it is no project yet.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import is_text
from corpus_kit._base.files import DEVICES, read_toml, read_whole, write_whole
from corpus_kit._base.metadata import is_pattern
from corpus_kit.coding.join_codes import code_texts
from corpus_kit.coding.line_codes import coder_name
from corpus_kit.coding.unit_sample import ALLOCATIONS, SAMPLE
from corpus_kit.corpus.storage import reason
from corpus_kit.errors import InputError, invalid

__all__ = [
    "DECIDED",
    "ORDERS",
    "Design",
    "codebook_argument",
    "coders_argument",
    "design_stamp",
    "expect_same",
    "read_design",
    "read_sample",
    "sample_stamp",
    "share_argument",
    "write_design",
    "write_sample",
]  # fmt: skip

DECIDED = "decided"  # the sheet of decisions
ORDERS = ("random", "corpus")
_DESIGN, _SAMPLE, _VERSION = "project.toml", "sample.parquet", 1
_FORBIDDEN = frozenset('/\\:*?"<>|.')  # in the names of files, on some system
# Columns of the tables of a project, in which each coder has one.
_TAKEN = {
    *SAMPLE, DECIDED, "code", "note", "codes", "distinct", "decision", "document", "start", "end", "project", "row",
    "variable", "winner",
}  # fmt: skip
_LONGEST_NAME = 200  # bytes of a name; those of files have 255, with their endings
_MOST = 1_000  # codes


@dataclass(frozen=True)
class Design:
    """What `project.toml` says.

    Attributes:
        coders: The names of the coders.
        codes: The codebook: descriptions by code; empty if any code may be given.
        unit: "line" or "document".
        pattern: What lines were found by; "" for documents.
        corpus: The id of the corpus.
        population: The number of units.
        digest: A SHA-256 of their ids and positions.
        question: What the coders are asked.
        blind: Whether coders see their own codes only.
        order: In which order coders see the units, "random" or "corpus".
        seed: Of all random choices.
        by: The metadata column of the strata; None if there are none.
        allocation: "proportional" or "equal".
        overlap: The share of the units that all coders code.
    """

    coders: list[str]
    codes: dict[str, str]
    unit: str
    pattern: str
    corpus: str
    population: int
    digest: str
    question: str = ""
    blind: bool = True
    order: str = "random"
    seed: int = 0
    by: str | None = None
    allocation: str = "proportional"
    overlap: float = 1.0
    more: Mapping[str, Any] = field(default_factory=dict)  # what people wrote into the file


def coders_argument(coders: object) -> list[str]:
    """Return the names of coders, which are columns and names of files."""
    given = [coders] if isinstance(coders, str) else coders
    if not isinstance(given, list | tuple) or not given:
        raise invalid("coders", "a list of names", coders)
    found = [unicodedata.normalize("NFC", coder_name(coder)) for coder in given if coder is not None]
    for name in found:
        if len(name.encode(errors="replace")) > _LONGEST_NAME:
            raise invalid("coders", f"names of at most {_LONGEST_NAME} bytes in UTF-8", name)
        if _FORBIDDEN & set(name) or is_pattern(name) or not is_text(name) or name.lower() in _TAKEN | DEVICES:
            raise invalid("coders", "names that can be names of files and are no columns of the tables", name)
    if len({name.casefold() for name in found}) < len(given):
        raise invalid("coders", "different names, also in capitals", coders)
    return found


def codebook_argument(codes: object) -> dict[str, str]:
    r"""Return codes with their descriptions; codes are written as they are read from sheets (`code_texts`).

    >>> codebook_argument(["مؤيِّد"]) == codebook_argument(["مؤي\N{ARABIC SHADDA}\N{ARABIC KASRA}د"])
    True
    """
    given = codes if isinstance(codes, Mapping) else None
    listed = list(given) if given is not None else codes
    if not isinstance(listed, list | tuple) or len(listed) > _MOST:
        raise invalid("codes", f"a list of at most {_MOST:,} codes, or a mapping from codes to descriptions", codes)
    found = {}
    for code in listed:
        said = "" if given is None else given[code]
        for value in (code, said):
            if not isinstance(value, str) or not is_text(value):
                raise invalid("codes", "texts", value)
        name = code_texts(pl.Series([code], dtype=pl.String))[0]
        if name is None or not name.isprintable() or name in found:
            raise invalid("codes", "different texts, not empty and on one line", code)
        found[name] = said
    return found


def share_argument(value: object, name: str) -> float:
    """Return a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value <= 1:
        raise invalid(name, "a number from 0 to 1", value)
    return float(value)


def read_design(folder: Path) -> Design | None:
    """Return the design of a project; None if the folder has none.

    Raises:
        InputError: If `project.toml` is damaged.
    """
    path = folder / _DESIGN
    try:
        data = read_whole(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot read the coding project {str(path)!r}: {error.strerror or error}.") from None
    try:
        found = read_toml(data)
        if found.pop("version", None) != _VERSION:
            raise ValueError(f"version is not {_VERSION}")
        sample, codes = found.pop("sample"), codebook_argument(found.pop("codes", {}))
        names = [name for name in Design.__dataclass_fields__ if name != "more"]
        values = {"by": None} | {name: value for name, value in (sample | found).items() if name in names}
        values["codes"] = codes
        values["coders"] = coders_argument(values["coders"])
        design = Design(**values, more={name: value for name, value in found.items() if name not in names})
        _expect_types(design)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the coding project {str(path)!r} cannot be read: {reason(error)}. Repair it.") from None
    return design


def _expect_types(design: Design) -> None:
    texts = ("unit", "pattern", "corpus", "digest", "question", "order", "allocation")
    fits = (
        all(isinstance(getattr(design, name), str) for name in texts)
        and design.unit in ("line", "document")
        and design.order in ORDERS
        and design.allocation in ALLOCATIONS
        and isinstance(design.blind, bool)
        and type(design.seed) is int
        and type(design.population) is int
        and isinstance(design.overlap, int | float)
        and (design.by is None or isinstance(design.by, str))
    )
    if not fits:
        raise ValueError("a value has another type, or is not allowed")


def write_design(folder: Path, design: Design) -> None:
    """Write `project.toml`, whole or not at all."""
    lines = [
        "# A coding project of corpus-kit. The question, the codes and their descriptions may be edited.",
        f"version = {_VERSION}",
        *(f"{name} = {_toml(getattr(design, name))}" for name in _TOP),
        *(f"{_toml(name)} = {_toml(value)}" for name, value in design.more.items() if _is_plain(value)),
        "",
        "[sample]  # changing it changes nothing: sample.parquet has what was drawn",
        *(f"{name} = {_toml(value)}" for name in _BELOW if (value := getattr(design, name)) is not None),
        "",
        "[codes]",
        *(f"{_toml(code)} = {_toml(said)}" for code, said in design.codes.items()),
    ]
    write_whole(folder / _DESIGN, ("\n".join(lines) + "\n").encode())


_TOP = ("question", "coders", "blind", "order", "unit", "pattern", "corpus")
_BELOW = ("population", "digest", "by", "allocation", "overlap", "seed")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) or (
        isinstance(value, list) and all(isinstance(each, str | int | float) for each in value)
    )


def _toml(value: object) -> str:
    r"""Return a value as TOML, whose strings are those of JSON but for one control character.

    >>> print(_toml('a "b"\n'), _toml(True), _toml(["x"]))
    "a \"b\"\n" true ["x"]
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_sample(folder: Path) -> pl.DataFrame:
    """Return the sample of a project.

    Raises:
        InputError: If it is damaged or gone.
    """
    path = folder / _SAMPLE
    try:
        return pl.read_parquet(io.BytesIO(path.read_bytes())).select(
            pl.col(name).cast(dtype) for name, dtype in SAMPLE.items()
        )
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(f"the sample {str(path)!r} cannot be read: {reason(error)}.") from None


def design_stamp(folder: Path) -> tuple[int, int]:
    """Return what changes when `project.toml` does."""
    return _stamp(folder / _DESIGN)


def write_sample(folder: Path, sample: pl.DataFrame) -> None:
    """Write the sample, whole or not at all."""
    file = io.BytesIO()
    sample.select(SAMPLE.keys()).write_parquet(file)
    write_whole(folder / _SAMPLE, file.getvalue())


def sample_stamp(folder: Path) -> tuple[int, int]:
    """Return what changes when the sample does."""
    return _stamp(folder / _SAMPLE)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def expect_same(design: Design, given: Mapping[str, object]) -> None:
    """Raise InputError if an argument differs from what the project was made with."""
    for name, value in given.items():
        if value is not None and value != getattr(design, name):
            raise invalid(
                name, f"{getattr(design, name)!r:.60}, with which the project was made", value,
                "Leave it out, or use another folder.",
            )  # fmt: skip
