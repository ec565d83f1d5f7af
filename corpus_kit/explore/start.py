"""The start of `corpus-kit explore`: arguments are checked, opening begins, then the server is loaded and runs."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from corpus_kit._base.addresses import expect_address, has_display
from corpus_kit._base.arguments import integer
from corpus_kit._base.distribution import how_to_install
from corpus_kit.coding.coding_project import coding_project
from corpus_kit.coding.line_codes import coder_name
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.errors import CorpusKitError, InputError, choose, invalid
from corpus_kit.explore.browser_session import browser_session, warm_up
from corpus_kit.explore.explore import allowed_codes
from corpus_kit.explore.hosting import Publish, Send, Session
from corpus_kit.explore.opening import Opened, Source
from corpus_kit.explore.site import Site
from corpus_kit.explore.table_pages import Tables

__all__ = ["start", "system_language"]

_LOCAL = ("localhost", "127.0.0.1", "::1")
_INSTALL = how_to_install("notebooks")


def start(
    source: Source | None,
    *,
    port: int | None = None,
    ip: str | None = None,
    browser: bool = True,
    language: str | None = None,
    codes: Sequence[str] | None = (),
    sheet: str | os.PathLike[str] | None = None,
    coder: str | None = None,
    project: str | os.PathLike[str] | None = None,
    echo: Callable[[str], None] = print,
) -> None:
    """Show the explorer in a browser, until Ctrl-C ends it.

    Args:
        source: The corpus, or the texts to build one of; None lets the page ask.
        port: The port to listen on, 0 to 65535; None takes the next free one from 8888 on.
        ip: The address to listen on; None takes this machine only.
        browser: Whether to open a browser. Without a display none is opened.
        language: The language of the page, "en" or "ar"; None takes that of the system.
        codes: As in `ck.explore`; () if lines are not to be coded.
        sheet: As in `ck.explore`, but None takes `CORPUS-codes.csv` beside the corpus, since what is kept in memory
            would be lost at the end.
        coder: As in `ck.explore`.
        project: The folder of a coding project, as in `ck.explore`.
        echo: What shows a line to the user.

    Raises:
        CorpusKitError: If Jupyter Server is missing, or the port is in use.
        InputError: If an argument is invalid, there is nothing at the path, or the address is not one of this machine.
    """
    if not find_spec("jupyter_server"):
        raise CorpusKitError(f"corpus-kit explore needs Jupyter Server. {_INSTALL}")
    if port is not None:
        port = integer(port, "port", least=0, most=65535)
    if ip is not None and (not isinstance(ip, str) or not ip):
        raise invalid("ip", "an address or None", ip)
    if source is not None and not source.path.exists():
        raise InputError(f"There is no file or folder {str(source.path)!r}.")
    if source is not None and source.reference is not None and not source.reference.exists():
        raise InputError(f"There is no file or folder {str(source.reference)!r}.")
    if port is not None or ip is not None:
        expect_address(ip, port or 0)
    language = system_language() if language is None else choose(language, LANGUAGES, "language")
    if ip is not None and ip not in _LOCAL:
        echo(f"Warning: whoever reaches {ip} and knows the token reads the texts, and codes them. It is not encrypted.")
    if browser and not has_display():
        browser = False
        echo("There is no display, so no browser is opened. Open the address below.")
    if project is not None:
        coding_project(project)  # so that an error is told here
    allowed, name = allowed_codes(codes), coder_name(coder)
    tables_of = lru_cache(maxsize=1)(Tables)  # of all sessions
    person = None if coder is None else name

    def make(opened: Opened, publish: Publish, send: Send) -> Session:
        corpus, kept = opened.corpus, sheet
        if kept is None and allowed != ():
            kept = corpus.path.with_name(f"{corpus.path.name}-codes.csv")
            echo(f"Codes are kept in {kept}")
        return browser_session(
            corpus, publish, send, codes=allowed, sheet=kept, coder=name, language=language, project=project,
            person=person, tables=tables_of(corpus), reference=opened.reference,
        )  # fmt: skip

    site = Site(make, source, warm_up=lambda corpus: warm_up(tables_of(corpus), language), language=language)
    if source is not None and source.is_corpus and source.reference is None:
        site.open()  # while the server is loaded; a build would hold that up
    # A checker of JSON schemas would compile 38 grammars of addresses, a second of work, where it finds this module.
    modules: dict[str, Any] = sys.modules
    modules.setdefault("rfc3987_syntax", None)
    try:
        from corpus_kit.explore.server import serve  # needs Jupyter Server, which is optional and slow to load

        serve(site, language=language, port=port, ip=ip or "localhost", browser=browser, echo=echo)
    finally:
        site.close()


def system_language() -> str:
    """Return the language of the system if it is one of the page, else English."""
    names = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    return "ar" if name.lower().startswith("ar") else "en"
