"""A volcano plot of key words; of several groups, bars of the key words of each."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit._base.arguments import share
from corpus_kit._base.records import table_of
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import choose
from corpus_kit.plots.arguments import Look, expect_numbers, expect_rows, plot, top_argument, wrong_table
from corpus_kit.plots.bar_panels import comparison_bars, group_panels, grouped_by, panel_numbers
from corpus_kit.plots.look import say, titled
from corpus_kit.plots.pictures import Axis, BarPanels, Hue, Rule, Scatter, root_axis
from corpus_kit.plots.scatter import COMPARING, scatter, word_column

__all__ = ["keyness"]

_SIDES = ("target", "reference")
_QUIET = "not significant"
_GROUPS: dict[str, tuple[str, Hue]] = {
    "target": ("key in target", "blue"), "reference": ("key in reference", "orange"), _QUIET: (_QUIET, "grey"),
}  # fmt: skip
# Effect sizes whose value for no difference is 0. Other measures say how certain a difference is.
_EFFECTS = ("log_ratio", "conservative_log_ratio", "weighted_log_odds", "percent_diff", "difference_coefficient")


@plot
def keyness(
    table: pl.DataFrame,
    *,
    measure: str | None = None,
    effect: str = "log_ratio",
    alpha: float = 0.05,
    top: int | None = None,
    panels: int = 12,
    **look: Unpack[Look],
) -> Scatter | BarPanels:
    """Draw key words: a volcano plot, with how large a difference is (across) and how certain (upwards).

    Of a table with several groups (`by`), a panel is drawn for each: bars of its strongest key words, with the
    interval of the log ratio. Words that are key in the group grow to the right and come first; below them, words
    that are key in the rest grow to the left.

    Args:
        table: A table of `ck.keyness`, or of `ck.compare_collocations`.
        measure: The column on the vertical axis, by absolute value; None takes the first measure that is not an
            effect size. The axis has a square-root scale: for log_likelihood, steps are about standard errors. With
            groups, the words of the highest values are shown.
        effect: The column on the horizontal axis: log_ratio or another effect size whose value for no difference
            is 0. Key words of the target are at the right.
        alpha: A number above 0 and at most 1. Words whose p_adjusted is above it are grey; without that column no
            word is grey. With groups, they are left out.
        top: The number of words to name, those of the highest measure first; None is 24. A name without room is left
            out. With groups, the number of bars of each; None is 10.
        panels: The number of groups that are shown, the first of the table that have key words; a line below says how
            many there are in all.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is not one of keyness, has no rows, or lacks the measure or the effect size.

    Note:
        Words at one place of the picture are drawn once. Rows without a finite number are left out.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> outlet = pl.col("outlet") == "وكالة مدى"
        >>> table = ck.keyness(corpus.filter(outlet), corpus.filter(~outlet), min_count=3)
        >>> chart = ck.plot.keyness(table, title="ما يميز وكالة مدى")
        >>> chart = ck.plot.keyness(ck.keyness(corpus, by="outlet"), panels=6)
    """
    frame = table_of(table)
    most = top_argument(panels, "panels")
    wanted = None if top is None else top_argument(top)
    alpha = share(alpha, "alpha")
    language = look["language"]
    by = grouped_by(frame, word_column(frame, "ck.keyness"))
    if by is not None:
        return _panels(frame, by, (measure, effect, alpha), wanted or 10, most, language)
    rows, across, up = _points(frame, measure, effect, alpha)
    expect_rows(rows)
    widest = float(rows["x"].abs().max()) * 1.12 or 1.0  # type: ignore[arg-type]
    x = Axis(say(across, language), -widest, widest)
    y = root_axis(titled(up, "square-root scale", language), float(rows["y"].max()))  # type: ignore[arg-type]
    named = rows.filter(pl.col("group") != _QUIET).sort("y", descending=True, maintain_order=True).head(wanted or 24)
    present = set(rows["group"].to_list())
    groups = {group: (say(title, language), hue) for group, (title, hue) in _GROUPS.items() if group in present}
    return scatter(rows, x, y, named, groups=groups, rules=[Rule(x=0.0)])


def _panels(
    frame: pl.DataFrame, by: str, choice: tuple[str | None, str, float], top: int, most: int, language: str
) -> BarPanels:
    """Return a panel for each group."""
    expect_rows(frame)
    numbers, labels = panel_numbers(frame, by)
    places = pl.int_range(frame.height, eager=True)
    if "p_adjusted" in frame.columns and frame.schema["p_adjusted"].is_numeric():  # most rows go, before their spelling
        kept = (frame["p_adjusted"] <= choice[2]).fill_null(value=False)
        frame, numbers, places = frame.filter(kept), numbers.filter(kept), places.filter(kept)
    rows, _, _ = _points(frame, *choice, numbers, places)
    rows = rows.filter(pl.col("group") != _QUIET).sort("y", descending=True, maintain_order=True)
    expect_rows(rows, f"rows whose p_adjusted is at most {choice[2]:g}")
    panels = group_panels(rows.rename({"group": "direction"}), labels, most)
    titles = {"target": "key in the group", "reference": "key in the rest"}
    return comparison_bars(panels, (len(labels), rows.height), choice[1], top, "key words", titles, language)


def _points(
    frame: pl.DataFrame,
    measure: str | None,
    effect: str,
    alpha: float,
    panel: pl.Series | None = None,
    places: pl.Series | None = None,
) -> tuple[pl.DataFrame, str, str]:
    """Return word, x, y, low, high, group and row (its place in the table) of each row, and the columns of the axes."""
    word = word_column(frame, "ck.keyness")
    known = [name for name in frame.columns if name in COMPARING]
    across = choose(effect, [name for name in known if name in _EFFECTS] or [*_EFFECTS], "effect")
    upwards = [name for name in known if name not in _EFFECTS]
    absent = [name for name in (across, "direction") if name not in frame.columns]
    absent += [] if upwards else ["a measure such as log_likelihood"]
    if absent:
        raise wrong_table(frame, "ck.keyness", f"without {', '.join(absent)}")
    up = upwards[0] if measure is None else choose(measure, upwards, "measure")
    has_p = "p_adjusted" in frame.columns
    expect_numbers(frame, [across, up, *(["p_adjusted"] if has_p else [])])
    is_key = (pl.col("p_adjusted") <= alpha if has_p else pl.lit(True)) & pl.col("direction").is_in(_SIDES)
    bounded = across == "log_ratio" and {"log_ratio_low", "log_ratio_high"} <= set(frame.columns)
    rows = frame.select(
        spelled_text(frame, word).alias("word"),
        x=pl.col(across).cast(pl.Float64),
        y=pl.col(up).cast(pl.Float64).abs(),
        low=pl.col("log_ratio_low") if bounded else pl.lit(None, pl.Float64),
        high=pl.col("log_ratio_high") if bounded else pl.lit(None, pl.Float64),
        group=pl.when(is_key).then(pl.col("direction").cast(pl.String)).otherwise(pl.lit(_QUIET)),
        panel=pl.lit(0) if panel is None else panel,
        row=pl.int_range(pl.len()) if places is None else places,
    )
    return rows.filter(pl.col("word").is_not_null(), pl.col("x").is_finite(), pl.col("y").is_finite()), across, up
