"""PDF files: the order of letters, paragraphs, pages, and files that are damaged or ask for too much."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pdf_writer import Line, pdf, stream

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Skipped
from corpus_kit.readers.limits import Limits
from corpus_kit.readers.pdf import read_pdf
from corpus_kit.readers.pdf_order import letters, logical, mirrored

# Each as it is read, and its glyphs from left to right as a page shows it; of brackets the shapes.
SEEN = {
    "قال الوزير إن الأسعار ارتفعت 15.5% خلال عام 2024.": ".2024 ماع لالخ %15.5 تعفترا راعسألا نإ ريزولا لاق",
    "وتعمل شركة Microsoft Corp مع OpenAI في (GPT-4) هنا.": ".انه (GPT-4) يف OpenAI عم Microsoft Corp ةكرش لمعتو",
    "في الصفحة ١٢ من ٣٬٥٠٠ صفحة، «نعم» قال": "لاق «معن» ،ةحفص ٣٬٥٠٠ نم ١٢ ةحفصلا يف",
    "يوم 2024-05-03 الساعة 10:30": "10:30 ةعاسلا 03-05-2024 موي",
    "شبكة 4G وطائرة Boeing 737 في f(x)": "f(x) يف Boeing 737 ةرئاطو 4G ةكبش",
    "سعره 15$": "$15 هرعس",
    "والحد الأدنى 15.13 (p < 0.0001).": ".(p < 0.0001) 15.13 ىندألا دحلاو",
    "Microsoft Word 2024.": "Microsoft Word 2024.",
}


def read(data: bytes, **limits: Any) -> list[Event]:
    return list(read_pdf(File("folder/report.pdf", data=data, limits=Limits.of(limits))))


def document(data: bytes) -> Document:
    event = read(data)[0]
    assert isinstance(event, Document)
    return event


@pytest.mark.parametrize("text", SEEN)
def test_a_line_is_read_as_it_is_seen(text: str) -> None:
    line = logical(list(SEEN[text]))
    if text.startswith("سعره"):  # a sign before a number, between which and one after it the page does not tell
        assert line == "سعره 15$"
    else:
        assert mirrored(line, True) == text


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("12.5% 361,366", "361,366 12.5%"),  # cells
        ("٪٤٠ ١٢٠", "١٢٠ ٤٠٪"),
        (".org/ar?id=12", "org/ar?id=12."),  # the end of a sentence
        ("Smith, 2019.", "Smith, 2019."),
        ("Al-Sulaiti & :رظنا", "انظر: Al-Sulaiti &"),  # a name that goes on in the next line
        ("Smith, :رظنا", "انظر: Smith,"),
    ],
)
def test_lines_that_bear_little_arabic(seen: str, read: str) -> None:
    assert mirrored(logical(list(seen)), True) == read


def test_marks_of_a_ligature_are_those_of_its_lam() -> None:
    assert letters("\ufefb\u064e") == "ل\u064eا"
    assert letters("لا\u064b") == "لا\u064b"  # of alef
    assert document(pdf([Line(["م", "لا\u064e", "\0", "س"], x=60)])).text == "سل\u064eام"  # fpdf states it so


def test_letters_that_are_stated_for_their_mark() -> None:
    """WeasyPrint states letter and mark for any glyph of the mark."""
    assert document(pdf([Line(["ب", "ح", "أ\u064f", "ص"])])).text == "ص\u064fحب"


def test_arabic_in_a_line_from_left_to_right() -> None:
    assert logical(list("The word ةسردملا يف ends"), False) == "The word في المدرسة ends"


def test_text_comes_out_as_it_went_in() -> None:
    lines = [Line(SEEN[text], y=700 - 40 * number) for number, text in enumerate(SEEN)]
    found = document(pdf(lines, title="تقرير"))
    assert found.text.split("\n") == list(SEEN)
    assert found.metadata == {"title": "تقرير", "created": dt.date(2024, 3, 5), "pages": 1}


def test_brackets_whose_characters_are_stated() -> None:
    assert document(pdf([Line("انه )GPT-4( يف ةكرشلا")])).text == "الشركة في (GPT-4) هنا"


@pytest.mark.parametrize("ligature", ["لا", "\ufefb", "ال"])  # two letters, one form, two letters as they are seen
def test_lam_alef(ligature: str) -> None:
    assert document(pdf([Line([*"ةباتكلا يف ", ligature, *"و ", "مالس"])])).text == "مالس ولا في الكتابة"


def test_clusters() -> None:
    """The text of a word may be that of its last glyph, with a space that is seen on its left."""
    assert document(pdf([Line([*"report", "", "", "", "حبيبي "])])).text == "report حبيبي"
    assert document(pdf([Line([*"word", "", "", "", "كتاب ", "", "", "هذا "])])).text == "هذا كتاب word"
    assert logical(["حبيبي x", *"yz", "", "حبيبي "]) == "حبيبي حبيبي xyz"  # stated for the wrong glyph


def test_marks_follow_their_letters() -> None:
    # as shaped text is stored: each mark before its letter, of two the outer one first
    glyphs = ["\u0650", "ت", "\u0652", "ي", "\u064e", "ب", "ل", "ا", " ", "\u064e", "\u0651", "م", "\u064f", "ث"]
    assert document(pdf([Line(glyphs)])).text == "ث\u064fم\u0651\u064e الب\u064eي\u0652ت\u0650"


def test_marks_in_the_order_of_reading() -> None:
    glyphs = ["ث", "\u064f", "م", "\u0651", "\u064e"]
    assert document(pdf([Line(glyphs, x=200, backwards=True)])).text == "ث\u064fم\u0651\u064e"


def test_a_stated_text_replaces_glyphs() -> None:
    line = [Line("زب", x=50), Line("??", x=62, stated="خ"), Line("لا", x=74)]
    assert document(pdf(line)).text == "الخبز"


def test_a_letter_that_is_stated_for_another_one_is_not_taken() -> None:
    """Chromium sometimes states each letter for the glyph after it."""
    glyphs = zip(" باب", "با ب", strict=True)  # as seen, the first on the left
    line = [Line(shown, x=50 + 6 * place, stated=stated) for place, (shown, stated) in enumerate(glyphs)]
    assert document(pdf([*line, Line("مث", x=44 - 6)])).text == "باب ثم"


def test_glyphs_that_the_page_does_not_show_are_left_out() -> None:
    """Programs draw the next line, and cut it off at the margin."""
    clip = b"q 40 100 500 640 re W n\n"
    drawn = b"BT /F 12 Tf 50 700 Td (a) Tj 0 -610 Td (b) Tj ET Q BT /F 12 Tf 50 80 Td (c) Tj ET"
    events = read(pdf([], content=clip + drawn))
    assert isinstance(events[0], Document)
    assert events[0].text == "a\nc"
    assert events[1:] == [LeftOut("glyphs outside of what the page shows", 1, "page 1")]


def test_a_latin_word_that_goes_on_in_the_next_line() -> None:
    lines = [Line("X-" + "ا" * 40, y=700), Line("ا" * 40 + "19", y=684)]
    assert document(pdf(lines)).text == "ا" * 40 + "X-19" + "ا" * 40


def test_presentation_forms_become_letters_with_a_notice() -> None:
    events = read(pdf([Line("\ufeb0\ufe92\ufea8\ufedf\ufe8d")]))  # as seen: the last letter is on the left
    assert [event.text for event in events if isinstance(event, Document)] == ["الخبز"]
    assert events[1:] == [Notice("presentation forms, read as letters", 5, "page 1")]


def test_the_word_allah_in_one_glyph() -> None:
    assert document(pdf([Line("ﷲا دبع")])).text == "عبد الله"


REVERSED = "ذهب الولد إلى المدرسة في الصباح مع 15 طالبا"


@pytest.mark.parametrize("line", [Line(REVERSED), Line("ةلاقم", y=650)])
def test_reversed_text_is_mended_with_a_notice(line: Line) -> None:
    """A layer of recognised text, whose letters stand from left to right as they are read."""
    events = read(pdf([Line(REVERSED)]))
    assert [event.text for event in events if isinstance(event, Document)] == [REVERSED]
    assert events[1:] == [Notice("page with reversed text, put in order", 1, "page 1")]
    assert document(pdf([line], [Line(SEEN[next(iter(SEEN))])])).text.endswith(next(iter(SEEN)))


def test_a_page_that_is_wrong_in_both_orders_is_left_out() -> None:
    wrong = "حابصلا يف ةسردملا ىلإ دلولا بهذ"  # reversed as stored, and stored from right to left
    good = Line("ةسردملا يف ملعملا")
    events = read(pdf([good], [Line(wrong, x=400, backwards=True)]))
    assert [event.text for event in events if isinstance(event, Document)] == ["المعلم في المدرسة"]
    assert events[1:] == [LeftOut("page whose letters are out of order", 1, "page 2")]
    with pytest.raises(ValueError, match="no text whose letters are in order"):
        read(pdf([Line(wrong, x=400, backwards=True)]))


def test_words_that_are_placed_one_by_one() -> None:
    words = [Line("ةسردملا", x=50), Line("يف", x=104), Line("دلولا", x=128)]  # gaps of 12 points, without spaces
    assert document(pdf(words)).text == document(pdf(words[::-1])).text == "الولد في المدرسة"
    tight = [Line("ةسردملا", x=50), Line("يف", x=93.7), Line("دلولا", x=107.4)]  # 1.7 points, as TeX shrinks spaces
    assert document(pdf(tight)).text == "الولد في المدرسة"


def test_gaps_beside_spaces() -> None:
    """A line may have glyphs for some of its spaces: only those within names, with programs that justify by gaps."""
    words = [Line("ةسردملا", x=50), Line("يف", x=94.5), Line("بتكو أرق", x=109)]
    assert document(pdf(words)).text == "قرأ وكتب في المدرسة"


def test_a_word_that_is_drawn_out() -> None:
    """LibreOffice repeats a glyph for which it states no text."""
    drawn = pdf([Line([*"با", "\0", "\0", *"تك"])], producer="LibreOffice 25.2")
    events = read(drawn)
    assert [event.text for event in events if isinstance(event, Document)] == ["كتاب"]
    assert events[1:] == [Notice("glyphs for which the file states no text", 2, "page 1")]


def test_marks_of_notes_are_apart() -> None:
    raised = [Line(["2", "0", "2", "3"], x=60), Line("1", x=56, y=704, size=8), Line("ماع", x=90)]
    assert document(pdf(raised)).text == "عام 2023 1"


def test_a_page_whose_glyphs_have_no_characters_is_left_out() -> None:
    events = read(pdf([Line("لوألا")], [Line([*"ب", *"\0" * 9])]))
    assert [event.text for event in events if isinstance(event, Document)] == ["الأول"]
    assert events[1:] == [LeftOut("page most of whose characters the file does not say", 1, "page 2")]
    with pytest.raises(ValueError, match="glyphs and does not say of which characters"):
        read(pdf([Line([*"\0" * 9])]))


def test_columns_close_to_each_other() -> None:
    lines = [Line(10 * text, x=x, y=700 - 16 * row) for x, text in ((122, "ب"), (50, "ت")) for row in range(4)]
    assert document(pdf(lines)).text.split("\n") == [" ".join([10 * text] * 4) for text in "بت"]


def test_columns_are_read_one_after_the_other() -> None:
    columns = [(300, 700, "لوألا"), (300, 684, "يناثلا"), (50, 700, "ثلاثلا"), (50, 684, "عبارلا")]
    lines = [Line(text, x=x, y=y) for x, y, text in columns]
    assert document(pdf(lines)).text.split("\n") == ["الأول الثاني", "الثالث الرابع"]


def test_lines_become_paragraphs() -> None:
    full, short = "ا" * 50, "ب" * 20
    right = 500

    def line(text: str, y: float, indent: float = 0) -> Line:
        return Line(text, x=right - indent - 6 * len(text), y=y)

    lines = [
        line(full, 700, 20),  # indented, full
        line(full, 684),
        line(short, 668),  # the end of the first paragraph
        line(full, 652),
        line("." + full, 636),  # ends a sentence, and is full
        line(full, 620, 20),  # indented: a new paragraph
        line(short, 560),  # far below
    ]
    assert document(pdf(lines)).text.split("\n") == [
        f"{full} {full} {short}",
        f"{full} {full}.",
        full,
        short,
    ]


def test_pages_are_spans_with_their_labels() -> None:
    roman = "/PageLabels <</Nums [0 <</S /r>> 2 <</S /D /St 7>>]>>"
    pages = [[Line("لوألا")], [], [Line("ثلاثلا")]]
    events = read(pdf(*pages, labels=roman))
    found = events[0]
    assert isinstance(found, Document)
    assert found.text == "الأول\n\nالثالث"
    assert [(span.kind, span.value, found.text[span.start : span.end]) for span in found.spans] == [
        ("page", "i", "الأول"),
        ("page", "7", "الثالث"),
    ]
    assert found.metadata["pages"] == 3
    assert events[1:] == [LeftOut("page without text", 1, "page ii")]
    assert [span.value for span in document(pdf(*pages)).spans] == ["1", "3"]


def with_running(number: int, body: str, *, head: str = "ةنودملا", foot: str = "- {} -") -> list[Line]:
    return [
        Line(head.format(number), x=300, y=760),
        *(Line(part, x=400 - 6 * len(part), y=700 - 40 * row) for row, part in enumerate(body.split("/"))),
        Line(foot.format(number), x=300, y=40),
    ]


def test_running_headers_and_page_numbers_are_left_out() -> None:
    bodies = ["لوألا", "يناثلا", "ثلاثلا", "عبارلا"]
    pages = [with_running(number, body) for number, body in enumerate(bodies, 9)]
    events = read(pdf(*pages))
    assert isinstance(events[0], Document)
    assert events[0].text.split("\n\n") == [body[::-1] for body in bodies]
    assert events[1:] == [LeftOut("running header", 4, "page 1"), LeftOut("page number", 4, "page 1")]
    pages[1][0] = Line("خيراتلا", x=300, y=760)  # a title of a chapter stands there
    assert document(pdf(*pages)).text.split("\n\n")[1] == "التاريخ\nالثاني"


@pytest.mark.parametrize(
    "pages",
    [
        [with_running(number, "بتجح"[number], foot="page {}") for number in range(2)],
        [with_running(number, "بتجحخد"[number], head=("ىنميلا", "ىرسيلا")[number % 2]) for number in range(6)],
        [with_running(number, "بتجحخ"[number], foot="{}" if number else "iv") for number in range(5)],
    ],
)
def test_running_lines_of_two_pages_of_left_and_right_ones_and_with_roman_numbers(pages: list[list[Line]]) -> None:
    assert document(pdf(*pages)).text.split("\n\n") == [*"بتجحخد"[: len(pages)]]


@pytest.mark.parametrize(
    "pages",
    [
        [[Line(str(number))] for number in (400, 17, 52, 3)],  # numbers of a table
        [[Line("ةلئسأ")], [Line("لوألا")], [Line("يناثلا")], [Line("ةلئسأ")], [Line("ثلاثلا")], [Line("ةلئسأ")]],
        [[Line("لوألا")], [Line("لوألا", y=650)], [Line("لوألا", y=600)]],
        [[Line("لوألا")]],
        [[Line("لوألا")]] * 3,  # there is nothing else
    ],
)
def test_what_does_not_run_along_stays(pages: list[list[Line]]) -> None:
    events = read(pdf(*pages))
    assert len(document(pdf(*pages)).text.split("\n\n")) == len(pages)
    assert len(events) == 1


def test_a_paragraph_goes_on_with_the_next_page() -> None:
    full, next_full = "ب" * 40, "ت" * 40
    found = document(pdf(with_running(1, f"{full}/{full}"), with_running(2, f"{next_full}/لوألا")))
    assert found.text == f"{full}\n{full} {next_full}\nالأول"
    assert [found.text[span.start : span.end] for span in found.spans] == [f"{full}\n{full}", f"{next_full}\nالأول"]
    for first, second in (
        (f"{full}/.{full}", next_full),  # the end of a sentence
        (f"{full}/{full[:9]}", next_full),  # of a paragraph
        (full, next_full),  # a title
    ):
        assert "\n\n" in document(pdf(with_running(1, first), with_running(2, second))).text


IMAGE = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"


def test_a_scanned_file_has_no_text() -> None:
    image = stream(b"\0", IMAGE)
    with pytest.raises(ValueError, match="no text; scanned\\? 2 pages, 2 of them with images"):
        read(pdf([], [], image=True, objects=[image]))
    events = read(pdf([Line("لوألا")], [], image=True, objects=[image]))
    assert events[1:] == [LeftOut("page of images without text", 1, "page 2")]


def test_unknown_glyphs_are_counted() -> None:
    events = read(pdf([Line([*"باتك", "\0"])]))
    assert [event.text for event in events if isinstance(event, Document)] == ["\ufffdكتاب"]
    assert events[1:] == [Notice("glyphs whose character the file does not say (U+FFFD)", 1, "page 1")]


def test_a_file_on_disk_and_many_after_each_other(tmp_path: Path) -> None:
    for name, text in (("a.pdf", "لوألا"), ("b.pdf", "يناثلا")):
        (tmp_path / name).write_bytes(pdf([Line(text)]))
        event = next(iter(read_pdf(File(name, tmp_path / name))))  # the process is left at work
        assert isinstance(event, Document)
        assert event.text == text[::-1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a PDF file"),
        (b"nothing of the kind", "not a PDF file"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 10, "damaged"),
        (pdf([Line("لوألا")])[:300], "damaged"),
    ],
)
def test_damaged_files(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(data)


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([Line("لوألا")])))
    writer.encrypt(user_password=password, owner_password="other", algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def test_encrypted_files() -> None:
    assert document(encrypted("")).text == "الأول"
    with pytest.raises(ValueError, match="encrypted with a password"):
        read(encrypted("سر"))


def form(number: int, content: bytes) -> bytes:
    entries = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 10 10] /Resources <</Font <</F 3 0 R>> /XObject <</A %d 0 R>>>>"
    )
    return stream(content, entries % number)


def test_a_page_that_draws_too_much_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that draw forms multiply their glyphs."""
    monkeypatch.setattr("corpus_kit.readers.pdf_process.MOST_GLYPHS", 999)
    glyphs = b"BT /F 12 Tf " + b"<01> Tj " * 10 + b"ET"
    forms = [form(7, b"/A Do " * 10), form(8, b"/A Do " * 10), form(9, glyphs)]
    source = read_pdf(File("a.pdf", data=pdf([], objects=forms, content=b"/A Do")))
    problem = "ValueError: a page has more than 999 glyphs"
    assert next(source) == Skipped("unreadable page", "1", problem)
    with pytest.raises(ValueError, match=f"no page can be read .{problem}"):
        next(source)


