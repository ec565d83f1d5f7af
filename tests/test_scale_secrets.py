"""Passwords and keys of a count are in memory only: in no file, no message, no pickle, no task."""

from __future__ import annotations

import pickle
import stat
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from test_cli import run

import corpus_kit as ck
from corpus_kit.errors import InputError, SourceError
from corpus_kit.scale import credentials
from corpus_kit.scale.credentials import secrets_of
from corpus_kit.scale.locations import Location
from corpus_kit.scale.slurm import SlurmJobs, slurm_script
from corpus_kit.scale.sources import plan_source

counting = import_module("corpus_kit.scale.count_ngrams")
distributed = pytest.importorskip("distributed")

SECRET = "hunter2"
TEXT = '{"text": "قال الوزير نعم"}\n'.encode()


class Server(BaseHTTPRequestHandler):
    """Serves one file to those who have the password, and quotes the address in its errors."""

    def do_HEAD(self) -> None:
        self.answer(send=False)

    def do_GET(self) -> None:
        self.answer(send=True)

    def answer(self, *, send: bool) -> None:
        is_known = self.headers["Authorization"] == "Basic bWU6aHVudGVyMg==" and "news" in self.path
        self.send_response(200 if is_known else 403)
        self.send_header("Content-Length", str(len(TEXT)))
        self.end_headers()
        if send:
            self.wfile.write(TEXT)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=running.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield f"127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def assert_nowhere(folder: Path, *texts: str) -> None:
    """Check that no file, no name of a file and no text has the secret."""
    for path in folder.rglob("*"):
        assert SECRET not in path.name
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    for text in texts:
        assert SECRET not in text


def stop_at_merging(*_: object) -> None:
    raise RuntimeError("lost")


def test_a_password_in_a_url_is_in_no_file(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = f"http://me:{SECRET}@{server}/news.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(counting, "merge_bucket", stop_at_merging)
        with pytest.raises(RuntimeError, match="lost"):
            ck.scale.count_ngrams(source, 2, tmp_path / "out", progress=False)
    assert_nowhere(tmp_path)
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "out.counting" / "plan.json").stat().st_mode) == 0o600
    table = ck.scale.count_ngrams(source, 2, tmp_path / "out", progress=False)  # resumes, with the password given again
    assert table.scan().collect()["ngram"].to_list() == ["الوزير نعم", "قال الوزير"]
    assert table.manifest["source"]["files"][0]["name"] == f"http://***@{server}/news.jsonl"
    assert_nowhere(tmp_path, repr(table), str(table.manifest))


@pytest.mark.parametrize(
    "address", ["http://me:{}@{}/absent.jsonl", "http://{}@{}/a.jsonl", "http://x:{}@127.0.0.1:9/a.jsonl"]
)
def test_errors_and_tracebacks_have_no_password(address: str, server: str) -> None:
    with pytest.raises(SourceError) as caught:
        plan_source(address.format(SECRET, server))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_options_are_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"secret": SECRET, "client_kwargs": {"password": SECRET}}
    place = Location.of("memory://secrets/news/a.jsonl", options)
    place.write([TEXT])
    try:
        with monkeypatch.context() as patch:
            patch.setattr(counting, "merge_bucket", stop_at_merging)
            with pytest.raises(RuntimeError, match="lost"):
                ck.scale.count_ngrams(place.url, 2, tmp_path / "out", storage_options=options, progress=False)
        assert_nowhere(tmp_path)
        table = ck.scale.count_ngrams(place.url, 2, tmp_path / "out", storage_options=options, progress=False)
        assert_nowhere(tmp_path, repr(table), str(table.manifest), repr(place))
    finally:
        place.parent.delete_folder()


