"""A peer in a process of its own: what it returns, and how long it takes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import corpus_kit
from corpus_kit.benchmarks import measure
from corpus_kit.benchmarks.programs import run_program
from corpus_kit.errors import CorpusKitError

LIMIT = 900  # seconds for a peer
CALLS = 5  # that are timed, after a first one
BUDGET = 20  # seconds after which no further call starts


def run_peer(
    script: str,
    way: str,
    texts: Any,
    *,
    python: Path | None = None,
    packages: Path | None = None,
    timed: Any = None,
    repeats: int = CALLS,
) -> tuple[Any, float]:
    """Return the result of a way, and the median CPU time of its calls in seconds, on one thread.

    CPU time is much the same when other programs run.

    Args:
        script: The file with its ways, in the folder of `measure.py` or with a path.
        way: Its name.
        texts: What it gets.
        python: The Python that runs it; None is this one, with corpus_kit.
        packages: A folder of further packages.
        timed: What it gets when it is timed; None for the same.
        repeats: The calls after the first one, which is not counted if there are others.

    Raises:
        CorpusKitError: If it fails, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="corpus-kit-peer-") as folder:
        output = Path(folder) / "output.json"
        request = {"way": way, "work": folder, "output": str(output), "packages": [str(packages)] if packages else []}
        _call(python, script, texts, request | {"mode": "check"})
        result = json.loads(output.read_text(encoding="utf-8"))
        mode = {"mode": "time", "repeats": repeats, "budget": BUDGET}
        answer = _call(python, script, texts if timed is None else timed, request | mode)
    measured = json.loads(answer.splitlines()[-1].removeprefix("MEASURED "))
    return result, statistics.median(call["cpu"] for call in measured["warm"] or [measured["first"]])


def _call(python: Path | None, script: str, texts: Any, request: dict[str, Any]) -> str:
    """Return what the process prints."""
    file = Path(request["work"]) / "texts.json"
    file.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    environment = {variable: value for variable, value in os.environ.items() if variable != "PYTHONPATH"}
    environment |= {"CORPUS_KIT_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    if python is None:
        environment["PYTHONPATH"] = str(Path(corpus_kit.__file__).parents[1])
    program = Path(measure.__file__)
    answer = json.dumps(request | {"texts": str(file)})
    command = [str(python or sys.executable), "-P", str(program), str(program.parent / script), answer]
    try:
        run = run_program(command, LIMIT, environment=environment)
    except subprocess.TimeoutExpired:
        raise CorpusKitError(f"slower than {LIMIT} s") from None
    if run.returncode:
        raise CorpusKitError(f"failed: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
    return run.stdout
