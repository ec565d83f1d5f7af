"""The report of a benchmark: medians and ratios, as a table for the terminal, Markdown and JSON.

``python -m corpus_kit.benchmarks.report RESULTS.json README.md`` writes the table into a README, between its two marks.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from corpus_kit._base.files import write_whole
from corpus_kit.errors import SourceError

__all__ = ["markdown", "put_into", "summary", "terminal_table", "write_results"]

Row = dict[str, Any]

BEGIN, END = "<!-- speed: printed by corpus-kit bench -->", "<!-- speed: end -->"


# ------------------------------------------------------------------------------------------ numbers


def seconds_of(run: Row) -> float:
    """Return the time of a process: the median of its warm calls, or its first call if there are no others."""
    calls: list[Row] = run["warm"] or [run["first"]]
    return float(statistics.median(call["seconds"] for call in calls))


def summary(report: Row) -> list[Row]:
    """Return a row for each way of each task: medians over its processes, and its speed relative to the best peer.

    Args:
        report: The report of `runner.run`.

    Returns:
        Rows with the fields task, title, name, role, status, note, processes; seconds and cpu_seconds (of all threads;
        both warm), first_seconds, mb_per_second (10^6 bytes of UTF-8), base_mib, peak_mib, first_faults, faults,
        best_peer (its name); ratio, ratio_low, ratio_high: the best peer's time divided by this one's, over the turns
        of the run; counted, such as "12 hits", if ways may find different numbers. Unknown values are None.
    """
    return [row for task in report["tasks"] for row in _task_rows(task)]


def _task_rows(task: Row) -> list[Row]:
    peers = [way for way in task["ways"] if way["role"] == "peer" and way["runs"]]
    best = min(peers, key=lambda way: statistics.median(map(seconds_of, way["runs"])), default=None)
    return [{**_row(task, way, best), "counted": _counted(task, way)} for way in task["ways"]]


def _counted(task: Row, way: Row) -> str | None:
    """Return what a way found, in words."""
    totals = way["runs"][0].get("totals") if way["runs"] else None
    return f"{totals[0]:,} {task['counted']}" if totals and task.get("counted") else None


def _row(task: Row, way: Row, best: Row | None) -> Row:
    runs = way["runs"]
    row: Row = {
        "task": task["name"],
        "title": task["title"],
        **{field: way[field] for field in ("name", "role", "status", "note")},
        "processes": len(runs),
        "best_peer": best["name"] if best else None,
    }
    times = ("seconds", "cpu_seconds", "first_seconds", "mb_per_second")
    names = (*times, "base_mib", "peak_mib", "first_faults", "faults")
    if not runs:
        return row | dict.fromkeys([*names, "ratio", "ratio_low", "ratio_high"])
    seconds = statistics.median(map(seconds_of, runs))
    row |= {
        "seconds": seconds,
        "cpu_seconds": _median(call.get("cpu") for run in runs for call in run["warm"] or [run["first"]]),
        "first_seconds": statistics.median(run["first"]["seconds"] for run in runs),
        "mb_per_second": task["bytes"] / 1e6 / seconds,
        "base_mib": _median(run["base_mib"] for run in runs),
        "peak_mib": _median(run["peak_mib"] for run in runs),
        "first_faults": _median(run["first"]["faults"] for run in runs),
        "faults": _median(call["faults"] for run in runs for call in run["warm"] or [run["first"]]),
    }
    return row | _ratios(runs, best)


def _ratios(runs: list[Row], best: Row | None) -> Row:
    """Return the best peer's seconds divided by ours, turn by turn; a peer too slow to run again keeps its one time."""
    if best is None:
        return dict.fromkeys(("ratio", "ratio_low", "ratio_high"))
    theirs, ours = [seconds_of(run) for run in best["runs"]], [seconds_of(run) for run in runs]
    turns = max(len(theirs), len(ours))
    ratios = [theirs[min(turn, len(theirs) - 1)] / ours[min(turn, len(ours) - 1)] for turn in range(turns)]
    return {"ratio": statistics.median(ratios), "ratio_low": min(ratios), "ratio_high": max(ratios)}


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


