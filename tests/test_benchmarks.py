"""The benchmarks: texts, comparison of results, timing, report and command."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import mmap
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from own_cache import own_cache
from test_cli import run

import corpus_kit as ck
from corpus_kit._core import INSTRUCTIONS
from corpus_kit.benchmarks import corpora, measure, peers, registry, report, runner, segmenting
from corpus_kit.benchmarks.chart import speed_chart, write_chart
from corpus_kit.benchmarks.generated import generated_texts
from corpus_kit.benchmarks.prepare import Prepared, given_texts, prepare
from corpus_kit.benchmarks.programs import run_program
from corpus_kit.benchmarks.tasks import (
    DifferentResultError,
    Task,
    Way,
    compare_counts,
    compare_texts,
    ways_by_instructions,
)
from corpus_kit.errors import CorpusKitError, InputError, SourceError

ROOT = Path(__file__).parents[1]


def silent(line: str) -> None:
    pass


# ------------------------------------------------------------------------------------------- text


@pytest.mark.slow
def test_generated_text_is_deterministic() -> None:
    texts = generated_texts(0.5)
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    assert digest == "f921c86e84bb4a25012e28424d664af8f82949ea17d0d5b5590ae8447ae157d2"
    assert 0.5e6 <= texts.str.len_bytes().sum() < 0.52e6
    assert not generated_texts(0.1, seed=2).equals(generated_texts(0.1))
    # a longer text continues a shorter one
    assert generated_texts(0.2)[:20].equals(texts[:20])


@pytest.mark.slow
def test_generated_text_resembles_news() -> None:
    texts = generated_texts(6)
    words = texts.str.extract_all(r"\S+").list.explode(empty_as_null=False)
    counts = words.value_counts()["count"]
    assert 8.5 < words.str.len_bytes().mean() < 11  # real news: 9.9
    assert 0.02 < counts.max() / len(words) < 0.05  # 0.034
    assert 0.12 < len(counts) / len(words) < 0.22  # 0.17 in as much text
    assert 0.45 < (counts == 1).mean() < 0.65  # 0.57
    half = words.head(len(words) // 2)
    assert half.n_unique() < 0.8 * len(counts), "new words must keep appearing"
    for sign in ("\u064b", "\u0651", "ـ", "،", "؟", "\n", "(", "٣", "2", "BBC", "أ", "ة", "ى"):
        assert texts.str.contains(sign, literal=True).any(), sign


def test_text_variants_of_tasks(tmp_path: Path) -> None:
    texts = pl.Series(["ٱلكتاب \u0670\n  و\u00a0قلم ", None, "\x1fنعم"])
    prepared = prepare(tmp_path, texts=texts, size=0, name="three")
    assert pl.read_parquet(prepared.file("whole", "agreed"))["text"].to_list() == [
        "لكتاب \n  و\u00a0قلم ",
        "",
        "\x1fنعم",
    ]
    assert pl.read_parquet(prepared.file("whole", "spaced"))["text"].to_list() == ["ٱلكتاب \u0670 و قلم", "", "نعم"]
    assert json.loads(prepared.file("sample", "spaced", "json").read_text(encoding="utf-8"))[2] == "نعم"
    assert prepared.description["documents"] == 3
    assert prepared.description["empty_or_null"] == 1
    assert prepared.description["white_space_tokens"] == 5
    assert prepared.description["code_points_left_out_for_normalisers"] == 2
    assert [text.split() for text in pl.read_parquet(prepared.file("whole", "spaced"))["text"]] == [
        (text or "").split() for text in texts
    ]


def test_unreadable_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.parquet"
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        given_texts(path, "text")
    pl.DataFrame({"text": [""], "number": [1]}).write_parquet(path)
    with pytest.raises(InputError, match=r"^--column must be .*Did you mean 'text'"):
        given_texts(path, "txt")
    with pytest.raises(InputError, match="a column of strings"):
        given_texts(path, "number")
    with pytest.raises(InputError, match="a column with texts"):
        given_texts(path, "text")


# -------------------------------------------------------------------------------------- comparing


def test_different_texts_are_reported() -> None:
    with pytest.raises(DifferentResultError, match=r"fold: theirs differs from ours in text 1 at code point 2: 'abX'"):
        compare_texts("fold", "ours", ["a", "abc"], "theirs", ["a", "abX"])
    with pytest.raises(DifferentResultError, match="at code point 1: 'a' instead of 'ab'"):
        compare_texts("fold", "ours", ["ab"], "theirs", ["a"])
    with pytest.raises(DifferentResultError, match="returns 1 texts"):
        compare_texts("fold", "ours", ["a", "b"], "theirs", ["a"])


COUNTS = pl.DataFrame({"ngram": ["a", "b"], "count": [2, 1], "documents": [1, 1]})


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (
            COUNTS.with_columns(count=pl.Series([2, 3])),
            r"in 1 n-grams, first in 'b': \{'count': 3, 'documents': 1\} instea",
        ),
        (COUNTS.head(1), r"first in 'b': \{'count': None, 'documents': None\} instead of \{'count': 1"),
        (pl.concat([COUNTS, COUNTS.tail(1)]), r"more than once, such as \['b'\]"),
        (COUNTS.drop("documents"), r"returns \['ngram', 'count'\]"),
    ],
)
def test_different_counts_are_reported(found: pl.DataFrame, message: str) -> None:
    compare_counts("ngrams", "ours", COUNTS, "theirs", COUNTS.clone())
    with pytest.raises(DifferentResultError, match=message):
        compare_counts("ngrams", "ours", COUNTS, "theirs", found)


@cache
def little() -> pl.Series:
    """Return a little text; most of its time goes into the first word."""
    return generated_texts(0.05)


def session(tmp_path: Path, tell: Callable[[str], None] = silent) -> runner._Session:
    options = runner.Options(quick=True)
    prepared = prepare(tmp_path, texts=little(), size=0, name="little")
    return runner._Session(
        options, prepared, peers.Peers(make=frozenset(), tell=tell), runner._environment(options), tell
    )


def test_wrong_peer_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake camel-tools in an environment of its own loses a letter."""
    script = tmp_path / "wrong_peer.py"
    script.write_text(
        "def lose(texts):\n    return lambda: [text.replace('\\u0643', '') for text in texts]\n"
        "WAYS = {'normalize-marks': lose}\n"
    )
    environment = replace(peers.ENVIRONMENTS["camel"], script=str(script))
    monkeypatch.setitem(peers.ENVIRONMENTS, "camel", environment)
    monkeypatch.setenv("CORPUS_KIT_CAMEL_PYTHON", sys.executable)
    task = registry.task_named("normalize-marks")
    ways = [(task, task.way(name)) for name in ("corpus-kit", "camel-tools", "str.translate")]
    with pytest.raises(DifferentResultError, match="normalize-marks: camel-tools differs from corpus-kit in text 0 at"):
        session(tmp_path).check(ways)


