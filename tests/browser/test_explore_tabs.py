"""The tabs of the explorer in a real browser: typing, sorting, lines and back, keys, widths, and no markup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest
from browser.explorer_page import Show, showing

import corpus_kit as ck
from corpus_kit.explore.words import words_of_the_page

pytest.importorskip("anywidget", reason="anywidget is not installed")

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=document.title='broken'>"
TABS = ("ngrams", "collocates", "keywords", "trends", "names")
PANE = "[role=tabpanel]:not([hidden]) "


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Return a function that shows an explorer on a blank page and answers its messages."""
    with showing(browser) as shown:
        yield shown


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """A corpus whose words and metadata are markup."""
    text = f"{MARKUP} قال المدير إن «{MARKUP} كلمة <b>» في الأردن {MARKUP}"
    days = [date(2026, 1, 5), date(2026, 2, 5)]
    columns = {"text": [f"{text} مرحبا", text] * 4, "date": days * 4, MARKUP: [MARKUP, "<script>"] * 4}
    folder = tmp_path_factory.mktemp("corpus") / "corpus"
    with ck.Corpus.build(pl.DataFrame(columns), folder, progress=False) as built:
        yield built


def open_tab(page: Any, name: str) -> None:
    page.click(f'[role=tab][aria-controls$="-{name}"]')


def fill(page: Any, name: str, pattern: str = "السهل") -> None:
    """Enter what a tab needs to show a table."""
    if name in ("collocates", "trends"):
        page.fill(f"{PANE}[data-name={'pattern' if name == 'collocates' else 'patterns'}]", pattern)
    elif name == "keywords":
        page.select_option(f"{PANE}[data-name=by]", index=1)
    elif name == "names":
        page.click(f"{PANE}.ck-run")
    rows(page).first.wait_for()


def rows(page: Any) -> Any:
    return page.locator(f"{PANE}.ck-rows .ck-row:not([aria-busy]) bdi")


def code(page: Any) -> str:
    text: str = page.locator(f"{PANE}.ck-code-line").inner_text()
    return text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_tab_opens_types_sorts_and_shows_lines(show: Show, language: str) -> None:
    say = words_of_the_page(language)
    page = show(ck.explore(ck.sample_corpus(), language=language, tab="words", codes=()))
    for name in TABS:
        open_tab(page, name)
        fill(page, name)
        if name != "trends":
            page.fill(f"{PANE}.ck-find", "ال")
            page.locator(f"{PANE}.ck-code-line", has_text="contains").wait_for()
        page.locator(f"{PANE}.ck-heads .ck-number button").first.click()
        page.locator(f"{PANE}[aria-sort=descending]").wait_for()
        assert ".sort(" in code(page)
        more = page.locator(f"{PANE}.ck-more")
        if more.is_visible():
            before = page.locator(f"{PANE}.ck-heads [role=columnheader]").count()
            more.click()
            assert page.locator(f"{PANE}.ck-heads [role=columnheader]").count() > before
            more.click()
        page.locator(f"{PANE}.ck-rows .ck-row").first.click()
        page.locator(".ck-line").first.wait_for()
        assert page.get_by_role("tab", selected=True).inner_text() == say["tab_concordance"]
        open_tab(page, name)
        assert rows(page).count() > 0  # it is as it was left


def test_documents_of_the_target_and_of_the_reference(show: Show) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="ar", tab="keywords", codes=()))
    say = words_of_the_page("ar")
    page.get_by_text(say["missing_keywords"]).wait_for()
    page.click(".ck-top .ck-selection-button")
    page.get_by_label("المرقاب").check()
    rows(page).first.wait_for()
    page.click(".ck-top .ck-selection-button")
    assert "corpus.others(" in code(page)
    reference = page.locator(f"{PANE}.ck-bar .ck-selection-button")
    assert not reference.is_visible()
    page.select_option(f"{PANE}[data-name=against]", "chosen")
    reference.click()
    page.locator(f"{PANE}.ck-selection").get_by_label("العنقود").check()
    page.locator(f"{PANE}.ck-code-line", has_text="العنقود").wait_for()
    assert "31" in reference.inner_text()
    page.select_option(f"{PANE}[data-name=by]", "outlet")
    assert not reference.is_visible()
    assert not page.locator(f"{PANE}.ck-selection").is_visible()


