"""A slow, obvious pairing of quotation marks: characters and plain loops, paragraph by paragraph."""

from __future__ import annotations

import re

DOUBLE = {"«": ("guillemets", 1), "»": ("guillemets", -1), "“": ("curly", 1), "”": ("curly", -1), '"': ("straight", 0)}
SINGLE = {
    "‹": ("single guillemets", 1),  # noqa: RUF001
    "›": ("single guillemets", -1),  # noqa: RUF001
    "‘": ("single curly", 1),
    "’": ("single curly", -1),
    "'": ("single straight", 0),
}
MARKS = DOUBLE | SINGLE
PROCLITICS = {"ب", "ل", "ك", "و", "ف", "ال", "بال", "لل", "وب", "ول", "وك", "فل", "فب", "وال"}


def pieces(text: str) -> list[tuple[int, str]]:
    """Return words and punctuation (repetitions joined) of a paragraph with their offsets."""
    return [(match.start(), match[0]) for match in re.finditer(r"[^\W_]+|([^\w\s])\1*", text)]


def says(before: str, after: str) -> int:
    """Return what the adjacent piece suggests for a mark; empty at white space or an end."""
    if not before:
        left = 1
    elif before[0] in MARKS:
        left = MARKS[before[0]][1]
    elif before[0].isalnum():
        left = 2 if before in PROCLITICS else -1
    else:
        left = 1 if before[0] in "([{:-–—/؛=*•" else -1
    if not after:
        right = -1
    elif after[0] in MARKS:
        right = MARKS[after[0]][1]
    elif after[0].isalnum():
        right = 1
    else:
        right = 1 if after[0] in "([{" else 0 if after in ("..", "...", "…") else -1
    return min(left, 1) + right if right < 1 else left + right


def opens(sign: str, evidence: int, waiting: list[tuple[str, int]]) -> bool:
    style, shape = MARKS[sign]
    if "guillemets" in style:
        is_open = style in [other for other, _ in waiting]
        if shape == 1:
            return not (is_open and evidence == -2)
        return evidence == 3 or (evidence == 2 and not is_open)
    if shape != 0 and evidence in (0, 1):
        return shape == 1
    if evidence != 0 or style == "single straight":
        return evidence > 0
    return style not in [other for other, _ in waiting]


def closed(sign: str, waiting: list[tuple[str, int]]) -> int | None:
    style = MARKS[sign][0]
    for place in reversed(range(len(waiting))):
        if waiting[place][0] == style:
            return place
    if waiting and waiting[-1][0].startswith("single") == style.startswith("single"):
        return len(waiting) - 1
    return None


def pairs_of_paragraph(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    marks: list[tuple[int, str, int]] = []
    listed = pieces(text)
    for number, (place, piece) in enumerate(listed):
        if piece[0] not in MARKS or len(piece) > 2:
            continue
        before, after = "", ""
        if number and listed[number - 1][0] + len(listed[number - 1][1]) == place:
            before = listed[number - 1][1]
        if number + 1 < len(listed) and listed[number + 1][0] == place + len(piece):
            after = listed[number + 1][1]
        amid = bool(before and after) and says(before, after) == 0
        marks.append((place, MARKS[piece[0]][0], -1 if amid else says(before, after)))
        if opens(piece[0], says(before, after), waiting):
            waiting.append((MARKS[piece[0]][0], place))
            continue
        which = closed(piece[0], waiting)
        if which is None:
            continue
        found.append((waiting[which][1], place))
        waiting = waiting[:which]
        if len(piece) == 2 and waiting and waiting[-1][0] == MARKS[piece[0]][0]:
            found.append((waiting.pop()[1], place))
    return found + left_over(marks, found)


def left_over(marks: list[tuple[int, str, int]], found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return pairs of double marks without a partner in the same pairs; of an odd number, only if the first opens."""
    partners = {place for pair in found for place in pair}
    groups: dict[tuple[tuple[int, int], ...], list[tuple[int, str, int]]] = {}
    for place, style, evidence in marks:
        if place not in partners and not style.startswith("single"):
            around = tuple((a, b) for a, b in found if a < place < b)
            groups.setdefault(around, []).append((place, style, evidence))
    added = []
    for group in groups.values():
        first: tuple[int, str, int] | None = None
        for place, style, evidence in group:
            decided = len(group) % 2 == 0 or (first is not None and first[2] > 0)
            if first is not None and first[1] == style and evidence <= 0 and decided:
                added.append((first[0], place))
                first = None
            elif evidence >= 0:
                first = (place, style, evidence)
    return added


def pairs(text: str) -> list[tuple[int, int, int]]:
    """Return where each pair opens and closes (code points of the text) and its nesting depth."""
    found = []
    offset = 0
    for paragraph in text.split("\n"):
        found += [(offset + begin, offset + end) for begin, end in pairs_of_paragraph(paragraph)]
        offset += len(paragraph) + 1
    found.sort()
    return [(a, b, sum(1 for c, d in found if c < a and b <= d)) for a, b in found]
