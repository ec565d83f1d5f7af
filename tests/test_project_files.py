"""The files about the project agree: name, addresses, version, licence, bounds, hooks, and what the sdist has."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from setuptools.command.egg_info import FileList

import corpus_kit as ck
from corpus_kit._base.distribution import DISTRIBUTION

ROOT = Path(__file__).parents[1]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = CONFIGURATION["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
WHEELS_BEGIN = DISTRIBUTION.replace("-", "_")
# A line that may have one of the following.
CANDIDATE = rf"{DISTRIBUTION}|{WHEELS_BEGIN}|corpus-kit|corpuskit|corpus\.kit|corpus_kit(-|\\?\[)|[\"']\.\[|extra_req"
KIT = rf"(?:[\w.-]*corpus[-_.]?kit|{DISTRIBUTION})"
# What is installed, and its extras; in a test the brackets may be escaped.
REQUIREMENT = re.compile(rf"(?<![\w/.])({KIT}|(?<=[\"'])\.)\\?\[([a-z]+(?:,[a-z]+)*)\\?\]")
INSTALLED = re.compile(rf"pip (?:install|download|uninstall)(?: --?[\w=-]+)* ({KIT})\b")
WHEEL = re.compile(rf"\b(\w*corpus_kit|{WHEELS_BEGIN})-[^\s`\"']*\.(?:whl|tar\.gz)")
EXTRAS_OF_A_SETTING = re.compile(r"extra_requirements: *\[([\w, ]+)\]")
REPOSITORY = re.compile(rf"(?:github\.com|githubusercontent\.com|/github|/gh)/([\w.-]+/{KIT})\b")
SITE = re.compile(rf"({KIT}\.readthedocs\.io)")
ON_THE_INDEX = re.compile(rf"pypi\.org/project/({KIT})\b")


def git(*arguments: str) -> list[str]:
    """Return the lines that git says about the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the repository, not only its files")
    said = subprocess.run(["git", "-c", "core.quotePath=off", *arguments], cwd=ROOT, capture_output=True, check=True)
    return said.stdout.decode("utf-8").rstrip("\n").split("\n")


@cache
def found() -> dict[re.Pattern[str], list[tuple[str, tuple[str, ...]]]]:
    """Return what the patterns above find, with the path of its file."""
    patterns = [REQUIREMENT, INSTALLED, WHEEL, EXTRAS_OF_A_SETTING, REPOSITORY, SITE, ON_THE_INDEX]
    finds: dict[re.Pattern[str], list[tuple[str, tuple[str, ...]]]] = {pattern: [] for pattern in patterns}
    for line in git("grep", "-zIE", CANDIDATE, "--", ".", ":!tests/test_project_files.py"):
        path, _, text = line.partition("\0")
        for pattern in patterns if len(text) < 10_000 else ():  # longer ones are outputs of notebooks
            finds[pattern] += [(path, match.groups()) for match in pattern.finditer(text)]
    return finds


def names(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    return ((path, groups[0]) for path, groups in found()[pattern])


def test_one_name_of_the_distribution() -> None:
    assert PROJECT["name"] == DISTRIBUTION
    mentioned = [*names(REQUIREMENT), *names(INSTALLED), *names(ON_THE_INDEX)]
    assert len({path for path, _ in mentioned}) > 20, "nothing is found"
    assert [(path, name) for path, name in mentioned if name not in (DISTRIBUTION, ".")] == []
    wheels = list(names(WHEEL))
    assert "README.md" in dict(wheels)
    assert [(path, name) for path, name in wheels if name != WHEELS_BEGIN] == []


def test_extras_that_are_mentioned_exist() -> None:
    mentioned = [(path, extras) for path, (_, extras) in found()[REQUIREMENT]] + list(names(EXTRAS_OF_A_SETTING))
    extras = set(PROJECT["optional-dependencies"])
    unknown = [(path, each) for path, each in mentioned if not set(re.split(", *", each)) <= extras]
    assert unknown == [], "an extra that pyproject.toml does not have (developers have dependency groups)"


def test_one_address_of_the_repository_and_of_the_site() -> None:
    urls = PROJECT["urls"]
    assert list(urls) == ["Homepage", "Documentation", "Repository", "Issues", "Changelog"]
    repository, site = urls["Repository"].removeprefix("https://github.com/"), urls["Documentation"]
    assert all(url.startswith((urls["Repository"], site)) for url in urls.values())
    assert [(path, name) for path, name in names(REPOSITORY) if name.removesuffix(".git") != repository] == []
    assert [(path, name) for path, name in names(SITE) if f"https://{name}" != site] == []
    assert (CITATION["repository-code"], CITATION["url"]) == (urls["Repository"], site)


def test_citations_agree() -> None:
    archived = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert {PROJECT["version"], ck.__version__, CITATION["version"]} == {PROJECT["version"]}
    assert {PROJECT["license"], CITATION["license"], archived["license"]} == {"MIT"}
    assert PROJECT["keywords"] == CITATION["keywords"] == archived["keywords"]
    assert (CITATION["title"], CITATION["authors"]) == (archived["title"], archived["creators"])
    assert archived["description"] == f"<p>{CITATION['abstract']}</p>"
    for said in (CITATION["title"], CITATION["authors"][0]["name"]):
        assert said in ck.cite()
    assert PROJECT["authors"] == CITATION["authors"]


def test_bounds_are_those_of_the_policy() -> None:
    text = (ROOT / "SUPPORT.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| ([\w-]+) \| ([\d.]+) \| \d{4}", text, re.MULTILINE))
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    listed = [requirement for group in groups for requirement in group]
    bounds = dict(match.groups() for each in listed if (match := re.match(r"([\w-]+)>=([\d.]+)", each)))
    core = {"ipython", "matplotlib", "networkx", "numpy", "pandas", "scikit-image", "scikit-learn", "scipy", "xarray"}
    assert stated == {name: bound for name, bound in bounds.items() if name in core}


def test_hooks_run_what_make_runs() -> None:
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    make = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(SCHEMA)", "check-jsonschema --builtin-schema")
    commands = {" ".join(line.split()) for line in re.sub(r"\$\(BIN\)/|PATH=\S+ ", "", make).split("\n")}
    for hook in (hook for repository in configuration["repos"] for hook in repository["hooks"]):
        beginning = re.sub(" --(force-exclude|fix|show-fixes)", "", hook["entry"])
        assert any(command.startswith(beginning) for command in commands), hook["id"]
        assert hook["language"] == "system", "versions are those of pyproject.toml"


def test_the_sdist_has_what_the_repository_has(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = git("ls-files")
    monkeypatch.chdir(ROOT)
    files = FileList()
    for line in Path("MANIFEST.in").read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            files.process_template_line(line)
    always = {"pyproject.toml", "setup.py", "MANIFEST.in", "corpus_kit_command.py"}
    assert sorted(set(paths) - {str(Path(each)) for each in files.files} - always) == []


def test_links_of_the_pages_at_the_top_work() -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("*.md")}
    headings = {
        path: {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.M)}
        for path, text in pages.items()
    }
    for path, text in pages.items():
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text):
            linked = ROOT / target if target else path
            assert linked.exists(), (path.name, target)
            assert not anchor or linked not in headings or anchor in headings[linked], (path.name, target, anchor)