def test_different_totals_on_the_whole_text_stop_the_run(tmp_path: Path) -> None:
    task = registry.task_named("ngrams-1")
    running = session(tmp_path)
    running.runs["ngrams-1", "corpus-kit"] = [{"totals": [3, 10]}]
    running._compare_totals(task, task.way("Polars, codes"), {"totals": [3, 10]})
    with pytest.raises(DifferentResultError, match=r"Polars, codes differs .* \[3, 9\] instead of \[3, 10\]"):
        running._compare_totals(task, task.way("Polars, codes"), {"totals": [3, 9]})


def installed(task: Task) -> list[Way]:
    here = peers.Peers(make=frozenset(), tell=silent)
    return [way for way in task.ways if way.make is not None and here.missing(way) is None]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return a little text that all tasks share."""
    return prepare(tmp_path_factory.mktemp("prepared"), texts=little(), size=0, name="little")


@pytest.mark.slow
@pytest.mark.parametrize("task", registry.TASKS, ids=lambda task: task.name)
def test_all_installed_ways_agree(
    task: Task, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = pl.read_parquet(prepared.file("whole", task.text))["text"]
    expected: Any = None
    for way in installed(task):
        assert way.make is not None
        result = way.make(texts.to_list() if way.takes == "list" else texts)()
        total = task.total(result)
        assert all(number > 0 for number in total), way.name
        if way.role == "context":
            continue
        found = task.canonical(result)
        if expected is None:
            expected = (found, total)
        assert total == expected[1], way.name
        if isinstance(found, pl.DataFrame):
            compare_counts(task.name, "ours", expected[0], way.name, found)
        else:
            compare_texts(task.name, "ours", expected[0], way.name, found)
    for thread in threading.enumerate():
        if thread.name == "busy":  # it ends with the call beside which it was, or it would slow all later tests
            thread.join(60)
            assert not thread.is_alive()


# --------------------------------------------------------------------------------- search and conc


def test_conc_peer_has_the_same_queries() -> None:
    """conc_peer.py cannot import the package, so it repeats the queries."""
    lines = (ROOT / "corpus_kit" / "benchmarks" / "conc_peer.py").read_text(encoding="utf-8")
    values = {
        node.targets[0].id: node.value
        for node in ast.parse(lines).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["SEARCHES"]) == corpora.SEARCHES
    assert ast.literal_eval(values["WORD"]) == corpora.WORD
    assert set(corpora.SEARCHES) <= {task.name for task in registry.TASKS}


@pytest.mark.parametrize("name", corpora.SEARCHES)
def test_search_falls_back_to_another_query(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wanted, instead = corpora.SEARCHES[name]
    make = registry.task_named(name).ways[0].make
    assert make is not None
    _, hits = make(pl.Series([f"{wanted} ثم {wanted}", f"{instead} أيضا"]))()
    assert hits == 2 + (wanted == instead)
    lines, hits = make(pl.Series([f"{instead} {number}" for number in range(30, 5, -1)]))()
    assert hits == 25
    assert lines.height == 20
    assert lines["after"].to_list() == sorted(lines["after"].to_list())


@pytest.mark.slow
def test_hits_of_a_peer_are_shown_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake conc with other rules finds seven hits."""
    script = tmp_path / "other_peer.py"
    script.write_text("WAYS = {'corpus-word': lambda texts: lambda: ('the lines', [7])}\n")
    monkeypatch.setitem(peers.ENVIRONMENTS, "conc", replace(peers.ENVIRONMENTS["conc"], script=str(script)))
    monkeypatch.setenv("CORPUS_KIT_CONC_PYTHON", sys.executable)
    task = registry.task_named("corpus-word")
    running = session(tmp_path)
    running.time([(task, way) for way in task.ways])
    task_report = running.report(task)
    rows = report.summary({**REPORT, "tasks": [task_report]})
    assert [row["counted"] for row in rows] == [f"{running.runs['corpus-word', 'corpus-kit'][0]['totals'][0]} hits"] + [
        "7 hits"
    ]
    written = report.markdown({**REPORT, "tasks": [task_report]})
    assert f"Found: {task.title}: {rows[0]['counted']}, conc 7 hits." in written


