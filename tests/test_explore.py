"""The Python side of the interactive concordance: messages in both directions; no code is lost."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.explore.page_files import page_script, page_style

pytest.importorskip("anywidget", reason="anywidget is not installed")

MARKUP = "<img src=x onerror=alert(1)>"
TEXTS = [
    "قال الوزير إن الوزير غائب.",
    f"سأل الوزير {MARKUP} فأجاب.\n\nفقرة أخرى عن الوزير\x07 نفسه.",
    "minister 42 in Reuters",
    "الوزير",
]
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"id": ["a", "b", "<b>c</b>", "d"], "text": TEXTS, "paper": ["س", None, "<i>", "ص"]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("a") / "corpus", id="id", progress=False) as built:
        yield built


def send(explorer: Any, message: object) -> dict[str, Any]:
    """Send a message as the page does; return the page shown afterwards."""
    explorer._received(explorer, message, [])
    page: dict[str, Any] = explorer._page
    json.dumps(page)  # only JSON values
    return page


def ask(explorer: Any, **changes: Any) -> dict[str, Any]:
    """Request the current page with changes, as the controls do."""
    names = ("pattern", "sort", "window", "clitics", "exact", "syntax", "page", "page_size")
    now = {name: explorer._page[name] for name in names}
    return send(explorer, {"kind": "show", "client": "c", "number": explorer._page["serial"], **now, **changes})


def code(explorer: Any, place: int, value: Any, column: str = "code", **changes: Any) -> dict[str, Any]:
    """Code a line of the page, as the control does."""
    line = explorer._page["lines"][place]
    message = {"kind": "code", "id": line["id"], "position": line["position"], "column": column, "value": value}
    return send(explorer, {**message, "was": line[column], **changes})


def words(pieces: list[list[Any]]) -> str:
    return "".join(piece for piece, _, _ in pieces)


def shown(page: dict[str, Any]) -> list[tuple[str, int, str, str, str]]:
    return [
        (line["id"], line["position"], words(line["before"]), line["node"], words(line["after"]))
        for line in page["lines"]
    ]


def expected(lines: ck.Concordance, page: int, size: int) -> list[tuple[Any, ...]]:
    return lines.page(page, size).select("id", "position", "before", "node", "after").rows()


# ------------------------------------------------------------------------------------------ lines


@pytest.mark.parametrize("sort", [[], ["before1"], ["after1", "-before2"], ["-node", "date"], ["-document"]])
@pytest.mark.parametrize("window", [[0, 3], [8, 8], [2, 0]])
def test_pages_have_the_lines_of_kwic(sample: ck.Corpus, sort: list[str], window: list[int]) -> None:
    explorer = ck.explore(sample, "السهل")
    lines = ck.kwic(sample, "*قال*", sort=sort, window=tuple(window))  # type: ignore[arg-type]
    assert len(lines) > 14
    for number in (1, 2, 3):
        page = ask(explorer, pattern="*قال*", sort=sort, window=window, page=number, page_size=7)
        assert shown(page) == expected(lines, number, 7)
        assert (page["count"], page["page"], page["first"]) == (len(lines), number, 7 * number - 7)
        assert page["pages"] == -(-len(lines) // 7)
        assert page["documents"] == lines.frame["document"].n_unique()
    assert explorer.concordance.frame.equals(lines.frame)
    assert explorer.frame.drop("code", "note").equals(lines.frame)


@pytest.mark.parametrize("options", [{"clitics": True}, {"exact": True}, {"clitics": True, "exact": True}])
def test_toggles_work_as_in_kwic(sample: ck.Corpus, options: dict[str, bool]) -> None:
    explorer = ck.explore(sample, "السهل")
    assert shown(ask(explorer, **options)) == expected(ck.kwic(sample, "السهل", **options), 1, 20)  # type: ignore[arg-type]
    assert shown(ask(explorer, clitics=False, exact=False)) == expected(ck.kwic(sample, "السهل"), 1, 20)


def test_arguments_match_kwic(sample: ck.Corpus) -> None:
    options = {"window": (3, 5), "sort": ("after1",), "within": "sentence", "metadata": ["outlet"], "clitics": True}
    explorer = ck.explore(sample, "رئيس []", page_size=5, **options)  # type: ignore[arg-type]
    lines = ck.kwic(sample, "رئيس []", **options)  # type: ignore[arg-type]
    assert explorer.concordance.options == lines.options
    assert explorer.frame.drop("code", "note").equals(lines.frame)
    assert [line["labels"] for line in explorer._page["lines"]] == [[name] for name in lines.frame["outlet"].head(5)]
    assert explorer._setup["labels"] == ["outlet"]


def test_page_number_is_limited_to_the_last(sample: ck.Corpus) -> None:
    page = ask(ck.explore(sample, "التحالف|هدنة"), page=999, page_size=10)
    assert page["page"] == page["pages"] == 2
    assert page["lines"]


def test_words_of_sort_keys_are_marked(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", sort=["-after1", "before2"])
    for line in explorer._page["lines"]:
        marked = {rank: piece for side in ("before", "after") for piece, rank, _ in line[side] if rank}
        assert marked[1] == words(line["after"]).split()[0].strip("،.")
        before = [word.strip('،."') for word in words(line["before"]).split()]
        assert marked.get(2) in before[-2:-1] or len(before) < 2


def test_changing_the_window_does_not_search_again(sample: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = ck.explore(sample, "هدنة")
    monkeypatch.setattr(
        import_module("corpus_kit.explore.concordance_view"), "search", lambda *_, **__: pytest.fail("it searched")
    )
    assert shown(ask(explorer, window=[2, 2])) == expected(ck.kwic(sample, "هدنة", window=2), 1, 20)
    assert ask(explorer, page_size=3, page=2)["first"] == 3


def test_offered_sort_keys_work(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, "الوزير", sort="before7")
    assert {"before1", "after2", "node", "document", "paper", "before7"} <= set(explorer._setup["sort_choices"])
    for key in explorer._setup["sort_choices"]:
        assert ask(explorer, sort=[key])["problem"] == ""
        assert ask(explorer, sort=[f"-{key}"])["problem"] == ""


# ---------------------------------------------------------------------------------------- errors


def test_bad_pattern_keeps_the_lines(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة")
    before = shown(explorer._page)
    page = ask(explorer, pattern="(رئيس")
    assert "is never closed" in page["problem"]
    assert (page["pattern"], page["of"], shown(page)) == ("(رئيس", "هدنة", before)
    assert explorer.concordance.pattern == "هدنة"
    assert ask(explorer, pattern="رئيس")["problem"] == ""


def test_missing_lemmas_are_explained(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, "الوزير")
    assert "corpus.annotate()" in ask(explorer, pattern="[lemma=قال]")["problem"]
    assert "corpus.annotate()" in ask(explorer, pattern="قال", clitics=True)["problem"]
    assert ask(explorer, clitics=False)["problem"] == ""


@pytest.mark.parametrize("sort", [["no_such"], ["after1", "after1"], ["after1", "before1", "node", "document"]])
def test_bad_sort_keys(sample: ck.Corpus, sort: list[str]) -> None:
    explorer = ck.explore(sample, "هدنة")
    assert "sort" in ask(explorer, sort=sort)["problem"]


@pytest.mark.parametrize("pattern", ["", "  ", "\n"])
def test_no_lines_without_a_pattern(sample: ck.Corpus, pattern: str) -> None:
    explorer = ck.explore(sample, pattern, metadata="outlet")
    assert (explorer._page["of"], explorer._page["count"], explorer._page["lines"]) == ("", 0, [])
    assert explorer.frame.columns == [*ck.kwic(sample, "هدنة", metadata="outlet").frame.columns, "code", "note"]
    assert explorer.frame.height == len(explorer.concordance) == 0
    assert ask(explorer, pattern="هدنة")["count"] == 16
    assert ask(explorer, pattern=pattern)["count"] == 0


def test_no_hit_one_hit_and_lines_without_arabic(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, "غائب")
    assert [line["node"] for line in explorer._page["lines"]] == ["غائب"]
    assert ask(explorer, pattern="كتاب")["count"] == 0
    page = ask(explorer, pattern="42")
    assert shown(page) == [("<b>c</b>", 1, "minister", "42", "in Reuters")]


def test_control_characters_are_shown_as_symbols(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, "نفسه")
    assert context(explorer, 0)["before"].endswith("الوزير␇ ")


def test_subcorpus_and_cleaned_corpus(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("id") == "b")
    assert {line["id"] for line in ck.explore(part, "الوزير")._page["lines"]} == {"b"}
    span = pl.DataFrame({"document": [0], "start": [0], "end": [len("قال الوزير ")]})
    cleaned = corpus.exclude(span.cast(pl.UInt32))
    explorer = ck.explore(cleaned, "الوزير")
    assert shown(explorer._page) == expected(ck.kwic(cleaned, "الوزير"), 1, 20)
    assert context(explorer, 0)["node"] == "الوزير"


def test_closed_corpus(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": TEXTS}), tmp_path / "corpus", progress=False)
    explorer = ck.explore(corpus, "الوزير", codes=["x"])
    explorer.assign(0, "x")
    corpus.close()
    for changes in ({}, {"pattern": "قال"}, {"window": [1, 1]}):
        page = ask(explorer, **changes)
        assert "is closed" in page["problem"]
    assert "is closed" in context(explorer, 0)["problem"]
    assert explorer.codes["code"].to_list() == ["x"]
    with pytest.raises(ck.CorpusError, match="is closed"):
        ck.explore(corpus, "الوزير")


# ---------------------------------------------------------------------------------------- context


def context(explorer: Any, place: int, **changes: Any) -> dict[str, Any]:
    """Open a line of the page; return the answer."""
    page = explorer._page
    line = page["lines"][place] if page["lines"] else {"id": "a", "position": 0}
    message = {"kind": "open", "client": "c", "number": 7, "line": page["first"] + place, "within": "paragraph"}
    answers: list[dict[str, Any]] = []
    explorer.send = answers.append
    explorer._received(explorer, {**message, "id": line["id"], "position": line["position"], **changes}, [])
    (answer,) = answers
    json.dumps(answer)
    assert (answer["kind"], answer["client"], answer["number"]) == ("opened", "c", 7)
    return answer


@pytest.mark.parametrize("within", ["paragraph", "document"])
def test_context_equals_that_of_the_concordance(sample: ck.Corpus, within: str) -> None:
    explorer = ck.explore(sample, "هدنة", sort="after1", page_size=5)
    ask(explorer, page=2)
    for place in range(5):
        answer = context(explorer, place, within=within)
        row = explorer.concordance.context(5 + place, within).row(0, named=True)
        assert (
            answer["before"] + answer["node"] + answer["after"] == (row["before"] + row["node"] + row["after"]).strip()
        )
        assert (answer["node"], answer["rtl"], answer["more_before"]) == (row["node"], True, 0)


def test_long_context_is_cut(tmp_path: Path) -> None:
    text = "كلمة " * 200_000 + "هدف " + "word " * 1_000
    with ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path / "corpus", progress=False) as corpus:
        explorer = ck.explore(corpus, "هدف", window=100)
        answer = context(explorer, 0, within="document")
        assert len(json.dumps(answer, ensure_ascii=False)) < 50_000
        assert answer["before"].endswith("كلمة كلمة ")
        assert len(answer["before"]) + answer["more_before"] == 1_000_000
        assert len(answer["after"]) + answer["more_after"] == len(" " + "word " * 1_000) - 1
        assert len(words(explorer._page["lines"][0]["before"])) < 500


@pytest.mark.parametrize(
    "changes", [{"line": 5}, {"line": -1}, {"line": "0"}, {"id": "x"}, {"position": 99}, {"within": "page"}]
)
def test_missing_context(sample: ck.Corpus, changes: dict[str, Any]) -> None:
    answer = context(ck.explore(sample, "هدنة", page_size=5), 0, **changes)
    assert answer["problem"]
    assert "node" not in answer


# ------------------------------------------------------------------------------------------ codes


def test_codes_survive_a_new_search_order_or_window(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["for", "against"], page_size=5)
    page = code(explorer, 1, "against")
    assert (page["lines"][1]["code"], page["coded"], page["notice"]) == ("against", 1, "")
    code(explorer, 1, "quoted", column="note")
    key = (page["lines"][1]["id"], page["lines"][1]["position"])
    ask(explorer, pattern="التحالف")
    code(explorer, 0, "for")
    page = ask(explorer, pattern="هدنة", sort=["-document"], window=[1, 1], page_size=100)
    assert {(line["id"], line["position"]): (line["code"], line["note"]) for line in page["lines"]}[key] == (
        "against",
        "quoted",
    )
    assert explorer.codes.schema == pl.Schema(
        {"id": pl.String, "position": pl.UInt32} | dict.fromkeys(("before", "node", "after", "code", "note"), pl.String)
    )
    assert explorer.codes.select("node", "code", "note").rows() == [
        ("هدنة", "against", "quoted"),
        ("التحالف", "for", None),
    ]
    frame = explorer.frame
    assert frame["code"].drop_nulls().to_list() == ["against"]
    assert frame.columns[-2:] == ["code", "note"]
    assert frame.filter(pl.col("code").is_not_null()).select("id", "position").rows() == [key]


def test_codes_belong_to_positions(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["x"])
    code(explorer, 0, "x")
    assert ask(explorer, pattern="هدنة إنسانية")["lines"][0]["code"] == "x"
    assert explorer.frame["code"].null_count() == len(explorer.frame) - 1


def test_codes_and_notes_can_be_removed(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["x", "y"])
    code(explorer, 0, "x")
    code(explorer, 0, "remark", column="note")
    assert code(explorer, 0, None)["lines"][0]["code"] is None
    assert explorer.codes.select("code", "note").rows() == [(None, "remark")]
    assert code(explorer, 0, "  ", column="note")["coded"] == 0
    assert explorer.codes.is_empty()


def test_unlisted_code_is_refused(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["for", "against"])
    assert (
        "code must be 'for' or 'against', got 'agianst'. Did you mean 'against'?"
        in code(explorer, 0, "agianst")["notice"]
    )
    with pytest.raises(ck.InputError, match=r"^code must be 'for' or 'against', got 'neutral'"):
        explorer.assign(0, "neutral")
    assert explorer.codes.is_empty()


def test_any_code_is_accepted_without_a_list(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة")
    assert (explorer._setup["codes"], explorer._setup["coding"]) == (None, True)
    code(explorer, 0, " تأييد ")
    code(explorer, 1, MARKUP)
    page = code(explorer, 2, "تأييد")
    assert page["in_use"] == ["تأييد", MARKUP]
    assert [line["code"] for line in page["lines"][:3]] == ["تأييد", MARKUP, "تأييد"]


def test_coding_can_be_disabled(sample: ck.Corpus, tmp_path: Path) -> None:
    explorer = ck.explore(sample, "هدنة", codes=())
    assert explorer._setup["coding"] is False
    assert explorer.frame.equals(ck.kwic(sample, "هدنة").frame)
    assert "a line that it does not show" in code(explorer, 0, "x")["notice"]
    with pytest.raises(ck.InputError, match=r"codes=\(\)"):
        explorer.assign(0, "x")
    with pytest.raises(ck.InputError, match=r"^sheet must be None"):
        ck.explore(sample, "هدنة", codes=(), sheet=tmp_path / "codes.csv")


def test_coding_and_searching_from_python(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["x"])
    explorer.assign(15, "x", note="last")
    explorer.search("التحالف")
    assert explorer._page["pattern"] == "التحالف"
    explorer.assign(0, "x")
    explorer.assign(0, None, note="only a note")
    assert explorer.codes.select("node", "code", "note").rows() == [
        ("هدنة", "x", "last"),
        ("التحالف", None, "only a note"),
    ]
    with pytest.raises(ck.InputError, match=r"^line must be below 1,"):
        explorer.assign(1, "x")
    with pytest.raises(ck.InputError, match="never closed"):
        explorer.search("(رئيس")
    assert explorer.concordance.pattern == "التحالف"


def test_two_browsers_do_not_overwrite_each_other(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["x", "y"])
    code(explorer, 0, "x")
    page = code(explorer, 0, "y", was=None)  # from a page that has not seen "x"
    assert "its code is 'x' now" in page["notice"]
    assert page["lines"][0]["code"] == "x"


def test_tables_have_provenance(sample: ck.Corpus, tmp_path: Path) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["x"])
    explorer.assign(0, "x")
    for name, table, function in (("codes", explorer.codes, "ck.explore"), ("lines", explorer.frame, "ck.kwic")):
        ck.save(table, tmp_path / f"{name}.csv", sample)
        record = json.loads((tmp_path / f"{name}.csv.json").read_text(encoding="utf-8"))
        assert function in json.dumps(record)


# ------------------------------------------------------------------------------------------ sheet


def read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    return pl.read_csv(path, infer_schema=False, separator="\t" if path.suffix == ".tsv" else ",")


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, separator="\t" if path.suffix == ".tsv" else ",")


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet"])
def test_sheet_is_read_and_written(corpus: ck.Corpus, tmp_path: Path, ending: str) -> None:
    sheet = tmp_path / f"codes{ending}"
    lines = ck.kwic(corpus, "الوزير")
    lines.code(sheet)
    with_mine = read(sheet).with_columns(coder=pl.lit("me"), code=pl.Series(["01", None, None, None, None]))
    write(with_mine, sheet)
    explorer = ck.explore(corpus, "الوزير", codes=["yes", "no"], sheet=sheet)
    assert [line["code"] for line in explorer._page["lines"]] == ["01", None, None, None, None]
    code(explorer, 1, "yes")
    code(explorer, 1, 'له، «ولنا»\nسطر "x"; y\tz', column="note")
    ask(explorer, pattern="قال")
    code(explorer, 0, "no")
    again = ck.explore(corpus, "الوزير", sheet=sheet)
    assert again.codes.equals(explorer.codes)
    coded = lines.code(sheet, refresh=False)
    assert coded["code"].to_list() == ["01", "yes", None, None, None]
    assert coded["note"].to_list()[1] == 'له، «ولنا»\nسطر "x"; y\tz'
    assert read(sheet)["coder"].to_list() == ["me"] * 5 + [None]
    beside = {path.name for path in tmp_path.iterdir() if "codes" in path.name} - {sheet.name}
    assert beside == {f"{sheet.name}.history.jsonl", f".{sheet.name}.lock"}  # no temporary files


def test_first_code_creates_the_sheet(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = ck.explore(corpus, "الوزير", sheet=sheet)
    assert not sheet.exists()
    code(explorer, 1, "x")
    assert read(sheet).rows() == [tuple(str(cell) if cell is not None else None for cell in explorer.codes.row(0))]


def test_external_edits_are_picked_up(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    ck.kwic(corpus, "الوزير").code(sheet)
    explorer = ck.explore(corpus, "الوزير", codes=["mine", "theirs"], sheet=sheet)
    theirs = read(sheet).with_columns(code=pl.Series([None, "theirs", None, None, None]), extra=pl.lit("e"))
    write(theirs, sheet)
    page = code(explorer, 0, "mine")  # another line than theirs: both codes stay
    assert [line["code"] for line in page["lines"]] == ["mine", "theirs", None, None, None]
    assert read(sheet)["code"].to_list() == ["mine", "theirs", None, None, None]
    assert read(sheet)["extra"].to_list() == ["e"] * 5
    write(read(sheet).with_columns(code=pl.lit("theirs")), sheet)
    page = ask(explorer)
    assert "changed elsewhere" in page["notice"]
    assert {line["code"] for line in page["lines"]} == {"theirs"}


def test_external_code_of_the_same_line_is_not_overwritten(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = ck.explore(corpus, "الوزير", codes=["mine", "theirs"], sheet=sheet)
    code(explorer, 0, "mine")
    write(read(sheet).with_columns(code=pl.lit("theirs")), sheet)
    before = sheet.read_bytes()
    page = code(explorer, 0, None)
    assert "coded elsewhere in the meantime: its code is 'theirs' now" in page["notice"]
    assert page["lines"][0]["code"] == "theirs"
    assert sheet.read_bytes() == before
    assert code(explorer, 0, "mine")["lines"][0]["code"] == "mine"  # allowed, since the page now shows it


def test_deleted_sheet_is_written_again(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = ck.explore(corpus, "الوزير", sheet=sheet)
    code(explorer, 0, "x")
    sheet.unlink()
    assert ask(explorer)["lines"][0]["code"] == "x"
    code(explorer, 1, "y")
    assert read(sheet)["code"].to_list() == ["x", "y"]


@pytest.mark.usefixtures("impatient")
def test_unreadable_sheet_is_not_overwritten(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = ck.explore(corpus, "الوزير", sheet=sheet)
    code(explorer, 0, "x")
    sheet.write_text("a,b\n1,2\n", encoding="utf-8")
    page = ask(explorer)
    assert "is not a sheet of codes" in page["notice"]
    assert len(page["lines"]) == 5
    assert "is not a sheet of codes" in code(explorer, 1, "y")["notice"]
    assert sheet.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_codes_survive_a_failed_write(corpus: ck.Corpus, tmp_path: Path, monkeypatch: Any) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = ck.explore(corpus, "الوزير", sheet=sheet)
    code(explorer, 0, "x")
    before = sheet.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(import_module("corpus_kit.coding.shared_sheet"), "swap_in", refuse)
        page = code(explorer, 1, "y")
    assert "No space left" in page["notice"]
    assert [line["code"] for line in page["lines"][:2]] == ["x", None]
    assert explorer.codes["code"].to_list() == ["x"]
    assert sheet.read_bytes() == before
    assert code(explorer, 1, "y")["lines"][1]["code"] == "y"


def test_sheet_of_other_texts_is_refused(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    row = {"id": "a", "position": "1", "before": "", "node": "الأمير", "after": "", "code": "x", "note": ""}
    write(pl.DataFrame([row]), sheet)
    before = sheet.read_bytes()
    explorer = ck.explore(corpus, "الوزير", sheet=sheet)
    assert "a:1 was coded as 'الأمير'" in explorer._page["notice"]
    assert len(explorer._page["lines"]) == 5
    assert "does not fit" in code(explorer, 0, "y", was="x")["notice"]
    with pytest.raises(ck.InputError, match="does not fit"):
        _ = explorer.frame
    assert sheet.read_bytes() == before


def test_node_must_match_the_whole_word(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    write(pl.DataFrame({"id": ["a"], "position": ["1"], "node": ["الوز"], "code": ["x"]}), sheet)
    assert "does not fit" in ck.explore(corpus, "الوزير", sheet=sheet)._page["notice"]


@pytest.mark.usefixtures("impatient")
def test_bad_sheets(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    for content, message in (("a,b\n1,2\n", "is not a sheet"), ("id,position,node\na,1,x\na,1,x\n", "a:1 twice")):
        sheet.write_text(content, encoding="utf-8")
        with pytest.raises(ck.InputError, match=message):
            ck.explore(corpus, "الوزير", sheet=sheet)
    with pytest.raises(ck.InputError, match=r"^sheet must be a file that ends in"):
        ck.explore(corpus, "الوزير", sheet=tmp_path / "codes.xlsx")
    with pytest.raises(ck.InputError, match=r"^sheet must be in an existing folder"):
        ck.explore(corpus, "الوزير", sheet=tmp_path / "none" / "codes.csv")


# --------------------------------------------------------------------------------------- messages

MALFORMED: list[Any] = [
    None, [], "show", 5, {}, {"kind": None}, {"kind": []}, {"kind": "delete"}, {"kind": "x" * 10**6},
    {"kind": "show"}, {"kind": "show", "client": "c", "number": 1}, {"kind": "show", "client": "c" * 999, "number": 1},
    {"kind": "show", "client": "\ud800", "number": 1}, {"kind": "show", "client": "c", "number": True},
    {"kind": "open"}, {"kind": "code"}, {"kind": "code", "id": [], "position": {}},
    {"kind": "code", "id": "a", "position": True, "column": "code", "value": "x", "was": None},
    {"kind": "code", "id": "zzz", "position": 0, "column": "code", "value": "x", "was": None},
]  # fmt: skip
WRONG_FIELDS: list[dict[str, Any]] = [
    {"pattern": None}, {"pattern": 5}, {"pattern": "x" * 10**6}, {"pattern": "\ud800"}, {"pattern": ["x"]},
    {"sort": None}, {"sort": "after1"}, {"sort": [5]}, {"sort": [None]}, {"sort": [["after1"]]},
    {"window": None}, {"window": 8}, {"window": [8]}, {"window": [8, 8, 8]}, {"window": [-1, 8]},
    {"window": [8, 10**9]}, {"window": ["8", 8]}, {"window": [True, 8]}, {"window": [8.5, 8]},
    {"page": 0}, {"page": -1}, {"page": "2"}, {"page": None}, {"page": 10**30}, {"page_size": 0},
    {"page_size": 10**6}, {"page_size": None}, {"clitics": 1}, {"exact": None}, {"exact": "yes"},
]  # fmt: skip


@pytest.mark.parametrize("message", MALFORMED, ids=lambda message: f"{message!r:.40}")
def test_malformed_messages_change_nothing(sample: ck.Corpus, message: Any) -> None:
    explorer = ck.explore(sample, "هدنة", codes=["x"])
    code(explorer, 0, "x")
    before = explorer._page["lines"]
    answers: list[Any] = []
    explorer.send = answers.append  # type: ignore[method-assign]
    page = send(explorer, message)
    assert page["notice"]
    assert len(page["notice"]) <= 1_000
    assert (page["lines"], page["problem"]) == (before, "")
    assert explorer.codes["code"].to_list() == ["x"]
    assert not answers


@pytest.mark.parametrize("changes", WRONG_FIELDS, ids=lambda changes: f"{changes!r:.40}")
def test_requests_with_bad_fields_are_answered(sample: ck.Corpus, changes: dict[str, Any]) -> None:
    explorer = ck.explore(sample, "هدنة")
    before = explorer._page["lines"]
    page = ask(explorer, **changes)
    assert page["notice"]
    assert page["answers"][0] == "c"  # so that the page does not wait
    assert page["lines"] == before


@pytest.mark.parametrize("value", [5, True, [], {}, "\ud800", "x" * 10_001])
@pytest.mark.parametrize("column", ["code", "note"])
def test_codes_must_be_short_text(sample: ck.Corpus, value: Any, column: str) -> None:
    for codes in (None, ["x"]):
        explorer = ck.explore(sample, "هدنة", codes=codes)
        assert code(explorer, 0, value, column=column)["notice"]
        assert explorer.codes.is_empty()


def test_code_for_another_column_is_refused(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة")
    assert "column must be 'code' or 'note'" in code(explorer, 0, None, column="node")["notice"]
    assert explorer.codes.is_empty()


def test_kernel_messages_are_handled(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة")
    content = {"kind": "code", "id": explorer._page["lines"][0]["id"], "column": "code", "value": "x", "was": None}
    content["position"] = explorer._page["lines"][0]["position"]
    explorer._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert explorer.codes["code"].to_list() == ["x"]


def test_browser_cannot_set_the_lines(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة")
    before = dict(explorer._page)
    explorer.set_state({"_page": {"lines": []}, "_setup": {}, "_esm": "alert(1)", "_css": "", "tooltip": "t"})
    assert explorer._page == before
    assert explorer._setup["coding"] is True
    assert "alert(1)" not in explorer._esm
    assert explorer.tooltip == "t"


# -------------------------------------------------------------------------------------- size sent


def state_size(explorer: Any) -> int:
    state = {name: value for name, value in explorer.get_state().items() if name not in ("_esm", "_css")}
    return len(json.dumps(state, ensure_ascii=False).encode())


def test_only_the_page_is_sent(tmp_path: Path) -> None:
    sizes = []
    for hits in (100, 20_000):
        frame = pl.DataFrame({"text": ["كلمة سر " * hits]})
        with ck.Corpus.build(frame, tmp_path / str(hits), progress=False) as corpus:
            explorer = ck.explore(corpus, "سر")
            assert explorer._page["count"] == hits
            sizes.append(state_size(explorer))
    assert sizes[1] < sizes[0] * 1.05  # longer numbers
    assert sizes[1] < 40_000


def test_long_words_and_wide_windows_stay_small(tmp_path: Path) -> None:
    long = "ك" * 100_000
    frame = pl.DataFrame({"id": ["ع" * 5_000], "text": [f"{long} هدف {long}"], "title": [long]})
    with ck.Corpus.build(frame, tmp_path / "corpus", id="id", progress=False) as corpus:
        explorer = ck.explore(corpus, "[]{2} هدف", window=100, metadata="title")
        assert ask(explorer, pattern=f"هدف|{'ك' * 50}*")["count"] == 3
        assert state_size(explorer) < 90_000


def test_number_of_remembered_lines_is_limited(sample: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("corpus_kit.explore.concordance_view"), "_REMEMBERED", 25)
    explorer = ck.explore(sample, "في")
    first = explorer._page["lines"][0]
    code(explorer, 0, "x")
    ask(explorer, page=2)
    assert len(explorer._session.concordance._shown) == 25
    late = {
        "kind": "code",
        "id": first["id"],
        "position": first["position"],
        "column": "code",
        "value": "y",
        "was": "x",
    }
    assert "a line that it does not show" in send(explorer, late)["notice"]


# ----------------------------------------------------------------------------------- static output


def outputs(explorer: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the outputs of a cell with the explorer."""
    published: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda data, *_: published.append(data))
    explorer._ipython_display_()
    return published


