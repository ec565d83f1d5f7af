"""The whole journey of `corpus-kit explore`: from a folder of texts to the script of a session, in a real browser.

On every tab and panel axe-core finds nothing, in light and in dark, nothing moves that no one moved, and nothing is
wider than the page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import jupyterlab as lab
from browser.explore_command import PATIENCE, ROWS, Command, new_page

import corpus_kit as ck
from corpus_kit.explore.server_words import words_around
from corpus_kit.explore.words import words_of_the_page

pytest.importorskip("jupyter_server", reason="the extra `notebooks` is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the server is ended by a signal"),
]

AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PANE = "[role=tabpanel]:not([hidden]) "
CODES = ("مع", "ضد")
READING = ("--id", "id", "--date", "date")
# What moved although no one did anything; letters inside a field have no node.
SHIFTS = """
  window.shifts = [];
  const nameOf = ({ node, previousRect, currentRect }) =>
    `${node?.className ?? node?.nodeName} ${previousRect.y} > ${currentRect.y}`;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput && sources.some(({ node }) => node !== null))
        window.shifts.push([value, ...sources.map(nameOf)]);
  }).observe({ type: "layout-shift", buffered: true });
"""
# The script of a session with what it shows, as JSON.
RUN = """
import json, runpy, sys
import corpus_kit as ck
shown = []
ck.show = lambda table, **_: shown.append(getattr(table, "frame", table)) or ""
runpy.run_path(sys.argv[1], run_name="__main__")
sys.stdout.write(json.dumps([[table.columns, *table.head(20).rows()] for table in shown], default=str))
"""


class Walk:
    """A window, and all that was found wrong in it."""

    def __init__(self, context: Any, command: Command, name: str) -> None:
        context.add_init_script(SHIFTS)
        self.page = new_page(context, command.address)
        self.page.set_default_timeout(PATIENCE / 3)
        self.name = name
        self.clicks = 0
        self.found: list[Any] = []

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.locator(selector).first.click()

    def tab(self, name: str) -> None:
        self.click(f'[role=tab][aria-controls$="-{name}"]')

    def type(self, selector: str, text: str) -> None:
        """Type letter by letter, as a person does."""
        self.page.locator(PANE + selector).first.fill("")
        self.page.locator(PANE + selector).first.press_sequentially(text, delay=10)

    def chart(self, name: str) -> None:
        choice = self.page.locator(f"{PANE}.ck-chart-choice select")
        choice.focus()
        while choice.input_value() != name:  # by a key, since what a person does may move things
            self.page.keyboard.press("ArrowDown")
        self.page.wait_for_selector(f"{PANE}.ck-chart-pane:not([aria-busy=true]) .ck-picture svg")
        self.look(name)

    def rows(self) -> list[list[str]]:
        """Return the rows of the table that is shown."""
        self.page.wait_for_selector(f"{PANE}.ck-tab:not([aria-busy=true]) .ck-rows .ck-row:not([aria-busy]) bdi")
        read = "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
        found: list[list[str]] = self.page.locator(f"{PANE}.ck-rows .ck-row").evaluate_all(read)
        return found

    def look(self, name: str) -> None:
        """Look for what is wrong."""
        page = self.page
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shifts = page.evaluate("window.shifts.splice(0)")
        self.found += [(name, "moved", each) for each in shifts]
        width, height = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if width > height:
            self.found.append((name, "wider than the page", width))
        lab.picture(page, f"journey-{self.name}-{name}")
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        violations = "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)"
        for each in page.evaluate(violations):
            self.found += [(name, each["id"], node["html"], node["failureSummary"]) for node in each["nodes"]]

    def end(self) -> None:
        """Expect that nothing was found."""
        assert self.page.problems == []
        assert self.found == [], "\n".join(map(str, self.found))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def texts(home: Path) -> Path:
    """A folder of files, each with a text and its metadata."""
    folder = home / "نصوص"
    folder.mkdir()
    for row in ck.sample_corpus().documents.head(40).select("id", "text", "outlet", "date").collect().rows(named=True):
        (folder / f"{row['id']}.jsonl").write_text(json.dumps(row, default=str, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def command(home: Path, texts: Path) -> Iterator[Command]:
    coding = (part for code in CODES for part in ("--codes", code))
    running = Command(str(texts), *READING, "--language", "ar", *coding, home=home)
    yield running
    running.end()


@pytest.fixture(scope="module")
def english(home: Path, texts: Path) -> Iterator[Command]:
    """The same texts in English."""
    running = Command(
        str(texts), *READING, "--output", str(home / "corpus"), "--language", "en", "--codes", "for", home=home
    )
    yield running
    running.end()


def walk(browser: Any, command: Command, width: int, scheme: str, name: str) -> Walk:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    return Walk(context, command, name)


def test_from_a_folder_to_the_script_of_a_session(browser: Any, command: Command, home: Path) -> None:
    say = words_of_the_page("ar")
    here = walk(browser, command, 1200, "light", "ar-1200")
    page = here.page
    page.wait_for_selector(ROWS)
    assert words_around("ar")["built"].split("{")[0] in page.locator("[data-kind=report]").inner_text()
    page.locator("[data-kind=report] button").first.click()
    here.look("words")

    # From the first view to key words of chosen documents.
    here.clicks = 0
    here.tab("keywords")
    here.click(".ck-selection-button")
    here.click(".ck-values input")
    keywords = here.rows()
    assert here.clicks == 3
    here.look("keywords")
    here.chart("keyness")
    page.keyboard.press("Home")
    page.locator(".ck-top button", has_text=say["clear"]).click()
    page.locator(f"{PANE}.ck-status", has_text=say["missing_keywords"]).wait_for()
    here.click(".ck-selection-button")
    here.look("keywords-missing")

    here.tab("words")
    here.type(".ck-find", "السهل")
    page.locator(f"{PANE}.ck-code-line", has_text="contains").wait_for()
    words = here.rows()
    assert words[0][0] == "السهل"
    here.look("words-found")
    here.tab("collocates")
    here.look("collocates-missing")
    here.type("[data-name=pattern]", "السهل")
    collocates = here.rows()
    here.look("collocates")
    here.chart("collocation_network")
    page.locator(f"{PANE}.ck-rows .ck-row").first.click()
    page.wait_for_selector(".ck-line")
    lines = page.locator(".ck-line").count()
    here.look("lines")
    for line in (0, 1):
        page.locator("select.ck-code").nth(line).select_option(CODES[line])
    page.locator(".ck-status", has_text="2").first.wait_for()
    here.click(".ck-line .ck-open")
    page.wait_for_selector(".ck-quote")
    here.look("context")
    page.locator(".ck-read:visible").first.click()
    page.wait_for_selector(".ck-paper mark")
    here.look("reading")
    page.keyboard.press("Escape")
    page.wait_for_selector(".ck-line")
    assert page.locator("select.ck-code").nth(1).input_value() == CODES[1]

    page.click(".ck-session-button")
    page.wait_for_selector(".ck-step")
    here.look("session")
    with page.expect_download() as download:
        page.click(".ck-save-script")
    script = home / "session.py"
    download.value.save_as(script)
    made = [[[in_cell(value) for value in row] for row in rows] for _, *rows in shown_by(script)]
    for on_screen in (keywords, words, collocates):
        assert any(same_rows(on_screen, rows) for rows in made), on_screen[:3]
    assert any(len(rows) == min(lines, 20) for rows in made)
    here.end()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (800, "dark")])
def test_all_tabs_in_english(browser: Any, english: Command, width: int, scheme: str) -> None:
    here = walk(browser, english, width, scheme, f"en-{width}")
    page = here.page
    page.wait_for_selector(ROWS)
    here.look("words")
    here.type(".ck-find", "السهل")
    here.rows()
    here.look("words-found")
    for name in ("texts", "ngrams"):
        here.tab(name)
        here.rows()
        here.look(name)
    here.tab("collocates")
    here.type("[data-name=pattern]", "السهل")
    here.rows()
    here.look("collocates")
    here.chart("collocation_network")
    here.tab("trends")
    here.look("trends-missing")
    here.tab("names")
    page.locator(f"{PANE}.ck-run:visible, {PANE}[role=gridcell]:visible").first.wait_for()
    here.look("names-missing")
    if page.locator(f"{PANE}.ck-run").is_visible():  # another window may have found them already
        page.click(f"{PANE}.ck-run")
    here.rows()
    here.look("names")
    here.tab("concordance")
    here.look("concordance-missing")
    page.locator(".ck-box").fill("السهل")
    page.wait_for_selector(".ck-line .ck-code")
    here.look("lines")
    here.click(".ck-line .ck-open")
    page.wait_for_selector(".ck-quote")
    page.locator(".ck-read:visible").first.click()
    page.wait_for_selector(".ck-paper mark")
    here.look("reading")
    here.tab("keywords")
    here.click(".ck-selection-button")
    here.click(".ck-values input")
    here.rows()
    here.look("keywords")
    here.click(".ck-selection-button")
    here.chart("keyness")
    here.tab("coding")
    page.locator(".ck-project-form").wait_for()
    here.look("coding")
    page.click(".ck-session-button")
    page.wait_for_selector(".ck-step")
    here.look("session")
    here.end()


def test_reload_keeps_the_state_and_windows_see_each_others_codes(browser: Any, command: Command) -> None:
    one = walk(browser, command, 1200, "dark", "ar-dark")
    page = one.page
    page.wait_for_selector(ROWS)
    one.tab("words")
    page.locator(f"{PANE}[data-name=min_count]").fill("2")
    one.click(".ck-selection-button")
    one.click(".ck-values input")
    one.type(".ck-find", "ال")
    page.locator(f"{PANE}.ck-code-line", has_text="contains").wait_for()
    before = one.rows()
    one.tab("collocates")
    one.tab("words")
    page.reload()  # at once
    assert one.rows() == before
    assert page.locator(f"{PANE}[data-name=min_count]").input_value() == "2"
    assert page.locator(f"{PANE}.ck-find").input_value() == "ال"
    assert "8" in page.locator(".ck-selection-button").inner_text()
    one.look("reloaded")

    two = Walk(page.context, command, "ar-second")
    other = two.page
    other.wait_for_selector(ROWS)
    assert other.locator("[role=tab][aria-selected=true]").get_attribute("aria-controls").endswith("-words")
    for each in (page, other):
        each.click('[role=tab][aria-controls$="-concordance"]')
    page.locator(".ck-top button", has_text=words_of_the_page("ar")["clear"]).click()
    page.locator(".ck-box").fill("الميناء")
    page.locator("select.ck-code").first.select_option(CODES[1])
    page.locator(".ck-is-coded").wait_for()
    other.locator(".ck-box").fill("الميناء")
    other.locator(".ck-is-coded").first.wait_for()
    assert other.locator("select.ck-code").first.input_value() == CODES[1]
    assert page.problems == other.problems == []
    one.end()


def shown_by(script: Path) -> Any:
    """Run a script in a process of its own, and return what it shows."""
    finished = subprocess.run(
        [sys.executable, "-c", RUN, str(script)], capture_output=True, text=True, check=False, cwd=script.parent,
        env={**os.environ, "PYTHONUTF8": "1", "MPLBACKEND": "Agg"},
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def in_cell(value: Any) -> str:
    """Return a whole number or a text as a table shows it; "" for others, whose digits depend on their column."""
    return f"{value:,}" if isinstance(value, int) else value if isinstance(value, str) else ""


def same_rows(on_screen: list[list[str]], rows: list[list[str]]) -> bool:
    """Return whether rows begin as those on the screen do: the word, and each whole number of theirs."""
    both = list(zip(on_screen, rows, strict=False))[:10]
    return bool(both) and all(one[0] in other and set(one[1:2]) & {*other, ""} for one, other in both)
