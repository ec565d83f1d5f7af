"""What a coding project is about: the lines of a concordance, or the documents of a corpus."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any, Protocol

import polars as pl

from corpus_kit._base.arguments import text_argument
from corpus_kit._base.metadata import as_text, type_name
from corpus_kit.coding.sheet_files import KEY, SHOWN
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid

__all__ = ["Lines", "Units", "units_of"]

_BEGINNING = 300  # code points of a document that a sheet shows


class Lines(Protocol):
    """What a concordance is here, which stands above this folder."""

    corpus: CorpusView
    pattern: str

    @property
    def frame(self) -> pl.DataFrame: ...
    def rows(self, rows: Any) -> Any: ...


class Units:
    """The units of a population, in the order of the texts.

    Args:
        corpus: The corpus that they are of.
        lines: The concordance whose lines they are; None for documents.
    """

    def __init__(self, corpus: CorpusView, lines: Lines | None = None) -> None:
        self.corpus = corpus
        self.lines = lines
        self.unit = "document" if lines is None else "line"
        self.pattern = "" if lines is None else lines.pattern

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The units: line (number in the concordance), document, id, position, before, node, after, length.

        A document has the position 0, no context, its beginning as node (its id, if it is empty), and a length.
        """
        if self.lines is not None:
            found = self.lines.frame.select("document", *KEY, *SHOWN).with_row_index("line")
            found = found.unique(KEY, keep="first", maintain_order=True).sort("document", "position")
            return found.with_columns(length=pl.lit(0, pl.UInt32))
        self.corpus.check_open()
        beginning = pl.col("text").str.slice(0, _BEGINNING).str.replace_all(r"\s+", " ").str.strip_chars()
        length = pl.col("text").str.len_chars()
        with reading(self.corpus.path):
            found = self.corpus.documents.select("document", "id", node=beginning, length=length).collect()
        node = pl.when(pl.col("node") != "").then("node").otherwise("id")
        empty = pl.lit("")
        found = found.with_row_index("line").with_columns(position=pl.lit(0, pl.UInt32), before=empty, after=empty)
        return found.select("line", "document", *KEY, "before", node.alias("node"), "after", "length")

    @cached_property
    def digest(self) -> str:
        """A SHA-256 of the ids and positions, and of what is there."""
        texts = (pl.col(name).cast(pl.String) for name in (*KEY, "node", "length"))
        places = self.frame.select(pl.concat_str(*texts, separator="\x1f")).to_series()
        return hashlib.sha256("\x1e".join(places).encode()).hexdigest()

    def labels(self, by: object) -> pl.Series:
        """Return the value of a metadata column for each unit, as text.

        Raises:
            InputError: If there is no such column, or it has lists.
        """
        column = text_argument(by, "by")
        found = self.corpus.labels(column, selected=False, name="by")
        if found.dtype.is_nested() or found.dtype == pl.Binary:
            raise InputError(f"by must be a column of single values, got {column!r} with {type_name(found.dtype)}.")
        text = found.alias("_").to_frame().select(as_text(pl.col("_"), found.dtype)).to_series()
        return text.gather(self.frame["document"]).alias(column)

    def texts(self) -> pl.Series:
        """Return what a classifier reads of each unit: the line, or the whole document."""
        if self.lines is not None:
            return self.frame.select(pl.concat_str(*SHOWN, separator=" ", ignore_nulls=True)).to_series()
        with reading(self.corpus.path):
            return self.corpus.documents.select("text").collect().to_series()


def units_of(corpus: object) -> Units:
    """Return the units of a corpus or of a concordance.

    Raises:
        InputError: If it is neither.
    """
    if isinstance(corpus, CorpusView):
        return Units(corpus)
    lines: Any = corpus
    if hasattr(type(corpus), "frame") and hasattr(type(corpus), "rows") and isinstance(lines.corpus, CorpusView):
        return Units(lines.corpus, lines)
    raise invalid("corpus", "a corpus or a concordance", corpus)
