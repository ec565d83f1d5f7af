"""A corpus on disk that was damaged, moved or replaced: no use crashes, and verify finds the file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.corpus import storage

pytestmark = pytest.mark.core


def everything(lines: ck.Concordance) -> object:
    """What a concordance shows, from each of the files that it reads."""
    contexts = [lines.context(0, within) for within in ("sentence", "document")] if len(lines) else []
    return lines.frame, lines.variants, lines.page(2), contexts


USES: dict[str, Callable[[ck.Corpus], object]] = {
    "documents": lambda corpus: corpus.documents,
    "vocabulary": lambda corpus: corpus.vocabulary,
    "frequency": ck.frequency,
    "by": lambda corpus: ck.frequency(corpus, by="outlet"),
    "ngrams": ck.ngrams,
    "kwic": lambda corpus: ck.kwic(corpus, "*ا*", sort=["before1", "after1"]).frame,
    "word": lambda corpus: everything(ck.kwic(corpus, "في", sort=["-after1", "node"])),
    "phrase": lambda corpus: everything(ck.kwic(corpus, "في * *", sort=["node", "before1"])),
    "gap": lambda corpus: everything(ck.kwic(corpus, "*ا* []{0,3} *ن*", sort="node", exact=True, within="document")),
    "clitics": lambda corpus: everything(ck.kwic(corpus, "*كتب* *", clitics=True)),
    "containing": lambda corpus: ck.frequency(corpus.containing("في *", within="sentence")),
    "part": lambda corpus: everything(ck.kwic(corpus.filter(pl.col("document") < 5), "في", sort="outlet")),
    "filter": lambda corpus: ck.frequency(corpus.filter(pl.col("document") < 5)),
    "tokens": lambda corpus: corpus.tokens.collect(),
    "collocations": lambda corpus: ck.collocations(corpus, "في *"),
    "characters": lambda corpus: ck.count_ngrams(corpus, 2, level="character"),
}
ARRAYS = sorted(storage.ARRAYS)
FILES = ["annotations", storage.DOCUMENTS, storage.VOCABULARY, *ARRAYS]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ck.sample_corpus().path, tmp_path / "corpus"))


def file_in(path: Path, name: str) -> str:
    """The name of a file of the corpus; that of the annotations has a digest in it."""
    return next(path.glob("annotations-*")).name if name == "annotations" else name


def test_every_file_of_a_corpus_is_among_them(path: Path) -> None:
    found = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    assert {file_in(path, name) for name in FILES} == found - {storage.MANIFEST}


# The uses that need each table.
NEEDED = {
    "annotations": {"vocabulary", "clitics"},
    "documents": {"documents", "by", "part", "filter"},
    "vocabulary": {"vocabulary", "kwic", "frequency", "clitics"},
}


def failures(corpus: ck.Corpus) -> set[str]:
    """The uses that end in an error, which must be a CorpusError."""
    failed = set()
    for name, use in USES.items():
        try:
            use(corpus)
        except ck.CorpusError:
            failed.add(name)
    return failed


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_zeros_is_noticed(path: Path, name: str) -> None:
    name = file_in(path, name)
    (path / name).write_bytes(bytes((path / name).stat().st_size))
    if name.endswith(".npy"):
        with pytest.raises(ck.CorpusError, match=f"is damaged: {name}"):
            ck.Corpus.open(path)
    else:
        corpus = ck.Corpus.open(path)
        needing = next(uses for start, uses in NEEDED.items() if name.startswith(start))
        assert failures(corpus) >= needing
        if name == "documents.parquet":
            assert "kwic" not in failures(corpus)  # which reads ids from the index
        with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
            corpus.verify()


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("byte", [0, 0xFF])
def test_a_damaged_end_is_our_error_or_found_by_verify(path: Path, name: str, byte: int) -> None:
    name = file_in(path, name)
    content = bytearray((path / name).read_bytes())
    half = max(len(content) // 2, 128) if name.endswith(".npy") else len(content) // 2
    content[half:] = bytes([byte]) * (len(content) - half)
    (path / name).write_bytes(content)
    corpus = ck.Corpus.open(path)
    failures(corpus)
    with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
        corpus.verify()


def rewrite(path: Path, name: str, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> None:
    """Put other values in the place of an array's, with a header and a manifest that fit."""
    array = change(np.load(path / name))
    np.save(path / name, array)
    record_size(path, name)


