"""One open sample corpus for all examples of the documentation: what was worked out for one is kept with it."""

from __future__ import annotations

from collections.abc import Generator
from functools import cache

import pytest


@cache
def opened_once() -> object:
    from corpus_kit.samples.sample_corpus import sample_corpus  # only examples need it

    return sample_corpus()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let examples in docstrings, and tests with the mark `one_sample`, share it."""
    if not hasattr(item, "dtest") and item.get_closest_marker("one_sample") is None:
        return (yield)
    import corpus_kit as ck  # as above

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ck, "sample_corpus", opened_once)
        return (yield)
