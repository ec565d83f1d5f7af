"""What does not fit 32 bits is refused as soon as it is known, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.analysis import ngram_arrays
from corpus_kit.corpus import building, size_limits, storage
from corpus_kit.corpus.size_limits import expect_size
from corpus_kit.readers.documents import Document, Tokens
from corpus_kit.readers.limits import LIMITS, Limits
from corpus_kit.readers.reader import DocumentReader

TEXTS = [f"قال الوزير {number} نعم." for number in range(12)]  # five tokens each
FRAME = pl.DataFrame({"text": TEXTS, "page": range(12)})


def limit(monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    monkeypatch.setattr(size_limits, f"MOST_{name}", most)


def state(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("name", "most", "message"),
    [
        ("TOKENS", 59, "a corpus can have at most 59 tokens, got 60 in the first 12 documents. Build several corpora"),
        ("DOCUMENTS", 11, "at most 11 documents, got 12 in the first 12 documents"),
        ("TYPES", 15, "at most 15 distinct tokens, got 16 in the first 12 documents"),
    ],
)
def test_build_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int, message: str
) -> None:
    limit(monkeypatch, name, most + 1)
    ck.Corpus.build(FRAME, tmp_path / "fits", progress=False).close()
    before = state(tmp_path)
    limit(monkeypatch, name, most)
    with pytest.raises(ck.CorpusError, match=message):
        ck.Corpus.build(FRAME, tmp_path / "corpus", progress=False)
    with pytest.raises(ck.CorpusError, match=message):
        ck.Corpus.build(FRAME, tmp_path / "fits", overwrite=True, progress=False)
    assert state(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["fits"]


def test_build_stops_at_the_batch_that_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, "TOKENS", 22)
    monkeypatch.setattr(DocumentReader, "max_documents", 2)
    with pytest.raises(ck.CorpusError, match="got 30 in the first 6 documents"):
        ck.Corpus.build(FRAME, tmp_path / "corpus", progress=False)


def given(numbers: range) -> list[Document]:
    """Return documents whose sources gave two tokens each, where the tokeniser would find three."""
    return [
        Document("قال نعم.", id=f"d{number}", tokens=Tokens(spans=[(0, 3), (4, 8)], sentences=[0]))
        for number in numbers
    ]


@pytest.mark.parametrize("source", [FRAME, FRAME.to_dicts(), given(range(30))], ids=["frame", "rows", "given tokens"])
def test_addition_is_refused_before_the_corpus_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: object
) -> None:
    corpus = ck.Corpus.build(FRAME, tmp_path / "corpus", progress=False)
    before = state(tmp_path)
    limit(monkeypatch, "TOKENS", 119)
    monkeypatch.setattr(building, "_TextPass", None)  # which would read all texts
    with pytest.raises(ck.CorpusError, match="at most 119 tokens, got 120 in the first"):
        corpus.add(source, progress=False)
    assert state(tmp_path) == before
    assert ck.frequency(corpus, pattern="قال", total=True)["count"].to_list() == [12], "still of use"


@pytest.mark.parametrize(
    "source", [FRAME, iter(FRAME.to_dicts()), given(range(30))], ids=["frame", "rows", "given tokens"]
)
def test_addition_that_just_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: object) -> None:
    corpus = ck.Corpus.build(FRAME, tmp_path / "corpus", progress=False)
    limit(monkeypatch, "TOKENS", 120)
    assert corpus.add(source, progress=False).manifest["counts"]["tokens"] == 120


def test_addition_to_a_small_corpus_is_refused_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = ck.Corpus.build(FRAME.head(2), tmp_path / "corpus", progress=False)
    before = state(tmp_path)
    limit(monkeypatch, "TOKENS", 69)
    with pytest.raises(ck.CorpusError, match="at most 69 tokens, got 70 in the first 14 documents"):
        corpus.add(FRAME.with_columns(text=pl.col("text")), progress=False)
    assert state(tmp_path) == before


def test_positions_ends_and_types_stay_below_the_number_that_says_none() -> None:
    largest = np.iinfo(np.uint32).max
    assert largest > max(size_limits.MOST_TOKENS, size_limits.MOST_TYPES, size_limits.MOST_DOCUMENTS)
    expect_size(tokens=largest - 1, documents=largest - 1, types=largest - 1)
    with pytest.raises(ck.CorpusError, match="at most 4,294,967,294 tokens, got 4,294,967,295 in the first 7"):
        expect_size(tokens=largest, documents=7, types=1)


def test_limit_of_a_text_is_below_what_offsets_can_say() -> None:
    assert Limits.of({"text_bytes": 2**31 - 1}).text_bytes == 2**31 - 1
    for size in (2**31, "5GB"):
        with pytest.raises(ck.InputError, match=r"text_bytes must be .*2,?147,?483,?647"):
            Limits.of({"text_bytes": size})
    assert LIMITS.text_bytes < 2**31


def test_texts_of_the_index_are_written_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pl.Series(["قال", "", "نعم", "لا", "الوزير"])
    storage.write_texts(tmp_path / "whole", "surface", texts)
    monkeypatch.setattr(storage, "TEXTS_AT_ONCE", 2)
    storage.write_texts(tmp_path / "pieces", "surface", texts)
    assert state(tmp_path / "whole") == state(tmp_path / "pieces")


@pytest.fixture
def little_memory() -> Iterator[None]:
    ck.set_memory_limit("64MB")
    yield
    ck.set_memory_limit(None)


@pytest.mark.usefixtures("little_memory")
def test_ngrams_that_need_too_much_memory_are_refused_before_they_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = ck.sample_corpus()
    expected = ck.ngrams(corpus, 2)
    monkeypatch.setattr(ngram_arrays, "_OF_A_WORD", 10_000)
    monkeypatch.setattr(ngram_arrays, "select", None)
    for count in (ck.ngrams, ck.count_ngrams, ck.count_ngram_ids):
        with pytest.raises(ck.InputError, match=r"A count of n-grams of [0-9,]+ tokens in memory needs .*scale.count_"):
            count(corpus, 2)
    monkeypatch.undo()
    assert ck.ngrams(corpus, 2).equals(expected)
