"""From drafts to items: dates, copies, boilerplate, and the text as it would be scraped."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sample_source.markup import LETTERS, Fact, MarkupError, Rendered, house_spelling, render, word_spans
from sample_source.storyboards import TRUNCATED_AFTER, Copy, Draft
from sample_source.world import FIRST_DAY, OUTLETS, Outlet

__all__ = ["SEED", "Item", "Line", "build_items"]

SEED = "2026"

FOOTER = "لمتابعة أخبارنا أرسل كلمة ساحل إلى 7070"
SHARE_LINES = {
    "unqud": "شارك الخبر عبر البريد الإلكتروني أو الشبكات الاجتماعية",
    "nafidha": "اشترك في نشرتنا الأسبوعية لتصلك أخبار النافذة",
}
CREDITS = 24  # items with a picture credit line
WITHOUT_SHARE_LINE = 3  # items of each outlet whose scraper lost the line
WITHOUT_FOOTER = 2

LABEL_SWITCH = datetime.date(2026, 4, 1)  # العنقود writes تنظيم before this day and ميليشيا from then on


@dataclass
class Line:
    """A line of an item: its span and its role."""

    role: str  # headline, body, caption, credit, related, share
    start: int
    end: int


@dataclass(eq=False, kw_only=True)
class Item(Rendered):
    """A finished item, its lines and its facts (offsets in code points of `text`)."""

    key: str
    outlet: Outlet
    day: datetime.date
    draft: Draft
    id: str = ""
    copy: Copy | None = None
    original: Item | None = None
    lines: list[Line] = field(default_factory=list)
    footer: tuple[int, int] | None = None

    @property
    def headline(self) -> str:
        return self.text[self.lines[0].start : self.lines[0].end]

    def body(self) -> list[tuple[int, int]]:
        """Return the spans of the body's paragraphs, without a footer glued to the last."""
        spans = [(line.start, line.end) for line in self.lines if line.role == "body"]
        if self.footer:
            spans[-1] = (spans[-1][0], self.footer[0])
        return spans

    def place(self, start: int) -> str:
        """Return "headline", "body" or "boilerplate"."""
        if self.footer and start >= self.footer[0] and start < self.footer[1]:
            return "boilerplate"
        role = next(line.role for line in self.lines if line.start <= start < line.end)
        return role if role in ("headline", "body") else "boilerplate"


def build_items(drafts: Sequence[Draft]) -> list[Item]:
    """Return all items by date, with their facts."""
    planned = _planned(drafts)
    planned.sort(key=lambda item: (item.day, list(OUTLETS).index(item.outlet.key), item.key))
    _number(planned)
    with_credits = [item for item in planned if not item.copy and "credit" in dict(item.outlet.boilerplate)]
    credited = _chosen(with_credits, CREDITS, "credit")
    untouched = {item.key for item in planned if _in_edited_family(item)}
    footed = [item for item in planned if item.outlet.key == "barid" and item.key not in untouched]
    footed = _chosen(footed, len(footed) - WITHOUT_FOOTER, "footer")
    shared: list[Item] = []
    for outlet in SHARE_LINES:
        own = [item for item in planned if item.outlet.key == outlet and item.key not in untouched]
        shared += _chosen(own, len(own) - WITHOUT_SHARE_LINE, "share")
    for item in planned:
        _write(item, credit=item in credited, footer=item in footed, share=item in shared)
    return planned


def _chosen(items: Collection[Item], number: int, purpose: str) -> list[Item]:
    """Select items by a hash of the seed that does not depend on the Python version."""
    return sorted(items, key=lambda item: _hash(purpose, item.key))[:number]


