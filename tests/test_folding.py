"""Words merged by profiles: equal to plain counts word by word, in the sample and in random texts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import oracles_folding
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

PROFILES = ["repair", "dediac", "search", "social", "classical", "lucene", "camel"]


def built(texts: list[str], folder: str) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts}), Path(folder) / "corpus", progress=False)


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_sample_equals_a_count_word_by_word(profile: str) -> None:
    corpus = ck.sample_corpus()
    texts = corpus.documents.select("text").collect()["text"].to_list()
    normalizer = ck.Normalizer.preset(profile)
    assert ck.folding_steps(corpus, profile=profile).rows() == oracles_folding.folding_steps(texts, normalizer)
    assert ck.conflations(corpus, profile=profile).rows() == oracles_folding.conflations(texts, normalizer)


WORDS = st.text("اأإآىيهةكَُّـ\u0640\u064b\ufefb\u0644\u0627\u0653\u200c١1Aa#@", min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore:not all of the source was read")
@settings(max_examples=examples(30))
@given(st.lists(st.lists(WORDS, max_size=12).map(" ".join), min_size=1, max_size=4), st.sampled_from(PROFILES))
def test_random_texts_equal_a_count_word_by_word(texts: list[str], profile: str) -> None:
    texts = [*texts, "خبر"]  # a corpus must have a word
    normalizer = ck.Normalizer.preset(profile)
    with TemporaryDirectory() as folder, built(texts, folder) as corpus:
        assert ck.folding_steps(corpus, profile=profile).rows() == oracles_folding.folding_steps(texts, normalizer)
        assert ck.conflations(corpus, profile=profile).rows() == oracles_folding.conflations(texts, normalizer)


def test_last_step_equals_frequency() -> None:
    corpus = ck.sample_corpus()
    assert ck.folding_steps(corpus)["forms"][-1] == ck.frequency(corpus).height
    assert ck.folding_steps(corpus)["merged"].sum() == (
        ck.frequency(corpus, profile=None).height - ck.frequency(corpus).height
    )


def test_subcorpus_counts_only_its_words() -> None:
    corpus = ck.sample_corpus()
    part = corpus.filter(pl.col("document") < 40)
    texts = part.documents.select("text").collect()["text"].to_list()
    assert ck.folding_steps(part).rows() == oracles_folding.folding_steps(texts, ck.Normalizer.preset("search"))


def test_planted_spellings_are_found() -> None:
    met = ck.conflations(ck.sample_corpus())
    joined = {row["form"]: row["spellings"] for row in met.filter(step="marks").to_dicts()}
    assert {each["surface"] for each in joined["عمان"]} == {"عُمان", "عمّان"}
    assert met.schema["spellings"] == pl.List(pl.Struct({"surface": pl.String, "count": pl.Int64}))


def test_results_have_provenance() -> None:
    corpus = ck.sample_corpus()
    for table in (ck.folding_steps(corpus, profile="dediac"), ck.conflations(corpus, profile="dediac")):
        record = provenance_of(table)
        assert record is not None
        assert record["options"]["profile"] == "dediac"
        assert record["corpus_id"] == corpus.id


def test_profile_with_a_single_step() -> None:
    corpus = ck.sample_corpus()
    alef = ck.Normalizer().replace(alef="all")
    assert ck.folding_steps(corpus, profile=alef)["step"].to_list() == ["as read", "alef"]
    assert set(ck.conflations(corpus, profile=alef)["step"]) == {"alef"}
    assert ck.conflations(corpus, profile=ck.Normalizer()).height == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: ck.folding_steps(c, profile="serach"), "^profile must be .* Did you mean 'search'"),
        (lambda c: ck.conflations(c, profile=None), "^profile must be .* None"),
        (lambda c: ck.folding_steps(c, profile=None), "^profile must be .* None"),
        (lambda c: ck.folding_steps(c.path), "^corpus must be a Corpus"),
    ],
)
def test_bad_arguments(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call(ck.sample_corpus())
