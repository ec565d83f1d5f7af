"""Corpus: contents equal the texts, and a failed build leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus import storage

pytestmark = pytest.mark.interface

FRAME = pl.DataFrame(
    {
        "text": ["قال الوزير: نعم.\n\nوقال: لا!", "مرحبًا بالعالم 😀", "العالم\u200f كبير، والعالم صغير"],
        "outlet": ["a", "b", "a"],
        "score": [1.5, None, 2.5],
    }
)

TEXT = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x600, max_codepoint=0x6FF, exclude_categories=["Cs"]),
        st.sampled_from(list(' \n\r\t.:،؟!«»"#@_-\u00a0\u200c\u200f😀🄰é1٢ﷺﻼ')),
    ),
    max_size=60,
)


@pytest.fixture
def corpus(tmp_path: Path) -> ck.Corpus:
    return ck.Corpus.build(FRAME, tmp_path / "corpus", progress=False)


@settings(max_examples=examples(50))
@given(texts=st.lists(TEXT, min_size=1, max_size=6))
def test_tokens_match_the_texts(texts: list[str]) -> None:
    kept = [text for text in texts if text.strip()] or ["x"]
    expected = ck.tokens(kept)
    with (
        TemporaryDirectory() as folder,
        ck.Corpus.build(pl.DataFrame({"text": kept}), folder, progress=False) as built,
    ):
        tokens = built.tokens.drop("type").collect()
        vocabulary = built.vocabulary.collect()
        texts_back = built.documents.select("text").collect()["text"].to_list()
    assert tokens.equals(expected)
    assert texts_back == kept
    counts = expected.group_by("token", "kind").agg(
        pl.len().cast(pl.Int64).alias("count"), pl.col("document").n_unique().cast(pl.Int64).alias("documents")
    )
    columns = ["token", "kind", "count", "documents"]
    by = ["token", pl.col("kind").cast(pl.String)]
    assert vocabulary.rename({"surface": "token"}).select(columns).sort(by).equals(counts.select(columns).sort(by))


def test_documents_keep_text_metadata_and_sizes(corpus: ck.Corpus) -> None:
    documents = corpus.documents.collect()
    assert documents["document"].to_list() == [0, 1, 2]
    assert documents["text"].to_list() == FRAME["text"].to_list()
    assert documents["outlet"].to_list() == ["a", "b", "a"]
    assert documents["score"].to_list() == [1.5, None, 2.5]
    assert documents["tokens"].sum() == corpus.manifest["counts"]["tokens"]
    assert documents["words"].to_list() == [5, 2, 4]
    spans = documents["paragraphs"][0].to_list()
    assert [FRAME["text"][0][s["start"] : s["end"]] for s in spans] == ["قال الوزير: نعم.", "وقال: لا!"]


def test_vocabulary_has_every_form(corpus: ck.Corpus) -> None:
    row = corpus.vocabulary.filter(pl.col("surface") == "مرحبًا").collect().row(0, named=True)
    assert (row["kind"], row["word"], row["folded"], row["count"], row["documents"]) == ("word", "مرحبًا", "مرحبا", 1, 1)


def test_word_column_uses_the_profile(tmp_path: Path) -> None:
    for profile, expected in (("repair", "بًا"), ("dediac", "با"), (None, "بًا"), (ck.Normalizer.preset("camel"), "با")):
        with ck.Corpus.build(
            pl.DataFrame({"text": ["بًا"]}), tmp_path / str(expected) / str(profile)[:6], profile=profile
        ) as built:
            assert built.vocabulary.collect()["word"].to_list() == [expected]


def test_index_lists_positions_by_type(corpus: ck.Corpus) -> None:
    types, offsets, positions = corpus.token_types, corpus.index_offsets, corpus.index_positions
    assert len(offsets) == corpus.manifest["counts"]["types"] + 1
    for type_id in range(len(offsets) - 1):
        listed = positions[int(offsets[type_id]) : int(offsets[type_id + 1])]
        assert listed.tolist() == np.flatnonzero(types == type_id).tolist()


def test_reopening_gives_the_same_corpus(corpus: ck.Corpus) -> None:
    again = ck.Corpus.open(corpus.path)
    assert again.manifest == corpus.manifest
    assert again.tokens.collect().equals(corpus.tokens.collect())
    assert "3 documents" in repr(again)
    assert len(again) == 3


def test_builds_are_deterministic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    first = ck.Corpus.build(FRAME, tmp_path / "1", progress=False)
    second = ck.Corpus.build(FRAME.lazy(), tmp_path / "2", progress=False)
    assert first.id == second.id
    assert first.manifest["created"] == "2026-01-01T00:00:00+00:00"
    for name in first.manifest["files"]:
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes(), name
    other = ck.Corpus.build(FRAME.with_columns(text=pl.col("text") + "!"), tmp_path / "3", progress=False)
    assert other.id != first.id


def test_batch_boundaries_do_not_matter(tmp_path: Path) -> None:
    """Thousands of documents make several batches; ids, counts and positions continue across them."""
    frame = pl.DataFrame({"text": [f"كلمة رقم {i} وكلمة" for i in range(9000)]})
    with ck.Corpus.build(frame, tmp_path / "c", progress=False) as built:
        assert built.tokens.drop("type").collect().equals(ck.tokens(frame["text"]))
        assert built.documents.select("document").collect()["document"].to_list() == list(range(9000))


def test_lazy_tokens_push_down_columns_predicates_and_head(corpus: ck.Corpus) -> None:
    whole = corpus.tokens.collect()
    assert corpus.tokens.select("token", "start").collect().equals(whole.select("token", "start"))
    assert corpus.tokens.filter(pl.col("kind") == "emoji").collect().equals(whole.filter(pl.col("kind") == "emoji"))
    assert corpus.tokens.head(3).collect().equals(whole.head(3))
    assert (
        corpus.tokens.filter(pl.col("position") > 1)
        .head(2)
        .collect()
        .equals(whole.filter(pl.col("position") > 1).head(2))
    )
    assert corpus.tokens.collect(engine="streaming").equals(whole)


def test_subcorpus_equals_a_corpus_of_its_documents(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("outlet") == "a", pl.col("score") > 2)
    assert (len(part), part.is_subcorpus, part.id) == (1, True, corpus.id)
    assert (part.n_documents, part.total_documents, corpus.n_documents) == (1, 3, 3)
    assert "1 of 3 documents" in repr(part)
    assert part.documents.collect()["document"].to_list() == [2]
    assert part.tokens.collect().equals(corpus.tokens.filter(pl.col("document") == 2).collect())
    vocabulary = part.vocabulary.collect()
    assert vocabulary["count"].sum() == part.tokens.collect().height
    assert (vocabulary["documents"] == 1).all()
    nothing = part.filter(pl.lit(False))
    assert len(nothing) == 0
    assert nothing.tokens.collect().schema == part.tokens.collect().schema
    assert nothing.vocabulary.collect().height == 0


def test_bad_predicates(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match=r"^predicates must be Polars expressions"):
        corpus.filter("outlet == 'a'")  # type: ignore[arg-type]
    with pytest.raises(ck.InputError, match=r"^predicates must be .*'outlt'.* document, id, .*Did you mean 'outlet'"):
        corpus.filter(pl.col("outlt") == "a")


def test_closed_corpus_raises(corpus: ck.Corpus) -> None:
    with corpus:
        corpus.tokens.collect()
    for use in (
        lambda: corpus.documents,
        lambda: corpus.tokens,
        lambda: ck.kwic(corpus, "قال"),
        lambda: ck.frequency(corpus),
    ):
        with pytest.raises(ck.CorpusError, match="is closed"):
            use()


@pytest.mark.parametrize("metadata", ["outlet", ["outlet"]])
def test_metadata_accepts_a_name_or_a_list(tmp_path: Path, metadata: str | list[str]) -> None:
    with ck.Corpus.build(FRAME, tmp_path / "c", metadata=metadata, progress=False) as built:
        assert built.label_columns() == ["document", "id", "outlet", "tokens", "words"]
        assert built.manifest["options"]["metadata"] == ["outlet"]


BUILD_ARGUMENTS = (
    "source", "path", "text", "id", "date", "metadata", "lines", "profile", "annotate", "overwrite", "memory",
    "progress",
)  # fmt: skip


@pytest.mark.parametrize("name", BUILD_ARGUMENTS)
def test_bad_build_arguments(tmp_path: Path, name: str) -> None:
    arguments = {"source": FRAME, "path": tmp_path / "c", "progress": False, name: object()}
    with pytest.raises(ck.InputError, match=f"^{name} must be"):
        ck.Corpus.build(**arguments)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["source", "text", "id", "date", "metadata", "lines", "memory", "progress"])
def test_bad_add_arguments(corpus: ck.Corpus, name: str) -> None:
    arguments = {"source": FRAME, "progress": False, name: object()}
    with pytest.raises(ck.InputError, match=f"^{name} must be"):
        corpus.add(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("open", {"path"}),
        ("annotate", {"annotator", "name"}),
        ("exclude", {"spans"}),
        ("containing", {"pattern", "exact", "clitics", "within", "min_hits", "invert"}),
        ("deduplicate", {"threshold", "n", "measure", "method", "keep", "date", "profile", "min_shingles"}),
    ],
)
def test_bad_method_arguments(corpus: ck.Corpus, method: str, arguments: set[str]) -> None:
    for name in arguments:
        given = {"pattern": "قال", name: object()} if method == "containing" else {name: object()}
        with pytest.raises(ck.InputError, match=f"^{name} must be"):
            getattr(corpus, method)(**given)
    with pytest.raises(ck.InputError, match=r"^predicates must be"):
        corpus.filter(object())  # type: ignore[arg-type]


def test_skipped_documents_are_listed(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["نص", None, "", " \n ", "a\0b"]})
    with pytest.warns(UserWarning, match=r"^not all of the source was read: no text: 1, .*; blank text: 2") as warned:
        built = ck.Corpus.build(frame, tmp_path / "c", progress=False)
    assert warned[0].filename == __file__
    with built:
        assert len(built) == 1
        assert sum(tally["count"] for tally in built.manifest["source"]["skipped"].values()) == 4


def test_empty_sources(tmp_path: Path) -> None:
    with pytest.raises(ck.CorpusError, match="no documents to build"):
        ck.Corpus.build(pl.DataFrame({"text": [None, ""]}, schema={"text": pl.String}), tmp_path / "c", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_failed_builds_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ck.SourceError, match=r"^text must be .*'body'.* outlet, score"):
        ck.Corpus.build(FRAME, tmp_path / "c", text="body", progress=False)
    twice = pl.DataFrame({"text": ["a", "b"], "key": ["x", "x"]})
    with pytest.raises(ck.SourceError, match="x"):
        ck.Corpus.build(twice, tmp_path / "c", id="key", progress=False)
    with pytest.raises(ck.InputError, match=r"^profile must be .*Did you mean 'repair'"):
        ck.Corpus.build(FRAME, tmp_path / "c", profile="repare", progress=False)
    with pytest.raises(ck.SourceError):
        ck.Corpus.build(tmp_path / "absent.csv", tmp_path / "c", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_overwriting_must_be_explicit(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.CorpusError, match="is a corpus already"):
        ck.Corpus.build(FRAME, corpus.path, progress=False)
    assert len(ck.Corpus.build(FRAME.head(1), corpus.path, overwrite=True, progress=False)) == 1


def test_truncated_array_is_detected(corpus: ck.Corpus) -> None:
    path = corpus.path / storage.TYPES
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ck.CorpusError, match=r"types\.npy has"):
        ck.Corpus.open(corpus.path)


def test_unknown_label_suggests_the_nearest(corpus: ck.Corpus) -> None:
    assert corpus.labels("outlet").to_list() == ["a", "b", "a"]
    assert corpus.filter(pl.col("outlet") == "b").labels("outlet").to_list() == ["b"]
    with pytest.raises(ck.InputError, match=r"^metadata must be .*Did you mean 'outlet'"):
        corpus.labels("outlets")


def in_a_process(code: str, folder: Path, **arguments: object) -> subprocess.Popen[str]:
    script = f"import json, sys\nimport polars as pl, corpus_kit as ck\nargs = json.loads(sys.argv[1])\n{code}"
    command = [sys.executable, "-c", script, json.dumps({"folder": str(folder), **arguments})]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


def test_full_disk_during_a_build(tmp_path: Path) -> None:
    """A file size limit simulates a full disk: the operating system refuses the write."""
    code = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    ck.Corpus.build(pl.DataFrame({"text": ["كلمة " * 200_000]}), args["folder"] + "/c", progress=False)
except ck.CorpusError as error:
    print("message:", error)
"""
    process = in_a_process(code, tmp_path)
    out, err = process.communicate(timeout=60)
    assert out.startswith("message: building"), err
    assert "Nothing was left behind" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_during_a_build(tmp_path: Path) -> None:
    code = """
print("ready", flush=True)
ck.Corpus.build(pl.DataFrame({"text": ["كلمة وأخرى " * 40] * 200_000}), args["folder"] + "/c", progress=False)
"""
    process = in_a_process(code, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".c.*/tokens/types.npy")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in err
    assert list(tmp_path.iterdir()) == []


def test_reference_document(shared: Path, tmp_path: Path) -> None:
    with ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "c", progress=False) as built:
        document = built.documents.collect().row(0, named=True)
    expected = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))
    assert len(document["text"]) == expected["chars"]
    headline = document["text"][document["headline"]["start"] : document["headline"]["end"]]
    assert len(ck.tokenize(headline)) == expected["headline_tokens"]
    assert len(document["paragraphs"]) == expected["nonblank_lines"] - 1


def test_real_articles(shared: Path, tmp_path: Path) -> None:
    articles = pl.scan_parquet(shared / "data" / "saudinewsnet-part1.parquet").head(1500).collect()
    with ck.Corpus.build(articles, tmp_path / "c", text="content", progress=False) as built:
        kept = articles.filter(pl.col("content").str.strip_chars() != "")["content"]
        assert len(built) == len(kept)
        assert built.tokens.drop("type").collect().equals(ck.tokens(kept))
