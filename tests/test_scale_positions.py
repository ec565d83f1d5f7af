"""Positions of types from runs: the same as in memory, with bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles_counting import slow_postings

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.corpus import building
from corpus_kit.errors import InputError
from corpus_kit.scale.positions import positions_of_types

pytestmark = pytest.mark.core


@given(tokens=st.lists(st.integers(0, 7), max_size=60), most=st.integers(1, 70))
def test_runs_equal_a_plain_loop(tokens: list[int], most: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    ids = np.array(tokens, np.uint32)
    counts = np.bincount(ids, minlength=9).astype(np.int64)
    slices = positions_of_types(ids, counts, tmp_path_factory.mktemp("runs"), most * 24)
    found = [position for part in slices for position in part.tolist()]
    assert found == [position for listed in slow_postings(tokens, 9) for position in listed]


def test_slices_respect_the_size_limit(tmp_path: Path) -> None:
    ids = np.concatenate((np.zeros(500, np.uint32), np.arange(1000, dtype=np.uint32) % 7))
    slices = list(positions_of_types(ids, np.bincount(ids).astype(np.int64), tmp_path, 100 * 24))
    assert max(map(len, slices)) <= 200
    assert sum(map(len, slices)) == 1500


@pytest.mark.slow
def test_a_corpus_is_the_same_for_any_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = generated_texts(0.2).to_frame()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    whole = ck.Corpus.build(texts, tmp_path / "whole", progress=False)
    monkeypatch.setattr(
        building,
        "positions_of_types",
        lambda ids, counts, folder, _: positions_of_types(ids, counts, folder, 9999),
    )
    cut = ck.Corpus.build(texts, tmp_path / "cut", memory="64MB", progress=False)
    assert cut.manifest["sha256"] == whole.manifest["sha256"]
    assert not (tmp_path / "cut" / "parts").exists()
    added = cut.add(generated_texts(0.1, seed=2).to_frame(), memory="64MB", progress=False)
    added.verify()


@pytest.mark.parametrize("memory", ["a lot", "1KB", None, 2.5])
def test_wrong_sizes_are_reported(memory: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^memory must be"):
        ck.Corpus.build(pl.DataFrame({"text": ["قال نعم"]}), tmp_path / "c", memory=memory)  # type: ignore[arg-type]
    assert not (tmp_path / "c").exists()
