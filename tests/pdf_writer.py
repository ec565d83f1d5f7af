"""Writes small PDF files for tests: glyphs at given places, each with the text that the file states for it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 6.0  # points of a glyph; the font has 12


@dataclass(frozen=True)
class Line:
    """Glyphs in the order in which they are stored.

    Attributes:
        glyphs: Their texts; those that end with a mark have no width. Of "\0" the file does not say the character.
        x: Where the line begins on the left.
        y: The height of its base line.
        backwards: Whether each glyph stands on the left of the one before it.
        stated: The text that stands for the line (ActualText), if any.
        size: The size of the font.
    """

    glyphs: Sequence[str]
    x: float = 50
    y: float = 700
    backwards: bool = False
    stated: str | None = None
    size: float = 12


def pdf(
    *pages: Sequence[Line],
    title: str = "",
    labels: str = "",
    image: bool = False,
    objects: Sequence[bytes] = (),
    content: bytes | None = None,
    producer: str = "",
) -> bytes:
    """Return a PDF file; `objects` are numbered from 6, and `content` is that of every page, if given."""
    codes: dict[str, int] = {}
    kids = range(6 + len(objects), 6 + len(objects) + 2 * len(pages), 2)
    drawn = [
        content or b"".join(_drawn(line, codes) for line in page) + (b"/A Do\n" if image else b"") for page in pages
    ]
    known = [f"<{code:02x}> <{text.encode('utf-16-be').hex()}>\n" for text, code in codes.items() if text != "\0"]
    cmap = "begincmap\n1 begincodespacerange\n<00> <ff>\nendcodespacerange\n"
    cmap += f"{len(known)} beginbfchar\n{''.join(known)}endbfchar\n"
    widths = ["0" if _is_mark(text) else "500" for text in codes] + ["500"] * (255 - len(codes))
    encoding = "/Encoding /WinAnsiEncoding " if content else ""
    font = f"<</Type /Font /Subtype /TrueType /BaseFont /Test /FirstChar 1 /LastChar 255 /Widths [{' '.join(widths)}] "
    parts = [
        f"<</Type /Catalog /Pages 2 0 R {labels}>>".encode(),
        f"<</Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(pages)}>>".encode(),
        (font + encoding + "/ToUnicode 4 0 R>>").encode(),
        stream(cmap.encode()),
        f"<</Title <feff{title.encode('utf-16-be').hex()}> /CreationDate (D:20240305120000Z) "
        f"/Producer ({producer})>>".encode(),
        *objects,
    ]
    for kid, data in zip(kids, drawn, strict=True):
        parts.append(
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
            b"/Resources <</Font <</F 3 0 R>> /XObject <</A 6 0 R>>>>>>" % (kid + 1)
        )
        parts.append(stream(data))
    return _written(parts)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a compressed stream."""
    packed = zlib.compress(data, 9)
    return b"<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (entries, len(packed), packed)


def _drawn(line: Line, codes: dict[str, int]) -> bytes:
    found = []
    x = line.x
    for glyph in line.glyphs:
        code = codes.setdefault(glyph, len(codes) + 1)
        found.append(f"BT /F {line.size} Tf {x:.1f} {line.y:.1f} Td <{code:02x}> Tj ET\n")
        x += 0 if _is_mark(glyph) else (-1 if line.backwards else 1) * WIDTH * line.size / 12
    if line.stated is not None:
        found.insert(0, f"/Span <</ActualText <feff{line.stated.encode('utf-16-be').hex()}>>> BDC\n")
        found.append("EMC\n")
    return "".join(found).encode()


def _is_mark(glyph: str) -> bool:
    return "\u064b" <= glyph[-1:] <= "\u0652"


def _written(parts: Sequence[bytes]) -> bytes:
    data = b"%PDF-1.4\n"
    offsets = []
    for number, part in enumerate(parts, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<</Root 1 0 R /Info 5 0 R /Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + trailer
