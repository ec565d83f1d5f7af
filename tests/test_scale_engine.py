"""The same tasks on a Dask cluster of two local worker processes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from object_store import object_store
from test_scale_count_ngrams import bigrams, cut_into, few, few_bigrams, in_memory, news, news_file, rows, wait_for

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.errors import CorpusKitError, SourceError
from corpus_kit.scale import engine
from corpus_kit.scale.locations import Location

distributed = pytest.importorskip("distributed")

__all__ = ["bigrams", "few", "few_bigrams", "news", "news_file"]  # fixtures

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets of killed workers
]


@contextmanager
def cluster(memory_limit: str | int = 0, n_workers: int = 2) -> Iterator[Any]:
    """Yield a client of single-threaded worker processes; a memory limit of 0 means none."""
    with (
        distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=memory_limit,
            dashboard_address=":0",
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with cluster() as connected:
        yield connected


def workers_of(table: ck.scale.NgramTable) -> list[str]:
    found: list[str] = table.manifest["workers"]
    return found


def pids(client: Any) -> list[int]:
    return list(client.run(os.getpid).values())


@pytest.mark.slow
def test_rows_equal_one_process_and_a_count_in_memory(
    client: Any, news_file: Path, bigrams: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_into(monkeypatch, 1 << 20, 5)
    local = ck.scale.count_ngrams(news_file, 2, tmp_path / "local", memory="100MB", progress=False)
    table = ck.scale.count_ngrams(news_file, 2, tmp_path / "cluster", client=client, progress=False)
    assert rows(table).equals(bigrams)
    assert [part["sha256"] for part in table.manifest["parts"]] == [part["sha256"] for part in local.manifest["parts"]]
    assert len(workers_of(table)) == 2
    assert not {f"{os.getpid()}"} & {worker.rpartition(":")[2] for worker in workers_of(table)}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
def test_killed_workers_change_nothing(
    news_file: Path, bigrams: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is killed while partitions are counted, one while buckets are merged."""
    cut_into(monkeypatch, 1 << 18, 8)
    work = tmp_path / "out.counting"
    killed: list[int] = []
    with cluster() as client:
        before = pids(client)

        def kill_two() -> None:
            for folder, victim in (("partitions", before[0]), ("buckets", before[1])):
                wait_for(work / folder, 3)
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        killer = threading.Thread(target=kill_two)
        killer.start()
        table = ck.scale.count_ngrams(news_file, 2, tmp_path / "out", client=client, progress=False)
        killer.join()
        assert killed == before
        assert not set(before) & set(pids(client))
    assert rows(table).equals(bigrams)
    table.verify()


@pytest.mark.slow
def test_memory_limit_below_the_size_of_the_result(tmp_path: Path) -> None:
    """A table larger than the memory of a worker is still counted."""
    texts = generated_texts(34)
    texts.to_frame().write_parquet(tmp_path / "news.parquet", row_group_size=1000)
    expected = ck.count_ngrams(texts, (1, 4))
    cap = 300 << 20
    assert expected.estimated_size() > cap
    with cluster(memory_limit=cap) as client:
        before = pids(client)
        table = ck.scale.count_ngrams(
            tmp_path / "news.parquet", (1, 4), tmp_path / "out", memory="80MB", client=client, progress=False
        )
        assert sorted(pids(client)) == sorted(before)  # none was killed for exceeding its memory
    found = table.scan().collect().select(expected.columns)  # millions of rows, whose hashes are sorted faster
    assert found.schema == expected.schema
    assert found.hash_rows().sort().equals(expected.hash_rows().sort())


def test_worker_with_another_version_is_reported_first(client: Any, news_file: Path, tmp_path: Path) -> None:
    def pretend(version: str, dask_worker: Any) -> None:
        if dask_worker.name == 1:
            import_module("corpus_kit.scale.plan").__version__ = version

    client.run(pretend, "0.0.9")
    try:
        with pytest.raises(CorpusKitError, match=r"worker .* has other versions: .*0\.0\.9"):
            ck.scale.count_ngrams(news_file, 2, tmp_path / "out", client=client, progress=False)
    finally:
        client.run(pretend, ck.__version__)
    assert not list((tmp_path / "out.counting" / "partitions").iterdir())


