"""A volcano plot of key words."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import share
from corpus_kit._base.records import table_of
from corpus_kit.errors import choose
from corpus_kit.plots.arguments import Look, expect_numbers, expect_rows, plot, top_argument, wrong_table
from corpus_kit.plots.look import say
from corpus_kit.plots.pictures import Axis, Hue, Rule, Scatter, root_axis
from corpus_kit.plots.scatter import scatter, word_column

__all__ = ["keyness"]

_SIDES = ("target", "reference")
_QUIET = "not significant"
_GROUPS: dict[str, tuple[str, Hue]] = {
    "target": ("key in target", "blue"), "reference": ("key in reference", "orange"), _QUIET: (_QUIET, "grey"),
}  # fmt: skip
# Effect sizes whose value for no difference is 0. Other measures say how certain a difference is.
_EFFECTS = ("log_ratio", "conservative_log_ratio", "weighted_log_odds", "percent_diff", "difference_coefficient")
_MEASURES = {*measures.FAMILIES["keyness"], *measures.FAMILIES["association"], "log_likelihood_four_cells"}
_MEASURES -= {"log_ratio_interval"}


@plot
def keyness(
    table: pl.DataFrame,
    *,
    measure: str | None = None,
    effect: str = "log_ratio",
    alpha: float = 0.05,
    top: int = 24,
    **look: Unpack[Look],
) -> Scatter:
    """Draw a volcano plot of key words: how large a difference is (across) and how certain (upwards).

    Args:
        table: A table of `ck.keyness`.
        measure: The column on the vertical axis, by absolute value; None takes the first measure that is not an
            effect size. The axis has a square-root scale: for log_likelihood, steps are about standard errors.
        effect: The column on the horizontal axis: log_ratio or another effect size whose value for no difference
            is 0. Key words of the target are at the right.
        alpha: A number above 0 and at most 1. Words whose p_adjusted is above it are grey; without that column no
            word is grey.
        top: The number of words to name, those of the highest measure first. A name without room is left out.
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
    """
    frame = table_of(table)
    top = top_argument(top)
    alpha = share(alpha, "alpha")
    language = look["language"]
    rows, across, up = _points(frame, measure, effect, alpha)
    expect_rows(rows)
    widest = float(rows["x"].abs().max()) * 1.12 or 1.0  # type: ignore[arg-type]
    x = Axis(say(across, language), -widest, widest)
    scale = say("square-root scale", language)
    y = root_axis(f"{say(up, language)} ({scale})", float(rows["y"].max()))  # type: ignore[arg-type]
    named = rows.filter(pl.col("group") != _QUIET).sort("y", descending=True, maintain_order=True).head(top)
    present = set(rows["group"].to_list())
    groups = {group: (say(title, language), hue) for group, (title, hue) in _GROUPS.items() if group in present}
    return scatter(rows, x, y, named, groups=groups, rules=[Rule(x=0.0)])


def _points(frame: pl.DataFrame, measure: str | None, effect: str, alpha: float) -> tuple[pl.DataFrame, str, str]:
    """Return word, x, y and group of each row, and the names of the columns on the two axes."""
    word = word_column(frame, "ck.keyness")
    known = [name for name in frame.columns if name in _MEASURES]
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
    rows = frame.select(
        pl.col(word).alias("word"),
        x=pl.col(across).cast(pl.Float64),
        y=pl.col(up).cast(pl.Float64).abs(),
        group=pl.when(is_key).then(pl.col("direction").cast(pl.String)).otherwise(pl.lit(_QUIET)),
    )
    return rows.filter(pl.col("word").is_not_null(), pl.col("x").is_finite(), pl.col("y").is_finite()), across, up
