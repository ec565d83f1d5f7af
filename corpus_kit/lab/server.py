"""`corpus-kit lab`: JupyterLab in a folder with the notebooks.

The user's configuration of Jupyter stays in force. The folder, the workspace, the style sheet and the options of the
command are passed as arguments of one run, as if they were given to `jupyter lab`.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from corpus_kit._base.addresses import expect_address, has_display
from corpus_kit._base.arguments import integer, path_argument
from corpus_kit._base.distribution import how_to_install
from corpus_kit.errors import CorpusKitError, invalid
from corpus_kit.lab.notebooks import Copied, bundled_notebooks, copy_notebooks

__all__ = ["start"]

_INSTALL = how_to_install("notebooks")
_OLDEST = (4, 4)
_EXTENSION = "corpus_kit.lab"
_FIRST = "00_quickstart.ipynb"


def start(
    folder: str | os.PathLike[str] = "corpus-kit-notebooks",
    *,
    port: int | None = None,
    ip: str | None = None,
    browser: bool = True,
    echo: Callable[[str], None] = print,
) -> None:
    """Copy the notebooks into a folder and run JupyterLab there, until Ctrl-C ends it.

    Args:
        folder: The folder for the notebooks, which is created if necessary. Notebooks that the user has changed are
            kept.
        port: The port to listen on, 0 to 65535; None takes that of the user's configuration, or the next free one.
        ip: The address to listen on; None takes that of the user's configuration, or this machine only.
        browser: Whether to open a browser. Without a display none is opened.
        echo: What shows a line to the user.

    Raises:
        CorpusKitError: If JupyterLab is missing or too old, or the port is in use.
        InputError: If an argument is invalid, the folder cannot be written, or the address is not one of this machine.
    """
    _check_jupyterlab()
    root = path_argument(folder, "folder")
    if port is not None:
        port = integer(port, "port", least=0, most=65535)
    if ip is not None and not isinstance(ip, str):
        raise invalid("ip", "an address or None", ip)
    if port is not None or ip is not None:
        expect_address(ip, port or 0)
    copied = copy_notebooks(root, bundled_notebooks())
    _report(copied, root, echo)
    if browser and not has_display():
        browser = False
        echo("There is no display, so no browser is opened. Open the address that JupyterLab prints.")
    arguments = _arguments(root, port=port, ip=ip, browser=browser, first=_FIRST in copied.written)
    if "--allow-root" in arguments:
        echo("This runs as root: code in notebooks can do everything on this machine.")
    echo("Ctrl-C ends JupyterLab and its kernels.")
    _expect_writable()
    _application().launch_instance(arguments)


def _expect_writable() -> None:
    """Raise CorpusKitError if Jupyter cannot write its files, which it would say with a traceback."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_runtime_dir  # optional

    try:
        for folder in (jupyter_runtime_dir(), jupyter_config_dir()):
            Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusKitError(
            f"JupyterLab cannot write its files: {error.strerror or error}: {str(error.filename or '')!r}. Set the "
            "environment variable HOME to a writable folder of your own."
        ) from None


def _check_jupyterlab() -> None:
    try:
        installed = version("jupyterlab")
    except PackageNotFoundError:
        raise CorpusKitError(f"corpus-kit lab needs JupyterLab. {_INSTALL}") from None
    if tuple(map(int, re.findall(r"\d+", installed)[:2])) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise CorpusKitError(f"corpus-kit lab needs JupyterLab {oldest} or newer, found {installed}. {_INSTALL}")


def _report(copied: Copied, root: Path, echo: Callable[[str], None]) -> None:
    echo(f"Notebooks: {root}")
    if copied.written:
        echo(f"  copied: {', '.join(copied.written)}")
    if copied.kept:
        echo(f"  kept, since you changed them: {', '.join(copied.kept)}")
        echo("  (to get the original again, rename or delete yours and restart)")
    if copied.beside:
        echo(f"  newer versions of these, copied beside them: {', '.join(copied.beside)}")


def _arguments(root: Path, *, port: int | None, ip: str | None, browser: bool, first: bool) -> list[str]:
    """Return the arguments for `jupyter lab`."""
    # A separate workspace, so that the tabs of the user's other work stay as they are.
    workspace = f"/lab/workspaces/corpus-kit-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"
    arguments = [
        f"--ServerApp.root_dir={root}",
        "--FileContentsManager.preferred_dir=",  # the user's would have to be inside the folder
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
    """Return JupyterLab's application, with our extension and those that the user has enabled."""
    from jupyterlab.labapp import LabApp  # slow to load, and optional

    class Lab(LabApp):  # type: ignore[misc]  # JupyterLab is not typed
        @classmethod
        def get_extension_package(cls) -> str:
            return "jupyterlab"  # not the package of this class

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
    """Handle Ctrl-C: end kernels, remove the files of this run, exit. A second one exits at once.

    Jupyter's own handler asks a question in a terminal, and leaves files behind without one.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    server.stop(from_signal=True)
