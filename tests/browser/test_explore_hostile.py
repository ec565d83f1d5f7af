"""A corpus whose words, names, columns and values are an attack, in the explorer of the real command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser.explore_command import PATIENCE, Command, new_page

import corpus_kit as ck

pytest.importorskip("jupyter_server", reason="the extra `notebooks` is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the server is ended by a signal"),
]

RUN = "document.title='owned'"
ATTACKS = [
    f"<img src=x onerror={RUN}>", f"</script><script>{RUN}</script>", f"<svg onload={RUN}>", f"javascript:{RUN}",
    f"<math><mi xlink:href='javascript:{RUN}'>", "&lt;b&gt;", f"${{{RUN}}}", "\u202eRLO", "\u2066\u2067iso", "\x9b31m",
    "x" + "\u0651" * 1000, "ب" * 400, "\U0001f469\u200d\U0001f467", "a\u2028b", "'\"`\\",
]  # fmt: skip
COLUMNS = [ATTACKS[0], "__proto__", "constructor", "toString", "count", "word", "class", "a\nb", "\u202ertl"]
TABS = ("texts", "words", "ngrams", "collocates", "keywords", "trends", "names", "concordance")
PANE = "[role=tabpanel]:not([hidden]) "


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    folder = tmp_path_factory.mktemp("hostile") / "<img src=x onerror=alert(1)>\u202e"
    size = len(ATTACKS)
    columns = {
        "text": [f"هدنة {each} قال المدير إن «{each} كلمة» في الأردن\n\n{each} هدنة" for each in ATTACKS],
        "id": [f"{each[:100]}{place}" for place, each in enumerate(ATTACKS)],
        "date": [date(2026, 1 + place % 3, 5) for place in range(size)],
        "number": [float("nan"), float("inf"), *map(float, range(size - 2))],
        **{name: [ATTACKS[place // 2] for place in range(size)] for name in COLUMNS},
    }
    with ck.Corpus.build(pl.DataFrame(columns), folder, id="id", date="date", progress=False):
        pass
    home = tmp_path_factory.mktemp("home")
    command = Command(str(folder), "--language", "ar", home=home)
    yield command
    command.end()


def open_tab(page: Any, name: str) -> None:
    page.click(f'[role=tab][aria-controls$="-{name}"]')


def test_nothing_of_a_hostile_corpus_becomes_markup(browser: Any, hostile: Command) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 700}, accept_downloads=True)
    page = new_page(context, hostile.address)
    page.set_default_timeout(PATIENCE / 3)
    page.locator("#explorer [role=tab]").first.wait_for()
    title = page.title()
    page.click(".ck-top .ck-selection-button")
    page.locator(".ck-top ~ .ck-selection .ck-facet").nth(len(COLUMNS) - 1).wait_for()
    assert page.locator(".ck-facet legend", has_text="__proto__").count() == 1
    page.click(".ck-top .ck-selection-button")
    for name in TABS:
        open_tab(page, name)
        if name in ("collocates", "trends"):
            page.fill(f"{PANE}[data-name={'pattern' if name == 'collocates' else 'patterns'}]", "هدنة")
        elif name == "keywords":
            page.select_option(f"{PANE}[data-name=by]", ATTACKS[0])
        elif name == "names":
            page.click(f"{PANE}.ck-run")
        elif name == "concordance":
            page.locator(".ck-box:visible").first.fill("هدنة")
            page.locator("#explorer tbody tr").first.wait_for()
            break
        page.locator(f"{PANE}.ck-rows .ck-row:not([aria-busy]) bdi").first.wait_for()
        charts = page.locator(f"{PANE}.ck-chart-choice select")
        for plot in charts.locator("option").evaluate_all("options => options.map(({ value }) => value)"):
            charts.select_option(plot)
            if plot:
                seen = page.locator(f"{PANE}.ck-picture svg, {PANE}.ck-chart-pane .ck-problem").locator("visible=true")
                seen.first.wait_for()
    heads = "#explorer .ck-heads [role=columnheader] button"
    open_tab(page, "texts")
    for column in ("constructor", "rtl"):  # they sort by their names, whatever is shown of these
        page.locator(heads, has_text=column).first.click()
        page.locator(f"{PANE}[aria-sort=ascending]", has_text=column).wait_for()
    page.locator(f"{PANE}.ck-rows .ck-row").first.click()
    page.locator(".ck-paper:visible p").first.wait_for()
    page.click(".ck-session-button")
    page.locator(".ck-step").first.wait_for()
    with page.expect_download() as saved:
        page.click(".ck-save-script")
    assert saved.value.suggested_filename == "session.py"
    compile(Path(saved.value.path()).read_text(encoding="utf-8"), "session.py", "exec")
    page.wait_for_timeout(100)
    assert page.title() == title
    assert page.locator("#explorer :is(img, script, math, iframe, a[href^='javascript:'])").count() == 0
    assert page.problems == []
    context.close()
