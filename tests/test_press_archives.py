"""Exports of Nexis and Factiva: how they are split, and what of an article is found."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest

pytest.importorskip("trafilatura")

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Skipped
from corpus_kit.readers.press_archives import factiva, nexis
from corpus_kit.readers.press_dates import press_date

OLD = """
Download Request: Selected Items: 1-3
Time Of Request: Friday, March 20, 2018  16:51:31

                               1 of 3 DOCUMENTS


                              الخليج المتخيل (دبي)

                            January 11, 2010 Monday
                                   Edition 1;
                                    Scotland

افتتاح السوق الجديد في
الرابية

BYLINE: سلمى الحداد

SECTION: NEWS; Pg. 3

LENGTH: 1,355 words

افتتحت البلدية السوق الجديد صباح
الأحد قرب الجسر.

NOTE: قال رئيس البلدية إن العمل استمر عامين.

GRAPHIC: صورة للسوق

LOAD-DATE: January 12, 2010

LANGUAGE: ARABIC

PUBLICATION-TYPE: Newspaper

                       Copyright 2010 Imagined Ltd.
                              All Rights Reserved

                               2 of 3 DOCUMENTS

                                  The Imagined Times

A market opens

                            11 January 2010

LENGTH: 12 words

The market opened on Sunday.

