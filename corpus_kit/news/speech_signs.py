"""What shows where speech without quotation marks begins and ends: words such as نحن, and some signs.

The words are in lexicons/unmarked_speech.toml. Like the roles of reporting verbs, they are looked up once for each
type, with the same folding of spellings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.reporting_verbs import Role, WordClasses, folded, folded_types
from corpus_kit.text.tokenization import KINDS

__all__ = ["Sign", "lexicon_digest", "speech_signs"]

_BUILT_IN = Path(__file__).parent / "lexicons" / "unmarked_speech.toml"
_CONJUNCTIONS = ("و", "ف")
_BULLETS = ("*", "-", "–", "—", "•", "●", "▪", "·", "■", "◄", "#")
_LEAST_NOUN = 6  # letters of a noun with فال: فالوقاية


@dataclass(frozen=True, slots=True)
class _Signs:
    """What a type shows, as bit flags."""

    FIRST_PERSON: int = 1 << 0
    BEGINS: int = 1 << 1  # words may begin with it after a verb without a colon
    CONTINUES: int = 1 << 2
    LIST: int = 1 << 3
    TURN: int = 1 << 4
    ASKS: int = 1 << 5
    TOPIC: int = 1 << 6
    OWN_VERB: int = 1 << 7
    VERSE: int = 1 << 8
    ASKED: int = 1 << 32
    PERSON: int = 1 << 36
    AGREES: int = 1 << 37
    TAGS: int = 1 << 38
    REPLY: int = 1 << 39
    WITH_HIM: int = 1 << 40
    THEM: int = 1 << 41
    HE_IS: int = 1 << 42
    EXCEPT: int = 1 << 43
    SIDE: int = 1 << 44
    OTHER: int = 1 << 45
    ANSWER: int = 1 << 47
    ABOUT: int = 1 << 48
    BLESSING: int = 1 << 49
    INSIDE: int = 1 << 50
    ISSUED: int = 1 << 51
    INTERVIEW: int = 1 << 52
    INTERVIEWS: int = 1 << 53
    WITH: int = 1 << 54
    TELLS: int = 1 << 55
    TOLD_ME: int = 1 << 46  # a verb with ني: أجابني
    SOME: int = 1 << 33
    BUT: int = 1 << 34
    THAT_ONE: int = 1 << 35
    # by the sign or the form, not by the lexicon
    NUMBER: int = 1 << 9
    QUESTION: int = 1 << 10
    SEMICOLON: int = 1 << 11
    PERIOD: int = 1 << 12  # the end of a sentence, and no dots
    SCRIPTURE: int = 1 << 13  # a bracket around verses of the Qur'an
    INTRODUCES: int = 1 << 14  # a colon, a verb, قوله: words may begin after it
    THAT: int = 1 << 15  # إن or أن, which begins an indirect clause
    # of a reporting verb
    SAYS: int = 1 << 16
    SAYS_BARE: int = 1 << 17
    PRESENT: int = 1 << 18  # in the imperfect
    FUTURE: int = 1 << 56  # with س
    ONWARD: int = 1 << 19
    # of the lexicon again
    NARRATES: int = 1 << 20
    WAS: int = 1 << 21
    ALREADY: int = 1 << 22
    BULLET: int = 1 << 23
    HEARER: int = 1 << 24
    AND: int = 1 << 25  # it begins with و
    UNREAL: int = 1 << 26
    SUMS_UP: int = 1 << 27
    JOINS: int = 1 << 28
    INQUIRES: int = 1 << 29  # of a reporting verb, too
    COMMENTS: int = 1 << 30
    ME: int = 1 << 31


Sign = _Signs()  # an object with slots, as of `Role`


# The lists of the file: what their words show, and what they show with و or ف before them.
_LISTS = {
    "first_persons": (Sign.FIRST_PERSON | Sign.BEGINS, Sign.FIRST_PERSON),
    "first_person_forms": (Sign.FIRST_PERSON, Sign.FIRST_PERSON),
    "openers": (Sign.BEGINS, 0),
    "continuations": (Sign.CONTINUES, 0),
    "lists": (Sign.LIST, Sign.LIST),
    "turns": (Sign.TURN, 0),
    "questions": (Sign.ASKS, 0),
    "topics": (Sign.TOPIC, 0),
    "own_verbs": (Sign.OWN_VERB, 0),
    "verse": (Sign.VERSE, 0),
    "asked": (Sign.ASKED, Sign.ASKED),
    "agreeing": (Sign.AGREES, Sign.AGREES),
    "agreeing_with_him": (Sign.AGREES | Sign.WITH_HIM, Sign.AGREES | Sign.WITH_HIM),
    "persons": (Sign.PERSON, 0),
    "some": (Sign.SOME, 0),
    "but": (Sign.BUT, Sign.BUT),
    "that_one": (Sign.THAT_ONE, 0),
    "he_is": (0, Sign.HE_IS),
    "excepting": (Sign.EXCEPT, Sign.EXCEPT),
    "about": (Sign.ABOUT, Sign.ABOUT),
    "blessings": (Sign.BLESSING, Sign.BLESSING),
    "inside": (Sign.INSIDE, Sign.INSIDE),
    "issued": (Sign.ISSUED, Sign.ISSUED),
    "answers": (Sign.ANSWER, 0),
    "interviews": (Sign.INTERVIEW, Sign.INTERVIEW),
    "interviewing": (Sign.INTERVIEWS, Sign.INTERVIEWS),
    "with": (Sign.WITH, 0),
    "sides": (Sign.SIDE, 0),
    "other_sides": (Sign.OTHER, 0),
    "narrations": (Sign.NARRATES, Sign.NARRATES),
    "narrative_verbs": (Sign.TELLS, Sign.NARRATES),
    "hearers": (Sign.HEARER, 0),
    "author": (Sign.ME, 0),
    "them": (Sign.THEM, 0),
    "unreal": (Sign.UNREAL, Sign.UNREAL),
    "was": (Sign.WAS, Sign.WAS),
    "already": (Sign.ALREADY, Sign.ALREADY),
    "summaries": (0, Sign.SUMS_UP | Sign.COMMENTS),
    "conditions": (Sign.COMMENTS, Sign.COMMENTS),
    "joints": (Sign.JOINS, 0),
    "tags": (Sign.TAGS, 0),
    "replies": (Sign.REPLY, 0),
    "first_person_nouns": (Sign.FIRST_PERSON | Sign.BEGINS, Sign.FIRST_PERSON),
}
_LEMMAS = {
    "verbs_of_saying": Sign.SAYS,
    "bare_verbs_of_saying": Sign.SAYS | Sign.SAYS_BARE,
    "onward_verbs": Sign.ONWARD,
    "verbs_of_asking": Sign.INQUIRES,
}


class _Lexicon(NamedTuple):
    digest: str
    words: dict[str, int]
    lemmas: dict[str, int]


@cache
def _lexicon() -> _Lexicon:
    raw = read_whole(_BUILT_IN)
    lists = {name: text.split() for name, text in read_toml(raw).items()}
    words: dict[str, int] = {}
    for name, (alone, joined) in _LISTS.items():
        for word in map(folded, _with_futures(name, lists[name])):
            words[word] = words.get(word, 0) | alone
            for conjunction in _CONJUNCTIONS:
                words[conjunction + word] = words.get(conjunction + word, 0) | joined
    lemmas: dict[str, int] = {}
    for name, bits in _LEMMAS.items():
        for lemma in lists[name]:
            lemmas[lemma] = lemmas.get(lemma, 0) | bits
    return _Lexicon(sha256(raw).hexdigest(), words, lemmas)


def _with_futures(name: str, words: list[str]) -> list[str]:
    """Return the words of a list, and those of the first person with س: نعمل and سنعمل."""
    return words + ["س" + word for word in words if name.startswith("first_person") and word.startswith("ن")]


def lexicon_digest() -> str:
    """Return the SHA-256 of the lexicon."""
    return _lexicon().digest


def speech_signs(corpus: CorpusView, classes: WordClasses) -> npt.NDArray[np.uint64]:
    """Return the bits of `Sign` of each type of a corpus; done once for a corpus and its word classes."""
    # the classes live as long as the corpus
    return corpus.derive(("signs of speech", id(classes)), lambda: _signs(corpus, classes))


def _signs(corpus: CorpusView, classes: WordClasses) -> npt.NDArray[np.uint64]:
    _, words, lemmas = _lexicon()
    found = folded_types(corpus).replace_strict(list(words), list(words.values()), default=0, return_dtype=pl.UInt64)
    signs = found.to_numpy().copy()
    first = corpus.type_column("surface").str.slice(0, 1)
    introduces = (classes.roles & np.uint64(Role.COLON | Role.SAYING) > 0) | (classes.form >= 0)
    for holds, bit in (
        (corpus.type_kinds == KINDS.index("number"), Sign.NUMBER),
        (first.is_in(["?", "؟"]).to_numpy(), Sign.QUESTION),
        (first.is_in([";", "؛"]).to_numpy(), Sign.SEMICOLON),
        (corpus.type_column("surface").is_in([".", "!", "؟", "?"]).to_numpy(), Sign.PERIOD),
        (introduces, Sign.INTRODUCES),
        (classes.roles & np.uint64(Role.COMPLEMENTISER) > 0, Sign.THAT),
        (first.is_in(["{", "[", "\ufd3f"]).to_numpy(), Sign.SCRIPTURE),
        (corpus.type_column("surface").is_in(_BULLETS).to_numpy(), Sign.BULLET),
        ((first == "و").to_numpy(), Sign.AND),
        (corpus.type_column("surface").str.ends_with("ني").to_numpy() & (classes.form >= 0), Sign.TOLD_ME),
        (_begins_with_fal(corpus), Sign.CONTINUES),
    ):
        signs[holds] |= bit
    for verb, stem in _present(corpus, classes):
        signs[verb] |= np.uint64(Sign.PRESENT | (Sign.FUTURE if stem.startswith("س") else 0))
    verbs = np.array([*(lemmas.get(form.lemma, 0) for form in classes.forms), 0], np.uint64)
    return signs | verbs[classes.form]  # -1 is no form: the last


def _begins_with_fal(corpus: CorpusView) -> npt.NDArray[np.bool_]:
    """Return the types that are nouns after ف: فالوقاية."""
    surface = corpus.type_column("surface")
    return (surface.str.starts_with("فال") & (surface.str.len_chars() >= _LEAST_NOUN)).to_numpy()


def _present(corpus: CorpusView, classes: WordClasses) -> list[tuple[int, str]]:
    """Return the types that are verbs in the imperfect, which begin like one and not like their lemma (ناشد).

    With each is its spelling without a conjunction.
    """
    verbs = np.flatnonzero((classes.form >= 0) & (classes.roles & np.uint64(Role.IMPERFECT) > 0))
    words = folded_types(corpus).gather(verbs).to_list()
    stems = [word[int(classes.conjunction[verb]) :] for word, verb in zip(words, verbs.tolist(), strict=True)]
    lemmas = [folded(classes.forms[row].lemma)[:2] for row in classes.form[verbs].tolist()]
    begun = zip(verbs.tolist(), stems, lemmas, strict=True)
    return [(verb, stem) for verb, stem, lemma in begun if not stem.startswith(lemma)]
