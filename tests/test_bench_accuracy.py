"""tests/bench/accuracy.py and interval_coverage.py: shares with intervals, and the tables."""

from __future__ import annotations

from pathlib import Path

import accuracy
import interval_coverage
import pytest
import treebanks

# invented: a verb, a noun with clitics, an adjective; a sentence that is right and one with another lemma
TREEBANK = """1	قال	قال	VERB	_	_	_	_	_	_
2	وزير	وزير	NOUN	_	_	_	_	_	SpaceAfter=No
3	.	.	PUNCT	_	_	_	_	_	_

1	و	و	CCONJ	_	_	_	_	_	SpaceAfter=No
2	كتاب	دفتر	NOUN	_	_	_	_	_	_
3	جديد	جديد	ADJ	_	_	_	_	_	_
"""


def test_intervals() -> None:
    share, low, high = accuracy.with_interval([(9, 10), (0, 0), (5, 10)])
    assert (share, low, high) == (0.7, 0.5, 0.9)
    assert accuracy.with_interval([(1, 2)] * 50) == (0.5, 0.5, 0.5)


def test_table(tmp_path: Path) -> None:
    path = tmp_path / "little.conllu"
    path.write_text(TREEBANK, encoding="utf-8")
    lines = accuracy.table(path).splitlines()
    assert "| words segmented as there | 100.0 % (100.0–100.0) of 4 |" in lines
    assert "| F1 of the cuts | 100.0 % |" in lines
    assert "| lemmas of nouns | 50.0 % (0.0–100.0) of 2 |" in lines
    assert "| lemmas of all content words | 75.0 % (50.0–100.0) of 4 |" in lines
    assert "| verbs that are found | 100.0 % (100.0–100.0) of 1 |" in lines
    assert "| names that are found | none to score |" in lines


@pytest.mark.parametrize("name", ["ud-arabic-pud-news.conllu", "padt-dev-words.json"])
def test_documented_figures(shared: Path, name: str) -> None:
    """The table of the page is what the script prints."""
    page = (Path(__file__).parents[1] / "docs/searching.md").read_text(encoding="utf-8")
    for line in accuracy.of_words(treebanks.read_treebank(shared / "data" / name)):
        share = line.split(" | ")[1].rstrip(" |")
        assert share in page or "F1" in line, line


def test_coverage_of_simulated_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interval_coverage, "REPLICATES", 100)
    head, _, *rows = interval_coverage.of_rates(2).splitlines()
    assert head.count("|") == 6
    assert [row.split()[1] for row in rows] == ["5", "10", "20", "50", "200"]
    assert {cell.strip() for row in rows for cell in row.split("|")[2:-1]} <= {"0 %", "50 %", "100 %"}
    assert interval_coverage.rate_is_covered(1, 5, 1e-9, 0.0) == (False, False)


def test_false_key_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/measures/keyness.md says: few if words are drawn one by one, nearly always where rates vary."""
    monkeypatch.setattr(interval_coverage, "DIVISIONS", 10)
    monkeypatch.setattr(interval_coverage, "WORDS", 400)
    assert interval_coverage.false_key_words(68, 0.0)[0] <= 0.2
    assert interval_coverage.false_key_words(68, 1.4)[0] >= 0.8
