"""Huge arguments are refused at once, before memory is allocated."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import measures

HUGE = 10**400


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: measures.ttr(spectrum={1: HUGE}), r"^spectrum must be"),
        (lambda: measures.fisher_alpha(5, HUGE), r"^n_tokens must be at most 2\^53"),
        (lambda: measures.average_waiting_time([1], HUGE), r"^size must be at most 2\^53"),
        (lambda: measures.average_waiting_time([1e30], 10), r"^positions must be .*10"),
        (lambda: ck.frequency(ck.sample_corpus(), n_bootstrap=10**12), r"^n_bootstrap must be .* got 1000000000000"),
        (lambda: ck.collocations(ck.sample_corpus(), "هدنة", stopwords=["\ud800"]), r"^stopwords\[0\] must be"),
    ],
)
def test_huge_values_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call()


def test_more_points_than_tokens_means_every_token() -> None:
    part = ck.sample_corpus().filter(pl.col("document") == 0)
    growth = ck.vocabulary_growth(part, points=10**12)
    assert growth["tokens"][-1] == ck.frequency(part)["count"].sum()
    assert growth["tokens"].is_sorted()


def test_duplicate_argument() -> None:
    with pytest.raises(TypeError, match=r"log_ratio\(\) got .*'a'"):
        measures.log_ratio(1, 2, 3, 4, a=1)
