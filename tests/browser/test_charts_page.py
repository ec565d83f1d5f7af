"""Live charts in a real browser: Arabic geometry, tips, selection, clicks, keys, narrow pages, and no markup."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from browser.used_pages import blank_page, give_back

import corpus_kit as ck
from corpus_kit import plots
from corpus_kit.plots.graphs import positions_of
from corpus_kit.plots.live import chart_script, chart_style

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=document.title='broken'>"
LONG = "ن" * 400
WORDS = pl.DataFrame({"word": ["هدنة", MARKUP, LONG, "قال"], "count": [90, 60, 30, 10], "documents": [9, 8, 7, 6]})
KEYS = pl.DataFrame(
    {
        "word": ["مسؤولون", "إمارة", MARKUP, LONG],
        "direction": ["target", "reference", "target", "equal"],
        "target_count": [20, 0, 5, 1],
        "log_likelihood": [48.0, 31.0, 12.0, 0.0],
        "log_ratio": [4.7, -5.1, 2.0, 0.0],
        "log_ratio_low": [3.0, -9.0, 0.5, -1.0],
        "log_ratio_high": [6.5, -1.2, 3.5, 1.0],
        "p_adjusted": [1e-8, 1e-4, 0.01, 1.0],
    }
)
RENDER = """async ([script, data]) => {
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  window.sent = [];
  const model = { get: () => data, on() {}, off() {}, send: (message) => window.sent.push(message) };
  window.end = module.default.render({ model, el: document.getElementById("host") });
}"""

Show = Callable[..., Any]


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Return a function that shows a chart, or its data, on a blank page."""
    pages: list[Any] = []

    def shown(chart: Any, *, width: int = 800, scheme: str = "light") -> Any:
        page = blank_page(browser, "chart", chart_style(), width=width, height=700, scheme=scheme)
        page.set_default_timeout(20_000)
        page.evaluate(RENDER, [chart_script(), chart if isinstance(chart, dict) else chart.data()])
        pages.append(page)
        return page

    yield shown
    for page in pages:
        assert page.failures == []
        assert [url for url in page.requests if not url.startswith("blob:")] == [], "the page loaded something"
        assert page.title() == "chart", "markup of a corpus was run"
        assert page.locator("#host img").count() == 0
        give_back(page)


def box(page: Any, selector: str, place: int = 0) -> dict[str, float]:
    found: dict[str, float] = page.locator(selector).nth(place).bounding_box()
    return found


def tip(page: Any) -> str:
    return str(page.locator(".ck-c-tip").inner_text())


