"""Plots of news analyses: the content of each chart and the tables it accepts."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import plots
from corpus_kit._base.records import attach
from corpus_kit.display.isolation import isolate
from corpus_kit.errors import InputError
from corpus_kit.plots.period_names import named_periods
from corpus_kit.plots.pictures import Period, Series
from corpus_kit.samples import sample_actors

LABELS = pl.DataFrame(
    {
        "outlet": ["بريد", "بريد", "wire"],
        "actor": ["G"] * 3,
        "label": ["تنظيم", "إمارة", "تنظيم"],
        "count": [3, 1, 2],
        "share": [0.75, 0.25, 1.0],
        "share_low": [0.3, 0.05, 0.34],
        "share_high": [0.95, 0.7, 1.0],
    }
)
RATES = pl.DataFrame(
    {
        "outlet": ["بريد", "بريد"],
        "dimension": ["means", "level"],
        "category": ["military", "local"],
        "count": [3, 1],
        "rate": [1200.0, 400.0],
        "rate_low": [300.0, 0.0],
        "rate_high": [2500.4, 900.0],
        "share": [0.25, None],
        "share_low": [0.1, None],
        "share_high": [0.5, None],
    }
)
COPIES = pl.DataFrame(
    {
        "first_outlet": ["a", "a", "b", "c"],
        "second_outlet": ["b", "b", "a", "c"],
        "jaccard": [1.0, 0.9, 0.85, 0.8],
    }
)
BURSTS = pl.DataFrame(
    {
        "period": [datetime.date(2026, 1, day) for day in (4, 11, 18)],
        "documents": [10, 0, 10],
        "hits": [1, 0, 6],
        "rate": [0.1, None, 0.6],
        "rate_low": [0.0, None, 0.3],
        "rate_high": [0.3, None, 0.9],
        "burst": [False, False, True],
    }
)
EDGES = pl.DataFrame({"source": ["A", "A", "B"], "target": ["B", "C", "C"], "weight": [5, 1, 2]})
NODES = pl.DataFrame({"actor": ["A", "B", "C"], "name": ["العراق", "الأردن", "C"], "community": [0, 0, 1]})


def data_of(chart: Any) -> list[dict[str, Any]]:
    """Return the cells, periods or circles that a live chart draws."""
    drawn = chart.data()["picture"]
    if drawn["kind"] == "HeatMap":
        names = drawn["rows"], drawn["columns"]
        return [{**cell, "row": names[0][cell["row"]], "column": names[1][cell["column"]]} for cell in drawn["cells"]]
    return list(drawn["circles" if drawn["kind"] == "Graph" else "periods"])


def test_label_heat_map_is_right_to_left_with_intervals() -> None:
    chart = plots.labels(LABELS, title="من يسمي ماذا")
    cells = data_of(chart)
    assert [(cell["row"], cell["column"]) for cell in cells] == [
        (isolate("بريد"), isolate("تنظيم")),
        (isolate("بريد"), isolate("إمارة")),
        ("wire", isolate("تنظيم")),
    ]
    assert cells[0]["shown"] == "75%"
    assert cells[0]["interval"] == "30% to 95%"
    assert chart.data()["picture"]["columns"] == [isolate("تنظيم"), isolate("إمارة")]  # the first is at the right


def test_frame_profile_shows_one_dimension() -> None:
    cells = data_of(plots.frame_rates(RATES, dimension="means"))
    assert [(cell["column"], cell["shown"], cell["interval"]) for cell in cells] == [
        ("military", "1,200", "300 to 2,500")
    ]
    with pytest.raises(InputError, match=r"^table must have one dimension, got 2"):
        plots.frame_rates(RATES)
    with pytest.raises(InputError, match=r"^dimension must be 'level' or 'means'"):
        plots.frame_rates(RATES, dimension="mean")


def test_frame_profile_of_shares() -> None:
    shown = [(c["shown"], c["interval"]) for c in data_of(plots.frame_rates(RATES, dimension="means", value="share"))]
    assert shown == [("25%", "10% to 50%")]
    shown = [(c["shown"], c["interval"]) for c in data_of(plots.frame_rates(RATES, dimension="level", value="share"))]
    assert shown == [("\u2014", "")]


@pytest.mark.parametrize(("days", "expected"), [((1, 1), "2026-02"), ((1, 8), "2026-02-08")])
def test_rows_by_source_and_period_are_right_to_left(days: tuple[int, int], expected: str) -> None:
    """The period is isolated: after Arabic letters its numbers would be reordered."""
    first, second = (datetime.date(2026, month, day) for month, day in zip((1, 2), days, strict=True))
    table = LABELS.head(2).insert_column(1, pl.Series("period", [first, second]))
    assert data_of(plots.labels(table))[1]["row"] == isolate(f"{isolate('بريد')} · \u2066{expected}\u2069")
    assert data_of(plots.labels(table.drop("outlet")))[1]["row"] == expected


def test_periods_are_named_by_their_length() -> None:
    days = pl.Series("period", [datetime.date(1990, 1, 1), datetime.date(2000, 1, 1)])
    names = {
        "century": ["1990-1999", "2000-2099"], "decade": ["1990-1999", "2000-2009"], "year": ["1990", "2000"],
        "quarter": ["1990-01/03", "2000-01/03"], "month": ["1990-01", "2000-01"], "week": ["1990-01-01", "2000-01-01"],
        "hijri_month": ["1410-06 AH", "1420-09 AH"], "hijri_year": ["1410 AH", "1420 AH"],
    }  # fmt: skip
    for every, expected in names.items():
        table = attach(LABELS.head(2).drop("outlet").insert_column(0, days), "ck.news.labels", {"every": every})
        assert [cell["row"] for cell in data_of(plots.labels(table))] == expected
        series = attach(BURSTS.head(2).with_columns(days), "ck.news.bursts", {"every": every})
        assert [point["name"] for point in data_of(plots.bursts(series))] == expected
    assert list(named_periods(days, None).values()) == ["1990", "2000"]
    assert list(named_periods(days.head(1), None).values()) == ["1990-01-01"]
    assert list(named_periods(pl.Series([datetime.date(1, 1, 1), datetime.date(910, 1, 1)]), "decade").values()) == [
        "1-9", "910-919"
    ]  # fmt: skip


def test_a_date_of_a_source_is_no_period() -> None:
    day = pl.Series("outlet", [datetime.date(1990, 1, 1)] * 2)
    table = LABELS.head(2).with_columns(day).insert_column(1, day.alias("period"))
    made = attach(table, "ck.news.labels", {"every": "decade"})
    assert data_of(plots.labels(made))[0]["row"] == "1990-01-01 · 1990-1999"


def test_many_years_share_the_width_and_round_ones_are_named() -> None:
    def series(count: int, name: Any = str) -> Series:
        periods = [Period(name(1880 + year), 1, 0, 0.0, 0.0, 0.1, False) for year in range(count)]
        return Series(periods, "", "count", "", {})

    assert series(141).named == ["1880", "1900", "1920", "1940", "1960", "1980", "2000", "2020"]
    assert series(3).named == ["1880", "1881", "1882"]
    assert series(14, "{}-01".format).named[:3] == ["1880-01", "1882-01", "1884-01"]
    assert [series(count).width for count in (1, 26, 100, 365)] == [420, 572, 1000, 2190]


def test_copy_matrix_is_symmetric() -> None:
    drawn = data_of(plots.near_duplicates(COPIES, by="outlet"))
    cells = {(cell["row"], cell["column"]): int(cell["shown"]) for cell in drawn}
    assert len(cells) == 9
    assert cells["a", "b"] == cells["b", "a"] == 3
    assert cells["c", "c"] == 1
    unnamed = COPIES.with_columns(pl.col("^.*outlet$").replace("a", None))
    assert sorted(int(cell["shown"]) for cell in data_of(plots.near_duplicates(unnamed))) == sorted(cells.values())
    assert plots.near_duplicates(COPIES).data() == plots.near_duplicates(COPIES, by="outlet").data()
    assert cells["a", "c"] == cells["a", "a"] == 0


def test_bursts_are_bands_and_empty_periods_are_gaps() -> None:
    chart = plots.bursts(BURSTS)
    periods = data_of(chart)
    assert [period["burst"] for period in periods] == [False, False, True]
    assert [period["rate"] for period in periods] == [0.1, None, 0.6]
    assert [period["name"] for period in periods] == ["2026-01-04", "2026-01-11", "2026-01-18"]
    assert [(period["documents"], period["hits"]) for period in periods] == [(10, 1), (0, 0), (10, 6)]
    legend = ["all documents", "documents with the pattern", "burst"]
    assert [name for name, *_ in chart.data()["picture"]["legend"]] == legend
    figure = plots.bursts(BURSTS, backend="matplotlib")
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == legend


def test_bursts_of_words_are_rates_per_million() -> None:
    titles = {}
    for unit, table in (("documents", BURSTS), ("words", BURSTS.with_columns(pl.col("^rate.*$") * 1e4))):
        drawn = plots.bursts(table).data()["picture"]
        titles[unit] = (drawn["rate"], drawn["number"])
    expected = {"documents": ("share of documents", "percent"), "words": ("occurrences per million words", "count")}
    assert titles == expected


def test_network_is_reproducible_and_labelled() -> None:
    chart = plots.network(EDGES, NODES)
    other = plots.network(EDGES.reverse(), NODES.reverse())
    assert [(circle.name, circle.at) for circle in chart.picture.circles] == [
        (circle.name, circle.at) for circle in other.picture.circles
    ]
    circles = {each["name"]: each for each in data_of(chart)}
    assert circles.keys() == {isolate("العراق"), isolate("الأردن"), "C"}
    assert {circle.id: circle.strength for circle in chart.picture.circles} == {"A": 6, "B": 7, "C": 3}
    assert len(plots.network(EDGES, top=1).picture.links) == 1
    assert {each["name"] for each in data_of(plots.network(EDGES, top=1))} == {"A", "B"}


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0, None])
def test_numbers_that_cannot_be_drawn(wrong: float | None) -> None:
    def spoiled(table: pl.DataFrame, column: str) -> pl.DataFrame:
        values = pl.concat([pl.Series(column, [wrong], pl.Float64), table[column][1:].cast(pl.Float64)])
        return table.with_columns(values)

    with pytest.raises(InputError, match=r"^edges must have finite numbers .* column weight"):
        plots.network(spoiled(EDGES, "weight"))
    with pytest.raises(InputError, match=r"^table must have finite numbers .* column hits"):
        plots.bursts(spoiled(BURSTS, "hits"))
    words = pl.DataFrame({"word": ["هدنة", "سلام"], "count": [3, 2]})
    if wrong is not None:  # a word without a count is left out
        with pytest.raises(InputError, match=r"^table must have finite numbers .* column count"):
            plots.frequency(spoiled(words, "count"))
    with pytest.raises(InputError, match=r"^edges must have a text"):
        plots.network(EDGES.with_columns(source=pl.lit(None, pl.String)))


def test_network_labels_do_not_overlap() -> None:
    """All 12 actors co-occur, so the forces alone would leave them close together."""
    names = [f"actor number {number}" for number in range(12)]
    pairs = [(a, b, 9) for a in names for b in names if a < b]
    circles = plots.network(pl.DataFrame(pairs, schema=["source", "target", "weight"], orient="row")).picture.circles
    for one in circles:
        assert not [
            other
            for other in circles
            if other is not one and abs(one.at[0] - other.at[0]) < 90 and abs(one.at[1] - other.at[1]) < 40
        ]


def test_accepts_library_tables() -> None:
    corpus = ck.sample_corpus()
    plots.labels(ck.news.labels(corpus, sample_actors(), actor="group", by="outlet"))
    plots.bursts(ck.news.bursts(corpus, "المسيرات", every="month"))
    plots.frame_rates(ck.news.frame_rates(corpus, by="outlet", n_bootstrap=0), dimension="level")
    states = plots.network(ck.news.network(corpus, kinds="state"))  # named without a table of nodes
    assert isolate("الأردن") in {circle["name"] for circle in data_of(states)}
    chart = plots.network(ck.news.network(corpus, kinds="state"), ck.news.nodes(corpus, kinds="state"))
    assert isolate("العراق") in {circle["name"] for circle in data_of(chart)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: plots.labels(LABELS.drop("share_low")),
            "^table must be a table of ck.news.labels, got .*share_low",
        ),
        (lambda: plots.labels(LABELS.with_columns(actor=pl.col("outlet"))), "^table must have one actor, got 2"),
        (lambda: plots.labels(LABELS.clear()), "^table must have rows"),
        (lambda: plots.frame_rates(LABELS), "^table must be a table of ck.news.frame_rates"),
        (
            lambda: plots.near_duplicates(COPIES, by="source"),
            "^table must be .*by='source', got .*first_source",
        ),
        (lambda: plots.near_duplicates(COPIES.drop("^.*outlet$")), "^table must be .*with by, .*sources"),
        (lambda: plots.near_duplicates(COPIES.clear(), by="outlet"), "^table must have rows"),
        (lambda: plots.near_duplicates(COPIES, top=0), "^top must be"),
        (
            lambda: plots.labels(pl.concat([LABELS.with_columns(outlet=pl.lit(str(n))) for n in range(701)])),
            "at most 700",
        ),
        (lambda: plots.bursts(BURSTS.clear()), "^table must have rows"),
        (
            lambda: plots.bursts(BURSTS.select(pl.Series("pattern", ["a", "a", "b"]), pl.all())),
            "^table must have one",
        ),
        (
            lambda: plots.bursts(BURSTS.select(pl.Series("outlet", ["a", "a", "b"]), pl.all())),
            "^table must have one",
        ),
        (lambda: plots.frame_rates(RATES, value="shares"), "^value must be .*Did you mean 'share'"),
        (
            lambda: plots.labels(LABELS.with_columns(share=pl.lit("x"))),
            "^table must have numbers .*share",
        ),
        (lambda: plots.bursts(BURSTS.with_columns(hits=pl.lit("x"))), "^table must have numbers in the column hits"),
        (
            lambda: plots.network(EDGES.with_columns(weight=pl.lit("x"))),
            "^edges must have numbers .*weight",
        ),
        (lambda: plots.network(pl.concat([EDGES, EDGES])), "^edges must have each pair .*one group"),
        (lambda: plots.network(EDGES, pl.concat([NODES, NODES])), "^nodes must have each actor .*one group"),
        (lambda: plots.network(EDGES.clear()), "^edges must have at least one edge"),
        (lambda: plots.network(EDGES, top=0), "^top must be"),
        (
            lambda: plots.network(EDGES, NODES.drop("actor")),
            "^nodes must be a table of ck.news.nodes, got .*actor",
        ),
    ],
)
def test_invalid_tables(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
