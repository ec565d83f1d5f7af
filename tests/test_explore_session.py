"""What the explorer answers without a page: selections, values of columns, rows of tables, bad messages."""

from __future__ import annotations

import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import Mock

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.analysis import frequent_ngrams, sketch_pairs
from corpus_kit.errors import hearing, warn
from corpus_kit.explore import saving
from corpus_kit.explore.browser_session import browser_session, warm_up
from corpus_kit.explore.calls import Call
from corpus_kit.explore.kept import Kept
from corpus_kit.explore.selection import EVERYTHING, Range, Selection, Values, read_selection
from corpus_kit.explore.session import Session
from corpus_kit.explore.table_pages import Tables

SAMPLE = ck.sample_corpus()
MARKUP = "<img src=x onerror=alert(1)>"


class Page:
    """A page that keeps what it is sent."""

    def __init__(self, corpus: ck.Corpus | ck.Concordance, **options: Any) -> None:
        explorer = ck.explore(corpus, **options)
        self.sent: list[dict[str, Any]] = []
        self.session: Session = explorer._session
        explorer.send = self.sent.append
        self.number = 0

    def ask(self, kind: str, **values: Any) -> dict[str, Any]:
        self.number += 1
        self.session.receive({"kind": kind, "client": "page", "number": self.number, **values})
        answer = self.sent.pop()
        assert (answer["kind"], answer["client"], answer["number"]) == (kind, "page", self.number)
        return answer


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(SAMPLE)


def test_first_ngrams_come_before_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequent_ngrams, "_SAMPLE", 5_000)
    monkeypatch.setattr(import_module("corpus_kit.explore.session"), "_QUICK_ROWS", 10)
    page = Page(SAMPLE)
    whole = ck.ngrams(SAMPLE)
    first = page.ask("view", tab="ngrams", count=10)
    assert (first["total"], first["goes_on"], len(first["rows"])) == (10, True, 10)
    assert page.ask("row", tab="ngrams", row=9)["code"] == "ck.lines(ck.ngrams(corpus, 2)[9], corpus)"
    begun, steps = time.monotonic(), len(page.session.trace)
    while (later := page.ask("view", tab="ngrams", count=10, go_on=True))["goes_on"]:
        assert time.monotonic() - begun < 60
    assert (later["total"], later["rows"], later["code"]) == (whole.height, first["rows"], first["code"])
    assert len(page.session.trace) == steps
    sorted_rows = Page(SAMPLE).ask("view", tab="ngrams", count=10, sort=["ngram", False])
    assert (sorted_rows["total"], sorted_rows["goes_on"]) == (whole.height, False)


# ---------------------------------------------------------------------------------------------- documents


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """A corpus whose columns have names that Python cannot write as arguments, and values with quotation marks."""
    frame = pl.DataFrame(
        {
            "text": ["هدنة أولى", "هدنة ثانية", "سلام", "حرب", "حرب ثانية"],
            "class": ["a", 'ب"ج', "it's", None, "a\\n"],
            "two words": [1, 2, 3, None, 2],
            "self": [MARKUP, "x", "x", "\u202ey", "z\nw"],
            "same": ["one"] * 5,
            "flag": [True, False, True, None, False],
        }
    )
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("odd") / "corpus", progress=False) as built:
        yield built


SELECTIONS = [
    Selection((("class", Values(("a",))),)),
    Selection((("class", Values(("a", None, 'ب"ج', "it's", "a\\n"))), ("two words", Range(1, 2)))),
    Selection((("self", Values((MARKUP, "\u202ey", "z\nw"))),)),
    Selection((("flag", Values((True, None))),), "هدنة|حرب"),
    Selection((), "هدنة"),
    Selection((("two words", Range(2, None)),), inverted=True),
    EVERYTHING,
]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_selection_and_its_code_mean_the_same_documents(odd: ck.Corpus, selection: Selection) -> None:
    code = selection.code()
    assert code.isprintable()
    same = eval(code, {"corpus": odd})
    assert same.selected_documents().tolist() == selection.of(odd).selected_documents().tolist()


