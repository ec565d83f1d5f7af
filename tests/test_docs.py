"""The pages in docs/: examples run, links work, every measure has an entry."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import measures

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] != "_build")


def identity(path: Path) -> str:
    return str(path.relative_to(DOCS))


@pytest.mark.one_sample
@pytest.mark.parametrize("path", PAGES, ids=identity)
def test_examples_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")  # what is shown fits the terminal
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```pycon\n(.*?)```", text, re.DOTALL)
    assert ">>>" not in re.sub(r"```pycon\n.*?```", "", text, flags=re.DOTALL), "an example that does not run"
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, path.name, str(path), 0)
    output: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=output.append)
    assert not results.failed, "".join(output)


def test_every_section_has_pages() -> None:
    names = {identity(path) for path in PAGES}
    howto = {f"howto/{name}.md" for name in ("import", "clean", "search", "compare", "export", "cite")}
    explanation = {f"explanation/{name}.md" for name in ("normalisation", "tokens", "statistics", "limits")}
    assert {"index.md", "ar/index.md", "tutorial.md", "reference/index.md", *howto, *explanation} <= names


def test_tutorial_lists_every_notebook() -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    notebooks = sorted((DOCS.parent / "notebooks").glob("*.ipynb"))
    assert re.findall(r"\.\./notebooks/(\w+\.ipynb)", text) == [path.name for path in notebooks]


@pytest.mark.slow
def test_figures_on_the_normalisation_page(shared: Path, tmp_path: Path) -> None:
    """They are counts in real articles."""
    articles = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["content"])
    corpus = ck.Corpus.build(articles, tmp_path / "corpus", text="content", progress=False)
    profiles = (None, "repair", "dediac", "search")
    words = [ck.frequency(corpus, profile=profile, dispersion=None).height for profile in profiles]
    pairs = ("على", "علي", "أن", "إن", "الآن", "آلان")
    counts = [len(ck.kwic(corpus, word, exact=True)) for word in pairs]
    page = (DOCS / "explanation" / "normalisation.md").read_text(encoding="utf-8")
    for profile, height in zip(profiles, words, strict=True):
        assert re.search(rf"^\| `?{str(profile).lower()}`? \| {height:,} \|", page, re.MULTILINE), profile
    for word, count in zip(pairs, counts, strict=True):
        assert re.search(rf"\| {word} \([\w, ]+\) \| {count:,} \|", page), word


@pytest.mark.parametrize("path", PAGES, ids=identity)
def test_links_work(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


@pytest.mark.parametrize("family", measures.FAMILIES)
def test_measures_are_on_the_page_of_their_family(family: str) -> None:
    page = (DOCS / "measures" / f"{family}.md").read_text(encoding="utf-8")
    for name in measures.FAMILIES[family]:
        assert f"`{name}`" in page, f"{name} is missing"
    assert "When to use" in page
    assert "$$" in page, "no formula"
    assert re.search(r"\b(19|20)\d\d\b", page), "no reference"
