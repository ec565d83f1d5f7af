"""Notebooks in JupyterLab, in a real browser: layout, fonts, and that texts cannot run scripts.

Screenshots are saved in CORPUS_KIT_ARTIFACTS, if set.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser import jupyterlab as lab

from corpus_kit.display.html import concordance_html, table_html
from corpus_kit.lab import style

pytestmark = [
    pytest.mark.slow,
]

PROJECT = Path(__file__).parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
HEADS = (["context before", "node", "context after", "place"], ["السياق السابق", "الكلمة", "السياق اللاحق", "الموضع"])
LONG = "كلمة تتلوها كلمة أخرى في سطر طويل لا يتسع له العمود مهما اتسع، " * 6
SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = "<img src=x onerror='window.hacked = 1'>"

# A corpus that tries to run scripts in the reader's notebook; `pieces` are its displays.
HOSTILE = f"""
import os, pathlib, tempfile
import polars as pl
import corpus_kit as ck

script, image = {SCRIPT!r}, {IMAGE!r}
folder = pathlib.Path(tempfile.mkdtemp(dir={{folder!r}}))
source = folder / f"{{image}}.jsonl"
frame = pl.DataFrame({{
    "text": [f"قال {{script}} خبر {{image}} نعم", f"قال خبر {{script}}", "قال &lt;b&gt; خبر"],
    "name": [script, image, '"><svg onload="window.hacked = 1">'],
    image: [script, script, None],
}})
frame.write_ndjson(source)
corpus = ck.Corpus.build(source, folder / image, id="name", metadata=[image])
pieces = [
    corpus,
    ck.kwic(corpus, "خبر", metadata=image, sort=image),
    ck.show(frame, caption=script + image),
    ck.show(ck.frequency(corpus, by=image), caption=image),
    ck.show(pl.DataFrame({{script: [[script, image]], image: [{{"a": script}}]}})),
]
"""

# Returns the positions of tables and pictures below an element.
STRUCTURE = """root => {
  const box = element => {
    const {left, right, top, bottom, width, height} = element.getBoundingClientRect();
    return {left, right, top, bottom, width, height};
  };
  const seen = name => [...root.querySelectorAll(name)].filter(element => element.getClientRects().length);
  const cells = row => [...row.cells].map(cell => ({...box(cell), name: cell.className, text: cell.innerText.trim()}));
  return {
    frame: box(root),
    concordances: seen('.ck-concordance table').map(table => ({
      head: cells(table.tHead.rows[0]), rows: [...table.tBodies[0].rows].slice(0, 8).map(cells),
    })),
    tables: seen('.ck-table table').map(table => ({
      direction: getComputedStyle(table).direction, rows: [...table.rows].slice(0, 4).map(cells),
    })),
    images: seen('img').map(image => ({
      ...box(image), natural: [image.naturalWidth, image.naturalHeight],
    })),
  };
}"""


def check_structure(root: Any) -> dict[str, int]:
    """Check the layout below a locator; return the numbers of tables and pictures."""
    found = root.evaluate(STRUCTURE)
    for table in found["concordances"]:
        assert [cell["text"] for cell in table["head"]][:4] in HEADS
        nodes = set()
        for row in [table["head"], *table["rows"]]:
            before, node, after, reference = row[:4]
            assert before["left"] >= node["right"] - 1, row
            assert node["left"] >= after["right"] - 1, row
            assert after["left"] >= reference["right"] - 1, row
            assert found["frame"]["left"] <= node["left"]
            assert node["right"] <= found["frame"]["right"] + 1, "the node is visible"
            nodes.add((round(node["left"]), round(node["width"])))
        assert len(nodes) == 1, "the nodes are aligned"
    for table in found["tables"]:
        for row in table["rows"]:
            places = [cell["left"] for cell in row]
            assert places == sorted(places, reverse=table["direction"] == "rtl")
    for image in found["images"]:
        assert image["width"] >= 200, image
        assert image["height"] >= 80, image
        assert image["right"] <= found["frame"]["right"] + 1, "no picture is wider than the page"
        width, height = image["natural"]
        assert abs(image["width"] / image["height"] - width / height) < 0.03 * width / height, "not distorted"
    return {name: len(found[name]) for name in ("concordances", "tables", "images")}


def notebook_of(page: Any) -> Any:
    return page.locator(".jp-Notebook")


def lab_command(folder: str) -> list[str]:
    code = "from corpus_kit.cli.main import main; main()"
    return [sys.executable, "-c", code, "lab", folder, "--no-browser", "--ip", "127.0.0.1", "--port", "{port}"]


@pytest.fixture(scope="module")
def without_arabic(driver: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser on a machine whose only font has no Arabic letters."""
    folder = tmp_path_factory.mktemp("fonts")
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    shutil.copy(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf", folder)
    configuration = folder / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig><dir>{folder}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>"
    )
    opened = lab.launch(driver, environment={"FONTCONFIG_FILE": str(configuration)})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Server]:
    """`corpus-kit lab` started in an empty folder."""
    root = tmp_path_factory.mktemp("lab")
    with lab.serve(root, command=lab_command("notebooks")) as server:
        yield server


