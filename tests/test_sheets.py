"""Sheets that several programs and people write: no code is lost, none is overwritten unseen."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.coding import shared_sheet
from corpus_kit.coding.code_history import CodeHistory, Entry
from corpus_kit.coding.coding import read_sheet
from corpus_kit.coding.line_codes import LineCodes

BOM = "\ufeff"
HEADER = "id,position,before,node,after,code,note"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "codes.csv"


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[ck.Corpus]:
    texts = ["قال الوزير إن الوزير غائب.", "سأل الوزير، فأجاب الوزير.", "الوزير"]
    frame = pl.DataFrame({"id": ["a", "b", "c"], "text": texts})
    with ck.Corpus.build(frame, tmp_path / "corpus", id="id", progress=False) as built:
        yield built


def line(position: int) -> dict[str, Any]:
    return {"id": "a", "position": position, "before": "قبل", "node": f"كلمة{position}", "after": "بعد"}


def rows(sheet: Path, *columns: str) -> list[tuple[Any, ...]]:
    return pl.read_csv(sheet, infer_schema=False).select(columns or ("position", "code")).rows()


def kinds(codes: LineCodes) -> list[tuple[Any, ...]]:
    return codes.history.select("kind", "coder", "position", "value", "was").rows()


def spread(sheet: Path, change: Callable[[list[list[str]]], None], copy: str | None = None) -> None:
    """Change cells of a sheet, or of a copy that was read before, as a spreadsheet does."""
    cells = [row.split(",") for row in (copy or sheet.read_text(encoding="utf-8")).splitlines()]
    change(cells)
    sheet.write_text("\n".join(map(",".join, cells)) + "\n", encoding="utf-8")


PROGRAM = """
import sys
import corpus_kit as ck
sheet, first = sys.argv[1], int(sys.argv[2])
lines = ck.explore(ck.sample_corpus(), "في", page_size=1, sheet=sheet)
print("ready", flush=True)
sys.stdin.readline()
for line in range(first, first + 80, 2):
    lines.assign(line, f"code {line}")
