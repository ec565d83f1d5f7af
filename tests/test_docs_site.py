"""The documentation site: it builds without warnings, is complete, and makes no network requests."""

from __future__ import annotations

import doctest
import importlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import corpus_kit as ck

pytest.importorskip("myst_nb", reason="the extra `docs` is not installed")

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# A page of each kind, in both directions; axe-core takes long where a page is long.
KINDS = (
    "index",
    "ar/index",
    "ar/howto/explore_in_a_browser",
    "ar/searching",
    "ar/search.html?q=هدنة",
    "gallery",
    "tutorial",
    "notebooks/00_quickstart",
    "howto/validate",
    "howto/explore_in_a_browser",
    "reference/files",
    "reference/index",
    "measures/keyness",
    "explanation/limits",
    "search.html?q=هدنه",
)
WIDTHS = (360, 768, 1280)
FRONT_PAGE = 300_000  # bytes that a browser loads for it
LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src", "link": "href"}


@pytest.fixture(autouse=True)
def extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the modules of docs/_extensions importable, as Sphinx does."""
    monkeypatch.syspath_prepend(str(DOCS / "_extensions"))


# ------------------------------------------------------------------------------------- extensions


@pytest.mark.parametrize("name", ["accessible", "arabic_pages", "arabic_search", "gallery", "site_assets"])
def test_extension_examples_run(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted
    assert not results.failed


def to_rest(docstring: str, **options: Any) -> str:
    return "\n".join(importlib.import_module("docstrings").to_rest(docstring, **options))


def test_sections_become_fields() -> None:
    rest = to_rest(
        "Count.\n\nArgs:\n    top: How many,\n        at most.\n    **by: Others.\n\n"
        "Returns:\n    A table: two columns,\n    both Int64.\n\nRaises:\n    InputError: If 3 * 4_ is above `x`.\n\n"
        "References:\n    A. (1999)."
    )
    assert ":param top: How many,\n            at most." in rest
    assert ":param \\*\\*by: Others." in rest
    assert re.search(r":returns: \\\n +A table: two columns,\n +both Int64\.", rest)
    assert ":raises InputError: If 3 * 4\\_ is above ``x``." in rest
    assert ".. rubric:: References\n\nA. (1999)." in rest


def test_code_with_a_reference_entry_becomes_a_link() -> None:
    rest = to_rest("Like `ck.kwic`s, `corpus.exclude(spans)` and `no_such_name`; see docs/searching.md.")
    assert ":py:obj:`ck.kwic <corpus_kit.kwic>`\\ s" in rest
    assert ":py:obj:`corpus.exclude(spans) <corpus_kit.Corpus.exclude>`" in rest
    assert "``no_such_name``" in rest
    assert ":doc:`/searching`" in rest
    assert ":py:obj:`filter <" in to_rest("See `filter`.", owner="corpus_kit.Corpus")
    assert "``filter``" in to_rest("See `filter`.", owner="corpus_kit.Corpus", parameters=["filter"])


def test_examples_are_unchanged() -> None:
    assert ">>> f(`a`, *b_)\n" in to_rest("One `x`.\n\n>>> f(`a`, *b_)\n3\n\nMore *.")


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("الدولة stands before الإسلامية 30 times", ["الدولة", "الإسلامية"]),
        ("ا, و or ي", ["ا", "و", "ي"]),
        ("finds «إمارة» السهل.", ["«إمارة» السهل"]),
        ("write ال(كتاب|قلم) as", ["ال(كتاب|قلم)"]),
        ("على (on) and علي (Ali)", ["على", "علي"]),
        ("no Arabic (at all) 12", []),
    ],
)
def test_runs_of_arabic(text: str, runs: list[str]) -> None:
    pieces = list(importlib.import_module("arabic_pages").parted(text))
    assert [piece for piece, is_run in pieces if is_run] == runs
    assert "".join(piece for piece, _ in pieces) == text


def test_search_folds_as_the_library_does() -> None:
    folds = importlib.import_module("arabic_search").folds()
    for text in ("عُدّة المدوّنات", "أإآٱ ى ة", "ﻻ ﷺ", "کتابی ٣۴", "مـــن"):
        folded = "".join(folds.get(character, character) for character in text)
        assert folded == ck.normalize(text, profile="search")


def test_every_plot_is_in_the_gallery() -> None:
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    drawn = {name for name, _ in importlib.import_module("gallery").charts(text)}
    assert set(ck.plot.__all__) - {"Chart", "isolate", "png", "use_png_renderer"} <= drawn


def test_formulas_become_mathml_or_raise() -> None:
    mathml = importlib.import_module("mathml")
    assert "<mfrac>" in mathml.to_mathml(r"\frac{a}{b}, \dots", block=True)
    with pytest.raises(mathml.MathError):
        mathml.to_mathml(r"\nosuchcommand", block=False)


# ------------------------------------------------------------------------------------------- site


@dataclass
class Page(HTMLParser):
    """The ids, links and resources of a page."""

    path: Path
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.text = self.path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        self.tags.append(tag)
        if "id" in known:
            self.ids.add(known["id"])
        if tag == "img":
            self.pictures.append((known.get("src", ""), known.get("alt", "")))
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if LOADED.get(tag) in known and known.get("rel") not in ("canonical", "index", "search", "next", "prev"):
            self.loads.append(known[LOADED[tag]])


@dataclass
class Site:
    """A built site."""

    folder: Path

    @cached_property
    def pages(self) -> dict[Path, Page]:
        return {path: Page(path) for path in sorted(self.folder.rglob("*.html")) if "_static" not in path.parts}

    def page(self, name: str) -> Page:
        return self.pages[self.folder / name]

    def broken_links(self) -> Iterator[str]:
        for path, page in self.pages.items():
            for link in [*page.links, *page.loads]:
                parts = urlsplit(link)
                if parts.scheme in ("http", "https", "mailto", "data", "javascript"):
                    continue
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                ids = self.pages[target].ids if target in self.pages else {unquote(parts.fragment)}
                if not target.exists() or (parts.fragment and unquote(parts.fragment) not in ids):
                    yield f"{path.name}: {link}"

    def silent_pictures(self) -> Iterator[str]:
        """Yield pictures without a text; a thumbnail beside its name needs none."""
        for path, page in self.pages.items():
            thumbnails = re.findall(r'<div class="gallery">(.*?)</div>', page.text, re.DOTALL)
            allowed = "".join(thumbnails).count("<img")
            silent = [source[:80] for source, text in page.pictures if len(text) < 8]
            if len(silent) != allowed:
                yield f"{path.name}: {silent}"

    def external_requests(self) -> Iterator[str]:
        for path, page in self.pages.items():
            yield from (f"{path.name}: {link}" for link in page.loads if urlsplit(link).scheme in ("http", "https"))
        for path in self.folder.rglob("*.css"):
            for link in re.findall(r"url\(\s*['\"]?([^)'\"]+)|@import\s+['\"]([^'\"]+)", path.read_text("utf-8")):
                if "".join(link).startswith(("http:", "https:", "//")):
                    yield f"{path.name}: {''.join(link)}"

    def missing_fonts(self) -> list[str]:
        style = (self.folder / "_static" / "arabic.css").read_text(encoding="utf-8")
        return [
            name for name in re.findall(r'url\("([^"]+)"\)', style) if not (self.folder / "_static" / name).exists()
        ]


def public_names() -> Iterator[str]:
    modules = {"": ck, "news.": ck.news, "measures.": ck.measures, "plot.": ck.plot, "scale.": ck.scale}
    for prefix, module in modules.items():
        for name in module.__all__:
            if callable(getattr(module, name)):
                yield f"corpus_kit.{prefix}{name}"
    for kind in (ck.Corpus, ck.Concordance, ck.Normalizer):
        for name, member in vars(kind).items():
            if not name.startswith("_") and ">>>" in (getattr(member, "__doc__", None) or ""):
                yield f"corpus_kit.{kind.__name__}.{name}"
    for name in ("documents", "exclude", "id", "n_documents"):  # inherited
        yield f"corpus_kit.Corpus.{name}"
    for name in ("normalize", "tokenize"):
        yield f"corpus_kit.text.namespace.ArabicExpr.{name}"


def check_notebooks(site: Site) -> None:
    for path in NOTEBOOKS:
        page = site.page(f"notebooks/{path.stem}.html")
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        shown = [output["data"] for cell in cells for output in cell["outputs"] if "data" in output]
        pictures = sum("image/png" in data for data in shown)
        tables = sum("<table" in data.get("text/html", "") for data in shown)
        assert page.tags.count("img") >= pictures, path.name
        assert page.tags.count("table") >= tables, path.name
        assert 'dir="rtl"' in page.text, path.name


# The numbers of a page whose sign is not beside them as in 98% and 0.22–0.32.
MISPLACED_SIGNS = r"""() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, range = document.createRange();
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("script, style, pre, ul.search")) continue;
    const at = (place) => (range.setStart(node, place), range.setEnd(node, place + 1), range.getBoundingClientRect());
    for (const { index } of node.data.matchAll(/\d(?=[%–])|[\u2212–](?=\d)/gu)) {
      const [first, second] = [at(index), at(index + 1)];
      if (first.top === second.top && first.left > second.left) found.push(node.data.slice(index - 9, index + 9));
    }
  }
  return found;
}"""


def check_arabic(site: Site, page: Any) -> None:
    """Assert that an Arabic page is right to left in its menu, but not in its numbers, and leads to the English one."""
    page.goto((site.folder / "ar" / "searching.html").as_uri())
    assert page.evaluate(MISPLACED_SIGNS) == []
    page.goto((site.folder / "ar" / "howto" / "search.html").as_uri())
    assert page.evaluate("document.documentElement.dir") == "rtl"
    menu, article = (page.locator(part).bounding_box()["x"] for part in ("#pst-primary-sidebar", "article"))
    assert menu > article
    assert page.locator("nav .breadcrumb-item").all_inner_texts()[1:] == ["كيف أفعل كذا؟", "ابحث"]
    page.locator("a.language").first.click()
    assert page.locator("h1").inner_text().startswith("Search")
    page.goto(f"{(site.folder / 'ar' / 'search.html').as_uri()}?q=هدنة")
    page.locator("#search-status", has_text="الأقسام").wait_for()


def check_in_a_browser(site: Site) -> None:
    """Assert no network requests, Arabic fonts and direction, and a search that finds Arabic."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("the site was checked, but not in a browser: no chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        urls: list[str] = []
        page.on("request", lambda request: urls.append(request.url))
        for name in ("ar/index.html", "notebooks/00_quickstart.html", "measures/keyness.html"):
            page.goto((site.folder / name).as_uri())
            page.evaluate("document.fonts.ready")
        page.goto((site.folder / "ar" / "index.html").as_uri())
        paragraph = page.locator("article p", has_text="مكتبة").first
        assert paragraph.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert page.evaluate("document.fonts.check('16px \"Arabic Sans\"', 'خبر')")
        assert page.locator("article pre").first.evaluate("node => getComputedStyle(node).direction") == "ltr"
        check_search(site, page)
        check_arabic(site, page)
        assert not [url for url in urls if not url.startswith(("file:", "data:"))]
        page.close()
        # Colours depend on the theme, widths do not: axe-core sees each kind of page wide and light, narrow and dark.
        for theme, widths in (("light", WIDTHS), ("dark", WIDTHS[:1])):
            page = browser.new_page(color_scheme=theme)
            check_weight(site, page)
            assert list(barriers(site, page, widths)) == [], theme
            page.close()
        browser.close()


