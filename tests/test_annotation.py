"""Corpus.annotate: segments, stems and lemmas as vocabulary columns."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from unit_twins import changed_annotations

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.corpus import storage, writing
from corpus_kit.text.annotators import ANNOTATION_SCHEMA, annotator_record

pytestmark = pytest.mark.interface

TEXT = "وقالت الحكومة إن للعراق وبالعراق 15 مدرسة #وسم فيها.\nقَالَت قالت"


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[ck.Corpus]:
    with ck.Corpus.build(pl.DataFrame({"text": [TEXT, "العراق"]}), tmp_path / "corpus", progress=False) as built:
        yield built


def whole(words: list[str]) -> list[tuple[list[str], str]]:
    return [([word], f"<{word}>") for word in words]


def columns(corpus: ck.Corpus) -> dict[str, tuple[list[str], str, str]]:
    rows = corpus.vocabulary.select("surface", "segments", "stem", "lemma").collect()
    return {surface: (segments, stem, lemma) for surface, segments, stem, lemma in rows.iter_rows()}


def test_one_row_per_type(corpus: ck.Corpus) -> None:
    before = corpus.vocabulary.collect()
    assert corpus.annotate() is corpus
    vocabulary = corpus.vocabulary.collect()
    assert vocabulary.drop(*ANNOTATION_SCHEMA).equals(before)
    assert vocabulary.select(*ANNOTATION_SCHEMA).schema == pl.Schema(ANNOTATION_SCHEMA)
    assert vocabulary.select("segments", "stem", "lemma").null_count().sum_horizontal().item() == 0
    found = columns(corpus)
    assert found["وقالت"] == (["و", "قالت"], "قالت", "قال")
    assert found["للعراق"][:2] == (["ل", "لعراق"], "العراق")
    assert found["وبالعراق"][:2] == (["و", "ب", "العراق"], "العراق")
    assert found["فيها"][:2] == (["في", "ها"], "في")
    for surface in ("15", "#وسم", "."):
        assert found[surface] == ([surface], surface, surface)
    tags = dict(vocabulary.select("surface", "pos").iter_rows())
    assert tags["15"] == ["NUM"]
    assert tags["#وسم"] is tags["."] is None
    assert tags["وقالت"] == tags["قَالَت"] == ["VERB"]
    assert tags["مدرسة"][0] == "NOUN"
    assert found["قَالَت"][0] == ["قَالَت"]
    assert found["قَالَت"][1:] == found["قالت"][1:]


def test_manifest_records_the_annotator(corpus: ck.Corpus) -> None:
    assert not corpus.is_annotated
    id_before = corpus.id
    corpus.annotate()
    assert corpus.is_annotated
    assert corpus.id == id_before
    record = dict(corpus.manifest["annotation"])
    file = record.pop("file")
    assert record == annotator_record()
    assert corpus.manifest["files"][file] == (corpus.path / file).stat().st_size
    corpus.verify()


def test_custom_annotator(corpus: ck.Corpus) -> None:
    calls: list[list[str]] = []

    def recorder(words: list[str]) -> list[tuple[list[str], str]]:
        calls.append(words)
        return whole(words)

    corpus.annotate(recorder, name="mine")
    (words,) = calls
    assert len(words) == len(set(words))
    assert "15" not in words
    assert columns(corpus)["وقالت"] == (["وقالت"], "وقالت", "<وقالت>")
    assert corpus.manifest["annotation"]["name"] == "mine"
    assert ck.kwic(corpus, '[lemma="<وق.*"]').frame["node"].to_list() == ["وقالت"]


def test_annotating_again_replaces_the_old_file(corpus: ck.Corpus) -> None:
    corpus.annotate(whole)
    corpus.annotate()
    corpus.annotate()
    assert columns(corpus)["وقالت"][0] == ["و", "قالت"]
    assert len(list(corpus.path.glob("annotations-*"))) == 1
    assert {path.name for path in corpus.path.iterdir()} == {
        name.partition("/")[0] for name in [*corpus.manifest["files"], storage.MANIFEST]
    }


def test_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        built = ck.Corpus.build(pl.DataFrame({"text": [TEXT]}), tmp_path / name, annotate=True, progress=False)
        files.append((built.path / built.manifest["annotation"]["file"]).read_bytes())
    assert files[0] == files[1]


def test_other_objects_stay_as_they_were(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("document") == 0)
    other = ck.Corpus.open(corpus.path)
    corpus.annotate()
    for older in (part, other):
        assert not older.is_annotated
    with pytest.warns(UserWarning, match="was replaced"):
        assert "lemma" not in other.vocabulary.collect_schema()
    with pytest.raises(ck.CorpusError, match="was replaced"):
        other.annotate()
    assert len(ck.kwic(corpus, "العراق", clitics=True)) == 3


def test_subcorpus_has_the_columns(corpus: ck.Corpus) -> None:
    part = corpus.annotate().filter(pl.col("document") == 1)
    assert part.vocabulary.select("surface", "stem").collect().rows() == [("العراق", "العراق")]
    again = pickle.loads(pickle.dumps(part))
    assert len(ck.kwic(again, "العراق", clitics=True)) == 1


def test_add_annotates_again(corpus: ck.Corpus) -> None:
    corpus.annotate()
    corpus.add(pl.DataFrame({"text": ["والعراق وحكومته"]}), progress=False)
    assert len(ck.kwic(corpus, "العراق", clitics=True)) == 4
    corpus.annotate(whole)
    with pytest.warns(UserWarning, match="annotations by 'whole' do not cover the new words"):
        corpus.add(pl.DataFrame({"text": ["كلمة"]}), progress=False)
    assert not corpus.is_annotated
    assert list(corpus.path.glob("annotations-*")) == []


@pytest.mark.parametrize("call", ["clitics", "stem", "lemma", "root", "pos"])
def test_missing_annotations_are_reported(corpus: ck.Corpus, call: str) -> None:
    pattern = "قال" if call == "clitics" else f"الحكومة [{call}=قال]"
    with pytest.raises(ck.InputError, match=r"corpus\.annotate\(\) adds it"):
        ck.kwic(corpus, pattern, clitics=call == "clitics")


@pytest.mark.parametrize("later", [["pos"], ["root", "pos"]])
def test_annotations_by_earlier_versions(corpus: ck.Corpus, later: list[str]) -> None:
    with changed_annotations(lambda found, _: found.drop(later)):
        corpus.annotate()
    before = corpus.vocabulary.collect()
    assert not {*later} & {*before.columns}
    with ck.Corpus.open(corpus.path, check="all") as opened:
        assert opened.vocabulary.collect().equals(before)
        assert len(ck.kwic(opened, "[lemma=قال]")) == 3
        for pattern in ("[pos=VERB]", "[lemma=قال & type.pos=VERB]"):
            with pytest.raises(ck.InputError, match=r"needs the column 'pos', which .*corpus\.annotate\(\) adds it\.$"):
                ck.kwic(opened, pattern)
        opened.add(pl.DataFrame({"text": ["قال"]}), progress=False)  # annotates all words again
        assert len(ck.kwic(opened, "[pos=VERB]")) == 4


def test_the_record_of_a_pattern_with_parts_of_speech_names_the_annotator(corpus: ck.Corpus) -> None:
    corpus.annotate()
    table = ck.frequency(corpus, pattern="[pos=VERB]")
    assert dict(table.select("word", "count").iter_rows()) == {"وقالت": 1, "قالت": 2}
    assert provenance_of(table)["options"]["annotator"] == annotator_record()


@pytest.mark.parametrize(
    ("annotator", "message"),
    [
        ("x", "^annotator must be a function"),
        (lambda words: words[:0], "for each of 10 words"),
        (lambda words: [(["x"], word) for word in words], "x"),
        (lambda words: [([word], None) for word in words], "None"),
        (list, "وقالت"),
    ],
)
def test_bad_annotators_change_nothing(corpus: ck.Corpus, annotator: object, message: str) -> None:
    before = {path.name: path.read_bytes() for path in corpus.path.glob("*.*")}
    with pytest.raises(ck.InputError, match=message):
        corpus.annotate(annotator)  # type: ignore[arg-type]
    assert {path.name: path.read_bytes() for path in corpus.path.glob("*.*")} == before
    assert not corpus.is_annotated


@pytest.mark.parametrize("name", ["", 5, b"x", "\ud800", ["a"]])
def test_bad_annotator_names(corpus: ck.Corpus, name: object) -> None:
    with pytest.raises(ck.InputError, match=r"^name must be"):
        corpus.annotate(whole, name=name)  # type: ignore[arg-type]
    assert not corpus.is_annotated


def test_failing_annotator_changes_nothing(corpus: ck.Corpus) -> None:
    def broken(words: list[str]) -> list[tuple[list[str], str]]:
        raise RuntimeError(f"no data for {len(words)} words")

    before = (corpus.path / storage.MANIFEST).read_bytes()
    with pytest.raises(RuntimeError, match="no data for 10 words"):
        corpus.annotate(broken)
    assert (corpus.path / storage.MANIFEST).read_bytes() == before
    assert len(ck.kwic(corpus, "العراق")) == 1


def test_failed_write_leaves_the_corpus_intact(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_json", full)
    names = {path.name for path in corpus.path.iterdir()}
    with pytest.raises(ck.CorpusError, match=r"No space left on device\. The corpus is unchanged"):
        corpus.annotate()
    assert {path.name for path in corpus.path.iterdir()} == names


def test_subcorpus_cannot_be_annotated(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match="not a subcorpus"):
        corpus.filter(pl.col("document") == 0).annotate()


def test_annotations_that_were_never_listed_are_removed(corpus: ck.Corpus) -> None:
    left = corpus.path / "annotations-0123456789ab.parquet"  # as after a kill before the manifest was renamed
    left.write_bytes(b"")
    corpus.annotate()
    assert not left.exists()
    assert len(list(corpus.path.glob("checksums-*"))) == len(list(corpus.path.glob("annotations-*"))) == 1
