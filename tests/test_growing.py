"""Corpus.add: the result equals one build of all documents, and a failed addition changes nothing."""

from __future__ import annotations

import itertools
import pickle
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from campaign.forged import forge

import corpus_kit as ck
from corpus_kit.corpus import building, growing, storage
from corpus_kit.readers.reader import DocumentReader

pytestmark = pytest.mark.interface

OLD = pl.DataFrame(
    {
        "text": ["قال الوزير: نعم.\n\nوقال: لا!", "مرحبًا بالعالم", "العالم كبير"],
        "outlet": ["أ", "ب", "أ"],
        "page": [1, 2, 3],
    }
)
NEW = pl.DataFrame({"text": ["غادر الوفد المدينة.", "قال الرئيس: نعم."], "outlet": ["ج", None], "words": [1.5, 2.5]})


@pytest.fixture
def corpus(tmp_path: Path) -> ck.Corpus:
    return ck.Corpus.build(OLD, tmp_path / "corpus", progress=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != storage.MANIFEST
    }


@pytest.mark.parametrize("size", [1, 2, 4096])
def test_grown_corpus_equals_one_build_of_all_documents(
    corpus: ck.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    whole = ck.Corpus.build([OLD, NEW], tmp_path / "whole", progress=False)
    monkeypatch.setattr(DocumentReader, "max_documents", size)
    grown = corpus.add(NEW, progress=False)
    assert grown is corpus
    assert (len(grown), grown.id) == (5, ck.Corpus.build([OLD, NEW], tmp_path / "again", progress=False).id)
    for table in ("documents", "tokens", "vocabulary"):
        assert getattr(grown, table).collect().equals(getattr(whole, table).collect())
    assert ck.frequency(grown).equals(ck.frequency(whole))
    assert ck.kwic(grown, "قال").frame.equals(ck.kwic(whole, "قال").frame)
    if size == 4096:
        assert contents(grown.path) == contents(whole.path)
    grown.verify()


def test_columns_are_merged_and_history_is_kept(corpus: ck.Corpus) -> None:
    first = corpus.manifest
    corpus.add(NEW)
    corpus.add(pl.DataFrame({"body": ["خبر."], "day": [date(2026, 1, 4)], "page": ["الأولى"]}), text="body", date="day")
    documents = corpus.documents.collect()
    assert documents.columns[:6] == ["document", "id", "date", "outlet", "page", "words_"]
    assert documents["id"].to_list() == ["0", "1", "2", "3", "4", "5"]
    assert documents["page"].to_list() == ["1", "2", "3", None, None, "الأولى"]
    assert documents["words_"].to_list() == [None, None, None, 1.5, 2.5, None]
    assert documents["date"].to_list() == [None] * 5 + [date(2026, 1, 4)]
    manifest = ck.Corpus.open(corpus.path).manifest
    assert manifest["source"] == first["source"]
    assert manifest["options"] == first["options"]
    assert manifest["first_created"] == first["created"]
    assert [step["source"]["documents"] for step in manifest["added"]] == [2, 1]
    assert manifest["added"][1]["options"]["text"] == "body"
    assert manifest["added"][0]["source"]["renamed"] == {"words": "words_"}


def test_cached_arrays_are_recomputed(corpus: ck.Corpus) -> None:
    """Arrays cached on first use are those of the larger corpus after an addition."""
    assert len(ck.kwic(corpus, "قال").frame) == 1
    corpus.add(NEW, progress=False)
    assert ck.kwic(corpus, "قال", sort="-document").frame["document"].to_list() == [4, 0]


def test_corpus_profile_is_used(tmp_path: Path) -> None:
    profile = ck.Normalizer.preset("dediac").replace(hamza="bare", lookalikes=True)
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["مؤتمر"]}), tmp_path / "c", profile=profile)
    corpus.add(pl.DataFrame({"text": ["سُؤَال"]}))
    assert corpus.vocabulary.collect()["word"].to_list() == ["مءتمر", "سءال"]
    plain = ck.Corpus.build(pl.DataFrame({"text": ["سُؤَال"]}), tmp_path / "d", profile=None)
    assert plain.add(pl.DataFrame({"text": ["مُؤتمر"]})).vocabulary.collect()["word"].to_list() == ["سُؤَال", "مُؤتمر"]


