"""Architecture rules: imports go one way, names match their files, importing stays cheap."""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

import corpus_kit as ck

PACKAGE = Path(ck.__file__).parent

# Top-level folders and files, lowest layer first. A module imports only from its own folder and from earlier ones.
ORDER = [
    "_version",
    "safe_text",
    "errors",
    "_base",
    "machine",
    "display",
    "text",
    "versions",
    "licences",
    "measures",
    "readers",
    "scale",
    "annotators",
    "corpus",
    "query",
    "coding",
    "search",
    "analysis",
    "news",
    "export",
    "corpus.corpus",  # the façade: the methods of `Corpus` search and compare, so it is above what they use
    "samples",
    "plots",
    "explore",
    "lab",
    "benchmarks",
    "cli",
    "__main__",
]
# Imported inside functions only, since they are optional or slow to load.
LATE = {
    "scipy",
    "networkx",
    "xlsxwriter",
    "wordfreq",
    "simplemma",
    "tqdm",
    "rich",
    "babel",
    "unicodedata2",
    "hijridate",
    "datasets",
    "docx",
    "fastexcel",
    "lxml",
    "pandas",
    "pdfminer",
    "pypdf",
    "pysubs2",
    "sklearn",
    "spacy",
    "striprtf",
    "trafilatura",
    "warcio",
    "zstandard",
}


class Import(NamedTuple):
    """An import of a module of this package, at any level of the code."""

    source: str
    target: str
    line: int
    is_late: bool


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


LOOKED_AT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Attribute)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@cache
def all_nodes() -> dict[str, list[tuple[ast.AST, bool]]]:
    """Return the nodes of each module that tests look at, and whether each is inside a function."""
    gc.disable()  # going through so many nodes for garbage would take longer than all the rest
    try:
        return {module: nodes_in(ast.parse(path.read_text(encoding="utf-8"))) for module, path in MODULES.items()}
    finally:
        gc.enable()


def nodes_in(tree: ast.Module) -> list[tuple[ast.AST, bool]]:
    found: list[tuple[ast.AST, bool]] = [(child, False) for child in ast.iter_child_nodes(tree)]
    for parent, is_late in found:  # grows
        late = is_late or isinstance(parent, FUNCTIONS)
        found.extend((child, late) for child in ast.iter_child_nodes(parent))
    return [each for each in found if isinstance(each[0], LOOKED_AT)]


def nodes(module: str) -> list[tuple[ast.AST, bool]]:
    return all_nodes()[module]


@pytest.fixture(scope="module", autouse=True)
def forget() -> Iterator[None]:
    """Keep no nodes while other modules are tested, where each search for garbage would go through them."""
    yield
    all_nodes.cache_clear()


def imports(source: str) -> Iterator[Import]:
    """Yield all imports of the package's own modules, including those in functions and for type checkers."""
    for node, is_late in nodes(source):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}:{node.lineno} imports by a relative name"
            assert node.module is not None
            longer = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [name if name in MODULES else node.module for name in longer]
        else:
            continue
        for name in found:
            if name in MODULES and name not in (source, "corpus_kit"):
                yield Import(source, name, node.lineno, is_late)


@cache
def graph() -> dict[str, list[str]]:
    """Return the imports of each module, without corpus_kit/__init__.py, which re-exports the public names."""
    return {name: sorted({each.target for each in imports(name)}) for name in MODULES if name != "corpus_kit"}


def place(module: str) -> int:
    below = module.removeprefix("corpus_kit.")
    return ORDER.index(below if below in ORDER else below.split(".")[0])


def test_no_circular_imports() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"circular import: {' -> '.join([*path[path.index(module) :], module])}"
        if module not in done:
            for target in graph()[module]:
                visit(target, (*path, module))
            done.add(module)

    for module in graph():
        visit(module, ())


@pytest.mark.parametrize("folder", ORDER)
def test_imports_follow_the_layer_order(folder: str) -> None:
    for module in graph():
        if place(module) == ORDER.index(folder):
            for each in imports(module):
                assert place(each.target) <= ORDER.index(folder), f"{module}:{each.line} imports {each.target}"


def test_every_folder_has_a_layer() -> None:
    there = {name.removeprefix("corpus_kit.").split(".")[0] for name in graph()}
    assert there == {name.split(".")[0] for name in ORDER}


def test_only_optional_or_slow_libraries_are_imported_in_functions() -> None:
    for module in MODULES:
        lines = MODULES[module].read_text(encoding="utf-8").splitlines()
        for node, is_late in nodes(module):
            if not is_late or not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            name = node.names[0].name if isinstance(node, ast.Import) else str(node.module)
            line = lines[node.end_lineno - 1] if node.end_lineno else ""
            reason = "  # " in line or "  # " in lines[node.lineno - 1]
            assert reason, f"{module}:{node.lineno} imports {name} in a function and does not say why"


