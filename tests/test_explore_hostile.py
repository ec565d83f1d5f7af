"""The explorer's answers to what means harm or no sense: messages of all kinds, and corpora of odd names and values."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.explore.selection import Selection, Values
from corpus_kit.explore.session import Session

pytest.importorskip("anywidget", reason="anywidget is not installed")

ATTACKS = [
    "<img src=x onerror=alert(1)>", "</script>", "\u202eRLO", "\u2066", "\x9b31m", 'a"""\nimport os', "b\u2028c",
    "'\"`\\", "x" + "\u0651" * 300, "ب" * 400,
]  # fmt: skip
NAMES = [
    "__proto__", "constructor", "count", "word", "class", "self", "corpus", "__debug__", "a\nb", "\u202ertl", "q'\"\\",
    "ﻣﺼﺪﺭ", "ﬁ", "µ", "\x9b31m", "None", "x\u2028y",
]  # fmt: skip
KINDS = (
    "view", "row", "facet", "chart", "mark", "trace", "read", "line", "strips", "variants", "show", "open", "code",
)  # fmt: skip
ANSWERED = KINDS[:-3]  # by a message; the others by the page of the concordance, or "opened"
SIZE = len(ATTACKS)


class Page:
    """A page that keeps what it is sent, all of which must be JSON that browsers read."""

    def __init__(self, corpus: ck.Corpus) -> None:
        explorer = ck.explore(corpus)
        self.sent: list[dict[str, Any]] = []
        self.session: Session = explorer._session
        explorer.send = self.sent.append
        self.number = 0
        self.setup = explorer._setup
        _strict(self.setup)

    def send(self, message: object) -> dict[str, Any]:
        """Return the answer to a message: one of its own, or what the concordance shows."""
        self.sent.clear()
        self.session.receive(message)
        _strict([self.sent, self.session.page])
        answers = [each for each in self.sent if each["kind"] != "progress"]
        return answers[-1] if answers else self.session.page

    def ask(self, kind: str, **values: Any) -> dict[str, Any]:
        self.number += 1
        return self.send({"kind": kind, "client": "page", "number": self.number, **values})

    def show(self, pattern: str, **values: Any) -> dict[str, Any]:
        controls = ("sort", "window", "clitics", "exact", "syntax", "sample", "seed", "variant", "page_size", "page")
        kept = {name: self.session.page[name] for name in controls}
        return self.ask("show", **kept, pattern=pattern, **values)


def _strict(value: object) -> None:
    json.dumps(value, allow_nan=False).encode()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """A corpus in which all that can be named is an attack."""
    columns = {
        "text": [f"هدنة {each} قال «{each}» كلمة\n\n{each} هدنة" for each in ATTACKS],
        "id": [f"{each}{place}" for place, each in enumerate(ATTACKS)],
        "date": [date(2026, 1 + place % 3, 5) for place in range(SIZE)],
        **{name: [ATTACKS[place // 2] for place in range(SIZE)] for name in NAMES},
    }
    folder = tmp_path_factory.mktemp("hostile") / "<b>\u202e'\""
    with ck.Corpus.build(pl.DataFrame(columns), folder, id="id", date="date", progress=False) as built:
        yield built


@pytest.fixture(scope="module")
def page(hostile: ck.Corpus) -> Page:
    return Page(hostile)


# ----------------------------------------------------------------------------------------------- messages

ODD = st.sampled_from(
    [None, True, -1, 0, 1, 10**6, 2**32, 2**64, 10**400, float("nan"), float("-inf"), 1.5, "", "هدنة", "*", "[", "(",
     "\\", "\ud800", "\x00", "__proto__", "count", "ب" * 3000, [], {}, ["count", True], [0, "after"], ["a"] * 600,
     ATTACKS[0]]
)  # fmt: skip
ANYTHING = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))
TAB = st.sampled_from(["texts", "words", "ngrams", "collocates", "keywords", "trends", "names", "__class__"])
CONDITION = st.fixed_dictionaries(
    {"name": st.sampled_from([*NAMES, "date", "tokens"])},
    optional={"values": st.lists(st.sampled_from(ATTACKS) | ODD, max_size=2), "from": ODD, "to": ODD},
)
SELECTION = ODD | st.fixed_dictionaries(
    {}, optional={"columns": st.lists(CONDITION, max_size=2), "containing": st.sampled_from(ATTACKS) | ODD,
                  "inverted": st.booleans() | ODD},
)  # fmt: skip
REQUEST = ODD | st.dictionaries(st.sampled_from(["pattern", "patterns", "by", "unit", "size", "table", "every"]), ODD)
VALID: dict[str, st.SearchStrategy[Any]] = {
    "pattern": st.sampled_from(["هدنة", "*", "كلمة هدنة", *ATTACKS]),
    "sort": st.just([]), "window": st.just([8, 8]), "selection": SELECTION,
    "clitics": st.just(False), "exact": st.booleans(), "syntax": st.sampled_from(["native", "cqp"]),
    "sample": st.integers(0, 3) | ODD, "seed": st.just(0), "variant": st.just(""), "page_size": st.just(20),
    "page": st.integers(1, 9) | ODD,
}  # fmt: skip
MESSAGE = ANYTHING | st.fixed_dictionaries(
    {"kind": st.sampled_from([*KINDS, *["show"] * 4]), "client": st.just("page"), "number": st.integers(0, 99)} | VALID,
    optional={
        "tab": TAB, "request": REQUEST, "find": st.sampled_from(ATTACKS) | ODD,
        "column": st.sampled_from(NAMES) | ODD, "do": st.sampled_from(["list", "open", "remove", "script"]) | ODD,
        **dict.fromkeys(("first", "count", "row", "line", "hit", "part", "mark", "grow", "plot", "words", "step"), ODD),
        **dict.fromkeys(("document", "position", "id", "value", "was", "within", "run", "only"), ODD),
    },
)  # fmt: skip


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=MESSAGE)
def test_every_message_has_an_answer_and_harms_nothing(page: Page, message: Any) -> None:
    answer = page.send(message)
    if isinstance(message, dict) and message.get("kind") in ANSWERED:
        assert {name: answer[name] for name in ("kind", "client", "number")} == {
            name: message[name] for name in ("kind", "client", "number")
        }
        assert "problem" not in answer or answer["problem"].strip()
    assert len(json.dumps(answer)) < 1 << 20
    assert page.ask("view", tab="texts", request={})["total"] == SIZE


