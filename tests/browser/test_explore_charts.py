"""Charts, word sketches and copies of the explorer in a real browser: marks, selections, files, two texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser.explorer_page import Show, showing

import corpus_kit as ck
from corpus_kit.display.isolation import isolate
from corpus_kit.explore.words import words_of_the_page

pytest.importorskip("anywidget", reason="anywidget is not installed")

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=document.title='broken'>"
PANE = "[role=tabpanel]:not([hidden]) "
STAGE = f"{PANE}.ck-c-stage"


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Return a function that shows an explorer on a blank page and answers its messages."""
    with showing(browser) as shown:
        yield shown


def open_tab(page: Any, name: str) -> None:
    page.click(f'[role=tab][aria-controls$="-{name}"]')


def rows(page: Any) -> Any:
    return page.locator(f"{PANE}.ck-rows .ck-row:not([aria-busy])")


def fill(page: Any, name: str) -> None:
    """Enter what a tab needs to show a table."""
    if name in ("collocates", "trends"):
        page.fill(f"{PANE}[data-name={'pattern' if name == 'collocates' else 'patterns'}]", "السهل")
    elif name == "keywords":
        page.select_option(f"{PANE}[data-name=by]", index=1)
    rows(page).first.wait_for()


def draw(page: Any, plot: str) -> None:
    page.select_option(f"{PANE}.ck-chart-choice select", plot)
    page.locator(f"{PANE}.ck-chart-code", has_text=f"ck.plot.{plot}(").wait_for()
    page.locator(f"{STAGE} svg path").first.wait_for(state="attached")


def expect_lines(page: Any) -> None:
    page.locator(".ck-line").first.wait_for()
    assert page.get_by_role("tab", selected=True).get_attribute("aria-controls").endswith("-concordance")


def test_every_chart_of_every_tab_opens_lines_and_selects(show: Show) -> None:
    explorer = ck.explore(ck.sample_corpus(), language="ar", tab="words", codes=())
    page = show(explorer)
    for tab in explorer._setup["tabs"]:
        if not tab["plots"]:
            continue
        open_tab(page, tab["name"])
        fill(page, tab["name"])
        for plot in tab["plots"]:
            draw(page, plot)
            stage = page.locator(STAGE)
            stage.focus()
            page.keyboard.press("Home")
            page.locator(f"{PANE}.ck-c-tip:visible").wait_for()
            ring = page.locator(f"{PANE}.ck-c-ring").bounding_box()
            place = (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
            page.mouse.move(*place)
            if plot == "collocation_network":  # a word lets the network grow, a link opens lines
                page.keyboard.press("End")
                page.keyboard.press("Enter")
            else:
                page.mouse.click(*place)
            expect_lines(page)
            open_tab(page, tab["name"])
            box = page.locator(STAGE).bounding_box()  # drag over all of it
            page.mouse.move(box["x"] + 1, box["y"] + 1)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] - 1, steps=3)
            page.mouse.up()
            page.locator(f"{PANE}.ck-chosen-words bdi").first.wait_for()
            page.keyboard.press("Escape")
            page.locator(f"{PANE}.ck-chosen-words bdi").first.wait_for(state="detached")


def test_what_is_selected_and_files(show: Show, tmp_path: Path) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="en", tab="words", codes=()))
    say = words_of_the_page("en")
    rows(page).first.wait_for()
    draw(page, "frequency")
    page.locator(STAGE).focus()
    for key in ("Home", "Space", "ArrowDown", "ArrowDown", "Space"):  # with the keyboard alone
        page.keyboard.press(key)
    assert page.locator(f"{PANE}.ck-chosen-words bdi").all_inner_texts() == [isolate("في"), isolate("أن")]
    page.get_by_role("button", name=say["chosen_lines"], exact=True).press("Enter")
    expect_lines(page)
    code = page.locator(f"{PANE}.ck-code-line").inner_text()
    assert code == "ck.lines(ck.frequency(corpus)[[0, 2]], corpus)"
    open_tab(page, "words")
    page.get_by_role("button", name=say["chosen_only"], exact=True).click()
    page.locator(f"{PANE}.ck-code-line", has_text='is_in(["في", "ان"])').wait_for()
    assert rows(page).count() == 2
    for kind, begins in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        with page.expect_download() as saved:
            page.click(f"{PANE}.ck-save-{kind}")
        assert saved.value.suggested_filename == f"frequency.{kind}"
        saved.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(begins)
    page.click(f"{PANE}.ck-only")
    page.locator(f"{PANE}.ck-only").wait_for(state="hidden")
    assert rows(page).count() > 10


def test_a_sketch_as_cards_the_thesaurus_and_what_words_share(show: Show) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="ar", tab="sketch", codes=()), width=360)
    page.fill(f"{PANE}[data-name=word]", "رئيس")
    page.fill(f"{PANE}[data-name=min_count]", "1")
    page.locator(".ck-card-row").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not page.locator(f"{PANE}.ck-grid").is_visible()
    page.locator(".ck-card-row").first.press("Enter")
    expect_lines(page)
    page.click(".ck-back")
    page.click(f"{PANE}.ck-side")
    rows(page).first.wait_for()
    page.select_option(f"{PANE}[data-name=table]", "thesaurus")
    page.fill(f"{PANE}[data-name=word]", "يوم")
    page.locator(f"{PANE}.ck-code-line", has_text="thesaurus").wait_for()
    page.click(f"{PANE}.ck-follow")
    page.locator(f"{PANE}.ck-code-line", has_text="ck.shared_collocates").wait_for()
    rows(page).first.click()
    expect_lines(page)


