"""Programs and a spreadsheet that write one sheet of codes at the same time, and are killed: no code is lost."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from corpus_kit.coding import shared_sheet
from corpus_kit.coding.coding import with_codes
from corpus_kit.coding.line_codes import LineCodes
from corpus_kit.errors import CorpusKitError

from .part import BrokenPromiseError, Part, Refused, attempt

_TEXTS = ("before", "node", "after")
_CODED = ("code", "note")
_BEGINNINGS = ["", "", "=", "+", "-", "@", "'", "'="]  # of codes; some are those of formulas
_TRIES = 200  # of a code that is refused, since the spreadsheet is writing

# What programs do runs in forks of a process that has imported the library, and has not used Polars: its threads do
# not survive a fork.


def _prepare(folder: Path) -> Path:
    return folder


def _case(folder: Path, rng: Random) -> str:
    place = Path(tempfile.mkdtemp(dir=folder))
    try:
        return _damage(place, rng) if rng.random() < 0.2 else _run(place / "codes.csv", rng)
    finally:
        shutil.rmtree(place)


def _run(sheet: Path, rng: Random) -> str:
    lines = rng.randrange(3, 30)
    ends = rng.choice(["", "killed", "interrupted"])
    with_spreadsheet = rng.random() < 0.5
    if rng.random() < 0.5:
        _write_sheet(sheet, [_row(line) for line in range(lines)], rng)
    tasks = {f"p{number}": _task(f"p{number}", lines, rng) for number in range(rng.choice([1, 2, 2, 3, 4, 8]))}
    spreadsheet = _forked(_spread, sheet, rng.getrandbits(32)) if with_spreadsheet else None
    running = {_forked(_program, sheet, name, task, _end(ends, rng)): name for name, task in tasks.items()}
    try:
        while running:
            pid, status = os.wait()
            name = running.pop(pid, "spreadsheet")
            if name != "spreadsheet" and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                rest = tasks[name][len(_read(sheet, name)) :]
                running[_forked(_program, sheet, name, rest, _end(ends, rng))] = name
            elif status:
                raise BrokenPromiseError(f"{name} ended with status {status}")
        if spreadsheet is not None:
            os.kill(spreadsheet, signal.SIGTERM)
            os.waitpid(spreadsheet, 0)
            spreadsheet = None
    finally:
        for left in [*running, *([] if spreadsheet is None else [spreadsheet])]:
            os.kill(left, signal.SIGKILL)
            os.waitpid(left, 0)
    given = [each for name in tasks for each in _read(sheet, name)]
    os.waitpid(_forked(_judge, sheet, given, _read(sheet, "spreadsheet")), 0)
    (verdict,) = _read(sheet, "judge")
    if verdict["broken"]:
        raise BrokenPromiseError(verdict["broken"])
    return f"{'with' if with_spreadsheet else 'without'} a spreadsheet{', ' if ends else ''}{ends}"


def _task(name: str, lines: int, rng: Random) -> list[dict[str, Any]]:
    return [
        {
            "line": rng.randrange(lines),
            "column": rng.choice(_CODED),
            "value": rng.choice([f"{rng.choice(_BEGINNINGS)}{name}-{number}", "x", None]),
        }
        for number in range(rng.randrange(1, 8))
    ]


def _end(ends: str, rng: Random) -> tuple[str, int] | None:
    """Return how a program ends, and at which of its calls to the system."""
    return (ends, rng.randrange(1, 400)) if ends and rng.random() < 0.7 else None


# -------------------------------------------------------------------------------------- processes


def _forked(work: Callable[..., Any], sheet: Path, *arguments: Any) -> int:
    """Run a function in a fork, and return its id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        shared_sheet._CALM = 0.02
        work(sheet, *arguments)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _program(sheet: Path, name: str, task: list[dict[str, Any]], end: tuple[str, int] | None) -> None:
    """Give codes, and note what became of each."""
    codes = _opened(sheet, name)
    ending = None if end is None else _ending(*end)
    for each in task:
        line = _row(each["line"]) | {"position": each["line"]}
        _note(sheet, name, [{**each, "status": _give(codes, line, each, ending)}])


def _opened(sheet: Path, name: str) -> LineCodes:
    """Open a sheet that others are writing, again if it never stands still."""
    for _ in range(_TRIES):
        try:
            return LineCodes(sheet, coder=name)
        except CorpusKitError as error:
            problem = str(error)
            time.sleep(0.01)
    raise BrokenPromiseError(problem)


def _give(codes: LineCodes, line: dict[str, Any], each: dict[str, Any], ending: Any) -> str:
    """Give a code, and return what became of it."""
    for _ in range(_TRIES):
        try:
            sys.setprofile(ending)
            refused = codes.set(line, {each["column"]: each["value"]})
        except CorpusKitError as error:
            problem = str(error)
            time.sleep(0.01)
        except KeyboardInterrupt:
            return "interrupted"
        else:
            return "given" if not refused else "conflict" if refused[0].is_kept else "refused"
        finally:
            sys.setprofile(None)
    raise BrokenPromiseError(problem)