def test_documents_that_cannot_be_selected_leave_the_concordance_as_it_was(page: Page) -> None:
    lines = page.show("هدنة", selection={})["lines"]
    for selection in (
        {"containing": "{{7*7}}"},
        {"containing": "*"},
        {"columns": [{"name": "nothing", "values": ["x"]}]},
        {"columns": [{"name": "class", "values": ["no such value"]}]},
        {"columns": [{"name": "tokens", "from": 2, "to": 1}]},
    ):
        assert page.show("هدنة", selection=selection)["notice"]
        assert page.show("هدنة", selection={})["lines"] == lines


# ------------------------------------------------------------------------------------- names and values


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_columns_of_all_names_are_selected_sorted_and_written(page: Page, hostile: ck.Corpus, name: str) -> None:
    selection = Selection(((name, Values((ATTACKS[0],))),))
    assert eval(selection.code(), {"corpus": hostile}).selected_documents().tolist() == [0, 1]
    assert [text for text, _, _ in page.ask("facet", column=name)["values"]]
    answer = page.ask("view", tab="texts", request={}, selection=selection.message(), sort=[name, True])
    assert answer["total"] == 2
    assert name in [each["name"] for each in answer["columns"]]


def test_a_session_of_attacks_is_written_as_harmless_python(hostile: ck.Corpus) -> None:
    page = Page(hostile)
    for place, attack in enumerate(ATTACKS):
        where = {"columns": [{"name": NAMES[place], "values": [attack]}], "containing": "هدنة"}
        page.ask("view", tab="words", request={}, selection=where, find=attack, first=1)
        page.ask("view", tab="trends", request={"patterns": attack}, selection=where, first=1)
    for text in (page.session.script(), page.session.notebook()):
        assert all(each.isprintable() or each == "\n" for each in text)
    calls = [node.func for node in ast.walk(ast.parse(page.session.script())) if isinstance(node, ast.Call)]
    called = {ast.unparse(each).rpartition(".")[2] for each in calls}
    known = {"open", "warn", "filter", "containing", "frequency", "trend", "col", "contains", "show", "print"}
    assert called <= {*known, "str", "normalize", "any_horizontal", "cast"}


def test_numbers_that_json_has_not_are_no_ends(tmp_path: Any) -> None:
    nan, inf = float("nan"), float("inf")
    columns = {
        "text": ["هدنة", "سلام", "حرب"], "some": [nan, 1.5, inf], "three": [0.5, nan, 2.5], "none": [nan, nan, inf],
        "decimal": [Decimal("1.10"), None, Decimal("2.20")], "day": [datetime(1, 1, 1), None, datetime(9999, 1, 1)],
        "long": [timedelta(1), None, timedelta(2)], "hour": [time(1), time(2), None], "bytes": [b"\xff", b"", None],
        "list": [[1], [], None], "record": [{"a": 1}] * 3, "missing": [None] * 3, "large": [2**62, -(2**62), 0],
    }  # fmt: skip
    with ck.Corpus.build(pl.DataFrame(columns), tmp_path / "corpus", progress=False) as corpus:
        page = Page(corpus)
        ends = {each["name"]: (each.get("low"), each.get("high"), each.get("missing")) for each in page.setup["facets"]}
        assert ends["three"] == (0.5, 2.5, 1)
        assert ends["decimal"] == (1.1, 2.2, 1)
        assert not {"some", "none", "list", "record", "bytes", "missing"} & ends.keys()
        for column in [*columns, "document", "id"]:
            answer = page.ask("facet", column=column)
            assert answer.get("problem") or all(
                each is None or isinstance(each, str) for _, each, _ in answer["values"]
            )
        assert page.ask("view", tab="texts", request={})["total"] == 3


def test_one_wrong_year_is_told(tmp_path: Any) -> None:
    columns = {"text": ["هدنة"] * 3, "date": [date(1202, 1, 1), date(2026, 1, 1), date(2026, 12, 31)]}
    with ck.Corpus.build(pl.DataFrame(columns), tmp_path / "corpus", date="date", progress=False) as corpus:
        page = Page(corpus)
        days = {"tab": "trends", "request": {"patterns": "هدنة", "every": "day"}}
        assert "1202-01-01 to 2026-12-31" in page.ask("chart", **days, plot="trend")["problem"]
        years = {"tab": "trends", "request": {"patterns": "هدنة", "every": "year"}}
        assert page.ask("chart", **years, plot="trend")["picture"]
