"""Building with another compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
INCLUDE = PROJECT / "ext" / "include"


def compiler(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.slow
@pytest.mark.skipif(not INCLUDE.is_dir(), reason="the sources of the core are not here")
def test_core_builds_and_works_with_clang(tmp_path: Path) -> None:
    script = tmp_path / "clang"  # -O0 compiles fast; tests/test_portable.py tests optimised code
    script.write_text(f'#!/bin/sh\nexec {compiler("clang")} "$@" -O0\n')
    script.chmod(0o755)
    shutil.copytree(PROJECT / "ext", tmp_path / "ext")
    shutil.copytree(PROJECT / "corpus_kit", tmp_path / "corpus_kit", ignore=shutil.ignore_patterns("*.so", "*.pyd"))
    for name in ("setup.py", "pyproject.toml", "LICENSE"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / "README.md").write_text("A copy.\n")
    environment = {**os.environ, "CC": str(script), "LDSHARED": f"{script} -shared", "PYTHONPATH": str(tmp_path)}
    build = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    result = subprocess.run(build, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    program = (
        f"import corpus_kit as ck; assert ck.__file__.startswith({str(tmp_path)!r}), ck.__file__;"
        "print(ck.count_ngrams(['قال قال نعم'], 1)['count'].to_list(), ck.normalize('أَحمد', 'search'))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert result.stdout.split("\n")[0] == "[2, 1] احمد", result.stderr
