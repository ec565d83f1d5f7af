"""Plots of words as points and ticks: what is drawn and labelled, and which tables are accepted."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit import plots
from corpus_kit.display.isolation import isolate
from corpus_kit.errors import InputError
from corpus_kit.plots import pictures
from corpus_kit.plots.pictures import AREA, NAME_SIZE, Axis, log_axis, place_names, root_axis, text_width

KEYS = pl.DataFrame(
    {
        "word": ["مسؤولون", "إمارة", "في", "كتاب"],
        "direction": ["target", "reference", "target", "equal"],
        "log_likelihood": [48.0, 31.0, 0.4, 0.0],
        "log_ratio": [4.7, -5.1, 0.1, 0.0],
        "p_adjusted": [1e-8, 1e-4, 1.0, 1.0],
    }
)
SPREAD = pl.DataFrame(
    {
        "word": ["في", "خبر", "زعفران", "مرة"],
        "count": [500, 20, 20, 1],
        "deviation_of_proportions": [0.1, 0.4, 0.95, 0.99],
        "juilland_d": [0.9, 0.6, 0.05, 0.0],
    }
)
COUNTS = pl.DataFrame({"word": ["في", "من", "قال", "خبر"], "count": [100, 50, 30, 1]})
FIT = pl.DataFrame({"exponent": [1.0], "shift": [0.0], "scale": [100.0]})
GROWTH = pl.DataFrame({"tokens": [1, 10, 100], "types": [1, 8, 60], "hapaxes": [1, 7, 40]})
MEASURED = pl.DataFrame(
    {"gigabytes": [1.0, 0.1, 1.0, 0.1], "seconds": [12.0, 1.5, 9.0, 1.1], "way": ["على القرص"] * 2 + ["في الذاكرة"] * 2}
)


def layers_of(chart: Any) -> list[list[dict[str, Any]]]:
    """Return what a live chart draws: of a scatter plot rules, points and curves; of strips rows and ticks."""
    drawn = chart.data()["picture"]
    if drawn["kind"] == "Strips":
        labels = [{"label": strip["label"]} for strip in drawn["strips"]]
        ticks = [(label["label"], strip.places) for label, strip in zip(labels, chart.picture.strips, strict=True)]
        return [labels, [{"label": label, "place": place} for label, places in ticks for place in places]]
    groups = [name for name, _ in drawn["groups"]] or [""]
    layers = [drawn["rules"], [{"x": x, "y": y, "group": groups[group]} for x, y, group, _ in drawn["points"]]]
    named = [name for name, _, form in drawn["legend"] if form == "line"] or [""]
    for name, line in zip(named, drawn["lines"], strict=False):
        layers.append([{"x": x, "y": y, "group": name} for x, y in line["points"]])
    return [layer for layer in layers if layer]


def names_of(chart: Any) -> set[str]:
    return {name for name, _, _ in chart.data()["picture"]["names"]}


# ------------------------------------------------------------------------------------- axes and labels


@pytest.mark.parametrize(
    "axis", [Axis("", -3.0, 5.0), log_axis("", 1, 5000), root_axis("", 90.0), root_axis("", 3000.0), log_axis("", 1, 1)]
)
def test_axis_positions_round_trip(axis: Axis) -> None:
    assert axis.part(axis.low) == pytest.approx(0)
    assert axis.part(axis.high) == pytest.approx(1)
    for part in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert axis.part(axis.value(part)) == pytest.approx(part)
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    assert list(axis.ticks) == sorted(set(axis.ticks))


def test_axes_have_ticks_for_any_range() -> None:
    for high in (0.0, 0.5, 3.0, 47.8, 900.0, 2.5e6):
        assert 3 <= len(root_axis("", high).ticks) <= 12
    for high in (1, 3, 20, 5000, 10**7):
        assert 1 <= len(log_axis("", 1, high).ticks) <= 12


def test_root_axis_steps() -> None:
    axis = root_axis("", 100.0)
    assert axis.part(64.0) - axis.part(49.0) == pytest.approx(axis.part(16.0) - axis.part(9.0))


def test_marks_have_no_width() -> None:
    assert text_width("كُتِبَ") == text_width("كتب")
    assert text_width("كتاب") > text_width("كتب")


@given(st.lists(st.tuples(st.text("ابتثجح", min_size=1, max_size=12), st.floats(0, 1), st.floats(0, 1)), max_size=40))
def test_labels_do_not_overlap_or_leave_the_plot(named: list[tuple[str, float, float]]) -> None:
    unit = Axis("", 0.0, 1.0)
    placed = place_names(named, [(x, y) for _, x, y in named], unit, unit)
    assert len(placed) <= len(named)
    boxes = [(name.x * AREA[0], name.y * AREA[1], text_width(name.text) + 8, NAME_SIZE + 4) for name in placed]
    for place, (x, y, width, height) in enumerate(boxes):
        assert width / 2 - 1e-6 <= x <= AREA[0] - width / 2 + 1e-6
        assert height / 2 - 1e-6 <= y <= AREA[1] - height / 2 + 1e-6
        for a, b, other_width, other_height in boxes[:place]:
            assert abs(x - a) > (width + other_width) / 2 - 1e-6 or abs(y - b) > (height + other_height) / 2 - 1e-6
    if len(named) == 1:
        assert len(placed) == 1


# ------------------------------------------------------------------------------------------- keyness


def test_volcano_labels_only_significant_words() -> None:
    chart = plots.keyness(KEYS)
    rule, dots = layers_of(chart)
    points = {(value["x"], value["y"]): value["group"] for value in dots}
    assert points == {
        (4.7, 48.0): "key in target",
        (-5.1, 31.0): "key in reference",
        (0.1, 0.4): "not significant",
        (0.0, 0.0): "not significant",
    }
    assert names_of(chart) == {isolate("مسؤولون"), isolate("إمارة")}
    assert rule == [{"x": 0.0, "y": None}]
    drawn = chart.data()["picture"]
    assert [drawn["x"][end] for end in ("low", "high")] == [pytest.approx(-5.1 * 1.12), pytest.approx(5.1 * 1.12)]
    assert drawn["y"]["scale"] == "root"
    assert [name for name, *_ in drawn["legend"]] == ["key in target", "key in reference", "not significant"]


def test_volcano_in_arabic_and_at_another_level() -> None:
    chart = plots.keyness(KEYS, language="ar", alpha=1e-6, top=1)
    assert names_of(chart) == {isolate("مسؤولون")}
    groups = [[isolate("كلمات مفتاحية في الهدف"), "blue"], [isolate("غير دالّ"), "grey"]]
    assert chart.data()["picture"]["groups"] == groups


def test_without_p_values_no_word_is_grey() -> None:
    chart = plots.keyness(KEYS.drop("p_adjusted").head(2))
    assert {value["group"] for value in layers_of(chart)[1]} == {"key in target", "key in reference"}


def test_coinciding_words_are_drawn_once() -> None:
    many = pl.concat([KEYS.with_columns(word=pl.col("word") + str(number)) for number in range(50)])
    assert len(layers_of(plots.keyness(many))[1]) == 4


def test_rows_with_missing_values_are_dropped() -> None:
    table = KEYS.with_columns(log_ratio=pl.Series([4.7, float("inf"), None, float("nan")]))
    assert [value["x"] for value in layers_of(plots.keyness(table))[1]] == [4.7]


# ------------------------------------------------------------------------------- dispersion, laws


def test_least_even_word_of_each_bin_is_labelled() -> None:
    chart = plots.frequency_dispersion(SPREAD, top=2)
    assert names_of(chart) == {isolate("في"), isolate("زعفران")}
    assert len(layers_of(chart)[0]) == 3, "a word that occurs once is left out"
    even = plots.frequency_dispersion(SPREAD, measure="juilland_d", top=2)
    assert names_of(even) == {isolate("في"), isolate("زعفران")}
    titles = [each.data()["picture"]["y"]["title"] for each in (chart, even)]
    assert titles == ["deviation of proportions DP, 0 is even", "Juilland's D, 1 is even"]


def test_ranks_and_the_fitted_law() -> None:
    fit = pl.DataFrame({"exponent": [1.0], "shift": [0.0], "scale": [100.0]})
    chart = plots.zipf(COUNTS.reverse(), fit=fit, top=3)
    dots, curve = layers_of(chart)[:2]
    assert sorted((value["x"], value["y"]) for value in dots) == [(1, 100), (2, 50), (3, 30), (4, 1)]
    assert isolate("في") in names_of(chart)
    for value in curve:
        assert value["y"] == pytest.approx(100 / value["x"])
    assert {value["group"] for value in curve} == {"fitted"}
    assert len(layers_of(plots.zipf(COUNTS))[0]) == 4


def test_growth_and_its_law() -> None:
    fit = pl.DataFrame({"scale": [2.0], "exponent": [0.5]})
    types, hapaxes, curve = layers_of(plots.growth(GROWTH, fit=fit))
    assert [(value["x"], value["y"]) for value in types] == [(1, 1), (10, 8), (100, 60)]
    assert [value["y"] for value in hapaxes] == [1, 7, 40]
    assert curve[-1]["y"] == pytest.approx(2 * math.sqrt(100))


def test_scaling_has_a_line_per_method_and_one_for_the_limit() -> None:
    rule, *lines = layers_of(plots.scaling(MEASURED, by="way", limit=20))
    found = {line[0]["group"]: [(value["x"], value["y"]) for value in line] for line in lines}
    assert found == {isolate("على القرص"): [(0.1, 1.5), (1, 12)], isolate("في الذاكرة"): [(0.1, 1.1), (1, 9)]}
    assert rule[0]["y"] == 20
    (line,) = layers_of(plots.scaling(MEASURED.head(1).with_columns(seconds=0)))
    assert [(value["x"], value["y"]) for value in line] == [(1, 0)]


def test_ticks_match_the_concordance_lines() -> None:
    corpus = ck.sample_corpus()
    lines = ck.kwic(corpus, "هدنة")
    ground, ticks = layers_of(plots.dispersion(lines))
    assert ground == [{"label": isolate("هدنة (16)")}]
    tokens = corpus.documents.select("tokens").collect()["tokens"].to_list()
    row = lines.frame.row(3, named=True)
    expected = (sum(tokens[: row["document"]]) + row["position"] + 0.5) / sum(tokens)
    assert ticks[3]["place"] == pytest.approx(expected)
    assert len(ticks) == len(lines) == 16


def test_ticks_by_source_are_positions_in_its_texts() -> None:
    corpus = ck.sample_corpus()
    lines = ck.kwic(corpus, "هدنة", sort="after1")
    ground, ticks = layers_of(plots.dispersion(lines, by="outlet", top=3))
    labels = [value["label"] for value in ground]
    counts = ck.frequency(corpus, by="outlet").filter(word="هدنه").sort("count", descending=True)
    assert len(labels) == 3
    assert labels[0] == isolate(f"{counts['outlet'][0]} ({counts['count'][0]})")
    part = corpus.filter(pl.col("outlet") == counts["outlet"][0])
    alone = [value["place"] for value in layers_of(plots.dispersion(ck.kwic(part, "هدنة")))[1]]
    assert [value["place"] for value in ticks if value["label"] == labels[0]] == pytest.approx(alone)


def test_ticks_in_a_cleaned_corpus_skip_excluded_text() -> None:
    corpus = ck.sample_corpus()
    body = corpus.exclude(ck.news.boilerplate(corpus, by="outlet"))
    places = [value["place"] for value in layers_of(plots.dispersion(ck.kwic(body, "المسيرات")))[1]]
    assert len(places) == len(ck.kwic(body, "المسيرات"))
    assert 0 < min(places) < max(places) < 1


def test_accepts_library_tables() -> None:
    corpus = ck.sample_corpus()
    plots.keyness(ck.keyness(corpus.filter(pl.col("document") < 99), corpus.filter(pl.col("document") >= 99)))
    plots.frequency_dispersion(ck.dispersion(corpus))
    plots.frequency_dispersion(ck.frequency(corpus))
    plots.zipf(ck.frequency(corpus), fit=ck.fit_zipf_mandelbrot(corpus))
    plots.zipf(ck.ngrams(corpus))
    plots.growth(ck.vocabulary_growth(corpus), fit=ck.fit_heaps(corpus))
    both = plots.dispersion([ck.kwic(corpus, "هدنة"), ck.kwic(corpus, "[lemma=قال]")])
    assert len(layers_of(both)[0]) == 2


def test_large_tables_are_reduced() -> None:
    words = pl.DataFrame({"word": [f"w{n}" for n in range(60_000)], "count": [60_000 // n for n in range(1, 60_001)]})
    points = layers_of(plots.zipf(words))[0]
    assert len(points) < 2 * AREA[0]


def lines_of(pattern: str) -> ck.Concordance:
    return ck.kwic(ck.sample_corpus(), pattern)


NOWHERE = "كلمةلاوجودلها"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.keyness(SPREAD), "^table must be a table of ck.keyness, got .*direction"),
        (lambda: plots.keyness(KEYS.drop("word")), "^table must be a table of ck.keyness, got one without word"),
        (lambda: plots.keyness(KEYS, measure="log_likelyhood"), "^measure must be .*Did you mean 'log_likelihood'"),
        (lambda: plots.keyness(KEYS, effect="log_likelihood"), "^effect must be"),
        (lambda: plots.keyness(KEYS.clear()), "^table must have rows"),
        (lambda: plots.keyness(KEYS, top=0), "^top must be"),
        (lambda: plots.keyness(KEYS, alpha=0), "^alpha must be .*got 0"),
        (lambda: plots.keyness(KEYS, alpha="x"), "^alpha must be"),
        (
            lambda: plots.keyness(KEYS.with_columns(p_adjusted=pl.lit("x"))),
            "^table must have numbers in the column p_adjusted",
        ),
        (
            lambda: plots.keyness(KEYS.with_columns(log_ratio=pl.lit("x"))),
            "^table must have numbers .*log_ratio",
        ),
        (lambda: plots.keyness(KEYS.with_columns(word=pl.lit(None, pl.String))), "^table must have rows"),
        (
            lambda: plots.frequency_dispersion(SPREAD.with_columns(count=pl.lit("x"))),
            "^table must have numbers .*count",
        ),
        (lambda: plots.zipf(COUNTS.with_columns(count=float("nan"))), "^table must have finite counts"),
        (lambda: plots.zipf(COUNTS.with_columns(count=float("inf"))), "^table must have finite counts"),
        (lambda: plots.zipf(pl.concat([COUNTS, COUNTS])), "^table must have each word once"),
        (lambda: plots.zipf(COUNTS, fit=FIT.with_columns(shift=-2.0)), "^fit must have a shift above -1, got -2"),
        (
            lambda: plots.zipf(COUNTS, fit=FIT.with_columns(scale=pl.lit(None, pl.Float64))),
            "^fit must have finite",
        ),
        (lambda: plots.growth(GROWTH.with_columns(types=pl.lit("x"))), "^table must have numbers in the column types"),
        (lambda: plots.growth(GROWTH * 0), "^table must have at least two rows"),
        (lambda: plots.frequency_dispersion(KEYS), "^table must be a table of ck.dispersion"),
        (lambda: plots.frequency_dispersion(SPREAD.tail(1)), "^table must have a word that occurs at least twice"),
        (lambda: plots.frequency_dispersion(pl.concat([SPREAD, SPREAD])), "^table must have each word once"),
        (
            lambda: plots.frequency_dispersion(SPREAD, measure="juiland_d"),
            "^measure must be .*'juilland_d'",
        ),
        (lambda: plots.zipf(COUNTS.drop("count")), "^table must be .*got one without count"),
        (lambda: plots.zipf(COUNTS.with_columns(count=0)), "^table must have finite counts of at least 1"),
        (lambda: plots.zipf(COUNTS.clear()), "^table must have rows"),
        (
            lambda: plots.zipf(COUNTS, fit=COUNTS),
            "^fit must be a table of ck.fit_zipf_mandelbrot, got .*exponent",
        ),
        (lambda: plots.growth(COUNTS), "^table must be a table of ck.vocabulary_growth, got one without tokens"),
        (lambda: plots.growth(GROWTH.head(1)), "^table must have at least two rows"),
        (
            lambda: plots.growth(GROWTH, fit=pl.DataFrame({"scale": [1.0, 2.0], "exponent": [1.0, 1.0]})),
            "^fit must be .* of 2 rows",
        ),
        (lambda: plots.scaling(GROWTH), "^table must be .*got one without gigabytes"),
        (lambda: plots.scaling(MEASURED.clear()), "^table must have rows"),
        (lambda: plots.scaling(MEASURED, by="gigabyte"), "^by must be .*Did you mean 'gigabytes'"),
        (lambda: plots.scaling(MEASURED, value="hours"), "^value must be .*got 'hours'"),
        (
            lambda: plots.scaling(MEASURED.with_columns(seconds=pl.lit("x"))),
            "^table must have numbers .*seconds",
        ),
        (
            lambda: plots.scaling(pl.concat([MEASURED.with_columns(way=pl.lit(str(k))) for k in range(4)]), by="way"),
            "^by must be a column with at most 3 values, got 4",
        ),
        (lambda: plots.dispersion(lines_of(NOWHERE)), "^lines must have at least one line"),
        (lambda: plots.dispersion(COUNTS), "^lines must be .*got DataFrame"),
        (lambda: plots.dispersion([]), "^lines must be"),
        (lambda: plots.dispersion([lines_of("في"), lines_of("من")], by="outlet"), "^by must be None with 2"),
        (lambda: plots.dispersion(lines_of("في"), by="outlett"), "^by must be .*Did you mean 'outlet'"),
    ],
)
def test_invalid_tables(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_chart_types() -> None:
    assert set(pictures.Picture.__args__) == {
        pictures.Bars, pictures.HeatMap, pictures.Series, pictures.Graph, pictures.Scatter, pictures.Strips,
        pictures.BarPanels, pictures.Traces,
    }  # fmt: skip
