"""ck.collocation_network: the collocates of each word, and the lines and the graph of its links."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import corpus_kit as ck

SAMPLE = ck.sample_corpus()


@pytest.mark.filterwarnings("ignore:.*(finds nothing|no lemma of the corpus)")
@pytest.mark.parametrize("options", [{}, {"unit": "lemma"}, {"window": (1, 0), "min_count": 2, "measure": "mi"}])
def test_links_are_the_first_collocates_of_each_word(options: dict[str, Any]) -> None:
    words = ["السهل", "مدينة", "لا يوجد", "[lemma=قال]"]
    links = ck.collocation_network(SAMPLE, words, top=4, **options)
    options = {"measure": "log_dice", **options}
    tables = [
        table.filter(pl.col("direction") == "attracted").head(4)
        for table in (ck.collocations(SAMPLE, word, **options) for word in words)
    ]
    assert links.drop("node").equals(pl.concat(tables))
    assert [ck.lines(links[row], SAMPLE).total for row in range(links.height)] == links["count"].to_list()


def test_a_word_is_named_in_the_form_of_the_collocates() -> None:
    links = ck.collocation_network(SAMPLE, ["هدنة", "انسانيه", "هدنة"], top=3)
    assert links["node"].unique(maintain_order=True).to_list() == ["هدنه", "انسانيه"]
    assert {"هدنه", "انسانيه"} <= set(links["collocate"])


@pytest.mark.parametrize("words", [[], 5, ["السهل", 5], ["س"] * 101, "("])
def test_bad_words_are_refused(words: Any) -> None:
    with pytest.raises(ck.InputError, match=r"words must be|pattern"):
        ck.collocation_network(SAMPLE, words)


def test_bad_options_are_refused() -> None:
    for options in ({"top": 0}, {"measure": ["mi"]}, {"measure": "mutual"}, {"window": 0}):
        with pytest.raises(ck.InputError, match=f"^{next(iter(options))} must be"):
            ck.collocation_network(SAMPLE, "السهل", **options)  # type: ignore[arg-type]


def test_an_empty_corpus_has_no_links() -> None:
    assert ck.collocation_network(SAMPLE.others(SAMPLE), "السهل").height == 0
