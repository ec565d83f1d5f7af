"""What stands before and after a stem, what of it fits together, and how likely it is: the table of all priors.

The probability of a reading is the product of: how often a word of its category has this conjunction, preposition and
pronoun; how often it is in this form (article and ending of a noun; tense, voice and person of a verb); how often it is
spelled so (letters.py); and the weight of its lexeme, which is estimated (estimation.py). The priors are rounded shares
in written news. They are not estimated: without annotated text they would become worse, since nouns in the counts would
be taken for imperatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Bytes
from corpus_kit.text.closed_classes import ARTICLE, FREE_ENDINGS
from corpus_kit.text.paradigms.letters import CODE_OF, FOLD, MISSPELT, cost, costs, encoded

__all__ = [
    "BACKS",
    "FRONTS",
    "LISTED_VERB",
    "NOUNS",
    "N_SECTIONS",
    "PERSONS",
    "TENSES",
    "Affix",
    "Cells",
    "cells",
    "class_numbers",
    "has_article",
    "morphology",
    "verb_slots",
]

# ---------------------------------------------------------------- priors

CONJUNCTIONS = {"noun": {"": 0.88, "و": 0.10, "ف": 0.004}, "verb": {"": 0.80, "و": 0.30, "ف": 0.02}}
PREPOSITIONS = {"": 1.0, "ب": 0.09, "ل": 0.09, "ك": 0.004}
PARTICLES = {"": 1.0, "س": 0.06, "ل": 0.12}  # before a verb: the future; ل with the subjunctive and jussive
EMPHATIC = 0.01  # ل before the perfect, compared with that
WITH_ARTICLE, WITHOUT_ARTICLE = 0.45, 0.55
PRONOUNS = {
    "noun": {"": 0.85, "ه": 0.045, "ها": 0.045, "هم": 0.02, "هما": 0.002, "نا": 0.01, "ك": 0.001, "كم": 0.001}
    | {"كما": 0.0001, "هن": 0.0005, "ي": 0.002},
    "verb": {"": 0.93, "ه": 0.02, "ها": 0.015, "هم": 0.008, "هما": 0.0008, "نا": 0.004, "ك": 0.002, "كم": 0.001}
    | {"كما": 0.0001, "هن": 0.0003, "ني": 0.001},
}
TENSES = {
    ("perfect", "active"): 0.45, ("indicative", "active"): 0.35, ("subjunctive", "active"): 0.10,
    ("jussive", "active"): 0.06, ("imperative", "active"): 0.005, ("perfect", "passive"): 0.04,
    ("indicative", "passive"): 0.03, ("subjunctive", "passive"): 0.006, ("jussive", "passive"): 0.005,
}  # fmt: skip
PERSONS = {
    "3ms": 0.45, "3fs": 0.35, "3mp": 0.06, "3md": 0.01, "3fd": 0.006, "3fp": 0.002, "1s": 0.05, "1p": 0.05,
    "2ms": 0.01, "2fs": 0.002, "2d": 0.0005, "2mp": 0.006, "2fp": 0.0003,
}  # fmt: skip

# Classes of nouns, and the share of each ending. A plus marks an ending that stands before pronouns only.
_ADJECTIVE = {"": 0.40, "ة": 0.25, "ات": 0.08, "ون": 0.015, "ين": 0.035, "ان": 0.008, "تان": 0.004, "تين": 0.004,
              "ا": 0.05, "ي": 0.01, "و": 0.004, "ت+": 0.01}  # fmt: skip
_FEMININE = ("ة", "ات", "تان", "تين", "ت+")
_SELDOM = 0.4  # of adjectives whose feminine is a noun of its own: محافظ, محافظة
_ADJECTIVE_AFTER_PREPOSITION = 0.3  # without article, compared with nouns
NOUNS = {
    "noun": {"": 0.55, "ات": 0.03, "ون": 0.012, "ين": 0.03, "ان": 0.008, "ا": 0.05, "ي": 0.01, "و": 0.004},
    "adjective": _ADJECTIVE,
    "adjective, seldom feminine": {
        ending: share * _SELDOM if ending in _FEMININE else share for ending, share in _ADJECTIVE.items()
    },
    # stems of nouns without their ة or ى, or without the ي of قاضي (قاض, القاضون)
    "noun in ة": {"ة": 0.25, "ات": 0.10, "تان": 0.008, "تين": 0.01, "تي": 0.006, "تا": 0.003, "ت+": 0.5, "ه": 0.001},
    "noun in ى": {"ى": 0.55, "ا+": 0.5, "اة": 0.1, "يات": 0.05, "ون": 0.003, "ين": 0.003, "يين": 0.003},
    "noun in ي": {"": 0.06, "ين": 0.03, "ون": 0.015},
    "name": {"": 0.9},
    # broken plurals and other forms of their own
    "listed": {"": 0.15}, "listed in ة": {"ة": 0.15, "ت+": 0.5}, "listed in ى": {"ى": 0.15, "ا+": 0.25},
    # words that are only counted
    "unknown": {"": 0.85, "ات": 0.02, "ون": 0.006, "ين": 0.02, "ا": 0.01},
    "unknown in ة": {"ة": 0.85, "ات": 0.02, "ت+": 0.5}, "unknown in ى": {"ى": 0.85, "ا+": 0.3},
}  # fmt: skip
LISTED_VERB, _LISTED_VERB_SHARE = "listed verb", 0.9


class _Ending(NamedTuple):
    """Where an ending of nouns stands."""

    with_article: bool
    after_preposition: bool
    before_pronouns: bool
    free: str | None = None  # what it is without the pronoun, if that is not the same


_ENDINGS = {
    "": _Ending(True, True, True), "ة": _Ending(True, True, False), "ات": _Ending(True, True, True),
    "ون": _Ending(True, False, False), "ين": _Ending(True, True, False), "ان": _Ending(True, False, False),
    "تان": _Ending(True, False, False), "تين": _Ending(True, True, False), "ا": _Ending(False, False, False),
    "ي": _Ending(False, True, True, "ين"), "و": _Ending(False, False, True, "ون"),
    "تي": _Ending(False, True, True, "تين"), "تا": _Ending(False, False, True, "تان"),
    "ت+": _Ending(False, True, True), "ا+": _Ending(False, True, True), "ى": _Ending(True, True, False),
    "اة": _Ending(True, True, False), "يات": _Ending(True, True, True), "يين": _Ending(True, True, False),
    "ه": _Ending(True, True, False),
}  # fmt: skip
_VERB_ENDINGS = ("", "ت", "تا", "تم", "تما", "تن", "ن", "نا", "وا", "ى", "ا", "ان", "ون", "ين", "ي")
_VERB_ENDINGS_BEFORE_PRONOUNS = {"ى": "ا", "وا": "و", "تم": "تمو"}
_VERB_PREFIXES = ("", "ي", "ت", "ن", "أ")

# ---------------------------------------------------------------- affixes

_FRONTS = [("noun", "article" * article + "after" * after) for article in (0, 1) for after in (0, 1)]
_FRONTS += [("verb", particle + prefix) for particle in PARTICLES for prefix in _VERB_PREFIXES]
_FRONT_GROUPS = {front: number for number, front in enumerate(_FRONTS)}
_BACKS = [("noun", ending, pronoun) for ending in _ENDINGS for pronoun in (False, True)]
_BACKS += [("verb", ending, pronoun) for ending in _VERB_ENDINGS for pronoun in (False, True)]
_BACK_GROUPS = {back: number for number, back in enumerate(_BACKS)}


class Affix(NamedTuple):
    """One meaning of what is written before or after a stem."""

    text: str
    group: int
    probability: float
    pieces: tuple[str, ...]  # that are cut off
    kept: str | None = None  # what belongs to the word without them, if it is not written so
    needs: str = ""  # the letter that the stem must begin with


def _fronts() -> Iterator[Affix]:
    for conjunction, share in CONJUNCTIONS["noun"].items():
        for preposition, other in PREPOSITIONS.items():
            pieces, before = tuple(filter(None, (conjunction, preposition))), conjunction + preposition
            bare, definite = (_FRONT_GROUPS["noun", name + "after" * bool(preposition)] for name in ("", "article"))
            yield Affix(before, bare, share * other * WITHOUT_ARTICLE, pieces)
            probability = share * other * WITH_ARTICLE
            if preposition != "ل":
                yield Affix(before + ARTICLE, definite, probability, pieces)
            else:  # the article loses its alef, and its lam before another one: للحشد, للغة
                yield Affix(f"{before}ل", definite, probability, pieces, ARTICLE)
                yield Affix(before, definite, probability, pieces, ARTICLE, needs="ل")
    for conjunction, share in CONJUNCTIONS["verb"].items():
        for particle, other in PARTICLES.items():
            pieces = tuple(filter(None, (conjunction, particle)))
            for prefix in _VERB_PREFIXES:
                group = _FRONT_GROUPS["verb", particle + prefix]
                yield Affix(conjunction + particle + prefix, group, share * other, pieces)


def _backs() -> Iterator[Affix]:
    for ending, where in _ENDINGS.items():
        text = ending.removesuffix("+")
        free = FREE_ENDINGS[text] if text != ending else where.free
        for pronoun, share in PRONOUNS["noun"].items():
            if _takes(ending, bool(pronoun)):
                group = _BACK_GROUPS["noun", ending, bool(pronoun)]
                pieces = (pronoun,) if pronoun else ()
                yield Affix(text + pronoun, group, share, pieces, free if pronoun else None)
    for ending in _VERB_ENDINGS:
        for pronoun, share in PRONOUNS["verb"].items():
            text = _VERB_ENDINGS_BEFORE_PRONOUNS.get(ending, ending) if pronoun else ending
            group = _BACK_GROUPS["verb", ending, bool(pronoun)]
            pieces = (pronoun,) if pronoun else ()
            yield Affix(text + pronoun, group, share, pieces, ending if text != ending else None)


def has_article(front: Affix) -> bool:
    """Return whether a front, one of `FRONTS`, ends with the article."""
    return _FRONTS[front.group] in (("noun", "article"), ("noun", "articleafter"))


def _takes(ending: str, pronoun: bool) -> bool:
    return _ENDINGS[ending].before_pronouns if pronoun else not ending.endswith("+")


FRONTS = sorted(_fronts(), key=lambda affix: affix.text)
BACKS = sorted(_backs(), key=lambda affix: affix.text)


def _for_core(affixes: Sequence[Affix], cuts: Iterable[int]) -> _core.Affixes:
    texts = list(dict.fromkeys(affix.text for affix in affixes))
    first = {affix.text: row for row, affix in reversed(list(enumerate(affixes)))}
    return _core.Affixes(
        *encoded(pl.Series(texts, dtype=pl.String)),
        np.array([*(first[text] for text in texts), len(affixes)], np.uint32),
        np.array([affix.group for affix in affixes], np.uint8),
        np.array([cost(affix.probability) for affix in affixes], np.int16),
        np.array(list(cuts), np.uint8),
        np.array([CODE_OF[affix.needs] if affix.needs else 0 for affix in affixes], np.uint8),
    )


def morphology(costs_of_cells: npt.NDArray[np.int16]) -> _core.Morphology:
    """Return the tables as the core takes them."""
    fronts = _for_core(FRONTS, (len("".join(a.pieces[:1])) | len("".join(a.pieces)) << 4 for a in FRONTS))
    backs = _for_core(BACKS, (len("".join(a.pieces)) << 4 for a in BACKS))
    return _core.Morphology(fronts, backs, costs_of_cells, FOLD, MISSPELT)


# ---------------------------------------------------------------- cells

_NEVER = 0x7FFF
N_SECTIONS = 8  # parts of a paradigm, each of which is evidence of its own; the last are forms after proclitics


class Cells(NamedTuple):
    """By class of stems, group of fronts and group of backs."""

    costs: npt.NDArray[np.int16]
    sections: Bytes


def class_numbers() -> dict[str, int]:
    """Return the classes of nouns and the listed verbs; classes of verbs have the numbers after these."""
    return {name: number for number, name in enumerate((*NOUNS, LISTED_VERB))}


def cells(verb_classes: pl.DataFrame) -> Cells:
    """Return the cells of nouns and, from the table "classes", of verbs."""
    before = len(class_numbers())
    shares = np.zeros((before + verb_classes["class"].n_unique(), len(_FRONTS), len(_BACKS)))
    largest, sections = np.zeros(shares.shape), np.zeros(shares.shape, np.uint8)
    for number, (name, endings) in enumerate(NOUNS.items()):
        for ending, share in endings.items():
            _set_noun(shares[number], sections[number], name, ending, share)
    for front in PARTICLES:
        for pronoun in (False, True):
            place = class_numbers()[LISTED_VERB], _FRONT_GROUPS["verb", front], _BACK_GROUPS["verb", "", pronoun]
            shares[place], sections[place] = _LISTED_VERB_SHARE, 3
    for number, prefix, suffix, tense, voice, person in verb_classes.rows():
        section = (0 if tense == "perfect" else 3) + {"3ms": 0, "3fs": 1}.get(person, 2)
        for front, factor in _verb_fronts(prefix, tense):
            share = TENSES[tense, voice] * PERSONS[person] * factor
            for pronoun in (False, True):
                place = before + number, _FRONT_GROUPS["verb", front], _BACK_GROUPS["verb", suffix, pronoun]
                shares[place] += share
                if share > largest[place]:
                    largest[place], sections[place] = share, section
    found = np.full(shares.shape, _NEVER, np.int16)
    found[shares > 0] = costs(shares[shares > 0])
    return Cells(found, sections)


def _verb_fronts(prefix: str, tense: str) -> Iterator[tuple[str, float]]:
    """Return what may stand before a form: a particle and the prefix; and how much less likely that makes it."""
    yield prefix, 1
    if tense == "perfect":
        yield "ل", EMPHATIC
    elif prefix and tense == "indicative":
        yield f"س{prefix}", 1
    elif prefix and tense in ("subjunctive", "jussive"):
        yield f"ل{prefix}", 1


def verb_slots(verb_classes: pl.DataFrame) -> pl.DataFrame:
    """Return the slots of verbs by cell: class, front and back (groups), tense, voice, person, share."""
    before = len(class_numbers())
    rows = [
        (before + number, _FRONT_GROUPS["verb", front], _BACK_GROUPS["verb", suffix, pronoun], tense, voice, person,
         TENSES[tense, voice] * PERSONS[person] * factor)
        for number, prefix, suffix, tense, voice, person in verb_classes.rows()
        for front, factor in _verb_fronts(prefix, tense)
        for pronoun in (False, True)
    ]  # fmt: skip
    kinds: dict[str, pl.DataType] = {"class": pl.UInt16(), "front": pl.UInt8(), "back": pl.UInt8()}
    kinds |= dict.fromkeys(("tense", "voice", "person"), pl.String())
    return pl.DataFrame(rows, schema={**kinds, "share": pl.Float64()}, orient="row")


def _set_noun(shares: Array, sections: Bytes, name: str, ending: str, share: float) -> None:
    where = _ENDINGS[ending]
    for article in (False, True):
        for after in (False, True):
            if (article and not where.with_article) or (after and not where.after_preposition):
                continue
            for pronoun in (False, True):
                without = pronoun or article
                if not _takes(ending, pronoun) or (pronoun and article):
                    continue
                if without and (name == "name" or (name == "noun in ي" and not ending)):
                    continue
                front = _FRONT_GROUPS["noun", "article" * article + "after" * after]
                place = front, _BACK_GROUPS["noun", ending, pronoun]
                less = name.startswith("adjective") and after and not article
                shares[place] = share * (_ADJECTIVE_AFTER_PREPOSITION if less else 1)
                sections[place] = _section(name, ending, article, pronoun)


def _section(name: str, ending: str, article: bool, pronoun: bool) -> int:
    """Return a part of the paradigm: bare, article, accusative, pronoun, feminine, feminine with article, number."""
    if name.startswith("listed"):
        return 6
    if ending in ("ت+", "ا+") or (not ending and pronoun):
        return 3
    if ending in ("", "ى") or (ending == "ة" and name == "noun in ة"):
        return int(article)
    if ending == "ا":
        return 2
    if ending in ("ة", "اة", "ه"):
        return 5 if article else 4
    return 6
