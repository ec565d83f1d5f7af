"""Plots of words as points and ticks, reached as ``ck.plot``: keyness, dispersion, the laws of frequency."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit.concordance import Concordance
from corpus_kit.display.charts import check_look, check_top, draw, expect_columns, expect_each_once, expect_numbers
from corpus_kit.display.look import say
from corpus_kit.display.pictures import (
    AREA,
    Axis,
    Hue,
    Line,
    Point,
    Rule,
    Scatter,
    Strip,
    Strips,
    log_axis,
    place_names,
    root_axis,
)
from corpus_kit.errors import InputError, choose
from corpus_kit.provenance import frame_of

__all__ = ["dispersion", "frequency_dispersion", "growth", "keyness", "scaling", "zipf"]

_WORDS = ("word", "ngram", "lemma")
_SIDES = ("target", "reference")
_QUIET = "not significant"
_HUES: dict[str, Hue] = {"target": "blue", "reference": "orange", _QUIET: "grey", "seen": "blue"}
# Effect sizes of which 0 is no difference; the others say how sure a difference is.
_EFFECTS = ("log_ratio", "conservative_log_ratio", "weighted_log_odds", "percent_diff", "difference_coefficient")
_EVEN_AT_ZERO = ("deviation_of_proportions", "deviation_of_proportions_norm", "kullback_leibler_divergence")


def keyness(
    frame: pl.DataFrame,
    *,
    measure: str | None = None,
    effect: str = "log_ratio",
    alpha: float = 0.05,
    top: int = 24,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """A volcano plot of key words: how large a difference is (across) and how sure (upwards).

    frame: a table of `ck.keyness`.
    measure: the column that goes upwards, by its size; without it the first measure that is not an effect size.
        Steps are those of the square root: of log_likelihood that is about the number of standard errors.
    effect: the column that goes across: log_ratio or another of which 0 is no difference. Words of the target
        are at its right.
    alpha: above 0, up to 1; words whose p_adjusted is above it are grey; a table without that column has no grey words.
    top: words to name, those of the highest measure first; a name that finds no room is left out.
    title, backend, theme, language: see `ck.plot`.

    Words at one place of the picture are drawn once. Rows without a number are left out.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table, an unknown measure or
    effect, or no rows.

    >>> import corpus_kit as ck, polars as pl
    >>> corpus = ck.sample_corpus()
    >>> outlet = pl.col("outlet") == "وكالة مدى"
    >>> table = ck.keyness(corpus.filter(outlet), corpus.filter(~outlet), min_count=3)
    >>> chart = ck.plot.keyness(table, title="ما يميز وكالة مدى")
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.keyness")
    check_top(top)
    word = _word_column(frame, "a volcano plot", "ck.keyness")
    known = [name for name in frame.columns if name in _MEASURES]
    across = choose(effect, [name for name in known if name in _EFFECTS] or [*_EFFECTS], "effect")
    upwards = [name for name in known if name not in _EFFECTS]
    if across not in known or "direction" not in frame.columns or not upwards:
        raise InputError(
            "a volcano plot needs a table of ck.keyness: word, direction, an effect size such as log_ratio and a "
            f"measure such as log_likelihood; this table has: {', '.join(frame.columns) or 'no columns'}"
        )
    up = upwards[0] if measure is None else choose(measure, upwards, "measure")
    has_p = [name for name in frame.columns if name == "p_adjusted"]
    expect_numbers(frame, [across, up, *has_p])
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not 0 < alpha <= 1:
        raise InputError(f"alpha= takes a number above 0 and up to 1, not {alpha!r}")
    sure = pl.col("p_adjusted") <= alpha if has_p else pl.lit(True)
    rows = frame.select(
        pl.col(word).alias("word"),
        x=pl.col(across).cast(pl.Float64),
        y=pl.col(up).cast(pl.Float64).abs(),
        group=pl.when(sure & pl.col("direction").is_in(_SIDES))
        .then(pl.col("direction").cast(pl.String))
        .otherwise(pl.lit(_QUIET)),
    )
    rows = rows.filter(pl.col("word").is_not_null(), pl.col("x").is_finite(), pl.col("y").is_finite())
    if not rows.height:
        raise InputError("the table has no rows to plot")
    wide = float(rows["x"].abs().max()) * 1.12 or 1.0  # type: ignore[arg-type]
    x = Axis(say(across, language), -wide, wide)
    steps = say("steps of the square root", language)
    y = root_axis(f"{say(up, language)} ({steps})", float(rows["y"].max()))  # type: ignore[arg-type]
    named = rows.filter(pl.col("group") != _QUIET).sort("y", descending=True, maintain_order=True).head(top)
    present = [side for side in (*_SIDES, _QUIET) if side in rows["group"].to_list()]
    told = {side: say(side if side == _QUIET else f"key in {side}", language) for side in present}
    picture = _scatter(rows, x, y, named, groups=told, rules=[Rule(x=0.0)])
    return draw(picture, title=title, backend=backend, theme=theme)


