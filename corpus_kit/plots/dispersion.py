"""A dispersion plot: where in a corpus a pattern occurs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus_kit._base.metadata import as_text
from corpus_kit.analysis.groups import groups_of
from corpus_kit.display.values import MISSING, plain
from corpus_kit.errors import InputError, invalid
from corpus_kit.plots.arguments import Look, plot, top_argument
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Strip, Strips
from corpus_kit.search.concordance import Concordance

__all__ = ["dispersion"]


@plot
def dispersion(
    lines: Concordance | Sequence[Concordance], *, by: str | None = None, top: int = 20, **look: Unpack[Look]
) -> Strips:
    """Draw where in a corpus a pattern occurs: a tick for each concordance line, a row for each pattern or source.

    Positions are counted in tokens. The number of lines is written beside each row.

    Args:
        lines: A Concordance of `ck.kwic`, or several of one corpus, each of which gets a row.
        by: A metadata column, with one concordance only. Each of its values gets a row, in which positions are
            those within the texts of that value, in the order of the corpus.
        top: The number of rows; with `by`, those with most lines.
        **look: See `ck.plot`.

    Raises:
        InputError: If `lines` is anything but concordances of one corpus, the column is unknown, or there is no line.

    Examples:
        >>> import corpus_kit as ck
        >>> both = [ck.kwic(ck.sample_corpus(), "هدنة"), ck.kwic(ck.sample_corpus(), "المسيرات")]
        >>> chart = ck.plot.dispersion(both, title="أين تقع الكلمتان؟")
    """
    top = top_argument(top)
    given = [each for each in (lines if isinstance(lines, list | tuple) else [lines]) if isinstance(each, Concordance)]
    if len(given) != (len(lines) if isinstance(lines, list | tuple) else 1) or not given:
        raise invalid("lines", "a Concordance of ck.kwic or a list of them", lines)
    if len({each.corpus.id for each in given}) > 1:
        raise InputError("lines must be concordances of one corpus, got several corpora.")
    language = look["language"]
    if by is None:
        starts = accumulate((len(each) for each in given[: top - 1]), initial=0)  # in the table of all of them
        strips = [_strip(each, start, language) for each, start in zip(given[:top], starts, strict=False)]
        total, things = len(given), "patterns"
    elif len(given) > 1:
        raise invalid("by", f"None with {len(given)} concordances", by)
    else:
        every = _strips_by(given[0], by, language)
        strips, total, things = every[:top], len(every), "groups"
    if not any(strip.places for strip in strips):
        raise InputError("lines must have at least one line to plot, got none.")
    axis = say("place in the corpus" if by is None else "place in the texts of each", language)
    return Strips(strips, axis, note=shown_of(len(strips), total, things, language))


def _strip(lines: Concordance, start: int, language: str) -> Strip:
    places, rows = _places(lines, lines.corpus.selected_documents())
    return Strip(_with_count(lines.pattern, len(places), language), places, [start + row for row in rows])


def _strips_by(lines: Concordance, by: str, language: str) -> list[Strip]:
    """Return a row for each value of a column, null included, those with most lines first."""
    documents = lines.corpus.selected_documents()
    labels = lines.corpus.labels(by, selected=False, name="by").gather(documents)
    groups = groups_of(labels, len(labels))
    names = _texts(groups.labels)
    strips = []
    for number, name in enumerate(names):
        places, rows = _places(lines, documents[groups.of_document == number])
        strips.append(Strip(_with_count(name, len(places), language), places, rows))
    return sorted(strips, key=lambda strip: -len(strip.places))


def _texts(labels: pl.Series) -> list[str]:
    """Return the values of a column as text."""
    if labels.dtype.is_nested() or labels.dtype == pl.Binary:
        return [plain(value) for value in labels.to_list()]
    texts = labels.to_frame().select(as_text(pl.first(), labels.dtype)).to_series()
    return [MISSING if text is None else text for text in texts]


def _places(lines: Concordance, documents: NDArray[np.integer]) -> tuple[list[float], list[int]]:
    """Return where the lines are in these documents, read one after another: from 0 to 1, in order; and their rows."""
    low, high = lines.corpus.document_bounds(documents)
    sizes = np.asarray(high, np.int64) - np.asarray(low, np.int64)
    begin = dict(zip(np.asarray(documents).tolist(), (np.cumsum(sizes) - sizes).tolist(), strict=True))
    total = int(sizes.sum()) or 1
    rows = lines.frame.select("document", "position", row=pl.int_range(pl.len()))
    rows = rows.filter(pl.col("document").is_in(list(begin)))
    found = sorted(((begin[document] + position + 0.5) / total, row) for document, position, row in rows.iter_rows())
    return [place for place, _ in found], [row for _, row in found]


def _with_count(name: str, count: int, language: str) -> str:
    return f"{name} ({count:,})" if language == "en" else f"{name} ({say('lines', language)}: {count:,})"