"""


@pytest.mark.slow
def test_two_programs_keep_all_codes(sheet: Path) -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(sheet), str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (0, 1)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0
    assert sorted(rows(sheet, "code")) == sorted((f"code {line}",) for line in range(80))


# -------------------------------------------------------------------------------- several programs


def test_programs_merge_line_by_line(sheet: Path) -> None:
    sara, ali = LineCodes(sheet, "sara"), LineCodes(sheet, "ali")
    assert sara.set(line(1), {"code": "x", "note": "n"}) == []
    assert ali.set(line(2), {"code": "y"}) == []
    assert sara.set(line(1), {"code": "z"}) == []
    assert rows(sheet, "position", "code", "note") == [("1", "z", "n"), ("2", "y", None)]
    assert kinds(ali) == [
        ("given", "sara", 1, "x", None),
        ("given", "sara", 1, "n", None),
        ("given", "ali", 2, "y", None),
        ("given", "sara", 1, "z", "x"),
    ]
    assert ali.history.schema["when"] == pl.Datetime("ms", "UTC")
    assert sara.frame.columns == HEADER.split(",")


def test_two_codes_of_a_line_are_both_shown(sheet: Path) -> None:
    sara, ali, zoe, omar = (LineCodes(sheet, name) for name in ("sara", "ali", "zoe", "omar"))
    sara.set(line(1), {"code": "for"})
    (refused,) = ali.set(line(1), {"code": "against"})
    assert str(refused) == (
        "This line was coded elsewhere in the meantime: its code is 'for' now (by sara). Nothing was overwritten. "
        "'against' is kept beside it as a conflict: decide for one of them."
    )
    assert omar.set(line(1), {"code": "for"}) == []  # the same code is no conflict
    assert len(zoe.set(line(1), {"code": "neutral", "note": "n"})) == 1
    assert rows(sheet, "code", "note") == [("for", "n")]
    sara.refresh()
    assert sara.frame.select("code", "code_conflict").rows() == [("for", "against (ali); neutral (zoe)")]
    assert sara.of(pl.DataFrame([line(1)], schema_overrides={"position": pl.UInt32})).columns[-1] == "code_conflict"
    assert sara.conflicts.drop("when").rows() == [
        ("a", 1, "code", "for", "sara", "against", "ali"),
        ("a", 1, "code", "for", "sara", "neutral", "zoe"),
    ]
    assert sara.set(line(1), {"code": "against"}) == []  # whoever has seen both decides
    assert zoe.refresh()
    assert zoe.conflicts.is_empty()
    assert "code_conflict" not in zoe.frame.columns
    assert [entry[0] for entry in kinds(zoe)] == ["given", "conflict", "conflict", "given", "given"]


def test_a_conflict_that_was_not_seen_is_not_decided(sheet: Path) -> None:
    sara, ali = LineCodes(sheet, "sara"), LineCodes(sheet, "ali")
    sara.set(line(1), {"code": "for"})
    ali.set(line(1), {"code": "against"})
    (refused,) = sara.set(line(1), {"code": "neutral"})  # sara has not heard of it
    assert refused.is_kept
    assert sorted(sara.conflicts["other_value"]) == ["against", "neutral"]
    assert sara.set(line(1), {"code": "for"}) == []  # the present one can be kept, too
    assert sara.conflicts.is_empty()


def test_a_code_is_not_removed_unseen(sheet: Path) -> None:
    sara, ali = LineCodes(sheet, "sara"), LineCodes(sheet, "ali")
    sara.set(line(1), {"code": "x"})
    ali.refresh()
    sara.set(line(1), {"code": "y"})
    (refused,) = ali.set(line(1), {"code": None})
    assert not refused.is_kept
    assert "Code it again to change it." in str(refused)
    assert ali.set(line(1), {"code": None}) == []
    assert rows(sheet) == [("1", None)]
    assert LineCodes(sheet).set(line(2), {"code": None}) == []


def test_nothing_is_written_without_a_change(sheet: Path) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": None})
    assert not sheet.exists()
    codes.set(line(1), {"code": "x"})
    before = {path.name: path.stat().st_mtime_ns for path in sheet.parent.iterdir() if path.suffix != ".lock"}
    codes.set(line(1), {"code": "x"})
    codes.refresh()
    assert before == {path.name: path.stat().st_mtime_ns for path in sheet.parent.iterdir() if path.suffix != ".lock"}


def test_links_lead_to_one_sheet(sheet: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.csv"
    link.parent.mkdir()
    link.symlink_to(sheet)
    LineCodes(link).set(line(1), {"code": "x"})
    LineCodes(sheet).set(line(2), {"code": "y"})
    LineCodes(link).set(line(3), {"code": "z"})
    assert link.is_symlink()
    assert len(rows(sheet)) == 3
    assert [path.name for path in link.parent.iterdir()] == ["link.csv"]


def test_threads_share_codes(sheet: Path) -> None:
    codes = LineCodes(sheet)
    threads = [
        threading.Thread(target=lambda first=first: [codes.set(line(first + n), {"code": "x"}) for n in range(5)])
        for first in (0, 10, 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(sheet)) == len(codes.history) == 15


# ------------------------------------------------------------------------------------ spreadsheets


def test_a_spreadsheet_that_was_opened_before_takes_nothing_away(sheet: Path) -> None:
    codes = LineCodes(sheet, "sara")
    codes.set(line(1), {"code": "x"})
    codes.set(line(2), {"code": "y"})
    copy = sheet.read_text(encoding="utf-8")
    codes.set(line(1), {"note": "later"})
    codes.set(line(3), {"code": "z"})
    spread(sheet, lambda cells: cells[2].__setitem__(5, "typed"), copy)
    assert read_sheet(sheet).select("position", "code").rows() == [(1, "x"), (2, "typed"), (3, "z")]
    assert codes.refresh()
    assert codes.lost == 2
    codes.set(line(4), {"code": "w"})
    assert rows(sheet, "position", "code", "note") == [
        ("1", "x", "later"), ("2", "typed", None), ("3", "z", None), ("4", "w", None)
    ]  # fmt: skip
    assert kinds(codes)[4:] == [
        ("found", None, 2, "typed", "y"),
        ("restored", None, 1, "later", None),
        ("restored", None, 3, "z", None),
        ("given", "sara", 4, "w", None),
    ]
    assert codes.frame["code_conflict"].to_list() == [None, "y (sara)", None, None]  # both codes are shown


def test_an_editor_may_take_the_last_change_back(sheet: Path) -> None:
    """The sheet is then, to the byte, what it was before."""
    codes = LineCodes(sheet, "sara")
    codes.set(line(1), {"code": "x"})
    before = sheet.read_bytes()
    codes.set(line(1), {"code": "y"})
    sheet.write_bytes(before)
    codes.set(line(2), {"code": "z"})
    assert rows(sheet) == [("1", "x"), ("2", "z")]
    assert codes.conflicts.select("value", "other_value").rows() == [("x", "y")]


def test_what_a_spreadsheet_gave_it_can_take_away(sheet: Path) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    spread(sheet, lambda cells: cells.append(["a", "2", "", "كلمة2", "", "typed", ""]))
    codes.set(line(3), {"code": "y"})
    spread(sheet, lambda cells: cells.pop(2))
    codes.set(line(4), {"code": "z"})
    assert rows(sheet) == [("1", "x"), ("3", "y"), ("4", "z")]
    assert [entry for entry in kinds(codes) if entry[0] == "found"] == [
        ("found", None, 2, "typed", None),
        ("found", None, 2, None, "typed"),
    ]


def test_codes_of_a_sheet_without_history_are_noted(sheet: Path) -> None:
    sheet.write_text(f"{HEADER}\na,1,,كلمة1,,old,\na,2,,كلمة2,,,n\n", encoding="utf-8")
    codes = LineCodes(sheet, "sara")
    assert codes.history.is_empty()
    codes.set(line(1), {"code": "new"})
    assert kinds(codes) == [
        ("found", None, 1, "old", None), ("found", None, 2, "n", None), ("given", "sara", 1, "new", "old")
    ]  # fmt: skip
    assert codes.conflicts.is_empty()


# Without an exchange, a file that is renamed at that moment is seen only if it comes before the second name.
@pytest.mark.parametrize(("way", "can_exchange"), [("in place", True), ("by renaming", True), ("in place", False)])
def test_a_spreadsheet_saves_at_the_same_moment(
    sheet: Path, monkeypatch: pytest.MonkeyPatch, way: str, can_exchange: bool
) -> None:
    if not can_exchange:

        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

        monkeypatch.setattr("corpus_kit._base.swap.exchange", refuse)
    monkeypatch.setattr(shared_sheet, "_CALM", 0.01)
    codes = LineCodes(sheet, "sara")
    codes.set(line(1), {"code": "x"})
    copy = sheet.read_text(encoding="utf-8")
    swap = shared_sheet.swap_in
    saved = []

    def late(*arguments: Any) -> Any:
        if not saved:
            saved.append(1)
            new = sheet if way == "in place" else sheet.with_name("new")
            spread(
                new,
                lambda cells: cells.append(["a", "7", "", "كلمة7", "", "typed", ""]),
                copy,
            )
            new.replace(sheet)
        return swap(*arguments)

    monkeypatch.setattr(shared_sheet, "swap_in", late)
    codes.set(line(2), {"code": "y"})
    assert sorted(rows(sheet)) == [("1", "x"), ("2", "y"), ("7", "typed")]
    assert {path.name for path in sheet.parent.iterdir()} == {
        sheet.name,
        f".{sheet.name}.lock",
        codes_history(sheet).name,
    }


def codes_history(sheet: Path) -> Path:
    return sheet.with_name(f"{sheet.name}.history.jsonl")


def test_a_file_that_is_half_written_is_waited_for(sheet: Path) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    text = sheet.read_text(encoding="utf-8")

    def save() -> None:
        with sheet.open("w", encoding="utf-8") as file:
            file.write(text + 'a,2,,كلمة2,,"typ')
            file.flush()
            begun.set()
            time.sleep(0.3)
            file.write('ed",\n')

    begun = threading.Event()
    saving = threading.Thread(target=save)
    saving.start()
    begun.wait()
    assert codes.refresh()
    assert codes.frame["code"].to_list() == ["x", "typed"]
    saving.join()


def test_what_is_written_at_the_same_moment_and_damaged_is_kept(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_sheet, "_CALM", 0.01)
    monkeypatch.setattr(shared_sheet, "_FRESH", 0.0)
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    swap = shared_sheet.swap_in

    def late(*arguments: Any) -> Any:
        sheet.write_text(f'{HEADER}\na,2,,"ودع', encoding="utf-8")
        return swap(*arguments)

    monkeypatch.setattr(shared_sheet, "swap_in", late)
    with pytest.raises(ck.InputError, match=r"line 2 is damaged.* is kept as '\.codes\.csv\..*\.unread'"):
        codes.set(line(2), {"code": "y"})
    (kept,) = sheet.parent.glob(".*.unread")
    assert kept.read_text(encoding="utf-8").endswith("ودع")
    assert rows(sheet) == [("1", "x"), ("2", "y")]


def test_a_deleted_sheet_comes_back_from_its_history(sheet: Path) -> None:
    sheet.write_text(f"{HEADER}\na,1,قبل,كلمة1,بعد,typed,\n", encoding="utf-8")
    codes = LineCodes(sheet, "sara")
    codes.set(line(2), {"code": "y", "note": "n"})
    before = sheet.read_bytes()
    sheet.unlink()
    again = LineCodes(sheet, "ali")
    assert again.frame.select("position", "code", "note").rows() == [(1, "typed", None), (2, "y", "n")]
    again.set(line(2), {"note": None})
    again.set(line(2), {"note": "n"})
    assert sheet.read_bytes() == before.replace(b"id,", BOM.encode() + b"id,", not before.startswith(BOM.encode()))


# --------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_sheet_keeps_its_look(sheet: Path, newline: str, separator: str) -> None:
    note = '"سطر\nآخر، ""و"""'
    table = [
        ["mine", "id", "position", "node", "code", "", "note", ""],
        ["1", "a", "1", "كلمة1", "x", "k", note, "l"],
        ["0012", "a", "2", "كلمة2", "", "", "", ""],
        ["", "b", "4294967295", " ", "", "=1+1", "", ""],
    ]
    text = BOM + "".join(separator.join(row) + newline for row in table)
    sheet.write_bytes(text.encode())
    codes = LineCodes(sheet)
    codes.set(line(2), {"code": "y"})
    table[2][4], table[3][5] = "y", "'=1+1"  # no formula when it is opened again
    for row, added in zip(table, ["before,after", ",", ",", ","], strict=True):
        row += added.split(",")
    assert sheet.read_bytes().decode() == BOM + "".join(separator.join(row) + newline for row in table)
    codes.set(line(3), {"code": "z"})
    table.append(["", "a", "3", "كلمة3", "z", "", "", "", "قبل", "بعد"])
    assert sheet.read_bytes().decode() == BOM + "".join(separator.join(row) + newline for row in table)
    assert LineCodes(sheet).frame["note"].to_list()[0] == 'سطر\nآخر، "و"'


