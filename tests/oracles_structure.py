"""A slow, obvious search for headline and paragraphs that the tests compare the fast one with."""

from __future__ import annotations


def lines_of(text: str) -> list[tuple[int, int]]:
    """Return the spans of the lines of a text, without line breaks."""
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
    """Return the headline and the paragraphs of a text; only a page has a headline."""
    filled = []  # line number, start, end
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
