r"""Subtitles (SRT, WebVTT; SubStation Alpha, by pysubs2): each cue is a document with its times.

Tags are out of the text: ``<i>``, ``{\an8}``, ``<c.yellow>``. The speaker that WebVTT (``<v Name>``) or SubStation
Alpha (the field Name) states is the column `speaker`. A line break within a cue stays. The encoding is that of any
text file: UTF-8, UTF-16 or Windows-1256.

Captions that roll, as those that YouTube makes, show each line again in the next cues. If at least half of the cues
begin with the line that ends the one before, without a pause, and many of these go on with another line, what is
repeated is out and counted.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from corpus_kit._base.arguments import boolean
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Reader, Skipped, Span, needed

__all__ = ["read_subtitles", "subtitles"]

_SPEAKER = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d[\d:.]{3,15}>")  # also the time of a word
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_TIME = r"(?:(\d{1,3}) ?: ?)?(\d{1,2}) ?: ?(\d{1,2})(?: ?[.,:\u066b\u066c] ?(\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_NUMBER = re.compile(r"\d{1,9}")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_HEAD = 4096  # characters in which the format shows
_PAUSE = 100  # milliseconds between cues that roll, at most
_LEAST_ROLLING = 3  # cues


@dataclass(frozen=True)
class _Cue:
    number: int
    start: int  # milliseconds
    end: int
    text: str
    speaker: str | None


def subtitles(*, joined: bool = False) -> Reader:
    r"""Return a reader of subtitles.

    Args:
        joined: Whether a file is one document, with a span "cue" for each cue whose value is its start, as
            00:01:02.300, rather than a document for each cue.

    Examples:
        >>> data = "1\n00:00:01,000 --> 00:00:02,500\nمرحبا\n".encode()
        >>> [cue] = subtitles()(File("film.srt", data=data))
        >>> cue.text, cue.metadata["start"].total_seconds()
        ('مرحبا', 1.0)
    """
    boolean(joined, "joined")

    def read(file: File) -> Iterator[Event]:
        return _read(file, joined)

    read.__name__ = f"subtitles(joined={joined})"
    return read


def read_subtitles(file: File) -> Iterator[Event]:
    """Read each cue as a document with its number, start, end and speaker."""
    return _read(file, joined=False)


def _read(file: File, joined: bool) -> Iterator[Event]:
    text = file.text().replace("\r\n", "\n").replace("\r", "\n")
    cues: list[_Cue] = []
    empty = 0
    for found in _substation(text) if "[Script Info]" in text[:_HEAD] else _cues(text):
        if isinstance(found, Skipped):
            yield found
        elif found.text:
            cues.append(found)
        else:
            empty += 1
    if not cues:
        raise ValueError("no cues with text")
    cues, repeated = _without_repeated(cues)
    if joined:
        yield _document(cues)
    else:
        for cue in cues:
            metadata: dict[str, Any] = {
                "number": cue.number,
                "start": dt.timedelta(milliseconds=cue.start),
                "end": dt.timedelta(milliseconds=cue.end),
            }
            if cue.speaker is not None:
                metadata["speaker"] = cue.speaker
            yield Document(cue.text, id=str(cue.number), metadata=metadata)
    if empty:
        yield LeftOut("empty cue", empty)
    if repeated:
        yield LeftOut("line repeated from the cue before", repeated)


def _without_repeated(cues: list[_Cue]) -> tuple[list[_Cue], int]:
    """Return cues without the lines that only roll on, and how many these are."""
    lines = [cue.text.split("\n") for cue in cues]
    again = [0, *(_repeated(*pair) for pair in zip(pairwise(cues), pairwise(lines), strict=True))]
    rolling = sum(count > 0 for count in again)
    growing = sum(0 < count < len(own) for own, count in zip(lines, again, strict=True))
    if rolling < _LEAST_ROLLING or 2 * rolling < len(cues) or 3 * growing < rolling:
        return cues, 0
    texts = ["\n".join(own[count:]).strip() for own, count in zip(lines, again, strict=True)]
    return [replace(cue, text=text) for cue, text in zip(cues, texts, strict=True) if text], sum(again)


def _repeated(cues: tuple[_Cue, _Cue], lines: tuple[list[str], list[str]]) -> int:
    """Return with how many of the last lines of a cue the next one begins."""
    (before, cue), (old, new) = cues, lines
    if cue.start - before.end > _PAUSE:
        return 0
    return next((count for count in range(min(len(old), len(new)), 0, -1) if old[-count:] == new[:count]), 0)


def _document(cues: list[_Cue]) -> Document:
    """Return all cues as one document, a line or more each."""
    spans: list[Span] = []
    start = 0
    for cue in cues:
        spans.append(Span("cue", start, start + len(cue.text), _clock(cue.start)))
        start += len(cue.text) + 1
    return Document("\n".join(cue.text for cue in cues), spans=spans)


def _clock(milliseconds: int) -> str:
    """Return a time as WebVTT writes it.

    >>> _clock(62_300)
    '00:01:02.300'
    """
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _substation(text: str) -> Iterator[_Cue | Skipped]:
    library = needed("pysubs2", "subtitles")
    try:
        events = library.SSAFile.from_string(text, format_="ass")
    except Exception as error:  # whatever a damaged file leads to
        raise ValueError(f"damaged: {error}") from error
    dialogue = (event for event in events if not event.is_comment and not event.is_drawing)
    for number, event in enumerate(dialogue, 1):
        yield _checked(_Cue(number, event.start, event.end, event.plaintext.strip(), event.name.strip() or None))


@dataclass(frozen=True)
class _Block:
    head: str  # the number or name of the cue
    times: str
    body: list[str]


def _cues(text: str) -> Iterator[_Cue | Skipped]:
    """Yield the cues of SRT or WebVTT.

    pysubs2 knows neither numbers nor comments, takes a last line of digits for a number, and a line with the times of
    two words for those of a cue.
    """
    form = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
    blocks = list(_blocks(text, form))
    stated = [int(block.head) if _NUMBER.fullmatch(block.head) else None for block in blocks]
    if None in stated or len(set(stated)) < len(stated):
        stated = list(range(1, len(blocks) + 1))
    for number, block in zip(stated, blocks, strict=True):
        assert number is not None
        times = _TIMES.fullmatch(block.times)
        if times is None:
            yield Skipped("damaged cue", str(number), block.times.strip()[:80])
            continue
        spoken = "\n".join(block.body).replace("\\N", "\n").replace("\\h", " ")
        speaker = _SPEAKER.search(spoken) if form == "vtt" else None
        plain = html.unescape(_TAG.sub("", _OVERRIDE.sub("", spoken)))
        plain = "\n".join(line.strip() for line in plain.strip().split("\n"))
        name = html.unescape(speaker[1]).strip() if speaker else None
        start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:])
        yield _checked(_Cue(number, start, end, plain, name))


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((parts[3] or "0").ljust(3, "0"))


def _checked(cue: _Cue) -> _Cue | Skipped:
    if cue.end < cue.start:
        return Skipped("damaged cue", str(cue.number), "it ends before it begins")
    return cue


def _blocks(text: str, form: str) -> Iterator[_Block]:
    """Cut a file at the lines with times."""
    lines = text.split("\n")
    places = [place for place, line in enumerate(lines) if "-->" in line]
    heads = [_has_head(lines, place) for place in places]
    for number, place in enumerate(places):
        last = number + 1 == len(places)
        end = len(lines) if last else places[number + 1] - heads[number + 1]
        body = lines[place + 1 : end]
        if form == "vtt":
            body = _without_comments(body)
        yield _Block(lines[place - 1].strip() if heads[number] else "", lines[place], body)


def _has_head(lines: list[str], place: int) -> bool:
    """Return whether the line before the times is the number or the name of the cue."""
    head = lines[place - 1].strip() if place else ""
    after_blank = place < 2 or not lines[place - 2].strip()
    return bool(head) and "-->" not in head and (after_blank or bool(_NUMBER.fullmatch(head)))


def _without_comments(lines: list[str]) -> list[str]:
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        if not line.strip():
            inside = False
        elif _COMMENT.match(line) and number and not lines[number - 1].strip():
            inside = True
        if not inside:
            kept.append(line)
    return kept