def test_rows_as_spreadsheets_write_them(sheet: Path) -> None:
    """They leave out empty cells at the end of a row, add some, and write blank rows."""
    sheet.write_text(f"{HEADER}\na, 1 ,,كلمة1\na,2,,كلمة2,,x,,,,\n\n,,,,,,\n,3,,كلمة3,,y\n", encoding="utf-8")
    assert LineCodes(sheet).frame.select("id", "position", "code").rows() == [("a", 2, "x"), ("", 3, "y")]
    assert read_sheet(sheet).height == 3


DAMAGED = [
    (b"", "it is empty"),
    (b"a,b\n1,2\n", "lacks id, position, node"),
    (f"{HEADER}\na,1,,ك,,".encode(), "line 2 is cut off"),
    (f"{HEADER}\na,1,,ك,,x,n\na,2,\n".encode(), "line 3 is cut off"),
    (f'{HEADER}\na,1,"\n\n",ك,,x,n\na,2,"'.encode(), "line 5 is damaged"),
    (f'{HEADER}\na,1,,ك,,"x"y,n\n'.encode(), "line 2 is damaged"),
    (f"{HEADER}\na,1,,ك,,x,n,m\n".encode(), "line 2 has 8 cells, and there are 7 columns"),
    (f"{HEADER}\na,1,,ك,,x,n\na,one,,ك,,x,n\n".encode(), "line 3 has the position 'one'"),
    (f"{HEADER}\na,4294967296,,ك,,x,n\n".encode(), "line 2 has the position '4294967296'"),
    (f"{HEADER}\na,1.0,,ك,,x,n\n".encode(), r"line 2 has the position '1\.0'"),
    (f"{HEADER}\na,,,ك,,x,n\n".encode(), "line 2 has the position ''"),
    (f"{HEADER}\na,1,,ك,,x,n\na,1,,ك,,y,n\n".encode(), "a:1 twice"),
    (f"{HEADER},code\na,1,,ك,,x,n,y\n".encode(), "line 1 names the column 'code' twice"),
    (f"{HEADER}\na,1,,ك,,x,n\n".encode() + b"a,2,,\xdf\xea,,x,n\n", "line 3 is not UTF-8"),
    (f"{HEADER}\na,1,,ك,,x,n\na,2\0,,ك,,x,n\n".encode(), "line 3 has NUL"),
    (f"{HEADER}\na,1,,ك,,x,n\n".encode("utf-16"), "line 1 is not UTF-8"),
    ((HEADER + "," + ",".join(f"c{n}" for n in range(2_000))).encode(), "line 1 names 2,007 columns"),
]


