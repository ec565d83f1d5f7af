"""The ``arabic`` namespace of Polars, such as ``pl.col("text").arabic.tokenize()``; eager, lazy and streaming."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit.text.normalization import Profile, normalize
from corpus_kit.text.tokenization import COUNTED_KINDS, TokenBatch, Tokenizer

__all__ = ["ArabicExpr", "ArabicSeries"]


def _tokenize(texts: pl.Series, threads: int | None = None) -> pl.Series:
    series = texts.alias("")  # Polars takes some names for patterns
    tokenizer = Tokenizer()
    batch = tokenizer.add(series, starts=False, threads=threads)
    token = tokenizer.types()["surface"].gather(pl.Series(batch.type_ids))
    rows = pl.DataFrame({"row": np.arange(len(series), dtype=np.uint32), "null": series.is_null()})
    document = pl.Series("row", np.repeat(np.arange(len(series), dtype=np.uint32), batch.counts))
    lists = pl.DataFrame({"row": document, "token": token}).group_by("row", maintain_order=True).agg("token")
    filled = (
        pl.when("null")
        .then(pl.lit(None, pl.List(pl.String)))
        .otherwise(pl.col("token").fill_null(pl.lit([], pl.List(pl.String))))
    )
    joined = rows.join(lists, on="row", how="left", maintain_order="left")
    return joined.select(filled).to_series().alias(texts.name)


def _count_tokens(texts: pl.Series, threads: int | None = None) -> pl.Series:
    series = texts.alias("")  # as above
    tokenizer = Tokenizer()
    batch = tokenizer.add(series, starts=False, threads=threads)
    is_counted = tokenizer.types()["kind"].is_in(list(COUNTED_KINDS)).to_numpy()
    counts = pl.Series(_counted_per_text(batch, is_counted), dtype=pl.UInt32)
    return pl.select(pl.when(series.is_null()).then(None).otherwise(counts)).to_series().alias(texts.name)


def _counted_per_text(batch: TokenBatch, is_counted: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint32]:
    passed = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_counted[batch.type_ids], dtype=np.int64)])
    offsets = batch.offsets
    counts: npt.NDArray[np.uint32] = (passed[offsets[1:]] - passed[offsets[:-1]]).astype(np.uint32)
    return counts


def _map(
    expr: pl.Expr, function: Callable[[pl.Series, int], pl.Series], dtype: pl.DataType | type[pl.DataType]
) -> pl.Expr:
    # One thread: Polars' streaming engine calls this from several threads.
    return expr.map_batches(lambda series: function(series, 1), return_dtype=dtype, is_elementwise=True)


@pl.api.register_expr_namespace("arabic")
class ArabicExpr:
    """The methods of ``pl.col(...).arabic``, with the same results in eager, lazy and streaming execution.

    Examples:
        >>> import corpus_kit.text.namespace
        >>> pl.select(pl.lit("قال: نعم").arabic.count_tokens()).item()
        2
    """

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def normalize(self, profile: Profile = "search") -> pl.Expr:
        """Normalise each text.

        Args:
            profile: The name of a preset, a Normalizer, or None for the text as it is.

        Returns:
            String; null for null.

        Raises:
            InputError: If the profile is unknown, or, when it is computed, if the column does not hold strings.
        """
        result: pl.Expr = normalize(self._expr, profile=profile)
        return result

    def tokenize(self) -> pl.Expr:
        """Split each text into tokens in their original spelling, as `corpus_kit.tokenize` does.

        Returns:
            List(String); null for null, an empty list for an empty text.

        Raises:
            InputError: If the column does not hold strings.
        """
        return _map(self._expr, _tokenize, pl.List(pl.String))

    def count_tokens(self) -> pl.Expr:
        """Count the words, numbers, hashtags and mentions of each text, which are what analyses count.

        Returns:
            UInt32; null for null.

        Raises:
            InputError: If the column does not hold strings.
        """
        return _map(self._expr, _count_tokens, pl.UInt32)


@pl.api.register_series_namespace("arabic")
class ArabicSeries:
    """The methods of ``series.arabic``.

    Examples:
        >>> import corpus_kit.text.namespace
        >>> pl.Series(["قال: نعم"]).arabic.tokenize().to_list()
        [['قال', ':', 'نعم']]
    """

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def normalize(self, profile: Profile = "search") -> pl.Series:
        """Normalise each text.

        Args:
            profile: The name of a preset, a Normalizer, or None for the text as it is.

        Returns:
            String; null for null.

        Raises:
            InputError: If the profile is unknown, or, when it is computed, if the column does not hold strings.
        """
        result: pl.Series = normalize(self._series, profile=profile)
        return result

    def tokenize(self) -> pl.Series:
        """Split each text into tokens in their original spelling, as `corpus_kit.tokenize` does.

        Returns:
            List(String); null for null, an empty list for an empty text.

        Raises:
            InputError: If the column does not hold strings.
        """
        return _tokenize(self._series)

    def count_tokens(self) -> pl.Series:
        """Count the words, numbers, hashtags and mentions of each text, which are what analyses count.

        Returns:
            UInt32; null for null.

        Raises:
            InputError: If the column does not hold strings.
        """
        return _count_tokens(self._series)
