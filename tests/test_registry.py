"""What reads a file: readers of one's own, endings, `format=`, companions, mixed archives, and warnings."""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers import registry
from corpus_kit.readers.formats import Format
from corpus_kit.readers.reader import DocumentReader, ReadReport

pytestmark = pytest.mark.interface

Event = ck.readers.Document | ck.readers.Skipped | ck.readers.LeftOut | ck.readers.Notice
DIARY = "2026-03-01\nوصلت أمس.\n===\n2026-03-02\nسافر أخي.\n===\n\n"
OPENITI = "######OpenITI#\n#META#Header#End#\n# قال الراوي إن القافلة وصلت\n~~قبل المغرب.\n"


def diary(file: ck.readers.File) -> Iterator[Event]:
    """Read the entries of a diary; an empty one is skipped."""
    for number, entry in enumerate(file.text().split("\n===\n")):
        day, _, text = entry.partition("\n")
        if not day:
            yield ck.readers.Skipped("entry without a day", where=str(number))
        else:
            yield ck.readers.Document(text, id=day, metadata={"date": day})
    yield ck.readers.LeftOut("separator", file.text().count("==="))
    yield ck.readers.Notice("diary of one person", detail=file.stem)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {form.name: form for form in registry._FORMATS})


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(source: Any, **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    reader = DocumentReader(source, progress=False, **options)
    return pl.concat(list(reader)), reader.report


def sources(report: ReadReport, group: str = "skipped") -> dict[str, list[str]]:
    return {kind: [each.source for each in tally.examples] for kind, tally in getattr(report, group).items()}


# ------------------------------------------------------------------------- readers of one's own


def test_a_registered_reader(tmp_path: Path) -> None:
    ck.readers.register("diary", diary, ".diary")
    write(tmp_path / "a.diary", DIARY)
    write(tmp_path / "b.DIARY", DIARY)
    write(tmp_path / "c.txt", "عاد أخي.")
    frame, report = read(tmp_path)
    ids = ["a.diary:2026-03-01", "a.diary:2026-03-02", "b.DIARY:2026-03-01", "b.DIARY:2026-03-02", "c.txt"]
    assert frame["id"].to_list() == ids
    assert frame["text"].to_list() == ["وصلت أمس.", "سافر أخي."] * 2 + ["عاد أخي."]
    assert frame["date"].to_list() == [date(2026, 3, 1), date(2026, 3, 2)] * 2 + [None]
    assert frame["file"].to_list() == ["a.diary"] * 2 + ["b.DIARY"] * 2 + ["c.txt"]
    assert sources(report) == {"entry without a day": ["a.diary:2", "b.DIARY:2"]}
    assert report.left_out["separator"].count == 4
    assert [str(each) for each in report.notices["diary of one person"].examples] == ["a.diary (a)", "b.DIARY (b)"]
    assert [(each.path, each.documents, each.encoding) for each in report.files[:2]] == [
        ("a.diary", 2, "utf-8"),
        ("b.DIARY", 2, "utf-8"),
    ]


def test_the_order_of_files_stays(tmp_path: Path) -> None:
    ck.readers.register("diary", diary, ".diary")
    for name in ("a.diary", "b.txt", "c.csv", "d.diary"):
        write(tmp_path / name, {".txt": "عاد.", ".csv": "text\nغاب."}.get(name[1:], DIARY))
    frame, _ = read(tmp_path)
    assert [each.partition(":")[0] for each in frame["id"]] == ["a.diary"] * 2 + ["b.txt", "c.csv"] + ["d.diary"] * 2


def test_a_name_and_an_ending_are_taken_over(tmp_path: Path) -> None:
    def upside_down(file: ck.readers.File) -> Iterator[Event]:
        yield ck.readers.Document(file.text()[::-1])

    write(tmp_path / "a.csv", "ابت")
    write(tmp_path / "b.txt", "ابت")
    ck.readers.register("reverse", upside_down, ".csv")
    assert read(tmp_path)[0]["text"].to_list() == ["تبا", "ابت"]
    ck.readers.register("text", upside_down, ".txt")
    assert read(tmp_path)[0]["text"].to_list() == ["تبا", "تبا"]


def test_only_documents_have_no_number(tmp_path: Path) -> None:
    def lines(file: ck.readers.File) -> Iterator[Event]:
        for line in file.text().splitlines():
            yield ck.readers.Document(line)

    ck.readers.register("lines", lines, [".lines", ".rows"])
    write(tmp_path / "a.lines", "وصل.\nعاد.")
    write(tmp_path / "b.rows", "غادر.")
    assert read(tmp_path)[0]["id"].to_list() == ["a.lines:1", "a.lines:2", "b.rows"]


@pytest.mark.parametrize("yielded", ["نص", ("نص", {}), None])
def test_a_reader_must_yield_events(tmp_path: Path, yielded: Any) -> None:
    path = write(tmp_path / "a.x", "نص")
    with pytest.raises(SourceError, match="must yield documents and what it leaves out, got"):
        read(path, format=lambda _: iter([yielded]))


def test_an_error_makes_a_file_unreadable(tmp_path: Path) -> None:
    def half(file: ck.readers.File) -> Iterator[Event]:
        yield ck.readers.Document(file.text(), id="first")
        raise KeyError(file.stem)

    ck.readers.register("half", half, ".half")
    write(tmp_path / "a.half", "وصل.")
    write(tmp_path / "b.txt", "عاد.")
    frame, report = read(tmp_path)
    assert frame["id"].to_list() == ["a.half:first", "b.txt"]
    line = half.__code__.co_firstlineno + 2
    detail = f"after document 1: KeyError: 'a' (test_registry.py:{line})"
    assert [str(each) for each in report.skipped["unreadable file"].examples] == [f"a.half ({detail})"]
    with pytest.raises(SourceError, match=re.escape(f"'a.half': unreadable file: {detail}")):
        read(tmp_path, unreadable="raise")
    with pytest.raises(SourceError, match="must yield documents and what it leaves out, got None"):
        read(tmp_path, format=lambda _: None, unreadable="raise")


def test_companions(tmp_path: Path) -> None:
    ck.readers.register("diary", diary, ".diary", companions=[".who", ".YML"])
    write(tmp_path / "a.diary", DIARY)
    write(tmp_path / "a.who", "ليلى")
    write(tmp_path / "a.yml", "x: 1")
    frame, report = read(tmp_path, format="diary")
    assert frame.height == 2
    assert sources(report, "left_out")["file that belongs to another"] == ["a.who", "a.yml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, diary), "name must be"),
        (("diary", "diary"), "reader must be a function"),
        (("diary", diary, "diary"), "endings must be endings of file names.*'diary'"),
        (("diary", diary, [".a", "."]), "endings must be"),
        (("diary", diary, [".a/b"]), "endings must be"),
    ],
)
def test_arguments_of_register(arguments: Sequence[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.readers.register(*arguments)
    assert "diary" not in registry._registered


# ------------------------------------------------------------------------- format=


class Diary:
    """A reader that is an object."""

    def __call__(self, file: ck.readers.File, /) -> Iterator[Event]:
        return diary(file)


@pytest.mark.parametrize("given", [diary, Diary(), Format("mine", read_documents=diary), "diary"])
def test_format_is_a_name_a_reader_or_a_format(tmp_path: Path, given: Any) -> None:
    ck.readers.register("diary", diary, ".diary")
    write(tmp_path / "a", DIARY)
    write(tmp_path / "b.csv", DIARY.replace("03-", "04-"))
    frame, report = read(tmp_path, format=given)
    assert frame["date"].dt.month().to_list() == [3, 3, 4, 4]
    assert report.ignored.count == 0


def test_format_text_reads_any_ending(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "وصل الوفد.")
    write(tmp_path / "b", "عاد.")
    assert read(tmp_path, format="text")[0]["text"].to_list() == ["وصل الوفد.", "عاد."]
    with pytest.raises(SourceError, match=r"unknown file ending; known are \.txt, \.zip"):
        read(tmp_path / "a.md")


@pytest.mark.parametrize(
    ("given", "message"),
    [("diari", "format must be one of .*'text'.*got 'diari'"), (3, "format must be the name of a format or a reader")],
)
def test_other_formats_are_refused(tmp_path: Path, given: Any, message: str) -> None:
    write(tmp_path / "a.txt", "وصل.")
    with pytest.raises(InputError, match=message):
        read(tmp_path, format=given)


def test_every_ending_has_one_format() -> None:
    found = registry.formats_by_ending()
    assert set(registry.shown_endings()) <= set(found)
    for ending, form in found.items():
        assert ending == ending.lower()
        assert ending.startswith(".")
        kinds = [form.read_texts, form.open_table, form.read_documents]
        assert sum(kind is not None for kind in kinds) == 1
        assert ending.removesuffix(form.packing) in form.endings
    assert found[".csv.gz"].packing == ".gz"
    assert found[".tar.gz"].is_archive
    assert ".zip.gz" not in found
    assert found[".warc.gz"].packing == ""  # its reader unpacks it


# ------------------------------------------------------------------------- files that say what they are


def test_openiti_is_recognised_without_an_ending(tmp_path: Path) -> None:
    names = ["0300Kitab.Title-ara1", "0300Kitab.Title-ara2.completed", "0300Kitab.Title-ara3.txt"]
    for number, name in enumerate(names):
        write(tmp_path / name, ("\ufeff" if number else "") + OPENITI)
    write(tmp_path / "0300Kitab.Title-ara1.yml", "00#VERS#URI######: x")
    write(tmp_path / "other.yml", "x: 1")
    write(tmp_path / "README", "ملاحظة")
    write(tmp_path / "plain.txt", "نص بلا علامات.")
    frame, report = read(tmp_path)
    assert sorted(frame["file"].to_list()) == [*names, "plain.txt"]
    texts = dict(frame.select("file", "text").rows())
    assert all("~~" not in texts[name] and "القافلة وصلت قبل المغرب" in texts[name] for name in names)
    assert sources(report, "left_out")["file that belongs to another"] == ["0300Kitab.Title-ara1.yml"]
    assert [each.source for each in report.ignored.examples] == ["README", "other.yml"]


def openiti_release() -> dict[str, str | bytes]:
    """Return a release with one book: the files of its text and its metadata, and one that belongs to none."""
    book = "data/0300Kitab/0300Kitab.Title/0300Kitab.Title"
    return {
        f"{book}.X1-ara1": OPENITI,
        f"{book}.X1-ara1.yml": "90#VERS#ISSUES###: PRIMARY",
        f"{book}.yml": "10#BOOK#GENRES###: src@adab",
        "data/0300Kitab/0300Kitab.yml": "30#AUTH#DIED###AH: 300",
        "data/other.yml": "x: 1",
    }


@pytest.mark.parametrize("kind", ["folder", "all.zip", "all.tar.gz"])
def test_the_yml_files_of_openiti_are_read_wherever_they_are(tmp_path: Path, kind: str) -> None:
    members = openiti_release()
    if kind == "folder":
        for name, content in members.items():
            write(tmp_path / kind / name, content)
    else:
        archive(tmp_path / kind, members)
    frame, report = read(tmp_path / kind)
    columns = ["uri", "death_year", "author_died_ah", "book_genres", "version_issues"]
    assert frame.select(columns).rows() == [("0300Kitab.Title.X1-ara1", 300, "300", "src@adab", "PRIMARY")]
    prefix = "" if kind == "folder" else f"{kind}/"
    *belonging, other = sorted(f"{prefix}{name}" for name in members if name.endswith(".yml"))
    assert sorted(sources(report, "left_out")["file that belongs to another"]) == belonging
    assert [each.source for each in report.ignored.examples] == [other]


def test_companions_belong_to_files_of_their_format(tmp_path: Path) -> None:
    ck.readers.register("diary", diary, ".diary", companions=[".who"])
    for name in ("a.diary", "a.who", "b.txt", "b.who"):
        write(tmp_path / name, DIARY)
    _, report = read(tmp_path)
    assert sources(report, "left_out")["file that belongs to another"] == ["a.who"]
    assert [each.source for each in report.ignored.examples] == ["b.who"]
    with pytest.raises(SourceError, match="unknown file ending"):
        read(tmp_path / "a.who")


def test_format_overrides_what_a_file_says(tmp_path: Path) -> None:
    path = write(tmp_path / "book", OPENITI)
    assert "القافلة" in read(path)[0]["text"][0]
    assert read(path, format="text")[0]["text"].to_list() == [OPENITI]


# ------------------------------------------------------------------------- archives of several formats


MEMBERS: dict[str, str | bytes] = {
    "a.txt": "وصل الوفد.",
    "folder/b.csv": "text,n\nعاد الوفد.,1\nغادر.,2\n",
    "c.jsonl": '{"text": "ذهب.", "n": 3}',
    "d.conllu": "1\tقال\t_\tVERB\t_\t_\t_\t_\t_\t_\n",
    "e.diary": DIARY,
    "f.pdfx": "?",
    "g.zip": b"PK",
    ".hidden.txt": "سر.",
    "h.txt": "",
    "i.csv": b"text\n\xff\xfe",
}


def archive(path: Path, members: dict[str, str | bytes]) -> Path:
    contents = {name: data.encode() if isinstance(data, str) else data for name, data in members.items()}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as zipped:
            for name, data in contents.items():
                zipped.writestr(name, data)
    else:
        with tarfile.open(path, "w:gz") as tar:
            for name, data in contents.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ["all.zip", "all.tar.gz"])
def test_mixed_archives(tmp_path: Path, name: str) -> None:
    ck.readers.register("diary", diary, ".diary")
    frame, report = read(archive(tmp_path / name, MEMBERS))
    found = dict(frame.select("id", "text").rows())
    assert found == {
        f"{name}/a.txt": "وصل الوفد.",
        f"{name}/folder/b.csv:0": "عاد الوفد.",
        f"{name}/folder/b.csv:1": "غادر.",
        f"{name}/c.jsonl:0": "ذهب.",
        f"{name}/d.conllu": "قال",
        f"{name}/e.diary:2026-03-01": "وصلت أمس.",
        f"{name}/e.diary:2026-03-02": "سافر أخي.",
    }
    assert sources(report)["empty file"] == [f"{name}/h.txt"]
    [bad] = report.skipped["unreadable file"].examples
    assert bad.source == f"{name}/i.csv"
    assert "cannot read" not in bad.detail
    assert [each.source for each in report.ignored.examples] == [f"{name}/f.pdfx"]
    assert sources(report, "left_out")["hidden"] == [f"{name}/.hidden.txt"]
    assert report.files[0].path == name


@pytest.mark.parametrize("name", ["all.zip", "all.tar.gz"])
def test_archives_give_what_their_folder_gives(tmp_path: Path, name: str) -> None:
    members = {each: MEMBERS[each] for each in ("a.txt", "folder/b.csv", "c.jsonl", "d.conllu")}
    for each, content in members.items():
        write(tmp_path / "all" / each, content)
    packed, _ = read(archive(tmp_path / name, members))
    unpacked, _ = read(tmp_path / "all")
    columns = ["id", "text", "n", "headline", "paragraphs"]
    rows = {(each[0].removeprefix(f"{name}/"), *map(str, each[1:])) for each in packed.select(columns).rows()}
    assert rows == {(each[0], *map(str, each[1:])) for each in unpacked.select(columns).rows()}


def test_a_table_without_texts_among_others(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "text,n\nوصل الوفد.,1\n")
    write(tmp_path / "authors.csv", "author,died\nزيد,303\n")
    write(tmp_path / "b.txt", "عاد الوفد.")
    frame, report = read(tmp_path)
    assert sorted(frame["id"].to_list()) == ["a.csv:0", "b.txt"]
    [left] = report.skipped["table without the column of texts"].examples
    assert (left.source, left.detail.partition(",")[0]) == ("authors.csv", "text must be a column of 'authors.csv'")
    with pytest.raises(SourceError, match=r"text must be a column of 'authors\.csv'"):
        read(tmp_path, unreadable="raise")
    with pytest.raises(SourceError, match=r"text must be a column of 'a\.csv'.*There are: text, n.*Leave the file out"):
        read(tmp_path, text="body")


@pytest.mark.parametrize("names", [("a.txt", "deep/b.txt"), ("a", "b"), ("b.txt", "of another folder", "a.txt")])
@pytest.mark.parametrize("packed", [False, True])
def test_a_table_about_the_files_is_no_table_of_texts(tmp_path: Path, names: tuple[str, ...], packed: bool) -> None:
    members = {
        "a.txt": "وصل الوفد.",
        "deep/b.txt": "عاد.",
        "meta.csv": "year,name\n" + "".join(f"1,{n}\n" for n in names),
    }
    for name, content in members.items():
        write(tmp_path / "texts" / name, content)
    frame, report = read(archive(tmp_path / "texts.zip", members) if packed else tmp_path / "texts")
    assert frame["text"].to_list() == ["وصل الوفد.", "عاد."]
    [left] = report.skipped["table about the files"].examples
    assert (left.source.rpartition("/")[2], left.detail) == ("meta.csv", "column 'name' names them")


def test_a_table_about_other_things_may_hold_texts(tmp_path: Path) -> None:
    write(tmp_path / "README.txt", "عن النصوص.")
    write(tmp_path / "texts.csv", "body,name\nوصل الوفد.,README\nعاد الوفد.,x\n")
    with pytest.raises(
        SourceError, match=r"text must be a column of 'texts\.csv'.*There are: body, name.*Leave"
    ) as caught:
        read(tmp_path)
    assert caught.value.__cause__.columns == ("body", "name")


def test_a_strict_build_stops_at_a_member(tmp_path: Path) -> None:
    path = archive(tmp_path / "all.zip", {name: MEMBERS[name] for name in ("c.jsonl", "i.csv")})
    with pytest.raises(SourceError, match=r"i\.csv"):
        read(path, unreadable="raise")


def test_lines_of_a_mixed_archive(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {"a.txt": "وصل.\n\nعاد.", "b.jsonl": '{"text": "ذهب."}'}
    frame, report = read(archive(tmp_path / "all.zip", members), lines=True)
    assert sorted(frame.select("id", "text").rows()) == [
        ("all.zip/a.txt:1", "وصل."),
        ("all.zip/a.txt:3", "عاد."),
        ("all.zip/b.jsonl:0", "ذهب."),
    ]
    assert report.left_out["empty line"].count == 1


# ------------------------------------------------------------------------- unreadable=, and the warning of a build


def hostile(folder: Path) -> Path:
    """Return a folder with two texts and much that is none."""
    write(folder / "a.txt", "وصل الوفد.")
    write(folder / "b.csv", "text,day\nعاد الوفد.,2026-03-01\n,2026-03-02\n   ,2026-03-03\nغادر.,غدا\n")
    write(folder / "c.jsonl", '{"text": "x"')
    write(folder / "d.zip", b"PK\x03\x04")
    write(folder / "e.txt", "")
    write(folder / "f.exe", "?")
    write(folder / "g.conllu", "1\tقال\n")
    return folder


def test_a_build_warns_of_all_that_was_not_read(tmp_path: Path) -> None:
    source = hostile(tmp_path / "source")
    with pytest.warns(UserWarning, match="not all of the source was read") as caught:
        corpus = ck.Corpus.build(source, tmp_path / "corpus", date="day", date_format="ymd", progress=False)
    [warning] = caught
    assert warning.filename == __file__
    said = str(warning.message)
    assert re.search(r"unreadable file: 3, e\.g\. c\.jsonl", said)
    assert "empty file: 1, e.g. e.txt" in said
    assert "no text: 1, e.g. b.csv:1" in said
    assert "blank text: 1, e.g. b.csv:2" in said
    assert "unknown file ending: 1, e.g. f.exe" in said
    assert "date not understood: 1, e.g. b.csv:3 (غدا)" in said
    assert corpus.documents.collect()["id"].to_list() == ["a.txt", "b.csv:0", "b.csv:3"]
    skipped = corpus.manifest["source"]["skipped"]["unreadable file"]
    assert [each["source"] for each in skipped["examples"]] == ["c.jsonl", "d.zip", "g.conllu"]


def test_all_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    for number in range(60):
        write(tmp_path / f"{number}.{'docx' if number % 2 else 'none'}", "no")
    write(tmp_path / "good.txt", "وصل الوفد.")
    _, report = read(tmp_path)
    assert len(report.skipped["unreadable file"].examples) == len(report.ignored.examples) == 30


def test_a_build_of_what_is_whole_warns_of_nothing(tmp_path: Path) -> None:
    write(tmp_path / "source" / "a.txt", "وصل الوفد.")
    write(tmp_path / "source" / ".hidden.txt", "سر.")
    assert len(ck.Corpus.build(tmp_path / "source", tmp_path / "corpus", progress=False)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.jsonl", '{"text": "x"'),
        ("d.zip", b"PK\x03\x04"),
        ("e.txt", ""),
        ("g.conllu", "1\tقال\n"),
        ("h.json", "{}"),
        ("i.csv.gz", b"\x1f\x8b"),
    ],
)
def test_what_cannot_be_read_stops_a_build_if_asked(tmp_path: Path, name: str, content: str | bytes) -> None:
    write(tmp_path / "source" / "a.txt", "وصل الوفد.")
    write(tmp_path / "source" / name, content)
    with pytest.raises(SourceError, match=re.escape(repr(name))):
        ck.Corpus.build(tmp_path / "source", tmp_path / "corpus", unreadable="raise", progress=False)
    assert not (tmp_path / "corpus").exists()
    with pytest.warns(UserWarning, match=re.escape(name)):
        assert len(ck.Corpus.build(tmp_path / "source", tmp_path / "corpus", progress=False)) == 1


def test_the_argument_unreadable(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "وصل.")
    with pytest.raises(InputError, match="unreadable must be 'skip' or 'raise', got 'ignore'"):
        read(tmp_path, unreadable="ignore")
