"""TEI: what is text, what is left out, what becomes a span or a column."""

from __future__ import annotations

import tracemalloc

import pytest
from conftest import shared_folder
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit.errors import InputError
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice
from corpus_kit.readers.limits import Limits
from corpus_kit.readers.tei import is_tei, tei

HEADER = """<teiHeader><fileDesc>
<titleStmt><title type="sub">مجلة  أدبية</title><title type="main">الشعاع</title>
 <author><forename>علي</forename><surname>حسن</surname></author><author>سعاد</author><editor>ليلى</editor></titleStmt>
<publicationStmt><publisher>دار النور</publisher><pubPlace>دمشق</pubPlace><date when="1911-03-01">آذار</date>
 <idno type="url">x-1</idno><availability><licence target="https://example.org/by">حر</licence></availability>
</publicationStmt>
<sourceDesc><bibl>طبعة <date when="1910">قديمة</date></bibl></sourceDesc></fileDesc>
<profileDesc><langUsage><language ident="ar">العربية</language></langUsage>
<textClass><keywords><term>أدب</term><list><item>نقد</item></list></keywords></textClass></profileDesc></teiHeader>"""


def document(body: str, header: str = "<teiHeader/>") -> str:
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{header}<text><body>{body}</body></text></TEI>'


def read(source: str | bytes, **options) -> list[Event]:
    data = source.encode() if isinstance(source, str) else source
    return list(tei(**options)(File("issue.xml", data=data)))


def one(body: str, **options) -> Document:
    found = read(document(body), **options)[0]
    assert isinstance(found, Document)
    return found