def test_static_output_is_a_table(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, "الوزير", metadata="paper", sort="after1")
    data, _ = explorer._repr_mimebundle_()
    assert data[VIEW]["model_id"] == explorer.model_id
    assert data["text/html"] == ck.show(ck.kwic(corpus, "الوزير", metadata="paper", sort="after1")).html
    assert MARKUP not in data["text/html"]
    assert " src=x onerror=alert(1)&gt;" in re.sub("<[^>]*>", "", data["text/html"])
    assert "الوزير" in data["text/plain"]
    explorer.assign(0, MARKUP, note="<b>n</b>")
    html = explorer._repr_mimebundle_()[0]["text/html"]
    assert html.count("&lt;img src=x onerror=alert(1)&gt;</bdi>") == 1
    assert "<b>" not in html
    assert "5 lines, 1 coded" in repr(explorer)


def test_static_table_shows_the_current_page(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "في", page_size=3)
    ask(explorer, page=2)
    html = explorer._repr_mimebundle_()[0]["text/html"]
    assert html.count("<tr") == 4
    assert "showing 3 of 659 lines" in html
    assert "nothing has been searched" in ck.explore(sample)._repr_mimebundle_()[0]["text/html"]


def test_the_page_has_words_in_both_languages(sample: ck.Corpus) -> None:
    script = page_script()
    english, arabic = (ck.explore(sample, metadata="date", language=each)._setup for each in ("en", "ar"))
    assert set(re.findall(r"this\.say\.(\w+)", script)) <= english["say"].keys() == arabic["say"].keys()
    for name, words in arabic["say"].items():
        latin = re.sub(r"\{\w+\}|\b(Excel|logDice)\b|--date", "", words)  # names that Arabic writes so, too
        assert not re.search("[a-z]{2}", latin), f"{name} is not translated"
        assert set(re.findall(r"\{\w+\}", words)) == set(re.findall(r"\{\w+\}", english["say"][name]))
    assert (english["labels"], arabic["labels"]) == (["date"], ["التاريخ"])
    assert arabic["heads"]["before"][0] == "السياق السابق"
    assert "لم يُبحث" in ck.explore(sample, language="ar")._repr_mimebundle_()[0]["text/html"]
    assert "\\\\" not in ck.explore(sample, r"قال\w+").concordance.hint


