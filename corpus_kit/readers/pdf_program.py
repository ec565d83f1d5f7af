"""Reads the glyphs of PDF files, in a process of its own: `pdf_process` runs this file and reads its answers.

A small PDF can ask for any memory and any time, and its library bounds neither. Here that ends nothing else. This file
imports nothing of the package, so that the process starts fast.

A request is a line of JSON: the path of a file, or the number of its bytes, which follow. An answer is a line of JSON:
what the file says of itself, then its pages, then the end. A page has lines. A line has its glyphs twice: from left to
right as they stand on the page, and as they are stored. A glyph is a text, since a ligature has several letters.
"""

from __future__ import annotations

import io
import json
import logging
import math
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

resource: Any = None
with suppress(ImportError):  # Windows has none
    import resource

__all__: list[str] = []

_STATUS = Path("/proc/self/status")

# In the size of the font: how far glyphs that are stored together may be apart; how far these may be from their line,
# along it and across, and along it if other lines were stored meanwhile, as those of a column are; the gap that is a
# space, in a line that has glyphs for spaces (kerning leaves gaps, too) and in one that has none; how far a raised
# glyph is above its line at least, and its size at most.
_TOGETHER = 0.3
_ALONG, _ALONG_LATER = 1.5, 0.6
_ACROSS = 0.45
_GAP, _GAP_WITHOUT_SPACES = 0.3, 0.13
_RAISED, _RAISED_SIZE = 0.15, 0.95
_RECENT = 2  # lines

# Programs that state the text of each cluster once: their glyphs without text, such as those that draw out a word,
# have none. Those of other programs may be letters.
_STATE_ALL = ("LibreOffice", "LuaTeX")


_NO_CHARACTER = re.compile("[\0\ufdd0-\ufdef\ufffe\uffff]")

_Box = tuple[float, float, float, float]  # left, low, right, high
_EVERYWHERE: _Box = (-math.inf, -math.inf, math.inf, math.inf)


class _RefusedError(Exception):
    """A file that is not read, and why."""


@dataclass(slots=True)
class _Glyph:
    text: str
    start: float  # along the line
    end: float
    across: float
    size: float
    turned: tuple[int, int]  # the direction of the line


@dataclass(slots=True)
class _Line:
    glyphs: list[_Glyph] = field(default_factory=list)
    across: float = 0.0
    size: float = 0.0
    start: float = math.inf
    end: float = -math.inf
    turned: tuple[int, int] = (1, 0)

    def add(self, glyphs: list[_Glyph]) -> None:
        if not self.glyphs:
            self.turned = glyphs[0].turned
        self.glyphs += glyphs
        for glyph in glyphs:
            if glyph.size > self.size:  # a smaller one may be raised
                self.size, self.across = glyph.size, glyph.across
            self.start, self.end = min(self.start, glyph.start), max(self.end, glyph.end)

    def takes(self, other: _Line, along: float) -> bool:
        size = max(self.size, other.size)
        return (
            self.turned == other.turned
            and abs(other.across - self.across) <= _ACROSS * size
            and self.start - along * size <= other.end
            and other.start <= self.end + along * size
        )

    def answer(self) -> dict[str, Any]:
        ordered = sorted(self.glyphs, key=lambda glyph: glyph.start + glyph.end)
        gap = self.size * (_GAP if self._has_spaces(ordered) else _GAP_WITHOUT_SPACES)
        seen, stored = self._spaced(ordered, gap), self._spaced(self.glyphs, gap)
        place = [round(value, 1) for value in (self.start, self.end, self.across, self.size)]
        return {"seen": seen, "stored": None if seen == stored else stored, "place": place}

    def _has_spaces(self, ordered: list[_Glyph]) -> bool:
        """Return whether words are separated by glyphs; a line may have some, and gaps between the other words."""
        spaces = sum(glyph.text.isspace() for glyph in ordered)
        return spaces > 0 and spaces >= sum(
            not (before.text.isspace() or glyph.text.isspace())
            and glyph.start - before.end > _GAP_WITHOUT_SPACES * self.size
            for before, glyph in pairwise(ordered)
        )

    def _spaced(self, glyphs: list[_Glyph], gap: float) -> list[str]:
        """Return the texts of glyphs, with a space where they are apart, and beside digits that are raised."""
        texts: list[str] = []
        before = glyphs[0]
        for glyph in glyphs:
            apart = max(glyph.start - before.end, before.start - glyph.end) > gap
            if apart or self._is_raised(glyph) != self._is_raised(before):
                texts.append(" ")
            texts.append(glyph.text)
            before = glyph
        return texts

    def _is_raised(self, glyph: _Glyph) -> bool:
        """Return whether a glyph is the mark of a note or an exponent, which no word or number goes on with."""
        return (
            glyph.size <= _RAISED_SIZE * self.size
            and glyph.across - self.across >= _RAISED * self.size
            and glyph.text.isdecimal()
        )


