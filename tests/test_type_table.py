"""The table of types without Python: a C program that holds it to an obvious list."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)] or ["cc"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


@pytest.mark.skipif(sys.platform == "win32", reason="compiled as POSIX systems do it")
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("options", [["-O3"], ["-O1", "-g", *SANITIZERS]], ids=["fast", "sanitized"])
def test_the_table_equals_a_list(tmp_path: Path, compiler: str, options: list[str]) -> None:
    program = tmp_path / "types_against_list"
    source = ROOT / "tests" / "c" / "types_against_list.c"
    warnings = ["-std=c11", "-Wall", "-Wextra", "-Werror"]
    command = [compiler, *warnings, *options, f"-I{ROOT / 'ext' / 'include'}", str(source), "-o", str(program)]
    # What preloads a sanitizer for Python must not reach the compiler.
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=1"}
    made = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert made.returncode == 0, made.stderr
    ran = subprocess.run([str(program)], capture_output=True, text=True, env=environment)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "ok\n", "")
