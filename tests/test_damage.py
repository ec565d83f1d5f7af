"""A corpus on disk that was damaged, moved or replaced: every use says so, nothing crashes, verify finds it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import storage

USES: dict[str, Callable[[ck.Corpus], object]] = {
    "documents": lambda corpus: corpus.documents,
    "vocabulary": lambda corpus: corpus.vocabulary,
    "frequency": ck.frequency,
    "by": lambda corpus: ck.frequency(corpus, by="outlet"),
    "ngrams": ck.ngrams,
    "kwic": lambda corpus: ck.kwic(corpus, "*ا*", sort=["before1", "after1"]).frame,
    "filter": lambda corpus: ck.frequency(corpus.filter(pl.col("document") < 5)),
    "characters": lambda corpus: ck.count_ngrams(corpus, 2, unit="character"),
}
FILES = sorted(
    path.relative_to(ck.sample_corpus().path).as_posix()
    for path in ck.sample_corpus().path.rglob("*")
    if path.is_file() and path.name != storage.MANIFEST
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ck.sample_corpus().path, tmp_path / "corpus"))


def answers(corpus: ck.Corpus) -> set[str]:
    """The uses that end in an error, which must be ours."""
    failed = set()
    for name, use in USES.items():
        try:
            use(corpus)
        except ck.CorpusError:
            failed.add(name)
    return failed


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_zeros_is_noticed(path: Path, name: str) -> None:
    (path / name).write_bytes(bytes((path / name).stat().st_size))
    if name.endswith(".npy"):
        with pytest.raises(ck.CorpusError, match=f"is damaged: {name}"):
            ck.Corpus.open(path)
    else:
        corpus = ck.Corpus.open(path)
        assert answers(corpus) >= (
            {"documents", "kwic", "by"} if name == "documents.parquet" else {"vocabulary", "kwic"}
        )
        with pytest.raises(ck.CorpusError, match=f"{name} has not the content"):
            corpus.verify()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("byte", [0, 0xFF])
def test_a_damaged_end_is_our_error_or_found_by_verify(path: Path, name: str, byte: int) -> None:
    content = bytearray((path / name).read_bytes())
    half = max(len(content) // 2, 128) if name.endswith(".npy") else len(content) // 2
    content[half:] = bytes([byte]) * (len(content) - half)
    (path / name).write_bytes(content)
    corpus = ck.Corpus.open(path)
    answers(corpus)
    with pytest.raises(ck.CorpusError, match=f"{name} has not the content"):
        corpus.verify()


def test_an_array_of_another_length_is_noticed(path: Path) -> None:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["counts"]["tokens"] += 1
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ck.CorpusError, match="it holds uint"):
        ck.Corpus.open(path)


def test_a_vocabulary_of_another_corpus_is_noticed(path: Path, tmp_path: Path) -> None:
    other = ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), tmp_path / "other").path
    shutil.copy(other / storage.VOCABULARY, path / storage.VOCABULARY)
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has .* bytes in place of"):
        ck.Corpus.open(path)
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][storage.VOCABULARY] = (path / storage.VOCABULARY).stat().st_size
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ck.CorpusError, match="the vocabulary holds 1 types"):
        ck.frequency(ck.Corpus.open(path))


def test_a_corpus_that_vanishes_says_so(path: Path) -> None:
    corpus = ck.Corpus.open(path)
    shutil.rmtree(path)
    assert answers(corpus) == set(USES)
    with pytest.raises(ck.CorpusError, match="removed since it was opened"):
        corpus.verify()


def test_a_corpus_from_before_checksums_opens(path: Path) -> None:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    del manifest["sha256"]
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    corpus = ck.Corpus.open(path)
    assert answers(corpus) == set()
    with pytest.raises(ck.CorpusError, match="without checksums"):
        corpus.verify()


def test_a_corpus_may_be_moved(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "مكان آخر")
    ck.Corpus.open(tmp_path / "مكان آخر").verify()