# -------------------------------------------------------------------------------------------- words


def in_words(seconds: float | None) -> str:
    """Return a time in the unit that reads best.

    Examples:
        >>> in_words(0.00421), in_words(0.83), in_words(12.34)
        ('4.2 ms', '830 ms', '12.3 s')
    """
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1e3:.2g} ms" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def _ratio(row: Row, *, spread: bool = True) -> str:
    if row["ratio"] is None:
        return ""
    low, high = _times(row["ratio_low"]), _times(row["ratio_high"])
    return _times(row["ratio"]) + (f" ({low}–{high})" if spread and low != high else "")


def _times(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.2g}" if ratio < 1 else f"{ratio:.1f}"


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _memory(row: Row) -> str:
    return "" if row["peak_mib"] is None else f"{row['peak_mib']:,.0f} ({_whole(row['base_mib'])})"


def origin(report: Row) -> str:
    """Return one paragraph on the machine, versions and text behind the numbers, and how they were measured."""
    machine, text, versions = report["machine"], report["text"], dict(report["versions"])
    ours = f"corpus-kit {versions.pop('corpus_kit')}, Python {versions.pop('python')}"
    rest = ", ".join(f"{name} {value}" for name, value in versions.items() if name not in ("platform", "unicode"))
    return (
        f"{machine['processor']}, {machine['processors']} processors, {machine['threads']} threads, "
        f"{machine['instructions']} instructions. {ours}, {rest}. "
        f"Text: {text['name']}: {text['bytes'] / 1e6:,.1f} MB of UTF-8, {text['documents']:,} documents, "
        f"{text['white_space_tokens']:,} white space tokens, SHA-256 {text['sha256'][:16]}. "
        f"{_processes(report['processes_of_each_way'])} for each way, in turns; medians; a time is that of a call on "
        f"warm memory. {report['started'][:10]}."
    )


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def terminal_table(report: Row) -> Table:
    """Return every way, task by task, as a table for a terminal."""
    table = Table(caption=origin(report), caption_justify="left", header_style="bold", pad_edge=False, box=None)
    table.add_column("", no_wrap=True)
    times = ("times the best peer", "warm", "its CPU time", "first call")
    for name in (*times, "MB/s", "peak MiB (before)", "page faults"):
        table.add_column(name, justify="right")
    table.add_column("", style="dim", max_width=44)
    task = None
    for row in summary(report):
        if row["task"] != task:
            task = row["task"]
            table.add_row(f"[bold]{row['title']}[/bold]", *[""] * 8)
        style = {"ours": "cyan", "context": "dim"}.get(row["role"])
        if row["seconds"] is None:
            table.add_row(f"  {row['name']}", *[""] * 7, row["status"], style="dim")
            continue
        table.add_row(
            f"  {row['name']}", _ratio(row), in_words(row["seconds"]), in_words(row["cpu_seconds"]),
            in_words(row["first_seconds"]), f"{row['mb_per_second']:,.0f}", _memory(row), _whole(row["faults"]),
            _remark(row, report), style=style,
        )  # fmt: skip
    return table


def _remark(row: Row, report: Row) -> str:
    once = _processes(row["processes"]) if row["processes"] < report["processes_of_each_way"] else ""
    return "; ".join(
        filter(None, [row["counted"], row["note"], once, "" if row["status"] == "measured" else row["status"]])
    )


