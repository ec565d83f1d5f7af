"""Readers of HTML and MHTML: the article, its headline, date and encoding, and what is left out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trafilatura")

from corpus_kit.errors import InputError
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Skipped
from corpus_kit.readers.web_pages import LARGEST_PAGE, decode_page, html, mhtml

TITLE = "بلدية الرابية تفتتح سوق الخضار الجديد"
FIRST = "افتتحت بلدية الرابية، صباح الخميس، سوق الخضار الجديد قرب الجسر القديم، بعد أعمال استمرت عامين كاملين."
SECOND = "وقال رئيس البلدية إن السوق يضم مئة وعشرين محلا، وإن الإيجارات لن ترتفع قبل نهاية السنة المقبلة."
THIRD = "وأضاف أن موقف السيارات يتسع لثلاث مئة سيارة، وأن البلدية ستسير حافلات مجانية من الأحياء البعيدة."
COMMENT = "خبر جميل، ننتظر أن تصل الحافلات إلى حينا أيضا لأن الطريق طويلة والسيارات قليلة."


def page(body: str = "", head: str = "", title: str = TITLE) -> str:
    """Return a page with an article, as news sites have it."""
    return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} | جريدة المدى</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="جريدة المدى">
<link rel="canonical" href="https://mada.example/news/17"><meta name="description" content="سوق جديد في الرابية.">
{head}</head><body>
<nav><ul><li><a href="/">الرئيسية</a></li>
<li><a href="/sport">رياضة</a></li><li><a href="/eco">اقتصاد</a></li></ul></nav>
<article><h1>{title}</h1><p>{FIRST}</p><p>{SECOND}</p>{body}<p>{THIRD}</p></article>
<div class="related"><h3>اقرأ أيضا</h3><ul><li><a href="/1">أسعار الطماطم ترتفع</a></li></ul></div>
<footer>جميع الحقوق محفوظة</footer></body></html>"""


def read(text: str | bytes, reader: Reader | None = None, name: str = "page.html") -> list[Event]:
    """Read a page."""
    data = text if isinstance(text, bytes) else text.encode()
    return list((reader or html())(File(name, data=data)))


def document(events: list[Event]) -> Document:
    """Return the only document among events."""
    (found,) = (event for event in events if isinstance(event, Document))
    return found


def of(kind: Any, events: list[Event]) -> list[Any]:
    """Return the events of a kind."""
    return [event for event in events if isinstance(event, kind)]


def spans(found: Document) -> list[tuple[str, str]]:
    """Return the kinds and texts of the spans of a document."""
    return [(span.kind, found.text[span.start : span.end]) for span in found.spans]


def test_the_article_with_its_headline_once() -> None:
    events = read(page())
    found = document(events)
    assert found.text == "\n".join([TITLE, "", FIRST, SECOND, THIRD])
    assert found.headline == (0, len(TITLE))
    (left,) = of(LeftOut, events)
    menus = "الرئيسية رياضة اقتصاد اقرأ أيضا أسعار الطماطم ترتفع جميع الحقوق محفوظة"
    assert (left.kind, left.count) == ("words beside the article", len(menus.split()))


def test_the_headline_once_where_a_fallback_joins_it_with_the_text() -> None:
    body = f"<article><h1>{TITLE}</h1><p>{FIRST}</p><amp-ad>إعلان</amp-ad><p>{SECOND}</p></article>"
    found = document(read(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"))
    assert found.metadata["extractor"].endswith("(baseline)")
    assert found.text == f"{TITLE}\n\n{FIRST} إعلان {SECOND}"


def test_what_is_known_of_a_page() -> None:
    found = document(read(page(head='<meta property="article:published_time" content="2024-05-03T01:30:00+03:00">')))
    assert {name: found.metadata[name] for name in found.metadata if name != "extractor"} == {
        "title": TITLE,
        "date": date(2024, 5, 3),
        "date_guessed": False,
        "site": "جريدة المدى",
        "url": "https://mada.example/news/17",
        "language": "ar",
        "description": "سوق جديد في الرابية.",
    }
    assert found.metadata["extractor"].startswith("trafilatura ")
    assert found.metadata["extractor"].endswith(" balanced")


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2019-02-08T00:00:00Z"}</script>',
        '<meta itemprop="datePublished" content="2019-02-08">',
        '<meta name="DC.date.issued" content="2019-02-08">',
    ],
)
def test_a_date_that_the_page_states_is_no_guess(head: str) -> None:
    events = read(page('<span class="date">9 فبراير 2020</span>', head))
    assert document(events).metadata["date"] == date(2019, 2, 8)
    assert not of(Notice, events)


