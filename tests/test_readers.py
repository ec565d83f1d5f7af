"""Files and frames to documents: what is read, what is skipped and reported, what is an error."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_structure import structure_of

from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers import texts
from corpus_kit.readers.batches import UniqueIds
from corpus_kit.readers.reader import DocumentReader, ReadReport
from corpus_kit.readers.structure import PARAGRAPHS, SPAN

pytestmark = pytest.mark.interface

TABLE_ENDINGS = [".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".ipc", ".arrow", ".feather"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def read(source: Any, **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    reader = DocumentReader(source, progress=False, **options)
    batches = list(reader)
    for batch in batches:
        assert batch.schema == reader.schema
    return pl.concat(batches) if batches else pl.DataFrame(schema=reader.schema), reader.report


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_table(path: Path, frame: pl.DataFrame) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".csv", ".tsv"):
        frame.write_csv(path, separator="\t" if path.suffix == ".tsv" else ",")
    elif path.suffix in (".jsonl", ".ndjson"):
        frame.write_ndjson(path)
    elif path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_ipc(path)
    return path


def skipped(report: ReadReport) -> dict[str, list[tuple[str, int | None]]]:
    return {reason: [(one.source, one.row) for one in tally.examples] for reason, tally in report.skipped.items()}


# Text files


def test_folders_are_read_recursively_in_sorted_order(tmp_path):
    for name in ("b/2.txt", "b/1.txt", "a.txt", "b-c.txt", ".hidden.txt", ".git/x.txt", "B.TXT"):
        write(tmp_path / name, f"خبر {name}")
    for source in (tmp_path, str(tmp_path)):
        frame, report = read(source)
        assert frame["id"].to_list() == ["B.TXT", "a.txt", "b/1.txt", "b/2.txt", "b-c.txt"]
        assert frame["file"].to_list() == frame["id"].to_list()
        assert frame["text"].to_list() == [f"خبر {name}" for name in frame["id"]]
        assert frame.columns == ["id", "file", "folder", "text", "headline", "paragraphs"]
        assert frame["folder"].to_list() == [".", ".", "b", "b", "."]
        assert [file.path for file in report.files] == frame["id"].to_list()
        assert report.source == str(tmp_path)


def test_text_is_kept_exactly_with_its_spans(tmp_path):
    text = "خبر \U0001f600\r\n\r\n  قال.\u2028وقال\t.\r"
    frame, _ = read(write(tmp_path / "x.txt", text))
    assert frame["text"].to_list() == [text]
    head, spans = structure_of(text, page=True)
    assert frame["headline"].to_list() == [{"start": head[0], "end": head[1]}]
    assert frame["paragraphs"].to_list() == [[{"start": start, "end": end} for start, end in spans]]


def test_record_of_a_file(tmp_path):
    data = {
        "1.txt": "\ufeffخبر".encode(),
        "2.txt": "خبر".encode("utf-16"),
        "3.txt": "خبر جديد".encode("cp1256"),
        "4.txt": "خبر جديد".encode("utf-16-be"),
    }
    for name, content in data.items():
        write(tmp_path / name, content)
    frame, report = read(tmp_path)
    assert frame["text"].to_list() == ["خبر", "خبر", "خبر جديد", "خبر جديد"]
    assert [(file.encoding, file.guessed) for file in report.files] == [
        ("utf-8", False),
        ("utf-16-le", False),
        ("cp1256", True),
        ("utf-16-be", True),
    ]
    for file in report.files:
        assert file.sha256 == hashlib.sha256(data[file.path]).hexdigest()
        assert (file.bytes, file.documents) == (len(data[file.path]), 1)
    assert {kind: tally.examples[0].source for kind, tally in report.notices.items()} == {
        "encoding guessed as cp1256": "3.txt",
        "encoding guessed as utf-16-be": "4.txt",
    }
    assert "cp1256 (guessed): 1" in str(report)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_one_document_per_line(tmp_path, codec):
    text = "خبر أول\r\n\nخبر ثان\r \nخبر ثالث"
    frame, report = read(write(tmp_path / "x.txt", text.encode(codec)), lines=True)
    assert frame.drop("paragraphs").rows() == [
        ("x.txt:1", "x.txt", 1, "خبر أول", None),
        ("x.txt:3", "x.txt", 3, "خبر ثان", None),
        ("x.txt:5", "x.txt", 5, "خبر ثالث", None),
    ]
    assert frame.schema["line"] == pl.UInt32
    assert skipped(report) == {"blank text": [("x.txt", 4)]}
    assert report.files[0].sha256 == hashlib.sha256(text.encode(codec)).hexdigest()


def test_only_newlines_end_a_line(tmp_path):
    frame, _ = read(write(tmp_path / "x.txt", "أ\u2028ب\u0085ج\vد\n"), lines=True)
    assert frame["text"].to_list() == ["أ\u2028ب\u0085ج\vد"]
    assert frame["paragraphs"].list.len().to_list() == [4]


@settings(max_examples=examples(50))
@given(st.lists(TEXTS.filter(lambda text: not set("\r\n\0\x06\ufeff") & set(text))), st.integers(1, 40))
def test_lines_do_not_depend_on_the_read_size(tmp_path_factory, lines, size):
    path = write(tmp_path_factory.mktemp("lines") / "x.txt", "\n".join(["خبر", *lines]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "_GROUP", size)
        frame, _ = read(path, lines=True)
    kept = [(f"x.txt:{number}", text) for number, text in enumerate(["خبر", *lines], start=1)]
    assert frame.select("id", "text").rows() == [row for row in kept if structure_of(row[1], page=False)[1]]


# Archives


def make_archive(path: Path, members: list[tuple[str, bytes]]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return path
    mode = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}[path.suffix]
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


ARCHIVES = ["n.zip", "n.tar", "n.tar.gz", "n.tgz", "n.tar.bz2", "n.tar.xz"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_archive_members_keep_their_order(tmp_path, name):
    members = [
        ("./b.txt", "خبر ثان".encode()),
        ("d/a.TXT", "خبر أول".encode("cp1256")),
        ("/abs.txt", "مطلق".encode()),
        ("../up.txt", "أعلى".encode()),
        ("notes.doc", b"x"),
        ("__MACOSX/._b.txt", b"x"),
        ("empty.txt", b""),
        ("bad.txt", b"\x89\x00\xff"),
        ("nul.txt", b"a\x00b c"),
    ]
    path = make_archive(tmp_path / name, members)
    before = sorted(tmp_path.parent.rglob("*"))
    frame, report = read(path)
    assert sorted(tmp_path.parent.rglob("*")) == before
    assert frame["id"].to_list() == [f"{name}/{member}" for member in ("b.txt", "d/a.TXT", "/abs.txt", "../up.txt")]
    assert frame["file"].to_list() == frame["id"].to_list()
    assert frame["text"].to_list() == ["خبر ثان", "خبر أول", "مطلق", "أعلى"]
    assert [one.source for one in report.ignored.examples] == [f"{name}/notes.doc"]
    assert skipped(report) == {
        "empty file": [(f"{name}/empty.txt", None)],
        "unreadable file": [(f"{name}/bad.txt", None)],
        "NUL character": [(f"{name}/nul.txt", None)],
    }
    [file] = report.files
    assert (file.path, file.encoding, file.guessed, file.documents) == (name, "cp1256, utf-8", True, 4)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ARCHIVES)
def test_lines_of_members(tmp_path, name):
    path = make_archive(tmp_path / name, [("x.txt", "أول\nثان".encode()), ("y.txt", b"\xff\x00\x01")])
    frame, report = read([path], lines=True)
    assert frame.select("id", "line").rows() == [(f"{name}/x.txt:1", 1), (f"{name}/x.txt:2", 2)]
    assert skipped(report) == {"unreadable file": [(f"{name}/y.txt", None)]}


@pytest.mark.parametrize("name", ["n.zip", "n.tar.gz"])
def test_members_beyond_the_limit_are_not_unpacked(tmp_path, name):
    path = make_archive(tmp_path / name, [("bomb.txt", b"x" * (1 << 21)), ("x.txt", "خبر".encode())])
    frame, report = read(path, limits={"text_bytes": "1MiB"})
    assert frame["text"].to_list() == ["خبر"]
    assert skipped(report) == {"text too long": [(f"{name}/bomb.txt", None)]}
    assert "2,097,152 bytes, more than 1,048,576" in report.skipped["text too long"].examples[0].detail


def test_a_damaged_member_of_a_zip_is_skipped(tmp_path):
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as archive:
        archive.writestr("x.txt", "خبر أول")
        archive.writestr("y.txt", "خبر ثان")
    data = (tmp_path / "n.zip").read_bytes().replace("خبر أول".encode(), "خبر اول".encode())
    frame, report = read(write(tmp_path / "n.zip", data))
    assert frame["id"].to_list() == ["n.zip/y.txt"]
    assert "CRC" in report.skipped["unreadable file"].examples[0].detail


def test_links_in_archives_are_not_followed(tmp_path):
    with tarfile.open(tmp_path / "n.tar", "w") as archive:
        for name, kind in (("sym.txt", tarfile.SYMTYPE), ("hard.txt", tarfile.LNKTYPE), ("fifo.txt", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as zipped:
        link = zipfile.ZipInfo("sym.txt")
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, "/etc/passwd")
        zipped.writestr("x.txt", "خبر")
    frame, report = read(tmp_path)
    assert frame["id"].to_list() == ["n.zip/x.txt"]
    assert report.skipped["unreadable file"].count == 4


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.parametrize("in_folder", [True, False])
def test_a_damaged_archive_is_an_error(tmp_path, name, in_folder):
    many = [(f"{number}.txt", os.urandom(700).hex().encode()) for number in range(20)]
    path = make_archive(tmp_path / name, many)
    write(tmp_path / "x.txt", "خبر")
    for damaged in (path.read_bytes()[:6000], b"not an archive at all"):
        path.write_bytes(damaged)
        with pytest.raises(SourceError, match=f"cannot read '{name}'") as raised:
            read(tmp_path if in_folder else path, unreadable="raise" if in_folder else "skip")
        assert raised.value.__cause__ is not None
        if in_folder:
            frame, report = read(tmp_path)
            assert sum(report.skipped[reason].count for reason in report.skipped) == 1
            assert "x.txt" in frame["id"].to_list()


def test_damaged_tar_header_does_not_end_the_archive(tmp_path):
    path = make_archive(tmp_path / "n.tar", [("x.txt", "خبر".encode()), ("y.txt", "خبر".encode())])
    data = path.read_bytes().replace(b"y.txt", b"z.txt")
    with pytest.raises(SourceError, match="damaged header at byte 1,024"):
        read(write(path, data))


def test_an_encrypted_member_is_skipped(tmp_path):
    path = make_archive(tmp_path / "n.zip", [("x.txt", b"abc"), ("y.txt", "خبر".encode())])
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[6] |= 1  # the flag, in the local and the central header
    data[at + 8] |= 1
    frame, report = read(write(path, bytes(data)))
    assert frame["id"].to_list() == ["n.zip/y.txt"]
    assert "encrypted" in report.skipped["unreadable file"].examples[0].detail


# Tables


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_table_files(tmp_path, ending):
    frame = pl.DataFrame(
        {
            "body": ["خبر\nقصير", 'قال: "نعم", وذهب\t.', None, "  "],
            "key": ["أ", "ب", "ج", "د"],
            "day": ["2015-07-21", "2015-07-22 10:00:00", None, None],
            "page": [1, 2, 3, 4],
        }
    )
    path = write_table(tmp_path / f"x{ending}", frame)
    got, report = read(path, text="body", id="key", date="day")
    page = pl.String if ending in (".csv", ".tsv") else pl.Int64
    assert got.schema == {
        "id": pl.String,
        "date": pl.Date,
        "page": page,
        "text": pl.String,
        "headline": SPAN,
        "paragraphs": PARAGRAPHS,
    }
    assert got["text"].to_list() == frame["body"].to_list()[:2]
    assert got["id"].to_list() == ["أ", "ب"]
    assert got["date"].to_list() == [dt.date(2015, 7, 21), dt.date(2015, 7, 22)]
    assert got["page"].cast(pl.Int64).to_list() == [1, 2]
    assert got["headline"].null_count() == 2
    assert skipped(report) == {"no text": [(f"x{ending}", 2)], "blank text": [(f"x{ending}", 3)]}
    [file] = report.files
    assert (file.path, file.encoding, file.documents) == (f"x{ending}", None, 2)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    plain, _ = read(path, text="body")
    assert plain["id"].to_list() == [f"x{ending}:0", f"x{ending}:1"]
    assert plain.columns == ["id", "key", "day", "page", "text", "headline", "paragraphs"]
    some, _ = read(path, text="body", id="key", date="day", metadata=["day"])
    assert some.columns == ["id", "date", "day", "text", "headline", "paragraphs"]
    none, _ = read(path, text="body", metadata=[])
    assert none.columns == ["id", "text", "headline", "paragraphs"]


@settings(max_examples=examples(30))
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), st.sampled_from([".csv", ".tsv", ".jsonl"]))
def test_any_text_round_trips_through_tables(tmp_path_factory, rows, ending):
    rows = [(text.replace("\0", ""), other) for text, other in rows]
    path = tmp_path_factory.mktemp("table") / f"x{ending}"
    with path.open("w", encoding="utf-8", newline="") as stream:
        if ending == ".jsonl":
            stream.writelines(json.dumps({"text": text, "note": note}) + "\n" for text, note in rows)
        else:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL, delimiter="\t" if ending == ".tsv" else ",")
            writer.writerows([("text", "note"), *rows])
    expected = [
        (f"x{ending}:{number}", note, text)
        for number, (text, note) in enumerate(rows)
        if structure_of(text, page=False)[1]
    ]
    if not expected:
        with pytest.raises(SourceError, match="no documents"):
            read(path)
    else:
        assert read(path)[0].select("id", "note", "text").rows() == expected


def test_csv_columns_stay_text(tmp_path):
    frame, _ = read(write(tmp_path / "x.csv", "\ufefftext,number,flag\nخبر,007,true\nخبر,x,\n"))
    assert frame.select("number", "flag").rows() == [("007", "true"), ("x", None)]


def test_a_long_csv_with_line_breaks_in_quotes(tmp_path):
    rows = [(str(number), f'سطر {number}\r\n"ثان", ' * (number % 7 + 1)) for number in range(9000)]
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("key", "text"), *rows])
    frame, _ = read(tmp_path / "x.csv", id="key")
    assert frame.select("id", "text").rows() == rows


def test_json_lines_dtypes_do_not_depend_on_row_order(tmp_path):
    lines = [
        {"text": "خبر", "i": 1, "f": 1, "s": "x", "m": 1, "b": True, "n": {"a": ["خ"]}, "big": 2**70, "none": None},
        {"text": "خبر", "i": 2, "f": 2.5, "s": None, "m": "y", "b": False, "n": [1], "late": 3},
        {"text": "خبر", "m": True},
    ]
    names = ["i", "f", "s", "m", "b", "n", "big", "none", "late"]
    for order in (lines, lines[::-1]):
        path = write(tmp_path / "x.jsonl", "\n\n".join(json.dumps(line) for line in order))
        frame, _ = read(path)
        types = [frame.schema[name] for name in names]
        assert types == [
            pl.Int64, pl.Float64, pl.String, pl.String, pl.Boolean, pl.String, pl.String, pl.String, pl.Int64,
        ]  # fmt: skip
        assert sorted(frame.select(names).rows(), key=str) == sorted(
            [
                (1, 1.0, "x", "1", True, '{"a": ["خ"]}', str(2**70), None, None),
                (2, 2.5, None, "y", False, "[1]", None, None, 3),
                (None, None, None, "true", None, None, None, None, None),
            ],
            key=str,
        )


def test_rows_of_json_keep_their_numbers_in_later_groups(tmp_path):
    lines = ['{"text": "خبر"}'] * 700
    lines[299], lines[400], lines[601] = '{"text": "\\udc00"}', '{"text": "a", "text": "b"}', ""
    frame, report = read(write(tmp_path / "x.jsonl", "\n".join(lines)))
    assert skipped(report) == {"unpaired surrogate": [("x.jsonl", 299)]}
    assert report.notices["key repeated in an object"].examples[0].row == 400
    assert frame["id"].to_list() == [f"x.jsonl:{row}" for row in range(699) if row != 299]


def test_unpaired_surrogates_in_json_are_skipped_and_reported(tmp_path):
    content = '\ufeff{"text": "\\ud83d\\ude00"}\r\n{"text": "\\uD800x"}\n{"text": "خبر", "t": [{"k": "\\udc00"}]}\n'
    frame, report = read(write(tmp_path / "x.jsonl", content))
    assert frame["text"].to_list() == ["\U0001f600"]
    assert skipped(report) == {"unpaired surrogate": [("x.jsonl", 1), ("x.jsonl", 2)]}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": ', "line 2 is not JSON"),
        ("[1]", "line 2 is not a JSON object"),
        ("[" * 100_000, "line 2 is not JSON that can be read: it has too many levels"),
        ('{"text": ' + "1" * 5000 + "}", "line 2 is not JSON"),
    ],
)
def test_invalid_json_error_names_the_line(tmp_path, line, message):
    with pytest.raises(SourceError, match=f"cannot read 'x.jsonl': {message}"):
        read(write(tmp_path / "x.jsonl", '{"text": "خبر"}\n' + line))


@pytest.mark.parametrize(("name", "start"), [("x.csv", "text\nخبر\n"), ("x.jsonl", '\ufeff{"text": "خبر"}\n')])
def test_tables_of_text_are_in_one_encoding(tmp_path, name, start):
    head = start.encode()
    for bad in (b"\xce\xc8\xd1\n", b"\xd8"):
        with pytest.raises(SourceError, match=rf"cannot read '{name}': not UTF-8 at byte {len(head)}"):
            read(write(tmp_path / name, head + bad))
    with pytest.raises(SourceError, match="not UTF-8 at byte 0"):
        read(write(tmp_path / name, b"\xff\xfe" + head + b"\0"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "cp1256"])
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl"])
@pytest.mark.parametrize("packed", [False, True])
def test_tables_of_text_in_other_encodings(tmp_path, encoding, ending, packed):
    """Spreadsheets save Unicode text as UTF-16 with tabs, and old programs Windows-1256."""
    text = {".csv": "text;outlet\r\nوصل الوفد;صدى\r\n", ".tsv": "text\toutlet\nوصل الوفد\tصدى\n"}.get(
        ending, '{"text": "وصل الوفد", "outlet": "صدى"}\n'
    )
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    data = (mark + text).encode(encoding)
    path = write(tmp_path / f"x{ending}", data)
    if packed:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr(f"x{ending}", data)
        path = tmp_path / "x.zip"
    frame, report = read(path)
    assert frame.select("text", "outlet").rows() == [("وصل الوفد", "صدى")]
    assert report.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert ("encoding guessed as cp1256" in report.notices) is (encoding == "cp1256")


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("text;outlet\nوصل, ثم غادر;صدى\n", ";"),
        ("text\toutlet\nوصل, ثم غادر\tصدى\n", "\t"),
        ("text|outlet\nوصل, ثم غادر|صدى\n", "|"),
        ('"text";"out,let,s"\n"وصل, ثم غادر";"صدى"\n', ";"),
        ("sep=;\r\ntext;outlet\r\nوصل, ثم غادر;صدى\r\n", ";"),
        ('\ufeff"sep=|"\ntext|outlet\nوصل, ثم غادر|صدى', "|"),
        ('sep=,\ntext,outlet;id|x\n"وصل, ثم غادر",صدى\n', ","),
        ('text,outlet\n"وصل, ثم غادر",صدى\n', ","),
    ],
)
def test_what_separates_fields(tmp_path, text, separator):
    frame, report = read(write(tmp_path / "x.csv", text))
    assert frame.get_column("text").to_list() == ["وصل, ثم غادر"]
    assert "صدى" in frame.rows()[0]
    told = report.notices.get("fields separated by")
    assert (None if told is None else told.examples[0].detail) == (None if separator == "," else repr(separator))


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".arrow"])
@pytest.mark.parametrize("in_folder", [True, False])
def test_a_damaged_table_is_an_error(tmp_path, ending, in_folder):
    content = {".csv": b'text,n\n"never closed,1\n', ".jsonl": b"{", ".parquet": b"PAR1 x PAR1", ".arrow": b"ARROW1 x"}
    path = write(tmp_path / f"x{ending}", content[ending])
    write(tmp_path / "ok.txt", "خبر")
    with pytest.raises(SourceError, match=f"cannot read 'x{ending}'") as raised:
        read(tmp_path if in_folder else path, unreadable="raise" if in_folder else "skip")
    assert raised.value.__cause__ is not None
    if in_folder:
        frame, report = read(tmp_path)
        assert frame["id"].to_list() == ["ok.txt"]
        assert [str(one) for one in report.skipped["unreadable file"].examples] == [
            f"x{ending} ({raised.value.args[0].partition(': ')[2]})"
        ]


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_truncated_table_is_an_error(tmp_path, ending):
    path = write_table(tmp_path / f"x{ending}", pl.DataFrame({"text": ["خبر"] * 1000, "n": range(1000)}))
    with pytest.raises(SourceError, match=f"cannot read 'x{ending}'"):
        read(write(path, path.read_bytes()[:-20]))


def test_ipc_streams_are_rejected_with_a_reason(tmp_path):
    pl.DataFrame({"text": ["خبر"]}).write_ipc_stream(tmp_path / "x.arrow")
    with pytest.raises(SourceError, match="IPC streams"):
        read(tmp_path / "x.arrow")


def test_parquet_dtypes_are_kept(tmp_path):
    frame = pl.DataFrame(
        {
            "text": ["خبر"],
            "when": [dt.datetime(2015, 7, 21, 23, 59)],
            "tags": [["أ", "ب"]],
            "kind": pl.Series(["x"], dtype=pl.Categorical),
            "small": pl.Series([1], dtype=pl.Int8),
        }
    )
    got, _ = read(write_table(tmp_path / "x.parquet", frame), metadata=["when", "tags", "kind", "small"], date="when")
    assert got.select("when", "tags", "kind", "small").schema == frame.drop("text").schema
    assert got["date"].to_list() == [dt.date(2015, 7, 21)]


# Frames


@pytest.mark.parametrize("lazy", [False, True])
def test_frames(lazy):
    frame = pl.DataFrame({"text": ["أ", "", "ب"], "n": [1, 2, 3]})
    got, report = read(frame.lazy() if lazy else frame)
    assert got.select("id", "n", "text").rows() == [("0", 1, "أ"), ("2", 3, "ب")]
    assert report.files == ()
    name = "LazyFrame" if lazy else "DataFrame"
    assert report.source == f"{name} of 3 rows"
    assert skipped(report) == {"blank text": [(name, 1)]}
    empty, report = read(frame.clear().lazy() if lazy else frame.clear())
    assert (empty.height, report.documents) == (0, 0)


def test_categorical_and_null_text_columns():
    assert read(pl.DataFrame({"text": pl.Series(["أ"], dtype=pl.Categorical)}))[0]["text"].to_list() == ["أ"]
    assert read(pl.DataFrame({"text": [None]}))[1].skipped["no text"].count == 1


def test_lazy_frame_errors_are_source_errors():
    frame = pl.LazyFrame({"text": ["أ"]}).with_columns(n=pl.lit("x").cast(pl.Int64))
    with pytest.raises(SourceError, match="LazyFrame") as raised:
        read(frame)
    assert isinstance(raised.value.__cause__, pl.exceptions.PolarsError)
    with pytest.raises(SourceError):
        read(pl.LazyFrame({"text": ["أ"]}).select("missing"))


def test_texts_with_nul_are_skipped():
    frame, report = read(pl.DataFrame({"text": ["a\0b", "خبر"]}))
    assert frame["id"].to_list() == ["1"]
    assert skipped(report) == {"NUL character": [("DataFrame", 0)]}


def test_overlong_texts_are_skipped():
    _, report = read(pl.DataFrame({"text": ["خبر", "أخبار"]}), limits={"text_bytes": 6})
    assert skipped(report) == {"text too long": [("DataFrame", 1)]}


def test_headline_column_must_match_the_first_paragraph():
    frame, report = read(pl.DataFrame({"text": ["خبر\nقال", "قال"], "headline": ["خبر", "خبر"]}))
    assert frame["headline"].to_list() == [{"start": 0, "end": 3}, None]
    assert frame["paragraphs"].list.len().to_list() == [1, 1]
    assert frame["headline_"].to_list() == ["خبر", "خبر"]
    assert report.renamed == {"headline": "headline_"}


# Columns


def test_reserved_column_names_are_renamed():
    frame = pl.DataFrame({"body": ["خبر"], "text": [1], "id": [2], "date": ["x"], "date_": [3], "paragraphs": [4]})
    got, report = read(frame, text="body")
    assert got.select("text_", "id_", "date__", "date_", "paragraphs_").row(0) == (1, 2, "x", 3, 4)
    assert report.renamed == {"text": "text_", "id": "id_", "date": "date__", "paragraphs": "paragraphs_"}
    assert "column 'date' is kept as 'date__'" in str(report)


def test_missing_column_error_lists_columns_and_the_nearest_name(tmp_path):
    path = write(tmp_path / "x.csv", "txet,day\nخبر,1\n")
    with pytest.raises(SourceError, match=r"^text must be .*'x.csv', got 'text'.* txet, day. Did you mean 'txet'"):
        read(path)
    with pytest.raises(SourceError, match=r"^id must be .*'dya'.*Did you mean 'day'"):
        read(path, text="txet", id="dya")
    with pytest.raises(SourceError, match=r"^date must be .*'days'.*Did you mean 'day'"):
        read(path, text="txet", date="days")
    with pytest.raises(SourceError, match=r"^metadata must be .*'days'.*Did you mean 'day'"):
        read(path, text="txet", metadata=["days"])


def test_columns_of_wrong_types():
    frame = pl.DataFrame({"text": [1], "list": [[1]]})
    with pytest.raises(SourceError, match="text column 'text' has the type Int64"):
        read(frame)
    frame = frame.with_columns(text=pl.lit("خبر"), n=1)
    with pytest.raises(SourceError, match=r"id column .* has the type List"):
        read(frame, id="list")
    with pytest.raises(SourceError, match="date column 'list' has the type List"):
        read(frame, date="list")


def test_invalid_arguments(tmp_path):
    frame = pl.DataFrame({"text": ["خبر"]})
    for source in (3, None, b"x", [frame, 3], {"text": ["x"]}):
        with pytest.raises(InputError, match=r"^source must be"):
            DocumentReader(source)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^source must be .*at least one"):
        DocumentReader([])
    with pytest.raises(InputError, match=r"^metadata must be"):
        DocumentReader(frame, metadata=5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^metadata must be .*text column"):
        read(frame, metadata="text")
    write(tmp_path / "x.txt", "خبر")
    for option in ({"id": "x"}, {"date": "x"}):
        with pytest.raises(SourceError, match="must be left out if there are only text files"):
            read(tmp_path, **option)


def test_dates():
    given = {
        "2015-07-21": dt.date(2015, 7, 21),
        "20150721": dt.date(2015, 7, 21),
        " 2015-07-21T23:59:59.5+03:00 ": dt.date(2015, 7, 21),
        "2015-07-21 02:51:32": dt.date(2015, 7, 21),
        "2015-07-21T10Z": dt.date(2015, 7, 21),
        "2015-02-30": None,
        "21/07/2015": dt.date(2015, 7, 21),
        "2015-7-1": dt.date(2015, 7, 1),
        "٢٠١٥-٠٨-٢١": dt.date(2015, 8, 21),
        "2015-07-21x": None,
        " ": None,
    }
    frame, report = read(pl.DataFrame({"text": ["خبر"] * len(given), "day": list(given)}), date="day")
    assert frame["date"].to_list() == list(given.values())
    tally = report.notices["date not understood"]
    assert [(one.row, one.detail) for one in tally.examples] == [
        (5, "2015-02-30"), (9, "2015-07-21x"),
    ]  # fmt: skip
    assert "day before month, decided by '21/07/2015'" in report.notices
    zoned = pl.Series([dt.datetime(2015, 7, 21, 23)]).dt.replace_time_zone("Asia/Riyadh")
    for days in ([dt.date(2015, 7, 21)], zoned):
        assert read(pl.DataFrame({"text": ["خبر"], "d": days}), date="d")[0]["date"][0] == dt.date(2015, 7, 21)


# Several sources


def test_columns_of_several_sources_are_merged(tmp_path):
    write(tmp_path / "a.txt", "خبر أ")
    write(tmp_path / "b.csv", "text,page\nخبر ب,1\n")
    write_table(
        tmp_path / "c.parquet", pl.DataFrame({"text": ["خبر ج"], "page": [2], "n": pl.Series([3], dtype=pl.Int8)})
    )
    write_table(tmp_path / "d.parquet", pl.DataFrame({"text": ["خبر د"], "page": [None], "n": [4]}))
    frame, report = read([tmp_path, pl.DataFrame({"text": ["خبر ه"]}), pl.LazyFrame({"text": ["خبر و"]})])
    assert frame.select("id", "file", "page", "n").rows() == [
        ("a.txt", "a.txt", None, None),
        ("b.csv:0", None, "1", None),
        ("c.parquet:0", None, "2", 3),
        ("d.parquet:0", None, None, 4),
        ("0", None, None, None),
        ("1", None, None, None),  # row numbers continue across frames
    ]
    assert frame.schema["n"] == pl.Int64
    assert report.source == f"{tmp_path}, DataFrame of 1 rows, LazyFrame of 1 rows"
    dated, _ = read([tmp_path / "a.txt", pl.DataFrame({"text": ["خبر"], "d": ["2015-07-21"]})], date="d")
    assert dated["date"].to_list() == [None, dt.date(2015, 7, 21)]


def test_incompatible_dtypes_are_an_error(tmp_path):
    write_table(tmp_path / "a.parquet", pl.DataFrame({"text": ["خبر"], "x": [1]}))
    write_table(tmp_path / "b.parquet", pl.DataFrame({"text": ["خبر"], "x": [dt.date(2015, 7, 21)]}))
    with pytest.raises(SourceError, match=r"'x' has the type Date in 'b.parquet' but Int64 in 'a.parquet'"):
        read(tmp_path)
    assert read(tmp_path, metadata=[])[0].height == 2


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (pl.Int8, pl.UInt32, pl.Int64),
        (pl.Float32, pl.Float64, pl.Float64),
        (pl.Date, pl.String, pl.String),
        (pl.Boolean, pl.String, pl.String),
        (pl.Categorical, pl.Int64, pl.String),
        (pl.Null, pl.Int8, pl.Int8),
        (pl.Int8, pl.Null, pl.Int8),
        (pl.Null, pl.Null, pl.String),
        (pl.Int64, pl.Float64, None),
        (pl.UInt64, pl.Int64, None),
        (pl.List(pl.String), pl.String, None),
    ],
)
def test_compatible_dtypes(one, other, expected):
    frames = [pl.DataFrame({"text": ["خبر"], "x": pl.Series([None], dtype=dtype)}) for dtype in (one, other)]
    if expected is None:
        with pytest.raises(SourceError, match="give both the same type"):
            read(frames)
    else:
        assert read(frames)[0].schema["x"] == expected


def test_ids_are_relative_to_the_common_folder(tmp_path):
    for name in ("a/1.txt", "b/1.txt", "c/d/2.txt"):
        write(tmp_path / name, "خبر")
    frame, _ = read([tmp_path / "b", str(tmp_path / "a" / "1.txt"), str(tmp_path / "c" / "**" / "*.txt")])
    assert frame["id"].to_list() == ["b/1.txt", "a/1.txt", "c/d/2.txt"]


def test_globs(tmp_path, monkeypatch):
    for name in ("2014/1.txt", "2014/x.doc", "2015/1.txt", "2015/sub/2.txt", "old/1.txt", "a[1].txt", "2014/.h.txt"):
        write(tmp_path / name, "خبر")
    assert read(f"{tmp_path}/20*/*.txt")[0]["id"].to_list() == ["2014/1.txt", "2015/1.txt"]
    frame, report = read(Path(f"{tmp_path}/20*"))  # matching folders are read
    assert frame["id"].to_list() == ["2014/1.txt", "2015/1.txt", "2015/sub/2.txt"]
    assert report.ignored.count == 1
    assert read(f"{tmp_path}/**/*")[0].height == 5  # each file once
    assert read(tmp_path / "a[1].txt")[0]["id"].to_list() == ["a[1].txt"]  # a name, not a glob
    (tmp_path / "[x]*").mkdir()
    (tmp_path / "[x]*" / "b.txt").write_text("خبر")
    assert read(str(tmp_path / "[x]*" / "?.txt"))[0]["id"].to_list() == ["b.txt"]
    with pytest.raises(SourceError, match="no such file"):
        read(tmp_path / "[x]*" / "c.txt")
    monkeypatch.chdir(tmp_path)
    assert read("20*/*.txt")[0]["id"].to_list() == ["2014/1.txt", "2015/1.txt"]
    with pytest.raises(SourceError, match=r"no file matches '\*.csv'"):
        read("*.csv")


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_names_that_look_like_globs(tmp_path, ending):
    path = write_table(tmp_path / f"a[1]*{ending}", pl.DataFrame({"text": ["خبر"]}))
    assert read(path)[0]["id"].to_list() == [f"a[1]*{ending}:0"]


# Skipped files and errors


def test_unknown_extensions(tmp_path):
    write(tmp_path / "x.txt", "خبر")
    write(tmp_path / "x.doc", "خبر")
    write(tmp_path / "noending", "خبر")
    frame, report = read(tmp_path)
    assert frame["id"].to_list() == ["x.txt"]
    assert [one.source for one in report.ignored.examples] == ["noending", "x.doc"]
    assert "ignored, unknown file ending: 2" in str(report)
    with pytest.raises(SourceError, match=r"x.doc.*known are .txt, .zip.*\.feather"):
        DocumentReader(tmp_path / "x.doc")


def test_nothing_to_read(tmp_path):
    with pytest.raises(SourceError, match="no such file or folder"):
        DocumentReader(tmp_path / "missing.txt")
    with pytest.raises(SourceError, match="no such home folder"):
        DocumentReader("~nobody-of-this-name/news")
    with pytest.raises(SourceError, match="no documents"):
        read(tmp_path)
    write(tmp_path / "x.doc", "خبر")
    with pytest.raises(SourceError, match=r"no documents.*ignored"):
        read(tmp_path)
    write(tmp_path / "x.txt", " ")
    with pytest.raises(SourceError, match=r"no documents.*blank text: 1"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b" \r\n\t", "blank text"),
        (b"abc\x00def", "NUL character"),
        (b"\xff\x00\x01", "unreadable file"),
        (b"\xd9\x82\xd8", "unreadable file"),
    ],
)
def test_what_a_folder_skips_is_an_error_for_a_single_file(tmp_path, content, reason):
    path = write(tmp_path / "bad.txt", content)
    write(tmp_path / "ok.txt", "خبر")
    for source in (tmp_path, [path, tmp_path / "ok.txt"], f"{tmp_path}/*.txt"):
        frame, report = read(source)
        assert frame["id"].to_list() == ["ok.txt"]
        assert skipped(report) == {reason: [("bad.txt", None)]}
        assert report.to_dict()["skipped"][reason]["count"] == 1
    with pytest.raises(SourceError, match=f"cannot read 'bad.txt': {reason}"):
        read(path)


@pytest.mark.parametrize("ending", [*TABLE_ENDINGS, ".zip", ".tar.gz"])
def test_an_empty_file_of_any_kind(tmp_path, ending):
    path = write(tmp_path / f"x{ending}", b"")
    write(tmp_path / "ok.txt", "خبر")
    assert skipped(read(tmp_path)[1]) == {"empty file": [(f"x{ending}", None)]}
    with pytest.raises(SourceError, match="empty file"):
        read(path)


def test_special_files_in_a_folder(tmp_path):
    write(tmp_path / "folder.txt" / "inner.txt", "خبر")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "fifo.txt")  # opening it would block
    frame, report = read(tmp_path)
    assert frame["id"].to_list() == ["folder.txt/inner.txt"]
    assert skipped(report) == {"unreadable file": [("dangling.txt", None), ("fifo.txt", None)]}
    for name in ("dangling.txt", "fifo.txt"):
        with pytest.raises(SourceError, match=f"cannot read '{name}'"):
            DocumentReader(tmp_path / name)


@pytest.fixture
def unprivileged_folder():
    """Yield a folder where permissions apply: if root, the test runs as nobody."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    is_root = os.geteuid() == 0
    if is_root:
        read(write(folder / "warm.csv", "text\nخبر"))  # late imports must happen first
        (folder / "warm.csv").unlink()
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.zip", "x"])
def test_permissions(unprivileged_folder, name):
    tmp_path = unprivileged_folder
    write(tmp_path / "ok.txt", "خبر")
    path = write(tmp_path / name, "x") if "." in name else write(tmp_path / name / "y.txt", "x").parent
    path.chmod(0)
    try:
        assert skipped(read(tmp_path)[1]) == {"unreadable file": [(name, None)]}
        with pytest.raises(SourceError):
            read(path)
    finally:
        path.chmod(0o700)


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.zip"])
def test_a_file_that_cannot_be_opened(tmp_path, name):
    """Works for root, too, unlike permissions: the file is gone when it is opened."""
    write(tmp_path / "ok.txt", "خبر")
    path = write(tmp_path / name, "x")
    for source in (tmp_path, path):
        path.write_text("x")
        reader = DocumentReader(source, progress=False)
        path.unlink()
        if source == tmp_path:
            assert pl.concat(reader)["id"].to_list() == ["ok.txt"]
            assert skipped(reader.report) == {"unreadable file": [(name, None)]}
        else:
            with pytest.raises(SourceError, match="No such file") as raised:
                list(reader)
            assert isinstance(raised.value.__cause__, FileNotFoundError)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems reject such names")
