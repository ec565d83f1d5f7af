"""coding_sheet, agreement, dictionary_precision: hits of a dictionary coded by hand, and what the codes say.

1. `coding_sheet` writes hits in context, with an empty column for each coder.
2. Each coder fills in a column without looking at the others': the name of a category, or another word for "none".
3. `agreement` says whether the coders can be trusted; `dictionary_precision` whether the dictionary can.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._arguments import path_argument, whole_number
from corpus_kit._random import hashed
from corpus_kit._statistics import nan_as_null, positive_share
from corpus_kit.concordance import Concordance
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose
from corpus_kit.matching import Hits
from corpus_kit.measures import krippendorff_alpha, krippendorff_alpha_interval, percent_agreement
from corpus_kit.measures.agreement import LEVELS, CodedUnits
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.framing import Dictionary, frames, hits_of
from corpus_kit.provenance import attach
from corpus_kit.resampling import bootstrap_options, bootstrap_record

__all__ = ["agreement", "coding_sheet", "dictionary_precision"]

VERDICT = "dictionary"  # the column that shows what the dictionary says
_SEVERAL = "|"  # between several categories of one place, and several codes of one coder
_KEY = ("id", "position")


def coding_sheet(
    corpus: CorpusView,
    hits: pl.DataFrame | Dictionary | None = None,
    *,
    path: str | PathLike[str],
    coders: Sequence[str] = ("coder1", "coder2"),
    dimension: str | None = None,
    sample: int | None = None,
    stratify: bool = False,
    seed: int = 0,
    window: int | tuple[int, int] = 15,
    show_dictionary: bool = False,
) -> pl.DataFrame:
    """Write hits of a dictionary in context to a sheet for coding by hand, or bring the sheet up to date.

    The sheet is that of `Concordance.code`: a .csv, .tsv or .parquet file with the columns id, position, before, node,
    after, and an empty one for each coder. Codes that are there stay; hits that are new are added. A row is a
    place in the text; a place in two categories of the dimension is one row.

    Arguments:
        corpus: the corpus, subcorpus or cleaned view in which the hits were found.
        hits: a table of `frames`, from which rows may have been taken out; or what `frames` takes as dictionary.
        path: the sheet; it is made where it is not there.
        coders: the names of their columns.
        dimension: the dimension that is coded; needed where the hits have several.
        sample: take this many places at random; all where there are no more. The same seed gives the same places,
            and a larger sample holds the smaller.
        stratify: take so many places of each category, so that rare ones can be judged too.
        seed: of the sample.
        window: words before and after; one number or (before, after).
        show_dictionary: add a column "dictionary" with the category that the dictionary gives. Coders who see it
            tend to follow it, so it is hidden by default.

    Returns a DataFrame with the lines of the sheet in the order of the text: document (UInt32), id (String), position
    (UInt32), before, node, after (String), start, end (UInt32), the coders' columns (String, null where nothing
    was filled in), and dictionary (String) where it is shown; several categories are joined by |.

    Raises InputError for hits of another corpus, an unknown dimension, a sheet that cannot be read or written.

    >>> import corpus_kit as ck, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sheet = ck.news.coding_sheet(ck.sample_corpus(), path=f"{folder}/a.csv", dimension="level", sample=10)
    >>> sheet.height, sheet["coder1"].null_count()
    (10, 10)
    """
    from corpus_kit.coding import with_codes

    expect_corpus(corpus, "news.coding_sheet")
    found = hits_of(corpus, hits) if isinstance(hits, pl.DataFrame) else frames(corpus, hits)
    names = _names(coders)
    count = None if sample is None else whole_number(sample, "sample", least=0, what="places")
    start = whole_number(seed, "seed", least=0, what="any kind")
    for value, argument in ((stratify, "stratify"), (show_dictionary, "show_dictionary")):
        if not isinstance(value, bool):
            raise InputError(f"{argument}= takes True or False, not {value!r:.60}")
    places = _sampled(_of_dimension(found, dimension), count, stratify, start)
    lines = _lines(corpus, places, window)
    columns = [*names, VERDICT] if show_dictionary else names
    coded = with_codes(lines, path, columns)
    if show_dictionary:
        _show(path, places)
        coded = with_codes(lines, path, columns, refresh=False)
    options = {
        "dimension": dimension, "coders": names, "sample": count, "stratify": stratify, "seed": start,
        "show_dictionary": show_dictionary, "hits": found.height, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(coded, "ck.news.coding_sheet", options, corpus_id=corpus.id)


def agreement(
    sheet: pl.DataFrame | str | PathLike[str],
    *,
    coders: Sequence[str] = ("coder1", "coder2"),
    level: str = "nominal",
    confidence: float = 0.95,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> pl.DataFrame:
    """Say how far coders agree: Krippendorff's alpha with an interval, and plain agreement.

    Arguments:
        sheet: a sheet of `coding_sheet` or `Concordance.code` (a path), or any table with a column for each coder and
            a row for each unit. Empty codes are missing ones; spaces around a code do not matter.
        coders: the names of their columns.
        level: of measurement of the codes: "nominal", or "ordinal", "interval" or "ratio" for numbers.
        confidence: of the interval.
        n_bootstrap: replicates of the interval (`ck.measures.krippendorff_alpha_interval`); 0 makes none.
        seed: of the replicates.

    Returns a DataFrame with a row for all coders and, where there are more than two, one for each pair: coders (String,
    joined by a comma), units (UInt32: with two codes or more), uncoded (UInt32: the other rows), codes (UInt32: in
    the units), alpha, alpha_low, alpha_high, agreement (Float64). Null where a number is not defined: no units, or one
    and the same code everywhere. Krippendorff (2004, p. 241) asks for 0.8, and 0.667 for tentative conclusions.

    Source: Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11; see `ck.measures.krippendorff_alpha`.

    Raises InputError for a sheet that cannot be read, a column that is not there, codes that do not fit the level.

    >>> import corpus_kit as ck, polars as pl
    >>> sheet = pl.DataFrame({"coder1": list("aabbdcccedda"), "coder2": list("babbbccceddd")})
    >>> ck.news.agreement(sheet).select("units", pl.col("alpha").round(3)).row(0)
    (12, 0.692)
    """
    names = _names(coders, least=2)
    choose(level, LEVELS, "level")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    codes = _codes(_sheet(sheet), names, numbers=level != "nominal")
    groups = [names] if len(names) == 2 else [names, *map(list, combinations(names, 2))]
    rows = []
    for group in groups:
        given = codes.select(group)
        units = CodedUnits.of(given)
        low, high = float("nan"), float("nan")
        if bootstrap is not None:
            low, high = krippendorff_alpha_interval(
                given,
                level=level,
                confidence=bootstrap.confidence,
                n_bootstrap=bootstrap.replicates,
                seed=bootstrap.seed,
            )
        alpha, plain = krippendorff_alpha(given, level=level), percent_agreement(given)
        rows.append(
            (", ".join(group), units.units, codes.height - units.units, units.pairable, alpha, low, high, plain)
        )
    counts = dict.fromkeys(("units", "uncoded", "codes"), pl.UInt32)
    numbers = dict.fromkeys(("alpha", "alpha_low", "alpha_high", "agreement"), pl.Float64)
    schema: dict[str, Any] = {"coders": pl.String, **counts, **numbers}
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(list(numbers)).fill_nan(None))
    options = {"coders": names, "level": level, **bootstrap_record(bootstrap)}
    return attach(table, "ck.news.agreement", options)


def dictionary_precision(
    sheet: pl.DataFrame | str | PathLike[str],
    hits: pl.DataFrame,
    *,
    coders: Sequence[str] = ("coder1", "coder2"),
    dimension: str | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Say how often the coders confirm what the dictionary says, for each category.

    A place has the code that more than half of those who coded it gave. A hit is confirmed where this is the name of
    its category; a coder may give several, joined by |. What the dictionary misses is not looked at: that takes
    texts coded without it.

    Arguments:
        sheet: a sheet of `coding_sheet` with codes: a path, or a table with the columns id, position and the coders'.
        hits: the table of `frames` from which the sheet was made.
        coders: the names of their columns; one is enough.
        dimension: the dimension that was coded; needed where the hits have several.
        confidence: of the interval.

    Returns a DataFrame, in the order in which categories occur in the text: category (String), hits (Int64: in the
    sheet), undecided (Int64: without a code of more than half of the coders, or without any), judged (Int64: the
    others), confirmed (Int64), precision (Float64: confirmed of judged; null without any), precision_low,
    precision_high (Wilson 1927). The interval takes the judged hits as drawn at random.

    Raises InputError for a sheet that cannot be read, or in which a place of the hits stands twice.

    >>> import corpus_kit as ck, polars as pl
    >>> hits = ck.news.frames(ck.sample_corpus()).filter(dimension="level")
    >>> sheet = hits.select("id", "position", me=pl.lit("local"))
    >>> table = ck.news.dictionary_precision(sheet, hits, coders=["me"])
    >>> table.select("category", "judged", "confirmed").rows()
    [('local', 12, 12), ('regional', 20, 0), ('international', 3, 0)]
    """
    names = _names(coders)
    level = positive_share(confidence, "confidence")
    if not isinstance(hits, pl.DataFrame) or not {*_KEY, "dimension", "category"} <= set(hits.columns):
        raise InputError("hits takes a table of ck.news.frames, with the columns id, position, dimension, category")
    judged = _consensus(_sheet(sheet, _KEY), names)
    chosen = _of_dimension(hits, dimension).select(*_KEY, "category").unique(maintain_order=True)
    # hits that were not drawn into the sheet are not looked at
    both = chosen.join(judged, on=_KEY, maintain_order="left")
    decided = pl.col("code").is_not_null()
    confirmed = pl.col("code").str.split(_SEVERAL).list.contains(pl.col("category")).fill_null(False)
    table = both.group_by("category", maintain_order=True).agg(
        hits=pl.len().cast(pl.Int64),
        undecided=(~decided).sum().cast(pl.Int64),
        judged=decided.sum().cast(pl.Int64),
        confirmed=confirmed.sum().cast(pl.Int64),
    )
    successes, trials = (table[name].to_numpy() for name in ("confirmed", "judged"))
    low, high = wilson(successes, trials, level)
    with np.errstate(all="ignore"):
        precision = successes / trials
    table = table.with_columns(
        nan_as_null(np.asarray(values, np.float64)).alias(name)
        for name, values in (("precision", precision), ("precision_low", low), ("precision_high", high))
    )
    options = {"coders": names, "dimension": dimension, "confidence": level}
    return attach(table, "ck.news.dictionary_precision", options)


