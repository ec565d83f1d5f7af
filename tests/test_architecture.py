"""The layout holds: imports go one way, importing stays light, public names are documented."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import corpus_kit as ck

PACKAGE = Path(ck.__file__).parent

# A module may import from its own layer and from those before it.
LAYERS = [
    {"errors", "arabic"},
    {"_arguments", "_columns", "_random", "corrections", "machine", "provenance", "versions"},
    {"normalization"},
    {"tokenization"},
    {"segmentation"},
    {"forms", "measures"},
    {"namespace", "ngram_options", "readers", "storage"},
    {"scale"},
    {"annotation", "building", "cleaned", "corpus", "growth", "token_table"},
    {"counted", "grouping", "patterns"},
    {"matching"},
    {"occurrences"},
    {"_statistics", "resampling"},
    {"counting"},
    {"collocation", "comparison", "distribution", "document_terms", "folding", "frequency_laws"},
    {"concordance", "samples"},
    {"news"},
    {"display", "export"},
    {"coding", "line_codes"},
    {"benchmarks", "lab"},
    {"cli"},
]
COMPILED = {"_normalize", "_tokenize", "_counting", "_concordance", "_runs", "_search"}
LAYER_OF = {module: number for number, layer in enumerate(LAYERS) for module in layer}


def subject(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_at_module_level(path: Path) -> set[str]:
    """Names of the package's own modules that are imported when the module is loaded."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "corpus_kit":
            found |= {f"corpus_kit.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name.split(".")[1] for name in found if name.startswith("corpus_kit.")}


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    own = subject(path)
    assert own in LAYER_OF, f"{own} has no layer yet"
    for imported in imports_at_module_level(path) - COMPILED - {"__version__"}:
        assert LAYER_OF[imported] <= LAYER_OF[own], f"{own} imports {imported}"


def test_only_display_imports_plotting_libraries() -> None:
    heavy = {"altair", "matplotlib", "plotly", "great_tables", "IPython", "anywidget"}
    for path in MODULES:
        names = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert subject(path) == "display" or not names & heavy, path


def test_importing_the_package_stays_light() -> None:
    code = "import corpus_kit, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert {"polars", "corpus_kit"} <= loaded
    assert not loaded & {"altair", "matplotlib", "IPython", "jupyterlab", "dask", "distributed", "networkx", "scipy"}


def test_no_module_has_the_name_of_a_public_function() -> None:
    assert not {path.stem for path in MODULES} & {name for name in ck.__all__ if callable(getattr(ck, name))}


@pytest.mark.parametrize("name", [name for name in ck.__all__ if callable(getattr(ck, name))])
def test_public_names_are_documented(name: str) -> None:
    documentation = getattr(ck, name).__doc__ or ""
    assert documentation.strip()
    if not name.endswith("Error") and name not in ("Concordance", "DocumentTermMatrix"):
        assert ">>>" in documentation, f"{name} has no example"


@pytest.mark.parametrize("name", ck.news.__all__)
def test_public_names_of_the_news_are_documented(name: str) -> None:
    documentation = getattr(ck.news, name).__doc__ or ""
    assert documentation.strip()
    assert ">>>" in documentation or name in ("FrameDictionary", "Gazetteer"), f"{name} has no example"


def test_a_name_that_news_does_not_have() -> None:
    with pytest.raises(AttributeError, match=r"corpus_kit\.news.*'qotations'; did you mean 'quotations'"):
        ck.news.qotations  # noqa: B018
