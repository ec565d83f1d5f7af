"""The style sheet that sets Arabic right in JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

from corpus_kit.display.html import Html

__all__ = ["rules", "style"]


def style() -> Html:
    """Set Arabic right in a notebook that ``corpus-kit lab`` did not open; call it as the last line of a cell.

    It holds for prose, code and tables of the whole page, in JupyterLab and in Notebook 7, as long as the output of the
    cell is shown. It names no font file: letters come from the fonts of the machine. What is stored in the
    notebook is about 2 kB; a notebook that is not trusted has to be run for it.

    Returns a piece of HTML, which a notebook shows as an empty line.

    >>> style().startswith("<style>")
    True
    """
    return Html(f"<style>{_short(rules())}</style>")


def rules() -> str:
    """The style sheet, without fonts.

    >>> "unicode-bidi: isolate" in rules()
    True
    """
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def _short(sheet: str) -> str:
    """A style sheet without its comments and line breaks."""
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)).strip()
