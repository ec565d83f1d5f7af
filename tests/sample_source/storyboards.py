"""Reads the storyboards: one file each, with items in the order of writing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from sample_source.markup import LETTERS, MarkupError
from sample_source.world import OUTLETS, WEEKS

__all__ = ["FOLDER", "TRUNCATED_AFTER", "Copy", "Draft", "read_all", "read_storyboard"]

FOLDER = Path(__file__).parent / "storyboards"

TRUNCATED_AFTER = 2  # paragraphs that a truncated copy keeps

_HEAD = re.compile(r"== (?P<board>\d\d)\.(?P<slot>\d) (?P<outlet>[a-z]+) week (?P<week>\d+)(?: pair (?P<pair>\d+))?")


@dataclass(frozen=True)
class Copy:
    """A copy of an item in another outlet: all of it with some words changed, or its first paragraphs."""

    outlet: str
    edits: tuple[tuple[str, str], ...] = ()
    truncated: bool = False

    @property
    def kind(self) -> str:
        if self.truncated:
            return "truncated"
        return {0: "identical", 1: "light", 4: "heavy"}[len(self.edits)]


@dataclass
class Draft:
    """An item as written, with its marks."""

    key: str
    outlet: str
    week: int
    pair: int | None  # two items with one number report the same event
    headline: str = ""
    paragraphs: list[str] = field(default_factory=list)
    caption: str = ""
    related: str = ""
    copies: list[Copy] = field(default_factory=list)

    @property
    def board(self) -> int:
        return int(self.key[:2])


def read_all(folder: Path = FOLDER) -> list[Draft]:
    """Return all items of all storyboards.

    Raises:
        MarkupError: If there are no items, a key or sentence is used twice, or a pair is incomplete.
    """
    drafts = [draft for path in sorted(folder.glob("*.txt")) for draft in read_storyboard(path)]
    if not drafts:
        raise MarkupError(f"no storyboards (*.txt) with items in {folder.name!r}")
    seen: dict[str, str] = {}
    for draft in drafts:
        for line in filter(None, (draft.key, draft.headline, *draft.paragraphs, draft.caption, draft.related)):
            for sentence in re.split(r"(?<=[.؟!])(?<! د\.)\s+", line):
                if sentence in seen:
                    raise MarkupError(f"{draft.key}: already used in {seen[sentence]}: {sentence!r}")
                seen[sentence] = draft.key
    _check_pairs(drafts)
    return drafts


def read_storyboard(path: Path) -> list[Draft]:
    """Return the items of one file.

    Raises:
        MarkupError: If the file cannot be read or is invalid; the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MarkupError(f"{path.name}: not UTF-8 at byte {error.start}") from None
    drafts: list[Draft] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            _take(line.strip(), drafts)
        except MarkupError as error:
            raise MarkupError(f"{path.name}:{number}: {error}") from None
    for draft in drafts:
        problem = _problem(draft)
        if problem:
            raise MarkupError(f"{path.name}: {draft.key}: {problem}")
    return drafts


def _problem(draft: Draft) -> str:
    """Return why an item is invalid, or ""."""
    prefixes = dict(OUTLETS[draft.outlet].boilerplate)
    copying = [copy.outlet for copy in draft.copies]
    if not 1 <= draft.week <= WEEKS:
        return f"week must be from 1 to {WEEKS}, got {draft.week}"
    if not draft.headline or not draft.paragraphs:
        return "an item needs a headline and at least one paragraph"
    for kind in ("caption", "related"):
        if getattr(draft, kind) and kind not in prefixes:
            return f"{draft.outlet} has no {kind} lines"
    if len({draft.outlet, *copying}) <= len(copying):
        return "original and copies must be in different outlets"
    if len({copy.kind for copy in draft.copies}) > 1:
        return "the copies of an item must be of one kind"
    if any(copy.truncated for copy in draft.copies) and len(draft.paragraphs) <= TRUNCATED_AFTER:
        return f"a truncated copy needs an original of more than {TRUNCATED_AFTER} paragraphs"
    return ""


def _check_pairs(drafts: list[Draft]) -> None:
    pairs: dict[int, list[Draft]] = {}
    for draft in drafts:
        if draft.pair is not None:
            pairs.setdefault(draft.pair, []).append(draft)
    for number, pair in pairs.items():
        if len(pair) != 2 or len({(draft.board, draft.week) for draft in pair}) != 1:
            keys = ", ".join(draft.key for draft in pair)
            raise MarkupError(f"pair {number} must be two items of one storyboard and week, got {keys}")


def _take(line: str, drafts: list[Draft]) -> None:
    if not line or line.startswith("%"):
        return
    if line.startswith("=="):
        drafts.append(_head(line))
        return
    if not drafts:
        raise MarkupError(f"text before the first item: {line[:40]!r}")
    draft = drafts[-1]
    word, _, rest = line.partition(" ")
    if word == "#":
        if draft.headline:
            raise MarkupError(f"{draft.key}: a second headline")
        draft.headline = rest.strip()
    elif word in ("caption:", "related:"):
        kind = word.removesuffix(":")
        if getattr(draft, kind):
            raise MarkupError(f"{draft.key}: a second {kind}")
        setattr(draft, kind, rest.strip())
    elif word == "copy":
        draft.copies.append(_copy(rest))
    else:
        draft.paragraphs.append(line)


def _head(line: str) -> Draft:
    match = _HEAD.fullmatch(line)
    if match is None or match["outlet"] not in OUTLETS:
        raise MarkupError(f"not the head of an item: {line!r}")
    pair = int(match["pair"]) if match["pair"] else None
    return Draft(f"{match['board']}.{match['slot']}", match["outlet"], int(match["week"]), pair)


def _copy(written: str) -> Copy:
    outlet, _, rest = (part.strip() for part in written.partition(":"))
    if outlet not in OUTLETS:
        raise MarkupError(f"unknown outlet of a copy: {written!r}")
    if rest == "truncated":
        return Copy(outlet, truncated=True)
    edits = tuple(_edit(edit) for edit in rest.split("|") if edit.strip())
    if len(edits) not in (0, 1, 4):
        raise MarkupError(f"a copy must have 0, 1 (light) or 4 (heavy) edits, got {len(edits)}")
    return Copy(outlet, edits)


def _edit(written: str) -> tuple[str, str]:
    old, arrow, new = (part.strip() for part in written.partition("=>"))
    if not arrow or not all(re.fullmatch(rf"[{LETTERS}]+", word) for word in (old, new)):
        raise MarkupError(f"an edit must replace one word with one word (old => new), got {written.strip()!r}")
    return old, new
