"""JupyterLab in a real browser, for tests: a separate server; notebooks are opened, run and inspected.

All files of the server (configuration, settings, workspaces, kernels) are in a temporary folder; the user's Jupyter is
neither read nor written, and only loopback is used.

    from browser import jupyterlab as lab       # `tests` is on the path of the tests; `browser` is in conftest.py

    def test_a_notebook(browser: Any, tmp_path: Path) -> None:
        lab.write_notebook(tmp_path / "n.ipynb", ["1 + 1", "print('خبر')"])
        with lab.serve(tmp_path) as server:     # skips if JupyterLab is not installed
            page = server.open(browser, "n.ipynb")
            lab.run_all(page)                   # returns when all cells have run
            assert lab.errors(page) == []       # tracebacks of cells and on stderr
            assert lab.texts(page, 0) == ["2"]  # of the first code cell
            lab.picture(lab.output(page, 0), "two")   # two.png in CORPUS_KIT_ARTIFACTS, if set
            page.close()

A server takes three seconds to start, a notebook four to open: share them (`plain` and `shown_in` in conftest.py).
The page contains all outputs, including those out of view (`windowingMode: none`); there is no autosave.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120  # seconds for one step, on a busy machine
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


# ----------------------------------------------------------------------------------------------------
# The browser
# ----------------------------------------------------------------------------------------------------


@contextmanager
def driver() -> Iterator[Any]:
    """Run Playwright. A process can have only one at a time, which can start several browsers (`launch`)."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        yield running


def launch(running: Any, *, environment: Mapping[str, str] | None = None) -> Any:
    """Start the system's Chromium without a window. `environment` has additional variables."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no chromium on this machine")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    return running.chromium.launch(executable_path=program, args=arguments, env={**os.environ, **(environment or {})})


# ----------------------------------------------------------------------------------------------------
# The server
# ----------------------------------------------------------------------------------------------------


# Returns whether the page has all cells with all their outputs.
_SHOWN = """() => {
  const cells = window.jupyterapp.shell.currentWidget?.content?.widgets ?? [];
  const shown = cell => cell.node.querySelectorAll('.jp-OutputArea-output').length;
  const whole = cell => cell.model.type !== 'code' || shown(cell) >= cell.model.outputs.length;
  return cells.length && cells.every(cell => cell.isAttached && !cell.placeholder && whole(cell));
}"""
# Closes all notebooks without asking whether to keep the outputs of a run.
_CLOSED = """() => {
  for (const {context} of window.jupyterapp.shell.widgets('main')) if (context) context.model.dirty = false;
  return window.jupyterapp.commands.execute('application:close-all').then(() => 0);
}"""
# JupyterLab fills outputs when idle. An output stays empty if all of its markup was removed.
_FILLED = """async () => {
  const filled = () => [...document.querySelectorAll('.jp-OutputArea-output')].every(output => output.hasChildNodes())
    && [...document.images].every(image => image.complete);
  for (let turn = 0; turn < 30 && !filled(); turn++) await new Promise(done => setTimeout(done, 100));
}"""


@dataclass
class Server:
    """A running JupyterLab: notebooks are in `root`, Jupyter's own files in `home`."""

    address: str
    token: str
    root: Path
    home: Path
    process: subprocess.Popen[bytes]

    def url(self, path: str, **query: str) -> str:
        """Return an address of the server, with the token."""
        return f"{self.address}/{urllib.parse.quote(path)}?{urllib.parse.urlencode({**query, 'token': self.token})}"

    def get(self, path: str) -> bytes:
        """Return the response of the server; raise urllib.error.HTTPError for an error."""
        with urllib.request.urlopen(self.url(path), timeout=PATIENCE) as answer:
            found: bytes = answer.read()
            return found

    def log(self) -> str:
        """Return the output of the server so far."""
        return (self.home / "log.txt").read_text(encoding="utf-8", errors="replace")

    def open(self, browser: Any, notebook: str, *, width: int = 1400, height: int = 900, kernel: bool = True) -> Any:
        """Open a new page with a notebook in a single tab, ready to run.

        kernel: False opens it without a kernel, as for reading only; it cannot be run.
        `page.failures` lists the errors of scripts in the page. (JupyterLab itself causes one without a kernel.)
        """
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE * 1000)
        page.failures = []
        page.on("pageerror", lambda error: page.failures.append(str(error)))
        page.goto(self.url("lab", reset=""))
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("window.jupyterapp.restored")
        self.show(page, notebook, kernel=kernel)
        return page

    def show(self, page: Any, notebook: str, *, kernel: bool = True) -> None:
        """Show a notebook in an open page, instead of what is there."""
        page.evaluate(_CLOSED)
        arguments: dict[str, Any] = {"path": notebook}
        if not kernel:
            arguments["kernelPreference"] = {"shouldStart": False, "canStart": False, "shouldReuse": False}
        page.evaluate(
            """arguments => window.jupyterapp.commands.execute('docmanager:open', arguments)
              .then(opened => opened.context.ready).then(() => 0)""",
            arguments,
        )
        page.wait_for_function(_SHOWN)
        if kernel:
            status = "window.jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status"
            page.wait_for_function(f"{status} === 'idle'")
        page.evaluate(_FILLED)
        page.evaluate("window.jupyterapp.shell.collapseLeft()")
        page.wait_for_function("document.fonts.status === 'loaded'")