def test_file_names_that_are_not_utf8(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xce\xc8\xd1.txt"
    Path(os.fsdecode(name)).write_text("خبر", encoding="utf-8")
    assert read(tmp_path)[0]["id"].to_list() == ["\\xce\\xc8\\xd1.txt"]


def test_a_single_text_beyond_the_limit(tmp_path):
    path = write(tmp_path / "x.txt", "خبر\n" * 9)
    with pytest.raises(SourceError, match="lines=True"):
        read(path, limits={"text_bytes": 10})
    assert read(path, lines=True, limits={"text_bytes": 10})[0].height == 9


# Ids


def test_ids_of_any_type_become_strings():
    assert read(pl.DataFrame({"text": ["أ", "ب"], "n": [1, 2]}), id="n")[0]["id"].to_list() == ["1", "2"]


@pytest.mark.parametrize("distance", [1, 5000])
def test_duplicate_id_error_names_both_places(distance):
    ids = [f"n{number}" for number in range(distance)] + ["n0", "n0"]
    frame = pl.DataFrame({"text": ["خبر"] * len(ids), "key": ids})
    for source in (frame, frame.lazy()):
        with pytest.raises(SourceError, match=rf"'n0' is not unique: row 0 of \w+ and row {distance:,} of \w+"):
            read(source, id="key")


def test_duplicate_ids_across_files(tmp_path):
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, f"text,key\nخبر,{name}\nخبر,same\n")
    with pytest.raises(SourceError, match=r"'same' is not unique: row 1 of a.csv and row 1 of b.csv"):
        read(tmp_path, id="key")
    write(tmp_path / "x.txt", "خبر")
    with pytest.raises(SourceError, match=r"'x.txt' is not unique: x.txt and x.txt"):
        read([tmp_path / "x.txt", tmp_path / "*.txt"])
    with pytest.raises(SourceError, match=r"'x.txt:1' is not unique: line 1 of x.txt and line 1 of x.txt"):
        read([tmp_path / "x.txt", tmp_path / "*.txt"], lines=True)


