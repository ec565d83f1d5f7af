"""corpus-kit explore in a real browser: the page, reload, two windows, the end of the server, a build that is seen."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import jupyterlab as lab
from browser.explore_command import PATIENCE, ROWS, Command, new_page

import corpus_kit as ck
from corpus_kit.explore.server_words import words_around

pytest.importorskip("jupyter_server", reason="the extra `notebooks` is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the server is ended by a signal"),
]

KEPT = 'Object.values(sessionStorage).some((each) => each.includes(\'"tab":"concordance"\'))'  # a little later
SEEN = """() => {
  window.seen = [];
  const look = () => {
    const around = document.getElementById("around");
    window.seen.push([around.innerText, around.querySelector("progress")?.value ?? null]);
  };
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(look).observe(document.getElementById("around"), all);
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def sample(home: Path) -> Iterator[Command]:
    command = Command(str(ck.sample_corpus().path), "--language", "ar", home=home)
    yield command
    command.end()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    opened = browser.new_context(viewport={"width": 1200, "height": 700})
    yield opened
    opened.close()


def test_the_page_shows_the_explorer_and_keeps_its_state(context: Any, sample: Command) -> None:
    page = new_page(context, sample.address)
    page.wait_for_selector(ROWS, timeout=PATIENCE)
    assert "token" not in page.url
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    page.click("[role=tab][id$=-concordance]")
    page.locator(".ck-box:visible").first.fill("هدنة")
    page.wait_for_selector("#explorer tbody tr", timeout=PATIENCE)
    lab.picture(page, "explorer-in-a-browser")
    lines = page.locator("#explorer tbody").inner_text()
    for _ in range(PATIENCE // 50):  # wait_for_function needs eval, which the policy forbids
        if page.evaluate(KEPT):
            break
        page.wait_for_timeout(50)
    page.reload()
    page.wait_for_selector("#explorer tbody tr", timeout=PATIENCE)
    assert page.locator("#explorer tbody").inner_text() == lines
    assert page.locator(".ck-box:visible").first.input_value() == "هدنة"
    assert page.problems == []


def test_two_windows_are_two_explorers(context: Any, sample: Command) -> None:
    pages = [new_page(context, sample.address) for _ in range(2)]
    for page, word in zip(pages, ("هدنة", "التحالف"), strict=True):
        page.wait_for_selector(ROWS, timeout=PATIENCE)
        page.click("[role=tab][id$=-concordance]")
        page.locator(".ck-box:visible").first.fill(word)
    for page, word in zip(pages, ("هدنة", "التحالف"), strict=True):
        page.wait_for_selector(f"#explorer tbody tr:has-text('{word}')", timeout=15000)
        assert page.locator(".ck-box:visible").first.input_value() == word


def test_the_end_of_the_server_is_told_and_the_page_goes_on_when_it_is_back(context: Any, home: Path) -> None:
    arguments = (str(ck.sample_corpus().path), "--language", "en")
    command = Command(*arguments, home=home)
    page = new_page(context, command.address)
    page.wait_for_selector(ROWS, timeout=PATIENCE)
    page.click("[role=tab][id$=-concordance]")
    command.end(signal.SIGKILL)
    page.wait_for_selector("#lost:not([hidden])", timeout=PATIENCE)
    assert page.locator("#lost").inner_text() == words_around("en")["gone"]
    assert page.evaluate("document.getElementById('explorer').inert")
    lab.picture(page, "explorer-without-server")
    again = Command(*arguments, home=home, port=command.port)
    try:
        page.wait_for_selector("#lost", state="hidden", timeout=PATIENCE)
        page.wait_for_selector("[role=tab][aria-selected=true]", timeout=PATIENCE)
        page.wait_for_selector(".ck-box:visible", timeout=PATIENCE)  # the tab that was open
    finally:
        assert again.end().replace("Ctrl-C ends it.\n", "") == ""
    assert again.process.returncode == 0


def test_from_a_folder_of_texts_to_the_explorer(context: Any, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "نصوص"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number:04}.txt").write_text(f"قال الوزير إن الاجتماع رقم {number} ناجح.\n" * 20, encoding="utf-8")
    (folder / "<img src=x onerror=document.title='broken'>.xyz").write_bytes(b"x")
    command = Command("--language", "ar", home=home)
    try:
        say = words_around("ar")
        page = new_page(context, command.address)
        page.wait_for_selector("#path", timeout=PATIENCE)
        page.fill("#path", str(tmp_path / "لا وجود له"))
        page.click("form button:not([type])")
        page.wait_for_selector("#around [role=alert]", timeout=PATIENCE)
        lab.picture(page, "explorer-problem")
        page.get_by_role("button", name=say["another"]).click()
        page.wait_for_selector("#path", timeout=PATIENCE)
        lab.picture(page, "explorer-start")
        page.evaluate(SEEN)
        (tmp_path / "a <b>").mkdir()
        page.fill("#path", str(tmp_path))  # what is typed is listed
        page.locator(".rows button", has_text="a <b>").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator(".told", has_text="1,999").first.wait_for()
        assert page.input_value("#path") == str(folder)
        assert page.evaluate("document.activeElement.closest('.rows') !== null")
        page.keyboard.press("Backspace")
        page.locator(".rows button", has_text="a <b>").wait_for()
        page.locator(".rows button", has_text="نصوص").click()
        page.locator(".told", has_text="1,999").first.wait_for()
        page.click("form button:not([type])")
        page.wait_for_selector(ROWS, timeout=PATIENCE)
        seen = page.evaluate("window.seen")
        shares = [share for text, share in seen if text.startswith(say["reading"]) and share is not None]
        assert len(shares) > 1
        assert shares == sorted(shares)
        assert any(say["counting"] in text for text, _ in seen)
        note = page.locator("[data-kind=report]")
        note.locator("summary").click()
        assert "3,000" in note.inner_text()
        assert "<img src=x" in note.inner_text()
        lab.picture(page, "explorer-built")
        note.get_by_role("button", name=say["close"]).click()
        page.reload()
        page.wait_for_selector(ROWS, timeout=PATIENCE)
        assert page.locator("[data-kind=report]").count() == 0
        page.get_by_role("button", name=say["another_open"]).click()
        page.wait_for_selector(".rows button", timeout=PATIENCE)
        assert page.input_value("#path") == str(folder)
        assert page.problems == []
        assert page.title() != "broken"
    finally:
        command.end()
    assert (tmp_path / "نصوص-corpus" / "manifest.json").is_file()
