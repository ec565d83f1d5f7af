r"""The marks in the storyboards and their meaning.

    @والأردن                      a state or city, with its proclitic
    #للتنظيم                       a label of the armed group, with its proclitic
    ~السهل                         a word that a crude rule would misread
    «...»[V قال: آلان مورتيل]      a span in quotation marks: its kind, verb and speaker
    «...»[S title]                 a span in quotation marks that is not speech
    {d-1} {m+3} {y0} {h0} {n0}     a day relative to that of the item: as weekday, day and month,
                                   with the year, Hijri, in digits
    ^هاذا=هذا                      a misspelling and the correct word
    \u200c                         an invisible code point

An unknown mark, an unmarked name, and a quotation whose speaker is not in the text are errors that name
the place.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from sample_source.world import CITIES, LABELS, PROCLITICS, STATES, WEEKDAYS, Outlet, hijri, month_name

__all__ = ["Fact", "MarkupError", "Rendered", "house_spelling", "plain", "render", "word_spans", "words"]

Fact = dict[str, Any]  # start, end, surface, and the columns of its table

LETTERS = "\u0621-\u063a\u0640-\u0655\u066e-\u06d3\ufe70-\ufefc\u200c"
_WORD = re.compile(rf"[{LETTERS}]+|\d+(?:[.,٫٬]\d+)*")
_LETTER_RUN = re.compile(rf"[{LETTERS}]+")
_QUOTATION = re.compile(r"\[(?P<kind>[VCFANS]) (?P<first>[^\]:]+)(?:: (?P<speaker>[^\]]+))?\]")
_SLOT = re.compile(r"\{(?P<form>[dmyhn])(?P<offset>[+-]?\d{1,3})\}")
_MISSPELT = re.compile(rf"\^(?P<wrong>[{LETTERS}]+)=(?P<right>[{LETTERS}]+)")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

# What a text may contain besides Arabic letters and digits.
_PUNCTUATION = set(' ،؛؟!:.,()«»“”"%/–-٪٫٬…')
_LEFT_OVER = re.compile(r"[@#~^{}\[\]\\]|\*")

_ARABIC_DIGITS = str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬")

_DECORATIONS = {
    "presentation form": "[\ufe70-\ufefc]",
    "decomposed": "[\u0653-\u0655]",
    "zero-width non-joiner": "\u200c",
    "tatweel": "\u0640",
    "tashkeel": "[\u064b-\u0652]",
}

SPEECH = {
    "V": "before",  # verb and speaker precede the words
    "C": "carried",  # the verb has no subject of its own
    "F": "fragment",  # two or three quoted words within a report
    "A": "after",  # the source is named after the words
    "N": "relayed",  # someone else reports what the speaker said
}
NO_SPEECH = ("scare", "title", "slogan", "nickname", "verse", "repeated")


class MarkupError(ValueError):
    """An invalid storyboard."""


def words(text: str) -> list[str]:
    """Return the words and numbers of a text."""
    return _WORD.findall(text)


def word_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(text)]


def plain(word: str) -> str:
    """Return a word without vowel marks, tatweel and other decoration."""
    composed = unicodedata.normalize("NFKC", word)
    return re.sub("[\u0640\u064b-\u0652\u200c]", "", composed)


def house_spelling(source: str, outlet: Outlet) -> str:
    """Return the source in the spelling of the outlet."""
    source = re.sub("أميرك|أمريك", outlet.american, source)
    return re.sub(rf"(?<![{LETTERS}])([وفبك]?(?:ال|لل)?)(?:مئة|مائة)(?![{LETTERS}])", rf"\1{outlet.hundred}", source)


@dataclass(eq=False)
class Rendered:
    """A text as readers see it and its facts, with offsets in code points of `text`."""

    text: str = ""
    facts: dict[str, list[Fact]] = field(default_factory=dict)

    def add(self, table: str, start: int, /, **fact: Any) -> None:
        end = len(self.text)
        row = {"start": start, "end": end, "surface": self.text[start:end], **fact}
        self.facts.setdefault(table, []).append(row)

    def append(self, other: Rendered) -> None:
        """Append another text and its facts."""
        offset = len(self.text)
        self.text += other.text
        for table, facts in other.facts.items():
            for fact in facts:
                moved = {**fact, "start": fact["start"] + offset, "end": fact["end"] + offset}
                self.facts.setdefault(table, []).append(moved)


def render(source: str, outlet: Outlet, day: datetime.date) -> Rendered:
    """Render one line of a storyboard in the style of an outlet, for an item of a day.

    The source must already be in the spelling of the outlet (`house_spelling`).

    Raises:
        MarkupError: For an unknown mark, an unmarked name or label, an invalid placeholder, or a
            character or space that does not belong in news.
    """
    done = _Renderer(source, outlet, day).render()
    _refuse_stray_characters(done.text)
    _refuse_unmarked_names(done)
    _add_decorated_words(done)
    return done


def split_proclitic(surface: str, names: tuple[str, ...]) -> tuple[str, str] | None:
    """Split a surface into proclitic and name; a listed name is never split."""
    if surface in names:
        return "", surface
    for proclitic in sorted(PROCLITICS, key=len):
        if not surface.startswith(proclitic):
            continue
        rest = surface.removeprefix(proclitic)
        if rest in names:
            return proclitic, rest
        with_article = "ال" + rest.removeprefix("لل")
        if rest.startswith("لل") and with_article in names:
            return proclitic + "ل", with_article
    return None


class _Renderer:
    """A reader of a source; each method takes one mark and moves past it."""

    def __init__(self, source: str, outlet: Outlet, day: datetime.date) -> None:
        self.source = source
        self.outlet = outlet
        self.day = day
        self.at = 0
        self.opened: int | None = None  # where a quotation began in the text
        self.done = Rendered()

    def render(self) -> Rendered:
        marks = {
            "@": self.name,
            "#": self.label,
            "~": self.decoy,
            "^": self.misspelling,
            "\\": self.escape,
            "{": self.slot,
            "«": self.open_quotation,
            "»": self.close_quotation,
        }
        while self.at < len(self.source):
            char = self.source[self.at]
            if char in marks:
                marks[char]()
            elif char.isdigit():
                self.number()
            else:
                self.done.text += char
                self.at += 1
        if self.opened is not None:
            raise MarkupError(f"unclosed quotation: {self.source[:40]!r}")
        return self.done

    def here(self, before: int = 0, after: int = 20) -> str:
        return repr(self.source[max(0, self.at - before) : self.at + after])

    def match(self, pattern: re.Pattern[str], trouble: str) -> re.Match[str]:
        found = pattern.match(self.source, self.at)
        if found is None:
            raise MarkupError(f"{trouble}: {self.here()}")
        self.at = found.end()
        return found

    def next_words(self, number: int) -> str:
        """Return up to `number` words."""
        pattern = re.compile(rf"[{LETTERS}]+(?: [{LETTERS}]+){{0,{number - 1}}}")
        found = pattern.match(self.source, self.at + 1)
        if found is None:
            raise MarkupError(f"a mark without a word after it: {self.here()}")
        return found[0]

    def put(self, surface: str) -> int:
        """Append what follows a one-character mark and return its offset."""
        start = len(self.done.text)
        self.done.text += surface
        self.at += 1 + len(surface)
        return start

    def named(self, names: tuple[str, ...], what: str) -> tuple[int, str, str]:
        for number in (2, 1):
            surface = self.next_words(number)
            found = split_proclitic(surface, names)
            if found:
                return (self.put(surface), *found)
        raise MarkupError(f"{self.here()}: {what}")

    def name(self) -> None:
        start, proclitic, name = self.named((*STATES, *CITIES), "neither a listed state nor a listed city")
        code, kind = (STATES[name][0], "state") if name in STATES else (None, "city")
        self.done.add("names", start, name=plain(name), kind=kind, code=code, proclitic=proclitic)

    def label(self) -> None:
        start, proclitic, label = self.named(LABELS, "not a label of the group")
        self.done.add("labels", start, label=label, proclitic=proclitic)

    def decoy(self) -> None:
        surface = self.next_words(1)
        if surface.endswith("سهل"):
            against, reason = "labels", "the place or the adjective"
        elif surface == "الآن":
            against, reason = "speakers", "now, not the name آلان"
        elif split_proclitic(surface, (*STATES, *CITIES)):
            against, reason = "names", "spelt like a name"
        else:
            raise MarkupError(f"{self.here()}: unknown decoy")
        self.done.add("decoys", self.put(surface), against=against, reason=reason)

    def misspelling(self) -> None:
        found = self.match(_MISSPELT, "a misspelling must be written ^wrong=right")
        start = len(self.done.text)
        self.done.text += found["wrong"]
        self.done.add("spellings", start, plain=found["right"], kind="misspelling")

    def escape(self) -> None:
        found = self.match(_ESCAPE, "a code point must be four hexadecimal digits after \\u")
        self.done.text += chr(int(found[1], 16))

    def slot(self) -> None:
        found = self.match(_SLOT, "invalid placeholder")
        date = self.day + datetime.timedelta(days=int(found["offset"]))
        try:
            kind, written = _written_date(found["form"], date, self.outlet)
        except ValueError as error:
            raise MarkupError(f"invalid placeholder: {error}") from None
        start = len(self.done.text)
        self.done.append(_Renderer(written, self.outlet, self.day).render())
        self.done.add("dates", start, date=date.isoformat(), kind=kind)

    def number(self) -> None:
        found = self.match(_NUMBER, "not a number")
        start = len(self.done.text)
        self.done.text += found[0].translate(_ARABIC_DIGITS) if self.outlet.arabic_digits else found[0]
        self.done.add("numbers", start, value=float(found[0].replace(",", "")))
        if self.outlet.arabic_digits and self.source.startswith("%", self.at):
            self.done.text += "٪"
            self.at += 1

    def open_quotation(self) -> None:
        if self.opened is not None:
            raise MarkupError(f"a quotation within a quotation: {self.here()}")
        self.done.text += self.outlet.quotation_marks[0]
        self.opened = len(self.done.text)
        self.at += 1

    def close_quotation(self) -> None:
        if self.opened is None:
            raise MarkupError(f"a quotation that was not opened: {self.here(before=30)}")
        start, self.opened = self.opened, None
        self.at += 1
        found = self.match(_QUOTATION, "a quotation without its kind")
        kind, first, speaker = found["kind"], found["first"].strip(), (found["speaker"] or "").strip()
        if kind == "S":
            if first not in NO_SPEECH or speaker:
                raise MarkupError(f"{found[0]}: a span that is not speech must be one of {', '.join(NO_SPEECH)}")
            self.done.add("no_speech", start, kind=first)
        else:
            if not speaker:
                raise MarkupError(f"{found[0]}: a quotation needs a verb and a speaker")
            count = len(words(self.done.text[start:]))
            if count < 2 or (count < 4) != (kind == "F"):
                raise MarkupError(f"{found[0]}: {count} words; a fragment has 2 or 3, every other quotation 4 or more")
            self.done.add("quotations", start, kind=SPEECH[kind], verb=first, speaker=speaker)
        self.done.text += self.outlet.quotation_marks[1]


def _written_date(form: str, date: datetime.date, outlet: Outlet) -> tuple[str, str]:
    """Return the kind of a date, and the date as the outlet writes it."""
    day_and_month = f"{date.day} {month_name(date.month, outlet.month_style)}"
    match form:
        case "d":
            return "weekday", WEEKDAYS[date.weekday()]
        case "m":
            return "day", day_and_month
        case "y":
            return "day", f"{day_and_month} {date.year}"
        case "h":
            return "hijri", hijri(date)
        case _:
            return "numeric", f"{date.day}/{date.month}/{date.year}"


def _refuse_stray_characters(text: str) -> None:
    left_over = _LEFT_OVER.search(text)
    if left_over:
        raise MarkupError(f"stray mark: {text[max(0, left_over.start() - 20) : left_over.end() + 10]!r}")
    for char in text:
        if not (char in _PUNCTUATION or char.isdigit() or re.match(rf"[{LETTERS}]", char)):
            raise MarkupError(f"unexpected character: {char!r} in {text[:60]!r}")
    if "  " in text or text != text.strip() or re.search(r" [،.؛؟:!]|(?<!\d),|,(?!\d)", text):
        raise MarkupError(f"wrong spaces or commas: {text[:60]!r}")


def _refuse_unmarked_names(done: Rendered) -> None:
    text = done.text
    marked = {(row["start"], row["end"]) for kind in ("names", "labels", "decoys") for row in done.facts.get(kind, [])}
    for name in (*STATES, *CITIES, *LABELS, "الآن"):
        for found in re.finditer(_with_proclitic(name), text):
            if found.span() not in marked:
                raise MarkupError(f"not marked: {text[max(0, found.start() - 20) : found.end() + 10]!r}")
    for found in re.finditer(_with_proclitic("السهل"), text):
        if not any(start <= found.start() and found.end() <= end for start, end in marked):
            raise MarkupError(f"not marked: {text[max(0, found.start() - 20) : found.end() + 10]!r}")


def _with_proclitic(name: str) -> str:
    forms = [name, "لل" + name.removeprefix("ال")] if name.startswith("ال") else [name]
    return rf"(?<![{LETTERS}])[وف]?[بلك]?(?:{'|'.join(forms)})(?![{LETTERS}])"


def _add_decorated_words(done: Rendered) -> None:
    """Add words in a decorated spelling, and the adjective that contains the name of a state."""
    for found in _LETTER_RUN.finditer(done.text):
        row: Fact = {"start": found.start(), "end": found.end(), "surface": found[0]}
        kind = next((kind for kind, pattern in _DECORATIONS.items() if re.search(pattern, found[0])), None)
        if kind:
            done.facts.setdefault("spellings", []).append({**row, "plain": plain(found[0]), "kind": kind})
        if re.fullmatch(r"[وف]?[بك]?(?:ال|لل)سورية", found[0]):
            done.facts.setdefault("decoys", []).append({**row, "against": "names", "reason": "an adjective"})
