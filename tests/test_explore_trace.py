"""The session of the explorer as Python: what it writes makes the same tables and the same lines."""

from __future__ import annotations

import ast
import json
import math
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.explore.literals import literal
from corpus_kit.explore.searches import RowLines
from corpus_kit.explore.session import Session
from corpus_kit.explore.statements import assigned
from corpus_kit.explore.trace import Trace
from corpus_kit.query.cqp import CqpQuery

pytest.importorskip("anywidget", reason="anywidget is not installed")

SAMPLE = ck.sample_corpus()
LONG = "ط" * 400
ODD = 'it\'s "so" \\ \u202eend\nline\x07 {x} \ud7ff'
MARKUP = "<img src=x onerror=alert(1)>"


class Page:
    """A page without a browser. Time passes only when it is told to."""

    def __init__(self, corpus: ck.Corpus | ck.Concordance, *given: Any, **options: Any) -> None:
        self.time = 0.0
        self.explorer = ck.explore(corpus, *given, **options)
        self.session: Session = self.explorer._session
        self.session.trace._clock = lambda: self.time
        self.sent: list[dict[str, Any]] = []
        self.explorer.send = self.sent.append
        self.number = 0

    def ask(self, kind: str, *, after: float = 10.0, **values: Any) -> dict[str, Any]:
        """Send a message some seconds after the last one, and return its answer."""
        self.time += after
        self.number += 1
        self.session.receive({"kind": kind, "client": "page", "number": self.number, **values})
        if kind == "show":
            return dict(self.explorer._page)
        answer = self.sent.pop()
        assert answer["number"] == self.number
        json.dumps(answer)
        return answer

    def view(self, tab: str = "words", **values: Any) -> dict[str, Any]:
        return self.ask("view", tab=tab, **values)

    def show(self, pattern: str, **values: Any) -> dict[str, Any]:
        first = {"sort": [], "window": [8, 8], "clitics": False, "exact": False, "syntax": "native", "page": 1}
        page = self.ask("show", pattern=pattern, **{**first, "page_size": 20, **values})
        assert page["problem"] == "", page["problem"]
        return page

    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = self.ask("trace", do="list", after=0)["steps"]
        return steps

    def codes(self) -> list[str]:
        return [step["code"][0] for step in self.steps()]


def made_by(page: Page) -> list[pl.DataFrame]:
    """Return the tables and lines that a session showed, in the order of its steps."""
    frames = []
    for step in page.session.trace.steps:
        answer = page.ask("trace", do="open", step=step.number)
        if step.tab == "concordance":
            frames.append(page.explorer.concordance.frame)
        else:
            state = answer["state"]
            page.view(
                state["tab"],
                selection=state["selection"],
                request=state["values"],
                find=state["find"],
                sort=state["sort"],
                only=state["only"],
            )
            frames.append(page.session.frame(page.session.table(step.tab)))
    return frames


def run(script: str) -> list[pl.DataFrame]:
    """Run a script, and return what it shows, in order."""
    shown: list[pl.DataFrame] = []

    def show(table: Any, **_: Any) -> str:
        shown.append(table.frame if isinstance(table, ck.Concordance) else table)
        return ""

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the tables themselves warn of
        warnings.filterwarnings("error", message="The corpus has other texts")
        patch.setattr(ck, "show", show)
        exec(compile(script, "script", "exec"), {"__file__": "script.py", "__name__": "__main__"})
    return shown


def check(page: Page) -> str:
    """Run the script of a session and the cells of its notebook; both must make what was shown. Return the script."""
    expected = made_by(page)
    script = page.explorer.script()
    notebook = json.loads(page.session.notebook())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for program in (script, "\n".join(cells)):
        made = run(program)
        assert len(made) == len(expected) == len(page.steps())
        for one, other in zip(made, expected, strict=True):
            assert one.equals(other, null_equal=True)
            assert one.schema == other.schema
    return script


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """A corpus whose columns and values are hard to write in Python, and with a word of 400 letters."""
    frame = pl.DataFrame(
        {
            "id": ["a", "b", MARKUP, "d", "e"],
            "text": [f"هدنة أولى {LONG}", "هدنة ثانية", f"سلام {LONG} هدنة", f"حرب {MARKUP}", "حرب ثانية\n\nهدنة"],
            "class": ["a", 'ب"ج', "it's", None, "a\\n"],
            "two words": [1, 2, 3, None, 2],
            "self": [MARKUP, "x", "x", ODD, "z\nw"],
            "corpus": ["ck", "pl", '"""', "\u202ey", "#"],
            "flag": [True, False, True, None, False],
        }
    )
    folder = tmp_path_factory.mktemp("odd") / 'a "corpus"'
    with ck.Corpus.build(frame, folder, id="id", progress=False) as built:
        yield built


