"""The workflows of .github: what they may do, what they run, and that they are for what pyproject.toml names.

`make lint` holds their form (check-jsonschema) and looks for what is insecure (zizmor); here is what is our own.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[1]
FILES = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
ACTION = re.compile(r"uses: (\S+?)@(\S+)(?: # (v\d+\.\d+\.\d+))?$", re.MULTILINE)

pytestmark = pytest.mark.skipif(not FILES, reason="the workflows are not here")


def jobs(workflow: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = WORKFLOWS[workflow]["jobs"]
    return found


def steps(workflow: str) -> list[dict[str, Any]]:
    return [step for job in jobs(workflow).values() for step in job["steps"]]


def commands(workflow: str) -> str:
    return "\n".join(step.get("run", "") for step in steps(workflow))


def project() -> dict[str, Any]:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_little(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert workflow["name"] == name
    assert workflow["permissions"] == {}, "what a job may do, it says itself"
    assert not {"pull_request_target", "workflow_run"} & set(workflow[True]), "in YAML 1.1 the key `on` is true"
    assert workflow["concurrency"]["group"] == f"{name}-${{{{ github.ref }}}}"
    for job in workflow["jobs"].values():
        assert set(job["permissions"].values()) <= {"read", "write"}
        assert "timeout-minutes" in job
    assert "${{" not in commands(name), "what others write would be part of a program"
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_actions_are_pinned_to_one_commit_each() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    found = ACTION.findall(text)
    assert len(found) == text.count(" uses: ")
    assert all(re.fullmatch("[0-9a-f]{40}", commit) and version for _, commit, version in found), found
    names = {"/".join(action.split("/")[:2]) for action, _, _ in found}
    assert len({("/".join(action.split("/")[:2]), commit, version) for action, commit, version in found}) == len(names)


def test_only_a_tag_publishes() -> None:
    may_write = {
        (workflow, job)
        for workflow in WORKFLOWS
        for job, about in jobs(workflow).items()
        if "write" in about["permissions"].values()
    }
    assert may_write == {("wheels", "publish"), ("codeql", "codeql")}
    publish = jobs("wheels")["publish"]
    assert publish["if"] == "github.event_name == 'push' && github.ref_type == 'tag'"
    assert set(publish["needs"]) == set(jobs("wheels")) - {"publish"}
    assert publish["permissions"] == {"id-token": "write"}
    assert WORKFLOWS["wheels"][True]["push"] == {"tags": ["v*"]}
    assert not any("cache" in step.get("with", {}) for step in steps("wheels")), "what is published is built anew"


def test_every_system_and_every_version_is_tested() -> None:
    matrix = jobs("tests")["tests"]["strategy"]["matrix"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project()["project"]["classifiers"]))
    assert matrix["python"] == named
    assert {machine.split("-")[0] for machine in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert [extra["python"] for extra in matrix["include"]] == [f"{named[-1]}t"]
    assert ".ci/run" in commands("tests")


def test_what_the_tests_need_is_that_of_the_project() -> None:
    """The versions that are pinned in a workflow are those of the group `test` and of .ci/run."""
    wanted = project()["dependency-groups"]["test"]
    pinned = re.findall(r'"([\w.-]+==[\w.*]+)"', commands("tests"))
    assert len(pinned) == 3
    assert set(pinned) <= set(wanted)
    assert all(f'"{requirement}"' in (PROJECT / ".ci" / "run").read_text(encoding="utf-8") for requirement in pinned)


def test_wheels_are_for_every_system_and_small() -> None:
    matrix = jobs("wheels")["wheels"]["strategy"]["matrix"]
    assert {machine.split("-")[0] for machine in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert re.search(r"cibuildwheel==\d+\.\d+\.\d+$", commands("wheels"), re.MULTILINE), "not pinned to one version"
    (bytes_here,), (bytes_there,) = (
        re.findall(r"-size \+(\d+)c", text)
        for text in (commands("wheels"), (PROJECT / ".ci" / "run").read_text(encoding="utf-8"))
    )
    assert bytes_here == bytes_there


def test_the_audit_is_of_every_extra_for_users() -> None:
    extras = set(project()["project"]["optional-dependencies"]) - {"bench"}
    (audited,) = re.findall(r"\.\[([\w,]+)\]", commands("audit"))
    assert set(audited.split(",")) == extras


def test_benchmarks_have_a_base() -> None:
    assert "pull_request" in WORKFLOWS["benchmarks"][True]
    depths = {step["with"]["fetch-depth"] for step in steps("benchmarks") if "fetch-depth" in step.get("with", {})}
    assert depths == {2}
    for command in ('pip install ".[bench]"', "corpus-kit bench --quick", "tests/bench/gate.py"):
        assert command in commands("benchmarks")


def test_the_dev_container_is_the_image_of_the_check() -> None:
    """Named by its version and its digest."""
    image = jobs("tests")["check"]["container"]["image"]
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-3\.\d+-\w+@sha256:[0-9a-f]{64}", image)
    assert f'"image": "{image}"' in (PROJECT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")


def test_colab_gets_what_the_notebooks_need() -> None:
    page = (PROJECT / "docs" / "howto" / "without_installing.md").read_text(encoding="utf-8")
    (cell,) = re.findall(r"^%pip install arabic-corpus-kit (.+)$", page, re.MULTILINE)
    needed = project()["project"]["optional-dependencies"]["notebooks"]
    assert set(re.findall(r'"(.+?)"', cell)) == {
        name for name in needed if not name.startswith(("ipykernel", "jupyterlab"))
    }
