"""A collection of queries over the sample corpus: the twin and the library find the same, as often as is written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from oracles_queries import Hit, Text, hits, text_of

import corpus_kit as ck
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.pattern_tree import Pattern
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.matching import find

pytestmark = [pytest.mark.interface, pytest.mark.slow]

Query = dict[str, Any]
QUERIES: list[Query] = tomllib.loads(
    (Path(__file__).parent / "queries" / "collection.toml").read_text(encoding="utf-8")
)["query"]
PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "query_language.md").read_text(encoding="utf-8")
OF_PAGE = re.findall(r"^\| `(\w+)` \| `(.+?)` \| .+ \| ([\d,]+) \|$", PAGE, re.MULTILINE)  # rule, query, hits
EXAMPLES: list[Query] = [
    {"query": query.replace(r"\|", "|"), "asks": rule, "needs": "structures", "hits": int(hits.replace(",", ""))}
    for rule, query, hits in OF_PAGE
]
DEFINITIONS = {
    "lists": {"verbs": ["قال", "أضاف", "أوضح", "رأى", "تابع"], "places": ["الرابية", "السهل", "الشراع"]},
    "macros": {"said": "[lemma=$verbs] []{0,4} $0", "near": {"arguments": ["a", "b"], "pattern": "$a []{0,3} $b"}},
}


@cache
def tables() -> dict[str, pl.DataFrame]:
    """Return the structures that are added to the sample."""
    corpus = ck.sample_corpus()
    return {"quotation": ck.news.quotations(corpus), "boilerplate": ck.news.boilerplate(corpus)}


def in_marks(sentences: list[list[str]]) -> Any:
    """Say of each token whether it is within quotation marks."""
    for words in sentences:
        inside = False
        for word in words:
            inside = inside or word in "«“"
            yield {"quoted": "yes" if inside else "no"}
            inside = inside and word not in "»”"


class Corpora:
    """The sample with what queries need, and its twins, each made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpora: dict[str, ck.Corpus] = {}
        self.twins: dict[tuple[str, bool, bool], Text] = {}

    def corpus(self, needs: str) -> ck.Corpus:
        """Return the sample with what a query needs."""
        if needs not in self.corpora:
            corpus = self.with_layer() if needs == "layer" else ck.sample_corpus()
            added = tables() if needs == "structures" else {}
            self.corpora[needs] = corpus.with_definitions(DEFINITIONS).with_structures(**added)
        return self.corpora[needs]

    def with_layer(self) -> ck.Corpus:
        """Return the texts of the sample with a layer of tokens."""
        documents = ck.sample_corpus().documents.select("id", "text").collect()
        return ck.Corpus.build(documents, self.folder, id="id", progress=False).annotate(in_marks, layer="quotes")

    def twin(self, needs: str, *, exact: bool, clitics: bool) -> Text:
        """Return this corpus as its twin."""
        if (needs, exact, clitics) not in self.twins:
            structures = tables() if needs == "structures" else {}
            read = text_of(self.corpus(needs), exact=exact, clitics=clitics, structures=structures)
            self.twins[needs, exact, clitics] = read
        return self.twins[needs, exact, clitics]

    def parsed(self, query: Query) -> Pattern:
        """Return the tree of a query."""
        options = {name: query.get(name, False) for name in ("exact", "clitics")}
        return parse_pattern(query["query"], names=names_of(self.corpus(query["needs"])), **options)

    def counted(self, query: Query) -> list[Hit]:
        """Return the hits of a query that the twin finds."""
        pattern = self.parsed(query)
        text = self.twin(query["needs"], exact=pattern.exact, clitics=pattern.clitics)
        return hits(text, pattern, within=query.get("within", "paragraph"))


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Corpora:
    return Corpora(tmp_path_factory.mktemp("queries") / "layers")


@pytest.mark.parametrize("query", QUERIES, ids=[query["id"] for query in QUERIES])
def test_query(query: Query, corpora: Corpora) -> None:
    check(query, corpora)


@pytest.mark.parametrize("query", EXAMPLES, ids=[query["query"] for query in EXAMPLES])
def test_example_of_the_grammar(query: Query, corpora: Corpora) -> None:
    check(query, corpora)


def check(query: Query, corpora: Corpora) -> None:
    of_twin = corpora.counted(query)
    assert len(of_twin) == query["hits"], query["asks"]
    pattern = corpora.parsed(query)
    found = find(corpora.corpus(query["needs"]), pattern, within=query.get("within", "paragraph"))
    assert list(zip(found.first.tolist(), found.end.tolist(), strict=True)) == [hit[:2] for hit in of_twin]


def test_the_collection_covers_the_language() -> None:
    assert len(QUERIES) >= 120
    assert len({query["id"] for query in QUERIES}) == len({query["query"] for query in QUERIES}) == len(QUERIES)
    assert sum(query["hits"] == 0 for query in QUERIES) <= 8
    assert {query["needs"] for query in QUERIES} == {"none", "annotate", "structures", "layer"}


def test_folded_forms_of_labels_are_equal(tmp_path: Path) -> None:
    texts = ["قالَ قال ـ ـ . . إلى الى"]  # a lone tatweel has an empty form, and is no word of patterns
    corpus = ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path / "corpus", progress=False)
    for exact in (False, True):
        lines = ck.kwic(corpus, "a:[] b:[] :: a.folded = b.folded", exact=exact)
        assert lines.frame["node"].to_list() == ["قالَ قال", "إلى الى"]
