"""JupyterLab with the project's notebooks, and with Arabic set right.

``corpus-kit lab`` starts it (`corpus_kit.lab.server`). This package is also an extension of Jupyter Server: where
it is enabled, the style sheet and the Arabic fonts are served at /custom/custom.css, before the user's own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

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


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "corpus_kit.lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from corpus_kit.lab.pages import serve_style  # here, since Jupyter Server calls this and nobody else has it

    serve_style(server.web_app)
