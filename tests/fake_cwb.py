"""Programs that take the place of CWB's in tests of `tests/bench/cqp_peer.py`: slow, obvious, with CWB's protocol.

`install(folder)` writes cwb-encode (which keeps the vertical text), cwb-makeall, cwb-lexdecode and cqp. This cqp knows
`[attribute="regex"]`, `[]` with a repeat, labels before them, <s>, `within`, TAB, and one constraint; of the commands
those of the tasks. It takes the shortest hit from each start.
"""

from __future__ import annotations

import re
import stat
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

PROGRAMS = ("cwb-encode", "cwb-makeall", "cwb-lexdecode", "cqp")
ATTRIBUTES = ("word", "folded", "lemma")
ITEM = re.compile(r'<(s)>|(?:(\w+):)?\[(?:(\w+)="([^"]*)")?\]|\{(\d+),(\d+)\}')


def install(folder: Path) -> Path:
    """Write the programs, and return the folder."""
    for name in PROGRAMS:
        program = folder / name
        folder_of_this = str(Path(__file__).parent)
        call = f"import sys; sys.path.insert(0, {folder_of_this!r}); import fake_cwb; fake_cwb.main({name!r})"
        program.write_text(f"#!{sys.executable}\n{call}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


class Text:
    """The words of a vertical text and the number of the region of each."""

    def __init__(self, path: Path) -> None:
        self.words: list[dict[str, str]] = []
        regions = {"text": 0, "p": 0, "s": 0}
        source = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if opened := re.fullmatch(r'<(text|p|s)(?: source="(.*)")?>', line):
                regions[opened[1]] += 1
                source = opened[2] if opened[1] == "text" else source
            elif not re.fullmatch("</(text|p|s)>", line):
                values = line.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
                word: Any = dict(zip(ATTRIBUTES, values.split("\t"), strict=True))
                self.words.append(word | regions | {"text_source": source})

    def hits(self, query: str) -> list[tuple[int, int]]:
        query, _, unit = query.partition(" within ")
        query, _, constraint = query.partition(" :: ")
        items: list[list[Any]] = []
        for item in ITEM.finditer(query.removeprefix("TAB ")):
            if item[5]:
                if query.startswith("TAB"):
                    items.append([None, None, None, None, 0, 0])  # what may stand between the words
                items[-1][4:] = [int(item[5]), int(item[6])]
            else:
                items.append([item[1], item[2], item[3] or "", item[4] or "", 1, 1])
        found = []
        for start in range(len(self.words)):
            end = self.shortest(start, items, unit, constraint)
            if end is not None:
                found.append((start, end - 1))
        return found

    def shortest(self, start: int, items: list[list[Any]], unit: str, constraint: str) -> int | None:
        ways = [(start, {"match": start})]
        for boundary, label, attribute, value, low, high in items:
            further = []
            for place, labels in ways:
                if boundary:
                    if place < len(self.words) and (not place or self.at(place, "s") != self.at(place - 1, "s")):
                        further.append((place, labels))
                    continue
                for n in range(high + 1):
                    if n >= low:
                        further.append((place + n, labels | ({label: place} if label else {})))
                    if place + n >= len(self.words) or not self.passes(place + n, attribute, value):
                        break
            ways = further
        ends = [end for end, labels in ways if end > start and self.keeps(start, end, labels, unit, constraint)]
        return min(ends, default=None)

    def passes(self, place: int, attribute: str | None, value: str | None) -> bool:
        return not attribute or re.fullmatch(value or "", self.at(place, attribute)) is not None

    def keeps(self, start: int, end: int, labels: dict[str, int], unit: str, constraint: str) -> bool:
        if unit and self.at(start, unit) != self.at(end - 1, unit):
            return False
        if not constraint:
            return True
        left, right = constraint.split(" = ")
        label, attribute = left.split(".")
        if right.startswith('"'):
            return bool(self.at(labels[label], attribute) == right.strip('"'))
        other, of_other = right.split(".")
        return bool(self.at(labels[label], attribute) == self.at(labels[other], of_other))

    def at(self, place: int, attribute: str) -> Any:
        return self.words[place][attribute]


def cqp(registry: Path) -> None:
    """Answer commands as `cqp -c` does."""
    print("CQP version 3.5.1 (a fake)", flush=True)
    text: Text | None = None
    hits: list[tuple[int, int]] = []
    for line in sys.stdin:
        command = line.strip().removesuffix(";")
        if command == ".EOL.":
            print("-::-EOL-::-", flush=True)
        elif command == "BESIDE":
            text = Text(registry.parent / "data" / "corpus.vrt")
        elif text is not None and command.startswith("A = "):
            hits = text.hits(command.removeprefix("A = "))
        elif command == "size A":
            print(len(hits))
        elif command == "dump A":
            for first, last in hits:
                print(first, last, -1, -1, sep="\t")
        elif text is not None and (group := re.fullmatch(r"group A (match|matchend)(?:\[(-?\d+)\])? (\w+)", command)):
            counts = Counter(grouped(text, hit, group[1], int(group[2] or 0), group[3]) for hit in hits)
            for value, count in counts.most_common():
                print(value, count, sep="\t")
        elif command.startswith("exit"):
            return
        elif not re.match("set|cat|sort|count|tabulate|randomize|reduce", command):
            print(f"CQP Error:\n\tParse error in {command}", file=sys.stderr, flush=True)


def grouped(text: Text, hit: tuple[int, int], anchor: str, offset: int, attribute: str) -> str:
    place = hit[anchor == "matchend"] + offset
    return str(text.at(place, attribute)) if 0 <= place < len(text.words) else ""


def main(name: str) -> None:
    """Be one of the programs."""
    arguments = sys.argv[1:]
    given = dict(pairwise(arguments))
    if name == "cwb-encode":
        Path(given["-d"], "corpus.vrt").write_bytes(Path(given["-f"]).read_bytes())
        Path(given["-R"]).write_text("a registry entry", encoding="utf-8")
    elif name == "cqp":
        cqp(Path(given["-r"]))
    elif name == "cwb-lexdecode":
        words = Text(Path(given["-r"]).parent / "data" / "corpus.vrt").words
        for value, count in Counter(word[given["-P"]] for word in words).items():
            print(count, value, sep="\t")
