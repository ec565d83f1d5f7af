"""What plots say in words: axes, labels and the line below, with both libraries and in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import news, plots
from corpus_kit.display.isolation import label_text
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import InputError
from corpus_kit.plots.look import say, titled
from corpus_kit.plots.notes import in_each_cell, shown_of
from corpus_kit.samples import sample_actors

COUNTS = pl.DataFrame({"word": ["في", "كرة", "قال"], "count": [90, 1200, 30]})
CORPUS = ck.sample_corpus()
OUTLET = pl.col("outlet") == "وكالة مدى"
ACTOR = "group"


@cache
def table_of(name: str) -> Any:
    return TABLES[name]()


TABLES: dict[str, Callable[[], Any]] = {
    "frequency": lambda: ck.frequency(CORPUS),
    "keyness": lambda: ck.keyness(CORPUS.filter(OUTLET), CORPUS.filter(~OUTLET)),
    "dispersion": lambda: ck.dispersion(CORPUS),
    "growth": lambda: ck.vocabulary_growth(CORPUS, seed=0),
    "heaps": lambda: ck.fit_heaps(CORPUS, seed=0),
    "zipf": lambda: ck.fit_zipf_mandelbrot(CORPUS),
    "labels": lambda: news.labels(CORPUS, sample_actors(), actor=ACTOR, by="outlet"),
    "near_duplicates": lambda: news.near_duplicates(CORPUS, by="outlet"),
    "frame_rates": lambda: news.frame_rates(CORPUS, by="outlet", n_bootstrap=0),
    "edges": lambda: news.network(CORPUS, kinds="state"),
    "nodes": lambda: news.nodes(CORPUS, kinds="state"),
}
PLOTS: dict[str, Callable[..., Any]] = {
    "frequency": lambda **look: plots.frequency(table_of("frequency"), top=5, **look),
    "collocations": lambda **look: plots.collocations(ck.collocations(CORPUS, "هدنة"), top=5, **look),
    "keyness": lambda **look: plots.keyness(table_of("keyness"), **look),
    "dispersion": lambda **look: plots.dispersion(ck.kwic(CORPUS, "هدنة"), by="outlet", top=2, **look),
    "frequency_dispersion": lambda **look: plots.frequency_dispersion(table_of("dispersion"), **look),
    "growth": lambda **look: plots.growth(table_of("growth"), fit=table_of("heaps"), **look),
    "zipf": lambda **look: plots.zipf(table_of("frequency"), fit=table_of("zipf"), **look),
    "scaling": lambda **look: plots.scaling(pl.DataFrame({"gigabytes": [0.1, 1], "seconds": [1, 9]}), **look),
    "labels": lambda **look: plots.labels(table_of("labels"), **look),
    "bursts": lambda **look: plots.bursts(news.bursts(CORPUS, "المسيرات", every="week"), **look),
    "near_duplicates": lambda **look: plots.near_duplicates(table_of("near_duplicates"), by="outlet", **look),
    "frame_rates": lambda **look: plots.frame_rates(table_of("frame_rates"), dimension="level", **look),
}
LATIN = re.compile(r"[A-Za-z]{3,}")
# Names of measures that Arabic texts write in Latin letters.
LATIN_NAMES = {"logDice", "ARF", "gigabytes"}  # the last one is a column of the user's own


def words_of(spec: Any) -> Iterator[str]:
    """Yield the words that a chart itself writes: titles of axes, names in the legend and in tips, the line below."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in ("title", "axis", "rate", "documents", "note", "interval") and isinstance(value, str):
                yield value
            elif key in ("legend", "heads"):
                yield from (each if isinstance(each, str) else each[0] for each in value)
            elif key != "marks":
                yield from words_of(value)
    elif isinstance(spec, list):
        for each in spec:
            yield from words_of(each)


def text_below(chart: Any) -> str | None:
    """Return the note of a chart or a figure."""
    if not isinstance(chart, plots.Chart):
        notes = [text.get_text() for panel in chart.axes for text in panel.texts if text.get_text().count(" ") > 3]
        return notes[0] if notes else None
    return chart.data()["picture"]["note"] or None


def test_notes_in_two_languages() -> None:
    assert shown_of(1, 2310, "edges", "en") == "1 of 2,310 edges is shown"
    assert shown_of(60, 2310, "edges", "ar") == "الروابط المعروضة: 60 من أصل 2,310"
    assert shown_of(60, 60, "edges", "en") == shown_of(61, 60, "edges", "ar") == ""


@pytest.mark.parametrize("backend", ["live", "matplotlib"])
def test_the_note_is_below_what_leaves_rows_out(backend: str) -> None:
    if backend == "matplotlib":
        pytest.importorskip(backend, reason="needs the extra `notebooks`")
    assert text_below(plots.frequency(COUNTS, top=2, backend=backend)) == "2 of 3 words are shown"
    arabic = plots.frequency(COUNTS, top=2, backend=backend, language="ar")
    assert text_below(arabic) == label_text("الكلمات المعروضة: 2 من أصل 3")
    assert text_below(plots.frequency(COUNTS, backend=backend)) is None


