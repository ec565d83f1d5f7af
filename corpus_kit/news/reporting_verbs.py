"""The lexicon of reporting verbs, and what it says of each type of a corpus.

The words stand in lexicons/reporting_verbs.toml. Each distinct type is looked up once; the analyses then read
numbers. Compared are spellings without vowel signs and tatweel, with أ إ ٱ as ا and ة as ه. ى and ي stay apart
(على is not علي), and so does آ (آلان is not الآن).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import path_argument
from corpus_kit.corpus_view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.news.quotation_marks import marks_of_types
from corpus_kit.normalization import Normalizer, normalize_series

__all__ = ["Cue", "Form", "Lexicon", "Role", "WordClasses", "folded", "lexicon_of", "word_classes", "word_numbers"]

_BUILT_IN = Path(__file__).parent / "lexicons" / "reporting_verbs.toml"
_GENDERS = ("m", "f", "p")
_FLAGS = ("transitive", "quotative", "describes", "relays", "noun", "preposition", "needs")
_CONJUNCTIONS = ("و", "ف")
_FOLDED = {"أ": "ا", "إ": "ا", "ٱ": "ا", "ة": "ه"}


class Role:
    """What a word may do, as bits of a number."""

    COMPLEMENTISER = 1 << 0
    SAYING = 1 << 1
    RELATIVE = 1 << 2
    NEGATION = 1 << 3
    PARTICLE = 1 << 4
    SPEAKER_END = 1 << 5
    ENVOY = 1 << 6
    OBJECT = 1 << 7
    MASCULINE_NAME = 1 << 8
    TITLE = 1 << 9
    NICKNAME = 1 << 10
    SLOGAN = 1 << 11
    VERSE = 1 << 12
    SCRIPTURE = 1 << 13
    ADDRESSEE = 1 << 14
    # told by the sign or the form, not by the lexicon
    CONJUNCTION = 1 << 15
    COLON = 1 << 16
    COMMA = 1 << 17
    STOP = 1 << 18
    BRACKET = 1 << 19
    MARK = 1 << 20
    WORD = 1 << 21
    FEMININE = 1 << 22
    DEFINITE = 1 << 23
    FROM = 1 << 24
    LA = 1 << 25
    IMPERFECT = 1 << 26
    BA = 1 << 27
    DASH = 1 << 28
    IN = 1 << 29
    OCCASION = 1 << 30
    POSSESSED = 1 << 31
    PROCLITIC = 1 << 32
    HERS = 1 << 33
    TURN = 1 << 34
    HONORIFIC = 1 << 35


_ROLES = {
    "complementisers": Role.COMPLEMENTISER,
    "sayings": Role.SAYING,
    "relatives": Role.RELATIVE,
    "negations": Role.NEGATION,
    "particles": Role.PARTICLE,
    "speaker_ends": Role.SPEAKER_END,
    "envoys": Role.ENVOY,
    "objects": Role.OBJECT,
    "occasions": Role.OCCASION,
    "masculine_names": Role.MASCULINE_NAME,
    "turns": Role.TURN,
    "honorifics": Role.HONORIFIC,
}
_KINDS = {
    "title": Role.TITLE,
    "nickname": Role.NICKNAME,
    "slogan": Role.SLOGAN,
    "verse": Role.VERSE,
    "scripture": Role.SCRIPTURE,
}
_WITH_CONJUNCTION = Role.COMPLEMENTISER | Role.SPEAKER_END | Role.SAYING | Role.NEGATION | Role.PARTICLE
_WITH_PRONOUN = Role.TITLE
_PRONOUNS = ("ه", "ها", "هم", "هما")
_OBJECT_PRONOUNS = ("ه", "ها", "هم", "هما", "نا", "ني")


class Form(NamedTuple):
    """A form of a verb. gender: m, f or p; participle: an accusative one; flags: see the lexicon.

    has_object: a pronoun is attached (وصفه).
    """

    lemma: str
    gender: str
    participle: bool
    flags: frozenset[str]
    has_object: bool = False


class Cue(NamedTuple):
    """A phrase that names a source. kind: source, clause or own; words: folded, a last ل as a prefix of the next."""

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Reporting verbs and the words around them, with folded spellings as keys.

    forms: the forms of verbs; words: the roles of words, as bits; cues: phrases, longest first. digest: SHA-256 of
    the file.
    """

    digest: str
    forms: Mapping[str, Form] = field(repr=False)
    words: Mapping[str, int] = field(repr=False)
    cues: tuple[Cue, ...] = field(repr=False)


