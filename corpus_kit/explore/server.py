"""`corpus-kit explore`: the explorer in a browser, on Jupyter's own server with one page.

Jupyter Server brings what a server of our own would have to do again: the token and its cookie, checks of origin and
host, ports, the browser, the end. There is no kernel: the explorer runs in the process of the server. None of
Jupyter's services (files, kernels, contents) is there, and none of the user's configuration is read, so that the
server listens on this machine and asks for a token whatever it says.
"""

from __future__ import annotations

import html
import json
import logging
import secrets
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.utils import url_path_join
from tornado import web, websocket
from traitlets.config import Config

from corpus_kit.display.fonts import font_faces, font_files
from corpus_kit.errors import CorpusKitError
from corpus_kit.explore.page_files import page_script, page_style
from corpus_kit.explore.server_words import words_around
from corpus_kit.explore.site import MOST_BYTES, Site

__all__ = ["make_server", "serve"]

_DIRECTIONS = {"en": "ltr", "ar": "rtl"}
_FOLDER = Path(__file__).parent / "page"
_PAGE = "explore"
# Nothing but what this server sends, and no text of a corpus that becomes markup or a script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def serve(site: Site, *, language: str, port: int | None, ip: str, browser: bool, echo: Callable[[str], None]) -> None:
    """Run the server until Ctrl-C ends it.

    Args:
        site: What is shown.
        language: The language of the page: "en" or "ar".
        port: The port to listen on; None takes the next free one from 8888 on.
        ip: The address to listen on.
        browser: Whether to open a browser.
        echo: What shows a line to the user.
    """
    server = make_server(site, language=language, port=port, ip=ip, browser=browser)
    signal.signal(signal.SIGINT, partial(_stop, server))
    address = url_path_join(server.connection_url, _PAGE)
    lines = (f"Explorer: {address}?token={server.identity_provider.token}", "Ctrl-C ends it.")
    for line in lines:
        server.io_loop.add_callback(echo, line)  # as soon as it listens, which is done in the loop too
    try:
        server.start()
    finally:
        site.close()
        ServerApp.clear_instance()


def make_server(site: Site, *, language: str, port: int | None = None, ip: str = "localhost", browser: bool) -> Any:
    """Return the server, which does not run yet.

    Args:
        site: What is shown.
        language: The language of the page.
        port: The port to listen on; None takes the next free one.
        ip: The address to listen on.
        browser: Whether to open a browser when it runs.
    """
    config = Config()
    config.ServerApp.update(
        {
            "ip": ip,
            "open_browser": browser,
            "default_url": f"/{_PAGE}",
            "allow_root": True,  # no code of a page is run
            "allow_unauthenticated_access": False,
            "contents_manager_class": _NoContents,
            "log_level": logging.WARNING,
            "root_dir": str(_FOLDER),
        }
    )
    if port is not None:
        config.ServerApp.update({"port": port, "port_retries": 0})
    config.IdentityProvider.token = secrets.token_hex(24)
    config.IdentityProvider.cookie_options = {"samesite": "Lax"}  # not all browsers take this for granted
    server = ExplorerServer.instance(config=config)
    server.tornado_settings = {"explorer_site": site, "explorer_language": language}
    try:
        server.initialize(argv=[], find_extensions=False)
    except OSError as error:
        ServerApp.clear_instance()
        raise CorpusKitError(
            f"Jupyter Server cannot write its files: {error.strerror or error}: {str(error.filename or '')!r}. Name a "
            "folder that it can write in the environment variable JUPYTER_RUNTIME_DIR."
        ) from None
    return server


class _NoContents(AsyncLargeFileManager):
    """The manager of files that a server must have, without the address at which it would serve them."""

    def get_extra_handlers(self) -> list[Any]:
        return []


