"""min_documents and stopwords mean the same in all functions that count words: rows are left out, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

STOP = ["إلى", "في", "من", "أن", "قال"]


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def documents_of(corpus: ck.Corpus) -> dict[tuple[str | None, str], int]:
    """The documents of each word, in the corpus and in each outlet, counted document by document."""
    tokens = ck.frequency(corpus, by="id", dispersion=None).select("id", "word")
    outlets = corpus.documents.select("id", "outlet").collect()
    rows = tokens.join(outlets, on="id").group_by("outlet", "word").len()
    found: dict[tuple[str | None, str], int] = {}
    for outlet, word, documents in rows.iter_rows():
        found[outlet, word] = documents
        found[None, word] = found.get((None, word), 0) + documents
    return found


@pytest.mark.parametrize("n", [1, 2, (1, 3)])
@pytest.mark.parametrize("by", [None, "outlet"])
def test_ngrams_only_leave_rows_out(corpus: ck.Corpus, n: Any, by: str | None) -> None:
    everything = ck.ngrams(corpus, n, by=by, min_count=1)
    folded = {ck.normalize(word, "search") for word in STOP}
    kept = [
        documents >= 3 and not folded & set(ngram.split(" "))
        for ngram, documents in everything.select("ngram", "documents").iter_rows()
    ]
    table = ck.ngrams(corpus, n, by=by, min_count=1, min_documents=3, stopwords=STOP)
    assert table.equals(everything.filter(pl.Series(kept)))
    assert 0 < table.height < everything.height


@pytest.mark.parametrize("by", [None, "outlet"])
def test_ngrams_of_texts_only_leave_rows_out(corpus: ck.Corpus, by: str | None) -> None:
    asked: dict[str, Any] = {"by": by, "min_documents": 3, "stopwords": STOP}
    kept = ck.ngrams(corpus, (1, 2), min_count=1, **asked).drop("spelling")
    assert ck.count_ngrams(corpus, (1, 2), **asked).equals(kept)
    ids, words = ck.count_ngram_ids(corpus, (1, 2), **asked)
    pairs = pl.concat_str([words.gather(ids["w1"]), words.gather(ids["w2"])], separator=" ", ignore_nulls=True)
    assert ids.select(ngram=pairs, count="count").equals(kept.select("ngram", "count"))
    with pytest.raises(InputError, match=r"^min_documents must be 1 with document_frequency=False, got 2\.$"):
        ck.count_ngrams(corpus, 1, min_documents=2, document_frequency=False)
    with pytest.raises(InputError, match=r"^stopwords must be empty with level='character', got "):
        ck.count_ngrams(corpus, 1, level="character", stopwords=["في"])


def test_ngrams_of_lemmas(corpus: ck.Corpus, tmp_path: Path) -> None:
    texts = corpus.documents.select("id", "text").head(20).collect()
    with ck.Corpus.build(texts, tmp_path / "corpus", text="text", id="id", progress=False) as small:
        small.annotate(progress=False)
        table = ck.ngrams(small, 2, unit="lemma", min_count=1, stopwords=["قال"])
        everything = ck.ngrams(small, 2, unit="lemma", min_count=1)
    assert table.equals(everything.filter(~pl.col("ngram").str.split(" ").list.contains("قال")))
    assert table.height < everything.height


def test_ngrams_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("في البيت\nفي البيت الكبير\nالبيت الكبير\n", encoding="utf-8")
    table = ck.scale.count_ngrams(tmp_path / "texts.txt", 2, tmp_path / "out", lines=True)
    assert ck.ngrams(table, 2, min_count=1, stopwords=["فى"])["ngram"].to_list() == ["البيت الكبير"]
    assert ck.ngrams(table, 2, min_count=1, min_documents=2).height == 2
    assert ck.ngrams(table, 2, min_count=1, min_documents=3).height == 0


@pytest.mark.parametrize("parts", ["document", "outlet", 7])
@pytest.mark.parametrize("by", [None, "outlet"])
def test_dispersion_only_leaves_rows_out(
    corpus: ck.Corpus, documents_of: dict[tuple[str | None, str], int], parts: str | int, by: str | None
) -> None:
    everything = ck.dispersion(corpus, parts=parts, by=by)
    groups = everything[by].to_list() if by else [None] * everything.height
    kept = [documents_of[pair] >= 4 for pair in zip(groups, everything["word"].to_list(), strict=True)]
    table = ck.dispersion(corpus, parts=parts, by=by, min_documents=4)
    assert table.equals(everything.filter(pl.Series(kept)))
    assert 0 < table.height < everything.height


def test_bundles_without_stop_words(corpus: ck.Corpus) -> None:
    everything = ck.lexical_bundles(corpus, 3)
    folded = {ck.normalize(word, "search") for word in STOP}
    kept = [not folded & set(ngram.split(" ")) for ngram in everything["ngram"]]
    table = ck.lexical_bundles(corpus, 3, stopwords=STOP)
    assert table.equals(everything.filter(pl.Series(kept)))
    assert 0 < table.height < everything.height


@pytest.mark.parametrize(
    "function",
    [ck.ngrams, ck.dispersion, ck.keyness, ck.document_term_matrix, ck.lexical_bundles],
    ids=lambda f: f.__name__,
)
def test_all_take_both_and_refuse_the_same(function: Any, corpus: ck.Corpus) -> None:
    arguments = [corpus, corpus] if function is ck.keyness else [corpus]
    for options, message in (
        ({"min_documents": -1}, r"^min_documents must be .*-1"),
        ({"min_documents": 1.5}, r"^min_documents must be .*1\.5"),
        ({"stopwords": "في"}, r"^stopwords must be a collection of words"),
        ({"stopwords": [5]}, r"^stopwords must be a collection of words"),
    ):
        with pytest.raises(InputError, match=message):
            function(*arguments, **options)
    function(*arguments, min_documents=10**30, stopwords=ck.stopwords())
