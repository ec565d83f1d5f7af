"""tests/bench/gate.py: the gate tells noise from a slowdown, its kernels run."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import gate
import kernels
import polars as pl
import pytest

from corpus_kit.benchmarks.generated import generated_texts


@pytest.fixture(scope="module")
def texts() -> pl.Series:
    return generated_texts(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", kernels.KERNELS)
def test_kernels_run(name: str, texts: pl.Series, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SECONDS", 0)
    monkeypatch.setattr(kernels, "FEWEST_CALLS", 1)
    assert kernels.KERNELS[name](texts, tmp_path)() is not None
    assert kernels.seconds_of(name, texts) is not None


def timings(slowdowns: dict[str, float], noise: float, seed: int) -> tuple[gate.Time, list[list[str]]]:
    """Return invented timings with noise: each kernel of the change is slower by its factor."""
    chance = random.Random(seed)
    timed: list[list[str]] = []

    def measure(side: str, names: list[str]) -> dict[str, float | None]:
        timed.append(names)
        factor = {name: slowdowns[name] if side == "change" else 1.0 for name in names}
        return {name: 0.01 * factor[name] * (1 + noise * chance.random()) for name in names}

    return measure, timed


@pytest.mark.parametrize("seed", range(20))
def test_gate_tells_noise_from_a_slowdown(seed: int) -> None:
    slowdowns = {"same": 1.0, "slow": 1.4, "fast": 0.5, "a little": 1.03}
    measure, timed = timings(slowdowns, 0.3, seed)
    verdicts = {verdict.name: verdict for verdict in gate.compare(slowdowns, measure, threshold=1.15)}
    assert [name for name, verdict in verdicts.items() if verdict.slower] == ["slow"]
    assert verdicts["fast"].word == "faster"
    assert all(set(names) <= {"slow", "same", "a little"} for names in timed[2 * gate.ROUNDS :]), "only the suspicious"
    assert "SLOWER" in gate.table(list(verdicts.values()))


def test_gate_ignores_a_single_slow_spell() -> None:
    """The first look is slow, the second one is not."""
    calls = 0

    def measure(side: str, names: list[str]) -> dict[str, float | None]:
        nonlocal calls
        calls += 1
        return dict.fromkeys(names, 0.02 if side == "change" and calls <= 2 * gate.ROUNDS else 0.01)

    (verdict,) = gate.compare(["build"], measure, threshold=1.15)
    assert verdict.word == "noise"
    assert not verdict.slower


def test_gate_skips_new_kernels_and_keeps_its_time_limit() -> None:
    now = 0.0

    def measure(side: str, names: list[str]) -> dict[str, float | None]:
        nonlocal now
        now += 50
        return dict.fromkeys(names, 1.0) | ({"new": None} if side == "base" else {})

    verdicts = gate.compare(["new", "old"], measure, threshold=1.15, seconds=200, clock=lambda: now)
    assert [verdict.word for verdict in verdicts] == ["only in one of them", "as before"]
    assert now == 50 * 2 * gate.FEWEST


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    gate.git("init", "--quiet", "--initial-branch=main", repository=folder)
    commit(folder, "setup.py", "print(1)")
    return folder


def commit(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    gate.git("add", name, repository=folder)
    gate.git("commit", "--quiet", "--message", name, repository=folder)
    return gate.git("rev-parse", "HEAD", repository=folder)


def test_revisions_to_compare(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(gate.NothingToCompareError, match="no parent here: a first commit, or a shallow clone"):
        gate.revisions(repository, None)
    first = gate.git("rev-parse", "HEAD", repository=repository)
    second = commit(repository, "setup.py", "print(2)")
    assert gate.revisions(repository, None) == (first, second)
    third = commit(repository, "README.md", "words")
    with pytest.raises(gate.NothingToCompareError, match="nothing that is measured differs"):
        gate.revisions(repository, None)
    assert gate.revisions(repository, first) == (first, third)
    (repository / "setup.py").write_text("print(3)")
    base, change = gate.revisions(repository, None)
    assert base == second
    assert gate.git("show", f"{change}:setup.py", repository=repository) == "print(3)"
    assert not gate.git("stash", "list", repository=repository)
    shallow = tmp_path / "shallow"
    gate.git("clone", "--quiet", "--depth=1", repository.as_uri(), str(shallow), repository=tmp_path)
    with pytest.raises(gate.NothingToCompareError, match="shallow"):
        gate.revisions(shallow, None)
    # on a branch the base is its merge base with main
    clone = tmp_path / "clone"
    gate.git("clone", "--quiet", repository.as_uri(), str(clone), repository=tmp_path)
    gate.git("checkout", "--quiet", "-b", "work", repository=clone)
    commit(clone, "setup.py", "print(4)")
    newest = commit(clone, "setup.py", "print(5)")
    assert gate.revisions(clone, None) == (third, newest)


def test_gate_builds_from_git(repository: Path, tmp_path: Path) -> None:
    works = gate.git("rev-parse", "HEAD", repository=repository)
    fails = commit(repository, "setup.py", "raise SystemExit('no compiler')")
    assert gate.build(repository, works, tmp_path / "works") is None
    assert gate.build(repository, fails, tmp_path / "fails") == "no compiler"
    with pytest.raises(gate.NothingToCompareError, match="does not build here"):
        gate.Builds(tmp_path / "builds").make(repository, fails, works)
    with pytest.raises(SystemExit, match="the change does not build"):
        gate.Builds(tmp_path / "others").make(repository, works, fails)


def test_gate_times_what_an_earlier_call_has_built(repository: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """Of the same sources: an empty commit has those of its parent, other sources are built anew."""
    built: list[str] = []
    monkeypatch.setattr(gate, "build", lambda _repository, _revision, folder: built.append(folder.name))
    monkeypatch.setattr(gate.Builds, "_run", lambda *_: "")
    first = gate.git("rev-parse", "HEAD", repository=repository)
    second = commit(repository, "setup.py", "print(2)")
    builds = gate.Builds(tmp_path)
    builds.make(repository, first, second)
    gate.git("commit", "--quiet", "--allow-empty", "--message", "nothing", repository=repository)
    builds.make(repository, first, gate.git("rev-parse", "HEAD", repository=repository))
    assert sorted(built) == ["base", "change"]
    builds.make(repository, first, commit(repository, "setup.py", "print(3)"))
    assert sorted(built) == ["base", "base", "change", "change"]