def test_the_others_are_all_other_documents() -> None:
    part = Selection((("outlet", Values(("وكالة مدى",))), ("date", Range("2026-03-01", None))))
    assert len(part.of(SAMPLE)) + len(part.others().of(SAMPLE)) == len(SAMPLE)
    assert part.others().others() == part


def test_a_part_of_another_corpus_has_no_others(odd: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match="part must be a subcorpus of this corpus"):
        SAMPLE.others(odd)


@pytest.mark.parametrize(
    "message",
    [
        5, [], {"columns": 5}, {"columns": [5]}, {"columns": [{}]}, {"columns": [{"name": 5, "values": ["a"]}]},
        {"columns": [{"name": "class", "values": []}]}, {"columns": [{"name": "class", "values": "a"}]},
        {"columns": [{"name": "class", "values": [{}]}]}, {"columns": [{"name": "class", "from": []}]},
        {"columns": [{"name": "class", "values": ["a"]}] * 2}, {"containing": 5}, {"containing": "x" * 3000},
        {"inverted": "yes"}, {"columns": [{"name": str(n), "values": ["a"]} for n in range(30)]},
    ],
)  # fmt: skip
def test_a_bad_selection_is_refused(message: Any) -> None:
    with pytest.raises(ck.InputError):
        read_selection(message)


def test_unknown_columns_and_values_are_told(page: Page) -> None:
    for columns in (
        [{"name": "outlets", "values": ["x"]}],
        [{"name": "outlet", "values": ["none"]}],
        [{"name": "date", "from": "x"}],
    ):
        answer = page.ask("view", tab="words", request={}, selection={"columns": columns})
        assert answer["problem"]


# ------------------------------------------------------------------------------------------------- values


def test_facets_are_the_columns_with_different_values(odd: ck.Corpus) -> None:
    facets = {each["name"]: each for each in Page(odd).session.setup["facets"]}
    assert {name: each["kind"] for name, each in facets.items()} == {
        "class": "text", "two words": "number", "self": "text", "flag": "text", "tokens": "number", "words": "number",
    }  # fmt: skip
    assert (facets["two words"]["low"], facets["two words"]["high"]) == (1, 3)


def test_values_are_counted_in_the_selection(page: Page) -> None:
    counted = SAMPLE.filter(date="2026-03").documents.collect()["outlet"].value_counts()
    answer = page.ask(
        "facet", column="outlet", selection={"columns": [{"name": "date", "from": "2026-03-01", "to": "2026-03-31"}]}
    )
    assert {(value, number) for _, value, number in answer["values"] if number} == set(counted.iter_rows())
    numbers = [number for *_, number in answer["values"]]
    assert numbers == sorted(numbers, reverse=True)
    assert [value for _, value, _ in page.ask("facet", column="outlet", find="وكاله")["values"]] == ["وكالة مدى"]
    assert page.ask("facet", column="outlet", find="كتاب")["total"] == 0
    assert page.ask("facet", column="nothing")["problem"]


def test_ten_thousand_values(tmp_path: Any) -> None:
    frame = pl.DataFrame({"text": ["كلمة"] * 10_000, "author": [f"كاتب {n}" for n in range(10_000)]})
    with ck.Corpus.build(frame, tmp_path / "corpus", progress=False) as corpus:
        page = Page(corpus)
        answer = page.ask("facet", column="author", count=100)
        assert (answer["total"], len(answer["values"])) == (10_000, 100)
        assert page.ask("facet", column="author", first=9_950, count=100)["values"][-1][0] == "كاتب 9999"
        wanted = page.ask("facet", column="author", find="كاتب 777", count=100)
        assert wanted["total"] == 11


# ------------------------------------------------------------------------------------------------- tables


def test_rows_of_a_table_come_in_pages(page: Page) -> None:
    whole = ck.frequency(SAMPLE)
    first = page.ask("view", tab="words", request={}, first=0, count=100)
    later = page.ask("view", tab="words", request={}, first=5_000, count=100)
    assert first["total"] == whole.height
    assert [row[0] for row in first["rows"] + later["rows"]] == [
        *whole["spelling"][:100],
        *whole["spelling"][5_000:5_100],
    ]
    assert [row[1] for row in first["rows"][:3]] == [f"{count:,}" for count in whole["count"][:3]]
    assert [each["number"] for each in first["columns"]] == [False, True, True, True, True]
    assert page.ask("view", tab="words", request={}, first=10**6)["rows"] == []