def samples() -> dict[str, Any]:
    """Return a chart of each kind of picture."""
    corpus = ck.sample_corpus()
    days = [datetime.date(2026, 1, day) for day in (4, 11, 18)]
    series = pl.DataFrame(
        {"period": days, "documents": [10, 0, 10], "hits": [1, 0, 6], "rate": [0.1, None, 0.6],
         "rate_low": [0.0, None, 0.3], "rate_high": [0.3, None, 0.9], "burst": [False, False, True]}
    )  # fmt: skip
    labels = pl.DataFrame(
        {"outlet": ["بريد", "بريد", "wire"], "actor": ["G"] * 3, "label": ["تنظيم", "إمارة", "تنظيم"],
         "count": [3, 1, 2], "share": [0.75, 0.25, 1.0], "share_low": [0.3, 0.05, 0.34],
         "share_high": [0.95, 0.7, 1.0]}
    )  # fmt: skip
    edges = pl.DataFrame({"source": ["A", "A", "B"], "target": ["B", MARKUP, MARKUP], "weight": [5, 1, 2]})
    return {
        "Bars": plots.frequency(WORDS, title="أكثر الكلمات", language="ar"),
        "BarPanels": plots.keyness(ck.keyness(corpus, by="outlet"), panels=3, language="ar"),
        "HeatMap": plots.labels(labels, language="ar"),
        "Series": plots.bursts(series, language="ar"),
        "Graph": plots.network(edges),
        "Scatter": plots.keyness(KEYS, title="ما يميزها", language="ar"),
        "Strips": plots.dispersion(ck.kwic(corpus, "هدنة"), by="outlet", language="ar"),
        "Traces": plots.trend(ck.trend(corpus, ["هدنة", "المسيرات"], every="month"), language="ar"),
    }


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1200, "light")])
def test_every_picture_fits_and_is_reached_by_keys(show: Show, width: int, scheme: str) -> None:
    for kind, chart in samples().items():
        page = show(chart, width=width, scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        stage, svg = box(page, ".ck-c-stage"), box(page, ".ck-c-stage svg")
        assert svg["width"] <= stage["width"]
        beyond = """() => {
          const room = document.querySelector(".ck-c-stage svg").getBoundingClientRect();
          return [...document.querySelectorAll(".ck-c-stage text")].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < room.left - 1 || box.right > room.right + 1
              || box.top < room.top - 2 || box.bottom > room.bottom + 2;
          }).map((text) => text.textContent);
        }"""
        assert page.evaluate(beyond) == [], f"texts of {kind} are cut off"
        page.locator(".ck-c-stage").focus()
        page.keyboard.press("Home")
        assert tip(page)
        assert page.locator(".ck-c-heard").inner_text()
        page.keyboard.press("Enter")
        points = [point[3] for point in chart.data()["picture"].get("points", [[0, 0, 0, 0]]) if point[2] == 0]
        first = 2 if kind == "Graph" else points[0]  # the strongest node, the first point of the first group
        assert page.evaluate("window.sent") == [{"kind": "open", "mark": first}], kind
        ink, ground = page.evaluate(
            "[getComputedStyle(document.querySelector('.ck-c-texts')).fill,"
            " getComputedStyle(document.querySelector('.ck-chart')).backgroundColor]"
        )
        assert (ink, ground) == (
            ("rgb(230, 228, 223)", "rgb(22, 24, 28)") if scheme == "dark" else ("rgb(34, 34, 34)", "rgb(255, 255, 255)")
        )


def test_bars_grow_from_the_right_and_labels_are_isolated(show: Show) -> None:
    page = show(samples()["Bars"])
    first, second = (box(page, ".ck-c-bar", place) for place in (0, 1))
    assert first["y"] < second["y"]
    assert first["x"] + first["width"] == pytest.approx(second["x"] + second["width"], abs=1)
    assert first["width"] > second["width"]
    label = box(page, ".ck-c-label")
    assert label["x"] >= first["x"] + first["width"], "the label is at the right of its bar"
    texts = page.locator(".ck-c-label").all_text_contents()
    assert texts[0] == "\u2067هدنة\u2069"
    assert "…" in texts[2]
    assert len(texts[2]) < 80
    assert MARKUP.split()[0] in texts[1]
    assert page.locator(".ck-chart").get_attribute("dir") == "rtl"
    title = box(page, ".ck-c-title bdi")
    assert title["x"] + title["width"] > 780, "the title begins at the right"


@pytest.mark.parametrize("width", [800, 360])
def test_a_tip_is_whole_where_its_chart_is_cut(show: Show, width: int) -> None:
    page = show(samples()["Bars"], width=width)
    page.evaluate("document.getElementById('host').style.cssText = 'height: 60px; overflow: hidden; contain: content'")
    page.locator(".ck-c-stage").focus()
    for key in ("Home", "End"):
        page.keyboard.press(key)
        assert page.locator(".ck-c-tip").is_visible()
        shown, ring = box(page, ".ck-c-tip"), box(page, ".ck-c-ring")
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= width
        assert shown["y"] >= 0
        assert shown["height"] > 60
        assert ring["y"] < 60, "the mark was scrolled into view"


def test_tips_selection_and_clicks(show: Show) -> None:
    page = show(samples()["Bars"])
    bar = box(page, ".ck-c-bar", 2)
    page.mouse.move(bar["x"] + 5, bar["y"] + 5)
    assert LONG in tip(page).replace("\n", ""), "the whole word is in the tip"
    assert "30" in tip(page)
    shown = box(page, ".ck-c-tip")
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= 800
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("window.sent.pop()") == {"kind": "open", "mark": 2}
    stage = box(page, ".ck-c-stage")
    page.mouse.move(stage["x"] + 100, stage["y"] + 10)
    page.mouse.down()
    page.mouse.move(stage["x"] + 400, stage["y"] + 48, steps=4)
    assert page.locator(".ck-c-drag").get_attribute("visibility") == "visible"
    page.mouse.up()
    assert page.evaluate("window.sent.pop()") == {"kind": "select", "marks": [0, 1]}
    assert "2" in page.locator(".ck-c-chosen").inner_text()
    before = page.evaluate("document.getElementById('host').offsetHeight")
    page.locator(".ck-c-chosen button").click()
    assert page.evaluate("window.sent.pop()") == {"kind": "select", "marks": []}
    assert page.evaluate("document.getElementById('host').offsetHeight") == before, "nothing moves"

    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *places: float) -> None:
        points = [{"x": stage["x"] + places[0], "y": stage["y"] + places[1]}] if places else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 100, 10)
    page.wait_for_timeout(500)  # it rests, or it would scroll
    touch("touchMove", 250, 30)
    touch("touchMove", 400, 48)
    touch("touchEnd")
    assert page.evaluate("window.sent.pop()") == {"kind": "select", "marks": [0, 1]}, "by a finger"


