"""tests/bench/segmenters.py: the accuracy of segmenters on a treebank, and the table."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import segmenters

from corpus_kit.benchmarks import peers

# invented: a number, a word of three tokens with a mark, one at the end of a sentence, one with a Latin letter
TREEBANK = """# sent_id = 1
1	12	_	NUM	_	_	_	_	_	_
2-4	وبقلمها	_	_	_	_	_	_	_	_
2	وَ	_	CCONJ	_	_	_	_	_	SpaceAfter=No
3	ب	_	ADP	_	_	_	_	_	SpaceAfter=No
4	قلم	_	NOUN	_	_	_	_	_	SpaceAfter=No
5	ها	_	PRON	_	_	_	_	_	_
6	الجديد	_	ADJ	_	_	_	_	_	SpaceAfter=No
7	.	_	PUNCT	_	_	_	_	_	SpaceAfter=No

1	x	_	X	_	_	_	_	_	SpaceAfter=No
2	كتب	_	VERB	_	_	_	_	_	_
3	كتب	_	VERB	_	_	_	_	_	SpaceAfter=No
"""


def test_scores(tmp_path: Path) -> None:
    path = tmp_path / "little.conllu"
    path.write_text(TREEBANK, encoding="utf-8")
    gold = segmenters.scored_words(path)
    assert gold == [["و", "ب", "قلم", "ها"], ["الجديد"], ["كتب"]]
    assert segmenters.score(gold, None) == (2 / 3, None)
    whole = {"وبقلمها": ["و", "بقلم", "ها"], "الجديد": ["الجديد"], "كتب": ["ك", "تب"]}
    assert segmenters.score(gold, whole) == (1 / 3, 2 * 2 / (3 + 3))


def test_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path))
    monkeypatch.delenv("CORPUS_KIT_FARAHIDI_PYTHON", raising=False)
    script = tmp_path / "whole_peer.py"
    script.write_text("WAYS = {'segment-words': lambda texts: lambda: [[word] for word in sorted(texts[0].split())]}\n")
    monkeypatch.setitem(peers.ENVIRONMENTS, "tashaphyne", replace(peers.ENVIRONMENTS["conc"], script=str(script)))
    monkeypatch.setenv("CORPUS_KIT_CONC_PYTHON", sys.executable)
    treebank, texts = tmp_path / "little.conllu", tmp_path / "texts.parquet"
    treebank.write_text(TREEBANK, encoding="utf-8")
    pl.DataFrame({"words": ["كتب", None]}).write_parquet(texts)
    assert segmenters.main([str(treebank), "--texts", str(texts), "--column", "words"]) == 0
    printed = capsys.readouterr().out
    assert "| no splitting | 66.67 |  |  |  |" in printed
    assert "| corpus-kit | 100.00 | 100.00 |" in printed
    assert "| corpus-kit, counts of the texts mixed in | 100.00 | 100.00 |" in printed
    assert "| tashaphyne unknown | 66.67 |  |" in printed
    assert "3 words (3 distinct), 1 of several pieces." in printed
    assert "Left out: farahidi: not installed (--environments creates an environment for it)." in printed
    script.write_text("WAYS = {'segment-words': None}\n")
    assert segmenters.main([str(treebank)]) == 0
    assert "Left out: tashaphyne: failed: TypeError" in capsys.readouterr().out
    treebank.write_text("", encoding="utf-8")
    assert segmenters.main([str(treebank)]) == 1
    assert "has no words of Arabic letters" in capsys.readouterr().err
