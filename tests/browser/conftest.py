"""Browser fixtures, shared by all tests of this folder.

They end with the last of these: while Playwright runs, others of the same process cannot run an event loop.

A server of JupyterLab, a page that shows it and a kernel that imports the library take seconds each: tests share the
server and the page, and run one kernel for what can be seen with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import jupyterlab as lab


@pytest.fixture(scope="package")
def driver() -> Iterator[Any]:
    """Playwright, for tests that launch their own browsers; skips if it is not installed."""
    with lab.driver() as running:
        yield running


@pytest.fixture(scope="package")
def browser(driver: Any) -> Iterator[Any]:
    """The system's Chromium; skips if there is none."""
    opened = lab.launch(driver)
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Server]:
    """`jupyter lab` in an empty folder, without our style sheet; tests write notebooks of their own names there."""
    with lab.serve(tmp_path_factory.mktemp("plain")) as server:
        yield server


@pytest.fixture(scope="package")
def shown_in() -> Iterator[Any]:
    """Return a function that shows a notebook in the one page of a server, without what an earlier one left there."""
    pages: dict[str, Any] = {}

    def show(server: lab.Server, browser: Any, notebook: str, *, kernel: bool = True) -> Any:
        page = pages.get(server.address)
        if page is None:
            page = pages[server.address] = server.open(browser, notebook, kernel=kernel)
        else:
            page.failures.clear()
            page.evaluate("delete window.hacked; delete window.control")
            server.show(page, notebook, kernel=kernel)
        return page

    yield show
    for page in pages.values():
        page.close()
