"""The interactive concordance in JupyterLab: with a kernel, without one, and in an untrusted notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest
from browser import jupyterlab as lab

import corpus_kit as ck

pytest.importorskip("anywidget", reason="anywidget is not installed")
pytestmark = pytest.mark.slow

CELLS = [
    "import corpus_kit as ck\n"
    'lines = ck.explore(ck.sample_corpus(), "هدنة", codes=["for", "against"], metadata="outlet", language="ar")\n'
    "lines",
    'print(lines.concordance.pattern, *lines.concordance.sort, *lines.frame["code"].drop_nulls())',
    "print(*lines.codes.select('node', 'code', 'note').rows())",
]


def save(page: Any) -> None:
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")


def visible_tables(page: Any) -> int:
    """Return the number of visible static tables in the first cell."""
    tables = lab.output(page, 0).locator(".ck-concordance").all()
    return sum(table.is_visible() for table in tables)


def test_search_sort_code_and_read_back_then_without_a_kernel(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    notebook = plain.root / "used.ipynb"
    lab.write_notebook(notebook, CELLS)
    page = shown_in(plain, browser, notebook.name)
    assert lab.run_cell(page, 0)
    explorer = lab.output(page, 0).locator(".ck-explorer")
    explorer.locator(".ck-line").first.wait_for()
    assert visible_tables(page) == 0
    before, node, after = (
        explorer.locator(f".ck-line td.ck-{name}").first.bounding_box() for name in ("before", "node", "after")
    )
    assert before["x"] > node["x"] > after["x"]

    explorer.locator("select.ck-code").first.select_option("against")
    explorer.locator("textarea").first.fill("ملاحظة")
    explorer.locator("textarea").first.press("Enter")
    explorer.locator(".ck-status", has_text="المرمَّز: 1").wait_for()
    explorer.locator(".ck-open").nth(1).focus()
    for key in ("ArrowDown", "1", "Enter"):
        page.keyboard.press(key)
    explorer.locator("mark").wait_for()
    for control in (".ck-open", "select.ck-code", ".ck-toggle input", ".ck-text", ".ck-pager button"):
        explorer.locator(control).first.focus()
        for key in ("d", "d", "x", "b"):  # shortcuts of JupyterLab, which delete and add cells
            page.keyboard.press(key)
    page.keyboard.press("Escape")
    assert explorer.locator("mark").count() == 0
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3
    lab.picture(page, "explorer-jupyterlab")

    explorer.locator(".ck-group select").first.select_option("after1")
    explorer.locator(".ck-key-1").first.wait_for()
    hits = len(ck.kwic(ck.sample_corpus(), "هدنة إنسانية"))
    explorer.locator(".ck-box").fill("هدنة إنسانية")
    explorer.locator(".ck-status", has_text=f"من {hits}").wait_for()
    assert lab.run_cell(page, 1)
    assert lab.run_cell(page, 2)
    pattern, *rest = lab.texts(page, 1)[0].split(" after1 ")
    assert pattern == "هدنة إنسانية"
    assert sorted(rest[0].split()) == ["against", "for"]
    assert lab.texts(page, 2) == ["('هدنة', 'against', 'ملاحظة') ('هدنة', 'for', None)"]
    assert lab.errors(page) == []
    assert page.failures == []
    with lab.dark(page):
        ink, ground = lab.colours(explorer)
        assert min(ink) > 200
        assert max(ground) < 60
        lab.picture(page, "explorer-jupyterlab-dark")

    save(page)
    saved = json.loads(notebook.read_text(encoding="utf-8"))
    assert "widgets" not in saved["metadata"]
    assert len(json.dumps(saved["cells"][0]["outputs"])) < 150_000
    plain.show(page, notebook.name, kernel=False)
    check_static_table(page)
    saved["cells"][0]["source"] = "# another source, so that the signature does not fit"
    (plain.root / "foreign.ipynb").write_text(json.dumps(saved), encoding="utf-8")
    plain.show(page, "foreign.ipynb", kernel=False)
    lab.output(page, 0).locator(".ck-concordance").first.wait_for()
    assert visible_tables(page) == 1, "a single table in an untrusted notebook"


def check_static_table(page: Any) -> None:
    """Assert that a notebook without a kernel has the table in the place of the explorer."""
    lab.output(page, 0).locator(".ck-still .ck-concordance").wait_for()
    assert visible_tables(page) == 1
    assert lab.output(page, 0).get_by_text("شغّل الخلية لتبحث").is_visible()
    assert not lab.output(page, 0).get_by_text("Loading widget").is_visible()
    before, node, after = (
        lab.output(page, 0).locator(f".ck-still tbody td.ck-{name}").first.bounding_box()
        for name in ("before", "node", "after")
    )
    assert before["x"] > node["x"] > after["x"]
    lab.picture(page, "explorer-without-kernel")


def test_reload_keeps_the_state_and_a_killed_kernel_is_told(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    lab.write_notebook(plain.root / "killed.ipynb", CELLS)
    page = shown_in(plain, browser, "killed.ipynb")
    assert lab.run_cell(page, 0)
    explorer = lab.output(page, 0).locator(".ck-explorer")
    explorer.locator("[role=tab][id$=-words]").click()
    explorer.locator(".ck-find:visible").fill("ال*ية")
    explorer.locator(".ck-code-line:visible", has_text="contains").wait_for()
    first = explorer.locator(".ck-rows:visible .ck-row").first.inner_text()
    page.wait_for_timeout(1000)  # the kernel has the state
    save(page)
    page.reload()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")  # JupyterLab opens it again
    explorer = lab.output(page, 0).locator(".ck-explorer")
    explorer.locator(".ck-code-line:visible", has_text="contains").wait_for()
    assert explorer.locator(".ck-find:visible").input_value() == "ال*ية"
    assert explorer.locator(".ck-rows:visible .ck-row").first.inner_text() == first

    lab.set_source(page, 1, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".jp-InputPrompt").click()
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell'); }")
    page.locator(".jp-Dialog button").first.click()  # that the kernel was restarted
    explorer.locator(".ck-find:visible").fill("هدنة")
    explorer.locator(".ck-late", has_text="أعد تشغيل الخلية").wait_for()
    lab.picture(page, "explorer-kernel-killed")
    assert lab.run_cell(page, 0)
    explorer = lab.output(page, 0).locator(".ck-explorer")
    explorer.locator(".ck-line").first.wait_for()
    assert explorer.locator(".ck-late").is_hidden()
