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

from corpus_kit.display.fonts import font_folders
from corpus_kit.lab.style import rules

__all__ = ["font_faces", "font_files", "serve_style"]

# Arabic and its supplements and presentation forms.
_ARABIC = "U+0600-06FF, U+0750-077F, U+0870-08FF, U+FB50-FDFF, U+FE70-FEFC"
_MIXED = "Corpus Kit Arabic"
# Family, weight, style, file. The last face of a family is tried first: Plex, then Amiri for what it lacks.
_FACES = (
    ("Amiri", 400, "normal", "Amiri-Regular.ttf"),
    ("Amiri", 700, "normal", "Amiri-Bold.ttf"),
    ("Amiri", 400, "italic", "Amiri-Italic.ttf"),
    ("Amiri", 700, "italic", "Amiri-BoldItalic.ttf"),
    ("IBM Plex Sans Arabic", 400, "normal", "IBMPlexSansArabic-Regular.ttf"),
    ("IBM Plex Sans Arabic", 700, "normal", "IBMPlexSansArabic-Bold.ttf"),
    (_MIXED, 400, "normal", "Amiri-Regular.ttf"),
    (_MIXED, 700, "normal", "Amiri-Bold.ttf"),
    (_MIXED, 400, "normal", "IBMPlexSansArabic-Regular.ttf"),
    (_MIXED, 700, "normal", "IBMPlexSansArabic-Bold.ttf"),
)


def font_files() -> dict[str, Path]:
    """Return the font files that are installed, by name."""
    names = {name for *_, name in _FACES}
    return {path.name: path for folder in font_folders() for path in folder.iterdir() if path.name in names}


def font_faces() -> str:
    """Return the @font-face rules, with addresses relative to the style sheet."""
    installed = font_files()
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {slant}; font-display: block; '
        f'src: url("fonts/{name}") format("truetype");'
        f"{f' unicode-range: {_ARABIC};' if family == _MIXED else ''} }}\n"
        for family, weight, slant, name in _FACES
        if name in installed
    )


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
