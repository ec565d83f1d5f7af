"""Live charts in JupyterLab: with a kernel, and the image in a notebook that is opened without one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from browser import jupyterlab as lab

pytest.importorskip("anywidget", reason="anywidget is not installed")
pytest.importorskip("matplotlib", reason="matplotlib is not installed")
pytestmark = pytest.mark.slow

CELLS = [
    "import corpus_kit as ck\n"
    "corpus = ck.sample_corpus()\n"
    'chart = ck.plot.frequency(ck.frequency(corpus, min_count=5), top=8, title="أكثر الكلمات", language="ar")\n'
    'chart.on_open = lambda rows: ck.kwic(corpus, rows["word"][0])\n'
    "chart",
    'print(*chart.selected["word"])',
]


def test_a_live_chart_and_its_image(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    notebook = plain.root / "live-chart.ipynb"
    lab.write_notebook(notebook, CELLS)
    page = shown_in(plain, browser, notebook.name)
    assert lab.run_cell(page, 0), lab.errors(page)
    output = lab.output(page, 0)
    output.locator(".ck-chart .ck-c-bar").first.wait_for()
    assert output.locator("img:visible").count() == 0, "the image is shown beside the live chart"
    lab.picture(page, "chart-jupyterlab")
    output.locator(".ck-c-stage").focus()
    for key in ("Home", " ", "ArrowDown", " ", "Enter"):
        page.keyboard.press(key)
    output.locator(".ck-concordance tbody tr").first.wait_for()
    assert lab.run_cell(page, 1)
    assert lab.texts(page, 1) == ["في من"]
    assert lab.errors(page) == []
    assert page.failures == []
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    saved = json.loads(notebook.read_text(encoding="utf-8"))
    assert "widgets" not in saved["metadata"]
    assert "image/png" in saved["cells"][0]["outputs"][0]["data"]
    plain.show(page, notebook.name, kernel=False)
    lab.output(page, 0).locator(".ck-still-chart img").wait_for()
    assert lab.output(page, 0).locator("img:visible").count() == 1
    assert lab.output(page, 0).get_by_text("Loading widget").locator("visible=true").count() == 0
    lab.picture(page, "chart-without-kernel")
