"""The coding tab of the explorer, as a page would ask for it: units, codes, disagreements, estimates, new projects."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.explore.browser_session import browser_session
from corpus_kit.explore.start import start

pytest.importorskip("anywidget", reason="anywidget is not installed")

SAMPLE = ck.sample_corpus()
LINES = ck.kwic(SAMPLE, "في")
SECRET = "the-code-of-ali"
MARKUP = "<img src=x onerror=alert(1)>"


class Page:
    """A page that keeps what it is sent."""

    def __init__(self, corpus: Any = SAMPLE, *, via_browser: bool = False, **options: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        if via_browser:
            self.session = browser_session(
                corpus, lambda _: None, self.sent.append, codes=(), sheet=None, coder="x", language="en", **options
            )
        else:
            explorer = ck.explore(corpus, **options)
            explorer.send = self.sent.append
            self.explorer, self.session = explorer, explorer._session

    def ask(self, kind: str, **values: Any) -> dict[str, Any]:
        self.session.receive({"kind": kind, "client": "page", "number": 1, **values})
        answer = self.sent.pop()
        assert answer["kind"] == kind
        self.told.append(answer)
        return answer

    def give(self, answer: dict[str, Any], code: str | None, **values: Any) -> dict[str, Any]:
        unit = answer["unit"]
        was = {"was_code": unit["code"], "was_note": unit["note"]}
        key = {"place": answer["place"], "id": unit["id"], "position": unit["position"]}
        return self.ask("code_give", **{**key, "code": code, **was, **values})


@pytest.fixture(scope="module")
def searched() -> Page:
    return Page(pattern="في", tab="coding")


Make = Callable[..., ck.CodingProject]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that makes a project of some lines."""

    def made(units: Any = LINES, **options: Any) -> ck.CodingProject:
        given: dict[str, Any] = {"codes": {"place": "where", "time": MARKUP}, "coders": ["sara", "ali"], "sample": 8}
        return ck.coding_project(tmp_path / "project", units, **{**given, **options})

    return made


def code_all(project: ck.CodingProject, coder: str, codes: list[str]) -> None:
    for number, row in enumerate(project.lines(coder).iter_rows(named=True)):
        project.give(coder, row, codes[number % len(codes)])


# ------------------------------------------------------------------------------------------------ units


def test_units_come_one_after_another_in_their_context(make: Make) -> None:
    project = make()
    page = Page(project=project, coder="sara")
    assert page.session.setup["tab"] == "coding"
    state = page.ask("code_state")
    assert (state["project"], state["coder"], state["may_code"], state["may_decide"]) == (
        "project",
        "sara",
        True,
        False,
    )
    assert state["codebook"] == [["place", "where"], ["time", MARKUP]]
    answer = page.ask("code_next")
    unit = answer["unit"]
    pieces = unit["paragraphs"][0]["pieces"]
    assert [text for text, hit in pieces if hit >= 0] == ["في"]
    text = SAMPLE.text(unit["id"])
    assert "".join(piece for piece, _ in pieces) in text
    after = page.give(answer, "time", note="why")
    assert (after["place"], after["coded"], after["units"]) == (1, 1, 8)
    row = project.lines("sara").row(0, named=True)
    assert (row["code"], row["note"]) == ("time", "why")
    skipped = page.ask("code_next", place=1, move="left")
    assert skipped["place"] == 2
    back = page.ask("code_next", place=1, move="previous")
    assert (back["place"], back["unit"]["code"], back["unit"]["note"]) == (0, "time", "why")
    # undone: the code and the note that were there before
    undone = page.give(back, None, note="", move="here")
    assert (undone["place"], undone["unit"]["code"], undone["unit"]["note"], undone["coded"]) == (0, None, None, 0)


def test_after_the_last_unit_come_those_that_were_skipped_then_none(make: Make) -> None:
    page = Page(project=make(sample=3), coder="sara")
    answer = page.ask("code_next", place=2, move="here")
    assert page.give(answer, "time")["place"] == 0
    for _ in range(2):
        answer = page.give(page.ask("code_next"), "place")
    assert answer["unit"] is None
    assert answer["coded"] == 3
    assert page.ask("code_next", place=2, move="previous")["unit"]["code"] == "place"


