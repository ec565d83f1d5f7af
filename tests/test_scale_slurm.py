"""The Slurm script: its content, the requests to Slurm, and that its counts equal a count in memory."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.errors import InputError
from corpus_kit.scale.slurm import SlurmJobs, slurm_script


def values_of(script: str, name: str) -> Any:
    """Return the literal, or dict(...) of literals, that the script assigns to a name."""
    for statement in ast.parse(script).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            value = statement.value
            if isinstance(value, ast.Call):
                return {keyword.arg: ast.literal_eval(keyword.value) for keyword in value.keywords}
            return ast.literal_eval(value)
    raise AssertionError(f"the script does not assign {name}")


def shape_of(script: str) -> str:
    """Return the syntax tree of a script without its constants."""

    class Blank(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            return ast.copy_location(ast.Constant(type(node.value).__name__), node)

    return ast.dump(Blank().visit(ast.parse(script)))


# ------------------------------------------------------------------------------------------------- content


def test_count_options_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    script = slurm_script(
        ["أخبار/*.parquet", "s3://news/2014/"],
        "عدّ",
        n=(1, 3),
        text="content",
        profile=None,
        min_count=5,
        resume=False,
        tokenizer="whitespace",
        skip=1,
        within="document",
        lines=True,
        unreadable="skip",
    )
    assert values_of(script, "COUNT") == {
        "source": [str(tmp_path / "أخبار" / "*.parquet"), "s3://news/2014"],
        "n": (1, 3),
        "out": str(tmp_path / "عدّ"),
        "text": "content",
        "profile": None,
        "min_count": 5,
        "memory": "2.4GB",
        "resume": False,
        "tokenizer": "whitespace",
        "skip": 1,
        "within": "document",
        "lines": True,
        "unreadable": "skip",
    }


def test_count_memory_leaves_room_in_the_job() -> None:
    def memory(**options: Any) -> Any:
        jobs = SlurmJobs(worker_memory=options.pop("worker_memory"))
        return values_of(slurm_script("a.txt", "out", n=2, jobs=jobs, **options), "COUNT")["memory"]

    assert memory(worker_memory="10GB") == "6GB"
    assert memory(worker_memory="4GiB") == "2.576980377GB"
    assert memory(worker_memory=10**9) == "0.6GB"
    assert memory(worker_memory="10GB", memory="500MB") == "0.5GB"
    with pytest.raises(InputError, match="60 %"):
        memory(worker_memory="10GB", memory="7GB")


def test_script_defaults_equal_the_counts() -> None:
    own = inspect.signature(slurm_script).parameters
    counted = inspect.signature(ck.scale.count_ngrams).parameters
    left = set(counted) - set(own)
    assert left == {"client", "storage_options", "progress"}
    shared = set(own) & set(counted) - {"memory", "n"}
    assert {name: own[name].default for name in shared} == {name: counted[name].default for name in shared}


def test_workers_can_share_a_job() -> None:
    jobs = SlurmJobs(workers=10, workers_per_job=4, worker_memory="3GB")
    script = slurm_script("a.txt", "out", n=2, jobs=jobs)
    assert values_of(script, "JOBS") == 3
    cluster = values_of(script, "CLUSTER")
    assert (cluster["cores"], cluster["processes"], cluster["memory"]) == (4, 4, "12GB")
    assert values_of(script, "COUNT")["memory"] == "1.8GB"


@given(text=st.text(min_size=1), name=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_arguments_cannot_inject_code(text: str, name: str) -> None:
    plain = slurm_script(["a"], "out", n=2)
    try:
        script = slurm_script([f"/{name}"], f"/out/{name}.", n=2, text=text)
    except InputError:
        return  # not a valid column name
    script.encode()
    assert shape_of(script) == shape_of(plain)
    assert values_of(script, "COUNT")["text"] == text


@pytest.mark.parametrize("name", ['"""; import os', "'''", "a\nimport os\n", "\\", "{JOBS}", "\u2067", "# x", "a b"])
def test_hostile_file_names_stay_literals(name: str) -> None:
    script = slurm_script(f"/{name}", "out", n=2)
    assert shape_of(script) == shape_of(slurm_script("/a", "out", n=2))
    assert values_of(script, "COUNT")["source"] == [f"/{name}"]
    assert "\u2067" not in script