def folded(word: str) -> str:
    """A word as the lexicon compares it.

    >>> folded("أنّ"), folded("على") == folded("علي"), folded("آلان") == folded("الآن")
    ('ان', False, False)
    """
    return str(_fold(pl.Series([word]))[0])


def _fold(words: pl.Series) -> pl.Series:
    dediacritised = normalize_series(words, Normalizer.preset("dediac"))
    return dediacritised.str.replace_many(list(_FOLDED), list(_FOLDED.values()))


# ---------------------------------------------------------------------------------- reading the file


def lexicon_of(path: str | PathLike[str] | None) -> Lexicon:
    """The lexicon in a TOML file of this form; None: the library's own.

    Raises InputError where the file cannot be read, or does not have the form that the built-in one describes.
    """
    return _read(_BUILT_IN if path is None else path_argument(path, "lexicon"))


def _read(path: Path) -> Lexicon:
    try:
        raw = path.read_bytes()
        tomllib.loads(raw.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"lexicon={path.name!r} cannot be read: {error}") from error
    return _parsed(sha256(raw).hexdigest(), raw)


@lru_cache(maxsize=8)
def _parsed(digest: str, raw: bytes) -> Lexicon:
    table = tomllib.loads(raw.decode())
    unknown = sorted(set(table) - {"verb", "cues", "words", "kinds"})
    if unknown or not isinstance(table.get("verb"), list) or not table["verb"]:
        told = f"there is an unknown table {unknown[0]!r}" if unknown else "there is no [[verb]]"
        raise InputError(f"a lexicon has the tables verb, cues, words and kinds; {told}")
    forms: dict[str, Form] = {}
    for verb in table["verb"]:
        for spelling, form in _forms(verb):
            forms.setdefault(spelling, form)
    words: dict[str, int] = {}
    for section, roles in (("words", _ROLES), ("kinds", _KINDS)):
        for name, bit in roles.items():
            for word in _words(table.get(section, {}).get(name, ""), f"{section}.{name}"):
                words[word] = words.get(word, 0) | bit
    for word in _words(table.get("words", {}).get("addressees", ""), "words.addressees"):
        spelling = "لل" + word[2:] if word.startswith("ال") else "ل" + word
        words[spelling] = words.get(spelling, 0) | Role.ADDRESSEE | Role.SPEAKER_END
    return Lexicon(digest, forms, words, _cues(table.get("cues", {})))


def _forms(verb: Any) -> Iterable[tuple[str, Form]]:
    if not isinstance(verb, dict) or not isinstance(verb.get("lemma"), str):
        raise InputError(f"a [[verb]] has a lemma and its forms, not {verb!r:.80}")
    unknown = sorted(set(verb) - {"lemma", "perfect", "imperfect", "participle", *_FLAGS})
    if unknown:
        raise InputError(f"the verb {verb['lemma']!r} has an unknown key {unknown[0]!r}")
    flags = frozenset(flag for flag in _FLAGS if verb.get(flag))
    for aspect in ("perfect", "imperfect", "participle"):
        cells = verb.get(aspect, {})
        if not isinstance(cells, dict) or set(cells) - set(_GENDERS):
            raise InputError(f"{aspect} of the verb {verb['lemma']!r} takes a table with the keys m, f, p")
        for gender, spellings in cells.items():
            for spelling in _words(spellings, f"{aspect} of {verb['lemma']}"):
                form = Form(verb["lemma"], gender, aspect == "participle", flags)
                yield spelling, form
                if "transitive" in flags and not form.participle:
                    stem = (
                        spelling[:-1]
                        if spelling.endswith("وا")
                        else spelling[:-1] + "ا"
                        if spelling[-1] == "ى"
                        else spelling
                    )
                    yield from (
                        (stem + pronoun, form._replace(flags=flags - {"noun"}, has_object=True))
                        for pronoun in _OBJECT_PRONOUNS
                    )