def selected(*columns: dict[str, Any], containing: str = "", inverted: bool = False) -> dict[str, Any]:
    return {"columns": list(columns), "containing": containing, "inverted": inverted}


MARCH = selected(
    {"name": "outlet", "values": ["وكالة مدى", "بريد الساحل"]}, {"name": "date", "from": "2026-03-01", "to": None}
)


# ------------------------------------------------------------------------------------- the same tables


def test_a_script_makes_the_tables_and_the_lines_of_a_session() -> None:
    page = Page(SAMPLE, "هدنة", metadata=["outlet", "date"], sort="after1")
    page.view()
    page.view(request={"unit": "lemma", "min_count": 3}, sort=["documents", True], selection=MARCH)
    page.view(request={"unit": "lemma", "min_count": 3}, selection=MARCH)
    page.view(request={"unit": "root"}, find="ق*", selection={**MARCH, "inverted": True, "containing": "هدنة"})
    page.view(request={"exact": True}, find='a"b\\c')
    page.ask("row", tab="words", request={"unit": "lemma", "min_count": 3}, row=2, selection=MARCH)
    page.show("في", sort=["before1", "-outlet"], window=[3, 5])
    page.show("قال", clitics=True, window=[0, 0])
    page.show("أكد", exact=True, sort=["node"], selection=MARCH)
    page.show('"في" @[pos="NOUN"]', syntax="cqp", sort=["target"])
    page.show("رئيس []{0,2} السهل|[lemma=قال]", selection=selected(containing="هدنة"))
    page.show("في", sort=["after1", "before1", "node"], sample=20, seed=3)
    page.show("هدنة", variant="هدنة")
    page.show("هدنة", variant="هدنة", sample=5)
    script = check(page)
    assert (script.count("ck.kwic("), script.count("ck.lines(")) == (9, 1)
    assert "import polars as pl\n" in script


def test_charts_are_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = Page(SAMPLE, language="ar")
    for plot, request in (("zipf", {}), ("frequency", {}), ("frequency", {"unit": "lemma"})):
        page.view(request=request, find="ق*")
        page.ask("chart", tab="words", request=request, find="ق*", plot=plot, after=0.1)
    first, second = page.steps()
    assert [code.split("(")[0] for code in first["code"]] == ["ck.frequency", "ck.plot.zipf", "ck.plot.frequency"]
    state = page.ask("trace", do="open", step=second["number"])["state"]
    assert state["chart"] == {"plot": "frequency", "words": []}
    script = page.explorer.script()
    assert '\nchart_2 = ck.plot.frequency(words_1, language="ar")\nchart_2.save("chart_2.png")\n' in script
    made: dict[str, Any] = {"__name__": "__main__"}
    exec(script, made)
    drawings = [each for step in page.session.trace.steps for each in step.drawings.values()]
    for number, drawing in enumerate(drawings, 1):
        assert made[f"chart_{number}"].picture == page.session._tables.chart(drawing, "ar").picture
        assert (tmp_path / f"chart_{number}.png").stat().st_size > 0


def test_names_and_values_that_are_hard_to_write(odd: ck.Corpus) -> None:
    page = Page(odd, metadata=["class", "two words"])
    page.view(find=LONG[:200])
    page.view(find='it\'s "so" \\ \u202e*?')
    page.view(selection=selected({"name": "class", "values": ["a", None, 'ب"ج', "it's", "a\\n"]}))
    page.view(
        selection=selected({"name": "self", "values": [ODD, MARKUP, "z\nw"]}, {"name": "two words", "from": 1, "to": 2})
    )
    page.view(selection=selected({"name": "self", "values": [ODD]}, inverted=True))
    page.view(selection=selected({"name": "corpus", "values": ["ck", "pl", '"""', "\u202ey", "#"]}, containing="هدنة"))
    page.view(selection=selected({"name": "flag", "values": [True, None]}, containing=LONG))
    page.show(LONG)
    page.show(f"هدنة|{LONG}", sort=["-class"])
    page.show('"\\w+"', syntax="cqp", selection=selected({"name": "two words", "from": None, "to": 2}))
    script = check(page)
    assert all(line.isprintable() for line in script.splitlines())