def test_saved_notebook_shows_the_table_once(sample: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    nbconvert, nbformat = pytest.importorskip("nbconvert"), pytest.importorskip("nbformat")
    explorer = ck.explore(sample, "هدنة")
    shown_twice = outputs(explorer, monkeypatch)
    cell = nbformat.v4.new_code_cell(
        "explorer", outputs=[nbformat.v4.new_output("display_data", data=data) for data in shown_twice]
    )
    html, _ = nbconvert.HTMLExporter(embed_images=True).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    cells = html[html.index("<main") :]
    assert cells.count('class="ck-concordance ') == 2
    assert cells.count('<div class="ck-still" style="display:none">') == 1
    assert VIEW not in cells


# ------------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pattern": "(رئيس"}, "never closed"),
        ({"pattern": None}, "^pattern must be"),
        ({"window": -1}, "^window must be an integer from 0 to 100"),
        ({"window": 101}, "^window must be an integer from 0 to 100"),
        ({"window": (1, 2, 3)}, "^window must be"),
        ({"sort": 5}, "^sort must be"),
        ({"sort": ["after1", 5]}, "^sort must be"),
        ({"sort": "no_such"}, "^sort must be"),
        ({"pattern": "", "sort": "no_such"}, "^sort must be"),
        ({"sort": ["after1", "after2", "after3", "node"]}, "^sort must be at most 3"),
        ({"page_size": 0}, "^page_size must be an integer from 1 to 200"),
        ({"page_size": 1_000}, "^page_size must be"),
        ({"codes": "for"}, "^codes must be a list of texts"),
        ({"codes": ["x", ""]}, "^codes must be"),
        ({"codes": [5]}, "^codes must be .*got 5"),
        ({"codes": ["x", "x"]}, "^codes must be a list of different texts"),
        ({"codes": [str(code) for code in range(51)]}, "^codes must be at most 50 texts, got 51"),
        ({"metadata": "no_such"}, "^metadata must be"),
        ({"within": "page"}, "^within must be"),
        ({"sheet": 5}, "^sheet must be a path"),
        ({"exact": 1}, "^exact must be True or False"),
        ({"clitics": None}, "^clitics must be True or False"),
    ],
)
def test_bad_arguments(sample: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.explore(sample, **{"pattern": "هدنة", **options})


def test_metadata_named_like_a_code_column_is_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": TEXTS, "code": ["a"] * 4})
    with ck.Corpus.build(frame, tmp_path / "corpus", progress=False) as corpus:
        with pytest.raises(ck.InputError, match=r"^metadata must be without"):
            ck.explore(corpus, "الوزير", metadata="code")
        assert ck.explore(corpus, "الوزير", metadata="code", codes=()).frame["code"].to_list() == ["a"] * 5


@pytest.mark.parametrize("value", [None, "corpus", pl.DataFrame()])
def test_corpus_is_required(value: Any) -> None:
    with pytest.raises(ck.InputError, match=r"^corpus must be a Corpus"):
        ck.explore(value)


@pytest.mark.parametrize("name", ["anywidget", "traitlets"])
def test_missing_package_is_reported(sample: ck.Corpus, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "corpus_kit.explore.explorer", raising=False)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ck.CorpusKitError, match=r'pip install "arabic-corpus-kit\[notebooks\]"'):
        ck.explore(sample, "هدنة")