@pytest.mark.parametrize(("content", "message"), DAMAGED, ids=[message for _, message in DAMAGED])
def test_a_damaged_sheet_is_refused_and_kept(sheet: Path, content: bytes, message: str) -> None:
    codes = LineCodes(sheet)
    codes.set(line(9), {"code": "x"})
    sheet.write_bytes(content)
    os.utime(sheet, (0, 0))  # nobody is writing it any more
    for use in (
        lambda: LineCodes(sheet), codes.refresh, lambda: codes.set(line(9), {"code": "y"}), lambda: read_sheet(sheet)
    ):  # fmt: skip
        with pytest.raises(ck.InputError, match=message):
            use()
    assert sheet.read_bytes() == content
    assert codes.frame["code"].to_list() == ["x"]


@pytest.mark.parametrize("name", ["codes.parquet", "codes.csv"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(ck.InputError, match="must be a file"):
        LineCodes(tmp_path / name)
    os.mkfifo(tmp_path / "fifo.csv")
    with pytest.raises(ck.InputError, match="must be a file"):
        LineCodes(tmp_path / "fifo.csv")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"id,position,node\n"])
def test_damaged_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "codes.parquet").write_bytes(content)
    with pytest.raises(ck.InputError, match="cannot be read"):
        LineCodes(tmp_path / "codes.parquet")