def test_a_date_of_rdfa_before_a_guess() -> None:
    body = '<span property="dc:date" content="2019-02-08T00:00:00+01:00">الجمعة</span><img src="/print-20190209.jpg">'
    assert document(read(page(body))).metadata["date"] == date(2019, 2, 8)


def test_a_guessed_date_is_told() -> None:
    events = read(page('<time class="published" datetime="2021-06-07">أمس</time>'))
    assert document(events).metadata["date"] == date(2021, 6, 7)
    assert document(events).metadata["date_guessed"] is True
    assert [(notice.kind, notice.detail) for notice in of(Notice, events)] == [
        ("date guessed from the page", "2021-06-07")
    ]


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ('<span class="post-date">الأحد ٥ آذار/مارس ٢٠٢٣ - ١٠:٣٠</span>', date(2023, 3, 5)),
        ("<time>نشر في: 7 جويلية 2021</time>", date(2021, 7, 7)),
        ('<div class="date">15 رمضان 1445</div>', None),
        ("<p>وقع الحادث في 5 مارس 2019.</p>", None),
    ],
)
def test_a_date_that_is_only_shown(shown: str, day: date | None) -> None:
    metadata = document(read(page(shown))).metadata
    assert (metadata["date"], metadata.get("date_guessed")) == (day, None if day is None else True)


def test_no_date_from_running_text_and_no_hijri_year() -> None:
    events = read(page("<p>وكان السوق القديم افتتح في 3/4/2007 وأغلق في 5 مايو 2015.</p>"))
    assert document(events).metadata["date"] is None
    hijri = read(page(head='<meta name="date" content="1445-10-24">'))
    assert document(hijri).metadata["date"] is None


def test_a_headline_that_the_body_lacks_or_shortens() -> None:
    lacking = page().replace(f"<h1>{TITLE}</h1>", "")
    assert document(read(lacking)).text == "\n".join([TITLE, "", FIRST, SECOND, THIRD])
    with_site = page().replace(f'<meta property="og:title" content="{TITLE}">', "")
    assert document(read(with_site)).text.startswith(f"{TITLE}\n\n{FIRST}")
    kicker = page().replace("<h1>", "<p>محليات الرابية اليوم</p><h1>")
    text = document(read(kicker)).text
    assert text.startswith(f"{TITLE}\n\n")
    assert text.count(TITLE) == 1


def test_letters_marks_and_joiners_are_kept() -> None:
    exact = "قـــال المُدَرِّسُ: «می\u200cخواهم»، ثم كتب ﷺ وﻻ و\u200fABC\u200e 12٫5 في ٣٠ دقيقة؛ وهذا نص طويل كاف."
    found = document(read(page(f"<p>{exact}</p><p>می&zwnj;روم إلى البيت &#8207;الآن مع الأصدقاء كلهم اليوم.</p>")))
    assert exact in found.text.split("\n")
    assert "می\u200cروم إلى البيت \u200fالآن مع الأصدقاء كلهم اليوم." in found.text.split("\n")


def test_tables_quotes_and_headings() -> None:
    table = "<table><tr><th>السنة</th><th>المحال</th></tr><tr><td><p>2023</p></td><td>80</td></tr></table>"
    body = f"<h2>أرقام السوق</h2>{table}<blockquote>لن ترتفع الإيجارات هذا العام أبدا.</blockquote>"
    found = document(read(page(body)))
    assert "السنة\tالمحال\n2023\t80" in found.text
    assert ("table", "السنة\tالمحال\n2023\t80") in spans(found)
    assert ("quote", "لن ترتفع الإيجارات هذا العام أبدا.") in spans(found)
    assert ("heading", "أرقام السوق") in spans(found)
    assert "2023" not in document(read(page(body), html(tables=False))).text


