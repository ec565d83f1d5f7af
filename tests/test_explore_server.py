"""corpus-kit explore: what opens, who may connect, how sessions live, what is said when something is wrong."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import corpus_kit as ck
from corpus_kit.cli.explore import explore
from corpus_kit.errors import CorpusError, CorpusKitError, InputError

pytest.importorskip("jupyter_server", reason="the extra `notebooks` is not installed")
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders
from tornado.websocket import WebSocketClientConnection, websocket_connect

from corpus_kit.explore import folders, hosting, recent, site, start
from corpus_kit.explore.browser_session import browser_session
from corpus_kit.explore.hosting import Publish, Send
from corpus_kit.explore.opening import Opened, Source, open_or_build
from corpus_kit.explore.server import make_server, page_html
from corpus_kit.explore.server_words import words_around
from corpus_kit.explore.shortcut import make_shortcut
from corpus_kit.explore.site import MOST_BYTES, Site
from corpus_kit.explore.trace_files import Place

PAGE = Path(start.__file__).parent / "page"
COMMAND = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()", "explore"]


class Echo:
    """A session that says what it got and in which thread."""

    def __init__(self, opened: Any, publish: Publish, send: Send) -> None:
        self.setup = {"documents": len(opened.corpus)}
        self.page: dict[str, Any] = {"got": None}
        self._publish, self._send = publish, send

    def receive(self, message: object) -> None:
        if message == "fail":
            raise ZeroDivisionError("a bug")
        if message == "refuse":
            raise InputError("This cannot be.")
        if isinstance(message, dict) and "sleep" in message:
            time.sleep(message["sleep"])
        self.page = {"got": message}
        self._publish(self.page)
        self._send({"answer": message, "thread": threading.current_thread().name})


class Page:
    """The script of the page, as far as the protocol goes."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket

    def write(self, content: object) -> Awaitable[None]:
        return self.socket.write_message(content if isinstance(content, str) else json.dumps(content))

    async def read(self, name: str) -> dict[str, Any]:
        """Return the next message that has this key."""
        while True:
            text = await asyncio.wait_for(self.socket.read_message(), 20)
            assert text is not None, "closed"
            content: dict[str, Any] = json.loads(text)
            if name in content:
                return content

    async def greet(self, key: str | None = None, document: str = "d1", **others: Any) -> dict[str, Any]:
        await self.write({"hello": key, "document": document, "drawn": False, "seen": 0, **others})
        return await self.read("session")


class Running:
    """A server that runs in the loop of a test."""

    def __init__(self, server: Any) -> None:
        self.address = f"http://127.0.0.1:{server.port}/explore"
        self.token = server.identity_provider.token
        self.cookies = ""
        self.pages: list[Page] = []

    async def get(self, path: str = "", *, token: bool = True, **headers: str) -> HTTPResponse:
        known = {"Authorization": f"token {self.token}"} if token else {}
        request = HTTPRequest(self.address + path, headers=HTTPHeaders({**known, **headers}), follow_redirects=False)
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def sign_in(self) -> None:
        response = await AsyncHTTPClient().fetch(f"{self.address}?token={self.token}")
        self.cookies = "; ".join(each.split(";")[0] for each in response.headers.get_list("Set-Cookie"))

    async def connect(self, **headers: str) -> Page:
        if not self.cookies:
            await self.sign_in()
        address = self.address.replace("http:", "ws:") + "/socket"
        known = {"Cookie": self.cookies, "Origin": self.address.removesuffix("/explore")}
        page = Page(await websocket_connect(HTTPRequest(address, headers=HTTPHeaders({**known, **headers}))))
        self.pages.append(page)
        return page

    async def leave(self) -> None:
        """Close all pages."""
        for page in self.pages:
            page.socket.close()
            while page.socket.protocol is not None:
                await asyncio.sleep(0.001)


@asynccontextmanager
async def running(make: Any = Echo, source: Source | None = None, language: str = "en") -> AsyncIterator[Running]:
    shown = Site(make, source)
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    server = make_server(shown, language=language, port=0, ip="127.0.0.1", browser=False)
    try:
        server.http_server  # noqa: B018
        await asyncio.sleep(0)  # it is bound in the next turn of the loop
        server.port = next(iter(server.http_server._sockets.values())).getsockname()[1]
        shown.start()
        there = Running(server)
        yield there
        await there.leave()
    finally:
        shown.close()
        server.http_server.stop()
        await server.http_server.close_all_connections()
        ServerApp.clear_instance()
        for each, handler in handlers.items():
            signal.signal(each, handler)


