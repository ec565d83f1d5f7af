"""tests/bench/large_index.py, on a small corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import large_index
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.benchmarks.generated import generated_texts


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_report_on_a_small_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(large_index, "PIECE", 0.1)
    few = {name: large_index.QUESTIONS[name] for name in large_index.TOGETHER}  # each in two processes
    monkeypatch.setattr(large_index, "QUESTIONS", few)
    corpus = large_index.build(tmp_path, 0.25)
    assert [path.name for path in sorted((tmp_path / "texts-0.25").iterdir())] == [
        "001.parquet", "002.parquet", "003.parquet",
    ]  # fmt: skip
    assert not pl.read_parquet(tmp_path / "texts-0.25" / "001.parquet").equals(
        pl.read_parquet(tmp_path / "texts-0.25" / "002.parquet")
    )
    assert large_index.build(tmp_path, 0.25) == corpus, "used again"
    assert large_index.main(["--corpus", str(corpus), "--processes", "1", "--again", "1"]) == 0
    printed = capsys.readouterr().out
    hits = len(ck.kwic(ck.Corpus.open(corpus), "في"))
    assert f"| first page of في | {hits:,} | " in printed
    assert printed.count("| first page of ") == 1
    for expected in ("| open |  | ", "| phrase: في ", "| collocates of في | ", "| < 200 MB |", "(format ", "polars"):
        assert expected in printed, expected
    assert large_index.main(["--corpus", str(tmp_path / "nothing"), "--processes", "1"]) == 1
    assert "error: a process failed: " in capsys.readouterr().err


@pytest.mark.slow
def test_all_queries_run(tmp_path: Path) -> None:
    """Run every query in this process, on a small corpus."""
    ck.Corpus.build(generated_texts(0.05).to_frame("text"), tmp_path / "corpus", progress=False)
    description = large_index.process({"corpus": str(tmp_path / "corpus"), "mode": "words"})
    assert description["words"]["first"] == "في"
    assert description["words"]["second"] != "في"
    assert (description["documents"], description["tokens"] > description["words_in_all"]) == (
        len(generated_texts(0.05)),
        True,
    )
    if sys.platform != "linux":
        return
    questions = list(large_index.QUESTIONS)
    request = {"mode": "ask", "words": description["words"], "questions": questions, "cold": True, "again": 1}
    answer = large_index.process({"corpus": str(tmp_path / "corpus"), **request})
    assert list(answer["questions"]) == questions
    assert all(len(each["again"]) == 1 for each in answer["questions"].values())
    assert answer["questions"]["page"]["count"] == answer["questions"]["sorted"]["count"] > 0
    assert len(answer["memory"]) == 1 + 2 * len(questions)
    medians = {name: {"cold": 1.0, "first": 1.0, "again": 1.0, "count": 5} for name in ["open", *questions]}
    medians["collocates"]["again"] = 300.0
    shown = large_index.report(description, {"medians": medians, "before": 40.0, "memory": 90.0}, 1)
    assert "| phrase: في " in shown
    assert "| again < 60 ms | yes |" in shown
    assert "| collocates of في | 5 | 1.0 | 1.0 | 300.0 | again < 200 ms | no |" in shown
    assert "90 MB (40 MB before the corpus is opened) | | | | < 200 MB | yes |" in shown
