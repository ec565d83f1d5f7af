"""What a reader of the explorer waits for, in Chromium, from the command `corpus-kit explore`.

Usage: explorer.py CORPUS [--word الصين] [--rounds 2] [--names] [--out FILE.json]

Each round starts the command, opens its page in a new browser, and does what a reader does; the least of each time over
the rounds is printed, since other programs only add to it, beside the processor time of the server (all threads):

    first view    from the start of navigation to the first rows painted: of a server that was just started (while it
                  warms up), and of a second window
    tab           from the click, or the last key, to the rows painted: of the first use and of a later one
    typing        from the input event of each key to the rows painted: the median, the 95th percentile, the largest
    page          heap of scripts, proportional memory (PSS) of the process that draws the page; its private memory once
                  garbage is collected, of which an empty page of the same browser has its part; layout shift

What has no hits has no rows to paint: the page says so when nothing more is typed for a while. These keys are silent.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OWN = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()", "explore"]
TABS = "words", "texts", "ngrams", "concordance", "collocates", "keywords", "trends"
PATIENCE = 120_000  # ms
KEYS = 6  # letters of a word that are typed
# Runs before the page: notes when rows are first painted, how far things move, and how long each key waits.
WATCH = r"""(() => {
  const seen = (window.bench = { first: null, shift: 0, keys: [], none: 0 });
  const rows = ".ck-rows .ck-row bdi, .ck-concordance tbody tr";
  const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(performance.now())));
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) seen.shift += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  let since = null;
  new MutationObserver((changes) => {
    if (seen.first === null && document.querySelector(rows)) {
      seen.first = 0;
      painted((now) => (seen.first = now));
    }
    const shown = (node) => node.nodeType === 1 && node.closest(".ck-rows, .ck-values, .ck-status, tbody") !== null;
    if (since === null || !changes.some(({ target }) => shown(target))) return;
    const begun = since;
    since = null;
    const lines = document.querySelector("[role=tabpanel]:not([hidden]) .ck-lines");
    if (lines && !lines.querySelector("tbody tr")) seen.none += 1; // no hits, which is told late
    else painted((now) => seen.keys.push(now - begun));
  }).observe(document, { subtree: true, childList: true });
  document.addEventListener("input", () => (since = performance.now()), true);
  window.benchDone = (pane) => {
    if (pane.hidden || pane.querySelector("[aria-busy=true]:not(.ck-row)")) return false;
    return pane.querySelector(".ck-row:not([aria-busy]) bdi, tbody tr") !== null;
  };
  window.benchWait = ([name, click]) => new Promise((resolve) => {
    const begun = performance.now();
    if (click) document.querySelector(`[role=tab][id$="-${name}"]`).click();
    const look = () => {
      const pane = document.querySelector(`[role=tabpanel][id$="-${name}"]`);
      if (pane !== null && window.benchDone(pane)) painted((now) => resolve(now - begun));
      else setTimeout(look, 2);
    };
    look();
  });
})()"""

ANSWERS = "[window.bench.keys.length, window.bench.none]"


class Server:
    """The command, as a reader starts it."""

    def __init__(self, corpus: Path, home: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(OWN), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
        environment |= {"JUPYTER_CONFIG_DIR": str(home)}
        command = [*COMMAND, str(corpus), "--no-browser", "--port", "0", "--language", "ar"]
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(r"http://\S+token=\w+", line):
                self.address = found.group()
                return
        raise SystemExit("the command has ended without an address")

    def used(self) -> float:
        """Return the processor time so far, in milliseconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return 1e3 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Reader:
    """A page, and what was measured on it."""

    def __init__(self, browser: Any, server: Server) -> None:
        self.server, self.browser = server, browser
        self.times: dict[str, Any] = {}
        self.page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
        self.page.add_init_script(WATCH)
        self.page.set_default_timeout(PATIENCE)

    def note(self, name: str, milliseconds: float, used: float | None = None) -> None:
        self.times[name] = milliseconds
        if used is not None:
            self.times[f"{name}, CPU"] = used

    def opens(self, name: str) -> None:
        before = self.server.used()
        self.page.goto(self.server.address)
        while not (first := self.page.evaluate("window.bench.first")):
            time.sleep(0.02)
        self.note(name, first, self.server.used() - before)

    def shows(self, tab: str, name: str, *, click: bool = True) -> None:
        """Measure until a tab has rows."""
        before = self.server.used()
        waited = self.page.evaluate("window.benchWait", [tab, click])
        self.note(name, waited, self.server.used() - before)

    def goes(self, tab: str) -> None:
        self.page.evaluate('(name) => document.querySelector(`[role=tab][id$="-${name}"]`).click()', tab)

    def rests(self, tab: str) -> None:
        """Show a tab without measuring it."""
        self.goes(tab)
        self.settles()

    def searches(self, tab: str, box: str, word: str) -> None:
        """Measure from a word in a box to its rows."""
        self.goes(tab)
        self.settles()
        self.page.fill(self.inside(tab, box), word)
        self.shows(tab, f"{tab}: first", click=False)

    def inside(self, tab: str, box: str) -> str:
        return f'[role=tabpanel][id$="-{tab}"] {box}'

    def settles(self) -> None:
        self.page.wait_for_timeout(250)
        while self.page.evaluate("document.querySelector('.ck-explorer [aria-busy=true]:not(.ck-row)') !== null"):
            time.sleep(0.02)

    def types(self, name: str, box: str, words: list[str]) -> None:
        """Measure each key of some words in a box."""
        self.page.evaluate("window.bench.keys = []; window.bench.none = 0; undefined")
        before = self.server.used()
        for word in words:
            self.page.fill(box, "")
            self.page.wait_for_timeout(700)
            known, none = self.page.evaluate(ANSWERS)
            for letter in word[:KEYS]:
                self.page.type(box, letter)
                end = time.perf_counter() + 3
                while self.page.evaluate(ANSWERS) == [known, none] and time.perf_counter() < end:
                    time.sleep(0.02)
                self.page.wait_for_timeout(150)
                before_key, (known, none) = known, self.page.evaluate(ANSWERS)
                if known > before_key:
                    self.times.setdefault(name, []).append(self.page.evaluate("window.bench.keys")[before_key])
                else:
                    self.times[f"{name}, silent"] = self.times.get(f"{name}, silent", 0) + 1
        self.times[f"{name}, CPU"] = self.server.used() - before

    def weighs(self, name: str) -> None:
        """Note the memory of the page."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        metrics = session.send("Performance.getMetrics")["metrics"]
        self.times[f"{name}: heap, MB"] = next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize") / 1e6
        process = renderer(self.browser, self.page)
        self.times[f"{name}: process, MB"] = memory(process, "Pss")
        session.send("HeapProfiler.collectGarbage")
        self.page.wait_for_timeout(1000)
        self.times[f"{name}: private, without garbage, MB"] = memory(process, "Private_Clean", "Private_Dirty")
        self.times[f"{name}: layout shift"] = self.page.evaluate("window.bench.shift")


def renderer(browser: Any, page: Any) -> int:
    """Return the process that draws a page: the one that works while its script does."""
    session = browser.new_browser_cdp_session()

    def worked() -> dict[int, float]:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return {each["id"]: each["cpuTime"] for each in processes if each["type"] == "renderer"}

    before = worked()
    page.evaluate("for (const end = performance.now() + 500; performance.now() < end; ) {}")
    after = worked()
    return max(after, key=lambda process: after[process] - before.get(process, 0.0))


def memory(process: int, *kinds: str) -> float:
    """Return the memory of a process, in megabytes: the sum of some kinds."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return (
        sum(int(number) for kind, number in re.findall(r"^(\w+):\s+(\d+)", text, re.MULTILINE) if kind in kinds)
        * 1024
        / 1e6
    )


