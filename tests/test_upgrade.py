"""Corpora of earlier versions: what they still do, and what is said."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.corpus import building, storage
from corpus_kit.display.card import card_rows

TEXTS = pl.DataFrame({"text": ["وصل الوفد 5km.", "وصل الوزير."]})


def test_a_corpus_keeps_its_tokens_and_says_by_which_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = building.RULES_VERSION
    monkeypatch.setattr(building, "RULES_VERSION", 1)
    old = ck.Corpus.build(TEXTS, tmp_path / "old", progress=False)
    monkeypatch.undo()
    new = ck.Corpus.build(TEXTS, tmp_path / "new", progress=False)
    with ck.Corpus.open(old.path) as opened:
        assert ck.frequency(opened).equals(ck.frequency(new))
        rules = dict(card_rows(opened.card))["rules"]
        assert rules.startswith(f"version 1, now {now}: build the corpus again")
        assert "1، والحالية" in dict(card_rows(opened.card, "ar"))["قواعد التقطيع"]
        assert "rules" not in dict(card_rows(new.card))
        assert opened.id != new.id
        opened.add(pl.DataFrame({"text": ["عاد الوفد."]}))  # all texts are read again, by the present rules
        assert "rules" not in dict(card_rows(opened.card))


def test_another_format_is_an_error_that_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "FORMAT_VERSION", 2)
    ck.Corpus.build(TEXTS, tmp_path / "old", progress=False)
    monkeypatch.undo()
    with pytest.raises(ck.CorpusError, match=r"has format version 2 .*this version reads 3.* [Bb]uild it again"):
        ck.Corpus.open(tmp_path / "old")
