"""The spread of all words from sums of one pass, beside that of its entries; words of documents, beside tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import measures
from corpus_kit.analysis.corpus_forms import tokens_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.spread import spread_of
from corpus_kit.measures.dispersion import Spread
from corpus_kit.text.forms import select
from corpus_kit.text.normalization import resolve_profile


def without_beginnings(corpus: ck.Corpus) -> ck.Corpus:
    spans = corpus.documents.select("document", start=pl.lit(3), end=pl.lit(40)).collect()
    return corpus.exclude(spans)


VIEWS: dict[str, Callable[[ck.Corpus], ck.Corpus]] = {
    "whole": lambda corpus: corpus,
    "subcorpus": lambda corpus: corpus.filter(outlet=["المرقاب", "وكالة مدى"]),
    "excluded": without_beginnings,
    "excluded, subcorpus": lambda corpus: without_beginnings(corpus).filter(outlet="المرقاب"),
    "empty": lambda corpus: corpus.filter(pl.col("document") < 0),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("profile", ["search", None])
def test_sums_of_one_pass_are_those_of_entries(view: str, profile: str | None) -> None:
    corpus = VIEWS[view](ck.sample_corpus())
    counted = CountedWords(corpus, resolve_profile(profile))
    spread = spread_of(counted)
    slow = Spread(*spread.entries, spread.sizes, spread.n_words)
    assert spread.frequency.tolist() == slow.frequency.tolist()
    assert spread.holding.tolist() == slow.holding.tolist()
    with np.errstate(invalid="ignore"):  # as in formulas
        above = slow.above_average
    for fast, entries in zip(spread.above_average, above, strict=True):
        assert fast.tolist() == entries.tolist()
    for measure in measures.FAMILIES["dispersion"].values():
        assert np.array_equal(measure.formula(spread), measure.formula(slow), equal_nan=True)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("unit", ["word", "lemma"])
def test_words_of_documents_are_those_of_their_tokens(view: str, unit: str) -> None:
    corpus = VIEWS[view](ck.sample_corpus())
    counted = CountedWords(corpus, resolve_profile("search"), unit)
    tokens = pl.Series(corpus.token_types)
    ends = corpus.document_ends.astype(np.int64)
    is_word = corpus.counted_types & (corpus.type_column("folded") != "").to_numpy()
    starts = np.concatenate(([0], ends[:-1]))
    slow = [int(is_word[tokens[start:end].to_numpy()].sum()) for start, end in zip(starts, ends, strict=True)]
    assert counted.sizes.tolist() == [slow[document] for document in counted.documents]


def test_words_without_a_form_are_not_in_the_size_of_a_document(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["كلمة ّ أخرى", "ـ كلمة"]}), tmp_path / "corpus", progress=False)
    counted = CountedWords(corpus, resolve_profile("search"))
    assert counted.sizes.tolist() == [len(words) for words in _words(corpus, counted)]
    assert counted.sizes.sum() == counted.frequency.sum()


def _words(corpus: ck.Corpus, counted: CountedWords) -> list[list[int]]:
    selected = select(tokens_of(corpus), counted.forms)
    return [part.tolist() for part in np.split(selected.ids, selected.document_ends[:-1].astype(np.int64))]