# --------------------------------------------------------------------------------------------- invalid options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "at least 1, got 0"),
        ({"workers_per_job": 1.5}, "got 1.5"),
        ({"worker_memory": "500MB"}, "at least 1GB, got '500MB'"),
        ({"worker_memory": "4G"}, "'4G'"),
        ({"walltime": "an hour"}, "'an hour'. Examples: '90', '04:00:00'"),
        ({"walltime": "01:00:00\n#SBATCH -p x"}, "got '01:00:00"),
        ({"walltime": 60}, "got 60"),
        ({"partition": "long\nrm -rf x"}, "got 'long"),
        ({"partition": ""}, "got ''"),
        ({"account": "a b"}, "got 'a b'"),
        ({"interface": "$(id)"}, "got '$(id)'"),
        ({"python": ""}, "got ''"),
        ({"python": "python\nid"}, "got 'python"),
        ({"modules": ["python; id"]}, "got 'python; id'"),
        ({"modules": "python"}, "a list of str, got 'python'"),
        ({"prologue": ["a\nb"]}, "one line of text"),
        ({"directives": ["exclusive"]}, "which begin with '-', got 'exclusive'"),
        ({"directives": ["--x\nid"]}, "one line of text"),
        *(({field.name: object()}, "got object") for field in dataclasses.fields(SlurmJobs)),
    ],
)
def test_invalid_job_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        _ = SlurmJobs(**options).cluster_arguments()
    assert str(raised.value).startswith(f"{next(iter(options))} must be ")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 9}, "got 9"),
        ({"profile": "serach"}, "Did you mean 'search'?"),
        ({"profile": ck.Normalizer()}, "the name of a profile"),
        ({"within": "page"}, "got 'page'"),
        ({"tokenizer": "standrad"}, "Did you mean 'standard'?"),
        ({"unreadable": "ignore"}, "got 'ignore'"),
        ({"text": 3}, "got 3"),
        ({"text": chr(0xD800)}, "surrogate"),
        ({"memory": "lots"}, "got 'lots'"),
        *(({name: object()}, "got object") for name in inspect.signature(slurm_script).parameters if name != "source"),
    ],
)
def test_invalid_count_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        slurm_script("a.txt", **{"n": 2, "out": "out", **options})
    assert str(raised.value).startswith(f"{next(iter(options))} must be ")
    assert message in str(raised.value)


@pytest.mark.parametrize("source", [[], 5, "", ["a.txt", 5], object()])
def test_invalid_sources(source: Any) -> None:
    with pytest.raises(InputError, match=r"^source must be"):
        slurm_script(source, "out", n=2)


@pytest.mark.parametrize("folder", ["my logs", 5, object()])
def test_invalid_log_folders(folder: Any) -> None:
    with pytest.raises(InputError, match=r"^log_directory must be"):
        slurm_script("a.txt", "out", n=2, jobs=SlurmJobs(log_directory=folder))


# ------------------------------------------------------------------------------------- requests to Slurm


def imported_jobqueue() -> Any:
    """Import dask-jobqueue or skip the test. Importing it replaces the SIGINT handler of the whole process."""
    before = signal.getsignal(signal.SIGINT)
    try:
        return pytest.importorskip("dask_jobqueue", reason="the extra `cluster` is not installed")
    finally:
        signal.signal(signal.SIGINT, before)


def job_script(jobs: SlurmJobs) -> str:
    """Return the script that dask-jobqueue would pass to sbatch for these arguments."""
    dask_jobqueue = imported_jobqueue()
    arguments = values_of(slurm_script("a.txt", "out", n=2, jobs=jobs), "CLUSTER")
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with dask_jobqueue.SLURMCluster(**arguments, scheduler_options=here) as cluster:  # no job is submitted yet
        return str(cluster.job_script())


