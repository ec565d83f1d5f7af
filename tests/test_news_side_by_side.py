"""`ck.news.side_by_side`: two copies with their differences marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import news

SAMPLE = ck.sample_corpus()
PAIR = ("mada-2026-02-09-1", "barid-2026-02-10-1")


def built(path: Path, *texts: str) -> ck.Corpus:
    return ck.Corpus.build([{"text": text} for text in texts], path / "c")


def test_the_pieces_are_the_texts_and_the_edits() -> None:
    pairs = news.near_duplicates(SAMPLE, by="outlet")
    texts = dict(SAMPLE.documents.select("document", "text").collect().iter_rows())
    edits = news.edits(SAMPLE, pairs)
    for place in range(0, pairs.height, 6):
        beside = news.side_by_side(SAMPLE, pairs[place])
        assert ["".join(piece[side] for piece in beside.pieces) for side in (1, 2)] == [
            texts[document] for document in beside.documents
        ]
        own = edits.filter(first_document=beside.documents[0], second_document=beside.documents[1])
        changes = [piece[0] for piece in beside.pieces if piece[0] != "same"]
        assert changes == own["kind"].cast(pl.String).to_list()
        assert [tuple(piece) for piece in json.loads(json.dumps(beside.pieces))] == beside.pieces


def test_a_pair_is_a_row_numbers_or_ids() -> None:
    by_id = news.side_by_side(SAMPLE, PAIR)
    pairs = news.near_duplicates(SAMPLE).filter(first_id=PAIR[0], second_id=PAIR[1])
    edits = news.edits(SAMPLE, pairs)
    for given in (by_id.documents, list(PAIR), pairs, pairs.row(0, named=True), pairs.to_pandas(), edits[0]):
        assert news.side_by_side(SAMPLE, given) == by_id


def test_differences_are_marked_and_texts_are_escaped(tmp_path: Path) -> None:
    with built(tmp_path, "قال <b>الوزير أمس\n\nثم سافر", "قال <b>الرئيس أمس\n\nثم سافر غدا") as corpus:
        beside = news.side_by_side(corpus, (0, 1), language="ar")
        assert [piece for piece in beside.pieces if piece[0] != "same"] == [
            ("substitution", "الوزير", "الرئيس"),
            ("insertion", "", "غدا"),
        ]
        html = beside.html
        assert html.count("<del ") == 1
        assert html.count("<ins ") == 2
        assert "line-through" in html
        assert "underline" in html
        assert "<b>" not in html
        assert 'dir="rtl"' in html
        assert "المشطوب" in html
        assert html.count('class="ck-beside"') == 1 + 2  # the heads, and a row for each paragraph that both have
        assert str(beside).endswith("ثم سافر {+غدا+}")
        assert repr(beside) == "<SideBySide '0' and '1': 2 edits>"
        assert beside._repr_html_() == html


def test_excluded_spans_are_left_out() -> None:
    without = SAMPLE.exclude(news.boilerplate(SAMPLE, by="outlet"))
    whole, kept = (
        news.side_by_side(corpus, ("mada-2026-01-05-1", "unqud-2026-01-05-2")) for corpus in (SAMPLE, without)
    )
    assert [piece[0] for piece in kept.pieces] == ["same"]
    assert len(kept.pieces[0][2]) < len("".join(piece[2] for piece in whole.pieces))
    assert kept.pieces[0][2].endswith("…")


def test_texts_without_words(tmp_path: Path) -> None:
    with built(tmp_path, "خبر عاجل", "…", "!", "news of a day") as corpus:
        assert news.side_by_side(corpus, (0, 1)).pieces == [("deletion", "خبر عاجل", ""), ("same", "", "…")]
        assert news.side_by_side(corpus, (1, 2)).pieces == [("same", "…", "!")]
        assert 'dir="ltr"' in news.side_by_side(corpus, (1, 3)).html


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: news.side_by_side(3, PAIR), r"^corpus must be"),
        (lambda: news.side_by_side(SAMPLE, 3), r"^pair must be"),
        (lambda: news.side_by_side(SAMPLE, PAIR[:1]), r"^pair must be"),
        (lambda: news.side_by_side(SAMPLE, (0, 0)), r"^pair must be two different"),
        (lambda: news.side_by_side(SAMPLE, (0, 10**6)), r"^pair must be two documents of this corpus"),
        (lambda: news.side_by_side(SAMPLE, ("x", PAIR[0])), r"^pair must be two documents of this corpus, got 'x'"),
        (lambda: news.side_by_side(SAMPLE, (True, 0)), r"^pair must be"),
        (lambda: news.side_by_side(SAMPLE, pl.DataFrame({"first_document": [0, 1]})), r"^pair must be one row"),
        (lambda: news.side_by_side(SAMPLE, PAIR, language="fr"), r"^language must be"),
        (lambda: news.side_by_side(SAMPLE, PAIR, profile="x"), r"^profile must be"),
    ],
)
def test_bad_arguments(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call()


def test_texts_too_long_to_be_aligned_are_refused(tmp_path: Path) -> None:
    long = "با " * 40_000
    ck.set_memory_limit("64MB")
    try:
        with built(tmp_path, long, long + "تا") as corpus, pytest.raises(ck.InputError, match=r"^Aligning texts of"):
            news.side_by_side(corpus, (0, 1))
    finally:
        ck.set_memory_limit(None)