@pytest.fixture
def page_of() -> Iterator[Any]:
    """Return a function that opens pages; they are closed after the test."""
    opened: list[Any] = []

    def open_page(server: lab.Server, browser: Any, notebook: str, **options: Any) -> Any:
        opened.append(server.open(browser, notebook, **options))
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


# ----------------------------------------------------------------------------------------------------
# First start
# ----------------------------------------------------------------------------------------------------


def test_first_notebook_runs_and_is_laid_out_correctly(started: lab.Server, browser: Any, shown_in: Any) -> None:
    page = shown_in(started, browser, "00_quickstart.ipynb")
    assert lab.run_all(page)
    assert lab.errors(page) == []
    assert page.failures == []
    found = check_structure(notebook_of(page))
    assert found["concordances"] >= 1
    assert found["tables"] >= 2
    assert found["images"] >= 1
    summary = page.locator(".jp-RenderedMarkdown [dir=rtl] p").first
    assert summary.evaluate("element => getComputedStyle(element).direction") == "rtl"
    first = lab.letters(summary, 0, 0)
    assert first["cell_right"] - first["right"] < 3, "the first letter is at the right"
    lab.picture(page, "00_quickstart-run")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_of_the_notebooks(path: Path, started: lab.Server, browser: Any, shown_in: Any) -> None:
    """As on opening: the notebooks are unsigned, so JupyterLab does not trust the outputs."""
    page = shown_in(started, browser, path.name, kernel=False)
    found = check_structure(notebook_of(page))
    assert found["tables"] >= 1
    assert lab.errors(page) == []
    kinds = ".ck-concordance, .ck-table, .jp-RenderedImage img"
    for place, shown in enumerate(each for each in notebook_of(page).locator(kinds).all() if each.is_visible()):
        assert lab.picture(shown, f"{path.stem}-{place:02}").stat().st_size > 1000
    stored = json.loads(path.read_text(encoding="utf-8"))
    pictures = [
        output
        for cell in stored["cells"]
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert page.locator(".jp-RenderedImage img").count() == len(pictures), "every stored plot is shown"


def test_first_notebook_in_the_dark_theme(started: lab.Server, browser: Any, shown_in: Any) -> None:
    page = shown_in(started, browser, "00_quickstart.ipynb", kernel=False)
    with lab.dark(page):
        check_structure(notebook_of(page))
        ink, _ = lab.colours(page.locator(".ck-concordance td").first)
        _, ground = lab.colours(notebook_of(page))
        assert min(ink) > 180
        assert max(ground) < 60
        row = page.locator(".ck-table tbody tr").first
        assert row.evaluate("element => getComputedStyle(element).backgroundColor") == ("rgba(0, 0, 0, 0)"), (
            "no stripes of JupyterLab's show through"
        )
        lab.picture(page.locator(".ck-concordance").first, "00_quickstart-dark")


def test_list_of_notebooks(started: lab.Server, browser: Any) -> None:
    """The printed address shows the notebooks and opens the first one."""
    page = browser.new_page()
    page.set_default_timeout(lab.PATIENCE * 1000)
    page.goto(started.url(""))
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    assert "/lab/workspaces/corpus-kit-" in page.url
    assert page.locator(".lm-TabBar-tab.jp-mod-current", has_text="00_quickstart.ipynb").count() == 1
    names = page.locator(".jp-DirListing-itemText").all_inner_texts()
    assert [name for name in names if name.endswith(".ipynb")] == [path.name for path in NOTEBOOKS]
    page.close()


# ----------------------------------------------------------------------------------------------------
# Fonts
# ----------------------------------------------------------------------------------------------------

LETTERS = [
    lab.markdown('<div dir="rtl" lang="ar">\n\n**الخلاصة:** خبر و`code` هنا\n\n</div>'),
    lab.shown(
        concordance_html(
            pl.DataFrame({"before": ["قال"], "node": ["الوَزيرُ"], "after": ["نعم"], "document": [0], "position": [4]}),
            caption="الوزير",
            language="ar",
        )
    ),
    lab.shown(table_html(pl.DataFrame({"كلمة": ["خبر"], "count": [1250]}))),
    "import corpus_kit as ck; ck.explore(ck.sample_corpus(), 'هدنة', page_size=3, language='ar')",
    "print('خبر')  # تعليق",
]
PLEX, AMIRI = {"IBM Plex Sans Arabic": True}, {"Amiri": True}
PLACES = {
    "td.ck-node bdi": AMIRI,
    "td.ck-before bdi": AMIRI,
    ".ck-concordance caption bdi": AMIRI,
    "th.ck-before": PLEX,
    ".ck-table th bdi": PLEX,
    ".ck-table td bdi": AMIRI,
    ".jp-RenderedMarkdown strong": PLEX,
    ".ck-explorer th": PLEX,
    ".ck-explorer td.ck-node button": AMIRI,
    ".jp-CodeCell:last-child .cm-line": PLEX,
    ".jp-RenderedText pre": PLEX,
}


def test_fonts_on_a_machine_without_arabic_fonts(started: lab.Server, without_arabic: Any, page_of: Any) -> None:
    lab.write_notebook(started.root / "notebooks" / "letters.ipynb", LETTERS)
    try:
        page = page_of(started, without_arabic, "letters.ipynb")
        assert lab.run_cell(page, 2)
        page.wait_for_selector(".ck-explorer td.ck-node")
        assert lab.run_cell(page, 3)
        assert lab.texts(page, 3) == ["خبر"]
        for selector, expected in PLACES.items():
            used = lab.fonts(page, selector)
            assert {name: served for name, served in used.items() if name != "STIXGeneral"} == expected, selector
        assert lab.fonts(page, "td.ck-node bdi") == AMIRI, "the whole node is in one font"
        lab.picture(page, "letters-without-fonts")
    finally:
        (started.root / "notebooks" / "letters.ipynb").unlink()


def test_arabic_is_missing_without_the_style_sheet(plain: lab.Server, without_arabic: Any, page_of: Any) -> None:
    """This shows that the test above can fail: the machine has no Arabic font."""
    lab.write_notebook(plain.root / "letters.ipynb", LETTERS)
    page = page_of(plain, without_arabic, "letters.ipynb", kernel=False)
    assert lab.fonts(page, "td.ck-node bdi") == {"STIXGeneral": False}
    lab.picture(page, "letters-without-anything")


def test_latin_fonts_and_user_settings_are_kept(started: lab.Server, browser: Any, shown_in: Any) -> None:
    """Our fonts have only Arabic: code and prose keep the fonts of the theme or the user."""
    lab.write_notebook(started.root / "notebooks" / "latin.ipynb", [lab.markdown("Some prose"), "x = 1"])
    try:
        page = shown_in(started, browser, "latin.ipynb", kernel=False)
        for selector in (".jp-RenderedMarkdown p", ".jp-CodeCell .cm-line"):
            used = lab.fonts(page, selector)
            assert used
            assert not any(used.values())
        page.evaluate("document.documentElement.style.setProperty('--jp-code-font-family', 'Amiri')")
        page.evaluate("document.fonts.ready.then(() => 0)")
        assert lab.fonts(page, ".jp-CodeCell .cm-line") == AMIRI
        page.evaluate("document.documentElement.style.removeProperty('--jp-code-font-family')")
    finally:
        (started.root / "notebooks" / "latin.ipynb").unlink()


# ----------------------------------------------------------------------------------------------------
# Prose, code and tables of other libraries
# ----------------------------------------------------------------------------------------------------

PROSE = """<div dir="rtl" lang="ar">

## عنوان

الخبر `f(x) = 1` هنا.

- أول
- ثان

> قول

| كلمة | عدد |
|---|---|
| خبر | 12 |

```
x = [1, 2]
```

</div>"""
DATAFRAME = (
    '<table class="dataframe"><thead><tr><th>نص</th><th>n</th></tr></thead>'
    "<tbody><tr><td>قال نعم…</td><td>1250</td></tr><tr><td>said so…</td><td>-3.5</td></tr></tbody></table>"
)


@pytest.mark.parametrize("way", ["corpus-kit lab", "style()"])
def test_prose_code_and_other_tables(
    way: str, started: lab.Server, plain: lab.Server, browser: Any, shown_in: Any
) -> None:
    cells = [lab.markdown(PROSE), lab.shown(DATAFRAME), 'f("خبر", "عدد")']
    if way == "style()":
        server, root = plain, plain.root
        cells = [*cells, "from corpus_kit.lab import style; style()"]
    else:
        server, root = started, started.root / "notebooks"
    lab.write_notebook(root / "prose.ipynb", cells)
    try:
        page = shown_in(server, browser, "prose.ipynb")
        if way == "style()":
            lab.run_cell(page, 2)
        check_prose(page)
        lab.picture(page, f"prose-{way.split('(')[0].replace(' ', '-')}")
    finally:
        (root / "prose.ipynb").unlink()


def check_prose(page: Any) -> None:
    prose = page.locator(".jp-RenderedMarkdown").first
    for name in ("h2", "p", "li", "blockquote p", "th", "td"):
        first = lab.letters(prose.locator(f"[dir=rtl] {name}").first, 0, 0)
        assert 0 <= first["cell_right"] - first["right"] < 12, name
    page.locator(".jp-MarkdownCell").first.click()
    assert not page.locator(".jp-cell-toolbar").first.is_visible(), "no button covers the prose"
    # Code reads from left to right, inside a line and in a block.
    for code in (prose.locator("p code"), prose.locator("pre code")):
        assert lab.letters(code, 0, 0)["right"] < lab.letters(code, 4, 4)["left"]
    block = lab.letters(prose.locator("pre"), 0, 0)
    assert block["left"] - block["cell_left"] < 60
    # The bullets are inside the page, the border of the quotation is at the right.
    assert prose.locator("ul").evaluate("e => getComputedStyle(e).paddingRight") != "0px"
    assert prose.locator("blockquote").evaluate("e => getComputedStyle(e).borderRightWidth") == "5px"
    # A table cell follows the direction of its text, which is cut at its end.
    cells = page.locator("table.dataframe td")
    assert lab.letters(cells.nth(0), -1, -1)["right"] <= lab.letters(cells.nth(0), 0, 0)["left"]
    assert lab.letters(cells.nth(2), -1, -1)["left"] >= lab.letters(cells.nth(2), 0, 0)["right"]
    number = lab.letters(cells.nth(3), 0, -1)
    assert number["cell_right"] - number["right"] < 12, "numbers stay at the right"
    # The first argument of the call is left of the second.
    line = page.locator(".jp-CodeCell .cm-line", has_text='f("').first
    assert lab.letters(line, 3, 5)["right"] < lab.letters(line, 9, 11)["left"]


def test_style_is_invisible_in_an_untrusted_notebook(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    """JupyterLab drops the style, and no text of it is shown."""
    lab.write_notebook(plain.root / "style.ipynb", [lab.shown(style()), lab.markdown(PROSE)])
    page = shown_in(plain, browser, "style.ipynb", kernel=False)
    assert page.locator(".jp-OutputArea-output style").count() == 0
    assert "jp-" not in "".join(lab.texts(page, 0))


# ----------------------------------------------------------------------------------------------------
# A hostile corpus
# ----------------------------------------------------------------------------------------------------


def pieces(folder: Path) -> list[str]:
    """Return the outputs that a notebook would store for the hostile corpus."""
    names: dict[str, Any] = {}
    exec(HOSTILE.replace("{folder!r}", repr(str(folder))), names)
    return [piece._repr_html_() for piece in names["pieces"]]


def check_hostile(page: Any) -> None:
    """Assert that markup in texts, ids, columns, values, captions and file names is shown as text and not run."""
    page.wait_for_timeout(300)  # errors of images come a little later
    assert page.evaluate("window.hacked") is None
    shown = "\n".join(page.locator(".ck-concordance, .ck-table").all_inner_texts())
    assert SCRIPT in shown
    assert IMAGE in shown
    assert page.locator(":is(.ck-concordance, .ck-table) :is(script, img, svg)").count() == 0
    found = check_structure(page.locator("body"))
    assert found["concordances"] == 1
    assert found["tables"] >= 4


def test_unsigned_notebook_runs_no_script(plain: lab.Server, browser: Any, shown_in: Any, tmp_path: Path) -> None:
    control = "<script>window.control = 1</script><b>shown</b>"
    cells = [lab.shown(piece) for piece in [control, *pieces(tmp_path)]]
    lab.write_notebook(plain.root / "hostile.ipynb", cells)
    page = shown_in(plain, browser, "hostile.ipynb", kernel=False)
    check_hostile(page)
    assert page.evaluate("window.control") is None
    assert lab.texts(page, 0) == ["shown"]
    assert page.locator(".jp-OutputArea-output script").count() == 0, "JupyterLab has sanitised the outputs"
    lab.picture(page, "hostile-untrusted")


def test_trusted_notebook_runs_no_script(plain: lab.Server, browser: Any, shown_in: Any, tmp_path: Path) -> None:
    """Outputs are trusted after a run: scripts in them would run, as in the first cell."""
    control = 'from IPython.display import HTML; HTML("<script>window.control = 1</script>")'
    shown = [f"pieces[{place}]" for place in range(5)]
    plot = "ck.plot.use_png_renderer(); ck.plot.frequency(ck.frequency(corpus), title=script + image)"
    code = HOSTILE.replace("{folder!r}", repr(str(tmp_path)))
    lab.write_notebook(plain.root / "hostile-run.ipynb", [control, code, *shown, plot])
    page = shown_in(plain, browser, "hostile-run.ipynb")
    assert lab.run_all(page), lab.errors(page)
    assert lab.errors(page) == []
    assert page.evaluate("window.control") == 1
    assert page.failures == []
    check_hostile(page)
    lab.picture(page, "hostile-run")


def test_chart_runs_no_script(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    """An interactive chart, as shown by default."""
    code = f"import corpus_kit as ck; import polars as pl; bad = '</script>' + {IMAGE!r}"
    plot = "ck.plot.frequency(pl.DataFrame({'word': [bad], 'count': [3]}), title=bad)"
    lab.write_notebook(plain.root / "chart.ipynb", [code, plot])
    page = shown_in(plain, browser, "chart.ipynb")
    assert lab.run_all(page), lab.errors(page)
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None


def test_prices_are_not_formulas(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    """JupyterLab renders text between two dollar signs as a formula, unless a table prevents it."""
    frame = pl.DataFrame({"text": ["سعره $5 أو $6 للبرميل", r"\(x\)"]})
    lab.write_notebook(plain.root / "prices.ipynb", [lab.shown("<p>$x^2$</p>"), lab.shown(table_html(frame))])
    page = shown_in(plain, browser, "prices.ipynb", kernel=False)
    page.wait_for_selector(".jp-OutputArea-output mjx-container")
    assert lab.output(page, 1).locator("mjx-container").count() == 0
    assert "سعره $5 أو $6 للبرميل" in lab.texts(page, 1)[0]


# ----------------------------------------------------------------------------------------------------
# Difficult lines
# ----------------------------------------------------------------------------------------------------


def lines(before: list[str], node: list[str], after: list[str]) -> pl.DataFrame:
    rows = range(len(node))
    return pl.DataFrame(
        {"before": before, "node": node, "after": after, "document": list(rows), "position": [9 * row for row in rows]}
    )


HARD = {
    "none": lines([], [], []),
    "one": lines(["قال"], ["الوزير"], ["نعم"]),
    "latin": lines(["said on 12.5%,", "2026-01-04"], ["Reuters", "1,250"], ["(AFP) reports", "-3.5%"]),
    "long": lines([LONG + "أقرب_قبل", "x" * 3000], ["المجلس", "المجلس"], ["أقرب_بعد " + LONG, "y" * 3000]),
    "huge": lines(["كلمة " * 200_000 + "أقرب_قبل"], ["المجلس"], ["أقرب_بعد" + " كلمة" * 200_000]),
}


def test_difficult_lines(plain: lab.Server, browser: Any, shown_in: Any) -> None:
    """No line, one, Latin and numbers only, long ones, two million letters; also in a narrow window."""
    frames = {name: frame.with_columns(pl.col(pl.String).fill_null("")) for name, frame in HARD.items()}
    typed = {"before": pl.String, "node": pl.String, "after": pl.String}
    cells = [lab.shown(concordance_html(frame.cast(typed), caption=name)) for name, frame in frames.items()]
    lab.write_notebook(plain.root / "hard.ipynb", cells)
    page = shown_in(plain, browser, "hard.ipynb", kernel=False)
    for width in (700, 1400):  # the last one is that of other tests
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("width => document.querySelector('.jp-Notebook').clientWidth <= width", arg=width)
        found = check_structure(notebook_of(page))
        assert found["concordances"] == len(HARD)
        for name in ("long", "huge"):
            place = list(HARD).index(name)
            row = lab.output(page, place).locator("tbody tr").first
            nearest = lab.letters(row.locator(".ck-before"), -8, -1)
            assert nearest["width"] > 20
            assert nearest["cell_left"] <= nearest["left"] <= nearest["cell_left"] + 12
            nearest = lab.letters(row.locator(".ck-after"), 0, 7)
            assert nearest["cell_right"] - 12 <= nearest["right"] <= nearest["cell_right"]
            assert row.bounding_box()["height"] < 60
        lab.picture(page, f"hard-{width}")


# ----------------------------------------------------------------------------------------------------
# HTML export
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_nbconvert_html(template: str, browser: Any, tmp_path: Path) -> None:
    """The page made by `jupyter nbconvert --to html`, without a network."""
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    source = tmp_path / "n.ipynb"
    stored = json.loads((PROJECT / "notebooks" / "00_quickstart.ipynb").read_text(encoding="utf-8"))
    lab.write_notebook(source, [*stored["cells"], *map(lab.shown, pieces(tmp_path))])
    body, _ = nbconvert.HTMLExporter(template_name=template).from_filename(str(source))
    target = tmp_path / "page.html"
    target.write_text(body, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    page.goto(target.as_uri(), wait_until="domcontentloaded")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    found = check_structure(page.locator("body"))
    assert found["concordances"] >= 2
    assert found["images"] >= 1
    assert SCRIPT in "\n".join(page.locator(".ck-table").all_inner_texts())
    lab.picture(page, f"nbconvert-{template}")
    page.close()
