"""The script and the style of the explorer's page: the modules of `page/`, joined into one that needs no other file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from corpus_kit.display.page_files import joined_modules
from corpus_kit.plots.live import CHART_MODULES, chart_style

__all__ = ["page_script", "page_style"]

_FOLDER = Path(__file__).parent / "page"
_MODULES = (  # each after those that it imports from
    "channel.js", "python.js", "table.js", "chart_pane.js", "texts.js", "copies.js", "sketch.js", "search_form.js",
    "line_table.js", "concordance.js", "selection.js", "table_tab.js", "session.js", "project_form.js", "coding.js",
    "shell.js",
)  # fmt: skip


@cache
def page_script() -> str:
    """Return the script of the page as one module; no two of its parts have a name in common."""
    return joined_modules([*CHART_MODULES, *(_FOLDER / name for name in _MODULES)])


@cache
def page_style() -> str:
    """Return the style sheet of the page."""
    return "\n".join([chart_style(), (_FOLDER / "explorer.css").read_text(encoding="utf-8")])
