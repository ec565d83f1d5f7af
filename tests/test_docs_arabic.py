"""The pages in Arabic say what the English ones say; see docs/ar/README.md."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PICTURE = "![a](../pictures/{}/start.png)"


@pytest.fixture
def in_step(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS / "ar"))
    return importlib.import_module("in_step")


def test_pages_are_in_step(in_step: Any) -> None:
    assert doctest.testmod(in_step).failed == 0
    print("Not in Arabic yet:", *in_step.waiting(), sep="\n")
    assert in_step.report() == [], "\n".join(in_step.report())


@pytest.mark.parametrize("name", ["arabic_numbers", "arabic_site", "right_to_left"])
def test_extension_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("myst_nb", reason="the extra `docs` is not installed")
    monkeypatch.syspath_prepend(str(DOCS / "_extensions"))
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize(
    ("english", "arabic", "found"),
    [
        ("See `f`: 3.5 % of 1,200.", "انظر `f`، فنسبتها 3.5% من 1,200.", ""),
        ("See 15 items.", "انظر 51 خبرًا.", "numbers"),
        ("Use `f` and `g`.", "استعمل `f`.", "code in a line"),
        ("[A](clean.md#spellings) b", "[أ](clean.md#spellings)", ""),
        ("[A](clean.md#spellings) b", "[أ](search.md)", "links"),
        ("[A](clean.md) b", "[أ](../../howto/clean.md)", ""),
        (PICTURE.format("en"), f"{PICTURE.format('ar').replace('..', '../..')}", ""),
        ("```\nf()  # do it\n```", "```\nf()  # نفّذ\n```", ""),
        ("```\nf()  # do it\n```", "```\ng()  # نفّذ\n```", "the code differs"),
    ],
)
def test_differences_are_found(in_step: Any, english: str, arabic: str, found: str) -> None:
    differences = list(in_step.differences("howto/search.md", english, arabic))
    assert [difference.partition(":")[0] for difference in differences] == ([found] if found else [])


def test_a_changed_section_is_named(in_step: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ar").mkdir()
    monkeypatch.setattr(in_step, "ENGLISH", tmp_path)
    monkeypatch.setattr(in_step, "ARABIC", tmp_path / "ar")
    (tmp_path / "page.md").write_text("# A\n\none\n\n## B\n\ntwo\n", encoding="utf-8")
    (tmp_path / "ar" / "page.md").write_text("# أ\n\nواحد\n\n## ب\n\nاثنان\n", encoding="utf-8")
    recorded = in_step.digests((tmp_path / "page.md").read_text(encoding="utf-8"))
    assert list(in_step.behind("page.md", recorded)) == []
    (tmp_path / "page.md").write_text("# A\n\none\n\n## B\n\nthree\n\n## C\n", encoding="utf-8")
    assert list(in_step.behind("page.md", recorded)) == [
        "page.md: “B” is changed in the English page",
        "page.md: “C” is new in the English page",
        "page.md: 3 sections in English, 2 in Arabic",
    ]