def covered(found: Document, kind: str) -> list[tuple[str | None, str]]:
    return [(span.value, found.text[span.start : span.end]) for span in found.spans if span.kind == kind]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>قال\n   الراوي</p>\n<p>ثم   سكت</p>", "قال الراوي\nثم سكت"),
        ("<p>قا<hi>ل</hi> <emph>الراوي</emph></p>", "قال الراوي"),
        ("<p>سطر<lb/>آخر</p>", "سطر آخر"),
        ('<p>الكتا\n <lb break="no"/>\n ب</p>', "الكتاب"),
        ('<p>الكتا<pb n="2" break="no"/>ب</p>', "الكتاب"),
        ("<p>الكتاب<pb/>الثاني</p>", "الكتاب الثاني"),
        ("<p>قال<note>حاشية <p>طويلة</p></note> زيد</p>", "قال زيد"),
        ("<p>كلمة<fw>رأس الصفحة</fw><gap/> أخرى<del>محذوف</del><add>ة</add></p>", "كلمة أخرىة"),
        ("<p><app><lem>متن</lem><rdg>رواية</rdg></app></p>", "متن"),
        ("<p><app><rdg>أولى</rdg><rdg>ثانية</rdg></app></p>", "أولى"),
        ("<p><app><rdgGrp><rdg>أولى</rdg><rdg>ثانية</rdg></rdgGrp><rdg>ثالثة</rdg></app></p>", "أولى"),
        ("<p><choice><sic>غلط</sic><corr>صواب</corr></choice></p>", "صواب"),
        ("<p><choice><abbr>د.</abbr><expan>دكتور</expan></choice> <sic>كذا</sic></p>", "دكتور كذا"),
        ("<lg><l>صدر</l><l>عجز</l></lg>نثر", "صدر\nعجز\nنثر"),
        (
            "<lg><l> <seg>صدر </seg> <seg> عجز</seg> </l><l><seg>كلمة</seg> في <seg>بيت</seg></l></lg>",
            "صدر\tعجز\nكلمة في بيت",
        ),
        ("<l>صدر <caesura/> عجز</l><p><seg>أول</seg> <seg>ثان</seg></p>", "صدر\tعجز\nأول ثان"),
        ("<list><item>أ</item><item>ب</item></list>", "أ\nب"),
        ("<table><row><cell>أ</cell><cell>ب</cell></row><row><cell>ج</cell></row></table>", "أ\tب\nج"),
        ("<p><w>قال</w><w>زيد</w><pc>.</pc></p>", "قال زيد."),
        ("<p>السعر 5 &lt; 6 (five)</p>", "السعر 5 < 6 (five)"),
        ("<p>مسافة\u00a0ثابتة</p>", "مسافة\u00a0ثابتة"),
        ("<figure><head>صورة</head><figDesc>وصف</figDesc></figure>", "صورة"),
        ("<p>ال<choice>\n <abbr>د</abbr>\n <expan>دكتور</expan>\n</choice>، قال</p>", "الدكتور، قال"),
        ("<p>قرأ <app>\n <lem>متن</lem>\n <rdg>رواية</rdg>\n</app>، ثم</p>", "قرأ متن، ثم"),
        ("<p>كا<subst>\n<del>ت</del>\n<add>ن</add>\n</subst>وا</p>", "كانوا"),
        ("<p><choice><unclear>قمر</unclear><unclear>قمح</unclear></choice> هنا</p>", "قمر هنا"),
        ("<p><choice><sic>خطا</sic><corr>خطأ</corr><corr>خطاء</corr></choice></p>", "خطأ"),
        ("<p><choice><am>ا</am><ex>الخ</ex></choice></p>", "الخ"),
        ("<p><w part='I'>الكتا</w><lb break='no'/><w part='F'>ب</w></p>", "الكتاب"),
        ("<p><s>أولى.</s><s>ثانية.</s></p>", "أولى. ثانية."),
        ("<p>و<persName><forename>علي</forename><surname>حسن</surname></persName></p>", "وعلي حسن"),
        ("<cit><quote>قول</quote><bibl>(مصدر)</bibl></cit>", "قول (مصدر)"),
        ("<listBibl><bibl>أول</bibl><bibl>ثان</bibl></listBibl>", "أول\nثان"),
        (
            "<biblStruct><monogr><title>كتاب</title><imprint><pubPlace>دمشق</pubPlace><date>1910</date></imprint>"
            "</monogr></biblStruct>",
            "كتاب دمشق 1910",
        ),
        ("<entry><form><orth>كتب</orth></form><sense><def>خط</def></sense><sense>جمع</sense></entry>", "كتب خط جمع"),
        ("<p>قرأ<app from='#a'><rdg>رواية</rdg></app> ثم</p><listApp><app><lem>ل</lem></app></listApp>", "قرأ ثم"),
        ("<u>سؤال</u><u>جواب</u>", "سؤال\nجواب"),
        ("<p>متن</p><spanGrp><span>تحليل</span></spanGrp>", "متن"),
        ('<p>كتا-<pb n="2" break="no"/>ب و15-<lb/>16</p>', "كتاب و15- 16"),
        ('<p>الكتا<pb n="2" break="no"/>\n <cb/><lb/>ب<lb break="yes"/>و</p>', "الكتاب و"),
        ('<p><persName>علي -</persName><lb break="no"/>ثم</p>', "علي -ثم"),
        ("<p><choice><sic>غلط</sic></choice> ثم <choice><seg>أ</seg><seg>ب</seg></choice></p>", "غلط ثم أ"),
        ("<p>قال <choice>\n <abbr>د</abbr>\n <expan>دكتور</expan>\n</choice>، ثم</p>", "قال دكتور، ثم"),
        ("<p><choice><corr>صواب</corr><corr>آخر</corr><sic>غلط</sic></choice></p>", "صواب"),
        ("<p><choice><orig>أ<choice><sic>ب</sic><corr>ت</corr></choice></orig><reg>ث</reg></choice>ج</p>", "ثج"),
        ("<p>قال<app>\n <rdg>رواية</rdg>\n <lem>متن</lem>\n</app>.</p>", "قالمتن."),
        ("<p>أ <delSpan spanTo='#x'/>ب</p><p>ت <anchor xml:id='x'/>ث <delSpan spanTo='#none'/>ج</p>", "أ ث ج"),
        ("<p>قال<gap/>زيد، كتـ<gap unit='chars'/>ب</p>", "قال زيد، كتـب"),
        (
            "<p><w>و</w>\n<w join='left'>قال</w>\n<pc join='left'>:</pc> <w part='I'>نـ</w><w part='F'>عم</w></p>",
            "وقال: نـعم",
        ),
        ("<p><w part='I'>كتا</w><lb break='no'/><w>ب</w></p>", "كتاب"),
        (
            "<p>أ</p><quote>ب</quote><quote>ت</quote><p>ث <cit><quote>ج</quote> <bibl>ح</bibl></cit> خ</p>",
            "أ\nب\nت\nث ج ح خ",
        ),
        ("<listBibl><bibl><author>أ</author><title>ب</title></bibl><bibl>ت</bibl></listBibl>", "أ ب\nت"),
        ("<u who='#a'>نعم<vocal><desc>ضحك</desc></vocal></u><u>لا</u>", "نعم\nلا"),
    ],
)
def test_the_text(body, text):
    assert one(body).text == text