def _words(text: object, what: str) -> list[str]:
    if not isinstance(text, str):
        raise InputError(f"{what} takes words in one string, not {type(text).__name__}: {text!r:.60}")
    return _fold(pl.Series(text.split(), dtype=pl.String)).to_list()


def _cues(table: Mapping[str, Any]) -> tuple[Cue, ...]:
    cues = [
        Cue(kind, tuple(_words(text, kind))) for kind in ("source", "clause", "own") for text in table.get(kind, ())
    ]
    return tuple(sorted(cues, key=lambda cue: -len(cue.words)))


# ------------------------------------------------------------------------------------ types of a corpus


class CueWords(NamedTuple):
    """A cue as numbers of words. before_lam: whether the next word has to begin with ل."""

    kind: str
    words: list[int]
    before_lam: bool


class WordClasses(NamedTuple):
    """What the lexicon says of each type of a corpus.

    roles: bits of `Role` (UInt64). form: row of `forms`, or -1 (Int16). conjunction: whether و or ف stands
    before the form or the cue word. cue: the number of a word of cues, or -1 (Int16). cues: by the
    number of their first word, longest first.
    """

    roles: npt.NDArray[np.uint64]
    form: npt.NDArray[np.int16]
    conjunction: npt.NDArray[np.bool_]
    forms: tuple[Form, ...]
    cue: npt.NDArray[np.int16]
    cues: dict[int, list[CueWords]]


def word_classes(corpus: CorpusView, lexicon: Lexicon) -> WordClasses:
    """Look up each type of a corpus once."""
    return corpus.derive(("reporting verbs", lexicon.digest), lambda: _classify(corpus, lexicon))


def _classify(corpus: CorpusView, lexicon: Lexicon) -> WordClasses:
    surfaces = corpus.type_column("surface")
    words = folded_types(corpus)
    roles = _look_up(words, _with_conjunctions(lexicon.words), 0).astype(np.uint64)
    spelled = list(lexicon.forms)
    rows = {spelling: row for row, spelling in enumerate(spelled)}
    whole = _look_up(words, rows, -1)
    joined = {c + spelling: row for spelling, row in rows.items() for c in _CONJUNCTIONS}
    after_conjunction = np.where(whole >= 0, -1, _look_up(words, joined, -1))
    form = np.maximum(whole, after_conjunction).astype(np.int16)
    conjunction = after_conjunction >= 0
    roles |= _signs(surfaces, corpus) | _shapes(words, corpus)
    cue_rows: dict[str, int] = {}
    cues: dict[int, list[CueWords]] = {}
    for given in lexicon.cues:
        before_lam = given.words[-1] == "ل"
        numbers = [cue_rows.setdefault(word, len(cue_rows)) for word in given.words if word != "ل"]
        cues.setdefault(numbers[0], []).append(CueWords(given.kind, numbers, before_lam))
    joined_cues = {c + word: row for word, row in cue_rows.items() for c in _CONJUNCTIONS}
    whole_cue = _look_up(words, cue_rows, -1)
    cue_after_conjunction = np.where((whole_cue >= 0) | (whole >= 0), -1, _look_up(words, joined_cues, -1))
    cue = np.maximum(whole_cue, cue_after_conjunction).astype(np.int16)
    conjunction |= cue_after_conjunction >= 0
    roles[conjunction] |= Role.CONJUNCTION
    forms = tuple(lexicon.forms[spelling] for spelling in spelled)
    return WordClasses(roles, form, conjunction, forms, cue, cues)


