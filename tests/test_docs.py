"""The pages in docs/: their examples run, their links lead somewhere, every measure has its place."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from corpus_kit import measures

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FAMILY_PAGES = {
    "keyness": "keyness.md",
    "contingency": "association.md",
    "dispersion": "dispersion.md",
    "distance": "distance.md",
    "diversity": "diversity.md",
    "readability": "readability.md",
}


def identity(path: Path) -> str:
    return str(path.relative_to(DOCS))


@pytest.mark.parametrize("path", PAGES, ids=identity)
def test_examples_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```pycon\n(.*?)```", text, re.DOTALL)
    assert ">>>" not in re.sub(r"```pycon\n.*?```", "", text, flags=re.DOTALL), "an example that nobody runs"
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, path.name, str(path), 0)
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not results.failed, "".join(said)


@pytest.mark.parametrize("path", PAGES, ids=identity)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


@pytest.mark.parametrize("family", measures.FAMILIES)
def test_each_measure_is_on_the_page_of_its_family(family: str) -> None:
    page = (DOCS / "measures" / FAMILY_PAGES[family]).read_text(encoding="utf-8")
    for name in measures.FAMILIES[family]:
        assert f"`{name}`" in page, f"{name} is missing"
    assert "When to use" in page
    assert "$$" in page, "no formula"
    assert re.search(r"\b(19|20)\d\d\b", page), "no reference"
