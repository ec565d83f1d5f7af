"""Numbers that no corpus has: each is answered at once, before memory is asked for."""

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
        (lambda: measures.ttr(spectrum={1: HUGE}), r"spectrum= takes at most 2\^53 types"),
        (lambda: measures.fisher_alpha(5, HUGE), r"n_tokens= takes at most 2\^53 tokens"),
        (lambda: measures.average_waiting_time([1], HUGE), r"size= takes at most 2\^53 words"),
        (lambda: measures.average_waiting_time([1e30], 10), r"positions= holds 1e\+30, but a corpus of size=10"),
        (lambda: ck.frequency(ck.sample_corpus(), n_bootstrap=10**12), "n_bootstrap=1000000000000, but it is at most"),
        (lambda: ck.collocations(ck.sample_corpus(), "هدنة", stopwords=["\ud800"]), "stopwords= holds an unpaired"),
    ],
)
def test_what_is_too_large_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call()


def test_points_beyond_the_corpus_are_all_its_tokens() -> None:
    part = ck.sample_corpus().filter(pl.col("document") == 0)
    growth = ck.vocabulary_growth(part, points=10**12)
    assert growth["tokens"][-1] == ck.frequency(part)["count"].sum()
    assert growth["tokens"].is_sorted()


def test_an_argument_given_twice() -> None:
    with pytest.raises(TypeError, match=r"log_ratio\(\) got a twice"):
        measures.log_ratio(1, 2, 3, 4, a=1)