def check_search(site: Site, page: Any) -> None:
    """Assert that words are found however they are written, with an excerpt, and that no query breaks the page."""
    for query, spelling in (
        ("المدونة", "المدو"),
        ("المُدَوَّنة", "المدو"),
        ("هدنه", "هدنة"),
        ("collocation", "ollocation"),
    ):
        page.goto(f"{(site.folder / 'search.html').as_uri()}?q={query}")
        page.locator("#search-list mark", has_text=spelling).first.wait_for()
        assert page.locator("#search-list .context mark").count()
        link = page.locator("#search-list a").first.get_attribute("href")
        path, _, anchor = link.partition("#")
        assert not anchor or anchor in site.page(path.removeprefix("./")).ids
    for query in ("zzzz", "((", "%3Cimg src=x onerror=alert(1)%3E"):
        page.goto(f"{(site.folder / 'search.html').as_uri()}?q={query}")
        page.wait_for_timeout(300)
        assert not page.locator("#search-list img").count()


def check_weight(site: Site, page: Any) -> None:
    """Assert that the front page is light, with everything that a browser loads for it."""
    loaded: set[str] = set()
    page.on("requestfinished", lambda request: loaded.add(request.url))
    page.goto((site.folder / "index.html").as_uri())
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)
    sizes = {url: Path(unquote(urlsplit(url).path)).stat().st_size for url in loaded if url.startswith("file:")}
    assert sum("front" in url for url in sizes) == 1, "one picture"
    assert sum(sizes.values()) < FRONT_PAGE, sizes