def sample() -> Source:
    return Source(ck.sample_corpus().path)


def run(test: Callable[[Running], Awaitable[None]], make: Any = Echo, source: Source | None = None) -> None:
    async def whole() -> None:
        async with running(make, source or sample()) as server:
            await test(server)

    asyncio.run(whole())


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the list of corpora that were opened out of the cache of the tests."""
    monkeypatch.setattr(recent, "_file", lambda: tmp_path / "explored.json")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "نصوص"
    folder.mkdir()
    (folder / "a.txt").write_text("قال الوزير إن الاجتماع ناجح.", encoding="utf-8")
    (folder / "b.txt").write_text("غادر الوفد المدينة أمس.", encoding="utf-8")
    (folder / "empty.txt").write_text(" ", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


# ----------------------------------------------------------------------------------------------------
# The page, and who may have it
# ----------------------------------------------------------------------------------------------------


def test_nothing_without_the_token() -> None:
    async def test(server: Running) -> None:
        for path in ("", "/standalone.js", "/explorer.js", "/style.css", "/fonts/Amiri-Regular.ttf"):
            refused = await server.get(path, token=False)
            assert refused.code == 302
            assert "/login" in refused.headers["Location"]
            assert (await server.get(path, token=False, Authorization="token wrong")).code in (302, 403)
        address = server.address.replace("http:", "ws:") + "/socket"
        with pytest.raises(HTTPClientError) as error:
            await websocket_connect(address)
        assert error.value.code == 403

    run(test)


def test_jupyter_serves_nothing_else() -> None:
    async def test(server: Running) -> None:
        for path in (
            "/files/server.py",
            "/api/contents",
            "/api/kernels",
            "/api/sessions",
            "/nbconvert/html/x",
            "/view/x",
        ):
            assert (await server.get(f"/..{path}")).code == 404, path
        for path in ("/fonts/x.ttf", "/fonts/..%2fserver.py", "/server.py", "/base.js"):
            assert (await server.get(path)).code == 404, path

    run(test)


def test_other_origins_and_hosts_are_refused() -> None:
    async def test(server: Running) -> None:
        for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
            with pytest.raises(HTTPClientError) as error:
                await server.connect(Origin=origin)
            assert error.value.code == 403
        assert (await server.get(Host="evil.example")).code == 403  # a name that leads here
        [cookie] = (await server.get(f"?token={server.token}", token=False)).headers.get_list("Set-Cookie")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    run(test)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.inside[-1], data))


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_page(language: str, direction: str) -> None:
    page = Tags()
    page.feed(page_html(language, "/explore"))
    tags = dict(page.found)
    assert tags["html"] == {"lang": language, "dir": direction}
    assert all("src" in attributes for tag, attributes in page.found if tag == "script")  # none inline
    assert not any(tag == "style" or "style" in attributes for tag, attributes in page.found)
    assert not any(name.startswith("on") for _, attributes in page.found for name in attributes)
    addresses = [each for _, tag in page.found for name, each in tag.items() if name in ("href", "src", "data-socket")]
    assert all(str(each).startswith(("/explore/", "data:,")) for each in addresses)
    root = next(attributes for _, attributes in page.found if attributes.get("id") == "explorer")
    assert json.loads(str(root["data-say"])) == words_around(language)
    assert any(words_around(language)["no_script"] in text for _, text in page.texts)


def test_the_policy_forbids_the_network_and_markup() -> None:
    async def test(server: Running) -> None:
        response = await server.get()
        policy = dict(
            part.strip().partition(" ")[::2] for part in response.headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        for name in ("script-src", "style-src", "font-src", "connect-src"):
            assert policy[name] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert (await server.get("/explorer.js")).headers["Content-Type"].startswith("text/javascript")
        sheet = (await server.get("/style.css")).body.decode()
        assert ".ck-explorer" in sheet
        for name in re.findall(r'url\("([^"]+)"\)', sheet):
            assert (await server.get(f"/{name}")).body[:4] == b"\0\1\0\0"

    run(test)


def test_the_script_writes_no_markup_and_has_all_its_words() -> None:
    script = (PAGE / "standalone.js").read_text(encoding="utf-8")
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch("):
        assert name not in script
    for name in ("XMLHttpRequest", "import(", "srcdoc", "javascript:"):
        assert name not in script
    stages = {"opening", "comparing", "counting", "annotating", "starting"}
    kinds = {"place_home", "place_current", "place_drive", "is_corpus", "is_file"}
    written = {*re.findall(r"SAY\.(\w+)", script), *stages, *kinds, "no_script", "connecting"}
    assert written == words_around("en").keys()
    assert not re.search(r"[\u0600-\u06ff]", script)
    assert all(re.search(r"[\u0600-\u06ff]", each) for each in words_around("ar").values())


# ----------------------------------------------------------------------------------------------------
# Sessions
# ----------------------------------------------------------------------------------------------------


def test_messages_are_answered_in_order_in_one_thread_each() -> None:
    async def test(server: Running) -> None:
        first, second = await server.connect(), await server.connect()
        keys = [(await page.greet())["session"] for page in (first, second)]
        assert len({*keys}) == 2
        for number in range(1, 101):  # more than wait for their turn
            await first.write({"number": number, "message": number})
        await second.write({"number": 1, "message": "other"})
        answers = [(await first.read("message"))["message"] for _ in range(100)]
        assert [each["answer"] for each in answers] == list(range(1, 101))
        assert len({each["thread"] for each in answers}) == 1
        assert (await second.read("message"))["message"]["answer"] == "other"

    run(test)


def test_a_long_answer_does_not_hold_up_another_window() -> None:
    async def test(server: Running) -> None:
        slow, quick = await server.connect(), await server.connect()
        await slow.greet()
        await quick.greet()
        await slow.write({"number": 1, "message": {"sleep": 1.0}})
        await quick.write({"number": 1, "message": "quick"})
        reads = {asyncio.ensure_future(page.read("message")): page for page in (slow, quick)}
        done, others = await asyncio.wait(reads, return_when=asyncio.FIRST_COMPLETED)
        assert [reads[each] for each in done] == [quick]
        await asyncio.gather(*others)

    run(test)


def test_a_reload_keeps_the_session() -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        key = (await page.greet())["session"]
        await page.write({"number": 1, "message": "said"})
        await page.read("message")
        page.socket.close()
        await asyncio.sleep(0.1)
        again = await (await server.connect()).greet(key, "d2")
        assert again["session"] == key
        assert again["state"]["_page"] == {"got": "said"}

    run(test)


def test_what_was_missed_is_sent_again_and_nothing_is_done_twice() -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        key = (await page.greet())["session"]
        await page.write({"number": 1, "message": "a"})
        seen = (await page.read("message"))["number"]
        await page.write({"number": 2, "message": {"sleep": 0.3}})
        await page.read("taken")
        page.socket.close()
        await asyncio.sleep(0.6)  # the answer finds no page
        back = await server.connect()
        welcome = await back.greet(key, drawn=True, seen=seen)
        assert welcome["resumed"] == 2
        assert (await back.read("message"))["message"]["answer"] == {"sleep": 0.3}
        for number in (1, 2, 3):  # 1 and 2 were taken before
            await back.write({"number": number, "message": f"n{number}"})
        assert (await back.read("message"))["message"]["answer"] == "n3"

    run(test)


def test_a_page_whose_session_is_gone_loads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting.Guests.__init__, "__defaults__", (0.05,))

    async def test(server: Running) -> None:
        page = await server.connect()
        key = (await page.greet())["session"]
        page.socket.close()
        await asyncio.sleep(0.3)
        back = await server.connect()
        await back.write({"hello": key, "document": "d1", "drawn": True, "seen": 0})
        assert (await back.read("reload")) == {"reload": True}

    run(test)


def test_a_page_that_loads_again_is_here_before_it_has_left() -> None:
    async def test(server: Running) -> None:
        key = (await (page := await server.connect()).greet())["session"]
        asyncio.get_running_loop().call_later(0.2, page.socket.close)
        assert (await (await server.connect()).greet(key, "d2"))["session"] == key

    run(test)


def test_a_duplicated_window_gets_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_PARTING", 0.1)

    async def test(server: Running) -> None:
        key = (await (page := await server.connect()).greet())["session"]
        assert (await (await server.connect()).greet(key, "d2"))["session"] != key
        page.socket.close()

    run(test)


def test_windows_are_limited_and_a_closed_one_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "MOST_SESSIONS", 2)

    async def test(server: Running) -> None:
        pages = [await server.connect() for _ in range(3)]
        for page in pages[:2]:
            await page.greet()
        await pages[2].write({"hello": None, "document": "d", "drawn": False, "seen": 0})
        assert "2 windows" in (await pages[2].read("text"))["text"]
        pages[0].socket.close()
        await asyncio.sleep(0.1)
        assert (await (await server.connect()).greet())["session"]

    run(test)


def test_a_page_that_greets_again_and_again_has_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "MOST_SESSIONS", 3)

    async def test(server: Running) -> None:
        pages = [await server.connect() for _ in range(3)]
        for _ in range(5):
            await pages[0].greet()
        for page in pages[1:]:
            assert (await page.greet())["session"]

    run(test)


def test_no_more_is_read_from_a_page_that_does_not_read() -> None:
    answered = 0

    class Long(Echo):
        def receive(self, message: object) -> None:
            nonlocal answered
            answered += 1
            self._send({"answer": str(message) * (1 << 20)})

    async def test(server: Running) -> None:
        page = await server.connect()
        await page.greet()
        for number in range(1, 301):
            await page.write({"number": number, "message": "x"})
        before = -1
        while before < answered:
            before = answered
            await asyncio.sleep(0.2)
        assert answered < 200
        assert await page.read("message")

    run(test, Long)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "1", '"x"', "[" * 5000, '{"number": 1}', '{"hello": null}',
     '{"hello": null, "document": 5}',
     '{"hello": {"a": 1}, "document": "d", "drawn": true, "seen": -1}', '{"hello": null, "document": "\\ud800"}', "\0"],
)  # fmt: skip
def test_bad_messages_are_answered_with_a_sentence_or_ignored(text: str) -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        await page.write(text)
        assert (await page.greet())["session"]  # the server is alive

    run(test)


@pytest.mark.parametrize("number", [0, -1, "1", None, 1.5, True, 1 << 60])
def test_bad_numbers(number: object) -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        await page.greet()
        await page.write({"number": number, "message": "x"})
        assert "number" in (await page.read("problem"))["problem"]

    run(test)


def test_a_message_that_is_too_large_ends_the_connection_only() -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        key = (await page.greet())["session"]
        await page.write({"number": 1, "message": "x" * MOST_BYTES})
        with pytest.raises(AssertionError, match="closed"):
            await page.read("message")
        assert page.socket.close_code == 1009
        assert (await (await server.connect()).greet(key))["session"]

    run(test)


def test_errors_are_sentences_and_the_session_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        await page.greet()
        for number, message in enumerate(("refuse", "fail", "on"), start=1):
            await page.write({"number": number, "message": message})
        assert (await page.read("problem"))["problem"] == "This cannot be."
        assert (await page.read("problem")) == {"number": 2, "problem": "ZeroDivisionError: a bug", "unexpected": True}
        assert (await page.read("message"))["message"]["answer"] == "on"

    run(test)
    assert "a bug" in caplog.text


def test_the_real_session() -> None:
    def make(opened: Opened, publish: Publish, send: Send) -> Any:
        return browser_session(opened.corpus, publish, send, codes=(), sheet=None, coder=None, language="ar")

    async def test(server: Running) -> None:
        page = await server.connect()
        state = (await page.greet())["state"]
        assert state["_setup"]["language"] == "ar"
        asked = {"kind": "show", "client": "c", "number": 1, "pattern": "هدنة", "sort": [], "window": [8, 8]}
        asked |= {"clitics": False, "exact": False, "syntax": "native", "page": 1, "page_size": 20}
        await page.write({"number": 1, "message": asked})
        assert len((await page.read("name"))["value"]["lines"]) == 16

    run(test, make)


# ----------------------------------------------------------------------------------------------------
# Opening
# ----------------------------------------------------------------------------------------------------


def opened(source: Source) -> tuple[Any, list[str]]:
    told: list[str] = []
    return open_or_build(source, lambda name, _: told.append(name)), told


def test_texts_become_a_corpus_once(texts: Path) -> None:
    with pytest.warns(UserWarning, match="blank text"):
        first, told = opened(Source(texts))
    assert first.how == "built"
    assert first.corpus.path == texts.with_name("نصوص-corpus")
    assert told[0] == "reading"
    assert told[-1] == "counting"
    again, told = opened(Source(texts))
    assert (again.how, told) == ("kept", ["comparing"])
    assert again.corpus.id == first.corpus.id


def change_content(texts: Path) -> None:
    (texts / "a.txt").write_text("قال الوزير إن الاجتماع طويل.", encoding="utf-8")


def add_file(texts: Path) -> None:
    (texts / "c.txt").write_text("خبر ثالث.", encoding="utf-8")


def remove_file(texts: Path) -> None:
    (texts / "b.txt").unlink()


@pytest.mark.filterwarnings("ignore:not all of the source was read")
@pytest.mark.parametrize("change", [change_content, add_file, remove_file])
def test_changed_texts_become_a_new_corpus(texts: Path, change: Callable[[Path], None]) -> None:
    first = opened(Source(texts))[0].corpus
    change(texts)
    second = opened(Source(texts))[0]
    assert second.how == "built"
    assert second.corpus.id != first.id
    assert opened(Source(texts))[0].how == "kept"


@pytest.mark.filterwarnings("ignore:not all of the source was read")
def test_what_was_added_to_a_corpus_is_not_lost(texts: Path) -> None:
    corpus = opened(Source(texts))[0].corpus
    corpus.annotate(ck.annotators.hidden_markov(), layer="pos")
    add_file(texts)
    with pytest.raises(CorpusError, match=r"would lose what was added to it: pos\. .*--rebuild"):
        opened(Source(texts))
    assert opened(Source(texts, rebuild=True))[0].how == "built"


def test_a_table_with_options(tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text("body,day,paper\nقال الوزير,2020-01-02,x\nغادر الوفد,2020-01-03,y\n", encoding="utf-8")
    options = {"text": "body", "date": "day"}
    first = opened(Source(table, options=options, annotate=True))
    assert first[0].corpus.path == tmp_path / "news-corpus"
    assert "annotating" in first[1]
    assert opened(Source(table, options=options))[0].how == "kept"
    assert opened(Source(table, options={"text": "body"}))[0].how == "built"
    elsewhere = opened(Source(table, output=tmp_path / "other", options=options))[0]
    assert elsewhere.corpus.path == tmp_path / "other"


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file or folder '.*missing'\."):
        opened(Source(tmp_path / "missing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusKitError, match=r"no documents|nothing to read|no files"):
        opened(Source(tmp_path / "empty"))
    with pytest.raises(InputError, match="is a corpus already"):
        opened(Source(ck.sample_corpus().path, options={"text": "x"}))
    (tmp_path / "t.txt").write_text("خبر", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.doc").write_text("x")
    with pytest.raises(CorpusKitError, match="full"):
        opened(Source(tmp_path / "t.txt", output=tmp_path / "full"))
    assert (tmp_path / "full" / "mine.doc").exists()


def test_names_that_no_file_can_have_are_told(tmp_path: Path) -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        await page.write({"hello": None, "document": "d", "drawn": False, "seen": 0})
        problem = await page.read("text")
        assert "cannot be opened" in problem["text"]
        assert "unexpected" not in problem

    run(test, source=Source(tmp_path / ("x" * 300)))


def test_an_end_while_reading_leaves_nothing_behind(texts: Path) -> None:
    def tell(_: str, values: dict[str, Any]) -> None:
        if values.get("documents"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_or_build(Source(texts), tell)
    assert [path.name for path in texts.parent.iterdir() if "corpus" in path.name] == []


@pytest.mark.filterwarnings("ignore:not all of the source was read")
def test_the_page_follows_a_build_and_then_has_the_explorer(texts: Path) -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        await page.write({"hello": None, "document": "d1", "drawn": False, "seen": 0})
        report = (await page.read("report"))["report"]
        assert (report["how"], report["documents"], report["files"]) == ("built", 2, 3)
        assert {reason: count for reason, count, _ in report["left_out"]} == {"blank text": 1, "unknown file ending": 1}
        assert (await page.read("session"))["state"]["_setup"] == {"documents": 2}

    run(test, source=Source(texts))


def test_a_problem_is_shown_and_tried_again(tmp_path: Path) -> None:
    async def test(server: Running) -> None:
        page = await server.connect()
        await page.write({"hello": None, "document": "d1", "drawn": False, "seen": 0})
        while (told := await page.read("stage"))["stage"] != "problem":
            pass
        assert "no file or folder" in told["text"]
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "a.txt").write_text("خبر", encoding="utf-8")
        await page.write({"again": True})
        assert (await page.read("reload")) == {"reload": True}
        assert (await (await server.connect()).greet())["state"]["_setup"] == {"documents": 1}

    run(test, source=Source(tmp_path / "later"))


def test_the_page_asks_for_a_folder(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(source=None) as server:
            page = await server.connect()
            await page.write({"hello": None, "document": "d1", "drawn": False, "seen": 0})
            assert (await page.read("stage"))["stage"] == "choose"
            for bad in ("", "  ", 5, "a\0b"):
                await page.write({"choose": bad})
                assert (await page.read("problem"))["problem"]
            await page.write({"choose": str(tmp_path / "missing")})
            while (told := await page.read("stage"))["stage"] != "problem":
                pass
            await page.write({"choose": None})
            assert (await page.read("recent"))["recent"] == []
            await page.write({"choose": f' "{ck.sample_corpus().path}" '})
            assert (await page.read("session"))["state"]["_setup"] == {"documents": 240}
            assert recent.recent_paths() == [ck.sample_corpus().path]
            assert "no file or folder" in told["text"]

    asyncio.run(test())


def test_the_page_asks_for_the_columns_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "جدول.csv"
    table.write_text("النص,اليوم\nخبر قصير,2020-01-02\n", encoding="utf-8")

    async def test() -> None:
        async with running(
            source=Source(tmp_path / "gone", output=tmp_path / "out", options={"id": "number"})
        ) as server:
            page = await server.connect()
            await page.write({"hello": None, "document": "d", "drawn": False, "seen": 0})
            await page.write({"choose": None})
            while (await page.read("stage"))["stage"] != "choose":
                pass
            await page.write({"choose": str(table), "date": ""})  # other texts have options and a folder of their own
            while (told := await page.read("stage"))["stage"] != "problem":
                pass
            assert told["columns"] == ["النص", "اليوم"]
            await page.write({"columns": {"text": "no", "date": ["اليوم"]}})
            while (await page.read("stage"))["stage"] != "problem":
                pass
            await page.write({"columns": {"text": "النص", "date": "اليوم"}})
            assert (await page.read("session"))["state"]["_setup"] == {"documents": 1}

    asyncio.run(test())
    with ck.Corpus.open(tmp_path / "جدول-corpus") as corpus:
        assert str(corpus.documents.collect()["date"].item()) == "2020-01-02"
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore:not all of the source was read")
def test_a_corpus_that_is_built_again_while_it_is_open_is_told(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_LOOK", 0.05)

    async def test(server: Running) -> None:
        page = await server.connect()
        await page.greet()
        add_file(texts)
        await asyncio.get_running_loop().run_in_executor(
            None, lambda: ck.Corpus.build(texts, texts.with_name("نصوص-corpus"), overwrite=True, progress=False)
        )
        assert (await page.read("replaced"))["replaced"] is True
        await page.write({"number": 1, "message": "still"})
        assert (await page.read("message"))["message"]["answer"] == "still"
        await page.write({"again": True})
        await page.read("reload")
        assert (await (await server.connect()).greet())["state"]["_setup"] == {"documents": 3}

    run(test, source=Source(texts))


# ----------------------------------------------------------------------------------------------------
# The command
# ----------------------------------------------------------------------------------------------------


def test_arguments(tmp_path: Path) -> None:
    source = Source(ck.sample_corpus().path)
    for bad in ({"port": 70_000}, {"port": "x"}, {"ip": 5}, {"ip": "no such host.example"}, {"language": "fr"}):
        with pytest.raises(InputError):
            start.start(source, **{"browser": False, **bad})
    with pytest.raises(InputError, match="There is no file or folder"):
        start.start(Source(tmp_path / "missing"))
    with pytest.raises(InputError, match="codes"):
        start.start(source, codes=["a", "a"])


@pytest.mark.parametrize(
    ("names", "language"),
    [({"LANG": "ar_EG.UTF-8"}, "ar"), ({"LANG": "ar_EG", "LC_ALL": "en_GB"}, "en"), ({"LANG": "C"}, "en"),
     ({"LC_MESSAGES": "ar"}, "ar")],
)  # fmt: skip
def test_the_language_of_the_system(names: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert start.system_language() == language


def test_a_folder_that_the_server_cannot_write_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def initialize(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/home/sara")

    monkeypatch.setattr(ServerApp, "initialize", initialize)
    with pytest.raises(
        CorpusKitError, match=r"^Jupyter Server cannot write .* denied: '/home/sara'.*JUPYTER_RUNTIME_DIR"
    ):
        make_server(Site(Echo, None), language="en", port=0, browser=False)
    ServerApp.clear_instance()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, str(tmp_path / "missing")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert re.fullmatch(r"error: There is no file or folder '.*missing'\.\n", done.stderr)


def test_options_of_texts_need_texts() -> None:
    for given, name in (
        ({"date_format": "dmy"}, "date-format"),
        ({"output": Path("x")}, "output"),
        ({"lines": True}, "lines"),
    ):
        with pytest.raises(InputError, match=f"^--{name} needs SOURCE"):
            explore(None, **given)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------
# The start page: what it lists; and an icon that starts it
# ----------------------------------------------------------------------------------------------------


def test_what_is_listed_of_a_folder(tmp_path: Path) -> None:
    for name in ("نصوص", ".hidden", "<b>x", "a\u202eb", "corpus", "many"):
        (tmp_path / name).mkdir()
    (tmp_path / "corpus" / "manifest.json").write_text("{}")
    for name in ("نصوص/1.txt", "نصوص/2.docx", "نصوص/x.exe", "نصوص/.h.txt", "b.csv", "x.exe", ".h.txt"):
        (tmp_path / name).write_bytes(b"x")
    for number in range(2_100):
        (tmp_path / "many" / f"{number}.txt").touch()
    listing = folders.listing_of(tmp_path)
    rows = {row["name"]: (row["kind"], row.get("files"), row.get("more")) for row in listing["rows"]}
    assert list(rows) == sorted(rows, key=lambda name: (name == "b.csv", name.casefold()))
    assert rows["نصوص"] == ("folder", 2, False)
    assert rows["corpus"] == ("corpus", None, None)
    assert rows["b.csv"] == ("file", None, None)
    assert rows["many"] == ("folder", 2_000, True)
    assert rows.keys() == {"نصوص", "<b>x", r"a\u202eb", "corpus", "many", "b.csv"}
    assert (listing["path"], listing["left_out"], listing["folders"]) == (str(tmp_path), 0, 5)
    assert listing["above"][-1] == [tmp_path.name, str(tmp_path)]
    inside = folders.listing_of(tmp_path / "many")
    assert (len(inside["rows"]), inside["left_out"], inside["more"]) == (200, 1_900, True)
    assert folders.listing_of(tmp_path / "b.csv")["path"] == str(tmp_path)
    with pytest.raises(FileNotFoundError):
        folders.listing_of(tmp_path / "nowhere")


def test_names_are_typed_in_several_ways(tmp_path: Path) -> None:
    folder = tmp_path / "نصوص 1"
    folder.mkdir()
    for typed in (str(folder), f' "{folder}" ', folder.as_uri(), str(folder / "x" / "..")):
        assert folders.typed_path(typed) in (folder, folder.resolve())
    quoted = tmp_path / """ 'a' "b\""""
    if sys.platform != "win32":
        quoted.mkdir()
        assert folders.typed_path(str(quoted)) == quoted  # as it was listed
    for typed in ("", '""', None, 5):
        with pytest.raises(InputError, match="Type the name"):
            folders.typed_path(typed)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="links and names of any bytes")
