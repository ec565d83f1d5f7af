"""Spellings of hits and hits of each document, beside slow twins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.search.hits import Hits, hits_per_document, variants


def slow_variants(corpus: ck.Corpus, hits: Hits) -> list[tuple[str, int, int]]:
    """Count the texts of all hits, each made alone."""
    tokens = corpus.tokens.select("document", "token", "start", "end").collect()
    texts = corpus.all_documents().select("text").collect()["text"]
    found: dict[str, list[int]] = {}
    for first, end in zip(*(each.tolist() for each in hits.spans()), strict=True):
        rows = tokens[first:end]
        text, spelling, last = texts[rows["document"][0]], "", None
        for start, stop, token in rows.select("start", "end", "token").iter_rows():
            spelling += (" " if last is not None and text[last:start].strip() != text[last:start] else "") + token
            last = stop
        found.setdefault(spelling, []).append(rows["document"][0])
    rows_of = [(spelling, len(documents), len(set(documents))) for spelling, documents in found.items()]
    return sorted(rows_of, key=lambda row: -row[1])


@pytest.mark.parametrize("pattern", ["في", "في []", "قال []{0,3} أن", "ال* (في|من) []?", "* 0*", "غائب هنا"])
def test_variants_equal_their_slow_twin(pattern: str) -> None:
    corpus = ck.sample_corpus()
    hits = ck.kwic(corpus, pattern).all_hits
    assert variants(corpus, hits).rows() == slow_variants(corpus, hits)


def test_spellings_of_words_and_numbers(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["كلمة 12 كلمة", "كلمة 12"]}), tmp_path / "corpus", progress=False)
    hits = Hits(np.array([0, 1, 2, 3, 4], np.uint32))
    assert variants(corpus, hits).rows() == [("كلمة", 3, 2), ("12", 2, 2)]


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hits_per_document(data: st.DataObject) -> None:
    corpus = ck.sample_corpus()
    tokens = st.integers(0, corpus.n_tokens - 1)
    first = np.array(sorted(data.draw(st.sets(tokens, max_size=400))), np.uint32)
    slow = [0] * len(corpus)
    for document in corpus.documents_of(first).tolist():
        slow[document] += 1
    assert hits_per_document(corpus, Hits(first)).tolist() == slow


def test_no_hits() -> None:
    corpus = ck.sample_corpus()
    none = variants(corpus, Hits(np.zeros(0, np.uint32)))
    assert none.schema == {"surface": pl.String, "count": pl.Int64, "documents": pl.Int64}
    assert none.height == hits_per_document(corpus, Hits(np.zeros(0, np.uint32))).sum() == 0