LANGUAGE: ENGLISH
"""


def read(reader: Reader, data: str | bytes) -> list[Event]:
    """Read an export."""
    return list(reader(File("export", data=data if isinstance(data, bytes) else data.encode())))


def documents(events: list[Event]) -> list[Document]:
    """Return the documents among events."""
    return [event for event in events if isinstance(event, Document)]


def told(events: list[Event]) -> list[tuple[Any, ...]]:
    """Return what is told beside the documents."""
    reports: list[tuple[Any, ...]] = []
    for event in events:
        if isinstance(event, Skipped):
            reports.append(("skipped", event.reason, event.where))
        elif isinstance(event, LeftOut | Notice):
            reports.append((event.kind, event.count))
    return reports


def test_nexis_until_2018() -> None:
    events = read(nexis(), OLD)
    first, second = documents(events)
    assert first.text == (
        "افتتاح السوق الجديد في الرابية\n\n"
        "افتتحت البلدية السوق الجديد صباح الأحد قرب الجسر.\nNOTE: قال رئيس البلدية إن العمل استمر عامين."
    )
    assert first.headline == (0, len("افتتاح السوق الجديد في الرابية"))
    assert first.metadata == {
        "source": "الخليج المتخيل (دبي)",
        "date": date(2010, 1, 11),
        "edition": "Edition 1; Scotland",
        "author": "سلمى الحداد",
        "section": "NEWS; Pg. 3",
        "length": 1355,
        "load_date": date(2010, 1, 12),
        "language": "ARABIC",
        "publication_type": "Newspaper",
    }
    assert second.text == "A market opens\n\nThe market opened on Sunday."
    assert second.metadata == {
        "source": "The Imagined Times", "date": date(2010, 1, 11), "length": 12, "language": "ENGLISH"
    }  # fmt: skip
    assert told(events) == [
        ("field of an article that is no column", 1),
        ("line of the cover page", 2),
        ("notice of copyright", 1),
        ("article that the file announces but does not hold", 1),
    ]


def test_nexis_as_html() -> None:
    def div(text: str) -> str:
        return f'<BR><DIV CLASS="c5"><P CLASS="c6"><SPAN CLASS="c2">{text}</SPAN></P></DIV>'

    fields = ["1 of 1 DOCUMENTS", "صحيفة المرفأ", "٢٦ تموز ٢٠٠٨ السبت&nbsp;<BR>الطبعة الثانية", "عنوان الخبر"]
    fields += [
        "SECTION: </SPAN><SPAN>Pg. 9",
        "LENGTH: </SPAN><SPAN>3 words",
        "نص الخبر هنا",
        "LOAD-DATE: July 26, 2008",
    ]
    fields += ["Copyright 2008 A Newspaper Ltd.<BR>All Rights Reserved"]
    events = read(nexis(), f"<HTML><HEAD><STYLE>p</STYLE></HEAD><BODY>{''.join(map(div, fields))}</BODY></HTML>")
    (found,) = documents(events)
    assert found.text == "عنوان الخبر\n\nنص الخبر هنا"
    assert found.metadata["date"] == date(2008, 7, 26)
    assert found.metadata["edition"] == "الطبعة الثانية"
    assert found.metadata["section"] == "Pg. 9"
    assert told(events) == [("notice of copyright", 2)]


COVER = [
    "User Name: Library",
    "Date and Time: Friday, March 20, 2018 4:51:00 PM GMT",
    "Job Number: 17",
    "Documents (3)",
]
COVER += ["1. افتتاح السوق", "Client/Matter: -None-", "Search Terms: السوق", "Narrowed by: Timeline: Jan 01, 2009"]
UNI = ["افتتاح السوق في 3 آذار 2009", "الخليج المتخيل", "كانون الثاني 11, 2010 الاثنين"]
UNI += ["Copyright 2010 Imagined Ltd. All Rights Reserved", "Section:\xa0NEWS; Pg. 3", "Length:\xa0453 words"]
UNI += ["Byline:\xa0سلمى الحداد", "Body", "", "افتتحت البلدية السوق.", "وقال رئيسها إن العمل طال.", "Graphic", "صورة"]
UNI += ["Classification", "Language: ARABIC", "Publication-Type: Newspaper", "Load-Date: January 12, 2010"]
UNI += ["End of Document"]


def docx(lines: list[str], rows: list[tuple[str, str]] | None = None) -> bytes:
    """Return a .docx file of paragraphs and a table."""
    written = pytest.importorskip("docx").Document()
    for line in lines:
        written.add_paragraph(line)
    if rows:
        table = written.add_table(0, 2)
        for code, value in rows:
            cells = table.add_row().cells
            cells[0].text, cells[1].text = code, value
    stream = io.BytesIO()
    written.save(stream)
    return stream.getvalue()


def rtf(lines: list[str]) -> str:
    """Return an RTF file of lines."""
    pytest.importorskip("striprtf")
    text = "\n".join(lines)
    escaped = "".join(character if character < "\x7f" else f"\\u{ord(character)}?" for character in text)
    return "{\\rtf1\\ansi " + escaped.replace("\n", "\\par\n") + "\\par}"


def test_nexis_uni_as_rtf_with_page_numbers() -> None:
    lines = [*UNI[:-6], "Page 1 of 2", "Page 5 of the report is empty.", "حقوق الجيران محفوظة.", *UNI[-6:]]
    events = read(nexis(), rtf(lines))
    (found,) = documents(events)
    assert found.text.endswith("وقال رئيسها إن العمل طال.")
    assert found.metadata["section"] == "NEWS; Pg. 3"
    assert ("number of a page", 1) in told(events)
    assert ("line of a caption", 3) in told(events)


def test_nexis_uni() -> None:
    failed = ["We are sorry but there is an error in this document and it is not possible to display it."]
    other = ["قائمة الأسعار", "الأسعار يرتفع مؤشرها", "End of Document"]
    second = [line.replace("افتتاح السوق", "إغلاق السوق") for line in UNI]
    events = read(nexis(), docx([*COVER, *UNI, *failed, "End of Document", *other, *second]))
    first, last = documents(events)
    assert first.text == "افتتاح السوق في 3 آذار 2009\n\nافتتحت البلدية السوق.\nوقال رئيسها إن العمل طال."
    assert first.metadata == {
        "source": "الخليج المتخيل",
        "date": date(2010, 1, 11),
        "section": "NEWS; Pg. 3",
        "length": 453,
        "author": "سلمى الحداد",
        "language": "ARABIC",
        "publication_type": "Newspaper",
        "load_date": date(2010, 1, 12),
    }
    assert last.text.startswith("إغلاق السوق في 3 آذار 2009\n\n")
    assert told(events) == [
        ("skipped", "article that Nexis could not export", "article 2"),
        ("skipped", "article that does not fit the layout of Nexis", "article 3"),
        ("line of a caption", 2),
        ("line of the cover page", len(COVER)),
        ("notice of copyright", 2),
        ("article that the file announces but does not hold", 1),
    ]


def test_nexis_until_2018_in_french_and_german() -> None:
    french = """
                               Document 1 de 2

                                  Le Port inventé

                            lundi 11 janvier 2010