@pytest.mark.usefixtures("impatient")
def test_parquet_of_any_types(tmp_path: Path) -> None:
    path = tmp_path / "codes.parquet"
    table = {"id": [7], "position": [1], "node": ["كلمة1"], "code": [5], "note": [None], "mine": [[1, 2]]}
    pl.DataFrame(table, schema_overrides={"node": pl.Categorical}).write_parquet(path)
    codes = LineCodes(path)
    codes.set(line(1) | {"id": "7"}, {"note": "n"})
    codes.set(line(2), {"code": "x"})
    assert pl.read_parquet(path).select("id", "code", "note", "mine").rows() == [
        ("7", "5", "n", [1, 2]),
        ("a", "x", None, None),
    ]
    bad = tmp_path / "bad.parquet"
    pl.DataFrame({"id": [["a"]], "position": [1], "node": ["x"]}).write_parquet(bad)
    with pytest.raises(ck.InputError, match="cannot be read"):
        LineCodes(bad)


# -------------------------------------------------------------------------------------- the history


def test_a_torn_line_of_the_history_is_dropped(sheet: Path) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    history = codes_history(sheet)
    whole = history.read_bytes()
    for torn in (b'{"when": "2026-0', b"\0\0\0", '{"id": "ب'.encode()[:-1]):
        history.write_bytes(whole + torn)
        assert LineCodes(sheet).history.height == codes.history.height
        codes.set(line(1), {"code": f"{len(whole)}"})
        assert history.read_bytes().startswith(whole + b'{"when"')
        whole = history.read_bytes()
    assert all(json.loads(each) for each in whole.splitlines())


@pytest.mark.parametrize(
    "damaged",
    [
        b"x", b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"id": 5}',
        ("id", 5), ("position", -1), ("position", True), ("position", 2**40), ("kind", "gone"), ("when", "now"),
        ("when", "2026-05-01T10:00:00"), ("value", []), ("coder", 5), ("sheet", None),
        ("column", "stance"), ("value", "another"), ("check", "00000000"),
    ],
)  # fmt: skip
def test_a_damaged_history_is_refused_and_kept(sheet: Path, damaged: Any) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    codes.set(line(2), {"code": "y"})
    history = codes_history(sheet)
    lines = history.read_bytes().splitlines()
    entry = damaged if isinstance(damaged, bytes) else json.dumps(json.loads(lines[1]) | dict([damaged])).encode()
    history.write_bytes(b"\n".join([lines[0], entry, lines[1]]) + b"\n")
    before = history.read_bytes(), sheet.read_bytes()
    with pytest.raises(ck.InputError, match=r"line 2 of the history of codes '.*' is damaged"):
        LineCodes(sheet)
    with pytest.raises(ck.InputError, match=r"line 2 of the history of codes '.*' is damaged"):
        codes.set(line(3), {"code": "z"})
    assert (history.read_bytes(), sheet.read_bytes()) == before
    history.unlink()
    assert LineCodes(sheet).frame["code"].to_list() == ["x", "y"]


