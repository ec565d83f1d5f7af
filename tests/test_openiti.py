"""Books in OpenITI mARkdown: the words stay, the markup becomes spans, the header and the .yml files columns."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conftest import shared_folder
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.readers.documents import Document, Event, File, LeftOut
from corpus_kit.readers.openiti import is_openiti, openiti

pytestmark = pytest.mark.interface

NAME = "0310Katib.Akhbar.Shamela0001234-ara1.mARkdown"
HEADER = "######OpenITI#\n\n#META# 020.BookTITLE\t:: كتاب الأخبار\n#META#Header#End#\n\n"
REMNANT = re.compile(
    r"¬|_{2}|&\w+;|\bms[A-Z]?\d+|Milestone\d|Page(?:Beg|End)?V\w*P\d|~~|%~%|[#|@]|\$[A-Z]"
    r"|\b[A-Z]{2,3}[0-9]{1,3}\b|[A-Z]{3}_[A-Z]{3}|\b(?:YB|YD|YA|YY)\d|^(?:AUTO|CHECK)$"
)


def read(body: str, name: str = NAME, header: str = HEADER, divisions: int | None = None) -> list[Event]:
    return list(openiti(divisions=divisions)(File(name, data=(header + body).encode())))


def book(body: str) -> Document:
    (document,) = read(body)
    assert isinstance(document, Document)
    return document


def covered(document: Document, kind: str) -> list[tuple[str | None, str]]:
    return [(span.value, document.text[span.start : span.end]) for span in document.spans if span.kind == kind]


def test_wrapped_lines_are_joined_and_paragraphs_are_lines():
    assert book("# قال الراوي\n~~في الكتاب.\n\n# ثم قال.\nسطر بلا علامة\n").text == (
        "قال الراوي في الكتاب.\nثم قال.\nسطر بلا علامة"
    )


@pytest.mark.parametrize(
    "markup",
    [
        "ms001", "msA12", "Milestone300", "PageV01P005", "PageV00P030A", "PageBegV01P006", "@QB@", "@P02", "@TOP11",
        "@PER$0279Baladhuri@12", "@MGR@PER$0310Tabari", "#PER$0310Tabari", "@QUR$1_1-2@08", "@USER@CAT_SUB_SUBSUB@",
        "@YD597", "YB0300", "(@)(@@)", "#$#PROV", "#$#REG1", "@MATN@", "$BIO_MAN$", "0458Bayhaqi.DalailNubuwwa",
        "0230IbnSacd.TabaqatKubra.JK000123-ara1", "|", "~!~", "~!!~", "%", '<span class="matn">', "</span>",
        "<!-- تعليق -->", "![](img/1.png)", "Q17B", "@",
    ],
)  # fmt: skip
def test_markup_leaves_the_text(markup):
    assert book(f"# قال {markup} الراوي {markup}\n~~{markup} وسكت {markup}\n").text == "قال الراوي وسكت"


@pytest.mark.parametrize("words", ["50% من المال", "٥٠% منه", "ثمنه $5", "قاله Smith عام 1900 م", "إلى name.b"])
def test_what_is_no_markup_stays(words):
    assert book(f"# {words}\n").text == words


TAGS = [
    "ms001", "msA12", "msL77382", "Milestone300", "PageV01P005", "PageV01P005A", "PageV00P000", "PageBegV01P006",
    "PageEndV01P006", "PageBeginningV01P006", "FolioV01P012b", "pageV02p007", "PageVمP003", "PageV1-2P003", "@QB@",
    "@QE@", "@QB060", "@QURAN@", "@TOP@", "@TOP11", "@TOPd", "@T11", "@P01", "@PER$0279Baladhuri@12", "@YB432", "@YD",
    "YA060", "@A01B02C", "@USER@CAT_SUB_SUBSUB@", "@MGR@TOP@Balad@-@tf@", "@HBHXV1P9A_BEG_WSACD", "@QURS1A7_BEG",
    "HBHXV1P9A_SIM_WHNXV1P256A", "Q17B", "(@)(@@)", "#$#FROM", "#$#REG1", "@MATN@", "@HUKM@", "$BIO_MAN$", "%~%", "%",
    "%%", "|", "~!~", "~!!~", "(¬1)", "(¬١٢)", "¬__________", "__________", '<span class="matn">', "</span>",
    "<!-- تعليق -->", "![](img/1.png)", "![رسم](./p 2.png)", "0458Bayhaqi.DalailNubuwwa", "&nbsp;",
]  # fmt: skip
PLACES = {
    "begin": "# {} وقال الراوي نعم", "end": "# وقال الراوي نعم {}", "between": "# وقال {} الراوي {} نعم",
    "clitic": "# و {} قال الراوي نعم", "glued": "# وقال{}الراوي نعم", "before a mark": "# وقال الراوي {}، نعم",
    "glued to a mark": "# وقال الراوي{}: نعم", "wrap": "# وقال\n~~{} الراوي نعم",
    "before a wrap": "# وقال {}\n~~الراوي نعم",
    "set in": "# وقال\n   {} الراوي نعم", "alone": "# وقال\n{}\n~~الراوي نعم",
    "heading": "### | {} وقال\n# الراوي {}\n~~نعم",
    "biography": "### $ {} وقال\n~~الراوي نعم", "twice": "# وقال {} {} الراوي %{} نعم",
    "unmarked": "وقال {} الراوي نعم",
    "in brackets": "# وقال ({}) الراوي [{} نعم]",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_tags_in_all_places_leave_the_letters_and_nothing_else(place):
    for tag in TAGS:
        document = book(PLACES[place].replace("{}", tag))
        assert re.sub(r"[\W\d_]", "", document.text) == "وقالالراوينعم", tag
        assert not REMNANT.search(document.text), tag
        words = [each for each in ck.tokenize(document.text) if re.search(r"\w", str(each))]
        assert len(words) == (4 if place == "clitic" else 3), (tag, words)


def test_pages_end_at_their_marks():
    document = book("# صفحة أولى PageV01P001\n# صفحة\n~~ثانية. PageV01P002\n# بلا رقم\n")
    assert covered(document, "page") == [("1:1", "صفحة أولى"), ("1:2", "صفحة ثانية.")]
    assert book("# متن PageV01P001ms001 آخر ms002ms003 PageV01P002Q17B\n").text == "متن آخر"
    assert covered(book("# متن PageV00P012\n"), "page") == [("12", "متن")]
    assert covered(book("# متن PageV00P000\n# آخر PageV02P000\n"), "page") == [(None, "متن"), ("2:0", "آخر")]


def test_a_page_mark_on_a_line_of_its_own_does_not_end_a_paragraph():
    assert book("# أول الكلام\nPageV01P001\n~~وآخره\n").text == "أول الكلام وآخره"


def test_lines_of_marks_do_not_end_a_paragraph():
    marks = "PageV01P001\n\n![image filename](./صورة (1).png)\n![](p_2.png)\n\nms012 PageV01P002\n<!-- x -->\n"
    marks = marks.replace("صورة (1)", "p_1")
    assert book(f"# أول الكلام\n\n{marks}~~وآخره\n").text == "أول الكلام وآخره"
    assert book("# أول\n#\n~~ثان\n").text == "أول\nثان"


def test_marks_of_a_page_end_a_title():
    document = book("### | الباب\n~~الأول\n\nPageV01P001\n\n~~متن\n### $ زيد\nPageV01P002\n~~بن عمرو\n")
    assert covered(document, "chapter") == [("الباب الأول", "الباب الأول\nمتن\nزيد بن عمرو")]
    assert covered(document, "page") == [("1:1", "الباب الأول"), ("1:2", "متن\nزيد")]


@pytest.mark.parametrize("mark", ["ms012", "Milestone300", "PageV01P001"])
def test_a_mark_before_punctuation_leaves_no_space(mark):
    assert book(f"# قال {mark}: نعم {mark}، ثم (سكت {mark}). و {mark} ، {mark} قام\n").text == (
        "قال: نعم، ثم (سكت). و ، قام"
    )


def test_milestones_are_spans():
    assert covered(book("# كلمة ثم ms001 كلمة\n~~أخرى ms002\n"), "milestone") == [
        ("001", "كلمة ثم"), ("002", "كلمة أخرى"),
    ]  # fmt: skip


def test_chapters_have_titles_and_nest():
    document = book("# قبل\n### | الباب\n~~الأول\n# نص\n### || فصل\n# نص آخر\n### | الباب الثاني\n# خاتمة\n")
    assert covered(document, "chapter") == [
        ("الباب الأول", "الباب الأول\nنص\nفصل\nنص آخر"), ("الباب الثاني", "الباب الثاني\nخاتمة"),
    ]  # fmt: skip
    assert covered(document, "chapter_2") == [("فصل", "فصل\nنص آخر")]


def test_the_heading_of_a_chapter_may_be_empty():
    assert covered(book("### | \nمتن بلا علامة\n"), "chapter") == [(None, "متن بلا علامة")]


@pytest.mark.parametrize("heading", ["### | AUTO باب", "### | CHECK باب", "### = باب", "### |AUTO CHECK باب"])
def test_titles_that_were_found_or_marked_otherwise(heading):
    document = book(f"{heading}\n# متن AUTO\n### || AUTOMATA\n")
    assert covered(document, "chapter") == [("باب", "باب\nمتن AUTO\nAUTOMATA")]


@pytest.mark.parametrize("heading", ["### |EDITOR|", "### | EDITOR |", "### |EDITOR", "# |EDITOR|"])
def test_names_of_sections(heading):
    document = book(f"{heading}\n# كلام\n### $ AUTO زيد\n")
    assert document.text == "كلام\nزيد"
    assert covered(document, "editorial") == [(None, "كلام")]


def test_lines_that_are_set_in_go_on_with_a_paragraph():
    document = book("# قال الراوي\n~~ثم\n            ذهب\n\n   فقرة\n# | باب\n   متن\n# صدر %~% عجز\n   صدر %~% عجز\n")
    assert document.text == "قال الراوي ثم ذهب\nفقرة\nباب\nمتن\nصدر\tعجز\nصدر\tعجز"


def test_notes_of_a_page_are_spans():
    document = book(
        "# متن (¬1)، ثم\n# ¬_______\n# (¬1) حاشية\nPageV01P001\n# متن\n# _____\n# خاتمة\n### | باب\n# نص PageV01P002"
    )
    assert covered(document, "note") == [(None, "حاشية")]
    assert document.text == "متن، ثم\nحاشية\nمتن\nخاتمة\nباب\nنص"


def test_references_and_addresses_of_mail_are_text():
    assert book("# إلى a.b@site.com.\n# قال &quot;نعم&quot;&nbsp;&#1579;م\n").text == 'إلى a.b@site.com.\nقال "نعم" ثم'


def test_comments_in_the_text_are_counted():
    document, left_out = read("#@COMMENT كلام خارج\n# نص\n")
    assert document.text == "نص"
    assert left_out == LeftOut("lines of metadata and comments in the text", 1, "#@COMMENT كلام خارج")


def test_headings_with_one_hash():
    document = book("# | باب\n# متن\n# || فصل\n# قال\n# | أ | ب |\n# ختم | به\n")
    assert covered(document, "chapter") == [("باب", "باب\nمتن\nفصل\nقال\nأ ب\nختم به")]
    assert covered(document, "chapter_2") == [("فصل", "فصل\nقال\nأ ب\nختم به")]


@pytest.mark.parametrize("begin", ["@QB@", "@QB060", "@QB"])
@pytest.mark.parametrize("end", ["@QE@", "@QE"])
def test_verses_of_the_quran_are_spans(begin, end):
    document = book(f"# قال تعالى {begin} إن الله\n~~غفور {end} وقال\n")
    assert document.text == "قال تعالى إن الله غفور وقال"
    assert covered(document, "quran") == [(None, "إن الله غفور")]


def test_units_of_other_names():
    document = book("### $BIO_WOMAN$ هند\n### $BIO_OTHER$ آخر\n### $CHR$ حدث\n# سمع $ABCD_X$ زيد\n")
    assert document.text == "هند\nآخر\nحدث\nسمع زيد"
    assert covered(document, "biography") == [("woman", "هند")]
    assert covered(document, "unit") == [("BIO_OTHER", "آخر")]
    assert covered(document, "event") == [(None, "حدث\nسمع زيد")]


def test_named_sections_biographies_and_events():
    document = book(
        "### |EDITOR|\n# كلام المحقق\n### $BIO_MAN$\n~~زيد بن عمرو\n# سيرته\n### $$ هند\n### $CHR_EVE$\n# حدث\n"
        "### $DIC_LEX$ مدخل\n### |PARATEXT|\n# هامش\n"
    )
    assert covered(document, "editorial") == [(None, "كلام المحقق")]
    assert covered(document, "biography") == [("man", "زيد بن عمرو\nسيرته"), ("woman", "هند")]
    assert covered(document, "event") == [(None, "حدث")]
    assert covered(document, "entry") == [("lexeme", "مدخل")]
    assert covered(document, "paratext") == [(None, "هامش")]


def test_transmissions_have_isnad_and_matn():
    document = book("# $RWY$ حدثنا زيد عن عمرو @MATN@ أن رجلا قدم\n~~إليه @HUKM@ صحيح\n# غيره\n")
    assert document.text == "حدثنا زيد عن عمرو أن رجلا قدم إليه صحيح\nغيره"
    assert covered(document, "isnad") == [(None, "حدثنا زيد عن عمرو")]
    assert covered(document, "matn") == [(None, "أن رجلا قدم إليه")]
    assert covered(document, "hukm") == [(None, "صحيح")]


def test_verses_are_lines_of_a_poem_and_hemistichs_stay_apart():
    document = book("# قال:\n# صدر أول %~% عجز أول\n# صدر ثان %~% عجز\n~~ثان\n# نثر\n# % صدر % % عجز %\n")
    assert document.text.split("\n")[1] == "صدر أول\tعجز أول"
    assert covered(document, "poetry") == [(None, "صدر أول\tعجز أول\nصدر ثان\tعجز ثان"), (None, "صدر\tعجز")]


def test_verses_between_bars_without_their_numbers():
    document = book(
        "# البحر : طويل 1\n# % صدر أول % عجز أول % 2\n# % صدر ثان % % عجز ثان % % 3\n# % صدر % عجز % PageV01P009\n"
        "~~11\n# % صدر آخر ، %\n~~عجز آخر %\n~~% PageV01P010 12\n# % صدر % عجز % PageV01P012 البحر\n~~: كامل\n"
    )
    assert document.text == (
        "البحر : طويل 1\nصدر أول\tعجز أول\nصدر ثان\tعجز ثان\nصدر\tعجز\nصدر آخر ،\tعجز آخر\nصدر\tعجز\nالبحر : كامل"
    )
    (poem,) = covered(document, "poetry")
    assert poem[1] == document.text[len("البحر : طويل 1\n") : -len("\nالبحر : كامل")]
    assert [value for value, _ in covered(document, "page")] == ["1:9", "1:10", "1:12"]


def test_prose_goes_on_after_the_last_bar_of_a_verse():
    document = book("# صدر %~% عجز %\n~~ثم قال 20\n# صدر %~% عجز\n~~ذو بقية 20\n# نسبة 5 % من 10\n")
    assert document.text == "صدر\tعجز\nثم قال 20\nصدر\tعجز ذو بقية 20\nنسبة 5 من 10"


def test_prose_goes_on_after_a_page_that_a_verse_ends():
    document = book("# صدر %~% عجز\nPageV01P001\n~~قال الراوي\n# صدر %~%\nPageV01P002\n~~عجز\n# شعر %~% طويل\n~~جدا\n")
    assert document.text == "صدر\tعجز\nقال الراوي\nصدر\tعجز\nشعر\tطويل جدا"
    assert covered(document, "poetry") == [(None, "صدر\tعجز"), (None, "صدر\tعجز\nشعر\tطويل جدا")]
    assert covered(document, "page") == [("1:1", "صدر\tعجز"), ("1:2", "قال الراوي\nصدر")]


def test_names_are_the_words_after_their_tags_without_a_particle():
    document = book(
        "# سمع @T11 ببغداد، من @P02 أبي بكر، وقال @SRC02 قال\n~~الذهبي و@QUR@03 {إن الله غفور} و@QB@ آية @QE@\n"
    )
    assert covered(document, "place") == [("بغداد", "بغداد")]
    assert covered(document, "person") == [("أبي بكر", "أبي بكر")]
    assert covered(document, "source") == [("قال الذهبي", "قال الذهبي")]
    assert covered(document, "quran") == [("إن الله غفور", "إن الله غفور"), (None, "آية")]


def test_years_are_at_the_word_before_their_tags():
    assert covered(book("# [الوفاة: 597 ه] @YD597 شيخ\n"), "death_year") == [("597", "ه]")]


def test_topics_go_on_to_the_next():
    document = book("#~:teachers:\n# سمع زيدا\n# وعمرا\n#~:death:\n# مات\n### | باب\n# غيره\n")
    assert covered(document, "topic") == [("teachers", "سمع زيدا\nوعمرا"), ("death", "مات")]


def test_chapters_as_documents():
    documents = read("# قبل PageV01P001\n### | باب\n# أ\n### || فصل\n# ب PageV01P002\n", divisions=1)
    assert [(each.text, each.metadata["chapter"], each.metadata["page"]) for each in documents] == [
        ("قبل", None, "1:1"), ("باب\nأ\nفصل\nب", "باب", "1:2"),
    ]  # fmt: skip
    finer = read("### | باب\n# أ\n### || فصل\n# ب\n", divisions=2)
    assert [(each.text, each.metadata["chapter_level"]) for each in finer] == [("باب\nأ", 1), ("فصل\nب", 2)]
    assert covered(finer[1], "chapter_2") == [("فصل", "فصل\nب")]


def test_the_header_and_the_name_of_the_file_are_columns():
    header = (
        "######OpenITI#\n#META# 010.AuthorNAME\t:: الكاتب\n#META# 020.BookTITLE\t:: كتاب\n#META# 022.BookVOLS\t:: 3\n"
        "#META# 045.EdYEAR\t:: NODATA\n#META# الناشر: دار\n#META# ملاحظة حرة\n#META#Header#End#\n"
    )
    document, left_out = read("# نص\n#META# في المتن\n", header=header)[:2]
    assert document.metadata == {
        "uri": "0310Katib.Akhbar.Shamela0001234-ara1", "author_uri": "0310Katib", "book_uri": "0310Katib.Akhbar",
        "collection": "Shamela", "language": "ara", "state": "mARkdown", "death_year": 310, "title": "كتاب",
        "author": "الكاتب", "volumes": 3, "publisher": "دار",
    }  # fmt: skip
    assert document.text == "نص"
    assert left_out == LeftOut("lines of the header without a known name", 1, "ملاحظة حرة")


def test_headers_of_other_libraries():
    header = (
        "######OpenITI#\n#META# bk: نسخة - ت: فلان\n#META# الكتاب : الأخبار ¶ ترقيم آلي\n#META# auth: كاتب\n"
        "#META# المؤلف: الكاتب\n#META# cat: أدب\n#META# pdf: None\n#META# عام النشر: 1428\n#META# bkid: 7\n"
        "#META#Header#End#\n"
    )
    (document,) = read("# نص\n", name="0310Katib.Akhbar.Sham19Y0001234-ara1", header=header)
    found = {name: value for name, value in document.metadata.items() if "uri" not in name}
    assert found == {
        "collection": "Sham19Y", "language": "ara", "state": None, "death_year": 310, "title": "الأخبار",
        "author": "الكاتب", "subject": "أدب", "edition_year": "1428", "source_id": "7",
    }  # fmt: skip


def test_headers_in_json():
    header = (
        '######OpenITI#\n\n{\n    "BookURI": "x",\n    "BookCats": "history",\n    "BookTitle": "كتاب: أخبار",\n'
        '    "AuthorNam": "الكاتب",\n    "EditorNam": "None",\n    "BookID": 7\n}\n\n#META#Header#End#\n'
    )
    document, left_out = read("# نص\n", name="x", header=header)
    assert document.metadata == {"title": "كتاب: أخبار", "author": "الكاتب", "subject": "history", "source_id": "7"}
    assert left_out == LeftOut("lines of the header without a known name", 1, '"BookURI": "x",')


def test_a_file_of_another_name_has_no_uri():
    (document,) = read("# نص\n", name="كتاب.txt")
    assert document.metadata == {"title": "كتاب الأخبار"}


def test_yml_files_are_columns(tmp_path):
    folder = tmp_path / "0310Katib" / "0310Katib.Akhbar"
    folder.mkdir(parents=True)
    (folder / NAME).write_text(HEADER + "# نص\n", encoding="utf-8")
    (folder / f"{NAME.removesuffix('.mARkdown')}.yml").write_text(
        "00#VERS#URI######: 0310Katib\n00#VERS#LENGTH###: 1\n80#VERS#BASED####: permalink, permalink\n"
        "90#VERS#COMMENT##: first\n    second: line\n90#VERS#ISSUES###: , PRIMARY_VERSION\n", encoding="utf-8",
    )  # fmt: skip
    (folder / "0310Katib.Akhbar.yml").write_text("10#BOOK#GENRES###: src@adab\n20#BOOK#WROTE####: BAGHDAD_1\n")
    (folder.parent / "0310Katib.yml").write_text("30#AUTH#DIED###AH: 310-SHC-01\n10#AUTH#ISM####AR: Fulān\n")
    (document,) = openiti()(File(NAME, folder / NAME))
    found = {name: value for name, value in document.metadata.items() if name.startswith(("version_", "book_"))}
    assert found == {
        "book_uri": "0310Katib.Akhbar",
        "version_words": 1, "version_comment": "first second: line", "version_issues": "PRIMARY_VERSION",
        "book_genres": "src@adab", "book_wrote_place": "BAGHDAD_1",
    }  # fmt: skip
    assert document.metadata["author_died_ah"] == "310-SHC-01"
    assert "author_ism" not in document.metadata


def test_a_header_without_an_end():
    document = read("# نص\n~~آخر\n", header="######OpenITI#\n#META# 020.BookTITLE\t:: كتاب\n\n")[0]
    assert (document.text, document.metadata["title"]) == ("نص آخر", "كتاب")


def test_line_ends_and_marks_of_other_systems():
    data = b"\xef\xbb\xbf" + (HEADER + "# أول\n~~ثان\n").replace("\n", "\r\n").encode()
    assert is_openiti(data)
    assert next(openiti()(File(NAME, data=data))).text == "أول ثان"


@pytest.mark.parametrize(("data", "reason"), [(b"# x\n", "does not begin with"), (HEADER.encode(), "no text")])
def test_what_is_no_book_is_refused(data, reason):
    assert is_openiti(data) == (reason == "no text")
    with pytest.raises(ValueError, match=reason):
        list(openiti()(File(NAME, data=data)))


@pytest.mark.parametrize("divisions", [0, 10, "1", True])
def test_bad_divisions(divisions):
    with pytest.raises(InputError, match="divisions"):
        openiti(divisions=divisions)


WORD = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1, max_size=7)
MARK = st.sampled_from(["", "ms012", "PageV02P010", "@P02", "@T11", "@YD303", "@QB@", "|", "(@)"])
PREFIX = st.sampled_from(
    ["# ", "~~", "### | ", "### ||| ", "### $BIO_MAN$ ", "# $RWY$ ", "### |EDITOR|\n# ", "", "#~:x:\n# "]
)
JOIN = st.sampled_from([" ", " %~% ", " @MATN@ "])


@settings(max_examples=examples(200))
@given(
    st.lists(st.tuples(PREFIX, st.lists(st.tuples(WORD, MARK, JOIN), min_size=1, max_size=6)), min_size=1, max_size=8)
)
def test_the_words_out_are_the_words_in(blocks):
    lines = [prefix + "".join(f"{word} {mark}{join}" for word, mark, join in words) for prefix, words in blocks]
    document = book("\n".join(lines))
    assert document.text.split() == [word for _, words in blocks for word, _, _ in words]
    for span in document.spans:
        assert 0 <= span.start < span.end <= len(document.text)
        assert document.text[span.start : span.end] == document.text[span.start : span.end].strip()
    parts = [each for each in read("\n".join(lines), divisions=3) if isinstance(each, Document)]
    assert [word for each in parts for word in each.text.split()] == document.text.split()


def real_books() -> list[Path]:
    folder = Path(os.environ["CORPUS_KIT_OPENITI"]) if "CORPUS_KIT_OPENITI" in os.environ else None
    if folder is None and (shared := shared_folder()):
        folder = shared / "data" / "formats" / "openiti"
    files = sorted(folder.rglob("*")) if folder and folder.is_dir() else []
    return [path for path in files if path.is_file() and is_openiti(path.read_bytes()[:64])]


def test_no_markup_in_the_vocabulary_of_real_books():
    """CORPUS_KIT_OPENITI names a folder of more of them."""
    books = real_books()
    if not books:
        pytest.skip("the folder of real books is absent (set CORPUS_KIT_SHARED or CORPUS_KIT_OPENITI)")
    for path in books:
        document = next(openiti()(File(path.name, path)))
        found = {token for token in ck.tokenize(document.text) if REMNANT.search(str(token))}
        assert not found, f"{path.name}: {sorted(map(str, found))[:10]}"
        assert document.metadata.get("uri"), path.name
