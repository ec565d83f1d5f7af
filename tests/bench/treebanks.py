"""Words of a treebank with their pieces, parts of speech and lemmas, for the benchmarks beside it and the tests.

A treebank is a CoNLL-U file, or a JSON file of sentences of the Prague Arabic Dependency Treebank with features of
UniMorph: [number of the sentence, [[piece in the text, form, lemma, features], ...]] for each word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from corpus_kit.errors import SourceError
from corpus_kit.text import treebank_words
from corpus_kit.text.normalization import normalize

LETTERS = re.compile("[\u0621-\u063a\u0641-\u064a]+")
CONTENT = ("NOUN", "VERB", "ADJ", "PROPN", "ADV", "NUM")

# Coarse tags: a name is a noun, and what is not of an open class a function word.
_COARSE = {"PROPN": "NOUN", "X": "NOUN", "AUX": "VERB", **{tag: tag for tag in ("NOUN", "VERB", "ADJ", "NUM")}}
# The tags that features of UniMorph, in PADT, stand for.
_UNIMORPH = {"N": "NOUN", "V": "VERB", "CONJ": "CCONJ", "PRO": "PRON", "_": "X",
             **{tag: tag for tag in ("ADJ", "NUM", "PROPN", "ADP", "PART", "DET", "ADV")}}  # fmt: skip

Tagged = tuple[str, str]  # a word and its part of speech

_PARTS = {"V": "VERB", "ADJ": "ADJ", "PROPN": "PROPN", "NUM": "NUM", "ADV": "ADV", "N": "NOUN"}


class Word(NamedTuple):
    """A word as it is written: tokens of a treebank without a space between them.

    Attributes:
        pieces: The tokens, without marks.
        part: The part of speech of its content word, as Universal Dependencies names it; None if it has none. Of
            several content words, it is the longest.
        lemma: The lemma of its content word, as the treebank spells it.
    """

    pieces: list[str]
    part: str | None = None
    lemma: str = ""

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def is_plain(self) -> bool:
        """Whether it consists of Arabic letters, so that it is scored."""
        return LETTERS.fullmatch(self.text) is not None


def read_treebank(path: Path) -> list[list[Word]]:
    """Return the words of each sentence, signs among them."""
    try:
        text = path.read_text(encoding="utf-8")
        return list(_sentences_of_json(json.loads(text)) if path.suffix == ".json" else _sentences(text.split("\n")))
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a treebank: {error}") from None


def plain_words(path: Path) -> list[Word]:
    """Return the words that consist of Arabic letters."""
    return [word for sentence in read_treebank(path) for word in sentence if word.is_plain]


def coarse(tag: str) -> str:
    return _COARSE.get(tag, "function")


def read_tagged(path: Path) -> list[list[Tagged]]:
    """Return the words of each sentence, signs among them, with the tag of the token that has the content."""
    text = path.read_text(encoding="utf-8")
    return list(_tagged_of_json(json.loads(text)) if path.suffix == ".json" else _tagged(text.split("\n\n")))


def _tagged_word(tokens: list[tuple[str, str]]) -> Tagged:
    words = [treebank_words.Word(form, tag, {}) for form, tag in tokens]
    return "".join(word.form for word in words), str(treebank_words.content_word(words).pos)


def _tagged_of_json(words: list[Any]) -> Iterator[list[Tagged]]:
    for _, rows in groupby(words, key=lambda row: row[0]):
        yield [
            _tagged_word([(form or "", _of_unimorph(features)) for _, form, _, features in items]) for _, items in rows
        ]


def _of_unimorph(features: str) -> str:
    parts = features.split(";")
    return next((_UNIMORPH[part] for part in parts if part in _UNIMORPH), "VERB" if parts[0].startswith("V.") else "X")


def _tagged(sentences: Iterable[str]) -> Iterator[list[Tagged]]:
    for sentence in sentences:
        tokens: list[tuple[str, str]] = []
        words = []
        for columns in (line.split("\t") for line in sentence.splitlines()):
            if not columns[0].isdigit():
                continue
            is_sign = columns[3] in ("PUNCT", "SYM")
            if is_sign and tokens:
                words.append(_tagged_word(tokens))
                tokens = []
            tokens.append((columns[1], columns[3]))
            if is_sign or "SpaceAfter=No" not in columns[9]:
                words.append(_tagged_word(tokens))
                tokens = []
        if tokens:
            words.append(_tagged_word(tokens))
        if words:
            yield words


def _sentences(lines: Iterable[str]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    tokens: list[tuple[str, str, str | None]] = []  # form, lemma, part of speech
    for line in (*lines, ""):
        columns = line.split("\t")
        if line.startswith("#") or (len(columns) > 1 and not columns[0].isdigit()):
            continue
        is_sign = len(columns) > 1 and columns[3] in ("PUNCT", "SYM")
        if tokens and (is_sign or len(columns) == 1):
            sentence.append(_word(tokens))
            tokens = []
        if len(columns) == 1:
            if sentence:
                yield sentence
            sentence = []
        elif is_sign:
            sentence.append(Word([columns[1]]))
        else:
            tokens.append((normalize(columns[1], "dediac"), columns[2], columns[3]))
            if "SpaceAfter=No" not in columns[9]:
                sentence.append(_word(tokens))
                tokens = []


def _sentences_of_json(words: list[Any]) -> Iterator[list[Word]]:
    for _, rows in groupby(words, key=lambda row: row[0]):
        sentence = []
        for _, items in rows:
            word = _word([(form, lemma, _part(features)) for _, form, lemma, features in items])
            pieces = [normalize(item[0], "dediac") for item in items]
            sentence.append(word._replace(pieces=[piece for piece in pieces if piece]))
        yield [word for word in sentence if word.pieces]


def _word(tokens: list[tuple[str, str, str | None]]) -> Word:
    content = [token for token in tokens if token[2] in (*CONTENT, "X")]
    _, lemma, part = max(content, key=lambda token: len(token[0]), default=("", "", None))
    pieces = [form for form, _, _ in tokens]
    return Word(pieces, part, lemma) if part != "X" else Word(pieces)


def _part(features: str) -> str | None:
    names = features.split(";")
    return next((part for name, part in _PARTS.items() if name in names and not (name == "V" and "N" in names)), None)