def _ending(kind: str, number: int) -> Callable[[Any, str, Any], None]:
    """Return a profiler that kills or interrupts this process at its n-th call to the system, before or after it."""
    calls = 0

    def count(_frame: Any, event: str, called: Any) -> None:
        nonlocal calls
        if event in ("c_call", "c_return"):
            module = getattr(called, "__module__", None) or type(getattr(called, "__self__", None)).__module__
            calls += module in ("posix", "fcntl", "_io")
        if calls >= number:
            calls = -1_000_000
            if kind == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            raise KeyboardInterrupt

    return count


# ------------------------------------------------------------------------------------ spreadsheet


def _spread(sheet: Path, seed: int) -> None:
    """Read the sheet, fill in some cells, empty some, delete a row, and save it, again and again until SIGTERM."""
    rng = Random(seed)
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
    number = 0
    parent = os.getppid()
    while not stopping and os.getppid() == parent:
        time.sleep(rng.random() * 0.03)
        rows = _rows(sheet)
        time.sleep(rng.random() * 0.02)  # others write meanwhile
        saved = []
        for row in rng.sample(rows, min(len(rows), 3)):
            number += 1
            column, value = rng.choice(_CODED), rng.choice([f"s-{number}", f"-s-{number}", f"=s-{number}", "x", ""])
            row[column] = value
            saved.append({**_place(row), "column": column, "value": value})
        if rows and rng.random() < 0.2:
            place = _place(rows.pop(rng.randrange(len(rows))))
            saved += [{**place, "column": column, "value": ""} for column in _CODED]
        if rows:
            _write_sheet(sheet, rows, rng)
            _note(sheet, "spreadsheet", saved)


def _rows(sheet: Path) -> list[dict[str, Any]]:
    try:
        text = sheet.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return []
    header = text.partition("\n")[0]
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;", key=header.count)))


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "position": int(row["position"])}


def _write_sheet(sheet: Path, rows: list[dict[str, Any]], rng: Random) -> None:
    """Write a sheet as spreadsheets and scripts do: in place, in pieces, or by renaming."""
    text = io.StringIO()
    columns = list(dict.fromkeys([*rows[0], *_CODED]))
    style = {"delimiter": rng.choice(",;"), "lineterminator": rng.choice(["\n", "\r\n"])}
    writer = csv.DictWriter(text, columns, restval="", **style)  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode("utf-8-sig")
    way = rng.choice(["in place", "in pieces", "by renaming"])
    if way == "by renaming":
        new = sheet.with_name("new.tmp")
        new.write_bytes(data)
        new.replace(sheet)
        return
    with sheet.open("wb") as file:
        if way == "in pieces":
            place = rng.randrange(len(data))
            file.write(data[:place])
            file.flush()
            time.sleep(0.003)
            data = data[place:]
        file.write(data)


def _row(line: int) -> dict[str, Any]:
    return {"id": f"d{line % 3}", "position": str(line), "before": 'قال "نعم"،', "node": f"كلمة{line}", "after": "\nثم"}


def _note(sheet: Path, name: str, lines: list[dict[str, Any]]) -> None:
    with sheet.with_name(f"{name}.log").open("a") as log:
        log.writelines(json.dumps(line) + "\n" for line in lines)


def _read(sheet: Path, name: str) -> list[dict[str, Any]]:
    log = sheet.with_name(f"{name}.log")
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


# ------------------------------------------------------------------------------------------ damage


def _damage(place: Path, rng: Random) -> str:
    """Damage a sheet or its history, and use it."""
    sheet = place / f"codes{rng.choice(['.csv', '.csv', '.tsv', '.parquet'])}"
    os.waitpid(_forked(_use_damaged, sheet, rng.getrandbits(32)), 0)
    (verdict,) = _read(sheet, "judge")
    if verdict["broken"]:
        raise BrokenPromiseError(verdict["broken"])
    return f"damaged, {verdict['outcome']}"


def _use_damaged(sheet: Path, seed: int) -> None:
    try:
        shared_sheet._CALM, shared_sheet._FRESH = 0.001, 0.002
        verdict = _use(sheet, Random(seed))
    except BaseException:
        verdict = {"broken": traceback.format_exc()}
    _note(sheet, "judge", [verdict])


