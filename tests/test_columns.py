"""Columns that users bring: every name and every type, through every function that takes a column."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
import pytest
from campaign.column_checks import GROUPED, USING, Checked, quietly
from campaign.column_tables import COLUMNS, DATE, DATES, NAMES, REFUSED_COLUMNS, REFUSED_NAMES, TEXT, TEXTS, source

import corpus_kit as ck
from corpus_kit.cli.selection import select
from corpus_kit.errors import InputError, SourceError

TYPES = list(COLUMNS)
FUNCTIONS = [*GROUPED, *USING]


def crossed(shift: int, names: Sequence[str] = NAMES) -> dict[str, pl.Series]:
    """Return columns of these names, each of one of the types; every shift gives it another one."""
    return {name: COLUMNS[TYPES[(place + shift) % len(TYPES)]] for place, name in enumerate(names)}


def check_all(columns: dict[str, pl.Series], folder: Path) -> None:
    checked = Checked(folder, columns, step=7)
    checked.check_documents()
    checked.check_filter()
    checked.check_lines()
    checked.check_coding()
    checked.check_files()


def check_function(checked: Checked, function: str, column: str) -> None:
    if function in GROUPED:
        checked.check_grouped(function, column)
    else:
        checked.check_using(function, column)


def test_many_names_and_types(tmp_path: Path) -> None:
    quietly(partial(check_all, crossed(0, NAMES[::3]), tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("shift", range(0, len(TYPES), 9))
def test_every_name_with_many_types(shift: int, tmp_path: Path) -> None:
    quietly(partial(check_all, crossed(shift), tmp_path))


def test_groups_by_many_names_and_types(tmp_path: Path) -> None:
    checked = Checked(tmp_path, crossed(7, NAMES[1::6]))
    quick = [function for function in FUNCTIONS if not function.startswith("plot")]
    for function, column in zip(itertools.cycle(quick), checked.columns, strict=False):
        quietly(partial(check_function, checked, function, column))


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_groups_by_more_names_and_types(function: str, tmp_path: Path) -> None:
    number = FUNCTIONS.index(function)
    step = 12 if function.startswith("plot") else 6
    checked = Checked(tmp_path, crossed(number, NAMES[number % step :: step]))
    for column in checked.columns:
        quietly(partial(check_function, checked, function, column))


def test_types_that_no_corpus_takes(tmp_path: Path) -> None:
    for kind, values in REFUSED_COLUMNS.items():
        frame = source({"odd": values})
        with pytest.raises(SourceError, match=r"column 'odd' of 'DataFrame' holds .* metadata"):
            ck.Corpus.build(frame, tmp_path / kind, text=TEXT)
        assert not list(tmp_path.iterdir()), kind
    assert len(ck.Corpus.build(frame, tmp_path / "kept", text=TEXT, metadata=[])) == frame.height


@pytest.mark.parametrize("name", REFUSED_NAMES)
def test_names_that_no_corpus_takes(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"column .* has a NUL character in its name"):
        ck.Corpus.build(source({name: COLUMNS["String"]}), tmp_path / "corpus", text=TEXT)


# ------------------------------------------------------------------------------------- files


def test_names_survive_every_format_of_files(tmp_path: Path) -> None:
    names = [name for name in NAMES if name != "text"]
    rows = [{"text": text} | {name: f"{row} {name:.5}" for name in names} for row, text in enumerate(TEXTS)]
    frame = pl.DataFrame({name: [row[name] for row in rows] for name in rows[0]})
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_ipc(tmp_path / "a.ipc")
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    for ending, separator in ((".csv", ","), (".tsv", "\t")):
        with (tmp_path / f"a{ending}").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, frame.columns, delimiter=separator, quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)
    for ending in (".parquet", ".ipc", ".jsonl", ".csv", ".tsv"):
        corpus = ck.Corpus.build(tmp_path / f"a{ending}", tmp_path / ending, progress=False)
        documents, renamed = corpus.documents.collect(), corpus.manifest["source"]["renamed"]
        for name in names:
            assert documents[renamed.get(name, name)].to_list() == frame[name].to_list(), (ending, name)


def test_every_column_of_documents_can_be_chosen_by_any_name(tmp_path: Path) -> None:
    for number, (text, id, date) in enumerate((("^.*$", "*", ""), ("", "^.*$", "*"), ("a.b", "^id$", "id"))):
        frame = pl.DataFrame({text: TEXTS, id: [1, 2, 3], date: DATES, "^a": ["x"] * 3})
        corpus = ck.Corpus.build(frame, tmp_path / str(number), text=text, id=id, date=date)
        assert corpus.documents.select("id", "date", "^a").collect().rows() == [
            (str(row + 1), day, "x") for row, day in enumerate(DATES)
        ]


def test_a_name_that_does_not_exist_is_named_in_one_line(tmp_path: Path) -> None:
    frame = source({"x" * 100_000: COLUMNS["String"], "\x1b[31m": COLUMNS["String"]})
    for wanted in ("\x1b", "y" * 100_000):
        with pytest.raises(SourceError) as told:
            ck.Corpus.build(frame, tmp_path / "corpus", text=TEXT, metadata=wanted)
        message = str(told.value)
        assert len(message) < 600
        assert message.isprintable()
    corpus = ck.Corpus.build(frame, tmp_path / "corpus", text=TEXT)
    for call in (
        partial(ck.kwic, corpus, "قال", metadata="\x1b"),
        partial(ck.kwic, corpus, "قال", sort="y" * 1_000),
        partial(ck.frequency, corpus, by="\x1b"),
        partial(corpus.filter, pl.col("\x1b") == 1),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert len(str(refused.value)) < 600
        assert str(refused.value).isprintable()


# --------------------------------------------------------------------------------------- ids

IDS = {
    "Int128": (pl.Series([2**127 - 1, -(2**127), 7], dtype=pl.Int128), ["8", "9"]),
    "UInt64": (pl.Series([2**64 - 1, 2**63, 2**62], dtype=pl.UInt64), ["0", "1"]),
    "Int64": (pl.Series([2**63 - 1, -(2**63), 2**62 - 1]), [str(2**62), str(2**62 + 1)]),
    "negative": (pl.Series([-3, -2, -1]), ["0", "1"]),
    "floats": (pl.Series([1.0, float("nan"), float("inf")]), ["0", "1"]),
    "decimals": (pl.Series(["1", "2.50", "3"]).cast(pl.Decimal(30, 2)), ["0", "1"]),
    "times": (pl.Series([0, 1, 1_000_000]).cast(pl.Time), ["0", "1"]),
    "durations": (pl.Series([0, 1, 2]).cast(pl.Duration("us")), ["0", "1"]),
    "categories": (pl.Series(["7", "b", "c"], dtype=pl.Categorical), ["8", "9"]),
    "texts": (pl.Series(["9" * 100_000, str(2**63), "\n"]), ["0", "1"]),
    "booleans and null": (pl.Series(["true", "false", ""]), ["0", "1"]),
}


@pytest.mark.parametrize("kind", IDS)
def test_ids_of_every_type_and_those_of_documents_added_later(kind: str, tmp_path: Path) -> None:
    ids, added = IDS[kind]
    corpus = ck.Corpus.build(pl.DataFrame({"text": TEXTS, "key": ids}), tmp_path / "corpus", id="key")
    first = corpus.documents.select("id").collect()["id"]
    assert first.n_unique() == 3
    assert [ck.kwic(corpus, "قال").frame["id"][0]] == first.head(1).to_list()
    corpus.add(pl.DataFrame({"text": TEXTS[:2]}))
    assert corpus.documents.select("id").collect()["id"].to_list() == [*first, *added]


@pytest.mark.parametrize("kind", ["Binary", "List", "Struct", "Map", "Array"])
def test_ids_of_values_that_are_not_single(kind: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the id column 'key' has the type"):
        ck.Corpus.build(pl.DataFrame({"text": TEXTS, "key": COLUMNS[kind]}), tmp_path / "corpus", id="key")


# --------------------------------------------------------------------- columns of two sources


@pytest.mark.parametrize(("old", "new"), [("tokens", "tokens_"), ("tokens_", "tokens"), ("", "_"), ("_", "*")])
def test_a_renamed_column_is_not_joined_with_another(old: str, new: str, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": TEXTS[:1], old: ["x"]}), tmp_path / "corpus")
    kept = corpus.label_columns()
    more = pl.DataFrame({"text": TEXTS[1:2], new: ["y"]})
    if {old, new} == {"_", "*"}:
        assert set(corpus.add(more).label_columns()) == {*kept, "*_"}
        return
    with pytest.raises(SourceError, match=r"would be joined with the column .* Rename it"):
        corpus.add(more)
    again = corpus.add(more.rename({new: old}))
    assert again.label_columns() == kept


def test_text_with_times_and_durations_keeps_their_digits(tmp_path: Path) -> None:
    texts = pl.DataFrame({"text": TEXTS[:1], "m": ["x"]})
    others = [
        pl.DataFrame({"text": TEXTS[1:2], "m": COLUMNS[kind].head(1)}) for kind in ("Time", "Duration ns", "Boolean")
    ]
    corpus = ck.Corpus.build([texts, *others], tmp_path / "corpus")
    assert corpus.labels("m").to_list() == ["x", "00:00:00.000000001", "PT0.000000001S", "true"]
    corpus.add(others[0].with_columns(text=pl.lit("نص آخر")))
    assert corpus.labels("m").to_list()[-1] == "00:00:00.000000001"


# ------------------------------------------------------------------ texts and labels of a user


@pytest.mark.parametrize("name", ["", "^x$", "^.*$", "*", "\0", "a\0b", "ngram"])
def test_columns_of_texts_may_have_any_name(name: str) -> None:
    texts, words = pl.Series(name, ["قال الوزيرُ", None]), pl.Series(name, ["والكتاب"])
    assert ck.normalize(texts).to_list() == ["قال الوزير", None]
    assert ck.tokens(texts).equals(ck.tokens(texts.to_list()))
    assert ck.count_ngrams(texts, 1).equals(ck.count_ngrams(texts.to_list(), 1))
    assert ck.count_ngrams(texts, 2, level="character").equals(ck.count_ngrams(texts.to_list(), 2, level="character"))
    assert ck.segment(words) == ck.segment(words.to_list())
    assert ck.lemmatize(words) == ck.lemmatize(words.to_list())
    assert texts.arabic.tokenize().to_list() == [["قال", "الوزيرُ"], None]
    assert texts.arabic.count_tokens().to_list() == [2, None]
    counts = pl.Series(name, [3, None])
    found = ck.measures.keyness.log_likelihood(counts, 1, 100, 100)
    assert found.name == name
    assert found.to_list() == ck.measures.keyness.log_likelihood(pl.Series([3, None]), 1, 100, 100).to_list()


def test_a_table_of_another_library_may_have_a_column_of_any_name() -> None:
    for name in ("^x$", "*", "a b"):
        table = duckdb.sql(f"select 'الوزيرُ' as \"{name}\"")
        assert ck.normalize(table).to_list() == ["الوزير"]


@pytest.mark.parametrize("name", ["^x$", "*", "a\0b", "count", "w1", "ngram"])
def test_labels_of_a_name_that_no_table_can_have(name: str) -> None:
    with pytest.raises(InputError, match=r"^by must be a Series named unlike .*alias"):
        ck.count_ngrams(["a", "b"], 1, by=pl.Series(name, [1, 2]))


# -------------------------------------------------------------------------- shown and saved


def changes_of(path: Path) -> list[str]:
    changes: list[str] = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))["changes"]
    return changes


def test_nested_values_are_saved_whole(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "decimals": [[Decimal("1.10"), None]],
            "map": pl.Series([{dt.date(2026, 1, 1): "x"}], dtype=pl.Map(pl.Date, pl.String)),
            "fine": pl.Series([[1]], dtype=pl.List(pl.Int64)).cast(pl.List(pl.Time)),
            "numbers": [[float("nan"), 1.0]],
        }
    )
    path = ck.save(table, tmp_path / "a.csv", note="by hand")
    row = path.read_text(encoding="utf-8-sig").splitlines()[1]
    assert next(csv.reader([row])) == ['["1.10", null]', '{"2026-01-01": "x"}', '["00:00:00"]', '["nan", 1.0]']
    assert changes_of(path)[2] == "column 'fine': List(Time) written as JSON text, times cut to microseconds"
    lines = ck.save(table, tmp_path / "a.jsonl", note="by hand")
    assert json.loads(lines.read_text(encoding="utf-8"))["map"] == '{"2026-01-01": "x"}'
    assert any("column 'numbers': 1 values not finite" in change for change in changes_of(lines))


def test_what_excel_and_html_cut_off_is_recorded(tmp_path: Path) -> None:
    times = pl.DataFrame({"t": pl.Series([1]).cast(pl.Datetime("ns")), "u": pl.Series([1]).cast(pl.Datetime("us"))})
    for ending in (".xlsx", ".html"):
        assert changes_of(ck.save(times, tmp_path / f"a{ending}", note="by hand")) == [
            "column 't': times cut to microseconds"
        ]
    with pytest.raises(InputError, match="row 1 of the names of columns has 32,768"):
        ck.save(pl.DataFrame({"a": [1], "b" * 32_768: [1]}), tmp_path / "a.xlsx")


@pytest.mark.parametrize("kind", [kind for kind in REFUSED_COLUMNS if "out of range" in kind])
def test_dates_that_python_cannot_show(kind: str, tmp_path: Path) -> None:
    table = pl.DataFrame({"odd": REFUSED_COLUMNS[kind]})
    with pytest.raises(InputError, match=r"table must have dates of the years 1 to 9999, got others in .*'odd'"):
        ck.show(table)
    for ending in (".csv", ".jsonl", ".xlsx", ".html"):
        with pytest.raises(InputError, match=r"^table must have dates"):
            ck.save(table, tmp_path / f"a{ending}")
    assert pl.read_parquet(ck.save(table, tmp_path / "a.parquet", note="by hand")).equals(table)


def test_values_beside_lines_that_are_not_coded_may_be_anything(tmp_path: Path) -> None:
    columns = {"code": COLUMNS["Datetime us"], "note": COLUMNS["List"]}
    corpus = ck.Corpus.build(source(columns), tmp_path / "corpus", text=TEXT)
    explorer = ck.explore(corpus, "قال", metadata=["code", "note"], codes=())
    line = json.loads(json.dumps(explorer.get_state()["_page"]["lines"][0]))
    assert (line["code"], line["note"], line["labels"]) == (None, None, ["2026-01-01 00:00:00", "1 · \u2014"])
    assert "code: 2026-01-01" in line["details"]


def test_a_column_with_a_sign_is_not_offered_as_a_key(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(source({"-x": COLUMNS["String"], "x": COLUMNS["String"]}), tmp_path / "c", text=TEXT)
    choices = ck.explore(corpus, "قال").get_state()["_setup"]["sort_choices"]
    assert "x" in choices
    assert "-x" not in choices


def test_columns_that_a_coder_adds_to_a_sheet(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(source({}), tmp_path / "corpus", text=TEXT)
    lines, path = ck.kwic(corpus, "قال"), tmp_path / "sheet.csv"
    lines.code(path)
    sheet = pl.read_csv(path).with_columns(pl.lit("mine").alias(name) for name in ("found", "^x$", "*", "_known"))
    sheet.write_csv(path)
    assert lines.code(path, "code").select("found", "_known").row(0) == ("mine", "mine")
    assert pl.read_csv(path).columns == sheet.columns
    with pytest.raises(InputError, match=r"columns must be names .* no patterns, got '\*'"):
        lines.code(path, "*")
    with pytest.raises(InputError, match="coders must be names that are no patterns"):
        ck.news.agreement(sheet, coders=["^x$", "found"])
    with pytest.raises(InputError, match="sheet must have texts or numbers in the column 'a'"):
        ck.news.agreement(pl.DataFrame({"a": [[1]], "b": ["x"]}), coders=["a", "b"])


def test_a_graph_has_edges_with_columns_of_any_name() -> None:
    odd = {"u_of_edge": [1], "self": ["x"], "attr": [[1]]}
    edges = pl.DataFrame({"source": ["A"], "target": ["B"], "weight": [1], **odd})
    assert ck.news.graph(edges)["A"]["B"] == {"weight": 1, "u_of_edge": 1, "self": "x", "attr": "[1]"}
    nodes = pl.DataFrame({"actor": ["A", "B"], "node_for_adding": [1, 2]})
    assert ck.news.graph(edges, nodes).nodes["B"] == {"label": "B", "node_for_adding": 2}
    with pytest.raises(InputError, match="nodes must be a table without a column label"):
        ck.news.graph(edges, nodes.with_columns(label=pl.lit("x")))


def test_plots_of_groups_of_any_type(tmp_path: Path) -> None:
    columns = {"list": COLUMNS["List"], "^x": COLUMNS["Duration us"]}
    corpus = ck.Corpus.build(source(columns), tmp_path / "corpus", text=TEXT, date=DATE)
    table = ck.news.bursts(corpus, "قال", by="list", every="month")
    with pytest.raises(InputError, match="table must have one list"):
        ck.plot.bursts(table)
    pairs = ck.news.near_duplicates(corpus, by="list", threshold=0.01, n=1, min_shingles=1)
    with pytest.raises(
        InputError, match=r"by must be a column of single values, got 'list', which holds List\(Int64\)"
    ):
        ck.plot.near_duplicates(pairs, by="list")


@pytest.mark.parametrize(("name", "held"), [("t", "a Time"), ("list", "a List")])
def test_the_command_says_which_columns_it_cannot_compare(name: str, held: str, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(source({"t": COLUMNS["Time"], "list": COLUMNS["List"]}), tmp_path / "corpus", text=TEXT)
    with pytest.raises(InputError, match=rf"^--where must be a column of .*, got '{name}', (a|which holds) {held[2:]}"):
        select(corpus, [f"{name}=1"], "--where")