def test_errors_that_quote_options_are_cleaned() -> None:
    class FileSystem:
        protocol = "odd"

        def info(self, path: str) -> Any:
            raise RuntimeError(f"denied: key={SECRET} for http://me:{SECRET}@host/{path}?sig={SECRET}")

    place = Location.of("s3://bucket/a", {"key": SECRET})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Location, "file_system", lambda _: (FileSystem(), "a"))
        with pytest.raises(SourceError, match=r"denied: key=\*\*\* for http") as caught:
            place.size()
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("url", "options", "secrets"),
    [
        ("s3://bucket/a", None, set()),
        ("https://me:pw12@host/a", None, {"me:pw12", "pw12"}),
        ("https://tok1@host/a", None, {"tok1"}),
        ("https://host/a?x=1&sig=s%2Fg1#frag1", None, {"1", "s%2Fg1", "s/g1", "frag1"}),
        (
            "s3://b",
            {"headers": {"X": "h1"}, "auth": ("me", "pw12"), "anon": True, "endpoint_url": "u"},
            {"h1", "me", "pw12"},
        ),
    ],
)
def test_secrets_of_addresses_and_options(url: str, options: dict[str, Any] | None, secrets: set[str]) -> None:
    assert secrets <= secrets_of(url, options)
    assert "u" not in secrets_of(url, options)


# ------------------------------------------------------------------------------------------------------- clusters


class FakeClient:
    """What `options_for_workers` uses of a client."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.plugins: dict[str, Any] = {}

    def scheduler_info(self, **_: object) -> dict[str, str]:
        return {"address": self.address}

    def register_plugin(self, plugin: Any) -> None:
        self.plugins[plugin.name] = plugin

    def unregister_worker_plugin(self, name: str) -> None:
        del self.plugins[name]


@pytest.mark.parametrize("address", ["tls://10.0.0.1:8786", "tcp://127.0.0.1:8786", "inproc://10.0.0.1/1/1"])
def test_workers_get_options_by_a_plugin_and_in_no_task(address: str) -> None:
    lending = import_module("corpus_kit.scale.worker_options").options_for_workers
    client, options = FakeClient(address), {"key": SECRET}
    place = Location.of("s3://bucket/a", options)
    with lending(client, options):
        task = pickle.dumps(place)
        (plugin,) = client.plugins.values()
        sent = pickle.loads(pickle.dumps(plugin))
    assert SECRET.encode() not in task
    assert SECRET not in repr(plugin)
    assert client.plugins == {}
    sent.setup(None)  # in a worker
    assert pickle.loads(task).storage_options == options
    sent.teardown(None)
    assert isinstance(pickle.loads(task).storage_options, credentials.Missing)
    with lending(client, None):
        assert client.plugins == {}


def test_an_unencrypted_cluster_is_named() -> None:
    lending = import_module("corpus_kit.scale.worker_options").options_for_workers
    with pytest.warns(UserWarning, match=r"^storage_options go to the workers of tcp://10\.0\.0\.1:8786 unencrypted\."):  # noqa: SIM117
        with lending(FakeClient("tcp://10.0.0.1:8786"), {"key": SECRET}):
            pass


class NoClient:
    """Has the methods of a client, none of which may be called."""

    map = run = scheduler_info = cancel = None


@pytest.mark.parametrize(("source", "out"), [("ftp://me:hunter2@host/a.txt", "out"), ("a.txt", "s3://k:hunter2@b/out")])
def test_addresses_with_secrets_are_not_sent_to_workers(source: str, out: str) -> None:
    with pytest.raises(InputError, match=r"^(source|out) must be a URL without a password.*\*\*\*@") as caught:
        ck.scale.count_ngrams(source, 2, out, client=NoClient(), progress=False)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"source": f"ftp://me:{SECRET}@host/a.txt"},
        {"source": f"https://host/a.txt?sig={SECRET}"},
        {"out": f"s3://me:{SECRET}@bucket/out"},
        {"jobs": {"prologue": [f"curl https://me:{SECRET}@host"]}},
        {"jobs": {"directives": [f"--comment=https://host?token={SECRET}"]}},
    ],
)
def test_a_slurm_script_has_no_secrets(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="password") as caught:
        slurm_script(
            options.get("source", "a.txt"), options.get("out", "out"), n=2, jobs=SlurmJobs(**options.get("jobs", {}))
        )
    assert SECRET not in str(caught.value)


def test_a_slurm_script_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    for options in ([], ["--overwrite"]):
        run("count", tmp_path / "a.txt", tmp_path / "out", "--slurm", tmp_path / "count.py", *options)
        assert stat.S_IMODE((tmp_path / "count.py").stat().st_mode) == 0o600