Le marché ouvre

AUTEUR: Salma Haddad

RUBRIQUE: Ville; Pg. 3

LONGUEUR: 12 mots

PERSONNE: le maire a répondu seul.

SUBJECT: la question revient souvent.

Le marché a ouvert dimanche.

DATE-CHARGEMENT: 12 janvier 2010

LANGUE: FRENCH; FRANÇAIS

TYPE-PUBLICATION: Quotidien

SUJET: MARCHÉS

SUJET: VILLES

                               Document 2 de 2

                                  Hafenblatt

                            11. Januar 2010 Montag

Der Markt öffnet

AUTOR: Salma Haddad

RUBRIK: STADT; S. 3

LÄNGE: 5 Wörter

Der Markt öffnete am Sonntag.

UPDATE: 12. Januar 2010

SPRACHE: GERMAN; DEUTSCH
"""
    events = read(nexis(), french)
    first, second = documents(events)
    assert first.text.endswith(
        "PERSONNE: le maire a répondu seul.\nSUBJECT: la question revient souvent.\nLe marché a ouvert dimanche."
    )
    assert first.metadata == {
        "source": "Le Port inventé", "date": date(2010, 1, 11), "author": "Salma Haddad", "section": "Ville; Pg. 3",
        "length": 12, "load_date": date(2010, 1, 12), "language": "FRENCH; FRANÇAIS", "publication_type": "Quotidien",
        "subject": "MARCHÉS; VILLES",
    }  # fmt: skip
    assert second.text == "Der Markt öffnet\n\nDer Markt öffnete am Sonntag."
    assert (second.metadata["date"], second.metadata["load_date"]) == (date(2010, 1, 11), date(2010, 1, 12))
    assert told(events) == []


def test_nexis_uni_without_headline_or_date_and_with_dates_elsewhere() -> None:
    body = [*UNI[7:-1], "End of Document"]
    highlight = [*UNI[:7], "Highlight: قصة السوق", "الذي أغلق في 5 أيار 2001", *body]
    no_headline = UNI[1:]
    no_date = [*UNI[:2], *UNI[3:]]
    glued = [*UNI[:-2], "Load-Date: January 12, 2010 End of Document"]
    quoting = [*UNI[:8], "Classification", "Graphic arts are taught here.", *UNI[8:]]
    events = read(nexis(), "\n".join([*highlight, *no_headline, *no_date, *glued, *quoting, "خاتمة الملف"]))
    found = documents(events)
    assert [(each.metadata["source"], each.metadata["date"]) for each in found] == [
        ("الخليج المتخيل", None if number == 2 else date(2010, 1, 11)) for number in range(5)
    ]
    titles = [each.text[slice(*each.headline)] if each.headline else None for each in found]
    assert titles == [UNI[0], None, UNI[0], UNI[0], UNI[0]]
    assert [each.metadata["load_date"] for each in found] == [date(2010, 1, 12)] * 5
    assert "\nClassification\nGraphic arts are taught here.\n" in found[4].text
    assert ("article without a date", 1) in told(events)
    assert ("line behind the last article", 1) in told(events)
    assert not any(each[0] in ("skipped", "line of the cover page") for each in told(events))


def test_an_article_without_text_or_date() -> None:
    without_text = OLD.replace("The market opened on Sunday.\n", "").replace("11 January 2010", "")
    events = read(nexis(), without_text)
    assert ("skipped", "article without text", "article 2") in told(events)
    assert len(documents(events)) == 1
    events = read(nexis(), OLD.replace("11 January 2010", ""))
    assert documents(events)[1].metadata["date"] is None
    assert ("article without a date", 1) in told(events)


ROWS = [
    ("SE", "محليات"),
    ("HD", "افتتاح السوق"),
    ("BY", "سلمى الحداد"),
    ("WC", "1,295 words"),
    ("PD", "29 December 2011"),
]
ROWS += [("ET", "15:32"), ("SN", "وكالة الضفة"), ("SC", "DAFFA"), ("LA", "Arabic"), ("CY", "(c) 2011 Imagined")]
ROWS += [("LP", "افتتحت البلدية السوق."), ("TD", "IN 2009 بدأ العمل.\nوانتهى أمس."), ("CO", "souq : Souq"), ("RF", "X")]
ROWS += [("NS", "gcat : Political/General News"), ("PUB", "Imagined"), ("AN", "Document DAFFA00020111229e7ct0001r")]
CODED = {
    "section": "محليات",
    "author": "سلمى الحداد",
    "length": 1295,
    "date": date(2011, 12, 29),
    "time": "15:32",
    "source": "وكالة الضفة",
    "source_code": "DAFFA",
    "language": "Arabic",
    "company": "souq : Souq",
    "subject": "gcat : Political/General News",
    "publisher": "Imagined",
}


def factiva_html(rows: list[tuple[str, str]]) -> str:
    """Return an article as Factiva saves it with codes."""
    parts = []
    for code, value in rows:
        paragraphs = "".join(f'<p class="articleParagraph">{line}</p>' for line in value.split("\n"))
        shown = paragraphs if code in ("LP", "TD") else value
        parts.append(f'<tr><td class="index"><p><b>{code}</b>&nbsp;</p></td><td>{shown}</td></tr>')
    return f'<div class="article arArticle"><table>{"".join(parts)}</table><br/></div>'


def test_factiva_with_codes() -> None:
    second = [*ROWS[:-1], ("AN", "Document DAFFA00020111229e7ct0002r")]
    page = f"<html><head><title>Factiva</title></head><body><h1>Factiva</h1>{factiva_html(ROWS)}{factiva_html(second)}"
    in_rtf = rtf([f"{code}|{value}|" for code, value in ROWS])
    plain = "\n".join(f"{code}   {value}" for code, value in ROWS)
    exports: list[str | bytes] = [page, in_rtf, plain, docx([], ROWS)]
    for number, data in enumerate(exports):
        events = read(factiva(), data)
        first = documents(events)[0]
        assert first.id == "DAFFA00020111229e7ct0001r"
        assert first.text == "افتتاح السوق\n\nافتتحت البلدية السوق.\nIN 2009 بدأ العمل.\nوانتهى أمس."
        assert first.headline == (0, len("افتتاح السوق"))
        assert first.metadata == CODED
        count = 2 if number == 0 else 1
        assert len(documents(events)) == count
        cover = [("line of the cover page", 1)] if number == 0 else []
        assert told(events) == [
            ("field of an article that is no column", count), *cover, ("notice of copyright", count)
        ]  # fmt: skip


UNCODED = [
    "افتتاح السوق",
    "بقلم سلمى الحداد",
    "295 words",
    "5 May 2024",
    "15:32",
    "وكالة الضفة",
    "DAFFA",
    "4",
    "Arabic",
]
UNCODED += ["© 2024 Imagined. All rights reserved.", "افتتحت البلدية السوق.", "وقالت إن العمل طال."]
UNCODED += ["Document DAFFA00020240505ek55000b5"]


def test_factiva_without_codes() -> None:
    divs = "".join(f"<div>{line}</div>" for line in UNCODED)
    pages = ["Page 1 of 2 © 2024 Factiva, Inc. All rights reserved."]
    for data in (f"<html><body><div class='article'>{divs}</div></body></html>", "\n\n".join([*pages, *UNCODED])):
        events = read(factiva(), data)
        (found,) = documents(events)
        assert found.text == "افتتاح السوق\n\nافتتحت البلدية السوق.\nوقالت إن العمل طال."
        assert found.id == "DAFFA00020240505ek55000b5"
        assert found.metadata == {
            "length": 295,
            "date": date(2024, 5, 5),
            "author": "بقلم سلمى الحداد",
            "time": "15:32",
            "source": "وكالة الضفة",
            "source_code": "DAFFA",
            "language": "Arabic",
        }
        assert told(events)[-1] in [("notice of copyright", 1), ("number of a page", 1)]


def test_factiva_in_other_languages_and_with_short_codes() -> None:
    """The number of an article ends it, whatever the code of its source: J, or one with digits."""
    german = ["Markt öffnet", "Von Salma Haddad", "29 Wörter", "5. Mai 2024", "Hafenblatt", "J", "Arabisch"]
    german += ["(Copyright 2024 Erfunden)", "نص أول", "Document J000000020240505ek5500001"]
    french = ["Le marché ouvre", "29 mots", "5 mai 2024", "Le Port", "24PORT", "Français"]
    french += ["Crown Copyright 2024", "Texte.", "Document 24PORT0020240505ek5500002"]
    events = read(factiva(), "\n".join([*german, *french, "Search Summary", "Date  All Dates"]))
    first, second = documents(events)
    assert (first.id, first.text) == ("J000000020240505ek5500001", "Markt öffnet\n\nنص أول")
    assert first.metadata["language"] == "Arabisch"
    assert (second.id, second.text) == ("24PORT0020240505ek5500002", "Le marché ouvre\n\nTexte.")
    assert second.metadata["language"] == "Français"
    assert ("line behind the last article", 2) in told(events)


def test_factiva_codes_that_are_not_known_and_no_headline() -> None:
    rows = [
        ("PD", "29 December 2011"),
        ("SN", "وكالة الضفة"),
        ("HLP", "مقدمة."),
        ("TD", "نص."),
        ("XYZ", "رمز"),
        ROWS[-1],
    ]
    for data in (factiva_html(rows), docx([], rows)):
        (found,) = documents(read(factiva(), "<html>" + data if isinstance(data, str) else data))
        assert (found.text, found.headline) == ("مقدمة.\nنص.", None)


def test_what_does_not_fit_is_skipped() -> None:
    lines = ["مقدمة الملف", "Document DAFFA00020240505ek55000b6", *UNCODED]
    events = read(factiva(), "\n".join(lines))
    assert len(documents(events)) == 1
    assert told(events)[0] == ("skipped", "article that does not fit the layout of Factiva", "article 1")


@cache
def bomb() -> bytes:
    """Return a .docx file that expands beyond its limit."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(90 << 20))
    return stream.getvalue()