@pytest.mark.parametrize("sample", [None, 50])
def test_lines_that_were_given(sample: int | None) -> None:
    lines = ck.kwic(SAMPLE, "في", sample=sample, seed=3, sort="after1", window=(2, 4), metadata="outlet")
    page = Page(lines)
    assert ("    sample=50,\n    seed=3,\n" in check(page)) == (sample == 50)
    page.show("في", selection=MARCH, window=[2, 4], sort=["after1"])
    assert len(page.explorer.concordance) > 0
    if sample is None:
        check(page)
    else:  # a sample of all documents, of which those in a selection are shown
        assert page.codes()[-1].startswith("# lines that ck.explore was given")
        assert len(run(page.explorer.script())) == 1


def test_lines_that_nobody_can_search_for_are_a_comment() -> None:
    page = Page(SAMPLE, ck.news.quotations(SAMPLE))
    assert page.codes() == ['# lines that ck.explore was given ("ck.news.quotations")']
    assert run(page.explorer.script()) == []


@pytest.mark.skipif(not hasattr(ck, "lines"), reason="there is no ck.lines yet")
def test_lines_of_a_row_are_written_with_their_table() -> None:
    page = Page(SAMPLE)
    page.view(find="ال*")
    page.ask("row", tab="words", find="ال*", row=4)
    page.show(page.explorer._page["pattern"], sort=["before1"], window=[3, 3])
    page.show(page.explorer._page["pattern"], sort=["before1"], window=[3, 3], selection=MARCH)
    check(page)


def test_rows_of_tables_in_python() -> None:
    table = Page(SAMPLE).session.table("words")
    methods = (("sort_by", (("after1", "-node"),)), ("widen", (2,)), ("with_metadata", ("outlet",)))
    shown = '.sort_by(("after1", "-node")).widen(2).with_metadata("outlet")'
    assert RowLines(table, 3, table.sources[0], methods).code() == f"ck.lines(ck.frequency(corpus)[3], corpus){shown}"
    assert RowLines(table, None, table.sources[0]).code() == "ck.lines(ck.frequency(corpus), corpus)"


TABS = ck.explore(SAMPLE)._setup["tabs"]


@pytest.mark.parametrize("tab", TABS, ids=[tab["name"] for tab in TABS])
def test_every_tab_is_repeated(tab: dict[str, Any]) -> None:
    given = {"pattern": "هدنة", "selection": {**MARCH, "inverted": True}}
    request = {each["name"]: given.get(each["kind"], each["default"]) for each in tab["controls"]}
    page = Page(SAMPLE)
    for selection in (selected(), MARCH):
        answer = page.view(tab["name"], request=request, selection=selection, run=True)
        assert "problem" not in answer
        if answer.get("total"):  # something may be missing
            page.ask("row", tab=tab["name"], request=request, selection=selection, row=min(3, answer["total"] - 1))
    assert len(page.steps()) > 1
    if hasattr(ck, "lines"):
        assert not [code for code in page.codes() if code.startswith("#")]
    check(page)


def test_a_part_of_a_corpus_is_opened_as_that_part(odd: ck.Corpus) -> None:
    for part in (
        SAMPLE.filter(outlet=["وكالة مدى"], date=("2026-03", None)),
        SAMPLE.filter(pl.col("outlet").str.starts_with("و")),
        SAMPLE.sample(20).containing("في"),
        odd.filter(**{"two words": (1, 2)}),
        odd.filter(**{"class": 'ب"ج'}),
        SAMPLE.filter(outlet="وكالة مدى").filter(date="2026-03"),
    ):
        page = Page(part, "في|هدنة")
        page.view()
        check(page)


def test_what_a_corpus_was_given_is_named() -> None:
    quotations = ck.news.quotations(SAMPLE)
    given = SAMPLE.with_structures(quotation=quotations).with_definitions({"lists": {"verbs": ["قال"]}})
    script = Page(given.exclude(quotations.head(3)), "[word=$verbs]").explorer.script()
    assert "# The corpus of the session also had these structures and word lists: quotation, verbs.\n" in script
    assert "# 3 spans of its texts were excluded.\n" in script


# ------------------------------------------------------------------------------------- which are steps


