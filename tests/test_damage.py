"""A damaged, moved or replaced corpus: nothing crashes, and verify finds the file."""

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
    """Return what a concordance shows, which involves every file that it reads."""
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
    """Return the path of a file of the corpus; the name of the annotation file contains a digest."""
    return next(path.glob("annotations-*")).name if name == "annotations" else name


def test_all_files_of_a_corpus_are_tested(path: Path) -> None:
    found = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    assert {file_in(path, name) for name in FILES} == found - {storage.MANIFEST}


# Operations that need each table.
NEEDED = {
    "annotations": {"vocabulary", "clitics"},
    "documents": {"documents", "by", "part", "filter"},
    "vocabulary": {"vocabulary", "kwic", "frequency", "clitics"},
}


def failures(corpus: ck.Corpus) -> set[str]:
    """Return the operations that fail; the error must be a CorpusError."""
    failed = set()
    for name, use in USES.items():
        try:
            use(corpus)
        except ck.CorpusError:
            failed.add(name)
    return failed


@pytest.mark.parametrize("name", FILES)
def test_file_of_zeros_is_detected(path: Path, name: str) -> None:
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
            assert "kwic" not in failures(corpus)  # it reads ids from the index
        with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
            corpus.verify()


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("byte", [0, 0xFF])
def test_damaged_end_raises_or_is_found_by_verify(path: Path, name: str, byte: int) -> None:
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
    """Replace the values of an array, with a matching header and manifest."""
    array = change(np.load(path / name))
    np.save(path / name, array)
    record_size(path, name)


def record_size(path: Path, name: str) -> None:
    """Record the size of a file in the manifest."""
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
# Operations that must detect the damage.
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
def test_wrong_values_raise_or_change_the_result(path: Path, name: str, values: str) -> None:
    """Any number in an array is used as it is or refused as damage: nothing crashes."""
    rewrite(path, name, OTHER_VALUES[values])
    corpus = ck.Corpus.open(path)
    failed = failures(corpus)
    if (name, values) in SURELY_NOTICED:
        assert failed >= SURELY_NOTICED[name, values]
    with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
        corpus.verify()


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_truncated_file_is_detected(path: Path, name: str) -> None:
    """By its size, or, if the manifest was adjusted, when it is mapped or read."""
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
def test_shortened_array_is_detected(path: Path, name: str) -> None:
    rewrite(path, name, lambda array: array[: len(array) // 2])
    if name.endswith("_text.npy"):  # the manifest allows any length
        assert failures(ck.Corpus.open(path))
    else:
        with pytest.raises(ck.CorpusError, match=f"is damaged: {name}: it has the dtype uint"):
            ck.Corpus.open(path)


@pytest.mark.parametrize("name", ARRAYS)
def test_array_of_another_type_is_detected(path: Path, name: str) -> None:
    rewrite(path, name, lambda array: array.astype(np.int64))
    with pytest.raises(ck.CorpusError, match=f"is damaged: {name}: it has the dtype int64"):
        ck.Corpus.open(path)


def test_array_of_another_length_is_detected(path: Path) -> None:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["counts"]["tokens"] += 1
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ck.CorpusError, match="it has the dtype uint"):
        ck.Corpus.open(path)


def test_vocabulary_of_another_corpus_is_detected(path: Path, tmp_path: Path) -> None:
    other = ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), tmp_path / "other").path
    shutil.copy(other / storage.VOCABULARY, path / storage.VOCABULARY)
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has .* bytes instead of"):
        ck.Corpus.open(path)
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][storage.VOCABULARY] = (path / storage.VOCABULARY).stat().st_size
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has 1 types"):
        ck.frequency(ck.Corpus.open(path))


def test_removed_corpus_is_reported(path: Path) -> None:
    corpus = ck.Corpus.open(path)
    shutil.rmtree(path)
    assert failures(corpus) == set(USES)
    with pytest.raises(ck.CorpusError, match="removed since it was opened"):
        corpus.verify()


def test_corpus_without_checksums_opens(path: Path) -> None:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    del manifest["sha256"]
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    corpus = ck.Corpus.open(path)
    assert failures(corpus) == set()
    with pytest.raises(ck.CorpusError, match="without checksums"):
        corpus.verify()


def test_corpus_can_be_moved(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "مكان آخر")
    ck.Corpus.open(tmp_path / "مكان آخر").verify()
