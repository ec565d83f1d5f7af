r"""Headline and paragraphs of a text, as spans of the text as read.

Offsets count code points.

*Line breaks* are ``\n``, ``\r\n``, ``\r``, U+000B, U+000C, U+0085, U+2028 and U+2029. *White space* is
Unicode's property White_Space. A *paragraph* is the text between two line breaks, without white space at its ends and
not empty. The *headline* of a page is its first paragraph if a blank line and another paragraph follow it, it has at
most 25 words (separated by white space), and it does not end like a sentence, in ``. ؟ ? ! : ؛ ;``. The headline is not
among the paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = [
    "LAYER_NAME",
    "PARAGRAPHS",
    "SPAN",
    "SPANS",
    "TOKENS",
    "TOKEN_FIELDS",
    "count_line_breaks",
    "find_structure",
    "not_alone",
]

SPAN = pl.Struct({"start": pl.UInt32, "end": pl.UInt32})
PARAGRAPHS = pl.List(SPAN)
SPANS = pl.List(pl.Struct({"kind": pl.String, "start": pl.UInt32, "end": pl.UInt32, "value": pl.String}))
TOKENS = pl.Struct(  # of `documents.Tokens`
    {
        "spans": PARAGRAPHS,
        "sentences": pl.List(pl.UInt32),
        "layers": pl.List(pl.Struct({"name": pl.String, "values": pl.List(pl.String)})),
    }
)

LAYER_NAME = "[A-Za-z][A-Za-z0-9_]{0,39}"  # of a layer of tokens, and of a column of one
TOKEN_FIELDS = ("surface", "word", "folded", "kind", "form")  # known of every token, so no name of a column of a layer

_MAX_HEADLINE_WORDS = 25
_PIECE = 1 << 20  # bytes of text that are split into lines at once
_LONG = 32 << 20  # bytes of a text, and
_MANY = 500_000  # lines of several, up to which they are split at once, which is faster
_SENTENCE_END = "[.؟?!:؛;]$"
_OTHER_BREAKS = "[\u000b\u000c\r\u0085\u2028\u2029]"


def not_alone(texts: pl.Series) -> pl.Series:
    """Return texts, an only one with an empty one after it: Polars 2.1 copies the only text of a column in every step.

    >>> not_alone(pl.Series(["خبر"])).to_list()
    ['خبر', '']
    """
    return pl.concat([texts, pl.Series([""], dtype=pl.String)]) if len(texts) == 1 else texts


def count_line_breaks(texts: pl.Series) -> pl.Series:
    r"""Return the number of line breaks in each text (UInt32).

    >>> count_line_breaks(pl.Series(["خبر\r\n\nقال\u2028وقال", ""])).to_list()
    [3, 0]
    """
    counts = texts.str.count_matches("\n", literal=True)
    others = texts.str.contains(_OTHER_BREAKS)
    if others.any():
        rare = texts.str.replace_all("\r\n", "\n", literal=True).str.count_matches(_OTHER_BREAKS)
        counts = counts + rare
    return counts.alias("breaks")


def find_structure(
    texts: pl.Series,
    *,
    guess_headline: bool | pl.Series,
    headlines: pl.Series | None = None,
    given: pl.Series | None = None,
) -> tuple[pl.Series, pl.Series]:
    r"""Find the headline and the paragraphs of each text.

    Args:
        texts: String, without nulls.
        guess_headline: Whether to apply the rule above, to all texts or to each.
        headlines: Known headlines; one is used if it equals the first paragraph of its text.
        given: Known headlines as spans, which are used as they are; null where none is known.

    Returns:
        Two columns: headline Struct(start, end: UInt32), null if there is none, and paragraphs List of such structs,
        empty if the text is only white space.

    Examples:
        >>> import polars as pl
        >>> headline, paragraphs = find_structure(pl.Series(["خبر\n\nقال.\nوقال."]), guess_headline=True)
        >>> headline[0], paragraphs[0].to_list()
        ({'start': 0, 'end': 3}, [{'start': 5, 'end': 9}, {'start': 10, 'end': 15}])
    """
    if len(texts) == 1 and int(texts.str.len_bytes()[0]) > _PIECE:
        known = None if headlines is None else pl.concat([headlines, pl.Series([None], dtype=pl.String)])
        known_spans = None if given is None else pl.concat([given, pl.Series([None], dtype=SPAN)])
        guess = guess_headline if isinstance(guess_headline, bool) else bool(guess_headline[0])
        first, found = find_structure(not_alone(texts), guess_headline=guess, headlines=known, given=known_spans)
        return first[:1], found[:1]
    lines = _lines(texts)
    heads = np.zeros(0, dtype=np.int64) if guess_headline is False else _guessed(lines)
    if isinstance(guess_headline, pl.Series):
        heads = heads[guess_headline.gather(lines["document"].gather(heads)).to_numpy()]
    if headlines is not None:
        heads = np.union1d(heads, _stated(lines, headlines))
    spans = lines.select("document", span=pl.struct("start", "end"))
    is_head = np.zeros(spans.height, dtype=np.bool_)
    is_head[heads] = True
    if given is not None:
        is_head |= _lies_in(lines, given)
    mask = pl.Series(is_head)
    documents = pl.DataFrame({"document": pl.int_range(len(texts), eager=True, dtype=pl.UInt32)})
    first_heads = spans.filter(mask).unique("document", keep="first", maintain_order=True)
    headline = documents.join(first_heads, on="document", how="left", maintain_order="left")["span"]
    if given is not None:
        headline = pl.select(pl.when(given.is_not_null()).then(given).otherwise(headline)).to_series()
    grouped = spans.filter(~mask).group_by("document", maintain_order=True).agg("span")
    paragraphs = documents.join(grouped, on="document", how="left", maintain_order="left")["span"]
    empty = pl.Series([[]], dtype=PARAGRAPHS)
    return headline.cast(SPAN).alias("headline"), paragraphs.fill_null(empty).cast(PARAGRAPHS).alias("paragraphs")


def _lies_in(lines: pl.DataFrame, spans: pl.Series) -> npt.NDArray[np.bool_]:
    """Return whether each line lies in the span of its document."""
    of_line = spans.gather(lines["document"]).struct.unnest()
    inside = (lines["start"] >= of_line["start"]) & (lines["end"] <= of_line["end"])
    return inside.fill_null(value=False).to_numpy()


def _lines(texts: pl.Series) -> pl.DataFrame:
    r"""Return all lines that are not blank: document, line (its number), text (trimmed), start, end.

    All line breaks become ``\n`` without moving an offset: ``\r\n`` becomes a space and ``\n``. If there are many
    lines, `text` is null but for the first of each document.
    """
    # a search is ten times faster than a replacement that finds nothing
    if texts.str.contains("\r", literal=True).any():
        texts = texts.str.replace_all("\r\n", " \n", literal=True)
    if texts.str.contains(_OTHER_BREAKS).any():
        texts = texts.str.replace_all(_OTHER_BREAKS, "\n")
    if int(texts.str.len_bytes().sum()) <= _PIECE:
        return _lines_of(texts)
    # Splitting takes a hundred bytes a line: more than a text of nothing but line breaks may take.
    counts = texts.str.count_matches("\n", literal=True)
    if texts.str.len_bytes().max() <= _LONG and counts.sum() <= _MANY:  # type: ignore[operator]
        return _lines_of(texts)
    return pl.concat(_first_texts(lines) for lines in _lines_of_pieces(texts, counts))


def _lines_of_pieces(texts: pl.Series, counts: pl.Series) -> Iterator[pl.DataFrame]:
    """Yield the lines of some texts at a time, or of a part of a long text."""
    bytes_before = texts.str.len_bytes().cast(pl.Int64).cum_sum()
    lines_before = (counts.cast(pl.Int64) + 1).cum_sum()
    first = 0
    while first < len(texts):
        read, line = (int(before[first - 1]) if first else 0 for before in (bytes_before, lines_before))
        fitting = int(bytes_before.search_sorted(read + _PIECE, side="right"))
        if fitting > first:
            yield _moved(_lines_of(texts[first:fitting]), first, line, 0)
        else:
            fitting = first + 1
            start = 0  # in code points
            for part in _parts_of(texts[first:fitting].cast(pl.Binary).item()):
                yield _moved(_lines_of(part), first, line, start)
                start += int(part.str.len_chars()[0])
                line += int(part.str.count_matches("\n", literal=True)[0])
        first = fitting


def _parts_of(data: bytes) -> Iterator[pl.Series]:
    """Cut a long text into parts that end with a line break, each in a series before an empty one."""
    start = 0
    while start < len(data):
        stop = data.rfind(b"\n", start, start + _PIECE) + 1 or data.find(b"\n", start + _PIECE) + 1 or len(data)
        yield pl.Series([data[start:stop], b""], dtype=pl.Binary).cast(pl.String)
        start = stop


def _moved(lines: pl.DataFrame, document: int, line: int, start: int) -> pl.DataFrame:
    return lines.with_columns(
        pl.col("document") + pl.lit(document, pl.UInt32),
        pl.col("line") + line,
        pl.col("start", "end") + pl.lit(start, pl.UInt32),
    )


def _first_texts(lines: pl.DataFrame) -> pl.DataFrame:
    """Drop the texts of all lines but the first of each document; copied, since a slice keeps the whole alive."""
    first = (lines["document"] != lines["document"].shift(1)).fill_null(True)
    texts: list[str | None] = [None] * lines.height
    for row in first.arg_true():
        texts[row] = lines["text"][row]
    return lines.with_columns(pl.Series("text", texts, dtype=pl.String))


def _lines_of(texts: pl.Series) -> pl.DataFrame:
    """Return the lines of texts without other line breaks."""
    split = texts.str.split("\n")
    counts = split.list.len().to_numpy().astype(np.int64)
    lines = split.explode()
    del split  # each of these may be a copy of a long text
    lengths = lines.str.len_chars().to_numpy().astype(np.int64)
    lines = lines.str.strip_chars_start()
    starts = _starts(lengths, counts) + lengths - lines.str.len_chars().to_numpy()
    trimmed = lines.str.strip_chars_end()
    del lines
    frame = pl.DataFrame(
        {
            "document": np.repeat(np.arange(len(counts), dtype=np.uint32), counts),
            "line": np.arange(len(lengths), dtype=np.int64),
            "text": trimmed,
            "start": starts.astype(np.uint32),
            "end": (starts + trimmed.str.len_chars().to_numpy()).astype(np.uint32),
        }
    )
    return frame.filter(trimmed.str.len_bytes() > 0)


def _starts(lengths: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the start of each line in its document, from the lengths of all lines and the lines of each document."""
    ends = np.cumsum(lengths + 1)
    starts: npt.NDArray[np.int64] = ends - lengths - 1
    first_lines = np.cumsum(counts) - counts
    starts -= np.repeat(starts[first_lines], counts)
    return starts


def _guessed(lines: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return the rows of `lines` that are headlines by the rule."""
    document = lines["document"]
    first = (document != document.shift(1)).fill_null(True)
    # the next paragraph is in the same document and not on the next line
    blank_after = ((document == document.shift(-1)) & (lines["line"].shift(-1) > lines["line"] + 1)).fill_null(False)
    rows = (first & blank_after).arg_true()
    texts = lines["text"].gather(rows)
    fits = (texts.str.count_matches(r"\S+") <= _MAX_HEADLINE_WORDS) & ~texts.str.contains(_SENTENCE_END)
    return rows.filter(fits).to_numpy().astype(np.int64)


def _stated(lines: pl.DataFrame, headlines: pl.Series) -> npt.NDArray[np.int64]:
    """Return the rows of `lines` that are the first of their text and equal its known headline."""
    document = lines["document"]
    first = (document != document.shift(1)).fill_null(True)
    known = headlines.str.strip_chars().gather(document)
    return (first & (lines["text"] == known).fill_null(False)).arg_true().to_numpy().astype(np.int64)