def test_what_is_half_typed_is_no_step() -> None:
    page = Page(SAMPLE)
    for typed in ("ا", "ال", "الت", "التح"):
        page.view(find=typed, after=0.2)
    assert page.codes() == ['ck.frequency(corpus).filter(pl.col("word").str.contains("التح"))']
    for typed in ("ه", "هدن", "هدنة"):
        page.show(typed, after=0.2)
    assert page.codes()[1:] == ['ck.kwic(corpus, "هدنة")']


def test_what_was_looked_at_is_a_step() -> None:
    page = Page(SAMPLE)
    page.view(after=0)
    page.view(first=100, after=0.1)  # rows were turned
    page.view(request={"unit": "root"}, after=0.1)  # shown for long
    page.view(request={"unit": "stem"}, after=4)
    page.ask("trace", do="keep", after=0.1)  # its line was copied
    page.view(request={"unit": "lemma"}, after=0.1)
    page.view(request={"unit": "lemma"}, find="x", after=0.1)
    page.view(after=0.1)  # shown again
    units = ["", ', unit="root"', ', unit="stem"']
    assert page.codes() == [f"ck.frequency(corpus{unit})" for unit in units]
    page.show("هدنة", after=0)
    page.ask(
        "open",
        line=0,
        after=0.1,
        **{name: page.explorer._page["lines"][0][name] for name in ("id", "position")},
        within="paragraph",
    )
    page.show("في", after=0.1)
    page.show("في", page=2, after=0.1)
    page.show("من", after=0.1)
    page.show("الى", after=0.1)
    assert page.codes()[3:] == [f'ck.kwic(corpus, "{word}")' for word in ("هدنة", "في", "الى")]
    page.explorer.search("على")
    page.explorer.search("عن")
    assert [code[17:-2] for code in page.codes()[3:]] == ["هدنة", "في", "على", "عن"]


def test_nothing_that_failed_is_a_step() -> None:
    page = Page(SAMPLE)
    page.show("  ")
    page.ask(
        "show",
        pattern="(هدنة",
        sort=[],
        window=[8, 8],
        clitics=False,
        exact=False,
        syntax="native",
        page=1,
        page_size=20,
    )
    assert page.explorer._page["problem"]
    assert page.explorer._page["code"] == ""
    assert "problem" in page.view(sort=["nothing", True])
    assert page.codes() == []
    assert run(page.explorer.script()) == []


def test_steps_are_removed_and_opened_again() -> None:
    page = Page(SAMPLE, "هدنة")
    page.view(request={"unit": "lemma"}, find="ق*", sort=["count", False], selection=MARCH)
    page.show("في", sort=["before1"], selection=MARCH)
    first, words, last = page.steps()
    assert [step["current"] for step in (first, words, last)] == [False, False, True]
    state = page.ask("trace", do="open", step=first["number"])
    assert state["state"] == {"tab": "concordance", "selection": selected(), "chart": None}
    assert state["documents"] == len(SAMPLE)
    assert (page.explorer._page["pattern"], page.explorer._page["sort"]) == ("هدنة", [])
    assert [step["current"] for step in page.steps()] == [True, False, False]
    state = page.ask("trace", do="open", step=words["number"])["state"]
    assert state == {
        "tab": "words", "selection": MARCH, "find": "ق*", "sort": ["count", False], "only": [], "chart": None,
        "values": {"unit": "lemma", "exact": False, "min_count": 1, "stopwords": False},
    }  # fmt: skip
    left = page.ask("trace", do="remove", step=words["number"])["steps"]
    assert [step["number"] for step in left] == [first["number"], last["number"]]
    assert "no longer in the list" in page.ask("trace", do="open", step=words["number"])["problem"]
    assert "no longer in the list" in page.ask("trace", do="remove", step=99)["problem"]
    assert "step must be" in page.ask("trace", do="remove", step="1")["problem"]
    assert "do must be" in page.ask("trace", do="delete")["problem"]
    check(page)


def test_the_step_that_one_leaves_for_another_stays() -> None:
    page = Page(SAMPLE, "هدنة")
    page.show("في")
    first, _ = page.steps()
    page.ask("trace", do="open", step=first["number"], after=0.1)
    assert page.codes() == ['ck.kwic(corpus, "هدنة")', 'ck.kwic(corpus, "في")']


def test_a_step_that_is_removed_comes_back_when_it_is_asked_for() -> None:
    page = Page(SAMPLE)
    page.view()
    page.ask("trace", do="remove", step=page.steps()[0]["number"])
    assert page.codes() == []
    page.view()
    assert page.codes() == ["ck.frequency(corpus)"]


