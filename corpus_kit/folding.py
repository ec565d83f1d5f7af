"""What a profile does to the words of a corpus: which spellings each of its steps joins, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.provenance import attach
from corpus_kit.tokenization import COUNTED_KINDS

__all__ = ["collisions", "folding_steps"]

_AS_READ = "as read"


def folding_steps(corpus: CorpusView, profile: str | Normalizer = "search") -> pl.DataFrame:
    """What each step of a profile changes in a corpus, one step after another.

    Arguments:
        corpus: a Corpus or a subcorpus.
        profile: a preset's name or a Normalizer.

    Returns a DataFrame with a row for the text as read and one for each step, in the order in which they work:
    step (String), changed (Int64: running words that the step changes), forms (Int64: distinct words after it),
    merged (Int64: distinct words that the step joins to others), altered (Int64: running words that differ
    from the text by now), shared (Int64: running words whose form by now stands for several spellings of the
    text: of those the form alone does not say which spelling was meant).

    Words whose form becomes empty (a mark alone) are left out, as they are wherever words are counted.

    Raises InputError for a profile that is not known; for None, which has no steps.

    >>> import corpus_kit as ck
    >>> steps = ck.folding_steps(ck.sample_corpus(), "dediac")
    >>> steps.filter(step="marks").select("changed", "merged").rows()
    [(16, 2)]
    """
    normalizer, words = _words(corpus, profile, "folding_steps")
    rows, before = [], words["surface"]
    for step, forms in _chain(words["surface"], normalizer):
        together = pl.DataFrame({"form": forms, "surface": words["surface"], "count": words["count"]})
        several = pl.col("surface").n_unique().over("form") > 1
        rows.append(
            {
                "step": step,
                "changed": _running(words, forms, before),
                "forms": forms.n_unique(),
                "merged": before.n_unique() - forms.n_unique(),
                "altered": _running(words, forms, words["surface"]),
                "shared": int(together.filter(several)["count"].sum()),
            }
        )
        before = forms
    table = pl.DataFrame(rows, schema={"step": pl.String} | dict.fromkeys(_NUMBERS, pl.Int64))
    return _attached(table, "ck.folding_steps", corpus, normalizer)


_NUMBERS = ("changed", "forms", "merged", "altered", "shared")


def collisions(corpus: CorpusView, profile: str | Normalizer = "search") -> pl.DataFrame:
    """Which words of a corpus a profile makes one, and by which step.

    Are they one word in two spellings, or two words? That is for the reader to say: على and علي are two, أحمد
    and احمد are one.

    Arguments: those of `folding_steps`.

    Returns a DataFrame with the columns step (String), form (String, after the step), count (Int64: its running
    words), spellings (List of Struct: surface String, count Int64: the forms before the step that meet in it).
    Order: the steps as they work; then count descending, then form. Spellings: count descending, then surface.
    A form that a step does not join to another has no row.

    >>> import corpus_kit as ck
    >>> met = ck.collisions(ck.sample_corpus())
    >>> met.filter(step="maksura").row(0)
    ('maksura', 'علي', 379, [{'surface': 'على', 'count': 375}, {'surface': 'علي', 'count': 4}])
    """
    normalizer, words = _words(corpus, profile, "collisions")
    tables, before = [pl.DataFrame(schema=_COLLISIONS)], words["surface"]
    for step, forms in _chain(words["surface"], normalizer):
        pairs = pl.DataFrame({"form": forms, "surface": before, "count": words["count"]})
        pairs = pairs.group_by("form", "surface").agg(pl.col("count").sum())
        pairs = pairs.sort("count", "surface", descending=[True, False])
        met = pairs.group_by("form", maintain_order=True).agg(
            pl.col("count").sum().alias("total"), spellings=pl.struct("surface", "count")
        )
        met = met.filter(pl.col("spellings").list.len() > 1).sort("total", "form", descending=[True, False])
        tables.append(met.select(pl.lit(step).alias("step"), "form", pl.col("total").alias("count"), "spellings"))
        before = forms
    return _attached(pl.concat(tables), "ck.collisions", corpus, normalizer)


_COLLISIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "step": pl.String,
    "form": pl.String,
    "count": pl.Int64,
    "spellings": pl.List(pl.Struct({"surface": pl.String, "count": pl.Int64})),
}


def _words(corpus: CorpusView, profile: str | Normalizer, function: str) -> tuple[Normalizer, pl.DataFrame]:
    """The profile, and the words of the documents that have a form in it: surface, count."""
    expect_corpus(corpus, function)
    normalizer = resolve_profile(profile)
    if normalizer is None:
        raise InputError(f"{function} takes a profile that changes something; None has no steps")
    counts, _ = corpus.type_counts()
    words = pl.DataFrame(
        {"surface": corpus.type_column("surface"), "kind": corpus.type_column("kind"), "count": counts}
    )
    words = words.filter(pl.col("kind").cast(pl.String).is_in(COUNTED_KINDS), pl.col("count") > 0)
    # the same letters can be of two kinds, and are one spelling
    words = words.group_by("surface", maintain_order=True).agg(pl.col("count").sum().cast(pl.Int64))
    return normalizer, words.filter(normalize_series(words["surface"], normalizer) != "")


def _chain(surfaces: pl.Series, normalizer: Normalizer) -> Iterator[tuple[str, pl.Series]]:
    """The words as read, and after each step of the profile together with those before it."""
    yield _AS_READ, surfaces
    so_far = Normalizer()
    for step in normalizer.steps:
        so_far = so_far.replace(**{step: normalizer.options[step]})
        yield step, normalize_series(surfaces, so_far)


def _running(words: pl.DataFrame, forms: pl.Series, others: pl.Series) -> int:
    return int(words["count"].filter(forms != others).sum())


def _attached(table: pl.DataFrame, function: str, corpus: CorpusView, normalizer: Normalizer) -> pl.DataFrame:
    options = {"profile": normalizer.name, "subcorpus": corpus.selection}
    return attach(table, function, options, corpus_id=corpus.id, profile_digest=normalizer.digest)
