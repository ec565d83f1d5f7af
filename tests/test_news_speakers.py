"""Documents as numbers: neither how they are read nor what was read before changes what is found in them."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.news import speakers

TEXTS = [
    "قال الوزير محمد الخالدي: «نحن نطالب بالحل اليوم». وأضاف الوزير أن الحل قريب جدا.",
    "...",
    "بحسب الوزير فإن الحل بعيد. وأكدت المديرة سعاد النجار أن العمل بدأ، وقالت النجار «العمل صعب جدا هنا».",
    "ذكرت الوكالة أن الأمر انتهى",
]
FUNCTIONS: list[Callable[[ck.Corpus], pl.DataFrame]] = [
    ck.news.quotations, ck.news.indirect_quotations, ck.news.speech, ck.news.name_chains,
]  # fmt: skip


def corpus_in(folder: Path, name: str) -> ck.Corpus:
    frame = pl.DataFrame({"id": [str(row) for row in range(len(TEXTS))], "text": TEXTS})
    return ck.Corpus.build(frame, folder / name)


def test_tables_do_not_depend_on_what_was_called_before(tmp_path: Path) -> None:
    alone = [function(corpus_in(tmp_path, f"{row}")) for row, function in enumerate(FUNCTIONS)]
    assert all(table.height for table in alone)
    for number, order in enumerate([(1, 0, 3, 2), (3, 2, 1, 0), (2, 3, 0, 1)]):
        corpus = corpus_in(tmp_path, f"order{number}")
        for row in order:
            assert FUNCTIONS[row](corpus).equals(alone[row])


def test_tables_do_not_depend_on_how_documents_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_in(tmp_path, "whole")
    whole = [function(corpus) for function in FUNCTIONS]
    monkeypatch.setattr(speakers, "_BLOCK", 1)
    single = corpus_in(tmp_path, "single")
    assert all(function(single).equals(table) for function, table in zip(FUNCTIONS, whole, strict=True))
    some = corpus_in(tmp_path, "some").filter(id=["1", "2"])
    for function, table in zip(FUNCTIONS, whole, strict=True):
        assert function(some).equals(table.filter(pl.col("id").is_in(["1", "2"])))
