"""The types that pass the tests of a pattern: equal to comparing every type, as the first version did."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.corpus.units import roots_of, tags_of, texts_of_unit
from corpus_kit.query.pattern_tree import Compare, Pattern, comparisons
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search import type_sets
from corpus_kit.search.type_sets import TypeSets
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.tokenization import KINDS

pytestmark = pytest.mark.interface

PATTERNS = [
    *("*قال*", "*ون", "ال*ه", "?ا*", "*ا*", "?", "/(و|ف)?قالت?/", "/.*(ون|ين)/", "/ال.{3}/", "/[^ا]+/"),
    *("/(?-i)A.*/", "/\\d+/", "/.*a.*/", "/ا|/", "/(قال){0}ال.*/", "/ال(?x) ./"),
    *("[word=*قَ*]", "[word=*لا]", "[word=و*]", '[word=".*[اأ].*"]', "[word!=*ا*]", "[folded=*قال*&!(folded=ال*)]"),
    *("[lemma=*ا*]", "[lemma=قا*]", '[lemma=".*ال"]', "[stem=*ون]", '[stem="م.*ه"]', "[pos=verb*]", '[pos=".*n.*"]'),
    *('[root="ق.*"]', "[root=ك?ب]", "[root=*ر]", '[root!=".*ل"]'),
    *("[kind=word]", "[kind!=word]", "[kind=n*]", '[kind=".*"]', '[kind="number|url"]', '[kind="[^w].*"]'),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    documents = ck.sample_corpus().documents.select("id", "text").head(60).collect()
    folder = tmp_path_factory.mktemp("types") / "corpus"
    return ck.Corpus.build(documents, folder, annotate=True, progress=False)


def texts_of(corpus: ck.Corpus, pattern: Pattern, column: str) -> tuple[pl.Series, np.ndarray]:
    """Return the texts of a column, and the type of each."""
    normalizer = None if pattern.exact else Normalizer.preset("search")
    every = np.arange(corpus.n_types, dtype=np.uint32)
    if column == "kind":
        return pl.Series([KINDS[kind] for kind in corpus.type_kinds]), every
    if column in ("root", "pos"):
        found = roots_of(corpus, "") if column == "root" else tags_of(corpus, normalizer, "")
        return found.texts, found.types
    if column in ("stem", "lemma"):
        return texts_of_unit(corpus, column, normalizer, ""), every
    return corpus.type_column(column), every


def slow(corpus: ck.Corpus, pattern: Pattern, compare: Compare) -> list[int]:
    column = ("word" if pattern.exact else "folded") if compare.attribute == "form" else compare.attribute
    texts, types = texts_of(corpus, pattern, column)
    found = set(types[compare.value.fits(texts).fill_null(value=False).to_numpy()].tolist())
    return sorted(set(range(corpus.n_types)) - found if compare.negated else found)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("text", PATTERNS)
def test_equal_to_comparing_every_type(corpus: ck.Corpus, text: str, exact: bool) -> None:
    pattern = parse_pattern(text, exact=exact)
    sets = TypeSets(corpus, pattern)
    for compare in comparisons(test.condition for test in pattern.tests):
        types = sets.of_condition(compare)
        assert types.listed.dtype == np.uint32
        assert types.members(np.ones(corpus.n_types, bool)).tolist() == slow(corpus, pattern, compare)
        if compare.attribute in ("form", "folded", "kind", "word") and compare.value.match != "begins":
            assert len(types.listed) <= corpus.n_types // 2  # whichever list is shorter


def test_types_of_expressions_are_kept_within_bounds(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type_sets, "_MOST_KEPT", 3 * type_sets._OF_A_SET)
    texts = [f'"{letter}.*{other}"' for letter in "ابتم" for other in "نيه"]
    patterns = [parse_pattern(f"[word={text}]") for text in texts] * 2
    for pattern in [patterns[0], *patterns]:
        (compare,) = comparisons(test.condition for test in pattern.tests)
        types = TypeSets(corpus, pattern).of_condition(compare)
        assert types.members(np.ones(corpus.n_types, bool)).tolist() == slow(corpus, pattern, compare)
    kept = corpus.derive(("types of values", "word", False), lambda: pytest.fail("nothing is kept"))
    assert 0 < len(kept._sets) <= 3
    assert kept._size == sum(type_sets._OF_A_SET + len(each.listed) for each in kept._sets.values())