def test_documents_are_coded_by_their_beginning(make: Make) -> None:
    page = Page(project=make(SAMPLE), coder="sara")
    answer = page.ask("code_next")
    paragraphs = answer["unit"]["paragraphs"]
    assert sum(len(piece) for each in paragraphs for piece, _ in each["pieces"]) > 300
    page.give(answer, "place")
    assert page.ask("code_state")["progress"] == [["sara", 1, 8], ["ali", 0, 8]]


def test_what_a_spreadsheet_wrote_meanwhile_is_not_overwritten(make: Make) -> None:
    project = make()
    page = Page(project=project, coder="sara")
    answer = page.ask("code_next")
    sheet = project.sheet("sara")
    table = pl.read_csv(sheet, schema_overrides={"code": pl.String, "note": pl.String})
    key = pl.struct("id", "position") == pl.lit({"id": answer["unit"]["id"], "position": answer["unit"]["position"]})
    table.with_columns(code=pl.when(key).then(pl.lit("place")).otherwise("code")).write_csv(sheet)
    refused = page.give(answer, "time")
    assert "meanwhile" in refused["problem"]
    assert refused["unit"]["code"] == "place"
    assert page.give(refused, "time")["coded"] == 1
    assert project.lines("sara")["code"].drop_nulls().to_list() == ["time"]


# ------------------------------------------------------------------------------------------------ blind


def test_a_blind_coder_is_sent_nothing_of_others_before_coding(make: Make) -> None:
    project = make(coders=["sara", "ali", "mona"], codes=None, sample=6)
    for coder in ("ali", "mona"):
        code_all(project, coder, [SECRET, f"{SECRET}-2" if coder == "mona" else SECRET])
        project.give(coder, project.lines(coder).row(0, named=True), SECRET, note=f"note {SECRET}")
    page = Page(project=project, coder="sara")
    kinds = ("code_state", "code_next", "code_disagreements", "code_rank", "code_prevalence")
    for kind in kinds:
        page.ask(kind)
    answer = page.ask("code_next", place=3, move="here")
    page.ask("code_decide", id=answer["unit"]["id"], position=answer["unit"]["position"], code=SECRET)
    assert page.told[-1]["problem"]
    page.ask("code_who", coder="ali")
    assert page.told[-1]["problem"]
    assert SECRET not in json.dumps([page.told, page.session.setup, page.session.page])
    page.give(answer, "mine")
    found = page.ask("code_disagreements")
    assert found["total"] == 1
    assert [row["id"] for row in found["rows"]] == [answer["unit"]["id"]]
    assert "may_decide" in (state := page.ask("code_state"))
    assert not state["may_decide"]
    assert state["agreement"]["units"] == 6


def test_in_an_open_project_codes_of_others_are_shown_and_decided_about(make: Make) -> None:
    project = make(blind=False, sample=2)
    code_all(project, "ali", ["time"])
    page = Page(project=project, coder="sara")
    answer = page.ask("code_next")
    assert answer["unit"]["others"] == [["ali", "time"]]
    page.give(answer, "place")
    (row,) = page.ask("code_disagreements")["rows"]
    assert page.ask("code_decide", id=row["id"], position=row["position"], code="place")["decided"] == "place"
    assert project.codes()["decision"].drop_nulls().to_list().count("decided") == 1


def test_two_coders_in_two_windows_and_who_decides(make: Make) -> None:
    project = make(sample=4)
    sara, ali, lead = (Page(project=project.folder, coder=name) for name in ("Sara", "ali", "mona"))
    for number in range(4):
        sara.give(sara.ask("code_next"), "place")
        ali.give(ali.ask("code_next"), "time" if number else "place")
    assert sara.ask("code_state")["progress"] == [["sara", 4, 4], ["ali", 4, 4]]
    state = lead.ask("code_state")
    assert (state["may_code"], state["may_decide"], state["disagreements"]) == (False, True, 3)
    assert lead.ask("code_next")["problem"]
    for row in lead.ask("code_disagreements")["rows"]:
        lead.ask("code_decide", id=row["id"], position=row["position"], code="time")
    assert lead.ask("code_state")["disagreements"] == 0
    row = lead.ask("code_disagreements")["rows"][0]
    assert row["decided"] == "time"
    lead.ask("code_decide", id=row["id"], position=row["position"], code=None)
    assert lead.ask("code_state")["disagreements"] == 1


