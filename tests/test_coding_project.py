"""`ck.coding_project`: samples, sheets of several coders, agreement, decisions, learning; crashes and bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit._base.locks import locked
from corpus_kit.coding.coding_state import coding_queue, coding_summary, disagreement_page
from corpus_kit.coding.join_codes import join_codes
from corpus_kit.coding.unit_sample import allocated, drawn_first, placed
from corpus_kit.errors import InputError
from corpus_kit.measures import krippendorff_alpha, percent_agreement

LINES = ck.kwic(ck.sample_corpus(), "في", window=4)
TWO: dict[str, Any] = {"codes": ["for", "against"], "coders": ["sara", "ali"]}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Documents about rain or drought, whose words say so, but not always; half of their desks have no value."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(400):
        wet = number % 4 == 0
        word = "مطر" if wet == (rng.random() < 0.85) else "جفاف"
        desk = ["شمال", "جنوب", None][int(rng.integers(0, 3))]
        rows.append((f"{'w' if wet else 'd'}{number}", f"{word} {word} في يوم {number % 7}", desk))
    frame = pl.DataFrame(rows, schema=["id", "text", "desk"], orient="row")
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("c") / "c", id="id", progress=False) as corpus:
        yield corpus


def coded(project: ck.CodingProject, coder: str, count: int | None = None) -> None:
    """Give the codes that the ids of the rain corpus say, in one go, as a spreadsheet would."""
    lines = project.lines(coder).head(count or 10**6)
    sheet = project.sheet(coder)
    code = pl.when(pl.col("id").str.starts_with("w")).then(pl.lit("wet")).otherwise(pl.lit("dry"))
    codes = lines.select("id", pl.col("position").cast(pl.String), code.alias("given"))
    table = pl.read_csv(sheet, infer_schema=False).join(codes, on=["id", "position"], how="left", maintain_order="left")
    table.with_columns(code=pl.coalesce("code", "given")).drop("given").write_csv(sheet)


# ------------------------------------------------------------------------------------------- the sample


@pytest.mark.parametrize("allocation", ["proportional", "equal"])
def test_a_sample_has_its_size_and_its_probabilities(tmp_path: Path, allocation: str) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=100, by="outlet", allocation=allocation)
    sample = project.sample
    assert sample.height == 100
    outlets = LINES.with_metadata(["outlet"]).frame
    sizes = Counter(outlets["outlet"])
    for (stratum,), part in sample.group_by("stratum"):
        assert part["stratum_size"].unique().to_list() == [sizes[stratum]]
        assert part["inclusion_probability"].unique().to_list() == [part.height / sizes[stratum]]
        if allocation == "proportional":
            assert abs(part.height - 100 * sizes[stratum] / len(LINES)) <= 1
    if allocation == "equal":
        assert set(Counter(sample["stratum"]).values()) <= {14, 15}
    known = {row[:2]: row[2] for row in outlets.select("id", "position", "outlet").rows()}
    assert all(known[id, position] == of for id, position, of in sample.select("id", "position", "stratum").rows())


def test_each_unit_is_drawn_as_often_as_its_probability_says(tmp_path: Path) -> None:
    sizes, samples, counts = {"a": 6, "b": 24, "c": 2}, 300, Counter[Any]()
    strata = [name for name, size in sizes.items() for _ in range(size)]
    units = pl.DataFrame({"id": [str(number) for number in range(len(strata))], "position": 0, "stratum": strata})
    units = units.with_columns(before=pl.lit(""), node=pl.lit(""), after=pl.lit(""))
    chances: dict[str, float] = {}
    for seed in range(samples):
        drawn = drawn_first(placed(units, seed), 12, "proportional")
        counts.update(drawn["id"])
        chances |= dict(drawn.select("id", "inclusion_probability").iter_rows())
    assert len(chances) == len(strata)
    for place, chance in chances.items():
        assert abs(counts[place] - samples * chance) <= 4.5 * np.sqrt(samples * chance * (1 - chance)), place
    project = ck.coding_project(tmp_path / "p", LINES, coders="sara", sample=12, seed=7)
    population = LINES.frame.select("id", "position").with_columns(
        stratum=pl.lit(None, pl.String), before=pl.lit(""), node=pl.lit(""), after=pl.lit("")
    )
    assert set(project.sample.select("id", "position").rows()) == set(
        drawn_first(placed(population, 7), 12, "proportional").select("id", "position").rows()
    )


def test_allocation_fills_small_strata_first() -> None:
    for sizes in ([70, 20, 10], [1, 1, 98], [5] * 20, [1000, 1]):
        for size in (2 * len(sizes), sum(sizes) // 2, sum(sizes), 10**6):
            for how in ("proportional", "equal"):
                found = allocated(size, np.array(sizes), how)
                if size < sum(min(each, 2) for each in sizes):
                    continue
                assert found.sum() == min(size, sum(sizes)), (sizes, size, how)
                assert all(min(of, 2) <= each <= of for each, of in zip(found, sizes, strict=True))


def test_overlap_is_shared_by_all_and_the_rest_dealt_out(tmp_path: Path) -> None:
    coders = ["sara", "ali", "mona"]
    project = ck.coding_project(tmp_path / "p", LINES, coders=coders, sample=90, by="outlet", overlap=1 / 3)
    who = Counter(tuple(each) for each in project.sample["coders"].to_list())
    assert who == {tuple(coders): 30, ("sara",): 20, ("ali",): 20, ("mona",): 20}
    assert project.progress()["units"].to_list() == [50, 50, 50]
    orders = [project.lines(coder).select("id", "position").rows() for coder in coders]
    shared = [[place for place in order if all(place in other for other in orders)] for order in orders]
    assert len(shared[0]) == 30
    assert shared[0] != shared[1]  # each coder sees them in another order
    again = ck.coding_project(tmp_path / "q", LINES, coders=coders, sample=90, by="outlet", overlap=1 / 3)
    assert again.sample.equals(project.sample)
    assert again.lines("sara").equals(project.lines("sara"))
    in_order = ck.coding_project(tmp_path / "r", LINES, coders=coders, sample=90, order="corpus")
    assert in_order.lines("ali")["id"].to_list() == in_order.sample["id"].to_list()


def test_units_without_a_value_are_a_stratum(tmp_path: Path, texts: ck.Corpus) -> None:
    sample = ck.coding_project(tmp_path / "p", texts, coders="sara", sample=60, by="desk").sample
    assert sample["stratum"].null_count() > 10
    assert sample["inclusion_probability"].null_count() == 0


# ------------------------------------------------------------------------------------------- coding


def test_coding_agreement_decisions(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=30)
    rng = np.random.default_rng(1)
    given: dict[str, dict[Any, str]] = {"sara": {}, "ali": {}}
    for coder, codes in given.items():
        for row in project.lines(coder).head(24).iter_rows(named=True):
            codes[row["id"], row["position"]] = code = TWO["codes"][int(rng.random() < 0.4)]
            project.give(coder, row, code)
    both = [place for place in given["sara"] if place in given["ali"]]
    pairs = [[given[coder][place] for place in both] for coder in given]
    whole = project.agreement(n_bootstrap=50).row(0, named=True)
    assert whole["units"] == len(both)
    assert whole["alpha"] == pytest.approx(krippendorff_alpha(pairs))
    assert whole["agreement"] == pytest.approx(percent_agreement(pairs))
    one = project.agreement(n_bootstrap=50).filter(code="for").row(0, named=True)
    assert one["alpha"] == pytest.approx(krippendorff_alpha([[int(code == "for") for code in each] for each in pairs]))

    differ = {place for place in both if given["sara"][place] != given["ali"][place]}
    found = project.disagreements()
    assert set(found.select("id", "position").rows()) == differ
    assert found["decided"].null_count() == found.height == len(differ) > 1
    project.decide(found.row(0, named=True), "for", coder="lead", note="رأي اللجنة")
    assert project.disagreements()["decided"].drop_nulls().to_list() == ["for"]
    decisions = Counter(project.codes()["decision"].to_list())
    singles = len(set(given["sara"]) ^ set(given["ali"]))
    assert decisions["decided"] == 1
    assert (decisions["disputed"], decisions["single"]) == (len(differ) - 1, singles)
    with pytest.warns(UserWarning, match="by one coder only"):  # the sheets are as those of Concordance.code
        table = join_codes([project.sheet("sara"), project.sheet("ali")])
    assert table.filter(pl.col("sara") != pl.col("ali")).height == len(differ)
    project.decide(found.row(0, named=True), None, coder="lead")
    assert "decided" not in project.codes()["decision"].to_list()


def test_more_than_half_of_the_coders_decide(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, coders=["a1", "b1", "c1"], sample=3, order="corpus")
    units = project.sample.to_dicts()
    for coder, codes in {"a1": "xxx", "b1": "xyx", "c1": "yzx"}.items():
        for unit, code in zip(units, codes, strict=True):
            project.give(coder, unit, code)
    assert project.codes().select("decision", "code").rows() == [
        ("majority", "x"), ("disputed", None), ("unanimous", "x"),
    ]  # fmt: skip


def test_who_codes_blind_sees_no_other_codes_before(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=5)
    unit = project.lines("sara").row(0, named=True)
    project.give("sara", unit, "for")
    assert "sara" not in project.lines("ali").columns
    assert project.disagreements("ali").height == project.disagreements().height == 0
    assert "others" not in coding_queue(project, "ali")["next"][0]
    project.give("ali", unit, "against")
    assert project.disagreements("ali").height == project.disagreements().height == 1
    open_ = ck.coding_project(tmp_path / "q", LINES, **TWO, sample=5, blind=False)
    open_.give("sara", unit, "for")
    assert open_.lines("ali").filter(sara="for").height == 1
    assert {"sara": "for"} in [each["others"] for each in coding_queue(open_, "ali", count=5)["next"]]


def test_sheets_go_into_the_explorer_and_spreadsheets(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=8)
    explorer = ck.explore(
        project.concordance("sara"), codes=list(project.codebook), sheet=project.sheet("sara"), coder="sara"
    )
    assert len(explorer.concordance) == 8
    explorer.assign(0, "for")
    assert project.progress()["coded"].to_list() == [1, 0]
    sheet = project.sheet("ali")
    pl.read_csv(sheet, infer_schema=False).with_columns(code=pl.lit(" against ")).write_csv(sheet, separator=";")
    assert project.progress()["coded"].to_list() == [1, 8]
    sheet.unlink()  # nothing that a program gave is lost; what only the sheet had is
    ck.coding_project(tmp_path / "p").give("ali", project.sample.row(0, named=True), "for")
    assert project.progress()["coded"].to_list() == [1, 1]


def test_the_state_of_a_page_is_json(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=6, question="ما الموقف؟")
    first = coding_queue(project, "sara", count=3)
    assert json.loads(json.dumps(first))["question"] == "ما الموقف؟"
    assert [each["id"] for each in first["next"]] == project.lines("sara")["id"].head(3).to_list()
    assert coding_queue(project, "sara", skip=1)["next"][0] == first["next"][1]
    for coder, code in (("sara", "for"), ("ali", "against")):
        for unit in project.sample.iter_rows(named=True):
            project.give(coder, unit, code)
    assert coding_queue(project, "sara")["next"] == []
    summary = json.loads(json.dumps(coding_summary(project)))
    assert (summary["disagreements"], summary["progress"][0]["coded"]) == (6, 6)
    page = json.loads(json.dumps(disagreement_page(project, "ali", first=4)))
    assert (page["total"], len(page["rows"]), page["rows"][0]["codes"]) == (6, 2, {"sara": "for", "ali": "against"})


# ------------------------------------------------------------------------------------------- what changes meanwhile


def test_a_coder_joins_and_codes_what_all_code(tmp_path: Path) -> None:
    both = ["sara", "ali"]
    project = ck.coding_project(tmp_path / "p", LINES, coders=both, sample=20, overlap=0.4)
    ck.coding_project(tmp_path / "p", coders=[*both, "mona"])
    assert project.coders == [*both, "mona"]  # a project that is open sees it
    assert project.progress()["units"].to_list() == [14, 14, 8]
    assert Counter(len(each) for each in project.sample["coders"]) == {1: 12, 3: 8}
    again = ck.coding_project(tmp_path / "p", LINES, coders=[*both, "mona"])
    assert again.sample.equals(project.sample)
    again.extend(15, uncertain=0)
    assert project.progress()["units"].to_list() == [23, 23, 17]
    for coders in (both, ["ali", "sara", "mona"], [*both, "mona", "MONA"]):
        with pytest.raises(InputError, match="coders"):
            ck.coding_project(tmp_path / "p", coders=coders)
    alone = ck.coding_project(tmp_path / "q", LINES, coders="sara", sample=20, overlap=0.4)
    assert ck.coding_project(alone.folder, coders=both).progress()["units"].to_list() == [20, 8]


def test_a_codebook_that_changes_while_a_project_is_open(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=4)
    unit = project.sample.row(0, named=True)
    project.give("sara", unit, "against")
    ck.coding_project(tmp_path / "p", codes=["for", "none"])
    project.give("ali", unit, "none")
    project.give("sara", unit, "against", note="see the new rule")  # which an old code does not prevent
    assert project.lines("sara").drop_nulls("code").select("code", "note").rows() == [("against", "see the new rule")]
    with pytest.raises(InputError, match="code"):
        project.give("ali", unit, "against")


def test_codes_are_the_same_however_their_marks_are_typed(tmp_path: Path) -> None:
    typed = "مؤي\N{ARABIC SHADDA}\N{ARABIC KASRA}د"  # another order than that of Unicode
    project = ck.coding_project(tmp_path / "p", LINES, codes=[typed, "b|a"], coders="sara", sample=2)
    for unit, code in zip(project.sample.iter_rows(named=True), (typed, "b|a"), strict=True):
        project.give("sara", unit, code)
    assert project.progress()["other_codes"].to_list() == [0]
    assert set(project.codes()["code"]) == set(project.codebook)


def test_what_a_spreadsheet_changes_of_ids_and_heads(tmp_path: Path) -> None:
    days = ["الأمس", "الصباح", "البيت", "البيت"]
    texts = [f"كان {word} في {day}" for word, day in zip(["ذاك", "هذا", "آخر", "آخر"], days, strict=True)]
    frame = pl.DataFrame({"id": ["007", "2024-01-05", "08", "09"], "text": texts})
    lines = ck.kwic(ck.Corpus.build(frame, tmp_path / "c", id="id", progress=False), "في")
    project = ck.coding_project(tmp_path / "p", lines, codes=["a"], coders=["sara"], order="corpus")
    sheet = project.sheet("sara")
    ids = {"007": "7", "2024-01-05": "05/01/2024", "08": "8", "09": "9"}  # two lines have the same words
    table = pl.read_csv(sheet, infer_schema=False).with_columns(pl.col("id").replace(ids), code=pl.lit("a"))
    table.rename({"code": "Code "}).select(reversed(table.columns[:-2] + ["Code ", "note"])).write_csv(
        sheet, include_bom=True, line_terminator="\r\n", separator="\t"
    )
    with pytest.warns(UserWarning, match=r"'sara.csv' has codes that belong to no unit .*8:2, 9:2"):
        assert project.progress()["coded"].to_list() == [2]
    assert project.lines("sara")["code"].to_list() == ["a", "a", None, None]
    project.give("sara", ("007", 2), None)
    assert project.lines("sara")["code"].to_list() == [None, "a", None, None]


def test_a_project_that_nobody_changes_is_opened_without_its_lock(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=4)
    with locked(tmp_path / "p" / ".project.lock", "x"):  # as good as a folder that is read only
        assert ck.coding_project(tmp_path / "p", LINES, **TWO, sample=4).sample.equals(project.sample)


# ------------------------------------------------------------------------------------------- several programs, crashes


def test_many_code_at_once(tmp_path: Path) -> None:
    def work(coder: str) -> None:
        project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=6)
        for unit in project.lines(coder).iter_rows(named=True):
            project.give(coder, unit, "for")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, ["sara", "ali", "sara", "ali"]))
    assert ck.coding_project(tmp_path / "p").progress()["coded"].to_list() == [6, 6]


@pytest.mark.no_sanitizer
def test_a_coder_whose_program_is_killed_loses_nothing(tmp_path: Path) -> None:
    ck.coding_project(tmp_path / "p", LINES, **TWO, sample=6, order="corpus")
    script = """