def test_what_is_asked_for_stays():
    body = (
        "<p>قال<note n='1'>حاشية</note> <choice><sic>غلط</sic><corr>صواب</corr></choice> <del>محذوف</del>"
        "<app><lem>متن</lem><rdg wit='#A'>رواية</rdg></app></p>"
    )
    found = one(body, notes=True, deleted=True, apparatus=True, choice="original")
    assert found.text == "قال حاشية غلط محذوفمتن رواية"
    assert covered(found, "note") == [("1", "حاشية")]
    assert covered(found, "deletion") == [(None, "محذوف")]
    assert covered(found, "reading") == [("#A", "رواية")]


def test_what_is_left_out_is_counted():
    events = read(document("<p>قال<note>أ</note><note>ب</note><app><lem>م</lem><rdg>ر</rdg></app><gap/></p>"))
    assert events[1:] == [LeftOut("notes", 2), LeftOut("readings of the apparatus"), LeftOut("gaps")]


def test_parts_of_a_text():
    text = "<TEI><text><front><p>تمهيد</p></front><body><p>متن</p></body><back><p>فهرس</p></back></text></TEI>"
    assert read(text)[0].text == "تمهيد\nمتن\nفهرس"
    assert read(text, parts="body")[0].text == "متن"
    assert read(text, parts=["body", "back"])[0].text == "متن\nفهرس"


def test_names_dates_and_references_are_spans():
    found = one(
        '<p>سافر <persName ref="#z">زيد</persName> إلى <placeName>دم<lb break="no"/>شق</placeName> '
        '<date when="1910-01-01">أول العام</date> مع <rs type="org">الجمعية</rs> '
        'و<name type="person" key="h">هند</name>: <q>قول</q></p>'
    )
    assert covered(found, "person") == [("#z", "زيد"), ("h", "هند")]
    assert covered(found, "place") == [("دمشق", "دمشق")]
    assert covered(found, "date") == [("1910-01-01", "أول العام")]
    assert covered(found, "organisation") == [("الجمعية", "الجمعية")]
    assert covered(found, "quotation") == [(None, "قول")]


def test_pages_divisions_and_verses_are_spans():
    found = one(
        '<pb n="1"/><div type="part" n="1"><head>الباب <hi>الأول</hi></head><p>أول<pb n="2"/>ثان</p>'
        '<div type="poem" n="7"><lg n="3"><l>صدر</l><l>عجز</l></lg></div></div>'
    )
    assert found.text == "الباب الأول\nأول ثان\nصدر\nعجز"
    assert covered(found, "page") == [("1", "الباب الأول\nأول"), ("2", "ثان\nصدر\nعجز")]
    assert covered(found, "division") == [("الباب الأول", found.text), ("poem 7", "صدر\nعجز")]
    assert covered(found, "heading") == [(None, "الباب الأول")]
    assert covered(found, "verse") == [("3", "صدر\nعجز")]


def test_each_edition_has_its_own_pages():
    found = one(
        '<pb ed="print" n="1"/><p>أول <pb ed="epub" n="e1"/>ثان <pb ed="print" n="2"/>ثالث</p>'
        '<div type="article"><p>رابع <pb ed="epub" n="e2"/>خامس</p></div>'
    )
    assert covered(found, "page") == [("1", "أول ثان"), ("2", "ثالث\nرابع خامس")]
    assert covered(found, "page_epub") == [("e1", "ثان ثالث\nرابع"), ("e2", "خامس")]
    other = one('<pb edRef="#a 1" n="1"/><p>أول</p><pb edRef="#طبعة" n="1"/><p>ثان</p>')
    assert [(span.kind, span.value) for span in other.spans] == [("page", "1"), ("page_other", "1")]


def test_the_page_of_an_article_is_that_of_the_first_edition():
    body = '<pb ed="print" n="7"/><p>أ</p><pb ed="epub" n="e3"/><div type="article"><p>ب</p></div>'
    assert read(document(body), split="article")[0].metadata["page"] == "7"


def test_names_in_several_scripts_and_the_language_of_the_text():
    header = (
        "<teiHeader><fileDesc><titleStmt><title>الشعاع</title><author><persName> <forename>علي</forename> "
        "<surname>حسن</surname> </persName> <persName>ʿAlī Ḥasan</persName></author></titleStmt></fileDesc></teiHeader>"
    )
    source = document("<p>نص</p>", header).replace("<text>", '<text xml:lang="ar">')
    assert read(source)[0].metadata == {"title": "الشعاع", "author": "علي حسن; ʿAlī Ḥasan", "language": "ar"}
    assert read(document("<p>نص</p>", HEADER).replace("<text>", '<text xml:lang="fa">'))[0].metadata["language"] == "ar"


