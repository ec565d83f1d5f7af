"""Word files: text in order, what is out of it, and files that are damaged, encrypted or ask for too much."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

import docx
import pytest
from docx.oxml import parse_xml

from corpus_kit.errors import InputError
from corpus_kit.readers import docx_files
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Span
from corpus_kit.readers.docx_files import read_docx
from corpus_kit.readers.limits import Limits

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def saved(document: docx.document.Document) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def with_body(xml: str) -> bytes:
    """Return a Word file with this body."""
    document = docx.Document()
    body = document.element.body
    for element in parse_xml(f"<w:body {SPACES}>{xml}</w:body>"):
        body.insert(len(body) - 1, element)
    return saved(document)


def changed(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """Return a file with other members."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, members.get(name, old.read(name)))
        for name in set(members) - set(old.namelist()):
            new.writestr(name, members[name])
    return out.getvalue()


def read(data: bytes) -> list[Event]:
    return list(read_docx(File("a.docx", data=data)))


def document_of(data: bytes) -> Document:
    event = read(data)[0]
    assert isinstance(event, Document)
    return event


def text_of(xml: str) -> str:
    return document_of(with_body(xml)).text


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*parts: str) -> str:
    return f"<w:p>{''.join(parts)}</w:p>"


def sample() -> docx.document.Document:
    document = docx.Document()
    document.add_paragraph("تقرير السوق", style="Title")
    document.add_heading("الفصل الأول", 1)
    first = document.add_paragraph("ذَهَبَ الوزير\tإلى ")
    first.add_run("المدرسة").bold = True
    first.add_run(" (GPT-4) ")
    first.add_run("عام ٢٠٢٤").add_break()
    first.add_run("ثم عاد 15.5%")
    table = document.add_table(2, 2)
    for row, cells in enumerate([("المدينة", "السكان"), ("بيروت", "")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "داخل"
    document.add_heading("خاتمة", 2)
    document.add_paragraph("انتهى")
    document.add_comment(first.runs[0], text="تعليق", author="x")
    document.sections[0].header.paragraphs[0].text = "رأس"
    document.sections[0].footer.paragraphs[0].text = "تذييل"
    document.core_properties.title = "عنوان"
    document.core_properties.author = "كاتب"
    document.core_properties.created = dt.datetime(2024, 3, 5)
    return document


BODY = [
    "تقرير السوق",
    "الفصل الأول",
    "ذَهَبَ الوزير\tإلى المدرسة (GPT-4) عام ٢٠٢٤\nثم عاد 15.5%",
    "المدينة\nالسكان\nبيروت\nداخل",
    "خاتمة",
    "انتهى",
]


def test_a_document() -> None:
    events = read(saved(sample()))
    found = events[0]
    assert isinstance(found, Document)
    assert found.text == "\n".join(BODY)
    assert found.metadata == {"title": "عنوان", "author": "كاتب", "created": dt.date(2024, 3, 5)}
    assert found.headline == (0, 11)
    assert [(span.kind, span.value, found.text[span.start : span.end]) for span in found.spans] == [
        ("heading", "0", BODY[0]),
        ("heading", "1", BODY[1]),
        ("table", None, BODY[3]),
        ("table", None, "داخل"),
        ("heading", "2", BODY[4]),
    ]
    assert set(events[1:]) == {LeftOut("comment"), LeftOut("header"), LeftOut("footer")}


def test_what_is_asked_for_comes_after_the_body() -> None:
    reader = docx_files.docx(comments=True, headers=True)
    events = list(reader(File("a.docx", data=saved(sample()))))
    found = events[0]
    assert isinstance(found, Document)
    assert len(events) == 1
    assert found.text.startswith("\n".join(BODY) + "\n")
    asides = {span.kind: found.text[span.start : span.end] for span in found.spans[-3:]}
    assert asides == {"comment": "تعليق", "header": "رأس", "footer": "تذييل"}
    with pytest.raises(InputError, match="notes must be True or False, got 1"):
        docx_files.docx(notes=1)  # type: ignore[arg-type]


NOTES = f"""<w:footnotes {SPACES}>
<w:footnote w:type="separator" w:id="-1"><w:p>{run("---")}</w:p></w:footnote>
<w:footnote w:id="1"><w:p>{run("حاشية أولى")}</w:p></w:footnote>
<w:footnote w:id="2"><w:p>{run("حاشية")}</w:p><w:p>{run("ثانية")}</w:p></w:footnote></w:footnotes>"""


def with_notes() -> bytes:
    data = with_body(
        paragraph(run("قال"), '<w:r><w:footnoteReference w:id="1"/></w:r>', run("ثم"))
        + paragraph(run("عاد"), '<w:r><w:footnoteReference w:id="2"/></w:r>')
    )
    name = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations, types = archive.read(name).decode(), archive.read("[Content_Types].xml").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{content}"/></Types>'
    return changed(
        data,
        {
            "word/footnotes.xml": NOTES.encode(),
            name: relations.replace("</Relationships>", relation).encode(),
            "[Content_Types].xml": types.replace("</Types>", override).encode(),
        },
    )


def test_footnotes() -> None:
    events = read(with_notes())
    assert events == [Document("قالثم\nعاد", metadata=events[0].metadata, spans=[]), LeftOut("footnote", 2)]  # type: ignore[union-attr]
    (found,) = docx_files.docx(notes=True)(File("a.docx", data=with_notes()))
    assert isinstance(found, Document)
    assert found.text == "قالثم\nعاد\nحاشية أولى\nحاشية\nثانية"
    assert found.spans == [Span("footnote", 10, 20, "1"), Span("footnote", 21, 32, "2")]


def test_tracked_changes() -> None:
    deleted = '<w:del w:id="1"><w:r><w:delText>حذف</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{run("من")}</w:moveFrom><w:moveTo w:id="4">{run("إلى")}</w:moveTo>'
    xml = paragraph(run("أ "), deleted, f'<w:ins w:id="2">{run("زيد ")}</w:ins>', moved)
    assert text_of(xml) == "أ زيد إلى"
    assert read(with_body(xml))[1:] == [LeftOut("deleted text (tracked change)", 2)]
    joined = '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>' + run("قبل ") + "</w:p>" + paragraph(run("بعد"))
    assert text_of(joined) == "قبل بعد"
    row = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>{paragraph(run('س'))}</w:tc></w:tr>"
    kept = f"<w:tr><w:tc>{paragraph(run('ص'))}</w:tc></w:tr>"
    assert text_of(f"<w:tbl>{row}{kept}</w:tbl>") == "ص"


def test_nothing_is_lost_within_containers() -> None:
    inline = f"<w:sdt><w:sdtPr><w:tag/></w:sdtPr><w:sdtContent>{run('داخل')}</w:sdtContent></w:sdt>"
    block = f"<w:sdt><w:sdtContent>{paragraph(run('كتلة'))}</w:sdtContent></w:sdt>"
    link = f"<w:hyperlink>{run('رابط')}</w:hyperlink>"
    field = f'<w:fldSimple w:instr="DATE">{run("اليوم")}</w:fldSimple>'
    code = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    smart = f"<w:smartTag><w:smartTag>{run('ذكي')}</w:smartTag></w:smartTag>"
    formula = "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>"
    xml = paragraph(inline, run(" "), link, run(" "), field, code, run(" "), smart, run(" "), formula)
    assert text_of(block + xml) == "كتلة\nداخل رابط اليوم ذكي x=1"


def test_text_boxes_come_once_and_after_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph(run('في الصندوق'))}{paragraph(run('وبعده'))}</w:txbxContent>"
    drawn = f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
    old = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    xml = paragraph(run("قبل"), f"<w:r><mc:AlternateContent>{drawn}{old}</mc:AlternateContent></w:r>", run(" بعد"))
    found = document_of(with_body(xml + paragraph(run("ثم"))))
    assert found.text == "قبل بعد\nفي الصندوق\nوبعده\nثم"
    assert found.spans == [Span("text_box", 8, 24)]


def test_characters() -> None:
    parts = (
        "<w:t>أ</w:t><w:tab/><w:t>ب</w:t><w:noBreakHyphen/><w:softHyphen/><w:br/><w:t>ج\u00a0د</w:t><w:cr/><w:t>ه</w:t>"
    )
    symbols = '<w:sym w:font="Symbol" w:char="F0B7"/><w:sym w:font="Arial" w:char="0661"/>'
    tabs = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs></w:pPr>'
    xml = f"<w:p>{tabs}<w:r>{parts}{symbols}</w:r></w:p>"
    assert text_of(xml) == "أ\tب\u2011\u00ad\nج\u00a0د\nه١"
    assert read(with_body(xml))[1:] == [LeftOut("symbol without a character", 1)]


def test_hidden_text_is_out() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>سر</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>علن</w:t></w:r>'
    assert text_of(paragraph(hidden, shown)) == "علن"


def test_headings_by_style_and_level() -> None:
    document = docx.Document()
    own = document.styles.add_style("عنوان خاص", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 3"]
    document.add_paragraph("نص")
    document.add_paragraph("فصل", style=own)
    document.element.body.insert(
        0, parse_xml(f'<w:p {SPACES}><w:pPr><w:outlineLvl w:val="1"/></w:pPr>{run("أول")}</w:p>')
    )
    found = document_of(saved(document))
    assert [(span.value, found.text[span.start : span.end]) for span in found.spans] == [("2", "أول"), ("3", "فصل")]
    assert found.headline is None


def test_controls() -> None:
    asks = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>".format(run("انقر هنا"))
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    contents = f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{paragraph(run('الفصل'))}</w:sdtContent></w:sdt>"
    events = read(with_body(contents + paragraph(run("نص"), asks)))
    assert isinstance(events[0], Document)
    assert events[0].text == "الفصل\nنص"
    assert events[0].spans == [Span("contents", 0, 5)]
    assert events[1:] == [LeftOut("placeholder")]


def test_files_within_the_file_are_counted() -> None:
    assert read(with_body(paragraph(run("نص")) + "<w:altChunk/>"))[1:] == [LeftOut("embedded file")]


def renamed(data: bytes, before: bytes, after: bytes) -> bytes:
    """Return a file with other words in all members."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name).replace(before, after) for name in archive.namelist()}
    return changed(data, members)


MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml"),  # .docm
        (MAIN, MAIN.replace(b"document.main", b"template.main")),  # .dotx
        (b"package/2006/relationships/metadata", b"officedocument/2006/relationships/metadata"),  # LibreOffice
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/", b"http://purl.oclc.org/ooxml/wordprocessingml/"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    ],
)
def test_what_word_and_others_make_of_the_format(before: bytes, after: bytes) -> None:
    whole = saved(sample())
    assert read(renamed(whole, before, after)) == read(whole)


def test_empty_paragraphs_stay_within_the_text() -> None:
    assert text_of(paragraph() + paragraph(run("أ")) + paragraph() + paragraph(run("ب")) + paragraph()) == "أ\n\nب"


def replaced(before: bytes, after: bytes) -> bytes:
    data = with_body(paragraph(run("نص")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml")
    return changed(data, {"word/document.xml": xml.replace(before, after, 1)})


ENTITY = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document'


def other_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged: File is not a zip file"),
        (b"PK\x03\x04 nothing", "damaged"),
        (other_zip(), "not a Word file"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old Office file, not a .docx file"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password"),
        (replaced(b"<w:document", ENTITY), "XML with a document type declaration"),
        (replaced(b"<w:body>", b"<w:body><w:p>"), "damaged XML"),
        (replaced("نص".encode(), b""), "no text"),
        (with_body(paragraph(run("نص")))[:-300], "damaged"),
    ],
)
def test_files_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(data)


def test_bombs() -> None:
    tree = replaced(b"<w:body>", b"<w:body>" + b"<w:p/>" * 3_000_000)
    assert len(tree) < 100_000
    with pytest.raises(ValueError, match="expansion must be at most 100 times"):
        read(tree)
    with pytest.raises(ValueError, match="members, more than 5"):
        list(read_docx(File("a.docx", data=saved(sample()), limits=Limits.of({"members": 5}))))
