"""Browser fixtures, shared by all tests of this folder.

They end with the last of these: while Playwright runs, others of the same process cannot run an event loop.
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
