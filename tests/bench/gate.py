"""The regression gate: is the change slower than its base? It compares ratios, not absolute times.

The base and the change are built from git, each in a folder of its own, and the kernels of `kernels.py` are timed in
new processes that take turns: base, change, change, base ... A kernel that looks slower is timed again, twice, and
fails the gate if it is slower each time: in most rounds, and by more than the threshold in the fastest ones. Standard
library only; the repository is not changed.

Usage: gate.py [--base REVISION] [--threshold 1.15] [--seconds 280] [--folder FOLDER [--build]]

Building needs no quiet machine, timing does: with --build both are only built, and a later call with the same --folder
times these builds.

The default base is the merge base of HEAD and origin/main, or the parent of HEAD if that is HEAD itself.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The files that determine the speed of the library.
MEASURED = ("ext", "corpus_kit", "setup.py")

ROUNDS = 6  # rounds of all kernels in the first look
LOOKS = 3
AGAIN = 9  # rounds of a further look, at suspicious kernels only
FEWEST = 3  # minimum number of rounds, however long they take
LIMIT_OF_PROCESS = 120
LEAST_SECONDS = 60  # minimum for timing, however long the builds took

# Returns the seconds of each kernel on one side, "base" or "change"; None for a kernel that it does not have.
Time = Callable[[str, list[str]], dict[str, float | None]]


class NothingToCompareError(Exception):
    """There is no base, or no measured file differs from it."""


# ------------------------------------------------------------------------------------- the judgement


Pair = tuple[float, float]  # seconds of the base and of the change in one round


@dataclass(frozen=True)
class Verdict:
    """The verdict on a kernel, from the rounds of each look at it."""

    name: str
    looks: list[list[Pair]]
    threshold: float

    @property
    def counted(self) -> list[Pair]:
        """The last look; the earlier ones only selected the kernel."""
        return self.looks[-1]

    @property
    def slower(self) -> bool:
        return len(self.looks) == LOOKS and is_slower(self.counted, self.threshold)

    @property
    def word(self) -> str:
        if not self.counted:
            return "only in one of them"
        if self.slower:
            return "SLOWER"
        if len(self.looks) > 1:
            return "noise"
        return "faster" if is_slower([(change, base) for base, change in self.counted], 1.1) else "as before"


def ratio(pairs: list[Pair]) -> float:
    """Return the ratio of change to base in the fastest rounds: other processes can only slow a round down."""
    return min(change for _, change in pairs) / min(base for base, _ in pairs)


def is_slower(pairs: list[Pair], threshold: float) -> bool:
    """Return whether the ratio exceeds the threshold and the change is slower in two rounds of three."""
    return bool(pairs) and ratio(pairs) > threshold and 3 * sum(c > b for b, c in pairs) >= 2 * len(pairs)


def is_suspicious(pairs: list[Pair], threshold: float) -> bool:
    """Return whether the ratio exceeds half of the threshold, which is enough for another look."""
    return bool(pairs) and ratio(pairs) > 1 + (threshold - 1) / 2


def compare(
    kernels: Iterable[str],
    measure: Time,
    *,
    threshold: float,
    seconds: float = 200,
    clock: Callable[[], float] = time.monotonic,
) -> list[Verdict]:
    """Time the kernels of both sides in turns, the suspicious ones again, and judge.

    Half of the seconds is for the first look. Looks at a suspicious kernel are judged separately, and the kernel is
    slower only if it is slower in each of them.
    """
    names, start = list(kernels), clock()
    looks = {name: [pairs] for name, pairs in _look(names, measure, ROUNDS, seconds / 2, start, clock).items()}
    again = [name for name in names if is_suspicious(looks[name][0], threshold)]
    for number in range(1, LOOKS):
        if not again:
            break
        share = seconds * (1 + number / (LOOKS - 1)) / 2
        for name, pairs in _look(again, measure, AGAIN, share, start, clock).items():
            looks[name].append(pairs)
        again = [name for name in again if is_slower(looks[name][-1], threshold)]
    return [Verdict(name, looks[name], threshold) for name in names]


def _look(
    names: list[str], measure: Time, count: int, seconds: float, start: float, clock: Callable[[], float]
) -> dict[str, list[Pair]]:
    """Run rounds of both sides while there is time; the sides alternate in going first."""
    pairs: dict[str, list[Pair]] = {name: [] for name in names}
    for number in range(count):
        if number >= FEWEST and clock() - start >= seconds:
            break
        sides = ("base", "change") if number % 2 == 0 else ("change", "base")
        times = {side: measure(side, names) for side in sides}
        for name in names:
            base, change = times["base"].get(name), times["change"].get(name)
            if base and change:
                pairs[name].append((base, change))
    return pairs


def table(verdicts: list[Verdict]) -> str:
    lines = [f"{'kernel':<42} {'base':>9} {'change':>9} {'ratio':>6}  {'of rounds':>11}  {'rounds':>6}  verdict"]
    for verdict in verdicts:
        pairs = verdict.counted
        cells = ["", "", "", ""]
        if pairs:
            ratios = [change / base for base, change in pairs]
            fastest = [f"{min(side) * 1e3:.1f} ms" for side in zip(*pairs, strict=True)]
            cells = [*fastest, f"{ratio(pairs):.2f}", f"{min(ratios):.2f}-{max(ratios):.2f}"]
        base, change, quotient, spread = cells
        lines.append(
            f"{verdict.name:<42} {base:>9} {change:>9} {quotient:>6}  {spread:>11}  {len(pairs):>6}  {verdict.word}"
        )
    return "\n".join(lines)


# ------------------------------------------------------------------------------------ git and builds


def git(*arguments: str, repository: Path) -> str:
    # The commit of `stash create` needs an author.
    names = {f"GIT_{who}_{what}": "gate" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    run = subprocess.run(
        ["git", *arguments], cwd=repository, env={**os.environ, **names}, capture_output=True, text=True
    )
    if run.returncode:
        raise NothingToCompareError(f"git {' '.join(arguments)}: {run.stderr.strip() or 'failed'}")
    return run.stdout.strip()


def revisions(repository: Path, base: str | None) -> tuple[str, str]:
    """Return the commits of the base and of the change, which includes uncommitted changes of tracked files.

    Raises:
        NothingToCompareError: For a shallow clone or a first commit, or if no measured file differs.
    """
    head = git("rev-parse", "HEAD", repository=repository)
    # A commit of the work tree that is on no branch; empty if the work tree is clean.
    change = git("stash", "create", repository=repository) or head
    if base is None:
        base = _usual_base(repository, head)
    base = git("rev-parse", "--verify", f"{base}^{{commit}}", repository=repository)
    if not git("diff", "--name-only", base, change, "--", *MEASURED, repository=repository):
        raise NothingToCompareError(f"nothing that is measured differs from {base[:10]}")
    return base, change


def _usual_base(repository: Path, head: str) -> str:
    try:
        common = git("merge-base", "HEAD", "origin/main", repository=repository)
    except NothingToCompareError:
        common = head
    if common != head:
        return common
    try:
        return git("rev-parse", "--verify", "HEAD~1", repository=repository)
    except NothingToCompareError:
        raise NothingToCompareError("HEAD has no parent here: a first commit, or a shallow clone") from None


def build(repository: Path, revision: str, folder: Path) -> str | None:
    """Extract a revision into a folder and build its core there; return the error, if any."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", revision], cwd=repository, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    run = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True)
    return None if run.returncode == 0 else (run.stderr or run.stdout).strip()[-2000:]


