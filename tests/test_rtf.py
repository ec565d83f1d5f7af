"""RTF files: Arabic in every way that they hold it, and what is out of the text."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice
from corpus_kit.readers.rtf import read_rtf

FONTS = rb"{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fnil\fcharset178 Arial;}}"


def read(body: bytes, page: bytes = b"1256") -> list[Event]:
    return list(read_rtf(File("a.rtf", data=rb"{\rtf1\ansi\ansicpg" + page + rb"\deff0" + FONTS + body + b"}")))


def text_of(body: bytes, page: bytes = b"1256") -> str:
    event = read(body, page)[0]
    assert isinstance(event, Document)
    return event.text


def escaped(text: str, page: str = "cp1256") -> bytes:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(page)).encode()


def units(text: str, after: str = "?") -> bytes:
    data = text.encode("utf-16-le")
    numbers = [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]
    return "".join(f"\\u{number}{after}" for number in numbers).encode()


ARABIC = "ذهب الوَلَدُ إلى المدرسة، وعاد ١٥ منهم"


def test_code_units() -> None:
    assert text_of(rb"\pard " + units(ARABIC)) == ARABIC
    assert text_of(rb"\pard " + units(ARABIC), page=b"1252") == ARABIC
    assert text_of(rb"\pard\uc0 " + units("نص 😀 ﷺ", " ")) == "نص 😀 ﷺ"
    assert text_of(rb"\pard {\uc2 " + units("نص", r"\'d5\'d5") + rb"}{\uc3" + units("و", "abc") + rb"} a") == "نصو a"


@pytest.mark.parametrize("font", [b"", rb"\f0 ", rb"\f1 ", rb"\rtlch\fcs1\af1\ltrch\fcs0\f0 "])
def test_bytes_of_the_code_page(font: bytes) -> None:
    text = "ذهب الولد إلى المدرسة"
    assert text_of(rb"\pard " + font + escaped(text)) == text


def test_bytes_of_the_font() -> None:
    assert text_of(rb"\pard\f1 " + escaped("نص") + rb"\f0  caf\'e9", page=b"1252") == "نص café"


def test_raw_bytes() -> None:
    assert text_of(rb"\pard " + "نص قديم".encode("cp1256")) == "نص قديم"


def test_what_is_out_of_the_text() -> None:
    body = (
        rb"""{\info{\title """
        + escaped("عنوان")
        + rb"""}{\author """
        + units("كاتب")
        + rb"""}{\creatim\yr2024\mo3\dy5}}
{\header\pard x\par}{\footer\pard y\par}
\pard one{\footnote\pard note} two {\deleted gone}three\par
{\field{\*\fldinst{HYPERLINK "http://a.b"}}{\fldrslt{link}}}\line next\tab cell\~b\par
{\listtext 1.\tab}item{\pict\pngblip 8950}{\*\annotation\pard remark}{\shp{\*\shpinst{\sp{\sn a}}{\shptxt box}}}\par}"""
    )
    events = read(body)
    found = events[0]
    assert isinstance(found, Document)
    assert found.text == "one two three\nlink\nnext\tcell\xa0b\nitem"
    assert found.metadata == {"title": "عنوان", "author": "كاتب", "created": dt.date(2024, 3, 5)}
    kinds = ["footnote", "comment", "header", "footer", "text box", "image", "deleted text (tracked change)"]
    assert events[1:] == [LeftOut(kind, 1) for kind in kinds]


@pytest.mark.parametrize(
    "body", [rb"a {\v gone}b", rb"a \v gone\v0 b", rb"a {\v gone \{ {x}\plain b}", rb"{\v gone}{a {\v1 x}b}"]
)
def test_hidden_text_is_out(body: bytes) -> None:
    events = read(rb"\pard " + body + rb"\par")
    assert isinstance(events[0], Document)
    assert events[0].text == "a b"
    assert [event.kind for event in events[1:] if isinstance(event, LeftOut)] == ["hidden text"]


def test_what_striprtf_would_lose() -> None:
    assert text_of(rb"\pard a\column b\zwnj c\rtlmark d") == "a\n\nb\u200cc\u200fd"
    assert text_of(rb"\pard " + escaped("نص", "mac_arabic"), page=b"10004") == "نص"
    kinds = read(rb"\pard a{\object{\result b}}{\mmath{\*\moMath c}}")[1:]
    assert kinds == [LeftOut("formula", 1), LeftOut("embedded file", 1)]
    assert read(rb"\pard a\'81", page=b"1252")[1:] == [Notice("bytes that are no characters in cp1252 (U+FFFD)", 1)]


def test_a_title_in_two_encodings() -> None:
    title = rb"{\info{\upr{\title ???}{\*\ud{\title " + units("عنوان") + rb"}}}}\pard a"
    assert read(title)[0] == Document("a", metadata={"title": "عنوان"})


def test_cells_are_paragraphs() -> None:
    row = rb"\trowd\pard\intbl a\cell b\cell\row" + b"\n"
    assert text_of(rb"\pard x\par " + row + row + rb"\pard y\par") == "x\na\nb\na\nb\ny"


def test_bytes_of_pictures_are_passed_over() -> None:
    picture = rb"{\pict\wmetafile8\bin12 }}}{{{\par x}{\pict\pngblip " + b"0123456789abcdef" * 40 + b"}"
    assert text_of(rb"\pard a" + picture + rb" b\par") == "a b"


def test_links_take_linear_time() -> None:
    link = rb'{\field{\*\fldinst{HYPERLINK "http://a.b"}}{\fldrslt{x}}}'
    assert text_of(rb"\pard " + link * 20_000) == "x" * 20_000  # minutes, if it were quadratic


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an RTF file"),
        (b"plain text", "not an RTF file"),
        (rb"{\rtf1\ansi\ansicpg1256 \par}", "no text"),
        (rb"{\rtf1\ansi\ansicpg9999 x}", "its code page 9999 is unknown"),
        (rb"{\rtf1\ansi{\fonttbl" + rb"{\f1 a;}" * 30_000 + b"}x}", "a table of fonts"),
    ],
)
def test_files_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        list(read_rtf(File("a.rtf", data=data)))


def test_a_file_that_ends_early_raises_nothing_else() -> None:
    data = rb"{\rtf1\ansi\ansicpg1256 \pard {\b a} \'c7 \u1575? {\field b}}"
    for end in range(8, len(data)):
        with suppress(ValueError):
            assert [type(event) for event in read_rtf(File("a.rtf", data=data[:end]))] == [Document]
