"""The coding tab in a real browser: by keyboard and mouse, in both languages, wide and narrow, with hostile words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.explorer_page import RENDER, Show, showing

import corpus_kit as ck
from corpus_kit.explore.page_files import page_script

pytest.importorskip("anywidget", reason="anywidget is not installed")

pytestmark = pytest.mark.slow

SAMPLE = ck.sample_corpus()
MARKUP = "<img src=x onerror=document.title='broken'>"
PRESS = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))"


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Return a function that shows an explorer on a blank page and answers its messages."""
    with showing(browser) as shown:
        yield shown


def status(page: Any, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('.ck-coding-tab .ck-status').textContent.includes(text)", arg=text
    )


def is_wider_than_the_window(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_from_lines_to_codes_by_keyboard_in_arabic(show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    explorer = ck.explore(SAMPLE, "في", language="ar", codes=())
    page = show(explorer, width=1200)
    page.click(".ck-code-lines")
    page.wait_for_function("document.activeElement.closest('.ck-project-form') !== null")
    fields = page.locator(".ck-project-form > label > input")
    fields.nth(0).fill("الظرف")
    fields.nth(1).fill(MARKUP)
    page.fill(".ck-project-form textarea", f"مكان: {MARKUP}\nزمان: متى\n{MARKUP}")
    fields.nth(2).fill("سارة، علي")
    page.locator(".ck-project-form input[type=number]").first.fill("20")
    page.click(".ck-project-form .ck-run")
    page.wait_for_selector(".ck-coding-tab select:visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ck-unit mark")
    project = ck.coding_project(tmp_path / "الظرف")
    # the focus is on each unit in turn
    for number, key in enumerate(("1", "٢", "3"), 1):
        page.wait_for_function("document.activeElement.classList.contains('ck-unit')")
        page.evaluate(PRESS, key)  # the keyboard of the driver has no Arabic digits
        status(page, f"المرمَّز: {number}")
    assert project.lines("سارة")["code"].head(3).to_list() == ["مكان", "زمان", MARKUP]
    page.keyboard.press("Backspace")
    status(page, "المرمَّز: 2")
    page.keyboard.press("Enter")
    status(page, "الوحدة 4 من 20")
    page.keyboard.press("PageUp")
    status(page, "الوحدة 3 من 20")
    # a note and a code by mouse, at once
    page.fill(".ck-unit-panel input", MARKUP)
    page.locator(".ck-code-buttons button").nth(1).click()
    status(page, "المرمَّز: 3")
    row = project.lines("سارة").row(2, named=True)
    assert (row["code"], row["note"]) == ("زمان", MARKUP)
    assert page.locator(".ck-code-buttons button").first.get_attribute("title") == MARKUP
    page.set_viewport_size({"width": 360, "height": 800})
    assert not is_wider_than_the_window(page)
    # what can be taken back and the unit that is shown outlast a reload
    page.evaluate("() => { window.end(); document.getElementById('host').replaceChildren(); }")
    page.evaluate(RENDER, page_script())
    page.wait_for_selector(".ck-unit mark")
    status(page, "الوحدة 4 من 20")
    page.locator(".ck-unit").focus()
    page.keyboard.press("Backspace")
    status(page, "الوحدة 3 من 20")
    row = project.lines("سارة").row(2, named=True)
    assert (row["code"], row["note"]) == (None, MARKUP)  # which was given before
    page.keyboard.press("2")
    status(page, "المرمَّز: 3")
    # the text of the unit, and back to it
    page.locator(".ck-unit-panel .ck-bar button").last.click()
    page.wait_for_selector(".ck-reading:not([hidden]) .ck-paper p")
    page.keyboard.press("Escape")
    page.wait_for_selector(".ck-unit mark")
    page.click(".ck-session-button")
    page.wait_for_selector(".ck-step")
    assert page.locator("img").count() == 0
    assert "ck.coding_project(" in " ".join(page.locator(".ck-step code").all_inner_texts())
    page.locator(".ck-step").last.click()  # what can be taken back is still there
    page.locator(".ck-unit").focus()
    page.keyboard.press("Backspace")
    status(page, "المرمَّز: 2")
    # where any code may be given, it is typed, one after another
    page = show(
        ck.explore(SAMPLE, project=ck.coding_project(tmp_path / "free", SAMPLE, coders=["سارة"]), language="ar")
    )
    page.wait_for_selector(".ck-unit p")
    page.locator(".ck-code-buttons input").focus()
    for number in (1, 2):
        page.keyboard.insert_text(MARKUP)
        page.keyboard.press("Enter")
        status(page, f"المرمَّز: {number}")
        page.wait_for_function("document.activeElement.parentElement.classList.contains('ck-code-buttons')")
    assert page.locator("img").count() == 0


def test_two_coders_and_one_who_decides_in_english(show: Show, tmp_path: Path) -> None:
    project = ck.coding_project(
        tmp_path / "project", ck.kwic(SAMPLE, "في"), codes=[MARKUP, "time"], coders=["sara", "&lt;img src=x&gt;"],
        sample=6,
    )  # fmt: skip
    sara, other = project.coders
    for number, row in enumerate(project.lines(other).iter_rows(named=True)):
        project.give(other, row, MARKUP if number % 2 else "time", note=MARKUP)
    page = show(ck.explore(SAMPLE, project=project, coder="sara"), width=360, scheme="dark")
    page.wait_for_selector(".ck-unit mark")
    assert page.locator(".ck-disputed li").count() == 0
    for number in range(1, 7):
        page.locator(".ck-code-buttons button").first.click()
        status(page, f"coded: {number}" if number < 6 else "All 6 units are coded")
    assert project.lines(sara)["code"].to_list() == [MARKUP] * 6
    assert not is_wider_than_the_window(page)
    lead = show(ck.explore(SAMPLE, project=project.folder, coder="mona"), width=1200)
    lead.wait_for_selector(".ck-coding-tab progress")
    lead.locator(".ck-coding-tab summary:visible").nth(1).click()
    lead.wait_for_selector(".ck-disputed button")
    lead.locator(".ck-disputed li").first.locator("button").nth(1).click()
    lead.wait_for_function("document.querySelector('.ck-disputed li').textContent.includes('Decision: time')")
    assert project.codes()["decision"].to_list().count("decided") == 1
    assert lead.locator(".ck-unit-panel").is_hidden()
    assert lead.locator("img").count() == page.locator("img").count() == 0
