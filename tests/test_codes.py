"""Metadata columns as codes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus.codes import coded


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "", "ب"])), max_size=40))
def test_codes_are_numbered_by_first_occurrence(labels: list[str | None]) -> None:
    codes = coded(pl.Series("outlet", labels, dtype=pl.String))
    distinct = list(dict.fromkeys(labels))
    assert codes.values.to_list() == distinct
    assert codes.values.name == "outlet"
    assert codes.of_document.tolist() == [distinct.index(label) for label in labels]


def test_a_column_is_coded_once_for_all_views() -> None:
    corpus = ck.sample_corpus()
    some = corpus.filter(outlet="المرقاب")
    assert some.codes("outlet").of_document is corpus.codes("outlet").of_document
    assert (
        some.codes("outlet")
        .values.gather(some.codes("outlet").of_document)
        .equals(corpus.labels("outlet", selected=False))
    )
    with pytest.raises(ck.InputError, match=r"^metadata must"):
        corpus.codes("nothing")


def test_new_metadata_are_coded_again(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["كلمة", "كلمة أخرى"], "id": ["1", "2"], "source": ["a", "b"]})
    corpus = ck.Corpus.build(frame, tmp_path / "corpus", id="id", progress=False)
    assert ck.frequency(corpus, by="source")["source"].unique(maintain_order=True).to_list() == ["a", "b"]
    changed = corpus.with_metadata(pl.DataFrame({"id": ["1", "2"], "source": ["c", "c"]}))
    assert ck.frequency(changed, by="source")["source"].unique().to_list() == ["c"]
    assert len(changed.filter(source="c")) == 2


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["a", "b"])])
@pytest.mark.parametrize("value", ["a", None, ["a", None], ["b", "a"], {"b"}])
def test_filters_of_texts_are_those_of_expressions(tmp_path: Path, dtype: Any, value: Any) -> None:
    labels = pl.Series("kind", ["a", None, "b", "a", None]).cast(dtype)
    texts = pl.DataFrame({"text": ["كلمة"] * 5, "day": [date(2026, 1, day) for day in range(1, 6)]})
    corpus = ck.Corpus.build(texts.with_columns(labels), tmp_path / "corpus", progress=False)
    wanted = list(value) if isinstance(value, list | set) else [value]
    expected = [row for row, label in enumerate(labels.cast(pl.String).to_list()) if label in wanted]
    assert corpus.filter(kind=value).selected_documents().tolist() == expected
    late = corpus.filter(pl.col("document") > 0, kind=value, day=("2026-01-02", "2026-01-04"))
    assert late.selected_documents().tolist() == [row for row in expected if 0 < row < 4]
    assert len(late.filter(kind=value)) == len(late)
