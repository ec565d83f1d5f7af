"""Starting JupyterLab: what `corpus-kit lab` does.

The user's own configuration of Jupyter stays in force. What is added here are arguments of one run, as if they were
given to `jupyter lab`: the folder, the workspace, the style sheet, and whatever the user asks for.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from corpus_kit._arguments import path_argument
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.lab.notebooks import Copied, bundled_notebooks, copy_notebooks

__all__ = ["start"]

_INSTALL = 'install it with: python -m pip install "corpus-kit[notebooks]"'
_OLDEST = (4, 4)
_EXTENSION = "corpus_kit.lab"
_FIRST = "00_quickstart.ipynb"


def start(
    folder: str | os.PathLike[str] = "corpus-kit-notebooks",
    *,
    port: int | None = None,
    ip: str | None = None,
    browser: bool = True,
    tell: Callable[[str], None] = print,
) -> None:
    """Copy the notebooks into a folder and run JupyterLab there, until Ctrl-C ends it.

    folder: for the notebooks; made where it is absent. Notebooks that the user has changed are kept.
    port: the port to listen on; by default the one of the user's configuration, or the next free one.
    ip: the address to listen on; by default that of the user's configuration, or this machine alone.
    browser: whether to open a browser; without a display none is opened.
    tell: takes the lines for the user.

    Raises CorpusKitError where JupyterLab is absent or too old, or where the port is in use; InputError for a folder
    that cannot be written, for a port that is none, and for an address that is not one of this machine.
    """
    _check_jupyterlab()
    root = path_argument(folder, "folder")
    if port is not None and (type(port) is not int or not 0 <= port <= 65535):
        raise InputError(f"port= takes a whole number from 0 to 65535, not {port!r}")
    if port is not None or ip is not None:
        _check_address(ip, port or 0)
    copied = copy_notebooks(root, bundled_notebooks())
    _report(copied, root, tell)
    if browser and not _has_display():
        browser = False
        tell("There is no display here, so no browser is opened: open the address that JupyterLab prints.")
    arguments = _arguments(root, port=port, ip=ip, browser=browser, first=_FIRST in copied.written)
    if "--allow-root" in arguments:
        tell("This runs as root: code in notebooks can do everything on this machine.")
    tell("Ctrl-C ends JupyterLab and its kernels.")
    _application().launch_instance(arguments)


def _check_jupyterlab() -> None:
    try:
        installed = version("jupyterlab")
    except PackageNotFoundError:
        raise CorpusKitError(f"corpus-kit lab needs JupyterLab; {_INSTALL}") from None
    if tuple(map(int, re.findall(r"\d+", installed)[:2])) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise CorpusKitError(f"corpus-kit lab needs JupyterLab {oldest} or newer, not {installed}; {_INSTALL}")


def _check_address(ip: str | None, port: int) -> None:
    """See whether a server could listen there. Jupyter would say so in the middle of its own messages."""
    host = "localhost" if ip is None else ip
    try:
        found = socket.getaddrinfo(
            "" if host in ("", "*") else host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise InputError(f"--ip {host!r} is no address: {error.strerror or error}") from None
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as tried:
            if os.name != "nt":  # as Jupyter does: a port that was in use a moment ago is free
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(address)
            except OSError as error:
                _refuse(error, host, port)


def _refuse(error: OSError, host: str, port: int) -> None:
    if error.errno == errno.EADDRINUSE:
        raise CorpusKitError(
            f"port {port} is in use; choose another with --port, or leave --port out to take the next free one"
        ) from None
    if error.errno == errno.EACCES:
        raise CorpusKitError(f"this user may not listen on port {port}; ports from 1024 on are for everybody") from None
    if error.errno == errno.EADDRNOTAVAIL and host != "localhost":
        raise InputError(f"--ip {host!r} is not an address of this machine; 127.0.0.1 is, and 0.0.0.0 is all") from None


def _report(copied: Copied, root: Path, tell: Callable[[str], None]) -> None:
    tell(f"Notebooks: {root}")
    if copied.written:
        tell(f"  copied: {', '.join(copied.written)}")
    if copied.kept:
        tell(f"  kept, since you changed them: {', '.join(copied.kept)}")
        tell("  (to have the original again, rename or delete yours and start anew)")
    if copied.beside:
        tell(f"  newer versions of those, put beside them: {', '.join(copied.beside)}")


def _has_display() -> bool:
    """Whether a browser could open a window: on Linux some variable says so."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def _arguments(root: Path, *, port: int | None, ip: str | None, browser: bool, first: bool) -> list[str]:
    """What `jupyter lab` would be given."""
    # A workspace of its own, so that the tabs of the user's other work stay as they are.
    workspace = f"/lab/workspaces/corpus-kit-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"
    arguments = [
        f"--ServerApp.root_dir={root}",
        "--FileContentsManager.preferred_dir=",  # one of the user's would have to lie in the folder
        f"--LabApp.default_url={workspace}{f'/tree/{_FIRST}' if first else ''}",
        "--LabApp.custom_css=True",
    ]
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if ip is not None:
        arguments.append(f"--ServerApp.ip={ip}")
    if not browser:
        arguments.append("--ServerApp.open_browser=False")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return arguments


def _application() -> Any:
    """JupyterLab's application with our extension beside those that the user has enabled."""
    from jupyterlab.labapp import LabApp  # here, since only this command needs it

    class Lab(LabApp):  # type: ignore[misc]  # JupyterLab is not typed
        @classmethod
        def get_extension_package(cls) -> str:
            return "jupyterlab"  # not where this class stands

        @classmethod
        def make_serverapp(cls, **options: Any) -> Any:
            extensions = {**options.pop("jpserver_extensions", {}), _EXTENSION: True}
            return super().make_serverapp(jpserver_extensions=extensions, **options)

        @classmethod
        def initialize_server(cls, *arguments: Any, **options: Any) -> Any:
            server = super().initialize_server(*arguments, **options)
            signal.signal(signal.SIGINT, partial(_stop, server))
            return server

    return Lab


def _stop(server: Any, *_: Any) -> None:
    """Answer Ctrl-C: end kernels, remove the files of this run, leave. A second one ends it at once.

    Jupyter's own answer is a question where there is a terminal, and leaves files behind where there is none.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    server.stop(from_signal=True)
