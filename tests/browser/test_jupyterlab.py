"""Notebooks in JupyterLab, in a real browser: where things stand, with which letters, and that texts run no script.

Pictures of what was looked at go to CORPUS_KIT_ARTIFACTS, where that is set.
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
HEAD = ["السياق السابق", "الكلمة", "السياق اللاحق", "الموضع"]
LONG = "كلمة تتلوها كلمة أخرى في سطر طويل لا يتسع له العمود مهما اتسع، " * 6
SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = "<img src=x onerror='window.hacked = 1'>"

# A corpus of somebody who wants to run script in the reader's notebook: `pieces` are what a notebook would show of it.
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

# What stands where in the tables and pictures below an element.
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
    """Hold everything below a locator to its place; returns how many tables and pictures there were."""
    found = root.evaluate(STRUCTURE)
    for table in found["concordances"]:
        assert [cell["text"] for cell in table["head"]][:4] == HEAD
        nodes = set()
        for row in [table["head"], *table["rows"]]:
            before, node, after, reference = row[:4]
            assert before["left"] >= node["right"] - 1, row
            assert node["left"] >= after["right"] - 1, row
            assert after["left"] >= reference["right"] - 1, row
            assert found["frame"]["left"] <= node["left"]
            assert node["right"] <= found["frame"]["right"] + 1, "the node is in sight"
            nodes.add((round(node["left"]), round(node["width"])))
        assert len(nodes) == 1, "the nodes stand under each other"
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
    """A browser on a machine whose only font has no Arabic letter."""
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
    """What a newcomer sees: `corpus-kit lab` in an empty folder."""
    root = tmp_path_factory.mktemp("lab")
    with lab.serve(root, command=lab_command("notebooks")) as server:
        yield server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Server]:
    """`jupyter lab`, without our style sheet."""
    root = tmp_path_factory.mktemp("plain")
    with lab.serve(root) as server:
        yield server


@pytest.fixture
def page_of() -> Iterator[Any]:
    """Opens pages that are closed after the test."""
    opened: list[Any] = []

    def open_page(server: lab.Server, browser: Any, notebook: str, **options: Any) -> Any:
        opened.append(server.open(browser, notebook, **options))
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


# ----------------------------------------------------------------------------------------------------
# What a newcomer sees
# ----------------------------------------------------------------------------------------------------


def test_the_first_notebook_runs_and_stands_right(started: lab.Server, browser: Any, page_of: Any) -> None:
    page = page_of(started, browser, "00_quickstart.ipynb")
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
    assert first["cell_right"] - first["right"] < 3, "the first letter stands at the right"
    lab.picture(page, "00_quickstart-run")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_of_the_notebooks(path: Path, started: lab.Server, browser: Any, page_of: Any) -> None:
    """As they are on opening: nobody has signed them, so JupyterLab does not trust them."""
    page = page_of(started, browser, path.name, kernel=False)
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
    assert page.locator(".jp-RenderedImage img").count() == len(pictures), "every plot that is stored is shown"


def test_the_first_notebook_in_the_dark(started: lab.Server, browser: Any, page_of: Any) -> None:
    started.theme("dark")
    try:
        page = page_of(started, browser, "00_quickstart.ipynb", kernel=False)
    finally:
        started.theme("light")
    assert page.evaluate("document.body.dataset.jpThemeLight") == "false"
    check_structure(notebook_of(page))
    ink, ground = page.evaluate(
        "[getComputedStyle(document.querySelector('.ck-concordance td')).color,"
        " getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor]"
    )
    assert min(channels(ink)) > 180
    assert max(channels(ground)) < 60
    assert page.evaluate("getComputedStyle(document.querySelector('.ck-table tbody tr')).backgroundColor") == (
        "rgba(0, 0, 0, 0)"
    ), "no stripes of JupyterLab's show through"
    lab.picture(page.locator(".ck-concordance").first, "00_quickstart-dark")


def channels(colour: str) -> list[int]:
    return [int(float(part)) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]


def test_the_list_of_notebooks(started: lab.Server, browser: Any) -> None:
    """The address that is printed leads to the notebooks, with the first one opened."""
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
# The letters
# ----------------------------------------------------------------------------------------------------

LETTERS = [
    lab.markdown('<div dir="rtl" lang="ar">\n\n**الخلاصة:** خبر و`code` هنا\n\n</div>'),
    lab.shown(
        concordance_html(
            pl.DataFrame({"before": ["قال"], "node": ["الوَزيرُ"], "after": ["نعم"], "document": [0], "position": [4]}),
            caption="الوزير",
        )
    ),
    lab.shown(table_html(pl.DataFrame({"كلمة": ["خبر"], "count": [1250]}))),
    "import corpus_kit as ck; ck.explore(ck.sample_corpus(), 'هدنة', page_size=3)",
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


def test_letters_on_a_machine_without_arabic_fonts(started: lab.Server, without_arabic: Any, page_of: Any) -> None:
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
        assert lab.fonts(page, "td.ck-node bdi") == AMIRI, "no letter of the node from elsewhere"
        lab.picture(page, "letters-without-fonts")
    finally:
        (started.root / "notebooks" / "letters.ipynb").unlink()


def test_letters_are_missing_there_without_the_style_sheet(
    plain: lab.Server, without_arabic: Any, page_of: Any
) -> None:
    """So the test above can fail: the machine has no Arabic letter of its own."""
    lab.write_notebook(plain.root / "letters.ipynb", LETTERS)
    page = page_of(plain, without_arabic, "letters.ipynb", kernel=False)
    assert lab.fonts(page, "td.ck-node bdi") == {"STIXGeneral": False}
    lab.picture(page, "letters-without-anything")


def test_latin_letters_and_the_users_choices_stay(started: lab.Server, browser: Any, page_of: Any) -> None:
    """Our fonts hold Arabic alone: code and prose keep the theme's faces, or those that a user has set."""
    lab.write_notebook(started.root / "notebooks" / "latin.ipynb", [lab.markdown("Some prose"), "x = 1"])
    try:
        page = page_of(started, browser, "latin.ipynb", kernel=False)
        for selector in (".jp-RenderedMarkdown p", ".jp-CodeCell .cm-line"):
            used = lab.fonts(page, selector)
            assert used
            assert not any(used.values())
        page.evaluate("document.documentElement.style.setProperty('--jp-code-font-family', 'Amiri')")
        page.evaluate("document.fonts.ready.then(() => 0)")
        assert lab.fonts(page, ".jp-CodeCell .cm-line") == AMIRI
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
    way: str, started: lab.Server, plain: lab.Server, browser: Any, page_of: Any
) -> None:
    cells = [lab.markdown(PROSE), lab.shown(DATAFRAME), 'f("خبر", "عدد")']
    if way == "style()":
        server, root = plain, plain.root
        cells = [*cells, "from corpus_kit.lab import style; style()"]
    else:
        server, root = started, started.root / "notebooks"
    lab.write_notebook(root / "prose.ipynb", cells)
    try:
        page = page_of(server, browser, "prose.ipynb")
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
    assert not page.locator(".jp-cell-toolbar").first.is_visible(), "no button lies on the prose"
    # Code reads from left to right, inside a line and in a block.
    for code in (prose.locator("p code"), prose.locator("pre code")):
        assert lab.letters(code, 0, 0)["right"] < lab.letters(code, 4, 4)["left"]
    block = lab.letters(prose.locator("pre"), 0, 0)
    assert block["left"] - block["cell_left"] < 60
    # The bullets are inside the page, the line of the quotation is at the right.
    assert prose.locator("ul").evaluate("e => getComputedStyle(e).paddingRight") != "0px"
    assert prose.locator("blockquote").evaluate("e => getComputedStyle(e).borderRightWidth") == "5px"
    # A cell of a table takes the direction of its text: what was cut off is missing at the end of each.
    cells = page.locator("table.dataframe td")
    assert lab.letters(cells.nth(0), -1, -1)["right"] <= lab.letters(cells.nth(0), 0, 0)["left"]
    assert lab.letters(cells.nth(2), -1, -1)["left"] >= lab.letters(cells.nth(2), 0, 0)["right"]
    number = lab.letters(cells.nth(3), 0, -1)
    assert number["cell_right"] - number["right"] < 12, "numbers stay at the right"
    # The first argument of the call stands left of the second.
    line = page.locator(".jp-CodeCell .cm-line", has_text='f("').first
    assert lab.letters(line, 3, 5)["right"] < lab.letters(line, 9, 11)["left"]