def test_lines_of_a_sketch_have_a_name_and_a_query_on_demand(show: Show) -> None:
    options: dict[str, Any] = {"language": "ar", "tab": "sketch", "codes": ()}
    page = show(ck.explore(ck.sample_corpus(), **options))
    box, status = page.locator(f"{PANE}.ck-box"), page.locator(f"{PANE}.ck-status")
    page.fill(f"{PANE}[data-name=word]", "رئيس")
    page.fill(f"{PANE}[data-name=min_count]", "1")
    page.locator(".ck-card-row").first.press("Enter")
    expect_lines(page)
    name, count = box.get_attribute("placeholder"), status.inner_text()
    assert name.startswith(isolate("رئيس"))
    page.locator(f"{PANE}select").first.select_option("after1")
    page.locator(f"{PANE}.ck-code-line", has_text="sort_by").wait_for()
    state = page.evaluate("(window.end(), window.model.get('_state'))")
    page.evaluate("document.getElementById('host').replaceChildren()")
    page.draw(ck.explore(ck.sample_corpus(), **options), state)  # whose Python does not know the lines
    page.locator(f"{PANE}.ck-code-line", has_text="sort_by").wait_for()
    assert (box.input_value(), box.get_attribute("placeholder"), status.inner_text()) == ("", name, count)
    page.locator(f"{PANE}.ck-query").press("Enter")
    page.locator(f"{PANE}.ck-code-line", has_text="ck.kwic").wait_for()
    assert len(box.input_value()) > 1_000
    assert status.inner_text() == count
    assert page.evaluate("document.activeElement.className").startswith("ck-box")
    box.fill("")
    page.locator(f"{PANE}.ck-code-line", has_text="ck.lines").wait_for()
    assert status.inner_text() == count


def test_what_is_pressed_and_goes_leaves_the_focus_where_it_is_of_use(show: Show) -> None:
    page = show(ck.explore(ck.sample_corpus(), language="en", tab="names", codes=()))

    def pressed(selector: str) -> str:
        page.locator(selector).press("Enter")
        page.wait_for_function("document.activeElement !== document.body")
        return str(page.evaluate("document.activeElement.className"))

    page.locator(f"{PANE}.ck-run").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.className === 'ck-grid'")
    page.click(".ck-selection-button")
    page.locator(".ck-values input").first.check()
    page.locator(".ck-top .ck-clear").wait_for(state="visible")
    assert pressed(".ck-top .ck-clear") == "ck-selection-button"
    open_tab(page, "words")
    rows(page).first.wait_for()
    draw(page, "zipf")
    page.locator(STAGE).focus()
    for key in ("End", "Space"):
        page.keyboard.press(key)
    tip = page.locator(f"{PANE}.ck-c-tip").inner_text()
    assert "at this place:" in tip
    assert words_of_the_page("en")["opens_all"] in tip
    assert pressed(f"{PANE}.ck-c-chosen button").startswith("ck-c-stage")


def test_copies_are_side_by_side_and_no_text_becomes_markup(show: Show, tmp_path: Path) -> None:
    text = f"{MARKUP} قال المدير إن «كلمة <b>» في الأردن " + " ".join(f"كلمة{number}" for number in range(40))
    columns = {"text": [f"{text} مرحبا", f"{text} {MARKUP} أهلا"], "date": [date(2026, 1, 5), date(2026, 2, 5)]}
    with ck.Corpus.build(
        pl.DataFrame({**columns, "id": [MARKUP, "<b>"]}), tmp_path / "c", id="id", progress=False
    ) as corpus:
        page = show(ck.explore(corpus, language="ar", tab="copies", codes=()), scheme="dark")
        page.click(f"{PANE}.ck-run")
        rows(page).first.click()
        page.locator(".ck-beside ins").first.wait_for()
        one, other = page.locator(".ck-beside > p").nth(0), page.locator(".ck-beside > p").nth(1)
        assert one.inner_text() == columns["text"][0]
        assert other.get_attribute("dir") == "rtl"
        struck = page.locator(".ck-beside del").first.evaluate("(it) => getComputedStyle(it).textDecoration")
        assert "line-through" in struck
        assert abs(one.bounding_box()["y"] - other.bounding_box()["y"]) < 2
        page.set_viewport_size({"width": 360, "height": 800})
        assert one.bounding_box()["y"] < other.bounding_box()["y"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.locator(".ck-beside-heads button").nth(1).click()
        page.locator(".ck-paper p", has_text="أهلا").wait_for()
        page.keyboard.press("Escape")
        page.locator(".ck-beside ins").first.wait_for()
        page.keyboard.press("Escape")
        assert rows(page).first.is_visible()
        assert page.locator(".ck-explorer :is(img, script)").count() == 0