def _lines(glyphs: list[_Glyph]) -> list[_Line]:
    """Return the lines of a page in the order in which their first glyphs are stored.

    What is stored and stands together is put to a line as a whole: a word in Arabic may be stored after the one on its
    right, and its own last letter first.
    """
    lines: list[_Line] = []
    for part in _parts(glyphs):
        line = next((line for line in lines[: -_RECENT - 1 : -1] if line.takes(part, _ALONG)), None)
        line = line or next((line for line in reversed(lines) if line.takes(part, _ALONG_LATER)), None)
        if line is not None:
            line.add(part.glyphs)
        elif not all(glyph.text.isspace() for glyph in part.glyphs):
            lines.append(part)
    joined = lines[:1]
    for line in lines[1:]:  # that grew towards each other
        if joined[-1].takes(line, _ALONG):
            joined[-1].add(line.glyphs)
        else:
            joined.append(line)
    return joined


def _parts(glyphs: list[_Glyph]) -> Iterator[_Line]:
    """Yield glyphs that are stored one after the other and stand beside each other."""
    part = _Line()
    for glyph in glyphs:
        if part.glyphs:
            before = part.glyphs[-1]
            near = _TOGETHER * max(glyph.size, before.size)
            apart = min(abs(glyph.start - before.end), abs(before.start - glyph.end))
            if apart > near or abs(glyph.across - before.across) > near or glyph.turned != before.turned:
                yield part
                part = _Line()
        part.add([glyph])
    if part.glyphs:
        yield part


def _part_from_marks(glyphs: list[_Glyph]) -> None:
    """Leave to marks what is theirs, where a letter and its mark are stated for the mark, which has no width."""
    for number, glyph in enumerate(glyphs):
        if len(glyph.text) < 2 or glyph.end > glyph.start or not any(map(unicodedata.combining, glyph.text)):
            continue
        beside = glyphs[max(number - 1, 0) : number + 2]
        base = next((other for other in beside if not other.text.strip("\ufffd")), None)
        if base is not None:
            base.text, glyph.text = glyph.text, ""
        else:
            glyph.text = "".join(filter(unicodedata.combining, glyph.text))


def _with_clusters(glyphs: list[_Glyph]) -> list[_Glyph]:
    """Give the place of glyphs without text to the one that has the text of their cluster; it may stand at either end.

    It has several characters. Between single letters of Arabic they draw out the word, and their place is that of the
    letter before. Others have no part in what follows.
    """
    joined: list[_Glyph] = []
    silent: list[_Glyph] = []
    for glyph in glyphs:
        if not glyph.text:
            silent.append(glyph)
            continue
        if silent:
            _widen([glyph, *joined[-1:]], silent)
            silent = []
        joined.append(glyph)
    _widen(joined[-1:], silent)
    return joined


def _widen(beside: list[_Glyph], silent: list[_Glyph]) -> None:
    owner = next((glyph for glyph in beside if len(glyph.text) > 1), None)
    if owner is None and len(beside) > 1 and all(_is_arabic(glyph.text[0]) for glyph in beside):
        owner = beside[-1]
    if owner is None:
        return
    for glyph in silent:
        if glyph.turned == owner.turned and abs(glyph.across - owner.across) < owner.size:
            owner.start, owner.end = min(owner.start, glyph.start), max(owner.end, glyph.end)