def test_page_files_are_packaged() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    packaged = project["tool"]["setuptools"]["package-data"]["corpus_kit.explore"]
    folder = Path(ck.__file__).parent / "explore"
    shown = {path.relative_to(folder) for path in folder.rglob("*") if path.suffix in (".js", ".css", ".toml")}
    assert shown
    assert all(any(path.match(pattern) for pattern in packaged) for path in shown)


SVG = '"http://www.w3.org/2000/svg"'


def test_page_loads_nothing_and_escapes_markup() -> None:
    script, style = page_script(), page_style()
    assert script.count(SVG) == 1  # the name of a language, which nothing is loaded from
    script = script.replace(SVG, "")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "http:",
        "https:",
        "import ",
    ):
        assert word not in script
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("pattern", [None, 3, ["هدنة"]])
def test_search_requires_text(sample: ck.Corpus, pattern: Any) -> None:
    explorer = ck.explore(sample, "هدنة")
    with pytest.raises(ck.InputError, match=r"^pattern must be a str"):
        explorer.search(pattern)
    assert explorer.concordance.pattern == "هدنة"


def test_a_concordance_is_explored_as_it_is(sample: ck.Corpus) -> None:
    lines = ck.kwic(sample, "في", sample=8, seed=3, window=(3, 5), metadata="outlet", sort="after1", within="sentence")
    widget = ck.explore(lines)
    assert repr(widget) == "<ConcordanceExplorer 'في': 8 of 659 lines, 0 coded>"
    assert widget.concordance.frame.equals(lines.frame)
    assert (widget._page["count"], widget._page["total"]) == (8, 659)
    ask(widget, pattern="في", sort=["node", "-date"], window=[2, 2])
    assert widget.concordance.frame.equals(lines.sort_by(["node", "-date"]).widen(2).frame)
    widget.search("هدنة")
    assert (len(widget.concordance), widget.concordance.total) == (16, 16)
    widget.search("في")
    assert len(widget.concordance) == 8
    ask(widget, pattern="في", exact=True)  # another search, of all hits
    assert len(widget.concordance) == widget.concordance.total
    assert ck.explore(lines, window=4, metadata=[], sort="node").concordance.options["window"] == [4, 4]


