"""The accuracy and speed of lemmatisers on a treebank, as a Markdown table.

Usage: lemmatizers.py TREEBANK [--only NAME,NAME] [--environments]

TREEBANK is a CoNLL-U file, or words of one in JSON (treebanks.py). Content words of Arabic letters are scored: a lemma
is right if it is that of the treebank in the profile `search`, which has no marks. Lemmatisers get words without marks;
those that look at the context get whole sentences, the others each distinct word once.

Speed is that of the median of several calls on warm memory, in CPU time: of distinct words, or, in context, of the
words of SENTENCES sentences, drawn by SEED. Loading does not count. Each lemmatiser runs in a process of its own, with
the packages of its environment (corpus_kit/benchmarks/peers.py); --environments creates these.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from peer_process import CALLS, run_peer
from treebanks import Word, read_treebank

import corpus_kit as ck
from corpus_kit.benchmarks.peers import Peers
from corpus_kit.benchmarks.runner import describe_machine
from corpus_kit.benchmarks.tasks import Way
from corpus_kit.errors import CorpusKitError, choose

SCRIPT = "lemma_peer.py"
PARTS = ("all", "VERB", "NOUN", "ADJ")
SENTENCES = 40  # that are timed in context; farahidi takes milliseconds for a word
SEED = 1

Sentences = list[list[Word]]
Shares = dict[str, float]  # of right lemmas, by part of speech


@dataclass(frozen=True)
class System:
    """A lemmatiser.

    Attributes:
        name: Its name in the table.
        way: Its name in SCRIPT.
        licence: Its licence.
        package: The distribution whose version is reported; "" for corpus-kit.
        environment: The environment with its packages; "" for this one.
        in_context: Whether it looks at sentences.
        repeats: How many calls are timed after the first one; 0 times the first one.
    """

    name: str
    way: str
    licence: str
    package: str = ""
    environment: str = ""
    in_context: bool = False
    repeats: int = CALLS

    @property
    def peer(self) -> Way:
        return Way(self.name, "peer", package=self.package, environment=self.environment)


SYSTEMS = (
    System("corpus-kit", "corpus-kit", "ours"),
    System("corpus-kit, counts of the treebank mixed in", "corpus-kit-counts", "ours"),
    System("farahidi", "farahidi", "GPL", "farahidi", "farahidi", in_context=True),
    System("CAMeL Tools", "camel-tools", "MIT", "camel-tools", "camel-lemmas", in_context=True, repeats=0),
    System("simplemma", "simplemma", "MIT", "simplemma"),
    System("qalsadi", "qalsadi", "GPL", "qalsadi", "qalsadi"),
)


# ------------------------------------------------------------------------------------- scores


def score(words: list[Word], lemmas: list[str]) -> Shares:
    """Return the shares of content words whose lemma is right.

    Examples:
        >>> score([Word(["و", "قالت"], "VERB", "قَال"), Word(["و"])], ["قال", "و"])
        {'all': 1.0, 'VERB': 1.0}
    """
    asked = ck.normalize([word.lemma for word in words], "search")
    right, total = Counter[str](), Counter[str]()
    for word, wanted, found in zip(words, asked, ck.normalize(lemmas, "search"), strict=True):
        for part in ("all", word.part) if word.part else ():
            total[part] += 1
            right[part] += wanted == found
    return {part: right[part] / total[part] for part in PARTS if total[part]}


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    name: str
    shares: Shares
    words_per_second: float | None
    licence: str

    def row(self, ours: float | None) -> str:
        """Return the row; ours is the speed of corpus-kit."""
        shares = [f"{100 * self.shares[part]:.1f}" if part in self.shares else "" for part in PARTS]
        speed = self.words_per_second
        numbers = [rounded(speed) if speed else "", rounded(ours / speed) if ours and speed else ""]
        return f"| {' | '.join([self.name, *shares, *numbers, self.licence])} |"


def rounded(number: float) -> str:
    """Return a number with two significant digits.

    >>> rounded(123456), rounded(0.987)
    ('120,000', '0.99')
    """
    short = float(f"{number:.2g}")
    return f"{short:,.0f}" if short >= 10 else f"{short:g}"


# ------------------------------------------------------------------------------------- lemmatisers


def measured(system: System, gold: Sentences, packages: Path | None) -> tuple[list[str], float]:
    """Return the lemma of each word of Arabic letters, in order, and how many words a second it looks at."""
    if system.in_context:
        return measured_in_context(system, gold, packages)
    counts = Counter(sorted(word.text for sentence in gold for word in sentence if word.is_plain))
    found, seconds = run_peer(SCRIPT, system.way, counts, packages=packages, repeats=system.repeats)
    lemmas = dict(zip(counts, found, strict=True))
    return [lemmas[word.text] for sentence in gold for word in sentence if word.is_plain], len(counts) / seconds


def measured_in_context(system: System, gold: Sentences, packages: Path | None) -> tuple[list[str], float]:
    texts = [[word.text for word in sentence] for sentence in gold]
    sample = random.Random(SEED).sample(texts, min(SENTENCES, len(texts)))
    found, seconds = run_peer(SCRIPT, system.way, texts, timed=sample, packages=packages, repeats=system.repeats)
    pairs = [pair for rows in zip(gold, found, strict=True) for pair in zip(*rows, strict=True)]
    return [lemma for word, lemma in pairs if word.is_plain], sum(map(len, sample)) / seconds


def packages_of(system: System, peers: Peers) -> Path | None:
    """Return the folder of the packages of its environment, or None if it needs none.

    Raises:
        CorpusKitError: If it is not installed.
    """
    missing = peers.missing(system.peer)
    if missing:
        raise CorpusKitError(missing)
    if not system.environment:
        return None
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    command = [str(peers.python(system.environment)), "-c", code]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


# ------------------------------------------------------------------------------------- the table


def table(gold: Sentences, systems: list[System], peers: Peers) -> str:
    """Return the report in Markdown."""
    words = [word for sentence in gold for word in sentence if word.is_plain]
    lines = [Line("the word itself", score(words, [word.text for word in words]), None, "")]
    absent = []
    for system in systems:
        note(f"measuring {system.name} on {len(words):,} words" + ", in context: minutes" * system.in_context)
        try:
            lemmas, speed = measured(system, gold, packages_of(system, peers))
        except CorpusKitError as error:
            absent.append(f"Left out: {system.name}: {error}.")
            continue
        name = " ".join(filter(None, [system.name, peers.version(system.peer), "in context" * system.in_context]))
        lines.append(Line(name, score(words, lemmas), speed, system.licence))
    ours = next((line.words_per_second for line in lines if line.name == SYSTEMS[0].name), None)
    heads = ["lemmatiser", "right, %", "verbs", "nouns", "adjectives", "words/s", "time a word, ours = 1", "licence"]
    rows = [f"| {' | '.join(heads)} |", "|---|---:|---:|---:|---:|---:|---:|---|", *(line.row(ours) for line in lines)]
    return "\n\n".join(["\n".join(rows), origin(words), *absent])


def origin(words: list[Word]) -> str:
    parts = Counter(word.part for word in words if word.part)
    named = f"{parts['VERB']:,} verbs, {parts['NOUN']:,} nouns, {parts['ADJ']:,} adjectives"
    machine = describe_machine({**os.environ, "CORPUS_KIT_THREADS": "1"})
    return (
        f"{parts.total():,} content words ({named}) of {len(words):,} words ({len({word.text for word in words}):,} "
        f"distinct). corpus-kit {ck.__version__}, Python {sys.version.split()[0]}; {machine['processor']}, one thread."
    )


def note(line: str) -> None:
    print(line, file=sys.stderr)


def chosen(only: str | None) -> list[System]:
    """Return the systems that are named, or all."""
    if only is None:
        return list(SYSTEMS)
    ways = [system.way for system in SYSTEMS]
    named = [choose(way.strip(), ways, "--only") for way in only.split(",")]
    return [system for system in SYSTEMS if system.way in named]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("treebank", type=Path, help="a CoNLL-U file, or words of one in JSON (treebanks.py)")
    parser.add_argument("--only", help=f"some of {', '.join(system.way for system in SYSTEMS)}, separated by commas")
    parser.add_argument("--environments", action="store_true", help="create environments for peers that have none")
    given = parser.parse_args(arguments)
    try:
        systems = chosen(given.only)
        gold = read_treebank(given.treebank)
        if not any(word.is_plain and word.part for sentence in gold for word in sentence):
            raise CorpusKitError(f"{given.treebank} has no content words of Arabic letters")
        make = frozenset(filter(None, (system.environment for system in systems if given.environments)))
        print(table(gold, systems, Peers(make=make, tell=note)))
    except (CorpusKitError, OSError) as error:
        note(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