def test_parts_in_other_files_are_counted():
    body = '<p>متن</p><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="i_2.xml"/>'
    assert read(document(body))[1:] == [LeftOut("parts kept in other files")]


def test_the_header_is_columns():
    assert read(document("<p>نص</p>", HEADER))[0].metadata == {
        "title": "الشعاع; مجلة أدبية", "author": "علي حسن; سعاد", "editor": "ليلى", "publisher": "دار النور",
        "place": "دمشق", "published": "1911-03-01", "identifier": "x-1", "licence": "https://example.org/by",
        "source": "طبعة قديمة", "source_date": "1910", "language": "ar", "keywords": ["أدب", "نقد"],
    }  # fmt: skip


def test_a_corpus_has_many_texts_that_share_its_header():
    header = "<teiHeader><fileDesc><titleStmt><title>كل</title><author>زيد</author></titleStmt></fileDesc></teiHeader>"
    own = "<teiHeader><fileDesc><titleStmt><title>جزء</title></titleStmt></fileDesc></teiHeader>"
    texts = document("<p>أول</p>", own).replace("<TEI ", '<TEI xml:id="t1" ', 1) + document("<p>ثان</p>")
    first, second = read(f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{header}{texts}</teiCorpus>')
    assert (first.text, first.id, first.metadata) == ("أول", "t1", {"title": "جزء", "author": "زيد"})
    assert (second.text, second.id, second.metadata) == ("ثان", None, {"title": "كل", "author": "زيد"})


def test_divisions_as_documents():
    body = (
        '<pb n="1"/><p>ترويسة</p><div type="section"><div type="article" n="1" xml:id="a"><head>عنوان</head><p>أول</p>'
        '<div type="article"><p>داخل</p></div></div></div><pb n="2"/><div subtype="article"><p>ثان</p></div><p>ذيل</p>'
    )
    first, second, left_out = read(document(body, HEADER), split="article")
    assert (first.text, first.id, first.headline) == ("عنوان\nأول\nداخل", "a", (0, 5))
    assert (second.text, second.headline) == ("ثان", None)
    assert [first.metadata[name] for name in ("division", "division_type", "division_number", "page", "author")] == [
        "عنوان", "article", "1", "1", "علي حسن; سعاد",
    ]  # fmt: skip
    assert second.metadata["page"] == "2"
    assert covered(first, "heading") == [(None, "عنوان")]
    assert left_out == LeftOut("paragraphs outside the divisions asked for", 2)


def test_older_tei_and_a_document_type_that_is_not_loaded():
    source = (
        '<!DOCTYPE TEI.2 SYSTEM "tei2.dtd"><TEI.2><text><body><div1 type="a"><p>نص</p></div1></body></text></TEI.2>'
    )
    first, notice = read(source)
    assert (first.text, covered(first, "division")) == ("نص", [("a", "نص")])
    assert notice == Notice("a document type that was not loaded", 1, "tei2.dtd")


def test_recognition():
    assert is_tei(document("").encode())
    assert is_tei(b'<?xml version="1.0"?><tei:teiCorpus xmlns:tei="x">')
    assert not is_tei(b"<TEIs><html/></TEIs>")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<html><text>x</text></html>", "no text in TEI"),
        ('<!DOCTYPE TEI [<!ENTITY a "b">]><TEI><text>&a;</text></TEI>', "declares a document type"),
        (document("<p>نص")[:-20], "not well-formed"),
        ("<TEI><sourceDoc/></TEI>", r"no element <text>, but transcriptions of a source \(1\)"),
        ('<teiCorpus><include href="a.xml"/><include href="b.xml"/></teiCorpus>', r"parts kept in other files \(2\)"),
    ],
)
def test_what_is_refused(source, reason):
    with pytest.raises(ValueError, match=reason):
        read(source)


def test_a_text_beyond_the_limit_is_refused():
    file = File("x.xml", data=document("<p>" + "كلمة " * 100 + "</p>").encode(), limits=Limits(text_bytes=300))
    with pytest.raises(ValueError, match="more than 300"):
        list(tei()(file))


@pytest.mark.parametrize(
    "options",
    [{"notes": 1}, {"choice": "both"}, {"parts": "middle"}, {"split": 5}, {"deleted": "no"}, {"apparatus": None}],
)
def test_bad_arguments(options):
    with pytest.raises(InputError, match=next(iter(options))):
        tei(**options)