def test_columns_are_named_in_the_language_of_the_page() -> None:
    heads = [each["head"] for each in Page(SAMPLE, language="ar").ask("view", tab="words", request={})["columns"]]
    assert heads[:3] == ["الكلمة", "التكرار", "النصوص"]


def test_metadata_keep_their_names(tmp_path: Path) -> None:
    given = {"text": ["نص"], "word": ["x"], "count": ["y"], "before": ["z"], "folder": ["w"]}
    with ck.Corpus.build(pl.DataFrame(given), tmp_path / "c", progress=False) as corpus:
        columns = Page(corpus, language="ar").ask("view", tab="texts", request={})["columns"]
    heads = {each["name"]: each["head"] for each in columns}
    assert heads == {
        "id": "معرّف النص", "word": "word", "count": "count", "before": "before", "folder": "المجلد", "words": "الكلمات",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tab", "values", "shown"),
    [
        ("keywords", {"by": "outlet"}, ["outlet", "word", "log_likelihood"]),
        ("keywords", {"by": ""}, ["word", "log_likelihood"]),
        ("trends", {"by": "outlet", "patterns": "هدنة"}, ["outlet", "period", "rate"]),
        ("trends", {"patterns": "هدنة, سلام"}, ["pattern", "period", "rate"]),
    ],
)
def test_a_narrow_page_shows_what_rows_are_told_by(tab: str, values: dict[str, Any], shown: list[str]) -> None:
    selection = {"columns": [{"name": "date", "from": "2026-01-01", "to": "2026-02-10"}]}
    columns = Page(SAMPLE).ask("view", tab=tab, request=values, selection=selection)["columns"]
    assert [each["name"] for each in columns if not each["detail"]] == shown


@pytest.mark.parametrize(
    "values",
    [
        {"request": 5}, {"request": {"unit": "letter"}}, {"request": {"min_count": 0}}, {"request": {"exact": "yes"}},
        {"tab": "nothing"}, {"tab": ["words"]}, {"find": 5}, {"find": "x" * 500}, {"sort": "count"}, {"sort": [1, 2]},
        {"sort": ["nothing", True]}, {"sort": ["count", "down"]}, {"first": -1}, {"first": "0"}, {"count": 0},
        {"count": 10**9}, {"selection": 5},
    ],
)  # fmt: skip
def test_bad_requests_are_answered(page: Page, values: dict[str, Any]) -> None:
    assert page.ask("view", **{"tab": "words", "request": {}, **values})["problem"]


def test_messages_that_cannot_be_answered_are_noticed_on_the_page(page: Page) -> None:
    messages: list[Any] = [None, 5, {"kind": []}, {"kind": "view"}]
    messages += [{"kind": "view", "client": client, "number": 1} for client in (5, "x" * 100)]
    for message in messages:
        page.session.receive(message)
        assert page.session.page["notice"]
    assert page.sent == []


def test_a_corpus_that_was_closed_says_so(tmp_path: Any) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["هدنة"]}), tmp_path / "corpus", progress=False)
    page = Page(corpus)
    assert page.ask("view", tab="words", request={})["total"] == 1
    corpus.close()
    assert "closed" in page.ask("view", tab="words", request={})["problem"]


def test_an_empty_corpus_has_an_empty_table() -> None:
    page = Page(SAMPLE.others(SAMPLE))
    answer = page.ask("view", tab="words", request={})
    assert (answer["documents"], answer["total"], answer["rows"]) == (0, 0, [])
    assert [each["kind"] for each in page.session.setup["facets"]] == ["text"]


