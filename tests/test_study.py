"""The study of docs/tutorial: a script without loops and functions of its own, which runs on the sample."""

from __future__ import annotations

import ast
import json
import runpy
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck

SCRIPT = Path(__file__).parents[1] / "docs" / "tutorial" / "study.py"
SHEETS = ("furniture", "words", "company", "two_companies", "key_words", "change", "quotations", "copies")


def test_it_is_short_and_plain() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 40
    kinds = {type(node) for node in ast.walk(ast.parse(source))}
    assert not kinds & {ast.FunctionDef, ast.Lambda, ast.For, ast.While, ast.ListComp, ast.DictComp, ast.GeneratorExp}


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_it_runs_on_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("matplotlib", "docx", "fastexcel"):
        pytest.importorskip(name, reason="the extras `notebooks` and `formats` are not installed")
    monkeypatch.chdir(tmp_path)
    result = runpy.run_path(str(SCRIPT))
    assert capsys.readouterr().out.splitlines() == [ck.cite(result["key"]), ck.cite(result["labels"])]
    for name in SHEETS:
        assert pl.read_excel(tmp_path / "study" / f"{name}.xlsx").height > 0
        record = json.loads((tmp_path / "study" / f"{name}.xlsx.json").read_text(encoding="utf-8"))
        assert record["made_by"]["function"].startswith("ck.")
    for name in ("key_words.png", "trend.png", "labels.png", "lines.html"):
        assert (tmp_path / "study" / name).stat().st_size > 10_000
    chosen = json.loads((tmp_path / "study" / "key_words.xlsx.json").read_text(encoding="utf-8"))["made_by"]
    assert chosen["then"] == ['filter(direction="target")']
    assert chosen["corpus_id"] == ck.sample_corpus().id
