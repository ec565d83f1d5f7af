"""Blocks of documents on their way through the reader, with the place that each document comes from."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_kit.readers.layout import Layout
from corpus_kit.readers.report import Example
from corpus_kit.readers.texts import Texts
from corpus_kit.text.tokenization import tokens

__all__ = ["Block", "Pages", "block_of_lines", "numbered_ids", "origins", "with_titles"]


_GAP = "\n\n"  # between a title and a text
_FIRST_LINE = "^([^\n\u000b\u000c\r\u0085\u2028\u2029]*)"


class Block:
    """Documents, not yet in batches.

    Attributes:
        frame: The documents, with the columns of the layout.
        origin: Where each comes from: source, row (or line), and the number of its file.
        headlines: Headlines that a table gives.
        spans: Where headlines are, as far as that is known.
        guess: Whether the headline of each may be guessed; None where it is the same for all.
        dates: Dates as given, if they are strings.
        problems: The reason for each row that cannot be used, by row number.
    """

    def __init__(
        self,
        frame: pl.DataFrame,
        origin: pl.DataFrame,
        *,
        headlines: pl.Series | None = None,
        spans: pl.Series | None = None,
        guess: pl.Series | None = None,
        dates: pl.Series | None = None,
        problems: dict[int, str] | None = None,
        unit: str = "row",
    ) -> None:
        self.frame = frame
        self.origin = origin
        self.headlines = headlines
        self.spans = spans
        self.guess = guess
        self.dates = dates
        self.problems = problems or {}
        self._unit = unit

    @property
    def height(self) -> int:
        """The number of documents."""
        return self.frame.height

    @property
    def texts(self) -> pl.Series:
        """The texts of the documents."""
        return self.frame["text"]

    def keep(self, mask: pl.Series) -> None:
        """Drop the documents for which the mask is false."""
        self.frame = self.frame.filter(mask)
        self.origin = self.origin.filter(mask)
        self.headlines, self.spans, self.guess, self.dates = (
            None if each is None else each.filter(mask) for each in (self.headlines, self.spans, self.guess, self.dates)
        )

    def where(self, row: int) -> Example:
        """Return the place of a document, for the report."""
        source, number, _ = self.origin.row(row)
        return Example(source, number)

    def place(self, row: int) -> str:
        """Return the place of a document, for messages."""
        where = self.where(row)
        return where.source if where.row is None else f"{self._unit} {where.row:,} of {where.source}"


def origins(source: str | list[str], rows: pl.Series | None, file: int | list[int] | None, height: int) -> pl.DataFrame:
    """Return the origins of `height` documents: source (String), row (Int64), file (UInt32)."""

    def column(value: Any, dtype: pl.DataType) -> pl.Series:
        if isinstance(value, list):
            return pl.Series(value, dtype=dtype)
        return pl.repeat(value, height, dtype=dtype, eager=True)

    numbers = column(None, pl.Int64()) if rows is None else rows.cast(pl.Int64)
    return pl.DataFrame({"source": column(source, pl.String()), "row": numbers, "file": column(file, pl.UInt32())})


def numbered_ids(name: str, numbers: pl.Series) -> pl.Series:
    """Return ids made of a path and a number, such as news.csv:3."""
    return pl.select(pl.concat_str(pl.lit(f"{name}:"), numbers.cast(pl.String))).to_series()


def with_titles(
    documents: pl.DataFrame, titles: pl.Series, *, has_headline: pl.Series | None
) -> tuple[pl.DataFrame, pl.Series]:
    """Put titles before texts as their first paragraph, unless a text begins with its title.

    A first line is the title if both have the same letters and digits, whatever their spaces, vowel marks and
    punctuation are.

    Args:
        documents: Documents.
        titles: The title of each; null or blank if it has none.
        has_headline: Headlines that are known already, as spans; such texts stay as they are.

    Returns:
        The documents, and the title of each as it is in its text.
    """
    title = titles.alias("title").str.replace_all(r"\s+", " ").str.strip_chars()
    first = documents["text"].str.strip_chars_start().str.extract(_FIRST_LINE).str.strip_chars_end()
    letters = _letters(title)
    is_first = ((title == first) | ((letters != "") & (letters == _letters(first)))).fill_null(value=False)
    is_missing = ((title != "") & ~is_first & (first != "")).fill_null(value=False)
    if has_headline is not None:
        is_missing &= has_headline.is_null()
    moved = pl.select(pl.when(is_missing).then(title.str.len_chars() + len(_GAP)).otherwise(0)).to_series()
    text = pl.select(
        pl.when(is_missing).then(pl.concat_str(title, pl.lit(_GAP), documents["text"])).otherwise(documents["text"])
    )
    columns = [text.to_series().alias("text")]
    columns += [_moved(documents[name], moved) for name in ("spans", "given_tokens") if name in documents.columns]
    if "given_tokens" in documents.columns:
        columns[-1] = _with_tokens_of(titles=title, before=is_missing, given=columns[-1])
    return documents.with_columns(columns), pl.select(pl.when(is_first).then(first).otherwise(title)).to_series()


def _letters(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(r"[^\p{L}\p{N}]|\u0640", "")


def _moved(column: pl.Series, by: pl.Series) -> pl.Series:
    """Return spans, or tokens with spans, moved by so many code points."""
    if not by.max():
        return column
    rows = []
    for value, step in zip(column.to_list(), by.to_list(), strict=True):
        spans = value["spans"] if isinstance(value, dict) else value
        for span in spans or []:
            span["start"] += step
            span["end"] += step
        rows.append(value)
    return pl.Series(column.name, rows, dtype=column.dtype)


def _with_tokens_of(*, titles: pl.Series, before: pl.Series, given: pl.Series) -> pl.Series:
    """Return given tokens, and before them those of titles that were put before the texts; of these nothing is said."""
    places = (before & given.is_not_null()).arg_true().to_list()
    if not places:
        return given
    rows = given.to_list()
    for place, title in zip(places, titles.gather(places), strict=True):
        found, value = tokens([title]), rows[place]
        value["spans"] = found.select("start", "end").to_dicts() + value["spans"]
        first = found["sentence"].search_sorted(found["sentence"].unique(maintain_order=True)).to_list()
        value["sentences"] = first + [found.height + number for number in value["sentences"]]
        for layer in value["layers"]:
            layer["values"] = [None] * found.height + layer["values"]
    return pl.Series(given.name, rows, dtype=given.dtype)


def block_of_lines(layout: Layout, event: Texts, file: int) -> Block:
    """Return a block of the lines of a text file that are not empty."""
    texts = pl.Series(event.texts, dtype=pl.String)
    first = event.line or 1
    filled = texts != ""
    numbers = pl.int_range(first, first + len(texts), eager=True).filter(filled)
    texts = texts.filter(filled)
    origin = origins(event.name, numbers, file, len(texts))
    frame = layout.of_texts(numbered_ids(event.name, numbers), origin["source"], numbers, texts)
    return Block(frame, origin, unit="line")


class Pages:
    """Texts that are a whole file each, gathered until there are enough for a block."""

    def __init__(self, layout: Layout, max_documents: int, max_bytes: int) -> None:
        self.layout = layout
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._clear()

    def _clear(self) -> None:
        self._names: list[str] = []
        self._files: list[int] = []
        self._texts: list[str] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._names)

    def add(self, event: Texts, file: int) -> None:
        """Add a text of the file with this number."""
        for text in event.texts:
            self._names.append(event.name)
            self._files.append(file)
            self._texts.append(text)
            self._bytes += 2 * len(text)  # an Arabic letter has two bytes

    @property
    def is_full(self) -> bool:
        """Whether there are enough texts for a block."""
        # one alone would be copied again and again; see `tables.row_ranges`
        most = self._max_bytes if len(self) > 1 else 4 * self._max_bytes
        return len(self) >= self._max_documents or self._bytes >= most

    def take(self) -> Block:
        """Return the texts as a block and begin anew."""
        origin = origins(self._names, None, self._files, len(self))
        names = origin["source"]
        frame = self.layout.of_texts(names, names, None, pl.Series(self._texts, dtype=pl.String))
        self._clear()
        return Block(frame, origin)