def test_an_unfinished_change_is_finished(sheet: Path) -> None:
    """A program that is killed between the history and the sheet has promised nothing, but nothing is confused."""
    codes = LineCodes(sheet, "sara")
    codes.set(line(1), {"code": "x"})
    before = sheet.read_bytes()
    codes.set(line(1), {"code": "y"})
    codes.set(line(2), {"code": "z"})
    sheet.write_bytes(before)
    sheet.with_name(f".{sheet.name}.lock").write_text("{}", encoding="utf-8")
    history = codes_history(sheet)
    first, second, third = map(json.loads, history.read_bytes().splitlines())
    third |= {"sheet_was": second["sheet_was"]}  # two were killed, one after the other
    entries = [
        Entry(**{name: value for name, value in each.items() if name != "check"}) for each in (first, second, third)
    ]
    history.unlink()
    CodeHistory(history).append(entries)
    again = LineCodes(sheet, "ali")
    assert again.frame["code"].to_list() == ["y", "z"]
    assert again.lost == 0
    again.set(line(3), {"code": "w"})
    assert rows(sheet) == [("1", "y"), ("2", "z"), ("3", "w")]
    assert [entry[0] for entry in kinds(again)] == ["given"] * 4
    assert again.conflicts.is_empty()


@pytest.mark.parametrize("call", ["history", "sheet", "swap"])
def test_codes_stay_as_they_were_when_the_disk_is_full(sheet: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    before = {path: path.read_bytes() for path in sheet.parent.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    where = {"history": "code_history.os.fsync", "sheet": "shared_sheet.durable", "swap": "shared_sheet.swap_in"}[call]
    with monkeypatch.context() as patch:
        patch.setattr(f"corpus_kit.coding.{where}", full)
        with pytest.raises(ck.InputError, match=r"cannot write .*No space left"):
            codes.set(line(2), {"code": "y"})
        first = LineCodes(sheet.with_name("first.csv"))
        with pytest.raises(ck.InputError, match=r"cannot write .*No space left"):
            first.set(line(2), {"code": "y"})
    assert [path.name for path in sheet.parent.glob("*first*")] == [".first.csv.lock"]
    sheet.with_name(".first.csv.lock").unlink()
    assert codes.frame["code"].to_list() == LineCodes(sheet).frame["code"].to_list() == ["x"]
    lock = sheet.with_name(f".{sheet.name}.lock")
    assert {path: path.read_bytes() for path in sheet.parent.iterdir() if path != lock} == {
        path: data for path, data in before.items() if path != lock
    }
    codes.set(line(2), {"code": "y"})
    assert rows(sheet) == [("1", "x"), ("2", "y")]


def test_leftovers_of_the_dead_are_removed(sheet: Path) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    leftovers = [sheet.with_name(f".{sheet.name}.{'0' * 32}.{purpose}") for purpose in ("sheet-part", "sheet")]
    others = [sheet.with_name(".codes.csv.tmp"), sheet.with_name(f".other.csv.{'0' * 32}.sheet")]
    for path in (*leftovers, *others):
        path.write_bytes(sheet.read_bytes())
    sheet.with_name(f".{sheet.name}.lock").write_text('{"process": 1, "host": "h", "since": "s"}', encoding="utf-8")
    codes.set(line(1), {"code": "y"})
    assert not any(path.exists() for path in leftovers)
    assert all(path.exists() for path in others)


def test_what_a_killed_program_had_not_seen_is_found(sheet: Path) -> None:
    """It had replaced the sheet of a spreadsheet, and could not look into it any more."""
    codes = LineCodes(sheet, "sara")
    codes.set(line(1), {"code": "x"})
    unseen = [sheet.with_name(f".{sheet.name}.{digit * 32}.sheet") for digit in "01"]
    unseen[0].write_bytes(sheet.read_bytes() + f"a,7,,{line(7)['node']},,typed,\n".encode())
    unseen[1].write_bytes(b"torn")
    lock = sheet.with_name(f".{sheet.name}.lock")
    lock.write_text("{}", encoding="utf-8")
    with pytest.raises(ck.InputError, match=r"is kept as '\.codes\.csv\..*\.unread'"):
        codes.set(line(2), {"code": "y"})
    assert sorted(rows(sheet)) == [("1", "x"), ("2", "y"), ("7", "typed")]
    codes.set(line(2), {"code": "z"})
    assert [path.suffix for path in sorted(sheet.parent.glob(".codes.csv.*"))] == [".unread", ".lock"]


def test_a_sheet_that_is_open_elsewhere(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_sheet, "_PATIENCE", 0.0)
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})

    def is_open(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(shared_sheet, "swap_in", is_open)
    with pytest.raises(ck.InputError, match=r"If it is open in a spreadsheet, close it there\."):
        codes.set(line(1), {"code": "y"})


def test_a_history_that_ignored_the_lock_is_not_cut(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = LineCodes(sheet)
    codes.set(line(1), {"code": "x"})
    history = codes_history(sheet)
    more = history.read_bytes()
    open_shared = import_module("corpus_kit.coding.code_history").open_shared

    def late(path: Path, flags: int) -> int:
        with path.open("ab") as file:
            file.write(more)
        return int(open_shared(path, flags))

    monkeypatch.setattr("corpus_kit.coding.code_history.open_shared", late)
    with pytest.raises(ck.InputError, match=r"ignores the lock\. Try again"):
        codes.set(line(1), {"code": "y"})
    assert history.read_bytes() == more * 2


# ------------------------------------------------------------------------------------- the interface


def test_the_explorer_shows_conflicts(corpus: ck.Corpus, sheet: Path) -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    sara = ck.explore(corpus, "الوزير", sheet=sheet, coder="sara")
    ali = ck.explore(corpus, "الوزير", sheet=sheet, coder="ali")
    sara.assign(0, "for")
    with pytest.warns(
        UserWarning, match=r"^Line 0, a:1: This line was coded elsewhere .* its code is 'for' now \(by sara\)"
    ):
        ali.assign(0, "against", note="mine")
    assert ali._page["notice"].startswith("This line was coded elsewhere")
    assert ali._page["lines"][0]["conflicts"] == [{"column": "code", "value": "against", "coder": "ali"}]
    assert [shown["conflicts"] for shown in ali._page["lines"][1:]] == [[]] * 4
    assert ali.frame["code_conflict"].to_list() == ["against (ali)"] + [None] * 4
    assert ali.codes.select("code", "note", "code_conflict").rows() == [("for", "mine", "against (ali)")]
    assert "against (ali)" in ali._repr_mimebundle_()[0]["text/html"].replace("<bdi>", "").replace("</bdi>", "")
    assert repr(ali) == "<ConcordanceExplorer 'الوزير': 5 lines, 1 coded, 1 in conflict>"
    assert ali.history["kind"].to_list() == ["given", "conflict", "given"]
    assert ck.kwic(corpus, "الوزير").code(sheet)["code_conflict"].drop_nulls().to_list() == ["against (ali)"]
    assert sara.conflicts["other_value"].to_list() == ["against"]
    sara.assign(0, "against")
    assert ali.conflicts.is_empty()
    assert "code_conflict" not in ali.frame.columns


def test_the_page_decides_a_conflict(corpus: ck.Corpus, sheet: Path) -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    sara, ali = ck.explore(corpus, "الوزير", sheet=sheet), ck.explore(corpus, "الوزير", sheet=sheet)
    message = {"kind": "code", "id": "a", "position": 1, "column": "code", "was": None}
    sara._received(sara, {**message, "value": "for"}, [])
    ali._received(ali, {**message, "value": "against"}, [])
    assert len(ali._page["lines"][0]["conflicts"]) == 1
    ali._received(ali, {**message, "value": "for", "was": "for"}, [])  # "keep the present one"
    assert (ali._page["lines"][0]["conflicts"], ali._page["lines"][0]["code"]) == ([], "for")


def test_the_explorer_tells_what_a_spreadsheet_lost(corpus: ck.Corpus, sheet: Path) -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    lines = ck.explore(corpus, "الوزير", sheet=sheet)
    lines.assign(0, "x")
    lines.assign(1, "y")
    spread(sheet, lambda cells: cells.pop())
    lines.search("الوزير")
    assert "It had lost 1 codes or notes" in lines._page["notice"]
    assert lines.codes["code"].to_list() == ["x", "y"]


def test_without_a_sheet_there_is_a_history(corpus: ck.Corpus) -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    lines = ck.explore(corpus, "الوزير", coder="sara")
    lines.assign(0, "x")
    lines.assign(0, "y", note="n")
    assert lines.history.select("coder", "column", "value", "was").rows() == [
        ("sara", "code", "x", None), ("sara", "code", "y", "x"), ("sara", "note", "n", None)
    ]  # fmt: skip
    assert lines.conflicts.is_empty()


@pytest.mark.parametrize("coder", ["", " ", 5, "a\nb", "\ud800", "x" * 101, ["sara"]])
def test_bad_names_of_coders(corpus: ck.Corpus, coder: Any) -> None:
    with pytest.raises(ck.InputError, match=r"^coder must be a name of at most 100 characters, or None, got "):
        ck.explore(corpus, coder=coder)


def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(KeyError("uid 5")))
    assert LineCodes().coder == "unknown"
    monkeypatch.setattr("getpass.getuser", lambda: "s\x1bara\ud800")
    assert LineCodes().coder == "sara"


def test_times_can_be_fixed(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    LineCodes(sheet, "sara").set(line(1), {"code": "x"})
    assert json.loads(codes_history(sheet).read_bytes())["when"] == "1970-01-01T00:00:00.000Z"


def test_concordances_and_programs_share_a_sheet(corpus: ck.Corpus, sheet: Path) -> None:
    lines = ck.kwic(corpus, "الوزير")
    lines.code(sheet, ["stance"])
    assert not codes_history(sheet).exists()  # nobody has given a code with a program
    codes = LineCodes(sheet, "sara")
    row = lines.frame.row(0, named=True)
    codes.set(row, {"code": "x"})
    spread(sheet, lambda cells: cells[1].__setitem__(cells[0].index("code"), ""))
    coded = lines.code(sheet, ["stance", "tone"])
    assert coded["code"].to_list() == ["x"] + [None] * 4
    assert rows(sheet, "stance", "code", "note", "tone")[0] == (None, "x", None, None)
    before = sheet.stat().st_mtime_ns
    assert lines.code(sheet, ["stance", "tone"]).equals(coded)
    assert sheet.stat().st_mtime_ns == before  # nothing was missing


def test_a_spreadsheet_saves_while_a_concordance_adds_lines(
    corpus: ck.Corpus, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_sheet, "_CALM", 0.01)
    ck.kwic(corpus, "غائب").code(sheet)
    swap = shared_sheet.swap_in

    def late(*arguments: Any) -> Any:
        spread(sheet, lambda cells: cells[1].__setitem__(5, "typed"))
        monkeypatch.setattr(shared_sheet, "swap_in", swap)
        return swap(*arguments)

    monkeypatch.setattr(shared_sheet, "swap_in", late)
    ck.kwic(corpus, "الوزير").code(sheet)
    assert rows(sheet, "node", "code")[0] == ("غائب", "typed")
    assert len(rows(sheet)) == 6


def test_columns_of_the_user_may_have_any_name(corpus: ck.Corpus, sheet: Path) -> None:
    lines = ck.kwic(corpus, "الوزير")
    lines.code(sheet)
    names = ["found", "known", "row", "_value", "_set", "code_conflict", "_category", "value", "text"]
    pl.read_csv(sheet, infer_schema=False).with_columns(pl.lit(name).alias(name) for name in names).write_csv(sheet)
    codes = LineCodes(sheet)
    codes.set(lines.frame.row(0, named=True), {"code": "x"})
    codes.set(line(9), {"code": "y", "note": "n"})
    assert codes.of(lines.frame.with_columns(known=pl.lit("k"), _known=pl.lit("k")))["code"].to_list()[0] == "x"
    coded = lines.code(sheet)
    assert coded["code"].to_list() == ["x"] + [None] * 4
    assert rows(sheet, *names) == [tuple(names)] * 5 + [(None,) * len(names)]
