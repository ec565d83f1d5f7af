"""A damaged, moved or replaced corpus: no number comes of it, nothing crashes, and the message names the file.

With check="none" the checksums are left out, so that the kernels see what is damaged.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from campaign.forged import forge, record_files

import corpus_kit as ck
from corpus_kit.analysis.spellings import compared_spellings
from corpus_kit.corpus import files, storage

pytestmark = pytest.mark.core


def everything(lines: ck.Concordance) -> object:
    """Return what a concordance shows, which involves every file that it reads."""
    contexts = [lines.context(0, within) for within in ("sentence", "document")] if len(lines) else []
    return lines.frame, lines.variants, lines.page(2), contexts


SPANS = pl.DataFrame({"document": [0], "start": [0], "end": [3]}, schema_overrides={"document": pl.UInt32})
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
    "labels": lambda corpus: everything(ck.kwic(corpus, "a:[word=في] []{0,3} b:[] :: a.folded = b.folded")),
    "clitics": lambda corpus: everything(ck.kwic(corpus, "*كتب* *", clitics=True)),
    "containing": lambda corpus: ck.frequency(corpus.containing("في *", within="sentence")),
    "part": lambda corpus: everything(ck.kwic(corpus.filter(pl.col("document") < 5), "في", sort="outlet")),
    "filter": lambda corpus: ck.frequency(corpus.filter(pl.col("document") < 5)),
    "tokens": lambda corpus: corpus.tokens.collect(),
    "collocations": lambda corpus: ck.collocations(corpus, "في *"),
    "few hits": lambda corpus: ck.collocations(corpus, "البحيرة", min_count=1),
    "characters": lambda corpus: ck.count_ngrams(corpus, 2, level="character"),
}
ARRAYS = sorted(storage.ARRAYS)
FILES = ["annotations", "checksums", storage.DOCUMENTS, storage.VOCABULARY, *ARRAYS]
TABLES = ["annotations", storage.DOCUMENTS, storage.VOCABULARY]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ck.sample_corpus().path, tmp_path / "corpus"))


def file_in(path: Path, name: str) -> str:
    """Return the path of a file of the corpus; the names of annotations and checksums contain a digest."""
    return next(path.glob(f"{name}-*")).name if name in ("annotations", "checksums") else name


def test_all_files_of_a_corpus_are_tested(path: Path) -> None:
    found = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    assert {file_in(path, name) for name in FILES} == found - {storage.MANIFEST}


# Operations that need each table.
NEEDED = {
    "annotations": {"vocabulary", "clitics"},
    "documents": {"documents", "by", "part", "filter"},
    "vocabulary": {"vocabulary", "clitics"},
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


@pytest.mark.no_sanitizer  # a checksum differs before the core reads anything
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0, 150, 0.5, -1])
def test_one_wrong_bit_is_detected(path: Path, name: str, place: float) -> None:
    corpus = ck.Corpus.open(path)
    name = file_in(path, name)
    content = bytearray((path / name).read_bytes())
    content[int(place * len(content)) if place == 0.5 else int(place)] ^= 1
    (path / name).write_bytes(content)
    with pytest.raises(ck.CorpusError, match=f"is damaged: {name}"):
        ck.Corpus.open(path)
    with pytest.raises(ck.CorpusError, match=f"is damaged: {name} has changed"):
        corpus.verify()


@pytest.mark.no_sanitizer  # nothing is read
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_file_is_refused(path: Path, name: str, tmp_path: Path) -> None:
    place = path / file_in(path, name)
    place.rename(tmp_path / "kept")
    for make, state in (
        (lambda: None, "is missing"),
        (place.mkdir, "is not a file"),
        (lambda: place.symlink_to("/dev/zero"), "is not a file"),
        (lambda: os.mkfifo(place), "is not a file"),  # which would be waited for
    ):
        make()
        with pytest.raises(ck.CorpusError, match=f"{re.escape(place.name)} {state}"):
            ck.Corpus.open(path)
        if os.path.lexists(place):
            place.rmdir() if place.is_dir() else place.unlink()


@pytest.mark.parametrize("name", TABLES)
def test_table_of_zeros_is_detected_without_checksums(path: Path, name: str) -> None:
    name = file_in(path, name)
    (path / name).write_bytes(bytes((path / name).stat().st_size))
    corpus = ck.Corpus.open(path, check="none")
    needing = next(uses for start, uses in NEEDED.items() if name.startswith(start))
    assert failures(corpus) >= needing
    if name == "documents.parquet":
        assert "kwic" not in failures(corpus)  # it reads ids from the index
    with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
        corpus.verify()


@pytest.mark.slow
@pytest.mark.no_sanitizer  # the kernels see such arrays, and more of such values, in the tests of wrong values
@pytest.mark.parametrize("name", [*TABLES, *ARRAYS])
@pytest.mark.parametrize("byte", [0, 0xFF])
def test_damaged_end_raises_or_is_found_by_verify(path: Path, name: str, byte: int) -> None:
    name = file_in(path, name)
    content = bytearray((path / name).read_bytes())
    half = max(len(content) // 2, 128) if name.endswith(".npy") else len(content) // 2
    content[half:] = bytes([byte]) * (len(content) - half)
    (path / name).write_bytes(content)
    corpus = ck.Corpus.open(path, check="none")
    failures(corpus)
    with pytest.raises(ck.CorpusError, match=f"{name} has changed"):
        corpus.verify()


def rewrite(path: Path, name: str, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> None:
    """Replace the values of an array, with a matching header, manifest and checksums."""
    array = change(np.load(path / name))
    np.save(path / name, array)
    record_files(path)


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
MILD = ("zeros", "descending")
# Operations that must detect the damage.
SURELY_NOTICED = {
    ("index/surface_text.npy", "any bytes"): {"kwic", "word", "phrase", "gap"},
    ("index/surface_offsets.npy", "any bytes"): {"kwic", "word", "phrase", "gap"},
    ("index/folded_text.npy", "ones"): {"gap"},
    ("index/folded_offsets.npy", "ones"): {"word", "phrase", "part"},
    ("index/folded_order.npy", "ones"): {"word", "phrase", "part"},
    **{("index/folded_ranks.npy", values): {"labels", "frequency"} for values in ("ones", "any bytes", "much more")},
    ("index/id_text.npy", "ones"): {"kwic", "word", "phrase", "gap"},
    ("index/id_offsets.npy", "any bytes"): {"kwic", "word", "phrase", "gap"},
    ("index/offsets.npy", "ones"): {"kwic"},
    ("index/positions.npy", "ones"): {"kwic", "word", "phrase"},
    ("tokens/types.npy", "ones"): {"kwic", "word", "phrase", "gap", "filter"},
    ("tokens/document_ends.npy", "ones"): {"kwic", "phrase", "filter"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize(
    "values",
    # valid numbers alone, or those of "another order": the sanitizers have them there
    [pytest.param(kind, marks=pytest.mark.no_sanitizer) if kind in MILD else kind for kind in OTHER_VALUES],
)
def test_wrong_values_raise_or_change_the_result(path: Path, name: str, values: str) -> None:
    """Any number in an array is used as it is or refused as damage: nothing crashes."""
    rewrite(path, name, OTHER_VALUES[values])
    corpus = ck.Corpus.open(path)
    failed = failures(corpus)
    if (name, values) in SURELY_NOTICED:
        assert failed >= SURELY_NOTICED[name, values]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_truncated_file_is_detected(path: Path, name: str) -> None:
    """By its size, or, if the manifest was adjusted, when it is opened or read."""
    name = file_in(path, name)
    content = (path / name).read_bytes()
    kept = {each: each.read_bytes() for each in (path / storage.MANIFEST, *path.glob("checksums-*"))}
    for size in (0, 9, 100, len(content) // 2, len(content) - 1):
        (path / name).write_bytes(content[:size])
        with pytest.raises(ck.CorpusError, match=f"{name} has"):
            ck.Corpus.open(path)
        if name.startswith("checksums"):
            continue
        record_files(path)
        try:
            corpus = ck.Corpus.open(path)
        except ck.CorpusError:
            assert name.endswith(".npy")
        else:
            assert failures(corpus)
        for each, written in kept.items():
            each.write_bytes(written)


@pytest.mark.parametrize("name", ARRAYS)
def test_shortened_array_is_detected(path: Path, name: str) -> None:
    rewrite(path, name, lambda array: array[: len(array) // 2])
    if name.endswith("_text.npy"):  # the manifest allows any length
        assert failures(ck.Corpus.open(path))
    else:
        with pytest.raises(ck.CorpusError, match=f"is damaged: {name}: it does not hold an array of"):
            ck.Corpus.open(path)


@pytest.mark.no_sanitizer  # refused by its header
@pytest.mark.parametrize("name", ARRAYS)
def test_array_of_another_type_is_detected(path: Path, name: str) -> None:
    rewrite(path, name, lambda array: array.astype(np.int64))
    with pytest.raises(ck.CorpusError, match=f"is damaged: {name}: it does not hold an array"):
        ck.Corpus.open(path)


def test_array_of_another_length_is_detected(path: Path) -> None:
    forge(path, lambda manifest: manifest["counts"].update(tokens=manifest["counts"]["tokens"] + 1))
    with pytest.raises(ck.CorpusError, match="it does not hold an array of"):
        ck.Corpus.open(path)


@pytest.mark.parametrize("change", [lambda ends: ends[::-1], lambda ends: ends + np.uint64(2**40)])
def test_ends_that_are_no_ends_of_the_tokens_are_detected(
    path: Path, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
) -> None:
    rewrite(path, storage.DOCUMENT_ENDS, lambda ends: np.ascontiguousarray(change(ends)))
    corpus = ck.Corpus.open(path)
    for use in (
        corpus.tokens.collect,
        lambda: ck.kwic(corpus, "في").frame,
        lambda: corpus.exclude(SPANS).tokens.collect(),
    ):
        with pytest.raises(ck.CorpusError, match=r"document_ends\.npy does not end where the tokens end"):
            use()


def test_a_word_without_a_spelling_is_detected() -> None:
    spellings = pl.DataFrame({"word": [0], "surface": ["خبر"], "count": [2]}, schema_overrides={"count": pl.Int64})
    with pytest.raises(ck.CorpusError, match="types of a corpus do not agree with its tokens"):
        compared_spellings(spellings, spellings, np.arange(2), 2, same_types=True)


def test_vocabulary_of_another_corpus_is_detected(path: Path, tmp_path: Path) -> None:
    other = ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), tmp_path / "other").path
    shutil.copy(other / storage.VOCABULARY, path / storage.VOCABULARY)
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has .* bytes instead of"):
        ck.Corpus.open(path)
    record_files(path)
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has 1 rows"):
        ck.frequency(ck.Corpus.open(path), profile=None)
    pl.DataFrame({"type": [1]}).write_parquet(path / storage.VOCABULARY)
    record_files(path)
    with pytest.raises(ck.CorpusError, match=r"vocabulary\.parquet has no column 'type' of the type UInt32"):
        _ = ck.Corpus.open(path).vocabulary


@pytest.mark.parametrize("small", [0, files.SMALL])
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_forged_table_raises_errors_of_the_library(
    path: Path, small: int, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (storage.DOCUMENTS, storage.VOCABULARY):
        content = bytearray((path / name).read_bytes())
        content[4:50] = b"\xff" * 46  # how the first page of the first column is written
        (path / name).write_bytes(content)
    record_files(path)
    monkeypatch.setattr(files, "SMALL", small)
    corpus = ck.Corpus.open(path)
    for table, first in ((corpus.documents, "document"), (corpus.vocabulary, "type")):
        for query in (table, table.select(first), table.head(2), table.filter(pl.col(first) > 3)):
            with pytest.raises(ck.CorpusError, match="is damaged"):
                query.collect(engine=engine)


def test_removed_corpus_stays_as_it_was(path: Path) -> None:
    corpus = ck.Corpus.open(path)
    before = corpus.documents.collect()
    shutil.rmtree(path)
    with pytest.warns(UserWarning, match="removed since it was opened"):
        assert corpus.documents.collect().equals(before)
    assert failures(corpus) == set()  # and told once
    with pytest.raises(ck.CorpusError, match="there is no corpus"):
        corpus.verify()
    with pytest.raises(ck.CorpusError, match="removed since it was opened"):
        corpus.annotate()


def test_corpus_can_be_moved(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "مكان آخر")
    ck.Corpus.open(tmp_path / "مكان آخر").verify()


# ------------------------------------------------------------- large corpora, whose files are mapped


@pytest.fixture
def mapped(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(files, "SMALL", 0)
    return path


def result(use: Callable[[ck.Corpus], object], corpus: ck.Corpus) -> str:
    found = use(corpus)
    return repr(found.collect() if isinstance(found, pl.LazyFrame) else found)


def results(corpus: ck.Corpus) -> list[str]:
    return [result(use, corpus) for use in USES.values()]


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    return dict(zip(USES, results(ck.sample_corpus()), strict=True))


def test_mapped_corpus_gives_the_same_results(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = results(ck.Corpus.open(path))
    documents = ck.Corpus.open(path).documents
    monkeypatch.setattr(files, "SMALL", 0)
    for check in ("touched", "all", "none"):
        corpus = ck.Corpus.open(path, check=check)
        assert results(corpus) == expected
        for query in (
            lambda frame: frame,
            lambda frame: frame.select("outlet", "id"),
            lambda frame: frame.filter(pl.col("tokens") > 80).select("id"),
            lambda frame: frame.head(3),
            lambda frame: frame.head(50).filter(pl.col("tokens") > 80),
            lambda frame: frame.select(pl.len()),
        ):
            assert query(corpus.documents).collect().equals(query(documents).collect())
            assert query(corpus.documents).collect(engine="streaming").equals(query(documents).collect())


@pytest.mark.no_sanitizer  # a checksum differs before the core reads anything
@pytest.mark.parametrize("name", [*TABLES, *ARRAYS])
def test_damage_of_a_mapped_file_is_detected_where_it_is_touched(
    mapped: Path, expected: dict[str, str], name: str
) -> None:
    name = file_in(mapped, name)
    corpus = ck.Corpus.open(mapped)
    content = bytearray((mapped / name).read_bytes())
    content[len(content) // 2] ^= 4
    (mapped / name).write_bytes(content)
    for opened in (corpus, ck.Corpus.open(mapped)):  # opened before, and after
        refused = []
        for use, call in USES.items():
            try:
                assert result(call, opened) == expected[use]
            except ck.CorpusError as error:
                refused.append(str(error))
        assert refused
        assert {f"is damaged: {name} has changed" in message for message in refused} == {True}
    with pytest.raises(ck.CorpusError, match=f"is damaged: {name} has changed"):
        ck.Corpus.open(mapped, check="all")


@pytest.mark.parametrize("name", [*TABLES, *ARRAYS])
def test_mapped_file_that_is_cut_raises(mapped: Path, name: str) -> None:
    corpus = ck.Corpus.open(mapped)
    results(corpus)
    os.truncate(mapped / file_in(mapped, name), 100)
    assert failures(corpus) == set(USES)
    with pytest.raises(ck.CorpusError, match="was cut"):
        ck.frequency(corpus)


def test_mapped_file_that_is_cut_while_it_is_read_raises(mapped: Path) -> None:
    corpus = ck.Corpus.open(mapped, check="none")
    types = corpus.token_types

    def cut() -> None:
        with storage.reading(mapped):
            os.truncate(mapped / storage.TYPES, 100)
            assert not types[-1000:].any()  # zeros, where the process would end

    with pytest.raises(ck.CorpusError, match=r"types\.npy was cut"):
        cut()
    with pytest.raises(ck.CorpusError, match="was cut"):
        ck.frequency(corpus)


@pytest.mark.parametrize("is_compared", [True, False])
def test_mapped_file_that_changes_during_a_call_raises(mapped: Path, *, is_compared: bool) -> None:
    corpus = ck.Corpus.open(mapped)
    if is_compared:
        results(corpus)
    content = bytearray((mapped / storage.TYPES).read_bytes())
    content[-1] ^= 4

    def change() -> None:
        with storage.reading(mapped):
            (mapped / storage.TYPES).write_bytes(content)
            assert corpus.token_types[-1]

    with pytest.raises(ck.CorpusError, match=r"types\.npy has changed"):
        change()
    with pytest.raises(ck.CorpusError, match=r"types\.npy has changed"):
        ck.frequency(corpus)


def test_mapped_file_that_is_written_anew_with_the_same_bytes_goes_on(mapped: Path) -> None:
    corpus = ck.Corpus.open(mapped)
    expected = results(corpus)
    with storage.reading(mapped):
        (mapped / storage.TYPES).write_bytes((mapped / storage.TYPES).read_bytes())
    assert results(corpus) == expected


def test_a_mapped_corpus_stays_as_it_was(mapped: Path) -> None:
    corpus = ck.Corpus.open(mapped)
    expected = results(ck.Corpus.open(mapped))
    ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), mapped, overwrite=True)
    assert len(ck.Corpus.open(mapped)) == 1
    with pytest.warns(UserWarning, match="replaced"):
        assert results(corpus) == expected


@pytest.mark.parametrize("small", [0, files.SMALL])
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_an_error_of_a_predicate_is_not_taken_for_damage(
    path: Path, small: int, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", small)
    documents = ck.Corpus.open(path).documents
    wrong = documents.filter(pl.col("outlet").cast(pl.Int64) > 3)
    with pytest.raises(pl.exceptions.InvalidOperationError, match="conversion"):
        wrong.collect(engine=engine)

    def fail(_: str) -> bool:
        raise ValueError("of mine")

    with pytest.raises(ValueError, match="of mine"):
        documents.filter(pl.col("outlet").map_elements(fail, return_dtype=pl.Boolean)).collect(engine=engine)
