"""tests/bench/billion.py and its texts, on a small corpus."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import billion
import billion_text
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.text.tokenization import Tokenizer


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"_TYPES": 20_000, "_BEND": 1_000, "_RUNNING": 1 << 14, "_DOCUMENTS": 100}.items():
        monkeypatch.setattr(billion_text, name, value)
    monkeypatch.setattr(billion_text, "TOKENS_OF_A_FILE", 60_000)


def test_texts_have_the_form_of_news_and_are_deterministic() -> None:
    news, again, other = (billion_text.GeneratedNews(seed) for seed in (1, 1, 2))
    frames = [news.documents(number) for number in range(6)]
    table = pl.concat(frames)
    assert again.documents(3).equals(frames[3])
    assert not set(other.documents(3)["text"]) & set(table["text"])
    assert table["id"].to_list() == [str(row) for row in range(600)]
    assert table["source"].n_unique() >= 12
    assert table["source"].value_counts()["count"].max() > 100
    assert table["date"].is_between(date(2010, 1, 1), date(2024, 12, 31)).all()
    assert table["date"].dt.year().n_unique() == 15
    tokenizer = Tokenizer()
    tokens, types = 0, []
    for frame in frames:
        tokens += len(tokenizer.add(frame["text"]).type_ids)
        types.append(len(tokenizer))
    assert 0.9 < tokens / (600 * billion_text.TOKENS_PER_DOCUMENT) < 1.1
    assert types == sorted(types)
    assert types[-1] > types[-2], "new words keep appearing"
    assert set("،.:«»()\n") <= set("".join(table["text"]))
    assert table["text"].str.ends_with(".").all()
    first = ck.count_ngrams(table["text"], 1)["ngram"].head(5).to_list()
    assert len(set(first) & {"في", "من", "على", "ان", "الي"}) >= 4


def test_files_are_used_again(tmp_path: Path) -> None:
    paths = billion_text.write(tmp_path, 150_000)
    assert [path.name for path in paths] == ["000.parquet", "001.parquet", "002.parquet"]
    whole = pl.concat([pl.read_parquet(path) for path in paths])
    assert whole["id"].is_unique().all()
    paths[1].unlink()
    paths[0].write_bytes(b"kept")
    assert billion_text.write(tmp_path, 150_000) == paths
    assert paths[0].read_bytes() == b"kept"
    assert pl.concat([pl.read_parquet(path) for path in paths[1:]]).equals(whole[200:])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_build_and_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = ["page of a rare word", "lemma", "page of a subcorpus by source"]
    call = [str(tmp_path), "--tokens", "60000", "--again", "1", "--annotate", "--only", *some]
    assert billion.main(call) == 0
    printed = capsys.readouterr().out
    for expected in ("build: ", "annotate: ", "| documents.parquet | ", "| all | ", *(f"| {name} | " for name in some)):
        assert expected in printed, expected
    others = [name for name in billion.MORE_TASKS if name not in some]  # test_bench_large_index.py runs the others
    assert billion.main([*call[:-3], *others]) == 0
    assert "build: " not in capsys.readouterr().out
