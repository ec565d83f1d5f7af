"""The clock: seconds, CPU time, page faults and peak memory of a call. Standard library only.

It is also the program for peers in environments of their own, where corpus_kit is not installed:
``python measure.py PEER.py REQUEST`` takes the ways from WAYS in PEER.py. The request may name folders of packages,
which come after those of this Python.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import site
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Measured", "measure"]

Measured = dict[str, Any]


def measure(call: Callable[[], Any], *, repeats: int, budget: float) -> tuple[Measured, Any]:
    """Call once on fresh memory, then up to `repeats` more times within `budget` seconds.

    Args:
        call: The function.
        repeats: The number of calls after the first one.
        budget: Seconds after which no further call starts.

    Returns:
        What was measured, and the last result. Measured: `first` and `warm` (a list), each with `seconds`, `cpu`
        (seconds of all threads) and `faults` (minor page faults; None if the system does not count them); `base_mib`,
        the memory before the first call, with libraries and text; `peak_mib`, the most during the calls.
    """
    gc.collect()
    at_start = _status("VmRSS")
    _reset_peak()
    runs: list[dict[str, Any]] = []
    result: Any = None
    begin = time.perf_counter()
    while len(runs) <= repeats and (not runs or time.perf_counter() - begin < budget):
        result = None  # frees the last result outside the clock
        faults = _minor_faults()
        cpu, start = time.process_time(), time.perf_counter()
        result = call()
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        after = _minor_faults()
        counted = None if faults is None or after is None else after - faults
        runs.append({"seconds": seconds, "cpu": cpu, "faults": counted})
    return {"first": runs[0], "warm": runs[1:], "base_mib": at_start, "peak_mib": _peak()}, result


def _minor_faults() -> int | None:
    try:
        import resource  # missing on Windows
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def _reset_peak() -> None:
    """Reset the peak, so that preparing does not count (on Linux; elsewhere it does)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak() -> float | None:
    """Return VmHWM, which is of this program alone; ru_maxrss starts with that of its parent."""
    peak = _status("VmHWM")
    if peak is not None:
        return peak
    try:
        import resource  # missing on Windows
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _status(field: str) -> float | None:
    """Return a field of /proc/self/status in MiB."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), None)


def main() -> None:
    """Check or time one way of a peer in its own environment."""
    peer, request = sys.argv[1], json.loads(sys.argv[2])
    for folder in request.get("packages", ()):
        site.addsitedir(folder)
    ways = runpy.run_path(peer)["WAYS"]
    texts = json.loads(Path(request["texts"]).read_text(encoding="utf-8"))
    os.chdir(request["work"])
    call = ways[request["way"]](texts)
    if request["mode"] == "check":
        Path(request["output"]).write_text(json.dumps(call(), ensure_ascii=False), encoding="utf-8")
        return
    measured, result = measure(call, repeats=request["repeats"], budget=request["budget"])
    if isinstance(result, list):  # of str; other results of peers are not compared
        measured["totals"] = [sum(map(len, result))]
    elif isinstance(result, tuple):  # the result and its totals
        measured["totals"] = result[1]
    print("MEASURED " + json.dumps(measured))


if __name__ == "__main__":
    main()