def environment(folder: Path) -> dict[str, str]:
    """Return environment variables with which Python imports from this folder."""
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


class Builds:
    """Both builds, and the processes that time them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts = folder / "texts.parquet"

    def make(self, repository: Path, base: str, change: str) -> None:
        """Build both in parallel, unless the folder has them; exit if the change does not build.

        Raises:
            NothingToCompareError: If the base does not build.
        """
        made = self._folder / "made.txt"
        trees = git("rev-parse", f"{base}^{{tree}}", f"{change}^{{tree}}", repository=repository)
        if made.exists() and made.read_text() == trees:
            return
        for side in ("base", "change"):
            shutil.rmtree(self._folder / side, ignore_errors=True)
        with ThreadPoolExecutor(2) as pool:
            sides = {"base": base, "change": change}
            jobs = {side: pool.submit(build, repository, sides[side], self._folder / side) for side in sides}
            failed = {side: job.result() for side, job in jobs.items()}
        if failed["change"]:
            sys.exit(f"gate: the change does not build:\n{failed['change']}")
        if failed["base"]:
            raise NothingToCompareError(f"the base {base[:10]} does not build here:\n{failed['base']}")
        self._run("change", "texts", str(self._texts))
        made.write_text(trees)

    def measure(self, side: str, names: list[str]) -> dict[str, float | None]:
        times: dict[str, float | None] = json.loads(self._run(side, "time", str(self._texts), *names))
        return times

    def _run(self, side: str, *arguments: str) -> str:
        command = [sys.executable, "-P", str(HERE / "kernels.py"), *arguments]
        run = subprocess.run(
            command, cwd=self._folder, env=environment(self._folder / side), capture_output=True, text=True,
            timeout=LIMIT_OF_PROCESS,
        )  # fmt: skip
        if run.returncode:
            wrong = f"the {side} failed:\n{run.stderr.strip()[-2000:]}"
            raise NothingToCompareError(wrong) if side == "base" else RuntimeError(wrong)
        return run.stdout


def kernel_names(folder: Path) -> list[str]:
    code = "import runpy, sys, json; print(json.dumps(list(runpy.run_path(sys.argv[1])['KERNELS'])))"
    command = [sys.executable, "-P", "-c", code, str(HERE / "kernels.py")]
    run = subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=True)
    return list(json.loads(run.stdout))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", help="the revision to compare with")
    parser.add_argument("--threshold", type=float, default=1.15, help="the largest ratio of change to base that passes")
    parser.add_argument("--seconds", type=float, default=280, help="time for everything, with the builds")
    parser.add_argument("--folder", type=Path, help="a new folder that keeps the builds, or that of an earlier call")
    parser.add_argument("--build", action="store_true", help="only build both, in this folder")
    given = parser.parse_args(arguments)
    if given.build and given.folder is None:
        parser.error("--build needs --folder")
    repository, start = HERE.parents[1], time.monotonic()
    try:
        base, change = revisions(repository, given.base)
        with tempfile.TemporaryDirectory(prefix="corpus-kit-gate-") as name:
            folder = given.folder.resolve() if given.folder else Path(name)
            builds = Builds(folder)
            if not given.build and hasattr(os, "getloadavg") and os.getloadavg()[0] > (os.cpu_count() or 1):
                print("gate: this machine is busy; a slowdown may go unnoticed")
            print(f"gate: {change[:10]} compared with {base[:10]}; building both", flush=True)
            builds.make(repository, base, change)
            if given.build:
                return 0
            names = kernel_names(folder / "change")
            left = max(given.seconds - (time.monotonic() - start), LEAST_SECONDS)
            verdicts = compare(names, builds.measure, threshold=given.threshold, seconds=left)
    except NothingToCompareError as error:
        print(f"gate: {error}. Nothing to compare.")
        return 0
    print(table(verdicts))
    slower = [verdict.name for verdict in verdicts if verdict.slower]
    if slower:
        print(f"gate: slower than {base[:10]} by more than {given.threshold - 1:.0%}: {'; '.join(slower)}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
