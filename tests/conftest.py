"""Shared fixtures and the configuration of pytest and Hypothesis."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import one_sample
import pytest
from examples import are_left_out as examples_are_left_out
from examples import examples
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import corpus_kit as ck

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(100)
)
# CI uses the same examples every time, so that a new failure does not block unrelated work.
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


# Building a small corpus mostly waits for fsync, which is free on a file system in memory.
_MEMORY = Path("/dev/shm")
_ENOUGH = 6 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    """Put temporary files in memory if possible, and keep the sample corpus out of the user's cache."""
    subprocess.Popen = _Patient  # type: ignore[misc]
    config.pluginmanager.register(one_sample)  # a plugin, since hooks of this file see no examples of the package
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in background jobs of a shell
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Jupyter Server checks no addresses; the grammars for that take a second of each process.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="corpus-kit-tests-", dir=_MEMORY)
        Path(os.environ["TMPDIR"]).chmod(0o755)  # permission tests run as another user
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop("TMPDIR"), ignore_errors=True))
    if "CORPUS_KIT_CACHE" not in os.environ:  # the parent process or `make test` may have set it
        os.environ["CORPUS_KIT_CACHE"] = tempfile.mkdtemp(prefix="corpus-kit-sample-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop("CORPUS_KIT_CACHE"), ignore_errors=True))


# Seconds that a test waits for another program, unless it says for how long; less than faulthandler_timeout, which ends
# the process of pytest, and with it what only that process can tell.
_LONGEST_WAIT = 360.0


class _Patient(subprocess.Popen[Any]):
    """A program that nobody waits for without a limit: one that it has started may hold its pipe for ever."""

    def wait(self, timeout: float | None = None) -> int:
        return super().wait(_LONGEST_WAIT if timeout is None else timeout)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:
        return super().communicate(input, _LONGEST_WAIT if timeout is None else timeout)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for no examples in docstrings of the tests: that would import every helper, most of them a second time."""
    return [collector for collector in (yield) if type(collector) is pytest.Module]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage meanwhile: what is imported and collected stays, and the search takes a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def is_of_any_text(item: pytest.Item) -> bool:
    return getattr(getattr(item, "obj", None), "is_hypothesis_test", False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let tests build corpora of real texts and of any texts, some of which are empty: a build warns of that."""
    if examples_are_left_out():
        config.hook.pytest_deselected(items=[item for item in items if is_of_any_text(item)])
        items[:] = [item for item in items if not is_of_any_text(item)]
    for item in items:
        if is_of_any_text(item) or "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.filterwarnings("ignore:not all of the source was read"))


def pytest_collection_finish() -> None:
    """Spare later collections of garbage what was imported: the tests of memory collect often, half a second each.

    Collect less often, too: tests keep little, and the search took a twentieth of their time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def shared_folder() -> Path | None:
    """Return the folder of real texts and expected results, if this machine has it."""
    given = os.environ.get("CORPUS_KIT_SHARED")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared"
    return folder if (folder / "data").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the folder of real texts is absent (set CORPUS_KIT_SHARED)")
    return folder


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., ck.Corpus]]:
    """Return a function that builds a corpus of a few texts, with metadata as keyword arguments."""
    import polars as pl  # only tests that build corpora need it

    import corpus_kit as ck  # as above

    built: list[ck.Corpus] = []

    def build_texts(texts: Sequence[str], **columns: Sequence[Any]) -> ck.Corpus:
        frame = pl.DataFrame({"id": [f"d{row}" for row in range(len(texts))], "text": texts, **columns}, strict=False)
        date = "date" if "date" in columns else None
        folder = tmp_path / f"corpus{len(built)}"
        built.append(ck.Corpus.build(frame, folder, id="id", date=date, progress=False))
        return built[-1]

    yield build_texts
    for corpus in built:
        corpus.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait hardly at all for other programs that may be writing a sheet: there are none."""
    from corpus_kit.coding import shared_sheet  # only tests of sheets need it

    monkeypatch.setattr(shared_sheet, "_CALM", 0.01)
    monkeypatch.setattr(shared_sheet, "_FRESH", 0.1)


@pytest.fixture(scope="session")
def body() -> ck.Corpus:
    """Return the sample corpus without headlines and boilerplate."""
    import polars as pl  # only tests that use the sample need it

    import corpus_kit as ck  # as above

    corpus = ck.sample_corpus()
    documents = corpus.documents.select("document", "id", "headline").collect()
    boilerplate = ck.sample_truth()["boilerplate"].join(documents.select("document", "id"), on="id")
    headlines = documents.select("document", pl.col("headline").struct.unnest())
    return corpus.exclude(pl.concat([boilerplate.select("document", "start", "end"), headlines]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail if tests were skipped and CORPUS_KIT_NO_SKIPS=1."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CORPUS_KIT_NO_SKIPS") == "1" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("CORPUS_KIT_NO_SKIPS=1, but tests were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