def test_profile_of_another_version_is_refused(corpus: ck.Corpus) -> None:
    manifest = corpus.manifest
    for change, message in (
        ({"digest": "0" * 64}, "differs from that of this version"),
        ({"version": "1", "name": "search"}, "the profile 'search' of .* differs from that of this version"),
        ({"options": {"hamzah": "seat"}}, "does not know"),
        ({"options": None, "name": "mine"}, "does not record its profile 'mine'"),
    ):
        changed = {**manifest["profile"], **change}
        forge(corpus.path, lambda written, changed=changed: written.update(profile=changed))
        with pytest.raises(ck.CorpusError, match=message):
            ck.Corpus.open(corpus.path).add(NEW)
    assert len(ck.Corpus.open(corpus.path)) == 3


def test_bad_additions_change_nothing(corpus: ck.Corpus, tmp_path: Path) -> None:
    before = contents(corpus.path)
    text = tmp_path / "a.txt"
    text.write_text("خبر", encoding="utf-8")
    named = NEW.with_columns(id=pl.Series(["7", "1"]))
    for add, error, message in (
        (lambda: corpus.add(named, id="id"), ck.SourceError, "the id '1' is that of document 1 of the corpus"),
        (lambda: corpus.add(NEW.with_columns(page=pl.lit([1]))), ck.SourceError, "column 'page' has the type"),
        (lambda: corpus.add(NEW.clear()), ck.CorpusError, "no documents"),
        (lambda: corpus.add(NEW, text="txt"), ck.SourceError, "^text must be .*'txt'.*Did you mean 'text'"),
        (lambda: corpus.add(tmp_path / "nothing.txt"), ck.SourceError, "no such file or folder"),
        (lambda: corpus.add(None), ck.InputError, "^source must be"),
        (lambda: corpus.filter(pl.col("page") > 1).add(NEW), ck.InputError, "not a subcorpus"),
    ):
        with pytest.raises(error, match=message):
            add()
        assert contents(corpus.path) == before
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert len(corpus.add(text)) == 4  # the corpus still works
    with pytest.raises(ck.SourceError, match=r"the id 'a\.txt' is that of document 3"):
        corpus.add(text)
    corpus.close()
    with pytest.raises(ck.CorpusError, match="is closed"):
        corpus.add(NEW)