def _hash(*parts: object) -> int:
    text = ":".join(str(part) for part in (SEED, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _in_edited_family(item: Item) -> bool:
    """Return whether an item or its copies were edited; their similarity must reflect the edits alone."""
    original = item.original or item
    return any(copy.edits for copy in original.draft.copies)


def _planned(drafts: Sequence[Draft]) -> list[Item]:
    days = _days(drafts)
    planned = []
    for draft in drafts:
        original = Item(key=draft.key, outlet=OUTLETS[draft.outlet], day=days[draft.key], draft=draft)
        planned.append(original)
        for copy in draft.copies:
            key = f"{draft.key}.{copy.outlet}"
            last = FIRST_DAY + datetime.timedelta(days=7 * draft.week - 1)
            day = min(last, original.day + datetime.timedelta(days=_hash("copy", key) % 2))
            outlet = OUTLETS[copy.outlet]
            planned.append(Item(key=key, outlet=outlet, day=day, draft=draft, copy=copy, original=original))
    return planned


def _days(drafts: Sequence[Draft]) -> dict[str, datetime.date]:
    """Return a day in its week for each draft."""
    groups: dict[tuple[int, int], list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.board, draft.week].append(draft)
    days = {}
    for (_, week), group in groups.items():
        sunday = FIRST_DAY + datetime.timedelta(days=7 * (week - 1))
        for draft, offset in zip(group, _offsets(group), strict=True):
            day = sunday + datetime.timedelta(days=offset)
            days[draft.key] = max(day, LABEL_SWITCH) if _has_switched(draft) else day
    return days


def _offsets(group: Sequence[Draft]) -> list[int]:
    """Return the days after Sunday, in draft order, with the same day for both items of a pair."""
    offsets = sorted(_hash("day", draft.key) % 7 for draft in group)
    for last, draft in enumerate(group):
        same = [place for place in range(last) if draft.pair is not None and group[place].pair == draft.pair]
        for first in same:
            offsets[first : last + 1] = [offsets[first]] * (last + 1 - first)
    return offsets


def _has_switched(draft: Draft) -> bool:
    """Return whether the outlet that changes its label uses the new one."""
    return draft.outlet == "unqud" and "#ميليشيا" in " ".join(draft.paragraphs)


def _number(planned: list[Item]) -> None:
    seen: dict[tuple[str, datetime.date], int] = defaultdict(int)
    for item in planned:
        seen[item.outlet.key, item.day] += 1
        item.id = f"{item.outlet.key}-{item.day}-{seen[item.outlet.key, item.day]}"


def _write(item: Item, *, credit: bool, footer: bool, share: bool) -> None:
    """Render all lines of an item in the order of the page."""
    # A copy keeps the spelling, digits and days of the original, but quotation marks follow the house style.
    original = item.original or item
    style = replace(original.outlet, quotation_marks=item.outlet.quotation_marks)
    for role, source in _sources(item, credit=credit, share=share):
        spelt = house_spelling(source, style)
        _append(item, role, _edited(spelt, item.copy) if item.copy else spelt, style, original.day)
    if footer:
        _glue_footer(item)
    for facts in item.facts.values():
        facts.sort(key=lambda fact: (fact["start"], fact["end"]))


def _sources(item: Item, *, credit: bool, share: bool) -> Iterator[tuple[str, str]]:
    draft, prefix = item.draft, item.outlet.prefix
    yield "headline", draft.headline
    if draft.caption and not item.copy:
        yield "caption", prefix("caption") + draft.caption
    if credit:
        yield "credit", prefix("credit")
    paragraphs = draft.paragraphs[:TRUNCATED_AFTER] if item.copy and item.copy.truncated else draft.paragraphs
    for paragraph in paragraphs:
        yield "body", paragraph
    if draft.related and not item.copy:
        yield "related", prefix("related") + draft.related
    if share:
        yield "share", SHARE_LINES[item.outlet.key]


def _edited(source: str, copy: Copy) -> str:
    for old, new in copy.edits:
        source = re.sub(rf"(?<![{LETTERS}]){old}(?![{LETTERS}])", new, source)
    return source


def _append(item: Item, role: str, source: str, style: Outlet, day: datetime.date) -> None:
    try:
        rendered = render(source, style, day)
    except MarkupError as error:
        raise MarkupError(f"{item.key}, {role}: {error}") from None
    if item.text:
        item.text += "\n\n"
    start = len(item.text)
    item.append(rendered)
    item.lines.append(Line(role, start, len(item.text)))


def _glue_footer(item: Item) -> None:
    """Append the footer to the last sentence without a space, as if a line break had been lost."""
    place = max(index for index, line in enumerate(item.lines) if line.role == "body")
    if place != len(item.lines) - 1:
        raise MarkupError(f"{item.key}: a glued footer requires an item that ends with the body")
    start = len(item.text)
    item.text += FOOTER
    item.lines[place].end = len(item.text)
    item.footer = (start, len(item.text))
    digits = start + FOOTER.index("7070")
    fact: Fact = {"start": digits, "end": digits + 4, "surface": "7070", "value": 7070.0}
    item.facts.setdefault("numbers", []).append(fact)


def changed_words(original: Item, copy: Item) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the spans of the words that a copy changed, in the original and in the copy."""
    pairs = []
    for here, there in zip(_word_spans(original), _word_spans(copy), strict=True):
        if original.text[slice(*here)] != copy.text[slice(*there)]:
            pairs.append((here, there))
    return pairs


def _word_spans(item: Item) -> list[tuple[int, int]]:
    """Return the spans of the words of headline and body."""
    spans = []
    for start, end in [(item.lines[0].start, item.lines[0].end), *item.body()]:
        spans += [(start + first, start + last) for first, last in word_spans(item.text[start:end])]
    return spans
