"""Plots of tables with several groups, and of compared collocations: panels, both sides apart, what is left out."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.plots import pictures

pytestmark = pytest.mark.interface


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    whole = ck.sample_corpus()
    return whole.exclude(ck.news.boilerplate(whole, by="outlet"))


@pytest.fixture(scope="module")
def keys(corpus: ck.Corpus) -> pl.DataFrame:
    return ck.keyness(corpus, by="outlet", variants=False)


@pytest.fixture(scope="module")
def company(corpus: ck.Corpus) -> pl.DataFrame:
    outlet = pl.col("outlet") == "العنقود"
    return ck.compare_collocations(corpus.filter(outlet), corpus.filter(~outlet), "السهل")


def picture_of(plot: Any, table: pl.DataFrame, **options: Any) -> pictures.BarPanels:
    """Return the picture that a plot draws."""
    made: Any = plot.__wrapped__(table, **({"language": "en"} | options))
    assert isinstance(made, pictures.BarPanels)
    return made


def test_key_words_of_groups(keys: pl.DataFrame) -> None:
    picture = picture_of(ck.plot.keyness, keys, panels=5)
    assert [panel.title for panel in picture.panels] == keys["outlet"].unique(maintain_order=True).to_list()[:5]
    assert picture.note == "5 of 7 groups are shown; 25 of 31 key words are shown"
    assert picture.axis == "log ratio, with its interval"
    for panel in picture.panels:
        assert len(panel.bars) <= 10
        signs = [bar.value > 0 for bar in panel.bars]
        assert signs == sorted(signs, reverse=True)  # both sides apart
        assert all(bar.low <= bar.value <= bar.high for bar in panel.bars)  # type: ignore[operator]
        assert all((bar.group == "key in the group") == (bar.value > 0) for bar in panel.bars)
    assert all(bar.label != "اماره" for panel in picture.panels for bar in panel.bars)  # spellings, not forms
    few = picture_of(ck.plot.keyness, keys, top=2, alpha=1.0, language="ar")
    assert {len(panel.bars) for panel in few.panels} == {2}
    assert "المعروضة" in few.note
    effect = ck.keyness(ck.sample_corpus(), by="outlet", measure=["log_likelihood", "percent_diff"], variants=False)
    plain = picture_of(ck.plot.keyness, effect, effect="percent_diff", alpha=1.0)
    assert {bar.low for panel in plain.panels for bar in panel.bars} == {None}


def test_groups_without_a_word_in_common_are_panels(corpus: ck.Corpus) -> None:
    """Of two groups, no word is key in both; one picture of all their words would mix them."""
    two = corpus.filter(pl.col("outlet").is_in(["العنقود", "المرقاب"]))
    table = ck.keyness(two, by="outlet", direction="target", variants=False)
    picture = picture_of(ck.plot.keyness, table, alpha=1.0)
    assert sorted(panel.title for panel in picture.panels) == sorted(["العنقود", "المرقاب"])
    assert list(picture.groups) == ["key in the group"]


def test_groups_that_are_not_drawn_are_counted(keys: pl.DataFrame, corpus: ck.Corpus) -> None:
    first = keys["outlet"][0]
    quiet = keys.with_columns(p_adjusted=pl.when(pl.col("outlet") == first).then(1.0).otherwise("p_adjusted"))
    picture = picture_of(ck.plot.keyness, quiet, panels=3)
    assert first not in [panel.title for panel in picture.panels]  # others take its place
    assert picture.note.startswith("3 of 7 groups are shown")
    table = ck.collocations(corpus, "السهل", by="outlet").with_columns(
        log_dice=pl.when(pl.col("outlet") == "العنقود").then(-1.0).otherwise("log_dice")
    )
    assert picture_of(ck.plot.collocations, table).note.startswith("6 of 7 groups are shown")


def test_names_of_groups_can_be_read() -> None:
    """A long name would cover its neighbours, and nobody would see a blank one."""
    names = ["دار " + "النخيل " * 30 + "الشمالية", "", None, "سطر\nسطر"]
    table = pl.DataFrame({"house": names * 2, "collocate": ["أ"] * 4 + ["ب"] * 4, "count": 5, "log_dice": 9.0})
    picture = picture_of(ck.plot.collocations, table)
    long, *others = [panel.title for panel in picture.panels]
    assert others == ["«»", "—", "سطر\nسطر"]  # `label_text` makes one line of two
    assert long.startswith("دار النخيل")
    assert long.endswith("الشمالية")
    assert pictures.text_width(long) <= picture.WIDTH
    wide = pictures.BarPanels([pictures.BarPanel("", [pictures.PanelBar("ن" * 500, 1.0)])], "", "decimal")
    assert wide.label_width == wide.LONGEST_LABEL + 20


def test_totals_are_rates_with_intervals() -> None:
    corpus = ck.sample_corpus()
    totals = ck.frequency(corpus, pattern=["هدنة|تهدئة", "غائبة"], by="outlet", total=True)
    picture = picture_of(ck.plot.frequency, totals, top=4)
    assert [panel.title for panel in picture.panels] == ["هدنة|تهدئة", "غائبة"]
    first = picture.panels[0].bars[0]
    row = totals.filter(pl.col("per_million") == totals["per_million"].max()).row(0, named=True)
    assert (first.label, first.value, first.low) == (row["outlet"], row["per_million"], row["per_million_low"])
    zero = picture.panels[1].bars[0]
    assert zero.value == zero.low == 0 < zero.high  # type: ignore[operator]
    assert picture.note == "8 of 14 rows are shown"
    plain = picture_of(ck.plot.frequency, ck.frequency(corpus, pattern=["هدنة", "غائبة"], total=True))
    assert [bar.label for bar in plain.panels[0].bars] == ["هدنة", "غائبة"]


def test_one_group_is_a_volcano(keys: pl.DataFrame) -> None:
    one = keys.filter(outlet="العنقود")
    made: Any = ck.plot.keyness.__wrapped__(one, language="en")
    assert isinstance(made, pictures.Scatter)


def test_collocates_of_groups(corpus: ck.Corpus) -> None:
    table = ck.collocations(corpus, "السهل", by="outlet")
    picture = picture_of(ck.plot.collocations, table, panels=3, top=4)
    assert [len(panel.bars) for panel in picture.panels] == [4, 4, 4]
    assert picture.from_right
    assert picture.note.startswith("3 of 7 groups are shown; 12 of ")
    first = table.filter(outlet=picture.panels[0].title).row(0, named=True)
    bar = picture.panels[0].bars[0]
    assert (bar.label, bar.value, bar.shown) == (first["spelling"], first["log_dice"], f"{first['count']:,}")


def test_compared_collocations(company: pl.DataFrame) -> None:
    picture = picture_of(ck.plot.collocations, company, top=6)
    (panel,) = picture.panels
    assert [bar.group for bar in panel.bars] == ["more in target"] * 3 + ["more in reference"] * 3
    assert panel.bars[0].label == "ميليشيا"
    assert picture.note == f"6 of {company.filter(pl.col('direction') != 'equal').height} collocates are shown"
    made: Any = ck.plot.keyness.__wrapped__(company, language="en")
    assert isinstance(made, pictures.Scatter)


@pytest.mark.parametrize("backend", ["live", "matplotlib"])
@pytest.mark.slow  # matplotlib is optional
def test_both_libraries_draw_them(keys: pl.DataFrame, company: pl.DataFrame, corpus: ck.Corpus, backend: str) -> None:
    for plot, table in (
        (ck.plot.keyness, keys),
        (ck.plot.collocations, company),
        (ck.plot.collocations, ck.collocations(corpus, "السهل", by="outlet")),
    ):
        figure = plot(table, backend=backend, title="عنوان", language="ar")
        if backend == "live":
            assert "المعروضة" in figure.data()["picture"]["note"]
        else:
            assert len(figure.axes) == (7 if table is not company else 1)


def test_groups_of_dates_and_null(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("document") < 40)
    table = ck.keyness(part, by="date", min_documents=1, variants=False)
    named = table.with_columns(date=pl.when(pl.col("date") != pl.col("date").first()).then("date"))
    picture = picture_of(ck.plot.keyness, named, alpha=1.0)
    assert [panel.title for panel in picture.panels][1] == str(named["date"].drop_nulls()[0])


def test_bad_arguments(keys: pl.DataFrame, company: pl.DataFrame) -> None:
    for plot, table in ((ck.plot.keyness, keys), (ck.plot.collocations, company)):
        for options, message in (
            ({"panels": 0}, "^panels must be"),
            ({"top": 0}, "^top must be"),
            ({"measure": "mi9"}, "^measure must be"),
        ):
            with pytest.raises(ck.InputError, match=message):
                plot(table, **options)
    with pytest.raises(ck.InputError, match=r"^table must have rows"):
        ck.plot.keyness(keys, alpha=1e-300)
    with pytest.raises(ck.InputError, match="without log_ratio"):
        ck.plot.collocations(company.drop("log_ratio"))