def test_addition_that_fails_halfway_changes_nothing(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(corpus.path)
    for error, expected in (
        (OSError(28, "No space left on device"), ck.CorpusError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):

        def fail(*_: object, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(building, "write_manifest", fail)
            with pytest.raises(expected):
                corpus.add(NEW)
        assert contents(corpus.path) == before
        assert [path.name for path in corpus.path.parent.iterdir()] == ["corpus"]
        assert ck.frequency(corpus)["count"].sum() == corpus.manifest["counts"]["words"]


def test_other_objects_stay_as_they_were(corpus: ck.Corpus) -> None:
    other, part = ck.Corpus.open(corpus.path), corpus.filter(pl.col("outlet") == "أ")
    expected = [ck.frequency(other).rows(), ck.frequency(part).rows()]
    pickled = pickle.dumps(part)
    assert len(pickle.loads(pickled)) == 2
    corpus.add(NEW)
    for older, rows in zip((other, part), expected, strict=True):
        with pytest.warns(UserWarning, match="was replaced, moved or removed since it was opened") as told:
            assert ck.frequency(older).rows() == rows
        assert told[0].filename == __file__
        assert older.id in str(told[0].message)
        assert len(ck.kwic(older, "قال")) == 1
        assert older.filter(pl.lit(True)).tokens.collect().height  # told once
    for change in (lambda: other.add(NEW), other.annotate, lambda: pickle.loads(pickled)):
        with pytest.raises(ck.CorpusError, match="was replaced"):
            change()  # otherwise the first addition would be lost
    assert ck.frequency(corpus)["count"].sum() == corpus.manifest["counts"]["words"]


def test_concurrent_additions_lose_nothing(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ck.Corpus.open(corpus.path)
    true = building.write_manifest

    def write_after_the_other(folder: Path, manifest: dict[str, object]) -> None:
        monkeypatch.setattr(building, "write_manifest", true)
        other.add(NEW)
        true(folder, manifest)

    monkeypatch.setattr(building, "write_manifest", write_after_the_other)
    with pytest.raises(ck.CorpusError, match="was replaced"):
        corpus.add(NEW)
    assert len(ck.Corpus.open(corpus.path)) == 5


def test_sources_are_not_needed_again(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "أول.txt").write_text("عنوان قصير\n\nقال الوزير نعم.", encoding="utf-8")
    corpus = ck.Corpus.build(folder, tmp_path / "corpus")
    headline = corpus.documents.select("headline").collect().item()
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "ثان.txt").write_text("خبر آخر", encoding="utf-8")
    corpus.add(folder)
    documents = corpus.documents.collect()
    assert documents["id"].to_list() == documents["file"].to_list() == ["أول.txt", "ثان.txt"]
    assert documents["headline"][0] == headline


# ------------------------------------------------------------------------- tokens that sources give

GIVEN = [
    ck.readers.Document(
        "وكالة أ.ف.ب\nعبد الله هنا",
        id="a",
        tokens=ck.readers.Tokens([(0, 5), (6, 11), (12, 20), (21, 24)], [2, 3], {"pos": ["NOUN", "X", "PROPN", None]}),
    ),
    ck.readers.Document("قال الوزير: نعم!", id="b", metadata={"outlet": "أ"}),
    ck.readers.Document(
        "قال:لا",
        id="c",
        tokens=ck.readers.Tokens([(0, 3), (3, 4), (4, 6)], layers={"lemma": ["قال", None, "لا"], "pos": [None] * 3}),
        spans=[ck.readers.Span("page", 0, 6, "1")],
    ),
    ck.readers.Document("قال:لا", id="d", tokens=ck.readers.Tokens([(0, 4), (4, 6)])),
    ck.readers.Document("قال:لا", id="e"),
]


@pytest.mark.parametrize("cuts", [[1], [2], [4], [1, 3, 4]])
@pytest.mark.parametrize("tokens", [1, 1 << 18])
def test_given_tokens_are_added_as_a_build_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuts: list[int], tokens: int
) -> None:
    monkeypatch.setattr(growing, "_TOKENS", tokens)
    whole = ck.Corpus.build(GIVEN, tmp_path / "whole", progress=False)
    assert whole.manifest["given_tokens"] == 3
    parts = [GIVEN[first:end] for first, end in itertools.pairwise([0, *cuts, len(GIVEN)])]
    grown = ck.Corpus.build(parts[0], tmp_path / "grown", progress=False)
    for part in parts[1:]:
        grown.add(part, progress=False)
    assert contents(grown.path) == contents(whole.path)
    for entry in ("id", "checksum", "counts", "given_tokens", "layers"):
        assert grown.manifest[entry] == whole.manifest[entry]
    assert sorted(each.name for each in grown.path.iterdir() if each.is_dir()) == ["index", "tokens"]


def test_other_layers_stay_beside_the_given_one(tmp_path: Path) -> None:
    """Which of two columns a bare name stands for does not change, nor what either layer says."""
    corpus = ck.Corpus.build(GIVEN[:1], tmp_path / "first", progress=False)
    corpus.annotate(lambda sentences: [{"pos": "mine"} for words in sentences for _ in words], layer="mine")
    with pytest.warns(UserWarning, match="^The layers mine say nothing"):
        corpus.add(GIVEN[1:3], progress=False)
    assert list(corpus.layers) == ["given", "mine"]
    said = corpus.tokens.select("given.pos", "mine.pos").collect()
    assert said["mine.pos"].to_list() == ["mine"] * 4 + [None] * 8
    assert said["given.pos"].to_list() == ["NOUN", "X", "PROPN"] + [None] * 9
    corpus.remove_layer("mine").remove_layer("given")
    corpus.add(GIVEN[3:], progress=False)  # tokens stay without the layer
    assert corpus.manifest["given_tokens"] == 3
    assert corpus.tokens.collect()["token"].to_list()[2] == "عبد الله"
    plain = ck.Corpus.build(GIVEN[1:2], tmp_path / "second", progress=False)
    plain.annotate(lambda sentences: [{"pos": "mine"} for words in sentences for _ in words], layer="mine")
    with pytest.warns(UserWarning, match="^The layers mine say nothing"):
        plain.add(GIVEN[:1], progress=False)
    assert list(plain.layers) == ["mine", "given"]
    plain.verify()


def test_the_name_of_the_given_layer_is_reserved(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match=r"^layer must be another name than 'given'"):
        corpus.annotate(lambda sentences: [{"a": "b"} for words in sentences for _ in words], layer="given")


def test_added_metadata_are_in_the_history(corpus: ck.Corpus) -> None:
    table = pl.DataFrame({"id": ["0", "1", "2"], "desk": ["خارجي", "محلي", None]})
    steps = corpus.with_metadata(table).manifest["metadata"]["steps"]
    corpus.add(NEW, progress=False).add(GIVEN[:1], progress=False)
    assert [step.get("metadata") for step in corpus.manifest["added"]] == [steps, None]
    assert corpus.documents.collect()["desk"].to_list() == ["خارجي", "محلي", *[None] * 4]