def folded_types(corpus: CorpusView) -> pl.Series:
    """The folded spelling of each type."""
    return corpus.derive("spelling for reporting verbs", lambda: _fold(corpus.type_column("surface")))


def word_numbers(corpus: CorpusView) -> npt.NDArray[np.int64]:
    """A number for each type, the same for those that are spelled alike but for the article."""

    def make() -> npt.NDArray[np.int64]:
        return folded_types(corpus).str.replace("^[وف]?ال", "").rank("dense").to_numpy().astype(np.int64)

    return corpus.derive("numbers for reporting verbs", make)


def _look_up(words: pl.Series, table: Mapping[str, int], absent: int) -> npt.NDArray[np.int64]:
    known = words.replace_strict(list(table), list(table.values()), default=absent, return_dtype=pl.Int64)
    return known.to_numpy().copy()


def _with_conjunctions(words: Mapping[str, int]) -> dict[str, int]:
    """Words, those that may have و or ف before them also with it, and titles also with a pronoun."""
    table = dict(words)
    for word, bits in words.items():
        for c in _CONJUNCTIONS:
            table.setdefault(c + word, bits & _WITH_CONJUNCTION)
        if bits & _WITH_PRONOUN and not word.startswith("ال"):
            stem = word[:-1] + "ت" if word.endswith("ه") else word
            for pronoun in _PRONOUNS:
                table.setdefault(stem + pronoun, bits & _WITH_PRONOUN)
        if bits & Role.TITLE:
            for proclitic in ("ب", "ل", "و", "ال", "بال", "وال"):
                table.setdefault(proclitic + word, bits & Role.TITLE)
            table.setdefault("لل" + word.removeprefix("ال"), bits & Role.TITLE)
    return table


def _signs(surfaces: pl.Series, corpus: CorpusView) -> npt.NDArray[np.uint64]:
    """Roles of punctuation."""
    first = surfaces.str.slice(0, 1)
    roles = np.zeros(len(surfaces), np.uint64)
    for signs, bit in (
        (":", Role.COLON),
        ("،,", Role.COMMA),
        (".!?؟؛…;", Role.STOP),
        ("()[]{}", Role.BRACKET),
        ("-–—", Role.DASH),
    ):
        roles[first.is_in(list(signs)).to_numpy()] = bit
    roles[marks_of_types(corpus)] = Role.MARK
    return roles


def _shapes(words: pl.Series, corpus: CorpusView) -> npt.NDArray[np.uint64]:
    """What the letters of a word say: its gender, its article, the person of a verb."""
    roles = np.zeros(len(words), np.uint64)
    feminine = corpus.type_column("word").str.contains("ة$|ات$")
    shapes = (
        (corpus.counted_types, Role.WORD),
        (feminine.to_numpy(), Role.FEMININE),
        (words.str.contains("^[وفبك]?ال|^لل").to_numpy(), Role.DEFINITE),
        ((words == "عن").to_numpy(), Role.FROM),
        ((words == "في").to_numpy(), Role.IN),
        (words.str.starts_with("ل").to_numpy(), Role.LA),
        (words.str.contains("..(ته|ها|هم|هما)$").to_numpy(), Role.POSSESSED),
        (words.str.contains("^[وف]?س?[يتن]...?").to_numpy(), Role.IMPERFECT),
        ((words == "ب").to_numpy(), Role.BA),
        (words.str.ends_with("ها").to_numpy(), Role.HERS),
        ((words.str.len_chars() == 1).to_numpy(), Role.PROCLITIC),
    )
    for holds, bit in shapes:
        roles[holds] |= bit
    return roles
