"""The style sheet and the fonts, as the server delivers them.

JupyterLab links /custom/custom.css in its page. That sheet imports ours, then the user's own, so that the user's rules
win. The user's sheet keeps an address in the same folder, so that its relative links work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from corpus_kit.display.fonts import font_faces, font_files
from corpus_kit.lab.style import rules

__all__ = ["serve_style"]


def serve_style(application: Any) -> None:
    """Add the handlers to the web application of a Jupyter Server.

    Extensions are loaded in alphabetical order, so these come before JupyterLab's own handler of /custom/.
    """
    base = application.settings["base_url"]
    application.add_handlers(
        ".*$",
        [
            (url_path_join(base, "custom", r"custom\.css"), CustomSheet),
            (url_path_join(base, "corpus-kit", r"style\.css"), StyleSheet),
            (url_path_join(base, "corpus-kit", "fonts", r"([\w-]+\.ttf)"), FontFile),
        ],
    )


class CustomSheet(JupyterHandler):
    """Our sheet, then the user's. With ?own only the user's, as it is on disk."""

    @web.authenticated
    def get(self) -> None:
        """Send the sheet. It is read each time, since users edit theirs."""
        own = self._own()
        if self.get_argument("own", None) is None:
            both = ["../corpus-kit/style.css", *(["custom.css?own"] if own else [])]
            _finish_sheet(self, "".join(f'@import url("{address}");\n' for address in both).encode())
        elif own is None:
            raise web.HTTPError(404)
        else:
            _finish_sheet(self, own.read_bytes())

    def _own(self) -> Path | None:
        """Return the path of the user's own sheet, where Jupyter looks for it."""
        folders = self.settings.get("static_custom_path") or []
        paths = [Path(folder) / "custom.css" for folder in ([folders] if isinstance(folders, str) else folders)]
        return next((path for path in paths if path.is_file()), None)


class StyleSheet(JupyterHandler):
    """The @font-face rules and the style sheet."""

    @web.authenticated
    def get(self) -> None:
        """Send the sheet."""
        _finish_sheet(self, (font_faces() + rules()).encode())


class FontFile(JupyterHandler):
    """One of the fonts, by name. No other file can be requested."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Send the file."""
        path = font_files().get(name)
        if path is None:
            raise web.HTTPError(404)
        self.set_header("Content-Type", "font/ttf")
        self.set_header("Cache-Control", "private, max-age=86400")
        self.finish(path.read_bytes())


def _finish_sheet(handler: JupyterHandler, sheet: bytes) -> None:
    handler.set_header("Content-Type", "text/css; charset=utf-8")
    handler.set_header("Cache-Control", "no-cache")
    handler.finish(sheet)
