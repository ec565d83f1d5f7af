"""Texts go to programs for coding by hand, and the codes that people give there come back to their places."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.readers import limits

pytestmark = pytest.mark.interface

TEXTS = {
    "a": "عنوان الخبر\r\n\r\nقال 🙂 الوزير إن الوزير غائب.\r\nثم سكت الوزير.",
    "b/1": "سأل الوزيرُ، فأجابَ الوزير 🌍 وقال:\t«لا».",
    "c": "الوزير",
    "d": "لا شيء هنا.",
}
PROJECT = "{urn:QDA-XML:project:1.0}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame(
        {
            "id": list(TEXTS),
            "text": list(TEXTS.values()),
            "outlet": ["مدى", None, "نقد & بناء", "مدى"],
            "label": ["x", "y", "z", "z"],
            "labels": [["x"], ["y"], ["z"], []],
            "data": [1, 2, 3, 4],
            "score": [0.5, float("inf"), 1e-7, None],
            "pages": [1, 2, 3, None],
            "tags": [["أ", "ب"], [], None, ["ج"]],
        }
    )
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("built") / "corpus", id="id", progress=False) as built:
        yield built


@pytest.fixture(scope="module")
def lines(corpus: ck.Corpus) -> ck.Concordance:
    return ck.kwic(corpus, "الوزير")


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_rows(path: Path, found: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found), encoding="utf-8")
    return path


def words_of(codes: pl.DataFrame) -> list[str]:
    """Return the words at the places of codes."""
    return [TEXTS[id][start:end] for id, start, end in codes.select("id", "start", "end").iter_rows()]


def coded(lines: ck.Concordance, codes: list[str | None], coder: str | None = None) -> pl.DataFrame:
    return lines.frame.with_columns(code=pl.Series(codes, dtype=pl.String), coder=pl.lit(coder, pl.String))


# ------------------------------------------------------------------------------------- what is written


def test_texts_keep_their_offsets_whatever_their_line_breaks(corpus: ck.Corpus, tmp_path: Path) -> None:
    path = ck.export_codes(corpus, tmp_path / "all.jsonl")
    for row, (id, text) in zip(rows(path), TEXTS.items(), strict=True):
        assert row["document_id"] == id
        assert len(row["text"]) == len(text)
        assert "\r" not in row["text"]
        assert row["text"].split() == text.split()


def test_metadata_beside_own_keys(corpus: ck.Corpus, tmp_path: Path) -> None:
    row = rows(ck.export_codes(corpus, tmp_path / "all.jsonl"))[1]
    assert (row["label"], row["label_"], row["outlet"], row["score"], row["tags"]) == ([], "y", None, "inf", [])
    row = rows(ck.export_codes(corpus, tmp_path / "all.jsonl", metadata="outlet"))[0]
    assert list(row) == ["text", "label", "document_id", "text_start", "outlet"]


@pytest.mark.parametrize("within", ["paragraph", "document"])
def test_lines_show_their_node(lines: ck.Concordance, tmp_path: Path, within: str) -> None:
    found = rows(ck.export_codes(lines, tmp_path / "lines.jsonl", within=within))
    assert len(found) == len(lines) == 6
    for row in found:
        before, node, after = re.split("[⟦⟧]", row["text"])
        text = TEXTS[row["document_id"]]
        assert node == text[row["start"] : row["end"]]
        assert row["start"] - row["text_start"] == len(before)
        assert ("عنوان" in before) == (row["document_id"] == "a" and within == "document")
        assert (before + node + after).split() == text[row["text_start"] :][: len(before + node + after)].split()


def test_spans_of_lines(lines: ck.Concordance, tmp_path: Path) -> None:
    codes = coded(lines, ["مع", None, None, None, None, None])
    found = rows(ck.export_codes(lines, tmp_path / "lines.jsonl", task="spans", codes=codes))
    assert [label for row in found for _, _, label in row["label"]] == ["مع", *["(hit)"] * 5]
    for row in found:
        ((start, end, _),) = row["label"]
        assert row["text"][start:end] == TEXTS[row["document_id"]][row["start"] : row["end"]]


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.qdpx"])
def test_bytes_are_the_same_each_time(lines: ck.Concordance, tmp_path: Path, name: str) -> None:
    sara = coded(lines, ["مع", "ضد", None, None, "مع", None], "sara")
    codes = pl.concat([sara, coded(lines, ["ضد", *["مع"] * 5], "ali")])
    for source, task in ((lines, "spans"), (lines, None), (lines.corpus, None)):
        options = {} if name == "x.qdpx" or task is None else {"task": task}
        first = ck.export_codes(source, tmp_path / name, codes=codes, **options).read_bytes()
        assert ck.export_codes(source, tmp_path / name, codes=codes.reverse(), **options).read_bytes() == first
    assert not list(tmp_path.glob(".*part"))


def test_label_studio_configuration(lines: ck.Concordance, corpus: ck.Corpus, tmp_path: Path) -> None:
    ck.export_codes(lines, tmp_path / "x.json", codebook=["مع", 'ضد "<&>"'])
    view = ElementTree.parse(tmp_path / "x.xml").getroot()
    assert [each.get("value") for each in view.iter("Choice")] == ["مع", 'ضد "<&>"']
    assert {(each.tag, each.get("name"), each.get("toName")) for each in view} == {
        ("Choices", "code", "text"),
        ("Text", "text", None),
    }
    codes = pl.DataFrame({"id": ["c"], "start": [0], "end": [6], "code": ["شخص"]})
    ck.export_codes(corpus, tmp_path / "x.json", codebook=["مكان"], codes=codes)
    assert [each.get("value") for each in ElementTree.parse(tmp_path / "x.xml").iter("Label")] == ["مكان", "شخص"]
    ck.export_codes(corpus, tmp_path / "none.json")  # Label Studio refuses a configuration without a code
    assert [each.get("value") for each in ElementTree.parse(tmp_path / "none.xml").iter("Label")] == ["(hit)"]
    tasks = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    (prediction,) = tasks[2]["predictions"]
    (result,) = prediction["result"]
    assert result["value"] == {"start": 0, "end": 6, "text": "الوزير", "labels": ["شخص"]}
    assert (result["from_name"], result["to_name"], result["type"]) == ("code", "text", "labels")


def project_of(path: Path) -> tuple[ElementTree.Element, zipfile.ZipFile]:
    archive = zipfile.ZipFile(path)
    return ElementTree.fromstring(archive.read("project.qde")), archive


def test_project_is_complete(corpus: ck.Corpus, tmp_path: Path) -> None:
    codes = pl.DataFrame(
        {"id": ["a", "a", "c"], "start": [21, 21, None], "end": [27, 27, None], "code": ["أ", "ب", "ج"],
         "coder": [None, "سارة", "سارة"]}
    )  # fmt: skip
    project, archive = project_of(ck.export_codes(corpus, tmp_path / "x.qdpx", codes=codes, codebook=["زائد"]))
    assert [child.tag.removeprefix(PROJECT) for child in project] == [
        "Users", "CodeBook", "Variables", "Cases", "Sources", "Description",
    ]  # fmt: skip
    guids = [each.get("guid") for each in project.iter() if each.get("guid")]
    assert len(guids) == len(set(guids))
    targets = {each.get("targetGUID") for each in project.iter() if each.get("targetGUID")}
    users = {each.get("creatingUser") for each in project.iter() if each.get("creatingUser")}
    assert targets | users <= set(guids)
    for source, (id, text) in zip(project.iter(f"{PROJECT}TextSource"), TEXTS.items(), strict=True):
        assert source.get("name") == id
        path = source.get("plainTextPath", "").replace("internal://", "sources/")
        assert archive.read(path).decode("utf-8").split() == text.split()
    (selection,) = project.iter(f"{PROJECT}PlainTextSelection")
    assert (selection.get("startPosition"), selection.get("endPosition")) == ("21", "27")
    assert selection.get("name") == TEXTS["a"][21:27]
    assert len(selection.findall(f"{PROJECT}Coding")) == 2
    names = {each.get("name"): each.get("typeOfVariable") for each in project.iter(f"{PROJECT}Variable")}
    assert names == {
        "outlet": "Text", "label_": "Text", "labels_": "Text", "data_": "Integer", "score": "Float", "pages": "Integer",
        "tags": "Text",
    }  # fmt: skip
    values = [each.text for each in project.iter(f"{PROJECT}FloatValue")]
    assert values == ["0.5", "0.0000001"]  # a decimal of XML Schema has no exponent, and is finite


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ({"id": ["a"], "start": [3], "end": [3], "code": ["x"]}, "a start below their end"),
        ({"id": ["a"], "start": [3], "code": ["x"]}, "with both start and end"),
        ({"id": ["z"], "start": [3], "end": [4], "code": ["x"]}, "of documents of this corpus, got 1"),
        ({"id": ["a"], "start": [3], "end": [4000], "code": ["x"]}, "within the 59 code points of 'a', got 4000"),
        ({"id": ["a"], "start": [3], "end": [4], "code": ["(hit)"]}, "must not be empty or"),
        ({"id": ["a"], "start": ["u"], "end": [4], "code": ["x"]}, "whole numbers"),
        ({"id": ["a"], "code": ["x"]}, "those of spans, got 1 others"),
        ({"code": ["x"]}, "the columns code, and document or id"),
    ],
)
def test_codes_without_a_place_are_refused(
    corpus: ck.Corpus, tmp_path: Path, codes: dict[str, list[Any]], message: str
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"before")
    with pytest.raises(ck.InputError, match=message):
        ck.export_codes(corpus, path, codes=pl.DataFrame(codes))
    assert path.read_bytes() == b"before"
    assert not list(tmp_path.glob(".*part"))


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("x.csv", {}, "^path must be a file that ends in"),
        ("absent/x.json", {}, "^path must be in an existing folder"),
        (".", {"format": "doccano"}, "^path must be the name of a file"),
        ("x.xml", {"format": "label_studio"}, "^path must be a file that does not end in"),
        ("x.jsonl", {"task": "span"}, "^task must be .*Did you mean 'spans'"),
        ("x.jsonl", {"within": "sentence"}, "^within must be"),
        ("x.jsonl", {"format": "brat"}, "^format must be"),
        ("x.jsonl", {"metadata": "outlets"}, "^metadata must be .*'outlet'"),
        ("x.jsonl", {"codes": 5}, "^codes must be a DataFrame"),
        ("x.json", {"codebook": ["(hit)"]}, "^codebook must be"),
        ("x.qdpx", {"task": "spans"}, "^task must be None for a REFI-QDA project"),
    ],
)
def test_bad_arguments(corpus: ck.Corpus, tmp_path: Path, path: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.export_codes(corpus, tmp_path / path, **options)


# ------------------------------------------------------------------------------------------ round trips


def doccano_export(path: Path, labels: list[list[str]]) -> str:
    """Return the file that doccano writes for a coder: numbers as ids, the text, and the other keys as metadata."""
    found = []
    for number, (row, label) in enumerate(zip(rows(path), labels, strict=True)):
        rest = {key: value for key, value in row.items() if key not in ("text", "label")}
        found.append({"id": 500 + number, "text": row["text"], **rest, "label": label, "Comments": []})
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_doccano_categories_of_two_coders(lines: ck.Concordance, corpus: ck.Corpus, tmp_path: Path) -> None:
    path = ck.export_codes(lines, tmp_path / "lines.jsonl")
    sara, ali = ["مع", "مع", "ضد", "مع", "ضد", None], ["مع", "ضد", "ضد", "مع", "ضد", "مع"]
    members: dict[str, str | bytes] = {}
    for name, codes_given in (("sara", sara), ("ali", ali)):
        given = [[code] if code else [] for code in codes_given]
        members[f"{name}.jsonl"] = doccano_export(path, given)
    codes = ck.read_codes(zipped(tmp_path / "export.zip", members), corpus)
    assert set(words_of(codes)) == {"الوزير", "الوزيرُ"}
    assert codes["problem"].null_count() == codes.height == 11
    sheet = lines.code(tmp_path / "codes.csv", "note", codes=codes)
    assert (sheet["sara"].to_list(), sheet["ali"].to_list()) == (sara, ali)
    assert sheet["note"].null_count() == 6
    table = ck.news.agreement(tmp_path / "codes.csv", coders=["sara", "ali"])
    assert table["alpha"].item() == pytest.approx(ck.measures.krippendorff_alpha([sara, ali]))


@pytest.mark.parametrize("key", ["label", "labels", "entities"])
def test_doccano_spans(corpus: ck.Corpus, tmp_path: Path, key: str) -> None:
    path = ck.export_codes(corpus, tmp_path / "all.jsonl")
    found = rows(path)
    for row in found:
        del row["label"]
        spans = [[match.start(), match.end(), "شخص"] for match in re.finditer("الوزير", row["text"])]
        named = [{"id": 1, "start_offset": start, "end_offset": end, "label": code} for start, end, code in spans]
        row[key] = named if key == "entities" else spans
    codes = ck.read_codes(write_rows(tmp_path / "all.jsonl", found), corpus, coder="sara")
    assert words_of(codes) == ["الوزير"] * 6
    assert codes["coder"].unique().to_list() == ["sara"]
    with pytest.warns(UserWarning, match="Of 6 codes, 1 overlap the node of a line"):  # the damma of الوزيرُ
        sheet = ck.kwic(corpus, "الوزير").code(tmp_path / "codes.csv", codes=codes)
    assert sheet["code"].to_list() == ["شخص"] * 6


def label_studio_export(path: Path, results: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    tasks = json.loads(path.read_text(encoding="utf-8"))
    return [
        {
            "id": number,
            "data": task["data"],
            "annotations": [
                {"id": 7, "completed_by": by, "result": results(task), "was_cancelled": False, "lead_time": 1.5}
                for by in (1, {"id": 2, "email": "sara@example.org"})
            ],
            "predictions": task["predictions"],
            "project": 3,
        }
        for number, task in enumerate(tasks)
    ]


def found_spans(text: str, *, in_units: bool) -> list[dict[str, Any]]:
    def place(points: int) -> int:
        return len(text[:points].encode("utf-16-le")) // 2 if in_units else points

    return [
        {"start": place(match.start()), "end": place(match.end()), "text": match[0], "labels": ["شخص"]}
        for match in re.finditer("الوزير", text)
    ]


@pytest.mark.parametrize("in_units", [False, True])
@pytest.mark.parametrize("is_minimal", [False, True])
def test_label_studio_spans(corpus: ck.Corpus, tmp_path: Path, in_units: bool, is_minimal: bool) -> None:
    path = ck.export_codes(corpus, tmp_path / "x.json")

    def results(task: dict[str, Any]) -> list[dict[str, Any]]:
        spans = found_spans(task["data"]["text"], in_units=in_units)
        return [{"id": "k", "from_name": "code", "to_name": "text", "type": "labels", "value": span} for span in spans]

    export = label_studio_export(path, results)
    if is_minimal:
        export = [
            {**task["data"], "id": task["id"], "code": [each["value"] for each in annotation["result"]],
             "annotator": by, "annotation_id": 7, "lead_time": 1.5}
            for by in (1, "sara@example.org")
            for task in export
            for annotation in task["annotations"][:1]
        ]  # fmt: skip
    path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    codes = ck.read_codes(path, corpus)
    assert words_of(codes) == ["الوزير"] * 12
    assert codes.group_by("coder").len().sort("coder").rows() == [("1", 6), ("sara@example.org", 6)]


@pytest.mark.parametrize("is_minimal", [False, True])
def test_label_studio_choices(lines: ck.Concordance, corpus: ck.Corpus, tmp_path: Path, is_minimal: bool) -> None:
    path = ck.export_codes(lines, tmp_path / "x.json", codebook=["مع", "ضد"])

    def results(task: dict[str, Any]) -> list[dict[str, Any]]:
        choices = ["مع"] if task["data"]["document_id"] == "a" else ["مع", "ضد"]
        value = {"choices": choices}
        return [{"id": "k", "from_name": "code", "to_name": "text", "type": "choices", "value": value}]

    export = label_studio_export(path, results)
    if is_minimal:
        values = [task["annotations"][0]["result"][0]["value"]["choices"] for task in export]
        export = [
            {**task["data"], "code": choices[0] if len(choices) == 1 else {"choices": choices}, "annotator": 1}
            for task, choices in zip(export, values, strict=True)
        ]
    path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    sheet = lines.code(tmp_path / "codes.tsv", codes=ck.read_codes(path, corpus, coder="ali"))
    assert sheet["code"].to_list() == ["مع", "مع", "مع", "ضد|مع", "ضد|مع", "ضد|مع"]


def test_label_studio_skipped_tasks_and_predictions_are_no_codes(lines: ck.Concordance, tmp_path: Path) -> None:
    codes = coded(lines, ["مع", *[None] * 5])
    path = ck.export_codes(lines, tmp_path / "x.json", codes=codes)
    export = label_studio_export(path, lambda task: task["predictions"][0]["result"] if task["predictions"] else [])
    for task in export:
        task["annotations"][1]["was_cancelled"] = True
    path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    assert ck.read_codes(path, lines.corpus).select("code", "coder").rows() == [("مع", "1")]


def as_nvivo(text: str) -> str:
    return "\ufeff" + re.sub(" ?\n", "\r\n", text) + "\r\n"


def coded_project(path: Path, target: Path, origin: str) -> Path:
    """Return the project as a program writes it after a coder has marked every الوزير in it."""
    project, archive = project_of(path)
    project.set("origin", origin)
    users, codes = project.find(f"{PROJECT}Users"), project.find(f"{PROJECT}CodeBook/{PROJECT}Codes")
    assert users is not None
    assert codes is not None
    user = ElementTree.SubElement(users, f"{PROJECT}User", guid="{AAAAAAAA-0000-4000-8000-000000000001}", name="سارة")
    parent = ElementTree.SubElement(
        codes, f"{PROJECT}Code", guid="AAAAAAAA-0000-4000-8000-000000000002", name="مجموعة", isCodable="false"
    )
    code = ElementTree.SubElement(
        parent, f"{PROJECT}Code", guid="AAAAAAAA-0000-4000-8000-000000000003", name="شخص", isCodable="true"
    )
    members: dict[str, str | bytes] = {}
    for number, source in enumerate(project.iter(f"{PROJECT}TextSource")):
        name = source.get("plainTextPath", "").replace("internal://", "sources/")
        text = as_nvivo(archive.read(name).decode())
        members[name.replace("sources", "Sources")] = text
        counted = text.removeprefix("\ufeff")
        counted = counted.replace("\r\n", "\n") if origin.startswith("ATLAS") else counted
        for match in re.finditer("الوزير", counted):
            low, high = match.span()
            if origin.startswith("MAXQDA"):
                low, high = (len(counted[:place].encode("utf-16-le")) // 2 for place in (low, high))
            place = {"startPosition": str(low), "endPosition": str(high), "name": match[0][:4] + "..."}
            selection = ElementTree.Element(f"{PROJECT}PlainTextSelection", place, guid=str(number))
            coding = ElementTree.SubElement(selection, f"{PROJECT}Coding", creatingUser=str(user.get("guid")).lower())
            ElementTree.SubElement(coding, f"{PROJECT}CodeRef", targetGUID=f"{{{code.get('guid', '').lower()}}}")
            source.insert(0, selection)
        source.set("guid", source.get("guid", "").upper())
        if origin.startswith("qc"):
            source.set("plainTextPath", source.get("plainTextPath", "").removeprefix("internal://"))
            source.attrib.pop("name")
        elif number == 1:
            source.set("name", "b_1")  # as a program that allows no slash in a name
    members["project.qde"] = ElementTree.tostring(project, encoding="utf-8")
    return zipped(target, members)


@pytest.mark.parametrize("origin", ["NVivo 14", "ATLAS.ti 23", "MAXQDA 24", "qc 1.3.2"])
def test_projects_of_programs(lines: ck.Concordance, corpus: ck.Corpus, tmp_path: Path, origin: str) -> None:
    path = coded_project(ck.export_codes(corpus, tmp_path / "x.qdpx", codebook=["مع"]), tmp_path / "y.qdpx", origin)
    codes = ck.read_codes(path, corpus)
    assert words_of(codes) == ["الوزير"] * 6
    assert codes.select("code", "coder").unique().rows() == [("شخص", "سارة")]
    assert codes["id"].unique().sort().to_list() == ["a", "b/1", "c"]
    with pytest.warns(UserWarning, match="1 overlap"):
        sheet = lines.code(tmp_path / "codes.parquet", codes=codes)
    assert sheet["code"].to_list() == ["شخص"] * 6
    assert ck.read_codebook(path).rows() == [("مع", None, None), ("شخص", "مجموعة", None)]


@pytest.mark.parametrize("name", ["x.jsonl", "x.qdpx"])
@pytest.mark.parametrize("kind", ["lines", "documents"])
def test_what_was_exported_comes_back(lines: ck.Concordance, tmp_path: Path, name: str, kind: str) -> None:
    given = coded(lines, ["مع", "ضد", None, "مع", "ضد & <غيره>", None])
    source = lines if kind == "lines" else lines.corpus
    codes = ck.read_codes(ck.export_codes(source, tmp_path / name, codes=given), lines.corpus)
    wanted = given.drop_nulls("code")
    keys = ["document", "id", "start", "end", "code"]
    assert codes.select(keys).rows() == wanted.select(keys).rows()
    sheet = lines.code(tmp_path / "codes.csv", codes=codes)
    assert sheet["code"].to_list() == given["code"].to_list()


def test_codes_of_whole_documents(corpus: ck.Corpus, tmp_path: Path) -> None:
    given = pl.DataFrame({"id": ["a", "c"], "code": ["سياسة", "رياضة"]})
    for name, options in (("x.jsonl", {"task": "categories"}), ("x.qdpx", {})):
        codes = ck.read_codes(ck.export_codes(corpus, tmp_path / name, codes=given, **options), corpus)
        assert codes.select("id", "start", "code").rows() == [("a", None, "سياسة"), ("c", None, "رياضة")]
        assert ck.kwic(corpus, "الوزير").match_codes(codes)["match"].null_count() == 2


# --------------------------------------------------------------------------- what has no place, is reported


def test_codes_without_a_place_are_reported(corpus: ck.Corpus, tmp_path: Path) -> None:
    found = rows(ck.export_codes(corpus, tmp_path / "x.jsonl"))
    found[0]["document_id"] = "gone"
    found[0]["label"] = [[0, 2, "x"]]
    found[1]["text"] = found[1]["text"].replace("سأل", "قال")
    found[1]["label"] = [[0, 2, "x"], [3, 4, "y"]]
    found[2]["label"] = [[0, 7, "x"], [0, 6, "z"]]
    path = write_rows(tmp_path / "x.jsonl", found)
    with pytest.warns(UserWarning, match=r"4 of 5 codes in 'x\.jsonl' have no place .*2: the text differs"):
        codes = ck.read_codes(path, corpus)
    assert codes.select("id", "start", "code", "problem").rows() == [
        ("gone", None, "x", "no such document"),
        ("b/1", None, "x", "the text differs from that of the corpus"),
        ("b/1", None, "y", "the text differs from that of the corpus"),
        ("c", None, "x", "offsets outside of the text"),
        ("c", 0, "z", None),
    ]
    with pytest.warns(UserWarning, match="no place"):
        part = ck.read_codes(path, corpus.filter(pl.col("id") != "c"))
    assert part["problem"].null_count() == 0
    with pytest.warns(UserWarning, match="Of 5 codes, 4 belong to no line"):
        ck.kwic(corpus, "الوزير").code(tmp_path / "codes.csv", codes=codes)


def test_a_span_of_label_studio_that_is_not_its_words(corpus: ck.Corpus, tmp_path: Path) -> None:
    path = ck.export_codes(corpus, tmp_path / "x.json")
    value = {"start": 0, "end": 3, "text": "غيره", "labels": ["x"]}
    export = label_studio_export(path, lambda _: [{"type": "labels", "value": value}, {"type": "relation"}])
    path.write_text(json.dumps(export[2:3]), encoding="utf-8")
    with pytest.warns(UserWarning, match="4 of 4 codes"):
        codes = ck.read_codes(path, corpus)
    assert codes["problem"].unique().sort().to_list() == [
        "of the type relation",
        "the offsets are not those of the words",
    ]


def test_codes_in_the_sheet_stay(lines: ck.Concordance, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    lines.code(sheet, codes=coded(lines, ["مع", *[None] * 5]))
    with pytest.warns(UserWarning, match="1 lines have another code in the sheet, which stays"):
        again = lines.code(sheet, codes=coded(lines, ["ضد", "ضد", *[None] * 4]))
    assert again["code"].to_list() == ["مع", "ضد", None, None, None, None]


def test_a_wide_span_belongs_to_all_its_lines(lines: ck.Concordance, tmp_path: Path) -> None:
    wide = pl.DataFrame({"id": ["a"], "start": [0], "end": [60], "code": ["x"], "coder": ["sara"], "position": [9]})
    found = lines.match_codes(wide)
    assert found["match"].to_list() == ["overlapping"] * 3
    assert found["position"].to_list() == lines.frame.filter(id="a")["position"].to_list()
    with pytest.warns(UserWarning, match="Of 3 codes, 3 overlap"):
        lines.code(tmp_path / "codes.csv", codes=wide)


@pytest.mark.parametrize(
    "codes", [5, pl.DataFrame({"id": ["a"]}), pl.DataFrame({"id": ["a"], "start": [-1], "end": [1], "code": ["x"]})]
)
def test_tables_that_are_no_codes(lines: ck.Concordance, tmp_path: Path, codes: Any) -> None:
    with pytest.raises(ck.InputError, match=r"^codes must"):
        lines.code(tmp_path / "codes.csv", codes=codes)
    assert not (tmp_path / "codes.csv").exists()


# ------------------------------------------------------------------------------ files of another shape, or hostile

GOOD = '{"text": "الوزير", "document_id": "c", "text_start": 0, '


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", "line 1 must be an object, got"),
        ('{"text": "x", "label": []}', "line 1 has no key 'document_id', which ck.export_codes writes"),
        ('{"document_id": "c", "label": []}', "line 1 has no key 'text'"),
        ('{"document_id": "c", "text": 5, "label": []}', "line 1, 'text' must be a text, got 5"),
        (GOOD + '"x": 1}', "line 1 has no key 'label'"),
        (GOOD + '"label": "x"}', "line 1, 'label' must be a list, got 'x'"),
        (GOOD + '"label": [[0, 1]]}', r"line 1, 'label' must have \[start, end, code\] or codes"),
        (GOOD + '"label": [[0.5, 1, "x"]]}', "line 1, 'label' must have"),
        (GOOD + '"label": [[true, 1, "x"]]}', "line 1, 'label' must have"),
        (GOOD + '"label": [{"start_offset": 0, "label": "x"}]}', "line 1, 'label' has no key 'end_offset'"),
        ('{"text": "x", "document_id": "c", "start": -1, "label": []}', "line 1, 'start' must be a whole number"),
        ("{" + '"a": [' * 100_000, "doccano"),
        (GOOD, "doccano"),
    ],
)
def test_doccano_of_another_shape(corpus: ck.Corpus, tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ck.InputError, match=f"cannot be read as an export of doccano: .*{message}|{message}"):
        ck.read_codes(path, corpus)


DATA = {"text": "الوزير", "document_id": "c", "text_start": 0}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (5, "task 1 must be an object, got 5"),
        ([{"id": 1}], "task 1 has no key 'data'"),
        ([{"data": 5, "annotations": []}], "task 1, 'data' must be an object, got 5"),
        ([{"data": DATA}], "task 1 has no key 'annotations'"),
        ([{"data": {"text": "x"}, "annotations": []}], "task 1 has no key 'document_id'"),
        ([{"data": DATA, "annotations": {}}], "task 1, 'annotations' must be a list"),
        ([{"data": DATA, "annotations": [{}]}], "task 1, 'annotations' has no key 'result'"),
        ([{"data": DATA, "annotations": [{"result": 5}]}], "task 1, 'result' must be a list"),
        ([{"data": DATA, "annotations": [{"result": [{"value": []}]}]}], "task 1, 'value' must be an object"),
        (
            [{"data": DATA, "annotations": [{"result": [{"value": {"start": "0", "end": 1, "labels": ["x"]}}]}]}],
            "task 1, 'start' must be a whole number, got '0'",
        ),
        (
            [{"data": DATA, "annotations": [{"result": [{"value": {"choices": [5]}}]}]}],
            "task 1, 'choices' must be a list of codes",
        ),
    ],
)
def test_label_studio_of_another_shape(corpus: ck.Corpus, tmp_path: Path, content: Any, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ck.InputError, match=f"'x.json' cannot be read as an export of Label Studio: {message}"):
        ck.read_codes(path, corpus)


HEAD = '<Project xmlns="urn:QDA-XML:project:1.0" name="x">'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + HEAD + "<Description>&b;</Description></Project>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + HEAD + "<Description>&a;</Description></Project>"
CODED = (
    HEAD + '<CodeBook><Codes><Code guid="1" name="n" isCodable="true"/></Codes></CodeBook><Sources>'
    '<TextSource guid="2" name="c" {}><PlainTextSelection guid="3" startPosition="{}" endPosition="6">'
    '<Coding guid="4">{}</Coding></PlainTextSelection></TextSource></Sources></Project>'
)
ABSOLUTE, ABOVE, INSIDE = (
    f'plainTextPath="{path}"' for path in ("absolute:///etc/hostname", "internal://../../x", "internal://a.txt")
)
REFERENCE = '<CodeRef targetGUID="1"/>'


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"project.qde": BOMB}, "DOCTYPE"),
        ({"project.qde": OUTSIDE}, "DOCTYPE"),
        ({"project.qde": HEAD}, "no whole XML file"),
        ({"project.qde": "<x>" * 300 + "</x>" * 300}, "more than 200 in one another"),
        ({"project.qde": "<CodeBook/>"}, "the element 'CodeBook' and not 'Project'"),
        ({"other.qde": HEAD}, "no file 'project.qde'"),
        ({"project.qde": CODED.format(ABSOLUTE, 0, REFERENCE)}, "outside of the file"),
        ({"project.qde": CODED.format(ABOVE, 0, REFERENCE)}, "no file 'sources/../../x'"),
        ({"project.qde": CODED.format(INSIDE, 0, REFERENCE), "sources/a.txt": b"\xff"}, "UTF-8"),
        ({"project.qde": CODED.format("", "x", REFERENCE)}, "'startPosition' must be a whole number, got 'x'"),
        ({"project.qde": CODED.format("", "9" * 5000, REFERENCE)}, "'startPosition' must be a whole number"),
        ({"project.qde": CODED.format("", 0, "")}, "'Coding' has no 'CodeRef'"),
        ({"project.qde": CODED.format("", 0, "<CodeRef/>")}, "'CodeRef' has no attribute 'targetGUID'"),
    ],
)
def test_hostile_projects(corpus: ck.Corpus, tmp_path: Path, members: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(ck.InputError, match=f"the REFI-QDA standard: .*{re.escape(message)}"):
        ck.read_codes(zipped(tmp_path / "x.qdpx", members), corpus)


def test_zip_bombs(corpus: ck.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_FREE", 1 << 20)
    bomb = b" " * (4 << 20)
    with pytest.raises(ck.InputError, match="expansion must be at most"):
        ck.read_codes(zipped(tmp_path / "x.qdpx", {"project.qde": bomb}), corpus)
    with pytest.raises(ck.InputError, match="expansion must be at most"):
        ck.read_codes(zipped(tmp_path / "x.zip", {"sara.jsonl": bomb}), corpus)
    with pytest.raises(ck.InputError, match="expansion must be at most"):
        ck.read_codebook(tmp_path / "x.qdpx")


def test_codes_of_pictures_and_unknown_codes(corpus: ck.Corpus, tmp_path: Path) -> None:
    whole = '<Coding guid="4"><CodeRef targetGUID="1"/></Coding>'
    project = (
        CODED.format("", 0, '<CodeRef targetGUID="9"/>')
        .replace("</Sources>", f'<PictureSource guid="7" name="p">{whole}</PictureSource></Sources>')
        .replace("<PlainTextSelection", "<PlainTextContent>الوزير</PlainTextContent><PlainTextSelection", 1)
    )
    path = zipped(tmp_path / "x.qdpx", {"project.qde": project})
    with pytest.warns(UserWarning, match="2 of 2"):
        codes = ck.read_codes(path, corpus)
    assert codes.select("id", "code", "problem").rows() == [
        ("c", "", "a code that the codebook has not"),
        ("p", "n", "in a source of the type PictureSource"),
    ]


def test_codebooks(tmp_path: Path) -> None:
    path = tmp_path / "x.qdc"
    path.write_text(
        '<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="NVivo"><Codes>'
        '<Code guid="1" name="سياسة" isCodable="true"><Description>عام</Description>'
        '<Code guid="2" name="نساء" isCodable="true"/></Code>'
        '<Code guid="3" name="عمل" isCodable="false"><Code guid="4" name="نساء" isCodable="true"/></Code>'
        "</Codes></CodeBook>",
        encoding="utf-8",
    )
    assert ck.read_codebook(path).rows() == [
        ("سياسة", None, "عام"),
        ("سياسة / نساء", "سياسة", None),
        ("عمل / نساء", "عمل", None),
    ]
    path.write_text(BOMB)
    with pytest.raises(ck.InputError, match="DOCTYPE"):
        ck.read_codebook(path)
    with pytest.raises(ck.InputError, match=r"^path must be a file that ends in '\.qdc' or '\.qdpx'"):
        ck.read_codebook("x.xml")


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.qdpx", "x.zip"])
def test_files_that_are_none(corpus: ck.Corpus, tmp_path: Path, name: str) -> None:
    with pytest.raises(ck.InputError, match="cannot read"):
        ck.read_codes(tmp_path / name, corpus)
    (tmp_path / name).write_bytes(b"\xff\xfePK\x03\x04 not this")
    with pytest.raises(ck.InputError, match="cannot be read as an export of"):
        ck.read_codes(tmp_path / name, corpus)
    with pytest.raises(ck.InputError, match=r"^path must be a file that ends in"):
        ck.read_codes(tmp_path / "x.csv", corpus)


def test_an_export_without_codes(lines: ck.Concordance, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("x.jsonl", "x.qdpx"):
            codes = ck.read_codes(ck.export_codes(lines, tmp_path / name), lines.corpus)
            assert codes.is_empty()
            assert lines.code(tmp_path / "codes.csv", codes=codes)["code"].null_count() == 6