def test_style_says_the_same_as_the_style_sheet(plain: lab.Server, browser: Any, page_of: Any) -> None:
    """In a notebook that is not trusted it is dropped, and nothing of it is seen."""
    lab.write_notebook(plain.root / "style.ipynb", [lab.shown(style()), lab.markdown(PROSE)])
    page = page_of(plain, browser, "style.ipynb", kernel=False)
    assert page.locator(".jp-OutputArea-output style").count() == 0
    assert "jp-" not in "".join(lab.texts(page, 0))


# ----------------------------------------------------------------------------------------------------
# A corpus that is out for script
# ----------------------------------------------------------------------------------------------------


def pieces(folder: Path) -> list[str]:
    """What a notebook would store of the hostile corpus."""
    names: dict[str, Any] = {}
    exec(HOSTILE.replace("{folder!r}", repr(str(folder))), names)
    return [piece._repr_html_() for piece in names["pieces"]]


def check_hostile(page: Any) -> None:
    """Markup of texts, ids, columns, values, captions and file names is shown as text, and nothing has run."""
    page.wait_for_timeout(300)  # an image that does not load says so a little later
    assert page.evaluate("window.hacked") is None
    shown = "\n".join(page.locator(".ck-concordance, .ck-table").all_inner_texts())
    assert SCRIPT in shown
    assert IMAGE in shown
    assert page.locator(":is(.ck-concordance, .ck-table) :is(script, img, svg)").count() == 0
    found = check_structure(page.locator("body"))
    assert found["concordances"] == 1
    assert found["tables"] >= 4