def test_no_word_becomes_markup(show: Show, hostile: ck.Corpus) -> None:
    page = show(ck.explore(hostile, language="ar", tab="words", codes=()))
    for name in TABS:
        open_tab(page, name)
        fill(page, name, "كلمة")
        if name == "trends":
            page.select_option(f"{PANE}[data-name=by]", MARKUP)
            page.locator(f"{PANE}.ck-code-line", has_text=MARKUP).wait_for()
        if page.locator(f"{PANE}.ck-more").is_visible():
            page.locator(f"{PANE}.ck-more").click()
    page.select_option(f"{PANE}[data-name=table]", "quotations")
    page.click(f"{PANE}.ck-run")
    rows(page).first.wait_for()
    page.wait_for_timeout(100)
    assert page.locator(".ck-explorer :is(img, script)").count() == 0


def test_with_the_keyboard_alone(show: Show) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="ar", tab="words", codes=()))
    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowLeft")  # the next tab of a page from right to left
    rows(page).first.wait_for()
    page.locator(f"{PANE}[data-name=with_word]").focus()
    page.keyboard.type("السهل")
    page.locator(f"{PANE}.ck-code-line", has_text="السهل").wait_for()
    page.locator(f"{PANE}.ck-find").focus()
    page.keyboard.press("ArrowDown")  # into the table
    page.keyboard.press("ArrowDown")
    page.locator(f"{PANE}.ck-row.ck-active").wait_for()
    page.keyboard.press("Enter")
    page.locator(".ck-line").first.wait_for()
    assert page.get_by_role("tab", selected=True).inner_text() == words_of_the_page("ar")["tab_concordance"]


def test_nothing_is_wider_than_the_page(show: Show) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="ar", tab="words", codes=()), width=360)
    for name in TABS:
        open_tab(page, name)
        fill(page, name)
        for width in (360, 800, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(50)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            grid = page.locator(f"{PANE}.ck-grid")
            assert grid.evaluate("(grid) => grid.scrollWidth - grid.clientWidth") <= (0 if width == 360 else 200)
            numbers = page.locator(f"{PANE}.ck-rows .ck-number")
            assert not any(numbers.evaluate_all("(all) => all.map((cell) => cell.scrollWidth > cell.clientWidth)"))


LATE = """() => {
  window.moved = [];
  const nameOf = ({ node, previousRect, currentRect }) =>
    `${node.className ?? node.data} ${previousRect.y} > ${currentRect.y}`;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) window.moved.push(...sources.filter(({ node }) => node !== null).map(nameOf));
  }).observe({ type: "layout-shift" });
}"""
RELEASE = """async () => {
  for (let quiet = 0; quiet < 6; quiet += 1) {
    for (; window.held.length > 0; quiet = 0) window.release(0);
    await new Promise((done) => setTimeout(done, 25));
  }
}"""


def test_nothing_moves_when_an_answer_is_late(show: Show) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="ar", tab="words", codes=()), width=360)
    rows(page).first.wait_for()
    page.evaluate(LATE)

    def late(name: str) -> None:
        """Let answers come when what the reader did counts no more."""
        page.wait_for_timeout(550)
        page.evaluate(RELEASE)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("window.moved.splice(0)") == [], name

    page.evaluate("window.holding = true")
    page.locator(f"{PANE}.ck-find").press_sequentially("سهل")
    late("a find")
    page.locator(f"{PANE}.ck-chart-choice select").press("ArrowDown")
    late("a chart")
    page.locator(f"{PANE}.ck-chart-choice select").press("Home")
    page.locator(f"{PANE}.ck-rows .ck-row").first.click()
    late("lines")
    page.locator(".ck-line .ck-open").nth(1).click()
    late("a context")
    for beside in (0, 1):
        page.locator(f"{PANE}.ck-bar > button[aria-pressed]").nth(beside).click()
    late("the plot and the spellings")
    page.locator(f"{PANE}.ck-box").press_sequentially(" [lemma=")
    late("an error")
    page.click(".ck-top .ck-selection-button")
    late("values")
    page.locator(".ck-selection:not([hidden]) .ck-values input").first.click()
    late("other documents")
    page.click(".ck-session-button")
    late("the session")
