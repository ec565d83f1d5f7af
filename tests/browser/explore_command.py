"""The command `corpus-kit explore`, as a person starts it, and pages of what it shows."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from own_cache import own_cache

__all__ = ["PATIENCE", "ROWS", "Command", "new_page"]

COMMAND = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()", "explore"]
PATIENCE = 60_000  # ms
ROWS = "#explorer [role=row] [role=gridcell], #explorer tbody td"


class Command:
    """The command, as a person starts it."""

    def __init__(self, *arguments: str, home: Path, port: int | None = None) -> None:
        self.port = free_port() if port is None else port
        jupyter = {"JUPYTER_RUNTIME_DIR": str(home / "runtime"), "JUPYTER_CONFIG_DIR": str(home)}
        environment = {
            **os.environ,
            **jupyter,
            "CORPUS_KIT_CACHE": str(own_cache(home / "cache")),
            "LANG": "C",
            "LC_ALL": "C",
        }
        self.process = subprocess.Popen(
            [*COMMAND, *arguments, "--no-browser", "--port", str(self.port)],
            stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        assert self.process.stderr is not None
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if found := re.search(r"http://\S+token=\w+", line):
                self.address = found.group()
                return
        pytest.fail("".join(lines))

    def end(self, by: int = signal.SIGINT) -> str:
        """End it as Ctrl-C does; return what it said since."""
        self.process.send_signal(by)
        said = self.process.communicate(timeout=60)[1]
        return str(said)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def new_page(context: Any, address: str) -> Any:
    """Open a page; `page.problems` lists errors of scripts, what the policy blocked, and addresses of elsewhere."""
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if "//localhost:" in asked.url or asked.url == "data:," else page.problems.append(asked.url),
    )
    page.goto(address)
    return page
