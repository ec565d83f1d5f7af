"""The accuracy and speed of segmenters on a treebank, as a Markdown table.

Usage: segmenters.py TREEBANK.conllu [--texts FILE.parquet --column text] [--environments]

The words of the treebank are scored: sequences of tokens without spaces, separated at punctuation. Marks and tatweel
are removed, and words with anything but Arabic letters are skipped. A word is exact if all of its cuts are right; F1 is
of the positions of cuts. Speed is measured on the distinct words, on warm memory.

With --texts another line shows corpus-kit with the words of these texts counted, too. Peers run in environments of
their own (see corpus_kit/benchmarks/segment_peer.py); --environments creates them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.benchmarks import measure
from corpus_kit.benchmarks.peers import ENVIRONMENTS, Peers
from corpus_kit.benchmarks.prepare import given_texts
from corpus_kit.benchmarks.runner import describe_machine
from corpus_kit.benchmarks.segmenting import TASKS, words_of
from corpus_kit.errors import CorpusKitError
from corpus_kit.text.segmentation import Segmenter

TASK = TASKS[0].name  # all distinct words
LIMIT = 900  # seconds for a peer
CALLS = 5

Pieces = dict[str, list[str]]  # of each distinct word


# ------------------------------------------------------------------------------------- the treebank


def treebank_words(lines: Iterator[str]) -> Iterator[list[str]]:
    """Yield the tokens of each word of a CoNLL-U file, without marks."""
    word: list[str] = []
    for line in lines:
        columns = line.rstrip("\n").split("\t")
        if line.startswith("#") or (len(columns) > 1 and not columns[0].isdigit()):
            continue
        ends = len(columns) == 1 or columns[3] in ("PUNCT", "SYM")  # an empty line ends a sentence
        if not ends:
            word.append(ck.normalize(columns[1], "dediac"))
        if word and (ends or "SpaceAfter=No" not in columns[9]):
            yield word
            word = []
    if word:
        yield word


def scored_words(path: Path) -> list[list[str]]:
    """Return the words that consist of Arabic letters only."""
    with path.open(encoding="utf-8") as file:
        return [tokens for tokens in treebank_words(file) if words_of(["".join(tokens)]) == ["".join(tokens)]]


def cuts(pieces: list[str]) -> set[int]:
    return set(list(accumulate(map(len, pieces)))[:-1])


def score(gold: list[list[str]], pieces: Pieces | None) -> tuple[float, float | None]:
    """Return the share of exact words, and F1 of the cuts; pieces=None leaves all words whole.

    Examples:
        >>> score([["و", "قال"], ["قال"]], {"وقال": ["و", "قال"], "قال": ["ق", "ال"]})
        (0.5, 0.6666666666666666)
    """
    right = both = given = found = 0
    for tokens in gold:
        word = "".join(tokens)
        own = [word] if pieces is None else pieces[word]
        assert "".join(own) == word, f"the pieces of {word} do not join to it: {own}"
        wanted, cut_at = cuts(tokens), cuts(own)
        right += wanted == cut_at
        both, given, found = both + len(wanted & cut_at), given + len(wanted), found + len(cut_at)
    return right / len(gold), 2 * both / (given + found) if found else None


# ------------------------------------------------------------------------------------- the segmenters


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    name: str
    exact: float
    f1: float | None
    words_per_second: float | None
    licence: str

    def __str__(self) -> str:
        f1 = "" if self.f1 is None else f"{100 * self.f1:.2f}"
        speed = "" if self.words_per_second is None else f"{float(f'{self.words_per_second:.3g}'):,.0f}"
        return f"| {self.name} | {100 * self.exact:.2f} | {f1} | {speed} | {self.licence} |"


def own_line(name: str, gold: list[list[str]], words: list[str], counts: dict[str, int] | None) -> Line:
    segmenter = Segmenter(counts)
    column = pl.Series(words)
    seconds = []
    for _ in range(CALLS + 1):
        start = time.perf_counter()
        pieces = [parts.pieces for parts in segmenter.segment_all(column)]
        seconds.append(time.perf_counter() - start)
    speed = len(words) / statistics.median(seconds[1:])
    return Line(name, *score(gold, dict(zip(words, pieces, strict=True))), speed, "ours")


def counts_of(path: Path, column: str) -> dict[str, int]:
    frame = ck.count_ngrams(given_texts(path, column), 1, profile=None, document_frequency=False)
    return dict(zip(frame["ngram"].to_list(), frame["count"].to_list(), strict=True))


def peer_line(name: str, gold: list[list[str]], words: list[str], python: Path, version_of_it: str) -> Line:
    with tempfile.TemporaryDirectory(prefix="corpus-kit-segmenters-") as folder:
        texts, output = Path(folder) / "texts.json", Path(folder) / "pieces.json"
        texts.write_text(json.dumps([" ".join(words)], ensure_ascii=False), encoding="utf-8")
        request = {"way": TASK, "texts": str(texts), "work": folder, "output": str(output)}
        peer_output(python, name, request | {"mode": "check"})
        pieces = json.loads(output.read_text(encoding="utf-8"))
        answer = peer_output(python, name, request | {"mode": "time", "repeats": CALLS, "budget": 20})
    measured = json.loads(answer.splitlines()[-1].removeprefix("MEASURED "))
    seconds = statistics.median(call["seconds"] for call in measured["warm"] or [measured["first"]])
    exact, f1 = score(gold, dict(zip(words, pieces, strict=True)))
    return Line(f"{name} {version_of_it}", exact, f1, len(words) / seconds, "GPL")


def peer_output(python: Path, name: str, request: dict[str, Any]) -> str:
    """Return the output of a peer's process."""
    program = Path(measure.__file__)
    command = [str(python), "-P", str(program), str(program.parent / ENVIRONMENTS[name].script), json.dumps(request)]
    environment = {variable: value for variable, value in os.environ.items() if variable != "PYTHONPATH"}
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False
    )
    if run.returncode:
        raise CorpusKitError(f"{name} failed: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
    return run.stdout


# ------------------------------------------------------------------------------------- the table


def table(gold: list[list[str]], counts: dict[str, int] | None, peers: Peers) -> str:
    """Return the report in Markdown."""
    words = sorted({"".join(tokens) for tokens in gold})
    lines = [Line("no splitting", *score(gold, None), None, ""), own_line("corpus-kit", gold, words, None)]
    if counts is not None:
        lines.append(own_line("corpus-kit, counts of the texts mixed in", gold, words, counts))
    absent = []
    for way in TASKS[1].ways[1:]:
        python = peers.python(way.environment)
        if isinstance(python, str):
            absent.append(f"Left out: {way.name}: {python}.")
            continue
        try:
            lines.append(peer_line(way.name, gold, words, python, peers.version(way)))
        except (CorpusKitError, subprocess.TimeoutExpired) as error:
            absent.append(f"Left out: {way.name}: {error}.")
    cut = sum(len(tokens) > 1 for tokens in gold)
    machine = describe_machine({**os.environ, "CORPUS_KIT_THREADS": "1"})
    origin = (
        f"{len(gold):,} words ({len(words):,} distinct), {cut:,} of several pieces. corpus-kit {ck.__version__}, "
        f"wordfreq {version('wordfreq')}, Python {sys.version.split()[0]}; {machine['processor']}, one thread."
    )
    rows = ["| segmenter | words exact, % | F1 of cuts, % | words/s | licence |", "|---|---:|---:|---:|---|"]
    return "\n\n".join(["\n".join([*rows, *map(str, lines)]), origin, *absent])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("treebank", type=Path, help="a CoNLL-U file")
    parser.add_argument("--texts", type=Path, help="a Parquet file whose words are counted, too")
    parser.add_argument("--column", default="text", help="its column of texts")
    parser.add_argument("--environments", action="store_true", help="create environments for peers that have none")
    given = parser.parse_args(arguments)
    tell = sys.stderr.write
    make = frozenset(way.environment for way in TASKS[1].ways[1:]) if given.environments else frozenset[str]()
    try:
        gold = scored_words(given.treebank)
        if not gold:
            raise CorpusKitError(f"{given.treebank} has no Arabic words in CoNLL-U")
        counts = None if given.texts is None else counts_of(given.texts, given.column)
        print(table(gold, counts, Peers(make=make, tell=lambda line: print(line, file=sys.stderr))))
    except (CorpusKitError, OSError) as error:
        tell(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
