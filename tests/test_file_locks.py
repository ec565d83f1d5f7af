"""Locks on files that come and go, and signals that wait: what is held, by whom, and until when."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from corpus_kit._base.file_locks import locked
from corpus_kit._base.signals import deferred, terminable

pytestmark = pytest.mark.interface
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def is_free(path: Path) -> bool:
    with locked(path, wait=False) as lock:
        return lock.is_held is not False


def test_one_holds_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(FileNotFoundError), locked(path):
        pass
    with locked(path, create=True) as lock:
        assert lock.is_held
        assert lock.is_at_its_path()
        assert not is_free(path)
        lock.release()
        lock.release()
        assert is_free(path)
    with locked(path) as lock:
        path.unlink()
        assert not lock.is_at_its_path()
        path.touch()
        assert not lock.is_at_its_path()
        assert is_free(path)  # another file


def test_only_files_are_locked(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"directory|not a file"), locked(tmp_path):
        pass
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OSError, match="not a file"), locked(tmp_path / "pipe"):
            pass


def test_reading_the_file_releases_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, create=True):
        path.read_bytes()
        assert not is_free(path)


@needs_fork
def test_a_child_has_no_lock_of_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    reader, writer = os.pipe()
    with locked(path, create=True) as lock:
        child = os.fork()
        if not child:
            signal.alarm(60)
            lock.release()  # does nothing here
            os.write(writer, b"x" if not is_free(path) else b"free")
            signal.pause()
        assert os.read(reader, 10) == b"x"
    try:
        assert is_free(path)  # while the child lives
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")
def test_signals_wait_until_a_block_is_done() -> None:
    done = []

    def interrupt() -> None:
        with deferred():
            signal.raise_signal(signal.SIGINT)
            done.append("block")
        done.append("never")

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert done == ["block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@needs_fork
@pytest.mark.parametrize("swallowed", [False, True])
def test_a_terminated_block_cleans_up_and_ends_as_it_would_have(swallowed: bool) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(60)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with terminable():
            try:
                signal.raise_signal(signal.SIGTERM)
            except BaseException:
                os.write(writer, b"cleaned")
                if not swallowed:
                    raise
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.read(reader, 10) == b"cleaned"
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM
    os.close(reader)
    os.close(writer)
