"""The versions that a result depends on: of the library, its dependencies and the machine."""

from __future__ import annotations

import os
import platform
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from corpus_kit._version import __version__
from corpus_kit.text.arabic import UNICODE_VERSION

__all__ = ["show_versions", "versions"]

_CORE = "_core"
_OPTIONAL = (  # what a bug may depend on, of each extra
    "matplotlib", "anywidget", "fontpkg-amiri", "ipykernel", "jupyterlab", "fastexcel", "lxml", "pdfminer.six",
    "python-docx", "trafilatura", "scikit-learn", "pandas", "pyarrow", "distributed", "fsspec",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions that a result depends on, as `ck.save` records them.

    >>> versions()["unicode"]
    '17.0'
    """
    return {
        "corpus_kit": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "polars": _installed("polars"),
        "numpy": _installed("numpy"),
        "scipy": _installed("scipy"),
        "unicode": UNICODE_VERSION,
    }


def show_versions() -> None:
    """Print the versions of the library, Python, the dependencies and the machine.

    Put it into the last cell of a notebook and into every bug report.

    Examples:
        >>> show_versions()  # doctest: +ELLIPSIS
        corpus_kit ...
    """
    rows = versions()
    rows["unicode"] = f"{rows['unicode']} (the library's own tables)"
    rows["processors"] = str(os.cpu_count() or "unknown")
    rows["compiled core"] = _core()
    rows |= {name: _installed(name) for name in _OPTIONAL}
    width = max(map(len, rows))
    print("\n".join(f"{name:<{width}}  {value}" for name, value in rows.items()))


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _core() -> str:
    spec = find_spec(f"corpus_kit.{_CORE}")
    compiled = spec is not None and (spec.origin or "").endswith(tuple(EXTENSION_SUFFIXES))
    return "yes" if compiled else f"no ({_CORE} missing)"