def test_a_listing_survives_links_and_names_that_are_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "round").symlink_to(tmp_path / "round")
    os.mkdir(os.fsencode(tmp_path) + b"/bad\xff")  # noqa: PTH102  # a name of bytes
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "1.txt").touch()
    rows = {row["name"]: row for row in folders.listing_of(tmp_path)["rows"]}
    assert rows.keys() == {"loop", r"bad\xff", "closed", "1.txt"}
    assert rows[r"bad\xff"]["path"] is None
    assert (rows["loop"]["files"], rows["loop"]["more"]) == (1, False)
    json.dumps(rows).encode()


def test_the_page_is_told_what_is_in_a_folder_as_long_as_it_asks_for_texts(tmp_path: Path) -> None:
    (tmp_path / "نصوص").mkdir()

    async def choosing() -> None:
        async with running(source=None) as server:
            page = await server.connect()
            await page.write({"list": str(tmp_path), "number": 3})
            listing = (await page.read("listing"))["listing"]
            assert (listing["number"], [row["name"] for row in listing["rows"]]) == (3, ["نصوص"])
            await page.write({"list": str(tmp_path / "nowhere"), "number": 4})
            assert (await page.read("listing"))["listing"].keys() == {"number", "problem"}
            await page.write({"list": "\0", "number": 5})
            assert (await page.read("listing"))["listing"].keys() == {"number", "problem"}
            await page.write({"list": None, "number": "x"})
            assert "number must be" in (await page.read("problem"))["problem"]

    asyncio.run(choosing())

    async def opened_already(server: Running) -> None:
        page = await server.connect()
        await page.greet()
        await page.write({"list": str(tmp_path), "number": 1})
        await page.write({"choose": None})  # the page asks again
        assert "reload" in await page.read("reload")
        await page.write({"list": str(tmp_path), "number": 2})
        assert (await page.read("listing"))["listing"]["number"] == 2

    run(opened_already)


