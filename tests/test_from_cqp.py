"""The page for users of CQP: the queries of CQP's manual, with the hits on the page, and those of the slow twin."""

from __future__ import annotations

import doctest
import re
import tomllib
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from oracles_queries import Text, hits, text_of

import corpus_kit as ck
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.matching import find

pytestmark = pytest.mark.interface

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/howto/from_cqp.md").read_text(encoding="utf-8")
QUERIES: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests/queries/cqp_tutorial.toml").read_text(encoding="utf-8")
)["query"]  # fmt: skip
ON_PAGE = {
    query.replace(r"\|", "|"): (meaning, int(number.replace(",", "")))
    for query, meaning, number in re.findall(r"^\| `(.+?;)` \| (.+) \| ([\d,]+) \|$", PAGE, re.MULTILINE)
}
SLOWEST = {"meet-in-sentence", "within-cut-expand", "within-region"}  # half a minute or more for the twin


@cache
def made_on_the_page() -> dict[str, Any]:
    """Return what the examples of the page make: corpus (with structures and definitions) and marked (a layer)."""
    made: dict[str, Any] = {}
    for block in re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL):
        for example in doctest.DocTestParser().get_examples(block):
            if example.exc_msg is None:
                exec(example.source, made)
    return made


@cache
def twin(name: str) -> Text:
    corpus = made_on_the_page()[name]
    tables = {} if name == "marked" else {"quotation": ck.news.quotations(ck.sample_corpus())}
    return text_of(corpus, exact=True, clitics=False, structures=tables)


@pytest.mark.slow
@pytest.mark.parametrize("query", [each for each in QUERIES if each["id"] not in SLOWEST], ids=itemgetter("id"))
def test_the_twin_finds_the_same(query: dict[str, Any]) -> None:
    name = "marked" if "feats" in query.get("needs", ()) else "corpus"
    corpus = made_on_the_page()[name]
    pattern = parse_pattern(ck.cqp(query["query"]), names=names_of(corpus))
    found = find(corpus, pattern, within="paragraph")
    expected = [hit[:2] for hit in hits(twin(name), pattern, within="document")]
    assert list(zip(found.first.tolist(), found.end.tolist(), strict=True)) == expected


@pytest.mark.parametrize("query", QUERIES, ids=itemgetter("id"))
def test_hits_on_the_page(query: dict[str, Any]) -> None:
    corpus = made_on_the_page()["marked" if "feats" in query.get("needs", ()) else "corpus"]
    lines = ck.kwic(corpus, query["query"], syntax="cqp")
    assert (query["meaning"], len(lines)) == ON_PAGE[query["query"]]
    assert len(lines) > 0


def test_every_query_of_the_page_is_one_of_the_collection() -> None:
    assert set(ON_PAGE) == {each["query"] for each in QUERIES}