@pytest.mark.parametrize("options", [{"pattern": "في"}, {"exact": True}, {"clitics": True}, {"within": "document"}])
def test_a_concordance_has_its_own_search(sample: ck.Corpus, options: dict[str, Any]) -> None:
    with pytest.raises(ck.InputError, match="must be left out: those of the concordance count"):
        ck.explore(ck.kwic(sample, "هدنة"), **options)


def test_places_of_a_table_are_lines(sample: ck.Corpus) -> None:
    table = ck.news.quotations(sample)
    widget = ck.explore(sample, table, metadata="outlet", sort="document")
    frame = widget.concordance.frame
    places = table.select("document", "start", "end").unique().sort("document", "start", "end")
    assert frame.select("document", "start", "end").rows() == places.rows()
    assert widget.concordance.pattern == "ck.news.quotations"
    widget.assign(0, "seen")
    assert widget.codes.height == 1
    widget.search("هدنة")
    assert len(widget.concordance) == 16
    part = sample.filter(outlet="وكالة مدى")
    assert set(ck.explore(part, table).concordance.frame["document"]) <= set(part.selected_documents().tolist())


def test_a_node_has_the_tokens_that_a_place_overlaps(corpus: ck.Corpus) -> None:
    """The twin: look at every token of the document."""
    text = corpus.text(0)
    tokens = corpus.tokens.filter(pl.col("document") == 0).collect()
    spans = [(start, end) for start in range(0, len(text), 3) for end in (start, start + 1, start + 9)]
    longest: dict[int, int] = {}
    for start, end in spans:
        inside = tokens.filter((pl.col("start") < end) & (pl.col("end") > start)) if start < end else tokens.head(0)
        if inside.height:
            first = inside["start"][0]
            longest[first] = max(longest.get(first, 0), inside["end"][-1])
    starts, ends = zip(*spans, strict=True)
    table = pl.DataFrame({"document": [0] * len(spans), "start": starts, "end": ends})
    lines = ck.explore(corpus, table).concordance
    assert lines.pattern == "table"
    assert dict(lines.frame.select("start", "end").rows()) == longest
    assert len(lines) == len(longest)