_MEASURES = {*measures.FAMILIES["keyness"], *measures.FAMILIES["contingency"]} - {"log_ratio_interval"}


def frequency_dispersion(
    frame: pl.DataFrame,
    *,
    measure: str | None = None,
    top: int = 24,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """Words by how frequent they are (across) and how evenly they are spread (upwards).

    frame: a table of `ck.dispersion` of one group, or of `ck.frequency` with its column dispersion.
    measure: the column that goes upwards; without it the first measure of dispersion.
    top: words to name: of each of so many equal steps of frequency the one that is spread least evenly; a name
        that finds no room is left out.
    title, backend, theme, language: see `ck.plot`.

    A frequent word that stands in few documents (high up at the right, for deviation_of_proportions) belongs to a
    story, or to the furniture of pages. Words that occur once are left out: nothing can be said of their spread.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table or an unknown measure.

    >>> import corpus_kit as ck
    >>> chart = ck.plot.frequency_dispersion(ck.dispersion(ck.sample_corpus(), min_count=5))
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.frequency_dispersion")
    check_top(top)
    word = _word_column(frame, "this plot", "ck.dispersion")
    known = [name for name in frame.columns if name in (*measures.FAMILIES["dispersion"], "dispersion")]
    if not known or "count" not in frame.columns:
        raise InputError(
            "this plot needs a table of ck.dispersion: word, count and a measure of dispersion; "
            f"this table has: {', '.join(frame.columns) or 'no columns'}"
        )
    up = known[0] if measure is None else choose(measure, known, "measure")
    expect_numbers(frame, ["count", up])
    rows = frame.select(pl.col(word).alias("word"), x=pl.col("count").cast(pl.Float64), y=pl.col(up).cast(pl.Float64))
    rows = rows.filter(pl.col("word").is_not_null(), pl.col("x") > 1, pl.col("x").is_finite(), pl.col("y").is_finite())
    if not rows.height:
        raise InputError("the table has no word that occurs twice")
    expect_each_once(rows["word"], word)
    even_at_zero = up in (*_EVEN_AT_ZERO, "dispersion")
    low, high = float(rows["x"].min()), float(rows["x"].max())  # type: ignore[arg-type]
    even = say("0 is even" if even_at_zero else "1 is even", language)
    name = say("deviation_of_proportions" if up == "dispersion" else up, language)
    y = Axis(f"{name} ({even})", 0.0, max(1.0, float(rows["y"].max())) * 1.04)  # type: ignore[arg-type]
    step = (pl.col("x").log() - np.log(low)) / ((np.log(high) - np.log(low)) or 1) * top
    least_even = rows.with_columns(step=step.floor().clip(0, top - 1)).sort(
        "y", descending=even_at_zero, maintain_order=True
    )
    named = least_even.unique("step", keep="first", maintain_order=True).sort("x", descending=True)
    picture = _scatter(rows, log_axis(say("count", language), low, high), y, named)
    return draw(picture, title=title, backend=backend, theme=theme)


def zipf(
    frame: pl.DataFrame,
    *,
    fit: pl.DataFrame | None = None,
    top: int = 16,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """Frequencies by rank, both on logarithmic scales, beside the fitted law.

    frame: a table of `ck.frequency`, `ck.ngrams` or the like: a String column and `count`.
    fit: a table of `ck.fit_zipf_mandelbrot`, drawn as a curve.
    top: words to name, at equal steps of the rank; a name that finds no room is left out.
    title, backend, theme, language: see `ck.plot`.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table or counts below 1.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> chart = ck.plot.zipf(ck.frequency(corpus), fit=ck.fit_zipf_mandelbrot(corpus))
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.zipf")
    check_top(top)
    word = _word_column(frame, "a plot of Zipf's law", "ck.frequency")
    if "count" not in frame.columns:
        raise InputError(f"a plot of Zipf's law needs a column count; this table has: {', '.join(frame.columns)}")
    expect_numbers(frame, ["count"])
    rows = frame.select(pl.col(word).alias("word"), y=pl.col("count").cast(pl.Float64)).drop_nulls()
    if not rows.height or not ((rows["y"] >= 1) & rows["y"].is_finite()).all():
        raise InputError("a plot of Zipf's law needs rows, and counts of at least 1")
    expect_each_once(rows["word"], word)
    rows = rows.sort("y", descending=True, maintain_order=True).with_row_index("x", offset=1).cast({"x": pl.Float64})
    x = log_axis(say("rank", language), 1, rows.height)
    y = log_axis(say("count", language), 1, float(rows["y"].max()))  # type: ignore[arg-type]
    at = np.unique(np.round(np.geomspace(1, max(rows.height / 2, 1), top))) - 1
    named = rows[at.astype(np.int64).tolist()]
    lines = []
    if fit is not None:
        fit = frame_of(fit, "plot.zipf")
        exponent, shift, scale = _one_row(fit, ("exponent", "shift", "scale"), "ck.fit_zipf_mandelbrot")
        if shift <= -1:
            raise InputError(f"fit= has the shift {shift}; the law takes one above -1")
        ranks = np.geomspace(1, rows.height, 100)
        curve = scale * (ranks + shift) ** -exponent
        drawn = (curve >= y.low) & (curve <= y.high)
        points = list(zip(ranks[drawn].tolist(), curve[drawn].tolist(), strict=True))
        lines.append(Line(say("fitted", language), points))
    told = {"seen": say("seen", language)} if lines else {}
    rows = rows.with_columns(group=pl.lit("seen" if lines else ""))
    picture = _scatter(rows, x, y, named, groups=told, lines=lines)
    return draw(picture, title=title, backend=backend, theme=theme)


def growth(
    frame: pl.DataFrame,
    *,
    fit: pl.DataFrame | None = None,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """How the vocabulary grows with the text: distinct words, and those seen once, after so many running words.

    frame: a table of `ck.vocabulary_growth`. fit: a table of `ck.fit_heaps`, drawn as a curve.
    title, backend, theme, language: see `ck.plot`.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> chart = ck.plot.growth(ck.vocabulary_growth(corpus), fit=ck.fit_heaps(corpus))
    """
    check_look(backend, theme, language)
    frame = frame_of(frame, "plot.growth")
    expect_columns(frame, ("tokens", "types", "hapaxes"), "ck.vocabulary_growth")
    expect_numbers(frame, ["tokens", "types", "hapaxes"])
    rows = frame.select(pl.col("tokens", "types", "hapaxes").cast(pl.Float64)).drop_nulls().sort("tokens")
    rows = rows.filter(pl.all_horizontal(pl.all().is_finite()))
    if rows.height < 2 or rows["tokens"][-1] < 1:
        raise InputError("a plot of growth needs at least two rows of tokens, types and hapaxes")
    tokens = rows["tokens"].to_list()
    lines = [
        Line(say(name, language), list(zip(tokens, rows[column].to_list(), strict=True)))
        for name, column in (("distinct words", "types"), ("words seen once", "hapaxes"))
    ]
    if fit is not None:
        scale, exponent = _one_row(frame_of(fit, "plot.growth"), ("scale", "exponent"), "ck.fit_heaps")
        at = np.linspace(1, tokens[-1], 200)
        curve = list(zip(at.tolist(), (scale * at**exponent).tolist(), strict=True))
        lines.append(Line(say("fitted", language), curve))
    highest = max(up for line in lines for _, up in line.points)
    x = Axis(say("running words", language), 0.0, tokens[-1] * 1.02, number="count")
    y = Axis(say("words", language), 0.0, highest * 1.05, number="count")
    return draw(Scatter([], x, y, lines=lines), title=title, backend=backend, theme=theme)


_SCALED = {"seconds": "seconds", "megabytes": "megabytes of memory"}
_MOST_WAYS = 3  # colours that are told apart by every kind of colour vision


def scaling(
    frame: pl.DataFrame,
    *,
    value: str = "seconds",
    by: str | None = None,
    limit: float | None = None,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """How time or memory grows with the size of the text: a line through the measurements.

    frame: a row for each measurement, with the columns gigabytes (of text) and seconds or megabytes (of memory).
    value: "seconds" or "megabytes". by: a column of names, at most three: each has a line of its own.
    limit: a value at which a straight line is drawn, such as the memory that was allowed.
    title, backend, theme, language: see `ck.plot`.

    Returns an Altair chart or a matplotlib figure. Raises InputError for another table.

    >>> import corpus_kit as ck
    >>> measured = pl.DataFrame({"gigabytes": [0.1, 1.0, 5.0], "megabytes": [310, 390, 395]})
    >>> chart = ck.plot.scaling(measured, value="megabytes", limit=500)
    """
    check_look(backend, theme, language)
    choose(value, _SCALED, "value")
    frame = frame_of(frame, "plot.scaling")
    expect_columns(frame, ("gigabytes", value, *([by] if by else [])), "your measurements")
    expect_numbers(frame, ["gigabytes", value])
    rows = frame.with_columns(pl.col("gigabytes", value).cast(pl.Float64)).drop_nulls(["gigabytes", value])
    rows = rows.filter(pl.all_horizontal(pl.col("gigabytes", value).is_finite())).sort("gigabytes", maintain_order=True)
    names = [""] if by is None else [str(name) for name in rows[by].unique(maintain_order=True)]
    if not rows.height or len(names) > _MOST_WAYS:
        raise InputError(
            f"a plot of scaling shows 1 to {_MOST_WAYS} lines, and here are {len(names) if rows.height else 0}"
        )
    lines = [
        _way(rows if by is None else rows.filter(pl.col(by).cast(pl.String) == name), name, value) for name in names
    ]
    highest = max([up for line in lines for _, up in line.points] + ([] if limit is None else [float(limit)]))
    x = Axis(say("gigabytes of text", language), 0.0, float(rows["gigabytes"][-1]) * 1.02 or 1.0)
    y = Axis(say(_SCALED[value], language), 0.0, highest * 1.05 or 1.0, number="count")
    rules = [] if limit is None else [Rule(y=float(limit))]
    return draw(Scatter([], x, y, lines=lines, rules=rules), title=title, backend=backend, theme=theme)


def _way(rows: pl.DataFrame, name: str, value: str) -> Line:
    return Line(name, list(rows.select("gigabytes", value).iter_rows()))


def dispersion(
    lines: Concordance | list[Concordance],
    *,
    by: str | None = None,
    top: int = 20,
    title: str | None = None,
    backend: str = "altair",
    theme: str = "light",
    language: str = "en",
) -> Any:
    """Where in a corpus a pattern occurs: a tick for each line of a concordance, a row for each pattern or source.

    lines: a Concordance of `ck.kwic`, or several of one corpus: then each has a row of its own.
    by: a metadata column, with one concordance: a row for each of its values, and the tick's place is that
        within the texts of the value, in the order of the corpus.
    top: rows to show; with by= those with most lines.
    title, backend, theme, language: see `ck.plot`.

    Places are counted in tokens. Beside each row stands the number of its lines.

    Returns an Altair chart or a matplotlib figure. Raises InputError for anything but concordances, an unknown
    column, or no line at all.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> both = [ck.kwic(corpus, "هدنة"), ck.kwic(corpus, "المسيرات")]
    >>> chart = ck.plot.dispersion(both, title="أين تقع الكلمتان؟")
    """
    check_look(backend, theme, language)
    check_top(top)
    given = list(lines) if isinstance(lines, list | tuple) else [lines]
    if not given or not all(isinstance(each, Concordance) for each in given):
        raise InputError(f"a dispersion plot takes a Concordance of ck.kwic or several, not {lines!r:.60}")
    if len({each.corpus.id for each in given}) > 1:
        raise InputError("a dispersion plot takes concordances of one corpus")
    if by is None:
        strips = [_strip(each, language) for each in given[:top]]
    elif len(given) > 1:
        raise InputError("by= takes one concordance, not several")
    else:
        strips = _strips_by(given[0], by, top, language)
    if not any(strip.places for strip in strips):
        raise InputError("the concordance has no line to plot")
    axis = "place in the corpus" if by is None else "place in the texts of each"
    return draw(Strips(strips, say(axis, language)), title=title, backend=backend, theme=theme)


def _strip(lines: Concordance, language: str) -> Strip:
    places = _places(lines, lines.corpus.selected_documents())
    return Strip(_with_count(lines.pattern, len(places), language), places)


def _strips_by(lines: Concordance, by: str, top: int, language: str) -> list[Strip]:
    """A row for each value of a column, those with most lines first; null is a value too."""
    documents = lines.corpus.selected_documents()
    labels = lines.corpus.labels(by, selected=False).gather(documents)
    found = pl.DataFrame({"document": documents, "label": labels.cast(pl.String)})
    strips = []
    for (label,), group in found.group_by("label", maintain_order=True):
        places = _places(lines, group["document"].to_numpy())
        name = "\u2014" if label is None else str(label)
        strips.append(Strip(_with_count(name, len(places), language), places))
    return sorted(strips, key=lambda strip: -len(strip.places))[:top]


def _places(lines: Concordance, documents: Any) -> list[float]:
    """Where the lines stand in these documents, read one after another: from 0 to 1, in order."""
    low, high = lines.corpus.document_bounds(documents)
    sizes = np.asarray(high, np.int64) - np.asarray(low, np.int64)
    begin = dict(zip(np.asarray(documents).tolist(), (np.cumsum(sizes) - sizes).tolist(), strict=True))
    total = int(sizes.sum()) or 1
    rows = lines.frame.select("document", "position").filter(pl.col("document").is_in(list(begin)))
    return sorted((begin[document] + position + 0.5) / total for document, position in rows.iter_rows())


def _with_count(name: str, count: int, language: str) -> str:
    return f"{name} ({count:,})" if language == "en" else f"{name} ({say('lines', language)}: {count:,})"


# ------------------------------------------------------------------------------------------- shared


def _scatter(
    rows: pl.DataFrame,
    x: Axis,
    y: Axis,
    named: pl.DataFrame,
    *,
    groups: dict[str, str] | None = None,
    lines: list[Line] | None = None,
    rules: list[Rule] | None = None,
) -> Scatter:
    """Points of the columns x, y and group, one at each place of the picture, and names where there is room."""
    groups = groups or {}
    if "group" not in rows.columns:
        rows = rows.with_columns(group=pl.lit(""))
    # half a pixel: what lies closer cannot be told apart
    width, height = 2 * AREA[0], 2 * AREA[1]
    order = {name: place for place, name in enumerate(groups)}
    seen, points = set(), []
    for a, b, group in rows.select("x", "y", "group").iter_rows():
        place = (round(x.part(a) * width), round(y.part(b) * height), group)
        if place not in seen:
            seen.add(place)
            points.append(Point(a, b, groups.get(group, "")))
    # what is drawn last lies on top: the first groups
    hues = {shown: _HUES[name] for name, shown in groups.items()}
    rank = {groups[name]: -place for name, place in order.items()}
    points.sort(key=lambda point: rank.get(point.group, 0))
    names = place_names(
        list(named.select("word", "x", "y").iter_rows()), [(point.x, point.y) for point in points], x, y
    )
    return Scatter(points, x, y, names, hues, lines or [], rules or [])


def _word_column(frame: pl.DataFrame, plot: str, function: str) -> str:
    for name in _WORDS:
        if frame.schema.get(name) == pl.String:
            return name
    raise InputError(
        f"{plot} needs a table of {function}: there is no column word among {', '.join(frame.columns) or 'no columns'}"
    )


def _one_row(fit: pl.DataFrame, columns: Sequence[str], function: str) -> tuple[float, ...]:
    """The numbers of a table of one row."""
    expect_columns(fit, columns, function)
    if fit.height != 1:
        raise InputError(f"fit= takes a table of one row, as {function} gives it, not of {fit.height:,}")
    expect_numbers(fit, columns)
    numbers = tuple(float("nan" if fit[name][0] is None else fit[name][0]) for name in columns)
    if not all(math.isfinite(number) for number in numbers):
        raise InputError(f"fit= has to have numbers in {', '.join(columns)}, as {function} gives them")
    return numbers
