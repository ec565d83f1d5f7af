"""Thesauri: held equal to a slow twin, for units, windows and subcorpora; and bad input."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError

CORPUS = ck.sample_corpus()
PART = CORPUS.filter(pl.col("document") % 2 == 0)
Vectors = dict[str, dict[str, float]]


def streams(corpus: ck.Corpus, unit: str) -> list[list[str | None]]:
    """Return the words of each sentence: folded forms or lemmas, None for a word without one."""
    chosen = set(corpus.documents.select("document").collect()["document"])
    found: dict[tuple[int, int], list[str | None]] = {}
    lemmas = dict(corpus.vocabulary.select("type", "lemma").collect().rows())
    table = corpus.tokens.select("document", "sentence", "type", "token", "kind").collect()
    for document, sentence, number, token, kind in table.rows():
        if document in chosen and kind in ("word", "number", "hashtag", "mention"):
            text = token if unit == "word" else lemmas[number]
            found.setdefault((document, sentence), []).append(ck.normalize(text, "search") if text else None)
    return list(found.values())


def counted(
    corpus: ck.Corpus, unit: str, window: int, least: int
) -> tuple[Counter[str | None], dict[str, Counter[str]]]:
    sentences = streams(corpus, unit)
    frequency = Counter(word for sentence in sentences for word in sentence)
    near: dict[str, Counter[str]] = {}
    for sentence in sentences:
        for place, word in enumerate(sentence):
            if word is None or frequency[word] < least:
                continue
            own = near.setdefault(word, Counter())
            for other in sentence[max(0, place - window) : place] + sentence[place + 1 : place + 1 + window]:
                if other is not None and frequency[other] >= least:
                    own[other] += 1
    return frequency, near


def vectors(near: dict[str, Counter[str]]) -> Vectors:
    sums = {word: sum(own.values()) for word, own in near.items()}
    total = sum(value**0.75 for value in sums.values())
    return {
        word: {
            context: value
            for context, count in own.items()
            if (value := math.log2(count / (sums[word] * sums[context] ** 0.75 / total))) > 0
        }
        for word, own in near.items()
    }


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    dot = sum(value * other.get(context, 0) for context, value in one.items())
    lengths = [math.sqrt(sum(value * value for value in each.values())) for each in (one, other)]
    return dot / (lengths[0] * lengths[1]) if all(lengths) else 0.0


@pytest.mark.parametrize(
    ("corpus", "word", "unit", "window", "least"),
    [(CORPUS, "هدنة", "word", 2, 5), (CORPUS, "مدينة", "lemma", 5, 8), (PART, "قال", "lemma", 1, 4)],
)
def test_a_thesaurus_equals_its_twin(corpus: ck.Corpus, word: str, unit: str, window: int, least: int) -> None:
    options: dict[str, Any] = {"unit": unit, "window": window, "within": "sentence", "min_count": least}
    table = ck.thesaurus(corpus, word, neighbours=10**6, **options)
    node = str(ck.normalize(word, "search"))
    frequency, near = counted(corpus, unit, window, least)
    of_words = vectors(near)
    expected = {
        other: (cosine(of_words[node], own), frequency[other], len(of_words[node].keys() & own.keys()))
        for other, own in of_words.items()
        if other != node and of_words[node].keys() & own.keys()
    }
    found = {row[0]: row[1:] for row in table.select("word", "similarity", "count", "shared").iter_rows()}
    assert found.keys() == expected.keys()
    for other, (similarity, count, shared) in expected.items():
        assert found[other][0] == pytest.approx(similarity, abs=1e-6)
        assert found[other][1:] == (count, shared)
    assert table["similarity"].is_sorted(descending=True)
    assert table.equals(ck.thesaurus(corpus, word, neighbours=10**6, **options))
    assert ck.thesaurus(corpus, word, neighbours=3, **options).equals(table.head(3))


def test_shared_collocates_equal_their_twin() -> None:
    _, near = counted(CORPUS, "lemma", 2, 5)
    of_words = vectors(near)
    table = ck.shared_collocates(CORPUS, "مدينة", "ميناء", within="sentence", min_count=5)
    one, two = of_words["مدينه"], of_words["ميناء"]
    assert set(table["collocate"]) == one.keys() | two.keys()
    for row in table.iter_rows(named=True):
        name = row["collocate"]
        assert row["count"] == near["مدينه"][name]
        assert row["other_count"] == near["ميناء"][name]
        assert row["ppmi"] == pytest.approx(one.get(name, 0), abs=1e-5)
        assert row["other_ppmi"] == pytest.approx(two.get(name, 0), abs=1e-5)
        assert row["shared_by"] == ("both" if name in one and name in two else "word" if name in one else "other")
    assert table["shared_by"].to_physical().is_sorted()


def test_words_that_are_rare_or_absent() -> None:
    with pytest.warns(UserWarning, match="ck.thesaurus: 'هدنة' occurs .* less than min_count=1,000"):
        assert ck.thesaurus(CORPUS, "هدنة", min_count=1000).height == 0
    with pytest.warns(UserWarning, match="ظظظظ"):
        assert ck.thesaurus(CORPUS, "ظظظظ").columns[:2] == ["word", "spelling"]
    with pytest.warns(UserWarning, match="ظظظظ"):
        table = ck.shared_collocates(CORPUS, "مدينة", "ظظظظ", min_count=5)
    assert table["shared_by"].unique().to_list() == ["word"]
    with pytest.warns(UserWarning, match="هدنة"):
        assert ck.thesaurus(CORPUS.filter(pl.col("document") < 0), "هدنة").height == 0


def test_one_word_alone(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["كلمة", "كلمة"]}), tmp_path / "corpus", progress=False)
    assert ck.thesaurus(corpus, "كلمة", min_count=1).height == 0
    assert ck.shared_collocates(corpus, "كلمة", "كلمة", min_count=1).height == 0


def test_stopwords_are_contexts_all_the_same() -> None:
    table = ck.thesaurus(CORPUS, "مدينة", min_count=5, neighbours=10**6)
    kept = ck.thesaurus(CORPUS, "مدينة", min_count=5, neighbours=10**6, stopwords=ck.stopwords())
    assert kept.equals(table.join(kept.select("word"), on="word", how="semi", maintain_order="left"))
    assert 0 < kept.height < table.height


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "^window must be an integer from 1 to 50, got 0"),
        ({"window": (2, 2)}, "^window must be"),
        ({"unit": "root"}, "^unit must be"),
        ({"neighbours": 0}, "^neighbours must be"),
        ({"min_count": 0}, "^min_count must be"),
        ({"within": "page"}, "^within must be"),
        ({"exact": 1}, "^exact must be"),
    ],
)
def test_bad_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.thesaurus(CORPUS, "هدنة", **options)


def test_too_much_memory_is_said() -> None:
    ck.set_memory_limit("64MB")
    try:
        with pytest.raises(InputError, match="Raise min_count, or narrow the window"):
            ck.thesaurus(CORPUS.filter(pl.col("document") != 3), "هدنة", min_count=1, window=50, within="document")
    finally:
        ck.set_memory_limit(None)