# ------------------------------------------------------------------------------------- segmenters


def segment_peer() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "segment_peer", ROOT / "corpus_kit" / "benchmarks" / "segment_peer.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_segmenters_get_the_same_words() -> None:
    peer, texts = segment_peer(), generated_texts(0.2).to_list()
    assert peer.words_of(texts) == segmenting.words_of(texts)
    some = segmenting.some_words(texts)
    assert peer.some_words(texts) == some
    assert peer.SOME == segmenting.SOME == len(some)
    assert some == sorted(set(some))
    assert segmenting.some_words(texts[:1]) == segmenting.words_of(texts[:1])
    assert segmenting.words_of(["قَالـَت 12 وقال", "قالت"]) == ["قالت", "وقال"]
    assert segmenting.words_of([]) == segmenting.some_words([]) == []
    assert set(peer.WAYS) == {task.name for task in segmenting.TASKS}


@pytest.mark.parametrize(
    ("word", "before", "after", "expected"),
    [
        ("وبمدرستها", "وب", "ها", ["و", "ب", "مدرست", "ها"]),
        ("للحشد", "لل", "", ["ل", "لحشد"]),
        ("بالسعودية", "بال", "ية", ["ب", "السعودية"]),
        ("مدرستها", "م", "تها", ["مدرست", "ها"]),
        ("استقال", "است", "", ["استقال"]),
        ("به", "ب", "ه", ["به"]),
        ("قال", "", "", ["قال"]),
    ],
)
def test_affixes_become_cuts(word: str, before: str, after: str, expected: list[str]) -> None:
    assert segment_peer().pieces(word, before, after) == expected


def test_gpl_peers_are_not_dependencies() -> None:
    assert {way.name for way in registry.task_named("segment-some").ways} == {"corpus-kit", "tashaphyne", "farahidi"}
    assert "tashaphyne" not in sys.modules
    assert "farahidi" not in sys.modules
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").lower()
    assert "tashaphyne" not in project
    assert "farahidi" not in project


# ----------------------------------------------------------------------------------- measurement