@pytest.mark.parametrize(
    ("make", "unit"),
    [
        (lambda corpus: ck.frequency(corpus), None),
        (lambda corpus: ck.frequency(corpus, unit="lemma"), "lemma"),
        (lambda corpus: ck.ngrams(corpus, 2), None),
        (lambda corpus: ck.collocations(corpus, "هدنة", window=(2, 4), min_count=1), None),
    ],
)
def test_words_of_a_table_are_a_list(sample: ck.Corpus, make: Any, unit: str | None) -> None:
    """The lines of each word are as many as the table counts."""
    table = make(sample)
    widget = ck.explore(sample, table)
    words = widget._setup["words"]
    assert len(words) == min(table.height, 200)
    assert widget.concordance.pattern == words[0][1]
    for place in (0, 3, 7):
        widget.search(words[place][1])
        assert len(widget.concordance) == table["count"][place], words[place]
    assert (unit is None) == ("[lemma=" not in words[0][1])


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({"a": [1]}),
        pl.DataFrame({"word": [1]}),
        pl.DataFrame({"document": [0], "start": ["x"], "end": [1]}),
        pl.DataFrame({"document": [10**6], "start": [0], "end": [1]}),
        pl.DataFrame({"document": [0], "start": [5], "end": [1]}),
        pl.DataFrame({"document": [None], "start": [5], "end": [1]}, schema_overrides={"document": pl.UInt32}),
    ],
)
def test_tables_of_something_else(sample: ck.Corpus, table: pl.DataFrame) -> None:
    with pytest.raises(ck.InputError, match="pattern must be"):
        ck.explore(sample, table)


