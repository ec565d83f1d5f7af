"""Headline and paragraph spans."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles_structure import structure_of

from corpus_kit.readers.structure import PARAGRAPHS, SPAN, find_structure

LETTERS = st.text(st.sampled_from("اب\U0001f600 \n\r\v\f\u0085\u2028\u2029\t\u00a0\u200b\x1c.؟x"), max_size=30)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def structures(texts: list[str], *, page: bool):
    headline, paragraphs = find_structure(pl.Series(texts, dtype=pl.String), guess_headline=page)
    assert headline.dtype == SPAN
    assert paragraphs.dtype == PARAGRAPHS
    return [
        (head and (head["start"], head["end"]), [(span["start"], span["end"]) for span in spans])
        for head, spans in zip(headline.to_list(), paragraphs.to_list(), strict=True)
    ]


@given(st.lists(st.one_of(LETTERS, ANY), max_size=6), st.booleans())
def test_equal_to_the_obvious_twin(texts, page):
    assert structures(texts, page=page) == [structure_of(text, page=page) for text in texts]


@given(st.lists(st.text(st.sampled_from("اب\U0001f600"), min_size=1), min_size=1), st.data())
def test_spans_cut_out_the_paragraphs(parts, data):
    breaks = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028", "\u2029", "\u0085", "\v", "\f", " \n\t\n"])
    text = "".join(part + data.draw(breaks) for part in parts)
    [(_, spans)] = structures([text], page=False)
    assert [text[start:end] for start, end in spans] == parts


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\v", "\f"])
def test_every_line_break(line_break):
    text = line_break.join(["خبر \U0001f600", "", "قال.", "وقال."])
    [(head, spans)] = structures([text], page=True)
    assert head == (0, 5)
    assert [text[start:end] for start, end in spans] == ["قال.", "وقال."]


@pytest.mark.parametrize(
    ("text", "has_headline"),
    [
        ("خبر\n\nقال", True),
        ("\n \nخبر\n \t\nقال", True),  # blank lines before; one of white space after
        ("خبر\nقال\n\nوقال", False),  # no blank line after it
        ("خبر\r\nقال", False),  # one line break, not two
        ("خبر\n\n", False),  # nothing after it
        (" ".join(["خبر"] * 25) + "\n\nقال", True),
        (" ".join(["خبر"] * 26) + "\n\nقال", False),
        *((f"خبر{mark}\n\nقال", False) for mark in ".؟?!:؛;"),
        ("خبر…\n\nقال", True),
    ],
)
def test_headline_rule(text, has_headline):
    [(head, spans)] = structures([text], page=True)
    assert (head is not None) == has_headline
    [(no_head, all_spans)] = structures([text], page=False)
    assert no_head is None
    assert len(spans) + has_headline == len(all_spans)


def test_known_headlines_must_be_the_first_paragraph():
    texts = pl.Series(["خبر\nقال", "قال\nخبر", "خبر", "خبر"])
    known = pl.Series([" خبر ", "خبر", "خبر", None])
    headline, paragraphs = find_structure(texts, guess_headline=False, headlines=known)
    assert headline.to_list() == [{"start": 0, "end": 3}, None, {"start": 0, "end": 3}, None]
    assert paragraphs.list.len().to_list() == [1, 2, 0, 1]


def test_the_reference_document(shared):
    text = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    [(head, spans)] = structures([text], page=True)
    lines = [line for line in text.split("\n") if line]
    assert text[slice(*head)] == lines[0]
    assert [text[start:end] for start, end in spans] == lines[1:]
    assert len(spans) == 15


def test_real_articles(shared):
    texts = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet")["content"].head(500).to_list()
    assert structures(texts, page=True) == [structure_of(text, page=True) for text in texts]