def test_a_form_that_draws_itself() -> None:
    text = b"BT /F 12 Tf 50 700 Td (x) Tj ET /A Do"
    assert document(pdf([], objects=[form(6, text)], content=b"/A Do")).text == "x"


@pytest.mark.skipif(sys.platform == "win32", reason="the system cannot limit time")
def test_a_page_that_takes_too_long_ends_another_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_kit.readers.pdf_process.MOST_SECONDS", 1)
    with pytest.raises(ValueError, match="reading a page takes more than 1 seconds"):
        read(pdf([], content=b"[" * 3_000_000))
    assert document(pdf([Line("لوألا")])).text == "الأول"


@pytest.mark.skipif(sys.platform != "linux", reason="the system cannot limit memory")
def test_a_bomb_ends_another_process_only() -> None:
    with pytest.raises(ValueError, match="takes more than 64,000,000 bytes of memory"):
        read(pdf([], content=b" " * 80_000_000), decoding_bytes=64_000_000)
    assert document(pdf([Line("لوألا")])).text == "الأول"


def test_real_files(shared: Path) -> None:
    path = shared / "data/formats/pdf/habibi.pdf"
    if not path.exists():
        pytest.skip("the file is absent")
    events = list(read_pdf(File(path.name, path)))
    found = next(event for event in events if isinstance(event, Document))
    assert re.sub(r"[\u064b-\u0652]", "", found.text) == "حبيبي حبيبي habibi"  # the file states "حبيبي h" for an h
