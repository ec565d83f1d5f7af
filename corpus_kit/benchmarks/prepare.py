"""The text of a benchmark: read or generated, checked, and written in the variants that tasks need."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.errors import InputError, SourceError, choose

__all__ = ["SAMPLE", "WHOLE", "Prepared", "given_texts", "prepare", "read"]

# Normalisers disagree on these: marks beyond U+064B-0652, alef wasla and similar letters, Quranic signs, format
# characters.
DISAGREED = (
    "[\u0610-\u061a\u061c\u0653-\u065f\u0670-\u0673\u06d6-\u06ed\u08ca-\u08ff"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
# Whatever str.split splits at.
_WHITE_SPACE = r"[\s\x1c-\x1f]+"

WHOLE, SAMPLE = "whole", "sample"
_SAMPLE_BYTES = 3e6  # compared in full before anything is timed


@dataclass(frozen=True)
class Prepared:
    """The texts on disk.

    Attributes:
        folder: Holds `<part>-<variant>.parquet` and, for peers without Polars, `.json`; part is "whole" or "sample".
        description: Name, documents, bytes, SHA-256 and so on, for the report.
        sizes: UTF-8 bytes of each variant.
    """

    folder: Path
    description: dict[str, Any]
    sizes: dict[str, int]

    def file(self, part: str, variant: str, ending: str = "parquet") -> Path:
        """Return the file of a part in a variant; JSON is written when it is first needed."""
        path = self.folder / f"{part}-{variant}.{ending}"
        if ending == "json" and not path.exists():
            texts = read(self.file(part, variant)).to_list()
            path.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        return path


def given_texts(path: Path, column: str) -> pl.Series:
    """Return a column of strings from a Parquet file.

    Raises:
        SourceError: If the file cannot be read.
        InputError: If there is no such column, or it has no texts.
    """
    try:
        schema = pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"--texts {path} cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    choose(column, schema, "--column")
    if schema[column] != pl.String:
        raise InputError(f"--column must be a column of strings, got {column!r} of type {schema[column]}.")
    texts = pl.read_parquet(path, columns=[column])[column].alias("text")
    if not texts.fill_null("").str.len_bytes().sum():
        raise InputError(f"--column must be a column with texts, got {column!r}, which has none.")
    return texts


def prepare(folder: Path, *, texts: pl.Series | None, size: float, name: str) -> Prepared:
    """Write the texts in all variants.

    - raw: as they are; a null is an empty text
    - agreed: without the code points that normalisers treat differently
    - spaced: all white space reduced to single spaces

    Args:
        folder: The folder to write to.
        texts: The texts; None generates some.
        size: Megabytes of generated text.
        name: The name of the text in the report.
    """
    raw = (generated_texts(size) if texts is None else texts).fill_null("").rechunk()
    variants = {
        "raw": raw,
        "agreed": raw.str.replace_all(DISAGREED, ""),
        "spaced": raw.str.replace_all(_WHITE_SPACE, " ").str.strip_chars(" "),
    }
    sizes = {variant: int(column.str.len_bytes().sum()) for variant, column in variants.items()}
    every = max(1, round(sizes["raw"] / _SAMPLE_BYTES))
    for variant, column in variants.items():
        for part, rows in ((WHOLE, column), (SAMPLE, column.gather_every(every))):
            rows.rechunk().to_frame("text").write_parquet(folder / f"{part}-{variant}.parquet")
    words = variants["spaced"].str.count_matches(" ", literal=True) + (variants["spaced"] != "")
    lost = int(raw.str.len_chars().sum()) - int(variants["agreed"].str.len_chars().sum())
    description = {
        "name": name,
        "documents": len(raw),
        "empty_or_null": int((raw == "").sum()),
        "bytes": sizes["raw"],
        "white_space_tokens": int(words.sum()),
        "sha256": _checksum(raw),
        "compared_in_full": f"every {every}th document" if every > 1 else "every document",
        "code_points_left_out_for_normalisers": lost,
    }
    return Prepared(folder, description, sizes)


def read(path: Path) -> pl.Series:
    """Return the texts, not memory-mapped, so that no page of the file is read inside the clock."""
    return pl.read_parquet(path)["text"].rechunk()


def _checksum(texts: pl.Series) -> str:
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode()
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()
