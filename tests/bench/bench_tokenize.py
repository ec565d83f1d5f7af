"""The tokeniser alone, on one thread, on news and on difficult texts.

Each benchmark records megabytes and tokens per second of its fastest round: `ids` with a table that holds all types
(warm), `new ids` with an empty one. The text is one column.

    pytest tests/bench/bench_tokenize.py --benchmark-columns=min,median
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from corpus_kit._base.columns import text_stream
from corpus_kit._core import TypeTable

SIZE = 4_000_000  # bytes of each generated text
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
CODE = ["def", "self.value", "foo_bar(x)", "=", "x['key']", "# note", "return", "0.5,", "{}", "\n    ", "a+=1"]
MIXED = [
    "ab", "كتاب", "12", "a.b", "x@y.org", "(كتاب)", "«نعم»،", "don't", "F-16", "3.14", "ا_ب", "كوفيد19", "漢字",
    "\U0001f44d\U0001f3fd", "ﷺ", "cafe\u0301", "#وسم_جديد", "@user_1", "https://t.co/aB3", "٪١٢٫٥",
]  # fmt: skip


def repeated(unit: Callable[[random.Random], str]) -> pl.Series:
    """Return texts of about a thousand units."""
    chance, texts, size = random.Random(1), [], 0
    while size < SIZE:
        text = "".join(unit(chance) for _ in range(1000))
        size += len(text.encode())
        texts.append(text)
    return pl.Series(texts)


def word(chance: random.Random, marks: str = "") -> str:
    letters = chance.choices(LETTERS, k=chance.randint(2, 8))
    return "".join(letter + (chance.choice(marks) if marks else "") for letter in letters) + " "


TEXTS: dict[str, Callable[[], pl.Series]] = {
    "marks on every letter": lambda: repeated(lambda chance: word(chance, MARKS)),
    "one letter a token": lambda: repeated(lambda chance: chance.choice(LETTERS) + " "),
    "one token a byte": lambda: repeated(lambda chance: chance.choice("a1b") + chance.choice("!.,-")),
    "long runs of signs": lambda: repeated(lambda chance: chance.choice(".!؟،-=*#@«»") * chance.randint(1, 40)),
    "source code": lambda: repeated(lambda chance: chance.choice(CODE) + " "),
    "social media": lambda: repeated(
        lambda chance: word(chance) if chance.random() < 0.7 else chance.choice(MIXED[-4:]) + " \U0001f602...!! "
    ),
    "everything": lambda: repeated(lambda chance: chance.choice(MIXED) + " "),
}  # fmt: skip


def measure(benchmark: Any, texts: pl.Series, mode: str, *, fresh: bool) -> None:
    table = TypeTable()
    size = int(texts.str.len_bytes().sum())

    def call() -> tuple[object, ...]:
        target = TypeTable() if fresh else table
        return target.tokenize(text_stream(texts), mode, starts=mode == "standard")

    call()
    benchmark.pedantic(call, rounds=7, warmup_rounds=1)
    fastest = benchmark.stats.stats.min
    benchmark.extra_info["MB/s"] = round(size / 1e6 / fastest)
    benchmark.extra_info["bytes"] = size


@pytest.mark.parametrize("fresh", [False, True], ids=["ids", "new ids"])
@pytest.mark.parametrize("mode", ["standard", "whitespace"])
@pytest.mark.parametrize("kind", TEXTS)
def test_tokens(benchmark: Any, kind: str, mode: str, fresh: bool) -> None:
    measure(benchmark, TEXTS[kind](), mode, fresh=fresh)


@pytest.mark.parametrize("fresh", [False, True], ids=["ids", "new ids"])
@pytest.mark.parametrize("mode", ["standard", "whitespace"])
def test_tokens_of_articles(benchmark: Any, articles: pl.Series, mode: str, fresh: bool) -> None:
    measure(benchmark, articles, mode, fresh=fresh)