def record_size(path: Path, name: str) -> None:
    """Put the size of a file into the manifest."""
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][name] = (path / name).stat().st_size
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def any_bytes(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.random.default_rng(7).integers(0, 256, array.nbytes, dtype=np.uint8).view(array.dtype)


def some_wrong(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    places = np.random.default_rng(8).integers(0, len(array), len(array) // 50 + 1)
    array[places] = any_bytes(array)[places]
    return array


OTHER_VALUES: dict[str, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    "zeros": np.zeros_like,
    "ones": lambda array: np.full_like(array, np.iinfo(array.dtype).max),
    "any bytes": any_bytes,
    "some wrong": some_wrong,
    "another order": lambda array: np.random.default_rng(9).permutation(array),
    "descending": lambda array: np.sort(array)[::-1].copy(),
    "one more each": lambda array: array + array.dtype.type(1),
    "much more": lambda array: array + array.dtype.type(np.iinfo(array.dtype).max // 3),
}
# The uses that must notice what is wrong.
SURELY_NOTICED = {
    ("index/surface_text.npy", "any bytes"): {"kwic", "word", "phrase", "gap"},
    ("index/surface_offsets.npy", "any bytes"): {"kwic", "word", "phrase", "gap"},
    ("index/folded_text.npy", "ones"): {"gap"},
    ("index/folded_offsets.npy", "ones"): {"word", "phrase", "part"},
    ("index/folded_order.npy", "ones"): {"word", "phrase", "part"},
    ("index/id_text.npy", "ones"): {"kwic", "word", "phrase", "gap"},
    ("index/id_offsets.npy", "any bytes"): {"kwic", "word", "phrase", "gap"},
    ("index/offsets.npy", "ones"): {"kwic"},
    ("index/positions.npy", "ones"): {"kwic", "word", "phrase"},
    ("tokens/types.npy", "ones"): {"kwic", "word", "phrase", "gap", "frequency"},
    ("tokens/document_ends.npy", "ones"): {"kwic", "phrase", "frequency"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("values", OTHER_VALUES)
def test_other_values_are_our_error_or_another_result(path: Path, name: str, values: str) -> None:
    """Every number that an array may hold is taken for what it is, or refused as damage: nothing else happens."""
    rewrite(path, name, OTHER_VALUES[values])
    corpus = ck.Corpus.open(path)
    failed = failures(corpus)
    if (name, values) in SURELY_NOTICED:
        assert failed >= SURELY_NOTICED[name, values]
    with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
        corpus.verify()


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_cut_is_noticed(path: Path, name: str) -> None:
    """By its size, or if the manifest was made to fit, when it is mapped or read."""
    name = file_in(path, name)
    content = (path / name).read_bytes()
    for size in (0, 9, 100, len(content) // 2, len(content) - 1):
        (path / name).write_bytes(content[:size])
        with pytest.raises(ck.CorpusError, match=f"{name} has"):
            ck.Corpus.open(path)
        shutil.copy(path / storage.MANIFEST, path / "kept")
        record_size(path, name)
        try:
            corpus = ck.Corpus.open(path)
        except ck.CorpusError:
            assert name.endswith(".npy")
        else:
            assert failures(corpus)
        (path / "kept").replace(path / storage.MANIFEST)


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_was_shortened_is_noticed(path: Path, name: str) -> None:
    rewrite(path, name, lambda array: array[: len(array) // 2])
    if name.endswith("_text.npy"):  # of any length, as far as the manifest says
        assert failures(ck.Corpus.open(path))
    else:
        with pytest.raises(ck.CorpusError, match=f"is damaged: {name}: it has the dtype uint"):
            ck.Corpus.open(path)


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_type_is_noticed(path: Path, name: str) -> None:
    rewrite(path, name, lambda array: array.astype(np.int64))
    with pytest.raises(ck.CorpusError, match=f"is damaged: {name}: it has the dtype int64"):
        ck.Corpus.open(path)


def test_an_array_of_another_length_is_noticed(path: Path) -> None:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["counts"]["tokens"] += 1
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ck.CorpusError, match="it has the dtype uint"):
        ck.Corpus.open(path)


def test_a_vocabulary_of_another_corpus_is_noticed(path: Path, tmp_path: Path) -> None:
    other = ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), tmp_path / "other").path
    shutil.copy(other / storage.VOCABULARY, path / storage.VOCABULARY)
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has .* bytes instead of"):
        ck.Corpus.open(path)
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][storage.VOCABULARY] = (path / storage.VOCABULARY).stat().st_size
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has 1 types"):
        ck.frequency(ck.Corpus.open(path))


def test_a_corpus_that_was_removed_is_refused(path: Path) -> None:
    corpus = ck.Corpus.open(path)
    shutil.rmtree(path)
    assert failures(corpus) == set(USES)
    with pytest.raises(ck.CorpusError, match="removed since it was opened"):
        corpus.verify()


def test_a_corpus_from_before_checksums_opens(path: Path) -> None:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    del manifest["sha256"]
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    corpus = ck.Corpus.open(path)
    assert failures(corpus) == set()
    with pytest.raises(ck.CorpusError, match="without checksums"):
        corpus.verify()


def test_a_corpus_may_be_moved(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "مكان آخر")
    ck.Corpus.open(tmp_path / "مكان آخر").verify()
