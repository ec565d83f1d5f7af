"""Damaged tables of n-grams and damaged half-finished counts: right rows, or an error that names the file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import CorpusError
from corpus_kit.scale import part_checks
from corpus_kit.scale.locations import Location
from corpus_kit.scale.sealed import misfit, read_json, read_sealed, sealed

counting = import_module("corpus_kit.scale.count_ngrams")

TEXTS = ["قال الوزير نعم", "قال الوزير لا", "غادر الوفد بغداد", "قال نعم"]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(counting, "cut_of", lambda *_: (60, 1))
    for number, text in enumerate(TEXTS):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "*.txt"


@pytest.fixture
def table(source: Path) -> ck.scale.NgramTable:
    return ck.scale.count_ngrams(source, (1, 2), source.parent / "out", progress=False)


def opened(table: ck.scale.NgramTable) -> ck.scale.NgramTable:
    return ck.scale.NgramTable.open(table.location.url)


def rows(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.collect().sort("n", "ngram")


def parts(table: ck.scale.NgramTable) -> list[Path]:
    return sorted(table.location.path.iterdir())


def flipped(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.write_bytes(data)


@pytest.mark.slow
def test_every_byte_of_a_part_is_checked(table: ck.scale.NgramTable) -> None:
    part = parts(table)[0]
    whole = part.read_bytes()
    for place in range(0, len(whole), 7 if len(whole) > 500 else 1):
        flipped(part, place)
        with pytest.raises(CorpusError, match=r"out is damaged: part-00000\.parquet has changed since"):
            opened(table).scan().collect()
        part.write_bytes(whole)
    assert rows(opened(table).scan()).equals(rows(table.scan()))


def test_every_byte_of_a_manifest_is_checked(table: ck.scale.NgramTable) -> None:
    path = Path(f"{table.location.url}.manifest.json")
    whole, expected = path.read_bytes(), table.manifest
    for place in range(0, len(whole), 5):
        flipped(path, place)
        try:
            found = opened(table).manifest
        except CorpusError as error:
            assert "out.manifest.json" in str(error)  # noqa: PT017  # it may also be white space
        else:
            assert found == expected
    path.write_bytes(whole)


QUERIES: dict[str, Callable[[pl.LazyFrame], Any]] = {
    "collect": lambda frame: frame.collect(),
    "streaming": lambda frame: frame.collect(engine="streaming"),
    "filter": lambda frame: frame.filter(pl.col("count") > 1).select("ngram").collect(),
    "top": lambda frame: frame.top_k(2, by="count").collect(),
    "sum": lambda frame: frame.select(pl.col("count").sum()).collect(),
    "length": lambda frame: frame.select(pl.len()).collect(),
    "head": lambda frame: frame.head(2).collect(),
    "group": lambda frame: frame.group_by("n").agg(pl.col("documents").sum()).collect(),
    "concat": lambda frame: pl.concat([frame, frame]).collect(),
    "together": lambda frame: pl.collect_all([frame.head(1), frame]),
    "batches": lambda frame: list(frame.collect_batches()),
    "joined": lambda frame: frame.join(frame.select("ngram"), on="ngram", how="semi").collect(),
}
DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: path.write_bytes(b""),
    "removed": lambda path: path.unlink(),
    "footer": lambda path: flipped(path, path.stat().st_size - 20),
    "replaced": lambda path: path.write_bytes(path.with_name("part-00001.parquet").read_bytes()),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("warm", [False, True])
def test_a_query_made_before_the_damage_ends_with_our_error(
    table: ck.scale.NgramTable, damage: str, warm: bool
) -> None:
    frames = {name: table.scan() for name in QUERIES}
    if warm:
        for name, query in QUERIES.items():
            query(frames[name])
    DAMAGE[damage](parts(table)[0])
    for name, query in QUERIES.items():
        with pytest.raises(CorpusError, match=r"part-00000\.parquet (has changed|is missing)"):
            query(frames[name])
    with pytest.raises(CorpusError, match=r"part-00000\.parquet"):
        ck.ngrams(table, 2)
    with pytest.raises(CorpusError, match=r"part-00000\.parquet"):
        table.verify()


def test_a_query_compares_what_it_touches_and_nothing_twice(
    table: ck.scale.NgramTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, set[str]]] = []
    whole = part_checks._compare

    def noted(location: Location, record: Any, columns: set[str]) -> None:
        compared.append((location.name, columns))
        whole(location, record, columns)

    monkeypatch.setattr(part_checks, "_compare", noted)
    table = opened(table)
    table.scan().select(pl.col("count").sum()).collect()
    assert sorted(compared) == [("part-00000.parquet", {"-", "count"}), ("part-00001.parquet", {"-", "count"})]
    compared.clear()
    table.scan().select(pl.col("count").max()).collect()
    assert compared == []
    table.scan().filter(pl.col("n") == 2).select("ngram").head(1).collect()
    assert {frozenset(columns) for _, columns in compared} == {frozenset({"n", "ngram"})}
    compared.clear()
    os.utime(parts(table)[1])
    table.scan().collect()
    assert sorted(compared) == [
        ("part-00000.parquet", {"documents"}),
        ("part-00001.parquet", {"-", "ngram", "n", "count", "documents"}),
    ]


def test_the_rows_of_parts_beyond_a_limit_are_not_compared(
    table: ck.scale.NgramTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, set[str]]] = []
    monkeypatch.setattr(part_checks, "_compare", lambda place, _, columns: compared.append((place.name, columns)))
    opened(table).scan().head(1).collect()
    assert ("part-00001.parquet", {"-"}) in compared


def test_blocks_are_the_whole_file(table: ck.scale.NgramTable) -> None:
    for part in table.manifest["parts"]:
        edges = [tuple(map(int, block.split(" ")[1:3])) for block in part["blocks"]]
        assert edges[0][0] == 0
        assert edges[-1][1] == part["bytes"]
        assert all(one[1] == other[0] for one, other in pairwise(edges))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content["parts"][0].update(name="../../x.parquet"), r"parts\[0\]\.name is '\.\./\.\./x"),
        (lambda content: content["parts"][0].update(name="part-00007.parquet"), "its parts are not numbered"),
        (lambda content: content["parts"][0].update(rows=-1), r"parts\[0\]\.rows is -1"),
        (lambda content: content["parts"][0].update(rows=True), r"parts\[0\]\.rows is True"),
        (lambda content: content["parts"][0].update(bytes=2**64), r"parts\[0\]\.bytes is 18446744073709551616"),
        (lambda content: content["parts"][0].update(blocks=["ngram 0 9 0123456789abcdef"]), "have gaps"),
        (lambda content: content["parts"][0].update(blocks=["x"]), r"parts\[0\]\.blocks\[0\] is 'x'"),
        (lambda content: content["parts"][0].update(more=1), r"parts\[0\] has other entries"),
        (lambda content: content["parts"].clear(), "its parts are not numbered"),
        (lambda content: content["options"].update(n=[1, 2, 3]), r"options\.n is \[1, 2, 3\]"),
        (lambda content: content["options"].update(n=[2, 1]), r"options\.n is"),
        (lambda content: content["options"].update(profile="x"), r"options\.profile is 'x'"),
        (lambda content: content.update(counts=[]), "counts has other entries"),
        (lambda content: content.update(format=1), "has format 1, and this version of corpus_kit reads 2"),
        (lambda content: content.pop("workers"), "its content has other entries"),
    ],
)
def test_a_forged_manifest_is_refused(
    table: ck.scale.NgramTable, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    path = Path(f"{table.location.url}.manifest.json")
    content = json.loads(path.read_bytes())
    del content["seal"]
    change(content)
    path.write_bytes(sealed(content))
    with pytest.raises(CorpusError, match=message):
        opened(table).scan().collect()


@pytest.mark.skipif(sys.platform == "win32", reason="such files are POSIX")
@pytest.mark.parametrize("name", ["out.manifest.json", "out/part-00000.parquet"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "nowhere"])
def test_what_is_no_file_is_refused(table: ck.scale.NgramTable, name: str, kind: str) -> None:
    path = table.location.path.parent / name
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "device" else "absent")
    with pytest.raises(CorpusError, match=r"out"):
        opened(table).scan().collect()


def test_a_damaged_table_without_its_manifest(table: ck.scale.NgramTable) -> None:
    Path(f"{table.location.url}.manifest.json").unlink()
    with pytest.warns(UserWarning, match="has no manifest"):
        bare = opened(table)
    assert rows(bare.scan()).equals(rows(table.scan()))
    assert bare.scan().filter(n=2).select("ngram").head(1).collect().height == 1
    os.truncate(parts(table)[1], 300)
    with pytest.raises(CorpusError, match=r"part-00001\.parquet cannot be read"):
        bare.scan().collect()
    parts(table)[0].write_bytes(b"PAR1")
    with pytest.raises(CorpusError, match=r"part-00000\.parquet cannot be read"):
        opened(table)


def test_parts_in_a_store_are_read_only_if_they_are_other_objects(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A store in memory keeps no checksums; here the times of its listings stand for them.
    monkeypatch.setattr(Location, "checksum", lambda place: place.parent.stamps()[place.name])
    out = Location.of("memory://damage/tables/out")
    table = ck.scale.count_ngrams(source, 2, out.url, progress=False)
    try:
        checks = ck.scale.NgramTable.open(out.url)._checks
        assert checks is not None
        with monkeypatch.context() as patch:
            patch.setattr(part_checks, "_compare", None)  # must not be called
            checks.expect()
        part = out / "part-00000.parquet"
        whole = part.read()
        part.write([whole])  # the same content, as after a copy
        checks.expect()
        part.write([whole[:-9] + b"?" + whole[-8:]])
        with pytest.raises(CorpusError, match=r"part-00000\.parquet has changed"):
            checks.expect()
        assert table.manifest["parts"][0]["mark"].startswith(f"{len(whole)}:")
    finally:
        out.parent.delete_folder()


# ------------------------------------------------------------------------------------------ half-finished counts


def half(source: Path, monkeypatch: pytest.MonkeyPatch, stop: int = 1) -> Path:
    """Leave a count before this bucket is merged; return its folder."""
    merge = counting.merge_bucket

    def merged(bucket: int, plan: Any) -> Any:
        if bucket >= stop:
            raise RuntimeError("lost")
        return merge(bucket, plan)

    with monkeypatch.context() as patch:
        patch.setattr(counting, "merge_bucket", merged)
        patch.setattr(counting, "threads", lambda: 1)
        with pytest.raises(RuntimeError, match="lost"):
            ck.scale.count_ngrams(source, (1, 2), source.parent / "half", progress=False)
    return source.parent / "half.counting"


@pytest.mark.parametrize("name", ["partitions/000001.json", "buckets/00000.json", "parts/part-00000.parquet"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "removed", "garbage"])
def test_a_task_whose_files_are_damaged_is_run_again(
    source: Path, table: ck.scale.NgramTable, monkeypatch: pytest.MonkeyPatch, name: str, damage: str
) -> None:
    path = half(source, monkeypatch) / name
    if damage == "flipped":
        flipped(path, path.stat().st_size // 2)
    elif damage == "cut":
        os.truncate(path, path.stat().st_size - 1)
    elif damage == "removed":
        path.unlink()
    else:
        path.write_text("[1, 2]", encoding="utf-8")
    resumed = ck.scale.count_ngrams(source, (1, 2), source.parent / "half", progress=False)
    assert resumed.id == table.id
    assert rows(resumed.scan()).equals(rows(table.scan()))


@pytest.mark.slow
def test_every_byte_of_a_run_is_checked(
    source: Path, table: ck.scale.NgramTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged index makes its partition be counted again; a damaged bucket is an error that says what to do."""
    work = half(source, monkeypatch, stop=0)
    whole = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    run = work / "runs" / "000000-0000.run"
    for place in range(0, len(whole[run]), 3):
        for path, data in whole.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        flipped(run, place)
        try:
            found = ck.scale.count_ngrams(source, (1, 2), source.parent / "half", progress=False)
        except CorpusError as error:
            assert f"{run.name} is damaged" in str(error)  # noqa: PT017
            run.unlink()  # as the message advises
            found = ck.scale.count_ngrams(source, (1, 2), source.parent / "half", progress=False)
        assert rows(found.scan()).equals(rows(table.scan())), place
        (source.parent / "half.manifest.json").unlink()
        for path in (source.parent / "half").iterdir():
            path.unlink()
        (source.parent / "half").rmdir()