class ExplorerServer(ServerApp):
    """Jupyter's server with the page of the explorer and without its own services."""

    default_services = ("auth",)  # type: ignore[assignment]  # shorter than that of the base

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read no configuration of the user."""

    def init_webapp(self) -> None:
        super().init_webapp()
        base = url_path_join(self.base_url, _PAGE)
        handlers = [
            (base, _Page),
            (url_path_join(base, r"(standalone\.js|explorer\.js|style\.css)"), _PageFile),
            (url_path_join(base, "fonts", r"([\w-]+\.ttf)"), _FontFile),
            (url_path_join(base, "socket"), _Socket),
        ]
        self.web_app.add_handlers(".*$", handlers)  # type: ignore[no-untyped-call]

    def start_ioloop(self) -> None:
        self.io_loop.add_callback(self.tornado_settings["explorer_site"].start)
        super().start_ioloop()


class _Handler(JupyterHandler):
    """What all answers have in common."""

    @property
    def content_security_policy(self) -> str:
        return _POLICY

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Referrer-Policy", "no-referrer")  # the address may have the token
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-cache")


class _Page(_Handler):
    """The page. It holds no text of a corpus."""

    @web.authenticated
    def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(page_html(self.settings["explorer_language"], url_path_join(self.base_url, _PAGE)))


class _PageFile(_Handler):
    """A script or the style sheet of the page."""

    @web.authenticated
    def get(self, name: str) -> None:
        kind, content = _FILES[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish(content())


class _FontFile(_Handler):
    """One of the fonts, by name. No other file can be requested."""

    @web.authenticated
    def get(self, name: str) -> None:
        path = font_files().get(name)
        if path is None:
            raise web.HTTPError(404)
        self.set_header("Content-Type", "font/ttf")
        self.set_header("Cache-Control", "private, max-age=86400")
        self.finish(path.read_bytes())


class _Socket(WebSocketMixin, websocket.WebSocketHandler, JupyterHandler):
    """The connection of a page."""

    _telling: Awaitable[None] | None = None  # the end of what was sent last

    @property
    def max_message_size(self) -> int:
        return MOST_BYTES

    # Tornado's own pings, which count seconds; those of the mixin, which count milliseconds, do not begin.
    @property
    def ping_interval(self) -> float:
        return 30.0

    @property
    def ping_timeout(self) -> float:
        return 30.0

    @property
    def _site(self) -> Site:
        site: Site = self.settings["explorer_site"]
        return site

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        await super().get(*args, **kwargs)

    def open(self, *_: Any, **__: Any) -> None:
        self._site.enter(self)

    async def on_message(self, message: str | bytes) -> None:
        """Take a message; the next one is read when the page has taken what it was sent."""
        await self._site.receive(self, message)
        if self._telling is not None:
            with suppress(websocket.WebSocketClosedError):
                await self._telling

    def on_close(self) -> None:
        self._site.leave(self)

    def tell(self, text: str) -> None:
        """Send a text, unless the page has gone."""
        if self.ws_connection is not None and not self.ws_connection.is_closing():
            self._telling = self.write_message(text)


def page_html(language: str, base: str) -> str:
    """Return the page.

    Args:
        language: The language of its words.
        base: Its address.

    >>> '<html lang="ar" dir="rtl">' in page_html("ar", "/explore")
    True
    """
    say = words_around(language)
    attribute = partial(html.escape, quote=True)
    return f"""<!doctype html>
<html lang="{language}" dir="{_DIRECTIONS[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(say["title"])}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{attribute(base)}/style.css">
<link rel="modulepreload" href="{attribute(base)}/explorer.js">
<script type="module" src="{attribute(base)}/standalone.js"></script>
</head>
<body>
<div id="lost" role="alert" hidden></div>
<main>
<div id="around"><p role="status">{html.escape(say["connecting"])}</p></div>
<div id="explorer" hidden data-say="{attribute(json.dumps(say))}" data-socket="{attribute(base)}/socket"></div>
</main>
<div id="notes" role="status"></div>
<noscript><p>{html.escape(say["no_script"])}</p></noscript>
</body>
</html>
"""


def _style() -> str:
    return font_faces() + (_FOLDER / "standalone.css").read_text(encoding="utf-8") + page_style()


def _script() -> str:
    return (_FOLDER / "standalone.js").read_text(encoding="utf-8")


_FILES: dict[str, tuple[str, Callable[[], str]]] = {
    "standalone.js": ("text/javascript", _script),
    "explorer.js": ("text/javascript", page_script),
    "style.css": ("text/css", _style),
}


def _stop(server: Any, *_: Any) -> None:
    """Handle Ctrl-C: close what is open, exit. A second one exits at once."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server.tornado_settings["explorer_site"].close()
    server.stop(from_signal=True)