def markdown(report: Row) -> str:
    """Return a Markdown table with a line for each task (ours, the best peer, the ratio), and its origin.

    If corpus-kit was also timed doing more than the peers do, or with other instructions, that has a line of its own.
    """
    lines = [
        "| | corpus-kit | CPU time | MB/s | best peer | its time | CPU time | times faster (range) | peak MiB (peer) "
        "| page faults (peer) |",
        "|---|---:|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    rows = summary(report)
    for name in dict.fromkeys(row["task"] for row in rows):
        of_task = [row for row in rows if row["task"] == name]
        all_ours = [row for row in of_task if row["role"] == "ours" and row["seconds"] is not None]
        ours = all_ours[:1] + [row for row in all_ours[1:] if row["note"]]
        ours += [
            row for row in of_task if row["role"] == "context" and row["ratio"] and row["name"].startswith("corpus-kit")
        ]
        peer = next((row for row in of_task if row["name"] == row["best_peer"]), None)
        missing = "none measured" if any(row["role"] == "peer" for row in of_task) else "none does it"
        for place, row in enumerate(ours):
            title = f"— {row['note']}" if place else row["title"]
            lines.append(f"| {' | '.join([title, *_cells(row, peer, missing)])} |")
    absent = [f"{row['name']}: {row['status']}" for row in rows if row["seconds"] is None]
    remarks = [f"{row['name']}: {row['note']}" for row in rows if row["name"] == row["best_peer"] and row["note"]]
    paragraphs = ["\n".join(lines), origin(report)]
    if remarks:
        paragraphs.append(f"Of the peers, {'; '.join(dict.fromkeys(remarks))}.")
    found = [_found(row, rows) for row in rows if row["name"] == row["best_peer"] and row["counted"]]
    if found:
        paragraphs.append(f"Found: {'; '.join(found)}.")
    if absent:
        paragraphs.append(f"Not measured: {'; '.join(dict.fromkeys(absent))}.")
    return "\n\n".join(paragraphs) + "\n"


def _found(row: Row, rows: list[Row]) -> str:
    """Return what a peer found and what corpus-kit found."""
    ours = next(each for each in rows if each["task"] == row["task"] and each["role"] == "ours")
    return f"{row['title']}: {ours['counted']}, {row['name']} {row['counted']}"


def _cells(row: Row, peer: Row | None, missing: str) -> list[str]:
    cells = [in_words(row["seconds"]), in_words(row["cpu_seconds"]), _whole(row["mb_per_second"])]
    if peer is None:
        return [*cells, missing, "", "", "", _whole(row["peak_mib"]), _whole(row["faults"])]
    ratio = _ratio(row, spread=False)
    return [
        *cells,
        peer["name"],
        in_words(peer["seconds"]),
        in_words(peer["cpu_seconds"]),
        f"**{ratio}**" + _ratio(row).removeprefix(ratio),
        f"{_whole(row['peak_mib'])} ({_whole(peer['peak_mib'])})",
        f"{_whole(row['faults'])} ({_whole(peer['faults'])})",
    ]


# -------------------------------------------------------------------------------------------- files


def write_results(report: Row, folder: Path) -> list[Path]:
    """Write results.json (raw runs and the summary), README-table.md and table.txt, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {**report, "summary": summary(report)}
    console = Console(width=160, record=True, file=StringIO(), color_system=None)
    console.print(terminal_table(report))
    contents = {
        "results.json": json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
        "README-table.md": markdown(report),
        "table.txt": console.export_text(),
    }
    for name, content in contents.items():
        write_whole(folder / name, content.encode())
    return [folder / name for name in contents]


def put_into(readme: str, table: str) -> str:
    r"""Return the README with the table between its two marks.

    Raises:
        SourceError: If the README has no marks.

    Examples:
        >>> put_into(f"a {BEGIN} old {END} z", "new") == f"a {BEGIN}\n\nnew\n{END} z"
        True
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SourceError(f"the README has no place for the table: it must contain {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"


def main() -> None:
    """Write the table of a report into a README."""
    results, readme = map(Path, sys.argv[1:3])
    report = json.loads(results.read_text(encoding="utf-8"))
    write_whole(readme, put_into(readme.read_text(encoding="utf-8"), markdown(report)).encode())


if __name__ == "__main__":
    main()
