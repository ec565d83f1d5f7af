"""The explorer's page without a notebook: its script and style, with real answers from Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from browser.used_pages import blank_page, give_back

from corpus_kit.explore.page_files import page_script, page_style

__all__ = ["Show", "showing"]

Show = Callable[..., Any]

# A model as a front end provides it, answered by Python. Answers can be held back and released in any order.
MODEL = """(state) => {
  const heard = {};
  const tell = (event, ...values) => (heard[event] ?? []).forEach((listener) => listener(...values));
  const apply = ({ page, messages }) => {
    if (page !== null) { state._page = page; tell("change:_page"); }
    messages.forEach((message) => tell("msg:custom", message));
  };
  window.asked = [];
  window.held = [];
  window.holding = false;
  window.release = (place) => apply(window.held.splice(place, 1)[0]);
  window.push = apply;
  window.model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => {},
    on: (event, listener) => (heard[event] ??= []).push(listener),
    off: (event, listener) => { heard[event] = (heard[event] ?? []).filter((other) => other !== listener); },
    listeners: () => Object.values(heard).flat().length,
    send: async (message) => {
      window.asked.push(message);
      const answer = JSON.parse(await window.python(JSON.stringify(message)));
      if (window.holding) window.held.push(answer); else apply(answer);
    },
  };
}"""
RENDER = """async (script) => {
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  window.end = module.default.render({ model: window.model, el: document.getElementById("host") });
}"""


@contextmanager
def showing(browser: Any) -> Iterator[Show]:
    """Return a function that shows an explorer on a blank page and answers its messages."""
    pages: list[Any] = []

    def shown(explorer: Any, *, width: int = 1200, scheme: str = "light") -> Any:
        page = blank_page(browser, "widget", page_style(), width=width, height=800, scheme=scheme)
        page.set_default_timeout(20_000)
        page.draw = lambda explorer, state: draw(page, explorer, state)
        page.draw(explorer, {})
        pages.append(page)
        return page

    yield shown
    for page in pages:
        assert page.failures == []
        assert [url for url in page.requests if not url.startswith("blob:")] == [], "the page loaded something"
        assert page.title() == "widget", "markup of a corpus was run"
        give_back(page)


def draw(page: Any, explorer: Any, state: Any) -> None:
    """Draw an explorer on a page that kept the state of an earlier one."""
    page.answer = lambda message: answer(explorer, json.loads(message))
    page.evaluate(MODEL, {"_page": explorer._page, "_setup": explorer._setup, "_state": state})
    page.evaluate(RENDER, page_script())


def answer(explorer: Any, message: Any) -> str:
    """Return Python's answer to a message of the page."""
    sent: list[Any] = []
    explorer.send = sent.append
    before = explorer._page
    explorer._received(explorer, message, [])
    return json.dumps({"page": None if explorer._page is before else explorer._page, "messages": sent})
