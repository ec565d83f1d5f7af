"""The accuracy and speed of segmenters on a treebank, as a Markdown table.

Usage: segmenters.py TREEBANK [--texts FILE.parquet --column text] [--environments]

The words of the treebank are scored: sequences of tokens without spaces, separated at punctuation. Marks and tatweel
are removed, and words with anything but Arabic letters are skipped. A word is exact if all of its cuts are right; F1 is
of the positions of cuts. Speed is measured on the distinct words, on warm memory, in CPU time.

With --texts another line shows corpus-kit with the words of these texts counted, too. Peers run in environments of
their own (see corpus_kit/benchmarks/segment_peer.py); --environments creates them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import polars as pl
from peer_process import CALLS, run_peer
from treebanks import plain_words

import corpus_kit as ck
from corpus_kit.benchmarks.peers import ENVIRONMENTS, Peers
from corpus_kit.benchmarks.prepare import given_texts
from corpus_kit.benchmarks.runner import describe_machine
from corpus_kit.benchmarks.segmenting import TASKS
from corpus_kit.errors import CorpusKitError
from corpus_kit.text.segmentation import Segmenter

TASK = TASKS[0].name  # all distinct words

Pieces = dict[str, list[str]]  # of each distinct word


# ------------------------------------------------------------------------------------- the treebank


def scored_words(path: Path) -> list[list[str]]:
    """Return the pieces of the words that consist of Arabic letters only."""
    return [word.pieces for word in plain_words(path)]


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
        start = time.process_time()
        pieces = [parts.pieces for parts in segmenter.segment_all(column)]
        seconds.append(time.process_time() - start)
    speed = len(words) / statistics.median(seconds[1:])
    return Line(name, *score(gold, dict(zip(words, pieces, strict=True))), speed, "ours")


def counts_of(path: Path, column: str) -> dict[str, int]:
    frame = ck.count_ngrams(given_texts(path, column), 1, profile=None, document_frequency=False)
    return dict(zip(frame["ngram"].to_list(), frame["count"].to_list(), strict=True))


def peer_line(name: str, gold: list[list[str]], words: list[str], python: Path, version_of_it: str) -> Line:
    pieces, seconds = run_peer(ENVIRONMENTS[name].script, TASK, [" ".join(words)], python=python)
    exact, f1 = score(gold, dict(zip(words, pieces, strict=True)))
    return Line(f"{name} {version_of_it}", exact, f1, len(words) / seconds, "GPL")


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
        except CorpusKitError as error:
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
    parser.add_argument("treebank", type=Path, help="a CoNLL-U file, or words of one in JSON (treebanks.py)")
    parser.add_argument("--texts", type=Path, help="a Parquet file whose words are counted, too")
    parser.add_argument("--column", default="text", help="its column of texts")
    parser.add_argument("--environments", action="store_true", help="create environments for peers that have none")
    given = parser.parse_args(arguments)
    tell = sys.stderr.write
    make = frozenset(way.environment for way in TASKS[1].ways[1:]) if given.environments else frozenset[str]()
    try:
        gold = scored_words(given.treebank)
        if not gold:
            raise CorpusKitError(f"{given.treebank} has no words of Arabic letters")
        counts = None if given.texts is None else counts_of(given.texts, given.column)
        print(table(gold, counts, Peers(make=make, tell=lambda line: print(line, file=sys.stderr))))
    except (CorpusKitError, OSError) as error:
        tell(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