def test_a_trace_measures_how_long_a_step_was_shown_not_made() -> None:
    now = 0.0
    trace, table = Trace(lambda: now), Page(SAMPLE).session.table("words")
    for row in range(3):
        trace.asked()
        now += 5  # it takes long to make, and the next request waits already
        trace.add("words", RowLines(table, row, table.sources[0]), {})
    assert [step.made.row for step in trace.steps if isinstance(step.made, RowLines)] == [2]


# ------------------------------------------------------------------------------------------- files


def test_codes_are_read_from_their_sheet(tmp_path: Path) -> None:
    page = Page(SAMPLE, "هدنة", sheet=tmp_path / "stance.csv", codes=["for", "against"])
    assert ".code(" not in page.explorer.script()  # nothing was coded
    line = page.explorer._page["lines"][2]
    page.session.receive(
        {"kind": "code", "id": line["id"], "position": line["position"], "column": "code", "value": "for", "was": None}
    )
    page.explorer.assign(0, "against", note="ruse")
    page.explorer.save_session(tmp_path / "study.py")
    script = (tmp_path / "study.py").read_text(encoding="utf-8")
    assert 'lines_1.code(Path(__file__).parent / "stance.csv", refresh=False)' in script
    table = run(script.replace("Path(__file__)", f"Path({str(tmp_path / 'study.py')!r})"))[0]
    assert table.equals(page.explorer.frame, null_equal=True)
    assert table["code"].drop_nulls().to_list() == ["against", "for"]


def test_codes_belong_to_their_lines_while_a_search_fails(tmp_path: Path) -> None:
    page = Page(SAMPLE, "هدنة", sheet=tmp_path / "stance.csv")
    page.view("words")
    page.ask(
        "show", pattern="[", sort=[], window=[8, 8], clitics=False, exact=False, syntax="native", page=1, page_size=20
    )
    line = page.explorer._page["lines"][0]
    page.session.receive(
        {"kind": "code", "id": line["id"], "position": line["position"], "column": "code", "value": "for", "was": None}
    )
    assert [step.is_coded for step in page.session.trace.steps] == [True, False]
    assert page.session.trace.steps[1].tab == "words"


