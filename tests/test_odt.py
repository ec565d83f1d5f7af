"""OpenDocument texts: text in order, white space, what is out of it, and files that are refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Span
from corpus_kit.readers.odt import odt, read_odt

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0"'
    for name, kind in [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("meta", "meta"),
        ("svg", "svg-compatible"),
    ]
)
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
META = f"""<office:document-meta {SPACES} {DC}><office:meta><dc:title>عنوان</dc:title>
<meta:initial-creator>كاتب</meta:initial-creator><meta:creation-date>2024-03-05T10:00:00</meta:creation-date>
</office:meta></office:document-meta>"""
MANIFEST = "<manifest/>"
MIME = "application/vnd.oasis.opendocument.text"


def content(body: str, *, before: str = "", styles: str = "") -> str:
    inside = (
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text>"
    )
    return f"{before}<office:document-content {SPACES}>{inside}</office:body></office:document-content>"


def packed(xml: str, *, mime: str = MIME, manifest: str = MANIFEST, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("meta.xml", META)
        if xml:
            archive.writestr("content.xml", xml)
    return data.getvalue()


def read(body: str) -> list[Event]:
    return list(read_odt(File("a.odt", data=packed(content(body)))))


def document_of(body: str) -> Document:
    event = read(body)[0]
    assert isinstance(event, Document)
    return event


def p(*parts: str) -> str:
    return f"<text:p>{''.join(parts)}</text:p>"


def test_a_document() -> None:
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    body = (
        "<text:sequence-decls><text:sequence-decl/></text:sequence-decls>"
        '<text:p text:style-name="P1">تقرير</text:p>'
        '<text:h text:outline-level="2">الفصل <text:span>الأول</text:span></text:h>'
        + p("ذَهَبَ الوزير إلى (GPT-4) عام ٢٠٢٤ و15.5%")
        + f"<text:list><text:list-item>{p('أول')}<text:list><text:list-item>{p('ثان')}</text:list-item></text:list>"
        + "</text:list-item></text:list>"
        + f"<text:section>{p('قسم')}</text:section>"
    )
    (found,) = read_odt(File("a.odt", data=packed(content(body, styles=styles))))
    assert isinstance(found, Document)
    lines = ["تقرير", "الفصل الأول", "ذَهَبَ الوزير إلى (GPT-4) عام ٢٠٢٤ و15.5%", "أول", "ثان", "قسم"]
    assert found.text == "\n".join(lines)
    assert found.metadata == {"title": "عنوان", "author": "كاتب", "created": dt.date(2024, 3, 5)}
    assert found.headline == (0, 5)
    assert found.spans == [Span("heading", 0, 5, "0"), Span("heading", 6, 17, "2")]


def test_white_space() -> None:
    body = p(
        "\n  أ  ", "<text:span> ب</text:span>\n", '<text:s text:c="3"/>ج<text:s/>', "<text:tab/>د<text:line-break/> ه"
    )
    assert document_of(body).text == "أ ب    ج \tد\n ه"


def test_tables() -> None:
    cells = [f"<table:table-cell>{p(text)}</table:table-cell>" for text in ("المدينة", "السكان", "بيروت", "")]
    inner = f"<table:table-cell>{p('داخل')}</table:table-cell>"
    nested = f"<table:table><table:table-row>{inner}</table:table-row></table:table>"
    rows = f"<table:table-row>{cells[0]}{cells[1]}</table:table-row><table:table-row>{cells[2]}{cells[3]}"
    body = f"<table:table>{rows}<table:table-cell>{nested}</table:table-cell></table:table-row></table:table>"
    found = document_of(p("قبل") + body + p("بعد"))
    assert found.text == "قبل\nالمدينة\nالسكان\nبيروت\nداخل\nبعد"
    assert found.spans == [Span("table", 4, 29), Span("table", 25, 29)]


def note(kind: str, text: str) -> str:
    citation = "<text:note-citation>1</text:note-citation>"
    body = f"{citation}<text:note-body>{p(text)}</text:note-body>"
    return f'<text:note text:id="n1" text:note-class="{kind}">{body}</text:note>'


NOTES = p("قال", note("footnote", "حاشية"), " ثم", note("endnote", "ختام")) + p(
    "عاد<office:annotation><dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>x</dc:creator>"
    + p("تعليق")
    + "</office:annotation>"
)


def test_notes_and_comments_are_out() -> None:
    events = read(NOTES)
    assert isinstance(events[0], Document)
    assert events[0].text == "قال ثم\nعاد"
    assert events[1:] == [LeftOut("footnote"), LeftOut("endnote"), LeftOut("comment")]


def test_notes_and_comments_on_demand() -> None:
    (found,) = odt(notes=True, comments=True)(File("a.odt", data=packed(content(NOTES))))
    assert isinstance(found, Document)
    assert found.text == "قال ثم\nعاد\nحاشية\nختام\nتعليق"
    assert [(span.kind, span.value) for span in found.spans] == [
        ("footnote", "n1"),
        ("endnote", "n1"),
        ("comment", None),
    ]


def test_tracked_changes() -> None:
    change = f"<text:changed-region><text:deletion>{p('محذوف')}</text:deletion></text:changed-region>"
    inserted = "<text:changed-region><text:insertion/></text:changed-region>"
    events = read(f"<text:tracked-changes>{change}{inserted}</text:tracked-changes>" + p("باق<text:change/>"))
    assert isinstance(events[0], Document)
    assert events[0].text == "باق"
    assert events[1:] == [LeftOut("deleted text (tracked change)")]


def test_text_boxes_and_images() -> None:
    box = f"<draw:frame><draw:text-box>{p('في الصندوق')}</draw:text-box></draw:frame>"
    events = read(p("قبل", box, " بعد", "<draw:frame><draw:image/></draw:frame>") + p("ثم"))
    assert isinstance(events[0], Document)
    assert events[0].text == "قبل بعد\nفي الصندوق\nثم"
    assert events[0].spans == [Span("text_box", 8, 18)]
    assert events[1:] == [LeftOut("image")]


def test_shapes_descriptions_and_numbers() -> None:
    shape = f"<draw:custom-shape>{p('في الشكل')}</draw:custom-shape>"
    image = "<draw:frame><draw:image/><svg:title>وصف</svg:title><svg:desc>صورة</svg:desc></draw:frame>"
    found = document_of("<text:h><text:number>1.</text:number>باب</text:h>" + p("قبل", image, shape, " بعد"))
    assert found.text == "باب\nقبل بعد\nفي الشكل"
    assert found.spans == [Span("heading", 0, 3, "1"), Span("text_box", 12, 20)]


def test_what_is_drawn() -> None:
    image = "<draw:frame><draw:image/><svg:title>لوحة</svg:title><svg:desc>وصف</svg:desc></draw:frame>"
    formula = "<draw:frame><draw:object><mi>x</mi></draw:object></draw:frame>"
    shapes = "".join(f"<draw:{name}>{p('شكل')}</draw:{name}>" for name in ("custom-shape", "ellipse"))
    events = read(p("قبل", image, formula, shapes, "<text:script>alert</text:script>", " بعد"))
    assert isinstance(events[0], Document)
    assert events[0].text == "قبل بعد\nشكل\nشكل"
    assert events[1:] == [LeftOut("image"), LeftOut("embedded object")]


def test_tables_of_contents_are_out() -> None:
    events = read(
        f"<text:table-of-content><text:index-body>{p('الباب 3')}</text:index-body></text:table-of-content>نص"
        + p("الباب")
    )
    assert isinstance(events[0], Document)
    assert events[0].text == "الباب"
    assert events[1:] == [LeftOut("table of contents or index")]


def test_a_flat_file() -> None:
    meta = META.removeprefix(f"<office:document-meta {SPACES} {DC}>").removesuffix("</office:document-meta>")
    body = f"<office:body><office:text>{p('نص')}</office:text></office:body>"
    source = (
        f'<?xml version="1.0"?>\n<office:document {SPACES} {DC} office:mimetype="{MIME}">{meta}{body}</office:document>'
    )
    (found,) = read_odt(File("a.fodt", data=source.encode()))
    assert isinstance(found, Document)
    assert found.text == "نص"
    assert found.metadata == {"title": "عنوان", "author": "كاتب", "created": dt.date(2024, 3, 5)}


ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged"),
        (b"<html>x</html>", "not an OpenDocument text"),
        (packed(content(p("نص")), mime="application/vnd.oasis.opendocument.spreadsheet"), "not an OpenDocument text"),
        (packed("not XML", manifest="<m:encryption-data xmlns:m='x'/>"), "encrypted with a password"),
        (packed(""), "it has no content.xml"),
        (packed(content(p("نص"))[:-20]), "damaged XML"),
        (packed(content(p("&b;"), before=ENTITIES)), "a document type declaration"),
        (packed("<a/>"), "damaged: it has no text"),
        (packed(content("")), "no text"),
        (packed(content(p("نص")), method=zipfile.ZIP_BZIP2), "compressed by an unknown method"),
        (packed(content("<text:p/>" * 3_000_000)), "expansion must be at most 100 times"),
    ],
)
def test_files_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        list(read_odt(File("a.odt", data=data)))
