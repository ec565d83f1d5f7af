"""folding_steps: what each step of a profile changes in the words of a corpus."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from corpus_kit.analysis.provenance import attach_of_corpus
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.text.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.text.tokenization import COUNTED_KINDS

__all__ = ["folded_words", "folding_steps", "forms_by_step"]

_AS_READ = "as read"
_NUMBERS = ("changed", "forms", "merged", "altered", "shared")


def folding_steps(corpus: CorpusView, *, profile: str | Normalizer = "search") -> pl.DataFrame:
    """Count what each step of a profile changes in a corpus.

    Words whose form becomes empty (a mark alone) are left out, as they are wherever words are counted.

    Args:
        corpus: A Corpus or a subcorpus.
        profile: The name of a preset, or a Normalizer.

    Returns:
        A DataFrame with a row for the text as read and one for each step, in the order in which they are applied:
        step (String), changed (Int64: tokens that the step changes), forms (Int64: types after it), merged (Int64:
        types that the step conflates with others), altered (Int64: tokens that differ from the text after it),
        shared (Int64: tokens whose form after it stands for several spellings of the text, so that the form alone
        does not say which spelling was meant).

    Raises:
        InputError: If the profile is unknown, or None, which has no steps.

    Examples:
        >>> import corpus_kit as ck
        >>> steps = ck.folding_steps(ck.sample_corpus(), profile="dediac")
        >>> steps.filter(step="marks").select("changed", "merged").rows()
        [(16, 2)]
    """
    normalizer, words = folded_words(corpus, profile)
    rows, before = [], words["surface"]
    for step, forms in forms_by_step(words["surface"], normalizer):
        together = pl.DataFrame({"form": forms, "surface": words["surface"], "count": words["count"]})
        has_several = pl.col("surface").n_unique().over("form") > 1
        rows.append(
            {
                "step": step,
                "changed": _tokens_that_differ(words, forms, before),
                "forms": forms.n_unique(),
                "merged": before.n_unique() - forms.n_unique(),
                "altered": _tokens_that_differ(words, forms, words["surface"]),
                "shared": int(together.filter(has_several)["count"].sum()),
            }
        )
        before = forms
    table = pl.DataFrame(rows, schema={"step": pl.String} | dict.fromkeys(_NUMBERS, pl.Int64))
    return attach_of_corpus(table, "ck.folding_steps", corpus, normalizer, {})


def folded_words(corpus: CorpusView, profile: str | Normalizer) -> tuple[Normalizer, pl.DataFrame]:
    """Return the profile, and the words of the documents that have a form in it: surface, count."""
    expect_corpus(corpus)
    normalizer = resolve_profile(profile)
    if normalizer is None:
        raise invalid("profile", "the name of a preset or a Normalizer", profile, "None has no steps.")
    counts, _ = corpus.type_counts()
    words = pl.DataFrame(
        {"surface": corpus.type_column("surface"), "kind": corpus.type_column("kind"), "count": counts}
    )
    words = words.filter(pl.col("kind").cast(pl.String).is_in(COUNTED_KINDS), pl.col("count") > 0)
    # one spelling can be of two kinds
    words = words.group_by("surface", maintain_order=True).agg(pl.col("count").sum().cast(pl.Int64))
    return normalizer, words.filter(normalize_series(words["surface"], normalizer) != "")


def forms_by_step(surfaces: pl.Series, normalizer: Normalizer) -> Iterator[tuple[str, pl.Series]]:
    """Yield the words as read, and then after each step of the profile together with the steps before it."""
    yield _AS_READ, surfaces
    so_far = Normalizer()
    for step in normalizer.steps:
        so_far = so_far.replace(**{step: normalizer.options[step]})
        yield step, normalize_series(surfaces, so_far)


def _tokens_that_differ(words: pl.DataFrame, forms: pl.Series, others: pl.Series) -> int:
    return int(words["count"].filter(forms != others).sum())
