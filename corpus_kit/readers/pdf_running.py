"""What stands on pages of a PDF and belongs to none of their texts: running headers and footers, and page numbers.

A line at the top or bottom of a page is one of these if it stands at the same height of many pages near each other,
with the same words; numbers may differ. Without words, its number must count with the pages. Only outermost lines are
looked at, and what is beyond them once they are out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

__all__ = ["RUNNING", "Line", "Running", "running_lines"]

_HEADER, _FOOTER, _NUMBER = RUNNING = ("running header", "running footer", "page number")
_DIGITS = re.compile(r"\d+")
_LABEL = re.compile(r"[\W_]*(?:\d{1,4}|[ivxlcIVXLC]{1,7}|[^\W\d_])[\W_]*")  # of a page: 12, - 3 -, xiv, ب
_LEVELS = 4  # lines above each other that may run along
_SAME = 3.0  # points by which the heights may differ
_LEAST = 3  # pages on which a line stands
_SHARE = 0.8  # of the pages from the first to the last of these, or of those on the left or right


class Line:
    """A line and its place; along it, the beginning is where it is read first."""

    __slots__ = ("across", "begin", "end", "size", "text")

    def __init__(self, text: str, place: list[float], right_to_left: bool) -> None:
        start, end, self.across, self.size = place
        self.text = text
        self.begin, self.end = (-end, -start) if right_to_left else (start, end)

    @property
    def column(self) -> int:
        """The number of the strip of the page in which it begins."""
        return round(self.begin / 20)


@dataclass(frozen=True, slots=True)
class Running:
    """A line that runs along: what it is, and where."""

    kind: str
    page: int
    line: Line


@dataclass(frozen=True, slots=True)
class _Candidate:
    page: int
    level: int  # 0 is outermost
    line: Line


def running_lines(pages: Sequence[Sequence[Line]]) -> Iterator[Running]:
    """Yield the lines of pages that run along."""
    for kind, sign in ((_HEADER, 1), (_FOOTER, -1)):
        candidates = [
            _Candidate(page, level, line)
            for page, lines in enumerate(pages)
            for level, same in enumerate(_levels(lines, sign))
            for line in same
        ]
        alike = _alike(candidates, len(pages))
        alike |= _numbered(candidates, alike)
        for page, own in groupby(candidates, key=lambda each: each.page):
            for _, same in groupby(own, key=lambda each: each.level):
                level = list(same)
                if not all(id(each.line) in alike for each in level):
                    break
                for each in level:
                    yield Running(_NUMBER if _LABEL.fullmatch(each.line.text) else kind, page, each.line)


def _levels(lines: Sequence[Line], sign: int) -> list[list[Line]]:
    """Return the outermost lines, and those at the same height together."""
    levels: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -sign * line.across):
        if levels and abs(levels[-1][0].across - line.across) <= _SAME:
            levels[-1].append(line)
        elif len(levels) == _LEVELS:
            break
        else:
            levels.append([line])
    return levels


def _alike(candidates: list[_Candidate], pages: int) -> set[int]:
    """Return the ids of lines with the same words at the same height of many pages; those without words must count."""
    same: defaultdict[str, list[_Candidate]] = defaultdict(list)
    for each in candidates:
        same[_DIGITS.sub("#", each.line.text)].append(each)
    found: set[int] = set()
    for words, members in same.items():
        for group in _at_one_height(members):
            if not any(map(str.isalpha, words)):
                group = _counting(group)
            if _are_many({each.page for each in group}, pages):
                found |= {id(each.line) for each in group}
    return found


def _at_one_height(members: list[_Candidate]) -> Iterator[list[_Candidate]]:
    group: list[_Candidate] = []
    for each in sorted(members, key=lambda each: each.line.across):
        if group and each.line.across - group[-1].line.across > _SAME:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _counting(group: list[_Candidate]) -> list[_Candidate]:
    """Return the lines with a number that is as far from that of their page as in most of them."""
    away = [{int(number) - each.page for number in _DIGITS.findall(each.line.text)} for each in group]
    counts = Counter(distance for distances in away for distance in distances)
    if not counts:
        return []
    most = counts.most_common(1)[0][0]
    return [each for each, distances in zip(group, away, strict=True) if most in distances]


def _are_many(found: set[int], pages: int) -> bool:
    if len(found) < min(_LEAST, max(pages, 2)):
        return False
    step = 2 if len({page % 2 for page in found}) == 1 else 1
    return len(found) >= _SHARE * ((max(found) - min(found)) // step + 1)


def _numbered(candidates: list[_Candidate], alike: set[int]) -> set[int]:
    """Return the ids of lines that look like page numbers, at the height of those that count: iv, ب."""
    heights = [each.line.across for each in candidates if id(each.line) in alike and _LABEL.fullmatch(each.line.text)]
    return {
        id(each.line)
        for each in candidates
        if _LABEL.fullmatch(each.line.text) and any(abs(each.line.across - height) <= _SAME for height in heights)
    }
