"""Archives and packed files with documents of all formats: what is read as what, and what is reported."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import threading
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import CorpusError, InputError, SourceError
from corpus_kit.readers.documents import Document, LeftOut, Skipped, Span, Tokens
from corpus_kit.readers.reader import DocumentReader, ReadReport

OPENITI = "######OpenITI#\n#META#Header#End#\n# باب من الكتاب\n~~وهذا نصه ms01\n"
TEI = "<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p>نص من الكتاب</p></body></text></TEI>"


def read(source: Any, **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    reader = DocumentReader(source, progress=False, **options)
    return pl.concat(list(reader)), reader.report


def pack(path: Path, members: list[tuple[str, str | bytes]]) -> Path:
    contents = [(name, content.encode() if isinstance(content, str) else content) for name, content in members]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of two members with one name
            for name, content in contents:
                archive.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz") as packed:
        for name, content in contents:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture(params=["n.zip", "n.tar.gz"])
def archive(request, tmp_path):
    return tmp_path / request.param


def test_members_of_all_kinds_are_read_or_named(archive):
    members = [
        ("1.txt", "خبر أول"),
        ("2.csv", "text\nخبر ثان\n"),
        ("3.json", json.dumps([{"text": "خبر ثالث"}])),
        ("4.jsonl.gz", gzip.compress('{"text": "خبر رابع"}\n'.encode())),
        ("5.txt.xz", lzma.compress("خبر خامس".encode())),
        ("6.xml", TEI),
        ("bad.xml", "<TEI>"),
        ("bad.json", "["),
        ("bad.csv.bz2", bz2.compress(b"text\nx\n")[:-9]),
        ("empty.html", ""),
        ("inner.zip", b"PK"),
        ("notes.md", "x"),
    ]
    frame, report = read(pack(archive, members))
    here = archive.name
    assert frame["text"].to_list() == ["خبر أول", "خبر ثان", "خبر ثالث", "خبر رابع", "خبر خامس", "نص من الكتاب"]
    assert frame["id"].to_list() == [
        f"{here}/{name}" for name in ("1.txt", "2.csv:0", "3.json:0", "4.jsonl.gz:0", "5.txt.xz", "6.xml")
    ]
    skipped = {reason: [each.source for each in tally.examples] for reason, tally in report.skipped.items()}
    assert skipped == {
        "unreadable file": [f"{here}/bad.xml", f"{here}/bad.json", f"{here}/bad.csv.bz2"],
        "empty file": [f"{here}/empty.html"],
        "archive in an archive": [f"{here}/inner.zip"],
    }
    assert [each.source for each in report.ignored.examples] == [f"{here}/notes.md"]
    assert not any("cannot read" in each.detail for each in report.skipped["unreadable file"].examples)
    for bad in ("bad.xml", "bad.json", "inner.zip"):
        both = [member for member in members if member[0] in ("1.txt", bad)]
        with pytest.raises(SourceError, match=bad):
            read(pack(archive, both), unreadable="raise")


def test_a_member_is_recognised_by_its_first_bytes(archive):
    for name in ("0310Tabari.Tarikh.Shamela1-ara1", "Tarikh.txt"):
        frame, report = read(pack(archive, [("photo.jpg", "x" * 100), (name, OPENITI)]))
        assert "#" not in frame["text"][0]
        assert "~" not in frame["text"][0]
        assert [each.source for each in report.ignored.examples] == [f"{archive.name}/photo.jpg"]


def test_a_member_that_is_not_text_is_not_counted_as_words_among_texts(archive):
    frame, report = read(pack(archive, [("1.txt", "خبر"), ("2.txt", OPENITI)]))
    assert frame["text"].to_list() == ["خبر"]
    assert [each.source for each in report.skipped["another format than .txt"].examples] == [f"{archive.name}/2.txt"]


def test_a_format_that_is_asked_for_reads_members_and_packed_files(archive, tmp_path):
    assert read(pack(archive, [("a.data", TEI)]), format="tei")[0]["text"].to_list() == ["نص من الكتاب"]
    (tmp_path / "b.data.gz").write_bytes(gzip.compress(TEI.encode()))
    assert read(tmp_path / "b.data.gz", format="tei")[0]["text"].to_list() == ["نص من الكتاب"]

    def shout(file):
        yield Document(file.text() + "!")

    assert read(pack(archive, [("a.txt", "نعم")]), format=shout)[0]["text"].to_list() == ["نعم!"]


def test_two_members_of_one_name_are_named(archive):
    with pytest.raises(SourceError, match=r"not unique: \S+/a\.xml and \S+/a\.xml"):
        read(pack(archive, [("a.xml", TEI), ("a.xml", TEI)]))


def test_what_members_unpack_to_is_limited_together(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_kit.readers.limits._FREE", 200_000)
    bombs = [(f"{number}.txt.gz", gzip.compress(b"a" * 150_000)) for number in range(9)]
    folder = tmp_path / "aside"
    reader = DocumentReader(pack(archive, [("a.csv", "text\nx\n"), *bombs]), progress=False, limits={"expansion": 1})
    reader.write_aside(folder)
    assert pl.concat(list(reader)).height == 2
    assert reader.report.skipped["unreadable file"].count == 8
    assert sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) < 100


# Readers of users


def bad_last(_):
    yield Document("نص")
    yield Document("نص", spans=[Span("page", 0, 99)])


def bad_metadata(_):
    yield Document("نص", metadata={"a": object()})


def bad_name(_):
    yield Document("نص", metadata={"a\0b": 1})


def bad_headline(_):
    yield Document("نص", headline="first")


def bad_layer(_):
    yield Document("نص", tokens=Tokens([(0, 2)], layers={"pos": [5]}))


def bad_count(_):
    yield LeftOut("note", -1)
    yield Document("نص")


@pytest.mark.parametrize("reader", [bad_last, bad_metadata, bad_name, bad_headline, bad_layer, bad_count])
def test_nonsense_of_a_reader_makes_its_file_unreadable(tmp_path, reader):
    (tmp_path / "a.txt").write_text("نعم", "utf-8")
    with pytest.raises(SourceError, match=r"cannot read 'a\.txt': unreadable file: "):
        read(tmp_path / "a.txt", format=reader)
    (tmp_path / "b.txt").write_text("نعم", "utf-8")

    def mixed(file):
        return reader(file) if file.name == "a.txt" else iter([Document("جيد")])

    frame, report = read(tmp_path, format=mixed)
    assert frame["text"].to_list()[-1] == "جيد"
    assert [each.source for each in report.skipped["unreadable file"].examples] == ["a.txt"]


def test_unpaired_surrogates_anywhere_skip_the_document_only(tmp_path):
    bad = "\ud800"

    def surrogates(_):
        yield Document(bad)
        yield Document("نص", id=bad)
        yield Document("نص", metadata={"a": bad})
        yield Document("نص", spans=[Span("page", 0, 1, bad)])
        yield Document("نص", tokens=Tokens([(0, 2)], layers={"pos": [bad]}))
        yield Document("جيد")

    (tmp_path / "a.txt").write_text("نعم", "utf-8")
    frame, report = read(tmp_path / "a.txt", format=surrogates)
    assert frame["text"].to_list() == ["جيد"]
    assert [each.source for each in report.skipped["unpaired surrogate"].examples] == [
        f"a.txt:{n}" for n in range(1, 6)
    ]


def test_a_file_without_documents_is_named(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("نعم", "utf-8")

    def half(file):
        return iter([] if file.name == "a.txt" else [Document("نص")])

    frame, report = read(tmp_path, format=half)
    assert frame.height == 1
    assert [each.source for each in report.skipped["file without documents"].examples] == ["a.txt"]
    with pytest.raises(SourceError, match=r"cannot read 'a\.txt': file without documents"):
        read(tmp_path, format=half, unreadable="raise")


def test_what_is_skipped_stops_a_strict_build_with_its_own_reason(tmp_path):
    (tmp_path / "a.txt").write_text("نعم", "utf-8")

    def pages(_):
        yield Skipped("page without text", "3")
        yield Document("نص")

    with pytest.raises(SourceError, match=r"^cannot read 'a\.txt:3': page without text$"):
        read(tmp_path / "a.txt", format=pages, unreadable="raise")


def test_where_nothing_can_be_written_no_file_is_to_blame(tmp_path):
    (tmp_path / "a.txt").write_text("نعم", "utf-8")
    (tmp_path / "b.html").write_text("<p>نعم</p>", "utf-8")
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress("text\nنعم\n".encode()))
    for name in ("b.html", "c.csv.gz"):
        reader = DocumentReader([tmp_path / "a.txt", tmp_path / name], progress=False)
        (tmp_path / "no folder").touch()
        reader.write_aside(tmp_path / "no folder")
        with pytest.raises(CorpusError, match="cannot write"):
            list(reader)


def test_sources_are_opened_in_the_thread_of_the_caller(tmp_path):
    threads = []

    def records():
        threads.append(threading.current_thread())
        yield {"text": "نص"}

    ck.Corpus.build(records(), tmp_path / "corpus", progress=False)
    assert threads == [threading.current_thread()]


def test_records_may_hold_what_other_libraries_make(tmp_path):
    class Shown(str):
        __slots__ = ()

    rows = [{"text": Shown("نص"), "n": np.int64(5), "nested": {"a": [1]}, "items": [{"b": 2}]}]
    frame, _ = read(rows)
    assert frame.select("text", "n", "nested", "items").rows() == [("نص", 5, '{"a": [1]}', '[{"b": 2}]')]
    with pytest.raises(SourceError, match="Paths are given in a list"):
        read(iter([str(tmp_path)]))


@pytest.mark.parametrize(
    ("name", "endings"), [("", ".a"), (".a", ".a"), ("a", ".a..b"), ("a", "."), ("a", ".a.b.c.d"), ("a", 5), ("a", "x")]
)
def test_formats_are_registered_with_endings_that_files_can_have(name, endings):
    with pytest.raises(InputError, match=r"^(name|endings) must be"):
        ck.readers.register(name, bad_last, endings)


# Headlines and names of columns


@pytest.mark.parametrize(
    ("title", "text", "headline", "stays"),
    [
        ("الخبر هنا", "  الخبر   هنا \nنص", "الخبر   هنا", True),
        ("خَبر", "خبر\nنص", "خبر", True),
        ("«خبر»", "خبر\nنص", "خبر", True),
        ("خبر", "خبر آخر\nنص", "خبر", False),
        ("***", "نص", "***", False),
    ],
)
def test_a_title_that_differs_in_marks_and_spaces_is_not_put_before_the_text_again(title, text, headline, stays):
    frame, _ = read(pl.DataFrame({"title": [title], "text": [text]}), headline="title")
    [(found, span)] = frame.select("text", "headline").rows()
    assert (found == text) is stays
    assert found[span["start"] : span["end"]] == headline


def test_a_title_alone_is_no_document():
    frame, report = read(pl.DataFrame({"title": ["أ", "ب"], "text": [" ", "نص"]}), headline="title")
    assert frame["id"].to_list() == ["1"]
    assert report.skipped["blank text"].count == 1


def test_names_that_cannot_be_stored_and_the_text_as_headline_are_refused():
    frame = pl.DataFrame({"text": ["نص"], "a": [1]})
    for new in ("\0", "\ud800"):
        with pytest.raises(InputError, match="rename must be"):
            read(frame, rename={"a": new})
    with pytest.raises(InputError, match="headline must be another column"):
        read(frame, headline="text")


# Spreadsheets


def sheet(path: Path, rows: list[list[Any]]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_the_type_of_a_column_of_a_spreadsheet_comes_from_all_its_rows(tmp_path):
    rows = [["text", "n"], *(["نص", number] for number in range(1_500)), ["نص", "عدد"]]
    frame, _ = read(sheet(tmp_path / "a.xlsx", rows))
    assert frame["n"][0] == "0"
    assert frame["n"][-1] == "عدد"


def test_columns_of_a_spreadsheet_may_have_any_name_and_their_names_any_row(tmp_path):
    rows = [["تقرير"], [], ["text", "*", "text"], ["نص", 1, "آخر"]]
    frame, _ = read(sheet(tmp_path / "a.xlsx", rows), format=ck.readers.spreadsheet(header=3))
    assert frame.select("text", "*_", "text_1").rows() == [("نص", 1, "آخر")]


# Tokens and metadata


def test_a_document_of_vertical_text_without_tokens_is_named(tmp_path):
    (tmp_path / "a.vrt").write_text('<text id="1">\nقال\n</text>\n<text id="2">\n</text>\n', "utf-8")
    frame, report = read(tmp_path / "a.vrt")
    assert frame["id"].to_list() == ["a.vrt:1"]
    assert [each.source for each in report.skipped["document without tokens"].examples] == ["a.vrt:2"]


def test_the_column_that_joins_metadata_is_not_that_of_dates(build):
    corpus = build(["نص"])
    with pytest.raises(InputError, match="date must be another column than `on`"):
        corpus.with_metadata(pl.DataFrame({"id": ["0"], "a": [1]}), on="id", date="id")
