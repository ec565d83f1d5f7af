"""Annotators of a vocabulary: the built-in one, and the check of what others return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.errors import InputError, invalid
from corpus_kit.text import closed_classes
from corpus_kit.text.clitics import closed_words
from corpus_kit.text.lemmas import Lemmatizer
from corpus_kit.text.segmentation import Segmenter
from corpus_kit.text.words import ARABIC_WORD, plain_spelling, word_series

__all__ = [
    "ANNOTATION_SCHEMA",
    "ANNOTATOR_VERSION",
    "Annotator",
    "annotate",
    "annotator_record",
    "check_annotations",
]

# Incremented whenever the same words and counts would give other pieces or lemmas.
ANNOTATOR_VERSION = 1

ANNOTATION_SCHEMA: dict[str, pl.DataType] = {
    "segments": pl.List(pl.String()),
    "stem": pl.String(),
    "lemma": pl.String(),
}

# How another tool is plugged in: a function that takes the distinct words in repaired spelling (profile `repair`)
# and returns for each, in order, its pieces, which join to the word, and its lemma. See `check_annotations`.
Annotator: TypeAlias = Callable[[list[str]], Iterable[tuple[Sequence[str], str]]]

_PROCLITICS = frozenset(
    (*closed_classes.CONJUNCTION_CLITICS, *closed_classes.PREPOSITION_CLITICS, closed_classes.FUTURE_CLITIC)
)
_PRONOUNS = frozenset((*closed_classes.PRONOUN_CLITICS, *closed_classes.FIRST_PERSON_CLITICS))


def annotate(words: Any, counts: Any = None) -> pl.DataFrame:
    """Return the pieces, stems and lemmas of words, as the built-in annotator finds them.

    Args:
        words: A list of str or a Series of strings, usually each once.
        counts: How often each word occurs, in the same order, or None. They are added to the general vocabulary.

    Returns:
        A row for each word, in order: segments (List(String), which join to the word), stem (String, in the spelling
        that it has without clitics), lemma (String).

    Raises:
        InputError: If `words` is not a list of str or holds a null, or there are not as many counts as words.

    Examples:
        >>> annotate(["ومدرستها", "قال"]).rows()
        [(['و', 'مدرست', 'ها'], 'مدرسة', 'مدرسة'), (['قال'], 'قال', 'قال')]
    """
    series = word_series(words)
    segmenter = Segmenter(None if counts is None else _counts_by_word(series.to_list(), list(counts)))
    lemmatizer = Lemmatizer(segmenter.counts)
    pieces: list[str] = []
    sizes, stems = [], []
    for word in segmenter.segment_all(series):
        parts = word.pieces
        pieces += parts
        sizes.append(len(parts))
        stems.append(word.base)
    lemmas = {stem: lemmatizer.lemma(stem) for stem in set(stems)}
    return _annotations(pieces, sizes, stems, [lemmas[stem] for stem in stems])


def _annotations(pieces: list[str], sizes: list[int], stems: list[str], lemmas: list[str]) -> pl.DataFrame:
    """Return the columns of annotations from the pieces of all words and how many each word has."""
    rows = np.repeat(np.arange(len(sizes)), sizes)
    flat = pl.DataFrame([pl.Series("row", rows), pl.Series("segments", pieces, dtype=pl.String)])
    segments = flat.group_by("row", maintain_order=True).agg("segments")["segments"]
    return pl.DataFrame({"segments": segments, "stem": stems, "lemma": lemmas}, schema=ANNOTATION_SCHEMA)


def _counts_by_word(words: list[str], counts: list[Any]) -> dict[str, int]:
    if len(counts) != len(words):
        raise InputError(f"counts must be as many as words ({len(words)}), got {len(counts)}.")
    totals: dict[str, int] = {}
    for row, (word, count) in enumerate(zip(words, counts, strict=True)):
        if type(count) is not int or count < 0:  # the usual case needs no call
            count = integer(count, f"counts[{row}]", least=0)
        totals[word] = totals.get(word, 0) + count
    return totals


def annotator_record() -> dict[str, str | int]:
    """Return what a corpus records about the built-in annotator, since its numbers depend on it.

    >>> sorted(annotator_record())
    ['name', 'simplemma', 'version', 'wordfreq']
    """
    return {
        "name": "corpus_kit",
        "version": ANNOTATOR_VERSION,
        "wordfreq": version("wordfreq"),
        "simplemma": version("simplemma"),
    }


def check_annotations(words: Sequence[str], answers: Any) -> pl.DataFrame:
    """Check what an `Annotator` returned and turn it into the table that `annotate` returns.

    Args:
        words: The words that the annotator was given, a list of str.
        answers: What it returned: for each word, in order, its pieces and its lemma.

    Returns:
        segments and lemma as given; stem: what remains without clitics of our lists at both ends, in the spelling
        that it has without them.

    Raises:
        InputError: If the pieces of a word do not join to it, or the answers are of another type or number.

    Examples:
        >>> check_annotations(["ومدرستها"], [(["و", "مدرست", "ها"], "مدرسة")]).rows()
        [(['و', 'مدرست', 'ها'], 'مدرسة', 'مدرسة')]
    """
    asked = word_series(words).to_list()
    if isinstance(answers, str | bytes | Mapping) or not isinstance(answers, Iterable):
        raise invalid("the result of the annotator", "a list of pairs (pieces, lemma)", answers)
    given = list(answers)
    if len(given) != len(asked):
        raise InputError(
            f"the result of the annotator must be a pair (pieces, lemma) for each of {len(asked)} words, "
            f"got {len(given)} items."
        )
    segmenter = Segmenter()
    checked = [_check_answer(word, answer) for word, answer in zip(asked, given, strict=True)]
    return _annotations(
        [piece for pieces, _ in checked for piece in pieces],
        [len(pieces) for pieces, _ in checked],
        [_stem_of(pieces, segmenter) for pieces, _ in checked],
        [lemma for _, lemma in checked],
    )


def _check_answer(word: str, answer: Any) -> tuple[list[str], str]:
    """Return the pieces and the lemma of one word if they are valid."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise invalid(f"the annotator's answer to {word!r}", "a pair (pieces, lemma)", answer)
    pieces, lemma = answer
    what = f"the pieces of {word!r}"
    if not isinstance(pieces, tuple | list) or not pieces or not all(isinstance(piece, str) for piece in pieces):
        raise invalid(what, "a list of at least one str", pieces)
    if not isinstance(lemma, str):
        raise invalid(f"the lemma of {word!r}", "a str", lemma)
    if "".join(pieces) != word:
        raise invalid(what, "the word when joined", list(pieces))
    if "" in pieces and len(pieces) > 1:
        raise invalid(what, "non-empty", list(pieces))
    return list(pieces), lemma


def _stem_of(pieces: list[str], segmenter: Segmenter) -> str:
    """Return what remains without clitics, at least one piece, in the spelling that it has without them."""
    plain = [plain_spelling(piece) for piece in pieces]
    start, end = 0, len(plain)
    while end > 1 and plain[end - 1] in _PRONOUNS:
        end -= 1
    while end - start > 1 and plain[start] in _PROCLITICS:
        start += 1
    known = closed_words().get("".join(plain))
    if known is not None and known.pieces == plain:
        return known.base
    stem = "".join(plain[start:end])
    if not ARABIC_WORD.fullmatch(stem):
        return "".join(pieces[start:end])
    if end < len(plain):
        return closed_classes.PRONOUN_HOSTS.get(stem) or segmenter.free_spelling(stem)[0]
    return segmenter.with_article(stem) if start and plain[start - 1] == "ل" else stem
