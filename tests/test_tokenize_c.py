"""The tokeniser's C parts without Python: programs that compare them with obvious twins."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)] or ["cc"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX compiler")


def output(folder: Path, name: str, compiler: str, options: list[str]) -> str:
    """Compile and run the program and return its output."""
    program = folder / name
    source = ROOT / "tests" / "c" / f"{name}.c"
    # as Python.h defines it
    always = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"]
    command = [compiler, *always, *options, f"-I{ROOT / 'ext' / 'include'}", str(source), "-o", str(program)]
    # A sanitizer preloaded for Python must not affect the compiler.
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=1"}
    made = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert made.returncode == 0, made.stderr
    ran = subprocess.run([str(program)], capture_output=True, text=True, env=environment)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    return ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("options", [["-O3"], ["-O1", "-g", *SANITIZERS]], ids=["fast", "sanitized"])
def test_type_table_equals_a_list(tmp_path: Path, compiler: str, options: list[str]) -> None:
    assert output(tmp_path, "types_against_list", compiler, options) == "ok\n"


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("options", [["-O3"], ["-O1", "-g", *SANITIZERS]], ids=["fast", "sanitized"])
def test_every_variant_finds_the_same_white_space(tmp_path: Path, compiler: str, options: list[str]) -> None:
    word, variants = output(tmp_path, "white_space_variants", compiler, options).split()
    assert word == "ok"
    assert int(variants) >= 1
