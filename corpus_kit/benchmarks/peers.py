"""Which peers are installed, in which version; separate environments for those that conflict with the others.

camel-tools depends on torch, which its normalisers do not use: it is installed with --no-deps and the two small
packages that they import; its lemmatiser imports more of them. conc pins an old Polars and needs spaCy. Tashaphyne,
farahidi and qalsadi are under the GPL, so they are never imported here; they are small.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from corpus_kit._base.cache import cache_folder
from corpus_kit.benchmarks.programs import run_program
from corpus_kit.benchmarks.tasks import Way
from corpus_kit.errors import invalid

__all__ = ["ENVIRONMENTS", "Environment", "Peers"]

_TIMEOUT = 900  # seconds for pip, which may have to build; for a peer's Python, which may be on a slow disk


@dataclass(frozen=True)
class Environment:
    """A separate environment.

    Attributes:
        packages: The packages to install.
        options: Options of pip.
        variable: The environment variable with the path of its Python.
        script: The file with its ways.
        switch: The option of the command that creates it.
    """

    packages: tuple[str, ...]
    options: tuple[str, ...]
    variable: str
    script: str
    switch: str


ENVIRONMENTS = {
    "camel": Environment(
        ("camel-tools==1.6.0", "emoji==2.16.0", "six==1.17.0"), ("--no-deps",), "CORPUS_KIT_CAMEL_PYTHON",
        "camel_peer.py", "--environments",
    ),
    "camel-lemmas": Environment(
        (
            "camel-tools==1.6.0", "cachetools==8.0.2", "docopt==0.6.2", "editdistance==0.8.1", "emoji==2.16.0",
            "muddler==0.1.3", "pyrsistent==0.20.0", "requests", "certifi", "charset-normalizer", "idna", "six==1.17.0",
            "tqdm", "urllib3",
        ),
        ("--no-deps",), "CORPUS_KIT_CAMEL_PYTHON", "lemma_peer.py", "--environments",
    ),
    "conc": Environment(("conc==0.1.13",), (), "CORPUS_KIT_CONC_PYTHON", "conc_peer.py", "--with-conc"),
    "farahidi": Environment(
        ("farahidi==0.4.0",), (), "CORPUS_KIT_FARAHIDI_PYTHON", "segment_peer.py", "--environments"
    ),
    "qalsadi": Environment(("qalsadi==0.5.1",), (), "CORPUS_KIT_QALSADI_PYTHON", "lemma_peer.py", "--environments"),
    "tashaphyne": Environment(
        ("tashaphyne==0.3.6", "pyarabic==0.6.15", "six==1.17.0"), (), "CORPUS_KIT_TASHAPHYNE_PYTHON",
        "segment_peer.py", "--environments",
    ),
}  # fmt: skip


class Peers:
    """The peers that can run on this machine.

    Args:
        make: Environments to create if they are missing; others are only used if they exist.
        tell: Called with a line when one is created, since that takes a while.
    """

    def __init__(self, *, make: frozenset[str], tell: Callable[[str], None]) -> None:
        self._make = make
        self._tell = tell
        self._pythons: dict[str, Path | str] = {}
        self._versions: dict[tuple[str, str], str] = {}

    def missing(self, way: Way) -> str | None:
        """Return why a way cannot run, or None."""
        if way.environment:
            python = self.python(way.environment)
            return python if isinstance(python, str) else None
        absent = [module for module in way.modules if find_spec(module) is None]
        return f"not installed ({way.package})" if absent else None

    def python(self, environment: str) -> Path | str:
        """Return the Python of an environment, or why there is none."""
        if environment not in self._pythons:
            self._pythons[environment] = self._find(environment)
        return self._pythons[environment]

    def version(self, way: Way) -> str:
        """Return the version of a peer's package; "" for the standard library."""
        key = (way.environment, way.package)
        if not way.package:
            return ""
        if key not in self._versions:
            self._versions[key] = self._ask_version(way)
        return self._versions[key]

    def _ask_version(self, way: Way) -> str:
        if not way.environment:
            try:
                return version(way.package)
            except PackageNotFoundError:
                return "unknown"
        code = f"from importlib.metadata import version; print(version({way.package!r}))"
        run = run_program([self.python(way.environment), "-c", code], _TIMEOUT)
        return run.stdout.strip() or "unknown"

    def _find(self, name: str) -> Path | str:
        environment = ENVIRONMENTS[name]
        given = os.environ.get(environment.variable)
        if given:
            if not Path(given).is_file():
                raise invalid(environment.variable, "the path of a Python interpreter", given)
            return Path(given)
        folder = self._folder(name)
        python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if (folder / "complete").is_file() and python.is_file():
            return python
        if name not in self._make:
            return f"not installed ({environment.switch} creates an environment for it)"
        self._tell(f"creating an environment for {environment.packages[0]} in {folder}")
        return _made(folder, python, environment)

    def _folder(self, name: str) -> Path:
        environment = ENVIRONMENTS[name]
        key = json.dumps([environment.packages, environment.options, sys.version, sys.executable])
        return cache_folder().absolute() / "benchmarks" / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _made(folder: Path, python: Path, environment: Environment) -> Path | str:
    """Create an environment; the file `complete` is written last, so that an incomplete one is created again."""
    shutil.rmtree(folder, ignore_errors=True)
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        run_program([sys.executable, "-m", "venv", folder], _TIMEOUT).check_returncode()
        run_program([*install, *environment.options, *environment.packages], _TIMEOUT).check_returncode()
        (folder / "complete").write_text(" ".join(environment.packages), encoding="utf-8")
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        shutil.rmtree(folder, ignore_errors=True)
        return f"not installed ({environment.packages[0]}: {said[-1] if said else error})"
    return python