def test_hash_collisions_of_ids_are_harmless(monkeypatch):
    monkeypatch.setattr(UniqueIds, "suspects", lambda _, ids: ids.to_list()[:1])
    assert read(pl.DataFrame({"text": ["أ", "ب"]}))[0].height == 2


@settings(max_examples=examples(40))
@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12))
def test_every_repeated_id_is_suspected(batches):
    ids, seen = UniqueIds(), set()
    for batch in batches:
        repeated = {one for number, one in enumerate(batch) if one in seen or batch.count(one) > 1}
        assert set(ids.suspects(pl.Series(batch, dtype=pl.Int64).cast(pl.String))) == {str(one) for one in repeated}
        seen.update(batch)


def test_null_id_error_names_the_row(tmp_path):
    path = write(tmp_path / "x.csv", "text,key\n,\nخبر,a\nخبر,\n")  # the first is skipped: no text
    with pytest.raises(SourceError, match=r"id is null in row 2 of x.csv"):
        read(path, id="key")


# Batches, report, progress


@given(
    st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=20),
    st.integers(1, 12),
    st.integers(1, 60),
)
@settings(max_examples=examples(40))
def test_batches_of_any_size_give_the_same_documents(values, documents, size):
    frame = pl.DataFrame({"text": pl.Series(values, dtype=pl.String)})
    whole, report = read(frame)
    reader = DocumentReader(frame, progress=False)
    reader.max_documents, reader.max_bytes = documents, size
    batches = list(reader)
    assert reader.report == report
    for batch in batches:
        assert 1 <= batch.height <= documents
        assert batch.height == 1 or batch["text"].str.len_bytes().sum() <= size
    if batches:
        assert pl.concat(batches).equals(whole)


