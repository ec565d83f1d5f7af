"""Pages of a browser that tests use one after another.

A new page starts a process, which reads fonts and compiles scripts anew: that takes longer than most tests.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["blank_page", "give_back"]

_FREE: WeakKeyDictionary[Any, list[Any]] = WeakKeyDictionary()  # of each browser


def blank_page(browser: Any, title: str, style: str, *, width: int, height: int, scheme: str) -> Any:
    """Return a page with nothing but this title, this style and an empty element, #host.

    `page.failures` lists errors of its scripts, `page.requests` addresses that it has loaded, since now; what it calls
    `window.python` is `page.answer`, a function from str to str.
    """
    free = _FREE.setdefault(browser, [])
    page = free.pop() if free else _new_page(browser)
    page.failures, page.requests, page.answer = [], [], None
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.set_content(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title><style>{style}</style></head>"
        '<body style="margin:0"><div id="host"></div></body></html>'
    )
    return page


def give_back(page: Any) -> None:
    """Leave a page to later tests, without anything of its document; other pages are simply closed."""
    page.mouse.move(-10, -10)  # over nothing
    page.goto("about:blank")
    _FREE[page.context.browser].append(page)


def _new_page(browser: Any) -> Any:
    page = browser.new_page()
    page.on("pageerror", lambda error: page.failures.append(str(error)))
    page.on("request", lambda asked: page.requests.append(asked.url))
    page.expose_function("python", lambda message: page.answer(message))
    return page