def test_private_attributes_are_not_used_across_modules() -> None:
    named_tuple = {"_replace", "_asdict", "_fields", "_make"}  # public despite their names
    for module in MODULES:
        defined = {node.name for node, _ in nodes(module) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        for node, _ in nodes(module):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
                defined.add(node.attr)
            if isinstance(node, ast.AnnAssign | ast.Assign):
                targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
                defined |= {target.id for target in targets if isinstance(target, ast.Name)}
        for node, _ in nodes(module):
            if isinstance(node, ast.Attribute) and re.match("_[a-z]", node.attr):
                own = node.attr in defined or node.attr in named_tuple or node.attr.startswith("_repr_")
                assert own, f"{module}:{node.lineno} touches {ast.unparse(node)}"
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("corpus_kit"):
                for alias in node.names:
                    private = re.match("_[a-z]", alias.name)
                    is_module = f"{node.module}.{alias.name}" in MODULES or (PACKAGE / f"{alias.name}.pyi").exists()
                    assert not private or is_module, f"{module}:{node.lineno} imports {alias.name}"


def test_only_display_imports_plotting_libraries() -> None:
    heavy = {"matplotlib", "plotly", "great_tables", "IPython", "anywidget"}
    for module in MODULES:
        found = set()
        for node, _ in nodes(module):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).split(".")[0])
        assert module.split(".")[1:2] in (["plots"], ["explore"]) or not found & heavy, module


HEAVY = {
    *(
        "anywidget",
        "matplotlib",
        "IPython",
        "jupyterlab",
        "dask",
        "distributed",
        "networkx",
        "scipy",
        "pandas",
        "pyarrow",
    ),
    *("rich", "lxml", "fsspec", "platformdirs"),
}
# What only building, changing, showing and exporting need, and what is said when nothing is found.
OTHER_TASKS = {
    *("readers.reader", "readers.registry", "readers.parquet_footer", "corpus.building", "corpus.annotation"),
    *("export", "news", "display.html", "display.text", "text.uthmani", "text.readings", "text.segmentation"),
}
HINTS = ["corpus_kit.search.hints", "corpus_kit.query.foreign_syntax", "corpus_kit.search.romanisation"]
SCIPY = ["scipy.special", "scipy.stats", "numpy.f2py", "numpy.testing"]
FIRST_USES = {
    "import": ["numpy.ma", "corpus_kit.corpus", "corpus_kit.query", "corpus_kit.search", "corpus_kit.analysis"],
    "ck.kwic(corpus, 'في').page(1)": ["numpy.ma", "corpus_kit.search.hints", "corpus_kit.query.foreign_syntax"],
    "ck.kwic(corpus, 'a:[] في b:[] :: a.folded = b.folded').page(1)": ["numpy.ma", *HINTS],
    "ck.kwic(corpus, 'قال الوزير', sort=['after1', 'node']).page(1)": ["corpus_kit.search.hints"],
    "ck.collocations(corpus, 'في')": HINTS,
    "ck.frequency(corpus)": [*HINTS, *SCIPY],
    "ck.frequency(corpus, pattern='قال', by='outlet', total=True)": [*HINTS, *SCIPY],
    "ck.trend(corpus, 'قال', every='month')": [*HINTS, *SCIPY],
}
# What some may load beside: where the columns of a table are; for intervals SciPy's functions, without the rest of it.
MAY_LOAD = {"ck.frequency(": "corpus_kit.readers.parquet_footer", "by='outlet'": "scipy", "ck.trend(": "scipy"}


