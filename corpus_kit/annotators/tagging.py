"""What the annotators that use other programs share: the words they give to them, and the form of what they return."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import chain

from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.text.normalization import normalize
from corpus_kit.text.treebank_words import Record

__all__ = ["SentenceTagger", "absent", "features_of", "of_sign", "record"]

_TATWEEL = "\u0640"
_NUMBER = re.compile(r"[\W\d]*\d[\W\d]*|\d+ر\d+")  # also 5ر32, as newspapers write a decimal
_LETTER = re.compile(r"[^\W\d_]")


def record(lemma: str | None, pos: str, feats: str | None = None) -> Record:
    """Return a record."""
    return {"lemma": lemma, "pos": pos, "feats": feats}


def of_sign(token: str) -> Record | None:
    """Return the record of a number or a sign; None of what has letters.

    >>> [(of_sign(token) or {}).get("pos") for token in ("3.5", "5ر32", "،", "+", "قال")]
    ['NUM', 'NUM', 'PUNCT', 'SYM', None]
    """
    if _NUMBER.fullmatch(token):
        return record(token, "NUM")
    if _LETTER.search(token):
        return None
    is_punctuation = all(unicodedata.category(sign).startswith("P") for sign in token)
    return record(token, "PUNCT" if is_punctuation else "SYM")


def features_of(given: Iterable[str | None]) -> str | None:
    """Return features as Universal Dependencies write them.

    >>> features_of(["Number=Sing", None, "Gender=Fem"])
    'Gender=Fem|Number=Sing'
    """
    return "|".join(sorted(filter(None, given))) or None


def absent(package: str, licence: str, error: ImportError) -> CorpusKitError:
    """Return the error for an optional package that cannot be loaded."""
    return CorpusKitError(
        f"this annotator needs {package} ({licence}), which cannot be loaded ({error}). "
        f"Install it with pip install {package}."
    )


class SentenceTagger:
    """An annotator for layers.

    Args:
        name: Its name in the manifest.
        packages: The packages whose versions the manifest records.
        tag: Returns a list of records for each sentence, one for each token. Tokens are in their repaired spelling.
    """

    def __init__(
        self, name: str, packages: Sequence[str], tag: Callable[[list[list[str]]], Iterable[list[Record]]]
    ) -> None:
        self.__name__ = name
        self.versions = {package: _version(package) for package in packages}
        self._tag = tag

    def __call__(self, sentences: list[list[str]]) -> Iterator[Record]:
        """Yield a record for each token."""
        answers = iter(self._tag(_repaired(sentences)))
        for sentence in sentences:
            answer = next(answers, [])
            if len(answer) != len(sentence):
                start = " ".join(sentence)
                raise InputError(
                    f"{self.__name__} must give a record for each of {len(sentence)} tokens of the sentence "
                    f"{start!r:.100}, got {len(answer)}."
                )
            yield from answer

    def __repr__(self) -> str:
        return f"<annotator {self.__name__} {self.versions}>"


def _repaired(sentences: list[list[str]]) -> list[list[str]]:
    """Return the tokens in repaired spelling and without tatweel; those of which nothing would be left stay."""
    words = list(dict.fromkeys(chain.from_iterable(sentences)))
    forms = [form.replace(_TATWEEL, "") for form in normalize(words, "repair")]
    spelling = {word: form or word for word, form in zip(words, forms, strict=True)}
    return [[spelling[word] for word in sentence] for sentence in sentences]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
