"""The concordance in a real browser: layout and visibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser import jupyterlab as lab

from corpus_kit.display.html import concordance_html, heading, page_html, table_html

pytestmark = pytest.mark.slow

LONG = "كلمة تتلوها كلمة أخرى في سطر طويل لا يتسع له العمود مهما اتسع، " * 6
LINES = pl.DataFrame(
    {
        "before": [LONG + "أقرب_قبل", "أعلن", "", "بلغت 1,250 ريالًا وفق Reuters أقرب_قبل", "وَأَكَّدَ رَئِيسُ"],
        "node": ["المجلس", "«المجلس»", "المجلس", "المجلس الأعلى للتخطيط والتنمية الحضرية في المدينة", "المَجْلِسِ"],
        "after": ["أقرب_بعد " + LONG, "القرار.", "يعقد جلسته", "Google Cloud شريكًا " + LONG, "أَنَّ المَشْرُوعَ"],
        "document": pl.Series([0, 1, 2, 3, 4], dtype=pl.UInt32),
        "id": ["item-1", None, "https://news.example/a/very/long/address/of/an/article", "item-4", "item-5"],
        "position": pl.Series([400, 8, 0, 77, 12_345], dtype=pl.UInt32),
    }
)
WIDE = pl.DataFrame({f"column_{number}": ["قيمة طويلة بعض الشيء"] for number in range(40)})


def letters(page: Any, row: int, cell: str, start: int, end: int) -> dict[str, float]:
    """Return the rectangle of a range of letters in a cell, and the bounds of the cell."""
    line = page.locator(".ck-concordance tbody tr").nth(row)
    return lab.letters(line.locator(f".ck-{cell}"), start, end)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    parts = [
        "هذه صفحة للتجربة فيها كلمة Latin ورقم 12.5%.",
        heading("Concordance"),
        concordance_html(LINES, caption="المجلس", sort=("after1", "after2", "before1")),
        heading("Table"),
        table_html(WIDE),
    ]
    path: Path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page_html("Report", parts), encoding="utf-8")
    return path.as_uri()


MODES = [(1200, "light"), (1200, "dark"), (420, "light"), (420, "dark")]


@pytest.fixture(scope="module", params=MODES, ids=lambda mode: f"{mode[0]}-{mode[1]}")
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    width, scheme = request.param
    opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    opened.on("request", lambda asked: requests.append(asked.url))
    opened.goto(address)
    yield opened
    opened.close()
    assert requests == [address], "the page loaded something"


def box(page: Any, row: int, cell: str) -> dict[str, float]:
    found: dict[str, float] = page.locator(".ck-concordance tbody tr").nth(row).locator(f".ck-{cell}").bounding_box()
    return found


def test_left_and_right_context_are_on_their_sides(page: Any) -> None:
    nodes = set()
    for row in range(LINES.height):
        before, node, after = (box(page, row, cell) for cell in ("before", "node", "after"))
        assert before["x"] >= node["x"] + node["width"] - 1
        assert node["x"] >= after["x"] + after["width"] - 1
        nodes.add((round(node["x"]), round(node["width"])))
    assert len(nodes) == 1, "the nodes are aligned"


def test_words_next_to_the_node_are_visible(page: Any) -> None:
    # The last letters before the node and the first ones after it, in a line that is far too long.
    nearest = letters(page, 0, "before", -8, -1)
    assert nearest["width"] > 20
    assert nearest["cell_left"] <= nearest["left"] <= nearest["cell_left"] + 12
    assert nearest["right"] <= nearest["cell_right"]
    nearest = letters(page, 0, "after", 0, 7)
    assert nearest["width"] > 20
    assert nearest["cell_right"] - 12 <= nearest["right"] <= nearest["cell_right"]
    assert nearest["left"] >= nearest["cell_left"]
    # The far ends are cut off, not wrapped.
    far = letters(page, 0, "before", 0, -1)
    assert far["right"] > far["cell_right"]
    assert box(page, 0, "before")["height"] < 60


def test_short_context_is_next_to_the_node(page: Any) -> None:
    before = letters(page, 1, "before", 0, -1)
    assert before["left"] - before["cell_left"] < 12
    after = letters(page, 1, "after", 0, -1)
    assert after["cell_right"] - after["right"] < 12


def test_long_node_is_not_cut(page: Any) -> None:
    node = letters(page, 3, "node", 0, -1)
    assert node["left"] >= node["cell_left"]
    assert node["right"] <= node["cell_right"]


def test_references_show_their_position(page: Any) -> None:
    for row, position in enumerate(LINES["position"].to_list()):
        digits = letters(page, row, "reference", -len(str(position)), -1)
        assert digits["cell_left"] <= digits["left"] < digits["right"] <= digits["cell_right"]


def test_page_never_scrolls_sideways(page: Any) -> None:
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('.ck-table .ck-scroll').scrollWidth") > width
    page.emulate_media(media="print")
    assert box(page, 0, "node")["width"] > 0
    page.emulate_media(media="screen")


def test_text_contrast(page: Any) -> None:
    ink, background = page.evaluate(
        "[getComputedStyle(document.querySelector('.ck-node')).color,"
        " getComputedStyle(document.documentElement).backgroundColor]"
    )
    assert contrast(ink, background) >= 12
    assert page.evaluate("getComputedStyle(document.querySelector('.ck-concordance tbody tr')).backgroundColor") in (
        "rgba(0, 0, 0, 0)",
        "transparent",
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as defined by WCAG 2, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
