"""Counting at scale equals counting in memory, however it is partitioned and wherever it is interrupted."""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import shared_folder
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._base.arguments import memory_argument
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.errors import CorpusError, InputError, SourceError
from corpus_kit.machine import memory
from corpus_kit.scale import partition
from corpus_kit.scale.locations import Location
from corpus_kit.scale.plan import CountPlan, cut_of
from corpus_kit.scale.sealed import sealed
from corpus_kit.scale.sources import plan_source
from corpus_kit.text.ngram_options import ngram_options

# The module; the package attribute of this name is the function.
counting = import_module("corpus_kit.scale.count_ngrams")

WORDS = ["في", "من", "كتاب", "كتابٌ", "بيت", "قلم", "a", "ab", "٣", "#وسم", "الكتاب", "."]


def in_memory(texts: pl.Series | list[str], n: int | tuple[int, int], **options: Any) -> pl.DataFrame:
    return ck.count_ngrams(texts, n, **options).sort("ngram", "n")


def rows(table: ck.scale.NgramTable) -> pl.DataFrame:
    return table.scan().collect().sort("ngram", "n")


def cut_into(monkeypatch: pytest.MonkeyPatch, partition_bytes: int, bits: int) -> None:
    """Set the size of partitions and the number of buckets, whatever the memory."""
    monkeypatch.setattr(counting, "cut_of", lambda *_: (partition_bytes, bits))


@pytest.fixture(scope="session")
def news() -> pl.Series:
    """Return real articles if available, else invented ones."""
    folder = shared_folder()
    if folder is None:
        return generated_texts(12)
    table = pl.read_parquet(folder / "data" / "saudinewsnet-part1.parquet", columns=["content"])
    return table["content"].head(4000).alias("text")


@pytest.fixture(scope="session")
def news_file(news: pl.Series, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "news.parquet"
    news.to_frame().write_parquet(path, row_group_size=250)
    return path


@pytest.fixture(scope="session")
def bigrams(news: pl.Series) -> pl.DataFrame:
    return in_memory(news, 2)


@pytest.fixture(scope="session")
def few(news: pl.Series) -> pl.Series:
    """Return about a megabyte of text for tests with small partitions."""
    return news.head(500)


@pytest.fixture(scope="session")
def few_file(few: pl.Series, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("few") / "few.parquet"
    few.to_frame().write_parquet(path, row_group_size=30)
    return path


@pytest.fixture(scope="session")
def few_bigrams(few: pl.Series) -> pl.DataFrame:
    return in_memory(few, 2)


# ---------------------------------------------------------------------------------- same result for any partitioning


@pytest.mark.parametrize("memory", ["64MB", "2GB"])
def test_rows_equal_a_count_in_memory(
    memory: str, news: pl.Series, news_file: Path, bigrams: pl.DataFrame, tmp_path: Path
) -> None:
    table = ck.scale.count_ngrams(news_file, 2, tmp_path / "out", memory=memory, progress=False)
    assert rows(table).equals(bigrams)
    assert table.manifest["counts"]["documents"] == len(news)
    assert table.manifest["counts"]["occurrences"] == bigrams["count"].sum()
    table.verify()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "options"),
    [
        ((1, 3), {}),
        ((2, 2), {"min_count": 3}),
        (3, {"within": "sentence"}),
        (2, {"within": "document", "profile": "dediac"}),
        ((1, 2), {"profile": None, "tokenizer": "whitespace"}),
        (2, {"tokenizer": "whitespace"}),
        (2, {"skip": 2, "min_count": 2}),
        (8, {"profile": None}),
    ],
)
def test_options_mean_the_same_as_in_memory(
    n: Any, options: dict[str, Any], few: pl.Series, few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_into(monkeypatch, 1 << 17, 3)
    table = ck.scale.count_ngrams(few_file, n, tmp_path / "out", progress=False, **options)
    assert rows(table).equals(in_memory(few, n, **options))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("partition_bytes", "bits", "workers"),
    [(1, 0, 1), (1, 0, 3), (1 << 18, 1, 3), (1 << 20, 9, 1), (1 << 20, 9, 3), (1 << 40, 11, 3)],
)
def test_partitions_buckets_and_workers_change_nothing(
    partition_bytes: int, bits: int, workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = generated_texts(0.6)
    texts.to_frame().write_parquet(tmp_path / "news.parquet", row_group_size=20)
    cut_into(monkeypatch, partition_bytes, bits)
    monkeypatch.setattr(counting, "threads", lambda: workers)
    table = ck.scale.count_ngrams(tmp_path / "news.parquet", (1, 2), tmp_path / "out", progress=False)
    assert rows(table).equals(in_memory(texts, (1, 2)))
    assert len(table.manifest["parts"]) == 1 << bits


@settings(max_examples=examples(40))
@given(
    texts=st.lists(st.lists(st.sampled_from([*WORDS, "\n", "\x01", "😀"]), max_size=12).map(" ".join), max_size=12),
    n=st.sampled_from([1, 2, (1, 3), (2, 5)]),
    partition_bytes=st.sampled_from([1, 40, 10_000]),
    bits=st.integers(0, 4),
    run_tokens=st.sampled_from([1, 7, 10_000]),
    run_rows=st.sampled_from([1, 5, 10_000]),
    min_count=st.integers(1, 3),
)
def test_random_texts(
    texts: list[str],
    n: int | tuple[int, int],
    partition_bytes: int,
    bits: int,
    run_tokens: int,
    run_rows: int,
    min_count: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("random")
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "b.jsonl").write_text('{"text": null}\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        cut_into(patch, partition_bytes, bits)
        patch.setattr(counting.CountPlan, "run_tokens", run_tokens)
        patch.setattr(counting.CountPlan, "run_rows", lambda *_: run_rows)
        table = ck.scale.count_ngrams(
            folder / "*.jsonl", n, folder / "out", min_count=min_count, profile=None, tokenizer="whitespace",
            progress=False,
        )  # fmt: skip
    expected = in_memory(texts, n, min_count=min_count, profile=None, tokenizer="whitespace")
    assert rows(table).equals(expected)
    for part in sorted((folder / "out").iterdir()):
        ngrams = pl.read_parquet(part)["ngram"].cast(pl.Binary).to_list()
        assert ngrams == sorted(ngrams)


def test_runs_per_partition_change_nothing(
    few_file: Path, few_bigrams: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting.CountPlan, "run_tokens", 6_000)
    table = ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    assert rows(table).equals(few_bigrams)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "options"), [(2, {}), ((1, 3), {}), (3, {"skip": 2})])
