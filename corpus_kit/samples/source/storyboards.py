"""Reading the storyboards: one file each, items in the order they were written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from corpus_kit.samples.source.markup import MarkupError
from corpus_kit.samples.source.world import OUTLETS

__all__ = ["FOLDER", "Copy", "Draft", "read_all", "read_storyboard"]

FOLDER = Path(__file__).parent / "storyboards"

_HEAD = re.compile(r"== (?P<board>\d\d)\.(?P<slot>\d) (?P<outlet>[a-z]+) week (?P<week>\d+)(?: pair (?P<pair>\d+))?")


@dataclass(frozen=True)
class Copy:
    """What another outlet makes of an item: all of it with some words swapped, or its first paragraphs."""

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
    """An item as it was written, with its marks."""

    key: str
    outlet: str
    week: int
    pair: int | None  # two items of one number report the same event
    headline: str = ""
    paragraphs: list[str] = field(default_factory=list)
    caption: str = ""
    related: str = ""
    copies: list[Copy] = field(default_factory=list)

    @property
    def board(self) -> int:
        return int(self.key[:2])


def read_all(folder: Path = FOLDER) -> list[Draft]:
    """All items of all storyboards.

    Raises MarkupError if a key or a sentence is used twice.
    """
    drafts = [draft for path in sorted(folder.glob("*.txt")) for draft in read_storyboard(path)]
    seen: dict[str, str] = {}
    for draft in drafts:
        for line in (draft.key, draft.headline, *draft.paragraphs):
            for sentence in re.split(r"(?<=[.؟!])(?<! د\.)\s+", line):
                if sentence in seen:
                    raise MarkupError(f"{draft.key}: used in {seen[sentence]} already: {sentence!r}")
                seen[sentence] = draft.key
    return drafts


def read_storyboard(path: Path) -> list[Draft]:
    drafts: list[Draft] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        try:
            _take(line.strip(), drafts)
        except MarkupError as error:
            raise MarkupError(f"{path.name}:{number}: {error}") from None
    return drafts


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
    elif word == "caption:":
        draft.caption = rest.strip()
    elif word == "related:":
        draft.related = rest.strip()
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
        raise MarkupError(f"a copy in an outlet that is not known: {written!r}")
    if rest == "truncated":
        return Copy(outlet, truncated=True)
    edits = tuple(_edit(edit) for edit in rest.split("|") if edit.strip())
    if len(edits) not in (0, 1, 4):
        raise MarkupError(f"a copy has no edit, one (light) or four (heavy), not {len(edits)}")
    return Copy(outlet, edits)


def _edit(written: str) -> tuple[str, str]:
    old, arrow, new = (part.strip() for part in written.partition("=>"))
    if not (old and arrow and new) or " " in old + new:
        raise MarkupError(f"an edit swaps one word for one word (old => new), not {written.strip()!r}")
    return old, new