def barriers(site: Site, page: Any, widths: Sequence[int]) -> Iterator[str]:
    """Yield which pages of each kind are wider than a screen, and what axe-core finds on them at the last width."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    run = "axe.run(document, {resultTypes: ['violations'], preload: false}).then(({violations}) => violations)"
    for kind in KINDS:
        name, _, query = kind.partition("?")
        address = (site.folder / f"{name.removesuffix('.html')}.html").as_uri() + (f"?{query}" if query else "")
        page.goto(address)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(100)
            root = "document.documentElement"
            if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
                yield f"{kind} is wider than {width}"
        page.wait_for_timeout(600)  # what scrolls has been made reachable
        page.evaluate(script)
        for each in page.evaluate(run):
            # It does not read MathML, and takes a head with a formula for an empty one.
            found = [node["html"][:200] for node in each["nodes"] if "<math" not in node["html"]]
            if found:
                yield f"{kind}: {each['id']}: {found[:3]}"


@pytest.mark.slow
def test_site(tmp_path: Path) -> None:
    """A single test, so that the site is built once, as by `make docs` but in another folder."""
    recipe = re.search(r"sphinx-build (.+) docs docs/_build/html", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert recipe is not None
    assert {"-W", "-n"} <= set(recipe[1].split())
    elsewhere = ["-d", str(tmp_path / "doctrees"), str(DOCS), str(tmp_path / "html")]
    command = [sys.executable, "-m", "sphinx", *recipe[1].split(), *elsewhere]
    built = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path)
    assert not built.returncode, built.stderr
    site = Site(tmp_path / "html")
    entries = set().union(*(page.ids for page in site.pages.values()))
    assert [name for name in public_names() if name not in entries] == []
    command = importlib.import_module("corpus_kit.cli.main").app
    commands: Any = importlib.import_module("typer").main.get_command(command)
    assert set(commands.list_commands(None)) <= site.page("reference/commands.html").ids
    check_notebooks(site)
    assert list(site.broken_links()) == []
    assert list(site.external_requests()) == []
    assert list(site.silent_pictures()) == []
    assert site.missing_fonts() == []
    assert (site.folder / "_static" / "fonts" / "LICENSE-Amiri.txt").is_file()
    # named in the same way whichever page is read first
    assert {path.name for path in site.folder.glob("_images/start*")} == set()
    assert (site.folder / "_images" / "pictures-ar-start.png").is_file()
    formulas = sum(page.tags.count("math") for page in site.pages.values())
    written = sum(path.read_text(encoding="utf-8").count("$$") // 2 for path in DOCS.glob("measures/*.md"))
    assert formulas > written > 50
    assert not [load for page in site.pages.values() for load in page.loads if "mathjax" in load.lower()]
    check_in_a_browser(site)
