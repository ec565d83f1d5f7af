"""Slow, obvious twins of the fast code: written for reading, held equal to it by the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import corpus_kit

COUNTED = frozenset({"word", "number", "hashtag", "mention"})


# ----------------------------------------------------------------------------------------------------
# Normalisation
# ----------------------------------------------------------------------------------------------------
#
# end of normalisation
#


# ----------------------------------------------------------------------------------------------------
# Tokens and sentences
# ----------------------------------------------------------------------------------------------------
#
# end of tokens and sentences
#


# ----------------------------------------------------------------------------------------------------
# Counting
# ----------------------------------------------------------------------------------------------------
#
# end of counting
#


# ----------------------------------------------------------------------------------------------------
# Readers
# ----------------------------------------------------------------------------------------------------
def lines_of(text: str) -> list[tuple[int, int]]:
    """Where the lines of a text lie, without their line breaks; the last one has none."""
    lines = []
    start = position = 0
    while position < len(text):
        if text[position] in "\n\v\f\r\u0085\u2028\u2029":
            lines.append((start, position))
            if text[position : position + 2] == "\r\n":
                position += 1
            start = position + 1
        position += 1
    return [*lines, (start, len(text))]


WHITE_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def structure_of(text: str, *, page: bool) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """The headline and the paragraphs of a text; only a page has a headline."""
    filled = []  # number of the line, start, end
    for number, (start, end) in enumerate(lines_of(text)):
        while start < end and text[start] in WHITE_SPACE:
            start += 1
        while start < end and text[end - 1] in WHITE_SPACE:
            end -= 1
        if start < end:
            filled.append((number, start, end))
    spans = [(start, end) for _, start, end in filled]
    if not page or len(filled) < 2 or filled[1][0] == filled[0][0] + 1:
        return None, spans
    first = text[spans[0][0] : spans[0][1]]
    words = "".join(" " if letter in WHITE_SPACE else letter for letter in first).split(" ")
    if sum(map(bool, words)) > 25 or first[-1] in ".؟?!:؛;":
        return None, spans
    return spans[0], spans[1:]


#
# end of readers
#


# ----------------------------------------------------------------------------------------------------
# Concordance
# ----------------------------------------------------------------------------------------------------

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
    """Every place where these folded words follow one another in a paragraph, by going through each text."""
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
            while last < len(tokens) and last > run[-1] + 1 and tokens[last]["kind"] not in COUNTED:
                if tokens[last]["start"] != tokens[last - 1]["end"]:
                    break
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
    """Token bounds of the context: as many words as asked, or all up to the edge of the document."""
    if window[0] == 0:
        before = words[first]
    else:
        before = words[first - window[0]] if first >= window[0] else 0
    if window[1] == 0:
        after = words[end - 1] + 1
    else:
        after = words[end + window[1] - 1] + 1 if end + window[1] <= len(words) else n_tokens
    return before, after


def joined(text: str, tokens: list[dict[str, Any]]) -> str:
    """Tokens with one space where the text has anything but nothing between them."""
    out = ""
    for previous, token in zip([None, *tokens], tokens, strict=False):
        gap = text[previous["end"] : token["start"]] if previous else ""
        out += " " if any(character.isspace() for character in gap) else ""
        out += token["token"]
    return out


#
# end of concordance
#
