"""EPUB: the reading order, chapters, notes, and what is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from corpus_kit.errors import InputError
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Skipped
from corpus_kit.readers.epub import epub
from corpus_kit.readers.limits import Limits

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
METADATA = """<dc:title>كتاب البحر</dc:title><dc:creator>زيد</dc:creator><dc:creator>هند</dc:creator>
<dc:date>1999</dc:date><dc:language>ar</dc:language><dc:identifier>urn:1</dc:identifier><dc:subject>سفر</dc:subject>"""
NAMESPACES = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
NAV = f"""<html {NAMESPACES}><body><nav epub:type="toc"><h1>المحتويات</h1><ol>
<li><a href="a%201.xhtml">الباب الأول</a><ol><li><a href="a%201.xhtml#s">فصل</a></li></ol></li>
<li><a href="b.xhtml">الباب الثاني</a></li></ol></nav></body></html>"""
ENCRYPTION = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
 xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="{}"/>
<enc:CipherData><enc:CipherReference URI="{}"/></enc:CipherData></enc:EncryptedData></encryption>"""
FIRST = '<h1>الباب</h1><p>قال زيد.</p><h2 id="s">فصل</h2><p>ثم سكت.</p>'


def page(body: str) -> str:
    return f"<!DOCTYPE html><html {NAMESPACES}><head><title>لا يقرأ</title></head><body>{body}</body></html>"


PAGES = {"a 1.xhtml": page(FIRST), "b.xhtml": page("<p>وقالت هند.</p>")}


def book(
    pages: Mapping[str, str | bytes] = PAGES,
    *,
    nav: str | None = NAV,
    more: Mapping[str, str] | None = None,
    spine: str = "",
) -> bytes:
    items = "".join(
        f'<item id="i{number}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(pages)
    )
    order = spine or "".join(f'<itemref idref="i{number}"/>' for number in range(len(pages)))
    if nav:
        items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        order = '<itemref idref="nav"/>' + order
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr(
            "OPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"{METADATA}</metadata><manifest>{items}</manifest><spine>{order}</spine></package>",
        )
        if nav:
            archive.writestr("OPS/nav.xhtml", nav)
        for name, content in {**{f"OPS/{name}": content for name, content in pages.items()}, **(more or {})}.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(data: bytes, *, limits: Limits | None = None, **options) -> list[Event]:
    return list(epub(**options)(File("book.epub", data=data, limits=limits or Limits())))


def covered(document: Document, kind: str) -> list[tuple[str | None, str]]:
    return [(span.value, document.text[span.start : span.end]) for span in document.spans if span.kind == kind]


def test_the_reading_order_the_metadata_and_the_chapters():
    (document,) = read(book())
    assert document.text == "الباب\nقال زيد.\nفصل\nثم سكت.\nوقالت هند."
    assert document.metadata == {
        "title": "كتاب البحر", "author": "زيد; هند", "published": "1999", "language": "ar", "identifier": "urn:1",
        "keywords": ["سفر"],
    }  # fmt: skip
    assert covered(document, "chapter") == [
        ("الباب الأول", "الباب\nقال زيد.\nفصل\nثم سكت."), ("الباب الثاني", "وقالت هند."),
    ]  # fmt: skip
    assert covered(document, "chapter_2") == [("فصل", "فصل\nثم سكت.")]


def test_a_part_without_a_page_of_its_own_begins_with_its_first_chapter():
    nav = f"""<html {NAMESPACES}><body><nav epub:type="toc"><ol><li><a href="a%201.xhtml"><span>مقدمة</span></a></li>
    <li><span>القسم</span><ol><li><a href="b.xhtml">فصل</a></li></ol></li></ol></nav></body></html>"""
    (document,) = read(book(nav=nav))
    assert covered(document, "chapter")[1:] == [("القسم", "وقالت هند.")]
    assert covered(document, "chapter_2") == [("فصل", "وقالت هند.")]
    assert [value for value, _ in covered(document, "chapter")] == ["مقدمة", "القسم"]


def test_the_spine_gives_the_order():
    order = '<itemref idref="i1"/><itemref idref="i0"/>'
    assert read(book(nav=None, spine=order))[0].text.startswith("وقالت هند.\nالباب")


def test_pages_outside_the_reading_order_and_missing_ones():
    order = '<itemref idref="i0"/><itemref idref="i1" linear="no"/>'
    document, left_out = read(book(spine=order))
    assert "هند" not in document.text
    assert left_out == LeftOut("pages outside the reading order")
    skipped, document = read(book(PAGES | {}, more=None).replace(b"OPS/b.xhtml", b"OPS/c.xhtml"))
    assert skipped == Skipped("missing page of a book", "OPS/b.xhtml")
    assert document.text.endswith("ثم سكت.")


def test_headings_are_chapters_where_there_is_no_table_of_contents():
    (document,) = read(book(nav=None))
    assert covered(document, "chapter") == [("الباب", document.text)]
    assert covered(document, "chapter_2") == [("فصل", "فصل\nثم سكت.\nوقالت هند.")]