def empty_page(browser: Any) -> float:
    """Return the private memory of the process that draws a page of one word, in megabytes."""
    page = browser.new_context().new_page()
    page.goto("data:text/html,<title>empty</title>empty")
    page.wait_for_timeout(1000)
    private = memory(renderer(browser, page), "Private_Clean", "Private_Dirty")
    page.context.close()
    return private


def measure(corpus: Path, word: str, words: list[str], *, names: bool) -> dict[str, Any]:
    """Return the times of a round."""
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        server = Server(corpus, Path(home))
        try:
            started = time.perf_counter()
            reader = Reader(browser, server)
            reader.times["page, empty: private, MB"] = empty_page(browser)
            reader.times["command to address"] = 1e3 * (started - server.begun)
            reader.opens("first view, new server")
            reads(reader, word, words, names=names)
            second = Reader(browser, server)
            second.opens("first view, second window")
            second.page.context.close()
            return {**reader.times, **second.times}
        finally:
            server.end()


def reads(reader: Reader, word: str, words: list[str], *, names: bool) -> None:
    """Do what a reader does."""
    reader.weighs("page, first view")
    for tab in ("texts", "ngrams"):
        reader.shows(tab, f"{tab}: first")
    boxes = {"concordance": ".ck-box", "collocates": "[data-name=pattern]", "trends": "[data-name=patterns]"}
    for tab, box in boxes.items():
        reader.searches(tab, box, word)
    reader.settles()
    for tab in TABS:
        if tab == "keywords":
            continue
        reader.rests("names")
        reader.shows(tab, f"{tab}: later")
    reader.rests("words")
    reader.types("typing: find in words", reader.inside("words", ".ck-find"), words)
    reader.rests("concordance")
    reader.types("typing: concordance", reader.inside("concordance", ".ck-box"), words)
    reader.rests("collocates")
    reader.types("typing: collocates", reader.inside("collocates", "[data-name=pattern]"), words)
    reader.rests("texts")
    page = reader.page
    page.click(".ck-top .ck-selection-button")
    facet = page.locator(".ck-selection:not([hidden]) .ck-facet.ck-facet-text")
    if facet.count():
        box = ".ck-selection:not([hidden]) .ck-facet.ck-facet-text input[type=search] >> nth=0"
        page.wait_for_selector(".ck-selection:not([hidden]) .ck-values label")
        reader.types("typing: values of a facet", box, ["ا", "okaz", "الر"])
        page.fill(box, "")
        reader.settles()
        page.locator(".ck-selection:not([hidden]) .ck-values input").nth(2).click()
        reader.settles()
        reader.shows("keywords", "key words of a subcorpus")
        reader.rests("texts")
        reader.shows("keywords", "keywords: later")
    if names:
        reader.goes("names")
        page.click(reader.inside("names", ".ck-run"))
        reader.shows("names", "names: first", click=False)
    reader.weighs("page, in the end")


