"""A slow, obvious concordance that the tests compare the fast one with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oracles_counting import COUNTED

import corpus_kit

REACH = 16  # tokens per requested word of context
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")


@dataclass(frozen=True)
class Line:
    """One line of a concordance."""

    document: int
    position: int
    before: str
    node: str
    after: str
    start: int
    end: int


def concordance(texts: list[str], forms: list[str], window: tuple[int, int], fold: Callable[[str], str]) -> list[Line]:
    """Return every place where these folded words are consecutive in a paragraph, scanning each text."""
    lines = []
    for document, text in enumerate(texts):
        tokens = corpus_kit.tokens([text]).rows(named=True)
        words = [i for i, token in enumerate(tokens) if token["kind"] in COUNTED]
        for k in range(len(words) - len(forms) + 1):
            run = words[k : k + len(forms)]
            if [fold(tokens[i]["token"]) for i in run] != forms:
                continue
            start, end = tokens[run[0]]["start"], tokens[run[-1]]["end"]
            if LINE_BREAKS & set(text[start:end]):
                continue
            first, last = context(words, k, k + len(forms), window, len(tokens))
            farthest = min(len(tokens), run[-1] + 1 + REACH * window[1])
            while last < farthest and last > run[-1] + 1 and tokens[last]["kind"] not in COUNTED:
                if any(character.isspace() for character in text[tokens[last - 1]["end"] : tokens[last]["start"]]):
                    break  # an invisible character does not separate them
                last += 1
            lines.append(
                Line(
                    document,
                    tokens[run[0]]["position"],
                    joined(text, tokens[first : run[0]]),
                    joined(text, tokens[run[0] : run[-1] + 1]),
                    joined(text, tokens[run[-1] + 1 : last]),
                    start,
                    end,
                )
            )
    return lines


def context(words: list[int], first: int, end: int, window: tuple[int, int], n_tokens: int) -> tuple[int, int]:
    """Return the token bounds of the context: the requested words, limited by the document and REACH."""
    if window[0] == 0:
        before = words[first]
    else:
        before = words[first - window[0]] if first >= window[0] else 0
    if window[1] == 0:
        after = words[end - 1] + 1
    else:
        after = words[end + window[1] - 1] + 1 if end + window[1] <= len(words) else n_tokens
    return max(before, words[first] - REACH * window[0]), min(after, words[end - 1] + 1 + REACH * window[1])


def joined(text: str, tokens: list[dict[str, Any]]) -> str:
    """Join tokens with one space wherever the text has a gap between them."""
    out = ""
    for previous, token in zip([None, *tokens], tokens, strict=False):
        gap = text[previous["end"] : token["start"]] if previous else ""
        out += " " if any(character.isspace() for character in gap) else ""
        out += token["token"]
    return out
