"""The lexicon of reporting verbs, and the roles it gives to each type of a corpus.

The words are in lexicons/reporting_verbs.toml. Each distinct type is looked up once; the analyses then work on
numbers. Spellings are compared without vowel signs and tatweel, with أ إ ٱ as ا and ة as ه. ى and ي stay distinct
(على is not علي), and so does آ (آلان is not الآن).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.arrays import Integers
from corpus_kit._base.files import read_toml, read_whole
from corpus_kit._core import take
from corpus_kit.corpus.storage import reason
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, nearest, shown
from corpus_kit.news.quotation_marks import marks_of_types
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = [
    "Cue",
    "Form",
    "Lexicon",
    "Role",
    "WordClasses",
    "folded",
    "folded_types",
    "lexicon_of",
    "numbered",
    "read_lexicon",
    "word_classes",
    "word_numbers",
]

T = TypeVar("T")

_BUILT_IN = Path(__file__).parent / "lexicons" / "reporting_verbs.toml"
_GENDERS = ("m", "f", "p")
_TABLES = ("verb", "cues", "words", "kinds")
_ASPECTS = ("perfect", "imperfect", "participle")
_NOMINAL = (("perfect", "m"), ("imperfect", "f"))  # forms that may be nouns besides participles
_FLAGS = ("transitive", "quotative", "describes", "relays", "noun", "preposition", "needs", "finds", "perceives", "by")
_VERB_KEYS = ("lemma", *_ASPECTS, *_FLAGS, "frames")
_FRAMES = ("أن", "ب", "إلى", "على", "من", "عن", "في", ":")
_CUES = ("source", "clause", "own", "impersonal")
_CONJUNCTIONS = ("و", "ف")
_FOLDED = {"أ": "ا", "إ": "ا", "ٱ": "ا", "ة": "ه"}
_LETTERS = str.maketrans(_FOLDED)
_DEDIACRITISED = Normalizer.preset("dediac")
_BARE_VERBAL_NOUN = "^ب?(ا[^ئ]ت|است.?).ا.$|^بان..ا.$"  # افتعال، استفعال، انفعال, without the article
# a definite participle that may govern a preposition, and those that are parts of names: المتمركز، المنشورة
_PARTICIPLE = "^الم(ت.{3,}|ن.{3,}|..و.|[شكح]تر?.{2,})(ه|ين|ون)?$"
_IN_NAMES = "^الم(تحد|نور|نتخب|نصور|ندوب|ت.{2,}ي|ن.{2,}ي|تحف|تقدم|تحدث|نسق|نطق|ناخ|نتج)(ه|ين|ون|ات)?$"
_ABSTRACT_NOUN = "^(ب?[^اولبك]|ا[^ل]).{3,}يه$"  # جاهزية، انضباطية, without the article
_VERBAL_NOUN = "^(ال|ب)?(ا[^ليو][^ي]ا.|ا.ت.ا.|است..ا.|ت[^ا].ي[^ه])$"  # إفعال، افتعال، استفعال، تفعيل


@dataclass(frozen=True, slots=True)
class _Roles:
    """What a word may do, as bit flags."""

    COMPLEMENTISER: int = 1 << 0
    SAYING: int = 1 << 1
    RELATIVE: int = 1 << 2
    NEGATION: int = 1 << 3
    PARTICLE: int = 1 << 4
    SPEAKER_END: int = 1 << 5
    ENVOY: int = 1 << 6
    OBJECT: int = 1 << 7
    MASCULINE_NAME: int = 1 << 8
    TITLE: int = 1 << 9
    NICKNAME: int = 1 << 10
    SLOGAN: int = 1 << 11
    VERSE: int = 1 << 12
    SCRIPTURE: int = 1 << 13
    ADDRESSEE: int = 1 << 14
    # by the sign or the form, not by the lexicon
    CONJUNCTION: int = 1 << 15
    COLON: int = 1 << 16
    COMMA: int = 1 << 17
    STOP: int = 1 << 18
    BRACKET: int = 1 << 19
    MARK: int = 1 << 20
    WORD: int = 1 << 21
    FEMININE: int = 1 << 22
    DEFINITE: int = 1 << 23
    FROM: int = 1 << 24
    LA: int = 1 << 25
    IMPERFECT: int = 1 << 26
    BA: int = 1 << 27
    DASH: int = 1 << 28
    IN: int = 1 << 29
    OCCASION: int = 1 << 30
    POSSESSED: int = 1 << 31
    PROCLITIC: int = 1 << 32
    HERS: int = 1 << 33
    TURN: int = 1 << 34
    HONORIFIC: int = 1 << 35
    GOVERNOR: int = 1 << 36
    PASSIVE: int = 1 << 37
    SPEECH_NOUN: int = 1 << 38
    NEVER_AFTER_THAT: int = 1 << 39
    BY: int = 1 << 40
    THEN: int = 1 << 41
    TO: int = 1 << 42
    ON: int = 1 << 43
    OF: int = 1 << 44
    OPENING: int = 1 << 45
    FAR_GOVERNOR: int = 1 << 46
    LINK: int = 1 << 47
    BREAK: int = 1 << 48
    POSSIBLY: int = 1 << 49
    # words around speakers, and more of what letters show
    OFFICE: int = 1 << 50
    BODY: int = 1 << 65
    KIN: int = 1 << 66
    PLURAL: int = 1 << 67
    ONWARD: int = 1 << 68
    OUTCOME: int = 1 << 69
    ADVERB: int = 1 << 70
    PRONOUN: int = 1 << 71
    BE: int = 1 << 72
    AS_FOR: int = 1 << 73
    WHEN: int = 1 << 74
    CONTINUES: int = 1 << 75
    DOUBTFUL: int = 1 << 76
    UTTERANCE: int = 1 << 77
    PAGE: int = 1 << 78
    PREPOSED: int = 1 << 79
    TANWIN: int = 1 << 80
    JOINED: int = 1 << 81
    WAW: int = 1 << 82
    WAW_NOUN: int = 1 << 83
    NUMBER: int = 1 << 84
    FAMILY: int = 1 << 85
    NISBA: int = 1 << 86
    PERSONS: int = 1 << 87
    MANY: int = 1 << 88
    OWN: int = 1 << 89
    FEMININE_VERB: int = 1 << 90
    OBLIQUE: int = 1 << 91
    BARE_VERBAL_NOUN: int = 1 << 92
    ITS: int = 1 << 93
    ACCUSATIVE: int = 1 << 94
    WISH: int = 1 << 95
    THIS: int = 1 << 96
    SEMICOLON: int = 1 << 97
    BARE_THAT: int = 1 << 98
    ASIDE: int = 1 << 99
    QUANTITY: int = 1 << 100
    POINTER: int = 1 << 101
    SELF: int = 1 << 102
    NO_ORIGIN: int = 1 << 103
    FIRST_NAME: int = 1 << 104
    VERBAL_NOUN: int = 1 << 105
    TO_BODY: int = 1 << 106
    THOSE: int = 1 << 107
    SUPERVISOR: int = 1 << 108
    PREPOSED_NOUN: int = 1 << 109
    FORMERLY: int = 1 << 110
    ALSO_NAME: int = 1 << 111
    WEEKDAY: int = 1 << 112
    NO_VERBAL_NOUN: int = 1 << 113
    MEANWHILE: int = 1 << 114
    STANDARD: int = 1 << 115
    WRITTEN: int = 1 << 116
    DOUBLED: int = 1 << 117
    NO_IMPERFECT: int = 1 << 118
    LIKE_VERB: int = 1 << 119
    LETTER: int = 1 << 120
    LATIN: int = 1 << 121
    HEADING: int = 1 << 122
    PARTICIPLE: int = 1 << 123
    HE: int = 1 << 124
    THERE: int = 1 << 125
    STUDY: int = 1 << 126
    IN_IT: int = 1 << 127


Role = _Roles()  # of an object with slots, Python 3.11 reads attributes several times as fast as of a class

_LOW = (1 << 64) - 1
_ROLES = {
    "complementisers": Role.COMPLEMENTISER,
    "sayings": Role.SAYING,
    "relatives": Role.RELATIVE,
    "negations": Role.NEGATION,
    "particles": Role.PARTICLE,
    "speaker_ends": Role.SPEAKER_END,
    "envoys": Role.ENVOY,
    "quantities": Role.QUANTITY,
    "pointers": Role.POINTER,
    "selves": Role.SELF,
    "no_origins": Role.NO_ORIGIN,
    "first_names": Role.FIRST_NAME,
    "supervisors": Role.SUPERVISOR,
    "formerly": Role.FORMERLY,
    "also_names": Role.ALSO_NAME,
    "weekdays": Role.WEEKDAY,
    "names_like_verbal_nouns": Role.NO_VERBAL_NOUN,
    "names_like_imperfects": Role.NO_IMPERFECT,
    "letters": Role.LETTER,
    "headings": Role.HEADING,
    "objects": Role.OBJECT,
    "outcomes": Role.OUTCOME,
    "offices": Role.OFFICE,
    "bodies": Role.BODY,
    "onward": Role.ONWARD,
    "kin": Role.KIN,
    "adverbs": Role.ADVERB,
    "doubtful_participles": Role.DOUBTFUL,
    "utterances": Role.UTTERANCE,
    "be": Role.BE,
    "as_for": Role.AS_FOR,
    "plurals": Role.PLURAL,
    "continuations": Role.CONTINUES,
    "pronouns": Role.PRONOUN,
    "pages": Role.PAGE,
    "occasions": Role.OCCASION,
    "masculine_names": Role.MASCULINE_NAME,
    "turns": Role.TURN,
    "honorifics": Role.HONORIFIC,
    "wishes": Role.WISH,
    "governors": Role.GOVERNOR,
    "far_governors": Role.FAR_GOVERNOR,
    "links": Role.LINK,
    "breaks": Role.BREAK,
    "possibly": Role.POSSIBLY,
    "speech_nouns": Role.SPEECH_NOUN,
    "asides": Role.ASIDE,
    "meanwhile": Role.MEANWHILE,
    "standards": Role.STANDARD,
    "written": Role.WRITTEN,
    "never_after_that": Role.NEVER_AFTER_THAT,
    "he": Role.HE,
    "there": Role.THERE,
    "studies": Role.STUDY,
}
_KINDS = {
    "title": Role.TITLE,
    "nickname": Role.NICKNAME,
    "slogan": Role.SLOGAN,
    "verse": Role.VERSE,
    "scripture": Role.SCRIPTURE,
}
_WITH_CONJUNCTION = (
    Role.COMPLEMENTISER
    | Role.SPEAKER_END
    | Role.SAYING
    | Role.NEGATION
    | Role.PARTICLE
    | Role.GOVERNOR
    | Role.SPEECH_NOUN
    | Role.FAR_GOVERNOR
    | Role.BREAK
    | Role.BE
    | Role.AS_FOR
    | Role.ADVERB
    | Role.ONWARD
    | Role.UTTERANCE
    | Role.CONTINUES
    | Role.DOUBTFUL
    | Role.WRITTEN
    | Role.HE
    | Role.THERE
)
_WITH_ARTICLE = Role.OFFICE | Role.BODY | Role.UTTERANCE | Role.STUDY
_WITH_PRONOUN = Role.TITLE
_PRONOUNS = ("ه", "ها", "هم", "هما")
_OBJECT_PRONOUNS = ("ه", "ها", "هم", "هما", "نا", "ني")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a verb.

    Attributes:
        lemma: The lemma.
        gender: m, f, or p for dual and plural.
        participle: Whether it is an accusative participle.
        flags: The flags of the verb, explained in the lexicon.
        has_object: Whether an object pronoun is attached (وصفه).
        frames: What the verb takes, explained in the lexicon.
        imperfect: Whether it is an imperfect.
    """

    lemma: str
    gender: str
    participle: bool
    flags: frozenset[str]
    has_object: bool = False
    frames: frozenset[str] = frozenset(_FRAMES)
    imperfect: bool = False


