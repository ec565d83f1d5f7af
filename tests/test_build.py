"""The C headers by themselves, under every compiler at hand, and the build with another compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
INCLUDE = PROJECT / "ext" / "include"
# capsule.h needs Python's own headers; normalize_kernel.h is a template that normalize.h includes.
HEADERS = sorted(path.name for path in INCLUDE.glob("*.h") if path.name not in ("capsule.h", "normalize_kernel.h"))


def compiler(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.skipif(not INCLUDE.is_dir(), reason="the sources of the core are not here")
@pytest.mark.parametrize("debug", [[], ["-DCK_DEBUG=1"]])
@pytest.mark.parametrize("name", ["gcc", "clang"])
def test_each_header_compiles_alone_without_a_warning(tmp_path: Path, name: str, debug: list[str]) -> None:
    command = [compiler(name), "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{INCLUDE}", *debug]
    assert "text_column.h" in HEADERS
    for header in HEADERS:
        source = tmp_path / f"{header}.c"
        source.write_text(f'#include "{header}"\n#include "{header}"\n')
        result = subprocess.run([*command, str(source)], capture_output=True, text=True)
        assert result.returncode == 0, result.stderr


@pytest.mark.slow
@pytest.mark.skipif(not INCLUDE.is_dir(), reason="the sources of the core are not here")
def test_the_core_builds_and_works_with_clang(tmp_path: Path) -> None:
    compiler("clang")
    shutil.copytree(PROJECT / "ext", tmp_path / "ext")
    shutil.copytree(PROJECT / "corpus_kit", tmp_path / "corpus_kit", ignore=shutil.ignore_patterns("*.so", "*.pyd"))
    for name in ("setup.py", "pyproject.toml", "LICENSE"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / "README.md").write_text("A copy.\n")
    environment = {**os.environ, "CC": "clang", "LDSHARED": "clang -shared", "PYTHONPATH": str(tmp_path)}
    build = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", "--parallel=2"]
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