def test_batches_of_files_of_all_kinds(tmp_path):
    for number in range(10):
        write(tmp_path / f"{number}.txt", "خبر " * (number + 1))
        write(tmp_path / f"{number}.csv", "text\n" + f"خبر {number}\n" * 5)
    make_archive(tmp_path / "n.zip", [(f"{number}.txt", "خبر".encode()) for number in range(5)])
    whole, report = read(tmp_path)
    assert whole.height == 65
    for documents, size in ((1, 1 << 20), (7, 1 << 20), (4096, 50)):
        reader = DocumentReader(tmp_path, progress=False)
        reader.max_documents, reader.max_bytes = documents, size
        assert pl.concat(reader).equals(whole)
        assert reader.report == report


def test_batch_limits():
    assert (DocumentReader.max_documents, DocumentReader.max_bytes) == (4096, 16 * 1024 * 1024)
    reader = DocumentReader(pl.DataFrame({"text": ["خبر"] * 5000}), progress=False)
    assert [batch.height for batch in reader] == [4096, 904]
    reader = DocumentReader(pl.DataFrame({"text": ["خ" * (5 << 20)] * 3}), progress=False)
    assert [batch.height for batch in reader] == [1, 1, 1]


def test_report_is_complete_after_iteration():
    reader = DocumentReader(pl.DataFrame({"text": ["أ", None, *["x"] * 5000]}), progress=False)
    with pytest.raises(InputError, match="complete only after"):
        _ = reader.report
    next(iter(reader))
    with pytest.raises(InputError, match="complete only after"):
        _ = reader.report
    for _ in range(2):  # readers can be iterated again
        assert sum(batch.height for batch in reader) == 5001
        assert reader.report.documents == 5001
        assert reader.report.skipped["no text"].count == 1


