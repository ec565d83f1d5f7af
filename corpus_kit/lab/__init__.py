"""JupyterLab with the notebooks of the project and right-to-left Arabic.

``corpus-kit lab`` starts it (`corpus_kit.lab.server`). This package is also an extension of Jupyter Server, which
serves the style sheet and the Arabic fonts at /custom/custom.css, before the user's own style sheet.
"""

from __future__ import annotations

from typing import Any

from corpus_kit.lab.style import rules, style

__all__ = ["rules", "style"]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "corpus_kit.lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from corpus_kit.lab.pages import serve_style  # needs Jupyter Server, which is optional

    serve_style(server.web_app)
