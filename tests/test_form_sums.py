"""What the vocabulary keeps of its folded forms, beside a count by hand."""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus import storage
from corpus_kit.corpus.writing import write_manifest

WORDS = ["قال", "قالَ", "أكد", "اكد", "وزير", "12", "ـ", ".", "Paris"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6)
COLUMNS = list(storage.FORM_SUMS)


def built(folder: Path, texts: list[str]) -> ck.Corpus:
    shutil.rmtree(folder, ignore_errors=True)
    frame = pl.DataFrame({"text": texts, "year": [number % 2 for number in range(len(texts))]})
    return ck.Corpus.build(frame, path=folder)


def stored(corpus: ck.Corpus) -> pl.DataFrame:
    found = corpus.form_sums()
    assert found is not None
    return found


def by_hand(corpus: ck.Corpus) -> list[tuple[int, int, int]]:
    """Return the sums of the form of each type."""
    types = corpus.vocabulary.collect()
    is_word = (types["kind"].is_in(["word", "number", "hashtag", "mention"]) & (types["folded"] != "")).to_list()
    forms, ends, ids = types["folded"].to_list(), [0, *corpus.document_ends.tolist()], corpus.token_types.tolist()
    documents = [Counter(forms[each] for each in ids[begin:end] if is_word[each]) for begin, end in pairwise(ends)]
    size, total = sum(map(Counter.total, documents)), sum(documents, Counter())
    found = []
    for form, counted in zip(forms, is_word, strict=True):
        those = [each for each in documents if counted and each[form]]
        above = [each for each in those if each[form] / each.total() > total[form] / size]
        found.append((len(those), sum(each[form] for each in above), sum(each.total() for each in above)))
    return found


def without_sums(corpus: ck.Corpus, path: Path) -> ck.Corpus:
    """Return a copy of a corpus as earlier versions wrote it."""
    folder = shutil.copytree(corpus.path, path)
    manifest = {name: value for name, value in corpus.manifest.items() if name not in ("files", "sha256")}
    table = folder / storage.VOCABULARY
    pl.read_parquet(table.read_bytes()).drop(COLUMNS).write_parquet(table)
    for file in [*folder.glob("checksums-*"), folder / storage.MANIFEST]:
        file.unlink()
    write_manifest(folder, manifest)
    return ck.Corpus.open(folder)


@settings(max_examples=examples(40))
@given(texts=TEXTS)
def test_sums_are_those_by_hand(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    corpus = built(tmp_path_factory.getbasetemp() / "sums", texts)
    assert stored(corpus).rows() == by_hand(corpus)
    assert not set(COLUMNS) & set(corpus.vocabulary.collect_schema())
    corpus.close()


def test_a_corpus_of_an_earlier_version_gives_the_same(tmp_path: Path) -> None:
    corpus = built(tmp_path / "new", ["قال وزير قالَ", "أكد اكد . 12", "قال ـ", "Paris وزير وزير"])
    older = without_sums(corpus, tmp_path / "older")
    assert older.form_sums() is None
    assert older.vocabulary.collect().equals(corpus.vocabulary.collect())
    for call in (
        lambda each: ck.frequency(each),
        lambda each: ck.frequency(each, dispersion=None, profile=None),
        lambda each: ck.frequency(each.filter(year=0)),
        lambda each: ck.frequency(each, by="year"),
        lambda each: ck.frequency(each, pattern="*ال*"),
        lambda each: ck.frequency(each.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [4]}))),
        lambda each: ck.keyness(each.filter(year=0), each.filter(year=1)),
    ):
        assert call(corpus).equals(call(older))


def test_sums_follow_growth(tmp_path: Path) -> None:
    corpus = built(tmp_path / "corpus", ["قال وزير قالَ", "أكد اكد ."])
    grown = corpus.add(pl.DataFrame({"text": ["قال قال وزير"], "year": [1]}))
    assert stored(grown).rows() == by_hand(grown)
    assert stored(grown)["form_documents"].max() == 2


def test_a_corpus_without_words_has_sums(tmp_path: Path) -> None:
    corpus = built(tmp_path / "corpus", [". !", "ـ"])
    assert set(stored(corpus).rows()) == {(0, 0, 0)}
    assert ck.frequency(corpus).is_empty()