def test_comments_only_if_asked() -> None:
    comments = f'<div id="comments"><div class="comment"><p>{COMMENT}</p></div></div>'
    text = page().replace("<footer>", f"{comments}<footer>")
    without = read(text)
    assert COMMENT not in document(without).text
    found = document(read(text, html(comments=True)))
    assert spans(found)[-1] == ("comments", COMMENT)
    assert found.text.startswith(document(without).text)


def test_the_whole_page() -> None:
    events = read(page("<p>سطر<br>وآخر</p>"), html(whole=True))
    found = document(events)
    lines = found.text.split("\n")
    assert lines[:4] == ["الرئيسية", "رياضة", "اقتصاد", TITLE]
    assert lines[-1] == "جميع الحقوق محفوظة"
    assert {"سطر", "وآخر"} < set(lines)
    assert found.headline is None
    assert found.metadata["extractor"] == "whole page"
    assert not of(LeftOut, events)


def test_a_layout_in_tables_is_read_by_its_blocks() -> None:
    text = "<html><body><table><tr><td><p>أول</p><p>ثان</p></td><td>جانب</td></tr></table></body></html>"
    assert document(read(text, html(whole=True))).text == "أول\nثان\nجانب"


@pytest.mark.parametrize("whole", [False, True])
def test_unclosed_tags_lose_nothing(whole: bool) -> None:
    body = "<font>" * 400 + f"<p>{FIRST}</p><p>{SECOND}</p>"
    found = document(read(f"<html><body>{body}</body></html>", html(whole=whole)))
    assert found.text.endswith(f"{FIRST}\n{SECOND}")


def test_a_fallback_is_told() -> None:
    events = read(f"<html><body><div>{FIRST}</div></body></html>")
    found = document(events)
    (notice,) = of(Notice, events)
    assert notice.kind == "article found by a fallback of trafilatura"
    assert found.metadata["extractor"].endswith(f"balanced ({notice.detail})")


def test_a_page_without_an_article() -> None:
    (skipped,) = read("<html><head><title>خطأ</title></head><body><script>load()</script></body></html>")
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "page without an article"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no HTML"),
        (b"<html><body>" + b"<div>" * 5000, "nested too deeply"),
        (b"<html><body>" + b"<p>a" * 200_001, "more than 200,000 tags"),
        (b"<html><body>" + bytes(range(128, 256)) * 99, "unknown encoding"),
        (b" " * (LARGEST_PAGE + 1), "bytes, more than"),
    ],
)
def test_pages_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(data)


@pytest.mark.parametrize(
    ("declared", "encoding", "found"),
    [
        ("windows-1256", "cp1256", "cp1256"),  # as it says
        ("iso-8859-1", "cp1256", "cp1256"),  # wrong, as on old servers
        ("", "cp1256", "cp1256"),
        ("utf-8", "cp1256", "cp1256"),
        ("windows-1256", "utf-8", "utf-8"),  # wrong
        ("windows-1256", "utf-8-sig", "utf-8"),
        ("utf-8", "utf-16", "utf-16-le"),
        ("iso-8859-6", "iso8859-6", "iso8859-6"),
    ],
)
def test_encodings(declared: str, encoding: str, found: str) -> None:
    text = page().replace('charset="utf-8"', f'charset="{declared}"')
    data = text.encode(encoding)
    decoded, how, lost = decode_page(data)
    assert (decoded, how.name, lost) == (text, found, 0)
    file = File("page.html", data=data)
    assert FIRST in document(list(html()(file))).text
    assert file.encoding == how


def test_what_http_says_comes_before_what_the_page_says() -> None:
    data = page().replace('charset="utf-8"', 'charset="koi8-r"').encode("cp1256")
    assert FIRST in decode_page(data, "windows-1256")[0]


def test_a_damaged_byte_costs_a_character() -> None:
    data = page().encode().replace("كاملين".encode(), "كاملين".encode()[:-1])
    events = read(data)
    assert "كاملي\ufffd" in document(events).text
    assert [(notice.kind, notice.count) for notice in of(Notice, events)] == [
        ("characters that are none in the encoding of the page", 1)
    ]