import os, sys
import corpus_kit as ck
project = ck.coding_project(sys.argv[1])
units = project.lines("sara").to_dicts()
project.give("sara", units[0], "for")
import corpus_kit.coding.shared_sheet as sheets
sheets.swap_in = lambda *_: os._exit(9)
os.replace = os.rename = lambda *_, **__: os._exit(9)
project.give("sara", units[1], "against")
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "p")], check=False, timeout=60)
    assert done.returncode == 9
    project = ck.coding_project(tmp_path / "p")
    assert project.lines("sara")["code"].to_list()[:3] == ["for", "against", None]


def test_a_project_that_was_half_made_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    ck.coding_project(folder, LINES, **TWO, sample=6)
    (folder / "project.toml").unlink()
    with pytest.raises(InputError, match="coding project"):
        ck.coding_project(folder)
    assert ck.coding_project(folder, LINES, **TWO, sample=4).sample.height == 4
    (folder / "sample.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="sample"):
        ck.coding_project(folder)
    (folder / "project.toml").write_text("version = 1\n[sample\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        ck.coding_project(folder)


# ------------------------------------------------------------------------------------------- learning


def test_prevalence_of_documents(tmp_path: Path, texts: ck.Corpus) -> None:
    project = ck.coding_project(tmp_path / "p", texts, codes=["wet", "dry"], coders="sara", sample=150, by="desk")
    coded(project, "sara")
    accuracy = project.accuracy()
    assert 0.75 < accuracy["accuracy"][0] < 0.95
    assert accuracy["accuracy_low"][0] < accuracy["accuracy"][0] < accuracy["accuracy_high"][0]
    found = project.prevalence()
    row = found.filter(code="wet").row(0, named=True)
    assert row["prevalence_low"] < 0.25 < row["prevalence_high"]
    assert (row["units"], row["coded"]) == (400, 150)
    assert found["prevalence"].sum() == pytest.approx(1)
    assert found.equals(ck.coding_project(tmp_path / "p", texts).prevalence())
    by = project.prevalence("desk")
    assert by.group_by("desk").agg(pl.col("units").first())["units"].sum() == 400
    assert by["desk"].null_count() == 2
    parts = by.filter(code="wet").select((pl.col("prevalence") * pl.col("units")).sum() / 400).item()
    assert parts == pytest.approx(row["prevalence"])

    ranked = project.rank()
    assert ranked.height == 250
    assert ranked["uncertainty"].is_sorted(descending=True)
    assert ranked.join(project.sample, on="id", how="semi").is_empty()
    new = project.extend(40, uncertain=0.5)
    assert Counter(new["chosen"]) == {"random": 20, "uncertain": 20}
    assert new.filter(chosen="uncertain")["id"].to_list() != []
    once = ck.coding_project(tmp_path / "q", texts, coders="sara", sample=170, by="desk").sample
    drawn = project.sample.filter(chosen="random").select("id", "inclusion_probability").sort("id")
    assert drawn.equals(once.select("id", "inclusion_probability").sort("id"))
    coded(project, "sara")
    with pytest.warns(UserWarning, match="20 chosen by uncertainty"):
        assert project.prevalence()["coded"].to_list() == [170, 170]
    assert project.lines("sara").height == 190
    assert (
        project.lines("sara")["id"].head(150).to_list()
        == ck.coding_project(tmp_path / "r", texts, coders="sara", sample=150, by="desk").lines("sara")["id"].to_list()
    )  # what comes later is added at the end


def test_units_without_a_code_are_counted(tmp_path: Path, texts: ck.Corpus) -> None:
    project = ck.coding_project(tmp_path / "p", texts, coders="sara", sample=100)
    coded(project, "sara", 60)
    with pytest.warns(UserWarning, match="40 not coded yet"):
        row = project.prevalence().filter(code="wet").row(0, named=True)
    assert row["coded"] == 60
    assert row["prevalence_low"] < 0.25 < row["prevalence_high"]
    project.extend(300, uncertain=0)
    assert project.sample.height == 400
    coded(project, "sara")
    row = project.prevalence().filter(code="wet").row(0, named=True)
    assert [row[name] for name in ("prevalence", "prevalence_low", "prevalence_high")] == pytest.approx([0.25] * 3)


def test_a_code_of_the_codebook_that_nobody_gave_has_a_row(tmp_path: Path, texts: ck.Corpus) -> None:
    project = ck.coding_project(tmp_path / "p", texts, codes=["wet", "fog", "dry"], coders="sara", sample=50)
    coded(project, "sara")
    row = project.prevalence().row(1, named=True)
    assert (row["code"], row["prevalence"], row["naive"], row["adjusted"]) == ("fog", 0, 0, None)
    assert 0.02 < row["prevalence_high"] < 0.15


# ------------------------------------------------------------------------------------------- bad input


def test_bad_arguments(tmp_path: Path, texts: ck.Corpus) -> None:
    nothing = ck.kwic(ck.sample_corpus(), "قزحية")
    cases: list[tuple[str, Any, dict[str, Any]]] = [
        ("coders", LINES, {}),
        ("coders", LINES, {"coders": []}),
        ("coders", LINES, {"coders": ["a/b"]}),
        ("coders", LINES, {"coders": ["Con"]}),
        ("coders", LINES, {"coders": ["Sara", "sara"]}),
        ("coders", LINES, {"coders": ["decided"]}),
        ("coders", LINES, {"coders": ["code"]}),
        ("coders", LINES, {"coders": ["row"]}),
        ("coders", LINES, {"coders": ["distinct"]}),
        ("coders", LINES, {"coders": ["\N{GRINNING FACE}" * 90]}),
        ("coders", LINES, {"coders": ["\u00e9", "e\u0301"]}),
        ("codes", LINES, {"coders": ["a"], "codes": ["x", "x "]}),
        ("codes", LINES, {"coders": ["a"], "codes": {"x": 3}}),
        ("sample", LINES, {"coders": ["a"], "sample": 0}),
        ("sample", LINES, {"coders": ["a"], "sample": 5, "by": "outlet"}),
        ("by", LINES, {"coders": ["a"], "by": "outlett"}),
        ("allocation", LINES, {"coders": ["a"], "allocation": "neyman"}),
        ("overlap", LINES, {"coders": ["a"], "overlap": 1.5}),
        ("order", LINES, {"coders": ["a"], "order": "alphabet"}),
        ("blind", LINES, {"coders": ["a"], "blind": 1}),
        ("seed", LINES, {"coders": ["a"], "seed": -1}),
        ("corpus", LINES.frame, {"coders": ["a"]}),
        ("corpus", nothing, {"coders": ["a"]}),
        ("corpus", texts.filter(pl.col("id") == "?"), {"coders": ["a"]}),
        ("coding project", None, {}),
    ]
    for name, corpus, options in cases:
        with pytest.raises(InputError, match=name):
            ck.coding_project(tmp_path / "bad", corpus, **options)
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=4)
    unit = project.sample.row(0, named=True)
    wrong: Any = 7
    for call in (
        lambda: project.lines("sarah"),
        lambda: project.give("omar", unit, "for"),
        lambda: project.give("sara", unit, "fore"),
        lambda: project.give("sara", ("?", 1), "for"),
        lambda: project.give("sara", wrong, "for"),
        lambda: project.decide(unit, "none"),
        lambda: project.rank(),
        lambda: project.rank(measure="x"),
        lambda: project.prevalence(),
        lambda: project.extend(0),
        lambda: ck.coding_project(tmp_path / "p").rank(),
        lambda: ck.coding_project(tmp_path / "p").concordance("sara"),
        lambda: ck.coding_project(tmp_path / "p", coders=["sara"]),
        lambda: ck.coding_project(tmp_path / "p", sample=5),
        lambda: ck.coding_project(tmp_path / "p", texts),
        lambda: ck.coding_project(tmp_path / "d", texts, coders=["a"], sample=3).concordance("a"),
        lambda: ck.coding_project(tmp_path / "d").agreement(),
    ):
        with pytest.raises(InputError):
            call()
    assert project.agreement()["alpha"].to_list() == [None]


def test_one_code_only_cannot_be_learned(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=4)
    for coder in project.coders:
        for unit in project.sample.iter_rows(named=True):
            project.give(coder, unit, "for")
    with pytest.raises(InputError, match="two different codes, got 1"):
        project.rank()
    assert project.agreement()["agreement"].to_list() == [1, 1]
    assert project.extend(4, uncertain=0).height == 4


def test_the_codebook_may_change(tmp_path: Path) -> None:
    project = ck.coding_project(tmp_path / "p", LINES, **TWO, sample=4)
    unit = project.sample.row(0, named=True)
    project.give("sara", unit, "against")
    changed = ck.coding_project(tmp_path / "p", codes={"for": "يؤيد", "none": 'بلا "موقف"\n'}, question="ما؟")
    assert ck.coding_project(tmp_path / "p").codebook == {"for": "يؤيد", "none": 'بلا "موقف"\n'}
    assert changed.progress()["other_codes"].to_list() == [1, 0]
    with pytest.warns(UserWarning, match="against are not in the codebook"):
        assert changed.codes()["code"].drop_nulls().to_list() == ["against"]
    with pytest.raises(InputError, match="code"):
        changed.give("ali", unit, "against")


def test_a_corpus_that_was_built_again(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["a", "b", "c"], "text": ["قال الوزير", "سأل الوزير الوزير", "الوزير"]})

    def lines(rows: pl.DataFrame, name: str) -> ck.Concordance:
        return ck.kwic(ck.Corpus.build(rows, tmp_path / name, id="id", progress=False), "الوز*")

    project = ck.coding_project(tmp_path / "p", lines(frame, "one"), coders=["sara"])
    project.give("sara", project.sample.row(0, named=True), "x")
    with pytest.warns(UserWarning, match="1 of its units are gone"):
        fewer = ck.coding_project(tmp_path / "p", lines(frame.head(2), "two"))
    assert fewer.codes()["code"].drop_nulls().to_list() == ["x"]
    with pytest.raises(InputError, match="rank needs the corpus"):
        fewer.rank()
    other = frame.with_columns(text=pl.col("text").str.replace_all("الوزير", "الوزارة"))
    with pytest.raises(InputError, match="made for other texts"):
        ck.coding_project(tmp_path / "p", lines(other, "three"))
    grown = pl.concat([frame, pl.DataFrame({"id": ["d"], "text": ["الوزير غائب"]})])
    with pytest.warns(UserWarning, match="has changed"):
        ck.coding_project(tmp_path / "p", lines(grown, "four"))