# --------------------------------------------------------------------------------------------- sheets


def _names(coders: object, least: int = 1) -> list[str]:
    names = list(coders) if isinstance(coders, list | tuple) else []
    if len(names) < least or not all(isinstance(name, str) and name for name in names):
        raise InputError(f"coders= takes a list of at least {least} names of columns, not {coders!r:.60}")
    if len(set(names)) < len(names):
        raise InputError(f"coders= holds a name twice: {', '.join(names)}")
    if VERDICT in names:
        raise InputError(f"a coder cannot be named {VERDICT!r}: that column holds what the dictionary says")
    return names


def _of_dimension(hits: pl.DataFrame, dimension: str | None) -> pl.DataFrame:
    known = hits["dimension"].unique(maintain_order=True).to_list()
    if dimension is not None:
        choose(dimension, known, "dimension")
        return hits.filter(pl.col("dimension") == dimension)
    if len(known) > 1:
        raise InputError(f"a sheet asks one question: name the dimension= that is coded: {', '.join(known)}")
    return hits


def _sampled(hits: pl.DataFrame, sample: int | None, stratify: bool, seed: int) -> pl.DataFrame:
    """Places (document, position), with what the dictionary says of them, in the order of the text."""
    key = ["document", "position"]
    places = (
        hits.sort(*key, "tokens", descending=[False, False, True], maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(pl.col("id", "start", "tokens").first(), pl.col("category").unique(maintain_order=True))
    )
    if sample is not None:
        numbers = (places["document"].cast(pl.Int64).to_numpy() << 32) + places["start"].cast(pl.Int64).to_numpy()
        places = places.with_columns(draw=pl.Series(hashed(numbers, seed), dtype=pl.UInt64))
        rank = pl.col("draw").rank("ordinal")
        kept = rank.over(pl.col("category").list.first()) if stratify else rank
        places = places.filter(kept <= sample).drop("draw")
    return places.with_columns(pl.col("category").list.join(_SEVERAL).alias(VERDICT))


def _lines(corpus: CorpusView, places: pl.DataFrame, window: int | tuple[int, int]) -> pl.DataFrame:
    documents = places["document"].to_numpy()
    first = corpus.document_bounds(documents)[0] + places["position"].to_numpy()
    found = Hits(first.astype(np.uint32), (first + places["tokens"].to_numpy()).astype(np.uint32))
    options: dict[str, Any] = {"window": [0, 0], "sort": [], "metadata": []}
    return Concordance(corpus, "ck.news.frames", found, found=found, options=options).widen(window).frame


def _show(path: str | PathLike[str], places: pl.DataFrame) -> None:
    """Fill in what the dictionary says, where the sheet has nothing."""
    from corpus_kit.coding import read_sheet, write_sheet

    target = path_argument(path, "path")
    told = places.select(*_KEY, pl.col(VERDICT).alias("told"))
    sheet = read_sheet(target).join(told, on=_KEY, how="left", maintain_order="left")
    write_sheet(sheet.with_columns(pl.coalesce(VERDICT, "told").alias(VERDICT)).drop("told"), target)


def _sheet(sheet: object, key: tuple[str, ...] = ()) -> pl.DataFrame:
    """The table of a sheet; a place may stand in it once."""
    if isinstance(sheet, str | PathLike):
        from corpus_kit.coding import read_sheet

        table = read_sheet(path_argument(sheet, "sheet"))
    elif isinstance(sheet, pl.DataFrame):
        table = sheet
    else:
        raise InputError(f"sheet takes a path or a DataFrame, not {type(sheet).__name__}: {sheet!r:.60}")
    for name in key:
        choose(name, table.columns, "column of the sheet")
    if key:
        table = table.with_columns(pl.col("id").cast(pl.String), pl.col("position").cast(pl.UInt32))
        twice = table.filter(pl.struct(key).is_duplicated())
        if twice.height:
            raise InputError(f"a place stands twice in the sheet: {twice.select(key).row(0)}. Keep one of each")
    return table


def _codes(table: pl.DataFrame, names: list[str], *, numbers: bool) -> pl.DataFrame:
    """The coders' columns; what is empty is missing."""
    for name in names:
        choose(name, table.columns, "column of the sheet")
    text = table.select(names).with_columns(pl.col(names).cast(pl.String).str.strip_chars())
    text = text.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)
    if not numbers:
        return text
    values = text.with_columns(pl.col(names).cast(pl.Float64, strict=False))
    for name in names:
        bad = text[name].filter(values[name].is_null() & text[name].is_not_null())
        if len(bad):
            raise InputError(f"codes of {name!r} are no numbers: {bad[0]!r:.60}; level='nominal' takes any codes")
    return values


def _consensus(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The code of each place that more than half of its coders gave; null where there is none."""
    codes = _codes(table, names, numbers=False)
    long = pl.concat(
        [table.select(_KEY).with_row_index("row").with_columns(codes[name].alias("code")) for name in names]
    )
    votes = long.drop_nulls("code").group_by("row", "code").agg(pl.len().alias("votes"))
    majority = votes.filter(2 * pl.col("votes") > pl.col("votes").sum().over("row"))
    rows = table.select(_KEY).with_row_index("row")
    return rows.join(majority, on="row", how="left", maintain_order="left").select(*_KEY, "code")