@pytest.mark.slow
def test_measure() -> None:
    held = []

    def hold() -> int:
        """Hold 32 MiB that no one had before: what an allocator gives out again needs no page faults."""
        held.append(mmap.mmap(-1, 32 << 20))
        held[-1][:: mmap.PAGESIZE] = bytes((32 << 20) // mmap.PAGESIZE)
        return len(held)

    measured, result = measure.measure(hold, repeats=2, budget=60)
    assert result == 3
    assert len(measured["warm"]) == 2
    assert all(call["seconds"] > 0 and call["cpu"] >= 0 for call in [measured["first"], *measured["warm"]])
    if sys.platform == "linux":
        assert measured["first"]["faults"] > 0
        assert measured["peak_mib"] - measured["base_mib"] > 90
    measured, _ = measure.measure(lambda: None, repeats=5, budget=0)
    assert measured["warm"] == [], "no budget, no second call"


def test_missing_packages_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path))
    monkeypatch.delenv("CORPUS_KIT_CAMEL_PYTHON", raising=False)
    here = peers.Peers(make=frozenset(), tell=silent)
    assert here.missing(Way("x", "peer", modules=("no_such_module",), package="x-y")) == "not installed (x-y)"
    absent = here.missing(Way("camel-tools", "peer", environment="camel", package="camel-tools"))
    assert absent == "not installed (--environments creates an environment for it)"
    monkeypatch.setenv("CORPUS_KIT_CAMEL_PYTHON", str(tmp_path / "python"))
    with pytest.raises(InputError, match=r"^CORPUS_KIT_CAMEL_PYTHON must be"):
        peers.Peers(make=frozenset(), tell=silent).python("camel")


@pytest.mark.slow  # creates an environment
def test_failed_environment_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path))
    monkeypatch.delenv("CORPUS_KIT_CAMEL_PYTHON", raising=False)
    environment = replace(peers.ENVIRONMENTS["camel"], packages=(str(tmp_path / "nothing-here"),))
    monkeypatch.setitem(peers.ENVIRONMENTS, "camel", environment)
    task_report: list[str] = []
    why = peers.Peers(make=frozenset(["camel"]), tell=task_report.append).python("camel")
    assert isinstance(why, str)
    assert why.startswith("not installed (")
    assert "creating an environment" in task_report[0]
    assert not list((tmp_path / "benchmarks").iterdir())


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
def test_what_a_program_leaves_behind_is_ended() -> None:
    """It holds the pipe, so that the output has no end, although the program itself has ended."""
    with pytest.raises(subprocess.TimeoutExpired) as caught:
        run_program(["sh", "-c", "sleep 300 & echo $!"], 2)
    left = int(caught.value.stdout)
    for _ in range(500):
        if not Path(f"/proc/{left}").exists() or "Z" in Path(f"/proc/{left}/stat").read_text().rpartition(")")[2]:
            return
        time.sleep(0.01)
    raise AssertionError(f"{left} still runs")


