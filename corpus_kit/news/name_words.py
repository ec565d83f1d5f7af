"""The words of names: titles, first names, heads of organisations, and what each type of a corpus is among them.

The words are in lexicons/names.toml. Each distinct type is looked up once. Its *base* is its spelling without the
article, and without و ف ب ل ك before the article or before a word of the lexicon: الوزير, للوزير and بوزير have one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.corpus.storage import reason
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, nearest, shown
from corpus_kit.news.reporting_verbs import folded, folded_types

__all__ = ["SLAVE", "Bit", "NameClasses", "NameLexicon", "name_classes", "name_lexicon_of"]

_BUILT_IN = Path(__file__).parent / "lexicons" / "names.toml"
_ARTICLE = "^(?:[وف]?[بك]?ال|[وف]?لل)"
_PREPOSITION = "^[وف]?(?:[بك]ال|لل)"
_LEAST_BASE = 3  # letters that a word must have without its article
SLAVE = "عبد"  # عبدالله, عبد الله
_GOD = "الله"
_TATWEEL = "ـ"


class Bit:
    """What a word may be in a name, as bit flags."""

    GIVEN = 1 << 0
    PARTICLE = 1 << 1
    LINK = 1 << 2
    RANK = 1 << 3
    OFFICE = 1 << 4
    OWN_OFFICE = 1 << 5
    HONOUR = 1 << 6
    ORGANISATION = 1 << 7
    UNNAMED = 1 << 8
    ADJECTIVE = 1 << 9
    HONORIFIC = 1 << 10
    PLACE = 1 << 14
    COMMON = 1 << 15
    # by the form
    DEFINITE = 1 << 11
    CLITIC = 1 << 12  # one letter before the base, or before the article
    PREPOSITION = 1 << 13  # ب ل ك before it
    TITLE = RANK | OFFICE
    HEAD = TITLE | ORGANISATION | UNNAMED


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


@dataclass(frozen=True, eq=False)
class NameClasses:
    """What each type of a corpus may be in a name.

    Attributes:
        bits: Bits of `Bit`.
        bases: The base of each type.
        numbers: A number for each base.
        honorifics: As in the lexicon.
    """

    bits: npt.NDArray[np.int32]
    bases: npt.NDArray[np.object_]
    numbers: npt.NDArray[np.int64]
    honorifics: Mapping[str, frozenset[str]]


def name_lexicon_of(path: str | PathLike[str] | None) -> NameLexicon:
    """Return the lexicon in a TOML file, or with None the library's own.

    Raises:
        InputError: If the file cannot be read, or does not have the form that the built-in one describes.
    """
    place = _BUILT_IN if path is None else path_argument(path, "names")
    try:
        raw = read_whole(place)
        return _parsed(sha256(raw).hexdigest(), raw)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the lexicon {place}: {reason(error)}.") from error


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


def _classify(spelled: pl.Series, lexicon: NameLexicon) -> NameClasses:
    known = list(lexicon.words)
    bits_of = pl.DataFrame({"base": known, "bits": list(lexicon.words.values())}, schema_overrides={"bits": pl.Int32})
    joined = {c + word for word, bits in lexicon.words.items() if bits & ~_ALONE and len(word) > 2 for c in "وفبلك"}
    word, rest = pl.col("word"), pl.col("rest")
    listed = word.is_in(known)
    definite = ~listed & (rest.str.len_chars() >= _LEAST_BASE) & (rest != word) & (word != _GOD)
    proclitic = ~listed & ~definite & word.is_in(sorted(joined))
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
        .join(bits_of, on="base", how="left", maintain_order="left")
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
    bases = np.array(table["base"].to_list(), object)
    numbers = table["base"].rank("dense").to_numpy().astype(np.int64)
    return NameClasses(table["bits"].to_numpy().astype(np.int32), bases, numbers, lexicon.honorifics)
