"""What SECURITY.md promises: no code from files, no network, pages that run nothing, and one line after Ctrl-C."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from campaign.parts import PARTS

import corpus_kit as ck
from corpus_kit.display.html import concordance_html, heading, page_html, table_html
from corpus_kit.explore.page_files import page_script

PACKAGE = Path(ck.__file__).parent
PROJECT = PACKAGE.parent

# What could run code or reach the network, and where it may be for which reason.
ALLOWED = {
    "benchmarks/programs.py": {"subprocess": "a peer is run with a limit, and its group ends with it"},
    "benchmarks/peers.py": {"subprocess": "the peers run in environments of their own"},
    "benchmarks/runner.py": {"subprocess": "each way is timed in a process of its own"},
    "benchmarks/measure.py": {"runpy": "runs the library's own files for the peers"},
    "_base/addresses.py": {"socket": "finds out whether a port of this machine is free"},
    "explore/hosting.py": {"asyncio": "the event loop of Jupyter's server, which alone listens"},
    "explore/site.py": {"asyncio": "the event loop of Jupyter's server, which alone listens"},
    "explore/browser_session.py": {"subprocess": "the reading of words is made beside the pages"},
    "readers/other_process.py": {"subprocess": "reads PDF, Parquet and IPC where time, memory and aborts have limits"},
    "_base/locks.py": {"socket": "the name of this machine, for whoever finds a lock"},
    "scale/partition.py": {"socket": "the name of this machine, for the manifest"},
    "scale/work.py": {"socket": "the name of this machine, for whoever finds a lock"},
    "machine/memory.py": {"ctypes": "malloc_trim of the C library"},
}
MODULES = {
    *("pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "yaml", "dbm", "code", "codeop"),
    *("runpy", "ctypes", "cffi", "subprocess", "pty", "multiprocessing", "webbrowser"),
    *("socket", "ssl", "http", "ftplib", "smtplib", "telnetlib", "xmlrpc", "socketserver", "asyncio", "requests"),
    *("urllib.request.urlopen", "urllib3", "httpx", "aiohttp", "fsspec.open"),
}
CALLS = re.compile(
    r"^(eval|exec|compile|__import__|input|breakpoint"
    r"|os\.(system|popen|exec\w*|spawn\w*|posix_spawn\w*|startfile)"
    r"|np\.(fromregex|DataSource)|numpy\.load|tempfile\.mktemp"
    r"|.*\.deserialize|pl\.read_database\w*|pl\.read_excel|pl\.read_clipboard|builtins\.\w+)$"
)


def sources() -> list[Path]:
    return [*sorted(PACKAGE.rglob("*.py")), *sorted(PROJECT.glob("corpus_kit_command.py"))]


@cache
def imports_and_calls(path: Path) -> list[tuple[str, ast.AST]]:
    return list(found_in(path))


def found_in(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)
        elif isinstance(node, ast.Call):
            yield f"{ast.unparse(node.func)}()", node


@pytest.mark.slow
def test_nothing_in_files_is_run_and_nothing_is_fetched() -> None:
    for path in sources():
        check_source(path)


def check_source(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else "", {})
    for name, node in imports_and_calls(path):
        what = f"{path}:{getattr(node, 'lineno', 0)} {name}"
        if name.endswith("()"):
            call = name.removesuffix("()")
            assert not CALLS.match(call), what
            for keyword in getattr(node, "keywords", []):
                value = getattr(keyword.value, "value", None)
                assert not (keyword.arg in ("shell", "allow_pickle") and value is not False), what
            if call in ("np.load", "np.lib.format.read_array"):
                assert any(keyword.arg == "allow_pickle" for keyword in node.keywords), what  # type: ignore[attr-defined]
            if call in ("import_module", "needed"):  # the latter is `readers.documents.needed`, which calls the former
                is_known = path.name in ("lazy.py", "documents.py") or path == PACKAGE / "cli" / "main.py"
                assert is_fixed(node.args[0]) or is_known, what  # type: ignore[attr-defined]
            continue
        parts = name.split(".")
        found = MODULES & {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        assert found <= allowed.keys(), what


def is_fixed(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant)


def test_exceptions_are_needed_and_have_reasons() -> None:
    for name, reasons in ALLOWED.items():
        used = {found.split(".")[0] for found, _ in imports_and_calls(PACKAGE / name)}
        assert reasons.keys() <= used, name
        assert all(len(reason) > 20 for reason in reasons.values())


# ---------------------------------------------------------------------------------------------------- no network

WORKFLOW = """
import socket, sys, tempfile
from pathlib import Path

class Refused(socket.socket):
    def __init__(self, *_, **__):
        raise AssertionError("a socket was opened")