def test_all_skips_are_counted_and_twenty_listed():
    _, report = read(pl.DataFrame({"text": ["خبر", *[None] * 3000]}))
    tally = report.skipped["no text"]
    assert tally.count == 3000
    assert [one.row for one in tally.examples] == list(range(1, 21))


def test_the_report_is_plain_data(tmp_path):
    write(tmp_path / "x.csv", "text,id,d\nخبر,1,never\n,2,\n")
    write(tmp_path / "y.doc", "x")
    _, report = read(tmp_path, date="d")
    plain = report.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["documents"] == 1
    assert plain["files"][0]["path"] == "x.csv"
    assert plain["skipped"] == {"no text": {"count": 1, "examples": [{"source": "x.csv", "row": 1, "detail": ""}]}}
    assert plain["ignored"]["count"] == 1
    assert plain["notices"]["date not understood"]["examples"][0]["detail"] == "never"
    assert plain["renamed"] == {"id": "id_"}
    for part in ("1 document from", "1 file", "skipped, no text: 1", "x.csv:1", "ignored", "never", "id_"):
        assert part in str(report)
    with pytest.raises(AttributeError):
        report.documents = 3  # type: ignore[misc]


def test_progress(tmp_path, capsys):
    write(tmp_path / "x.txt", "خبر")
    write(tmp_path / "y.csv", "text\nخبر\n")
    for source in (tmp_path, pl.DataFrame({"text": ["خبر"]})):
        for shown in (True, False, None):
            list(DocumentReader(source, progress=shown))
            assert ("Reading" in capsys.readouterr().err) == (shown is True)  # a test has no terminal