def test_a_saved_session_finds_a_corpus_below_it(odd: ck.Corpus, tmp_path: Path) -> None:
    page = Page(odd, "هدنة")
    page.view(find=LONG[:100])
    root = odd.path.parent
    page.explorer.save_session(root / "study.py")
    page.explorer.save_session(root / "study.ipynb")
    page.explorer.save_session(tmp_path / "far.py")
    assert "ck.Corpus.open(Path(__file__).parent / 'a \"corpus\"')" in (root / "study.py").read_text(encoding="utf-8")
    assert literal(str(odd.path)) in (tmp_path / "far.py").read_text(encoding="utf-8")
    cells = json.loads((root / "study.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "ck.Corpus.open('a \"corpus\"')" in "".join(cells[1]["source"])
    program = [sys.executable, str(root / "study.py")]
    done = subprocess.run(program, capture_output=True, cwd=tmp_path, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 6


def test_a_script_warns_of_another_corpus() -> None:
    script = Page(SAMPLE, "هدنة").explorer.script().replace('!= "', '!= "0')
    with pytest.raises(UserWarning, match="The corpus has other texts than in the session"):
        run(script)


@pytest.mark.slow
def test_notebooks_are_valid_and_run(odd: ck.Corpus) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    client = pytest.importorskip("nbclient", reason="nbclient is not installed")
    for language in ("en", "ar"):
        page = Page(odd, "هدنة", language=language)
        page.view(selection=selected({"name": "self", "values": [ODD, MARKUP]}))
        notebook = nbformat.reads(page.session.notebook(), as_version=4)
        nbformat.validate(notebook)
        assert page.ask("trace", do="notebook")["text"] == page.session.notebook()
        written = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        assert ("# جلسة في مستكشف المدونة" in written, "## Words" in written) == (language == "ar", language == "en")
        done = client.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
        outputs = [cell.outputs for cell in done.cells if cell.cell_type == "code"]
        assert outputs[0] == []
        assert len(outputs) == 3
        for [shown] in outputs[1:]:
            assert "text/html" in shown.data
            assert "<img" not in shown.data["text/html"]


def test_only_scripts_and_notebooks_are_saved(tmp_path: Path) -> None:
    explorer = ck.explore(SAMPLE, "هدنة")
    for path in ("study.txt", "study", "study.PY"):
        with pytest.raises(ck.InputError, match=r"path must be a file that ends in \.py or \.ipynb"):
            explorer.save_session(tmp_path / path)
    with pytest.raises(ck.InputError, match="cannot write"):
        explorer.save_session(tmp_path / "none" / "study.py")
    assert list(tmp_path.iterdir()) == []


def test_the_table_and_the_line_of_the_tab_that_is_shown() -> None:
    explorer = ck.explore(SAMPLE, "هدنة", tab="words")
    assert explorer.table.equals(ck.frequency(SAMPLE))
    assert explorer.code == "ck.frequency(corpus)"
    assert ck.record_of(explorer.table)["function"] == "ck.frequency"
    explorer._state = {"tab": "concordance"}
    assert explorer.table.equals(explorer.frame)
    assert explorer.code == 'ck.kwic(corpus, "هدنة")'
    explorer._state = {"tab": MARKUP}
    assert explorer.code == "ck.frequency(corpus)"


# ------------------------------------------------------------------------------------------ Python

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple),
    max_leaves=8,
)


@settings(max_examples=examples(200), deadline=None)
@given(VALUES)
@example('"')
@example("'\"")
@example("\\'\"")
@example("\ud800\u202e\n\0")
@example([(1.5,), (), [None]])
def test_a_literal_is_the_value(value: Any) -> None:
    code = literal(value)
    assert code.isprintable()
    made = eval(code)
    assert repr(made) == repr(value)
    assert type(made) is type(value)


@settings(max_examples=examples(200), deadline=None)
@given(st.text())
def test_a_literal_of_a_query_is_the_query(text: str) -> None:
    made = eval(literal(CqpQuery(text)), {"ck": ck})
    assert made == text
    assert isinstance(made, CqpQuery)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.text(max_size=30) | st.sampled_from([LONG, "كلمة" * 15, "字" * 30]), max_size=6),
    st.lists(st.text(max_size=60), max_size=2),
    st.floats(allow_nan=False),
)
def test_statements_mean_their_expression(values: list[str], found: list[str], number: float) -> None:
    steps = "".join(f'.filter(pl.col("word").str.contains({literal(each)}))' for each in found)
    expression = (
        f"ck.frequency(corpus.filter(a={literal(values)}, **{{'b c': ({literal(number)}, None)}}), unit=1){steps}"
    )
    lines = assigned("x", expression)

    class Inlined(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return value if node.id == "x" else node

    value: ast.expr = ast.Name("x")
    for statement in ast.parse("\n".join(lines)).body:
        assert isinstance(statement, ast.Assign)
        value = Inlined().visit(statement.value)
    assert ast.dump(value) == ast.dump(ast.parse(expression, mode="eval").body)
    assert math.isfinite(number) or "float(" in expression


def test_scripts_are_laid_out_as_formatters_do(odd: ck.Corpus, tmp_path: Path) -> None:
    ruff = pytest.importorskip("ruff", reason="ruff is not installed")
    page = Page(odd, metadata=["class", "two words"])
    for find in ("", LONG[:200], 'it\'s "so" \\ \u202e*?', "字" * 30, "ab" * 20, 'a"b'):
        for columns in (
            [], [{"name": "class", "values": ["a", None, 'ب"ج', "it's", "a\\n"]}],
            [{"name": "self", "values": [ODD, MARKUP, "z\nw"]}, {"name": "two words", "from": 1, "to": 2}],
        ):  # fmt: skip
            for containing in ("", "هدنة", LONG):
                page.view(find=find, selection=selected(*columns, containing=containing), sort=["count", True])
    page.show(LONG)
    page.show(f"هدنة|{LONG}", sort=["-class", "before1"], window=[3, 4], exact=True)
    page.show("هدنة|" + "حرب|" * 10 + "سلام", sort=["-class", "before1"], window=[3, 4], exact=True)
    page.explorer.save_session(tmp_path / "study.py")
    Page(SAMPLE).explorer.save_session(tmp_path / "empty.py")
    program = [sys.executable, "-m", "ruff"]
    laid_out = ["format", "--isolated", "--diff"]
    checked = ["check", "--isolated", "--no-cache", "--select=E,F,I,W,UP,B,D,N", "--ignore=E501"]
    for task in (laid_out, [*laid_out, "--line-length=120"], checked):
        done = subprocess.run([*program, *task, "."], cwd=tmp_path, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
    assert ruff