def refuse(*_, **__):
    raise AssertionError("the network was asked")

socket.socket = Refused
for name in ("create_connection", "getaddrinfo", "gethostbyname", "socketpair", "create_server"):
    setattr(socket, name, refuse)

import polars as pl
import corpus_kit as ck

folder = Path(tempfile.mkdtemp())
texts = ["قال الوزير إن الوفد غادر بغداد أمس.", "أكد الرئيس أن الهدنة مستمرة."] * 3
pl.DataFrame({"text": texts, "outlet": ["a", "b"] * 3}).write_ndjson(folder / "a.jsonl")
corpus = ck.Corpus.build(folder / "a.jsonl", folder / "corpus", progress=False).annotate()
corpus.add(pl.DataFrame({"text": ["خبر جديد"], "outlet": ["a"]}), progress=False)
corpus = ck.Corpus.open(folder / "corpus")
corpus.verify()
part, rest = corpus.filter(pl.col("outlet") == "a"), corpus.filter(pl.col("outlet") == "b")
lines = ck.kwic(corpus, "قال *", metadata="outlet")
tables = [ck.frequency(corpus, by="outlet"), ck.ngrams(corpus), lines, ck.keyness(part, rest), ck.dispersion(corpus)]
for table, ending in zip(tables, ("csv", "xlsx", "parquet", "html", "jsonl")):
    ck.save(table, folder / f"table.{ending}", corpus)
print(ck.show(lines), ck.show(corpus))
ck.news.quotations(corpus)
table = ck.scale.count_ngrams(folder / "a.jsonl", 2, folder / "pairs", progress=False)
table.verify()
ck.ngrams(table, min_count=1)
for name in ("fsspec", "s3fs", "aiohttp", "distributed", "requests"):
    assert name not in sys.modules, name
"""


@pytest.mark.slow
def test_the_whole_workflow_needs_no_network(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", WORKFLOW], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr


# --------------------------------------------------------------------------------------------------------- pages

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "\u202e<b>\u2066",
    "a\x00b\x1b[2J",
]


class Reader(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.addresses += [value or "" for name, value in attributes if name in ("src", "href", "action", "data")]


@pytest.mark.parametrize("text", HOSTILE)
def test_pages_run_nothing(text: str) -> None:
    frame = pl.DataFrame({text: [text], "list": [[text]], "struct": [{"a": text}], "n": [1]})
    line = {"before": text, "node": text, "after": text, "document": 0, "position": 1, "id": text, "x": text}
    lines = pl.DataFrame(line)
    page = page_html(
        text,
        [
            text,
            heading(text),
            table_html(frame, caption=text),
            concordance_html(lines, caption=text, sort=[text, "after1"], labels=["x"]),
        ],
    )
    read = Reader()
    read.feed(page)
    known = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "div", "table", "caption"}
    known |= {"colgroup", "col", "thead", "tbody", "tr", "th", "td", "bdi", "span"}
    known |= {"details", "summary", "dl", "dt", "dd"}  # the list of columns, which opens without a script
    assert read.tags <= known
    assert not {name for name in read.attributes if name.startswith("on")}
    assert read.addresses == []
    assert "default-src 'none'" in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page)


def test_the_widget_never_writes_markup() -> None:
    script = page_script()
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch("):
        assert name not in script
    # of the page of `corpus-kit explore` only standalone.js has a connection: tests/test_explore_server.py
    for name in ("XMLHttpRequest", "import(", "WebSocket", "srcdoc", "javascript:"):
        assert name not in script


# ------------------------------------------------------------------------------------------------------ interrupts

INTERRUPTED = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv = ["corpus-kit", "count", "--help"]
from corpus_kit_command import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.skipif(not (PROJECT / "corpus_kit_command.py").exists(), reason="installed elsewhere")
@pytest.mark.parametrize("module", ["corpus_kit", "polars", "corpus_kit.scale.plan"])
def test_an_interrupt_while_the_command_is_loaded_is_one_line(module: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    program = INTERRUPTED.format(module=module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


# ---------------------------------------------------------------------------------------------------- the document


@pytest.mark.skipif(not (PROJECT / "SECURITY.md").exists(), reason="installed elsewhere")
def test_the_document_names_tests_that_exist() -> None:
    page = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", page)
    assert len(named) > 10
    for file, test in named:
        assert f"def {test}(" in (PROJECT / file).read_text(encoding="utf-8") or not test, (file, test)
    for name in re.findall(r"campaigns? `(\w+)`(?:, `(\w+)`)?", page):
        assert set(filter(None, name)) <= {part.name for part in PARTS}, name
    for link in re.findall(r"\]\((?!https:)([^)#]+)", page):
        assert (PROJECT / link).exists(), link
