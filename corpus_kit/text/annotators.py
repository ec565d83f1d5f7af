"""Annotators of a vocabulary: the built-in one, and the check of what others return."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.errors import InputError, invalid
from corpus_kit.text import closed_classes
from corpus_kit.text.clitics import Segmentation
from corpus_kit.text.parts_of_speech import possible_tags
from corpus_kit.text.readings import Reader, pieces_of
from corpus_kit.text.segmentation import cut_as_plain
from corpus_kit.text.words import ARABIC_WORD, plain_series, plain_spelling, word_series

__all__ = [
    "ANNOTATION_SCHEMA",
    "ANNOTATOR_VERSION",
    "OWN_COLUMNS",
    "Annotator",
    "annotate",
    "annotator_record",
    "check_annotations",
    "counting_reader",
]

# Incremented whenever the same words and counts would give other pieces or lemmas.
ANNOTATOR_VERSION = 3

ANNOTATION_SCHEMA: dict[str, pl.DataType] = {
    "segments": pl.List(pl.String()),
    "stem": pl.String(),
    "lemma": pl.String(),
    "root": pl.List(pl.String()),
    "pos": pl.List(pl.String()),
}
# What the library's own annotator says alone.
OWN_COLUMNS = ("root", "pos")

# How another tool is plugged in: a function that takes the distinct words in repaired spelling (profile `repair`)
# and returns for each, in order, its pieces, which join to the word, and its lemma. See `check_annotations`.
Annotator: TypeAlias = Callable[[list[str]], Iterable[tuple[Sequence[str], str]]]

_MARKED = ("word", "plain", "first", "front", "back", "base")
_PROCLITICS = frozenset(
    (*closed_classes.CONJUNCTION_CLITICS, *closed_classes.PREPOSITION_CLITICS, closed_classes.FUTURE_CLITIC)
)
_PRONOUNS = frozenset((*closed_classes.PRONOUN_CLITICS, *closed_classes.FIRST_PERSON_CLITICS))


def counting_reader(words: Any, counts: Any) -> Reader:
    """Return a reader for `annotate`, with counts that are added to the general vocabulary.

    Args:
        words: A list of str or a Series of strings.
        counts: How often each word occurs, in the same order.

    Raises:
        InputError: If `words` is not a list of str or holds a null, or there are not as many counts as words.
    """
    return Reader(_counted(word_series(words), list(counts)), keep=True)


def annotate(
    words: Any, counts: Any = None, *, reader: Reader | None = None, columns: Collection[str] = ANNOTATION_SCHEMA
) -> pl.DataFrame:
    """Return pieces, stems, lemmas, roots and parts of speech of words, as the built-in annotator finds them.

    Args:
        words: A list of str or a Series of strings, usually each once.
        counts: How often each word occurs, in the same order, or None. They are added to the general vocabulary.
        reader: A reader with other counts, in place of `counts`.
        columns: The columns to return; what they do not need is not computed.

    Returns:
        A row for each word, in order: segments (List(String), which join to the word), stem (String, in the spelling
        that it has without clitics), lemma (String), root (List(String), the most likely first; null for names,
        function words, and words whose root is not known), pos (List(String): what the word can be, in the tags of
        Universal Dependencies, the likeliest first; null for what is no Arabic word). A root is written with ء for a
        hamza on any seat, and with the weak letter that it has: قول.

    Raises:
        InputError: If `words` is not a list of str or holds a null, or there are not as many counts as words.

    Examples:
        >>> annotate(["ومدرستها", "قال"]).rows()
        [(['و', 'مدرست', 'ها'], 'مدرسة', 'مدرسة', ['درس'], ['NOUN']), (['قال'], 'قال', 'قال', ['قول'], ['VERB'])]
    """
    series = word_series(words)
    if reader is None:
        reader = Reader(keep=True) if counts is None else counting_reader(series, counts)
    frame = pl.DataFrame({"word": series, "plain": plain_series(series)}).with_columns(
        pl.col("plain").str.contains(f"^{ARABIC_WORD.pattern}$").alias("is_arabic")
    )
    arabic = frame.filter("is_arabic").select("word", "plain")
    plain = arabic["plain"].unique(maintain_order=True)
    readings = reader.read(plain).with_columns(plain.alias("plain"))
    if "pos" in columns:
        readings = readings.with_columns(possible_tags(plain, reader))
    read = arabic.join(readings, on="plain", how="left", maintain_order="left").with_columns(stem="base")
    if "segments" in columns:
        read = read.with_columns(_segments(read))
    found = read.select(name for name in ANNOTATION_SCHEMA if name in columns)
    if len(found) == len(series):
        return found
    rows = frame.select(pl.when("is_arabic").then(pl.col("is_arabic").cum_sum() - 1).cast(pl.UInt32).alias("row"))
    joined = frame.select("word").hstack(found.select(pl.all().gather(rows["row"])))
    whole = {"segments": pl.concat_list("word"), "stem": pl.col("word"), "lemma": pl.col("word")}
    return joined.select(
        pl.coalesce(name, whole[name]).alias(name) if name in whole else name for name in found.columns
    )


def _segments(read: pl.DataFrame) -> pl.Series:
    """Return the pieces of words from the lengths of their clitics; marks stay with the letter before them."""
    segments = read.select(pieces_of("plain", "first", "front", "back").alias("segments")).to_series()
    marked = read.with_row_index("row").filter(pl.col("word") != pl.col("plain"))
    if marked.is_empty():
        return segments
    cut = []
    for word, spelling, first, front, back, base in marked.select(_MARKED).iter_rows():
        end = len(spelling) - back
        parts = Segmentation(
            tuple(filter(None, (spelling[:first], spelling[first:front]))),
            spelling[front:end],
            tuple(filter(None, (spelling[end:],))),
            base,
        )
        cut.append(cut_as_plain(word, parts).pieces)
    rows = np.arange(len(segments))
    rows[marked["row"].to_numpy()] = len(segments) + np.arange(len(cut))
    joined = pl.Series(["\n".join(pieces) for pieces in cut], dtype=pl.String)  # much faster than of lists
    return pl.concat([segments, joined.str.split("\n")]).gather(rows)


def _counted(words: pl.Series, counts: list[Any]) -> pl.DataFrame:
    if len(counts) != len(words):
        raise InputError(f"counts must be as many as words ({len(words)}), got {len(counts)}.")
    if not all(type(count) is int and count >= 0 for count in counts):  # the usual case needs no calls
        counts = [integer(count, f"counts[{row}]", least=0) for row, count in enumerate(counts)]
    return pl.DataFrame({"word": words, "count": pl.Series(counts, dtype=pl.Float64)})


def annotator_record() -> dict[str, str | int]:
    """Return what a corpus records about the built-in annotator, since its numbers depend on it.

    >>> sorted(annotator_record())
    ['name', 'simplemma', 'version', 'wordfreq']
    """
    return {
        "name": "corpus_kit",
        "version": ANNOTATOR_VERSION,
        "wordfreq": _version("wordfreq"),
        "simplemma": _version("simplemma"),
    }


@cache
def _version(name: str) -> str:
    return version(name)


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
    checked = [_check_answer(word, answer) for word, answer in zip(asked, given, strict=True)]
    return pl.DataFrame(
        {
            "segments": [pieces for pieces, _ in checked],
            "stem": _stems_of([pieces for pieces, _ in checked]),
            "lemma": [lemma for _, lemma in checked],
        },
        schema={name: kind for name, kind in ANNOTATION_SCHEMA.items() if name not in OWN_COLUMNS},
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


def _stems_of(words: list[list[str]]) -> list[str]:
    """Return what remains of each word without clitics, at least one piece, in the spelling that it has then.

    That is known where our own reading cuts the same clitics; elsewhere the stem is as written.
    """
    plain = [[plain_spelling(piece) for piece in pieces] for pieces in words]
    joined = ["".join(pieces) for pieces in plain]
    arabic = [row for row, word in enumerate(joined) if ARABIC_WORD.fullmatch(word)]
    read = Reader().read(pl.Series([joined[row] for row in arabic], dtype=pl.String))
    found = dict(zip(arabic, read.select("front", "back", "base").iter_rows(), strict=True))
    stems = []
    for row, (pieces, spellings) in enumerate(zip(words, plain, strict=True)):
        start, end = _stem_bounds(spellings)
        front, back, base = found.get(row, (None, None, ""))
        if (front, back) == (len("".join(spellings[:start])), len("".join(spellings[end:]))):
            stems.append(base)
        else:
            stem = "".join(spellings[start:end])
            stems.append(stem if ARABIC_WORD.fullmatch(stem) else "".join(pieces[start:end]))
    return stems


def _stem_bounds(pieces: list[str]) -> tuple[int, int]:
    """Return where the pieces begin and end that are no clitics."""
    start, end = 0, len(pieces)
    while end > 1 and pieces[end - 1] in _PRONOUNS:
        end -= 1
    while end - start > 1 and pieces[start] in _PROCLITICS:
        start += 1
    return start, end