def _is_arabic(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("AL", "NSM")


def _with_marks(glyphs: list[_Glyph]) -> list[_Glyph]:
    """Join marks to their letters.

    Marks stand where the font puts them, not within their letter. They are stored beside it: before it where the
    glyphs go from left to right, as shaped Arabic does, otherwise after it.
    """
    joined: list[_Glyph] = []
    marks: list[_Glyph] = []
    for glyph in glyphs:
        if all(unicodedata.combining(each) for each in glyph.text):
            marks.append(glyph)
            continue
        if marks:
            before = joined[-1] if joined else None
            if glyph.text.strip() and (before is None or _is_before(marks[0], before, glyph)):
                glyph.text += "".join(mark.text for mark in reversed(marks))
            elif before is not None:
                before.text += "".join(mark.text for mark in marks)
            marks = []
        joined.append(glyph)
    if marks and joined:
        joined[-1].text += "".join(mark.text for mark in marks)
    return joined


def _is_before(mark: _Glyph, before: _Glyph, after: _Glyph) -> bool:
    """Return whether a mark is that of the glyph after it, not of the one before it."""
    return _distance(mark, before) > after.size or (before.start < after.start and _distance(mark, after) <= after.size)


def _distance(mark: _Glyph, glyph: _Glyph) -> float:
    if mark.turned != glyph.turned:
        return math.inf
    return max(glyph.start - mark.start, mark.start - glyph.end, 0.0) + abs(mark.across - glyph.across)


def _text_of(value: object) -> str:
    """Return a text string of a PDF: UTF-16 or UTF-8 with a mark, otherwise nearly Latin 1."""
    from pdfminer.utils import decode_text  # optional

    if isinstance(value, bytes):
        if value.startswith(b"\xef\xbb\xbf"):
            return value[3:].decode("utf-8", "replace")
        return str(decode_text(value))
    return value if isinstance(value, str) else ""


def _device_class() -> type[Any]:
    """Return the device that collects glyphs; made in a function, since its base is of an optional library."""
    from pdfminer.pdfdevice import PDFTextDevice  # optional
    from pdfminer.pdffont import PDFUnicodeNotDefined  # optional

    class Device(PDFTextDevice):
        """Collects the glyphs of a page, and the text that is stated in place of some."""

        most = 0  # glyphs of a page
        states_all = False  # whether glyphs without text have none

        def begin_page(self, *_: Any) -> None:
            self.glyphs: list[_Glyph] = []
            self.images = self.silent = self.hidden = 0
            self.clip = _EVERYWHERE
            self.clips: list[_Box] = []
            self._tags: list[int | None] = []  # where the glyphs begin that a stated text replaces
            self._stated: list[str] = []

        def end_page(self, *_: Any) -> None: ...

        def begin_figure(self, *_: Any) -> None:
            self.clips.append(self.clip)

        def end_figure(self, *_: Any) -> None:
            self.restore_clip()

        def restore_clip(self) -> None:
            if self.clips:
                self.clip = self.clips.pop()

        def render_image(self, *_: Any) -> None:
            self.images += 1

        def begin_tag(self, _: Any, props: Any = None) -> None:
            stated = props.get("ActualText") if isinstance(props, dict) else None
            self._tags.append(None if stated is None else len(self.glyphs))
            if stated is not None:
                self._stated.append(_text_of(stated))

        def do_tag(self, *_: Any) -> None: ...

        def end_tag(self) -> None:
            first = self._tags.pop() if self._tags else None
            if first is None:
                return
            text, replaced = self._stated.pop(), self.glyphs[first:]
            if not replaced or (len(replaced) == 1 and _contradicts(text, replaced[0].text)):
                return
            # what is widest is the letter; a mark has no width, and stands elsewhere
            base = max(replaced, key=lambda glyph: glyph.end - glyph.start)
            wide = [glyph for glyph in replaced if glyph.end > glyph.start] or [base]
            start, end = min(glyph.start for glyph in wide), max(glyph.end for glyph in wide)
            self.glyphs[first:] = [_Glyph(text, start, end, base.across, base.size, base.turned)] if text else []

        def render_char(
            self, matrix: Any, font: Any, fontsize: float, scaling: float, _rise: float, cid: int, *_: Any
        ) -> float:
            try:
                text = _NO_CHARACTER.sub("\ufffd", font.to_unichr(cid))
            except PDFUnicodeNotDefined:
                text = "\ufffd"
            if text == "\ufffd" and self.states_all:
                text = ""
            advance = float(font.char_width(cid) * fontsize * scaling)
            a, b, c, d, e, f = matrix
            length = math.hypot(a, b)
            self.silent += not text and advance > 0
            if not length or not (text or advance > 0):
                return advance
            side = 1 if a * d >= b * c else -1  # mirrored: a layer of recognised Arabic is written towards the left
            x, y = side * a / length, side * b / length
            start = e * x + f * y
            start, end = sorted((start, start + side * length * advance))
            turned = (round(x), round(y))
            size = abs(fontsize) * math.hypot(c, d)
            if _is_outside(self.clip, e, f, e + a * advance, f + b * advance, size):
                self.hidden += 1
                return advance
            self.glyphs.append(_Glyph(text, start, end, f * x - e * y, size, turned))
            if len(self.glyphs) > self.most:
                raise ValueError(f"a page has more than {self.most:,} glyphs")
            return advance

    return Device


def _contradicts(stated: str, shown: str) -> bool:
    """Return whether a letter is stated for a glyph of another one; Chromium sometimes shifts what it states."""
    shown = unicodedata.normalize("NFKC", shown)
    are_letters = all(each.isalpha() or each == " " for each in stated + shown)
    return len(stated) == len(shown) == 1 and stated != shown and are_letters


def _interpreter_class() -> type[Any]:
    """Return the interpreter that tells the device what is shown of a page; made in a function as the device is."""
    from pdfminer.pdfinterp import PDFPageInterpreter  # optional

    class Interpreter(PDFPageInterpreter):
        """Keeps the box around the clipping path, outside which nothing is seen."""

        device: Any

        def do_q(self) -> None:
            super().do_q()
            self.device.clips.append(self.device.clip)

        def do_Q(self) -> None:  # noqa: N802  # the name of an operator, as below
            super().do_Q()
            self.device.restore_clip()

        def do_W(self) -> None:  # noqa: N802
            places = [part[-2:] for part in self.curpath if len(part) > 2]
            if places:
                a, b, c, d, e, f = self.ctm
                xs = [a * x + c * y + e for x, y in places]
                ys = [b * x + d * y + f for x, y in places]
                left, low, right, high = self.device.clip
                self.device.clip = max(left, min(xs)), max(low, min(ys)), min(right, max(xs)), min(high, max(ys))

        do_W_a = do_W  # noqa: N815

    return Interpreter


def _manager_class() -> type[Any]:
    """Return what keeps the fonts of a file; made in a function as the device is."""
    from pdfminer.pdffont import PDFTrueTypeFont  # optional
    from pdfminer.pdfinterp import PDFResourceManager  # optional

    class Manager(PDFResourceManager):
        """Knows that the codes of some fonts stand for nothing but what the file states."""

        def get_font(self, objid: object, spec: Any) -> Any:
            font = super().get_font(objid, spec)
            # its codes are numbers of glyphs; the library would take them for those of Windows
            if isinstance(font, PDFTrueTypeFont) and font.unicode_map and "Encoding" not in spec:
                font.cid2unicode = {}
            return font

    return Manager


def _is_outside(box: _Box, x: float, y: float, other_x: float, other_y: float, size: float) -> bool:
    """Return whether a glyph from here to there is hidden, or nearly so: programs draw more than a page shows."""
    left, low, right, high = box
    margin = 0.4 * size
    return (
        max(x, other_x) < left - margin
        or min(x, other_x) > right + margin
        or max(y, other_y) < low - margin
        or min(y, other_y) > high + margin
    )


def _answers(stream: BinaryIO, most: int, seconds: int) -> Iterator[dict[str, Any]]:
    from pdfminer.pdfdocument import PDFDocument, PDFNoValidXRef, PDFPasswordIncorrect  # optional
    from pdfminer.pdfpage import PDFPage  # optional
    from pdfminer.pdfparser import PDFParser  # optional
    from pdfminer.pdftypes import resolve1  # optional

    try:
        document = PDFDocument(PDFParser(stream))
    except PDFPasswordIncorrect:
        raise _RefusedError("encrypted with a password") from None
    except PDFNoValidXRef:
        raise _RefusedError("damaged: it has no table of its objects") from None
    information = _information(document, resolve1)
    yield {"info": information}
    manager = _manager_class()()
    device = _device_class()(manager)
    device.most = most
    device.states_all = information.get("Producer", "").startswith(_STATE_ALL)
    interpreter = _interpreter_class()(manager, device)
    for page in PDFPage.create_pages(document):
        _limit_time(seconds)
        answer: dict[str, Any] = {"label": page.label}
        try:
            interpreter.process_page(page)
        except MemoryError:
            raise
        except Exception as error:  # whatever a damaged page leads to; the others can still be read
            answer["problem"] = f"{type(error).__name__}: {error}"
        else:
            _part_from_marks(device.glyphs)
            answer["unknown"] = sum("\ufffd" in glyph.text for glyph in device.glyphs)
            lines = _lines(_with_marks(_with_clusters(device.glyphs)))
            answer["lines"] = [line.answer() for line in lines]
            answer |= {name: getattr(device, name) for name in ("images", "silent", "hidden")}
        yield answer


def _information(document: Any, resolve: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for entries in reversed(document.info):
        for key, value in entries.items():
            found[str(key)] = _text_of(resolve(value))
    return found


def _limit_memory(most: int) -> None:
    """Limit the memory to what the process has and so many bytes, where the system can."""
    if resource is None or not _STATUS.exists():
        return
    size = next(line.split()[1] for line in _STATUS.read_text("ascii").splitlines() if line.startswith("VmSize"))
    resource.setrlimit(resource.RLIMIT_AS, (int(size) * 1024 + most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _limit_time(seconds: int) -> None:
    """Let the system end the process after so many seconds of its processor time from now, where it can."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Answer requests until there are none."""
    logging.disable()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        _limit_memory(request["memory"])
        _limit_time(request["seconds"])
        try:
            path = request["path"]
            data = sys.stdin.buffer.read(request["bytes"]) if path is None else b""
            with io.BytesIO(data) if path is None else Path(path).open("rb") as stream:
                for answer in _answers(stream, request["glyphs"], request["seconds"]):
                    _say(answer)
            _say({"end": True})
        except MemoryError:
            _say({"memory": True})
            return
        except _RefusedError as error:
            _say({"error": str(error)})
        except Exception as error:  # whatever a damaged file leads to
            _say({"error": f"damaged: {type(error).__name__}: {error}"[:300]})


if __name__ == "__main__":
    main()