@pytest.mark.parametrize("reader", [nexis(), factiva()])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("نص بلا تخطيط معروف".encode(), "no article in a layout that is known"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0encrypted", "encrypted"),
        (b"PK\3\4damaged", "no .docx file, or damaged"),
        (bomb, "it expands to 94,371,840 bytes"),
    ],
)
def test_files_that_cannot_be_read(reader: Reader, data: bytes | Callable[[], bytes], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(reader, data() if callable(data) else data)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("January 11, 2010 Monday", date(2010, 1, 11)),
        ("Friday 3 Sept. 2021", date(2021, 9, 3)),
        ("11. März 2019", date(2019, 3, 11)),
        ("1er août 2020", date(2020, 8, 1)),
        ("الأحد ٣ كانون الثاني ٢٠٢١", date(2021, 1, 3)),
        ("8 فيفري 2019", date(2019, 2, 8)),
        ("14 تشرين الأول 2023", date(2023, 10, 14)),
        ("2024-02-29", date(2024, 2, 29)),
        ("31 February 2020, then 1 March 2020", date(2020, 3, 1)),
        ("3 رمضان 1445", None),
        ("May 2020", None),
        ("The march 2010 of 30", None),
        ("11 September attacks", None),
    ],
)
def test_dates(text: str, found: date | None) -> None:
    assert press_date(text) == found
