"""Wildcards and regular expressions over 500,000 types, beside Polars' comparison of every form.

Types are made of generated words with prefixes and suffixes; `CORPUS_KIT_TYPES_CORPUS=folder` measures a built corpus.

    pytest tests/bench/bench_types.py --benchmark-columns=min,median
"""

from __future__ import annotations

import os
from itertools import islice, product
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.query.pattern_tree import Compare
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.type_sets import TypeSets

TYPES, OF_A_DOCUMENT = 500_000, 1000
PREFIXES = ["", "و", "ف", "ال", "وال", "بال", "لل", "س", "ب", "ك"]
SUFFIXES = ["", "ه", "ها", "هم", "نا", "كم", "ات", "ين", "ون", "يه"]
PATTERNS = ["*قال*", "*ق*", "*ات", "/.*قال.*/", "/.*(قال|كتب).*/", "/(و|ف)?قالت?/", "م?ت*ون", "/م.{2}[ون]./", "/..../"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    built = os.environ.get("CORPUS_KIT_TYPES_CORPUS")
    if built:
        return ck.Corpus.open(built)
    words = dict.fromkeys(ck.normalize(word, "search") for text in generated_texts(3.0) for word in text.split())
    made = dict.fromkeys("".join(parts) for parts in product(PREFIXES, words, SUFFIXES))
    forms = list(islice(made, TYPES))
    texts = [" ".join(forms[row : row + OF_A_DOCUMENT]) for row in range(0, len(forms), OF_A_DOCUMENT)]
    folder: Path = tmp_path_factory.mktemp("types")
    return ck.Corpus.build(pl.DataFrame({"text": texts}), folder / "corpus", progress=False)


@pytest.mark.parametrize("compared", ["index", "every form"])
@pytest.mark.parametrize("text", PATTERNS)
def test_types(benchmark: Any, corpus: ck.Corpus, text: str, compared: str) -> None:
    pattern = parse_pattern(text)
    [test] = pattern.tests
    assert isinstance(test.condition, Compare)
    value, forms = test.condition.value, corpus.type_column("folded")
    expected = value.fits(forms).arg_true()
    if compared == "index":
        types = benchmark.pedantic(lambda: TypeSets(corpus, pattern).of(test), rounds=15, warmup_rounds=1)
        assert len(types.listed) == (len(forms) - len(expected) if types.inverted else len(expected))
    else:
        benchmark.pedantic(lambda: value.fits(forms), rounds=15, warmup_rounds=1)
    benchmark.extra_info.update(types=corpus.n_types, found=len(expected))
