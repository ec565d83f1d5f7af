"""The documentation as a site: Sphinx, MyST and the notebooks with their stored outputs. `make docs` builds it.

Nothing is fetched when it is built or read: fonts come from packages, formulas are MathML.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import corpus_kit

gc.set_threshold(
    200_000, 20, 1_000
)  # nodes of all pages stay: to look for garbage among them takes a fifth of the time

project = "corpus-kit"
author = "The corpus-kit developers"
copyright = author
version = release = corpus_kit.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    # in _extensions
    "accessible",
    "arabic_numbers",
    "arabic_pages",
    "arabic_search",
    "arabic_site",
    "columns",
    "docstrings",
    "gallery",
    "mathml",
    "reference",
    "site_assets",
    "tutorial",
]
root_doc = "index"
# README.md is for the repository
exclude_patterns = ["_build", "_extensions", "README.md", "ar/README.md", "**.ipynb_checkpoints"]
templates_path = ["_templates"]

# Pages and notebooks
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the tests execute the notebooks; the site shows what they stored
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # they would be loaded from a server
# A page has no kernel: for a widget, the table stored beside it is shown.
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

# Reference
python_maximum_signature_line_length = 100
python_display_short_literal_types = True
toc_object_entries_show_parents = "hide"
# Types in signatures without an entry here. Inventories of other libraries would have to be fetched.
nitpick_ignore_regex = [
    ("py:class", r"(anywidget|collections|datetime|matplotlib|networkx|numpy|os|pathlib|pl|polars)\..+"),
    ("py:class", r"csr_array"),  # of SciPy
    # ours: what the tasks of a count pass to one another, as their docstrings say
    ("py:class", r"corpus_kit\.scale\.(locations|merge_bucket|partition|plan|sources)\..+"),
    # ours: aliases for numbers, a list of words, an object with a vocabulary; docstrings say what is accepted
    ("py:class", r"Number|Tokens|corpus_kit\.text\.word_counts\.HasVocabulary"),
    # ours: what any library exports through Arrow
    ("py:class", r"corpus_kit\._base\.columns\.Arrow(Stream|Array)|Arrow(Stream|Array|Table)"),
    # ours: what annotators are, which docstrings describe
    ("py:class", r"(Layer)?Annotator"),
    # ours: what `project.toml` says, which the docstring names
    ("py:class", r"corpus_kit\.coding\.project_folder\.Design"),
    # ours: what `ck.cqp` returns, a str
    ("py:class", r"corpus_kit\.query\.cqp\.CqpQuery"),
    # ours: two copies, which `ck.news.side_by_side` shows
    ("py:class", r"corpus_kit\.news\.side_by_side\.SideBySide"),
    # ours: what a coding project was made with, as `CodingProject` says
    ("py:class", r"corpus_kit\.coding\.project_folder\.Design"),
    # ours: what `format=` takes; the how-to says what that is
    ("py:class", r"corpus_kit\.readers\.(documents\.Reader|formats\.Format)"),
    # unions in the signature of an estimator, which Sphinx takes apart
    ("py:class", r"int \| tuple\[int|type\[~typing\..+"),
    # ours: the interface of `Corpus` for analyses, and the hits that `ck.kwic` gives its Concordance
    ("py:class", r"(corpus_kit\.corpus\.view\.)?CorpusView|corpus_kit\.search\.hits\.Hits"),
]

# Site
html_theme = "pydata_sphinx_theme"
html_title = "corpus-kit"
html_static_path = ["_static"]
html_css_files = ["arabic.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_domain_indices = False  # modules are no way into the reference
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "navbar_end": ["language", "theme-menu"],
    "navbar_align": "left",
    "header_links_before_dropdown": 99,  # a menu of the rest would need the scripts of Bootstrap
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": ["version"],
    "primary_sidebar_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# Where the versions of a public site are listed, as the theme has them: pages of an old one then say so. A copy that is
# read from files never asks for anything.
if versions := os.environ.get("CORPUS_KIT_DOCS_VERSIONS"):
    html_theme_options |= {
        "switcher": {"json_url": versions, "version_match": release},
        "check_switcher": False,
        "show_version_warning_banner": True,
    }
html_sidebars = {
    "index": [],
    "ar/index": [],
    "gallery": [],
    "ar/gallery": [],
    "search": [],
    "ar/search": [],
    "**": ["sidebar-nav-bs"],
}
