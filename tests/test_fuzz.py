"""Fuzzing of the C core with libFuzzer, under AddressSanitizer and UndefinedBehaviorSanitizer.

The targets are the programs in tests/fuzz, which begin from the inputs in tests/fuzz/seeds. Here each runs for a few
seconds; CONTRIBUTING.md says how to run one for longer, and what to do with a finding.
"""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import pytest
import test_portable

FOLDER = Path(__file__).parent / "fuzz"
TARGETS = sorted(path.stem for path in FOLDER.glob("*.c"))
SECONDS = int(os.environ.get("CORPUS_KIT_FUZZ_SECONDS", "2"))
KEPT = os.environ.get("CORPUS_KIT_FUZZ_INPUTS")  # a folder for the inputs found, to begin from them the next time
LONGEST = 1024

pytestmark = [
    pytest.mark.skipif(not test_portable.INCLUDE.is_dir(), reason="the sources of the core are missing"),
]

TARGET = test_portable.Target(
    "clang",
    (
        *(*test_portable.SANITIZED, "-fsanitize=fuzzer"),
        f"-I{test_portable.SOURCES}",
        *("-DCK_NORMALIZE_PIECE=64", "-DCK_RARE=4u"),  # so that small inputs reach what is for large ones
    ),
)

tables, shared = test_portable.tables, test_portable.shared


def findings(folder: Path) -> str:
    """Return the inputs that libFuzzer stored on a failure: their paths and bytes."""
    paths = [path for path in folder.iterdir() if path.name.startswith(("crash-", "leak-", "timeout-", "oom-"))]
    return "\n".join(f"{path}: base64 {base64.b64encode(path.read_bytes()).decode()}" for path in paths)


def test_every_target_has_seeds() -> None:
    assert set(TARGETS) == {"arrow", "ngrams", "normalize", "runs", "search", "tokenize"}
    assert sorted(path.name for path in (FOLDER / "seeds").iterdir()) == TARGETS


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found(target: str, tmp_path: Path, tables: Path, shared: Path) -> None:
    command = test_portable.compiled(FOLDER / f"{target}.c", TARGET, tmp_path, shared)
    found = Path(KEPT) / target if KEPT else tmp_path / "inputs"
    found.mkdir(parents=True, exist_ok=True)
    # libFuzzer takes the peak memory of the process for its own, and that begins with its parent's
    command += [f"-max_total_time={SECONDS}", f"-max_len={LONGEST}", "-timeout=30", "-rss_limit_mb=0"]
    command += [f"-artifact_prefix={tmp_path}/", str(found), str(FOLDER / "seeds" / target)]
    environment = test_portable.outside_environment() | {"FUZZ_PROGRAMS": str(tables)}
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    assert result.returncode == 0, f"{result.stderr[-6000:]}\n{findings(tmp_path)}"
