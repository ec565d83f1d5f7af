"""tests/bench/first_use.py, on the sample."""

from __future__ import annotations

import first_use
import pytest

import corpus_kit as ck


@pytest.mark.slow
def test_table_of_one_call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    few = {name: first_use.CALLS[name] for name in ("page of an infix",)}
    monkeypatch.setattr(first_use, "CALLS", few)
    first_use.main([str(ck.sample_corpus().path), "--word", "الوزير", "--processes", "1"])
    row = capsys.readouterr().out.splitlines()[-1].split(" | ")
    assert row[0] == "| page of an infix"
    times = [float(each.strip("| ")) for each in row[2:]]
    assert len(times) == len(first_use.STEPS) + 1
    assert min(times) > 0
