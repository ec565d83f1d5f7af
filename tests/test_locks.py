"""Locks between programs and threads: they exclude, end with their holder, and say who holds them."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from corpus_kit._base import locks
from corpus_kit._base.locks import LockHeldError, locked
from corpus_kit._base.swap import swap_in
from corpus_kit.errors import InputError

HOLDER = """
import sys
from pathlib import Path
from corpus_kit._base.locks import locked
with locked(Path(sys.argv[1]), "x") as was_killed:
    print(was_killed, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / ".x.lock"


def holder_of(lock: Path) -> subprocess.Popen[str]:
    """Return a program that holds a lock."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() in ("False\n", "True\n")
    return program


def test_the_holder_is_named_and_a_killed_one_holds_nothing(lock: Path) -> None:
    with holder_of(lock) as program:
        place = re.escape(socket.gethostname())
        named = rf"x is in use by process {program.pid} on {place} since \d{{4}}-.*\. Try again"
        for wait in (0, 0.05):
            with pytest.raises(LockHeldError, match=named), locked(lock, "x", wait=wait):
                pass
        assert json.loads(lock.read_bytes())["process"] == program.pid
        program.send_signal(signal.SIGKILL)
    with locked(lock, "x", wait=0) as was_killed:
        assert was_killed
    assert lock.read_bytes() == b""  # nobody holds it
    with locked(lock, "x", wait=0) as was_killed:
        assert not was_killed


def test_a_failed_block_is_told_to_the_next(lock: Path) -> None:
    with pytest.raises(KeyError), locked(lock, "x"):
        raise KeyError
    with locked(lock, "x", wait=0) as was_killed:
        assert was_killed


def test_threads_exclude_each_other(lock: Path) -> None:
    inside, most = [], []

    def work() -> None:
        for _ in range(20):
            with locked(lock, "x"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    with locked(lock, "x"), pytest.raises(LockHeldError, match="which is this one"), locked(lock, "x", wait=0):
        pass


def test_a_removed_lock_file_is_made_again(lock: Path) -> None:
    with locked(lock, "x"):
        lock.unlink()
        with locked(lock, "x", wait=0):  # what else could it do: somebody took the old one away
            assert lock.exists()
    with locked(lock, "x", wait=0):
        pass


def test_what_a_lock_file_says_is_not_trusted(lock: Path) -> None:
    with holder_of(lock) as program:
        for content in ("", "{", "[]", '{"process": 1}', '{"process": "\\u001b[31m", "host": 1, "since": 2}'):
            lock.write_text(content, encoding="utf-8")
            named = r"x is in use by (another program|process \?\[31m)"
            with pytest.raises(LockHeldError, match=named), locked(lock, "x", wait=0):
                pass
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()


FORKS = """
import os, signal, sys
from pathlib import Path
from corpus_kit._base.locks import LockHeldError, locked
lock = Path(sys.argv[1])
with locked(lock, "x"):
    for _ in range(2):  # that a child closes the file does not end the lock of its parent
        pid = os.fork()
        if not pid:
            signal.alarm(60)
            try:
                with locked(lock, "x", wait=0):
                    os._exit(1)
            except LockHeldError:
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
"""


def test_a_child_process_has_no_lock_of_its_parent(lock: Path) -> None:
    subprocess.run([sys.executable, "-c", FORKS, str(lock)], check=True)


def test_who_may_write_into_the_folder_may_lock(lock: Path) -> None:
    before = os.umask(0o077)
    try:
        lock.parent.chmod(0o770)
        with locked(lock, "x"):
            assert stat.S_IMODE(lock.stat().st_mode) == 0o660
        lock.unlink()
        lock.parent.chmod(0o1777)  # as /tmp
        with locked(lock, "x"):
            assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_places_without_locks(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.lockf", no_locks)
    with pytest.raises(InputError, match=r"cannot write x: the file system of .* gives no locks"), locked(lock, "x"):
        pass


def test_places_that_cannot_be_written(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock.symlink_to(lock.parent / "precious")
    (lock.parent / "precious").write_text("kept", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot write x: its lock .* cannot be opened"), locked(lock, "x"):
        pass
    assert (lock.parent / "precious").read_text(encoding="utf-8") == "kept"
    lock.unlink()
    os.mkfifo(lock)
    with pytest.raises(InputError, match=r"x.lock' must be a file"), locked(lock, "x"):
        pass
    lock.unlink()

    def read_only(*_: Any) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(locks.os, "open", read_only)
    with pytest.raises(InputError, match=r"cannot be opened for writing \(Read-only file system\)"), locked(lock, "x"):
        pass


# --------------------------------------------------------------------------------- taking a place


@pytest.mark.parametrize("can", ["exchange", "link", "neither"])
def test_what_was_replaced_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    if can != "exchange":
        monkeypatch.setattr("corpus_kit._base.swap.exchange", refuse)
    if can == "neither":
        monkeypatch.setattr("corpus_kit._base.swap.os.link", refuse)
    new, path = tmp_path / "new", tmp_path / "path"
    new.write_text("1", encoding="utf-8")
    assert swap_in(new, path, "old") is None
    assert (path.read_text(encoding="utf-8"), new.exists()) == ("1", False)
    new.write_text("2", encoding="utf-8")
    old = swap_in(new, path, "old")
    assert path.read_text(encoding="utf-8") == "2"
    if can == "neither":
        assert old is None
    else:
        assert old is not None
        assert old.read_text(encoding="utf-8") == "1"
    with pytest.raises(OSError, match=r"No such file|not supported"):
        swap_in(tmp_path / "missing", path, "old")
    assert path.read_text(encoding="utf-8") == "2"