def test_many_unclosed_scripts_take_no_time() -> None:
    decode_page(b"<script" * 20_000 + "كلام مهم جدا".encode("cp1256"))  # minutes if it were quadratic


def test_no_entities() -> None:
    text = page("<p>&e; &amp; بعد ذلك كتبوا &laquo;نعم&raquo; في الدفتر الكبير.</p>")
    text = text.replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]>')
    assert "root:" not in document(read(text)).text
    assert "& بعد ذلك كتبوا «نعم» في الدفتر الكبير." in document(read(text)).text


def test_the_log_of_trafilatura_stays_silent_and_as_it_was(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("trafilatura")
    before = (logger.level, logger.propagate, list(logger.handlers))
    with caplog.at_level(logging.DEBUG):
        read("<html><body></body></html>")
        read(page())
    assert not caplog.records
    assert "".join(capfd.readouterr()) == ""
    assert (logger.level, logger.propagate, logger.handlers) == before


@pytest.mark.parametrize("arguments", [{"whole": 1}, {"comments": "no"}, {"tables": None}, {"favor": "precise"}])
def test_arguments(arguments: dict[str, Any]) -> None:
    for reader in (html, mhtml):
        with pytest.raises(InputError, match=next(iter(arguments))):
            reader(**arguments)


def saved(text: str, encoding: str = "utf-8") -> MIMEMultipart:
    """Return a page as a browser saves it, a frame before it and an image behind it."""
    message = MIMEMultipart("related")
    message["Snapshot-Content-Location"] = "https://mada.example/news/17?from=home"
    message["Date"] = "Fri, 03 May 2024 01:30:00 +0300"
    for part, location in (
        (MIMEText("<html><body>إعلان</body></html>", "html", "utf-8"), "https://ads.example/"),
        (MIMEText(text, "html", encoding), "https://mada.example/news/17?from=home"),
        (MIMEImage(b"GIF89a", "gif"), "https://mada.example/a.gif"),
    ):
        part["Content-Location"] = location
        message.attach(part)
    return message


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_mhtml(encoding: str) -> None:
    events = read(saved(page(), encoding).as_bytes(), mhtml(), "page.mhtml")
    found = document(events)
    assert found.text == "\n".join([TITLE, "", FIRST, SECOND, THIRD])
    assert found.metadata["url"] == "https://mada.example/news/17?from=home"
    assert found.metadata["captured"] == datetime(2024, 5, 2, 22, 30)
    assert [(left.kind, left.count) for left in of(LeftOut, events)[1:]] == [("frame or style sheet", 1), ("image", 1)]


def test_mhtml_in_quoted_printable() -> None:
    body = page().encode("cp1256")
    quoted = "".join(f"={byte:02X}" for byte in body)
    lines = "=\n".join(quoted[at : at + 75] for at in range(0, len(quoted), 75))
    head = "Content-Type: text/html; charset=windows-1256\nContent-Transfer-Encoding: quoted-printable\n\n"
    assert document(read(head + lines, mhtml())).text.endswith(THIRD)


def test_what_is_no_mhtml() -> None:
    with pytest.raises(ValueError, match="no HTML part"):
        read(b"plain text", mhtml())


def real_pages(folder: Path) -> Iterator[Path]:
    """Yield the real pages."""
    yield from sorted((folder / "data" / "formats" / "html").glob("*.html"))


def test_real_pages(shared: Path) -> None:
    pages = list(real_pages(shared))
    if not pages:
        pytest.skip("the folder of real pages is absent")
    for path in pages:
        events = list(html()(File(path.name, path)))
        found = document(events)
        assert found.headline == (0, len(found.metadata["title"]))
        assert found.text.startswith(found.metadata["title"])
        assert found.text.count(found.metadata["title"]) == 1
        assert found.metadata["date"] == date(2019, 2, 8)
        assert len(found.text.split()) > 1_000
        assert of(LeftOut, events)[0].count > 100
        assert not of(Notice, events)


def test_names_of_readers() -> None:
    assert html().__name__ == "html()"  # type: ignore[attr-defined]
    assert mhtml(comments=True, favor="recall").__name__ == "mhtml(comments=True, favor='recall')"  # type: ignore[attr-defined]
