"""The style sheet for right-to-left Arabic in JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

from corpus_kit.display.html import Html

__all__ = ["rules", "style"]


def style() -> Html:
    """Show Arabic right to left in a notebook that ``corpus-kit lab`` did not open.

    Make the call the last line of a cell. The rules hold for prose, code and tables of the whole page, in JupyterLab
    and Notebook 7, as long as the output of the cell is shown. They use the fonts of the machine. About 2 kB are stored
    in the notebook. If the notebook is not trusted, run the cell.

    Returns:
        A piece of HTML, which a notebook shows as an empty line.

    Examples:
        >>> from corpus_kit.lab import style
        >>> style().startswith("<style>")
        True
    """
    return Html(f"<style>{_short(rules())}</style>")


def rules() -> str:
    """Return the style sheet, without fonts.

    >>> "unicode-bidi: isolate" in rules()
    True
    """
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def _short(sheet: str) -> str:
    """Return a style sheet without comments and line breaks."""
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)).strip()