@pytest.mark.parametrize("place", [1, 30, -30])
def test_a_damaged_plan_is_an_error(source: Path, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    flipped(half(source, monkeypatch) / "plan.json", place)
    with pytest.raises(CorpusError, match=r"half\.counting/plan\.json is damaged.*resume=False"):
        ck.scale.count_ngrams(source, (1, 2), source.parent / "half", progress=False)
    ck.scale.count_ngrams(source, (1, 2), source.parent / "half", resume=False, progress=False).verify()


@pytest.mark.parametrize("pid", [-1, 0, 2**40, "x", None])
@pytest.mark.parametrize("renewed", [1e300, -1, "nan", None])
def test_an_impossible_lock_is_that_of_a_run_that_ended(source: Path, pid: Any, renewed: Any) -> None:
    (source.parent / "out.counting").mkdir()
    lock = {"host": "elsewhere\x1b[2J", "pid": pid, "renewed": renewed}
    (source.parent / "out.counting" / "lock.json").write_text(json.dumps(lock), encoding="utf-8")
    ck.scale.count_ngrams(source, 1, source.parent / "out", progress=False)


# --------------------------------------------------------------------------------------------------- sealed files


def test_sealed_files(tmp_path: Path) -> None:
    place = Location.of(tmp_path / "a.json")
    place.write([sealed({"a": 1, "b": ["خبر", "\u2028"]})])
    assert read_sealed(place, {"a": int, "b": [str]}) == {"a": 1, "b": ["خبر", "\u2028"]}
    with pytest.raises(CorpusError, match=r"a\.json is damaged: b\[0\] is 'خبر'"):
        read_sealed(place, {"a": int, "b": [int]})
    for content in (b"{", b"[]", b'"\\ud800"', b"\xff", b"[" * 100_000, b"1" * 5000, b'{"seal": []}', b'{"a": 1}'):
        place.write([content])
        with pytest.raises(CorpusError, match=r"a\.json is damaged"):
            read_sealed(place, {"a": int})
    with pytest.raises(CorpusError, match="there is no file"):
        read_json(Location.of(tmp_path / "absent.json"))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(CorpusError, match="larger than 256 MiB"):
        read_json(Location.of(tmp_path / "a.json"))


def test_shapes() -> None:
    shape = {"a": (None, int), "b": [{"c": bool}], "d": lambda value: value == "d"}
    good: dict[str, Any] = {"a": None, "b": [{"c": False}], "d": "d"}
    assert misfit(good, shape) == ""
    for name, value in (("a", 1.5), ("a", False), ("b", {}), ("b", [{"c": 0}]), ("b", [{}]), ("d", None)):
        assert misfit({**good, name: value}, shape).startswith(name)
    assert misfit({**good, "e": 1}, shape) == "its content has other entries than a, b, d"