def test_empty_tables_and_signs_in_words(sample: ck.Corpus) -> None:
    assert not len(ck.explore(sample, pl.DataFrame({"document": [0], "start": [0], "end": [0]})).concordance)
    empty = ck.explore(sample, ck.frequency(sample).head(0))
    assert empty._setup["words"] == []
    assert len(ck.explore(sample, ck.news.quotations(sample).head(0)).concordance) == 0
    many = ck.explore(sample, pl.DataFrame({"word": [f"كلمة{number}" for number in range(300)]}).lazy())
    assert (len(many._setup["words"]), many._setup["total_words"]) == (200, 300)
    assert ck.explore(sample, ck.trend(sample, ["هدنة", "السهل|القصب"])).concordance.total == 16
    assert len(ck.explore(sample, ck.kwic(sample, "هدنة")).concordance) == 16
    pair = ck.compare_collocations(sample, sample, ("هدنة", "السهل"), min_count=3)
    assert "(هدنة|السهل)" in ck.explore(sample, pair).concordance.pattern
    assert empty.concordance.pattern == ""
    signs = ck.explore(sample, pl.DataFrame({"word": ["(a|b)*", "a/b?", None]}))
    assert [pattern for _, pattern in signs._setup["words"]] == [r"\(a\|b\)\*", r"a\/b\?"]