def test_a_corpus_of_many_texts_takes_the_memory_of_one(tmp_path):
    path = tmp_path / "corpus.xml"
    text = document("<p>" + "قال الراوي كلاما طويلا. \n" * 1_000 + "</p>")
    path.write_text(f"<teiCorpus>{text * 100}</teiCorpus>", encoding="utf-8")
    tracemalloc.start()
    try:
        assert sum(len(each.text) > 20_000 for each in tei()(File("corpus.xml", path))) == 100
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < path.stat().st_size / 2  # the first MiB is looked at as a whole


WORD = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1, max_size=7)
INLINE = st.sampled_from(["hi", "persName", "placeName", "seg", "title", "foreign", "quote"])
BLOCK = st.sampled_from(["p", "ab", "l", "head", "item"])
SPACE = st.sampled_from([" ", "\n", " \n\t ", "<lb/>", "<pb n='1'/>", " <note>حاشية</note> ", " <!-- x --> "])


@settings(max_examples=examples(200))
@given(
    st.lists(st.tuples(BLOCK, st.lists(st.tuples(WORD, INLINE, SPACE), min_size=1, max_size=5)), min_size=1, max_size=6)
)
def test_the_words_out_are_the_words_in(blocks):
    body = "".join(
        f"<{block}>{''.join(f'<{inline}>{word}</{inline}>{space}' for word, inline, space in words)}</{block}>"
        for block, words in blocks
    )
    found = one(body)
    assert found.text.replace("\t", " ") == "\n".join(" ".join(word for word, _, _ in words) for _, words in blocks)
    for span in found.spans:
        covers = found.text[span.start : span.end]
        assert covers == covers.strip() != ""


def test_real_files():
    shared = shared_folder()
    files = sorted((shared / "data" / "formats" / "tei").glob("*.xml")) if shared else []
    if not files:
        pytest.skip("the folder of real texts is absent (set CORPUS_KIT_SHARED)")
    for path in files:
        whole = next(tei()(File(path.name, path)))
        assert whole.metadata["title"]
        assert any(span.kind == "page" for span in whole.spans)
        assert "<" not in whole.text


def test_pages_stay_where_text_is_taken_away():
    found = one(
        '<pb n="1"/><p>أول <choice><orig>كتا-<pb n="2" break="no"/>ب</orig><reg>كتاب</reg></choice> ثان '
        '<delSpan spanTo="#x"/>محذوف</p><pb n="3"/><p><persName>زيد<anchor xml:id="x"/> حسن</persName></p>'
    )
    assert found.text == "أول كتاب ثان حسن"
    assert covered(found, "page") == [("1", "أول"), ("2", "كتاب ثان"), ("3", "حسن")]
    assert covered(found, "person") == [("حسن", "حسن")]


def test_a_group_of_texts():
    text = "<text type='letter' n='1'><body><head>رسالة</head><p>أ</p></body></text><text><body><p>ب</p></body></text>"
    source = f"<TEI><text><group>{text}</group></text></TEI>"
    found = read(source)[0]
    assert covered(found, "division") == [("رسالة", "رسالة\nأ"), (None, "ب")]
    assert read(source, split="letter")[0].metadata["division"] == "رسالة"


def test_the_header_of_a_corpus_ends_with_it():
    header = "<teiHeader><fileDesc><titleStmt><title>{}</title></titleStmt></fileDesc></teiHeader>"
    text = "<TEI><text><body><p>نص</p></body></text></TEI>"
    inner = f"<teiCorpus>{header.format('فرع')}{text}</teiCorpus><TEI>{header.format('كتاب')}{text}</TEI>"
    found = read(f"<teiCorpus>{header.format('كل')}{inner}{text}</teiCorpus>")
    assert [each.metadata["title"] for each in found] == ["فرع", "كتاب", "كل"]


def test_the_description_of_the_source_is_no_description_of_the_text():
    source = "<biblFull><titleStmt><title>أصل</title></titleStmt><publicationStmt><publisher>قديم</publisher>"
    source += "</publicationStmt></biblFull><msDesc><origDate when='0900'/></msDesc>"
    header = f"<titleStmt><title>ك</title></titleStmt><sourceDesc>{source}</sourceDesc>"
    found = read(document("<p>نص</p>", f"<teiHeader><fileDesc>{header}</fileDesc></teiHeader>"))[0]
    assert found.metadata == {"title": "ك", "source": "أصل قديم", "source_date": "0900"}
