"""docs/review.md: files that show a point exist, every point has a mark, and every function has an example."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import corpus_kit as ck

ROOT = Path(__file__).parents[1]
POINTS = [
    line.strip("| ").split(" | ")
    for line in (ROOT / "docs/review.md").read_text(encoding="utf-8").split("## JOSS", 1)[1].splitlines()
    if line.startswith("| ") and not line.startswith("| point")
]


def test_every_point_has_a_mark() -> None:
    assert len(POINTS) > 60
    for point in POINTS:
        assert re.match(r"(holds|open|host|person)\b", point[1]), point[0]
        assert len(point) == 3 or point[1].strip(" |") == "person", f"nothing shows: {point[0]}"


def test_files_that_are_named_exist() -> None:
    named = {name for point in POINTS for name in re.findall(r"`([\w./-]*[\w-])`", " ".join(point[2:]))}
    files = {name for name in named if "/" in name or Path(name).suffix or (ROOT / name).exists()}
    assert "LICENSE" in files
    missing = {name for name in files if not (ROOT / name).exists()}
    assert missing - {"openjournals/inara"} == set()


@pytest.mark.slow  # it loads every module
def test_every_function_for_users_has_an_example() -> None:
    named = {name: getattr(ck, name) for name in ck.__all__}
    modules = [value for name, value in named.items() if inspect.ismodule(value) and name != "errors"]
    values = [*named.values(), *(getattr(module, name) for module in modules for name in module.__all__)]
    functions = [value for value in values if inspect.isfunction(value)]
    assert len(functions) > 200
    assert [function.__qualname__ for function in functions if ">>> " not in (function.__doc__ or "")] == []