def test_points_have_counts_and_intervals(show: Show) -> None:
    page = show(samples()["Scatter"])
    page.locator(".ck-c-stage").focus()
    seen = []
    for _ in KEYS.iter_rows():
        page.keyboard.press("Home" if not seen else "ArrowUp")
        seen.append(tip(page))
    page.keyboard.press("End")
    texts = [re.sub("[\u2066-\u2069]", "", each) for each in (*seen, tip(page))]
    assert any("مسؤولون" in each and "4.70 (3.00 إلى 6.50)" in each for each in texts)
    page.keyboard.press(" ")
    assert page.evaluate("window.sent.at(-1).kind") == "select"
    page.keyboard.press("Escape")
    assert page.evaluate("window.sent.at(-1)") == {"kind": "select", "marks": []}
    page.keyboard.press("Escape")
    assert page.locator(".ck-c-tip").is_hidden()


def test_a_chart_follows_the_width_of_the_page(show: Show) -> None:
    page = show(samples()["Traces"], width=1000)
    wide = box(page, ".ck-c-stage svg")["width"]
    page.set_viewport_size({"width": 400, "height": 700})
    page.wait_for_function("document.querySelector('.ck-c-stage svg').getBoundingClientRect().width < 400")
    assert wide > 900
    page.evaluate("window.end()")
    assert page.locator("#host").inner_html() == ""


def test_five_thousand_points_are_fluid(show: Show) -> None:
    many = pl.DataFrame({"word": [f"w{n}" for n in range(5_000)]}).with_columns(
        direction=pl.lit("target"),
        log_ratio=(pl.int_range(5_000) * 7_919 % 5_000) / 500 - 5,
        log_likelihood=(pl.int_range(5_000) * 104_729 % 5_003) / 50,
    )
    page = show(plots.keyness(many))
    assert page.locator(".ck-c-stage svg *").count() < 200, "points are paths, not elements"
    stage = box(page, ".ck-c-stage")
    for step in range(20):
        page.mouse.move(stage["x"] + 60 + 30 * step, stage["y"] + 100 + 10 * step)
    assert tip(page)


def test_a_network_keeps_its_nodes_when_it_grows(show: Show) -> None:
    corpus = ck.sample_corpus()
    first, grown = (
        plots.collocation_network(ck.collocation_network(corpus, words, top=8, min_count=2), language="ar")
        for words in (["هدنة"], ["هدنة", "إنسانية"])
    )
    one, two = positions_of(first.picture), positions_of(grown.picture)
    assert set(one) < set(two)
    moved = {(round(two[name][0] - one[name][0]), round(two[name][1] - one[name][1])) for name in one}
    assert len(moved) == 1, "all of them move together, since the picture has grown"
    page = show(grown)
    assert page.locator(".ck-c-node").count() == len(grown.picture.circles)
    assert "إنسانية" in page.locator(".ck-c-texts").inner_html()
