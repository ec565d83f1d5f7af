"""`corpus-kit count`: counts and output, resuming, scripts for Slurm."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_cli import run

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts

COMMAND = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()"]


@pytest.fixture(scope="module")
def items() -> pl.DataFrame:
    return ck.sample_corpus().documents.select("text").collect()


@pytest.fixture
def news(items: pl.DataFrame, tmp_path: Path) -> Path:
    """Return a folder with two readable files."""
    folder = tmp_path / "أخبار"
    folder.mkdir()
    items.head(120).write_parquet(folder / "1.parquet")
    items.tail(120).write_ndjson(folder / "2.jsonl")
    return folder


def rows(out: Path) -> pl.DataFrame:
    return ck.scale.NgramTable.open(out).scan().collect().sort("n", "ngram")


def card(stdout: str) -> dict[str, list[str]]:
    """Return the lines before the table as keys and values."""
    found: dict[str, list[str]] = {}
    for line in stdout.partition("\n\n")[0].splitlines():
        found.setdefault(line[2:12].strip(), []).append(line[13:])
    return found


def values_of(script: str, name: str) -> dict[str | None, Any]:
    for statement in ast.parse(script).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            assert isinstance(statement.value, ast.Call)
            return {keyword.arg: ast.literal_eval(keyword.value) for keyword in statement.value.keywords}
    raise AssertionError(f"the script does not assign {name}")


def test_count_and_summary(news: Path, items: pl.DataFrame, tmp_path: Path) -> None:
    out = tmp_path / "الثنائيات"
    result = run("count", news, out, "-n", "1-2", "--top", 3)
    expected = ck.count_ngrams(items["text"], (1, 2))
    assert rows(out).equals(expected.sort("n", "ngram"))
    table = ck.scale.NgramTable.open(out)
    summary = card(result.stdout)
    assert summary["files"] == ["2"]
    assert summary["documents"] == ["240"]
    assert summary["words"] == ["22,804"]
    assert summary["n"] == ["1 to 2"]
    assert summary["n-grams"] == [f"{expected.height:,}, with {expected['count'].sum():,} occurrences"]
    assert summary["table"] == [str(out)]
    assert summary["manifest"] == [f"{out}.manifest.json"]
    assert Path(summary["manifest"][0]).is_file()
    assert summary["checksum"] == [f"sha256 {table.manifest['checksum']}"]
    assert not {"left out", "not read"} & summary.keys()
    shown = [line.split() for line in result.stdout.splitlines()[-4:-1]]
    assert shown == [[str(value) for value in row] for row in expected.head(3).rows()]
    assert result.stdout.splitlines()[-1] == f"(showing 3 of {expected.height:,} rows)"


def test_first_rows_match_ngrams(news: Path, tmp_path: Path) -> None:
    run("count", news, tmp_path / "out", "-n", "1-3", "--min-count", 2)
    expected = ck.ngrams(tmp_path / "out", n=(1, 3), min_count=2)
    shown = run("count", news, tmp_path / "out", "-n", "1-3", "--min-count", 2, "--top", 200).stdout
    lines = shown.rpartition("documents\n")[2].splitlines()[1:201]
    assert [" ".join(line.split()[:-3]) for line in lines] == expected["ngram"].head(200).to_list()
    everything = run("count", news, tmp_path / "out", "-n", "1-3", "--min-count", 2, "--top", 0).stdout
    assert len(everything.rpartition("documents\n")[2].splitlines()) == expected.height + 1
    assert "(showing" not in everything


def test_options_are_passed_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("هٰذا كتاب. هذا  بيت\nهذا كتاب. قلم\n", encoding="utf-8")
    arguments = ["--profile", "none", "--tokenizer", "whitespace", "--skip", 1, "--within", "document", "--lines"]
    run("count", tmp_path / "a.txt", tmp_path / "out", *arguments, "--min-count", 2, "--memory", "64MB")
    options = ck.scale.NgramTable.open(tmp_path / "out").options
    assert options["profile"] is None
    assert {name: options[name] for name in ("n", "min_count", "skip", "within", "tokenizer", "lines", "text")} == {
        "n": [2, 2], "min_count": 2, "skip": 1, "within": "document", "tokenizer": "whitespace", "lines": True,
        "text": "text",
    }  # fmt: skip
    pl.DataFrame({"content": ["خبر أول"]}).write_parquet(tmp_path / "b.parquet")
    run("count", tmp_path / "b.parquet", tmp_path / "b", "--text", "content")
    assert rows(tmp_path / "b")["ngram"].to_list() == ["خبر اول"]


def test_several_sources_and_a_glob(news: Path, tmp_path: Path) -> None:
    run("count", news / "2.jsonl", f"{news}/*.parquet", tmp_path / "out", cwd=tmp_path)
    run("count", news.name, "whole", cwd=tmp_path)
    assert rows(tmp_path / "out").equals(rows(tmp_path / "whole"))


def test_unreadable_files(news: Path, tmp_path: Path) -> None:
    (news / "3.parquet").write_bytes(b"PAR1 and no more")
    (news / "notes.doc").write_bytes(b"notes")
    wrong = run("count", news, tmp_path / "out", code=1).stderr
    assert wrong.startswith(f"error: cannot read '{news}/3.parquet'")
    assert len(wrong.splitlines()) == 1
    assert not (tmp_path / "out").exists()
    summary = card(run("count", news, tmp_path / "out", "--unreadable", "skip").stdout)
    assert summary["files"] == ["2"]
    assert summary["left out"] == ["3.parquet: it is not a Parquet file, or is truncated"]
    assert summary["not read"] == ["notes.doc: another kind of file"]


def test_long_lists_of_unreadable_files_are_shortened(news: Path, tmp_path: Path) -> None:
    for number in range(30):
        (news / f"b{number:02}.parquet").write_bytes(b"PAR1")
    summary = card(run("count", news, tmp_path / "out", "--unreadable", "skip").stdout)
    assert len(summary["left out"]) == 11
    assert summary["left out"][-1] == "20 more, listed in the manifest"


def test_existing_table(news: Path, tmp_path: Path) -> None:
    first = run("count", news, tmp_path / "out").stdout
    assert run("count", news, tmp_path / "out").stdout == first
    other = run("count", news, tmp_path / "out", "-n", 3, code=1).stderr
    assert "was counted with other options" in other
    assert rows(tmp_path / "out")["n"].unique().to_list() == [2]
    assert card(run("count", news, tmp_path / "out", "-n", 3, "--no-resume").stdout)["n"] == ["3"]
    assert set(rows(tmp_path / "out")["n"]) == {3}


def test_ngrams_from_a_table(news: Path, tmp_path: Path) -> None:
    run("count", news, tmp_path / "out", "-n", "1-2")
    shown = run("ngrams", tmp_path / "out", "-n", 2, "--top", 2)
    assert "تنظيم السهل" in shown.stdout
    run("ngrams", tmp_path / "out", "-o", tmp_path / "n.parquet")
    assert pl.read_parquet(tmp_path / "n.parquet").equals(ck.ngrams(tmp_path / "out"))
    assert (tmp_path / "n.parquet.json").is_file()
    assert "--where and the like" in run("ngrams", tmp_path / "out", "--where", "a=b", code=1).stderr
    assert "by" in run("ngrams", tmp_path / "out", "--by", "outlet", code=1).stderr
    Path(f"{tmp_path}/out.manifest.json").unlink()
    with pytest.warns(UserWarning, match="has no manifest"):
        assert "تنظيم السهل" in run("ngrams", tmp_path / "out", "-n", 2, "--top", 2).stdout
    assert "is not a table of n-grams" in run("ngrams", news, code=1).stderr
    assert "there is no corpus" in run("ngrams", tmp_path / "absent", code=1).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.txt", "out"], "error: "),
        (["NEWS", "out", "-n", "9"], "error: n"),
        (["NEWS", "out", "-n", "many"], "error: -n must be"),
        (["NEWS", "out", "--text", "body"], "'body'"),
        (["NEWS", "out", "--profile", "serach"], "Did you mean 'search'"),
        (["NEWS", "out", "--within", "sentense"], "Did you mean 'sentence'"),
        (["NEWS", "out", "--tokenizer", "standrad"], "Did you mean 'standard'"),
        (["NEWS", "out", "--memory", "lots"], "error: --memory must be a size"),
        (["NEWS", "out", "--memory", "1MB"], "64MB"),
        (["NEWS", "NEWS"], "is not empty and is not a table"),
        (["NEWS", "out", "--scheduler", "nowhere.json"], "--scheduler must be an address"),
        (["NEWS", "out", "--scheduler", "nix://x"], "No scheduler answers at nix://x"),
        (["NEWS", "out", "--slurm", "c.py", "--partition", "a b"], "error: --partition must be"),
        (["NEWS", "out", "--slurm", "c.py", "--worker-memory", "4G"], "error: --worker-memory must be"),
        (["NEWS", "out", "--slurm", "absent/c.py"], "error: cannot write"),
    ],
)
def test_errors_are_one_line(news: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    if "nix://x" in arguments:
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    given = [news if argument == "NEWS" else argument for argument in arguments]
    result = run("count", *given, cwd=tmp_path, code=1)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


# --------------------------------------------------------------------------------------------------------- Slurm


def test_slurm_script(news: Path, tmp_path: Path) -> None:
    arguments = [
        *("count", f"{news.name}/*.parquet", "s3://news/2014", "out", "-n", "1-3", "--text", "content"),
        *("--profile", "none", "--min-count", 2, "--unreadable", "skip", "--no-resume", "--slurm", "count.py"),
        *(
            "--workers",
            64,
            "--workers-per-job",
            32,
            "--worker-memory",
            "2GB",
            "--walltime",
            "90",
            "--partition",
            "long",
        ),
        *("--account", "me", "--interface", "ib0", "--python", "python3.12", "--log-directory", "logs"),
        *("--modules", "python", "--modules", "gcc", "--prologue", "export A='1'", "--directives=--exclusive"),
    ]
    result = run(*arguments, cwd=tmp_path)
    assert "Wrote count.py" in result.stderr
    assert not result.stdout
    assert {path.name for path in tmp_path.iterdir()} == {news.name, "count.py"}, "something was counted"
    script = (tmp_path / "count.py").read_text(encoding="utf-8")
    count, cluster = values_of(script, "COUNT"), values_of(script, "CLUSTER")
    assert count["source"] == [f"{news}/*.parquet", "s3://news/2014"]
    assert (count["n"], count["out"], count["text"]) == ((1, 3), f"{tmp_path}/out", "content")
    assert (count["profile"], count["min_count"], count["unreadable"]) == (None, 2, "skip")
    assert (count["resume"], count["memory"]) == (False, "1.2GB")
    assert cluster == {
        "queue": "long",
        "account": "me",
        "cores": 32,
        "processes": 32,
        "memory": "64GB",
        "walltime": "90",
        "interface": "ib0",
        "python": "python3.12",
        "log_directory": f"{tmp_path}/logs",
        "job_script_prologue": ["module load python", "module load gcc", "export A='1'"],
        "job_extra_directives": ["--exclusive"],
    }
    assert "exists already" in run("count", "a.txt", "out", "--slurm", "count.py", cwd=tmp_path, code=1).stderr
    assert (tmp_path / "count.py").read_text(encoding="utf-8") == script
    run("count", "a.txt", "out", "--slurm", "count.py", "--overwrite", cwd=tmp_path)
    printed = run("count", "a.txt", "out", "--slurm", "-", cwd=tmp_path)
    assert printed.stdout == (tmp_path / "count.py").read_text(encoding="utf-8")
    assert not printed.stderr


# ------------------------------------------------------------------------------------------------ long counts


def wait_until(condition: Any, what: str) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_resumes_after_ctrl_c(tmp_path: Path) -> None:
    texts = generated_texts(15)
    texts.to_frame().write_parquet(tmp_path / "texts.parquet", row_group_size=100)
    arguments = ["count", tmp_path / "texts.parquet", tmp_path / "out", "--memory", "64MB"]
    done = tmp_path / "out.counting" / "partitions"
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        wait_until(lambda: done.is_dir() and any(done.glob("0*.json")), "a partition was counted")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, stderr
    assert stderr.strip() == "interrupted; the same command resumes the count"
    assert not stdout
    before = {path.name for path in done.glob("0*.json")}
    assert before
    run(*arguments)
    assert rows(tmp_path / "out").equals(ck.count_ngrams(texts, 2).sort("n", "ngram"))


@pytest.mark.slow
def test_workers_of_a_scheduler(news: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    run("count", news, tmp_path / "here")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "host": "127.0.0.1"}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        client.write_scheduler_file(str(tmp_path / "scheduler.json"))
        run("count", news, tmp_path / "there", "--scheduler", cluster.scheduler_address)
        run("count", news, tmp_path / "again", "--scheduler", tmp_path / "scheduler.json")
        workers = {f"{pid}" for pid in client.run(os.getpid).values()}
    for name in ("there", "again"):
        assert rows(tmp_path / name).equals(rows(tmp_path / "here"))
        counted = ck.scale.NgramTable.open(tmp_path / name).manifest["workers"]
        assert {worker.rpartition(":")[2] for worker in counted} <= workers


@pytest.mark.slow
def test_object_store_with_keys_in_the_environment(news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("moto", reason="moto is not installed")
    from object_store import object_store

    with object_store() as store:
        for name in ("1.parquet", "2.jsonl"):
            store.location(f"news/{name}").write([(news / name).read_bytes()])
        given = {
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": store.endpoint,
            "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
        }  # fmt: skip
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        summary = card(run("count", f"{store.url}/news", f"{store.url}/pairs", "--top", 5).stdout)
        assert summary["table"] == [f"{store.url}/pairs"]
        assert summary["documents"] == ["240"]
        shown = run("ngrams", f"{store.url}/pairs", "--top", 5).stdout
        run("count", news, tmp_path / "out")
        assert shown == run("ngrams", tmp_path / "out", "--top", 5).stdout
        assert "تنظيم السهل" in shown
