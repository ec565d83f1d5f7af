"""Browser fixtures, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import jupyterlab as lab


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """Playwright, for tests that launch their own browsers; skips if it is not installed."""
    with lab.driver() as running:
        yield running


@pytest.fixture(scope="module")
def browser(driver: Any) -> Iterator[Any]:
    """The system's Chromium; skips if there is none."""
    opened = lab.launch(driver)
    yield opened
    opened.close()
