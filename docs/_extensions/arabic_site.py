"""The pages in docs/ar as a site of their own: its words, menu and search are Arabic, its layout is right to left.

A page in docs/ar has the path of the English page that it translates, and each links to the other.
"""

from __future__ import annotations

import posixpath
import tomllib
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from markupsafe import Markup
from right_to_left import mirrored
from sphinx import locale
from sphinx.environment.adapters.toctree import _get_toctree_ancestors
from sphinx.util import logging

FOLDER = "ar/"
HOME = "ar/index"
SEARCH = "ar/search"
_STYLE = "_static/styles/pydata-sphinx-theme.css"
_MIRRORED_STYLE = "_static/styles/pydata-sphinx-theme-rtl.css"
_WORDS = tomllib.loads(Path(__file__).with_name("arabic_words.toml").read_text(encoding="utf-8"))
_CATALOGUE = ("general", "sphinx")


def is_arabic(page: str) -> bool:
    """Return whether a page is in Arabic."""
    return page.startswith(FOLDER)


def twin(page: str) -> str:
    """Return the name that a page has in the other language.

    >>> twin("howto/search"), twin("ar/howto/search")
    ('ar/howto/search', 'howto/search')
    """
    return page.removeprefix(FOLDER) if is_arabic(page) else FOLDER + page


class ArabicWords(NullTranslations):
    """The catalogue of `arabic_words.toml`; a word that is missing there is a warning."""

    def gettext(self, message: str) -> str:
        if message not in _WORDS["page"]:
            logging.getLogger(__name__).warning("arabic_words.toml must have %r, which a page shows", message)
        return _WORDS["page"].get(message, message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:  # noqa: ARG002
        return self.gettext(plural)


# ------------------------------------------------------------------------------------- while a page is written


def choose_words(app: Any, page: str) -> None:
    """Let Sphinx and its writers use the words of the page's language."""
    locale.translators[_CATALOGUE] = ArabicWords() if is_arabic(page) else app.translator


def choose_words_first(app: Any) -> None:
    """Choose the words of each page before its text is written, for which there is no event."""
    write = app.builder.write_doc

    def write_doc(page: str, doctree: nodes.document) -> None:
        choose_words(app, page)
        write(page, doctree)

    app.builder.write_doc = write_doc


def mark_links(app: Any, doctree: nodes.document, page: str) -> None:  # noqa: ARG001
    """Mark links from Arabic pages to English ones."""
    if not is_arabic(page):
        return
    for link in doctree.findall(nodes.reference):
        path = link.get("refuri", "").partition("#")[0]
        if link.get("internal") and path and not path.startswith("http"):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
            if not target.startswith(FOLDER) and "_images" not in target and target != f"{twin(page)}.html":
                link["classes"].append("in-english")


def fill_page(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Tell the templates of the theme what is different on this page: before the theme looks at it."""
    choose_words(app, pagename)
    known = {*app.env.all_docs, "search", SEARCH}
    other = twin(pagename)
    to = context["pathto"]
    context["other_language"] = to(other) if other in known else to("index" if is_arabic(pagename) else HOME)
    context["is_arabic"] = is_arabic(pagename)
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<link rel="alternate" hreflang="{"ar" if is_arabic(name) else "en"}" href="{to(name)}" />\n'
        for name in (pagename, other)
        if other in known
    )
    if not is_arabic(pagename):
        context["next"] = None if app.builder.relations.get(pagename, [None] * 3)[2] == HOME else context.get("next")
        return
    words = ArabicWords()
    context["language"] = Markup('ar" dir="rtl')  # the theme has no variable for the direction
    context |= {"gettext": words.gettext, "ngettext": words.ngettext, "root_doc": HOME}
    context["theme_search_bar_text"] = words.gettext("Search the docs ...")
    context["parents"] = context.get("parents", [])[1:]  # without the first page, to which the house leads
    elsewhere = {"search": SEARCH, _STYLE: _MIRRORED_STYLE}
    context["pathto"] = lambda page, *options: to(elsewhere.get(page, page), *options)
    if pagename == HOME:
        context["prev"] = None
    context["search_words"] = _WORDS["search"]


def fill_menus(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Give each page the menu of its language: after the theme has made the functions for it."""
    header = context["generate_header_nav_html"]
    root = HOME if is_arabic(pagename) else "index"
    sections = [*_get_toctree_ancestors(app.env.toctree_includes, pagename)]
    section = sections[-2] if is_arabic(pagename) and len(sections) > 1 else None

    def menu(*arguments: Any, **options: Any) -> str:
        english, app.config.root_doc = app.config.root_doc, root
        try:
            entries = BeautifulSoup(header(*arguments, **options), "html.parser")
        finally:
            app.config.root_doc = english
        for entry in entries("li"):
            link = entry.find("a", href=True)
            if link and link["href"] == context["pathto"](HOME) and root == "index":
                entry.decompose()  # the button of the language leads there
            elif link and section and link["href"] == context["pathto"](section):
                entry["class"] = ["nav-item", "current", "active"]
        return str(entries)

    context["generate_header_nav_html"] = menu
    if is_arabic(pagename):
        tree, without_tree = context["generate_toctree_html"], context["suppress_sidebar_toctree"]
        context["generate_toctree_html"] = lambda kind, **options: tree(kind, startdepth=2, **options)
        context["suppress_sidebar_toctree"] = lambda **options: without_tree(startdepth=2, **options)


# ------------------------------------------------------------------------------------- of the whole site


def share_anchors(app: Any, env: Any) -> None:  # noqa: ARG001
    """Let links name sections of an Arabic page as those of the English one, whose headings are in the same order."""
    for page in env.all_docs:
        ours, theirs = (env.metadata.get(name, {}).get("myst_slugs") for name in (page, twin(page)))
        if page.startswith(FOLDER) and ours and theirs and len(ours) == len(theirs):
            env.metadata[page]["myst_slugs"] = dict(zip(theirs, ours.values(), strict=True)) | ours


def search_page(app: Any) -> list[tuple[str, dict[str, Any], str]]:  # noqa: ARG001
    """Return the page for results in Arabic."""
    return [(SEARCH, {"title": _WORDS["page"]["Search"], "script_files": []}, "search.html")]


def write_style(app: Any, error: Exception | None) -> None:
    """Write the style sheet of the theme for the other direction."""
    if error or app.builder.format != "html":
        return
    style = (Path(app.outdir) / _STYLE).read_text(encoding="utf-8")
    (Path(app.outdir) / _MIRRORED_STYLE).write_text(mirrored(style), encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    app.connect("env-updated", share_anchors)
    app.connect("builder-inited", choose_words_first)
    app.connect("doctree-resolved", mark_links, priority=900)
    app.connect("html-page-context", fill_page, priority=100)
    app.connect("html-page-context", fill_menus, priority=900)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