def test_documents_that_are_empty(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "text": ["خبر", "  قال\n الوزير"]})
    whole = ck.Corpus.build(frame, tmp_path / "c", id="id", progress=False)
    corpus = whole.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [3]}))
    project = ck.coding_project(tmp_path / "p", corpus, coders=["sara"], order="corpus")
    assert project.sample["node"].to_list() == ["a", "قال الوزير"]
    project.give("sara", "b", "x", note="n")
    again = ck.coding_project(tmp_path / "p", corpus).lines("sara")
    assert again.select("code", "note").rows() == [(None, None), ("x", "n")]
    longer = ck.Corpus.build(frame.with_columns(pl.col("text") + " نعم"), tmp_path / "d", id="id", progress=False)
    with pytest.raises(InputError, match="made for other texts"):
        ck.coding_project(tmp_path / "p", longer)


def test_where_all_units_have_one_code_the_prevalence_is_that_of_the_sample(tmp_path: Path, texts: ck.Corpus) -> None:
    project = ck.coding_project(tmp_path / "p", texts, codes=["x", "y"], coders="sara", sample=20)
    with pytest.raises(InputError, match="got 0"):
        project.prevalence()
    for id in project.sample["id"]:
        project.give("sara", id, "x")
    found = project.prevalence().select("code", "coded", "prevalence", "sampled").rows()
    assert found == [("x", 20, 1.0, 1.0), ("y", 20, 0.0, 0.0)]
    low, high = project.prevalence().select("prevalence_low", "prevalence_high").row(0)
    assert (low, high) == (pytest.approx(ck.measures.wilson(20, 20)[0]), 1.0)
    with pytest.raises(InputError, match="two different codes, got 1"):
        project.accuracy()


def test_without_scikit_learn_it_says_what_to_install(
    tmp_path: Path, texts: ck.Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = ck.coding_project(tmp_path / "p", texts, coders="sara", sample=20)
    coded(project, "sara")
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(ck.CorpusKitError, match="learning"):
        project.prevalence()
    assert project.codes()["code"].null_count() == 0
