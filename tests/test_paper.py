"""The paper in the form that the Journal of Open Source Software asks for."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / "paper"
_, HEAD, BODY = (FOLDER / "paper.md").read_text(encoding="utf-8").split("---\n", 2)
SECTIONS = ["Summary", "Statement of need", "State of the field", "Software design", "Research impact statement",
            "AI usage disclosure", "Acknowledgements", "References"]  # fmt: skip
REQUIRED = {
    "article": {"author", "title", "journal", "volume", "pages", "year", "doi"},
    "inproceedings": {"author", "title", "booktitle", "year"},
    "software": {"author", "title", "year"},
    "misc": {"author", "title", "year", "url"},
}


def entries() -> dict[str, tuple[str, dict[str, str]]]:
    """Return kind and fields of each entry, by its key."""
    text = (FOLDER / "paper.bib").read_text(encoding="utf-8")
    found = re.findall(r"^@(\w+)\{([\w-]+),\n(.*?)^\}$", text, re.DOTALL | re.MULTILINE)
    assert len(found) == text.count("@")
    return {key: (kind, dict(re.findall(r"^  (\w+) = \{(.*)\},?$", body, re.MULTILINE))) for kind, key, body in found}


def test_metadata() -> None:
    head = yaml.safe_load(HEAD)
    assert head.keys() == {"title", "tags", "authors", "affiliations", "date", "bibliography"}
    assert "Python" in head["tags"]
    assert "`" not in head["title"]
    known = {str(affiliation["index"]) for affiliation in head["affiliations"]}
    for author in head["authors"]:
        assert author["name"]
        assert set(str(author["affiliation"]).replace(" ", "").split(",")) <= known
    assert sum(bool(author.get("corresponding")) for author in head["authors"]) == 1
    assert datetime.strptime(head["date"], "%d %B %Y")
    assert (FOLDER / head["bibliography"]).exists()


def test_sections_and_length() -> None:
    assert re.findall(r"^# (.+)$", BODY, re.MULTILINE) == SECTIONS
    assert 750 <= len(re.sub(r"^#.*$|\[@[^\]]*\]", "", BODY, flags=re.MULTILINE).split()) <= 1750


def test_citations_resolve_and_all_references_are_cited() -> None:
    assert set(re.findall(r"@([\w-]+)", BODY)) == entries().keys()


@pytest.mark.parametrize("key", sorted(entries()))
def test_references_are_complete(key: str) -> None:
    kind, fields = entries()[key]
    assert REQUIRED[kind] <= fields.keys()
    assert all(value.count("{") == value.count("}") for value in fields.values())
    assert re.fullmatch(r"(19|20)\d\d", fields["year"])
    assert re.fullmatch(r"10\.\d{4,9}/[^\s{}]+", fields.get("doi", "10.1234/x"))
    assert re.fullmatch(r"https://[^\s{}]+", fields.get("url", "https://x"))
    assert {"doi", "url", "publisher", "booktitle"} & fields.keys()


def test_figures_are_those_of_the_evaluation_page() -> None:
    page = (FOLDER.parent / "docs/evaluation.md").read_text(encoding="utf-8")
    figures = re.findall(r"\b\d[\d,]*(?:\.\d+)?(?=%)|\b\d+\.\d+\b|\b\d+,\d{3}\b", BODY)
    assert len(figures) > 8
    for figure in figures:
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?!\d|[.,]\d)", page), figure