def test_a_reference_corpus_is_opened_with_the_texts(tmp_path: Path) -> None:
    for name, text in (("one", "هذا كتاب جديد"), ("other", "هذا بيت قديم")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(text, encoding="utf-8")
    both, _ = opened(Source(tmp_path / "one", reference=tmp_path / "other"))
    assert both.reference == tmp_path / "other-corpus"
    sent: list[dict[str, Any]] = []
    session = browser_session(
        both.corpus, print, sent.append, codes=(), sheet=None, coder=None, language="en", reference=both.reference
    )  # fmt: skip
    session.receive({"kind": "view", "client": "c", "number": 1, "tab": "keywords", "request": {}})
    assert [row[0] for row in sent[0]["rows"]] == ["كتاب", "جديد"]
    found: dict[str, Any] = {}
    exec(session.script(), found)
    assert found["keywords_1"]["word"].to_list() == ["كتاب", "جديد"]
    assert 'documents_1 = ck.Corpus.open(Path(__file__).parent / "other-corpus")' in session.script(Place(tmp_path))
    with pytest.warns(UserWarning, match="The corpus has other texts than in the session"):
        exec(session.script().replace('documents_1.id != "', 'documents_1.id != "0'), {})
    session = browser_session(both.corpus, print, sent.append, codes=(), sheet=None, coder=None, language="en")
    session.receive({"kind": "view", "client": "c", "number": 1, "tab": "keywords", "request": {}})
    assert sent[1]["missing"]


SHORTCUTS = {
    "linux": (
        ".local/share/applications/corpus-kit.desktop",
        '\nExec="/p y/\\\\\\\\\\\\$100%%/python" "-m" "corpus_kit"',
    ),
    "darwin": ("Desktop/Corpus Kit.command", "\nexec '/p y/\\$100%/python' -m corpus_kit explore --language ar\n"),
    "win32": ("Desktop/Corpus Kit.cmd", '\r\n"/p y/\\$100%%/python" "-m" "corpus_kit" "explore" "--language" "ar"\r\n'),
}


@pytest.mark.skipif(sys.platform == "win32", reason="the desktop there is that of the user")
@pytest.mark.parametrize("system", SHORTCUTS)
def test_an_icon_starts_the_explorer(tmp_path: Path, system: str) -> None:
    def make(python: str = "/p y/\\$100%/python") -> Path:
        return make_shortcut(["--language", "ar"], system=system, environment={"HOME": str(tmp_path)}, python=python)

    name, line = SHORTCUTS[system]
    path = tmp_path / name
    assert make() == path == make()
    assert line in path.read_bytes().decode()
    path.write_text("something of somebody else")
    with pytest.raises(CorpusKitError, match="is there already"):
        make()
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CorpusKitError, match="is there already"):
        make()
    assert not (tmp_path / "elsewhere").exists()
    if system == "darwin":
        path.unlink()
        python = tmp_path / "it's python"
        python.write_text('#!/bin/sh\nprintf "%s|" "$@"')
        python.chmod(0o755)
        said = subprocess.run([str(make(str(python)))], capture_output=True, text=True, check=True, env={"HOME": "/"})
        assert said.stdout == "-m|corpus_kit|explore|--language|ar|"