def most_of(ordered: list[float]) -> float:
    """Return the time within which 95 % of keys are answered."""
    return ordered[-(-95 * len(ordered) // 100) - 1]


def table(rounds: list[dict[str, Any]]) -> str:
    """Return a Markdown table with the least of each time."""
    lines = ["| | ms | CPU of the server, ms |", "|---|---:|---:|"]
    for name in dict.fromkeys(name for each in rounds for name in each):
        values = [each[name] for each in rounds if name in each]
        if name.endswith((", CPU", ", silent")):
            continue
        used = [each[f"{name}, CPU"] for each in rounds if f"{name}, CPU" in each]
        if isinstance(values[0], list):
            keys = min((sorted(each) for each in values), key=most_of)
            shown = f"{keys[len(keys) // 2]:.0f} / {most_of(keys):.0f} / {keys[-1]:.0f}"
            silent = max(each.get(f"{name}, silent", 0) for each in rounds)
            name = f"{name} (median / 95 % / most, {len(keys)} keys, {silent} silent)"
        else:
            shown = f"{min(values):.{3 if 'shift' in name else 0}f}"
        lines.append(f"| {name} | {shown} | {f'{min(used):.0f}' if used else ''} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--word", default="الصين", help="a middling word")
    parser.add_argument("--typed", nargs="*", default=["السعود", "حرب", "كتاب", "من", "على"], help="words to type")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--names", action="store_true", help="also the tab of names, which takes long")
    parser.add_argument("--out", type=Path, help="a file for all times, as JSON")
    given = parser.parse_args(arguments)
    rounds = [measure(given.corpus, given.word, given.typed, names=given.names) for _ in range(given.rounds)]
    if given.out:
        given.out.write_text(json.dumps(rounds, ensure_ascii=False, indent=1), encoding="utf-8")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{given.corpus.name}: least of {given.rounds} rounds; load of the machine {load}", end="\n\n")
    print(table(rounds))


if __name__ == "__main__":
    main()
