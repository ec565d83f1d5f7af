"""The words of names: titles, first names, heads of organisations, and what each type of a corpus is among them.

The words are in lexicons/names.toml. Each distinct type is looked up once. Its *base* is its spelling without the
article, and without و ف ب ل ك before the article or before a word of the lexicon: الوزير, للوزير and بوزير have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.arrays import Integers
from corpus_kit._base.files import read_toml
from corpus_kit._core import take
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, nearest, shown
from corpus_kit.news.document_words import DocumentWords
from corpus_kit.news.reporting_verbs import folded, folded_types, numbered, read_lexicon

__all__ = ["SLAVE", "Bit", "NameClasses", "NameLexicon", "name_bits", "name_classes", "name_lexicon_of"]

_BUILT_IN = Path(__file__).parent / "lexicons" / "names.toml"
_ARTICLE = "^(?:[وف]?[بك]?ال|[وف]?لل)"
_PREPOSITION = "^[وف]?(?:[بك]ال|لل)"
_LEAST_BASE = 3  # letters that a word must have without its article
SLAVE = "عبد"  # عبدالله, عبد الله
_GOD = "الله"
_TATWEEL = "ـ"


@dataclass(frozen=True, slots=True)
class _Bits:
    """What a word may be in a name, as bit flags."""

    GIVEN: int = 1 << 0
    PARTICLE: int = 1 << 1
    LINK: int = 1 << 2
    RANK: int = 1 << 3
    OFFICE: int = 1 << 4
    OWN_OFFICE: int = 1 << 5
    HONOUR: int = 1 << 6
    ORGANISATION: int = 1 << 7
    UNNAMED: int = 1 << 8
    ADJECTIVE: int = 1 << 9
    HONORIFIC: int = 1 << 10
    PLACE: int = 1 << 14
    COMMON: int = 1 << 15
    # by the form
    DEFINITE: int = 1 << 11
    CLITIC: int = 1 << 12  # one letter before the base, or before the article
    PREPOSITION: int = 1 << 13  # ب ل ك before it
    TITLE: int = RANK | OFFICE
    HEAD: int = TITLE | ORGANISATION | UNNAMED


Bit = _Bits()  # an object with slots, as of `Role`


_ENTRIES = {
    ("names", "given"): Bit.GIVEN,
    ("names", "particles"): Bit.PARTICLE,
    ("names", "links"): Bit.LINK,
    ("titles", "ranks"): Bit.RANK,
    ("titles", "offices"): Bit.OFFICE,
    ("titles", "common"): Bit.OFFICE | Bit.COMMON,
    ("titles", "own_office"): Bit.OFFICE | Bit.OWN_OFFICE,
    ("titles", "honours"): Bit.HONOUR,
    ("organisations", "heads"): Bit.ORGANISATION,
    ("unnamed", "heads"): Bit.UNNAMED,
    ("adjectives", "words"): Bit.ADJECTIVE,
    ("places", "words"): Bit.PLACE,
}
# classes whose words are not looked up after و ف ب ل ك without the article
_ALONE = Bit.UNNAMED | Bit.ADJECTIVE | Bit.HONOUR | Bit.PARTICLE | Bit.LINK | Bit.PLACE


@dataclass(frozen=True)
class NameLexicon:
    """The words of names.

    Attributes:
        digest: The SHA-256 of the file.
        words: The bits of `Bit` by folded word.
        honorifics: The titles for which a word such as معاليه stands, folded.
    """

    digest: str
    words: Mapping[str, int] = field(repr=False)
    honorifics: Mapping[str, frozenset[str]] = field(repr=False)

    @cached_property
    def bits_of(self) -> pl.DataFrame:
        """The words, as the column base, and their bits."""
        columns = {"base": list(self.words), "bits": list(self.words.values())}
        return pl.DataFrame(columns, schema={"base": pl.String, "bits": pl.Int32})

    @cached_property
    def joined(self) -> pl.Series:
        """The words that are looked up with a letter before them, with each of these letters."""
        long = (word for word, bits in self.words.items() if bits & ~_ALONE and len(word) > 2)
        return pl.Series(sorted({letter + word for word in long for letter in "وفبلك"}), dtype=pl.String)


@dataclass(frozen=True, eq=False)
class NameClasses:
    """What each type of a corpus may be in a name.

    Attributes:
        bits: Bits of `Bit`.
        bases: The base of each type.
        honorifics: As in the lexicon.
    """

    bits: npt.NDArray[np.int32]
    bases: tuple[str, ...]
    honorifics: Mapping[str, frozenset[str]]

    def words_of(self, document: DocumentWords) -> tuple[list[int], list[str]]:
        """Return the bits and the base of each token of a document, for `document.derived`."""
        return self.bits[document.types].tolist(), take(self.bases, document.types)

    def counts_of(self, document: DocumentWords) -> Counter[str]:
        """Return how often each base is in a document, for `document.derived`."""
        return Counter(document.derived(self.words_of)[1])


def name_lexicon_of(path: str | PathLike[str] | None) -> NameLexicon:
    """Return the lexicon in a TOML file, or with None the library's own.

    Raises:
        InputError: If the file cannot be read, or does not have the form that the built-in one describes.
    """
    return read_lexicon(_BUILT_IN if path is None else path_argument(path, "names"), _parsed)


@lru_cache(maxsize=8)
def _parsed(digest: str, raw: bytes) -> NameLexicon:
    tables = read_toml(raw)
    allowed = sorted({section for section, _ in _ENTRIES} | {"honorifics"})
    for section, table in tables.items():
        if section not in allowed or not isinstance(table, dict):
            hint = " ".join(filter(None, (nearest(section, allowed), f"Allowed: {', '.join(allowed)}.")))
            raise InputError(f"unknown table {section!r}. {hint}")
        names = [name for own, name in _ENTRIES if own == section]
        unknown = [name for name in table if section != "honorifics" and name not in names]
        if unknown:
            raise InputError(f"unknown key {section}.{unknown[0]}. Allowed: {', '.join(names)}.")
    words: dict[str, int] = {}
    for (section, name), bit in _ENTRIES.items():
        for word in _words(tables.get(section, {}).get(name, ""), f"{section}.{name}"):
            words[word] = words.get(word, 0) | bit
    honorifics = {
        folded(word): frozenset(_words(titles, f"honorifics.{word}"))
        for word, titles in tables.get("honorifics", {}).items()
    }
    for word in honorifics:
        words[word] = words.get(word, 0) | Bit.HONORIFIC
    if not words:
        raise InputError("the lexicon has no words.")
    return NameLexicon(digest, words, honorifics)


def _words(text: Any, what: str) -> list[str]:
    if not isinstance(text, str):
        raise InputError(f"{what} must be words in one string, got {shown(text)}.")
    return folded(text).split()


@cache
def _built_in() -> NameLexicon:
    return name_lexicon_of(None)


def name_classes(corpus: CorpusView, lexicon: NameLexicon | None = None) -> NameClasses:
    """Look up each type of a corpus, once; with None in the library's own lexicon."""
    words = _built_in() if lexicon is None else lexicon
    return corpus.derive(("names", words.digest), lambda: _classify(folded_types(corpus), words))