@pytest.mark.slow
def test_worker_errors_are_raised_and_the_run_can_be_resumed(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_into(monkeypatch, 1000, 2)
    for number in range(12):
        (tmp_path / f"{number:02}.jsonl").write_text(f'{{"text": "كتاب {number}"}}\n' * 40, encoding="utf-8")
    damaged = tmp_path / "07.jsonl"
    whole = damaged.read_text(encoding="utf-8")
    damaged.write_text('{"text": "كتاب"}\n' * 5000 + "{\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"07\.jsonl"):
        ck.scale.count_ngrams(tmp_path / "*.jsonl", 2, tmp_path / "out", client=client, progress=False)
    left_out = ck.scale.count_ngrams(
        tmp_path / "*.jsonl", 2, tmp_path / "skipped", unreadable="skip", client=client, progress=False
    )
    assert left_out.manifest["counts"]["unreadable"] == 1
    damaged.write_text(whole, encoding="utf-8")
    table = ck.scale.count_ngrams(
        tmp_path / "*.jsonl", 2, tmp_path / "out", client=client, resume=False, progress=False
    )
    assert rows(table)["count"].to_list() == [40] * 12


def test_folder_not_visible_to_a_worker_is_reported(
    client: Any, news_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_seen_by_worker", lambda _: (engine.versions(), False))
    with pytest.raises(CorpusKitError, match=r"does not see .*plan\.json\. The output must be a folder"):
        ck.scale.count_ngrams(news_file, 2, tmp_path / "out", client=client, progress=False)


def test_a_closed_client_is_reported(news_file: Path, tmp_path: Path) -> None:
    with cluster(n_workers=1) as client:
        client.close()
        with pytest.raises(CorpusKitError, match="cluster"):
            ck.scale.count_ngrams(news_file, 2, tmp_path / "out", client=client, progress=False)
    with pytest.raises(CorpusKitError, match="cluster"):
        ck.scale.count_ngrams(news_file, 2, tmp_path / "out", client=client, progress=False)


@pytest.mark.slow
def test_from_an_object_store_to_an_object_store(
    client: Any, few: pl.Series, few_bigrams: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source, work and table are in S3; counted by this process, by workers, and after an interruption."""
    counting = import_module("corpus_kit.scale.count_ngrams")
    cut_into(monkeypatch, 1 << 20, 2)
    with object_store() as store:
        prefix, options = store.url, store.storage_options
        for number, part in enumerate(few.to_frame().iter_slices(250)):
            part.write_parquet(tmp_path / "part.parquet", row_group_size=40)
            data = (tmp_path / "part.parquet").read_bytes()
            Location.of(f"{prefix}/news/{number}.parquet", options).write([data])
        given = {"storage_options": options, "progress": False}
        source = f"{prefix}/news/*.parquet"
        for name, workers in (("here", None), ("cluster", client)):
            table = ck.scale.count_ngrams(source, 2, f"{prefix}/{name}", client=workers, **given)
            assert rows(table).equals(few_bigrams)
            table.verify()
            assert not Location.of(f"{prefix}/{name}.counting", options).children()
            assert ck.ngrams(table, 2, min_count=9).height == few_bigrams.filter(pl.col("count") >= 9).height > 0

        # the storage options also apply to the source if the table is local
        here = ck.scale.count_ngrams(source, 2, tmp_path / "here", **given)
        assert here.id == table.id
        assert ck.scale.count_ngrams(source, 2, tmp_path / "here", **given).id == table.id

        whole = counting.merge_bucket

        def lost(bucket: int, plan: Any) -> Any:
            if bucket == 2:
                raise RuntimeError("lost")
            return whole(bucket, plan)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(counting, "merge_bucket", lost)
            with pytest.raises(RuntimeError, match="lost"):
                ck.scale.count_ngrams(source, 2, f"{prefix}/again", **given)
        table = ck.scale.count_ngrams(source, 2, f"{prefix}/again", **given)
        assert rows(table).equals(few_bigrams)
        # a table with fewer buckets replaces one with more
        cut_into(monkeypatch, 1 << 20, 1)
        table = ck.scale.count_ngrams(source, 1, f"{prefix}/again", resume=False, **given)
        assert rows(table).equals(in_memory(few, 1))
