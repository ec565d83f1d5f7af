"""The sheets of a coding project: which units are to be coded by whom, which codes were given, and new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import text_argument
from corpus_kit._base.hashing import hashed
from corpus_kit._base.metadata import exactly
from corpus_kit.coding.coding import with_codes
from corpus_kit.coding.join_codes import code_texts
from corpus_kit.coding.line_codes import LineCodes
from corpus_kit.coding.project_folder import (
    DECIDED,
    Design,
    design_stamp,
    read_design,
    read_sample,
    sample_stamp,
    write_sample,
)
from corpus_kit.coding.shared_sheet import SharedSheet
from corpus_kit.coding.sheet_files import KEY, SHOWN
from corpus_kit.coding.sheet_merge import empty_sheet, expect_single
from corpus_kit.coding.sheet_repairs import repaired
from corpus_kit.errors import InputError, choose, invalid

__all__ = ["PLACE", "Item", "ProjectSheets"]

PLACE = (*KEY, *SHOWN)
_CODES = ("code", "note")
Item = Mapping[str, Any] | tuple[str, int] | str  # a unit: a row, its id and position, or the id of a document


class ProjectSheets:
    """The sample of a project, a sheet for each coder, and one of decisions, read whenever they are asked for.

    Args:
        folder: The folder of the project.
        design: What `project.toml` says.
    """

    def __init__(self, folder: Path, design: Design) -> None:
        self._folder = folder
        self._design, self._design_stamp = design, design_stamp(folder)
        self._codes: dict[tuple[str, str | None], LineCodes] = {}
        self._sheets: dict[str, SharedSheet] = {}
        self._stamp = (-1, -1)
        self._sample: pl.DataFrame = pl.DataFrame()

    def design(self) -> Design:
        """Return what `project.toml` says, read again if somebody has changed it."""
        stamp = design_stamp(self._folder)
        if stamp != self._design_stamp:
            self._design, self._design_stamp = read_design(self._folder) or self._design, stamp
        return self._design

    def _sheet(self, name: str) -> SharedSheet:
        if name not in self._sheets:
            self._sheets[name] = SharedSheet(self.path(name))
        return self._sheets[name]

    def path(self, name: str) -> Path:
        """Return the path of the sheet of a coder, or of that of decisions."""
        return self._folder / f"{name}.csv"

    def sample(self) -> pl.DataFrame:
        """Return the sample, read again if another program has changed it."""
        stamp = sample_stamp(self._folder)
        if stamp != self._stamp:
            self._sample, self._stamp = read_sample(self._folder), stamp
        return self._sample

    def write_sample(self, sample: pl.DataFrame) -> None:
        """Write a sample, and give all sheets the rows that they lack; the caller has the lock of the project."""
        write_sample(self._folder, sample)
        self._stamp = (-1, -1)
        self.complete_all()

    def assigned(self, coder: str) -> pl.DataFrame:
        """Return the units of a coder, in the coder's order; those of later batches come later."""
        design = self.design()
        number = design.coders.index(choose(coder, design.coders, "coder"))
        mine = self.sample().with_row_index("row").filter(pl.col("coders").list.contains(coder))
        if design.order == "random":
            draws = hashed(mine["row"].to_numpy(), design.seed + 1 + number)
            mine = mine.with_columns(pl.Series("draw", draws)).sort("batch", "draw").drop("draw")
        return mine.drop("row")

    def complete(self, coder: str) -> Path:
        """Give the sheet of a coder a row for each unit that it lacks, and return its path.

        What a spreadsheet has changed of ids and names of columns is as it was again.
        """
        units, path, sample = self.assigned(coder), self.path(coder), self.sample()
        known = self._sheet(coder).read().frame
        if known is not None and not repaired(known, sample).equals(known):
            self._sheet(coder).write(lambda frame: empty_sheet() if frame is None else repaired(frame, sample))
            known = self._sheet(coder).read().frame
        if known is None or units.join(known, on=KEY, how="anti").height or not {*_CODES} <= set(known.columns):
            with_codes(units.select(PLACE), path, _CODES)
        return path

    def strays(self, name: str) -> list[str]:
        """Return the places of coded rows of a sheet that belong to no unit of the project."""
        rows = self._codes_in(name, _CODES).filter(pl.any_horizontal(pl.col(_CODES).is_not_null()))
        found = rows.join(self.sample(), on=KEY, how="anti", maintain_order="left")
        return [f"{id}:{position}" for id, position in found.select(KEY).rows()]

    def complete_all(self) -> None:
        """Give each coder's sheet the rows that it lacks."""
        for coder in self.design().coders:
            self.complete(coder)

    def lines(self, coder: str) -> pl.DataFrame:
        """Return the units of a coder with the codes and notes of the coder's sheet."""
        units = self.assigned(coder).select(PLACE)
        return units.join(self._codes_in(coder, _CODES), on=KEY, how="left", maintain_order="left")

    def given(self) -> pl.DataFrame:
        """Return the sample with a column for each coder; codes, distinct: how many gave one, how many differ."""
        found = self.sample().drop("place", "stratum_size", "batch")
        coders = self.design().coders
        for name in (*coders, DECIDED):
            codes = self._codes_in(name, ("code",)).select(*KEY, pl.col("code").alias(name))
            found = found.join(codes, on=KEY, how="left", maintain_order="left")
        who = [exactly(coder) for coder in coders]
        distinct = pl.concat_list(who).list.drop_nulls().list.n_unique()
        return found.with_columns(codes=pl.sum_horizontal(each.is_not_null() for each in who).cast(pl.UInt32),
                                  distinct=distinct)  # fmt: skip

    def known_codes(self, codes: pl.DataFrame) -> list[str]:
        """Return the codes of the codebook that were given, and then all others.

        Args:
            codes: Columns of codes.
        """
        given = set(pl.concat([codes[name].alias("code") for name in codes.columns]).drop_nulls().to_list())
        codebook = self.design().codes
        return [code for code in codebook if code in given] + sorted(given - set(codebook))

    def _codes_in(self, name: str, columns: Sequence[str]) -> pl.DataFrame:
        """Return what a sheet has: id, position, and columns of codes."""
        frame = self._sheet(name).read().frame
        if frame is None:
            return pl.DataFrame(schema={"id": pl.String, "position": pl.UInt32} | dict.fromkeys(columns, pl.String))
        frame = repaired(frame, self.sample())
        expect_single(frame, str(self.path(name)))
        texts = [
            code_texts(frame[each]) if each in frame.columns else pl.Series(each, [None] * frame.height, pl.String)
            for each in columns
        ]
        return frame.select(KEY).with_columns(texts)

    def give(self, coder: str, item: Item, code: str | None, note: str | None) -> None:
        """Write a coder's code of a unit that is the coder's."""
        coder = choose(coder, self.design().coders, "coder")
        self._write(coder, coder, _line(item, self.assigned(coder)), code, note)

    def decide(self, coder: str | None, item: Item, code: str | None, note: str | None) -> None:
        """Write into the sheet of decisions which code a unit has."""
        self._write(DECIDED, coder, _line(item, self.sample()), code, note)

    def _write(self, sheet: str, coder: str | None, line: dict[str, Any], code: object, note: object) -> None:
        if sheet != DECIDED:
            self.complete(sheet)  # it may have been edited since
        if (sheet, coder) not in self._codes:
            self._codes[sheet, coder] = LineCodes(self._sheet(sheet), coder)
        codes = self._codes[sheet, coder]
        codes.refresh()
        values = {"code": None if code is None else _seen(text_argument(code, "code"))}
        values |= {} if note is None else {"note": text_argument(note, "note")}
        codebook = self.design().codes
        if code is not None and codebook and values["code"] != _seen(codes.value(line, "code")):
            choose(values["code"], codebook, "code")  # one that it has may stay, to write a note
        refused = codes.set(line, values)
        if refused:
            raise InputError(str(refused[0]))


def _seen(code: str | None) -> str | None:
    """Return a code as it is read from sheets."""
    found: str | None = code_texts(pl.Series([code], dtype=pl.String))[0]
    return found


def _line(item: object, units: pl.DataFrame) -> dict[str, Any]:
    """Return the id, position, before, node and after of one of some units."""
    if isinstance(item, Mapping):
        key = (item.get("id"), item.get("position", 0))
    else:
        key = tuple(item) if isinstance(item, tuple | list) and len(item) == 2 else (item, 0)
    id, position = key
    if not isinstance(id, str) or isinstance(position, bool) or not isinstance(position, int | np.integer):
        raise invalid("item", "a row with id and position, or these two", item)
    found = units.filter((pl.col("id") == id) & (pl.col("position") == int(position)))
    if not found.height:
        raise invalid("item", "a unit that is to be coded", f"{id}:{position}", "See lines or sample.")
    return found.select(PLACE).row(0, named=True)