def test_job_requests_the_given_resources(tmp_path: Path) -> None:
    script = job_script(
        SlurmJobs(
            workers=8,
            worker_memory="8GiB",
            walltime="1-12:00:00",
            partition="long,short",
            account="arabic@cpu",
            interface="lo",
            python="~/my env/bin/python",
            log_directory=tmp_path / "سجلات",
            modules=["python/3.12", "gcc"],
            prologue=["source env/bin/activate"],
            directives=["--exclusive", "--mail-type=END"],
        )
    )
    lines = script.splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    directives = [line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH ")]
    assert {
        "-p long,short",
        "-A arabic@cpu",
        "-n 1",
        "--cpus-per-task=1",
        "--mem=8G",
        "-t 1-12:00:00",
        f"-e {tmp_path}/سجلات/dask-worker-%J.err",
        "--exclusive",
        "--mail-type=END",
    } <= set(directives)
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[:3] == ["module load python/3.12", "module load gcc", "source env/bin/activate"]
    python = Path("~/my env/bin/python").expanduser()
    assert commands[3].startswith(f"'{python}' -m distributed.cli.dask_worker tcp://")
    assert "--nthreads 1 " in commands[3]
    assert "--memory-limit 8.00GiB" in commands[3]
    assert "--interface lo" in commands[3]
    assert len(commands) == 4


def test_job_requests_nothing_else() -> None:
    script = job_script(SlurmJobs())
    directives = [line.removeprefix("#SBATCH ").split()[0] for line in script.splitlines() if "#SBATCH" in line]
    assert directives == ["-J", "-n", "--cpus-per-task=1", "--mem=4G", "-t"]
    assert "\npython -m distributed.cli.dask_worker" in script


def test_a_job_of_several_workers() -> None:
    script = job_script(SlurmJobs(workers=8, workers_per_job=4, worker_memory="2GiB"))
    assert "--cpus-per-task=4" in script
    assert "--mem=8G" in script
    assert "--nthreads 1 --memory-limit 2.00GiB --nworkers 4" in script


# ---------------------------------------------------------------------------------------------- counting

SBATCH = """#!{python}
import pathlib, subprocess, sys
jobs = pathlib.Path({jobs!r})
number = len(list(jobs.glob("*.taken"))) + 1
while True:
    try:
        (jobs / f"{{number}}.taken").touch(exist_ok=False)
        break
    except FileExistsError:
        number += 1
script = jobs / f"{{number}}.sh"
script.write_text(pathlib.Path(sys.argv[1]).read_text())
with (jobs / f"{{number}}.out").open("w") as out:
    job = subprocess.Popen(["bash", script], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
(jobs / f"{{number}}.pid").write_text(str(job.pid))
print("Submitted batch job", number)
"""
SCANCEL = """#!{python}
import os, pathlib, signal, sys
try:
    os.killpg(int((pathlib.Path({jobs!r}) / f"{{sys.argv[1]}}.pid").read_text()), signal.SIGTERM)
except ProcessLookupError:
    sys.exit(1)
"""


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Provide sbatch and scancel that run jobs locally; return the folder of jobs."""
    imported_jobqueue()
    jobs, commands = tmp_path / "jobs", tmp_path / "commands"
    jobs.mkdir()
    commands.mkdir()
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (commands / name).write_text(text.format(python=sys.executable, jobs=str(jobs)))
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    yield jobs
    for process in processes_of(jobs):
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)


def processes_of(jobs: Path) -> list[int]:
    return [int(text) for path in jobs.glob("*.pid") if (text := path.read_text())]


def is_alive(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition: Any, what: str) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def texts() -> pl.Series:
    return generated_texts(20)


@pytest.fixture(scope="module")
def source(texts: pl.Series, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("نصوص كثيرة")
    texts.to_frame("content").write_parquet(folder / "أخبار.parquet", row_group_size=100)
    return folder


def script_file(source: Path, folder: Path, **options: Any) -> Path:
    jobs = SlurmJobs(workers=2, worker_memory="1GB", interface="lo", python=sys.executable)
    script = slurm_script(source, folder / "الثنائيات", n=2, text="content", jobs=jobs, **options)
    path = folder / "count.py"
    path.write_text(script, encoding="utf-8")
    return path


def check_table(folder: Path, texts: pl.Series) -> None:
    table = ck.scale.NgramTable.open(folder / "الثنائيات")
    table.verify()
    counted = table.scan().collect().sort("ngram")
    assert counted.equals(ck.count_ngrams(texts, 2).sort("ngram"))


@pytest.mark.slow
def test_counts_with_local_jobs(source: Path, texts: pl.Series, tmp_path: Path) -> None:
    imported_jobqueue()
    local = (
        "import runpy, sys, dask_jobqueue, dask_jobqueue.local\n"
        "dask_jobqueue.SLURMCluster = dask_jobqueue.local.LocalCluster\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    path = script_file(source, tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", local, path], capture_output=True, encoding="utf-8", timeout=300, cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    assert "Submitted 2 jobs" in run.stdout
    assert "n=2: " in run.stdout
    check_table(tmp_path, texts)


@pytest.mark.slow
def test_submits_jobs_and_cancels_them(slurm: Path, source: Path, texts: pl.Series, tmp_path: Path) -> None:
    path = script_file(source, tmp_path)
    subprocess.run([sys.executable, path], check=True, capture_output=True, timeout=300, cwd=tmp_path)
    check_table(tmp_path, texts)
    assert len(processes_of(slurm)) == 2
    wait_until(lambda: not any(map(is_alive, processes_of(slurm))), "the jobs had ended")


@pytest.mark.slow
def test_finished_jobs_are_replaced(slurm: Path, source: Path, texts: pl.Series, tmp_path: Path) -> None:
    path = script_file(source, tmp_path, memory="64MB")
    script = path.read_text(encoding="utf-8")
    assert "RESUBMIT = 30" in script
    path.write_text(script.replace("RESUBMIT = 30", "RESUBMIT = 0.5"), encoding="utf-8")
    environment = {**os.environ, "DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "500ms"}
    done = tmp_path / "الثنائيات.counting" / "partitions"
    with subprocess.Popen(
        [sys.executable, path], env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        try:
            wait_until(lambda: done.is_dir() and any(done.glob("0*.json")), "a partition was counted")
            wait_until(lambda: len(processes_of(slurm)) == 2, "there were two jobs")
            first = processes_of(slurm)
            for process in first:
                os.killpg(process, signal.SIGKILL)
            assert run.wait(240) == 0
        finally:
            run.kill()
    assert len(processes_of(slurm)) > 2
    check_table(tmp_path, texts)


@pytest.mark.slow
def test_terminated_script_can_be_resumed(slurm: Path, source: Path, texts: pl.Series, tmp_path: Path) -> None:
    path = script_file(source, tmp_path, memory="64MB")
    done = tmp_path / "الثنائيات.counting" / "partitions"
    with subprocess.Popen([sys.executable, path], cwd=tmp_path, stderr=subprocess.DEVNULL) as run:
        try:
            wait_until(lambda: done.is_dir() and any(done.glob("0*.json")), "a partition was counted")
            run.terminate()
            assert run.wait(120) == 143
        finally:
            run.kill()
    wait_until(lambda: not any(map(is_alive, processes_of(slurm))), "the jobs had ended")
    before = {file.name: file.stat().st_mtime_ns for file in done.glob("0*.json")}
    assert before
    counted = []
    with subprocess.Popen([sys.executable, path], cwd=tmp_path, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None:
            with suppress(OSError):
                counted.append({file.name: file.stat().st_mtime_ns for file in done.glob("0*.json")})
            time.sleep(0.02)
    assert run.returncode == 0
    latest = max(counted, key=len)
    assert {name: latest[name] for name in before} == before, "finished work was repeated"
    check_table(tmp_path, texts)
