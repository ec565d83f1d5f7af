r"""RTF files: their text, by striprtf, with what it does not know put right before and after.

- Bytes of Arabic (``\'c7``) are those of the code page that the file states; striprtf takes a font of the character
  set 0 for Western European. Raw bytes are read likewise.
- Text that is marked as deleted, the numbers of lists and the addresses of links are out. Cells of tables are
  paragraphs of their own. Pairs of surrogates become one character.
- Hidden text, notes, comments, headers, footers, text boxes, formulas and embedded files are out and counted. Headings
  are text: RTF has only their looks.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, needed

__all__ = ["read_rtf"]

_MAGIC = b"{\\rtf"
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_HEAD = 4096  # bytes in which the code page is stated
_WESTERN = "1252"
_OF_MACINTOSH = {"10000": "mac_roman", "10004": "mac_arabic"}
_RAW = re.compile("[\x80-\xff]+")
_BINARY = re.compile(r"\\bin(\d{1,9}) ?")
_PICTURE = re.compile(r"[0-9A-Fa-f\s]{256,}")  # digits of one; each would take striprtf a step
_HIDING = re.compile(r"\\v1?(?![a-z\d-])")
_OF_HIDING = re.compile(r"\\[\\{}]|[{}]|\\v([01]?)(?![a-z\d-]) ?|\\plain(?![a-z])")
_CONTROLS = {"zwj": 0x200D, "zwnj": 0x200C, "ltrmark": 0x200E, "rtlmark": 0x200F}
# What striprtf reads in another way than is meant here, and what it reads so.
_REPLACED = [
    (re.compile(r"\\ansicpg\d+"), ""),  # it is told, also where it does not know the number
    (re.compile(r"\\column(?![a-z])"), r"\\page"),
    *((re.compile(rf"\\{name}(?![a-z]) ?"), rf"{{\\uc0\\u{code} }}") for name, code in _CONTROLS.items()),
    (re.compile(r"\\fcharset0(?!\d)"), r"\\fcharset1"),  # 1: that of the file
    (re.compile(r"\\deleted1?(?![a-z\d-]) ?"), r"\\*"),  # the rest of the group is out
    (re.compile(r"\{\\listtext(?![a-z])"), r"{\\*\\listtext"),
    (re.compile(r"\\fldinst(?![a-z])"), r"\\datafield"),  # out, too, and not looked for in quadratic time
    (re.compile(r"\\(?:nest)?cell(?![a-z])"), r"\\par"),
    (re.compile(r"\\(?:nest)?row(?![a-z]) ?"), ""),
]
_MOST_FONTS = 200_000  # characters of the table of fonts, in which striprtf takes quadratic time
_LEFT_OUT = {
    "footnote": re.compile(r"\{\\(?:\*\\)?footnote(?![a-z])"),
    "comment": re.compile(r"\{\\\*\\annotation(?![a-z])"),
    "header": re.compile(r"\{\\header[lrf]?(?![a-z])"),
    "footer": re.compile(r"\{\\footer[lrf]?(?![a-z])"),
    "text box": re.compile(r"\{\\shptxt(?![a-z])"),
    "image": re.compile(r"\{\\pict(?![a-z])"),
    "formula": re.compile(r"\{\\mmath(?![a-z])"),
    "embedded file": re.compile(r"\{\\object(?![a-z])"),
    "deleted text (tracked change)": re.compile(r"\\deleted1?(?![a-z\d-])"),
}
_INFORMATION = {
    column: re.compile(rf"\{{\\{column} ((?:[^{{}}\\]|\\[^{{}}]|\\[{{}}])*)\}}") for column in ("title", "author")
}
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_BLANK_LINES = re.compile("\n{3,}")


def read_rtf(file: File) -> Iterator[Event]:
    """Read an RTF file as one document, with its title, author and date."""
    data = file.read()
    if not data.lstrip().startswith(_MAGIC):
        raise ValueError("not an RTF file")
    found = _CODE_PAGE.search(data[:_HEAD])
    encoding = _encoding(found[1].decode() if found else _WESTERN)
    source = _without_binary(data.decode("latin-1"))
    counts = {kind: len(pattern.findall(source)) for kind, pattern in _LEFT_OUT.items()}
    head, pard, body = source.partition("\\pard")
    metadata = _metadata(head, encoding)
    body, counts["hidden text"] = _without_hidden(body)
    source = head + pard + body
    text = _BLANK_LINES.sub("\n\n", _plain(source, encoding)).strip("\n")
    if not text.strip():
        raise ValueError("no text")
    yield Document(text, metadata=metadata)
    for kind, count in counts.items():
        if count:
            yield LeftOut(kind, count)
    if count := text.count("\ufffd"):
        yield Notice(f"bytes that are no characters in {encoding} (U+FFFD)", count)


def _encoding(code_page: str) -> str:
    try:
        return codecs.lookup(_OF_MACINTOSH.get(code_page, f"cp{code_page}")).name
    except LookupError:
        raise ValueError(f"its code page {code_page} is unknown") from None


def _without_binary(source: str) -> str:
    """Return the source without the bytes and digits of pictures, which may look like anything."""
    parts: list[str] = []
    at = 0
    while found := _BINARY.search(source, at):
        parts.append(source[at : found.start()])
        at = found.end() + int(found[1])
    return _PICTURE.sub(" ", "".join((*parts, source[at:])))


def _without_hidden(source: str) -> tuple[str, int]:
    """Return the source with hidden text in groups that are out, and how many there are."""
    if not _HIDING.search(source):
        return source, 0
    is_hidden = [False]  # of each open group
    count = 0

    def grouped(found: re.Match[str]) -> str:
        nonlocal count
        token = found[0]
        if token == "{":
            is_hidden.append(False)
        elif token == "}":
            if is_hidden.pop():
                token = "}}"
            is_hidden.extend([False] * (not is_hidden))
        elif token[1] in "vp":
            begins = token[1] == "v" and found[1] != "0"
            if begins and not is_hidden[-1]:
                count += 1
                token = r"{\*\v "
            elif not begins and is_hidden[-1]:
                token = "}" + token
            is_hidden[-1] = begins
        return token

    return _OF_HIDING.sub(grouped, source), count


def _plain(source: str, encoding: str) -> str:
    """Return the text of RTF."""
    for pattern, replacement in _REPLACED:
        source = pattern.sub(replacement, source)
    source = _RAW.sub(lambda found: "".join(f"\\'{ord(each):02x}" for each in found[0]), source)
    library = needed("striprtf.striprtf", "RTF files")
    if len(library.font_table_group(source)) > _MOST_FONTS:
        raise ValueError(f"a table of fonts of more than {_MOST_FONTS:,} characters")
    text: str = library.rtf_to_text(source, encoding=encoding, errors="replace")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _metadata(head: str, encoding: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, pattern in _INFORMATION.items():
        matches = pattern.findall(head)  # of two, the second is in Unicode
        if matches and (value := _plain(f"{{\\rtf1\\ansi {matches[-1]}}}", encoding).strip()):
            found[column] = value
    if match := _CREATED.search(head):
        with suppress(ValueError):  # no day of the calendar
            found["created"] = dt.date(*(int(part) for part in match.groups()))
    return found