def test_mistakes_of_the_program_and_lack_of_memory_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(SAMPLE)

    def fail(error: type[BaseException]) -> None:
        def table(*_: object) -> None:
            raise error

        monkeypatch.setattr(page.session._tables, "table", table)

    fail(MemoryError)
    assert "memory" in page.ask("view", tab="words", request={})["problem"]
    fail(ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        page.ask("view", tab="words", request={})
    assert "mistake of the program" in page.sent.pop()["problem"]


# ---------------------------------------------------------------------------------------- rows and lines


def test_a_row_opens_its_lines_in_the_same_documents() -> None:
    page = Page(SAMPLE)
    selection = {"columns": [{"name": "outlet", "values": ["وكالة مدى"]}]}
    table = ck.frequency(SAMPLE.filter(outlet="وكالة مدى"))
    for row in (0, 5, 700):
        answer = page.ask("row", tab="words", request={}, selection=selection, row=row)
        assert "problem" not in answer
        assert page.session.page["count"] == table["count"][row]
    assert page.ask("row", tab="words", request={}, selection=selection, row=10**6)["problem"]
    assert page.ask("row", tab="words", request={}, selection=selection, row="first")["problem"]


def test_the_lines_follow_the_selection() -> None:
    page = Page(SAMPLE, pattern="هدنة")
    show = {
        name: page.session.page[name]
        for name in ("pattern", "sort", "window", "clitics", "exact", "syntax", "page", "page_size")
    }
    counts = []
    for selection in (
        None,
        {"columns": [{"name": "outlet", "values": ["وكالة مدى"]}]},
        {"containing": "إنسانية"},
        None,
    ):
        page.session.receive({"kind": "show", "client": "page", "number": 1, "selection": selection, **show})
        counts.append(page.session.page["count"])
    whole = len(ck.kwic(SAMPLE, "هدنة"))
    assert counts == [
        whole,
        len(ck.kwic(SAMPLE.filter(outlet="وكالة مدى"), "هدنة")),
        len(ck.kwic(SAMPLE.containing("إنسانية"), "هدنة")),
        whole,
    ]


def test_lines_that_were_given_are_restricted_to_the_selection() -> None:
    given = ck.kwic(SAMPLE, "في", sample=100, sort="after1")
    page = Page(given)
    show = {
        name: page.session.page[name]
        for name in ("pattern", "sort", "window", "clitics", "exact", "syntax", "page", "page_size")
    }
    selection = {"columns": [{"name": "outlet", "values": ["وكالة مدى"]}]}
    page.session.receive({"kind": "show", "client": "page", "number": 1, "selection": selection, **show})
    wanted = given.with_metadata(["outlet"]).frame.filter(pl.col("outlet") == "وكالة مدى")
    assert page.session.concordance.lines.frame["start"].to_list() == wanted["start"].to_list()


SHOWN = ("pattern", "sort", "window", "clitics", "exact", "syntax", "page", "page_size")


def test_lines_that_no_pattern_in_a_box_finds_have_a_name() -> None:
    page = Page(SAMPLE, language="ar")
    values = {"word": "هدنة", "min_count": 2}
    answer = page.ask("row", tab="sketch", request=values, row=0)
    shown = page.session.page
    assert (shown["pattern"], re.sub("[\u2066-\u2069]", "", shown["name"])) == ("", "هدنة · صفاتها · إنساني")
    assert len(shown["query"]) > 2_000
    assert re.sub("[\u2066-\u2069]", "", shown["of"]) == "هدنة · صفاتها · إنساني"
    table = ck.word_sketch(SAMPLE, "هدنة", unit="lemma", min_count=2)
    wanted = ck.lines(table[0], SAMPLE).hits.first.tolist()
    for change in ({"sort": ["after1"]}, {"page": 2, "page_size": 5}, {"pattern": shown["query"]}, {"pattern": ""}):
        asked = {name: shown[name] for name in SHOWN} | change
        page.session.receive({"kind": "show", "client": "page", "number": page.number, **asked})
        assert page.session.page["problem"] == ""
        assert sorted(page.session.concordance.lines.hits.first.tolist()) == wanted
    assert page.session.page["code"] == answer["code"]
    again = Page(SAMPLE, language="ar")
    assert "problem" not in again.ask(**shown["source"])
    assert (again.session.page["name"], again.session.page["query"]) == (shown["name"], shown["query"])
    assert again.session.concordance.lines.hits.first.tolist() == wanted
    page.ask("row", tab="words", row=0)
    assert (page.session.page["name"], page.session.page["query"], page.session.page["source"]) == ("", "", None)
    page.ask("row", tab="trends", request={"patterns": "هدنة"}, row=1)
    shown = page.session.page
    assert (shown["pattern"], re.sub("[\u2066-\u2069]", "", shown["name"])) == ("", "هدنة · 2026-02")
    assert 0 < shown["count"] < len(ck.kwic(SAMPLE, "هدنة"))
    marks = {"tab": "words", "plot": "zipf", "do": "lines", "marks": [0, 1, 2, 3]}
    page.ask("marks", **marks)
    first = ck.frequency(SAMPLE)["spelling"].to_list()
    assert page.session.page["name"] == f"{'، '.join(first[:3])} و1 غيرها"


def test_what_takes_long_is_not_made_because_a_page_is_loaded_again() -> None:
    page = Page(SAMPLE)
    names = {"tab": "names", "request": {"table": "speakers"}}
    assert page.ask("row", **names, row=0, again=True)["problem"] == "There is no table yet."
    page.ask("view", **names, run=True)
    page.ask("row", **names, row=0)
    assert page.session.page["name"] == "Names and speech"  # of quotations without a speaker
    page.ask("row", **names, row=1)
    assert page.session.page["name"] in ck.news.quotations(SAMPLE)["speaker"].to_list()
    assert "problem" not in page.ask(**page.session.page["source"])


# ----------------------------------------------------------------------------------------------- warnings


def test_warnings_are_heard_instead_of_given() -> None:
    with hearing() as heard:
        warn("one")
        with hearing() as inner:
            warn("two")
        warn("three")
    assert (heard, inner) == (["one", "three"], ["two"])
    with pytest.warns(UserWarning, match="four"):
        warn("four")


# ---------------------------------------------------------------------------------------------- what sessions share


def test_a_value_is_made_once_for_all_threads() -> None:
    kept: Kept[str, object] = Kept(2)
    made: list[str] = []
    asked, may_go = Event(), Event()

    def slowly() -> object:
        made.append("a")
        asked.set()
        assert may_go.wait(20)
        return object()

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(kept.get, "a", slowly)
        assert asked.wait(20)
        others = [threads.submit(kept.get, "a", slowly) for _ in range(2)]
        assert kept.get("b", lambda: "b") == "b"  # which waits for nothing
        may_go.set()
        assert {each.result(20) for each in others} == {first.result(20)}
    assert made == ["a"]
    kept.get("b", lambda: "again")
    kept.get("c", lambda: "c")
    assert "a" not in kept
    assert kept.get("b", lambda: "again") == "b"


def test_what_is_too_large_gives_way() -> None:
    kept: Kept[str, bytes] = Kept(9, most_bytes=10, size=len)
    for key, made in (("a", b"1234"), ("b", b"1234"), ("c", b"12")):
        kept.get(key, partial(bytes, made))
    assert all(key in kept for key in "abc")
    kept.get("a", bytes)  # used again, so that "b" is the first to go
    with pytest.raises(ZeroDivisionError):
        kept.get("bad", lambda: bytes(1 // 0))
    assert kept.begin("d", lambda: bytes(3)).result(20) == bytes(3)
    assert [key for key in "abcd" if key in kept] == ["a", "c", "d"]
    kept.get("e", lambda: bytes(11))
    assert [key for key in "abcde" if key in kept] == ["e"]


def test_what_fails_is_made_again() -> None:
    kept: Kept[str, int] = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 1) == 1


def test_first_views_are_made_before_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Tables(SAMPLE)
    steps = warm_up(tables, "ar")
    assert len(list(steps)) > 2  # words, n-grams, and the relations of sketches
    monkeypatch.setattr(sketch_pairs, "find", lambda *_, **__: pytest.fail("it is not kept"))
    assert ck.word_sketch(SAMPLE, "هدنة").height
    monkeypatch.setattr(Call, "run", lambda *_: pytest.fail("it is not kept"))
    sent: list[dict[str, Any]] = []
    session = browser_session(
        SAMPLE, lambda _: None, sent.append, codes=(), sheet=None, coder=None, language="ar", tables=tables
    )
    for tab in ("words", "ngrams"):
        session.receive({"kind": "view", "client": "page", "number": 1, "tab": tab, "request": {}})
        assert sent[-1]["rows"]


# ---------------------------------------------------------------------------------------------- what is saved


def saved(answer: dict[str, Any]) -> bytes:
    return b64decode(answer["data"])


def test_a_table_is_saved_with_all_rows_and_the_heads_of_the_page() -> None:
    page = Page(SAMPLE, language="ar")
    shown = page.ask("view", tab="words", find="ال*", sort=["count", True], count=1)
    file = page.ask("save", tab="words", find="ال*", sort=["count", True], format="csv")
    assert file["name"] == "sample-words.csv"
    table = pl.read_csv(saved(file))
    words = ck.frequency(SAMPLE).filter(pl.col("word").str.starts_with("ال")).sort("count", descending=True)
    assert table.columns[:3] == ["الرسم", "الكلمة", "التكرار"]
    assert table["التكرار"].to_list() == words["count"].to_list()
    assert table.height == shown["total"]
    assert shown["tokens"] == [words["count"].sum(), SAMPLE.manifest["counts"]["words"]]


def test_lines_are_saved_with_their_codes() -> None:
    page = Page(SAMPLE, pattern="هدنة", codes=["for"], metadata=["outlet"])
    page.session.concordance.assign(0, "for", None)
    sheet = pl.read_excel(BytesIO(saved(page.ask("save", tab="concordance", format="xlsx"))))
    assert sheet.height == 16
    assert sheet["code"].drop_nulls().to_list() == ["for"]
    assert "outlet" in sheet.columns


def test_what_cannot_be_saved_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(SAMPLE)
    assert "format" in page.ask("save", tab="words", format="exe")["problem"]
    assert "tab" in page.ask("save", tab="nowhere", format="csv")["problem"]
    assert "no table yet" in page.ask("save", tab="keywords", format="csv")["problem"]
    monkeypatch.setitem(saving._FORMATS, "xlsx", 10)
    assert "at most 10" in page.ask("save", tab="words", format="xlsx")["problem"]
    monkeypatch.setattr(page.session, "_largest_file", 1_000)
    assert "ck.save" in page.ask("save", tab="words", format="csv")["problem"]


def test_two_columns_with_one_head_keep_their_names() -> None:
    frame = pl.DataFrame({"word": ["في"], "التكرار": ["x"], "count": [1]})
    file = saving.file_of(frame, "t", "csv", language="ar", most_bytes=1_000)
    assert pl.read_csv(saved(file)).columns == ["الكلمة", "التكرار (التكرار)", "التكرار (count)"]


def test_function_words_are_left_out_of_words(page: Page) -> None:
    answer = page.ask("view", tab="words", request={"stopwords": True})
    assert "في" not in [row[0] for row in answer["rows"]]
    assert answer["code"] == "ck.frequency(corpus, stopwords=ck.stopwords())"


def test_guesses_do_without_a_lexicon_that_is_not_compiled_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("corpus_kit.text.paradigms.lexicon")
    monkeypatch.setattr(module, "_path", lambda: tmp_path / "lexicon.npz")
    monkeypatch.setattr(module, "lexicon", Mock(cache_info=lambda: Mock(currsize=0)))

    def waiting(call: Callable[[], Any]) -> Any:
        module.compile_elsewhere()
        return call()

    frame = pl.DataFrame({"text": ["بدأت وهدنة ثم وهدنة"]})
    with ck.Corpus.build(frame, tmp_path / "corpus", progress=False) as corpus:
        said = copy_context().run(waiting, lambda: ck.kwic(corpus, "هدنة").hint)
        assert said.startswith("The most similar words")
    assert module.is_ready()
    assert not copy_context().run(waiting, module.is_ready)
    (tmp_path / "lexicon.npz").touch()  # another process has compiled it
    assert copy_context().run(waiting, module.is_ready)


def test_the_arabic_page_gets_arabic_and_the_place_of_an_error() -> None:
    page = Page(SAMPLE, language="ar")
    number = page.ask("view", tab="words", request={"min_count": 0})["problem"]
    assert number.endswith("«الحد الأدنى»: المطلوب عدد صحيح من 1 إلى 1,000,000، والموجود 0.")
    pattern = page.ask("view", tab="collocates", request={"pattern": "قال ["})
    assert (pattern["problem"][:8], pattern["place"]) == ("في النمط", ["قال ", "[", ""])
    page.session.receive({"kind": "nothing"})
    assert "المطلوب" in page.session.page["notice"]