@pytest.mark.parametrize("backend", ["live", "matplotlib"])
def test_laws_print_their_misfit(backend: str) -> None:
    if backend == "matplotlib":
        pytest.importorskip(backend, reason="needs the extra `notebooks`")
    counts, law, table, growth = map(table_of, ("frequency", "zipf", "growth", "heaps"))
    note = text_below(plots.zipf(counts, fit=law, backend=backend))
    assert note == "misfit: 19% on average; first ten words 113%, rarest 92% of what is expected; D = 1.9%"
    arabic = text_below(plots.zipf(counts, fit=law, backend=backend, language="ar"))
    assert str(arabic).startswith("\u2067الخطأ: \u206619%\u2069 في المتوسط؛ الكلمات العشر الأولى \u2066113%\u2069")
    note = text_below(plots.growth(table, fit=growth, backend=backend))
    assert note == "misfit: 6.4% on average; exponent 0.82, at the end 0.72"
    assert text_below(plots.growth(table, backend=backend)) is None
    by_hand = law.select("exponent", "shift", "scale")
    assert text_below(plots.zipf(counts, fit=by_hand, backend=backend)) is None


@pytest.mark.parametrize("backend", ["live", "matplotlib"])
def test_network_and_matrix_say_what_they_leave_out(backend: str) -> None:
    if backend == "matplotlib":
        pytest.importorskip(backend, reason="needs the extra `notebooks`")
    edges, nodes, pairs = map(table_of, ("edges", "nodes", "near_duplicates"))
    assert text_below(plots.network(edges, top=10, backend=backend)) == f"10 of {edges.height} edges are shown"
    note = text_below(plots.network(edges, nodes, top=10, backend=backend))
    assert note == f"10 of {edges.height} edges are shown; 11 of {nodes.height} actors are shown"
    assert text_below(plots.network(edges, backend=backend)) is None
    note = text_below(plots.near_duplicates(pairs, by="outlet", backend=backend))
    assert str(note).endswith(f"; {pairs.height} pairs of documents; sources without a pair are not shown")
    assert "; 2 of 7 sources are shown; " in str(text_below(plots.near_duplicates(pairs, top=2, backend=backend)))


@pytest.mark.parametrize("name", PLOTS)
def test_plots_write_the_language_that_is_asked_for(name: str) -> None:
    written = set(words_of(PLOTS[name](language="ar").data()["picture"]))
    english = {word for text in written for word in LATIN.findall(text)} - LATIN_NAMES
    assert english == set(), f"{name} writes {english} in Arabic"
    titles = {text for text in words_of(PLOTS[name](language="en").data()["picture"]) if "_" in text}
    assert titles == set(), "names of columns are no titles of axes"


def test_words_of_plots_are_the_labels_of_columns() -> None:
    assert say("log_likelihood", "en") == "log-likelihood G²"
    assert titled("log_likelihood", "square-root scale", "en") == "log-likelihood G², square-root scale"
    assert say("rate", "en", "ck.news.frame_rates") == "hits per million words"
    assert say("my own column", "ar") == "my own column"
    assert in_each_cell("النسبة", intervals=False, language="ar") == "في كل خلية: النسبة"


SPELLED = pl.DataFrame({"word": ["علي", "في"], "spelling": ["على", "في"], "count": [9, 2]})


def test_plots_write_spellings_in_place_of_keys() -> None:
    assert plots.frequency(SPELLED).data()["picture"]["labels"] == [label_text("على"), label_text("في")]
    measured = SPELLED.with_columns(pl.lit(0.5).alias("juilland_d"))
    key = SPELLED.with_columns(
        log_ratio=pl.Series([1.0, -1.0]), log_likelihood=pl.Series([9.0, 8.0]), direction=pl.Series(["target", "equal"])
    )
    pairs = SPELLED.rename({"word": "collocate"}).with_columns(log_dice=pl.Series([9.0, 8.0]))
    for chart in (
        plots.frequency_dispersion(measured), plots.zipf(SPELLED), plots.keyness(key), plots.collocations(pairs),
    ):  # fmt: skip
        written = str(chart.data())
        assert "على" in written
        assert "علي" not in written


def test_a_spelling_of_two_forms_is_no_label() -> None:
    """Two bars of one name would be one."""
    lemmas = pl.DataFrame({"lemma": ["كتاب", "كاتب", "في"], "spelling": ["كتب", "كتب", "في"], "count": [3, 2, 1]})
    shown = lemmas.select(spelled_text(lemmas, "lemma"))
    assert shown.to_series().to_list() == ["كتاب", "كاتب", "في"]
    with pytest.raises(InputError, match=r"^table must have each word once, got 'علي'"):
        plots.frequency(pl.concat([SPELLED, SPELLED]))


def test_dispersion_says_what_it_leaves_out() -> None:
    assert re.fullmatch(r"2 of \d+ groups are shown", text_below(PLOTS["dispersion"]()) or "")
    below = text_below(PLOTS["frequency_dispersion"]()) or ""
    assert below.endswith("words are shown, words that occur once are left out")
    assert text_below(PLOTS["labels"]()) == "in each cell: share of the label, and its interval"
