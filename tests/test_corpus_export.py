"""`Corpus.export`: what other programs read is what the corpus holds, and the record says what is not."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
import tempfile
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.export import corpus_export, spacy_docs, text_files, token_batches, vrt
from corpus_kit.export.output import Output
from corpus_kit.readers.conllu import conllu
from corpus_kit.readers.documents import Document, File
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, GLUED

pytestmark = pytest.mark.interface

Build = Callable[..., ck.Corpus]

FORMATS = [name for name in corpus_export.FORMATS if name in {
    "conllu", "huggingface", "jsonl", "parquet", "r", "spacy", "txt", "vrt"
}]  # fmt: skip
ALWAYS = [name for name in FORMATS if name != "spacy"]  # need no other library
TEXTS = ['خبر عاجل\n\nقال الوزير: نعم. ثم غادر!\n\nتعليق <قصير> & "جديد"', "بدأ  الاجتماع\tاليوم|غدا", "_ # ٣٫٥%"]
HOSTILE = "<>&\"'\t\n\r\x0b\x1c\x85\u2028\u200f\u200d_|=#\\ \u00a0،.؟!قالوبه٣1ـًّ\U0001f600\x07\ue000"


def built(folder: Path) -> ck.Corpus:
    frame = pl.DataFrame(
        {
            "id": ["d0", "d1", "d2"],
            "text": TEXTS,
            "date": [date(2026, 1, 5), None, date(303, 1, 1)],
            "headline": ["خبر عاجل", None, None],
            "title": ['صحيفة "اليوم"', "سطر\nثان\tوحقل|آخر", "<b>&amp;\x07"],
            "الكلمات": [["أ", "ب|ج"], [], None],
        }
    )
    kept = ["title", "الكلمات"]
    return ck.Corpus.build(frame, folder / "corpus", id="id", date="date", metadata=kept, progress=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[ck.Corpus]:
    with built(tmp_path) as corpus:
        yield corpus


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Return the same corpus with annotations of types and a layer."""

    def said(sentences: list[list[str]]) -> list[dict[str, str | None]]:
        first: dict[str, str | None] = {"lemma": "ل مّ|أ", "pos": "NOUN", "note": "a|b\\c=d"}
        other: dict[str, str | None] = {"lemma": None, "pos": "noun_prop", "note": None}
        return [first if word.startswith("ا") else other for sentence in sentences for word in sentence]

    with built(tmp_path_factory.mktemp("known")) as corpus:
        yield corpus.annotate().annotate(said, layer="Gold")