def test_an_unsigned_notebook_runs_no_script(plain: lab.Server, browser: Any, page_of: Any, tmp_path: Path) -> None:
    control = "<script>window.control = 1</script><b>shown</b>"
    cells = [lab.shown(piece) for piece in [control, *pieces(tmp_path)]]
    lab.write_notebook(plain.root / "hostile.ipynb", cells)
    page = page_of(plain, browser, "hostile.ipynb", kernel=False)
    check_hostile(page)
    assert page.evaluate("window.control") is None
    assert lab.texts(page, 0) == ["shown"]
    assert page.locator(".jp-OutputArea-output script").count() == 0, "JupyterLab has sanitised the outputs"
    lab.picture(page, "hostile-untrusted")


def test_a_notebook_that_was_run_runs_no_script(plain: lab.Server, browser: Any, page_of: Any, tmp_path: Path) -> None:
    """Its outputs are trusted: script in them would run, as that of the first cell does."""
    control = 'from IPython.display import HTML; HTML("<script>window.control = 1</script>")'
    shown = [f"pieces[{place}]" for place in range(5)]
    plot = "ck.plot.use_png_renderer(); ck.plot.frequency(ck.frequency(corpus), title=script + image)"
    code = HOSTILE.replace("{folder!r}", repr(str(tmp_path)))
    lab.write_notebook(plain.root / "hostile-run.ipynb", [control, code, *shown, plot])
    page = page_of(plain, browser, "hostile-run.ipynb")
    assert lab.run_all(page), lab.errors(page)
    assert lab.errors(page) == []
    assert page.evaluate("window.control") == 1
    assert page.failures == []
    check_hostile(page)
    lab.picture(page, "hostile-run")


def test_a_chart_runs_no_script(plain: lab.Server, browser: Any, page_of: Any) -> None:
    """A chart as it is shown where nobody has asked for pictures."""
    code = f"import corpus_kit as ck; import polars as pl; bad = '</script>' + {IMAGE!r}"
    plot = "ck.plot.frequency(pl.DataFrame({'word': [bad], 'count': [3]}), title=bad)"
    lab.write_notebook(plain.root / "chart.ipynb", [code, plot])
    page = page_of(plain, browser, "chart.ipynb")
    assert lab.run_all(page), lab.errors(page)
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None


def test_prices_are_no_formulas(plain: lab.Server, browser: Any, page_of: Any) -> None:
    """JupyterLab sets what stands between two signs of dollar as a formula, unless a table forbids it."""
    frame = pl.DataFrame({"text": ["سعره $5 أو $6 للبرميل", r"\(x\)"]})
    lab.write_notebook(plain.root / "prices.ipynb", [lab.shown("<p>$x^2$</p>"), lab.shown(table_html(frame))])
    page = page_of(plain, browser, "prices.ipynb", kernel=False)
    page.wait_for_selector(".jp-OutputArea-output mjx-container")
    assert lab.output(page, 1).locator("mjx-container").count() == 0
    assert "سعره $5 أو $6 للبرميل" in lab.texts(page, 1)[0]


# ----------------------------------------------------------------------------------------------------
# Lines that are hard to set
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


def test_lines_that_are_hard_to_set(plain: lab.Server, browser: Any, page_of: Any) -> None:
    """No line, one, only Latin and numbers, too long ones, two million letters; in a narrow window, too."""
    frames = {name: frame.with_columns(pl.col(pl.String).fill_null("")) for name, frame in HARD.items()}
    typed = {"before": pl.String, "node": pl.String, "after": pl.String}
    cells = [lab.shown(concordance_html(frame.cast(typed), caption=name)) for name, frame in frames.items()]
    lab.write_notebook(plain.root / "hard.ipynb", cells)
    for width in (1400, 700):
        page = page_of(plain, browser, "hard.ipynb", kernel=False, width=width)
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
# As a page of HTML
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_as_html_by_nbconvert(template: str, browser: Any, tmp_path: Path) -> None:
    """The page that `jupyter nbconvert --to html` makes, without a network."""
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
