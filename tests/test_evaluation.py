"""docs/evaluation.md: its figures are those of the pages that it leads to, and every section with figures has a row."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGE = DOCS / "evaluation.md"

FIGURE = re.compile(
    r"\d ?%|MB/s|times (?:as fast|faster)|words a second|\d of \d+ "
    r"|\d (?:ms|(?:micro|nano|milli)?seconds?|percent|s of (?:processor|waiting))\b"
)
# Sections whose figures measure nothing: settings, arithmetic, texts about other figures, the page itself.
NOT_MEASURED = {
    "explore.md#the-concordance", "explanation/statistics.md#shares-of-small-numbers",
    "howto/from_cqp.md#36-random-subsets", "howto/scale.md#memory-of-the-workers", "howto/validate.md#in-a-comparison",
    "measures/keyness.md#percent_diff", "measures/keyness.md#p-values-and-corrections",
    "news/boilerplate.md#what-is-found-and-by-which-rule", "news/bursts.md#worked-example",
    "news/comparing_sources.md#7-what-errors-do-to-a-difference", "news/comparing_sources.md#8-many-comparisons",
    "plots.md#in-a-notebook",
}  # fmt: skip
ELSEWHERE = (ROOT / "README.md", ROOT / "tests/bench/README.md")
# Pages with figures of other pages, of earlier versions, or of the texts of an example.
SECOND_HAND = ("evaluation.md", "review.md", "upgrade.md", "explanation/frameworks.md", "ar/", "tutorial/")


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@cache
def sections(path: Path) -> dict[str, str]:
    """Return the text of each section, without code, by the anchor of its heading."""
    found = {"": ""}
    at = ""
    prose = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for line in prose.splitlines():
        if heading := re.match(r"#{1,4} (.+)", line):
            at = slug(heading[1])
            found[at] = ""
        else:
            found[at] += line + "\n"
    return found


def rows() -> list[tuple[str, str]]:
    """Return the figures of each row, and the place that states them."""
    cells = [re.split(r" \| ", line) for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [(row[1], row[2]) for row in cells if len(row) == 6 and row[2] != "stated in"]


def place(cell: str) -> tuple[Path, str]:
    link = re.search(r"\]\(([^)#]+)#([^)]+)\)", cell)
    outside = re.search(r"`([\w/]+\.md)#([\w-]+)`", cell)  # what is not a page of the site is no link
    found = link or outside
    assert found, f"no section is named in {cell}"
    return (DOCS if link else ROOT) / found[1], found[2]


@pytest.mark.parametrize(("figures", "stated"), rows())
def test_figures_are_those_of_the_place_that_states_them(figures: str, stated: str) -> None:
    path, anchor = place(stated)
    text = sections(path)[anchor]
    for number in re.findall(r"\d[\d,]*(?:\.\d+)?", figures):
        number = number.rstrip(",")
        assert re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", text), (
            f"{number} is not in {path.name}#{anchor}"
        )


def test_every_section_with_figures_has_a_row() -> None:
    linked = {(path, anchor) for path, anchor in (place(stated) for _, stated in rows())}
    linked |= {(path, anchor) for path in ELSEWHERE for anchor in ("", "speed-and-accuracy-beside-peers", "beside-cqp")}
    for path in (*ELSEWHERE, *sorted(DOCS.rglob("*.md"))):
        name = path.relative_to(DOCS if path.is_relative_to(DOCS) else ROOT).as_posix()
        if name.startswith(("_build", *SECOND_HAND)):
            continue
        for anchor, text in sections(path).items():
            if FIGURE.search(text) and f"{name}#{anchor}" not in NOT_MEASURED:
                assert (path, anchor) in linked, f"{name}#{anchor} states figures, but docs/evaluation.md has no row"


def test_programs_and_tests_that_are_named_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in re.findall(r"\btests/[\w/]+\.py\b", text):
        assert (ROOT / name).exists(), name
