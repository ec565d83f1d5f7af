"""The session of the explorer in a real browser: its steps, the way back, and the files that it saves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser.explorer_page import Show, showing

import corpus_kit as ck

pytest.importorskip("anywidget", reason="anywidget is not installed")

pytestmark = pytest.mark.slow

SAMPLE = ck.sample_corpus()
MARKUP = "<img src=x onerror=document.title='broken'>"


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Return a function that shows an explorer on a blank page and answers its messages."""
    with showing(browser) as shown:
        yield shown


def codes(page: Any) -> list[str]:
    found: list[str] = page.locator(".ck-step code").all_inner_texts()
    return found


def wait_for_steps(page: Any, number: int) -> None:
    page.wait_for_function("number => document.querySelectorAll('.ck-step').length === number", arg=number)


def code_line(page: Any) -> str:
    """Return the line of Python on the tab that is shown."""
    text: str = page.locator(".ck-pane:not([hidden]) .ck-code-line").inner_text()
    return text


def wait_for_code(page: Any, code: str) -> None:
    found = ".ck-pane:not([hidden]) .ck-code-line"
    page.wait_for_function("([found, code]) => document.querySelector(found).textContent === code", arg=[found, code])


def saved(page: Any, button: str, folder: Path) -> str:
    """Save the session, and return the file."""
    with page.expect_download() as download:
        page.locator(button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_text(encoding="utf-8")


WORDS = {
    "en": ("Session", "Words", "Concordance", "Copy all", "Save script", "Save notebook"),
    "ar": ("الجلسة", "الكلمات", "الكشاف السياقي", "نسخ الكل", "حفظ برنامج", "حفظ دفتر"),
}


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1200, "light"), ("ar", 360, "dark")])
def test_a_session_is_listed_gone_back_to_and_saved(
    show: Show, tmp_path: Path, language: str, width: int, scheme: str
) -> None:
    explorer = ck.explore(SAMPLE, tab="words", language=language, codes=())
    page = show(explorer, width=width, scheme=scheme)
    page.locator(".ck-rows .ck-row").first.wait_for()
    page.locator(".ck-find").fill("ال*ية")
    wait_for_code(page, 'ck.frequency(corpus).filter(pl.col("word").str.contains("^ال.*يه$"))')
    page.locator(".ck-session-button").click()
    wait_for_steps(page, 1)
    page.locator(".ck-rows .ck-row").nth(3).click()
    wait_for_steps(page, 2)
    page.locator(".ck-line").first.wait_for()
    lines = code_line(page)
    assert codes(page)[1] == lines == explorer._session.code
    says = [page.locator(".ck-session-button"), *page.locator(".ck-step-tab").all()]
    says += page.locator(".ck-session .ck-bar button").all()
    assert [each.inner_text() for each in says] == list(WORDS[language])
    assert page.locator(".ck-step[aria-current]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out

    script, notebook = saved(page, ".ck-save-script", tmp_path), saved(page, ".ck-save-notebook", tmp_path)
    assert script == explorer.script()
    assert json.loads(notebook) == json.loads(explorer._session.notebook())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["session.ipynb", "session.py"]
    page.locator(".ck-copy-all").click()
    page.locator(".ck-box").fill("")
    page.evaluate("document.querySelector('.ck-session').insertAdjacentHTML('beforeend', '<textarea class=pasted>')")
    page.locator(".pasted").focus()
    page.keyboard.press("Control+V")
    assert page.locator(".pasted").input_value() == script

    page.locator(".ck-step").first.click()  # back to the table, as it was
    wait_for_code(page, codes(page)[0])
    assert page.locator(".ck-find").input_value() == "ال*ية"
    assert page.locator('[role="tab"][aria-selected="true"]').inner_text() == WORDS[language][1]
    page.wait_for_function("document.querySelectorAll('.ck-step')[0].hasAttribute('aria-current')")
    page.locator(".ck-step").nth(1).click()  # and to the lines
    wait_for_code(page, lines)
    assert page.locator('[role="tab"][aria-selected="true"]').inner_text() == WORDS[language][2]
    page.locator(".ck-remove").nth(1).click()
    wait_for_steps(page, 1)
    page.locator(".ck-remove").first.press("Enter")
    wait_for_steps(page, 0)
    assert page.locator(".ck-session .ck-bar").is_hidden()
    page.locator(".ck-session-button").focus()
    page.keyboard.press("Tab")
    page.locator(".ck-session-button").click()
    assert page.locator(".ck-session").is_hidden()


def test_charts_are_part_of_their_step(show: Show) -> None:
    page = show(ck.explore(SAMPLE, tab="words", codes=()))
    page.locator(".ck-rows .ck-row").first.wait_for()
    page.locator(".ck-session-button").click()
    page.locator(".ck-chart-choice select").select_option("zipf")
    page.locator(".ck-picture svg").wait_for()
    page.locator(".ck-step code", has_text="ck.plot.zipf(ck.frequency(corpus))").wait_for()
    page.locator(".ck-rows .ck-row").first.click()
    page.locator(".ck-line").first.wait_for()
    wait_for_steps(page, 2)
    page.locator(".ck-step").first.click()
    page.locator(".ck-picture svg").wait_for()
    assert page.locator(".ck-chart-choice select").input_value() == "zipf"


def test_a_step_brings_its_documents_back(show: Show) -> None:
    explorer = ck.explore(SAMPLE, "هدنة", codes=())
    page = show(explorer)
    page.locator(".ck-line").first.wait_for()
    page.locator(".ck-session-button").click()
    page.locator(".ck-selection-button").click()
    box = page.locator(".ck-values label").first
    outlet = box.locator("bdi").first.inner_text()
    box.locator("input").check()
    wait_for_code(page, f'ck.kwic(corpus.filter(outlet="{outlet}"), "هدنة")')
    wait_for_steps(page, 2)
    page.locator(".ck-step").first.click()
    wait_for_code(page, 'ck.kwic(corpus, "هدنة")')
    assert not page.locator(".ck-values input").first.is_checked()
    assert re.search(r"\ball 240\b", page.locator(".ck-selection-button").inner_text())
    page.locator(".ck-step").nth(1).click()
    wait_for_code(page, f'ck.kwic(corpus.filter(outlet="{outlet}"), "هدنة")')
    page.locator(".ck-values input:checked").wait_for()
    assert len(explorer.concordance) < 16
    page.locator(".ck-step").first.press("Escape")
    assert page.locator(".ck-session").is_hidden()


def test_no_word_of_a_corpus_is_markup_in_a_session(show: Show, tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": [f"هدنة {MARKUP}", "هدنة"], MARKUP: [MARKUP, "\u202e</script>"]})
    with ck.Corpus.build(frame, tmp_path / "corpus", progress=False) as corpus:
        explorer = ck.explore(corpus, "هدنة", metadata=[MARKUP], codes=())
        page = show(explorer)
        page.locator(".ck-session-button").click()
        wait_for_steps(page, 1)
        page.locator(".ck-selection-button").click()
        page.locator(".ck-values input").first.check()
        wait_for_steps(page, 2)
        page.get_by_role("tab", name="Words", exact=True).click()
        page.locator(".ck-find").fill(MARKUP)
        page.wait_for_function(
            "[...document.querySelectorAll('.ck-step')].some((step) => step.innerText.includes('contains'))"
        )
        assert MARKUP in saved(page, ".ck-save-script", tmp_path)
        *_, heading, code = json.loads(saved(page, ".ck-save-notebook", tmp_path))["cells"]
        assert "<img" in "".join(code["source"])
        assert heading["source"] == ["## Words"]
        assert page.locator(".ck-explorer img").count() == 0
        assert all("<img" in code for code in codes(page))
