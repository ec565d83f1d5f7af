"""Hits that are kept with a corpus under a name: whole or absent, and only for the tokens that they are of."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import CorpusError, InputError
from corpus_kit.search import saved_hits
from corpus_kit.search.hits import NO_TOKEN, Hits

pytestmark = pytest.mark.interface

TEXTS = ["قال الوزير إن الاجتماع ناجح. قال نعم.", "غادر الوفد المدينة وقال الوزير شيئا.", "لا شيء هنا."]


@pytest.fixture
def corpus(tmp_path: Path) -> ck.Corpus:
    return built(tmp_path / "corpus")


def built(path: Path, texts: list[str] = TEXTS, *, overwrite: bool = False) -> ck.Corpus:
    frame = pl.DataFrame({"text": texts, "outlet": ["a", "b", "c", "d"][: len(texts)]})
    return ck.Corpus.build(frame, path, overwrite=overwrite)


def lines_of(corpus: ck.Corpus) -> ck.Concordance:
    return ck.kwic(corpus, "قال *", sort="after1", metadata="outlet", window=2)


def test_hits_come_back_as_they_were(corpus: ck.Corpus) -> None:
    lines = lines_of(corpus)
    path = lines.save("الأفعال 1")
    assert path == corpus.path.with_name("corpus.hits") / "الأفعال 1.parquet"
    loaded = corpus.load_hits("الأفعال 1")
    assert loaded.frame.equals(lines.frame)
    assert (loaded.options, loaded.pattern, loaded.total) == (lines.options, lines.pattern, lines.total)
    sampled = lines.reduce(1)
    sampled.save("one")
    assert corpus.load_hits("one").frame.equals(sampled.frame)
    assert corpus.load_hits("one").variants.equals(lines.variants)
    empty = ck.kwic(corpus, "ظظظ")
    empty.save("none")
    assert len(corpus.load_hits("none")) == 0
    assert corpus.saved_hits().select("name", "hits", "lines", "loads").rows() == [
        ("none", 0, 0, True), ("one", 2, 1, True), ("الأفعال 1", 2, 2, True),
    ]  # fmt: skip


def test_anchors_are_kept(corpus: ck.Corpus) -> None:
    hits = Hits(
        np.array([0, 6], np.uint32), np.array([3, 8], np.uint32), {"target": np.array([1, NO_TOKEN], np.uint32)}
    )
    lines = ck.Concordance(corpus, "x", hits, found=hits, options=lines_of(corpus).options)
    lines.save("marked")
    loaded = corpus.load_hits("marked").hits
    assert loaded.anchors["target"].tolist() == [1, NO_TOKEN]
    assert (loaded.first.tolist(), loaded.end.tolist()) == ([0, 6], [3, 8])


def test_they_survive_verifying_and_building_again(corpus: ck.Corpus) -> None:
    lines_of(corpus).save("verbs")
    corpus.verify()
    again = built(corpus.path, overwrite=True)
    again.verify()
    assert again.load_hits("verbs").frame.equals(lines_of(again).frame)


def test_hits_of_other_tokens_are_refused(corpus: ck.Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "hits"
    lines_of(corpus).save("verbs", folder=folder)
    other = built(tmp_path / "other", [*TEXTS, "قال."])
    with pytest.raises(InputError, match=f"of the corpus {corpus.id}, and this one is {other.id}"):
        other.load_hits("verbs", folder=folder)
    assert other.saved_hits(folder=folder)["loads"].to_list() == [False]
    span = pl.DataFrame({"document": [0], "start": [0], "end": [3]})
    with pytest.raises(InputError, match="other spans excluded"):
        corpus.exclude(span).load_hits("verbs", folder=folder)
    excluded = ck.kwic(corpus.exclude(span), "قال")
    excluded.save("fewer", folder=folder)
    assert corpus.exclude(span).load_hits("fewer", folder=folder).frame.equals(excluded.frame)
    corpus.add(pl.DataFrame({"text": ["قال."], "outlet": ["d"]}))
    with pytest.raises(InputError, match="search again"):
        corpus.load_hits("verbs", folder=folder)


def test_a_subcorpus_comes_back(corpus: ck.Corpus) -> None:
    subcorpus = corpus.filter(outlet=["a", "c"])
    ck.kwic(subcorpus, "قال").save("some")
    for view in (corpus, subcorpus):
        loaded = view.load_hits("some")
        assert loaded.corpus.selection == subcorpus.selection
        assert loaded.frame.equals(ck.kwic(subcorpus, "قال").frame)
    with pytest.raises(InputError, match="another subcorpus"):
        corpus.filter(outlet="a").load_hits("some")


def test_other_hits_of_a_name_stay(corpus: ck.Corpus) -> None:
    lines = lines_of(corpus)
    lines.save("verbs")
    lines.save("verbs")  # the same hits
    with pytest.raises(InputError, match="overwrite=True"):
        lines.reduce(1).save("verbs")
    assert len(corpus.load_hits("verbs")) == 2
    lines.reduce(1).save("verbs", overwrite=True)
    assert len(corpus.load_hits("verbs")) == 1
    assert [each.name for each in corpus.path.with_name("corpus.hits").iterdir()] == ["verbs.parquet"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "a\\b", "a\0", "x" * 101, "a.", " a", "a\nb", 3, None])
def test_names_that_are_no_file_names_are_refused(corpus: ck.Corpus, name: object) -> None:
    with pytest.raises(InputError, match="name must be"):
        lines_of(corpus).save(name)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="name must be"):
        corpus.load_hits(name)  # type: ignore[arg-type]


def test_unknown_names_and_folders(corpus: ck.Corpus, tmp_path: Path) -> None:
    assert corpus.saved_hits().height == 0
    with pytest.raises(InputError, match="no hits are saved"):
        corpus.load_hits("verbs")
    lines_of(corpus).save("verbs")
    with pytest.raises(InputError, match="Did you mean 'verbs'"):
        corpus.load_hits("verb")
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        lines_of(corpus).save("verbs", folder=file / "x")


def test_damaged_and_changed_files_are_told(corpus: ck.Corpus) -> None:
    path = lines_of(corpus).save("verbs")
    whole = path.read_bytes()
    for damaged in (b"", b"x", whole[:-9], whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(CorpusError, match="damaged"):
            corpus.load_hits("verbs")
    assert corpus.saved_hits()["problem"].str.contains("damaged").to_list() == [True]
    record = json.loads(pl.read_parquet_metadata(io.BytesIO(whole))["corpus_kit"])
    frame = pl.read_parquet(io.BytesIO(whole))
    other_pattern = {"corpus_kit": json.dumps({**record, "pattern": "y"})}
    kept = {"corpus_kit": json.dumps(record)}
    changes: list[tuple[pl.DataFrame, dict[str, str]]] = [
        (frame.with_columns(pl.col("position") + 1), kept),
        (frame.head(1), kept),
        (frame.with_columns(x=pl.lit(1)), kept),
        (frame, other_pattern),
        (frame, {"corpus_kit": "[]"}),
        (frame, {}),
    ]
    for table, metadata in changes:
        table.write_parquet(path, metadata=metadata)
        with pytest.raises(CorpusError, match="damaged"):
            corpus.load_hits("verbs")
    path.write_bytes(whole)
    assert len(corpus.load_hits("verbs")) == 2


def resealed(path: Path, record: dict[str, Any], frame: pl.DataFrame) -> None:
    """Write a file as another program would that knows its form: its digest is right."""
    plain = {name: value for name, value in record.items() if name != "sha256"}
    sealed = {**plain, "sha256": saved_hits._digest(plain, frame)}
    frame.write_parquet(path, metadata={"corpus_kit": json.dumps(sealed)})


@pytest.mark.parametrize(
    "change",
    [
        *({name: value} for name in ("tokens", "pattern", "options", "hits", "lines") for value in (None, "5", 5, [])
          if (name, value) != ("pattern", "5")),
        {"documents": 5}, {"documents": "x"}, {"documents": "eJw=", "filters": [5]}, {"filters": 5}, {"version": None},
        *({"options": {name: value}} for name, value in [
            ("window", None), ("window", [1]), ("window", [1, -1]), ("sort", "x"), ("metadata", [1]), ("show", None),
            ("exact", 1), ("within", 5),
        ]),
    ],
)  # fmt: skip
def test_records_of_other_programs_are_checked(corpus: ck.Corpus, change: dict[str, Any]) -> None:
    path = lines_of(corpus).save("verbs")
    record, frame = json.loads(pl.read_parquet_metadata(path)["corpus_kit"]), pl.read_parquet(path)
    if isinstance(change.get("options"), dict):
        change = {"options": {**record["options"], **change["options"]}}
    resealed(path, {**record, **change}, frame)
    with pytest.raises(CorpusError, match="damaged"):
        corpus.load_hits("verbs")


@pytest.mark.parametrize("column", ["document", "position", "end", "line"])
def test_hits_have_no_nulls(corpus: ck.Corpus, column: str) -> None:
    path = lines_of(corpus).save("verbs")
    record, frame = json.loads(pl.read_parquet_metadata(path)["corpus_kit"]), pl.read_parquet(path)
    resealed(path, record, frame.with_columns(pl.lit(None, frame.schema[column]).alias(column)))
    with pytest.raises(CorpusError, match="damaged"):
        corpus.load_hits("verbs")


def test_a_later_format_is_told_whatever_it_holds(corpus: ck.Corpus) -> None:
    path = lines_of(corpus).save("verbs")
    pl.DataFrame({"places": [[1, 2]]}).write_parquet(path, metadata={"corpus_kit": '{"format": 2, "version": "9.0"}'})
    with pytest.raises(CorpusError, match=r"has the format 2 \(written by corpus_kit 9\.0\); this version reads 1"):
        corpus.load_hits("verbs")


def test_joined_lists_of_other_options_come_back(corpus: ck.Corpus) -> None:
    both = lines_of(corpus) | ck.kwic(corpus, "لا", exact=True, within="sentence")
    both.save("both")
    assert corpus.load_hits("both").frame.equals(both.frame)


def test_more_hits_than_memory_are_told(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    lines_of(corpus).save("verbs")
    monkeypatch.setattr(saved_hits, "_BYTES_OF_A_HIT", 1 << 50)
    with pytest.raises(InputError, match="To load these hits needs"):
        corpus.load_hits("verbs")
    assert corpus.saved_hits()["loads"].to_list() == [False]


def test_of_two_programs_that_save_one_name_one_is_told(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, other = lines_of(corpus), ck.kwic(corpus, "لا")
    write = saved_hits.write_whole

    def write_after_the_other(path: Path, data: bytes, *, replace: bool) -> bool:
        monkeypatch.setattr(saved_hits, "write_whole", write)
        other.save("verbs")
        return write(path, data, replace=replace)

    monkeypatch.setattr(saved_hits, "write_whole", write_after_the_other)
    with pytest.raises(InputError, match="there are other hits named 'verbs'"):
        lines.save("verbs")
    assert corpus.load_hits("verbs").frame.equals(other.frame)
    assert [each.name for each in corpus.path.with_name("corpus.hits").iterdir()] == ["verbs.parquet"]


def test_names_that_file_systems_do_not_take_are_refused(corpus: ck.Corpus) -> None:
    lines_of(corpus).save("ق" * 100)
    for name in ("字" * 100, "𐰀" * 51):
        with pytest.raises(InputError, match="at most 200 bytes"):
            lines_of(corpus).save(name)
    with pytest.raises(InputError, match="no hits are saved"):
        corpus.load_hits("verbs", folder="x" * 300)


def test_every_flipped_byte_is_told_or_changes_nothing(corpus: ck.Corpus) -> None:
    path = lines_of(corpus).save("verbs")
    whole = path.read_bytes()
    frame = lines_of(corpus).frame
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            assert corpus.load_hits("verbs").frame.equals(frame)
        except CorpusError:
            continue


def test_columns_that_are_gone_are_named(corpus: ck.Corpus, tmp_path: Path) -> None:
    corpus.with_metadata(pl.DataFrame({"id": ["0", "1", "2"], "stance": ["for", "for", None]}))
    ck.kwic(corpus, "قال", metadata="stance").save("verbs", folder=tmp_path / "hits")
    again = built(tmp_path / "again")
    with pytest.raises(InputError, match="stance"):
        again.load_hits("verbs", folder=tmp_path / "hits")