@contextmanager
def serve(root: Path, *, command: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start JupyterLab in a folder, on loopback, and stop it at the end.

    root: the folder of the notebooks.
    command: starts it instead of `jupyter lab`; `{port}` is replaced by a free port.
    environment: additional variables for the server and its kernels.

    Raises AssertionError with the server's log if it does not start.
    """
    for package in ("jupyterlab", "ipykernel"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    home = Path(tempfile.mkdtemp(prefix="corpus-kit-jupyter-"))
    try:
        server = _started(root, home, command, environment or {})
        try:
            yield server
        finally:
            stop(server.process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> int:
    """Stop a server and its kernels, by force if necessary; return the exit status."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def folders(home: Path) -> dict[str, str]:
    """Return variables that keep all files of Jupyter in one folder."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
    }
    return {variable: str(home / name) for variable, name in names.items()}


def free_port() -> int:
    """Return a free port on loopback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _started(root: Path, home: Path, command: Sequence[str], environment: Mapping[str, str]) -> Server:
    token = secrets.token_hex(16)
    _write_settings(home, SETTINGS)
    _write_configuration(home, token)
    ways = command or (sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port={port}")
    for _ in range(3):  # another process may take the port before the server does
        port = free_port()
        with (home / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [part.replace("{port}", str(port)) for part in ways],
                cwd=root,
                env={**os.environ, **folders(home), "JUPYTER_TOKEN": token, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = Server(f"http://127.0.0.1:{port}", token, root, home, process)
        if _answers(server):
            return server
        stop(process)
    raise AssertionError(f"JupyterLab does not answer:\n{server.log()[-4000:]}")


def _answers(server: Server) -> bool:
    """Wait until the server answers; return False if it has stopped or takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        try:
            return bool(server.get("api/status"))
        except OSError:
            time.sleep(0.1)
    return False


def _write_settings(home: Path, settings: Mapping[str, Mapping[str, object]]) -> None:
    for name, values in settings.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _write_configuration(home: Path, token: str) -> None:
    folder = home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    server = {
        "ServerApp": {"port_retries": 0, "allow_root": True, "open_browser": False},
        "IdentityProvider": {"token": token},
        "LabApp": {"expose_app_in_browser": True, "extension_manager": "readonly"},
    }
    (folder / "jupyter_server_config.json").write_text(json.dumps(server), encoding="utf-8")


# ----------------------------------------------------------------------------------------------------
# Notebooks
# ----------------------------------------------------------------------------------------------------


def write_notebook(path: Path, cells: Sequence[str | Mapping[str, Any]]) -> None:
    """Write a notebook: a str is a code cell without outputs, a dict is a cell in nbformat.

    It is not signed, so JupyterLab does not trust its outputs.
    """
    made = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
        if isinstance(cell, str)
        else dict(cell)
        for cell in cells
    ]
    notebook = {
        "cells": [{"id": f"cell-{place}", **cell} for place, cell in enumerate(made)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def markdown(source: str) -> dict[str, Any]:
    """Return a Markdown cell for `write_notebook`."""
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def shown(html: str, *, plain: str = "") -> dict[str, Any]:
    """Return a code cell for `write_notebook` with a piece of HTML as its output."""
    output = {"output_type": "display_data", "data": {"text/html": html, "text/plain": plain}, "metadata": {}}
    return {"cell_type": "code", "source": "…", "metadata": {}, "outputs": [output], "execution_count": 1}


def run_all(page: Any) -> bool:
    """Run all cells and wait; return False if a cell failed."""
    command = f"""() => new Promise((done, fail) => {{
        window.jupyterapp.commands.execute('notebook:run-all-cells').then(done, fail);
        const begun = Date.now();
        setInterval(() => {{
          const dialog = document.querySelector('.jp-Dialog');
          if (dialog) fail(new Error('JupyterLab asks: ' + dialog.innerText));
          if (Date.now() - begun > {PATIENCE * 1000}) fail(new Error('cells still run'));
        }}, 500);
    }})"""
    return bool(page.evaluate(command))


def run_cell(page: Any, place: int) -> bool:
    """Run the code cell with this number, from 0, and wait; return False if it failed."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(place).locator(".jp-InputPrompt").click()
    return bool(page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')"))


def output(page: Any, place: int) -> Any:
    """Return a locator of the outputs of a code cell, by its number from 0."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(place).locator(".jp-Cell-outputArea")


def texts(page: Any, place: int) -> list[str]:
    """Return the texts of the outputs of a code cell, as shown."""
    found: list[str] = output(page, place).locator(".jp-OutputArea-output").all_inner_texts()
    return [text.strip() for text in found]


def errors(page: Any) -> list[str]:
    """Return the tracebacks of failed cells, and all output on stderr."""
    kinds = ('[data-mime-type="application/vnd.jupyter.error"]', '[data-mime-type="application/vnd.jupyter.stderr"]')
    return [text for kind in kinds for text in page.locator(f".jp-OutputArea-output{kind}").all_inner_texts()]


def set_source(page: Any, place: int, text: str) -> None:
    """Replace the text of the code cell with this number."""
    page.evaluate(
        """([place, text]) => {
          const cells = window.jupyterapp.shell.currentWidget.content.widgets.filter(w => w.model.type === 'code');
          cells[place].model.sharedModel.setSource(text);
        }""",
        [place, text],
    )


@contextmanager
def dark(page: Any) -> Iterator[None]:
    """Show an open page in JupyterLab's dark theme, then in the light one again."""
    _change_theme(page, "dark")
    try:
        yield
    finally:
        _change_theme(page, "light")


def _change_theme(page: Any, name: str) -> None:
    command = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme}).then(() => 0)"
    page.evaluate(command, THEMES[name])
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(name == 'light').lower()}'")


def colours(what: Any) -> tuple[list[int], list[int]]:
    """Return the red, green and blue of the letters and of the ground of a locator's element."""
    style = "element => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
    ink, ground = (
        [int(float(part)) for part in found.strip("rgba()").split(",")[:3]] for found in what.evaluate(style)
    )
    return ink, ground


def letters(what: Any, start: int, end: int) -> dict[str, float]:
    """Return the rectangle of a range of letters in a locator's text; negative numbers count from the end.

    Keys: left, right, top, bottom, width of the letters; cell_left and cell_right of the locator's box.
    """
    found: dict[str, float] = what.evaluate(
        """(element, [start, end]) => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          const letters = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode())
            for (let place = 0; place < node.length; place++) letters.push([node, place]);
          const [first, last] = [letters.at(start), letters.at(end)];
          const range = document.createRange();
          range.setStart(...first);
          range.setEnd(last[0], last[1] + 1);
          const {left, right, top, bottom, width} = range.getBoundingClientRect();
          const box = element.getBoundingClientRect();
          return {left, right, top, bottom, width, cell_left: box.left, cell_right: box.right};
        }""",
        [start, end],
    )
    return found


def fonts(page: Any, selector: str) -> dict[str, bool]:
    """Return the fonts used to draw the letters of the first element; True if the font was served."""
    page.locator(selector).first.wait_for(state="attached", timeout=PATIENCE * 1000)
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    assert node, f"no element matches {selector}"
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    session.detach()
    return {font["familyName"]: font["isCustomFont"] for font in used}


def picture(what: Any, name: str) -> Path:
    """Save a screenshot of a page or a locator as `name`.png; return its path.

    The folder is CORPUS_KIT_ARTIFACTS, or a temporary one.
    """
    folder = Path(os.environ.get("CORPUS_KIT_ARTIFACTS") or Path(tempfile.gettempdir()) / "corpus-kit-pictures")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    what.screenshot(path=path)
    return path