def test_a_page_says_once_who_codes(make: Make) -> None:
    page = Page(project=make(), via_browser=True)
    assert page.ask("code_state")["coder"] is None
    assert page.ask("code_next")["problem"]
    assert page.ask("code_disagreements")["problem"]
    assert page.ask("code_who", coder="nobody")["problem"]
    assert page.ask("code_who", coder="ali")["coder"] == "ali"
    assert page.ask("code_who", coder="sara")["problem"]
    assert page.ask("code_next")["unit"]


# ------------------------------------------------------------------------------------------- classifier


def test_estimates_and_what_to_code_next(make: Make) -> None:
    pytest.importorskip("sklearn", reason="the extra `learning` is not installed")
    project = make(sample=20)
    page = Page(project=project.folder, coder="mona")
    assert page.ask("code_rank")["problem"]
    for coder in ("sara", "ali"):
        for row in project.lines(coder).iter_rows(named=True):
            project.give(coder, row, "place" if row["position"] % 3 else "time")
    found = page.ask("code_prevalence", by="")
    assert found["code"] == f'ck.coding_project("{project.folder}", ck.kwic(corpus, "في")).prevalence()'
    assert [row[0] for row in found["rows"]]
    assert {"prevalence_low", "prevalence_high"} <= {each["name"] for each in found["columns"]}
    assert page.ask("code_prevalence", by="no such column")["problem"]
    assert len(page.ask("code_rank")["rows"][0]) == 6
    script = page.explorer.script()
    assert '"في"' in script
    assert ".prevalence()" in script
    names: dict[str, Any] = {}
    exec(script, names)
    assert page.ask("code_extend", size=4, uncertain=0.5)["added"] == 4
    assert page.ask("code_state")["progress"] == [["sara", 20, 24], ["ali", 20, 24]]
    sheet = project.sheet("ali")
    sheet.write_text(sheet.read_text(encoding="utf-8").replace(",time,", f",{SECRET},", 1), encoding="utf-8")
    assert SECRET in project.lines("ali")["code"]
    sara = Page(project=project.folder, coder="sara")
    assert "blind" in sara.ask("code_prevalence")["problem"]
    assert len(sara.ask("code_rank")["rows"][0]) == 4  # without what others' codes predict
    assert sara.ask("code_extend", size=1, uncertain=1)["added"] == 1
    assert SECRET not in json.dumps(sara.told)


# ------------------------------------------------------------------------------------------ new project

FORM = {"folder": "rain", "unit": "line", "codes": "place: where\ntime", "coders": "sara، ali", "sample": 20}


def test_a_project_is_made_of_the_lines_that_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = Page(pattern="في", tab="coding", codes=())
    assert page.ask("code_state")["lines"] == 659
    made = page.ask("project_new", **FORM, by="outlet", overlap=0.5, blind=False, question="Where?")
    assert (made["project"], made["coder"], made["coders"]) == ("rain", None, ["sara", "ali"])
    project = ck.coding_project(tmp_path / "rain")
    assert project.codebook == {"place": "where", "time": ""}
    assert (project.sample.height, project.design.by, project.design.blind) == (20, "outlet", False)
    same = eval(made["code"], {"ck": ck, "corpus": SAMPLE})
    assert same.sample.equals(project.sample)
    assert made["code"] in [step["code"][0] for step in page.ask("trace", do="list")["steps"]]
    names: dict[str, Any] = {}
    exec(page.explorer.script(), names)
    assert names["project_1"].sample.equals(project.sample)
    # the name of a project that is there opens it
    other = Page(tab="coding")
    assert other.ask("project_new", folder="rain")["coders"] == ["sara", "ali"]


def test_a_project_is_made_of_chosen_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = Page(tab="coding", coder="sara")
    outlet = SAMPLE.labels("outlet")[0]
    selection = {"columns": [{"name": "outlet", "values": [outlet]}]}
    made = page.ask("project_new", **{**FORM, "unit": "document", "coders": "sara"}, selection=selection)
    assert (made["may_code"], made["blind"], made["unit"]) == (True, False, "document")
    assert eval(made["code"], {"ck": ck, "corpus": SAMPLE}).sample.height == 20
    assert page.ask("code_next")["unit"]["document"] is not None