def _use(sheet: Path, rng: Random) -> dict[str, str | None]:
    codes = LineCodes(sheet, coder="p")
    lines = [_row(line) | {"position": line} for line in range(4)]
    for line in lines:
        codes.set(line, {"code": f"x{line['position']}", "note": "n,\n"})
    history = sheet.with_name(f"{sheet.name}.history.jsonl")
    target = rng.choice([sheet, sheet, history])
    whole = target.read_bytes()
    target.write_bytes(_mutated(whole, rng))
    before = sheet.read_bytes(), history.read_bytes()
    uses: list[Callable[[], Any]] = [
        lambda: LineCodes(sheet),
        codes.refresh,
        lambda: codes.history,
        lambda: with_codes(pl.DataFrame(lines, schema_overrides={"position": pl.UInt32}), sheet, "stance"),
        lambda: codes.set(_row(9) | {"position": 9}, {"code": "later"}),
    ]
    refused = [isinstance(attempt(use, "damage"), Refused) for use in uses]
    if all(refused):
        if (sheet.read_bytes(), history.read_bytes()) != before:
            return {"broken": "a sheet was refused, and changed"}
        target.write_bytes(whole)
    again = attempt(lambda: LineCodes(sheet), "damage")
    if isinstance(again, Refused) or (refused[-1] and not all(refused)):
        return {"broken": None, "outcome": "refused in part"}
    told = {*again.history["value"], *again.frame["code"]}
    lost = {f"x{line['position']}" for line in lines} - told
    broken = f"{target.name} was damaged, and {lost} lost" if lost else None
    return {"broken": broken, "outcome": "refused" if all(refused) else "taken for a change"}


def _mutated(data: bytes, rng: Random) -> bytes:
    special = [b'"', b",", b";", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"1" * 40, b"\t", b"{", b"null"]
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        rows = data.split(b"\n")
        ways = {
            "flip": data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :],
            "insert": data[:at] + rng.choice(special) + data[at:],
            "delete": data[:at] + data[at + rng.choice([1, 3, 30]) :],
            "cut": data[:at],
            "repeat": data[:to] + data[at:to] + data[to:],
            "shuffle": b"\n".join(rng.sample(rows, len(rows))),
        }
        data = ways[rng.choice(list(ways))]
    return data


# ---------------------------------------------------------------------------------- what came of it


def _judge(sheet: Path, given: list[Any], saved: list[Any]) -> None:
    try:
        broken = _broken(sheet, given, saved)
    except BaseException:
        broken = traceback.format_exc()
    _note(sheet, "judge", [{"broken": broken}])


def _broken(sheet: Path, given: list[Any], saved: list[Any]) -> str | None:
    """Return what is lost or wrong."""
    codes = LineCodes(sheet, coder="judge")
    codes.set(_row(99) | {"position": 99}, {"code": "done"})  # so that everything is written
    left = [path.name for path in sheet.parent.iterdir() if path.suffix not in (".csv", ".jsonl", ".lock", ".log")]
    if left:
        return f"left behind: {left}"
    entries: dict[Any, list[dict[str, Any]]] = {}
    for entry in codes.history.to_dicts():
        entries.setdefault((entry["id"], entry["position"], entry["column"]), []).append(entry)
    again = LineCodes(sheet).frame.select("id", "position", *_CODED)
    cells = {
        (id, position, column): value
        for id, position, *values in again.rows()
        for column, value in zip(_CODED, values, strict=True)
    }
    for key, found in entries.items():
        problem = _not_replayed(found, cells.get(key), only_programs=not saved)
        if problem:
            return f"{problem}: {key}: {cells.get(key)!r}, {found}"
    for each in given:
        found = entries.get((_row(each["line"])["id"], each["line"], each["column"]), [])
        kinds = {"given": ("given", "found"), "conflict": ("conflict",)}.get(each["status"])
        if kinds and each["value"] and not _has(found, each["value"], kinds):
            return f"lost: {each}: {found}"
    last = {(each["id"], each["position"], each["column"]): each["value"] for each in saved}
    for key, value in last.items():
        if value and not _has(entries.get(key, []), value, ("given", "found")):
            return f"lost of the spreadsheet: {key}: {value}, {entries.get(key)}"
    return None


def _has(entries: list[dict[str, Any]], value: str, kinds: tuple[str, ...]) -> bool:
    return any(entry["value"] == value and entry["kind"] in kinds for entry in entries)


def _not_replayed(entries: list[dict[str, Any]], now: str | None, *, only_programs: bool) -> str | None:
    """Return what is wrong with the history of a cell."""
    value, is_given = None, False
    for entry in entries:
        if only_programs and entry["kind"] in ("found", "restored"):
            return "nothing but programs wrote"
        if entry["kind"] == "found" and entry["value"] is None and is_given:
            return "an empty cell took away what was given"
        if entry["kind"] in ("given", "found"):
            if entry["was"] != value:
                return "an entry does not continue the one before"
            value, is_given = entry["value"], entry["kind"] == "given"
    return None if value == now else "the sheet and the history differ"


PART = Part(
    name="sheets",
    promise="No code that was given is lost, whoever writes the sheet at the same time, and whoever is killed.",
    prepare=_prepare,
    case=_case,
    quick=0,
    slow=3,
    seconds=60,
)
