"""The reader of sentences from the Leipzig Corpora Collection."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus_kit.readers.documents import Document, File, Notice, Skipped
from corpus_kit.readers.leipzig import leipzig
from corpus_kit.readers.limits import Limits

pytestmark = pytest.mark.interface

SENTENCES = '1\tافتتح السوق\u2028أمس.\n2\tقال: "نعم"\tثم خرج.\r\n\nبلا رقم\n17\tانتهى العمل.\n'


def test_sentences_with_their_sources(tmp_path: Path) -> None:
    before = "ara_news_2022_10K-"
    (tmp_path / f"{before}sentences.txt").write_bytes(SENTENCES.encode())
    (tmp_path / f"{before}sources.txt").write_text(
        "5\thttps://a.example/\t2022-01-02\n6\thttps://b.example/\t\n7\thttps://c.example/\t2022\n"
    )
    (tmp_path / f"{before}inv_so.txt").write_text("5\t1\n6\t1\n6\t17\n9\t2\nx\ty\n5\t99999999999\n")
    name = f"{before}sentences.txt"
    misread, first, second, skipped, third = leipzig()(File(name, tmp_path / name))
    assert misread == Notice("date not understood", 1, "2022 of https://c.example/")
    assert first == Document("افتتح السوق\u2028أمس.", "1", {"url": "https://a.example/", "date": date(2022, 1, 2)})
    assert second == Document('قال: "نعم"\tثم خرج.', "2")
    assert skipped == Skipped("line that is no number and sentence", "line 4", "بلا رقم")
    assert third == Document("انتهى العمل.", "17", {"url": "https://b.example/", "date": None})


def test_sources_that_are_absent() -> None:
    notice, found = leipzig()(File("ara-sentences.txt", data="1\tجملة".encode()))
    assert isinstance(notice, Notice)
    assert found == Document("جملة", "1")


def test_what_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="more than 1,000 characters"):
        list(leipzig()(File("a", data=b"1\t" + b"a" * 2_000, limits=Limits(text_bytes=1_000))))
    with pytest.raises(UnicodeDecodeError):
        list(leipzig()(File("a", data="1\tجملة".encode("cp1256"))))
