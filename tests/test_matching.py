"""What a search leaves behind."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck

CALLS: dict[str, Callable[[ck.Corpus], object]] = {
    "word": lambda corpus: ck.kwic(corpus, "قال").page(1),
    "sorted": lambda corpus: ck.kwic(corpus, "قال", sort="after1").page(1),
    "within": lambda corpus: ck.kwic(corpus, "قال within s").frame,
    "metadata": lambda corpus: ck.kwic(corpus, "قال :: match.text.source=a").frame,
    "attribute": lambda corpus: ck.kwic(corpus, "[word=قال & text.source=a]").frame,
    "labels": lambda corpus: ck.kwic(corpus, "a:[] []{0,9} b:[] :: a.folded=b.folded").frame,
    "near": lambda corpus: ck.kwic(corpus, "(الوزير قال) within 3").frame,
    "cqp": lambda corpus: ck.kwic(corpus, '<s> "قال" []*', syntax="cqp").frame,
    "group": lambda corpus: ck.kwic(corpus, "قال").group("source", "before1"),
    "variants": lambda corpus: ck.kwic(corpus, "قال الوزير").variants,
    "collocations": lambda corpus: ck.collocations(corpus, "قال", min_count=1),
}


@pytest.mark.parametrize("call", CALLS)
def test_no_circle_keeps_the_files_of_a_corpus_open(tmp_path: Path, call: str) -> None:
    texts = pl.DataFrame({"text": ["قال الوزير إن السد جاهز. وأضاف أنه قال ذلك أمس."] * 3, "source": ["a", "b", "a"]})
    ck.Corpus.build(texts, tmp_path / "corpus", text="text")
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        corpus = ck.Corpus.open(tmp_path / "corpus")
        CALLS[call](corpus)
        gone = weakref.ref(corpus)
        del corpus
        assert gone() is None
    finally:
        if was_enabled:
            gc.enable()