def test_a_page_without_lines_says_why(sample: ck.Corpus) -> None:
    widget = ck.explore(sample, "السعوديةة")
    assert widget._page["hint"].startswith("The most similar words are 'السعودية' (8)")
    widget.search("في")
    assert widget._page["hint"] == ""
    assert ck.explore(sample)._page["hint"] == ""


# ------------------------------------------------------------------------------- the whole language


@pytest.fixture(scope="module")
def said(sample: ck.Corpus) -> ck.Corpus:
    """The sample with quotations as a structure, and a list of verbs."""
    named = sample.with_structures(quotation=ck.news.quotations(sample))
    return named.with_definitions({"lists": {"verbs": ["قال", "أكد"]}})


@pytest.mark.parametrize(
    ("pattern", "syntax"),
    [
        ("[word=في] @[] within quotation", "native"),
        ("(?longest) [word=$verbs] []{0,2}", "native"),
        ("a:[pos=NOUN] []{0,2} b:[pos=NOUN] :: a.lemma = b.lemma", "native"),
        ('"في" @[pos="NOUN"] within s', "cqp"),
        ('<s> [word="[^،.]+"] :: match.text_outlet = ".*"', "cqp"),
    ],
)
def test_patterns_of_the_whole_language(said: ck.Corpus, pattern: str, syntax: Any) -> None:
    lines = ck.kwic(said, pattern, syntax=syntax)
    assert len(lines) > 0
    page = ask(ck.explore(said, language="ar"), pattern=pattern, syntax=syntax)
    assert (page["problem"], page["syntax"]) == ("", syntax)
    assert shown(page) == expected(lines, 1, 20)
    explorer = ck.explore(said, pattern, syntax=syntax)
    assert explorer.concordance.options == lines.options
    assert explorer.concordance.frame.equals(lines.frame)


def test_a_query_of_cqp_ticks_its_box(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, ck.cqp('"هدنة"'))
    assert (explorer._page["syntax"], explorer._page["count"]) == ("cqp", 16)
    assert ask(explorer, pattern="هدنة")["problem"].startswith("pattern 'هدنة' has an error")
    assert ask(explorer, pattern="هدنة", syntax="native")["count"] == 16
    explorer.search(ck.cqp('"في" @[]'))
    assert explorer.concordance.frame.equals(ck.kwic(sample, '"في" @[]', syntax="cqp").frame)
    with pytest.raises(ck.InputError, match="syntax must be 'native' or 'cqp'"):
        ck.explore(sample, "هدنة", syntax="sql")  # type: ignore[arg-type]
    assert "syntax must be" in ask(explorer, syntax="sql")["notice"]


def test_anchors_are_pieces_of_the_node(sample: ck.Corpus) -> None:
    page = ask(ck.explore(sample), pattern="رئيس @[] b:[]")
    for line in page["lines"]:
        assert "".join(piece for piece, _ in line["node_pieces"]) == line["node"]
        assert [name for _, name in line["node_pieces"] if name] == ["target", "b"]
    assert page["lines"]
    assert all(line["node_pieces"] == [] for line in ask(ck.explore(sample), pattern="هدنة")["lines"])


def test_an_error_points_to_its_place(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة")
    page = ask(explorer, pattern="هدنة within sentense")
    assert page["place"] == ["هدنة within ", "s", "entense"]
    assert ask(explorer, pattern="قَـ [", syntax="cqp")["place"] == ["", "قَ", "ـ ["]
    assert ask(explorer, pattern="هدنة", syntax="native", sort=["left"])["place"] == []
    assert ask(explorer, sort=[])["place"] == []


def test_lines_of_cqp_lists_and_anchors_are_explored_as_they_are(said: ck.Corpus) -> None:
    lines = ck.kwic(said, '"في" @[]', syntax="cqp", sort="target", sample=10)
    explorer = ck.explore(lines)
    assert explorer.concordance.frame.equals(lines.frame)
    assert explorer._setup["sort_choices"].count("target") == 1
    for sort in (["after1"], ["-target"]):
        assert ask(explorer, sort=sort)["count"] == 10
        assert explorer.concordance.frame.equals(lines.sort_by(sort).frame)
    both = lines | ck.kwic(said, "هدنة", exact=True, within="sentence")
    explorer = ck.explore(both)
    assert shown(ask(explorer, sort=["after1"])) == expected(both.sort_by("after1"), 1, 20)
    assert ask(explorer, pattern="هدنة", syntax="native")["count"] == 16


def test_collocates_of_any_query_open_their_lines(said: ck.Corpus) -> None:
    plain = ck.explore(said, ck.collocations(said, "هدنة", min_count=3))
    for pattern in ("هدنة within s", ck.cqp('"هدنة"')):
        explorer = ck.explore(said, ck.collocations(said, pattern, min_count=3))
        assert explorer.concordance.pattern == "انسانيه []{0,4} (/region[node])|(/region[node]) []{0,4} انسانيه"
        assert len(explorer.concordance) == len(plain.concordance) > 0
        assert "node" in explorer.concordance.options["structures"]
    trend = ck.explore(said, ck.trend(said, ck.cqp('"هدنة"'), every="month"))
    assert (trend._page["syntax"], trend._setup["words_syntax"], len(trend.concordance)) == ("cqp", "cqp", 16)