def test_the_table_of_contents_of_epub_2():
    ncx = """<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>أول</text></navLabel>
<content src="a%201.xhtml"/><navPoint><navLabel><text>فصل</text></navLabel><content src="a%201.xhtml#s"/></navPoint>
</navPoint></navMap></ncx>"""
    contents = unpacked(book(nav=None, more={"OPS/toc.ncx": ncx}))
    item = b'<manifest><item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    contents["OPS/book.opf"] = (
        contents["OPS/book.opf"].replace(b"<manifest>", item).replace(b"<spine>", b'<spine toc="n">')
    )
    (document,) = read(packed(contents))
    assert covered(document, "chapter") == [("أول", document.text)]
    assert covered(document, "chapter_2")[0][0] == "فصل"


def test_notes_and_their_marks_are_left_out_unless_asked_for():
    body = (
        '<p>قال زيد<a epub:type="noteref" href="#n">1</a> كلاما.</p>'
        '<aside epub:type="footnote" id="n"><p>حاشية</p></aside>'
        '<section role="doc-endnotes"><p>تعليق</p></section>'
    )
    document, left_out = read(book({"a.xhtml": page(body)}, nav=None))
    assert document.text == "قال زيد كلاما."
    assert left_out == LeftOut("notes", 2)
    (document,) = read(book({"a.xhtml": page(body)}, nav=None), notes=True)
    assert document.text == "قال زيد كلاما.\nحاشية\nتعليق"
    assert covered(document, "note") == [(None, "حاشية"), (None, "تعليق")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>قال&nbsp;زيد&hellip; &amp; &lt;</p>", "قال\u00a0زيد… & <"),
        ("<p>سطر<br/>آخر</p>", "سطر\nآخر"),
        ("<div>أ<div>ب</div>ج</div>", "أ\nب\nج"),
        ("<p>قا<i>ل</i>\n   <b>زيد</b></p>", "قال زيد"),
        ("<table><tr><td>أ</td><td>ب</td></tr></table>", "أ\tب"),
        ("<ul><li>أ</li><li>ب</li></ul>", "أ\nب"),
        ("<p>نص<script>x()</script><style>p{}</style></p>", "نص"),
        (
            "<p>قال<sup><a href='n.xhtml#n'>(١٢)</a></sup> ثم <a href='#x'>1984</a><a href='http://x/'>7</a></p>",
            "قال ثم 19847",
        ),
        ("<pre>صدر\n  عجز</pre><p>أ\nب</p>", "صدر\nعجز\nأ ب"),
        ("<p hidden='hidden'>مخفي</p><p>نص</p>", "نص"),
        ("<p>English وعربي <span dir='ltr'>mixed</span></p>", "English وعربي mixed"),
    ],
)
def test_the_text_of_a_page(body, text):
    assert read(book({"a.xhtml": page(body)}, nav=None))[0].text == text


def test_pages_of_print():
    first = page(
        '<p><span epub:type="pagebreak" title="5"/>أول <span role="doc-pagebreak" aria-label="6">6</span>ثان</p>'
    )
    (document,) = read(book({"a.xhtml": first, "b.xhtml": page("<p>ثالث</p>")}, nav=None))
    assert document.text == "أول ثان\nثالث"
    assert covered(document, "page") == [("5", "أول"), ("6", "ثان\nثالث")]


def nav(chapters: str, pages: str) -> str:
    lists = f'<nav epub:type="page-list"><ol>{pages}</ol></nav><nav epub:type="toc"><ol>{chapters}</ol></nav>'
    return f"<html {NAMESPACES}><body>{lists}</body></html>"


def test_pages_of_print_in_a_list():
    text = page('<p><a name="p5"></a>أول <span id="p6"/>ثان</p>')
    pages = '<li><a href="a.xhtml#p5">5</a></li><li><a href="a.xhtml#p6">6</a></li>'
    (document,) = read(book({"a.xhtml": text}, nav=nav("", pages)))
    assert covered(document, "page") == [("5", "أول"), ("6", "ثان")]
    assert covered(document, "chapter") == []


def test_a_part_that_is_no_link_begins_with_its_first_chapter():
    chapters = '<li><a href="a.xhtml">أ</a></li><li><span>قسم</span><ol><li><a href="b.xhtml">ب</a></li></ol></li>'
    (document,) = read(book({"a.xhtml": page("<p>أول</p>"), "b.xhtml": page("<p>ثان</p>")}, nav=nav(chapters, "")))
    assert covered(document, "chapter") == [("أ", "أول"), ("قسم", "ثان")]
    assert covered(document, "chapter_2") == [("ب", "ثان")]


def test_notes_by_their_class_and_each_once():
    notes = '<div class="footnotes"><ol><li epub:type="footnote">أ</li><li epub:type="footnote">ب</li></ol></div>'
    data = book({"a.xhtml": page(f"<p>نص<sup class='footnote'>ص</sup></p>{notes}")}, nav=None)
    assert read(data)[0].text == "نصص"
    (document,) = read(data, notes=True)
    assert covered(document, "note") == [(None, "أ"), (None, "ب")]


def test_an_empty_page_begins_no_line():
    assert read(book({"a.xhtml": page("<svg/>"), "b.xhtml": page("<p>نص</p>")}, nav=None))[0].text == "نص"


