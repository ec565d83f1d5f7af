"""How often segments, lemmas and parts of speech are those of a treebank, with intervals, as a Markdown table.

Usage: accuracy.py TREEBANK

TREEBANK is a CoNLL-U file, or words of one in JSON (treebanks.py). Words of Arabic letters are scored, without marks;
a lemma is right if it is that of the treebank in the profile `search`. Parts of speech are told apart as verb, noun or
name, adjective, number and function word, and scored for all words but signs. Intervals are those of 95 % of samples
of the sentences, with replacement (percentiles of DRAWS draws by SEED).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from segmenters import cuts
from treebanks import LETTERS, Tagged, Word, coarse, read_tagged, read_treebank

import corpus_kit as ck
from corpus_kit.text.annotators import annotate
from corpus_kit.text.normalization import normalize

DRAWS = 2000
SEED = 1
PARTS = {"nouns": "NOUN", "verbs": "VERB", "adjectives": "ADJ"}

Counts = list[tuple[int, int]]  # right and scored, for each sentence
Lemmas = Callable[[list[list[Word]]], list[list[str]]]


def _counted(sentences: Iterable[Iterable[bool]]) -> Counts:
    return [(sum(each), len(each)) for each in map(list, sentences)]


def with_interval(counts: Counts) -> tuple[float, float, float]:
    """Return a share and the ends of its interval.

    Examples:
        >>> with_interval([(1, 1), (3, 3)])
        (1.0, 1.0, 1.0)
    """
    table = np.array(counts, dtype=np.int64)
    drawn = np.random.default_rng(SEED).integers(len(table), size=(DRAWS, len(table)))
    right, scored = table[drawn].sum(axis=1).T
    low, high = np.quantile(right[scored > 0] / scored[scored > 0], [0.025, 0.975])
    return float(table[:, 0].sum() / table[:, 1].sum()), float(low), float(high)


def _row(what: str, counts: Counts) -> str:
    if not any(scored for _, scored in counts):
        return f"| {what} | none to score |"
    share, low, high = (100 * value for value in with_interval(counts))
    return f"| {what} | {share:.1f} % ({low:.1f}–{high:.1f}) of {sum(scored for _, scored in counts):,} |"


# ------------------------------------------------------------------------------- segments and lemmas


def _own(sentences: list[list[Word]]) -> dict[str, dict[str, Any]]:
    words = sorted({word.text for sentence in sentences for word in sentence if word.is_plain})
    return dict(zip(words, annotate(words).iter_rows(named=True), strict=True))


def _same(word: Word, lemma: str) -> bool:
    return normalize(lemma, "search") == normalize(word.lemma, "search")


def _f1(words: Iterable[Word], found: dict[str, dict[str, Any]]) -> float:
    pairs = [(cuts(word.pieces), cuts(found[word.text]["segments"])) for word in words]
    return (
        2 * sum(len(ours & theirs) for theirs, ours in pairs) / sum(len(ours) + len(theirs) for theirs, ours in pairs)
    )


def of_words(sentences: list[list[Word]]) -> list[str]:
    """Return the rows about words without their context."""
    found = _own(sentences)
    plain = [[word for word in sentence if word.is_plain] for sentence in sentences]
    same_cuts = ((cuts(word.pieces) == cuts(found[word.text]["segments"]) for word in words) for words in plain)
    rows = [_row("words segmented as there", _counted(same_cuts))]
    rows.append(f"| F1 of the cuts | {100 * _f1((word for words in plain for word in words), found):.1f} % |")
    for name, parts in ({name: (part,) for name, part in PARTS.items()} | {"all content words": None}).items():
        asked = [[word for word in words if word.part and (not parts or word.part in parts)] for words in plain]
        right = ((_same(word, found[word.text]["lemma"]) for word in words) for words in asked)
        rows.append(_row(f"lemmas of {name}", _counted(right)))
    return rows


# ------------------------------------------------------------------------------------- in context


def in_context(sentences: list[list[Word]]) -> str:
    """Return the row about the lemmas of the tagger."""
    records = iter(list(ck.annotators.hidden_markov()([[word.text for word in sentence] for sentence in sentences])))
    pairs = [[(word, next(records)) for word in sentence] for sentence in sentences]
    right = ((_same(word, str(record["lemma"])) for word, record in each if _is_open(word)) for each in pairs)
    return _row("lemmas of nouns, verbs and adjectives in context", _counted(right))


def _is_open(word: Word) -> bool:
    return word.is_plain and word.part in PARTS.values()


def of_tags(sentences: list[list[Tagged]]) -> list[str]:
    """Return the rows about parts of speech."""
    records = iter(list(ck.annotators.hidden_markov()([[word for word, _ in sentence] for sentence in sentences])))
    tags = [[(gold, str(next(records)["pos"])) for _, gold in sentence] for sentence in sentences]
    tags = [[pair for pair in sentence if pair[0] not in ("PUNCT", "SYM")] for sentence in tags]
    coarse_tags = [[(coarse(gold), coarse(found)) for gold, found in sentence] for sentence in tags]
    rows = [_row("parts of speech in context", _counted((a == b for a, b in each) for each in coarse_tags))]
    named = {"verbs": ("VERB", coarse_tags), "adjectives": ("ADJ", coarse_tags), "names": ("PROPN", tags)}
    for name, (tag, table) in named.items():
        rows.append(_row(f"{name} that are found", _counted((b == tag for a, b in each if a == tag) for each in table)))
        wrong = _counted((a != tag for a, b in each if b == tag) for each in table)
        rows.append(_row(f"wrong among what it calls {name}", wrong))
    return rows


def possible(sentences: list[list[Tagged]]) -> str:
    """Return the row about the parts of speech that words can have."""
    asked = [[(normalize(word, "dediac"), gold) for word, gold in sentence] for sentence in sentences]
    asked = [[(word, gold) for word, gold in sentence if LETTERS.fullmatch(word)] for sentence in asked]
    words = sorted({word for sentence in asked for word, _ in sentence})
    tags = dict(zip(words, annotate(words)["pos"].to_list(), strict=True))
    can = ((coarse(gold) in map(coarse, tags[word] or []) for word, gold in each) for each in asked)
    return _row("words that can be what they are there", _counted(can))


def table(path: Path) -> str:
    words, tagged = read_treebank(path), read_tagged(path)
    rows = ["| what | share |", "|---|---|", *of_words(words), possible(tagged), *of_tags(tagged), in_context(words)]
    return "\n".join([*rows, "", f"{path.name}, corpus-kit {ck.__version__}"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("treebank", type=Path, help="a CoNLL-U file, or words of one in JSON (treebanks.py)")
    print(table(parser.parse_args().treebank))
