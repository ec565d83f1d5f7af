"""Pairs of quotation marks: neighbours before shapes, nesting, repair, and unpaired marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import oracles_news_quotation_marks as oracles
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news.quotation_marks import STYLES, MarkedSpans, marks_of_types, pair_marks, styles_of_types

pytestmark = pytest.mark.interface


def build(tmp_path: Path, *texts: str) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": list(texts)}), tmp_path / "corpus", progress=False)


def offsets(corpus: ck.Corpus) -> list[tuple[int, int, int]]:
    pairs = pair_marks(corpus)
    rows = zip(
        corpus.token_starts[pairs.open].tolist(),
        corpus.token_starts[pairs.close].tolist(),
        pairs.depth.tolist(),
        strict=True,
    )
    return list(rows)


CASES = [
    ('قال "نعم" ثم "لا".', ["نعم", "لا"]),
    ("قالت «نعم» وقالت “لا” ثم ‹ربما›", ["نعم", "لا", "ربما"]),  # noqa: RUF001
    ("يكتب ”كذا” ثم ”ذاك”", ["كذا", "ذاك"]),
    ("يكتب ”كذا“ ثم „ذاك‟", ["كذا", "ذاك"]),
    ('باسم بـ"كذا" ول«ذاك» و"تلك"', ["كذا", "ذاك", "تلك"]),
    ('قال “كذا" ثم سكت', ["كذا"]),
    ('قال "كذا وكذا» ثم سكت', ["كذا وكذا"]),
    ("«كذا «ذاك» تلك»", ["كذا «ذاك» تلك", "ذاك"]),
    ("ذكر 'كذا' ولم يقل don't", ["كذا"]),
    ('طول الشاشة 5" واسمها "كذا"', ["كذا"]),
    ('قال:"كذا".ثم قال:"ذاك"', ["كذا", "ذاك"]),
    ('قال.. "كذا.." ثم سكت', ["كذا.."]),
    ("＂كذا＂ قال", ["كذا"]),  # noqa: RUF001
    ('قال "كذا\nثم "ذاك" و', ["ذاك"]),
    ("كذا» ثم سكت «", []),
    ("بلا علامات", []),
    ("»»»»»»»»", []),
    ("قالت لـ»الرأي» إنها «كذا»", ["الرأي", "كذا"]),
    ("قال «كذا بـ»ذاك» وتلك»", ["كذا بـ»ذاك» وتلك", "ذاك"]),
    ("قال:»كذا« ثم «ذاك« وسكت", ["كذا", "ذاك"]),
    ("باسم ” كذا ” ثم « ذاك « وسكت", [" كذا ", " ذاك "]),
    ("باسم ” كذا ” ثم ” ذاك", []),
    ('قال "كذا ’ذاك‘".', ["كذا ’ذاك‘", "ذاك"]),
]


@pytest.fixture(scope="module")
def found_in_cases(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Return the text between the marks of each case."""
    corpus = build(tmp_path_factory.mktemp("cases"), *(text for text, _ in CASES))
    pairs = pair_marks(corpus)
    found: list[list[str]] = [[] for _ in CASES]
    spans = (corpus.documents_of(pairs.open), corpus.token_starts[pairs.open], corpus.token_starts[pairs.close])
    for document, begin, end in zip(*(each.tolist() for each in spans), strict=True):
        found[document].append(CASES[document][0][begin + 1 : end])
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=[text for text, _ in CASES])
def test_pairs(found_in_cases: list[list[str]], number: int) -> None:
    assert found_in_cases[number] == CASES[number][1]


def test_two_marks_in_one_token_close_two_levels(tmp_path: Path) -> None:
    assert [depth for _, _, depth in offsets(build(tmp_path, 'روى "قال لي "نعم""'))] == [0, 1]


def test_typed_marks(tmp_path: Path) -> None:
    """<< >> and (( )) are marks in pairs only: brackets in brackets and arrows before links are none."""
    texts = ["<<أ>> (( ب ))", "«أ (ب (ت)) ث»", ">> أ >> ب", "((10) أ)"]
    pairs = pair_marks(build(tmp_path, *texts))
    assert (pairs.close - pairs.open).tolist() == [2, 2, 8]
    assert pairs.unpaired == 0


def test_styles(tmp_path: Path) -> None:
    corpus = build(tmp_path, "«أ» “ب” \"ج\" ‹د› ‘ه’ 'ز' ((ح))")  # noqa: RUF001
    styles = styles_of_types(corpus)[corpus.token_types[pair_marks(corpus).open]]
    assert [STYLES[row] for row in styles.tolist()] == list(STYLES)
    assert marks_of_types(corpus).sum() == 12  # two straight quotes look the same at both ends


def test_arrays_of_numbers(tmp_path: Path) -> None:
    pairs = pair_marks(build(tmp_path, "بلا علامات"))
    assert isinstance(pairs, MarkedSpans)
    assert [(len(each), each.dtype) for each in pairs[:3]] == [(0, np.int64)] * 3
    assert pairs.unpaired == 0


def test_subcorpus_and_excluded_spans(tmp_path: Path) -> None:
    corpus = build(tmp_path, 'قال "نعم"', 'قال "لا" ثم "بلى"')
    part = corpus.filter(pl.col("id") == "1")
    assert pair_marks(part).open.tolist() == pair_marks(corpus).open.tolist()[1:]
    opening = pl.DataFrame({"document": [1], "start": [4], "end": [5]})
    assert len(pair_marks(corpus.exclude(opening)).open) == 2
    assert len(pair_marks(corpus.filter(pl.lit(False))).open) == 0


def test_rejects_anything_but_a_corpus() -> None:
    with pytest.raises(InputError, match=r"^corpus must be"):
        pair_marks("نص")  # type: ignore[arg-type]


WORDS = ["قال", "كذا", "ب", "ول", "12", "نعم"]
SIGNS = [
    *oracles.MARKS,
    *oracles.DOUBLE,
    *oracles.DOUBLE,
    "،",
    ".",
    "..",
    "...",
    ":",
    "(",
    ")",
    "-",
    " ",
    " ",
    " ",
    "\n",
]


TEXTS = st.lists(st.sampled_from([*WORDS, *WORDS, *SIGNS]), max_size=40).map(lambda parts: "كلمة " + "".join(parts))


@given(st.lists(TEXTS, min_size=1, max_size=12))
@example(["كلمة «12ب“", '12ب"كلمة"'])
@settings(max_examples=examples(15))
def test_equal_to_the_oracle(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    corpus = build(tmp_path_factory.mktemp("oracle"), *texts)
    assert offsets(corpus) == [pair for text in texts for pair in oracles.pairs(text)]


def test_equal_to_the_oracle_on_the_sample() -> None:
    corpus = ck.sample_corpus()
    rows: list[dict[str, Any]] = corpus.documents.select("text").collect().to_dicts()
    assert offsets(corpus) == [pair for row in rows for pair in oracles.pairs(row["text"])]
