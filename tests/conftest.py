"""Shared fixtures: where the real texts are, and what a plain machine may lack."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# On CI the same examples every time: a new one found there would stop work that has nothing to do with it.
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure(config: pytest.Config) -> None:
    """The sample corpus of the tests is built apart from the user's own."""
    if "CORPUS_KIT_CACHE" not in os.environ:
        os.environ["CORPUS_KIT_CACHE"] = tempfile.mkdtemp(prefix="corpus-kit-tests-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop("CORPUS_KIT_CACHE"), ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is Python over the results of the core would say nothing about it under the sanitizers."""
    for item in items:
        place = item.path.as_posix()
        if item.path.name.startswith(_BEYOND_THE_CORE) or any(part in place for part in _FOLDERS_BEYOND_THE_CORE):
            item.add_marker(pytest.mark.no_sanitizer)


_BEYOND_THE_CORE = (
    *("test_news_", "test_plots", "test_word_plots", "test_paper_plots", "test_display", "test_widget", "test_lab"),
    *("test_notebooks", "test_docs", "test_scale", "test_parquet_footer", "test_large_text"),
)
_FOLDERS_BEYOND_THE_CORE = (
    "corpus_kit/news",
    "corpus_kit/display",
    "corpus_kit/lab",
    "corpus_kit/scale",
    "tests/browser",
)


def shared_folder() -> Path | None:
    """The folder of real texts and expected answers, if this machine has it."""
    given = os.environ.get("CORPUS_KIT_SHARED")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared"
    return folder if (folder / "data").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the folder of real texts is absent (set CORPUS_KIT_SHARED)")
    return folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CORPUS_KIT_NO_SKIPS=1, a skipped test is a failure: the machine was to provide everything."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CORPUS_KIT_NO_SKIPS") == "1" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("CORPUS_KIT_NO_SKIPS=1, but tests were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
