"""The tabs of the explorer, through its messages: the line of code gives what is on the screen, for any request."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.explore.tabs import keywords
from corpus_kit.text.periods import period_of

pytest.importorskip("anywidget", reason="anywidget is not installed")

MARKUP = "<img src=x onerror=alert(1)>"
MIRQAB = {"columns": [{"name": "outlet", "values": ["المرقاب"]}], "containing": ""}
MADA = {"columns": [{"name": "outlet", "values": ["وكالة مدى"]}], "containing": ""}
SPRING = {"columns": [{"name": "date", "from": "2026-03-01", "to": "2026-05-31"}], "containing": "السهل"}

Ask = Callable[..., dict[str, Any]]


def asking(corpus: ck.Corpus, language: str = "en") -> tuple[Ask, Any]:
    """Return a function that asks an explorer for a table, or for the lines of a row, and the explorer."""
    explorer = ck.explore(corpus, language=language)
    sent: list[Any] = []
    explorer.send = sent.append

    def ask(tab: str, kind: str = "view", **message: Any) -> dict[str, Any]:
        names = (
            "selection", "find", "sort", "only", "first", "count", "row", "run", "plot", "mark", "marks", "do",
            "format",
        )  # fmt: skip
        given = {name: message.pop(name) for name in names if name in message}
        sent.clear()
        asked = {"kind": kind, "client": "c", "number": 7, "tab": tab, "request": message, "count": 500, **given}
        explorer._received(explorer, asked, [])
        assert [each["kind"] for each in sent if each["kind"] != "progress"] == [kind], explorer._page.get("notice")
        answer: dict[str, Any] = json.loads(json.dumps(sent[-1]))  # only JSON values
        return answer

    return ask, explorer


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def asked(sample: ck.Corpus) -> tuple[Ask, Any]:
    return asking(sample)


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., ck.Corpus]]:
    made: list[ck.Corpus] = []

    def make(**columns: Any) -> ck.Corpus:
        made.append(ck.Corpus.build(pl.DataFrame(columns), tmp_path / str(len(made)), progress=False))
        return made[-1]

    yield make
    for corpus in made:
        corpus.close()


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("words", {}),
    ("words", {"exact": True, "min_count": 3, "selection": SPRING}),
    ("words", {"unit": "root"}),
    ("ngrams", {}),
    ("ngrams", {"n": "2-5", "with_word": "السهل", "min_count": 3}),
    ("ngrams", {"n": "3", "with_word": "إمارة السهل", "place": "first", "min_count": 1, "selection": SPRING}),
    ("ngrams", {"n": "2", "with_word": "ال*ة", "place": "last", "skip": 1, "stopwords": True}),
    ("ngrams", {"unit": "lemma", "with_word": "في", "min_count": 4}),
    ("collocates", {"pattern": "السهل"}),
    ("collocates", {"pattern": "إمارة|تنظيم", "before": 2, "after": 0, "measure": "t_score", "min_count": 1}),
    ("collocates", {"pattern": "هدنة", "stopwords": True, "min_count": 1, "exact": True, "selection": SPRING}),
    ("collocates", {"pattern": "قال", "unit": "lemma", "min_count": 2}),
    ("collocates", {"pattern": "هدنة", "clitics": True, "min_count": 2}),
    ("sketch", {"word": "مدينة", "min_count": 2}),
    ("sketch", {"word": "مدينة", "relation": "first terms (idafa)", "min_count": 1}),
    ("sketch", {"word": "رئيس", "other": "مدير", "min_count": 1, "stopwords": True, "selection": SPRING}),
    ("sketch", {"word": "هدنة", "table": "thesaurus", "min_frequency": 10, "other": "is not looked at"}),
    ("sketch", {"word": "يوم", "other": "ساعة", "table": "shared"}),
    ("copies", {"run": True}),
    ("copies", {"run": True, "by": "outlet", "measure": "jaccard", "similar": 70, "min_shingles": 5}),
    ("copies", {"run": True, "table": "clusters", "by": "outlet", "selection": SPRING}),
    ("keywords", {"selection": MIRQAB}),
    ("keywords", {"selection": MIRQAB, "against": "corpus", "direction": "both", "measure": "odds_ratio"}),
    ("keywords", {"selection": MIRQAB, "against": "chosen", "reference": MADA, "min_documents": 1}),
    ("keywords", {"against": "chosen", "reference": MADA, "direction": "reference", "stopwords": True}),
    ("keywords", {"by": "outlet", "unit": "lemma", "selection": SPRING}),
    ("trends", {"patterns": "هدنة"}),
    ("trends", {"patterns": "هدنة، المسيرات؛ السهل []{0,2} في", "every": "week", "by": "outlet"}),
    ("trends", {"patterns": "السهل", "every": "hijri_month", "counted": "documents", "selection": MADA}),
    ("names", {"run": True}),
    ("names", {"table": "speakers", "run": True, "selection": MADA}),
    ("names", {"table": "quotations", "run": True}),
    ("names", {"table": "indirect", "run": True}),
]
FIND = {
    "words": "سهل", "ngrams": "سهل", "collocates": "ال*", "sketch": "ا", "keywords": "ال", "names": "ال",
    "copies": "-0",
}  # fmt: skip


def expect_steps(ask: Ask, corpus: ck.Corpus, tab: str, request: dict[str, Any], which: slice) -> None:
    """Compare a table as it is first shown, and after some of the steps of finding, sorting and turning pages."""
    shown = ask(tab, **request)
    assert "problem" not in shown
    assert shown["total"] > 0
    columns = [column["name"] for column in shown["columns"] if column["sorts"]]
    number = next((column["name"] for column in reversed(shown["columns"]) if column["number"]), columns[-1])
    expect_same(shown, corpus)
    steps: list[dict[str, Any]] = [{"sort": [number, True]}, {"sort": [columns[0], False], "first": 1, "count": 3}]
    if tab in FIND:
        steps += [{"find": FIND[tab], "sort": [number, False]}, {"find": FIND[tab]}]
    for step in steps[which]:
        expect_same(ask(tab, **request, **step), corpus)


@pytest.mark.parametrize(("place", "tab", "request_"), [(place, *each) for place, each in enumerate(REQUESTS)])
def test_the_line_of_code_gives_what_is_shown(
    asked: tuple[Ask, Any], sample: ck.Corpus, place: int, tab: str, request_: dict[str, Any]
) -> None:
    step = place % (4 if tab in FIND else 2)
    expect_steps(asked[0], sample, tab, request_, slice(step, step + 1))


@pytest.mark.slow
def test_the_line_of_code_after_every_step(asked: tuple[Ask, Any], sample: ck.Corpus) -> None:
    for tab, request in REQUESTS:
        expect_steps(asked[0], sample, tab, request, slice(None))


@cache  # several tests ask for the same table
def table_of(code: str, corpus: ck.Corpus) -> pl.DataFrame:
    table: pl.DataFrame = eval(code, {"ck": ck, "pl": pl, "corpus": corpus})
    return table


def expect_same(shown: dict[str, Any], corpus: ck.Corpus) -> None:
    """Compare what a page shows with the table that the line of code makes."""
    table = table_of(shown["code"], corpus)
    assert shown["total"] == table.height
    rows = table.slice(shown["first"], len(shown["rows"]))
    assert rows.height == len(shown["rows"])
    for place, column in enumerate(shown["columns"]):
        texts = [row[place] for row in shown["rows"]]
        name, dtype = column["name"], table.schema[column["name"]]
        has_spelling = name in ("word", "ngram", "collocate") and "spelling" in table.columns
        if has_spelling:
            assert texts == rows.select(pl.coalesce("spelling", name)).to_series().to_list()
        elif dtype in (pl.String, pl.Enum):
            whole = [text for text in rows[name].to_list() if text is None or len(text) <= 300]
            assert [text for text in texts if text is None or not text.endswith("…")] == whole
        elif dtype.is_integer():
            assert [text and int(text.replace(",", "")) for text in texts] == rows[name].to_list()
        elif dtype.is_float():
            for text, value in zip(texts, rows[name].to_list(), strict=True):
                assert (text is None) == (value is None)
                if text is not None:
                    number = float(text.replace(",", "").replace("\u2212", "-").replace("∞", "inf"))
                    assert number == pytest.approx(value, rel=0.06, abs=0.0051)


@pytest.mark.parametrize(("tab", "request_"), REQUESTS)
def test_the_lines_of_a_row(asked: tuple[Ask, Any], sample: ck.Corpus, tab: str, request_: dict[str, Any]) -> None:
    ask, explorer = asked
    ask(tab, **request_)
    answer = ask(tab, "row", row=0, **request_)
    assert "problem" not in answer
    lines = explorer.concordance
    assert len(lines) == len(eval(answer["code"], {"ck": ck, "pl": pl, "corpus": sample}))
    first = table_of(ask(tab, **request_)["code"], sample).row(0, named=True)
    if tab == "names":
        assert len(lines) == first.get("count", 1)
    elif tab == "trends":
        assert len(lines) == first["occurrences"]
    elif tab == "keywords":
        count = first["target_count"]
        assert len(lines) == count
        if "by" in request_:
            assert set(lines.frame.join(sample.documents.select("id", "outlet").collect(), on="id")["outlet"]) == {
                first["outlet"]
            }
    elif tab == "words":
        assert len(lines) == first["count"]
    elif tab == "collocates":
        assert len(lines) > 0 or request_.get("unit")
    elif tab == "sketch" and request_.get("table") != "shared":
        assert len(lines) == first["count"] + first.get("other_count", 0)
    elif tab in ("copies", "sketch"):
        assert len(lines) > 0
    elif not request_.get("skip"):
        assert len(lines) == first["count"]


def test_lines_stay_with_their_period_while_documents_change(asked: tuple[Ask, Any]) -> None:
    ask, explorer = asked
    request = {"patterns": "السهل", "every": "quarter"}
    ask("trends", "row", row=1, **request)
    whole = len(explorer.concordance)
    names = ("pattern", "sort", "window", "clitics", "exact", "syntax", "page", "page_size")
    now = {name: explorer._page[name] for name in names}
    show = {"kind": "show", "client": "c", "number": 1, **now}
    explorer._received(explorer, {**show, "selection": MADA}, [])
    shown = explorer.concordance.frame.select("id").join(explorer.concordance.corpus.documents.collect(), on="id")
    dates = shown["date"]
    assert set(shown["outlet"]) == {"وكالة مدى"}
    assert 0 < len(explorer.concordance) < whole
    assert period_of(dates, "quarter").n_unique() == 1
    explorer._received(explorer, {**show, "selection": None}, [])
    assert len(explorer.concordance) == whole


def test_every_choice_of_every_control(asked: tuple[Ask, Any]) -> None:
    ask, explorer = asked
    typed = {"word": "مدينة", "other": "قرية", "pattern": "السهل", "patterns": "السهل", "with_word": "السهل"}
    for tab in explorer._setup["tabs"]:
        if not tab["controls"] or tab["name"] == "texts":
            continue
        needed = {each["name"]: typed[each["name"]] for each in tab["controls"] if each["name"] in typed}
        for control in tab["controls"]:
            values = {
                "choice": control["choices"], "column": control["choices"], "check": [True, False],
                "number": sorted({max(control["least"], 1), min(control["most"], 2)}),
            }.get(control["kind"], [control["default"]])  # fmt: skip
            for value in values:
                request = {**needed, control["name"]: value}
                answer = ask(tab["name"], selection=SPRING, run=True, count=1, **request)
                assert "problem" not in answer, (tab["name"], control["name"], value, answer.get("problem"))
            for wrong in ("no such", -5, [], None, {"a": 1}):
                if control["kind"] in ("text", "pattern") and isinstance(wrong, str):
                    continue
                answer = ask(tab["name"], selection=MIRQAB, **{**needed, control["name"]: wrong})
                is_selection = control["kind"] == "selection" and (wrong is None or isinstance(wrong, dict))
                assert ("problem" in answer) != is_selection


def test_names_are_found_when_the_button_is_pressed(sample: ck.Corpus) -> None:
    ask, explorer = asking(sample)
    assert ask("names")["long"]
    assert ask("names", run="yes")["problem"]
    told: list[Any] = []
    explorer.send = told.append
    message = {"kind": "view", "client": "c", "number": 3, "tab": "names", "request": {"table": "quotations"}}
    explorer._received(explorer, {**message, "run": True}, [])
    percents = [each["percent"] for each in told[:-1]]
    assert percents
    assert all(0 <= percent < 100 for percent in percents)
    assert {(each["client"], each["number"]) for each in told} == {("c", 3)}
    told.clear()
    explorer._received(explorer, message, [])
    assert told[0]["total"] > 0  # it is kept
    explorer._received(explorer, {**message, "request": {"table": "speakers"}}, [])
    assert told[1]["total"] > 0  # and so are the quotations that are counted


def test_what_must_be_chosen_first(asked: tuple[Ask, Any]) -> None:
    ask, _ = asked
    for tab in ("collocates", "keywords", "trends", "sketch"):
        assert ask(tab)["missing"]
    assert ask("sketch", table="shared", word="مدينة")["missing"]
    assert ask("copies", "beside", row=0, similar=99)["problem"] == "There is no table yet."
    assert ask("trends", patterns=" ، ؛")["missing"]
    assert ask("keywords", against="chosen")["missing"]
    assert ask("collocates", "row", row=0)["problem"] == "There is no table yet."


def test_how_many_documents_the_reference_has(asked: tuple[Ask, Any], sample: ck.Corpus) -> None:
    ask, _ = asked
    answer = ask("keywords", selection=MIRQAB, against="chosen", reference=MADA)
    assert answer["chosen"] == {"reference": len(sample.filter(outlet="وكالة مدى"))}
    assert ask("keywords", reference={"columns": 3})["problem"]
    assert ask("keywords", against="chosen", reference={"columns": [{"name": "nothing", "values": [1]}]})["problem"]


def test_a_page_of_tables_without_rows(asked: tuple[Ask, Any]) -> None:
    ask, _ = asked
    answer = ask("collocates", pattern="كلمةليستهنا")
    assert (answer["total"], answer["rows"]) == (0, [])
    assert ask("collocates", "row", row=0, pattern="كلمةليستهنا")["problem"] == "This row is no longer shown."
    assert ask("words", find="x" * 201)["problem"]
    assert ask("words", sort=["nothing", True])["problem"]
    assert ask("words", sort=["word"])["problem"]
    assert ask("ngrams", with_word="(" * 2_001)["problem"]


@pytest.mark.parametrize("pattern", ["[]", "*", "([]{0,3})+", "(", "هدنة {", "a" * 401])
def test_patterns_that_match_everything_or_nothing(asked: tuple[Ask, Any], pattern: str) -> None:
    ask, _ = asked
    for tab, name in (("collocates", "pattern"), ("trends", "patterns"), ("ngrams", "with_word")):
        answer = ask(tab, **{name: pattern})
        assert "problem" in answer or answer["total"] >= 0


def every_tab(ask: Ask, **more: Any) -> dict[str, dict[str, Any]]:
    """Ask for all tabs, and for the lines of their first rows; nothing may be an exception."""
    answers = {}
    for tab, request in (
        ("words", {}), ("ngrams", {"min_count": 1}), ("collocates", {"pattern": "كلمة", "min_count": 1}),
        ("keywords", {}), ("trends", {"patterns": "كلمة"}), ("names", {"run": True}),
        ("sketch", {"word": "كلمة", "min_count": 1}), ("sketch", {"word": "كلمة", "other": "أخرى", "table": "shared"}),
        ("sketch", {"word": "كلمة", "table": "thesaurus", "min_frequency": 1}),
        ("copies", {"run": True, "table": "clusters", "min_shingles": 1, "similar": 99}),
        ("names", {"run": True, "table": "quotations"}),
    ):  # fmt: skip
        answers[tab] = answer = ask(tab, **request, **more)
        assert {"problem", "missing", "total"} & set(answer)
        if answer.get("rows"):
            opened = ask(tab, "row", row=0, **request, **more)
            assert "problem" in opened or opened["code"]
    return answers


def test_corpora_with_hardly_anything(build: Callable[..., ck.Corpus]) -> None:
    every_tab(asking(build(text=["؟ ...", "!"]))[0])
    one = every_tab(asking(build(text=["كلمة واحدة كلمة أخرى"]))[0])
    assert one["trends"]["lack"] == "dates"
    assert one["collocates"]["total"] > 0


def test_what_hides_all_rows(build: Callable[..., ck.Corpus]) -> None:
    ask, explorer = asking(build(text=["قال الوزير كلمة ــ", "ذهب الولد"], word=["a", "b"], paper=["x", "y"]))
    for tab, control, usual, values in [
        ("ngrams", "min_count", 2, {"with_word": "الوزير"}),
        ("collocates", "min_count", 5, {"pattern": "قال"}),
        ("sketch", "min_frequency", 20, {"table": "thesaurus", "word": "قال"}),
        ("words", "min_count", 9, {"min_count": 9}),
        ("keywords", "min_documents", 2, {"by": "paper", "min_documents": 2}),
    ]:
        lower = ask(tab, **values)["lower"]
        assert (lower["control"], lower["value"]) == (control, usual)
        assert ask(tab, **{**values, control: 1})["total"] > 0
        assert "lower" not in ask(tab, **values, find="zz")
    for tab, values in [("ngrams", {"with_word": "قالل"}), ("collocates", {"pattern": "قالل"})]:  # they do not occur
        answer = ask(tab, **values)
        assert "lower" not in answer
        assert "finds nothing" in answer["notes"][0]
    assert ask("words")["notes"] == ["Words of vowel signs or tatweel alone, which are in no row: 1"]
    assert ask("words", min_count=9)["notes"] == []
    choices = {
        tab["name"]: {each["name"]: each["choices"] for each in tab["controls"]} for tab in explorer._setup["tabs"]
    }
    assert choices["keywords"]["by"] == ("", "paper")  # the table has a column `word`, which no group can be called
    assert choices["copies"]["by"] == ("", "word", "paper")


def test_documents_that_are_none(asked: tuple[Ask, Any]) -> None:
    nothing = {"columns": [{"name": "date", "from": "1900-01-01", "to": "1900-01-02"}], "containing": ""}
    every_tab(asked[0], selection=nothing)
    every_tab(asked[0], selection={"columns": [], "containing": "كلمةليستهنا"})
    assert asked[0]("keywords", selection=nothing)["problem"]


def test_ten_thousand_groups_and_long_words(build: Callable[..., ck.Corpus]) -> None:
    long = "ك" * 400
    texts = [f"كلمة {number % 7} {long}" for number in range(10_000)]
    corpus = build(
        text=texts, name=[f"{number}" if number else None for number in range(10_000)], two=["a", None] * 5_000
    )
    ask, _ = asking(corpus)
    every_tab(ask)
    for by in ("name", "two"):
        assert {"problem", "total"} & set(ask("keywords", by=by))
        assert {"problem", "total", "lack"} & set(ask("trends", by=by, patterns="كلمة"))
    answer = ask("words", find=long[:200])
    assert answer["rows"][0][0].endswith("…") or answer["rows"][0][0] == long


def test_markup_is_a_text(build: Callable[..., ck.Corpus]) -> None:
    corpus = build(
        text=[f"كلمة {MARKUP} كلمة <b> أخرى"] * 6, date=["2026-01-01", "2026-02-01"] * 3, paper=[MARKUP, "<i>"] * 3
    )
    ask, explorer = asking(corpus, "ar")
    every_tab(ask)
    assert ask("keywords", by="paper", min_documents=1)["total"] >= 0
    controls = {tab["name"]: tab["controls"] for tab in explorer._setup["tabs"]}
    assert any(MARKUP not in each["choices"] for each in controls["keywords"])


@pytest.mark.parametrize(
    ("tab", "request_"),
    [
        ("collocates", {"pattern": "السهل", "measure": "mi"}),
        ("keywords", {"selection": MIRQAB, "direction": "both"}),
        ("trends", {"patterns": "هدنة، السهل"}),
    ],
)
def test_charts_and_the_lines_behind_their_marks(
    sample: ck.Corpus, asked: tuple[Ask, Any], tab: str, request_: dict[str, Any]
) -> None:
    ask, explorer = asked
    plots = next(each["plots"] for each in explorer._setup["tabs"] if each["name"] == tab)
    for plot in plots:
        answer = ask(tab, "chart", plot=plot, **request_)
        assert "problem" not in answer
        count = len(answer["picture"]["marks"])
        some = sorted({0, count // 2, count - 1})
        assert eval(answer["code"], {"ck": ck, "pl": pl, "corpus": sample}).data()["picture"] == answer["picture"]
        assert "problem" not in ask(tab, "mark", plot=plot, mark=0, **request_)
        assert len(explorer.concordance) > 0
        assert "problem" not in ask(tab, "marks", plot=plot, marks=some, do="lines", **request_)
        step = explorer._session.trace.current
        assert len(explorer.concordance) == len(eval(step.made.code(), {"ck": ck, "pl": pl, "corpus": sample})) > 0
        if tab == "trends":
            assert ask(tab, "marks", plot=plot, marks=some, do="only", **request_)["problem"]
            continue
        only = ask(tab, "marks", plot=plot, marks=some, do="only", **request_)["only"]
        shown = ask(tab, only=only, **request_)
        assert 0 < shown["total"] <= len(only) <= len(some)
        expect_same(shown, sample)
        assert "problem" not in ask(tab, "chart", plot=plot, only=only, **request_)


def test_charts_as_files_and_selections_that_are_none(asked: tuple[Ask, Any]) -> None:
    ask, _ = asked
    request: dict[str, Any] = {"pattern": "السهل", "plot": "collocations"}
    for kind, first in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        answer = ask("collocates", "image", format=kind, **request)
        assert answer["name"] == f"collocations.{kind}"
        assert b64decode(answer["base64"]).startswith(first)
    assert ask("collocates", "image", format="exe", **request)["problem"]
    for marks in (None, [], [-1], ["0"], [10**9], [0] * 20_001, {"a": 1}):
        assert ask("collocates", "marks", marks=marks, do="lines", **request)["problem"]
    assert ask("collocates", "marks", marks=[0], do="nothing", **request)["problem"]
    for only in ([1], {"a": 1}, 3):
        assert ask("words", only=only)["problem"]
    assert ask("words", only=["كلمةليستهنا"])["total"] == 0


def test_copies_side_by_side(build: Callable[..., ck.Corpus], asked: tuple[Ask, Any], sample: ck.Corpus) -> None:
    ask, _ = asked
    for request in ({}, {"table": "clusters"}):
        total = ask("copies", run=True, **request)["total"]
        for row in (0, 4, total - 1):
            answer = ask("copies", "beside", row=row, sort=None, **request)
            beside = eval(answer["code"], {"ck": ck, "pl": pl, "corpus": sample})
            assert (answer["next"], answer["edits"]) == (None, sum(piece[0] != "same" for piece in beside.pieces))
            for side in (0, 1):
                pieces = [piece for paragraph in answer["paragraphs"] for piece in paragraph[side]["pieces"]]
                text = sample.text(beside.documents[side])
                assert "".join("".join(text for _, text in pieces).split()) == "".join(text.split())
            if "table" in request:
                assert answer["documents"][0] != answer["documents"][1]
        assert ask("copies", "beside", row=total, **request)["problem"] == "This row is no longer shown."
    table = ck.news.near_duplicates(sample, by="outlet")
    only_second = next(each for each in table["second_id"].to_list() if each not in table["first_id"].to_list())
    for typed, expected in (
        (only_second, table.filter(pl.col("second_id") == only_second).height),
        (
            "مدى",
            table.filter((pl.col("first_outlet") == "وكالة مدى") | (pl.col("second_outlet") == "وكالة مدى")).height,
        ),
    ):
        assert ask("copies", run=True, by="outlet", find=typed)["total"] == expected > 0
    words = [f"كلمة{number}" for number in range(6_000)]
    ask, _ = asking(build(text=[" ".join(words), f"{MARKUP} {' '.join(words)} أخرى"]))
    ask("copies", run=True)
    texts, first = ["", ""], 0
    while first is not None:  # a long text comes in parts
        answer = ask("copies", "beside", row=0, first=first)
        sent = ["".join(text for _, text in side["pieces"]) for each in answer["paragraphs"] for side in each]
        assert sum(map(len, sent)) < 30_000
        for side in (0, 1):
            texts[side] += "".join(sent[side::2])
        first = answer["next"]
    assert texts == [" ".join(words), f"{MARKUP} {' '.join(words)} أخرى"]


def test_a_sketch_without_annotation_says_what_is_missing(build: Callable[..., ck.Corpus]) -> None:
    ask, explorer = asking(build(text=["زار الرئيس الجديد المدينة الكبيرة. عاد الرئيس الجديد من المدينة الكبيرة."] * 4))
    answer = ask("sketch", word="الرئيس", min_count=1)
    assert answer["total"] > 0
    assert "annotate" in answer["notes"][0]
    controls = {each["name"]: each for tab in explorer._setup["tabs"] for each in tab["controls"]}
    assert 2 < len(controls["relation"]["choices"]) < 15


def test_groups_of_a_large_corpus_are_compared_when_they_are_chosen(
    build: Callable[..., ck.Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = build(text=["قال الوزير"] * 4, folder=["مدى", "مدى", "صدى", "صدى"])
    ask, _ = asking(corpus)
    assert "missing" not in ask("keywords")
    monkeypatch.setattr(keywords, "_MOST_TOKENS", corpus.n_tokens - 1)
    assert ask("keywords")["missing"]
    assert "missing" not in ask("keywords", by="folder")


def test_measures_are_called_as_the_heads_of_tables() -> None:
    tabs = ck.explore(ck.sample_corpus(), language="ar")._setup["tabs"]
    heads = [each["heads"] for tab in tabs for each in tab["controls"] if each["name"] == "measure"]
    assert len(heads) == 3
    assert not [text for each in heads for name, text in each.items() if name in text]
