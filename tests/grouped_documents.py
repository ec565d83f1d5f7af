"""Documents with few words in groups: a strategy, corpora of them, and their words as lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import strategies as st

import corpus_kit as ck

COUNTED = ("word", "number", "hashtag", "mention")


class Document(NamedTuple):
    """A text with its metadata; the subcorpus has those with `kept`."""

    id: str
    text: str
    outlet: str | None = None
    year: int | None = None
    kept: bool = True


SCHEMA = {"id": pl.String, "text": pl.String, "outlet": pl.String, "year": pl.Int64, "kept": pl.Boolean}


def build(documents: Sequence[Document], folder: str | Path) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame(documents, SCHEMA, orient="row"), folder, id="id", progress=False)


def build_texts(texts: Sequence[str], folder: str | Path) -> ck.Corpus:
    return build([Document(str(number), text) for number, text in enumerate(texts)], folder)


@cache
def words_of(text: str, profile: str | None = "search") -> tuple[str, ...]:
    """Return the words of a text in the form that is counted."""
    counted = ck.tokens([text]).filter(pl.col("kind").is_in(COUNTED))["token"].to_list()
    forms = counted if profile is None else ck.normalize(counted, profile)
    return tuple(form for form in forms if form)


def running_text(documents: Sequence[Document], profile: str | None = "search") -> list[str]:
    return [word for document in documents for word in words_of(document.text, profile)]


def grouped(chosen: Sequence[Document], column: str, every: Sequence[Document]) -> dict[Any, list[Document]]:
    """Group the chosen documents by label; labels are in order of first occurrence in the corpus."""
    labels = dict.fromkeys(getattr(document, column) for document in every)
    groups = {label: [document for document in chosen if getattr(document, column) == label] for label in labels}
    return {label: group for label, group in groups.items() if group}


def assert_same_value(actual: Any, expected: float, name: str, *, relative: float = 1e-9) -> None:
    """Assert equality up to rounding, with null for NaN."""
    assert actual is None or not math.isnan(actual)
    actual = math.nan if actual is None else actual
    assert actual == pytest.approx(expected, rel=relative, abs=1e-9, nan_ok=True), name


WORDS = ["مدينة", "مدينه", "مَدينة", "إلى", "الي", "في", "كتاب", "كتـاب", "١٢", "12", "#وسم", "@مدى", "News", "news"]
SIGNS = ["،", "!", "...", "🙂", "https://a.example", "\n", "\u064b", "ـ"]  # the last two are tokens without a form
OUTLETS = st.sampled_from([None, "a", "b"])
YEARS = st.sampled_from([None, 1, 2])


@st.composite
def documents_of_few_words(draw: st.DrawFn) -> list[Document]:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
    pieces = st.one_of(*[st.sampled_from(words)] * 4, st.sampled_from(SIGNS))
    texts = st.one_of(*[st.lists(pieces, min_size=1, max_size=14)] * 4, st.just(["..."]), st.just(["\u064b"]))
    rows = draw(st.lists(st.tuples(texts, OUTLETS, YEARS, st.sampled_from([True, True, False])), min_size=1))
    return [
        Document(f"d{number}", " ".join([*text, "."]), outlet, year, kept)
        for number, (text, outlet, year, kept) in enumerate(rows)
    ]


PROFILES = st.sampled_from(["search", "search", "dediac", None])
GROUPS = st.sampled_from([None, None, "outlet", "year", "id"])
NO_WORDS = [Document("d0", "مدينة", "a"), Document("d1", "...", "b", kept=False), Document("d2", "\u064b", None)]
