"""Building with other compilers, and the configuration of the wheels."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import Cython.Build
import pytest
import setuptools

PROJECT = Path(__file__).parents[1]
INCLUDE = PROJECT / "ext" / "core"


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


@pytest.mark.parametrize("clang_cl", [True, False])
def test_clang_cl_takes_the_place_of_microsofts_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clang_cl: bool
) -> None:
    """setuptools believes to be on Windows; the programs write their arguments down."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577836800")  # which setup.py would set for all later tests
    monkeypatch.setattr(Cython.Build, "cythonize", lambda *_, **__: [])
    monkeypatch.setattr(setuptools, "setup", lambda **options: given.update(options))
    given: dict[str, Any] = {}
    runpy.run_path(str(PROJECT / "setup.py"))
    assert not re.search(r"\]\((?!https:|#)", given["long_description"]), "a link that leads nowhere on the index"
    for name in ["clang-cl", "cl.exe"] if clang_cl else ["cl.exe"]:
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/calls\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISTUTILS_USE_SDK", "1")  # take the tools that are on PATH
    monkeypatch.chdir(tmp_path)
    Path("core.c").write_text("")
    distribution = setuptools.Distribution(
        {"name": "core", "ext_modules": [setuptools.Extension("core", ["core.c"])], "cmdclass": given["cmdclass"]}
    )
    build = distribution.get_command_obj("build_ext")
    build.compiler, build.plat_name = "msvc", "win-amd64"
    build.ensure_finalized()
    build.plat_name = "win-amd64"
    with pytest.raises(Exception, match=r"link\.exe"):  # there is none
        build.run()
    call = Path("calls").read_text().split()
    assert call[0] == ("clang-cl" if clang_cl else "cl.exe")
    assert ("/GL" in call, "--target=x86_64-pc-windows-msvc" in call) == (not clang_cl, clang_cl)
    assert {"/O2", "/MD", "/Tccore.c"} <= set(call)


def test_an_sdist_depends_on_its_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cython.Build, "cythonize", lambda *_, **__: [])
    monkeypatch.setattr(setuptools, "setup", lambda **options: given.update(options))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577836800")
    given: dict[str, Any] = {}
    runpy.run_path(str(PROJECT / "setup.py"))
    made = []
    for names, mode, moment in (("ab", 0o600, 1), ("ba", 0o664, 2_000_000_000)):
        folder = tmp_path / names / "p-1"
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_text(name)
            (folder / name).chmod(mode)
            os.utime(folder / name, (moment, moment))
        monkeypatch.chdir(folder.parent)
        command = given["cmdclass"]["sdist"](setuptools.Distribution({"name": "p"}))
        made.append(Path(command.make_archive("p-1", "gztar", base_dir="p-1", owner=None, group=None)).read_bytes())
    assert made[0] == made[1]
    assert f'SOURCE_DATE_EPOCH = "{os.environ["SOURCE_DATE_EPOCH"]}"' in (PROJECT / "pyproject.toml").read_text("utf-8")


def test_wheels_are_for_the_versions_that_the_project_names() -> None:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        configuration = tomllib.load(file)
    project, wheels = configuration["project"], configuration["tool"]["cibuildwheel"]
    built = re.findall(r"cp3(\d+)-\*", wheels["build"])
    named = [re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", text) for text in project["classifiers"]]
    assert built == [match[1] for match in named if match]
    assert project["requires-python"] == f">=3.{built[0]}"
    assert wheels["test-skip"] in wheels["build"].split()


def test_wheels_are_tested_with_the_core() -> None:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        command = tomllib.load(file)["tool"]["cibuildwheel"]["test-command"][-1]
    tested = re.findall(r"\{project\}/tests/(\w+\.py)", command)
    assert tested == sorted(path.name for path in (PROJECT / "tests").glob("test_*_core.py")), "as in .ci/run"