@pytest.mark.slow
def test_slow_and_failing_ways(tmp_path: Path) -> None:
    running = session(tmp_path)
    sleep = [sys.executable, "-c", "import time; time.sleep(30)"]
    assert running._process(sleep, dict(os.environ), 0.2) == "skipped: slower than 0.2 s"
    wrong = [sys.executable, "-c", "raise ValueError('so it is')"]
    assert running._process(wrong, dict(os.environ), 20) == "failed: ValueError: so it is"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0.0}, "--size must be a number of megabytes"),
        ({"size": 1.0, "texts": Path("x")}, "--size must be left out with --texts"),
        ({"repeat": 0}, "--repeat must be .* got 0"),
        ({"limit": 0.0}, "--limit must be .* got 0.0"),
        ({"threads": 0}, "--threads must be .* got 0"),
        ({"only": "ngram"}, "--only must be .* Did you mean 'ngrams'"),
        ({"instructions": "avx1024"}, "--instructions must be .* got 'avx1024'"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        runner.run(runner.Options(**options), tell=silent)


# ------------------------------------------------------------------------------------- the report


def invented(seconds: dict[str, list[float]], roles: dict[str, str]) -> dict[str, Any]:
    """Return a report with one task and these times."""

    def runs(times: list[float]) -> list[dict[str, Any]]:
        call = [{"seconds": time, "cpu": 1.5 * time, "faults": 1000} for time in times]
        return [
            {
                "first": {"seconds": 2 * each["seconds"], "cpu": each["cpu"], "faults": 5000},
                "warm": [each],
                "base_mib": 80.0,
                "peak_mib": 99.5,
            }
            for each in call
        ]

    ways = [
        {
            "name": name,
            "role": roles[name],
            "package": "",
            "note": "does more" if roles[name] == "context" else "",
            "status": "measured",
            "runs": runs(times),
        }
        for name, times in seconds.items()
    ]
    ways.append(
        {"name": "absent", "role": "peer", "package": "", "note": "", "status": "not installed (absent)", "runs": []}
    )
    return {
        "started": "2026-11-25T00:00:00+00:00",
        "machine": {"processor": "a processor", "processors": 2, "threads": 2, "instructions": "scalar"},
        "versions": {"corpus_kit": "0.1.0", "python": "3.11", "polars": "2.1", "platform": "x", "unicode": "17.0"},
        "text": {"name": "some", "bytes": 10_000_000, "documents": 5, "white_space_tokens": 7, "sha256": "ab" * 32},
        "processes_of_each_way": 3,
        "tasks": [{"name": "fold", "title": "Fold", "text": "raw", "bytes": 10_000_000, "ways": ways}],
    }


REPORT = invented(
    {"corpus-kit": [0.1, 0.2, 0.1], "fast": [0.4, 0.5, 0.4], "slow": [3.0], "corpus-kit, more": [0.05, 0.05, 0.05]},
    {"corpus-kit": "ours", "fast": "peer", "slow": "peer", "corpus-kit, more": "context"},
)


def test_ratios_to_the_best_peer_per_turn() -> None:
    rows = {row["name"]: row for row in report.summary(REPORT)}
    ours = rows["corpus-kit"]
    assert (ours["ratio"], ours["ratio_low"], ours["ratio_high"]) == pytest.approx((4, 2.5, 4))
    assert ours["best_peer"] == "fast"
    assert (ours["seconds"], ours["first_seconds"], ours["mb_per_second"]) == pytest.approx((0.1, 0.2, 100))
    assert ours["cpu_seconds"] == pytest.approx(0.15)
    assert (ours["peak_mib"], ours["base_mib"], ours["faults"], ours["first_faults"]) == (99.5, 80, 1000, 5000)
    assert rows["fast"]["ratio"] == 1
    assert rows["slow"]["ratio"] == pytest.approx(0.4 / 3)
    assert rows["absent"]["seconds"] is None
    alone = report.summary(invented({"corpus-kit": [0.1]}, {"corpus-kit": "ours"}))[0]
    assert alone["ratio"] is None


def test_tables(tmp_path: Path) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in report.write_results(REPORT, tmp_path)}
    assert set(written) == {"results.json", "README-table.md", "table.txt"}
    line = "| Fold | 100 ms | 150 ms | 100 | fast | 400 ms | 600 ms | **4.0** (2.5–4.0) | 100 (100) | 1,000 (1,000) |"
    assert line in written["README-table.md"].splitlines()
    more = "| — does more | 50 ms | 75 ms | 200 | fast | 400 ms | 600 ms | **8.0** (8.0–10.0) | 100 (100) |"
    assert f"{more} 1,000 (1,000) |" in written["README-table.md"].splitlines()
    assert "none does it" not in written["README-table.md"]
    assert "Not measured: absent: not installed (absent)." in written["README-table.md"]
    assert "SHA-256 abababababababab" in written["README-table.md"]
    for expected in ("4.0 (2.5–4.0)", "not installed (absent)", "1 process", "a processor", "scalar instructions"):
        assert expected in written["table.txt"], expected
    assert json.loads(written["results.json"])["summary"][0]["name"] == "corpus-kit"


def test_other_instructions_have_separate_rows() -> None:
    ways = {"corpus-kit": [0.1], "corpus-kit, lazy": [0.2], "corpus-kit, scalar": [0.3], "fast": [0.4]}
    invention = invented(ways, {name: "peer" if name == "fast" else "ours" for name in ways})
    invention["tasks"][0]["ways"][2]["note"] = "scalar instructions"
    lines = [line.split(" | ")[0] for line in report.markdown(invention).splitlines() if line.startswith("| ")]
    assert lines[1:] == ["| Fold", "| — scalar instructions"]