def test_what_is_in_the_spine_and_no_page_is_counted():
    data = book(
        {"a.xhtml": page("<p>نص</p>"), "b.pdf": "%PDF"}, nav=None, spine='<itemref idref="i0"/><itemref idref="x"/>'
    )
    assert read(data)[1:] == [LeftOut("pages that are not in the list of files")]
    contents = unpacked(data)
    contents["OPS/book.opf"] = (
        contents["OPS/book.opf"]
        .replace(b'b.pdf" media-type="application/xhtml+xml"', b'b.pdf" media-type="application/pdf"')
        .replace(b'idref="x"', b'idref="i1"')
    )
    assert read(packed(contents))[1:] == [LeftOut("pages of another type")]


def test_names_of_files_by_another_program():
    contents = unpacked(book())
    contents["OPS/B.XHTML"] = contents.pop("OPS/b.xhtml")
    contents["META-INF/container.xml"] = contents["META-INF/container.xml"].replace(b"OPS/book", b"OPS\\book")
    contents["OPS/book.opf"] = contents["OPS/book.opf"].replace("كتاب البحر".encode(), "كتاب&nbsp;البحر".encode())
    (document,) = read(packed(contents))
    assert document.text.endswith("وقالت هند.")
    assert document.metadata["title"] == "كتاب البحر"


@pytest.mark.parametrize(
    ("source", "encoding"),
    [
        ('<?xml version="1.0" encoding="UTF-16"?>{}', "utf-16"),
        ('<html><head><meta charset="windows-1256"/></head>{}', "cp1256"),
    ],
)
def test_pages_in_other_encodings(source, encoding):
    source = source.format("<html><body><p>نص&nbsp;عربي طويل</p></body></html>")
    assert read(book({"a.xhtml": source.encode(encoding)}, nav=None))[0].text == "نص\u00a0عربي طويل"


def test_chapters_as_documents():
    first, second = read(book(), divisions=1)
    assert [first.metadata[name] for name in ("chapter", "title")] == ["الباب الأول", "كتاب البحر"]
    assert (second.text, second.metadata["chapter"]) == ("وقالت هند.", "الباب الثاني")
    assert [each.metadata["chapter_level"] for each in read(book(), divisions=2)] == [1, 2, 1]


def test_pages_that_are_not_well_formed_are_mended():
    document, notice = read(book({"a.xhtml": "<html><body><p>غير <b>سليم<p>آخر</body></html>"}, nav=None))
    assert document.text == "غير سليم\nآخر"
    assert notice == Notice("pages that are not well-formed, read as HTML", 1, "OPS/a.xhtml")


def test_images_are_counted():
    assert read(book({"a.xhtml": page('<p>نص<img src="x.png" alt="صورة"/></p>')}, nav=None))[1] == LeftOut("images")


def test_obfuscated_fonts_do_no_harm_and_encrypted_pages_are_refused():
    font = ENCRYPTION.format("http://www.idpf.org/2008/embedding", "OPS/font.otf")
    assert read(book(more={"META-INF/encryption.xml": font}))[0].text
    pages = ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OPS/a%201.xhtml")
    with pytest.raises(ValueError, match="encrypted"):
        read(book(more={"META-INF/encryption.xml": pages}))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged archive"),
        (b"PK\x03\x04", "damaged archive"),
        (book()[:-100], "damaged archive"),
        (book({"a.xhtml": page("<p></p>")}, nav=None), "no text"),
        (
            book({"a.xhtml": '<!DOCTYPE html [<!ENTITY a "b">]><html><body>&a;</body></html>'}, nav=None),
            "document type",
        ),
        (book().replace(b"META-INF/container.xml", b"META-INF/contained.xml"), "container.xml is missing"),
        (book().replace(b"OPS/book.opf", b"OPS/boot.opf"), "package document is missing"),
    ],
)
def test_what_is_refused(data, reason):
    with pytest.raises(ValueError, match=reason):
        read(data)


def test_a_damaged_page_is_refused():
    data = bytearray(book({"a.xhtml": page("<p>" + "".join(map(chr, range(0x4E00, 0x6E00))) + "</p>")}, nav=None))
    middle = data.index(b"OPS/a.xhtml") + 6_000
    data[middle : middle + 40] = bytes(40)
    with pytest.raises(ValueError, match="damaged archive"):
        read(bytes(data))


def test_a_bomb_is_refused(monkeypatch):
    monkeypatch.setattr("corpus_kit.readers.limits._FREE", 1 << 16)
    bomb = book({"a.xhtml": page(f"<p>{'أ ' * 300_000}</p>")}, nav=None)
    with pytest.raises(ValueError, match="expansion"):
        read(bomb, limits=Limits(expansion=2))
    assert read(bomb, limits=Limits(expansion=2_000))[0].text.startswith("أ أ")


@pytest.mark.parametrize("options", [{"notes": "yes"}, {"divisions": 0}, {"divisions": "chapter"}])
def test_bad_arguments(options):
    with pytest.raises(InputError, match=next(iter(options))):
        epub(**options)
