"""The tokeniser. Peers do the same at white space, with or without numbering words; no peer has the full rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.benchmarks.tasks import Task, Way
from corpus_kit.text.tokenization import Tokenizer

__all__ = ["TASKS"]

Texts = list[str]


def _ids(tokenizer: str) -> Callable[[pl.Series], Callable[[], Any]]:
    def make(texts: pl.Series) -> Callable[[], Any]:
        def run() -> Any:
            program = Tokenizer(tokenizer)
            return program.add(texts), program.types()

        return run

    return make


def _split(texts: Texts) -> Callable[[], list[Texts]]:
    return lambda: [text.split() for text in texts]


def _find(pattern: str) -> Callable[[Texts], Callable[[], list[Texts]]]:
    expression = re.compile(pattern)
    return lambda texts: lambda: [expression.findall(text) for text in texts]


def _numbered(texts: pl.Series) -> Callable[[], tuple[pl.Series, pl.Series]]:
    """Return a call that numbers words, as ours does: a Categorical has the words and the number of each token."""

    def run() -> tuple[pl.Series, pl.Series]:
        words = texts.str.split(" ")
        return words.list.len(), words.explode().cast(pl.Categorical)

    return run


def _nltk_words(texts: Texts) -> Callable[[], list[Texts]]:
    from nltk.tokenize import WordPunctTokenizer  # a peer, which may not be installed

    program = WordPunctTokenizer()
    return lambda: [program.tokenize(text) for text in texts]


def _tokens_joined(result: Any) -> list[str]:
    """Return the tokens of each text, joined by a character that no text has."""
    if isinstance(result, pl.Series):
        return [] if not len(result) else result.list.join("\x1f").fill_null("").to_list()
    if isinstance(result, tuple) and isinstance(result[0], pl.Series):
        lengths, numbered = result
        bounds, words = [0, *lengths.cum_sum().to_list()], numbered.to_list()
        return ["\x1f".join(words[start:end]) for start, end in pairwise(bounds)]
    if isinstance(result, tuple):
        batch, types = result
        words = types["surface"].gather(pl.Series(batch.type_ids)).to_list()
        bounds = batch.offsets.tolist()
        return ["\x1f".join(words[start:end]) for start, end in pairwise(bounds)]
    return ["\x1f".join(tokens) for tokens in result]


def _tokens(result: Any) -> list[int]:
    if isinstance(result, pl.Series):
        # str.split returns one empty string for an empty text, which is not a token.
        return [int(result.list.len().sum()) - int((result.list.get(0, null_on_oob=True) == "").sum())]
    if isinstance(result, pl.DataFrame):
        return [result.height]
    if isinstance(result, tuple) and isinstance(result[0], pl.Series):
        return [int((result[1] != "").sum())]
    if isinstance(result, tuple):
        return [len(result[0].type_ids)]
    return [sum(map(len, result))]


TASKS = (
    Task(
        "tokens-numbered", "Tokens at white space, words numbered", "spaced",
        (
            Way("corpus-kit, numbered types", "ours", _ids("whitespace"), note="ids, starts, flags and the types"),
            Way("Polars split, explode, Categorical", "peer", _numbered, package="polars"),
        ),
        _tokens_joined, _tokens,
    ),
    Task(
        "tokens-whitespace", "Tokens at white space", "spaced",
        (
            Way("corpus-kit, numbered types", "ours", _ids("whitespace"), note="ids, starts, flags and the types"),
            Way("str.split", "peer", _split, "list", note="numbers no words"),
            Way("re.findall", "peer", _find(r"\S+"), "list", note="numbers no words"),
            Way(
                "Polars extract_all", "peer", lambda texts: lambda: texts.str.extract_all(r"\S+"), package="polars",
                note="numbers no words",
            ),
            Way(
                "Polars str.split", "peer", lambda texts: lambda: texts.str.split(" "), package="polars",
                note="numbers no words",
            ),
        ),
        _tokens_joined, _tokens,
    ),
    Task(
        "tokens-standard", "Tokens by the full rules", "raw",
        (
            Way("corpus-kit, numbered types", "ours", _ids("standard"), note="ids, starts, flags and the types"),
            Way("corpus-kit, tokens", "context", lambda texts: lambda: ck.tokens(texts), note="the table of tokens"),
            Way(
                "corpus-kit, tokenize", "context", lambda texts: lambda: [ck.tokenize(text) for text in texts], "list",
                note="lists of str",
            ),
            Way("re.findall", "context", _find(r"\w+|[^\w\s]+"), "list", note="other rules"),
            Way(
                "NLTK wordpunct", "context", _nltk_words, "list", ("nltk",), "nltk",
                note="other rules",
            ),
        ),
        _tokens_joined, _tokens, in_quick=True,
    ),
)  # fmt: skip