def test_reading_repeats_exactly(tmp_path):
    for number in range(30):
        write(tmp_path / f"{number}.txt", f"خبر {number}")
    write(tmp_path / "t.jsonl", "".join(f'{{"text": "خبر {number}"}}\n' for number in range(3000)))
    first, second = (list(DocumentReader(tmp_path, progress=False)) for _ in range(2))
    assert all(one.equals(other) for one, other in zip(first, second, strict=True))


# Real texts


def test_the_reference_document(shared):
    frame, report = read(shared / "seed" / "article.txt")
    text = frame["text"][0]
    assert text == (shared / "seed" / "article.txt").read_bytes().decode()
    lines = [line for line in text.split("\n") if line]
    head = frame["headline"][0]
    assert text[head["start"] : head["end"]] == lines[0]
    assert [text[span["start"] : span["end"]] for span in frame["paragraphs"][0].to_list()] == lines[1:]
    expected = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))
    assert report.files[0].sha256 == expected["sha256"]
    assert len(text) == expected["chars"]


def test_real_articles(shared):
    path = shared / "data" / "saudinewsnet-part1.parquet"
    frame, report = read(path, text="content", date="date_extracted", id="url")
    source = pl.read_parquet(path)
    kept = source.filter(pl.col("content").str.strip_chars() != "")
    assert frame["text"].equals(kept["content"].alias("text"))
    assert frame["date"].null_count() == 0
    assert report.documents + sum(tally.count for tally in report.skipped.values()) == source.height == 20_329


def test_files_beside_a_script_may_have_names_of_modules(tmp_path: Path) -> None:
    pl.DataFrame({"text": ["قال الوزير"]}).write_parquet(tmp_path / "texts.parquet")
    (tmp_path / "types.py").write_text("raise ImportError('another module')")
    program = """
import sys, types, corpus_kit as ck
sys.path.insert(0, ".")  # as a script has it
print(ck.Corpus.build("texts.parquet", "corpus", progress=False).n_documents)
"""
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_paths_may_come_from_an_iterator(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("وصل الوفد.", encoding="utf-8")
    reader = DocumentReader(tmp_path.glob("*.txt"))
    assert sorted(pl.concat(reader)["id"].to_list()) == ["a.txt", "b.txt"]


def test_a_text_instead_of_a_path_is_told():
    with pytest.raises(SourceError, match=r"no such file or folder: 'وصل الوفد. ثم عاد'. Texts themselves are given"):
        DocumentReader(["وصل الوفد. ثم عاد"])
    with pytest.raises(SourceError, match=r"no such file or folder: 'my news.csv'$"):
        DocumentReader("my news.csv")
    with pytest.raises(InputError, match=r"Make a table of it: pl.DataFrame"):
        DocumentReader({"text": ["خبر"]})
