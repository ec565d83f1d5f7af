"""Texts in the explorer, in a real browser: their table, the reading view, the way back, the plot, spellings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl
import pytest
from browser import jupyterlab as lab
from browser.explorer_page import RENDER, Show, showing

import corpus_kit as ck
from corpus_kit.explore.page_files import page_script

pytest.importorskip("anywidget", reason="anywidget is not installed")

pytestmark = pytest.mark.slow

CORPUS = ck.sample_corpus()
MARKUP = "<img src=x onerror=document.title='broken'>"
LONG = "\n\n".join(
    f"فقرة {number} " + "كلمة أخرى " * 40 + ("هدف." if number % 7 == 0 else ".") for number in range(900)
)
TEXTS = [f"أعلن {MARKUP} المجلس.\n\nThe council in Reuters said المجلس\u202e so.", LONG, f"المجلس {MARKUP}\x07 هدف"]


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    with showing(browser) as shown:
        yield shown


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"id": [MARKUP, "long", "c"], "text": TEXTS, "paper": [MARKUP, "صحيفة", None]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("texts") / "c", id="id", progress=False) as built:
        yield built


explore = partial(ck.explore, language="ar", codes=())


def button(page: Any, name: str) -> Any:
    return page.locator(".ck-reading button", has_text=name)


def mark_is_seen(page: Any) -> bool:
    """Return whether the hit that is pointed to is inside what its scroller shows."""
    seen: bool = page.evaluate("""() => {
      const mark = document.querySelector('.ck-pointed-to').getBoundingClientRect();
      const view = document.querySelector('.ck-pages').getBoundingClientRect();
      return mark.top >= view.top && mark.bottom <= view.bottom && mark.height > 0;
    }""")
    return seen


def overflow(page: Any) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("width", [1200, 360])
def test_a_row_opens_its_text_and_back_is_where_one_was(show: Show, width: int) -> None:
    page = show(explore(CORPUS, "هدنة", tab="texts"), width=width)
    page.locator(".ck-rows .ck-row bdi").first.wait_for()
    assert page.locator(".ck-back").get_attribute("aria-disabled") == "true"
    page.evaluate("document.querySelector('.ck-grid').scrollTop = 3200")
    row = page.locator('.ck-row[aria-rowindex="105"]')
    row.locator("bdi").first.wait_for()
    name = row.locator("bdi").first.inner_text()
    before = page.evaluate("document.querySelector('.ck-grid').scrollTop")
    row.click()
    page.locator(".ck-paper p").first.wait_for()
    assert page.locator(".ck-title").inner_text() == name
    assert page.locator(".ck-paper p").first.get_attribute("dir") == "rtl"
    assert overflow(page) == 0
    lab.picture(page, f"reading-{width}")
    button(page, "النص التالي").click()
    page.wait_for_function("name => document.querySelector('.ck-title').textContent !== name", arg=name)
    size = page.evaluate("getComputedStyle(document.querySelector('.ck-paper p:not(.ck-headline)')).fontSize")
    button(page, "A+").click()
    assert page.evaluate("getComputedStyle(document.querySelector('.ck-paper p:not(.ck-headline)')).fontSize") > size
    assert page.evaluate("document.querySelector('.ck-paper').clientWidth") <= 46 * 22
    page.keyboard.press("Escape")
    page.locator(".ck-grid").wait_for()
    assert page.evaluate("document.querySelector('.ck-grid').scrollTop") == before
    assert page.evaluate("document.activeElement.className") == "ck-grid"
    assert page.locator(".ck-back").get_attribute("aria-disabled") == "true"


def test_from_a_line_to_its_text_and_to_its_line_again(show: Show) -> None:
    page = show(explore(CORPUS, "في", sort="after1", page_size=10), scheme="dark")
    page.locator(".ck-open").nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    page.locator(".ck-pointed-to").wait_for()
    assert mark_is_seen(page)
    assert page.evaluate("document.activeElement.className") == "ck-pages"
    lab.picture(page, "reading-line-dark")
    reference = page.evaluate("window.model.get('_page').lines[1]")
    page.evaluate("document.addEventListener('copy', (event) => { window.copied = event.target.value; })")
    button(page, "نسخ المرجع").click()
    assert page.evaluate("window.copied") == f"{reference['id']}:{reference['position']}"
    first = page.locator(".ck-pointed-to").get_attribute("data-hit")
    page.locator(".ck-pages").focus()
    page.keyboard.press("n" if button(page, "النتيجة التالية").get_attribute("aria-disabled") == "false" else "p")
    other = page.locator(".ck-pointed-to").get_attribute("data-hit")
    assert abs(int(other) - int(first)) == 1
    assert mark_is_seen(page)
    button(page, "أسطره في الكشاف").click()
    page.wait_for_function("document.activeElement.classList.contains('ck-open')")
    line = page.evaluate("document.activeElement.closest('tr').querySelector('.ck-reference').title")
    assert f"id: {reference['id']}" in line
    assert f"position: {reference['position']}\n" not in line
    page.locator(".ck-back").click()
    page.locator(".ck-pointed-to").wait_for()
    assert page.locator(".ck-pointed-to").get_attribute("data-hit") == other
    page.locator(".ck-back").click()
    page.locator(".ck-lines").wait_for()
    page.locator(".ck-line .ck-read").first.click()
    page.locator(".ck-paper p").first.wait_for()


def test_a_long_text_comes_in_windows(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "هدف", tab="texts"))
    page.locator(".ck-rows .ck-row bdi").first.wait_for()
    page.locator(".ck-rows .ck-row").nth(1).click()
    page.locator(".ck-paper p").first.wait_for()
    length = "document.querySelector('.ck-paper').textContent.length"
    assert page.evaluate(length) <= 20_000
    for _ in range(6):
        last = page.locator(".ck-paper p").last.inner_text()
        page.evaluate(
            "(() => { const pages = document.querySelector('.ck-pages'); pages.scrollTop = pages.scrollHeight; })()"
        )
        page.wait_for_function(
            "last => [...document.querySelectorAll('.ck-paper p')].at(-1).textContent !== last", arg=last
        )
    assert page.evaluate(length) <= 60_000
    assert page.locator(".ck-paper p").first.inner_text() != "فقرة 0"
    top = """(() => {
      const above = document.querySelector('.ck-pages').getBoundingClientRect().top + 5;
      const seen = [...document.querySelectorAll('.ck-paper p')].find((p) => p.getBoundingClientRect().bottom > above);
      return seen.textContent;
    })()"""
    page.evaluate("window.holding = true")
    page.evaluate("document.querySelector('.ck-pages').scrollTop = 260")
    page.wait_for_function("window.held.length === 1")
    seen, first = page.evaluate(top), page.locator(".ck-paper p").first.inner_text()
    page.evaluate("window.holding = false; window.release(0)")
    page.wait_for_function("first => document.querySelector('.ck-paper p').textContent !== first", arg=first)
    assert page.evaluate(top) == seen, "the text does not jump when more is put above it"
    page.locator(".ck-pages").focus()
    page.keyboard.press("n")
    page.locator(".ck-pointed-to").wait_for()
    assert page.locator(".ck-pointed-to").get_attribute("data-hit") == "0"
    for _ in range(3):
        page.keyboard.press("n")
    page.locator('.ck-pointed-to[data-hit="3"]').wait_for()
    assert mark_is_seen(page)


def test_a_page_that_is_drawn_again_has_its_text(show: Show) -> None:
    page = show(explore(CORPUS, "هدنة", tab="texts"))
    page.locator(".ck-rows .ck-row bdi").first.wait_for()
    page.locator(".ck-rows .ck-row").nth(2).click()
    page.locator(".ck-paper p").first.wait_for()
    title = page.locator(".ck-title").inner_text()
    page.evaluate("window.end(); document.getElementById('host').replaceChildren()")
    page.evaluate(RENDER, page_script())
    page.locator(".ck-title", has_text=title).wait_for()
    page.keyboard.press("Escape")
    page.locator(".ck-rows .ck-row bdi").first.wait_for()
    page.locator(".ck-rows .ck-row").nth(2).click()
    page.locator(".ck-title", has_text=title).wait_for()


def test_nothing_becomes_markup(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "المجلس", tab="texts"), width=360)
    page.locator(".ck-rows .ck-row bdi").first.wait_for()
    page.locator(".ck-rows .ck-row").first.click()
    page.locator(".ck-paper p").first.wait_for()
    assert page.locator(".ck-title").inner_text() == MARKUP
    assert MARKUP in page.locator(".ck-data").inner_text()
    assert [each.get_attribute("dir") for each in page.locator(".ck-paper p").all()] == ["rtl", "rtl"]
    assert page.locator(".ck-paper mark").all_inner_texts() == ["المجلس", "المجلس"]
    assert overflow(page) == 0
    page.get_by_role("tab", name="الكشاف السياقي").click()
    page.fill(".ck-box", "أعلن []{1,9} المجلس")
    page.locator(".ck-line .ck-node", has_text="img").wait_for()
    page.locator("button", has_text="مواضع الورود").click()
    page.locator("button", has_text="صور الرسم").click()
    page.locator(".ck-strip i").first.wait_for()
    page.locator(".ck-variants button", has_text="img").wait_for()
    assert page.locator("img").count() == 0
    assert overflow(page) == 0
    lab.picture(page, "reading-markup-360")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_plot_leads_to_lines(show: Show, language: str) -> None:
    explorer = ck.explore(CORPUS, "في", language=language, codes=(), page_size=10)
    page = show(explorer)
    page.locator("button", has_text="مواضع الورود" if language == "ar" else "Plot").click()
    strip = page.locator(".ck-strip").nth(2)
    strip.wait_for()
    ticks = strip.locator("i")
    first, last = ticks.first.bounding_box(), ticks.last.bounding_box()
    assert (first["x"] > last["x"]) == (language == "ar"), "a text begins where its script begins"
    box = strip.bounding_box()
    page.mouse.click(last["x"], box["y"] + 8)
    page.wait_for_function("document.activeElement.classList.contains('ck-open')")
    name = page.locator(".ck-strip-row").nth(2).locator(".ck-read").inner_text()
    details = page.evaluate("document.activeElement.closest('tr').querySelector('.ck-reference').title")
    frame = explorer.concordance.frame.filter(id=name)
    assert f"id: {name}" in details
    assert f"position: {frame['position'].max()}" in details
    strip.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft" if language == "ar" else "ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.classList.contains('ck-open')")
    details = page.evaluate("document.activeElement.closest('tr').querySelector('.ck-reference').title")
    assert f"position: {frame['position'].sort()[1]}" in details
    lab.picture(page, f"plot-{language}")
    nameless = page.evaluate("""() => [...document.querySelectorAll('button, input, select')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert nameless == []


def test_spellings_and_samples_choose_lines(show: Show) -> None:
    explorer = explore(CORPUS, "قال*")
    page = show(explorer)
    page.locator("button", has_text="صور الرسم").click()
    page.locator(".ck-variants button", has_text="قالت").first.click()
    page.locator(".ck-under .ck-status", has_text="قالت").wait_for()
    assert set(page.locator(".ck-line .ck-node").all_inner_texts()) == {"قالت"}
    assert page.locator('.ck-variants button[aria-pressed="true"]').all_inner_texts()[0].startswith("قالت")
    page.fill(".ck-box", "في")
    page.locator(".ck-variants button[aria-pressed=true]", has_text="كل الصور").wait_for()
    page.locator('input[aria-label^="عدد الأسطر العشوائية"]').fill("5")
    page.wait_for_function("document.querySelectorAll('.ck-line').length === 5")
    assert explorer.concordance.frame.equals(ck.kwic(CORPUS, "في", sample=5).frame)
