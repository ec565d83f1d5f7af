"""corpus-kit lab: copies of notebooks, arguments for JupyterLab, responses of the server, shutdown."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from browser import jupyterlab

from corpus_kit.display import fonts
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.lab import rules, server, style
from corpus_kit.lab.notebooks import RECORD, bundled_notebooks, copy_notebooks

FOLDER = Path(__file__).parents[1] / "notebooks"
COMMAND = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()", "lab"]


def notebook(*sources: str, outputs: str = "") -> bytes:
    cells = [{"cell_type": "code", "source": source, "outputs": outputs, "metadata": {}} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


# ----------------------------------------------------------------------------------------------------
# Copies of notebooks
# ----------------------------------------------------------------------------------------------------


def test_packaged_notebooks_equal_the_repository() -> None:
    found = bundled_notebooks()
    assert list(found) == sorted(path.name for path in FOLDER.glob("*.ipynb"))
    assert found["00_quickstart.ipynb"] == (FOLDER / "00_quickstart.ipynb").read_bytes()


def test_new_folder_gets_all_notebooks_once(tmp_path: Path) -> None:
    folder = tmp_path / "دفاتر" / "deep"
    first = copy_notebooks(folder, bundled_notebooks())
    assert first.written == list(bundled_notebooks())
    assert not first.kept
    assert {path.name for path in folder.iterdir()} == {*first.written, RECORD}
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    second = copy_notebooks(folder, bundled_notebooks())
    assert not second.written
    assert not second.kept
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == times


def test_changed_notebook_is_kept(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, {"a.ipynb": notebook("1"), "b.ipynb": notebook("2")})
    mine = notebook("1 + 1")
    (tmp_path / "a.ipynb").write_bytes(mine)
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("1"), "b.ipynb": notebook("2")})
    assert (done.written, done.kept, done.beside) == ([], ["a.ipynb"], [])
    assert (tmp_path / "a.ipynb").read_bytes() == mine


def test_new_version_replaces_unchanged_notebooks(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, {"a.ipynb": notebook("1")})
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("2")})
    assert (done.written, done.kept) == (["a.ipynb"], [])
    assert (tmp_path / "a.ipynb").read_bytes() == notebook("2")


def test_new_version_is_put_beside_a_changed_one_once(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, {"a.ipynb": notebook("1")})
    (tmp_path / "a.ipynb").write_bytes(notebook("mine"))
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("2")}, version="9.1")
    assert (done.kept, done.beside) == (["a.ipynb"], ["a-9.1.ipynb"])
    assert (tmp_path / "a.ipynb").read_bytes() == notebook("mine")
    assert (tmp_path / "a-9.1.ipynb").read_bytes() == notebook("2")
    (tmp_path / "a-9.1.ipynb").unlink()  # the user does not want it
    assert not copy_notebooks(tmp_path, {"a.ipynb": notebook("2")}, version="9.1").beside
    assert copy_notebooks(tmp_path, {"a.ipynb": notebook("3")}, version="9.2").beside == ["a-9.2.ipynb"]
    # user changes in that copy are kept, too
    (tmp_path / "a-9.2.ipynb").write_bytes(notebook("mine, too"))
    assert not copy_notebooks(tmp_path, {"a.ipynb": notebook("4")}, version="9.2").beside
    assert (tmp_path / "a-9.2.ipynb").read_bytes() == notebook("mine, too")


def test_running_a_notebook_is_not_a_change(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, {"a.ipynb": notebook("1\n", "2")})
    ran = json.loads(notebook("1\n", "2", outputs="many"))
    ran["cells"][0]["source"] = ["1\n"]  # JupyterLab saves the source as lines
    ran["metadata"] = {"kernelspec": {"name": "python3"}}
    (tmp_path / "a.ipynb").write_text(json.dumps(ran, indent=1))
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("1\n", "2")})
    assert (done.written, done.kept) == ([], [])
    assert json.loads((tmp_path / "a.ipynb").read_text()) == ran


def test_deleted_notebook_is_copied_again(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, {"a.ipynb": notebook("1")})
    (tmp_path / "a.ipynb").unlink()
    assert copy_notebooks(tmp_path, {"a.ipynb": notebook("1")}).written == ["a.ipynb"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b"[]", b'{"cells": [1]}', b"null", notebook("mine")])
def test_existing_file_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ipynb").write_bytes(content)
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("1")}, version="9")
    assert (done.kept, done.beside) == (["a.ipynb"], ["a-9.ipynb"])
    assert (tmp_path / "a.ipynb").read_bytes() == content


def test_folders_and_links_of_the_same_name_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").mkdir()
    (tmp_path / "b.ipynb").symlink_to(tmp_path / "absent")
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("1"), "b.ipynb": notebook("1")}, version="9")
    assert done.kept == ["a.ipynb", "b.ipynb"]
    assert (tmp_path / "b.ipynb").is_symlink()
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("record", ["", "[]", "null", '{"a.ipynb": 5}', "\0"])
def test_damaged_record_counts_every_file_as_changed(tmp_path: Path, record: str) -> None:
    copy_notebooks(tmp_path, {"a.ipynb": notebook("1")})
    (tmp_path / RECORD).write_text(record)
    done = copy_notebooks(tmp_path, {"a.ipynb": notebook("2")}, version="9")
    assert (done.written, done.kept, done.beside) == ([], ["a.ipynb"], ["a-9.ipynb"])


def test_bad_folders(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match=r"^folder must be a folder, got the file"):
        copy_notebooks(file, {"a.ipynb": b"{}"})
    with pytest.raises(InputError, match="Cannot create the folder"):
        copy_notebooks(file / "deeper", {"a.ipynb": b"{}"})


# ----------------------------------------------------------------------------------------------------
# Arguments for JupyterLab
# ----------------------------------------------------------------------------------------------------


class Launched:
    """A stand-in for JupyterLab's application."""

    arguments: list[str]

    def launch_instance(self, arguments: list[str]) -> None:
        self.arguments = arguments


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Launched:
    application = Launched()
    monkeypatch.setattr(server, "_application", lambda: application)
    monkeypatch.setattr(server, "version", lambda _: "4.6.6")
    for name in ("WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    return application


def test_only_explicit_options_override_the_configuration(launched: Launched, tmp_path: Path) -> None:
    server.start(tmp_path / "n", echo=lambda _: None)
    given = " ".join(launched.arguments)
    assert f"--ServerApp.root_dir={tmp_path / 'n'}" in launched.arguments
    assert "--LabApp.custom_css=True" in launched.arguments
    for name in ("port", "ServerApp.ip", "open_browser", "token", "password"):
        assert name not in given
    assert given.endswith("--allow-root") == (server.os.geteuid() == 0)


def test_options_and_the_first_notebook(launched: Launched, tmp_path: Path) -> None:
    port = jupyterlab.free_port()
    server.start(tmp_path / "n", port=port, ip="127.0.0.1", browser=False, echo=lambda _: None)
    assert {f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"} <= {
        *launched.arguments
    }
    assert "--ServerApp.open_browser=False" in launched.arguments
    first = next(each for each in launched.arguments if "default_url" in each)
    assert re.search(r"/lab/workspaces/corpus-kit-[0-9a-f]{8}/tree/00_quickstart\.ipynb$", first)
    # The second start restores the tabs.
    server.start(tmp_path / "n", echo=lambda _: None)
    assert first.replace("/tree/00_quickstart.ipynb", "") in launched.arguments


def test_messages_at_start(launched: Launched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    server.start(tmp_path / "n", echo=messages.append)
    assert "copied: 00_quickstart.ipynb" in "\n".join(messages)
    assert "kept" not in "\n".join(messages)
    (tmp_path / "n" / "00_quickstart.ipynb").write_bytes(notebook("mine"))
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setattr(sys, "platform", "linux")
    messages.clear()
    server.start(tmp_path / "n", echo=messages.append)
    assert "kept, since you changed them: 00_quickstart.ipynb" in "\n".join(messages)
    assert "no display" in "\n".join(messages)
    assert "--ServerApp.open_browser=False" in launched.arguments


@pytest.mark.parametrize(
    ("installed", "message"),
    [("3.6.8", r"needs JupyterLab 4\.4 or newer, found 3\.6\.8"), (None, r"needs JupyterLab\.")],
)
def test_missing_or_old_jupyterlab(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installed: str | None, message: str
) -> None:
    def version(name: str) -> str:
        if installed is None:
            raise PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(server, "version", version)
    with pytest.raises(CorpusKitError, match=message) as error:
        server.start(tmp_path / "n")
    assert 'pip install "arabic-corpus-kit[notebooks]"' in str(error.value)
    assert not (tmp_path / "n").exists()


def test_port_in_use_and_unusable_addresses(launched: Launched, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CorpusKitError, match=f"Port {port} is in use.*--port"):
            server.start(tmp_path / "n", port=port)
    with pytest.raises(InputError, match=r"^ip must be .*'192\.0\.2\.1'"):
        server.start(tmp_path / "n", ip="192.0.2.1")
    with pytest.raises(InputError, match=r"^ip must be an address, got 'no address'"):
        server.start(tmp_path / "n", ip="no address")
    assert not hasattr(launched, "arguments")
    assert not (tmp_path / "n").exists(), "options are checked before anything is written"


def test_errors_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = subprocess.run([*COMMAND, tmp_path / "file"], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert len(result.stderr.splitlines()) == 1


# ----------------------------------------------------------------------------------------------------
# The style sheet
# ----------------------------------------------------------------------------------------------------


def test_style_is_small_and_plain() -> None:
    piece = style()._repr_html_()
    assert piece.startswith("<style>")
    assert piece.endswith("</style>")
    assert len(piece) < 4000
    assert "url(" not in piece
    assert "<" not in piece[7:-8]
    assert "*/" not in piece
    assert piece.count("{") == rules().count("{") == piece.count("}")


def test_font_files_exist() -> None:
    pytest.importorskip("fontpkg_amiri", reason="the extra `notebooks` is not installed")
    files = fonts.font_files()
    assert set(re.findall(r"fonts/([\w.-]+)", fonts.font_faces())) == set(files)
    assert len(files) == 6
    assert all(path.read_bytes()[:4] == b"\0\1\0\0" for path in files.values())


# ----------------------------------------------------------------------------------------------------
# The server
# ----------------------------------------------------------------------------------------------------


def lab_command(folder: Path) -> list[str]:
    return [*COMMAND, str(folder), "--no-browser", "--ip", "127.0.0.1", "--port", "{port}"]


@pytest.mark.slow
def test_server_from_start_to_shutdown(tmp_path: Path) -> None:
    folder = tmp_path / "دفاتر"
    with jupyterlab.serve(tmp_path, command=lab_command(folder)) as running:
        listed = json.loads(running.get("api/contents"))["content"]
        assert {each["name"] for each in listed} >= set(bundled_notebooks())
        page = running.get("lab").decode()
        assert page.index("custom/custom.css") < page.index("</head>")
        assert running.get("custom/custom.css").decode() == '@import url("../corpus-kit/style.css");\n'
        sheet = running.get("corpus-kit/style.css").decode()
        assert rules() in sheet
        for address in re.findall(r'url\("(fonts/[^"]+)"\)', sheet):
            assert running.get(f"corpus-kit/{address}")[:4] == b"\0\1\0\0"
        refused(running, "corpus-kit/fonts/Absent.ttf", 404)
        refused(running, "corpus-kit/fonts/../style.css/..", 404)
        refused(running, "custom/custom.css?own", 404)
        # The user's style sheet follows ours unchanged, and files beside it are still served.
        own = running.home / "config" / "custom"
        own.mkdir()
        (own / "custom.css").write_bytes('@import "more.css"; h1 { content: "é" }'.encode("latin-1"))
        (own / "more.css").write_text("h2 { color: red }")
        assert running.get("custom/custom.css").decode().splitlines() == [
            '@import url("../corpus-kit/style.css");',
            '@import url("custom.css?own");',
        ]
        assert ask(f"{running.url('custom/custom.css', own='')}") == (own / "custom.css").read_bytes()
        assert running.get("custom/more.css") == b"h2 { color: red }"
        # Nothing is served without the token.
        for path in ("fonts/Amiri-Regular.ttf", "style.css"):
            assert b"<title>" in ask(f"{running.address}/corpus-kit/{path}"), "the page that asks for a token"
        assert "Traceback" not in running.log()
        # Ctrl-C while a kernel runs: both end, and the runtime files are removed.
        kernel = json.loads(post(running, "api/kernels"))
        assert list((running.home / "runtime").glob("*kernel*.json"))
        assert jupyterlab.stop(running.process, signal.SIGINT) == 0, running.log()[-2000:]
        left = [path.name for path in (running.home / "runtime").iterdir() if path.name != "jupyter_cookie_secret"]
        assert left == []
        assert kernel["id"] in running.log()
        # The user's configuration is unchanged.
        assert sorted(path.name for path in (running.home / "config").iterdir() if path.is_file()) == [
            "jupyter_server_config.json"
        ]


@pytest.mark.slow
def test_user_configuration_is_respected(tmp_path: Path) -> None:
    """A base URL, another root folder, and the user's own extensions."""
    configuration = tmp_path / "etc" / "jupyter_server_config.py"
    configuration.parent.mkdir()
    configuration.write_text(
        "c.ServerApp.jpserver_extensions = {'mine': True}\n"
        "c.ServerApp.tornado_settings = {'headers': {'X-Mine': 'yes'}}\n"
        "c.FileContentsManager.preferred_dir = 'absent'\n"
    )
    (tmp_path / "mine.py").write_text(
        "def _jupyter_server_extension_points():\n    return [{'module': 'mine'}]\n"
        "def _load_jupyter_server_extension(server):\n    server.log.critical('mine is loaded')\n"
    )
    environment = {"JUPYTER_CONFIG_PATH": str(configuration.parent), "PYTHONPATH": str(tmp_path)}
    with jupyterlab.serve(tmp_path, command=lab_command(tmp_path / "n"), environment=environment) as running:
        assert "mine is loaded" in running.log()
        assert "corpus-kit/style.css" in running.get("custom/custom.css").decode()
        with urllib.request.urlopen(running.url("api/status")) as answer:
            assert answer.headers["X-Mine"] == "yes"


def ask(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        found: bytes = answer.read()
        return found


def post(running: Any, path: str) -> bytes:
    headers = {"Authorization": f"token {running.token}"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{running.address}/{path}", b"{}", headers), timeout=60
    ) as answer:
        found: bytes = answer.read()
        return found


def refused(running: Any, path: str, status: int) -> None:
    path, _, query = path.partition("?")
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(running.url(path, **({query: ""} if query else {})))
    error.value.close()
    assert error.value.code == status


@pytest.mark.parametrize("port", [-1, 65536, "8888", 80.0, True])
def test_bad_ports(tmp_path: Path, port: Any) -> None:
    with pytest.raises(InputError, match=r"^port must be an integer from 0 to 65,535"):
        server.start(tmp_path / "n", port=port)
    assert not (tmp_path / "n").exists()
