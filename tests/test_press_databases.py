"""Exports of Europresse and ProQuest: how they are split, and what of an article is found."""

from __future__ import annotations

from datetime import date

import pytest

pytest.importorskip("trafilatura")

from test_press_archives import documents, docx, read, told

import corpus_kit as ck
from corpus_kit.readers.press_databases import europresse, proquest

PAGE = """<!DOCTYPE html><html><body>
<article><header>
<div class="rdp__DocPublicationName"><span class="DocPublicationName">Le Port inventé, no. 17</span></div>
<div><span class="DocHeader">Ville, samedi 5 mars 2022 1 520 mots, p. 4</span></div>
<div class="titreArticle">
<p class="sm-margin-TopNews titreArticleVisu rdp__articletitle">Le <mark>marché</mark> ouvre</p>
<p class="sm-margin-TopNews rdp__subtitle">Deux ans de travaux</p></div>
<p class="sm-margin-bottomNews">Salma Haddad</p></header>
<section><div class="DocText clearfix">
<div class="docOcurrContainer"><p>افتتحت البلدية السوق.</p><p>Fin.</p></div></div></section>
<footer><small>© 2022 Le Port</small><div class="publiC-lblNodoc">news·20220305·LP·0001</div></footer></article>
<article><header><span class="DocPublicationName">Hafenblatt</span>
<div class="titreArticle">ميناء جديد</div></header><div class="DocText clearfix">نص المقال.</div></article>
<article><header><span class="DocPublicationName">Vide</span></header></article>
</body></html>"""


def test_europresse() -> None:
    events = read(europresse(), PAGE)
    first, second = documents(events)
    assert first.text == "Le marché ouvre\n\nافتتحت البلدية السوق.\nFin."
    assert first.headline == (0, len("Le marché ouvre"))
    assert first.id == "news·20220305·LP·0001"
    assert first.metadata == {
        "source": "Le Port inventé, no. 17", "date": date(2022, 3, 5), "author": "Salma Haddad", "section": "Ville",
        "subtitle": "Deux ans de travaux", "page": "4", "length": 1520,
    }  # fmt: skip
    assert second.text == "ميناء جديد\n\nنص المقال."
    assert second.metadata == {"source": "Hafenblatt", "date": None}
    assert told(events) == [
        ("article without a date", 1), ("skipped", "article without text", "article 3"),
        ("line of an article that is no text", 1),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no article in a layout that is known"):
        read(europresse(), "<html><body><p>نص</p></body></html>")


RULE = "_" * 60
FIELDS = ["Subject: Markets; Cities", "Location: الضفة", "Title: السوق الجديد", "Publication title: الخليج المتخيل"]
FIELDS += ["Publication date: Jan 11, 2010", "Section: محليات", "Pages: 3", "Publisher: Imagined", "ISSN: 12345678"]
FIELDS += ["Language of publication: Arabic", "ProQuest document ID: 123456", "Document URL: https://a.example/1"]
FIELDS += ["Copyright: Imagined 2010", "Last updated: 2020-01-01", "Database: Imagined Newsstream"]
ARTICLE = [RULE, "", "Document 1 of 2", "", "السوق الجديد", "", "Author: الحداد، سلمى", "", "Abstract: None available."]
ARTICLE += [
    "",
    "Full text: افتتحت البلدية السوق.",
    "",
    "Title: عنوان في النص",
    "",
    "Location: قرب الجسر.",
    "وانتهى.",
    "",
]
ABSTRACT = [RULE, "", "خبر آخر", "", "Abstract: ملخص.", "", *[each.replace("123456", "123457") for each in FIELDS]]
FOOTER = [RULE, "", "Contact us at: https://a.example", "Database copyright 2024 Imagined", ""]


def test_proquest() -> None:
    lines = ["Report Information", "", *ARTICLE, *FIELDS, "", *ABSTRACT, *FOOTER]
    for data in ("\n".join(lines), docx(lines)):
        events = read(proquest(), data)
        (found,) = documents(events)
        assert found.text == (
            "السوق الجديد\n\nافتتحت البلدية السوق.\nTitle: عنوان في النص\nLocation: قرب الجسر.\nوانتهى."
        )
        assert found.id == "123456"
        assert found.metadata == {
            "date": date(2010, 1, 11), "source": "الخليج المتخيل", "author": "الحداد، سلمى", "section": "محليات",
            "page": "3", "publisher": "Imagined", "language": "Arabic", "url": "https://a.example/1",
            "subject": "Markets; Cities", "location": "الضفة",
        }  # fmt: skip
        assert told(events) == [
            ("skipped", "article without its full text", "article 2"),
            ("field of an article that is no column", 5),
            ("line behind the last article", 2),
            ("line of the cover page", 1),
        ]


def test_both_are_formats(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "export.html").write_text(PAGE.split("<article><header><span")[0] + "</body></html>", encoding="utf-8")
    with ck.Corpus.build(tmp_path / "export.html", tmp_path / "one", format="europresse") as corpus:
        assert corpus.documents.select("id", "date").collect().rows() == [
            ("export.html:news·20220305·LP·0001", date(2022, 3, 5))
        ]
    (tmp_path / "export.txt").write_text("\n".join([*ARTICLE, *FIELDS]), encoding="utf-8")
    with ck.Corpus.build(tmp_path / "export.txt", tmp_path / "two", format="proquest") as corpus:
        assert corpus.documents.select("source").collect().item() == "الخليج المتخيل"
