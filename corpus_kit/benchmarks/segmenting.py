"""Clitic segmentation of the distinct words of the texts.

The peers follow other rules, so their results are not compared; `tests/bench/segmenters.py` measures the accuracy of
each. They are under the GPL: they have environments of their own and are never imported here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import corpus_kit as ck
from corpus_kit.benchmarks.tasks import Task, Way

__all__ = ["SOME", "TASKS", "some_words", "words_of"]

Texts = list[str]

# As in segment_peer.py, so that all ways get the same words.
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_WORD = re.compile("[\u0621-\u063a\u0641-\u064a]+")
SOME = 3000  # words, for the slowest peer


def words_of(texts: Iterable[str]) -> Texts:
    """Return the distinct words, sorted: runs of Arabic letters, after removing marks and tatweel.

    Examples:
        >>> words_of(["قَالَ، وقال", "قال 12"])
        ['قال', 'وقال']
    """
    return sorted({word for text in texts for word in _WORD.findall(_MARKS.sub("", text))})


def some_words(texts: Iterable[str]) -> Texts:
    """Return at most SOME of the distinct words, evenly spread over the sorted list."""
    words = words_of(texts)
    return words if len(words) <= SOME else [words[place * len(words) // SOME] for place in range(SOME)]


def _ours(choose: Callable[[Texts], Texts]) -> Callable[[Texts], Callable[[], list[Texts]]]:
    def make(texts: Texts) -> Callable[[], list[Texts]]:
        words = choose(texts)
        ck.segment(["و"])  # loads the word list
        return lambda: ck.segment(words)

    return make


def _peer(name: str) -> Way:
    return Way(
        name, "peer", None, "list", package=name, compared=False, environment=name,
        note="cuts by other rules: not compared",
    )  # fmt: skip


def _task(name: str, title: str, choose: Callable[[Texts], Texts], *peers: str) -> Task:
    return Task(
        name, title, "raw", (Way("corpus-kit", "ours", _ours(choose), "list"), *map(_peer, peers)),
        lambda result: ["+".join(pieces) for pieces in result], lambda result: [len(result)],
    )  # fmt: skip


TASKS = (
    _task("segment-words", "Cut clitics off all distinct words", words_of, "tashaphyne"),
    _task("segment-some", f"Cut clitics off {SOME:,} of the words", some_words, "tashaphyne", "farahidi"),
)
