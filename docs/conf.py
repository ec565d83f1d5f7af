"""The documentation as a site: Sphinx, MyST and the notebooks with their stored outputs. `make docs` builds it.

Nothing is fetched, neither when it is built nor when it is read: fonts come from packages, formulas are MathML.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import corpus_kit

project = "corpus-kit"
author = "The corpus-kit developers"
copyright = author
version = release = corpus_kit.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    # our own, in _extensions
    "arabic_pages",
    "arabic_search",
    "docstrings",
    "mathml",
    "reference",
    "tutorial",
]
root_doc = "index"
exclude_patterns = ["_build", "_extensions", "README.md", "**.ipynb_checkpoints"]  # README.md is the index on a forge
templates_path = ["_templates"]

# Pages and notebooks
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the tests execute the notebooks; the site shows what they stored
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # would be loaded from a server
# No kernel is behind a page: of a widget, the table that it stores beside itself is shown.
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

# Reference
autodoc_preserve_defaults = True  # as they are written
python_maximum_signature_line_length = 100
python_display_short_literal_types = True
toc_object_entries_show_parents = "hide"
# Types in signatures that have no entry here. No inventory of other libraries can be fetched.
nitpick_ignore_regex = [
    ("py:class", r"(altair|alt|anywidget|collections|datetime|matplotlib|networkx|numpy|os|pathlib|pl|polars)\..+"),
    ("py:class", r"csr_array"),  # of SciPy
    # of ours: what tasks of a count pass to one another; their docstrings say what it is
    ("py:class", r"corpus_kit\.scale\.(locations|merging|partition|plan|sources)\..+"),
    # of ours: short for numbers, for a list of words, for whatever has a vocabulary; docstrings say what they take
    ("py:class", r"Number|Tokens|corpus_kit\.segmentation\.HasVocabulary"),
]

# Site
html_theme = "pydata_sphinx_theme"
html_title = "corpus-kit"
html_static_path = ["_static"]
html_css_files = ["arabic.css"]
html_math_renderer = "mathml"
html_search_language = "ar"  # arabic_search, which knows English too
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "ar/index": []}