def record_of(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
    return record


def contents(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(each.relative_to(path)): each.read_bytes() for each in sorted(path.rglob("*")) if each.is_file()}


def rows_of(corpus: ck.Corpus) -> list[tuple[int, int, str]]:
    return corpus.tokens.select("document", "sentence", "token").collect().rows()


# ------------------------------------------------------------------------- files and records


@pytest.mark.parametrize("format", ALWAYS)
def test_files_are_recorded_and_deterministic(
    corpus: ck.Corpus, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    one = corpus.export(tmp_path / "one" if format != "vrt" else tmp_path / "news", format)
    found = contents(one)
    record = record_of(one)
    assert record["created"] == "2023-11-14T22:13:20Z"
    assert record["export"] == {"format": format, "options": {}, "documents": 3}
    assert record["corpus"]["id"] == corpus.id
    assert record["selection"] is None
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    listed = {each["name"]: each["sha256"] for each in record["files"]} if one.is_dir() else {"": record["sha256"]}
    assert listed == digests
    monkeypatch.setattr(token_batches, "_TOKENS", 2)  # a document a batch
    corpus.export(one, format, overwrite=True)
    row_groups = format in ("r", "parquet", "huggingface")  # their tables are equal, and so are their bytes
    assert contents(one) == found, row_groups
    names = sorted(path.name for path in tmp_path.iterdir() if "corpus" not in path.name)
    assert names == [one.name, f"{one.name}.json"]


@pytest.mark.parametrize("format", ["conllu", "txt"])
def test_only_exports_are_replaced(corpus: ck.Corpus, tmp_path: Path, format: str) -> None:
    foreign = tmp_path / "notes"
    if format == "txt":
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("مهم", encoding="utf-8")
    else:
        foreign.write_text("مهم", encoding="utf-8")
    before = contents(foreign)
    for overwrite in (False, True):
        with pytest.raises(ck.InputError, match=r"path must be a new (file|folder), or one that an export wrote, got"):
            corpus.export(foreign, format, overwrite=overwrite)
    assert contents(foreign) == before
    path = corpus.export(tmp_path / "out", format)
    with pytest.raises(ck.InputError, match="overwrite=True replaces it"):
        corpus.export(path, format)
    other = "txt" if format == "conllu" else "conllu"
    with pytest.raises(ck.InputError, match="or one that an export wrote"):
        corpus.export(path, other, overwrite=True)
    part = corpus.filter(pl.col("document") == 0)
    part.export(path, format, overwrite=True)
    assert record_of(path)["selection"] == part.selection
    (tmp_path / "data.json").write_text('{"mine": 1}', encoding="utf-8")
    with pytest.raises(ck.InputError, match="is something else"):
        corpus.export(tmp_path / "data", format, overwrite=True)


@pytest.mark.parametrize("format", ["conllu", "vrt"])
def test_a_failure_changes_nothing(
    corpus: ck.Corpus, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corpus.export(tmp_path / "news", format)
    before, record = contents(path), record_of(path)

    def full(_: Any, output: Output) -> None:
        (output.path / "part" if output.path.is_dir() else output.path).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(corpus_export.FORMATS, format, corpus_export.FORMATS[format]._replace(write=full))
    with pytest.raises(ck.InputError, match=r"No space left on device\. What was there before is unchanged"):
        corpus.export(path, format, overwrite=True)
    assert (contents(path), record_of(path)) == (before, record)
    assert sorted(each.name for each in tmp_path.iterdir() if "corpus" not in each.name) == ["news", "news.json"]


def test_arguments(corpus: ck.Corpus, tmp_path: Path) -> None:
    with pytest.raises(ck.InputError, match=r"format must be one of .*'conllu'.*, got 'conlu'\. Did you mean 'conllu'"):
        corpus.export(tmp_path / "out", "conlu")
    with pytest.raises(ck.InputError, match="options of the format 'conllu' must be 'segments', got 'segment'"):
        corpus.export(tmp_path / "out", "conllu", segment=True)
    with pytest.raises(ck.InputError, match="segments must be False for a corpus without segments"):
        corpus.export(tmp_path / "out", "conllu", segments=True)
    with pytest.raises(ck.InputError, match="text must be 'cleaned' or 'whole', got 'all'"):
        corpus.export(tmp_path / "out", "txt", text="all")
    with pytest.raises(ck.InputError, match="engine must be 'cwb' or 'sketch', got 'x'"):
        corpus.export(tmp_path / "out", "vrt", engine="x")
    with pytest.raises(ck.InputError, match="name must be a-z, 0-9 and _"):
        corpus.export(tmp_path / "out", "vrt", name="News")
    with pytest.raises(ck.InputError, match="path must be in an existing folder"):
        corpus.export(tmp_path / "absent" / "out", "txt")
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------------- vertical text


class Vertical:
    """The tokens and structures of vertical text."""

    def __init__(self, data: bytes) -> None:
        self.tokens: list[tuple[int, int, str]] = []
        self.fields: list[list[str]] = []
        self.texts: list[dict[str, str]] = []
        self.headlines: list[list[str]] = []
        self.glued: list[bool] = []
        self.paragraphs: list[list[str]] = []
        open_tags: list[str] = []
        sentence, follows = -1, False
        for line in data.decode().removesuffix("\n").split("\n"):
            if line == "<g/>":
                follows = True
            elif line.startswith("</"):
                assert open_tags.pop() == line[2:-1]
            elif line.startswith("<"):
                element = ElementTree.fromstring(f"{line}</{line[1:].split('>')[0].split(' ')[0]}>")
                open_tags.append(element.tag)
                if element.tag == "text":
                    self.texts.append(element.attrib)
                    sentence = -1
                sentence += element.tag == "s"
                if element.tag in ("headline", "p"):
                    (self.headlines if element.tag == "headline" else self.paragraphs).append([])
            else:
                assert open_tags[0] == "text"
                assert open_tags[-2:] == ["p", "s"]
                fields = [ElementTree.fromstring(f"<w>{field}</w>").text or "" for field in line.split("\t")]
                self.tokens.append((len(self.texts) - 1, sentence, fields[0]))
                self.fields.append(fields)
                self.glued.append(follows)
                self.paragraphs[-1].append(fields[0])
                follows = False
                if "headline" in open_tags:
                    self.headlines[-1].append(fields[0])
        assert not open_tags


def test_vertical_text(known: ck.Corpus, tmp_path: Path) -> None:
    path = known.export(tmp_path / "news", "vrt")
    found = Vertical((path / "news.vrt").read_bytes())
    assert found.tokens == rows_of(known)
    first = found.fields[0]
    assert first[0] == "خبر"
    assert first[3] == "خبر"
    assert first[5:] == ["__UNDEF__", "noun_prop", "__UNDEF__", "no"]
    by_word = {fields[0]: fields for fields in found.fields}
    assert by_word["الوزير"][1:5] == ["وزير", "|NOUN|", "الوزير", "|وزر|"]
    assert by_word["الوزير"][5:] == ["ل مّ|أ", "NOUN", "a|b\\c=d", "no"]
    assert by_word[":"][1:5] == [":", "|", ":", "|"]
    assert [fields[-1] for fields in found.fields] == [
        "yes" if flags & GLUED else "no" for flags in known.token_flags.tolist()
    ]
    assert len(found.paragraphs) == sum(bool(flags & BEGINS_PARAGRAPH) for flags in known.token_flags.tolist())
    assert found.headlines == [["خبر", "عاجل"]]
    assert found.texts == [
        {"id": "d0", "date": "2026-01-05", "title": 'صحيفة "اليوم"', "column": "|أ|ب¦ج|"},
        {"id": "d1", "title": "سطر ثان وحقل|آخر", "column": "|"},
        {"id": "d2", "date": "0303-01-01", "title": "<b>&amp;\ufffd", "column": "|"},
    ]
    record = record_of(path)
    assert record["attributes of texts"] == {"id": "id", "date": "date", "title": "title", "column": "الكلمات"}
    assert record["attributes"]["gold_lemma"] == "Gold.lemma"
    assert record["changes"] == [
        "column 'title': control characters written as U+FFFD: 1",
        "column 'title': line breaks and tabs written as spaces: 1",
        "column 'الكلمات': the sign | within a value of a list written as ¦: 1",
    ]


def test_files_of_cwb(known: ck.Corpus, tmp_path: Path) -> None:
    path = known.export(tmp_path / "أخبار 2", "vrt", name="news")
    script = (path / "encode.sh").read_text(encoding="utf-8")
    attributes = ["lemma", "pos/", "stem", "root/", "gold_lemma", "gold_pos", "gold_note", "glue"]
    assert re.findall(r"-P (\S+)", script) == attributes
    assert "-S text:0+id+date+title+column/ -S headline:0 -S p:0 -S s:0" in script
    assert '-f news.vrt -R "$PWD/registry/news" -c utf8 -xsB' in script
    registry = (path / "registry" / "news").read_text(encoding="utf-8")
    assert re.findall(r"^ATTRIBUTE (\S+)$", registry, re.MULTILINE) == ["word", *(a.strip("/") for a in attributes)]
    of_texts = ["text_id", "text_date", "text_title", "text_column"]
    assert re.findall(r"^STRUCTURE (\S+)", registry, re.MULTILINE) == ["text", *of_texts, "headline", "p", "s"]
    assert re.search("^ID   news$", registry, re.MULTILINE)
    assert '##:: charset  = "utf8"' in registry
    readme = (path / "README.txt").read_text(encoding="utf-8")
    assert "text_column              'الكلمات'" in readme


def test_files_of_sketch_engine(known: ck.Corpus, tmp_path: Path) -> None:
    path = known.export(tmp_path / "News", "vrt", engine="sketch")
    found = Vertical((path / "news.vrt").read_bytes())
    assert found.tokens == rows_of(known)
    assert found.glued == [bool(flags & GLUED) for flags in known.token_flags.tolist()]
    assert found.texts[0]["column"] == "أ|ب¦ج"
    assert {fields[0]: fields for fields in found.fields}["الوزير"][1:3] == ["وزير", "NOUN"]
    configuration = (path / "news.conf").read_text(encoding="utf-8")
    assert re.findall(r"^ATTRIBUTE (\w+)", configuration, re.MULTILINE)[:3] == ["word", "lemma", "pos"]
    assert configuration.count("{") == configuration.count("}") == 5
    assert 'VERTICAL "/corpora/vertical/news.vrt"' in configuration


def test_cwb_gets_no_more_than_it_keeps(build: Build, tmp_path: Path) -> None:
    corpus = build(["قال " + "ا" * 3000, "نعم"], title=["ب" * 3000, "قصير"])
    path = corpus.export(tmp_path / "news", "vrt")
    found = Vertical((path / "news.vrt").read_bytes())
    assert found.texts[0]["title"] == "ب" * 2047
    assert found.tokens[1][2] == "ا" * 2047
    assert record_of(path)["changes"] == [
        "column 'title': values of more than 4,094 bytes, cut as CWB would do: 1",
        "tokens: values of more than 4,094 bytes, cut as CWB would do: 1",
    ]
    whole = corpus.export(tmp_path / "sketch", "vrt", engine="sketch")
    assert Vertical((whole / "sketch.vrt").read_bytes()).tokens == rows_of(corpus)
    assert record_of(whole)["changes"] == []


def test_names_of_attributes_differ() -> None:
    values = [pl.Series([""])] * 6
    names = ["Outlet", "outlet", "صحيفة", "2nd", "a-b", "column"]
    found = [each.name for each in vrt.attributes_of(names, values, ["outlet"])]
    assert found == ["outlet_2", "outlet_3", "column", "column_2nd", "a_b", "column_2"]


def test_headlines_within_a_paragraph_have_no_tags(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = build(["عنوان طويل ثم نص", "نص"])
    heads = {"headline": [{"start": 0, "end": 5}, None]}
    frame = corpus.all_documents().collect().with_columns(pl.DataFrame(heads, schema_overrides={
        "headline": pl.Struct({"start": pl.UInt32, "end": pl.UInt32})
    }))  # fmt: skip
    monkeypatch.setattr(type(corpus), "all_documents", lambda _: frame.lazy())
    path = corpus.export(tmp_path / "news", "vrt")
    assert Vertical((path / "news.vrt").read_bytes()).headlines == []
    assert record_of(path)["changes"] == ["headlines that begin or end within a paragraph, without tags: 1"]


hostile_texts = st.lists(st.text(HOSTILE, max_size=30), min_size=1, max_size=4)


@settings(max_examples=examples(40))
@given(hostile_texts, st.text(HOSTILE, max_size=8), st.booleans())
def test_tokens_survive_vertical_text(texts: list[str], title: str, sketch: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = pl.DataFrame({"text": ["خبر", *texts], "title": [title] * (1 + len(texts))})
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "not all of the source was read")
            corpus = ck.Corpus.build(frame, folder / "corpus", progress=False)
        with corpus:
            path = corpus.export(folder / "out", "vrt", engine="sketch" if sketch else "cwb")
            found = Vertical((path / "out.vrt").read_bytes())
            numbers = {row: place for place, row in enumerate(dict.fromkeys(row for row, *_ in rows_of(corpus)))}
            assert found.tokens == [(numbers[row], *rest) for row, *rest in rows_of(corpus)]
            ids = corpus.ids(pl.Series(list(numbers), dtype=pl.UInt32).to_numpy()).to_list()
            assert [text["id"] for text in found.texts] == ids
            empty = len(corpus) - len(ids)
            change = f"documents without tokens, left out: {empty}"
            assert (change in record_of(path)["changes"]) == (empty > 0)


# ------------------------------------------------------------------------- CoNLL-U


class Conllu:
    """The sentences of a CoNLL-U file, read without a library."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[int, int, str]] = []
        self.comments: list[list[str]] = []
        self.rows: list[list[str]] = []
        document, number = -1, -1
        assert text == "" or text.endswith("\n\n")
        for block in text.split("\n\n")[:-1]:
            lines = block.split("\n")
            comments = [line for line in lines if line.startswith("# ")]
            self.comments.append(comments)
            is_new = comments[0].startswith("# newdoc")
            document, number = document + is_new, 0 if is_new else number + 1
            sentence, end, next_word = [], 0, 1
            for line in lines[len(comments) :]:
                row = line.split("\t")
                assert len(row) == 10
                assert all(row)
                self.rows.append(row)
                if "-" in row[0]:
                    first, end = map(int, row[0].split("-"))
                    assert first == next_word < end
                else:
                    assert int(row[0]) == next_word
                    next_word += 1
                if "-" in row[0] or int(row[0]) > end:
                    sentence.append((row[1], "SpaceAfter=No" in row[9].split("|")))
            self.tokens += [(document, number, form) for form, _ in sentence]
            text_of = "".join(form + " " * (not glued) for form, glued in sentence).removesuffix(" ")
            assert comments[-1] == f"# text = {text_of}"


def test_conllu(corpus: ck.Corpus, tmp_path: Path) -> None:
    path = corpus.export(tmp_path / "news.conllu", "conllu")
    found = Conllu(path.read_text(encoding="utf-8"))
    assert found.tokens == rows_of(corpus)
    assert found.comments[0] == [
        "# newdoc id = d0",
        "# meta::date = 2026-01-05",
        '# meta::title = صحيفة "اليوم"',
        '# meta::الكلمات = ["أ", "ب|ج"]',
        "# newpar",
        "# sent_id = d0-1",
        "# text = خبر عاجل",
    ]
    assert found.comments[2] == ["# sent_id = d0-3", "# text = ثم غادر!"]
    colon = next(row for row in found.rows if row[1] == ":")
    assert colon[2:] == ["_"] * 7 + ["start_char=20|end_char=21"]
    assert "# meta::title = سطر ثان وحقل|آخر" in found.comments[4]
    assert record_of(path)["changes"] == [
        "column 'title': control characters written as U+FFFD: 1",
        "column 'title': line breaks and tabs written as spaces: 1",
    ]


def test_conllu_has_what_is_known(corpus: ck.Corpus, known: ck.Corpus, tmp_path: Path) -> None:
    def row_of(word: str, path: Path) -> list[str]:
        rows = Conllu(path.read_text(encoding="utf-8")).rows
        return next(row[2:] for row in rows if row[1] == word)

    path = corpus.annotate().export(tmp_path / "types.conllu", "conllu")
    assert row_of("الوزير", path)[:2] == ["وزير", "NOUN"]
    assert row_of(":", path)[:2] == [":", "PUNCT"]
    path = known.export(tmp_path / "layer.conllu", "conllu")
    misc = "SpaceAfter=No|start_char=14|end_char=20|Gold.note=a\\pb\\\\c=d"
    assert row_of("الوزير", path) == ["ل مّ|أ", "NOUN", *"_____", misc]
    assert row_of("نعم", path)[:3] == ["_", "_", "noun_prop"]


def test_segments_are_words(build: Build, tmp_path: Path) -> None:
    corpus = build(["وقالت لها: سيكتبونها وبمدرستها."]).annotate()
    path = corpus.export(tmp_path / "words.conllu", "conllu", segments=True)
    found = Conllu(path.read_text(encoding="utf-8"))
    assert found.tokens == rows_of(corpus)
    words = [(row[0], row[1], row[3]) for row in found.rows]
    assert words[:3] == [("1-2", "وقالت", "_"), ("1", "و", "CCONJ"), ("2", "قالت", "VERB")]
    assert words[3:5] == [("3-4", "لها", "_"), ("3", "ل", "ADP")]
    assert ("4", "ها", "PRON") in words
    assert [tag for _, form, tag in words if form in ("س", "ب", "مدرست")] == ["AUX", "ADP", "NOUN"]
    assert [row[9] for row in found.rows if row[0] == "2"] == ["_"]
    gold = ck.annotators.read_conllu(path)
    corpus.annotate(gold, layer="gold")
    lemmas = corpus.tokens.select("gold.lemma").collect().to_series().to_list()
    of_types = corpus.vocabulary.select("type", "lemma")
    assert (
        lemmas
        == corpus.tokens.join(of_types, on="type", how="left", maintain_order="left").collect()["lemma"].to_list()
    )


def test_conllu_is_read_back(corpus: ck.Corpus, known: ck.Corpus, tmp_path: Path) -> None:
    path = known.export(tmp_path / "news.conllu", "conllu")
    back = ck.annotators.read_conllu(path)
    assert back.documents["id"].to_list() == ["d0", "d1", "d2"]
    corpus.annotate(back, layer="back")
    said = known.tokens.select("Gold.lemma", "Gold.pos").collect().rows()
    read = corpus.tokens.select("back.lemma", pl.coalesce("back.pos", "back.xpos")).collect().rows()
    assert read == said


def on_lines(text: str, instead: str = "\n") -> str:
    """Return a text as CoNLL-U can hold it."""
    text = re.sub("[\x0b\x1c\x85\u2028]" if instead == "\n" else "[\t\n\r\x0b\x1c\x85\u2028]", instead, text)
    return text.replace("\x07", "\ufffd")


@settings(max_examples=examples(40))
@given(hostile_texts, st.text(HOSTILE, max_size=8), st.booleans())
def test_tokens_survive_conllu(texts: list[str], title: str, whole: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = pl.DataFrame({"text": ["خبر", *texts], "title": [title] * (1 + len(texts))})
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "not all of the source was read")
            corpus = ck.Corpus.build(frame, folder / "corpus", progress=False)
        with corpus:
            part = corpus if whole else corpus.filter(pl.col("document") != 1)
            path = part.export(folder / "out.conllu", "conllu")
            found = Conllu(path.read_text(encoding="utf-8"))
            numbers = {row: place for place, row in enumerate(dict.fromkeys(row for row, *_ in rows_of(part)))}
            assert found.tokens == [(numbers[row], *rest) for row, *rest in rows_of(part)]
            documents = corpus.documents.select("document", "text").collect()
            of = dict(documents.rows())
            for (row, _, token), fields in zip(rows_of(part), found.rows, strict=True):
                start, end = map(int, re.findall(r"_char=(\d+)", fields[9]))
                assert of[row][start:end] == token
            back = [event for event in conllu()(File("out", path=path)) if isinstance(event, Document)]
            assert [each.text for each in back] == [on_lines(of[row]) for row in dict.fromkeys(numbers)]
            assert all(each.metadata["title"] == on_lines(title, " ") for each in back)


def test_conllu_has_all_white_space_and_metadata(tmp_path: Path) -> None:
    texts = ["  قال  نعم.قال:\tلا. \r\n\n نعم\u200f ", "خبر"]
    frame = pl.DataFrame(
        {"id": ["a/b c", "a_b"], "text": texts, "سنة": [5, None], "a=b": ["", " x "], "a_b": "y", "a b": "z"}
    )
    with ck.Corpus.build(frame, tmp_path / "corpus", id="id", progress=False) as corpus:
        path = corpus.export(tmp_path / "out.conllu", "conllu")
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [line for line in lines if "sent_id" in line][:2] == ["# sent_id = a%2Fb%20c-1", "# sent_id = a%2Fb%20c-2"]
    misc = [line.split("\t")[9].partition("start")[0] for line in lines if line[:1].isdigit()]
    assert misc[0] == r"SpacesBefore=\s\s|SpacesAfter=\s\s|"
    assert misc[1:6] == ["SpaceAfter=No|", "SpaceAfter=No|", "SpaceAfter=No|", r"SpacesAfter=\t|", "SpaceAfter=No|"]
    assert misc[6:] == [r"SpacesAfter=\s\r\n\n\s|", "SpacesAfter=\u200f\\s|", ""]
    assert record_of(path)["changes"] == ["names of columns: signs written as _, or _ added: 2"]
    with ck.Corpus.build(path, tmp_path / "again", id="id", progress=False) as again:
        found = again.documents.select("id", "text", "سنة", "a_b", "a_b_", "a b").collect()
    assert found.rows() == [("a/b c", texts[0], "5", "", "y", "z"), ("a_b", texts[1], None, " x ", "y", "z")]


@pytest.mark.parametrize("format", ["doccano", "label_studio", "refi_qda"])
def test_exports_for_coding_leave_nothing_out_in_silence(build: Build, tmp_path: Path, format: str) -> None:
    texts = ["قال\r\nنعم", "خبر"]
    corpus = build(texts, score=[float("inf"), 1.0], place=[{"city": "صنعاء", "n": [1]}, None])
    path = corpus.export(tmp_path / "out.qdpx", format)
    changes = record_of(path)["changes"]
    assert changes[-1].startswith("texts: carriage returns")
    assert changes[-1].endswith(": 1")
    assert changes[:-1] == (["numbers that are not finite, left out: 1"] if format == "refi_qda" else [])
    if format == "refi_qda":
        with zipfile.ZipFile(path) as archive:
            content = archive.read("project.qde").decode()
        assert '{"city": "صنعاء", "n": [1]}' in content
    else:
        content = (path / "tasks.json" if path.is_dir() else path).read_text(encoding="utf-8")
        assert '"place": {"city": "صنعاء", "n": [1]}' in content


if importlib.util.find_spec("conllu"):

    def test_the_library_conllu_reads_it(known: ck.Corpus, tmp_path: Path) -> None:
        import conllu  # type: ignore[import-not-found]  # not everywhere

        path = known.export(tmp_path / "news.conllu", "conllu", segments=True)
        sentences = conllu.parse(path.read_text(encoding="utf-8"))
        assert len(sentences) == len({row[:2] for row in rows_of(known)})
        assert sentences[0].metadata["newdoc id"] == "d0"


# ------------------------------------------------------------------------- texts and metadata


def test_text_files(corpus: ck.Corpus, tmp_path: Path) -> None:
    path = corpus.export(tmp_path / "out", "txt")
    texts = [(path / "texts" / f"d{row}.txt").read_bytes().decode() for row in range(3)]
    assert texts == corpus.documents.select("text").collect().to_series().to_list()
    table = pl.read_csv(path / "metadata.csv")
    assert table.columns == ["file", "id", "date", "title", "الكلمات"]
    assert table["file"].to_list() == ["d0.txt", "d1.txt", "d2.txt"]
    assert table["title"][1] == "سطر\nثان\tوحقل|آخر"


@settings(max_examples=examples(200))
@given(st.lists(st.text(st.sampled_from("aAﺍاé/\\.:*? ~\0\n\u202eCONcon1-_"), max_size=12), max_size=12, unique=True))
def test_names_of_text_files_are_safe(ids: list[str]) -> None:
    names = text_files.FileNames()
    made = [names.of(each) for each in ids]
    assert len({unicodedata.normalize("NFKD", name).casefold() for name in made}) == len(ids)
    for name in made:
        assert name
        assert not set(name) & set('/\\:*?"<>|\0\n\u202e')
        assert name.strip(" .") == name
        assert name.split(".")[0].lower() != "con"


def test_names_of_text_files_keep_what_they_can() -> None:
    names = text_files.FileNames()
    assert names.of("أخبار/2026/خبر ١.txt") == "أخبار_2026_خبر ١"
    assert names.of("../../etc/passwd") == "_.._etc_passwd"
    assert names.of("Lpt1.x") == "Lpt1.x_"
    assert [names.of(each) for each in ("-rf", " =1+1", "@صدى")] == ["_-rf", "_=1+1", "_@صدى"]
    long = names.of("خ" * 300)
    assert len(long.encode()) <= 200
    assert names.of("خ" * 301) == f"{long}-2"
    assert names.n_changed == 8


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_a_corpus_built_from_an_export_is_the_same(corpus: ck.Corpus, tmp_path: Path, format: str) -> None:
    path = corpus.export(tmp_path / f"news.{format}", format)
    options = {"id": "id", "date": "date", "date_format": "iso", "metadata": "title"}
    back = ck.Corpus.build(path, tmp_path / "back", **options, progress=False)
    assert back.id == corpus.id
    assert back.labels("title").to_list() == corpus.labels("title").to_list()
    assert back.documents.select("headline").collect().equals(corpus.documents.select("headline").collect())
    assert record_of(path)["changes"] == []
    back.close()


def cut(corpus: ck.Corpus) -> ck.Corpus:
    """Leave out a headline, half a word, and a whole text."""
    spans = [(0, 0, 9), (0, 27, 29), (2, 0, 100)]
    return corpus.exclude(pl.DataFrame(spans, schema=["document", "start", "end"], orient="row"))


def test_excluded_spans_are_left_out(corpus: ck.Corpus, tmp_path: Path) -> None:
    part = cut(corpus)
    texts = pl.read_ndjson(part.export(tmp_path / "a.jsonl", "jsonl"))["text"].to_list()
    assert texts == ['قال الوزير: نعم.\nغادر!\n\nتعليق <قصير> & "جديد"', TEXTS[1], ""]
    assert "headline" in pl.read_ndjson(tmp_path / "a.jsonl").columns
    assert pl.read_ndjson(tmp_path / "a.jsonl")["headline"].to_list() == [None] * 3
    whole = pl.read_ndjson(part.export(tmp_path / "b.jsonl", "jsonl", text="whole"))
    assert whole["text"].to_list() == TEXTS
    assert whole["headline"].to_list() == ["خبر عاجل", None, None]
    one = part.filter(pl.col("document") == 1)
    assert pl.read_ndjson(one.export(tmp_path / "c.jsonl", "jsonl"))["id"].to_list() == ["d1"]
    found = Conllu(part.export(tmp_path / "d.conllu", "conllu").read_text(encoding="utf-8"))
    assert [row[1] for row in found.rows] == part.tokens.select("token").collect().to_series().to_list()
    assert record_of(tmp_path / "d.conllu")["selection"]["without"]["spans"] == 3


words = st.text("قالو .\n<", min_size=1, max_size=20)


@settings(max_examples=examples(25))
@given(words, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 8)), max_size=4))
def test_cleaned_texts_have_the_tokens_that_are_left(text: str, spans: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = pl.DataFrame({"text": [f"ب{text}"]})
        table = pl.DataFrame([(0, a, a + n) for a, n in spans], schema=["document", "start", "end"], orient="row")
        with ck.Corpus.build(frame, folder / "corpus", progress=False) as corpus:
            part = corpus.exclude(table.cast(pl.Int64))
            path = part.export(folder / "r", "r")
            cleaned = pl.read_parquet(path / "corpus.parquet")["text"].item()
            tokens = pl.read_parquet(path / "tokens.parquet")
            expected = part.tokens.select("token").collect().to_series().to_list()
            assert tokens["token"].to_list() == expected
            assert [cleaned[s - 1 : e] for s, e in tokens.select("start", "end").rows()] == expected
            assert ck.tokenize(cleaned) == expected


def test_text_interchange_formats(known: ck.Corpus, tmp_path: Path) -> None:
    path = known.export(tmp_path / "r", "r")
    texts, tokens = (pl.read_parquet(path / f"{name}.parquet") for name in ("corpus", "tokens"))
    assert texts.columns == ["doc_id", "text", "date", "title", "الكلمات", "headline"]
    assert texts["text"].to_list() == TEXTS
    assert tokens.columns[:2] == ["doc_id", "token"]
    assert tokens.dtypes[:2] == [pl.String, pl.String]
    of_words = ["lemma", "pos", "stem", "root", "Gold.lemma", "Gold.pos", "Gold.note"]
    assert tokens.columns[2:] == ["kind", "sentence", "position", "start", "end", *of_words]
    expected = known.tokens.select("token", "sentence", "position", "Gold.pos").collect()
    plus_one = expected.with_columns(pl.col("sentence", "position") + 1)
    assert tokens.select(expected.columns).rows() == plus_one.rows()
    assert tokens["doc_id"].unique(maintain_order=True).to_list() == ["d0", "d1", "d2"]


def test_columns_with_the_names_of_r(build: Build, tmp_path: Path) -> None:
    path = build(["نص"], doc_id=["x"]).export(tmp_path / "r", "r")
    assert pl.read_parquet(path / "corpus.parquet").columns == ["doc_id", "text", "doc_id_"]


if importlib.util.find_spec("yaml"):

    def test_huggingface_dataset(corpus: ck.Corpus, tmp_path: Path) -> None:
        import yaml  # not everywhere

        path = corpus.export(tmp_path / "أخبار", "huggingface")
        card = (path / "README.md").read_text(encoding="utf-8")
        head = yaml.safe_load(card.split("---\n")[1])
        assert head["language"] == ["ar"]
        assert head["pretty_name"] == "أخبار"
        pattern = head["configs"][0]["data_files"][0]["path"]
        files = list(path.glob(pattern))
        assert len(files) == 1
        assert pl.read_parquet(files[0])["text"].to_list() == TEXTS
        assert corpus.id in card


if importlib.util.find_spec("datasets"):

    def test_the_library_datasets_reads_it(corpus: ck.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        import datasets  # not everywhere

        path = corpus.export(tmp_path / "news", "huggingface")
        loaded = datasets.load_dataset(str(path), cache_dir=str(tmp_path / "cache"))
        assert loaded["train"]["text"][:] == TEXTS


def test_many_files_are_recorded_together(corpus: ck.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_export, "_LISTED", 2)
    path = corpus.export(tmp_path / "out", "txt")
    found = contents(path)
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
    size = sum(map(len, found.values()))
    expected = {"count": 4, "bytes": size, "sha256": hashlib.sha256(lines.encode()).hexdigest()}
    assert record_of(path)["files"] == expected


# ------------------------------------------------------------------------- spaCy


@settings(max_examples=examples(200))
@given(
    st.lists(st.tuples(st.text(" \n\tx\u200f", max_size=3), st.from_regex("[ab]( ?b)?", fullmatch=True)), max_size=5)
)
def test_documents_of_spacy_have_their_text(parts: list[tuple[str, str]]) -> None:
    text, tokens, starts = "", [], []
    for between, word in parts:
        text += between
        starts.append(len(text))
        tokens.append(word)
        text += word
    text += parts[0][0] if parts else " "
    begins = [place % 2 == 0 for place in range(len(tokens))]
    found = spacy_docs.spaced(text, tokens, starts, begins, {"lemmas": [word.upper() for word in tokens]})
    joined = "".join(word + " " * space for word, space in zip(found["words"], found["spaces"], strict=True))
    assert joined == text
    lemmas = [(word, lemma) for word, lemma in zip(found["words"], found["lemmas"], strict=True) if lemma]
    assert lemmas == [(word, word.upper()) for word in tokens]
    assert found["sent_starts"][:1] in ([], [True])
    assert sum(found["sent_starts"]) == max(sum(begins), bool(text))


class Bin:
    """Stands for DocBin."""

    def __init__(self, attrs: list[str], store_user_data: bool) -> None:
        self.documents: list[dict[str, Any]] = []
        assert "LEMMA" in attrs
        assert store_user_data

    def __len__(self) -> int:
        return len(self.documents)

    def add(self, document: dict[str, Any]) -> None:
        self.documents.append(document)

    def to_disk(self, path: Path) -> None:
        path.write_text(json.dumps(self.documents), encoding="utf-8")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    spacy, tokens = ModuleType("spacy"), ModuleType("spacy.tokens")
    spacy.blank = lambda language: type("Language", (), {"vocab": language})  # type: ignore[attr-defined]
    tokens.DocBin = Bin  # type: ignore[attr-defined]
    tokens.Doc = lambda vocab, **given: {"vocab": vocab, **given}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    monkeypatch.setitem(sys.modules, "spacy.tokens", tokens)


@pytest.mark.usefixtures("stand_in")
def test_files_of_spacy(known: ck.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy_docs, "_TOKENS", 10)
    path = cut(known).export(tmp_path / "out", "spacy")
    parts = [json.loads(each.read_text(encoding="utf-8")) for each in sorted(path.iterdir())]
    assert [len(part) for part in parts] == [1, 2]
    documents = [document for part in parts for document in part]
    assert [each["vocab"] for each in documents] == ["ar"] * 3
    first, second, third = documents
    assert first["words"][:4] == ["قال", "الوزير", ":", "نعم"]
    assert first["tags"][:2] == ["noun_prop", ""]
    assert first["pos"][:2] == ["", "NOUN"]
    assert first["lemmas"][1] == "ل مّ|أ"
    assert second["user_data"] == {"id": "d1", "date": None, "title": "سطر\nثان\tوحقل|آخر", "الكلمات": []}
    assert second["words"][:3] == ["بدأ", " ", "الاجتماع"]
    assert third["words"] == []


def test_spacy_may_be_absent(corpus: ck.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ck.SourceError, match=r'spaCy documents need spacy\. Install it with pip install "spacy"'):
        corpus.export(tmp_path / "out", "spacy")
    assert not (tmp_path / "out").exists()


if importlib.util.find_spec("spacy"):

    def test_spacy_reads_it(known: ck.Corpus, tmp_path: Path) -> None:
        import spacy  # not everywhere
        from spacy.tokens import DocBin  # as above

        path = known.export(tmp_path / "out", "spacy")
        found = DocBin().from_disk(path / "part-00001.spacy")
        documents = list(found.get_docs(spacy.blank("ar").vocab))
        assert [document.text for document in documents] == TEXTS
        tokens = [token for document in documents for token in document if not token.is_space]
        assert [token.text for token in tokens] == [row[2] for row in rows_of(known)]
        assert {token.lemma_ for token in tokens if token.text == "الوزير"} == {"ل مّ|أ"}
        n_sentences = len({row[:2] for row in rows_of(known)})
        assert sum(len(list(document.sents)) for document in documents) == n_sentences