@pytest.mark.parametrize(
    "change",
    [
        {"folder": ""}, {"folder": "a/b"}, {"folder": ".."}, {"folder": 5}, {"folder": "full"}, {"coders": ""},
        {"coders": "a/b"}, {"codes": "a\na"}, {"codes": 5}, {"sample": 0}, {"sample": "x"}, {"by": "no such"},
        {"overlap": 3}, {"unit": "word"}, {"blind": "yes"}, {"selection": 5},
    ],
)  # fmt: skip
def test_a_bad_form_makes_no_project(
    change: Any, searched: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letters.txt").write_text("x", encoding="utf-8")
    assert searched.ask("project_new", **{**FORM, **change})["problem"]
    assert not list(tmp_path.glob("*/project.toml"))
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["letters.txt"]


def test_lines_must_have_been_searched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Search" in Page(tab="coding").ask("project_new", **FORM)["problem"]


# ------------------------------------------------------------------------------------------------- bad


def test_bad_messages_are_answered(make: Make) -> None:
    page = Page(project=make(), coder="sara")
    answer = page.ask("code_next")
    for values in ({"place": -1}, {"place": "x"}, {"move": "up"}):
        assert page.ask("code_next", **values)["problem"]
    for change in (
        {"place": 99}, {"id": "x"}, {"position": -1}, {"code": "unknown"}, {"code": 5}, {"code": " "}, {"note": 5},
        {"move": 5}, {"was_code": "other"},
    ):  # fmt: skip
        assert page.give(answer, **{"code": "time", **change})["problem"]
    for first in (-1, "x"):
        assert page.ask("code_disagreements", first=first)["problem"]
    assert page.ask("code_extend", size=0)["problem"]
    assert page.ask("code_next")["coded"] == 0


def test_a_project_without_codes_takes_any(make: Make) -> None:
    page = Page(project=make(codes=None), coder="sara")
    assert page.ask("code_state")["codebook"] == []
    assert page.give(page.ask("code_next"), MARKUP)["coded"] == 1


def test_without_a_project_or_when_it_is_gone_the_page_lives(make: Make, tmp_path: Path) -> None:
    page = Page()
    assert page.ask("code_state")["project"] is None
    assert page.ask("code_next")["problem"]
    page = Page(project=make(), coder="sara")
    (tmp_path / "project").rename(tmp_path / "gone")
    for kind in ("code_state", "code_next", "code_disagreements", "code_rank", "code_prevalence"):
        assert "gone" in page.ask(kind)["problem"]
    (tmp_path / "gone").rename(tmp_path / "project")
    assert page.ask("code_next")["unit"]


def test_a_project_of_other_texts_is_refused(make: Make, tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": SAMPLE.labels("id")[:240], "text": ["نص آخر في مكان"] * 240})
    with ck.Corpus.build(frame, tmp_path / "other", id="id", progress=False) as other:
        for units in (SAMPLE, LINES):
            with pytest.raises(ck.InputError):
                ck.explore(other, project=make(units).folder)
            (tmp_path / "project").rename(tmp_path / f"project-{type(units).__name__}")
    with pytest.raises(ck.InputError, match="must have a coding project"):
        ck.explore(SAMPLE, project=tmp_path / "nothing")
    with pytest.raises(ck.InputError, match="project must be"):
        ck.explore(SAMPLE, project=5)  # type: ignore[arg-type]


def test_the_command_says_at_once_that_there_is_no_project(tmp_path: Path) -> None:
    pytest.importorskip("jupyter_server", reason="the extra `notebooks` is not installed")
    with pytest.raises(ck.InputError, match="must have a coding project"):
        start(None, project=tmp_path / "nothing", browser=False)


def test_the_widget_returns_the_progress_as_its_table(make: Make) -> None:
    explorer = ck.explore(SAMPLE, project=make(), coder="sara")
    assert explorer.table["units"].to_list() == [8, 8]
    assert explorer.code.endswith(".progress()")