def test_ways_by_instructions_restore_the_setting() -> None:
    before = ck.instructions()
    used = [way.make(None)() for way in ways_by_instructions(lambda _: ck.instructions) if way.make]
    assert used == list(INSTRUCTIONS[:-1])
    assert ck.instructions() == before


def test_table_is_written_into_the_readme(tmp_path: Path) -> None:
    readme, results = tmp_path / "README.md", tmp_path / "results.json"
    results.write_text(json.dumps(REPORT), encoding="utf-8")
    readme.write_text((ROOT / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "corpus_kit.benchmarks.report", str(results), str(readme)]
    subprocess.run(command, check=True)
    assert report.markdown(REPORT) in readme.read_text(encoding="utf-8")
    with pytest.raises(SourceError, match="no place for the table"):
        report.put_into("nothing", "table")


def test_readme_table_is_up_to_date() -> None:
    """The table in the README has the current columns, and states its origin."""
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition(report.BEGIN)[2].partition(report.END)[0]
    assert report.markdown(REPORT).splitlines()[0] in shown
    assert "SHA-256" in shown
    titles = {task.title for task in registry.TASKS}
    rows = [line.split("|")[1].strip() for line in shown.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert {row for row in rows if not row.startswith("—")} <= titles


def test_plot(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `bench`")
    (axes,) = speed_chart(REPORT).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["corpus-kit", "best peer", "other peers"]
    assert "4.0 ×" in {text.get_text() for text in axes.texts}
    assert axes.get_xscale() == "log"
    png, svg = write_chart(REPORT, tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert svg.read_text(encoding="utf-8").startswith("<?xml")
    with pytest.raises(CorpusKitError, match="nothing to plot"):
        speed_chart(invented({}, {}))


# ------------------------------------------------------------------------------------ end to end


@pytest.mark.slow
def test_command(tmp_path: Path) -> None:
    """A quick run with the installed peers; missing ones are named."""
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if name not in ("CORPUS_KIT_CAMEL_PYTHON", "CORPUS_KIT_CONC_PYTHON")
        },
        "CORPUS_KIT_CACHE": str(own_cache(tmp_path / "cache")),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [
        sys.executable,
        "-c",
        "from corpus_kit.cli.main import main; main()",
        "bench",
        "--quick",
        "--size",
        "0.1",
        "--only",
        "normalize-str,corpus-build",
    ]
    done = subprocess.run(
        [*command, "--threads", "1", "--instructions", "scalar", "-o", str(tmp_path / "out")],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "results.json", "README-table.md", "table.txt", "speed.png", "speed.svg",
    }  # fmt: skip
    result = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert result["format"] == runner.FORMAT
    assert set(result) == {
        "format", "started", "seconds", "machine", "versions", "text", "processes_of_each_way", "limit_seconds",
        "tasks", "summary",
    }  # fmt: skip
    assert result["machine"]["threads"] == 1
    assert result["machine"]["instructions"] == "scalar"
    assert set(result["machine"]) == {"processor", "processors", "threads", "instructions"}
    assert {"corpus_kit", "python", "polars", "numpy"} <= set(result["versions"])
    assert len(result["text"]["sha256"]) == 64
    assert [task["name"] for task in result["tasks"]] == ["normalize-str", "corpus-build"]
    for task in result["tasks"]:
        assert {way["name"] for way in task["ways"]} == {way.name for way in registry.task_named(task["name"]).ways}
        for way in task["ways"]:
            assert bool(way["runs"]) == (way["status"] == "measured"), way
            for one in way["runs"]:
                assert one["first"]["seconds"] > 0
                assert one["peak_mib"] is None or one["peak_mib"] > 0
    ways = {(task["name"], way["name"]): way for task in result["tasks"] for way in task["ways"]}
    assert ways["normalize-str", "camel-tools"]["status"].startswith("not installed")
    assert ways["normalize-str", "str.translate"]["runs"]
    assert "Remove marks and fold letters" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_terminated_command_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [
        sys.executable,
        "-c",
        "from corpus_kit.cli.main import main; main()",
        "bench",
        "--quick",
        "-o",
        str(tmp_path / "out"),
    ]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("comparing"):
                break
        process.terminate()
        assert process.wait(timeout=60) == 143
    assert not list(tmp_path.iterdir())


def test_command_errors(tmp_path: Path) -> None:
    error = run("bench", "--only", "ngram", cwd=tmp_path, code=1).stderr
    assert error.startswith("error: --only must be one of ")
    assert "Did you mean 'ngrams'?" in error
