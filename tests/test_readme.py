"""The README example prints the output below it, and the other code runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
README = Path(__file__).parents[1] / "README.md"


def test_example_prints_the_output_shown() -> None:
    text = README.read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert found is not None
    code, expected = found.groups()
    environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment, check=True
    )
    assert run.stdout == expected
    statements = [line for line in code.splitlines() if line]
    assert len(statements) <= 11


@pytest.mark.slow
def test_other_code_runs_after_the_example(tmp_path: Path) -> None:
    example, searching, statistics, news = BLOCK.findall(README.read_text(encoding="utf-8"))[:4]
    assert "ck.kwic" in searching
    assert "ck.measures" in statistics
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    assert "ck.news" in news
    code = example + searching + statistics + news
    subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True, cwd=tmp_path)
    assert (tmp_path / "codes.csv").is_file()