def test_too_many_rows_for_one_run_start_another(
    n: int | tuple[int, int],
    options: dict[str, Any],
    few: pl.Series,
    few_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    write_run = partition.write_run

    def counting_rows(*given: Any) -> Any:
        record = write_run(*given)
        made.append(record.rows)
        return record

    monkeypatch.setattr(partition, "write_run", counting_rows)
    monkeypatch.setattr(counting.CountPlan, "run_rows", lambda *_: 5_000)
    cut_into(monkeypatch, 1 << 17, 3)
    table = ck.scale.count_ngrams(few_file, n, tmp_path / "out", progress=False, **options)
    assert rows(table).equals(in_memory(few, n, **options))
    assert max(made) <= 5_000 + 3  # each length is split separately
    assert len(made) > sum(made) / 5_000


@pytest.mark.slow
def test_a_hash_of_eight_bits_is_still_exact(
    few_file: Path, few_bigrams: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_into(monkeypatch, 1 << 18, 9)
    monkeypatch.setattr(counting, "CountPlan", partial(counting.CountPlan, hash_bits=8))
    table = ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    assert rows(table).equals(few_bigrams)
    filled = [part for part in table.manifest["parts"] if part["rows"]]
    assert len(filled) <= 256 < len(table.manifest["parts"])


def test_min_count_applies_to_the_total(few_file: Path, few_bigrams: pl.DataFrame, tmp_path: Path) -> None:
    table = ck.scale.count_ngrams(few_file, 2, tmp_path / "out", min_count=4, memory="64MB", progress=False)
    assert rows(table).equals(few_bigrams.filter(pl.col("count") >= 4))


def test_the_same_call_gives_the_same_bytes(few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = []
    for threads in (1, 2):
        monkeypatch.setattr(counting, "threads", lambda number=threads: number)
        cut_into(monkeypatch, 1 << 17, 4)
        table = ck.scale.count_ngrams(few_file, 2, tmp_path / f"out{threads}", progress=False)
        digests.append([part["sha256"] for part in table.manifest["parts"]])
        assert table.id == table.manifest["checksum"][:16]
    assert digests[0] == digests[1]


def test_id_depends_on_the_rows_only(few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for number, (partition_bytes, bits, min_count) in enumerate([(1 << 40, 0, 1), (1 << 17, 5, 1), (1 << 17, 5, 2)]):
        cut_into(monkeypatch, partition_bytes, bits)
        table = ck.scale.count_ngrams(
            few_file, 2, tmp_path / f"out{number}", min_count=min_count, progress=False
        )  # fmt: skip
        ids.append(table.manifest["checksum"])
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("texts", [[], ["", "  "], ["...", "،"]])
def test_texts_without_words_give_an_empty_table(texts: list[str], tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"text": text}) for text in texts)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    table = ck.scale.count_ngrams(tmp_path / "a.jsonl", 2, tmp_path / "out", progress=False)
    assert rows(table).equals(in_memory(texts, 2))
    assert ck.ngrams(table).is_empty()


# ------------------------------------------------------------------------------- interruption and resumption


def run_in_another_process(source: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a count in another process that pauses at each small partition."""
    program = f"""
import time, functools, importlib
counting = importlib.import_module("corpus_kit.scale.count_ngrams")
counting.cut_of = lambda *_: (1 << 18, 6)
def slowly(task):
    @functools.wraps(task)
    def wrapped(item, plan):
        time.sleep(0.02)
        return task(item, plan)
    return wrapped
counting.count_partition = slowly(counting.count_partition)
counting.merge_bucket = slowly(counting.merge_bucket)
counting.count_ngrams({str(source)!r}, 2, {str(out)!r}, progress=False)
"""
    return subprocess.Popen([sys.executable, "-c", program])


def wait_for(place: Path, count: int, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a folder has so many records."""
    for _ in range(6000):
        if place.is_dir() and len(list(place.glob("*.json"))) >= count:
            return
        assert process is None or process.poll() is None, "the run ended too early"
        time.sleep(0.01)
    raise AssertionError(f"{place} never held {count} records")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("folder", ["partitions", "buckets"])
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_is_resumed(
    folder: str, kill: signal.Signals, news_file: Path, bigrams: pl.DataFrame, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out, work = tmp_path / "out", tmp_path / "out.counting"
    process = run_in_another_process(news_file, out)
    wait_for(work / folder, 4, process)
    process.send_signal(kill)
    assert process.wait(60) != 0
    assert not out.exists()
    with pytest.raises(CorpusError, match="is not finished"):
        ck.scale.NgramTable.open(out)
    done = {path.name for path in (work / folder).glob("*.json")}
    total = len(json.loads((work / "plan.json").read_text(encoding="utf-8"))["partitions"])
    again: list[int] = []
    name = {"partitions": "count_partition", "buckets": "merge_bucket"}[folder]
    task = getattr(counting, name)

    def noted(item: Any, plan: Any) -> Any:
        again.append(item if folder == "buckets" else item.number)
        return task(item, plan)

    monkeypatch.setattr(counting, name, noted)
    table = ck.scale.count_ngrams(news_file, 2, out, progress=False)
    assert rows(table).equals(bigrams)
    assert 4 <= len(done) < (64 if folder == "buckets" else total)
    assert not {int(name.removesuffix(".json")) for name in done} & set(again)
    assert len(again) == (64 if folder == "buckets" else total) - len(done)
    assert not work.exists()


def test_a_finished_table_is_not_counted_again(few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ck.scale.count_ngrams(few_file, 1, tmp_path / "out", progress=False)

    def never(*_: object) -> None:
        raise AssertionError("counted again")

    monkeypatch.setattr(counting, "count_partition", never)
    again = ck.scale.count_ngrams(few_file, 1, tmp_path / "out", progress=False)
    assert again.manifest == first.manifest


@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_ends_before_its_manifest_is_written_is_resumed(
    again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if an existing table has already been replaced."""
    (tmp_path / "a.txt").write_text("كتاب جديد", encoding="utf-8")
    if again:
        ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "out", progress=False)
    whole = Location.write

    def lost(location: Location, pieces: Any, **how: Any) -> None:
        if location.name == "manifest.json":
            raise RuntimeError("lost")
        whole(location, pieces, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Location, "write", lost)
        with pytest.raises(RuntimeError, match="lost"):
            ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", resume=False, progress=False)
    table = ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", progress=False)
    table.verify()
    assert rows(table)["ngram"].to_list() == ["جديد", "كتاب"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out", "out.manifest.json"]


def test_leftovers_of_a_finished_run_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد", encoding="utf-8")
    first = ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", progress=False)
    (tmp_path / "out.counting" / "runs").mkdir(parents=True)
    (tmp_path / "out.counting" / "runs" / "000000-0000.run").write_bytes(b"CKRUN001")
    assert ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", progress=False).id == first.id
    assert not (tmp_path / "out.counting").exists()


def test_paths_that_look_like_globs(tmp_path: Path) -> None:
    folder = tmp_path / "أخبار [1] *"
    folder.mkdir()
    (folder / "a[0].txt").write_text("كتاب جديد", encoding="utf-8")
    table = ck.scale.count_ngrams(folder / "a[0].txt", 1, folder / "out?", progress=False)
    assert rows(table)["ngram"].to_list() == ["جديد", "كتاب"]
    assert ck.ngrams(folder / "out?", 1, min_count=1).height == 2


def test_lock_of_another_run_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run suspended for longer than the lock's lifetime can find its lock taken over."""
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    lock, whole = tmp_path / "out.counting" / "lock.json", counting.count_partition

    def taken(item: Any, plan: Any) -> Any:
        lock.write_text(json.dumps({"run": "another"}), encoding="utf-8")
        return whole(item, plan)

    monkeypatch.setattr(counting, "count_partition", taken)
    fail_at(monkeypatch, "merge_bucket", 0)
    with pytest.raises(RuntimeError, match="lost"):
        ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", progress=False)
    assert json.loads(lock.read_text(encoding="utf-8")) == {"run": "another"}


def test_counting_again_replaces_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد", encoding="utf-8")
    ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", progress=False)
    table = ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "out", resume=False, progress=False)
    assert rows(table)["ngram"].to_list() == ["كتاب جديد"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 3}, r"n was \[2, 2\] and is now \[3, 3\]"),
        ({"min_count": 2}, "min_count was 1 and is now 2"),
        ({"profile": "dediac"}, "profile was search"),
        ({"text": "title"}, "text was 'text' and is now 'title'"),
    ],
)
def test_changed_options_are_reported(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    pl.DataFrame({"text": ["كتاب جديد"], "title": ["قلم"]}).write_parquet(tmp_path / "a.parquet")
    first = ck.scale.count_ngrams(tmp_path / "a.parquet", 2, tmp_path / "out", progress=False)
    given = {"n": 2, **options}
    with pytest.raises(CorpusError, match=message):
        ck.scale.count_ngrams(tmp_path / "a.parquet", given.pop("n"), tmp_path / "out", progress=False, **given)
    first.verify()


def test_interrupted_run_with_other_options_is_reported(
    few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, "count_partition", 0)
    with pytest.raises(RuntimeError, match="lost"):
        ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    monkeypatch.undo()
    with pytest.raises(CorpusError, match=r"n was \[2, 2\] and is now \[1, 1\].*resume=False"):
        ck.scale.count_ngrams(few_file, 1, tmp_path / "out", progress=False)
    table = ck.scale.count_ngrams(few_file, 1, tmp_path / "out", resume=False, progress=False)
    assert table.options["n"] == [1, 1]


def test_changed_source_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد", encoding="utf-8")
    ck.scale.count_ngrams(tmp_path / "*.txt", 1, tmp_path / "out", progress=False)
    (tmp_path / "b.txt").write_text("كتاب", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"'b\.txt' is new"):
        ck.scale.count_ngrams(tmp_path / "*.txt", 1, tmp_path / "out", progress=False)
    (tmp_path / "b.txt").unlink()
    (tmp_path / "a.txt").write_text("كتاب جديد جدا", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"'a\.txt' has changed"):
        ck.scale.count_ngrams(tmp_path / "*.txt", 1, tmp_path / "out", progress=False)


def fail_at(monkeypatch: pytest.MonkeyPatch, task: str, call: int, error: Exception | None = None) -> None:
    """Let a task fail once."""
    whole, calls = getattr(counting, task), iter(range(10**6))

    def failing(item: Any, plan: Any) -> Any:
        if next(calls) == call:
            raise error or RuntimeError("lost")
        return whole(item, plan)

    monkeypatch.setattr(counting, task, failing)


# ------------------------------------------------------------------------------------------------- invalid input


@pytest.fixture
def thousand(tmp_path: Path) -> Path:
    """Write a thousand files, one of them damaged."""
    folder = tmp_path / "thousand"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number:04}.jsonl").write_text(f'{{"text": "خبر رقم {number}"}}\n', encoding="utf-8")
    # its first lines are valid, so that the damage is found only at its end
    (folder / "0617.jsonl").write_text('{"text": "خبر"}\n' * 5000 + '{"text": \n', encoding="utf-8")
    return folder


def test_one_damaged_file_of_a_thousand_is_named(thousand: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"0617\.jsonl"):
        ck.scale.count_ngrams(thousand, 1, tmp_path / "out", progress=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_damaged_file_is_skipped_on_request_and_counted(thousand: Path, tmp_path: Path) -> None:
    table = ck.scale.count_ngrams(thousand, 1, tmp_path / "out", unreadable="skip", progress=False)
    assert table.manifest["counts"]["unreadable"] == 1
    assert table.manifest["counts"]["documents"] == 999
    (left_out,) = table.manifest["unreadable"]
    assert left_out["name"].endswith("0617.jsonl")
    assert "JSON" in left_out["reason"]
    found = ck.ngrams(table, 1, min_count=999)
    assert sorted(found["ngram"].to_list()) == ["خبر", "رقم"]
    assert found["count"].to_list() == [999, 999]  # nothing from the damaged file


def test_a_damaged_parquet_file_is_named_and_skipped_on_request(tmp_path: Path) -> None:
    for name in "ab":
        pl.DataFrame({"text": [f"كتاب {name}"] * 3}).write_parquet(tmp_path / f"{name}.parquet")
    damaged = tmp_path / "b.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"b\.parquet"):
        ck.scale.count_ngrams(tmp_path / "*.parquet", 1, tmp_path / "out", progress=False)
    table = ck.scale.count_ngrams(tmp_path / "*.parquet", 1, tmp_path / "out", unreadable="skip", progress=False)
    assert rows(table)["ngram"].to_list() == ["a", "كتاب"]
    assert [each["name"] for each in table.manifest["unreadable"]] == ["b.parquet"]


def test_a_file_without_the_column_is_reported_before_anything_is_counted(tmp_path: Path) -> None:
    pl.DataFrame({"text": ["كتاب"]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"texts": ["كتاب"]}).write_parquet(tmp_path / "b.parquet")
    for unreadable in ("raise", "skip"):
        with pytest.raises(SourceError, match=r"b\.parquet.*'?text"):
            ck.scale.count_ngrams(
                tmp_path / "*.parquet", 1, tmp_path / "out", unreadable=unreadable, progress=False
            )  # fmt: skip
    assert not (tmp_path / "out.counting" / "runs").exists()


@pytest.mark.parametrize("task", ["count_partition", "merge_bucket"])
def test_full_disk_is_reported_and_finished_work_is_kept(
    task: str, few_file: Path, few_bigrams: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_into(monkeypatch, 1 << 17, 5)
    monkeypatch.setattr(counting, "threads", lambda: 1)
    whole, written = os.replace, []

    def full(source: Any, target: Any) -> None:
        suffix = {"count_partition": ".run", "merge_bucket": ".parquet"}[task]
        if str(target).endswith(suffix):
            written.append(target)
            if len(written) == 3:
                raise OSError(28, "No space left on device")
        whole(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(CorpusError, match=r"(?s)space.*out\.counting|out\.counting.*space"):
            ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    folder = {"count_partition": "partitions", "merge_bucket": "buckets"}[task]
    assert len(list((tmp_path / "out.counting" / folder).glob("*.json"))) == 2
    assert not [path for path in (tmp_path / "out.counting").rglob("*") if path.name.endswith(".part")]
    assert rows(ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)).equals(few_bigrams)


def test_a_folder_in_use_is_reported(few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    whole = counting.merge_bucket

    def waiting(item: Any, plan: Any) -> Any:
        begun.set()
        assert go_on.wait(60)
        return whole(item, plan)

    monkeypatch.setattr(counting, "merge_bucket", waiting)
    first = threading.Thread(
        target=ck.scale.count_ngrams, args=(few_file, 1, tmp_path / "out"), kwargs={"progress": False}
    )
    first.start()
    try:
        assert begun.wait(60)
        for resume in (True, False):
            with pytest.raises(CorpusError, match=rf"another run is counting .*process {os.getpid()} on "):
                ck.scale.count_ngrams(few_file, 1, tmp_path / "out", resume=resume, progress=False)
    finally:
        go_on.set()
        first.join()
    ck.scale.NgramTable.open(tmp_path / "out").verify()


def test_stale_lock_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    lock = tmp_path / "out.counting" / "lock.json"
    lock.parent.mkdir()
    for content in (
        json.dumps({"host": "elsewhere", "pid": 1, "renewed": time.time() - 400}),
        "{",
        "[]",
    ):
        lock.parent.mkdir(exist_ok=True)
        lock.write_text(content, encoding="utf-8")
        ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", resume=False, progress=False)
    lock.parent.mkdir()
    lock.write_text(json.dumps({"host": "elsewhere", "pid": 1, "renewed": time.time()}), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"process 1 on elsewhere.*delete .*lock\.json"):
        ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", resume=False, progress=False)


def test_invalid_output_folders(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    with pytest.raises(CorpusError, match="is a file"):
        ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "a.txt", progress=False)
    with pytest.raises(CorpusError, match="not empty and is not a table"):
        ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path, resume=False, progress=False)
    assert (tmp_path / "a.txt").exists()


def test_a_damaged_run_is_reported(few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, "merge_bucket", 0)
    with pytest.raises(RuntimeError, match="lost"):
        ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    monkeypatch.undo()
    run = next((tmp_path / "out.counting" / "runs").glob("*.run"))
    data = bytearray(run.read_bytes())
    data[len(data) // 3] ^= 4
    run.write_bytes(data)
    with pytest.raises(CorpusError, match=rf"{run.name} is damaged"):
        ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    run.unlink()  # the missing part is counted again
    ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False).verify()


def test_a_run_of_another_layout_is_reported(few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A development version may have changed the layout but not its number."""
    fail_at(monkeypatch, "merge_bucket", 0)
    with monkeypatch.context() as before:
        before.setattr("corpus_kit.scale.runs._VERSION", 1)
        with pytest.raises(RuntimeError, match="lost"):
            ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    monkeypatch.undo()
    with pytest.raises(CorpusError, match=r"\.run is damaged.* resume=False"):
        ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    ck.scale.count_ngrams(few_file, 2, tmp_path / "out", resume=False, progress=False).verify()


def test_a_plan_of_another_version_is_not_resumed(
    few_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, "merge_bucket", 0)
    with pytest.raises(RuntimeError, match="lost"):
        ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)
    monkeypatch.undo()
    plan = tmp_path / "out.counting" / "plan.json"
    whole = plan.read_bytes()
    for key, value, message in (
        ("library_version", "0.0.1", r"started by corpus_kit 0\.0\.1"),
        ("format", 99, "format 99"),
        ("files", {}, "damaged: files is not a list"),
        ("partitions", [[[0, "text", -1, 2, 3]]], "damaged: partitions"),
    ):
        content = json.loads(whole)
        del content["seal"]
        plan.write_bytes(sealed({**content, key: value}))
        with pytest.raises(CorpusError, match=message):
            ck.scale.count_ngrams(few_file, 2, tmp_path / "out", progress=False)


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"n": 9}, "9"),
        ({"memory": "2 sheep"}, "'2 sheep'"),
        ({"memory": "1MB"}, "at least 64MB, got '1MB'"),
        ({"memory": -1}, "at least 64MB, got -1"),
        ({"memory": None}, "got None"),
        ({"client": "localhost:8786"}, "a distributed.Client"),
        ({"unreadable": "ignore"}, "'raise' or 'skip'"),
        ({"tokenizer": "character"}, "'character'"),
        ({"tokenizer": "whitespace", "within": "sentence"}, "sentence"),
        ({"profile": "serach"}, "Did you mean 'search'?"),
        ({"source": pl.DataFrame({"text": ["كتاب"]})}, "got DataFrame"),
        ({"source": []}, r"got \[\]"),
        ({"out": ""}, "got ''"),
        ({"out": 5}, "got 5"),
        ({"text": 5}, "got 5"),
        ({"storage_options": "key=secret"}, "got str"),
        *(({name: object()}, "got object") for name in inspect.signature(ck.scale.count_ngrams).parameters),
    ],
)
def test_invalid_arguments(options: dict[str, Any], value: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    given: dict[str, Any] = {
        "source": tmp_path / "a.txt",
        "n": 1,
        "out": tmp_path / "out",
        "progress": False,
        **options,
    }
    with pytest.raises(InputError, match=rf"^{next(iter(options))} must be .*{value}"):
        ck.scale.count_ngrams(**given)


def test_invalid_arguments_of_tasks(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    part = plan_source(tmp_path / "a.txt").partitions[0]
    plan = CountPlan(
        ngram_options(1), None, "standard", "text", False, False, task_memory=10**9, bucket_bits=1,
        work=Location.of(tmp_path), parts=Location.of(tmp_path),
    )  # fmt: skip
    anything: Any = object()
    for name, task, wrong in (
        ("partition", ck.scale.count_partition, (anything, plan)),
        ("plan", ck.scale.count_partition, (part, anything)),
        ("bucket", ck.scale.merge_bucket, (anything, plan)),
        ("bucket", ck.scale.merge_bucket, (2, plan)),
        ("plan", ck.scale.merge_bucket, (0, anything)),
    ):
        with pytest.raises(InputError, match=rf"^{name} must be"):
            task(*wrong)


def test_profile_that_adds_spaces_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("النبي ﷺ قال", encoding="utf-8")
    profile = ck.Normalizer.preset("search").replace(ligatures="expand")
    for n in (1, 2):
        with pytest.raises(InputError, match=r"^profile must be .*ligatures='expand'"):
            ck.scale.count_ngrams(
                tmp_path / "a.txt", n, tmp_path / "out", profile=profile, resume=False, progress=False
            )  # fmt: skip


@pytest.mark.parametrize(
    ("memory", "size"), [("64MB", 64 * 10**6), ("1.5 GiB", 3 << 29), ("2gb", 2 * 10**9), (10**8, 10**8)]
)
def test_memory_sizes(memory: str | int, size: int) -> None:
    assert memory_argument(memory) == size


def test_buckets_and_partitions_follow_text_size_and_memory() -> None:
    options = ngram_options((1, 3))
    small, large = cut_of(options, 10**9, 10**8), cut_of(options, 10**12, 10**8)
    assert small[0] == large[0] < cut_of(options, 10**9, 10**9)[0]
    assert cut_of(options, 10**9, 10**9)[1] < small[1] < large[1] <= 14
    assert cut_of(options, 100, 10**9)[1] == 0


def test_run_size_follows_the_memory() -> None:
    plan = CountPlan(
        ngram_options((2, 3)), None, "standard", "text", False, False, task_memory=10**9, bucket_bits=6,
        work=Location.of("work"), parts=Location.of("parts"),
    )  # fmt: skip
    tokens = plan.run_tokens
    most = plan.run_rows(tokens, {2: tokens // 2, 3: tokens // 2})
    assert replace(plan, task_memory=10**8).run_tokens == pytest.approx(tokens / 10, rel=1e-6)
    assert 0 < plan.run_rows(tokens, {2: tokens, 3: tokens}) < most < plan.run_rows(tokens // 2, {2: tokens // 4})
    assert plan.run_rows(tokens, {2: 0, 3: tokens}) < plan.run_rows(tokens, {2: tokens, 3: 0})
    assert plan.run_rows(100 * tokens, {2: tokens}) == 1  # larger than the memory: row by row


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library has no malloc_trim")
def test_freed_memory_is_returned_to_the_system() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096

    pieces = [bytes(60_000) for _ in range(2_000)]
    kept = pieces[::100]  # these separate the freed blocks, so that they are not released automatically
    del pieces
    before = resident()
    memory.release_memory()
    assert resident() < before - 50_000_000
    assert len(kept) == 20


def test_release_memory_is_a_no_op_without_support(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.os, "name", "nt")
    monkeypatch.setattr(memory.ctypes, "CDLL", None)  # must not be called
    memory.release_memory()


def test_progress_is_shown_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", progress=True)
    shown = capsys.readouterr().err
    assert "Counting" in shown
    assert "Merging" in shown


def test_output_location_does_not_reveal_secrets(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب", encoding="utf-8")
    options = {"secret": "hush"}
    ck.scale.count_ngrams(tmp_path / "a.txt", 1, tmp_path / "out", storage_options=options, progress=False)
    assert "hush" not in (tmp_path / "out.manifest.json").read_text(encoding="utf-8")
    assert "hush" not in repr(Location.of(tmp_path, options))


@pytest.fixture(autouse=True)
def no_run_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("corpus-kit")]