@pytest.mark.parametrize(
    "uses", [[*FIRST_USES][:-1], ["import", [*FIRST_USES][-1]]], ids=["one after another", "the last alone"]
)
def test_first_uses_load_only_what_they_need(uses: list[str]) -> None:
    """In one process: what a use may not load, none before it has loaded either."""
    program = ["import sys, corpus_kit as ck", "print(*sys.modules)", "corpus = ck.Corpus.open(sys.argv[1])"]
    for use in uses[1:]:
        program += [use, "print(*sys.modules)"]
    command = [sys.executable, "-c", "\n".join(program), str(ck.sample_corpus().path)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    for use, line in zip(uses, run.stdout.splitlines(), strict=True):
        loaded = set(line.split())
        assert {"polars", "corpus_kit"} <= loaded
        may = {name for part, name in MAY_LOAD.items() if part in use}
        not_needed = (HEAVY | {f"corpus_kit.{name}" for name in OTHER_TASKS} | set(FIRST_USES[use])) - may
        assert not loaded & not_needed, (use, sorted(loaded & not_needed))


# ------------------------------------------------------------------------------- names and files

PACKAGES = [ck, ck.annotators, ck.news, ck.plot, ck.scale, ck.measures]
PUBLIC = [
    *((ck, name) for name in ck.__all__ if not name.startswith("__")),
    *((module, name) for module in (ck.annotators, ck.news, ck.plot, ck.scale) for name in module.__all__),
]


def words(name: str) -> list[str]:
    """Return the words of a name in snake or camel case."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return [word for word in snake.split("_") if len(word) > 2]


def are_alike(one: str, other: str) -> bool:
    """Return whether two words share their first five letters, such as tokens and tokenization."""
    length = min(5, len(one), len(other))
    return one[:length] == other[:length]


@pytest.mark.parametrize(("module", "name"), PUBLIC, ids=lambda each: getattr(each, "__name__", each))
def test_public_names_match_their_file_names(module: object, name: str) -> None:
    """For example, `keyness` is in analysis/keyness.py, `Normalizer` in text/normalization.py."""
    value = getattr(module, name)
    if inspect.ismodule(value):
        return
    path = Path(inspect.getsourcefile(inspect.unwrap(value)) or "")
    shared = [word for word in words(name) for other in words(path.stem) if are_alike(word, other)]
    assert shared, f"{name} is defined in {path.relative_to(PACKAGE)}"


@pytest.mark.parametrize(
    "package", [ck, ck.annotators, ck.news, ck.plot, ck.scale, ck.measures], ids=lambda each: each.__name__
)
def test_dir_lists_only_public_names(package: object) -> None:
    assert set(dir(package)) == set(package.__all__)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "package", [ck, ck.annotators, ck.news, ck.plot, ck.scale, ck.measures], ids=lambda each: each.__name__
)
def test_unknown_attribute_suggests_the_nearest(package: object) -> None:
    name = next(name for name in package.__all__ if name.islower() and name[0] != "_")  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=f"Did you mean '{name}'"):
        getattr(package, name + "x")


@pytest.mark.parametrize("package", [ck, ck.annotators, ck.news, ck.plot, ck.scale], ids=lambda each: each.__name__)
def test_type_checkers_see_lazy_names(package: object) -> None:
    seen = {
        alias.asname or alias.name
        for node, _ in nodes(package.__name__)  # type: ignore[attr-defined]
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if str(node.module).startswith("corpus_kit") and not str(node.module).startswith("corpus_kit._base")
    }
    assert set(package.__all__) <= seen  # type: ignore[attr-defined]


def test_function_is_not_shadowed_by_its_module() -> None:
    code = (
        "import corpus_kit.news.quotations, corpus_kit as ck; assert callable(ck.news.quotations), ck.news.quotations"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert importlib.import_module("corpus_kit.news.quotations").quotations is ck.news.quotations


# Arguments shared by several functions, in their common order.
SHARED = ["unit", "profile", "exact", "clitics", "within", "by", "every", "window", "measure", "min_count"]
SHARED += ["min_documents", "stopwords", "n_bootstrap", "confidence", "seed", "progress"]


@pytest.mark.parametrize(
    "function",
    [
        *(getattr(module, name) for module, name in PUBLIC if inspect.isfunction(getattr(module, name))),
        *(value for name, value in vars(ck.Corpus).items() if name[0] != "_" and inspect.isfunction(value)),
    ],
    ids=lambda function: function.__qualname__,
)
def test_shared_arguments_have_one_order(function: Callable[..., object]) -> None:
    shared = [each for name, each in inspect.signature(function).parameters.items() if name in SHARED]
    for _, kind in groupby(shared, key=lambda each: each.kind):  # those without a name come first
        names = [each.name for each in kind]
        assert names == sorted(names, key=SHARED.index)


# --------------------------------------------------------------------------------- documentation


@pytest.mark.parametrize("name", [name for name in ck.__all__ if callable(getattr(ck, name))])
def test_public_names_are_documented(name: str) -> None:
    documentation = getattr(ck, name).__doc__ or ""
    assert documentation.strip()
    if not name.endswith("Error") and name not in ("Concordance", "DocumentTermMatrix"):
        assert ">>>" in documentation, f"{name} has no example"


@pytest.mark.parametrize("name", ck.news.__all__)
def test_public_news_names_are_documented(name: str) -> None:
    documentation = getattr(ck.news, name).__doc__ or ""
    assert documentation.strip()
    assert ">>>" in documentation or name in ("FrameDictionary", "Gazetteer"), f"{name} has no example"