class Cue(NamedTuple):
    """A phrase that names a source, or says that there is none: its kind and folded words; a last ل is a prefix.

    The kinds are source, clause, own and impersonal.
    """

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Reporting verbs and the words around them, with folded spellings as keys.

    Attributes:
        digest: The SHA-256 of the file.
        forms: The forms of verbs.
        bare: Those that are written with ا and not أ: with أ they are first persons (أعتبر).
        words: The roles of words, as bits of `Role`.
        cues: Phrases that name a source, the longest first.
    """

    digest: str
    forms: Mapping[str, Form] = field(repr=False)
    bare: frozenset[str] = field(repr=False)
    words: Mapping[str, int] = field(repr=False)
    cues: tuple[Cue, ...] = field(repr=False)

    @cached_property
    def listed(self) -> tuple[pl.Series, pl.Series, pl.Series]:
        """The words, also with what may precede or follow them, and the lower and the higher bits of their roles."""
        words = _with_conjunctions(self.words)
        low, high = [bits & _LOW for bits in words.values()], [bits >> 64 for bits in words.values()]
        return pl.Series(list(words), dtype=pl.String), pl.Series(low, dtype=pl.Int64), pl.Series(high, dtype=pl.Int64)


def folded(word: str) -> str:
    """Return a word in the form in which the lexicon compares it.

    >>> folded("أنّ"), folded("على") == folded("علي"), folded("آلان") == folded("الآن")
    ('ان', False, False)
    """
    return _DEDIACRITISED(word).translate(_LETTERS)


def _fold(words: pl.Series) -> pl.Series:
    dediacritised = normalize_series(words, _DEDIACRITISED)
    return dediacritised.str.replace_many(list(_FOLDED), list(_FOLDED.values()))


# ---------------------------------------------------------------------------------- reading the file


def lexicon_of(path: str | PathLike[str] | None) -> Lexicon:
    """Return the lexicon in a TOML file, or with None the library's own.

    Raises:
        InputError: If the file cannot be read, or does not have the form that the built-in one describes.
    """
    return read_lexicon(_BUILT_IN if path is None else path_argument(path, "lexicon"), _parsed)


def read_lexicon(path: Path, parse: Callable[[str, bytes], T]) -> T:
    """Return what `parse` makes of a file and its digest.

    Raises:
        InputError: If the file cannot be read, or `parse` refuses it; it names the file.
    """
    try:
        raw = read_whole(path)
        return parse(sha256(raw).hexdigest(), raw)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the lexicon {path}: {reason(error)}.") from error


@lru_cache(maxsize=8)
def _parsed(digest: str, raw: bytes) -> Lexicon:
    table = read_toml(raw)
    unknown = sorted(set(table) - set(_TABLES))
    if unknown:
        raise InputError(f"unknown table {unknown[0]!r}. {_allowed(unknown[0], _TABLES)}")
    if not isinstance(table.get("verb"), list) or not table["verb"]:
        raise InputError("the lexicon has no [[verb]].")
    forms: dict[str, Form] = {}
    bare: set[str] = set()
    for verb in table["verb"]:
        for spelling, form in _forms(verb):
            forms.setdefault(spelling, form)
            if verb["lemma"].startswith("ا") and spelling.startswith("ا"):
                bare.add(spelling)
    words: dict[str, int] = {}
    for section, roles in (("words", _ROLES), ("kinds", _KINDS)):
        for name, bit in roles.items():
            for word in _words(table.get(section, {}).get(name, ""), f"{section}.{name}"):
                words[word] = words.get(word, 0) | bit
    for word in _words(table.get("words", {}).get("addressees", ""), "words.addressees"):
        spelling = "لل" + word[2:] if word.startswith("ال") else "ل" + word
        names = words.get(word, 0) & Role.TITLE  # لصحيفة «كذا»
        words[spelling] = words.get(spelling, 0) | Role.ADDRESSEE | Role.SPEAKER_END | names
    return Lexicon(digest, forms, frozenset(bare), words, _cues(table.get("cues", {})))


def _allowed(name: str, allowed: Sequence[str]) -> str:
    return " ".join(part for part in (nearest(name, allowed), f"Allowed: {', '.join(allowed)}.") if part)


def _forms(verb: Any) -> Iterable[tuple[str, Form]]:
    if not isinstance(verb, dict) or not isinstance(verb.get("lemma"), str):
        raise InputError(f"each [[verb]] must be a table with a lemma, got {shown(verb)}.")
    unknown = sorted(set(verb) - set(_VERB_KEYS))
    if unknown:
        raise InputError(f"verb {verb['lemma']!r}: unknown key {unknown[0]!r}. {_allowed(unknown[0], _VERB_KEYS)}")
    flags = frozenset(flag for flag in _FLAGS if verb.get(flag))
    frames = _frames(verb)
    for aspect in _ASPECTS:
        cells = verb.get(aspect, {})
        if not isinstance(cells, dict) or set(cells) - set(_GENDERS):
            raise InputError(
                f"verb {verb['lemma']!r}: {aspect} must be a table with the keys {', '.join(_GENDERS)}, "
                f"got {shown(cells)}."
            )
        for gender, spellings in cells.items():
            for spelling in _words(spellings, f"{aspect} of {verb['lemma']}"):
                nominal = aspect == "participle" or (aspect, gender) in _NOMINAL  # ذكروا and يذكر are no nouns
                own = flags if nominal else flags - {"noun"}
                if not nominal and "عن" not in frames:
                    own -= {"preposition"}
                form = Form(verb["lemma"], gender, aspect == "participle", own, False, frames, aspect == "imperfect")
                yield spelling, form
                if aspect == "imperfect":
                    yield "س" + spelling, form
                if "transitive" in flags and not form.participle:
                    of_object = frames - {"أن"} if "describes" in flags else frames  # وصفه بأنه
                    with_object = replace(form, flags=own - {"noun"}, has_object=True, frames=of_object)
                    stem = _before_pronoun(spelling)
                    yield from ((stem + pronoun, with_object) for pronoun in _OBJECT_PRONOUNS)


def _frames(verb: Mapping[str, Any]) -> frozenset[str]:
    """Return what a verb takes; all of it if the lexicon does not say."""
    if "frames" not in verb:
        return frozenset(_FRAMES)
    text = verb["frames"]
    unknown = sorted(set(text.split()) - set(_FRAMES)) if isinstance(text, str) else [text]
    if unknown or not text:
        got = shown(unknown[0] if unknown else text)
        raise InputError(
            f"verb {verb['lemma']!r}: frames must be some of {' '.join(_FRAMES)} in one string, got {got}."
        )
    return frozenset(text.split())


def _before_pronoun(spelling: str) -> str:
    """Return a form as it is spelled before an object pronoun."""
    if spelling.endswith("وا"):
        return spelling[:-1]
    return spelling[:-1] + "ا" if spelling[-1] == "ى" else spelling


def _words(text: object, what: str) -> list[str]:
    if not isinstance(text, str):
        raise InputError(f"{what} must be words in one string, got {shown(text)}.")
    return [folded(word) for word in text.split()]


def _cues(table: Mapping[str, Any]) -> tuple[Cue, ...]:
    cues = [Cue(kind, tuple(_words(text, kind))) for kind in _CUES for text in table.get(kind, ())]
    return tuple(sorted(cues, key=lambda cue: -len(cue.words)))


# ------------------------------------------------------------------------------------ types of a corpus


class CueWords(NamedTuple):
    """A cue as numbers of words; `before_lam`: whether the next word must begin with ل."""

    kind: str
    words: list[int]
    before_lam: bool


class WordClasses(NamedTuple):
    """The roles of each type of a corpus.

    Attributes:
        roles: The lower 64 bits of `Role`.
        bits: All bits of `Role`, as Python integers.
        form: The row of `forms`, or -1.
        conjunction: Whether و or ف precedes the form or the cue word.
        forms: The forms of verbs.
        cue: The number of a word of a cue, or -1.
        cues: The cues by the number of their first word, the longest first.
        sources: Whether two words of cues begin one that names a source; the last row and column are for other words.
    """

    roles: npt.NDArray[np.uint64]
    bits: tuple[int, ...]
    form: npt.NDArray[np.int16]
    conjunction: npt.NDArray[np.bool_]
    forms: tuple[Form, ...]
    cue: npt.NDArray[np.int16]
    cues: dict[int, list[CueWords]]
    sources: npt.NDArray[np.bool_]


def word_classes(corpus: CorpusView, lexicon: Lexicon) -> WordClasses:
    """Look up each type of a corpus; done once for a corpus."""
    return corpus.derive(("reporting verbs", lexicon.digest), lambda: _classify(corpus, lexicon))


def _classify(corpus: CorpusView, lexicon: Lexicon) -> WordClasses:
    surfaces = corpus.type_column("surface")
    words = _usual_spelling(surfaces, folded_types(corpus))
    listed, low, high = lexicon.listed
    roles, more = (_looked_up(words, listed, bits, 0).astype(np.uint64) for bits in (low, high))
    spelled = list(lexicon.forms)
    rows = {spelling: row for row, spelling in enumerate(spelled)}
    whole = _look_up(words, rows, -1)
    joined = {c + spelling: row for spelling, row in rows.items() for c in _CONJUNCTIONS}
    joined |= {"ل" + spelling: row for spelling, row in rows.items() if spelling[0] == "ي"}  # ليقول
    joined.pop("فرد", None)  # a person
    after_conjunction = np.where(whole >= 0, -1, _look_up(words, joined, -1))
    form = np.maximum(whole, after_conjunction).astype(np.int16)
    bare = words.str.replace("^[وف]", "").is_in(list(lexicon.bare))
    form[(surfaces.str.contains("^[وف]?أ") & bare).to_numpy()] = -1  # a first person
    form[(surfaces.str.contains("^[وف]?إ") & ~bare).to_numpy()] = -1  # the noun إجابته
    with_object = np.array([each.has_object for each in lexicon.forms.values()] + [False])
    doubtful = more & np.uint64(Role.DOUBTFUL >> 64) > 0
    form[doubtful & surfaces.str.ends_with("ه").to_numpy()] = -1  # ومقره is not مقرة
    form[with_object[form] & surfaces.str.ends_with("ة").to_numpy()] = -1  # طالبة is not طالبه
    conjunction = (after_conjunction >= 0) & (form >= 0)
    roles |= _signs(surfaces, corpus) | _shapes(words, corpus)
    more |= _more_shapes(words, corpus)
    for name, shape in ((Role.NO_VERBAL_NOUN, Role.VERBAL_NOUN), (Role.NO_IMPERFECT, Role.LIKE_VERB)):
        more[more & np.uint64(name >> 64) > 0] &= ~np.uint64(shape >> 64)
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
    that = roles & Role.COMPLEMENTISER > 0
    for letters, bits in (("^[وف]", Role.CONJUNCTION), ("^ف", Role.THEN), ("^و?ب", Role.BY)):
        roles[that & words.str.contains(letters).to_numpy()] |= bits
    roles[conjunction] |= Role.CONJUNCTION
    imam = surfaces.str.contains("^ل?إمام$").to_numpy()  # folded like أمام
    roles[imam] = roles[imam] & ~np.uint64(Role.SPEAKER_END) | np.uint64(Role.OFFICE)
    forms = tuple(lexicon.forms[spelling] for spelling in spelled)
    finite = np.array([not each.participle for each in forms] + [False])[form]
    roles[finite & _passive(surfaces)] |= Role.PASSIVE
    sources = np.zeros((len(cue_rows) + 1, len(cue_rows) + 1), bool)
    for _, numbers, _ in (each for some in cues.values() for each in some if each.kind == "source"):
        sources[numbers[0], numbers[1] if len(numbers) > 1 else slice(None)] = True
    return WordClasses(roles, _together(roles, more), form, conjunction, forms, cue, cues, sources)


def _usual_spelling(surfaces: pl.Series, words: pl.Series) -> pl.Series:
    """Return folded words with prepositions as most of the press spells them: في for فى, إلى for إلي."""
    usual = {"فى": "في", "وفى": "وفي", "إلي": "الى", "وإلي": "والى", "حتي": "حتى"}
    written = surfaces.replace_strict(usual, default=None, return_dtype=pl.String)
    return written.zip_with(written.is_not_null(), words)


def _together(roles: npt.NDArray[np.uint64], more: npt.NDArray[np.uint64]) -> tuple[int, ...]:
    """Return two words of bits as Python integers, one object for equal ones."""
    rows, distinct = numbered(pl.DataFrame({"low": roles, "high": more}))
    return tuple(take(tuple([low | high << 64 for low, high in distinct.iter_rows()]), rows))


def numbered(table: pl.DataFrame) -> tuple[Integers, pl.DataFrame]:
    """Return a number for each row of a table, the same for equal rows, and the distinct rows in their order."""
    distinct = table.unique(maintain_order=True)
    rows = table.join(distinct.with_row_index("row"), on=table.columns, how="left", maintain_order="left")["row"]
    return rows.to_numpy().astype(np.int64), distinct


def _passive(surfaces: pl.Series) -> npt.NDArray[np.bool_]:
    """Return which surfaces are written as passive perfects: with a damma on the first letter (ذُكر، وأُعلن)."""
    return surfaces.str.contains("^([وف]َ?)?[^يتن]ُ").to_numpy()


def folded_types(corpus: CorpusView, types: Integers | None = None) -> pl.Series:
    """Return the folded spelling of each type, or of some, which is faster for few."""
    if types is not None:
        return _fold(corpus.type_column("surface").gather(types))
    return corpus.derive("spelling for reporting verbs", lambda: _fold(corpus.type_column("surface")))


def word_numbers(corpus: CorpusView) -> tuple[int, ...]:
    """Return a number for each type that ignores the article: الوزير and وزير have the same."""

    def make() -> tuple[int, ...]:
        numbers, distinct = numbered(folded_types(corpus).str.replace("^[وف]?ال", "").to_frame())
        return tuple(take(tuple(range(len(distinct))), numbers))

    return corpus.derive("numbers for reporting verbs", make)


def _look_up(words: pl.Series, table: Mapping[str, int], absent: int) -> npt.NDArray[np.int64]:
    old, new = pl.Series(list(table), dtype=pl.String), pl.Series(list(table.values()), dtype=pl.Int64)
    return _looked_up(words, old, new, absent)


def _looked_up(words: pl.Series, old: pl.Series, new: pl.Series, absent: int) -> npt.NDArray[np.int64]:
    return words.replace_strict(old, new, default=absent, return_dtype=pl.Int64).to_numpy().copy()


def _with_conjunctions(words: Mapping[str, int]) -> dict[str, int]:
    """Return words also with و or ف where these may precede them, and titles also with pronouns and proclitics."""
    table = dict(words)
    for word, bits in words.items():
        for c in _CONJUNCTIONS:
            if not words.get(c + word, 0) & Role.OFFICE:  # ولي is an office, not و and لي
                table[c + word] = table.get(c + word, 0) | bits & _WITH_CONJUNCTION
            if bits & Role.GOVERNOR and word[0] in "يتن":  # وسيجد
                for future in ("س" + word, c + "س" + word):
                    table[future] = table.get(future, 0) | Role.GOVERNOR
        if bits & Role.SPEECH_NOUN and not word.startswith("ال"):
            for own in (b + _before_ending(word) + pronoun for pronoun in _PRONOUNS for b in ("", "ب")):
                table[own] = table.get(own, 0) | Role.SPEECH_NOUN
        if bits & (_WITH_PRONOUN | Role.OFFICE) and not word.startswith("ال"):
            stem = _before_ending(word)
            for pronoun in _PRONOUNS:
                table.setdefault(stem + pronoun, bits & (_WITH_PRONOUN | Role.OFFICE))
                if bits & Role.OFFICE:  # مستشار الوزارة ومتحدثها
                    table.setdefault("و" + stem + pronoun, Role.OFFICE | Role.WAW_NOUN)
        if bits & Role.TITLE:
            table["و" + word] = table.get("و" + word, 0) | bits & Role.TITLE
            for proclitic in ("ب", "ل", "ال", "بال", "وال"):
                table.setdefault(proclitic + word, bits & Role.TITLE)
            table.setdefault("لل" + word.removeprefix("ال"), bits & Role.TITLE)
    for word, bits in words.items():
        if bits & Role.OCCASION:
            table["ال" + word] = table.get("ال" + word, 0) | Role.OCCASION
        prefixed = Role.BODY | Role.OBJECT | Role.OUTCOME | Role.SCRIPTURE | Role.SPEECH_NOUN
        articled = _WITH_ARTICLE | Role.STANDARD
        for proclitic, kept in (("ال", articled), ("لل", Role.STANDARD), ("ب", prefixed), ("بال", Role.BODY)):
            if bits & kept and (len(word) > 3 or proclitic != "ب"):  # باول is a name
                table[proclitic + word] = table.get(proclitic + word, 0) | bits & kept
        if bits & Role.BODY:
            table["ل" + word] = table.get("ل" + word, 0) | Role.TO_BODY
        if bits & (Role.OFFICE | Role.BODY):
            for joined in ("و" + word, "وال" + word):
                table[joined] = table.get(joined, 0) | Role.WAW_NOUN
    return table


def _before_ending(word: str) -> str:
    """Return a folded noun as it is spelled before a pronoun."""
    return word[:-1] + "ت" if word.endswith("ه") else word


def _signs(surfaces: pl.Series, corpus: CorpusView) -> npt.NDArray[np.uint64]:
    """Return the roles of punctuation."""
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
    roles[(surfaces == "ـ").to_numpy()] = Role.DASH
    roles[marks_of_types(corpus)] = Role.MARK
    return roles


def _shapes(words: pl.Series, corpus: CorpusView) -> npt.NDArray[np.uint64]:
    """Return the roles that the letters of a word show: its gender, its article, the person of a verb."""
    roles = np.zeros(len(words), np.uint64)
    feminine = corpus.type_column("word").str.contains("ة$|ات$")
    hamza = corpus.type_column("surface").str.contains("^[وفبك]?أل")  # ألقى، ألمانيا
    persons = words.str.contains("^ال[^مت].ا.[^ي]ه$") & feminine  # القراصنة، الأساتذة
    shapes = (
        (corpus.counted_types, Role.WORD),
        (persons.to_numpy(), Role.MASCULINE_NAME),
        (feminine.to_numpy(), Role.FEMININE),
        ((words.str.contains("^[وفبك]?ال|^لل") & ~hamza).to_numpy(), Role.DEFINITE),
        (words.is_in(["عن", "وعن"]).to_numpy(), Role.FROM),
        (words.is_in(["في", "وفي"]).to_numpy(), Role.IN),
        (words.is_in(["الى", "الي"]).to_numpy(), Role.TO),
        ((words == "على").to_numpy(), Role.ON),
        ((words == "من").to_numpy(), Role.OF),
        (corpus.type_column("surface").str.contains("^[(\\[{]").to_numpy(), Role.OPENING),
        (words.str.starts_with("ل").to_numpy(), Role.LA),
        ((words.str.contains("..(ته|ها|هم|هما)$") & ~feminine).to_numpy(), Role.POSSESSED),
        (words.str.contains("^[وف]?س?[يتن]...?").to_numpy(), Role.IMPERFECT),
        ((words == "ب").to_numpy(), Role.BA),
        (words.str.ends_with("ها").to_numpy(), Role.HERS),
        (((words.str.len_chars() == 1) | words.is_in(["لل", "بال", "وال"])).to_numpy(), Role.PROCLITIC),
    )
    for holds, bit in shapes:
        roles[holds] |= bit
    return roles


# nouns of what somebody does, which are objects of verbs and no names: انتصار، استمرار، تحذير، مواقف، مشوار
_ABSTRACT = "ا.ت.ا.|ان..ا.|است.?.ا.|ا..ا.|ت..ي.|ت.ا..|م.ا.[^ي]|م..ا."
# indefinite ones in the accusative, and adjectives: مفاجئا، وحيدا، تسارعا، تحذيرا، انتصارا
_ACCUSATIVE = "^(م.ا.[^ي]|مت...|..ي.|ت.ا..|ت..ي.|ا.ت.ا.|ان..ا.|است.?.ا.)ا$"


def _more_shapes(words: pl.Series, corpus: CorpusView) -> npt.NDArray[np.uint64]:
    """Return what else letters show, as bits of `Role` above the first 64."""
    more = np.zeros(len(words), np.uint64)
    feminine = corpus.type_column("word").str.contains("ة$")
    surfaces = corpus.type_column("surface")
    by_form = words.str.contains(_VERBAL_NOUN) & ~surfaces.str.contains("^(ال|ب)?أ")  # أفعال is a plural
    abstract = words.str.contains(_ABSTRACT_NOUN) & feminine
    surveys = ["استطلاع", "استفتاء", "استبيان", "اجتماع"]  # which say something themselves
    shapes = (
        (words.str.contains("^ال.{2,}ي$").to_numpy(), Role.FAMILY),
        (words.str.contains("^[وف]?(بال|لل)").to_numpy(), Role.PREPOSED),
        (corpus.type_column("surface").str.contains("اً$|ًا$").to_numpy(), Role.TANWIN),
        (words.str.contains("^(ا.ت.ا.|است.?.ا.|ان..ا.)ا$").to_numpy(), Role.TANWIN),  # اعتذارا، استفسارا
        ((words.str.contains("^وال") & ~words.str.contains("^وال[ديت]")).to_numpy(), Role.JOINED),
        (words.str.contains("^ال.{2,}يه$").to_numpy(), Role.NISBA),
        (words.is_in(["عندما", "وعندما", "حين", "وحين", "بعدما", "وبعدما", "حيث", "اذ"]).to_numpy(), Role.WHEN),
        (words.str.contains("[^ل]..(ون|اء)$|^ال[^مت].ا.[^ي]ه$").to_numpy(), Role.PERSONS),
        (words.str.starts_with("و").to_numpy(), Role.WAW),
        (words.str.contains("^[0-9٠-٩]+$").to_numpy(), Role.NUMBER),
        (words.str.contains("^[0-9٠-٩.,]*[0-9٠-٩%٪]$").to_numpy(), Role.QUANTITY),
        (words.str.contains("...(ون|ين|ان|اء|وا)$|^م...+[^ي]و$").to_numpy(), Role.MANY),
        (words.str.contains("...(ه|ها|هم|هما)$").to_numpy(), Role.OWN),
        (words.str.contains("^[وف]?..+ت$").to_numpy(), Role.FEMININE_VERB),
        (words.str.contains("^ال(م.{2,}|.ا..)ين$|..يين$").to_numpy(), Role.OBLIQUE),
        (
            (words.str.contains("^ب?(ا[^ئ]ت|است.?).ا.$|^بان..ا.$") & ~words.is_in(surveys)).to_numpy(),
            Role.BARE_VERBAL_NOUN,
        ),
        (words.str.contains(_ACCUSATIVE).to_numpy(), Role.ACCUSATIVE),
        (words.is_in(["ذلك", "وذلك", "هذا", "وهذا", "هذه", "هؤلاء", "تلك"]).to_numpy(), Role.THIS),
        ((words.str.contains(f"^({_ABSTRACT})ه$") & ~feminine).to_numpy(), Role.ITS),
        (words.str.contains("^[؛;]").to_numpy(), Role.SEMICOLON),
        (words.str.contains("^[وفب]?ان$").to_numpy(), Role.BARE_THAT),
        ((by_form | surfaces.str.contains("^(ال|ب)?تأ.ي.$") | abstract).to_numpy(), Role.VERBAL_NOUN),
        (words.str.contains("^ال.{3,}ين$").to_numpy(), Role.THOSE),
        ((words.str.contains(_PARTICIPLE) & ~words.str.contains(_IN_NAMES)).to_numpy(), Role.PARTICIPLE),
        (words.str.starts_with("ب").to_numpy(), Role.PREPOSED_NOUN),
        (words.is_in(["فيه", "فيها"]).to_numpy(), Role.IN_IT),
        (corpus.type_column("surface").str.contains("ّ").to_numpy(), Role.DOUBLED),
        (words.str.contains("^ي[^اويه]...?$").to_numpy(), Role.LIKE_VERB),
        ((words.str.contains("[A-Za-z]|^[ء-ي]{2,}[0-9]+$") & ~words.str.contains("^.?ال[0-9]")).to_numpy(), Role.LATIN),
    )
    for holds, bit in shapes:
        more[holds] |= np.uint64(bit >> 64)
    return more