def name_bits(corpus: CorpusView, types: Integers) -> npt.NDArray[np.int32]:
    """Return what some types may be in a name, as bits of `Bit`, without looking up all the others."""
    return _classify(folded_types(corpus, types), _built_in()).bits


def _classify(spelled: pl.Series, lexicon: NameLexicon) -> NameClasses:
    word, rest = pl.col("word"), pl.col("rest")
    listed = word.is_in(lexicon.bits_of["base"].implode())
    definite = ~listed & (rest.str.len_chars() >= _LEAST_BASE) & (rest != word) & (word != _GOD)
    proclitic = ~listed & ~definite & word.is_in(lexicon.joined.implode())
    base = pl.when(definite).then(rest).when(proclitic).then(word.str.slice(1)).otherwise(word)
    slave = f"^{SLAVE}ال(..)"
    table = (
        pl.DataFrame({"word": spelled})
        .with_columns(rest=word.str.replace(_ARTICLE, ""))
        .select(
            base=base,
            definite=definite,
            clitic=proclitic | (definite & word.str.contains("^[وفبك]ال")),
            preposition=(proclitic & word.str.contains("^[بلك]")) | (definite & word.str.contains(_PREPOSITION)),
        )
        .join(lexicon.bits_of, on="base", how="left", maintain_order="left")
        .with_columns(
            bits=pl.col("bits").fill_null(0)
            + pl.col("definite").cast(pl.Int32) * Bit.DEFINITE
            + pl.col("clitic").cast(pl.Int32) * Bit.CLITIC
            + pl.col("preposition").cast(pl.Int32) * Bit.PREPOSITION,
            base=pl.when(pl.col("base") == "")  # a vowel sign or tatweel alone
            .then(pl.lit(_TATWEEL))
            .when(pl.col("base") == SLAVE + _GOD)
            .then(pl.col("base"))
            .otherwise(pl.col("base").str.replace(slave, SLAVE + "${1}")),
        )
    )
    numbers, distinct = numbered(table.select("base"))
    bases = tuple(take(tuple(distinct["base"].to_list()), numbers))  # one object a base, which compares faster
    return NameClasses(table["bits"].to_numpy().astype(np.int32), bases, lexicon.honorifics)
